//! Queries for budgets.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, InputObject, Object, Result};
use diwan_domain::finance::{self, BudgetFilter};

use super::types::{Budget, BudgetEntry, BudgetState};
use crate::graphql::context::Op;
use crate::graphql::page::{Window, connection, cost};
use crate::graphql::scalars::Kind;

/// Which budgets are wanted.
#[derive(InputObject, Default)]
struct BudgetFilterInput {
    /// In this state; in any when left out.
    state: Option<BudgetState>,
    /// For this campaign; for any or none when left out.
    campaign_id: Option<ID>,
}

/// Queries for budgets.
#[derive(Default)]
pub struct BudgetQuery;

#[Object]
impl BudgetQuery {
    /// The budgets of a brand, newest first. For MID and above.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "a connection has four besides its own")]
    async fn budgets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which brand.")] brand_id: ID,
        #[graphql(desc = "Only these.")] filter: Option<BudgetFilterInput>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, Budget>> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let page = Window { first, after, last, before }.page()?;
        let brand_id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let BudgetFilterInput { state, campaign_id } = filter.unwrap_or_default();
        let campaign_id = campaign_id.map(|id| Kind::Campaign.parse(&id, "filter.campaignId")).transpose();
        let filter = BudgetFilter { state: state.map(Into::into), campaign_id: op.query(campaign_id)? };
        let slice = op.query(finance::budgets(op, brand_id, filter, page).await)?;
        Ok(connection(slice, |row| row.id, |row| Budget { op: op.clone(), row }))
    }

    /// What was booked on a budget, or on one line of it, newest first. For MID and above.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "a connection has four besides its own")]
    async fn budget_entries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which budget.")] budget_id: ID,
        #[graphql(desc = "Only of this line of it.")] line_id: Option<ID>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, BudgetEntry>> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let page = Window { first, after, last, before }.page()?;
        let budget_id = op.query(Kind::Budget.parse(&budget_id, "budgetId"))?;
        let line_id = op.query(line_id.map(|id| Kind::BudgetLine.parse(&id, "lineId")).transpose())?;
        let slice = op.query(finance::budget_entries(op, budget_id, line_id, page).await)?;
        Ok(connection(slice, |row| row.id, |row| BudgetEntry { op: op.clone(), row }))
    }
}
