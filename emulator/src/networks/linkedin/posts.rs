//! Posts. <https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/posts-api>

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::content::shown;
use super::{
    KEY, LinkedIn, ORGANIZATION, acting, denied, granted, illegal, list_of, little, no_more, nothing_here,
    organization_urn, organizations_of, reading, refused,
};
use crate::answer::Answer;
use crate::call::Call;
use crate::ledger::{Effect, EffectKind};
use crate::world::World;

/// The longest text, in units of UTF-16.
const TEXT: usize = 3000;

/// How long the same content is refused.
const DUPLICATES: TimeDelta = TimeDelta::minutes(10);

/// How many posts a member makes in a day at most.
const A_DAY: usize = 150;

/// The URN of a post's author.
pub fn author_of(post: &Effect) -> String {
    post.detail["author"].as_str().unwrap_or_default().to_owned()
}

/// Makes a post.
pub async fn create(linkedin: &LinkedIn, mut call: Call, world: &World) -> Result<Answer, Answer> {
    let body = call.json().await?;
    let known = [
        "author",
        "commentary",
        "visibility",
        "distribution",
        "content",
        "lifecycleState",
        "isReshareDisabledByAuthor",
        "contentLandingPage",
        "contentCallToActionLabel",
        "adContext",
        "container",
        "reshareContext",
    ];
    no_more(&body, &known)?;
    let author = body["author"].as_str().ok_or_else(|| illegal("author is required"))?;
    let name = acting(&call, world, author)?;
    let commentary = body["commentary"].as_str().ok_or_else(|| illegal("commentary is required"))?;
    let text = text_of(commentary)?;
    envelope(&body, author)?;
    let shown = shown(linkedin, author, &body["content"], world.now())?;
    if text.is_empty() && body["content"].is_null() {
        return Err(illegal("commentary and content are both empty"));
    }
    if let Some(earlier) = duplicate(&name, &text, &body["content"], world) {
        let message = format!("Content is a duplicate of {earlier}");
        return Err(refused(422, "DUPLICATE_POST", &message));
    }
    let today = world.now().date_naive();
    if world.posts_of(KEY, &name).iter().filter(|post| post.at.date_naive() == today).count() >= A_DAY {
        return Err(refused(429, "TOO_MANY_REQUESTS", "Resource level throttle MEMBER DAY limit is reached"));
    }
    let kind = if shown.is_ugc { "ugcPost" } else { "share" };
    let id = format!("urn:li:{kind}:{}", world.new_id());
    let mut detail = shown.detail;
    for (field, value) in
        [("author", &body["author"]), ("visibility", &body["visibility"]), ("commentary", &body["commentary"])]
    {
        detail[field] = value.clone();
    }
    detail["content"] = body["content"].clone();
    world.record(Effect {
        network: KEY.to_owned(),
        account: name,
        kind: EffectKind::Post,
        id: id.clone(),
        parent: None,
        text,
        media: shown.media,
        detail,
        at: world.now(),
    });
    Ok(Answer::empty(201).header("x-restli-id", id.clone()).header("x-linkedin-id", id))
}

fn text_of(commentary: &str) -> Result<String, Answer> {
    let text = little::shown(commentary);
    if text.encode_utf16().count() > TEXT {
        return Err(refused(400, "FIELD_LENGTH_TOO_LONG", "commentary has more than 3000 characters"));
    }
    Ok(text)
}

/// Who sees it, and where it is shown.
fn envelope(body: &Value, author: &str) -> Result<(), Answer> {
    let audiences: &[&str] = if author.starts_with(ORGANIZATION) {
        &["PUBLIC", "LOGGED_IN"]
    } else {
        &["PUBLIC", "LOGGED_IN", "CONNECTIONS"]
    };
    let is_one = |value: &Value, known: &[&str]| known.iter().any(|known| value == known);
    if !is_one(&body["visibility"], audiences) {
        return Err(illegal("visibility is none that the author has"));
    }
    no_more(&body["distribution"], &["feedDistribution", "targetEntities", "thirdPartyDistributionChannels"])?;
    if !is_one(&body["distribution"]["feedDistribution"], &["MAIN_FEED", "NONE"]) {
        return Err(illegal("distribution.feedDistribution is required"));
    }
    if !is_one(&body["lifecycleState"], &["PUBLISHED"]) {
        return Err(illegal("lifecycleState must be PUBLISHED"));
    }
    Ok(())
}

/// A post of the same content that is not old.
fn duplicate(name: &str, text: &str, content: &Value, world: &World) -> Option<String> {
    let since = world.now() - DUPLICATES;
    let posts = world.posts_of(KEY, name);
    let same = posts.iter().find(|post| post.at > since && post.text == text && post.detail["content"] == *content);
    same.map(|post| post.id.clone())
}

/// A post as it is read: with the last words that it was given.
fn post_json(post: &Effect, world: &World) -> Value {
    let effects = world.effects();
    let is_edit = |effect: &&Effect| effect.network == KEY && effect.id == post.id && effect.kind == EffectKind::Edit;
    let last = effects.iter().rfind(is_edit);
    let commentary = last.map_or(&post.detail["commentary"], |edit| &edit.detail["commentary"]);
    let modified = last.map_or(post.at, |edit| edit.at).timestamp_millis();
    let mut json = json!({
        "id": post.id,
        "author": post.detail["author"],
        "commentary": commentary,
        "visibility": post.detail["visibility"],
        "createdAt": post.at.timestamp_millis(),
        "publishedAt": post.at.timestamp_millis(),
        "lastModifiedAt": modified,
        "lifecycleState": "PUBLISHED",
        "distribution": { "feedDistribution": "MAIN_FEED", "thirdPartyDistributionChannels": [] },
        "isReshareDisabledByAuthor": false,
    });
    if !post.detail["content"].is_null() {
        json["content"] = post.detail["content"].clone();
    }
    json
}

