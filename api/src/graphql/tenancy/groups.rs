//! Groups of brands.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use diwan_domain::tenancy::{self, BrandFilter};
use diwan_domain::{Context as Domain, Failure};
use diwan_entity::tenancy::brand_group;
use uuid::Uuid;

use super::brand::Brand;
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::page::{Window, connection, cost};
use crate::graphql::scalars::Kind;

/// Brands under one name, for views across them.
pub struct BrandGroup {
    pub op: Op,
    pub row: brand_group::Model,
}

/// Brands under one name, for views across them.
#[Object]
impl BrandGroup {
    /// The group's id.
    pub async fn id(&self) -> ID {
        Kind::BrandGroup.id(self.row.id)
    }
    /// Its name.
    async fn name(&self) -> &str {
        &self.row.name
    }
    /// Counts the changes of the name; a change names the version from which it started.
    async fn version(&self) -> i32 {
        self.row.version
    }

    /// Those of its brands that the caller sees and that are not archived, newest first.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn brands(
        &self,
        _ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, Brand>> {
        let page = Window { first, after, last, before }.page()?;
        let filter = BrandFilter { archived: false, group_id: Some(self.row.id) };
        let slice = self.op.query(tenancy::brands(&self.op, filter, page).await)?;
        Ok(connection(slice, |row| row.id, |row| Brand { op: self.op.clone(), row }))
    }
}

/// Queries for groups of brands.
#[derive(Default)]
pub struct GroupQuery;

#[Object]
impl GroupQuery {
    /// The groups of brands that the caller sees, newest first: all of them for agency-wide levels, and for other staff those
    /// that hold a brand of theirs.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn brand_groups(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, BrandGroup>> {
        let op = Op::of(ctx)?;
        let page = Window { first, after, last, before }.page()?;
        let slice = op.query(tenancy::brand_groups(op, page).await)?;
        Ok(connection(slice, |row| row.id, |row| BrandGroup { op: op.clone(), row }))
    }
}

/// A group to make.
#[derive(InputObject)]
struct CreateBrandGroupInput {
    /// Its name, 1 to 200 characters, unlike that of any other group.
    name: String,
    /// The brands in it, up to 500.
    #[graphql(default)]
    brand_ids: Vec<ID>,
}

/// A group to change.
#[derive(InputObject)]
struct UpdateBrandGroupInput {
    /// Which group.
    brand_group_id: ID,
    /// The version from which the change started.
    version: i32,
    /// Its name from now on, 1 to 200 characters.
    name: String,
}

/// A group to delete.
#[derive(InputObject)]
struct DeleteBrandGroupInput {
    /// Which group.
    brand_group_id: ID,
}

/// Brands to put into a group.
#[derive(InputObject)]
struct AddBrandsToGroupInput {
    /// Which group.
    brand_group_id: ID,
    /// Which brands, up to 500.
    brand_ids: Vec<ID>,
}

/// Brands to take out of a group.
#[derive(InputObject)]
struct RemoveBrandsFromGroupInput {
    /// Which group.
    brand_group_id: ID,
    /// Which brands, up to 500.
    brand_ids: Vec<ID>,
}

/// The answer of what changes a group.
#[derive(SimpleObject)]
struct BrandGroupPayload {
    /// The group, when it was changed.
    brand_group: Option<BrandGroup>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `deleteBrandGroup`.
#[derive(SimpleObject)]
struct DeleteBrandGroupPayload {
    /// The id that it had, when it was deleted.
    deleted_id: Option<ID>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

async fn of_group(
    op: &Op,
    command: impl AsyncFnOnce(&Domain) -> Result<brand_group::Model, Failure>,
) -> Result<BrandGroupPayload> {
    let (row, user_errors) = op.command(command).await?;
    Ok(BrandGroupPayload { brand_group: row.map(|row| BrandGroup { op: op.clone(), row }), user_errors })
}

fn group_id(id: &ID) -> Result<Uuid, Failure> {
    Kind::BrandGroup.parse(id, "brandGroupId")
}

/// Ids of brands by their place in the list.
pub fn brand_ids(ids: &[ID]) -> Result<Vec<Uuid>, Failure> {
    ids.iter().enumerate().map(|(at, id)| Kind::Brand.parse(id, &format!("brandIds.{at}"))).collect()
}

/// Mutations of groups of brands.
#[derive(Default)]
pub struct GroupMutation;

#[Object]
impl GroupMutation {
    /// Makes a group of brands. For DIRECTOR and above, agency-wide.
    async fn create_brand_group(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The group.")] input: CreateBrandGroupInput,
    ) -> Result<BrandGroupPayload> {
        let command = async |context: &Domain| {
            tenancy::create_brand_group(context, &input.name, &brand_ids(&input.brand_ids)?).await
        };
        of_group(Op::of(ctx)?, command).await
    }

    /// Gives a group of brands another name. For DIRECTOR and above, agency-wide.
    async fn update_brand_group(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changes.")] input: UpdateBrandGroupInput,
    ) -> Result<BrandGroupPayload> {
        let command = async |context: &Domain| {
            tenancy::rename_brand_group(context, group_id(&input.brand_group_id)?, input.version, &input.name).await
        };
        of_group(Op::of(ctx)?, command).await
    }

    /// Ends a group; its brands stay. For DIRECTOR and above, agency-wide.
    async fn delete_brand_group(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which group.")] input: DeleteBrandGroupInput,
    ) -> Result<DeleteBrandGroupPayload> {
        let command =
            async |context: &Domain| tenancy::delete_brand_group(context, group_id(&input.brand_group_id)?).await;
        let (id, user_errors) = Op::of(ctx)?.command(command).await?;
        Ok(DeleteBrandGroupPayload { deleted_id: id.map(|id| Kind::BrandGroup.id(id)), user_errors })
    }

    /// Puts brands into a group. For DIRECTOR and above, agency-wide.
    async fn add_brands_to_group(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The group and the brands.")] input: AddBrandsToGroupInput,
    ) -> Result<BrandGroupPayload> {
        let command = async |context: &Domain| {
            let group_id = group_id(&input.brand_group_id)?;
            tenancy::add_brands_to_group(context, group_id, &brand_ids(&input.brand_ids)?).await
        };
        of_group(Op::of(ctx)?, command).await
    }

    /// Takes brands out of a group. For DIRECTOR and above, agency-wide.
    async fn remove_brands_from_group(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The group and the brands.")] input: RemoveBrandsFromGroupInput,
    ) -> Result<BrandGroupPayload> {
        let command = async |context: &Domain| {
            let group_id = group_id(&input.brand_group_id)?;
            tenancy::remove_brands_from_group(context, group_id, &brand_ids(&input.brand_ids)?).await
        };
        of_group(Op::of(ctx)?, command).await
    }
}
