//! People as the API shows them.

use async_graphql::connection::Connection;
use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use diwan_domain::{approvals, calendar, permission, tenancy, trust};
use diwan_entity::tenancy::{app_user, invitation, membership};
use uuid::Uuid;

use super::brand::Brand;
use super::members::{Membership, PersonState};
use super::types::{Action, CalendarSystem, Level, Locale, UserKind};
use crate::graphql::approvals::{ApprovalRequest, Delegation};
use crate::graphql::calendar::{CalendarFeed, PostAssignment};
use crate::graphql::context::Op;
use crate::graphql::loaders::Loadable as _;
use crate::graphql::page::{Window, connection, cost};
use crate::graphql::scalars::Kind;
use crate::graphql::trust::{ActiveSession, SecondFactors};

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
    /// Their address: for themselves, for those who manage them and for those who hold a level agency-wide, else null.
    async fn email(&self) -> Result<Option<&str>> {
        Ok(if self.known_well().await? { self.row.email.as_deref() } else { None })
    }
    /// The calendar in which they read dates.
    async fn calendar_system(&self) -> CalendarSystem {
        self.row.calendar_system.into()
    }
    /// IANA time zone; null: the agency's.
    async fn time_zone(&self) -> Option<&str> {
        self.row.time_zone.as_deref()
    }
    /// How the account stands.
    async fn state(&self) -> PersonState {
        if self.row.deactivated_at.is_some() {
            PersonState::Deactivated
        } else if self.row.joined_at.is_none() && self.row.kind != app_user::UserKind::Integration {
            PersonState::Invited
        } else {
            PersonState::Active
        }
    }
    /// When they first came.
    async fn joined_at(&self) -> Option<DateTime<Utc>> {
        self.row.joined_at
    }
    /// Until when the invitation that they have not accepted yet is good: for those who see their address, else null.
    async fn invited_until(&self) -> Result<Option<DateTime<Utc>>> {
        if !self.known_well().await? {
            return Ok(None);
        }
        let open: Vec<invitation::Model> = self.op.load_of(self.row.id).await?;
        Ok(open.first().map(|open| open.expires_at))
    }
    /// Their places in brands, as far as the caller reads who is in them.
    #[graphql(complexity = "1 + 20 * child_complexity")]
    async fn memberships(&self) -> Result<Vec<Membership>> {
        let places: Vec<membership::Model> = self.op.load_of(self.row.id).await?;
        let readable = places.into_iter().filter(|row| row.may_read(&self.op));
        Ok(readable.map(|row| Membership { op: self.op.clone(), row }).collect())
    }
    /// The level that they hold agency-wide, if any.
    async fn agency_level(&self) -> Option<Level> {
        self.row.agency_level.map(Level::from)
    }
}

impl User {
    /// The person whom a row names; none where it names nobody, or somebody whom the caller does not see.
    pub async fn of(op: &Op, id: Option<Uuid>) -> Result<Option<Self>> {
        let Some(id) = id else { return Ok(None) };
        Ok(op.load(id).await?.map(|row| Self { op: op.clone(), row }))
    }

    /// Whether the caller may know how to reach them.
    async fn known_well(&self) -> Result<bool> {
        let Some(actor) = self.op.actor() else { return Ok(false) };
        if actor.user_id == self.row.id || actor.agency_level.is_some() {
            return Ok(true);
        }
        let places: Vec<membership::Model> = self.op.load_of(self.row.id).await?;
        Ok(tenancy::manages_person(&self.op, &self.row, &places))
    }
}

/// To which things of a brand a right extends. Each includes the ones before.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "permission::Extent")]
pub enum Extent {
    /// What the caller wrote.
    Own,
    /// That, and what is assigned to the caller; for a client, what was sent to them.
    Assigned,
    /// Everything.
    Any,
}

/// Something that the caller may do.
#[derive(SimpleObject)]
pub struct Permission {
    /// What.
    action: Action,
    /// To which things.
    extent: Extent,
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

