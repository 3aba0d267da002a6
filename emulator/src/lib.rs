//! Stands in for the networks that cannot be run here.
//!
//! One server on loopback that answers for the hosts of many networks: a request for `https://host/path` comes to it as
//! `/host/path`. Each network is a [`Service`], as strict as the network's documentation says the network is. What was
//! published is kept in a ledger ([`World`]) and shown on a timeline for people; faults are set by [`FaultRule`], from
//! code or over the control API. `docs/EMULATOR.md` is the guide.

mod answer;
mod call;
mod control;
mod descriptions;
mod emulator;
mod faults;
mod fetch;
mod journal;
mod ledger;
mod limits;
mod media;
mod networks;
mod oauth;
mod pages;
mod requests;
mod server;
mod service;
mod timeline;
mod tokens;
mod visitors;
mod world;

pub use answer::Answer;
pub use call::{Call, Field, Measured};
pub use descriptions::described_services;
pub use emulator::{Emulator, EmulatorOptions};
pub use faults::{Fault, FaultRule, PlacedFault};
pub use fetch::Fetched;
pub use ledger::{Effect, EffectKind, SeenMedia};
pub use limits::{READ_LIMITS, ReadLimit, ReadLimitOf, ReadLimitSeen};
pub use media::image_size;
pub use networks::services;
pub use oauth::{CLIENT_ID, CLIENT_SECRET, OAuth};
pub use requests::{Outcome, Recorded};
pub use service::Service;
pub use tokens::{Granted, TokenKind, TokenTrouble};
pub use world::{AccountId, World};
