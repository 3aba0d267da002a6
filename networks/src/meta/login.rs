//! Connecting to Instagram and Threads, which do it alike: a code gives a token for an hour, that one a token for 60 days,
//! which is renewed before its end. They know no PKCE.
//! <https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/business-login>,
//! <https://developers.facebook.com/docs/threads/get-started/long-lived-tokens>

use chrono::{DateTime, TimeDelta, Utc};
use diwan_platform::http::{Method, Request, Response};
use serde_json::{Value, json};
use url::Url;

use super::refusal;
pub(crate) use crate::call::address;
use crate::call::{Step, no_answer, read, server_time};
use crate::error::{ErrorKind, NetworkError};
use crate::network::{Account, Authorization, Credentials, Outside};
use crate::oauth::{TokenAnswer, Tokens};
pub(crate) use crate::oauth::{stored, tokens};

/// Tokens live for 60 days and can be renewed once they are a day old: it is done when half of their life is over.
const RENEW_AHEAD: TimeDelta = TimeDelta::days(30);

/// As long as a token lives longer than this, a failure to renew it stands in the way of nothing.
const STILL_GOOD: TimeDelta = TimeDelta::minutes(10);

/// Where a network does it.
pub(crate) struct Login {
    /// Where the person agrees.
    pub(crate) authorize: &'static str,
    /// Where a code is exchanged.
    pub(crate) token: &'static str,
    /// Where a token is exchanged for one that lives longer.
    pub(crate) exchange: &'static str,
    /// Where that one is renewed.
    pub(crate) refresh: &'static str,
    /// What stands before the names of these grants.
    pub(crate) prefix: &'static str,
    /// What is asked for.
    pub(crate) scopes: &'static str,
}

impl Login {
    /// Says where the person agrees.
    pub(crate) fn begin(
        &self,
        out: Outside<'_>,
        redirect_uri: &Url,
        state: &str,
    ) -> Result<Authorization, NetworkError> {
        let mut url = address(self.authorize)?;
        url.query_pairs_mut()
            .append_pair("client_id", &out.app()?.client_id)
            .append_pair("redirect_uri", redirect_uri.as_str())
            .append_pair("response_type", "code")
            .append_pair("scope", self.scopes)
            .append_pair("state", state);
        Ok(Authorization { url, pending: Credentials(json!({})) })
    }

    /// Exchanges the code, and what it gives for a token that lives longer.
    pub(crate) async fn complete(
        &self,
        out: Outside<'_>,
        code: &str,
        redirect_uri: &Url,
    ) -> Result<Tokens, NetworkError> {
        let app = out.app()?;
        let form = [
            ("client_id", app.client_id.as_str()),
            ("client_secret", app.client_secret.as_str()),
            ("grant_type", "authorization_code"),
            ("redirect_uri", redirect_uri.as_str()),
            // Sent back with this at its end, which is no part of it.
            ("code", code.trim_end_matches("#_")),
        ];
        let answer = ask(out.http.post(address(self.token)?).form(&form)).await.map_err(rejected)?;
        let said: Value = read(&answer, Step::Repeatable)?;
        // The documentation shows it in a list, and it comes without.
        let token = said["access_token"].as_str().or_else(|| said["data"][0]["access_token"].as_str());
        let nothing = || NetworkError::new(ErrorKind::Retry, "answer_unreadable", "the answer holds no token");
        let grant = format!("{}_exchange_token", self.prefix);
        let request = out.http.request(Method::GET, address(self.exchange)?).query(&[
            ("grant_type", grant.as_str()),
            ("client_secret", app.client_secret.as_str()),
            ("access_token", token.ok_or_else(nothing)?),
        ]);
        tokens_of(&ask(request).await.map_err(rejected)?, None)
    }

    /// Renews the account's token, when it is time.
    pub(crate) async fn refresh(
        &self,
        out: Outside<'_>,
        account: &Account,
        now: DateTime<Utc>,
    ) -> Result<Option<Credentials>, NetworkError> {
        let tokens = tokens(account)?;
        if !tokens.ends_within(RENEW_AHEAD, now) {
            return Ok(None);
        }
        if tokens.ends_within(TimeDelta::zero(), now) {
            return Err(NetworkError::new(ErrorKind::Reconnect, "session_ended", "the token has ended"));
        }
        let grant = format!("{}_refresh_token", self.prefix);
        let request = out.http.request(Method::GET, address(self.refresh)?);
        let request = request.query(&[("grant_type", grant.as_str()), ("access_token", tokens.access.as_str())]);
        let renewed = match ask(request).await {
            Ok(answer) => tokens_of(&answer, Some(&tokens)),
            Err(error) => Err(error),
        };
        match renewed {
            Ok(renewed) => stored(&renewed).map(Some),
            Err(error) if error.kind != ErrorKind::Reconnect && !tokens.ends_within(STILL_GOOD, now) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// When the account's token is to be renewed.
pub(crate) fn due(account: &Account) -> Option<DateTime<Utc>> {
    Some(tokens(account).ok()?.expires_at? - RENEW_AHEAD)
}

/// Whether it is time to renew it.
pub(crate) fn is_stale(account: &Account, now: DateTime<Utc>) -> bool {
    tokens(account).is_ok_and(|tokens| tokens.ends_within(RENEW_AHEAD, now))
}

fn tokens_of(answer: &Response, before: Option<&Tokens>) -> Result<Tokens, NetworkError> {
    let token: TokenAnswer = read(answer, Step::Repeatable)?;
    // Without the server's own clock, nobody knows when the token ends: it is renewed at the first use.
    Ok(Tokens::of(token, server_time(answer).unwrap_or_default(), before))
}

/// Asks for a token.
async fn ask(request: Request) -> Result<Response, NetworkError> {
    let answer = request.send().await.map_err(|error| no_answer(&error, Step::Repeatable))?;
    if answer.status.is_success() { Ok(answer) } else { Err(refusal(&answer, Step::Repeatable)) }
}

/// While connecting, only the code or the application can be at fault.
fn rejected(error: NetworkError) -> NetworkError {
    match error.kind {
        ErrorKind::Content | ErrorKind::Reconnect => {
            NetworkError { kind: ErrorKind::Reconnect, code: "authorization_rejected", ..error }
        }
        _ => error,
    }
}
