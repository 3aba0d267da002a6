//! Posts and photos of a page. <https://developers.facebook.com/docs/pages-api/posts/>,
//! <https://developers.facebook.com/docs/graph-api/reference/page/photos/>

use serde_json::{Value, json};
use url::Url;

use super::fields::{chosen, paged};
use super::parameters::Parameters;
use super::{Facebook, KEY, LONGEST_POST, Page, allowed, fits, invalid};
use crate::answer::Answer;
use crate::ledger::{Effect, EffectKind, SeenMedia};
use crate::networks::meta;
use crate::world::World;

/// The largest photo, in bytes. <https://developers.facebook.com/docs/page-stories-api>
const LARGEST_PHOTO: u64 = 10_000_000;

/// The most photos of one post, as the site lets people choose.
const MOST_PHOTOS: usize = 10;

/// A photo that was sent.
#[derive(Debug, Clone)]
pub(super) struct Photo {
    pub(super) id: String,
    pub(super) page: String,
    pub(super) seen: SeenMedia,
    /// Whether a post or a story was made of it.
    pub(super) used: bool,
}

/// Takes a photo: as a post, or to be used in one.
pub(super) async fn photo(
    facebook: &Facebook,
    page: &Page,
    parameters: &Parameters,
    world: &World,
) -> Result<Value, Answer> {
    parameters.only(&["source", "url", "published", "temporary", "caption", "alt_text_custom"])?;
    allowed(&page.token, "pages_manage_posts")?;
    let alt_text = parameters.text("alt_text_custom").map(str::to_owned);
    let (head, size) = match (parameters.file("source"), parameters.text("url")) {
        (Some(file), None) => (file.head.clone(), file.size),
        (None, Some(url)) => {
            let fetched = world
                .fetch(url)
                .await
                .map_err(|why| meta::error(400, 324, None, &format!("Missing or invalid image file: {why}")))?;
            (fetched.head, fetched.size)
        }
        _ => return Err(meta::error(400, 324, None, "Missing or invalid image file")),
    };
    let mime = image(&head)
        .ok_or_else(|| meta::error(400, 324, Some(2_069_019), "Your photos couldn't be uploaded: no photo"))?;
    if size > LARGEST_PHOTO {
        return Err(meta::error(400, 324, Some(2_069_019), "Your photos couldn't be uploaded: larger than 10 MB"));
    }
    let id = world.new_id().to_string();
    let seen = SeenMedia { mime: mime.to_owned(), size, alt_text };
    let is_published = parameters.text("published") != Some("false");
    facebook.state().photos.push(Photo {
        id: id.clone(),
        page: page.id.clone(),
        seen: seen.clone(),
        used: is_published,
    });
    if !is_published {
        return Ok(json!({ "id": id }));
    }
    let caption = parameters.text("caption").unwrap_or_default();
    fits(caption, LONGEST_POST)?;
    let detail = json!({ "format": "feed", "photos": [id] });
    let post = record(page, caption, vec![seen], detail, world);
    Ok(json!({ "id": id, "post_id": post }))
}

/// What the first bytes of a photo tell.
fn image(head: &[u8]) -> Option<&'static str> {
    let starts: [(&[u8], &str); 6] = [
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"GIF8", "image/gif"),
        (b"BM", "image/bmp"),
        (b"II*\0", "image/tiff"),
        (b"MM\0*", "image/tiff"),
    ];
    starts.into_iter().find(|(start, _)| head.starts_with(start)).map(|(_, mime)| mime)
}

/// Takes photos that nothing was made of yet, as parts of something.
pub(super) fn take(facebook: &Facebook, page: &Page, ids: &[String]) -> Result<Vec<SeenMedia>, Answer> {
    let mut state = facebook.state();
    let mut places = Vec::new();
    for id in ids {
        let place = state.photos.iter().position(|photo| photo.id == *id && photo.page == page.id);
        let place = place.ok_or_else(|| super::unknown(id))?;
        if state.photos[place].used || places.contains(&place) {
            return Err(invalid(&format!("The photo {id} was published already")));
        }
        places.push(place);
    }
    Ok(places
        .into_iter()
        .map(|place| {
            state.photos[place].used = true;
            state.photos[place].seen.clone()
        })
        .collect())
}

