//! Links by which one person does one thing without signing in.

pub mod public_link;
