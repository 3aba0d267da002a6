//! Mutations of short links and of the convention for their parameters.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use diwan_domain::tracking::{self as domain, ConventionTemplates, LinkContent, Utm};
use diwan_domain::{Context as Domain, Failure};
use diwan_entity::tracking::tracked_link;

use super::links::{TrackedLink, UtmConvention};
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;

/// Parameters of a link's own, 1 to 200 characters each; where one is left out it comes from the brand's convention.
#[derive(InputObject, Default)]
struct UtmInput {
    /// `utm_source`: where it is shown.
    source: Option<String>,
    /// `utm_medium`: by which means.
    medium: Option<String>,
    /// `utm_campaign`: for what.
    campaign: Option<String>,
    /// `utm_content`: which of several.
    content: Option<String>,
    /// `utm_term`: for which word.
    term: Option<String>,
}

/// What is said of a link: the whole of it.
#[derive(InputObject)]
struct TrackedLinkInput {
    /// What it is called, 1 to 200 characters.
    name: String,
    /// The page: https, up to 2000 bytes. Of its own parameters those stay that the link does not set.
    target_url: String,
    /// A campaign of the brand.
    campaign_id: Option<ID>,
    /// A post of the brand.
    post_id: Option<ID>,
    /// The key of the network where it is shown.
    network: Option<String>,
    /// Parameters of its own.
    utm: Option<UtmInput>,
}

impl TrackedLinkInput {
    fn into_domain(self) -> Result<LinkContent, Failure> {
        let UtmInput { source, medium, campaign, content, term } = self.utm.unwrap_or_default();
        Ok(LinkContent {
            name: self.name,
            target_url: self.target_url,
            campaign_id: self.campaign_id.map(|id| Kind::Campaign.parse(&id, "link.campaignId")).transpose()?,
            post_id: self.post_id.map(|id| Kind::Post.parse(&id, "link.postId")).transpose()?,
            network: self.network,
            utm: Utm { source, medium, campaign, content, term },
        })
    }
}

/// A link to make.
#[derive(InputObject)]
struct CreateTrackedLinkInput {
    /// Of which brand.
    brand_id: ID,
    /// The link.
    link: TrackedLinkInput,
}

/// What is said of a link from now on: the whole of it.
#[derive(InputObject)]
struct UpdateTrackedLinkInput {
    /// Which link.
    link_id: ID,
    /// The version from which the change started.
    version: i32,
    /// What is said of it.
    link: TrackedLinkInput,
}

/// A link to put away.
#[derive(InputObject)]
struct ArchiveTrackedLinkInput {
    /// Which link.
    link_id: ID,
    /// The version from which the change started.
    version: i32,
}

/// A link to bring back.
#[derive(InputObject)]
struct RestoreTrackedLinkInput {
    /// Which link.
    link_id: ID,
    /// The version from which the change started.
    version: i32,
}

/// A convention to set: the whole of it. Templates of up to 200 characters; what is left out is not set on links.
#[derive(InputObject)]
struct SetUtmConventionInput {
    /// Of which brand.
    brand_id: ID,
    /// The version from which the change started; 0 where there was none.
    version: i32,
    /// Of `utm_source`, such as `{{ network }}`.
    source: Option<String>,
    /// Of `utm_medium`, such as `social`.
    medium: Option<String>,
    /// Of `utm_campaign`, such as `{{ campaign }}`.
    campaign: Option<String>,
    /// Of `utm_content`, such as `{{ post }}-{{ date }}`.
    content: Option<String>,
    /// Of `utm_term`.
    term: Option<String>,
}

/// The answer of what changes a link.
#[derive(SimpleObject)]
struct TrackedLinkPayload {
    /// The link, when it was carried out.
    tracked_link: Option<TrackedLink>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `setUtmConvention`.
#[derive(SimpleObject)]
struct SetUtmConventionPayload {
    /// The convention, when it was set.
    utm_convention: Option<UtmConvention>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

async fn of_link(
    op: &Op,
    command: impl AsyncFnOnce(&Domain) -> Result<tracked_link::Model, Failure>,
) -> Result<TrackedLinkPayload> {
    let (row, user_errors) = op.command(command).await?;
    Ok(TrackedLinkPayload { tracked_link: row.map(|row| TrackedLink { op: op.clone(), row }), user_errors })
}

/// Mutations of links.
#[derive(Default)]
pub struct LinkMutation;

#[Object]
impl LinkMutation {
    /// Makes a short link; its code is random. For JUNIOR and above.
    async fn create_tracked_link(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The link.")] input: CreateTrackedLinkInput,
    ) -> Result<TrackedLinkPayload> {
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            domain::create_tracked_link(context, brand_id, input.link.into_domain()?).await
        };
        of_link(Op::of(ctx)?, command).await
    }

    /// Says a link anew. Its address stays; where it leads may change, and its parameters come from the convention as it is now. For MID
    /// and above.
    async fn update_tracked_link(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change.")] input: UpdateTrackedLinkInput,
    ) -> Result<TrackedLinkPayload> {
        let command = async |context: &Domain| {
            let id = Kind::TrackedLink.parse(&input.link_id, "linkId")?;
            domain::update_tracked_link(context, id, input.version, input.link.into_domain()?).await
        };
        of_link(Op::of(ctx)?, command).await
    }

    /// Puts a link away: its address leads nowhere any more. What was counted stays. For MID and above.
    async fn archive_tracked_link(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which link.")] input: ArchiveTrackedLinkInput,
    ) -> Result<TrackedLinkPayload> {
        let command = async |context: &Domain| {
            let id = Kind::TrackedLink.parse(&input.link_id, "linkId")?;
            domain::archive_tracked_link(context, id, input.version).await
        };
        of_link(Op::of(ctx)?, command).await
    }

    /// Brings a link back: its address leads where it led. For MID and above.
    async fn restore_tracked_link(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which link.")] input: RestoreTrackedLinkInput,
    ) -> Result<TrackedLinkPayload> {
        let command = async |context: &Domain| {
            let id = Kind::TrackedLink.parse(&input.link_id, "linkId")?;
            domain::restore_tracked_link(context, id, input.version).await
        };
        of_link(Op::of(ctx)?, command).await
    }

    /// Sets how the brand's links say where somebody came from. Links that are there keep their parameters until they are said anew. For
    /// SENIOR and above.
    async fn set_utm_convention(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The convention.")] input: SetUtmConventionInput,
    ) -> Result<SetUtmConventionPayload> {
        let SetUtmConventionInput { brand_id, version, source, medium, campaign, content, term } = input;
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&brand_id, "brandId")?;
            let templates = ConventionTemplates { source, medium, campaign, content, term };
            domain::set_utm_convention(context, brand_id, version, templates).await
        };
        let (row, user_errors) = Op::of(ctx)?.command(command).await?;
        Ok(SetUtmConventionPayload { utm_convention: row.map(UtmConvention::new), user_errors })
    }
}
