//! The tours: what the product is for on real parts, through the public API and the public pages alone, as people would do it. Each
//! prints its steps with their times, and ends with a code that is not 0 if anything is not as it should be.
//!
//! Without an argument, the main job: starts a PDS with its PLC directory, a snac, and `diwan up` with servers of its own; sets up an
//! agency; connects an account on each network; publishes a post with an image to both; reads it back from the networks themselves,
//! reads its numbers, and downloads the month's report. Ends with a table.
//!
//! With `business`, what the work is paid for: see there.

mod business;
mod installation;
mod journey;
mod network;
mod steps;

use std::process::ExitCode;

use anyhow::Result;
use installation::unless_interrupted;
use steps::Steps;

#[tokio::main]
async fn main() -> ExitCode {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
    let toured = match asked.as_slice() {
        [] => tour(&mut Steps::default()).await,
        ["business"] => business::tour(&mut Steps::default()).await,
        other => Err(anyhow::anyhow!("there is no tour {other:?}: ask for none, or for business")),
    };
    match toured {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nThe tour failed: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn tour(steps: &mut Steps) -> Result<()> {
    let networks = network::Networks::start().await?;
    steps.done(&format!("Bluesky's PDS at {}, snac at {}", networks.bluesky.url, networks.snac.url));
    let mut journey = journey::Journey::start(&networks, steps).await?;
    let rows = unless_interrupted(journey.travel(&networks, steps)).await;
    let memory = journey.memory();
    let log = if rows.is_err() { journey.last_words() } else { String::new() };
    let stopped = journey.stop().await;
    if !log.is_empty() {
        eprintln!("{log}");
    }
    let rows = rows?;
    stopped?;
    steps.done("everything stopped");
    Steps::table(&rows);
    println!("\nDiwan's API and worker together held {} MB at the end of the tour.", memory / 1_000_000);
    for row in &rows {
        row.check()?;
    }
    println!("The tour took {:.1} s. Everything is as it should be.", steps.seconds());
    Ok(())
}
