//! Mutations of ideas.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::NaiveDate;
use diwan_domain::ideas::{self, IdeaContent, IdeaSource, NewPlace};
use diwan_domain::{Context as Domain, Failure, curation};
use diwan_entity::calendar::idea;

use super::types::{Idea, IdeaState};
use crate::graphql::calendar::{CreatePostInput, Post};
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;

/// Where an idea was found.
#[derive(InputObject, Default)]
struct IdeaSourceInput {
    /// What it is called, up to 300 characters.
    title: Option<String>,
    /// Its address, with http or https, up to 2000 characters.
    url: Option<String>,
    /// Whose it is, up to 300 characters.
    credit: Option<String>,
}

/// What is said of an idea: the whole of it.
#[derive(InputObject)]
struct IdeaInput {
    /// What it is in short, 1 to 200 characters.
    title: String,
    /// What there is to it: plain text, up to 5000 characters.
    #[graphql(default)]
    note: String,
    /// What it would be for: a pillar of the brand.
    pillar_id: Option<ID>,
    /// The day for which somebody would like it.
    wished_for: Option<NaiveDate>,
    /// Up to 10 short words of at most 50 characters; kept in lower case, each once.
    #[graphql(default)]
    tags: Vec<String>,
    /// Where it was found.
    source: Option<IdeaSourceInput>,
}

impl IdeaInput {
    fn into_domain(self) -> Result<IdeaContent, Failure> {
        let IdeaSourceInput { title, url, credit } = self.source.unwrap_or_default();
        Ok(IdeaContent {
            title: self.title,
            note: self.note,
            pillar_id: self.pillar_id.map(|id| Kind::Pillar.parse(&id, "idea.pillarId")).transpose()?,
            wished_for: self.wished_for,
            tags: self.tags,
            source: IdeaSource { title, url, credit },
        })
    }
}

/// An idea to write down.
#[derive(InputObject)]
struct CreateIdeaInput {
    /// Of which brand.
    brand_id: ID,
    /// The idea.
    idea: IdeaInput,
}

/// What an idea says from now on: the whole of it.
#[derive(InputObject)]
struct UpdateIdeaInput {
    /// Which idea.
    idea_id: ID,
    /// The version from which the change started.
    version: i32,
    /// What it says.
    idea: IdeaInput,
}

/// An idea to move.
#[derive(InputObject)]
struct MoveIdeaInput {
    /// Which idea.
    idea_id: ID,
    /// Into this column, or within it. Not `TAKEN`: `turnIdeaIntoPost` leads there.
    state: IdeaState,
    /// Right after this idea of the column; the first of it unless given.
    after_idea_id: Option<ID>,
}

/// An idea to give to somebody.
#[derive(InputObject)]
struct AssignIdeaInput {
    /// Which idea.
    idea_id: ID,
    /// To whom of the brand's staff; null takes it from whoever has it.
    assignee_id: Option<ID>,
}

/// An idea to put away.
#[derive(InputObject)]
struct ArchiveIdeaInput {
    /// Which idea.
    idea_id: ID,
    /// The version from which the change started.
    version: i32,
}

/// An idea to bring back.
#[derive(InputObject)]
struct RestoreIdeaInput {
    /// Which idea.
    idea_id: ID,
    /// The version from which the change started.
    version: i32,
}

/// An idea to make a post of.
#[derive(InputObject)]
struct TurnIdeaIntoPostInput {
    /// Which idea.
    idea_id: ID,
    /// The draft, in a calendar of the idea's brand. Where its `pillarId` is left out it has the pillar of the idea; null: none.
    post: CreatePostInput,
}

/// What a feed brought, to be kept as an idea.
#[derive(InputObject)]
struct SaveItemAsIdeaInput {
    /// Which item.
    item_id: ID,
}

/// The answer of what changes an idea.
#[derive(SimpleObject)]
struct IdeaPayload {
    /// The idea, when it was carried out.
    idea: Option<Idea>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `turnIdeaIntoPost`.
#[derive(SimpleObject)]
struct TurnIdeaIntoPostPayload {
    /// The idea, which is `TAKEN` now.
    idea: Option<Idea>,
    /// The draft.
    post: Option<Post>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

async fn of_idea(op: &Op, command: impl AsyncFnOnce(&Domain) -> Result<idea::Model, Failure>) -> Result<IdeaPayload> {
    let (row, user_errors) = op.command(command).await?;
    Ok(IdeaPayload { idea: row.map(|row| Idea { op: op.clone(), row }), user_errors })
}

/// Mutations of ideas.
#[derive(Default)]
pub struct IdeaMutation;

#[Object]
impl IdeaMutation {
    /// Writes an idea down; it is the first of the column `NEW`. A brand's board holds up to 1000. For JUNIOR and above.
    async fn create_idea(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The idea.")] input: CreateIdeaInput,
    ) -> Result<IdeaPayload> {
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            ideas::create_idea(context, brand_id, input.idea.into_domain()?).await
        };
        of_idea(Op::of(ctx)?, command).await
    }

