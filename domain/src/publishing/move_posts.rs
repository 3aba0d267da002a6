//! Moving posts to another time: one, or up to 500 at once, in a constant number of statements.
//!
//! A post that is scheduled moves with its publications and their jobs, in one transaction; that is a right of whoever may
//! schedule. A post that is not scheduled yet has a time that is a plan and publishes nothing; whoever may write it may move it. Where
//! a post is on its way does not change, and neither does its approval: a time is no content. What is being published, is
//! published, or waits for a person is not moved.
//!
//! A move by days or to a date keeps the local time of the post in the time zone of its brand, unless another zone is named. What a
//! change of the clocks skips or repeats is the rule of [`crate::calendar::at_wall_clock`].

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use chrono_tz::Tz;
use diwan_entity::InBrand as _;
use diwan_entity::calendar::post::{self, PostState};
use diwan_entity::calendar::{post_assignment, post_contributor};
use diwan_entity::publishing::publication::{self, PublicationState};
use diwan_entity::publishing::publication_attempt;
use diwan_entity::tenancy::app_user::UserKind;
use diwan_entity::trust::job::{self, JobState};
use diwan_platform::db;
use sea_orm::sea_query::{LockBehavior, LockType};
use sea_orm::{
    ActiveEnum as _, ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, FromQueryResult, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Value,
};
use serde_json::json;
use uuid::Uuid;

use super::check_job::check_before;
use super::line;
use super::quota;
use super::schedule_post::HORIZON;
use crate::calendar::at_wall_clock;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::jobs::Job as _;
use crate::media::{self, Term};
use crate::permission::{Action, Permit, Relation};
use crate::ugc::Grants;
use crate::{tenancy, trust};

/// The most posts of one move.
pub const MOST_MOVED: usize = 500;
/// The furthest that a post is moved by days.
const MOST_DAYS: i64 = 3660;

/// Where posts go: to a moment, or by the clock on the wall.
#[derive(Debug, Clone, Default)]
pub struct Shift {
    /// Exactly then; stands alone.
    pub at: Option<DateTime<Utc>>,
    /// So many days later, or earlier.
    pub days: Option<i64>,
    /// To this day; not with `days`.
    pub date: Option<NaiveDate>,
    /// At this local time; the post's own unless given.
    pub time: Option<NaiveTime>,
    /// IANA; the brand's unless given.
    pub time_zone: Option<String>,
}

/// What comes of rows that cannot be moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorPolicy {
    /// Nothing is moved.
    RejectEverything,
    /// The others are moved.
    RejectFailedRows,
}

/// What came of one post.
#[derive(Debug, Clone)]
pub struct Moved {
    /// Which post.
    pub post_id: Uuid,
    /// The post, when it was moved.
    pub post: Option<post::Model>,
    /// Why not; the field counts the posts from 0.
    pub errors: Vec<UserError>,
}

/// Moves one post.
pub async fn reschedule_post(context: &Context, post_id: Uuid, shift: Shift) -> Result<post::Model, Failure> {
    let moved = move_posts(context, &[post_id], shift, ErrorPolicy::RejectFailedRows).await?.pop();
    let moved = moved.ok_or_else(|| Fault::broken("a move without an answer"))?;
    match moved.post {
        Some(post) => Ok(post),
        None => Err(Failure::Refused(
            moved.errors.into_iter().map(|error| UserError { field: named_alone(error.field), ..error }).collect(),
        )),
    }
}

/// `postIds.0` is `postId` where there is but one.
fn named_alone(field: Vec<String>) -> Vec<String> {
    if field.first().is_some_and(|first| first == "postIds") { vec!["postId".to_owned()] } else { field }
}

