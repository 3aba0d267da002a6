//! What is said of a landing page, and what is right in it.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::calendar::asset::{self, AssetKind, AssetState, Licence};
use diwan_entity::campaigns::campaign;
use diwan_entity::tenancy::agency::Locale;
use diwan_entity::tracking::landing_page::{self, LandingAction, LandingState};
use diwan_entity::tracking::tracked_link;
use sea_orm::{ActiveValue::Set, ColumnTrait as _, QueryFilter as _};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::context::Context;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::media::unusable;

/// The most blocks of a page.
const MOST_BLOCKS: usize = 40;
/// The longest end of an address, in characters.
const LONGEST_SLUG: usize = 80;
/// The longest heading, in characters.
const LONGEST_HEADING: usize = 200;
/// The longest text or list, in characters.
const LONGEST_TEXT: usize = 5000;
/// The longest words on what is pressed, in characters.
const LONGEST_LABEL: usize = 80;
/// The longest of what visitors agree to and read afterwards, in characters.
const LONGEST_WORDS: usize = 2000;
/// The longest words for those who do not see a picture, in characters.
const LONGEST_ALT: usize = 1000;

/// Where the picture stands in the input.
const PICTURE: [&str; 3] = ["page", "image", "assetId"];

/// What a block of a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum BlockKind {
    /// A heading, up to 200 characters.
    Heading,
    /// A text, up to 5000 characters; its lines are kept.
    Text,
    /// A list: a point for each line, up to 5000 characters in all.
    Points,
}

/// A block of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// What it says, plain.
    pub text: String,
}

/// What a form may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FormField {
    /// A name.
    Name,
    /// An address of mail.
    Email,
    /// A telephone.
    Phone,
    /// What they want to say.
    Message,
}

impl FormField {
    /// All of them, in the order in which a form shows them.
    pub const ALL: [Self; 4] = [Self::Name, Self::Email, Self::Phone, Self::Message];

    /// Its name in the API and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Name => "NAME",
            Self::Email => "EMAIL",
            Self::Phone => "PHONE",
            Self::Message => "MESSAGE",
        }
    }

    /// Its name in a form.
    pub fn key(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Message => "message",
        }
    }
}

/// A field of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskedField {
    /// What is asked for.
    pub field: FormField,
    /// Whether it must be filled in.
    pub required: bool,
}

/// What visitors are asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallToAction {
    /// To follow this short link of the brand.
    Link(Uuid),
    /// To fill in a form.
    Form {
        /// What it asks for: each once; an address of mail or a telephone must be required.
        fields: Vec<AskedField>,
        /// What they agree to, 1 to 2000 characters.
        consent: String,
        /// What they read afterwards, 1 to 2000 characters.
        thanks: String,
    },
}

/// The picture of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LandingImage {
    /// A picture of the brand's media library.
    pub asset_id: Uuid,
    /// What is said to those who do not see it, 1 to 1000 characters.
    pub alt: String,
}

/// What is said of a page: the whole of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LandingContent {
    /// The end of its address: small Latin letters, digits and single hyphens between them, up to 80. No other page of the brand that is
    /// in use has it.
    pub slug: String,
    /// The language in which it is written, and in which the product speaks on it.
    pub locale: Locale,
    /// Its title, 1 to 200 characters.
    pub title: String,
    /// What it says, 1 to 40 blocks.
    pub blocks: Vec<Block>,
    /// Its picture.
    pub image: Option<LandingImage>,
    /// What stands on the button, 1 to 80 characters.
    pub label: String,
    /// What the button is for.
    pub call: CallToAction,
    /// A campaign of the brand.
    pub campaign_id: Option<Uuid>,
}

/// A text with the line ends of ours.
pub(super) fn typed(text: &str) -> String {
    text.replace("\r\n", "\n")
}

/// Why a file cannot be the picture of a page at this moment.
pub(super) fn unfit(row: &asset::Model, now: DateTime<Utc>) -> Option<UserError> {
    let at = |code: Code| Some(UserError::at(code, &PICTURE.join(".")));
    if row.state != AssetState::Ready {
        return at(Code::AssetNotReady);
    }
    if matches!(row.kind, None | Some(AssetKind::Video | AssetKind::Document)) {
        return at(Code::FileTypeUnsupported);
    }
    // Users allow posts and advertising on networks; a page of the brand's is neither.
    if row.licence == Some(Licence::UserGenerated) {
        return at(Code::GrantMissing);
    }
    let mut error = unusable(row, now)?;
    error.field = PICTURE.iter().map(|&step| step.to_owned()).collect();
    Some(error)
}

