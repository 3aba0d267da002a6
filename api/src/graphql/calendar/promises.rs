//! What was promised per week, and the watch over it.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use diwan_domain::calendar::{self as domain, PromiseRule, PromiseSubject};
use diwan_domain::{Context as Domain, Failure};
use diwan_entity::calendar::content_promise;

use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::publishing::SocialAccount;
use crate::graphql::scalars::Kind;
use crate::graphql::strategy::ContentPillar;
use crate::graphql::tenancy::Brand;

/// So many posts a week, promised of a brand, or of one of its accounts or content pillars.
pub struct ContentPromise {
    pub op: Op,
    pub row: content_promise::Model,
}

/// So many posts a week, promised of a brand, or of one of its accounts or content pillars.
#[Object]
impl ContentPromise {
    /// The promise's id.
    pub async fn id(&self) -> ID {
        Kind::Promise.id(self.row.id)
    }
    /// How many posts a week.
    async fn posts_per_week(&self) -> i32 {
        self.row.posts_per_week.into()
    }
    /// From the week of this day on.
    async fn starts_on(&self) -> NaiveDate {
        self.row.starts_on
    }
    /// Until the week of this day; null: without an end.
    async fn ends_on(&self) -> Option<NaiveDate> {
        self.row.ends_on
    }
    /// When it was written down.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// Counts the changes; a change names the version from which it started.
    async fn version(&self) -> i32 {
        self.row.version
    }
    /// The account of which it was promised; null: the brand, whichever account it is.
    async fn social_account(&self) -> Result<Option<SocialAccount>> {
        let Some(id) = self.row.social_account_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| SocialAccount { op: self.op.clone(), row }))
    }
    /// The pillar of which it was promised; null: whatever the posts are for.
    async fn pillar(&self) -> Result<Option<ContentPillar>> {
        let Some(id) = self.row.pillar_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| ContentPillar { op: self.op.clone(), row }))
    }
    /// Its brand.
    async fn brand(&self) -> Result<Brand> {
        Ok(Brand { op: self.op.clone(), row: self.op.must_load(self.row.brand_id).await? })
    }
}

/// How it stands with a week of a promise.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "domain::Severity")]
pub enum PromiseSeverity {
    /// Enough is out or scheduled.
    Kept,
    /// Enough is written, and too little of it scheduled.
    AtRisk,
    /// Too little is written.
    Gap,
    /// The week is over, and too little came out.
    Broken,
}

/// One week of one promise.
#[derive(SimpleObject)]
struct PromiseWeek {
    /// The first day of the week, by the brand's time zone and week.
    starts_on: NaiveDate,
    /// The promise.
    promise: ContentPromise,
    /// Posts of the week that are out, if only in part.
    published: i32,
    /// Posts that are scheduled or on their way.
    scheduled: i32,
    /// Posts that have a time in the week and are not scheduled.
    drafted: i32,
    /// Posts that failed or were canceled.
    failed: i32,
    /// How many are missing from what is out and scheduled.
    missing: i32,
    /// How bad it is.
    severity: PromiseSeverity,
}

/// A promise, as it is written.
#[derive(InputObject)]
struct ContentPromiseInput {
    /// How many posts a week, 1 to 200.
    posts_per_week: i32,
    /// From the week of this day on.
    starts_on: NaiveDate,
    /// Until the week of this day; without an end unless given.
    ends_on: Option<NaiveDate>,
}

/// A promise to write down.
#[derive(InputObject)]
struct CreateContentPromiseInput {
    /// Of which brand.
    brand_id: ID,
    /// Of which account of the brand; of the brand as a whole unless given.
    social_account_id: Option<ID>,
    /// Of which content pillar of the brand: only posts of it count; of whatever the posts are for unless given.
    pillar_id: Option<ID>,
    /// The promise.
    promise: ContentPromiseInput,
}

/// A promise to write anew.
#[derive(InputObject)]
struct UpdateContentPromiseInput {
    /// Which.
    promise_id: ID,
    /// The version from which the change started.
    version: i32,
    /// The whole of it.
    promise: ContentPromiseInput,
}

/// A promise to strike out.
#[derive(InputObject)]
struct DeleteContentPromiseInput {
    /// Which.
    promise_id: ID,
}

