//! Agency, people, brands as the API shows them.

use async_graphql::connection::Connection;
use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use diwan_domain::{calendar, insights, permission, publishing, trust};
use diwan_entity::tenancy::{agency, app_user, brand};

use crate::graphql::calendar::{Asset, Calendar, Post, PostFilterInput};
use crate::graphql::context::Op;
use crate::graphql::insights::ReportRun;
use crate::graphql::page::{Window, connection, cost};
use crate::graphql::publishing::{Publication, SocialAccount};
use crate::graphql::scalars::Kind;
use crate::graphql::trust::{Job, JobState};

/// A language that the product itself writes.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "agency::Locale")]
pub enum Locale {
    /// English.
    En,
    /// Persian.
    Fa,
    /// Arabic.
    Ar,
    /// Greek.
    El,
    /// Hebrew.
    He,
}

/// The ladder, from the lowest level to the highest.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "app_user::Level", name = "RoleLevel")]
pub enum Level {
    /// Writes drafts, publishes nothing alone.
    Junior,
    /// Runs the calendar.
    Mid,
    /// Leads the brand's team and strategy.
    Senior,
    /// Answers for several brands.
    Director,
    /// Answers for the whole agency.
    Cmo,
}

/// What kind of account somebody has.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "app_user::UserKind")]
pub enum UserKind {
    /// Of the agency.
    Staff,
    /// For assigned work, for a term.
    Freelancer,
    /// Of the brand's side.
    Client,
    /// A program.
    Integration,
}

/// What can be done, for `can`.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "permission::Action")]
pub enum Action {
    /// Change the agency's name, language, time zone, currency, week and hours.
    AgencyUpdate,
    /// Change how people sign in and whether four eyes are needed.
    SecurityUpdate,
    /// Add, change and deactivate people, agency-wide.
    PeopleManage,
    /// Read the whole agency's audit trail.
    AgencyAuditRead,
    /// Export the audit trail.
    AuditExport,
    /// Set the agency's approval limits.
    ApprovalLimitSet,
    /// Create a brand.
    BrandCreate,
    /// Make, change and delete groups of brands.
    BrandGroupManage,
    /// Order an archived brand to be deleted, and take the order back.
    BrandDelete,
    /// See a brand and what is in it.
    BrandRead,
    /// Change a brand's name, language, time zone, currency, week and hours.
    BrandUpdate,
    /// Archive a brand, and bring it back.
    BrandArchive,
    /// Read who is in the brand.
    MemberRead,
    /// Invite people to the brand, change, extend, suspend and end their places.
    MemberManage,
    /// Give somebody's work in the brand to somebody else.
    WorkHandOver,
    /// Make integrations and their tokens, and end them.
    IntegrationManage,
    /// Read the brand's audit trail.
    AuditRead,
    /// Set approval limits for the brand.
    BrandLimitSet,
    /// Set who approves what in the brand.
    ApprovalChainSet,
    /// Read requests for approval.
    ApprovalRead,
    /// Decide on requests for approval.
    ApprovalDecide,
    /// Read what is written, planned and published: posts, files, publications.
    ContentRead,
    /// Create a calendar.
    CalendarCreate,
    /// Put a file into the media library.
    AssetUpload,
    /// Begin a post.
    PostCreate,
    /// Change what a post says.
    PostWrite,
    /// Assign a post to somebody.
    PostAssign,
    /// Ask for a post to be approved, and take the request back.
    PostSubmit,
    /// Schedule a post, or take it off the schedule.
    PostSchedule,
    /// Comment on a post.
    CommentWrite,
    /// Comment so that the client does not see it.
    CommentInternally,
    /// Decide about a publication that needs a person.
    PublicationSettle,
    /// Connect an account of a network.
    AccountConnect,
    /// Disconnect an account of a network.
    AccountDisconnect,
    /// Read numbers from the networks now.
    MetricsSync,
    /// Read the numbers.
    MetricsRead,
    /// Have a report rendered and read it.
    ReportRun,
    /// Run a job again that was set aside.
    JobRerun,
}

