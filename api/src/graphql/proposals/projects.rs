//! Projects as the API shows them.

use async_graphql::connection::Connection;
use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use diwan_domain::Context as Domain;
use diwan_domain::projects::{self as domain, ProjectFilter};
use diwan_entity::campaigns::campaign;
use diwan_entity::finance::budget;
use diwan_entity::projects::{project, project_campaign, work_item};
use diwan_entity::proposals::proposal;

use super::types::Proposal;
use crate::graphql::campaigns::Campaign;
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::finance::Budget;
use crate::graphql::page::{Window, connection, cost};
use crate::graphql::scalars::Kind;
use crate::graphql::tenancy::{Brand, User};

/// Whether a project is worked at.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "project::ProjectState")]
pub enum ProjectState {
    /// It is.
    Open,
    /// Not any more.
    Closed,
}

/// A part of a project's work breakdown.
pub struct WorkItem {
    pub op: Op,
    pub row: work_item::Model,
}

/// A part of a project's work breakdown.
#[Object]
impl WorkItem {
    /// The part's id.
    pub async fn id(&self) -> ID {
        Kind::WorkItem.id(self.row.id)
    }
    /// Where it stands, such as 1.2.3.
    async fn number(&self) -> &str {
        &self.row.number
    }
    /// What is to be done.
    async fn title(&self) -> &str {
        &self.row.title
    }
    /// What belongs to it: plain text.
    async fn detail(&self) -> &str {
        &self.row.detail
    }
    /// What it is a part of; null at the top.
    async fn parent(&self) -> Result<Option<WorkItem>> {
        let Some(id) = self.row.parent_id else { return Ok(None) };
        let row: Option<work_item::Model> = self.op.load(id).await?;
        Ok(row.map(|row| WorkItem { op: self.op.clone(), row }))
    }
    /// Its project.
    async fn project(&self) -> Result<Project> {
        Ok(Project { op: self.op.clone(), row: self.op.must_load(self.row.project_id).await? })
    }
}

/// Work for a client: opened by an accepted proposal.
pub struct Project {
    pub op: Op,
    pub row: project::Model,
}

/// Work for a client: opened by an accepted proposal.
#[Object]
impl Project {
    /// The project's id.
    pub async fn id(&self) -> ID {
        Kind::Project.id(self.row.id)
    }
    /// What the team calls it.
    async fn name(&self) -> &str {
        &self.row.name
    }
    /// What the client reads.
    async fn title(&self) -> &str {
        &self.row.title
    }
    /// Its first day, in the brand's time zone.
    async fn starts_on(&self) -> NaiveDate {
        self.row.starts_on
    }
    /// Its last day.
    async fn ends_on(&self) -> NaiveDate {
        self.row.ends_on
    }
    /// Whether it is worked at.
    async fn state(&self) -> ProjectState {
        self.row.state.into()
    }
    /// Its work breakdown, each part followed by what is below it.
    #[graphql(complexity = "1 + 10 * child_complexity")]
    async fn work_items(&self) -> Result<Vec<WorkItem>> {
        let rows = self.op.load_of::<work_item::Model>(self.row.id).await?;
        Ok(rows.into_iter().map(|row| WorkItem { op: self.op.clone(), row }).collect())
    }
    /// The proposal that opened it; null for those who see none.
    async fn proposal(&self) -> Result<Option<Proposal>> {
        let Some(id) = self.row.proposal_id else { return Ok(None) };
        let row: Option<proposal::Model> = self.op.load(id).await?;
        Ok(row.map(|row| Proposal { op: self.op.clone(), row }))
    }
    /// What it may spend; null for those who see no budgets.
    async fn budget(&self) -> Result<Option<Budget>> {
        let Some(id) = self.row.budget_id else { return Ok(None) };
        let row: Option<budget::Model> = self.op.load(id).await?;
        Ok(row.map(|row| Budget { op: self.op.clone(), row }))
    }
    /// Its campaigns.
    #[graphql(complexity = "1 + 3 * child_complexity")]
    async fn campaigns(&self) -> Result<Vec<Campaign>> {
        let held = self.op.load_of::<project_campaign::Model>(self.row.id).await?;
        let rows = futures::future::try_join_all(held.iter().map(|one| self.op.load(one.campaign_id))).await?;
        let seen = rows.into_iter().flatten().map(|row: campaign::Model| Campaign { op: self.op.clone(), row });
        Ok(seen.collect())
    }
    /// Who opened it, by having sent the proposal; null when the caller does not see that person.
    async fn created_by(&self) -> Result<Option<User>> {
        Ok(self.op.load(self.row.created_by).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// Who looks after it: whoever opened it, until their work is handed over; null when the caller does not see that person.
    async fn owner(&self) -> Result<Option<User>> {
        let id = self.row.owner_id.unwrap_or(self.row.created_by);
        Ok(self.op.load(id).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// When it was opened.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// When it was closed.
    async fn closed_at(&self) -> Option<DateTime<Utc>> {
        self.row.closed_at
    }
    /// What was learned.
    async fn lessons(&self) -> Option<&str> {
        self.row.lessons.as_deref()
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

/// Queries for projects.
#[derive(Default)]
pub struct ProjectQuery;

#[Object]
impl ProjectQuery {
    /// The projects of a brand, newest first. For the agency's staff.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "a connection has four besides its own")]
    async fn projects(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which brand.")] brand_id: ID,
        #[graphql(desc = "Only those in this state.")] state: Option<ProjectState>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, Project>> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let page = Window { first, after, last, before }.page()?;
        let brand_id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let filter = ProjectFilter { state: state.map(Into::into) };
        let slice = op.query(domain::projects(op, brand_id, filter, page).await)?;
        Ok(connection(slice, |row| row.id, |row| Project { op: op.clone(), row }))
    }
}

/// A project to close.
#[derive(InputObject)]
struct CloseProjectInput {
    /// Which.
    project_id: ID,
    /// The version from which the change started.
    version: i32,
    /// What was learned, 1 to 20000 characters.
    lessons: String,
}

/// The answer of `closeProject`.
#[derive(SimpleObject)]
struct CloseProjectPayload {
    /// The project, when it was closed.
    project: Option<Project>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// Mutations of projects.
#[derive(Default)]
pub struct ProjectMutation;

#[Object]
impl ProjectMutation {
    /// Closes a project with what was learned. Its budget and its campaigns stay as they are. For MID and above.
    async fn close_project(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and what was learned.")] input: CloseProjectInput,
    ) -> Result<CloseProjectPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let id = Kind::Project.parse(&input.project_id, "projectId")?;
            domain::close_project(context, id, input.version, &input.lessons).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(CloseProjectPayload { project: row.map(|row| Project { op: op.clone(), row }), user_errors })
    }
}
