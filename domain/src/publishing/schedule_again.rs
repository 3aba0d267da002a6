//! Scheduling anew what failed, was missed or was held back: up to 100 posts at once, each as [`schedule_post`] does.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use diwan_entity::InBrand as _;
use diwan_entity::calendar::post::{self, PostState};
use sea_orm::{ActiveEnum as _, QueryOrder as _, QuerySelect as _};
use uuid::Uuid;

use super::move_posts::{ErrorPolicy, Moved, Shift, by_clock};
use super::schedule_post::schedule_post;
use crate::calendar::{PlacePost, place_in_slot};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::permission::Action;
use crate::tenancy;

/// The most posts of one call: each is checked anew by everything that is checked on a post.
pub const MOST_AGAIN: usize = 100;
/// The furthest that a post is moved by days.
const MOST_DAYS: u64 = 3660;

/// When posts go out.
#[derive(Debug, Clone)]
pub enum Again {
    /// By a shift of the time that they had.
    At(Shift),
    /// Each in the next slot that is free and fits it.
    NextFreeSlots,
}

/// Schedules posts again. By [`ErrorPolicy::RejectEverything`] one that is refused refuses all of them.
pub async fn schedule_again(
    context: &Context,
    post_ids: &[Uuid],
    to: &Again,
    policy: ErrorPolicy,
) -> Result<Vec<Moved>, Failure> {
    context.signed_in()?;
    check(post_ids, to)?;
    // Always in one order, so that two calls do not wait for each other in a circle.
    let select = post::Entity::visible(post_ids.iter().copied()).order_by_asc(post::Column::Id).lock_exclusive();
    let posts: HashMap<Uuid, post::Model> = context.all(select).await?.into_iter().map(|row| (row.id, row)).collect();
    let zones = zones(context, &posts, to).await?;
    let mut seen = HashSet::new();
    let mut rows = Vec::new();
    for (at, id) in post_ids.iter().enumerate() {
        let path = format!("postIds.{at}");
        let outcome = match posts.get(id) {
            None => Err(UserError::at(Code::NotFound, &path).into()),
            Some(_) if !seen.insert(*id) => Err(UserError::at(Code::AlreadyExists, &path).into()),
            Some(post) => {
                // What a refused post has written, such as a slot that it took, goes with it.
                context.savepoint().await?;
                let outcome = one(context, post, to, &zones).await;
                context.end_savepoint(outcome.is_ok()).await?;
                outcome.map_err(|failure| at_row(failure, &path))
            }
        };
        rows.push(match outcome {
            Ok(post) => Moved { post_id: *id, post: Some(post), errors: Vec::new() },
            Err(Failure::Refused(errors)) => Moved { post_id: *id, post: None, errors },
            Err(fault) => return Err(fault),
        });
    }
    if policy == ErrorPolicy::RejectEverything && rows.iter().any(|row| !row.errors.is_empty()) {
        return Err(Failure::Refused(rows.into_iter().flat_map(|row| row.errors).collect()));
    }
    Ok(rows)
}

fn check(post_ids: &[Uuid], to: &Again) -> Result<(), Failure> {
    let mut wrong = Complaints::default();
    if post_ids.len() > MOST_AGAIN {
        wrong.add(UserError::at(Code::TooMany, "postIds").number("limit", MOST_AGAIN).number("actual", post_ids.len()));
    }
    if post_ids.is_empty() {
        wrong.add(UserError::at(Code::Invalid, "postIds"));
    }
    if let Again::At(shift) = to {
        let by_clock = shift.days.is_some() || shift.date.is_some() || shift.time.is_some();
        if shift.at.is_some() == by_clock || (shift.at.is_some() && shift.time_zone.is_some()) {
            wrong.add(UserError::at(Code::Invalid, "to.move"));
        }
        let days_and_date = shift.days.is_some() && shift.date.is_some();
        if days_and_date || shift.days.is_some_and(|days| days.unsigned_abs() > MOST_DAYS) {
            wrong.add(UserError::at(Code::Invalid, "to.move.days"));
        }
        if let Some(zone) = &shift.time_zone {
            wrong.time_zone("to.move.timeZone", zone);
        }
    }
    wrong.check()
}

/// The zone of each brand, where the clock on the wall is asked.
async fn zones(
    context: &Context,
    posts: &HashMap<Uuid, post::Model>,
    to: &Again,
) -> Result<HashMap<Uuid, Tz>, Failure> {
    let Again::At(shift) = to else { return Ok(HashMap::new()) };
    let brand_ids: HashSet<Uuid> = posts.values().map(|post| post.brand_id).collect();
    let mut zones = HashMap::new();
    for brand in tenancy::brands_by_ids(context, &brand_ids.into_iter().collect::<Vec<_>>()).await? {
        let zone = shift.time_zone.as_ref().unwrap_or(&brand.time_zone);
        zones.insert(brand.id, zone.parse().map_err(|_| Fault::broken("a brand's time zone is unknown"))?);
    }
    Ok(zones)
}

async fn one(
    context: &Context,
    post: &post::Model,
    to: &Again,
    zones: &HashMap<Uuid, Tz>,
) -> Result<post::Model, Failure> {
    context.permit(Action::PostSchedule, post.brand_id).await?;
    if !matches!(post.state, PostState::Failed | PostState::Paused | PostState::PartiallyPublished) {
        return Err(UserError::at(Code::WrongState, "postId").text("state", post.state.to_value()).into());
    }
    match to {
        Again::At(shift) => schedule_post(context, post.id, due_at(post, shift, zones)?).await,
        Again::NextFreeSlots => {
            place_in_slot(context, PlacePost { post_id: post.id, slot: None, after: None, schedule: true }).await
        }
    }
}

fn due_at(post: &post::Model, shift: &Shift, zones: &HashMap<Uuid, Tz>) -> Result<DateTime<Utc>, UserError> {
    let found = match (shift.at, zones.get(&post.brand_id)) {
        (Some(at), _) => Ok(at),
        (None, Some(zone)) => by_clock(*zone, post.due_at, shift),
        (None, None) => Err(Code::NotFound),
    };
    found.map_err(|code| UserError::at(code, "postId"))
}

/// What is wrong with a post, at its place in the input.
fn at_row(failure: Failure, path: &str) -> Failure {
    let Failure::Refused(errors) = failure else { return failure };
    let field: Vec<String> = path.split('.').map(str::to_owned).collect();
    Failure::Refused(errors.into_iter().map(|error| UserError { field: field.clone(), ..error }).collect())
}
