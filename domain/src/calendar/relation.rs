//! What somebody has to do with a post: they wrote at it, or it is assigned to them, or it was sent to them.

use diwan_entity::InBrand as _;
use diwan_entity::calendar::{post, post_assignment, post_contributor};
use diwan_entity::tenancy::app_user::UserKind;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use crate::context::Context;
use crate::error::Failure;
use crate::permission::{Permit, Relation};

/// How the caller stands to a post that they see. Two statements.
pub async fn relation_to(context: &Context, post: &post::Model) -> Result<Relation, Failure> {
    let actor = context.signed_in()?;
    let contributed = post_contributor::Entity::in_brand(post.brand_id)
        .filter(post_contributor::Column::PostId.eq(post.id))
        .filter(post_contributor::Column::UserId.eq(actor.user_id));
    let own = post.created_by == actor.user_id || context.one(contributed).await?.is_some();
    // A client sees what was sent to them or is shared with them (migration `m0021`), and this is a post that is seen.
    let assigned = if actor.kind == UserKind::Client {
        true
    } else {
        let given = post_assignment::Entity::in_brand(post.brand_id)
            .filter(post_assignment::Column::PostId.eq(post.id))
            .filter(post_assignment::Column::UserId.eq(actor.user_id));
        context.one(given).await?.is_some()
    };
    Ok(Relation { own, assigned })
}

/// Remembers that the caller wrote at a post: it is theirs from now on, and not theirs to approve.
pub(super) async fn note_contributor(context: &Context, permit: Permit<'_>, post_id: Uuid) -> Result<(), Failure> {
    let row = post_contributor::ActiveModel {
        brand_id: Set(permit.brand_id),
        post_id: Set(post_id),
        user_id: Set(permit.person()?),
    };
    let known = post_contributor::Entity::in_brand(permit.brand_id)
        .filter(post_contributor::Column::PostId.eq(post_id))
        .filter(post_contributor::Column::UserId.eq(permit.person()?));
    if context.one(known).await?.is_none() {
        let once = OnConflict::new().do_nothing().to_owned();
        post_contributor::Entity::insert(row).on_conflict(once).exec_without_returning(permit.tx()).await?;
    }
    Ok(())
}
