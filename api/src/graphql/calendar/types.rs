//! Calendars and posts as the API shows them.

use async_graphql::connection::Connection;
use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Datelike as _, Utc};
use diwan_domain::paging::Slice;
use diwan_domain::{Action, Code, Failure, UserError, calendar as domain};
use diwan_entity::calendar::{calendar, idea, post, post_variant, variant_asset};
use diwan_networks::Options;

use super::checklists::ChecklistItem;
use super::teamwork::{PostAssignment, PostComment};
use super::versions::{PostVersion, SimilarPost};
use crate::graphql::approvals::ApprovalRequest;
use crate::graphql::campaigns::Campaign;
use crate::graphql::context::Op;
use crate::graphql::curation::CuratedFrom;
use crate::graphql::ideas::Idea;
use crate::graphql::loaders::Loadable as _;
use crate::graphql::media::Asset;
use crate::graphql::page::{Window, connection, cost};
use crate::graphql::publishing::{Publication, PublishingPause, SocialAccount, pauses_of_post};
use crate::graphql::scalars::{Kind, Long};
use crate::graphql::strategy::{ContentPillar, Partnership};
use crate::graphql::tenancy::{Brand, User};

/// Where a post is on its way.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "post::PostState")]
pub enum PostState {
    /// Being written.
    Draft,
    /// Waits for a review.
    InReview,
    /// Came back from review.
    ChangesRequested,
    /// May be scheduled.
    Approved,
    /// Goes out at its time.
    Scheduled,
    /// Some of it is on its way.
    Publishing,
    /// All of it is out.
    Published,
    /// Some of it is out, the rest is not.
    PartiallyPublished,
    /// None of it went out.
    Failed,
    /// Held back by a person.
    Paused,
    /// Will not go out.
    Canceled,
    /// Put away.
    Archived,
}

/// Which posts are wanted.
#[derive(InputObject, Default)]
pub struct PostFilterInput {
    /// In one of these states; any when empty.
    #[graphql(default)]
    states: Vec<PostState>,
    /// In this calendar.
    calendar_id: Option<ID>,
    /// Of this campaign.
    campaign_id: Option<ID>,
    /// Due at this time or later.
    due_from: Option<DateTime<Utc>>,
    /// Due before this time.
    due_before: Option<DateTime<Utc>>,
}

impl PostFilterInput {
    /// As the domain wants it.
    pub fn into_domain(self) -> Result<domain::PostFilter, Failure> {
        Ok(domain::PostFilter {
            states: self.states.into_iter().map(Into::into).collect(),
            calendar_id: self.calendar_id.map(|id| Kind::Calendar.parse(&id, "filter.calendarId")).transpose()?,
            campaign_id: self.campaign_id.map(|id| Kind::Campaign.parse(&id, "filter.campaignId")).transpose()?,
            due_from: storable(self.due_from, "filter.dueFrom")?,
            due_before: storable(self.due_before, "filter.dueBefore")?,
        })
    }
}

/// A time that the database knows.
pub fn storable(time: Option<DateTime<Utc>>, field: &str) -> Result<Option<DateTime<Utc>>, Failure> {
    match time {
        Some(time) if !(1..=9999).contains(&time.year()) => Err(UserError::at(Code::Invalid, field).into()),
        time => Ok(time),
    }
}

/// A calendar of a brand.
pub struct Calendar {
    pub op: Op,
    pub row: calendar::Model,
}

