//! What was promised per week, and the watch over it.
//!
//! A week of a promise is kept when as many posts are out or scheduled as were promised. Where fewer are, but drafts with a time
//! in that week make up for it, it is at risk; where not even those do, there is a gap; and once the week is over without them,
//! the promise is broken. A post that failed does not count.
//!
//! A promise is the brand's, of one of its accounts, of one of its pillars, or of both: then only such posts count. One of a pillar
//! that was put away counts on, until somebody strikes it out.

use chrono::{DateTime, Days, NaiveDate, Utc};
use chrono_tz::Tz;
use diwan_entity::InBrand as _;
use diwan_entity::calendar::content_promise;
use diwan_entity::publishing::social_account;
use diwan_entity::tenancy::agency::WeekStart;
use sea_orm::{
    ActiveEnum as _, ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _, FromQueryResult, IntoActiveModel as _,
    QueryOrder as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use super::clock::day_start;
use super::span::{can_be_asked_for, into_week};
use super::view::brands_of;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::permission::{Action, Permit};
use crate::strategy::PostMarks;
use crate::trust;

/// The most promises of a brand.
const MOST: u64 = 100;
/// The most posts a week that are promised.
const MOST_POSTS: i32 = 200;
/// The most weeks that one watch looks at.
pub const MOST_WEEKS: u32 = 26;

/// Of what something is promised.
#[derive(Debug, Clone, Copy, Default)]
pub struct PromiseSubject {
    /// Of this account; of the brand, whichever account it is, unless given.
    pub social_account_id: Option<Uuid>,
    /// Of this pillar; whatever the posts are for, unless given.
    pub pillar_id: Option<Uuid>,
}

/// A promise, as it is written.
#[derive(Debug, Clone)]
pub struct PromiseRule {
    /// How many posts a week, 1 to 200.
    pub posts_per_week: i32,
    /// From the week of this day on.
    pub starts_on: NaiveDate,
    /// Until the week of this day; without an end unless given.
    pub ends_on: Option<NaiveDate>,
}

impl PromiseRule {
    fn check(&self, wrong: &mut Complaints) -> i16 {
        let number = i16::try_from(self.posts_per_week).unwrap_or_default();
        if !(1..=MOST_POSTS).contains(&self.posts_per_week) {
            wrong.add(UserError::at(Code::Invalid, "postsPerWeek"));
        }
        if !can_be_asked_for(self.starts_on) {
            wrong.add(UserError::at(Code::Invalid, "startsOn"));
        }
        if self.ends_on.is_some_and(|end| end < self.starts_on || !can_be_asked_for(end)) {
            wrong.add(UserError::at(Code::Invalid, "endsOn"));
        }
        number
    }
}

/// Writes down what was promised of a brand, or of one of its accounts or pillars.
pub async fn create_content_promise(
    context: &Context,
    brand_id: Uuid,
    subject: PromiseSubject,
    rule: PromiseRule,
) -> Result<content_promise::Model, Failure> {
    let permit = context.permit(Action::PromiseSet, brand_id).await?;
    let mut wrong = Complaints::default();
    let posts_per_week = rule.check(&mut wrong);
    if let Some(id) = subject.social_account_id
        && context.one(social_account::Entity::one_in_brand(brand_id, id)).await?.is_none()
    {
        wrong.add(UserError::at(Code::NotFound, "socialAccountId"));
    }
    let marks = PostMarks { pillar_id: Some(subject.pillar_id), ..PostMarks::default() };
    marks.check(context, brand_id, &mut wrong).await?;
    wrong.check()?;
    let known = context.all(content_promise::Entity::in_brand(brand_id).limit(MOST)).await?.len();
    if u64::try_from(known).unwrap_or(MOST) >= MOST {
        return Err(UserError::new(Code::TooMany).number("limit", MOST).number("actual", known + 1).into());
    }
    let row = content_promise::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(brand_id),
        social_account_id: Set(subject.social_account_id),
        pillar_id: Set(subject.pillar_id),
        posts_per_week: Set(posts_per_week),
        starts_on: Set(rule.starts_on),
        ends_on: Set(rule.ends_on),
        created_by: Set(permit.person()?),
        created_at: Set(context.now),
        version: Set(1),
    };
    let row = content_promise::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    trust::record(permit, context.now, "content_promise.create", row.id, json!({ "posts_per_week": posts_per_week }))
        .await?;
    Ok(row)
}

