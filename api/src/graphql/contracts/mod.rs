//! Contracts.

mod end_mutations;
mod inputs;
mod loading;
mod mutations;
mod queries;
mod record;
mod templates;
mod types;

pub use end_mutations::ContractEndMutation;
pub use mutations::ContractMutation;
pub use queries::ContractQuery;
pub use templates::{ContractTemplate, ContractTemplateMutation};
pub use types::Contract;
