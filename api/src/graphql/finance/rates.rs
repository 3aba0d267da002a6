//! Exchange rates, and what the open budgets of a brand come to by them.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use diwan_domain::Context as Domain;
use diwan_domain::finance::{self, NewRate};
use diwan_entity::finance::exchange_rate;

use super::types::BudgetBalance;
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::page::{Window, connection, cost};
use crate::graphql::scalars::Kind;
use crate::graphql::tenancy::User;

/// What a currency was worth in another on a day, and who says so.
pub struct ExchangeRate {
    pub op: Op,
    pub row: exchange_rate::Model,
}

/// What a currency was worth in another on a day, and who says so. It stays as it was recorded.
#[Object]
impl ExchangeRate {
    /// From which currency, ISO 4217.
    async fn base(&self) -> &str {
        &self.row.base
    }
    /// To which.
    async fn quote(&self) -> &str {
        &self.row.quote
    }
    /// How much of `quote` one unit of `base` is: an exact decimal.
    async fn rate(&self) -> String {
        finance::rate_text(self.row.rate_e10)
    }
    /// Who says so.
    async fn source(&self) -> &str {
        &self.row.source
    }
    /// For which day.
    async fn day(&self) -> NaiveDate {
        self.row.day
    }
    /// Who recorded it; null when the caller does not see that person.
    async fn recorded_by(&self) -> Result<Option<User>> {
        Ok(self.op.load(self.row.recorded_by).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// When.
    async fn recorded_at(&self) -> DateTime<Utc> {
        self.row.recorded_at
    }
}

/// What the open budgets of one currency come to.
#[derive(SimpleObject)]
struct CurrencyTotal {
    /// ISO 4217.
    currency: String,
    /// How much.
    balance: BudgetBalance,
    /// The same in the brand's own currency; null without a rate.
    in_base_currency: Option<BudgetBalance>,
    /// By which rate; null where the currency is the brand's own, and without a rate.
    rate: Option<ExchangeRate>,
}

/// What all open budgets of a brand come to today. Nothing is counted as zero because its rate is missing.
#[derive(SimpleObject)]
struct FinanceSummary {
    /// The brand's own currency, or else the agency's.
    base_currency: String,
    /// The day whose rates are used: of each currency the newest on or before it, and none older than 31 days.
    on: NaiveDate,
    /// Currency by currency.
    totals: Vec<CurrencyTotal>,
    /// All of them in the brand's own currency: the sum of the converted amounts, each rounded half to even. Null where a rate is missing.
    total: Option<BudgetBalance>,
    /// The currencies whose rate is missing.
    missing_rates: Vec<String>,
}

/// Queries for exchange rates and totals.
#[derive(Default)]
pub struct FinanceQuery;

#[Object]
impl FinanceQuery {
    /// The exchange rates of a brand, the one that was recorded last first. For MID and above.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn exchange_rates(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which brand.")] brand_id: ID,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, ExchangeRate>> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let page = Window { first, after, last, before }.page()?;
        let brand_id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let slice = op.query(finance::exchange_rates(op, brand_id, page).await)?;
        Ok(connection(slice, |row| row.id, |row| ExchangeRate { op: op.clone(), row }))
    }

    /// What all open budgets of a brand come to, currency by currency and in the brand's own currency. For MID and above.
    #[graphql(complexity = "10 + 5 * child_complexity")]
    async fn finance_summary(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which brand.")] brand_id: ID,
    ) -> Result<FinanceSummary> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let brand_id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let found = op.query(finance::finance_summary(op, brand_id).await)?;
        let (missing_rates, base) = (found.missing(), found.base);
        let totals = found.totals.into_iter().map(|total| CurrencyTotal {
            balance: BudgetBalance::of(total.position, &total.currency),
            in_base_currency: total.in_base.as_ref().map(|there| BudgetBalance::of(there.position, &base)),
            rate: total.in_base.and_then(|there| there.rate).map(|row| ExchangeRate { op: op.clone(), row }),
            currency: total.currency,
        });
        let totals = totals.collect();
        let total = found.sum.map(|sum| BudgetBalance::of(sum, &base));
        Ok(FinanceSummary { base_currency: base, on: found.on, totals, total, missing_rates })
    }
}

/// A rate to record.
#[derive(InputObject)]
struct RecordExchangeRateInput {
    /// For which brand.
    brand_id: ID,
    /// From which currency, ISO 4217.
    base: String,
    /// To which other currency.
    quote: String,
    /// How much of `quote` one unit of `base` is: a decimal above zero with up to ten digits behind the point, up to 922337203.
    rate: String,
    /// Who says so, such as `ECB`: 1 to 100 characters.
    source: String,
    /// For which day.
    day: NaiveDate,
}

/// The answer of `recordExchangeRate`.
#[derive(SimpleObject)]
struct RecordExchangeRatePayload {
    /// The rate, when it was recorded.
    exchange_rate: Option<ExchangeRate>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// Mutations of exchange rates.
#[derive(Default)]
pub struct ExchangeRateMutation;

#[Object]
impl ExchangeRateMutation {
    /// Records what a currency was worth in another on a day. It stays; what is recorded later for the same day counts instead. For SENIOR and
    /// above.
    async fn record_exchange_rate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The rate.")] input: RecordExchangeRateInput,
    ) -> Result<RecordExchangeRatePayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            let RecordExchangeRateInput { base, quote, rate, source, day, .. } = input;
            finance::record_exchange_rate(context, brand_id, NewRate { base, quote, rate, source, day }).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(RecordExchangeRatePayload {
            exchange_rate: row.map(|row| ExchangeRate { op: op.clone(), row }),
            user_errors,
        })
    }
}
