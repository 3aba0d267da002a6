//! Publications as they change.

use std::sync::Arc;

use async_graphql::{Context, ID, Result};
use diwan_domain::{Action, Context as Domain, Services, publishing};
use futures::{Stream, StreamExt as _};
use tokio::sync::broadcast::error::RecvError;
use uuid::Uuid;

use super::types::Publication;
use crate::graphql::context::{Caller, Op, RequestFacts};
use crate::graphql::error::request_error;
use crate::graphql::feed::Feed;
use crate::graphql::scalars::Kind;

/// What can be watched.
pub struct Subscription;

/// An operation of this caller, now: the session is looked at again, and so is the right to see the brand.
async fn operation(services: &Arc<Services>, caller: Caller, brand_id: Uuid) -> Result<Op> {
    let unavailable = |_| request_error("INTERNAL", "The server cannot answer now. Subscribe again.");
    let tx = services.db.read().await.map_err(unavailable)?;
    let context = Domain::of_session(Arc::clone(services), tx, caller.session_id, caller.user_id)
        .await
        .map_err(|_| request_error("INTERNAL", "The server cannot answer now. Subscribe again."))?;
    let op = Op::new(context, RequestFacts::default());
    if op.actor().is_none() {
        return Err(request_error("UNAUTHENTICATED", "This session has ended. Sign in again."));
    }
    op.query(op.permit_some(Action::ContentRead, brand_id).await.map(|_| ()))?;
    Ok(op)
}

/// What can be watched, over `/graphql/ws`.
#[async_graphql::Subscription]
impl Subscription {
    /// Each change of a brand's publications, from now on.
    async fn publication_changed<'a>(
        &self,
        ctx: &Context<'a>,
        #[graphql(desc = "The brand.")] brand_id: ID,
        #[graphql(desc = "Only this publication.")] publication_id: Option<ID>,
    ) -> Result<impl Stream<Item = Result<Publication>> + use<'a>> {
        let (services, feed) = (ctx.data::<Arc<Services>>()?.clone(), ctx.data::<Feed>()?);
        let caller = *ctx.data::<Caller>().map_err(|_| request_error("UNAUTHENTICATED", "Sign in to subscribe."))?;
        let not_found = || request_error("NOT_FOUND", "There is no such brand or publication here.");
        let brand_id = Kind::Brand.parse(&brand_id, "brandId").map_err(|_| not_found())?;
        let only = publication_id
            .map(|id| Kind::Publication.parse(&id, "publicationId"))
            .transpose()
            .map_err(|_| not_found())?;
        // Listening begins before the right is checked, so that no change falls between.
        let changes = feed.subscribe();
        drop(operation(&services, caller, brand_id).await?);
        let changes = futures::stream::unfold(changes, |mut changes| async move {
            loop {
                match changes.recv().await {
                    Ok(change) => return Some((change, changes)),
                    Err(RecvError::Lagged(missed)) => tracing::warn!(missed, "a subscriber is too slow"),
                    Err(RecvError::Closed) => return None,
                }
            }
        });
        let wanted = changes.filter(move |change| {
            std::future::ready(change.brand_id == brand_id && only.is_none_or(|id| id == change.publication_id))
        });
        Ok(wanted
            .then(move |change| {
                let services = Arc::clone(&services);
                async move {
                    let op = operation(&services, caller, brand_id).await?;
                    let row = op.query(publishing::publications_by_ids(&op, &[change.publication_id]).await)?.pop();
                    let row = row.ok_or_else(|| request_error("NOT_FOUND", "The publication is gone."))?;
                    Ok(Publication { op, row })
                }
            })
            // After an error nothing more comes: whoever lost the right must not wait in silence.
            .scan(false, |ended, item| {
                let before = std::mem::replace(ended, item.is_err());
                std::future::ready((!before).then_some(item))
            }))
    }
}
