//! What is planned of a promotion, and whether it can be.

use chrono::NaiveDate;
use diwan_entity::InBrand as _;
use diwan_entity::calendar::post;
use diwan_entity::campaigns::campaign::{self, CampaignState};
use diwan_entity::promotion::ad_boost::{self, BoostObjective};
use diwan_entity::publishing::social_account;
use diwan_platform::db;
use sea_orm::{ActiveEnum as _, ActiveValue::Set};
use uuid::Uuid;

use crate::approvals::Money;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::finance::{MOST_MINOR, check_line};
use crate::permission::Permit;
use crate::strategy::date;

/// The most days between the first and the last.
const MOST_DAYS: i64 = 366;

/// What is advertised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Promoted {
    /// A post on one of its accounts.
    Post {
        /// Which post.
        post_id: Uuid,
        /// On which of the accounts that it goes to.
        account_id: Uuid,
    },
    /// An ad set.
    AdSet {
        /// As it is called at the network, 1 to 200 characters.
        name: String,
        /// Where: up to 40 small letters, digits and underscores, such as `google_ads`. None where the account says it.
        network: Option<String>,
        /// For which account of the brand.
        account_id: Option<Uuid>,
    },
}

/// What is planned of a promotion: the whole of it.
#[derive(Debug, Clone)]
pub struct BoostContent {
    /// 1 to 200 characters.
    pub name: String,
    /// What is advertised.
    pub what: Promoted,
    /// For which campaign, which goes on.
    pub campaign_id: Option<Uuid>,
    /// What it is to bring.
    pub objective: BoostObjective,
    /// Its first day in the brand's time zone.
    pub starts_on: NaiveDate,
    /// Its last day, at most 366 days later.
    pub ends_on: NaiveDate,
    /// What it may cost: 1 to [`MOST_MINOR`] minor units.
    pub planned: Money,
    /// The line of an open budget in this currency that pays it; needed to ask for approval.
    pub line_id: Option<Uuid>,
}

/// What was checked, with the network that it is on.
pub(super) struct Checked {
    content: BoostContent,
    network: String,
}

