//! Posts that are there, and their numbers.
//! <https://developers.facebook.com/documentation/threads/retrieve-and-discover-posts/retrieve-posts>

use serde_json::{Value, json};

use super::{Asked, KEY, invalid};
use crate::answer::Answer;
use crate::ledger::{Effect, EffectKind};
use crate::networks::containers::moment;
use crate::networks::facebook::fields::{chosen, paged};
use crate::networks::long_lived::{insight, not_there};
use crate::networks::meta_audience;
use crate::visitors::below;

/// <https://developers.facebook.com/documentation/threads/insights>
const OF_POSTS: [&str; 6] = ["views", "likes", "replies", "reposts", "quotes", "shares"];
/// How many follow each account.
const FOLLOWERS: usize = 200;
const OF_ACCOUNTS: [&str; 7] = ["views", "likes", "replies", "reposts", "quotes", "clicks", "followers_count"];

/// The account's own post.
fn own(asked: &Asked<'_>, id: &str) -> Result<Effect, Answer> {
    let post = asked.world.find(KEY, id).filter(|post| post.account == asked.account);
    post.ok_or_else(|| not_there(id))
}

/// How many posts answer it.
fn answers(asked: &Asked<'_>, id: &str) -> usize {
    let posts = asked.world.posts_of(KEY, &asked.account);
    posts.iter().filter(|post| post.parent.as_deref() == Some(id)).count()
}

fn node(asked: &Asked<'_>, post: &Effect) -> Value {
    let several = post.media.len() > 1;
    let children: Vec<_> =
        (0..post.media.len()).map(|index| json!({ "id": format!("{}{index:02}", post.id) })).collect();
    json!({
        "id": post.id,
        "text": (!post.text.is_empty()).then_some(&post.text),
        "media_product_type": "THREADS",
        "media_type": post.detail["media_type"],
        "permalink": asked.world.permalink(KEY, &post.account, &post.id),
        "timestamp": moment(post.at),
        "username": post.account,
        "is_reply": post.parent.is_some(),
        "is_reply_owned_by_me": post.parent.is_some().then(|| post.account == asked.account),
        "replied_to": post.parent.as_ref().map(|parent| json!({ "id": parent })),
        "topic_tag": post.detail["topic_tag"],
        "link_attachment_url": post.detail["link"],
        "reply_audience": post.detail["reply_control"],
        "children": several.then(|| json!({ "data": children })),
    })
}

/// The account's posts or its answers, newest first.
pub(super) fn list(asked: &Asked<'_>, id: &str, replies: bool) -> Result<Answer, Answer> {
    asked.is_me(id)?;
    let posts = asked.world.posts_of(KEY, &asked.account).into_iter().rev();
    let posts = posts.filter(|post| post.parent.is_some() == replies);
    let nodes = posts.map(|post| chosen(&node(asked, &post), asked.parameters, &["id"]));
    let nodes = nodes.collect::<Result<Vec<_>, _>>()?;
    paged(&nodes, asked.parameters).map(|page| Answer::json(200, &page))
}

/// Everything that is answered to a post, of all depths.
/// <https://developers.facebook.com/documentation/threads/retrieve-and-manage-replies/replies-and-conversations>
pub(super) fn conversation(asked: &Asked<'_>, id: &str) -> Result<Answer, Answer> {
    asked.parameters.only(&["fields", "reverse", "limit", "after"])?;
    own(asked, id)?;
    let mut answers = below(asked.world, KEY, id);
    match asked.parameters.text("reverse") {
        Some("false") => {}
        None | Some("true") => answers.reverse(),
        Some(_) => return Err(invalid("reverse must be true or false")),
    }
    let nodes = answers.iter().map(|answer| chosen(&node(asked, answer), asked.parameters, &["id"]));
    let nodes = nodes.collect::<Result<Vec<_>, _>>()?;
    paged(&nodes, asked.parameters).map(|page| Answer::json(200, &page))
}

pub(super) fn post(asked: &Asked<'_>, id: &str) -> Result<Answer, Answer> {
    let post = own(asked, id)?;
    chosen(&node(asked, &post), asked.parameters, &["id"]).map(|node| Answer::json(200, &node))
}

pub(super) fn insights(asked: &Asked<'_>, id: &str) -> Result<Answer, Answer> {
    own(asked, id)?;
    let replies = answers(asked, id);
    listed(asked, &OF_POSTS, |name| if name == "replies" { replies } else { 0 })
}

pub(super) fn account_insights(asked: &Asked<'_>, id: &str) -> Result<Answer, Answer> {
    asked.is_me(id)?;
    if asked.parameters.text("metric") == Some(meta_audience::METRIC) {
        asked.parameters.only(&["metric", "breakdown"])?;
        return meta_audience::told(asked.parameters.needed("breakdown")?, FOLLOWERS.try_into().unwrap_or_default());
    }
    listed(asked, &OF_ACCOUNTS, |name| if name == "followers_count" { FOLLOWERS } else { 0 })
}

fn listed(asked: &Asked<'_>, known: &[&str], count: impl Fn(&str) -> usize) -> Result<Answer, Answer> {
    let mut data = Vec::new();
    for name in asked.parameters.needed("metric")?.split(',').map(str::trim) {
        if !known.contains(&name) {
            return Err(invalid(&format!("metric must be one of {}", known.join(", "))));
        }
        data.push(if name == "followers_count" {
            json!({ "name": name, "period": "day", "total_value": { "value": count(name) } })
        } else {
            insight(name, count(name))
        });
    }
    Ok(Answer::json(200, &json!({ "data": data })))
}

/// <https://developers.facebook.com/docs/threads/posts/delete-posts>
pub(super) fn delete(asked: &Asked<'_>, id: &str) -> Result<Answer, Answer> {
    let post = own(asked, id)?;
    asked.world.record(Effect {
        kind: EffectKind::Delete,
        parent: None,
        text: String::new(),
        media: Vec::new(),
        detail: Value::Null,
        at: asked.world.now(),
        ..post
    });
    Ok(Answer::json(200, &json!({ "success": true, "deleted_id": id })))
}
