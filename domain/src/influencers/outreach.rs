//! What was said to somebody for a brand, what they answered, and when somebody asks again.

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::influencers::influencer_outreach::{self, OutreachChannel};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use super::rights::permit_in;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::paging::{Page, Slice, newest_first};
use crate::permission::Action;
use crate::strategy::{date, maybe_text};
use crate::trust;

/// The most that is told of what is to be followed up.
const MOST_TOLD: u64 = 200;

/// Something that was said.
#[derive(Debug, Clone)]
pub struct NewOutreach {
    /// For which brand.
    pub brand_id: Uuid,
    /// To whom.
    pub influencer_id: Uuid,
    /// How.
    pub channel: OutreachChannel,
    /// When; not later than now. None: now.
    pub said_at: Option<DateTime<Utc>>,
    /// What, 1 to 5000 characters.
    pub message: String,
    /// On which day somebody asks again.
    pub follow_up_on: Option<NaiveDate>,
}

/// What is said of it from now on.
#[derive(Debug, Clone)]
pub struct OutreachChange {
    /// The version from which the change started.
    pub version: i32,
    /// What they answered, up to 5000 characters; empty: nothing yet.
    pub answer: String,
    /// When they answered; none: now, where there is an answer.
    pub answered_at: Option<DateTime<Utc>>,
    /// On which day somebody asks again; none: nobody does.
    pub follow_up_on: Option<NaiveDate>,
}

/// That a time is one that has come.
fn not_ahead(context: &Context, wrong: &mut Complaints, path: &str, at: DateTime<Utc>) {
    if at > context.now || at.year() < 1 {
        wrong.add(UserError::at(Code::Invalid, path));
    }
}

/// Records what was said. Nothing is sent: people do that where they speak to people.
pub async fn record_outreach(context: &Context, new: &NewOutreach) -> Result<influencer_outreach::Model, Failure> {
    let permit = permit_in(context, Action::InfluencerManage, (new.brand_id, new.influencer_id)).await?;
    let mut wrong = Complaints::default();
    let message = wrong.text("message", &new.message, 5000).to_owned();
    let said_at = new.said_at.unwrap_or(context.now);
    not_ahead(context, &mut wrong, "saidAt", said_at);
    date(&mut wrong, "followUpOn", new.follow_up_on);
    wrong.check()?;
    let row = influencer_outreach::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(new.brand_id),
        influencer_id: Set(new.influencer_id),
        channel: Set(new.channel),
        said_at: Set(said_at),
        said_by: Set(permit.person()?),
        message: Set(message),
        answer: Set(String::new()),
        answered_at: Set(None),
        follow_up_on: Set(new.follow_up_on),
        created_at: Set(context.now),
        version: Set(1),
    };
    let row = influencer_outreach::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    let detail = json!({ "influencer": new.influencer_id });
    trust::record(permit, context.now, "influencer_outreach.record", row.id, detail).await?;
    Ok(row)
}

/// Says what came of it, and when somebody asks again.
pub async fn update_outreach(
    context: &Context,
    outreach_id: Uuid,
    change: &OutreachChange,
) -> Result<influencer_outreach::Model, Failure> {
    let not_there = || UserError::at(Code::NotFound, "outreachId");
    let seen = context.one(influencer_outreach::Entity::visible([outreach_id])).await?.ok_or_else(not_there)?;
    let permit = context.permit(Action::InfluencerManage, seen.brand_id).await?;
    let select = influencer_outreach::Entity::visible([outreach_id]).lock_exclusive();
    let row = context.one(select).await?.ok_or_else(not_there)?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, change.version);
    let answer = maybe_text(&mut wrong, "answer", &change.answer, 5000);
    let answered_at = if answer.is_empty() { None } else { Some(change.answered_at.unwrap_or(context.now)) };
    if answer.is_empty() && change.answered_at.is_some() {
        wrong.add(UserError::at(Code::Invalid, "answeredAt"));
    }
    if let Some(at) = answered_at {
        not_ahead(context, &mut wrong, "answeredAt", at);
        if at < row.said_at {
            wrong.add(UserError::at(Code::Invalid, "answeredAt"));
        }
    }
    date(&mut wrong, "followUpOn", change.follow_up_on);
    wrong.check()?;
    let version = row.version + 1;
    let changed = influencer_outreach::ActiveModel {
        answer: Set(answer),
        answered_at: Set(answered_at),
        follow_up_on: Set(change.follow_up_on),
        version: Set(version),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "influencer_outreach.update", row.id, json!({ "version": version })).await?;
    Ok(row)
}

/// What was said to somebody for a brand, what was written down last first.
pub async fn outreach(
    context: &Context,
    (brand_id, influencer_id): (Uuid, Option<Uuid>),
    page: Page,
) -> Result<Slice<influencer_outreach::Model>, Failure> {
    context.permit(Action::InfluencerRead, brand_id).await?;
    let mut select = influencer_outreach::Entity::in_brand(brand_id);
    if let Some(id) = influencer_id {
        select = select.filter(influencer_outreach::Column::InfluencerId.eq(id));
    }
    newest_first(context, select, influencer_outreach::Column::Id, page).await
}

/// What is to be followed up in a brand by the end of this day, the longest overdue first; at most 200.
pub async fn follow_ups(
    context: &Context,
    brand_id: Uuid,
    by: NaiveDate,
) -> Result<Vec<influencer_outreach::Model>, Failure> {
    context.permit(Action::InfluencerRead, brand_id).await?;
    let mut wrong = Complaints::default();
    date(&mut wrong, "by", Some(by));
    wrong.check()?;
    let select = influencer_outreach::Entity::in_brand(brand_id)
        .filter(influencer_outreach::Column::FollowUpOn.lte(by))
        .order_by_asc(influencer_outreach::Column::FollowUpOn)
        .order_by_asc(influencer_outreach::Column::Id)
        .limit(MOST_TOLD);
    Ok(context.all(select).await?)
}

/// What was said, by id.
pub async fn outreach_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<influencer_outreach::Model>, Failure> {
    Ok(context.all(influencer_outreach::Entity::visible(ids.iter().copied())).await?)
}
