//! Chats and what is said in them.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{Bot, KEY};
use crate::world::World;

/// Ids of channels and supergroups begin with this.
const FIRST_CHAT: i64 = -1_000_000_000_000;

/// A channel or a supergroup.
#[derive(Debug, Clone)]
pub(super) struct Chat {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) kind: &'static str,
}

/// What can be changed of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Words {
    Text,
    Caption,
    Poll,
}

/// A message that is there.
#[derive(Debug, Clone)]
pub(super) struct Message {
    /// The id of the post in the ledger: an album is one post.
    pub(super) post: String,
    pub(super) words: Words,
    pub(super) text: String,
    /// How a link is shown, or a caption stands.
    pub(super) shown: Value,
}

/// What is gone.
pub(super) enum Removed {
    /// There was no such message.
    Nothing,
    /// A message of an album, of which others are left.
    Part,
    /// The last message of this post.
    Post(String),
}

/// What the network alone knows.
#[derive(Debug, Default)]
pub(super) struct State {
    chats: HashMap<i64, Chat>,
    last: HashMap<i64, i64>,
    messages: HashMap<(i64, i64), Message>,
}

/// Whether this can be a user name. <https://telegram.org/faq#usernames>
pub(super) fn is_name(name: &str) -> bool {
    (5..=32).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

impl Chat {
    pub(super) fn is_of(&self, bot: &Bot) -> bool {
        self.name.eq_ignore_ascii_case(&bot.home)
    }

    pub(super) fn to_json(&self) -> Value {
        json!({ "id": self.id, "type": self.kind, "title": self.name, "username": self.name })
    }
}

impl State {
    /// The chat of this id or `@name`.
    pub(super) fn chat(&mut self, named: &str, world: &World) -> Option<Chat> {
        let Some(name) = named.strip_prefix('@') else {
            return self.chats.get(&named.parse().ok()?).cloned();
        };
        if !is_name(name) {
            return None;
        }
        let number = i64::try_from(world.account(KEY, name).0 % 10_000_000_000).ok()?;
        let kind = if name.ends_with("group") { "supergroup" } else { "channel" };
        let chat = Chat { id: FIRST_CHAT - number, name: name.to_owned(), kind };
        Some(self.chats.entry(chat.id).or_insert(chat).clone())
    }

    /// The ids of as many new messages.
    pub(super) fn next(&mut self, chat: &Chat, messages: usize) -> Vec<i64> {
        let last = self.last.entry(chat.id).or_insert(0);
        let ids = (0..messages).map(|_| {
            *last += 1;
            *last
        });
        ids.collect()
    }

    pub(super) fn keep(&mut self, chat: &Chat, id: i64, message: Message) {
        self.messages.insert((chat.id, id), message);
    }

    pub(super) fn message(&mut self, chat: &Chat, id: i64) -> Option<&mut Message> {
        self.messages.get_mut(&(chat.id, id))
    }

    /// Takes a message away.
    pub(super) fn remove(&mut self, chat: &Chat, id: i64) -> Removed {
        let Some(message) = self.messages.remove(&(chat.id, id)) else { return Removed::Nothing };
        let is_left = self.messages.values().any(|other| other.post == message.post);
        if is_left { Removed::Part } else { Removed::Post(message.post) }
    }
}
