//! Scheduling anew what failed, was missed or was held back.

use async_graphql::{Context, ID, InputObject, Object, OneofObject, Result, SimpleObject};
use diwan_domain::publishing::{self, Again, MOST_AGAIN};
use diwan_domain::{Code, Context as Domain, Failure, UserError};

use super::moves::{BulkErrorPolicy, MoveInput, MovedPost};
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;

/// When posts go out.
#[derive(OneofObject)]
enum AgainInput {
    /// At a moment, or moved by the clock on the wall from the time that they had.
    Move(MoveInput),
    /// Each in the next slot that is free and fits it. Always `true`.
    NextFreeSlots(bool),
}

/// Posts to schedule again.
#[derive(InputObject)]
struct SchedulePostsAgainInput {
    /// Which posts, 1 to 100, of whichever brands: `FAILED`, `PAUSED` or `PARTIALLY_PUBLISHED`.
    post_ids: Vec<ID>,
    /// When they go out: each after now, within two years.
    to: AgainInput,
    /// What comes of those that are refused.
    #[graphql(default_with = "BulkErrorPolicy::RejectEverything")]
    error_policy: BulkErrorPolicy,
}

/// The answer of `schedulePostsAgain`.
#[derive(SimpleObject)]
struct SchedulePostsAgainPayload {
    /// What came of each post, in the order of the input; empty when nothing was done.
    rows: Vec<MovedPost>,
    /// Why nothing was done: what is wrong with the input, or with a row of it by its place in `postIds`.
    user_errors: Vec<Refused>,
}

impl AgainInput {
    fn into_domain(self) -> Result<Again, Failure> {
        match self {
            Self::Move(shift) => Ok(Again::At(shift.into_domain().map_err(|failure| failure.within("to"))?)),
            Self::NextFreeSlots(true) => Ok(Again::NextFreeSlots),
            Self::NextFreeSlots(false) => Err(UserError::at(Code::Invalid, "to.nextFreeSlots").into()),
        }
    }
}

/// Mutations that schedule posts again.
#[derive(Default)]
pub struct AgainMutation;

#[Object]
impl AgainMutation {
    /// Schedules up to 100 posts again of which publications failed, were missed or were held back by a pause, each as `schedulePost`
    /// does: what is published stays, and what a person must decide about is not touched. For MID and above.
    async fn schedule_posts_again(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The posts and when they go out.")] input: SchedulePostsAgainInput,
    ) -> Result<SchedulePostsAgainPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let actual = input.post_ids.len();
            if actual > MOST_AGAIN {
                let error = UserError::at(Code::TooMany, "postIds").number("limit", MOST_AGAIN);
                return Err(error.number("actual", actual).into());
            }
            // An id of another kind is not there, like one of nothing.
            let ids: Vec<_> =
                input.post_ids.iter().map(|id| Kind::Post.parse(id, "postIds").unwrap_or_default()).collect();
            publishing::schedule_again(context, &ids, &input.to.into_domain()?, input.error_policy.into()).await
        };
        let (rows, user_errors) = op.command(command).await?;
        let rows = rows.unwrap_or_default().into_iter().zip(input.post_ids);
        Ok(SchedulePostsAgainPayload {
            rows: rows.map(|(moved, post_id)| MovedPost::new(op, moved, post_id)).collect(),
            user_errors,
        })
    }
}
