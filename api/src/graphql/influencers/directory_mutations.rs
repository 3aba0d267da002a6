//! Mutations of the directory.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::NaiveDate;
use diwan_domain::influencers::{self as domain, NewExclusivity};
use diwan_domain::{Context as Domain, Failure};
use diwan_entity::influencers::influencer;
use uuid::Uuid;

use super::inputs::InfluencerInput;
use super::types::{Influencer, InfluencerExclusivity};
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;

/// An influencer to add.
#[derive(InputObject)]
struct CreateInfluencerInput {
    /// The brand that gets them.
    brand_id: ID,
    /// What is said of them.
    influencer: InfluencerInput,
}

/// An influencer to say anew.
#[derive(InputObject)]
struct UpdateInfluencerInput {
    /// Who.
    influencer_id: ID,
    /// The version from which the change started.
    version: i32,
    /// What is said of them from now on.
    influencer: InfluencerInput,
}

/// An influencer to put away.
#[derive(InputObject)]
struct ArchiveInfluencerInput {
    /// Who.
    influencer_id: ID,
    /// The version from which the change started.
    version: i32,
}

/// An influencer to bring back.
#[derive(InputObject)]
struct RestoreInfluencerInput {
    /// Who.
    influencer_id: ID,
    /// The version from which the change started.
    version: i32,
}

/// An influencer to give to brands.
#[derive(InputObject)]
struct ShareInfluencerInput {
    /// Who.
    influencer_id: ID,
    /// To which brands, 1 to 100.
    brand_ids: Vec<ID>,
}

/// An influencer to take from a brand.
#[derive(InputObject)]
struct UnshareInfluencerInput {
    /// Who.
    influencer_id: ID,
    /// From which brand.
    brand_id: ID,
}

/// An influencer with whom nobody is to work.
#[derive(InputObject)]
struct BlockInfluencerInput {
    /// Who.
    influencer_id: ID,
    /// In which brand; in the whole agency when left out.
    brand_id: Option<ID>,
    /// Why, 1 to 1000 characters.
    reason: String,
}

/// A block to end.
#[derive(InputObject)]
struct UnblockInfluencerInput {
    /// Whose.
    influencer_id: ID,
    /// In which brand; in the whole agency when left out.
    brand_id: Option<ID>,
}

/// An exclusivity that an influencer has given.
#[derive(InputObject)]
struct RecordExclusivityInput {
    /// Who.
    influencer_id: ID,
    /// To whom, 1 to 200 characters.
    competitor: String,
    /// For what, such as `coffee`: 1 to 200 characters.
    category: String,
    /// From which day; it has begun when left out.
    starts_on: Option<NaiveDate>,
    /// Its last day; not known when left out.
    until_on: Option<NaiveDate>,
    /// How it is known, up to 1000 characters.
    #[graphql(default)]
    source: String,
}

/// An exclusivity that is over, or never was.
#[derive(InputObject)]
struct EndExclusivityInput {
    /// Which.
    exclusivity_id: ID,
}

/// The answer of what changes how an influencer stands.
#[derive(SimpleObject)]
struct InfluencerPayload {
    /// The influencer, when it was done.
    influencer: Option<Influencer>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `recordExclusivity`.
#[derive(SimpleObject)]
struct RecordExclusivityPayload {
    /// The exclusivity, when it was recorded.
    exclusivity: Option<InfluencerExclusivity>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

async fn of_influencer(
    op: &Op,
    command: impl AsyncFnOnce(&Domain) -> Result<influencer::Model, Failure>,
) -> Result<InfluencerPayload> {
    let (row, user_errors) = op.command(command).await?;
    Ok(InfluencerPayload { influencer: row.map(|row| Influencer { op: op.clone(), row }), user_errors })
}

fn who(id: &ID) -> Result<Uuid, Failure> {
    Kind::Influencer.parse(id, "influencerId")
}

fn where_to(id: Option<&ID>) -> Result<Option<Uuid>, Failure> {
    id.map(|id| Kind::Brand.parse(id, "brandId")).transpose()
}

/// Mutations of the directory.
#[derive(Default)]
pub struct InfluencerMutation;

#[Object]
impl InfluencerMutation {
    /// Adds an influencer to the agency's directory and gives them to a brand. Whoever is there already, by a profile, is refused. For MID
    /// and above.
    async fn create_influencer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who.")] input: CreateInfluencerInput,
    ) -> Result<InfluencerPayload> {
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            domain::create_influencer(context, brand_id, &input.influencer.into()).await
        };
        of_influencer(Op::of(ctx)?, command).await
    }

