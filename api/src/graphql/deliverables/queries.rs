//! Reading deliverables. Nothing is written.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, InputObject, Object, Result};
use diwan_domain::deliverables::{self as domain, DeliverableFilter};

use super::types::{Deliverable, DeliverableState};
use crate::graphql::context::Op;
use crate::graphql::page::{Window, connection, cost};
use crate::graphql::scalars::Kind;

/// Which deliverables are wanted.
#[derive(InputObject, Default)]
struct DeliverableFilterInput {
    /// Of this contract; of any when left out.
    contract_id: Option<ID>,
    /// In one of these states; in any when empty.
    #[graphql(default)]
    states: Vec<DeliverableState>,
    /// Given to this person; to anybody or nobody when left out.
    assignee_id: Option<ID>,
}

/// Queries for deliverables.
#[derive(Default)]
pub struct DeliverableQuery;

#[Object]
impl DeliverableQuery {
    /// The deliverables of a brand, newest first. For the agency's staff; freelancers see what is given to them.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "a connection has four besides its own")]
    async fn deliverables(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which brand.")] brand_id: ID,
        #[graphql(desc = "Only these.")] filter: Option<DeliverableFilterInput>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, Deliverable>> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let page = Window { first, after, last, before }.page()?;
        let brand_id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let DeliverableFilterInput { contract_id, states, assignee_id } = filter.unwrap_or_default();
        let parse = |kind: Kind, id: Option<ID>, field| op.query(id.map(|id| kind.parse(&id, field)).transpose());
        let filter = DeliverableFilter {
            contract_id: parse(Kind::Contract, contract_id, "filter.contractId")?,
            states: states.into_iter().map(Into::into).collect(),
            assignee_id: parse(Kind::User, assignee_id, "filter.assigneeId")?,
        };
        let slice = op.query(domain::deliverables(op, brand_id, &filter, page).await)?;
        Ok(connection(slice, |row| row.id, |row| Deliverable { op: op.clone(), row }))
    }
}
