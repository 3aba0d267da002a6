//! The strategy of a brand, as a whole.

use async_graphql::connection::Connection;
use async_graphql::{Context, Object, Result};
use chrono::NaiveDate;
use diwan_domain::Failure;
use diwan_domain::paging::{Page, Slice};
use diwan_domain::strategy::{self, Archivable};
use diwan_entity::strategy::{challenge, channel_choice, content_checks, content_pillar, content_plan, kpi, persona};
use uuid::Uuid;

use super::checks::ContentChecks;
use super::items::{Challenge, ChannelChoice, ContentPlan, Persona};
use super::kpi::Kpi;
use super::objective::{Objective, ObjectiveKind};
use super::pillar::{ContentPillar, PillarMix};
use super::profile::BrandProfile;
use crate::graphql::context::Op;
use crate::graphql::page::{Window, connection, cost};

/// The strategy of a brand. For the agency's staff, from JUNIOR on.
pub struct Strategy {
    pub op: Op,
    pub brand_id: Uuid,
}

impl Strategy {
    async fn items<E: Archivable>(&self, archived: bool, page: Page) -> Result<Slice<E::Model>>
    where
        E::Model: Send,
    {
        let slice: Result<_, Failure> = strategy::items::<E>(&self.op, self.brand_id, archived, page).await;
        self.op.query(slice)
    }
}

/// The strategy of a brand. For the agency's staff, from JUNIOR on.
#[Object]
impl Strategy {
    /// Whom it talks to, narrower audiences with them, newest first.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn personas(
        &self,
        _ctx: &Context<'_>,
        #[graphql(desc = "Those that were put away, instead of those in use.", default)] archived: bool,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, Persona>> {
        let page = Window { first, after, last, before }.page()?;
        let slice = self.items::<persona::Entity>(archived, page).await?;
        Ok(connection(slice, |row| row.id, |row| Persona { op: self.op.clone(), row }))
    }

    /// What holds it back, newest first.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn challenges(
        &self,
        _ctx: &Context<'_>,
        #[graphql(desc = "Those that were put away, instead of those in use.", default)] archived: bool,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, Challenge>> {
        let page = Window { first, after, last, before }.page()?;
        let slice = self.items::<challenge::Entity>(archived, page).await?;
        Ok(connection(slice, |row| row.id, |row| Challenge { op: self.op.clone(), row }))
    }

    /// What it measures, newest first.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn kpis(
        &self,
        _ctx: &Context<'_>,
        #[graphql(desc = "Those that were put away, instead of those in use.", default)] archived: bool,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, Kpi>> {
        let page = Window { first, after, last, before }.page()?;
        let slice = self.items::<kpi::Entity>(archived, page).await?;
        Ok(connection(slice, |row| row.id, |row| Kpi { op: self.op.clone(), row }))
    }

    /// What it talks about, newest first.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn pillars(
        &self,
        _ctx: &Context<'_>,
        #[graphql(desc = "Those that were put away, instead of those in use.", default)] archived: bool,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, ContentPillar>> {
        let page = Window { first, after, last, before }.page()?;
        let slice = self.items::<content_pillar::Entity>(archived, page).await?;
        Ok(connection(slice, |row| row.id, |row| ContentPillar { op: self.op.clone(), row }))
    }

    /// Where it is and where it is not, newest first.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn channel_choices(
        &self,
        _ctx: &Context<'_>,
        #[graphql(desc = "Those that were put away, instead of those in use.", default)] archived: bool,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, ChannelChoice>> {
        let page = Window { first, after, last, before }.page()?;
        let slice = self.items::<channel_choice::Entity>(archived, page).await?;
        Ok(connection(slice, |row| row.id, |row| ChannelChoice { op: self.op.clone(), row }))
    }

    /// How its content is made, brought out and made known, newest first.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn content_plans(
        &self,
        _ctx: &Context<'_>,
        #[graphql(desc = "Those that were put away, instead of those in use.", default)] archived: bool,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, ContentPlan>> {
        let page = Window { first, after, last, before }.page()?;
        let slice = self.items::<content_plan::Entity>(archived, page).await?;
        Ok(connection(slice, |row| row.id, |row| ContentPlan { op: self.op.clone(), row }))
    }

    /// What it wants, newest first.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "the four of a connection, each a word of the API")]
    async fn objectives(
        &self,
        _ctx: &Context<'_>,
        #[graphql(desc = "Only of this kind.")] kind: Option<ObjectiveKind>,
        #[graphql(desc = "Those that were put away, instead of those in use.", default)] archived: bool,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, Objective>> {
        let page = Window { first, after, last, before }.page()?;
        let slice =
            self.op.query(strategy::objectives(&self.op, self.brand_id, kind.map(Into::into), archived, page).await)?;
        Ok(connection(slice, |row| row.id, |row| Objective { op: self.op.clone(), row }))
    }

    /// All versions of its profile, newest first.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn profile_versions(
        &self,
        _ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, BrandProfile>> {
        let page = Window { first, after, last, before }.page()?;
        let slice = self.op.query(strategy::brand_profiles(&self.op, self.brand_id, page).await)?;
        Ok(connection(slice, |row| row.id, |row| BrandProfile { op: self.op.clone(), row }))
    }

    /// What is checked on its posts.
    async fn checks(&self) -> Result<ContentChecks> {
        let set = self.op.load_of::<content_checks::Model>(self.brand_id).await?.into_iter().next();
        Ok(set.unwrap_or_else(|| strategy::default_checks(self.brand_id)).into())
    }

    /// Its pillars in use, with what is planned of each in a month of the brand's time zone: posts that have a time in it and
    /// are not canceled or put away.
    #[graphql(complexity = "1 + 10 * child_complexity")]
    async fn mix(&self, #[graphql(desc = "Any day of the month.")] month: NaiveDate) -> Result<Vec<PillarMix>> {
        let mix = self.op.query(strategy::content_mix(&self.op, self.brand_id, month).await)?;
        Ok(mix.into_iter().map(|each| PillarMix::of(&self.op, each)).collect())
    }
}
