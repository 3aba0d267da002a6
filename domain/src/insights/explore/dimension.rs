//! By what figures are divided.

use chrono::NaiveDate;
use diwan_entity::strategy::kpi_version::KpiPeriod;
use uuid::Uuid;

use crate::permission::Action;

/// By what figures are divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dimension {
    /// The brand.
    Brand,
    /// The account that published.
    Account,
    /// Its network.
    Network,
    /// The campaign of the post.
    Campaign,
    /// The content pillar of the post.
    Pillar,
    /// `TEXT`, `LINK`, `IMAGE`, `CAROUSEL` or `VIDEO`.
    ContentType,
    /// Who made the post.
    Author,
    /// The day of the week on which it went out by the brand's clock: 1 is Monday, 7 is Sunday.
    Weekday,
    /// The hour at which it went out by the brand's clock, 0 to 23.
    Hour,
    /// The day.
    Day,
    /// The week, from the brand's first day of the week on.
    Week,
    /// The month.
    Month,
    /// The quarter.
    Quarter,
    /// The year.
    Year,
}

/// One of the things by which figures are divided.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    /// Of brands, accounts, campaigns, pillars and people.
    Id(Uuid),
    /// A network or a kind of content.
    Word(String),
    /// A day of the week or an hour.
    Number(i32),
    /// The first day of a time, which may lie before the period that is told of.
    Day(NaiveDate),
}

/// Only posts of some of the things by which figures are divided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// Of what kind these are: neither brands nor times, which are named besides.
    pub dimension: Dimension,
    /// 1 to 100 of them; none for posts that have no such thing.
    pub keys: Vec<Option<Key>>,
}

/// How long the times are by which figures are divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grain {
    Day,
    Longer(KpiPeriod),
}

/// What a dimension is in the statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A row of this table, which is called by this column.
    Row(&'static str, &'static str),
    Word,
    Number,
    Day,
}

impl Dimension {
    /// Its name in the API and in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Brand => "BRAND",
            Self::Account => "ACCOUNT",
            Self::Network => "NETWORK",
            Self::Campaign => "CAMPAIGN",
            Self::Pillar => "PILLAR",
            Self::ContentType => "CONTENT_TYPE",
            Self::Author => "AUTHOR",
            Self::Weekday => "WEEKDAY",
            Self::Hour => "HOUR",
            Self::Day => "DAY",
            Self::Week => "WEEK",
            Self::Month => "MONTH",
            Self::Quarter => "QUARTER",
            Self::Year => "YEAR",
        }
    }

    pub(super) fn grain(self) -> Option<Grain> {
        match self {
            Self::Day => Some(Grain::Day),
            Self::Week => Some(Grain::Longer(KpiPeriod::Week)),
            Self::Month => Some(Grain::Longer(KpiPeriod::Month)),
            Self::Quarter => Some(Grain::Longer(KpiPeriod::Quarter)),
            Self::Year => Some(Grain::Longer(KpiPeriod::Year)),
            _ => None,
        }
    }

    /// Whether it divides accounts and times, and not only posts.
    pub(super) fn divides_accounts(self) -> bool {
        matches!(self, Self::Brand | Self::Account | Self::Network) || self.grain().is_some()
    }

    /// What the caller must be allowed to read of, besides numbers.
    pub(super) fn reads(self) -> Option<Action> {
        match self {
            Self::Campaign => Some(Action::CampaignRead),
            Self::Pillar => Some(Action::StrategyRead),
            Self::Author => Some(Action::MemberRead),
            _ => None,
        }
    }

    pub(super) fn kind(self) -> Kind {
        match self {
            Self::Brand => Kind::Row("brand", "name"),
            Self::Account => Kind::Row("social_account", "handle"),
            Self::Campaign => Kind::Row("campaign", "name"),
            Self::Pillar => Kind::Row("content_pillar", "name"),
            Self::Author => Kind::Row("app_user", "name"),
            Self::Network | Self::ContentType => Kind::Word,
            Self::Weekday | Self::Hour => Kind::Number,
            Self::Day | Self::Week | Self::Month | Self::Quarter | Self::Year => Kind::Day,
        }
    }

    /// Its column wherever posts are counted.
    pub(super) fn column(self) -> &'static str {
        match self {
            Self::Brand => "brand_id",
            Self::Account => "account_id",
            Self::Network => "network",
            Self::Campaign => "campaign_id",
            Self::Pillar => "pillar_id",
            Self::ContentType => "content_type",
            Self::Author => "author_id",
            Self::Weekday => "weekday",
            Self::Hour => "hour",
            Self::Day | Self::Week | Self::Month | Self::Quarter | Self::Year => "first_day",
        }
    }

    /// A key as the database writes it. None where it is none of this dimension.
    pub(super) fn key(self, text: &str) -> Option<Key> {
        match self.kind() {
            Kind::Row(..) => text.parse().ok().map(Key::Id),
            Kind::Word => Some(Key::Word(text.to_owned())),
            Kind::Number => text.parse().ok().map(Key::Number),
            Kind::Day => text.parse().ok().map(Key::Day),
        }
    }
}
