//! Posts. <https://docs.x.com/x-api/posts/creation-of-a-post>

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

use super::media::attached;
use super::text::{shown, weight};
use super::{KEY, X, fields, granted, invalid, no_more, only, problem, subscribes, username};
use crate::answer::Answer;
use crate::call::Call;
use crate::ledger::{Effect, EffectKind};
use crate::world::{AccountId, World};

/// The longest text, in weight: of everybody, and of subscribers.
const TEXT: u64 = 280;
const LONG_TEXT: u64 = 25_000;

/// How many posts an account may make in a quarter of an hour.
const POSTS: usize = 100;
const POSTS_IN: TimeDelta = TimeDelta::minutes(15);

/// The longest answer of a poll, in characters.
const ANSWER: usize = 25;

pub(super) const FIELDS: [&str; 9] = [
    "id",
    "text",
    "author_id",
    "created_at",
    "entities",
    "attachments",
    "referenced_tweets",
    "public_metrics",
    "note_tweet",
];

/// Makes a post.
pub async fn create(x: &X, mut call: Call, world: &World) -> Result<Answer, Answer> {
    only(&call, &[])?;
    let granted = granted(&call, world, &["tweet.read", "tweet.write", "users.read"])?;
    let body = call.json().await?;
    let known = [
        "card_uri",
        "community_id",
        "direct_message_deep_link",
        "edit_options",
        "for_super_followers_only",
        "geo",
        "made_with_ai",
        "media",
        "nullcast",
        "poll",
        "quote_tweet_id",
        "reply",
        "reply_settings",
        "share_with_followers",
        "text",
    ];
    no_more(&body, &known)?;
    let account = granted.account.as_str();
    let text = match &body["text"] {
        Value::Null => "",
        Value::String(text) if !text.is_empty() => text.as_str(),
        _ => return Err(invalid("$.text: must be a text that is not empty")),
    };
    if text.is_empty() && body.get("media").is_none() {
        return Err(invalid("$.text: is missing but it is required"));
    }
    if weight(text) > if subscribes(account) { LONG_TEXT } else { TEXT } {
        return Err(problem(403, "", "Your Tweet text is too long."));
    }
    let media = media_of(x, &body, account, world.now())?;
    let detail = detail_of(&body)?;
    let parent = parent_of(&body, account, world)?;
    let own = world.posts_of(KEY, account);
    if media.is_empty() && own.iter().any(|post| post.text == text && post.media.is_empty() && post.parent == parent) {
        return Err(problem(403, "", "You are not allowed to create a Tweet with duplicate content."));
    }
    in_time(account, world)?;
    let id = world.new_id().to_string();
    let (shown, _) = shown(&id, text, media.len(), &page(account, &id));
    world.record(Effect {
        network: KEY.to_owned(),
        account: account.to_owned(),
        kind: EffectKind::Post,
        id: id.clone(),
        parent,
        text: text.to_owned(),
        media,
        detail,
        at: world.now(),
    });
    Ok(Answer::json(201, &json!({ "data": { "id": id, "text": shown, "edit_history_tweet_ids": [id] } })))
}

fn media_of(x: &X, body: &Value, account: &str, now: DateTime<Utc>) -> Result<Vec<crate::ledger::SeenMedia>, Answer> {
    let Some(media) = body.get("media") else { return Ok(Vec::new()) };
    no_more(media, &["media_ids", "tagged_user_ids"])?;
    let ids: Option<Vec<&str>> = media["media_ids"].as_array().and_then(|ids| ids.iter().map(Value::as_str).collect());
    let ids = ids.filter(|ids| (1..=4).contains(&ids.len()));
    attached(x, account, &ids.ok_or_else(|| invalid("$.media.media_ids: must be one to four texts"))?, now)
}

