//! What a contract says: its terms and its clauses.

use chrono::{Datelike as _, NaiveDate};
use diwan_entity::InBrand as _;
use diwan_entity::campaigns::campaign;
use diwan_entity::contracts::contract::{self, ContractKind};
use diwan_entity::influencers::influencer_share;
use diwan_entity::tenancy::agency::Locale;
use diwan_entity::tenancy::app_user::UserKind;
use diwan_entity::tenancy::membership;
use sea_orm::{ActiveEnum as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::context::Context;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::finance::{self, MOST_MINOR};
use crate::influencers::blocked_because;
use crate::strategy::maybe_text;
use crate::tenancy::looks_like_an_address;

/// The most clauses of a contract.
pub const MOST_CLAUSES: usize = 100;
/// The longest clause, in characters.
pub const LONGEST_CLAUSE: usize = 20_000;
/// The most characters of all clauses together.
pub const LONGEST_CONTRACT: usize = 200_000;

/// A clause.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Clause {
    /// What it is about, up to 200 characters.
    pub heading: String,
    /// What it says, 1 to [`LONGEST_CLAUSE`] characters.
    pub text: String,
}

/// What is agreed on, beside the clauses. A version of a contract keeps it by these names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractTerms {
    /// What it is called, 1 to 300 characters.
    pub title: String,
    /// Of a contract with an influencer: who of the directory.
    pub influencer_id: Option<Uuid>,
    /// Of a contract with a freelancer: whose account.
    pub person_id: Option<Uuid>,
    /// How the other side is named in it, 1 to 200 characters.
    pub party_name: String,
    /// Where they live or sit, up to 1000 characters.
    pub party_address: String,
    /// Where the link to sign goes, up to 254 characters; empty: it is handed over in another way.
    pub party_email: String,
    /// The language of the document.
    pub locale: Locale,
    /// For which campaign.
    pub campaign_id: Option<Uuid>,
    /// What it costs, in minor units, 0 to [`MOST_MINOR`]; of an amendment, what it costs besides.
    pub fee_minor: i64,
    /// Of the fee, ISO 4217.
    pub currency: String,
    /// The line of a budget on which the fee is committed.
    pub line_id: Option<Uuid>,
    /// The first day.
    pub starts_on: Option<NaiveDate>,
    /// The last day; none: it runs until somebody ends it.
    pub ends_on: Option<NaiveDate>,
    /// For whom they do not work meanwhile, up to 2000 characters; empty: for anybody.
    pub exclusivity: String,
    /// The last day of that.
    pub exclusive_until: Option<NaiveDate>,
    /// What stands in each post to disclose it, up to 200 characters; empty: nothing has to.
    pub disclosure: String,
    /// What may be done with what they make, up to 2000 characters.
    pub usage_rights: String,
    /// The last day of that.
    pub usage_until: Option<NaiveDate>,
    /// How many days before its end the team is told, 0 to 365. Nothing that was agreed on: no version keeps it.
    #[serde(skip)]
    pub remind_days: i32,
}

/// The clauses that are kept in a row.
pub fn clauses_of(kept: &serde_json::Value) -> Result<Vec<Clause>, Failure> {
    Ok(serde_json::from_value(kept.clone()).map_err(|error| Fault::broken(format!("clauses: {error}")))?)
}

/// Clauses as they are kept.
pub(super) fn kept(clauses: &[Clause]) -> Result<serde_json::Value, Failure> {
    Ok(serde_json::to_value(clauses).map_err(|error| Fault::broken(format!("clauses: {error}")))?)
}

/// Clauses without the space around them, each right in itself and all of them not too long. A line ends as in a text of ours.
pub(super) fn check_clauses(wrong: &mut Complaints, path: &str, clauses: &[Clause]) -> Vec<Clause> {
    if clauses.len() > MOST_CLAUSES {
        let error = UserError::at(Code::TooMany, path);
        wrong.add(error.number("limit", MOST_CLAUSES).number("actual", clauses.len()));
        return Vec::new();
    }
    let mut read = Vec::with_capacity(clauses.len());
    for (index, clause) in clauses.iter().enumerate() {
        let text = clause.text.replace("\r\n", "\n");
        let heading = maybe_text(wrong, &format!("{path}.{index}.heading"), &clause.heading, 200);
        let text = wrong.text(&format!("{path}.{index}.text"), &text, LONGEST_CLAUSE).to_owned();
        read.push(Clause { heading, text });
    }
    let length: usize = read.iter().map(|clause| clause.text.chars().count()).sum();
    if length > LONGEST_CONTRACT {
        wrong.add(UserError::at(Code::TooLong, path).number("limit", LONGEST_CONTRACT).number("actual", length));
    }
    read
}

