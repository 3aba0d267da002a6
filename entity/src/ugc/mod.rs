//! Content that users made, and what they allowed.

pub mod ugc_grant;
