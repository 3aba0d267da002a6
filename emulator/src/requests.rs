//! Which requests came.

use std::collections::VecDeque;

use serde::Serialize;

/// How many requests are kept.
const KEPT: usize = 50_000;

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is being worked on, or was when its client went away before anything was known.
    Open,
    /// It was processed and answered.
    Answered,
    /// It was processed; a fault kept the answer back.
    Lost,
    /// It was not processed: a fault took its place.
    Refused,
    /// No network knows its host.
    Unknown,
}

/// A request that came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recorded {
    /// The network's key; empty when no network knows the host.
    pub network: String,
    /// `GET`, `POST` …
    pub method: String,
    /// The host that was meant.
    pub host: String,
    /// The path at that host, without the query.
    pub path: String,
    /// The name of the account, where the request tells it.
    pub account: Option<String>,
    /// What became of it.
    pub outcome: Outcome,
    /// The status that the network answered, whether it arrived or not.
    pub status: Option<u16>,
}

impl Recorded {
    /// Host and path.
    pub fn target(&self) -> String {
        format!("{}{}", self.host, self.path)
    }
}

/// The requests so far.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    kept: VecDeque<Recorded>,
    /// How many older ones were dropped.
    dropped: u64,
}

impl Requests {
    /// Notes a request. Answers the number to close it by.
    pub(crate) fn note(&mut self, request: Recorded) -> u64 {
        if self.kept.len() == KEPT {
            self.kept.pop_front();
            self.dropped += 1;
        }
        self.kept.push_back(request);
        self.dropped + self.kept.len() as u64 - 1
    }

    /// Notes what became of a request.
    pub(crate) fn close(&mut self, number: u64, outcome: Outcome, status: Option<u16>) {
        let index = number.checked_sub(self.dropped).and_then(|index| usize::try_from(index).ok());
        if let Some(request) = index.and_then(|index| self.kept.get_mut(index)) {
            request.outcome = outcome;
            request.status = status;
        }
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Recorded> {
        self.kept.iter()
    }
}
