//! Putting things of a strategy away and bringing them back; objectives and pillars.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject, Union};
use chrono::NaiveDate;
use diwan_domain::strategy::{self, MixShare, NewObjective, ObjectiveContent, PillarContent, Thing};
use diwan_domain::{Code, Context as Domain, Failure, UserError};
use uuid::Uuid;

use super::items::{Challenge, ChannelChoice, ContentPlan, Persona};
use super::kpi::Kpi;
use super::objective::{Objective, ObjectiveKind};
use super::pillar::ContentPillar;
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;

/// Anything of a strategy that can be put away.
#[derive(Union)]
enum StrategyItem {
    /// An audience.
    Persona(Persona),
    /// A challenge.
    Challenge(Challenge),
    /// An objective.
    Objective(Objective),
    /// A KPI.
    Kpi(Kpi),
    /// A pillar.
    ContentPillar(ContentPillar),
    /// A choice of a channel.
    ChannelChoice(ChannelChoice),
    /// A plan.
    ContentPlan(ContentPlan),
}

/// Which thing of a strategy an id names.
fn thing(id: &ID) -> Result<(Thing, Uuid), Failure> {
    let (kind, id) = Kind::split(id).ok_or_else(|| UserError::at(Code::NotFound, "id"))?;
    let thing = match kind {
        Kind::Persona => Thing::Persona,
        Kind::Challenge => Thing::Challenge,
        Kind::Objective => Thing::Objective,
        Kind::Kpi => Thing::Kpi,
        Kind::Pillar => Thing::ContentPillar,
        Kind::Channel => Thing::ChannelChoice,
        Kind::ContentPlan => Thing::ContentPlan,
        _ => return Err(UserError::at(Code::NotFound, "id").into()),
    };
    Ok((thing, id))
}

async fn load(op: &Op, (thing, id): (Thing, Uuid)) -> Result<Option<StrategyItem>> {
    let own = || op.clone();
    Ok(match thing {
        Thing::Persona => op.load(id).await?.map(|row| StrategyItem::Persona(Persona { op: own(), row })),
        Thing::Challenge => op.load(id).await?.map(|row| StrategyItem::Challenge(Challenge { op: own(), row })),
        Thing::Objective => op.load(id).await?.map(|row| StrategyItem::Objective(Objective { op: own(), row })),
        Thing::Kpi => op.load(id).await?.map(|row| StrategyItem::Kpi(Kpi { op: own(), row })),
        Thing::ContentPillar => {
            op.load(id).await?.map(|row| StrategyItem::ContentPillar(ContentPillar { op: own(), row }))
        }
        Thing::ChannelChoice => {
            op.load(id).await?.map(|row| StrategyItem::ChannelChoice(ChannelChoice { op: own(), row }))
        }
        Thing::ContentPlan => op.load(id).await?.map(|row| StrategyItem::ContentPlan(ContentPlan { op: own(), row })),
    })
}

/// Something of a strategy to put away.
#[derive(InputObject)]
struct ArchiveStrategyItemInput {
    /// An audience, a challenge, an objective, a KPI, a pillar, a choice of a channel, or a plan.
    id: ID,
    /// The version from which the change started.
    version: i32,
}

