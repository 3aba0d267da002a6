//! Starting, stopping, and what goes wrong in between.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

use diwan_emulator::{Emulator, EmulatorOptions, Fault, FaultRule, Service};
use serde_json::json;

use crate::mini::{Half, Stage, json_of};

#[tokio::test]
async fn it_stops_at_once_whatever_is_open() {
    let stage = Stage::start();
    let at =
        (stage.emulator.url().host_str().expect("a host").to_owned(), stage.emulator.url().port().expect("a port"));
    assert!(TcpListener::bind((at.0.as_str(), at.1)).is_err());
    stage.place(FaultRule::new(Fault::Blackhole { processed: false }));
    let http = stage.http.clone();
    let hanging = tokio::spawn(http.get(stage.api("/posts")).send());
    while stage.struck() != [1] {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let begun = Instant::now();
    stage.emulator.shut_down();
    assert!(begun.elapsed() < Duration::from_millis(600), "{:?}", begun.elapsed());
    assert!(hanging.await.expect("no panic").is_err());
    assert!(TcpListener::bind((at.0.as_str(), at.1)).is_ok());
}

#[tokio::test]
async fn a_host_is_divided_by_those_who_share_it() {
    let (one, other) = (Half { key: "one", path: "/a/" }, Half { key: "other", path: "/a/b/" });
    let services: Vec<Arc<dyn Service>> = vec![Arc::new(other), Arc::new(one)];
    let stage = Stage::of(EmulatorOptions { services, ..EmulatorOptions::default() });
    let ask = async |path: &str| {
        let answer = stage.http.get(stage.api(path)).send().await.expect("an answer");
        (answer.status.as_u16(), json_of(&answer))
    };
    assert_eq!(ask("/a/c").await, (200, json!("one")));
    assert_eq!(ask("/a/b/c").await, (200, json!("other")));
    assert_eq!(ask("/").await.0, 404);
}

#[test]
fn every_host_that_diwan_calls_is_answered_for() {
    let emulator = Emulator::start(EmulatorOptions::default()).expect("an emulator");
    let unanswered: Vec<_> =
        diwan_networks::hosts().into_iter().filter(|host| !emulator.hosts().contains(host)).collect();
    assert!(unanswered.is_empty(), "{unanswered:?}");
}

#[test]
fn a_port_that_is_taken_is_said() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let listen = taken.local_addr().expect("an address");
    let error = Emulator::start(EmulatorOptions { listen, ..EmulatorOptions::default() }).expect_err("taken");
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
}

#[tokio::test]
async fn what_has_begun_goes_to_its_end_though_the_client_leaves() {
    let stage = Stage::start();
    let request = stage.http.post(stage.api("/nap")).patience(Duration::from_millis(100)).send();
    assert!(request.await.is_err());
    for _ in 0..100 {
        if !stage.world().posts_of("mini", "sleeper").is_empty() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it was never finished");
}

#[tokio::test]
async fn what_is_kept_outlives_it() {
    let path = std::env::temp_dir().join(format!("diwan-emulator-{}", std::process::id()));
    let start = || Stage::with(EmulatorOptions { keep_in: Some(path.clone()), ..EmulatorOptions::default() });
    let read = async |stage: &Stage, token: &str| {
        let answer = stage.http.get(stage.api("/posts")).bearer(token).send().await.expect("an answer");
        (answer.status.as_u16(), json_of(&answer))
    };
    let first = start();
    let (good, revoked) = (first.access("nour"), first.access("other"));
    let id = first.published(&json!({ "text": "one" })).await;
    first.place(FaultRule::new(Fault::RevokeTokens).account("other"));
    let account = first.world().account("mini", "nour");
    first.emulator.shut_down();
    // As a start that was killed leaves it.
    let mut text = std::fs::read_to_string(&path).expect("a journal");
    text.push_str("{\"effect\":{\"network");
    std::fs::write(&path, text).expect("a journal");

    let second = start();
    assert_eq!(read(&second, &good).await, (200, json!(["one"])));
    assert_eq!(read(&second, &revoked).await, (401, json!("the token was revoked")));
    assert_eq!(second.world().account_named("mini", account).as_deref(), Some("nour"));
    assert!(second.published(&json!({ "text": "two" })).await > id);
    second.emulator.shut_down();
    let third = start();
    assert_eq!(read(&third, &good).await.1, json!(["one", "two"]));
    drop(third);
    std::fs::remove_file(&path).expect("a journal");
}

#[tokio::test]
async fn a_panic_is_told_and_ends_nothing() {
    let stage = Stage::start();
    let answer = stage.http.get(stage.api("/panic")).send().await.expect("an answer");
    assert_eq!((answer.status.as_u16(), json_of(&answer)["emulator"]["error"].clone()), (500, json!("panic")));
    assert!(stage.publish("one").await.is_ok());
}
