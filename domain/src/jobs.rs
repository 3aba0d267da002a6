//! How a job runs: claimed under a lease, its effects written under the fencing token, tried again or set aside.
//!
//! A handler is one [`Job`]. It gets a [`Work`], opens short transactions with [`Work::begin`], calls the outside between
//! them, and ends with [`Scope::finish`] in the transaction that writes its last effects. A worker that lost its lease
//! cannot write: `begin` refuses it.

mod ask;
mod hands;
mod lease;

use std::sync::Arc;
use std::time::Duration as StdDuration;

use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use diwan_entity::trust::job::{self, JobState};
use diwan_platform::jobs::Claim;
use diwan_platform::traces::follow;
use diwan_platform::{crypto, db, ids};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, TryGetable};
use tokio::time::{Instant, sleep, timeout};
use tracing::Instrument as _;
use uuid::Uuid;

pub use self::ask::{cancel, enqueue, enqueue_each, enqueue_many};
pub use self::hands::{Hands, NextInLine};
use crate::context::{Services, Timing};
use crate::error::{Failure, Fault};
use crate::permission::{Action, Permit};
use crate::{
    approvals, calendar, campaigns, community, contracts, curation, deliverables, insights, listening, media, notices,
    payments, promotion, proposals, publishing, tenancy, trust, ugc,
};

/// Why a run of a job ended early.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// Another worker has the job now: nothing more may be done.
    #[error("the lease was lost")]
    LeaseLost,
    /// Try again after a while.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<DbErr> for JobError {
    fn from(error: DbErr) -> Self {
        Self::Fault(error.into())
    }
}

impl From<Failure> for JobError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Fault(fault) => Self::Fault(fault),
            Failure::Refused(errors) => Self::Fault(Fault::broken(format!("a job was refused: {errors:?}"))),
        }
    }
}

/// One kind of work.
#[async_trait]
pub trait Job: Send + Sync {
    /// Its name in the outbox.
    fn kind(&self) -> &'static str;

    /// Begins a transaction of it. A kind whose subject others lock together with its job overrides this, so that all take their locks in
    /// one order.
    async fn begin(&self, work: &Work) -> Result<Scope, JobError> {
        work.begin().await
    }

    /// Does it. Runs again from the start after a fault or a crash, so every effect must bear that.
    async fn run(&self, work: &Work) -> Result<(), JobError>;

    /// Writes onto the subject that the work was given up, in the transaction that sets the job aside.
    async fn give_up(&self, scope: &Scope, reason: &str) -> Result<(), JobError>;

    /// The right to run it again after it was set aside.
    fn rerun_by(&self) -> Action {
        Action::JobRerun
    }

    /// Makes the subject of a job that was set aside ready for another run. False when its end was for good, and the
    /// subject says how to go on.
    async fn revive(&self, permit: Permit<'_>, subject_id: Uuid) -> Result<bool, DbErr>;
}

/// Every kind of work there is.
pub fn kinds() -> Vec<&'static dyn Job> {
    vec![
        &publishing::ConnectAccount,
        &publishing::Publish,
        &publishing::KeepAccount,
        &publishing::CheckConnection,
        &publishing::ChangePublished,
        &publishing::ResumePublishing,
        &insights::SyncMetrics,
        &insights::ReadAudience,
        &insights::ReadAccountHistory,
        &insights::SyncWeb,
        &listening::CountMentions,
        &community::ReadComments,
        &insights::CheckAlerts,
        &insights::RenderReport,
        &insights::RunReportSchedule,
        &insights::DeliverReport,
        &insights::ProveReportHost,
        &calendar::ImportContentPlan,
        &calendar::ExportContentPlan,
        &approvals::RemindApprovers,
        &campaigns::ActivateCampaign,
        &proposals::ExpireProposal,
        &proposals::RenderProposal,
        &proposals::RenderAcceptance,
        &deliverables::CheckDeliverable,
        &deliverables::RemindDeliverable,
        &payments::ReleasePayment,
        &promotion::StartBoost,
        &media::TakeInUpload,
        &media::StoreFile,
        &media::MakeRenditions,
        &media::RemoveFile,
        &trust::SendLetter,
        &trust::DiscoverProvider,
        &trust::FinishSingleSignOn,
        &tenancy::DeleteBrand,
        &calendar::ExtendSeries,
        &calendar::FillQueue,
        &curation::FetchSource,
        &notices::MailNotices,
        &notices::DeliverWebhook,
        &ugc::ExpireUgcGrant,
        &contracts::RenderContract,
        &contracts::ActivateContract,
        &contracts::RemindContract,
    ]
}

