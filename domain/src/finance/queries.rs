//! Reading budgets, lines and the ledger.

use diwan_entity::InBrand as _;
use diwan_entity::finance::budget::{self, BudgetState};
use diwan_entity::finance::{budget_entry, budget_line};
use sea_orm::{ColumnTrait as _, EntityTrait as _, FromQueryResult, QueryFilter as _, QueryOrder as _};
use uuid::Uuid;

use crate::approvals::Money;
use crate::context::Context;
use crate::error::{Code, Failure, UserError};
use crate::paging::{Page, Slice, newest_first};
use crate::permission::Action;

/// Which budgets are wanted.
#[derive(Debug, Clone, Copy, Default)]
pub struct BudgetFilter {
    /// In this state; in any when none.
    pub state: Option<BudgetState>,
    /// For this campaign; for any or none when none.
    pub campaign_id: Option<Uuid>,
}

/// The budgets of a brand, newest first.
pub async fn budgets(
    context: &Context,
    brand_id: Uuid,
    filter: BudgetFilter,
    page: Page,
) -> Result<Slice<budget::Model>, Failure> {
    context.permit(Action::BudgetRead, brand_id).await?;
    let mut select = budget::Entity::in_brand(brand_id);
    if let Some(state) = filter.state {
        select = select.filter(budget::Column::State.eq(state));
    }
    if let Some(campaign_id) = filter.campaign_id {
        select = select.filter(budget::Column::CampaignId.eq(campaign_id));
    }
    newest_first(context, select, budget::Column::Id, page).await
}

/// What was booked on a budget, or on one line of it, newest first.
pub async fn budget_entries(
    context: &Context,
    budget_id: Uuid,
    line_id: Option<Uuid>,
    page: Page,
) -> Result<Slice<budget_entry::Model>, Failure> {
    let budget = context.one(budget::Entity::visible([budget_id])).await?;
    let budget = budget.ok_or_else(|| UserError::at(Code::NotFound, "budgetId"))?;
    context.permit(Action::BudgetRead, budget.brand_id).await?;
    let all = budget_entry::Entity::in_brand(budget.brand_id);
    let select = match line_id {
        None => all.filter(budget_entry::Column::BudgetId.eq(budget_id)),
        Some(line_id) => {
            let line = context.one(budget_line::Entity::one_in_brand(budget.brand_id, line_id)).await?;
            if line.is_none_or(|line| line.budget_id != budget_id) {
                return Err(UserError::at(Code::NotFound, "lineId").into());
            }
            all.filter(budget_entry::Column::LineId.eq(line_id))
        }
    };
    newest_first(context, select, budget_entry::Column::Id, page).await
}

/// Budgets by id.
pub async fn budgets_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<budget::Model>, Failure> {
    Ok(context.all(budget::Entity::visible(ids.iter().copied())).await?)
}

/// Lines by id.
pub async fn lines_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<budget_line::Model>, Failure> {
    Ok(context.all(budget_line::Entity::visible(ids.iter().copied())).await?)
}

/// Entries by id.
pub async fn entries_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<budget_entry::Model>, Failure> {
    Ok(context.all(budget_entry::Entity::visible(ids.iter().copied())).await?)
}

/// The lines of budgets, in their order, each with its balance: one look-up, whatever the size of the ledger.
pub async fn lines_of_budgets(context: &Context, budget_ids: &[Uuid]) -> Result<Vec<budget_line::Model>, Failure> {
    let select = budget_line::Entity::find()
        .filter(budget_line::Column::BudgetId.is_in(budget_ids.iter().copied()))
        .order_by_asc(budget_line::Column::BudgetId)
        .order_by_asc(budget_line::Column::Position);
    Ok(context.all(select).await?)
}

#[derive(FromQueryResult)]
struct Spent {
    id: Uuid,
    category: String,
    currency: String,
    minor: i64,
}

/// What campaigns of a brand cost: what was spent on their budgets by category, and what their promotions spent on whichever budget, as ADS.
/// What promotions and contracts of campaigns spent is counted there alone, whosever budget paid it, and so are the hours of the team that
/// name them. Never added across currencies. For whoever may close them, or read what they cost. One statement.
pub(crate) async fn costs_of_campaigns(
    context: &Context,
    brand_id: Uuid,
    campaign_ids: &[Uuid],
) -> Result<Vec<(Uuid, String, Money)>, Failure> {
    let sql = "select w.id, c.category, c.currency, sum(c.minor)::bigint as minor
      from unnest($2::uuid[]) w (id) cross join lateral (
        select l.category, b.currency, l.spent as minor
        from budget b join budget_line l on l.brand_id = b.brand_id and l.budget_id = b.id
        where b.brand_id = $1 and b.campaign_id = w.id
        union all
        select l.category, b.currency, -f.spent
        from budget b join budget_line l on l.brand_id = b.brand_id and l.budget_id = b.id
          join budget_entry e on e.brand_id = l.brand_id and e.line_id = l.id and e.source_kind = 'BOOST'
          join ad_boost a on a.brand_id = e.brand_id and a.id = e.source_id and a.campaign_id is not null
          cross join lateral app.budget_effect(e.kind, e.amount_minor, e.drawn_minor) f
        where b.brand_id = $1 and b.campaign_id = w.id
        union all
        select 'ADS', a.currency, a.spent_minor from ad_boost a where a.brand_id = $1 and a.campaign_id = w.id
        union all
        select l.category, b.currency, (case when k.campaign_id = w.id then f.spent else 0 end)
          - (case when b.campaign_id = w.id then f.spent else 0 end)
        from contract k
          join budget_entry e on e.brand_id = k.brand_id and e.source_kind = 'CONTRACT' and e.source_id = k.id
          cross join lateral app.budget_effect(e.kind, e.amount_minor, e.drawn_minor) f
          join budget_line l on l.brand_id = e.brand_id and l.id = e.line_id
          join budget b on b.brand_id = l.brand_id and b.id = l.budget_id
        where k.brand_id = $1 and k.campaign_id is not null and w.id in (k.campaign_id, b.campaign_id)
        union all
        select 'STAFF', t.currency, t.fee_minor from time_entry t
        where t.brand_id = $1 and t.campaign_id = w.id and t.state = 'ACCEPTED'
      ) c
      group by w.id, c.category, c.currency having sum(c.minor) > 0 order by w.id, c.category, c.currency";
    let rows: Vec<Spent> = context.rows(sql, [brand_id.into(), campaign_ids.to_vec().into()]).await?;
    let cost = |row: Spent| (row.id, row.category, Money { minor: row.minor, currency: row.currency });
    Ok(rows.into_iter().map(cost).collect())
}

/// The same of one campaign.
pub(crate) async fn costs_of_campaign(
    context: &Context,
    brand_id: Uuid,
    campaign_id: Uuid,
) -> Result<Vec<(String, Money)>, Failure> {
    let costs = costs_of_campaigns(context, brand_id, &[campaign_id]).await?;
    Ok(costs.into_iter().map(|(_, category, amount)| (category, amount)).collect())
}
