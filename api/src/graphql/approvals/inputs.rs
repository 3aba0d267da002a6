//! What the mutations of approvals take and answer.

use async_graphql::{ID, InputObject, SimpleObject};
use chrono::{DateTime, Utc};
use diwan_domain::approvals::{Decision, NewLimit, StepRule};
use diwan_domain::{Code, Failure, UserError};
use diwan_entity::approvals::approval_step::{StepAudience, StepMode as Mode};

use super::limits::{ApprovalLimit, Delegation};
use super::types::{ApprovalChain, ApprovalKind, ApprovalRequest, StepMode};
use crate::graphql::error::Refused;
use crate::graphql::scalars::{Kind, Long};
use crate::graphql::tenancy::Level;

/// A request to approve.
#[derive(InputObject)]
pub struct ApproveRequestInput {
    /// Which request.
    request_id: ID,
    /// The step that is meant, counted from 1: refused when another is open by now. Whoever has decided on an earlier step
    /// names it.
    step: Option<i32>,
    /// What to say about it, up to 5000 characters.
    comment: Option<String>,
}

/// A request to send back.
#[derive(InputObject)]
pub struct RequestChangesInput {
    /// Which request.
    request_id: ID,
    /// The step that is meant, counted from 1: refused when another is open by now. Whoever has decided on an earlier step
    /// names it.
    step: Option<i32>,
    /// What should change, 1 to 5000 characters.
    comment: Option<String>,
}

impl ApproveRequestInput {
    /// As the domain wants it.
    pub fn into_domain(self) -> Result<Decision, Failure> {
        let request_id = Kind::Approval.parse(&self.request_id, "requestId")?;
        Ok(Decision { request_id, step: self.step, comment: self.comment })
    }
}

impl RequestChangesInput {
    /// As the domain wants it.
    pub fn into_domain(self) -> Result<Decision, Failure> {
        let request_id = Kind::Approval.parse(&self.request_id, "requestId")?;
        Ok(Decision { request_id, step: self.step, comment: self.comment })
    }
}

/// A request to take back.
#[derive(InputObject)]
pub struct WithdrawRequestInput {
    /// Which request.
    pub request_id: ID,
}

/// The answer of `approveRequest`.
#[derive(SimpleObject)]
pub struct ApproveRequestPayload {
    /// The request, when the approval counts.
    pub request: Option<ApprovalRequest>,
    /// What must be mended.
    pub user_errors: Vec<Refused>,
}

/// The answer of `requestChanges`.
#[derive(SimpleObject)]
pub struct RequestChangesPayload {
    /// The request, when it was sent back.
    pub request: Option<ApprovalRequest>,
    /// What must be mended.
    pub user_errors: Vec<Refused>,
}

/// The answer of `withdrawRequest`.
#[derive(SimpleObject)]
pub struct WithdrawRequestPayload {
    /// The request, when it was taken back.
    pub request: Option<ApprovalRequest>,
    /// What must be mended.
    pub user_errors: Vec<Refused>,
}

/// A step of a chain: exactly one of `level`, `people` and `client`.
#[derive(InputObject)]
pub struct ApprovalStepInput {
    /// Whether one of them is enough.
    mode: StepMode,
    /// A level from MID on: for `ANY` that level or above, for `ALL` everybody of exactly that level.
    level: Option<Level>,
    /// Named people of the brand, 1 to 50: clients, or staff from MID on. Where clients are named, the brand's clients see the post, and
    /// what is said at the step; those who are named get a letter with a review link.
    people: Option<Vec<ID>>,
    /// The brand's clients. Always `true`.
    client: Option<bool>,
    /// Within how many hours it is to be decided, 1 to 2160; then people are reminded.
    due_hours: Option<i32>,
}

impl ApprovalStepInput {
    /// As the domain wants it.
    pub fn into_domain(self, index: usize) -> Result<StepRule, Failure> {
        let rule = |audience| StepRule {
            mode: Mode::from(self.mode),
            audience,
            level: None,
            people: Vec::new(),
            due_hours: self.due_hours,
        };
        match (self.level, &self.people, self.client) {
            (Some(level), None, None) => Ok(StepRule { level: Some(level.into()), ..rule(StepAudience::Level) }),
            (None, Some(people), None) => {
                let parse = |(place, id): (usize, &ID)| Kind::User.parse(id, &format!("steps.{index}.people.{place}"));
                let people = people.iter().enumerate().map(parse).collect::<Result<_, _>>()?;
                Ok(StepRule { people, ..rule(StepAudience::People) })
            }
            (None, None, Some(true)) => Ok(rule(StepAudience::Client)),
            _ => Err(UserError::at(Code::Invalid, &format!("steps.{index}")).into()),
        }
    }
}

