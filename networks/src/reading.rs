//! How often a network lets its numbers and comments be read, as its documentation says.

use std::time::Duration;

/// So many requests in a time, of those that read numbers and comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// Which requests share it, as the network divides them; unlike any other of the network.
    pub name: &'static str,
    /// The most, in the unit that the network counts.
    pub most: u32,
    /// In any time as long as this.
    pub per: Duration,
    /// Who has it.
    pub of: RateLimitOf,
    /// What one request for numbers of posts takes of it, with as many posts as the network tells of at once.
    pub posts: u32,
    /// What the request for an account's own numbers takes of it.
    pub account: u32,
    /// What the request for a page of comments takes of it.
    pub comments: u32,
    /// Where the network says so.
    pub source: &'static str,
}

/// Who has a [`RateLimit`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RateLimitOf {
    /// Each account its own; those that are asked in the name of one person (`Limits::asks_as`) have one together.
    Account,
    /// All accounts together that are connected through the installation's application.
    Application,
    /// All accounts together of one server.
    Server,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::registry;

    #[test]
    fn every_limit_is_named_once_and_is_some_requests_with_a_source() {
        let mut limits = 0;
        for network in registry() {
            let capabilities = network.capabilities();
            let mut names = BTreeSet::new();
            for limit in capabilities.reads {
                let what = format!("{} {}", capabilities.key, limit.name);
                assert!(names.insert(limit.name), "{what} is there twice");
                assert!(limit.posts + limit.account + limit.comments > 0, "{what} limits nothing");
                assert!(
                    limit.posts.max(limit.account).max(limit.comments) <= limit.most,
                    "{what} does not allow one request"
                );
                assert!(limit.per.as_secs() >= 60 && limit.per.subsec_nanos() == 0, "{what} is for no whole minutes");
                assert!(limit.source.starts_with("https://"), "{what} has no source");
                limits += 1;
            }
        }
        assert!(limits >= 10, "{limits}");
    }
}
