//! What a proposal says, checked and written.

use chrono::NaiveDate;
use diwan_entity::finance::budget_line::LineCategory;
use diwan_entity::proposals::{proposal_line, proposal_version};
use diwan_entity::tenancy::agency::Locale;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _, IntoActiveModel as _};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::price::{Discount, Priced, priced};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::finance::MOST_MINOR;
use crate::permission::Permit;
use crate::projects::{MOST_WORK_ITEMS, ProjectPlan, WorkContent, numbered};
use crate::strategy::{date, maybe_text};

/// The most sections.
const MOST_SECTIONS: usize = 30;
/// The most lines.
pub const MOST_LINES: usize = 100;
/// The most campaigns.
const MOST_CAMPAIGNS: usize = 10;
/// The most that is offered of something, in thousandths.
const MOST_MILLI: i64 = 1_000_000_000;
/// The most days of a campaign: five years, as of any campaign.
const MOST_CAMPAIGN_DAYS: i64 = 1826;
/// The longest plain text.
const MOST_TEXT: usize = 20_000;

/// What a proposal says: the whole of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposalContent {
    /// All but its lines.
    pub offer: Offer,
    /// What is offered, priced, up to [`MOST_LINES`]; to be sent at least one.
    pub lines: Vec<LineContent>,
}

/// What a proposal says but for its lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// What it is called, 1 to 200 characters.
    pub title: String,
    /// The language in which the client reads it.
    pub locale: Locale,
    /// Of all its amounts, ISO 4217.
    pub currency: String,
    /// The last day on which it can be accepted, in the brand's time zone.
    pub valid_until: NaiveDate,
    /// Its text, in order, up to 30.
    pub sections: Vec<Section>,
    /// What is to be done, as a work breakdown, up to [`MOST_WORK_ITEMS`].
    pub scope: Vec<WorkContent>,
    /// The terms, up to 20 000 characters.
    pub terms: String,
    /// The project that acceptance opens.
    pub project: ProjectPlan,
    /// The campaigns that acceptance plans, up to 10.
    pub campaigns: Vec<CampaignPlan>,
}

/// A part of the text. Plain text: line ends are kept, nothing in it is markup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// 1 to 200 characters.
    pub heading: String,
    /// Up to 20 000 characters.
    pub body: String,
}

/// A campaign that is planned when the proposal is accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignPlan {
    /// 1 to 200 characters.
    pub name: String,
    /// What it is to bring, up to 5000 characters.
    pub objective: String,
    /// Its first day in the brand's time zone.
    pub starts_on: NaiveDate,
    /// Its last day, within five years of the first.
    pub ends_on: NaiveDate,
    /// What it may cost, in minor units of the proposal's currency. The client does not see it.
    pub planned_minor: Option<i64>,
}

/// Something that is offered, priced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineContent {
    /// 1 to 300 characters.
    pub name: String,
    /// Up to 2000 characters.
    pub detail: String,
    /// On which kind of line of the project's budget its money goes.
    pub category: LineCategory,
    /// How much of it, in thousandths: 1 to 1 000 000 000.
    pub quantity_milli: i64,
    /// Of what, such as: day. Up to 50 characters.
    pub unit: String,
    /// What one costs, in minor units, from zero on.
    pub unit_price_minor: i64,
    /// What is taken off.
    pub discount: Discount,
    /// The tax on what is left, in hundredths of a percent: 0 to 10 000.
    pub tax_bp: i32,
    /// Whether the client may take it or leave it.
    pub optional: bool,
}

fn too_many(wrong: &mut Complaints, path: &str, actual: usize, limit: usize) -> bool {
    if actual > limit {
        wrong.add(UserError::at(Code::TooMany, path).number("limit", limit).number("actual", actual));
    }
    actual > limit
}

