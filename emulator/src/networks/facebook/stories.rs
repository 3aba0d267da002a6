//! Stories of a page. <https://developers.facebook.com/docs/page-stories-api/>

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::fields::paged;
use super::parameters::Parameters;
use super::{Facebook, KEY, Page, allowed, films, posts};
use crate::answer::Answer;
use crate::ledger::Effect;
use crate::world::World;

/// How long a story is there.
const LIFETIME: TimeDelta = TimeDelta::hours(24);

/// Makes a story of a photo that was sent and nothing was made of.
pub(super) fn photo(facebook: &Facebook, page: &Page, parameters: &Parameters, world: &World) -> Result<Value, Answer> {
    parameters.only(&["photo_id"])?;
    allowed(&page.token, "pages_manage_posts")?;
    let photo = parameters.needed("photo_id")?.to_owned();
    let media = posts::take(facebook, page, std::slice::from_ref(&photo))?;
    let detail = json!({ "format": "story", "photos": [photo] });
    let id = posts::record(page, "", media, detail, world);
    Ok(json!({ "success": true, "post_id": own_part(&id) }))
}

/// The page's stories of the last day, newest first.
pub(super) fn list(facebook: &Facebook, page: &Page, parameters: &Parameters, world: &World) -> Result<Value, Answer> {
    parameters.only(&["limit", "after"])?;
    allowed(&page.token, "pages_read_engagement")?;
    let is_there = |story: &Effect| {
        let film = story.detail["film"].as_str();
        story.at + LIFETIME > world.now() && !film.is_some_and(|film| films::is_hidden(facebook, film, world))
    };
    let all = world.posts_of(KEY, &page.name).into_iter().rev();
    let stories = all.filter(|post| post.detail["format"] == "story" && is_there(post));
    let shown = stories.map(|story| {
        let is_film = story.detail["film"].is_string();
        let media = if is_film { &story.detail["film"] } else { &story.detail["photos"][0] };
        json!({
            "post_id": own_part(&story.id),
            "status": "PUBLISHED",
            "creation_time": story.at.timestamp().to_string(),
            "media_type": if is_film { "video" } else { "photo" },
            "media_id": media,
            "url": world.permalink(KEY, &page.name, &story.id),
        })
    });
    paged(&shown.collect::<Vec<_>>(), parameters)
}

/// The id of a story without that of its page.
pub(super) fn own_part(id: &str) -> &str {
    id.split_once('_').map_or(id, |(_, own)| own)
}
