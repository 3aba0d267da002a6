//! Mutations of leads.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use diwan_domain::tracking::{self as domain, Closing, Contact, LeadContent, NewLead};
use diwan_domain::{Context as Domain, Failure};
use diwan_entity::tracking::lead;

use super::WorthInput;
use super::leads::Lead;
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;

/// How to reach somebody. Kept sealed.
#[derive(InputObject)]
struct LeadContactInput {
    /// A name, up to 200 characters.
    #[graphql(default)]
    name: String,
    /// An address of mail, up to 254 characters.
    #[graphql(default)]
    email: String,
    /// A telephone, up to 40 characters.
    #[graphql(default)]
    phone: String,
}

/// What is said of a lead: the whole of it.
#[derive(InputObject)]
struct LeadInput {
    /// Where it comes from, 1 to 100 characters.
    source: String,
    /// How to reach them; left out, nothing is known, or what was known is erased.
    contact: Option<LeadContactInput>,
    /// What they want, up to 5000 characters.
    #[graphql(default)]
    note: String,
    /// What it may be worth.
    value: Option<WorthInput>,
    /// The campaign that it comes from.
    campaign_id: Option<ID>,
}

impl LeadInput {
    fn into_domain(self) -> Result<LeadContent, Failure> {
        Ok(LeadContent {
            source: self.source,
            contact: self.contact.map(|LeadContactInput { name, email, phone }| Contact { name, email, phone }),
            note: self.note,
            value: self.value.map(WorthInput::into_domain),
            campaign_id: self.campaign_id.map(|id| Kind::Campaign.parse(&id, "lead.campaignId")).transpose()?,
        })
    }
}

/// A lead to write down.
#[derive(InputObject)]
struct CreateLeadInput {
    /// Of which brand.
    brand_id: ID,
    /// The conversion of the kind `LEAD` that it is of, once. Where no value is said it has that of the conversion.
    conversion_id: Option<ID>,
    /// What is said of it.
    lead: LeadInput,
}

/// What is said of a lead from now on: the whole of it.
#[derive(InputObject)]
struct UpdateLeadInput {
    /// Which lead.
    lead_id: ID,
    /// The version from which the change started.
    version: i32,
    /// What is said of it.
    lead: LeadInput,
}

/// A lead that sales should talk to.
#[derive(InputObject)]
struct QualifyLeadInput {
    /// Which lead: a `NEW` one.
    lead_id: ID,
    /// The version from which the change started.
    version: i32,
}

/// A lead to hand over to sales.
#[derive(InputObject)]
struct HandOverLeadInput {
    /// Which lead: a `QUALIFIED` one.
    lead_id: ID,
    /// The version from which the change started.
    version: i32,
    /// To whom, 1 to 200 characters.
    to: String,
    /// With which words, up to 2000 characters.
    #[graphql(default)]
    note: String,
}

/// How a lead ends.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "Closing")]
enum LeadClosing {
    /// They bought. Only what was handed over can be won.
    Won,
    /// They did not. From any state that is not an end.
    Lost,
}

/// A lead to close.
#[derive(InputObject)]
struct CloseLeadInput {
    /// Which lead.
    lead_id: ID,
    /// The version from which the change started.
    version: i32,
    /// How it ended.
    outcome: LeadClosing,
    /// Why, up to 2000 characters; needed where it was lost.
    #[graphql(default)]
    note: String,
}

/// The answer of what changes a lead.
#[derive(SimpleObject)]
struct LeadPayload {
    /// The lead, when it was carried out.
    lead: Option<Lead>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

async fn of_lead(op: &Op, command: impl AsyncFnOnce(&Domain) -> Result<lead::Model, Failure>) -> Result<LeadPayload> {
    let (row, user_errors) = op.command(command).await?;
    Ok(LeadPayload { lead: row.map(|row| Lead { op: op.clone(), row }), user_errors })
}

/// Mutations of leads.
#[derive(Default)]
pub struct LeadMutation;

#[Object]
impl LeadMutation {
    /// Writes a lead down. For MID and above, and for programs.
    async fn create_lead(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The lead.")] input: CreateLeadInput,
    ) -> Result<LeadPayload> {
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            let conversion_id =
                input.conversion_id.map(|id| Kind::Conversion.parse(&id, "conversionId")).transpose()?;
            let new = NewLead { brand_id, conversion_id, content: input.lead.into_domain()? };
            domain::create_lead(context, new).await
        };
        of_lead(Op::of(ctx)?, command).await
    }

    /// Says a lead anew, in whichever state it is; without a contact, what was known of them is erased. For MID and above, and for
    /// programs.
    async fn update_lead(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change.")] input: UpdateLeadInput,
    ) -> Result<LeadPayload> {
        let command = async |context: &Domain| {
            let id = Kind::Lead.parse(&input.lead_id, "leadId")?;
            domain::update_lead(context, id, input.version, input.lead.into_domain()?).await
        };
        of_lead(Op::of(ctx)?, command).await
    }

    /// Says that sales should talk to a lead. For MID and above, and for programs.
    async fn qualify_lead(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which lead.")] input: QualifyLeadInput,
    ) -> Result<LeadPayload> {
        let command = async |context: &Domain| {
            domain::qualify_lead(context, Kind::Lead.parse(&input.lead_id, "leadId")?, input.version).await
        };
        of_lead(Op::of(ctx)?, command).await
    }

    /// Hands a lead over to sales. For MID and above, and for programs.
    async fn hand_over_lead(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The lead, and to whom.")] input: HandOverLeadInput,
    ) -> Result<LeadPayload> {
        let command = async |context: &Domain| {
            let id = Kind::Lead.parse(&input.lead_id, "leadId")?;
            domain::hand_over_lead(context, id, input.version, (&input.to, &input.note)).await
        };
        of_lead(Op::of(ctx)?, command).await
    }

    /// Says how a lead ended. For MID and above, and for programs.
    async fn close_lead(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The lead, and how it ended.")] input: CloseLeadInput,
    ) -> Result<LeadPayload> {
        let command = async |context: &Domain| {
            let id = Kind::Lead.parse(&input.lead_id, "leadId")?;
            domain::close_lead(context, id, input.version, (input.outcome.into(), &input.note)).await
        };
        of_lead(Op::of(ctx)?, command).await
    }
}
