//! Which slots are free.
//!
//! A day of a slot is free while no post has taken it and no other post of its calendar or account is due at that very moment, so
//! that what somebody scheduled by hand is respected as well.

use std::collections::HashSet;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use chrono_tz::Tz;
use diwan_entity::InBrand as _;
use diwan_entity::calendar::{slot, slot_use};
use sea_orm::sea_query::ExprTrait as _;
use sea_orm::{ColumnTrait as _, Condition, ConnectionTrait, DbErr, FromQueryResult, QueryFilter as _};
use uuid::Uuid;

use super::rule::{Recurrence, occurrences};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::permission::Action;
use crate::tenancy;

/// How far ahead a free slot is looked for.
pub(super) const AHEAD: Duration = Duration::days(92);
/// The most free slots of one answer.
pub const MOST_FREE: usize = 100;

/// Free slots to look for.
#[derive(Debug, Clone)]
pub struct FreeSlots {
    /// In which brand.
    pub brand_id: Uuid,
    /// For a post of this calendar.
    pub calendar_id: Option<Uuid>,
    /// For a post to one of these accounts.
    pub account_ids: Vec<Uuid>,
    /// After this moment; after now unless given.
    pub after: Option<DateTime<Utc>>,
    /// How many, 1 to 100.
    pub most: usize,
}

/// A day of a slot that is free.
#[derive(Debug, Clone)]
pub struct FreeSlot {
    /// The slot.
    pub slot: slot::Model,
    /// The day by its rule.
    pub on: NaiveDate,
    /// When it is.
    pub at: DateTime<Utc>,
}

/// What is taken of some slots.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    days: HashSet<(Uuid, NaiveDate)>,
    /// Posts that are due: of which calendar, to which account, when.
    due: HashSet<(Uuid, Option<Uuid>, DateTime<Utc>)>,
}

#[derive(FromQueryResult)]
struct Planned {
    calendar_id: Uuid,
    account_id: Option<Uuid>,
    due_at: DateTime<Utc>,
}

impl Taken {
    /// What is taken between two moments. Two statements. `but_by`: whatever this post has does not count.
    pub(crate) async fn load(
        on: &impl ConnectionTrait,
        brand_id: Uuid,
        (from, until): (DateTime<Utc>, DateTime<Utc>),
        but_by: Option<Uuid>,
    ) -> Result<Self, DbErr> {
        let not_mine = |column: slot_use::Column| match but_by {
            Some(post_id) => Condition::all().add(column.ne(post_id)),
            None => Condition::all(),
        };
        // A slot's time may have changed since its day was taken, so the day is asked for, with some to spare.
        let (first, last) = ((from - Duration::days(3)).date_naive(), (until + Duration::days(3)).date_naive());
        let days = slot_use::Entity::in_brand(brand_id)
            .filter(slot_use::Column::OnDate.between(first, last))
            .filter(not_mine(slot_use::Column::PostId))
            .all(on)
            .await?;
        let sql = "select p.calendar_id, v.social_account_id as account_id, p.due_at from post p
          left join post_variant v on v.brand_id = p.brand_id and v.post_id = p.id
          where p.brand_id = $1 and p.due_at >= $2 and p.due_at < $3 and p.state not in ('CANCELED', 'ARCHIVED', 'FAILED')
            and p.id is distinct from $4";
        let values = [brand_id.into(), from.into(), until.into(), but_by.into()];
        let due: Vec<Planned> = diwan_platform::db::all(on, sql, values).await?;
        Ok(Self {
            days: days.into_iter().map(|row| (row.slot_id, row.on_date)).collect(),
            due: due.into_iter().map(|row| (row.calendar_id, row.account_id, row.due_at)).collect(),
        })
    }

    fn has(&self, slot: &slot::Model, on: NaiveDate, at: DateTime<Utc>) -> bool {
        self.days.contains(&(slot.id, on))
            || self.due.iter().any(|(calendar_id, account_id, due_at)| {
                *due_at == at
                    && slot.calendar_id.is_none_or(|wanted| wanted == *calendar_id)
                    && slot.social_account_id.is_none_or(|wanted| Some(wanted) == *account_id)
            })
    }
}

/// The free days of these slots between two moments, the earliest first.
pub(crate) fn open_times(
    zone: Tz,
    slots: &[slot::Model],
    taken: &Taken,
    (from, until): (DateTime<Utc>, DateTime<Utc>),
) -> Vec<FreeSlot> {
    let mut free: Vec<FreeSlot> = slots
        .iter()
        .flat_map(|slot| {
            let times = occurrences(zone, &Recurrence::from(slot), from, until).into_iter();
            times.filter(|one| !taken.has(slot, one.on, one.at)).map(|one| FreeSlot {
                slot: slot.clone(),
                on: one.on,
                at: one.at,
            })
        })
        .collect();
    free.sort_by_key(|one| (one.at, one.slot.id));
    free
}

/// The slots that are for posts of this calendar or these accounts; those of evergreen queues are not.
pub(super) fn fitting(
    brand_id: Uuid,
    calendar_id: Option<Uuid>,
    account_ids: &[Uuid],
) -> sea_orm::Select<slot::Entity> {
    let calendar = match calendar_id {
        Some(id) => slot::Column::CalendarId.is_null().or(slot::Column::CalendarId.eq(id)),
        None => slot::Column::CalendarId.is_null(),
    };
    slot::Entity::in_brand(brand_id).filter(slot::Column::QueueId.is_null()).filter(calendar).filter(
        slot::Column::SocialAccountId.is_null().or(slot::Column::SocialAccountId.is_in(account_ids.iter().copied())),
    )
}

/// The time zone of a brand.
pub(crate) async fn zone_of(context: &Context, brand_id: Uuid) -> Result<Tz, Failure> {
    let brand = tenancy::brands_by_ids(context, &[brand_id]).await?.pop().ok_or(Code::NotFound)?;
    Ok(brand.time_zone.parse().map_err(|_| Fault::broken("a brand's time zone is unknown"))?)
}

/// The next free slots, within three months.
pub async fn free_slots(context: &Context, wanted: FreeSlots) -> Result<Vec<FreeSlot>, Failure> {
    let permit = context.permit(Action::ContentRead, wanted.brand_id).await?;
    let mut wrong = Complaints::default();
    if !(1..=MOST_FREE).contains(&wanted.most) {
        wrong.add(UserError::at(Code::Invalid, "first"));
    }
    if wanted.calendar_id.is_none() && wanted.account_ids.is_empty() {
        wrong.add(UserError::at(Code::Invalid, "calendarId"));
    }
    wrong.check()?;
    let zone = zone_of(context, wanted.brand_id).await?;
    let window = window(context, wanted.after)?;
    let slots = context.all(fitting(wanted.brand_id, wanted.calendar_id, &wanted.account_ids)).await?;
    let taken = Taken::load(permit.tx(), wanted.brand_id, window, None).await?;
    let mut free = open_times(zone, &slots, &taken, window);
    free.truncate(wanted.most);
    Ok(free)
}

/// From when and until when free slots are looked for.
pub(super) fn window(
    context: &Context,
    after: Option<DateTime<Utc>>,
) -> Result<(DateTime<Utc>, DateTime<Utc>), Failure> {
    // A slot that is now is over.
    let soonest = context.now + Duration::seconds(1);
    let from = Ord::max(after.unwrap_or(soonest), soonest);
    if from > context.now + Duration::days(700) {
        return Err(UserError::at(Code::TimeTooFar, "after")
            .text("limit", (context.now + Duration::days(700)).format("%F").to_string())
            .into());
    }
    Ok((from, from + AHEAD))
}
