//! What changed from one version of a post to another.

use async_graphql::{Enum, Object, Result, SimpleObject, Union};
use diwan_domain::calendar::{self as domain, ContentChange, PartChange, Piece, SavedVariant};
use uuid::Uuid;

use super::types::PostOption;
use super::versions::{SavedPostVariant, account, assets, pillar};
use crate::graphql::context::Op;
use crate::graphql::media::Asset;
use crate::graphql::publishing::SocialAccount;
use crate::graphql::strategy::{ContentPillar, Partnership};

/// What became of a part of a text.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "domain::PieceKind")]
pub enum TextPieceKind {
    /// It is in both.
    Kept,
    /// It is new.
    Added,
    /// It is gone.
    Removed,
}

/// A part of a text that was changed.
#[derive(SimpleObject)]
pub struct TextPiece {
    /// What became of it.
    kind: TextPieceKind,
    /// What it says. All that is kept or removed make the text before; all that is kept or added, the text now.
    text: String,
}

/// A text that was changed, for the API.
pub fn pieces(pieces: Vec<Piece>) -> Vec<TextPiece> {
    pieces.into_iter().map(|piece| TextPiece { kind: piece.kind.into(), text: piece.text }).collect()
}

fn thread_part(part: PartChange) -> ThreadPartChange {
    ThreadPartChange { before: part.before, now: part.now, pieces: pieces(part.pieces) }
}

/// Something that a version of a post changed.
#[expect(
    clippy::large_enum_variant,
    reason = "a page of them lives for one answer, and the library takes no boxes here"
)]
#[derive(Union)]
pub(super) enum PostChange {
    /// The title.
    Title(TitleChange),
    /// What it is for.
    Pillar(PillarChange),
    /// What stands behind it.
    Partnership(PartnershipChange),
    /// The accounts.
    Accounts(AccountsChange),
    /// A text.
    Text(VariantTextChange),
    /// A language.
    Language(VariantLanguageChange),
    /// Images.
    Assets(VariantAssetsChange),
    /// The text that accounts share.
    BaseText(BaseTextChange),
    /// Whether an account has a text of its own.
    OwnText(VariantOwnTextChange),
    /// A thread.
    Thread(VariantThreadChange),
    /// A first comment.
    FirstComment(VariantFirstCommentChange),
    /// A link.
    Link(VariantLinkChange),
    /// Settings of a network.
    Options(VariantOptionsChange),
}

/// The text that accounts share is another.
#[derive(SimpleObject)]
pub(super) struct BaseTextChange {
    /// The text, with what went and what came.
    pieces: Vec<TextPiece>,
}

/// The title is another.
#[derive(SimpleObject)]
pub(super) struct TitleChange {
    /// The title, with what went and what came.
    pieces: Vec<TextPiece>,
}

/// It is for something else.
pub(super) struct PillarChange {
    op: Op,
    before: Option<Uuid>,
    now: Option<Uuid>,
}

/// It is for something else.
#[Object]
impl PillarChange {
    /// What it was for.
    async fn before(&self) -> Result<Option<ContentPillar>> {
        pillar(&self.op, self.before).await
    }
    /// What it is for.
    async fn now(&self) -> Result<Option<ContentPillar>> {
        pillar(&self.op, self.now).await
    }
}

/// Something else stands behind it.
#[derive(SimpleObject)]
pub(super) struct PartnershipChange {
    /// What stood behind it.
    before: Option<Partnership>,
    /// What stands behind it.
    now: Option<Partnership>,
}

/// It goes to other accounts, or to the same ones in another order.
pub(super) struct AccountsChange {
    op: Op,
    added: Option<SavedVariant>,
    removed: Option<SavedVariant>,
    order: Vec<Uuid>,
}

/// It goes to other accounts, or to the same ones in another order.
#[Object]
impl AccountsChange {
    /// What is said on an account that it did not go to.
    async fn added(&self) -> Option<SavedPostVariant> {
        self.added.clone().map(|saved| SavedPostVariant { op: self.op.clone(), saved })
    }
    /// What was said on an account that it no longer goes to.
    async fn removed(&self) -> Option<SavedPostVariant> {
        self.removed.clone().map(|saved| SavedPostVariant { op: self.op.clone(), saved })
    }
    /// The accounts of both versions as they stand now, where their order changed.
    #[graphql(complexity = "1 + 3 * child_complexity")]
    async fn order(&self) -> Result<Vec<SocialAccount>> {
        futures::future::try_join_all(self.order.iter().map(|id| account(&self.op, *id))).await
    }
}

/// The text to an account is another.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(super) struct VariantTextChange {
    #[graphql(skip)]
    on: On,
    /// The text, with what went and what came.
    pieces: Vec<TextPiece>,
}

/// The text to an account is in another language.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(super) struct VariantLanguageChange {
    #[graphql(skip)]
    on: On,
    /// The language before, BCP 47.
    before: Option<String>,
    /// The language now.
    now: Option<String>,
}

/// An account got a text of its own, or says the base text again.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(super) struct VariantOwnTextChange {
    #[graphql(skip)]
    on: On,
    /// Whether it has a text of its own now.
    now: bool,
}

/// What follows the text to an account as a thread is another.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(super) struct VariantThreadChange {
    #[graphql(skip)]
    on: On,
    /// The parts that are not in both, in order.
    parts: Vec<ThreadPartChange>,
}

/// A part of a thread that is not in both.
#[derive(SimpleObject)]
struct ThreadPartChange {
    /// Its place before, the first after the text being 0; null where it is new.
    before: Option<usize>,
    /// Its place now; null where it is gone.
    now: Option<usize>,
    /// The part, with what went and what came.
    pieces: Vec<TextPiece>,
}

