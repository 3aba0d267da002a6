//! Looking at what was handed in: now, and as many days later as was agreed.

use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::contracts::contract;
use diwan_entity::payments::deliverable::{self, DeliverableState};
use diwan_entity::payments::deliverable_check::{self, CheckKind, CheckOutcome};
use diwan_platform::{db, ids};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, DbErr, EntityTrait as _, FromQueryResult, QueryFilter as _, QueryOrder as _,
};
use uuid::Uuid;

use super::checks::last_of_each;
use super::look::{Page, discloses, look_at};
use crate::error::Fault;
use crate::jobs::{Job, JobError, Next, Scope, Work};
use crate::permission::Permit;

/// Looks at what was handed in for one deliverable. A page that is away is no fault of ours: that is written down.
#[derive(Debug)]
pub struct CheckDeliverable;

/// What there is to look at.
struct Task {
    submission: i32,
    disclosure: String,
    /// The address that was handed in, or that of the post on its network, if it has one.
    address: Option<String>,
    /// Of a post of ours, whether it is published; none of what others publish.
    published: Option<bool>,
    /// The texts of a post of ours.
    texts: Vec<String>,
    /// What is to be found out now.
    wanted: Vec<CheckKind>,
    /// When it is to be looked at again.
    again: Option<DateTime<Utc>>,
}

/// What was found: the outcome, and why in a word.
type Finding = (CheckKind, CheckOutcome, &'static str);

#[derive(FromQueryResult)]
struct Post {
    published: bool,
    address: Option<String>,
    texts: Vec<String>,
}

const POST: &str = "
  select p.state in ('PUBLISHED', 'PARTIALLY_PUBLISHED') as published,
    (select b.remote_url from publication b where b.brand_id = p.brand_id and b.post_id = p.id and b.state = 'PUBLISHED'
       and b.remote_url is not null order by b.published_at desc, b.id desc limit 1) as address,
    coalesce((select array_agg(v.text order by v.id) from post_variant v where v.brand_id = p.brand_id and v.post_id = p.id), '{}') as texts
  from post p where p.brand_id = $1 and p.id = $2";

#[async_trait]
impl Job for CheckDeliverable {
    fn kind(&self) -> &'static str {
        "check_deliverable"
    }

    async fn begin(&self, work: &Work) -> Result<Scope, JobError> {
        work.begin_deliverable().await
    }

    async fn run(&self, work: &Work) -> Result<(), JobError> {
        let scope = self.begin(work).await?;
        let Some(task) = task(&scope).await? else {
            return scope.finish(Next::Done).await;
        };
        let ahead = task.again.map_or(Next::Done, Next::Again);
        if task.wanted.is_empty() {
            return scope.finish(ahead).await;
        }
        scope.commit().await?;
        let page = match &task.address {
            Some(address) => Some(look_at(&work.services.http, address).await),
            None => None,
        };
        let findings: Vec<Finding> = task.wanted.iter().map(|kind| found(*kind, &task, page.as_ref())).collect();
        let scope = self.begin(work).await?;
        // It may have been sent back and handed in anew meanwhile: then this was about something else, and the job goes on.
        let now = deliverable::Entity::one_in_brand(scope.brand_id, scope.subject_id()).one(scope.tx()).await?;
        if now.as_ref().is_some_and(|row| is_handed_in(row) && row.submission == task.submission) {
            write(&scope, task.submission, &findings).await?;
        } else if now.is_some_and(|row| is_handed_in(&row)) {
            return scope.finish(Next::Again(work.services.now())).await;
        }
        scope.finish(ahead).await
    }

    async fn give_up(&self, scope: &Scope, _reason: &str) -> Result<(), JobError> {
        let row = deliverable::Entity::one_in_brand(scope.brand_id, scope.subject_id()).one(scope.tx()).await?;
        if let Some(row) = row.filter(is_handed_in) {
            write(scope, row.submission, &[(CheckKind::Published, CheckOutcome::Unknown, "GAVE_UP")]).await?;
        }
        Ok(())
    }

    async fn revive(&self, _permit: Permit<'_>, _subject_id: Uuid) -> Result<bool, DbErr> {
        Ok(true)
    }
}

fn is_handed_in(row: &deliverable::Model) -> bool {
    matches!(row.state, DeliverableState::Submitted | DeliverableState::Accepted)
}

