//! For whom else somebody works, and for nobody beside.

use chrono::NaiveDate;
use diwan_entity::influencers::{influencer, influencer_exclusivity};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _, IntoActiveModel as _, QuerySelect as _};
use serde_json::json;
use uuid::Uuid;

use super::content::at_most;
use super::queries::exclusivities_of_influencers;
use super::rights::{begin, permit_for, seen};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::strategy::{date, maybe_text};
use crate::trust;

/// The most exclusivities of somebody that were not ended.
const MOST_EXCLUSIVITIES: usize = 100;

/// An exclusivity that somebody has given.
#[derive(Debug, Clone)]
pub struct NewExclusivity {
    /// To whom, 1 to 200 characters.
    pub competitor: String,
    /// For what, such as `coffee`: 1 to 200 characters.
    pub category: String,
    /// From which day; none: it has begun.
    pub starts_on: Option<NaiveDate>,
    /// Its last day; none: not known.
    pub until_on: Option<NaiveDate>,
    /// How it is known, up to 1000 characters.
    pub source: String,
}

/// Records an exclusivity, for all brands that have them; up to 100 that were not ended.
pub async fn record_exclusivity(
    context: &Context,
    influencer_id: Uuid,
    new: &NewExclusivity,
) -> Result<influencer_exclusivity::Model, Failure> {
    // The row is locked: they are counted one at a time.
    let (permit, _) = begin(context, influencer_id).await?;
    let mut wrong = Complaints::default();
    let known = exclusivities_of_influencers(context, &[influencer_id]).await?.len();
    at_most(&mut wrong, "influencerId", known + 1, MOST_EXCLUSIVITIES);
    let competitor = wrong.text("competitor", &new.competitor, 200).to_owned();
    let category = wrong.text("category", &new.category, 200).to_owned();
    date(&mut wrong, "startsOn", new.starts_on);
    date(&mut wrong, "untilOn", new.until_on);
    if let (Some(starts), Some(until)) = (new.starts_on, new.until_on)
        && until < starts
    {
        wrong.add(UserError::at(Code::Invalid, "untilOn"));
    }
    let source = maybe_text(&mut wrong, "source", &new.source, 1000);
    wrong.check()?;
    let row = influencer_exclusivity::ActiveModel {
        id: Set(context.new_id()),
        agency_id: Set(permit.agency_id),
        influencer_id: Set(influencer_id),
        competitor: Set(competitor),
        category: Set(category),
        starts_on: Set(new.starts_on),
        until_on: Set(new.until_on),
        source: Set(source),
        recorded_by: Set(permit.person()?),
        recorded_at: Set(context.now),
        ended_at: Set(None),
    };
    let row = influencer_exclusivity::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    let detail = json!({ "exclusivity": row.id });
    trust::record(permit, context.now, "influencer.exclusivity_record", influencer_id, detail).await?;
    Ok(row)
}

/// Ends an exclusivity: it is over, or never was. It is not told any more.
pub async fn end_exclusivity(context: &Context, exclusivity_id: Uuid) -> Result<influencer::Model, Failure> {
    let not_there = || UserError::at(Code::NotFound, "exclusivityId");
    let select = influencer_exclusivity::Entity::find_by_id(exclusivity_id);
    let row = context.one(select).await?.ok_or_else(not_there)?;
    let permit = permit_for(context, row.influencer_id).await?;
    let locked = influencer_exclusivity::Entity::find_by_id(exclusivity_id).lock_exclusive();
    let row = context.one(locked).await?.ok_or_else(not_there)?;
    if row.ended_at.is_some() {
        return Err(UserError::at(Code::WrongState, "exclusivityId").text("state", "ENDED").into());
    }
    let (id, influencer_id) = (row.id, row.influencer_id);
    let ended = influencer_exclusivity::ActiveModel { ended_at: Set(Some(context.now)), ..row.into_active_model() };
    ended.update(permit.tx()).await?;
    let detail = json!({ "exclusivity": id });
    trust::record(permit, context.now, "influencer.exclusivity_end", influencer_id, detail).await?;
    seen(context, influencer_id).await
}
