//! Who is on a shortlist, and what was decided of them.

use std::collections::HashSet;

use diwan_entity::influencers::influencer_shortlist_item::{self, ItemState};
use diwan_entity::influencers::{influencer_block, influencer_share, influencer_shortlist};
use diwan_platform::db;
use sea_orm::{
    ActiveEnum as _, ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, Condition, EntityTrait as _,
    IntoActiveModel as _, ModelTrait as _, QueryFilter as _, QueryOrder as _,
};
use serde_json::json;
use uuid::Uuid;

use super::block;
use super::content::at_most;
use super::rights::take_turns;
use super::shortlists::{begin, live};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::{Action, Permit};
use crate::strategy::maybe_text;
use crate::trust;

/// The most people that are proposed at a time.
const MOST_PROPOSED: usize = 100;
/// The most people on a shortlist.
const MOST_ON_LIST: usize = 500;

/// Proposes people whom the brand has, 1 to 100 at a time, to be decided about.
pub async fn propose_influencers(
    context: &Context,
    shortlist_id: Uuid,
    influencer_ids: &[Uuid],
    note: &str,
) -> Result<influencer_shortlist::Model, Failure> {
    let (permit, row) = begin(context, Action::InfluencerManage, shortlist_id).await?;
    let mut wrong = Complaints::default();
    live(&mut wrong, &row);
    let note = maybe_text(&mut wrong, "note", note, 1000);
    if influencer_ids.is_empty() {
        wrong.add(UserError::at(Code::Invalid, "influencerIds"));
    }
    if at_most(&mut wrong, "influencerIds", influencer_ids.len(), MOST_PROPOSED) {
        check_people(context, permit, &row, influencer_ids, &mut wrong).await?;
    }
    wrong.check()?;
    let by = permit.person()?;
    let rows = influencer_ids.iter().map(|influencer_id| influencer_shortlist_item::ActiveModel {
        brand_id: Set(row.brand_id),
        shortlist_id: Set(row.id),
        influencer_id: Set(*influencer_id),
        state: Set(ItemState::Proposed),
        note: Set(note.clone()),
        proposed_by: Set(by),
        proposed_at: Set(context.now),
        decided_by: Set(None),
        decided_at: Set(None),
    });
    influencer_shortlist_item::Entity::insert_many(rows).exec_without_returning(permit.tx()).await?;
    let detail = json!({ "influencers": influencer_ids });
    trust::record(permit, context.now, "influencer_shortlist.propose", row.id, detail).await?;
    Ok(row)
}

/// That each is the brand's, blocked nowhere that counts, and not on the list yet.
async fn check_people(
    context: &Context,
    permit: Permit<'_>,
    row: &influencer_shortlist::Model,
    ids: &[Uuid],
    wrong: &mut Complaints,
) -> Result<(), Failure> {
    let mut in_order = ids.to_vec();
    in_order.sort_unstable();
    in_order.dedup();
    take_turns(permit, &in_order).await?;
    let sql = "select s.influencer_id from influencer_share s join influencer i on i.id = s.influencer_id
      where s.brand_id = $1 and s.influencer_id = any ($2) and s.ended_at is null and i.archived_at is null";
    let shared = context.results(sql, [row.brand_id.into(), in_order.clone().into()]).await?;
    let shared: HashSet<Uuid> = shared.iter().map(|found| found.try_get_by_index(0)).collect::<Result<_, _>>()?;
    let whose = Condition::any()
        .add(influencer_block::Column::BrandId.is_null())
        .add(influencer_block::Column::BrandId.eq(row.brand_id));
    let blocks = influencer_block::Entity::find()
        .filter(influencer_block::Column::InfluencerId.is_in(in_order.iter().copied()))
        .filter(influencer_block::Column::EndedAt.is_null())
        .filter(whose);
    let blocks = context.all(blocks).await?;
    let there = on_list(row).all(permit.tx()).await?;
    at_most(wrong, "influencerIds", there.len() + in_order.len(), MOST_ON_LIST);
    for (index, id) in ids.iter().enumerate() {
        let path = format!("influencerIds.{index}");
        if !shared.contains(id) {
            wrong.add(UserError::at(Code::NotFound, &path));
        } else if ids[..index].contains(id) || there.iter().any(|item| item.influencer_id == *id) {
            wrong.add(UserError::at(Code::AlreadyExists, &path));
        } else if let Some(block) = blocks.iter().find(|block| block.influencer_id == *id) {
            wrong.add(UserError::at(Code::InfluencerBlocked, &path).text("reason", block.reason.clone()));
        }
    }
    Ok(())
}

