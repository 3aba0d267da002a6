//! Recurring times for posts, which of them are free, and when an account does best.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc, Weekday};
use diwan_domain::calendar::{self as domain, FreeSlots, NewSlot, PlacePost, Recurrence, RuleInput, SlotRule};
use diwan_domain::{Code, Context as Domain, Failure, UserError};
use diwan_entity::calendar::slot;

use super::evergreen::EvergreenQueue;
use super::types::{Calendar, Post, storable};
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::publishing::SocialAccount;
use crate::graphql::scalars::Kind;
use crate::graphql::tenancy::Brand;

/// A recurring time for posts of a calendar or to an account, by the clock on the wall of the brand: 09:00 stays 09:00. Each of its
/// days has room for one post.
pub struct Slot {
    pub op: Op,
    pub row: slot::Model,
}

/// A recurring time for posts of a calendar or to an account, by the clock on the wall of the brand: 09:00 stays 09:00. Each of its
/// days has room for one post.
#[Object]
impl Slot {
    /// The slot's id.
    pub async fn id(&self) -> ID {
        Kind::Slot.id(self.row.id)
    }
    /// On which days, as RFC 5545 writes it.
    async fn rule(&self) -> &str {
        &self.row.rule
    }
    /// The weekdays, 1 is Monday and 7 is Sunday, where it is every week on these and nothing else; otherwise null.
    async fn weekdays(&self) -> Option<Vec<i32>> {
        Some(Recurrence::from(&self.row).weekdays()?.into_iter().map(number_of).collect())
    }
    /// The local time, such as `09:00`.
    async fn time(&self) -> String {
        self.row.at_time.format("%H:%M").to_string()
    }
    /// From this day on.
    async fn starts_on(&self) -> NaiveDate {
        self.row.starts_on
    }
    /// The last day; null: without an end.
    async fn ends_on(&self) -> Option<NaiveDate> {
        self.row.ends_on
    }
    /// Counts the changes; a change names the version from which it started.
    async fn version(&self) -> i32 {
        self.row.version
    }
    /// For posts of this calendar; null: of any.
    async fn calendar(&self) -> Result<Option<Calendar>> {
        let Some(id) = self.row.calendar_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| Calendar { op: self.op.clone(), row }))
    }
    /// For posts to this account; null: to any.
    async fn social_account(&self) -> Result<Option<SocialAccount>> {
        let Some(id) = self.row.social_account_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| SocialAccount { op: self.op.clone(), row }))
    }
    /// The evergreen queue that alone fills it; null: it is for posts.
    async fn queue(&self) -> Result<Option<EvergreenQueue>> {
        let Some(id) = self.row.queue_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| EvergreenQueue { op: self.op.clone(), row }))
    }
    /// Its brand.
    async fn brand(&self) -> Result<Brand> {
        Ok(Brand { op: self.op.clone(), row: self.op.must_load(self.row.brand_id).await? })
    }
}

/// A day of a slot that no post has.
#[derive(SimpleObject)]
struct FreeSlot {
    /// The slot.
    slot: Slot,
    /// The day by its rule, in the brand's time zone.
    date: NaiveDate,
    /// When it is.
    at: DateTime<Utc>,
}

/// An hour of the week in which an account published.
#[derive(SimpleObject)]
struct BestTime {
    /// 1 is Monday, 7 is Sunday, by the brand's time zone.
    weekday: i32,
    /// 0 to 23.
    hour: i32,
    /// How many publications went out in it.
    samples: i32,
    /// What people did with one of them on average: likes, reposts, replies, quotes and bookmarks together, two to three days after it
    /// went out. Null where there are too few to say.
    engagement: Option<f64>,
}

/// When an account does best, by its own results of the last year and by nothing else.
#[derive(SimpleObject)]
struct BestTimes {
    /// How many publications were counted: those whose numbers were read on their second or third day.
    samples: i32,
    /// Whether that is enough to recommend a time. Where it is not, `engagement` is null everywhere.
    enough: bool,
    /// How many are needed in all.
    needed: i32,
    /// How many are needed at an hour of the week for that hour to be recommended.
    needed_per_time: i32,
    /// What people did with a publication on average; null where there are too few to say.
    average: Option<f64>,
    /// Every hour of the week in which something went out: first those that can be recommended, the best first.
    times: Vec<BestTime>,
}

