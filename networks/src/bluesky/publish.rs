//! Publishing, and finding out afterwards whether it happened.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::map::Sent;
use super::wire::{POST, PutAnswer, ResolvedHandle, Xrpc, XrpcError};
use super::{facets, map, published, uri};
use crate::call::{Step, read, unreadable};
use crate::content::{Checkpoint, Content};
use crate::error::{ErrorKind, NetworkError};
use crate::network::{Account, LookUp, Progress, Published};
use crate::state;

/// How far a publication has come.
type State = state::State<Own, Sent>;

#[derive(Default, Serialize, Deserialize)]
struct Own {
    /// The blobs uploaded so far, in the order of the images; or that of the film.
    #[serde(default)]
    blobs: Vec<Value>,
    /// The next post's record as it was or is about to be sent.
    #[serde(default)]
    record: Option<Value>,
}

/// The next post is there, under this hash.
fn arrived(state: &mut State, cid: String, (account, content): (&Account, &Content)) {
    let rkey = map::record_key(content, state.sent.len());
    state.own.record = None;
    state.arrived(Sent { uri: uri(&account.remote_id, &rkey), cid });
}

/// Publishes, from the beginning or from a checkpoint.
pub async fn publish(
    pds: &Xrpc<'_>,
    account: &Account,
    content: &Content,
    resume: Option<&Checkpoint>,
    progress: &dyn Progress,
) -> Result<Published, NetworkError> {
    let mut state = if let Some(checkpoint) = resume {
        State::read(checkpoint)?
    } else {
        let state = State::new(Checkpoint::PREPARING);
        state.save(progress).await?;
        state
    };
    while !state.is_whole(content) {
        let record = prepare(pds, content, &mut state, progress).await?;
        match send_next(pds, account, content, (&state, record)).await {
            Ok(cid) => arrived(&mut state, cid, (account, content)),
            Err(error) => {
                if error.kind != ErrorKind::Unknown {
                    if error.code == UPLOAD_EXPIRED {
                        // What was refused names files that are gone: they are uploaded again.
                        (state.own.blobs, state.own.record) = (Vec::new(), None);
                    }
                    state.settle();
                    state.save(progress).await?;
                }
                return Err(error);
            }
        }
        if !state.is_whole(content) {
            // What follows must not be forgotten: without this, it is open how far things came.
            state.save(progress).await.map_err(outcome_open)?;
        }
    }
    Ok(published(account, &map::record_key(content, 0)))
}

/// Uploads without a post are thrown away after a while.
const UPLOAD_EXPIRED: &str = "upload_expired";

/// The next post's record, frozen in a checkpoint that says it may have been sent, and the word that it is sent now. Before that, what is
/// missing is uploaded and mentions are resolved.
async fn prepare(
    pds: &Xrpc<'_>,
    content: &Content,
    state: &mut State,
    progress: &dyn Progress,
) -> Result<Value, NetworkError> {
    if state.is_sending()
        && let Some(record) = &state.own.record
    {
        progress.before_commit().await?;
        return Ok(record.clone());
    }
    let record = if let Some(record) = state.own.record.take() {
        record
    } else {
        let embed = if state.sent.is_empty() { embed(pds, content, state, progress).await? } else { None };
        let facets = facets(pds, map::text(content, state.sent.len())).await?;
        map::record(content, &state.sent, &facets, embed)
    };
    state.own.record = Some(record.clone());
    state.send();
    state.save_before_commit(progress).await?;
    Ok(record)
}

/// What is attached to the first post.
async fn embed(
    pds: &Xrpc<'_>,
    content: &Content,
    state: &mut State,
    progress: &dyn Progress,
) -> Result<Option<Value>, NetworkError> {
    for media in content.media.iter().skip(state.own.blobs.len()) {
        let answer = if media.is_video() {
            pds.upload_film(media).await?
        } else {
            pds.upload(&media.mime, media.source.whole().await.map_err(|error| unreadable(&error))?).await?
        };
        state.own.blobs.push(answer.blob);
        state.save(progress).await?;
    }
    map::embed(content, &state.own.blobs)
}