impl ProposalContent {
    /// Checks all of it; answers it without the space around its texts, and with the amounts of its lines.
    pub(super) fn check(self, wrong: &mut Complaints) -> (Self, Vec<Priced>) {
        let offer = self.offer.check(wrong);
        let mut amounts = Vec::with_capacity(self.lines.len());
        let mut lines = Vec::with_capacity(self.lines.len());
        if !too_many(wrong, "proposal.lines", self.lines.len(), MOST_LINES) {
            for (place, line) in self.lines.into_iter().enumerate() {
                let line = line.check(wrong, place);
                match priced(&line) {
                    Some(found) => amounts.push(found),
                    None => line.complain(wrong, place),
                }
                lines.push(line);
            }
        }
        // All of it is one allocation at most.
        if amounts.iter().map(|found| found.price).sum::<i64>() > MOST_MINOR {
            wrong.add(UserError::at(Code::Invalid, "proposal.lines"));
        }
        (Self { offer, lines }, amounts)
    }
}

impl Offer {
    fn check(self, wrong: &mut Complaints) -> Self {
        wrong.currency("proposal.currency", &self.currency);
        date(wrong, "proposal.validUntil", Some(self.valid_until));
        let title = wrong.text("proposal.title", &self.title, 200).to_owned();
        let mut sections = Vec::with_capacity(self.sections.len());
        if !too_many(wrong, "proposal.sections", self.sections.len(), MOST_SECTIONS) {
            for (place, section) in self.sections.iter().enumerate() {
                let at = |field: &str| format!("proposal.sections.{place}.{field}");
                sections.push(Section {
                    heading: wrong.text(&at("heading"), &section.heading, 200).to_owned(),
                    body: maybe_text(wrong, &at("body"), &section.body, MOST_TEXT),
                });
            }
        }
        let mut scope = Vec::with_capacity(self.scope.len());
        if !too_many(wrong, "proposal.scope", self.scope.len(), MOST_WORK_ITEMS) {
            if let Err(place) = numbered(&self.scope) {
                wrong.add(UserError::at(Code::Invalid, &format!("proposal.scope.{place}.level")));
            }
            for (place, work) in self.scope.into_iter().enumerate() {
                scope.push(work.check(wrong, &format!("proposal.scope.{place}")));
            }
        }
        let mut campaigns = Vec::with_capacity(self.campaigns.len());
        if !too_many(wrong, "proposal.campaigns", self.campaigns.len(), MOST_CAMPAIGNS) {
            for (place, campaign) in self.campaigns.into_iter().enumerate() {
                campaigns.push(campaign.check(wrong, &format!("proposal.campaigns.{place}")));
            }
        }
        let terms = maybe_text(wrong, "proposal.terms", &self.terms, MOST_TEXT);
        let project = self.project.check(wrong, "proposal.project");
        Self { title, sections, scope, terms, project, campaigns, ..self }
    }
}

impl CampaignPlan {
    fn check(self, wrong: &mut Complaints, path: &str) -> Self {
        let at = |field: &str| format!("{path}.{field}");
        date(wrong, &at("startsOn"), Some(self.starts_on));
        date(wrong, &at("endsOn"), Some(self.ends_on));
        if !(0..=MOST_CAMPAIGN_DAYS).contains(&(self.ends_on - self.starts_on).num_days()) {
            wrong.add(UserError::at(Code::Invalid, &at("endsOn")));
        }
        if self.planned_minor.is_some_and(|minor| !(0..=MOST_MINOR).contains(&minor)) {
            wrong.add(UserError::at(Code::Invalid, &at("plannedMinor")));
        }
        Self {
            name: wrong.text(&at("name"), &self.name, 200).to_owned(),
            objective: maybe_text(wrong, &at("objective"), &self.objective, 5000),
            ..self
        }
    }
}

impl LineContent {
    fn check(self, wrong: &mut Complaints, place: usize) -> Self {
        let at = |field: &str| format!("proposal.lines.{place}.{field}");
        Self {
            name: wrong.text(&at("name"), &self.name, 300).to_owned(),
            detail: maybe_text(wrong, &at("detail"), &self.detail, 2000),
            unit: maybe_text(wrong, &at("unit"), &self.unit, 50),
            ..self
        }
    }

