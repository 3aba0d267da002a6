//! Campaigns as the API shows them.

use async_graphql::{Enum, ID, Object, Result};
use chrono::{DateTime, NaiveDate, Utc};
use diwan_domain::Action;
use diwan_domain::campaigns::{self as domain, TargetProgress as Progress};
use diwan_domain::strategy::text_of;
use diwan_entity::campaigns::{
    campaign, campaign_channel, campaign_persona, campaign_result, campaign_target, campaign_task,
};
use diwan_entity::publishing::social_account;
use diwan_entity::strategy::{kpi, persona};
use diwan_entity::tenancy::app_user;

use super::report::CampaignReport;
use crate::graphql::approvals::{ApprovalRequest, Money};
use crate::graphql::context::Op;
use crate::graphql::publishing::SocialAccount;
use crate::graphql::scalars::{Kind, Long};
use crate::graphql::strategy::{Kpi, KpiDirection, Persona};
use crate::graphql::tenancy::{Brand, User};

/// How far a campaign has come.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "campaign::CampaignState")]
pub enum CampaignState {
    /// Being planned.
    Planned,
    /// Waits for approval.
    InApproval,
    /// Begins on its first day, or by hand.
    Approved,
    /// Runs.
    Active,
    /// Over, with a report.
    Closed,
    /// Given up.
    Canceled,
}

/// Where what was reached of a target comes from.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "campaign_target::TargetSource", name = "CampaignTargetSource")]
pub enum TargetSource {
    /// The value of a KPI of the newest period that shares a day with the campaign.
    Kpi,
    /// A number that the networks give of posts: the sum over the campaign's publications.
    Metric,
    /// How many posts of the campaign are published.
    PublishedPosts,
    /// How often the campaign's links were followed.
    LinkClicks,
    /// In how many conversions the campaign's links have a part.
    Conversions,
    /// What somebody states.
    Stated,
}

/// Where a target stands.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "domain::Pace", name = "CampaignPace")]
pub enum Pace {
    /// Better than the time that is gone asks for, by more than a tenth of the target.
    Ahead,
    /// As the time that is gone asks for.
    OnTrack,
    /// Worse, by more than a tenth of the target.
    Behind,
    /// It cannot be told.
    Unknown,
}

/// Why a target stands where it stands.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "domain::PaceReason", name = "CampaignPaceReason")]
pub enum PaceReason {
    /// The share that was reached beside the share of time that is gone.
    ShareOfTime,
    /// A KPI is a level and not a sum: it is compared with the target as it is.
    Level,
    /// The campaign has not begun.
    NotBegun,
    /// Nothing was measured or stated.
    NoFigure,
}

/// What is done for one aim, in a span of days.
pub struct Campaign {
    pub op: Op,
    pub row: campaign::Model,
}

