//! What mutations of contracts are given.

use async_graphql::{ID, InputObject};
use chrono::NaiveDate;
use diwan_domain::Failure;
use diwan_domain::contracts::{Clause, ContractBody, ContractTerms};

use crate::graphql::scalars::{Kind, Long};
use crate::graphql::tenancy::Locale;

/// A clause of a contract or of a template.
#[derive(InputObject)]
pub(super) struct ContractClauseInput {
    /// What it is about, up to 200 characters.
    #[graphql(default)]
    heading: String,
    /// What it says, 1 to 20,000 characters. Of a template, with variables as `{{name}}`.
    text: String,
}

/// Clauses for the domain.
pub(super) fn clauses(clauses: Vec<ContractClauseInput>) -> Vec<Clause> {
    clauses.into_iter().map(|clause| Clause { heading: clause.heading, text: clause.text }).collect()
}

/// What is agreed on, beside the clauses: the whole of it.
#[derive(InputObject)]
pub(super) struct ContractTermsInput {
    /// What it is called, 1 to 300 characters.
    title: String,
    /// Of a contract with an influencer: who of the directory, shared with the brand.
    influencer_id: Option<ID>,
    /// Of a contract with a freelancer: whose account.
    person_id: Option<ID>,
    /// How the other side is named in it, 1 to 200 characters.
    party_name: String,
    /// Where they live or sit, up to 1000 characters.
    #[graphql(default)]
    party_address: String,
    /// Where the link to sign goes, up to 254 characters; empty: it is handed over in another way.
    #[graphql(default)]
    party_email: String,
    /// The language of the document.
    language: Locale,
    /// For which campaign.
    campaign_id: Option<ID>,
    /// What it costs, in minor units, 0 to 10^15; of an amendment, what it costs besides.
    fee_minor: Long,
    /// Of the fee, ISO 4217.
    currency: String,
    /// The line of a budget in this currency on which the fee is committed; needed before it is approved, where there is a fee.
    line_id: Option<ID>,
    /// The first day, in the brand's time zone; needed before it is approved.
    starts_on: Option<NaiveDate>,
    /// The last day; left out: it runs until somebody ends it.
    ends_on: Option<NaiveDate>,
    /// For whom they do not work meanwhile, up to 2000 characters.
    #[graphql(default)]
    exclusivity: String,
    /// The last day of that.
    exclusive_until: Option<NaiveDate>,
    /// What stands in each post to disclose it, up to 200 characters.
    #[graphql(default)]
    disclosure: String,
    /// What may be done with what they make, up to 2000 characters.
    #[graphql(default)]
    usage_rights: String,
    /// The last day of that.
    usage_until: Option<NaiveDate>,
    /// How many days before its end the team is told, 0 to 365.
    #[graphql(default = 30)]
    remind_days: i32,
}

impl ContractTermsInput {
    pub(super) fn into_domain(self) -> Result<ContractTerms, Failure> {
        let id = |kind: Kind, id: Option<ID>, field: &str| id.map(|id| kind.parse(&id, field)).transpose();
        Ok(ContractTerms {
            title: self.title,
            influencer_id: id(Kind::Influencer, self.influencer_id, "terms.influencerId")?,
            person_id: id(Kind::User, self.person_id, "terms.personId")?,
            party_name: self.party_name,
            party_address: self.party_address,
            party_email: self.party_email,
            locale: self.language.into(),
            campaign_id: id(Kind::Campaign, self.campaign_id, "terms.campaignId")?,
            fee_minor: self.fee_minor.0,
            currency: self.currency,
            line_id: id(Kind::BudgetLine, self.line_id, "terms.lineId")?,
            starts_on: self.starts_on,
            ends_on: self.ends_on,
            exclusivity: self.exclusivity,
            exclusive_until: self.exclusive_until,
            disclosure: self.disclosure,
            usage_rights: self.usage_rights,
            usage_until: self.usage_until,
            remind_days: self.remind_days,
        })
    }
}

/// The value of a variable of a template.
#[derive(InputObject)]
pub(super) struct ContractValueInput {
    /// The variable's name, without braces.
    name: String,
    /// What stands in its place, 1 to 5000 characters.
    value: String,
}

/// Where the clauses of a new contract come from.
pub(super) fn body(
    written: Vec<ContractClauseInput>,
    template_id: Option<&ID>,
    values: Vec<ContractValueInput>,
) -> Result<ContractBody, Failure> {
    let Some(id) = template_id else { return Ok(ContractBody::Clauses(clauses(written))) };
    Ok(ContractBody::Template {
        template_id: Kind::ContractTemplate.parse(id, "templateId")?,
        values: values.into_iter().map(|value| (value.name, value.value)).collect(),
    })
}
