//! Reading landing pages, and what they brought.

use diwan_entity::InBrand as _;
use diwan_entity::tracking::landing_page::{self, LandingState};
use diwan_entity::tracking::landing_submission;
use sea_orm::{ColumnTrait as _, Condition, FromQueryResult, QueryFilter as _};
use uuid::Uuid;

use crate::context::Context;
use crate::error::Failure;
use crate::paging::{Page, Slice, newest_first};
use crate::permission::Action;

/// Which pages are wanted.
#[derive(Debug, Clone, Default)]
pub struct LandingFilter {
    /// Of this campaign.
    pub campaign_id: Option<Uuid>,
    /// In one of these states; in any when empty.
    pub states: Vec<LandingState>,
}

/// The landing pages of a brand, newest first.
pub async fn landing_pages(
    context: &Context,
    brand_id: Uuid,
    filter: LandingFilter,
    page: Page,
) -> Result<Slice<landing_page::Model>, Failure> {
    context.permit(Action::LandingPageRead, brand_id).await?;
    let mut all = Condition::all();
    if let Some(id) = filter.campaign_id {
        all = all.add(landing_page::Column::CampaignId.eq(id));
    }
    if !filter.states.is_empty() {
        all = all.add(landing_page::Column::State.is_in(filter.states));
    }
    let select = landing_page::Entity::in_brand(brand_id).filter(all);
    newest_first(context, select, landing_page::Column::Id, page).await
}

/// Pages by id, in the brands where the caller may read them.
pub async fn landing_pages_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<landing_page::Model>, Failure> {
    let rows = context.all(landing_page::Entity::visible(ids.iter().copied())).await?;
    Ok(rows.into_iter().filter(|row| context.may(Action::LandingPageRead, row.brand_id)).collect())
}

/// Submissions by id, in the brands where the caller may read leads.
pub async fn landing_submissions_by_ids(
    context: &Context,
    ids: &[Uuid],
) -> Result<Vec<landing_submission::Model>, Failure> {
    let rows = context.all(landing_submission::Entity::visible(ids.iter().copied())).await?;
    Ok(rows.into_iter().filter(|row| context.may(Action::LeadRead, row.brand_id)).collect())
}

/// How often a page was visited, and how often its form was filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromQueryResult)]
pub struct LandingNumbers {
    /// Which page.
    pub page_id: Uuid,
    /// Of which brand.
    pub brand_id: Uuid,
    /// Visits of people.
    pub visits: i64,
    /// Forms that were filled in.
    pub submissions: i64,
}

impl LandingNumbers {
    /// How many forms were filled in for each visit; none where nobody came. Who is not counted as a visitor may fill in a form.
    #[expect(clippy::cast_precision_loss, reason = "counts of people are far below 2^52")]
    pub fn conversion_rate(&self) -> Option<f64> {
        (self.visits > 0).then(|| self.submissions as f64 / self.visits as f64)
    }
}

/// The numbers of pages, in the brands where the caller may read numbers. One statement.
pub async fn landing_numbers(context: &Context, page_ids: &[Uuid]) -> Result<Vec<LandingNumbers>, Failure> {
    let sql = "select p.id as page_id, p.brand_id,
        coalesce((select sum(v.visits) from landing_visit v where v.brand_id = p.brand_id and v.page_id = p.id), 0)::bigint as visits,
        (select count(*) from landing_submission s where s.brand_id = p.brand_id and s.page_id = p.id) as submissions
      from landing_page p where p.id = any ($1)";
    let rows: Vec<LandingNumbers> = context.rows(sql, [page_ids.to_vec().into()]).await?;
    Ok(rows.into_iter().filter(|row| context.may(Action::MetricsRead, row.brand_id)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_of_nobody_is_none() {
        let numbers =
            |visits, submissions| LandingNumbers { page_id: Uuid::nil(), brand_id: Uuid::nil(), visits, submissions };
        assert_eq!(numbers(0, 0).conversion_rate(), None);
        assert_eq!(numbers(0, 1).conversion_rate(), None);
        assert_eq!(numbers(4, 1).conversion_rate(), Some(0.25));
    }
}
