//! How often the networks let their numbers be read, as their documentation says, and who reads more often than that.

use std::collections::{HashMap, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};

use crate::faults::Target;

/// Who has a [`ReadLimit`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadLimitOf {
    /// Whoever's token is shown.
    Account,
    /// All accounts of the application together.
    Application,
}

/// So many requests in any time as long as a period. Days that begin at a network's midnight are taken as any 24 hours, which is stricter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadLimit {
    /// The network's key.
    pub network: &'static str,
    /// Which requests, as the network calls them; unlike any other of the network.
    pub name: &'static str,
    /// Their method; none means all.
    method: Option<&'static str>,
    /// What host and path begin with.
    begins: &'static str,
    /// Whether that is the whole of them.
    is_whole: bool,
    /// The most.
    pub most: u32,
    /// The period, in seconds.
    pub seconds: u32,
    /// Who has it.
    pub of: ReadLimitOf,
}

const MINUTE: u32 = 60;
const DAY: u32 = 86_400;

/// Those that are documented, of the networks that are emulated.
///
/// - X: <https://docs.x.com/x-api/fundamentals/rate-limits>, per user.
/// - TikTok: <https://developers.tiktok.com/doc/tiktok-api-v2-rate-limit>, in a sliding minute.
/// - YouTube: <https://developers.google.com/youtube/v3/determine_quota_cost>; what lists costs one unit.
/// - Facebook, Instagram: <https://developers.facebook.com/docs/graph-api/overview/rate-limiting>, 4,800 for each who engages or sees it
///   in 24 hours; here one does.
/// - Threads: <https://developers.facebook.com/docs/threads/overview>, 4,800 for each impression, of which ten are counted at least.
/// - LinkedIn, Pinterest: what the product takes; see its own lists for how far that is documented.
pub const READ_LIMITS: [ReadLimit; 11] = [
    of_account("x", "tweets", (Some("GET"), "api.x.com/2/tweets", true), (5_000, 15 * MINUTE)),
    of_account("x", "users/me", (Some("GET"), "api.x.com/2/users/me", true), (75, 15 * MINUTE)),
    of_account(
        "x",
        "tweets/search/recent",
        (Some("GET"), "api.x.com/2/tweets/search/recent", true),
        (300, 15 * MINUTE),
    ),
    of_application("tiktok", "video/query", (None, "open.tiktokapis.com/v2/video/query/", true), (600, MINUTE)),
    of_application("tiktok", "user/info", (None, "open.tiktokapis.com/v2/user/info/", true), (600, MINUTE)),
    of_application("youtube", "units", (Some("GET"), "www.googleapis.com/youtube/v3/", false), (10_000, DAY)),
    of_account("facebook", "page", (None, "graph.facebook.com/", false), (4_800, DAY)),
    of_account("instagram", "account", (None, "graph.instagram.com/", false), (4_800, DAY)),
    of_account("threads", "account", (None, "graph.threads.net/", false), (48_000, DAY)),
    of_account("linkedin", "member", (None, "api.linkedin.com/", false), (100, DAY)),
    of_account("pinterest", "org_read", (Some("GET"), "api.pinterest.com/", false), (300, MINUTE)),
];

type Which = (Option<&'static str>, &'static str, bool);

const fn of_account(
    network: &'static str,
    name: &'static str,
    (method, begins, is_whole): Which,
    (most, seconds): (u32, u32),
) -> ReadLimit {
    ReadLimit { network, name, method, begins, is_whole, most, seconds, of: ReadLimitOf::Account }
}

const fn of_application(
    network: &'static str,
    name: &'static str,
    which: Which,
    (most, seconds): (u32, u32),
) -> ReadLimit {
    ReadLimit { of: ReadLimitOf::Application, ..of_account(network, name, which, (most, seconds)) }
}

impl ReadLimit {
    fn fits(&self, request: &Target<'_>) -> bool {
        self.network == request.network
            && self.method.is_none_or(|method| method.eq_ignore_ascii_case(request.method))
            && if self.is_whole {
                request.host_and_path == self.begins
            } else {
                request.host_and_path.starts_with(self.begins)
            }
    }
}

/// What came of one limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadLimitSeen {
    /// The limit.
    pub limit: ReadLimit,
    /// How many requests of it came.
    pub requests: u64,
    /// The most in any one period, of whoever had the most; at most what the limit allows.
    pub largest: usize,
    /// How many were refused beyond that.
    pub refused: u64,
}

/// The limits, once they are kept, and the requests of the last period of each.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    seen: Vec<ReadLimitSeen>,
    lately: HashMap<(usize, String), VecDeque<DateTime<Utc>>>,
}