/// What there is to do; none where nothing is handed in any more, or a file was.
async fn task(scope: &Scope) -> Result<Option<Task>, JobError> {
    let row = deliverable::Entity::one_in_brand(scope.brand_id, scope.subject_id()).one(scope.tx()).await?;
    let Some(row) = row.filter(|row| is_handed_in(row) && row.asset_id.is_none()) else { return Ok(None) };
    let Some(since) = row.submitted_at else { return Ok(None) };
    let contract = contract::Entity::one_in_brand(scope.brand_id, row.contract_id).one(scope.tx()).await?;
    let disclosure = contract.ok_or_else(|| Fault::broken("a deliverable without its contract"))?.disclosure;
    let post: Option<Post> = match row.post_id {
        Some(id) => db::one(scope.tx(), POST, [scope.brand_id.into(), id.into()]).await?,
        None => None,
    };
    let checks = deliverable_check::Entity::in_brand(scope.brand_id)
        .filter(deliverable_check::Column::DeliverableId.eq(row.id))
        .filter(deliverable_check::Column::Submission.eq(row.submission))
        .order_by_desc(deliverable_check::Column::CheckedAt)
        .order_by_desc(deliverable_check::Column::Id);
    let checks = last_of_each(checks.all(scope.tx()).await?);
    let outcome = |kind| checks.iter().find(|check| check.kind == kind).map(|check| check.outcome);
    let mut wanted = Vec::new();
    if outcome(CheckKind::Published) != Some(CheckOutcome::Passed) {
        wanted.push(CheckKind::Published);
    }
    if !disclosure.is_empty() && outcome(CheckKind::Disclosed) != Some(CheckOutcome::Passed) {
        wanted.push(CheckKind::Disclosed);
    }
    let alive_at = row.alive_days.map(|days| since + Duration::days(days.into()));
    // What a person or an earlier look has found out about it is the answer.
    let alive_at = alive_at.filter(|_| outcome(CheckKind::Alive).is_none());
    let due = alive_at.is_some_and(|at| at <= scope.now);
    if due {
        wanted.push(CheckKind::Alive);
    }
    let (published, address, texts) = match post {
        Some(post) => (Some(post.published), post.address, post.texts),
        None => (None, row.link, Vec::new()),
    };
    let again = alive_at.filter(|_| !due);
    Ok(Some(Task { submission: row.submission, disclosure, address, published, texts, wanted, again }))
}

/// What a look tells about one question.
fn found(kind: CheckKind, task: &Task, page: Option<&Page>) -> Finding {
    let (outcome, why) = match (kind, task.published) {
        // Our own post: what we published, we know.
        (CheckKind::Published, Some(true)) => (CheckOutcome::Passed, "OUR_POST"),
        (CheckKind::Published, Some(false)) => (CheckOutcome::Failed, "NOT_PUBLISHED"),
        (CheckKind::Disclosed, Some(_)) => {
            let all = !task.texts.is_empty() && task.texts.iter().all(|text| discloses(&task.disclosure, text));
            if all { (CheckOutcome::Passed, "IN_TEXT") } else { (CheckOutcome::Failed, "NO_WORD") }
        }
        (CheckKind::Disclosed, None) => match page {
            Some(Page::There(text)) if discloses(&task.disclosure, text) => (CheckOutcome::Passed, "IN_TEXT"),
            // Many pages show their words to browsers alone.
            Some(Page::There(_)) => (CheckOutcome::Unknown, "NO_WORD"),
            other => unseen(other),
        },
        (CheckKind::Published | CheckKind::Alive, _) => match page {
            Some(Page::There(_)) => (CheckOutcome::Passed, "ANSWERS"),
            other => unseen(other),
        },
    };
    (kind, outcome, why)
}

/// The same where no page was seen.
fn unseen(page: Option<&Page>) -> (CheckOutcome, &'static str) {
    match page {
        Some(Page::Gone) => (CheckOutcome::Failed, "GONE"),
        Some(Page::Unclear(why)) => (CheckOutcome::Unknown, why),
        Some(Page::There(_)) | None => (CheckOutcome::Unknown, "NO_ADDRESS"),
    }
}

async fn write(scope: &Scope, submission: i32, findings: &[Finding]) -> Result<(), DbErr> {
    let rows = findings.iter().map(|(kind, outcome, why)| deliverable_check::ActiveModel {
        id: Set(ids::new_id(scope.now)),
        brand_id: Set(scope.brand_id),
        deliverable_id: Set(scope.subject_id()),
        submission: Set(submission),
        kind: Set(*kind),
        outcome: Set(*outcome),
        detail: Set((*why).to_owned()),
        note: Set(String::new()),
        checked_by: Set(None),
        checked_at: Set(scope.now),
    });
    deliverable_check::Entity::insert_many(rows).exec_without_returning(scope.tx()).await.map(|_| ())
}
