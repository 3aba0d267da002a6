//! What a page of a calendar shows.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use diwan_domain::calendar::{self as domain, LONGEST_AGENDA, Span, ViewFilter, ViewQuery};
use diwan_domain::{Code, Failure, UserError};

use super::special_days::{LocalDate, SpecialDayOccurrence};
use super::types::PostState;
use crate::graphql::context::Op;
use crate::graphql::plain::{Plan, Written, plain_enums, plain_object};
use crate::graphql::publishing::{AccountState, PublicationState};
use crate::graphql::scalars::Kind;
use crate::graphql::tenancy::{CalendarSystem, WeekStart};

/// How much of a calendar is looked at.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
pub enum CalendarUnit {
    /// One day.
    Day,
    /// The week in which the anchor lies.
    Week,
    /// The month in which the anchor lies, by the calendar that counts.
    Month,
    /// That month with the days of its first and last week that are not in it.
    MonthInWeeks,
    /// So many days from the anchor on.
    Agenda,
}

/// Which posts are wanted; what is left out or empty is no matter. Each list has at most 100 entries.
#[derive(InputObject, Default)]
struct CalendarViewFilter {
    /// In one of these calendars.
    #[graphql(default)]
    calendar_ids: Vec<ID>,
    /// To one of these accounts.
    #[graphql(default)]
    social_account_ids: Vec<ID>,
    /// To an account of one of these networks, by the network's key.
    #[graphql(default)]
    networks: Vec<String>,
    /// In one of these states; in any but `ARCHIVED` when empty.
    #[graphql(default)]
    states: Vec<PostState>,
    /// Given to one of these people.
    #[graphql(default)]
    assignee_ids: Vec<ID>,
    /// Written, if only in part, by one of these people.
    #[graphql(default)]
    author_ids: Vec<ID>,
    /// Of one of these campaigns.
    #[graphql(default)]
    campaign_ids: Vec<ID>,
}

/// What a page of a calendar shows.
#[derive(InputObject)]
struct CalendarViewInput {
    /// These brands, up to 500. Without them and without a group: all that the caller sees and that are not archived.
    brand_ids: Option<Vec<ID>>,
    /// The brands of this group that the caller sees and that are not archived.
    brand_group_id: Option<ID>,
    /// How much.
    #[graphql(default_with = "CalendarUnit::Month")]
    unit: CalendarUnit,
    /// A day in it, by the Gregorian calendar, of the years 1900 to 2170; today unless given.
    anchor: Option<NaiveDate>,
    /// How many days an `AGENDA` has, 1 to 92; 30 unless given.
    days: Option<i32>,
    /// Whose months; the Gregorian ones unless given.
    calendar_system: Option<CalendarSystem>,
    /// IANA time zone in which days begin. The brand's unless given; where brands differ, the caller's, else the agency's.
    time_zone: Option<String>,
    /// The day on which weeks begin. The brand's unless given; where brands differ, the agency's.
    week_start: Option<WeekStart>,
    /// Which posts.
    filter: Option<CalendarViewFilter>,
    /// How many posts at most, 1 to 1000; the earliest ones. `hasMore` tells whether there are others.
    #[graphql(default = 500)]
    first: i32,
}

/// Somebody beside a post.
#[derive(SimpleObject)]
pub struct CalendarViewPerson {
    /// Who; a `User`.
    id: ID,
    /// Their name; null for callers without a directory.
    name: Option<String>,
}

/// The brand of a post.
#[derive(SimpleObject)]
pub struct CalendarViewBrand {
    /// Which; a `Brand`.
    id: ID,
    /// Its name.
    name: String,
}

/// The calendar of a post.
#[derive(SimpleObject)]
pub struct CalendarViewCalendar {
    /// Which; a `Calendar`.
    id: ID,
    /// Its name; null when the caller does not see it.
    name: Option<String>,
    /// Its colour, `#rrggbb`.
    colour: Option<String>,
}

/// The account of a variant.
#[derive(SimpleObject)]
pub struct CalendarViewAccount {
    /// Which; a `SocialAccount`.
    id: ID,
    /// The network's key, as in `networks`.
    network: String,
    /// Its name on the network, without `@`.
    handle: String,
    /// The name that it shows.
    display_name: String,
    /// Whether it can be used.
    state: AccountState,
}

/// What one account will say.
#[derive(SimpleObject)]
pub struct CalendarViewVariant {
    /// Which; a `PostVariant`.
    id: ID,
    /// The text.
    text: String,
    /// Its language, BCP 47.
    language: Option<String>,
    /// The account.
    account: CalendarViewAccount,
    /// Where its publication is, once it is scheduled.
    publication_state: Option<PublicationState>,
}

