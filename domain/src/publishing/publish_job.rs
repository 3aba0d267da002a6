//! The publishing engine: one publication, sent once.
//!
//! 1. In one transaction: is it still to be sent, in time, on a connected account? Then an attempt is written.
//! 2. Without a transaction: the network is called. Every id that it gives is saved before the next step, also that of each post
//!    of a thread: an attempt goes on behind what is there.
//! 3. In one transaction: how it ended.
//!
//! Each of them takes a constant and small number of statements (`ground.rs` reads, `saving.rs` and `ledger.rs` write), which
//! `domain/tests/domain/engine/statements.rs` counts.
//!
//! An attempt without an end (a crash) or with an unknown outcome (no answer) is looked up, never sent again blindly. What
//! is not found is believed only once [`Timing::settle`](crate::Timing) has passed since its request left, because until
//! then the network may still be at work on it.

use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::publishing::publication::{self, PublicationState};
use diwan_entity::publishing::publication_attempt::{self, AttemptOutcome};
use diwan_entity::publishing::social_account;
use diwan_entity::tenancy::brand;
use diwan_networks::{Account, Checkpoint, Content, ErrorKind, MEDIA_PROCESSING, Network, NetworkError, Published};
use diwan_platform::db;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum as _, ColumnTrait, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::accounts::{Unusable, Usable, has_other_secrets, needs_reconnect};
use super::content::{self, Outline};
use super::ground::{self, Ground};
use super::ledger::{self, open_attempt};
use super::line;
use super::look_up::look_up;
use super::outcome::{CANNOT_TELL, GAVE_UP, MISSED, Outcome, Trouble, close_attempt, settle};
use super::pauses;
use super::refresh::{renew_refused, usable_account};
use super::saving::Saving;
use super::withhold::without_grant;
use crate::context::Timing;
use crate::error::Fault;
use crate::jobs::{Job, JobError, Next, Scope, Work, backoff};
use crate::permission::Permit;

/// How long a publication is tried again while the network is away or asks for patience.
pub(super) const PATIENCE: Duration = Duration::hours(6);

/// How long a network that is at work on a file is left alone, where it does not say.
const PROCESSING: Duration = Duration::seconds(5);

/// How long a publication waits while enough others of its account are being sent.
const NEXT_TURN: Duration = Duration::milliseconds(500);

/// Publishes one publication.
#[derive(Debug)]
pub struct Publish;

/// What is to be done about a publication: send it, or first find out what became of a request that left.
struct Task {
    prepared: Prepared,
    unknown_since: Option<DateTime<Utc>>,
    place: line::Place,
    /// Until when it may be sent.
    until: DateTime<Utc>,
}

/// A publication with what it says and where it goes.
pub(super) struct Prepared {
    pub(super) row: publication::Model,
    pub(super) account: social_account::Model,
    pub(super) outline: Outline,
}

#[async_trait]
impl Job for Publish {
    fn kind(&self) -> &'static str {
        "publish"
    }

    /// With the post and the publication locked before the job.
    async fn begin(&self, work: &Work) -> Result<Scope, JobError> {
        Ok(ground::begin(work).await?.0)
    }

    async fn run(&self, work: &Work) -> Result<(), JobError> {
        let (scope, others) = ground::begin(work).await?;
        let Task { prepared, unknown_since, place, until } = match prepare(&scope).await? {
            Ok(task) => task,
            Err(next) => return scope.finish(next).await,
        };
        // What may be there is looked up however late that is; the rest waits no longer than it may still be sent: what comes to nothing is
        // told when it does.
        let last = unknown_since.is_none().then(|| until + Duration::milliseconds(1));
        let by = |at: DateTime<Utc>| last.map_or(at, |last| at.min(last));
        if let Some(at) = line::before((&scope, &work.hands), &prepared.row, &prepared.account, place).await? {
            return scope.finish(Next::Again(by(at))).await;
        }
        let Some(_turn) = work.services.turns.take(prepared.account.id) else {
            let at = scope.now + NEXT_TURN;
            return scope.finish(Next::Again(at)).await;
        };
        let pace = diwan_networks::network(&prepared.account.network).and_then(|network| network.capabilities().pace);
        if let (Some(pace), None) = (pace, unknown_since)
            && let Some(at) = line::take_pace(&scope, &prepared.row, pace).await?
        {
            return scope.finish(Next::Again(by(at))).await;
        }
        let prepared = if let Some(since) = unknown_since {
            scope.commit().await?;
            match look_up(work, prepared, since).await? {
                Some(prepared) => prepared,
                None => return Ok(()),
            }
        } else {
            let row = open_attempt(&scope, &prepared.row, &others).await?;
            scope.commit().await?;
            Prepared { row, ..prepared }
        };
        send(work, prepared).await
    }

    async fn give_up(&self, scope: &Scope, reason: &str) -> Result<(), JobError> {
        let Some(row) = publication::Entity::one_in_brand(scope.brand_id, scope.subject_id()).one(scope.tx()).await?
        else {
            return Ok(());
        };
        if is_over(row.state) {
            return Ok(());
        }
        let checkpoint = row.checkpoint.clone().map(Checkpoint);
        let maybe_sent = checkpoint.is_some_and(|checkpoint| checkpoint.may_have_been_sent());
        let state = if maybe_sent { PublicationState::NeedsAttention } else { PublicationState::Failed };
        let outcome = if maybe_sent { AttemptOutcome::Unknown } else { AttemptOutcome::NotSent };
        // What may be there is for a person to settle; the rest can be scheduled again.
        let why = if maybe_sent { CANNOT_TELL } else { GAVE_UP };
        close_attempt(scope.tx(), row.brand_id, row.id, outcome, None, scope.now).await?;
        settle(scope, &row, Trouble { state, why, detail: reason.to_owned() }).await
    }

    async fn revive(&self, _permit: Permit<'_>, _subject_id: Uuid) -> Result<bool, DbErr> {
        // The publication says how to go on: schedule it again, or settle it.
        Ok(false)
    }
}

