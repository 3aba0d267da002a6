//! The ground on which subscriptions stand: a live session or token, and a place in the brand. It can be lost while nothing
//! happens that would be told, so it is looked at every two seconds, for all subscriptions of the process in one statement.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_graphql::Result;
use diwan_domain::trust::{Watched, lost_ground};
use diwan_domain::{Credential, Services};
use futures::{Stream, StreamExt as _};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::context::Caller;
use super::error::request_error;

/// How often. Whoever loses their ground hears no more after this and the time of one statement.
const EVERY: Duration = Duration::from_secs(2);

#[derive(Debug, Default)]
struct Standing {
    next: u64,
    all: HashMap<u64, (Watched, CancellationToken)>,
}

/// The open subscriptions of this process.
#[derive(Debug, Clone, Default)]
pub struct Grounds(Arc<Mutex<Standing>>);

/// One subscription's place among them, given back when it is dropped.
struct Place {
    grounds: Grounds,
    number: u64,
    lost: CancellationToken,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.grounds.0.lock().unwrap_or_else(PoisonError::into_inner).all.remove(&self.number);
    }
}

impl Grounds {
    /// Looks until `stop`.
    pub fn start(services: Arc<Services>, stop: CancellationToken) -> Self {
        let grounds = Self::default();
        let watched = grounds.clone();
        tokio::spawn(async move {
            let mut ticks = tokio::time::interval(EVERY);
            ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            loop {
                tokio::select! {
                    () = stop.cancelled() => return,
                    _ = ticks.tick() => {}
                }
                watched.look(&services).await;
            }
        });
        grounds
    }

    async fn look(&self, services: &Services) {
        let standing: Vec<(u64, Watched)> = {
            let standing = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            standing.all.iter().map(|(number, (watched, _))| (*number, *watched)).collect()
        };
        if standing.is_empty() {
            return;
        }
        let watched: Vec<Watched> = standing.iter().map(|(_, watched)| *watched).collect();
        match lost_ground(services, &watched).await {
            Ok(lost) => {
                let gone: Vec<CancellationToken> = {
                    let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
                    let lost = lost.into_iter().filter_map(|place| standing.get(place));
                    lost.filter_map(|(number, _)| Some(all.all.get(number)?.1.clone())).collect()
                };
                // Outside of the lock: whoever is woken at the end of a runtime is dropped on the spot, and its place with it.
                gone.iter().for_each(CancellationToken::cancel);
            }
            // The next look tells; every event is authorised by itself besides.
            Err(error) => tracing::warn!(%error, "the ground of subscriptions could not be looked at"),
        }
    }

    /// How many subscriptions are open.
    pub fn open(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).all.len()
    }

    fn stand(&self, caller: Caller, brand_id: Uuid) -> Place {
        let lost = CancellationToken::new();
        let mut standing = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        standing.next += 1;
        let number = standing.next;
        let watched = match caller.0 {
            Credential::Session { session_id, .. } => Watched { session_id: Some(session_id), token: None, brand_id },
            Credential::Token(hash) => Watched { session_id: None, token: Some(hash), brand_id },
        };
        standing.all.insert(number, (watched, lost.clone()));
        Place { grounds: self.clone(), number, lost }
    }

    /// A subscription that ends, and says so, when its ground is lost or after its first error: whoever lost the right must
    /// not wait in silence.
    pub fn guard<'a, T: Send + 'a>(
        &self,
        caller: Caller,
        brand_id: Uuid,
        stream: impl Stream<Item = Result<T>> + Send + 'a,
    ) -> impl Stream<Item = Result<T>> + Send + 'a {
        let begun = (Box::pin(stream), self.stand(caller, brand_id), false);
        futures::stream::unfold(begun, |(mut stream, place, over)| async move {
            if over {
                return None;
            }
            let item = tokio::select! {
                biased;
                () = place.lost.cancelled() => Err(lost()),
                item = stream.next() => item?,
            };
            let over = item.is_err();
            Some((item, (stream, place, over)))
        })
    }
}

fn lost() -> async_graphql::Error {
    request_error("UNAUTHENTICATED", "You no longer have access to this. Sign in again, or ask to be added.")
}
