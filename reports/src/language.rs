//! The languages of reports: direction, digits, tags.

/// A language that reports are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    En,
    /// Persian.
    Fa,
    /// Arabic.
    Ar,
    /// Greek.
    El,
    /// Hebrew.
    He,
}

/// The digits that numbers are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Digits {
    /// 0 to 9 in every language.
    #[default]
    Latin,
    /// The digits of the language: ۰ to ۹ in Persian, ٠ to ٩ in Arabic, 0 to 9 in the others.
    Local,
}

impl Language {
    /// Every language, in the order of the product's settings.
    pub const ALL: [Self; 5] = [Self::En, Self::Fa, Self::Ar, Self::El, Self::He];

    /// The ISO 639-1 code, such as `fa`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Fa => "fa",
            Self::Ar => "ar",
            Self::El => "el",
            Self::He => "he",
        }
    }

    /// The language with this ISO 639-1 code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }

    /// The ISO 3166-1 code of the country whose usage is followed. English and Arabic name the one whose dates and
    /// month names the word tables follow.
    pub const fn region(self) -> &'static str {
        match self {
            Self::En => "GB",
            Self::Fa => "IR",
            Self::Ar => "EG",
            Self::El => "GR",
            Self::He => "IL",
        }
    }

    /// Whether pages run from right to left.
    pub const fn is_rtl(self) -> bool {
        matches!(self, Self::Fa | Self::Ar | Self::He)
    }

    /// The sign between groups of three digits.
    pub(crate) const fn group_separator(self, digits: Digits) -> char {
        match (self, digits) {
            (Self::Fa | Self::Ar, Digits::Local) => '٬',
            (Self::El, _) => '.',
            _ => ',',
        }
    }

    /// The ten digits.
    pub(crate) const fn digits(self, digits: Digits) -> [char; 10] {
        match (self, digits) {
            (Self::Fa, Digits::Local) => ['۰', '۱', '۲', '۳', '۴', '۵', '۶', '۷', '۸', '۹'],
            (Self::Ar, Digits::Local) => ['٠', '١', '٢', '٣', '٤', '٥', '٦', '٧', '٨', '٩'],
            _ => ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
        }
    }

    /// The font families to look for a character in, best first. The last ones serve names and posts written in
    /// another language than the report.
    pub(crate) const fn families(self) -> [&'static str; 4] {
        match self {
            Self::En | Self::El => ["Noto Sans", "Vazirmatn", "Noto Sans Hebrew", "Noto Emoji"],
            Self::Fa | Self::Ar => ["Vazirmatn", "Noto Sans", "Noto Sans Hebrew", "Noto Emoji"],
            Self::He => ["Noto Sans Hebrew", "Noto Sans", "Vazirmatn", "Noto Emoji"],
        }
    }

    /// The same with serifs; Naskh for Arabic letters.
    pub(crate) const fn serif_families(self) -> [&'static str; 4] {
        match self {
            Self::En | Self::El => ["Noto Serif", "Noto Naskh Arabic", "Noto Serif Hebrew", "Noto Emoji"],
            Self::Fa | Self::Ar => ["Noto Naskh Arabic", "Noto Serif", "Noto Serif Hebrew", "Noto Emoji"],
            Self::He => ["Noto Serif Hebrew", "Noto Serif", "Noto Naskh Arabic", "Noto Emoji"],
        }
    }
}
