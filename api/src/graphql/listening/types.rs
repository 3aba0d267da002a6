//! Monitors, and how often what they listen for is spoken of, as the API shows them.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use diwan_domain::insights::Period;
use diwan_domain::{listening as domain, messages};
use diwan_entity::listening::{listening_monitor, mention_source};

use crate::graphql::context::Op;
use crate::graphql::scalars::{Kind, Long};

/// Of whom a monitor is.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "listening_monitor::MonitorKind")]
pub(super) enum MonitorKind {
    /// The brand itself: one that is not archived.
    Own,
    /// Somebody whom it is compared with.
    Competitor,
}

/// How the numbers of a source come.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "mention_source::MentionSourceKind")]
enum MentionSourceKind {
    /// A network is asked through an account of the brand.
    Network,
    /// Somebody brings them: they came in a file first.
    Csv,
    /// Somebody brings them: a program sent them first.
    Api,
}

/// What a brand listens for.
pub(super) struct ListeningMonitor {
    pub row: listening_monitor::Model,
}

/// What a brand listens for.
#[Object]
impl ListeningMonitor {
    /// The monitor's id.
    async fn id(&self) -> ID {
        Kind::Monitor.id(self.row.id)
    }
    /// Of whom it is.
    async fn kind(&self) -> MonitorKind {
        self.row.kind.into()
    }
    /// What the team calls it.
    async fn name(&self) -> &str {
        &self.row.name
    }
    /// Words and phrases that are looked for, where a network can.
    async fn keywords(&self) -> &[String] {
        &self.row.keywords
    }
    /// Hashtags that are looked for, without their sign.
    async fn hashtags(&self) -> &[String] {
        &self.row.hashtags
    }
    /// From which day on it is compared with the others, by the brand's clock.
    async fn compared_from(&self) -> NaiveDate {
        self.row.compared_from
    }
    /// Until which day it was compared; null while it is.
    async fn compared_until(&self) -> Option<NaiveDate> {
        self.row.compared_until
    }
    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// When it was archived.
    async fn archived_at(&self) -> Option<DateTime<Utc>> {
        self.row.archived_at
    }
}

/// Why a network does not tell how often something is spoken of, and the next step.
#[derive(SimpleObject)]
struct MentionTrouble {
    /// For programs: `APP_NOT_SET_UP`, `AWAY`, `GAVE_UP`, `NEEDS_RECONNECT`, `NOT_SERVED`, `PATIENCE`, `REFUSED`.
    kind: String,
    /// What happened and the next step, in the caller's language.
    message: String,
    /// More, for operators.
    detail: Option<String>,
}

/// Who counts a brand's mentions.
pub(super) struct MentionSource {
    pub op: Op,
    pub row: mention_source::Model,
}

/// Who counts a brand's mentions.
#[Object]
impl MentionSource {
    /// The source's id.
    async fn id(&self) -> ID {
        Kind::MentionSource.id(self.row.id)
    }
    /// How its numbers come.
    async fn kind(&self) -> MentionSourceKind {
        self.row.kind.into()
    }
    /// The key of the network that is asked, as in `networks`.
    async fn network(&self) -> Option<&str> {
        self.row.network.as_deref()
    }
    /// What the team calls it, where somebody brings the numbers.
    async fn name(&self) -> Option<&str> {
        self.row.name.as_deref()
    }
    /// The account through which the network was asked last.
    async fn social_account_id(&self) -> Option<ID> {
        self.row.social_account_id.map(|id| Kind::Account.id(id))
    }
    /// The last day that the network was asked for.
    async fn read_until(&self) -> Option<NaiveDate> {
        self.row.read_until
    }
    /// When the network last answered all that it was asked.
    async fn read_at(&self) -> Option<DateTime<Utc>> {
        self.row.read_at
    }
    /// When it is asked next.
    async fn next_at(&self) -> Option<DateTime<Utc>> {
        self.row.next_at
    }
    /// Attempts in a row that failed.
    async fn failures(&self) -> i32 {
        self.row.failures
    }
    /// Why the last attempt failed.
    async fn trouble(&self) -> Option<MentionTrouble> {
        let kind = self.row.trouble.clone()?;
        let message = messages::mention_trouble(self.op.locale(), &kind);
        Some(MentionTrouble { kind, message, detail: self.row.trouble_detail.clone() })
    }
}

/// Mentions of days on which all that are compared are known.
#[derive(SimpleObject)]
struct ComparedMentions {
    /// The brand's own.
    own: Long,
    /// Those of the brand and of those it is compared with.
    all: Long,
    /// The first by the second, in hundredths: a decimal of at most four digits behind the point. Null where nobody is spoken of.
    share: Option<String>,
}

impl From<domain::Compared> for ComparedMentions {
    fn from(compared: domain::Compared) -> Self {
        Self { own: Long(compared.own), all: Long(compared.all), share: compared.share() }
    }
}

