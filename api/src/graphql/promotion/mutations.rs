//! Mutations of promotions.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::NaiveDate;
use diwan_domain::approvals::Money;
use diwan_domain::promotion::{self, BoostContent, Promoted};
use diwan_domain::{Code, Context as Domain, Failure, UserError};
use diwan_entity::promotion::ad_boost;

use super::types::{AdBoost, AdBoostObjective};
use crate::graphql::approvals::ApprovalRequest;
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::{Kind, Long};

/// What is planned of a promotion: the whole of it. It is of a post (`postId` with `socialAccountId`) or of an ad set (`adSet` with `network`,
/// `socialAccountId` or both).
#[derive(InputObject)]
struct AdBoostInput {
    /// What it is called, 1 to 200 characters.
    name: String,
    /// The post that is advertised.
    post_id: Option<ID>,
    /// On which of the accounts that the post goes to; for an ad set, for which account of the brand.
    social_account_id: Option<ID>,
    /// The ad set by its name at the network, 1 to 200 characters.
    ad_set: Option<String>,
    /// Where the ad set is: up to 40 small letters, digits and underscores, such as `google_ads`. Of a post the account says it.
    network: Option<String>,
    /// For which campaign, which is not over.
    campaign_id: Option<ID>,
    /// What it is to bring.
    objective: AdBoostObjective,
    /// Its first day, in the brand's time zone.
    starts_on: NaiveDate,
    /// Its last day, at most 366 days later.
    ends_on: NaiveDate,
    /// What it may cost, in minor units of the currency, 1 to 10^15.
    planned_minor: Long,
    /// ISO 4217: that of the budget whose line pays it.
    currency: String,
    /// The line of an open budget that pays it; needed to ask for approval.
    line_id: Option<ID>,
}

impl AdBoostInput {
    fn into_domain(self) -> Result<BoostContent, Failure> {
        let parse = |kind: Kind, id: Option<ID>, field| id.map(|id| kind.parse(&id, field)).transpose();
        let account_id = parse(Kind::Account, self.social_account_id, "boost.socialAccountId")?;
        let invalid = |field: &str| Failure::from(UserError::at(Code::Invalid, field));
        let what = match (parse(Kind::Post, self.post_id, "boost.postId")?, self.ad_set) {
            (Some(_), None) if self.network.is_some() => return Err(invalid("boost.network")),
            (Some(post_id), None) => {
                let account_id = account_id.ok_or_else(|| invalid("boost.socialAccountId"))?;
                Promoted::Post { post_id, account_id }
            }
            (None, Some(name)) => Promoted::AdSet { name, network: self.network, account_id },
            (Some(_), Some(_)) | (None, None) => return Err(invalid("boost.postId")),
        };
        Ok(BoostContent {
            name: self.name,
            what,
            campaign_id: parse(Kind::Campaign, self.campaign_id, "boost.campaignId")?,
            objective: self.objective.into(),
            starts_on: self.starts_on,
            ends_on: self.ends_on,
            planned: Money { minor: self.planned_minor.0, currency: self.currency },
            line_id: parse(Kind::BudgetLine, self.line_id, "boost.lineId")?,
        })
    }
}

/// A promotion to write down.
#[derive(InputObject)]
struct CreateAdBoostInput {
    /// Of which brand.
    brand_id: ID,
    /// What is planned.
    boost: AdBoostInput,
}

/// A draft to say anew.
#[derive(InputObject)]
struct UpdateAdBoostInput {
    /// Which.
    boost_id: ID,
    /// The version from which the change started.
    version: i32,
    /// What is planned from now on: the whole of it.
    boost: AdBoostInput,
}

/// A draft to ask approval for.
#[derive(InputObject)]
struct SubmitAdBoostInput {
    /// Which.
    boost_id: ID,
    /// The version that was read.
    version: i32,
}

/// A promotion that has begun.
#[derive(InputObject)]
struct StartAdBoostInput {
    /// Which.
    boost_id: ID,
    /// The version that was read.
    version: i32,
}

/// A promotion that is over.
#[derive(InputObject)]
struct EndAdBoostInput {
    /// Which.
    boost_id: ID,
    /// The version that was read.
    version: i32,
}