/// Moves posts. By [`ErrorPolicy::RejectEverything`] one that cannot be moved refuses all of them.
pub async fn move_posts(
    context: &Context,
    post_ids: &[Uuid],
    shift: Shift,
    policy: ErrorPolicy,
) -> Result<Vec<Moved>, Failure> {
    context.signed_in()?;
    check(post_ids, &shift)?;
    // Always in one order, so that two moves do not wait for each other in a circle.
    let select = post::Entity::visible(post_ids.iter().copied()).order_by_asc(post::Column::Id).lock_exclusive();
    let posts: HashMap<Uuid, post::Model> = context.all(select).await?.into_iter().map(|row| (row.id, row)).collect();
    let ground = Ground::load(context, &posts, &shift).await?;
    let mut seen = HashSet::new();
    let mut plan: Vec<(post::Model, DateTime<Utc>, Permit<'_>)> = Vec::new();
    let mut errors: Vec<Vec<UserError>> = Vec::new();
    for (at, id) in post_ids.iter().enumerate() {
        let path = format!("postIds.{at}");
        let outcome = match posts.get(id) {
            None => Err(UserError::at(Code::NotFound, &path).into()),
            Some(_) if !seen.insert(*id) => Err(UserError::at(Code::AlreadyExists, &path).into()),
            Some(post) => ground.place(context, post, &shift, &path).await,
        };
        match outcome {
            Ok((due_at, permit)) => {
                if let Some(post) = posts.get(id) {
                    plan.push((post.clone(), due_at, permit));
                }
                errors.push(Vec::new());
            }
            Err(Failure::Refused(refused)) => errors.push(refused),
            Err(fault) => return Err(fault),
        }
    }
    let mut over = quota::over_by_move(context, &plan).await?;
    plan.retain(|(post, ..)| !over.contains_key(&post.id));
    for ((at, id), errors) in post_ids.iter().enumerate().zip(&mut errors).filter(|(_, errors)| errors.is_empty()) {
        let here = |error| UserError { field: vec!["postIds".to_owned(), at.to_string()], ..error };
        errors.extend(over.remove(id).unwrap_or_default().into_iter().map(here));
    }
    if policy == ErrorPolicy::RejectEverything && errors.iter().any(|errors| !errors.is_empty()) {
        return Err(Failure::Refused(errors.into_iter().flatten().collect()));
    }
    write(context, &plan).await?;
    let ids = plan.iter().map(|(post, ..)| post.id);
    let after: HashMap<Uuid, post::Model> =
        context.all(post::Entity::visible(ids)).await?.into_iter().map(|row| (row.id, row)).collect();
    Ok(post_ids
        .iter()
        .zip(errors)
        .map(|(id, errors)| Moved {
            post_id: *id,
            post: if errors.is_empty() { after.get(id).cloned() } else { None },
            errors,
        })
        .collect())
}

fn check(post_ids: &[Uuid], shift: &Shift) -> Result<(), Failure> {
    let mut wrong = Complaints::default();
    if post_ids.len() > MOST_MOVED {
        wrong.add(UserError::at(Code::TooMany, "postIds").number("limit", MOST_MOVED).number("actual", post_ids.len()));
    }
    if post_ids.is_empty() {
        wrong.add(UserError::at(Code::Invalid, "postIds"));
    }
    let by_clock = shift.days.is_some() || shift.date.is_some() || shift.time.is_some();
    if shift.at.is_some() == by_clock || (shift.at.is_some() && shift.time_zone.is_some()) {
        wrong.add(UserError::at(Code::Invalid, "to"));
    }
    if shift.days.is_some() && shift.date.is_some() {
        wrong.add(UserError::at(Code::Invalid, "to.days"));
    }
    if shift.days.is_some_and(|days| days.unsigned_abs() > MOST_DAYS.unsigned_abs()) {
        wrong.add(UserError::at(Code::Invalid, "to.days"));
    }
    if let Some(zone) = &shift.time_zone {
        wrong.time_zone("to.timeZone", zone);
    }
    wrong.check()
}

/// What must be known of the posts before any of them moves.
struct Ground {
    zones: HashMap<Uuid, Tz>,
    /// Posts that the caller wrote at, and those that are given to them.
    own: HashSet<Uuid>,
    assigned: HashSet<Uuid>,
    /// Scheduled posts of which something has begun.
    begun: HashSet<Uuid>,
    /// When what scheduled posts show may be used.
    terms: HashMap<Uuid, Term>,
    grants: Grants,
}

impl Ground {
    async fn load(context: &Context, posts: &HashMap<Uuid, post::Model>, shift: &Shift) -> Result<Self, Failure> {
        let actor = context.signed_in()?;
        let mut brand_ids: Vec<Uuid> = posts.values().map(|post| post.brand_id).collect();
        brand_ids.sort_unstable();
        brand_ids.dedup();
        context.look_at_brands(&brand_ids).await?;
        let ids = || posts.keys().copied();
        let of_caller = post_contributor::Entity::find()
            .filter(post_contributor::Column::BrandId.is_in(brand_ids.iter().copied()))
            .filter(post_contributor::Column::PostId.is_in(ids()))
            .filter(post_contributor::Column::UserId.eq(actor.user_id));
        let mut own: HashSet<Uuid> = context.all(of_caller).await?.into_iter().map(|row| row.post_id).collect();
        own.extend(posts.values().filter(|post| post.created_by == actor.user_id).map(|post| post.id));
        let given = post_assignment::Entity::find()
            .filter(post_assignment::Column::BrandId.is_in(brand_ids.iter().copied()))
            .filter(post_assignment::Column::PostId.is_in(ids()))
            .filter(post_assignment::Column::UserId.eq(actor.user_id));
        let mut assigned: HashSet<Uuid> = context.all(given).await?.into_iter().map(|row| row.post_id).collect();
        if actor.kind == UserKind::Client {
            assigned.extend(ids());
        }
        let mut zones = HashMap::new();
        if shift.at.is_none() {
            for brand in tenancy::brands_by_ids(context, &brand_ids).await? {
                let zone = shift.time_zone.as_ref().unwrap_or(&brand.time_zone);
                zones.insert(brand.id, zone.parse().map_err(|_| Fault::broken("a brand's time zone is unknown"))?);
            }
        }
        let begun = begun(context, posts, &brand_ids).await?;
        let scheduled: Vec<Uuid> =
            posts.values().filter(|post| post.state == PostState::Scheduled).map(|post| post.id).collect();
        let terms = media::terms_of_posts(context, &scheduled).await?;
        let terms = terms.into_iter().map(|term| (term.post_id, term)).collect();
        let grants = Grants::load(context, &scheduled).await?;
        Ok(Self { zones, own, assigned, begun, terms, grants })
    }

    /// When a post is due after the move, and the right to move it.
    async fn place<'c>(
        &self,
        context: &'c Context,
        post: &post::Model,
        shift: &Shift,
        path: &str,
    ) -> Result<(DateTime<Utc>, Permit<'c>), Failure> {
        let at_row = |failure: Failure| match failure {
            Failure::Refused(errors) => Failure::Refused(
                errors
                    .into_iter()
                    .map(|error| UserError { field: path.split('.').map(str::to_owned).collect(), ..error })
                    .collect(),
            ),
            fault @ Failure::Fault(_) => fault,
        };
        let permit = if post.state == PostState::Scheduled {
            context.permit(Action::PostSchedule, post.brand_id).await
        } else {
            let relation = Relation { own: self.own.contains(&post.id), assigned: self.assigned.contains(&post.id) };
            context.permit_on(Action::PostWrite, post.brand_id, relation).await
        };
        let permit = permit.map_err(at_row)?;
        let moves = matches!(
            post.state,
            PostState::Draft
                | PostState::InReview
                | PostState::ChangesRequested
                | PostState::Approved
                | PostState::Scheduled
        );
        if !moves || self.begun.contains(&post.id) {
            let state = if moves { PostState::Publishing } else { post.state };
            return Err(UserError::at(Code::WrongState, path).text("state", state.to_value()).into());
        }
        let due_at = self.due_at(post, shift).map_err(|code| UserError::at(code, path))?;
        if due_at <= context.now {
            return Err(UserError::at(Code::TimeInPast, path).into());
        }
        let limit = context.now + HORIZON;
        if due_at > limit {
            return Err(UserError::at(Code::TimeTooFar, path).text("limit", limit.format("%F").to_string()).into());
        }
        if let Some((code, limit)) = self.terms.get(&post.id).and_then(|term| term.refuses(due_at)) {
            return Err(UserError::at(code, path).text("limit", limit.format("%F").to_string()).into());
        }
        if !self.grants.cover_post(post.id, due_at) {
            return Err(UserError::at(Code::GrantMissing, path).into());
        }
        Ok((due_at, permit))
    }

    fn due_at(&self, post: &post::Model, shift: &Shift) -> Result<DateTime<Utc>, Code> {
        if let Some(at) = shift.at {
            return Ok(at);
        }
        let zone = *self.zones.get(&post.brand_id).ok_or(Code::NotFound)?;
        by_clock(zone, post.due_at, shift)
    }
}

