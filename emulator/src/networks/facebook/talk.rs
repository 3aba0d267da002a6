//! What is there: comments on it, its numbers, changing and deleting it.
//! <https://developers.facebook.com/docs/graph-api/reference/object/comments>,
//! <https://developers.facebook.com/docs/graph-api/reference/insights>

use serde_json::{Value, json};

use super::fields::{chosen, paged};
use super::parameters::Parameters;
use super::{
    Facebook, KEY, LONGEST_COMMENT, LONGEST_POST, Page, allowed, done, films, fits, invalid, pages, posts, unknown,
};
use crate::answer::Answer;
use crate::ledger::{Effect, EffectKind};
use crate::world::World;

/// The numbers of a post that are still served.
/// <https://developers.facebook.com/docs/graph-api/reference/page/insights/>
const METRICS: [&str; 3] = ["post_media_view", "post_total_media_view_unique", "post_clicks"];

/// Something of the page's own.
fn own(page: &Page, id: &str, world: &World) -> Result<Effect, Answer> {
    world.find(KEY, id).filter(|found| found.account == page.name).ok_or_else(|| unknown(id))
}

fn comment_node(comment: &Effect, world: &World) -> Value {
    json!({
        "id": comment.id,
        "message": comment.text,
        "from": { "id": world.account(KEY, &comment.account).to_string(), "name": comment.account },
        "created_time": posts::moment(comment),
        "permalink_url": world.permalink(KEY, &comment.account, &comment.id),
        // What it answers, if that is a comment.
        "parent": comment.parent.as_deref().and_then(|id| world.find(KEY, id)).filter(|found| found.kind == EffectKind::Comment)
            .map(|found| json!({ "id": found.id })),
    })
}

/// A post or a comment.
pub(super) fn show(page: &Page, id: &str, parameters: &Parameters, world: &World) -> Result<Value, Answer> {
    allowed(&page.token, "pages_read_engagement")?;
    let found = own(page, id, world)?;
    let is_post = found.kind == EffectKind::Post;
    let node = if is_post { posts::node(&found, world) } else { comment_node(&found, world) };
    chosen(&node, parameters, &["message", "created_time"])
}

/// The comments on something.
pub(super) fn comments(page: &Page, id: &str, parameters: &Parameters, world: &World) -> Result<Value, Answer> {
    parameters.only(&["fields", "filter", "order", "limit", "after"])?;
    allowed(&page.token, "pages_read_engagement")?;
    own(page, id, world)?;
    // A stream has the answers to comments, too; they come after what they answer.
    let stream = match parameters.text("filter") {
        None | Some("toplevel") => false,
        Some("stream") => true,
        Some(_) => return Err(invalid("(filter) must be toplevel or stream")),
    };
    let mut below = vec![id.to_owned()];
    let mut there = Vec::new();
    for effect in world.effects() {
        let is_below = effect.parent.as_ref().is_some_and(|parent| below.contains(parent));
        if effect.network != KEY || effect.kind != EffectKind::Comment || !is_below {
            continue;
        }
        there.extend(world.find(KEY, &effect.id));
        if stream {
            below.push(effect.id);
        }
    }
    match parameters.text("order") {
        None | Some("chronological") => {}
        Some("reverse_chronological") => there.reverse(),
        Some(_) => return Err(invalid("(order) must be chronological or reverse_chronological")),
    }
    let shown: Result<Vec<_>, _> = there
        .iter()
        .map(|comment| chosen(&comment_node(comment, world), parameters, &["message", "from", "created_time"]))
        .collect();
    paged(&shown?, parameters)
}

/// Comments as the page.
pub(super) fn comment(
    facebook: &Facebook,
    page: &Page,
    id: &str,
    parameters: &Parameters,
    world: &World,
) -> Result<Value, Answer> {
    parameters.only(&["message"])?;
    allowed(&page.token, "pages_manage_engagement")?;
    let message = parameters.needed("message")?;
    fits(message, LONGEST_COMMENT)?;
    let post = own(page, id, world)?;
    if post.detail["format"] == "story" {
        return Err(invalid("A story takes no comments"));
    }
    if films::is_hidden(facebook, id, world) {
        return Err(unknown(id));
    }
    let comment = format!("{}_{}", id.rsplit('_').next().unwrap_or(id), world.new_id());
    world.record(Effect {
        network: KEY.to_owned(),
        account: page.name.clone(),
        kind: EffectKind::Comment,
        id: comment.clone(),
        parent: Some(id.to_owned()),
        text: message.to_owned(),
        media: Vec::new(),
        detail: Value::Null,
        at: world.now(),
    });
    Ok(json!({ "id": comment }))
}

/// Numbers that only the page sees.
pub(super) fn insights(page: &Page, id: &str, parameters: &Parameters, world: &World) -> Result<Value, Answer> {
    allowed(&page.token, "read_insights")?;
    if id == page.id {
        return pages::followers_by_day(page, parameters, world);
    }
    parameters.only(&["metric", "period"])?;
    own(page, id, world)?;
    let mut data = Vec::new();
    for name in parameters.needed("metric")?.split(',') {
        let place = METRICS.iter().position(|known| *known == name);
        let place = place.ok_or_else(|| invalid("The value must be a valid insights metric"))?;
        let value = posts::seen(id) / (place as u64 + 1);
        data.push(json!({ "name": name, "period": "lifetime", "values": [{ "value": value }] }));
    }
    Ok(json!({ "data": data }))
}

/// Changes a text: `message` of posts and comments, `description` and `name` of films.
pub(super) fn edit(page: &Page, id: &str, parameters: &Parameters, world: &World) -> Result<Value, Answer> {
    let found = own(page, id, world)?;
    let is_film = found.detail["film"].is_string();
    parameters.only(if is_film { &["description", "name"] } else { &["message"] })?;
    let is_comment = found.kind == EffectKind::Comment;
    allowed(&page.token, if is_comment { "pages_manage_engagement" } else { "pages_manage_posts" })?;
    if found.detail["format"] == "story" {
        return Err(invalid("A story cannot be changed"));
    }
    let text = parameters.text(if is_film { "description" } else { "message" }).unwrap_or_default();
    fits(text, if is_comment { LONGEST_COMMENT } else { LONGEST_POST })?;
    if text.is_empty() && found.media.is_empty() && found.detail["link"].is_null() {
        return Err(invalid("Missing message or attachment"));
    }
    let detail = json!({ "title": parameters.text("name") });
    world.record(Effect { kind: EffectKind::Edit, text: text.to_owned(), detail, at: world.now(), ..found });
    Ok(done())
}

/// Deletes something.
pub(super) fn delete(page: &Page, id: &str, world: &World) -> Result<Value, Answer> {
    let found = own(page, id, world)?;
    let permission = if found.kind == EffectKind::Comment { "pages_manage_engagement" } else { "pages_manage_posts" };
    allowed(&page.token, permission)?;
    world.record(Effect { kind: EffectKind::Delete, at: world.now(), ..found });
    Ok(done())
}
