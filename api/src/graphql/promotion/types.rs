//! Promotions as the API shows them.

use async_graphql::{Enum, ID, Object, Result, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use diwan_domain::promotion::{BoostFigures, Counted};
use diwan_entity::calendar::post;
use diwan_entity::campaigns::campaign;
use diwan_entity::finance::budget_line;
use diwan_entity::promotion::{ad_boost, ad_boost_day};
use diwan_entity::publishing::social_account;
use uuid::Uuid;

use crate::graphql::approvals::Money;
use crate::graphql::calendar::Post;
use crate::graphql::campaigns::Campaign;
use crate::graphql::context::Op;
use crate::graphql::finance::BudgetLine;
use crate::graphql::publishing::SocialAccount;
use crate::graphql::scalars::{Kind, Long};
use crate::graphql::tenancy::{Brand, User};

/// How far a promotion has come.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "ad_boost::BoostState", name = "AdBoostState")]
pub enum AdBoostState {
    /// It is being written.
    Draft,
    /// It is being decided.
    InApproval,
    /// It was approved: what it may cost is set aside on its line. On its first day it begins by itself.
    Approved,
    /// It runs.
    Running,
    /// It is over: what was set aside and not spent is free again.
    Ended,
    /// It was given up before it began.
    Canceled,
}

/// What a promotion is to bring, and so what counts as a result of it.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "ad_boost::BoostObjective", name = "AdBoostObjective")]
pub enum AdBoostObjective {
    /// To be seen: a result is an impression.
    Awareness,
    /// To be followed: a result is a click.
    Traffic,
    /// That people do something with it: a result is a conversion.
    Engagement,
    /// That people leave word of themselves: a result is a conversion.
    Leads,
    /// That people buy: a result is a conversion.
    Sales,
}

pub(super) fn money(minor: i64, currency: &str) -> Money {
    Money { minor: Long(minor), currency: currency.to_owned() }
}

/// What came of something, over the reports that say it.
#[derive(SimpleObject)]
pub struct AdCount {
    /// How many; null where no report says it. That is another thing than 0.
    total: Option<Long>,
    /// How many reports do not say it: what they brought is not in `total`, and what they cost is in no cost of one.
    missing_reports: Long,
}

impl From<Counted> for AdCount {
    fn from(counted: Counted) -> Self {
        Self { total: counted.total.map(Long), missing_reports: Long(counted.missing) }
    }
}

/// What a promotion brought, and what that cost. Costs are rounded half to even to the minor unit, are of the reports that say what they need,
/// and are null where there is nothing to divide by. Reach is told day by day only: whom two days reached are not two people.
#[derive(SimpleObject)]
pub struct AdBoostFigures {
    /// How many reports of days there are.
    reports: Long,
    /// How often it was shown.
    impressions: AdCount,
    /// How often it was followed.
    clicks: AdCount,
    /// How often it brought what its objective wants.
    conversions: AdCount,
    /// What its objective calls a result.
    results: AdCount,
    /// Spend / impressions x 1000.
    cpm: Option<Money>,
    /// Spend / clicks.
    cpc: Option<Money>,
    /// Spend / results.
    cost_per_result: Option<Money>,
}

/// A post on one of its accounts, or an ad set, that is advertised for money.
pub struct AdBoost {
    pub op: Op,
    pub row: ad_boost::Model,
}

impl AdBoost {
    async fn user(&self, id: Uuid) -> Result<Option<User>> {
        Ok(self.op.load(id).await?.map(|row| User { op: self.op.clone(), row }))
    }
}

/// A post on one of its accounts, or an ad set, that is advertised for money. For MID and above.
#[Object]
impl AdBoost {
    /// The promotion's id.
    pub async fn id(&self) -> ID {
        Kind::AdBoost.id(self.row.id)
    }
    /// What it is called, 1 to 200 characters.
    async fn name(&self) -> &str {
        &self.row.name
    }
    /// The post that is advertised; null for an ad set, or when the caller does not see the post.
    async fn post(&self) -> Result<Option<Post>> {
        let Some(id) = self.row.post_id else { return Ok(None) };
        Ok(self.op.load::<post::Model>(id).await?.map(|row| Post { op: self.op.clone(), row }))
    }
    /// The ad set by its name at the network; null for a post.
    async fn ad_set(&self) -> Option<&str> {
        self.row.ad_set.as_deref()
    }
    /// Where it is, such as `facebook` or `google_ads`.
    async fn network(&self) -> &str {
        &self.row.network
    }
    /// On or for which account; null for an ad set of none.
    async fn account(&self) -> Result<Option<SocialAccount>> {
        let Some(id) = self.row.social_account_id else { return Ok(None) };
        let row = self.op.load::<social_account::Model>(id).await?;
        Ok(row.map(|row| SocialAccount { op: self.op.clone(), row }))
    }
    /// For which campaign; null for none.
    async fn campaign(&self) -> Result<Option<Campaign>> {
        let Some(id) = self.row.campaign_id else { return Ok(None) };
        Ok(self.op.load::<campaign::Model>(id).await?.map(|row| Campaign { op: self.op.clone(), row }))
    }
    /// What it is to bring.
    async fn objective(&self) -> AdBoostObjective {
        self.row.objective.into()
    }
    /// Its first day, in the brand's time zone.
    async fn starts_on(&self) -> NaiveDate {
        self.row.starts_on
    }
    /// Its last day.
    async fn ends_on(&self) -> NaiveDate {
        self.row.ends_on
    }
    /// What it may cost.
    async fn planned(&self) -> Money {
        money(self.row.planned_minor, &self.row.currency)
    }
    /// What its days cost so far; more than `planned` where the network spent more and the line had it left.
    async fn spent(&self) -> Money {
        money(self.row.spent_minor, &self.row.currency)
    }
    /// The line of a budget that pays it; null until one is named.
    async fn line(&self) -> Result<Option<BudgetLine>> {
        let Some(id) = self.row.line_id else { return Ok(None) };
        Ok(self.op.load::<budget_line::Model>(id).await?.map(|row| BudgetLine { op: self.op.clone(), row }))
    }
    /// What it brought, and what that cost; null until something was reported.
    async fn figures(&self) -> Result<Option<AdBoostFigures>> {
        let found: Vec<BoostFigures> = self.op.load_of(self.row.id).await?;
        Ok(found.into_iter().next().map(|figures| {
            let cost = |minor: Option<i64>| minor.map(|minor| money(minor, &self.row.currency));
            let results = figures.results(self.row.objective);
            AdBoostFigures {
                reports: Long(figures.reports),
                impressions: figures.impressions.into(),
                clicks: figures.clicks.into(),
                conversions: figures.conversions.into(),
                results: results.into(),
                cpm: cost(figures.cpm()),
                cpc: cost(figures.cpc()),
                cost_per_result: cost(results.cost_of(1)),
            }
        }))
    }
    /// How far it has come.
    async fn state(&self) -> AdBoostState {
        self.row.state.into()
    }
    /// Who wrote it down; null when the caller does not see that person.
    async fn created_by(&self) -> Result<Option<User>> {
        self.user(self.row.created_by).await
    }
    /// When it was written down.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// When what is said of it last changed, or its state.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }
    /// When it began.
    async fn started_at(&self) -> Option<DateTime<Utc>> {
        self.row.started_at
    }
    /// When it ended.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.row.ended_at
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

/// What a day of a promotion cost and brought, as somebody reported it last.
pub struct AdBoostDay {
    pub op: Op,
    pub row: ad_boost_day::Model,
    /// The promotion's currency.
    pub currency: String,
}

/// What a day of a promotion cost and brought, as somebody reported it last. A count is null where nobody said it.
#[Object]
impl AdBoostDay {
    /// Which day, as the network counts days.
    async fn day(&self) -> NaiveDate {
        self.row.day
    }
    /// The sender's id of the report.
    async fn source_id(&self) -> &str {
        &self.row.source_id
    }
    /// What it cost.
    async fn spend(&self) -> Money {
        money(self.row.spend_minor, &self.currency)
    }
    /// How often it was shown.
    async fn impressions(&self) -> Option<Long> {
        self.row.impressions.map(Long)
    }
    /// How often it was followed.
    async fn clicks(&self) -> Option<Long> {
        self.row.clicks.map(Long)
    }
    /// How often it brought what the objective wants.
    async fn conversions(&self) -> Option<Long> {
        self.row.conversions.map(Long)
    }
    /// How many people saw it.
    async fn reach(&self) -> Option<Long> {
        self.row.reach.map(Long)
    }
    /// How often it was reported otherwise than before.
    async fn restated_count(&self) -> i32 {
        self.row.restated
    }
    /// Who reported it last; null when the caller does not see that person.
    async fn recorded_by(&self) -> Result<Option<User>> {
        Ok(self.op.load(self.row.recorded_by).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// When it was reported last.
    async fn recorded_at(&self) -> DateTime<Utc> {
        self.row.recorded_at
    }
}
