//! How far a publication has come, as each network keeps it in its checkpoint.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::content::{Checkpoint, Content};
use crate::error::NetworkError;
use crate::network::Progress;

/// What every network remembers of a publication, beside what is its own. The names are those that [`Checkpoint`] reads.
#[derive(Serialize, Deserialize)]
pub(crate) struct State<Own, Sent> {
    stage: String,
    /// The posts that are there, in the order of the content's pieces.
    #[serde(default = "Vec::new")]
    pub(crate) sent: Vec<Sent>,
    /// What the network remembers besides.
    #[serde(flatten)]
    pub(crate) own: Own,
}

impl<Own: Default + Serialize + DeserializeOwned, Sent: Serialize + DeserializeOwned> State<Own, Sent> {
    /// Of a publication of which nothing is there: nothing has been prepared either, or all that is known is that it may have left.
    pub(crate) fn new(stage: &str) -> Self {
        Self { stage: stage.to_owned(), sent: Vec::new(), own: Own::default() }
    }

    pub(crate) fn read(checkpoint: &Checkpoint) -> Result<Self, NetworkError> {
        Self::deserialize(&checkpoint.0).map_err(|error| NetworkError::checkpoint(&error))
    }

    pub(crate) fn checkpoint(&self) -> Result<Checkpoint, NetworkError> {
        serde_json::to_value(self).map(Checkpoint).map_err(|error| NetworkError::checkpoint(&error))
    }

    pub(crate) async fn save(&self, progress: &dyn Progress) -> Result<(), NetworkError> {
        Ok(progress.save(&self.checkpoint()?).await?)
    }

    /// Saves it right before the request that it says may have been sent.
    pub(crate) async fn save_before_commit(&self, progress: &dyn Progress) -> Result<(), NetworkError> {
        Ok(progress.save_before_commit(&self.checkpoint()?).await?)
    }

    /// True when a request that makes something visible may have left.
    pub(crate) fn is_sending(&self) -> bool {
        self.stage == Checkpoint::SENDING
    }

    /// The next request makes something visible: to be saved before it.
    pub(crate) fn send(&mut self) {
        Checkpoint::SENDING.clone_into(&mut self.stage);
    }

    /// Nothing is on its way.
    pub(crate) fn settle(&mut self) {
        Checkpoint::PREPARING.clone_into(&mut self.stage);
    }

    /// The next post is there.
    pub(crate) fn arrived(&mut self, post: Sent) {
        self.sent.push(post);
        self.settle();
    }

    pub(crate) fn is_whole(&self, content: &Content) -> bool {
        self.sent.len() >= content.pieces().len()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Default, Serialize, Deserialize)]
    struct Own {
        #[serde(default)]
        files: Vec<String>,
    }

    #[test]
    fn what_is_kept_is_what_a_checkpoint_reads() {
        let mut state = State::<Own, String>::new(Checkpoint::PREPARING);
        state.own.files.push("a file".to_owned());
        state.send();
        let sending = state.checkpoint().unwrap();
        assert_eq!(sending.0, json!({ "stage": "sending", "sent": [], "files": ["a file"] }));
        assert!(sending.may_have_been_sent());
        state.arrived("one".to_owned());
        let settled = state.checkpoint().unwrap();
        assert!(!settled.may_have_been_sent());
        assert_eq!(settled.parts_there(), 1);
        // As versions wrote it that knew no threads.
        let early = State::<Own, String>::read(&Checkpoint(json!({ "stage": "sending" }))).unwrap();
        assert!(early.is_sending() && early.sent.is_empty() && early.own.files.is_empty());
        assert!(State::<Own, String>::read(&Checkpoint(json!({}))).is_err());
    }
}
