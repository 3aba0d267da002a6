//! Holding publishing back, and letting it go on.

use diwan_entity::InBrand as _;
use diwan_entity::calendar::post::PostState;
use diwan_entity::publishing::{publishing_pause, social_account};
use diwan_platform::{db, ids};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveEnum as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, FromQueryResult,
    QueryFilter as _,
};
use serde_json::json;
use uuid::Uuid;

use super::ResumePublishing;
use crate::calendar::load_post;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::jobs::{Job as _, enqueue};
use crate::permission::{Action, Permit};
use crate::trust;

/// The longest reason, in characters.
const MOST_REASON: usize = 500;

/// What is held back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PauseTarget {
    /// One post.
    Post(Uuid),
    /// Whatever goes to this account.
    Account(Uuid),
    /// Whatever is the brand's.
    Brand(Uuid),
    /// Everything.
    Agency,
}

impl PauseTarget {
    fn of(row: &publishing_pause::Model) -> Self {
        match (row.brand_id, row.post_id, row.social_account_id) {
            (None, ..) => Self::Agency,
            (_, Some(post_id), _) => Self::Post(post_id),
            (_, _, Some(account_id)) => Self::Account(account_id),
            (Some(brand_id), None, None) => Self::Brand(brand_id),
        }
    }

    /// The right to pause and to resume: for a post held by whoever may schedule, otherwise further up, since more than one piece
    /// of work is stopped.
    fn action(self) -> Action {
        match self {
            Self::Post(_) => Action::PostPause,
            Self::Account(_) | Self::Brand(_) => Action::PublishingPause,
            Self::Agency => Action::AgencyPublishingPause,
        }
    }
}

/// Holds back what comes due from now on, until [`resume_publishing`]. What is being sent, or may have been, ends by itself.
///
/// # Errors
///
/// `WRONG_STATE` when it is paused already, and for a post that is over.
pub async fn pause_publishing(
    context: &Context,
    target: PauseTarget,
    reason: &str,
) -> Result<publishing_pause::Model, Failure> {
    let (brand_id, path) = brand_of(context, target).await?;
    let permit = context.permit(target.action(), brand_id.unwrap_or_default()).await?;
    let mut wrong = Complaints::default();
    let reason = wrong.text("reason", reason, MOST_REASON).to_owned();
    wrong.check()?;
    let (post_id, social_account_id) = match target {
        PauseTarget::Post(id) => (Some(id), None),
        PauseTarget::Account(id) => (None, Some(id)),
        PauseTarget::Brand(_) | PauseTarget::Agency => (None, None),
    };
    let same = in_force()
        .filter(or_null(publishing_pause::Column::BrandId, brand_id))
        .filter(or_null(publishing_pause::Column::PostId, post_id))
        .filter(or_null(publishing_pause::Column::SocialAccountId, social_account_id));
    if context.one(same).await?.is_some() {
        return Err(UserError::at(Code::WrongState, path).text("state", "PAUSED").into());
    }
    let row = publishing_pause::ActiveModel {
        id: Set(context.new_id()),
        agency_id: Set(permit.agency_id),
        brand_id: Set(brand_id),
        post_id: Set(post_id),
        social_account_id: Set(social_account_id),
        reason: Set(reason),
        paused_by: Set(permit.person()?),
        paused_at: Set(context.now),
        ..Default::default()
    };
    let row = publishing_pause::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    let detail = json!({ "post": post_id, "account": social_account_id });
    trust::record(permit, context.now, "publishing.pause", row.id, detail).await?;
    Ok(row)
}

/// Ends a pause. What it held goes on in the background: within the brand's grace it is sent, otherwise it is `MISSED`.
///
/// # Errors
///
/// `WRONG_STATE` when it has ended.
pub async fn resume_publishing(context: &Context, pause_id: Uuid) -> Result<publishing_pause::Model, Failure> {
    let not_there = || UserError::at(Code::NotFound, "pauseId");
    let row = context.one(publishing_pause::Entity::visible([pause_id])).await?.ok_or_else(not_there)?;
    let permit = context.permit(PauseTarget::of(&row).action(), row.brand_id.unwrap_or_default()).await?;
    let ended = publishing_pause::Entity::update_many()
        .col_expr(publishing_pause::Column::EndedAt, Expr::value(context.now))
        .col_expr(publishing_pause::Column::EndedBy, Expr::value(permit.person()?))
        .filter(publishing_pause::Column::Id.eq(row.id))
        .filter(publishing_pause::Column::EndedAt.is_null())
        .exec_with_returning(permit.tx())
        .await?;
    let ended = ended.into_iter().next();
    let row = ended.ok_or_else(|| UserError::at(Code::WrongState, "pauseId").text("state", "ENDED"))?;
    if row.brand_id.is_some() {
        enqueue(permit, ResumePublishing.kind(), row.id, context.now, context.now).await?;
    } else {
        resume_everywhere(context, permit, row.id).await?;
    }
    let detail = json!({ "post": row.post_id, "account": row.social_account_id });
    trust::record(permit, context.now, "publishing.resume", row.id, detail).await?;
    Ok(row)
}

/// The brand of what is to be paused, and the input field that names it.
async fn brand_of(context: &Context, target: PauseTarget) -> Result<(Option<Uuid>, &'static str), Failure> {
    Ok(match target {
        PauseTarget::Post(id) => {
            let path = "target.postId";
            let post = load_post(context, id, false).await.map_err(|failure| failure.within("target"))?;
            if matches!(post.state, PostState::Published | PostState::Canceled | PostState::Archived) {
                // Who may not pause it is told that first.
                context.permit(target.action(), post.brand_id).await?;
                return Err(UserError::at(Code::WrongState, path).text("state", post.state.to_value()).into());
            }
            (Some(post.brand_id), path)
        }
        PauseTarget::Account(id) => {
            let path = "target.socialAccountId";
            let account = context.one(social_account::Entity::visible([id])).await?;
            (Some(account.ok_or_else(|| UserError::at(Code::NotFound, path))?.brand_id), path)
        }
        PauseTarget::Brand(id) => (Some(id), "target.brandId"),
        PauseTarget::Agency => (None, "target.agency"),
    })
}

/// The pauses that have not ended.
pub(super) fn in_force() -> sea_orm::Select<publishing_pause::Entity> {
    publishing_pause::Entity::find().filter(publishing_pause::Column::EndedAt.is_null())
}

fn or_null(column: publishing_pause::Column, id: Option<Uuid>) -> Expr {
    id.map_or_else(|| column.is_null(), |id| column.eq(id))
}

/// A job for each brand, in one statement.
async fn resume_everywhere(context: &Context, permit: Permit<'_>, pause_id: Uuid) -> Result<(), Failure> {
    #[derive(FromQueryResult)]
    struct Row {
        id: Uuid,
    }
    let brands = context.rows::<Row>("select id from brand where deleted_at is null order by id", []).await?;
    let brands: Vec<Uuid> = brands.into_iter().map(|row| row.id).collect();
    let jobs: Vec<Uuid> = brands.iter().map(|_| ids::new_id(context.now)).collect();
    let sql = "insert into job (id, brand_id, kind, subject_id, requested_by, state, due_at, created_at)
      select r.id, r.brand_id, $3, $4, $5, 'PENDING', $6, $6 from unnest($1::uuid[], $2::uuid[]) r (id, brand_id)";
    let kind = ResumePublishing.kind();
    let values = [jobs.into(), brands.into(), kind.into(), pause_id.into(), permit.actor_id.into(), context.now.into()];
    permit.tx().execute_raw(db::statement(sql, values)).await?;
    Ok(())
}
