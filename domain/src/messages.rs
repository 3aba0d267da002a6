//! The one catalogue of what the product itself says, in Fluent (<https://projectfluent.org>): `messages/<language>/`, a
//! file per topic.
//!
//! Numbers are written with the digits and the separators of the language. In Arabic, Hebrew and Persian every value
//! stands between isolation marks (U+2068, U+2069), so that it keeps its place whichever way it runs; in English and Greek
//! only where something runs from right to left.

mod times;

use std::sync::LazyLock;

use diwan_entity::tenancy::agency::Locale;
use diwan_networks::{OptionKind, OptionSpec};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::types::FluentNumber;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use fluent_syntax::ast::Pattern;

use crate::error::{Arg, UserError};
use crate::publishing::Why;

pub use times::{date_in_words, time_in_words};

type Bundle = FluentBundle<FluentResource>;

macro_rules! catalogue {
    ($language:literal) => {
        LazyLock::new(|| {
            bundle(
                $language,
                &[
                    include_str!(concat!("../messages/", $language, "/calendar.ftl")),
                    include_str!(concat!("../messages/", $language, "/contracts.ftl")),
                    include_str!(concat!("../messages/", $language, "/errors.ftl")),
                    include_str!(concat!("../messages/", $language, "/finance.ftl")),
                    include_str!(concat!("../messages/", $language, "/influencers.ftl")),
                    include_str!(concat!("../messages/", $language, "/insights.ftl")),
                    include_str!(concat!("../messages/", $language, "/landing.ftl")),
                    include_str!(concat!("../messages/", $language, "/links.ftl")),
                    include_str!(concat!("../messages/", $language, "/mail.ftl")),
                    include_str!(concat!("../messages/", $language, "/media.ftl")),
                    include_str!(concat!("../messages/", $language, "/notices.ftl")),
                    include_str!(concat!("../messages/", $language, "/pages.ftl")),
                    include_str!(concat!("../messages/", $language, "/proposals.ftl")),
                    include_str!(concat!("../messages/", $language, "/payments.ftl")),
                    include_str!(concat!("../messages/", $language, "/reports.ftl")),
                    include_str!(concat!("../messages/", $language, "/requests.ftl")),
                    include_str!(concat!("../messages/", $language, "/review.ftl")),
                    include_str!(concat!("../messages/", $language, "/tracking.ftl")),
                    include_str!(concat!("../messages/", $language, "/troubles.ftl")),
                ],
            )
        })
    };
}

static ENGLISH: LazyLock<Bundle> = catalogue!("en");
static PERSIAN: LazyLock<Bundle> = catalogue!("fa");
static ARABIC: LazyLock<Bundle> = catalogue!("ar");
static GREEK: LazyLock<Bundle> = catalogue!("el");
static HEBREW: LazyLock<Bundle> = catalogue!("he");

/// From here a number is written in groups of three digits.
const GROUPED_FROM: f64 = 10_000.0;

/// U+2068: what follows runs its own way until the matching [`POP`].
const ISOLATE: char = '\u{2068}';
const POP: char = '\u{2069}';

fn bundle(language: &str, sources: &[&str]) -> Bundle {
    let mut bundle = Bundle::new_concurrent(language.parse().ok().into_iter().collect());
    bundle.set_formatter(Some(match language {
        "fa" => |value, _| number(value, '۰', "٬", "٫"),
        "ar" => |value, _| number(value, '٠', "٬", "٫"),
        "el" => |value, _| number(value, '0', ".", ","),
        _ => |value, _| number(value, '0', ",", "."),
    }));
    for source in sources {
        #[expect(clippy::expect_used, reason = "the catalogue is part of the binary and tested")]
        let resource = FluentResource::try_new((*source).to_owned())
            .map_err(|(_, errors)| errors)
            .expect("a catalogue without mistakes");
        bundle.add_resource_overriding(resource);
    }
    bundle
}

