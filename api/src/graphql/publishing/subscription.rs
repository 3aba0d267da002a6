//! Publications as they change.

use std::sync::Arc;

use async_graphql::{Context, ID, Result};
use diwan_domain::{Action, Services, publishing};
use futures::{Stream, StreamExt as _};

use super::types::Publication;
use crate::graphql::context::Caller;
use crate::graphql::error::request_error;
use crate::graphql::feed::{Feed, What};
use crate::graphql::ground::Grounds;
use crate::graphql::live::{changes, not_here, operation};
use crate::graphql::scalars::Kind;

/// What can be watched.
#[derive(Default)]
pub struct PublishingSubscription;

/// What can be watched, over `/graphql/ws`.
#[async_graphql::Subscription]
impl PublishingSubscription {
    /// Each change of a brand's publications, from now on.
    async fn publication_changed<'a>(
        &self,
        ctx: &Context<'a>,
        #[graphql(desc = "The brand.")] brand_id: ID,
        #[graphql(desc = "Only this publication.")] publication_id: Option<ID>,
    ) -> Result<impl Stream<Item = Result<Publication>> + use<'a>> {
        let (services, feed) = (ctx.data::<Arc<Services>>()?.clone(), ctx.data::<Feed>()?);
        let grounds = ctx.data::<Grounds>()?;
        let caller = *ctx.data::<Caller>().map_err(|_| request_error("UNAUTHENTICATED", "Sign in to subscribe."))?;
        let brand_id = Kind::Brand.parse(&brand_id, "brandId").map_err(|_| not_here(ctx))?;
        let only = publication_id
            .map(|id| Kind::Publication.parse(&id, "publicationId"))
            .transpose()
            .map_err(|_| not_here(ctx))?;
        // Listening begins before the right is checked, so that no change falls between.
        let changes = changes(feed).await?;
        drop(operation(&services, caller, Action::ContentRead, brand_id).await?);
        let wanted = changes.filter(move |change| {
            let mine = change.brand_id == brand_id && change.what == What::Publication;
            std::future::ready(mine && only.is_none_or(|id| id == change.id))
        });
        let seen = wanted.then(move |change| {
            let services = Arc::clone(&services);
            async move {
                let op = operation(&services, caller, Action::ContentRead, brand_id).await?;
                let row = op.query(publishing::publications_by_ids(&op, &[change.id]).await)?.pop();
                let row = row.ok_or_else(|| request_error("NOT_FOUND", "The publication is gone."))?;
                Ok(Publication { op, row })
            }
        });
        Ok(grounds.guard(caller, brand_id, seen))
    }
}