/// Where a shift by the clock on the wall leads from this time.
pub(super) fn by_clock(zone: Tz, before: Option<DateTime<Utc>>, shift: &Shift) -> Result<DateTime<Utc>, Code> {
    let before = before.map(|at| at.with_timezone(&zone).naive_local());
    let date = match (shift.date, before) {
        (Some(date), _) => date,
        (None, Some(before)) => {
            let days = Duration::days(shift.days.unwrap_or_default());
            before.date().checked_add_signed(days).ok_or(Code::TimeTooFar)?
        }
        (None, None) => return Err(Code::NotPlanned),
    };
    let time = shift.time.or(before.map(|before| before.time())).ok_or(Code::NotPlanned)?;
    Ok(at_wall_clock(zone, NaiveDateTime::new(date, time)))
}

/// Those of the scheduled posts of which a publication is not merely waiting: it is being tried, was tried, or its job runs. What
/// is waiting is locked.
async fn begun(
    context: &Context,
    posts: &HashMap<Uuid, post::Model>,
    brand_ids: &[Uuid],
) -> Result<HashSet<Uuid>, Failure> {
    let ids: Vec<Uuid> = posts.values().filter(|post| post.state == PostState::Scheduled).map(|post| post.id).collect();
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let in_brands = || publication::Column::BrandId.is_in(brand_ids.iter().copied());
    let of_posts = publication::Entity::find()
        .filter(in_brands())
        .filter(publication::Column::PostId.is_in(ids))
        .filter(publication::Column::State.ne(PublicationState::Canceled))
        .order_by_asc(publication::Column::Id)
        .lock_exclusive();
    let publications = context.all(of_posts).await?;
    let post_of: HashMap<Uuid, Uuid> = publications.iter().map(|row| (row.id, row.post_id)).collect();
    let mut begun: HashSet<Uuid> =
        publications.iter().filter(|row| row.state != PublicationState::Scheduled).map(|row| row.post_id).collect();
    let open = publication_attempt::Entity::find()
        .filter(publication_attempt::Column::BrandId.is_in(brand_ids.iter().copied()))
        .filter(publication_attempt::Column::PublicationId.is_in(post_of.keys().copied()))
        .filter(publication_attempt::Column::Outcome.is_null());
    begun.extend(context.all(open).await?.iter().filter_map(|row| post_of.get(&row.publication_id)));
    let jobs = || {
        job::Entity::find()
            .filter(job::Column::BrandId.is_in(brand_ids.iter().copied()))
            .filter(job::Column::Kind.eq(super::Publish.kind()))
            .filter(job::Column::SubjectId.is_in(post_of.keys().copied()))
    };
    // One whose row somebody holds counts as begun and is not waited for: it is a worker's who has just begun it, or due and just given its
    // place in its account's line.
    let waiting = jobs()
        .filter(job::Column::State.is_in([JobState::Pending, JobState::Handed]))
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    let waiting: HashSet<Uuid> = context.all(waiting).await?.into_iter().map(|row| row.id).collect();
    let living = jobs().filter(job::Column::State.is_in([JobState::Pending, JobState::Handed, JobState::Running]));
    let living = context.all(living).await?;
    let running = living.iter().filter(|row| !waiting.contains(&row.id));
    begun.extend(running.filter_map(|row| post_of.get(&row.subject_id)));
    Ok(begun)
}

