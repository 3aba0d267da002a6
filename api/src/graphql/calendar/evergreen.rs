//! Posts that are published again and again, into slots of their own.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use diwan_domain::calendar::{self as domain, NewItem, QueueRule};
use diwan_domain::{Context as Domain, Failure};
use diwan_entity::calendar::{evergreen_item, evergreen_queue};

use super::series::{RepeatMode, RepeatedPost, repeated};
use super::types::Post;
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;
use crate::graphql::tenancy::Brand;

/// Posts that are published again and again: each of the queue's slots is filled with a copy of the post that was seen the longest
/// ago.
pub struct EvergreenQueue {
    pub op: Op,
    pub row: evergreen_queue::Model,
}

/// Posts that are published again and again: each of the queue's slots is filled with a copy of the post that was seen the longest
/// ago.
#[Object]
impl EvergreenQueue {
    /// The queue's id.
    pub async fn id(&self) -> ID {
        Kind::Queue.id(self.row.id)
    }
    /// What it is called.
    async fn name(&self) -> &str {
        &self.row.name
    }
    /// What becomes of the copies.
    async fn mode(&self) -> RepeatMode {
        self.row.mode.into()
    }
    /// The least days from one copy of a post to its next.
    async fn min_days(&self) -> i32 {
        self.row.min_days.into()
    }
    /// The most copies of a post; null: as many as come.
    async fn max_copies(&self) -> Option<i32> {
        self.row.max_copies.map(Into::into)
    }
    /// How many days ahead slots are filled.
    async fn lead_days(&self) -> i32 {
        self.row.lead_days.into()
    }
    /// Since when nothing is filled.
    async fn paused_at(&self) -> Option<DateTime<Utc>> {
        self.row.paused_at
    }
    /// Counts the changes; a change names the version from which it started.
    async fn version(&self) -> i32 {
        self.row.version
    }
    /// Its posts, in the order in which they were added, up to 500.
    #[graphql(complexity = "1 + 50 * child_complexity")]
    async fn items(&self) -> Result<Vec<EvergreenItem>> {
        let rows: Vec<evergreen_item::Model> = self.op.load_of(self.row.id).await?;
        Ok(rows.into_iter().map(|row| EvergreenItem { op: self.op.clone(), row }).collect())
    }
    /// Its brand.
    async fn brand(&self) -> Result<Brand> {
        Ok(Brand { op: self.op.clone(), row: self.op.must_load(self.row.brand_id).await? })
    }
}

/// A post in a queue.
pub struct EvergreenItem {
    pub op: Op,
    pub row: evergreen_item::Model,
}

/// A post in a queue.
#[Object]
impl EvergreenItem {
    /// The item's id.
    pub async fn id(&self) -> ID {
        Kind::QueueItem.id(self.row.id)
    }
    /// The post that is copied: each copy says what it says then.
    async fn post(&self) -> Result<Option<Post>> {
        Ok(self.op.load(self.row.post_id).await?.map(|row| Post { op: self.op.clone(), row }))
    }
    /// The queue.
    async fn queue(&self) -> Result<EvergreenQueue> {
        Ok(EvergreenQueue { op: self.op.clone(), row: self.op.must_load(self.row.queue_id).await? })
    }
    /// When it was added.
    async fn added_at(&self) -> DateTime<Utc> {
        self.row.added_at
    }
    /// The last day on which a copy goes out; null: no end.
    async fn expires_on(&self) -> Option<NaiveDate> {
        self.row.expires_on
    }
    /// The copies that were made, the latest day first, up to 200.
    #[graphql(complexity = "1 + 20 * child_complexity")]
    async fn copies(&self) -> Result<Vec<RepeatedPost>> {
        let rows = self.op.query(domain::repeated_of(&self.op, self.row.brand_id, self.row.id).await)?;
        repeated(&self.op, rows).await
    }
}

/// A queue, as it is written.
#[derive(InputObject)]
struct EvergreenQueueInput {
    /// 1 to 200 characters, unlike that of any other queue of the brand.
    name: String,
    /// What becomes of the copies.
    #[graphql(default_with = "RepeatMode::Draft")]
    mode: RepeatMode,
    /// The least days from one copy of a post to its next, 1 to 366.
    min_days: i32,
    /// The most copies of a post, 1 to 1000; as many as come unless given.
    max_copies: Option<i32>,
    /// How many days ahead slots are filled, 1 to 60.
    #[graphql(default = 14)]
    lead_days: i32,
    /// Nothing is filled while it is paused.
    #[graphql(default)]
    paused: bool,
}

impl EvergreenQueueInput {
    fn into_domain(self) -> QueueRule {
        let Self { name, mode, min_days, max_copies, lead_days, paused } = self;
        QueueRule { name, mode: mode.into(), min_days, max_copies, lead_days, paused }
    }
}

