//! Evergreen queues: posts that are published again and again, each seldom enough.

use chrono::NaiveDate;
use diwan_entity::InBrand as _;
use diwan_entity::calendar::post::PostState;
use diwan_entity::calendar::post_series::RepeatMode;
use diwan_entity::calendar::{evergreen_item, evergreen_queue};
use sea_orm::{
    ActiveEnum as _, ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _,
    PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use super::copy::retract;
use super::fill_job::FillQueue;
use crate::calendar::load_post;
use crate::calendar::span::can_be_asked_for;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::jobs::{Job as _, enqueue};
use crate::permission::{Action, Permit};
use crate::trust;

/// The most queues of a brand, and the most items of a queue.
const MOST_QUEUES: u64 = 50;
const MOST_ITEMS: u64 = 500;

/// A queue, as it is written.
#[derive(Debug, Clone)]
pub struct QueueRule {
    /// 1 to 200 characters, unlike that of any other queue of the brand.
    pub name: String,
    /// What becomes of the copies.
    pub mode: RepeatMode,
    /// The least days from one copy of an item to its next, 1 to 366.
    pub min_days: i32,
    /// The most copies of an item, 1 to 1000; as many as come unless given.
    pub max_copies: Option<i32>,
    /// How many days ahead slots are filled, 1 to 60.
    pub lead_days: i32,
    /// Nothing is filled while it is paused.
    pub paused: bool,
}

/// A post for a queue.
#[derive(Debug, Clone)]
pub struct NewItem {
    /// Which queue.
    pub queue_id: Uuid,
    /// Which post.
    pub post_id: Uuid,
    /// The last day on which it goes out; no end unless given.
    pub expires_on: Option<NaiveDate>,
}

impl QueueRule {
    fn check(&self, wrong: &mut Complaints) -> (String, i16, Option<i16>, i16) {
        let name = wrong.text("queue.name", &self.name, 200).to_owned();
        let mut within = |field: &str, value: i32, most: i32| {
            if !(1..=most).contains(&value) {
                wrong.add(UserError::at(Code::Invalid, &format!("queue.{field}")));
            }
            i16::try_from(value).unwrap_or_default()
        };
        let min_days = within("minDays", self.min_days, 366);
        let max_copies = self.max_copies.map(|most| within("maxCopies", most, 1000));
        (name, min_days, max_copies, within("leadDays", self.lead_days, 60))
    }
}

/// Asks for a queue to be filled.
pub(crate) async fn fill_soon(context: &Context, permit: Permit<'_>, queue_id: Uuid) -> Result<(), Failure> {
    enqueue(permit, FillQueue.kind(), queue_id, context.now, context.now).await?;
    Ok(())
}

/// Makes a queue. It fills the slots that are made for it.
pub async fn create_queue(
    context: &Context,
    brand_id: Uuid,
    rule: QueueRule,
) -> Result<evergreen_queue::Model, Failure> {
    let permit = context.permit(Action::SeriesManage, brand_id).await?;
    let mut wrong = Complaints::default();
    let (name, min_days, max_copies, lead_days) = rule.check(&mut wrong);
    wrong.check()?;
    let known = evergreen_queue::Entity::in_brand(brand_id).count(permit.tx()).await?;
    if known >= MOST_QUEUES {
        return Err(UserError::new(Code::TooMany).number("limit", MOST_QUEUES).number("actual", known + 1).into());
    }
    let row = evergreen_queue::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(brand_id),
        name: Set(name),
        mode: Set(rule.mode),
        min_days: Set(min_days),
        max_copies: Set(max_copies),
        lead_days: Set(lead_days),
        paused_at: Set(rule.paused.then_some(context.now)),
        in_name_of: Set(permit.person()?),
        created_at: Set(context.now),
        version: Set(1),
    };
    let row = evergreen_queue::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    trust::record(permit, context.now, "evergreen_queue.create", row.id, json!({})).await?;
    Ok(row)
}

async fn lock(context: &Context, id: Uuid) -> Result<(Permit<'_>, evergreen_queue::Model), Failure> {
    let not_there = || UserError::at(Code::NotFound, "queueId");
    let row = context.one(evergreen_queue::Entity::visible([id])).await?.ok_or_else(not_there)?;
    let permit = context.permit(Action::SeriesManage, row.brand_id).await?;
    let row = context.one(evergreen_queue::Entity::visible([id]).lock_exclusive()).await?.ok_or_else(not_there)?;
    Ok((permit, row))
}