    /// Says which of its numbers leaves it without a price.
    fn complain(&self, wrong: &mut Complaints, place: usize) {
        let field = if !(1..=MOST_MILLI).contains(&self.quantity_milli) {
            "quantity"
        } else if !(0..=10_000).contains(&self.tax_bp) {
            "taxBp"
        } else if priced(&Self { discount: Discount::None, tax_bp: 0, ..self.clone() }).is_none() {
            "unitPriceMinor"
        } else if matches!(self.discount, Discount::Part(_)) {
            "discountBp"
        } else {
            "discountMinor"
        };
        wrong.add(UserError::at(Code::Invalid, &format!("proposal.lines.{place}.{field}")));
    }
}

/// A line as a row, without where it belongs.
pub(super) fn row_of(line: &LineContent, found: Priced) -> proposal_line::Model {
    let (discount_bp, discount_fixed_minor) = match line.discount {
        Discount::None => (None, None),
        Discount::Part(bp) => (Some(bp), None),
        Discount::Fixed(minor) => (None, Some(minor)),
    };
    proposal_line::Model {
        id: Uuid::nil(),
        brand_id: Uuid::nil(),
        version_id: Uuid::nil(),
        position: 0,
        name: line.name.clone(),
        detail: line.detail.clone(),
        category: line.category,
        quantity_milli: line.quantity_milli,
        unit: line.unit.clone(),
        unit_price_minor: line.unit_price_minor,
        discount_bp,
        discount_fixed_minor,
        tax_bp: line.tax_bp,
        optional: line.optional,
        price_minor: found.price,
        discount_minor: found.discount,
        net_minor: found.net,
        tax_minor: found.tax,
    }
}

/// A row as it was said.
pub(super) fn line_of(row: &proposal_line::Model) -> LineContent {
    let discount = match (row.discount_bp, row.discount_fixed_minor) {
        (Some(bp), _) => Discount::Part(bp),
        (None, Some(minor)) => Discount::Fixed(minor),
        (None, None) => Discount::None,
    };
    LineContent {
        name: row.name.clone(),
        detail: row.detail.clone(),
        category: row.category,
        quantity_milli: row.quantity_milli,
        unit: row.unit.clone(),
        unit_price_minor: row.unit_price_minor,
        discount,
        tax_bp: row.tax_bp,
        optional: row.optional,
    }
}

/// What a version says but for its lines.
pub fn offer_of(row: &proposal_version::Model) -> Result<Offer, Failure> {
    let read = serde_json::from_value(row.content.clone());
    Ok(read.map_err(|error| Fault::broken(format!("version {} of {}: {error}", row.number, row.proposal_id)))?)
}

/// Anything of ours as JSON.
pub(super) fn json_of(value: &impl Serialize) -> Result<serde_json::Value, Failure> {
    Ok(serde_json::to_value(value).map_err(|error| Fault::broken(error.to_string()))?)
}

/// Writes a version with its lines: two statements. `amounts` are those of [`ProposalContent::check`].
pub(super) async fn write_version(
    context: &Context,
    permit: Permit<'_>,
    (proposal_id, number): (Uuid, i32),
    content: &ProposalContent,
    amounts: &[Priced],
) -> Result<proposal_version::Model, Failure> {
    let row = proposal_version::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(permit.brand_id),
        proposal_id: Set(proposal_id),
        number: Set(number),
        content: Set(json_of(&content.offer)?),
        written_by: Set(permit.person()?),
        written_at: Set(context.now),
        pdf_at: Set(None),
        pdf_bytes: Set(None),
        pdf_sha256: Set(None),
    };
    let row = proposal_version::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    if amounts.is_empty() {
        return Ok(row);
    }
    let lines = content.lines.iter().zip(amounts).zip(1..).map(|((line, found), position)| {
        let line = proposal_line::Model {
            id: context.new_id(),
            brand_id: permit.brand_id,
            version_id: row.id,
            position,
            ..row_of(line, *found)
        };
        line.into_active_model().reset_all()
    });
    proposal_line::Entity::insert_many(lines).exec_without_returning(permit.tx()).await?;
    Ok(row)
}