/// The organisation that runs this installation.
pub struct Agency {
    pub op: Op,
    pub row: agency::Model,
}

/// The organisation that runs this installation.
#[Object]
impl Agency {
    /// The agency's id.
    pub async fn id(&self) -> ID {
        Kind::Agency.id(self.row.id)
    }
    /// Its name.
    async fn name(&self) -> &str {
        &self.row.name
    }
    /// Its language.
    async fn locale(&self) -> Locale {
        self.row.locale.into()
    }
    /// IANA time zone.
    async fn time_zone(&self) -> &str {
        &self.row.time_zone
    }
    /// ISO 4217 code.
    async fn base_currency(&self) -> &str {
        &self.row.base_currency
    }
    /// Whether whoever asks works for it.
    async fn mine(&self) -> bool {
        self.op.actor().is_some_and(|actor| actor.agency_id == self.row.id)
    }
}

/// A person, or a program, who signs in.
pub struct User {
    pub op: Op,
    pub row: app_user::Model,
}

/// A person, or a program, who signs in.
#[Object]
impl User {
    /// The person's id.
    pub async fn id(&self) -> ID {
        Kind::User.id(self.row.id)
    }
    /// Their name.
    async fn name(&self) -> &str {
        &self.row.name
    }
    /// What kind of account they have.
    async fn kind(&self) -> UserKind {
        self.row.kind.into()
    }
    /// The language that they read.
    async fn locale(&self) -> Locale {
        self.row.locale.into()
    }
    /// Their address: for themselves and for those who hold a level agency-wide, else null.
    async fn email(&self) -> Option<&str> {
        let actor = self.op.actor()?;
        if actor.user_id == self.row.id || actor.agency_level.is_some() { self.row.email.as_deref() } else { None }
    }
    /// The level that they hold agency-wide, if any.
    async fn agency_level(&self) -> Option<Level> {
        self.row.agency_level.map(Level::from)
    }
}

/// A place of the caller in a brand.
#[derive(SimpleObject)]
pub struct ViewerMembership {
    /// The brand.
    pub brand: Brand,
    /// The level held there.
    pub level: Level,
}

/// Who asks.
pub struct Viewer {
    pub op: Op,
}

/// Who asks.
#[Object]
impl Viewer {
    /// The person.
    async fn user(&self) -> Result<User> {
        let actor = self.op.query(self.op.signed_in())?;
        Ok(User { op: self.op.clone(), row: self.op.must_load(actor.user_id).await? })
    }

    /// The places that the caller holds now. A level held agency-wide is `user.agencyLevel`, and holds in every brand.
    #[graphql(complexity = "1 + 20 * child_complexity")]
    async fn memberships(&self) -> Result<Vec<ViewerMembership>> {
        let actor = self.op.query(self.op.signed_in())?;
        let mut places: Vec<_> = actor.levels.iter().collect();
        places.sort_unstable();
        let places = places.into_iter().map(async |(brand_id, level)| {
            let row = self.op.must_load(*brand_id).await?;
            Result::Ok(ViewerMembership { brand: Brand { op: self.op.clone(), row }, level: (*level).into() })
        });
        futures::future::try_join_all(places).await
    }

    /// Whether the caller may do something, so that a client can grey out what would be refused.
    async fn can(
        &self,
        #[graphql(desc = "What.")] action: Action,
        #[graphql(desc = "In which brand; left out for what is the agency's.")] on: Option<ID>,
    ) -> Result<bool> {
        let brand_id = match &on {
            Some(id) => self.op.query(Kind::Brand.parse(id, "on"))?,
            None => uuid::Uuid::nil(),
        };
        let action: permission::Action = action.into();
        if action.rule().reach == permission::Reach::Brand
            && self.op.query(self.op.brand_archived(brand_id).await)?.is_none()
        {
            return Ok(false);
        }
        Ok(self.op.may(action, brand_id))
    }
}

