//! Connecting a bot to the chat in which it posts: a channel or a group.

use std::borrow::Cow;

use diwan_platform::http::HttpClient;
use serde_json::json;
use url::Url;

use super::CAPABILITIES;
use super::wire::{Bot, Chat, Grant, Standing, User};
use crate::call::{Step, address};
use crate::capabilities::Limits;
use crate::error::{ErrorKind, NetworkError};
use crate::network::{Connected, Credentials, NO_ACCOUNT};

/// Where the bots are.
pub const HOME: &str = "https://api.telegram.org/";

/// Connects a bot by its token to a chat by its name, its address or its id.
pub async fn connect(http: &HttpClient, chat: &str, token: &str) -> Result<Connected, NetworkError> {
    let base = address(HOME)?;
    let token = token.trim();
    if !is_token(token) {
        return Err(NetworkError::new(ErrorKind::Reconnect, "token_refused", "not the token of a bot"));
    }
    let bot = Bot { http, base: &base, token };
    let me: User = bot.call("getMe", &json!({}), Step::Repeatable).await?;
    let chat = chat_id(chat);
    let found = bot.call("getChat", &json!({ "chat_id": chat }), Step::Repeatable).await;
    let chat: Chat = found.map_err(of_the_chat)?;
    may_post(&bot, &chat, me.id).await?;
    let credentials = serde_json::to_value(Grant { token: token.to_owned() });
    Ok(Connected {
        remote_id: chat.id.to_string(),
        handle: chat.username.clone().unwrap_or_else(|| chat.id.to_string()),
        display_name: chat.title.or_else(|| chat.username.clone()).unwrap_or_else(|| chat.id.to_string()),
        profile_url: chat.username.and_then(|name| format!("https://t.me/{name}").parse().ok()),
        base_url: base,
        credentials: credentials.map(Credentials).map_err(|error| NetworkError::credentials(&error))?,
        limits: Limits::defaults(&CAPABILITIES),
    })
}

/// Fails when the bot is not one of those who may post in the chat.
pub async fn may_post(bot: &Bot<'_>, chat: &Chat, me: i64) -> Result<(), NetworkError> {
    let no_account = |why: &str| Err(NetworkError::new(ErrorKind::Ask, NO_ACCOUNT, why));
    if !matches!(chat.kind.as_str(), "channel" | "group" | "supergroup") {
        return no_account("the chat is neither a channel nor a group");
    }
    let body = json!({ "chat_id": chat.id, "user_id": me });
    let member = bot.call("getChatMember", &body, Step::Repeatable).await;
    let member: Standing = member.map_err(of_the_chat)?;
    let is_channel = chat.kind == "channel";
    let may = match member.status.as_str() {
        "creator" => true,
        "administrator" => !is_channel || member.can_post_messages == Some(true),
        "member" => !is_channel,
        "restricted" => member.is_member == Some(true) && member.can_send_messages == Some(true),
        _ => false,
    };
    if may { Ok(()) } else { no_account("the bot may not post in this chat: make it an administrator there") }
}

/// Once the token is known to be good, what is refused is the chat, and the person has to name one in which the bot is.
fn of_the_chat(error: NetworkError) -> NetworkError {
    let is_of_the_token = matches!(error.code, "unauthorized" | "token_refused");
    match error.kind {
        ErrorKind::Reconnect | ErrorKind::Content if !is_of_the_token => {
            NetworkError { kind: ErrorKind::Ask, code: NO_ACCOUNT, ..error }
        }
        _ => error,
    }
}

/// As `BotFather` hands it out: the bot's id, a colon, letters and digits. It becomes part of an address.
fn is_token(token: &str) -> bool {
    let is_secret = |secret: &str| {
        (20..=100).contains(&secret.len())
            && secret.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    };
    token.split_once(':').is_some_and(|(id, secret)| {
        !id.is_empty() && id.len() <= 20 && id.bytes().all(|b| b.is_ascii_digit()) && is_secret(secret)
    })
}

/// `@name` or the number of a chat, out of what people write: the name with or without `@`, or the chat's address.
fn chat_id(written: &str) -> Cow<'_, str> {
    let written = written.trim();
    let bare = written.trim_start_matches("https://").trim_start_matches("http://");
    let name = ["t.me/", "telegram.me/"].into_iter().find_map(|host| bare.strip_prefix(host)).unwrap_or(written);
    let name = name.trim_end_matches('/').trim_start_matches('@');
    if name.parse::<i64>().is_ok() { Cow::Borrowed(name) } else { Cow::Owned(format!("@{name}")) }
}

/// Where people see a message: by the name of its chat, else by its number, which only members can open.
pub fn message_url(handle: &str, chat: &str, message: i64) -> Option<Url> {
    let address = if handle == chat {
        // Supergroups and channels have ids that begin with -100; others have no addresses.
        format!("https://t.me/c/{}/{message}", chat.strip_prefix("-100")?)
    } else {
        format!("https://t.me/{handle}/{message}")
    };
    address.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chat_is_named_in_many_ways() {
        for written in ["news", "@news", " https://t.me/news/ ", "http://telegram.me/news", "t.me/news"] {
            assert_eq!(chat_id(written), "@news", "{written}");
        }
        assert_eq!(chat_id(" -1001234"), "-1001234");
    }

    #[test]
    fn what_is_no_token_never_becomes_an_address() {
        assert!(is_token("123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11"));
        for wrong in ["", "123456", ":ABC-DEF1234ghIkl-zyx57W2v1u123ew11", "1:/../ABC-DEF1234ghIkl-zyx57W2v", "a:b"] {
            assert!(!is_token(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_message_has_an_address_where_its_chat_has_one() {
        let address = |handle, chat| message_url(handle, chat, 7).map(String::from);
        assert_eq!(address("news", "-10012").as_deref(), Some("https://t.me/news/7"));
        assert_eq!(address("-10012", "-10012").as_deref(), Some("https://t.me/c/12/7"));
        assert_eq!(address("-12", "-12"), None);
    }
}
