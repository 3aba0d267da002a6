//! Approving by one link: a client looks at a post and decides without signing in.
//!
//! - **The link** is its own credential: 256 random bits, of which the digest alone is kept. It is for one client and one request.
//! - **It comes** with the letters that ask the client ([`links_for`]), or is made by the team and handed over in another way.
//! - **It opens** what that client sees in that one brand, as they are now (`app.enter_review`), and lets them do three things about
//!   that one request: approve, ask for changes, comment. What they decide is decided by the engine as by anybody.
//! - **It ends** when it is revoked, after [`GOOD_FOR`], with the client's place, and when the request is taken back or void.
//! - **Opening spends nothing**: programs that look after mail open links, too. What is decided stays to be read until the end.
//! - **A page that is old** decides nothing: it names the step and the digest of what it showed, and both must be so still.

mod act;
mod content;
mod make;
mod show;

use chrono::Duration;

pub use act::{Act, Answer, Answered, answer_review};
pub use content::{Picture, ShownVariant};
pub(super) use make::links_for;
pub use make::{create_review_link, review_links_of_requests, revoke_review_link};
pub use show::{Ending, Look, Opened, Review, Said, Standing, Verdict, open_review, review_picture};

/// How long a link is good.
pub(super) const GOOD_FOR: Duration = Duration::days(14);
