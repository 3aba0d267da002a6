//! Mutations of feeds and their items.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use diwan_domain::curation::{self as domain, NewDraft, NewSource, SourceChange};
use diwan_domain::{Context as Domain, Failure};
use diwan_entity::curation::source;

use super::types::{Source, SourceItem};
use crate::graphql::calendar::Post;
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;

/// A feed to follow.
#[derive(InputObject)]
struct CreateSourceInput {
    /// Of which brand.
    brand_id: ID,
    /// Where it is: a public address with https, at most 2000 characters.
    url: String,
    /// What the team calls it, 1 to 300 characters; what it calls itself unless given.
    title: Option<String>,
    /// The least time between two readings, in minutes: 15 to 10080.
    #[graphql(default = 60)]
    every_minutes: i32,
}

/// A feed to change. What is left out stays as it is.
#[derive(InputObject)]
struct UpdateSourceInput {
    /// Which.
    source_id: ID,
    /// The version from which the change started.
    version: i32,
    /// What the team calls it, 1 to 300 characters.
    title: Option<String>,
    /// The least time between two readings, in minutes: 15 to 10080.
    every_minutes: Option<i32>,
    /// Whether it is not read for now. False also takes up one that was gone.
    paused: Option<bool>,
}

/// A feed to read now.
#[derive(InputObject)]
struct RefreshSourceInput {
    /// Which.
    source_id: ID,
}

/// A feed to give up.
#[derive(InputObject)]
struct DeleteSourceInput {
    /// Which.
    source_id: ID,
}

/// An item to put away.
#[derive(InputObject)]
struct DismissSourceItemInput {
    /// Which.
    item_id: ID,
    /// False takes it up again.
    #[graphql(default = true)]
    dismissed: bool,
}

/// An item to make a draft of.
#[derive(InputObject)]
struct DraftFromSourceItemInput {
    /// Which item.
    item_id: ID,
    /// In which calendar of the item's brand.
    calendar_id: ID,
    /// For these accounts of the brand, up to 50.
    #[graphql(default)]
    social_account_ids: Vec<ID>,
}

/// The answer of `draftFromSourceItem`.
#[derive(SimpleObject)]
struct DraftFromSourceItemPayload {
    /// The draft.
    post: Option<Post>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of what writes a feed.
#[derive(SimpleObject)]
struct SourcePayload {
    /// The feed, when it was written.
    source: Option<Source>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `deleteSource`.
#[derive(SimpleObject)]
struct DeleteSourcePayload {
    /// The id that it had, when it was struck out.
    deleted_id: Option<ID>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `dismissSourceItem`.
#[derive(SimpleObject)]
struct SourceItemPayload {
    /// The item.
    item: Option<SourceItem>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

async fn of_source(
    op: &Op,
    command: impl AsyncFnOnce(&Domain) -> Result<source::Model, Failure>,
) -> Result<SourcePayload> {
    let (row, user_errors) = op.command(command).await?;
    Ok(SourcePayload { source: row.map(|row| Source { op: op.clone(), row }), user_errors })
}

/// Mutations of feeds and their items.
#[derive(Default)]
pub struct CurationMutation;

#[Object]
impl CurationMutation {
    /// Follows a feed: RSS, Atom or JSON Feed. It is read by a job, at once and then again and again. For MID and above.
    async fn create_source(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The feed.")] input: CreateSourceInput,
    ) -> Result<SourcePayload> {
        let command = async |context: &Domain| {
            let CreateSourceInput { brand_id, url, title, every_minutes } = input;
            let brand_id = Kind::Brand.parse(&brand_id, "brandId")?;
            domain::create_source(context, NewSource { brand_id, url, title, every_minutes }).await
        };
        of_source(Op::of(ctx)?, command).await
    }

    /// Changes how a feed is followed. For MID and above.
    async fn update_source(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changes.")] input: UpdateSourceInput,
    ) -> Result<SourcePayload> {
        let command = async |context: &Domain| {
            let UpdateSourceInput { source_id, version, title, every_minutes, paused } = input;
            let source_id = Kind::Source.parse(&source_id, "sourceId")?;
            domain::update_source(context, SourceChange { source_id, version, title, every_minutes, paused }).await
        };
        of_source(Op::of(ctx)?, command).await
    }

    /// Reads a feed now, or as soon as five minutes have passed since it was last read. For MID and above.
    async fn refresh_source(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which feed.")] input: RefreshSourceInput,
    ) -> Result<SourcePayload> {
        let command = async |context: &Domain| {
            domain::refresh_source(context, Kind::Source.parse(&input.source_id, "sourceId")?).await
        };
        of_source(Op::of(ctx)?, command).await
    }

    /// No longer follows a feed; what it brought goes with it. Drafts that were made of it stay. For MID and above.
    async fn delete_source(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which feed.")] input: DeleteSourceInput,
    ) -> Result<DeleteSourcePayload> {
        let command = async |context: &Domain| {
            domain::delete_source(context, Kind::Source.parse(&input.source_id, "sourceId")?).await
        };
        let (id, user_errors) = Op::of(ctx)?.command(command).await?;
        Ok(DeleteSourcePayload { deleted_id: id.map(|id| Kind::Source.id(id)), user_errors })
    }

    /// Writes a draft of what a feed brought: its title, where it is read, and whose it is; `curatedFrom` names its source for good.
    /// For the agency's staff.
    async fn draft_from_source_item(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The item, and where the draft goes.")] input: DraftFromSourceItemInput,
    ) -> Result<DraftFromSourceItemPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let accounts = input.social_account_ids.iter().enumerate();
            let accounts = accounts.map(|(at, id)| Kind::Account.parse(id, &format!("socialAccountIds.{at}")));
            let new = NewDraft {
                item_id: Kind::SourceItem.parse(&input.item_id, "itemId")?,
                calendar_id: Kind::Calendar.parse(&input.calendar_id, "calendarId")?,
                account_ids: accounts.collect::<Result<_, _>>()?,
            };
            domain::draft_from_item(context, new).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(DraftFromSourceItemPayload { post: row.map(|row| Post { op: op.clone(), row }), user_errors })
    }

    /// Puts away what a feed brought, or takes it up again. For the agency's staff.
    async fn dismiss_source_item(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The item.")] input: DismissSourceItemInput,
    ) -> Result<SourceItemPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let id = Kind::SourceItem.parse(&input.item_id, "itemId")?;
            domain::dismiss_item(context, id, input.dismissed).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(SourceItemPayload { item: row.map(|row| SourceItem { op: op.clone(), row }), user_errors })
    }
}
