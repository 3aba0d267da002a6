//! A person's word where the network gave none: it is there, or it is not.

use diwan_entity::InBrand as _;
use diwan_entity::calendar::post_variant;
use diwan_entity::publishing::publication::{self, PublicationState};
use diwan_networks::Checkpoint;
use sea_orm::{
    ActiveEnum as _, ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, IntoActiveModel as _, QueryFilter as _,
    QuerySelect as _,
};
use url::Url;
use uuid::Uuid;

use super::content::posts_of_variant;
use super::outcome::{GIVEN_UP, close_attempt};
use crate::calendar::{follow_publications, lock_post};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::jobs::{Job as _, enqueue};
use crate::permission::Action;
use crate::{community, insights, trust};
use diwan_entity::publishing::publication_attempt::AttemptOutcome;

/// The input field of the network's id.
const REMOTE_ID: &str = "as.isThere.remoteId";

/// What the person saw.
#[derive(Debug, Clone)]
pub enum Settlement {
    /// It is on the network.
    IsThere {
        /// The network's own id of it; of a thread, that of its first post.
        remote_id: String,
        /// Of a thread: that all of it is there, the first comment too. Nothing of it is sent any more.
        whole_thread: bool,
        /// Where it is seen.
        url: Option<Url>,
    },
    /// It is not: send it now. Of a thread, what a look at the network shows not to be there yet.
    SendNow,
    /// It is not, and it shall not be sent. Of a thread, no more of it.
    GiveUp,
}

/// Settles a publication that needs attention.
///
/// # Errors
///
/// `WRONG_STATE` when it does not wait for a person; `ALREADY_EXISTS` when the post of the network is that of another publication;
/// `THREAD_NOT_CONFIRMED` when a thread is said to be there without saying that all of it is.
pub async fn settle_publication(
    context: &Context,
    publication_id: Uuid,
    settlement: Settlement,
) -> Result<publication::Model, Failure> {
    let not_there = || UserError::at(Code::NotFound, "publicationId");
    let select = || publication::Entity::visible([publication_id]);
    let row = context.one(select()).await?.ok_or_else(not_there)?;
    let permit = context.permit(Action::PublicationSettle, row.brand_id).await?;
    lock_post(permit.tx(), row.brand_id, row.post_id).await?;
    let row = context.one(select().lock_exclusive()).await?.ok_or_else(not_there)?;
    if row.state != PublicationState::NeedsAttention {
        return Err(UserError::at(Code::WrongState, "publicationId").text("state", row.state.to_value()).into());
    }
    let (post_id, account_id, checkpoint) = (row.post_id, row.social_account_id, row.checkpoint.clone());
    let posts = posts_of(context, &row).await?;
    let mut change = row.into_active_model();
    change.updated_at = Set(context.now);
    let (action, outcome) = match settlement {
        Settlement::IsThere { remote_id, whole_thread, url } => {
            let mut wrong = Complaints::default();
            let remote_id = wrong.text(REMOTE_ID, &remote_id, 500).to_owned();
            let same = publication::Entity::in_brand(permit.brand_id)
                .filter(publication::Column::SocialAccountId.eq(account_id))
                .filter(publication::Column::RemoteId.eq(&remote_id));
            if context.one(same).await?.is_some() {
                wrong.add(UserError::at(Code::AlreadyExists, REMOTE_ID));
            }
            if posts > 1 && !whole_thread {
                wrong.add(UserError::at(Code::ThreadNotConfirmed, "as.isThere.wholeThread").number("posts", posts));
            }
            wrong.check()?;
            change.state = Set(PublicationState::Published);
            change.remote_id = Set(Some(remote_id));
            change.remote_url = Set(url.map(|url| url.to_string()));
            change.published_at = Set(Some(context.now));
            enqueue(permit, insights::SyncMetrics.kind(), publication_id, context.now, context.now).await?;
            // Where the network has none to read, the work ends at once.
            enqueue(permit, community::ReadComments.kind(), publication_id, context.now, context.now).await?;
            change.trouble = Set(None);
            change.trouble_detail = Set(None);
            ("publication.is_there", AttemptOutcome::Found)
        }
        Settlement::SendNow => {
            change.state = Set(PublicationState::Scheduled);
            change.due_at = Set(context.now);
            let there = checkpoint.and_then(|checkpoint| Checkpoint(checkpoint).to_go_on_from(posts));
            if there.is_none() {
                change.frozen_at = Set(None);
            }
            change.checkpoint = Set(there.map(|checkpoint| checkpoint.0));
            change.trouble = Set(None);
            change.trouble_detail = Set(None);
            enqueue(permit, super::Publish.kind(), publication_id, context.now, context.now).await?;
            ("publication.send_now", AttemptOutcome::NotSent)
        }
        Settlement::GiveUp => {
            change.state = Set(PublicationState::Failed);
            change.trouble = Set(Some(GIVEN_UP.to_owned()));
            ("publication.give_up", AttemptOutcome::NotSent)
        }
    };
    close_attempt(permit.tx(), permit.brand_id, publication_id, outcome, None, context.now).await?;
    let row = change.update(permit.tx()).await?;
    follow_publications(permit.tx(), permit.brand_id, post_id, context.now).await?;
    trust::record(permit, context.now, action, publication_id, serde_json::json!({})).await?;
    Ok(row)
}

/// How many posts the publication makes on its network.
async fn posts_of(context: &Context, row: &publication::Model) -> Result<usize, Failure> {
    let Some(variant_id) = row.variant_id else { return Ok(1) };
    let variant = context.one(post_variant::Entity::one_in_brand(row.brand_id, variant_id)).await?;
    Ok(variant.as_ref().map_or(1, posts_of_variant))
}
