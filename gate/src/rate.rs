//! Points: what each caller may spend per minute.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::SimpleObject;
use chrono::{DateTime, Duration, Utc};

use crate::request_error;

/// Points that one caller may spend per window.
const BUDGET: usize = 200_000;
/// How long a window is.
const WINDOW: Duration = Duration::minutes(1);
/// Callers that are remembered before those whose window is over are forgotten.
const MANY: usize = 10_000;

/// What a request costs that is refused before it runs: a point, and one more for every hundred bytes to read.
pub fn refusal_price(bytes: usize) -> usize {
    1 + bytes / 100
}

/// What a caller has spent in the window that runs.
#[derive(Debug, Clone, Copy)]
struct Spent {
    since: DateTime<Utc>,
    points: usize,
}

#[derive(Debug)]
struct Callers {
    spent: HashMap<String, Spent>,
    forget_above: usize,
}

/// Points per caller and minute, kept by each API process for itself.
#[derive(Debug)]
pub struct RateLimiter(Mutex<Callers>);

impl Default for RateLimiter {
    fn default() -> Self {
        Self(Mutex::new(Callers { spent: HashMap::new(), forget_above: MANY }))
    }
}

/// What a caller may still spend.
#[derive(SimpleObject, Debug, Clone, Copy)]
pub struct RateLimit {
    /// Points per window.
    pub limit: usize,
    /// Points left in this window.
    pub remaining: usize,
    /// When the next window begins.
    pub reset_at: DateTime<Utc>,
}

impl RateLimiter {
    /// Takes at most `points` from a caller, by a rule that is given what is left.
    fn take(&self, caller: &str, now: DateTime<Utc>, points: impl FnOnce(usize) -> usize) -> RateLimit {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.spent.len() > all.forget_above {
            all.spent.retain(|_, spent| spent.since + WINDOW > now);
            // Where all of them are recent, the next look waits until there are twice as many.
            all.forget_above = MANY.max(2 * all.spent.len());
        }
        let spent = all.spent.entry(caller.to_owned()).or_insert(Spent { since: now, points: 0 });
        if spent.since + WINDOW <= now {
            *spent = Spent { since: now, points: 0 };
        }
        spent.points += points(BUDGET - spent.points).min(BUDGET - spent.points);
        RateLimit { limit: BUDGET, remaining: BUDGET - spent.points, reset_at: spent.since + WINDOW }
    }

    /// Spends points of a caller, if there are enough; whether there were.
    fn spend(&self, caller: &str, points: usize, now: DateTime<Utc>) -> (bool, RateLimit) {
        let mut allowed = false;
        let left = self.take(caller, now, |left| {
            allowed = points <= left;
            if allowed { points } else { 0 }
        });
        (allowed, left)
    }
}

/// The meter of one request: whose points it spends, and what it found.
#[derive(Debug)]
pub struct Meter {
    limiter: Arc<RateLimiter>,
    caller: String,
    now: DateTime<Utc>,
    seen: Mutex<Option<(usize, RateLimit)>>,
}

impl Meter {
    /// A meter for this caller: a person's id or a stranger's address.
    pub fn new(limiter: Arc<RateLimiter>, caller: String, now: DateTime<Utc>) -> Self {
        Self { limiter, caller, now, seen: Mutex::new(None) }
    }

    fn note(&self, points: usize, left: RateLimit) {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some((points, left));
    }

    /// Spends the price of an operation, if the caller has it.
    pub fn spend(&self, points: usize) -> bool {
        let (allowed, left) = self.limiter.spend(&self.caller, points, self.now);
        self.note(points, left);
        allowed
    }

    /// Takes the price of a refusal, or what is left: asking again and again for what is refused is not free.
    pub fn fine(&self, points: usize) {
        let left = self.limiter.take(&self.caller, self.now, |_| points);
        self.note(points, left);
    }

    /// What the caller may still spend.
    pub fn left(&self) -> RateLimit {
        let seen = *self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.map_or_else(|| self.limiter.spend(&self.caller, 0, self.now).1, |(_, left)| left)
    }

    /// What the operation cost, once it has been measured.
    pub fn cost(&self) -> Option<usize> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).map(|(points, _)| points)
    }

    /// Says when there will be points again.
    pub fn too_few(&self) -> async_graphql::Error {
        let reset = self.left().reset_at.to_rfc3339();
        request_error("RATE_LIMITED", format!("You have spent your points. New ones come at {reset}."))
    }

    /// An error when nothing is left at all: then nothing need be read either.
    pub fn check(&self) -> async_graphql::Result<()> {
        if self.left().remaining == 0 { Err(self.too_few()) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_noon() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    #[test]
    fn points_come_back_with_the_next_window() {
        let (limiter, now) = (RateLimiter::default(), at_noon());
        assert!(limiter.spend("a", BUDGET, now).0);
        assert!(!limiter.spend("a", 1, now).0);
        assert!(limiter.spend("b", 1, now).0);
        assert!(limiter.spend("a", 1, now + WINDOW).0);
    }

    #[test]
    fn no_price_is_too_high_to_be_compared() {
        let (limiter, now) = (RateLimiter::default(), at_noon());
        assert!(limiter.spend("a", 1, now).0);
        assert!(!limiter.spend("a", usize::MAX, now).0);
        assert_eq!(limiter.spend("a", 0, now).1.remaining, BUDGET - 1);
    }

    #[test]
    fn refusals_take_what_is_left() {
        let limiter = Arc::new(RateLimiter::default());
        let meter = || Meter::new(Arc::clone(&limiter), "a".to_owned(), at_noon());
        assert!(meter().spend(BUDGET - 3));
        assert!(!meter().spend(10));
        assert!(meter().check().is_ok());
        meter().fine(10);
        assert_eq!(meter().left().remaining, 0);
        assert!(meter().check().is_err());
    }

    #[test]
    fn callers_of_the_past_are_forgotten() {
        let (limiter, now) = (RateLimiter::default(), at_noon());
        for n in 0..=MANY {
            limiter.spend(&n.to_string(), 1, now);
        }
        limiter.spend("a", 1, now + WINDOW);
        assert_eq!(limiter.0.lock().unwrap().spent.len(), 1);
    }
}
