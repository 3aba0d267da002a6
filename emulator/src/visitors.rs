//! People who are no account of anybody's, and say something under what is there.

use serde_json::{Value, json};

use crate::ledger::{Effect, EffectKind};
use crate::world::World;

/// The networks that show comments of visitors.
const COMMENTED: [&str; 6] = ["facebook", "instagram", "linkedin", "threads", "x", "youtube"];

/// Of these, those on which an answer is a post.
const POSTS: [&str; 2] = ["threads", "x"];

/// Of these, those on which answers have no answers: what is answered to one stands below the comment.
const FLAT: [&str; 3] = ["instagram", "linkedin", "youtube"];

/// What a comment or an answer belongs to: the post that answers nothing.
pub(crate) fn root(world: &World, of: &Effect) -> Effect {
    let mut root = of.clone();
    while let Some(parent) = root.parent.as_deref().and_then(|id| world.find(&root.network, id)) {
        root = parent;
    }
    root
}

/// What is below this, of all depths, in the order in which it was said, as it is now.
pub(crate) fn below(world: &World, network: &str, id: &str) -> Vec<Effect> {
    let mut there = vec![id.to_owned()];
    let mut found = Vec::new();
    for effect in world.effects() {
        let is_below = effect.parent.as_ref().is_some_and(|parent| there.contains(parent));
        if effect.network == network && is_below && matches!(effect.kind, EffectKind::Post | EffectKind::Comment) {
            found.extend(world.find(network, &effect.id));
            there.push(effect.id);
        }
    }
    found
}

/// The comments right under this, as they are now, oldest first.
pub(crate) fn under(world: &World, network: &str, id: &str) -> Vec<Effect> {
    let is_one = |effect: &Effect| {
        effect.network == network && effect.kind == EffectKind::Comment && effect.parent.as_deref() == Some(id)
    };
    world.effects().into_iter().filter(is_one).filter_map(|made| world.find(network, &made.id)).collect()
}

/// What somebody says about something; none where there is nothing, or the network shows no comments.
pub(crate) fn comment(world: &World, network: &str, on: &str, (author, text): (&str, &str)) -> Option<Effect> {
    let mut answered = world.find(network, on).filter(|_| COMMENTED.contains(&network))?;
    if FLAT.contains(&network) && answered.kind == EffectKind::Comment {
        let parent = answered.parent.as_deref().and_then(|id| world.find(network, id));
        answered = parent.filter(|parent| parent.kind == EffectKind::Comment).unwrap_or(answered);
    }
    let number = world.new_id();
    let id = match network {
        "facebook" => format!("{}_{number}", answered.id.rsplit('_').next().unwrap_or_default()),
        "youtube" if answered.kind == EffectKind::Comment => format!("{}.{number}", answered.id),
        "youtube" => format!("Ug{number}"),
        "linkedin" => {
            let post = root(world, &answered).id;
            format!("urn:li:comment:(urn:li:activity:{},{number})", post.rsplit(':').next().unwrap_or_default())
        }
        _ => number.to_string(),
    };
    let detail = if network == "linkedin" {
        let post = root(world, &answered);
        let is_own = post.account == author;
        let member = || json!(format!("urn:li:person:{}", world.account(network, author)));
        json!({ "author": if is_own { post.detail["author"].clone() } else { member() } })
    } else {
        Value::Null
    };
    Some(Effect {
        network: network.to_owned(),
        account: author.to_owned(),
        kind: if POSTS.contains(&network) { EffectKind::Post } else { EffectKind::Comment },
        id,
        parent: Some(answered.id),
        text: text.to_owned(),
        media: Vec::new(),
        detail,
        at: world.now(),
    })
}
