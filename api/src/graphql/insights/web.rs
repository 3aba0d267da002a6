//! Visits of a brand's pages as the API shows them.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use diwan_domain::insights::{self as domain, Period};
use diwan_domain::{Action, Context as Domain, Failure, messages};
use diwan_entity::insights::{web_day, web_source};
use uuid::Uuid;

use crate::graphql::approvals::Money;
use crate::graphql::context::Op;
use crate::graphql::loaders::Loadable;
use crate::graphql::scalars::{Kind, Long};

/// How the numbers of a source come.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "web_source::WebSourceKind")]
pub enum WebSourceKind {
    /// Somebody brings them: they came in a file first.
    Csv,
    /// Somebody brings them: a program sent them first.
    Api,
    /// A Matomo server, or one that answers as it does, is asked.
    Matomo,
    /// A Plausible server, or one that answers as it does, is asked.
    Plausible,
}

/// Whether a source is asked.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "web_source::WebSourceState")]
enum WebSourceState {
    /// Nobody knows yet whether its key is right.
    Checking,
    /// It is asked each day; or somebody brings its numbers.
    Connected,
    /// It is not asked any more: `trouble` says why. Connect it again.
    Failed,
    /// Somebody ended the connection. What was read is there.
    Disconnected,
}

/// How visits came.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "web_day::Channel")]
pub enum WebChannel {
    /// Nobody led them.
    Direct,
    /// From a search engine.
    Search,
    /// From a social network.
    Social,
    /// From another site.
    Referral,
    /// From a link that names a campaign.
    Campaign,
    /// From mail.
    Email,
    /// In another way, or in one that nobody tells.
    Other,
}

/// Why visits could not be read, and the next step.
#[derive(SimpleObject)]
struct WebSourceTrouble {
    /// For programs: `ADDRESS`, `AWAY`, `GAVE_UP`, `NOT_ANALYTICS`, `REFUSED`, `TOO_LARGE`.
    kind: String,
    /// What happened and the next step, in the caller's language.
    message: String,
    /// More, for operators.
    detail: Option<String>,
}

impl Loadable for web_source::Model {
    async fn load(context: &Domain, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        domain::web_sources_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Domain) -> bool {
        context.may(Action::MetricsRead, self.brand_id)
    }
}

/// What counts visits of one of a brand's sites.
pub struct WebSource {
    pub op: Op,
    pub row: web_source::Model,
}

/// What counts visits of one of a brand's sites.
#[Object]
impl WebSource {
    /// The source's id.
    async fn id(&self) -> ID {
        Kind::WebSource.id(self.row.id)
    }
    /// What the team calls it.
    async fn name(&self) -> &str {
        &self.row.name
    }
    /// How its numbers come.
    async fn kind(&self) -> WebSourceKind {
        self.row.kind.into()
    }
    /// Where the server is that is asked.
    async fn url(&self) -> Option<&str> {
        self.row.base_url.as_deref()
    }
    /// By which the server knows the site.
    async fn site_id(&self) -> Option<&str> {
        self.row.site_id.as_deref()
    }
    /// What the server calls it, where it says so.
    async fn site_name(&self) -> Option<&str> {
        self.row.site_name.as_deref()
    }
    /// The time zone in which the server counts its days, where it says so. Such a day stands for that of the same date of the brand.
    async fn time_zone(&self) -> Option<&str> {
        self.row.time_zone.as_deref()
    }
    /// Whether it is asked.
    async fn state(&self) -> WebSourceState {
        self.row.state.into()
    }
    /// The last day that was read from the server.
    async fn read_until(&self) -> Option<NaiveDate> {
        self.row.read_until
    }
    /// When the server last answered all that it was asked.
    async fn read_at(&self) -> Option<DateTime<Utc>> {
        self.row.read_at
    }
    /// Attempts in a row that failed.
    async fn failures(&self) -> i32 {
        self.row.failures
    }
    /// Why the last attempt failed.
    async fn trouble(&self) -> Option<WebSourceTrouble> {
        let kind = self.row.trouble.clone()?;
        let message = messages::web_trouble(self.op.locale(), &kind);
        Some(WebSourceTrouble { kind, message, detail: self.row.trouble_detail.clone() })
    }
    /// When it was added.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
}

