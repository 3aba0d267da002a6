//! How content is made, brought out and made known, for a time.

use chrono::NaiveDate;
use diwan_entity::strategy::content_plan;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _, IntoActiveModel as _};
use uuid::Uuid;

use super::fields::{begin, date, live, maybe_text};
use super::items::{Thing, has_room};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::Action;
use crate::trust;

/// What a plan says.
#[derive(Debug, Clone, Default)]
pub struct PlanContent {
    /// 1 to 300 characters.
    pub title: String,
    /// Who makes what and how, up to 20 000 characters, as the two after it.
    pub production: String,
    /// Where and how often it comes out.
    pub distribution: String,
    /// How it is made known.
    pub promotion: String,
    /// Its first day, if it has one.
    pub starts_on: Option<NaiveDate>,
    /// Its last day, if it has one: not before the first.
    pub ends_on: Option<NaiveDate>,
}

impl PlanContent {
    fn check(&self, wrong: &mut Complaints) -> Self {
        date(wrong, "plan.startsOn", self.starts_on);
        date(wrong, "plan.endsOn", self.ends_on);
        if let (Some(start), Some(end)) = (self.starts_on, self.ends_on)
            && end < start
        {
            wrong.add(UserError::at(Code::Invalid, "plan.endsOn"));
        }
        Self {
            title: wrong.text("plan.title", &self.title, 300).to_owned(),
            production: maybe_text(wrong, "plan.production", &self.production, 20_000),
            distribution: maybe_text(wrong, "plan.distribution", &self.distribution, 20_000),
            promotion: maybe_text(wrong, "plan.promotion", &self.promotion, 20_000),
            starts_on: self.starts_on,
            ends_on: self.ends_on,
        }
    }
}

/// Writes a plan.
pub async fn create_content_plan(
    context: &Context,
    brand_id: Uuid,
    content: PlanContent,
) -> Result<content_plan::Model, Failure> {
    let permit = context.permit(Action::StrategyWrite, brand_id).await?;
    let mut wrong = Complaints::default();
    let content = content.check(&mut wrong);
    has_room(permit, &mut wrong, Thing::ContentPlan).await?;
    wrong.check()?;
    let row = content_plan::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(brand_id),
        title: Set(content.title),
        production: Set(content.production),
        distribution: Set(content.distribution),
        promotion: Set(content.promotion),
        starts_on: Set(content.starts_on),
        ends_on: Set(content.ends_on),
        created_at: Set(context.now),
        updated_at: Set(context.now),
        archived_at: Set(None),
        version: Set(1),
    };
    let row = content_plan::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    trust::record(permit, context.now, "content_plan.create", row.id, serde_json::json!({})).await?;
    Ok(row)
}

/// Writes it anew: the whole of it.
pub async fn update_content_plan(
    context: &Context,
    plan_id: Uuid,
    version: i32,
    content: PlanContent,
) -> Result<content_plan::Model, Failure> {
    let (permit, row) = begin::<content_plan::Entity>(context, Action::StrategyWrite, plan_id, "contentPlanId").await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    live(&mut wrong, row.archived_at, "contentPlanId");
    let content = content.check(&mut wrong);
    wrong.check()?;
    let changed = content_plan::ActiveModel {
        title: Set(content.title),
        production: Set(content.production),
        distribution: Set(content.distribution),
        promotion: Set(content.promotion),
        starts_on: Set(content.starts_on),
        ends_on: Set(content.ends_on),
        updated_at: Set(context.now),
        version: Set(row.version + 1),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    let detail = serde_json::json!({ "version": row.version });
    trust::record(permit, context.now, "content_plan.update", row.id, detail).await?;
    Ok(row)
}
