//! How far a publication has come, written while its network is called: one statement for each step, with no transaction around it.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diwan_networks::{Checkpoint, Progress, ProgressError};
use diwan_platform::db;

use crate::jobs::{JobError, Work};

/// Saves what a network must remember, and asks whether the lease still holds.
pub(super) struct Saving<'a> {
    pub(super) work: &'a Work,
}

impl Saving<'_> {
    /// Writes what there is to write, and keeps the lease for as long as the next request may take. Nothing is written where it is lost.
    async fn note(&self, checkpoint: Option<&Checkpoint>, leaves: bool) -> Result<(), ProgressError> {
        let Work { services, job_id, claim, .. } = self.work;
        let now = services.now();
        let leaves: Option<DateTime<Utc>> = leaves.then_some(now);
        let values = [
            (*job_id).into(),
            claim.fence.into(),
            (now + services.timing.lease).into(),
            checkpoint.map(|checkpoint| checkpoint.0.clone()).into(),
            leaves.into(),
        ];
        let sql = "select app.note_progress($1, $2, $3, $4, $5)";
        match db::scalar(services.db.unscoped(), sql, values).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(ProgressError::LeaseLost),
            Err(error) => Err(ProgressError::NotSaved(JobError::from(error).to_string())),
        }
    }
}

#[async_trait]
impl Progress for Saving<'_> {
    async fn save(&self, checkpoint: &Checkpoint) -> Result<(), ProgressError> {
        self.note(Some(checkpoint), false).await
    }

    async fn before_commit(&self) -> Result<(), ProgressError> {
        self.note(None, true).await
    }

    async fn save_before_commit(&self, checkpoint: &Checkpoint) -> Result<(), ProgressError> {
        self.note(Some(checkpoint), true).await
    }
}
