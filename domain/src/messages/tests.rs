use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use fluent_syntax::ast::{CallArguments, Entry, Expression, InlineExpression, PatternElement};
use fluent_syntax::parser::parse;

use super::*;
use crate::error::Code;
use crate::publishing::TROUBLES;

const LOCALES: [Locale; 5] = [Locale::En, Locale::Fa, Locale::Ar, Locale::El, Locale::He];

/// What the other languages must have of what English has: everything, once they have been written.
const COMPLETE: bool = true;

/// The variables of each message and attribute of a language.
type Said = BTreeMap<String, BTreeSet<String>>;

fn said(locale: Locale) -> Said {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("messages").join(language_code(locale));
    let mut said = Said::new();
    for file in std::fs::read_dir(&folder).unwrap() {
        let path = file.unwrap().path();
        let source = std::fs::read_to_string(&path).unwrap();
        let resource = parse(source).unwrap_or_else(|(_, errors)| panic!("{}: {errors:?}", path.display()));
        for entry in resource.body {
            let Entry::Message(message) = entry else { continue };
            let mut add = |key: String, pattern: &Pattern<String>| {
                let mut variables = BTreeSet::new();
                of_pattern(pattern, &mut variables);
                assert!(said.insert(key.clone(), variables).is_none(), "{key} twice in {}", folder.display());
            };
            if let Some(pattern) = &message.value {
                add(message.id.name.clone(), pattern);
            }
            for attribute in &message.attributes {
                add(format!("{}.{}", message.id.name, attribute.id.name), &attribute.value);
            }
        }
    }
    said
}

fn of_pattern(pattern: &Pattern<String>, variables: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        let PatternElement::Placeable { expression } = element else { continue };
        of_expression(expression, variables);
    }
}

fn of_expression(expression: &Expression<String>, variables: &mut BTreeSet<String>) {
    match expression {
        Expression::Inline(inline) => of_inline(inline, variables),
        Expression::Select { selector, variants } => {
            of_inline(selector, variables);
            for variant in variants {
                of_pattern(&variant.value, variables);
            }
        }
    }
}

fn of_inline(inline: &InlineExpression<String>, variables: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => {
            variables.insert(id.name.clone());
        }
        InlineExpression::FunctionReference { arguments: CallArguments { positional, .. }, .. } => {
            for argument in positional {
                of_inline(argument, variables);
            }
        }
        InlineExpression::Placeable { expression } => of_expression(expression, variables),
        _ => {}
    }
}

#[test]
fn every_language_says_the_same() {
    let english = said(Locale::En);
    for locale in LOCALES {
        let other = said(locale);
        for (key, variables) in &other {
            let known = english.get(key).unwrap_or_else(|| panic!("{locale:?} says {key}, which English does not"));
            assert_eq!(variables, known, "{locale:?} {key}: other variables than in English");
        }
        let missing: Vec<_> = english.keys().filter(|key| !other.contains_key(*key)).collect();
        assert!(!COMPLETE || missing.is_empty(), "{locale:?} lacks {missing:?}");
    }
}

#[test]
fn every_code_and_every_trouble_has_words() {
    for code in Code::ALL {
        let key = code.message_key();
        assert_ne!(message(Locale::En, &key, &[]), key);
    }
    for why in ["ADDRESS", "ALGORITHMS", "AWAY", "ISSUER", "NOT_OPENID"] {
        assert!(!provider_trouble(Locale::En, why).starts_with("provider-"), "{why}");
    }
    for why in crate::curation::TROUBLES {
        assert!(!source_trouble(Locale::En, why).starts_with("source-"), "{why}");
    }
    for why in crate::insights::WEB_TROUBLES {
        assert!(!web_trouble(Locale::En, why).starts_with("web-"), "{why}");
    }
    for why in crate::listening::MENTION_TROUBLES {
        assert!(!mention_trouble(Locale::En, why).starts_with("mentions-"), "{why}");
    }
    for kind in TROUBLES {
        assert!(!trouble(Locale::En, kind).starts_with("trouble-"), "{kind}");
    }
}

#[test]
fn every_option_of_every_network_has_words() {
    let english = said(Locale::En);
    for network in diwan_networks::registry() {
        for option in network.capabilities().options {
            let key = format!("option-{}", option.name.replace('_', "-"));
            assert!(english.contains_key(&key), "{key}");
            assert_eq!(option_label(Locale::En, option), option.label, "{key}");
            let OptionKind::Choice(values) = option.kind else { continue };
            for value in values {
                let key = format!("{key}-{}", value.replace('_', "-"));
                assert!(english.contains_key(&key), "{key}");
                assert_ne!(option_value(Locale::Fa, option, value), *value);
            }
            assert_eq!(option_value(Locale::Fa, option, "no such value"), "no such value");
        }
    }
    let flag = OptionSpec { name: "sensitive", label: "", kind: OptionKind::Flag, required: false };
    let free = OptionSpec { name: "spoiler_text", label: "", kind: OptionKind::Text { max: 9 }, required: false };
    assert_eq!(
        (option_value(Locale::En, &flag, "true"), option_value(Locale::El, &flag, "false")),
        ("Yes".to_owned(), "Όχι".to_owned())
    );
    assert_eq!(option_value(Locale::He, &free, "true"), "true");
    let unknown = OptionSpec { name: "nobody_knows_it", label: "Unknown", kind: OptionKind::Flag, required: false };
    assert_eq!(option_label(Locale::Ar, &unknown), "Unknown");
}

