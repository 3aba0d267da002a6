//! What is different between two versions of a post.

use std::time::{Duration, Instant};

use diwan_entity::calendar::post::Partnership;
use diwan_networks::Options;
use similar::{Algorithm, ChangeTag, DiffOp, TextDiff, capture_diff_slices_deadline};
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
    /// The text that accounts share.
    BaseText(Vec<Piece>),
    /// It goes to one more account.
    VariantAdded(SavedVariant),
    /// It no longer goes to this account.
    VariantRemoved(SavedVariant),
    /// The accounts stand in another order: all that are in both versions, as they stand now.
    VariantsMoved(Vec<Uuid>),
    /// The text to this account.
    Text(Uuid, Vec<Piece>),
    /// Whether this account has a text of its own now; otherwise it says the base text.
    OwnText(Uuid, bool),
    /// The language of the text to this account: before and now.
    Language(Uuid, Option<String>, Option<String>),
    /// The images to this account: before and now.
    Assets(Uuid, Vec<Uuid>, Vec<Uuid>),
    /// What follows the text to this account as a thread: the parts that are not in both.
    Thread(Uuid, Vec<PartChange>),
    /// What this account answers to its post.
    FirstComment(Uuid, Vec<Piece>),
    /// The page shown to this account as a card: before and now.
    Link(Uuid, Option<String>, Option<String>),
    /// The settings of this account's network: before and now.
    Options(Uuid, Options, Options),
}

/// A part of a thread that is not in both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartChange {
    /// Its place before, the first after the text being 0; none where it is new.
    pub before: Option<usize>,
    /// Its place now; none where it is gone.
    pub now: Option<usize>,
    /// What it says, and said.
    pub pieces: Vec<Piece>,
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
    if before.base_text != now.base_text {
        changes.push(ContentChange::BaseText(maybe(before.base_text.as_ref(), now.base_text.as_ref(), until)));
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
    let own = (was.own_text != is.own_text).then_some(ContentChange::OwnText(id, is.own_text));
    let thread = (was.thread != is.thread).then(|| ContentChange::Thread(id, parts(&was.thread, &is.thread, until)));
    let comment = (was.first_comment != is.first_comment)
        .then(|| ContentChange::FirstComment(id, maybe(was.first_comment.as_ref(), is.first_comment.as_ref(), until)));
    let link = (was.link != is.link).then(|| ContentChange::Link(id, was.link.clone(), is.link.clone()));
    let options =
        (was.options != is.options).then(|| ContentChange::Options(id, was.options.clone(), is.options.clone()));
    [text, own, language, assets, thread, comment, link, options].into_iter().flatten()
}

/// The parts of a thread that are not in both: one that moved down because another came before it is.
fn parts(before: &[String], now: &[String], until: Instant) -> Vec<PartChange> {
    let said = |parts: &[String], place: Option<usize>| place.map_or("", |place| parts[place].as_str()).to_owned();
    let mut changed = Vec::new();
    for step in capture_diff_slices_deadline(Algorithm::Myers, before, now, Some(until)) {
        if matches!(step, DiffOp::Equal { .. }) {
            continue;
        }
        let (old, new) = (step.old_range(), step.new_range());
        for place in 0..old.len().max(new.len()) {
            let (was, is) = (old.clone().nth(place), new.clone().nth(place));
            let pieces = pieces(&said(before, was), &said(now, is), until);
            changed.push(PartChange { before: was, now: is, pieces });
        }
    }
    changed
}

/// The same of a text that there may not be.
fn maybe(before: Option<&String>, now: Option<&String>, until: Instant) -> Vec<Piece> {
    pieces(before.map_or("", String::as_str), now.map_or("", String::as_str), until)
}

/// A text as pieces of words, neighbours of one kind in one.
pub(crate) fn pieces(before: &str, now: &str, until: Instant) -> Vec<Piece> {
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
            own_text: true,
            language: None,
            asset_ids: Vec::new(),
            thread: Vec::new(),
            first_comment: None,
            link: None,
            options: Options::new(),
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

    #[test]
    fn what_goes_with_a_text_is_told_by_its_kind() {
        use PieceKind::{Added, Kept, Removed};
        let id = Uuid::from_u128(1);
        let said = |thread: &[&str]| thread.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>();
        let mut was = variant(1, "Hello");
        was.thread = said(&["one", "two", "four"]);
        was.link = Some("https://nour.example/".to_owned());
        let mut is = variant(1, "Hello");
        is.own_text = false;
        is.thread = said(&["zero", "one", "three", "four"]);
        is.first_comment = Some("More below".to_owned());
        is.options = [("visibility".to_owned(), "unlisted".to_owned())].into();
        let (mut before, mut now) = (of(vec![was]), of(vec![is.clone()]));
        (before.base_text, now.base_text) = (None, Some("Hello".to_owned()));
        let part = |before, now, pieces| PartChange { before, now, pieces };
        assert_eq!(
            changes_between(&before, &now),
            [
                ContentChange::BaseText(vec![piece(Added, "Hello")]),
                ContentChange::OwnText(id, false),
                ContentChange::Thread(
                    id,
                    vec![
                        part(None, Some(0), vec![piece(Added, "zero")]),
                        part(Some(1), Some(2), vec![piece(Removed, "two"), piece(Added, "three")]),
                    ]
                ),
                ContentChange::FirstComment(id, vec![piece(Added, "More below")]),
                ContentChange::Link(id, Some("https://nour.example/".to_owned()), None),
                ContentChange::Options(id, Options::new(), is.options),
            ]
        );
        let longer = of(vec![SavedVariant { thread: said(&["zero", "one more"]), ..variant(1, "Hello") }]);
        let shorter = of(vec![SavedVariant { thread: said(&["zero", "one"]), ..variant(1, "Hello") }]);
        let pieces = vec![piece(Kept, "one"), piece(Added, " more")];
        let changed = ContentChange::Thread(id, vec![part(Some(1), Some(1), pieces)]);
        assert_eq!(changes_between(&shorter, &longer), [changed]);
    }

    proptest! {
        #[test]
        fn the_parts_make_both_threads(before in "[ab]{0,9}", now in "[ab]{0,9}") {
            let thread = |text: &str| text.chars().map(String::from).collect::<Vec<_>>();
            let (before, now) = (thread(&before), thread(&now));
            let changed = parts(&before, &now, Instant::now() + PATIENCE);
            let kept = |parts: &[String], gone: &dyn Fn(&PartChange) -> Option<usize>| {
                let gone: Vec<_> = changed.iter().filter_map(gone).collect();
                parts.iter().enumerate().filter(|(place, _)| !gone.contains(place)).map(|(_, part)| part.clone()).collect::<Vec<_>>()
            };
            prop_assert_eq!(kept(&before, &|part| part.before), kept(&now, &|part| part.now));
        }

        #[test]
        fn the_pieces_make_both_texts(before in "[ab ،ی👩\n]{0,60}", now in "[ab ،ی👩\n]{0,60}") {
            let pieces = pieces(&before, &now, Instant::now() + PATIENCE);
            let without = |kind| pieces.iter().filter(|piece| piece.kind != kind).map(|piece| piece.text.as_str()).collect::<String>();
            prop_assert_eq!(without(PieceKind::Added), before);
            prop_assert_eq!(without(PieceKind::Removed), now);
        }
    }
}
