//! Asking networks how often a brand and those it is compared with are spoken of: once a day, in the brand's morning, of the days that are over.
//!
//! One job of a brand asks all of its networks, each through the account that was connected first, about every monitor. A network that
//! refuses is left alone, ever longer, and as long as it asks for; the others are asked meanwhile. What is written again is the same, so that
//! whoever takes the work up after a crash repeats questions and no number.

use async_trait::async_trait;
use chrono::{DateTime, Days, Duration, NaiveDate, Utc};
use chrono_tz::Tz;
use diwan_entity::InBrand as _;
use diwan_entity::listening::listening_monitor;
use diwan_entity::listening::mention_reading;
use diwan_entity::listening::mention_source::{self, MentionSourceKind};
use diwan_entity::publishing::social_account::{self, AccountState};
use diwan_entity::tenancy::brand;
use diwan_networks::{Account, MentionCount, MentionCounting, MentionDay, MentionWords, Network};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, Condition, DbErr, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use super::trouble::Trouble;
use super::write::{DayRow, MOST_COUNT, forget, write};
use crate::calendar::day_start;
use crate::error::Fault;
use crate::insights::{days_came, minute_of, next_reading, wait};
use crate::jobs::{Job, JobError, Next, Scope, Work};
use crate::permission::Permit;
use crate::publishing::{Unusable, Usable, usable_account};

/// How many days before the last that was asked for are asked for again: search engines are late, and posts go.
const AGAIN: u64 = 2;
/// How soon an account is tried again at which others are at work.
const ITS_TURN: Duration = Duration::seconds(30);
/// How long a brand that is archived is left alone.
const ARCHIVED: Duration = Duration::days(1);

/// The most requests of one run at one network: it goes on after a pause.
const MOST_REQUESTS: usize = 300;
/// That pause: a network counts what comes from one address, and others want to publish.
const PAUSE: Duration = Duration::minutes(5);
/// After this no more is asked in a run.
const LONGEST: std::time::Duration = std::time::Duration::from_mins(5);

/// Counts a brand's mentions.
#[derive(Debug)]
pub struct CountMentions;

/// A network that is asked.
struct Target {
    network: &'static dyn Network,
    counting: MentionCounting,
    account: social_account::Model,
    source: mention_source::Model,
    /// How far it was asked about each monitor.
    readings: Vec<mention_reading::Model>,
}

/// What came of asking a network about every monitor, or of a part of that.
#[derive(Default)]
struct Asked {
    /// The last day that was asked for.
    until: Option<NaiveDate>,
    /// Whether nothing is left to be asked.
    is_whole: bool,
    /// Whether anything of this round was answered.
    is_answered: bool,
    /// The first monitor's that was refused for its words.
    refused: Option<Trouble>,
}

/// What is to be counted.
struct Ground {
    zone: Tz,
    monitors: Vec<listening_monitor::Model>,
    targets: Vec<Target>,
    /// When all of this was read.
    begun: DateTime<Utc>,
}

impl Ground {
    /// None where nothing is listened for.
    async fn load(scope: &Scope, brand: &brand::Model) -> Result<Option<Self>, JobError> {
        // What is archived is compared until then, and those days may not have been told yet.
        let week = (scope.now - Duration::days(7)).date_naive();
        let told_of = Condition::any()
            .add(listening_monitor::Column::ArchivedAt.is_null())
            .add(listening_monitor::Column::ComparedUntil.gte(week));
        let monitors = listening_monitor::Entity::in_brand(scope.brand_id)
            .filter(told_of)
            .order_by_asc(listening_monitor::Column::Id)
            .all(scope.tx())
            .await?;
        if monitors.is_empty() {
            return Ok(None);
        }
        let zone = brand.time_zone.parse().map_err(|_| Fault::broken("a brand's time zone is unknown"))?;
        let ground = Self { zone, monitors, targets: targets(scope).await?, begun: scope.now };
        ground.forget_unfit(scope).await?;
        let is_left = |target: &Target| ground.monitors.iter().any(|monitor| !ground.days(target, monitor).is_empty());
        let goes_on = ground.monitors.iter().any(|monitor| monitor.archived_at.is_none());
        let goes_on = goes_on || ground.targets.iter().any(is_left);
        Ok(goes_on.then_some(ground))
    }

