//! What all open budgets of a brand come to: currency by currency, and in the brand's own currency by the rates that are there.

use std::collections::HashMap;

use chrono::NaiveDate;
use diwan_entity::finance::exchange_rate;
use sea_orm::FromQueryResult;
use uuid::Uuid;

use super::forecast::Position;
use super::rates::{convert_minor, rates_to};
use crate::context::Context;
use crate::error::{Code, Failure, Fault};
use crate::permission::Action;

/// Amounts in the brand's own currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InBase {
    /// How much.
    pub position: Position,
    /// By which rate; none where the currency is the brand's own.
    pub rate: Option<exchange_rate::Model>,
}

/// What the open budgets of one currency come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrencyTotal {
    /// ISO 4217.
    pub currency: String,
    /// How much.
    pub position: Position,
    /// The same in the brand's own currency; none without a rate.
    pub in_base: Option<InBase>,
}

/// What the open budgets of a brand come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FinanceSummary {
    /// The brand's own currency, or else the agency's.
    pub base: String,
    /// The day whose rates are used.
    pub on: NaiveDate,
    /// Currency by currency.
    pub totals: Vec<CurrencyTotal>,
    /// All of them in the brand's own currency; none where a rate is missing.
    pub sum: Option<Position>,
}

impl FinanceSummary {
    /// The currencies without a rate.
    pub fn missing(&self) -> Vec<String> {
        self.totals.iter().filter(|total| total.in_base.is_none()).map(|total| total.currency.clone()).collect()
    }
}

#[derive(FromQueryResult)]
struct Sum {
    currency: String,
    allocated: i64,
    overdraft: i64,
    committed: i64,
    spent: i64,
}

#[derive(FromQueryResult)]
struct Base {
    currency: String,
    time_zone: String,
}

/// What the open budgets of a brand come to today, in its time zone. Each amount is converted by itself and rounded half to even, and
/// the sum is that of the rounded amounts, so that it adds up on paper. A constant number of statements.
pub async fn finance_summary(context: &Context, brand_id: Uuid) -> Result<FinanceSummary, Failure> {
    context.permit(Action::BudgetRead, brand_id).await?;
    let sql = "select coalesce(b.base_currency, a.base_currency) as currency, b.time_zone
      from brand b join agency a on a.id = b.agency_id where b.id = $1";
    let place: Base = context.rows(sql, [brand_id.into()]).await?.into_iter().next().ok_or(Code::NotFound)?;
    let zone: chrono_tz::Tz = place.time_zone.parse().map_err(|_| Fault::broken("a brand's time zone is unknown"))?;
    let on = context.now.with_timezone(&zone).date_naive();
    let sql = "select b.currency, sum(l.allocated)::bigint as allocated, sum(l.overdraft)::bigint as overdraft,
        sum(l.committed)::bigint as committed, sum(l.spent)::bigint as spent
      from budget b join budget_line l on l.brand_id = b.brand_id and l.budget_id = b.id
      where b.brand_id = $1 and b.state = 'OPEN' group by b.currency order by b.currency";
    let rows: Vec<Sum> = context.rows(sql, [brand_id.into()]).await?;
    let currencies: Vec<String> = rows.iter().map(|row| row.currency.clone()).collect();
    let rates = rates_to(context, brand_id, currencies, (&place.currency, on)).await?;
    let total = |Sum { currency, allocated, overdraft, committed, spent }| {
        let position = Position { allocated, overdraft, committed, spent };
        let in_base = in_base(position, (&currency, &place.currency), &rates);
        CurrencyTotal { currency, position, in_base }
    };
    let totals: Vec<CurrencyTotal> = rows.into_iter().map(total).collect();
    let sum = totals.iter().try_fold(Position::default(), |sum, total| {
        let more = total.in_base.as_ref()?.position;
        Some(Position {
            allocated: sum.allocated.checked_add(more.allocated)?,
            overdraft: sum.overdraft.checked_add(more.overdraft)?,
            committed: sum.committed.checked_add(more.committed)?,
            spent: sum.spent.checked_add(more.spent)?,
        })
    });
    Ok(FinanceSummary { base: place.currency, on, totals, sum })
}

/// None without a rate, or where an amount gets too large.
fn in_base(
    position: Position,
    (from, to): (&str, &str),
    rates: &HashMap<String, exchange_rate::Model>,
) -> Option<InBase> {
    if from == to {
        return Some(InBase { position, rate: None });
    }
    let rate = rates.get(from)?;
    let convert = |minor| convert_minor(minor, from, to, rate.rate_e10);
    let position = Position {
        allocated: convert(position.allocated)?,
        overdraft: convert(position.overdraft)?,
        committed: convert(position.committed)?,
        spent: convert(position.spent)?,
    };
    Some(InBase { position, rate: Some(rate.clone()) })
}
