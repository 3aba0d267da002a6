//! Sending a proposal to the client, taking it back, and saying it anew.

use chrono::Days;
use chrono_tz::Tz;
use diwan_entity::approvals::approval_request::ApprovalKind;
use diwan_entity::links::public_link::LinkPurpose;
use diwan_entity::proposals::proposal::{self, ProposalState};
use sea_orm::{ActiveEnum as _, ActiveModelTrait as _, ActiveValue::Set, IntoActiveModel as _};
use serde_json::json;
use url::Url;
use uuid::Uuid;

use super::content::{ProposalContent, line_of, offer_of, write_version};
use super::letters::write_client;
use super::price::Priced;
use super::queries::version_with_lines;
use super::resend::make_link;
use super::review::gone;
use super::write::{begin, expect};
use super::{ExpireProposal, RenderProposal};
use crate::calendar::day_start;
use crate::context::Context;
use crate::error::{Arg, Code, Complaints, Failure, Fault, UserError};
use crate::jobs::{Job as _, cancel, enqueue};
use crate::messages;
use crate::permission::Action;
use crate::public_links;
use crate::tenancy::{self, looks_like_an_address};
use crate::{approvals, trust};

/// To whom a proposal is sent.
#[derive(Debug, Clone)]
pub struct Sending {
    /// Which.
    pub proposal_id: Uuid,
    /// Its newest version.
    pub version: i32,
    /// The name of whoever answers for the client, 1 to 200 characters.
    pub client_name: String,
    /// Their address, up to 254 characters; empty: the link is handed over in another way.
    pub client_email: String,
}

/// Sends a proposal that was reviewed: a letter with a link by which it is read and answered, and a file of it. Answers the link, too,
/// which is shown this once.
pub async fn send_proposal(context: &Context, sending: Sending) -> Result<(proposal::Model, Url), Failure> {
    let (permit, row) = begin(context, Action::ProposalSend, sending.proposal_id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, sending.version);
    expect(&mut wrong, &row, &[ProposalState::InReview]);
    if row.state == ProposalState::InReview && row.reviewed_at.is_none() {
        wrong.add(UserError::at(Code::ProposalNotReviewed, "proposalId"));
    }
    let client_name = wrong.text("clientName", &sending.client_name, 200).to_owned();
    let email = sending.client_email.trim().to_lowercase();
    if !email.is_empty() {
        wrong.text("clientEmail", &email, 254);
        if !looks_like_an_address(&email) {
            wrong.add(UserError::at(Code::Invalid, "clientEmail"));
        }
    }
    let brand = tenancy::brands_by_ids(context, &[row.brand_id]).await?.pop().ok_or(Code::NotFound)?;
    let zone: Tz = brand.time_zone.parse().map_err(|_| Fault::broken("a brand's time zone is unknown"))?;
    let day_after = row.valid_until.checked_add_days(Days::new(1)).unwrap_or(row.valid_until);
    let expires_at = day_start(zone, day_after);
    if expires_at <= context.now {
        wrong.add(UserError::at(Code::TimeInPast, "proposalId"));
    }
    wrong.check()?;
    let (version, _) = version_with_lines(context, &row, row.version).await?.ok_or_else(|| gone(&row))?;
    let client_email = (!email.is_empty()).then_some(email);
    let changed = proposal::ActiveModel {
        state: Set(ProposalState::Sent),
        sent_by: Set(Some(permit.person()?)),
        sent_at: Set(Some(context.now)),
        client_name: Set(Some(client_name)),
        client_email: Set(client_email),
        expires_at: Set(Some(expires_at)),
        updated_at: Set(context.now),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    // What came of it is read a while longer.
    let url = make_link(context, permit, &row, expires_at + public_links::GOOD_FOR).await?;
    enqueue(permit, RenderProposal.kind(), version.id, context.now, context.now).await?;
    enqueue(permit, ExpireProposal.kind(), row.id, expires_at, context.now).await?;
    let agency = tenancy::agency(context).await?;
    let until = messages::date_in_words(row.locale, agency.calendar_system, zone, day_start(zone, row.valid_until));
    let more = vec![
        ("agency", Arg::Text(agency.name.into())),
        ("brand", Arg::Text(brand.name.into())),
        ("until", Arg::Text(until.into())),
    ];
    write_client(permit.tx(), &context.services, &row, ("proposal-sent", Some(url.clone())), more).await?;
    trust::record(permit, context.now, "proposal.send", row.id, json!({ "version": row.version })).await?;
    Ok((row, url))
}

/// Gives a proposal up, or takes it back from the client, who then sees nothing of it any more. What was sent is taken back by those who
/// may send.
pub async fn withdraw_proposal(context: &Context, proposal_id: Uuid, version: i32) -> Result<proposal::Model, Failure> {
    let (permit, row) = begin(context, Action::ProposalWrite, proposal_id).await?;
    if row.sent_at.is_some() {
        context.permit(Action::ProposalSend, row.brand_id).await?;
    }
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    let open = [ProposalState::Draft, ProposalState::InReview, ProposalState::Sent, ProposalState::Viewed];
    expect(&mut wrong, &row, &open);
    wrong.check()?;
    approvals::void(context, permit, ApprovalKind::Proposal, row.id).await?;
    public_links::revoke_of(permit, context.now, (LinkPurpose::Proposal, row.id), None).await?;
    cancel(permit, ExpireProposal.kind(), &[row.id], context.now).await?;
    let was = row.state.to_value();
    let changed = proposal::ActiveModel {
        state: Set(ProposalState::Withdrawn),
        ended_at: Set(Some(context.now)),
        updated_at: Set(context.now),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "proposal.withdraw", row.id, json!({ "was": was })).await?;
    Ok(row)
}

/// Makes a draft of a proposal again that was declined, has expired or was withdrawn, to be said anew: another version, which says the
/// same at first, so that what the client had stays as it was. It is reviewed and sent as any other.
pub async fn revise_proposal(context: &Context, proposal_id: Uuid, version: i32) -> Result<proposal::Model, Failure> {
    let (permit, row) = begin(context, Action::ProposalWrite, proposal_id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    expect(&mut wrong, &row, &[ProposalState::Declined, ProposalState::Expired, ProposalState::Withdrawn]);
    wrong.check()?;
    approvals::void(context, permit, ApprovalKind::Proposal, row.id).await?;
    public_links::revoke_of(permit, context.now, (LinkPurpose::Proposal, row.id), None).await?;
    let (said, lines) = version_with_lines(context, &row, row.version).await?.ok_or_else(|| gone(&row))?;
    let content = ProposalContent { offer: offer_of(&said)?, lines: lines.iter().map(line_of).collect() };
    let amounts: Vec<Priced> = lines.iter().map(Priced::of).collect();
    let (was, version) = (row.state.to_value(), row.version + 1);
    let changed = proposal::ActiveModel {
        version: Set(version),
        state: Set(ProposalState::Draft),
        reviewed_at: Set(None),
        sent_by: Set(None),
        sent_at: Set(None),
        client_name: Set(None),
        client_email: Set(None),
        expires_at: Set(None),
        viewed_at: Set(None),
        ended_at: Set(None),
        decline_reason: Set(None),
        updated_at: Set(context.now),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    write_version(context, permit, (row.id, version), &content, &amounts).await?;
    trust::record(permit, context.now, "proposal.revise", row.id, json!({ "was": was, "version": version })).await?;
    Ok(row)
}