/// The answer of `archiveStrategyItem`.
#[derive(SimpleObject)]
struct ArchiveStrategyItemPayload {
    /// The thing, when it was put away.
    item: Option<StrategyItem>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// Something of a strategy to bring back.
#[derive(InputObject)]
struct RestoreStrategyItemInput {
    /// An audience, a challenge, an objective, a KPI, a pillar, a choice of a channel, or a plan.
    id: ID,
    /// The version from which the change started.
    version: i32,
}

/// The answer of `restoreStrategyItem`.
#[derive(SimpleObject)]
struct RestoreStrategyItemPayload {
    /// The thing, when it was brought back.
    item: Option<StrategyItem>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// What is wanted: the whole of it.
#[derive(InputObject)]
struct ObjectiveInput {
    /// What it stands under: nothing for a vision, a vision for a goal, a goal for a step.
    parent_id: Option<ID>,
    /// In a few words, 1 to 300 characters.
    title: String,
    /// In more, up to 10 000 characters.
    #[graphql(default)]
    description: String,
    /// Until when.
    due_on: Option<NaiveDate>,
}

impl ObjectiveInput {
    fn into_domain(self) -> Result<ObjectiveContent, Failure> {
        let parent_id = self.parent_id.map(|id| Kind::Objective.parse(&id, "objective.parentId")).transpose()?;
        Ok(ObjectiveContent { parent_id, title: self.title, description: self.description, due_on: self.due_on })
    }
}

/// An objective to write down.
#[derive(InputObject)]
struct CreateObjectiveInput {
    /// Of which brand.
    brand_id: ID,
    /// How far away it is.
    kind: ObjectiveKind,
    /// What is wanted.
    objective: ObjectiveInput,
}

/// The answer of `createObjective`.
#[derive(SimpleObject)]
struct CreateObjectivePayload {
    /// The objective, when it was written down.
    objective: Option<Objective>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// An objective to say anew, or to move under another.
#[derive(InputObject)]
struct UpdateObjectiveInput {
    /// Which one.
    objective_id: ID,
    /// The version from which the change started.
    version: i32,
    /// What is wanted from now on.
    objective: ObjectiveInput,
}

/// The answer of `updateObjective`.
#[derive(SimpleObject)]
struct UpdateObjectivePayload {
    /// The objective, when it was changed.
    objective: Option<Objective>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// What is said of a pillar: the whole of it.
#[derive(InputObject)]
struct ContentPillarInput {
    /// What it is called, 1 to 200 characters, unlike any other pillar of the brand.
    name: String,
    /// What belongs to it, up to 10 000 characters.
    #[graphql(default)]
    description: String,
    /// Its planned part of the posts, in basis points: 10 000 is all of them, and all of the brand's are no more together.
    #[graphql(default)]
    share_basis_points: i32,
}

impl From<ContentPillarInput> for PillarContent {
    fn from(input: ContentPillarInput) -> Self {
        Self { name: input.name, description: input.description, share_bp: input.share_basis_points }
    }
}

/// A pillar to write down.
#[derive(InputObject)]
struct CreateContentPillarInput {
    /// Of which brand.
    brand_id: ID,
    /// What it says.
    pillar: ContentPillarInput,
}

/// The answer of `createContentPillar`.
#[derive(SimpleObject)]
struct CreateContentPillarPayload {
    /// The pillar, when it was written down.
    content_pillar: Option<ContentPillar>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// A pillar to say anew.
#[derive(InputObject)]
struct UpdateContentPillarInput {
    /// Which one.
    content_pillar_id: ID,
    /// The version from which the change started.
    version: i32,
    /// What it says from now on.
    pillar: ContentPillarInput,
}

/// The answer of `updateContentPillar`.
#[derive(SimpleObject)]
struct UpdateContentPillarPayload {
    /// The pillar, when it was changed.
    content_pillar: Option<ContentPillar>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// One pillar's part of the mix.
#[derive(InputObject)]
struct MixShareInput {
    /// Which pillar.
    content_pillar_id: ID,
    /// The version of it from which the change started.
    version: i32,
    /// Its part from now on, in basis points.
    share_basis_points: i32,
}

/// Parts of a mix to change at once.
#[derive(InputObject)]
struct SetContentMixInput {
    /// Of which brand.
    brand_id: ID,
    /// Up to 500; the parts of those that are left out stay.
    shares: Vec<MixShareInput>,
}

/// The answer of `setContentMix`.
#[derive(SimpleObject)]
struct SetContentMixPayload {
    /// All pillars of the brand that are in use, when their parts were changed.
    content_pillars: Option<Vec<ContentPillar>>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// Mutations of objectives and pillars, and of whatever can be put away.
#[derive(Default)]
pub struct ItemMutation;

#[Object]
impl ItemMutation {
    /// Puts something of a strategy away, with what stands under it. For SENIOR and above.
    async fn archive_strategy_item(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: ArchiveStrategyItemInput,
    ) -> Result<ArchiveStrategyItemPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let (kind, id) = thing(&input.id)?;
            strategy::archive_item(context, kind, id, input.version).await?;
            Ok((kind, id))
        };
        let (done, user_errors) = op.command(command).await?;
        let item = if let Some(done) = done { load(op, done).await? } else { None };
        Ok(ArchiveStrategyItemPayload { item, user_errors })
    }

