//! Mutations of posts.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result, SimpleObject};
use diwan_domain::calendar::{self, NewPost, PostChange, PostContent, VariantContent};
use diwan_domain::strategy::PostMarks;
use diwan_domain::{Code, Context as Domain, Failure, UserError};
use diwan_networks::Options;

use super::types::Post;
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;
use crate::graphql::strategy::Partnership;

/// A setting of a post that only one network knows.
#[derive(InputObject)]
pub struct PostOptionInput {
    /// Its name, one of `Network.options`.
    name: String,
    /// Its value, up to 1000 characters; of a flag `true` or `false`.
    value: String,
}

/// What one account will say.
#[derive(InputObject)]
struct PostVariantInput {
    /// The account, of the post's brand.
    social_account_id: ID,
    /// A text of its own, up to 100000 characters. Left out or null: the base text, which the post must have then.
    text: Option<String>,
    /// Its language, BCP 47, such as `fa`.
    language: Option<String>,
    /// Images in order, of the post's brand.
    #[graphql(default)]
    asset_ids: Vec<ID>,
    /// What follows the text as a thread, in order, up to 49 parts of 100000 characters: each answers the one before it.
    #[graphql(default)]
    thread: Vec<String>,
    /// What the account itself answers to its post right after it, 1 to 100000 characters.
    first_comment: Option<String>,
    /// The address of a page that is shown as a card beside the text: `http` or `https`, up to 2000 characters.
    link: Option<String>,
    /// Settings that only its network knows, up to 20, each once. `validatePost` tells which of them the network does not take.
    #[graphql(default)]
    options: Vec<PostOptionInput>,
}

/// A post to begin.
#[derive(InputObject)]
pub struct CreatePostInput {
    /// In which calendar.
    calendar_id: ID,
    /// For the team; never published. 1 to 300 characters.
    title: String,
    /// What is said wherever an account has no text of its own, up to 100000 characters.
    base_text: Option<String>,
    /// One per account, up to 50.
    #[graphql(default)]
    variants: Vec<PostVariantInput>,
    /// What it is for: a pillar of the brand.
    pillar_id: MaybeUndefined<ID>,
    /// What stands behind it besides the brand.
    partnership: MaybeUndefined<Partnership>,
}

impl CreatePostInput {
    /// As the domain takes it.
    pub fn into_domain(self) -> Result<NewPost, Failure> {
        let calendar_id = Kind::Calendar.parse(&self.calendar_id, "calendarId")?;
        let content = content((self.title, self.base_text), self.variants, marks(&self.pillar_id, self.partnership)?)?;
        Ok(NewPost { calendar_id, content })
    }
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
    /// What is said wherever an account has no text of its own, up to 100000 characters. Left out or null: nothing.
    base_text: Option<String>,
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

/// Options by their names, each once.
pub fn options_by_name(options: Vec<PostOptionInput>, path: &str) -> Result<Options, Failure> {
    let mut known = Options::new();
    for (place, option) in options.into_iter().enumerate() {
        if known.insert(option.name, option.value).is_some() {
            return Err(UserError::at(Code::AlreadyExists, &format!("{path}.{place}.name")).into());
        }
    }
    Ok(known)
}

fn content(
    (title, base_text): (String, Option<String>),
    variants: Vec<PostVariantInput>,
    marks: PostMarks,
) -> Result<PostContent, Failure> {
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
            thread: variant.thread,
            first_comment: variant.first_comment,
            link: variant.link,
            options: options_by_name(variant.options, &format!("variants.{index}.options"))?,
        })
    });
    Ok(PostContent { title, base_text, variants: variants.collect::<Result<_, Failure>>()?, marks })
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
        let command = async |context: &Domain| calendar::create_post(context, input.into_domain()?).await;
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
            let content =
                content((input.title, input.base_text), input.variants, marks(&input.pillar_id, input.partnership)?)?;
            calendar::update_post(context, PostChange { post_id, version: input.version, content }).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(UpdatePostPayload { post: row.map(|row| Post { op: op.clone(), row }), user_errors })
    }
}
