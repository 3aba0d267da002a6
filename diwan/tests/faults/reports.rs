//! A worker killed while it makes and sends a scheduled report: there is one, and everybody gets one letter.

use std::time::Duration;

use anyhow::{Result, ensure};
use diwan_platform::db::connect_owner;
use sea_orm::{ConnectionTrait as _, TransactionTrait as _};
use tokio::time::{Instant, sleep};

use crate::storm::{Count, Storm};
use crate::table::{Row, Size, next, stop};

/// How long a worker may take to come to a step, and a report to be sent.
const PATIENCE: Duration = Duration::from_mins(2);
/// To how many addresses a schedule sends.
const ADDRESSES: usize = 3;
/// The lock that holds a worker where it is.
const GATE: i64 = 7_429_113;

/// Where the worker is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The figures are there; nothing is rendered.
    Gathered,
    /// The files are rendered; none is kept.
    Rendered,
    /// The report is there; no letter is written.
    BeforeDelivery,
    /// The letters are written, with the end of the delivery; it is not committed.
    Delivered,
}

impl Step {
    pub const ALL: [Self; 4] = [Self::Gathered, Self::Rendered, Self::BeforeDelivery, Self::Delivered];

    fn words(self) -> &'static str {
        match self {
            Self::Gathered => "a report gathered, not rendered",
            Self::Rendered => "a report rendered, not kept",
            Self::BeforeDelivery => "before a report's letters are written",
            Self::Delivered => "a report's letters written, not committed",
        }
    }

    /// Which writing waits at the gate.
    fn gate(self) -> (&'static str, &'static str) {
        match self {
            Self::Gathered => ("report_run", "before update on report_run for each row when (new.progress = 30)"),
            Self::Rendered => ("report_run", "before update on report_run for each row when (new.progress = 95)"),
            Self::BeforeDelivery => ("report_letter", "before insert on report_letter for each row when (true)"),
            Self::Delivered => {
                ("report_delivery", "before update on report_delivery for each row when (new.state = 'SENT')")
            }
        }
    }
}

/// A schedule that is due now, in the name of the CMO. Its time was the last midnight at which a month began: were the time that it waits for
/// any other, nothing would be made of it.
async fn plan(storm: &Storm, name: &str, size: Size) -> Result<()> {
    let addresses: Vec<_> = (0..ADDRESSES).map(|place| format!("'{}'", address(name, place))).collect();
    // A PDF takes its time where nothing is optimised.
    let formats = if size.waits { "'PDF', 'CSV'" } else { "'HTML', 'CSV'" };
    let sql = format!(
        "with schedule as (
           insert into report_schedule (id, brand_id, name, built_in, cadence, month_day, at_time, formats, emails, member_ids, locale,
             in_name_of, next_at, created_at)
           select gen_random_uuid(), b.id, '{name}', 'CLIENT', 'MONTHLY', 1, '00:00', array[{formats}], array[{}], array[]::uuid[], 'en',
             u.id, date_trunc('month', now() at time zone b.time_zone) at time zone b.time_zone, now()
           from brand b join app_user u on u.agency_id = b.agency_id and u.agency_level = 'CMO' limit 1 returning id, brand_id)
         insert into job (id, brand_id, kind, subject_id, due_at, created_at)
           select gen_random_uuid(), brand_id, 'run_report_schedule', id, now(), now() from schedule",
        addresses.join(", ")
    );
    let planned = storm.owner.execute_unprepared(&sql).await?.rows_affected();
    ensure!(planned == 1, "no schedule was made");
    Ok(())
}

fn address(name: &str, place: usize) -> String {
    format!("{}-{place}@client.example", name.to_lowercase().replace(' ', "-"))
}