/// The posts of an organisation.
pub fn list(call: &Call, world: &World) -> Result<Answer, Answer> {
    if call.query("q") != Some("author") {
        return Err(illegal("q must be author"));
    }
    let name = reading(call, world, call.query("author").unwrap_or_default())?;
    let number =
        |name: &str, usual: usize| call.query(name).map_or(Ok(usual), |value| value.parse().map_err(|_| illegal(name)));
    let (start, count) = (number("start", 0)?, number("count", 10)?);
    if count > 100 {
        return Err(illegal("count is at most 100"));
    }
    let mut posts: Vec<_> = world.posts_of(KEY, &name).iter().map(|post| post_json(post, world)).collect();
    let by = match call.query("sortBy").unwrap_or("LAST_MODIFIED") {
        "LAST_MODIFIED" => "lastModifiedAt",
        "CREATED" => "createdAt",
        _ => return Err(illegal("sortBy must be LAST_MODIFIED or CREATED")),
    };
    posts.reverse();
    posts.sort_by_key(|post| -post[by].as_i64().unwrap_or_default());
    let elements: Vec<_> = posts.into_iter().skip(start).take(count).collect();
    Ok(Answer::json(200, &json!({ "paging": { "start": start, "count": count, "links": [] }, "elements": elements })))
}

/// One post, if it may be read.
pub fn one(call: &Call, world: &World, urn: &str) -> Result<Answer, Answer> {
    granted(call, world, "openid")?;
    let post = world.find(KEY, urn).ok_or_else(nothing_here)?;
    reading(call, world, &author_of(&post))?;
    Ok(Answer::json(200, &post_json(&post, world)))
}

/// Changes the words of a post.
pub async fn change(mut call: Call, world: &World, urn: &str) -> Result<Answer, Answer> {
    if call.header("x-restli-method") != Some("PARTIAL_UPDATE") {
        return Err(illegal("X-RestLi-Method must be PARTIAL_UPDATE"));
    }
    let body = call.json().await?;
    no_more(&body, &["patch"])?;
    no_more(&body["patch"], &["$set", "adContext"])?;
    let set = &body["patch"]["$set"];
    no_more(set, &["commentary", "contentCallToActionLabel", "contentLandingPage", "lifecycleState"])?;
    let post = world.find(KEY, urn).ok_or_else(nothing_here)?;
    acting(&call, world, &author_of(&post))?;
    if !post.detail["poll"].is_null() {
        return Err(illegal("a poll cannot be changed"));
    }
    if let Some(commentary) = set["commentary"].as_str() {
        let text = text_of(commentary)?;
        let detail = json!({ "commentary": commentary });
        let at = world.now();
        world.record(Effect { kind: EffectKind::Edit, text, media: Vec::new(), detail, at, ..post });
    }
    Ok(Answer::empty(204))
}

/// Deletes a post. One that is gone is deleted once more.
pub fn delete(call: &Call, world: &World, urn: &str) -> Result<Answer, Answer> {
    granted(call, world, "openid")?;
    if let Some(post) = world.find(KEY, urn) {
        acting(call, world, &author_of(&post))?;
        let (detail, at) = (json!({}), world.now());
        world.record(Effect { kind: EffectKind::Delete, text: String::new(), media: Vec::new(), detail, at, ..post });
    }
    Ok(Answer::empty(204))
}

/// What the posts of an organisation come to.
/// <https://learn.microsoft.com/en-us/linkedin/marketing/community-management/organizations/share-statistics>
pub fn statistics(call: &Call, world: &World) -> Result<Answer, Answer> {
    if call.query("q") != Some("organizationalEntity") {
        return Err(illegal("q must be organizationalEntity"));
    }
    let organization = call.query("organizationalEntity").unwrap_or_default();
    let person = granted(call, world, "rw_organization_admin")?.account;
    let own = organizations_of(&person).into_iter().find(|(name, _)| organization_urn(world, name) == organization);
    let (name, _) = own.ok_or_else(|| denied("the member has no role in the organization"))?;
    let mut elements = Vec::new();
    for (parameter, field, kind) in [("shares", "share", "urn:li:share:"), ("ugcPosts", "ugcPost", "urn:li:ugcPost:")] {
        let Some(list) = call.query(parameter) else { continue };
        for urn in list_of(list).ok_or_else(|| illegal("not a list"))? {
            if !urn.starts_with(kind) {
                return Err(illegal(&format!("{urn} does not belong to {parameter}")));
            }
            if world.find(KEY, urn).is_some_and(|post| post.account == name) {
                let total = json!({
                    "impressionCount": 50, "uniqueImpressionsCount": 40, "clickCount": 5, "likeCount": 4,
                    "commentCount": 1, "shareCount": 2, "engagement": 0.24,
                });
                elements
                    .push(json!({ "organizationalEntity": organization, field: urn, "totalShareStatistics": total }));
            }
        }
    }
    Ok(Answer::json(200, &json!({ "paging": { "start": 0, "count": 10 }, "elements": elements })))
}
