//! Mutations of campaigns.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use diwan_domain::campaigns::{self, CampaignChange, Closing, StatedResult};
use diwan_domain::{Context as Domain, Failure};
use diwan_entity::campaigns::campaign;

use super::inputs::CampaignInput;
use super::types::{Campaign, CampaignTarget};
use crate::graphql::approvals::ApprovalRequest;
use crate::graphql::calendar::Post;
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;
use crate::graphql::tracking::AttributionModel;

/// A campaign to plan.
#[derive(InputObject)]
struct CreateCampaignInput {
    /// Of which brand.
    brand_id: ID,
    /// What is planned.
    campaign: CampaignInput,
}

/// What is planned for a campaign from now on: the whole of it.
#[derive(InputObject)]
struct UpdateCampaignInput {
    /// Which campaign.
    campaign_id: ID,
    /// The version from which the change started.
    version: i32,
    /// What is planned.
    campaign: CampaignInput,
}

/// A campaign to ask approval for.
#[derive(InputObject)]
struct SubmitCampaignInput {
    /// Which campaign.
    campaign_id: ID,
}

/// A campaign to begin.
#[derive(InputObject)]
struct ActivateCampaignInput {
    /// Which campaign.
    campaign_id: ID,
}

/// A campaign to give up.
#[derive(InputObject)]
struct CancelCampaignInput {
    /// Which campaign.
    campaign_id: ID,
    /// The version that was read.
    version: i32,
    /// Why, 1 to 1000 characters; for the audit trail.
    reason: String,
}

/// A campaign to close.
#[derive(InputObject)]
struct CloseCampaignInput {
    /// Which campaign.
    campaign_id: ID,
    /// The version that was read.
    version: i32,
    /// What was learned, 1 to 20000 characters.
    lessons: String,
    /// How conversions are credited to the campaign's links.
    model: AttributionModel,
}

/// A campaign to put away.
#[derive(InputObject)]
struct ArchiveCampaignInput {
    /// Which campaign.
    campaign_id: ID,
}

/// A campaign to bring back.
#[derive(InputObject)]
struct RestoreCampaignInput {
    /// Which campaign.
    campaign_id: ID,
}

/// Posts that belong to a campaign, or to none.
#[derive(InputObject)]
struct SetCampaignOfPostsInput {
    /// Of which brand.
    brand_id: ID,
    /// To which campaign of the brand; null takes them out of theirs.
    campaign_id: Option<ID>,
    /// Which posts of the brand, 1 to 500.
    post_ids: Vec<ID>,
}

/// What was reached of a target, as somebody states it.
#[derive(InputObject)]
struct StateCampaignResultInput {
    /// Of which target: one of the source `STATED`, of a campaign that runs.
    target_id: ID,
    /// What was reached since the beginning, in the target's unit: a decimal of at least zero such as `12.5`, with at most six digits
    /// behind the point.
    value: String,
    /// Where it comes from, up to 1000 characters.
    #[graphql(default)]
    note: String,
}

/// The answer of what changes a campaign.
#[derive(SimpleObject)]
struct CampaignPayload {
    /// The campaign, when it was carried out.
    campaign: Option<Campaign>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `submitCampaign`.
#[derive(SimpleObject)]
struct SubmitCampaignPayload {
    /// The campaign.
    campaign: Option<Campaign>,
    /// The request for its approval.
    request: Option<ApprovalRequest>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `setCampaignOfPosts`.
#[derive(SimpleObject)]
struct SetCampaignOfPostsPayload {
    /// The posts in their order, when all of them were changed.
    posts: Vec<Post>,
    /// What must be mended; the field counts the posts from 0.
    user_errors: Vec<Refused>,
}

/// The answer of `stateCampaignResult`.
#[derive(SimpleObject)]
struct StateCampaignResultPayload {
    /// The target, with what was stated.
    target: Option<CampaignTarget>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

async fn of_campaign(
    op: &Op,
    command: impl AsyncFnOnce(&Domain) -> Result<campaign::Model, Failure>,
) -> Result<CampaignPayload> {
    let (row, user_errors) = op.command(command).await?;
    Ok(CampaignPayload { campaign: row.map(|row| Campaign { op: op.clone(), row }), user_errors })
}

/// Mutations of campaigns.
#[derive(Default)]
pub struct CampaignMutation;

#[Object]
impl CampaignMutation {
    /// Plans a campaign. For MID and above.
    async fn create_campaign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The campaign.")] input: CreateCampaignInput,
    ) -> Result<CampaignPayload> {
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            campaigns::create_campaign(context, brand_id, input.campaign.into_domain()?).await
        };
        of_campaign(Op::of(ctx)?, command).await
    }

    /// Plans a campaign anew, unless somebody else has changed it meanwhile or it is over. A change of the budget, the days or the
    /// targets takes an approval away: the campaign is `PLANNED` again, also where it ran. Whoever changes anything else while it is
    /// decided about does not decide. For MID and above.
    async fn update_campaign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change.")] input: UpdateCampaignInput,
    ) -> Result<CampaignPayload> {
        let command = async |context: &Domain| {
            let campaign_id = Kind::Campaign.parse(&input.campaign_id, "campaignId")?;
            let content = input.campaign.into_domain()?;
            let change = CampaignChange { campaign_id, version: input.version, content };
            campaigns::update_campaign(context, change).await
        };
        of_campaign(Op::of(ctx)?, command).await
    }

