//! Budgets as they stand, for those who may read them.

use diwan_reports::report::{Block, Budget, WhyNothing};

use super::super::blocks::BlockKind;
use super::{Ground, amount, nothing};
use crate::context::Context;
use crate::error::Failure;
use crate::finance::{BudgetFilter, budgets as of_brand, forecasts_of_budgets};
use crate::paging::{MAX_PAGE, Page};

/// The newest budgets of which a day is in the period, at most 100 looked at. Three statements.
pub(super) async fn budgets(context: &Context, ground: &Ground) -> Result<Block, Failure> {
    let page = Page { size: MAX_PAGE, after: None, before: None, from_end: false };
    let rows = of_brand(context, ground.brand_id, BudgetFilter::default(), page).await?.rows;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let mut forecasts = forecasts_of_budgets(context, &ids).await?;
    forecasts.retain(|forecast| forecast.from <= ground.period.to && forecast.to >= ground.period.from);
    forecasts.sort_by_key(|forecast| (forecast.from, forecast.budget_id));
    let told = forecasts.into_iter().filter_map(|forecast| {
        let name = rows.iter().find(|row| row.id == forecast.budget_id)?.name.clone();
        let in_currency = |minor| amount(minor, &forecast.currency);
        Some(Budget {
            name,
            allocated: in_currency(forecast.position.allocated),
            committed: in_currency(forecast.position.committed),
            spent: in_currency(forecast.position.spent),
            left: in_currency(forecast.position.left()),
            currency: forecast.currency,
        })
    });
    let told: Vec<Budget> = told.collect();
    Ok(if told.is_empty() { nothing(BlockKind::Budgets, WhyNothing::Empty) } else { Block::Budgets(told) })
}
