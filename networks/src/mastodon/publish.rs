//! Publishing, and finding out afterwards whether it happened.

use std::time::Duration;

use chrono::TimeDelta;
use diwan_platform::http::{Part, StatusCode};
use serde::{Deserialize, Serialize};

use super::text;
use super::wire::{MediaAnswer, Server, Status, refusal};
use super::{SENSITIVE, SPOILER_TEXT, VISIBILITY};
use crate::call::{Step, read};
use crate::content::{Checkpoint, Content, Media};
use crate::error::{ErrorKind, NetworkError};
use crate::network::{Account, LookUp, Progress, Published};
use crate::state;

/// How often and how long a server is asked whether it has processed a file.
const MEDIA_POLL: Duration = Duration::from_secs(1);
const MEDIA_POLLS: usize = 20;
/// Posts per page of an account's list, and how many pages a look-up reads.
const PAGE: usize = 40;
const MAX_PAGES: usize = 5;
/// How far a server's clock may be behind.
const CLOCK_SKEW: TimeDelta = TimeDelta::hours(1);

/// How far a publication has come.
type State = state::State<Own, Published>;

#[derive(Default, Serialize, Deserialize)]
struct Own {
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

/// The next post is there. What follows it must not be forgotten: a failure to save leaves it open how far things came.
async fn arrived(
    state: &mut State,
    post: Published,
    content: &Content,
    progress: &dyn Progress,
) -> Result<(), NetworkError> {
    state.arrived(post);
    if state.is_whole(content) { Ok(()) } else { state.save(progress).await.map_err(still_unknown) }
}

/// The post that the next one answers.
fn parent<'a>(state: &'a State, content: &Content) -> Option<&'a str> {
    let parent = state.sent.get(content.parent(state.sent.len())?)?;
    Some(&parent.remote_id)
}

/// Publishes, from the beginning or from a checkpoint.
pub async fn publish(
    server: &Server<'_>,
    account: &Account,
    content: &Content,
    resume: Option<&Checkpoint>,
    progress: &dyn Progress,
) -> Result<Published, NetworkError> {
    let mut state = resume.map_or_else(|| Ok(State::new(Checkpoint::PREPARING)), State::read)?;
    if state.is_sending() {
        match find_next(server, account, content, &state).await.map_err(still_unknown)? {
            Search::Found(post) => arrived(&mut state, post, content, progress).await?,
            Search::NotThere => {}
            Search::CannotTell => {
                let detail = "an earlier attempt may have published, and the server's answers leave it open";
                return Err(NetworkError::new(ErrorKind::Unknown, "look_up_undecided", detail));
            }
        }
    }
    while !state.is_whole(content) {
        if !state.is_sending() {
            if state.sent.is_empty() {
                upload(server, content, &mut state, progress).await?;
            }
            state.own.before = newest(server, account).await?;
            state.send();
            state.save(progress).await?;
        }
        progress.before_commit().await?;
        match send_next(server, content, &state).await {
            Ok(post) => arrived(&mut state, post, content, progress).await?,
            Err(error) => {
                if error.kind != ErrorKind::Unknown {
                    state.settle();
                    state.save(progress).await?;
                }
                return Err(error);
            }
        }
    }
    first(state)
}

/// What the publication is to those who see it.
fn first(state: State) -> Result<Published, NetworkError> {
    let nothing = || NetworkError::new(ErrorKind::Ask, "checkpoint_unreadable", "nothing was sent");
    state.sent.into_iter().next().ok_or_else(nothing)
}

/// Makes the next post visible.
async fn send_next(server: &Server<'_>, content: &Content, state: &State) -> Result<Published, NetworkError> {
    let index = state.sent.len();
    let key = idempotency_key(content, index);
    let option = |name| content.options.get(name).map(String::as_str);
    let text = content.pieces().get(index).copied().unwrap_or_default();
    let mut form = vec![("status", text), ("visibility", option(VISIBILITY).unwrap_or("public"))];
    form.extend(content.language.as_deref().map(|language| ("language", language)));
    form.extend(option(SENSITIVE).map(|sensitive| ("sensitive", sensitive)));
    form.extend(option(SPOILER_TEXT).map(|warning| ("spoiler_text", warning)));
    form.extend(parent(state, content).map(|parent| ("in_reply_to_id", parent)));
    if index == 0 {
        form.extend(state.own.media.iter().map(|media| ("media_ids[]", media.id.as_str())));
    }
    let request = server.post("/api/v1/statuses")?.header("idempotency-key", &key).form(&form);
    let answer = server.send(request, Step::Commit).await?;
    read(&answer, Step::Commit).map(super::published)
}

