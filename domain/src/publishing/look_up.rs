//! Finding out what became of an attempt whose outcome nobody knows.

use chrono::{DateTime, Duration, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::publishing::publication::{self, PublicationState};
use diwan_entity::publishing::publication_attempt::{self, AttemptOutcome};
use diwan_entity::publishing::social_account;
use diwan_networks::{Checkpoint, ErrorKind, LookUp, NetworkError};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::content;
use super::ground;
use super::ledger::open_attempt;
use super::line;
use super::outcome::{CANNOT_TELL, Outcome, Trouble, close_attempt, settle};
use super::pauses;
use super::publish_job::{PATIENCE, Prepared, end, gather, missed, save_checkpoint};
use super::withhold::without_grant;
use crate::jobs::{JobError, Next, Scope, Work};

/// How often a look-up may fail before a person is asked.
const LOOK_UPS: i32 = 5;

/// Looks an attempt up whose request left at `since`. Answers what is to be sent when it certainly is not there, or when it is
/// there and more of its thread is to follow.
pub(super) async fn look_up(
    work: &Work,
    prepared: Prepared,
    since: DateTime<Utc>,
) -> Result<Option<Prepared>, JobError> {
    let account = prepared.account.clone();
    let (row, ready) = gather(work, prepared).await?;
    let checkpoint = row.checkpoint.clone().map(Checkpoint);
    let believed_from = since + work.services.timing.settle;
    // What counts is how things stood when the network was asked, not when it answered.
    let asked = work.services.now();
    let answer = match ready {
        Ok(ready) => {
            ready
                .network
                .look_up(work.services.outside(ready.network), &ready.account, &ready.content, checkpoint.as_ref())
                .await
        }
        Err((_, Some(error))) => Err(error),
        Err((Outcome::Trouble(Trouble { detail, .. }), None)) => {
            Err(NetworkError::new(ErrorKind::Unknown, "cannot_look_up", detail))
        }
        Err((Outcome::Published(published), None)) => Ok(LookUp::Found(published)),
    };
    match answer {
        Ok(LookUp::Found(published)) => {
            end(work, (&row, &account.network), Outcome::Published(published), AttemptOutcome::Found, None).await?;
            Ok(None)
        }
        Ok(LookUp::Partly(checkpoint)) => {
            let begun = ground::begin(work).await?;
            save_checkpoint(&begun.0, &row, &checkpoint).await?;
            let row = publication::Model { checkpoint: Some(checkpoint.0), ..row };
            go_on(begun, (row, account), AttemptOutcome::Found).await
        }
        // Until then the request may still be at work.
        Ok(LookUp::NotThere | LookUp::CannotTell) if asked < believed_from => {
            work.begin().await?.finish(Next::Again(believed_from)).await?;
            Ok(None)
        }
        Ok(LookUp::NotThere) => {
            let begun = ground::begin(work).await?;
            go_on(begun, (row, account), AttemptOutcome::NotSent).await
        }
        Ok(LookUp::CannotTell) => {
            let (scope, _) = ground::begin(work).await?;
            ask_person(scope, &row, "the network does not tell".to_owned()).await?;
            Ok(None)
        }
        Err(error) => {
            later(work, (&row, since), &error).await?;
            Ok(None)
        }
    }
}

/// Ends the attempt that was looked up and begins the next, if nothing holds it back, it is not too late, and what it shows is still
/// allowed: with the whole publication, or behind what is there of it.
async fn go_on(
    (scope, others): (Scope, Vec<PublicationState>),
    (row, account): (publication::Model, social_account::Model),
    became: AttemptOutcome,
) -> Result<Option<Prepared>, JobError> {
    close_attempt(scope.tx(), row.brand_id, row.id, became, None, scope.now).await?;
    let outline = content::outline(&scope, &row).await?;
    if pauses::hold(&scope, &row).await? || missed(&scope, &row).await? || without_grant(&scope, &row, &outline).await?
    {
        line::call_next(&scope, &row).await?;
        scope.finish(Next::Done).await?;
        return Ok(None);
    }
    let row = open_attempt(&scope, &row, &others).await?;
    scope.commit().await?;
    Ok(Some(Prepared { row, account, outline }))
}

/// The look-up itself failed: again later, and in the end a person is asked. Being asked for patience is no failure, for as long as we
/// have it.
async fn later(
    work: &Work,
    (row, since): (&publication::Model, DateTime<Utc>),
    error: &NetworkError,
) -> Result<(), JobError> {
    let (scope, _) = ground::begin(work).await?;
    let asked = error.retry_after.and_then(|wait| Duration::from_std(wait).ok()).unwrap_or_default();
    let wait = asked.max(work.services.timing.settle);
    let patience = matches!(error.kind, ErrorKind::RateLimited | ErrorKind::Waiting);
    let too_long = wait > PATIENCE || (patience && scope.now - since > PATIENCE);
    if too_long || (!patience && count(&scope, row).await? >= LOOK_UPS) {
        return ask_person(scope, row, error.to_string()).await;
    }
    let why = ErrorKind::Unknown.as_str();
    let detail = error.to_string();
    settle(&scope, row, Trouble { state: PublicationState::Unconfirmed, why, detail }).await?;
    line::call_next(&scope, row).await?;
    let at = scope.now + wait;
    if error.kind == ErrorKind::RateLimited {
        line::close(&scope, row, at).await?;
    }
    scope.finish(Next::Again(at)).await
}

/// Counts a failed look-up of the open attempt.
async fn count(scope: &Scope, row: &publication::Model) -> Result<i32, JobError> {
    let open = || {
        publication_attempt::Entity::in_brand(row.brand_id)
            .filter(publication_attempt::Column::PublicationId.eq(row.id))
            .filter(publication_attempt::Column::Outcome.is_null())
    };
    publication_attempt::Entity::update_many()
        .col_expr(publication_attempt::Column::LookUps, Expr::col(publication_attempt::Column::LookUps).add(1))
        .filter(publication_attempt::Column::BrandId.eq(row.brand_id))
        .filter(publication_attempt::Column::PublicationId.eq(row.id))
        .filter(publication_attempt::Column::Outcome.is_null())
        .exec(scope.tx())
        .await?;
    Ok(open().one(scope.tx()).await?.map_or(LOOK_UPS, |attempt| attempt.look_ups))
}

/// The network does not tell: the attempt stays open until a person has.
async fn ask_person(scope: Scope, row: &publication::Model, detail: String) -> Result<(), JobError> {
    settle(&scope, row, Trouble { state: PublicationState::NeedsAttention, why: CANNOT_TELL, detail }).await?;
    line::call_next(&scope, row).await?;
    scope.finish(Next::Done).await
}
