//! What leaves the API: answers by the plan of a selection, and as JSON.
//!
//! This is here, and nothing of it generic, because the crate of the API is hardly optimised (`docs/adr/0011`): written there, it took
//! a third of the time of a calendar month.

use async_graphql::indexmap::IndexMap;
use async_graphql::{Context, Name, Response, SelectionField, Value};

/// A response in JSON. Everything in it can be written.
pub fn to_json(response: &Response) -> Vec<u8> {
    let mut json = Vec::with_capacity(4096);
    match serde_json::to_writer(&mut json, response) {
        Ok(()) => json,
        // A map with keys other than strings, which a response has not.
        Err(_) => br#"{"data":null,"errors":[{"message":"The answer cannot be written."}]}"#.to_vec(),
    }
}

/// Which fields are wanted of an object, under which names, and what of each of them.
#[derive(Debug, Default)]
pub struct Plan<'a> {
    fields: Vec<(Name, &'a str, Plan<'a>)>,
}

impl<'a> Plan<'a> {
    /// What is wanted of the field that is being resolved.
    pub fn of(ctx: &'a Context<'_>) -> Self {
        let mut plan = Self::default();
        plan.add(&ctx.field());
        plan
    }

    fn add(&mut self, field: &SelectionField<'a>) {
        for wanted in field.selection_set() {
            let key = wanted.alias().unwrap_or_else(|| wanted.name());
            // Asked for twice under one name, it is one field with everything that is asked of either.
            if let Some((.., plan)) = self.fields.iter_mut().find(|(known, ..)| known.as_str() == key) {
                plan.add(&wanted);
            } else {
                let mut plan = Plan::default();
                plan.add(&wanted);
                self.fields.push((Name::new(key), wanted.name(), plan));
            }
        }
    }

    /// Whether a field is wanted of the object itself.
    pub fn wants(&self, name: &str) -> bool {
        self.fields.iter().any(|(_, field, _)| *field == name)
    }

    /// Whether a field is wanted of any object below.
    pub fn wants_below(&self, name: &str) -> bool {
        self.fields.iter().any(|(_, field, plan)| *field == name || plan.wants_below(name))
    }

    /// An object, of which each field is told by its name.
    pub fn object(&self, type_name: &str, field: &dyn Fn(&str, &Plan<'_>) -> Value) -> Value {
        let mut object = IndexMap::with_capacity(self.fields.len());
        for (key, name, plan) in &self.fields {
            let value = if *name == "__typename" { Value::String(type_name.to_owned()) } else { field(name, plan) };
            object.insert(key.clone(), value);
        }
        Value::Object(object)
    }
}