/// The right to run a job of this kind again after it was set aside.
pub fn rerun_by(kind: &str) -> Action {
    kinds().into_iter().find(|known| known.kind() == kind).map_or(Action::JobRerun, Job::rerun_by)
}

/// How a job goes on after this run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// It is done.
    Done,
    /// It runs again at this time; the run was a success.
    Again(DateTime<Utc>),
}

/// A job in the hands of this worker.
#[derive(Debug)]
pub struct Work {
    /// What can be used.
    pub services: Arc<Services>,
    /// The row in the outbox.
    pub job_id: Uuid,
    /// What was claimed.
    pub claim: Claim,
    /// In whose hands it is.
    pub hands: Hands,
}

impl Work {
    /// A transaction in the scope of the job's brand, which fails if the lease is lost and keeps it otherwise.
    pub async fn begin(&self) -> Result<Scope, JobError> {
        match self.enter("select app.enter_job($1, $2, $3)").await? {
            (scope, true) => Ok(scope),
            (_, false) => Err(JobError::LeaseLost),
        }
    }

    /// The same of a job about a deliverable, which is locked before the job, as people do who ask for it.
    pub(crate) async fn begin_deliverable(&self) -> Result<Scope, JobError> {
        match self.enter("select app.enter_deliverable($1, $2, $3)").await? {
            (scope, true) => Ok(scope),
            (_, false) => Err(JobError::LeaseLost),
        }
    }

    /// A transaction that begins with a function of the database which takes the job, its fence and its new lease and does as
    /// [`Work::begin`] says. With what it answers: whether the lease holds is to be seen from that.
    pub(crate) async fn enter<T: TryGetable>(&self, function: &str) -> Result<(Scope, T), JobError> {
        let now = self.services.now();
        let tx = self.services.db.write().await?;
        let Claim { brand_id, subject_id, fence, .. } = self.claim;
        let values = [self.job_id.into(), fence.into(), (now + self.services.timing.lease).into()];
        let answer = db::scalar(&tx, function, values).await?;
        let scope = Scope { tx, now, brand_id: brand_id.unwrap_or_default(), subject_id, job_id: self.job_id, fence };
        Ok((scope, answer))
    }

    /// How long after its time it began, in milliseconds.
    fn late_ms(&self) -> i64 {
        (self.services.now() - self.claim.due_at).num_milliseconds()
    }

    /// Keeps the lease without a transaction of one's own. Fails if it is lost.
    pub async fn keep(&self) -> Result<(), JobError> {
        let until = self.services.now() + self.services.timing.lease;
        let db = self.services.db.unscoped();
        if diwan_platform::jobs::keep(db, self.job_id, self.claim.fence, until).await? {
            Ok(())
        } else {
            Err(JobError::LeaseLost)
        }
    }
}

/// A transaction of a job, in the scope of its brand, fenced.
#[derive(Debug)]
pub struct Scope {
    tx: DatabaseTransaction,
    /// When it began.
    pub now: DateTime<Utc>,
    /// The brand; the nil id for the agency's own work.
    pub brand_id: Uuid,
    subject_id: Uuid,
    job_id: Uuid,
    fence: i64,
}

impl Scope {
    /// For reading and writing.
    pub fn tx(&self) -> &DatabaseTransaction {
        &self.tx
    }

    /// A new id.
    pub fn new_id(&self) -> Uuid {
        ids::new_id(self.now)
    }

    /// What the job is about.
    pub fn subject_id(&self) -> Uuid {
        self.subject_id
    }

    /// The job itself.
    pub fn job_id(&self) -> Uuid {
        self.job_id
    }

    /// The job's number of leases: part of the attempt ledger.
    pub fn fence(&self) -> i64 {
        self.fence
    }

