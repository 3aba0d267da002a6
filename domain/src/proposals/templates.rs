//! Proposals from which others are made.

use chrono::{Days, NaiveDate};
use diwan_entity::InBrand as _;
use diwan_entity::proposals::{proposal, proposal_template};
use sea_orm::sea_query::{Expr, ExprTrait as _, Func};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use super::content::{ProposalContent, json_of, line_of, offer_of};
use super::queries::version_with_lines;
use super::review::gone;
use super::write::{create, not_there};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::permission::Action;
use crate::trust;

/// Keeps the newest version of a proposal as a template, whole, under a name that no other template in use has.
pub async fn save_proposal_template(
    context: &Context,
    proposal_id: Uuid,
    name: &str,
) -> Result<proposal_template::Model, Failure> {
    let row = context.one(proposal::Entity::visible([proposal_id])).await?.ok_or_else(not_there)?;
    let permit = context.permit(Action::ProposalWrite, row.brand_id).await?;
    let mut wrong = Complaints::default();
    let name = wrong.text("name", name, 200).to_owned();
    let lower = Expr::expr(Func::lower(Expr::col(proposal_template::Column::Name)));
    let same = proposal_template::Entity::in_brand(row.brand_id)
        .filter(proposal_template::Column::ArchivedAt.is_null())
        .filter(lower.eq(Func::lower(Expr::val(name.clone()))));
    if context.one(same).await?.is_some() {
        wrong.add(UserError::at(Code::AlreadyExists, "name"));
    }
    wrong.check()?;
    let (version, lines) = version_with_lines(context, &row, row.version).await?.ok_or_else(|| gone(&row))?;
    let content = ProposalContent { offer: offer_of(&version)?, lines: lines.iter().map(line_of).collect() };
    let template = proposal_template::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(row.brand_id),
        name: Set(name),
        content: Set(json_of(&content)?),
        created_by: Set(permit.person()?),
        created_at: Set(context.now),
        archived_at: Set(None),
    };
    let template = proposal_template::Entity::insert(template).exec_with_returning(permit.tx()).await?;
    let detail = json!({ "proposal": row.id, "version": row.version });
    trust::record(permit, context.now, "proposal_template.create", template.id, detail).await?;
    Ok(template)
}

fn no_template() -> UserError {
    UserError::at(Code::NotFound, "templateId")
}

/// What a template says.
pub fn content_of(row: &proposal_template::Model) -> Result<ProposalContent, Failure> {
    let read = serde_json::from_value(row.content.clone());
    Ok(read.map_err(|error| Fault::broken(format!("template {}: {error}", row.id)))?)
}

/// Makes a proposal from a template that is in use. The project begins on this day; the project and the campaigns keep how long they are,
/// and how they follow each other.
pub async fn create_proposal_from_template(
    context: &Context,
    template_id: Uuid,
    title: &str,
    starts_on: NaiveDate,
    valid_until: NaiveDate,
) -> Result<proposal::Model, Failure> {
    let template = context.one(proposal_template::Entity::visible([template_id])).await?.ok_or_else(no_template)?;
    let permit = context.permit(Action::ProposalWrite, template.brand_id).await?;
    if template.archived_at.is_some() {
        return Err(UserError::at(Code::WrongState, "templateId").text("state", "ARCHIVED").into());
    }
    let mut content = content_of(&template)?;
    let later = (starts_on - content.offer.project.starts_on).num_days();
    let moved = |day: NaiveDate| moved(day, later).ok_or_else(|| UserError::at(Code::Invalid, "startsOn"));
    content.offer.title = title.to_owned();
    content.offer.valid_until = valid_until;
    content.offer.project.starts_on = starts_on;
    content.offer.project.ends_on = moved(content.offer.project.ends_on)?;
    for campaign in &mut content.offer.campaigns {
        campaign.starts_on = moved(campaign.starts_on)?;
        campaign.ends_on = moved(campaign.ends_on)?;
    }
    create(context, permit, content, Some(template.id)).await
}

/// A day so many days later, or earlier where there are fewer than none.
fn moved(day: NaiveDate, later: i64) -> Option<NaiveDate> {
    let days = Days::new(later.unsigned_abs());
    if later < 0 { day.checked_sub_days(days) } else { day.checked_add_days(days) }
}

/// Puts a template away. What was made from it stays.
pub async fn archive_proposal_template(
    context: &Context,
    template_id: Uuid,
) -> Result<proposal_template::Model, Failure> {
    let seen = context.one(proposal_template::Entity::visible([template_id])).await?.ok_or_else(no_template)?;
    let permit = context.permit(Action::ProposalWrite, seen.brand_id).await?;
    let select = proposal_template::Entity::visible([template_id]).lock_exclusive();
    let row = context.one(select).await?.ok_or_else(no_template)?;
    if row.archived_at.is_some() {
        return Err(UserError::at(Code::WrongState, "templateId").text("state", "ARCHIVED").into());
    }
    let away = proposal_template::ActiveModel { archived_at: Set(Some(context.now)), ..row.into_active_model() };
    let row = away.update(permit.tx()).await?;
    trust::record(permit, context.now, "proposal_template.archive", row.id, json!({})).await?;
    Ok(row)
}
