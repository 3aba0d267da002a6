//! Writing to the ledger: budgets and lines locked, each entry asked for under the lock, all of them written in one statement.

use std::collections::HashMap;

use diwan_entity::InBrand as _;
use diwan_entity::finance::budget::{self, BudgetState};
use diwan_entity::finance::budget_entry::{self, BookingKind, SourceKind};
use diwan_entity::finance::budget_line;
use diwan_platform::db;
use sea_orm::{
    ActiveEnum as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use super::charge::Source;
use super::money::written;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::permission::Permit;
use crate::trust;

/// The most that one entry may be, in minor units.
pub const MOST_MINOR: i64 = 1_000_000_000_000_000;
/// The most that a line may have been given, in minor units.
const MOST_OF_LINE: i64 = 10_000_000_000_000_000;
/// How often what was committed on a line may have been carried over.
const MOST_CARRIED: usize = 100;

/// The most rows of a statement, so that their columns fit into the 65 535 values that one may have.
const MOST_ROWS: usize = 4000;

/// Who else may book on a budget meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hold {
    /// Everybody.
    Shared,
    /// Nobody.
    Alone,
}

/// Something to write.
#[derive(Debug, Clone)]
pub(super) struct Posting {
    pub line_id: Uuid,
    pub kind: BookingKind,
    pub minor: i64,
    /// Of a SPEND: how much of it was committed before.
    pub drawn: i64,
    /// What it is for; none for what is booked by hand.
    pub source: Option<Source>,
    pub reason: String,
}

/// Why a line does not bear an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    /// Only so much is left.
    NotEnough(i64),
    /// Only so much is booked of what would be taken back.
    MoreThanBooked(i64),
    /// The line would hold more than a line may.
    TooLarge,
}

/// How much of a line is neither committed nor spent; below zero never.
pub(super) fn available(line: &budget_line::Model) -> i64 {
    line.allocated + line.overdraft - line.committed - line.spent
}

/// What an entry makes of a line: the same as `app.budget_effect` and the constraints in the database.
fn apply(line: &mut budget_line::Model, posting: &Posting) -> Result<(), Refusal> {
    let (left, minor, drawn) = (available(line), posting.minor, posting.drawn);
    match posting.kind {
        BookingKind::Allocate => line.allocated += minor,
        BookingKind::Overdraw => line.overdraft += minor,
        BookingKind::Adjust => {
            let free = left.min(line.allocated);
            if minor < -free {
                return Err(Refusal::NotEnough(free));
            }
            line.allocated += minor;
        }
        BookingKind::Commit => {
            if minor > left {
                return Err(Refusal::NotEnough(left));
            }
            line.committed += minor;
        }
        BookingKind::Release => {
            if minor > line.committed {
                return Err(Refusal::MoreThanBooked(line.committed));
            }
            line.committed -= minor;
        }
        BookingKind::Spend => {
            if drawn > line.committed {
                return Err(Refusal::MoreThanBooked(line.committed));
            }
            if minor - drawn > left {
                return Err(Refusal::NotEnough(left));
            }
            line.committed -= drawn;
            line.spent += minor;
        }
        BookingKind::Refund => {
            if minor > line.spent {
                return Err(Refusal::MoreThanBooked(line.spent));
            }
            line.spent -= minor;
        }
    }
    if line.allocated > MOST_OF_LINE || line.overdraft > MOST_OF_LINE { Err(Refusal::TooLarge) } else { Ok(()) }
}

impl Refusal {
    fn told(self, currency: &str) -> UserError {
        let of = |code, minor| {
            UserError::at(code, "amountMinor")
                .text("amount", written(minor, currency))
                .text("currency", currency.to_owned())
        };
        match self {
            Self::NotEnough(left) => of(Code::BudgetExceeded, left),
            Self::MoreThanBooked(booked) => of(Code::MoreThanBooked, booked),
            Self::TooLarge => UserError::at(Code::Invalid, "amountMinor"),
        }
    }
}

/// Lines with their budgets, locked, until the transaction ends.
#[derive(Debug)]
pub(super) struct Ledger<'a> {
    permit: Permit<'a>,
    budgets: HashMap<Uuid, budget::Model>,
    lines: HashMap<Uuid, budget_line::Model>,
    /// Where those that were asked for are booked: their own id, or where they were carried over.
    goes_to: HashMap<Uuid, Uuid>,
}

