//! Mutations of deliverables.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use diwan_domain::deliverables::{self as domain, DeliverableContent, DeliverableLink, HandedIn};
use diwan_domain::{Context as Domain, Failure};
use diwan_entity::payments::deliverable;

use super::types::{CheckKind, CheckOutcome, Deliverable, DeliverableCheck, DeliverableKind};
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;

/// What is said of a deliverable: the whole of it.
#[derive(InputObject)]
struct DeliverableInput {
    /// In a word, 1 to 200 characters.
    title: String,
    /// What it is to be, up to 5000 characters.
    #[graphql(default)]
    brief: String,
    /// What is handed in.
    kind: DeliverableKind,
    /// The last day on which it is in time, in the brand's time zone.
    due_on: NaiveDate,
    /// The key of the network on which it is published, if that is agreed.
    network: Option<String>,
    /// The brand's account on which it is published, if that is agreed.
    social_account_id: Option<ID>,
    /// Who of us, or which freelancer, hands it in. Null: the other side.
    assignee_id: Option<ID>,
    /// How long it must be there, in days from when it was handed in, 1 to 365. Null: that is not looked at.
    alive_days: Option<i32>,
}

impl DeliverableInput {
    fn into_domain(self) -> Result<DeliverableContent, Failure> {
        let parse = |kind: Kind, id: Option<ID>, field| id.map(|id| kind.parse(&id, field)).transpose();
        Ok(DeliverableContent {
            title: self.title,
            brief: self.brief,
            kind: self.kind.into(),
            due_on: self.due_on,
            network: self.network,
            social_account_id: parse(Kind::Account, self.social_account_id, "deliverable.socialAccountId")?,
            assignee_id: parse(Kind::User, self.assignee_id, "deliverable.assigneeId")?,
            alive_days: self.alive_days,
        })
    }
}

/// A deliverable to write down.
#[derive(InputObject)]
struct CreateDeliverableInput {
    /// Of which contract, one that is not over.
    contract_id: ID,
    /// What is said of it.
    deliverable: DeliverableInput,
}

/// A deliverable to say anew.
#[derive(InputObject)]
struct UpdateDeliverableInput {
    /// Which.
    deliverable_id: ID,
    /// The version from which the change started.
    version: i32,
    /// What is said of it from now on: the whole of it.
    deliverable: DeliverableInput,
}

/// Something to hand in: one of a post, a file and an address.
#[derive(InputObject)]
struct SubmitDeliverableInput {
    /// For which deliverable.
    deliverable_id: ID,
    /// The version that was read.
    version: i32,
    /// A post of the brand.
    post_id: Option<ID>,
    /// A file of the library.
    asset_id: Option<ID>,
    /// The address of a page, up to 2000 characters.
    link: Option<String>,
    /// What there is to say of it, up to 2000 characters.
    #[graphql(default)]
    note: String,
}

/// A deliverable to accept.
#[derive(InputObject)]
struct AcceptDeliverableInput {
    /// Which.
    deliverable_id: ID,
    /// The version that was read.
    version: i32,
}

/// A deliverable to send back.
#[derive(InputObject)]
struct SendDeliverableBackInput {
    /// Which.
    deliverable_id: ID,
    /// The version that was read.
    version: i32,
    /// Why, 1 to 2000 characters.
    reason: String,
}

/// A deliverable to do without.
#[derive(InputObject)]
struct WithdrawDeliverableInput {
    /// Which.
    deliverable_id: ID,
    /// The version that was read.
    version: i32,
    /// Why, 1 to 2000 characters.
    reason: String,
}

/// What somebody found who looked at what was handed in.
#[derive(InputObject)]
struct RecordDeliverableCheckInput {
    /// At which deliverable.
    deliverable_id: ID,
    /// What they looked at.
    kind: CheckKind,
    /// What they found: `PASSED` or `FAILED`.
    outcome: CheckOutcome,
    /// What there is to say of it, up to 2000 characters.
    #[graphql(default)]
    note: String,
}

/// A deliverable to look at again.
#[derive(InputObject)]
struct CheckDeliverableInput {
    /// Which.
    deliverable_id: ID,
}

/// A link for the other side of the contract.
#[derive(InputObject)]
struct CreateDeliverableLinkInput {
    /// For which deliverable.
    deliverable_id: ID,
    /// The version that was read.
    version: i32,
}

