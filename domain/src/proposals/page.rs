//! What the holder of a proposal's link sees and does: reads, comments, accepts, declines.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::links::public_link::LinkPurpose;
use diwan_entity::proposals::proposal::{self, ProposalState};
use diwan_entity::proposals::{proposal_acceptance, proposal_comment, proposal_line, proposal_version};
use diwan_entity::tenancy::agency::Locale;
use sea_orm::{
    ActiveEnum as _, ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use super::accept::{Acceptance, accept};
use super::content::Offer;
use super::document::Whole;
use super::letters::{News, tell_sender};
use super::price::Totals;
use super::render_job::{OpenedProposal, open_file};
use super::signed_job::open_accepted;
use super::{ExpireProposal, MOST_COMMENTS};
use crate::calendar::day_start;
use crate::context::{Context, Services};
use crate::error::{Code, Complaints, Failure, UserError};
use crate::jobs::{Job as _, cancel};
use crate::messages::{date_in_words, time_in_words};
use crate::permission::Permit;
use crate::projects::{Numbered, numbered};
use crate::public_links::{self, Answered, Caller, Found, Opened, PublicLink, Remark, typed};
use crate::trust;

/// When something that was agreed begins and ends, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// The project or a campaign.
    pub title: String,
    /// Its first day.
    pub from: String,
    /// Its last day.
    pub to: String,
}

/// How a proposal was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// By whom.
    pub by: String,
    /// When, in words.
    pub at: String,
    /// The SHA-256 of what was accepted, in hexadecimal.
    pub sha256: String,
    /// The options that were taken.
    pub chosen: Vec<Uuid>,
    /// Whether there is a file of it.
    pub file: bool,
}

/// What the holder of a link sees. Times are in words, in the brand's time zone and the agency's calendar.
#[derive(Debug, Clone)]
pub struct ProposalPage {
    /// The language of the reader.
    pub locale: Locale,
    /// Their name.
    pub reader: String,
    /// Who offers.
    pub agency: String,
    /// For which brand.
    pub brand: String,
    /// How far it has come.
    pub state: ProposalState,
    /// What it says but for its lines.
    pub offer: Offer,
    /// The numbers of the parts of its scope.
    pub numbers: Vec<Numbered>,
    /// Its lines, in order.
    pub lines: Vec<proposal_line::Model>,
    /// When the project and the campaigns are.
    pub terms: Vec<Term>,
    /// What is to be paid: with the options that were taken, or without any.
    pub totals: Totals,
    /// The last day on which it can be accepted.
    pub valid_until: String,
    /// Whether it can be answered now.
    pub open: bool,
    /// Whether its last day is over and nobody answered.
    pub too_late: bool,
    /// How it was accepted.
    pub signed: Option<Signed>,
    /// Whether there is a file of it.
    pub file: bool,
    /// The digest of what is shown, which an answer names.
    pub digest: String,
    /// What was said, oldest first.
    pub said: Vec<Remark>,
    /// Until when the link works.
    pub expires_at: String,
    /// Names what is sent from this page, so that it counts once.
    pub once: Uuid,
}

/// What the holder of a link does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientAct {
    /// They say something to the team.
    Comment(String),
    /// They say no, for a reason.
    Decline(String),
    /// They say yes.
    Accept {
        /// Their name, as they typed it.
        name: String,
        /// The options that they take.
        chosen: Vec<Uuid>,
    },
}

/// What a page sends.
#[derive(Debug, Clone)]
pub struct ClientAnswer {
    /// What is done.
    pub act: ClientAct,
    /// The digest of what the page showed.
    pub digest: String,
    /// Names what was sent: sent again, it is not done again.
    pub once: Uuid,
}

/// Opens a proposal by its link. The first time, it is noted that it was seen.
pub async fn open_proposal(services: &Arc<Services>, secret: &str) -> Result<Opened<ProposalPage>, Failure> {
    let opened = look(services, secret).await?;
    let unseen = matches!(&opened, Opened::View(page) if page.state == ProposalState::Sent && page.open);
    if !unseen {
        return Ok(opened);
    }
    let seen = async |context: &Context, link: &PublicLink| {
        let row = lock(context, link).await?;
        if row.state == ProposalState::Sent { note_seen(context, link, row).await.map(drop) } else { Ok(()) }
    };
    public_links::act(services, secret, LinkPurpose::Proposal, seen).await?;
    look(services, secret).await
}

/// What a link opens, and nothing is written.
async fn look(services: &Arc<Services>, secret: &str) -> Result<Opened<ProposalPage>, Failure> {
    public_links::open(services, secret, LinkPurpose::Proposal, show).await
}

