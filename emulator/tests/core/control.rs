//! The control API.

use diwan_platform::http::{Method, Response};
use serde_json::{Value, json};

use crate::mini::{Stage, json_of};

async fn place(stage: &Stage, rule: &Value) -> Response {
    stage.http.post(stage.own("_emulator/faults")).json(rule).send().await.expect("an answer")
}

async fn get(stage: &Stage, path: &str) -> Value {
    json_of(&stage.http.get(stage.own(path)).send().await.expect("an answer"))
}

async fn delete(stage: &Stage, path: &str) -> u16 {
    let answer = stage.http.request(Method::DELETE, stage.own(path)).send().await;
    answer.expect("an answer").status.as_u16()
}

#[tokio::test]
async fn faults_are_placed_counted_and_lifted() {
    let stage = Stage::start();
    let rule =
        json!({ "fault": { "kind": "server_error", "status": 500 }, "network": "mini", "path": "/posts", "times": 1 });
    let placed = place(&stage, &rule).await;
    assert_eq!((placed.status.as_u16(), json_of(&placed)), (201, json!({ "id": 1 })));
    assert_eq!(stage.publish("one").await.expect("an answer").status.as_u16(), 500);
    assert_eq!(stage.publish("two").await.expect("an answer").status.as_u16(), 201);
    let listed = get(&stage, "_emulator/faults").await;
    assert_eq!(listed["faults"][0]["struck"], 1);
    assert_eq!(listed["faults"][0]["fault"], json!({ "kind": "server_error", "status": 500, "processed": false }));
    assert_eq!(place(&stage, &json!({ "fault": { "kind": "reset_before" } })).await.status.as_u16(), 201);
    assert!(stage.publish("three").await.is_err());
    assert_eq!((delete(&stage, "_emulator/faults/2").await, delete(&stage, "_emulator/faults/2").await), (204, 404));
    assert!(stage.publish("four").await.is_ok());
    assert_eq!(delete(&stage, "_emulator/faults").await, 204);
    assert_eq!(get(&stage, "_emulator/faults").await, json!({ "faults": [] }));
}

#[tokio::test]
async fn every_fault_can_be_said_in_json() {
    let stage = Stage::start();
    let faults = [
        json!({ "kind": "latency", "milliseconds": 1 }),
        json!({ "kind": "reset_before" }),
        json!({ "kind": "lost_answer" }),
        json!({ "kind": "blackhole" }),
        json!({ "kind": "blackhole", "processed": true }),
        json!({ "kind": "too_many", "retry_after": 1 }),
        json!({ "kind": "too_many" }),
        json!({ "kind": "server_error", "status": 599 }),
        json!({ "kind": "expire_tokens" }),
        json!({ "kind": "revoke_tokens" }),
        json!({ "kind": "slow_processing", "milliseconds": 1 }),
    ];
    for fault in faults {
        assert_eq!(place(&stage, &json!({ "fault": fault })).await.status.as_u16(), 201, "{fault}");
    }
    let refused = [
        json!({}),
        json!({ "fault": { "kind": "earthquake" } }),
        json!({ "fault": { "kind": "too_many", "retry_after": -1 } }),
        json!({ "fault": { "kind": "reset_before" }, "tmies": 1 }),
        json!({ "fault": { "kind": "server_error", "status": 404 } }),
        json!({ "fault": { "kind": "expire_tokens" }, "path": "/posts" }),
    ];
    for rule in refused {
        let answer = place(&stage, &rule).await;
        assert_eq!(answer.status.as_u16(), 400, "{rule}");
        assert!(json_of(&answer)["error"].is_string(), "{rule}");
    }
}

#[tokio::test]
async fn the_ledger_and_the_requests_can_be_read() {
    let stage = Stage::start();
    assert_eq!(get(&stage, "_emulator/ledger").await, json!({ "effects": [] }));
    let id = stage.published(&json!({ "text": "one", "mime": "image/png", "alt": "a cat" })).await;
    let ledger = get(&stage, "_emulator/ledger?network=mini&account=nour").await;
    let effect = &ledger["effects"][0];
    assert_eq!((&effect["id"], &effect["kind"], &effect["text"]), (&json!(id), &json!("post"), &json!("one")));
    assert_eq!(effect["media"], json!([{ "mime": "image/png", "size": 2048, "alt_text": "a cat" }]));
    assert_eq!(get(&stage, "_emulator/ledger?account=other").await, json!({ "effects": [] }));

    assert_eq!(stage.http.get(stage.api("/posts")).send().await.expect("an answer").status.as_u16(), 401);
    let requests = get(&stage, "_emulator/requests?path=api.mini.test/posts").await;
    assert_eq!((&requests["count"], &requests["answered"]), (&json!(2), &json!(2)));
    assert_eq!(get(&stage, "_emulator/requests?path=/posts&account=nour").await["count"], 1);
    assert_eq!(stage.world().count("/posts"), 2);
    assert!(get(&stage, "_emulator/requests?pth=x").await["error"].is_string());
}

#[tokio::test]
async fn what_nobody_knows_is_not_found_and_counted() {
    let stage = Stage::start();
    let ask = async |path: &str| stage.http.get(stage.own(path)).send().await.expect("an answer");
    let nobody = ask("api.nobody.test/v1/me").await;
    assert_eq!(nobody.status.as_u16(), 404);
    assert_eq!(json_of(&nobody)["emulator"]["message"], "no network answers for api.nobody.test");
    assert_eq!(ask("favicon.ico").await.status.as_u16(), 404);
    // What the network itself does not know, it says itself.
    assert_eq!(json_of(&ask("API.mini.test/nowhere").await)["mini_says"], "not here");
    let requests = get(&stage, "_emulator/requests").await;
    assert_eq!((&requests["count"], &requests["unknown"]), (&json!(2), &json!(1)));
    assert_eq!(requests["requests"][0]["host"], "api.nobody.test");
}
