//! Moving posts to another time.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use diwan_domain::publishing::{self, ErrorPolicy, MOST_MOVED, Moved, Shift};
use diwan_domain::{Code, Context as Domain, Failure, UserError};
use diwan_entity::tracking::conversion_import::RowPolicy;

use crate::graphql::calendar::Post;
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;

/// Where posts go: either to a moment (`at`), or by the clock on the wall (`days` or `date`, and `time`). By the clock, what is not
/// said stays as it is: a post at 09:00 is moved to 09:00 of another day, whatever the clocks do in between. A local time that a
/// change of the clocks skips is as much later as the clocks go forward; one that they repeat is the earlier of the two.
#[derive(InputObject)]
pub(super) struct MoveInput {
    /// Exactly then. Stands alone.
    at: Option<DateTime<Utc>>,
    /// So many days later, or earlier when negative; at most 3660.
    days: Option<i32>,
    /// To this day. Not together with `days`.
    date: Option<NaiveDate>,
    /// At this local time: hours and minutes, such as `09:00`.
    time: Option<String>,
    /// IANA time zone of the clock; the brand's unless given.
    time_zone: Option<String>,
}

/// What comes of rows that are refused.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "ErrorPolicy")]
pub enum BulkErrorPolicy {
    /// Nothing is done; `userErrors` names every row that was refused.
    RejectEverything,
    /// The others are done.
    RejectFailedRows,
}

impl From<BulkErrorPolicy> for RowPolicy {
    fn from(policy: BulkErrorPolicy) -> Self {
        match policy {
            BulkErrorPolicy::RejectEverything => Self::RejectEverything,
            BulkErrorPolicy::RejectFailedRows => Self::RejectFailedRows,
        }
    }
}

/// A post to move.
#[derive(InputObject)]
struct ReschedulePostInput {
    /// Which post.
    post_id: ID,
    /// Where it goes: after now, within two years.
    to: MoveInput,
}

/// Posts to move.
#[derive(InputObject)]
struct MovePostsInput {
    /// Which posts, 1 to 500, of whichever brands.
    post_ids: Vec<ID>,
    /// Where they go: each after now, within two years.
    to: MoveInput,
    /// What comes of those that cannot be moved.
    #[graphql(default_with = "BulkErrorPolicy::RejectEverything")]
    error_policy: BulkErrorPolicy,
}

/// The answer of `reschedulePost`.
#[derive(SimpleObject)]
struct ReschedulePostPayload {
    /// The post, when it was moved.
    post: Option<Post>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// What came of one post.
#[derive(SimpleObject)]
pub(super) struct MovedPost {
    /// Which post.
    post_id: ID,
    /// The post, when it was moved.
    post: Option<Post>,
    /// Why it was not.
    user_errors: Vec<Refused>,
}

/// The answer of `movePosts`.
#[derive(SimpleObject)]
struct MovePostsPayload {
    /// What came of each post, in the order of the input; empty when nothing was done.
    rows: Vec<MovedPost>,
    /// Why nothing was done: what is wrong with the input, or with a row of it by its place in `postIds`.
    user_errors: Vec<Refused>,
}

impl MovedPost {
    /// As the API shows it, under the id by which it was asked for.
    pub(super) fn new(op: &Op, moved: Moved, post_id: ID) -> Self {
        Self {
            post_id,
            post: moved.post.map(|row| Post { op: op.clone(), row }),
            user_errors: moved.errors.iter().map(|error| Refused::new(op.locale(), error)).collect(),
        }
    }
}

impl MoveInput {
    /// As the domain wants it.
    pub(super) fn into_domain(self) -> Result<Shift, Failure> {
        let time = self
            .time
            .map(|time| NaiveTime::parse_from_str(&time, "%H:%M").map_err(|_| UserError::at(Code::Invalid, "to.time")));
        Ok(Shift {
            at: self.at,
            days: self.days.map(i64::from),
            date: self.date,
            time: time.transpose()?,
            time_zone: self.time_zone,
        })
    }
}

/// Mutations that move posts.
#[derive(Default)]
pub struct MoveMutation;

#[Object]
impl MoveMutation {
    /// Moves a post to another time. One that is scheduled moves with its publications, for MID and above; one that is not has a
    /// time that is a plan, and is moved by whoever may write it. A move keeps the post's state and its approval.
    async fn reschedule_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The post and its time.")] input: ReschedulePostInput,
    ) -> Result<ReschedulePostPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let post_id = Kind::Post.parse(&input.post_id, "postId")?;
            publishing::reschedule_post(context, post_id, input.to.into_domain()?).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(ReschedulePostPayload { post: row.map(|row| Post { op: op.clone(), row }), user_errors })
    }

    /// Moves up to 500 posts at once, each as `reschedulePost` does, in a number of statements that does not grow with them.
    async fn move_posts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The posts and where they go.")] input: MovePostsInput,
    ) -> Result<MovePostsPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let actual = input.post_ids.len();
            if actual > MOST_MOVED {
                let error = UserError::at(Code::TooMany, "postIds").number("limit", MOST_MOVED);
                return Err(error.number("actual", actual).into());
            }
            // An id of another kind is not there, like one of nothing.
            let ids: Vec<_> =
                input.post_ids.iter().map(|id| Kind::Post.parse(id, "postIds").unwrap_or_default()).collect();
            publishing::move_posts(context, &ids, input.to.into_domain()?, input.error_policy.into()).await
        };
        let (rows, user_errors) = op.command(command).await?;
        let rows = rows.unwrap_or_default().into_iter().zip(input.post_ids);
        Ok(MovePostsPayload { rows: rows.map(|(moved, id)| MovedPost::new(op, moved, id)).collect(), user_errors })
    }
}
