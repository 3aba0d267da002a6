//! The figures of a report, as the caller hands them over.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use crate::language::{Digits, Language};

/// A month of the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    /// The year, 1 to 9999.
    pub year: i32,
    /// The month, 1 to 12.
    pub month: u32,
}

/// Everything the monthly report of one brand shows.
///
/// Instants are shown in [`time_zone`](Self::time_zone). Lists are shown in the order given.
#[derive(Clone, Debug)]
pub struct MonthReport {
    /// The agency's name, as its clients know it.
    pub agency: String,
    /// The brand's name.
    pub brand: String,
    /// The language of everything the report itself says, which also sets the direction of the page.
    pub language: Language,
    /// The digits of numbers, dates and times.
    pub digits: Digits,
    /// The brand's time zone.
    pub time_zone: Tz,
    /// The month reported on.
    pub period: Month,
    /// When the figures were gathered; also the creation date inside the file.
    pub generated_at: DateTime<Utc>,
    /// The posts published in the month.
    pub posts: Vec<PublishedPost>,
    /// The totals of each day. A day of the month that is not listed is shown as having no figures; a day outside the
    /// month, or listed twice, is an error.
    pub days: Vec<DayTotal>,
    /// The totals of each account.
    pub account_totals: Vec<AccountTotal>,
}

/// One post as it went out on one account.
#[derive(Clone, Debug)]
pub struct PublishedPost {
    /// The post's title; when it is blank, the excerpt stands in its place.
    pub title: String,
    /// The beginning of the post's text; cut after about 160 characters.
    pub excerpt: String,
    /// The network's name, as people write it.
    pub network_name: String,
    /// The account's handle on the network.
    pub account_handle: String,
    /// When the network published it.
    pub published_at: DateTime<Utc>,
    /// Where the post can be seen. Only `http` and `https` addresses become links.
    pub url: Option<String>,
    /// What was measured.
    pub metrics: Vec<MetricValue>,
    /// When it was last measured; `None` when it never was.
    pub measured_at: Option<DateTime<Utc>>,
}

/// One measured number, or the knowledge that there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricValue {
    /// The metric's key, such as `LIKES`. A key without a word in the report's language is shown as words made from the
    /// key itself.
    pub metric: String,
    /// The number; `None` when the network gave none.
    pub value: Option<i64>,
}

/// The totals of one day in the brand's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayTotal {
    /// The day.
    pub date: NaiveDate,
    /// Posts published on this day.
    pub published: u32,
    /// Interactions with the posts of this day; `None` when none of them was measured.
    pub interactions: Option<i64>,
}

/// The totals of one connected account.
#[derive(Clone, Debug)]
pub struct AccountTotal {
    /// The network's name, as people write it.
    pub network_name: String,
    /// The account's handle on the network.
    pub handle: String,
    /// Posts published on this account in the month.
    pub published: u32,
    /// What was measured on the account's posts.
    pub metrics: Vec<MetricValue>,
}
