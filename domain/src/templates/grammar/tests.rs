use std::collections::HashMap;

use proptest::prelude::*;

use super::*;

/// What a template with these values becomes.
fn filled(text: &str, values: &[(&str, &str)]) -> Assembled {
    let values: HashMap<&str, &str> = values.iter().copied().collect();
    let (pieces, mistakes) = parse(text);
    assert_eq!(mistakes, [], "{text}");
    assemble(&pieces, 1_000, |name| values.get(name).copied())
}

fn names(text: &str) -> Vec<String> {
    let (pieces, mistakes) = parse(text);
    assert_eq!(mistakes, [], "{text}");
    let name = |piece| match piece {
        Piece::Variable { name, .. } => Some(name),
        Piece::Text(_) => None,
    };
    pieces.into_iter().filter_map(name).map(Cow::into_owned).collect()
}

#[test]
fn variables_are_filled_in_wherever_they_stand() {
    let text = "{{who}}, {{ who }}{{\n what\t}} — {{ brand.name }}";
    assert_eq!(names(text), ["who", "who", "what", "brand.name"]);
    let done = filled(text, &[("who", "Lina"), ("what", "قهوه"), ("brand.name", "Alef")]);
    assert_eq!((done.text.as_deref(), done.missing), (Some("Lina, Linaقهوه — Alef"), vec![]));
}

#[test]
fn names_are_words_of_any_script() {
    assert_eq!(names("{{ نام_مشتری }} {{ نام\u{200c}ها }} {{ café2 }}"), ["نام_مشتری", "نام\u{200c}ها", "café2"]);
    // However it is typed, it is the same name.
    assert_eq!(names("{{ cafe\u{301}2 }}"), ["café2"]);
    let longest = "a".repeat(LONGEST_NAME);
    assert_eq!(names(&format!("{{{{{longest}}}}}")), [longest]);
}

#[test]
fn what_has_no_value_stands_as_it_is_written_and_is_named_once() {
    let done = filled("{{ b }}{{a}} {{b}}", &[]);
    assert_eq!((done.text.as_deref(), done.length), (Some("{{ b }}{{a}} {{b}}"), 18));
    assert_eq!(done.missing, ["b", "a"]);
}

#[test]
fn what_is_filled_in_is_not_read_again() {
    let done = filled("{{a}}", &[("a", "{{b}} {{a}} {{"), ("b", "no")]);
    assert_eq!(done.text.as_deref(), Some("{{b}} {{a}} {{"));
}

#[test]
fn mistakes_are_found_where_they_are() {
    for (text, expected) in [
        ("{{", Mistake::NotClosed { at: 0 }),
        ("é{{ a", Mistake::NotClosed { at: 2 }),
        ("{{ a }", Mistake::NotClosed { at: 0 }),
        ("{{ a {{ b }}", Mistake::NotClosed { at: 0 }),
        ("x {{}}", Mistake::BadName { name: "", at: 2 }),
        ("{{ 1a }}", Mistake::BadName { name: "1a", at: 0 }),
        ("{{ a b }}", Mistake::BadName { name: "a b", at: 0 }),
        ("{{{ a }}}", Mistake::BadName { name: "{ a", at: 0 }),
        ("{{ a.b }}", Mistake::BadName { name: "a.b", at: 0 }),
        ("{{ a | upper }}", Mistake::BadName { name: "a | upper", at: 0 }),
        ("{{ range(9) }}", Mistake::BadName { name: "range(9)", at: 0 }),
        ("{{ a\0 }}", Mistake::BadName { name: "a\0", at: 0 }),
    ] {
        assert_eq!(parse(text).1, [expected], "{text}");
    }
    let long = "a".repeat(LONGEST_NAME + 1);
    assert_eq!(parse(&format!("{{{{{long}}}}}")).1, [Mistake::BadName { name: &long, at: 0 }]);
    // No more are told than anybody reads.
    assert_eq!(parse(&"{{".repeat(1_000)).1.len(), MOST_MISTAKES);
}

