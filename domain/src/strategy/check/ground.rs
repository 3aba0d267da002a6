//! What a post is checked against. Read in one statement, also for those who see less themselves (migrations `m0020`, `m0030`).

use chrono::{DateTime, Utc};
use diwan_entity::strategy::content_checks;
use diwan_platform::db;
use sea_orm::FromQueryResult;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::error::{Failure, Fault};
use crate::permission::Permit;
use crate::strategy::{BannedWord, default_checks};

/// A live pillar of the brand.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Pillar {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Its planned part, in basis points.
    pub share_bp: i32,
    /// How many other posts of the month it has.
    pub posts: i64,
}

#[derive(Debug, Default, Deserialize)]
struct Profile {
    banned_words: Vec<BannedWord>,
    languages: Vec<String>,
}

/// What a post is checked against.
#[derive(Debug)]
pub(crate) struct Ground {
    /// Which checks there are, and how strict they are.
    pub checks: content_checks::Model,
    /// What the brand does not say.
    pub banned: Vec<BannedWord>,
    /// What it speaks, BCP 47; empty: anything.
    pub languages: Vec<String>,
    /// What it speaks about.
    pub pillars: Vec<Pillar>,
    /// The required items of the post's checklist that are not ticked, in order.
    pub open_items: Vec<String>,
}

#[derive(FromQueryResult)]
struct Row {
    checks: Option<serde_json::Value>,
    profile: Option<serde_json::Value>,
    pillars: serde_json::Value,
    open_items: Vec<String>,
}

fn read<T: DeserializeOwned>(value: serde_json::Value, what: &str) -> Result<T, Fault> {
    serde_json::from_value(value).map_err(|error| Fault::broken(format!("{what}: {error}")))
}

impl Ground {
    /// Reads it, with the posts of the month of `due_at` besides this one.
    pub async fn load(permit: Permit<'_>, post_id: Uuid, due_at: DateTime<Utc>) -> Result<Self, Failure> {
        let brand_id = permit.brand_id;
        let sql = "select * from app.content_ground($1, $2, $3)";
        let row: Option<Row> = db::one(permit.tx(), sql, [brand_id.into(), post_id.into(), due_at.into()]).await?;
        let row = row.ok_or_else(|| Fault::broken("checks of a brand outside of the scope"))?;
        let profile: Profile =
            row.profile.map(|profile| read(profile, "the profile of a brand")).transpose()?.unwrap_or_default();
        let checks = row.checks.map(|checks| read(checks, "the checks of a brand")).transpose()?;
        Ok(Self {
            checks: checks.unwrap_or_else(|| default_checks(brand_id)),
            banned: profile.banned_words,
            languages: profile.languages,
            pillars: read(row.pillars, "the pillars of a brand")?,
            open_items: row.open_items,
        })
    }
}
