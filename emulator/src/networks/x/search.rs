//! Searching for posts of the last seven days. <https://docs.x.com/x-api/posts/search-recent-posts>
//!
//! Of the operators, only `conversation_id:` is served, and alone.

use chrono::TimeDelta;
use serde_json::json;

use super::posts::{FIELDS, post_json};
use super::{KEY, fields, granted, invalid, only, username};
use crate::answer::Answer;
use crate::call::Call;
use crate::ledger::{Effect, EffectKind};
use crate::visitors::below;
use crate::world::World;

/// How far back a search goes.
const RECENT: TimeDelta = TimeDelta::days(7);

/// The posts of a conversation, newest first.
pub fn recent(call: &Call, world: &World) -> Result<Answer, Answer> {
    let known = [
        "query",
        "max_results",
        "next_token",
        "sort_order",
        "start_time",
        "end_time",
        "tweet.fields",
        "expansions",
        "user.fields",
    ];
    only(call, &known)?;
    granted(call, world, &["tweet.read", "users.read"])?;
    let asked = fields(call, "tweet.fields", &FIELDS)?;
    let expanded = fields(call, "expansions", &["author_id"])?;
    fields(call, "user.fields", &["id", "name", "username"])?;
    let conversation = call.query("query").and_then(|query| query.strip_prefix("conversation_id:"));
    let conversation = conversation.filter(|id| !id.is_empty() && id.chars().all(|c| c.is_ascii_digit()));
    let conversation = conversation.ok_or_else(|| invalid("The `query` query parameter value is not understood"))?;
    let most: usize = call.query("max_results").map_or(Ok(10), |most| {
        let most = most.parse().ok().filter(|most| (10..=100).contains(most));
        most.ok_or_else(|| invalid("The `max_results` query parameter value is not between 10 and 100"))
    })?;
    let from: usize = call.query("next_token").map_or(Ok(0), |from| {
        from.parse().map_err(|_| invalid("The `next_token` query parameter value is not valid"))
    })?;
    let since = world.now() - RECENT;
    let post = world.find(KEY, conversation).filter(|post| post.kind == EffectKind::Post);
    let mut posts: Vec<Effect> = post.into_iter().chain(below(world, KEY, conversation)).collect();
    posts.retain(|post| post.at >= since);
    posts.reverse();
    let page: Vec<&Effect> = posts.iter().skip(from).take(most).collect();
    let mut body = json!({ "meta": { "result_count": page.len() } });
    if from + page.len() < posts.len() {
        body["meta"]["next_token"] = json!((from + page.len()).to_string());
    }
    if !page.is_empty() {
        body["data"] = page.iter().map(|post| post_json(post, &asked, world)).collect();
        if expanded.contains(&"author_id") {
            let mut names: Vec<&str> = page.iter().map(|post| post.account.as_str()).collect();
            names.sort_unstable();
            names.dedup();
            let users = names.into_iter().map(
                |name| json!({ "id": world.account(KEY, name).to_string(), "name": name, "username": username(name) }),
            );
            body["includes"] = json!({ "users": users.collect::<Vec<_>>() });
        }
    }
    Ok(Answer::json(200, &body))
}
