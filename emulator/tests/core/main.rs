//! The emulator's core, with a small network that is there for these tests alone.

mod control;
mod faults;
mod ledger;
mod media;
mod mini;
mod oauth;
mod running;
mod timeline;
