//! A worker killed while it reads numbers and comments: nothing is read twice, and all of it in the end.

use std::collections::HashSet;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use chrono::TimeDelta;
use diwan_emulator::{Fault, FaultRule};
use diwan_platform::db::{connect_owner, scalar};
use diwan_testkit::process::Diwan;
use sea_orm::{ConnectionTrait as _, TransactionTrait as _};
use tokio::time::{Instant, sleep};

use crate::storm::{COMMIT, Count, NETWORK, Storm};
use crate::table::{Row, Size, next, stop};

/// How long a worker may take to come to a step, and all numbers to be read after a kill.
const PATIENCE: Duration = Duration::from_mins(2);

/// How many wait for a lock before their worker is killed: no more than it has connections.
const HOLDING: usize = 4;

/// The jobs of publications whose numbers were not read yet, by the publication's name.
const UNREAD: &str =
    "j.kind = 'sync_metrics' and j.subject_id in (select p.id from publication p join post on post.id = p.post_id
    where post.title = $name and not exists (select from metric_reading r where r.publication_id = p.id))";

/// The jobs that read the comments under publications, by the publications' name.
const COMMENTED: &str =
    "j.kind = 'read_comments' and j.subject_id in (select p.id from publication p join post on post.id = p.post_id
    where post.title = $name)";

/// The request that tells what was said under a post.
const SEARCH: &str = "api.x.com/2/tweets/search/recent";

/// So many posts have comments, at most, each on an account of its own.
const TALKS: usize = 4;
/// And so many each. With the post they are told in three pages, of a hundred at most.
const COMMENTS: usize = 250;
/// The requests for these pages: that for the second is sent by the worker that dies, and by the one that goes on.
const REQUESTS: usize = 4;

/// Where the worker is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The network has told of the posts; the answer is under way.
    Asked,
    /// The posts are told of; the account's own numbers are asked for.
    Between,
    /// All is told; none of it is written down.
    Answered,
}

impl Step {
    pub const ALL: [Self; 3] = [Self::Asked, Self::Between, Self::Answered];

    fn words(self) -> &'static str {
        match self {
            Self::Asked => "numbers asked for, not answered",
            Self::Between => "between a sync's requests",
            Self::Answered => "numbers answered, not written down",
        }
    }

    fn fault(self, accounts: usize) -> FaultRule {
        let (fault, path) = match self {
            Self::Asked => (Fault::Blackhole { processed: true }, COMMIT),
            Self::Between => (Fault::Blackhole { processed: true }, "api.x.com/2/users/me"),
            Self::Answered => (Fault::Latency { milliseconds: 3_000 }, "api.x.com/2/users/me"),
        };
        FaultRule::new(fault).network(NETWORK).method("GET").path(path).times(accounts as u64)
    }
}

/// Publishes so many. Whatever is read of these accounts has its time much later.
async fn published(storm: &Storm, name: &str, count: usize) -> Result<()> {
    storm.rest().await?;
    storm.plan(name, count, TimeDelta::zero(), TimeDelta::zero()).await?;
    let worker = storm.worker(&[])?;
    storm.published(name, count, PATIENCE).await?;
    stop(worker).await?;
    let sql = "update job set due_at = now() + interval '1 day'
        where kind in ('sync_metrics', 'read_comments') and state in ('PENDING', 'HANDED')";
    storm.owner.execute_unprepared(sql).await?;
    Ok(())
}

/// Publishes so many, and makes the reading of their numbers and of their accounts' due.
async fn uncounted(storm: &Storm, name: &str, count: usize) -> Result<()> {
    published(storm, name, count).await?;
    let sql = "update metric_reading set read_at = read_at - interval '1 day' where publication_id is null";
    storm.owner.execute_unprepared(sql).await?;
    due(storm, name).await
}

/// What of them was not read is due now.
async fn due(storm: &Storm, name: &str) -> Result<()> {
    due_now(storm, &of_name(UNREAD, name)).await
}

/// These jobs are due now, unless they run, and the periods of the network's limits are over. No worker runs.
async fn due_now(storm: &Storm, which: &str) -> Result<()> {
    let sql = format!(
        "delete from rate_booking;
         update job j set state = 'PENDING', handed_at = null, due_at = now(), booked_from = null, booked_until = null
         where j.state in ('PENDING', 'HANDED') and {which}"
    );
    storm.owner.execute_unprepared(&sql).await?;
    Ok(())
}

/// A condition that asks for publications by their name.
fn of_name(condition: &str, name: &str) -> String {
    condition.replace("$name", &format!("'{name}'"))
}

