//! Reading comments, and the answers to them.
//! <https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-media/comments>,
//! <https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-comment/replies>

use serde_json::{Value, json};

use super::posts::own;
use super::{Asked, KEY, invalid};
use crate::answer::Answer;
use crate::ledger::{Effect, EffectKind};
use crate::networks::containers::moment;
use crate::networks::facebook::fields::{chosen, paged};
use crate::networks::long_lived::not_there;
use crate::visitors::under;

/// How the fields of a comment ask for the first answers to it.
const EXPANDED: &str = "replies.limit(";

fn node(asked: &Asked<'_>, comment: &Effect) -> Value {
    json!({
        "id": comment.id,
        "text": comment.text,
        "timestamp": moment(comment.at),
        "username": comment.account,
        // Not the id under which the account itself is known.
        "from": { "id": format!("8{}", asked.world.account(KEY, &comment.account)), "username": comment.account },
        "like_count": 0,
        "hidden": false,
        "replies": Value::Null,
    })
}

/// How many of its answers are asked for with a comment; none where they are not.
fn wished(asked: &Asked<'_>) -> Result<Option<usize>, Answer> {
    let Some((_, rest)) = asked.parameters.text("fields").and_then(|fields| fields.split_once(EXPANDED)) else {
        return Ok(None);
    };
    let number = rest.split_once(')').and_then(|(number, _)| number.parse().ok());
    number.filter(|number| (1..=50).contains(number)).map(Some).ok_or_else(|| invalid("limit must be between 1 and 50"))
}

/// The comments on a post, newest first.
pub(super) fn of_post(asked: &Asked<'_>, id: &str) -> Result<Answer, Answer> {
    asked.parameters.only(&["fields", "limit", "after"])?;
    own(asked, id)?;
    let wished = wished(asked)?;
    let nodes = under(asked.world, KEY, id).into_iter().rev().map(|comment| {
        let mut node = node(asked, &comment);
        let answers = under(asked.world, KEY, &comment.id);
        if let Some(most) = wished.filter(|_| !answers.is_empty()) {
            let data: Vec<_> = answers.iter().take(most).map(|answer| self::node(asked, answer)).collect();
            node["replies"] = json!({ "data": data });
            if answers.len() > most {
                let next = format!("https://graph.instagram.com/v25.0/{}/replies?after={most}", comment.id);
                node["replies"]["paging"] = json!({ "cursors": { "after": most.to_string() }, "next": next });
            }
        }
        chosen(&node, asked.parameters, &["id", "text", "timestamp"])
    });
    let nodes = nodes.collect::<Result<Vec<_>, _>>()?;
    paged(&nodes, asked.parameters).map(|page| Answer::json(200, &page))
}

/// The answers to a comment on one of the account's posts, oldest first.
pub(super) fn of_comment(asked: &Asked<'_>, id: &str) -> Result<Answer, Answer> {
    asked.parameters.only(&["fields", "limit", "after"])?;
    let comment = asked.world.find(KEY, id).filter(|found| found.kind == EffectKind::Comment);
    let post = comment.and_then(|comment| comment.parent).ok_or_else(|| not_there(id))?;
    own(asked, &post)?;
    let nodes = under(asked.world, KEY, id);
    let nodes = nodes.iter().map(|answer| chosen(&node(asked, answer), asked.parameters, &["id", "text", "timestamp"]));
    let nodes = nodes.collect::<Result<Vec<_>, _>>()?;
    paged(&nodes, asked.parameters).map(|page| Answer::json(200, &page))
}