/// One client brand: the tenant.
pub struct Brand {
    pub op: Op,
    pub row: brand::Model,
}

/// One client brand: the tenant.
#[Object]
impl Brand {
    /// The brand's id.
    pub async fn id(&self) -> ID {
        Kind::Brand.id(self.row.id)
    }
    /// Its name.
    async fn name(&self) -> &str {
        &self.row.name
    }
    /// IANA time zone, in which the brand is planned.
    async fn time_zone(&self) -> &str {
        &self.row.time_zone
    }
    /// Its language.
    async fn locale(&self) -> Locale {
        self.row.locale.into()
    }
    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// How long after its time a post may still go out, in seconds; later it is `MISSED`.
    async fn publish_grace_seconds(&self) -> i32 {
        self.row.publish_grace_seconds
    }

    /// Its calendars, newest first.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn calendars(
        &self,
        _ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, Calendar>> {
        let page = Window { first, after, last, before }.page()?;
        let slice = self.op.query(calendar::calendars(&self.op, self.row.id, page).await)?;
        Ok(connection(slice, |row| row.id, |row| Calendar { op: self.op.clone(), row }))
    }

    /// Its connected accounts, newest first.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn social_accounts(
        &self,
        _ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, SocialAccount>> {
        let page = Window { first, after, last, before }.page()?;
        let slice = self.op.query(publishing::social_accounts(&self.op, self.row.id, page).await)?;
        Ok(connection(slice, |row| row.id, |row| SocialAccount { op: self.op.clone(), row }))
    }

    /// Its media library, newest first.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn assets(
        &self,
        _ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, Asset>> {
        let page = Window { first, after, last, before }.page()?;
        let slice = self.op.query(calendar::assets(&self.op, self.row.id, page).await)?;
        Ok(connection(slice, |row| row.id, |row| Asset { op: self.op.clone(), row }))
    }

    /// Its posts, newest first.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn posts(
        &self,
        _ctx: &Context<'_>,
        #[graphql(desc = "Only these.")] filter: Option<PostFilterInput>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, Post>> {
        let page = Window { first, after, last, before }.page()?;
        let filter = self.op.query(filter.unwrap_or_default().into_domain())?;
        let slice = self.op.query(calendar::posts(&self.op, self.row.id, filter, page).await)?;
        Ok(connection(slice, |row| row.id, |row| Post { op: self.op.clone(), row }))
    }

    /// Its publications, newest first.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn publications(
        &self,
        _ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, Publication>> {
        let page = Window { first, after, last, before }.page()?;
        let slice = self.op.query(publishing::publications(&self.op, self.row.id, page).await)?;
        Ok(connection(slice, |row| row.id, |row| Publication { op: self.op.clone(), row }))
    }

    /// Its reports, newest first; from MID on.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn reports(
        &self,
        _ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, ReportRun>> {
        let page = Window { first, after, last, before }.page()?;
        let slice = self.op.query(insights::report_runs(&self.op, self.row.id, page).await)?;
        Ok(connection(slice, |row| row.id, |row| ReportRun { op: self.op.clone(), row }))
    }

    /// Its jobs, newest first: what waits, what runs, what was set aside.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn jobs(
        &self,
        _ctx: &Context<'_>,
        #[graphql(desc = "Only in these states; in any when left out.")] states: Option<Vec<JobState>>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, Job>> {
        let page = Window { first, after, last, before }.page()?;
        let states = states.unwrap_or_default().into_iter().map(Into::into).collect();
        let slice = self.op.query(trust::jobs(&self.op, self.row.id, states, page).await)?;
        Ok(connection(slice, |row| row.id, |row| Job { op: self.op.clone(), row }))
    }
}
