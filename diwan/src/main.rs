//! The one binary: everything that can be run, one file per command.

mod cli;
mod commands;
mod demo_data;
mod figures;
mod installation;
mod servers;
mod signals;
mod words;

use std::process::ExitCode;

use clap::Parser as _;
use cli::Cli;

/// A request makes thousands of small pieces. What the calendar comes to with this allocator is in bench/README.md.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Threads of the runtime. What blocks has its own, and each idle thread costs memory.
const MOST_THREADS: usize = 4;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {}", words::of(&error));
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get).clamp(2, MOST_THREADS);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build()?;
    runtime.block_on(async {
        let ended = commands::run(cli.command).await;
        installation::finish_traces().await;
        ended
    })
}
