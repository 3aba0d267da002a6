//! Mutations of audiences, challenges, channels, plans.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::NaiveDate;
use diwan_domain::Context as Domain;
use diwan_domain::strategy::{self, ChallengeContent, ChannelContent, PersonaContent, PlanContent};

use super::items::{Challenge, ChallengeKind, ChannelChoice, ContentPlan, Persona};
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;

/// What is said of an audience: the whole of it.
#[derive(InputObject)]
struct PersonaInput {
    /// What it is called, 1 to 200 characters.
    name: String,
    /// Who they are, up to 10 000 characters.
    #[graphql(default)]
    description: String,
    /// Age, place, income and the like, up to 5000 characters.
    #[graphql(default)]
    demographics: String,
    /// What they care for, up to 100 of at most 300 characters.
    #[graphql(default)]
    interests: Vec<String>,
    /// Why they do not buy, likewise.
    #[graphql(default)]
    objections: Vec<String>,
}

impl From<PersonaInput> for PersonaContent {
    fn from(input: PersonaInput) -> Self {
        Self {
            name: input.name,
            description: input.description,
            demographics: input.demographics,
            interests: input.interests,
            objections: input.objections,
        }
    }
}

/// An audience to write down.
#[derive(InputObject)]
struct CreatePersonaInput {
    /// Of which brand.
    brand_id: ID,
    /// The audience within which this is a narrower one, of the same brand; left out for one that stands alone.
    parent_id: Option<ID>,
    /// What it says.
    persona: PersonaInput,
}

/// The answer of `createPersona`.
#[derive(SimpleObject)]
struct CreatePersonaPayload {
    /// The audience, when it was written down.
    persona: Option<Persona>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// An audience to say anew.
#[derive(InputObject)]
struct UpdatePersonaInput {
    /// Which one.
    persona_id: ID,
    /// The version from which the change started.
    version: i32,
    /// What it says from now on.
    persona: PersonaInput,
}

/// The answer of `updatePersona`.
#[derive(SimpleObject)]
struct UpdatePersonaPayload {
    /// The audience, when it was changed.
    persona: Option<Persona>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// What is said of a challenge: the whole of it.
#[derive(InputObject)]
struct ChallengeInput {
    /// What kind of thing it is.
    kind: ChallengeKind,
    /// In a few words, 1 to 300 characters.
    title: String,
    /// In more, up to 10 000 characters.
    #[graphql(default)]
    description: String,
}

impl From<ChallengeInput> for ChallengeContent {
    fn from(input: ChallengeInput) -> Self {
        Self { kind: input.kind.into(), title: input.title, description: input.description }
    }
}

/// A challenge to write down.
#[derive(InputObject)]
struct CreateChallengeInput {
    /// Of which brand.
    brand_id: ID,
    /// What it says.
    challenge: ChallengeInput,
}

/// The answer of `createChallenge`.
#[derive(SimpleObject)]
struct CreateChallengePayload {
    /// The challenge, when it was written down.
    challenge: Option<Challenge>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// A challenge to say anew.
#[derive(InputObject)]
struct UpdateChallengeInput {
    /// Which one.
    challenge_id: ID,
    /// The version from which the change started.
    version: i32,
    /// What it says from now on.
    challenge: ChallengeInput,
}

/// The answer of `updateChallenge`.
#[derive(SimpleObject)]
struct UpdateChallengePayload {
    /// The challenge, when it was changed.
    challenge: Option<Challenge>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// What is said of a choice: the whole of it.
#[derive(InputObject)]
struct ChannelChoiceInput {
    /// What the channel is called, 1 to 100 characters, unlike that of any other choice of the brand. Also one that is not connected here: a blog, a newsletter.
    channel: String,
    /// Whether the brand is there.
    chosen: bool,
    /// Why, 1 to 5000 characters.
    reason: String,
}

impl From<ChannelChoiceInput> for ChannelContent {
    fn from(input: ChannelChoiceInput) -> Self {
        Self { channel: input.channel, chosen: input.chosen, reason: input.reason }
    }
}

/// A choice to write down.
#[derive(InputObject)]
struct CreateChannelChoiceInput {
    /// Of which brand.
    brand_id: ID,
    /// What it says.
    choice: ChannelChoiceInput,
}

/// The answer of `createChannelChoice`.
#[derive(SimpleObject)]
struct CreateChannelChoicePayload {
    /// The choice, when it was written down.
    channel_choice: Option<ChannelChoice>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// A choice to say anew.
#[derive(InputObject)]
struct UpdateChannelChoiceInput {
    /// Which one.
    channel_choice_id: ID,
    /// The version from which the change started.
    version: i32,
    /// What it says from now on.
    choice: ChannelChoiceInput,
}

/// The answer of `updateChannelChoice`.
#[derive(SimpleObject)]
struct UpdateChannelChoicePayload {
    /// The choice, when it was changed.
    channel_choice: Option<ChannelChoice>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// What is said of a plan: the whole of it.
#[derive(InputObject)]
struct ContentPlanInput {
    /// What it is called, 1 to 300 characters.
    title: String,
    /// Who makes what and how, up to 20 000 characters.
    #[graphql(default)]
    production: String,
    /// Where it comes out and how often, likewise.
    #[graphql(default)]
    distribution: String,
    /// How it is made known, likewise.
    #[graphql(default)]
    promotion: String,
    /// Its first day.
    starts_on: Option<NaiveDate>,
    /// Its last day, not before the first.
    ends_on: Option<NaiveDate>,
}

impl From<ContentPlanInput> for PlanContent {
    fn from(input: ContentPlanInput) -> Self {
        Self {
            title: input.title,
            production: input.production,
            distribution: input.distribution,
            promotion: input.promotion,
            starts_on: input.starts_on,
            ends_on: input.ends_on,
        }
    }
}

/// A plan to write down.
#[derive(InputObject)]
struct CreateContentPlanInput {
    /// Of which brand.
    brand_id: ID,
    /// What it says.
    plan: ContentPlanInput,
}

/// The answer of `createContentPlan`.
#[derive(SimpleObject)]
struct CreateContentPlanPayload {
    /// The plan, when it was written down.
    content_plan: Option<ContentPlan>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// A plan to say anew.
#[derive(InputObject)]
struct UpdateContentPlanInput {
    /// Which one.
    content_plan_id: ID,
    /// The version from which the change started.
    version: i32,
    /// What it says from now on.
    plan: ContentPlanInput,
}

/// The answer of `updateContentPlan`.
#[derive(SimpleObject)]
struct UpdateContentPlanPayload {
    /// The plan, when it was changed.
    content_plan: Option<ContentPlan>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// Mutations of audiences, challenges, channels, plans.
#[derive(Default)]
pub struct StrategyMutation;

#[Object]
impl StrategyMutation {
    /// Writes down a target audience, or a narrower one within it. For SENIOR and above.
    async fn create_persona(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The audience.")] input: CreatePersonaInput,
    ) -> Result<CreatePersonaPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            let parent_id = input.parent_id.map(|id| Kind::Persona.parse(&id, "parentId")).transpose()?;
            strategy::create_persona(context, brand_id, parent_id, input.persona.into()).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(CreatePersonaPayload { persona: row.map(|row| Persona { op: op.clone(), row }), user_errors })
    }

