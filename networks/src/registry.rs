//! The networks there are. A new network is one line here.

use crate::bluesky::Bluesky;
use crate::facebook::Facebook;
use crate::google_business::GoogleBusiness;
use crate::instagram::Instagram;
use crate::linkedin::LinkedIn;
use crate::mastodon::Mastodon;
use crate::network::Network;
use crate::pinterest::Pinterest;
use crate::telegram::Telegram;
use crate::threads::Threads;
use crate::tiktok::TikTok;
use crate::x::X;
use crate::youtube::YouTube;

static NETWORKS: &[&dyn Network] = &[
    &Facebook,
    &Instagram,
    &Threads,
    &X,
    &LinkedIn,
    &TikTok,
    &YouTube,
    &Pinterest,
    &Telegram,
    &Bluesky,
    &Mastodon,
    &GoogleBusiness,
];

/// Every network, in the order people see them.
pub fn registry() -> &'static [&'static dyn Network] {
    NETWORKS
}

/// The network of that key.
pub fn network(key: &str) -> Option<&'static dyn Network> {
    NETWORKS.iter().copied().find(|network| network.capabilities().key.as_str() == key)
}

/// Every host at which networks have servers of their own: what a server must stand in for that is called, and looked at, in their
/// place.
pub fn hosts() -> Vec<String> {
    let hosts = registry().iter().flat_map(|network| network.capabilities().hosts);
    hosts.map(|host| (*host).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::NetworkKey;

    #[test]
    fn keys_are_unique_and_parse() {
        let mut seen = HashSet::new();
        for network in registry() {
            let key = network.capabilities().key;
            assert!(seen.insert(key), "{key} twice");
            assert_eq!(NetworkKey::parse(key.as_str()), Some(key));
        }
        assert_eq!(NetworkKey::parse("Bluesky"), None);
    }
}