/// Writes a queue anew; from now on it runs in the caller's name. What it has filled stays.
pub async fn update_queue(
    context: &Context,
    id: Uuid,
    version: i32,
    rule: QueueRule,
) -> Result<evergreen_queue::Model, Failure> {
    let (permit, row) = lock(context, id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    let (name, min_days, max_copies, lead_days) = rule.check(&mut wrong);
    wrong.check()?;
    let paused_at = rule.paused.then(|| row.paused_at.unwrap_or(context.now));
    let mut change = row.into_active_model();
    change.name = Set(name);
    change.mode = Set(rule.mode);
    change.min_days = Set(min_days);
    change.max_copies = Set(max_copies);
    change.lead_days = Set(lead_days);
    change.paused_at = Set(paused_at);
    change.in_name_of = Set(permit.person()?);
    change.version = Set(version + 1);
    let row = change.update(permit.tx()).await?;
    if row.paused_at.is_none() {
        fill_soon(context, permit, row.id).await?;
    }
    trust::record(permit, context.now, "evergreen_queue.update", row.id, json!({ "paused": rule.paused })).await?;
    Ok(row)
}

/// Strikes a queue out. Copies that are to come and that nobody has touched are put away; its slots are for everybody's posts then.
pub async fn delete_queue(context: &Context, id: Uuid) -> Result<Uuid, Failure> {
    let (permit, row) = lock(context, id).await?;
    let items = evergreen_item::Entity::in_brand(row.brand_id).filter(evergreen_item::Column::QueueId.eq(row.id));
    let items: Vec<Uuid> = context.all(items).await?.into_iter().map(|item| item.id).collect();
    let retracted = retract(permit, &items, context.now).await?;
    evergreen_queue::Entity::delete_many()
        .filter(evergreen_queue::Column::BrandId.eq(row.brand_id))
        .filter(evergreen_queue::Column::Id.eq(row.id))
        .exec(permit.tx())
        .await?;
    trust::record(permit, context.now, "evergreen_queue.delete", row.id, json!({ "retracted": retracted })).await?;
    Ok(row.id)
}

/// Puts a post into a queue.
pub async fn add_to_queue(context: &Context, new: NewItem) -> Result<evergreen_item::Model, Failure> {
    let (permit, queue) = lock(context, new.queue_id).await?;
    let post = load_post(context, new.post_id, false).await?;
    let mut wrong = Complaints::default();
    if post.brand_id != queue.brand_id {
        wrong.add(UserError::at(Code::NotFound, "postId"));
    } else if matches!(post.state, PostState::Canceled | PostState::Archived) {
        wrong.add(UserError::at(Code::WrongState, "postId").text("state", post.state.to_value()));
    }
    if new.expires_on.is_some_and(|date| !can_be_asked_for(date)) {
        wrong.add(UserError::at(Code::Invalid, "expiresOn"));
    }
    wrong.check()?;
    let known = evergreen_item::Entity::in_brand(queue.brand_id).filter(evergreen_item::Column::QueueId.eq(queue.id));
    let known = known.count(permit.tx()).await?;
    if known >= MOST_ITEMS {
        return Err(UserError::new(Code::TooMany).number("limit", MOST_ITEMS).number("actual", known + 1).into());
    }
    let row = evergreen_item::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(queue.brand_id),
        queue_id: Set(queue.id),
        post_id: Set(post.id),
        added_by: Set(permit.person()?),
        added_at: Set(context.now),
        expires_on: Set(new.expires_on),
    };
    let row = evergreen_item::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    fill_soon(context, permit, queue.id).await?;
    trust::record(permit, context.now, "evergreen_item.add", row.id, json!({ "post": post.id })).await?;
    Ok(row)
}

/// Takes a post out of its queue. Copies that are to come and that nobody has touched are put away.
pub async fn remove_from_queue(context: &Context, item_id: Uuid) -> Result<Uuid, Failure> {
    let not_there = || UserError::at(Code::NotFound, "itemId");
    let item = context.one(evergreen_item::Entity::visible([item_id])).await?.ok_or_else(not_there)?;
    let (permit, queue) = lock(context, item.queue_id).await?;
    let retracted = retract(permit, &[item.id], context.now).await?;
    let gone = evergreen_item::Entity::delete_many()
        .filter(evergreen_item::Column::BrandId.eq(queue.brand_id))
        .filter(evergreen_item::Column::Id.eq(item.id))
        .exec(permit.tx())
        .await?;
    if gone.rows_affected == 0 {
        return Err(not_there().into());
    }
    fill_soon(context, permit, queue.id).await?;
    trust::record(permit, context.now, "evergreen_item.remove", item.id, json!({ "retracted": retracted })).await?;
    Ok(item.id)
}

/// The queues of a brand, in the order in which they were made; there are never more than 50.
pub async fn queues(context: &Context, brand_id: Uuid) -> Result<Vec<evergreen_queue::Model>, Failure> {
    context.permit(Action::ContentRead, brand_id).await?;
    let all = evergreen_queue::Entity::in_brand(brand_id).order_by_asc(evergreen_queue::Column::Id);
    Ok(context.all(all).await?)
}

/// Queues by id.
pub async fn queues_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<evergreen_queue::Model>, Failure> {
    Ok(context.all(evergreen_queue::Entity::visible(ids.iter().copied())).await?)
}

/// The items of these queues, in the order in which they were added.
pub async fn items_of_queues(context: &Context, ids: &[Uuid]) -> Result<Vec<evergreen_item::Model>, Failure> {
    let items = evergreen_item::Entity::find()
        .filter(evergreen_item::Column::QueueId.is_in(ids.iter().copied()))
        .order_by_asc(evergreen_item::Column::Id);
    Ok(context.all(items).await?)
}

/// Items by id.
pub async fn items_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<evergreen_item::Model>, Failure> {
    Ok(context.all(evergreen_item::Entity::visible(ids.iter().copied())).await?)
}