async fn lock(context: &Context, id: Uuid) -> Result<(Permit<'_>, content_promise::Model), Failure> {
    let not_there = || UserError::at(Code::NotFound, "promiseId");
    let row = context.one(content_promise::Entity::visible([id])).await?.ok_or_else(not_there)?;
    let permit = context.permit(Action::PromiseSet, row.brand_id).await?;
    let row = context.one(content_promise::Entity::visible([id]).lock_exclusive()).await?.ok_or_else(not_there)?;
    Ok((permit, row))
}

/// Writes a promise anew.
pub async fn update_content_promise(
    context: &Context,
    id: Uuid,
    version: i32,
    rule: PromiseRule,
) -> Result<content_promise::Model, Failure> {
    let (permit, row) = lock(context, id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    let posts_per_week = rule.check(&mut wrong);
    wrong.check()?;
    let mut changed = row.into_active_model();
    changed.posts_per_week = Set(posts_per_week);
    changed.starts_on = Set(rule.starts_on);
    changed.ends_on = Set(rule.ends_on);
    changed.version = Set(version + 1);
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "content_promise.update", row.id, json!({ "posts_per_week": posts_per_week }))
        .await?;
    Ok(row)
}

/// Strikes a promise out.
pub async fn delete_content_promise(context: &Context, id: Uuid) -> Result<Uuid, Failure> {
    let (permit, row) = lock(context, id).await?;
    content_promise::Entity::delete_by_id(row.id).exec(permit.tx()).await?;
    trust::record(permit, context.now, "content_promise.delete", row.id, json!({})).await?;
    Ok(row.id)
}

/// Promises by id.
pub async fn content_promises_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<content_promise::Model>, Failure> {
    Ok(context.all(content_promise::Entity::visible(ids.iter().copied())).await?)
}

/// The promises of a brand, in the order in which they were written; there are never more than 100.
pub async fn content_promises(context: &Context, brand_id: Uuid) -> Result<Vec<content_promise::Model>, Failure> {
    context.permit(Action::ContentRead, brand_id).await?;
    Ok(context.all(content_promise::Entity::in_brand(brand_id).order_by_asc(content_promise::Column::Id)).await?)
}

/// How it stands with a week of a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Enough is out or scheduled.
    Kept,
    /// Enough is written, and too little of it scheduled.
    AtRisk,
    /// Too little is written.
    Gap,
    /// The week is over, and too little came out.
    Broken,
}

/// One week of one promise.
#[derive(Debug, Clone)]
pub struct WatchedWeek {
    /// The first day of the week.
    pub starts_on: NaiveDate,
    /// The promise.
    pub promise: content_promise::Model,
    /// Posts that are out, if only in part.
    pub published: i64,
    /// Posts that are scheduled or on their way.
    pub scheduled: i64,
    /// Posts that have a time in the week and are not scheduled.
    pub drafted: i64,
    /// Posts that failed or were canceled.
    pub failed: i64,
    /// How many are missing from what is out and scheduled.
    pub missing: i64,
    /// How bad it is.
    pub severity: Severity,
}

fn severity(promised: i64, counted: i64, drafted: i64, over: bool) -> Severity {
    if counted >= promised {
        Severity::Kept
    } else if over {
        Severity::Broken
    } else if counted + drafted >= promised {
        Severity::AtRisk
    } else {
        Severity::Gap
    }
}

#[derive(FromQueryResult)]
struct Count {
    week: i32,
    account: Option<Uuid>,
    pillar: Option<Uuid>,
    state: String,
    posts: i64,
}

impl Count {
    /// Whether these posts count for the promise.
    fn is_of(&self, promise: &content_promise::Model) -> bool {
        self.account == promise.social_account_id
            && promise.pillar_id.is_none_or(|pillar_id| self.pillar == Some(pillar_id))
    }
}

