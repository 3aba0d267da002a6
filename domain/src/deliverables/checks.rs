//! What was found when somebody, or the product, looked at what was handed in.

use diwan_entity::InBrand as _;
use diwan_entity::payments::deliverable::{self, DeliverableState};
use diwan_entity::payments::deliverable_check::{self, CheckKind, CheckOutcome};
use sea_orm::{
    ActiveEnum as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _,
};
use serde_json::json;
use uuid::Uuid;

use super::CheckDeliverable;
use super::decide::{Word, four_eyes};
use super::queries::{lock, seen, wrong_state};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::jobs::{Job as _, enqueue};
use crate::permission::Action;
use crate::strategy::maybe_text;
use crate::trust;

/// What is written into `deliverable_check.detail` when a person has looked.
const BY_PERSON: &str = "BY_PERSON";

/// The last of each kind that was found at what is handed in now.
pub(super) async fn latest(
    context: &Context,
    row: &deliverable::Model,
) -> Result<Vec<deliverable_check::Model>, Failure> {
    let select = deliverable_check::Entity::in_brand(row.brand_id)
        .filter(deliverable_check::Column::DeliverableId.eq(row.id))
        .filter(deliverable_check::Column::Submission.eq(row.submission))
        .order_by_desc(deliverable_check::Column::CheckedAt)
        .order_by_desc(deliverable_check::Column::Id);
    Ok(last_of_each(context.all(select).await?))
}

/// The first of each kind in a list that begins with the newest.
pub(super) fn last_of_each(newest_first: Vec<deliverable_check::Model>) -> Vec<deliverable_check::Model> {
    let mut found: Vec<deliverable_check::Model> = Vec::new();
    for row in newest_first {
        if found.iter().all(|known| known.kind != row.kind) {
            found.push(row);
        }
    }
    found
}

/// Records what a person found who looked at what is handed in now, passed or failed.
pub async fn record_deliverable_check(
    context: &Context,
    deliverable_id: Uuid,
    (kind, outcome): (CheckKind, CheckOutcome),
    note: &str,
) -> Result<deliverable_check::Model, Failure> {
    let seen = seen(context, deliverable_id).await?;
    let permit = context.permit(Action::DeliverableDecide, seen.brand_id).await?;
    let row = lock(context, deliverable_id).await?;
    let mut wrong = Complaints::default();
    if !matches!(row.state, DeliverableState::Submitted | DeliverableState::Accepted) {
        wrong.add(wrong_state(&row));
    }
    if outcome == CheckOutcome::Unknown {
        wrong.add(UserError::at(Code::Invalid, "outcome"));
    }
    let note = maybe_text(&mut wrong, "note", note, 2000);
    wrong.check()?;
    four_eyes(permit, &row, Word::Theirs).await?;
    let check = deliverable_check::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(row.brand_id),
        deliverable_id: Set(row.id),
        submission: Set(row.submission),
        kind: Set(kind),
        outcome: Set(outcome),
        detail: Set(BY_PERSON.to_owned()),
        note: Set(note),
        checked_by: Set(Some(permit.person()?)),
        checked_at: Set(context.now),
    };
    let check = deliverable_check::Entity::insert(check).exec_with_returning(permit.tx()).await?;
    let detail = json!({ "kind": kind.to_value(), "outcome": outcome.to_value(), "submission": row.submission });
    trust::record(permit, context.now, "deliverable.check", row.id, detail).await?;
    Ok(check)
}

/// Has the product look again at what is handed in.
pub async fn check_deliverable_again(context: &Context, deliverable_id: Uuid) -> Result<deliverable::Model, Failure> {
    let seen = seen(context, deliverable_id).await?;
    let permit = context.permit(Action::DeliverableDecide, seen.brand_id).await?;
    let row = lock(context, deliverable_id).await?;
    let handed_in = matches!(row.state, DeliverableState::Submitted | DeliverableState::Accepted);
    if !handed_in || row.asset_id.is_some() {
        return Err(wrong_state(&row).into());
    }
    enqueue(permit, CheckDeliverable.kind(), row.id, context.now, context.now).await?;
    Ok(row)
}
