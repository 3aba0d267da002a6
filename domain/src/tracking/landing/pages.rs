//! Writing, publishing and putting away landing pages.

use diwan_entity::InBrand as _;
use diwan_entity::calendar::asset;
use diwan_entity::tracking::landing_page::{self, LandingState};
use sea_orm::{
    ActiveEnum as _, ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _, IntoActiveModel as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use super::super::code::new_code;
use super::super::conversion::check_value;
use super::content::{LandingContent, check, check_free, check_link, onto, unfit};
use crate::approvals::Money;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::{Action, Permit};
use crate::trust;

/// Writes a page down, as a draft.
pub async fn create_landing_page(
    context: &Context,
    brand_id: Uuid,
    content: LandingContent,
) -> Result<landing_page::Model, Failure> {
    let permit = context.permit(Action::LandingPageWrite, brand_id).await?;
    let content = check(context, Complaints::default(), (brand_id, None), content).await?;
    let new = landing_page::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(brand_id),
        code: Set(new_code()?),
        state: Set(LandingState::Draft),
        created_by: Set(permit.person()?),
        created_at: Set(context.now),
        updated_at: Set(context.now),
        version: Set(1),
        ..Default::default()
    };
    let row = landing_page::Entity::insert(onto(content, new)?).exec_with_returning(permit.tx()).await?;
    trust::record(permit, context.now, "landing_page.create", row.id, told(&row)).await?;
    Ok(row)
}

/// Says a page anew. One that is published stays so: to change it takes what it takes to publish it.
pub async fn update_landing_page(
    context: &Context,
    page_id: Uuid,
    version: i32,
    content: LandingContent,
) -> Result<landing_page::Model, Failure> {
    let (permit, row) = lock(context, page_id, Action::LandingPageWrite).await?;
    let mut wrong = Complaints::default();
    let permit = match row.state {
        LandingState::Draft => permit,
        LandingState::Published => context.permit(Action::LandingPagePublish, row.brand_id).await?,
        LandingState::Archived => {
            wrong.add(wrong_state(&row));
            permit
        }
    };
    wrong.version(row.version, version);
    let content = check(context, wrong, (row.brand_id, Some(row.id)), content).await?;
    let mut changed = onto(content, row.into_active_model())?;
    changed.updated_at = Set(context.now);
    changed.version = Set(version + 1);
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "landing_page.update", row.id, told(&row)).await?;
    Ok(row)
}

/// Publishes a draft: from now on its address shows it. Where it has a form, a lead of it may be said to be worth something.
pub async fn publish_landing_page(
    context: &Context,
    page_id: Uuid,
    version: i32,
    lead_value: Option<Money>,
) -> Result<landing_page::Model, Failure> {
    let (permit, row) = lock(context, page_id, Action::LandingPagePublish).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    if row.state != LandingState::Draft {
        wrong.add(wrong_state(&row));
    }
    check_value(&mut wrong, "leadValue", lead_value.as_ref());
    // What was right when it was written may have been put away since.
    if let Some(link_id) = row.link_id {
        if lead_value.is_some() {
            wrong.add(UserError::at(Code::Invalid, "leadValue"));
        }
        check_link(context, &mut wrong, (row.brand_id, link_id), "pageId").await?;
    }
    if let Some(asset_id) = row.asset_id {
        let picture = context.one(asset::Entity::one_in_brand(row.brand_id, asset_id)).await?;
        if let Some(mut error) = picture.and_then(|picture| unfit(&picture, context.now)) {
            error.field = vec!["pageId".to_owned()];
            wrong.add(error);
        }
    }
    wrong.check()?;
    let mut changed = row.into_active_model();
    changed.state = Set(LandingState::Published);
    changed.published_by = Set(Some(permit.person()?));
    changed.published_at = Set(Some(context.now));
    changed.value_minor = Set(lead_value.as_ref().map(|value| value.minor));
    changed.currency = Set(lead_value.map(|value| value.currency));
    changed.updated_at = Set(context.now);
    changed.version = Set(version + 1);
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "landing_page.publish", row.id, told(&row)).await?;
    Ok(row)
}

/// Puts a page away: its address shows nothing any more. What was counted and submitted stays.
pub async fn archive_landing_page(
    context: &Context,
    page_id: Uuid,
    version: i32,
) -> Result<landing_page::Model, Failure> {
    put(context, (page_id, version), true).await
}

/// Brings a page back, as a draft, under the address that it had.
pub async fn restore_landing_page(
    context: &Context,
    page_id: Uuid,
    version: i32,
) -> Result<landing_page::Model, Failure> {
    put(context, (page_id, version), false).await
}

async fn put(context: &Context, (page_id, version): (Uuid, i32), away: bool) -> Result<landing_page::Model, Failure> {
    let (permit, row) = lock(context, page_id, Action::LandingPagePublish).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    if (row.state == LandingState::Archived) == away {
        wrong.add(wrong_state(&row));
    }
    if !away {
        check_free(context, &mut wrong, (row.brand_id, Some(row.id), &row.slug), "pageId").await?;
    }
    wrong.check()?;
    let mut changed = row.into_active_model();
    changed.state = Set(if away { LandingState::Archived } else { LandingState::Draft });
    changed.archived_at = Set(away.then_some(context.now));
    changed.updated_at = Set(context.now);
    changed.version = Set(version + 1);
    let row = changed.update(permit.tx()).await?;
    let action = if away { "landing_page.archive" } else { "landing_page.restore" };
    trust::record(permit, context.now, action, row.id, json!({})).await?;
    Ok(row)
}

fn wrong_state(row: &landing_page::Model) -> UserError {
    UserError::at(Code::WrongState, "pageId").text("state", row.state.to_value())
}

/// A page that is about to change, with the right to it.
async fn lock(context: &Context, page_id: Uuid, action: Action) -> Result<(Permit<'_>, landing_page::Model), Failure> {
    let not_there = || UserError::at(Code::NotFound, "pageId");
    let seen = context.one(landing_page::Entity::visible([page_id])).await?.ok_or_else(not_there)?;
    let permit = context.permit(action, seen.brand_id).await?;
    let locked = landing_page::Entity::one_in_brand(seen.brand_id, page_id).lock_exclusive();
    let row = context.one(locked).await?.ok_or_else(not_there)?;
    Ok((permit, row))
}

/// What strangers are shown matters later: it can be changed after somebody has seen it.
fn told(row: &landing_page::Model) -> serde_json::Value {
    json!({
        "version": row.version,
        "slug": row.slug,
        "title": row.title,
        "campaign": row.campaign_id,
        "link": row.link_id,
        "consent": row.consent,
    })
}
