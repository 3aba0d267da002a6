//! Reminding of deliverables: some days before they are due, and when that day has passed. The team is told by a notice, whoever hands it
//! in by a letter; of each day once, which the row itself keeps.

use async_trait::async_trait;
use chrono::{DateTime, Days, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::contracts::contract;
use diwan_entity::payments::deliverable::{self, DeliverableState};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, DbErr, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use super::contract::{going_on, in_force};
use super::letters::{Occasion, write_to_whose_it_is};
use super::place::Place;
use crate::calendar::day_start;
use crate::error::{Failure, Fault};
use crate::jobs::{Job, JobError, Next, Scope, Work, enqueue};
use crate::notices;
use crate::permission::Permit;

/// How many days before it is due.
const AHEAD: Days = Days::new(3);

/// Reminds of one deliverable for as long as it is to be handed in.
#[derive(Debug)]
pub struct RemindDeliverable;

/// When it is reminded of: before its day, and after it.
struct Moments {
    soon: DateTime<Utc>,
    late: DateTime<Utc>,
}

impl Moments {
    fn of(row: &deliverable::Model, place: &Place) -> Self {
        let before = row.due_on.checked_sub_days(AHEAD).unwrap_or(row.due_on);
        let after = row.due_on.succ_opt().unwrap_or(row.due_on);
        Self { soon: day_start(place.zone, before), late: day_start(place.zone, after) }
    }
}

fn is_due(row: &deliverable::Model) -> bool {
    matches!(row.state, DeliverableState::Due | DeliverableState::SentBack)
}

/// Plans what is reminded of next. Where its day is near already, whoever has just said so needs no reminder before it.
pub(super) async fn follow_due_day(
    permit: Permit<'_>,
    now: DateTime<Utc>,
    row: &deliverable::Model,
) -> Result<(), Failure> {
    let place = Place::read(permit.tx(), row.brand_id).await?;
    let Moments { soon, late } = Moments::of(row, &place);
    let first = if soon > now { soon } else { late };
    if soon <= now {
        mark(permit, row, deliverable::Column::RemindedFor).await?;
    }
    enqueue(permit, RemindDeliverable.kind(), row.id, first.max(now), now).await?;
    Ok(())
}

/// Notes in this column that the day of a deliverable was told of. It is no change of what is said of it, so its version stays.
async fn mark(permit: Permit<'_>, row: &deliverable::Model, column: deliverable::Column) -> Result<(), DbErr> {
    deliverable::Entity::update_many()
        .col_expr(column, Expr::value(row.due_on))
        .filter(deliverable::Column::BrandId.eq(row.brand_id))
        .filter(deliverable::Column::Id.eq(row.id))
        .exec(permit.tx())
        .await
        .map(|_| ())
}

#[async_trait]
impl Job for RemindDeliverable {
    fn kind(&self) -> &'static str {
        "remind_deliverable"
    }

    async fn begin(&self, work: &Work) -> Result<Scope, JobError> {
        work.begin_deliverable().await
    }

    async fn run(&self, work: &Work) -> Result<(), JobError> {
        let scope = self.begin(work).await?;
        let found = deliverable::Entity::one_in_brand(scope.brand_id, scope.subject_id()).one(scope.tx()).await?;
        let Some(row) = found.filter(is_due) else {
            return scope.finish(Next::Done).await;
        };
        let contract = contract::Entity::one_in_brand(scope.brand_id, row.contract_id).one(scope.tx()).await?;
        let contract = contract.ok_or_else(|| Fault::broken("a deliverable without its contract"))?;
        if going_on(&contract).is_err() {
            return scope.finish(Next::Done).await;
        }
        let place = Place::read(scope.tx(), scope.brand_id).await?;
        let Moments { soon, late } = Moments::of(&row, &place);
        if soon > scope.now {
            return scope.finish(Next::Again(soon)).await;
        }
        let overdue = late <= scope.now;
        let (occasion, column, told_for, next) = if overdue {
            (Occasion::Late, deliverable::Column::OverdueFor, row.overdue_for, Next::Done)
        } else {
            (Occasion::Soon, deliverable::Column::RemindedFor, row.reminded_for, Next::Again(late))
        };
        if told_for != Some(row.due_on) {
            let permit = scope.permit().await?;
            mark(permit, &row, column).await?;
            let whose = row.assignee_id.unwrap_or(row.created_by);
            notices::deliverable_due(permit, scope.now, (&row, overdue), whose).await?;
            // Nobody outside is held to what is not signed.
            if in_force(&contract).is_ok() {
                write_to_whose_it_is(&work.services, permit, scope.now, (&contract, &row), occasion).await?;
            }
        }
        scope.finish(next).await
    }

    async fn give_up(&self, _scope: &Scope, _reason: &str) -> Result<(), JobError> {
        // The day stands in the deliverable; the job itself shows the trouble.
        Ok(())
    }

    async fn revive(&self, _permit: Permit<'_>, _subject_id: Uuid) -> Result<bool, DbErr> {
        Ok(true)
    }
}
