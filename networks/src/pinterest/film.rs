//! A film: registered, uploaded and processed before there is a pin.
//! <https://developers.pinterest.com/docs/work-with-organic-content-and-users/create-boards-and-pins/>

use std::time::Duration;

use diwan_platform::http::{Method, Part};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::publish::Own;
use super::wire::{Api, MediaAnswer, Registered};
use crate::call::{Step, bad_status, no_answer, read, upload_patience};
use crate::content::Media;
use crate::error::{ErrorKind, NetworkError};
use crate::network::Progress;
use crate::steps::State;

/// When the network is asked whether it has processed the film, one time after the other.
const POLLS: [Duration; 10] = [
    Duration::from_millis(200),
    Duration::from_millis(400),
    Duration::from_secs(1),
    Duration::from_secs(1),
    Duration::from_secs(1),
    Duration::from_secs(1),
    Duration::from_secs(1),
    Duration::from_secs(1),
    Duration::from_secs(1),
    Duration::from_secs(1),
];

/// When it is asked again after that.
const LATER: Duration = Duration::from_secs(10);

/// How far a film has come.
#[derive(Clone, Serialize, Deserialize)]
pub struct Film {
    /// Its id at the network.
    pub id: String,
    /// Whether the network has the bytes.
    pub uploaded: bool,
}

/// Brings the film to the network and waits until it is processed.
pub async fn prepare(
    api: &Api<'_>,
    media: &Media,
    state: &mut State<Own>,
    progress: &dyn Progress,
) -> Result<(), NetworkError> {
    // The permission to upload is secret and is not kept: a film of which no byte arrived is registered anew.
    if let Some(film) = state.own.film.clone().filter(|film| !film.uploaded) {
        let arrived = status(api, &film.id).await?.is_some_and(|status| status != "registered");
        state.own.film = arrived.then_some(Film { uploaded: true, ..film });
    }
    let film = match state.own.film.clone() {
        Some(film) => film,
        None => upload(api, media, state, progress).await?,
    };
    for pause in POLLS {
        match status(api, &film.id).await?.as_deref() {
            Some("succeeded") => return Ok(()),
            Some("failed") => {
                state.own.film = None;
                state.save(progress).await?;
                return Err(NetworkError::new(
                    ErrorKind::Content,
                    "film_refused",
                    "the network could not use the film",
                ));
            }
            None => {
                state.own.film = None;
                state.save(progress).await?;
                return Err(NetworkError::new(ErrorKind::Retry, "upload_expired", "the network forgot the film"));
            }
            Some(_) => tokio::time::sleep(pause).await,
        }
    }
    Err(NetworkError::waiting("the network still processes the film", LATER))
}

async fn upload(
    api: &Api<'_>,
    media: &Media,
    state: &mut State<Own>,
    progress: &dyn Progress,
) -> Result<Film, NetworkError> {
    let request = api.request(Method::POST, &["media"])?.json(&json!({ "media_type": "video" }));
    let registered: Registered = read(&api.send(request, Step::Repeatable).await?, Step::Repeatable)?;
    let mut film = Film { id: registered.media_id, uploaded: false };
    state.own.film = Some(film.clone());
    state.save(progress).await?;

    let text = |value: Value| if let Value::String(text) = value { text } else { value.to_string() };
    let mut parts: Vec<_> =
        registered.upload_parameters.into_iter().map(|(name, value)| Part::text(name, text(value))).collect();
    // The store ignores everything behind the file.
    parts.push(Part::file("file", "film.mp4", media.mime.clone(), media.source.clone()));
    let request = api.http.post(registered.upload_url).multipart(parts);
    let sent = request.patience(upload_patience(media.source.size())).send().await;
    let answer = sent.map_err(|error| no_answer(&error, Step::Repeatable))?;
    if !answer.status.is_success() {
        let mut error = bad_status(&answer, Step::Repeatable, "the store refused the film");
        if error.kind == ErrorKind::Reconnect {
            // The permission to upload ended, not that of the account.
            (error.kind, error.code) = (ErrorKind::Retry, "upload_expired");
        }
        return Err(error);
    }
    film.uploaded = true;
    state.own.film = Some(film.clone());
    state.save(progress).await?;
    Ok(film)
}

/// What the network says of a film; none when it does not know it.
async fn status(api: &Api<'_>, id: &str) -> Result<Option<String>, NetworkError> {
    match api.find(api.request(Method::GET, &["media", id])?).await? {
        Some(answer) => Ok(Some(read::<MediaAnswer>(&answer, Step::Repeatable)?.status)),
        None => Ok(None),
    }
}