fn is_network(name: &str) -> bool {
    (1..=40).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

impl BoostContent {
    /// Checks what is planned. `before` is the campaign that it was for already, which may be over meanwhile.
    pub(super) async fn check(
        self,
        context: &Context,
        permit: Permit<'_>,
        wrong: &mut Complaints,
        before: Option<Uuid>,
    ) -> Result<Checked, Failure> {
        wrong.text("boost.name", &self.name, 200);
        date(wrong, "boost.startsOn", Some(self.starts_on));
        date(wrong, "boost.endsOn", Some(self.ends_on));
        if !(0..=MOST_DAYS).contains(&(self.ends_on - self.starts_on).num_days()) {
            wrong.add(UserError::at(Code::Invalid, "boost.endsOn"));
        }
        wrong.currency("boost.currency", &self.planned.currency);
        if !(1..=MOST_MINOR).contains(&self.planned.minor) {
            wrong.add(UserError::at(Code::Invalid, "boost.plannedMinor"));
        }
        let network = match &self.what {
            Promoted::Post { post_id, account_id } => {
                check_post(context, permit, wrong, (*post_id, *account_id)).await?
            }
            Promoted::AdSet { name, network, account_id } => {
                wrong.text("boost.adSet", name, 200);
                check_place(context, permit, wrong, (network.as_deref(), *account_id)).await?
            }
        };
        if let Some(id) = self.campaign_id.filter(|id| before != Some(*id)) {
            check_campaign(context, permit, wrong, id).await?;
        }
        if let Some(id) = self.line_id {
            let budget = check_line(context, wrong, permit.brand_id, (id, "boost.lineId")).await?;
            if budget.is_some_and(|budget| budget.currency != self.planned.currency) {
                let differs = UserError::at(Code::BoostCurrencyDiffers, "boost.lineId");
                wrong.add(differs.text("currency", self.planned.currency.chars().take(16).collect::<String>()));
            }
        }
        Ok(Checked { content: self, network })
    }
}

/// An account of the brand.
async fn account(context: &Context, permit: Permit<'_>, id: Uuid) -> Result<Option<social_account::Model>, Failure> {
    Ok(context.one(social_account::Entity::one_in_brand(permit.brand_id, id)).await?)
}

/// A post, and that it goes to the account. Answers the account's network.
async fn check_post(
    context: &Context,
    permit: Permit<'_>,
    wrong: &mut Complaints,
    (post_id, account_id): (Uuid, Uuid),
) -> Result<String, Failure> {
    if context.one(post::Entity::one_in_brand(permit.brand_id, post_id)).await?.is_none() {
        wrong.add(UserError::at(Code::NotFound, "boost.postId"));
        return Ok(String::new());
    }
    let sql = "select exists (select from post_variant v where v.brand_id = $1 and v.post_id = $2 and v.social_account_id = $3)
      or exists (select from publication p where p.brand_id = $1 and p.post_id = $2 and p.social_account_id = $3)";
    let values = [permit.brand_id.into(), post_id.into(), account_id.into()];
    let goes_there: bool = db::scalar(permit.tx(), sql, values).await?;
    let found = account(context, permit, account_id).await?.filter(|_| goes_there);
    if found.is_none() {
        wrong.add(UserError::at(Code::NotFound, "boost.socialAccountId"));
    }
    Ok(found.map(|account| account.network).unwrap_or_default())
}

/// Where an ad set is. Answers the network.
async fn check_place(
    context: &Context,
    permit: Permit<'_>,
    wrong: &mut Complaints,
    (network, account_id): (Option<&str>, Option<Uuid>),
) -> Result<String, Failure> {
    let of_account = match account_id {
        None => None,
        Some(id) => {
            let found = account(context, permit, id).await?.map(|account| account.network);
            if found.is_none() {
                wrong.add(UserError::at(Code::NotFound, "boost.socialAccountId"));
            }
            found
        }
    };
    match (network, of_account) {
        (None, Some(network)) => Ok(network),
        (Some(network), of_account) if is_network(network) && of_account.as_deref().is_none_or(|of| of == network) => {
            Ok(network.to_owned())
        }
        (None, None) if account_id.is_some() => Ok(String::new()),
        _ => {
            wrong.add(UserError::at(Code::Invalid, "boost.network"));
            Ok(String::new())
        }
    }
}

/// A campaign that is not over.
async fn check_campaign(
    context: &Context,
    permit: Permit<'_>,
    wrong: &mut Complaints,
    id: Uuid,
) -> Result<(), Failure> {
    match context.one(campaign::Entity::one_in_brand(permit.brand_id, id)).await? {
        None => wrong.add(UserError::at(Code::NotFound, "boost.campaignId")),
        Some(row) if row.archived_at.is_some() => {
            wrong.add(UserError::at(Code::WrongState, "boost.campaignId").text("state", "ARCHIVED"));
        }
        Some(row) if matches!(row.state, CampaignState::Closed | CampaignState::Canceled) => {
            wrong.add(UserError::at(Code::WrongState, "boost.campaignId").text("state", row.state.to_value()));
        }
        Some(_) => {}
    }
    Ok(())
}

impl Checked {
    /// Writes it onto a row.
    pub(super) fn said(self, row: ad_boost::ActiveModel) -> ad_boost::ActiveModel {
        let Self { content, network } = self;
        let (post_id, ad_set, account_id) = match content.what {
            Promoted::Post { post_id, account_id } => (Some(post_id), None, Some(account_id)),
            Promoted::AdSet { name, account_id, .. } => (None, Some(name.trim().to_owned()), account_id),
        };
        ad_boost::ActiveModel {
            name: Set(content.name.trim().to_owned()),
            post_id: Set(post_id),
            ad_set: Set(ad_set),
            network: Set(network),
            social_account_id: Set(account_id),
            campaign_id: Set(content.campaign_id),
            objective: Set(content.objective),
            starts_on: Set(content.starts_on),
            ends_on: Set(content.ends_on),
            planned_minor: Set(content.planned.minor),
            currency: Set(content.planned.currency),
            line_id: Set(content.line_id),
            ..row
        }
    }
}
