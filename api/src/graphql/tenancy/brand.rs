//! Brands as the API shows them.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use diwan_domain::{Action, calendar, curation, insights, media, publishing, tenancy, trust};
use diwan_entity::tenancy::{agency, brand};

use super::agency::{BusinessHours, business_hours};
use super::members::{MemberFilterInput, Membership};
use super::types::{Locale, WeekStart};
use crate::graphql::calendar::{
    Calendar, ChecklistTemplate, ContentPromise, EvergreenQueue, Post, PostFilterInput, PostSeries, Slot, SpecialDay,
};
use crate::graphql::context::Op;
use crate::graphql::curation::{Source, SourceItem, SourceItemFilterInput};
use crate::graphql::insights::ReportRun;
use crate::graphql::media::{Asset, AssetFilterInput, MediaLibrary};
use crate::graphql::page::{Window, connection, cost};
use crate::graphql::publishing::{Publication, PublishingPause, PublishingWatch, SocialAccount};
use crate::graphql::scalars::Kind;
use crate::graphql::strategy::{BrandProfile, Strategy};
use crate::graphql::trust::{Integration, Job, JobState};

/// What a brand says for itself; null is as the agency has it.
#[derive(SimpleObject)]
struct BrandOverrides {
    /// ISO 4217 code.
    base_currency: Option<String>,
    /// The day on which a week begins.
    week_start: Option<WeekStart>,
    /// When somebody is there.
    business_hours: Option<Vec<BusinessHours>>,
}

/// One client brand: the tenant.
pub struct Brand {
    pub op: Op,
    pub row: brand::Model,
}

/// One client brand: the tenant.
#[Object]
impl Brand {
    /// The brand's id.
    pub async fn id(&self) -> ID {
        Kind::Brand.id(self.row.id)
    }
    /// Its name.
    async fn name(&self) -> &str {
        &self.row.name
    }
    /// IANA time zone, in which the brand is planned.
    async fn time_zone(&self) -> &str {
        &self.row.time_zone
    }
    /// Its language.
    async fn locale(&self) -> Locale {
        self.row.locale.into()
    }
    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// How long after its time a post may still go out, in seconds; later it is `MISSED`.
    async fn publish_grace_seconds(&self) -> i32 {
        self.row.publish_grace_seconds
    }

    /// ISO 4217 code: the brand's, or the agency's unless it has one.
    async fn base_currency(&self) -> Result<String> {
        match &self.row.base_currency {
            Some(own) => Ok(own.clone()),
            None => Ok(self.agency().await?.base_currency),
        }
    }
    /// The day on which a week begins: the brand's, or the agency's unless it has one.
    async fn week_start(&self) -> Result<WeekStart> {
        match self.row.week_start {
            Some(own) => Ok(own.into()),
            None => Ok(self.agency().await?.week_start.into()),
        }
    }
    /// When somebody is there, in the order of the week, in the brand's time zone: the brand's hours, or the agency's
    /// unless it has any.
    async fn business_hours(&self) -> Result<Vec<BusinessHours>> {
        match &self.row.business_hours {
            Some(own) => business_hours(&self.op, own),
            None => business_hours(&self.op, &self.agency().await?.business_hours),
        }
    }
    /// What the brand says for itself.
    async fn overrides(&self) -> Result<BrandOverrides> {
        let hours = self.row.business_hours.as_ref();
        Ok(BrandOverrides {
            base_currency: self.row.base_currency.clone(),
            week_start: self.row.week_start.map(Into::into),
            business_hours: hours.map(|own| business_hours(&self.op, own)).transpose()?,
        })
    }
    /// Since when it is archived: then it is read, and nothing in it changes.
    async fn archived_at(&self) -> Option<DateTime<Utc>> {
        self.row.archived_at
    }
    /// When it is deleted for good, if that is ordered.
    async fn deletion_due_at(&self) -> Option<DateTime<Utc>> {
        self.row.deletion_due_at
    }
    /// Counts the changes of the settings; a change names the version from which it started.
    async fn version(&self) -> i32 {
        self.row.version
    }

    /// What it is and how it speaks, as it holds now; null before it was written. For everybody who sees the brand.
    async fn profile(&self) -> Result<Option<BrandProfile>> {
        let newest = self.op.load_of(self.row.id).await?.into_iter().next();
        Ok(newest.map(|row| BrandProfile { op: self.op.clone(), row }))
    }
    /// Its strategy. For the agency's staff.
    async fn strategy(&self) -> Result<Option<Strategy>> {
        self.op.query(self.op.permit(Action::StrategyRead, self.row.id).await)?;
        Ok(Some(Strategy { op: self.op.clone(), brand_id: self.row.id }))
    }

