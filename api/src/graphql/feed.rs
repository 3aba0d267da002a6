//! What has changed, from PostgreSQL's notifications to every subscription of this process.
//!
//! A notification names a brand and a thing of it. It carries no content: each subscriber reads that under their own scope.

use std::sync::Arc;
use std::time::Duration;

use diwan_domain::Services;
use tokio::sync::{broadcast, watch};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// The channels of the triggers (migrations `m0007` and `m0012`).
const PUBLICATIONS: &str = "diwan_publication";
const APPROVALS: &str = "diwan_approval";

/// What kind of thing changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A publication.
    Publication,
    /// A request for approval.
    Approval,
}

/// Something changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// In this brand.
    pub brand_id: Uuid,
    /// What kind of thing.
    pub what: What,
    /// Which.
    pub id: Uuid,
}

/// How long whoever subscribes waits for the connection to PostgreSQL.
const PATIENCE: Duration = Duration::from_secs(5);

/// Changes, for whoever listens.
#[derive(Clone)]
pub struct Feed {
    changes: broadcast::Sender<Change>,
    /// Whether PostgreSQL tells of changes now.
    listening: watch::Receiver<bool>,
}

impl Feed {
    /// Listens to the database until `stop`, and connects again when the connection is lost.
    pub fn start(services: Arc<Services>, stop: CancellationToken) -> Self {
        let (changes, _) = broadcast::channel(1024);
        let (told, listening) = watch::channel(false);
        let feed = Self { changes: changes.clone(), listening };
        tokio::spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = listen(&services, &changes, &told) => {}
            }
        });
        feed
    }

    /// Changes from now on; none when the database cannot be listened to, so that nobody waits for what would not be told.
    /// One who is too slow misses some, and is not told: the next change shows where things are.
    pub async fn subscribe(&self) -> Option<broadcast::Receiver<Change>> {
        let mut listening = self.listening.clone();
        let heard = tokio::time::timeout(PATIENCE, listening.wait_for(|listening| *listening)).await;
        heard.is_ok_and(|heard| heard.is_ok()).then(|| self.changes.subscribe())
    }
}

async fn listen(services: &Services, changes: &broadcast::Sender<Change>, told: &watch::Sender<bool>) {
    loop {
        match services.db.listen(&[PUBLICATIONS, APPROVALS]).await {
            Ok(mut listener) => {
                told.send_replace(true);
                loop {
                    match listener.recv().await {
                        Ok(notification) => {
                            if let Some(change) = parse(notification.channel(), notification.payload()) {
                                let _nobody_listens = changes.send(change);
                            }
                        }
                        Err(error) => {
                            tracing::warn!(%error, "the connection for notifications was lost");
                            break;
                        }
                    }
                }
                told.send_replace(false);
            }
            Err(error) => tracing::warn!(%error, "cannot listen for notifications"),
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

fn parse(channel: &str, payload: &str) -> Option<Change> {
    let what = if channel == APPROVALS { What::Approval } else { What::Publication };
    let (brand_id, id) = payload.split_once(' ')?;
    Some(Change { brand_id: brand_id.parse().ok()?, what, id: id.parse().ok()? })
}
