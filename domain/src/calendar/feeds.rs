//! A person's calendar as other programs subscribe to it: an iCalendar file (RFC 5545) behind a link that is its own
//! credential. Only the link's digest is kept; it is shown once, and works until it is revoked. What the file holds is what the
//! person may see at that moment: it narrows and ends with their places and with their account.
//!
//! All times stand in UTC, which every program turns into its own; so no time zone has to be described. Special days are days
//! without a time. The same content is the same file, byte for byte, so that its digest tells whether anything has changed.

use std::sync::Arc;

use chrono::Duration;
use diwan_entity::calendar::calendar_feed;
use diwan_entity::calendar::post::PostState;
use diwan_entity::tenancy::agency::Locale;
use diwan_entity::tenancy::app_user::UserKind;
use diwan_platform::crypto::{sha256, token};
use diwan_platform::db;
use icalendar::{Calendar, Component as _, Event, EventLike as _, EventStatus, Property};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveEnum as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};
use serde_json::json;
use url::Url;
use uuid::Uuid;

use super::special_days::{Occurrence, occurrences};
use super::view::{MOST_POSTS, ViewFilter, ViewPost, brands_of, posts};
use crate::context::{Actor, Context, Services};
use crate::error::{Arg, Code, Complaints, Failure, Fault, UserError};
use crate::messages::message;
use crate::permission::Permit;
use crate::trust;

/// The most feeds that a person has at a time.
const MOST: u64 = 20;
/// The most brands that a feed names.
const MOST_BRANDS: usize = 50;
/// What lies behind and ahead in a feed.
const BEHIND: Duration = Duration::days(30);
const AHEAD: Duration = Duration::days(180);
/// How long a post stands in a calendar: a moment would be hard to see.
const SHOWN_FOR: Duration = Duration::minutes(15);
/// How much of a text stands in an event, in characters.
const EXCERPT: usize = 500;

/// A feed to make.
#[derive(Debug, Clone)]
pub struct NewFeed {
    /// What the calendar is called, 1 to 200 characters.
    pub name: String,
    /// Only these brands, up to 50; empty: all in which the person holds a place at the time of reading.
    pub brand_ids: Vec<Uuid>,
}

/// Somebody who has a calendar of their own: a person, who has proved enough.
fn owner(context: &Context) -> Result<Arc<Actor>, Failure> {
    let actor = context.signed_in()?;
    if actor.restricted {
        return Err(Code::SecondFactorRequired.into());
    }
    if actor.kind == UserKind::Integration {
        return Err(UserError::new(Code::KindMismatch).text("kind", actor.kind.to_value()).into());
    }
    Ok(actor)
}

fn permit<'a>(context: &'a Context, actor: &Actor) -> Permit<'a> {
    Permit { tx: context.own_tx(), brand_id: Uuid::nil(), actor_id: Some(actor.user_id), agency_id: actor.agency_id }
}

fn living(actor: &Actor) -> sea_orm::Select<calendar_feed::Entity> {
    calendar_feed::Entity::find()
        .filter(calendar_feed::Column::UserId.eq(actor.user_id))
        .filter(calendar_feed::Column::RevokedAt.is_null())
        .order_by_desc(calendar_feed::Column::Id)
        .limit(MOST + 1)
}

