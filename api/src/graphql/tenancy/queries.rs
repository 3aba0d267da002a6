//! Queries for agency and brands.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, Object, Result};
use diwan_domain::tenancy;

use super::types::{Agency, Brand, Viewer};
use crate::graphql::context::Op;
use crate::graphql::page::{Window, connection, cost};
use crate::graphql::scalars::Kind;

/// Queries for agency and brands.
#[derive(Default)]
pub struct TenancyQuery;

#[Object]
impl TenancyQuery {
    /// Who asks; null for a stranger.
    async fn viewer(&self, ctx: &Context<'_>) -> Result<Option<Viewer>> {
        let op = Op::of(ctx)?;
        Ok(op.actor().is_some().then(|| Viewer { op: op.clone() }))
    }

    /// The agency; null for a stranger.
    async fn agency(&self, ctx: &Context<'_>) -> Result<Option<Agency>> {
        let op = Op::of(ctx)?;
        if op.actor().is_none() {
            return Ok(None);
        }
        let row = op.query(tenancy::agency(op).await)?;
        Ok(Some(Agency { op: op.clone(), row }))
    }

    /// One brand; null when it does not exist or is not the caller's to see.
    async fn brand(&self, ctx: &Context<'_>, #[graphql(desc = "The brand's id.")] id: ID) -> Result<Option<Brand>> {
        let op = Op::of(ctx)?;
        let Ok(id) = Kind::Brand.parse(&id, "id") else {
            return Ok(None);
        };
        Ok(op.load(id).await?.map(|row| Brand { op: op.clone(), row }))
    }

    /// The brands that the caller sees, newest first.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn brands(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, Brand>> {
        let op = Op::of(ctx)?;
        let page = Window { first, after, last, before }.page()?;
        let slice = op.query(tenancy::brands(op, page).await)?;
        Ok(connection(slice, |row| row.id, |row| Brand { op: op.clone(), row }))
    }
}
