//! How publishing goes: what is stuck, and why.

use async_graphql::{Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use diwan_domain::{messages, publishing};

use super::types::Publication;
use crate::graphql::context::Op;
use crate::graphql::scalars::Long;

/// How many publications are in a state.
#[derive(SimpleObject)]
pub struct StateCount {
    /// The state: one of `PublicationState`.
    state: String,
    /// How many.
    count: Long,
}

/// A publication that is stuck.
pub struct StuckPublication {
    op: Op,
    stuck: publishing::Stuck,
}

/// A publication that is stuck.
#[Object]
impl StuckPublication {
    /// For programs: `NEEDS_ATTENTION`, `ACCOUNT_NOT_CONNECTED`, `SET_ASIDE`, `PAUSED`, `UNCONFIRMED`, `RETRYING` or `NOT_BEGUN`.
    async fn why(&self) -> &'static str {
        self.stuck.why.as_str()
    }
    /// Why, and the next step, in the caller's language.
    async fn message(&self) -> String {
        messages::stuck(self.op.locale(), self.stuck.why)
    }
    /// Its time.
    async fn due_at(&self) -> DateTime<Utc> {
        self.stuck.due_at
    }
    /// The publication.
    async fn publication(&self) -> Result<Publication> {
        Ok(Publication { op: self.op.clone(), row: self.op.must_load(self.stuck.publication_id).await? })
    }
}

/// How publishing goes in a brand.
pub struct PublishingWatch {
    op: Op,
    state: publishing::PublishingState,
}

impl PublishingWatch {
    /// Of what was read.
    pub fn new(op: &Op, state: publishing::PublishingState) -> Self {
        Self { op: op.clone(), state }
    }
}

/// How publishing goes in a brand.
#[Object]
impl PublishingWatch {
    /// How many publications are in each state that is not over.
    async fn counts(&self) -> Vec<StateCount> {
        let counts = self.state.counts.iter();
        counts.map(|(state, count)| StateCount { state: state.clone(), count: Long(*count) }).collect()
    }
    /// Those that do not go on by themselves, or not as they should, the longest first.
    async fn stuck(&self) -> Vec<StuckPublication> {
        let stuck = self.state.stuck.iter();
        stuck.map(|stuck| StuckPublication { op: self.op.clone(), stuck: stuck.clone() }).collect()
    }
    /// Whether there are more that are stuck than were asked for.
    async fn more(&self) -> bool {
        self.state.more
    }
}
