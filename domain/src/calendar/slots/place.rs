//! Putting a post into a slot.
//!
//! Whoever may schedule the post schedules it there; whoever may write it may plan it there. The slots that come into question are
//! locked one after the other, so that the second of two callers sees what the first has taken; and should anything ever come past
//! that, a unique key of the database lets one of them have the slot.

use chrono::{DateTime, NaiveDate, Utc};
use diwan_entity::calendar::post::{self, PostState};
use diwan_entity::calendar::{slot, slot_use};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use super::free::{FreeSlot, Taken, fitting, open_times, window, zone_of};
use super::rule::{Recurrence, occurrences};
use crate::calendar::{load_post, relation_to, variants_of_posts};
use crate::context::Context;
use crate::error::{Code, Failure, UserError};
use crate::permission::{Action, Permit};
use crate::publishing::{self, Shift};

/// A post, and the slot that it goes to.
#[derive(Debug, Clone)]
pub struct PlacePost {
    /// Which post.
    pub post_id: Uuid,
    /// This slot on this day by its rule; the next free one that fits the post unless given.
    pub slot: Option<(Uuid, NaiveDate)>,
    /// Only after this moment.
    pub after: Option<DateTime<Utc>>,
    /// Schedule it there; otherwise it is planned there and stays what it is.
    pub schedule: bool,
}

/// Puts a post into a slot: the one that is named, or the next that is free.
pub async fn place_in_slot(context: &Context, place: PlacePost) -> Result<post::Model, Failure> {
    let post = load_post(context, place.post_id, true).await?;
    let permit = if place.schedule || post.state == PostState::Scheduled {
        context.permit(Action::PostSchedule, post.brand_id).await?
    } else {
        context.permit_on(Action::PostWrite, post.brand_id, relation_to(context, &post).await?).await?
    };
    // Slots are the team's: who sees but their own posts does not see who else has which.
    context.permit(Action::ContentRead, post.brand_id).await?;
    let zone = zone_of(context, post.brand_id).await?;
    let window = window(context, place.after)?;
    let accounts: Vec<Uuid> =
        variants_of_posts(context, &[post.id]).await?.iter().map(|variant| variant.social_account_id).collect();
    let slots =
        fitting(post.brand_id, Some(post.calendar_id), &accounts).order_by_asc(slot::Column::Id).lock_exclusive();
    let slots = context.all(slots).await?;
    let taken = Taken::load(permit.tx(), post.brand_id, window, Some(post.id)).await?;
    let free = match place.slot {
        None => open_times(zone, &slots, &taken, window),
        Some((slot_id, on)) => {
            let not_there = || UserError::at(Code::NotFound, "slotId");
            let slot = slots.into_iter().find(|slot| slot.id == slot_id).ok_or_else(not_there)?;
            let mut times = occurrences(zone, &Recurrence::from(&slot), window.0, window.1).into_iter();
            times.find(|one| one.on == on).ok_or_else(|| UserError::at(Code::NotFound, "date"))?;
            let mut free = open_times(zone, &[slot], &taken, window);
            free.retain(|one| one.on == on);
            if free.is_empty() {
                return Err(UserError::at(Code::SlotTaken, "date").into());
            }
            free
        }
    };
    leave(permit, post.id).await?;
    let Some(found) = take(context, permit, post.id, free).await? else {
        let code = if place.slot.is_some() { Code::SlotTaken } else { Code::NoFreeSlot };
        return Err(UserError::at(code, "postId").into());
    };
    if place.schedule && post.state != PostState::Scheduled {
        publishing::schedule_post(context, post.id, found.at).await
    } else {
        let shift = Shift { at: Some(found.at), ..Shift::default() };
        publishing::reschedule_post(context, post.id, shift).await
    }
}

async fn leave(permit: Permit<'_>, post_id: Uuid) -> Result<(), Failure> {
    slot_use::Entity::delete_many()
        .filter(slot_use::Column::BrandId.eq(permit.brand_id))
        .filter(slot_use::Column::PostId.eq(post_id))
        .exec(permit.tx())
        .await?;
    Ok(())
}

/// Takes the first of these that is still to be had.
async fn take(
    context: &Context,
    permit: Permit<'_>,
    post_id: Uuid,
    free: Vec<FreeSlot>,
) -> Result<Option<FreeSlot>, Failure> {
    for one in free {
        let row = slot_use::ActiveModel {
            brand_id: Set(permit.brand_id),
            slot_id: Set(one.slot.id),
            on_date: Set(one.on),
            post_id: Set(post_id),
            due_at: Set(one.at),
            taken_at: Set(context.now),
        };
        let once = OnConflict::new().do_nothing().to_owned();
        let taken = slot_use::Entity::insert(row).on_conflict(once).exec_without_returning(permit.tx()).await?;
        if taken == 1 {
            return Ok(Some(one));
        }
    }
    Ok(None)
}
