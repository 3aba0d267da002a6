//! What has changed, from PostgreSQL's notifications to every subscription of this process.
//!
//! A notification names a brand and a publication. It carries no content: each subscriber reads that under their own scope.

use std::sync::Arc;
use std::time::Duration;

use diwan_domain::Services;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// A publication changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// In this brand.
    pub brand_id: Uuid,
    /// This one.
    pub publication_id: Uuid,
}

/// Changes, for whoever listens.
#[derive(Clone)]
pub struct Feed(broadcast::Sender<Change>);

impl Feed {
    /// Listens to the database until `stop`, and connects again when the connection is lost.
    pub fn start(services: Arc<Services>, stop: CancellationToken) -> Self {
        let (sender, _) = broadcast::channel(1024);
        let feed = Self(sender.clone());
        tokio::spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = listen(&services, &sender) => {}
            }
        });
        feed
    }

    /// Changes from now on. One who is too slow misses some, and is not told: the next change shows where things are.
    pub fn subscribe(&self) -> broadcast::Receiver<Change> {
        self.0.subscribe()
    }
}

async fn listen(services: &Services, sender: &broadcast::Sender<Change>) {
    loop {
        match services.db.listen("diwan_publication").await {
            Ok(mut listener) => loop {
                match listener.recv().await {
                    Ok(notification) => {
                        if let Some(change) = parse(notification.payload()) {
                            let _nobody_listens = sender.send(change);
                        }
                    }
                    Err(error) => {
                        tracing::warn!(%error, "the connection for notifications was lost");
                        break;
                    }
                }
            },
            Err(error) => tracing::warn!(%error, "cannot listen for notifications"),
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

fn parse(payload: &str) -> Option<Change> {
    let (brand_id, publication_id) = payload.split_once(' ')?;
    Some(Change { brand_id: brand_id.parse().ok()?, publication_id: publication_id.parse().ok()? })
}
