//! Mutations of landing pages.

use async_graphql::{Context, ID, InputObject, Object, OneofObject, Result, SimpleObject};
use diwan_domain::tracking::{self as domain, AskedField, Block, CallToAction, LandingContent, LandingImage};
use diwan_domain::{Context as Domain, Failure};
use diwan_entity::tracking::landing_page;

use super::WorthInput;
use super::landing::{LandingBlockKind, LandingFormField, LandingPage};
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;
use crate::graphql::tenancy::Locale;

/// A block of a landing page.
#[derive(InputObject)]
struct LandingBlockInput {
    /// What it is.
    kind: LandingBlockKind,
    /// What it says: plain text, which is shown as it is written.
    text: String,
}

/// The picture of a landing page.
#[derive(InputObject)]
struct LandingImageInput {
    /// A picture of the brand's media library that may be used; not what a user made.
    asset_id: ID,
    /// What is said to those who do not see it, 1 to 1000 characters.
    alt: String,
}

/// A field of a form.
#[derive(InputObject)]
struct LandingFieldInput {
    /// What is asked for.
    field: LandingFormField,
    /// Whether it must be filled in.
    #[graphql(default)]
    required: bool,
}

/// The form of a landing page.
#[derive(InputObject)]
struct LandingFormInput {
    /// What it asks for: each once. An address of mail or a telephone must be required.
    fields: Vec<LandingFieldInput>,
    /// What whoever fills it in agrees to, 1 to 2000 characters. It is kept with what they send.
    consent: String,
    /// What they read afterwards, 1 to 2000 characters.
    thanks: String,
}

/// What the button of a landing page is for.
#[derive(OneofObject)]
enum LandingCallInput {
    /// To follow this short link of the brand.
    LinkId(ID),
    /// To fill in a form.
    Form(LandingFormInput),
}

/// What is said of a landing page: the whole of it.
#[derive(InputObject)]
struct LandingPageInput {
    /// The end of its address: small Latin letters, digits and single hyphens between them, up to 80. No other page of the brand that is in
    /// use has it.
    slug: String,
    /// The language in which it is written, and in which the product speaks on it.
    locale: Locale,
    /// Its title, 1 to 200 characters.
    title: String,
    /// What it says, 1 to 40 blocks.
    blocks: Vec<LandingBlockInput>,
    /// Its picture.
    image: Option<LandingImageInput>,
    /// What stands on the button, 1 to 80 characters.
    label: String,
    /// What the button is for.
    call: LandingCallInput,
    /// A campaign of the brand: its leads and conversions are the campaign's.
    campaign_id: Option<ID>,
}

impl LandingPageInput {
    fn into_domain(self) -> Result<LandingContent, Failure> {
        let image = match self.image {
            Some(LandingImageInput { asset_id, alt }) => {
                Some(LandingImage { asset_id: Kind::Asset.parse(&asset_id, "page.image.assetId")?, alt })
            }
            None => None,
        };
        let call = match self.call {
            LandingCallInput::LinkId(id) => CallToAction::Link(Kind::TrackedLink.parse(&id, "page.call.linkId")?),
            LandingCallInput::Form(LandingFormInput { fields, consent, thanks }) => CallToAction::Form {
                fields: fields
                    .into_iter()
                    .map(|asked| AskedField { field: asked.field.into(), required: asked.required })
                    .collect(),
                consent,
                thanks,
            },
        };
        let blocks = self.blocks.into_iter();
        Ok(LandingContent {
            slug: self.slug,
            locale: self.locale.into(),
            title: self.title,
            blocks: blocks.map(|block| Block { kind: block.kind.into(), text: block.text }).collect(),
            image,
            label: self.label,
            call,
            campaign_id: self.campaign_id.map(|id| Kind::Campaign.parse(&id, "page.campaignId")).transpose()?,
        })
    }
}

/// A landing page to write down.
#[derive(InputObject)]
struct CreateLandingPageInput {
    /// Of which brand.
    brand_id: ID,
    /// The page.
    page: LandingPageInput,
}

