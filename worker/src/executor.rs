//! Runs jobs, a bounded number at a time, whatever way they came.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use diwan_domain::Services;
use diwan_domain::jobs::{self, Ran};
use futures::FutureExt as _;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

/// The right to run one job.
pub(crate) type Slot = OwnedSemaphorePermit;

/// Runs jobs. Each is a task of its own, so that whoever asked for it may go away without harm.
pub(crate) struct Executor {
    services: Arc<Services>,
    owner: String,
    slots: Arc<Semaphore>,
    tasks: TaskTracker,
    concurrency: usize,
}

impl Executor {
    /// Runs at most `concurrency` jobs at a time under the name `owner`.
    pub(crate) fn new(services: Arc<Services>, owner: String, concurrency: usize) -> Self {
        Self { services, owner, slots: Arc::new(Semaphore::new(concurrency)), tasks: TaskTracker::new(), concurrency }
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
        self.slots.available_permits()
    }

    /// Waits until one more job may run. None when the worker stops.
    pub(crate) async fn slot(&self) -> Option<Slot> {
        Arc::clone(&self.slots).acquire_owned().await.ok()
    }

    /// Runs a job in a task of its own.
    pub(crate) fn start(&self, id: Uuid, slot: Slot) -> JoinHandle<()> {
        let (services, owner) = (Arc::clone(&self.services), self.owner.clone());
        self.tasks.spawn(async move {
            let _slot = slot;
            match AssertUnwindSafe(jobs::run(&services, id, &owner)).catch_unwind().await {
                Ok(Ok(Ran::SetAside)) => tracing::error!(job_id = %id, "a job was set aside; it waits for a person"),
                Ok(Ok(ran)) => tracing::debug!(job_id = %id, ?ran, "a job ran"),
                // Its state could not be written: the reconciler finds it again.
                Ok(Err(fault)) => tracing::error!(job_id = %id, error = %fault, "a job could not be run"),
                Err(_panic) => tracing::error!(job_id = %id, "a job panicked; it runs again when its lease is over"),
            }
        })
    }

    /// Runs a job and waits for it. Does nothing when the worker stops.
    pub(crate) async fn run(&self, id: Uuid) {
        if let Some(slot) = self.slot().await {
            let _ended = self.start(id, slot).await;
        }
    }

    /// From now on no job begins.
    pub(crate) fn close(&self) {
        self.slots.close();
        self.tasks.close();
    }

    /// Waits until no job runs. Only after [`Executor::close`].
    pub(crate) async fn finished(&self) {
        self.tasks.wait().await;
    }
}