fn check_slug(wrong: &mut Complaints, text: &str) -> String {
    const FIELD: &str = "page.slug";
    let slug = wrong.text(FIELD, text, LONGEST_SLUG).to_owned();
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    if !slug.is_empty() && !slug.split('-').all(|part| !part.is_empty() && part.bytes().all(fits)) {
        wrong.add(UserError::at(Code::Invalid, FIELD));
    }
    slug
}

/// That no other page of the brand in use has this end of an address.
pub(super) async fn check_free(
    context: &Context,
    wrong: &mut Complaints,
    (brand_id, own, slug): (Uuid, Option<Uuid>, &str),
    field: &str,
) -> Result<(), Failure> {
    if slug.contains('\0') {
        return Ok(());
    }
    let mut same = landing_page::Entity::in_brand(brand_id)
        .filter(landing_page::Column::Slug.eq(slug))
        .filter(landing_page::Column::State.ne(LandingState::Archived));
    if let Some(id) = own {
        same = same.filter(landing_page::Column::Id.ne(id));
    }
    if context.one(same).await?.is_some() {
        wrong.add(UserError::at(Code::AlreadyExists, field));
    }
    Ok(())
}

fn check_blocks(wrong: &mut Complaints, blocks: Vec<Block>) -> Vec<Block> {
    const FIELD: &str = "page.blocks";
    if blocks.is_empty() {
        wrong.add(UserError::at(Code::Invalid, FIELD));
    }
    if blocks.len() > MOST_BLOCKS {
        let error = UserError::at(Code::TooMany, FIELD).number("limit", MOST_BLOCKS);
        wrong.add(error.number("actual", blocks.len()));
        return blocks;
    }
    let check = |(index, block): (usize, Block)| {
        let most = if block.kind == BlockKind::Heading { LONGEST_HEADING } else { LONGEST_TEXT };
        let text = wrong.text(&format!("{FIELD}.{index}.text"), &typed(&block.text), most).to_owned();
        Block { kind: block.kind, text }
    };
    blocks.into_iter().enumerate().map(check).collect()
}

async fn check_image(
    context: &Context,
    wrong: &mut Complaints,
    (brand_id, image): (Uuid, LandingImage),
) -> Result<LandingImage, Failure> {
    let alt = wrong.text("page.image.alt", &typed(&image.alt), LONGEST_ALT).to_owned();
    match context.one(asset::Entity::one_in_brand(brand_id, image.asset_id)).await? {
        None => wrong.add(UserError::at(Code::NotFound, &PICTURE.join("."))),
        Some(row) => {
            if let Some(error) = unfit(&row, context.now) {
                wrong.add(error);
            }
        }
    }
    Ok(LandingImage { asset_id: image.asset_id, alt })
}

/// That a link is there and leads somewhere.
pub(super) async fn check_link(
    context: &Context,
    wrong: &mut Complaints,
    (brand_id, link_id): (Uuid, Uuid),
    field: &str,
) -> Result<(), Failure> {
    match context.one(tracked_link::Entity::one_in_brand(brand_id, link_id)).await? {
        None => wrong.add(UserError::at(Code::NotFound, field)),
        Some(row) if row.archived_at.is_some() => {
            wrong.add(UserError::at(Code::WrongState, field).text("state", "ARCHIVED"));
        }
        Some(_) => {}
    }
    Ok(())
}

async fn check_call(
    context: &Context,
    wrong: &mut Complaints,
    (brand_id, call): (Uuid, CallToAction),
) -> Result<CallToAction, Failure> {
    const FIELDS: &str = "page.call.form.fields";
    match call {
        CallToAction::Link(id) => {
            check_link(context, wrong, (brand_id, id), "page.call.linkId").await?;
            Ok(CallToAction::Link(id))
        }
        CallToAction::Form { fields, consent, thanks } => {
            let unlike: HashSet<FormField> = fields.iter().map(|asked| asked.field).collect();
            let reaches =
                |asked: &AskedField| asked.required && matches!(asked.field, FormField::Email | FormField::Phone);
            if unlike.len() != fields.len() || !fields.iter().any(reaches) {
                wrong.add(UserError::at(Code::Invalid, FIELDS));
            }
            let consent = wrong.text("page.call.form.consent", &typed(&consent), LONGEST_WORDS).to_owned();
            let thanks = wrong.text("page.call.form.thanks", &typed(&thanks), LONGEST_WORDS).to_owned();
            Ok(CallToAction::Form { fields, consent, thanks })
        }
    }
}

