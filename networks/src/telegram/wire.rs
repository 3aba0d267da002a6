//! The Bot API: methods, answers and errors. <https://core.telegram.org/bots/api>

use std::time::Duration;

use diwan_platform::http::{HttpClient, Request, StatusCode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use crate::call::{Step, bad_status, below, no_answer};
use crate::error::{ErrorKind, NetworkError};

/// What is kept of a bot, encrypted by the caller.
#[derive(Clone, Serialize, Deserialize)]
pub struct Grant {
    pub token: String,
}

/// What every answer has. <https://core.telegram.org/bots/api#making-requests>
#[derive(Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
struct Envelope<T> {
    ok: bool,
    #[serde(default = "nothing")]
    result: Option<T>,
}

fn nothing<T>() -> Option<T> {
    None
}

#[derive(Deserialize, Default)]
struct Refusal {
    #[serde(default)]
    description: String,
    #[serde(default)]
    parameters: Parameters,
}

/// <https://core.telegram.org/bots/api#responseparameters>
#[derive(Deserialize, Default)]
struct Parameters {
    /// In seconds.
    retry_after: Option<u64>,
    /// The new id of a group that became a supergroup.
    migrate_to_chat_id: Option<i64>,
}

/// A bot.
#[derive(Deserialize)]
pub struct User {
    pub id: i64,
}

/// A chat: channel, group, supergroup or one person.
#[derive(Deserialize)]
pub struct Chat {
    pub id: i64,
    #[serde(rename = "type")]
    pub kind: String,
    pub title: Option<String>,
    pub username: Option<String>,
}

/// What the bot is in a chat.
#[derive(Deserialize)]
pub struct Standing {
    pub status: String,
    /// Of administrators of channels.
    #[serde(default)]
    pub can_post_messages: Option<bool>,
    /// Of restricted members.
    #[serde(default)]
    pub can_send_messages: Option<bool>,
    #[serde(default)]
    pub is_member: Option<bool>,
}

/// A message that is there.
#[derive(Deserialize)]
pub struct Message {
    pub message_id: i64,
}

/// One bot.
pub struct Bot<'a> {
    pub http: &'a HttpClient,
    pub base: &'a Url,
    pub token: &'a str,
}

impl Bot<'_> {
    /// Starts a call. The token stands in the address, which nobody writes down.
    pub fn method(&self, name: &str) -> Result<Request, NetworkError> {
        Ok(self.http.post(below(self.base, &format!("/bot{}/{name}", self.token))?))
    }

    /// Calls a method with a body of JSON.
    pub async fn call<T: DeserializeOwned>(&self, name: &str, body: &Value, step: Step) -> Result<T, NetworkError> {
        self.send(self.method(name)?.json(body), step).await
    }

    /// Sends a call and reads what it answers.
    pub async fn send<T: DeserializeOwned>(&self, request: Request, step: Step) -> Result<T, NetworkError> {
        let answer = request.send().await.map_err(|error| no_answer(&error, step))?;
        if answer.status.is_success()
            && let Ok(Envelope { ok: true, result: Some(result) }) = answer.json()
        {
            return Ok(result);
        }
        let refusal: Refusal = answer.json().unwrap_or_default();
        let mut error = bad_status(&answer, step, &refusal.description);
        if let Some(seconds) = refusal.parameters.retry_after {
            error.retry_after = Some(Duration::from_secs(seconds));
        }
        if let Some((kind, code)) = meaning(answer.status, &refusal) {
            (error.kind, error.code) = (kind, code);
        }
        Err(error)
    }
}

/// What a refusal means where its status alone does not say. The descriptions have no codes: these are their words.
/// <https://github.com/tdlib/telegram-bot-api/blob/master/telegram-bot-api/Client.cpp>
fn meaning(status: StatusCode, refusal: &Refusal) -> Option<(ErrorKind, &'static str)> {
    if status == StatusCode::NOT_FOUND {
        return Some((ErrorKind::Reconnect, "token_refused"));
    }
    if !matches!(status, StatusCode::BAD_REQUEST | StatusCode::FORBIDDEN) {
        return None;
    }
    if refusal.parameters.migrate_to_chat_id.is_some() {
        return Some((ErrorKind::Reconnect, "chat_moved"));
    }
    let says = |words: &str| refusal.description.contains(words);
    if says("chat not found") || says("group chat was upgraded") {
        return Some((ErrorKind::Reconnect, "chat_gone"));
    }
    let rights = ["not enough rights", "have no rights", "need administrator rights", "CHAT_WRITE_FORBIDDEN"];
    if rights.into_iter().any(says) {
        return Some((ErrorKind::Ask, "not_permitted"));
    }
    says("can't be deleted").then_some((ErrorKind::Ask, "delete_refused"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_means_what_its_words_say() {
        let said = |status: u16, description: &str, moved: Option<i64>| {
            let parameters = Parameters { retry_after: None, migrate_to_chat_id: moved };
            let status = StatusCode::from_u16(status).unwrap();
            meaning(status, &Refusal { description: description.to_owned(), parameters }).map(|(kind, _)| kind)
        };
        assert_eq!(said(404, "Not Found", None), Some(ErrorKind::Reconnect));
        assert_eq!(said(400, "Bad Request: chat not found", None), Some(ErrorKind::Reconnect));
        assert_eq!(said(400, "Bad Request: group chat", Some(-100)), Some(ErrorKind::Reconnect));
        let rights = "Bad Request: not enough rights to send text messages to the chat";
        assert_eq!(said(400, rights, None), Some(ErrorKind::Ask));
        assert_eq!(said(400, "Bad Request: message is too long", None), None);
        assert_eq!(said(500, "Internal Server Error: chat not found", None), None);
    }
}
