//! What people say under a post, and what the account itself answers there.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::error::{ErrorKind, NetworkError};

/// A comment as a network shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Its id at the network.
    pub remote_id: String,
    /// The id of what it answers: a comment, or the post itself.
    pub in_reply_to: String,
    /// The id of who wrote it, where the network tells.
    pub author_id: Option<String>,
    /// Their name for people, where the network tells.
    pub author_name: Option<String>,
    /// Whether the account itself wrote it.
    pub is_own: bool,
    /// Its text without markup.
    pub text: String,
    /// When it was written.
    pub at: DateTime<Utc>,
}

/// Some of the comments under a post, of all depths; in any order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CommentPage {
    /// The comments.
    pub comments: Vec<Comment>,
    /// Where the next page begins; none after the last.
    pub next: Option<String>,
    /// Whether pages to the end hold all comments there are, so that one that is in none of them is gone.
    pub is_whole: bool,
}

/// What is asked for next where the answers to a comment are a list of their own.
pub(crate) enum Ask {
    /// Comments on the post: the first page, or the one that begins there.
    Comments(Option<String>),
    /// Answers to this comment, likewise.
    Answers(String, Option<String>),
}

/// How far such a reading came: what is left of answers, which is read first, and where the next page of comments begins.
#[derive(Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Walk {
    below: Vec<(String, Option<String>)>,
    next: Option<String>,
}

impl Walk {
    /// What is asked for now, and what is left after that. A place that is none is [`ErrorKind::Ask`]: the reading begins anew.
    pub(crate) fn go_on(from: Option<&str>) -> Result<(Ask, Self), NetworkError> {
        let Some(from) = from else { return Ok((Ask::Comments(None), Self::default())) };
        let unknown = |_| NetworkError::new(ErrorKind::Ask, "page_unknown", "no page of comments begins there");
        let mut walk: Self = serde_json::from_str(from).map_err(unknown)?;
        let ask = match walk.below.pop() {
            Some((comment, after)) => Ask::Answers(comment, after),
            None => Ask::Comments(walk.next.take()),
        };
        Ok((ask, walk))
    }

    /// More of this comment's answers are to be read: from the first on, or from there.
    pub(crate) fn answers(&mut self, comment: &str, after: Option<String>) {
        self.below.push((comment.to_owned(), after));
    }

    /// Where the next page of comments begins.
    pub(crate) fn comments(&mut self, next: Option<String>) {
        self.next = next;
    }

    /// A page that was read to here.
    pub(crate) fn page(self, comments: Vec<Comment>) -> CommentPage {
        let next = (self != Self::default()).then(|| serde_json::json!(self).to_string());
        CommentPage { comments, next, is_whole: true }
    }
}

/// The code of [`Network::read_comments`](crate::Network::read_comments) under a post that is not there.
pub const POST_GONE: &str = "post_gone";

/// What is answered of a post that is not there.
pub(crate) fn post_gone() -> NetworkError {
    NetworkError::new(ErrorKind::Content, POST_GONE, "the post is not there any more")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_before_the_next_comments() {
        let (ask, mut walk) = Walk::go_on(None).unwrap();
        assert!(matches!(ask, Ask::Comments(None)));
        walk.answers("one", None);
        walk.comments(Some("2".to_owned()));
        let next = walk.page(Vec::new()).next.unwrap();
        let (ask, mut walk) = Walk::go_on(Some(&next)).unwrap();
        assert!(matches!(ask, Ask::Answers(comment, None) if comment == "one"));
        walk.answers("one", Some("b".to_owned()));
        let next = walk.page(Vec::new()).next.unwrap();
        let (ask, walk) = Walk::go_on(Some(&next)).unwrap();
        assert!(matches!(ask, Ask::Answers(_, Some(after)) if after == "b"));
        let next = walk.page(Vec::new()).next.unwrap();
        let (ask, walk) = Walk::go_on(Some(&next)).unwrap();
        assert!(matches!(ask, Ask::Comments(Some(next)) if next == "2"));
        assert_eq!(walk.page(Vec::new()).next, None);
        assert_eq!(Walk::go_on(Some("17")).err().map(|error| error.kind), Some(ErrorKind::Ask));
    }
}
