//! Reading the pauses in force. The team alone sees them: row-level security shows none to freelancers and clients.

use diwan_entity::publishing::publishing_pause;
use sea_orm::{ColumnTrait as _, Condition, FromQueryResult as _, QueryFilter as _, QueryResult};
use uuid::Uuid;

use super::pause::in_force;
use crate::context::Context;
use crate::error::Failure;
use crate::paging::{Page, Slice, newest_first};
use crate::permission::Action;

/// A pause that holds a post back.
#[derive(Debug, Clone)]
pub struct PostPause {
    /// Which post.
    pub post_id: Uuid,
    /// By what.
    pub pause: publishing_pause::Model,
}

/// A pause that holds back what goes to an account.
#[derive(Debug, Clone)]
pub struct AccountPause {
    /// Which account.
    pub account_id: Uuid,
    /// By what.
    pub pause: publishing_pause::Model,
}

/// What is paused of a brand, newest first: the brand, its accounts and its posts, and the agency if that is.
pub async fn pauses_of_brand(
    context: &Context,
    brand_id: Uuid,
    page: Page,
) -> Result<Slice<publishing_pause::Model>, Failure> {
    context.permit_some(Action::ContentRead, brand_id).await?;
    let of_brand = Condition::any()
        .add(publishing_pause::Column::BrandId.eq(brand_id))
        .add(publishing_pause::Column::BrandId.is_null());
    newest_first(context, in_force().filter(of_brand), publishing_pause::Column::Id, page).await
}

/// The pause of the whole agency, if there is one.
pub async fn agency_pause(context: &Context) -> Result<Option<publishing_pause::Model>, Failure> {
    context.signed_in()?;
    Ok(context.one(in_force().filter(publishing_pause::Column::BrandId.is_null())).await?)
}

/// What holds these posts back, in one statement: they themselves, an account that they go to, their brand, the agency.
pub async fn pauses_of_posts(context: &Context, post_ids: &[Uuid]) -> Result<Vec<PostPause>, Failure> {
    let sql = "select p.id as held_id, z.* from post p join publishing_pause z on z.ended_at is null
        and (z.brand_id is null or (z.brand_id = p.brand_id and (z.post_id is null or z.post_id = p.id)
          and (z.social_account_id is null or exists (select from post_variant v
            where v.brand_id = p.brand_id and v.post_id = p.id and v.social_account_id = z.social_account_id))))
      where p.id = any ($1) order by z.id";
    let rows = context.results(sql, [post_ids.to_vec().into()]).await?;
    rows.iter().map(|row| held(row).map(|(post_id, pause)| PostPause { post_id, pause })).collect()
}

/// What holds these accounts back, in one statement: they themselves, their brand, the agency.
pub async fn pauses_of_accounts(context: &Context, account_ids: &[Uuid]) -> Result<Vec<AccountPause>, Failure> {
    let sql = "select a.id as held_id, z.* from social_account a join publishing_pause z on z.ended_at is null
        and (z.brand_id is null or (z.brand_id = a.brand_id and z.post_id is null
          and (z.social_account_id is null or z.social_account_id = a.id)))
      where a.id = any ($1) order by z.id";
    let rows = context.results(sql, [account_ids.to_vec().into()]).await?;
    rows.iter().map(|row| held(row).map(|(account_id, pause)| AccountPause { account_id, pause })).collect()
}

fn held(row: &QueryResult) -> Result<(Uuid, publishing_pause::Model), Failure> {
    let id = row.try_get("", "held_id")?;
    Ok((id, publishing_pause::Model::from_query_result(row, "")?))
}
