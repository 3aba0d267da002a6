//! Reading accounts, connections, publications and attempts. Row-level security decides what is seen.

use diwan_entity::InBrand as _;
use diwan_entity::publishing::{account_connection, publication, publication_attempt, social_account};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::context::Context;
use crate::error::Failure;
use crate::paging::{Page, Slice, newest_first};
use crate::permission::Action;

/// The brand's accounts, newest first.
pub async fn social_accounts(
    context: &Context,
    brand_id: Uuid,
    page: Page,
) -> Result<Slice<social_account::Model>, Failure> {
    context.permit(Action::BrandRead, brand_id).await?;
    newest_first(context, social_account::Entity::in_brand(brand_id), social_account::Column::Id, page).await
}

/// Accounts by id.
pub async fn social_accounts_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<social_account::Model>, Failure> {
    Ok(context.all(social_account::Entity::visible(ids.iter().copied())).await?)
}

/// Connections by id.
pub async fn connections_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<account_connection::Model>, Failure> {
    Ok(context.all(account_connection::Entity::visible(ids.iter().copied())).await?)
}

/// The brand's publications, newest first.
pub async fn publications(context: &Context, brand_id: Uuid, page: Page) -> Result<Slice<publication::Model>, Failure> {
    context.permit_some(Action::ContentRead, brand_id).await?;
    newest_first(context, publication::Entity::in_brand(brand_id), publication::Column::Id, page).await
}

/// The brand's publications that go on only when a person does something: failed, missed, or to be decided about. Newest first.
pub async fn needs_attention(
    context: &Context,
    brand_id: Uuid,
    page: Page,
) -> Result<Slice<publication::Model>, Failure> {
    use publication::PublicationState as P;
    context.permit_some(Action::ContentRead, brand_id).await?;
    let select = publication::Entity::in_brand(brand_id).filter(publication::Column::State.is_in([
        P::NeedsAttention,
        P::Failed,
        P::Missed,
    ]));
    newest_first(context, select, publication::Column::Id, page).await
}

/// Publications by id.
pub async fn publications_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<publication::Model>, Failure> {
    Ok(context.all(publication::Entity::visible(ids.iter().copied())).await?)
}

/// The publications of these posts, oldest first.
pub async fn publications_of_posts(context: &Context, post_ids: &[Uuid]) -> Result<Vec<publication::Model>, Failure> {
    let select = publication::Entity::find()
        .filter(publication::Column::PostId.is_in(post_ids.iter().copied()))
        .order_by_asc(publication::Column::Id);
    Ok(context.all(select).await?)
}

/// The attempts of these publications, oldest first.
pub async fn attempts_of(
    context: &Context,
    publication_ids: &[Uuid],
) -> Result<Vec<publication_attempt::Model>, Failure> {
    let select = publication_attempt::Entity::find()
        .filter(publication_attempt::Column::PublicationId.is_in(publication_ids.iter().copied()))
        .order_by_asc(publication_attempt::Column::Number);
    Ok(context.all(select).await?)
}
