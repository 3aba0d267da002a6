//! Reading how often a brand and others are spoken of: as many statements however many days there are.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use diwan_entity::InBrand as _;
use diwan_entity::listening::listening_monitor;
use diwan_entity::listening::mention_source;
use sea_orm::{ColumnTrait as _, FromQueryResult, QueryFilter as _, QueryOrder as _, Value};
use uuid::Uuid;

use super::compared::compared_days;
use super::monitors::zone_of;
use crate::context::Context;
use crate::error::Failure;
use crate::insights::kpi::{Formula, Kpi, Quantity, reckon};
use crate::insights::{Period, possible};
use crate::permission::Action;
use crate::strategy::text_of;

/// Mentions of days that are compared: the brand's own, and those of all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Compared {
    /// The brand's own.
    pub own: i64,
    /// Those of the brand and of those it is compared with.
    pub all: i64,
}

impl Compared {
    fn add(&mut self, other: Self) {
        self.own = self.own.saturating_add(other.own);
        self.all = self.all.saturating_add(other.all);
    }

    /// The share of the brand, in hundredths, as the KPI of that name: a decimal. None where nobody is spoken of.
    pub fn share(&self) -> Option<String> {
        share(self.own, self.all)
    }
}

/// A part of all mentions, as the KPI is reckoned.
fn share(part: i64, all: i64) -> Option<String> {
    let formula = Formula::ALL.into_iter().find(|formula| formula.kpi == Kpi::ShareOfVoice)?;
    let sum = |quantity| match quantity {
        Quantity::OwnMentions => Some(part),
        Quantity::AllMentions => Some(all),
        _ => None,
    };
    reckon(formula, sum).ok().map(text_of)
}

/// A monitor with what was counted of it in a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComparedMonitor {
    /// Which.
    pub monitor: listening_monitor::Model,
    /// Its mentions of all days that are known, of every source; none where no day is.
    pub mentions: Option<i64>,
    /// Its mentions of the days that are compared; none where no day is.
    pub compared: Option<i64>,
    /// That by the mentions of all, in hundredths: a decimal.
    pub share: Option<String>,
}

/// A day on which mentions are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VoiceDay {
    /// Which, by the brand's clock.
    pub day: NaiveDate,
    /// What all sources say that know every monitor.
    pub compared: Compared,
}

/// A source with what it counted in a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComparedSource {
    /// Which.
    pub source: mention_source::Model,
    /// What it says of the days on which it knows every monitor; none where there are none.
    pub compared: Option<Compared>,
    /// On how many days it knows every monitor.
    pub compared_days: i64,
    /// The days before today on which something is compared and of which it does not know every monitor: from its first day to its last, or
    /// to yesterday where it is asked.
    pub missing_days: Vec<NaiveDate>,
}

/// How often a brand and those it is compared with are spoken of in a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareOfVoice {
    /// The period.
    pub period: Period,
    /// All that is compared; none where no day is.
    pub total: Option<Compared>,
    /// The monitors that are compared on a day of it, the brand's own first.
    pub monitors: Vec<ComparedMonitor>,
    /// The days that are compared, in their order.
    pub days: Vec<VoiceDay>,
    /// The sources that know a day of the period or are asked, the networks first.
    pub sources: Vec<ComparedSource>,
    /// The days before today on which something is compared and no source knows every monitor.
    pub missing_days: Vec<NaiveDate>,
}

/// Who counts a brand's mentions: networks first, each kind in the order in which they began; at most one for each network and 20 others. For
/// whoever may read numbers.
pub async fn mention_sources(context: &Context, brand_id: Uuid) -> Result<Vec<mention_source::Model>, Failure> {
    context.permit(Action::MetricsRead, brand_id).await?;
    sources(context, brand_id).await
}

async fn sources(context: &Context, brand_id: Uuid) -> Result<Vec<mention_source::Model>, Failure> {
    let mut rows =
        context.all(mention_source::Entity::in_brand(brand_id).order_by_asc(mention_source::Column::Id)).await?;
    rows.sort_by_key(|row| row.network.is_none());
    Ok(rows)
}

#[derive(FromQueryResult)]
struct OfMonitor {
    monitor_id: Uuid,
    mentions: Option<i64>,
    compared: Option<i64>,
}

#[derive(FromQueryResult)]
struct OfDay {
    source_id: Uuid,
    day: NaiveDate,
    own: i64,
    whole: i64,
}

/// A source and the days of the period on which it is there: `first` to `last`.
#[derive(FromQueryResult)]
struct Life {
    source_id: Uuid,
    first: NaiveDate,
    last: NaiveDate,
}

const LIVES: &str = "
  select s.id as source_id, min(d.day) as first,
    case when s.network is not null and exists (select from social_account a where a.brand_id = s.brand_id and a.network = s.network
        and a.state <> 'DISCONNECTED') then greatest($2::date, max(d.day)) else max(d.day) end as last
  from mention_source s join mention_day d on d.brand_id = s.brand_id and d.source_id = s.id
  where s.brand_id = $1 group by s.id, s.brand_id, s.network order by s.id";

