//! Asking for more money for a line of a budget: written, decided up the ladder of limits, and given when it is approved.

use chrono::NaiveDate;
use diwan_entity::InBrand as _;
use diwan_entity::approvals::approval_request::{self, ApprovalKind, RequestState};
use diwan_entity::finance::budget::{self, BudgetState};
use diwan_entity::finance::budget_entry::SourceKind;
use diwan_entity::finance::budget_line;
use diwan_entity::finance::financial_request::{self, FinancialRequestState};
use sea_orm::{
    ActiveEnum as _, ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use super::charge::{Charge, Source, allocate_charge};
use super::ledger::MOST_MINOR;
use crate::approvals::{self, Money, NewRequest};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::paging::{Page, Slice, newest_first};
use crate::permission::{Action, Permit, Relation};
use crate::strategy::{date, maybe_text};
use crate::trust;

/// What is asked for, and the case for it.
#[derive(Debug, Clone)]
pub struct RequestContent {
    /// For which line of an open budget.
    pub line_id: Uuid,
    /// In a word, 1 to 300 characters.
    pub title: String,
    /// How much, in minor units of the budget's currency, 1 to [`MOST_MINOR`].
    pub amount_minor: i64,
    /// Why, 1 to 5000 characters.
    pub why: String,
    /// What it is to bring, 1 to 5000 characters.
    pub expected_result: String,
    /// What else would do, up to 5000 characters.
    pub alternatives: String,
    /// By when it is needed.
    pub needed_by: Option<NaiveDate>,
}

/// A line with the budget that it is in.
pub(super) async fn line_in_budget(
    context: &Context,
    brand_id: Uuid,
    line_id: Uuid,
) -> Result<Option<(budget_line::Model, budget::Model)>, Failure> {
    let Some(line) = context.one(budget_line::Entity::one_in_brand(brand_id, line_id)).await? else { return Ok(None) };
    let budget = context.one(budget::Entity::one_in_brand(brand_id, line.budget_id)).await?;
    Ok(Some((line, budget.ok_or_else(|| Fault::broken("a line without its budget"))?)))
}

/// A line on which something can be booked.
pub(crate) async fn check_line(
    context: &Context,
    wrong: &mut Complaints,
    brand_id: Uuid,
    (line_id, path): (Uuid, &str),
) -> Result<Option<budget::Model>, Failure> {
    match line_in_budget(context, brand_id, line_id).await? {
        None => wrong.add(UserError::at(Code::NotFound, path)),
        Some((line, budget)) if budget.state == BudgetState::Closed && line.carried_to.is_none() => {
            wrong.add(UserError::at(Code::BudgetClosed, path));
        }
        Some((_, budget)) => return Ok(Some(budget)),
    }
    Ok(None)
}

impl RequestContent {
    async fn check(&self, context: &Context, brand_id: Uuid, wrong: &mut Complaints) -> Result<(), Failure> {
        check_line(context, wrong, brand_id, (self.line_id, "request.lineId")).await?;
        wrong.text("request.title", &self.title, 300);
        wrong.text("request.why", &self.why, 5000);
        wrong.text("request.expectedResult", &self.expected_result, 5000);
        maybe_text(wrong, "request.alternatives", &self.alternatives, 5000);
        date(wrong, "request.neededBy", self.needed_by);
        if !(1..=MOST_MINOR).contains(&self.amount_minor) {
            wrong.add(UserError::at(Code::Invalid, "request.amountMinor"));
        }
        Ok(())
    }

    fn said(self, row: financial_request::ActiveModel) -> financial_request::ActiveModel {
        financial_request::ActiveModel {
            line_id: Set(self.line_id),
            title: Set(self.title.trim().to_owned()),
            amount_minor: Set(self.amount_minor),
            why: Set(self.why.trim().to_owned()),
            expected_result: Set(self.expected_result.trim().to_owned()),
            alternatives: Set(self.alternatives.trim().to_owned()),
            needed_by: Set(self.needed_by),
            ..row
        }
    }
}

fn not_there() -> UserError {
    UserError::at(Code::NotFound, "requestId")
}

/// A request with the right to write it; its row is locked.
async fn begin(context: &Context, request_id: Uuid) -> Result<(Permit<'_>, financial_request::Model), Failure> {
    let seen = context.one(financial_request::Entity::visible([request_id])).await?.ok_or_else(not_there)?;
    let permit = context.permit(Action::FinancialRequestWrite, seen.brand_id).await?;
    let select = financial_request::Entity::visible([request_id]).lock_exclusive();
    Ok((permit, context.one(select).await?.ok_or_else(not_there)?))
}

/// That a request is neither decided about nor over.
fn with_its_author(row: &financial_request::Model) -> Result<(), UserError> {
    if matches!(row.state, FinancialRequestState::Draft | FinancialRequestState::SentBack) {
        return Ok(());
    }
    Err(UserError::at(Code::WrongState, "requestId").text("state", row.state.to_value()))
}

/// Writes a request down. Nobody is asked yet.
pub async fn create_financial_request(
    context: &Context,
    brand_id: Uuid,
    content: RequestContent,
) -> Result<financial_request::Model, Failure> {
    let permit = context.permit(Action::FinancialRequestWrite, brand_id).await?;
    let mut wrong = Complaints::default();
    content.check(context, brand_id, &mut wrong).await?;
    wrong.check()?;
    let row = financial_request::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(brand_id),
        state: Set(FinancialRequestState::Draft),
        entry_id: Set(None),
        created_by: Set(permit.person()?),
        authors: Set(vec![permit.person()?]),
        created_at: Set(context.now),
        updated_at: Set(context.now),
        version: Set(1),
        ..content.said(financial_request::ActiveModel { ..Default::default() })
    };
    let row = financial_request::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    trust::record(permit, context.now, "financial_request.create", row.id, json!({})).await?;
    Ok(row)
}

