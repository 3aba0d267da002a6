//! Pages for people who need not sign in: the secret in the address is the credential, as on the other pages (`pages.rs`). Each page is
//! for one purpose (`diwan_domain::public_links`). And landing pages, which are for everybody. Nothing here runs scripts.

mod deliverable;
mod frame;
mod landing;
mod linked;
mod negotiation;
mod proposal;
mod report;
mod sign;

use actix_web::web;

/// Where the pages are.
pub(super) fn routes(config: &mut web::ServiceConfig) {
    config.configure(deliverable::routes).configure(proposal::routes).configure(report::routes);
    config.configure(sign::routes).configure(negotiation::routes);
    config.configure(landing::routes);
}
