//! Making alerts, saying them anew, striking them out, and noting that an event was seen.
//!
//! The job of a brand's alerts goes before their rows wherever both are locked.

use std::collections::BTreeSet;

use diwan_entity::InBrand as _;
use diwan_entity::insights::insight_alert::{self, AlertBound, AlertKind};
use diwan_entity::insights::insight_alert_event::{self as event, AlertEventState};
use diwan_entity::publishing::social_account;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveEnum as _, ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, FromQueryResult,
    IntoActiveModel as _, PaginatorTrait as _, QueryFilter as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use super::CheckAlerts;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::insights::kpi::{Formula, Kpi, Quantity, Unit};
use crate::jobs::{Job as _, enqueue};
use crate::permission::{Action, Permit};
use crate::strategy::micro_of;
use crate::trust;

/// The most alerts of a brand.
pub const MOST_ALERTS: u64 = 50;
/// The most days of which one figure is.
pub const MOST_WINDOW: i32 = 31;
/// The most people whom one alert names.
const MOST_RECIPIENTS: usize = 20;

/// An alert, as it is written.
#[derive(Debug, Clone)]
pub struct AlertRule {
    /// 1 to 200 characters.
    pub name: String,
    /// About which figure: one that the product gathers.
    pub kpi: Kpi,
    /// Of this account alone; of the whole brand unless given. Not of a target, nor of what belongs to no account.
    pub account_id: Option<Uuid>,
    /// Of what it tells.
    pub kind: AlertKind,
    /// On which side of a threshold; of these alone.
    pub bound: Option<AlertBound>,
    /// A decimal in the KPI's own unit, with at most six digits behind the point; of thresholds alone.
    pub threshold: Option<String>,
    /// In which the threshold of an amount is; of these alone.
    pub currency: Option<String>,
    /// How many days, up to the last that is over, 1 to 31; of all but targets, which have a period of their own.
    pub window_days: Option<i32>,
    /// Whether it is looked at.
    pub enabled: bool,
    /// Who is told: 1 to 20 of the brand's staff who may read its numbers.
    pub recipient_ids: Vec<Uuid>,
}

/// What belongs to an account.
const OF_ACCOUNTS: [Quantity; 16] = [
    Quantity::Followers,
    Quantity::FollowersBefore,
    Quantity::FollowersAfter,
    Quantity::PublishedPosts,
    Quantity::Reach,
    Quantity::Views,
    Quantity::Interactions,
    Quantity::CountedPosts,
    Quantity::InteractionsOfReached,
    Quantity::ReachOfInteracted,
    Quantity::InteractionsOfFollowed,
    Quantity::FollowersOfPosts,
    Quantity::NegativeReactions,
    Quantity::Reactions,
    Quantity::DuePosts,
    Quantity::KeptPosts,
];

/// What is kept of a rule once it was checked.
struct Kept {
    rule: AlertRule,
    formula: Formula,
    name: String,
    threshold_micro: Option<i64>,
    window_days: Option<i16>,
    recipient_ids: Vec<Uuid>,
}

fn invalid(field: &str) -> UserError {
    UserError::at(Code::Invalid, &format!("alert.{field}"))
}

#[derive(FromQueryResult)]
struct Reachable {
    user_id: Uuid,
}

/// Of these people those whom an alert of the brand can tell: staff from MID on, who may read its numbers.
const REACHABLE: &str = "
  select user_id from app.brand_people($1, $2) where kind = 'STAFF' and user_id = any ($3)
    and (brand_level in ('MID', 'SENIOR', 'DIRECTOR', 'CMO') or agency_level in ('MID', 'SENIOR', 'DIRECTOR', 'CMO'))";

impl AlertRule {
    /// Checks everything that can be wrong.
    async fn check(self, context: &Context, mut wrong: Complaints, permit: Permit<'_>) -> Result<Kept, Failure> {
        let name = wrong.text("alert.name", &self.name, 200).to_owned();
        let Some(formula) = Formula::ALL.into_iter().find(|formula| formula.kpi == self.kpi) else {
            return Err(invalid("kpi").into());
        };
        let threshold_micro = self.threshold_micro(&mut wrong, formula);
        let window_days = self.window_days(&mut wrong);
        self.account(context, &mut wrong, (permit.brand_id, formula)).await?;
        let recipient_ids = self.recipients(context, &mut wrong, permit.brand_id).await?;
        wrong.check()?;
        // Whoever writes an alert of something may read it.
        for need in formula.shape.needs() {
            let action = match need {
                Quantity::LinkClicks => Action::TrackedLinkRead,
                Quantity::Conversions | Quantity::ConversionsFromLinks | Quantity::ValueMinor => Action::ConversionRead,
                Quantity::CostMinor => Action::BudgetRead,
                _ => Action::MetricsRead,
            };
            context.permit(action, permit.brand_id).await?;
        }
        Ok(Kept { formula, name, threshold_micro, window_days, recipient_ids, rule: self })
    }

