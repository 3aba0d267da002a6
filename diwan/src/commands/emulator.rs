//! `diwan emulator`: the networks that stand in for the real ones, alone, for whoever tries things with them.

use std::net::SocketAddr;

use anyhow::{Context as _, Result, ensure};
use diwan_emulator::{CLIENT_ID, CLIENT_SECRET, Emulator, EmulatorOptions};
use diwan_platform::telemetry::{self, LogFormat};

use crate::signals::stop_token;

/// Runs until told to stop.
pub(crate) async fn run(listen: SocketAddr) -> Result<()> {
    ensure!(
        listen.ip().is_loopback(),
        "the emulator asks nobody for a password, so it listens on this machine only: choose a loopback address, such as \
         127.0.0.1:{}, instead of {listen}",
        listen.port()
    );
    telemetry::init(LogFormat::Text, "info,actix_server=warn", None);
    let stop = stop_token()?;
    let emulator = Emulator::start(EmulatorOptions { listen, ..EmulatorOptions::default() })
        .with_context(|| format!("cannot listen on {listen}: choose a free port with --listen"))?;
    print!("{}", welcome(&emulator));
    stop.cancelled().await;
    emulator.shut_down();
    Ok(())
}

fn welcome(emulator: &Emulator) -> String {
    let url = emulator.url().as_str().trim_end_matches('/');
    format!(
        "The emulated networks are ready at {url}.\n  Timeline   {url}/timeline\n  Faults     {url}/_emulator/faults\n\n\
         Diwan uses them instead of the real ones with DIWAN_STAND_IN={url},\n\
         where every application is {CLIENT_ID:?} with the secret {CLIENT_SECRET:?} (docs/EMULATOR.md).\n\
         Nothing is kept. Stop with Ctrl-C.\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_is_for_this_machine_alone() {
        let refused = run(SocketAddr::from(([0, 0, 0, 0], 9090))).await;
        let said = refused.err().map(|error| error.to_string()).unwrap_or_default();
        assert!(said.contains("127.0.0.1:9090, instead of 0.0.0.0:9090"), "{said}");
    }

    #[test]
    fn it_says_where_it_is() -> Result<()> {
        let emulator = Emulator::start(EmulatorOptions::default())?;
        let said = welcome(&emulator);
        let address = format!("DIWAN_STAND_IN=http://127.0.0.1:{},", emulator.url().port().context("a port")?);
        assert!(said.contains(&address) && said.contains("/timeline\n"), "{said}");
        Ok(())
    }
}