/// A calendar of a brand.
#[Object]
impl Calendar {
    /// The calendar's id.
    pub async fn id(&self) -> ID {
        Kind::Calendar.id(self.row.id)
    }
    /// Its name.
    async fn name(&self) -> &str {
        &self.row.name
    }
    /// Its colour, `#rrggbb`.
    async fn colour(&self) -> &str {
        &self.row.colour
    }
    /// Whether clients of the brand see what is approved or further on in it.
    async fn shared_with_client(&self) -> bool {
        self.row.shared_with_client
    }
    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// Since when it is archived: nothing new is planned in it.
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

/// What is to be said, on one or more accounts, at one time.
pub struct Post {
    pub op: Op,
    pub row: post::Model,
}

/// What is to be said, on one or more accounts, at one time.
#[Object]
impl Post {
    /// The post's id.
    pub async fn id(&self) -> ID {
        Kind::Post.id(self.row.id)
    }
    /// For the team; never published.
    async fn title(&self) -> &str {
        &self.row.title
    }
    /// What is said wherever an account has no text of its own; null: nothing.
    async fn base_text(&self) -> Option<&str> {
        self.row.base_text.as_deref()
    }
    /// Where it is on its way.
    async fn state(&self) -> PostState {
        self.row.state.into()
    }
    /// When it goes out, or should have.
    async fn due_at(&self) -> Option<DateTime<Utc>> {
        self.row.due_at
    }
    /// What it is for; null: nothing in particular.
    async fn pillar(&self) -> Result<Option<ContentPillar>> {
        let Some(id) = self.row.pillar_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| ContentPillar { op: self.op.clone(), row }))
    }
    /// The campaign to which it belongs; null where it belongs to none, or campaigns are not the caller's to see.
    async fn campaign(&self) -> Result<Option<Campaign>> {
        let Some(id) = self.row.campaign_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| Campaign { op: self.op.clone(), row }))
    }
    /// What stands behind it besides the brand, which its texts have to disclose; null: nothing.
    async fn partnership(&self) -> Option<Partnership> {
        self.row.partnership.map(Into::into)
    }
    /// Counts the edits; an edit names the version that it started from.
    async fn version(&self) -> i32 {
        self.row.version
    }
    /// When it was begun.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }
    /// Its calendar.
    async fn calendar(&self) -> Result<Calendar> {
        Ok(Calendar { op: self.op.clone(), row: self.op.must_load(self.row.calendar_id).await? })
    }
    /// Its brand.
    async fn brand(&self) -> Result<Brand> {
        Ok(Brand { op: self.op.clone(), row: self.op.must_load(self.row.brand_id).await? })
    }
    /// Who began it; null when the caller does not see that person.
    async fn created_by(&self) -> Result<Option<User>> {
        Ok(self.op.load(self.row.created_by).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// What each account will say.
    #[graphql(complexity = "1 + 3 * child_complexity")]
    async fn variants(&self) -> Result<Vec<PostVariant>> {
        let rows = self.op.load_of::<post_variant::Model>(self.row.id).await?;
        Ok(rows.into_iter().map(|row| PostVariant { op: self.op.clone(), row }).collect())
    }
    /// What holds it back: a pause of its own, of an account that it goes to, of its brand, or of the agency. For the agency's staff;
    /// others see none.
    #[graphql(complexity = "1 + 3 * child_complexity")]
    async fn pauses(&self) -> Result<Vec<PublishingPause>> {
        pauses_of_post(&self.op, self.row.id).await
    }
    /// Its publications, canceled ones with them, oldest first.
    #[graphql(complexity = "1 + 3 * child_complexity")]
    async fn publications(&self) -> Result<Vec<Publication>> {
        let rows = self.op.load_of(self.row.id).await?;
        Ok(rows.into_iter().map(|row| Publication { op: self.op.clone(), row }).collect())
    }
    /// What it was made of, where it was made of what a feed brought.
    async fn curated_from(&self) -> Result<Option<CuratedFrom>> {
        let made_of = self.op.load_of(self.row.id).await?.into_iter().next();
        Ok(made_of.map(|row| CuratedFrom { op: self.op.clone(), row }))
    }
    /// The idea that it came from; null where it came from none, or the board is not the caller's to see.
    async fn idea(&self) -> Result<Option<Idea>> {
        let from = self.op.load_of::<idea::Model>(self.row.id).await?.into_iter().next();
        Ok(from.filter(|row| row.may_read(&self.op)).map(|row| Idea { op: self.op.clone(), row }))
    }
    /// To whom it is given, oldest first; a freelancer sees their own part.
    #[graphql(complexity = "1 + 3 * child_complexity")]
    async fn assignments(&self) -> Result<Vec<PostAssignment>> {
        let rows = self.op.load_of(self.row.id).await?;
        Ok(rows.into_iter().map(|row| PostAssignment { op: self.op.clone(), row }).collect())
    }
    /// What is to be done to it before it goes out, in order. For the team, and freelancers to whom it is given.
    #[graphql(complexity = "1 + 10 * child_complexity")]
    async fn checklist(&self) -> Result<Vec<ChecklistItem>> {
        self.op.query(self.op.permit_some(Action::ChecklistRead, self.row.brand_id).await)?;
        let rows = self.op.load_of(self.row.id).await?;
        Ok(rows.into_iter().map(|row| ChecklistItem { op: self.op.clone(), row }).collect())
    }
    /// The requests for its approval that the caller sees, oldest first.
    #[graphql(complexity = "1 + 3 * child_complexity")]
    async fn approvals(&self) -> Result<Vec<ApprovalRequest>> {
        let rows = self.op.load_of(self.row.id).await?;
        Ok(rows.into_iter().map(|row| ApprovalRequest { op: self.op.clone(), row }).collect())
    }
    /// Everything that it ever said, newest first: each saved content is a version. For the team, and freelancers to whom it is given.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn versions(
        &self,
        _ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, PostVersion>> {
        let page = Window { first, after, last, before }.page()?;
        let slice = self.op.query(domain::post_versions(&self.op, &self.row, page).await)?;
        let rows = slice.rows.into_iter().map(|row| PostVersion::of(&self.op, row));
        let (has_previous, has_next) = (slice.has_previous, slice.has_next);
        let slice = Slice { rows: rows.collect::<Result<_>>()?, has_previous, has_next };
        Ok(connection(slice, PostVersion::key, |version| version))
    }
    /// Other posts that say nearly the same on the same account within so many days of when this one is due, or of now where it is
    /// not. For the team, and freelancers to whom it is given.
    #[graphql(complexity = "1 + 5 * child_complexity")]
    async fn similar_posts(
        &self,
        #[graphql(desc = "How many days before and after, 1 to 365.", default = 30)] days: i32,
    ) -> Result<Vec<SimilarPost>> {
        let found = self.op.query(domain::similar_posts(&self.op, &self.row, days).await)?;
        Ok(found.into_iter().map(|similar| SimilarPost { op: self.op.clone(), similar }).collect())
    }
    /// What was said about it, newest first; clients read what is for them.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn comments(
        &self,
        _ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, PostComment>> {
        let page = Window { first, after, last, before }.page()?;
        let slice = self.op.query(domain::comments(&self.op, self.row.brand_id, self.row.id, page).await)?;
        Ok(connection(slice, |row| row.id, |row| PostComment { op: self.op.clone(), row }))
    }
}

/// A setting of a post that only one network knows.
#[derive(SimpleObject)]
pub struct PostOption {
    /// Its name, one of `Network.options`.
    name: String,
    /// Its value; of a flag `true` or `false`.
    value: String,
}

impl PostOption {
    /// Options in the order of their names.
    pub fn all(options: Options) -> Vec<Self> {
        options.into_iter().map(|(name, value)| Self { name, value }).collect()
    }
}

/// What one account will say.
pub struct PostVariant {
    pub op: Op,
    pub row: post_variant::Model,
}

/// What one account will say.
#[Object]
impl PostVariant {
    /// The variant's id.
    pub async fn id(&self) -> ID {
        Kind::Variant.id(self.row.id)
    }
    /// What it says: its own text or, without one, the base text.
    async fn text(&self) -> &str {
        &self.row.text
    }
    /// Whether the text is its own. Otherwise it says the base text, and changes with it.
    async fn own_text(&self) -> bool {
        self.row.own_text
    }
    /// What follows the text as a thread, in order: each part answers the one before it.
    async fn thread(&self) -> &[String] {
        &self.row.thread
    }
    /// What the account itself answers to its post right after it.
    async fn first_comment(&self) -> Option<&str> {
        self.row.first_comment.as_deref()
    }
    /// The address of the page that is shown as a card beside the text.
    async fn link(&self) -> Option<&str> {
        self.row.link.as_deref()
    }
    /// Settings that only its network knows, by name.
    async fn options(&self) -> Result<Vec<PostOption>> {
        let options = domain::options_of(&self.row).map_err(Failure::from);
        Ok(PostOption::all(self.op.query(options)?))
    }
    /// Its language, BCP 47.
    async fn language(&self) -> Option<&str> {
        self.row.language.as_deref()
    }
    /// The account.
    async fn social_account(&self) -> Result<SocialAccount> {
        Ok(SocialAccount { op: self.op.clone(), row: self.op.must_load(self.row.social_account_id).await? })
    }
    /// Its images, in order.
    #[graphql(complexity = "1 + 2 * child_complexity")]
    async fn assets(&self) -> Result<Vec<Asset>> {
        let places = self.op.load_of::<variant_asset::Model>(self.row.id).await?;
        let assets = places.iter().map(async |place| {
            Result::Ok(Asset { op: self.op.clone(), row: self.op.must_load(place.asset_id).await? })
        });
        futures::future::try_join_all(assets).await
    }
    /// How long the text is in the way in which its network counts.
    async fn length(&self) -> Result<Long> {
        let account: diwan_entity::publishing::social_account::Model =
            self.op.must_load(self.row.social_account_id).await?;
        let length = diwan_networks::network(&account.network).map_or(0, |network| network.measure(&self.row.text));
        Ok(Long(i64::try_from(length).unwrap_or(i64::MAX)))
    }
}
