//! What an hour of somebody costs.

use chrono::NaiveDate;
use diwan_entity::InBrand as _;
use diwan_entity::contracts::contract;
use diwan_entity::payments::work_rate;
use diwan_platform::db;
use sea_orm::{ActiveValue::Set, EntityTrait as _};
use serde_json::json;
use uuid::Uuid;

use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::Action;
use crate::strategy::date;
use crate::trust;

/// The most that an hour costs, in minor units.
const MOST_PER_HOUR: i64 = 1_000_000_000_000;

/// A rate to set.
#[derive(Debug, Clone)]
pub struct NewWorkRate {
    /// Whose.
    pub person_id: Uuid,
    /// By which contract they are paid; none: they are of the team, and paid elsewhere.
    pub contract_id: Option<Uuid>,
    /// What an hour costs, in minor units, 1 to 10^12.
    pub minor_per_hour: i64,
    /// ISO 4217; that of the contract, where there is one.
    pub currency: String,
    /// From which day on.
    pub starts_on: NaiveDate,
}

/// Sets what an hour of somebody costs from a day on. It stays as it is; one that is set later for the same day counts instead. Hours that
/// were accepted keep what they came to.
pub async fn set_work_rate(context: &Context, brand_id: Uuid, new: NewWorkRate) -> Result<work_rate::Model, Failure> {
    let permit = context.permit(Action::WorkRateSet, brand_id).await?;
    let mut wrong = Complaints::default();
    date(&mut wrong, "startsOn", Some(new.starts_on));
    wrong.currency("currency", &new.currency);
    if !(1..=MOST_PER_HOUR).contains(&new.minor_per_hour) {
        wrong.add(UserError::at(Code::Invalid, "minorPerHour"));
    }
    if let Some(id) = new.contract_id {
        let found = context.one(contract::Entity::one_in_brand(brand_id, id)).await?;
        match found.filter(|contract| contract.person_id == Some(new.person_id)) {
            None => wrong.add(UserError::at(Code::NotFound, "contractId")),
            Some(contract) if contract.currency != new.currency => {
                wrong.add(UserError::at(Code::CurrencyDiffers, "currency").text("currency", contract.currency));
            }
            Some(_) => {}
        }
    } else {
        let sql = "select exists (select from app.brand_people($1, $2) h where h.user_id = $3 and h.kind = 'STAFF')";
        let values = [brand_id.into(), context.now.into(), new.person_id.into()];
        if !db::scalar::<bool>(permit.tx(), sql, values).await? {
            wrong.add(UserError::at(Code::NotFound, "personId"));
        }
    }
    wrong.check()?;
    let row = work_rate::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(brand_id),
        person_id: Set(new.person_id),
        contract_id: Set(new.contract_id),
        minor_per_hour: Set(new.minor_per_hour),
        currency: Set(new.currency),
        starts_on: Set(new.starts_on),
        set_by: Set(permit.person()?),
        set_at: Set(context.now),
    };
    let row = work_rate::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    let detail = json!({ "person": row.person_id, "contract": row.contract_id });
    trust::record(permit, context.now, "work_rate.set", row.id, detail).await?;
    Ok(row)
}
