//! Asking for an approval, and opening its steps.

use chrono::{DateTime, Duration, Utc};
use diwan_entity::approvals::approval_entry::EntryKind;
use diwan_entity::approvals::approval_request::{self, ApprovalKind, RequestState};
use diwan_entity::approvals::approval_step::{self, StepAudience, StepMode, StepState};
use diwan_entity::tenancy::agency::Locale;
use diwan_entity::tenancy::app_user::Level;
use diwan_platform::{db, ids};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum as _, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::chain::StepRule;
use super::ground::Ground;
use super::history::{self, Entry};
use super::ladder::Money;
use super::seats::Asked;
use super::{RemindApprovers, letters, subjects};
use crate::context::Context;
use crate::error::{Arg, Code, Complaints, Failure, UserError};
use crate::jobs::{Job as _, enqueue};
use crate::messages;
use crate::permission::Permit;
use crate::trust;

/// Something to be approved.
#[derive(Debug, Clone)]
pub struct NewRequest {
    /// What kind of thing.
    pub kind: ApprovalKind,
    /// Which.
    pub subject_id: Uuid,
    /// In which version: a change of it needs another approval.
    pub subject_version: i32,
    /// Who wrote or changed it; whoever asks counts as one of them, and so does whoever made a program among them.
    pub authors: Vec<Uuid>,
    /// The amount, if it is about money.
    pub amount: Option<Money>,
    /// What it is called, 1 to 300 characters.
    pub title: String,
}

/// The authors of something, now that this person has written on it: nobody ceases to be one, and nobody is named twice.
pub(crate) fn with_author(mut authors: Vec<Uuid>, person: Uuid) -> Vec<Uuid> {
    if !authors.contains(&person) {
        authors.push(person);
    }
    authors
}

/// Asks for an approval: by the chain of the brand and kind, or by anyone of MID or above without one; with an amount, at
/// last by the first level whose limit covers it. Nothing is asked that nobody could answer.
pub async fn open_request(
    context: &Context,
    permit: Permit<'_>,
    new: NewRequest,
) -> Result<approval_request::Model, Failure> {
    let mut wrong = Complaints::default();
    let title = wrong.text("title", &new.title, 300).to_owned();
    if let Some(amount) = &new.amount {
        wrong.currency("amount.currency", &amount.currency);
        if amount.minor < 0 {
            wrong.add(UserError::at(Code::Invalid, "amount.minor"));
        }
    }
    wrong.check()?;
    let requested_by = permit.person()?;
    let named = with_author(new.authors, requested_by);
    let values = [permit.brand_id.into(), named.into()];
    let mut authors: Vec<Uuid> = db::scalar(permit.tx(), "select app.with_makers($1, $2)", values).await?;
    authors.sort_unstable();
    let currency = new.amount.as_ref().map(|amount| amount.currency.as_str());
    let ground = Ground::load(permit.tx(), permit.brand_id, new.kind, currency, context.now).await?;
    let mut rules = ground.chain.clone().unwrap_or_else(|| vec![StepRule::default_step()]);
    let minor = new.amount.as_ref().map(|amount| amount.minor);
    let climbs_to = minor.map(|minor| ground.limits.level_for(minor));
    if let Some(level) = climbs_to {
        rules.push(StepRule { audience: StepAudience::Limit, level: Some(level), ..StepRule::default_step() });
    }
    let matter = ground.matter(&authors, minor);
    for rule in &rules {
        if rule.asked().open(&ground.seats, &matter).deciders(&ground.seats, &matter).is_empty() {
            let who = who(context.locale(), &rule.asked(), &ground);
            return Err(UserError::new(Code::NobodyCanApprove).text("who", who).into());
        }
    }
    let request = approval_request::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(permit.brand_id),
        kind: Set(new.kind),
        subject_id: Set(new.subject_id),
        subject_version: Set(new.subject_version),
        title: Set(title),
        amount_minor: Set(minor),
        currency: Set(currency.map(str::to_owned)),
        state: Set(RequestState::Pending),
        requested_by: Set(requested_by),
        authors: Set(authors),
        client_step: Set(rules.iter().any(|rule| ground.asks_clients(&rule.asked()))),
        created_at: Set(context.now),
        decided_at: Set(None),
        version: Set(1),
    };
    let request = approval_request::Entity::insert(request).exec_with_returning(permit.tx()).await?;
    let steps: Vec<approval_step::ActiveModel> =
        (1..).zip(&rules).map(|(position, rule)| step_row(&request, position, rule, context.now)).collect();
    let mut steps = approval_step::Entity::insert_many(steps).exec_with_returning(permit.tx()).await?;
    steps.sort_by_key(|step| step.position);
    let mut opened = vec![Entry::of_request(EntryKind::Opened, Some(requested_by))];
    if climbs_to.is_some_and(|level| level > Level::Mid) {
        opened.push(Entry::of_request(EntryKind::Escalated, None).level(climbs_to));
    }
    history::write(permit.tx(), &request, &ground, opened, context.now).await?;
    let first = steps.first().ok_or(Code::Invalid)?;
    open_step(context, permit, &ground, &request, first).await?;
    let detail = serde_json::json!({ "kind": request.kind.to_value(), "subject": request.subject_id });
    trust::record(permit, context.now, "approval.request", request.id, detail).await?;
    Ok(request)
}

