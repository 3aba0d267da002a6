//! Parameters: of the query, and of a body that is a form, JSON or multipart.

use serde_json::Value;

use super::invalid;
use crate::answer::Answer;
use crate::call::{Call, Field};

/// What every request may say.
const ALWAYS: [&str; 2] = ["access_token", "appsecret_proof"];

/// Everything that a request says.
pub(in crate::networks) struct Parameters {
    texts: Vec<(String, String)>,
    files: Vec<Field>,
}

impl Parameters {
    pub(in crate::networks) async fn of(call: &mut Call) -> Result<Self, Answer> {
        let mut texts = call.queries().to_vec();
        let mut files = Vec::new();
        match call.content_type().as_str() {
            "application/json" => {
                let body = call.json().await?;
                let object = body.as_object().ok_or_else(|| invalid("The body must be an object"))?;
                texts.extend(object.iter().map(|(name, value)| match value {
                    Value::String(text) => (name.clone(), text.clone()),
                    other => (name.clone(), other.to_string()),
                }));
            }
            "multipart/form-data" => {
                for field in call.multipart().await? {
                    match (&field.file_name, &field.text) {
                        (None, Some(text)) => texts.push((field.name.clone(), text.clone())),
                        _ => files.push(field),
                    }
                }
            }
            _ => texts.extend(call.form().await?),
        }
        Ok(Self { texts, files })
    }

    /// A parameter that is not empty.
    pub(in crate::networks) fn text(&self, name: &str) -> Option<&str> {
        self.texts
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// The same, which must be there.
    pub(in crate::networks) fn needed(&self, name: &str) -> Result<&str, Answer> {
        self.text(name).ok_or_else(|| invalid(&format!("The parameter {name} is required")))
    }

    /// A file by its field.
    pub(in crate::networks) fn file(&self, name: &str) -> Option<&Field> {
        self.files.iter().find(|field| field.name == name)
    }

    /// All texts, for a token's request.
    pub(in crate::networks) fn texts(&self) -> &[(String, String)] {
        &self.texts
    }

    /// The values of `name[0]`, `name[1]` …, in order; a gap in the numbers is refused.
    pub(in crate::networks) fn array(&self, name: &str) -> Result<Vec<&str>, Answer> {
        let start = format!("{name}[");
        let count = self.texts.iter().filter(|(key, _)| key.starts_with(&start)).count();
        (0..count).map(|index| self.needed(&format!("{name}[{index}]"))).collect()
    }

    /// Refuses every other parameter. Facebook ignores what it does not know; here a wrong name is to be seen.
    pub(in crate::networks) fn only(&self, names: &[&str]) -> Result<(), Answer> {
        let texts = self.texts.iter().map(|(name, _)| name.as_str());
        let files = self.files.iter().map(|field| field.name.as_str());
        let stray = texts.chain(files).find(|name| {
            let plain = name.split_once('[').map_or(*name, |(plain, _)| plain);
            !ALWAYS.contains(name) && !names.contains(&plain)
        });
        stray.map_or(Ok(()), |name| Err(invalid(&format!("Unexpected parameter {name}"))))
    }
}
