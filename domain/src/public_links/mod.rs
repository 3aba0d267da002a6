//! Links by which one person does one thing without signing in: discusses or signs a contract, answers a proposal, hands in a deliverable.
//!
//! - **The link** is its own credential: 256 random bits, of which the digest alone is kept. It has one purpose and one subject; the
//!   page of another purpose does not know it.
//! - **It opens** the scope of its brand as a job has it (`app.enter_public_link`). Nothing there tells who may do what, so whoever
//!   opens a link shows and writes its subject alone.
//! - **It ends** when it is revoked, when its time is over, when its brand is archived, and with the account of whoever it is for.
//!   A link of an unknown secret reads like one of a brand that is gone.
//! - **Opening spends nothing**: programs that look after mail open links, too. What was done by it stays to be read until the end.

mod make;
mod open;

use chrono::Duration;

pub(crate) use make::{LinkFor, NewLink, Whose, make, revoke_of};
pub use open::{Answered, LinkEnding, Opened};
pub(crate) use open::{Found, Outcome, PublicLink, act, find, open, used};

/// How long a link is good, unless its subject says otherwise.
pub(crate) const GOOD_FOR: Duration = Duration::days(30);

/// Something that was said on a page or to whoever reads it. Times are in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// Who.
    pub by: String,
    /// When, in words.
    pub at: String,
    /// What.
    pub text: String,
}

/// A text that was typed into a page, with the line ends of ours.
pub(crate) fn typed(text: &str) -> String {
    text.replace("\r\n", "\n")
}

/// Who is at the other end of a page, as far as it can be known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Caller {
    /// The address on the network: what is written down with a signature.
    pub address: String,
    /// What their program calls itself, as it was sent.
    pub user_agent: String,
}