/// What was checked; `own` is the page, where there is one.
pub(super) async fn check(
    context: &Context,
    mut wrong: Complaints,
    (brand_id, own): (Uuid, Option<Uuid>),
    content: LandingContent,
) -> Result<LandingContent, Failure> {
    let slug = check_slug(&mut wrong, &content.slug);
    check_free(context, &mut wrong, (brand_id, own, &slug), "page.slug").await?;
    let title = wrong.text("page.title", &content.title, LONGEST_HEADING).to_owned();
    let blocks = check_blocks(&mut wrong, content.blocks);
    let image = match content.image {
        Some(image) => Some(check_image(context, &mut wrong, (brand_id, image)).await?),
        None => None,
    };
    let label = wrong.text("page.label", &content.label, LONGEST_LABEL).to_owned();
    let call = check_call(context, &mut wrong, (brand_id, content.call)).await?;
    if let Some(id) = content.campaign_id
        && context.one(campaign::Entity::one_in_brand(brand_id, id)).await?.is_none()
    {
        wrong.add(UserError::at(Code::NotFound, "page.campaignId"));
    }
    wrong.check()?;
    Ok(LandingContent {
        slug,
        locale: content.locale,
        title,
        blocks,
        image,
        label,
        call,
        campaign_id: content.campaign_id,
    })
}

/// Writes what was checked into a row.
pub(super) fn onto(
    content: LandingContent,
    mut row: landing_page::ActiveModel,
) -> Result<landing_page::ActiveModel, Fault> {
    let blocks = serde_json::to_value(&content.blocks).map_err(|error| Fault::broken(error.to_string()))?;
    row.slug = Set(content.slug);
    row.locale = Set(content.locale);
    row.title = Set(content.title);
    row.blocks = Set(blocks);
    row.asset_id = Set(content.image.as_ref().map(|image| image.asset_id));
    row.image_alt = Set(content.image.map(|image| image.alt).unwrap_or_default());
    row.action_label = Set(content.label);
    row.campaign_id = Set(content.campaign_id);
    let (action, link_id, fields, consent, thanks) = match content.call {
        CallToAction::Link(id) => (LandingAction::Link, Some(id), Vec::new(), String::new(), String::new()),
        CallToAction::Form { fields, consent, thanks } => (LandingAction::Form, None, fields, consent, thanks),
    };
    let named = |required: bool| {
        let all = FormField::ALL
            .into_iter()
            .filter(|field| fields.iter().any(|asked| asked.field == *field && (asked.required || !required)));
        all.map(|field| field.name().to_owned()).collect::<Vec<String>>()
    };
    row.form_fields = Set(named(false));
    row.required_fields = Set(named(true));
    row.action = Set(action);
    row.link_id = Set(link_id);
    row.consent = Set(consent);
    row.thanks = Set(thanks);
    Ok(row)
}

/// What a page says.
pub fn blocks_of(row: &landing_page::Model) -> Result<Vec<Block>, Failure> {
    let blocks = serde_json::from_value(row.blocks.clone()).map_err(|error| Fault::broken(error.to_string()))?;
    Ok(blocks)
}

/// What the form of a page asks for, in the order in which it is shown; nothing where it has none.
pub fn asked_of(row: &landing_page::Model) -> Vec<AskedField> {
    let holds = |names: &[String], field: FormField| names.iter().any(|name| name == field.name());
    let asked = FormField::ALL.into_iter().filter(|field| holds(&row.form_fields, *field));
    asked.map(|field| AskedField { field, required: holds(&row.required_fields, field) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_an_address_is_plain() {
        for (text, right) in [
            ("spring", true),
            ("spring-sale-2027", true),
            ("7", true),
            ("", false),
            ("Spring", false),
            ("spring--sale", false),
            ("-spring", false),
            ("spring-", false),
            ("spring/sale", false),
            ("بهار", false),
            ("a b", false),
        ] {
            let mut wrong = Complaints::default();
            check_slug(&mut wrong, text);
            assert_eq!(wrong.check().is_ok(), right, "{text}");
        }
        let mut wrong = Complaints::default();
        check_slug(&mut wrong, &"a".repeat(81));
        assert!(wrong.check().is_err());
    }

    #[test]
    fn blocks_have_words_and_there_are_not_too_many() {
        let block = |kind, text: &str| Block { kind, text: text.to_owned() };
        let right = |blocks: Vec<Block>| {
            let mut wrong = Complaints::default();
            check_blocks(&mut wrong, blocks);
            wrong.check().is_ok()
        };
        assert!(right(vec![block(BlockKind::Heading, "Hello"), block(BlockKind::Text, &"a".repeat(5000))]));
        assert!(!right(Vec::new()));
        assert!(!right(vec![block(BlockKind::Text, " ")]));
        assert!(!right(vec![block(BlockKind::Heading, &"a".repeat(201))]));
        assert!(!right(vec![block(BlockKind::Points, "a"); 41]));
    }
}