    /// Says an idea anew, unless somebody else has changed it meanwhile or it was taken or put away. For JUNIOR and above.
    async fn update_idea(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change.")] input: UpdateIdeaInput,
    ) -> Result<IdeaPayload> {
        let command = async |context: &Domain| {
            let id = Kind::Idea.parse(&input.idea_id, "ideaId")?;
            ideas::update_idea(context, id, input.version, input.idea.into_domain()?).await
        };
        of_idea(Op::of(ctx)?, command).await
    }

    /// Moves an idea to another place of its column or into another column. The others make room. For JUNIOR and above.
    async fn move_idea(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The idea and its place.")] input: MoveIdeaInput,
    ) -> Result<IdeaPayload> {
        let command = async |context: &Domain| {
            let id = Kind::Idea.parse(&input.idea_id, "ideaId")?;
            let after = input.after_idea_id.map(|id| Kind::Idea.parse(&id, "afterIdeaId")).transpose()?;
            ideas::move_idea(context, id, NewPlace { column: input.state.into(), after }).await
        };
        of_idea(Op::of(ctx)?, command).await
    }

    /// Gives an idea to somebody of the brand's staff, or takes it from whoever has it. For MID and above.
    async fn assign_idea(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The idea, and whose it is.")] input: AssignIdeaInput,
    ) -> Result<IdeaPayload> {
        let command = async |context: &Domain| {
            let id = Kind::Idea.parse(&input.idea_id, "ideaId")?;
            let to = input.assignee_id.map(|id| Kind::User.parse(&id, "assigneeId")).transpose()?;
            ideas::assign_idea(context, id, to).await
        };
        of_idea(Op::of(ctx)?, command).await
    }

    /// Puts an idea away, also one that became a post. For JUNIOR and above.
    async fn archive_idea(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which idea.")] input: ArchiveIdeaInput,
    ) -> Result<IdeaPayload> {
        let command = async |context: &Domain| {
            ideas::archive_idea(context, Kind::Idea.parse(&input.idea_id, "ideaId")?, input.version).await
        };
        of_idea(Op::of(ctx)?, command).await
    }

    /// Brings an idea back: the first of the column in which it was. For JUNIOR and above.
    async fn restore_idea(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which idea.")] input: RestoreIdeaInput,
    ) -> Result<IdeaPayload> {
        let command = async |context: &Domain| {
            ideas::restore_idea(context, Kind::Idea.parse(&input.idea_id, "ideaId")?, input.version).await
        };
        of_idea(Op::of(ctx)?, command).await
    }

    /// Makes a draft of an idea, once: the idea is `TAKEN` and names the post, the post names the idea, and `curatedFrom` its source
    /// for good. For JUNIOR and above.
    async fn turn_idea_into_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The idea and the draft.")] input: TurnIdeaIntoPostInput,
    ) -> Result<TurnIdeaIntoPostPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let id = Kind::Idea.parse(&input.idea_id, "ideaId")?;
            let new = input.post.into_domain().map_err(|failure| failure.within("post"))?;
            ideas::turn_idea_into_post(context, id, new).await
        };
        let (done, user_errors) = op.command(command).await?;
        let (idea, post) = done.unzip();
        Ok(TurnIdeaIntoPostPayload {
            idea: idea.map(|row| Idea { op: op.clone(), row }),
            post: post.map(|row| Post { op: op.clone(), row }),
            user_errors,
        })
    }

    /// Keeps what a feed brought as an idea, once: its title, what it says, where it is read, and whose it is. For JUNIOR and above.
    async fn save_item_as_idea(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The item.")] input: SaveItemAsIdeaInput,
    ) -> Result<IdeaPayload> {
        let command = async |context: &Domain| {
            curation::save_item_as_idea(context, Kind::SourceItem.parse(&input.item_id, "itemId")?).await
        };
        of_idea(Op::of(ctx)?, command).await
    }
}
