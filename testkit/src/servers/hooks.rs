//! A server that receives webhooks on loopback: it keeps what arrives and answers with the status that it is told.

use anyhow::Result;
use url::Url;

use super::stand_in::{Answer, Asked, StandIn, header};

/// Something that arrived.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hook {
    /// The head of the request: its first line and its headers.
    pub head: String,
    /// The body.
    pub body: String,
}

impl Hook {
    /// A header, whatever the case of its name.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }
}

struct State {
    status: u16,
    hooks: Vec<Hook>,
}

/// The server; it stops when dropped.
pub struct HookServer {
    /// Where it is.
    pub url: Url,
    stand_in: StandIn<State>,
}

impl HookServer {
    /// A server that receives everything.
    pub async fn start() -> Result<Self> {
        let stand_in = StandIn::start(State { status: 204, hooks: Vec::new() }, answer).await?;
        Ok(Self { url: stand_in.url.clone(), stand_in })
    }

    /// Answers with this status from now on; a redirect leads to the server itself.
    pub fn answer(&self, status: u16) {
        self.stand_in.state().status = status;
    }

    /// What arrived so far.
    pub fn hooks(&self) -> Vec<Hook> {
        self.stand_in.state().hooks.clone()
    }
}

fn answer(asked: &Asked, state: &mut State) -> Answer {
    state.hooks.push(Hook { head: asked.head.clone(), body: asked.body.clone() });
    Answer::new(state.status, vec!["location: /again".to_owned()], String::new())
}
