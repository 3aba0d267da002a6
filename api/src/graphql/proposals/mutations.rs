//! Mutations of proposals.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::NaiveDate;
use diwan_domain::proposals::{self as domain, Sending};
use diwan_domain::{Context as Domain, Failure};
use diwan_entity::proposals::{proposal, proposal_template};
use uuid::Uuid;

use super::inputs::ProposalInput;
use super::types::{Proposal, ProposalComment, ProposalTemplate};
use crate::graphql::approvals::ApprovalRequest;
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;

/// A proposal to write down.
#[derive(InputObject)]
struct CreateProposalInput {
    /// Of which brand.
    brand_id: ID,
    /// What it says.
    proposal: ProposalInput,
}

/// A proposal to say anew.
#[derive(InputObject)]
struct UpdateProposalInput {
    /// Which.
    proposal_id: ID,
    /// The version from which the change started.
    version: i32,
    /// What it says from now on: the whole of it.
    proposal: ProposalInput,
}

/// A proposal to have reviewed.
#[derive(InputObject)]
struct SubmitProposalInput {
    /// Which.
    proposal_id: ID,
    /// Its newest version, as it was read.
    version: i32,
}

/// A proposal to give up, or to take back.
#[derive(InputObject)]
struct WithdrawProposalInput {
    /// Which.
    proposal_id: ID,
    /// Its newest version, as it was read.
    version: i32,
}

/// A proposal to make a draft of again.
#[derive(InputObject)]
struct ReviseProposalInput {
    /// Which.
    proposal_id: ID,
    /// Its newest version, as it was read.
    version: i32,
}

/// A proposal to send.
#[derive(InputObject)]
struct SendProposalInput {
    /// Which.
    proposal_id: ID,
    /// Its newest version, as it was read.
    version: i32,
    /// The name of whoever answers for the client, 1 to 200 characters.
    client_name: String,
    /// Where they are written to, up to 254 characters. Left out or empty, nobody is: hand the link over in another way.
    #[graphql(default)]
    client_email: String,
}

/// A link that was lost.
#[derive(InputObject)]
struct ResendProposalLinkInput {
    /// To which proposal.
    proposal_id: ID,
}

/// Something to say to the client.
#[derive(InputObject)]
struct CommentOnProposalInput {
    /// About which proposal.
    proposal_id: ID,
    /// What, 1 to 5000 characters. The client reads it.
    comment: String,
}

/// A proposal to keep as a template.
#[derive(InputObject)]
struct SaveProposalTemplateInput {
    /// Which: its newest version is kept.
    proposal_id: ID,
    /// What the template is called, 1 to 200 characters; unlike the others of the brand that are in use, in any case.
    name: String,
}

/// A proposal to make from a template.
#[derive(InputObject)]
struct CreateProposalFromTemplateInput {
    /// From which.
    template_id: ID,
    /// What it is called, 1 to 200 characters.
    title: String,
    /// The first day of its project. The project and the campaigns keep how long they are, and how they follow each other.
    starts_on: NaiveDate,
    /// The last day on which it can be accepted, in the brand's time zone.
    valid_until: NaiveDate,
}

/// A template to put away.
#[derive(InputObject)]
struct ArchiveProposalTemplateInput {
    /// Which.
    template_id: ID,
}

/// The answer of what changes a proposal.
#[derive(SimpleObject)]
struct ProposalPayload {
    /// The proposal, when it was done.
    proposal: Option<Proposal>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `submitProposal`.
#[derive(SimpleObject)]
struct SubmitProposalPayload {
    /// The proposal, when it was done.
    proposal: Option<Proposal>,
    /// The review that was asked for.
    request: Option<ApprovalRequest>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `sendProposal`.
#[derive(SimpleObject)]
struct SendProposalPayload {
    /// The proposal, when it was sent.
    proposal: Option<Proposal>,
    /// Where the client reads and answers it. It is shown this once; whoever has it can answer for the client.
    url: Option<String>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `resendProposalLink`.
#[derive(SimpleObject)]
struct ResendProposalLinkPayload {
    /// The proposal, when it was done.
    proposal: Option<Proposal>,
    /// Where the client reads and answers it from now on. It is shown this once; whoever has it can answer for the client.
    url: Option<String>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `commentOnProposal`.
#[derive(SimpleObject)]
struct CommentOnProposalPayload {
    /// The comment, when it was said.
    comment: Option<ProposalComment>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of what makes or puts away a template.
#[derive(SimpleObject)]
struct ProposalTemplatePayload {
    /// The template, when it was done.
    template: Option<ProposalTemplate>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

fn which(id: &ID) -> Result<Uuid, Failure> {
    Kind::Proposal.parse(id, "proposalId")
}

fn shown(op: &Op, row: proposal::Model) -> Proposal {
    Proposal { op: op.clone(), row }
}

async fn of_proposal(
    op: &Op,
    command: impl AsyncFnOnce(&Domain) -> Result<proposal::Model, Failure>,
) -> Result<ProposalPayload> {
    let (row, user_errors) = op.command(command).await?;
    Ok(ProposalPayload { proposal: row.map(|row| shown(op, row)), user_errors })
}

async fn of_template(
    op: &Op,
    command: impl AsyncFnOnce(&Domain) -> Result<proposal_template::Model, Failure>,
) -> Result<ProposalTemplatePayload> {
    let (row, user_errors) = op.command(command).await?;
    Ok(ProposalTemplatePayload { template: row.map(|row| ProposalTemplate { op: op.clone(), row }), user_errors })
}

/// Mutations of proposals.
#[derive(Default)]
pub struct ProposalMutation;

#[Object]
impl ProposalMutation {
    /// Writes a proposal down. No client sees it yet. For MID and above.
    async fn create_proposal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The brand, and what is offered.")] input: CreateProposalInput,
    ) -> Result<ProposalPayload> {
        let command = async |context: &Domain| {
            let brand = Kind::Brand.parse(&input.brand_id, "brandId")?;
            domain::create_proposal(context, brand, input.proposal.into_domain()?).await
        };
        of_proposal(Op::of(ctx)?, command).await
    }

