//! Making the posts of a series ahead of time, once for each of its days.

use std::collections::HashSet;

use async_trait::async_trait;
use chrono::{Duration, NaiveDate};
use chrono_tz::Tz;
use diwan_entity::InBrand as _;
use diwan_entity::calendar::{post, post_series, repeated_post};
use diwan_entity::tenancy::brand;
use sea_orm::{ActiveValue::Set, ColumnTrait as _, DbErr, EntityTrait as _, QueryFilter as _, QuerySelect as _};
use uuid::Uuid;

use super::copy::{Copy, write_copies};
use super::hand_on::hand_on;
use crate::calendar::slots::{Recurrence, occurrences};
use crate::error::Fault;
use crate::jobs::{Job, JobError, Next, Scope, Work};
use crate::permission::Permit;

/// How far ahead the posts of a series are made.
const HORIZON: Duration = Duration::days(60);
/// Whether anything is still to come is looked for this far.
const FAR: Duration = Duration::days(9 * 366);

/// Makes what a series lacks, every day.
#[derive(Debug)]
pub struct ExtendSeries;

/// The time zone of a brand that is not archived.
pub(super) async fn zone_of(scope: &Scope) -> Result<Option<Tz>, JobError> {
    let brand = brand::Entity::find_by_id(scope.brand_id).one(scope.tx()).await?;
    let Some(brand) = brand.filter(|brand| brand.archived_at.is_none()) else { return Ok(None) };
    Ok(Some(brand.time_zone.parse().map_err(|_| Fault::broken("a brand's time zone is unknown"))?))
}

#[async_trait]
impl Job for ExtendSeries {
    fn kind(&self) -> &'static str {
        "extend_series"
    }

    async fn run(&self, work: &Work) -> Result<(), JobError> {
        let scope = work.begin().await?;
        // Whoever changes the series locks it as well: what is made here is by the rule that holds.
        let row = post_series::Entity::one_in_brand(scope.brand_id, scope.subject_id()).lock_exclusive();
        let Some(series) = row.one(scope.tx()).await?.filter(|series| series.ended_at.is_none()) else {
            return scope.finish(Next::Done).await;
        };
        let Some(zone) = zone_of(&scope).await? else {
            let tomorrow = scope.now + Duration::days(1);
            return scope.finish(Next::Again(tomorrow)).await;
        };
        make(&scope, &series, zone).await?;
        let goes_on = !occurrences(zone, &Recurrence::from(&series), scope.now, scope.now + FAR).is_empty();
        scope.commit().await?;
        hand_on(work, series.id, series.mode, series.in_name_of).await?;
        let scope = work.begin().await?;
        let now = post_series::Entity::one_in_brand(scope.brand_id, series.id).one(scope.tx()).await?;
        let next = if now.is_some_and(|now| now.version != series.version) {
            // Somebody wrote it anew meanwhile.
            Next::Again(scope.now)
        } else if goes_on {
            Next::Again(scope.now + Duration::days(1))
        } else {
            Next::Done
        };
        scope.finish(next).await
    }

    async fn give_up(&self, _scope: &Scope, _reason: &str) -> Result<(), JobError> {
        // What was made stays; that nothing more is made, the job itself shows.
        Ok(())
    }

    async fn revive(&self, _permit: Permit<'_>, _subject_id: Uuid) -> Result<bool, DbErr> {
        Ok(true)
    }
}

async fn make(scope: &Scope, series: &post_series::Model, zone: Tz) -> Result<(), JobError> {
    let source = post::Entity::one_in_brand(series.brand_id, series.post_id).one(scope.tx()).await?;
    let source = source.ok_or_else(|| Fault::broken("a series without its post"))?;
    let known: HashSet<NaiveDate> = repeated_post::Entity::in_brand(series.brand_id)
        .filter(repeated_post::Column::SeriesId.eq(series.id))
        .all(scope.tx())
        .await?
        .into_iter()
        .map(|row| row.on_date)
        .collect();
    let mut days = occurrences(zone, &Recurrence::from(series), scope.now, scope.now + HORIZON);
    days.retain(|day| day.at > scope.now && !known.contains(&day.on));
    let copies: Vec<Copy<'_>> =
        days.iter().map(|day| Copy { of: &source, id: scope.new_id(), due_at: day.at }).collect();
    if copies.is_empty() {
        return Ok(());
    }
    write_copies(scope.permit().await?, &copies, series.in_name_of, scope.now).await?;
    let rows = copies.iter().zip(&days).map(|(copy, day)| repeated_post::ActiveModel {
        brand_id: Set(series.brand_id),
        post_id: Set(copy.id),
        series_id: Set(Some(series.id)),
        item_id: Set(None),
        on_date: Set(day.on),
        due_at: Set(copy.due_at),
        handed_on_at: Set(None),
        trouble: Set(None),
    });
    repeated_post::Entity::insert_many(rows).exec_without_returning(scope.tx()).await?;
    Ok(())
}
