//! With whom nobody works: of a brand, or of the whole agency.

use diwan_entity::influencers::{influencer, influencer_block};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, Condition, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _,
};
use serde_json::json;
use uuid::Uuid;

use super::rights::{seen, shares, take_turns};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::{Action, Permit};
use crate::trust;

/// The right to block: in a brand that has them, or, without a brand, for the whole agency.
async fn permit(context: &Context, influencer_id: Uuid, brand_id: Option<Uuid>) -> Result<Permit<'_>, Failure> {
    let Some(brand_id) = brand_id else {
        seen(context, influencer_id).await?;
        return context.permit_agency(Action::InfluencerDirectoryManage).await;
    };
    let permit = context.permit(Action::InfluencerDecide, brand_id).await?;
    if !shares(context, influencer_id).await?.iter().any(|share| share.brand_id == brand_id) {
        return Err(UserError::at(Code::NotFound, "influencerId").into());
    }
    Ok(permit)
}

/// The block of a brand itself, or of the agency, that is in force.
async fn in_force(
    context: &Context,
    influencer_id: Uuid,
    brand_id: Option<Uuid>,
) -> Result<Option<influencer_block::Model>, Failure> {
    let whose = match brand_id {
        Some(brand_id) => influencer_block::Column::BrandId.eq(brand_id),
        None => influencer_block::Column::BrandId.is_null(),
    };
    let select = influencer_block::Entity::find()
        .filter(whose)
        .filter(influencer_block::Column::InfluencerId.eq(influencer_id))
        .filter(influencer_block::Column::EndedAt.is_null());
    Ok(context.one(select).await?)
}

/// Lets nobody of a brand, or of the whole agency, work with somebody. What was approved before stays to be read.
pub async fn block_influencer(
    context: &Context,
    influencer_id: Uuid,
    brand_id: Option<Uuid>,
    reason: &str,
) -> Result<influencer::Model, Failure> {
    let permit = permit(context, influencer_id, brand_id).await?;
    take_turns(permit, &[influencer_id]).await?;
    let mut wrong = Complaints::default();
    let reason = wrong.text("reason", reason, 1000).to_owned();
    if in_force(context, influencer_id, brand_id).await?.is_some() {
        wrong.add(UserError::at(Code::AlreadyExists, "influencerId"));
    }
    wrong.check()?;
    let row = influencer_block::ActiveModel {
        id: Set(context.new_id()),
        agency_id: Set(permit.agency_id),
        brand_id: Set(brand_id),
        influencer_id: Set(influencer_id),
        reason: Set(reason),
        blocked_by: Set(permit.person()?),
        blocked_at: Set(context.now),
        ended_by: Set(None),
        ended_at: Set(None),
    };
    influencer_block::Entity::insert(row).exec_without_returning(permit.tx()).await?;
    trust::record(permit, context.now, "influencer.block", influencer_id, json!({})).await?;
    seen(context, influencer_id).await
}

/// Ends a block of a brand, or of the agency.
pub async fn unblock_influencer(
    context: &Context,
    influencer_id: Uuid,
    brand_id: Option<Uuid>,
) -> Result<influencer::Model, Failure> {
    let permit = permit(context, influencer_id, brand_id).await?;
    take_turns(permit, &[influencer_id]).await?;
    let block = in_force(context, influencer_id, brand_id).await?;
    let block = block.ok_or_else(|| UserError::at(Code::WrongState, "influencerId").text("state", "NOT_BLOCKED"))?;
    let ended = influencer_block::ActiveModel {
        ended_by: Set(permit.actor_id),
        ended_at: Set(Some(context.now)),
        ..block.into_active_model()
    };
    ended.update(permit.tx()).await?;
    trust::record(permit, context.now, "influencer.unblock", influencer_id, json!({})).await?;
    seen(context, influencer_id).await
}

/// The blocks in force of these people that the caller sees: the agency's, and those of their brands. Oldest first.
pub async fn blocks_of_influencers(context: &Context, ids: &[Uuid]) -> Result<Vec<influencer_block::Model>, Failure> {
    let select = influencer_block::Entity::find()
        .filter(influencer_block::Column::InfluencerId.is_in(ids.iter().copied()))
        .filter(influencer_block::Column::EndedAt.is_null())
        .order_by_asc(influencer_block::Column::Id);
    Ok(context.all(select).await?)
}

/// Why somebody is not worked with in a brand: the agency's reason, or the brand's.
pub(crate) async fn reason(
    context: &Context,
    (brand_id, influencer_id): (Uuid, Uuid),
) -> Result<Option<String>, Failure> {
    let whose = Condition::any()
        .add(influencer_block::Column::BrandId.is_null())
        .add(influencer_block::Column::BrandId.eq(brand_id));
    let select = influencer_block::Entity::find()
        .filter(influencer_block::Column::InfluencerId.eq(influencer_id))
        .filter(influencer_block::Column::EndedAt.is_null())
        .filter(whose)
        .order_by_asc(influencer_block::Column::Id);
    Ok(context.one(select).await?.map(|block| block.reason))
}