/// A queue to make.
#[derive(InputObject)]
struct CreateEvergreenQueueInput {
    /// Of which brand.
    brand_id: ID,
    /// The queue. It fills the slots that are made for it.
    queue: EvergreenQueueInput,
}

/// A queue to write anew.
#[derive(InputObject)]
struct UpdateEvergreenQueueInput {
    /// Which.
    queue_id: ID,
    /// The version from which the change started.
    version: i32,
    /// The whole of it.
    queue: EvergreenQueueInput,
}

/// A queue to strike out.
#[derive(InputObject)]
struct DeleteEvergreenQueueInput {
    /// Which.
    queue_id: ID,
}

/// A post for a queue.
#[derive(InputObject)]
struct AddToEvergreenQueueInput {
    /// Which queue.
    queue_id: ID,
    /// Which post of the same brand.
    post_id: ID,
    /// The last day on which a copy goes out; no end unless given.
    expires_on: Option<NaiveDate>,
}

/// A post to take out of its queue.
#[derive(InputObject)]
struct RemoveFromEvergreenQueueInput {
    /// Which item.
    item_id: ID,
}

/// The answer of what writes a queue.
#[derive(SimpleObject)]
struct EvergreenQueuePayload {
    /// The queue, when it was written.
    queue: Option<EvergreenQueue>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `addToEvergreenQueue`.
#[derive(SimpleObject)]
struct AddToEvergreenQueuePayload {
    /// The item, when it was added.
    item: Option<EvergreenItem>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of what takes something away.
#[derive(SimpleObject)]
struct EvergreenDeletePayload {
    /// The id that it had, when it was taken away.
    deleted_id: Option<ID>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

async fn of_queue(
    op: &Op,
    command: impl AsyncFnOnce(&Domain) -> Result<evergreen_queue::Model, Failure>,
) -> Result<EvergreenQueuePayload> {
    let (row, user_errors) = op.command(command).await?;
    Ok(EvergreenQueuePayload { queue: row.map(|row| EvergreenQueue { op: op.clone(), row }), user_errors })
}

/// Mutations of evergreen queues.
#[derive(Default)]
pub struct EvergreenMutation;

#[Object]
impl EvergreenMutation {
    /// Makes an evergreen queue. For MID and above.
    async fn create_evergreen_queue(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The queue.")] input: CreateEvergreenQueueInput,
    ) -> Result<EvergreenQueuePayload> {
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            domain::create_queue(context, brand_id, input.queue.into_domain()).await
        };
        of_queue(Op::of(ctx)?, command).await
    }

    /// Writes a queue anew. What it has filled stays. For MID and above.
    async fn update_evergreen_queue(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The queue.")] input: UpdateEvergreenQueueInput,
    ) -> Result<EvergreenQueuePayload> {
        let command = async |context: &Domain| {
            let id = Kind::Queue.parse(&input.queue_id, "queueId")?;
            domain::update_queue(context, id, input.version, input.queue.into_domain()).await
        };
        of_queue(Op::of(ctx)?, command).await
    }

    /// Strikes a queue out. Drafts that are to come and that nobody has touched are put away; its slots are for posts then. For MID
    /// and above.
    async fn delete_evergreen_queue(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which queue.")] input: DeleteEvergreenQueueInput,
    ) -> Result<EvergreenDeletePayload> {
        let command = async |context: &Domain| {
            domain::delete_queue(context, Kind::Queue.parse(&input.queue_id, "queueId")?).await
        };
        let (id, user_errors) = Op::of(ctx)?.command(command).await?;
        Ok(EvergreenDeletePayload { deleted_id: id.map(|id| Kind::Queue.id(id)), user_errors })
    }

    /// Puts a post into a queue. For MID and above.
    async fn add_to_evergreen_queue(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The post and the queue.")] input: AddToEvergreenQueueInput,
    ) -> Result<AddToEvergreenQueuePayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let new = NewItem {
                queue_id: Kind::Queue.parse(&input.queue_id, "queueId")?,
                post_id: Kind::Post.parse(&input.post_id, "postId")?,
                expires_on: input.expires_on,
            };
            domain::add_to_queue(context, new).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(AddToEvergreenQueuePayload { item: row.map(|row| EvergreenItem { op: op.clone(), row }), user_errors })
    }

    /// Takes a post out of its queue. Drafts that are to come and that nobody has touched are put away. For MID and above.
    async fn remove_from_evergreen_queue(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which item.")] input: RemoveFromEvergreenQueueInput,
    ) -> Result<EvergreenDeletePayload> {
        let command = async |context: &Domain| {
            domain::remove_from_queue(context, Kind::QueueItem.parse(&input.item_id, "itemId")?).await
        };
        let (id, user_errors) = Op::of(ctx)?.command(command).await?;
        Ok(EvergreenDeletePayload { deleted_id: id.map(|id| Kind::QueueItem.id(id)), user_errors })
    }
}
