//! Connecting: an application registered at each server, and the code flow with PKCE.
//! <https://docs.joinmastodon.org/spec/oauth/>

use chrono::{DateTime, TimeDelta, Utc};
use diwan_platform::http::HttpClient;
use serde::Deserialize as _;
use serde_json::Value;
use url::Url;

use super::text::URL_LENGTH;
use super::wire::{AccountAnswer, AppAnswer, Grant, Pending, SCOPES, Server, TokenAnswer, rejected};
use super::{CAPABILITIES, POLL};
use crate::call::{Step, read, server_time};
use crate::capabilities::Limits;
use crate::error::{ErrorKind, NetworkError};
use crate::network::{Account, Authorization, Connected, Credentials};
use crate::oauth::{challenge, verifier};

/// Tokens that expire are renewed this long before they do.
const RENEW_AHEAD: TimeDelta = TimeDelta::minutes(10);

/// Registers an application and says where the person agrees.
pub async fn begin(
    http: &HttpClient,
    instance: &Url,
    redirect_uri: &Url,
    state: &str,
) -> Result<Authorization, NetworkError> {
    let mut base = instance.clone();
    base.set_path("/");
    base.set_query(None);
    base.set_fragment(None);
    let server = Server { http, base: &base, token: None };
    let request = server.post("/api/v1/apps")?.form(&[
        ("client_name", "Diwan"),
        ("redirect_uris", redirect_uri.as_str()),
        ("scopes", SCOPES),
    ]);
    let app: AppAnswer = read(&server.send(request, Step::Repeatable).await?, Step::Repeatable)?;
    let code_verifier = verifier()?;
    let mut url = server.url("/oauth/authorize")?;
    url.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", &app.client_id)
        .append_pair("redirect_uri", redirect_uri.as_str())
        .append_pair("scope", SCOPES)
        .append_pair("state", state)
        .append_pair("code_challenge", &challenge(&code_verifier))
        .append_pair("code_challenge_method", "S256");
    let pending = Pending { instance: base, client_id: app.client_id, client_secret: app.client_secret, code_verifier };
    let pending = serde_json::to_value(pending).map_err(|error| NetworkError::credentials(&error))?;
    Ok(Authorization { url, pending: Credentials(pending) })
}

/// Exchanges the code and reads who came back.
pub async fn complete(
    http: &HttpClient,
    pending: &Credentials,
    code: &str,
    redirect_uri: &Url,
) -> Result<Connected, NetworkError> {
    let pending = Pending::deserialize(&pending.0).map_err(|error| NetworkError::credentials(&error))?;
    let base = pending.instance;
    let answer = exchange(
        &Server { http, base: &base, token: None },
        &[
            ("grant_type", "authorization_code"),
            ("client_id", &pending.client_id),
            ("client_secret", &pending.client_secret),
            ("redirect_uri", redirect_uri.as_str()),
            ("code", code),
            ("code_verifier", &pending.code_verifier),
            ("scope", SCOPES),
        ],
    )
    .await?;
    let grant = grant(pending.client_id, pending.client_secret, answer);
    let server = Server { http, base: &base, token: Some(&grant.access) };
    let account: AccountAnswer = read(&server.verify_credentials().await?, Step::Repeatable)?;
    let (limits, domain) = instance(&server).await;
    let domain = domain.or_else(|| authority(&base)).unwrap_or_default();
    let name = account.display_name.trim();
    Ok(Connected {
        remote_id: account.id,
        display_name: if name.is_empty() { account.username.clone() } else { name.to_owned() },
        handle: format!("{}@{domain}", account.username),
        profile_url: account.url.and_then(|url| url.parse().ok()),
        credentials: stored(&grant)?,
        limits,
        base_url: base,
    })
}

/// Whether a token ends soon; most servers make tokens that last.
pub fn is_stale(grant: &Grant, now: DateTime<Utc>) -> bool {
    grant.expires_at.is_some_and(|end| end - now <= RENEW_AHEAD)
}

/// Renews a token that expires and can be renewed.
pub async fn refresh(
    http: &HttpClient,
    account: &Account,
    grant: Grant,
    now: DateTime<Utc>,
) -> Result<Option<Credentials>, NetworkError> {
    if !is_stale(&grant, now) {
        return Ok(None);
    }
    let Some(refresh_token) = grant.refresh else {
        let ended = grant.expires_at.is_some_and(|end| end <= now);
        let error = NetworkError::new(ErrorKind::Reconnect, "session_ended", "the token expired");
        return if ended { Err(error) } else { Ok(None) };
    };
    let server = Server { http, base: &account.base_url, token: None };
    let mut answer = exchange(
        &server,
        &[
            ("grant_type", "refresh_token"),
            ("client_id", &grant.client_id),
            ("client_secret", &grant.client_secret),
            ("refresh_token", &refresh_token),
        ],
    )
    .await?;
    answer.refresh_token.get_or_insert(refresh_token);
    stored(&self::grant(grant.client_id, grant.client_secret, answer)).map(Some)
}

async fn exchange(server: &Server<'_>, form: &[(&str, &str)]) -> Result<TokenAnswer, NetworkError> {
    let answer = server.answer(server.post("/oauth/token")?.form(form), Step::Repeatable).await?;
    if !answer.status.is_success() {
        return Err(rejected(&answer));
    }
    let mut token: TokenAnswer = read(&answer, Step::Repeatable)?;
    token.created_at = token.created_at.or_else(|| server_time(&answer).map(|moment| moment.timestamp()));
    Ok(token)
}

