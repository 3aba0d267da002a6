//! Which figure of the product measures a KPI.

use diwan_entity::strategy::kpi;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, IntoActiveModel as _};
use uuid::Uuid;

use super::fields::{begin, live};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::insights::kpi::Kpi;
use crate::insights::name_of;
use crate::permission::Action;
use crate::trust;

/// Says which figure of `insights` measures a KPI, so that it is told beside its target; or that none does. Several KPIs may be measured by
/// the same one, for periods of their own.
pub async fn measure_kpi(
    context: &Context,
    kpi_id: Uuid,
    version: i32,
    figure: Option<Kpi>,
) -> Result<kpi::Model, Failure> {
    let (permit, row) = begin::<kpi::Entity>(context, Action::StrategyWrite, kpi_id, "kpiId").await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    live(&mut wrong, row.archived_at, "kpiId");
    let name = figure.map(name_of);
    if name == Some(None) {
        wrong.add(UserError::at(Code::Invalid, "figure"));
    }
    wrong.check()?;
    let changed = kpi::ActiveModel {
        insight: Set(name.flatten().map(str::to_owned)),
        updated_at: Set(context.now),
        version: Set(row.version + 1),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    let detail = serde_json::json!({ "version": row.version, "figure": row.insight });
    trust::record(permit, context.now, "kpi.measure", row.id, detail).await?;
    Ok(row)
}
