//! What mutations of proposals are given.

use async_graphql::InputObject;
use chrono::NaiveDate;
use diwan_domain::projects::{ProjectPlan, WorkContent};
use diwan_domain::proposals::{CampaignPlan, Discount, LineContent, Offer, ProposalContent, Section};
use diwan_domain::{Code, Failure, UserError};

use crate::graphql::finance::BudgetCategory;
use crate::graphql::scalars::Long;
use crate::graphql::tenancy::Locale;

/// A part of the text.
#[derive(InputObject)]
struct ProposalSectionInput {
    /// Its heading, 1 to 200 characters.
    heading: String,
    /// What it says: plain text, up to 20000 characters.
    #[graphql(default)]
    body: String,
}

/// A part of what is to be done. Parts stand in their order, each followed by what is below it.
#[derive(InputObject)]
struct ProposalScopeInput {
    /// How deep it stands: 1 to 5, at most one deeper than the part before it.
    level: i32,
    /// What, 1 to 300 characters.
    title: String,
    /// What belongs to it: plain text, up to 5000 characters.
    #[graphql(default)]
    detail: String,
}

/// Something that is offered, priced.
#[derive(InputObject)]
struct ProposalLineInput {
    /// What, 1 to 300 characters.
    name: String,
    /// What belongs to it: plain text, up to 2000 characters.
    #[graphql(default)]
    detail: String,
    /// On which kind of line of the project's budget its money goes.
    category: BudgetCategory,
    /// How much of it: a decimal from 0.001 to 1000000, with at most three digits behind the point.
    quantity: String,
    /// Of what, such as: day. Up to 50 characters.
    #[graphql(default)]
    unit: String,
    /// What one costs, in minor units of the proposal's currency, from zero on.
    unit_price_minor: Long,
    /// What is taken off, in hundredths of a percent, 0 to 10000. Either this or `discountMinor`.
    discount_bp: Option<i32>,
    /// What is taken off, in minor units, up to the price. Either this or `discountBp`.
    discount_minor: Option<Long>,
    /// The tax on what is left, in hundredths of a percent, 0 to 10000.
    tax_bp: i32,
    /// Whether the client may take it or leave it.
    #[graphql(default)]
    optional: bool,
}

/// The project that acceptance opens.
#[derive(InputObject)]
struct ProposalProjectInput {
    /// What the team calls it, 1 to 200 characters. The client does not see it.
    name: String,
    /// What the client reads, 1 to 200 characters.
    title: String,
    /// Its first day, in the brand's time zone.
    starts_on: NaiveDate,
    /// Its last day, within ten years of the first.
    ends_on: NaiveDate,
}

/// A campaign that acceptance plans.
#[derive(InputObject)]
struct ProposalCampaignInput {
    /// What it is called, 1 to 200 characters.
    name: String,
    /// What it is to bring: plain text, up to 5000 characters.
    #[graphql(default)]
    objective: String,
    /// Its first day, in the brand's time zone.
    starts_on: NaiveDate,
    /// Its last day, within five years of the first.
    ends_on: NaiveDate,
    /// What it may cost, in minor units of the proposal's currency. The client does not see it.
    planned_minor: Option<Long>,
}

/// What a proposal says: the whole of it.
#[derive(InputObject)]
pub(super) struct ProposalInput {
    /// What it is called, 1 to 200 characters.
    title: String,
    /// The language in which the client reads it.
    locale: Locale,
    /// Of all its amounts, ISO 4217.
    currency: String,
    /// The last day on which it can be accepted, in the brand's time zone.
    valid_until: NaiveDate,
    /// Its text, in order, up to 30 parts.
    #[graphql(default)]
    sections: Vec<ProposalSectionInput>,
    /// What is to be done, as a work breakdown, up to 500 parts.
    #[graphql(default)]
    scope: Vec<ProposalScopeInput>,
    /// What is offered, priced, up to 100 lines.
    #[graphql(default)]
    lines: Vec<ProposalLineInput>,
    /// The terms: plain text, up to 20000 characters.
    #[graphql(default)]
    terms: String,
    /// The project that acceptance opens.
    project: ProposalProjectInput,
    /// The campaigns that acceptance plans, up to 10.
    #[graphql(default)]
    campaigns: Vec<ProposalCampaignInput>,
}

/// A quantity in thousandths; none where it is no decimal with at most three digits behind the point.
fn milli_of(text: &str) -> Option<i64> {
    let (whole, rest) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(rest) || rest.len() > 3 {
        return None;
    }
    let rest: i64 = format!("{rest:0<3}").parse().ok()?;
    whole.parse::<i64>().ok()?.checked_mul(1000)?.checked_add(rest)
}

impl ProposalLineInput {
    fn into_domain(self, place: usize) -> Result<LineContent, Failure> {
        let invalid = |field: &str| UserError::at(Code::Invalid, &format!("proposal.lines.{place}.{field}"));
        let discount = match (self.discount_bp, self.discount_minor) {
            (None, None) => Discount::None,
            (Some(bp), None) => Discount::Part(bp),
            (None, Some(Long(minor))) => Discount::Fixed(minor),
            (Some(_), Some(_)) => return Err(invalid("discountMinor").into()),
        };
        Ok(LineContent {
            name: self.name,
            detail: self.detail,
            category: self.category.into(),
            quantity_milli: milli_of(&self.quantity).ok_or_else(|| invalid("quantity"))?,
            unit: self.unit,
            unit_price_minor: self.unit_price_minor.0,
            discount,
            tax_bp: self.tax_bp,
            optional: self.optional,
        })
    }
}

impl ProposalInput {
    /// As the domain takes it.
    pub(super) fn into_domain(self) -> Result<ProposalContent, Failure> {
        let lines = self.lines.into_iter().enumerate().map(|(place, line)| line.into_domain(place));
        let lines = lines.collect::<Result<_, Failure>>()?;
        let sections = self.sections.into_iter();
        let scope = self.scope.into_iter();
        let campaigns = self.campaigns.into_iter();
        let offer = Offer {
            title: self.title,
            locale: self.locale.into(),
            currency: self.currency,
            valid_until: self.valid_until,
            sections: sections.map(|part| Section { heading: part.heading, body: part.body }).collect(),
            scope: scope
                .map(|part| WorkContent { level: part.level, title: part.title, detail: part.detail })
                .collect(),
            terms: self.terms,
            project: ProjectPlan {
                name: self.project.name,
                title: self.project.title,
                starts_on: self.project.starts_on,
                ends_on: self.project.ends_on,
            },
            campaigns: campaigns
                .map(|plan| CampaignPlan {
                    name: plan.name,
                    objective: plan.objective,
                    starts_on: plan.starts_on,
                    ends_on: plan.ends_on,
                    planned_minor: plan.planned_minor.map(|minor| minor.0),
                })
                .collect(),
        };
        Ok(ProposalContent { offer, lines })
    }
}