/// Visits taken together. What nobody said is null, which is another thing than 0.
#[derive(SimpleObject)]
struct WebSums {
    /// How many.
    sessions: Long,
    /// How many of them came from social networks.
    social_sessions: Long,
    /// How many ended where they began, of those of which it is known. Of a Plausible server they are reckoned from its rate.
    bounces: Option<Long>,
    /// `bounces` by the visits of which it is known, in hundredths: a decimal of at most four digits behind the point.
    bounce_rate: Option<String>,
    /// How many pages were seen, of those of which it is known. A Matomo server does not tell it by referrers.
    page_views: Option<Long>,
}

impl From<domain::WebSums> for WebSums {
    fn from(sums: domain::WebSums) -> Self {
        Self {
            sessions: Long(sums.sessions),
            social_sessions: Long(sums.social_sessions),
            bounces: sums.bounces.map(Long),
            bounce_rate: sums.bounce_rate(),
            page_views: sums.page_views.map(Long),
        }
    }
}

/// A day with its visits.
#[derive(SimpleObject)]
struct WebDay {
    /// Which, by the site's own clock.
    day: NaiveDate,
    /// Its visits.
    sums: WebSums,
}

/// Visits that came from one place.
#[derive(SimpleObject)]
struct WebReferrer {
    /// How they came.
    channel: WebChannel,
    /// From where, in small letters: a network's key as in `networks`, a site, a search engine. Empty where nobody says.
    referrer: String,
    /// The visits.
    sums: WebSums,
}

/// How often a goal was reached.
#[derive(SimpleObject)]
struct WebGoal {
    /// Its name.
    goal: String,
    /// How often.
    completions: Long,
    /// What that was worth, once for each currency; empty where nobody said.
    values: Vec<Money>,
}

/// Visits of a brand's sites in a period.
#[derive(SimpleObject)]
struct WebAnalytics {
    /// The first day.
    from: NaiveDate,
    /// The last day, which is part of it.
    to: NaiveDate,
    /// All visits; null where no day is known.
    total: Option<WebSums>,
    /// The days that are known, in their order.
    days: Vec<WebDay>,
    /// The days of the period before today of which nothing is known, or not of every source that was counting then: what is missing is not 0.
    /// A server counts from its first day on, what somebody sends from its first day to its last.
    missing_days: Vec<NaiveDate>,
    /// From where visits came, the most first, at most 200.
    referrers: Vec<WebReferrer>,
    /// Whether there are more.
    more_referrers: bool,
    /// Goals that were reached, the most often first, at most 200.
    goals: Vec<WebGoal>,
}

/// Queries for visits.
#[derive(Default)]
pub struct WebQuery;

#[Object]
impl WebQuery {
    /// What counts visits of a brand's sites, the oldest first, at most 20. For MID and above.
    #[graphql(complexity = "1 + 20 * child_complexity")]
    async fn web_sources(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which brand.")] brand_id: ID,
    ) -> Result<Vec<WebSource>> {
        let op = Op::of(ctx)?;
        let brand_id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let rows = op.query(domain::web_sources(op, brand_id).await)?;
        Ok(rows.into_iter().map(|row| WebSource { op: op.clone(), row }).collect())
    }

    /// Visits of a brand's sites in a period: by days, by referrers, and goals. For MID and above.
    #[graphql(complexity = "20 + 100 * child_complexity")]
    async fn web_analytics(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which brand.")] brand_id: ID,
        #[graphql(desc = "The first day.")] from: NaiveDate,
        #[graphql(desc = "The last day, which is part of it; at most 1100 days in all.")] to: NaiveDate,
    ) -> Result<WebAnalytics> {
        let op = Op::of(ctx)?;
        let brand_id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let found = op.query(domain::web_analytics(op, brand_id, Period { from, to }).await)?;
        let goal = |goal: domain::WebGoalSum| WebGoal {
            goal: goal.goal,
            completions: Long(goal.completions),
            values: goal.values.into_iter().map(Money::from).collect(),
        };
        let referrer = |row: domain::WebReferrer| WebReferrer {
            channel: row.channel.into(),
            referrer: row.referrer,
            sums: row.sums.into(),
        };
        Ok(WebAnalytics {
            from,
            to,
            total: found.total.map(Into::into),
            days: found.days.into_iter().map(|day| WebDay { day: day.day, sums: day.sums.into() }).collect(),
            missing_days: found.missing_days,
            referrers: found.referrers.into_iter().map(referrer).collect(),
            more_referrers: found.more_referrers,
            goals: found.goals.into_iter().map(goal).collect(),
        })
    }
}
