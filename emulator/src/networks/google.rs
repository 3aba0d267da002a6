//! What the networks of Google have in common: agreeing, tokens, and how refusals are worded.
//! <https://developers.google.com/identity/protocols/oauth2/web-server>

use std::time::Duration;

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::call::Call;
use crate::oauth::OAuth;
use crate::tokens::{Granted, TokenKind};
use crate::world::World;

/// Where people agree, and where tokens are had.
pub(super) const PEOPLE: &str = "accounts.google.com";
pub(super) const TOKENS: &str = "oauth2.googleapis.com";

/// <https://developers.google.com/identity/protocols/oauth2#expiration>
const ACCESS_LIFETIME: Duration = Duration::from_secs(3599);

/// A code lives so long.
const CODE_LIFETIME: Duration = Duration::from_mins(5);

fn flow(network: &'static str) -> OAuth {
    OAuth { network, client_id: "client_id", pkce: false, scopes_by: ' ' }
}

/// The page on which a person agrees.
pub(super) fn authorize(network: &'static str, call: &Call, world: &World) -> Answer {
    if call.path == "/o/oauth2/v2/auth" {
        return flow(network).authorize_for(call, world, CODE_LIFETIME);
    }
    Answer::text(404, "text/plain", "The requested URL was not found on this server.")
}

/// Tokens for a code or a refresh token, of whichever of these networks it is.
pub(super) async fn token(networks: &[&'static str], mut call: Call, world: &World) -> Answer {
    if call.path != "/token" || call.method != actix_web::http::Method::POST {
        return Answer::text(404, "text/plain", "The requested URL was not found on this server.");
    }
    let form = match call.form().await {
        Ok(form) => form,
        Err(answer) => return answer,
    };
    let value = |name: &str| form.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
    let known = |kind, token: &str| {
        let is_known =
            |network: &&&str| !matches!(world.token(network, token, kind), Err(crate::tokens::TokenTrouble::Unknown));
        networks.iter().find(is_known).or(networks.first()).copied().unwrap_or_default()
    };
    match value("grant_type") {
        "authorization_code" => {
            let network = known(TokenKind::Code, value("code"));
            match flow(network).code(&form, world) {
                Ok(granted) => issued(network, &granted, world, true),
                Err(wrong) => oauth_refused(&wrong),
            }
        }
        "refresh_token" => {
            let network = known(TokenKind::Refresh, value("refresh_token"));
            if let Err(wrong) = flow(network).client(&form) {
                return oauth_refused(&wrong);
            }
            match world.token(network, value("refresh_token"), TokenKind::Refresh) {
                Ok(granted) => issued(network, &granted, world, false),
                Err(_) => oauth_refused("invalid_grant: Token has been expired or revoked."),
            }
        }
        _ => oauth_refused("unsupported_grant_type: Invalid grant_type"),
    }
}

/// A refresh token is given once, to those who ask for it.
fn issued(network: &'static str, granted: &Granted, world: &World, first: bool) -> Answer {
    let detail = json!({ "scopes": granted.detail["scopes"] });
    let access = world.issue(network, &granted.account, TokenKind::Access, Some(ACCESS_LIFETIME), detail.clone());
    let scopes: Vec<&str> =
        granted.detail["scopes"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut answer = json!({
        "access_token": access,
        "expires_in": ACCESS_LIFETIME.as_secs(),
        "scope": scopes.join(" "),
        "token_type": "Bearer",
    });
    let asked = &granted.detail["parameters"];
    let again = asked["prompt"].as_str().is_some_and(|prompt| prompt.split(' ').any(|word| word == "consent"));
    if first && asked["access_type"] == "offline" && again {
        answer["refresh_token"] = world.issue(network, &granted.account, TokenKind::Refresh, None, detail).into();
    }
    Answer::json(200, &answer)
}

/// A refusal of the token's endpoint, of `code: description`.
fn oauth_refused(wrong: &str) -> Answer {
    let (code, description) = wrong.split_once(": ").unwrap_or((wrong, ""));
    let status = if code == "invalid_client" { 401 } else { 400 };
    Answer::json(status, &json!({ "error": code, "error_description": description }))
}

/// Who calls, if the token has one of these scopes.
pub(super) fn may(network: &str, call: &Call, world: &World, scopes: &[&str]) -> Result<Granted, Answer> {
    let invalid = || refused(401, "authError", "Request had invalid authentication credentials.");
    let token = call.bearer().ok_or_else(invalid)?;
    let granted = world.token(network, token, TokenKind::Access).map_err(|_| invalid())?;
    let has = |scope: &&str| {
        let scope = format!("https://www.googleapis.com/auth/{scope}");
        granted.detail["scopes"].as_array().is_some_and(|all| all.iter().any(|one| *one == scope))
    };
    if scopes.iter().any(has) {
        return Ok(granted);
    }
    Err(refused(403, "insufficientPermissions", "Request had insufficient authentication scopes."))
}

/// A refusal as the interfaces word it. <https://cloud.google.com/apis/design/errors>
pub(super) fn refused(code: u16, reason: &str, message: &str) -> Answer {
    Answer::json(code, &refusal(code, reason, message))
}

/// Its body.
pub(super) fn refusal(code: u16, reason: &str, message: &str) -> Value {
    let status = match code {
        400 => "INVALID_ARGUMENT",
        401 => "UNAUTHENTICATED",
        403 => "PERMISSION_DENIED",
        404 => "NOT_FOUND",
        429 => "RESOURCE_EXHAUSTED",
        503 => "UNAVAILABLE",
        _ => "INTERNAL",
    };
    json!({ "error": {
        "code": code,
        "message": message,
        "status": status,
        "errors": [{ "message": message, "domain": "global", "reason": reason }],
    } })
}

/// What a fault says in the network's place.
pub(super) fn trouble(status: u16) -> Value {
    let reason = if status == 429 { "rateLimitExceeded" } else { "backendError" };
    refusal(status, reason, "Something is wrong at Google's end.")
}

/// The names of an object that are not among these; a body with one is refused.
pub(super) fn only(object: &Value, known: &[&str]) -> Result<(), Answer> {
    let Some(object) = object.as_object() else { return Err(refused(400, "parseError", "an object is expected")) };
    match object.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) => {
            let message = format!("Invalid JSON payload received. Unknown name \"{name}\": Cannot find field.");
            Err(refused(400, "badRequest", &message))
        }
        None => Ok(()),
    }
}