/// Waits until all schedules of these names have sent, and counts what was sent.
async fn sent(storm: &Storm, names: &[String]) -> Result<Count> {
    let mut count = Count { publications: names.len(), ..Count::default() };
    for name in names {
        let schedule = format!("select id from report_schedule where name = '{name}'");
        let over =
            format!("select count(*) from report_delivery where state <> 'WAITING' and schedule_id = ({schedule})");
        storm.until("sent", PATIENCE, async |storm| Ok(storm.ask(&over).await? > 0)).await?;
        let reports = format!("select report_id from report_delivery where schedule_id = ({schedule})");
        let letters = format!(
            "select count(*) from letter where recipient like '{}%'",
            address(name, 0).split("-0@").next().unwrap_or("?")
        );
        let written = format!(
            "select count(*) from report_letter l join report_delivery d on d.id = l.delivery_id where d.schedule_id = ({schedule})"
        );
        // What there is, and how often it is to be there: reports, those that were sent, formats, links, whom it was written to, letters.
        let there = [
            (format!("select count(*) from report_delivery where schedule_id = ({schedule})"), 1),
            (format!("select count(*) from report_delivery where state = 'SENT' and schedule_id = ({schedule})"), 1),
            (format!("select count(*) from report_file where report_id in ({reports})"), 2),
            (format!("select count(*) from report_share where report_id in ({reports})"), 1),
            (written, ADDRESSES),
            (letters, ADDRESSES),
        ];
        for (sql, wanted) in there {
            let there = storm.ask(&sql).await?;
            count.lost += wanted.saturating_sub(there);
            count.doubled += there.saturating_sub(wanted);
        }
    }
    Ok(count)
}

/// Kills a worker at this step and lets another go on.
pub async fn killed_at(storm: &Storm, step: Step, round: usize, size: Size) -> Result<Row> {
    let name = format!("{step:?} {round}");
    let (table, when) = step.gate();
    let gate = format!(
        "create or replace function public.gate() returns trigger language plpgsql as
           $$ begin perform pg_advisory_xact_lock_shared({GATE}); return new; end $$;
         grant execute on function public.gate() to diwan_app;
         create trigger gate {when} execute function public.gate()"
    );
    storm.owner.execute_unprepared(&gate).await?;
    let owner = connect_owner(&storm.servers.urls().owner_database_url).await?;
    let closed = owner.begin().await?;
    closed.execute_unprepared(&format!("select pg_advisory_xact_lock({GATE})")).await?;
    plan(storm, &name, size).await?;
    let worker = storm.worker(&[])?;
    let waiting = "select count(*) from pg_locks where locktype = 'advisory' and mode = 'ShareLock' and not granted";
    storm.until("at the gate", PATIENCE, async |storm| Ok(storm.ask(waiting).await? > 0)).await?;
    worker.kill()?;
    let last = Instant::now();
    closed.rollback().await?;
    owner.close().await?;
    size.give_up_leases(storm).await?;
    let worker = storm.worker(&[])?;
    let count = sent(storm, &[name]).await?;
    let recovery = last.elapsed();
    stop(worker).await?;
    storm.owner.execute_unprepared(&format!("drop trigger gate on {table}")).await?;
    Ok(Row { fault: format!("SIGKILL {}", step.words()), count, recovery })
}

/// Workers are killed at whatever they do, again and again, while reports are made and sent.
pub async fn kills(storm: &Storm, reports: usize, size: Size) -> Result<Row> {
    let names: Vec<String> = (0..reports).map(|number| format!("Killed {} {number}", size.seed)).collect();
    for name in &names {
        plan(storm, name, size).await?;
    }
    let mut seed = size.seed;
    for _ in 0..size.kills {
        let mut worker = storm.worker(&[])?;
        worker.wait_for(PATIENCE, |log| log.contains("the worker starts").then_some(())).await?;
        sleep(Duration::from_millis(next(&mut seed) % 1_200)).await;
        worker.kill()?;
        storm.let_time_pass().await?;
    }
    let last = Instant::now();
    let worker = storm.worker(&[])?;
    let count = sent(storm, &names).await?;
    let recovery = last.elapsed();
    stop(worker).await?;
    Ok(Row { fault: format!("SIGKILL at random in reports, {} times", size.kills), count, recovery })
}
