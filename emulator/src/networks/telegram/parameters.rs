//! The parameters of a request, which come in the address, as a form, as JSON or beside files.
//! <https://core.telegram.org/bots/api#making-requests>

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::{bad, refused};
use crate::answer::Answer;
use crate::call::{Call, Field};

/// What comes with a request.
pub(super) struct Parameters {
    values: Map<String, Value>,
    files: HashMap<String, Field>,
}

impl Parameters {
    /// Reads all of them.
    pub(super) async fn of(call: &mut Call) -> Result<Self, Answer> {
        let mut all = Self { values: Map::new(), files: HashMap::new() };
        let as_text = |(name, value): &(String, String)| (name.clone(), Value::String(value.clone()));
        all.values.extend(call.queries().iter().map(as_text));
        match call.content_type().as_str() {
            "application/json" => match call.json().await {
                Ok(Value::Object(body)) => all.values.extend(body),
                _ => return Err(bad("can't parse the request body as JSON object")),
            },
            "multipart/form-data" => {
                for field in call.multipart().await.map_err(|_| bad("can't parse the request body"))? {
                    if field.file_name.is_some() {
                        all.files.insert(field.name.clone(), field);
                    } else {
                        let text = field.text.ok_or_else(|| bad("strings must be encoded in UTF-8"))?;
                        all.values.insert(field.name, Value::String(text));
                    }
                }
            }
            _ => {
                let form = call.form().await.map_err(|_| refused(415, "Unsupported Media Type"))?;
                all.values.extend(form.iter().map(as_text));
            }
        }
        Ok(all)
    }

    pub(super) fn values(&self) -> &Map<String, Value> {
        &self.values
    }

    /// The names of the files.
    pub(super) fn files(&self) -> Vec<&str> {
        self.files.keys().map(String::as_str).collect()
    }

    pub(super) fn file(&self, name: &str) -> Option<&Field> {
        self.files.get(name)
    }

    /// A text, or a number as one.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        match self.values.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    pub(super) fn integer(&self, name: &str) -> Option<i64> {
        self.text(name)?.trim().parse().ok()
    }

    pub(super) fn is_on(&self, name: &str) -> bool {
        match self.values.get(name) {
            Some(Value::Bool(is_on)) => *is_on,
            Some(Value::String(text)) => text.eq_ignore_ascii_case("true") || text == "1",
            _ => false,
        }
    }

    /// A list or an object: as it is, or as text.
    pub(super) fn value(&self, name: &str) -> Result<Value, Answer> {
        match self.values.get(name) {
            Some(Value::String(text)) => {
                serde_json::from_str(text).map_err(|_| bad(&format!("can't parse {name} JSON object")))
            }
            Some(value) => Ok(value.clone()),
            None => Ok(Value::Null),
        }
    }
}