impl Limits {
    /// Keeps these from now on.
    pub(crate) fn keep(&mut self, limits: &[ReadLimit]) {
        self.lately.clear();
        self.seen =
            limits.iter().map(|limit| ReadLimitSeen { limit: *limit, requests: 0, largest: 0, refused: 0 }).collect();
    }

    pub(crate) fn seen(&self) -> &[ReadLimitSeen] {
        &self.seen
    }

    /// Counts a request. One that is too many is not counted among the others: after how many seconds it may come again.
    pub(crate) fn take(&mut self, request: &Target<'_>, now: DateTime<Utc>) -> Option<u64> {
        let mut refused = None;
        for (place, seen) in self.seen.iter_mut().enumerate().filter(|(_, seen)| seen.limit.fits(request)) {
            let limit = seen.limit;
            let whose = match limit.of {
                ReadLimitOf::Account => request.account.unwrap_or_default().to_owned(),
                ReadLimitOf::Application => String::new(),
            };
            let period = TimeDelta::seconds(limit.seconds.into());
            let lately = self.lately.entry((place, whose)).or_default();
            while lately.front().is_some_and(|first| *first + period <= now) {
                lately.pop_front();
            }
            seen.requests += 1;
            match lately.front() {
                Some(first) if lately.len() >= usize::try_from(limit.most).unwrap_or(usize::MAX) => {
                    seen.refused += 1;
                    let wait = (*first + period - now).num_seconds().unsigned_abs() + 1;
                    refused = refused.max(Some(wait));
                }
                _ => {
                    lately.push_back(now);
                    seen.largest = seen.largest.max(lately.len());
                }
            }
        }
        refused
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request<'a>(network: &'a str, host_and_path: &'a str, account: Option<&'a str>) -> Target<'a> {
        Target { network, method: "GET", host_and_path, account }
    }

    #[test]
    fn what_is_too_much_in_any_period_is_refused_and_counted() {
        let mut limits = Limits::default();
        let start = DateTime::UNIX_EPOCH;
        let info = request("tiktok", "open.tiktokapis.com/v2/user/info/", Some("studio"));
        assert_eq!(limits.take(&info, start), None, "nothing is kept yet");
        limits.keep(&READ_LIMITS);
        for second in 0..600 {
            assert_eq!(limits.take(&info, start + TimeDelta::milliseconds(second * 50)), None);
        }
        // Thirty seconds were full. The first of them is over after a minute, and the others each as long after that.
        assert_eq!(limits.take(&info, start + TimeDelta::seconds(40)), Some(21));
        assert_eq!(limits.take(&info, start + TimeDelta::seconds(60)), None);
        assert_eq!(limits.take(&info, start + TimeDelta::seconds(60)), Some(1));
        let seen: Vec<_> = limits.seen().iter().filter(|seen| seen.requests > 0).collect();
        assert_eq!(seen.len(), 1);
        assert_eq!(
            (seen[0].limit.name, seen[0].requests, seen[0].largest, seen[0].refused),
            ("user/info", 603, 600, 2)
        );
    }

    #[test]
    fn each_account_has_its_own() {
        let mut limits = Limits::default();
        limits.keep(&READ_LIMITS);
        let me = |account| request("x", "api.x.com/2/users/me", Some(account));
        for _ in 0..75 {
            assert_eq!(limits.take(&me("one"), DateTime::UNIX_EPOCH), None);
        }
        assert!(limits.take(&me("one"), DateTime::UNIX_EPOCH).is_some());
        assert_eq!(limits.take(&me("other"), DateTime::UNIX_EPOCH), None);
        // A single post has another limit than many, and publishing has one of its own.
        assert_eq!(limits.take(&request("x", "api.x.com/2/tweets/7", Some("one")), DateTime::UNIX_EPOCH), None);
    }

    #[test]
    fn whatever_the_product_keeps_to_is_kept_here() {
        let emulated = READ_LIMITS.map(|limit| limit.network);
        let mut kept = 0;
        for network in diwan_networks::registry() {
            let capabilities = network.capabilities();
            let key = capabilities.key.as_str();
            for limit in capabilities.reads.iter().filter(|_| emulated.contains(&key)) {
                let here = READ_LIMITS.iter().find(|here| here.network == key && here.name == limit.name);
                let of = |of| match of {
                    diwan_networks::RateLimitOf::Application => ReadLimitOf::Application,
                    diwan_networks::RateLimitOf::Account | diwan_networks::RateLimitOf::Server => ReadLimitOf::Account,
                };
                let asked = (limit.most, limit.per.as_secs(), of(limit.of));
                let here = here.map(|here| (here.most, u64::from(here.seconds), here.of));
                assert_eq!(here, Some(asked), "{key} {}", limit.name);
                kept += 1;
            }
        }
        assert_eq!(kept, READ_LIMITS.len());
    }
}
