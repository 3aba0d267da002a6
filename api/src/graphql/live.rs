//! What subscriptions share: an operation for each event, and an end after an error.

use std::sync::Arc;

use async_graphql::{Context, Result};
use diwan_domain::{Action, Context as Domain, Services, messages, trust};
use diwan_entity::tenancy::agency::Locale;
use futures::Stream;
use tokio::sync::broadcast::error::RecvError;
use uuid::Uuid;

use super::context::{Caller, Op, RequestFacts};
use super::error::request_error;
use super::feed::{Change, Feed};
use super::limits::Socket;

/// An operation of this caller, now: the session is looked at again, and so is the right to see the brand.
pub async fn operation(services: &Arc<Services>, caller: Caller, action: Action, brand_id: Uuid) -> Result<Op> {
    let mut context = begin(services, caller).await?;
    // Who only listens uses their token as well. No transaction is open meanwhile: it would wait for a second connection.
    if let Some(token_id) = context.token_in_use() {
        context.roll_back().await.map_err(|_| unavailable())?;
        trust::note_token_use(services, token_id).await.map_err(|_| unavailable())?;
        context = begin(services, caller).await?;
    }
    let op = Op::new(context, RequestFacts::default());
    if op.actor().is_none() {
        return Err(request_error("UNAUTHENTICATED", "This session has ended. Sign in again."));
    }
    op.query(op.permit_some(action, brand_id).await.map(|_| ()))?;
    Ok(op)
}

async fn begin(services: &Arc<Services>, caller: Caller) -> Result<Domain> {
    let tx = services.db.read().await.map_err(|_| unavailable())?;
    Domain::of(Arc::clone(services), tx, caller.0).await.map_err(|_| unavailable())
}

/// Every change from now on.
pub async fn changes(feed: &Feed) -> Result<impl Stream<Item = Change> + use<>> {
    let changes = feed.subscribe().await.ok_or_else(unavailable)?;
    Ok(futures::stream::unfold(changes, |mut changes| async move {
        loop {
            match changes.recv().await {
                Ok(change) => return Some((change, changes)),
                Err(RecvError::Lagged(missed)) => tracing::warn!(missed, "a subscriber is too slow"),
                Err(RecvError::Closed) => return None,
            }
        }
    }))
}

/// What somebody asks for is not there, or not theirs to see.
pub fn not_here(ctx: &Context<'_>) -> async_graphql::Error {
    let locale = ctx.data_opt::<Arc<Socket>>().map_or(Locale::En, |socket| socket.locale);
    request_error("NOT_FOUND", messages::message(locale, "error-not-found", &[]))
}

fn unavailable() -> async_graphql::Error {
    request_error("INTERNAL", "The server cannot answer now. Subscribe again.")
}
