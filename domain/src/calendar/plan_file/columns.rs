//! The columns of a plan, and what they are called.

use diwan_entity::tenancy::agency::Locale;
use serde::{Deserialize, Serialize};

/// A column of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Column {
    /// What holds the rows of one post together, up to 200 characters; the post's id on export.
    Key,
    /// For the team, never published.
    Title,
    /// The calendar's name; may be left out where the brand has one.
    Calendar,
    /// The day, by the brand's clocks.
    Date,
    /// The time, by the brand's clocks.
    Time,
    /// `handle` or `network:handle`, separated by semicolons.
    Accounts,
    /// What they say; where it is empty, the base text.
    Text,
    /// What accounts of the post say that have no text of their own; that of the post's first row counts.
    BaseText,
    /// What follows the text as a thread: parts with a line `---` between them.
    Thread,
    /// What the accounts themselves answer.
    FirstComment,
    /// In which language, BCP 47.
    Language,
    /// The pillar's name.
    Pillar,
    /// A link: a card where the network takes one, otherwise part of the text.
    Link,
    /// Settings that only the network knows, one `name=value` a line.
    Options,
    /// The address of the colleague who does it.
    Assignee,
    /// Where the post is on its way; passed over on import.
    State,
    /// The networks' ids of it; passed over on import.
    NetworkIds,
    /// Where it is on the networks; passed over on import.
    NetworkUrls,
}

/// Each with its names in English, Persian, Arabic, Greek and Hebrew, in the order of an export.
const NAMES: [(Column, [&str; 5]); 18] = [
    (Column::Key, ["key", "کلید", "المفتاح", "κλειδί", "מפתח"]),
    (Column::Title, ["title", "عنوان", "العنوان", "τίτλος", "כותרת"]),
    (Column::Calendar, ["calendar", "تقویم", "التقويم", "ημερολόγιο", "לוח"]),
    (Column::Date, ["date", "تاریخ", "التاريخ", "ημερομηνία", "תאריך"]),
    (Column::Time, ["time", "ساعت", "الوقت", "ώρα", "שעה"]),
    (Column::Accounts, ["accounts", "حساب‌ها", "الحسابات", "λογαριασμοί", "חשבונות"]),
    (Column::Text, ["text", "متن", "النص", "κείμενο", "טקסט"]),
    (Column::BaseText, ["base text", "متن پایه", "النص الأساسي", "βασικό κείμενο", "טקסט בסיס"]),
    (Column::Thread, ["thread", "رشته", "السلسلة", "νήμα", "שרשור"]),
    (Column::FirstComment, ["first comment", "نخستین نظر", "التعليق الأول", "πρώτο σχόλιο", "תגובה ראשונה"]),
    (Column::Language, ["language", "زبان", "اللغة", "γλώσσα", "שפה"]),
    (Column::Pillar, ["pillar", "ستون محتوا", "محور المحتوى", "πυλώνας", "עמוד תוכן"]),
    (Column::Link, ["link", "پیوند", "الرابط", "σύνδεσμος", "קישור"]),
    (Column::Options, ["options", "گزینه‌ها", "الخيارات", "επιλογές", "אפשרויות"]),
    (Column::Assignee, ["assignee", "مسئول", "المسؤول", "υπεύθυνος", "אחראי"]),
    (Column::State, ["state", "وضعیت", "الحالة", "κατάσταση", "מצב"]),
    (
        Column::NetworkIds,
        ["network ids", "شناسه‌ها در شبکه", "المعرّفات على الشبكة", "αναγνωριστικά στο δίκτυο", "מזהים ברשת"],
    ),
    (
        Column::NetworkUrls,
        ["network urls", "نشانی‌ها در شبکه", "الروابط على الشبكة", "διευθύνσεις στο δίκτυο", "כתובות ברשת"],
    ),
];

impl Column {
    /// All of them, in the order of an export.
    pub fn all() -> impl Iterator<Item = Self> {
        NAMES.iter().map(|(column, _)| *column)
    }

    /// What it is called.
    pub fn name(self, locale: Locale) -> &'static str {
        let place = match locale {
            Locale::En => 0,
            Locale::Fa => 1,
            Locale::Ar => 2,
            Locale::El => 3,
            Locale::He => 4,
        };
        NAMES.iter().find(|(column, _)| *column == self).map_or("", |(_, names)| names[place])
    }

    /// The column of this name in any language, however it is spaced and whatever marks of direction it bears.
    pub(super) fn of_name(name: &str) -> Option<Self> {
        let name = plain(name);
        NAMES.iter().find(|(_, names)| names.iter().any(|known| plain(known) == name)).map(|(column, _)| *column)
    }
}

fn plain(name: &str) -> String {
    name.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
}
