//! Looking whether the agency's own host leads here: until it does, and once a day from then on. Once it is given up nobody looks any more, and those
//! who lead the agency are told; not where the looking itself fails, which says nothing of the host.

use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use diwan_entity::insights::report_host::{self, ReportHostState, ReportHostTrouble};
use diwan_platform::http::{HttpClient, StatusCode};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, DbErr, EntityTrait as _, IntoActiveModel as _, QuerySelect as _,
};
use url::Url;
use uuid::Uuid;

use super::own_host::CHALLENGE_PATH;
use crate::jobs::{Job, JobError, Next, Scope, Work};
use crate::notices;
use crate::permission::Permit;

/// How often a host is looked at that is proven.
const EVERY: Duration = Duration::days(1);
/// How soon again where it led elsewhere or nowhere, and it was proven before.
const AGAIN: Duration = Duration::hours(1);
/// And where it was not: names and certificates take some minutes.
const SOON: Duration = Duration::minutes(10);
/// How long a new host may take.
const PATIENCE: Duration = Duration::days(7);
/// How long one that was proven may be away.
const AWAY: Duration = Duration::days(3);
/// The largest answer, in bytes: the challenge is far shorter.
const LARGEST: usize = 1000;

/// Looks at the host of shared reports.
#[derive(Debug)]
pub struct ProveReportHost;

#[async_trait]
impl Job for ProveReportHost {
    fn kind(&self) -> &'static str {
        "prove_report_host"
    }

    async fn run(&self, work: &Work) -> Result<(), JobError> {
        let scope = work.begin().await?;
        let found = report_host::Entity::find_by_id(work.claim.subject_id).one(scope.tx()).await?;
        // Another one was set since, or none.
        let Some(row) = found else { return scope.finish(Next::Done).await };
        scope.commit().await?;
        let seen = look(&work.services.http, &row).await;
        let scope = work.begin().await?;
        let found = report_host::Entity::find_by_id(row.id).lock_exclusive().one(scope.tx()).await?;
        let Some(row) = found else { return scope.finish(Next::Done).await };
        let (state, next) = verdict(&row, seen, scope.now);
        let mut change = row.into_active_model();
        change.state = Set(state);
        change.trouble = Set(seen);
        change.checked_at = Set(Some(scope.now));
        if seen.is_none() {
            change.proven_at = Set(Some(scope.now));
        }
        let row = change.update(scope.tx()).await?;
        if state == ReportHostState::Failed {
            notices::report_host_lost(scope.tx(), scope.now, &row).await?;
        }
        scope.finish(next.map_or(Next::Done, Next::Again)).await
    }

    /// The host did not fail here, the looking did: what was last seen stays, and nobody is told anything of it. But nobody looks any more, so links
    /// do not name it.
    async fn give_up(&self, scope: &Scope, _reason: &str) -> Result<(), JobError> {
        let found = report_host::Entity::find_by_id(scope.subject_id()).lock_exclusive().one(scope.tx()).await?;
        if let Some(row) = found {
            let mut change = row.into_active_model();
            change.state = Set(ReportHostState::Pending);
            change.update(scope.tx()).await?;
        }
        Ok(())
    }

    /// It is looked at again when it is set again.
    async fn revive(&self, _permit: Permit<'_>, _subject_id: Uuid) -> Result<bool, DbErr> {
        Ok(false)
    }
}

/// Reads the challenge where it must be. Answers what is wrong.
async fn look(http: &HttpClient, row: &report_host::Model) -> Option<ReportHostTrouble> {
    let Ok(url) = Url::parse(&format!("https://{}{CHALLENGE_PATH}", row.host)) else {
        return Some(ReportHostTrouble::Unreachable);
    };
    match http.get(url).max_response_bytes(LARGEST).send().await {
        Ok(answer) if answer.status == StatusCode::OK && answer.body.trim_ascii() == row.challenge.as_bytes() => None,
        Ok(_) => Some(ReportHostTrouble::OtherAnswer),
        Err(error) => {
            tracing::info!(host = %row.host, %error, "the host of shared reports did not answer");
            Some(ReportHostTrouble::Unreachable)
        }
    }
}

/// What a look makes of the host, and when it is looked at again; none: not until it is set anew. A host that is away for a while stays proven. One at
/// which something else answers does not: whoever it is would be told the secret of each new link.
fn verdict(
    row: &report_host::Model,
    seen: Option<ReportHostTrouble>,
    now: DateTime<Utc>,
) -> (ReportHostState, Option<DateTime<Utc>>) {
    if seen.is_none() {
        return (ReportHostState::Proven, Some(now + EVERY));
    }
    let (since, patience, again) = match row.proven_at {
        Some(proven_at) => (proven_at, AWAY, AGAIN),
        None => (row.set_at, PATIENCE, SOON),
    };
    if now - since >= patience {
        return (ReportHostState::Failed, None);
    }
    let state = match seen {
        Some(ReportHostTrouble::OtherAnswer) => ReportHostState::Pending,
        _ => row.state,
    };
    (state, Some(now + again))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_that_is_away_is_waited_for_and_given_up() {
        let set_at = DateTime::UNIX_EPOCH;
        let row = |state, proven_at| report_host::Model {
            id: Uuid::nil(),
            agency_id: Uuid::nil(),
            host: "reports.agency.example".to_owned(),
            challenge: String::new(),
            state,
            trouble: None,
            set_by: Uuid::nil(),
            set_at,
            proven_at,
            checked_at: None,
        };
        let wrong = Some(ReportHostTrouble::OtherAnswer);
        let new = row(ReportHostState::Pending, None);
        assert_eq!(verdict(&new, None, set_at), (ReportHostState::Proven, Some(set_at + EVERY)));
        assert_eq!(verdict(&new, wrong, set_at), (ReportHostState::Pending, Some(set_at + SOON)));
        assert_eq!(verdict(&new, wrong, set_at + PATIENCE), (ReportHostState::Failed, None));
        let away = Some(ReportHostTrouble::Unreachable);
        let proven_at = set_at + PATIENCE;
        let old = row(ReportHostState::Proven, Some(proven_at));
        let later = proven_at + AWAY;
        let before = later - Duration::seconds(1);
        assert_eq!(verdict(&old, away, before), (ReportHostState::Proven, Some(before + AGAIN)));
        assert_eq!(verdict(&old, away, later), (ReportHostState::Failed, None));

        // Where something else answers no link leads any more, from the first look on; it may come back.
        assert_eq!(verdict(&old, wrong, proven_at), (ReportHostState::Pending, Some(proven_at + AGAIN)));
        let other = row(ReportHostState::Pending, Some(proven_at));
        assert_eq!(verdict(&other, away, before), (ReportHostState::Pending, Some(before + AGAIN)));
        assert_eq!(verdict(&other, None, before), (ReportHostState::Proven, Some(before + EVERY)));
        assert_eq!(verdict(&other, wrong, later), (ReportHostState::Failed, None));
    }
}
