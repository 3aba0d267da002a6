//! Requests and chains as the API shows them. Limits, and who stands in for whom: `limits.rs`.

use async_graphql::{Enum, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use diwan_domain::Action;
use diwan_domain::approvals::{self as domain, Decidable};
use diwan_entity::approvals::{approval_chain, approval_entry, approval_request, approval_step, review_link};
use diwan_entity::calendar::post;
use diwan_entity::campaigns::campaign;
use diwan_entity::contracts::contract;
use diwan_entity::finance::{expense, financial_request};
use diwan_entity::payments::payment;
use diwan_entity::promotion::ad_boost;
use diwan_entity::proposals::proposal;
use diwan_entity::tenancy::app_user;

use super::review_links::ReviewLink;
use crate::graphql::calendar::Post;
use crate::graphql::campaigns::Campaign;
use crate::graphql::context::Op;
use crate::graphql::contracts::Contract;
use crate::graphql::finance::{Expense, FinancialRequest};
use crate::graphql::node::Node;
use crate::graphql::payments::Payment;
use crate::graphql::promotion::AdBoost;
use crate::graphql::proposals::Proposal;
use crate::graphql::scalars::{Kind, Long};
use crate::graphql::tenancy::{Brand, Level, User};

/// What is approved.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "approval_request::ApprovalKind")]
pub enum ApprovalKind {
    /// A post.
    Post,
    /// A budget.
    Budget,
    /// A contract.
    Contract,
    /// An expense.
    Expense,
    /// Paid promotion.
    Boost,
    /// An offer to a client.
    Proposal,
    /// A campaign.
    Campaign,
    /// A payment of a contract.
    Payment,
}

/// How far a request has come.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "approval_request::RequestState", name = "ApprovalState")]
pub enum ApprovalState {
    /// A step is open.
    Pending,
    /// Every step approved it.
    Approved,
    /// Somebody sent it back.
    ChangesRequested,
    /// Taken back before it was decided.
    Withdrawn,
    /// What it is about changed.
    Voided,
}

/// Whether it is a step's turn.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "approval_step::StepState", name = "ApprovalStepState")]
pub enum StepState {
    /// Steps before it are not done.
    Waiting,
    /// Waits for a decision.
    Open,
    /// Approved.
    Approved,
    /// Sent back.
    ChangesRequested,
    /// Will not be decided any more.
    Closed,
}

/// How many of those who are asked must approve.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "approval_step::StepMode", name = "ApprovalMode")]
pub enum StepMode {
    /// One.
    Any,
    /// Everybody who can decide.
    All,
}

/// Who is asked.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "approval_step::StepAudience", name = "ApprovalAudience")]
pub enum StepAudience {
    /// A level: for `ANY` that level or above; for `ALL` everybody who holds exactly that level.
    Level,
    /// Named people.
    People,
    /// The brand's clients.
    Client,
    /// Those whose limit covers the amount.
    Limit,
}

/// What happened to a request.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "approval_entry::EntryKind", name = "ApprovalEntryKind")]
pub enum EntryKind {
    /// Somebody asked.
    Opened,
    /// It became a step's turn.
    StepOpened,
    /// Somebody stands in for somebody who is asked and away.
    Delegated,
    /// It needs a higher level.
    Escalated,
    /// Those who had not decided were reminded.
    Reminded,
    /// Somebody approved.
    Approved,
    /// Somebody sent it back.
    ChangesRequested,
    /// It was taken back.
    Withdrawn,
    /// What it is about changed.
    Voided,
    /// A step that named somebody names somebody else, who took their work over.
    HandedOver,
}

/// An amount of money.
#[derive(SimpleObject)]
pub struct Money {
    /// In the smallest unit of the currency.
    pub minor: Long,
    /// ISO 4217.
    pub currency: String,
}

impl From<domain::Money> for Money {
    fn from(domain::Money { minor, currency }: domain::Money) -> Self {
        Self { minor: Long(minor), currency }
    }
}

/// Something that happened to a request. It stays as it was written.
pub struct ApprovalEntry {
    op: Op,
    row: approval_entry::Model,
}

/// Something that happened to a request. It stays as it was written.
#[Object]
impl ApprovalEntry {
    /// What.
    async fn kind(&self) -> EntryKind {
        self.row.kind.into()
    }
    /// When.
    async fn at(&self) -> DateTime<Utc> {
        self.row.at
    }
    /// Who did it; null when nobody did, or the caller does not see that person.
    async fn actor(&self) -> Result<Option<User>> {
        user(&self.op, self.row.actor_id).await
    }
    /// Their name, as it was then.
    async fn actor_name(&self) -> Option<&str> {
        self.row.actor_name.as_deref()
    }
    /// In whose place they did it; null when in their own.
    async fn on_behalf_of(&self) -> Result<Option<User>> {
        user(&self.op, self.row.on_behalf_of).await
    }
    /// The name of whom they stood in for, as it was then.
    async fn on_behalf_of_name(&self) -> Option<&str> {
        self.row.on_behalf_of_name.as_deref()
    }
    /// What they said.
    async fn comment(&self) -> Option<&str> {
        self.row.comment.as_deref()
    }
    /// The level that it came to, where it needed a higher one.
    async fn level(&self) -> Option<Level> {
        self.row.level.map(Level::from)
    }
}

pub(super) async fn user(op: &Op, id: Option<uuid::Uuid>) -> Result<Option<User>> {
    let Some(id) = id else { return Ok(None) };
    Ok(op.load::<app_user::Model>(id).await?.map(|row| User { op: op.clone(), row }))
}

async fn users(op: &Op, ids: &[uuid::Uuid]) -> Result<Vec<User>> {
    let people = futures::future::try_join_all(ids.iter().map(|id| user(op, Some(*id)))).await?;
    Ok(people.into_iter().flatten().collect())
}

/// One step of a request.
pub struct ApprovalStep {
    op: Op,
    row: approval_step::Model,
}

/// One step of a request.
#[Object]
impl ApprovalStep {
    /// Its place, counted from 1.
    async fn position(&self) -> i32 {
        self.row.position
    }
    /// Whether it is its turn.
    async fn state(&self) -> StepState {
        self.row.state.into()
    }
    /// Whether one of them is enough.
    async fn mode(&self) -> StepMode {
        self.row.mode.into()
    }
    /// Who is asked.
    async fn audience(&self) -> StepAudience {
        self.row.audience.into()
    }
    /// The level that is asked.
    async fn level(&self) -> Option<Level> {
        self.row.level.map(Level::from)
    }
    /// Those who were named; of a step for all, those who were there when it opened. Without those whom the caller does not
    /// see.
    #[graphql(complexity = "1 + 3 * child_complexity")]
    async fn people(&self) -> Result<Vec<User>> {
        users(&self.op, &self.row.people).await
    }
    /// When its turn came.
    async fn opened_at(&self) -> Option<DateTime<Utc>> {
        self.row.opened_at
    }
    /// Until when it is to be decided; then those who have not are reminded.
    async fn due_at(&self) -> Option<DateTime<Utc>> {
        self.row.due_at
    }
    /// When it ended.
    async fn closed_at(&self) -> Option<DateTime<Utc>> {
        self.row.closed_at
    }
    /// How often people were reminded.
    async fn reminders(&self) -> i32 {
        self.row.reminders
    }
    /// What was decided on it, oldest first.
    #[graphql(complexity = "1 + 2 * child_complexity")]
    async fn decisions(&self) -> Result<Vec<ApprovalEntry>> {
        let rows = self.op.load_of::<approval_entry::Model>(self.row.request_id).await?;
        let decision =
            |kind| matches!(kind, approval_entry::EntryKind::Approved | approval_entry::EntryKind::ChangesRequested);
        let mine = rows.into_iter().filter(|row| row.step_id == Some(self.row.id) && decision(row.kind));
        Ok(mine.map(|row| ApprovalEntry { op: self.op.clone(), row }).collect())
    }
}

/// Something that waits for approval, or was decided.
pub struct ApprovalRequest {
    pub op: Op,
    pub row: approval_request::Model,
}

/// Something that waits for approval, or was decided.
#[Object]
impl ApprovalRequest {
    /// The request's id.
    pub async fn id(&self) -> ID {
        Kind::Approval.id(self.row.id)
    }
    /// What kind of thing it is about.
    async fn kind(&self) -> ApprovalKind {
        self.row.kind.into()
    }
    /// What it is about; null when the caller does not see it.
    async fn subject(&self) -> Result<Option<Node>> {
        let (id, own) = (self.row.subject_id, || self.op.clone());
        Ok(match self.row.kind {
            approval_request::ApprovalKind::Post => {
                self.op.load::<post::Model>(id).await?.map(|row| Node::Post(Post { op: own(), row }))
            }
            approval_request::ApprovalKind::Campaign => {
                self.op.load::<campaign::Model>(id).await?.map(|row| Node::Campaign(Campaign { op: own(), row }))
            }
            approval_request::ApprovalKind::Budget => self
                .op
                .load::<financial_request::Model>(id)
                .await?
                .map(|row| Node::FinancialRequest(FinancialRequest { op: own(), row })),
            approval_request::ApprovalKind::Contract => {
                self.op.load::<contract::Model>(id).await?.map(|row| Node::Contract(Contract { op: own(), row }))
            }
            approval_request::ApprovalKind::Proposal => {
                self.op.load::<proposal::Model>(id).await?.map(|row| Node::Proposal(Proposal { op: own(), row }))
            }
            approval_request::ApprovalKind::Payment => {
                self.op.load::<payment::Model>(id).await?.map(|row| Node::Payment(Payment { op: own(), row }))
            }
            approval_request::ApprovalKind::Boost => {
                self.op.load::<ad_boost::Model>(id).await?.map(|row| Node::AdBoost(AdBoost { op: own(), row }))
            }
            approval_request::ApprovalKind::Expense => {
                self.op.load::<expense::Model>(id).await?.map(|row| Node::Expense(Expense { op: own(), row }))
            }
        })
    }
    /// The version that is asked about; a change of it needs another approval.
    async fn subject_version(&self) -> i32 {
        self.row.subject_version
    }
    /// What it is called, as it was when it was asked for.
    async fn title(&self) -> &str {
        &self.row.title
    }
    /// How far it has come.
    async fn state(&self) -> ApprovalState {
        self.row.state.into()
    }
    /// The amount, if it is about money; null for those below MID, unless they asked for it themselves.
    async fn amount(&self) -> Option<Money> {
        let asked = self.op.actor().is_some_and(|actor| actor.user_id == self.row.requested_by);
        if !asked && !self.op.may(Action::ApprovalDecide, self.row.brand_id) {
            return None;
        }
        let minor = Long(self.row.amount_minor?);
        Some(Money { minor, currency: self.row.currency.clone()? })
    }
    /// Its brand.
    async fn brand(&self) -> Result<Brand> {
        Ok(Brand { op: self.op.clone(), row: self.op.must_load(self.row.brand_id).await? })
    }
    /// Who asked; null when the caller does not see that person.
    async fn requested_by(&self) -> Result<Option<User>> {
        user(&self.op, Some(self.row.requested_by)).await
    }
    /// When it was asked for.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// When it ended.
    async fn decided_at(&self) -> Option<DateTime<Utc>> {
        self.row.decided_at
    }
    /// Its steps, in order, as they were when it was asked for: a later change of the chain leaves them alone.
    #[graphql(complexity = "1 + 3 * child_complexity")]
    async fn steps(&self) -> Result<Vec<ApprovalStep>> {
        let rows = self.op.load_of::<approval_step::Model>(self.row.id).await?;
        Ok(rows.into_iter().map(|row| ApprovalStep { op: self.op.clone(), row }).collect())
    }
    /// Everything that happened to it, oldest first. Clients are shown their own steps and how the whole goes on.
    #[graphql(complexity = "1 + 5 * child_complexity")]
    async fn history(&self) -> Result<Vec<ApprovalEntry>> {
        let rows = self.op.load_of::<approval_entry::Model>(self.row.id).await?;
        Ok(rows.into_iter().map(|row| ApprovalEntry { op: self.op.clone(), row }).collect())
    }
    /// The links by which clients decide without signing in, newest first. For MID and above; others are shown none.
    #[graphql(complexity = "1 + 3 * child_complexity")]
    async fn review_links(&self) -> Result<Vec<ReviewLink>> {
        let rows = self.op.load_of::<review_link::Model>(self.row.id).await?;
        Ok(rows.into_iter().map(|row| ReviewLink { op: self.op.clone(), row }).collect())
    }
    /// Whether the caller can decide on the step that is open now, in their own place or for somebody who is away.
    async fn can_decide(&self) -> Result<bool> {
        Ok(self.op.load_of::<Decidable>(self.row.id).await?.iter().any(|one| one.can))
    }
}

/// One step of a chain.
pub struct ApprovalChainStep {
    op: Op,
    rule: domain::StepRule,
}

/// One step of a chain.
#[Object]
impl ApprovalChainStep {
    /// Whether one of them is enough.
    async fn mode(&self) -> StepMode {
        self.rule.mode.into()
    }
    /// Who is asked.
    async fn audience(&self) -> StepAudience {
        self.rule.audience.into()
    }
    /// The level that is asked.
    async fn level(&self) -> Option<Level> {
        self.rule.level.map(Level::from)
    }
    /// Those who are named, without those whom the caller does not see.
    #[graphql(complexity = "1 + 3 * child_complexity")]
    async fn people(&self) -> Result<Vec<User>> {
        users(&self.op, &self.rule.people).await
    }
    /// Within how many hours it is to be decided.
    async fn due_hours(&self) -> Option<i32> {
        self.rule.due_hours
    }
}

/// Who approves what in a brand.
pub struct ApprovalChain {
    pub op: Op,
    pub row: approval_chain::Model,
}

/// Who approves what in a brand.
#[Object]
impl ApprovalChain {
    /// The chain's id.
    pub async fn id(&self) -> ID {
        Kind::Chain.id(self.row.id)
    }
    /// For what.
    async fn kind(&self) -> ApprovalKind {
        self.row.kind.into()
    }
    /// Its steps, in order.
    #[graphql(complexity = "1 + 3 * child_complexity")]
    async fn steps(&self) -> Result<Vec<ApprovalChainStep>> {
        let steps = self.op.query(domain::steps_of(&self.row).map_err(Into::into))?;
        Ok(steps.into_iter().map(|rule| ApprovalChainStep { op: self.op.clone(), rule }).collect())
    }
    /// Counts the changes; a change names the version that it started from.
    async fn version(&self) -> i32 {
        self.row.version
    }
    /// When it was last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }
    /// When it was put away; null while it counts.
    async fn archived_at(&self) -> Option<DateTime<Utc>> {
        self.row.archived_at
    }
    /// Its brand.
    async fn brand(&self) -> Result<Brand> {
        Ok(Brand { op: self.op.clone(), row: self.op.must_load(self.row.brand_id).await? })
    }
}
