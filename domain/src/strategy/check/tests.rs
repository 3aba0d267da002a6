use super::ground::Pillar;
use super::*;
use crate::strategy::{BannedWord, default_checks};

fn ground() -> Ground {
    let word = |text: &str, language: Option<&str>, severity| BannedWord {
        text: text.to_owned(),
        language: language.map(str::to_owned),
        severity,
    };
    let mut checks = default_checks(Uuid::nil());
    checks.disclosure_words = vec!["#ad".to_owned(), "آگهی".to_owned()];
    Ground {
        checks,
        banned: vec![
            word("cheap", None, ProblemSeverity::Block),
            word("gift", Some("de"), ProblemSeverity::Block),
            word("maybe", None, ProblemSeverity::Warning),
        ],
        languages: vec!["en".to_owned(), "fa".to_owned()],
        pillars: vec![
            Pillar { id: Uuid::from_u128(1), name: "Craft".to_owned(), share_bp: 5000, posts: 4 },
            Pillar { id: Uuid::from_u128(2), name: "People".to_owned(), share_bp: 5000, posts: 1 },
        ],
        open_items: Vec::new(),
    }
}

fn variant<'a>(text: &'a str, language: Option<&'a str>, alt_texts: Vec<&'a str>) -> Spoken<'a> {
    Spoken {
        variant_id: Uuid::nil(),
        account_id: Uuid::nil(),
        index: 3,
        language,
        texts: vec![("text".into(), text)],
        thread: &[],
        alt_texts: alt_texts.into_iter().enumerate().collect(),
    }
}

fn found(
    ground: &Ground,
    partnership: Option<Partnership>,
    spoken: Spoken<'_>,
) -> Vec<(Code, ProblemSeverity, String)> {
    let mut problems = Vec::new();
    check_texts(ground, partnership, &[spoken], &mut problems);
    problems.into_iter().map(|found| (found.error.code, found.severity, found.error.field.join("."))).collect()
}

#[test]
fn words_block_as_they_are_and_never_more_than_the_check() {
    let mut ground = ground();
    let text = "CHEAP, maybe a gift";
    assert_eq!(
        found(&ground, None, variant(text, Some("en-GB"), vec![])),
        [
            (Code::BannedWord, ProblemSeverity::Block, "variants.3.text".to_owned()),
            (Code::BannedWord, ProblemSeverity::Warning, "variants.3.text".to_owned())
        ]
    );
    assert_eq!(found(&ground, None, variant(text, None, vec![])).len(), 3, "of no language: all count");
    ground.checks.banned_words = CheckMode::Warn;
    assert!(found(&ground, None, variant(text, None, vec![])).iter().all(|one| one.1 == ProblemSeverity::Warning));
    ground.checks.banned_words = CheckMode::Off;
    assert_eq!(found(&ground, None, variant(text, None, vec![])), []);
}

#[test]
fn what_images_say_counts_and_so_does_their_silence() {
    let ground = ground();
    let spoken = variant("Hello", None, vec!["A cheap cup", " "]);
    assert_eq!(
        found(&ground, None, spoken),
        [
            (Code::BannedWord, ProblemSeverity::Block, "variants.3.assetIds.0".to_owned()),
            (Code::AltTextMissing, ProblemSeverity::Warning, "variants.3.assetIds.1".to_owned())
        ]
    );
}

#[test]
fn what_follows_a_text_counts_under_its_own_name_and_discloses_nothing() {
    let ground = ground();
    let mut spoken = variant("Hello", None, vec![]);
    spoken.texts.extend([("thread.0".into(), "cheap"), ("firstComment".into(), "#ad, and cheap")]);
    let codes = found(&ground, Some(Partnership::Gift), spoken);
    assert_eq!(
        codes,
        [
            (Code::BannedWord, ProblemSeverity::Block, "variants.3.thread.0".to_owned()),
            (Code::BannedWord, ProblemSeverity::Block, "variants.3.firstComment".to_owned()),
            (Code::DisclosureMissing, ProblemSeverity::Warning, "variants.3.text".to_owned()),
        ]
    );
}

#[test]
fn a_language_covers_its_regions() {
    let ground = ground();
    for (language, fits) in
        [("en", true), ("en-GB", true), ("fa-IR", true), ("de", false), ("eng", false), ("EN-us", true)]
    {
        assert_eq!(found(&ground, None, variant("Hello", Some(language), vec![])).is_empty(), fits, "{language}");
    }
    assert!(!covers("en-GB", "en"));
}

#[test]
fn a_partnership_is_disclosed_by_a_word_of_its_own() {
    let ground = ground();
    for (text, fits) in [("Look! #Ad", true), ("ad: look", true), ("Add to cart", false), ("آگهي", true), ("", false)]
    {
        let spoken = variant(text, None, vec![]);
        assert_eq!(found(&ground, Some(Partnership::Gift), spoken).is_empty(), fits, "{text}");
    }
}

#[test]
fn a_pillar_has_its_part_and_a_tolerance() {
    let mut ground = ground();
    let marked = |ground: &Ground, pillar: Option<u128>, dated| {
        let mut problems = Vec::new();
        let marks = Marks { pillar_id: pillar.map(Uuid::from_u128), dated };
        check_marks(ground, marks, &mut problems);
        problems.into_iter().map(|found| found.error.code).collect::<Vec<_>>()
    };
    // Six with this one: of five or more of one pillar only four fit, 50 % and 10 %.
    assert_eq!(marked(&ground, Some(1), true), [Code::OffMix]);
    assert_eq!(marked(&ground, Some(2), true), []);
    assert_eq!(marked(&ground, Some(1), false), [], "no time, no month");
    assert_eq!(marked(&ground, None, true), [Code::PillarMissing]);
    assert_eq!(marked(&ground, Some(9), true), [Code::PillarMissing], "put away");
    ground.checks.mix_tolerance_bp = 3000;
    assert_eq!(marked(&ground, Some(1), true), []);
    ground.pillars.clear();
    assert_eq!(marked(&ground, None, true), [], "a brand without pillars misses none");
}