    /// Asks for a planned campaign to be approved: by the brand's chain for campaigns or else by anyone of MID or above, and up the
    /// ladder of limits by its planned budget. For MID and above.
    async fn submit_campaign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which campaign.")] input: SubmitCampaignInput,
    ) -> Result<SubmitCampaignPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            campaigns::submit_campaign(context, Kind::Campaign.parse(&input.campaign_id, "campaignId")?).await
        };
        let (done, user_errors) = op.command(command).await?;
        let (campaign, request) = done.unzip();
        Ok(SubmitCampaignPayload {
            campaign: campaign.map(|row| Campaign { op: op.clone(), row }),
            request: request.map(|row| ApprovalRequest { op: op.clone(), row }),
            user_errors,
        })
    }

    /// Begins an approved campaign now. By itself it begins on its first day. For MID and above.
    async fn activate_campaign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which campaign.")] input: ActivateCampaignInput,
    ) -> Result<CampaignPayload> {
        let command = async |context: &Domain| {
            campaigns::activate_campaign(context, Kind::Campaign.parse(&input.campaign_id, "campaignId")?).await
        };
        of_campaign(Op::of(ctx)?, command).await
    }

    /// Gives a campaign up that is not over. Its posts stay as they are. For SENIOR and above.
    async fn cancel_campaign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The campaign, and why.")] input: CancelCampaignInput,
    ) -> Result<CampaignPayload> {
        let command = async |context: &Domain| {
            let id = Kind::Campaign.parse(&input.campaign_id, "campaignId")?;
            campaigns::cancel_campaign(context, id, input.version, &input.reason).await
        };
        of_campaign(Op::of(ctx)?, command).await
    }

    /// Closes a campaign that runs, for good: its figures are taken now, and stay in `closingReport`. For MID and above.
    async fn close_campaign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The campaign, and what was learned.")] input: CloseCampaignInput,
    ) -> Result<CampaignPayload> {
        let command = async |context: &Domain| {
            let campaign_id = Kind::Campaign.parse(&input.campaign_id, "campaignId")?;
            let CloseCampaignInput { version, lessons, model, .. } = input;
            let closing = Closing { campaign_id, version, lessons, model: model.into() };
            campaigns::close_campaign(context, closing).await
        };
        of_campaign(Op::of(ctx)?, command).await
    }

    /// Puts a campaign away that is planned or over. For MID and above.
    async fn archive_campaign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which campaign.")] input: ArchiveCampaignInput,
    ) -> Result<CampaignPayload> {
        let command = async |context: &Domain| {
            campaigns::archive_campaign(context, Kind::Campaign.parse(&input.campaign_id, "campaignId")?).await
        };
        of_campaign(Op::of(ctx)?, command).await
    }

    /// Brings a campaign back that was put away. For MID and above.
    async fn restore_campaign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which campaign.")] input: RestoreCampaignInput,
    ) -> Result<CampaignPayload> {
        let command = async |context: &Domain| {
            campaigns::restore_campaign(context, Kind::Campaign.parse(&input.campaign_id, "campaignId")?).await
        };
        of_campaign(Op::of(ctx)?, command).await
    }

    /// Says of up to 500 posts that they belong to a campaign, or to none: of all of them or of none. It voids no approval. What
    /// belongs to a closed campaign stays there. For MID and above.
    async fn set_campaign_of_posts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The posts and their campaign.")] input: SetCampaignOfPostsInput,
    ) -> Result<SetCampaignOfPostsPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            let campaign_id = input.campaign_id.map(|id| Kind::Campaign.parse(&id, "campaignId")).transpose()?;
            let ids = input.post_ids.iter().enumerate();
            let ids = ids.map(|(place, id)| Kind::Post.parse(id, &format!("postIds.{place}")));
            let ids = ids.collect::<Result<Vec<_>, Failure>>()?;
            campaigns::set_campaign_of_posts(context, brand_id, campaign_id, &ids).await
        };
        let (rows, user_errors) = op.command(command).await?;
        let posts = rows.unwrap_or_default().into_iter().map(|row| Post { op: op.clone(), row }).collect();
        Ok(SetCampaignOfPostsPayload { posts, user_errors })
    }

    /// States what was reached of a target that no number tells. The newest statement counts; those before it stay to be read. For MID
    /// and above.
    async fn state_campaign_result(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The target, and what was reached.")] input: StateCampaignResultInput,
    ) -> Result<StateCampaignResultPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let target_id = Kind::CampaignTarget.parse(&input.target_id, "targetId")?;
            let StateCampaignResultInput { value, note, .. } = input;
            campaigns::state_campaign_result(context, StatedResult { target_id, value, note }).await
        };
        let (row, user_errors) = op.command(command).await?;
        let target = match row {
            Some(row) => op.load(row.target_id).await?.map(|row| CampaignTarget::of(op, row)),
            None => None,
        };
        Ok(StateCampaignResultPayload { target, user_errors })
    }
}
