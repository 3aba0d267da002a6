//! Answers that are whole before they are resolved: read in a statement or two, with nothing left to load.
//!
//! The library resolves each field of each row as a future of its own, with its context, its place in the path and the extensions
//! around it; for a page of thousands of fields that is most of the work of a request. Here the selection is read once, into a
//! [`Plan`], and each row is written by it. What comes out is the same: a test resolves one answer in both ways.

use std::borrow::Cow;
use std::marker::PhantomData;

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::resolver_utils::EnumType;
use async_graphql::{
    Context, ContextSelectionSet, ID, Name, OutputType, Positioned, ScalarType, SelectionField, ServerResult, Value,
};
use chrono::{DateTime, NaiveDate, Utc};

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
    pub fn object(&self, type_name: &str, field: impl Fn(&str, &Plan<'_>) -> Value) -> Value {
        let mut object = IndexMap::with_capacity(self.fields.len());
        for (key, name, plan) in &self.fields {
            let value = if *name == "__typename" { Value::String(type_name.to_owned()) } else { field(name, plan) };
            object.insert(key.clone(), value);
        }
        Value::Object(object)
    }
}

/// What can be written by a plan.
pub trait Plain {
    /// The value, as far as it is wanted.
    fn plain(&self, plan: &Plan<'_>) -> Value;
}

impl<T: Plain> Plain for Vec<T> {
    fn plain(&self, plan: &Plan<'_>) -> Value {
        Value::List(self.iter().map(|item| item.plain(plan)).collect())
    }
}

impl<T: Plain> Plain for Option<T> {
    fn plain(&self, plan: &Plan<'_>) -> Value {
        self.as_ref().map_or(Value::Null, |value| value.plain(plan))
    }
}

macro_rules! scalars {
    ($($kind:ty),*) => {
        $(impl Plain for $kind {
            fn plain(&self, _plan: &Plan<'_>) -> Value {
                self.to_value()
            }
        })*
    };
}

scalars!(String, bool, i32, ID, NaiveDate, DateTime<Utc>);

/// A value of an enumeration.
pub fn of_enum<T: EnumType>(value: T) -> Value {
    async_graphql::resolver_utils::enum_value(value)
}

/// Writes out how the fields of an object are told by name.
macro_rules! plain_object {
    ($kind:ty { $($name:literal => $field:ident),* $(,)? }) => {
        impl $crate::graphql::plain::Plain for $kind {
            fn plain(&self, plan: &$crate::graphql::plain::Plan<'_>) -> async_graphql::Value {
                plan.object(&<$kind as async_graphql::OutputType>::type_name(), |name, plan| match name {
                    $($name => $crate::graphql::plain::Plain::plain(&self.$field, plan),)*
                    _ => async_graphql::Value::Null,
                })
            }
        }
    };
}

/// Writes out that the values of enumerations are plain.
macro_rules! plain_enums {
    ($($kind:ty),*) => {
        $(impl $crate::graphql::plain::Plain for $kind {
            fn plain(&self, _plan: &$crate::graphql::plain::Plan<'_>) -> async_graphql::Value {
                $crate::graphql::plain::of_enum(*self)
            }
        })*
    };
}

pub(super) use {plain_enums, plain_object};

/// An object of type `T` that has been written already.
pub struct Written<T>(Value, PhantomData<fn() -> T>);

impl<T: Plain> Written<T> {
    /// Writes it.
    pub fn new(value: &T, plan: &Plan<'_>) -> Self {
        Self(value.plain(plan), PhantomData)
    }
}

#[async_trait::async_trait]
impl<T: OutputType> OutputType for Written<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(&self, _ctx: &ContextSelectionSet<'_>, _field: &Positioned<Field>) -> ServerResult<Value> {
        Ok(self.0.clone())
    }
}
