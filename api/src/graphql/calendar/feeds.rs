//! A person's calendar in other programs.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use diwan_domain::Context as Domain;
use diwan_domain::calendar::{self as domain, NewFeed};
use diwan_entity::calendar::calendar_feed;

use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;
use crate::graphql::tenancy::brand_ids;

/// A calendar of the caller's that other programs subscribe to.
#[derive(SimpleObject)]
pub struct CalendarFeed {
    /// The feed's id.
    id: ID,
    /// What the calendar is called.
    name: String,
    /// Only these brands; empty: all in which the caller holds a place at the time of reading.
    brand_ids: Vec<ID>,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When a program last read it, to the hour.
    last_read_at: Option<DateTime<Utc>>,
}

impl CalendarFeed {
    /// As the API shows it.
    pub fn new(row: calendar_feed::Model) -> Self {
        Self {
            id: Kind::Feed.id(row.id),
            name: row.name,
            brand_ids: row.brand_ids.into_iter().map(|id| Kind::Brand.id(id)).collect(),
            created_at: row.created_at,
            last_read_at: row.last_read_at,
        }
    }
}

/// A feed to make.
#[derive(InputObject)]
struct CreateCalendarFeedInput {
    /// What the calendar is called, 1 to 200 characters.
    name: String,
    /// Only these brands, up to 50; empty: all in which the caller holds a place at the time of reading.
    #[graphql(default)]
    brand_ids: Vec<ID>,
}

/// A feed to end.
#[derive(InputObject)]
struct RevokeCalendarFeedInput {
    /// Which feed.
    feed_id: ID,
}

/// The answer of `createCalendarFeed`.
#[derive(SimpleObject)]
struct CreateCalendarFeedPayload {
    /// The feed, when it was made.
    feed: Option<CalendarFeed>,
    /// Its link, shown this once: whoever has it reads the feed until it is revoked. To be given to a calendar program as the
    /// address of a subscription.
    url: Option<String>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `revokeCalendarFeed`.
#[derive(SimpleObject)]
struct RevokeCalendarFeedPayload {
    /// The feed that is ended.
    feed: Option<CalendarFeed>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// Mutations of feeds.
#[derive(Default)]
pub struct FeedMutation;

#[Object]
impl FeedMutation {
    /// Makes a feed of what the caller sees, from 30 days ago to 180 days ahead, for other calendar programs: iCalendar behind
    /// a secret link. It shows what the caller may see when it is read, and ends with their access. For people.
    async fn create_calendar_feed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The feed.")] input: CreateCalendarFeedInput,
    ) -> Result<CreateCalendarFeedPayload> {
        let command = async |context: &Domain| {
            let brand_ids = brand_ids(&input.brand_ids)?;
            domain::create_calendar_feed(context, NewFeed { name: input.name, brand_ids }).await
        };
        let (done, user_errors) = Op::of(ctx)?.command(command).await?;
        let (feed, url) = done.map(|(row, url)| (CalendarFeed::new(row), url.to_string())).unzip();
        Ok(CreateCalendarFeedPayload { feed, url, user_errors })
    }

    /// Ends a feed of the caller's: its link works no more.
    async fn revoke_calendar_feed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which feed.")] input: RevokeCalendarFeedInput,
    ) -> Result<RevokeCalendarFeedPayload> {
        let command = async |context: &Domain| {
            domain::revoke_calendar_feed(context, Kind::Feed.parse(&input.feed_id, "feedId")?).await
        };
        let (row, user_errors) = Op::of(ctx)?.command(command).await?;
        Ok(RevokeCalendarFeedPayload { feed: row.map(CalendarFeed::new), user_errors })
    }
}
