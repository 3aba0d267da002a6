//! One file per command.

mod admin;
mod api;
mod audit;
mod demo;
mod doctor;
mod emulator;
mod health;
mod migrate;
mod permissions;
mod schema;
mod up;
mod verify;
mod worker;

use std::process::ExitCode;

use anyhow::Result;

use crate::cli::Command;

/// Runs a command to its end.
pub(crate) async fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::Up => up::run().await?,
        Command::Demo => demo::run().await?,
        Command::Emulator { listen } => emulator::run(listen).await?,
        Command::Api => api::run().await?,
        Command::Worker => worker::run().await?,
        Command::Migrate => migrate::run().await?,
        Command::Schema => schema::run()?,
        Command::Permissions => permissions::run()?,
        Command::Doctor => return doctor::run().await,
        Command::Health => return health::run().await,
        Command::Audit(what) => return audit::run(what).await,
        Command::Verify(what) => return verify::run(&what).await,
        Command::Admin(what) => admin::run(&what).await?,
    }
    Ok(ExitCode::SUCCESS)
}
