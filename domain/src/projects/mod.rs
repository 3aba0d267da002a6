//! Projects: the work that was agreed with a client, with its breakdown, its budget and its campaigns.
//!
//! Decided here:
//! - A project is opened by an accepted proposal, in the transaction that accepts it ([`open_project`]), once.
//! - Its work breakdown is a tree, numbered 1, 1.1, 1.1.1 in the order of the scope that was agreed. It is at most five deep.
//! - A project is closed with lessons. What is closed does not change any more; its budget is closed by itself.
//! - Projects are the team's: freelancers and clients see none. The client reads the title, never the name.

mod close;
mod open;
mod plan;
mod queries;

pub use close::close_project;
pub(crate) use open::{NewProject, open_project};
pub use plan::{MOST_WORK_ITEMS, Numbered, ProjectPlan, WorkContent, numbered};
pub use queries::{
    ProjectFilter, campaigns_of_projects, projects, projects_by_ids, work_items_by_ids, work_items_of_projects,
};