/// Everything else that a post says.
fn detail_of(body: &Value) -> Result<Value, Answer> {
    let mut detail = json!({});
    if let Some(poll) = body.get("poll") {
        no_more(poll, &["options", "duration_minutes", "reply_settings"])?;
        if body.get("media").is_some() {
            return Err(invalid("$.poll: is mutually exclusive with media"));
        }
        let answers: Vec<&str> = poll["options"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let fits = |answer: &&str| (1..=ANSWER).contains(&answer.chars().count());
        if !(2..=4).contains(&answers.len()) || !answers.iter().all(fits) {
            return Err(invalid("$.poll.options: must be two to four texts of at most 25 characters"));
        }
        if !poll["duration_minutes"].as_u64().is_some_and(|minutes| (5..=10_080).contains(&minutes)) {
            return Err(invalid("$.poll.duration_minutes: must be from 5 to 10080"));
        }
        detail["poll"] = poll.clone();
    }
    if let Some(who) = body.get("reply_settings") {
        if !["following", "mentionedUsers", "subscribers", "verified"].iter().any(|known| who == known) {
            return Err(invalid("$.reply_settings: does not have a value in the enumeration"));
        }
        detail["reply_settings"] = who.clone();
    }
    if let Some(made) = body.get("made_with_ai") {
        made.as_bool().ok_or_else(|| invalid("$.made_with_ai: must be true or false"))?;
        detail["made_with_ai"] = made.clone();
    }
    Ok(detail)
}

/// What it answers: a post that is there, and of the account itself. Posts of others are answered on invitation only.
fn parent_of(body: &Value, account: &str, world: &World) -> Result<Option<String>, Answer> {
    let Some(reply) = body.get("reply") else { return Ok(None) };
    no_more(reply, &["auto_populate_reply_metadata", "exclude_reply_user_ids", "in_reply_to_tweet_id"])?;
    let id = reply["in_reply_to_tweet_id"].as_str();
    let id = id.ok_or_else(|| invalid("$.reply.in_reply_to_tweet_id: is missing but it is required"))?;
    let gone = || problem(403, "", "You attempted to reply to a Tweet that is deleted or not visible to you.");
    let parent = world.find(KEY, id).ok_or_else(gone)?;
    if parent.account != account {
        return Err(problem(403, "", "Reply to this conversation is not allowed."));
    }
    Ok(Some(id.to_owned()))
}

/// The limit of a quarter of an hour.
fn in_time(account: &str, world: &World) -> Result<(), Answer> {
    let since = world.now() - POSTS_IN;
    let recent = world.pick(KEY, account, |post| (post.at > since).then_some(post.at));
    match recent.first() {
        Some(oldest) if recent.len() >= POSTS => {
            let reset = (*oldest + POSTS_IN).timestamp() + 1;
            let answer = problem(429, "", "Too Many Requests").header("x-rate-limit-limit", POSTS.to_string());
            Err(answer.header("x-rate-limit-remaining", "0").header("x-rate-limit-reset", reset.to_string()))
        }
        _ => Ok(()),
    }
}

fn page(account: &str, id: &str) -> String {
    format!("https://x.com/{}/status/{id}", username(account))
}

/// A post with the fields that are asked for.
pub(super) fn post_json(post: &Effect, asked: &[&str], world: &World) -> Value {
    let (text, links) = shown(&post.id, &post.text, post.media.len(), &page(&post.account, &post.id));
    let is_long = weight(&post.text) > TEXT;
    let beginning: String = text.chars().take(270).collect();
    let mut json =
        json!({ "id": post.id, "text": if is_long { &beginning } else { &text }, "edit_history_tweet_ids": [post.id] });
    let mut set = |name: &str, value: Value| {
        if asked.contains(&name) {
            json[name] = value;
        }
    };
    set("author_id", json!(world.account(KEY, &post.account).to_string()));
    set("created_at", json!(post.at.to_rfc3339_opts(SecondsFormat::Millis, true)));
    if !links.is_empty() {
        set("entities", json!({ "urls": links }));
    }
    if is_long {
        set("note_tweet", json!({ "text": text, "entities": { "urls": links } }));
    }
    if !post.media.is_empty() {
        let keys: Vec<_> = (0..post.media.len()).map(|index| format!("3_{}{index}", post.id)).collect();
        set("attachments", json!({ "media_keys": keys }));
    }
    if let Some(parent) = &post.parent {
        set("referenced_tweets", json!([{ "type": "replied_to", "id": parent }]));
    }
    let replies =
        world.posts_of(KEY, &post.account).iter().filter(|other| other.parent.as_deref() == Some(&post.id)).count();
    set(
        "public_metrics",
        json!({
            "impression_count": 40, "like_count": 3, "reply_count": replies, "retweet_count": 1, "quote_count": 0,
            "bookmark_count": 0,
        }),
    );
    json
}

fn not_found(id: &str) -> Value {
    json!({
        "value": id,
        "detail": format!("Could not find tweet with id: [{id}]."),
        "title": "Not Found Error",
        "resource_type": "tweet",
        "parameter": "id",
        "resource_id": id,
        "type": "https://api.twitter.com/2/problems/resource-not-found",
    })
}

/// One post. That it is not there is said in a success.
pub fn one(call: &Call, world: &World, id: &str) -> Result<Answer, Answer> {
    only(call, &["tweet.fields", "expansions", "media.fields", "user.fields", "poll.fields"])?;
    granted(call, world, &["tweet.read", "users.read"])?;
    let asked = fields(call, "tweet.fields", &FIELDS)?;
    let body = match world.find(KEY, id) {
        Some(post) => json!({ "data": post_json(&post, &asked, world) }),
        None => json!({ "errors": [not_found(id)] }),
    };
    Ok(Answer::json(200, &body))
}

/// Several posts.
pub fn several(call: &Call, world: &World) -> Result<Answer, Answer> {
    only(call, &["ids", "tweet.fields", "expansions", "media.fields", "user.fields", "poll.fields"])?;
    granted(call, world, &["tweet.read", "users.read"])?;
    let asked = fields(call, "tweet.fields", &FIELDS)?;
    let ids: Vec<_> = call.query("ids").unwrap_or_default().split(',').filter(|id| !id.is_empty()).collect();
    if !(1..=100).contains(&ids.len()) {
        return Err(invalid("The number of values in the `ids` query parameter list is not between 1 and 100"));
    }
    let found: Vec<_> =
        ids.iter().filter_map(|id| world.find(KEY, id)).map(|post| post_json(&post, &asked, world)).collect();
    let missing: Vec<_> = ids.iter().filter(|id| world.find(KEY, id).is_none()).map(|id| not_found(id)).collect();
    let mut body = json!({});
    if !found.is_empty() {
        body["data"] = json!(found);
    }
    if !missing.is_empty() {
        body["errors"] = json!(missing);
    }
    Ok(Answer::json(200, &body))
}

/// The posts of an account, newest first.
pub fn list(call: &Call, world: &World, id: &str) -> Result<Answer, Answer> {
    let known = [
        "since_id",
        "until_id",
        "max_results",
        "pagination_token",
        "exclude",
        "start_time",
        "end_time",
        "tweet.fields",
        "expansions",
        "media.fields",
        "poll.fields",
        "user.fields",
        "place.fields",
    ];
    only(call, &known)?;
    granted(call, world, &["tweet.read", "users.read"])?;
    let asked = fields(call, "tweet.fields", &FIELDS)?;
    let without = fields(call, "exclude", &["replies", "retweets"])?;
    let most = call.query("max_results").map_or(Ok(10), |most| {
        most.parse()
            .ok()
            .filter(|most| (5..=100).contains(most))
            .ok_or_else(|| invalid("The `max_results` query parameter value is not between 5 and 100"))
    })?;
    let number = |name: &str| -> Result<Option<u64>, Answer> {
        let wrong = || invalid(&format!("The `{name}` query parameter value is not valid"));
        call.query(name).map(|value| value.parse().map_err(|_| wrong())).transpose()
    };
    let since = number("since_id")?;
    let from: usize = number("pagination_token")?.and_then(|from| usize::try_from(from).ok()).unwrap_or(0);
    let start = call.query("start_time").map(DateTime::parse_from_rfc3339).transpose();
    let start = start.map_err(|_| invalid("The `start_time` query parameter value is not a time"))?;
    let account = id.parse().ok().and_then(|id| world.account_named(KEY, AccountId(id)));
    let account = account.ok_or_else(|| problem(404, "resource-not-found", "Could not find user with that id."))?;
    let posts = world.posts_of(KEY, &account).into_iter().rev().filter(|post| {
        since.is_none_or(|since| post.id.parse().is_ok_and(|id: u64| id > since))
            && (since.is_some() || start.is_none_or(|start| post.at >= start))
            && (post.parent.is_none() || !without.contains(&"replies"))
    });
    let posts: Vec<_> = posts.collect();
    let shown: Vec<_> = posts.iter().skip(from).take(most).map(|post| post_json(post, &asked, world)).collect();
    let mut body = json!({ "meta": { "result_count": shown.len() } });
    if from + shown.len() < posts.len() {
        body["meta"]["next_token"] = json!((from + shown.len()).to_string());
    }
    if !shown.is_empty() {
        body["data"] = json!(shown);
    }
    Ok(Answer::json(200, &body))
}

/// Deletes a post of the account. One that is gone is deleted once more.
pub fn delete(call: &Call, world: &World, id: &str) -> Result<Answer, Answer> {
    only(call, &[])?;
    let granted = granted(call, world, &["tweet.read", "tweet.write", "users.read"])?;
    if let Some(post) = world.find(KEY, id) {
        if post.account != granted.account {
            return Err(problem(403, "", "You are not authorized to delete this Tweet."));
        }
        let (detail, at) = (json!({}), world.now());
        world.record(Effect { kind: EffectKind::Delete, text: String::new(), media: Vec::new(), detail, at, ..post });
    }
    Ok(Answer::json(200, &json!({ "data": { "deleted": true } })))
}