/// What is said of a landing page from now on: the whole of it.
#[derive(InputObject)]
struct UpdateLandingPageInput {
    /// Which page.
    page_id: ID,
    /// The version from which the change started.
    version: i32,
    /// What is said of it.
    page: LandingPageInput,
}

/// A landing page to publish.
#[derive(InputObject)]
struct PublishLandingPageInput {
    /// Which page: a draft.
    page_id: ID,
    /// The version that is published.
    version: i32,
    /// What a lead of it is worth, where that is known; only where it has a form.
    lead_value: Option<WorthInput>,
}

/// A landing page to put away.
#[derive(InputObject)]
struct ArchiveLandingPageInput {
    /// Which page.
    page_id: ID,
    /// The version from which the change started.
    version: i32,
}

/// A landing page to bring back.
#[derive(InputObject)]
struct RestoreLandingPageInput {
    /// Which page.
    page_id: ID,
    /// The version from which the change started.
    version: i32,
}

/// The answer of what changes a landing page.
#[derive(SimpleObject)]
struct LandingPagePayload {
    /// The page, when it was carried out.
    landing_page: Option<LandingPage>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

async fn of_page(
    op: &Op,
    command: impl AsyncFnOnce(&Domain) -> Result<landing_page::Model, Failure>,
) -> Result<LandingPagePayload> {
    let (row, user_errors) = op.command(command).await?;
    Ok(LandingPagePayload { landing_page: row.map(|row| LandingPage { op: op.clone(), row }), user_errors })
}

/// Mutations of landing pages.
#[derive(Default)]
pub struct LandingMutation;

#[Object]
impl LandingMutation {
    /// Writes a landing page down, as a draft that has no public address yet. For JUNIOR and above.
    async fn create_landing_page(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The page.")] input: CreateLandingPageInput,
    ) -> Result<LandingPagePayload> {
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            domain::create_landing_page(context, brand_id, input.page.into_domain()?).await
        };
        of_page(Op::of(ctx)?, command).await
    }

    /// Says a landing page anew. A draft is JUNIOR's and above to change; what is published, MID's and above, and stays published.
    async fn update_landing_page(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change.")] input: UpdateLandingPageInput,
    ) -> Result<LandingPagePayload> {
        let command = async |context: &Domain| {
            let id = Kind::LandingPage.parse(&input.page_id, "pageId")?;
            domain::update_landing_page(context, id, input.version, input.page.into_domain()?).await
        };
        of_page(Op::of(ctx)?, command).await
    }

    /// Publishes a draft: from now on its address shows it to everybody. For MID and above.
    async fn publish_landing_page(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which page.")] input: PublishLandingPageInput,
    ) -> Result<LandingPagePayload> {
        let command = async |context: &Domain| {
            let id = Kind::LandingPage.parse(&input.page_id, "pageId")?;
            let worth = input.lead_value.map(WorthInput::into_domain);
            domain::publish_landing_page(context, id, input.version, worth).await
        };
        of_page(Op::of(ctx)?, command).await
    }

    /// Puts a landing page away: its address shows nothing any more. What was counted and submitted stays. For MID and above.
    async fn archive_landing_page(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which page.")] input: ArchiveLandingPageInput,
    ) -> Result<LandingPagePayload> {
        let command = async |context: &Domain| {
            let id = Kind::LandingPage.parse(&input.page_id, "pageId")?;
            domain::archive_landing_page(context, id, input.version).await
        };
        of_page(Op::of(ctx)?, command).await
    }

    /// Brings a landing page back, as a draft. Published again, it has the address that it had. For MID and above.
    async fn restore_landing_page(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which page.")] input: RestoreLandingPageInput,
    ) -> Result<LandingPagePayload> {
        let command = async |context: &Domain| {
            let id = Kind::LandingPage.parse(&input.page_id, "pageId")?;
            domain::restore_landing_page(context, id, input.version).await
        };
        of_page(Op::of(ctx)?, command).await
    }
}