const OF_MONITORS: &str = concat!(
    "with compared as (",
    compared_days!("$1", "$2", "$3"),
    ")
  select d.monitor_id, sum(d.mentions)::bigint as mentions,
    (sum(d.mentions) filter (where c.day is not null and d.day between m.compared_from and coalesce(m.compared_until, 'infinity')))::bigint
      as compared
  from mention_day d join listening_monitor m on m.brand_id = d.brand_id and m.id = d.monitor_id
    left join compared c on c.source_id = d.source_id and c.day = d.day
  where d.brand_id = $1 and d.day between $2 and $3 group by d.monitor_id"
);

const OF_DAYS: &str = concat!(
    "select c.source_id, c.day, c.own::bigint as own, c.whole::bigint as whole from (",
    compared_days!("$1", "$2", "$3"),
    ") c order by c.day, c.source_id"
);

/// How often a brand and those it is compared with are spoken of in a period of up to 1100 days. For whoever may read numbers.
pub async fn share_of_voice(context: &Context, brand_id: Uuid, period: Period) -> Result<ShareOfVoice, Failure> {
    context.permit(Action::MetricsRead, brand_id).await?;
    possible(period)?;
    let today = context.now.with_timezone(&zone_of(context, brand_id).await?).date_naive();
    let within = || -> [Value; 3] { [brand_id.into(), period.from.into(), period.to.into()] };
    let begins = listening_monitor::Column::ComparedFrom.lte(period.to);
    let mut watched = context
        .all(listening_monitor::Entity::in_brand(brand_id).filter(begins).order_by_asc(listening_monitor::Column::Id))
        .await?;
    watched.retain(|row| row.compared_until.is_none_or(|until| until >= period.from && until >= row.compared_from));
    watched.sort_by_key(|row| row.kind);
    let told: Vec<OfDay> = context.rows(OF_DAYS, within()).await?;
    let sums: Vec<OfMonitor> = context.rows(OF_MONITORS, within()).await?;
    let lives: Vec<Life> = context.rows(LIVES, [brand_id.into(), today.into()]).await?;

    let mut days: BTreeMap<NaiveDate, Compared> = BTreeMap::new();
    let mut of_source: BTreeMap<Uuid, (Compared, BTreeSet<NaiveDate>)> = BTreeMap::new();
    for OfDay { source_id, day, own, whole } in told {
        let compared = Compared { own, all: whole };
        days.entry(day).or_default().add(compared);
        let (sum, known) = of_source.entry(source_id).or_default();
        sum.add(compared);
        known.insert(day);
    }
    let total = days.values().copied().reduce(|mut all, day| {
        all.add(day);
        all
    });
    let due = due_days(&watched, period, today);
    let missing_days = due.iter().copied().filter(|day| !days.contains_key(day)).collect();
    let sources = sources(context, brand_id).await?.into_iter().filter_map(|source| {
        let life = lives.iter().find(|life| life.source_id == source.id);
        let (compared, known) =
            of_source.remove(&source.id).map_or_else(Default::default, |(sum, known)| (Some(sum), known));
        let is_there = |day: &&NaiveDate| life.is_some_and(|life| (life.first..=life.last).contains(*day));
        let missing_days: Vec<NaiveDate> =
            due.iter().filter(is_there).filter(|day| !known.contains(*day)).copied().collect();
        let is_told =
            source.network.is_some() || life.is_some_and(|life| life.first <= period.to && life.last >= period.from);
        let compared_days = i64::try_from(known.len()).unwrap_or(i64::MAX);
        is_told.then_some(ComparedSource { source, compared, compared_days, missing_days })
    });
    let sources = sources.collect();
    let all = total.map(|total| total.all);
    let monitor = |monitor: listening_monitor::Model| {
        let found = sums.iter().find(|sum| sum.monitor_id == monitor.id);
        let compared = found.and_then(|sum| sum.compared);
        ComparedMonitor {
            mentions: found.and_then(|sum| sum.mentions),
            share: compared.zip(all).and_then(|(part, all)| share(part, all)),
            compared,
            monitor,
        }
    };
    let days = days.into_iter().map(|(day, compared)| VoiceDay { day, compared }).collect();
    Ok(ShareOfVoice {
        period,
        total,
        monitors: watched.into_iter().map(monitor).collect(),
        days,
        sources,
        missing_days,
    })
}

/// The days of the period before today on which the brand is compared with somebody.
fn due_days(watched: &[listening_monitor::Model], period: Period, today: NaiveDate) -> Vec<NaiveDate> {
    use listening_monitor::MonitorKind::{Competitor, Own};
    let is_compared = |day: NaiveDate, kind| {
        let mut of_kind = watched.iter().filter(|row| row.kind == kind);
        of_kind.any(|row| row.compared_from <= day && row.compared_until.is_none_or(|until| until >= day))
    };
    let days = period.from.iter_days().take_while(|day| *day <= period.to && *day < today);
    days.filter(|day| is_compared(*day, Own) && is_compared(*day, Competitor)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_that_of_the_kpi() {
        let mut sum = Compared { own: 1, all: 2 };
        sum.add(Compared { own: 0, all: 1 });
        assert_eq!(sum.share().as_deref(), Some("33.3333"));
        assert_eq!(Compared::default().share(), None);
    }
}