/// The file of a proposal, by its link.
pub async fn open_proposal_page_file(services: &Arc<Services>, secret: &str) -> Result<OpenedProposal, Failure> {
    let context = Context::stranger(Arc::clone(services), services.db.read().await?);
    let Found::Open(link) = public_links::find(&context, secret, LinkPurpose::Proposal).await? else {
        return Err(Code::LinkExpired.into());
    };
    let row = context.one(proposal::Entity::one_in_brand(link.brand_id, link.subject_id)).await?;
    let row = row.filter(|row| row.sent_at.is_some()).ok_or(Code::LinkInvalid)?;
    let select = proposal_version::Entity::in_brand(row.brand_id)
        .filter(proposal_version::Column::ProposalId.eq(row.id))
        .filter(proposal_version::Column::Number.eq(row.version));
    let version = context.one(select).await?.ok_or(Code::LinkInvalid)?;
    context.roll_back().await?;
    open_file(services, &version).await
}

/// The signed file of a proposal that was accepted, by its link.
pub async fn open_proposal_page_accepted(services: &Arc<Services>, secret: &str) -> Result<OpenedProposal, Failure> {
    let context = Context::stranger(Arc::clone(services), services.db.read().await?);
    let Found::Open(link) = public_links::find(&context, secret, LinkPurpose::Proposal).await? else {
        return Err(Code::LinkExpired.into());
    };
    let select = proposal_acceptance::Entity::in_brand(link.brand_id)
        .filter(proposal_acceptance::Column::ProposalId.eq(link.subject_id));
    let accepted = context.one(select).await?.ok_or(Code::NotFound)?;
    context.roll_back().await?;
    open_accepted(services, &accepted).await
}

/// Does what the holder of a link wants, in a transaction of its own: all of it or nothing.
pub async fn answer_proposal(
    services: &Arc<Services>,
    secret: &str,
    answer: ClientAnswer,
    caller: &Caller,
) -> Result<Answered<ProposalPage>, Failure> {
    let carry_out = async |context: &Context, link: &PublicLink| match answer.act {
        ClientAct::Comment(text) => comment(context, link, answer.once, &text).await,
        ClientAct::Decline(reason) => decline(context, link, &reason).await,
        ClientAct::Accept { name, chosen } => {
            let acceptance = Acceptance { name, chosen, digest: answer.digest, address: caller.address.clone() };
            let row = lock(context, link).await?;
            accept(context, link, row, acceptance).await
        }
    };
    let done = public_links::act(services, secret, LinkPurpose::Proposal, carry_out).await?;
    done.answered(look(services, secret)).await
}

/// The proposal of a link, locked.
async fn lock(context: &Context, link: &PublicLink) -> Result<proposal::Model, Failure> {
    let select = proposal::Entity::one_in_brand(link.brand_id, link.subject_id).lock_exclusive();
    Ok(context.one(select).await?.ok_or(Code::LinkInvalid)?)
}

/// Notes that the client has seen a proposal that was sent.
pub(super) async fn note_seen(
    context: &Context,
    link: &PublicLink,
    row: proposal::Model,
) -> Result<proposal::Model, Failure> {
    let permit = link.permit(context);
    let seen = proposal::ActiveModel {
        state: Set(ProposalState::Viewed),
        viewed_at: Set(Some(context.now)),
        updated_at: Set(context.now),
        ..row.into_active_model()
    };
    let row = seen.update(permit.tx()).await?;
    trust::record(permit, context.now, "proposal.view", row.id, json!({ "link": link.id })).await?;
    Ok(row)
}

/// Whether a proposal can be answered, by the clock: the job that ends it may be late.
fn is_open(row: &proposal::Model, now: DateTime<Utc>) -> bool {
    let with_client = matches!(row.state, ProposalState::Sent | ProposalState::Viewed);
    with_client && row.expires_at.is_some_and(|at| now < at)
}

/// That a proposal can be answered; one that the client has not seen yet is noted as seen by the answer.
pub(super) async fn answerable(
    context: &Context,
    link: &PublicLink,
    row: proposal::Model,
) -> Result<proposal::Model, Failure> {
    if !is_open(&row, context.now) {
        let with_client = matches!(row.state, ProposalState::Sent | ProposalState::Viewed);
        let state = if with_client { ProposalState::Expired } else { row.state };
        return Err(UserError::at(Code::WrongState, "proposal").text("state", state.to_value()).into());
    }
    if row.state == ProposalState::Sent { note_seen(context, link, row).await } else { Ok(row) }
}

async fn comment(context: &Context, link: &PublicLink, once: Uuid, text: &str) -> Result<(), Failure> {
    let row = lock(context, link).await?;
    // The page names what it sends: the same again is there already.
    if context.one(proposal_comment::Entity::one_in_brand(link.brand_id, once)).await?.is_some() {
        return Ok(());
    }
    let mut wrong = Complaints::default();
    let text = typed(text);
    let body = wrong.text("comment", &text, 5000).to_owned();
    wrong.check()?;
    let row = answerable(context, link, row).await?;
    let permit = link.permit(context);
    write_comment(context, permit, &row, once, (None, link.person_name.clone(), body.clone())).await?;
    tell_sender(permit.tx(), &context.services, context.now, &row, News::Commented(&body)).await?;
    let detail = json!({ "link": link.id, "comment": once });
    trust::record(permit, context.now, "proposal.comment", row.id, detail).await?;
    Ok(())
}

