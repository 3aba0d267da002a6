//! Experiments between formats.

use async_graphql::connection::Connection;
use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use diwan_domain::campaigns::{self as domain, ArmContent, ExperimentContent};
use diwan_domain::{Context as Domain, Failure};
use diwan_entity::calendar::post;
use diwan_entity::campaigns::{experiment, experiment_arm, experiment_post};

use super::types::Campaign;
use crate::graphql::calendar::Post;
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::page::{Window, connection, cost};
use crate::graphql::scalars::{Kind, Long};
use crate::graphql::tenancy::{Brand, User};

/// What can be said of an arm beside the first.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "domain::Outcome", name = "ExperimentOutcome")]
pub enum Outcome {
    /// It did better: the whole interval is above zero; below it of dislikes.
    Better,
    /// It did worse: the whole interval is below zero; above it of dislikes.
    Worse,
    /// It cannot be told: the interval includes zero, or there is too little to make one.
    NotEnough,
}

/// How a difference is told.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "domain::Method", name = "ExperimentMethod")]
pub enum Method {
    /// Of means, by Welch (Biometrika 34, 1947).
    MeansWelch,
    /// Of rates, by Newcombe's method 10 (Statistics in Medicine 17, 1998), which takes each view as a trial of its own.
    RatesNewcombe,
}

/// The figures of an arm.
#[derive(SimpleObject)]
pub struct ExperimentArmFigures {
    /// The arm's id.
    arm_id: ID,
    /// What it is called.
    name: String,
    /// How many of its posts' publications have the number.
    publications: Long,
    /// How many are without it. They are not counted as zero.
    missing: Long,
    /// What the publications had, all together.
    sum: Long,
    /// Of how many, where it is a rate.
    of: Option<Long>,
    /// The mean of a publication, or the rate; null where there is no number.
    value: Option<f64>,
}

/// An arm beside the first.
#[derive(SimpleObject)]
pub struct ExperimentComparison {
    /// The arm's id.
    arm_id: ID,
    /// Its value less that of the first arm; null where there is too little to say.
    difference: Option<f64>,
    /// The lower end of the interval, which holds with 95 per cent for all comparisons of the experiment together.
    low: Option<f64>,
    /// The upper end.
    high: Option<f64>,
    /// What can be said.
    outcome: Outcome,
}

/// What an experiment shows.
#[derive(SimpleObject)]
pub struct ExperimentVerdict {
    /// How differences are told.
    method: Method,
    /// The arms in their order.
    arms: Vec<ExperimentArmFigures>,
    /// All but the first, beside the first.
    comparisons: Vec<ExperimentComparison>,
}

impl ExperimentVerdict {
    fn of(verdict: domain::Verdict) -> Self {
        let arm_id = |id| Kind::ExperimentArm.id(id);
        let arm = |arm: domain::ArmFigures| ExperimentArmFigures {
            arm_id: arm_id(arm.arm_id),
            name: arm.name,
            publications: Long(arm.publications),
            missing: Long(arm.missing),
            sum: Long(arm.sum),
            of: arm.of.map(Long),
            value: arm.value,
        };
        let comparison = |one: domain::Comparison| ExperimentComparison {
            arm_id: arm_id(one.arm_id),
            difference: one.difference,
            low: one.low,
            high: one.high,
            outcome: one.outcome.into(),
        };
        Self {
            method: verdict.method.into(),
            arms: verdict.arms.into_iter().map(arm).collect(),
            comparisons: verdict.comparisons.into_iter().map(comparison).collect(),
        }
    }
}

/// One of the formats that an experiment compares.
pub struct ExperimentArm {
    op: Op,
    row: experiment_arm::Model,
}

/// One of the formats that an experiment compares.
#[Object]
impl ExperimentArm {
    /// The arm's id.
    async fn id(&self) -> ID {
        Kind::ExperimentArm.id(self.row.id)
    }
    /// What it is called.
    async fn name(&self) -> &str {
        &self.row.name
    }
    /// Its posts, up to 200.
    #[graphql(complexity = "1 + 20 * child_complexity")]
    async fn posts(&self) -> Result<Vec<Post>> {
        let rows = self.op.load_of::<experiment_post::Model>(self.row.id).await?;
        let loads = rows.into_iter().map(|row| self.op.load::<post::Model>(row.post_id));
        let rows = futures::future::try_join_all(loads).await?;
        Ok(rows.into_iter().flatten().map(|row| Post { op: self.op.clone(), row }).collect())
    }
}

