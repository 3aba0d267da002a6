//! How a publication goes, one post after the other, on every network where a request that makes a post visible could be doubled:
//! what is needed is prepared, what is about to be sent is written down, and after an unknown outcome it is looked for before anything
//! is sent again.

use async_trait::async_trait;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::content::{Checkpoint, Content};
use crate::error::{ErrorKind, NetworkError};
use crate::network::{LookUp, Progress, Published};

/// How far a publication has come.
pub(crate) type State<Own> = crate::state::State<Own, Published>;

/// What a look for the next post tells.
pub(crate) enum Search {
    /// It is there.
    Found(Published),
    /// It is not.
    NotThere,
    /// The network's answers leave it open.
    CannotTell,
}

/// What one network does for one publication.
#[async_trait]
pub(crate) trait Steps: Sync {
    /// What it remembers besides the posts that are there.
    type Own: Default + Serialize + DeserializeOwned + Send + Sync;

    /// Prepares the next post, of which nothing can be visible yet: uploads, containers. Every id that the network gives is saved before
    /// the next request. Called again from what was saved.
    async fn prepare(&self, state: &mut State<Self::Own>, progress: &dyn Progress) -> Result<(), NetworkError>;

    /// Makes the next post visible. Fails with [`ErrorKind::Unknown`] if it may be; with [`ErrorKind::Waiting`] if the network has taken
    /// it and is still at work, so that it is looked for later; with anything else if it certainly is not.
    async fn send(&self, state: &mut State<Self::Own>, progress: &dyn Progress) -> Result<Published, NetworkError>;

    /// Looks whether the next post is there.
    async fn find(&self, state: &State<Self::Own>) -> Result<Search, NetworkError>;

    /// Forgets what belonged to the post that has just arrived.
    fn arrived(&self, _own: &mut Self::Own) {}

    /// Forgets what the network does not know any more, by what it said when it refused the post.
    fn refused(&self, _own: &mut Self::Own, _error: &NetworkError) {}
}

/// Publishes, from the beginning or from a checkpoint.
pub(crate) async fn publish<S: Steps>(
    steps: &S,
    content: &Content,
    resume: Option<&Checkpoint>,
    progress: &dyn Progress,
) -> Result<Published, NetworkError> {
    let mut state = resume.map_or_else(|| Ok(State::new(Checkpoint::PREPARING)), State::read)?;
    if state.is_sending() {
        match steps.find(&state).await.map_err(still_unknown)? {
            Search::Found(post) => arrived(steps, &mut state, post, (content, progress)).await?,
            Search::NotThere => {}
            Search::CannotTell => {
                let detail = "an earlier attempt may have published, and the server's answers leave it open";
                return Err(NetworkError::new(ErrorKind::Unknown, "look_up_undecided", detail));
            }
        }
    }
    while !state.is_whole(content) {
        if state.is_sending() {
            progress.before_commit().await?;
        } else {
            steps.prepare(&mut state, progress).await?;
            state.send();
            state.save_before_commit(progress).await?;
        }
        match steps.send(&mut state, progress).await {
            Ok(post) => arrived(steps, &mut state, post, (content, progress)).await?,
            Err(error) => {
                if !matches!(error.kind, ErrorKind::Unknown | ErrorKind::Waiting | ErrorKind::LeaseLost) {
                    state.settle();
                    steps.refused(&mut state.own, &error);
                    state.save(progress).await?;
                }
                return Err(error);
            }
        }
    }
    first(state)
}

/// Finds out how far a publication has come whose last request has no known outcome.
pub(crate) async fn look_up<S: Steps>(
    steps: &S,
    content: &Content,
    checkpoint: Option<&Checkpoint>,
) -> Result<LookUp, NetworkError> {
    let mut state = checkpoint.map_or_else(|| Ok(State::new(Checkpoint::SENDING)), State::read)?;
    if state.is_sending() {
        match steps.find(&state).await? {
            Search::Found(post) => {
                steps.arrived(&mut state.own);
                state.arrived(post);
            }
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

/// The post that the next one answers.
pub(crate) fn parent<'a, Own>(state: &'a State<Own>, content: &Content) -> Option<&'a str> {
    let parent = state.sent.get(content.parent(state.sent.len())?)?;
    Some(&parent.remote_id)
}

/// The next post is there. What follows it must not be forgotten: a failure to save leaves it open how far things came.
async fn arrived<S: Steps>(
    steps: &S,
    state: &mut State<S::Own>,
    post: Published,
    (content, progress): (&Content, &dyn Progress),
) -> Result<(), NetworkError> {
    steps.arrived(&mut state.own);
    state.arrived(post);
    if state.is_whole(content) { Ok(()) } else { state.save(progress).await.map_err(still_unknown) }
}

/// What the publication is to those who see it.
fn first<Own>(state: State<Own>) -> Result<Published, NetworkError> {
    let nothing = || NetworkError::new(ErrorKind::Ask, "checkpoint_unreadable", "nothing was sent");
    state.sent.into_iter().next().ok_or_else(nothing)
}

/// As long as nobody knows whether an earlier attempt published, a failure leaves it open.
fn still_unknown(error: NetworkError) -> NetworkError {
    match error.kind {
        ErrorKind::Retry => NetworkError { kind: ErrorKind::Unknown, ..error },
        _ => error,
    }
}
