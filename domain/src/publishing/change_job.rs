//! The worker's part of changing what is on a network. Both changes come to the same when they are made twice, so that they are
//! simply tried again.

use async_trait::async_trait;
use chrono::Duration;
use diwan_entity::InBrand as _;
use diwan_entity::publishing::publication_change::{self, ChangeKind, ChangeState};
use diwan_entity::publishing::{publication, social_account};
use diwan_networks::{ErrorKind, NetworkError};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::accounts::{Unusable, Usable};
use super::content::{self, Outline};
use super::outcome::GAVE_UP;
use super::refresh::usable_account;
use crate::error::Fault;
use crate::jobs::{Job, JobError, Next, Scope, Work};
use crate::permission::Permit;

/// How long a change is tried while the network is away or asks for patience.
const PATIENCE: Duration = Duration::hours(6);

/// The shortest wait before it is tried again.
const AGAIN: Duration = Duration::seconds(15);

/// Makes one change.
#[derive(Debug)]
pub struct ChangePublished;

struct Task {
    change: publication_change::Model,
    row: publication::Model,
    account: social_account::Model,
    outline: Option<Outline>,
}

#[async_trait]
impl Job for ChangePublished {
    fn kind(&self) -> &'static str {
        "change_published"
    }

    async fn run(&self, work: &Work) -> Result<(), JobError> {
        let scope = work.begin().await?;
        let Some(task) = read(&scope).await? else { return scope.finish(Next::Done).await };
        scope.commit().await?;
        let outcome = make(work, &task).await?;
        let scope = work.begin().await?;
        let spent = scope.now - task.change.created_at;
        match outcome {
            Ok(()) => end(&scope, task.change.id, None).await?,
            Err((trouble, detail, wait)) if wait.is_none_or(|wait| wait > PATIENCE - spent) => {
                let trouble = if wait.is_some() { GAVE_UP } else { trouble };
                end(&scope, task.change.id, Some((trouble, &detail))).await?;
            }
            Err((_, _, wait)) => {
                let at = scope.now + wait.unwrap_or(AGAIN).max(AGAIN);
                return scope.finish(Next::Again(at)).await;
            }
        }
        scope.finish(Next::Done).await
    }

    async fn give_up(&self, scope: &Scope, reason: &str) -> Result<(), JobError> {
        Ok(end(scope, scope.subject_id(), Some((GAVE_UP, reason))).await?)
    }

    async fn revive(&self, _permit: Permit<'_>, _subject_id: Uuid) -> Result<bool, DbErr> {
        // Whoever wants it still asks for it again.
        Ok(false)
    }
}

async fn read(scope: &Scope) -> Result<Option<Task>, JobError> {
    let brand_id = scope.brand_id;
    let change = publication_change::Entity::one_in_brand(brand_id, scope.subject_id()).one(scope.tx()).await?;
    let Some(change) = change.filter(|change| change.state == ChangeState::Requested) else { return Ok(None) };
    let gone = |what: &str| Fault::broken(format!("change {}: its {what} is gone", change.id));
    let row = publication::Entity::one_in_brand(brand_id, change.publication_id).one(scope.tx()).await?;
    let row = row.ok_or_else(|| gone("publication"))?;
    let account = social_account::Entity::one_in_brand(brand_id, row.social_account_id).one(scope.tx()).await?;
    let account = account.ok_or_else(|| gone("account"))?;
    let outline = match change.kind {
        ChangeKind::Correct => Some(content::outline(scope, &row).await?),
        ChangeKind::TakeBack => None,
    };
    Ok(Some(Task { change, row, account, outline }))
}

/// Why it was not made: a value of `publication.trouble`, for operators, and how long to wait where trying again may help.
type NotMade = (&'static str, String, Option<Duration>);

async fn make(work: &Work, task: &Task) -> Result<Result<(), NotMade>, JobError> {
    let Usable { network, account, .. } = match usable_account(work, &task.account).await? {
        Ok(usable) => usable,
        Err(Unusable::NeedsReconnect) => {
            return Ok(Err((ErrorKind::Reconnect.as_str(), "the account is not connected".to_owned(), None)));
        }
        Err(Unusable::Network(error)) => return Ok(Err(not_made(&error))),
    };
    let remote_id = task.row.remote_id.as_deref().ok_or_else(|| Fault::broken("a published post without its id"))?;
    let out = work.services.outside(network);
    let Some(outline) = &task.outline else {
        return Ok(network.delete_post(out, &account, remote_id).await.map_err(|error| not_made(&error)));
    };
    let frozen_at = task.row.frozen_at.unwrap_or(task.row.due_at);
    let content = content::load(&work.services, (&task.row, &task.account), outline.clone(), frozen_at).await?;
    let mut content = match content {
        Ok(content) => content,
        Err(trouble) => return Ok(Err((trouble, "a file of this post cannot be used".to_owned(), None))),
    };
    content.text = task.change.text.clone().unwrap_or_default();
    content.link.clone_from(&task.change.link);
    content.options = serde_json::from_value(task.change.options.clone().unwrap_or_default())
        .map_err(|error| Fault::broken(format!("the options of change {}: {error}", task.change.id)))?;
    Ok(network.edit_post(out, &account, remote_id, &content).await.map_err(|error| not_made(&error)))
}

fn not_made(error: &NetworkError) -> NotMade {
    let wait = match error.kind {
        ErrorKind::Retry | ErrorKind::RateLimited | ErrorKind::Waiting | ErrorKind::Unknown | ErrorKind::LeaseLost => {
            Some(error.retry_after.and_then(|wait| Duration::from_std(wait).ok()).unwrap_or(AGAIN))
        }
        ErrorKind::Reconnect | ErrorKind::Content | ErrorKind::Ask => None,
    };
    (error.kind.as_str(), error.to_string(), wait)
}

/// Writes how it ended.
async fn end(scope: &Scope, id: Uuid, trouble: Option<(&'static str, &str)>) -> Result<(), DbErr> {
    let state = if trouble.is_some() { ChangeState::Failed } else { ChangeState::Done };
    let detail = trouble.map(|(_, detail)| detail.chars().take(500).collect::<String>());
    publication_change::Entity::update_many()
        .col_expr(publication_change::Column::State, Expr::value(state))
        .col_expr(publication_change::Column::Trouble, Expr::value(trouble.map(|(trouble, _)| trouble)))
        .col_expr(publication_change::Column::TroubleDetail, Expr::value(detail))
        .col_expr(publication_change::Column::FinishedAt, Expr::value(scope.now))
        .filter(publication_change::Column::BrandId.eq(scope.brand_id))
        .filter(publication_change::Column::Id.eq(id))
        .filter(publication_change::Column::State.eq(ChangeState::Requested))
        .exec(scope.tx())
        .await?;
    Ok(())
}