/// A lifetime counts from the moment the server says it made the token, by its own clock.
fn grant(client_id: String, client_secret: String, answer: TokenAnswer) -> Grant {
    let made = answer.created_at.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    let lifetime = answer.expires_in.and_then(TimeDelta::try_seconds);
    Grant {
        client_id,
        client_secret,
        access: answer.access_token,
        refresh: answer.refresh_token,
        expires_at: made.zip(lifetime).and_then(|(made, lifetime)| made.checked_add_signed(lifetime)),
    }
}

fn stored(grant: &Grant) -> Result<Credentials, NetworkError> {
    serde_json::to_value(grant).map(Credentials).map_err(|error| NetworkError::credentials(&error))
}

/// The server's limits and its name: version 2 of the description, else version 1, else the defaults.
async fn instance(server: &Server<'_>) -> (Limits, Option<String>) {
    for path in ["/api/v2/instance", "/api/v1/instance"] {
        let Ok(Some(answer)) = server.find(path).await else { continue };
        if let Ok(instance) = answer.json::<Value>() {
            let domain = instance["domain"].as_str().or_else(|| instance["uri"].as_str());
            let bare = domain.map(|domain| domain.trim_start_matches("https://").trim_end_matches('/').to_owned());
            return (limits(&instance), bare.filter(|domain| !domain.is_empty()));
        }
    }
    (limits(&Value::Null), None)
}

/// The limits in a server's description, as far as they are there.
fn limits(instance: &Value) -> Limits {
    let mut limits = Limits { url_length: Some(URL_LENGTH), ..Limits::defaults(&CAPABILITIES) };
    let number = |pointer: &str| instance.pointer(pointer).and_then(Value::as_u64);
    let mut set = |pointer: &str, to: fn(&mut Limits, u64)| {
        if let Some(value) = number(pointer) {
            to(&mut limits, value);
        }
    };
    set("/max_toot_chars", |limits, value| limits.max_text = value);
    set("/configuration/statuses/max_characters", |limits, value| limits.max_text = value);
    set("/configuration/statuses/characters_reserved_per_url", |limits, value| limits.url_length = Some(value));
    set("/configuration/statuses/max_media_attachments", |limits, value| limits.max_images = value);
    set("/configuration/media_attachments/image_size_limit", |limits, value| limits.max_image_bytes = value);
    set("/configuration/media_attachments/image_matrix_limit", |limits, value| limits.max_image_pixels = Some(value));
    set("/configuration/media_attachments/description_limit", |limits, value| limits.max_alt_text = value);
    // snac tells limits of polls, and makes posts without them (seen with 2.75).
    let is_snac = instance["version"].as_str().is_some_and(|version| version.contains("snac"));
    if instance.is_object() && (is_snac || instance.pointer("/configuration/polls").is_none()) {
        limits.choices.insert(POLL.to_owned(), Vec::new());
    }
    // A server's word, within what one worker can hold in memory.
    limits.max_images = limits.max_images.min(16);
    limits.max_image_bytes = limits.max_image_bytes.min(20 * 1024 * 1024);
    let film_bytes = number("/configuration/media_attachments/video_size_limit");
    if let (Some(video), Some(bytes)) = (&mut limits.video, film_bytes) {
        video.max_bytes = bytes;
    }
    if let Some(types) = instance.pointer("/configuration/media_attachments/supported_mime_types") {
        let types: Vec<&str> = types.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        // An empty list is a server that does not say.
        if !types.is_empty() {
            limits.mime_types.retain(|mime| types.contains(&mime.as_str()));
            limits.video = limits.video.filter(|_| limits.mime_types.iter().any(|mime| mime.starts_with("video/")));
        }
    }
    limits
}

/// Host and port as people write them.
fn authority(base: &Url) -> Option<String> {
    let host = base.host_str()?;
    Some(base.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn limits_are_the_servers_where_it_tells_them() {
        let limits = limits(&json!({ "configuration": {
            "statuses": { "max_characters": 5000, "characters_reserved_per_url": 32, "max_media_attachments": 6 },
            "media_attachments": {
                "image_size_limit": 1000, "image_matrix_limit": 2000, "description_limit": 10_000, "video_size_limit": 3000,
                "supported_mime_types": ["image/png", "video/mp4", "image/svg+xml"],
            },
        } }));
        assert_eq!((limits.max_text, limits.url_length, limits.max_images), (5000, Some(32), 6));
        assert_eq!((limits.max_image_bytes, limits.max_image_pixels), (1000, Some(2000)));
        assert_eq!((limits.max_alt_text, limits.video.map(|video| video.max_bytes)), (10_000, Some(3000)));
        assert_eq!(limits.mime_types, ["image/png", "video/mp4"]);
    }

    #[test]
    fn a_server_that_takes_no_films_has_no_limits_for_them() {
        let instance = json!({ "configuration": { "media_attachments": { "supported_mime_types": ["image/png"] } } });
        assert_eq!(limits(&instance).video, None);
        assert_eq!(limits(&instance).choices.get(POLL), Some(&Vec::new()), "nor polls");
        let instance = json!({ "configuration": { "polls": { "max_options": 4 } } });
        assert_eq!(limits(&instance).choices.get(POLL), None);
    }

    #[test]
    fn limits_are_the_defaults_where_it_does_not() {
        let limits = limits(&Value::Null);
        assert_eq!((limits.max_text, limits.url_length, limits.max_images), (500, Some(23), 4));
        assert!(limits.video.is_some() && limits.choices.is_empty());
        assert_eq!(limits.mime_types.len(), CAPABILITIES.media.mime_types.len());
    }
}