    /// Says a proposal anew that was not sent: the whole of it, as another version. A review that was asked for or has ended is void. For
    /// MID and above.
    async fn update_proposal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change.")] input: UpdateProposalInput,
    ) -> Result<ProposalPayload> {
        let command = async |context: &Domain| {
            let (id, version) = (which(&input.proposal_id)?, input.version);
            domain::update_proposal(context, id, version, input.proposal.into_domain()?).await
        };
        of_proposal(Op::of(ctx)?, command).await
    }

    /// Asks the team to review a proposal. It climbs the ladder of limits by what is taken off the prices. For MID and above.
    async fn submit_proposal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: SubmitProposalInput,
    ) -> Result<SubmitProposalPayload> {
        let op = Op::of(ctx)?;
        let command =
            async |context: &Domain| domain::submit_proposal(context, which(&input.proposal_id)?, input.version).await;
        let (done, user_errors) = op.command(command).await?;
        let (row, request) = done.unzip();
        Ok(SubmitProposalPayload {
            proposal: row.map(|row| shown(op, row)),
            request: request.map(|row| ApprovalRequest { op: op.clone(), row }),
            user_errors,
        })
    }

    /// Sends a proposal that was reviewed: a letter with a link to a page on which the client reads, comments, accepts and declines, and a
    /// file of it. For SENIOR and above.
    async fn send_proposal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and to whom.")] input: SendProposalInput,
    ) -> Result<SendProposalPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let sending = Sending {
                proposal_id: which(&input.proposal_id)?,
                version: input.version,
                client_name: input.client_name,
                client_email: input.client_email,
            };
            domain::send_proposal(context, sending).await
        };
        let (done, user_errors) = op.command(command).await?;
        let (row, url) = done.unzip();
        Ok(SendProposalPayload {
            proposal: row.map(|row| shown(op, row)),
            url: url.map(|url| url.to_string()),
            user_errors,
        })
    }

    /// Writes to the client with a new link to a proposal that they have, and ends the one before. For SENIOR and above.
    async fn resend_proposal_link(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "To which.")] input: ResendProposalLinkInput,
    ) -> Result<ResendProposalLinkPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| domain::resend_proposal_link(context, which(&input.proposal_id)?).await;
        let (done, user_errors) = op.command(command).await?;
        let (row, url) = done.unzip();
        Ok(ResendProposalLinkPayload {
            proposal: row.map(|row| shown(op, row)),
            url: url.map(|url| url.to_string()),
            user_errors,
        })
    }

    /// Gives a proposal up, for MID and above, or takes it back from the client, whose link ends, for SENIOR and above.
    async fn withdraw_proposal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: WithdrawProposalInput,
    ) -> Result<ProposalPayload> {
        let command = async |context: &Domain| {
            domain::withdraw_proposal(context, which(&input.proposal_id)?, input.version).await
        };
        of_proposal(Op::of(ctx)?, command).await
    }

    /// Makes a draft of a proposal again that was declined, has expired or was withdrawn: another version, which says the same at first.
    /// Its link ends. For MID and above.
    async fn revise_proposal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: ReviseProposalInput,
    ) -> Result<ProposalPayload> {
        let command =
            async |context: &Domain| domain::revise_proposal(context, which(&input.proposal_id)?, input.version).await;
        of_proposal(Op::of(ctx)?, command).await
    }

    /// Says something to the client about a proposal that they have. They read it on the page and are told by mail. For MID and above.
    async fn comment_on_proposal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "About which, and what.")] input: CommentOnProposalInput,
    ) -> Result<CommentOnProposalPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            domain::comment_on_proposal(context, which(&input.proposal_id)?, &input.comment).await
        };
        let (row, user_errors) = op.command(command).await?;
        let comment = row.map(|row| ProposalComment { op: op.clone(), row });
        Ok(CommentOnProposalPayload { comment, user_errors })
    }

    /// Keeps the newest version of a proposal as a template. For MID and above.
    async fn save_proposal_template(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and under which name.")] input: SaveProposalTemplateInput,
    ) -> Result<ProposalTemplatePayload> {
        let command = async |context: &Domain| {
            domain::save_proposal_template(context, which(&input.proposal_id)?, &input.name).await
        };
        of_template(Op::of(ctx)?, command).await
    }

    /// Makes a proposal from a template that is in use. For MID and above.
    async fn create_proposal_from_template(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "From which, and its days.")] input: CreateProposalFromTemplateInput,
    ) -> Result<ProposalPayload> {
        let command = async |context: &Domain| {
            let id = Kind::ProposalTemplate.parse(&input.template_id, "templateId")?;
            let (starts_on, until) = (input.starts_on, input.valid_until);
            domain::create_proposal_from_template(context, id, &input.title, starts_on, until).await
        };
        of_proposal(Op::of(ctx)?, command).await
    }

    /// Puts a template away. What was made from it stays. For MID and above.
    async fn archive_proposal_template(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: ArchiveProposalTemplateInput,
    ) -> Result<ProposalTemplatePayload> {
        let command = async |context: &Domain| {
            let id = Kind::ProposalTemplate.parse(&input.template_id, "templateId")?;
            domain::archive_proposal_template(context, id).await
        };
        of_template(Op::of(ctx)?, command).await
    }
}
