//! Runs jobs, a bounded number at a time, whatever way they came.

use std::mem;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use diwan_domain::Services;
use diwan_domain::jobs::{self, Hands, Job as _, NextInLine, Ran};
use diwan_domain::publishing::Publish;
use diwan_platform::jobs::{self as outbox, JobRef};
use futures::FutureExt as _;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::slots::{Slot, Slots, Turn};

/// How many that are next in lines may wait for each job that can run: one of each account that one worker is likely to have lines of.
pub(crate) const PLACES_PER_SLOT: usize = 8;

/// With so many for each job that can run, work that nobody waits for is left to workers that are free.
const BUSY_PER_SLOT: usize = 2;

/// How long what is next in a line waits for a hand before it is given back, for a worker that has one. Half as long as it is left to a worker that lives
/// ([`quiet`](diwan_platform::jobs::quiet)).
const OWN_PATIENCE: Duration = Duration::from_secs(5);

/// How soon a job is given back that could not be begun: whoever held its row has let it go by then.
const LET_GO: Duration = Duration::from_millis(200);

/// Runs jobs. Each is a task of its own, so that whoever asked for it may go away without harm.
pub(crate) struct Executor {
    services: Arc<Services>,
    owner: String,
    slots: Arc<Slots>,
    /// For what is next in the lines that this worker has taken. Beyond that the queue says what goes first.
    places: Arc<Semaphore>,
    /// What this worker was handed and does not begin, until it is given back.
    left: Mutex<Vec<Uuid>>,
    /// Held by who gives back.
    giving: tokio::sync::Mutex<()>,
    tasks: TaskTracker,
    concurrency: usize,
}

impl Executor {
    /// Runs at most `concurrency` jobs at a time under the name `owner`.
    pub(crate) fn new(services: Arc<Services>, owner: String, concurrency: usize) -> Self {
        let places = Arc::new(Semaphore::new(concurrency * PLACES_PER_SLOT));
        Self {
            services,
            owner,
            slots: Slots::new(concurrency),
            places,
            left: Mutex::default(),
            giving: tokio::sync::Mutex::default(),
            tasks: TaskTracker::new(),
            concurrency,
        }
    }

    /// What jobs can use.
    pub(crate) fn services(&self) -> &Arc<Services> {
        &self.services
    }

    /// The name under which leases are held.
    pub(crate) fn owner(&self) -> &str {
        &self.owner
    }

    /// How many jobs run at a time.
    pub(crate) fn concurrency(&self) -> usize {
        self.concurrency
    }

    /// How many run now.
    pub(crate) fn running(&self) -> usize {
        self.tasks.len()
    }

    /// How many could begin now.
    pub(crate) fn free(&self) -> usize {
        self.slots.free()
    }

    /// How many wait for a hand that are next in lines which this worker has taken.
    pub(crate) fn in_line(&self) -> usize {
        (self.concurrency * PLACES_PER_SLOT).saturating_sub(self.places.available_permits())
    }

    /// Whether so many wait in lines that work that nobody waits for is left to others.
    pub(crate) fn is_busy_with_lines(&self) -> bool {
        self.in_line() >= self.concurrency * BUSY_PER_SLOT
    }

    /// As if so many were next in lines.
    #[cfg(test)]
    pub(crate) fn fill_places(&self, count: u32) -> Option<tokio::sync::OwnedSemaphorePermit> {
        Arc::clone(&self.places).try_acquire_many_owned(count).ok()
    }

    /// Waits until one more job may run. None when the worker stops.
    pub(crate) async fn slot(&self, turn: Turn) -> Option<Slot> {
        self.slots.take(turn).await
    }

    /// Runs a job in a task of its own, and then goes on with what is next in line behind it.
    pub(crate) fn start(self: &Arc<Self>, id: Uuid, slot: Slot) -> JoinHandle<()> {
        let executor = Arc::clone(self);
        self.tasks.spawn(async move {
            executor.run_on(id, slot).await;
        })
    }

    /// The same in this task. False where the job was not begun, or where nobody can say.
    async fn run_on(self: &Arc<Self>, id: Uuid, slot: Slot) -> bool {
        let hands = Hands::of(&self.owner).with_places(Arc::clone(&self.places));
        let ran = AssertUnwindSafe(jobs::run_in(&self.services, id, hands)).catch_unwind().await;
        drop(slot);
        match ran {
            Ok(Ok((Ran::NotOurs, _))) => return false,
            Ok(Ok((Ran::SetAside, _))) => {
                tracing::error!(job_id = %id, "a job was set aside; it waits for a person");
            }
            Ok(Ok((ran, next))) => {
                tracing::debug!(job_id = %id, ?ran, "a job ran");
                if let Some(next) = next {
                    self.go_on_with(next);
                }
            }
            // Its state could not be written: the reconciler finds it again.
            Ok(Err(fault)) => {
                tracing::error!(job_id = %id, error = %fault, "a job could not be run");
                return false;
            }
            Err(_panic) => tracing::error!(job_id = %id, "a job panicked; it runs again when its lease is over"),
        }
        true
    }

    /// Runs what is next in line as soon as there is a hand for it. What finds none in time, or because the worker stops, and what cannot be begun
    /// is given back, for another: nobody else knows of it.
    fn go_on_with(self: &Arc<Self>, next: NextInLine) {
        let executor = Arc::clone(self);
        drop(self.tasks.spawn(async move {
            let NextInLine { job_id, place } = next;
            if let Ok(Some(slot)) = timeout(OWN_PATIENCE, executor.slot(Turn::InLine)).await {
                drop(place);
                if executor.run_on(job_id, slot).await {
                    return;
                }
                sleep(LET_GO).await;
            }
            executor.give_back(vec![job_id]).await;
        }));
    }

