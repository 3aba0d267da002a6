//! Queries for agency and brands.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, InputObject, Object, Result};
use diwan_domain::Failure;
use diwan_domain::tenancy::{self, BrandFilter};

use super::agency::Agency;
use super::brand::Brand;
use super::members::PeopleFilterInput;
use super::people::{User, Viewer};
use crate::graphql::context::Op;
use crate::graphql::page::{Window, connection, cost};
use crate::graphql::scalars::Kind;

/// Which brands are wanted.
#[derive(InputObject, Default)]
struct BrandFilterInput {
    /// Archived brands instead of those that are worked on.
    #[graphql(default)]
    archived: bool,
    /// Only those of this group.
    group_id: Option<ID>,
}

impl BrandFilterInput {
    fn into_domain(self) -> Result<BrandFilter, Failure> {
        let group_id = self.group_id.map(|id| Kind::BrandGroup.parse(&id, "filter.groupId")).transpose()?;
        Ok(BrandFilter { archived: self.archived, group_id })
    }
}

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

    /// The brands that the caller sees, newest first; archived ones only when asked for.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn brands(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these.")] filter: Option<BrandFilterInput>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, Brand>> {
        let op = Op::of(ctx)?;
        let page = Window { first, after, last, before }.page()?;
        let filter = op.query(filter.unwrap_or_default().into_domain())?;
        let slice = op.query(tenancy::brands(op, filter, page).await)?;
        Ok(connection(slice, |row| row.id, |row| Brand { op: op.clone(), row }))
    }

    /// The agency's people, newest first. For DIRECTOR and above, agency-wide.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn people(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these.")] filter: Option<PeopleFilterInput>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, User>> {
        let op = Op::of(ctx)?;
        let page = Window { first, after, last, before }.page()?;
        let filter = filter.unwrap_or_default().into_domain();
        let slice = op.query(tenancy::people(op, filter, page).await)?;
        Ok(connection(slice, |row| row.id, |row| User { op: op.clone(), row }))
    }
}
