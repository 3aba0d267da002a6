//! What was reached of a target that no number tells: somebody states it.

use diwan_entity::InBrand as _;
use diwan_entity::campaigns::campaign::CampaignState;
use diwan_entity::campaigns::campaign_target::TargetSource;
use diwan_entity::campaigns::{campaign_result, campaign_target};
use sea_orm::{ActiveEnum as _, ActiveValue::Set, EntityTrait as _};
use serde_json::json;
use uuid::Uuid;

use super::life::begin;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::Action;
use crate::strategy::{maybe_text, micro_of};
use crate::trust;

/// What somebody states.
#[derive(Debug, Clone)]
pub struct StatedResult {
    /// Of which target: one of the source `STATED`.
    pub target_id: Uuid,
    /// What was reached since the beginning, in the target's unit: a decimal of at least zero with at most six digits behind the
    /// point.
    pub value: String,
    /// Where it comes from, up to 1000 characters.
    pub note: String,
}

/// States what was reached so far. The newest statement counts; those before it stay to be read.
pub async fn state_campaign_result(context: &Context, stated: StatedResult) -> Result<campaign_result::Model, Failure> {
    let not_there = || UserError::at(Code::NotFound, "targetId");
    let seen = context.one(campaign_target::Entity::visible([stated.target_id])).await?.ok_or_else(not_there)?;
    let (permit, campaign) = begin(context, Action::CampaignWrite, seen.campaign_id).await?;
    // Read again: what counts is how it stands now that the campaign is locked.
    let target = context.one(campaign_target::Entity::visible([stated.target_id])).await?.ok_or_else(not_there)?;
    let mut wrong = Complaints::default();
    if target.removed_at.is_some() {
        wrong.add(UserError::at(Code::WrongState, "targetId").text("state", "REMOVED"));
    }
    if target.source != TargetSource::Stated {
        wrong.add(UserError::at(Code::WrongState, "targetId").text("state", target.source.to_value()));
    }
    if campaign.archived_at.is_some() || campaign.state != CampaignState::Active {
        wrong.add(UserError::at(Code::WrongState, "targetId").text("state", super::life::standing(&campaign)));
    }
    let value = micro_of(&stated.value).filter(|micro| *micro >= 0);
    if value.is_none() {
        wrong.add(UserError::at(Code::Invalid, "value"));
    }
    let note = maybe_text(&mut wrong, "note", &stated.note, 1000);
    wrong.check()?;
    let row = campaign_result::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(campaign.brand_id),
        target_id: Set(target.id),
        value_micro: Set(value.unwrap_or_default()),
        note: Set(note),
        stated_by: Set(permit.person()?),
        stated_at: Set(context.now),
    };
    let row = campaign_result::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    let detail = json!({ "campaign": campaign.id, "target": target.id });
    trust::record(permit, context.now, "campaign.state_result", row.id, detail).await?;
    Ok(row)
}

/// The most statements about one target that are shown with it.
const SHOWN: i64 = 100;

/// What was stated of these targets, the newest first, at most 100 of each; in the brands where the caller may read numbers.
pub async fn results_of_targets(
    context: &Context,
    target_ids: &[Uuid],
) -> Result<Vec<campaign_result::Model>, Failure> {
    let sql = "select r.* from unnest($1::uuid[]) t (id) cross join lateral (
        select * from campaign_result r where r.target_id = t.id order by r.stated_at desc, r.id desc limit $2) r
      order by r.stated_at desc, r.id desc";
    let rows: Vec<campaign_result::Model> = context.rows(sql, [target_ids.to_vec().into(), SHOWN.into()]).await?;
    Ok(rows.into_iter().filter(|row| context.may(Action::MetricsRead, row.brand_id)).collect())
}
