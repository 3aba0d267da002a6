//! What a brand wants.

use async_graphql::{Enum, ID, Object, Result};
use chrono::{DateTime, NaiveDate, Utc};
use diwan_entity::strategy::objective;

use super::kpi::Kpi;
use crate::graphql::context::Op;
use crate::graphql::scalars::Kind;
use crate::graphql::tenancy::Brand;

/// How far away an objective is.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "objective::ObjectiveKind")]
pub enum ObjectiveKind {
    /// What the brand wants to be. It stands under nothing.
    Vision,
    /// What brings it there. It stands under a vision.
    Goal,
    /// What is done for that. It stands under a goal.
    Step,
}

/// What a brand wants: a vision, a goal under it, or a step under that.
pub struct Objective {
    pub op: Op,
    pub row: objective::Model,
}

/// What a brand wants: a vision, a goal under it, or a step under that.
#[Object]
impl Objective {
    /// The objective's id.
    pub async fn id(&self) -> ID {
        Kind::Objective.id(self.row.id)
    }
    /// How far away it is.
    async fn kind(&self) -> ObjectiveKind {
        self.row.kind.into()
    }
    /// In a few words.
    async fn title(&self) -> &str {
        &self.row.title
    }
    /// In more.
    async fn description(&self) -> &str {
        &self.row.description
    }
    /// Until when.
    async fn due_on(&self) -> Option<NaiveDate> {
        self.row.due_on
    }
    /// What it stands under; null for a vision.
    async fn parent(&self) -> Result<Option<Objective>> {
        let Some(id) = self.row.parent_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| Objective { op: self.op.clone(), row }))
    }
    /// What stands under it, oldest first, without what was put away.
    #[graphql(complexity = "1 + 5 * child_complexity")]
    async fn children(&self) -> Result<Vec<Objective>> {
        let rows = self.op.load_of(self.row.id).await?;
        Ok(rows.into_iter().map(|row| Objective { op: self.op.clone(), row }).collect())
    }
    /// The KPIs that measure it, oldest first, without those that were put away.
    #[graphql(complexity = "1 + 5 * child_complexity")]
    async fn kpis(&self) -> Result<Vec<Kpi>> {
        let rows = self.op.load_of(self.row.id).await?;
        Ok(rows.into_iter().map(|row| Kpi { op: self.op.clone(), row }).collect())
    }
    /// Counts the changes; a change names the version from which it started.
    async fn version(&self) -> i32 {
        self.row.version
    }
    /// When it was written down.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }
    /// Since when it is put away.
    async fn archived_at(&self) -> Option<DateTime<Utc>> {
        self.row.archived_at
    }
    /// Its brand.
    async fn brand(&self) -> Result<Brand> {
        Ok(Brand { op: self.op.clone(), row: self.op.must_load(self.row.brand_id).await? })
    }
}
