//! Reading proposals. Nothing is written.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, Object, Result};
use diwan_domain::proposals as domain;

use super::comparison::ProposalComparison;
use super::types::{Proposal, ProposalState, ProposalTemplate};
use crate::graphql::context::Op;
use crate::graphql::page::{Window, connection, cost};
use crate::graphql::scalars::Kind;

/// Queries for proposals.
#[derive(Default)]
pub struct ProposalQuery;

#[Object]
impl ProposalQuery {
    /// The proposals of a brand, newest first. For MID and above; clients see those that were sent to their brand.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "a connection has four besides its own")]
    async fn proposals(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which brand.")] brand_id: ID,
        #[graphql(desc = "In one of these states; in any when empty.", default)] states: Vec<ProposalState>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, Proposal>> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let page = Window { first, after, last, before }.page()?;
        let brand_id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let states = states.into_iter().map(Into::into).collect();
        let slice = op.query(domain::proposals(op, brand_id, states, page).await)?;
        Ok(connection(slice, |row| row.id, |row| Proposal { op: op.clone(), row }))
    }

    /// The templates of a brand, newest first. For MID and above.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "a connection has four besides its own")]
    async fn proposal_templates(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which brand.")] brand_id: ID,
        #[graphql(desc = "Those that were put away, instead of those that were not.", default)] archived: bool,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, ProposalTemplate>> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let page = Window { first, after, last, before }.page()?;
        let brand_id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let slice = op.query(domain::proposal_templates(op, brand_id, archived, page).await)?;
        Ok(connection(slice, |row| row.id, |row| ProposalTemplate { op: op.clone(), row }))
    }

    /// Two versions of a proposal beside each other. For MID and above.
    #[graphql(complexity = "1 + 20 * child_complexity")]
    async fn compare_proposal_versions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which proposal.")] proposal_id: ID,
        #[graphql(desc = "The number of the one version.")] before: i32,
        #[graphql(desc = "The number of the other, with which it is compared.")] now: i32,
    ) -> Result<ProposalComparison> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let id = op.query(Kind::Proposal.parse(&proposal_id, "proposalId"))?;
        Ok(ProposalComparison::of(op.query(domain::compare_versions(op, id, before, now).await)?))
    }
}