/// Formats compared by one number.
pub struct Experiment {
    pub op: Op,
    pub row: experiment::Model,
}

/// Formats compared by one number.
#[Object]
impl Experiment {
    /// The experiment's id.
    pub async fn id(&self) -> ID {
        Kind::Experiment.id(self.row.id)
    }
    /// What it is called.
    async fn name(&self) -> &str {
        &self.row.name
    }
    /// What is supposed.
    async fn hypothesis(&self) -> &str {
        &self.row.hypothesis
    }
    /// The number of the networks by which formats are compared, such as `CLICKS`.
    async fn metric(&self) -> &str {
        &self.row.metric
    }
    /// Of which other number it is a part, such as `VIEWS`; null where it is the number itself.
    async fn per_metric(&self) -> Option<&str> {
        self.row.per_metric.as_deref()
    }
    /// Its campaign; null where it is of none.
    async fn campaign(&self) -> Result<Option<Campaign>> {
        let Some(id) = self.row.campaign_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| Campaign { op: self.op.clone(), row }))
    }
    /// What is compared, 2 to 10; the first is what the others are compared with.
    #[graphql(complexity = "1 + 3 * child_complexity")]
    async fn arms(&self) -> Result<Vec<ExperimentArm>> {
        let rows = self.op.load_of(self.row.id).await?;
        Ok(rows.into_iter().map(|row| ExperimentArm { op: self.op.clone(), row }).collect())
    }
    /// What it shows: once concluded, as it was then. For MID and above; null for others.
    async fn verdict(&self) -> Result<Option<ExperimentVerdict>> {
        let found = self.op.load_of::<domain::Verdict>(self.row.id).await?.into_iter().next();
        Ok(found.map(ExperimentVerdict::of))
    }
    /// What was learned; null until it is concluded.
    async fn conclusion(&self) -> Option<&str> {
        self.row.conclusion.as_deref()
    }
    /// When it was concluded; null while it is not.
    async fn concluded_at(&self) -> Option<DateTime<Utc>> {
        self.row.concluded_at
    }
    /// Who wrote it down; null when the caller does not see that person.
    async fn created_by(&self) -> Result<Option<User>> {
        Ok(self.op.load(self.row.created_by).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// When it was written down.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// Counts the changes; a change names the version from which it started.
    async fn version(&self) -> i32 {
        self.row.version
    }
    /// Its brand.
    async fn brand(&self) -> Result<Brand> {
        Ok(Brand { op: self.op.clone(), row: self.op.must_load(self.row.brand_id).await? })
    }
}

/// One of the formats that are compared.
#[derive(InputObject)]
struct ExperimentArmInput {
    /// What it is called, 1 to 200 characters.
    name: String,
    /// Its posts, up to 200 of the brand, none of them in another arm.
    #[graphql(default)]
    post_ids: Vec<ID>,
}

/// What is to be found out: the whole of it.
#[derive(InputObject)]
struct ExperimentInput {
    /// Of which campaign of the brand; none where it is of none.
    campaign_id: Option<ID>,
    /// What it is called, 1 to 200 characters.
    name: String,
    /// What is supposed, 1 to 5000 characters.
    hypothesis: String,
    /// A number that the networks give of posts: `LIKES`, `REPOSTS`, `REPLIES`, `QUOTES`, `BOOKMARKS`, `VIEWS`, `REACH`, `CLICKS` or
    /// `DISLIKES` (of YouTube alone), of which less is better.
    metric: String,
    /// Of which other of these it is a part; none to compare the number itself.
    per_metric: Option<String>,
    /// What is compared, 2 to 10; the first is what the others are compared with.
    arms: Vec<ExperimentArmInput>,
}

impl ExperimentInput {
    fn into_domain(self) -> Result<ExperimentContent, Failure> {
        let arms = self.arms.into_iter().enumerate().map(|(place, arm)| {
            let ids = arm.post_ids.iter().enumerate();
            let ids =
                ids.map(|(number, id)| Kind::Post.parse(id, &format!("experiment.arms.{place}.postIds.{number}")));
            Ok(ArmContent { name: arm.name, post_ids: ids.collect::<Result<_, Failure>>()? })
        });
        let campaign_id = self.campaign_id.map(|id| Kind::Campaign.parse(&id, "experiment.campaignId")).transpose()?;
        Ok(ExperimentContent {
            campaign_id,
            name: self.name,
            hypothesis: self.hypothesis,
            metric: self.metric,
            per_metric: self.per_metric,
            arms: arms.collect::<Result<_, Failure>>()?,
        })
    }
}

/// An experiment to write down.
#[derive(InputObject)]
struct CreateExperimentInput {
    /// Of which brand.
    brand_id: ID,
    /// The experiment.
    experiment: ExperimentInput,
}

/// What an experiment says from now on.
#[derive(InputObject)]
struct UpdateExperimentInput {
    /// Which experiment.
    experiment_id: ID,
    /// The version from which the change started.
    version: i32,
    /// The whole of it.
    experiment: ExperimentInput,
}

/// An experiment to conclude.
#[derive(InputObject)]
struct ConcludeExperimentInput {
    /// Which experiment.
    experiment_id: ID,
    /// The version that was read.
    version: i32,
    /// What was learned, 1 to 5000 characters.
    conclusion: String,
}

/// The answer of what changes an experiment.
#[derive(SimpleObject)]
struct ExperimentPayload {
    /// The experiment, when it was carried out.
    experiment: Option<Experiment>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

async fn of_experiment(
    op: &Op,
    command: impl AsyncFnOnce(&Domain) -> Result<experiment::Model, Failure>,
) -> Result<ExperimentPayload> {
    let (row, user_errors) = op.command(command).await?;
    Ok(ExperimentPayload { experiment: row.map(|row| Experiment { op: op.clone(), row }), user_errors })
}

/// Queries for experiments.
#[derive(Default)]
pub struct ExperimentQuery;

#[Object]
impl ExperimentQuery {
    /// The experiments of a brand, newest first. For the agency's staff.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn experiments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which brand.")] brand_id: ID,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, Experiment>> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let page = Window { first, after, last, before }.page()?;
        let brand_id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let slice = op.query(domain::experiments(op, brand_id, page).await)?;
        Ok(connection(slice, |row| row.id, |row| Experiment { op: op.clone(), row }))
    }
}

/// Mutations of experiments.
#[derive(Default)]
pub struct ExperimentMutation;

#[Object]
impl ExperimentMutation {
    /// Writes an experiment down. For MID and above.
    async fn create_experiment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The experiment.")] input: CreateExperimentInput,
    ) -> Result<ExperimentPayload> {
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            domain::create_experiment(context, brand_id, input.experiment.into_domain()?).await
        };
        of_experiment(Op::of(ctx)?, command).await
    }

    /// Says an experiment anew that is not concluded, its arms as well. For MID and above.
    async fn update_experiment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change.")] input: UpdateExperimentInput,
    ) -> Result<ExperimentPayload> {
        let command = async |context: &Domain| {
            let id = Kind::Experiment.parse(&input.experiment_id, "experimentId")?;
            domain::update_experiment(context, id, input.version, input.experiment.into_domain()?).await
        };
        of_experiment(Op::of(ctx)?, command).await
    }

    /// Concludes an experiment, for good: its figures are taken now, and stay. For MID and above.
    async fn conclude_experiment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The experiment, and what was learned.")] input: ConcludeExperimentInput,
    ) -> Result<ExperimentPayload> {
        let command = async |context: &Domain| {
            let id = Kind::Experiment.parse(&input.experiment_id, "experimentId")?;
            domain::conclude_experiment(context, id, input.version, &input.conclusion).await
        };
        of_experiment(Op::of(ctx)?, command).await
    }
}
