//! What happens to a signed contract by the calendar: it begins on its first day, and the team is told before it ends.

use async_trait::async_trait;
use chrono::{DateTime, Duration, NaiveDate, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::contracts::contract::{self, ContractState};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DbErr, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use super::words::Names;
use crate::calendar::day_start;
use crate::context::Context;
use crate::error::Failure;
use crate::jobs::{Job, JobError, Next, Scope, Work, enqueue};
use crate::notices;
use crate::permission::Permit;
use crate::trust;

/// Begins one contract on its first day.
#[derive(Debug)]
pub struct ActivateContract;

/// Tells the team once that a contract ends. It is about the contract that was signed first; what amends it may move its end.
#[derive(Debug)]
pub struct RemindContract;

/// Plans what follows by days from a contract that was just signed.
pub(super) async fn follow_days(context: &Context, permit: Permit<'_>, row: &contract::Model) -> Result<(), Failure> {
    let zone = Names::of(context, row.brand_id).await?.zone()?;
    let first = row.starts_on.map_or(context.now, |day| day_start(zone, day)).max(context.now);
    enqueue(permit, ActivateContract.kind(), row.id, first, context.now).await?;
    if let Some(last) = row.ends_on {
        let at = day_start(zone, reminded_on(row, last)).max(context.now);
        enqueue(permit, RemindContract.kind(), row.amends_id.unwrap_or(row.id), at, context.now).await?;
    }
    Ok(())
}

/// The day on which the team is told that a contract ends on this day.
fn reminded_on(row: &contract::Model, last: NaiveDate) -> NaiveDate {
    last.checked_sub_signed(Duration::days(row.remind_days.into())).unwrap_or(last)
}

/// The last day of a contract: that of what amended it last, where that names one.
async fn last_day(tx: &impl ConnectionTrait, row: &contract::Model) -> Result<Option<NaiveDate>, DbErr> {
    let amendment = contract::Entity::in_brand(row.brand_id)
        .filter(contract::Column::AmendsId.eq(row.id))
        .filter(contract::Column::State.is_in([ContractState::Signed, ContractState::Active]))
        .filter(contract::Column::EndsOn.is_not_null())
        .order_by_desc(contract::Column::SignedAt)
        .one(tx)
        .await?;
    Ok(amendment.map_or(row.ends_on, |amendment| amendment.ends_on))
}

#[async_trait]
impl Job for ActivateContract {
    fn kind(&self) -> &'static str {
        "activate_contract"
    }

    async fn run(&self, work: &Work) -> Result<(), JobError> {
        let scope = work.begin().await?;
        let select = contract::Entity::one_in_brand(scope.brand_id, scope.subject_id()).lock_exclusive();
        let found = select.one(scope.tx()).await?.filter(|row| row.state == ContractState::Signed);
        let Some((row, first)) = found.and_then(|row| row.starts_on.map(|first| (row, first))) else {
            return scope.finish(Next::Done).await;
        };
        let zone = Names::read(scope.tx(), scope.brand_id).await?.zone()?;
        let at: DateTime<Utc> = day_start(zone, first);
        if at > scope.now {
            return scope.finish(Next::Again(at)).await;
        }
        let id = row.id;
        let active = contract::ActiveModel {
            state: Set(ContractState::Active),
            updated_at: Set(scope.now),
            ..row.into_active_model()
        };
        active.update(scope.tx()).await?;
        trust::record(scope.permit().await?, scope.now, "contract.activate", id, json!({})).await?;
        scope.finish(Next::Done).await
    }

    async fn give_up(&self, _scope: &Scope, _reason: &str) -> Result<(), JobError> {
        // The contract is signed and binds; the job itself shows the trouble, and is there to be run again.
        Ok(())
    }

    async fn revive(&self, _permit: Permit<'_>, _subject_id: Uuid) -> Result<bool, DbErr> {
        Ok(true)
    }
}

#[async_trait]
impl Job for RemindContract {
    fn kind(&self) -> &'static str {
        "remind_contract"
    }

    async fn run(&self, work: &Work) -> Result<(), JobError> {
        let scope = work.begin().await?;
        let select = contract::Entity::one_in_brand(scope.brand_id, scope.subject_id());
        let runs = |row: &contract::Model| matches!(row.state, ContractState::Signed | ContractState::Active);
        let Some(row) = select.one(scope.tx()).await?.filter(runs) else {
            return scope.finish(Next::Done).await;
        };
        let Some(last) = last_day(scope.tx(), &row).await? else {
            return scope.finish(Next::Done).await;
        };
        let names = Names::read(scope.tx(), scope.brand_id).await?;
        let at = day_start(names.zone()?, reminded_on(&row, last));
        if at > scope.now {
            return scope.finish(Next::Again(at)).await;
        }
        let about = (row.id, row.title.as_str(), last);
        notices::contract_ending(scope.permit().await?, scope.now, about, row.owner_id.unwrap_or(row.created_by))
            .await?;
        scope.finish(Next::Done).await
    }

    async fn give_up(&self, _scope: &Scope, _reason: &str) -> Result<(), JobError> {
        // The day stands in the contract; the job itself shows the trouble.
        Ok(())
    }

    async fn revive(&self, _permit: Permit<'_>, _subject_id: Uuid) -> Result<bool, DbErr> {
        Ok(true)
    }
}
