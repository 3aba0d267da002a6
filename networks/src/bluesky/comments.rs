//! What people answer to a post: `app.bsky.feed.getPostThread`.
//! <https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/feed/getPostThread.json>
//!
//! The network tells the thread as a tree, cut where it is deep or wide: what is not in it need not be gone.

use serde_json::Value;

use super::wire::Xrpc;
use crate::call::{Step, read};
use crate::comments::{Comment, CommentPage, post_gone};
use crate::error::NetworkError;

/// How deep answers to answers are read; the most that the network takes is 1000.
const DEPTH: &str = "100";

/// Every answer to a post that the network tells.
pub async fn read_all(pds: &Xrpc<'_>, own_did: &str, uri: &str) -> Result<CommentPage, NetworkError> {
    let query = [("uri", uri), ("depth", DEPTH), ("parentHeight", "0")];
    let answer = match pds.query("app.bsky.feed.getPostThread", &query).await {
        Err(error) if error.name == "NotFound" => return Err(post_gone()),
        answer => answer?,
    };
    let told: Value = read(&answer, Step::Repeatable)?;
    Ok(CommentPage { comments: below(&told["thread"], uri, own_did), next: None, is_whole: false })
}

/// The answers below a post, level by level. What was blocked or is not found has no post.
fn below(thread: &Value, uri: &str, own_did: &str) -> Vec<Comment> {
    let mut comments = Vec::new();
    let mut open = vec![(thread, uri)];
    while let Some((node, above)) = open.pop() {
        for answer in node["replies"].as_array().into_iter().flatten() {
            if let Some(comment) = comment(&answer["post"], above, own_did) {
                comments.push(comment);
                open.push((answer, answer["post"]["uri"].as_str().unwrap_or_default()));
            }
        }
    }
    comments
}

fn comment(post: &Value, above: &str, own_did: &str) -> Option<Comment> {
    let author = &post["author"];
    let did = author["did"].as_str()?;
    let named = [&author["displayName"], &author["handle"]].into_iter().filter_map(Value::as_str);
    // Whoever writes says when; the network says when it saw it, and goes by the earlier of both.
    let times = [&post["record"]["createdAt"], &post["indexedAt"]].into_iter().filter_map(Value::as_str);
    Some(Comment {
        remote_id: post["uri"].as_str()?.to_owned(),
        in_reply_to: above.to_owned(),
        author_id: Some(did.to_owned()),
        author_name: named.filter(|name| !name.trim().is_empty()).map(str::to_owned).next(),
        is_own: did == own_did,
        text: post["record"]["text"].as_str().unwrap_or_default().to_owned(),
        at: times.filter_map(|at| at.parse().ok()).min()?,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_is_no_later_than_the_network_saw_it() {
        let at = |created: &str, indexed: &str| {
            let post = json!({ "uri": "at://one", "author": { "did": "did:amal" }, "indexedAt": indexed,
                "record": { "text": "how much?", "createdAt": created } });
            comment(&post, "at://root", "did:own").map(|one| one.at.to_rfc3339())
        };
        let (early, late) = ("2026-07-01T09:00:00.000Z", "2099-01-01T00:00:00.000Z");
        let expected = Some("2026-07-01T09:00:00+00:00".to_owned());
        assert_eq!(
            (at(late, early), at(early, late), at("soon", early)),
            (expected.clone(), expected.clone(), expected)
        );
    }

    #[test]
    fn answers_of_all_depths_are_told_with_what_they_answer() {
        let post = |uri: &str, did: &str, text: &str| {
            json!({ "uri": uri, "author": { "did": did, "handle": "h.example", "displayName": "" },
                "record": { "text": text, "createdAt": "2026-07-01T09:00:00.000Z" } })
        };
        let thread = json!({ "post": post("at://root", "did:own", "tea"), "replies": [
            { "post": post("at://one", "did:amal", "how much?"), "replies": [
                { "post": post("at://two", "did:own", "three"), "replies": [] },
            ] },
            { "$type": "app.bsky.feed.defs#blockedPost", "uri": "at://blocked", "blocked": true },
        ] });
        let told = below(&thread, "at://root", "did:own");
        let shown: Vec<_> =
            told.iter().map(|one| (one.remote_id.as_str(), one.in_reply_to.as_str(), one.is_own)).collect();
        assert_eq!(shown, [("at://one", "at://root", false), ("at://two", "at://one", true)]);
        assert_eq!(told[0].author_name.as_deref(), Some("h.example"));
        assert_eq!(
            (told[0].text.as_str(), told[0].at.to_rfc3339().as_str()),
            ("how much?", "2026-07-01T09:00:00+00:00")
        );
    }
}
