//! A language model that writes in the place of people, where the operator has set one up: a server that speaks the chat completions
//! interface of `OpenAI` (<https://platform.openai.com/docs/api-reference/chat>), as many do, and how much may be asked of it.

use std::fmt;
use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use url::Url;

use crate::http::{HttpClient, HttpError};

/// The longest that an answer is waited for.
const PATIENCE: Duration = Duration::from_mins(1);
/// The largest answer, in bytes.
const LARGEST: usize = 256 * 1024;

/// The most tokens that one answer can be said to have taken: more than any model reads and writes at once. What says more is wrong.
const MOST_TOKENS: i64 = 10_000_000;

/// Which model is asked, and how much of it there is.
#[derive(Clone)]
pub struct LanguageModel {
    /// Where it is: `v1/chat/completions` is looked for below.
    pub url: Url,
    /// What it is asked with; none where it asks for nothing.
    pub key: Option<String>,
    /// Which of its models.
    pub model: String,
    /// The most tokens of a month, by UTC, of asking and answering together.
    pub monthly_tokens: i64,
    /// The longest that an answer is waited for.
    pub patience: Duration,
}

impl fmt::Debug for LanguageModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = (self.url.host_str(), &self.model, self.monthly_tokens);
        f.debug_tuple("LanguageModel").field(&known).finish()
    }
}

/// What it answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The text.
    pub text: String,
    /// How many tokens that took, of asking and answering together; none where it does not say, or says what cannot be.
    pub tokens: Option<i64>,
}

/// Why there is no answer. The texts hold nothing of what was asked.
#[derive(Debug, thiserror::Error)]
pub enum LanguageModelError {
    /// It could not be reached, or did not answer in time.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// It refused.
    #[error("it answered with status {0}")]
    Status(u16),
    /// Its answer is none of the interface.
    #[error("it answered something else than a text")]
    NotUnderstood,
}

impl LanguageModelError {
    /// True where it may have worked, and so may have cost.
    pub fn may_have_cost(&self) -> bool {
        match self {
            Self::Http(error) => error.was_sent(),
            Self::Status(status) => *status >= 500,
            Self::NotUnderstood => true,
        }
    }
}

#[derive(Deserialize)]
struct Answer {
    choices: Vec<Choice>,
    usage: Option<Usage>,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
}

#[derive(Deserialize)]
struct Message {
    content: Option<String>,
}

#[derive(Deserialize)]
struct Usage {
    total_tokens: Option<i64>,
}

impl LanguageModel {
    /// The same as operators set it up.
    pub fn new(url: Url, key: Option<String>, model: String, monthly_tokens: i64) -> Self {
        Self { url, key, model, monthly_tokens, patience: PATIENCE }
    }

    /// Asks once. `most_tokens` is the longest answer that is wanted.
    pub async fn ask(
        &self,
        http: &HttpClient,
        (rules, question): (&str, &str),
        most_tokens: u32,
    ) -> Result<Written, LanguageModelError> {
        let mut base = self.url.clone();
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        let url = base.join("v1/chat/completions").map_err(|_| LanguageModelError::NotUnderstood)?;
        let body = json!({
            "model": self.model,
            "messages": [{ "role": "system", "content": rules }, { "role": "user", "content": question }],
            "max_tokens": most_tokens,
            "temperature": 0,
            "stream": false,
        });
        let mut request = http.post(url).patience(self.patience).max_response_bytes(LARGEST).json(&body);
        if let Some(key) = &self.key {
            request = request.bearer(key);
        }
        let answer = request.send().await?;
        if answer.status.as_u16() != 200 {
            return Err(LanguageModelError::Status(answer.status.as_u16()));
        }
        let answer: Answer = answer.json().map_err(|_| LanguageModelError::NotUnderstood)?;
        let text = answer.choices.into_iter().next().and_then(|choice| choice.message.content);
        let tokens =
            answer.usage.and_then(|usage| usage.total_tokens).filter(|tokens| (0..=MOST_TOKENS).contains(tokens));
        Ok(Written { text: text.ok_or(LanguageModelError::NotUnderstood)?, tokens })
    }
}