/// Waits until the numbers of all of them are read. Lost is what is not there, doubled what is there more often than once.
async fn read(storm: &Storm, name: &str, publications: usize) -> Result<Count> {
    let unread = format!("select count(*) from job j where {}", of_name(UNREAD, name));
    storm.until("all numbers read", PATIENCE, async |storm| Ok(storm.ask(&unread).await? == 0)).await?;
    // What is under way ends, too.
    let running = "select count(*) from job where kind = 'sync_metrics' and state = 'RUNNING'";
    storm.until("at rest", PATIENCE, async |storm| Ok(storm.ask(running).await? == 0)).await?;
    let of = format!("from publication p join post on post.id = p.post_id and post.title = '{name}'");
    let missing = format!(
        "select count(*) {of} where not exists (select from metric_sample s where s.publication_id = p.id and s.metric = 'LIKES')"
    );
    let readings = format!(
        "select coalesce(sum(n - 1), 0)::bigint from (select count(*) as n {of} join metric_reading r on r.publication_id = p.id group by p.id) r"
    );
    let samples = format!(
        "select coalesce(sum(n - 1), 0)::bigint from (select count(*) as n {of} join metric_sample s on s.publication_id = p.id
           group by p.id, s.metric) s"
    );
    let accounts = "select coalesce(sum(n - 1), 0)::bigint from (select count(*) as n from metric_reading
         where publication_id is null and read_at > now() - interval '12 hours' group by social_account_id) a";
    let doubled = storm.ask(&readings).await? + storm.ask(&samples).await? + storm.ask(accounts).await?;
    Ok(Count { publications, lost: storm.ask(&missing).await?, doubled, early: 0, latest: 0 })
}

/// Kills a worker at this step, with all accounts there, and lets another go on.
pub async fn killed_at(storm: &Storm, step: Step, round: usize, size: Size) -> Result<Row> {
    let name = format!("numbers {step:?} {round}");
    let accounts = storm.accounts();
    uncounted(storm, &name, accounts * 3).await?;
    let fault = storm.emulator.world().place(step.fault(accounts));
    let worker = storm.worker(&[])?;
    let struck = async |storm: &Storm| {
        let faults = storm.emulator.world().faults();
        Ok(faults.iter().any(|placed| placed.id == fault && placed.struck >= accounts as u64))
    };
    storm.until("at the network", PATIENCE, struck).await?;
    let mut held = None;
    if step == Step::Answered {
        // Nobody can begin to write: that takes the job.
        let owner = connect_owner(&storm.servers.urls().owner_database_url).await?;
        let holding = owner.begin().await?;
        holding
            .execute_unprepared("select id from job where kind = 'sync_metrics' and state = 'RUNNING' for update")
            .await?;
        let waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'";
        storm
            .until("waiting for a lock", PATIENCE, async |storm| Ok(storm.ask(waiting).await? >= accounts.min(HOLDING)))
            .await?;
        held = Some((holding, owner));
    }
    worker.kill()?;
    let last = Instant::now();
    drop(held);
    storm.emulator.world().lift_all();
    let (count, recovery) = go_on(storm, &name, (accounts * 3, last), size).await?;
    Ok(Row { fault: format!("SIGKILL {}", step.words()), count, recovery })
}

/// Another worker reads what is left.
async fn go_on(storm: &Storm, name: &str, (count, last): (usize, Instant), size: Size) -> Result<(Count, Duration)> {
    size.give_up_leases(storm).await?;
    due(storm, name).await?;
    let worker: Diwan = storm.worker(&[])?;
    let count = read(storm, name, count).await?;
    let recovery = last.elapsed();
    stop(worker).await?;
    Ok((count, recovery))
}

/// Workers are killed at whatever they do, again and again, while numbers are read.
pub async fn kills(storm: &Storm, size: Size) -> Result<Row> {
    let name = format!("numbers killed {}", size.seed);
    let count = size.publications.min(storm.accounts() * 10);
    uncounted(storm, &name, count).await?;
    let mut seed = size.seed;
    for _ in 0..size.kills {
        due(storm, &name).await?;
        let mut worker = storm.worker(&[])?;
        worker.wait_for(PATIENCE, |log| log.contains("the worker starts").then_some(())).await?;
        sleep(Duration::from_millis(next(&mut seed) % 600)).await;
        worker.kill()?;
        storm.let_time_pass().await?;
    }
    let (count, recovery) = go_on(storm, &name, (count, Instant::now()), size).await?;
    Ok(Row { fault: format!("SIGKILL at random in syncs, {} times", size.kills), count, recovery })
}

