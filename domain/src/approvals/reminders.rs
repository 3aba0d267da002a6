//! Reminding those who have not decided: when their step is due, and then daily, three times more.

use async_trait::async_trait;
use chrono::Duration;
use diwan_entity::InBrand as _;
use diwan_entity::approvals::approval_entry::{self, EntryKind};
use diwan_entity::approvals::approval_request::{self, RequestState};
use diwan_entity::approvals::approval_step::{self, StepState};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QuerySelect as _};
use uuid::Uuid;

use super::decide::names_of;
use super::ground::Ground;
use super::history::{self, Entry};
use super::letters;
use super::open::asked_of;
use crate::jobs::{Job, JobError, Next, Scope, Work};
use crate::permission::Permit;

/// How often a reminder comes again.
const AGAIN: i32 = 3;

/// Reminds the people of one step.
#[derive(Debug)]
pub struct RemindApprovers;

#[async_trait]
impl Job for RemindApprovers {
    fn kind(&self) -> &'static str {
        "remind_approvers"
    }

    async fn run(&self, work: &Work) -> Result<(), JobError> {
        let scope = work.begin().await?;
        let step = approval_step::Entity::one_in_brand(scope.brand_id, scope.subject_id()).one(scope.tx()).await?;
        let Some(step) = step else {
            return scope.finish(Next::Done).await;
        };
        // The request is locked as whoever decides locks it: what is read after that is how it stands.
        let request = approval_request::Entity::one_in_brand(scope.brand_id, step.request_id).lock_exclusive();
        let request = request.one(scope.tx()).await?.filter(|request| request.state == RequestState::Pending);
        let step = approval_step::Entity::one_in_brand(scope.brand_id, step.id).one(scope.tx()).await?;
        let (Some(request), Some(step)) = (request, step.filter(|step| step.state == StepState::Open)) else {
            return scope.finish(Next::Done).await;
        };
        let ground = Ground::of(scope.tx(), &request, scope.now).await?;
        let made = approval_entry::Entity::in_brand(scope.brand_id)
            .filter(approval_entry::Column::StepId.eq(step.id))
            .filter(approval_entry::Column::Kind.eq(EntryKind::Approved))
            .all(scope.tx())
            .await?;
        let decided = names_of(made.iter());
        let mut people = letters::asked_people(&ground, &request, &asked_of(&step));
        people.retain(|id| !decided.contains(id));
        letters::ask(scope.tx(), &work.services, &ground, &request, letters::Occasion::Reminded, people).await?;
        let entry = Entry::of_step(EntryKind::Reminded, &step);
        history::write(scope.tx(), &request, &ground, vec![entry], scope.now).await?;
        approval_step::Entity::update_many()
            .col_expr(approval_step::Column::Reminders, Expr::value(step.reminders + 1))
            .filter(approval_step::Column::BrandId.eq(step.brand_id))
            .filter(approval_step::Column::Id.eq(step.id))
            .exec(scope.tx())
            .await?;
        let next = if step.reminders < AGAIN { Next::Again(scope.now + Duration::hours(24)) } else { Next::Done };
        scope.finish(next).await
    }

    async fn give_up(&self, _scope: &Scope, _reason: &str) -> Result<(), JobError> {
        // Nothing is lost but a reminder: the request waits as it did.
        Ok(())
    }

    async fn revive(&self, _permit: Permit<'_>, _subject_id: Uuid) -> Result<bool, DbErr> {
        Ok(true)
    }
}
