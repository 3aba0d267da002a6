//! Telegram's Bot API, version 10.1. <https://core.telegram.org/bots/api>
//!
//! Every name that can be a user name is a public channel, and one that ends in `group` a supergroup. A bot is made at
//! `/t.me/BotFather?emulator_account=NAME`: it may post in the chat of its own name and in no other.

mod chats;
mod parameters;
mod send;

use std::sync::{Mutex, MutexGuard, PoisonError};

use actix_web::http::Method;
use async_trait::async_trait;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::call::Call;
use crate::descriptions::Methods;
use crate::service::Service;
use crate::tokens::TokenKind;
use crate::world::World;
use chats::{Chat, State};
use parameters::Parameters;

const KEY: &str = "telegram";

/// Where bots call, and where people are.
const API: &str = "api.telegram.org";
const PEOPLE: &str = "t.me";

/// The most bytes of a request with one file: 50 MB, and what stands around it.
const MOST_REQUEST: u64 = 50 * 1024 * 1024 + 64 * 1024;

/// The network.
#[derive(Debug, Default)]
pub struct Telegram {
    state: Mutex<State>,
    methods: Option<Methods>,
}

/// The bot that calls.
pub(super) struct Bot {
    pub(super) id: u64,
    /// The name of the chat in which it may post.
    pub(super) home: String,
}

/// A refusal as the interface words it.
pub(super) fn refused(status: u16, description: &str) -> Answer {
    Answer::json(status, &trouble(status, description))
}

/// The parameters of a request, or what they lead to, are wrong.
pub(super) fn bad(description: &str) -> Answer {
    refused(400, &format!("Bad Request: {description}"))
}

fn trouble(status: u16, description: &str) -> Value {
    json!({ "ok": false, "error_code": status, "description": description })
}

fn done(result: &Value) -> Answer {
    Answer::json(200, &json!({ "ok": true, "result": result }))
}