    /// Brings something of a strategy back, with what was put away together with it. For SENIOR and above.
    async fn restore_strategy_item(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: RestoreStrategyItemInput,
    ) -> Result<RestoreStrategyItemPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let (kind, id) = thing(&input.id)?;
            strategy::restore_item(context, kind, id, input.version).await?;
            Ok((kind, id))
        };
        let (done, user_errors) = op.command(command).await?;
        let item = if let Some(done) = done { load(op, done).await? } else { None };
        Ok(RestoreStrategyItemPayload { item, user_errors })
    }

    /// Writes down what a brand wants: a vision, a goal under it, a step under that. For SENIOR and above.
    async fn create_objective(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The objective.")] input: CreateObjectiveInput,
    ) -> Result<CreateObjectivePayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            let new = NewObjective { brand_id, kind: input.kind.into(), content: input.objective.into_domain()? };
            strategy::create_objective(context, new).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(CreateObjectivePayload { objective: row.map(|row| Objective { op: op.clone(), row }), user_errors })
    }

    /// Says an objective anew, or moves it under another. For SENIOR and above.
    async fn update_objective(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change.")] input: UpdateObjectiveInput,
    ) -> Result<UpdateObjectivePayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let id = Kind::Objective.parse(&input.objective_id, "objectiveId")?;
            strategy::update_objective(context, id, input.version, input.objective.into_domain()?).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(UpdateObjectivePayload { objective: row.map(|row| Objective { op: op.clone(), row }), user_errors })
    }

    /// Writes down what a brand talks about. For SENIOR and above.
    async fn create_content_pillar(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The pillar.")] input: CreateContentPillarInput,
    ) -> Result<CreateContentPillarPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            strategy::create_content_pillar(context, brand_id, input.pillar.into()).await
        };
        let (row, user_errors) = op.command(command).await?;
        let content_pillar = row.map(|row| ContentPillar { op: op.clone(), row });
        Ok(CreateContentPillarPayload { content_pillar, user_errors })
    }

    /// Says a pillar anew. For SENIOR and above.
    async fn update_content_pillar(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change.")] input: UpdateContentPillarInput,
    ) -> Result<UpdateContentPillarPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let id = Kind::Pillar.parse(&input.content_pillar_id, "contentPillarId")?;
            strategy::update_content_pillar(context, id, input.version, input.pillar.into()).await
        };
        let (row, user_errors) = op.command(command).await?;
        let content_pillar = row.map(|row| ContentPillar { op: op.clone(), row });
        Ok(UpdateContentPillarPayload { content_pillar, user_errors })
    }

    /// Changes the planned parts of several pillars at once. For SENIOR and above.
    async fn set_content_mix(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The parts.")] input: SetContentMixInput,
    ) -> Result<SetContentMixPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            let share = |(place, share): (usize, &MixShareInput)| {
                let field = format!("shares.{place}.contentPillarId");
                Ok(MixShare {
                    pillar_id: Kind::Pillar.parse(&share.content_pillar_id, &field)?,
                    version: share.version,
                    share_bp: share.share_basis_points,
                })
            };
            let shares = input.shares.iter().enumerate().map(share).collect::<Result<Vec<_>, Failure>>()?;
            strategy::set_content_mix(context, brand_id, &shares).await
        };
        let (rows, user_errors) = op.command(command).await?;
        let shown = |row| ContentPillar { op: op.clone(), row };
        let content_pillars = rows.map(|rows| rows.into_iter().map(shown).collect());
        Ok(SetContentMixPayload { content_pillars, user_errors })
    }
}
