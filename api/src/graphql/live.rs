//! What subscriptions share: an operation for each event, and an end after an error.

use std::sync::Arc;

use async_graphql::Result;
use diwan_domain::{Action, Context as Domain, Services};
use futures::Stream;
use tokio::sync::broadcast::error::RecvError;
use uuid::Uuid;

use super::context::{Caller, Op, RequestFacts};
use super::error::request_error;
use super::feed::{Change, Feed};

/// An operation of this caller, now: the session is looked at again, and so is the right to see the brand.
pub async fn operation(services: &Arc<Services>, caller: Caller, action: Action, brand_id: Uuid) -> Result<Op> {
    let unavailable = |_| request_error("INTERNAL", "The server cannot answer now. Subscribe again.");
    let tx = services.db.read().await.map_err(unavailable)?;
    let context = Domain::of(Arc::clone(services), tx, caller.0)
        .await
        .map_err(|_| request_error("INTERNAL", "The server cannot answer now. Subscribe again."))?;
    let op = Op::new(context, RequestFacts::default());
    if op.actor().is_none() {
        return Err(request_error("UNAUTHENTICATED", "This session has ended. Sign in again."));
    }
    op.query(op.permit_some(action, brand_id).await.map(|_| ()))?;
    Ok(op)
}

/// Every change from now on.
pub fn changes(feed: &Feed) -> impl Stream<Item = Change> + use<> {
    futures::stream::unfold(feed.subscribe(), |mut changes| async move {
        loop {
            match changes.recv().await {
                Ok(change) => return Some((change, changes)),
                Err(RecvError::Lagged(missed)) => tracing::warn!(missed, "a subscriber is too slow"),
                Err(RecvError::Closed) => return None,
            }
        }
    })
}
