//! A budget that was agreed with a client: opened with its lines, and given what was agreed.

use chrono::NaiveDate;
use diwan_entity::finance::budget::{self, BudgetState};
use diwan_entity::finance::budget_entry::{BookingKind, SourceKind};
use sea_orm::{ActiveEnum as _, ActiveValue::Set, EntityTrait as _};
use serde_json::json;
use uuid::Uuid;

use super::charge::Source;
use super::ledger::{Hold, Ledger, Posting};
use super::lines::{LineContent, write_lines};
use crate::context::Context;
use crate::error::Failure;
use crate::permission::Permit;
use crate::trust;

/// A budget to open.
#[derive(Debug, Clone)]
pub(crate) struct AgreedBudget {
    /// 1 to 200 characters.
    pub name: String,
    /// Of all its amounts, ISO 4217.
    pub currency: String,
    /// Its first and last day, in the brand's time zone.
    pub period: (NaiveDate, NaiveDate),
    /// On whose behalf it is opened.
    pub created_by: Uuid,
    /// Its lines, each of a category of its own, with what it is given, in minor units, from zero on.
    pub lines: Vec<(LineContent, i64)>,
    /// The proposal by which it was agreed.
    pub source_id: Uuid,
    /// Why the lines have the money, 1 to 1000 characters.
    pub reason: String,
}

/// Opens a budget and gives its lines what was agreed: nobody's limit is asked here. The caller has asked for the right.
pub(crate) async fn open_agreed(
    context: &Context,
    permit: Permit<'_>,
    agreed: AgreedBudget,
) -> Result<budget::Model, Failure> {
    let row = budget::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(permit.brand_id),
        name: Set(agreed.name),
        starts_on: Set(Some(agreed.period.0)),
        ends_on: Set(Some(agreed.period.1)),
        campaign_id: Set(None),
        currency: Set(agreed.currency),
        state: Set(BudgetState::Open),
        created_by: Set(agreed.created_by),
        created_at: Set(context.now),
        updated_at: Set(context.now),
        closed_at: Set(None),
        version: Set(1),
    };
    let row = budget::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    let (lines, given): (Vec<LineContent>, Vec<i64>) = agreed.lines.into_iter().unzip();
    let mut lines = write_lines(context, permit, row.id, 0, lines).await?;
    lines.sort_by_key(|line| line.position);
    let detail = json!({ "currency": row.currency, "proposal": agreed.source_id });
    trust::record(permit, context.now, "budget.create", row.id, detail).await?;
    let postings: Vec<Posting> = lines
        .iter()
        .zip(given)
        .filter(|(_, minor)| *minor > 0)
        .map(|(line, minor)| Posting {
            line_id: line.id,
            kind: BookingKind::Allocate,
            minor,
            drawn: 0,
            // A proposal gives each category once.
            source: Some(Source {
                kind: SourceKind::Proposal,
                id: agreed.source_id,
                reference: line.category.to_value(),
            }),
            reason: agreed.reason.clone(),
        })
        .collect();
    if !postings.is_empty() {
        let ids: Vec<Uuid> = postings.iter().map(|posting| posting.line_id).collect();
        Ledger::lock(context, permit, &ids, Hold::Alone).await?.book(context, postings).await?;
    }
    Ok(row)
}
