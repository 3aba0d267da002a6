//! Asking for a publication's numbers now.

use diwan_entity::InBrand as _;
use diwan_entity::publishing::publication::{self, PublicationState};
use sea_orm::ActiveEnum as _;
use uuid::Uuid;

use crate::context::Context;
use crate::error::{Code, Failure, UserError};
use crate::jobs::{Job as _, enqueue};
use crate::permission::Action;

/// Has a publication's numbers read as soon as a worker is free. Answers the job.
pub async fn sync_metrics(context: &Context, publication_id: Uuid) -> Result<Uuid, Failure> {
    let not_there = || UserError::at(Code::NotFound, "publicationId");
    let row = context.one(publication::Entity::visible([publication_id])).await?.ok_or_else(not_there)?;
    let permit = context.permit(Action::MetricsSync, row.brand_id).await?;
    if row.state != PublicationState::Published {
        return Err(UserError::at(Code::WrongState, "publicationId").text("state", row.state.to_value()).into());
    }
    Ok(enqueue(permit, super::SyncMetrics.kind(), row.id, context.now, context.now).await?)
}
