//! Mutations of hashtag sets.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use diwan_domain::templates::{self as domain, SetContent};
use diwan_domain::{Context as Domain, Failure};
use diwan_entity::calendar::hashtag_set;

use super::types::HashtagSet;
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;

/// What a set is: the whole of it.
#[derive(InputObject)]
struct HashtagSetInput {
    /// What it is called, 1 to 200 characters, unlike any other set of the brand that is not put away.
    name: String,
    /// 1 to 100 in the order in which they are appended, with or without their sign; each of at most 100 letters, digits and
    /// underscores of any script, a letter among them; none twice, in whatever case.
    hashtags: Vec<String>,
    /// The language of texts that it is for, BCP 47.
    language: Option<String>,
    /// Keys of the networks that it is for, as in `networks` or `countText`; any when left out.
    #[graphql(default)]
    networks: Vec<String>,
}

impl From<HashtagSetInput> for SetContent {
    fn from(input: HashtagSetInput) -> Self {
        let HashtagSetInput { name, hashtags, language, networks } = input;
        Self { name, hashtags, language, networks }
    }
}

/// A set to write down.
#[derive(InputObject)]
struct CreateHashtagSetInput {
    /// Of which brand.
    brand_id: ID,
    /// What it is.
    set: HashtagSetInput,
}

/// A set to say anew.
#[derive(InputObject)]
struct UpdateHashtagSetInput {
    /// Which.
    hashtag_set_id: ID,
    /// The version from which the change started.
    version: i32,
    /// What it is from now on.
    set: HashtagSetInput,
}

/// A set to put away.
#[derive(InputObject)]
struct ArchiveHashtagSetInput {
    /// Which.
    hashtag_set_id: ID,
    /// The version from which the change started.
    version: i32,
}

/// A set to bring back.
#[derive(InputObject)]
struct RestoreHashtagSetInput {
    /// Which.
    hashtag_set_id: ID,
    /// The version from which the change started.
    version: i32,
}

/// The answer of what writes a hashtag set.
#[derive(SimpleObject)]
struct HashtagSetPayload {
    /// The set, when it was written.
    set: Option<HashtagSet>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

async fn of_set(
    op: &Op,
    command: impl AsyncFnOnce(&Domain) -> Result<hashtag_set::Model, Failure>,
) -> Result<HashtagSetPayload> {
    let (row, user_errors) = op.command(command).await?;
    Ok(HashtagSetPayload { set: row.map(|row| HashtagSet { op: op.clone(), row }), user_errors })
}

/// Mutations of hashtag sets.
#[derive(Default)]
pub struct HashtagSetMutation;

#[Object]
impl HashtagSetMutation {
    /// Writes a hashtag set down. For MID and above.
    async fn create_hashtag_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The set.")] input: CreateHashtagSetInput,
    ) -> Result<HashtagSetPayload> {
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            domain::create_hashtag_set(context, brand_id, input.set.into()).await
        };
        of_set(Op::of(ctx)?, command).await
    }

    /// Says a hashtag set anew. For MID and above.
    async fn update_hashtag_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change.")] input: UpdateHashtagSetInput,
    ) -> Result<HashtagSetPayload> {
        let command = async |context: &Domain| {
            let id = Kind::HashtagSet.parse(&input.hashtag_set_id, "hashtagSetId")?;
            domain::update_hashtag_set(context, id, input.version, input.set.into()).await
        };
        of_set(Op::of(ctx)?, command).await
    }

    /// Puts a hashtag set away. For MID and above.
    async fn archive_hashtag_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: ArchiveHashtagSetInput,
    ) -> Result<HashtagSetPayload> {
        let command = async |context: &Domain| {
            let id = Kind::HashtagSet.parse(&input.hashtag_set_id, "hashtagSetId")?;
            domain::archive_hashtag_set(context, id, input.version).await
        };
        of_set(Op::of(ctx)?, command).await
    }

    /// Brings a hashtag set back, if its name is still free. For MID and above.
    async fn restore_hashtag_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: RestoreHashtagSetInput,
    ) -> Result<HashtagSetPayload> {
        let command = async |context: &Domain| {
            let id = Kind::HashtagSet.parse(&input.hashtag_set_id, "hashtagSetId")?;
            domain::restore_hashtag_set(context, id, input.version).await
        };
        of_set(Op::of(ctx)?, command).await
    }
}
