//! The directory: adding somebody, saying them anew, putting them away.

use chrono::{DateTime, Utc};
use diwan_entity::influencers::{influencer, influencer_profile, influencer_rate, influencer_share};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, DbErr, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, SqlErr,
};
use serde_json::json;
use uuid::Uuid;

use super::content::InfluencerContent;
use super::rights::{begin, lock, seen};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::{Action, Permit};
use crate::trust;

/// Adds somebody to the directory and gives them to the brand.
pub async fn create_influencer(
    context: &Context,
    brand_id: Uuid,
    content: &InfluencerContent,
) -> Result<influencer::Model, Failure> {
    let permit = context.permit(Action::InfluencerManage, brand_id).await?;
    let mut wrong = Complaints::default();
    let content = content.check(&mut wrong);
    wrong.check()?;
    let id = context.new_id();
    let row = content.onto(influencer::ActiveModel {
        id: Set(id),
        agency_id: Set(permit.agency_id),
        created_by: Set(permit.person()?),
        created_at: Set(context.now),
        updated_at: Set(context.now),
        archived_at: Set(None),
        version: Set(1),
        ..Default::default()
    });
    // The brand sees the row once it is shared with it, and so what belongs to it.
    influencer::Entity::insert(row).exec_without_returning(permit.tx()).await?;
    let share = influencer_share::ActiveModel {
        brand_id: Set(brand_id),
        influencer_id: Set(id),
        shared_by: Set(permit.person()?),
        shared_at: Set(context.now),
        ended_at: Set(None),
    };
    influencer_share::Entity::insert(share).exec_without_returning(permit.tx()).await?;
    write_below(context, permit, (&content, id)).await?;
    trust::record(permit, context.now, "influencer.create", id, json!({})).await?;
    seen(context, id).await
}

/// Says somebody anew: the whole of it, for all brands that have them.
pub async fn update_influencer(
    context: &Context,
    influencer_id: Uuid,
    version: i32,
    content: &InfluencerContent,
) -> Result<influencer::Model, Failure> {
    let (permit, row) = begin(context, influencer_id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    if row.archived_at.is_some() {
        wrong.add(UserError::at(Code::WrongState, "influencerId").text("state", "ARCHIVED"));
    }
    let content = content.check(&mut wrong);
    wrong.check()?;
    let changed = influencer::ActiveModel {
        updated_at: Set(context.now),
        version: Set(row.version + 1),
        ..content.onto(row.into_active_model())
    };
    let row = changed.update(permit.tx()).await?;
    influencer_profile::Entity::delete_many()
        .filter(influencer_profile::Column::InfluencerId.eq(row.id))
        .exec(permit.tx())
        .await?;
    influencer_rate::Entity::delete_many()
        .filter(influencer_rate::Column::InfluencerId.eq(row.id))
        .exec(permit.tx())
        .await?;
    write_below(context, permit, (&content, row.id)).await?;
    trust::record(permit, context.now, "influencer.update", row.id, json!({ "version": row.version })).await?;
    Ok(row)
}

/// Writes profiles and rates, of which none is there.
async fn write_below(
    context: &Context,
    permit: Permit<'_>,
    (content, influencer_id): (&InfluencerContent, Uuid),
) -> Result<(), Failure> {
    let whose = (permit.agency_id, influencer_id);
    let profiles = content.profile_rows(context, whose)?;
    if !profiles.is_empty() {
        // Only the database knows all of the directory.
        let twice = |error: DbErr| match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(_)) => {
                UserError::at(Code::AlreadyExists, "influencer.profiles").into()
            }
            _ => Failure::from(error),
        };
        influencer_profile::Entity::insert_many(profiles).exec_without_returning(permit.tx()).await.map_err(twice)?;
    }
    let rates = content.rate_rows(context, whose);
    if !rates.is_empty() {
        influencer_rate::Entity::insert_many(rates).exec_without_returning(permit.tx()).await?;
    }
    Ok(())
}

/// Puts somebody away, for all brands: nothing new is begun with them. For those who have the directory.
pub async fn archive_influencer(
    context: &Context,
    influencer_id: Uuid,
    version: i32,
) -> Result<influencer::Model, Failure> {
    set_archived(context, (influencer_id, version), Some(context.now)).await
}

/// Brings somebody back. For those who have the directory.
pub async fn restore_influencer(
    context: &Context,
    influencer_id: Uuid,
    version: i32,
) -> Result<influencer::Model, Failure> {
    set_archived(context, (influencer_id, version), None).await
}

async fn set_archived(
    context: &Context,
    (influencer_id, version): (Uuid, i32),
    at: Option<DateTime<Utc>>,
) -> Result<influencer::Model, Failure> {
    seen(context, influencer_id).await?;
    let permit = context.permit_agency(Action::InfluencerDirectoryManage).await?;
    let row = lock(context, influencer_id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    if row.archived_at.is_some() == at.is_some() {
        let state = if at.is_some() { "ARCHIVED" } else { "LIVE" };
        wrong.add(UserError::at(Code::WrongState, "influencerId").text("state", state));
    }
    wrong.check()?;
    let action = if at.is_some() { "influencer.archive" } else { "influencer.restore" };
    let changed = influencer::ActiveModel {
        archived_at: Set(at),
        updated_at: Set(context.now),
        version: Set(row.version + 1),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, action, row.id, json!({})).await?;
    Ok(row)
}
