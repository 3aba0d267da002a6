//! Reading proposals and what belongs to them. Row-level security shows clients what was sent to their brand.

use diwan_entity::InBrand as _;
use diwan_entity::proposals::proposal::{self, ProposalState};
use diwan_entity::proposals::{
    proposal_acceptance, proposal_comment, proposal_line, proposal_template, proposal_version,
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use uuid::Uuid;

use crate::context::Context;
use crate::error::Failure;
use crate::paging::{Page, Slice, newest_first};
use crate::permission::Action;

/// The proposals of a brand, newest first; in one of these states, in any when there is none.
pub async fn proposals(
    context: &Context,
    brand_id: Uuid,
    states: Vec<ProposalState>,
    page: Page,
) -> Result<Slice<proposal::Model>, Failure> {
    context.permit_some(Action::ProposalRead, brand_id).await?;
    let mut select = proposal::Entity::in_brand(brand_id);
    if !states.is_empty() {
        select = select.filter(proposal::Column::State.is_in(states));
    }
    newest_first(context, select, proposal::Column::Id, page).await
}

/// The templates of a brand that are in use, or those that were put away; newest first.
pub async fn proposal_templates(
    context: &Context,
    brand_id: Uuid,
    archived: bool,
    page: Page,
) -> Result<Slice<proposal_template::Model>, Failure> {
    context.permit(Action::ProposalRead, brand_id).await?;
    let away = proposal_template::Column::ArchivedAt;
    let select = proposal_template::Entity::in_brand(brand_id);
    let select = select.filter(if archived { away.is_not_null() } else { away.is_null() });
    newest_first(context, select, proposal_template::Column::Id, page).await
}

/// Proposals by id.
pub async fn proposals_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<proposal::Model>, Failure> {
    Ok(context.all(proposal::Entity::visible(ids.iter().copied())).await?)
}

/// Versions by id.
pub async fn versions_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<proposal_version::Model>, Failure> {
    Ok(context.all(proposal_version::Entity::visible(ids.iter().copied())).await?)
}

/// Comments by id.
pub async fn comments_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<proposal_comment::Model>, Failure> {
    Ok(context.all(proposal_comment::Entity::visible(ids.iter().copied())).await?)
}

/// Templates by id.
pub async fn templates_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<proposal_template::Model>, Failure> {
    Ok(context.all(proposal_template::Entity::visible(ids.iter().copied())).await?)
}

/// The versions of these proposals, newest first.
pub async fn versions_of_proposals(context: &Context, ids: &[Uuid]) -> Result<Vec<proposal_version::Model>, Failure> {
    let select = proposal_version::Entity::find()
        .filter(proposal_version::Column::ProposalId.is_in(ids.iter().copied()))
        .order_by_desc(proposal_version::Column::Number);
    Ok(context.all(select).await?)
}

/// The lines of these versions, in their order.
pub async fn lines_of_versions(context: &Context, ids: &[Uuid]) -> Result<Vec<proposal_line::Model>, Failure> {
    let select = proposal_line::Entity::find()
        .filter(proposal_line::Column::VersionId.is_in(ids.iter().copied()))
        .order_by_asc(proposal_line::Column::VersionId)
        .order_by_asc(proposal_line::Column::Position);
    Ok(context.all(select).await?)
}

/// What was said about these proposals, oldest first.
pub async fn comments_of_proposals(context: &Context, ids: &[Uuid]) -> Result<Vec<proposal_comment::Model>, Failure> {
    let select = proposal_comment::Entity::find()
        .filter(proposal_comment::Column::ProposalId.is_in(ids.iter().copied()))
        .order_by_asc(proposal_comment::Column::Id);
    Ok(context.all(select).await?)
}

/// How these proposals were accepted.
pub async fn acceptances_of_proposals(
    context: &Context,
    ids: &[Uuid],
) -> Result<Vec<proposal_acceptance::Model>, Failure> {
    let select =
        proposal_acceptance::Entity::find().filter(proposal_acceptance::Column::ProposalId.is_in(ids.iter().copied()));
    Ok(context.all(select).await?)
}

/// One version of a proposal with its lines.
pub(super) async fn version_with_lines(
    context: &Context,
    proposal: &proposal::Model,
    number: i32,
) -> Result<Option<(proposal_version::Model, Vec<proposal_line::Model>)>, Failure> {
    let select = proposal_version::Entity::in_brand(proposal.brand_id)
        .filter(proposal_version::Column::ProposalId.eq(proposal.id))
        .filter(proposal_version::Column::Number.eq(number));
    let Some(version) = context.one(select).await? else { return Ok(None) };
    let lines = lines_of_versions(context, &[version.id]).await?;
    Ok(Some((version, lines)))
}
