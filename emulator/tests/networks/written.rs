//! Posts that nobody published but that were written into the ledger, on networks that remember besides it what they made themselves.

use chrono::TimeDelta;
use diwan_emulator::{Effect, EffectKind};
use diwan_networks::Missing;
use serde_json::{Value, json};

use crate::common::{Stage, now};

/// A post of `nour`, five days old.
fn post(network: &str, id: &str, detail: Value) -> Effect {
    Effect {
        network: network.to_owned(),
        account: "nour".to_owned(),
        kind: EffectKind::Post,
        id: id.to_owned(),
        parent: None,
        text: "Written".to_owned(),
        media: Vec::new(),
        detail,
        at: now() - TimeDelta::days(5),
    }
}

/// How many numbers are told of this post, and why none are.
async fn told(stage: &Stage, person: &str, id: &str) -> (usize, Option<Missing>) {
    let account = stage.connect(person).await;
    let told = stage.network.post_metrics(stage.out(), &account, &[id.to_owned()]).await.expect("an answer");
    assert_eq!(told.len(), 1);
    (told[0].values.len(), told[0].missing)
}

#[tokio::test]
async fn numbers_are_told_of_what_stands_in_the_ledger_alone() {
    let cases = [
        ("youtube", "film7film7f", json!({ "title": "Film", "privacy": "public" }), Missing::Gone),
        ("tiktok", "7000000000000007", json!({ "privacy_level": "PUBLIC_TO_EVERYONE" }), Missing::NotServed),
        ("pinterest", "7000000000000007", json!({ "title": "Pin" }), Missing::Gone),
    ];
    for (network, id, detail, missing) in cases {
        let stage = Stage::start(network);
        assert_eq!(told(&stage, "nour", id).await, (0, Some(missing)), "{network}: nothing was written yet");
        stage.emulator.world().record(post(network, id, detail));
        let (numbers, missing) = told(&stage, "nour", id).await;
        assert!(numbers >= 3 && missing.is_none(), "{network}: {numbers} {missing:?}");
    }
}

#[tokio::test]
async fn what_was_written_is_deleted_like_any_other() {
    for (network, id) in [("youtube", "film7film7f"), ("pinterest", "7000000000000007")] {
        let stage = Stage::start(network);
        stage.emulator.world().record(post(network, id, json!({ "title": "Written" })));
        let account = stage.connect("nour").await;
        stage.network.delete_post(stage.out(), &account, id).await.expect("deleted");
        assert_eq!(told(&stage, "nour", id).await, (0, Some(Missing::Gone)), "{network}");
    }
}

#[tokio::test]
async fn what_not_everybody_sees_has_no_numbers() {
    let stage = Stage::start("tiktok");
    let id = "7000000000000007";
    stage.emulator.world().record(post("tiktok", id, json!({ "privacy_level": "SELF_ONLY" })));
    assert_eq!(told(&stage, "nour", id).await, (0, Some(Missing::NotServed)));
    let stage = Stage::start("pinterest");
    stage.emulator.world().record(post("pinterest", id, json!({ "title": "Pin" })));
    assert_eq!(told(&stage, "sami", id).await, (0, Some(Missing::Gone)), "it is another's");
}

#[tokio::test]
async fn an_agency_runs_more_organisations_in_one_members_name() {
    let stage = Stage::start("linkedin");
    let all = stage.connect_all("agency7").await;
    for name in ["Studio", "Shop", "Client 1", "Client 2", "Client 3"] {
        let name = format!("agency7 {name}");
        let found = all.iter().find(|account| account.display_name == name);
        let member = format!("urn:li:person:{}", stage.emulator.world().account("linkedin", "agency7"));
        assert_eq!(found.map(|account| account.limits.asks_as.clone()), Some(Some(member)), "{name}");
    }
}
