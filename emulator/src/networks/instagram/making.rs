//! Making containers and publishing them.
//! <https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media>,
//! <https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/error-codes>

use serde_json::json;

use super::{Asked, Instagram, KEY, QUOTA, invalid};
use crate::answer::Answer;
use crate::ledger::SeenMedia;
use crate::networks::containers::{Filling, FilmTrouble, film, image, in_a_day, record};
use crate::networks::facebook::parameters::Parameters;
use crate::networks::{long_lived, meta};

/// In bytes.
const MOST_FILM: u64 = 300 * 1024 * 1024;
const MOST_STORY_FILM: u64 = 100 * 1024 * 1024;

/// What a container may be told.
const FIELDS: [&str; 10] = [
    "media_type",
    "image_url",
    "video_url",
    "caption",
    "alt_text",
    "share_to_feed",
    "thumb_offset",
    "is_carousel_item",
    "children",
    "cover_url",
];

/// How many posts the account made in 24 hours.
pub(super) fn used(asked: &Asked<'_>) -> usize {
    in_a_day(KEY, &asked.account, asked.world, |_| true)
}

fn flag(parameters: &Parameters, name: &str) -> Result<Option<bool>, Answer> {
    match parameters.text(name) {
        None => Ok(None),
        Some("true" | "1") => Ok(Some(true)),
        Some("false" | "0") => Ok(Some(false)),
        Some(_) => Err(invalid(&format!("Param {name} must be a boolean"))),
    }
}

/// A caption, if it is none too long.
fn caption(parameters: &Parameters) -> Result<String, Answer> {
    let caption = parameters.text("caption").unwrap_or_default();
    let starting =
        |mark: char| caption.split_whitespace().filter(|word| word.starts_with(mark) && word.len() > 1).count();
    if caption.encode_utf16().count() > 2_200 || starting('#') > 30 || starting('@') > 20 {
        let message = "The caption was too long: at most 2,200 characters, 30 hashtags and 20 @ tags";
        return Err(meta::error(400, 36_004, Some(2_207_010), message));
    }
    Ok(caption.to_owned())
}

/// Refuses what this kind of container does not take.
fn without(parameters: &Parameters, names: &[&str], kind: &str) -> Result<(), Answer> {
    match names.iter().find(|name| parameters.text(name).is_some()) {
        Some(name) => Err(invalid(&format!("Param {name} is not supported for {kind}"))),
        None => Ok(()),
    }
}

impl Instagram {
    pub(super) async fn make(&self, asked: &Asked<'_>, id: &str) -> Result<Answer, Answer> {
        let parameters = asked.parameters;
        if !asked.is_me(id) {
            return Err(long_lived::not_there(id));
        }
        parameters.only(&FIELDS)?;
        let is_item = flag(parameters, "is_carousel_item")?.unwrap_or(false);
        let filling = match parameters.text("media_type") {
            None | Some("IMAGE") => picture(asked, is_item).await?,
            Some("VIDEO") if is_item => moving(asked, MOST_FILM).await?,
            Some("VIDEO") => {
                let message = "The VIDEO value for media_type is no longer supported. Use the REELS media_type";
                return Err(meta::error(400, 100, Some(2_207_067), message));
            }
            Some("REELS") if !is_item => reel(asked).await?,
            Some("STORIES") if !is_item => story(asked).await?,
            Some("CAROUSEL") if !is_item => self.carousel(asked)?,
            Some(other) => return Err(invalid(&format!("Param media_type must not be {other} here"))),
        };
        let filling = Filling { account: asked.account.clone(), is_item, ..filling };
        let id = self.containers.make(KEY, filling, asked.world);
        Ok(Answer::json(200, &json!({ "id": id })))
    }

    fn carousel(&self, asked: &Asked<'_>) -> Result<Filling, Answer> {
        without(
            asked.parameters,
            &["image_url", "video_url", "alt_text", "share_to_feed", "thumb_offset"],
            "a carousel",
        )?;
        let media = self.containers.items(asked.parameters.needed("children")?, &asked.account, asked.world.now())?;
        if !(2..=10).contains(&media.len()) {
            return Err(invalid("A carousel has 2 to 10 children"));
        }
        let detail = json!({ "format": "FEED", "media_type": "CAROUSEL_ALBUM" });
        Ok(Filling { text: caption(asked.parameters)?, media, detail, ..Filling::default() })
    }

