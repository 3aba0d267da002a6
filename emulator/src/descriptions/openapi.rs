//! OpenAPI 3.0, as far as Pinterest's description goes.

use std::collections::{BTreeSet, HashMap};
use std::fmt;

use jsonschema::Validator;
use serde_json::{Map, Value, json};

use super::{problem, validator};

/// What is called here.
const USED: [(&str, &str); 10] = [
    ("post", "/oauth/token"),
    ("get", "/user_account"),
    ("get", "/boards"),
    ("get", "/boards/{board_id}/pins"),
    ("post", "/pins"),
    ("get", "/pins/{pin_id}"),
    ("patch", "/pins/{pin_id}"),
    ("delete", "/pins/{pin_id}"),
    ("post", "/media"),
    ("get", "/media/{media_id}"),
];

/// The operations of an interface.
pub(crate) struct Operations(Vec<Operation>);

impl fmt::Debug for Operations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Operations").field(&self.0.len()).finish()
    }
}

struct Operation {
    method: String,
    /// The path's segments; none for a parameter, by whose name it is known.
    path: Vec<Segment>,
    path_parameters: HashMap<String, Parameter>,
    query: HashMap<String, Parameter>,
    body: Option<Body>,
}

enum Segment {
    Fixed(String),
    Parameter(String),
}

struct Parameter {
    kind: String,
    required: bool,
    validator: Validator,
}

enum Body {
    One(Validator),
    /// By the value of the field of this name.
    By(String, HashMap<String, Validator>),
}

impl Operations {
    /// Those that are used here.
    pub(crate) fn of(description: &Value) -> Result<Self, String> {
        let operations = USED.iter().map(|(method, path)| {
            let operation = &description["paths"][*path][*method];
            if operation.is_null() {
                return Err(format!("{method} {path} is not described"));
            }
            Operation::of(description, (method, path), operation)
        });
        operations.collect::<Result<_, _>>().map(Self)
    }

    /// Holds a request against its operation.
    pub(crate) fn check(
        &self,
        method: &str,
        path: &[&str],
        queries: &[(String, String)],
        body: &Value,
    ) -> Result<(), String> {
        let fits = |operation: &&Operation| operation.method.eq_ignore_ascii_case(method) && operation.fits(path);
        let operation =
            self.0.iter().find(fits).ok_or_else(|| format!("{method} /{} is not described", path.join("/")))?;
        for (segment, value) in operation.path.iter().zip(path) {
            if let Segment::Parameter(name) = segment
                && let Some(parameter) = operation.path_parameters.get(name)
            {
                parameter.check(name, value)?;
            }
        }
        for (name, value) in queries {
            let parameter = operation.query.get(name);
            parameter.ok_or_else(|| format!("the parameter {name} is not described"))?.check(name, value)?;
        }
        let missing = operation
            .query
            .iter()
            .find(|(name, parameter)| parameter.required && !queries.iter().any(|(given, _)| given == *name));
        if let Some((name, _)) = missing {
            return Err(format!("the parameter {name} is required"));
        }
        match &operation.body {
            None if body.is_null() => Ok(()),
            None => Err("a body is not described".to_owned()),
            Some(Body::One(validator)) => problem(validator, body, "the body"),
            Some(Body::By(field, kinds)) => {
                let kind = body[field.as_str()].as_str().and_then(|kind| kinds.get(kind));
                problem(kind.ok_or_else(|| format!("{field} is none of those described"))?, body, "the body")
            }
        }
    }
}

impl Operation {
    fn of(description: &Value, (method, path): (&str, &str), operation: &Value) -> Result<Self, String> {
        let segments = path.split('/').skip(1).map(|segment| {
            let name = segment.strip_prefix('{').and_then(|segment| segment.strip_suffix('}'));
            name.map_or_else(|| Segment::Fixed(segment.to_owned()), |name| Segment::Parameter(name.to_owned()))
        });
        let (mut path_parameters, mut query) = (HashMap::new(), HashMap::new());
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let parameter = resolved(description, parameter)?;
            let (name, place) = (text(parameter, "name")?, text(parameter, "in")?);
            let schema = &parameter["schema"];
            let kind = schema["type"].as_str().unwrap_or("string").to_owned();
            let required = parameter["required"] == true;
            let known = Parameter { kind, required, validator: validator(&whole(description, schema))? };
            match place.as_str() {
                "path" => path_parameters.insert(name, known),
                "query" => query.insert(name, known),
                _ => None,
            };
        }
        Ok(Self {
            method: method.to_owned(),
            path: segments.collect(),
            path_parameters,
            query,
            body: body(description, &operation["requestBody"])?,
        })
    }

    fn fits(&self, path: &[&str]) -> bool {
        self.path.len() == path.len()
            && self.path.iter().zip(path).all(|(segment, value)| match segment {
                Segment::Fixed(fixed) => fixed == value,
                Segment::Parameter(_) => !value.is_empty(),
            })
    }
}

