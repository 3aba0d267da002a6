//! Agency, people, brands.

mod agency;
mod brand;
mod brand_mutations;
mod groups;
mod members;
mod membership_mutations;
mod mutations;
mod people;
mod people_mutations;
mod queries;
mod types;

pub use agency::{Agency, AgencyMutation};
pub use brand::Brand;
pub use brand_mutations::BrandMutation;
pub use groups::{BrandGroup, GroupMutation, GroupQuery, brand_ids};
pub use members::Membership;
pub use membership_mutations::MembershipMutation;
pub use mutations::TenancyMutation;
pub use people::User;
pub use people_mutations::PeopleMutation;
pub use queries::TenancyQuery;
pub use types::{Action, CalendarSystem, Level, Locale, WeekStart};
