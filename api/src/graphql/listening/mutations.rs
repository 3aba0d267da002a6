//! Saying what a brand listens for, and bringing in how often it is spoken of.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::NaiveDate;
use diwan_domain::listening::{self as domain, Mentions, MonitorChange, NewMonitor, RecordedMentions};
use diwan_domain::{Context as Domain, Failure};
use diwan_entity::listening::listening_monitor;

use super::types::{ListeningMonitor, MentionSource, MonitorKind};
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::{Kind, Long};

/// Something to listen for.
#[derive(InputObject)]
struct CreateListeningMonitorInput {
    /// For which brand.
    brand_id: ID,
    /// Of whom it is.
    kind: MonitorKind,
    /// What the team calls it, 1 to 100 characters, unlike any other of the brand that is not archived.
    name: String,
    /// Words and phrases, each up to 80 characters, without quotes. With the hashtags 1 to 20, of up to 300 characters together.
    #[graphql(default)]
    keywords: Vec<String>,
    /// Hashtags, with or without their sign.
    #[graphql(default)]
    hashtags: Vec<String>,
    /// From which day on it is compared with the others, by the brand's clock: today unless given. Earlier where its earlier days are known.
    compared_from: Option<NaiveDate>,
}

/// What of a monitor changes. What is left out stays.
#[derive(InputObject)]
struct ChangeListeningMonitorInput {
    /// Which.
    monitor_id: ID,
    /// Another name.
    name: Option<String>,
    /// Other words and phrases, all of them.
    keywords: Option<Vec<String>>,
    /// Other hashtags, all of them.
    hashtags: Option<Vec<String>>,
    /// Compared from another day on.
    compared_from: Option<NaiveDate>,
}

/// A monitor to archive.
#[derive(InputObject)]
struct ArchiveListeningMonitorInput {
    /// Which.
    monitor_id: ID,
}