/// Whether the worker has nothing more to do about it.
fn is_over(state: PublicationState) -> bool {
    use PublicationState as P;
    match state {
        P::Published | P::NeedsAttention | P::Failed | P::Paused | P::Canceled | P::Missed => true,
        P::Scheduled | P::Queued | P::Sending | P::Retrying | P::Unconfirmed => false,
    }
}

/// Decides what is to be done, or how the job goes on without that, and writes what needs no network. What leaves the line without being sent
/// calls the next, too.
async fn prepare(scope: &Scope) -> Result<Result<Task, Next>, JobError> {
    let Ground { row, account, variant, facts } = ground::read(scope).await?;
    if is_over(row.state) {
        line::call_next(scope, &row).await?;
        return Ok(Err(Next::Done));
    }
    if line::not_yet(scope, &row) {
        line::call_next(scope, &row).await?;
        return Ok(Err(Next::Again(row.due_at)));
    }
    let variant = variant.ok_or_else(|| Fault::broken("a live publication without its variant"))?;
    let outline = if facts.has_files { content::with_files(scope, variant).await? } else { Outline::of_text(variant) };
    let place = line::Place { earlier: facts.earlier, sending: facts.sending, others_due: facts.others_due };
    let (until, archived) = sent_until(&row, facts.grace_seconds, facts.archived);
    if let Some(since) = facts.open_since {
        let checkpoint = row.checkpoint.clone().map(Checkpoint);
        if checkpoint.is_some_and(|checkpoint| checkpoint.may_have_been_sent()) {
            let prepared = Prepared { row, account, outline };
            return Ok(Ok(Task { prepared, unknown_since: Some(since), place, until }));
        }
        // The worker fell silent before the request that makes the post visible.
        close_attempt(scope.tx(), row.brand_id, row.id, AttemptOutcome::NotSent, None, scope.now).await?;
    }
    if pauses::hold_by(scope, &row, facts.pause).await?
        || too_late(scope, &row, (until, archived)).await?
        || without_grant(scope, &row, &outline).await?
    {
        line::call_next(scope, &row).await?;
        return Ok(Err(Next::Done));
    }
    Ok(Ok(Task { prepared: Prepared { row, account, outline }, unknown_since: None, place, until }))
}

/// Until when it may be sent: for the brand's grace before the first attempt, for our patience after it. And whether its brand is
/// archived: somebody scheduled it in the moment in which that was done.
fn sent_until(row: &publication::Model, grace_seconds: i32, archived: bool) -> (DateTime<Utc>, bool) {
    if row.frozen_at.is_some() && row.state != PublicationState::Scheduled {
        return (row.due_at + PATIENCE, false);
    }
    (row.due_at + Duration::seconds(grace_seconds.into()), archived)
}

/// Whether it is too late to send. Then it is kept for a person.
pub(super) async fn missed(scope: &Scope, row: &publication::Model) -> Result<bool, JobError> {
    let brand = brand::Entity::find_by_id(row.brand_id).one(scope.tx()).await?;
    let brand = brand.ok_or_else(|| Fault::broken("a publication's brand is gone"))?;
    too_late(scope, row, sent_until(row, brand.publish_grace_seconds, brand.archived_at.is_some())).await
}

