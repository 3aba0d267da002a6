//! What a campaign may bring and cost, before there is one. Nothing is written.
//!
//! Two things are reckoned apart and never added up: what posts bring by themselves, from what the brand's own posts brought
//! ([`super::history`]), and what a budget buys, from what somebody assumes. Everything that went in and came out is named.
//!
//! - clicks bought = budget / cost per click; results bought = clicks bought x conversion rate, or budget / cost per result.
//! - for wanted results: cost = wanted x cost per result, or wanted / conversion rate x cost per click.
//! - results of posts = posts x clicks of a post x conversion rate.
//!
//! Each range runs from the worst that its parts allow to the best. Results are rounded down and costs up, so that nothing is
//! promised. Where a part is missing, or there are too few publications to say, there is no figure, and the answer says why.

use chrono::Utc;
use diwan_entity::InBrand as _;
use diwan_entity::publishing::social_account;
use rust_decimal::Decimal;
use sea_orm::{ColumnTrait as _, QueryFilter as _};
use uuid::Uuid;

use super::formulas::{forecast, of_money, of_posts};
use super::history::{Figure, Spread, spreads};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::Action;

/// The most posts that are planned on one account.
const MOST_PLANNED_POSTS: i32 = 1000;
/// The most accounts of one reckoning.
const MOST_CHANNELS: usize = 50;

/// From the worst to the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span<T> {
    /// The least.
    pub low: T,
    /// What is likely.
    pub likely: T,
    /// The most.
    pub high: T,
}

impl<T> Span<T> {
    pub(super) fn map<U>(self, f: impl Fn(T) -> Option<U>) -> Option<Span<U>> {
        Some(Span { low: f(self.low)?, likely: f(self.likely)?, high: f(self.high)? })
    }
}

/// Posts on one account.
#[derive(Debug, Clone, Copy)]
pub struct PlannedChannel {
    /// Which account.
    pub account_id: Uuid,
    /// How many posts, 1 to 1000.
    pub posts: i32,
}

/// What somebody assumes. Costs are minor units of the currency above zero, rates are per cent above zero up to 100; each from low to
/// high.
#[derive(Debug, Clone, Default)]
pub struct Assumptions {
    /// What a click costs.
    pub cost_per_click: Option<Span<i64>>,
    /// What a result costs.
    pub cost_per_result: Option<Span<i64>>,
    /// How many of a hundred who click become a result: decimals with at most six digits behind the point.
    pub conversion_rate: Option<Span<String>>,
}

/// What is to be reckoned.
#[derive(Debug, Clone)]
pub struct WantedCalculation {
    /// For which brand.
    pub brand_id: Uuid,
    /// The posts that are planned.
    pub channels: Vec<PlannedChannel>,
    /// Of all amounts, ISO 4217; none where there are none.
    pub currency: Option<String>,
    /// What may be spent, in minor units.
    pub budget_minor: Option<i64>,
    /// How many results are wanted.
    pub wanted_results: Option<i64>,
    /// What is assumed.
    pub assumptions: Assumptions,
}

/// Something that went in or came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PartName {
    /// What may be spent, in minor units.
    Budget,
    /// How many results are wanted.
    WantedResults,
    /// What a click costs, in minor units.
    CostPerClick,
    /// What a result costs, in minor units.
    CostPerResult,
    /// Results of a hundred clicks, in per cent.
    ConversionRate,
    /// How many clicks the budget buys.
    BoughtClicks,
    /// How many results the budget buys.
    BoughtResults,
    /// What the wanted results, or else the budget, cost, in minor units.
    Cost,
    /// How often the posts are seen.
    Views,
    /// What people do with the posts.
    Engagement,
    /// How often the posts are clicked.
    Clicks,
    /// How many results the posts bring by themselves.
    ResultsOfPosts,
}

/// Where a part comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PartOrigin {
    /// Somebody said so.
    Stated,
    /// What the brand's posts brought.
    History,
    /// It follows from the others.
    Reckoned,
}

/// A part with its range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Which.
    pub name: PartName,
    /// Where it comes from.
    pub origin: PartOrigin,
    /// How much.
    pub span: Span<Decimal>,
}

/// Why a figure is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lack {
    /// Fewer than [`super::LEAST_SAMPLES`] publications of the account have the figure.
    TooFewSamples,
    /// No posts are planned.
    NoPosts,
    /// Neither a budget nor wanted results are given.
    NoBudget,
    /// No cost is assumed that leads from money to the figure.
    NoCost,
    /// No conversion rate is assumed.
    NoConversionRate,
    /// It is more than can be reckoned with.
    TooLarge,
}

/// A figure that is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lacking {
    /// Which.
    pub name: PartName,
    /// On which account, if it is one account's.
    pub account_id: Option<Uuid>,
    /// Why.
    pub why: Lack,
}

/// What posts on one account may bring.
#[derive(Debug, Clone)]
pub struct ChannelForecast {
    /// Which account.
    pub account_id: Uuid,
    /// How many posts.
    pub posts: i32,
    /// Of each figure how it was spread; none where no publication has it.
    pub spreads: Vec<(Figure, Option<Spread>)>,
    /// Of each figure what the posts may bring; none where there are too few publications to say.
    pub expected: Vec<(Figure, Option<Span<i64>>)>,
}

/// The answer.
#[derive(Debug, Clone)]
pub struct Calculation {
    /// Account by account.
    pub channels: Vec<ChannelForecast>,
    /// Everything that went in and came out.
    pub parts: Vec<Part>,
    /// Every figure that is missing.
    pub lacking: Vec<Lacking>,
    /// Since when publications were looked at.
    pub history_since: chrono::DateTime<Utc>,
}

