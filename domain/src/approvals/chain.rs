//! Chains: who approves what in a brand, one active chain for each kind.

use diwan_entity::InBrand as _;
use diwan_entity::approvals::approval_chain;
use diwan_entity::approvals::approval_request::ApprovalKind;
use diwan_entity::approvals::approval_step::{StepAudience, StepMode};
use diwan_entity::tenancy::app_user::Level;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum as _, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect as _};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::ground::Ground;
use super::seats::Asked;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::permission::Action;
use crate::trust;

/// The most steps of a chain.
const MOST_STEPS: usize = 10;
/// The most people of a step.
const MOST_PEOPLE: usize = 50;
/// The longest time that a step may be given: 90 days.
const MOST_HOURS: i32 = 2160;

/// One step of a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepRule {
    /// Whether one of them is enough.
    pub mode: StepMode,
    /// Who is asked: a level, named people or the client.
    pub audience: StepAudience,
    /// From which level on, for a level.
    pub level: Option<Level>,
    /// Who, for named people.
    #[serde(default)]
    pub people: Vec<Uuid>,
    /// Within how many hours.
    pub due_hours: Option<i32>,
}

impl StepRule {
    /// What stands for a chain where there is none: anyone of MID or above.
    pub(super) fn default_step() -> Self {
        Self {
            mode: StepMode::Any,
            audience: StepAudience::Level,
            level: Some(Level::Mid),
            people: Vec::new(),
            due_hours: None,
        }
    }

    pub(super) fn asked(&self) -> Asked {
        Asked { mode: self.mode, audience: self.audience, level: self.level, people: self.people.clone() }
    }

    fn check(&self, wrong: &mut Complaints, index: usize, ground: &Ground) {
        let at = |field: &str| format!("steps.{index}.{field}");
        if self.due_hours.is_some_and(|hours| !(1..=MOST_HOURS).contains(&hours)) {
            wrong.add(UserError::at(Code::Invalid, &at("dueHours")));
        }
        match self.audience {
            StepAudience::Level if self.level.is_none_or(|level| level < Level::Mid) => {
                wrong.add(UserError::at(Code::Invalid, &at("level")));
            }
            StepAudience::People if self.people.is_empty() => wrong.add(UserError::at(Code::Invalid, &at("people"))),
            StepAudience::Limit => wrong.add(UserError::at(Code::Invalid, &at("level"))),
            _ => {}
        }
        if self.people.len() > MOST_PEOPLE {
            let error = UserError::at(Code::TooMany, &at("people"));
            wrong.add(error.number("limit", MOST_PEOPLE).number("actual", self.people.len()));
        }
        for (place, id) in self.people.iter().enumerate() {
            let field = at(&format!("people.{place}"));
            if self.people[..place].contains(id) {
                wrong.add(UserError::at(Code::AlreadyExists, &field));
            } else {
                match ground.seat(*id) {
                    None => wrong.add(UserError::at(Code::NotFound, &field)),
                    Some(seat) if !Action::ApprovalDecide.rule().allows(seat.kind, Some(seat.level), None) => {
                        let kind = seat.kind.to_value();
                        wrong.add(UserError::at(Code::KindMismatch, &field).text("kind", kind));
                    }
                    Some(_) => {}
                }
            }
        }
    }
}

/// A chain to set.
#[derive(Debug, Clone)]
pub struct NewChain {
    /// In which brand.
    pub brand_id: Uuid,
    /// For what.
    pub kind: ApprovalKind,
    /// The steps in order, 1 to 10.
    pub steps: Vec<StepRule>,
    /// The version that the change started from; none where there is no chain yet.
    pub version: Option<i32>,
}

/// The steps of a stored chain.
pub fn steps_of(chain: &approval_chain::Model) -> Result<Vec<StepRule>, Fault> {
    serde_json::from_value(chain.steps.clone())
        .map_err(|error| Fault::broken(format!("the steps of chain {}: {error}", chain.id)))
}

fn changed(current: i32) -> UserError {
    UserError::at(Code::ChangedMeanwhile, "version").number("current", current)
}