async fn too_late(
    scope: &Scope,
    row: &publication::Model,
    (until, archived): (DateTime<Utc>, bool),
) -> Result<bool, JobError> {
    if scope.now <= until && !archived {
        return Ok(false);
    }
    let late = (scope.now - row.due_at).num_seconds();
    let detail = if archived { "its brand is archived".to_owned() } else { format!("{late} s after its time") };
    settle(scope, row, Trouble { state: PublicationState::Missed, why: MISSED, detail }).await?;
    Ok(true)
}

/// What keeps a publication from being sent, and the network's error if it was one.
type Obstacle = (Outcome, Option<NetworkError>);

/// All that the network needs to be called.
pub(super) struct Ready {
    pub(super) network: &'static dyn Network,
    pub(super) account: Account,
    pub(super) content: Content,
    sealed: Vec<u8>,
}

/// The network, the account and the content, or what keeps them from being used.
pub(super) async fn gather(
    work: &Work,
    prepared: Prepared,
) -> Result<(publication::Model, Result<Ready, Obstacle>), JobError> {
    let Prepared { row, account, outline } = prepared;
    let frozen_at = row.frozen_at.unwrap_or(row.due_at);
    let failed = |why, detail: &str| {
        (Outcome::Trouble(Trouble { state: PublicationState::Failed, why, detail: detail.to_owned() }), None)
    };
    let content = match content::load(&work.services, (&row, &account), outline, frozen_at).await? {
        Ok(content) => content,
        Err(trouble) => return Ok((row, Err(failed(trouble, "a file of this post cannot be used")))),
    };
    let ready = match usable_account(work, &account).await? {
        Ok(Usable { network, account, sealed }) => Ok(Ready { network, account, content, sealed }),
        Err(Unusable::NeedsReconnect) => Err(failed(ErrorKind::Reconnect.as_str(), "the account is not connected")),
        Err(Unusable::Network(error)) => Err((Outcome::not_sent(&error), Some(error))),
    };
    Ok((row, ready))
}

async fn send(work: &Work, prepared: Prepared) -> Result<(), JobError> {
    let account_row = prepared.account.clone();
    let network = account_row.network.as_str();
    let (row, ready) = gather(work, prepared).await?;
    let ready = match ready {
        Ok(ready) => ready,
        Err((outcome, error)) => {
            return end(work, (&row, network), outcome, AttemptOutcome::NotSent, error.as_ref()).await;
        }
    };
    let progress = Saving { work };
    let resume = row.checkpoint.clone().map(Checkpoint);
    let out = work.services.outside(ready.network);
    match ready.network.publish(out, &ready.account, &ready.content, resume, &progress).await {
        Ok(published) => {
            end(work, (&row, network), Outcome::Published(published), AttemptOutcome::Published, None).await
        }
        Err(error) if error.kind == ErrorKind::LeaseLost => Err(JobError::LeaseLost),
        Err(error) if error.kind == ErrorKind::Unknown => unknown(work, &row, &error).await,
        Err(error) => {
            let error = if error.kind == ErrorKind::Reconnect {
                refused_account(work, &account_row, &ready.sealed, error).await?
            } else {
                error
            };
            let refused = matches!(error.kind, ErrorKind::Content | ErrorKind::Ask | ErrorKind::Reconnect);
            let outcome = if refused { AttemptOutcome::Refused } else { AttemptOutcome::NotSent };
            end(work, (&row, network), Outcome::not_sent(&error), outcome, Some(&error)).await
        }
    }
}

/// The network does not accept the account. It may be that its secrets were renewed while they were in use, or that the network ended
/// them early and gives new ones: then it is tried again with these.
async fn refused_account(
    work: &Work,
    account: &social_account::Model,
    sealed: &[u8],
    error: NetworkError,
) -> Result<NetworkError, JobError> {
    if renew_refused(work, account, sealed).await? {
        return Ok(NetworkError { kind: ErrorKind::Retry, ..error });
    }
    let scope = work.begin().await?;
    let marked = needs_reconnect(&scope, account, sealed, &error.to_string()).await?;
    let renewed = !marked && has_other_secrets(&scope, account, sealed).await?;
    scope.commit().await?;
    Ok(if renewed { NetworkError { kind: ErrorKind::Retry, ..error } } else { error })
}

