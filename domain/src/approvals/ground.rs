//! What the engine must know of a brand: its people, its chain, its limits, whether four eyes are needed. Read once per
//! command, in three statements, also for those who see less themselves (migration `m0012`).

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diwan_entity::approvals::approval_request::{self, ApprovalKind};
use diwan_entity::approvals::approval_step::StepAudience;
use diwan_entity::tenancy::agency::Locale;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::db;
use sea_orm::{ActiveEnum, ConnectionTrait, FromQueryResult};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::chain::StepRule;
use super::ladder::Limits;
use super::seats::{Asked, Matter, Seat};
use crate::error::{Failure, Fault};

/// Somebody of the brand, as far as approvals go.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    /// Their name.
    pub name: String,
    /// Where letters reach them.
    pub email: Option<String>,
    /// The language that they read.
    pub locale: Locale,
}

/// What the engine knows of a brand.
#[derive(Debug)]
pub(crate) struct Ground {
    /// Everybody who has a place there now.
    pub seats: Vec<Seat>,
    people: HashMap<Uuid, Person>,
    /// Whether nobody decides on their own.
    pub four_eyes: bool,
    /// Limits of the kind in the currency.
    pub limits: Limits,
    /// The active chain of the kind.
    pub chain: Option<Vec<StepRule>>,
}

#[derive(FromQueryResult)]
struct PersonRow {
    user_id: Uuid,
    kind: String,
    brand_level: Option<String>,
    agency_level: Option<String>,
    name: String,
    email: Option<String>,
    locale: String,
    delegate_id: Option<Uuid>,
}

#[derive(FromQueryResult)]
struct RulesRow {
    steps: Option<serde_json::Value>,
    agency_limits: serde_json::Value,
    brand_limits: serde_json::Value,
}

fn read<T: DeserializeOwned>(value: serde_json::Value, what: &str) -> Result<T, Fault> {
    serde_json::from_value(value).map_err(|error| Fault::broken(format!("{what}: {error}")))
}

impl Ground {
    /// Reads it. The brand must be within the scope; of another there is nobody.
    pub async fn load(
        tx: &impl ConnectionTrait,
        brand_id: Uuid,
        kind: ApprovalKind,
        currency: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Self, Failure> {
        let rows: Vec<PersonRow> =
            db::all(tx, "select * from app.brand_people($1, $2)", [brand_id.into(), now.into()]).await?;
        let (mut seats, mut people) = (Vec::with_capacity(rows.len()), HashMap::with_capacity(rows.len()));
        for row in rows {
            let level = |level: Option<String>| level.map(|level| Level::try_from_value(&level)).transpose();
            let Some(level) = level(row.brand_level)?.max(level(row.agency_level)?) else { continue };
            let kind = UserKind::try_from_value(&row.kind)?;
            seats.push(Seat { user_id: row.user_id, kind, level, delegate_id: row.delegate_id });
            let locale = Locale::try_from_value(&row.locale)?;
            people.insert(row.user_id, Person { name: row.name, email: row.email, locale });
        }
        let rules: Option<RulesRow> = db::one(
            tx,
            "select * from app.approval_rules($1, $2, $3)",
            [brand_id.into(), kind.to_value().into(), currency.into()],
        )
        .await?;
        let rules = rules.ok_or_else(|| Fault::broken("approvals of a brand outside of the scope"))?;
        Ok(Self {
            seats,
            people,
            four_eyes: db::scalar(tx, "select four_eyes from agency", []).await?,
            limits: Limits {
                agency: read(rules.agency_limits, "limits of the agency")?,
                brand: read(rules.brand_limits, "limits of a brand")?,
            },
            chain: rules.steps.map(|steps| read(steps, "steps of a chain")).transpose()?,
        })
    }

    /// The same for a request.
    pub async fn of(
        tx: &impl ConnectionTrait,
        request: &approval_request::Model,
        now: DateTime<Utc>,
    ) -> Result<Self, Failure> {
        Self::load(tx, request.brand_id, request.kind, request.currency.as_deref(), now).await
    }

    /// Somebody's place.
    pub fn seat(&self, user_id: Uuid) -> Option<&Seat> {
        self.seats.iter().find(|seat| seat.user_id == user_id)
    }

    /// Whether a step asks clients: all of the brand's, or some who are named. It is the client's step then, by whomever it is
    /// decided: clients of the brand see what it is about, and what is said there.
    pub fn asks_clients(&self, asked: &Asked) -> bool {
        let is_client = |id: &Uuid| self.seat(*id).is_some_and(|seat| seat.kind == UserKind::Client);
        match asked.audience {
            StepAudience::Client => true,
            StepAudience::People => asked.people.iter().any(is_client),
            StepAudience::Level | StepAudience::Limit => false,
        }
    }

    /// Somebody.
    pub fn person(&self, user_id: Uuid) -> Option<&Person> {
        self.people.get(&user_id)
    }

    /// Somebody's name, if they are of the brand.
    pub fn name(&self, user_id: Uuid) -> Option<String> {
        self.person(user_id).map(|person| person.name.clone())
    }

    /// What is to be decided, seen against this.
    pub fn matter<'a>(&'a self, authors: &'a [Uuid], minor: Option<i64>) -> Matter<'a> {
        Matter { authors, four_eyes: self.four_eyes, minor, limits: &self.limits }
    }

    /// The same of a request.
    pub fn matter_of<'a>(&'a self, request: &'a approval_request::Model) -> Matter<'a> {
        self.matter(&request.authors, request.amount_minor)
    }
}