/// When something comes again: on `weekdays` or by `rule`, one of the two.
#[derive(InputObject)]
pub struct RecurrenceInput {
    /// Every week on these days: 1 is Monday, 7 is Sunday.
    #[graphql(default)]
    weekdays: Vec<i32>,
    /// A rule of RFC 5545 for days, such as `FREQ=MONTHLY;BYDAY=1MO`: `DAILY`, `WEEKLY`, `MONTHLY` or `YEARLY`, without hours and
    /// without `UNTIL`, at most 300 characters. It is counted from `startsOn` on, which is only a day of it where it fits the rule.
    rule: Option<String>,
    /// The local time in the brand's time zone, such as `09:00`. A time that a change of the clocks skips is as much later as the
    /// clocks go forward; one that they repeat is the earlier of the two.
    time: String,
    /// From this day on.
    starts_on: NaiveDate,
    /// The last day; without an end unless given.
    ends_on: Option<NaiveDate>,
}

fn number_of(day: Weekday) -> i32 {
    i32::try_from(day.number_from_monday()).unwrap_or_default()
}

impl RecurrenceInput {
    /// As the domain takes it; `path` is where it stands in the input.
    pub(super) fn into_domain(self, path: &str) -> Result<SlotRule, Failure> {
        let wrong = |field: &str| UserError::at(Code::Invalid, &format!("{path}.{field}"));
        let weekday = |number: i32| {
            let day = u8::try_from(number - 1).ok().and_then(|day| Weekday::try_from(day).ok());
            day.ok_or_else(|| wrong("weekdays"))
        };
        Ok(SlotRule {
            days: RuleInput {
                weekdays: self.weekdays.into_iter().map(weekday).collect::<Result<_, _>>()?,
                rule: self.rule,
            },
            time: NaiveTime::parse_from_str(&self.time, "%H:%M").map_err(|_| wrong("time"))?,
            starts_on: self.starts_on,
            ends_on: self.ends_on,
        })
    }
}

/// A slot to make.
#[derive(InputObject)]
struct CreateSlotInput {
    /// Of which brand.
    brand_id: ID,
    /// For posts of this calendar. A calendar or an account is needed; with both, a post must fit both.
    calendar_id: Option<ID>,
    /// For posts to this account.
    social_account_id: Option<ID>,
    /// Only for this evergreen queue; otherwise for posts.
    queue_id: Option<ID>,
    /// When.
    rule: RecurrenceInput,
}

/// A slot to write anew.
#[derive(InputObject)]
struct UpdateSlotInput {
    /// Which.
    slot_id: ID,
    /// The version from which the change started.
    version: i32,
    /// When, from now on. Posts that are in it keep their times.
    rule: RecurrenceInput,
}

/// A slot to strike out.
#[derive(InputObject)]
struct DeleteSlotInput {
    /// Which.
    slot_id: ID,
}

/// A day of a slot.
#[derive(InputObject)]
struct SlotDayInput {
    /// Which slot.
    slot_id: ID,
    /// On which day by its rule.
    date: NaiveDate,
}

/// A post to put into a slot.
#[derive(InputObject)]
struct PlacePostInput {
    /// Which post.
    post_id: ID,
    /// Into which; the next free one that fits its calendar and accounts unless given.
    slot: Option<SlotDayInput>,
    /// Only after this moment.
    after: Option<DateTime<Utc>>,
    /// Schedule it there. Otherwise it is planned there and stays what it is: for a draft that has still to be approved. A post that
    /// is scheduled moves.
    #[graphql(default)]
    schedule: bool,
}

/// The answer of what writes a slot.
#[derive(SimpleObject)]
struct SlotPayload {
    /// The slot, when it was written.
    slot: Option<Slot>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `deleteSlot`.
#[derive(SimpleObject)]
struct DeleteSlotPayload {
    /// The id that it had, when it was struck out.
    deleted_id: Option<ID>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `placePost`.
#[derive(SimpleObject)]
struct PlacePostPayload {
    /// The post in its slot.
    post: Option<Post>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// Queries for slots.
#[derive(Default)]
pub struct SlotQuery;

#[Object]
impl SlotQuery {
    /// The next free slots for a post of a calendar, to an account, or both, within three months; the earliest first. A slot's day is
    /// free while no post has it and none of the same calendar or account is due at that very moment. For the agency's staff.
    #[graphql(complexity = "1 + usize::try_from(first.clamp(1, 100)).unwrap_or(1) * child_complexity")]
    async fn free_slots(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which brand.")] brand_id: ID,
        #[graphql(desc = "For a post of this calendar.")] calendar_id: Option<ID>,
        #[graphql(desc = "For a post to one of these accounts, up to 50.", default)] social_account_ids: Vec<ID>,
        #[graphql(desc = "Only after this moment.")] after: Option<DateTime<Utc>>,
        #[graphql(desc = "How many, 1 to 100.", default = 10)] first: i32,
    ) -> Result<Vec<FreeSlot>> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let wanted = || -> Result<FreeSlots, Failure> {
            if social_account_ids.len() > 50 {
                let too_many = UserError::at(Code::TooMany, "socialAccountIds").number("limit", 50);
                return Err(too_many.number("actual", social_account_ids.len()).into());
            }
            let accounts = social_account_ids.iter().map(|id| Kind::Account.parse(id, "socialAccountIds"));
            Ok(FreeSlots {
                brand_id: Kind::Brand.parse(&brand_id, "brandId")?,
                calendar_id: calendar_id.as_ref().map(|id| Kind::Calendar.parse(id, "calendarId")).transpose()?,
                account_ids: accounts.collect::<Result<_, _>>()?,
                after: storable(after, "after")?,
                most: usize::try_from(first).unwrap_or_default(),
            })
        };
        let wanted = op.query(wanted())?;
        let free = op.query(domain::free_slots(op, wanted).await)?;
        let shown = free.into_iter().map(|one| FreeSlot {
            slot: Slot { op: op.clone(), row: one.slot },
            date: one.on,
            at: one.at,
        });
        Ok(shown.collect())
    }