    /// Forgets how far networks were asked about what they cannot count any more since its words are others: nothing of it is due from them.
    async fn forget_unfit(&self, scope: &Scope) -> Result<(), JobError> {
        let mut unfit: Vec<(Uuid, Uuid)> = Vec::new();
        for target in &self.targets {
            for monitor in &self.monitors {
                let words = MentionWords { keywords: &monitor.keywords, hashtags: &monitor.hashtags };
                if !words.fit(target.counting) && target.readings.iter().any(|row| row.monitor_id == monitor.id) {
                    unfit.push((target.source.id, monitor.id));
                }
            }
        }
        if unfit.is_empty() {
            return Ok(());
        }
        let each = unfit.into_iter().fold(Condition::any(), |all, (source_id, monitor_id)| {
            let one = Condition::all()
                .add(mention_reading::Column::SourceId.eq(source_id))
                .add(mention_reading::Column::MonitorId.eq(monitor_id));
            all.add(one)
        });
        mention_reading::Entity::delete_many()
            .filter(mention_reading::Column::BrandId.eq(scope.brand_id))
            .filter(each)
            .exec(scope.tx())
            .await?;
        Ok(())
    }

    /// When this target is asked next, if not now.
    fn later(&self, target: &Target) -> Option<DateTime<Utc>> {
        let Target { account, source, .. } = target;
        let closed = account.closed_until.filter(|until| *until > self.begun);
        let newer = |since: &DateTime<Utc>| source.asked_at.is_none_or(|asked| *since >= asked);
        // Other words are asked for at once, but not of a network that wants to be left alone.
        let anew = source.failures == 0 && self.monitors.iter().any(|monitor| newer(&monitor.words_since));
        closed.or_else(|| source.next_at.filter(|at| *at > self.begun && !anew))
    }

    /// The days that a target is asked for about a monitor, the oldest first: those that it still tells when it never told of these words,
    /// else what is new, with the days before again; a round that was broken off goes on where it was. Of what is archived, the days on which it is
    /// compared.
    fn days(&self, target: &Target, monitor: &listening_monitor::Model) -> Vec<MentionDay> {
        let counting = target.counting;
        let zone = if counting.any_clock { self.zone } else { Tz::UTC };
        let today = self.begun.with_timezone(&zone).date_naive();
        let words = MentionWords { keywords: &monitor.keywords, hashtags: &monitor.hashtags };
        let Some(last) = today.pred_opt().filter(|_| words.fit(counting)) else { return Vec::new() };
        let last = monitor.compared_until.map_or(last, |until| until.min(last));
        let is_told =
            |row: &&mention_reading::Model| row.monitor_id == monitor.id && row.words_since == monitor.words_since;
        let first = match target.readings.iter().find(is_told) {
            Some(row) if row.read_until >= last => return Vec::new(),
            Some(row) if row.round_until == last => row.read_until.succ_opt(),
            Some(row) => row.read_until.checked_sub_days(Days::new(AGAIN)),
            None => None,
        };
        // Where clocks are put back, the oldest day begins before what the network tells.
        let oldest = self.begun - Duration::days(i64::from(counting.days) + 1);
        let days = (1..=u64::from(counting.days)).rev().filter_map(|back| {
            let date = today.checked_sub_days(Days::new(back))?;
            let (start, end) = (day_start(zone, date), day_start(zone, date.succ_opt()?));
            let wanted = start > oldest && first.is_none_or(|first| date >= first) && date <= last;
            wanted.then_some(MentionDay { date, start, end })
        });
        days.collect()
    }
}

