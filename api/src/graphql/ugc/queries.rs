//! Reading grants. Nothing is written.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, Object, Result};
use diwan_domain::ugc::{self as domain, UgcFilter};

use super::types::{UgcGrant, UgcGrantState};
use crate::graphql::context::Op;
use crate::graphql::page::{Window, connection, cost};
use crate::graphql::scalars::Kind;

/// Queries for grants.
#[derive(Default)]
pub struct UgcQuery;

#[Object]
impl UgcQuery {
    /// What users were asked for what they made, and what they allowed; what was asked last first. For the agency's staff.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "a filter, and the four arguments of a connection")]
    async fn ugc_grants(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which brand.")] brand_id: ID,
        #[graphql(desc = "In one of these states; in any when empty.", default)] states: Vec<UgcGrantState>,
        #[graphql(desc = "Of this file; of any when left out.")] asset_id: Option<ID>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, UgcGrant>> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let page = Window { first, after, last, before }.page()?;
        let brand = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let asset_id = asset_id.map(|id| op.query(Kind::Asset.parse(&id, "assetId"))).transpose()?;
        let filter = UgcFilter { states: states.into_iter().map(Into::into).collect(), asset_id };
        let slice = op.query(domain::ugc_grants(op, brand, &filter, page).await)?;
        Ok(connection(slice, |row| row.id, |row| UgcGrant { op: op.clone(), row }))
    }
}