/// Who approves what.
#[derive(InputObject)]
pub struct SetApprovalChainInput {
    /// In which brand.
    pub brand_id: ID,
    /// For what.
    pub kind: ApprovalKind,
    /// The steps in order, 1 to 10.
    pub steps: Vec<ApprovalStepInput>,
    /// The version that the change started from; left out where there is no chain yet.
    pub version: Option<i32>,
}

/// The answer of `setApprovalChain`.
#[derive(SimpleObject)]
pub struct SetApprovalChainPayload {
    /// The chain, when it was set.
    pub chain: Option<ApprovalChain>,
    /// What must be mended.
    pub user_errors: Vec<Refused>,
}

/// A chain to put away.
#[derive(InputObject)]
pub struct ArchiveApprovalChainInput {
    /// Which chain.
    pub chain_id: ID,
    /// The version that was read.
    pub version: i32,
}

/// The answer of `archiveApprovalChain`.
#[derive(SimpleObject)]
pub struct ArchiveApprovalChainPayload {
    /// The chain, when it was put away.
    pub chain: Option<ApprovalChain>,
    /// What must be mended.
    pub user_errors: Vec<Refused>,
}

/// A limit of the agency.
#[derive(InputObject)]
pub struct SetApprovalLimitInput {
    /// Whose: MID, SENIOR or DIRECTOR. A CMO's limit covers everything.
    level: Level,
    /// For what: everything but posts.
    kind: ApprovalKind,
    /// ISO 4217.
    currency: String,
    /// Up to which amount, in the smallest unit of the currency; null takes the limit away, which then covers nothing.
    amount_minor: Option<Long>,
}

/// A limit of a brand.
#[derive(InputObject)]
pub struct SetBrandApprovalLimitInput {
    /// Which brand.
    pub brand_id: ID,
    /// Whose: a level from MID on, below one's own.
    level: Level,
    /// For what: everything but posts.
    kind: ApprovalKind,
    /// ISO 4217.
    currency: String,
    /// Up to which amount, in the smallest unit of the currency; null takes the limit away, so that the agency's counts.
    amount_minor: Option<Long>,
}

impl From<SetApprovalLimitInput> for NewLimit {
    fn from(input: SetApprovalLimitInput) -> Self {
        let SetApprovalLimitInput { level, kind, currency, amount_minor } = input;
        Self { level: level.into(), kind: kind.into(), currency, minor: amount_minor.map(|Long(minor)| minor) }
    }
}

impl From<SetBrandApprovalLimitInput> for NewLimit {
    fn from(input: SetBrandApprovalLimitInput) -> Self {
        let SetBrandApprovalLimitInput { level, kind, currency, amount_minor, .. } = input;
        Self { level: level.into(), kind: kind.into(), currency, minor: amount_minor.map(|Long(minor)| minor) }
    }
}

/// The answer of `setApprovalLimit`.
#[derive(SimpleObject)]
pub struct SetApprovalLimitPayload {
    /// The agency's limits from now on; null when it was refused.
    pub limits: Option<Vec<ApprovalLimit>>,
    /// What must be mended.
    pub user_errors: Vec<Refused>,
}

/// The answer of `setBrandApprovalLimit`.
#[derive(SimpleObject)]
pub struct SetBrandApprovalLimitPayload {
    /// The brand's own limits from now on; null when it was refused.
    pub limits: Option<Vec<ApprovalLimit>>,
    /// What must be mended.
    pub user_errors: Vec<Refused>,
}

/// A time away.
#[derive(InputObject)]
pub struct SetDelegationInput {
    /// Who stands in: somebody with the same kind of account.
    pub to: ID,
    /// From when on; a time that has passed means now.
    pub starts_at: DateTime<Utc>,
    /// Until when, within two years.
    pub ends_at: DateTime<Utc>,
    /// Why, up to 1000 characters.
    #[graphql(default)]
    pub reason: String,
}

/// The answer of `setDelegation`.
#[derive(SimpleObject)]
pub struct SetDelegationPayload {
    /// The delegation, when it was set.
    pub delegation: Option<Delegation>,
    /// What must be mended.
    pub user_errors: Vec<Refused>,
}

/// A delegation to end.
#[derive(InputObject)]
pub struct EndDelegationInput {
    /// Which; one of the caller's own.
    pub delegation_id: ID,
}

/// The answer of `endDelegation`.
#[derive(SimpleObject)]
pub struct EndDelegationPayload {
    /// The delegation, when it was ended.
    pub delegation: Option<Delegation>,
    /// What must be mended.
    pub user_errors: Vec<Refused>,
}
