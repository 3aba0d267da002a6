//! What is different between two versions of a post.

use std::time::{Duration, Instant};

use diwan_entity::calendar::post::Partnership;
use similar::{ChangeTag, TextDiff};
use uuid::Uuid;

use super::versions::{SavedContent, SavedVariant};

/// How long all the texts of a post may be compared, word by word. What is left by then is shown as replaced.
const PATIENCE: Duration = Duration::from_millis(200);

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContentChange {
    /// The title.
    Title(Vec<Piece>),
    /// What it is for: before and now.
    Pillar(Option<Uuid>, Option<Uuid>),
    /// What stands behind it: before and now.
    Partnership(Option<Partnership>, Option<Partnership>),
    /// It goes to one more account.
    VariantAdded(SavedVariant),
    /// It no longer goes to this account.
    VariantRemoved(SavedVariant),
    /// The accounts stand in another order: all that are in both versions, as they stand now.
    VariantsMoved(Vec<Uuid>),
    /// The text to this account.
    Text(Uuid, Vec<Piece>),
    /// The language of the text to this account: before and now.
    Language(Uuid, Option<String>, Option<String>),
    /// The images to this account: before and now.
    Assets(Uuid, Vec<Uuid>, Vec<Uuid>),
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// What became of it.
    pub kind: PieceKind,
    /// What it says. All that is kept or removed make the text before; all that is kept or added, the text now.
    pub text: String,
}

/// What became of a part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PieceKind {
    /// It is in both.
    Kept,
    /// It is new.
    Added,
    /// It is gone.
    Removed,
}

/// The differences, first those of the post, then those of its variants in their order.
pub fn changes_between(before: &SavedContent, now: &SavedContent) -> Vec<ContentChange> {
    let until = Instant::now() + PATIENCE;
    let mut changes = Vec::new();
    if before.title != now.title {
        changes.push(ContentChange::Title(pieces(&before.title, &now.title, until)));
    }
    if before.pillar_id != now.pillar_id {
        changes.push(ContentChange::Pillar(before.pillar_id, now.pillar_id));
    }
    if before.partnership != now.partnership {
        changes.push(ContentChange::Partnership(before.partnership, now.partnership));
    }
    let known = |content: &SavedContent, id| content.variants.iter().any(|one| one.account_id == id);
    let common = |from: &SavedContent, other: &SavedContent| -> Vec<Uuid> {
        from.variants.iter().map(|one| one.account_id).filter(|id| known(other, *id)).collect()
    };
    let order = common(now, before);
    if order != common(before, now) {
        changes.push(ContentChange::VariantsMoved(order));
    }
    for gone in before.variants.iter().filter(|one| !known(now, one.account_id)) {
        changes.push(ContentChange::VariantRemoved(gone.clone()));
    }
    for variant in &now.variants {
        match before.variants.iter().find(|one| one.account_id == variant.account_id) {
            None => changes.push(ContentChange::VariantAdded(variant.clone())),
            Some(was) => changes.extend(of_variant(was, variant, until)),
        }
    }
    changes
}

fn of_variant(was: &SavedVariant, is: &SavedVariant, until: Instant) -> impl Iterator<Item = ContentChange> {
    let id = is.account_id;
    let text = (was.text != is.text).then(|| ContentChange::Text(id, pieces(&was.text, &is.text, until)));
    let language =
        (was.language != is.language).then(|| ContentChange::Language(id, was.language.clone(), is.language.clone()));
    let assets =
        (was.asset_ids != is.asset_ids).then(|| ContentChange::Assets(id, was.asset_ids.clone(), is.asset_ids.clone()));
    text.into_iter().chain(language).chain(assets)
}

/// A text as pieces of words, neighbours of one kind in one.
fn pieces(before: &str, now: &str, until: Instant) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for change in TextDiff::configure().deadline(until).diff_unicode_words(before, now).iter_all_changes() {
        let kind = match change.tag() {
            ChangeTag::Equal => PieceKind::Kept,
            ChangeTag::Insert => PieceKind::Added,
            ChangeTag::Delete => PieceKind::Removed,
        };
        match pieces.last_mut() {
            Some(last) if last.kind == kind => last.text.push_str(change.value()),
            _ => pieces.push(Piece { kind, text: change.value().to_owned() }),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn variant(account: u128, text: &str) -> SavedVariant {
        SavedVariant {
            account_id: Uuid::from_u128(account),
            text: text.to_owned(),
            language: None,
            asset_ids: Vec::new(),
        }
    }

    fn of(variants: Vec<SavedVariant>) -> SavedContent {
        SavedContent { title: "Launch".to_owned(), variants, ..SavedContent::default() }
    }

    fn piece(kind: PieceKind, text: &str) -> Piece {
        Piece { kind, text: text.to_owned() }
    }

    #[test]
    fn each_difference_is_told_once() {
        use PieceKind::{Added, Kept, Removed};
        let (before, mut now) =
            (of(vec![variant(1, "سلام دنیا"), variant(2, "x")]), of(vec![variant(3, "y"), variant(1, "سلام یاران")]));
        now.pillar_id = Some(Uuid::from_u128(9));
        let first = Uuid::from_u128(1);
        assert_eq!(changes_between(&before, &before), []);
        assert_eq!(
            changes_between(&before, &now),
            [
                ContentChange::Pillar(None, now.pillar_id),
                ContentChange::VariantRemoved(variant(2, "x")),
                ContentChange::VariantAdded(variant(3, "y")),
                ContentChange::Text(first, vec![piece(Kept, "سلام "), piece(Removed, "دنیا"), piece(Added, "یاران")]),
            ]
        );
        let turned = of(vec![variant(2, "x"), variant(1, "سلام دنیا")]);
        assert_eq!(changes_between(&before, &turned), [ContentChange::VariantsMoved(vec![Uuid::from_u128(2), first])]);
    }

    proptest! {
        #[test]
        fn the_pieces_make_both_texts(before in "[ab ،ی👩\n]{0,60}", now in "[ab ،ی👩\n]{0,60}") {
            let pieces = pieces(&before, &now, Instant::now() + PATIENCE);
            let without = |kind| pieces.iter().filter(|piece| piece.kind != kind).map(|piece| piece.text.as_str()).collect::<String>();
            prop_assert_eq!(without(PieceKind::Added), before);
            prop_assert_eq!(without(PieceKind::Removed), now);
        }
    }
}
