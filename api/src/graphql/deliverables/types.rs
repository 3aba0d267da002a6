//! Deliverables as the API shows them.

use async_graphql::{Enum, ID, Object, Result};
use chrono::{DateTime, NaiveDate, Utc};
use diwan_entity::calendar::{asset, post};
use diwan_entity::contracts::contract;
use diwan_entity::payments::{deliverable, deliverable_check};
use diwan_entity::publishing::social_account;

use crate::graphql::calendar::Post;
use crate::graphql::context::Op;
use crate::graphql::contracts::Contract;
use crate::graphql::media::Asset;
use crate::graphql::publishing::SocialAccount;
use crate::graphql::scalars::Kind;
use crate::graphql::tenancy::{Brand, User};

/// What is handed in.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "deliverable::DeliverableKind")]
pub enum DeliverableKind {
    /// A post on a network.
    Post,
    /// A story.
    Story,
    /// A film.
    Video,
    /// A text that is read elsewhere.
    Article,
    /// Pictures, a layout.
    Design,
    /// Being somewhere.
    Event,
    /// Anything else.
    Other,
}

/// How far a deliverable has come.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "deliverable::DeliverableState")]
pub enum DeliverableState {
    /// It is to be handed in.
    Due,
    /// It was handed in, and is looked at.
    Submitted,
    /// It was accepted.
    Accepted,
    /// It came back, and is handed in anew.
    SentBack,
    /// It is done without.
    Withdrawn,
}

/// What is looked at when something was handed in.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "deliverable_check::CheckKind", name = "DeliverableCheckKind")]
pub enum CheckKind {
    /// Whether it is published.
    Published,
    /// Whether it holds what the contract says that each post must hold.
    Disclosed,
    /// Whether it is there still, as many days later as was agreed.
    Alive,
}

/// What was found.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "deliverable_check::CheckOutcome", name = "DeliverableCheckOutcome")]
pub enum CheckOutcome {
    /// It is so.
    Passed,
    /// It is not so.
    Failed,
    /// It could not be found out: somebody has to look.
    Unknown,
}

/// What was found at what was handed in. It stays as it was written.
pub struct DeliverableCheck {
    pub(super) op: Op,
    pub(super) row: deliverable_check::Model,
}

/// What was found at what was handed in. It stays as it was written.
#[Object]
impl DeliverableCheck {
    /// What was looked at.
    async fn kind(&self) -> CheckKind {
        self.row.kind.into()
    }
    /// What was found.
    async fn outcome(&self) -> CheckOutcome {
        self.row.outcome.into()
    }
    /// Why: `ANSWERS`, `GONE`, `IN_TEXT`, `NO_WORD`, `OUR_POST`, `NOT_PUBLISHED`, `NO_ADDRESS`, `ADDRESS`, `AWAY`, `REDIRECTS`, `REFUSED`,
    /// `GAVE_UP`, or `BY_PERSON` where somebody has looked.
    async fn detail(&self) -> &str {
        &self.row.detail
    }
    /// What whoever has looked says of it.
    async fn note(&self) -> &str {
        &self.row.note
    }
    /// Which of the times that it was handed in, counted from 1.
    async fn submission(&self) -> i32 {
        self.row.submission
    }
    /// Who has looked; null when the product did, or when the caller does not see that person.
    async fn checked_by(&self) -> Result<Option<User>> {
        User::of(&self.op, self.row.checked_by).await
    }
    /// When.
    async fn checked_at(&self) -> DateTime<Utc> {
        self.row.checked_at
    }
}

/// Something that a contract promises.
pub struct Deliverable {
    pub op: Op,
    pub row: deliverable::Model,
}

