//! Films: registered, uploaded to the store, processed.

use actix_web::http::Method;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{KEY, Pinterest, bad, may, refused};
use crate::answer::Answer;
use crate::call::Call;
use crate::ledger::SeenMedia;
use crate::world::World;

/// In bytes.
const MOST_FILM: u64 = 2 * 1024 * 1024 * 1024;

/// A film on its way.
#[derive(Debug, Clone)]
pub(super) struct Film {
    pub(super) account: String,
    /// What the store wants to see before it takes the file.
    key: String,
    policy: String,
    uploaded: Option<Uploaded>,
}

#[derive(Debug, Clone)]
struct Uploaded {
    seen: SeenMedia,
    is_film: bool,
    /// When it is processed.
    ready_at: DateTime<Utc>,
}

impl Film {
    fn status(&self, now: DateTime<Utc>) -> &'static str {
        match &self.uploaded {
            None => "registered",
            Some(uploaded) if uploaded.ready_at > now => "processing",
            Some(uploaded) if uploaded.is_film => "succeeded",
            Some(_) => "failed",
        }
    }

    /// What was uploaded, once it is processed.
    pub(super) fn seen(&self, now: DateTime<Utc>) -> Option<SeenMedia> {
        (self.status(now) == "succeeded").then(|| self.uploaded.as_ref().map(|uploaded| uploaded.seen.clone()))?
    }
}

impl Pinterest {
    pub(super) fn register(&self, call: &Call, world: &World, body: &Value) -> Result<Answer, Answer> {
        let account = may(call, world, &["pins:read", "pins:write"])?.account;
        if body["media_type"] != "video" {
            return Err(bad("media_type must be video"));
        }
        let id = world.new_id().to_string();
        let film = Film { account, key: format!("uploads/{id}"), policy: world.secret("policy-"), uploaded: None };
        let answer = json!({
            "media_id": id,
            "media_type": "video",
            "upload_url": format!("https://{}/", super::STORE),
            "upload_parameters": {
                "Content-Type": "multipart/form-data",
                "key": film.key,
                "policy": film.policy,
                "x-amz-algorithm": "AWS4-HMAC-SHA256",
                "x-amz-date": world.now().format("%Y%m%dT%H%M%SZ").to_string(),
            },
        });
        self.state().films.insert(id, film);
        Ok(Answer::json(201, &answer))
    }

    pub(super) fn film(&self, call: &Call, world: &World, id: &str) -> Result<Answer, Answer> {
        let account = may(call, world, &["pins:read"])?.account;
        let state = self.state();
        let film = state.films.get(id).filter(|film| film.account == account);
        let film = film.ok_or_else(|| refused(404, 97, "Media not found."))?;
        let status = film.status(world.now());
        Ok(Answer::json(200, &json!({ "media_id": id, "media_type": "video", "status": status })))
    }

    /// The store takes a form whose last field is the file.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-post-example.html>
    pub(super) async fn store(&self, call: &mut Call, world: &World) -> Result<Answer, Answer> {
        let denied = |status: u16, code: &str| {
            let body = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code></Error>");
            Answer::text(status, "application/xml", body)
        };
        if call.method != Method::POST {
            return Err(denied(405, "MethodNotAllowed"));
        }
        let Some(length) = call.content_length() else { return Err(denied(411, "MissingContentLength")) };
        if length > MOST_FILM {
            return Err(denied(400, "EntityTooLarge"));
        }
        let fields = call.multipart().await?;
        let Some((file, before)) = fields.split_last().filter(|(file, _)| file.name == "file") else {
            return Err(denied(400, "InvalidArgument"));
        };
        let said = |name: &str| before.iter().find(|field| field.name == name).and_then(|field| field.text.clone());
        let now = world.now();
        let ready_at = now + world.processing(KEY);
        let mut state = self.state();
        let film = state.films.values_mut().find(|film| said("key").as_deref() == Some(&film.key));
        let film = film.filter(|film| said("policy").as_deref() == Some(&film.policy));
        let film = film.ok_or_else(|| denied(403, "AccessDenied"))?;
        if ["x-amz-algorithm", "x-amz-date", "Content-Type"].into_iter().any(|name| said(name).is_none()) {
            return Err(denied(403, "AccessDenied"));
        }
        let is_film = file.head.get(4..8) == Some(b"ftyp");
        let mime = file.mime.clone().unwrap_or_default();
        let seen = SeenMedia { mime, size: file.size, alt_text: None };
        film.uploaded = Some(Uploaded { seen, is_film, ready_at });
        Ok(Answer::empty(204))
    }
}
