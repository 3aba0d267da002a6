//! What one WebSocket connection may do.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use diwan_domain::Services;
use diwan_entity::tenancy::agency::Locale;
use diwan_gate::{Meter, RateLimiter};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::graphql::context::Caller;

/// The most operations that one connection has at the same time.
pub const MAX_SUBSCRIPTIONS: usize = 20;

/// One connection, as its operations see it.
pub struct Socket {
    services: Arc<Services>,
    limiter: Arc<RateLimiter>,
    free: Arc<Semaphore>,
    /// The language in which its operations are refused.
    pub locale: Locale,
}

impl Socket {
    /// A connection without operations.
    pub fn new(services: Arc<Services>, limiter: Arc<RateLimiter>, locale: Locale) -> Self {
        Self { services, limiter, free: Arc::new(Semaphore::new(MAX_SUBSCRIPTIONS)), locale }
    }

    /// A place for one more operation, if there is one. It is free again when the permit is dropped.
    pub fn place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.free).try_acquire_owned().ok()
    }

    /// A meter for an operation that this caller begins now.
    pub fn meter(&self, caller: &Caller) -> Meter {
        Meter::new(Arc::clone(&self.limiter), caller.payer(), self.now())
    }

    fn now(&self) -> DateTime<Utc> {
        self.services.now()
    }
}
