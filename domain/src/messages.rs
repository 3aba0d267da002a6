//! The one catalogue of what the product itself says, in Fluent (<https://projectfluent.org>): `messages/<locale>.ftl`.

use std::sync::LazyLock;

use diwan_entity::tenancy::agency::Locale;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use fluent_syntax::ast::Pattern;

use crate::error::{Arg, UserError};

type Bundle = FluentBundle<FluentResource>;

static ENGLISH: LazyLock<Bundle> = LazyLock::new(|| bundle("en", include_str!("../messages/en.ftl")));

fn bundle(language: &str, source: &str) -> Bundle {
    #[expect(clippy::expect_used, reason = "the catalogue is part of the binary and tested")]
    let resource =
        FluentResource::try_new(source.to_owned()).map_err(|(_, errors)| errors).expect("a catalogue without mistakes");
    let mut bundle = Bundle::new_concurrent(language.parse().ok().into_iter().collect());
    bundle.set_use_isolating(false);
    bundle.add_resource_overriding(resource);
    bundle
}

/// The catalogue in this language; English where there is none yet.
fn catalogue(_locale: Locale) -> &'static Bundle {
    &ENGLISH
}

/// The message of this key; the key itself when the catalogue lacks it, which a test forbids.
pub fn message(locale: Locale, key: &str, args: &[(&'static str, Arg)]) -> String {
    let bundle = catalogue(locale);
    let pattern = bundle.get_message(key).and_then(|message| message.value());
    pattern.map_or_else(|| key.to_owned(), |pattern| format(bundle, pattern, args))
}

/// An attribute of a message, such as the subject of a letter; its key when the catalogue lacks it.
pub fn attribute(locale: Locale, key: &str, name: &str, args: &[(&'static str, Arg)]) -> String {
    let bundle = catalogue(locale);
    let attribute = bundle.get_message(key).and_then(|message| message.get_attribute(name));
    attribute.map_or_else(|| format!("{key}.{name}"), |attribute| format(bundle, attribute.value(), args))
}

fn format(bundle: &Bundle, pattern: &Pattern<&str>, args: &[(&'static str, Arg)]) -> String {
    let mut values = FluentArgs::new();
    for (name, value) in args {
        match value {
            Arg::Text(text) => values.set(*name, text.to_string()),
            Arg::Number(number) => values.set(*name, *number),
        }
    }
    bundle.format_pattern(pattern, Some(&values), &mut Vec::new()).into_owned()
}

/// A refusal in words.
pub fn user_error(locale: Locale, error: &UserError) -> String {
    message(locale, &error.code.message_key(), &error.args)
}

/// Why a publication is where it is, in words with the next step; `kind` as stored in `publication.trouble`.
pub fn trouble(locale: Locale, kind: &str) -> String {
    message(locale, &format!("trouble-{}", kind.to_ascii_lowercase().replace('_', "-")), &[])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use crate::publishing::TROUBLES;

    #[test]
    fn every_code_and_every_trouble_has_words() {
        for code in Code::ALL {
            let key = code.message_key();
            assert_ne!(message(Locale::En, &key, &[]), key);
        }
        for kind in TROUBLES {
            assert!(!trouble(Locale::En, kind).starts_with("trouble-"), "{kind}");
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
}