/// Makes a feed for the caller. Answers it and its link, which is shown this once.
pub async fn create_calendar_feed(context: &Context, new: NewFeed) -> Result<(calendar_feed::Model, Url), Failure> {
    let actor = owner(context)?;
    let mut wrong = Complaints::default();
    let name = wrong.text("name", &new.name, 200);
    let count = new.brand_ids.len();
    if count > MOST_BRANDS {
        wrong.add(UserError::at(Code::TooMany, "brandIds").number("limit", MOST_BRANDS).number("actual", count));
    }
    wrong.check()?;
    let seen = brands_of(context, &new.brand_ids).await?;
    let mut wrong = Complaints::default();
    for (at, id) in new.brand_ids.iter().enumerate() {
        if !seen.iter().any(|brand| brand.id == *id) {
            wrong.add(UserError::at(Code::NotFound, &format!("brandIds.{at}")));
        }
    }
    wrong.check()?;
    let known = context.all(living(&actor)).await?.len();
    if u64::try_from(known).unwrap_or(MOST) >= MOST {
        return Err(UserError::new(Code::TooMany).number("limit", MOST).number("actual", known + 1).into());
    }
    let secret = token("dwf")?;
    let permit = permit(context, &actor);
    let row = calendar_feed::ActiveModel {
        id: Set(context.new_id()),
        user_id: Set(actor.user_id),
        name: Set(name.to_owned()),
        secret_hash: Set(sha256(secret.as_bytes()).to_vec()),
        brand_ids: Set(new.brand_ids),
        created_at: Set(context.now),
        ..Default::default()
    };
    let row = calendar_feed::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    trust::record(permit, context.now, "calendar_feed.create", row.id, json!({})).await?;
    let link = context.services.link(&format!("feeds/{secret}.ics"))?;
    Ok((row, link))
}

/// Ends a feed of the caller's: its link is not there any more.
pub async fn revoke_calendar_feed(context: &Context, feed_id: Uuid) -> Result<calendar_feed::Model, Failure> {
    let actor = context.signed_in()?;
    let permit = permit(context, &actor);
    let ended = calendar_feed::Entity::update_many()
        .col_expr(calendar_feed::Column::RevokedAt, Expr::value(context.now))
        .filter(calendar_feed::Column::UserId.eq(actor.user_id))
        .filter(calendar_feed::Column::Id.eq(feed_id))
        .filter(calendar_feed::Column::RevokedAt.is_null())
        .exec_with_returning(permit.tx())
        .await?;
    let row = ended.into_iter().next().ok_or_else(|| UserError::at(Code::NotFound, "feedId"))?;
    trust::record(permit, context.now, "calendar_feed.revoke", row.id, json!({})).await?;
    Ok(row)
}

/// The feeds of the caller that are not revoked, newest first.
pub async fn calendar_feeds(context: &Context) -> Result<Vec<calendar_feed::Model>, Failure> {
    let actor = context.signed_in()?;
    Ok(context.all(living(&actor)).await?)
}

/// The file of a feed.
#[derive(Debug, Clone)]
pub struct FeedFile {
    /// What it holds: `text/calendar`, in UTF-8.
    pub body: String,
    /// The digest of it, hexadecimal.
    pub digest: String,
    /// Whose feed it is: who pays for the reading.
    pub user_id: Uuid,
}

/// Reads a feed, as the person whom it belongs to, at this moment. That it was read is noted once an hour.
pub async fn read_calendar_feed(services: &Arc<Services>, secret: &str) -> Result<FeedFile, Failure> {
    let context = Context::stranger(Arc::clone(services), services.db.read().await?);
    let hash = sha256(secret.as_bytes());
    let feed = context.enter_feed(hash).await?.ok_or(Code::LinkInvalid)?;
    let actor = context.signed_in()?;
    let wanted: Vec<Uuid> = if feed.brand_ids.is_empty() {
        actor.levels.keys().filter(|id| !actor.archived.contains(id)).copied().collect()
    } else {
        feed.brand_ids.clone()
    };
    let brands = brands_of(&context, &wanted).await?;
    let (from, until) = (context.now - BEHIND, context.now + AHEAD);
    let found = if brands.is_empty() {
        Vec::new()
    } else {
        posts(&context, &ViewFilter::default(), &brands, (from, until), MOST_POSTS).await?
    };
    let ids: Vec<Uuid> = brands.iter().map(|brand| brand.id).collect();
    let days = occurrences(&context, &ids, from.date_naive(), until.date_naive()).await?;
    let several = brands.len() > 1;
    let host = services.public_url.host_str().unwrap_or("diwan").to_owned();
    let body = write(&feed.name, actor.locale, &host, several, &found, &days);
    let stale = feed.last_read_at.is_none_or(|read| read < context.now - Duration::hours(1));
    let now = context.now;
    context.roll_back().await?;
    if stale {
        let note = db::statement("select app.feed_read($1, $2)", [feed.id.into(), now.into()]);
        services.db.unscoped().execute_raw(note).await.map_err(Fault::from)?;
    }
    let digest = data_encoding::HEXLOWER.encode(&sha256(body.as_bytes()));
    Ok(FeedFile { body, digest, user_id: actor.user_id })
}

