//! Publishing, and finding out afterwards whether it happened.

use std::time::Duration;

use chrono::TimeDelta;
use diwan_platform::http::{Part, StatusCode};
use serde::{Deserialize, Serialize};

use super::text;
use super::wire::{MediaAnswer, Server, Status, refusal};
use crate::call::{Step, read};
use crate::content::{Checkpoint, Content, Media};
use crate::error::{ErrorKind, NetworkError};
use crate::network::{Account, LookUp, Progress, Published};

/// How often and how long a server is asked whether it has processed a file.
const MEDIA_POLL: Duration = Duration::from_secs(1);
const MEDIA_POLLS: usize = 20;
/// Posts per page of an account's list, and how many pages a look-up reads.
const PAGE: usize = 40;
const MAX_PAGES: usize = 5;
/// How far a server's clock may be behind.
const CLOCK_SKEW: TimeDelta = TimeDelta::hours(1);

/// How far a publication has come.
#[derive(Default, Serialize, Deserialize)]
struct State {
    stage: String,
    /// The files uploaded so far, in the order of the images.
    #[serde(default)]
    media: Vec<Uploaded>,
    /// The account's newest post before sending; none when the server could not tell.
    #[serde(default)]
    before: Option<Before>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Uploaded {
    id: String,
    ready: bool,
}

#[derive(Clone, Serialize, Deserialize)]
struct Before {
    /// None when the account had no post at all.
    newest: Option<String>,
}

impl State {
    const UPLOADING: &'static str = "uploading";

    fn read(checkpoint: &Checkpoint) -> Result<Self, NetworkError> {
        Self::deserialize(&checkpoint.0).map_err(|error| NetworkError::checkpoint(&error))
    }

