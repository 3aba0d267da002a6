//! Taking back what is on a network, or changing its words, where the network lets it. The network is called by the worker
//! ([`super::ChangePublished`]).

use diwan_entity::InBrand as _;
use diwan_entity::publishing::publication::{self, PublicationState};
use diwan_entity::publishing::publication_change::{self, ChangeKind, ChangeState};
use diwan_entity::publishing::social_account;
use diwan_networks::{Capabilities, Options};
use sea_orm::{
    ActiveEnum as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};
use uuid::Uuid;

use super::accounts::limits_of;
use crate::calendar::{draft_with_media, from_violation};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::jobs::{Job as _, enqueue};
use crate::permission::{Action, Permit};
use crate::trust;

/// The words of a post as they are to be.
#[derive(Debug, Clone)]
pub struct Correction {
    /// The text.
    pub text: String,
    /// The link beside it.
    pub link: Option<String>,
    /// The options that only the network knows.
    pub options: Options,
}

/// A publication that is on its network, and what its network can do.
struct Live<'a> {
    permit: Permit<'a>,
    row: publication::Model,
    account: social_account::Model,
    network: &'static dyn diwan_networks::Network,
}

async fn live(context: &Context, publication_id: Uuid) -> Result<Live<'_>, Failure> {
    let not_there = || UserError::at(Code::NotFound, "publicationId");
    let select = || publication::Entity::visible([publication_id]);
    let row = context.one(select()).await?.ok_or_else(not_there)?;
    let permit = context.permit(Action::PublicationChange, row.brand_id).await?;
    let row = context.one(select().lock_exclusive()).await?.ok_or_else(not_there)?;
    if row.state != PublicationState::Published || row.remote_id.is_none() {
        return Err(UserError::at(Code::WrongState, "publicationId").text("state", row.state.to_value()).into());
    }
    let account = social_account::Entity::one_in_brand(row.brand_id, row.social_account_id);
    let account = context.one(account).await?.ok_or_else(|| Fault::broken("a publication without its account"))?;
    let network = diwan_networks::network(&account.network)
        .ok_or_else(|| Fault::broken(format!("an account of the unknown network {}", account.network)))?;
    let before = publication_change::Entity::in_brand(row.brand_id)
        .filter(publication_change::Column::PublicationId.eq(row.id))
        .filter(publication_change::Column::State.ne(ChangeState::Failed));
    let before = context.all(before).await?;
    if let Some(change) =
        before.iter().find(|change| change.state == ChangeState::Requested || change.kind == ChangeKind::TakeBack)
    {
        let state = match change.kind {
            ChangeKind::TakeBack => "TAKEN_BACK",
            ChangeKind::Correct => "CHANGING",
        };
        return Err(UserError::at(Code::WrongState, "publicationId").text("state", state).into());
    }
    Ok(Live { permit, row, account, network })
}

fn not_offered(capabilities: &Capabilities) -> Failure {
    UserError::at(Code::ChangeNotForNetwork, "publicationId").text("network", capabilities.name).into()
}

/// Asks the network to take a post back. Of a thread, its first post alone: what answers it stays.
pub async fn take_back(
    context: &Context,
    publication_id: Uuid,
    reason: &str,
) -> Result<publication_change::Model, Failure> {
    let live = live(context, publication_id).await?;
    if !live.network.capabilities().delete {
        return Err(not_offered(live.network.capabilities()));
    }
    write(context, live, ChangeKind::TakeBack, reason, None).await
}

/// Asks the network to change a post's words. They are checked as those of a new post.
pub async fn correct(
    context: &Context,
    publication_id: Uuid,
    correction: Correction,
    reason: &str,
) -> Result<publication_change::Model, Failure> {
    let live = live(context, publication_id).await?;
    let capabilities = live.network.capabilities();
    if !capabilities.edit {
        return Err(not_offered(capabilities));
    }
    let variant_id = live.row.variant_id.ok_or_else(|| not_offered(capabilities))?;
    let limits = limits_of(&live.account)?;
    let mut draft = draft_with_media(context, (live.row.brand_id, variant_id), capabilities, &limits).await?;
    draft.text.clone_from(&correction.text);
    draft.link.clone_from(&correction.link);
    draft.options.clone_from(&correction.options);
    let mut wrong = Complaints::default();
    for violation in live.network.validate(&limits, &draft) {
        let error = from_violation(&violation, capabilities.name, 0);
        // The words are the input here, not those of a variant.
        let field = error.field.into_iter().skip(2).collect();
        wrong.add(UserError { field, ..error });
    }
    wrong.check()?;
    write(context, live, ChangeKind::Correct, reason, Some(correction)).await
}

async fn write(
    context: &Context,
    live: Live<'_>,
    kind: ChangeKind,
    reason: &str,
    correction: Option<Correction>,
) -> Result<publication_change::Model, Failure> {
    let mut wrong = Complaints::default();
    let reason = wrong.text("reason", reason, 500).to_owned();
    wrong.check()?;
    let Live { permit, row, .. } = live;
    let (text, link, options) = match correction {
        Some(Correction { text, link, options }) => (Some(text), link, Some(serde_json::json!(options))),
        None => (None, None, None),
    };
    let change = publication_change::Entity::insert(publication_change::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(row.brand_id),
        publication_id: Set(row.id),
        kind: Set(kind),
        state: Set(ChangeState::Requested),
        text: Set(text),
        link: Set(link),
        options: Set(options),
        reason: Set(reason.clone()),
        requested_by: Set(permit.person()?),
        created_at: Set(context.now),
        ..Default::default()
    })
    .exec_with_returning(permit.tx())
    .await?;
    enqueue(permit, super::ChangePublished.kind(), change.id, context.now, context.now).await?;
    let action = match kind {
        ChangeKind::TakeBack => "publication.take_back",
        ChangeKind::Correct => "publication.correct",
    };
    trust::record(permit, context.now, action, row.id, serde_json::json!({ "reason": reason })).await?;
    Ok(change)
}

/// What was changed of these publications, oldest first.
pub async fn changes_of(
    context: &Context,
    publication_ids: &[Uuid],
) -> Result<Vec<publication_change::Model>, Failure> {
    let select = publication_change::Entity::find()
        .filter(publication_change::Column::PublicationId.is_in(publication_ids.iter().copied()))
        .order_by_asc(publication_change::Column::Id);
    Ok(context.all(select).await?)
}
