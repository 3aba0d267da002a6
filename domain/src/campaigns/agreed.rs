//! Campaigns that were agreed with a client: planned, and approved like all others before they begin.

use chrono::NaiveDate;
use diwan_entity::campaigns::campaign::{self, CampaignState};
use sea_orm::{ActiveValue::Set, EntityTrait as _};
use serde_json::json;
use uuid::Uuid;

use crate::context::Context;
use crate::error::Failure;
use crate::permission::Permit;
use crate::trust;

/// A campaign to plan, checked by whoever agreed on it.
#[derive(Debug, Clone)]
pub(crate) struct AgreedCampaign {
    /// 1 to 200 characters.
    pub name: String,
    /// Up to 5000 characters.
    pub objective: String,
    /// Its first day in the brand's time zone.
    pub starts_on: NaiveDate,
    /// Its last day.
    pub ends_on: NaiveDate,
    /// What it may cost, in minor units of a currency.
    pub planned: Option<(i64, String)>,
}

/// Plans campaigns on somebody's behalf; answers their ids in order. Two statements, however many. The caller has asked for the right.
pub(crate) async fn plan_agreed(
    context: &Context,
    permit: Permit<'_>,
    created_by: Uuid,
    agreed: Vec<AgreedCampaign>,
) -> Result<Vec<Uuid>, Failure> {
    if agreed.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = agreed.iter().map(|_| context.new_id()).collect();
    let rows = ids.iter().zip(agreed).map(|(id, plan)| {
        let (minor, currency) = plan.planned.unzip();
        campaign::ActiveModel {
            id: Set(*id),
            brand_id: Set(permit.brand_id),
            name: Set(plan.name),
            objective: Set(plan.objective),
            brief: Set(String::new()),
            starts_on: Set(plan.starts_on),
            ends_on: Set(plan.ends_on),
            planned_minor: Set(minor),
            currency: Set(currency),
            state: Set(CampaignState::Planned),
            created_by: Set(created_by),
            authors: Set(vec![created_by]),
            created_at: Set(context.now),
            updated_at: Set(context.now),
            version: Set(1),
            ..Default::default()
        }
    });
    let rows: Vec<campaign::ActiveModel> = rows.collect();
    campaign::Entity::insert_many(rows).exec_without_returning(permit.tx()).await?;
    let subjects = ids.iter().map(|id| (permit, *id, json!({})));
    trust::record_many(permit, context.now, "campaign.create", subjects).await?;
    Ok(ids)
}
