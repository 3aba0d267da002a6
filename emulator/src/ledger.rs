//! What happened on the networks, in order. Nothing is ever taken out of it: a deletion is one more entry.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What kind of change it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EffectKind {
    /// A post came to be, also one of a thread.
    Post,
    /// A comment came to be.
    Comment,
    /// The text of a post or comment became another.
    Edit,
    /// A post or comment was deleted.
    Delete,
}

/// A medium as the network saw it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenMedia {
    /// Its media type.
    pub mime: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its description.
    pub alt_text: Option<String>,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Effect {
    /// The network's key.
    pub network: String,
    /// The name of the account.
    pub account: String,
    /// What kind of change.
    pub kind: EffectKind,
    /// The network's id of the post or comment that came to be, or that was changed.
    pub id: String,
    /// The id of what it answers.
    pub parent: Option<String>,
    /// The text. Of an edit, the new one.
    pub text: String,
    /// The media, in order.
    pub media: Vec<SeenMedia>,
    /// What else was said: title, link, privacy, format…
    pub detail: Value,
    /// When.
    pub at: DateTime<Utc>,
}

/// All changes so far, found by what they are asked for: many thousands are looked through at each post.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    effects: Vec<Effect>,
    /// The places of what concerns one post or comment, by network and id.
    by_id: HashMap<(String, String), Vec<usize>>,
    /// The places of posts, by network and account.
    posts: HashMap<(String, String), Vec<usize>>,
}

impl Ledger {
    pub(crate) fn record(&mut self, effect: Effect) {
        let place = self.effects.len();
        self.by_id.entry((effect.network.clone(), effect.id.clone())).or_default().push(place);
        if effect.kind == EffectKind::Post {
            self.posts.entry((effect.network.clone(), effect.account.clone())).or_default().push(place);
        }
        self.effects.push(effect);
    }

    pub(crate) fn effects(&self) -> &[Effect] {
        &self.effects
    }

    /// The posts of an account that were not deleted, oldest first, with their edits applied.
    pub(crate) fn posts_of(&self, network: &str, account: &str) -> Vec<Effect> {
        let places = self.posts.get(&(network.to_owned(), account.to_owned())).into_iter().flatten();
        places.filter_map(|place| self.as_it_is(&self.effects[*place])).collect()
    }

    /// What `pick` finds in the posts of an account, oldest first, as they were made, also in those that were deleted.
    pub(crate) fn pick<T>(&self, network: &str, account: &str, pick: impl FnMut(&Effect) -> Option<T>) -> Vec<T> {
        let places = self.posts.get(&(network.to_owned(), account.to_owned())).into_iter().flatten();
        places.map(|place| &self.effects[*place]).filter_map(pick).collect()
    }

    /// The post or comment with this id, unless it was deleted, with its edits applied.
    pub(crate) fn find(&self, network: &str, id: &str) -> Option<Effect> {
        let made = |effect: &&Effect| matches!(effect.kind, EffectKind::Post | EffectKind::Comment);
        self.of(network, id).find(made).and_then(|made| self.as_it_is(made))
    }

    /// What later changes made of a post or comment; none when it was deleted.
    fn as_it_is(&self, made: &Effect) -> Option<Effect> {
        let mut now = made.clone();
        for change in self.of(&made.network, &made.id) {
            match change.kind {
                EffectKind::Delete => return None,
                EffectKind::Edit => now.text.clone_from(&change.text),
                EffectKind::Post | EffectKind::Comment => {}
            }
        }
        Some(now)
    }

    fn of(&self, network: &str, id: &str) -> impl Iterator<Item = &Effect> {
        let places = self.by_id.get(&(network.to_owned(), id.to_owned())).into_iter().flatten();
        places.map(|place| &self.effects[*place])
    }
}
