//! The description of the Bot API: methods and types with their fields.

use std::collections::HashMap;
use std::fmt;

use jsonschema::Validator;
use serde_json::{Map, Value, json};

use super::{problem, validator};

/// What is called here.
const USED: [&str; 13] = [
    "getMe",
    "getChat",
    "getChatMember",
    "getChatMemberCount",
    "sendMessage",
    "sendPhoto",
    "sendVideo",
    "sendMediaGroup",
    "sendPoll",
    "editMessageText",
    "editMessageCaption",
    "deleteMessage",
    "deleteMessages",
];

/// How a file stands where the description says `InputFile`.
const FILE: &str = "file";

/// The methods of the interface.
pub(crate) struct Methods(HashMap<String, Described>);

impl fmt::Debug for Methods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Methods").field(&self.0.len()).finish()
    }
}

struct Described {
    /// The types of each field.
    fields: HashMap<String, Vec<String>>,
    validator: Validator,
}

impl Methods {
    /// Those that are used here.
    pub(crate) fn of(description: &Value) -> Result<Self, String> {
        let types = description["types"].as_object().ok_or("no types are described")?;
        let definitions: Map<_, _> = types.iter().map(|(name, kind)| (name.clone(), of_type(kind))).collect();
        let methods = USED.iter().map(|name| {
            let method = description["methods"].get(name).ok_or_else(|| format!("{name} is not described"))?;
            let mut schema = object(method);
            schema["definitions"] = Value::Object(definitions.clone());
            let fields = method["fields"].as_array().into_iter().flatten();
            let fields = fields.map(|field| (field["name"].as_str().unwrap_or_default().to_owned(), kinds(field)));
            Ok(((*name).to_owned(), Described { fields: fields.collect(), validator: validator(&schema)? }))
        });
        methods.collect::<Result<_, String>>().map(Self)
    }

    /// Holds a call against its method. Values that came as texts are what the description says that they are.
    pub(crate) fn check(&self, method: &str, values: &Map<String, Value>, files: &[&str]) -> Result<(), String> {
        let described = self.0.get(method).ok_or_else(|| format!("{method} is not described"))?;
        let mut all: Map<_, _> = values
            .iter()
            .map(|(name, value)| {
                let kinds = described.fields.get(name).map_or(&[] as &[_], Vec::as_slice);
                (name.clone(), read(value, kinds))
            })
            .collect();
        let said = serde_json::to_string(&all).unwrap_or_default();
        for file in files {
            // Others are parts of a value that names them.
            if !said.contains(&format!("\"attach://{file}\"")) {
                all.insert((*file).to_owned(), json!({ FILE: file }));
            }
        }
        problem(&described.validator, &Value::Object(all), method)
    }
}

fn kinds(field: &Value) -> Vec<String> {
    field["types"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// A text as what it stands for.
fn read(value: &Value, kinds: &[String]) -> Value {
    let Value::String(text) = value else { return value.clone() };
    let is = |kind: &str| kinds.iter().any(|known| known == kind);
    if is("Integer")
        && let Ok(number) = text.parse::<i64>()
    {
        return number.into();
    }
    if is("Boolean")
        && let Ok(flag) = text.parse::<bool>()
    {
        return flag.into();
    }
    let is_plain = is("String") || is("Integer") || is("Boolean");
    if is_plain { value.clone() } else { serde_json::from_str(text).unwrap_or_else(|_| value.clone()) }
}

fn of_type(kind: &Value) -> Value {
    match kind["subtypes"].as_array().filter(|subtypes| !subtypes.is_empty()) {
        Some(subtypes) => {
            let any: Vec<_> = subtypes.iter().filter_map(Value::as_str).map(schema_of).collect();
            json!({ "anyOf": any })
        }
        None => object(kind),
    }
}

/// An object with these fields and no others.
fn object(described: &Value) -> Value {
    let fields = || described["fields"].as_array().into_iter().flatten();
    let properties: Map<_, _> =
        fields().map(|field| (field["name"].as_str().unwrap_or_default().to_owned(), any_of(&kinds(field)))).collect();
    let required: Vec<_> = fields().filter(|field| field["required"] == true).map(|field| &field["name"]).collect();
    let mut object = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    // Draft 4 wants at least one.
    if !required.is_empty() {
        object["required"] = json!(required);
    }
    object
}

/// One of these. Where several are lists, one list may have items of all of them: an album has photos and films.
fn any_of(kinds: &[String]) -> Value {
    let item = |kind: &str| kind.strip_prefix("Array of ").map(str::to_owned);
    let items: Vec<_> = kinds.iter().filter_map(|kind| item(kind)).collect();
    let mut any: Vec<_> = kinds.iter().filter(|kind| item(kind).is_none()).map(|kind| schema_of(kind)).collect();
    if !items.is_empty() {
        any.push(json!({ "type": "array", "items": any_of(&items) }));
    }
    json!({ "anyOf": any })
}

fn schema_of(kind: &str) -> Value {
    match kind {
        "Integer" => json!({ "type": "integer" }),
        "Float" => json!({ "type": "number" }),
        "String" => json!({ "type": "string" }),
        "Boolean" => json!({ "type": "boolean" }),
        "True" => json!({ "enum": [true] }),
        "InputFile" => json!({ "type": "object", "required": [FILE] }),
        _ => match kind.strip_prefix("Array of ") {
            Some(item) => json!({ "type": "array", "items": schema_of(item) }),
            None => json!({ "$ref": format!("#/definitions/{kind}") }),
        },
    }
}