fn on_list(row: &influencer_shortlist::Model) -> sea_orm::Select<influencer_shortlist_item::Entity> {
    influencer_shortlist_item::Entity::find()
        .filter(influencer_shortlist_item::Column::BrandId.eq(row.brand_id))
        .filter(influencer_shortlist_item::Column::ShortlistId.eq(row.id))
}

async fn item(
    context: &Context,
    row: &influencer_shortlist::Model,
    influencer_id: Uuid,
) -> Result<influencer_shortlist_item::Model, Failure> {
    let select = on_list(row).filter(influencer_shortlist_item::Column::InfluencerId.eq(influencer_id));
    Ok(context.one(select).await?.ok_or_else(|| UserError::at(Code::NotFound, "influencerId"))?)
}

/// Whether the caller proposed somebody themselves, or made the program that did, and four eyes are needed.
async fn is_own(permit: Permit<'_>, item: &influencer_shortlist_item::Model) -> Result<bool, Failure> {
    let sql = "select a.four_eyes and $2 = any (app.with_makers($1, array[$3]::uuid[])) from agency a";
    let values = [permit.brand_id.into(), permit.person()?.into(), item.proposed_by.into()];
    Ok(db::scalar(permit.tx(), sql, values).await?)
}

/// Approves or rejects somebody who was proposed, or decides otherwise than before. Nobody approves whom they proposed, as long as four
/// eyes are needed.
pub async fn decide_on_shortlist(
    context: &Context,
    (shortlist_id, influencer_id): (Uuid, Uuid),
    state: ItemState,
    note: Option<&str>,
) -> Result<influencer_shortlist::Model, Failure> {
    let (permit, row) = begin(context, Action::InfluencerDecide, shortlist_id).await?;
    take_turns(permit, &[influencer_id]).await?;
    let item = item(context, &row, influencer_id).await?;
    let mut wrong = Complaints::default();
    live(&mut wrong, &row);
    let note = note.map(|note| maybe_text(&mut wrong, "note", note, 1000));
    if state == ItemState::Proposed {
        wrong.add(UserError::at(Code::Invalid, "state"));
    }
    if item.state == state {
        wrong.add(UserError::at(Code::WrongState, "state").text("state", state.to_value()));
    }
    if state == ItemState::Approved {
        if let Some(reason) = block::reason(context, (row.brand_id, influencer_id)).await? {
            wrong.add(UserError::at(Code::InfluencerBlocked, "influencerId").text("reason", reason));
        }
        let shared = influencer_share::Entity::find_by_id((row.brand_id, influencer_id));
        if context.one(shared).await?.is_none_or(|share| share.ended_at.is_some()) {
            wrong.add(UserError::at(Code::NotFound, "influencerId"));
        }
        if is_own(permit, &item).await? {
            wrong.add(UserError::at(Code::FourEyes, "influencerId"));
        }
    }
    wrong.check()?;
    let before = item.note.clone();
    let decided = influencer_shortlist_item::ActiveModel {
        state: Set(state),
        note: Set(note.unwrap_or(before)),
        decided_by: Set(permit.actor_id),
        decided_at: Set(Some(context.now)),
        ..item.into_active_model()
    };
    decided.update(permit.tx()).await?;
    let detail = json!({ "influencer": influencer_id, "state": state.to_value() });
    trust::record(permit, context.now, "influencer_shortlist.decide", row.id, detail).await?;
    Ok(row)
}

/// Takes somebody off a shortlist about whom nothing was decided.
pub async fn take_off_shortlist(
    context: &Context,
    shortlist_id: Uuid,
    influencer_id: Uuid,
) -> Result<influencer_shortlist::Model, Failure> {
    let (permit, row) = begin(context, Action::InfluencerManage, shortlist_id).await?;
    let item = item(context, &row, influencer_id).await?;
    let mut wrong = Complaints::default();
    live(&mut wrong, &row);
    if item.state != ItemState::Proposed {
        wrong.add(UserError::at(Code::WrongState, "influencerId").text("state", item.state.to_value()));
    }
    wrong.check()?;
    item.delete(permit.tx()).await?;
    let detail = json!({ "influencer": influencer_id });
    trust::record(permit, context.now, "influencer_shortlist.take_off", row.id, detail).await?;
    Ok(row)
}

/// Who is on these shortlists, in the order in which they were proposed.
pub async fn items_of_shortlists(
    context: &Context,
    ids: &[Uuid],
) -> Result<Vec<influencer_shortlist_item::Model>, Failure> {
    let select = influencer_shortlist_item::Entity::find()
        .filter(influencer_shortlist_item::Column::ShortlistId.is_in(ids.iter().copied()))
        .order_by_asc(influencer_shortlist_item::Column::ProposedAt)
        .order_by_asc(influencer_shortlist_item::Column::InfluencerId);
    Ok(context.all(select).await?)
}
