//! Contracts: their versions, what was said about them, their documents and signatures.

pub mod contract;
pub mod contract_comment;
pub mod contract_document;
pub mod contract_signature;
pub mod contract_template;
pub mod contract_version;
