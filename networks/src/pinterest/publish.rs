//! Publishing a pin, and finding out afterwards whether it is there.

use async_trait::async_trait;
use chrono::TimeDelta;
use diwan_platform::http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::film::{self, Film};
use super::wire::{Api, Page, Pin};
use super::{BOARD, COVER_SECONDS, TITLE, alt_text};
use crate::call::{Step, read};
use crate::content::Content;
use crate::error::{ErrorKind, NetworkError};
use crate::network::{Progress, Published};
use crate::steps::{Search, State, Steps};

/// Pins per page of a board, and how many pages a look-up reads.
const PAGE: &str = "100";
const MAX_PAGES: usize = 5;
/// How far the network's clock may be behind.
const CLOCK_SKEW: TimeDelta = TimeDelta::hours(1);

/// What is remembered of a publication.
#[derive(Default, Serialize, Deserialize)]
pub struct Own {
    /// The film, as far as it has come.
    #[serde(default)]
    pub film: Option<Film>,
    /// The board's newest pins before sending; none before they were read.
    #[serde(default)]
    before: Option<Vec<String>>,
}

/// A publication on its way to a board.
pub struct Publishing<'a> {
    pub api: Api<'a>,
    pub content: &'a Content,
}

#[async_trait]
impl Steps for Publishing<'_> {
    type Own = Own;

    async fn prepare(&self, state: &mut State<Own>, progress: &dyn Progress) -> Result<(), NetworkError> {
        if let Some(media) = self.content.media.iter().find(|media| media.is_video()) {
            film::prepare(&self.api, media, state, progress).await?;
        }
        let page = self.page(None).await?.map(|page| page.items).unwrap_or_default();
        state.own.before = Some(page.into_iter().map(|pin| pin.id).collect());
        Ok(())
    }

    async fn send(&self, state: &mut State<Own>, _progress: &dyn Progress) -> Result<Published, NetworkError> {
        let request = self.api.request(Method::POST, &["pins"])?.json(&self.pin(&state.own));
        let answer = self.api.send(request, Step::Commit).await.map_err(board_gone)?;
        let pin: Pin = read(&answer, Step::Commit)?;
        Ok(published(pin.id))
    }

    /// Looks for the pin among those of its board that were not there before. The order of the list is not promised: only
    /// its end, or pins that are older than the publication in falling order, say that it is not there.
    async fn find(&self, state: &State<Own>) -> Result<Search, NetworkError> {
        let Some(before) = &state.own.before else { return Ok(Search::CannotTell) };
        let oldest = self.content.created_at - CLOCK_SKEW;
        let mut bookmark = None;
        for _ in 0..MAX_PAGES {
            let Some(page) = self.page(bookmark.as_deref()).await? else { return Ok(Search::CannotTell) };
            let moments: Vec<_> = page.items.iter().map(|pin| pin.created_at).collect();
            let found = page.items.into_iter().find(|pin| {
                let is_new = pin.created_at.is_none_or(|moment| moment >= oldest) && !before.contains(&pin.id);
                is_new && self.is_it(pin)
            });
            if let Some(pin) = found {
                return Ok(Search::Found(published(pin.id)));
            }
            bookmark = page.bookmark.filter(|bookmark| !bookmark.is_empty());
            let falls = moments.iter().all(Option::is_some) && moments.is_sorted_by(|a, b| a >= b);
            let is_past = falls && moments.last().copied().flatten().is_some_and(|moment| moment < oldest);
            if bookmark.is_none() || is_past {
                return Ok(Search::NotThere);
            }
        }
        Ok(Search::CannotTell)
    }

    fn refused(&self, own: &mut Own, error: &NetworkError) {
        // What was refused may name a film that the network has thrown away.
        if error.kind == ErrorKind::Content {
            own.film = None;
        }
    }
}

/// A pin as people see it.
pub fn published(id: String) -> Published {
    Published { url: format!("https://www.pinterest.com/pin/{id}/").parse().ok(), remote_id: id }
}

/// Of a new pin, only its board can be missing.
fn board_gone(error: NetworkError) -> NetworkError {
    if error.code == "unexpected_status" && error.detail.starts_with("404") {
        return NetworkError { kind: ErrorKind::Content, code: "board_gone", ..error };
    }
    error
}

/// What the words of a pin are, for making and for changing it.
pub fn words(content: &Content) -> Value {
    let option = |name: &str| content.options.get(name);
    json!({
        "board_id": option(BOARD),
        "title": option(TITLE),
        "description": (!content.text.is_empty()).then_some(&content.text),
        "link": content.link,
    })
}

impl Publishing<'_> {
    /// <https://developers.pinterest.com/docs/api/v5/pins-create>
    fn pin(&self, own: &Own) -> Value {
        let mut pin = words(self.content);
        let alt_text = alt_text(self.content.media.iter().map(|media| media.alt_text.as_str()));
        if !alt_text.is_empty() {
            pin["alt_text"] = alt_text.into();
        }
        pin["media_source"] = self.media_source(own);
        if let Value::Object(fields) = &mut pin {
            fields.retain(|_, value| !value.is_null());
        }
        pin
    }

    fn media_source(&self, own: &Own) -> Value {
        let images: Vec<_> = self.content.media.iter().filter(|media| !media.is_video()).collect();
        match (&own.film, images.as_slice()) {
            (Some(film), [cover, ..]) => {
                json!({ "source_type": "video_id", "media_id": film.id, "cover_image_url": cover.link })
            }
            (Some(film), []) => {
                let second = self.content.options.get(COVER_SECONDS).and_then(|second| second.parse::<u64>().ok());
                let second = second.unwrap_or(0);
                json!({ "source_type": "video_id", "media_id": film.id, "cover_image_key_frame_time": second })
            }
            (None, [image]) => json!({ "source_type": "image_url", "url": image.link }),
            (None, images) => {
                let items: Vec<_> = images.iter().map(|image| json!({ "url": image.link })).collect();
                json!({ "source_type": "multiple_image_urls", "items": items })
            }
        }
    }

    /// A page of the board's pins; none when the board is gone.
    async fn page(&self, bookmark: Option<&str>) -> Result<Option<Page<Pin>>, NetworkError> {
        let board = self.content.options.get(BOARD).map(String::as_str).unwrap_or_default();
        let mut request = self.api.request(Method::GET, &["boards", board, "pins"])?.query(&[("page_size", PAGE)]);
        if let Some(bookmark) = bookmark {
            request = request.query(&[("bookmark", bookmark)]);
        }
        match self.api.find(request).await? {
            Some(answer) => read(&answer, Step::Repeatable).map(Some),
            None => Ok(None),
        }
    }

    /// Whether a pin says what the publication says.
    fn is_it(&self, pin: &Pin) -> bool {
        let same = |there: Option<&str>, here: Option<&str>| {
            let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            squeezed(there.unwrap_or_default()) == squeezed(here.unwrap_or_default())
        };
        same(pin.description.as_deref(), Some(&self.content.text))
            && same(pin.title.as_deref(), self.content.options.get(TITLE).map(String::as_str))
            && same(pin.link.as_deref(), self.content.link.as_deref())
    }
}
