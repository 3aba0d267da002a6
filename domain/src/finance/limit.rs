//! How much of a budget somebody may give by themselves.

use diwan_entity::approvals::approval_request::ApprovalKind;
use diwan_entity::finance::budget;
use diwan_entity::tenancy::app_user::Level;
use diwan_platform::db;

use super::money::written;
use crate::approvals::Ground;
use crate::context::Context;
use crate::error::{Code, Failure, UserError};
use crate::permission::Permit;

/// That the caller's limit for budgets covers the amount together with what they have given in the budget before. The budget must be
/// locked, so that two at once do not each fit alone.
pub(super) async fn within_limit(
    context: &Context,
    permit: Permit<'_>,
    budget: &budget::Model,
    minor: i64,
) -> Result<(), Failure> {
    let given: i64 = db::scalar(
        permit.tx(),
        "select least(coalesce(sum(amount_minor), 0), 4000000000000000000)::bigint from budget_entry
         where brand_id = $1 and budget_id = $2 and actor_id = $3 and source_kind = 'MANUAL'
           and kind in ('ALLOCATE', 'ADJUST', 'OVERDRAW') and amount_minor > 0",
        [budget.brand_id.into(), budget.id.into(), permit.person()?.into()],
    )
    .await?;
    let level = context.signed_in()?.level_in(budget.brand_id).unwrap_or(Level::Junior);
    let ground =
        Ground::load(permit.tx(), budget.brand_id, ApprovalKind::Budget, Some(&budget.currency), context.now).await?;
    if ground.limits.covers(level, given.saturating_add(minor)) {
        return Ok(());
    }
    let limit = ground.limits.of(level).unwrap_or(0);
    Err(UserError::at(Code::LimitExceeded, "amountMinor")
        .text("limit", written(limit, &budget.currency))
        .text("currency", budget.currency.clone())
        .into())
}
