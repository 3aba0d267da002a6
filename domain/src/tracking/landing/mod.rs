//! Landing pages: pages of a brand at an address of their own that ask visitors to do one thing, to follow a link or to fill in a form.
//!
//! Decided here:
//! - A page is plain: headings, texts and lists, which are shown as they are written, never read as HTML, and one picture with words for
//!   those who do not see it. Its address has a random part, so that nobody finds a page by trying; drafts have no public address.
//! - A draft is anybody's to write; what is published is changed, published and put away by those who answer for it.
//! - A visit is counted as the click of a link is ([`Visit`](super::Visit)): no cookie, nothing of a person, no programs.
//! - A form is shown with a ticket that we sign: for this page, for a day. Its id is that of the submission, so that whatever is sent
//!   twice counts once. A field that people do not see catches programs: they are told that it worked, and nothing is kept.
//! - What is filled in becomes a conversion and a lead at once, with what was agreed to and the parameters of the address. Where the
//!   visitor came by a short link of the brand, that link is its touch; otherwise the campaign of the page and the source that the
//!   address names are credited.

mod content;
mod pages;
mod queries;
mod submit;
mod visit;

pub use content::{
    AskedField, Block, BlockKind, CallToAction, FormField, LandingContent, LandingImage, asked_of, blocks_of,
};
pub use pages::{
    archive_landing_page, create_landing_page, publish_landing_page, restore_landing_page, update_landing_page,
};
pub use queries::{
    LandingFilter, LandingNumbers, landing_numbers, landing_pages, landing_pages_by_ids, landing_submissions_by_ids,
};
pub use submit::{SentForm, SubmittedForm, submit_landing_form};
pub use visit::{
    CameBy, LandingCall, LandingForm, LandingPicture, LandingThanks, LandingView, VisitedPage, landing_picture,
    landing_thanks, visit_landing_page,
};
