//! The transport: actix-web and async-graphql. It authenticates, limits, maps in, calls the domain, maps out; no rules.

mod app;
mod graphql;
mod rest;
mod state;

pub use app::{ApiOptions, Listening, serve};
pub use graphql::schema_sdl;
