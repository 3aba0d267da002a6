//! `diwan doctor`: what is wrong with an installation, one line a check, with the way out.

mod checks;

use std::fmt::Display;
use std::process::ExitCode;

use anyhow::Result;
use diwan_platform::config::Config;
use diwan_platform::embedded::{self, EmbeddedError};
use sea_orm::DatabaseConnection;

use crate::commands::health;
use crate::installation::{self, Schema};
use crate::servers::Servers;
use crate::words;

/// What has been found so far.
#[derive(Default)]
struct Report {
    wrong: usize,
}

impl Report {
    /// One check: what was found, or what is wrong and what to do. Answers whether all is well.
    fn check(&mut self, what: &str, found: Result<impl Display>) -> bool {
        match found {
            Ok(found) => {
                println!("✓ {what}: {found}");
                true
            }
            Err(error) => {
                self.wrong += 1;
                println!("✗ {what}: {}", words::of(&error));
                false
            }
        }
    }

    /// Something that could not be looked at, for a reason that is no fault.
    fn skipped(what: &str, why: impl Display) {
        println!("- {what}: {why}");
    }
}

/// Looks at everything. Ends with a failure if anything is wrong.
pub(crate) async fn run() -> Result<ExitCode> {
    let mut report = Report::default();
    match Config::from_env() {
        Ok(config) => {
            report.check("Configuration", Ok("readable"));
            examine(&config, &mut report).await?;
        }
        Err(error) => {
            report.check("Configuration", Err::<&str, _>(error.into()));
        }
    }
    if report.wrong == 0 {
        println!("\nNothing is wrong.");
        return Ok(ExitCode::SUCCESS);
    }
    println!(
        "\n{} wrong.",
        if report.wrong == 1 { "One thing is".to_owned() } else { format!("{} things are", report.wrong) }
    );
    Ok(ExitCode::FAILURE)
}

async fn examine(config: &Config, report: &mut Report) -> Result<()> {
    let storage = config.storage()?;
    let stored = storage.check().await.map(|()| format!("{} can be written", config.data.display()));
    report.check(
        "Files",
        stored.map_err(|error| {
            anyhow::anyhow!("{error}: let the user that runs Diwan write to {} (DIWAN_DATA)", config.data.display())
        }),
    );
    match &config.stills {
        None => Report::skipped("Posters of films", "not made: install ffmpeg, or name it in DIWAN_FFMPEG"),
        Some(stills) => {
            report.check("Posters of films", checks::stills(stills).await);
        }
    }
    match config.mailer() {
        Ok(None) => Report::skipped("Mail", "not sent: set DIWAN_SMTP_URL and DIWAN_MAIL_FROM"),
        Ok(Some(mailer)) => {
            report.check("Mail", checks::mail(&mailer).await);
        }
        Err(error) => {
            report.check("Mail", Err::<&str, _>(error.into()));
        }
    }
    report.check("Networks", Ok(checks::networks(config)));
    report.check("Secret key", config.keyring().map(|_| "present").map_err(Into::into));
    if config.database_url.is_some() {
        return servers(config, &Servers::named(config, "doctor")?, report).await;
    }
    let installed = embedded::installed_servers().map(|found| {
        format!("PostgreSQL {} ({}), Redis ({})", found.postgres_major, found.postgres.display(), found.redis.display())
    });
    if !report.check("Programs for the private servers", installed.map_err(Into::into)) {
        return Ok(());
    }
    match Servers::named_or_started(config).await {
        Ok(own) => {
            servers(config, &own, report).await?;
            Ok(own.stop().await?)
        }
        Err(error) if matches!(error.downcast_ref(), Some(EmbeddedError::InUse { .. })) => {
            let answer = health::ask(config.listen).await.and_then(|status| {
                anyhow::ensure!(status.starts_with("200 "), "it answers {status} at /health/ready: look at its log");
                Ok("running on this data folder, and ready")
            });
            report.check("Diwan", answer);
            Report::skipped("PostgreSQL and Redis", "private to the running Diwan; stop it to have them examined");
            Ok(())
        }
        Err(error) => {
            report.check("Private servers", Err::<&str, _>(error));
            Ok(())
        }
    }
}

/// PostgreSQL and Redis, and what is in them.
async fn servers(config: &Config, servers: &Servers, report: &mut Report) -> Result<()> {
    report.check("Redis", checks::redis(&servers.redis_url).await);
    let owner = match checks::postgres(&servers.owner_url).await {
        Ok((owner, version)) => {
            report.check("PostgreSQL", Ok(version));
            owner
        }
        Err(error) => {
            report.check("PostgreSQL", Err::<&str, _>(error));
            return Ok(());
        }
    };
    report.check("Clock", checks::clock(&owner).await);
    match installation::schema(&owner).await? {
        Schema::Behind(_) if servers.are_embedded() => {
            Report::skipped("Schema", "brought up to date when `diwan up` starts");
        }
        schema => {
            if report.check("Schema", checks::judge_schema(&schema)) {
                as_application(config, servers, &owner, report).await?;
            }
        }
    }
    Ok(owner.close().await?)
}

/// What the application itself can see.
async fn as_application(
    config: &Config,
    servers: &Servers,
    owner: &DatabaseConnection,
    report: &mut Report,
) -> Result<()> {
    let database = match installation::connect(config, &servers.database_url).await {
        Ok(database) => database,
        Err(error) => {
            report.check("Role", Err::<&str, _>(error));
            return Ok(());
        }
    };
    let on = database.unscoped();
    report.check("Role", installation::refuse_mighty_role(on).await.map(|()| "kept apart from other brands' rows"));
    report.check("Signing key", checks::signing_key(config, &database).await);
    let waits = checks::overdue(on).await;
    if servers.are_embedded() {
        // Nobody works while Diwan is down.
        match waits {
            Ok(found) => Report::skipped("Jobs", found),
            Err(error) => Report::skipped("Jobs", words::of(&error)),
        }
    } else {
        report.check("Jobs", waits);
    }
    report.check("Publishing", checks::publishing(on).await);
    match checks::set_aside(owner).await? {
        Some(count) => {
            report.check("Jobs that gave up", checks::judge_set_aside(count));
        }
        None => {
            Report::skipped("Jobs that gave up", "only the owner of the tables may count them: set DATABASE_OWNER_URL");
        }
    }
    database.close().await;
    Ok(())
}
