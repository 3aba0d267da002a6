//! The networks there are. A new network is one line here.

use crate::bluesky::Bluesky;
use crate::mastodon::Mastodon;
use crate::network::Network;

static NETWORKS: &[&dyn Network] = &[
    &Bluesky, //
    &Mastodon,
];

/// Every network, in the order people see them.
pub fn registry() -> &'static [&'static dyn Network] {
    NETWORKS
}

/// The network of that key.
pub fn network(key: &str) -> Option<&'static dyn Network> {
    NETWORKS.iter().copied().find(|network| network.capabilities().key.as_str() == key)
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
