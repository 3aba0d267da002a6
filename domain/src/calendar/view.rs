//! What a page of a calendar shows: the posts of a span of days, with what stands beside each of them, in a number of
//! statements that depends on what is asked for and not on how much there is.
//!
//! Without `of_group`, those brands count that the caller holds a place in; whoever holds a level agency-wide names brands or a
//! group, or sees all of them. Row-level security decides which posts of a brand somebody sees.

mod posts;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use diwan_entity::calendar::post::PostState;
use diwan_entity::publishing::publication::PublicationState;
use diwan_entity::publishing::social_account::AccountState;
use diwan_entity::tenancy::agency::{CalendarSystem, WeekStart};
use sea_orm::{ActiveEnum as _, FromQueryResult, Value};
use uuid::Uuid;

use super::span::{Count, Day, LONGEST_AGENDA, Span, can_be_asked_for, day_of};
use super::special_days::{Occurrence, occurrences};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::permission::Action;
use crate::tenancy;

use posts::add_people;
pub(super) use posts::posts;
pub use posts::{ONE_BRAND, month_sql};

/// The most brands that are named, and the most that one view looks across.
pub const MOST_BRANDS: usize = 500;
/// The most posts that one view answers.
pub const MOST_POSTS: usize = 1000;
/// The most entries of each part of a filter.
const MOST_FILTERS: usize = 100;

/// Which posts are wanted; what is empty is no matter.
#[derive(Debug, Clone, Default)]
pub struct ViewFilter {
    /// In one of these calendars.
    pub calendar_ids: Vec<Uuid>,
    /// To one of these accounts.
    pub account_ids: Vec<Uuid>,
    /// To an account of one of these networks.
    pub networks: Vec<String>,
    /// In one of these states.
    pub states: Vec<PostState>,
    /// Given to one of these.
    pub assignee_ids: Vec<Uuid>,
    /// Written, if only in part, by one of these.
    pub author_ids: Vec<Uuid>,
    /// Of one of these campaigns.
    pub campaign_ids: Vec<Uuid>,
}

/// What a view is asked for.
#[derive(Debug, Clone)]
pub struct ViewQuery {
    /// These brands.
    pub brand_ids: Option<Vec<Uuid>>,
    /// The brands of this group.
    pub of_group: Option<Uuid>,
    /// How much.
    pub span: Span,
    /// A day in it; today unless given.
    pub anchor: Option<NaiveDate>,
    /// Whose months; the Gregorian ones unless given.
    pub system: Option<CalendarSystem>,
    /// IANA; the brand's where there is one, else the caller's, else the agency's.
    pub time_zone: Option<String>,
    /// The brand's where there is one, else the agency's.
    pub week_start: Option<WeekStart>,
    /// Which posts.
    pub filter: ViewFilter,
    /// How many posts at most, 1 to [`MOST_POSTS`], the earliest first.
    pub most: usize,
    /// Whether the posts themselves are wanted.
    pub with_posts: bool,
    /// Whether it is wanted who wrote them and to whom they are given.
    pub with_people: bool,
    /// Whether special days are wanted.
    pub with_special_days: bool,
}

/// A span of days with what is in it.
#[derive(Debug, Clone)]
pub struct View {
    /// By what it is counted.
    pub count: Count,
    /// Its days.
    pub days: Vec<ViewDay>,
    /// Whether there are more posts than were asked for.
    pub has_more: bool,
}

/// One day.
#[derive(Debug, Clone)]
pub struct ViewDay {
    /// Which.
    pub day: Day,
    /// Its posts, the earliest first.
    pub posts: Vec<ViewPost>,
    /// Its special days.
    pub special_days: Vec<Occurrence>,
}

/// Somebody; without a name for callers without a directory.
#[derive(Debug, Clone)]
pub struct ViewPerson {
    /// Who.
    pub id: Uuid,
    /// Their name.
    pub name: Option<String>,
}

/// A post as a calendar shows it.
#[derive(Debug, Clone)]
pub struct ViewPost {
    /// The post.
    pub id: Uuid,
    /// Its brand.
    pub brand_id: Uuid,
    /// The brand's name.
    pub brand_name: String,
    /// Its calendar.
    pub calendar_id: Uuid,
    /// The calendar's name.
    pub calendar_name: Option<String>,
    /// The calendar's colour, `#rrggbb`.
    pub calendar_colour: Option<String>,
    /// For the team.
    pub title: String,
    /// Where it is on its way.
    pub state: PostState,
    /// When it goes out, is planned to, or did.
    pub due_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Counts the edits.
    pub version: i32,
    /// Who began it.
    pub created_by: ViewPerson,
    /// Everybody who wrote at it.
    pub authors: Vec<ViewPerson>,
    /// To whom it is given.
    pub assignees: Vec<ViewPerson>,
    /// What each account will say.
    pub variants: Vec<ViewVariant>,
}

