//! KPIs, what they meant and mean, and what they came to.

use async_graphql::{Enum, ID, Object, Result};
use chrono::{DateTime, NaiveDate, Utc};
use diwan_domain::strategy::text_of;
use diwan_entity::strategy::{kpi, kpi_value, kpi_version};
use diwan_entity::tenancy::app_user;

use super::objective::Objective;
use crate::graphql::context::Op;
use crate::graphql::insights::InsightKpi;
use crate::graphql::scalars::Kind;
use crate::graphql::tenancy::{Brand, User};

/// Whether a target is a floor or a ceiling.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "kpi_version::KpiDirection")]
pub enum KpiDirection {
    /// More is better.
    AtLeast,
    /// Less is better.
    AtMost,
}

/// How often a KPI is measured.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "kpi_version::KpiPeriod")]
pub enum KpiPeriod {
    /// A week, which begins on the brand's day.
    Week,
    /// A month of the Gregorian calendar.
    Month,
    /// Three months, from January, April, July, October on.
    Quarter,
    /// A year.
    Year,
}

/// What is measured.
pub struct Kpi {
    pub op: Op,
    pub row: kpi::Model,
}

/// What is measured.
#[Object]
impl Kpi {
    /// The KPI's id.
    pub async fn id(&self) -> ID {
        Kind::Kpi.id(self.row.id)
    }
    /// What it is called.
    async fn name(&self) -> &str {
        &self.row.name
    }
    /// What it measures; null: nothing in particular.
    async fn objective(&self) -> Result<Option<Objective>> {
        let Some(id) = self.row.objective_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| Objective { op: self.op.clone(), row }))
    }
    /// The figure of `insights` that measures it, and is told beside its target; null: somebody records what it came to.
    async fn figure(&self) -> Option<InsightKpi> {
        self.row.insight.as_deref().and_then(InsightKpi::of_name)
    }
    /// What it means now.
    async fn current(&self) -> Result<Option<KpiVersion>> {
        let rows = self.op.load_of::<kpi_version::Model>(self.row.id).await?;
        Ok(rows.into_iter().next().map(|row| KpiVersion { op: self.op.clone(), row }))
    }
    /// What it means and meant, the newest first.
    #[graphql(complexity = "1 + 3 * child_complexity")]
    async fn versions(&self) -> Result<Vec<KpiVersion>> {
        let rows = self.op.load_of(self.row.id).await?;
        Ok(rows.into_iter().map(|row| KpiVersion { op: self.op.clone(), row }).collect())
    }
    /// Counts the changes, new meanings with them; a change names the version from which it started.
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

/// What a KPI means, from one day on. It never changes.
pub struct KpiVersion {
    pub op: Op,
    pub row: kpi_version::Model,
}

/// What a KPI means, from one day on. It never changes.
#[Object]
impl KpiVersion {
    /// Counts the meanings, from 1 on.
    async fn number(&self) -> i32 {
        self.row.number
    }
    /// What is counted, and how.
    async fn definition(&self) -> &str {
        &self.row.definition
    }
    /// In what it is counted.
    async fn unit(&self) -> &str {
        &self.row.unit
    }
    /// Whether the target is a floor or a ceiling.
    async fn direction(&self) -> KpiDirection {
        self.row.direction.into()
    }
    /// The target in that unit: a decimal.
    async fn target(&self) -> String {
        text_of(self.row.target_micro)
    }
    /// How often it is measured.
    async fn period(&self) -> KpiPeriod {
        self.row.period.into()
    }
    /// Since when it means this.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// What it came to under this meaning, the newest period first, at most 100; `kpiValues` has all.
    #[graphql(complexity = "1 + 10 * child_complexity")]
    async fn values(&self) -> Result<Vec<KpiValue>> {
        let rows = self.op.load_of(self.row.id).await?;
        Ok(rows.into_iter().map(|row| KpiValue { op: self.op.clone(), row }).collect())
    }
}

/// What a KPI came to in one period.
pub struct KpiValue {
    pub op: Op,
    pub row: kpi_value::Model,
}

/// What a KPI came to in one period.
#[Object]
impl KpiValue {
    /// The first day of the period.
    async fn period_start(&self) -> NaiveDate {
        self.row.period_start
    }
    /// What was measured: a decimal.
    async fn value(&self) -> String {
        text_of(self.row.value_micro)
    }
    /// What the KPI meant when this was measured.
    async fn meaning(&self) -> Result<KpiVersion> {
        Ok(KpiVersion { op: self.op.clone(), row: self.op.must_load(self.row.kpi_version_id).await? })
    }
    /// Where it comes from.
    async fn note(&self) -> &str {
        &self.row.note
    }
    /// Who recorded it, or corrected it last; null when the caller does not see that person.
    async fn recorded_by(&self) -> Result<Option<User>> {
        let user = self.op.load::<app_user::Model>(self.row.recorded_by).await?;
        Ok(user.map(|row| User { op: self.op.clone(), row }))
    }
    /// When that was.
    async fn recorded_at(&self) -> DateTime<Utc> {
        self.row.recorded_at
    }
    /// Counts the corrections; a correction names the version from which it started.
    async fn version(&self) -> i32 {
        self.row.version
    }
}
