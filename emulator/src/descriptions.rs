//! The official, machine-readable descriptions of interfaces, against which requests are held where they are at hand:
//!
//! - `pinterest-v5.json`, OpenAPI 3.0, from <https://github.com/pinterest/api-description> (MIT);
//! - `telegram-api.json`, from <https://github.com/PaulSonOfLars/telegram-bot-api-spec> (MIT).

mod openapi;
mod telegram;

use std::io;
use std::path::Path;
use std::sync::Arc;

use jsonschema::{Draft, Validator};
use serde_json::Value;

use crate::networks::{Pinterest, Telegram};
use crate::service::Service;

pub(crate) use openapi::Operations;
pub(crate) use telegram::Methods;

/// The networks whose interfaces are described in this folder, emulated so that a request that does not fit its description
/// is refused with status 400. Fails when a file is not there or is no description.
pub fn described_services(folder: &Path) -> io::Result<Vec<Arc<dyn Service>>> {
    let read = |name: &str| -> io::Result<Value> { Ok(serde_json::from_slice(&std::fs::read(folder.join(name))?)?) };
    Ok(vec![
        Arc::new(Pinterest::described(Operations::of(&read("pinterest-v5.json")?).map_err(io::Error::other)?)),
        Arc::new(Telegram::described(Methods::of(&read("telegram-api.json")?).map_err(io::Error::other)?)),
    ])
}

/// Makes a schema usable. Draft 4 is what OpenAPI 3.0 builds on.
fn validator(schema: &Value) -> Result<Validator, String> {
    jsonschema::options().with_draft(Draft::Draft4).build(schema).map_err(|error| error.to_string())
}

/// The first thing that does not fit.
fn problem(validator: &Validator, value: &Value, what: &str) -> Result<(), String> {
    match validator.iter_errors(value).next() {
        None => Ok(()),
        Some(error) => {
            let place = error.instance_path().to_string();
            let text: String = error.to_string().chars().take(300).collect();
            Err(format!("{what}{place} does not fit the official description: {text}"))
        }
    }
}