/// Writes what somebody said, unless there is enough of it.
pub(super) async fn write_comment(
    context: &Context,
    permit: Permit<'_>,
    row: &proposal::Model,
    id: Uuid,
    (author_id, author_name, body): (Option<Uuid>, String, String),
) -> Result<proposal_comment::Model, Failure> {
    let there = proposal_comment::Entity::in_brand(row.brand_id)
        .filter(proposal_comment::Column::ProposalId.eq(row.id))
        .limit(MOST_COMMENTS);
    let there = context.all(there).await?.len();
    if u64::try_from(there).is_ok_and(|there| there >= MOST_COMMENTS) {
        let many = UserError::at(Code::TooMany, "comment").number("limit", MOST_COMMENTS);
        return Err(many.number("actual", there + 1).into());
    }
    let new = proposal_comment::ActiveModel {
        id: Set(id),
        brand_id: Set(row.brand_id),
        proposal_id: Set(row.id),
        version: Set(row.version),
        author_id: Set(author_id),
        author_name: Set(author_name),
        body: Set(body),
        created_at: Set(context.now),
    };
    Ok(proposal_comment::Entity::insert(new).exec_with_returning(permit.tx()).await?)
}

async fn decline(context: &Context, link: &PublicLink, reason: &str) -> Result<(), Failure> {
    let row = lock(context, link).await?;
    let mut wrong = Complaints::default();
    let reason = typed(reason);
    let reason = wrong.text("reason", &reason, 5000).to_owned();
    wrong.check()?;
    if row.state == ProposalState::Declined && row.decline_reason.as_deref() == Some(&reason) {
        return Ok(());
    }
    let row = answerable(context, link, row).await?;
    let permit = link.permit(context);
    let changed = proposal::ActiveModel {
        state: Set(ProposalState::Declined),
        decline_reason: Set(Some(reason.clone())),
        ended_at: Set(Some(context.now)),
        updated_at: Set(context.now),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    cancel(permit, ExpireProposal.kind(), &[row.id], context.now).await?;
    public_links::used(permit, context.now, link).await?;
    tell_sender(permit.tx(), &context.services, context.now, &row, News::Declined(&reason)).await?;
    trust::record(permit, context.now, "proposal.decline", row.id, json!({ "link": link.id })).await?;
    Ok(())
}

/// What the holder of the link sees, as it stands in this operation.
async fn show(context: &Context, link: &PublicLink) -> Result<ProposalPage, Failure> {
    let row = context.one(proposal::Entity::one_in_brand(link.brand_id, link.subject_id)).await?;
    let row = row.filter(|row| row.sent_at.is_some()).ok_or(Code::LinkInvalid)?;
    let whole = Whole::load(link.permit(context).tx(), row).await?;
    let (row, locale) = (&whole.row, link.locale);
    let words = |at: DateTime<Utc>| time_in_words(locale, whole.system, whole.zone, at);
    let accepted =
        proposal_acceptance::Entity::in_brand(row.brand_id).filter(proposal_acceptance::Column::ProposalId.eq(row.id));
    let signed = context.one(accepted).await?.map(|row| Signed {
        by: row.signer_name,
        at: words(row.signed_at),
        sha256: data_encoding::HEXLOWER.encode(&row.document_sha256),
        chosen: row.chosen,
        file: row.file_at.is_some(),
    });
    let said = proposal_comment::Entity::in_brand(row.brand_id)
        .filter(proposal_comment::Column::ProposalId.eq(row.id))
        .order_by_asc(proposal_comment::Column::Id)
        .limit(MOST_COMMENTS);
    let said = context.all(said).await?;
    let day = |day| date_in_words(locale, whole.system, whole.zone, day_start(whole.zone, day));
    let plan = &whole.offer.project;
    let campaigns = whole.offer.campaigns.iter().map(|plan| (&plan.name, plan.starts_on, plan.ends_on));
    let terms = std::iter::once((&plan.title, plan.starts_on, plan.ends_on)).chain(campaigns);
    let terms = terms.map(|(title, from, to)| Term { title: title.clone(), from: day(from), to: day(to) }).collect();
    let open = is_open(row, context.now);
    let with_client = matches!(row.state, ProposalState::Sent | ProposalState::Viewed);
    let chosen = signed.as_ref().map(|signed| signed.chosen.clone()).unwrap_or_default();
    Ok(ProposalPage {
        locale,
        reader: link.person_name.clone(),
        agency: whole.agency.clone(),
        brand: whole.brand.clone(),
        state: row.state,
        numbers: numbered(&whole.offer.scope).unwrap_or_default(),
        totals: Totals::of(whole.taken(&chosen)),
        valid_until: day(whole.offer.valid_until),
        terms,
        open,
        too_late: row.state == ProposalState::Expired || (with_client && !open),
        signed,
        file: whole.version.pdf_at.is_some(),
        digest: whole.digest()?,
        said: said
            .into_iter()
            .map(|row| Remark { by: row.author_name, at: words(row.created_at), text: row.body })
            .collect(),
        expires_at: words(link.expires_at),
        once: context.new_id(),
        offer: whole.offer.clone(),
        lines: whole.lines.clone(),
    })
}
