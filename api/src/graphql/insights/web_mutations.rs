//! Bringing in visits of a brand's pages.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use chrono::NaiveDate;
use diwan_domain::approvals::Money;
use diwan_domain::insights::{self as domain, NewWebConnection, RecordedWeb, WebGoal, WebVisits};
use diwan_domain::{Context as Domain, Failure};
use diwan_entity::insights::web_source;

use super::web::{WebChannel, WebSource};
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::{Kind, Long};
use crate::graphql::trust::Job;

/// A kind of server that can be asked.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
enum WebServer {
    /// Matomo, or what answers as its Reporting API does.
    Matomo,
    /// Plausible, or what answers as its Stats API (version 2) does.
    Plausible,
}

impl WebServer {
    fn kind(self) -> web_source::WebSourceKind {
        match self {
            Self::Matomo => web_source::WebSourceKind::Matomo,
            Self::Plausible => web_source::WebSourceKind::Plausible,
        }
    }
}

/// A server to connect.
#[derive(InputObject)]
struct ConnectWebAnalyticsInput {
    /// Of which brand.
    brand_id: ID,
    /// What the team calls it, 1 to 100 characters, unlike any other of the brand.
    name: String,
    /// Of which kind it is.
    server: WebServer,
    /// Where it is: a public address with https, such as `https://stats.example/`.
    url: String,
    /// By which it knows the site: Matomo by a number, Plausible by a domain.
    site_id: String,
    /// A key that may read the site's numbers and nothing else, up to 1024 characters. It is sealed and never shown again.
    token: String,
}

/// A connection to end.
#[derive(InputObject)]
struct DisconnectWebAnalyticsInput {
    /// Which.
    source_id: ID,
}

/// A server to ask now.
#[derive(InputObject)]
struct SyncWebAnalyticsInput {
    /// Which.
    source_id: ID,
}

/// The answer of what connects a server or ends that.
#[derive(SimpleObject)]
struct WebSourcePayload {
    /// The source. Read it again until its state is not `CHECKING` any more.
    source: Option<WebSource>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `syncWebAnalytics`.
#[derive(SimpleObject)]
struct SyncWebAnalyticsPayload {
    /// The job that asks; `PENDING` again, for the next day, once it has.
    job: Option<Job>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// Visits of a day by one way in. What is left out is not said, which is another thing than 0.
#[derive(InputObject)]
struct WebVisitsInput {
    /// Which day, as the site counts days; not in the future.
    day: NaiveDate,
    /// How they came; told from the referrer unless given.
    channel: Option<WebChannel>,
    /// From where, up to 200 characters: a network, a site, a search engine. Empty where nobody led them.
    #[graphql(default)]
    referrer: String,
    /// How many, 0 to 10^12.
    sessions: Long,
    /// How many of them ended where they began.
    bounces: Option<Long>,
    /// How many pages were seen.
    page_views: Option<Long>,
}

impl WebVisitsInput {
    fn into_domain(self) -> WebVisits {
        WebVisits {
            day: self.day,
            channel: self.channel.map(Into::into),
            referrer: self.referrer,
            sessions: self.sessions.0,
            bounces: self.bounces.map(|Long(count)| count),
            page_views: self.page_views.map(|Long(count)| count),
        }
    }
}

/// What reaching a goal was worth.
#[derive(InputObject)]
struct WebGoalValueInput {
    /// In the smallest unit of the currency, from 0 to 10^15.
    minor: Long,
    /// ISO 4217.
    currency: String,
}

/// How often a goal was reached on a day.
#[derive(InputObject)]
struct WebGoalInput {
    /// Which day, as the site counts days; not in the future.
    day: NaiveDate,
    /// Its name, 1 to 200 characters.
    goal: String,
    /// How often, 0 to 10^12.
    completions: Long,
    /// What that was worth in all.
    value: Option<WebGoalValueInput>,
}

impl WebGoalInput {
    fn into_domain(self) -> WebGoal {
        let value = self.value.map(|value| Money { minor: value.minor.0, currency: value.currency });
        WebGoal { day: self.day, goal: self.goal, completions: self.completions.0, value }
    }
}

/// Numbers that a program sends: all of them are recorded, or none.
#[derive(InputObject)]
struct RecordWebAnalyticsInput {
    /// Of which brand.
    brand_id: ID,
    /// Of which site: a name, 1 to 100 characters. The first numbers of a site make it a source.
    source: String,
    /// Visits: with the goals up to 1000.
    #[graphql(default)]
    visits: Vec<WebVisitsInput>,
    /// Goals.
    #[graphql(default)]
    goals: Vec<WebGoalInput>,
}

/// A file of numbers: all of it is recorded, or nothing.
#[derive(InputObject)]
struct ImportWebAnalyticsInput {
    /// Of which brand.
    brand_id: ID,
    /// Of which site: a name, 1 to 100 characters. The first numbers of a site make it a source.
    source: String,
    /// CSV, up to 500,000 bytes and 5000 rows. The first row names the columns: `day` (as 2026-03-01); of visits `referrer`, `sessions` and,
    /// where wanted, `channel`, `bounces` and `pageviews`; of goals `goal`, `completions` and, where wanted, `value` (as `12.50`, in the
    /// currency's own unit) with `currency`. A row is of visits or of a goal.
    csv: String,
}

/// The answer of `recordWebAnalytics` and `importWebAnalytics`.
#[derive(SimpleObject)]
struct RecordedWebPayload {
    /// The source, when everything was recorded.
    source: Option<WebSource>,
    /// How many rows were new.
    recorded: i32,
    /// How many replaced what was said of the same day and referrer, or goal, before.
    restated: i32,
    /// How many had been said before.
    known: i32,
    /// What must be mended, with the place or, of a file, the line of each, from 1 on; the first 200.
    user_errors: Vec<Refused>,
}

async fn connected(
    op: &Op,
    command: impl AsyncFnOnce(&Domain) -> Result<web_source::Model, Failure>,
) -> Result<WebSourcePayload> {
    let (row, user_errors) = op.command(command).await?;
    Ok(WebSourcePayload { source: row.map(|row| WebSource { op: op.clone(), row }), user_errors })
}

async fn recorded(
    op: &Op,
    command: impl AsyncFnOnce(&Domain) -> Result<RecordedWeb, Failure>,
) -> Result<RecordedWebPayload> {
    let (found, user_errors) = op.command(command).await?;
    let count =
        |of: fn(&RecordedWeb) -> usize| found.as_ref().map_or(0, |found| i32::try_from(of(found)).unwrap_or(i32::MAX));
    let (recorded, restated) = (count(|found| found.recorded), count(|found| found.restated));
    let known = count(|found| found.known);
    let source = found.map(|found| WebSource { op: op.clone(), row: found.source });
    Ok(RecordedWebPayload { source, recorded, restated, known, user_errors })
}

/// Mutations of visits.
#[derive(Default)]
pub struct WebMutation;

#[Object]
impl WebMutation {
    /// Connects a server that counts visits of one of the brand's sites. A worker checks the key, reads the last 90 days, and from then on each
    /// day what is new, with the two days before again. One that failed or was disconnected is taken up again under its id. For SENIOR and
    /// above.
    async fn connect_web_analytics(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The server, the site and the key.")] input: ConnectWebAnalyticsInput,
    ) -> Result<WebSourcePayload> {
        let ConnectWebAnalyticsInput { brand_id, name, server, url, site_id, token } = input;
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&brand_id, "brandId")?;
            let new = NewWebConnection { brand_id, name, kind: server.kind(), url, site_id, token };
            domain::connect_web_analytics(context, new).await
        };
        connected(Op::of(ctx)?, command).await
    }