/// A number as the language writes it.
fn number(value: &FluentValue<'_>, zero: char, group: &str, point: &str) -> Option<String> {
    let FluentValue::Number(number) = value else {
        return None;
    };
    let FluentNumber { value: size, .. } = number;
    let latin = number.as_string();
    let (whole, rest) = latin.split_once('.').map_or((&*latin, None), |(whole, rest)| (whole, Some(rest)));
    let mut said = String::new();
    for (at, digit) in whole.chars().enumerate() {
        let behind = whole.len() - at;
        if size.abs() >= GROUPED_FROM && at > 0 && behind.is_multiple_of(3) && !said.ends_with('-') {
            said.push_str(group);
        }
        said.push(digit);
    }
    if let Some(rest) = rest {
        said.push_str(point);
        said.push_str(rest);
    }
    let local = |c: char| c.to_digit(10).and_then(|digit| char::from_u32(u32::from(zero) + digit)).unwrap_or(c);
    Some(said.chars().map(local).collect())
}

/// The catalogue in this language.
fn catalogue(locale: Locale) -> &'static Bundle {
    match locale {
        Locale::En => &ENGLISH,
        Locale::Fa => &PERSIAN,
        Locale::Ar => &ARABIC,
        Locale::El => &GREEK,
        Locale::He => &HEBREW,
    }
}

/// The code of a language as in `lang` of HTML.
pub fn language_code(locale: Locale) -> &'static str {
    match locale {
        Locale::En => "en",
        Locale::Fa => "fa",
        Locale::Ar => "ar",
        Locale::El => "el",
        Locale::He => "he",
    }
}

/// The way in which a language is written, as in `dir` of HTML.
pub fn direction(locale: Locale) -> &'static str {
    if matches!(locale, Locale::Fa | Locale::Ar | Locale::He) { "rtl" } else { "ltr" }
}

/// The language that suits an `Accept-Language` header (RFC 9110 §12.5.4) best; English when none does.
pub fn preferred(accept_language: &str) -> Locale {
    let mut best = (Locale::En, 0.0_f32);
    for wish in accept_language.split(',').take(32) {
        let mut parts = wish.split(';');
        let tag = parts.next().unwrap_or_default().trim();
        let weight = parts.find_map(|part| part.trim().strip_prefix("q=")).map_or(Some(1.0), |q| q.parse().ok());
        let language = tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
        let locale = match language.as_str() {
            "en" => Locale::En,
            "fa" => Locale::Fa,
            "ar" => Locale::Ar,
            "el" => Locale::El,
            // `iw` is what Hebrew was called before 1989, and some programs still say so.
            "he" | "iw" => Locale::He,
            _ => continue,
        };
        if weight.is_some_and(|weight| weight > best.1 && weight <= 1.0) {
            best = (locale, weight.unwrap_or_default());
        }
    }
    best.0
}

