//! Calendars: several per brand.

use chrono::{DateTime, Utc};
use diwan_entity::calendar::calendar;
use diwan_platform::ids;
use sea_orm::{ActiveValue::Set, DbErr, EntityTrait};
use uuid::Uuid;

use super::update_calendar::{colour, refuse_taken_name};
use crate::context::Context;
use crate::error::{Complaints, Failure};
use crate::permission::{Action, Permit};
use crate::trust;

/// How a calendar looks, and to whom.
#[derive(Debug, Clone)]
pub struct Look {
    /// `#rrggbb`.
    pub colour: String,
    /// Whether clients of the brand see what is planned in it.
    pub shared_with_client: bool,
}

impl Default for Look {
    fn default() -> Self {
        Self { colour: "#3b6ea5".to_owned(), shared_with_client: true }
    }
}

/// Makes a calendar; its name is unlike that of any other of the brand.
pub async fn create_calendar(
    context: &Context,
    brand_id: Uuid,
    name: &str,
    look: Look,
) -> Result<calendar::Model, Failure> {
    let permit = context.permit(Action::CalendarCreate, brand_id).await?;
    let mut wrong = Complaints::default();
    let name = wrong.text("name", name, 200);
    let look = Look { colour: colour(&mut wrong, "colour", &look.colour), ..look };
    wrong.check()?;
    refuse_taken_name(context, brand_id, name, Uuid::nil()).await?;
    let calendar = insert(permit, name, look, context.now).await?;
    trust::record(permit, context.now, "calendar.create", calendar.id, serde_json::json!({})).await?;
    Ok(calendar)
}

/// The calendar that a new brand begins with.
pub async fn first_calendar(permit: Permit<'_>, now: DateTime<Utc>) -> Result<calendar::Model, DbErr> {
    insert(permit, "Content", Look::default(), now).await
}

async fn insert(permit: Permit<'_>, name: &str, look: Look, now: DateTime<Utc>) -> Result<calendar::Model, DbErr> {
    calendar::Entity::insert(calendar::ActiveModel {
        id: Set(ids::new_id(now)),
        brand_id: Set(permit.brand_id),
        name: Set(name.to_owned()),
        created_at: Set(now),
        archived_at: Set(None),
        colour: Set(look.colour),
        shared_with_client: Set(look.shared_with_client),
        version: Set(1),
    })
    .exec_with_returning(permit.tx())
    .await
}