/// The answer of what writes a promise.
#[derive(SimpleObject)]
struct ContentPromisePayload {
    /// The promise, when it was written.
    promise: Option<ContentPromise>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `deleteContentPromise`.
#[derive(SimpleObject)]
struct DeleteContentPromisePayload {
    /// The id that it had, when it was struck out.
    deleted_id: Option<ID>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

impl ContentPromiseInput {
    fn into_domain(self) -> PromiseRule {
        PromiseRule { posts_per_week: self.posts_per_week, starts_on: self.starts_on, ends_on: self.ends_on }
    }
}

async fn of_promise(
    op: &Op,
    command: impl AsyncFnOnce(&Domain) -> Result<content_promise::Model, Failure>,
) -> Result<ContentPromisePayload> {
    let (row, user_errors) = op.command(command).await?;
    Ok(ContentPromisePayload { promise: row.map(|row| ContentPromise { op: op.clone(), row }), user_errors })
}

/// The query of the watch.
#[derive(Default)]
pub struct PromiseQuery;

#[Object]
impl PromiseQuery {
    /// What was promised of a brand per week, and what of it is out, scheduled, drafted and missing; week by week, the worst of
    /// each week first. For the agency's staff.
    #[graphql(complexity = "1 + usize::try_from(weeks.clamp(1, 26)).unwrap_or(1) * child_complexity")]
    async fn content_watch(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which brand.")] brand_id: ID,
        #[graphql(desc = "A day of the first week; today unless given.")] anchor: Option<NaiveDate>,
        #[graphql(desc = "How many weeks, 1 to 26.", default = 4)] weeks: i32,
    ) -> Result<Vec<PromiseWeek>> {
        let op = Op::of(ctx)?;
        let brand_id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let weeks = u32::try_from(weeks).unwrap_or_default();
        let found = op.query(domain::content_watch(op, brand_id, anchor, weeks).await)?;
        let number = |count: i64| i32::try_from(count).unwrap_or(i32::MAX);
        let weeks = found.into_iter().map(|week| PromiseWeek {
            starts_on: week.starts_on,
            promise: ContentPromise { op: op.clone(), row: week.promise },
            published: number(week.published),
            scheduled: number(week.scheduled),
            drafted: number(week.drafted),
            failed: number(week.failed),
            missing: number(week.missing),
            severity: week.severity.into(),
        });
        Ok(weeks.collect())
    }
}

/// Mutations of promises.
#[derive(Default)]
pub struct PromiseMutation;

#[Object]
impl PromiseMutation {
    /// Writes down how many posts a week were promised. For SENIOR and above.
    async fn create_content_promise(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The promise.")] input: CreateContentPromiseInput,
    ) -> Result<ContentPromisePayload> {
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            let account_id =
                input.social_account_id.map(|id| Kind::Account.parse(&id, "socialAccountId")).transpose()?;
            let pillar_id = input.pillar_id.map(|id| Kind::Pillar.parse(&id, "pillarId")).transpose()?;
            let subject = PromiseSubject { social_account_id: account_id, pillar_id };
            domain::create_content_promise(context, brand_id, subject, input.promise.into_domain()).await
        };
        of_promise(Op::of(ctx)?, command).await
    }

    /// Writes a promise anew. For SENIOR and above.
    async fn update_content_promise(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The promise.")] input: UpdateContentPromiseInput,
    ) -> Result<ContentPromisePayload> {
        let command = async |context: &Domain| {
            let id = Kind::Promise.parse(&input.promise_id, "promiseId")?;
            domain::update_content_promise(context, id, input.version, input.promise.into_domain()).await
        };
        of_promise(Op::of(ctx)?, command).await
    }

    /// Strikes a promise out. For SENIOR and above.
    async fn delete_content_promise(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which promise.")] input: DeleteContentPromiseInput,
    ) -> Result<DeleteContentPromisePayload> {
        let command = async |context: &Domain| {
            domain::delete_content_promise(context, Kind::Promise.parse(&input.promise_id, "promiseId")?).await
        };
        let (id, user_errors) = Op::of(ctx)?.command(command).await?;
        Ok(DeleteContentPromisePayload { deleted_id: id.map(|id| Kind::Promise.id(id)), user_errors })
    }
}
