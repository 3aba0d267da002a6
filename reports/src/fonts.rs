//! The fonts that are part of the binary, parsed when the first report is rendered.

use std::sync::OnceLock;

use typst::foundations::Bytes;
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;

/// The font files; sources and licences stand in `fonts/README.md`.
static FILES: [&[u8]; 13] = [
    include_bytes!("../fonts/NotoSans-Regular.ttf"),
    include_bytes!("../fonts/NotoSans-Bold.ttf"),
    include_bytes!("../fonts/Vazirmatn-Regular.ttf"),
    include_bytes!("../fonts/Vazirmatn-Bold.ttf"),
    include_bytes!("../fonts/NotoSansHebrew-Regular.ttf"),
    include_bytes!("../fonts/NotoSansHebrew-Bold.ttf"),
    include_bytes!("../fonts/NotoEmoji-Regular.ttf"),
    include_bytes!("../fonts/NotoSerif-Regular.ttf"),
    include_bytes!("../fonts/NotoSerif-Bold.ttf"),
    include_bytes!("../fonts/NotoNaskhArabic-Regular.ttf"),
    include_bytes!("../fonts/NotoNaskhArabic-Bold.ttf"),
    include_bytes!("../fonts/NotoSerifHebrew-Regular.ttf"),
    include_bytes!("../fonts/NotoSerifHebrew-Bold.ttf"),
];

/// Parsed fonts and the index by family and weight.
pub(crate) struct Fonts {
    pub(crate) book: LazyHash<FontBook>,
    pub(crate) fonts: Vec<Font>,
}

/// The bundled fonts. The first call parses them; they stay for the life of the process.
pub(crate) fn fonts() -> &'static Fonts {
    static FONTS: OnceLock<Fonts> = OnceLock::new();
    FONTS.get_or_init(|| {
        let fonts: Vec<Font> = FILES.iter().flat_map(|file| Font::iter(Bytes::new(*file))).collect();
        Fonts { book: LazyHash::new(FontBook::from_fonts(&fonts)), fonts }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    #[test]
    fn every_family_of_every_language_is_bundled() {
        let fonts = fonts();
        assert_eq!(fonts.fonts.len(), FILES.len());
        for language in Language::ALL {
            for family in language.families().into_iter().chain(language.serif_families()) {
                assert!(fonts.book.contains_family(&family.to_lowercase()), "{family}");
            }
        }
    }

    #[test]
    fn the_first_family_draws_its_language() {
        let samples = [
            (Language::En, "Agh19–"),
            (Language::Fa, "ابپچگیک۰۹٬"),
            (Language::Ar, "ابةىي٠٩٬"),
            (Language::El, "ΑαΩωάϊ"),
            (Language::He, "אבםץ"),
        ];
        for (language, sample) in samples {
            for family in [language.families()[0], language.serif_families()[0]].map(str::to_lowercase) {
                for index in fonts().book.select_family(&family) {
                    let info = fonts().book.info(index).expect("listed by the book");
                    for character in sample.chars() {
                        assert!(info.coverage.contains(character.into()), "{family} lacks {character}");
                    }
                }
            }
        }
    }
}
