//! One suite of scenarios over every network, each with a real server on loopback. A network takes part through its
//! [`rig::Rig`]; servers that are not installed fail the suite and say which script installs them.

mod bluesky;
mod connecting;
mod exactly_once;
mod mastodon;
mod publishing;
mod real_oauth;
mod rig;
mod threads;
