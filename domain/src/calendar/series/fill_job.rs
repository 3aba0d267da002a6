//! Filling the slots of an evergreen queue: each with the item that was seen the longest ago, of those that may be seen again.

use std::collections::HashMap;

use async_trait::async_trait;
use chrono::{Duration, NaiveDate};
use diwan_entity::InBrand as _;
use diwan_entity::calendar::{evergreen_item, evergreen_queue, post, post_variant, repeated_post, slot, slot_use};
use diwan_platform::db;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, DbErr, EntityTrait as _, FromQueryResult, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};
use uuid::Uuid;

use super::copy::{Copy, write_copies};
use super::extend_job::zone_of;
use super::hand_on::hand_on;
use crate::calendar::slots::{FreeSlot, Taken, open_times};
use crate::jobs::{Job, JobError, Next, Scope, Work};
use crate::permission::Permit;

/// How often a queue is looked at.
const AGAIN: Duration = Duration::hours(6);

/// Fills what is free of a queue's slots.
#[derive(Debug)]
pub struct FillQueue;

#[async_trait]
impl Job for FillQueue {
    fn kind(&self) -> &'static str {
        "fill_queue"
    }

    async fn run(&self, work: &Work) -> Result<(), JobError> {
        let scope = work.begin().await?;
        let row = evergreen_queue::Entity::one_in_brand(scope.brand_id, scope.subject_id()).lock_exclusive();
        let Some(queue) = row.one(scope.tx()).await?.filter(|queue| queue.paused_at.is_none()) else {
            return scope.finish(Next::Done).await;
        };
        if let Some(zone) = zone_of(&scope).await? {
            let window = (scope.now + Duration::seconds(1), scope.now + Duration::days(queue.lead_days.into()));
            let slots = slot::Entity::in_brand(scope.brand_id)
                .filter(slot::Column::QueueId.eq(queue.id))
                .order_by_asc(slot::Column::Id)
                .all(scope.tx())
                .await?;
            let taken = Taken::load(scope.tx(), scope.brand_id, window, None).await?;
            let free = open_times(zone, &slots, &taken, window);
            fill(&scope, &queue, free).await?;
        }
        scope.commit().await?;
        hand_on(work, queue.id, queue.mode, queue.in_name_of).await?;
        let scope = work.begin().await?;
        let later = scope.now + AGAIN;
        scope.finish(Next::Again(later)).await
    }

    async fn give_up(&self, _scope: &Scope, _reason: &str) -> Result<(), JobError> {
        // What was made stays; that nothing more is made, the job itself shows.
        Ok(())
    }

    async fn revive(&self, _permit: Permit<'_>, _subject_id: Uuid) -> Result<bool, DbErr> {
        Ok(true)
    }
}

/// An item, and the days for which it has copies.
#[derive(Debug, Clone)]
struct Item {
    id: Uuid,
    calendar_id: Uuid,
    accounts: Vec<Uuid>,
    expires_on: Option<NaiveDate>,
    days: Vec<NaiveDate>,
}

/// How often an item may be seen.
#[derive(Debug, Clone, Copy)]
struct Limits {
    min_days: i64,
    max_copies: Option<usize>,
}

impl Item {
    fn may_be_seen(&self, limits: Limits, slot: &slot::Model, on: NaiveDate) -> bool {
        slot.calendar_id.is_none_or(|id| id == self.calendar_id)
            && slot.social_account_id.is_none_or(|id| self.accounts.contains(&id))
            && self.expires_on.is_none_or(|last| on <= last)
            && limits.max_copies.is_none_or(|most| self.days.len() < most)
            && self.days.iter().all(|day| (on - *day).num_days().abs() >= limits.min_days)
    }
}

/// Which item goes where: the earliest slot first, and in it the item that was seen the longest ago.
fn choose(mut items: Vec<Item>, limits: Limits, free: Vec<FreeSlot>) -> Vec<(FreeSlot, Uuid)> {
    let mut chosen = Vec::new();
    for one in free {
        let fitting = items.iter_mut().filter(|item| item.may_be_seen(limits, &one.slot, one.on));
        // Among those that were never seen, the first that was added.
        if let Some(item) = fitting.min_by_key(|item| (item.days.iter().max().copied(), item.id)) {
            item.days.push(one.on);
            chosen.push((one, item.id));
        }
    }
    chosen
}

#[derive(FromQueryResult)]
struct Seen {
    item_id: Uuid,
    on_date: NaiveDate,
}

