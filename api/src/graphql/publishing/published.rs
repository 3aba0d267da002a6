//! Changing what is on a network.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use diwan_domain::Context as Domain;
use diwan_domain::publishing::{self, Correction};
use diwan_entity::publishing::publication_change;

use super::types::Trouble;
use crate::graphql::calendar::{PostOption, PostOptionInput, options_by_name};
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;
use crate::graphql::tenancy::User;

/// What is changed.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "publication_change::ChangeKind")]
pub enum ChangeKind {
    /// It is taken back.
    TakeBack,
    /// Its words are changed.
    Correct,
}

/// How far a change has come.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "publication_change::ChangeState")]
pub enum ChangeState {
    /// The network is being asked.
    Requested,
    /// It is made.
    Done,
    /// It was not made; see `trouble`.
    Failed,
}

/// A change to what is on a network.
pub struct PublicationChange {
    pub op: Op,
    pub row: publication_change::Model,
}

/// A change to what is on a network.
#[Object]
impl PublicationChange {
    /// What is changed.
    async fn kind(&self) -> ChangeKind {
        self.row.kind.into()
    }
    /// How far it has come.
    async fn state(&self) -> ChangeState {
        self.row.state.into()
    }
    /// The text as it is to be; null where it is taken back.
    async fn text(&self) -> Option<&str> {
        self.row.text.as_deref()
    }
    /// The link as it is to be.
    async fn link(&self) -> Option<&str> {
        self.row.link.as_deref()
    }
    /// The options as they are to be.
    async fn options(&self) -> Vec<PostOption> {
        let options = self.row.options.clone().unwrap_or_default();
        serde_json::from_value(options).map(PostOption::all).unwrap_or_default()
    }
    /// Why it was asked for.
    async fn reason(&self) -> &str {
        &self.row.reason
    }
    /// Who asked for it; null where they are no longer to be seen.
    async fn requested_by(&self) -> Result<Option<User>> {
        Ok(self.op.load(self.row.requested_by).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// When.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// When the network had made it, or it was given up.
    async fn finished_at(&self) -> Option<DateTime<Utc>> {
        self.row.finished_at
    }
    /// Why it was not made, and the next step.
    async fn trouble(&self) -> Option<Trouble> {
        let kind = self.row.trouble.as_deref()?;
        Some(Trouble::new(self.op.locale(), kind, self.row.trouble_detail.as_deref()))
    }
}

/// What is to be taken back.
#[derive(InputObject)]
struct TakeBackPublicationInput {
    /// Which publication; it is `PUBLISHED`.
    publication_id: ID,
    /// Why, up to 500 characters.
    reason: String,
}

/// The answer of `takeBackPublication`.
#[derive(SimpleObject)]
struct TakeBackPublicationPayload {
    /// The change: read it again until it is `DONE` or `FAILED`.
    change: Option<PublicationChange>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The words of a post as they are to be.
#[derive(InputObject)]
struct CorrectPublicationInput {
    /// Which publication; it is `PUBLISHED`.
    publication_id: ID,
    /// The text.
    text: String,
    /// The address of a page beside the text, on networks that take one.
    link: Option<String>,
    /// Settings that only its network knows.
    #[graphql(default)]
    options: Vec<PostOptionInput>,
    /// Why, up to 500 characters.
    reason: String,
}

/// The answer of `correctPublication`.
#[derive(SimpleObject)]
struct CorrectPublicationPayload {
    /// The change: read it again until it is `DONE` or `FAILED`.
    change: Option<PublicationChange>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// Mutations of what is on a network.
#[derive(Default)]
pub struct PublishedMutation;

#[Object]
impl PublishedMutation {
    /// Takes a post back from its network, where the network lets it (`delete` in `networks`); of a thread, its first post. For MID and
    /// above.
    async fn take_back_publication(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What, and why.")] input: TakeBackPublicationInput,
    ) -> Result<TakeBackPublicationPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let id = Kind::Publication.parse(&input.publication_id, "publicationId")?;
            publishing::take_back(context, id, &input.reason).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(TakeBackPublicationPayload { change: row.map(|row| PublicationChange { op: op.clone(), row }), user_errors })
    }

    /// Changes the words of a post on its network, where the network lets it (`edit` in `networks`). Images and films stay. For MID and
    /// above.
    async fn correct_publication(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The words, and why.")] input: CorrectPublicationInput,
    ) -> Result<CorrectPublicationPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let id = Kind::Publication.parse(&input.publication_id, "publicationId")?;
            let options = options_by_name(input.options, "options")?;
            let correction = Correction { text: input.text, link: input.link, options };
            publishing::correct(context, id, correction, &input.reason).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(CorrectPublicationPayload { change: row.map(|row| PublicationChange { op: op.clone(), row }), user_errors })
    }
}
