//! What has to be done for a campaign: a plain list.

use chrono::NaiveDate;
use diwan_entity::InBrand as _;
use diwan_entity::approvals::approval_request::ApprovalKind;
use diwan_entity::campaigns::{campaign, campaign_task};
use diwan_entity::tenancy::app_user::UserKind;
use diwan_platform::db;
use sea_orm::{
    ActiveEnum as _, ActiveModelTrait as _, ActiveValue::Set, ConnectionTrait as _, EntityTrait as _,
    IntoActiveModel as _, ModelTrait as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use super::life::{begin, going_on};
use crate::approvals::Ground;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::{Action, Permit};
use crate::strategy::date;
use crate::trust;

/// The most tasks of a campaign.
const MOST_TASKS: i64 = 200;

/// Something to do.
#[derive(Debug, Clone)]
pub struct TaskContent {
    /// 1 to 300 characters.
    pub title: String,
    /// Who does it: somebody of the brand's staff; none: nobody yet.
    pub assignee_id: Option<Uuid>,
    /// Until which day, in the brand's time zone; none: whenever.
    pub due_on: Option<NaiveDate>,
}

impl TaskContent {
    async fn check(
        &self,
        context: &Context,
        permit: Permit<'_>,
        before: Option<Uuid>,
        wrong: &mut Complaints,
    ) -> Result<(), Failure> {
        wrong.text("task.title", &self.title, 300);
        date(wrong, "task.dueOn", self.due_on);
        let Some(id) = self.assignee_id.filter(|id| before != Some(*id)) else { return Ok(()) };
        let ground = Ground::load(permit.tx(), permit.brand_id, ApprovalKind::Post, None, context.now).await?;
        match ground.seat(id) {
            None => wrong.add(UserError::at(Code::NotFound, "task.assigneeId")),
            Some(seat) if seat.kind != UserKind::Staff => {
                wrong.add(UserError::at(Code::KindMismatch, "task.assigneeId").text("kind", seat.kind.to_value()));
            }
            Some(_) => {}
        }
        Ok(())
    }
}

/// Adds something to do.
pub async fn add_campaign_task(
    context: &Context,
    campaign_id: Uuid,
    content: TaskContent,
) -> Result<campaign_task::Model, Failure> {
    let (permit, row) = begin(context, Action::CampaignTaskWrite, campaign_id).await?;
    let mut wrong = Complaints::default();
    going_on(&mut wrong, &row);
    content.check(context, permit, None, &mut wrong).await?;
    let sql = "select count(*) from campaign_task where brand_id = $1 and campaign_id = $2";
    let there: i64 = db::scalar(permit.tx(), sql, [row.brand_id.into(), row.id.into()]).await?;
    if there >= MOST_TASKS {
        let many = UserError::at(Code::TooMany, "campaignId");
        wrong.add(many.number("limit", MOST_TASKS).number("actual", there + 1));
    }
    wrong.check()?;
    let task = campaign_task::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(row.brand_id),
        campaign_id: Set(row.id),
        title: Set(content.title.trim().to_owned()),
        assignee_id: Set(content.assignee_id),
        due_on: Set(content.due_on),
        done_at: Set(None),
        done_by: Set(None),
        created_at: Set(context.now),
    };
    let task = campaign_task::Entity::insert(task).exec_with_returning(permit.tx()).await?;
    trust::record(permit, context.now, "campaign_task.add", task.id, json!({ "campaign": row.id })).await?;
    Ok(task)
}

/// A task that is about to change, with the right to it; it and its campaign are locked.
async fn begin_task(
    context: &Context,
    task_id: Uuid,
) -> Result<(Permit<'_>, campaign::Model, campaign_task::Model), Failure> {
    let not_there = || UserError::at(Code::NotFound, "taskId");
    let seen = context.one(campaign_task::Entity::visible([task_id])).await?.ok_or_else(not_there)?;
    let (permit, campaign) = begin(context, Action::CampaignTaskWrite, seen.campaign_id).await?;
    let select = campaign_task::Entity::visible([task_id]).lock_exclusive();
    let task = context.one(select).await?.ok_or_else(not_there)?;
    Ok((permit, campaign, task))
}

/// Says a task anew: the whole of it.
pub async fn update_campaign_task(
    context: &Context,
    task_id: Uuid,
    content: TaskContent,
) -> Result<campaign_task::Model, Failure> {
    let (permit, campaign, task) = begin_task(context, task_id).await?;
    let mut wrong = Complaints::default();
    going_on(&mut wrong, &campaign);
    content.check(context, permit, task.assignee_id, &mut wrong).await?;
    wrong.check()?;
    let changed = campaign_task::ActiveModel {
        title: Set(content.title.trim().to_owned()),
        assignee_id: Set(content.assignee_id),
        due_on: Set(content.due_on),
        ..task.into_active_model()
    };
    let task = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "campaign_task.update", task.id, json!({})).await?;
    Ok(task)
}

/// Says that a task is done, or is not. Who said so first stays named.
pub async fn set_campaign_task_done(
    context: &Context,
    task_id: Uuid,
    done: bool,
) -> Result<campaign_task::Model, Failure> {
    let (permit, campaign, task) = begin_task(context, task_id).await?;
    let mut wrong = Complaints::default();
    going_on(&mut wrong, &campaign);
    wrong.check()?;
    if task.done_at.is_some() == done {
        return Ok(task);
    }
    let changed = campaign_task::ActiveModel {
        done_at: Set(done.then_some(context.now)),
        done_by: Set(if done { Some(permit.person()?) } else { None }),
        ..task.into_active_model()
    };
    let task = changed.update(permit.tx()).await?;
    let action = if done { "campaign_task.done" } else { "campaign_task.undone" };
    trust::record(permit, context.now, action, task.id, json!({})).await?;
    Ok(task)
}

/// Takes a task off the list.
pub async fn remove_campaign_task(context: &Context, task_id: Uuid) -> Result<campaign::Model, Failure> {
    let (permit, campaign, task) = begin_task(context, task_id).await?;
    let mut wrong = Complaints::default();
    going_on(&mut wrong, &campaign);
    wrong.check()?;
    task.delete(permit.tx()).await?;
    trust::record(permit, context.now, "campaign_task.remove", task_id, json!({ "campaign": campaign.id })).await?;
    Ok(campaign)
}

/// Gives the open tasks of somebody in these brands to somebody else of the staff, as far as their campaigns are not over. Answers
/// how many.
pub(crate) async fn hand_over_tasks(
    permit: Permit<'_>,
    (from, to): (Uuid, Uuid),
    brand_ids: &[Uuid],
) -> Result<u64, Failure> {
    let sql = "update campaign_task t set assignee_id = $2 from campaign c
      where t.brand_id = any ($3) and t.assignee_id = $1 and t.done_at is null
        and c.brand_id = t.brand_id and c.id = t.campaign_id and c.state not in ('CLOSED', 'CANCELED')";
    let values = [from.into(), to.into(), brand_ids.to_vec().into()];
    Ok(permit.tx().execute_raw(db::statement(sql, values)).await?.rows_affected())
}
