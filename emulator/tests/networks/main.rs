//! Every emulated network against its connector: connecting, publishing each kind of post, going on after whatever breaks. What counts is
//! the network's ledger.

mod audience;
mod comments;
mod common;
mod described;
mod facebook;
mod google_business;
mod history;
mod instagram;
mod linkedin;
mod pinterest;
mod telegram;
mod threads;
mod tiktok;
mod written;
mod x;
mod youtube;
