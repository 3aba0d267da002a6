//! Proposals: what a client is offered, reviewed by the team, sent, and accepted by the client.
//!
//! Decided here:
//! - A proposal goes `DRAFT -> IN_REVIEW -> SENT -> VIEWED -> ACCEPTED`, or ends `DECLINED`, `EXPIRED` or `WITHDRAWN`; [`STEPS`] is the
//!   whole table. What ended without a yes may become a draft again, as another version. Seen is what the page showed to somebody: it may
//!   be a program that looks after the client's mail.
//! - Each change is another version, kept whole with its lines ([`compare_versions`]). It is changed before it is sent alone; a change
//!   takes away what was asked for or approved.
//! - The review climbs the ladder of limits by what is taken off the prices, of all lines. Whoever wrote a version is an author. Reviewed,
//!   it stays in review until somebody sends it.
//! - Amounts are reckoned by line and rounded there (`price.rs`); totals are sums. Options are lines that the client may take or leave.
//! - The client reads, comments, accepts or declines by a link ([`open_proposal`], [`answer_proposal`]), or reads as a member of the brand.
//!   The name for the team, categories of lines and planned costs of campaigns are not shown to them.
//! - It can be accepted until the end of its last day in the brand's time zone, by the clock; a job writes that down.
//! - Acceptance keeps the document word for word with the options that were taken, and its SHA-256. It opens the project with its work
//!   breakdown, a budget with a line for each category, allocated with what was agreed without tax, and the campaigns, planned; on behalf
//!   of whoever sent it. All of it or nothing, and once. A job makes the signed file of it afterwards and writes to the client where it
//!   is; `diwan verify proposal` reckons the digests anew.
//! - A link that was lost is made anew; the one before is dead.
//!
//! Locks are taken in one order: the proposal, its approval, then budget and lines.

mod accept;
mod comments;
mod compare;
mod content;
mod document;
mod expire_job;
mod letters;
mod page;
mod price;
mod queries;
mod render_job;
mod resend;
mod review;
mod send;
mod signed_job;
mod state;
mod templates;
mod verify;
mod write;

/// The most that is said about a proposal, in comments.
const MOST_COMMENTS: u64 = 500;

pub use comments::comment_on_proposal;
pub use compare::{Comparison, Part, ProposalChange, compare_versions, reads_whole};
pub use content::{CampaignPlan, LineContent, MOST_LINES, Offer, ProposalContent, Section, offer_of};
pub use expire_job::ExpireProposal;
pub use page::{
    ClientAct, ClientAnswer, ProposalPage, Signed, Term, answer_proposal, open_proposal, open_proposal_page_accepted,
    open_proposal_page_file,
};
pub use price::{Discount, Priced, Totals, amount, decimal, in_digits, percent, priced};
pub use queries::{
    acceptances_of_proposals, comments_by_ids, comments_of_proposals, lines_of_versions, proposal_templates, proposals,
    proposals_by_ids, templates_by_ids, versions_by_ids, versions_of_proposals,
};
pub use render_job::{OpenedProposal, PDF_KIND, RenderProposal, open_proposal_file, proposal_file_link};
pub use resend::resend_proposal_link;
pub use review::submit_proposal;
pub(crate) use review::{lock_proposal, proposal_reviewed};
pub use send::{Sending, revise_proposal, send_proposal, withdraw_proposal};
pub use signed_job::{RenderAcceptance, acceptance_file_link, open_acceptance_file};
pub use state::{STEPS, may_step};
pub use templates::{archive_proposal_template, content_of, create_proposal_from_template, save_proposal_template};
pub use verify::{brand_of_proposal, verify_proposal};
pub use write::{create_proposal, update_proposal};