    /// Publishes a container, if the day's number is not used up.
    pub(super) fn publish(&self, asked: &Asked<'_>, id: &str) -> Result<Answer, Answer> {
        if !asked.is_me(id) {
            return Err(long_lived::not_there(id));
        }
        asked.parameters.only(&["creation_id"])?;
        if used(asked) >= QUOTA {
            let message =
                "You reached maximum number of posts that is allowed to be published by Content Publishing API";
            return Err(meta::error(400, 9, Some(2_207_042), message));
        }
        let container = asked.parameters.needed("creation_id")?;
        let filling = self.containers.publish(container, &asked.account, asked.world.now())?;
        let id = asked.world.new_id().to_string();
        record(KEY, &id, filling, asked.world);
        Ok(Answer::json(200, &json!({ "id": id })))
    }
}

/// An image: of a post, or of a carousel.
async fn picture(asked: &Asked<'_>, is_item: bool) -> Result<Filling, Answer> {
    let parameters = asked.parameters;
    without(parameters, &["video_url", "share_to_feed", "thumb_offset", "cover_url", "children"], "an image")?;
    if is_item {
        without(parameters, &["caption"], "a carousel item")?;
    }
    let alt_text = parameters.text("alt_text").map(str::to_owned);
    if alt_text.as_ref().is_some_and(|text| text.chars().count() > 1_000) {
        return Err(invalid("Param alt_text must be at most 1000 characters long."));
    }
    let fetched = image(asked.world, parameters.needed("image_url")?, &[]).await?;
    let (width, height) =
        fetched.image.map(|(width, height)| (u64::from(width), u64::from(height))).unwrap_or_default();
    if width * 5 < height * 4 || width * 100 > height * 191 {
        let message = "The submitted image with aspect ratio cannot be published. It should be between 4:5 and 1.91:1";
        return Err(meta::error(400, 36_003, Some(2_207_009), message));
    }
    let media = vec![SeenMedia { mime: fetched.mime, size: fetched.size, alt_text }];
    let detail = json!({ "format": "FEED", "media_type": "IMAGE" });
    Ok(Filling { text: caption(parameters)?, media, detail, ..Filling::default() })
}

/// A film that becomes a reel or a part of a carousel.
async fn moving(asked: &Asked<'_>, largest: u64) -> Result<Filling, Answer> {
    without(asked.parameters, &["image_url", "alt_text", "children"], "a video")?;
    let (seen, trouble) = film(asked.world, asked.parameters.needed("video_url")?, largest).await;
    let failed = trouble.map(|trouble| match trouble {
        FilmTrouble::NotFetched => "2207003".to_owned(),
        FilmTrouble::Unusable => "2207026".to_owned(),
    });
    let detail = json!({ "format": "FEED", "media_type": "VIDEO" });
    Ok(Filling { media: vec![seen], failed, detail, ..Filling::default() })
}

async fn reel(asked: &Asked<'_>) -> Result<Filling, Answer> {
    let share_to_feed = flag(asked.parameters, "share_to_feed")?;
    let offset = asked.parameters.text("thumb_offset").map(str::parse::<u64>).transpose();
    let offset = offset.map_err(|_| {
        let message = "Thumbnail offset must be greater than or equal to 0 and less than video duration";
        meta::error(400, 1, Some(2_207_057), message)
    })?;
    let text = caption(asked.parameters)?;
    let filling = moving(asked, MOST_FILM).await?;
    let detail = json!({
        "format": "REELS", "media_type": "VIDEO", "share_to_feed": share_to_feed, "thumb_offset": offset,
    });
    Ok(Filling { text, detail, ..filling })
}

/// An image or a film without words. Instagram ignores a caption here; that it came is to be seen.
async fn story(asked: &Asked<'_>) -> Result<Filling, Answer> {
    let parameters = asked.parameters;
    without(parameters, &["caption", "alt_text", "share_to_feed", "thumb_offset", "children"], "a story")?;
    let (filling, kind) = match (parameters.text("image_url"), parameters.text("video_url")) {
        (Some(url), None) => {
            let fetched = image(asked.world, url, &[]).await?;
            let media = vec![SeenMedia { mime: fetched.mime, size: fetched.size, alt_text: None }];
            (Filling { media, ..Filling::default() }, "IMAGE")
        }
        (None, Some(_)) => (moving(asked, MOST_STORY_FILM).await?, "VIDEO"),
        _ => return Err(invalid("A story needs either image_url or video_url")),
    };
    Ok(Filling { detail: json!({ "format": "STORY", "media_type": kind }), ..filling })
}
