//! Mutations of shortlists.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use diwan_domain::influencers::{self as domain, ShortlistContent};
use diwan_domain::{Context as Domain, Failure};
use diwan_entity::influencers::influencer_shortlist;
use uuid::Uuid;

use super::work::{InfluencerShortlist, ShortlistState};
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;

/// What a shortlist is for: the whole of it.
#[derive(InputObject)]
struct ShortlistInput {
    /// What it is called, 1 to 200 characters, unlike any other of the brand that is not put away.
    name: String,
    /// What it is for, up to 5000 characters.
    #[graphql(default)]
    note: String,
    /// For which campaign of the brand.
    campaign_id: Option<ID>,
}

impl ShortlistInput {
    fn into_domain(self) -> Result<ShortlistContent, Failure> {
        let campaign = self.campaign_id.map(|id| Kind::Campaign.parse(&id, "shortlist.campaignId"));
        Ok(ShortlistContent { name: self.name, note: self.note, campaign_id: campaign.transpose()? })
    }
}

/// A shortlist to begin.
#[derive(InputObject)]
struct CreateShortlistInput {
    /// Of which brand.
    brand_id: ID,
    /// What it is for.
    shortlist: ShortlistInput,
}

/// A shortlist to say anew.
#[derive(InputObject)]
struct UpdateShortlistInput {
    /// Which.
    shortlist_id: ID,
    /// The version from which the change started.
    version: i32,
    /// What it is for from now on.
    shortlist: ShortlistInput,
}

/// A shortlist to put away.
#[derive(InputObject)]
struct ArchiveShortlistInput {
    /// Which.
    shortlist_id: ID,
    /// The version from which the change started.
    version: i32,
}

/// A shortlist to bring back.
#[derive(InputObject)]
struct RestoreShortlistInput {
    /// Which.
    shortlist_id: ID,
    /// The version from which the change started.
    version: i32,
}

/// Influencers to propose.
#[derive(InputObject)]
struct ProposeInfluencersInput {
    /// On which shortlist.
    shortlist_id: ID,
    /// Who, 1 to 100 of those whom the brand has.
    influencer_ids: Vec<ID>,
    /// Why they, up to 1000 characters.
    #[graphql(default)]
    note: String,
}

/// A decision about somebody on a shortlist.
#[derive(InputObject)]
struct DecideOnShortlistInput {
    /// On which shortlist.
    shortlist_id: ID,
    /// About whom.
    influencer_id: ID,
    /// APPROVED or REJECTED.
    state: ShortlistState,
    /// Why, up to 1000 characters; what was noted stays when left out.
    note: Option<String>,
}

/// Somebody to take off a shortlist.
#[derive(InputObject)]
struct TakeOffShortlistInput {
    /// Off which.
    shortlist_id: ID,
    /// Who, about whom nothing was decided.
    influencer_id: ID,
}

/// The answer of what changes a shortlist.
#[derive(SimpleObject)]
struct ShortlistPayload {
    /// The shortlist, when it was changed.
    shortlist: Option<InfluencerShortlist>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

async fn of_shortlist(
    op: &Op,
    command: impl AsyncFnOnce(&Domain) -> Result<influencer_shortlist::Model, Failure>,
) -> Result<ShortlistPayload> {
    let (row, user_errors) = op.command(command).await?;
    Ok(ShortlistPayload { shortlist: row.map(|row| InfluencerShortlist { op: op.clone(), row }), user_errors })
}

fn which(id: &ID) -> Result<Uuid, Failure> {
    Kind::Shortlist.parse(id, "shortlistId")
}

fn who(id: &ID) -> Result<Uuid, Failure> {
    Kind::Influencer.parse(id, "influencerId")
}

/// Mutations of shortlists.
#[derive(Default)]
pub struct ShortlistMutation;

#[Object]
impl ShortlistMutation {
    /// Begins a shortlist. For MID and above.
    async fn create_shortlist(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The shortlist.")] input: CreateShortlistInput,
    ) -> Result<ShortlistPayload> {
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            domain::create_shortlist(context, brand_id, &input.shortlist.into_domain()?).await
        };
        of_shortlist(Op::of(ctx)?, command).await
    }

    /// Says a shortlist anew, without who is on it. For MID and above.
    async fn update_shortlist(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change.")] input: UpdateShortlistInput,
    ) -> Result<ShortlistPayload> {
        let command = async |context: &Domain| {
            let id = which(&input.shortlist_id)?;
            domain::update_shortlist(context, id, input.version, &input.shortlist.into_domain()?).await
        };
        of_shortlist(Op::of(ctx)?, command).await
    }

    /// Puts a shortlist away. For MID and above.
    async fn archive_shortlist(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: ArchiveShortlistInput,
    ) -> Result<ShortlistPayload> {
        let command = async |context: &Domain| {
            domain::archive_shortlist(context, which(&input.shortlist_id)?, input.version).await
        };
        of_shortlist(Op::of(ctx)?, command).await
    }

    /// Brings a shortlist back, if its name is still free. For MID and above.
    async fn restore_shortlist(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: RestoreShortlistInput,
    ) -> Result<ShortlistPayload> {
        let command = async |context: &Domain| {
            domain::restore_shortlist(context, which(&input.shortlist_id)?, input.version).await
        };
        of_shortlist(Op::of(ctx)?, command).await
    }

    /// Proposes influencers on a shortlist; nobody who is blocked. For MID and above.
    async fn propose_influencers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, and where.")] input: ProposeInfluencersInput,
    ) -> Result<ShortlistPayload> {
        let command = async |context: &Domain| {
            let people = input.influencer_ids.iter().enumerate();
            let people = people.map(|(at, id)| Kind::Influencer.parse(id, &format!("influencerIds.{at}")));
            let people: Vec<Uuid> = people.collect::<Result<_, Failure>>()?;
            domain::propose_influencers(context, which(&input.shortlist_id)?, &people, &input.note).await
        };
        of_shortlist(Op::of(ctx)?, command).await
    }

    /// Approves or rejects somebody on a shortlist, or decides otherwise than before. For SENIOR and above; nobody approves whom they
    /// proposed, as long as four eyes are needed.
    async fn decide_on_shortlist(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The decision.")] input: DecideOnShortlistInput,
    ) -> Result<ShortlistPayload> {
        let command = async |context: &Domain| {
            let about = (which(&input.shortlist_id)?, who(&input.influencer_id)?);
            domain::decide_on_shortlist(context, about, input.state.into(), input.note.as_deref()).await
        };
        of_shortlist(Op::of(ctx)?, command).await
    }

    /// Takes somebody off a shortlist about whom nothing was decided. For MID and above.
    async fn take_off_shortlist(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, and off which.")] input: TakeOffShortlistInput,
    ) -> Result<ShortlistPayload> {
        let command = async |context: &Domain| {
            domain::take_off_shortlist(context, which(&input.shortlist_id)?, who(&input.influencer_id)?).await
        };
        of_shortlist(Op::of(ctx)?, command).await
    }
}