#[test]
fn what_other_languages_take_for_commands_is_text() {
    for text in
        ["{% for x in y %}", "{# a #}", "${a}", "<%= a %>", "{ a }", "a }} b", "}}", "{", "{ { a } }", "\\{a\\}"]
    {
        assert_eq!(parse(text), (vec![Piece::Text(text)], vec![]), "{text}");
    }
}

#[test]
fn a_place_is_told_by_line_and_character() {
    let text = "سلام\nab{{";
    assert_eq!(place(text, text.len() - 2), Place { index: 7, line: 2, column: 3 });
    assert_eq!(place(text, 0), Place { index: 0, line: 1, column: 1 });
}

#[test]
fn what_is_too_long_is_measured_and_not_written() {
    let text = "{{a}}".repeat(20_000);
    let value = "é".repeat(5_000);
    let (pieces, _) = parse(&text);
    let done = assemble(&pieces, 100_000, |_| Some(value.as_str()));
    assert_eq!((done.text, done.length), (None, 100_000_000));
    let fits = assemble(&parse("{{a}}!").0, 5_001, |_| Some(value.as_str()));
    assert_eq!((fits.text.map(|text| text.chars().count()), fits.length), (Some(5_001), 5_001));
    assert_eq!(assemble(&parse("{{a}}!").0, 5_000, |_| Some(value.as_str())).text, None);
}

/// Texts with many braces and a few names.
fn braces() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        Just("{".to_owned()),
        Just("}".to_owned()),
        Just("{{".to_owned()),
        Just("}}".to_owned()),
        Just("a".to_owned()),
        Just(" ".to_owned()),
        Just("{{ a }}".to_owned()),
        Just("{{ date }}".to_owned()),
        ".{0,3}",
    ];
    proptest::collection::vec(part, 0..40).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn any_text_is_read_and_nothing_of_it_lost(text in prop_oneof![braces(), any::<String>()]) {
        let (pieces, mistakes) = parse(&text);
        prop_assert!(mistakes.len() <= MOST_MISTAKES);
        let whole: String = pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => *text,
                Piece::Variable { written, .. } => *written,
            })
            .collect();
        if mistakes.is_empty() {
            prop_assert_eq!(whole, text.as_str());
        }
        for piece in &pieces {
            if let Piece::Variable { at, written, .. } = piece {
                prop_assert!(text[*at..].starts_with(written));
            }
        }
        for mistake in mistakes {
            let (Mistake::NotClosed { at } | Mistake::BadName { at, .. }) = mistake;
            prop_assert!(text[at..].starts_with(OPENING));
            prop_assert_eq!(text.chars().nth(place(&text, at).index), Some('{'));
        }
    }

    #[test]
    fn a_text_without_variables_stays_as_it_is(text in any::<String>()) {
        let text = text.replace(OPENING, "{");
        prop_assume!(!text.contains(OPENING));
        let (pieces, mistakes) = parse(&text);
        prop_assert_eq!(mistakes, []);
        let done = assemble(&pieces, usize::MAX, |_| Some("never"));
        prop_assert_eq!((done.length, done.missing), (text.chars().count(), vec![]));
        prop_assert_eq!(done.text, Some(text));
    }

    #[test]
    fn no_result_is_longer_than_it_may_be(text in braces(), value in ".{0,20}", most in 0..200_usize) {
        let (pieces, _) = parse(&text);
        let done = assemble(&pieces, most, |name| (name == "a").then_some(value.as_str()));
        match done.text {
            Some(text) => prop_assert!(text.chars().count() == done.length && done.length <= most),
            None => prop_assert!(done.length > most),
        }
        prop_assert!(!done.missing.contains(&"a".to_owned()));
    }

    #[test]
    fn a_value_stands_in_the_text_as_it_was_given(before in "[^{}]{0,20}", value in any::<String>(), after in "[^{}]{0,20}") {
        let text = format!("{before}{{{{ a }}}}{after}");
        let (pieces, mistakes) = parse(&text);
        prop_assert_eq!(mistakes, []);
        let done = assemble(&pieces, usize::MAX, |_| Some(value.as_str()));
        prop_assert_eq!(done.text, Some(format!("{before}{value}{after}")));
    }
}
