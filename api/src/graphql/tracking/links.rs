//! Short links as the API shows them, and how often they were followed.

use async_graphql::connection::Connection;
use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use diwan_domain::Failure;
use diwan_domain::tracking::{self as domain, LinkFilter, Utm};
use diwan_entity::tracking::{link_click, tracked_link, utm_convention};

use crate::graphql::calendar::Post;
use crate::graphql::campaigns::Campaign;
use crate::graphql::context::Op;
use crate::graphql::page::{Window, connection, cost};
use crate::graphql::scalars::{Kind, Long};
use crate::graphql::tenancy::{Brand, User};

/// The parameters by which web statistics tell where somebody came from; null where one is not set.
#[derive(SimpleObject)]
pub struct UtmParameters {
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

impl From<Utm> for UtmParameters {
    fn from(utm: Utm) -> Self {
        let Utm { source, medium, campaign, content, term } = utm;
        Self { source, medium, campaign, content, term }
    }
}

/// A short link that leads to a page, and counts how often it is followed without keeping anything of who follows it.
pub struct TrackedLink {
    pub op: Op,
    pub row: tracked_link::Model,
}

/// A short link that leads to a page, and counts how often it is followed without keeping anything of who follows it.
#[Object]
impl TrackedLink {
    /// The link's id.
    pub async fn id(&self) -> ID {
        Kind::TrackedLink.id(self.row.id)
    }
    /// What it is called.
    async fn name(&self) -> &str {
        &self.row.name
    }
    /// What its address ends with: by this it is named as a touch of a conversion.
    async fn code(&self) -> &str {
        &self.row.code
    }
    /// Its address, for posts. It stays for good, wherever it leads.
    async fn short_url(&self) -> Result<String> {
        let url = self.op.services.link(&format!("l/{}", self.row.code)).map_err(Failure::from);
        Ok(self.op.query(url)?.into())
    }
    /// The page.
    async fn target_url(&self) -> &str {
        &self.row.target_url
    }
    /// Where it leads: the page with the parameters.
    async fn destination(&self) -> &str {
        &self.row.destination
    }
    /// The parameters, its own and those of the brand's convention.
    async fn utm(&self) -> UtmParameters {
        Utm::of(&self.row).into()
    }
    /// The campaign that it is of; null where it is of none, or the caller does not see it.
    async fn campaign(&self) -> Result<Option<Campaign>> {
        let Some(id) = self.row.campaign_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| Campaign { op: self.op.clone(), row }))
    }
    /// The post that it is of; null where it is of none, or the caller does not see it.
    async fn post(&self) -> Result<Option<Post>> {
        let Some(id) = self.row.post_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| Post { op: self.op.clone(), row }))
    }
    /// The key of the network where it is shown.
    async fn network(&self) -> Option<&str> {
        self.row.network.as_deref()
    }
    /// Who made it; null when the caller does not see that person.
    async fn created_by(&self) -> Result<Option<User>> {
        Ok(self.op.load(self.row.created_by).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }
    /// Since when it is put away and leads nowhere.
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

/// How a brand's links say where somebody came from: templates of the parameters, with `{{ network }}`, `{{ campaign }}`, `{{ post }}` and
/// `{{ date }}`. Names are written in lower case with hyphens. A parameter that uses what a link has not is left out.
#[derive(SimpleObject)]
pub struct UtmConvention {
    /// Of `utm_source`; null: it is not set. The others likewise.
    source: Option<String>,
    /// Of `utm_medium`.
    medium: Option<String>,
    /// Of `utm_campaign`.
    campaign: Option<String>,
    /// Of `utm_content`.
    content: Option<String>,
    /// Of `utm_term`.
    term: Option<String>,
    /// When it was set.
    updated_at: DateTime<Utc>,
    /// Counts the changes; a change names the version from which it started.
    version: i32,
}

impl UtmConvention {
    /// As it is stored.
    pub fn new(row: utm_convention::Model) -> Self {
        let utm_convention::Model { source, medium, campaign, content, term, updated_at, version, .. } = row;
        Self { source, medium, campaign, content, term, updated_at, version }
    }
}

/// What a link was followed with.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "link_click::Device")]
pub enum DeviceKind {
    /// A computer.
    Desktop,
    /// A phone.
    Mobile,
    /// A tablet.
    Tablet,
    /// Something else, or not to be told.
    Other,
}

/// Clicks of a day.
#[derive(SimpleObject)]
struct DayClicks {
    /// By the brand's clock.
    day: NaiveDate,
    /// How many.
    clicks: Long,
}

/// Clicks by the page before.
#[derive(SimpleObject)]
struct ReferrerClicks {
    /// The host of the page; empty where none was named, `*` for any beyond the first hundred of a quarter of an hour.
    host: String,
    /// How many.
    clicks: Long,
}

/// Clicks by the kind of device.
#[derive(SimpleObject)]
struct DeviceClicks {
    /// The kind.
    device: DeviceKind,
    /// How many.
    clicks: Long,
}

/// How often a link was followed in a period. Programs that announce themselves, and browsers that fetch ahead, are not counted.
#[derive(SimpleObject)]
struct LinkClicks {
    /// All of them.
    total: Long,
    /// By day; days without any are left out.
    days: Vec<DayClicks>,
    /// By the page before, most first, at most 50.
    referrers: Vec<ReferrerClicks>,
    /// By the kind of device, most first.
    devices: Vec<DeviceClicks>,
}

/// Which links are wanted.
#[derive(InputObject, Default)]
struct TrackedLinkFilterInput {
    /// Of this campaign.
    campaign_id: Option<ID>,
    /// Of this post.
    post_id: Option<ID>,
    /// Whose name or page holds this, in any case; up to 200 characters.
    search: Option<String>,
    /// Those that were put away, instead of those that were not.
    #[graphql(default)]
    archived: bool,
}

impl TrackedLinkFilterInput {
    fn into_domain(self) -> Result<LinkFilter, Failure> {
        Ok(LinkFilter {
            campaign_id: self.campaign_id.map(|id| Kind::Campaign.parse(&id, "filter.campaignId")).transpose()?,
            post_id: self.post_id.map(|id| Kind::Post.parse(&id, "filter.postId")).transpose()?,
            search: self.search,
            archived: self.archived,
        })
    }
}

/// Queries for links.
#[derive(Default)]
pub struct LinkQuery;

#[Object]
impl LinkQuery {
    /// The short links of a brand, newest first. For the agency's staff.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "a connection has four besides its own")]
    async fn tracked_links(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which brand.")] brand_id: ID,
        #[graphql(desc = "Only these.")] filter: Option<TrackedLinkFilterInput>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, TrackedLink>> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let page = Window { first, after, last, before }.page()?;
        let brand_id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let filter = op.query(filter.unwrap_or_default().into_domain())?;
        let slice = op.query(domain::tracked_links(op, brand_id, filter, page).await)?;
        Ok(connection(slice, |row| row.id, |row| TrackedLink { op: op.clone(), row }))
    }

    /// How often a link was followed, in at most 400 days. For MID and above.
    async fn link_clicks(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which link.")] link_id: ID,
        #[graphql(desc = "The first day, by the brand's clock.")] from: NaiveDate,
        #[graphql(desc = "The last day, which is part of it.")] to: NaiveDate,
    ) -> Result<LinkClicks> {
        let op = Op::of(ctx)?;
        let link_id = op.query(Kind::TrackedLink.parse(&link_id, "linkId"))?;
        let domain::Clicks { total, days, hosts, devices } =
            op.query(domain::link_clicks(op, link_id, (from, to)).await)?;
        Ok(LinkClicks {
            total: Long(total),
            days: days.into_iter().map(|(day, clicks)| DayClicks { day, clicks: Long(clicks) }).collect(),
            referrers: hosts.into_iter().map(|(host, clicks)| ReferrerClicks { host, clicks: Long(clicks) }).collect(),
            devices: devices
                .into_iter()
                .map(|(device, clicks)| DeviceClicks { device: device.into(), clicks: Long(clicks) })
                .collect(),
        })
    }

    /// How a brand's links say where somebody came from; null until somebody sets it. For the agency's staff.
    async fn utm_convention(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which brand.")] brand_id: ID,
    ) -> Result<Option<UtmConvention>> {
        let op = Op::of(ctx)?;
        let brand_id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        Ok(op.query(domain::utm_convention(op, brand_id).await)?.map(UtmConvention::new))
    }
}