/// An account on which a moved post is published.
#[derive(FromQueryResult)]
struct MovedOn {
    id: Uuid,
    post_id: Uuid,
    social_account_id: Uuid,
}

/// Writes the new times: of the posts, of the publications of those that are scheduled, and of their jobs.
async fn write(context: &Context, plan: &[(post::Model, DateTime<Utc>, Permit<'_>)]) -> Result<(), Failure> {
    let Some((.., permit)) = plan.first() else { return Ok(()) };
    let ids: Vec<Uuid> = plan.iter().map(|(post, ..)| post.id).collect();
    let times: Vec<DateTime<Utc>> = plan.iter().map(|(_, due_at, _)| *due_at).collect();
    let now = Value::from(context.now);
    let posts = "update post set due_at = moved.due_at, updated_at = $3
      from unnest($1::uuid[], $2::timestamptz[]) moved (id, due_at) where post.id = moved.id";
    permit.tx().execute_raw(db::statement(posts, [ids.into(), times.into(), now.clone()])).await?;
    let scheduled = || plan.iter().filter(|(post, ..)| post.state == PostState::Scheduled);
    let ids: Vec<Uuid> = scheduled().map(|(post, ..)| post.id).collect();
    if !ids.is_empty() {
        let times: Vec<DateTime<Utc>> = scheduled().map(|(_, due_at, _)| *due_at).collect();
        let publications = "update publication set due_at = moved.due_at, updated_at = $3
          from unnest($1::uuid[], $2::timestamptz[]) moved (id, due_at)
          where publication.post_id = moved.id and publication.state = 'SCHEDULED'
            and publication.brand_id = any ($4)
          returning publication.id, publication.post_id, publication.social_account_id";
        let mut brands: Vec<Uuid> = scheduled().map(|(post, ..)| post.brand_id).collect();
        brands.sort_unstable();
        brands.dedup();
        let values = [ids.clone().into(), times.into(), now, brands.clone().into()];
        let on: Vec<MovedOn> = db::all(permit.tx(), publications, values).await?;
        let planned: HashMap<Uuid, _> =
            scheduled().map(|(post, due_at, permit)| (post.id, (*permit, *due_at))).collect();
        let checks = on.iter().filter_map(|row| {
            planned.get(&row.post_id).map(|(permit, due_at)| (*permit, row.social_account_id, *due_at))
        });
        check_before(context.now, checks).await?;
        // One that was handed over waits again: whoever has its id finds that it is not due.
        let jobs =
            "update job set due_at = p.due_at, state = 'PENDING', handed_at = null, line_owner = null, lined_at = null
          from publication p
          where p.brand_id = any ($2) and p.post_id = any ($1) and p.state = 'SCHEDULED' and job.brand_id = p.brand_id
            and job.kind = $3 and job.subject_id = p.id and job.state in ('PENDING', 'HANDED')";
        let values = [ids.into(), brands.clone().into(), super::Publish.kind().into()];
        permit.tx().execute_raw(db::statement(jobs, values)).await?;
        let moved: Vec<Uuid> = on.iter().map(|row| row.id).collect();
        line::call_first(permit.tx(), (&brands, &moved), context.now).await?;
    }
    let events =
        plan.iter().map(|(post, due_at, permit)| (*permit, post.id, json!({ "from": post.due_at, "to": due_at })));
    Ok(trust::record_many(*permit, context.now, "post.move", events).await?)
}