    fn threshold_micro(&self, wrong: &mut Complaints, formula: Formula) -> Option<i64> {
        let threshold = self.threshold.as_deref();
        let micro = threshold.and_then(micro_of);
        if self.kind == AlertKind::Threshold {
            if self.bound.is_none() {
                wrong.add(invalid("bound"));
            }
            if micro.is_none() {
                wrong.add(invalid("threshold"));
            }
        } else {
            if self.bound.is_some() {
                wrong.add(invalid("bound"));
            }
            if threshold.is_some() {
                wrong.add(invalid("threshold"));
            }
        }
        let amount = self.kind == AlertKind::Threshold && formula.unit == Unit::Money;
        match self.currency.as_deref() {
            Some(code) if amount => wrong.currency("alert.currency", code),
            None if !amount => {}
            Some(_) | None => wrong.add(invalid("currency")),
        }
        micro
    }

    fn window_days(&self, wrong: &mut Complaints) -> Option<i16> {
        let possible = match self.window_days {
            Some(days) => self.kind != AlertKind::TargetMissed && (1..=MOST_WINDOW).contains(&days),
            None => self.kind == AlertKind::TargetMissed,
        };
        if !possible {
            wrong.add(invalid("windowDays"));
        }
        self.window_days.and_then(|days| i16::try_from(days).ok())
    }

    async fn account(
        &self,
        context: &Context,
        wrong: &mut Complaints,
        (brand_id, formula): (Uuid, Formula),
    ) -> Result<(), Failure> {
        let Some(id) = self.account_id else { return Ok(()) };
        let of_accounts = formula.shape.needs().iter().all(|need| OF_ACCOUNTS.contains(need));
        if self.kind == AlertKind::TargetMissed || !of_accounts {
            wrong.add(invalid("accountId"));
            return Ok(());
        }
        let found = context.one(social_account::Entity::one_in_brand(brand_id, id)).await?;
        if found.is_none() {
            wrong.add(UserError::at(Code::NotFound, "alert.accountId"));
        }
        Ok(())
    }

    async fn recipients(
        &self,
        context: &Context,
        wrong: &mut Complaints,
        brand_id: Uuid,
    ) -> Result<Vec<Uuid>, Failure> {
        let once: BTreeSet<Uuid> = self.recipient_ids.iter().copied().collect();
        if once.is_empty() {
            wrong.add(invalid("recipientIds"));
        } else if once.len() > MOST_RECIPIENTS {
            let many = UserError::at(Code::TooMany, "alert.recipientIds").number("limit", MOST_RECIPIENTS);
            wrong.add(many.number("actual", once.len()));
        } else {
            let ids: Vec<Uuid> = once.iter().copied().collect();
            let values = [brand_id.into(), context.now.into(), ids.into()];
            let there: Vec<Reachable> = context.rows(REACHABLE, values).await?;
            let there: BTreeSet<Uuid> = there.into_iter().map(|one| one.user_id).collect();
            if there != once {
                wrong.add(UserError::at(Code::NotFound, "alert.recipientIds"));
            }
        }
        Ok(once.into_iter().collect())
    }
}

impl Kept {
    /// The columns that a rule decides.
    fn write(self, row: &mut insight_alert::ActiveModel) {
        row.name = Set(self.name);
        row.kpi = Set(self.formula.name.to_owned());
        row.social_account_id = Set(self.rule.account_id);
        row.kind = Set(self.rule.kind);
        row.bound = Set(self.rule.bound);
        row.threshold_micro = Set(self.threshold_micro);
        row.currency = Set(self.rule.currency);
        row.window_days = Set(self.window_days);
        row.enabled = Set(self.rule.enabled);
        row.recipient_ids = Set(self.recipient_ids);
    }
}

/// What the trail is told of an alert: about what, and how many it tells.
async fn told(context: &Context, permit: Permit<'_>, what: &str, row: &insight_alert::Model) -> Result<(), Failure> {
    let detail = json!({ "kpi": row.kpi, "kind": row.kind.to_value(), "recipients": row.recipient_ids.len(), "enabled": row.enabled });
    Ok(trust::record(permit, context.now, what, row.id, detail).await?)
}

