//! Mutations of KPIs.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::NaiveDate;
use diwan_domain::strategy::{self, Definition, Recorded};
use diwan_domain::{Context as Domain, Failure};
use uuid::Uuid;

use super::kpi::{Kpi, KpiDirection, KpiPeriod, KpiValue};
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::insights::InsightKpi;
use crate::graphql::scalars::Kind;

/// What a KPI means.
#[derive(InputObject)]
struct KpiDefinitionInput {
    /// What is counted and how, 1 to 5000 characters.
    definition: String,
    /// In what it is counted, 1 to 50 characters.
    unit: String,
    /// Whether the target is a floor or a ceiling.
    direction: KpiDirection,
    /// The target in that unit: a decimal such as `12.5`, with at most six digits behind the point.
    target: String,
    /// How often it is measured.
    period: KpiPeriod,
}

impl From<KpiDefinitionInput> for Definition {
    fn from(input: KpiDefinitionInput) -> Self {
        Self {
            definition: input.definition,
            unit: input.unit,
            direction: input.direction.into(),
            target: input.target,
            period: input.period.into(),
        }
    }
}

fn objective(id: Option<&ID>) -> Result<Option<Uuid>, Failure> {
    id.map(|id| Kind::Objective.parse(id, "objectiveId")).transpose()
}

/// A KPI to write down.
#[derive(InputObject)]
struct CreateKpiInput {
    /// Of which brand.
    brand_id: ID,
    /// What it is called, 1 to 200 characters, unlike any other KPI of the brand.
    name: String,
    /// The objective that it measures.
    objective_id: Option<ID>,
    /// What it means.
    definition: KpiDefinitionInput,
}

/// The answer of `createKpi`.
#[derive(SimpleObject)]
struct CreateKpiPayload {
    /// The KPI, when it was written down.
    kpi: Option<Kpi>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// A KPI to give another name or objective.
#[derive(InputObject)]
struct UpdateKpiInput {
    /// Which one.
    kpi_id: ID,
    /// The version from which the change started.
    version: i32,
    /// What it is called from now on.
    name: String,
    /// The objective that it measures from now on; none when left out.
    objective_id: Option<ID>,
}

/// The answer of `updateKpi`.
#[derive(SimpleObject)]
struct UpdateKpiPayload {
    /// The KPI, when it was changed.
    kpi: Option<Kpi>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// A KPI to give another meaning.
#[derive(InputObject)]
struct RedefineKpiInput {
    /// Which one.
    kpi_id: ID,
    /// The version from which the change started.
    version: i32,
    /// What it means from now on.
    definition: KpiDefinitionInput,
}

/// The answer of `redefineKpi`.
#[derive(SimpleObject)]
struct RedefineKpiPayload {
    /// The KPI, when it was redefined.
    kpi: Option<Kpi>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// A KPI to measure by a figure.
#[derive(InputObject)]
struct MeasureKpiInput {
    /// Which one.
    kpi_id: ID,
    /// The version from which the change started.
    version: i32,
    /// The figure of `insights` that measures it. Its unit is that of the target: a number, hundredths, or for amounts the currency whose code
    /// is the KPI's unit. Null: none does.
    figure: Option<InsightKpi>,
}

/// The answer of `measureKpi`.
#[derive(SimpleObject)]
struct MeasureKpiPayload {
    /// The KPI, when it was changed.
    kpi: Option<Kpi>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// What a KPI came to.
#[derive(InputObject)]
struct RecordKpiValueInput {
    /// Which KPI.
    kpi_id: ID,
    /// Any day of the period that was measured, not after today.
    on: NaiveDate,
    /// In the KPI's unit: a decimal such as `12.5`, with at most six digits behind the point.
    value: String,
    /// Where it comes from, up to 2000 characters.
    #[graphql(default)]
    note: String,
    /// The version of the value that is corrected; left out for a period that has none yet.
    version: Option<i32>,
}

/// The answer of `recordKpiValue`.
#[derive(SimpleObject)]
struct RecordKpiValuePayload {
    /// The value, when it was recorded.
    value: Option<KpiValue>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// Mutations of KPIs.
#[derive(Default)]
pub struct KpiMutation;

#[Object]
impl KpiMutation {
    /// Writes a KPI down, with what it means. For SENIOR and above.
    async fn create_kpi(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The KPI.")] input: CreateKpiInput,
    ) -> Result<CreateKpiPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            let objective_id = objective(input.objective_id.as_ref())?;
            strategy::create_kpi(context, brand_id, &input.name, objective_id, input.definition.into()).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(CreateKpiPayload { kpi: row.map(|row| Kpi { op: op.clone(), row }), user_errors })
    }

    /// Gives a KPI another name, or another objective. For SENIOR and above.
    async fn update_kpi(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change.")] input: UpdateKpiInput,
    ) -> Result<UpdateKpiPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let id = Kind::Kpi.parse(&input.kpi_id, "kpiId")?;
            let objective_id = objective(input.objective_id.as_ref())?;
            strategy::update_kpi(context, id, input.version, &input.name, objective_id).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(UpdateKpiPayload { kpi: row.map(|row| Kpi { op: op.clone(), row }), user_errors })
    }

    /// Gives a KPI another meaning from now on; its values so far stay under the old one. For SENIOR and above.
    async fn redefine_kpi(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new meaning.")] input: RedefineKpiInput,
    ) -> Result<RedefineKpiPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let id = Kind::Kpi.parse(&input.kpi_id, "kpiId")?;
            strategy::redefine_kpi(context, id, input.version, input.definition.into()).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(RedefineKpiPayload { kpi: row.map(|row| Kpi { op: op.clone(), row }), user_errors })
    }

    /// Says which figure measures a KPI, so that `insights` tells it beside its target. Several KPIs may be measured by one, for periods of their
    /// own. For SENIOR and above.
    async fn measure_kpi(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The KPI and the figure.")] input: MeasureKpiInput,
    ) -> Result<MeasureKpiPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let id = Kind::Kpi.parse(&input.kpi_id, "kpiId")?;
            strategy::measure_kpi(context, id, input.version, input.figure.and_then(InsightKpi::kpi)).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(MeasureKpiPayload { kpi: row.map(|row| Kpi { op: op.clone(), row }), user_errors })
    }

    /// Records what a KPI came to in a period, or corrects it. For MID and above.
    async fn record_kpi_value(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The value.")] input: RecordKpiValueInput,
    ) -> Result<RecordKpiValuePayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let kpi_id = Kind::Kpi.parse(&input.kpi_id, "kpiId")?;
            let new = Recorded { kpi_id, on: input.on, value: input.value, note: input.note, version: input.version };
            strategy::record_kpi_value(context, new).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(RecordKpiValuePayload { value: row.map(|row| KpiValue { op: op.clone(), row }), user_errors })
    }
}
