//! Reading payments, files and hours, and finding one to change. Row-level security shows freelancers what is theirs.

use diwan_entity::InBrand as _;
use diwan_entity::contracts::contract;
use diwan_entity::payments::payment::{self, PaymentState};
use diwan_entity::payments::time_entry::{self, TimeEntryState};
use diwan_entity::payments::{payment_file, work_rate};
use sea_orm::{
    ActiveEnum as _, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use crate::context::Context;
use crate::deliverables::lock_contract;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::paging::{Page, Slice, newest_first};
use crate::permission::{Action, Permit};

pub(super) fn not_there() -> UserError {
    UserError::at(Code::NotFound, "paymentId")
}

pub(super) fn wrong_state(row: &payment::Model) -> UserError {
    UserError::at(Code::WrongState, "paymentId").text("state", row.state.to_value())
}

/// The row, locked.
pub(super) async fn lock(context: &Context, payment_id: Uuid) -> Result<payment::Model, Failure> {
    let select = payment::Entity::visible([payment_id]).lock_exclusive();
    Ok(context.one(select).await?.ok_or_else(not_there)?)
}

/// A payment with a right to it; its contract and then its row are locked. What the caller may not read is not there.
pub(super) async fn begin<'a>(
    context: &'a Context,
    action: Action,
    (payment_id, version): (Uuid, i32),
    wrong: &mut Complaints,
) -> Result<(Permit<'a>, contract::Model, payment::Model), Failure> {
    let seen = context.one(payment::Entity::visible([payment_id])).await?.ok_or_else(not_there)?;
    if !context.may(Action::PaymentRead, seen.brand_id) {
        return Err(not_there().into());
    }
    let permit = context.permit(action, seen.brand_id).await?;
    let contract = lock_contract(context, seen.brand_id, seen.contract_id).await?;
    let row = lock(context, payment_id).await?;
    wrong.version(row.version, version);
    Ok((permit, contract, row))
}

/// Which payments are wanted.
#[derive(Debug, Clone, Default)]
pub struct PaymentFilter {
    /// Of this contract; of any when none.
    pub contract_id: Option<Uuid>,
    /// In one of these states; in any when empty.
    pub states: Vec<PaymentState>,
}

/// The payments of a brand, newest first.
pub async fn payments(
    context: &Context,
    brand_id: Uuid,
    filter: &PaymentFilter,
    page: Page,
) -> Result<Slice<payment::Model>, Failure> {
    context.permit_some(Action::PaymentRead, brand_id).await?;
    let mut select = payment::Entity::in_brand(brand_id);
    if let Some(id) = filter.contract_id {
        select = select.filter(payment::Column::ContractId.eq(id));
    }
    if !filter.states.is_empty() {
        select = select.filter(payment::Column::State.is_in(filter.states.iter().copied()));
    }
    newest_first(context, select, payment::Column::Id, page).await
}

/// Payments by id.
pub async fn payments_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<payment::Model>, Failure> {
    Ok(context.all(payment::Entity::visible(ids.iter().copied())).await?)
}

/// The payments that stand in these files, in the order of their ids.
pub async fn payments_of_files(context: &Context, ids: &[Uuid]) -> Result<Vec<payment::Model>, Failure> {
    let select = payment::Entity::find()
        .filter(payment::Column::FileId.is_in(ids.iter().copied()))
        .order_by_asc(payment::Column::Id);
    Ok(context.all(select).await?)
}

/// The files of a brand, newest first.
pub async fn payment_files(
    context: &Context,
    brand_id: Uuid,
    page: Page,
) -> Result<Slice<payment_file::Model>, Failure> {
    context.permit(Action::PaymentExport, brand_id).await?;
    newest_first(context, payment_file::Entity::in_brand(brand_id), payment_file::Column::Id, page).await
}

/// Files by id.
pub async fn payment_files_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<payment_file::Model>, Failure> {
    Ok(context.all(payment_file::Entity::visible(ids.iter().copied())).await?)
}

/// Which hours are wanted.
#[derive(Debug, Clone, Default)]
pub struct HoursFilter {
    /// Of this person; of anybody when none. Those below MID see their own alone.
    pub person_id: Option<Uuid>,
    /// Under this contract; under any or none when none.
    pub contract_id: Option<Uuid>,
    /// In one of these states; in any when empty.
    pub states: Vec<TimeEntryState>,
}

/// The hours of a brand, newest first.
pub async fn time_entries(
    context: &Context,
    brand_id: Uuid,
    filter: &HoursFilter,
    page: Page,
) -> Result<Slice<time_entry::Model>, Failure> {
    context.permit_some(Action::HoursRead, brand_id).await?;
    let mut select = time_entry::Entity::in_brand(brand_id);
    if !super::hours::reads_all(context, brand_id) {
        select = select.filter(time_entry::Column::PersonId.eq(context.signed_in()?.user_id));
    }
    if let Some(id) = filter.person_id {
        select = select.filter(time_entry::Column::PersonId.eq(id));
    }
    if let Some(id) = filter.contract_id {
        select = select.filter(time_entry::Column::ContractId.eq(id));
    }
    if !filter.states.is_empty() {
        select = select.filter(time_entry::Column::State.is_in(filter.states.iter().copied()));
    }
    newest_first(context, select, time_entry::Column::Id, page).await
}

/// Hours by id.
pub async fn time_entries_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<time_entry::Model>, Failure> {
    Ok(context.all(time_entry::Entity::visible(ids.iter().copied())).await?)
}

/// What hours cost in a brand, of everybody or of one person, those that were set last first. Those below MID see their own alone.
pub async fn work_rates(
    context: &Context,
    brand_id: Uuid,
    person_id: Option<Uuid>,
    page: Page,
) -> Result<Slice<work_rate::Model>, Failure> {
    context.permit_some(Action::HoursRead, brand_id).await?;
    let mut select = work_rate::Entity::in_brand(brand_id);
    if !super::hours::reads_all(context, brand_id) {
        select = select.filter(work_rate::Column::PersonId.eq(context.signed_in()?.user_id));
    }
    if let Some(id) = person_id {
        select = select.filter(work_rate::Column::PersonId.eq(id));
    }
    newest_first(context, select, work_rate::Column::Id, page).await
}

/// Rates by id.
pub async fn work_rates_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<work_rate::Model>, Failure> {
    Ok(context.all(work_rate::Entity::visible(ids.iter().copied())).await?)
}