/// Says a request anew that is a draft or came back: the whole of it.
pub async fn update_financial_request(
    context: &Context,
    request_id: Uuid,
    version: i32,
    content: RequestContent,
) -> Result<financial_request::Model, Failure> {
    let (permit, row) = begin(context, request_id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    if let Err(error) = with_its_author(&row) {
        wrong.add(error);
    }
    content.check(context, row.brand_id, &mut wrong).await?;
    wrong.check()?;
    let version = row.version + 1;
    let authors = approvals::with_author(row.authors.clone(), permit.person()?);
    let changed = financial_request::ActiveModel {
        authors: Set(authors),
        updated_at: Set(context.now),
        version: Set(version),
        ..content.said(row.into_active_model())
    };
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "financial_request.update", row.id, json!({ "version": version })).await?;
    Ok(row)
}

/// Gives up a request that is a draft or came back.
pub async fn discard_financial_request(
    context: &Context,
    request_id: Uuid,
    version: i32,
) -> Result<financial_request::Model, Failure> {
    let (permit, row) = begin(context, request_id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    if let Err(error) = with_its_author(&row) {
        wrong.add(error);
    }
    wrong.check()?;
    let row = set_state(context, permit, row, FinancialRequestState::Withdrawn).await?;
    trust::record(permit, context.now, "financial_request.discard", row.id, json!({})).await?;
    Ok(row)
}

/// Asks for it to be approved, up the ladder of limits for budgets.
pub async fn submit_financial_request(
    context: &Context,
    request_id: Uuid,
    version: i32,
) -> Result<(financial_request::Model, approval_request::Model), Failure> {
    let (permit, row) = begin(context, request_id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    if let Err(error) = with_its_author(&row) {
        wrong.add(error);
    }
    let budget = check_line(context, &mut wrong, row.brand_id, (row.line_id, "lineId")).await?;
    wrong.check()?;
    let currency = budget.ok_or(Code::NotFound)?.currency;
    let row = set_state(context, permit, row, FinancialRequestState::InApproval).await?;
    let request = NewRequest {
        kind: ApprovalKind::Budget,
        subject_id: row.id,
        subject_version: row.version,
        authors: row.authors.clone(),
        amount: Some(Money { minor: row.amount_minor, currency }),
        title: row.title.clone(),
    };
    let request = approvals::open_request(context, permit, request).await?;
    trust::record(permit, context.now, "financial_request.submit", row.id, json!({ "version": row.version })).await?;
    Ok((row, request))
}

async fn set_state(
    context: &Context,
    permit: Permit<'_>,
    row: financial_request::Model,
    state: FinancialRequestState,
) -> Result<financial_request::Model, Failure> {
    let changed =
        financial_request::ActiveModel { state: Set(state), updated_at: Set(context.now), ..row.into_active_model() };
    Ok(changed.update(permit.tx()).await?)
}

/// Locks the request that an approval is about, for the approval engine.
pub(crate) async fn lock_request(context: &Context, request_id: Uuid) -> Result<Relation, Failure> {
    let select = financial_request::Entity::visible([request_id]).lock_exclusive();
    let row = context.one(select).await?.ok_or_else(not_there)?;
    Ok(Relation { own: context.signed_in()?.user_id == row.created_by, assigned: false })
}

/// What came of the approval: where it was given, the line gets the money in the same transaction, once.
pub(crate) async fn request_ended(
    context: &Context,
    permit: Permit<'_>,
    request_id: Uuid,
    state: RequestState,
) -> Result<(), Failure> {
    let row = context.one(financial_request::Entity::one_in_brand(permit.brand_id, request_id)).await?;
    let row = row.ok_or_else(|| Fault::broken("an approval without its request"))?;
    match state {
        RequestState::Approved => {
            let source = Source { kind: SourceKind::Request, id: row.id, reference: String::new() };
            let charge = Charge { line_id: row.line_id, minor: row.amount_minor, source, reason: row.title.clone() };
            let entry = allocate_charge(context, permit, charge).await?;
            let approved = financial_request::ActiveModel { entry_id: Set(Some(entry.id)), ..row.into_active_model() };
            let approved = financial_request::ActiveModel { state: Set(FinancialRequestState::Approved), ..approved };
            financial_request::ActiveModel { updated_at: Set(context.now), ..approved }.update(permit.tx()).await?;
        }
        RequestState::ChangesRequested => {
            set_state(context, permit, row, FinancialRequestState::SentBack).await?;
        }
        RequestState::Withdrawn => {
            set_state(context, permit, row, FinancialRequestState::Withdrawn).await?;
        }
        RequestState::Voided | RequestState::Pending => {
            return Err(Fault::broken("a financial request is not void").into());
        }
    }
    Ok(())
}

/// The requests of a brand, newest first.
pub async fn financial_requests(
    context: &Context,
    brand_id: Uuid,
    state: Option<FinancialRequestState>,
    page: Page,
) -> Result<Slice<financial_request::Model>, Failure> {
    context.permit(Action::BudgetRead, brand_id).await?;
    let mut select = financial_request::Entity::in_brand(brand_id);
    if let Some(state) = state {
        select = select.filter(financial_request::Column::State.eq(state));
    }
    newest_first(context, select, financial_request::Column::Id, page).await
}

/// Requests by id.
pub async fn financial_requests_by_ids(
    context: &Context,
    ids: &[Uuid],
) -> Result<Vec<financial_request::Model>, Failure> {
    Ok(context.all(financial_request::Entity::visible(ids.iter().copied())).await?)
}