fn step_row(
    request: &approval_request::Model,
    position: i32,
    rule: &StepRule,
    now: DateTime<Utc>,
) -> approval_step::ActiveModel {
    approval_step::ActiveModel {
        id: Set(ids::new_id(now)),
        brand_id: Set(request.brand_id),
        request_id: Set(request.id),
        position: Set(position),
        state: Set(StepState::Waiting),
        mode: Set(rule.mode),
        audience: Set(rule.audience),
        level: Set(rule.level),
        people: Set(rule.people.clone()),
        due_hours: Set(rule.due_hours),
        reminders: Set(0),
        ..Default::default()
    }
}

/// Makes it a step's turn: whoever can decide is told, and reminded when it is due.
pub(super) async fn open_step(
    context: &Context,
    permit: Permit<'_>,
    ground: &Ground,
    request: &approval_request::Model,
    step: &approval_step::Model,
) -> Result<(), Failure> {
    let matter = ground.matter_of(request);
    let asked = asked_of(step).open(&ground.seats, &matter);
    let due_at = step.due_hours.map(|hours| context.now + Duration::hours(hours.into()));
    approval_step::Entity::update_many()
        .col_expr(approval_step::Column::State, Expr::value(StepState::Open))
        .col_expr(approval_step::Column::Mode, Expr::value(asked.mode))
        .col_expr(approval_step::Column::Level, Expr::value(asked.level))
        .col_expr(approval_step::Column::People, Expr::value(asked.people.clone()))
        .col_expr(approval_step::Column::OpenedAt, Expr::value(context.now))
        .col_expr(approval_step::Column::DueAt, Expr::value(due_at))
        .filter(approval_step::Column::BrandId.eq(step.brand_id))
        .filter(approval_step::Column::Id.eq(step.id))
        .exec(permit.tx())
        .await?;
    let mut entries = vec![Entry::of_step(EntryKind::StepOpened, step)];
    if asked.level > step.level {
        entries.push(Entry::of_step(EntryKind::Escalated, step).level(asked.level));
    }
    for seat in asked.deciders(&ground.seats, &matter) {
        if let Some(delegate) = super::seats::stand_in(&ground.seats, seat, &matter) {
            let entry = Entry::of_step(EntryKind::Delegated, step).by(delegate.user_id);
            entries.push(Entry { on_behalf_of: Some(seat.user_id), ..entry });
        }
    }
    history::write(permit.tx(), request, ground, entries, context.now).await?;
    if let Some(due_at) = due_at {
        enqueue(permit, RemindApprovers.kind(), step.id, due_at, context.now).await?;
    }
    if ground.asks_clients(&asked) {
        subjects::sent_to_client(context, permit, request).await?;
    }
    let people = letters::asked_people(ground, request, &asked);
    letters::ask(permit.tx(), &context.services, ground, request, letters::Occasion::Asked, people).await
}

/// What a stored step asks for.
pub(super) fn asked_of(step: &approval_step::Model) -> Asked {
    Asked { mode: step.mode, audience: step.audience, level: step.level, people: step.people.clone() }
}

/// Whom a step asks for, in words.
pub(super) fn who(locale: Locale, asked: &Asked, ground: &Ground) -> String {
    let level = || vec![("level", Arg::Text(asked.level.unwrap_or(Level::Mid).to_value().into()))];
    let (key, args) = match (asked.audience, asked.mode) {
        (StepAudience::Level, StepMode::Any) => ("approval-who-level-any", level()),
        (StepAudience::Level, StepMode::All) => ("approval-who-level-all", level()),
        (StepAudience::Client, _) => ("approval-who-client", Vec::new()),
        (StepAudience::Limit, _) => ("approval-who-limit", level()),
        (StepAudience::People, _) => {
            let names: Vec<String> = asked.people.iter().filter_map(|id| ground.name(*id)).collect();
            ("approval-who-people", vec![("names", Arg::Text(names.join(", ").into()))])
        }
    };
    messages::message(locale, key, &args)
}
