//! Answers that are whole before they are resolved: read in a statement or two, with nothing left to load.
//!
//! The library resolves each field of each row as a future of its own, with its context, its place in the path and the extensions
//! around it; for a page of thousands of fields that is most of the work of a request. Here the selection is read once, into a
//! [`Plan`], and each row is written by it. What comes out is the same: a test resolves one answer in both ways.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::sync::Mutex;

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::resolver_utils::EnumType;
use async_graphql::{ContextSelectionSet, ID, OutputType, Positioned, ScalarType, ServerResult, Value};
use chrono::{DateTime, NaiveDate, Utc};
pub use diwan_gate::Plan;

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
                plan.object(&<$kind as async_graphql::OutputType>::type_name(), &|name, plan| match name {
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

/// An object of type `T` that has been written already. It is resolved once, and not copied for it.
pub struct Written<T>(Mutex<Value>, PhantomData<fn() -> T>);

impl<T: Plain> Written<T> {
    /// Writes it.
    pub fn new(value: &T, plan: &Plan<'_>) -> Self {
        Self(Mutex::new(value.plain(plan)), PhantomData)
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
        Ok(self.0.lock().map(|mut value| std::mem::take(&mut *value)).unwrap_or_default())
    }
}
