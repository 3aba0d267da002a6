//! Short links, landing pages, conversions and what they are credited to, leads.

mod attribution;
mod conversion_mutations;
mod conversions;
mod endpoints;
mod landing;
mod landing_mutations;
mod lead_mutations;
mod leads;
mod link_mutations;
mod links;
mod loading;

pub use attribution::{AttributionModel, ConversionQuery};
pub use conversion_mutations::ConversionMutation;
pub use conversions::Conversion;
pub use endpoints::EndpointMutation;
pub use landing::{LandingPage, LandingQuery};
pub use landing_mutations::LandingMutation;
pub use lead_mutations::LeadMutation;
pub use leads::{Lead, LeadQuery};
pub use link_mutations::LinkMutation;
pub use links::{LinkQuery, TrackedLink};

use async_graphql::InputObject;
use diwan_domain::approvals::Money;

use super::scalars::Long;

/// What something is worth.
#[derive(InputObject)]
struct WorthInput {
    /// In the smallest unit of the currency, from 0 to 10^15.
    minor: Long,
    /// ISO 4217.
    currency: String,
}

impl WorthInput {
    fn into_domain(self) -> Money {
        Money { minor: self.minor.0, currency: self.currency }
    }
}
