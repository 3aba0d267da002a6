//! Mutations of what has to be done for campaigns.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::NaiveDate;
use diwan_domain::campaigns::{self, TaskContent};
use diwan_domain::{Context as Domain, Failure};
use diwan_entity::campaigns::campaign_task;

use super::types::{Campaign, CampaignTask};
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;

/// Something to do: the whole of it.
#[derive(InputObject)]
struct CampaignTaskInput {
    /// What is to be done, 1 to 300 characters.
    title: String,
    /// Who does it: somebody of the brand's staff; null: nobody yet.
    assignee_id: Option<ID>,
    /// Until which day, in the brand's time zone; null: whenever.
    due_on: Option<NaiveDate>,
}

impl CampaignTaskInput {
    fn into_domain(self) -> Result<TaskContent, Failure> {
        let assignee_id = self.assignee_id.map(|id| Kind::User.parse(&id, "task.assigneeId")).transpose()?;
        Ok(TaskContent { title: self.title, assignee_id, due_on: self.due_on })
    }
}

/// Something to do for a campaign.
#[derive(InputObject)]
struct AddCampaignTaskInput {
    /// For which campaign.
    campaign_id: ID,
    /// What.
    task: CampaignTaskInput,
}

/// What a task says from now on.
#[derive(InputObject)]
struct UpdateCampaignTaskInput {
    /// Which task.
    task_id: ID,
    /// What it says: the whole of it.
    task: CampaignTaskInput,
}

/// A task that is done, or is not.
#[derive(InputObject)]
struct SetCampaignTaskDoneInput {
    /// Which task.
    task_id: ID,
    /// Whether it is done.
    done: bool,
}

/// A task to take off the list.
#[derive(InputObject)]
struct RemoveCampaignTaskInput {
    /// Which task.
    task_id: ID,
}

/// The answer of what changes a task.
#[derive(SimpleObject)]
struct CampaignTaskPayload {
    /// The task, when it was carried out.
    task: Option<CampaignTask>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `removeCampaignTask`.
#[derive(SimpleObject)]
struct RemoveCampaignTaskPayload {
    /// The campaign without the task.
    campaign: Option<Campaign>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

async fn of_task(
    op: &Op,
    command: impl AsyncFnOnce(&Domain) -> Result<campaign_task::Model, Failure>,
) -> Result<CampaignTaskPayload> {
    let (row, user_errors) = op.command(command).await?;
    Ok(CampaignTaskPayload { task: row.map(|row| CampaignTask { op: op.clone(), row }), user_errors })
}

/// Mutations of what has to be done for campaigns.
#[derive(Default)]
pub struct CampaignTaskMutation;

#[Object]
impl CampaignTaskMutation {
    /// Adds something to do for a campaign that is not over, up to 200. For JUNIOR and above.
    async fn add_campaign_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The campaign and the task.")] input: AddCampaignTaskInput,
    ) -> Result<CampaignTaskPayload> {
        let command = async |context: &Domain| {
            let id = Kind::Campaign.parse(&input.campaign_id, "campaignId")?;
            campaigns::add_campaign_task(context, id, input.task.into_domain()?).await
        };
        of_task(Op::of(ctx)?, command).await
    }

    /// Says a task anew. For JUNIOR and above.
    async fn update_campaign_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change.")] input: UpdateCampaignTaskInput,
    ) -> Result<CampaignTaskPayload> {
        let command = async |context: &Domain| {
            let id = Kind::CampaignTask.parse(&input.task_id, "taskId")?;
            campaigns::update_campaign_task(context, id, input.task.into_domain()?).await
        };
        of_task(Op::of(ctx)?, command).await
    }

    /// Says that a task is done, or is not. Who said so first stays named. For JUNIOR and above.
    async fn set_campaign_task_done(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The task, and whether it is done.")] input: SetCampaignTaskDoneInput,
    ) -> Result<CampaignTaskPayload> {
        let command = async |context: &Domain| {
            let id = Kind::CampaignTask.parse(&input.task_id, "taskId")?;
            campaigns::set_campaign_task_done(context, id, input.done).await
        };
        of_task(Op::of(ctx)?, command).await
    }

    /// Takes a task off the list. For JUNIOR and above.
    async fn remove_campaign_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which task.")] input: RemoveCampaignTaskInput,
    ) -> Result<RemoveCampaignTaskPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            campaigns::remove_campaign_task(context, Kind::CampaignTask.parse(&input.task_id, "taskId")?).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(RemoveCampaignTaskPayload { campaign: row.map(|row| Campaign { op: op.clone(), row }), user_errors })
    }
}