    /// When an account does best, by its own results. From MID on.
    async fn best_times(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which account.")] social_account_id: ID,
    ) -> Result<BestTimes> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let id = op.query(Kind::Account.parse(&social_account_id, "socialAccountId"))?;
        let found = op.query(domain::best_times(op, id).await)?;
        let number = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
        let times = found.times.into_iter().map(|time| BestTime {
            weekday: number_of(time.weekday),
            hour: i32::try_from(time.hour).unwrap_or_default(),
            samples: number(time.samples),
            engagement: time.engagement,
        });
        Ok(BestTimes {
            samples: number(found.samples),
            enough: found.enough,
            needed: number(domain::LEAST_POSTS),
            needed_per_time: number(domain::LEAST_PER_TIME),
            average: found.average,
            times: times.collect(),
        })
    }
}

async fn of_slot(op: &Op, command: impl AsyncFnOnce(&Domain) -> Result<slot::Model, Failure>) -> Result<SlotPayload> {
    let (row, user_errors) = op.command(command).await?;
    Ok(SlotPayload { slot: row.map(|row| Slot { op: op.clone(), row }), user_errors })
}

/// Mutations of slots.
#[derive(Default)]
pub struct SlotMutation;

#[Object]
impl SlotMutation {
    /// Makes a slot. For MID and above.
    async fn create_slot(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The slot.")] input: CreateSlotInput,
    ) -> Result<SlotPayload> {
        let command = async |context: &Domain| {
            let new = NewSlot {
                brand_id: Kind::Brand.parse(&input.brand_id, "brandId")?,
                calendar_id: input.calendar_id.map(|id| Kind::Calendar.parse(&id, "calendarId")).transpose()?,
                social_account_id: input
                    .social_account_id
                    .map(|id| Kind::Account.parse(&id, "socialAccountId"))
                    .transpose()?,
                queue_id: input.queue_id.map(|id| Kind::Queue.parse(&id, "queueId")).transpose()?,
                rule: input.rule.into_domain("rule")?,
            };
            domain::create_slot(context, new).await
        };
        of_slot(Op::of(ctx)?, command).await
    }

    /// Writes anew when a slot is. Posts that are in it keep their times. For MID and above.
    async fn update_slot(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The slot.")] input: UpdateSlotInput,
    ) -> Result<SlotPayload> {
        let command = async |context: &Domain| {
            let id = Kind::Slot.parse(&input.slot_id, "slotId")?;
            domain::update_slot(context, id, input.version, input.rule.into_domain("rule")?).await
        };
        of_slot(Op::of(ctx)?, command).await
    }

    /// Strikes a slot out. Posts that are in it keep their times. For MID and above.
    async fn delete_slot(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which slot.")] input: DeleteSlotInput,
    ) -> Result<DeleteSlotPayload> {
        let command =
            async |context: &Domain| domain::delete_slot(context, Kind::Slot.parse(&input.slot_id, "slotId")?).await;
        let (id, user_errors) = Op::of(ctx)?.command(command).await?;
        Ok(DeleteSlotPayload { deleted_id: id.map(|id| Kind::Slot.id(id)), user_errors })
    }

    /// Puts a post into the next free slot, or into the one that is named; two callers never get the same. Scheduling it there is for
    /// MID and above; planning it there is for whoever may write it.
    async fn place_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The post and its slot.")] input: PlacePostInput,
    ) -> Result<PlacePostPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let slot = input.slot.map(|slot| Ok::<_, Failure>((Kind::Slot.parse(&slot.slot_id, "slotId")?, slot.date)));
            let place = PlacePost {
                post_id: Kind::Post.parse(&input.post_id, "postId")?,
                slot: slot.transpose()?,
                after: storable(input.after, "after")?,
                schedule: input.schedule,
            };
            domain::place_in_slot(context, place).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(PlacePostPayload { post: row.map(|row| Post { op: op.clone(), row }), user_errors })
    }
}