impl Calculation {
    /// One of the parts.
    pub fn part(&self, name: PartName) -> Option<Span<Decimal>> {
        self.parts.iter().find(|part| part.name == name).map(|part| part.span)
    }

    pub(super) fn put(&mut self, name: PartName, origin: PartOrigin, span: Option<Span<Decimal>>) {
        match span {
            Some(span) => self.parts.push(Part { name, origin, span }),
            None => self.lack(name, Lack::TooLarge),
        }
    }

    pub(super) fn lack(&mut self, name: PartName, why: Lack) {
        self.lacking.push(Lacking { name, account_id: None, why });
    }
}

/// What was stated, read.
pub(super) struct Stated {
    pub budget: Option<Decimal>,
    pub wanted: Option<Decimal>,
    pub click: Option<Span<Decimal>>,
    pub result: Option<Span<Decimal>>,
    pub rate: Option<Span<Decimal>>,
}

/// A stated range, each part above zero and in order.
fn ordered<T: PartialOrd + Copy>(wrong: &mut Complaints, path: &str, span: Span<T>, (zero, most): (T, T)) {
    if !(span.low > zero && span.low <= span.likely && span.likely <= span.high && span.high <= most) {
        wrong.add(UserError::at(Code::Invalid, path));
    }
}

impl WantedCalculation {
    fn check(&self, wrong: &mut Complaints) -> Stated {
        if self.channels.len() > MOST_CHANNELS {
            let many = UserError::at(Code::TooMany, "channels");
            wrong.add(many.number("limit", MOST_CHANNELS).number("actual", self.channels.len()));
        }
        for (place, channel) in self.channels.iter().take(MOST_CHANNELS).enumerate() {
            if !(1..=MOST_PLANNED_POSTS).contains(&channel.posts) {
                wrong.add(UserError::at(Code::Invalid, &format!("channels.{place}.posts")));
            }
            if self.channels.iter().take(place).any(|other| other.account_id == channel.account_id) {
                wrong.add(UserError::at(Code::AlreadyExists, &format!("channels.{place}.socialAccountId")));
            }
        }
        let Assumptions { cost_per_click, cost_per_result, conversion_rate } = &self.assumptions;
        let money = self.budget_minor.is_some() || cost_per_click.is_some() || cost_per_result.is_some();
        match &self.currency {
            Some(currency) => wrong.currency("currency", currency),
            None if money => wrong.add(UserError::at(Code::Invalid, "currency")),
            None => {}
        }
        if self.budget_minor.is_some_and(|minor| minor <= 0) {
            wrong.add(UserError::at(Code::Invalid, "budgetMinor"));
        }
        if self.wanted_results.is_some_and(|wanted| wanted <= 0) {
            wrong.add(UserError::at(Code::Invalid, "wantedResults"));
        }
        for (path, cost) in [("costPerClick", cost_per_click), ("costPerResult", cost_per_result)] {
            if let Some(span) = cost {
                ordered(wrong, path, *span, (0, i64::MAX));
            }
        }
        let rate = conversion_rate.clone().and_then(|span| {
            let read = span.map(|text| crate::strategy::micro_of(&text).map(|micro| Decimal::new(micro, 6)));
            match read {
                None => wrong.add(UserError::at(Code::Invalid, "conversionRate")),
                Some(span) => ordered(wrong, "conversionRate", span, (Decimal::ZERO, Decimal::ONE_HUNDRED)),
            }
            read
        });
        let cost = |span: Option<Span<i64>>| span.and_then(|span| span.map(|minor| Some(Decimal::from(minor))));
        Stated {
            budget: self.budget_minor.map(Decimal::from),
            wanted: self.wanted_results.map(Decimal::from),
            click: cost(*cost_per_click),
            result: cost(*cost_per_result),
            rate,
        }
    }
}

/// Reckons what posts and a budget may bring, and what wanted results may cost. Two statements read the brand's own results.
pub async fn calculate_campaign(context: &Context, wanted: WantedCalculation) -> Result<Calculation, Failure> {
    context.permit(Action::CampaignAmountRead, wanted.brand_id).await?;
    let mut wrong = Complaints::default();
    let stated = wanted.check(&mut wrong);
    let ids: Vec<Uuid> = wanted.channels.iter().map(|channel| channel.account_id).collect();
    let accounts =
        social_account::Entity::in_brand(wanted.brand_id).filter(social_account::Column::Id.is_in(ids.iter().copied()));
    let accounts = context.all(accounts).await?;
    for (place, id) in ids.iter().enumerate() {
        if !accounts.iter().any(|account| account.id == *id) {
            wrong.add(UserError::at(Code::NotFound, &format!("channels.{place}.socialAccountId")));
        }
    }
    wrong.check()?;
    let known = spreads(context, wanted.brand_id, &ids).await?;
    let channels = wanted.channels.iter().map(|channel| {
        let spreads = Figure::ALL.map(|figure| (figure, known.get(&(channel.account_id, figure)).copied()));
        forecast(*channel, spreads.to_vec())
    });
    let mut answer = Calculation {
        channels: channels.collect(),
        parts: Vec::new(),
        lacking: Vec::new(),
        history_since: context.now - chrono::Duration::days(super::HISTORY_DAYS),
    };
    of_posts(&mut answer, stated.rate);
    of_money(&mut answer, &stated);
    Ok(answer)
}
