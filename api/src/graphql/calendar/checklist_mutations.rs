//! Writing and ticking what is to be done to a post.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use diwan_domain::calendar::{self as domain, ChecklistItemChange, NewChecklistItem};
use diwan_domain::{Context as Domain, Failure};
use diwan_entity::calendar::checklist_item;

use super::checklists::ChecklistItem;
use super::types::Post;
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;

/// A template whose items a post gets.
#[derive(InputObject)]
struct AddChecklistInput {
    /// Which post.
    post_id: ID,
    /// Which template of the same brand. The post gets it once.
    template_id: ID,
}

/// Something to do.
#[derive(InputObject)]
struct AddChecklistItemInput {
    /// To which post.
    post_id: ID,
    /// What, 1 to 300 characters.
    text: String,
    /// Whether the post should not go on while it is not ticked.
    #[graphql(default)]
    required: bool,
    /// Who does it: staff of the brand, or a freelancer to whom the post is given; whoever does unless given.
    assignee_id: Option<ID>,
}

/// What is to be done from now on: the whole of it.
#[derive(InputObject)]
struct UpdateChecklistItemInput {
    /// Which item.
    item_id: ID,
    /// The version from which the change started.
    version: i32,
    /// What, 1 to 300 characters. Other words take the tick away.
    text: String,
    /// Whether the post should not go on while it is not ticked.
    required: bool,
    /// Who does it: staff of the brand, or a freelancer to whom the post is given; whoever does unless given.
    assignee_id: Option<ID>,
}

/// Something that was done.
#[derive(InputObject)]
struct TickChecklistItemInput {
    /// Which item.
    item_id: ID,
    /// The version that was read.
    version: i32,
}

/// Something that was not done after all.
#[derive(InputObject)]
struct UntickChecklistItemInput {
    /// Which item.
    item_id: ID,
}

/// Something to take off a checklist.
#[derive(InputObject)]
struct RemoveChecklistItemInput {
    /// Which item.
    item_id: ID,
}

/// A place for an item.
#[derive(InputObject)]
struct MoveChecklistItemInput {
    /// Which item.
    item_id: ID,
    /// After which other item of the same post; at the beginning unless given.
    after_item_id: Option<ID>,
}

/// The answer of `addChecklist`.
#[derive(SimpleObject)]
struct AddChecklistPayload {
    /// The post, when it got the items.
    post: Option<Post>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of what writes or ticks an item.
#[derive(SimpleObject)]
struct ChecklistItemPayload {
    /// The item, as it is now; null when refused.
    item: Option<ChecklistItem>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `removeChecklistItem`.
#[derive(SimpleObject)]
struct RemoveChecklistItemPayload {
    /// The id that it had, when it was taken off.
    deleted_id: Option<ID>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

async fn of_item(
    op: &Op,
    command: impl AsyncFnOnce(&Domain) -> Result<checklist_item::Model, Failure>,
) -> Result<ChecklistItemPayload> {
    let (row, user_errors) = op.command(command).await?;
    Ok(ChecklistItemPayload { item: row.map(|row| ChecklistItem { op: op.clone(), row }), user_errors })
}

fn assignee(id: Option<&ID>) -> Result<Option<uuid::Uuid>, Failure> {
    id.map(|id| Kind::User.parse(id, "assigneeId")).transpose()
}

/// Mutations of checklists.
#[derive(Default)]
pub struct ChecklistMutation;

#[Object]
impl ChecklistMutation {
    /// Adds what a template holds to a post, after what it has. For whoever wrote it or to whom it is given, and for MID and above.
    async fn add_checklist(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The post and the template.")] input: AddChecklistInput,
    ) -> Result<AddChecklistPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let post_id = Kind::Post.parse(&input.post_id, "postId")?;
            let template_id = Kind::ChecklistTemplate.parse(&input.template_id, "templateId")?;
            domain::add_checklist(context, post_id, template_id).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(AddChecklistPayload { post: row.map(|row| Post { op: op.clone(), row }), user_errors })
    }

    /// Adds something to do to a post, after what it has, up to 100. For whoever wrote it or to whom it is given, and for MID and
    /// above.
    async fn add_checklist_item(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done.")] input: AddChecklistItemInput,
    ) -> Result<ChecklistItemPayload> {
        let command = async |context: &Domain| {
            let post_id = Kind::Post.parse(&input.post_id, "postId")?;
            let assignee_id = assignee(input.assignee_id.as_ref())?;
            let new = NewChecklistItem { post_id, text: input.text, required: input.required, assignee_id };
            domain::add_checklist_item(context, new).await
        };
        of_item(Op::of(ctx)?, command).await
    }

    /// Writes anew what is to be done. For whoever wrote the post or to whom it is given, and for MID and above; what a template
    /// requires is waived or written otherwise by MID and above alone.
    async fn update_checklist_item(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done.")] input: UpdateChecklistItemInput,
    ) -> Result<ChecklistItemPayload> {
        let command = async |context: &Domain| {
            let change = ChecklistItemChange {
                item_id: Kind::ChecklistItem.parse(&input.item_id, "itemId")?,
                version: input.version,
                text: input.text,
                required: input.required,
                assignee_id: assignee(input.assignee_id.as_ref())?,
            };
            domain::update_checklist_item(context, change).await
        };
        of_item(Op::of(ctx)?, command).await
    }

    /// Says that something was done. Ticked again it stays with whoever was first. For whoever wrote the post, to whom it or the item
    /// is given, and for MID and above.
    async fn tick_checklist_item(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which item.")] input: TickChecklistItemInput,
    ) -> Result<ChecklistItemPayload> {
        let command = async |context: &Domain| {
            let id = Kind::ChecklistItem.parse(&input.item_id, "itemId")?;
            domain::tick_checklist_item(context, id, input.version).await
        };
        of_item(Op::of(ctx)?, command).await
    }

    /// Says that something was not done after all. For whoever may tick it.
    async fn untick_checklist_item(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which item.")] input: UntickChecklistItemInput,
    ) -> Result<ChecklistItemPayload> {
        let command = async |context: &Domain| {
            let id = Kind::ChecklistItem.parse(&input.item_id, "itemId")?;
            domain::untick_checklist_item(context, id).await
        };
        of_item(Op::of(ctx)?, command).await
    }

    /// Takes something off a checklist. For whoever wrote the post or to whom it is given, and for MID and above; what a template
    /// requires is taken off by MID and above alone.
    async fn remove_checklist_item(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which item.")] input: RemoveChecklistItemInput,
    ) -> Result<RemoveChecklistItemPayload> {
        let command = async |context: &Domain| {
            let id = Kind::ChecklistItem.parse(&input.item_id, "itemId")?;
            domain::remove_checklist_item(context, id).await
        };
        let (id, user_errors) = Op::of(ctx)?.command(command).await?;
        Ok(RemoveChecklistItemPayload { deleted_id: id.map(|id| Kind::ChecklistItem.id(id)), user_errors })
    }

    /// Puts an item at another place of its checklist. For whoever wrote the post or to whom it is given, and for MID and above.
    async fn move_checklist_item(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The item and its place.")] input: MoveChecklistItemInput,
    ) -> Result<ChecklistItemPayload> {
        let command = async |context: &Domain| {
            let id = Kind::ChecklistItem.parse(&input.item_id, "itemId")?;
            let after = input.after_item_id.map(|id| Kind::ChecklistItem.parse(&id, "afterItemId")).transpose()?;
            domain::move_checklist_item(context, id, after).await
        };
        of_item(Op::of(ctx)?, command).await
    }
}
