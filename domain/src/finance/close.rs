//! Closing a budget: what is committed is released, or goes on in a following budget.

use std::collections::HashMap;

use diwan_entity::InBrand as _;
use diwan_entity::finance::budget::{self, BudgetState};
use diwan_entity::finance::budget_entry::{self, BookingKind, SourceKind};
use diwan_entity::finance::budget_line;
use diwan_platform::db;
use sea_orm::{
    ActiveEnum as _, ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait as _, FromQueryResult,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use super::ledger::{OPEN, available, write};
use super::lines::lines_of;
use super::money::written;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::permission::{Action, Permit};
use crate::trust;

/// What becomes of what is committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Commitments {
    /// With commitments the budget is not closed.
    Refuse,
    /// They are released.
    Release,
    /// They go on in this open budget of the brand, in the same currency, on its lines of the same names.
    CarryOver(Uuid),
}

/// What a source has committed on a line and neither spent nor released.
#[derive(Debug, Clone, FromQueryResult)]
struct Open {
    line_id: Uuid,
    source_kind: String,
    /// None for what was committed by hand.
    source_id: Option<Uuid>,
    minor: i64,
}

/// The open commitments of a budget, each source by itself. One look at the whole ledger of the budget, when it is closed.
async fn open_commitments(context: &Context, budget: &budget::Model) -> Result<Vec<Open>, Failure> {
    let sql = format!(
        "select e.line_id, e.source_kind, case when e.source_kind <> 'MANUAL' then e.source_id end as source_id, sum({OPEN})::bigint as minor
         from budget_entry e
         where e.brand_id = $1 and e.budget_id = $2 and e.kind in ('COMMIT', 'RELEASE', 'SPEND')
         group by 1, 2, 3 having sum({OPEN}) > 0 order by 1, 2, 3"
    );
    Ok(context.rows(&sql, [budget.brand_id.into(), budget.id.into()]).await?)
}