/// The networks that count mentions and of which the brand has a connected account, each with what is known of it.
async fn targets(scope: &Scope) -> Result<Vec<Target>, JobError> {
    let accounts = social_account::Entity::in_brand(scope.brand_id)
        .filter(social_account::Column::State.ne(AccountState::Disconnected))
        .order_by_asc(social_account::Column::Id)
        .all(scope.tx())
        .await?;
    let mut asked: Vec<(&'static dyn Network, MentionCounting, social_account::Model)> = Vec::new();
    for account in accounts {
        let Some(network) = diwan_networks::network(&account.network) else { continue };
        let Some(counting) = network.capabilities().mentions else { continue };
        // One that works goes before one that has to be connected again.
        match asked.iter_mut().find(|(_, _, known)| known.network == account.network) {
            None => asked.push((network, counting, account)),
            Some((_, _, known))
                if known.state != AccountState::Connected && account.state == AccountState::Connected =>
            {
                *known = account;
            }
            Some(_) => {}
        }
    }
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let new = asked.iter().map(|(_, _, account)| mention_source::ActiveModel {
        id: Set(scope.new_id()),
        brand_id: Set(scope.brand_id),
        kind: Set(MentionSourceKind::Network),
        network: Set(Some(account.network.clone())),
        failures: Set(0),
        created_at: Set(scope.now),
        ..Default::default()
    });
    let known = OnConflict::new().do_nothing().to_owned();
    mention_source::Entity::insert_many(new).on_conflict(known).exec_without_returning(scope.tx()).await?;
    let sources = mention_source::Entity::in_brand(scope.brand_id)
        .filter(mention_source::Column::Network.is_not_null())
        .all(scope.tx())
        .await?;
    let readings = mention_reading::Entity::find()
        .filter(mention_reading::Column::BrandId.eq(scope.brand_id))
        .all(scope.tx())
        .await?;
    let target = |(network, counting, account): (_, _, social_account::Model)| {
        let source = sources.iter().find(|source| source.network.as_deref() == Some(account.network.as_str()))?;
        let readings = readings.iter().filter(|row| row.source_id == source.id).cloned().collect();
        Some(Target { network, counting, source: source.clone(), account, readings })
    };
    Ok(asked.into_iter().filter_map(target).collect())
}

/// How often a monitor is spoken of, as a network says it.
async fn ask(
    work: &Work,
    (target, account): (&Target, &Account),
    monitor: &listening_monitor::Model,
    days: &[MentionDay],
) -> Result<Vec<DayRow>, Trouble> {
    let words = MentionWords { keywords: &monitor.keywords, hashtags: &monitor.hashtags };
    let out = work.services.outside_as(target.counting.app);
    let told = target.network.count_mentions(out, account, words, days).await.map_err(|error| Trouble::of(&error))?;
    let row = |count: MentionCount| DayRow {
        monitor_id: monitor.id,
        day: count.date,
        mentions: count.mentions.clamp(0, MOST_COUNT),
    };
    Ok(told.into_iter().map(row).collect())
}

/// Writes what a network said of a monitor on some of the days that it is asked for, and that it was asked, unless that is looked for by other
/// words by now, or not compared on them any more.
async fn keep(
    work: &Work,
    (source_id, monitor, round_until): (Uuid, &listening_monitor::Model, NaiveDate),
    (days, rows): (&[MentionDay], &[DayRow]),
) -> Result<(), JobError> {
    let scope = work.begin().await?;
    let held = listening_monitor::Entity::one_in_brand(scope.brand_id, monitor.id).lock_shared();
    let now = held.one(scope.tx()).await?.filter(|now| now.words_since == monitor.words_since);
    if let (Some(now), Some(last)) = (now, days.last()) {
        let is_compared = |day: NaiveDate| now.compared_until.is_none_or(|until| day <= until);
        let rows: Vec<DayRow> = rows.iter().copied().filter(|row| is_compared(row.day)).collect();
        let asked = days.iter().map(|day| day.date).filter(|date| is_compared(*date));
        let untold = asked.filter(|date| !rows.iter().any(|row| row.day == *date)).collect();
        forget(scope.tx(), (scope.brand_id, source_id), (monitor.id, untold)).await?;
        write(scope.tx(), (scope.brand_id, source_id), &rows, scope.now).await?;
        let reading = mention_reading::ActiveModel {
            brand_id: Set(scope.brand_id),
            source_id: Set(source_id),
            monitor_id: Set(monitor.id),
            words_since: Set(monitor.words_since),
            read_until: Set(last.date),
            round_until: Set(round_until),
        };
        let columns =
            [mention_reading::Column::BrandId, mention_reading::Column::SourceId, mention_reading::Column::MonitorId];
        let newer = [
            mention_reading::Column::WordsSince,
            mention_reading::Column::ReadUntil,
            mention_reading::Column::RoundUntil,
        ];
        let known = OnConflict::columns(columns).update_columns(newer).to_owned();
        mention_reading::Entity::insert(reading).on_conflict(known).exec_without_returning(scope.tx()).await?;
    }
    scope.commit().await
}

/// Asks one network about every monitor, as far as one run may. What it refuses for the words of one monitor keeps it from no other.
async fn count(work: &Work, ground: &Ground, target: &Target) -> Result<Result<Asked, Trouble>, JobError> {
    let account = match usable_account(work, &target.account).await? {
        Ok(Usable { account, .. }) => account,
        Err(Unusable::NeedsReconnect) => return Ok(Err(Trouble::needs_reconnect())),
        Err(Unusable::Network(error)) => return Ok(Err(Trouble::of(&error))),
    };
    let began = std::time::Instant::now();
    let (mut asked, mut room) = (Asked::default(), MOST_REQUESTS);
    for monitor in &ground.monitors {
        let days = ground.days(target, monitor);
        let Some(round_until) = days.last().map(|day| day.date) else {
            asked.is_answered |= target.readings.iter().any(|row| row.monitor_id == monitor.id);
            continue;
        };
        let words = monitor.keywords.len() + monitor.hashtags.len();
        let (at_once, most) = target.counting.pages.map_or((days.len(), words), |pages| (1, words * pages));
        for part in days.chunks(at_once) {
            if most > room || began.elapsed() > LONGEST {
                return Ok(Ok(asked));
            }
            match ask(work, (target, &account), monitor, part).await {
                Ok(rows) => {
                    keep(work, (target.source.id, monitor, round_until), (part, &rows)).await?;
                    room -= most;
                    asked.is_answered = true;
                    asked.until = asked.until.max(part.last().map(|day| day.date));
                }
                // It takes no room, so that those behind it have their turn.
                Err(trouble) if trouble.is_of_words => {
                    asked.refused.get_or_insert_with(|| trouble.of_monitor(&monitor.name));
                    break;
                }
                Err(trouble) => return Ok(Err(trouble)),
            }
        }
    }
    asked.is_whole = true;
    Ok(Ok(asked))
}

/// When a network is asked next: in the brand's morning, and where it counts days of UTC after the end of the one that runs.
fn next_round(zone: Tz, counting: MentionCounting, now: DateTime<Utc>, source_id: Uuid) -> DateTime<Utc> {
    let today = now.date_naive();
    let Some(tomorrow) = today.succ_opt().filter(|_| !counting.any_clock) else {
        return next_reading(zone, now, source_id);
    };
    let morning = next_reading(zone, day_start(zone, today), source_id);
    morning.max(day_start(Tz::UTC, tomorrow) + minute_of(source_id))
}

fn shown(detail: &str) -> String {
    detail.chars().filter(|c| !c.is_control()).take(500).collect()
}

/// Notes what came of asking a network. Answers when it is asked next.
async fn note(
    work: &Work,
    ground: &Ground,
    target: &Target,
    asked: Result<Asked, Trouble>,
) -> Result<DateTime<Utc>, JobError> {
    let scope = work.begin().await?;
    let held = mention_source::Entity::one_in_brand(scope.brand_id, target.source.id).lock_exclusive();
    let row = held.one(scope.tx()).await?.ok_or_else(|| Fault::broken("a source that was asked is not there"))?;
    let (failures, until) = (row.failures.saturating_add(1), row.read_until);
    let mut row = row.into_active_model();
    row.asked_at = Set(Some(ground.begun));
    row.social_account_id = Set(Some(target.account.id));
    // A network that refuses all of them is left alone like one that is away.
    let asked = asked.and_then(|mut asked| match asked.refused.take_if(|_| asked.is_whole && !asked.is_answered) {
        Some(refused) => Err(refused),
        None => Ok(asked),
    });
    let next = match asked {
        Ok(Asked { until: read, is_whole, refused, .. }) => {
            if is_whole && refused.is_none() {
                row.read_at = Set(Some(ground.begun));
                row.read_until = Set(until.max(read));
            }
            row.failures = Set(0);
            row.trouble = Set(refused.as_ref().map(|_| "REFUSED".to_owned()));
            row.trouble_detail = Set(refused.map(|refused| shown(&refused.detail)));
            if is_whole {
                next_round(ground.zone, target.counting, scope.now, target.source.id)
            } else {
                scope.now + PAUSE
            }
        }
        Err(trouble) => {
            tracing::info!(source_id = %target.source.id, trouble = trouble.kind, "mentions could not be counted");
            row.failures = Set(failures);
            row.trouble = Set(Some(trouble.kind.to_owned()));
            row.trouble_detail = Set(Some(shown(&trouble.detail)));
            scope.now + wait(failures, trouble.retry_after)
        }
    };
    row.next_at = Set(Some(next));
    row.update(scope.tx()).await?;
    scope.commit().await?;
    Ok(next)
}

#[async_trait]
impl Job for CountMentions {
    fn kind(&self) -> &'static str {
        "count_mentions"
    }

    async fn run(&self, work: &Work) -> Result<(), JobError> {
        let scope = work.begin().await?;
        let brand = brand::Entity::find_by_id(scope.brand_id).one(scope.tx()).await?;
        let Some(brand) = brand.filter(|brand| brand.archived_at.is_none()) else {
            let later = scope.now + ARCHIVED;
            return scope.finish(Next::Again(later)).await;
        };
        let Some(ground) = Ground::load(&scope, &brand).await? else {
            return scope.finish(Next::Done).await;
        };
        scope.commit().await?;
        let mut next = next_reading(ground.zone, ground.begun, work.claim.subject_id);
        let mut came = false;
        for target in &ground.targets {
            let at = match ground.later(target) {
                Some(later) => later,
                None => match work.services.turns.take(target.account.id) {
                    None => ground.begun + ITS_TURN,
                    Some(_turn) => {
                        let asked = count(work, &ground, target).await?;
                        came |= asked.as_ref().is_ok_and(|asked| asked.is_whole);
                        note(work, &ground, target, asked).await?
                    }
                },
            };
            next = next.min(at);
        }
        let scope = work.begin().await?;
        if came {
            days_came(scope.permit().await?, scope.now, scope.now).await?;
        }
        scope.finish(Next::Again(next)).await
    }

    async fn give_up(&self, scope: &Scope, reason: &str) -> Result<(), JobError> {
        mention_source::Entity::update_many()
            .col_expr(mention_source::Column::Trouble, Expr::value("GAVE_UP"))
            .col_expr(mention_source::Column::TroubleDetail, Expr::value(reason.chars().take(500).collect::<String>()))
            .filter(mention_source::Column::BrandId.eq(scope.brand_id))
            .filter(mention_source::Column::Network.is_not_null())
            .exec(scope.tx())
            .await?;
        Ok(())
    }

    async fn revive(&self, _permit: Permit<'_>, _subject_id: Uuid) -> Result<bool, DbErr> {
        Ok(true)
    }
}
