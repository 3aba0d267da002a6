//! Queries for approvals.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, InputObject, Object, Result};
use diwan_domain::approvals::{self, RequestFilter};

use super::limits::ApprovalLimit;
use super::types::{ApprovalChain, ApprovalKind, ApprovalRequest, ApprovalState};
use crate::graphql::context::Op;
use crate::graphql::page::{Window, connection, cost};
use crate::graphql::scalars::Kind;

/// Which requests are wanted.
#[derive(InputObject, Default)]
struct ApprovalRequestFilter {
    /// In one of these states; in any when empty.
    #[graphql(default)]
    states: Vec<ApprovalState>,
    /// Of one of these kinds; of any when empty.
    #[graphql(default)]
    kinds: Vec<ApprovalKind>,
    /// Only those that wait for the caller.
    #[graphql(default)]
    mine: bool,
}

/// Queries for approvals.
#[derive(Default)]
pub struct ApprovalQuery;

#[Object]
impl ApprovalQuery {
    /// A brand's requests for approval, newest first.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "a connection has four besides its own")]
    async fn approval_requests(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which brand.")] brand_id: ID,
        #[graphql(desc = "Only these.")] filter: Option<ApprovalRequestFilter>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, ApprovalRequest>> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let page = Window { first, after, last, before }.page()?;
        let brand_id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let filter = filter.unwrap_or_default();
        let filter = RequestFilter {
            states: filter.states.into_iter().map(Into::into).collect(),
            kinds: filter.kinds.into_iter().map(Into::into).collect(),
            mine: filter.mine,
        };
        let slice = op.query(approvals::approval_requests(op, brand_id, filter, page).await)?;
        Ok(connection(slice, |row| row.id, |row| ApprovalRequest { op: op.clone(), row }))
    }

    /// Who approves what in a brand. For staff and programs; what has no chain is approved by anyone of MID or above.
    #[graphql(complexity = "1 + 6 * child_complexity")]
    async fn approval_chains(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which brand.")] brand_id: ID,
    ) -> Result<Vec<ApprovalChain>> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let brand_id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let rows = op.query(approvals::approval_chains(op, brand_id).await)?;
        Ok(rows.into_iter().map(|row| ApprovalChain { op: op.clone(), row }).collect())
    }

    /// Up to which amounts levels may decide: the agency's limits, and those of the brand that count instead. For MID and
    /// above.
    #[graphql(complexity = "1 + 10 * child_complexity")]
    async fn approval_limits(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "In which brand.")] brand_id: ID,
    ) -> Result<Vec<ApprovalLimit>> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let brand_id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        Ok(op.query(approvals::approval_limits(op, brand_id).await)?.into_iter().map(Into::into).collect())
    }
}