/// Sets who approves what. What is being decided goes on as it began.
pub async fn set_approval_chain(context: &Context, new: NewChain) -> Result<approval_chain::Model, Failure> {
    let permit = context.permit(Action::ApprovalChainSet, new.brand_id).await?;
    let active = approval_chain::Entity::in_brand(new.brand_id)
        .filter(approval_chain::Column::Kind.eq(new.kind))
        .filter(approval_chain::Column::ArchivedAt.is_null())
        .lock_exclusive();
    let active = context.one(active).await?;
    let ground = Ground::load(permit.tx(), new.brand_id, new.kind, None, context.now).await?;
    let mut wrong = Complaints::default();
    if new.steps.is_empty() {
        wrong.add(UserError::at(Code::Invalid, "steps"));
    }
    if new.steps.len() > MOST_STEPS {
        let error = UserError::at(Code::TooMany, "steps");
        wrong.add(error.number("limit", MOST_STEPS).number("actual", new.steps.len()));
    }
    for (index, step) in new.steps.iter().enumerate() {
        step.check(&mut wrong, index, &ground);
        // Clients see posts and nothing else that is approved: what they were asked about would wait for ever.
        if new.kind != ApprovalKind::Post && ground.asks_clients(&step.asked()) {
            wrong.add(UserError::at(Code::Invalid, &format!("steps.{index}.audience")));
        }
    }
    wrong.check()?;
    let steps = serde_json::to_value(&new.steps).map_err(|error| Fault::broken(error.to_string()))?;
    let id = if let Some(chain) = active {
        if new.version != Some(chain.version) {
            return Err(changed(chain.version).into());
        }
        approval_chain::Entity::update_many()
            .col_expr(approval_chain::Column::Steps, Expr::value(steps))
            .col_expr(approval_chain::Column::SetBy, Expr::value(permit.person()?))
            .col_expr(approval_chain::Column::UpdatedAt, Expr::value(context.now))
            .col_expr(approval_chain::Column::Version, Expr::value(chain.version + 1))
            .filter(approval_chain::Column::BrandId.eq(chain.brand_id))
            .filter(approval_chain::Column::Id.eq(chain.id))
            .exec(permit.tx())
            .await?;
        chain.id
    } else {
        if new.version.is_some() {
            return Err(changed(0).into());
        }
        let id = context.new_id();
        approval_chain::Entity::insert(approval_chain::ActiveModel {
            id: Set(id),
            brand_id: Set(new.brand_id),
            kind: Set(new.kind),
            steps: Set(steps),
            set_by: Set(permit.person()?),
            created_at: Set(context.now),
            updated_at: Set(context.now),
            archived_at: Set(None),
            version: Set(1),
        })
        .exec_without_returning(permit.tx())
        .await?;
        id
    };
    let detail = serde_json::json!({ "kind": new.kind.to_value(), "steps": new.steps });
    trust::record(permit, context.now, "approval_chain.set", id, detail).await?;
    Ok(context.one(approval_chain::Entity::visible([id])).await?.ok_or(Code::NotFound)?)
}

/// Puts a chain away: from now on anyone of MID or above approves.
pub async fn archive_approval_chain(
    context: &Context,
    chain_id: Uuid,
    version: i32,
) -> Result<approval_chain::Model, Failure> {
    let not_there = || UserError::at(Code::NotFound, "chainId");
    let chain = context.one(approval_chain::Entity::visible([chain_id]).lock_exclusive()).await?;
    let chain = chain.ok_or_else(not_there)?;
    let permit = context.permit(Action::ApprovalChainSet, chain.brand_id).await?;
    if chain.version != version {
        return Err(changed(chain.version).into());
    }
    if chain.archived_at.is_some() {
        return Err(UserError::at(Code::WrongState, "chainId").text("state", "ARCHIVED").into());
    }
    approval_chain::Entity::update_many()
        .col_expr(approval_chain::Column::ArchivedAt, Expr::value(context.now))
        .col_expr(approval_chain::Column::Version, Expr::value(version + 1))
        .filter(approval_chain::Column::BrandId.eq(chain.brand_id))
        .filter(approval_chain::Column::Id.eq(chain.id))
        .exec(permit.tx())
        .await?;
    let detail = serde_json::json!({ "kind": chain.kind.to_value() });
    trust::record(permit, context.now, "approval_chain.archive", chain.id, detail).await?;
    Ok(context.one(approval_chain::Entity::visible([chain_id])).await?.ok_or_else(not_there)?)
}

/// The brand's active chains, in the order of their kinds.
pub async fn approval_chains(context: &Context, brand_id: Uuid) -> Result<Vec<approval_chain::Model>, Failure> {
    context.permit(Action::ApprovalRead, brand_id).await?;
    let select = approval_chain::Entity::in_brand(brand_id)
        .filter(approval_chain::Column::ArchivedAt.is_null())
        .order_by_asc(approval_chain::Column::Kind);
    Ok(context.all(select).await?)
}

/// Chains by id.
pub async fn chains_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<approval_chain::Model>, Failure> {
    Ok(context.all(approval_chain::Entity::visible(ids.iter().copied())).await?)
}

/// Whether what is of this kind must be approved in the brand before it goes on: whether there is an active chain.
pub async fn needs_approval(context: &Context, brand_id: Uuid, kind: ApprovalKind) -> Result<bool, Failure> {
    let active = approval_chain::Entity::in_brand(brand_id)
        .filter(approval_chain::Column::Kind.eq(kind))
        .filter(approval_chain::Column::ArchivedAt.is_null());
    Ok(context.one(active).await?.is_some())
}