/// The answer of what makes, changes or archives a monitor.
#[derive(SimpleObject)]
struct ListeningMonitorPayload {
    /// The monitor, as it is now.
    monitor: Option<ListeningMonitor>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// How often something was spoken of on a day.
#[derive(InputObject)]
struct MentionsInput {
    /// Of which monitor; of one that is archived, days on which it is compared.
    monitor_id: ID,
    /// Which day, by the brand's clock; not in the future.
    day: NaiveDate,
    /// How often, 0 to 10^12.
    mentions: Long,
}

/// Days that a program sends: all of them are recorded, or none.
#[derive(InputObject)]
struct RecordMentionsInput {
    /// Of which brand.
    brand_id: ID,
    /// Who counted: a name, 1 to 100 characters. The first days of a name make it a source.
    source: String,
    /// The days, 1 to 1000.
    mentions: Vec<MentionsInput>,
}

/// A file of days: all of it is recorded, or nothing.
#[derive(InputObject)]
struct ImportMentionsInput {
    /// Of which brand.
    brand_id: ID,
    /// Who counted: a name, 1 to 100 characters. The first days of a name make it a source.
    source: String,
    /// CSV, up to 500,000 bytes and 5000 rows. The first row names the columns: `day` (as 2026-03-01), `monitor` (its name) and `mentions`.
    csv: String,
}

/// The answer of `recordMentions` and `importMentions`.
#[derive(SimpleObject)]
struct RecordedMentionsPayload {
    /// The source, when everything was recorded.
    source: Option<MentionSource>,
    /// How many rows were new.
    recorded: i32,
    /// How many replaced what was said of the same monitor and day before.
    restated: i32,
    /// How many had been said before.
    known: i32,
    /// What must be mended, with the place or, of a file, the line of each, from 1 on; the first 200.
    user_errors: Vec<Refused>,
}

async fn monitored(
    op: &Op,
    command: impl AsyncFnOnce(&Domain) -> Result<listening_monitor::Model, Failure>,
) -> Result<ListeningMonitorPayload> {
    let (row, user_errors) = op.command(command).await?;
    Ok(ListeningMonitorPayload { monitor: row.map(|row| ListeningMonitor { row }), user_errors })
}

async fn recorded(
    op: &Op,
    command: impl AsyncFnOnce(&Domain) -> Result<RecordedMentions, Failure>,
) -> Result<RecordedMentionsPayload> {
    let (found, user_errors) = op.command(command).await?;
    let count = |of: fn(&RecordedMentions) -> usize| {
        found.as_ref().map_or(0, |found| i32::try_from(of(found)).unwrap_or(i32::MAX))
    };
    let (recorded, restated) = (count(|found| found.recorded), count(|found| found.restated));
    let known = count(|found| found.known);
    let source = found.map(|found| MentionSource { op: op.clone(), row: found.source });
    Ok(RecordedMentionsPayload { source, recorded, restated, known, user_errors })
}

/// Mutations of what is said of brands.
#[derive(Default)]
pub struct ListeningMutation;

#[Object]
impl ListeningMutation {
    /// Makes a monitor. As soon as a worker is free, each network that counts mentions and on which the brand has a connected account is asked
    /// for the days of which it still tells, and from then on each day. For MID and above.
    async fn create_listening_monitor(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to listen for.")] input: CreateListeningMonitorInput,
    ) -> Result<ListeningMonitorPayload> {
        let CreateListeningMonitorInput { brand_id, kind, name, keywords, hashtags, compared_from } = input;
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&brand_id, "brandId")?;
            let new = NewMonitor { brand_id, kind: kind.into(), name, keywords, hashtags, compared_from };
            domain::create_monitor(context, new).await
        };
        monitored(Op::of(ctx)?, command).await
    }

    /// Changes a monitor. Where the words change, networks are asked anew for the days of which they still tell; earlier days stay as they were
    /// counted. For MID and above.
    async fn change_listening_monitor(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The monitor, and what changes.")] input: ChangeListeningMonitorInput,
    ) -> Result<ListeningMonitorPayload> {
        let ChangeListeningMonitorInput { monitor_id, name, keywords, hashtags, compared_from } = input;
        let command = async |context: &Domain| {
            let id = Kind::Monitor.parse(&monitor_id, "monitorId")?;
            domain::change_monitor(context, id, MonitorChange { name, keywords, hashtags, compared_from }).await
        };
        monitored(Op::of(ctx)?, command).await
    }

    /// Archives a monitor: it is counted no more, and compared up to yesterday. Its days stay. For MID and above.
    async fn archive_listening_monitor(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The monitor.")] input: ArchiveListeningMonitorInput,
    ) -> Result<ListeningMonitorPayload> {
        let command = async |context: &Domain| {
            let id = Kind::Monitor.parse(&input.monitor_id, "monitorId")?;
            domain::archive_monitor(context, id).await
        };
        monitored(Op::of(ctx)?, command).await
    }

    /// Records days that a program sends, each known by its monitor and day: the same again changes nothing, said otherwise it replaces what
    /// was said before. For MID and above, and for programs.
    #[graphql(complexity = "1 + input.mentions.len() / 20 + child_complexity")]
    async fn record_mentions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who counted, and the days.")] input: RecordMentionsInput,
    ) -> Result<RecordedMentionsPayload> {
        let RecordMentionsInput { brand_id, source, mentions } = input;
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&brand_id, "brandId")?;
            let mut days = Vec::with_capacity(mentions.len());
            for (place, said) in mentions.into_iter().enumerate() {
                let monitor_id = Kind::Monitor.parse(&said.monitor_id, &format!("mentions.{place}.monitorId"))?;
                days.push(Mentions { monitor_id, day: said.day, mentions: said.mentions.0 });
            }
            domain::record_mentions(context, (brand_id, &source), days).await
        };
        recorded(Op::of(ctx)?, command).await
    }

    /// The same from a file. Refusals name the line in which a row begins. For MID and above, and for programs.
    #[graphql(complexity = "1 + input.csv.len() / 2000 + child_complexity")]
    async fn import_mentions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who counted, and the file.")] input: ImportMentionsInput,
    ) -> Result<RecordedMentionsPayload> {
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            domain::import_mentions(context, brand_id, &input.source, &input.csv).await
        };
        recorded(Op::of(ctx)?, command).await
    }
}