/// One key per post: the publication's id, and behind it which of its posts.
fn idempotency_key(content: &Content, index: usize) -> String {
    match index {
        0 => content.idempotency_key.to_string(),
        _ => format!("{}-{index}", content.idempotency_key),
    }
}

/// As long as nobody knows whether an earlier attempt published, a failure leaves it open.
fn still_unknown(error: NetworkError) -> NetworkError {
    match error.kind {
        ErrorKind::Retry => NetworkError { kind: ErrorKind::Unknown, ..error },
        _ => error,
    }
}

/// Finds out how far a publication has come whose last request has no known outcome.
pub async fn look_up(
    server: &Server<'_>,
    account: &Account,
    content: &Content,
    checkpoint: Option<&Checkpoint>,
) -> Result<LookUp, NetworkError> {
    let mut state = checkpoint.map_or_else(|| Ok(State::new(Checkpoint::SENDING)), State::read)?;
    if state.is_sending() {
        match find_next(server, account, content, &state).await? {
            Search::Found(post) => state.arrived(post),
            Search::NotThere => return Ok(LookUp::NotThere),
            Search::CannotTell => return Ok(LookUp::CannotTell),
        }
    }
    Ok(if state.is_whole(content) {
        LookUp::Found(first(state)?)
    } else if state.sent.is_empty() {
        LookUp::NotThere
    } else {
        LookUp::Partly(state.checkpoint()?)
    })
}

/// What the account's list tells of the next post.
enum Search {
    Found(Published),
    NotThere,
    CannotTell,
}

/// Looks for the next post. Servers that ignore the idempotency key may leave posts that not everybody sees out of the
/// account's list, too (snac): what is not found there may still exist.
async fn find_next(
    server: &Server<'_>,
    account: &Account,
    content: &Content,
    state: &State,
) -> Result<Search, NetworkError> {
    let hidden = content.options.get(VISIBILITY).is_some_and(|value| matches!(value.as_str(), "private" | "direct"));
    Ok(match listed(server, account, content, state).await? {
        Search::NotThere if hidden => Search::CannotTell,
        search => search,
    })
}

/// Looks for the next post among the account's posts that are newer than the one that was newest before sending.
async fn listed(
    server: &Server<'_>,
    account: &Account,
    content: &Content,
    state: &State,
) -> Result<Search, NetworkError> {
    let newest = state.own.before.as_ref().and_then(|before| before.newest.as_deref());
    let oldest = content.created_at - CLOCK_SKEW;
    let mut last: Option<String> = None;
    for _ in 0..MAX_PAGES {
        let Some(page) = posts(server, account, PAGE, last.as_deref()).await? else { return Ok(Search::CannotTell) };
        let next = page.last().map(|status| status.id.clone());
        for status in page {
            if Some(status.id.as_str()) == newest {
                return Ok(Search::NotThere);
            }
            if is_next(&status, content, state) {
                return Ok(Search::Found(super::published(status)));
            }
            // Asked last: a server whose clock is slow dates its newest posts too early.
            if status.created_at.is_some_and(|moment| moment < oldest) {
                return Ok(Search::NotThere);
            }
        }
        // A server that does not page answers the same page again.
        if next.is_none() || last == next {
            return Ok(Search::NotThere);
        }
        last = next;
    }
    Ok(Search::CannotTell)
}

/// True when a post of the account's list is the next one of the publication. A server that says what a post answers must say
/// the right one.
fn is_next(status: &Status, content: &Content, state: &State) -> bool {
    let index = state.sent.len();
    let images = if index == 0 { content.media.len() } else { 0 };
    let answers = status.in_reply_to_id.as_deref();
    status.reblog.is_null()
        && !state.sent.iter().any(|post| post.remote_id == status.id)
        && (answers.is_none() || answers == parent(state, content))
        && status.media_attachments.len() == images
        && content.pieces().get(index).is_some_and(|text| text::is_same(text, &shown_text(status)))
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
