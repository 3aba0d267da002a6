//! Networks that hold every request against their official descriptions, where these are at hand: they are read from beside
//! the project and are no part of it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use diwan_emulator::{Emulator, EmulatorOptions, Service, described_services, services};
use diwan_networks::{hosts, network};
use diwan_platform::apps::App;
use diwan_platform::http::{HttpClient, HttpPolicy, StandIn};

use crate::common::Stage;

/// Where the descriptions are.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/specs");

/// The networks that are described; says so when they cannot be.
pub fn described() -> Option<Vec<Arc<dyn Service>>> {
    if !Path::new(FOLDER).exists() {
        println!("not held against the official descriptions: there is no folder {FOLDER}");
        return None;
    }
    Some(described_services(Path::new(FOLDER)).expect("descriptions"))
}

/// Starts the emulator for the network of this key.
pub fn start(key: &str) -> Stage {
    let services = described().unwrap_or_else(services);
    let emulator = Emulator::start(EmulatorOptions { services, ..EmulatorOptions::default() }).expect("an emulator");
    let stand_in = StandIn { at: emulator.url().clone(), hosts: hosts() };
    let http = HttpClient::new(HttpPolicy {
        read_timeout: Duration::from_secs(3),
        total_timeout: Duration::from_secs(10),
        stand_in: Some(stand_in),
        ..HttpPolicy::default()
    });
    Stage {
        emulator,
        network: network(key).expect("a registered network"),
        http: http.expect("a client"),
        app: App { client_id: "emulator".to_owned(), client_secret: "emulator-secret".to_owned() },
    }
}