/// A text without what a line of the file cannot hold.
fn clean(text: &str) -> String {
    text.chars().filter(|c| *c == '\n' || !c.is_control()).collect()
}

fn write(name: &str, locale: Locale, host: &str, several: bool, posts: &[ViewPost], days: &[Occurrence]) -> String {
    let mut calendar = Calendar::empty();
    calendar
        .append_property(Property::new("VERSION", "2.0"))
        .append_property(Property::new("PRODID", "-//Diwan//Calendar//EN"))
        .append_property(Property::new("CALSCALE", "GREGORIAN"))
        .append_property(Property::new("METHOD", "PUBLISH"));
    // The library escapes what it knows to be a text; of these it must be told.
    for key in ["NAME", "X-WR-CALNAME"] {
        let mut property = Property::new(key, clean(name).replace('\n', " "));
        calendar.append_property(property.add_parameter("VALUE", "TEXT").done());
    }
    let mut refresh = Property::new("REFRESH-INTERVAL", "PT1H");
    calendar.append_property(refresh.add_parameter("VALUE", "DURATION").done());
    calendar.append_property(Property::new("X-PUBLISHED-TTL", "PT1H"));
    for post in posts {
        let title = clean(&post.title).replace('\n', " ");
        let summary = if several { format!("{title} · {}", clean(&post.brand_name)) } else { title };
        let status = match post.state {
            PostState::Canceled | PostState::Archived => EventStatus::Cancelled,
            PostState::Draft | PostState::InReview | PostState::ChangesRequested | PostState::Approved => {
                EventStatus::Tentative
            }
            _ => EventStatus::Confirmed,
        };
        let event = Event::new()
            .uid(&format!("{}@{host}", post.id))
            .timestamp(post.updated_at)
            .last_modified(post.updated_at)
            .starts(post.due_at)
            .ends(post.due_at + SHOWN_FOR)
            .summary(&summary)
            .description(&description(locale, post))
            .status(status)
            .done();
        calendar.push(event);
    }
    for day in days {
        let event = Event::new()
            .uid(&format!("{}-{}@{host}", day.row.id, day.date))
            .timestamp(day.row.created_at)
            .starts(day.date)
            .summary(&clean(&day.row.name).replace('\n', " "))
            .add_property("TRANSP", "TRANSPARENT")
            .done();
        calendar.push(event);
    }
    calendar.to_string()
}

