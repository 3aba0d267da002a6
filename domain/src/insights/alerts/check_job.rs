//! Looking at a brand's alerts each day, once its day is over.
//!
//! All is one transaction: what is noted of a figure and who is told of it are there together or not at all, so a run that dies tells nobody,
//! and the next tells once. What was told is not told again before the figure was back.

use std::collections::HashMap;

use async_trait::async_trait;
use chrono::{DateTime, Duration, NaiveDate, Utc};
use chrono_tz::Tz;
use diwan_entity::InBrand as _;
use diwan_entity::insights::insight_alert;
use diwan_entity::insights::insight_alert_event::{self as event, AlertEventState};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, DbErr, EntityTrait as _, IntoActiveModel as _, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _,
};
use uuid::Uuid;

use super::look::{Seen, look};
use crate::calendar::day_start;
use crate::error::Fault;
use crate::insights::kpi::Formula;
use crate::insights::place::places;
use crate::jobs::{Job, JobError, Next, Scope, Work, enqueue};
use crate::notices::{self, FigureNotice};
use crate::permission::Permit;

/// How long after a brand's day has ended its figures are looked at: the last readings of the day are in by then.
const AFTER_THE_DAY: Duration = Duration::hours(2);

/// Looks at the alerts of a brand. It is about the brand.
#[derive(Debug)]
pub struct CheckAlerts;

#[async_trait]
impl Job for CheckAlerts {
    fn kind(&self) -> &'static str {
        "check_alerts"
    }

    async fn run(&self, work: &Work) -> Result<(), JobError> {
        let scope = work.begin().await?;
        let place = places(scope.tx(), &[scope.brand_id]).await?.pop();
        let Some(place) = place else { return scope.finish(Next::Done).await };
        let alerts = insight_alert::Entity::in_brand(scope.brand_id)
            .filter(insight_alert::Column::Enabled.eq(true))
            .order_by_asc(insight_alert::Column::Id)
            .all(scope.tx())
            .await?;
        if alerts.is_empty() {
            return scope.finish(Next::Done).await;
        }
        let today = scope.now.with_timezone(&place.zone).date_naive();
        let beyond = || Fault::broken("the end of the calendar");
        if !place.archived {
            let day = today.pred_opt().ok_or_else(beyond)?;
            let seen = look(scope.tx(), place, (day, scope.now), &alerts).await?;
            tell(&scope, day, &alerts, seen).await?;
        }
        let next = after(place.zone, today, scope.now).ok_or_else(beyond)?;
        scope.finish(Next::Again(next)).await
    }

    async fn give_up(&self, _scope: &Scope, _reason: &str) -> Result<(), JobError> {
        // The job itself shows our fault.
        Ok(())
    }

    async fn revive(&self, _permit: Permit<'_>, _subject_id: Uuid) -> Result<bool, DbErr> {
        Ok(true)
    }
}

/// Has a brand's alerts looked at from `due` on where one of them is about visits or mentions: some have come to be known, and the look after
/// the day's end may have missed them.
pub(crate) async fn days_came(permit: Permit<'_>, due: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), DbErr> {
    let by_days = |formula: &Formula| formula.shape.needs().iter().any(|need| need.comes_by_days());
    let names = Formula::ALL.into_iter().filter(by_days).map(|formula| formula.name);
    let about = insight_alert::Entity::in_brand(permit.brand_id)
        .filter(insight_alert::Column::Enabled.eq(true))
        .filter(insight_alert::Column::Kpi.is_in(names));
    if about.count(permit.tx()).await? > 0 {
        enqueue(permit, CheckAlerts.kind(), permit.brand_id, due, now).await?;
    }
    Ok(())
}

/// When figures are looked at next: once today's first hours, or tomorrow's, are over. A run that was asked for by hand in those hours looks
/// at yesterday, and again when they are over.
fn after(zone: Tz, today: NaiveDate, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let due = day_start(zone, today) + AFTER_THE_DAY;
    if now < due { Some(due) } else { Some(day_start(zone, today.succ_opt()?) + AFTER_THE_DAY) }
}

/// Notes what is new of each alert, and tells of it.
async fn tell(
    scope: &Scope,
    day: NaiveDate,
    alerts: &[insight_alert::Model],
    seen: Vec<Option<Seen>>,
) -> Result<(), JobError> {
    let open: HashMap<Uuid, Uuid> = event::Entity::in_brand(scope.brand_id)
        .filter(event::Column::State.is_in([AlertEventState::Open, AlertEventState::Seen]))
        .all(scope.tx())
        .await?
        .into_iter()
        .map(|row| (row.alert_id, row.id))
        .collect();
    let (mut back, mut rows, mut told) = (Vec::new(), Vec::new(), Vec::new());
    for (alert, seen) in alerts.iter().zip(seen) {
        match (seen, open.get(&alert.id)) {
            (Some(seen), Some(known)) if !seen.alarm => back.push(*known),
            (Some(seen), None) if seen.alarm => {
                let row = raised(scope, day, alert, seen);
                told.push((alert, row.clone()));
                rows.push(row.into_active_model().reset_all());
            }
            _ => {}
        }
    }
    if !back.is_empty() {
        clear(scope, &back).await?;
    }
    if rows.is_empty() {
        return Ok(());
    }
    event::Entity::insert_many(rows).exec_without_returning(scope.tx()).await?;
    let told: Vec<FigureNotice<'_>> = told.iter().map(|(alert, event)| FigureNotice { alert, event }).collect();
    notices::figure_alerts(scope.permit().await?, scope.now, &told).await?;
    Ok(())
}

fn raised(scope: &Scope, day: NaiveDate, alert: &insight_alert::Model, seen: Seen) -> event::Model {
    event::Model {
        id: scope.new_id(),
        brand_id: scope.brand_id,
        alert_id: alert.id,
        day,
        raised_at: scope.now,
        figure_micro: seen.figure,
        expected_micro: seen.expected,
        low_micro: seen.low,
        high_micro: seen.high,
        currency: seen.currency,
        state: AlertEventState::Open,
        seen_by: None,
        seen_at: None,
        cleared_at: None,
    }
}

/// Notes that figures are back.
async fn clear(scope: &Scope, ids: &[Uuid]) -> Result<(), DbErr> {
    event::Entity::update_many()
        .col_expr(event::Column::State, Expr::value(AlertEventState::Cleared))
        .col_expr(event::Column::ClearedAt, Expr::value(scope.now))
        .filter(event::Column::BrandId.eq(scope.brand_id))
        .filter(event::Column::Id.is_in(ids.iter().copied()))
        .exec(scope.tx())
        .await
        .map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_looked_at_when_its_clock_says_that_it_is_over() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let next = |today: &str, now: &str| after(chrono_tz::Europe::Athens, today.parse().unwrap(), at(now)).unwrap();
        // Clocks go back on 25 October: that day has 25 hours.
        assert_eq!(next("2026-10-24", "2026-10-24T12:00:00Z"), at("2026-10-24T23:00:00Z"));
        assert_eq!(next("2026-10-25", "2026-10-25T12:00:00Z"), at("2026-10-26T00:00:00Z"));
        // Forward on 29 March.
        assert_eq!(next("2026-03-28", "2026-03-28T12:00:00Z"), at("2026-03-29T00:00:00Z"));
        assert_eq!(next("2026-03-29", "2026-03-29T12:00:00Z"), at("2026-03-29T23:00:00Z"));
        assert_eq!(
            next("2026-09-20", "2026-09-19T21:30:00Z"),
            at("2026-09-19T23:00:00Z"),
            "half an hour after midnight"
        );
    }
}