/// A link in place of those that were lost.
#[derive(InputObject)]
struct ResendDeliverableLinkInput {
    /// For which deliverable.
    deliverable_id: ID,
    /// The version that was read.
    version: i32,
}

/// Links to end.
#[derive(InputObject)]
struct RevokeDeliverableLinksInput {
    /// Of which deliverable.
    deliverable_id: ID,
}

/// The answer of what changes a deliverable.
#[derive(SimpleObject)]
struct DeliverablePayload {
    /// The deliverable, when it was done.
    deliverable: Option<Deliverable>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `recordDeliverableCheck`.
#[derive(SimpleObject)]
struct RecordDeliverableCheckPayload {
    /// What was found, when it was written down.
    check: Option<DeliverableCheck>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `createDeliverableLink` and `resendDeliverableLink`.
#[derive(SimpleObject)]
struct DeliverableLinkPayload {
    /// The deliverable, when the link was made.
    deliverable: Option<Deliverable>,
    /// The address of the page, shown this once: whoever has it hands in.
    url: Option<String>,
    /// Until when it works.
    expires_at: Option<DateTime<Utc>>,
    /// Whether it was also sent by mail: to the address that the contract has, if it has one.
    mailed: bool,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

async fn answer(
    op: &Op,
    command: impl AsyncFnOnce(&Domain) -> Result<deliverable::Model, Failure>,
) -> Result<DeliverablePayload> {
    let (row, user_errors) = op.command(command).await?;
    Ok(DeliverablePayload { deliverable: row.map(|row| Deliverable { op: op.clone(), row }), user_errors })
}

async fn link(
    op: &Op,
    command: impl AsyncFnOnce(&Domain) -> Result<DeliverableLink, Failure>,
) -> Result<DeliverableLinkPayload> {
    let (link, user_errors) = op.command(command).await?;
    let (url, expires_at) = link.as_ref().map(|link| (link.url.to_string(), link.expires_at)).unzip();
    let mailed = link.as_ref().is_some_and(|link| link.mailed);
    let deliverable = link.map(|link| Deliverable { op: op.clone(), row: link.deliverable });
    Ok(DeliverableLinkPayload { deliverable, url, expires_at, mailed, user_errors })
}

/// Mutations of deliverables.
#[derive(Default)]
pub struct DeliverableMutation;

#[Object]
impl DeliverableMutation {
    /// Writes down what a contract promises. For MID and above.
    async fn create_deliverable(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The contract and what is said of it.")] input: CreateDeliverableInput,
    ) -> Result<DeliverablePayload> {
        let command = async |context: &Domain| {
            let id = Kind::Contract.parse(&input.contract_id, "contractId")?;
            domain::create_deliverable(context, id, input.deliverable.into_domain()?).await
        };
        answer(Op::of(ctx)?, command).await
    }

    /// Says a deliverable anew that is not handed in or came back. For MID and above.
    async fn update_deliverable(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The deliverable and what is said of it.")] input: UpdateDeliverableInput,
    ) -> Result<DeliverablePayload> {
        let command = async |context: &Domain| {
            let id = Kind::Deliverable.parse(&input.deliverable_id, "deliverableId")?;
            domain::update_deliverable(context, id, input.version, input.deliverable.into_domain()?).await
        };
        answer(Op::of(ctx)?, command).await
    }

    /// Hands a deliverable in. What is published is looked at: whether it answers, whether it is disclosed, and later whether it is there
    /// still. For whoever it is given to, and for MID and above.
    async fn submit_deliverable(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The deliverable and what is handed in.")] input: SubmitDeliverableInput,
    ) -> Result<DeliverablePayload> {
        let command = async |context: &Domain| {
            let parse = |kind: Kind, id: Option<&ID>, field| id.map(|id| kind.parse(id, field)).transpose();
            let id = Kind::Deliverable.parse(&input.deliverable_id, "deliverableId")?;
            let handed = HandedIn {
                post_id: parse(Kind::Post, input.post_id.as_ref(), "postId")?,
                asset_id: parse(Kind::Asset, input.asset_id.as_ref(), "assetId")?,
                link: input.link,
                note: input.note,
            };
            domain::submit_deliverable(context, id, input.version, handed).await
        };
        answer(Op::of(ctx)?, command).await
    }

