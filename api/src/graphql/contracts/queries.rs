//! Reading contracts. Nothing is written.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, InputObject, Object, Result};
use diwan_domain::contracts::{self as domain, ContractFilter};

use super::templates::ContractTemplate;
use super::types::{Contract, ContractKind, ContractState};
use crate::graphql::context::Op;
use crate::graphql::page::{Window, connection, cost};
use crate::graphql::scalars::Kind;

/// Which contracts are wanted.
#[derive(InputObject, Default)]
struct ContractFilterInput {
    /// In one of these states; in any when empty.
    #[graphql(default)]
    states: Vec<ContractState>,
    /// Of this kind; of any when left out.
    kind: Option<ContractKind>,
    /// With this influencer.
    influencer_id: Option<ID>,
    /// For this campaign.
    campaign_id: Option<ID>,
}

/// Queries for contracts.
#[derive(Default)]
pub struct ContractQuery;

#[Object]
impl ContractQuery {
    /// The contracts of a brand, newest first. For MID and above; freelancers see those with themselves.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "a connection has four besides its own")]
    async fn contracts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which brand.")] brand_id: ID,
        #[graphql(desc = "Which of them; all of them when left out.")] filter: Option<ContractFilterInput>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, Contract>> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let page = Window { first, after, last, before }.page()?;
        let brand_id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let id = |kind: Kind, id: Option<ID>, field: &str| op.query(id.map(|id| kind.parse(&id, field)).transpose());
        let filter = filter.unwrap_or_default();
        let filter = ContractFilter {
            influencer_id: id(Kind::Influencer, filter.influencer_id, "filter.influencerId")?,
            campaign_id: id(Kind::Campaign, filter.campaign_id, "filter.campaignId")?,
            states: filter.states.into_iter().map(Into::into).collect(),
            kind: filter.kind.map(Into::into),
        };
        let slice = op.query(domain::contracts(op, brand_id, &filter, page).await)?;
        Ok(connection(slice, |row| row.id, |row| Contract::of(op, row)))
    }

    /// The templates of contracts of a brand, newest first; without those that were put away. For MID and above.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn contract_templates(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which brand.")] brand_id: ID,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, ContractTemplate>> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let page = Window { first, after, last, before }.page()?;
        let brand_id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let slice = op.query(domain::contract_templates(op, brand_id, page).await)?;
        Ok(connection(slice, |row| row.id, |row| ContractTemplate { op: op.clone(), row }))
    }
}
