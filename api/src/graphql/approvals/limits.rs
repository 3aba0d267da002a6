//! Limits of levels, and who stands in for whom, as the API shows them.

use async_graphql::{ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use diwan_domain::approvals as domain;
use diwan_entity::approvals::delegation;

use super::types::{ApprovalKind, Money, user};
use crate::graphql::context::Op;
use crate::graphql::scalars::{Kind, Long};
use crate::graphql::tenancy::{Level, User};

/// Up to which amount a level may decide.
#[derive(SimpleObject)]
pub struct ApprovalLimit {
    /// Whether it is the brand's own, which counts instead of the agency's.
    pub of_brand: bool,
    /// Whose.
    pub level: Level,
    /// For what.
    pub kind: ApprovalKind,
    /// The amount.
    pub amount: Money,
}

impl From<domain::Limit> for ApprovalLimit {
    fn from(limit: domain::Limit) -> Self {
        Self {
            of_brand: limit.brand_id.is_some(),
            level: limit.level.into(),
            kind: limit.kind.into(),
            amount: Money { minor: Long(limit.minor), currency: limit.currency },
        }
    }
}

/// Who decides in somebody's place while they are away.
pub struct Delegation {
    pub op: Op,
    pub row: delegation::Model,
}

/// Who decides in somebody's place while they are away.
#[Object]
impl Delegation {
    /// The delegation's id.
    pub async fn id(&self) -> ID {
        Kind::Delegation.id(self.row.id)
    }
    /// Who is away; null when the caller does not see that person.
    async fn from(&self) -> Result<Option<User>> {
        user(&self.op, Some(self.row.from_id)).await
    }
    /// Who stands in; null when the caller does not see that person.
    async fn to(&self) -> Result<Option<User>> {
        user(&self.op, Some(self.row.to_id)).await
    }
    /// From when on.
    async fn starts_at(&self) -> DateTime<Utc> {
        self.row.starts_at
    }
    /// Until when.
    async fn ends_at(&self) -> DateTime<Utc> {
        self.row.ends_at
    }
    /// Why.
    async fn reason(&self) -> &str {
        &self.row.reason
    }
    /// When it was ended early; null otherwise.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.row.ended_at
    }
}
