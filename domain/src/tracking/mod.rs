//! Tracked links, landing pages, conversions, attribution, leads: who came from where, and what it was worth.
//!
//! Decided here:
//! - A short link is followed by strangers. What is kept of that is a count per quarter of an hour, host of the page before and kind
//!   of device: no address, no cookie, nothing of a person. Programs and what a browser fetches ahead do not count ([`Visit`]).
//! - The parameters of a link (UTM) come from the brand's convention, unless the link says its own. A parameter of a template that
//!   uses what the link has not (a campaign, say) is left out, never half filled in.
//! - A conversion is what its sender says: when, what it was worth, and which links were followed before. It is recorded once per
//!   source and id; the same again is no second one, and something else under that id is refused. What was recorded stays.
//! - Attribution has a model, which every figure names: the first touch, the last, or all in equal parts ([`Model`]). Parts are whole
//!   minor units; what is left over goes to the earliest touches, one unit each (`app.share_of`), so that the parts are the whole.
//!   Touches count however long ago they were: the sender decides how far back it looks. A form of a landing page that no link led to
//!   is credited to the campaign of the page and to the source that its address named; what nothing led to is shown as such.
//! - Amounts are never added across currencies.
//! - How to reach a lead is sealed, is never on the audit trail, and is erased by an update without it.

mod address;
mod attribution;
mod clicks;
mod code;
mod contact;
mod convention;
mod conversion;
mod endpoints;
mod follow;
mod hook;
mod import;
mod landing;
mod lead_steps;
mod leads;
mod links;
mod queries;
mod record;
mod table;

pub use address::Utm;
pub use attribution::{Asked, Attribution, By, Credited, Key, Model, attribution};
pub(crate) use attribution::{Attributed, attributed_value};
pub use clicks::{Clicks, link_clicks};
pub use contact::Contact;
pub use convention::{ConventionTemplates, set_utm_convention, utm_convention};
pub use conversion::{MOST_CONVERSIONS, NewConversion, Touch};
pub use endpoints::{MOST_ENDPOINTS, conversion_endpoints, create_conversion_endpoint, delete_conversion_endpoint};
pub use follow::{Visit, follow_link};
pub use hook::{MOST_HOOK_BYTES, Signed, receive_conversions};
pub use import::{
    ConversionReceiver, RequestedConversions, conversion_import, receive_conversion_import, refused_rows,
    request_conversion_import,
};
pub use landing::{
    AskedField, Block, BlockKind, CallToAction, CameBy, FormField, LandingCall, LandingContent, LandingFilter,
    LandingForm, LandingImage, LandingNumbers, LandingPicture, LandingThanks, LandingView, SentForm, SubmittedForm,
    VisitedPage, archive_landing_page, asked_of, blocks_of, create_landing_page, landing_numbers, landing_pages,
    landing_pages_by_ids, landing_picture, landing_submissions_by_ids, landing_thanks, publish_landing_page,
    restore_landing_page, submit_landing_form, update_landing_page, visit_landing_page,
};
pub use lead_steps::{Closing, close_lead, hand_over_lead, qualify_lead};
pub use leads::{LeadContent, NewLead, contact_of, create_lead, update_lead};
pub use links::{LinkContent, archive_tracked_link, create_tracked_link, restore_tracked_link, update_tracked_link};
pub use queries::{
    ConversionFilter, LinkFilter, conversions, conversions_by_ids, leads, leads_by_ids, touches_of, tracked_links,
    tracked_links_by_ids,
};
pub use record::{Batch, Outcome, Recorded, record_conversions};
