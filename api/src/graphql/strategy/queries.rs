//! Queries for strategy.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, Object, Result};
use diwan_domain::strategy;

use super::kpi::KpiValue;
use crate::graphql::context::Op;
use crate::graphql::page::{Window, connection, cost};
use crate::graphql::scalars::Kind;

/// Queries for strategy.
#[derive(Default)]
pub struct StrategyQuery;

#[Object]
impl StrategyQuery {
    /// What a KPI came to, under whichever meaning, the last recorded first. For the agency's staff.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn kpi_values(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which KPI.")] kpi_id: ID,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, KpiValue>> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let page = Window { first, after, last, before }.page()?;
        let id = op.query(Kind::Kpi.parse(&kpi_id, "kpiId"))?;
        let slice = op.query(strategy::kpi_values(op, id, page).await)?;
        Ok(connection(slice, |row| row.id, |row| KpiValue { op: op.clone(), row }))
    }
}