/// The message of this key, in English where the language lacks it; the key itself when that lacks it, too. Tests forbid
/// both.
pub fn message(locale: Locale, key: &str, args: &[(&'static str, Arg)]) -> String {
    let found = [locale, Locale::En].into_iter().find_map(|locale| {
        let pattern = catalogue(locale).get_message(key)?.value()?;
        Some(format(locale, pattern, args))
    });
    found.unwrap_or_else(|| key.to_owned())
}

/// An attribute of a message, such as the subject of a letter; its key when the catalogue lacks it.
pub fn attribute(locale: Locale, key: &str, name: &str, args: &[(&'static str, Arg)]) -> String {
    find_attribute(locale, key, name, args).unwrap_or_else(|| format!("{key}.{name}"))
}

/// An attribute that not every message has.
pub fn find_attribute(locale: Locale, key: &str, name: &str, args: &[(&'static str, Arg)]) -> Option<String> {
    [locale, Locale::En].into_iter().find_map(|locale| {
        let attribute = catalogue(locale).get_message(key)?.get_attribute(name)?;
        Some(format(locale, attribute.value(), args))
    })
}

fn format(locale: Locale, pattern: &Pattern<&str>, args: &[(&'static str, Arg)]) -> String {
    let mut values = FluentArgs::new();
    for (name, value) in args {
        match value {
            // A value may not end the isolation that is put around it.
            Arg::Text(text) => values.set(*name, text.chars().filter(|c| !is_bidi_control(*c)).collect::<String>()),
            Arg::Number(number) => values.set(*name, *number),
        }
    }
    let said = catalogue(locale).format_pattern(pattern, Some(&values), &mut Vec::new()).into_owned();
    if direction(locale) == "rtl" || said.chars().any(runs_from_right_to_left) {
        said
    } else {
        said.replace([ISOLATE, POP], "")
    }
}

fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Hebrew, Arabic and the scripts beside them, and their presentation forms.
fn runs_from_right_to_left(c: char) -> bool {
    matches!(c, '\u{0590}'..='\u{08ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}' | '\u{10800}'..='\u{10fff}'
        | '\u{1e800}'..='\u{1efff}')
}

/// A refusal in words.
pub fn user_error(locale: Locale, error: &UserError) -> String {
    message(locale, &error.code.message_key(), &error.args)
}

/// Why a publication is where it is, in words with the next step; `kind` as stored in `publication.trouble`.
pub fn trouble(locale: Locale, kind: &str) -> String {
    message(locale, &format!("trouble-{}", kind.to_ascii_lowercase().replace('_', "-")), &[])
}

/// Why a publication is stuck, in words with the next step.
pub fn stuck(locale: Locale, why: Why) -> String {
    message(locale, &format!("stuck-{}", why.as_str().to_ascii_lowercase().replace('_', "-")), &[])
}

/// Why an identity provider cannot be used, in words with the next step; `why` as stored in `identity_provider.trouble`.
pub fn provider_trouble(locale: Locale, why: &str) -> String {
    message(locale, &format!("provider-{}", why.to_ascii_lowercase().replace('_', "-")), &[])
}

/// Why a feed could not be read, in words with the next step; `why` as stored in `source.trouble`.
pub fn source_trouble(locale: Locale, why: &str) -> String {
    message(locale, &format!("source-{}", why.to_ascii_lowercase().replace('_', "-")), &[])
}

/// Why visits could not be read, in words with the next step; `why` as stored in `web_source.trouble`.
pub fn web_trouble(locale: Locale, why: &str) -> String {
    message(locale, &format!("web-{}", why.to_ascii_lowercase().replace('_', "-")), &[])
}

/// Why mentions could not be counted, in words with the next step; `why` as stored in `mention_source.trouble`.
pub fn mention_trouble(locale: Locale, why: &str) -> String {
    message(locale, &format!("mentions-{}", why.to_ascii_lowercase().replace('_', "-")), &[])
}

/// What an option of a network is called; in the network's own English where the catalogue lacks it.
pub fn option_label(locale: Locale, option: &OptionSpec) -> String {
    let key = format!("option-{}", option.name.replace('_', "-"));
    let said = message(locale, &key, &[]);
    if said == key { option.label.to_owned() } else { said }
}

/// A value of an option in words. A text that somebody wrote, and a value that the option does not take, stay as they are.
pub fn option_value(locale: Locale, option: &OptionSpec, value: &str) -> String {
    let key = match (option.kind, value) {
        (OptionKind::Flag, "true") => "option-yes".to_owned(),
        (OptionKind::Flag, "false") => "option-no".to_owned(),
        (OptionKind::Choice(values), _) if values.contains(&value) => {
            format!("option-{}-{value}", option.name).replace('_', "-")
        }
        _ => return value.to_owned(),
    };
    let said = message(locale, &key, &[]);
    if said == key { value.to_owned() } else { said }
}

#[cfg(test)]
mod tests;