/// Every literal in the sources that follows `before`.
fn literals(folder: &Path, before: &str, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            literals(&path, before, found);
        } else if path.file_name().is_some_and(|name| name != "tests.rs") {
            let source = std::fs::read_to_string(&path).unwrap();
            let literals = source.split(before).skip(1).filter_map(|rest| rest.split('"').next());
            found.extend(literals.map(str::to_owned));
        }
    }
}

#[test]
fn every_letter_has_a_subject_and_words() {
    let english = said(Locale::En);
    let mut templates = BTreeSet::new();
    literals(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "template: \"", &mut templates);
    for template in templates {
        let key = format!("mail-{template}");
        assert!(english.contains_key(&key) && english.contains_key(&format!("{key}.subject")), "{key}");
    }
    for key in english.keys().filter(|key| key.starts_with("mail-") && !key.contains('.')) {
        assert!(english.contains_key(&format!("{key}.subject")), "{key} has no subject");
    }
}

#[test]
fn values_stand_in_the_message() {
    let error = UserError::new(Code::TextTooLongForNetwork)
        .text("network", "Bluesky")
        .number("limit", 300)
        .number("actual", 1301);
    let words = user_error(Locale::En, &error);
    assert!(words.contains("Bluesky") && words.contains("300") && words.contains("1301"), "{words}");
}

#[test]
fn numbers_are_written_as_the_language_does() {
    let written = |language, value: i64| {
        let source = "amount = { $n }\n";
        let bundle = bundle(language, &[source]);
        let mut args = FluentArgs::new();
        args.set("n", value);
        let pattern = bundle.get_message("amount").unwrap().value().unwrap();
        bundle.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned()
    };
    assert_eq!(written("en", 1301), "1301");
    assert_eq!(written("en", 20_971_520), "20,971,520");
    assert_eq!(written("en", -123_456), "-123,456");
    assert_eq!(written("el", 20_971_520), "20.971.520");
    assert_eq!(written("he", 50_000_000), "50,000,000");
    assert_eq!(written("fa", 20_971_520), "۲۰٬۹۷۱٬۵۲۰");
    assert_eq!(written("ar", 1301), "١٣٠١");
}

#[test]
fn plural_rules_are_those_of_the_language() {
    let chosen = |language, value: i64| {
        let source =
            "c = { $n ->\n [zero] zero\n [one] one\n [two] two\n [few] few\n [many] many\n *[other] other\n }\n";
        let bundle = bundle(language, &[source]);
        let mut args = FluentArgs::new();
        args.set("n", value);
        let pattern = bundle.get_message("c").unwrap().value().unwrap();
        bundle.format_pattern(pattern, Some(&args), &mut Vec::new()).replace([ISOLATE, POP], "")
    };
    let of = |language| [0, 1, 2, 3, 11, 100].map(|value| chosen(language, value));
    assert_eq!(of("ar"), ["zero", "one", "two", "few", "many", "other"]);
    // Round tens have a form of their own in older tables of plurals and none in newer ones: the texts do without it.
    assert_eq!(of("he"), ["other", "one", "two", "other", "other", "many"]);
    assert_eq!(of("fa"), ["one", "one", "other", "other", "other", "other"]);
    assert_eq!(of("el"), ["other", "one", "other", "other", "other", "other"]);
    assert_eq!(of("en"), ["other", "one", "other", "other", "other", "other"]);
}

#[test]
fn what_runs_the_other_way_is_set_apart() {
    let zone = |zone: &'static str| UserError::new(Code::UnknownTimeZone).text("zone", zone);
    assert!(!user_error(Locale::En, &zone("Europe/Nowhere")).contains(ISOLATE));
    assert!(user_error(Locale::En, &zone("تهران")).contains("\u{2068}تهران\u{2069}"));
    // Nothing that a value brings along reaches beyond it.
    assert!(user_error(Locale::En, &zone("تهران\u{2069}\u{202e}")).contains("\u{2068}تهران\u{2069}"));
}

#[test]
fn the_best_of_the_accepted_languages_is_chosen() {
    for (header, wanted) in [
        ("", Locale::En),
        ("fa", Locale::Fa),
        ("fa-IR,fa;q=0.9,en-US;q=0.8,en;q=0.7", Locale::Fa),
        ("de-DE,de;q=0.9,el;q=0.5,en;q=0.4", Locale::El),
        ("en;q=0.2, AR-eg;q=0.7", Locale::Ar),
        ("iw", Locale::He),
        ("*", Locale::En),
        ("he;q=0", Locale::En),
        ("he;q=nonsense,,;;=", Locale::En),
    ] {
        assert_eq!(preferred(header), wanted, "{header}");
    }
}
