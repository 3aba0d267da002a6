//! Conversions as the API shows them.

use async_graphql::{Enum, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use diwan_entity::tracking::{conversion, conversion_touch};

use super::landing::LandingSubmission;
use super::links::TrackedLink;
use crate::graphql::approvals::Money;
use crate::graphql::context::Op;
use crate::graphql::scalars::{Kind, Long};
use crate::graphql::tenancy::{Brand, User};

/// What somebody did.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "conversion::ConversionKind")]
pub enum ConversionKind {
    /// They left word of themselves.
    Lead,
    /// They made an account.
    SignUp,
    /// They bought.
    Sale,
    /// Something else, which has a name.
    Custom,
}

/// A link that somebody followed before a conversion.
pub struct ConversionTouch {
    op: Op,
    row: conversion_touch::Model,
}

/// A link that somebody followed before a conversion.
#[Object]
impl ConversionTouch {
    /// The link.
    async fn link(&self) -> Result<Option<TrackedLink>> {
        Ok(self.op.load(self.row.link_id).await?.map(|row| TrackedLink { op: self.op.clone(), row }))
    }
    /// When it was followed.
    async fn at(&self) -> DateTime<Utc> {
        self.row.touched_at
    }
}

/// Something that somebody did and the brand wanted, as its sender said it. It stays as it was recorded.
pub struct Conversion {
    pub op: Op,
    pub row: conversion::Model,
}

/// Something that somebody did and the brand wanted, as its sender said it. It stays as it was recorded. For MID and above.
#[Object]
impl Conversion {
    /// The conversion's id.
    pub async fn id(&self) -> ID {
        Kind::Conversion.id(self.row.id)
    }
    /// What somebody did.
    async fn kind(&self) -> ConversionKind {
        self.row.kind.into()
    }
    /// What a `CUSTOM` one is called.
    async fn name(&self) -> Option<&str> {
        self.row.name.as_deref()
    }
    /// Who says so.
    async fn source(&self) -> &str {
        &self.row.source
    }
    /// By which id of its source.
    async fn external_id(&self) -> &str {
        &self.row.external_id
    }
    /// When it happened.
    async fn occurred_at(&self) -> DateTime<Utc> {
        self.row.occurred_at
    }
    /// What it was worth; null where nothing was said.
    async fn value(&self) -> Option<Money> {
        Some(Money { minor: Long(self.row.value_minor?), currency: self.row.currency.clone()? })
    }
    /// The links that were followed before, the earliest first, at most 50.
    #[graphql(complexity = "1 + 5 * child_complexity")]
    async fn touches(&self) -> Result<Vec<ConversionTouch>> {
        let rows: Vec<conversion_touch::Model> = self.op.load_of(self.row.id).await?;
        Ok(rows.into_iter().map(|row| ConversionTouch { op: self.op.clone(), row }).collect())
    }
    /// The form of a landing page that it is of; null where it came in another way.
    async fn submission(&self) -> Result<Option<LandingSubmission>> {
        let Some(id) = self.row.submission_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| LandingSubmission { op: self.op.clone(), row }))
    }
    /// Who recorded it; null where a server or a landing page did, or the caller does not see that person.
    async fn recorded_by(&self) -> Result<Option<User>> {
        let Some(id) = self.row.recorded_by else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// When it was recorded.
    async fn recorded_at(&self) -> DateTime<Utc> {
        self.row.recorded_at
    }
    /// Its brand.
    async fn brand(&self) -> Result<Brand> {
        Ok(Brand { op: self.op.clone(), row: self.op.must_load(self.row.brand_id).await? })
    }
}

/// What came of a conversion that was sent.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
pub enum ConversionOutcome {
    /// It was recorded.
    Recorded,
    /// The same had been recorded before.
    Known,
    /// It was not recorded: `userErrors` says why.
    Refused,
}

/// What came of a conversion that was sent.
#[derive(SimpleObject)]
pub struct ConversionResult {
    /// Its place in the input, from 0 on.
    pub index: i32,
    /// What came of it.
    pub outcome: ConversionOutcome,
    /// The conversion, unless it was refused.
    pub conversion: Option<Conversion>,
    /// What must be mended in it.
    pub user_errors: Vec<crate::graphql::error::Refused>,
}
