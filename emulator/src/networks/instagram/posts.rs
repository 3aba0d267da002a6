//! Posts that are there, their comments and their numbers.
//! <https://developers.facebook.com/docs/instagram-platform/reference/instagram-media>

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{Asked, KEY, invalid};
use crate::answer::Answer;
use crate::ledger::{Effect, EffectKind};
use crate::networks::containers::moment;
use crate::networks::facebook::fields::{chosen, paged};
use crate::networks::long_lived::{insight, not_there};

/// How long a story is there.
const STORY: TimeDelta = TimeDelta::hours(24);

/// What can be counted of posts, and of stories.
/// <https://developers.facebook.com/docs/instagram-platform/reference/instagram-media/insights>
const OF_POSTS: [&str; 7] = ["views", "reach", "likes", "comments", "saved", "shares", "total_interactions"];
const OF_STORIES: [&str; 6] = ["views", "reach", "replies", "shares", "navigation", "total_interactions"];

fn is_story(post: &Effect) -> bool {
    post.detail["format"] == "STORY"
}

/// The account's own post.
pub(super) fn own(asked: &Asked<'_>, id: &str) -> Result<Effect, Answer> {
    let post = asked.world.find(KEY, id).filter(|post| post.kind == EffectKind::Post && post.account == asked.account);
    let is_there = |post: &Effect| !is_story(post) || asked.world.now() - post.at < STORY;
    post.filter(is_there).ok_or_else(|| not_there(id))
}

/// The comments on a post, newest first.
fn answers(asked: &Asked<'_>, id: &str) -> Vec<Effect> {
    let is_one = |effect: &Effect| {
        effect.kind == EffectKind::Comment && effect.network == KEY && effect.parent.as_deref() == Some(id)
    };
    asked.world.effects().into_iter().filter(is_one).rev().collect()
}

fn node(asked: &Asked<'_>, post: &Effect) -> Value {
    let several = post.media.len() > 1;
    let children: Vec<_> =
        (0..post.media.len()).map(|index| json!({ "id": format!("{}{index:02}", post.id) })).collect();
    json!({
        "id": post.id,
        "caption": (!post.text.is_empty()).then_some(&post.text),
        "media_type": post.detail["media_type"],
        "media_product_type": post.detail["format"],
        "permalink": asked.world.permalink(KEY, &post.account, &post.id),
        "timestamp": moment(post.at),
        "username": post.account,
        "like_count": 0,
        "comments_count": answers(asked, &post.id).len(),
        "children": several.then(|| json!({ "data": children })),
        "media_url": Value::Null,
        "shortcode": Value::Null,
    })
}

/// The account's posts or stories, newest first.
pub(super) fn list(asked: &Asked<'_>, id: &str, stories: bool) -> Result<Answer, Answer> {
    if !asked.is_me(id) {
        return Err(not_there(id));
    }
    let now = asked.world.now();
    let posts = asked.world.posts_of(KEY, &asked.account).into_iter().rev();
    let posts = posts.filter(|post| is_story(post) == stories && (!stories || now - post.at < STORY));
    let nodes = posts.map(|post| chosen(&node(asked, &post), asked.parameters, &["id"]));
    let nodes = nodes.collect::<Result<Vec<_>, _>>()?;
    paged(&nodes, asked.parameters).map(|page| Answer::json(200, &page))
}

pub(super) fn post(asked: &Asked<'_>, id: &str) -> Result<Answer, Answer> {
    let post = own(asked, id)?;
    chosen(&node(asked, &post), asked.parameters, &["id"]).map(|node| Answer::json(200, &node))
}

pub(super) fn insights(asked: &Asked<'_>, id: &str) -> Result<Answer, Answer> {
    let post = own(asked, id)?;
    let comments = answers(asked, id).len();
    let known: &[&str] = if is_story(&post) { &OF_STORIES } else { &OF_POSTS };
    let mut data = Vec::new();
    for name in asked.parameters.needed("metric")?.split(',').map(str::trim) {
        if !known.contains(&name) {
            return Err(invalid(&format!("Incompatible metric ({name}) with this media object")));
        }
        let value = if matches!(name, "comments" | "total_interactions") { comments } else { 0 };
        data.push(insight(name, value));
    }
    Ok(Answer::json(200, &json!({ "data": data })))
}

/// <https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-media/comments>
pub(super) fn comment(asked: &Asked<'_>, id: &str) -> Result<Answer, Answer> {
    let post = own(asked, id)?;
    asked.parameters.only(&["message"])?;
    if is_story(&post) {
        return Err(invalid("Commenting on stories is not supported"));
    }
    let message = asked.parameters.needed("message")?;
    if message.encode_utf16().count() > 2_200 {
        return Err(invalid("The comment is too long"));
    }
    let comment = asked.world.new_id().to_string();
    asked.world.record(Effect {
        network: KEY.to_owned(),
        account: asked.account.clone(),
        kind: EffectKind::Comment,
        id: comment.clone(),
        parent: Some(id.to_owned()),
        text: message.to_owned(),
        media: Vec::new(),
        detail: Value::Null,
        at: asked.world.now(),
    });
    Ok(Answer::json(200, &json!({ "id": comment })))
}