/// A monitor with what was counted of it in a period.
#[derive(SimpleObject)]
struct MonitorVoice {
    /// Which.
    monitor: ListeningMonitor,
    /// Its mentions of all days that are known, of every source; null where no day is.
    mentions: Option<Long>,
    /// Its mentions of the days that are compared; null where no day is.
    compared: Option<Long>,
    /// That by the mentions of all, in hundredths: a decimal of at most four digits behind the point.
    share: Option<String>,
}

/// A day on which mentions are compared.
#[derive(SimpleObject)]
struct VoiceDay {
    /// Which, by the brand's clock.
    day: NaiveDate,
    /// What all sources say that know every monitor.
    mentions: ComparedMentions,
}

/// A source with what it counted in a period.
#[derive(SimpleObject)]
struct SourceVoice {
    /// Which.
    source: MentionSource,
    /// What it says of the days on which it knows every monitor; null where there are none.
    mentions: Option<ComparedMentions>,
    /// On how many days it knows every monitor.
    compared_days: i32,
    /// The days before today on which something is compared and of which it does not know every monitor: what is missing is not 0. From its
    /// first day to its last, or to yesterday where it is asked.
    missing_days: Vec<NaiveDate>,
}

/// How often a brand and those it is compared with are spoken of in a period.
#[derive(SimpleObject)]
struct ShareOfVoice {
    /// The first day.
    from: NaiveDate,
    /// The last day, which is part of it.
    to: NaiveDate,
    /// All that is compared; null where no day is.
    total: Option<ComparedMentions>,
    /// The monitors that are compared on a day of it, the brand's own first.
    monitors: Vec<MonitorVoice>,
    /// The days that are compared, in their order.
    days: Vec<VoiceDay>,
    /// The sources that know a day of it, and the networks that are asked.
    sources: Vec<SourceVoice>,
    /// The days before today on which something is compared and no source knows every monitor.
    missing_days: Vec<NaiveDate>,
}

/// Queries for what is said of brands.
#[derive(Default)]
pub struct ListeningQuery;

#[Object]
impl ListeningQuery {
    /// What a brand listens for: at most 20 monitors, and behind them the newest 100 that are archived. For MID and above.
    #[graphql(complexity = "1 + 120 * child_complexity")]
    async fn listening_monitors(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which brand.")] brand_id: ID,
    ) -> Result<Vec<ListeningMonitor>> {
        let op = Op::of(ctx)?;
        let brand_id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let rows = op.query(domain::monitors(op, brand_id).await)?;
        Ok(rows.into_iter().map(|row| ListeningMonitor { row }).collect())
    }

    /// Who counts a brand's mentions: the networks that are asked, then those that somebody brings, at most 20. For MID and above.
    #[graphql(complexity = "1 + 30 * child_complexity")]
    async fn mention_sources(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which brand.")] brand_id: ID,
    ) -> Result<Vec<MentionSource>> {
        let op = Op::of(ctx)?;
        let brand_id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let rows = op.query(domain::mention_sources(op, brand_id).await)?;
        Ok(rows.into_iter().map(|row| MentionSource { op: op.clone(), row }).collect())
    }

    /// How often a brand and those it is compared with are spoken of in a period: by monitors, days and sources. For MID and above.
    #[graphql(complexity = "20 + 50 * child_complexity")]
    async fn share_of_voice(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which brand.")] brand_id: ID,
        #[graphql(desc = "The first day.")] from: NaiveDate,
        #[graphql(desc = "The last day, which is part of it; at most 1100 days in all.")] to: NaiveDate,
    ) -> Result<ShareOfVoice> {
        let op = Op::of(ctx)?;
        let brand_id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let found = op.query(domain::share_of_voice(op, brand_id, Period { from, to }).await)?;
        let monitor = |voice: domain::ComparedMonitor| MonitorVoice {
            monitor: ListeningMonitor { row: voice.monitor },
            mentions: voice.mentions.map(Long),
            compared: voice.compared.map(Long),
            share: voice.share,
        };
        let source = |voice: domain::ComparedSource| SourceVoice {
            source: MentionSource { op: op.clone(), row: voice.source },
            mentions: voice.compared.map(Into::into),
            compared_days: i32::try_from(voice.compared_days).unwrap_or(i32::MAX),
            missing_days: voice.missing_days,
        };
        Ok(ShareOfVoice {
            from,
            to,
            total: found.total.map(Into::into),
            monitors: found.monitors.into_iter().map(monitor).collect(),
            days: found.days.into_iter().map(|day| VoiceDay { day: day.day, mentions: day.compared.into() }).collect(),
            sources: found.sources.into_iter().map(source).collect(),
            missing_days: found.missing_days,
        })
    }
}