impl Telegram {
    /// One that holds every request against the official description, too.
    pub(crate) fn described(methods: Methods) -> Self {
        Self { state: Mutex::default(), methods: Some(methods) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn bot_api(&self, mut call: Call, world: &World) -> Result<Answer, Answer> {
        let not_found = || refused(404, "Not Found");
        let segments = call.segments();
        let [token, method] = segments.as_slice() else { return Err(not_found()) };
        let token = token.strip_prefix("bot").ok_or_else(not_found)?;
        let bot = bot_of(token, world)?;
        let method = (*method).to_owned();
        if ![Method::GET, Method::POST].contains(&call.method) {
            return Err(not_found());
        }
        let is_one_file = matches!(method.as_str(), "sendPhoto" | "sendVideo");
        if is_one_file && call.content_length().is_some_and(|length| length > MOST_REQUEST) {
            return Err(refused(413, "Request Entity Too Large"));
        }
        let parameters = Parameters::of(&mut call).await?;
        if let Some(methods) = &self.methods {
            methods.check(&method, parameters.values(), &parameters.files()).map_err(|problem| bad(&problem))?;
        }
        let result = match method.as_str() {
            "getMe" => {
                json!({ "id": bot.id, "is_bot": true, "first_name": bot.home, "username": format!("{}_bot", bot.home) })
            }
            "getChat" => self.chat(&parameters, world)?.to_json(),
            "getChatMember" => self.member(&bot, &parameters, world)?,
            "getChatMemberCount" => {
                self.chat(&parameters, world)?;
                // The bot, and the person who made it and the chat.
                json!(2)
            }
            "sendMessage" => self.send_message(&bot, &parameters, world)?,
            "sendPhoto" => self.send_file(&bot, &parameters, world, "photo").await?,
            "sendVideo" => self.send_file(&bot, &parameters, world, "video").await?,
            "sendMediaGroup" => self.send_album(&bot, &parameters, world).await?,
            "sendPoll" => self.send_poll(&bot, &parameters, world)?,
            "editMessageText" => self.edit_text(&bot, &parameters, world)?,
            "editMessageCaption" => self.edit_caption(&bot, &parameters, world)?,
            "deleteMessage" => self.delete(&bot, &parameters, world, false)?,
            "deleteMessages" => self.delete(&bot, &parameters, world, true)?,
            _ => return Err(not_found()),
        };
        Ok(done(&result))
    }

    /// The chat that a request names.
    fn chat(&self, parameters: &Parameters, world: &World) -> Result<Chat, Answer> {
        let named = parameters.text("chat_id").filter(|named| !named.is_empty());
        let named = named.ok_or_else(|| bad("chat_id is empty"))?;
        self.state().chat(&named, world).ok_or_else(|| bad("chat not found"))
    }

    /// The same, if the bot may post in it.
    fn own_chat(&self, bot: &Bot, parameters: &Parameters, world: &World) -> Result<Chat, Answer> {
        let chat = self.chat(parameters, world)?;
        if chat.is_of(bot) {
            return Ok(chat);
        }
        Err(refused(403, &format!("Forbidden: bot is not a member of the {} chat", chat.kind)))
    }

    fn member(&self, bot: &Bot, parameters: &Parameters, world: &World) -> Result<Value, Answer> {
        let chat = self.chat(parameters, world)?;
        let user = parameters.integer("user_id").ok_or_else(|| bad("invalid user_id specified"))?;
        if !chat.is_of(bot) {
            return Err(bad("member list is inaccessible"));
        }
        if u64::try_from(user) != Ok(bot.id) {
            return Err(bad("PARTICIPANT_ID_INVALID"));
        }
        let user = json!({ "id": bot.id, "is_bot": true, "first_name": bot.home });
        if chat.kind != "channel" {
            return Ok(json!({ "status": "member", "user": user }));
        }
        Ok(json!({
            "status": "administrator", "user": user, "can_be_edited": false, "is_anonymous": false,
            "can_manage_chat": true, "can_delete_messages": true, "can_post_messages": true, "can_edit_messages": true,
        }))
    }
}

/// The bot of a token: its id, a colon, its secret.
fn bot_of(token: &str, world: &World) -> Result<Bot, Answer> {
    let (id, secret) = token.split_once(':').ok_or_else(|| refused(404, "Not Found"))?;
    let unauthorized = || refused(401, "Unauthorized");
    let granted = world.token(KEY, secret, TokenKind::Access).map_err(|_| unauthorized())?;
    let bot = Bot { id: world.account(KEY, &granted.account).0, home: granted.account };
    if id.parse() == Ok(bot.id) { Ok(bot) } else { Err(unauthorized()) }
}

/// Where a person makes a bot, and where posts are looked at.
fn people(call: &Call, world: &World) -> Answer {
    match call.segments().as_slice() {
        ["BotFather"] => match call.query("emulator_account").map(str::trim) {
            Some(name) if chats::is_name(name) => {
                let secret = world.issue(KEY, name, TokenKind::Access, None, Value::Null);
                let token = format!("{}:{secret}", world.account(KEY, name));
                Answer::json(200, &json!({ "chat": format!("@{name}"), "token": token }))
            }
            _ => Answer::text(
                400,
                "text/plain; charset=utf-8",
                "emulator_account must be a user name: 5 to 32 of a-z, 0-9 and _\n",
            ),
        },
        [name, message] => {
            Answer::empty(302).header("location", world.permalink(KEY, name, &format!("{name}/{message}")))
        }
        _ => Answer::empty(404),
    }
}

#[async_trait]
impl Service for Telegram {
    fn key(&self) -> &'static str {
        KEY
    }

    fn hosts(&self) -> &'static [&'static str] {
        &[API, PEOPLE]
    }

    async fn answer(&self, call: Call, world: &World) -> Answer {
        if call.host == PEOPLE {
            return people(&call, world);
        }
        self.bot_api(call, world).await.unwrap_or_else(|refusal| refusal)
    }

    fn trouble(&self, status: u16) -> Value {
        trouble(status, if status == 429 { "Too Many Requests: retry later" } else { "Internal Server Error" })
    }
}