fn description(locale: Locale, post: &ViewPost) -> String {
    let state = message(locale, &format!("post-state-{}", post.state.to_value().to_lowercase().replace('_', "-")), &[]);
    let mut lines = vec![message(locale, "feed-state", &[("state", Arg::Text(state.into()))])];
    if !post.variants.is_empty() {
        let accounts: Vec<String> =
            post.variants.iter().map(|variant| format!("{} ({})", variant.handle, variant.network)).collect();
        lines.push(message(locale, "feed-accounts", &[("accounts", Arg::Text(accounts.join(", ").into()))]));
    }
    if let Some(first) = post.variants.first().filter(|first| !first.text.trim().is_empty()) {
        let text = clean(&first.text);
        let cut = text.char_indices().nth(EXCERPT).map_or(text.len(), |(end, _)| end);
        let more = if cut < text.len() { "…" } else { "" };
        lines.push(format!("\n{}{more}", &text[..cut]));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::view::{ViewPerson, ViewVariant};
    use chrono::TimeZone as _;
    use diwan_entity::publishing::social_account::AccountState;
    use icalendar::parser::{read_calendar, unfold};
    use proptest::prelude::*;

    fn post(title: &str, text: &str) -> ViewPost {
        let at = chrono::Utc.timestamp_opt(1_800_000_000, 0).unwrap();
        let id = Uuid::from_u128(7);
        ViewPost {
            id,
            brand_id: id,
            brand_name: "نور, Ltd; \\ Co".to_owned(),
            calendar_id: id,
            calendar_name: None,
            calendar_colour: None,
            title: title.to_owned(),
            state: PostState::PartiallyPublished,
            due_at: at,
            updated_at: at,
            version: 1,
            created_by: ViewPerson { id, name: None },
            authors: Vec::new(),
            assignees: Vec::new(),
            variants: vec![ViewVariant {
                id,
                text: text.to_owned(),
                language: None,
                account_id: id,
                network: "mastodon".to_owned(),
                handle: "nour".to_owned(),
                display_name: "Nour".to_owned(),
                account_state: AccountState::Connected,
                publication_state: None,
            }],
        }
    }

    /// A line should have at most 75 octets (RFC 5545 §3.1), and has its end besides. The library's last piece of a folded line
    /// may have one more.
    const LONGEST: usize = 75 + 1 + 2;

    fn file(locale: Locale, title: &str, text: &str) -> String {
        write("تقویم; «من»,\r\nX-EVIL:1", locale, "diwan.example", true, &[post(title, text)], &[])
    }

    #[test]
    fn a_file_is_what_other_programs_read() {
        for locale in [Locale::En, Locale::Fa, Locale::Ar, Locale::El, Locale::He] {
            let file = file(locale, "راه‌اندازی, spring; \\ sale", "سلام 👩‍👩‍👧\r\nEND:VEVENT\nX-EVIL:2");
            assert!(file.starts_with("BEGIN:VCALENDAR\r\n") && file.ends_with("END:VCALENDAR\r\n"), "{file}");
            assert!(file.split_inclusive("\r\n").all(|line| line.len() <= LONGEST && line.ends_with("\r\n")), "{file}");
            assert_eq!(
                file.lines().filter(|line| line.starts_with("X-EVIL") || *line == "END:VEVENT").count(),
                1,
                "{file}"
            );
            let unfolded = unfold(&file);
            let read = read_calendar(&unfolded).unwrap();
            assert_eq!(read.components.len(), 1);
            let event = &read.components[0];
            let value = |name: &str| event.find_prop(name).map(|found| found.val.to_string()).unwrap_or_default();
            assert_eq!(value("SUMMARY"), "راه‌اندازی, spring; \\ sale · نور, Ltd; \\ Co");
            assert_eq!(value("DTSTART"), "20270115T080000Z");
            assert!(value("DESCRIPTION").contains("nour (mastodon)"), "{file}");
        }
    }

    #[test]
    fn the_same_content_is_the_same_file() {
        assert_eq!(file(Locale::En, "a", "b"), file(Locale::En, "a", "b"));
        assert_ne!(file(Locale::En, "a", "b"), file(Locale::En, "a", "c"));
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_lines(title in "\\PC{1,200}", text in any::<String>()) {
            let file = file(Locale::En, &title, &text);
            for line in file.split_inclusive("\r\n") {
                prop_assert!(line.len() <= LONGEST && line.ends_with("\r\n"), "{:?}", line);
                prop_assert!(!line.trim_end_matches("\r\n").contains(['\r', '\n']), "{:?}", line);
            }
            prop_assert_eq!(file.matches("\r\nEND:VEVENT\r\n").count(), 1);
        }
    }
}