/// The links, tags and mentions of a text.
async fn facets(pds: &Xrpc<'_>, text: &str) -> Result<Vec<Value>, NetworkError> {
    let mut facets = Vec::new();
    for facets::Span { range, feature } in facets::spans(text) {
        let did = match &feature {
            facets::Feature::Mention(handle) => resolve(pds, handle).await?,
            _ => None,
        };
        if let Some(feature) = feature.to_json(did.as_deref()) {
            let index = json!({ "byteStart": range.start, "byteEnd": range.end });
            facets.push(json!({ "index": index, "features": [feature] }));
        }
    }
    Ok(facets)
}

/// The identifier of a handle; none when the server cannot resolve it: the mention stays plain text.
async fn resolve(pds: &Xrpc<'_>, handle: &str) -> Result<Option<String>, NetworkError> {
    match pds.query("com.atproto.identity.resolveHandle", &[("handle", handle)]).await {
        Ok(answer) => Ok(read::<ResolvedHandle>(&answer, Step::Repeatable).ok().map(|resolved| resolved.did)),
        Err(error) if matches!(error.error.code, "unreachable" | "no_answer" | "rate_limited" | "session_ended") => {
            Err(error.error)
        }
        Err(_) => Ok(None),
    }
}

/// Makes the next post visible. Answers its hash.
async fn send_next(
    pds: &Xrpc<'_>,
    account: &Account,
    content: &Content,
    (state, record): (&State, Value),
) -> Result<String, NetworkError> {
    let rkey = map::record_key(content, state.sent.len());
    let body = json!({
        "repo": account.remote_id,
        "collection": POST,
        "rkey": rkey,
        "record": record,
        "swapRecord": null,
    });
    match pds.procedure("com.atproto.repo.putRecord", &body, Step::Commit).await {
        Ok(answer) => Ok(read::<PutAnswer>(&answer, Step::Commit)?.cid),
        Err(error) if error.name == "InvalidSwap" => {
            let there = pds.record(&account.remote_id, POST, &rkey).await.map_err(outcome_open)?;
            match there {
                Some(there) if map::is_same_post(&there.value, content, state.sent.len()) => Ok(there.cid),
                _ => Err(NetworkError::new(ErrorKind::Ask, "record_key_taken", "another post has this key")),
            }
        }
        Err(error) if is_blob_gone(&error) => {
            Err(NetworkError::new(ErrorKind::Retry, UPLOAD_EXPIRED, error.error.detail))
        }
        Err(error) => Err(error.error),
    }
}

fn is_blob_gone(error: &XrpcError) -> bool {
    error.name == "BlobNotFound" || error.error.detail.contains("Could not find blob")
}

/// A failure while something may be there leaves it open whether it is.
fn outcome_open(error: NetworkError) -> NetworkError {
    match error.kind {
        ErrorKind::LeaseLost => error,
        _ => NetworkError { kind: ErrorKind::Unknown, ..error },
    }
}

/// Finds out how far a publication has come whose last request has no known outcome.
pub async fn look_up(
    pds: &Xrpc<'_>,
    account: &Account,
    content: &Content,
    checkpoint: Option<&Checkpoint>,
) -> Result<LookUp, NetworkError> {
    let mut state = checkpoint.map_or_else(|| Ok(State::new(Checkpoint::SENDING)), State::read)?;
    if state.is_sending() {
        let index = state.sent.len();
        match pds.record(&account.remote_id, POST, &map::record_key(content, index)).await? {
            None => return Ok(LookUp::NotThere),
            Some(there) if map::is_same_post(&there.value, content, index) => {
                arrived(&mut state, there.cid, (account, content));
            }
            Some(_) => return Ok(LookUp::CannotTell),
        }
    }
    Ok(if state.is_whole(content) {
        LookUp::Found(published(account, &map::record_key(content, 0)))
    } else if state.sent.is_empty() {
        LookUp::NotThere
    } else {
        LookUp::Partly(state.checkpoint()?)
    })
}
