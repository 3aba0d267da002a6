//! Uploading: an image or a document in one request, a film in the parts that LinkedIn cuts it into.
//! <https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/images-api>,
//! <https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/documents-api>,
//! <https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/videos-api>

use std::time::Duration;

use diwan_platform::http::{Method, Response, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::Url;

use super::publish::Own;
use super::wire::{Api, Found, UPLOAD_GONE, encoded, refusal};
use crate::call::{Step, no_answer, polls, read, upload_patience};
use crate::content::{Content, Media};
use crate::error::{ErrorKind, NetworkError};
use crate::network::Progress;
use crate::steps::State;

/// When LinkedIn is asked again that is still at work on a file.
const LATER: Duration = Duration::from_secs(15);

/// A file on its way.
#[derive(Clone, Serialize, Deserialize)]
pub struct Uploaded {
    pub urn: String,
    /// Where its bytes go: one place for an image or a document, one for each part of a film.
    parts: Vec<Place>,
    /// What a film's end is said with.
    #[serde(default)]
    token: String,
    /// LinkedIn has all of it.
    #[serde(default)]
    complete: bool,
    /// It can be used.
    #[serde(default)]
    ready: bool,
}

#[derive(Clone, Serialize, Deserialize)]
struct Place {
    url: Url,
    /// Its first and its last byte.
    first: u64,
    last: u64,
    /// By what LinkedIn knows the part; none as long as it is not there.
    #[serde(default)]
    tag: Option<String>,
}

#[derive(Deserialize)]
struct Begun<T> {
    value: T,
}

/// An image or a document.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BegunWhole {
    #[serde(alias = "image", alias = "document")]
    urn: String,
    upload_url: Url,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BegunFilm {
    video: String,
    #[serde(default)]
    upload_token: String,
    upload_instructions: Vec<Instruction>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Instruction {
    upload_url: Url,
    first_byte: u64,
    last_byte: u64,
}

/// Uploads what is missing, one file after the other, and waits until all of them can be used.
pub async fn upload(
    api: &Api<'_>,
    (content, owner): (&Content, &str),
    state: &mut State<Own>,
    progress: &dyn Progress,
) -> Result<(), NetworkError> {
    for (index, media) in content.media.iter().enumerate() {
        if state.own.media.len() == index {
            let begun = if media.is_video() {
                begin_film(api, owner, media).await
            } else {
                begin_whole(api, owner, media).await
            };
            state.own.media.push(begun?);
            state.save(progress).await?;
        }
        if let Err(error) = upload_one(api, media, index, (state, progress)).await {
            if error.code == UPLOAD_GONE {
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
    while !state.own.media[index].complete {
        let file = &mut state.own.media[index];
        if let Some(part) = file.parts.iter_mut().find(|part| part.tag.is_none()) {
            part.tag = Some(send(api, media, part).await?);
        } else {
            if media.is_video() {
                finalize(api, file).await?;
            }
            file.complete = true;
            // Addresses to which something can be uploaded are not kept longer than they are needed.
            file.parts.clear();
        }
        state.save(progress).await?;
    }
    if !state.own.media[index].ready {
        wait(api, media, &state.own.media[index].urn).await?;
        state.own.media[index].ready = true;
        state.save(progress).await?;
    }
    Ok(())
}

/// The resource that LinkedIn keeps a file in.
fn resource(media: &Media) -> &'static str {
    if media.is_video() {
        "videos"
    } else if media.is_document() {
        "documents"
    } else {
        "images"
    }
}

async fn begin_whole(api: &Api<'_>, owner: &str, media: &Media) -> Result<Uploaded, NetworkError> {
    let body = json!({ "initializeUploadRequest": { "owner": owner } });
    let request = api.post(&format!("/rest/{}?action=initializeUpload", resource(media)))?.json(&body);
    let answer = api.send(request, Step::Repeatable).await?;
    let Begun { value } = read::<Begun<BegunWhole>>(&answer, Step::Repeatable)?;
    let last = media.source.size().saturating_sub(1);
    let parts = vec![Place { url: trusted(value.upload_url)?, first: 0, last, tag: None }];
    Ok(Uploaded { urn: value.urn, parts, token: String::new(), complete: false, ready: false })
}

async fn begin_film(api: &Api<'_>, owner: &str, media: &Media) -> Result<Uploaded, NetworkError> {
    let body = json!({ "initializeUploadRequest": {
        "owner": owner,
        "fileSizeBytes": media.source.size(),
        "uploadCaptions": false,
        "uploadThumbnail": false,
    } });
    let request = api.post("/rest/videos?action=initializeUpload")?.json(&body);
    let answer = api.send(request, Step::Repeatable).await?;
    let Begun { value } = read::<Begun<BegunFilm>>(&answer, Step::Repeatable)?;
    let place = |part: Instruction| {
        let url = trusted(part.upload_url)?;
        Ok(Place { url, first: part.first_byte, last: part.last_byte, tag: None })
    };
    let parts = value.upload_instructions.into_iter().map(place).collect::<Result<_, NetworkError>>()?;
    Ok(Uploaded { urn: value.video, parts, token: value.upload_token, complete: false, ready: false })
}

/// Bytes, and with an image or a document the token, go to LinkedIn alone.
fn trusted(url: Url) -> Result<Url, NetworkError> {
    let own = |host: &str| host == "linkedin.com" || host.ends_with(".linkedin.com");
    if url.scheme() == "https" && url.host_str().is_some_and(own) {
        return Ok(url);
    }
    Err(NetworkError::new(ErrorKind::Ask, "address_unexpected", "the place to upload to is not LinkedIn's"))
}

/// Sends a part, or a whole file, again if it was sent before. Answers its tag: empty for a whole file.
async fn send(api: &Api<'_>, media: &Media, part: &Place) -> Result<String, NetworkError> {
    let mut request = api.http.request(Method::PUT, part.url.clone());
    let mime = if media.is_video() { "application/octet-stream" } else { media.mime.as_str() };
    if !media.is_video() {
        request = request.bearer(api.token);
    }
    let bytes = (part.last + 1).saturating_sub(part.first);
    request = request.source(mime, &media.source, part.first..part.last + 1).patience(upload_patience(bytes));
    let answer = request.send().await.map_err(|error| no_answer(&error, Step::Repeatable))?;
    if !answer.status.is_success() {
        return Err(gone(&answer));
    }
    match answer.header("etag") {
        Some(tag) => Ok(tag.to_owned()),
        None if media.is_video() => {
            Err(NetworkError::new(ErrorKind::Retry, "answer_unreadable", "a part of a film was taken without a tag"))
        }
        None => Ok(String::new()),
    }
}

/// Places to upload to live for a time; after that they are refused in one way or the other.
fn gone(answer: &Response) -> NetworkError {
    let error = refusal(answer, Step::Repeatable);
    match answer.status {
        StatusCode::FORBIDDEN | StatusCode::NOT_FOUND | StatusCode::GONE => {
            NetworkError { kind: ErrorKind::Retry, code: UPLOAD_GONE, ..error }
        }
        _ => error,
    }
}

async fn finalize(api: &Api<'_>, film: &Uploaded) -> Result<(), NetworkError> {
    let tags: Vec<_> = film.parts.iter().filter_map(|part| part.tag.as_deref()).collect();
    let body = json!({ "finalizeUploadRequest": {
        "video": film.urn,
        "uploadToken": film.token,
        "uploadedPartIds": tags,
    } });
    let request = api.post("/rest/videos?action=finalizeUpload")?.json(&body);
    let refused = match api.send(request, Step::Repeatable).await {
        Ok(_) => return Ok(()),
        Err(error) if error.kind == ErrorKind::Content => error,
        Err(error) => return Err(error),
    };
    // Said again of a film that is whole already, it may be refused: then its status counts.
    match status(api, "videos", &film.urn).await?.as_deref() {
        Some("PROCESSING" | "AVAILABLE") => Ok(()),
        _ => Err(refused),
    }
}

/// Waits until LinkedIn has processed a file. Members' tokens may not ask that: then the post is refused as long as it
/// is not ready.
async fn wait(api: &Api<'_>, media: &Media, urn: &str) -> Result<(), NetworkError> {
    for pause in polls() {
        match status(api, resource(media), urn).await?.as_deref() {
            None | Some("AVAILABLE") => return Ok(()),
            Some("WAITING_UPLOAD") => {
                let detail = "LinkedIn has not got an uploaded file";
                return Err(NetworkError::new(ErrorKind::Retry, UPLOAD_GONE, detail));
            }
            Some("PROCESSING_FAILED") => {
                let detail = "LinkedIn could not process a file";
                return Err(NetworkError::new(ErrorKind::Content, "media_rejected", detail));
            }
            Some(_) => tokio::time::sleep(pause).await,
        }
    }
    Err(NetworkError::waiting("LinkedIn processes the file", LATER))
}

/// How far LinkedIn is with a file; none where this token may not ask.
async fn status(api: &Api<'_>, kind: &str, urn: &str) -> Result<Option<String>, NetworkError> {
    match api.find(&format!("/rest/{kind}/{}", encoded(urn))).await? {
        Found::There(answer) => {
            let file: Value = read(&answer, Step::Repeatable)?;
            Ok(Some(file["status"].as_str().unwrap_or_default().to_owned()))
        }
        Found::Nothing => Err(NetworkError::new(ErrorKind::Retry, UPLOAD_GONE, "LinkedIn forgot an uploaded file")),
        Found::NotServed => Ok(None),
    }
}
