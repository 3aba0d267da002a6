//! What is let into the API, measured, priced and counted before anything of it is kept or run; and how answers leave it.
//!
//! It knows nothing of the schema and of the domain, so that its tests need not wait for them.

mod answer;
mod document;
mod frames;
mod peer;
mod rate;
mod text;

pub use answer::{Plan, to_json};
pub use document::{Document, read_document};
pub use frames::{Allowance, Frames};
pub use peer::stranger;
pub use rate::{Meter, RateLimit, RateLimiter, refusal_price};

/// The longest request body, in bytes.
pub const MAX_DOCUMENT_BYTES: usize = 256 * 1024;
/// The deepest nesting of fields. The introspection query of common clients nests 13 deep.
pub const MAX_DEPTH: usize = 16;
/// The most points that one operation may cost: one per field, rows of lists multiplied; at least what its document weighs.
pub const MAX_COMPLEXITY: usize = 20_000;
/// How deep selections nest, fragments among them.
pub const MAX_RECURSION: usize = 32;
/// The most directives in one place.
pub const MAX_DIRECTIVES: usize = 8;
/// The most arguments of one field.
pub const MAX_ARGUMENTS: usize = 32;
/// The most variables of one operation.
pub const MAX_VARIABLES: usize = 100;
/// The most aliases in one document, those in fragments as often as they are spread.
pub const MAX_ALIASES: usize = 40;
/// The most mutations in one operation.
pub const MAX_MUTATIONS: usize = 20;
/// The most selections and values in one document, those in fragments as often as they are spread.
pub const MAX_WEIGHT: usize = 20_000;
/// The most times that one selection asks for `__typename`: once is enough, and fragments have their own.
pub const MAX_TYPENAMES: usize = 40;

/// A top-level error with a code.
pub fn request_error(code: &'static str, message: impl Into<String>) -> async_graphql::Error {
    use async_graphql::ErrorExtensions as _;
    async_graphql::Error::new(message).extend_with(|_, extensions| extensions.set("code", code))
}
