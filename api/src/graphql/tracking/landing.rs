//! Landing pages as the API shows them, and what they brought.

use async_graphql::connection::Connection;
use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use diwan_domain::tracking::{self as domain, BlockKind, FormField, LandingFilter, LandingNumbers, Utm};
use diwan_domain::{Action, Failure};
use diwan_entity::tracking::{landing_page, landing_submission};

use super::links::{TrackedLink, UtmParameters};
use crate::graphql::approvals::Money;
use crate::graphql::campaigns::Campaign;
use crate::graphql::context::Op;
use crate::graphql::media::Asset;
use crate::graphql::page::{Window, connection, cost};
use crate::graphql::scalars::{Kind, Long};
use crate::graphql::tenancy::{Brand, Locale, User};

/// How far a landing page has come.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "landing_page::LandingState", name = "LandingPageState")]
pub enum LandingPageState {
    /// It is being written; its address shows nothing.
    Draft,
    /// Its address shows it.
    Published,
    /// It is put away; its address shows nothing.
    Archived,
}

/// What the visitors of a landing page are asked to do.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "landing_page::LandingAction", name = "LandingPageAction")]
pub enum LandingPageAction {
    /// To follow a short link.
    Link,
    /// To fill in a form.
    Form,
}

/// What a block of a landing page is.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "BlockKind")]
pub enum LandingBlockKind {
    /// A heading, up to 200 characters.
    Heading,
    /// A text, up to 5000 characters; its lines are kept.
    Text,
    /// A list: a point for each line, up to 5000 characters in all.
    Points,
}

/// What the form of a landing page may ask for.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "FormField")]
pub enum LandingFormField {
    /// A name.
    Name,
    /// An address of mail.
    Email,
    /// A telephone.
    Phone,
    /// What they want to say.
    Message,
}

/// A block of a landing page. It is plain text.
#[derive(SimpleObject)]
struct LandingBlock {
    /// What it is.
    kind: LandingBlockKind,
    /// What it says.
    text: String,
}

/// A field of a form.
#[derive(SimpleObject)]
struct LandingField {
    /// What is asked for.
    field: LandingFormField,
    /// Whether it must be filled in.
    required: bool,
}

/// The form of a landing page.
#[derive(SimpleObject)]
struct LandingForm {
    /// What it asks for, in the order in which it is shown.
    fields: Vec<LandingField>,
    /// What whoever fills it in agrees to.
    consent: String,
    /// What they read afterwards.
    thanks: String,
}

/// What a landing page brought.
#[derive(SimpleObject)]
struct LandingFigures {
    /// Visits of people. Programs that announce themselves, and browsers that fetch ahead, are not counted; whoever comes twice is counted
    /// twice.
    visits: Long,
    /// Forms that were filled in: each is a lead and a conversion.
    submissions: Long,
    /// Submissions for each visit; null where nobody came. It can be above 1: who is not counted as a visitor may fill in a form.
    conversion_rate: Option<f64>,
}

impl From<LandingNumbers> for LandingFigures {
    fn from(numbers: LandingNumbers) -> Self {
        Self {
            visits: Long(numbers.visits),
            submissions: Long(numbers.submissions),
            conversion_rate: numbers.conversion_rate(),
        }
    }
}

/// A page of a brand, at an address of its own, that asks visitors to do one thing.
pub struct LandingPage {
    pub op: Op,
    pub row: landing_page::Model,
}

