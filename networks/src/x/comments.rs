//! What is answered to a post, of all depths: those of the last seven days, which are all that a search for recent posts finds.
//! <https://docs.x.com/x-api/posts/search-recent-posts>, <https://docs.x.com/x-api/fundamentals/conversation-id>
//!
//! A person's token may search, with the scopes `tweet.read` and `users.read`; each post that is told counts towards what the application
//! has bought. <https://docs.x.com/x-api/fundamentals/post-cap>

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::wire::Api;
use crate::call::{Step, read};
use crate::comments::{Comment, CommentPage};
use crate::error::NetworkError;

#[derive(Deserialize)]
struct Told {
    #[serde(default = "Vec::new")]
    data: Vec<Said>,
    #[serde(default)]
    includes: Includes,
    #[serde(default)]
    meta: Meta,
}

#[derive(Deserialize, Default)]
struct Includes {
    #[serde(default)]
    users: Vec<Author>,
}

#[derive(Deserialize, Default)]
struct Meta {
    next_token: Option<String>,
}

#[derive(Deserialize)]
struct Author {
    id: String,
    #[serde(default)]
    name: String,
    username: String,
}

#[derive(Deserialize)]
struct Said {
    id: String,
    text: String,
    author_id: String,
    created_at: DateTime<Utc>,
    note_tweet: Option<Whole>,
    #[serde(default)]
    referenced_tweets: Vec<Reference>,
}

/// The whole of a long text, of which `text` holds the beginning.
#[derive(Deserialize)]
struct Whole {
    text: String,
}

#[derive(Deserialize)]
struct Reference {
    #[serde(rename = "type")]
    kind: String,
    id: String,
}

impl Said {
    /// None of what answers nothing: the post itself.
    fn comment(self, own_id: &str, names: &HashMap<String, String>) -> Option<Comment> {
        let answered = self.referenced_tweets.into_iter().find(|reference| reference.kind == "replied_to")?;
        Some(Comment {
            remote_id: self.id,
            in_reply_to: answered.id,
            is_own: self.author_id == own_id,
            author_name: names.get(&self.author_id).cloned(),
            author_id: Some(self.author_id),
            text: self.note_tweet.map_or(self.text, |whole| whole.text),
            at: self.created_at,
        })
    }
}

/// One page of the answers to a post.
pub(super) async fn read_page(
    api: &Api<'_>,
    own_id: &str,
    (post, from): (&str, Option<&str>),
) -> Result<CommentPage, NetworkError> {
    // Ids are digits; whatever else one were would be another question.
    let asked: String = post.chars().filter(char::is_ascii_digit).collect();
    let search = format!("conversation_id:{asked}");
    let mut query = vec![
        ("query", search.as_str()),
        ("max_results", "100"),
        ("tweet.fields", "author_id,created_at,note_tweet,referenced_tweets"),
        ("expansions", "author_id"),
        ("user.fields", "name,username"),
    ];
    query.extend(from.map(|from| ("next_token", from)));
    let request = api.get("/2/tweets/search/recent")?.query(&query);
    let told: Told = read(&api.send(request, Step::Repeatable).await?, Step::Repeatable)?;
    let named = |author: Author| (author.id, if author.name.is_empty() { author.username } else { author.name });
    let names: HashMap<String, String> = told.includes.users.into_iter().map(named).collect();
    let comments = told.data.into_iter().filter_map(|said| said.comment(own_id, &names)).collect();
    // What is older than seven days is there as before.
    Ok(CommentPage { comments, next: told.meta.next_token, is_whole: false })
}
