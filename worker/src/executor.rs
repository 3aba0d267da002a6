//! Runs jobs, a bounded number at a time, whatever way they came.

use std::mem;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use diwan_domain::Services;
use diwan_domain::jobs::{self, Hands, Job as _, NextInLine, Ran};
use diwan_domain::publishing::Publish;
use diwan_platform::jobs::{self as outbox, JobRef};
use futures::FutureExt as _;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::slots::{Slot, Slots, Turn};

/// How many that are next in lines may wait for each job that can run. Fewer than may wait in Redis: what waits in lines is to leave no more of
/// its room free than work of lower priority may take before publications, and to be begun before it is missed.
pub(crate) const PLACES_PER_SLOT: usize = 2;

/// Runs jobs. Each is a task of its own, so that whoever asked for it may go away without harm.
pub(crate) struct Executor {
    services: Arc<Services>,
    owner: String,
    slots: Arc<Slots>,
    /// For what is next in the lines that this worker has taken. Beyond that the queue says what goes first.
    places: Arc<Semaphore>,
    /// What this worker was handed and does not begin any more, until it is being given back.
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

    /// Waits until one more job may run. None when the worker stops.
    pub(crate) async fn slot(&self, turn: Turn) -> Option<Slot> {
        self.slots.take(turn).await
    }

    /// Runs a job in a task of its own, and then goes on with what is next in line behind it.
    pub(crate) fn start(self: &Arc<Self>, id: Uuid, slot: Slot) -> JoinHandle<()> {
        let executor = Arc::clone(self);
        self.tasks.spawn(async move {
            let hands = Hands::of(&executor.owner).with_places(Arc::clone(&executor.places));
            let ran = AssertUnwindSafe(jobs::run_in(&executor.services, id, hands)).catch_unwind().await;
            drop(slot);
            match ran {
                Ok(Ok((Ran::SetAside, _))) => {
                    tracing::error!(job_id = %id, "a job was set aside; it waits for a person");
                }
                Ok(Ok((ran, next))) => {
                    tracing::debug!(job_id = %id, ?ran, "a job ran");
                    if let Some(next) = next {
                        executor.go_on_with(next);
                    }
                }
                // Its state could not be written: the reconciler finds it again.
                Ok(Err(fault)) => tracing::error!(job_id = %id, error = %fault, "a job could not be run"),
                Err(_panic) => tracing::error!(job_id = %id, "a job panicked; it runs again when its lease is over"),
            }
        })
    }

    /// Runs what is next in line as soon as there is a hand for it. What finds none because the worker stops is given back, for another.
    fn go_on_with(self: &Arc<Self>, next: NextInLine) {
        let executor = Arc::clone(self);
        drop(self.tasks.spawn(async move {
            let NextInLine { job_id, place } = next;
            if let Some(slot) = executor.slot(Turn::AsItComes).await {
                drop(place);
                drop(executor.start(job_id, slot));
                return;
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

    /// Gives back jobs that this worker was handed and cannot begin, since it stops. Waits until that is done. What comes while others are
    /// being given back goes in one statement.
    pub(crate) async fn give_back(&self, ids: Vec<Uuid>) {
        self.left().extend(ids);
        let _one_at_a_time = self.giving.lock().await;
        let ids = mem::take(&mut *self.left());
        if ids.is_empty() {
            return;
        }
        match outbox::give_back(self.services.db.unscoped(), &ids, &self.owner).await {
            Ok(jobs) => tracing::debug!(jobs, "jobs that had not begun were given back"),
            // The reconciler of another finds them.
            Err(error) => tracing::warn!(jobs = ids.len(), %error, "jobs could not be given back"),
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
}
