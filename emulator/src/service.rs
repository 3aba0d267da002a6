//! What an emulated network is.

use async_trait::async_trait;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::call::Call;
use crate::world::World;

/// One network. It keeps what it alone knows (containers, uploads) behind a mutex of its own, and everything else in
/// the [`World`].
#[async_trait]
pub trait Service: Send + Sync {
    /// The network's key, such as `facebook`.
    fn key(&self) -> &'static str;

    /// The hosts that it answers for.
    fn hosts(&self) -> &'static [&'static str];

    /// Whether this request is for this network. Asked where several answer for one host, in the order in which they
    /// are listed; the first that takes it answers.
    fn takes(&self, _call: &Call) -> bool {
        true
    }

    /// Answers a request as the network would. A request whose client has gone is answered to its end all the same.
    async fn answer(&self, call: Call, world: &World) -> Answer;

    /// The body of an answer with this status that a fault makes in the network's place: 429 or 5xx.
    fn trouble(&self, status: u16) -> Value {
        json!({ "error": format!("status {status}, as a fault says") })
    }
}