/// Makes an alert; it is looked at as soon as possible, and then each day.
pub async fn create_insight_alert(
    context: &Context,
    brand_id: Uuid,
    rule: AlertRule,
) -> Result<insight_alert::Model, Failure> {
    let permit = context.permit(Action::InsightAlertManage, brand_id).await?;
    let kept = rule.check(context, Complaints::default(), permit).await?;
    enqueue(permit, CheckAlerts.kind(), brand_id, context.now, context.now).await?;
    let known = insight_alert::Entity::in_brand(brand_id).count(permit.tx()).await?;
    if known >= MOST_ALERTS {
        return Err(UserError::new(Code::TooMany).number("limit", MOST_ALERTS).number("actual", known + 1).into());
    }
    let mut row = insight_alert::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(brand_id),
        owner_id: Set(permit.person()?),
        created_by: Set(permit.person()?),
        created_at: Set(context.now),
        updated_at: Set(context.now),
        version: Set(1),
        ..Default::default()
    };
    kept.write(&mut row);
    let row = insight_alert::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    told(context, permit, "insight_alert.create", &row).await?;
    Ok(row)
}

/// The right to change an alert, and what stands there now; its job is asked for at this moment, so that nobody looks at it meanwhile.
async fn lock(context: &Context, id: Uuid) -> Result<(Permit<'_>, insight_alert::Model), Failure> {
    let not_there = || UserError::at(Code::NotFound, "alertId");
    let row = context.one(insight_alert::Entity::visible([id])).await?.ok_or_else(not_there)?;
    let permit = context.permit(Action::InsightAlertManage, row.brand_id).await?;
    enqueue(permit, CheckAlerts.kind(), row.brand_id, context.now, context.now).await?;
    let row = context.one(insight_alert::Entity::visible([id]).lock_exclusive()).await?.ok_or_else(not_there)?;
    Ok((permit, row))
}

/// Says an alert anew, all of it. An event that is open is cleared: it was about what the alert said before.
pub async fn update_insight_alert(
    context: &Context,
    id: Uuid,
    version: i32,
    rule: AlertRule,
) -> Result<insight_alert::Model, Failure> {
    let (permit, row) = lock(context, id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    let kept = rule.check(context, wrong, permit).await?;
    let mut change = row.into_active_model();
    kept.write(&mut change);
    change.updated_at = Set(context.now);
    change.version = Set(version + 1);
    let row = change.update(permit.tx()).await?;
    event::Entity::update_many()
        .col_expr(event::Column::State, Expr::value(AlertEventState::Cleared))
        .col_expr(event::Column::ClearedAt, Expr::value(context.now))
        .filter(event::Column::BrandId.eq(row.brand_id))
        .filter(event::Column::AlertId.eq(row.id))
        .filter(event::Column::State.ne(AlertEventState::Cleared))
        .exec(permit.tx())
        .await?;
    told(context, permit, "insight_alert.update", &row).await?;
    Ok(row)
}

/// Strikes an alert out, with its events.
pub async fn delete_insight_alert(context: &Context, id: Uuid) -> Result<Uuid, Failure> {
    let (permit, row) = lock(context, id).await?;
    insight_alert::Entity::delete_many()
        .filter(insight_alert::Column::BrandId.eq(row.brand_id))
        .filter(insight_alert::Column::Id.eq(row.id))
        .exec(permit.tx())
        .await?;
    trust::record(permit, context.now, "insight_alert.delete", row.id, json!({})).await?;
    Ok(row.id)
}

/// Notes that somebody has seen an event. It stays until the figure is back, and is told no second time.
pub async fn acknowledge_insight_alert_event(context: &Context, id: Uuid) -> Result<event::Model, Failure> {
    let not_there = || UserError::at(Code::NotFound, "eventId");
    let seen = context.one(event::Entity::visible([id])).await?.ok_or_else(not_there)?;
    let permit = context.permit(Action::InsightAlertManage, seen.brand_id).await?;
    let row = context.one(event::Entity::visible([id]).lock_exclusive()).await?.ok_or_else(not_there)?;
    match row.state {
        AlertEventState::Open => {}
        AlertEventState::Seen => return Ok(row),
        AlertEventState::Cleared => {
            return Err(UserError::at(Code::WrongState, "eventId").text("state", row.state.to_value()).into());
        }
    }
    let change = event::ActiveModel {
        state: Set(AlertEventState::Seen),
        seen_by: Set(Some(permit.person()?)),
        seen_at: Set(Some(context.now)),
        ..row.into_active_model()
    };
    let row = change.update(permit.tx()).await?;
    trust::record(permit, context.now, "insight_alert.seen", row.alert_id, json!({ "event": row.id })).await?;
    Ok(row)
}