/// A post as a calendar shows it.
#[derive(SimpleObject)]
pub struct CalendarViewPost {
    /// Which; a `Post`.
    id: ID,
    /// For the team; never published.
    title: String,
    /// Where it is on its way.
    state: PostState,
    /// When it goes out, is planned to, or did.
    due_at: DateTime<Utc>,
    /// The same by the clock on the wall in the view's time zone: hours and minutes, such as `09:00`.
    local_time: String,
    /// When it last changed.
    updated_at: DateTime<Utc>,
    /// Counts the edits.
    version: i32,
    /// Its brand.
    brand: CalendarViewBrand,
    /// Its calendar.
    calendar: CalendarViewCalendar,
    /// Who began it.
    created_by: CalendarViewPerson,
    /// Everybody who wrote at it and whom the caller sees.
    authors: Vec<CalendarViewPerson>,
    /// To whom it is given; a freelancer sees themselves.
    assignees: Vec<CalendarViewPerson>,
    /// What each account will say.
    variants: Vec<CalendarViewVariant>,
}

/// One day.
#[derive(SimpleObject)]
pub struct CalendarViewDay {
    /// Its date in the Gregorian calendar.
    date: NaiveDate,
    /// The same day as the calendar of the view counts it.
    local: LocalDate,
    /// The same day in the Jalali calendar.
    jalali: LocalDate,
    /// The same day in the Hijri calendar, by the tables of Umm al-Qura.
    hijri: LocalDate,
    /// The same day in the Hebrew calendar. It begins on the evening before; here it is the day that follows.
    hebrew: LocalDate,
    /// Its first moment.
    starts_at: DateTime<Utc>,
    /// The first moment of the next day: 23 or 25 hours later where the clocks change.
    ends_at: DateTime<Utc>,
    /// Its posts, the earliest first.
    posts: Vec<CalendarViewPost>,
    /// The special days that fall on it.
    special_days: Vec<SpecialDayOccurrence>,
}

/// A span of days with what is in it.
#[derive(SimpleObject)]
pub struct CalendarView {
    /// Its first moment.
    starts_at: DateTime<Utc>,
    /// The moment after it.
    ends_at: DateTime<Utc>,
    /// The time zone in which its days begin.
    time_zone: String,
    /// The day on which its weeks begin.
    week_start: WeekStart,
    /// Whose months are counted.
    calendar_system: CalendarSystem,
    /// Its days, in order and without a gap.
    days: Vec<CalendarViewDay>,
    /// Whether there are more posts than were asked for.
    has_more: bool,
}

plain_enums!(PostState, AccountState, PublicationState, CalendarSystem, WeekStart);
plain_object!(CalendarViewPerson { "id" => id, "name" => name });
plain_object!(CalendarViewBrand { "id" => id, "name" => name });
plain_object!(CalendarViewCalendar { "id" => id, "name" => name, "colour" => colour });
plain_object!(CalendarViewAccount {
    "id" => id, "network" => network, "handle" => handle, "displayName" => display_name, "state" => state,
});
plain_object!(CalendarViewVariant {
    "id" => id, "text" => text, "language" => language, "account" => account, "publicationState" => publication_state,
});
plain_object!(CalendarViewPost {
    "id" => id, "title" => title, "state" => state, "dueAt" => due_at, "localTime" => local_time, "updatedAt" => updated_at,
    "version" => version, "brand" => brand, "calendar" => calendar, "createdBy" => created_by, "authors" => authors,
    "assignees" => assignees, "variants" => variants,
});
plain_object!(CalendarViewDay {
    "date" => date, "local" => local, "jalali" => jalali, "hijri" => hijri, "hebrew" => hebrew, "startsAt" => starts_at,
    "endsAt" => ends_at, "posts" => posts, "specialDays" => special_days,
});
plain_object!(CalendarView {
    "startsAt" => starts_at, "endsAt" => ends_at, "timeZone" => time_zone, "weekStart" => week_start,
    "calendarSystem" => calendar_system, "days" => days, "hasMore" => has_more,
});

fn person(person: domain::ViewPerson) -> CalendarViewPerson {
    CalendarViewPerson { id: Kind::User.id(person.id), name: person.name }
}

fn post(post: domain::ViewPost, zone: chrono_tz::Tz) -> CalendarViewPost {
    let people = |people: Vec<domain::ViewPerson>| people.into_iter().map(person).collect();
    CalendarViewPost {
        id: Kind::Post.id(post.id),
        title: post.title,
        state: post.state.into(),
        due_at: post.due_at,
        local_time: post.due_at.with_timezone(&zone).format("%H:%M").to_string(),
        updated_at: post.updated_at,
        version: post.version,
        brand: CalendarViewBrand { id: Kind::Brand.id(post.brand_id), name: post.brand_name },
        calendar: CalendarViewCalendar {
            id: Kind::Calendar.id(post.calendar_id),
            name: post.calendar_name,
            colour: post.calendar_colour,
        },
        created_by: person(post.created_by),
        authors: people(post.authors),
        assignees: people(post.assignees),
        variants: post.variants.into_iter().map(variant).collect(),
    }
}

fn variant(variant: domain::ViewVariant) -> CalendarViewVariant {
    CalendarViewVariant {
        id: Kind::Variant.id(variant.id),
        text: variant.text,
        language: variant.language,
        account: CalendarViewAccount {
            id: Kind::Account.id(variant.account_id),
            network: variant.network,
            handle: variant.handle,
            display_name: variant.display_name,
            state: variant.account_state.into(),
        },
        publication_state: variant.publication_state.map(Into::into),
    }
}

