//! Comments. <https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/comments-api>

use serde_json::{Value, json};

use super::posts::author_of;
use super::{KEY, acting, illegal, no_more, nothing_here, reading, refused};
use crate::answer::Answer;
use crate::call::Call;
use crate::ledger::{Effect, EffectKind};
use crate::visitors::{root, under};
use crate::world::World;

/// The longest comment, in units of UTF-16.
const TEXT: usize = 1250;

/// Comments on a post.
pub async fn create(mut call: Call, world: &World, post: &str) -> Result<Answer, Answer> {
    let body = call.json().await?;
    no_more(&body, &["actor", "object", "message", "content", "parentComment"])?;
    no_more(&body["message"], &["text", "attributes"])?;
    let actor = body["actor"].as_str().ok_or_else(|| illegal("actor is required"))?;
    let name = acting(&call, world, actor)?;
    if body["object"] != post {
        return Err(illegal("object must be what is commented on"));
    }
    let text = body["message"]["text"].as_str().unwrap_or_default();
    if text.trim().is_empty() {
        return Err(illegal("message.text is required"));
    }
    if text.encode_utf16().count() > TEXT {
        return Err(refused(400, "FIELD_LENGTH_TOO_LONG", "message.text has more than 1250 characters"));
    }
    world.find(KEY, post).filter(|found| found.kind == EffectKind::Post).ok_or_else(nothing_here)?;
    let id = world.new_id();
    let effect = Effect {
        network: KEY.to_owned(),
        account: name,
        kind: EffectKind::Comment,
        id: urn(post, &id.to_string()),
        parent: Some(post.to_owned()),
        text: text.to_owned(),
        media: Vec::new(),
        detail: json!({ "author": actor }),
        at: world.now(),
    };
    let made = comment_json(&effect, world);
    world.record(effect);
    Ok(Answer::json(201, &made).header("x-restli-id", id.to_string()))
}

/// A comment is named after the activity that its post is.
fn urn(post: &str, id: &str) -> String {
    let activity = post.rsplit(':').next().unwrap_or_default();
    format!("urn:li:comment:(urn:li:activity:{activity},{id})")
}

fn comment_json(comment: &Effect, world: &World) -> Value {
    let id = comment.id.trim_end_matches(')').rsplit(',').next();
    let activity = comment.id.split(['(', ',']).nth(1);
    let actor = author_of(comment);
    let answers = under(world, KEY, &comment.id).len();
    let parent = comment.parent.as_deref().filter(|parent| parent.starts_with("urn:li:comment:"));
    let mut shown = json!({
        "id": id,
        "commentUrn": comment.id,
        "actor": actor,
        "object": activity,
        "message": { "attributes": [], "text": comment.text },
        "created": { "actor": actor, "time": comment.at.timestamp_millis() },
        "commentsSummary": { "totalFirstLevelComments": answers, "aggregatedTotalComments": answers },
    });
    if let Some(parent) = parent {
        shown["parentComment"] = json!(parent);
    }
    shown
}

/// The comments on a post or on a comment, if they may be read.
pub fn list(call: &Call, world: &World, on: &str) -> Result<Answer, Answer> {
    let other = |(name, _): &&(String, String)| !["start", "count"].contains(&name.as_str());
    if let Some((name, _)) = call.queries().iter().find(other) {
        return Err(illegal(&format!("{name} is no parameter")));
    }
    let found = world.find(KEY, on).ok_or_else(nothing_here)?;
    reading(call, world, &author_of(&root(world, &found)))?;
    let number =
        |name: &str, usual: usize| call.query(name).map_or(Ok(usual), |value| value.parse().map_err(|_| illegal(name)));
    let (start, count) = (number("start", 0)?, number("count", 10)?);
    if !(1..=100).contains(&count) {
        return Err(illegal("count is 1 to 100"));
    }
    let comments: Vec<_> = under(world, KEY, on).iter().map(|comment| comment_json(comment, world)).collect();
    let total = comments.len();
    let elements: Vec<_> = comments.into_iter().skip(start).take(count).collect();
    Ok(Answer::json(
        200,
        &json!({ "paging": { "start": start, "count": count, "total": total }, "elements": elements }),
    ))
}
