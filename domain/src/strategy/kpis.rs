//! KPIs: what is measured, and what it means. A new meaning is a new version; values stay with the version under which they
//! were measured.

use diwan_entity::strategy::kpi_version::{self, KpiDirection, KpiPeriod};
use diwan_entity::strategy::{kpi, objective};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _,
};
use uuid::Uuid;

use super::decimal::micro_of;
use super::fields::{begin, live, lock};
use super::items::{Thing, has_room, name_is_free};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::{Action, Permit};
use crate::trust;

/// The most definitions of one KPI.
const MOST_VERSIONS: i32 = 100;

/// What a KPI means.
#[derive(Debug, Clone)]
pub struct Definition {
    /// What is counted and how, 1 to 5000 characters.
    pub definition: String,
    /// In what it is counted, 1 to 50 characters.
    pub unit: String,
    /// Whether the target is a floor or a ceiling.
    pub direction: KpiDirection,
    /// The target in that unit: a decimal with at most six digits behind the point.
    pub target: String,
    /// How often it is measured.
    pub period: KpiPeriod,
}

impl Definition {
    fn row(&self, wrong: &mut Complaints) -> kpi_version::ActiveModel {
        let target = micro_of(&self.target);
        if target.is_none() {
            wrong.add(UserError::at(Code::Invalid, "definition.target"));
        }
        kpi_version::ActiveModel {
            definition: Set(wrong.text("definition.definition", &self.definition, 5000).to_owned()),
            unit: Set(wrong.text("definition.unit", &self.unit, 50).to_owned()),
            direction: Set(self.direction),
            target_micro: Set(target.unwrap_or_default()),
            period: Set(self.period),
            ..Default::default()
        }
    }
}

async fn write_version(
    context: &Context,
    permit: Permit<'_>,
    kpi_id: Uuid,
    number: i32,
    version: kpi_version::ActiveModel,
) -> Result<(), Failure> {
    let version = kpi_version::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(permit.brand_id),
        kpi_id: Set(kpi_id),
        number: Set(number),
        written_by: Set(permit.person()?),
        created_at: Set(context.now),
        ..version
    };
    kpi_version::Entity::insert(version).exec_without_returning(permit.tx()).await?;
    Ok(())
}

/// That what a KPI measures is a live objective of the brand, or nothing.
async fn check_objective(
    context: &Context,
    wrong: &mut Complaints,
    brand_id: Uuid,
    objective_id: Option<Uuid>,
) -> Result<(), Failure> {
    let Some(id) = objective_id else { return Ok(()) };
    let row = lock::<objective::Entity>(context, id, "objectiveId").await?;
    if row.brand_id != brand_id {
        return Err(UserError::at(Code::NotFound, "objectiveId").into());
    }
    live(wrong, row.archived_at, "objectiveId");
    Ok(())
}

/// Writes a KPI down, with what it means.
pub async fn create_kpi(
    context: &Context,
    brand_id: Uuid,
    name: &str,
    objective_id: Option<Uuid>,
    definition: Definition,
) -> Result<kpi::Model, Failure> {
    let permit = context.permit(Action::StrategyWrite, brand_id).await?;
    let mut wrong = Complaints::default();
    let name = wrong.text("name", name, 200);
    let version = definition.row(&mut wrong);
    has_room(permit, &mut wrong, Thing::Kpi).await?;
    check_objective(context, &mut wrong, brand_id, objective_id).await?;
    name_is_free(permit, &mut wrong, (Thing::Kpi, name), None, "name").await?;
    wrong.check()?;
    let row = kpi::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(brand_id),
        objective_id: Set(objective_id),
        name: Set(name.to_owned()),
        created_at: Set(context.now),
        updated_at: Set(context.now),
        archived_at: Set(None),
        version: Set(1),
        insight: Set(None),
    };
    let row = kpi::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    write_version(context, permit, row.id, 1, version).await?;
    trust::record(permit, context.now, "kpi.create", row.id, serde_json::json!({ "objective": objective_id })).await?;
    Ok(row)
}

/// Gives a KPI another name, or another objective. What it means stays.
pub async fn update_kpi(
    context: &Context,
    kpi_id: Uuid,
    version: i32,
    name: &str,
    objective_id: Option<Uuid>,
) -> Result<kpi::Model, Failure> {
    let (permit, row) = begin::<kpi::Entity>(context, Action::StrategyWrite, kpi_id, "kpiId").await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    live(&mut wrong, row.archived_at, "kpiId");
    let name = wrong.text("name", name, 200);
    check_objective(context, &mut wrong, row.brand_id, objective_id).await?;
    name_is_free(permit, &mut wrong, (Thing::Kpi, name), Some(row.id), "name").await?;
    wrong.check()?;
    let changed = kpi::ActiveModel {
        name: Set(name.to_owned()),
        objective_id: Set(objective_id),
        updated_at: Set(context.now),
        version: Set(row.version + 1),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "kpi.update", row.id, serde_json::json!({ "version": row.version })).await?;
    Ok(row)
}

/// Gives a KPI another meaning from now on. Its values so far stay, under the old one.
pub async fn redefine_kpi(
    context: &Context,
    kpi_id: Uuid,
    version: i32,
    definition: Definition,
) -> Result<kpi::Model, Failure> {
    let (permit, row) = begin::<kpi::Entity>(context, Action::StrategyWrite, kpi_id, "kpiId").await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    live(&mut wrong, row.archived_at, "kpiId");
    let new = definition.row(&mut wrong);
    let number = newest_version(context, row.id).await?.number + 1;
    if number > MOST_VERSIONS {
        wrong.add(UserError::at(Code::TooMany, "kpiId").number("limit", MOST_VERSIONS).number("actual", number));
    }
    wrong.check()?;
    write_version(context, permit, row.id, number, new).await?;
    let changed =
        kpi::ActiveModel { updated_at: Set(context.now), version: Set(row.version + 1), ..row.into_active_model() };
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "kpi.redefine", row.id, serde_json::json!({ "number": number })).await?;
    Ok(row)
}

/// What a KPI means now.
pub(super) async fn newest_version(context: &Context, kpi_id: Uuid) -> Result<kpi_version::Model, Failure> {
    let select = kpi_version::Entity::find()
        .filter(kpi_version::Column::KpiId.eq(kpi_id))
        .order_by_desc(kpi_version::Column::Number);
    let row = context.one(select).await?;
    Ok(row.ok_or_else(|| crate::Fault::broken(format!("KPI {kpi_id} means nothing")))?)
}

/// What these KPIs meant and mean, the newest first.
pub async fn versions_of_kpis(context: &Context, kpi_ids: &[Uuid]) -> Result<Vec<kpi_version::Model>, Failure> {
    let select = kpi_version::Entity::find()
        .filter(kpi_version::Column::KpiId.is_in(kpi_ids.iter().copied()))
        .order_by_desc(kpi_version::Column::Number);
    Ok(context.all(select).await?)
}
