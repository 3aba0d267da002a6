//! Faults: what goes wrong, for which requests, how often.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What goes wrong. In JSON `{"kind": "too_many", "retry_after": 30}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// The request is processed after a while.
    Latency {
        /// How long, in milliseconds.
        milliseconds: u64,
    },
    /// The connection is cut; the request is not processed.
    ResetBefore,
    /// The request is processed; the connection is cut instead of an answer.
    LostAnswer,
    /// There is no answer, ever: the connection stays until the client ends it.
    Blackhole {
        /// Whether the request is processed all the same.
        #[serde(default)]
        processed: bool,
    },
    /// Status 429; the request is not processed.
    TooMany {
        /// What `Retry-After` says, in seconds; without, there is no such header.
        #[serde(default)]
        retry_after: Option<u64>,
    },
    /// A status of the server's own trouble.
    ServerError {
        /// 500 to 599.
        status: u16,
        /// Whether the request is processed all the same.
        #[serde(default)]
        processed: bool,
    },
    /// The access tokens that were issued until now expire. Strikes when it is placed.
    ExpireTokens,
    /// The access and refresh tokens that were issued until now are taken back. Strikes when it is placed.
    RevokeTokens,
    /// Media take this long to be processed, as long as it is placed.
    SlowProcessing {
        /// How long, in milliseconds.
        milliseconds: u64,
    },
}

impl Fault {
    /// Whether it happens to requests, and not to the network as such.
    fn is_of_requests(self) -> bool {
        !matches!(self, Self::ExpireTokens | Self::RevokeTokens | Self::SlowProcessing { .. })
    }
}

/// A fault and what it strikes. What is not named is not asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultRule {
    /// What goes wrong.
    pub fault: Fault,
    /// The network's key.
    #[serde(default)]
    pub network: Option<String>,
    /// `POST`, `GET` …
    #[serde(default)]
    pub method: Option<String>,
    /// A part of host and path, such as `graph.facebook.com/v25.0/me` or `/feed`.
    #[serde(default)]
    pub path: Option<String>,
    /// The name of the account. A request's account is known by the token in its header, query or path, or by an
    /// account's id in its path.
    #[serde(default)]
    pub account: Option<String>,
    /// So many requests pass before.
    #[serde(default)]
    pub after: u64,
    /// So many requests are struck, then no more; none means all.
    #[serde(default)]
    pub times: Option<u64>,
}

impl FaultRule {
    /// A fault that strikes every request of every network, to be narrowed.
    pub fn new(fault: Fault) -> Self {
        Self { fault, network: None, method: None, path: None, account: None, after: 0, times: None }
    }

    /// Only this network.
    #[must_use]
    pub fn network(mut self, key: impl Into<String>) -> Self {
        self.network = Some(key.into());
        self
    }

    /// Only requests by this method.
    #[must_use]
    pub fn method(mut self, method: impl Into<String>) -> Self {
        self.method = Some(method.into());
        self
    }

    /// Only requests with this in host and path.
    #[must_use]
    pub fn path(mut self, fragment: impl Into<String>) -> Self {
        self.path = Some(fragment.into());
        self
    }

    /// Only this account.
    #[must_use]
    pub fn account(mut self, name: impl Into<String>) -> Self {
        self.account = Some(name.into());
        self
    }

    /// Only after so many requests.
    #[must_use]
    pub fn after(mut self, requests: u64) -> Self {
        self.after = requests;
        self
    }

    /// Only so many times.
    #[must_use]
    pub fn times(mut self, times: u64) -> Self {
        self.times = Some(times);
        self
    }

    /// Why it cannot be placed.
    pub(crate) fn flaw(&self) -> Option<&'static str> {
        match self.fault {
            Fault::ServerError { status, .. } if !(500..600).contains(&status) => Some("status must be 500 to 599"),
            fault if !fault.is_of_requests() && (self.path.is_some() || self.method.is_some() || self.after > 0) => {
                Some("this fault happens to networks and accounts, not to single requests")
            }
            _ => None,
        }
    }

    fn fits(&self, request: &Target<'_>) -> bool {
        self.network.as_deref().is_none_or(|network| network == request.network)
            && self.method.as_deref().is_none_or(|method| method.eq_ignore_ascii_case(request.method))
            && self.path.as_deref().is_none_or(|path| request.host_and_path.contains(path))
            && self.account.as_deref().is_none_or(|account| Some(account) == request.account)
    }
}

/// What a rule is held against.
pub(crate) struct Target<'a> {
    pub(crate) network: &'a str,
    pub(crate) method: &'a str,
    /// Host and path.
    pub(crate) host_and_path: &'a str,
    pub(crate) account: Option<&'a str>,
}

/// A fault that was placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlacedFault {
    /// Its number.
    pub id: u64,
    /// What was placed.
    #[serde(flatten)]
    pub rule: FaultRule,
    /// How many requests passed that would have been struck otherwise.
    pub passed: u64,
    /// How often it struck: requests, or tokens.
    pub struck: u64,
}

impl PlacedFault {
    fn is_spent(&self) -> bool {
        self.rule.times.is_some_and(|times| self.struck >= times)
    }
}

/// All faults that are placed.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    last_id: u64,
    placed: Vec<PlacedFault>,
}

impl Faults {
    /// Places a fault that has struck so often already.
    pub(crate) fn place(&mut self, rule: FaultRule, struck: u64) -> u64 {
        self.last_id += 1;
        self.placed.push(PlacedFault { id: self.last_id, rule, passed: 0, struck });
        self.last_id
    }

    pub(crate) fn placed(&self) -> &[PlacedFault] {
        &self.placed
    }

    pub(crate) fn lift(&mut self, id: u64) -> bool {
        let before = self.placed.len();
        self.placed.retain(|placed| placed.id != id);
        self.placed.len() < before
    }

    pub(crate) fn lift_all(&mut self) {
        self.placed.clear();
    }

    /// What happens to this request: the fault placed first that fits it and is not spent. The request counts for each
    /// fault before that which lets it pass.
    pub(crate) fn strike(&mut self, request: &Target<'_>) -> Option<Fault> {
        let fits = |placed: &&mut PlacedFault| {
            placed.rule.fault.is_of_requests() && !placed.is_spent() && placed.rule.fits(request)
        };
        for placed in self.placed.iter_mut().filter(fits) {
            if placed.passed < placed.rule.after {
                placed.passed += 1;
            } else {
                placed.struck += 1;
                return Some(placed.rule.fault);
            }
        }
        None
    }

    /// How long a network takes to process a medium. Each asking counts as a stroke.
    pub(crate) fn processing(&mut self, network: &str) -> Duration {
        for placed in self.placed.iter_mut().filter(|placed| !placed.is_spent()) {
            let here = placed.rule.network.as_deref().is_none_or(|named| named == network);
            if let (true, Fault::SlowProcessing { milliseconds }) = (here, placed.rule.fault) {
                placed.struck += 1;
                return Duration::from_millis(milliseconds);
            }
        }
        Duration::ZERO
    }
}
