//! Reading alerts, and what was told of them.

use std::collections::HashMap;

use diwan_entity::InBrand as _;
use diwan_entity::insights::insight_alert;
use diwan_entity::insights::insight_alert_event::{self as event, AlertEventState};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use uuid::Uuid;

use crate::context::Context;
use crate::error::Failure;
use crate::paging::{Page, Slice, newest_first};
use crate::permission::Action;
use crate::strategy::text_of;

/// An alert, with what it tells now.
#[derive(Debug, Clone)]
pub struct ShownAlert {
    /// The alert.
    pub alert: insight_alert::Model,
    /// Its event that is open or seen; none while the figure is as it should be, or unknown.
    pub open: Option<event::Model>,
}

/// The figures of an event, as decimals in the KPI's own unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FiguresOfEvent {
    /// What it was.
    pub value: String,
    /// The threshold, what was due of the target, or the middle of the weeks before.
    pub expected: String,
    /// Below which it is not as it should be.
    pub low: Option<String>,
    /// Above which it is not.
    pub high: Option<String>,
}

/// The figures of an event.
pub fn figures_of(row: &event::Model) -> FiguresOfEvent {
    FiguresOfEvent {
        value: text_of(row.figure_micro),
        expected: text_of(row.expected_micro),
        low: row.low_micro.map(text_of),
        high: row.high_micro.map(text_of),
    }
}

/// The alerts of a brand, in the order in which they were made; there are never more than 50. Two statements.
pub async fn insight_alerts(context: &Context, brand_id: Uuid) -> Result<Vec<ShownAlert>, Failure> {
    context.permit(Action::MetricsRead, brand_id).await?;
    let all = context.all(insight_alert::Entity::in_brand(brand_id).order_by_asc(insight_alert::Column::Id)).await?;
    let ids: Vec<Uuid> = all.iter().map(|row| row.id).collect();
    let mut open = events_of_alerts(context, &ids).await?;
    Ok(all.into_iter().map(|alert| ShownAlert { open: open.remove(&alert.id), alert }).collect())
}

/// What these alerts tell now: the event of each that is open or seen.
pub async fn events_of_alerts(context: &Context, ids: &[Uuid]) -> Result<HashMap<Uuid, event::Model>, Failure> {
    let open = event::Entity::find()
        .filter(event::Column::AlertId.is_in(ids.iter().copied()))
        .filter(event::Column::State.ne(AlertEventState::Cleared));
    Ok(context.all(open).await?.into_iter().map(|row| (row.alert_id, row)).collect())
}

/// Alerts by id, in the brands where the caller may read numbers.
pub async fn insight_alerts_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<insight_alert::Model>, Failure> {
    let rows = context.all(insight_alert::Entity::visible(ids.iter().copied())).await?;
    Ok(rows.into_iter().filter(|row| context.may(Action::MetricsRead, row.brand_id)).collect())
}

/// Events of alerts by id, in the brands where the caller may read numbers.
pub async fn insight_alert_events_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<event::Model>, Failure> {
    let rows = context.all(event::Entity::visible(ids.iter().copied())).await?;
    Ok(rows.into_iter().filter(|row| context.may(Action::MetricsRead, row.brand_id)).collect())
}

/// What was told of a brand's figures, newest first; only what is not cleared, if wanted.
pub async fn insight_alert_events(
    context: &Context,
    brand_id: Uuid,
    current: bool,
    page: Page,
) -> Result<Slice<event::Model>, Failure> {
    context.permit(Action::MetricsRead, brand_id).await?;
    let mut select = event::Entity::in_brand(brand_id);
    if current {
        select = select.filter(event::Column::State.ne(AlertEventState::Cleared));
    }
    newest_first(context, select, event::Column::Id, page).await
}
