//! Lets the others know that this worker lives, so that what it was doing goes on within seconds when it dies.

use std::sync::Arc;
use std::time::Duration;

use diwan_domain::Services;
use diwan_platform::presence::Presence;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// The wait before trying again.
const AGAIN: Duration = Duration::from_secs(1);

/// Takes the worker's lock. Waits for PostgreSQL; none when the worker is told to stop meanwhile.
pub(crate) async fn take(services: &Services, owner: &str, stop: &CancellationToken) -> Option<Presence> {
    loop {
        match services.db.presence(owner).await {
            Ok(presence) => return Some(presence),
            Err(error) => tracing::warn!(%error, "the worker cannot say yet that it lives; trying again"),
        }
        tokio::select! {
            () = stop.cancelled() => return None,
            () = sleep(AGAIN) => {}
        }
    }
}

/// Holds the lock until `stop`, and takes it again when it is lost.
pub(crate) async fn hold(services: Arc<Services>, owner: String, mut presence: Presence, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = presence.lost() => {}
        }
        match take(&services, &owner, &stop).await {
            Some(again) => presence = again,
            None => return,
        }
    }
}