/// A variant as a calendar shows it.
#[derive(Debug, Clone)]
pub struct ViewVariant {
    /// The variant.
    pub id: Uuid,
    /// The text.
    pub text: String,
    /// Its language, BCP 47.
    pub language: Option<String>,
    /// The account.
    pub account_id: Uuid,
    /// The network's key.
    pub network: String,
    /// The account's name on the network.
    pub handle: String,
    /// The name that the account shows.
    pub display_name: String,
    /// Whether the account can be used.
    pub account_state: AccountState,
    /// Where its publication is, if there is one.
    pub publication_state: Option<PublicationState>,
}

/// What must be known of a brand to look at its calendar.
#[derive(FromQueryResult)]
pub(super) struct BrandRow {
    pub(super) id: Uuid,
    name: String,
    pub(super) time_zone: String,
    pub(super) week_start: String,
    agency_zone: String,
    agency_week_start: String,
    own_zone: Option<String>,
}

/// The view of a span of days.
pub async fn calendar_view(context: &Context, query: ViewQuery) -> Result<View, Failure> {
    let brands = brands(context, &query).await?;
    let count = count(&query, &brands)?;
    let anchor = query.anchor.unwrap_or_else(|| context.now.with_timezone(&count.zone).date_naive());
    check(&query, anchor)?;
    let mut days: Vec<ViewDay> = count
        .days(query.span, anchor)
        .into_iter()
        .map(|day| ViewDay { day, posts: Vec::new(), special_days: Vec::new() })
        .collect();
    let (Some(first), Some(last)) = (days.first().map(|day| day.day), days.last().map(|day| day.day)) else {
        return Err(Fault::broken("a span without days").into());
    };
    if query.with_special_days {
        let ids: Vec<Uuid> = brands.iter().map(|brand| brand.id).collect();
        for occurrence in occurrences(context, &ids, first.date, last.date).await? {
            let at = usize::try_from((occurrence.date - first.date).num_days()).unwrap_or(usize::MAX);
            if let Some(day) = days.get_mut(at) {
                day.special_days.push(occurrence);
            }
        }
    }
    let mut has_more = false;
    if query.with_posts && !brands.is_empty() {
        let mut posts = posts(context, &query.filter, &brands, (first.starts_at, last.ends_at), query.most + 1).await?;
        has_more = posts.len() > query.most;
        posts.truncate(query.most);
        if query.with_people {
            add_people(context, &mut posts).await?;
        }
        let bounds: Vec<Day> = days.iter().map(|day| day.day).collect();
        for post in posts {
            if let Some(day) = day_of(&bounds, post.due_at).and_then(|at| days.get_mut(at)) {
                day.posts.push(post);
            }
        }
    }
    Ok(View { count, days, has_more })
}

const BRANDS: &str =
    "select b.id, b.name, b.time_zone, coalesce(b.week_start, a.week_start) as week_start, a.time_zone as agency_zone,
    a.week_start as agency_week_start, (select u.time_zone from app_user u where u.id = $1) as own_zone
  from brand b join agency a on a.id = b.agency_id where b.deleted_at is null and ";

/// The brands that a view looks across: those that are named, or those of the caller's that are worked on.
async fn brands(context: &Context, query: &ViewQuery) -> Result<Vec<BrandRow>, Failure> {
    let actor = context.signed_in()?;
    if actor.restricted {
        return Err(Code::SecondFactorRequired.into());
    }
    let me = Value::from(actor.user_id);
    let too_many =
        |actual: usize| UserError::at(Code::TooMany, "brandIds").number("limit", MOST_BRANDS).number("actual", actual);
    if let Some(ids) = &query.brand_ids {
        if ids.len() > MOST_BRANDS {
            return Err(too_many(ids.len()).into());
        }
        if ids.is_empty() || query.of_group.is_some() {
            return Err(UserError::at(Code::Invalid, "brandIds").into());
        }
        let rows: Vec<BrandRow> = context.rows(&format!("{BRANDS} b.id = any ($2)"), [me, ids.clone().into()]).await?;
        context.look_at_brands(ids).await?;
        let mut wrong = Complaints::default();
        for (at, id) in ids.iter().enumerate() {
            let path = format!("brandIds.{at}");
            if !rows.iter().any(|row| row.id == *id) {
                wrong.add(UserError::at(Code::NotFound, &path));
                continue;
            }
            match context.permit_some(Action::ContentRead, *id).await {
                Ok(_) => {}
                Err(Failure::Refused(errors)) => {
                    let field: Vec<String> = path.split('.').map(str::to_owned).collect();
                    for error in errors {
                        wrong.add(UserError { field: field.clone(), ..error });
                    }
                }
                Err(fault) => return Err(fault),
            }
        }
        wrong.check()?;
        return Ok(rows);
    }
    let rows: Vec<BrandRow> = if let Some(group_id) = query.of_group {
        if tenancy::groups_by_ids(context, &[group_id]).await?.is_empty() {
            return Err(UserError::at(Code::NotFound, "brandGroupId").into());
        }
        let sql = format!(
                "{BRANDS} b.archived_at is null and b.id in (select g.brand_id from brand_group_brand g where g.group_id = $2)
                 order by b.id limit $3"
            );
        context.rows(&sql, [me, group_id.into(), limit(MOST_BRANDS + 1)]).await?
    } else {
        let sql = format!("{BRANDS} b.archived_at is null order by b.id limit $2");
        context.rows(&sql, [me, limit(MOST_BRANDS + 1)]).await?
    };
    if rows.len() > MOST_BRANDS {
        return Err(too_many(rows.len()).into());
    }
    Ok(rows.into_iter().filter(|row| context.may(Action::ContentRead, row.id)).collect())
}