/// Nobody knows yet: the attempt stays open, and a look-up follows.
async fn unknown(work: &Work, row: &publication::Model, error: &NetworkError) -> Result<(), JobError> {
    let (scope, _) = ground::begin(work).await?;
    // Until now it may have been on its way: what a look-up does not find is believed some time after this.
    publication_attempt::Entity::update_many()
        .col_expr(publication_attempt::Column::SendingAt, Expr::value(scope.now))
        .filter(publication_attempt::Column::BrandId.eq(row.brand_id))
        .filter(publication_attempt::Column::PublicationId.eq(row.id))
        .filter(publication_attempt::Column::Outcome.is_null())
        .exec(scope.tx())
        .await?;
    settle(&scope, row, Trouble::not_sent(error)).await?;
    line::call_next(&scope, row).await?;
    let at = scope.now + work.services.timing.first_retry;
    scope.finish(Next::Again(at)).await
}

/// Writes how an attempt ended and how the job goes on.
pub(super) async fn end(
    work: &Work,
    (row, network): (&publication::Model, &str),
    outcome: Outcome,
    attempt: AttemptOutcome,
    error: Option<&NetworkError>,
) -> Result<(), JobError> {
    // The post before the account, as everybody does who takes both.
    let (scope, others) = ground::begin(work).await?;
    let late = match outcome {
        Outcome::Published(published) => {
            let late = (scope.now - row.due_at).to_std().unwrap_or_default();
            // Where a server stands in for the network, the post is seen there.
            let url = published.url.map(|url| work.services.http.called(&url));
            let published = Published { url, ..published };
            let has_comments = diwan_networks::network(network).is_some_and(|known| known.capabilities().comments);
            ledger::published((scope, &work.hands), (row, has_comments), &others, (published, attempt)).await?;
            Some(late)
        }
        Outcome::Trouble(trouble) => {
            close_attempt(scope.tx(), row.brand_id, row.id, attempt, error, scope.now).await?;
            go_wrong(work.services.timing, scope, (row, error), trouble).await?;
            None
        }
    };
    let metrics = &work.services.metrics;
    metrics.attempted(network, &attempt.to_value());
    if let Some(late) = late {
        metrics.published(network, late);
    }
    Ok(())
}

/// Writes why it is not there, and when it is tried again if that may help. Commits.
async fn go_wrong(
    timing: Timing,
    scope: Scope,
    (row, error): (&publication::Model, Option<&NetworkError>),
    mut trouble: Trouble,
) -> Result<(), JobError> {
    let mut next = Next::Done;
    if trouble.state == PublicationState::Retrying {
        let wait = wait(&scope, row, error, timing).await?;
        if scope.now - row.due_at > PATIENCE || wait > PATIENCE {
            trouble = Trouble { state: PublicationState::Failed, why: GAVE_UP, ..trouble };
        } else {
            let at = scope.now + wait;
            if error.is_some_and(|error| error.kind == ErrorKind::RateLimited) {
                line::close(&scope, row, at).await?;
            }
            next = Next::Again(at);
        }
    }
    settle(&scope, row, trouble).await?;
    line::call_next(&scope, row).await?;
    scope.finish(next).await
}

/// How long to wait before the next attempt: what the network asks for, and no less than the backoff. A network that is at work on a
/// file is asked again after a while that does not grow, and what was asked in this way counts for no later backoff.
async fn wait(
    scope: &Scope,
    row: &publication::Model,
    error: Option<&NetworkError>,
    timing: Timing,
) -> Result<Duration, JobError> {
    let asked = error.and_then(|error| error.retry_after).and_then(|wait| Duration::from_std(wait).ok());
    if error.is_some_and(|error| error.kind == ErrorKind::Waiting) {
        return Ok(asked.unwrap_or(PROCESSING));
    }
    let sql = "select count(*) from publication_attempt
      where brand_id = $1 and publication_id = $2 and error_code is distinct from $3";
    let values = [row.brand_id.into(), row.id.into(), MEDIA_PROCESSING.into()];
    let failures: i64 = db::scalar(scope.tx(), sql, values).await?;
    Ok(asked.unwrap_or_default().max(backoff(timing, i32::try_from(failures).unwrap_or(i32::MAX))))
}

/// Writes how far a publication has come.
pub(super) async fn save_checkpoint(
    scope: &Scope,
    row: &publication::Model,
    checkpoint: &Checkpoint,
) -> Result<(), JobError> {
    publication::Entity::update_many()
        .col_expr(publication::Column::Checkpoint, Expr::value(checkpoint.0.clone()))
        .filter(publication::Column::BrandId.eq(row.brand_id))
        .filter(publication::Column::Id.eq(row.id))
        .exec(scope.tx())
        .await?;
    Ok(())
}
