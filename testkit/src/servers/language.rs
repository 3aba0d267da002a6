//! A language model on loopback, with the chat completions interface: it keeps what it is asked and answers what it is told to.

use anyhow::Result;
use serde_json::{Value, json};
use url::Url;

use super::stand_in::{Answer, Asked, StandIn};

/// The key that it takes.
pub const LANGUAGE_KEY: &str = "sk-known-to-the-model";

/// What it answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// This text, for so many tokens in all.
    Text(String, i64),
    /// This status.
    Status(u16),
    /// Nothing for longer than anybody waits.
    Nothing,
}

struct State {
    said: Said,
    asked: Vec<Value>,
}

/// The server; it stops when dropped.
pub struct LanguageServer {
    /// Below which its interface is.
    pub url: Url,
    stand_in: StandIn<State>,
}

impl LanguageServer {
    /// A server that refuses until it is told what to say.
    pub async fn start() -> Result<Self> {
        let stand_in = StandIn::start(State { said: Said::Status(503), asked: Vec::new() }, answer).await?;
        Ok(Self { url: stand_in.url.join("ai")?, stand_in })
    }

    /// Answers so from now on.
    pub fn says(&self, said: Said) {
        self.stand_in.state().said = said;
    }

    /// What it was asked so far: the bodies of right requests.
    pub fn asked(&self) -> Vec<Value> {
        self.stand_in.state().asked.clone()
    }
}

/// What is wrong with a request, as a status; its body where nothing is.
fn check(asked: &Asked) -> Result<Value, u16> {
    if asked.method() != "POST" || asked.target() != "/ai/v1/chat/completions" {
        return Err(404);
    }
    let key = format!("bearer {LANGUAGE_KEY}");
    if !asked.header("authorization").is_some_and(|said| said.eq_ignore_ascii_case(&key)) {
        return Err(401);
    }
    let asked: Value = serde_json::from_str(&asked.body).map_err(|_| 400_u16)?;
    let texts = asked.get("messages").and_then(Value::as_array).is_some_and(|messages| {
        messages.iter().all(|message| message["role"].is_string() && message["content"].is_string())
    });
    if texts && asked["model"].is_string() && asked["max_tokens"].is_u64() { Ok(asked) } else { Err(400) }
}

fn answer(asked: &Asked, state: &mut State) -> Answer {
    let (status, told) = match check(asked) {
        Err(status) => (status, json!({ "error": { "message": "refused" } })),
        Ok(asked) => {
            state.asked.push(asked);
            match &state.said {
                Said::Status(status) => (*status, json!({ "error": { "message": "not now" } })),
                Said::Nothing => return Answer::too_late(),
                Said::Text(text, tokens) => (
                    200,
                    json!({ "object": "chat.completion",
                        "choices": [{ "index": 0, "message": { "role": "assistant", "content": text }, "finish_reason": "stop" }],
                        "usage": { "total_tokens": tokens } }),
                ),
            }
        }
    };
    Answer::json(status, told.to_string())
}