/// A promotion to give up.
#[derive(InputObject)]
struct CancelAdBoostInput {
    /// Which.
    boost_id: ID,
    /// The version that was read.
    version: i32,
    /// Why, 1 to 1000 characters.
    reason: String,
}

/// The answer of what changes a promotion.
#[derive(SimpleObject)]
struct AdBoostPayload {
    /// The promotion, when it was done.
    boost: Option<AdBoost>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `submitAdBoost`.
#[derive(SimpleObject)]
struct SubmitAdBoostPayload {
    /// The promotion, when it was done.
    boost: Option<AdBoost>,
    /// The approval that was asked for.
    approval_request: Option<ApprovalRequest>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

async fn answer(
    op: &Op,
    command: impl AsyncFnOnce(&Domain) -> Result<ad_boost::Model, Failure>,
) -> Result<AdBoostPayload> {
    let (row, user_errors) = op.command(command).await?;
    Ok(AdBoostPayload { boost: row.map(|row| AdBoost { op: op.clone(), row }), user_errors })
}

/// Mutations of promotions.
#[derive(Default)]
pub struct PromotionMutation;

#[Object]
impl PromotionMutation {
    /// Writes a promotion down. Nobody is asked yet. For MID and above, and for programs.
    async fn create_ad_boost(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is planned.")] input: CreateAdBoostInput,
    ) -> Result<AdBoostPayload> {
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            promotion::create_boost(context, brand_id, input.boost.into_domain()?).await
        };
        answer(Op::of(ctx)?, command).await
    }

    /// Says a draft anew. What was asked for is taken back first (`withdrawRequest`). For MID and above, and for programs.
    async fn update_ad_boost(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The promotion and what is planned.")] input: UpdateAdBoostInput,
    ) -> Result<AdBoostPayload> {
        let command = async |context: &Domain| {
            let id = Kind::AdBoost.parse(&input.boost_id, "boostId")?;
            promotion::update_boost(context, id, input.version, input.boost.into_domain()?).await
        };
        answer(Op::of(ctx)?, command).await
    }

    /// Asks for a draft to be approved, by the brand's chain for boosts and up the ladder of limits; approved, what it may cost is set aside on
    /// its line. What a user made needs a grant for advertising until the last day. For MID and above, and for programs.
    async fn submit_ad_boost(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The promotion.")] input: SubmitAdBoostInput,
    ) -> Result<SubmitAdBoostPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let id = Kind::AdBoost.parse(&input.boost_id, "boostId")?;
            promotion::submit_boost(context, id, input.version).await
        };
        let (rows, user_errors) = op.command(command).await?;
        let (row, approval) = rows.unzip();
        Ok(SubmitAdBoostPayload {
            boost: row.map(|row| AdBoost { op: op.clone(), row }),
            approval_request: approval.map(|row| ApprovalRequest { op: op.clone(), row }),
            user_errors,
        })
    }

    /// Notes that an approved promotion runs; without this it begins on its first day. For MID and above.
    async fn start_ad_boost(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The promotion.")] input: StartAdBoostInput,
    ) -> Result<AdBoostPayload> {
        let command = async |context: &Domain| {
            let id = Kind::AdBoost.parse(&input.boost_id, "boostId")?;
            promotion::start_boost(context, id, input.version).await
        };
        answer(Op::of(ctx)?, command).await
    }

    /// Ends a promotion that runs: what was set aside and not spent is free again. What networks tell later of its days is still recorded, from
    /// what is left of its line. For MID and above.
    async fn end_ad_boost(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The promotion.")] input: EndAdBoostInput,
    ) -> Result<AdBoostPayload> {
        let command = async |context: &Domain| {
            let id = Kind::AdBoost.parse(&input.boost_id, "boostId")?;
            promotion::end_boost(context, id, input.version).await
        };
        answer(Op::of(ctx)?, command).await
    }

    /// Gives up a promotion that has not begun, with a reason; what was set aside is free again. For MID and above.
    async fn cancel_ad_boost(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The promotion and the reason.")] input: CancelAdBoostInput,
    ) -> Result<AdBoostPayload> {
        let command = async |context: &Domain| {
            let id = Kind::AdBoost.parse(&input.boost_id, "boostId")?;
            promotion::cancel_boost(context, id, input.version, &input.reason).await
        };
        answer(Op::of(ctx)?, command).await
    }
}
