//! Commands as somebody runs them, to the end: kept, or refused and taken back.

use anyhow::{Context as _, Result};
use diwan_domain::{Code, Context, Failure, UserError};

use crate::build::Person;
use crate::services::TestServices;

impl TestServices {
    /// Runs a command as somebody: what it answers, or why it was refused, which leaves nothing.
    pub async fn attempt<T>(
        &self,
        by: &Person,
        command: impl AsyncFnOnce(&Context) -> Result<T, Failure>,
    ) -> Result<Result<T, Vec<UserError>>> {
        let context = self.act(by).await?;
        match command(&context).await {
            Ok(done) => {
                context.commit().await?;
                Ok(Ok(done))
            }
            Err(Failure::Refused(errors)) => {
                context.roll_back().await?;
                Ok(Err(errors))
            }
            Err(failure) => Err(failure.into()),
        }
    }

    /// The same with the code of the first reason.
    pub async fn attempt_code<T>(
        &self,
        by: &Person,
        command: impl AsyncFnOnce(&Context) -> Result<T, Failure>,
    ) -> Result<Result<T, Code>> {
        match self.attempt(by, command).await? {
            Ok(done) => Ok(Ok(done)),
            Err(errors) => Ok(Err(errors.first().context("a reason")?.code)),
        }
    }
}