impl<'a> Ledger<'a> {
    /// Locks lines of the permit's brand. Four statements, and one more each time that one of them was carried over.
    pub async fn lock(context: &Context, permit: Permit<'a>, asked: &[Uuid], hold: Hold) -> Result<Self, Failure> {
        let not_there = || UserError::at(Code::NotFound, "lineId");
        let mut goes_to: HashMap<Uuid, Uuid> = asked.iter().map(|id| (*id, *id)).collect();
        let mut seen: HashMap<Uuid, budget_line::Model> = HashMap::new();
        for _ in 0..MOST_CARRIED {
            let unknown: Vec<Uuid> = goes_to.values().filter(|id| !seen.contains_key(id)).copied().collect();
            if unknown.is_empty() {
                break;
            }
            let select = budget_line::Entity::in_brand(permit.brand_id).filter(budget_line::Column::Id.is_in(unknown));
            seen.extend(context.all(select).await?.into_iter().map(|line| (line.id, line)));
            for place in goes_to.values_mut() {
                *place = seen.get(place).ok_or_else(not_there)?.carried_to.unwrap_or(*place);
            }
        }
        let ids = || goes_to.values().copied();
        let of = ids().filter_map(|id| seen.get(&id)).map(|line| line.budget_id);
        let select = budget::Entity::in_brand(permit.brand_id)
            .filter(budget::Column::Id.is_in(of))
            .order_by_asc(budget::Column::Id);
        let select = if hold == Hold::Alone { select.lock_exclusive() } else { select.lock_shared() };
        let budgets: HashMap<Uuid, budget::Model> =
            context.all(select).await?.into_iter().map(|budget| (budget.id, budget)).collect();
        if budgets.values().any(|budget| budget.state == BudgetState::Closed) {
            return Err(UserError::at(Code::BudgetClosed, "lineId").into());
        }
        let select = budget_line::Entity::in_brand(permit.brand_id)
            .filter(budget_line::Column::Id.is_in(ids()))
            .order_by_asc(budget_line::Column::Id)
            .lock_exclusive();
        let lines: HashMap<Uuid, budget_line::Model> =
            context.all(select).await?.into_iter().map(|line| (line.id, line)).collect();
        if ids().any(|id| !lines.contains_key(&id)) {
            return Err(not_there().into());
        }
        Ok(Self { permit, budgets, lines, goes_to })
    }

    /// A line that was asked for, or where it was carried over.
    pub fn line(&self, asked: Uuid) -> Result<&budget_line::Model, Failure> {
        let found = self.goes_to.get(&asked).and_then(|id| self.lines.get(id));
        Ok(found.ok_or_else(|| Fault::broken("a line that was not locked"))?)
    }

    /// The budget of such a line.
    pub fn budget_of(&self, asked: Uuid) -> Result<&budget::Model, Failure> {
        let found = self.budgets.get(&self.line(asked)?.budget_id);
        Ok(found.ok_or_else(|| Fault::broken("a line without its budget"))?)
    }

    /// Writes entries, all or none, in their order. Nothing is written where a line does not bear one.
    pub async fn book(
        mut self,
        context: &Context,
        postings: Vec<Posting>,
    ) -> Result<Vec<budget_entry::Model>, Failure> {
        let mut wrong = Complaints::default();
        let mut rows = Vec::with_capacity(postings.len());
        for posting in postings {
            if !(1..=MOST_MINOR).contains(&posting.minor.saturating_abs()) {
                return Err(UserError::at(Code::Invalid, "amountMinor").into());
            }
            self.not_booked(context, &posting).await?;
            self.is_of_source(&posting).await?;
            let currency = self.budget_of(posting.line_id)?.currency.clone();
            let place = self.line(posting.line_id)?.id;
            let line = self.lines.get_mut(&place).ok_or_else(|| Fault::broken("a line that was not locked"))?;
            match apply(line, &posting) {
                Ok(()) => rows.push(Self::row(context, self.permit, line, posting)),
                Err(refusal) => wrong.add(refusal.told(&currency)),
            }
        }
        wrong.check()?;
        let entries = write(self.permit, rows).await?;
        for entry in &entries {
            let action = format!("budget.{}", entry.kind.to_value().to_lowercase());
            let detail = json!({
                "budget": entry.budget_id, "line": entry.line_id, "minor": entry.amount_minor, "drawn": entry.drawn_minor,
                "source": entry.source_kind, "source_id": entry.source_id, "reason": entry.reason,
            });
            trust::record(self.permit, context.now, &action, entry.id, detail).await?;
        }
        Ok(entries)
    }

