//! Closing a campaign: what was learned, and the figures as they are.

use diwan_entity::campaigns::campaign::{self, CampaignState};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, FromQueryResult, IntoActiveModel as _};
use serde_json::json;
use uuid::Uuid;

use super::life::{begin, standing};
use super::pace::met;
use super::progress::{TargetProgress, progress_of_campaigns};
use super::report::{ClosingReport, Cost, MissingFigure, ReportedTarget, Return};
use crate::approvals::Money;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::finance::costs_of_campaign;
use crate::permission::Action;
use crate::tracking::{Attributed, Model, attributed_value};
use crate::trust;

/// How a campaign is closed.
#[derive(Debug, Clone)]
pub struct Closing {
    /// Which.
    pub campaign_id: Uuid,
    /// The version that was read.
    pub version: i32,
    /// What was learned, 1 to 20 000 characters.
    pub lessons: String,
    /// How conversions are credited.
    pub model: Model,
}

/// Closes a campaign that runs, for good. Its figures are taken now and stay as they are.
pub async fn close_campaign(context: &Context, closing: Closing) -> Result<campaign::Model, Failure> {
    let (permit, row) = begin(context, Action::CampaignRun, closing.campaign_id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, closing.version);
    if row.state != CampaignState::Active {
        wrong.add(UserError::at(Code::WrongState, "campaignId").text("state", standing(&row)));
    }
    let lessons = wrong.text("lessons", &closing.lessons, 20_000).to_owned();
    wrong.check()?;
    let report = take(context, &row, closing.model).await?;
    let report = serde_json::to_value(&report).map_err(|error| Fault::broken(error.to_string()))?;
    let changed = campaign::ActiveModel {
        state: Set(CampaignState::Closed),
        closed_at: Set(Some(context.now)),
        updated_at: Set(context.now),
        lessons: Set(Some(lessons)),
        report: Set(Some(report)),
        version: Set(row.version + 1),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "campaign.close", row.id, json!({ "version": row.version })).await?;
    Ok(row)
}

#[derive(FromQueryResult)]
struct Posts {
    posts: i64,
    published: i64,
}

/// The figures as they are.
async fn take(context: &Context, row: &campaign::Model, model: Model) -> Result<ClosingReport, Failure> {
    let progress = progress_of_campaigns(context, &[row.id]).await?;
    let sql =
        "select count(*) as posts, count(*) filter (where state in ('PUBLISHED', 'PARTIALLY_PUBLISHED')) as published
      from post where brand_id = $1 and campaign_id = $2";
    let posts: Vec<Posts> = context.rows(sql, [row.brand_id.into(), row.id.into()]).await?;
    let Posts { posts, published } = posts.into_iter().next().ok_or_else(|| Fault::broken("a count without a row"))?;
    let Attributed { conversions, values, .. } = attributed_value(context, (row.brand_id, row.id), model).await?;
    let costs = costs_of_campaign(context, row.brand_id, row.id).await?;

    let mut missing = Vec::new();
    if progress.iter().any(|target| target.achieved_micro.is_none()) {
        missing.push(MissingFigure::Target);
    }
    if progress.iter().any(|target| target.missing > 0) {
        missing.push(MissingFigure::Numbers);
    }
    let costs = costs.into_iter().map(|(category, amount)| Cost { category, amount }).collect();
    let returned = Return::of(values, costs, &mut missing);
    let planned = row.planned_minor.zip(row.currency.clone()).map(|(minor, currency)| Money { minor, currency });
    Ok(ClosingReport {
        from: row.starts_on,
        to: row.ends_on,
        taken_at: context.now,
        targets: progress.into_iter().map(reported).collect(),
        posts,
        published_posts: published,
        planned,
        model: model.name().to_owned(),
        conversions,
        returned,
        missing,
    })
}

fn reported(progress: TargetProgress) -> ReportedTarget {
    let TargetProgress { target, achieved_micro, counted, missing, .. } = progress;
    let met = achieved_micro.map(|achieved| met(target.direction, achieved, target.target_micro));
    ReportedTarget {
        target_id: target.id,
        name: target.name,
        source: target.source,
        direction: target.direction,
        unit: target.unit,
        target_micro: target.target_micro,
        achieved_micro,
        counted,
        missing,
        met,
    }
}
