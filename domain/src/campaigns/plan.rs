//! Planning a campaign, and changing the plan.

use diwan_entity::approvals::approval_request::ApprovalKind;
use diwan_entity::campaigns::campaign::{self, CampaignState};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _, IntoActiveModel as _};
use serde_json::json;
use uuid::Uuid;

use super::ActivateCampaign;
use super::content::{CampaignContent, Standing, check_names, targets_differ, write_parts};
use super::life::{begin, going_on};
use crate::approvals;
use crate::context::Context;
use crate::error::{Complaints, Failure};
use crate::jobs::{Job as _, cancel};
use crate::permission::Action;
use crate::trust;

/// A change of a campaign.
#[derive(Debug, Clone)]
pub struct CampaignChange {
    /// Which.
    pub campaign_id: Uuid,
    /// The version from which the change started.
    pub version: i32,
    /// What is planned from now on: the whole of it.
    pub content: CampaignContent,
}

/// Plans a campaign.
pub async fn create_campaign(
    context: &Context,
    brand_id: Uuid,
    content: CampaignContent,
) -> Result<campaign::Model, Failure> {
    let permit = context.permit(Action::CampaignWrite, brand_id).await?;
    let mut wrong = Complaints::default();
    let content = content.check(&mut wrong);
    let before = Standing::default();
    let units = check_names(context, brand_id, &content, &before, &mut wrong).await?;
    wrong.check()?;
    let row = campaign::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(brand_id),
        state: Set(CampaignState::Planned),
        created_by: Set(permit.person()?),
        authors: Set(vec![permit.person()?]),
        created_at: Set(context.now),
        updated_at: Set(context.now),
        version: Set(1),
        ..said(&content, campaign::ActiveModel { ..Default::default() })
    };
    let row = campaign::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    write_parts(context, permit, row.id, (&content, &units), &before).await?;
    trust::record(permit, context.now, "campaign.create", row.id, json!({})).await?;
    Ok(row)
}

/// Plans a campaign anew: the whole of it. A change of the budget, the days or the targets takes an approval away, and what was
/// asked for: the campaign is planned again, also where it ran. Whoever changes anything else while it is decided about is an author of
/// the request from then on; where they had decided already, or nobody would be left to decide, it is planned again as well.
pub async fn update_campaign(context: &Context, change: CampaignChange) -> Result<campaign::Model, Failure> {
    let (permit, row) = begin(context, Action::CampaignWrite, change.campaign_id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, change.version);
    going_on(&mut wrong, &row);
    let content = change.content.check(&mut wrong);
    let before = Standing::load(context, row.brand_id, row.id).await?;
    let units = check_names(context, row.brand_id, &content, &before, &mut wrong).await?;
    wrong.check()?;
    let planned = content.planned.as_ref();
    let differs = row.planned_minor != planned.map(|money| money.minor)
        || row.currency.as_deref() != planned.map(|money| money.currency.as_str())
        || (row.starts_on, row.ends_on) != (content.starts_on, content.ends_on)
        || targets_differ(&before.targets, &content, &units);
    // What is only said otherwise stays with whoever decides, and is theirs no more who said it so.
    let about = (ApprovalKind::Campaign, row.id);
    let voided = row.state != CampaignState::Planned
        && (differs
            || (row.state == CampaignState::InApproval
                && !approvals::written_at(context, permit, about, &content.name).await?));
    if voided {
        approvals::void(context, permit, ApprovalKind::Campaign, row.id).await?;
        cancel(permit, ActivateCampaign.kind(), &[row.id], context.now).await?;
    }
    write_parts(context, permit, row.id, (&content, &units), &before).await?;
    let state = if voided { CampaignState::Planned } else { row.state };
    let version = row.version + 1;
    let authors = approvals::with_author(row.authors.clone(), permit.person()?);
    let changed = campaign::ActiveModel {
        state: Set(state),
        authors: Set(authors),
        version: Set(version),
        ..said(&content, row.into_active_model())
    };
    let row = campaign::ActiveModel { updated_at: Set(context.now), ..changed }.update(permit.tx()).await?;
    trust::record(permit, context.now, "campaign.update", row.id, json!({ "version": version, "voided": voided }))
        .await?;
    Ok(row)
}

fn said(content: &CampaignContent, row: campaign::ActiveModel) -> campaign::ActiveModel {
    campaign::ActiveModel {
        name: Set(content.name.clone()),
        objective: Set(content.objective.clone()),
        brief: Set(content.brief.clone()),
        starts_on: Set(content.starts_on),
        ends_on: Set(content.ends_on),
        planned_minor: Set(content.planned.as_ref().map(|money| money.minor)),
        currency: Set(content.planned.as_ref().map(|money| money.currency.clone())),
        ..row
    }
}
