//! Requests as they change.

use std::sync::Arc;

use async_graphql::{Context, ID, Result};
use diwan_domain::{Action, Services, approvals};
use futures::{Stream, StreamExt as _};

use super::types::ApprovalRequest;
use crate::graphql::context::Caller;
use crate::graphql::error::request_error;
use crate::graphql::feed::{Feed, What};
use crate::graphql::ground::Grounds;
use crate::graphql::live::{changes, not_here, operation};
use crate::graphql::scalars::Kind;

/// What can be watched.
#[derive(Default)]
pub struct ApprovalSubscription;

/// What can be watched, over `/graphql/ws`.
#[async_graphql::Subscription]
impl ApprovalSubscription {
    /// Each change of a brand's requests for approval that the caller sees, from now on.
    async fn approval_changed<'a>(
        &self,
        ctx: &Context<'a>,
        #[graphql(desc = "The brand.")] brand_id: ID,
    ) -> Result<impl Stream<Item = Result<ApprovalRequest>> + use<'a>> {
        let (services, feed) = (ctx.data::<Arc<Services>>()?.clone(), ctx.data::<Feed>()?);
        let grounds = ctx.data::<Grounds>()?;
        let caller = *ctx.data::<Caller>().map_err(|_| request_error("UNAUTHENTICATED", "Sign in to subscribe."))?;
        let brand_id = Kind::Brand.parse(&brand_id, "brandId").map_err(|_| not_here(ctx))?;
        // Listening begins before the right is checked, so that no change falls between.
        let changes = changes(feed).await?;
        drop(operation(&services, caller, Action::ApprovalRead, brand_id).await?);
        let wanted = changes
            .filter(move |change| std::future::ready(change.brand_id == brand_id && change.what == What::Approval));
        let seen = wanted.filter_map(move |change| {
            let services = Arc::clone(&services);
            async move {
                let row = async {
                    let op = operation(&services, caller, Action::ApprovalRead, brand_id).await?;
                    let row = op.query(approvals::requests_by_ids(&op, &[change.id]).await)?.pop();
                    Ok(row.map(|row| ApprovalRequest { op, row }))
                };
                // A request that the caller does not see is none of theirs, and no error.
                row.await.transpose()
            }
        });
        Ok(grounds.guard(caller, brand_id, seen))
    }
}
