//! A new brand, with its first calendar.

use diwan_entity::tenancy::agency::Locale;
use diwan_entity::tenancy::brand;
use sea_orm::{ActiveValue::Set, EntityTrait};

use super::agency;
use super::brands::refuse_taken_name;
use crate::context::Context;
use crate::error::{Complaints, Failure, Fault};
use crate::permission::{Action, Permit};
use crate::{calendar, trust};

/// What a brand begins with.
#[derive(Debug, Clone)]
pub struct NewBrand {
    /// Its name, unlike that of any other brand of the agency.
    pub name: String,
    /// IANA time zone; the agency's unless given.
    pub time_zone: Option<String>,
    /// Its language; the agency's unless given.
    pub locale: Option<Locale>,
}

/// Makes a brand and one calendar in it, so that work can begin.
pub async fn create_brand(context: &Context, new: NewBrand) -> Result<brand::Model, Failure> {
    let permit = context.permit_agency(Action::BrandCreate).await?;
    let agency = agency(context).await?;
    let mut wrong = Complaints::default();
    let name = wrong.text("name", &new.name, 200).to_owned();
    let time_zone = new.time_zone.unwrap_or(agency.time_zone);
    wrong.time_zone("timeZone", &time_zone);
    wrong.check()?;
    refuse_taken_name(context, &name, None).await?;
    let row = brand::ActiveModel {
        id: Set(context.new_id()),
        agency_id: Set(agency.id),
        name: Set(name),
        time_zone: Set(time_zone),
        locale: Set(new.locale.unwrap_or(agency.locale)),
        publish_grace_seconds: Set(3600),
        created_at: Set(context.now),
        archived_at: Set(None),
        version: Set(1),
        ..Default::default()
    };
    let brand_id = row.id.clone().unwrap();
    brand::Entity::insert(row).exec_without_returning(permit.tx()).await?;
    let permit = Permit { brand_id, ..permit };
    calendar::first_calendar(permit, context.now).await?;
    trust::record(permit, context.now, "brand.create", brand_id, serde_json::json!({})).await?;
    let created = super::brands_by_ids(context, &[brand_id]).await?.pop();
    Ok(created.ok_or_else(|| Fault::broken("a brand is not seen by whoever made it"))?)
}
