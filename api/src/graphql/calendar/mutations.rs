//! Mutations of posts.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result, SimpleObject};
use diwan_domain::calendar::{self, NewPost, PostChange, PostContent, VariantContent};
use diwan_domain::strategy::PostMarks;
use diwan_domain::{Context as Domain, Failure};

use super::types::Post;
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;
use crate::graphql::strategy::Partnership;

/// What one account will say.
#[derive(InputObject)]
struct PostVariantInput {
    /// The account, of the post's brand.
    social_account_id: ID,
    /// The text.
    text: String,
    /// Its language, BCP 47, such as `fa`.
    language: Option<String>,
    /// Images in order, of the post's brand.
    #[graphql(default)]
    asset_ids: Vec<ID>,
}

/// A post to begin.
#[derive(InputObject)]
struct CreatePostInput {
    /// In which calendar.
    calendar_id: ID,
    /// For the team; never published. 1 to 300 characters.
    title: String,
    /// One per account, up to 50.
    #[graphql(default)]
    variants: Vec<PostVariantInput>,
    /// What it is for: a pillar of the brand.
    pillar_id: MaybeUndefined<ID>,
    /// What stands behind it besides the brand.
    partnership: MaybeUndefined<Partnership>,
}

/// The answer of `createPost`.
#[derive(SimpleObject)]
struct CreatePostPayload {
    /// The draft, when it was written.
    post: Option<Post>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// What a post says from now on: the whole of it.
#[derive(InputObject)]
struct UpdatePostInput {
    /// Which post.
    post_id: ID,
    /// The version that the edit started from.
    version: i32,
    /// For the team; never published. 1 to 300 characters.
    title: String,
    /// One per account, up to 50.
    #[graphql(default)]
    variants: Vec<PostVariantInput>,
    /// What it is for: a pillar of the brand. Left out it stays as it is; null takes it away.
    pillar_id: MaybeUndefined<ID>,
    /// What stands behind it besides the brand. Left out it stays as it is; null takes it away.
    partnership: MaybeUndefined<Partnership>,
}

/// The answer of `updatePost`.
#[derive(SimpleObject)]
struct UpdatePostPayload {
    /// The post, when it was changed.
    post: Option<Post>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// What a post is for, and what stands behind it.
fn marks(pillar_id: &MaybeUndefined<ID>, partnership: MaybeUndefined<Partnership>) -> Result<PostMarks, Failure> {
    let parse = |id: Option<ID>| id.map(|id| Kind::Pillar.parse(&id, "pillarId")).transpose();
    Ok(PostMarks {
        pillar_id: pillar_id.as_opt_ref().map(|id| parse(id.cloned())).transpose()?,
        partnership: partnership.as_opt_ref().map(|kind| kind.copied().map(Into::into)),
    })
}

fn content(title: String, variants: Vec<PostVariantInput>, marks: PostMarks) -> Result<PostContent, Failure> {
    let variants = variants.into_iter().enumerate().map(|(index, variant)| {
        let assets = variant.asset_ids.iter().enumerate();
        Ok(VariantContent {
            social_account_id: Kind::Account
                .parse(&variant.social_account_id, &format!("variants.{index}.socialAccountId"))?,
            asset_ids: assets
                .map(|(place, id)| Kind::Asset.parse(id, &format!("variants.{index}.assetIds.{place}")))
                .collect::<Result<_, Failure>>()?,
            text: variant.text,
            language: variant.language,
        })
    });
    Ok(PostContent { title, variants: variants.collect::<Result<_, Failure>>()?, marks })
}

/// Mutations of posts.
#[derive(Default)]
pub struct CalendarMutation;

#[Object]
impl CalendarMutation {
    /// Writes a draft. For JUNIOR and above.
    async fn create_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The post.")] input: CreatePostInput,
    ) -> Result<CreatePostPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let calendar_id = Kind::Calendar.parse(&input.calendar_id, "calendarId")?;
            let content = content(input.title, input.variants, marks(&input.pillar_id, input.partnership)?)?;
            calendar::create_post(context, NewPost { calendar_id, content }).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(CreatePostPayload { post: row.map(|row| Post { op: op.clone(), row }), user_errors })
    }

    /// Replaces what a draft says, unless somebody else has changed it meanwhile. For JUNIOR and above.
    async fn update_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change.")] input: UpdatePostInput,
    ) -> Result<UpdatePostPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let post_id = Kind::Post.parse(&input.post_id, "postId")?;
            let content = content(input.title, input.variants, marks(&input.pillar_id, input.partnership)?)?;
            calendar::update_post(context, PostChange { post_id, version: input.version, content }).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(UpdatePostPayload { post: row.map(|row| Post { op: op.clone(), row }), user_errors })
    }
}
