//! What somebody who asks the API sees while something dies: the same answer under the same key, and one effect.

use std::time::Duration;

use anyhow::{Result, ensure};
use chrono::TimeDelta;
use diwan_testkit::client::new_key;
use tokio::time::Instant;

use crate::storm::{Count, Storm};
use crate::table::{Row, stop};

const SCHEDULE: &str = "mutation($input: SchedulePostInput!) {
  schedulePost(input: $input) { post { id state } userErrors { code } } }";

/// The API is killed as soon as what was scheduled is committed; who asked asks again under the same key.
pub async fn api_killed_after_commit(storm: &mut Storm, kills: usize) -> Result<Row> {
    let mut all: Option<Count> = None;
    let mut recovery = Duration::ZERO;
    for number in 0..kills {
        let name = format!("committed {number}");
        let post = storm.write(&name, number % 6).await?;
        let (key, input) = (new_key()?, Storm::dated(&post, TimeDelta::seconds(2)));
        let asked = tokio::spawn(storm.sending(&key, SCHEDULE, &input).await?);
        let sql =
            format!("select count(*) from publication p join post on post.id = p.post_id where post.title = '{name}'");
        storm.until("committed", Duration::from_mins(1), async |storm| Ok(storm.ask(&sql).await? == 1)).await?;
        storm.kill_api()?;
        let killed = Instant::now();
        // An answer, or none: it depends on the moment.
        drop(asked.await?);
        storm.start_api().await?;
        let again = storm.sending(&key, SCHEDULE, &input).await?.await?.ok()?;
        ensure!(again.response.header("idempotent-replayed") == Some("true"), "it was done again");
        ensure!(again.text("schedulePost.post.id")? == post, "another answer");
        recovery = recovery.max(killed.elapsed());
        let worker = storm.worker(&[])?;
        let count = storm.published(&name, 1, Duration::from_mins(1)).await?;
        stop(worker).await?;
        all = Some(all.map_or(count, |all| all.and(count)));
    }
    let count = all.unwrap_or_default();
    Ok(Row { fault: "SIGKILL of the API after the commit, asked again".to_owned(), count, recovery })
}
