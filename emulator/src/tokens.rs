//! The tokens that networks handed out.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenKind {
    /// Acts as the account.
    Access,
    /// Gets new access tokens.
    Refresh,
    /// The code that a browser brings back.
    Code,
}

/// What a token stands for.
#[derive(Debug, Clone, PartialEq)]
pub struct Granted {
    /// The name of the account.
    pub account: String,
    /// What the network noted when it issued the token: scopes, pages…
    pub detail: Value,
    /// When it ends; none means never.
    pub expires_at: Option<DateTime<Utc>>,
}

/// Why a token is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenTrouble {
    /// Never issued, or by another network, or for something else.
    #[error("the token is unknown")]
    Unknown,
    /// Its time is over.
    #[error("the token has expired")]
    Expired,
    /// Taken back, or used up.
    #[error("the token was revoked")]
    Revoked,
}

#[derive(Debug)]
struct Issued {
    network: String,
    kind: TokenKind,
    granted: Granted,
    expired: bool,
    revoked: bool,
}

/// All tokens that were issued.
#[derive(Debug, Default)]
pub(crate) struct Tokens(HashMap<String, Issued>);

impl Tokens {
    pub(crate) fn issue(&mut self, token: String, network: String, kind: TokenKind, granted: Granted) {
        self.0.insert(token, Issued { network, kind, granted, expired: false, revoked: false });
    }

    pub(crate) fn check(
        &self,
        network: &str,
        token: &str,
        kind: TokenKind,
        now: DateTime<Utc>,
    ) -> Result<&Granted, TokenTrouble> {
        let issued = self.0.get(token).filter(|issued| issued.network == network && issued.kind == kind);
        let issued = issued.ok_or(TokenTrouble::Unknown)?;
        if issued.revoked {
            return Err(TokenTrouble::Revoked);
        }
        if issued.expired || issued.granted.expires_at.is_some_and(|end| end <= now) {
            return Err(TokenTrouble::Expired);
        }
        Ok(&issued.granted)
    }

    /// Ends one token: it was used up, or taken back.
    pub(crate) fn revoke_one(&mut self, network: &str, token: &str) {
        if let Some(issued) = self.0.get_mut(token).filter(|issued| issued.network == network) {
            issued.revoked = true;
        }
    }

    /// Ends the access tokens of the accounts. Answers how many.
    pub(crate) fn expire(&mut self, network: Option<&str>, account: Option<&str>) -> u64 {
        let mut ended = 0;
        for issued in self.of(network, account).filter(|issued| issued.kind == TokenKind::Access && !issued.expired) {
            issued.expired = true;
            ended += 1;
        }
        ended
    }

    /// Takes back the access and refresh tokens of the accounts. Answers how many.
    pub(crate) fn revoke(&mut self, network: Option<&str>, account: Option<&str>) -> u64 {
        let mut ended = 0;
        for issued in self.of(network, account).filter(|issued| issued.kind != TokenKind::Code && !issued.revoked) {
            issued.revoked = true;
            ended += 1;
        }
        ended
    }

    /// Whose token it is, whatever became of it.
    pub(crate) fn owner(&self, network: &str, token: &str) -> Option<&str> {
        let issued = self.0.get(token).filter(|issued| issued.network == network)?;
        Some(&issued.granted.account)
    }

    fn of(&mut self, network: Option<&str>, account: Option<&str>) -> impl Iterator<Item = &mut Issued> {
        self.0.values_mut().filter(move |issued| {
            network.is_none_or(|network| network == issued.network)
                && account.is_none_or(|account| account == issued.granted.account)
        })
    }
}
