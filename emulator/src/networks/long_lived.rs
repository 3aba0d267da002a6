//! The tokens of Instagram and Threads: one for an hour, exchanged for one that lives 60 days and can be renewed when it is a
//! day old.
//! <https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/business-login>,
//! <https://developers.facebook.com/docs/threads/get-started/long-lived-tokens>

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::facebook::parameters::Parameters;
use super::meta;
use crate::answer::Answer;
use crate::call::Call;
use crate::oauth::{CLIENT_SECRET, OAuth};
use crate::tokens::{Granted, TokenKind};
use crate::world::World;

const SHORT: Duration = Duration::from_hours(1);
const LONG: Duration = Duration::from_hours(60 * 24);

/// How old a token must be to be renewed.
const RIPE: TimeDelta = TimeDelta::hours(24);

/// A code that is exchanged. Errors have a shape of their own here.
pub(super) fn by_code(oauth: &OAuth, parameters: &Parameters, world: &World) -> Answer {
    let granted = match oauth.code(parameters.texts(), world) {
        Ok(granted) => granted,
        Err(wrong) => {
            let body = json!({ "error_type": "OAuthException", "code": 400, "error_message": wrong });
            return Answer::json(400, &body);
        }
    };
    let scopes = granted.detail["scopes"].clone();
    let detail = json!({ "scopes": scopes, "long": false });
    let token = world.issue(oauth.network, &granted.account, TokenKind::Access, Some(SHORT), detail);
    let id = world.account(oauth.network, &granted.account).0;
    Answer::json(200, &json!({ "access_token": token, "user_id": id, "permissions": scopes }))
}

/// A token for an hour that is exchanged for one that lives longer.
pub(super) fn exchange(oauth: &OAuth, parameters: &Parameters, world: &World) -> Result<Answer, Answer> {
    if parameters.needed("client_secret")? != CLIENT_SECRET {
        return Err(meta::error(400, 1, None, "Error validating client secret."));
    }
    let granted = granted(oauth.network, parameters.needed("access_token")?, world)?;
    if granted.detail["long"] == true {
        return Err(meta::error(
            400,
            452,
            None,
            "Session key invalid. This could be because the session key has an incorrect format.",
        ));
    }
    Ok(long(oauth.network, &granted, world))
}

/// A token that is renewed.
pub(super) fn refresh(oauth: &OAuth, parameters: &Parameters, world: &World) -> Result<Answer, Answer> {
    let granted = granted(oauth.network, parameters.needed("access_token")?, world)?;
    let since: Option<DateTime<Utc>> = serde_json::from_value(granted.detail["since"].clone()).unwrap_or_default();
    if since.is_none_or(|since| world.now() - since < RIPE) {
        return Err(meta::error(400, 100, None, "Only tokens that live long and are a day old can be refreshed"));
    }
    Ok(long(oauth.network, &granted, world))
}

fn long(network: &str, granted: &Granted, world: &World) -> Answer {
    let detail = json!({ "scopes": granted.detail["scopes"], "long": true, "since": world.now() });
    let token = world.issue(network, &granted.account, TokenKind::Access, Some(LONG), detail);
    Answer::json(200, &json!({ "access_token": token, "token_type": "bearer", "expires_in": LONG.as_secs() }))
}

fn granted(network: &str, token: &str, world: &World) -> Result<Granted, Answer> {
    world.token(network, token, TokenKind::Access).map_err(meta::bad_token)
}

/// Who calls, if the token has these scopes.
pub(super) fn may(
    oauth: &OAuth,
    (call, parameters): (&Call, &Parameters),
    world: &World,
    scopes: &[&str],
) -> Result<String, Answer> {
    let token = call.bearer().or_else(|| parameters.text("access_token"));
    let token = token.ok_or_else(|| meta::error(400, 2500, None, "An active access token must be used"))?;
    let granted = granted(oauth.network, token, world)?;
    let all = granted.detail["scopes"].as_array();
    let has = |scope: &&str| all.is_some_and(|all| all.iter().any(|one| one == scope));
    if !scopes.iter().all(has) {
        return Err(meta::error(403, 10, None, "Application does not have permission for this action"));
    }
    Ok(granted.account)
}

/// Where the person agrees, if all scopes are known.
pub(super) fn authorize(oauth: &OAuth, known: &[&str], call: &Call, world: &World) -> Answer {
    let asked = call.query("scope").into_iter().flat_map(|scopes| scopes.split(','));
    match asked.into_iter().find(|scope| !known.contains(scope)) {
        Some(scope) => Answer::text(400, "text/plain; charset=utf-8", format!("Invalid scope: {scope:?}\n")),
        None => oauth.authorize(call, world),
    }
}

/// Something that is not there, or not for this token.
pub(super) fn not_there(id: &str) -> Answer {
    let message = format!(
        "Unsupported request. Object with ID '{id}' does not exist, cannot be loaded due to missing permissions, or does \
         not support this operation"
    );
    meta::error(400, 100, Some(33), &message)
}

/// A number that was counted, as insights show it.
pub(super) fn insight(name: &str, value: usize) -> Value {
    json!({ "name": name, "period": "lifetime", "values": [{ "value": value }], "title": name })
}
