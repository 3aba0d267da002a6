//! Everything that a post ever said, and what says nearly the same.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use diwan_domain::Context as Domain;
use diwan_domain::calendar::{self as domain, RestorePost, SavedContent, SavedVariant, Similar};
use diwan_entity::calendar::{asset, post_version};
use uuid::Uuid;

use super::changes::{PostChange, change_of};
use super::types::{Post, PostOption};
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::media::Asset;
use crate::graphql::publishing::SocialAccount;
use crate::graphql::scalars::Kind;
use crate::graphql::strategy::{ContentPillar, Partnership};
use crate::graphql::tenancy::User;

/// What a post said at one time.
pub struct PostVersion {
    op: Op,
    row: post_version::Model,
    content: SavedContent,
}

impl PostVersion {
    /// Reads what the row keeps.
    pub(super) fn of(op: &Op, row: post_version::Model) -> Result<Self> {
        let content = op.query(domain::saved_content(&row))?;
        Ok(Self { op: op.clone(), row, content })
    }

    /// Its place in a list.
    pub(super) fn key(&self) -> Uuid {
        self.row.id
    }
}

/// What a post said at one time.
#[Object]
impl PostVersion {
    /// Its number. The first has 1, unless it was written before versions were kept.
    async fn version(&self) -> i32 {
        self.row.version
    }
    /// The version whose content it is, where an earlier one was brought back.
    async fn restored_from(&self) -> Option<i32> {
        self.row.restored_from
    }
    /// When it was saved.
    async fn saved_at(&self) -> DateTime<Utc> {
        self.row.saved_at
    }
    /// Who saved it; null when the caller does not see that person, or it was written before versions were kept.
    async fn saved_by(&self) -> Result<Option<User>> {
        let Some(id) = self.row.saved_by else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// The title.
    async fn title(&self) -> &str {
        &self.content.title
    }
    /// What it was for.
    async fn pillar(&self) -> Result<Option<ContentPillar>> {
        pillar(&self.op, self.content.pillar_id).await
    }
    /// What stood behind it besides the brand.
    async fn partnership(&self) -> Option<Partnership> {
        self.content.partnership.map(Into::into)
    }
    /// What was said wherever an account had no text of its own.
    async fn base_text(&self) -> Option<&str> {
        self.content.base_text.as_deref()
    }
    /// What each account would have said, in order.
    #[graphql(complexity = "1 + 3 * child_complexity")]
    async fn variants(&self) -> Vec<SavedPostVariant> {
        let variants = self.content.variants.iter().cloned();
        variants.map(|saved| SavedPostVariant { op: self.op.clone(), saved }).collect()
    }
    /// What it changed. Texts are compared word by word, within a limit of time: what is very long is shown as replaced.
    #[graphql(complexity = "1 + 5 * child_complexity")]
    async fn changes(
        &self,
        #[graphql(desc = "Since which version; unless given, the one before.")] since: Option<i32>,
    ) -> Result<Vec<PostChange>> {
        let changes = self.op.query(domain::post_changes(&self.op, &self.row, since).await)?;
        Ok(changes.into_iter().map(|change| change_of(&self.op, change)).collect())
    }
}

pub(super) async fn pillar(op: &Op, id: Option<Uuid>) -> Result<Option<ContentPillar>> {
    let Some(id) = id else { return Ok(None) };
    Ok(op.load(id).await?.map(|row| ContentPillar { op: op.clone(), row }))
}

pub(super) async fn account(op: &Op, id: Uuid) -> Result<SocialAccount> {
    Ok(SocialAccount { op: op.clone(), row: op.must_load(id).await? })
}

/// The files that are still there.
pub(super) async fn assets(op: &Op, ids: &[Uuid]) -> Result<Vec<Asset>> {
    let rows = futures::future::try_join_all(ids.iter().map(|id| op.load::<asset::Model>(*id))).await?;
    Ok(rows.into_iter().flatten().map(|row| Asset { op: op.clone(), row }).collect())
}

/// What one account would have said in a version of a post.
pub struct SavedPostVariant {
    pub(super) op: Op,
    pub(super) saved: SavedVariant,
}

/// What one account would have said in a version of a post.
#[Object]
impl SavedPostVariant {
    /// The text: its own or, without one, the base text.
    async fn text(&self) -> &str {
        &self.saved.text
    }
    /// Whether the text was its own.
    async fn own_text(&self) -> bool {
        self.saved.own_text
    }
    /// What followed it as a thread, in order.
    async fn thread(&self) -> &[String] {
        &self.saved.thread
    }
    /// What the account itself would have answered.
    async fn first_comment(&self) -> Option<&str> {
        self.saved.first_comment.as_deref()
    }
    /// The address of the page shown as a card.
    async fn link(&self) -> Option<&str> {
        self.saved.link.as_deref()
    }
    /// Settings that only its network knows, by name.
    async fn options(&self) -> Vec<PostOption> {
        PostOption::all(self.saved.options.clone())
    }
    /// Its language, BCP 47.
    async fn language(&self) -> Option<&str> {
        self.saved.language.as_deref()
    }
    /// The account.
    async fn social_account(&self) -> Result<SocialAccount> {
        account(&self.op, self.saved.account_id).await
    }
    /// Its images that are still there, in order.
    #[graphql(complexity = "1 + 2 * child_complexity")]
    async fn assets(&self) -> Result<Vec<Asset>> {
        assets(&self.op, &self.saved.asset_ids).await
    }
    /// How many images it had, with those that were deleted since.
    async fn asset_count(&self) -> usize {
        self.saved.asset_ids.len()
    }
}

/// A post that says nearly the same on the same account.
pub struct SimilarPost {
    pub(super) op: Op,
    pub(super) similar: Similar,
}

/// A post that says nearly the same on the same account.
#[Object]
impl SimilarPost {
    /// The post.
    async fn post(&self) -> Result<Post> {
        Ok(Post { op: self.op.clone(), row: self.op.must_load(self.similar.post_id).await? })
    }
    /// The account on which both are said.
    async fn social_account(&self) -> Result<SocialAccount> {
        account(&self.op, self.similar.account_id).await
    }
    /// How alike the texts are, in percent: 80 to 100. 100: the same words in the same order.
    async fn likeness(&self) -> i32 {
        self.similar.percent.into()
    }
}

/// A version to bring back.
#[derive(InputObject)]
struct RestorePostInput {
    /// Of which post.
    post_id: ID,
    /// The version that the post has now.
    version: i32,
    /// The version whose content it gets. It becomes a new version; those between stay.
    from: i32,
}

/// The answer of `restorePost`.
#[derive(SimpleObject)]
struct RestorePostPayload {
    /// The post, when the version was brought back.
    post: Option<Post>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// Mutations of versions.
#[derive(Default)]
pub struct VersionMutation;

#[Object]
impl VersionMutation {
    /// Makes what a post once said what it says now, as `updatePost` would: accounts and files that are gone are told of, and an
    /// approval is void. For whoever wrote it or to whom it is given, and for MID and above.
    async fn restore_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The version.")] input: RestorePostInput,
    ) -> Result<RestorePostPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let post_id = Kind::Post.parse(&input.post_id, "postId")?;
            domain::restore_post(context, RestorePost { post_id, version: input.version, from: input.from }).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(RestorePostPayload { post: row.map(|row| Post { op: op.clone(), row }), user_errors })
    }
}
