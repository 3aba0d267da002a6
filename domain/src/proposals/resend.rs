//! A link to a proposal that was lost: a new one, in place of those before.

use chrono::{DateTime, Utc};
use diwan_entity::links::public_link::LinkPurpose;
use diwan_entity::proposals::proposal::{self, ProposalState};
use serde_json::json;
use url::Url;
use uuid::Uuid;

use super::letters::write_client;
use super::write::{begin, expect};
use crate::context::{Context, Services};
use crate::error::{Complaints, Failure, Fault};
use crate::permission::{Action, Permit};
use crate::public_links::{self, LinkFor, NewLink};
use crate::trust;

/// Makes the link by which a client reads and answers a proposal that was sent, for whoever has it made to see.
pub(super) async fn make_link(
    context: &Context,
    permit: Permit<'_>,
    row: &proposal::Model,
    expires_at: DateTime<Utc>,
) -> Result<Url, Failure> {
    link_for_client(&context.services, permit, context.now, row, (expires_at, true)).await
}

/// Makes such a link. `shown`: whoever has it made sees it; else it is in a letter alone.
pub(super) async fn link_for_client(
    services: &Services,
    permit: Permit<'_>,
    now: DateTime<Utc>,
    row: &proposal::Model,
    (expires_at, shown): (DateTime<Utc>, bool),
) -> Result<Url, Failure> {
    let person = LinkFor {
        user_id: None,
        name: row.client_name.clone().unwrap_or_default(),
        email: row.client_email.clone().unwrap_or_default(),
        locale: row.locale,
    };
    let new = NewLink { purpose: LinkPurpose::Proposal, subject_id: row.id, person, expires_at, shown };
    let (_, url) = public_links::make(services, permit, now, new).await?;
    Ok(url)
}

/// Writes to the client with a new link to a proposal that they have, and ends those that they had. Answers it, too, which is shown this
/// once: where nobody knows their address, it is handed over in another way. What came of the proposal is read by it as by the first.
pub async fn resend_proposal_link(context: &Context, proposal_id: Uuid) -> Result<(proposal::Model, Url), Failure> {
    let (permit, row) = begin(context, Action::ProposalSend, proposal_id).await?;
    let mut wrong = Complaints::default();
    let with_client = [
        ProposalState::Sent,
        ProposalState::Viewed,
        ProposalState::Accepted,
        ProposalState::Declined,
        ProposalState::Expired,
    ];
    expect(&mut wrong, &row, &with_client);
    wrong.check()?;
    let ends_at = row.expires_at.ok_or_else(|| Fault::broken("a proposal with a client, without its last moment"))?;
    public_links::revoke_of(permit, context.now, (LinkPurpose::Proposal, row.id), None).await?;
    // As long as the first, and of what is over long enough to be read.
    let url = make_link(context, permit, &row, ends_at.max(context.now) + public_links::GOOD_FOR).await?;
    let letter = ("proposal-link", Some(url.clone()));
    write_client(permit.tx(), &context.services, &row, letter, Vec::new()).await?;
    trust::record(permit, context.now, "proposal.resend_link", row.id, json!({ "version": row.version })).await?;
    Ok((row, url))
}