    /// The right to use commands of other domains from within the job.
    pub async fn permit(&self) -> Result<Permit<'_>, JobError> {
        let agency_id =
            db::scalar(&self.tx, "select agency_id from brand where id = $1", [self.brand_id.into()]).await?;
        Ok(Permit { tx: &self.tx, brand_id: self.brand_id, actor_id: None, agency_id })
    }

    /// Commits, with the job going on.
    pub async fn commit(self) -> Result<(), JobError> {
        Ok(self.tx.commit().await?)
    }

    /// Commits, with the job's run at an end.
    pub async fn finish(self, next: Next) -> Result<(), JobError> {
        let mut update = job::Entity::update_many()
            .col_expr(job::Column::LeaseExpiresAt, Expr::value(Option::<DateTime<Utc>>::None))
            .col_expr(job::Column::LeaseOwner, Expr::value(Option::<String>::None))
            .col_expr(job::Column::Failures, Expr::value(0))
            .col_expr(job::Column::LastError, Expr::value(Option::<String>::None));
        update = match next {
            Next::Done => update
                .col_expr(job::Column::State, Expr::value(JobState::Done))
                .col_expr(job::Column::FinishedAt, Expr::value(self.now)),
            Next::Again(at) => update
                .col_expr(job::Column::State, Expr::value(JobState::Pending))
                .col_expr(job::Column::DueAt, Expr::value(at)),
        };
        update.filter(job::Column::Id.eq(self.job_id)).exec(&self.tx).await?;
        self.commit().await
    }
}

/// How a run ended, for the worker's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ran {
    /// It ended as it should.
    Finished,
    /// There was nothing to do: finished, not due, or in other hands.
    NotOurs,
    /// It runs again later.
    Failed,
    /// It failed too often and waits for a person.
    SetAside,
}

impl Ran {
    /// The name in the figures of the process.
    fn as_str(self) -> &'static str {
        match self {
            Self::Finished => "FINISHED",
            Self::NotOurs => "NOT_OURS",
            Self::Failed => "FAILED",
            Self::SetAside => "SET_ASIDE",
        }
    }
}

/// Runs one job, if it can be claimed. `owner` names the worker's start, for the operator.
pub async fn run(services: &Arc<Services>, job_id: Uuid, owner: &str) -> Result<Ran, Fault> {
    run_in(services, job_id, Hands::of(owner)).await.map(|(ran, _)| ran)
}

/// The same in the hands of a worker that goes on with what is next in line. With that job, if there is one: it is handed over, and runs as
/// soon as the worker has a hand for it.
pub async fn run_in(services: &Arc<Services>, job_id: Uuid, hands: Hands) -> Result<(Ran, Option<NextInLine>), Fault> {
    let Some((work, job)) = claim(services, job_id, hands).await? else {
        return Ok((Ran::NotOurs, None));
    };
    let kind = job.kind();
    let span = tracing::info_span!("job", otel.kind = "consumer", kind, %job_id, late_ms = work.late_ms());
    if let Some(trace) = &work.claim.trace {
        follow(&span, trace);
    }
    let ran = attempt(&work, job).instrument(span).await;
    services.metrics.ran(kind, ran.as_ref().map_or("BROKEN", |ran| ran.as_str()));
    let ran = ran?;
    // What a run that failed was going to go on with was not handed over.
    let next = if ran == Ran::Finished { work.hands.into_next() } else { None };
    Ok((ran, next))
}

/// Claims a job, if it can be, with what it is.
async fn claim(
    services: &Arc<Services>,
    job_id: Uuid,
    hands: Hands,
) -> Result<Option<(Work, &'static dyn Job)>, Fault> {
    let lease = services.timing.lease;
    let claim =
        diwan_platform::jobs::start(services.db.unscoped(), job_id, hands.name(), services.now(), lease).await?;
    let Some(claim) = claim else { return Ok(None) };
    if claim.resumed {
        tracing::warn!(%job_id, kind = claim.kind, "a worker fell silent; its job goes on here");
    }
    let Some(job) = kinds().into_iter().find(|job| job.kind() == claim.kind) else {
        // An older worker meets a newer kind: somebody else will know it.
        tracing::warn!(kind = claim.kind, "this worker does not know the kind of job");
        return Ok(None);
    };
    Ok(Some((Work { services: Arc::clone(services), job_id, claim, hands }, job)))
}

/// Runs a job that was claimed.
async fn attempt(work: &Work, job: &dyn Job) -> Result<Ran, Fault> {
    if work.claim.failures >= work.services.timing.max_failures {
        // It took its workers down with it, time and again.
        return book(work, job, &Fault::broken("the workers that ran it fell silent")).await;
    }
    match alive(work, job).await {
        Ok(()) => Ok(Ran::Finished),
        Err(JobError::Fault(fault)) => book(work, job, &fault).await,
        Err(JobError::LeaseLost) => {
            tracing::warn!(job_id = %work.job_id, kind = work.claim.kind, "the lease was lost");
            Ok(Ran::NotOurs)
        }
    }
}

/// How soon a failed run is booked again while the database is away.
const BOOK_AGAIN: StdDuration = StdDuration::from_millis(500);