impl ContractTerms {
    /// Asks for everything that must be right, whatever the state. A few statements.
    pub(super) async fn check(
        &self,
        context: &Context,
        brand_id: Uuid,
        kind: ContractKind,
        wrong: &mut Complaints,
    ) -> Result<(), Failure> {
        wrong.text("terms.title", &self.title, 300);
        wrong.text("terms.partyName", &self.party_name, 200);
        let longest = [
            ("terms.partyAddress", &self.party_address, 1000),
            ("terms.partyEmail", &self.party_email, 254),
            ("terms.exclusivity", &self.exclusivity, 2000),
            ("terms.disclosure", &self.disclosure, 200),
            ("terms.usageRights", &self.usage_rights, 2000),
        ];
        for (path, text, most) in longest {
            maybe_text(wrong, path, text, most);
        }
        let email = self.party_email.trim();
        if !email.is_empty() && !looks_like_an_address(email) {
            wrong.add(UserError::at(Code::Invalid, "terms.partyEmail"));
        }
        self.check_days(wrong);
        wrong.currency("terms.currency", &self.currency);
        if !(0..=MOST_MINOR).contains(&self.fee_minor) {
            wrong.add(UserError::at(Code::Invalid, "terms.feeMinor"));
        }
        if !(0..=365).contains(&self.remind_days) {
            wrong.add(UserError::at(Code::Invalid, "terms.remindDays"));
        }
        if let Some(line_id) = self.line_id {
            let budget = finance::check_line(context, wrong, brand_id, (line_id, "terms.lineId")).await?;
            if let Some(budget) = budget.filter(|budget| budget.currency != self.currency) {
                wrong.add(UserError::at(Code::CurrencyDiffers, "terms.lineId").text("currency", budget.currency));
            }
        }
        if let Some(id) = self.campaign_id
            && context.one(campaign::Entity::one_in_brand(brand_id, id)).await?.is_none()
        {
            wrong.add(UserError::at(Code::NotFound, "terms.campaignId"));
        }
        self.check_party(context, brand_id, kind, wrong).await
    }

    fn check_days(&self, wrong: &mut Complaints) {
        let days = [
            ("terms.startsOn", self.starts_on),
            ("terms.endsOn", self.ends_on),
            ("terms.exclusiveUntil", self.exclusive_until),
            ("terms.usageUntil", self.usage_until),
        ];
        for (path, day) in days {
            if day.is_some_and(|day| !(2000..=9999).contains(&day.year())) {
                wrong.add(UserError::at(Code::Invalid, path));
            }
        }
        if self.starts_on.zip(self.ends_on).is_some_and(|(first, last)| last < first) {
            wrong.add(UserError::at(Code::Invalid, "terms.endsOn"));
        }
        if self.exclusive_until.is_some() && self.exclusivity.trim().is_empty() {
            wrong.add(UserError::at(Code::Invalid, "terms.exclusivity"));
        }
        if self.usage_until.is_some() && self.usage_rights.trim().is_empty() {
            wrong.add(UserError::at(Code::Invalid, "terms.usageRights"));
        }
    }

    /// Who the other side is here, if anybody.
    async fn check_party(
        &self,
        context: &Context,
        brand_id: Uuid,
        kind: ContractKind,
        wrong: &mut Complaints,
    ) -> Result<(), Failure> {
        if let Some(id) = self.influencer_id {
            if kind != ContractKind::Influencer {
                wrong.add(UserError::at(Code::Invalid, "terms.influencerId"));
            }
            let shared = influencer_share::Entity::find()
                .filter(influencer_share::Column::BrandId.eq(brand_id))
                .filter(influencer_share::Column::InfluencerId.eq(id))
                .filter(influencer_share::Column::EndedAt.is_null());
            if context.one(shared).await?.is_none() {
                wrong.add(UserError::at(Code::NotFound, "terms.influencerId"));
            } else if let Some(reason) = blocked_because(context, (brand_id, id)).await? {
                wrong.add(UserError::at(Code::InfluencerBlocked, "terms.influencerId").text("reason", reason));
            }
        }
        if let Some(id) = self.person_id {
            if kind != ContractKind::Freelancer {
                wrong.add(UserError::at(Code::Invalid, "terms.personId"));
            }
            let place = membership::Entity::in_brand(brand_id)
                .filter(membership::Column::UserId.eq(id))
                .filter(membership::Column::EndedAt.is_null());
            match context.one(place).await? {
                None => wrong.add(UserError::at(Code::NotAMember, "terms.personId")),
                Some(place) if place.user_kind != UserKind::Freelancer => {
                    let kind = place.user_kind.to_value();
                    wrong.add(UserError::at(Code::KindMismatch, "terms.personId").text("kind", kind));
                }
                Some(_) => {}
            }
        }
        Ok(())
    }

    /// A row that says them.
    pub(super) fn said(self, row: contract::ActiveModel) -> contract::ActiveModel {
        contract::ActiveModel {
            title: Set(self.title.trim().to_owned()),
            influencer_id: Set(self.influencer_id),
            person_id: Set(self.person_id),
            party_name: Set(self.party_name.trim().to_owned()),
            party_address: Set(self.party_address.trim().to_owned()),
            party_email: Set(self.party_email.trim().to_owned()),
            locale: Set(self.locale),
            campaign_id: Set(self.campaign_id),
            fee_minor: Set(self.fee_minor),
            currency: Set(self.currency),
            line_id: Set(self.line_id),
            starts_on: Set(self.starts_on),
            ends_on: Set(self.ends_on),
            exclusivity: Set(self.exclusivity.trim().to_owned()),
            exclusive_until: Set(self.exclusive_until),
            disclosure: Set(self.disclosure.trim().to_owned()),
            usage_rights: Set(self.usage_rights.trim().to_owned()),
            usage_until: Set(self.usage_until),
            remind_days: Set(self.remind_days),
            ..row
        }
    }
}
