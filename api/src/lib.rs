//! The transport: actix-web and async-graphql. It authenticates, limits, maps in, calls the domain, maps out; no rules.

mod app;
mod graphql;
mod rest;
mod state;

pub use app::{ApiOptions, Listening, serve};
pub use graphql::{Schema, build_schema, schema_sdl};
// For a test, which resolves one answer in both ways.
#[doc(hidden)]
pub use graphql::{CalendarView, Plan, Written};