    /// Accepts what was handed in under a signed contract, once it was found published and, where the contract says so, disclosed. Payments
    /// that wait for it are due. For MID and above, never for whoever handed it in; a file that came by a link, nor for whoever made that.
    async fn accept_deliverable(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The deliverable.")] input: AcceptDeliverableInput,
    ) -> Result<DeliverablePayload> {
        let command = async |context: &Domain| {
            let id = Kind::Deliverable.parse(&input.deliverable_id, "deliverableId")?;
            domain::accept_deliverable(context, id, input.version).await
        };
        answer(Op::of(ctx)?, command).await
    }

    /// Sends back what was handed in, with the reason. Whoever hands it in is told by mail, the other side with a link. For MID and above.
    async fn send_deliverable_back(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The deliverable and the reason.")] input: SendDeliverableBackInput,
    ) -> Result<DeliverablePayload> {
        let command = async |context: &Domain| {
            let id = Kind::Deliverable.parse(&input.deliverable_id, "deliverableId")?;
            domain::send_deliverable_back(context, id, input.version, &input.reason).await
        };
        answer(Op::of(ctx)?, command).await
    }

    /// Does without a deliverable that is not accepted. For MID and above.
    async fn withdraw_deliverable(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The deliverable and the reason.")] input: WithdrawDeliverableInput,
    ) -> Result<DeliverablePayload> {
        let command = async |context: &Domain| {
            let id = Kind::Deliverable.parse(&input.deliverable_id, "deliverableId")?;
            domain::withdraw_deliverable(context, id, input.version, &input.reason).await
        };
        answer(Op::of(ctx)?, command).await
    }

    /// Writes down what somebody found who looked at what was handed in: what they say stands for what the product could not find out. For
    /// MID and above, never for whoever handed it in, or made the link by which it came.
    async fn record_deliverable_check(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The deliverable and what was found.")] input: RecordDeliverableCheckInput,
    ) -> Result<RecordDeliverableCheckPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let id = Kind::Deliverable.parse(&input.deliverable_id, "deliverableId")?;
            let found = (input.kind.into(), input.outcome.into());
            domain::record_deliverable_check(context, id, found, &input.note).await
        };
        let (row, user_errors) = op.command(command).await?;
        let check = row.map(|row| DeliverableCheck { op: op.clone(), row });
        Ok(RecordDeliverableCheckPayload { check, user_errors })
    }

    /// Has the product look again at what was handed in. For MID and above.
    async fn check_deliverable(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The deliverable.")] input: CheckDeliverableInput,
    ) -> Result<DeliverablePayload> {
        let command = async |context: &Domain| {
            let id = Kind::Deliverable.parse(&input.deliverable_id, "deliverableId")?;
            domain::check_deliverable_again(context, id).await
        };
        answer(Op::of(ctx)?, command).await
    }

    /// Makes a link to a page by which the other side of the contract hands the deliverable in without signing in, in the contract's
    /// language, and sends it to them where the contract has an address. It works for 30 days. For MID and above.
    async fn create_deliverable_link(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The deliverable.")] input: CreateDeliverableLinkInput,
    ) -> Result<DeliverableLinkPayload> {
        let command = async |context: &Domain| {
            let id = Kind::Deliverable.parse(&input.deliverable_id, "deliverableId")?;
            domain::create_deliverable_link(context, id, input.version).await
        };
        link(Op::of(ctx)?, command).await
    }

    /// Makes such a link where one was lost: those that were made before have ended. For MID and above.
    async fn resend_deliverable_link(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The deliverable.")] input: ResendDeliverableLinkInput,
    ) -> Result<DeliverableLinkPayload> {
        let command = async |context: &Domain| {
            let id = Kind::Deliverable.parse(&input.deliverable_id, "deliverableId")?;
            domain::resend_deliverable_link(context, id, input.version).await
        };
        link(Op::of(ctx)?, command).await
    }

    /// Ends the links by which a deliverable is handed in. For MID and above.
    async fn revoke_deliverable_links(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The deliverable.")] input: RevokeDeliverableLinksInput,
    ) -> Result<DeliverablePayload> {
        let command = async |context: &Domain| {
            let id = Kind::Deliverable.parse(&input.deliverable_id, "deliverableId")?;
            domain::revoke_deliverable_links(context, id).await
        };
        answer(Op::of(ctx)?, command).await
    }
}