/// A page of a brand, at an address of its own, that asks visitors to do one thing: to follow a short link, or to fill in a form.
#[Object]
impl LandingPage {
    /// The page's id.
    pub async fn id(&self) -> ID {
        Kind::LandingPage.id(self.row.id)
    }
    /// How far it has come.
    async fn state(&self) -> LandingPageState {
        self.row.state.into()
    }
    /// Its public address. It shows something while the page is published; the address stays if `slug` changes, and leads on.
    async fn url(&self) -> Result<String> {
        let url = self.op.services.link(&format!("p/{}/{}", self.row.code, self.row.slug)).map_err(Failure::from);
        Ok(self.op.query(url)?.into())
    }
    /// The end of its address, for people.
    async fn slug(&self) -> &str {
        &self.row.slug
    }
    /// The language in which it is written, and in which the product speaks on it.
    async fn locale(&self) -> Locale {
        self.row.locale.into()
    }
    /// Its title.
    async fn title(&self) -> &str {
        &self.row.title
    }
    /// What it says, in order.
    async fn blocks(&self) -> Result<Vec<LandingBlock>> {
        let blocks = self.op.query(domain::blocks_of(&self.row))?;
        Ok(blocks.into_iter().map(|block| LandingBlock { kind: block.kind.into(), text: block.text }).collect())
    }
    /// Its picture; null where it has none, or the caller does not see the file.
    async fn image(&self) -> Result<Option<Asset>> {
        let Some(id) = self.row.asset_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| Asset { op: self.op.clone(), row }))
    }
    /// What is said to those who do not see the picture; empty where there is none.
    async fn image_alt(&self) -> &str {
        &self.row.image_alt
    }
    /// What visitors are asked to do.
    async fn action(&self) -> LandingPageAction {
        self.row.action.into()
    }
    /// What stands on the button.
    async fn label(&self) -> &str {
        &self.row.action_label
    }
    /// The short link that the button leads to; null where there is a form instead.
    async fn link(&self) -> Result<Option<TrackedLink>> {
        let Some(id) = self.row.link_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| TrackedLink { op: self.op.clone(), row }))
    }
    /// The form; null where the button leads to a link instead.
    async fn form(&self) -> Option<LandingForm> {
        if self.row.action != landing_page::LandingAction::Form {
            return None;
        }
        let asked = domain::asked_of(&self.row).into_iter();
        Some(LandingForm {
            fields: asked.map(|asked| LandingField { field: asked.field.into(), required: asked.required }).collect(),
            consent: self.row.consent.clone(),
            thanks: self.row.thanks.clone(),
        })
    }
    /// What a lead of it is worth; null where that was not said, and for those below MID.
    async fn lead_value(&self) -> Option<Money> {
        if !self.op.may(Action::ConversionRead, self.row.brand_id) {
            return None;
        }
        Some(Money { minor: Long(self.row.value_minor?), currency: self.row.currency.clone()? })
    }
    /// What it brought; null for those who do not read numbers.
    #[graphql(complexity = "5 + child_complexity")]
    async fn figures(&self) -> Result<Option<LandingFigures>> {
        let numbers: Vec<LandingNumbers> = self.op.load_of(self.row.id).await?;
        Ok(numbers.into_iter().next().map(LandingFigures::from))
    }
    /// The campaign that it is of; null where it is of none, or the caller does not see it.
    async fn campaign(&self) -> Result<Option<Campaign>> {
        let Some(id) = self.row.campaign_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| Campaign { op: self.op.clone(), row }))
    }
    /// Who published it last; null when the caller does not see that person.
    async fn published_by(&self) -> Result<Option<User>> {
        let Some(id) = self.row.published_by else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// When it was published last.
    async fn published_at(&self) -> Option<DateTime<Utc>> {
        self.row.published_at
    }
    /// Who wrote it down; null when the caller does not see that person.
    async fn created_by(&self) -> Result<Option<User>> {
        Ok(self.op.load(self.row.created_by).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// When it was written down.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }
    /// Since when it is put away.
    async fn archived_at(&self) -> Option<DateTime<Utc>> {
        self.row.archived_at
    }
    /// Counts the changes; a change names the version from which it started.
    async fn version(&self) -> i32 {
        self.row.version
    }
    /// Its brand.
    async fn brand(&self) -> Result<Brand> {
        Ok(Brand { op: self.op.clone(), row: self.op.must_load(self.row.brand_id).await? })
    }
}

/// A form of a landing page that somebody filled in. How to reach them is with the lead.
pub struct LandingSubmission {
    pub op: Op,
    pub row: landing_submission::Model,
}

/// A form of a landing page that somebody filled in. How to reach them is with the lead. For MID and above.
#[Object]
impl LandingSubmission {
    /// The page.
    async fn page(&self) -> Result<Option<LandingPage>> {
        Ok(self.op.load(self.row.page_id).await?.map(|row| LandingPage { op: self.op.clone(), row }))
    }
    /// Which version of the page they saw last.
    async fn page_version(&self) -> i32 {
        self.row.page_version
    }
    /// What they agreed to, word by word.
    async fn consent(&self) -> &str {
        &self.row.consent
    }
    /// What the address by which they came said of where they came from.
    async fn utm(&self) -> UtmParameters {
        let row = self.row.clone();
        Utm {
            source: row.utm_source,
            medium: row.utm_medium,
            campaign: row.utm_campaign,
            content: row.utm_content,
            term: row.utm_term,
        }
        .into()
    }
    /// When they sent it.
    async fn submitted_at(&self) -> DateTime<Utc> {
        self.row.submitted_at
    }
}

/// Which landing pages are wanted.
#[derive(InputObject, Default)]
struct LandingPageFilterInput {
    /// Of this campaign.
    campaign_id: Option<ID>,
    /// In one of these states; in any when empty.
    #[graphql(default)]
    states: Vec<LandingPageState>,
}

impl LandingPageFilterInput {
    fn into_domain(self) -> Result<LandingFilter, Failure> {
        Ok(LandingFilter {
            campaign_id: self.campaign_id.map(|id| Kind::Campaign.parse(&id, "filter.campaignId")).transpose()?,
            states: self.states.into_iter().map(Into::into).collect(),
        })
    }
}

/// Queries for landing pages.
#[derive(Default)]
pub struct LandingQuery;

#[Object]
impl LandingQuery {
    /// The landing pages of a brand, newest first. For the agency's staff.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "a connection has four besides its own")]
    async fn landing_pages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which brand.")] brand_id: ID,
        #[graphql(desc = "Only these.")] filter: Option<LandingPageFilterInput>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, LandingPage>> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let page = Window { first, after, last, before }.page()?;
        let brand_id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let filter = op.query(filter.unwrap_or_default().into_domain())?;
        let slice = op.query(domain::landing_pages(op, brand_id, filter, page).await)?;
        Ok(connection(slice, |row| row.id, |row| LandingPage { op: op.clone(), row }))
    }
}