/// What an account answers to its own post is another.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(super) struct VariantFirstCommentChange {
    #[graphql(skip)]
    on: On,
    /// The comment, with what went and what came.
    pieces: Vec<TextPiece>,
}

/// The page shown to an account as a card is another.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(super) struct VariantLinkChange {
    #[graphql(skip)]
    on: On,
    /// The address before.
    before: Option<String>,
    /// The address now.
    now: Option<String>,
}

/// The settings of an account's network are others.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(super) struct VariantOptionsChange {
    #[graphql(skip)]
    on: On,
    /// All of them before, by name.
    before: Vec<PostOption>,
    /// All of them now.
    now: Vec<PostOption>,
}

/// The images to an account are others, or in another order.
pub(super) struct VariantAssetsChange {
    on: On,
    before: Vec<Uuid>,
    now: Vec<Uuid>,
}

/// On which account something changed.
struct On {
    op: Op,
    account_id: Uuid,
}

#[async_graphql::ComplexObject]
impl VariantTextChange {
    /// The account.
    async fn social_account(&self) -> Result<SocialAccount> {
        account(&self.on.op, self.on.account_id).await
    }
}

#[async_graphql::ComplexObject]
impl VariantLanguageChange {
    /// The account.
    async fn social_account(&self) -> Result<SocialAccount> {
        account(&self.on.op, self.on.account_id).await
    }
}

#[async_graphql::ComplexObject]
impl VariantOwnTextChange {
    /// The account.
    async fn social_account(&self) -> Result<SocialAccount> {
        account(&self.on.op, self.on.account_id).await
    }
}

#[async_graphql::ComplexObject]
impl VariantThreadChange {
    /// The account.
    async fn social_account(&self) -> Result<SocialAccount> {
        account(&self.on.op, self.on.account_id).await
    }
}

#[async_graphql::ComplexObject]
impl VariantFirstCommentChange {
    /// The account.
    async fn social_account(&self) -> Result<SocialAccount> {
        account(&self.on.op, self.on.account_id).await
    }
}

#[async_graphql::ComplexObject]
impl VariantLinkChange {
    /// The account.
    async fn social_account(&self) -> Result<SocialAccount> {
        account(&self.on.op, self.on.account_id).await
    }
}

#[async_graphql::ComplexObject]
impl VariantOptionsChange {
    /// The account.
    async fn social_account(&self) -> Result<SocialAccount> {
        account(&self.on.op, self.on.account_id).await
    }
}

/// The images to an account are others, or in another order.
#[Object]
impl VariantAssetsChange {
    /// The account.
    async fn social_account(&self) -> Result<SocialAccount> {
        account(&self.on.op, self.on.account_id).await
    }
    /// The images before that are still there.
    #[graphql(complexity = "1 + 2 * child_complexity")]
    async fn before(&self) -> Result<Vec<Asset>> {
        assets(&self.on.op, &self.before).await
    }
    /// The images now that are still there.
    #[graphql(complexity = "1 + 2 * child_complexity")]
    async fn now(&self) -> Result<Vec<Asset>> {
        assets(&self.on.op, &self.now).await
    }
}

pub(super) fn change_of(op: &Op, change: ContentChange) -> PostChange {
    let on = |account_id| On { op: op.clone(), account_id };
    let accounts = |added, removed, order| AccountsChange { op: op.clone(), added, removed, order };
    match change {
        ContentChange::Title(parts) => PostChange::Title(TitleChange { pieces: pieces(parts) }),
        ContentChange::Pillar(before, now) => PostChange::Pillar(PillarChange { op: op.clone(), before, now }),
        ContentChange::Partnership(before, now) => {
            PostChange::Partnership(PartnershipChange { before: before.map(Into::into), now: now.map(Into::into) })
        }
        ContentChange::VariantAdded(saved) => PostChange::Accounts(accounts(Some(saved), None, Vec::new())),
        ContentChange::VariantRemoved(saved) => PostChange::Accounts(accounts(None, Some(saved), Vec::new())),
        ContentChange::VariantsMoved(order) => PostChange::Accounts(accounts(None, None, order)),
        ContentChange::Text(id, parts) => PostChange::Text(VariantTextChange { on: on(id), pieces: pieces(parts) }),
        ContentChange::Language(id, before, now) => {
            PostChange::Language(VariantLanguageChange { on: on(id), before, now })
        }
        ContentChange::Assets(id, before, now) => PostChange::Assets(VariantAssetsChange { on: on(id), before, now }),
        ContentChange::BaseText(parts) => PostChange::BaseText(BaseTextChange { pieces: pieces(parts) }),
        ContentChange::OwnText(id, now) => PostChange::OwnText(VariantOwnTextChange { on: on(id), now }),
        ContentChange::Thread(id, parts) => {
            let parts = parts.into_iter().map(thread_part).collect();
            PostChange::Thread(VariantThreadChange { on: on(id), parts })
        }
        ContentChange::FirstComment(id, parts) => {
            PostChange::FirstComment(VariantFirstCommentChange { on: on(id), pieces: pieces(parts) })
        }
        ContentChange::Link(id, before, now) => PostChange::Link(VariantLinkChange { on: on(id), before, now }),
        ContentChange::Options(id, before, now) => {
            let (before, now) = (PostOption::all(before), PostOption::all(now));
            PostChange::Options(VariantOptionsChange { on: on(id), before, now })
        }
    }
}