/// Something that a contract promises. Freelancers see what is given to them; clients none of it.
#[Object]
impl Deliverable {
    /// The deliverable's id.
    pub async fn id(&self) -> ID {
        Kind::Deliverable.id(self.row.id)
    }
    /// The contract that promises it; null for those who do not read contracts.
    async fn contract(&self) -> Result<Option<Contract>> {
        let row: Option<contract::Model> = self.op.load(self.row.contract_id).await?;
        Ok(row.map(|row| Contract { op: self.op.clone(), row }))
    }
    /// In a word, 1 to 200 characters.
    async fn title(&self) -> &str {
        &self.row.title
    }
    /// What it is to be, up to 5000 characters.
    async fn brief(&self) -> &str {
        &self.row.brief
    }
    /// What is handed in.
    async fn kind(&self) -> DeliverableKind {
        self.row.kind.into()
    }
    /// The last day on which it is in time, in the brand's time zone.
    async fn due_on(&self) -> NaiveDate {
        self.row.due_on
    }
    /// The key of the network on which it is published; null where that is not agreed.
    async fn network(&self) -> Option<&str> {
        self.row.network.as_deref()
    }
    /// The brand's account on which it is published; null where that is not agreed.
    async fn social_account(&self) -> Result<Option<SocialAccount>> {
        let Some(id) = self.row.social_account_id else { return Ok(None) };
        let row: Option<social_account::Model> = self.op.load(id).await?;
        Ok(row.map(|row| SocialAccount { op: self.op.clone(), row }))
    }
    /// Who of us, or which freelancer, hands it in; null where the other side does, or when the caller does not see that person.
    async fn assignee(&self) -> Result<Option<User>> {
        User::of(&self.op, self.row.assignee_id).await
    }
    /// How long it must be there, in days from when it was handed in; null where that is not looked at.
    async fn alive_days(&self) -> Option<i32> {
        self.row.alive_days
    }
    /// How far it has come.
    async fn state(&self) -> DeliverableState {
        self.row.state.into()
    }
    /// How often it was handed in.
    async fn submission(&self) -> i32 {
        self.row.submission
    }
    /// The post that was handed in; null where something else was, or when the caller does not see it.
    async fn post(&self) -> Result<Option<Post>> {
        let Some(id) = self.row.post_id else { return Ok(None) };
        Ok(self.op.load::<post::Model>(id).await?.map(|row| Post { op: self.op.clone(), row }))
    }
    /// The file that was handed in; null likewise.
    async fn asset(&self) -> Result<Option<Asset>> {
        let Some(id) = self.row.asset_id else { return Ok(None) };
        Ok(self.op.load::<asset::Model>(id).await?.map(|row| Asset { op: self.op.clone(), row }))
    }
    /// The address that was handed in; null where something else was.
    async fn link(&self) -> Option<&str> {
        self.row.link.as_deref()
    }
    /// What was said of it when it was handed in.
    async fn note(&self) -> &str {
        &self.row.note
    }
    /// When it was handed in last.
    async fn submitted_at(&self) -> Option<DateTime<Utc>> {
        self.row.submitted_at
    }
    /// Who handed it in; null where it came by a link from outside, or when the caller does not see that person.
    async fn submitted_by(&self) -> Result<Option<User>> {
        User::of(&self.op, self.row.submitted_by).await
    }
    /// Whether it was handed in by a link from outside.
    async fn submitted_by_link(&self) -> bool {
        self.row.submitted_link_id.is_some()
    }
    /// When it was accepted, sent back or withdrawn.
    async fn decided_at(&self) -> Option<DateTime<Utc>> {
        self.row.decided_at
    }
    /// Who did that; null when the caller does not see that person.
    async fn decided_by(&self) -> Result<Option<User>> {
        User::of(&self.op, self.row.decided_by).await
    }
    /// Why it was sent back or withdrawn; `CONTRACT_ENDED` where its contract ended.
    async fn reason(&self) -> &str {
        &self.row.reason
    }
    /// What was found each time that somebody or the product looked, oldest first.
    #[graphql(complexity = "1 + 5 * child_complexity")]
    async fn checks(&self) -> Result<Vec<DeliverableCheck>> {
        let rows: Vec<deliverable_check::Model> = self.op.load_of(self.row.id).await?;
        Ok(rows.into_iter().map(|row| DeliverableCheck { op: self.op.clone(), row }).collect())
    }
    /// Who wrote it down; null when the caller does not see that person.
    async fn created_by(&self) -> Result<Option<User>> {
        User::of(&self.op, Some(self.row.created_by)).await
    }
    /// When it was written down.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }
    /// Counts its changes; a change names the version from which it started.
    async fn version(&self) -> i32 {
        self.row.version
    }
    /// Its brand.
    async fn brand(&self) -> Result<Brand> {
        Ok(Brand { op: self.op.clone(), row: self.op.must_load(self.row.brand_id).await? })
    }
}