/// Books a failed run as soon as the database answers, for as long as its lease may last: it may well have failed because the database
/// went away, and while this worker lives nobody else begins the job before its lease is over. It counts as any other failure: what takes
/// the database down with it must not be tried for ever.
async fn book(work: &Work, job: &dyn Job, fault: &Fault) -> Result<Ran, Fault> {
    let failures = work.claim.failures + 1;
    tracing::error!(job_id = %work.job_id, kind = work.claim.kind, failures, error = %fault, "a job failed");
    let until = Instant::now() + work.services.timing.lease.to_std().unwrap_or_default();
    loop {
        match failed(work, job, (failures, fault)).await {
            Ok(ran) => return Ok(ran),
            // Somebody else has it, or the run had ended, and only the answer was lost.
            Err(JobError::LeaseLost) => return Ok(Ran::NotOurs),
            Err(JobError::Fault(Fault::Database(error))) if db::is_away(&error) && Instant::now() < until => {
                sleep(BOOK_AGAIN).await;
            }
            Err(JobError::Fault(fault)) => return Err(fault),
        }
    }
}

/// Runs a job and keeps its lease meanwhile, for as long as a run may take.
async fn alive(work: &Work, job: &dyn Job) -> Result<(), JobError> {
    let timing = work.services.timing;
    let limit = timing.longest_run.to_std().unwrap_or(StdDuration::from_mins(15));
    tokio::select! {
        // A run that has just ended has written its end, and with it given up the lease: it is asked first.
        biased;
        ended = timeout(limit, job.run(work)) => {
            ended.unwrap_or_else(|_| Err(Fault::broken("a run took too long").into()))
        }
        () = lease::keep_on(timing.lease.to_std().unwrap_or_default(), || work.keep()) => Err(JobError::LeaseLost),
    }
}

/// Books a run that was failure number `failures`: again later, or set aside.
async fn failed(work: &Work, job: &dyn Job, (failures, fault): (i32, &Fault)) -> Result<Ran, JobError> {
    let timing = work.services.timing;
    let give_up = failures >= timing.max_failures;
    let scope = job.begin(work).await?;
    let reason: String = fault.to_string().chars().take(500).collect();
    let mut update = job::Entity::update_many()
        .col_expr(job::Column::LeaseExpiresAt, Expr::value(Option::<DateTime<Utc>>::None))
        .col_expr(job::Column::LeaseOwner, Expr::value(Option::<String>::None))
        .col_expr(job::Column::Failures, Expr::value(failures))
        .col_expr(job::Column::LastError, Expr::value(reason.clone()));
    if give_up {
        job.give_up(&scope, &reason).await?;
        update = update
            .col_expr(job::Column::State, Expr::value(JobState::SetAside))
            .col_expr(job::Column::FinishedAt, Expr::value(scope.now));
    } else {
        update = update
            .col_expr(job::Column::State, Expr::value(JobState::Pending))
            .col_expr(job::Column::DueAt, Expr::value(scope.now + backoff(timing, failures)));
    }
    update.filter(job::Column::Id.eq(work.job_id)).exec(scope.tx()).await?;
    scope.commit().await?;
    Ok(if give_up { Ran::SetAside } else { Ran::Failed })
}

/// The wait before run number `failures + 1`: doubling, with up to a quarter more at random, so that what failed together
/// does not come back together.
pub fn backoff(timing: Timing, failures: i32) -> Duration {
    let doublings = u32::try_from(failures.clamp(1, 20) - 1).unwrap_or(0);
    let wait = timing.first_retry.checked_mul(1 << doublings).unwrap_or(timing.longest_retry).min(timing.longest_retry);
    let [random] = crypto::random::<1>().unwrap_or([0]);
    wait + wait / 4 * i32::from(random) / 255
}

/// Every job that is due, until none is: the outbox without Redis, for tests and for `diwan admin`.
pub async fn run_due(services: &Arc<Services>, owner: &str) -> Result<usize, Fault> {
    let mut ran = 0;
    loop {
        let due = diwan_platform::jobs::take_due(services.db.unscoped(), 100, services.now()).await?;
        if due.is_empty() {
            return Ok(ran);
        }
        for job in due {
            run(services, job.id, owner).await?;
            ran += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn waits_grow_and_stay_within_bounds(failures in 1..1000_i32) {
            let timing = Timing::default();
            let wait = backoff(timing, failures);
            prop_assert!(wait >= timing.first_retry);
            prop_assert!(wait <= timing.longest_retry + timing.longest_retry / 4);
        }
    }
}
