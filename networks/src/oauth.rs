//! What the networks' code flows have in common: PKCE (RFC 7636), and tokens that end.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::error::{ErrorKind, NetworkError};
use crate::network::{Account, Credentials};

/// A code verifier: 32 random bytes (RFC 7636).
pub(crate) fn verifier() -> Result<String, NetworkError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)
        .map_err(|error| NetworkError::new(ErrorKind::Retry, "no_randomness", error.to_string()))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Its challenge by S256.
pub(crate) fn challenge(code_verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(code_verifier))
}

/// What a token endpoint answers (RFC 6749, section 5.1).
#[derive(Deserialize)]
pub(crate) struct TokenAnswer {
    pub(crate) access_token: String,
    #[serde(default)]
    pub(crate) refresh_token: Option<String>,
    /// In seconds.
    #[serde(default)]
    pub(crate) expires_in: Option<i64>,
    /// In seconds, where the network says it.
    #[serde(default)]
    pub(crate) refresh_token_expires_in: Option<i64>,
}

/// The tokens of an account, as they are kept.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Tokens {
    pub(crate) access: String,
    #[serde(default)]
    pub(crate) refresh: Option<String>,
    /// When the access token ends.
    #[serde(default)]
    pub(crate) expires_at: Option<DateTime<Utc>>,
    /// When the refresh token ends.
    #[serde(default)]
    pub(crate) refresh_expires_at: Option<DateTime<Utc>>,
}

impl Tokens {
    /// Of an answer that the server gave at this moment, by its own clock. A refresh token that is not given anew stays.
    pub(crate) fn of(answer: TokenAnswer, given_at: DateTime<Utc>, before: Option<&Self>) -> Self {
        let end = |seconds: Option<i64>| given_at.checked_add_signed(TimeDelta::try_seconds(seconds?)?);
        let kept = answer.refresh_token.is_none();
        Self {
            expires_at: end(answer.expires_in),
            refresh_expires_at: end(answer.refresh_token_expires_in)
                .or_else(|| before.filter(|_| kept).and_then(|before| before.refresh_expires_at)),
            access: answer.access_token,
            refresh: answer.refresh_token.or_else(|| before.and_then(|before| before.refresh.clone())),
        }
    }

    /// Whether the access token ends so soon.
    pub(crate) fn ends_within(&self, ahead: TimeDelta, now: DateTime<Utc>) -> bool {
        self.expires_at.is_some_and(|end| end - now <= ahead)
    }
}

/// The tokens of an account.
pub(crate) fn tokens(account: &Account) -> Result<Tokens, NetworkError> {
    Tokens::deserialize(&account.credentials.0).map_err(|error| NetworkError::credentials(&error))
}

/// As they are kept.
pub(crate) fn stored(tokens: &Tokens) -> Result<Credentials, NetworkError> {
    serde_json::to_value(tokens).map(Credentials).map_err(|error| NetworkError::credentials(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_that_of_the_specification() {
        // RFC 7636, appendix B.
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(challenge(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn a_refresh_token_that_is_not_given_anew_stays() {
        let at = DateTime::UNIX_EPOCH;
        let answer = |text: &str| serde_json::from_str::<TokenAnswer>(text).unwrap();
        let first = r#"{"access_token":"a","refresh_token":"r","expires_in":60,"refresh_token_expires_in":600}"#;
        let first = Tokens::of(answer(first), at, None);
        assert!(first.ends_within(TimeDelta::seconds(60), at) && !first.ends_within(TimeDelta::seconds(59), at));
        let second = Tokens::of(answer(r#"{"access_token":"b"}"#), at, Some(&first));
        assert_eq!((second.access.as_str(), second.refresh.as_deref(), second.expires_at), ("b", Some("r"), None));
        assert_eq!(second.refresh_expires_at, Some(at + TimeDelta::seconds(600)));
    }
}