/// Those of these brands that the caller sees and whose content they may read.
pub(super) async fn brands_of(context: &Context, ids: &[Uuid]) -> Result<Vec<BrandRow>, Failure> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let actor = context.signed_in()?;
    let sql = format!("{BRANDS} b.id = any ($2) order by b.id");
    let rows: Vec<BrandRow> = context.rows(&sql, [actor.user_id.into(), ids.to_vec().into()]).await?;
    Ok(rows.into_iter().filter(|row| context.may(Action::ContentRead, row.id)).collect())
}

fn limit(rows: usize) -> Value {
    i64::try_from(rows).unwrap_or(i64::MAX).into()
}

/// What is the same everywhere counts; where brands differ, what is the caller's or the agency's.
fn count(query: &ViewQuery, brands: &[BrandRow]) -> Result<Count, Failure> {
    let first = brands.first();
    let one_zone = first.filter(|first| brands.iter().all(|brand| brand.time_zone == first.time_zone));
    let one_week = first.filter(|first| brands.iter().all(|brand| brand.week_start == first.week_start));
    let zone = match (&query.time_zone, first) {
        (Some(zone), _) => {
            let mut wrong = Complaints::default();
            wrong.time_zone("timeZone", zone);
            wrong.check()?;
            zone.clone()
        }
        (None, Some(first)) => one_zone.map_or_else(
            || first.own_zone.clone().unwrap_or_else(|| first.agency_zone.clone()),
            |brand| brand.time_zone.clone(),
        ),
        (None, None) => "UTC".to_owned(),
    };
    let zone: Tz = zone.parse().map_err(|_| Fault::broken("a time zone that is stored is unknown"))?;
    let week_start = match (query.week_start, first) {
        (Some(day), _) => day,
        (None, Some(first)) => {
            let kept = one_week.map_or(&first.agency_week_start, |brand| &brand.week_start);
            WeekStart::try_from_value(kept).map_err(Fault::from)?
        }
        (None, None) => WeekStart::Monday,
    };
    Ok(Count { system: query.system.unwrap_or(CalendarSystem::Gregorian), week_start, zone })
}

fn check(query: &ViewQuery, anchor: NaiveDate) -> Result<(), Failure> {
    let mut wrong = Complaints::default();
    if !can_be_asked_for(anchor) {
        wrong.add(UserError::at(Code::Invalid, "anchor"));
    }
    if matches!(query.span, Span::Agenda(days) if !(1..=LONGEST_AGENDA).contains(&days)) {
        wrong.add(UserError::at(Code::Invalid, "days"));
    }
    if !(1..=MOST_POSTS).contains(&query.most) {
        wrong.add(UserError::at(Code::Invalid, "first"));
    }
    let filter = &query.filter;
    for (field, length) in [
        ("calendarIds", filter.calendar_ids.len()),
        ("socialAccountIds", filter.account_ids.len()),
        ("networks", filter.networks.len()),
        ("states", filter.states.len()),
        ("assigneeIds", filter.assignee_ids.len()),
        ("authorIds", filter.author_ids.len()),
        ("campaignIds", filter.campaign_ids.len()),
    ] {
        if length > MOST_FILTERS {
            let error = UserError::at(Code::TooMany, &format!("filter.{field}"));
            wrong.add(error.number("limit", MOST_FILTERS).number("actual", length));
        }
    }
    if filter.networks.iter().any(|network| network.contains('\0')) {
        wrong.add(UserError::at(Code::Invalid, "filter.networks"));
    }
    wrong.check()
}
