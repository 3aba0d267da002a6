//! What promotions brought, and what that cost.
//!
//! - CPM = spend / impressions x 1000 and CPC = spend / clicks, as the reference of the Google Ads API defines `average_cpm` and `average_cpc`
//!   (<https://developers.google.com/google-ads/api/reference/rpc/v24/RateMetrics>); cost per result = spend / results, its `average_cpa`
//!   where results are conversions (<https://developers.google.com/google-ads/api/reference/rpc/v24/KeywordForecastMetrics>).
//! - A result is what the objective wants: an impression for awareness, a click for traffic, a conversion for engagement, leads and sales.
//! - What nobody said is missing and never zero. A figure is made of the reports that say what it needs, of the others it tells how many
//!   there are; where nothing was shown, followed or brought there is no cost of one.
//! - Costs are whole minor units, rounded half to even.
//! - People who were reached on one day and on another are the same people or others. So reach is told for each report alone and
//!   is never added up.

use diwan_entity::promotion::ad_boost::BoostObjective;
use sea_orm::FromQueryResult;
use uuid::Uuid;

use crate::context::Context;
use crate::error::Failure;
use crate::finance::divide_half_even;
use crate::permission::Action;

/// What came of something over the reports that say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// How many; none where no report says it.
    pub total: Option<i64>,
    /// How many reports do not say it.
    pub missing: i64,
    /// What those cost that say it, in minor units.
    pub spend_minor: i64,
}

impl Counted {
    /// What so many of them cost, in minor units, rounded half to even; none where there are none.
    pub fn cost_of(&self, how_many: i64) -> Option<i64> {
        divide_half_even(self.spend_minor, how_many, self.total.filter(|total| *total > 0)?)
    }
}

/// What a promotion brought. There are none where nothing was reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoostFigures {
    /// Which promotion.
    pub boost_id: Uuid,
    /// How many reports there are.
    pub reports: i64,
    /// What all of them cost, in minor units.
    pub spend_minor: i64,
    /// How often it was shown.
    pub impressions: Counted,
    /// How often it was followed.
    pub clicks: Counted,
    /// How often it brought what was wanted.
    pub conversions: Counted,
}

impl BoostFigures {
    /// What a thousand impressions cost.
    pub fn cpm(&self) -> Option<i64> {
        self.impressions.cost_of(1000)
    }

    /// What a click cost.
    pub fn cpc(&self) -> Option<i64> {
        self.clicks.cost_of(1)
    }

    /// What an objective calls a result.
    pub fn results(&self, objective: BoostObjective) -> Counted {
        match objective {
            BoostObjective::Awareness => self.impressions,
            BoostObjective::Traffic => self.clicks,
            BoostObjective::Engagement | BoostObjective::Leads | BoostObjective::Sales => self.conversions,
        }
    }
}

#[derive(FromQueryResult)]
struct Row {
    boost_id: Uuid,
    brand_id: Uuid,
    reports: i64,
    spend: i64,
    impressions: Option<i64>,
    impressions_said: i64,
    impressions_spend: i64,
    clicks: Option<i64>,
    clicks_said: i64,
    clicks_spend: i64,
    conversions: Option<i64>,
    conversions_said: i64,
    conversions_spend: i64,
}

const SQL: &str = "
  select boost_id, brand_id, count(*) as reports, sum(spend_minor)::bigint as spend,
    sum(impressions)::bigint as impressions, count(impressions) as impressions_said,
    coalesce(sum(spend_minor) filter (where impressions is not null), 0)::bigint as impressions_spend,
    sum(clicks)::bigint as clicks, count(clicks) as clicks_said,
    coalesce(sum(spend_minor) filter (where clicks is not null), 0)::bigint as clicks_spend,
    sum(conversions)::bigint as conversions, count(conversions) as conversions_said,
    coalesce(sum(spend_minor) filter (where conversions is not null), 0)::bigint as conversions_spend
  from ad_boost_day where (brand_id, boost_id) in (select b.brand_id, b.id from ad_boost b where b.id = any ($1))
  group by boost_id, brand_id";

/// What these promotions brought, in the brands where the caller may read them. One statement.
pub async fn figures_of_boosts(context: &Context, boost_ids: &[Uuid]) -> Result<Vec<BoostFigures>, Failure> {
    let rows: Vec<Row> = context.rows(SQL, [boost_ids.to_vec().into()]).await?;
    let figures = |row: Row| {
        let counted = |total, said, spend_minor| Counted { total, missing: row.reports - said, spend_minor };
        BoostFigures {
            boost_id: row.boost_id,
            reports: row.reports,
            spend_minor: row.spend,
            impressions: counted(row.impressions, row.impressions_said, row.impressions_spend),
            clicks: counted(row.clicks, row.clicks_said, row.clicks_spend),
            conversions: counted(row.conversions, row.conversions_said, row.conversions_spend),
        }
    };
    let seen = rows.into_iter().filter(|row| context.may(Action::PromotionRead, row.brand_id));
    Ok(seen.map(figures).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(total: Option<i64>, missing: i64, spend_minor: i64) -> Counted {
        Counted { total, missing, spend_minor }
    }

    #[test]
    fn a_cost_is_of_what_was_said_alone_and_missing_is_not_zero() {
        let figures = BoostFigures {
            boost_id: Uuid::nil(),
            reports: 3,
            spend_minor: 10_000,
            impressions: counted(Some(8_000), 1, 6_000),
            clicks: counted(Some(0), 0, 10_000),
            conversions: counted(None, 3, 0),
        };
        assert_eq!((figures.cpm(), figures.cpc()), (Some(750), None));
        assert_eq!(figures.results(BoostObjective::Awareness), figures.impressions);
        assert_eq!(figures.results(BoostObjective::Traffic).cost_of(1), None);
        assert_eq!(figures.results(BoostObjective::Sales).cost_of(1), None);
    }

    #[test]
    fn halves_of_a_minor_unit_go_to_the_even_neighbour() {
        assert_eq!(counted(Some(2), 0, 5).cost_of(1), Some(2));
        assert_eq!(counted(Some(2), 0, 7).cost_of(1), Some(4));
        assert_eq!(counted(Some(3), 0, 10).cost_of(1), Some(3));
    }
}