impl Parameter {
    fn check(&self, name: &str, text: &str) -> Result<(), String> {
        let value = match self.kind.as_str() {
            "integer" => text.parse::<i64>().map_or_else(|_| text.into(), Value::from),
            "boolean" => text.parse::<bool>().map_or_else(|_| text.into(), Value::from),
            "array" => text.split(',').collect(),
            _ => text.into(),
        };
        problem(&self.validator, &value, &format!("the parameter {name}"))
    }
}

fn text(value: &Value, name: &str) -> Result<String, String> {
    value[name].as_str().map(str::to_owned).ok_or_else(|| format!("a parameter without {name}"))
}

fn resolved<'a>(description: &'a Value, value: &'a Value) -> Result<&'a Value, String> {
    match value["$ref"].as_str() {
        None => Ok(value),
        Some(reference) => {
            let there = reference.strip_prefix('#').and_then(|pointer| description.pointer(pointer));
            there.ok_or_else(|| format!("{reference} is not there"))
        }
    }
}

fn body(description: &Value, body: &Value) -> Result<Option<Body>, String> {
    let Some(content) = body["content"].as_object().and_then(|content| content.values().next()) else {
        return Ok(None);
    };
    let schema = &content["schema"];
    let discriminator = &resolved(description, schema)?["discriminator"];
    let Some(kinds) = discriminator["mapping"].as_object() else {
        return validator(&whole(description, schema)).map(|validator| Some(Body::One(validator)));
    };
    let kinds = kinds
        .iter()
        .map(|(kind, reference)| Ok((kind.clone(), validator(&whole(description, &json!({ "$ref": reference })))?)));
    let field = discriminator["propertyName"].as_str().unwrap_or_default().to_owned();
    Ok(Some(Body::By(field, kinds.collect::<Result<_, String>>()?)))
}

/// The schema with everything that it reaches.
fn whole(description: &Value, schema: &Value) -> Value {
    let mut reached = BTreeSet::new();
    let mut open = references(schema);
    while let Some(name) = open.pop() {
        if reached.insert(name.clone()) {
            open.extend(references(&description["components"]["schemas"][&name]));
        }
    }
    let schemas: Map<_, _> = reached
        .into_iter()
        .map(|name| {
            let schema = plain(&description["components"]["schemas"][&name]);
            (name, schema)
        })
        .collect();
    json!({ "allOf": [plain(schema)], "components": { "schemas": schemas } })
}

/// The names of the schemas to which this one refers.
fn references(value: &Value) -> Vec<String> {
    match value {
        Value::Object(fields) => {
            let here = fields.get("$ref").and_then(Value::as_str);
            let here = here.and_then(|reference| reference.strip_prefix("#/components/schemas/"));
            here.map(str::to_owned).into_iter().chain(fields.values().flat_map(references)).collect()
        }
        Value::Array(values) => values.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

/// As JSON Schema says it: null is a type of its own. Objects that are no part of others take no fields but theirs.
fn plain(schema: &Value) -> Value {
    match schema {
        Value::Object(fields) => {
            let kept = fields.iter().filter(|(name, _)| *name != "discriminator");
            let mut schema: Map<_, _> = kept.map(|(name, value)| (name.clone(), plain(value))).collect();
            if fields.get("nullable") == Some(&Value::Bool(true))
                && let Some(kind) = fields.get("type").filter(|kind| kind.is_string())
            {
                schema.insert("type".to_owned(), json!([kind, "null"]));
            }
            let is_part = ["allOf", "oneOf", "anyOf"].into_iter().any(|name| fields.contains_key(name));
            if fields.contains_key("properties") && fields.contains_key("description") && !is_part {
                schema.entry("additionalProperties").or_insert(false.into());
            }
            Value::Object(schema)
        }
        Value::Array(values) => values.iter().map(plain).collect(),
        other => other.clone(),
    }
}