/// What is done for one aim, in a span of days.
#[Object]
impl Campaign {
    /// The campaign's id.
    pub async fn id(&self) -> ID {
        Kind::Campaign.id(self.row.id)
    }
    /// What it is called, 1 to 200 characters.
    async fn name(&self) -> &str {
        &self.row.name
    }
    /// What it is to bring: plain text, up to 5000 characters.
    async fn objective(&self) -> &str {
        &self.row.objective
    }
    /// For those who work at it: plain text, up to 20000 characters.
    async fn brief(&self) -> &str {
        &self.row.brief
    }
    /// Its first day, in the brand's time zone.
    async fn starts_on(&self) -> NaiveDate {
        self.row.starts_on
    }
    /// Its last day.
    async fn ends_on(&self) -> NaiveDate {
        self.row.ends_on
    }
    /// How far it has come.
    async fn state(&self) -> CampaignState {
        self.row.state.into()
    }
    /// What it may cost. For MID and above; null for others, and where nothing was planned.
    async fn planned_budget(&self) -> Option<Money> {
        if !self.op.may(Action::CampaignAmountRead, self.row.brand_id) {
            return None;
        }
        Some(Money { minor: Long(self.row.planned_minor?), currency: self.row.currency.clone()? })
    }
    /// For whom it is.
    #[graphql(complexity = "1 + 5 * child_complexity")]
    async fn personas(&self) -> Result<Vec<Persona>> {
        let rows = self.op.load_of::<campaign_persona::Model>(self.row.id).await?;
        let loads = rows.into_iter().map(|row| self.op.load::<persona::Model>(row.persona_id));
        let rows = futures::future::try_join_all(loads).await?;
        Ok(rows.into_iter().flatten().map(|row| Persona { op: self.op.clone(), row }).collect())
    }
    /// The accounts that carry it.
    #[graphql(complexity = "1 + 5 * child_complexity")]
    async fn accounts(&self) -> Result<Vec<SocialAccount>> {
        let rows = self.op.load_of::<campaign_channel::Model>(self.row.id).await?;
        let loads = rows.into_iter().map(|row| self.op.load::<social_account::Model>(row.social_account_id));
        let rows = futures::future::try_join_all(loads).await?;
        Ok(rows.into_iter().flatten().map(|row| SocialAccount { op: self.op.clone(), row }).collect())
    }
    /// What it has to reach, in order.
    #[graphql(complexity = "1 + 5 * child_complexity")]
    async fn targets(&self) -> Result<Vec<CampaignTarget>> {
        let rows = self.op.load_of(self.row.id).await?;
        Ok(rows.into_iter().map(|row| CampaignTarget { op: self.op.clone(), row }).collect())
    }
    /// What it has reached of its targets so far, in their order. For MID and above; nothing for others.
    #[graphql(complexity = "1 + 5 * child_complexity")]
    async fn progress(&self) -> Result<Vec<TargetProgress>> {
        let rows = self.op.load_of(self.row.id).await?;
        Ok(rows.into_iter().map(|of| TargetProgress { op: self.op.clone(), of }).collect())
    }
    /// What has to be done for it, in the order in which it was written down.
    #[graphql(complexity = "1 + 10 * child_complexity")]
    async fn tasks(&self) -> Result<Vec<CampaignTask>> {
        let rows = self.op.load_of(self.row.id).await?;
        Ok(rows.into_iter().map(|row| CampaignTask { op: self.op.clone(), row }).collect())
    }
    /// The requests for its approval that the caller sees, oldest first.
    #[graphql(complexity = "1 + 3 * child_complexity")]
    async fn approvals(&self) -> Result<Vec<ApprovalRequest>> {
        let rows = self.op.load_of(self.row.id).await?;
        Ok(rows.into_iter().map(|row| ApprovalRequest { op: self.op.clone(), row }).collect())
    }
    /// When it first began; null before.
    async fn activated_at(&self) -> Option<DateTime<Utc>> {
        self.row.activated_at
    }
    /// When it was closed; null before.
    async fn closed_at(&self) -> Option<DateTime<Utc>> {
        self.row.closed_at
    }
    /// What was learned; null until it is closed.
    async fn lessons(&self) -> Option<&str> {
        self.row.lessons.as_deref()
    }
    /// The figures with which it was closed, which stay as they were then. For MID and above; null for others, and until it is
    /// closed.
    async fn closing_report(&self) -> Result<Option<CampaignReport>> {
        if !self.op.may(Action::CampaignAmountRead, self.row.brand_id) {
            return Ok(None);
        }
        let report = self.op.query(domain::report_of(&self.row).map_err(Into::into))?;
        Ok(report.map(CampaignReport::of))
    }
    /// Who planned it; null when the caller does not see that person.
    async fn created_by(&self) -> Result<Option<User>> {
        Ok(self.op.load(self.row.created_by).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// When it was planned.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }
    /// Since when it is put away.
    async fn archived_at(&self) -> Option<DateTime<Utc>> {
        self.row.archived_at
    }
    /// Counts the changes of what is planned; a change names the version from which it started.
    async fn version(&self) -> i32 {
        self.row.version
    }
    /// Its brand.
    async fn brand(&self) -> Result<Brand> {
        Ok(Brand { op: self.op.clone(), row: self.op.must_load(self.row.brand_id).await? })
    }
}

/// What a campaign has to reach.
pub struct CampaignTarget {
    op: Op,
    row: campaign_target::Model,
}

/// What a campaign has to reach.
#[Object]
impl CampaignTarget {
    /// The target's id.
    async fn id(&self) -> ID {
        Kind::CampaignTarget.id(self.row.id)
    }
    /// What it is called.
    async fn name(&self) -> &str {
        &self.row.name
    }
    /// Where what was reached comes from.
    async fn source(&self) -> TargetSource {
        self.row.source.into()
    }
    /// The KPI, where it is one.
    async fn kpi(&self) -> Result<Option<Kpi>> {
        let Some(id) = self.row.kpi_id else { return Ok(None) };
        Ok(self.op.load::<kpi::Model>(id).await?.map(|row| Kpi { op: self.op.clone(), row }))
    }
    /// The number of the networks, where it is one, such as `LIKES`.
    async fn metric(&self) -> Option<&str> {
        self.row.metric.as_deref()
    }
    /// Whether it is a floor or a ceiling.
    async fn direction(&self) -> KpiDirection {
        self.row.direction.into()
    }
    /// How much, in its unit: a decimal.
    async fn target(&self) -> String {
        text_of(self.row.target_micro)
    }
    /// In what.
    async fn unit(&self) -> &str {
        &self.row.unit
    }
    /// Since when it is taken out of the campaign; null while it counts.
    async fn removed_at(&self) -> Option<DateTime<Utc>> {
        self.row.removed_at
    }
    /// What was stated of it, the newest first, at most 100. For MID and above; nothing for others.
    #[graphql(complexity = "1 + 5 * child_complexity")]
    async fn results(&self) -> Result<Vec<CampaignResult>> {
        let rows = self.op.load_of(self.row.id).await?;
        Ok(rows.into_iter().map(|row| CampaignResult { op: self.op.clone(), row }).collect())
    }
}

impl CampaignTarget {
    /// As the domain has it.
    pub fn of(op: &Op, row: campaign_target::Model) -> Self {
        Self { op: op.clone(), row }
    }
}

/// What somebody stated of a target.
pub struct CampaignResult {
    op: Op,
    row: campaign_result::Model,
}

/// What somebody stated of a target.
#[Object]
impl CampaignResult {
    /// What was reached since the beginning, in the target's unit: a decimal.
    async fn value(&self) -> String {
        text_of(self.row.value_micro)
    }
    /// Where it comes from.
    async fn note(&self) -> &str {
        &self.row.note
    }
    /// Who stated it; null when the caller does not see that person.
    async fn stated_by(&self) -> Result<Option<User>> {
        let row = self.op.load::<app_user::Model>(self.row.stated_by).await?;
        Ok(row.map(|row| User { op: self.op.clone(), row }))
    }
    /// When.
    async fn stated_at(&self) -> DateTime<Utc> {
        self.row.stated_at
    }
}

/// What was reached of one target.
pub struct TargetProgress {
    op: Op,
    of: Progress,
}

/// What was reached of one target.
#[Object(name = "CampaignProgress")]
impl TargetProgress {
    /// The target.
    async fn target(&self) -> CampaignTarget {
        CampaignTarget { op: self.op.clone(), row: self.of.target.clone() }
    }
    /// What was reached, in the target's unit: a decimal; null where nothing was measured or stated.
    async fn achieved(&self) -> Option<String> {
        self.of.achieved_micro.map(text_of)
    }
    /// When the newest of it was measured or stated, where that is known.
    async fn measured_at(&self) -> Option<DateTime<Utc>> {
        self.of.measured_at
    }
    /// Of how many publications, posts or links it is the sum; 0 for what is one value.
    async fn counted(&self) -> Long {
        Long(self.of.counted)
    }
    /// Of how many publications the number is missing. They are not counted as zero.
    async fn missing(&self) -> Long {
        Long(self.of.missing)
    }
    /// How much of the target that is, in ten-thousandths, rounded down; above 10000 where it is more than all of it.
    async fn achieved_share(&self) -> Option<Long> {
        self.of.achieved_bp.map(Long)
    }
    /// How much of the campaign's time is gone, in ten-thousandths, rounded down; null before it begins.
    async fn elapsed_share(&self) -> Option<Long> {
        self.of.elapsed_bp.map(Long)
    }
    /// Where it stands.
    async fn pace(&self) -> Pace {
        self.of.pace.into()
    }
    /// Why.
    async fn reason(&self) -> PaceReason {
        self.of.reason.into()
    }
}

/// Something to do for a campaign.
pub struct CampaignTask {
    pub op: Op,
    pub row: campaign_task::Model,
}

/// Something to do for a campaign.
#[Object]
impl CampaignTask {
    /// The task's id.
    pub async fn id(&self) -> ID {
        Kind::CampaignTask.id(self.row.id)
    }
    /// What is to be done, 1 to 300 characters.
    async fn title(&self) -> &str {
        &self.row.title
    }
    /// Who does it; null where it is nobody's, or the caller does not see that person.
    async fn assignee(&self) -> Result<Option<User>> {
        let Some(id) = self.row.assignee_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// Until which day, in the brand's time zone; null: whenever.
    async fn due_on(&self) -> Option<NaiveDate> {
        self.row.due_on
    }
    /// When it was done; null while it is not.
    async fn done_at(&self) -> Option<DateTime<Utc>> {
        self.row.done_at
    }
    /// Who said that it is done; null when the caller does not see that person.
    async fn done_by(&self) -> Result<Option<User>> {
        let Some(id) = self.row.done_by else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// When it was written down.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// Its campaign.
    async fn campaign(&self) -> Result<Campaign> {
        Ok(Campaign { op: self.op.clone(), row: self.op.must_load(self.row.campaign_id).await? })
    }
}