    /// Its integrations, newest first. For SENIOR and above.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn integrations(
        &self,
        _ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, Integration>> {
        let page = Window { first, after, last, before }.page()?;
        let slice = self.op.query(trust::integrations(&self.op, self.row.id, page).await)?;
        Ok(connection(slice, |row| row.id, |row| Integration { op: self.op.clone(), row }))
    }

    /// Who is in it, newest first, in whatever state. For the agency's staff.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn members(
        &self,
        _ctx: &Context<'_>,
        #[graphql(desc = "Only these.")] filter: Option<MemberFilterInput>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, Membership>> {
        let page = Window { first, after, last, before }.page()?;
        let filter = filter.unwrap_or_default().into_domain();
        let slice = self.op.query(tenancy::members(&self.op, self.row.id, filter, page).await)?;
        Ok(connection(slice, |row| row.id, |row| Membership { op: self.op.clone(), row }))
    }

    /// The special days of the brand itself, in the order in which they were written, up to 500. Those of the agency stand in
    /// `agency.specialDays`.
    #[graphql(complexity = "1 + 20 * child_complexity")]
    async fn special_days(&self) -> Result<Vec<SpecialDay>> {
        let rows = self.op.query(calendar::special_days(&self.op, Some(self.row.id)).await)?;
        Ok(rows.into_iter().map(|row| SpecialDay { op: self.op.clone(), row }).collect())
    }

    /// How many posts a week were promised, in the order in which it was written, up to 100. For the agency's staff.
    #[graphql(complexity = "1 + 10 * child_complexity")]
    async fn content_promises(&self) -> Result<Vec<ContentPromise>> {
        let rows = self.op.query(calendar::content_promises(&self.op, self.row.id).await)?;
        Ok(rows.into_iter().map(|row| ContentPromise { op: self.op.clone(), row }).collect())
    }

    /// Its templates of checklists, newest first. For the agency's staff.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn checklist_templates(
        &self,
        _ctx: &Context<'_>,
        #[graphql(desc = "Those that were put away instead of those that are used.", default)] archived: bool,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, ChecklistTemplate>> {
        let page = Window { first, after, last, before }.page()?;
        let slice = self.op.query(calendar::checklist_templates(&self.op, self.row.id, archived, page).await)?;
        Ok(connection(slice, |row| row.id, |row| ChecklistTemplate { op: self.op.clone(), row }))
    }

    /// Its recurring times for posts, in the order in which they were made, up to 300. For the agency's staff.
    #[graphql(complexity = "1 + 50 * child_complexity")]
    async fn slots(&self) -> Result<Vec<Slot>> {
        let rows = self.op.query(calendar::slots(&self.op, self.row.id).await)?;
        Ok(rows.into_iter().map(|row| Slot { op: self.op.clone(), row }).collect())
    }

    /// Its evergreen queues, in the order in which they were made, up to 50. For the agency's staff.
    #[graphql(complexity = "1 + 10 * child_complexity")]
    async fn evergreen_queues(&self) -> Result<Vec<EvergreenQueue>> {
        let rows = self.op.query(calendar::queues(&self.op, self.row.id).await)?;
        Ok(rows.into_iter().map(|row| EvergreenQueue { op: self.op.clone(), row }).collect())
    }

    /// Its posts that come again, newest first. For the agency's staff.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn post_series(
        &self,
        _ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, PostSeries>> {
        let page = Window { first, after, last, before }.page()?;
        let slice = self.op.query(calendar::series(&self.op, self.row.id, page).await)?;
        Ok(connection(slice, |row| row.id, |row| PostSeries { op: self.op.clone(), row }))
    }

    /// The feeds that it follows, newest first. For the agency's staff.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn sources(
        &self,
        _ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, Source>> {
        let page = Window { first, after, last, before }.page()?;
        let slice = self.op.query(curation::sources(&self.op, self.row.id, page).await)?;
        Ok(connection(slice, |row| row.id, |row| Source { op: self.op.clone(), row }))
    }

    /// What its feeds brought, newest first. For the agency's staff.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn source_items(
        &self,
        _ctx: &Context<'_>,
        #[graphql(desc = "Only these.")] filter: Option<SourceItemFilterInput>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, SourceItem>> {
        let page = Window { first, after, last, before }.page()?;
        let filter = self.op.query(filter.unwrap_or_default().into_domain())?;
        let slice = self.op.query(curation::items(&self.op, self.row.id, filter, page).await)?;
        Ok(connection(slice, |row| row.id, |row| SourceItem { op: self.op.clone(), row }))
    }

    /// Its calendars, newest first.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn calendars(
        &self,
        _ctx: &Context<'_>,
        #[graphql(desc = "Archived ones instead of those that are used.", default)] archived: bool,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, Calendar>> {
        let page = Window { first, after, last, before }.page()?;
        let slice = self.op.query(calendar::calendars(&self.op, self.row.id, archived, page).await)?;
        Ok(connection(slice, |row| row.id, |row| Calendar { op: self.op.clone(), row }))
    }

    /// Its connected accounts, newest first.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn social_accounts(
        &self,
        _ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, SocialAccount>> {
        let page = Window { first, after, last, before }.page()?;
        let slice = self.op.query(publishing::social_accounts(&self.op, self.row.id, page).await)?;
        Ok(connection(slice, |row| row.id, |row| SocialAccount { op: self.op.clone(), row }))
    }

    /// Its media library as a whole.
    async fn media_library(&self) -> MediaLibrary {
        MediaLibrary { op: self.op.clone(), brand_id: self.row.id }
    }

    /// The files of its media library, newest first.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn assets(
        &self,
        _ctx: &Context<'_>,
        #[graphql(desc = "Only these.")] filter: Option<AssetFilterInput>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, Asset>> {
        let page = Window { first, after, last, before }.page()?;
        let filter = self.op.query(filter.unwrap_or_default().into_domain())?;
        let slice = self.op.query(media::assets(&self.op, self.row.id, filter, page).await)?;
        Ok(connection(slice, |row| row.id, |row| Asset { op: self.op.clone(), row }))
    }

    /// Its posts, newest first.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn posts(
        &self,
        _ctx: &Context<'_>,
        #[graphql(desc = "Only these.")] filter: Option<PostFilterInput>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, Post>> {
        let page = Window { first, after, last, before }.page()?;
        let filter = self.op.query(filter.unwrap_or_default().into_domain())?;
        let slice = self.op.query(calendar::posts(&self.op, self.row.id, filter, page).await)?;
        Ok(connection(slice, |row| row.id, |row| Post { op: self.op.clone(), row }))
    }

    /// Its publications, newest first.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn publications(
        &self,
        _ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, Publication>> {
        let page = Window { first, after, last, before }.page()?;
        let slice = self.op.query(publishing::publications(&self.op, self.row.id, page).await)?;
        Ok(connection(slice, |row| row.id, |row| Publication { op: self.op.clone(), row }))
    }

    /// How its publishing goes: what is stuck, and why. From MID on.
    #[graphql(complexity = "5 + 20 * child_complexity")]
    async fn publishing(
        &self,
        #[graphql(desc = "How many stuck publications at most, 1 to 200.", default = 50)] most: i32,
    ) -> Result<PublishingWatch> {
        let state = publishing::publishing_state(&self.op, self.row.id, most.into()).await;
        Ok(PublishingWatch::new(&self.op, self.op.query(state)?))
    }

    /// Its publications that go on only when a person does something, newest first: `FAILED`, `MISSED`, `NEEDS_ATTENTION`.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn needs_attention(
        &self,
        _ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, Publication>> {
        let page = Window { first, after, last, before }.page()?;
        let slice = self.op.query(publishing::needs_attention(&self.op, self.row.id, page).await)?;
        Ok(connection(slice, |row| row.id, |row| Publication { op: self.op.clone(), row }))
    }

    /// What is held back of it now, newest first: the brand, its accounts, its posts, and the agency if that is. For the agency's staff;
    /// others see none.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn pauses(
        &self,
        _ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, PublishingPause>> {
        let page = Window { first, after, last, before }.page()?;
        let slice = self.op.query(publishing::pauses_of_brand(&self.op, self.row.id, page).await)?;
        Ok(connection(slice, |row| row.id, |row| PublishingPause { op: self.op.clone(), row }))
    }

    /// Its reports, newest first; from MID on.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn reports(
        &self,
        _ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, ReportRun>> {
        let page = Window { first, after, last, before }.page()?;
        let slice = self.op.query(insights::report_runs(&self.op, self.row.id, page).await)?;
        Ok(connection(slice, |row| row.id, |row| ReportRun { op: self.op.clone(), row }))
    }

    /// Its jobs, newest first: what waits, what runs, what was set aside.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn jobs(
        &self,
        _ctx: &Context<'_>,
        #[graphql(desc = "Only in these states; in any when left out.")] states: Option<Vec<JobState>>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, Job>> {
        let page = Window { first, after, last, before }.page()?;
        let states = states.unwrap_or_default().into_iter().map(Into::into).collect();
        let slice = self.op.query(trust::jobs(&self.op, self.row.id, states, page).await)?;
        Ok(connection(slice, |row| row.id, |row| Job { op: self.op.clone(), row }))
    }
}

impl Brand {
    async fn agency(&self) -> Result<agency::Model> {
        self.op.must_load(self.row.agency_id).await
    }
}