    /// Writes one entry.
    pub async fn book_one(self, context: &Context, posting: Posting) -> Result<budget_entry::Model, Failure> {
        let written = self.book(context, vec![posting]).await?.pop();
        Ok(written.ok_or_else(|| Fault::broken("an entry that was not written"))?)
    }

    fn row(
        context: &Context,
        permit: Permit<'_>,
        line: &budget_line::Model,
        posting: Posting,
    ) -> budget_entry::ActiveModel {
        let id = context.new_id();
        let source = posting.source.unwrap_or(Source { kind: SourceKind::Manual, id, reference: String::new() });
        budget_entry::ActiveModel {
            id: Set(id),
            brand_id: Set(permit.brand_id),
            budget_id: Set(line.budget_id),
            line_id: Set(line.id),
            kind: Set(posting.kind),
            amount_minor: Set(posting.minor),
            drawn_minor: Set(posting.drawn),
            source_kind: Set(source.kind),
            source_id: Set(source.id),
            reference: Set(source.reference),
            actor_id: Set(permit.actor_id),
            reason: Set(posting.reason),
            booked_at: Set(context.now),
        }
    }

    /// That the same was not booked before.
    async fn not_booked(&self, context: &Context, posting: &Posting) -> Result<(), Failure> {
        let Some(source) = &posting.source else { return Ok(()) };
        let select = budget_entry::Entity::in_brand(self.permit.brand_id)
            .filter(budget_entry::Column::SourceKind.eq(source.kind))
            .filter(budget_entry::Column::SourceId.eq(source.id))
            .filter(budget_entry::Column::Kind.eq(posting.kind))
            .filter(budget_entry::Column::Reference.eq(&source.reference));
        match context.one(select).await? {
            Some(_) => Err(UserError::at(Code::AlreadyExists, "reference").into()),
            None => Ok(()),
        }
    }

    /// That what is released or drawn on was committed for the same.
    async fn is_of_source(&self, posting: &Posting) -> Result<(), Failure> {
        let wanted = match posting.kind {
            BookingKind::Release => posting.minor,
            BookingKind::Spend => posting.drawn,
            _ => 0,
        };
        if wanted == 0 {
            return Ok(());
        }
        let line = self.line(posting.line_id)?.id;
        let values = [self.permit.brand_id.into(), line.into(), posting.source.as_ref().map(|source| source.id).into()];
        let of = match &posting.source {
            None => "e.source_kind = 'MANUAL' and $3::uuid is null".to_owned(),
            Some(source) => format!("e.source_kind = '{}' and e.source_id = $3", source.kind.to_value()),
        };
        let sql = format!(
            "select coalesce(sum({OPEN}), 0)::bigint from budget_entry e
             where e.brand_id = $1 and e.line_id = $2 and e.kind in ('COMMIT', 'RELEASE', 'SPEND') and {of}"
        );
        let open: i64 = db::scalar(self.permit.tx(), &sql, values).await?;
        if wanted > open {
            return Err(Refusal::MoreThanBooked(open).told(&self.budget_of(posting.line_id)?.currency).into());
        }
        Ok(())
    }
}

/// What an entry `e` adds to what is committed.
pub(super) const OPEN: &str = "(app.budget_effect(e.kind, e.amount_minor, e.drawn_minor)).committed";

/// Writes rows to the ledger in their order, up to 4000 in a statement. The database brings the balances up to date.
pub(super) async fn write(
    permit: Permit<'_>,
    rows: Vec<budget_entry::ActiveModel>,
) -> Result<Vec<budget_entry::Model>, Failure> {
    let mut written = Vec::with_capacity(rows.len());
    for some in rows.chunks(MOST_ROWS) {
        let some = budget_entry::Entity::insert_many(some.iter().cloned());
        written.extend(some.exec_with_returning(permit.tx()).await?);
    }
    Ok(written)
}
