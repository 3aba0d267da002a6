//! Texts with variables, and hashtags that go together.

mod mutations;
mod queries;
mod set_mutations;
mod types;

pub use mutations::TemplateMutation;
pub use queries::TemplateQuery;
pub use set_mutations::HashtagSetMutation;
pub use types::{ContentTemplate, HashtagSet};