async fn fill(scope: &Scope, queue: &evergreen_queue::Model, free: Vec<FreeSlot>) -> Result<(), JobError> {
    let items = evergreen_item::Entity::in_brand(scope.brand_id)
        .filter(evergreen_item::Column::QueueId.eq(queue.id))
        .all(scope.tx())
        .await?;
    if items.is_empty() || free.is_empty() {
        return Ok(());
    }
    let post_ids = || items.iter().map(|item| item.post_id);
    let posts = post::Entity::in_brand(scope.brand_id).filter(post::Column::Id.is_in(post_ids())).all(scope.tx());
    let posts: HashMap<Uuid, post::Model> = posts.await?.into_iter().map(|post| (post.id, post)).collect();
    let variants = post_variant::Entity::in_brand(scope.brand_id)
        .filter(post_variant::Column::PostId.is_in(post_ids()))
        .all(scope.tx())
        .await?;
    // A copy that somebody put away counts: they did not want to see the item then.
    let sql = "select r.item_id, r.on_date from repeated_post r
      join evergreen_item i on i.brand_id = r.brand_id and i.id = r.item_id where r.brand_id = $1 and i.queue_id = $2";
    let seen: Vec<Seen> = db::all(scope.tx(), sql, [scope.brand_id.into(), queue.id.into()]).await?;
    let known = items.iter().filter_map(|item| {
        let post = posts.get(&item.post_id)?;
        let accounts = variants.iter().filter(|variant| variant.post_id == post.id);
        Some(Item {
            id: item.id,
            calendar_id: post.calendar_id,
            accounts: accounts.map(|variant| variant.social_account_id).collect(),
            expires_on: item.expires_on,
            days: seen.iter().filter(|one| one.item_id == item.id).map(|one| one.on_date).collect(),
        })
    });
    let limits = Limits {
        min_days: queue.min_days.into(),
        max_copies: queue.max_copies.and_then(|most| usize::try_from(most).ok()),
    };
    let chosen = choose(known.collect(), limits, free);
    let source: HashMap<Uuid, &post::Model> =
        items.iter().filter_map(|item| Some((item.id, posts.get(&item.post_id)?))).collect();
    let (mut copies, mut repeats, mut uses) = (Vec::new(), Vec::new(), Vec::new());
    for (one, item_id) in &chosen {
        let Some(of) = source.get(item_id) else { continue };
        let id = scope.new_id();
        copies.push(Copy { of, id, due_at: one.at });
        repeats.push(repeated_post::ActiveModel {
            brand_id: Set(scope.brand_id),
            post_id: Set(id),
            series_id: Set(None),
            item_id: Set(Some(*item_id)),
            on_date: Set(one.on),
            due_at: Set(one.at),
            handed_on_at: Set(None),
            trouble: Set(None),
        });
        uses.push(slot_use::ActiveModel {
            brand_id: Set(scope.brand_id),
            slot_id: Set(one.slot.id),
            on_date: Set(one.on),
            post_id: Set(id),
            due_at: Set(one.at),
            taken_at: Set(scope.now),
        });
    }
    if !copies.is_empty() {
        write_copies(scope.permit().await?, &copies, queue.in_name_of, scope.now).await?;
        repeated_post::Entity::insert_many(repeats).exec_without_returning(scope.tx()).await?;
        slot_use::Entity::insert_many(uses).exec_without_returning(scope.tx()).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{NaiveTime, TimeZone as _, Utc};
    use proptest::prelude::*;

    fn day(number: i64) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 1, 1).unwrap() + Duration::days(number)
    }

    fn free(days: &[i64]) -> Vec<FreeSlot> {
        let slot = slot::Model {
            id: Uuid::from_u128(1),
            brand_id: Uuid::nil(),
            calendar_id: Some(Uuid::nil()),
            social_account_id: None,
            queue_id: None,
            rule: "FREQ=DAILY".to_owned(),
            at_time: NaiveTime::MIN,
            starts_on: day(0),
            ends_on: None,
            created_by: Uuid::nil(),
            created_at: Utc.timestamp_opt(0, 0).unwrap(),
            version: 1,
        };
        days.iter()
            .map(|number| FreeSlot {
                slot: slot.clone(),
                on: day(*number),
                at: day(*number).and_time(NaiveTime::MIN).and_utc(),
            })
            .collect()
    }

    proptest! {
        #[test]
        fn no_item_is_seen_too_often_and_no_slot_is_empty_that_could_be_filled(
            number in 1..6_u128,
            min_days in 1..20_i64,
            most in proptest::option::of(1..5_usize),
            expires in proptest::option::of(0..60_i64),
            days in proptest::collection::btree_set(0..60_i64, 0..40),
            before in proptest::collection::vec(-30..30_i64, 0..3),
        ) {
            let limits = Limits { min_days, max_copies: most };
            let items: Vec<Item> = (1..=number).map(|id| Item {
                id: Uuid::from_u128(id),
                calendar_id: Uuid::nil(),
                accounts: Vec::new(),
                expires_on: expires.map(day),
                days: if id == 1 { before.iter().map(|number| day(*number)).collect() } else { Vec::new() },
            }).collect();
            let wanted: Vec<i64> = days.into_iter().collect();
            let chosen = choose(items.clone(), limits, free(&wanted));
            let mut seen: HashMap<Uuid, Vec<NaiveDate>> = items.iter().map(|item| (item.id, item.days.clone())).collect();
            let mut filled = Vec::new();
            for (one, id) in &chosen {
                let days = seen.get_mut(id).unwrap();
                prop_assert!(days.iter().all(|day| (one.on - *day).num_days().abs() >= min_days));
                prop_assert!(most.is_none_or(|most| days.len() < most));
                prop_assert!(expires.is_none_or(|last| one.on <= day(last)));
                days.push(one.on);
                filled.push(one.on);
            }
            // What stayed empty could not be filled with what was chosen before it.
            for number in wanted.iter().filter(|number| !filled.contains(&day(**number))) {
                for item in &items {
                    let before = chosen.iter().filter(|(one, id)| *id == item.id && one.on < day(*number)).map(|(one, _)| one.on);
                    let then = Item { days: item.days.iter().copied().chain(before).collect(), ..item.clone() };
                    prop_assert!(!then.may_be_seen(limits, &free(&[*number])[0].slot, day(*number)));
                }
            }
        }
    }
}