/// The weeks of a brand's promises, by the brand's time zone and week, from the week of a day on. The worst of each week first.
pub async fn content_watch(
    context: &Context,
    brand_id: Uuid,
    anchor: Option<NaiveDate>,
    weeks: u32,
) -> Result<Vec<WatchedWeek>, Failure> {
    context.permit(Action::ContentRead, brand_id).await?;
    let brand = brands_of(context, &[brand_id]).await?.into_iter().next().ok_or(Code::NotFound)?;
    let zone: Tz = brand.time_zone.parse().map_err(|_| Fault::broken("a brand's time zone is unknown"))?;
    let week_start = WeekStart::try_from_value(&brand.week_start).map_err(Fault::from)?;
    let anchor = anchor.unwrap_or_else(|| context.now.with_timezone(&zone).date_naive());
    let mut wrong = Complaints::default();
    if !can_be_asked_for(anchor) {
        wrong.add(UserError::at(Code::Invalid, "anchor"));
    }
    if !(1..=MOST_WEEKS).contains(&weeks) {
        wrong.add(UserError::at(Code::Invalid, "weeks"));
    }
    wrong.check()?;
    let first = anchor - Days::new(into_week(anchor, week_start));
    let starts: Vec<NaiveDate> = (0..=u64::from(weeks)).map(|week| first + Days::new(7 * week)).collect();
    let bounds: Vec<DateTime<Utc>> = starts.iter().map(|date| day_start(zone, *date)).collect();
    let counts = counts(context, brand_id, &bounds).await?;
    let promises = content_promise::Entity::in_brand(brand_id).order_by_asc(content_promise::Column::Id);
    let promises = context.all(promises).await?;
    let mut found = Vec::new();
    for (week, (starts_on, ends_at)) in (1..).zip(starts.iter().zip(bounds.iter().skip(1))) {
        let mut of_week: Vec<WatchedWeek> = promises
            .iter()
            .filter(|promise| {
                let begins = promise.starts_on - Days::new(into_week(promise.starts_on, week_start));
                begins <= *starts_on && promise.ends_on.is_none_or(|end| *starts_on <= end)
            })
            .map(|promise| {
                watched(promise, *starts_on, *ends_at <= context.now, |states| {
                    let mine = counts.iter().filter(|count| count.week == week && count.is_of(promise));
                    mine.filter(|count| states.contains(&count.state.as_str())).map(|count| count.posts).sum()
                })
            })
            .collect();
        of_week.sort_by_key(|gap| std::cmp::Reverse(gap.severity));
        found.extend(of_week);
    }
    Ok(found)
}

fn watched(
    promise: &content_promise::Model,
    starts_on: NaiveDate,
    over: bool,
    count: impl Fn(&[&str]) -> i64,
) -> WatchedWeek {
    let published = count(&["PUBLISHED", "PARTIALLY_PUBLISHED"]);
    let scheduled = count(&["SCHEDULED", "PUBLISHING", "PAUSED"]);
    let drafted = count(&["DRAFT", "IN_REVIEW", "CHANGES_REQUESTED", "APPROVED"]);
    let promised = i64::from(promise.posts_per_week);
    WatchedWeek {
        starts_on,
        promise: promise.clone(),
        published,
        scheduled,
        drafted,
        failed: count(&["FAILED", "CANCELED"]),
        missing: (promised - published - scheduled).max(0),
        severity: severity(promised, published + scheduled, drafted, over),
    }
}

/// How many posts of each state and pillar each week has: of the brand, and of each account.
async fn counts(context: &Context, brand_id: Uuid, bounds: &[DateTime<Utc>]) -> Result<Vec<Count>, Failure> {
    let sql = "with due as (
        select p.id, p.state, p.pillar_id, width_bucket(p.due_at, $2::timestamptz[]) as week from post p
        where p.brand_id = $1 and p.due_at >= $3 and p.due_at < $4)
      select week, null::uuid as account, pillar_id as pillar, state, count(*) as posts from due
        group by week, pillar_id, state
      union all
      select d.week, v.social_account_id, d.pillar_id, d.state, count(*) from due d
        join post_variant v on v.brand_id = $1 and v.post_id = d.id group by 1, 2, 3, 4";
    let ends = (bounds.first().copied(), bounds.last().copied());
    let values = [brand_id.into(), bounds.to_vec().into(), ends.0.into(), ends.1.into()];
    Ok(context.rows(sql, values).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_is_as_bad_as_it_is() {
        assert_eq!(severity(3, 3, 0, false), Severity::Kept);
        assert_eq!(severity(3, 4, 0, true), Severity::Kept);
        assert_eq!(severity(3, 2, 1, false), Severity::AtRisk);
        assert_eq!(severity(3, 1, 1, false), Severity::Gap);
        assert_eq!(severity(3, 2, 5, true), Severity::Broken);
    }
}
