//! Images and films: uploaded before there is a post. <https://docs.joinmastodon.org/methods/media/>

use std::time::Duration;

use diwan_platform::http::{Part, StatusCode};
use serde::{Deserialize, Serialize};

use super::publish::Own;
use super::wire::{MediaAnswer, Server, refusal};
use crate::call::{Step, read, upload_patience};
use crate::content::{Content, Media};
use crate::error::{ErrorKind, NetworkError};
use crate::network::Progress;
use crate::steps::State;

/// When a server is asked whether it has processed a file, one time after the other; for an image, often once.
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

/// A file that the server has.
#[derive(Clone, Serialize, Deserialize)]
pub struct Uploaded {
    id: String,
    ready: bool,
}

impl Uploaded {
    pub fn id(&self) -> &str {
        &self.id
    }
}

/// Uploads what is missing and waits until the server has processed it.
pub async fn upload(
    server: &Server<'_>,
    content: &Content,
    state: &mut State<Own>,
    progress: &dyn Progress,
) -> Result<(), NetworkError> {
    for index in 0..content.media.len() {
        if state.own.media.len() == index {
            let uploaded = upload_one(server, &content.media[index], index).await?;
            state.own.media.push(uploaded);
            state.save(progress).await?;
        }
        if !state.own.media[index].ready {
            if wait_until_ready(server, &state.own.media[index].id).await? {
                state.own.media[index].ready = true;
            } else {
                // The server forgot the file: upload again from here.
                state.own.media.truncate(index);
                state.save(progress).await?;
                let detail = "the server forgot an uploaded file";
                return Err(NetworkError::new(ErrorKind::Retry, "upload_expired", detail));
            }
        }
    }
    Ok(())
}

async fn upload_one(server: &Server<'_>, media: &Media, index: usize) -> Result<Uploaded, NetworkError> {
    let kind = if media.is_video() { "film" } else { "image" };
    let patience = upload_patience(media.source.size());
    let parts = || {
        let extension = media.mime.rsplit('/').next().unwrap_or("bin");
        let name = format!("{kind}-{index}.{extension}");
        let mut parts = vec![Part::file("file", name, media.mime.clone(), media.source.clone())];
        if !media.alt_text.is_empty() {
            parts.push(Part::text("description", media.alt_text.clone()));
        }
        parts
    };
    let request = server.post("/api/v2/media")?.multipart(parts()).patience(patience);
    let mut answer = server.answer(request, Step::Repeatable).await?;
    if answer.status == StatusCode::NOT_FOUND {
        // Servers older than 3.1.3 know only the first version, which processes before it answers.
        let request = server.post("/api/v1/media")?.multipart(parts()).patience(patience);
        answer = server.answer(request, Step::Repeatable).await?;
    }
    if !answer.status.is_success() {
        return Err(refusal(&answer, Step::Repeatable));
    }
    let MediaAnswer { id } = read(&answer, Step::Repeatable)?;
    Ok(Uploaded { id, ready: answer.status != StatusCode::ACCEPTED })
}

/// Polls until a file is processed: 206 while it is not. False when the server does not know the file.
async fn wait_until_ready(server: &Server<'_>, id: &str) -> Result<bool, NetworkError> {
    let path = format!("/api/v1/media/{id}");
    for pause in POLLS {
        match server.find(&path).await? {
            None => return Ok(false),
            Some(answer) if answer.status == StatusCode::PARTIAL_CONTENT => tokio::time::sleep(pause).await,
            Some(_) => return Ok(true),
        }
    }
    Err(NetworkError::waiting("the server still processes a file", LATER))
}
