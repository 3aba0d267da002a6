//! Who may do what with somebody of the directory, which is no single brand's.

use diwan_entity::influencers::{influencer, influencer_share};
use diwan_platform::db;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use crate::context::Context;
use crate::error::{Code, Failure, UserError};
use crate::permission::{Action, Permit};

/// Lets one at a time change how these people stand to brands; always in the same order, so that nobody waits in a circle.
pub(super) async fn take_turns(permit: Permit<'_>, influencer_ids: &[Uuid]) -> Result<(), Failure> {
    let sql =
        "select app.lock_influencer(i.id) from (select id from unnest($1::uuid[]) id order by hashtext(id::text)) i";
    permit.tx().execute_raw(db::statement(sql, [influencer_ids.to_vec().into()])).await?;
    Ok(())
}

/// The brands among the caller's with which somebody is shared now.
pub(super) async fn shares(context: &Context, influencer_id: Uuid) -> Result<Vec<influencer_share::Model>, Failure> {
    let select = influencer_share::Entity::find()
        .filter(influencer_share::Column::InfluencerId.eq(influencer_id))
        .filter(influencer_share::Column::EndedAt.is_null())
        .order_by_asc(influencer_share::Column::BrandId);
    Ok(context.all(select).await?)
}

/// Somebody whom the caller sees, or the refusal.
pub(super) async fn seen(context: &Context, influencer_id: Uuid) -> Result<influencer::Model, Failure> {
    let select = influencer::Entity::find_by_id(influencer_id);
    Ok(context.one(select).await?.ok_or_else(|| UserError::at(Code::NotFound, "influencerId"))?)
}

/// Whether the whole directory is the caller's.
pub(super) fn has_directory(context: &Context) -> bool {
    context.may(Action::InfluencerDirectoryManage, Uuid::nil())
}

/// The right to change what is said of somebody: held agency-wide, or in a brand that has them.
pub(super) async fn permit_for(context: &Context, influencer_id: Uuid) -> Result<Permit<'_>, Failure> {
    if has_directory(context) {
        return context.permit_agency(Action::InfluencerDirectoryManage).await;
    }
    let shares = shares(context, influencer_id).await?;
    let may = |share: &&influencer_share::Model| context.may(Action::InfluencerManage, share.brand_id);
    let share = shares.iter().find(may).or(shares.first());
    let share = share.ok_or_else(|| UserError::at(Code::NotFound, "influencerId"))?;
    context.permit(Action::InfluencerManage, share.brand_id).await
}

/// Somebody who is about to change, with the right to it: the row is locked.
pub(super) async fn begin(context: &Context, influencer_id: Uuid) -> Result<(Permit<'_>, influencer::Model), Failure> {
    seen(context, influencer_id).await?;
    let permit = permit_for(context, influencer_id).await?;
    Ok((permit, lock(context, influencer_id).await?))
}

/// The row, locked.
pub(super) async fn lock(context: &Context, influencer_id: Uuid) -> Result<influencer::Model, Failure> {
    let select = influencer::Entity::find_by_id(influencer_id).lock_exclusive();
    Ok(context.one(select).await?.ok_or_else(|| UserError::at(Code::NotFound, "influencerId"))?)
}

/// The right to something that a brand has to do with somebody whom it was given and who is not put away.
pub(super) async fn permit_in(
    context: &Context,
    action: Action,
    (brand_id, influencer_id): (Uuid, Uuid),
) -> Result<Permit<'_>, Failure> {
    let permit = context.permit(action, brand_id).await?;
    if !shares(context, influencer_id).await?.iter().any(|share| share.brand_id == brand_id) {
        return Err(UserError::at(Code::NotFound, "influencerId").into());
    }
    if seen(context, influencer_id).await?.archived_at.is_some() {
        return Err(UserError::at(Code::WrongState, "influencerId").text("state", "ARCHIVED").into());
    }
    Ok(permit)
}

/// Whether the caller reads the directory anywhere: what they see of it is the database's to say.
pub fn may_read_directory(context: &Context) -> bool {
    has_directory(context)
        || context
            .actor()
            .is_some_and(|actor| actor.levels.keys().any(|brand_id| context.may(Action::InfluencerRead, *brand_id)))
}

/// Whether the caller may read what somebody costs and how they are reached, who is shared in this way with the brands that they see.
pub fn may_read_terms(context: &Context, shares: &[influencer_share::Model]) -> bool {
    let agency_wide = context.actor().is_some_and(|actor| actor.agency_level.is_some());
    (agency_wide && context.may(Action::InfluencerTermsRead, Uuid::nil()))
        || shares.iter().any(|share| context.may(Action::InfluencerTermsRead, share.brand_id))
}