    async fn save(&self, progress: &dyn Progress) -> Result<(), NetworkError> {
        let value = serde_json::to_value(self).map_err(|error| NetworkError::checkpoint(&error))?;
        Ok(progress.save(&Checkpoint(value)).await?)
    }
}

/// Publishes, from the beginning or from a checkpoint.
pub async fn publish(
    server: &Server<'_>,
    account: &Account,
    content: &Content,
    resume: Option<&Checkpoint>,
    progress: &dyn Progress,
) -> Result<Published, NetworkError> {
    let mut state = match resume {
        Some(checkpoint) => State::read(checkpoint)?,
        None => State { stage: State::UPLOADING.to_owned(), ..State::default() },
    };
    if resume.is_some_and(Checkpoint::may_have_been_sent) {
        match look_up(server, account, content, resume).await.map_err(still_unknown)? {
            LookUp::Found(published) => return Ok(published),
            LookUp::NotThere => {}
            LookUp::CannotTell => {
                let detail = "an earlier attempt may have published, and the server's answers leave it open";
                return Err(NetworkError::new(ErrorKind::Unknown, "look_up_undecided", detail));
            }
        }
    } else {
        upload(server, content, &mut state, progress).await?;
        state.before = newest(server, account).await?;
        Checkpoint::SENDING.clone_into(&mut state.stage);
        state.save(progress).await?;
    }
    progress.before_commit().await?;
    let key = content.idempotency_key.to_string();
    let mut form = vec![("status", content.text.as_str()), ("visibility", "public")];
    form.extend(content.language.as_deref().map(|language| ("language", language)));
    form.extend(state.media.iter().map(|media| ("media_ids[]", media.id.as_str())));
    let request = server.post("/api/v1/statuses")?.header("idempotency-key", &key).form(&form);
    let answer = server.send(request, Step::Commit).await?;
    read(&answer, Step::Commit).map(super::published)
}

/// As long as nobody knows whether an earlier attempt published, a failure leaves it open.
fn still_unknown(error: NetworkError) -> NetworkError {
    match error.kind {
        ErrorKind::Retry => NetworkError { kind: ErrorKind::Unknown, ..error },
        _ => error,
    }
}

/// Looks for the post among the account's posts that are newer than the one that was newest before sending.
pub async fn look_up(
    server: &Server<'_>,
    account: &Account,
    content: &Content,
    checkpoint: Option<&Checkpoint>,
) -> Result<LookUp, NetworkError> {
    if checkpoint.is_some_and(|checkpoint| !checkpoint.may_have_been_sent()) {
        return Ok(LookUp::NotThere);
    }
    let before = match checkpoint {
        Some(checkpoint) => State::read(checkpoint)?.before,
        None => None,
    };
    let newest = before.as_ref().and_then(|before| before.newest.as_deref());
    let oldest = content.created_at - CLOCK_SKEW;
    let mut last: Option<String> = None;
    for _ in 0..MAX_PAGES {
        let Some(page) = posts(server, account, PAGE, last.as_deref()).await? else { return Ok(LookUp::CannotTell) };
        for status in &page {
            if Some(status.id.as_str()) == newest {
                return Ok(LookUp::NotThere);
            }
            if is_same_post(status, content) {
                return Ok(LookUp::Found(Published {
                    remote_id: status.id.clone(),
                    url: status.url.as_deref().and_then(|url| url.parse().ok()),
                }));
            }
            // Asked last: a server whose clock is slow dates its newest posts too early.
            if status.created_at.is_some_and(|moment| moment < oldest) {
                return Ok(LookUp::NotThere);
            }
        }
        let Some(next) = page.last().map(|status| status.id.clone()) else { return Ok(LookUp::NotThere) };
        // A server that does not page answers the same page again.
        if last.as_ref() == Some(&next) {
            return Ok(LookUp::NotThere);
        }
        last = Some(next);
    }
    Ok(LookUp::CannotTell)
}

fn is_same_post(status: &Status, content: &Content) -> bool {
    status.reblog.is_null()
        && status.media_attachments.len() == content.media.len()
        && text::is_same(&content.text, &shown_text(status))
}

/// The text as written where the server tells it, else that of its HTML.
pub fn shown_text(status: &Status) -> String {
    match &status.text {
        Some(source) => source.clone(),
        None => text::plain(&status.content),
    }
}

/// A page of the account's posts, newest first; none when the server does not list them.
async fn posts(
    server: &Server<'_>,
    account: &Account,
    limit: usize,
    older_than: Option<&str>,
) -> Result<Option<Vec<Status>>, NetworkError> {
    let limit = limit.to_string();
    let mut parameters = vec![("limit", limit.as_str()), ("exclude_reblogs", "true")];
    parameters.extend(older_than.map(|id| ("max_id", id)));
    let path = format!("/api/v1/accounts/{}/statuses", account.remote_id);
    let answer = server.answer(server.get(&path)?.query(&parameters), Step::Repeatable).await?;
    match answer.status {
        StatusCode::NOT_FOUND | StatusCode::NOT_IMPLEMENTED => Ok(None),
        status if status.is_success() => read(&answer, Step::Repeatable).map(Some),
        _ => Err(refusal(&answer, Step::Repeatable)),
    }
}

async fn newest(server: &Server<'_>, account: &Account) -> Result<Option<Before>, NetworkError> {
    let page = posts(server, account, 1, None).await?;
    Ok(page.map(|page| Before { newest: page.into_iter().next().map(|status| status.id) }))
}

/// Uploads what is missing and waits until the server has processed it.
async fn upload(
    server: &Server<'_>,
    content: &Content,
    state: &mut State,
    progress: &dyn Progress,
) -> Result<(), NetworkError> {
    for index in 0..content.media.len() {
        if state.media.len() == index {
            let uploaded = upload_one(server, &content.media[index], index).await?;
            state.media.push(uploaded);
            state.save(progress).await?;
        }
        if !state.media[index].ready {
            if wait_until_ready(server, &state.media[index].id).await? {
                state.media[index].ready = true;
            } else {
                // The server forgot the file: upload again from here.
                state.media.truncate(index);
                state.save(progress).await?;
                let detail = "the server forgot an uploaded file";
                return Err(NetworkError::new(ErrorKind::Retry, "upload_expired", detail));
            }
        }
    }
    Ok(())
}

async fn upload_one(server: &Server<'_>, media: &Media, index: usize) -> Result<Uploaded, NetworkError> {
    let parts = || {
        let extension = media.mime.rsplit('/').next().unwrap_or("bin");
        let mut parts =
            vec![Part::file("file", format!("image-{index}.{extension}"), media.mime.clone(), media.bytes.clone())];
        if !media.alt_text.is_empty() {
            parts.push(Part::text("description", media.alt_text.clone()));
        }
        parts
    };
    let mut answer = server.answer(server.post("/api/v2/media")?.multipart(parts()), Step::Repeatable).await?;
    if answer.status == StatusCode::NOT_FOUND {
        // Servers older than 3.1.3 know only the first version, which processes before it answers.
        answer = server.answer(server.post("/api/v1/media")?.multipart(parts()), Step::Repeatable).await?;
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
    for _ in 0..MEDIA_POLLS {
        match server.find(&path).await? {
            None => return Ok(false),
            Some(answer) if answer.status == StatusCode::PARTIAL_CONTENT => tokio::time::sleep(MEDIA_POLL).await,
            Some(_) => return Ok(true),
        }
    }
    Err(NetworkError::new(ErrorKind::Retry, "media_processing", "the server still processes an image"))
}