    /// Runs a job that came through Redis and waits for it, but not for what is next in line behind it. Gives it back when the worker stops.
    pub(crate) async fn run(self: &Arc<Self>, job: &JobRef) {
        let turn = if job.kind == Publish.kind() { Turn::Anew } else { Turn::AsItComes };
        if let Some(slot) = self.slot(turn).await {
            let _ended = self.start(job.id, slot).await;
        } else {
            self.give_back(vec![job.id]).await;
        }
    }

    /// Gives back jobs that this worker was handed and cannot begin. Waits until that is done. What comes while others are being given back goes in
    /// one statement, and what could not be given back is with the next.
    pub(crate) async fn give_back(&self, ids: Vec<Uuid>) {
        self.left().extend(ids);
        let _one_at_a_time = self.giving.lock().await;
        let ids = mem::take(&mut *self.left());
        if ids.is_empty() {
            return;
        }
        match outbox::give_back(self.services.db.unscoped(), &ids, &self.owner).await {
            Ok(jobs) => tracing::debug!(jobs, "jobs that had not begun were given back"),
            // The reconciler tries again; of a worker that stops, another's finds them.
            Err(error) => {
                tracing::warn!(jobs = ids.len(), %error, "jobs could not be given back");
                self.left().extend(ids);
            }
        }
    }

    fn left(&self) -> MutexGuard<'_, Vec<Uuid>> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on no job begins; what is next in line goes through the queue to others.
    pub(crate) fn close(&self) {
        self.slots.close();
        self.places.close();
        self.tasks.close();
    }

    /// Waits until no job runs. Only after [`Executor::close`].
    pub(crate) async fn finished(&self) {
        self.tasks.wait().await;
    }
}

#[cfg(test)]
mod tests {
    use anyhow::Result;
    use chrono::TimeDelta;
    use diwan_testkit::TestServices;
    use futures::future::join_all;
    use sea_orm::{ConnectionTrait as _, TransactionTrait as _};

    use super::*;

    #[tokio::test]
    async fn what_came_through_redis_to_a_worker_that_stops_is_given_back_together() -> Result<()> {
        let test = TestServices::new().await?;
        let brand = test.brand("Nour").await?;
        let asked = format!(
            "insert into job (id, brand_id, kind, subject_id, due_at, created_at, failures)
             select gen_random_uuid(), '{brand}', 'render_report', gen_random_uuid(), now(), now(), 2 from generate_series(1, 10)"
        );
        test.db.run(&asked).await?;
        let services = &test.services;
        let executor = Arc::new(Executor::new(Arc::clone(services), "one".to_owned(), 2));
        let soon = services.now() + TimeDelta::seconds(1);
        let handed = outbox::take_due(services.db.unscoped(), 10, soon).await?;
        assert_eq!(handed.len(), 10);
        executor.close();
        let before = test.db.statements();
        join_all(handed.iter().map(|job| executor.run(job))).await;
        // The first, and all that came meanwhile.
        let statements = test.db.statements() - before;
        assert!(statements < 5, "{statements}");
        let waiting = "job where state = 'PENDING' and handed_at is null and failures = 2 and fence = 0";
        assert_eq!(test.db.count(waiting).await?, 10);
        Ok(())
    }

    /// A job that this worker was called to go on with, and a place for it.
    async fn called(test: &TestServices, executor: &Executor) -> Result<NextInLine> {
        let brand = test.brand("Nour").await?;
        let asked = format!(
            "insert into job (id, brand_id, kind, subject_id, due_at, created_at, state, handed_at, line_owner, lined_at)
             values (gen_random_uuid(), '{brand}', 'publish', gen_random_uuid(), now(), now(), 'HANDED', now(), '{}', now())",
            executor.owner()
        );
        test.db.run(&asked).await?;
        let place = Arc::clone(&executor.places).try_acquire_owned()?;
        Ok(NextInLine { job_id: test.db.value("select id from job").await?, place })
    }

    /// Waits until the job waits for whoever is next.
    async fn given_back(test: &TestServices) -> Result<()> {
        let waits = "job where state = 'PENDING' and fence = 0 and handed_at is null and line_owner is null";
        for _ in 0..200 {
            if test.db.count(waits).await? == 1 {
                return Ok(());
            }
            sleep(Duration::from_millis(50)).await;
        }
        anyhow::bail!("it was not given back")
    }

    #[tokio::test]
    async fn what_was_called_and_cannot_be_begun_is_given_back() -> Result<()> {
        let test = TestServices::new().await?;
        let executor = Arc::new(Executor::new(Arc::clone(&test.services), "one".to_owned(), 2));
        let next = called(&test, &executor).await?;
        let somebody = test.db.owner.begin().await?;
        somebody.execute_unprepared("select from job for update").await?;
        executor.go_on_with(next);
        // Begun in vain, it lets go of its place.
        while executor.in_line() > 0 {
            sleep(Duration::from_millis(5)).await;
        }
        sleep(LET_GO / 2).await;
        somebody.rollback().await?;
        given_back(&test).await
    }

    #[tokio::test]
    async fn what_finds_no_hand_in_time_is_given_back_for_another_worker() -> Result<()> {
        let test = TestServices::new().await?;
        let executor = Arc::new(Executor::new(Arc::clone(&test.services), "one".to_owned(), 1));
        let held = executor.slot(Turn::Anew).await;
        executor.go_on_with(called(&test, &executor).await?);
        given_back(&test).await?;
        assert_eq!((executor.in_line(), executor.free()), (0, 0));
        drop(held);
        Ok(())
    }
}
