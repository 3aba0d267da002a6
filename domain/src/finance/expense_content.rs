//! What is said of an expense, and whether it can be said.

use chrono::NaiveDate;
use diwan_entity::InBrand as _;
use diwan_entity::calendar::asset::{self, AssetState};
use diwan_entity::finance::budget_line::LineCategory;
use diwan_entity::finance::expense;
use diwan_platform::db;
use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use super::ledger::MOST_MINOR;
use super::rates::not_ahead;
use super::requests::check_line;
use crate::approvals::Money;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::{Action, Permit};
use crate::strategy::maybe_text;

/// What is said of an expense: the whole of it.
#[derive(Debug, Clone)]
pub struct ExpenseContent {
    /// The day of the receipt.
    pub spent_on: NaiveDate,
    /// For what.
    pub category: LineCategory,
    /// Who was paid, 1 to 200 characters.
    pub vendor: String,
    /// Up to 2000 characters.
    pub note: String,
    /// How much, tax included: 1 to [`MOST_MINOR`] minor units.
    pub amount: Money,
    /// The tax within the amount.
    pub tax_minor: Option<i64>,
    /// The receipt, a file of the library; needed to hand the expense in.
    pub receipt_asset_id: Option<Uuid>,
    /// Who paid it and gets it back; none where the company paid.
    pub reimburse_to: Option<Uuid>,
    /// On which line of a budget it is booked. For whoever may read budgets.
    pub line_id: Option<Uuid>,
}

impl ExpenseContent {
    /// Checks what is said. `before` is the expense as it is said now: the line and the person that are named already stay, whoever
    /// changes the rest.
    pub(super) async fn check(
        &self,
        context: &Context,
        permit: Permit<'_>,
        before: Option<&expense::Model>,
    ) -> Result<(), Failure> {
        let mut wrong = Complaints::default();
        not_ahead(context, &mut wrong, "expense.spentOn", self.spent_on);
        wrong.text("expense.vendor", &self.vendor, 200);
        maybe_text(&mut wrong, "expense.note", &self.note, 2000);
        wrong.currency("expense.currency", &self.amount.currency);
        if !(1..=MOST_MINOR).contains(&self.amount.minor) {
            wrong.add(UserError::at(Code::Invalid, "expense.amountMinor"));
        }
        if self.tax_minor.is_some_and(|tax| tax < 0 || tax > self.amount.minor) {
            wrong.add(UserError::at(Code::Invalid, "expense.taxMinor"));
        }
        if let Some(id) = self.receipt_asset_id {
            let found = context.one(asset::Entity::one_in_brand(permit.brand_id, id)).await?;
            if found.is_none_or(|file| file.state == AssetState::AwaitingUpload) {
                wrong.add(UserError::at(Code::NotFound, "expense.receiptAssetId"));
            }
        }
        let (line, person) = before.map(|row| (row.line_id, row.reimburse_to)).unwrap_or_default();
        self.check_person(context, permit, person, &mut wrong).await?;
        if let Some(id) = self.line_id.filter(|id| line != Some(*id)) {
            if context.may(Action::BudgetRead, permit.brand_id) {
                check_line(context, &mut wrong, permit.brand_id, (id, "expense.lineId")).await?;
            } else {
                wrong.add(UserError::at(Code::NotFound, "expense.lineId"));
            }
        }
        wrong.check()
    }

    /// Whom it is paid back: oneself; for whoever may read budgets, anybody who works for the brand.
    async fn check_person(
        &self,
        context: &Context,
        permit: Permit<'_>,
        before: Option<Uuid>,
        wrong: &mut Complaints,
    ) -> Result<(), Failure> {
        let other = |id: &Uuid| permit.actor_id != Some(*id) && before != Some(*id);
        let Some(id) = self.reimburse_to.filter(other) else { return Ok(()) };
        let works_for_it = context.may(Action::BudgetRead, permit.brand_id)
            && {
                let sql = "select exists (select from app.brand_people($1, $2) h where h.user_id = $3 and h.kind in ('STAFF', 'FREELANCER'))";
                db::scalar(permit.tx(), sql, [permit.brand_id.into(), context.now.into(), id.into()]).await?
            };
        if !works_for_it {
            wrong.add(UserError::at(Code::NotFound, "expense.reimburseToId"));
        }
        Ok(())
    }

    pub(super) fn said(self, row: expense::ActiveModel) -> expense::ActiveModel {
        expense::ActiveModel {
            spent_on: Set(self.spent_on),
            category: Set(self.category),
            vendor: Set(self.vendor.trim().to_owned()),
            note: Set(self.note.trim().to_owned()),
            currency: Set(self.amount.currency),
            amount_minor: Set(self.amount.minor),
            tax_minor: Set(self.tax_minor),
            receipt_asset_id: Set(self.receipt_asset_id),
            reimburse_to: Set(self.reimburse_to),
            line_id: Set(self.line_id),
            booked_minor: Set(None),
            rate_id: Set(None),
            ..row
        }
    }
}