    /// Says anew what is known of an audience. For SENIOR and above.
    async fn update_persona(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change.")] input: UpdatePersonaInput,
    ) -> Result<UpdatePersonaPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let id = Kind::Persona.parse(&input.persona_id, "personaId")?;
            strategy::update_persona(context, id, input.version, input.persona.into()).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(UpdatePersonaPayload { persona: row.map(|row| Persona { op: op.clone(), row }), user_errors })
    }

    /// Writes down what holds a brand back. For SENIOR and above.
    async fn create_challenge(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The challenge.")] input: CreateChallengeInput,
    ) -> Result<CreateChallengePayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            strategy::create_challenge(context, brand_id, input.challenge.into()).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(CreateChallengePayload { challenge: row.map(|row| Challenge { op: op.clone(), row }), user_errors })
    }

    /// Says a challenge anew. For SENIOR and above.
    async fn update_challenge(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change.")] input: UpdateChallengeInput,
    ) -> Result<UpdateChallengePayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let id = Kind::Challenge.parse(&input.challenge_id, "challengeId")?;
            strategy::update_challenge(context, id, input.version, input.challenge.into()).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(UpdateChallengePayload { challenge: row.map(|row| Challenge { op: op.clone(), row }), user_errors })
    }

    /// Writes down where a brand is or is not, and why. For SENIOR and above.
    async fn create_channel_choice(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The choice.")] input: CreateChannelChoiceInput,
    ) -> Result<CreateChannelChoicePayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            strategy::create_channel_choice(context, brand_id, input.choice.into()).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(CreateChannelChoicePayload {
            channel_choice: row.map(|row| ChannelChoice { op: op.clone(), row }),
            user_errors,
        })
    }

    /// Says a choice anew. For SENIOR and above.
    async fn update_channel_choice(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change.")] input: UpdateChannelChoiceInput,
    ) -> Result<UpdateChannelChoicePayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let id = Kind::Channel.parse(&input.channel_choice_id, "channelChoiceId")?;
            strategy::update_channel_choice(context, id, input.version, input.choice.into()).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(UpdateChannelChoicePayload {
            channel_choice: row.map(|row| ChannelChoice { op: op.clone(), row }),
            user_errors,
        })
    }

    /// Writes a plan for production, distribution and promotion. For SENIOR and above.
    async fn create_content_plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The plan.")] input: CreateContentPlanInput,
    ) -> Result<CreateContentPlanPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            strategy::create_content_plan(context, brand_id, input.plan.into()).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(CreateContentPlanPayload { content_plan: row.map(|row| ContentPlan { op: op.clone(), row }), user_errors })
    }

    /// Writes a plan anew. For SENIOR and above.
    async fn update_content_plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change.")] input: UpdateContentPlanInput,
    ) -> Result<UpdateContentPlanPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let id = Kind::ContentPlan.parse(&input.content_plan_id, "contentPlanId")?;
            strategy::update_content_plan(context, id, input.version, input.plan.into()).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(UpdateContentPlanPayload { content_plan: row.map(|row| ContentPlan { op: op.clone(), row }), user_errors })
    }
}
