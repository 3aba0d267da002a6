//! In whose hands a job runs, and what its worker goes on with.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

/// What a worker lends to one run of a job: its name, and a place for what stands next in line behind the job. A job that was given such a
/// place is handed over to this worker with the commit that ends the run, past the queue.
#[derive(Debug)]
pub struct Hands {
    name: String,
    places: Option<Arc<Semaphore>>,
    next: Mutex<Option<NextInLine>>,
}

/// A job that was handed over to the worker that ran the one before it.
#[derive(Debug)]
pub struct NextInLine {
    /// The row in the outbox.
    pub job_id: Uuid,
    /// Its place among what waits for a hand of this worker. To be dropped when it begins.
    pub place: OwnedSemaphorePermit,
}

impl Hands {
    /// Those of a worker of this name, which goes on with nothing by itself: what is next goes through the queue.
    pub fn of(name: &str) -> Self {
        Self { name: name.to_owned(), places: None, next: Mutex::new(None) }
    }

    /// The same of a worker that goes on with what is next in line, as long as one of these places is free.
    #[must_use]
    pub fn with_places(self, places: Arc<Semaphore>) -> Self {
        Self { places: Some(places), ..self }
    }

    /// The worker's name, under which it holds leases.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A place for what is next in line; none where so many wait that the queue is to say what goes first, or the worker stops.
    pub(crate) fn place(&self) -> Option<OwnedSemaphorePermit> {
        self.places.as_ref().and_then(|places| Arc::clone(places).try_acquire_owned().ok())
    }

    /// This worker goes on with the job, in this place, if the run ends as it should.
    pub(crate) fn go_on_with(&self, job_id: Uuid, place: OwnedSemaphorePermit) {
        *self.next.lock().unwrap_or_else(PoisonError::into_inner) = Some(NextInLine { job_id, place });
    }

    /// What it goes on with.
    pub(super) fn into_next(self) -> Option<NextInLine> {
        self.next.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}
