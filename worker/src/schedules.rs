//! Housekeeping, once an hour. Several workers may do it at once; the second finds nothing to do.
//!
//! The audit trail's anchor goes to three places, because it is worth something only where whoever changes the database
//! cannot reach it: to a table, from which it is exported and queried, to the log, and to a folder.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use diwan_domain::trust::anchor_audit;
use diwan_domain::{Fault, Services, media, tenancy, trust};
use diwan_platform::{db, jobs};
use sea_orm::DbErr;
use tokio::time::interval;
use tokio_util::sync::CancellationToken;

/// How often.
const EVERY: Duration = Duration::from_hours(1);

/// How long finished jobs are kept, to answer "what happened".
const JOBS_KEPT: TimeDelta = TimeDelta::days(30);

/// How long the answers to idempotency keys are kept: longer than any client repeats a request.
const ANSWERS_KEPT: TimeDelta = TimeDelta::hours(48);

/// How long it is kept that a letter was sent.
const LETTERS_KEPT: TimeDelta = TimeDelta::days(30);

/// How long notices, and what webhooks were told, are kept.
const NOTICES_KEPT: TimeDelta = TimeDelta::days(90);

/// Keeps house until `stop`.
pub(crate) async fn run(services: Arc<Services>, anchors: PathBuf, stop: CancellationToken) {
    let mut hours = interval(EVERY);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = hours.tick() => {}
        }
        if let Err(error) = forget(&services).await {
            tracing::warn!(%error, "housekeeping failed; it is done again in an hour");
        }
        match make_parts(&services).await {
            Ok(0) => {}
            Ok(parts) => tracing::info!(parts, "numbers of the months to come have their place"),
            Err(error) => tracing::warn!(%error, "no place was made for the numbers of the months to come"),
        }
        if let Err(error) = anchor(&services, &anchors).await {
            tracing::warn!(%error, "the audit trail was not anchored; it is tried again in an hour");
        }
        match media::forget_uploads(&services).await {
            Ok(0) => {}
            Ok(uploads) => tracing::info!(uploads, "uploads that nobody finished were forgotten"),
            Err(error) => tracing::warn!(%error, "forgetting uploads failed; it is done again in an hour"),
        }
        match tenancy::remind_of_endings(&services).await {
            Ok(0) => {}
            Ok(places) => tracing::info!(places, "people were reminded of places that end soon"),
            Err(error) => tracing::warn!(%error, "reminding people failed; it is done again in an hour"),
        }
        match trust::rotate_signing_key(&services, trust::KEY_AGE).await {
            Ok(true) => tracing::info!("a new key signs access tokens in a quarter of an hour"),
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "the key that signs access tokens could not be changed"),
        }
    }
}

/// Forgets what is old.
async fn forget(services: &Services) -> Result<(), DbErr> {
    let (on, now) = (services.db.unscoped(), services.now());
    let jobs = jobs::forget(on, now - JOBS_KEPT).await?;
    let answers: i64 = db::scalar(on, "select app.forget_idempotency($1)", [(now - ANSWERS_KEPT).into()]).await?;
    let connections: i64 = db::scalar(on, "select app.expire_connections($1)", [now.into()]).await?;
    let letters: i64 = db::scalar(on, "select app.forget_letters($1)", [(now - LETTERS_KEPT).into()]).await?;
    let notices: i64 = db::scalar(on, "select app.forget_notices($1)", [(now - NOTICES_KEPT).into()]).await?;
    let sign_ins: i64 = db::scalar(on, "select app.forget_sign_ins($1)", [now.into()]).await?;
    let ceremonies: i64 = db::scalar(on, "select app.forget_passkey_ceremonies($1)", [now.into()]).await?;
    let sign_ons: i64 = db::scalar(on, "select app.forget_single_sign_ons($1)", [now.into()]).await?;
    let sign_ins = sign_ins + ceremonies + sign_ons;
    if jobs + answers + connections + letters + notices + sign_ins > 0 {
        tracing::info!(
            jobs,
            idempotency_keys = answers,
            connections,
            letters,
            notices,
            sign_ins,
            "housekeeping: what is over was forgotten"
        );
    }
    Ok(())
}

/// Makes the parts of the tables of numbers for this month and the next three. Until there is one, numbers are kept beside them.
async fn make_parts(services: &Services) -> Result<i32, DbErr> {
    db::scalar(services.db.unscoped(), "select app.make_metric_parts($1)", [services.now().into()]).await
}

/// Signs how far the audit trail is, if it has moved, and keeps that outside the database as well.
async fn anchor(services: &Services, folder: &Path) -> Result<(), Fault> {
    let Some(anchor) = anchor_audit(services).await? else {
        return Ok(());
    };
    tracing::info!(seq = anchor.seq, kid = anchor.kid, signature = anchor.signature, "the audit trail is anchored");
    let file = folder.join(format!("{:020}.jws", anchor.seq));
    let kept = keep(folder, &file, format!("{}\n", anchor.signature)).await;
    kept.map_err(|error| Fault::broken(format!("{}: {error}", file.display())))
}

/// Writes a file that is never written again.
async fn keep(folder: &Path, file: &Path, text: String) -> io::Result<()> {
    tokio::fs::create_dir_all(folder).await?;
    match tokio::fs::File::create_new(file).await {
        Ok(mut open) => {
            tokio::io::AsyncWriteExt::write_all(&mut open, text.as_bytes()).await?;
            open.sync_all().await
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}