/// Closes a budget for good: nothing is booked on it any more.
pub async fn close_budget(
    context: &Context,
    budget_id: Uuid,
    version: i32,
    commitments: Commitments,
) -> Result<budget::Model, Failure> {
    let not_there = || UserError::at(Code::NotFound, "budgetId");
    let seen = context.one(budget::Entity::visible([budget_id])).await?.ok_or_else(not_there)?;
    let permit = context.permit(Action::BudgetClose, seen.brand_id).await?;
    let following = if let Commitments::CarryOver(id) = commitments { Some(id) } else { None };
    let select = budget::Entity::in_brand(seen.brand_id)
        .filter(budget::Column::Id.is_in([Some(budget_id), following].into_iter().flatten()))
        .order_by_asc(budget::Column::Id)
        .lock_exclusive();
    let mut locked: HashMap<Uuid, budget::Model> =
        context.all(select).await?.into_iter().map(|row| (row.id, row)).collect();
    let row = locked.remove(&budget_id).ok_or_else(not_there)?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    if row.state == BudgetState::Closed {
        wrong.add(UserError::at(Code::BudgetClosed, "budgetId"));
    }
    if let Some(id) = following {
        match locked.get(&id) {
            None => wrong.add(UserError::at(Code::NotFound, "followingBudgetId")),
            Some(next) if next.state == BudgetState::Closed => {
                wrong.add(UserError::at(Code::BudgetClosed, "followingBudgetId"));
            }
            Some(next) if next.currency != row.currency => {
                let differs = UserError::at(Code::CurrencyDiffers, "followingBudgetId");
                wrong.add(differs.text("currency", row.currency.clone()));
            }
            Some(_) => {}
        }
    }
    wrong.check()?;
    let open = open_commitments(context, &row).await?;
    let committed = open.iter().fold(0_i64, |sum, each| sum.saturating_add(each.minor));
    match following.and_then(|id| locked.get(&id)) {
        _ if open.is_empty() => {}
        Some(next) => carry_over(context, permit, (&row, next), &open).await?,
        None if commitments == Commitments::Release => {
            let rows = open.iter().map(|each| release(context, permit, &row, each));
            write(permit, rows.collect::<Result<Vec<_>, Failure>>()?).await?;
        }
        None => {
            let still = UserError::at(Code::BudgetCommitted, "commitments");
            let still = still.text("amount", written(committed, &row.currency)).text("currency", row.currency);
            return Err(still.into());
        }
    }
    let changed = budget::ActiveModel {
        state: Set(BudgetState::Closed),
        closed_at: Set(Some(context.now)),
        updated_at: Set(context.now),
        version: Set(row.version + 1),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    let detail = json!({ "committed": committed, "carried_to": following });
    trust::record(permit, context.now, "budget.close", row.id, detail).await?;
    Ok(row)
}

/// An entry for an open commitment, for the same source.
fn entry(
    context: &Context,
    permit: Permit<'_>,
    (budget_id, line_id): (Uuid, Uuid),
    (kind, each): (BookingKind, &Open),
    reason: String,
) -> Result<budget_entry::ActiveModel, Failure> {
    let id = context.new_id();
    let kind_of_source = SourceKind::try_from_value(&each.source_kind)?;
    Ok(budget_entry::ActiveModel {
        id: Set(id),
        brand_id: Set(permit.brand_id),
        budget_id: Set(budget_id),
        line_id: Set(line_id),
        kind: Set(kind),
        amount_minor: Set(each.minor),
        drawn_minor: Set(0),
        source_kind: Set(kind_of_source),
        source_id: Set(each.source_id.unwrap_or(id)),
        // A line is closed once, so that what it had is released and carried over once.
        reference: Set(format!("closed {}", each.line_id)),
        actor_id: Set(permit.actor_id),
        reason: Set(reason),
        booked_at: Set(context.now),
    })
}

fn release(
    context: &Context,
    permit: Permit<'_>,
    budget: &budget::Model,
    each: &Open,
) -> Result<budget_entry::ActiveModel, Failure> {
    let reason = format!("Closed: {}", budget.name);
    entry(context, permit, (budget.id, each.line_id), (BookingKind::Release, each), reason)
}

/// Releases what is open and commits it on the lines of the same names of the following budget.
async fn carry_over(
    context: &Context,
    permit: Permit<'_>,
    (row, next): (&budget::Model, &budget::Model),
    open: &[Open],
) -> Result<(), Failure> {
    let from: HashMap<Uuid, budget_line::Model> =
        lines_of(context, row).await?.into_iter().map(|line| (line.id, line)).collect();
    let to: HashMap<String, budget_line::Model> =
        lines_of(context, next).await?.into_iter().map(|line| (line.name.to_lowercase(), line)).collect();
    let mut wrong = Complaints::default();
    let (mut rows, mut wanted) = (Vec::new(), HashMap::<Uuid, (i64, &budget_line::Model)>::new());
    let mut places = HashMap::<Uuid, Uuid>::new();
    for each in open {
        let line = from.get(&each.line_id).ok_or_else(|| Fault::broken("an entry without its line"))?;
        let Some(goes) = to.get(&line.name.to_lowercase()) else {
            if places.insert(line.id, line.id).is_none() {
                wrong.add(UserError::at(Code::NoSuchName, "followingBudgetId").text("value", line.name.clone()));
            }
            continue;
        };
        places.insert(line.id, goes.id);
        wanted.entry(goes.id).or_insert((0, goes)).0 += each.minor;
        rows.push(release(context, permit, row, each)?);
        let reason = format!("Carried over: {}", row.name);
        rows.push(entry(context, permit, (next.id, goes.id), (BookingKind::Commit, each), reason)?);
    }
    for (minor, goes) in wanted.values() {
        if *minor > available(goes) {
            let less = UserError::at(Code::BudgetExceeded, "followingBudgetId");
            wrong.add(
                less.text("amount", written(available(goes), &next.currency)).text("currency", next.currency.clone()),
            );
        }
    }
    wrong.check()?;
    write(permit, rows).await?;
    let (ids, places): (Vec<Uuid>, Vec<Uuid>) = places.into_iter().unzip();
    let sql = "update budget_line l set carried_to = p.place from unnest($2::uuid[], $3::uuid[]) p (id, place)
               where l.brand_id = $1 and l.id = p.id";
    permit.tx().execute_raw(db::statement(sql, [row.brand_id.into(), ids.into(), places.into()])).await?;
    Ok(())
}
