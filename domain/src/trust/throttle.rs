//! Failed attempts: how many, for whom, and how long to wait after too many.
//!
//! A device on which somebody has signed in before has a count of its own, so that whoever guesses from elsewhere cannot
//! lock them out (OWASP "device cookies"). Everybody else shares the count of the account, and that of their address across
//! all accounts. Addresses that nobody has are counted the same way.

use diwan_platform::crypto::sha256;
use diwan_platform::db;
use sea_orm::ConnectionTrait as _;
use uuid::Uuid;

use crate::context::Context;
use crate::error::{Code, Failure, UserError};

/// What attempts are counted for.
struct Count {
    key: Vec<u8>,
    /// Failures that cost nothing.
    free: i32,
    /// How long a failure is remembered, in seconds.
    window: f64,
}

impl Count {
    fn new(purpose: &str, of: &[u8], free: i32, hours: f64) -> Self {
        Self { key: sha256(&[purpose.as_bytes(), &[0], of].concat()).to_vec(), free, window: hours * 3600.0 }
    }
}

/// The counts of one attempt. The first is whose it is: it is forgotten when the attempt succeeds.
pub(super) struct Throttle(Vec<Count>);

impl Throttle {
    /// Of signing in to an account.
    pub fn of_sign_in(email: &str, known_device: Option<&[u8]>, peer: &str) -> Self {
        match known_device {
            Some(hash) => Self(vec![Count::new("device", hash, 10, 24.0)]),
            None => Self(vec![
                Count::new("account", email.as_bytes(), 10, 24.0),
                Count::new("address", peer.as_bytes(), 50, 1.0),
            ]),
        }
    }

    /// Of what has no account yet, by where it comes from.
    pub fn of_address(peer: &str) -> Self {
        Self(vec![Count::new("address", peer.as_bytes(), 50, 1.0)])
    }

    /// Of proving again who one is, within a session.
    pub fn of_session(session_id: Uuid) -> Self {
        Self(vec![Count::new("session", session_id.as_bytes(), 5, 24.0)])
    }

    /// Of letters with which a password is reset.
    pub fn of_resets(email: &str) -> Self {
        Self(vec![Count::new("reset", email.as_bytes(), 4, 1.0)])
    }

    /// How long to wait before the next attempt, if at all. No other attempt on the same counts goes on before this
    /// transaction has ended.
    pub async fn hold(&self, context: &Context) -> Result<Option<UserError>, Failure> {
        let keys: Vec<Vec<u8>> = self.0.iter().map(|count| count.key.clone()).collect();
        let values = [keys.into(), context.now.into()];
        let seconds: i32 = db::scalar(context.own_tx(), "select app.hold_attempts($1, $2)", values).await?;
        Ok((seconds > 0).then(|| UserError::new(Code::TooManyAttempts).number("seconds", seconds)))
    }

    /// Counts a failure.
    pub async fn failed(&self, context: &Context) -> Result<(), Failure> {
        for Count { key, free, window } in &self.0 {
            let sql = "select app.count_failure($1, $2, make_interval(secs => $3), $4)";
            let values = [key.clone().into(), (*free).into(), (*window).into(), context.now.into()];
            let _counted: i32 = db::scalar(context.own_tx(), sql, values).await?;
        }
        Ok(())
    }

    /// Forgets the failures of whose it is; those of the address stay, or one's own account would cover guesses at others.
    pub async fn succeeded(&self, context: &Context) -> Result<(), Failure> {
        if let Some(count) = self.0.first() {
            let statement = db::statement("select app.forget_failures($1)", [count.key.clone().into()]);
            context.own_tx().execute_raw(statement).await?;
        }
        Ok(())
    }
}
