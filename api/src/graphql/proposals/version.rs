//! A version of a proposal as the API shows it.

use async_graphql::{ID, Object, Result, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use diwan_domain::projects::{WorkContent, numbered};
use diwan_domain::proposals::{self as domain, Offer};
use diwan_entity::proposals::{proposal, proposal_line, proposal_version};

use super::types::Proposal;
use crate::graphql::approvals::Money;
use crate::graphql::context::Op;
use crate::graphql::finance::BudgetCategory;
use crate::graphql::insights::Download;
use crate::graphql::media::hex;
use crate::graphql::scalars::{Kind, Long};
use crate::graphql::tenancy::{Locale, User};

/// A part of a proposal's text.
#[derive(SimpleObject)]
struct ProposalSection {
    /// Its heading.
    heading: String,
    /// What it says: plain text, with its line ends.
    body: String,
}

/// A part of what is to be done.
#[derive(SimpleObject)]
struct ProposalScopeItem {
    /// Where it stands, such as 1.2.3.
    number: String,
    /// How deep it stands: 1 to 5.
    level: i32,
    /// What.
    title: String,
    /// What belongs to it: plain text.
    detail: String,
}

/// The parts of a scope with their numbers.
fn scope_of(scope: Vec<WorkContent>) -> Vec<ProposalScopeItem> {
    let places = numbered(&scope).unwrap_or_default();
    let parts = scope.into_iter().zip(places).map(|(work, place)| ProposalScopeItem {
        number: place.number,
        level: work.level,
        title: work.title,
        detail: work.detail,
    });
    parts.collect()
}

/// A campaign that acceptance plans.
#[derive(SimpleObject)]
struct ProposalCampaign {
    /// What it is called.
    name: String,
    /// What it is to bring: plain text.
    objective: String,
    /// Its first day, in the brand's time zone.
    starts_on: NaiveDate,
    /// Its last day.
    ends_on: NaiveDate,
    /// What it may cost; null where nothing was planned, and for clients.
    planned: Option<Money>,
}

/// The project that acceptance opens.
#[derive(SimpleObject)]
struct ProposalProject {
    /// What the team calls it; null for clients.
    name: Option<String>,
    /// What the client reads.
    title: String,
    /// Its first day, in the brand's time zone.
    starts_on: NaiveDate,
    /// Its last day.
    ends_on: NaiveDate,
}

/// What lines come to together: the sums of what each was rounded to.
#[derive(SimpleObject)]
pub(super) struct ProposalTotals {
    /// Before discounts.
    price: Money,
    /// What is taken off.
    discount: Money,
    /// Without tax.
    net: Money,
    /// The tax.
    tax: Money,
    /// What is to be paid.
    gross: Money,
}

pub(super) fn money(minor: i64, currency: &str) -> Money {
    Money { minor: Long(minor), currency: currency.to_owned() }
}

impl ProposalTotals {
    pub(super) fn of(totals: domain::Totals, currency: &str) -> Self {
        Self {
            price: money(totals.price, currency),
            discount: money(totals.discount, currency),
            net: money(totals.net, currency),
            tax: money(totals.tax, currency),
            gross: money(totals.gross, currency),
        }
    }
}

/// Something that is offered, priced. Each amount is rounded to the nearest minor unit by itself, half to even.
pub struct ProposalLine {
    row: proposal_line::Model,
    currency: String,
    whole: bool,
}

/// Something that is offered, priced. Each amount is rounded to the nearest minor unit by itself, half to even.
#[Object]
impl ProposalLine {
    /// Its place, from 1 on.
    async fn position(&self) -> i32 {
        self.row.position
    }
    /// What.
    async fn name(&self) -> &str {
        &self.row.name
    }
    /// What belongs to it: plain text.
    async fn detail(&self) -> &str {
        &self.row.detail
    }
    /// On which kind of line of the project's budget its money goes; null for clients.
    async fn category(&self) -> Option<BudgetCategory> {
        self.whole.then(|| self.row.category.into())
    }
    /// How much of it: a decimal with up to three digits behind the point.
    async fn quantity(&self) -> String {
        domain::decimal(self.row.quantity_milli, 3)
    }
    /// Of what, such as: day.
    async fn unit(&self) -> &str {
        &self.row.unit
    }
    /// What one costs.
    async fn unit_price(&self) -> Money {
        money(self.row.unit_price_minor, &self.currency)
    }
    /// What is taken off, in hundredths of a percent; null where it is an amount or nothing.
    async fn discount_bp(&self) -> Option<i32> {
        self.row.discount_bp
    }
    /// The tax on what is left, in hundredths of a percent.
    async fn tax_bp(&self) -> i32 {
        self.row.tax_bp
    }
    /// Whether the client may take it or leave it.
    async fn optional(&self) -> bool {
        self.row.optional
    }
    /// Quantity times unit price.
    async fn price(&self) -> Money {
        money(self.row.price_minor, &self.currency)
    }
    /// What is taken off.
    async fn discount(&self) -> Money {
        money(self.row.discount_minor, &self.currency)
    }
    /// What is left of the price.
    async fn net(&self) -> Money {
        money(self.row.net_minor, &self.currency)
    }
    /// The tax on that.
    async fn tax(&self) -> Money {
        money(self.row.tax_minor, &self.currency)
    }
}

/// What a proposal said at one time, whole. It stays as it was written.
pub struct ProposalVersion {
    pub op: Op,
    pub row: proposal_version::Model,
}

impl ProposalVersion {
    fn offer(&self) -> Result<Offer> {
        self.op.query(domain::offer_of(&self.row))
    }

    /// Whether the caller sees what clients do not.
    fn whole(&self) -> bool {
        domain::reads_whole(&self.op, self.row.brand_id)
    }

    async fn rows(&self) -> Result<Vec<proposal_line::Model>> {
        self.op.load_of(self.row.id).await
    }
}

/// What a proposal said at one time, whole. It stays as it was written.
#[Object]
impl ProposalVersion {
    /// The version's id.
    pub async fn id(&self) -> ID {
        Kind::ProposalVersion.id(self.row.id)
    }
    /// Its number, from 1 on.
    async fn number(&self) -> i32 {
        self.row.number
    }
    /// Of which proposal.
    async fn proposal(&self) -> Result<Proposal> {
        let row: proposal::Model = self.op.must_load(self.row.proposal_id).await?;
        Ok(Proposal { op: self.op.clone(), row })
    }
    /// What it is called.
    async fn title(&self) -> Result<String> {
        Ok(self.offer()?.title)
    }
    /// The language in which the client reads it.
    async fn locale(&self) -> Result<Locale> {
        Ok(self.offer()?.locale.into())
    }
    /// Of all its amounts, ISO 4217.
    async fn currency(&self) -> Result<String> {
        Ok(self.offer()?.currency)
    }
    /// The last day on which it can be accepted, in the brand's time zone.
    async fn valid_until(&self) -> Result<NaiveDate> {
        Ok(self.offer()?.valid_until)
    }
    /// Its text, in order.
    #[graphql(complexity = "1 + 5 * child_complexity")]
    async fn sections(&self) -> Result<Vec<ProposalSection>> {
        let sections = self.offer()?.sections.into_iter();
        Ok(sections.map(|section| ProposalSection { heading: section.heading, body: section.body }).collect())
    }
    /// What is to be done, each part followed by what is below it.
    #[graphql(complexity = "1 + 10 * child_complexity")]
    async fn scope(&self) -> Result<Vec<ProposalScopeItem>> {
        Ok(scope_of(self.offer()?.scope))
    }
    /// What is offered, in order.
    #[graphql(complexity = "1 + 10 * child_complexity")]
    async fn lines(&self) -> Result<Vec<ProposalLine>> {
        let (currency, whole) = (self.offer()?.currency, self.whole());
        let line = |row| ProposalLine { row, currency: currency.clone(), whole };
        Ok(self.rows().await?.into_iter().map(line).collect())
    }
    /// What all lines come to that the client cannot leave.
    async fn totals(&self) -> Result<ProposalTotals> {
        let rows = self.rows().await?;
        let totals = domain::Totals::of(rows.iter().filter(|row| !row.optional));
        Ok(ProposalTotals::of(totals, &self.offer()?.currency))
    }
    /// What all lines come to, with all options.
    async fn totals_with_options(&self) -> Result<ProposalTotals> {
        Ok(ProposalTotals::of(domain::Totals::of(&self.rows().await?), &self.offer()?.currency))
    }
    /// The terms: plain text.
    async fn terms(&self) -> Result<String> {
        Ok(self.offer()?.terms)
    }
    /// The project that acceptance opens.
    async fn project(&self) -> Result<ProposalProject> {
        let plan = self.offer()?.project;
        let name = self.whole().then_some(plan.name);
        Ok(ProposalProject { name, title: plan.title, starts_on: plan.starts_on, ends_on: plan.ends_on })
    }
    /// The campaigns that acceptance plans.
    #[graphql(complexity = "1 + 3 * child_complexity")]
    async fn campaigns(&self) -> Result<Vec<ProposalCampaign>> {
        let (offer, whole) = (self.offer()?, self.whole());
        let planned = |minor: Option<i64>| minor.filter(|_| whole).map(|minor| money(minor, &offer.currency));
        let campaigns = offer.campaigns.iter().map(|plan| ProposalCampaign {
            name: plan.name.clone(),
            objective: plan.objective.clone(),
            starts_on: plan.starts_on,
            ends_on: plan.ends_on,
            planned: planned(plan.planned_minor),
        });
        Ok(campaigns.collect())
    }
    /// Where its file can be fetched; null until it was made, which follows the sending.
    async fn file(&self) -> Result<Option<Download>> {
        let link = self.op.query(domain::proposal_file_link(&self.op, &self.row))?;
        Ok(link.map(|(url, expires_at)| Download { url: url.to_string(), expires_at }))
    }
    /// SHA-256 of the file, hexadecimal.
    async fn file_sha256(&self) -> Option<String> {
        self.row.pdf_sha256.as_deref().map(hex)
    }
    /// Who wrote it; null when the caller does not see that person.
    async fn written_by(&self) -> Result<Option<User>> {
        Ok(self.op.load(self.row.written_by).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// When it was written.
    async fn written_at(&self) -> DateTime<Utc> {
        self.row.written_at
    }
}
