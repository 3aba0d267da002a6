//! Uploading: an image in one request, a GIF or a film in parts, of which X then makes what it shows.
//! <https://docs.x.com/x-api/media/quickstart/media-upload-chunked>

use std::time::Duration;

use diwan_platform::http::{Part, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::publish::Own;
use super::wire::{Api, Created, MEDIA_UNKNOWN};
use super::{GIF, PART_BYTES};
use crate::call::{Step, upload_patience};
use crate::content::{Content, Media};
use crate::error::{ErrorKind, NetworkError};
use crate::network::Progress;
use crate::steps::State;

/// How long X is waited for within one attempt, while it processes a file.
const PATIENCE: Duration = Duration::from_secs(10);

/// A file on its way.
#[derive(Clone, Serialize, Deserialize)]
pub struct Uploaded {
    pub id: String,
    /// How many of its bytes X has.
    #[serde(default)]
    sent: u64,
    /// X has all of it.
    #[serde(default)]
    complete: bool,
    /// X has processed it, and knows its description.
    #[serde(default)]
    ready: bool,
}

/// What X says of a file that it processes.
#[derive(Deserialize)]
struct Status {
    #[serde(default)]
    processing_info: Option<Processing>,
}

#[derive(Deserialize)]
struct Processing {
    #[serde(default)]
    state: String,
    #[serde(default)]
    check_after_secs: Option<u64>,
    #[serde(default)]
    error: serde_json::Value,
}

/// Uploads what is missing, one file after the other, and waits until all of them can be used.
pub async fn upload(
    api: &Api<'_>,
    content: &Content,
    state: &mut State<Own>,
    progress: &dyn Progress,
) -> Result<(), NetworkError> {
    for (index, media) in content.media.iter().enumerate() {
        let done = upload_one(api, media, index, (state, progress)).await;
        if let Err(error) = done {
            if error.code == MEDIA_UNKNOWN {
                state.own.media.truncate(index);
                state.save(progress).await?;
            }
            return Err(error);
        }
    }
    Ok(())
}

async fn upload_one(
    api: &Api<'_>,
    media: &Media,
    index: usize,
    (state, progress): (&mut State<Own>, &dyn Progress),
) -> Result<(), NetworkError> {
    if state.own.media.len() == index {
        let begun = if in_parts(media) { begin(api, media).await? } else { send_whole(api, media).await? };
        state.own.media.push(begun);
        state.save(progress).await?;
    }
    while !state.own.media[index].complete {
        let file = &mut state.own.media[index];
        if file.sent < media.source.size() {
            file.sent = append(api, media, file).await?;
        } else {
            finalize(api, &file.id).await?;
            file.complete = true;
        }
        state.save(progress).await?;
    }
    if !state.own.media[index].ready {
        let id = &state.own.media[index].id;
        if in_parts(media) {
            wait(api, id).await?;
        }
        describe(api, id, &media.alt_text).await?;
        state.own.media[index].ready = true;
        state.save(progress).await?;
    }
    Ok(())
}

/// Films and GIFs are taken in parts only.
fn in_parts(media: &Media) -> bool {
    media.is_video() || media.mime == GIF
}

async fn send_whole(api: &Api<'_>, media: &Media) -> Result<Uploaded, NetworkError> {
    let request = api.post("/2/media/upload")?.multipart(vec![
        Part::text("media_category", "tweet_image"),
        Part::text("media_type", media.mime.clone()),
        Part::file("media", "image", media.mime.clone(), media.source.clone()),
    ]);
    let request = request.patience(upload_patience(media.source.size()));
    let Created { id } = api.data(request, Step::Repeatable).await?;
    Ok(Uploaded { id, sent: media.source.size(), complete: true, ready: false })
}

async fn begin(api: &Api<'_>, media: &Media) -> Result<Uploaded, NetworkError> {
    let category = if media.mime == GIF { "tweet_gif" } else { "tweet_video" };
    let request = api.post("/2/media/upload/initialize")?.json(&json!({
        "media_category": category,
        "media_type": media.mime,
        "total_bytes": media.source.size(),
    }));
    let Created { id } = api.data(request, Step::Repeatable).await?;
    Ok(Uploaded { id, sent: 0, complete: false, ready: false })
}

/// Sends the next part, again under the same number if it was sent before. Answers how many bytes X has now.
async fn append(api: &Api<'_>, media: &Media, file: &Uploaded) -> Result<u64, NetworkError> {
    let end = (file.sent + PART_BYTES).min(media.source.size());
    let part = media.source.part(file.sent..end);
    let request = api.post(&format!("/2/media/upload/{}/append", file.id))?.multipart(vec![
        Part::text("segment_index", (file.sent / PART_BYTES).to_string()),
        Part::file("media", "part", "application/octet-stream", part),
    ]);
    let sent = api.send(request.patience(upload_patience(end - file.sent)), Step::Repeatable).await;
    sent.map_err(forgotten).map(|_| end)
}

/// Says that all parts are there. Said again of a file that is whole already, X may refuse it: then its status counts.
async fn finalize(api: &Api<'_>, id: &str) -> Result<(), NetworkError> {
    let sent = api.send(api.post(&format!("/2/media/upload/{id}/finalize"))?, Step::Repeatable).await;
    match sent.map_err(forgotten) {
        Err(error) if error.kind == ErrorKind::Content => {
            status(api, id).await?.processing_info.map(|_| ()).ok_or(error)
        }
        other => other.map(|_| ()),
    }
}

async fn status(api: &Api<'_>, id: &str) -> Result<Status, NetworkError> {
    let request = api.get("/2/media/upload")?.query(&[("command", "STATUS"), ("media_id", id)]);
    api.data(request, Step::Repeatable).await.map_err(forgotten)
}

/// An upload that is not found is one that X forgot.
fn forgotten(error: NetworkError) -> NetworkError {
    let is_gone = error.detail.starts_with(StatusCode::NOT_FOUND.as_str());
    if is_gone { NetworkError { kind: ErrorKind::Retry, code: MEDIA_UNKNOWN, ..error } } else { error }
}

/// Waits until X has processed a file, asking as often as X says.
async fn wait(api: &Api<'_>, id: &str) -> Result<(), NetworkError> {
    let mut waited = Duration::ZERO;
    loop {
        // Nothing is said of a file with which nothing is to be done.
        let Some(processing) = status(api, id).await?.processing_info else { return Ok(()) };
        match processing.state.as_str() {
            "succeeded" => return Ok(()),
            "failed" => {
                let said =
                    ["name", "message"].map(|name| processing.error[name].as_str().unwrap_or_default()).join(" ");
                let detail = format!("X could not process the file: {}", said.trim());
                return Err(NetworkError::new(ErrorKind::Content, "media_rejected", detail));
            }
            _ => {}
        }
        let pause = Duration::from_secs(processing.check_after_secs.unwrap_or(1).clamp(1, 300));
        if waited + pause > PATIENCE {
            return Err(NetworkError::waiting("X processes the file", pause));
        }
        tokio::time::sleep(pause).await;
        waited += pause;
    }
}

/// Says what is to be seen. <https://docs.x.com/x-api/media/create-media-metadata>
async fn describe(api: &Api<'_>, id: &str, alt_text: &str) -> Result<(), NetworkError> {
    if alt_text.is_empty() {
        return Ok(());
    }
    let body = json!({ "id": id, "metadata": { "alt_text": { "text": alt_text } } });
    api.send(api.post("/2/media/metadata")?.json(&body), Step::Repeatable).await.map_err(forgotten).map(|_| ())
}
