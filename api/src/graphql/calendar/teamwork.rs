//! Working at posts together: submitting, giving them to somebody, talking about them.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use diwan_domain::calendar::{self, NewAssignment, NewComment};
use diwan_domain::{Context as Domain, Failure};
use diwan_entity::calendar::{comment_mention, post_assignment, post_comment};
use diwan_entity::tenancy::app_user;

use super::types::Post;
use crate::graphql::approvals::ApprovalRequest;
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;
use crate::graphql::tenancy::User;

/// Who reads a comment.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "post_comment::Visibility", name = "CommentVisibility")]
pub enum Visibility {
    /// The team, with freelancers who work at the post; never a client.
    Internal,
    /// The client as well, once they see the post.
    Client,
}

/// Work at a post, given to somebody.
pub struct PostAssignment {
    pub op: Op,
    pub row: post_assignment::Model,
}

/// Work at a post, given to somebody.
#[Object]
impl PostAssignment {
    /// The assignment's id.
    pub async fn id(&self) -> ID {
        Kind::Assignment.id(self.row.id)
    }
    /// The post, with its state.
    async fn post(&self) -> Result<Post> {
        Ok(Post { op: self.op.clone(), row: self.op.must_load(self.row.post_id).await? })
    }
    /// To whom it is given; null when the caller does not see that person.
    async fn assignee(&self) -> Result<Option<User>> {
        Ok(self.op.load::<app_user::Model>(self.row.user_id).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// What is wanted.
    async fn brief(&self) -> &str {
        &self.row.brief
    }
    /// Until when.
    async fn due_at(&self) -> Option<DateTime<Utc>> {
        self.row.due_at
    }
    /// When it was given.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
}

/// Something said about a post.
pub struct PostComment {
    pub op: Op,
    pub row: post_comment::Model,
}

/// Something said about a post.
#[Object]
impl PostComment {
    /// The comment's id.
    pub async fn id(&self) -> ID {
        Kind::Comment.id(self.row.id)
    }
    /// What was said; null when it was taken back.
    async fn body(&self) -> Option<&str> {
        self.row.deleted_at.is_none().then_some(self.row.body.as_str())
    }
    /// Who reads it.
    async fn visibility(&self) -> Visibility {
        self.row.visibility.into()
    }
    /// The author's name, as it was then.
    async fn author_name(&self) -> &str {
        &self.row.author_name
    }
    /// Who said it; null when the caller does not see that person.
    async fn author(&self) -> Result<Option<User>> {
        Ok(self.op.load::<app_user::Model>(self.row.author_id).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// When it was said.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// The comment that it answers; null when it answers none, or one that the caller does not read.
    async fn reply_to(&self) -> Result<Option<PostComment>> {
        let Some(id) = self.row.reply_to_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| PostComment { op: self.op.clone(), row }))
    }
    /// Whom it calls on, as far as the caller sees these people.
    #[graphql(complexity = "1 + 3 * child_complexity")]
    async fn mentions(&self) -> Result<Vec<User>> {
        let mentioned = self.op.load_of::<comment_mention::Model>(self.row.id).await?;
        let people = mentioned.iter().map(|row| self.op.load::<app_user::Model>(row.user_id));
        let people = futures::future::try_join_all(people).await?;
        Ok(people.into_iter().flatten().map(|row| User { op: self.op.clone(), row }).collect())
    }
    /// When its author took it back.
    async fn deleted_at(&self) -> Option<DateTime<Utc>> {
        self.row.deleted_at
    }
    /// The post.
    async fn post(&self) -> Result<Post> {
        Ok(Post { op: self.op.clone(), row: self.op.must_load(self.row.post_id).await? })
    }
}

/// A post to submit.
#[derive(InputObject)]
struct SubmitPostInput {
    /// Which post.
    post_id: ID,
}

/// The answer of `submitPost`.
#[derive(SimpleObject)]
struct SubmitPostPayload {
    /// The post, when it was submitted.
    post: Option<Post>,
    /// The request for its approval.
    request: Option<ApprovalRequest>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// Work to give to somebody.
#[derive(InputObject)]
struct AssignPostInput {
    /// Which post.
    post_id: ID,
    /// To whom: staff or a freelancer of the brand.
    user_id: ID,
    /// What is wanted, up to 5000 characters.
    #[graphql(default)]
    brief: String,
    /// Until when: after now, within two years.
    due_at: Option<DateTime<Utc>>,
}

/// The answer of `assignPost`.
#[derive(SimpleObject)]
struct AssignPostPayload {
    /// The assignment, when it was given.
    assignment: Option<PostAssignment>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// Work to take from somebody.
#[derive(InputObject)]
struct UnassignPostInput {
    /// Which post.
    post_id: ID,
    /// From whom.
    user_id: ID,
}

/// The answer of `unassignPost`.
#[derive(SimpleObject)]
struct UnassignPostPayload {
    /// The post, when it was taken from them.
    post: Option<Post>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// A comment to write.
#[derive(InputObject)]
struct CommentOnPostInput {
    /// About which post.
    post_id: ID,
    /// What to say, 1 to 5000 characters.
    body: String,
    /// Who reads it. Clients write `CLIENT`.
    visibility: Visibility,
    /// The comment on the same post that it answers; its author is told by mail. What is internal is answered internally.
    reply_to_id: Option<ID>,
    /// Whom it calls on, up to 20: people of the brand who read it. They are told by mail. Clients call on nobody.
    #[graphql(default)]
    mention_ids: Vec<ID>,
}

/// The answer of `commentOnPost`.
#[derive(SimpleObject)]
struct CommentOnPostPayload {
    /// The comment, when it was written.
    comment: Option<PostComment>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// A comment to take back.
#[derive(InputObject)]
struct DeleteCommentInput {
    /// Which comment; one of the caller's own.
    comment_id: ID,
}

/// The answer of `deleteComment`.
#[derive(SimpleObject)]
struct DeleteCommentPayload {
    /// The comment, when it was taken back.
    comment: Option<PostComment>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// Mutations of work at posts.
#[derive(Default)]
pub struct TeamworkMutation;

#[Object]
impl TeamworkMutation {
    /// Asks for a draft to be approved. For whoever wrote it or to whom it is given, and for MID and above.
    async fn submit_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which post.")] input: SubmitPostInput,
    ) -> Result<SubmitPostPayload> {
        let op = Op::of(ctx)?;
        let command =
            async |context: &Domain| calendar::submit_post(context, Kind::Post.parse(&input.post_id, "postId")?).await;
        let (done, user_errors) = op.command(command).await?;
        let (post, request) = done.unzip();
        Ok(SubmitPostPayload {
            post: post.map(|row| Post { op: op.clone(), row }),
            request: request.map(|row| ApprovalRequest { op: op.clone(), row }),
            user_errors,
        })
    }

    /// Gives a post to somebody to work on; given again, the new brief and time count. For MID and above.
    async fn assign_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The work.")] input: AssignPostInput,
    ) -> Result<AssignPostPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let post_id = Kind::Post.parse(&input.post_id, "postId")?;
            let user_id = Kind::User.parse(&input.user_id, "userId")?;
            let new = NewAssignment { post_id, user_id, brief: input.brief, due_at: input.due_at };
            calendar::assign_post(context, new).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(AssignPostPayload { assignment: row.map(|row| PostAssignment { op: op.clone(), row }), user_errors })
    }

    /// Takes a post from somebody. For MID and above.
    async fn unassign_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, from whom.")] input: UnassignPostInput,
    ) -> Result<UnassignPostPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let post_id = Kind::Post.parse(&input.post_id, "postId")?;
            calendar::unassign_post(context, post_id, Kind::User.parse(&input.user_id, "userId")?).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(UnassignPostPayload { post: row.map(|row| Post { op: op.clone(), row }), user_errors })
    }

    /// Says something about a post, within the team or with the client. For everybody who sees the post.
    async fn comment_on_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The comment.")] input: CommentOnPostInput,
    ) -> Result<CommentOnPostPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let post_id = Kind::Post.parse(&input.post_id, "postId")?;
            let reply_to = input.reply_to_id.map(|id| Kind::Comment.parse(&id, "replyToId")).transpose()?;
            let mentions = input.mention_ids.iter().enumerate();
            let mentions = mentions.map(|(place, id)| Kind::User.parse(id, &format!("mentionIds.{place}")));
            let mentions = mentions.collect::<Result<_, Failure>>()?;
            let visibility = input.visibility.into();
            let new = NewComment { post_id, visibility, body: input.body, reply_to, mentions };
            calendar::comment_on_post(context, new).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(CommentOnPostPayload { comment: row.map(|row| PostComment { op: op.clone(), row }), user_errors })
    }

    /// Takes back one's own comment; that there was one stays to be seen.
    async fn delete_comment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which comment.")] input: DeleteCommentInput,
    ) -> Result<DeleteCommentPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            calendar::delete_comment(context, Kind::Comment.parse(&input.comment_id, "commentId")?).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(DeleteCommentPayload { comment: row.map(|row| PostComment { op: op.clone(), row }), user_errors })
    }
}
