//! What is remembered.

use diwan_emulator::{EffectKind, EmulatorOptions};
use serde_json::json;

use crate::mini::{Stage, json_of};

#[tokio::test]
async fn edits_and_deletions_count_and_nothing_is_forgotten() {
    let stage = Stage::start();
    let first = stage.published(&json!({ "text": "first" })).await;
    let second = stage.published(&json!({ "text": "second", "parent": first })).await;
    let third = stage.published(&json!({ "text": "third" })).await;
    let token = stage.access("nour");
    let post = |id: &str| stage.api(&format!("/posts/{id}"));
    let edit = stage.http.request("PUT".parse().expect("a method"), post(&second)).bearer(&token);
    assert_eq!(edit.json(&json!({ "text": "second, better" })).send().await.expect("an answer").status.as_u16(), 204);
    let delete = async |id: &str| {
        let request = stage.http.request("DELETE".parse().expect("a method"), post(id)).bearer(&token);
        request.send().await.expect("an answer").status.as_u16()
    };
    assert_eq!((delete(&third).await, delete(&third).await), (204, 404));

    let texts = stage.http.get(stage.api("/posts")).bearer(&token).send().await.expect("an answer");
    assert_eq!(json_of(&texts), json!(["first", "second, better"]));
    let found = stage.world().find("mini", &second).expect("the second");
    assert_eq!((found.text.as_str(), found.parent.as_deref()), ("second, better", Some(first.as_str())));
    assert_eq!(stage.world().find("mini", &third), None);
    assert_eq!(stage.world().find("another", &second), None);
    let kinds: Vec<_> = stage.world().effects().iter().map(|effect| effect.kind).collect();
    assert_eq!(kinds, [EffectKind::Post, EffectKind::Post, EffectKind::Post, EffectKind::Edit, EffectKind::Delete]);
}

#[test]
fn ids_ascend_and_accounts_keep_theirs() {
    let stage = Stage::start();
    let world = stage.world();
    let ids: Vec<_> = (0..100).map(|_| world.new_id()).collect();
    assert!(ids.is_sorted_by(|one, next| one < next) && ids[0] >= 1_000_000_000_000_000 && ids[99] < 1 << 53);
    let nour = world.account("mini", "نور");
    assert_eq!(nour, Stage::start().world().account("mini", "نور"));
    assert_ne!(nour, world.account("another", "نور"));
    assert_ne!(nour, world.account("mini", "nour"));
    assert_eq!(world.account_named("mini", nour).as_deref(), Some("نور"));
    assert_eq!(world.account_named("third", nour), None);
    assert!((1_000_000_000_000_000..1 << 53).contains(&nour.0));
}

#[test]
fn a_seed_repeats_a_run_and_no_seed_does_not() {
    let run = |seed| {
        let stage = Stage::with(EmulatorOptions { seed, ..EmulatorOptions::default() });
        (stage.world().new_id(), stage.world().secret("mini_"))
    };
    assert_eq!(run(Some(7)), run(Some(7)));
    assert_ne!(run(Some(7)).1, run(Some(8)).1);
    let (one, other) = (run(None), run(None));
    assert!(one.0 != other.0 && one.1 != other.1);
    assert!(one.1.starts_with("mini_") && one.1.len() == 48, "{}", one.1);
}

#[test]
fn a_permalink_leads_to_the_timeline() {
    let stage = Stage::start();
    let link = stage.world().permalink("mini", "nour/a b", "urn:li:1");
    assert_eq!(link, format!("{}timeline/mini/nour%2Fa%20b#urn:li:1", stage.emulator.url()));
}