    /// Says an influencer anew, for all brands that have them. For MID and above in one of these.
    async fn update_influencer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change.")] input: UpdateInfluencerInput,
    ) -> Result<InfluencerPayload> {
        let command = async |context: &Domain| {
            let id = who(&input.influencer_id)?;
            domain::update_influencer(context, id, input.version, &input.influencer.into()).await
        };
        of_influencer(Op::of(ctx)?, command).await
    }

    /// Puts an influencer away, for all brands. For DIRECTOR and above, agency-wide.
    async fn archive_influencer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who.")] input: ArchiveInfluencerInput,
    ) -> Result<InfluencerPayload> {
        let command = async |context: &Domain| {
            domain::archive_influencer(context, who(&input.influencer_id)?, input.version).await
        };
        of_influencer(Op::of(ctx)?, command).await
    }

    /// Brings an influencer back. For DIRECTOR and above, agency-wide.
    async fn restore_influencer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who.")] input: RestoreInfluencerInput,
    ) -> Result<InfluencerPayload> {
        let command = async |context: &Domain| {
            domain::restore_influencer(context, who(&input.influencer_id)?, input.version).await
        };
        of_influencer(Op::of(ctx)?, command).await
    }

    /// Gives an influencer to brands. For DIRECTOR and above, agency-wide.
    async fn share_influencer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, and to whom.")] input: ShareInfluencerInput,
    ) -> Result<InfluencerPayload> {
        let command = async |context: &Domain| {
            let brands = input.brand_ids.iter().enumerate();
            let brands = brands.map(|(at, id)| Kind::Brand.parse(id, &format!("brandIds.{at}")));
            let brands: Vec<Uuid> = brands.collect::<Result<_, Failure>>()?;
            domain::share_influencer(context, who(&input.influencer_id)?, &brands).await
        };
        of_influencer(Op::of(ctx)?, command).await
    }

    /// Takes an influencer from a brand. What the brand has of them stays, and names nobody from then on. For DIRECTOR and above,
    /// agency-wide.
    async fn unshare_influencer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, and from whom.")] input: UnshareInfluencerInput,
    ) -> Result<InfluencerPayload> {
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            domain::unshare_influencer(context, who(&input.influencer_id)?, brand_id).await
        };
        of_influencer(Op::of(ctx)?, command).await
    }

    /// Lets nobody of a brand, or of the whole agency, propose or approve an influencer. For SENIOR and above in the brand; for the
    /// agency, for DIRECTOR and above, agency-wide.
    async fn block_influencer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, where and why.")] input: BlockInfluencerInput,
    ) -> Result<InfluencerPayload> {
        let command = async |context: &Domain| {
            let brand_id = where_to(input.brand_id.as_ref())?;
            domain::block_influencer(context, who(&input.influencer_id)?, brand_id, &input.reason).await
        };
        of_influencer(Op::of(ctx)?, command).await
    }

    /// Ends a block. For those who may block there.
    async fn unblock_influencer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, and where.")] input: UnblockInfluencerInput,
    ) -> Result<InfluencerPayload> {
        let command = async |context: &Domain| {
            let brand_id = where_to(input.brand_id.as_ref())?;
            domain::unblock_influencer(context, who(&input.influencer_id)?, brand_id).await
        };
        of_influencer(Op::of(ctx)?, command).await
    }

    /// Records an exclusivity that an influencer has given, for all brands that have them. For MID and above in one of these.
    async fn record_exclusivity(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose, to whom and for what.")] input: RecordExclusivityInput,
    ) -> Result<RecordExclusivityPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let RecordExclusivityInput { influencer_id, competitor, category, starts_on, until_on, source } = input;
            let new = NewExclusivity { competitor, category, starts_on, until_on, source };
            domain::record_exclusivity(context, who(&influencer_id)?, &new).await
        };
        let (row, user_errors) = op.command(command).await?;
        let exclusivity = row.map(|row| InfluencerExclusivity { op: op.clone(), row });
        Ok(RecordExclusivityPayload { exclusivity, user_errors })
    }

    /// Ends an exclusivity. For MID and above in a brand that has the influencer.
    async fn end_exclusivity(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: EndExclusivityInput,
    ) -> Result<InfluencerPayload> {
        let command = async |context: &Domain| {
            let id = Kind::Exclusivity.parse(&input.exclusivity_id, "exclusivityId")?;
            domain::end_exclusivity(context, id).await
        };
        of_influencer(Op::of(ctx)?, command).await
    }
}