    /// Ends a connection: the key is deleted, what was read stays. For SENIOR and above.
    async fn disconnect_web_analytics(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The source.")] input: DisconnectWebAnalyticsInput,
    ) -> Result<WebSourcePayload> {
        let command = async |context: &Domain| {
            let id = Kind::WebSource.parse(&input.source_id, "sourceId")?;
            domain::disconnect_web_analytics(context, id).await
        };
        connected(Op::of(ctx)?, command).await
    }

    /// Has a server asked now, or as soon as five minutes have passed since it was last asked. For MID and above.
    async fn sync_web_analytics(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The source.")] input: SyncWebAnalyticsInput,
    ) -> Result<SyncWebAnalyticsPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let id = Kind::WebSource.parse(&input.source_id, "sourceId")?;
            domain::sync_web_analytics(context, id).await
        };
        let (id, user_errors) = op.command(command).await?;
        let job = match id {
            Some(id) => Some(Job { op: op.clone(), row: op.must_load(id).await? }),
            None => None,
        };
        Ok(SyncWebAnalyticsPayload { job, user_errors })
    }

    /// Records visits and goals that a program sends, each known by its day and referrer, or goal: the same again changes nothing, said
    /// otherwise it replaces what was said before. For MID and above, and for programs.
    #[graphql(complexity = "1 + (input.visits.len() + input.goals.len()) / 20 + child_complexity")]
    async fn record_web_analytics(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The site and its numbers.")] input: RecordWebAnalyticsInput,
    ) -> Result<RecordedWebPayload> {
        let RecordWebAnalyticsInput { brand_id, source, visits, goals } = input;
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&brand_id, "brandId")?;
            let visits = visits.into_iter().map(WebVisitsInput::into_domain).collect();
            let goals = goals.into_iter().map(WebGoalInput::into_domain).collect();
            domain::record_web_analytics(context, (brand_id, &source), (visits, goals)).await
        };
        recorded(Op::of(ctx)?, command).await
    }

    /// The same from a file. Refusals name the line in which a row begins. For MID and above, and for programs.
    #[graphql(complexity = "1 + input.csv.len() / 2000 + child_complexity")]
    async fn import_web_analytics(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The site and the file.")] input: ImportWebAnalyticsInput,
    ) -> Result<RecordedWebPayload> {
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            domain::import_web_analytics(context, brand_id, &input.source, &input.csv).await
        };
        recorded(Op::of(ctx)?, command).await
    }
}