/// What people said under posts.
struct Talk {
    /// The accounts that wrote the posts, one each.
    accounts: Vec<String>,
    /// The network's ids of what was said. Each begins a conversation.
    said: Vec<String>,
}

impl Talk {
    /// Publishes, lets people say something, and makes the reading of it due.
    async fn new(storm: &Storm, name: &str) -> Result<Self> {
        published(storm, name, storm.accounts().min(TALKS)).await?;
        let (mut accounts, mut said) = (Vec::new(), Vec::new());
        for post in storm.effects(name) {
            for number in 0..COMMENTS {
                let (reader, text) = (format!("reader{number}"), format!("said {number}"));
                let comment = storm.emulator.world().comment(NETWORK, &post.id, (reader.as_str(), text.as_str()));
                said.push(comment.context("a comment")?);
            }
            accounts.push(post.account);
        }
        due_now(storm, &of_name(COMMENTED, name)).await?;
        Ok(Self { accounts, said })
    }

    /// Waits until all of it is read. Lost is what is not there, doubled what is there more often than once, or was asked for once more:
    /// `before` is how often the network had been asked before.
    async fn read(&self, storm: &Storm, name: &str, before: usize) -> Result<Count> {
        let of = format!(
            "join publication p on p.id = c.publication_id join post on post.id = p.post_id and post.title = '{name}'"
        );
        let through =
            format!("select count(*) from comment_reading c {of} where c.read_at is not null and c.next_page is null");
        let all = self.accounts.len();
        storm.until("all comments read", PATIENCE, async |storm| Ok(storm.ask(&through).await? >= all)).await?;
        let running = "select count(*) from job where kind = 'read_comments' and state = 'RUNNING'";
        storm.until("at rest", PATIENCE, async |storm| Ok(storm.ask(running).await? == 0)).await?;
        let messages = format!(
            "select coalesce(string_agg(m.remote_id, ' '), '') from conversation c {of}
             join conversation_message m on m.brand_id = c.brand_id and m.conversation_id = c.id and m.gone_at is null"
        );
        let messages: String = scalar(&storm.owner, &messages, []).await?;
        let there: HashSet<&str> = messages.split_whitespace().collect();
        let lost = self.said.iter().filter(|id| !there.contains(id.as_str())).count();
        let conversations = storm.ask(&format!("select count(*) from conversation c {of}")).await?;
        let asked = storm.emulator.world().count(SEARCH).saturating_sub(before);
        let doubled = messages.split_whitespace().count() - there.len()
            + conversations.saturating_sub(self.said.len())
            + asked.saturating_sub(all * REQUESTS);
        Ok(Count { publications: all, lost, doubled, early: 0, latest: 0 })
    }
}

/// Kills a worker that has written the first page of the comments of every post and waits for the second, and lets another go on.
pub async fn killed_between_pages(storm: &Storm, round: usize, size: Size) -> Result<Row> {
    let name = format!("talk {round}");
    let talk = Talk::new(storm, &name).await?;
    let world = storm.emulator.world();
    let before = world.count(SEARCH);
    let second = |account: &String| {
        let rule = FaultRule::new(Fault::Blackhole { processed: true }).network(NETWORK).method("GET").path(SEARCH);
        world.place(rule.account(account.as_str()).after(1).times(1))
    };
    let faults: Vec<u64> = talk.accounts.iter().map(second).collect();
    let worker = storm.worker(&[])?;
    let struck = async |storm: &Storm| {
        let placed = storm.emulator.world().faults();
        Ok(faults.iter().all(|id| placed.iter().any(|fault| fault.id == *id && fault.struck > 0)))
    };
    storm.until("between two pages", PATIENCE, struck).await?;
    worker.kill()?;
    let last = Instant::now();
    world.lift_all();
    let begun = format!(
        "select count(*) from comment_reading c join publication p on p.id = c.publication_id
         join post on post.id = p.post_id and post.title = '{name}' where c.next_page is not null"
    );
    ensure!(storm.ask(&begun).await? == talk.accounts.len(), "a first page was not written down");
    size.give_up_leases(storm).await?;
    let worker = storm.worker(&[])?;
    let count = talk.read(storm, &name, before).await?;
    let recovery = last.elapsed();
    stop(worker).await?;
    Ok(Row { fault: "SIGKILL between two pages of comments".to_owned(), count, recovery })
}