/// Makes a post.
pub(super) fn create(
    facebook: &Facebook,
    page: &Page,
    parameters: &Parameters,
    world: &World,
) -> Result<Value, Answer> {
    parameters.only(&["message", "link", "attached_media", "published"])?;
    allowed(&page.token, "pages_manage_posts")?;
    let message = parameters.text("message").unwrap_or_default();
    fits(message, LONGEST_POST)?;
    let link = parameters.text("link");
    let is_web =
        |link: &str| Url::parse(link).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if link.is_some_and(|link| !is_web(link)) {
        return Err(meta::error(400, 1500, None, "The url you supplied is invalid"));
    }
    let photos = attached(parameters)?;
    if message.trim().is_empty() && link.is_none() && photos.is_empty() {
        return Err(invalid("Missing message or attachment"));
    }
    if link.is_some() && !photos.is_empty() {
        return Err(invalid("Can only specify one of link and attached_media"));
    }
    let same = |post: &Effect| post.text == message && post.media.is_empty() && post.detail["link"].as_str() == link;
    if photos.is_empty() && world.posts_of(KEY, &page.name).last().is_some_and(same) {
        return Err(meta::error(400, 506, Some(1_455_006), "Duplicate status message"));
    }
    let media = take(facebook, page, &photos)?;
    let detail = json!({ "format": "feed", "link": link, "photos": photos });
    Ok(json!({ "id": record(page, message, media, detail, world) }))
}

/// The photos of a post: `attached_media[0]={"media_fbid":"…"}`.
fn attached(parameters: &Parameters) -> Result<Vec<String>, Answer> {
    let attached = parameters.array("attached_media")?.into_iter().map(|text| {
        let named =
            serde_json::from_str::<Value>(text).ok().and_then(|one| one["media_fbid"].as_str().map(str::to_owned));
        named.ok_or_else(|| invalid("(attached_media) must be an array of objects with media_fbid"))
    });
    let attached = attached.collect::<Result<Vec<_>, _>>()?;
    if attached.len() > MOST_PHOTOS {
        return Err(invalid("Too many photos in one post"));
    }
    Ok(attached)
}

/// Writes a post into the ledger and answers its id.
pub(super) fn record(page: &Page, text: &str, media: Vec<SeenMedia>, detail: Value, world: &World) -> String {
    let id = format!("{}_{}", page.id, world.new_id());
    world.record(Effect {
        network: KEY.to_owned(),
        account: page.name.clone(),
        kind: EffectKind::Post,
        id: id.clone(),
        parent: None,
        text: text.to_owned(),
        media,
        detail,
        at: world.now(),
    });
    id
}

/// The page's posts, newest first, with its films and reels when they are ready. Stories are in a list of their own.
pub(super) fn list(facebook: &Facebook, page: &Page, parameters: &Parameters, world: &World) -> Result<Value, Answer> {
    parameters.only(&["fields", "limit", "after"])?;
    allowed(&page.token, "pages_read_engagement")?;
    let mut all = Vec::new();
    for post in world.posts_of(KEY, &page.name).into_iter().rev() {
        if post.detail["format"] != "story" && !super::films::is_hidden(facebook, &post.id, world) {
            all.push(chosen(&node(&post, world), parameters, &["message", "created_time"])?);
        }
    }
    paged(&all, parameters)
}

/// A post with all its fields.
pub(super) fn node(post: &Effect, world: &World) -> Value {
    let comments = world.effects().iter().filter(|effect| effect.parent.as_deref() == Some(&post.id)).count();
    // A film is a post, too, under an id of the page's.
    let id = post.detail["post_id"].as_str().unwrap_or(&post.id);
    json!({
        "id": id,
        "message": (!post.text.is_empty()).then_some(&post.text),
        "permalink_url": world.permalink(KEY, &post.account, &post.id),
        "created_time": moment(post),
        "attachments": attachments(post),
        "shares": Value::Null,
        "reactions": { "data": [], "summary": { "total_count": seen(&post.id) % 100 } },
        "comments": { "data": [], "summary": { "total_count": comments } },
        "from": { "id": world.account(KEY, &post.account).to_string(), "name": post.account },
    })
}

/// How often something was seen: a number that stays the same for it.
pub(super) fn seen(id: &str) -> u64 {
    id.bytes().fold(7, |number: u64, byte| (number * 31 + u64::from(byte)) % 10_007)
}

pub(super) fn moment(effect: &Effect) -> String {
    effect.at.format("%Y-%m-%dT%H:%M:%S+0000").to_string()
}

fn attachments(post: &Effect) -> Value {
    let target = |kind: &str, id: &Value| json!({ "media_type": kind, "target": { "id": id } });
    let photos = post.detail["photos"].as_array().map(Vec::as_slice).unwrap_or_default();
    let one = match (photos, post.detail["film"].is_string(), post.detail["link"].as_str()) {
        ([photo], ..) => target("photo", photo),
        ([_, ..], ..) => {
            let parts: Vec<_> = photos.iter().map(|photo| target("photo", photo)).collect();
            json!({ "media_type": "album", "target": { "id": "album" }, "subattachments": { "data": parts } })
        }
        ([], true, _) => target("video", &post.detail["film"]),
        ([], false, Some(link)) => json!({ "media_type": "link", "unshimmed_url": link, "url": link, "target": {} }),
        ([], false, None) => return Value::Null,
    };
    json!({ "data": [one] })
}