impl CalendarView {
    /// What it shows.
    pub fn new(view: domain::View) -> Self {
        use diwan_entity::tenancy::agency::CalendarSystem as System;
        let count = view.count;
        let ends = (view.days.first().map(|day| day.day.starts_at), view.days.last().map(|day| day.day.ends_at));
        let days = view.days.into_iter().map(|day| {
            let date = day.day.date;
            let counted = |system| LocalDate::new(domain::local_date(system, date));
            CalendarViewDay {
                date,
                local: counted(count.system),
                jalali: counted(System::Jalali),
                hijri: counted(System::Hijri),
                hebrew: counted(System::Hebrew),
                starts_at: day.day.starts_at,
                ends_at: day.day.ends_at,
                posts: day.posts.into_iter().map(|row| post(row, count.zone)).collect(),
                special_days: day.special_days.into_iter().map(SpecialDayOccurrence::new).collect(),
            }
        });
        Self {
            days: days.collect(),
            starts_at: ends.0.unwrap_or_default(),
            ends_at: ends.1.unwrap_or_default(),
            time_zone: count.zone.name().to_owned(),
            week_start: count.week_start.into(),
            calendar_system: count.system.into(),
            has_more: view.has_more,
        }
    }
}

fn parse_all(kind: Kind, ids: &[ID], field: &str) -> Result<Vec<uuid::Uuid>, Failure> {
    ids.iter().enumerate().map(|(at, id)| kind.parse(id, &format!("{field}.{at}"))).collect()
}

impl CalendarViewFilter {
    fn into_domain(self) -> Result<ViewFilter, Failure> {
        Ok(ViewFilter {
            calendar_ids: parse_all(Kind::Calendar, &self.calendar_ids, "filter.calendarIds")?,
            account_ids: parse_all(Kind::Account, &self.social_account_ids, "filter.socialAccountIds")?,
            networks: self.networks,
            states: self.states.into_iter().map(Into::into).collect(),
            assignee_ids: parse_all(Kind::User, &self.assignee_ids, "filter.assigneeIds")?,
            author_ids: parse_all(Kind::User, &self.author_ids, "filter.authorIds")?,
            campaign_ids: parse_all(Kind::Campaign, &self.campaign_ids, "filter.campaignIds")?,
        })
    }
}

impl CalendarViewInput {
    fn into_domain(self, plan: &Plan<'_>) -> Result<ViewQuery, Failure> {
        let invalid = |field: &str| Failure::from(UserError::at(Code::Invalid, field));
        let days = u32::try_from(self.days.unwrap_or(30)).ok().filter(|days| (1..=LONGEST_AGENDA).contains(days));
        let days = days.ok_or_else(|| invalid("days"))?;
        let group = self.brand_group_id.map(|id| Kind::BrandGroup.parse(&id, "brandGroupId")).transpose()?;
        Ok(ViewQuery {
            brand_ids: self.brand_ids.map(|ids| parse_all(Kind::Brand, &ids, "brandIds")).transpose()?,
            of_group: group,
            span: match self.unit {
                CalendarUnit::Day => Span::Day,
                CalendarUnit::Week => Span::Week,
                CalendarUnit::Month => Span::Month,
                CalendarUnit::MonthInWeeks => Span::MonthInWeeks,
                CalendarUnit::Agenda => Span::Agenda(days),
            },
            anchor: self.anchor,
            system: self.calendar_system.map(Into::into),
            time_zone: self.time_zone,
            week_start: self.week_start.map(Into::into),
            filter: self.filter.unwrap_or_default().into_domain()?,
            most: usize::try_from(self.first).map_err(|_| invalid("first"))?,
            with_posts: plan.wants_below("posts") || plan.wants("hasMore"),
            with_people: plan.wants_below("authors") || plan.wants_below("assignees"),
            with_special_days: plan.wants_below("specialDays"),
        })
    }
}

/// What a view costs: its rows come in one statement and are written at once, so each counts a quarter of what a row of a list
/// counts, and the first day's worth in full.
fn cost(first: i32, child: usize) -> usize {
    let rows = usize::try_from(first.clamp(1, 1000)).unwrap_or(1);
    1 + child + rows * child / 4
}

/// The query for a page of a calendar.
#[derive(Default)]
pub struct CalendarViewQuery;

#[Object]
impl CalendarViewQuery {
    /// What a page of a calendar shows: the posts of a day, a week, a month or an agenda, of one brand, of several, or of a
    /// group. Freelancers see what is assigned to them; clients what was sent to them, and what is approved or further on in
    /// the calendars that are shared with them. However much there is, it takes the same number of statements.
    #[graphql(complexity = "cost(input.first, child_complexity)")]
    async fn calendar_view(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is looked at.")] input: CalendarViewInput,
    ) -> Result<Written<CalendarView>> {
        let op = Op::of(ctx)?;
        let plan = Plan::of(ctx);
        op.query(op.signed_in())?;
        let query = op.query(input.into_domain(&plan))?;
        let view = op.query(domain::calendar_view(op, query).await)?;
        Ok(Written::new(&CalendarView::new(view), &plan))
    }
}