    /// The living sessions of the caller, the last used first, at most 100.
    #[graphql(complexity = "1 + 10 * child_complexity")]
    async fn sessions(&self) -> Result<Vec<ActiveSession>> {
        let actor = self.op.query(self.op.signed_in())?;
        let rows = self.op.query(trust::sessions(&self.op).await)?;
        Ok(rows.into_iter().map(|row| ActiveSession { current: actor.session_id == Some(row.id), row }).collect())
    }

    /// What the caller can show besides a password.
    async fn second_factors(&self) -> Result<SecondFactors> {
        let factors = self.op.query(trust::factors(&self.op).await)?;
        Ok(SecondFactors { op: self.op.clone(), factors })
    }

    /// The caller's calendar feeds that are not revoked, newest first, at most 20.
    #[graphql(complexity = "1 + 10 * child_complexity")]
    async fn calendar_feeds(&self) -> Result<Vec<CalendarFeed>> {
        let rows = self.op.query(calendar::calendar_feeds(&self.op).await)?;
        Ok(rows.into_iter().map(CalendarFeed::new).collect())
    }

    /// Whether the agency asks for a second factor that this session was begun without. Until one is set up in it, or shown
    /// at the next sign-in, the session shows and does what is the person's own only.
    async fn second_factor_required(&self) -> bool {
        self.op.actor().is_some_and(|actor| actor.restricted)
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

    /// What is given to the caller to work on, in every brand, newest first.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn assignments(
        &self,
        _ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, PostAssignment>> {
        let page = Window { first, after, last, before }.page()?;
        let slice = self.op.query(calendar::my_assignments(&self.op, page).await)?;
        Ok(connection(slice, |row| row.id, |row| PostAssignment { op: self.op.clone(), row }))
    }

    /// The requests for approval that wait for the caller, in every brand, newest first.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn approvals_waiting(
        &self,
        _ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, ApprovalRequest>> {
        let page = Window { first, after, last, before }.page()?;
        let slice = self.op.query(approvals::approvals_waiting(&self.op, page).await)?;
        Ok(connection(slice, |row| row.id, |row| ApprovalRequest { op: self.op.clone(), row }))
    }

    /// Where the caller is away and who stands in, and where they stand in for others; what counts now or will.
    #[graphql(complexity = "1 + 3 * child_complexity")]
    async fn delegations(&self) -> Result<Vec<Delegation>> {
        let rows = self.op.query(approvals::delegations(&self.op).await)?;
        Ok(rows.into_iter().map(|row| Delegation { op: self.op.clone(), row }).collect())
    }

    /// Whether the caller may do something, so that a client can grey out what would be refused.
    async fn can(
        &self,
        #[graphql(desc = "What.")] action: Action,
        #[graphql(desc = "In which brand; left out for what is the agency's.")] on: Option<ID>,
    ) -> Result<bool> {
        let action: permission::Action = action.into();
        Ok(self.allowed(on.as_ref()).await?.iter().any(|(may, _)| *may == action))
    }

    /// Everything that the caller may do, in the order of the table of permissions: what is the agency's, and in a brand what is
    /// the brand's besides. An archived brand is only read, whatever stands here.
    #[graphql(complexity = "1 + 20 * child_complexity")]
    async fn permissions(
        &self,
        #[graphql(desc = "In which brand; left out for what is the agency's.")] on: Option<ID>,
    ) -> Result<Vec<Permission>> {
        let allowed = self.allowed(on.as_ref()).await?.into_iter();
        Ok(allowed.map(|(action, extent)| Permission { action: action.into(), extent: extent.into() }).collect())
    }
}

impl Viewer {
    async fn allowed(&self, on: Option<&ID>) -> Result<Vec<(permission::Action, permission::Extent)>> {
        let brand_id = match on {
            Some(id) => self.op.query(Kind::Brand.parse(id, "on"))?,
            None => Uuid::nil(),
        };
        let seen = on.is_some() && self.op.query(self.op.brand_archived(brand_id).await)?.is_some();
        let asked = permission::RULES.iter().filter(|rule| seen || rule.reach == permission::Reach::Agency);
        Ok(asked.filter_map(|rule| Some((rule.action, self.op.extent(rule.action, brand_id)?))).collect())
    }
}
