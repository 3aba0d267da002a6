//! What the team says to the client about a proposal. The client reads all of it.

use diwan_entity::proposals::proposal::ProposalState;
use diwan_entity::proposals::proposal_comment;
use serde_json::json;
use uuid::Uuid;

use super::letters::write_client;
use super::page::write_comment;
use super::write::{begin, expect};
use crate::context::Context;
use crate::error::{Arg, Complaints, Failure};
use crate::permission::Action;
use crate::trust;

/// Says something to the client about a proposal that they have, 1 to 5000 characters. They are told by mail.
pub async fn comment_on_proposal(
    context: &Context,
    proposal_id: Uuid,
    body: &str,
) -> Result<proposal_comment::Model, Failure> {
    let (permit, row) = begin(context, Action::ProposalWrite, proposal_id).await?;
    let mut wrong = Complaints::default();
    expect(&mut wrong, &row, &[ProposalState::Sent, ProposalState::Viewed, ProposalState::Declined]);
    let body = wrong.text("comment", body, 5000).to_owned();
    wrong.check()?;
    let actor = context.signed_in()?;
    let said = (Some(permit.person()?), actor.name.clone(), body.clone());
    let comment = write_comment(context, permit, &row, context.new_id(), said).await?;
    let more = vec![("who", Arg::Text(actor.name.clone().into())), ("words", Arg::Text(body.into()))];
    write_client(permit.tx(), &context.services, &row, ("proposal-reply", None), more).await?;
    trust::record(permit, context.now, "proposal.comment", row.id, json!({ "comment": comment.id })).await?;
    Ok(comment)
}
