//! What becomes of a copy, shortly before its time: it is submitted or scheduled, as somebody would do by hand.

use std::sync::Arc;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use diwan_entity::approvals::approval_request::ApprovalKind;
use diwan_entity::calendar::post::PostState;
use diwan_entity::calendar::post_series::RepeatMode;
use diwan_platform::db;
use sea_orm::{ConnectionTrait as _, FromQueryResult};
use uuid::Uuid;

use crate::calendar::{load_post, submit_post};
use crate::context::{Context, Services};
use crate::error::{Code, Failure, Fault};
use crate::jobs::{JobError, Work};
use crate::permission::Action;
use crate::{approvals, publishing};

/// How long before its time a copy is handed on: so that nobody is asked for two months' approvals at once.
const AHEAD: Duration = Duration::days(14);
/// The most copies that one run hands on.
const MOST: i64 = 100;

/// A copy, of a series or an item.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Repeated {
    /// The copy.
    pub post_id: Uuid,
    /// The series that made it.
    pub series_id: Option<Uuid>,
    /// The item of a queue that made it.
    pub item_id: Option<Uuid>,
    /// For which day.
    pub on_date: NaiveDate,
    /// When it was planned.
    pub due_at: DateTime<Utc>,
    /// When it was submitted or scheduled, or that was refused.
    pub handed_on_at: Option<DateTime<Utc>>,
    /// Why it was refused: a code.
    pub trouble: Option<String>,
}

/// The copies of a series or of an item, the latest day first, up to 200. For those who may read all content of the brand.
pub async fn repeated_of(context: &Context, brand_id: Uuid, of: Uuid) -> Result<Vec<Repeated>, Failure> {
    context.permit(Action::ContentRead, brand_id).await?;
    let sql = "select post_id, series_id, item_id, on_date, due_at, handed_on_at, trouble from repeated_post
      where brand_id = $1 and (series_id = $2 or item_id = $2) order by on_date desc limit 200";
    Ok(context.rows(sql, [brand_id.into(), of.into()]).await?)
}

#[derive(FromQueryResult)]
struct Pending {
    post_id: Uuid,
    due_at: DateTime<Utc>,
}

/// Hands on the copies of a series or a queue whose time is near. Each in a transaction of its own, so that one that is refused
/// holds up no other; one that was handed on before a crash is no draft any more and is passed over.
pub(super) async fn hand_on(work: &Work, of: Uuid, mode: RepeatMode, by: Uuid) -> Result<(), JobError> {
    if mode == RepeatMode::Draft {
        return Ok(());
    }
    let scope = work.begin().await?;
    let sql = "select r.post_id, r.due_at from repeated_post r where r.brand_id = $1 and r.handed_on_at is null and r.due_at <= $3
        and (r.series_id = $2 or r.item_id in (select i.id from evergreen_item i where i.brand_id = $1 and i.queue_id = $2))
      order by r.due_at limit $4";
    let values = [scope.brand_id.into(), of.into(), (scope.now + AHEAD).into(), MOST.into()];
    let pending: Vec<Pending> = db::all(scope.tx(), sql, values).await?;
    scope.commit().await?;
    for one in pending {
        let refused = as_by_hand(&work.services, &one, mode, by).await?;
        let scope = work.begin().await?;
        let sql = "update repeated_post set handed_on_at = $3, trouble = $4 where brand_id = $1 and post_id = $2";
        let trouble: Option<String> = refused.map(Code::name);
        let values = [scope.brand_id.into(), one.post_id.into(), scope.now.into(), trouble.into()];
        scope.tx().execute_raw(db::statement(sql, values)).await?;
        scope.commit().await?;
    }
    Ok(())
}

/// Submits or schedules a copy with the rights that the person has now. Answers why not.
async fn as_by_hand(
    services: &Arc<Services>,
    copy: &Pending,
    mode: RepeatMode,
    by: Uuid,
) -> Result<Option<Code>, Fault> {
    let context = Context::stranger(Arc::clone(services), services.db.write().await?);
    match carry_out(&context, copy, mode, by).await {
        Ok(()) => {
            context.commit().await?;
            Ok(None)
        }
        Err(Failure::Refused(errors)) => {
            context.roll_back().await?;
            Ok(errors.first().map(|error| error.code))
        }
        Err(Failure::Fault(fault)) => Err(fault),
    }
}

async fn carry_out(context: &Context, copy: &Pending, mode: RepeatMode, by: Uuid) -> Result<(), Failure> {
    context.enter_user(by, None).await.map_err(|failure| match failure {
        Failure::Refused(_) => Code::PersonDeactivated.into(),
        fault @ Failure::Fault(_) => fault,
    })?;
    let post = load_post(context, copy.post_id, true).await?;
    // Somebody was faster, or moved it: then it is theirs.
    if post.state != PostState::Draft || post.due_at != Some(copy.due_at) {
        return Ok(());
    }
    let review =
        mode == RepeatMode::Submit || approvals::needs_approval(context, post.brand_id, ApprovalKind::Post).await?;
    if review {
        submit_post(context, post.id).await?;
    } else {
        publishing::schedule_post(context, post.id, copy.due_at).await?;
    }
    Ok(())
}
