//! New budgets, and what is said of them.

use chrono::NaiveDate;
use diwan_entity::InBrand as _;
use diwan_entity::campaigns::campaign;
use diwan_entity::finance::budget::{self, BudgetState};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _, IntoActiveModel as _};
use serde_json::json;
use uuid::Uuid;

use super::lines::{LineContent, check_lines, open_budget, write_lines};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::Action;
use crate::strategy::date;
use crate::trust;

/// The most days of a budget: ten years.
const MOST_DAYS: i64 = 3660;

/// What is said of a budget. It has a period, a campaign, or both.
#[derive(Debug, Clone)]
pub struct BudgetContent {
    /// What it is called, 1 to 200 characters.
    pub name: String,
    /// Its first and last day, in the brand's time zone.
    pub period: Option<(NaiveDate, NaiveDate)>,
    /// The campaign that it is for.
    pub campaign_id: Option<Uuid>,
}

/// A budget to make.
#[derive(Debug, Clone)]
pub struct NewBudget {
    /// Of which brand.
    pub brand_id: Uuid,
    /// Of all its amounts, ISO 4217.
    pub currency: String,
    /// What is said of it.
    pub content: BudgetContent,
    /// Its first lines, up to 200.
    pub lines: Vec<LineContent>,
}

impl BudgetContent {
    async fn check(
        &self,
        context: &Context,
        wrong: &mut Complaints,
        (brand_id, standing): (Uuid, Option<Uuid>),
    ) -> Result<(), Failure> {
        wrong.text("budget.name", &self.name, 200);
        let (from, to) = self.period.unzip();
        date(wrong, "budget.startsOn", from);
        date(wrong, "budget.endsOn", to);
        match (self.period, self.campaign_id) {
            (None, None) => wrong.add(UserError::at(Code::Invalid, "budget.startsOn")),
            (Some((from, to)), _) if to < from || (to - from).num_days() > MOST_DAYS => {
                wrong.add(UserError::at(Code::Invalid, "budget.endsOn"));
            }
            _ => {}
        }
        let Some(id) = self.campaign_id else { return Ok(()) };
        let found = context.one(campaign::Entity::one_in_brand(brand_id, id)).await?;
        let usable = |row: campaign::Model| standing == Some(id) || row.archived_at.is_none();
        if !found.is_some_and(usable) {
            wrong.add(UserError::at(Code::NotFound, "budget.campaignId"));
        }
        Ok(())
    }
}

/// Makes a budget. Nothing is allocated yet.
pub async fn create_budget(context: &Context, new: NewBudget) -> Result<budget::Model, Failure> {
    let permit = context.permit(Action::BudgetWrite, new.brand_id).await?;
    let mut wrong = Complaints::default();
    new.content.check(context, &mut wrong, (new.brand_id, None)).await?;
    wrong.currency("currency", &new.currency);
    check_lines(&mut wrong, &[], &new.lines);
    wrong.check()?;
    let (starts_on, ends_on) = new.content.period.unzip();
    let row = budget::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(new.brand_id),
        name: Set(new.content.name.trim().to_owned()),
        starts_on: Set(starts_on),
        ends_on: Set(ends_on),
        campaign_id: Set(new.content.campaign_id),
        currency: Set(new.currency),
        state: Set(BudgetState::Open),
        created_by: Set(permit.person()?),
        created_at: Set(context.now),
        updated_at: Set(context.now),
        closed_at: Set(None),
        version: Set(1),
    };
    let row = budget::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    write_lines(context, permit, row.id, 0, new.lines).await?;
    trust::record(permit, context.now, "budget.create", row.id, json!({ "currency": row.currency })).await?;
    Ok(row)
}

/// Says an open budget anew, unless somebody else has changed it meanwhile. Its currency and what was booked stay.
pub async fn update_budget(
    context: &Context,
    budget_id: Uuid,
    version: i32,
    content: BudgetContent,
) -> Result<budget::Model, Failure> {
    let (permit, row) = open_budget(context, Action::BudgetWrite, budget_id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    content.check(context, &mut wrong, (row.brand_id, row.campaign_id)).await?;
    wrong.check()?;
    let (starts_on, ends_on) = content.period.unzip();
    let changed = budget::ActiveModel {
        name: Set(content.name.trim().to_owned()),
        starts_on: Set(starts_on),
        ends_on: Set(ends_on),
        campaign_id: Set(content.campaign_id),
        updated_at: Set(context.now),
        version: Set(row.version + 1),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "budget.update", row.id, json!({ "version": row.version })).await?;
    Ok(row)
}
