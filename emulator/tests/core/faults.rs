//! What faults do to requests, tokens and media.

use std::time::{Duration, Instant};

use diwan_emulator::{Fault, FaultRule, Outcome};
use diwan_platform::http::HttpError;
use serde_json::json;

use crate::mini::{Stage, json_of};

fn posts(fault: Fault) -> FaultRule {
    FaultRule::new(fault).network("mini").method("post").path("api.mini.test/posts")
}

#[tokio::test]
async fn a_reset_before_leaves_nothing_behind() {
    let stage = Stage::start();
    stage.place(posts(Fault::ResetBefore).times(1));
    let error = stage.publish("one").await.expect_err("no answer");
    assert!(matches!(error, HttpError::Unknown { .. }), "{error}");
    assert_eq!((stage.posts(), stage.struck()), (0, vec![1]));
    // Spent.
    assert_eq!(stage.publish("two").await.expect("an answer").status.as_u16(), 201);
    assert_eq!(stage.posts(), 1);
    let outcomes: Vec<_> = stage.world().requests().iter().map(|request| (request.outcome, request.status)).collect();
    assert_eq!(outcomes, [(Outcome::Refused, None), (Outcome::Answered, Some(201))]);
}

#[tokio::test]
async fn a_reset_also_cuts_a_body_that_is_being_sent() {
    let stage = Stage::start();
    stage.place(FaultRule::new(Fault::ResetBefore));
    let body = vec![0; 32 * 1024 * 1024];
    let sent = stage.http.post(stage.api("/upload")).bytes("video/mp4", body.into()).send().await;
    assert!(matches!(sent, Err(HttpError::Unknown { .. })), "{sent:?}");
}

#[tokio::test]
async fn a_lost_answer_has_had_its_effect() {
    let stage = Stage::start();
    stage.place(posts(Fault::LostAnswer).after(1));
    assert!(stage.publish("one").await.is_ok());
    for _ in 0..2 {
        let error = stage.publish("again").await.expect_err("no answer");
        assert!(matches!(error, HttpError::Unknown { .. }), "{error}");
    }
    assert_eq!((stage.posts(), stage.struck()), (3, vec![2]));
    let last = stage.world().requests().pop().expect("a request");
    assert_eq!((last.outcome, last.status, last.account.as_deref()), (Outcome::Lost, Some(201), Some("nour")));
}

#[tokio::test]
async fn a_black_hole_never_answers() {
    let stage = Stage::start();
    for (processed, count) in [(false, 0), (true, 1)] {
        stage.place(posts(Fault::Blackhole { processed }).times(1));
        let begun = Instant::now();
        let error = stage.publish("one").await.expect_err("no answer");
        assert!(
            matches!(error, HttpError::Unknown { .. }) && error.to_string().contains("no answer in time"),
            "{error}"
        );
        assert!(begun.elapsed() >= Duration::from_millis(700));
        assert_eq!(stage.posts(), count);
    }
}

#[tokio::test]
async fn latency_comes_before() {
    let stage = Stage::start();
    stage.place(posts(Fault::Latency { milliseconds: 300 }));
    let begun = Instant::now();
    assert!(stage.publish("one").await.is_ok());
    assert!(begun.elapsed() >= Duration::from_millis(300));
    // Who does not wait so long learns nothing, and it happens all the same.
    let token = stage.access("nour");
    let request = stage.posting(&token, &json!({ "text": "two" })).patience(Duration::from_millis(100));
    assert!(request.send().await.is_err());
    assert_eq!(stage.posts(), 1);
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(stage.posts(), 2);
}

#[tokio::test]
async fn too_many_and_server_errors_are_worded_by_the_network() {
    let stage = Stage::start();
    stage.place(posts(Fault::TooMany { retry_after: Some(30) }).times(1));
    let answer = stage.publish("one").await.expect("an answer");
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (429, Some("30")));
    assert_eq!(json_of(&answer), json!({ "mini_says": 429 }));
    stage.place(posts(Fault::TooMany { retry_after: None }).times(1));
    let answer = stage.publish("one").await.expect("an answer");
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (429, None));
    for (processed, count) in [(false, 0), (true, 1)] {
        stage.place(posts(Fault::ServerError { status: 503, processed }).times(1));
        let answer = stage.publish("two").await.expect("an answer");
        assert_eq!((answer.status.as_u16(), json_of(&answer)), (503, json!({ "mini_says": 503 })));
        assert_eq!(stage.posts(), count);
    }
}

#[tokio::test]
async fn a_fault_strikes_what_it_names_alone() {
    let stage = Stage::start();
    stage.place(posts(Fault::ResetBefore).account("other"));
    stage.place(FaultRule::new(Fault::ResetBefore).network("another"));
    stage.place(FaultRule::new(Fault::ResetBefore).path("/upload"));
    stage.place(FaultRule::new(Fault::ResetBefore).method("PUT"));
    assert!(stage.publish("one").await.is_ok());
    let token = stage.access("other");
    assert!(stage.posting(&token, &json!({ "text": "two" })).send().await.is_err());
    // By the account's id in the path.
    let path = format!("/{}/posts", stage.world().account("mini", "other"));
    assert!(stage.http.get(stage.api(&path)).send().await.is_ok());
    stage.place(FaultRule::new(Fault::ResetBefore).account("other"));
    assert!(stage.http.get(stage.api(&path)).send().await.is_err());
    assert_eq!(stage.struck(), [1, 0, 0, 0, 1]);
    stage.world().lift_all();
    assert!(stage.http.get(stage.api(&path)).send().await.is_ok());
}

#[tokio::test]
async fn tokens_expire_and_are_revoked_until_new_ones_are_issued() {
    let stage = Stage::start();
    let (nour, other) = (stage.access("nour"), stage.access("other"));
    let read = async |token: &str| {
        let answer = stage.http.get(stage.api("/posts")).bearer(token).send().await.expect("an answer");
        (answer.status.as_u16(), json_of(&answer).as_str().unwrap_or_default().to_owned())
    };
    stage.place(FaultRule::new(Fault::ExpireTokens).network("mini").account("nour"));
    assert_eq!(read(&nour).await, (401, "the token has expired".to_owned()));
    assert_eq!((read(&other).await.0, read(&stage.access("nour")).await.0), (200, 200));
    stage.place(FaultRule::new(Fault::RevokeTokens).network("mini"));
    for token in [&nour, &other] {
        assert_eq!(read(token).await, (401, "the token was revoked".to_owned()));
    }
    assert_eq!(read(&stage.access("other")).await.0, 200);
    assert_eq!(stage.struck(), [1, 3]);
}

#[tokio::test]
async fn processing_is_slow_as_long_as_it_is_said() {
    let stage = Stage::start();
    let slow = async || {
        let answer = stage.http.get(stage.api("/slow")).send().await.expect("an answer");
        json_of(&answer)
    };
    assert_eq!(slow().await, 0);
    stage.place(FaultRule::new(Fault::SlowProcessing { milliseconds: 9 }).network("another"));
    assert_eq!(slow().await, 0);
    stage.place(FaultRule::new(Fault::SlowProcessing { milliseconds: 4000 }).network("mini"));
    assert_eq!(slow().await, 4000);
    assert_eq!(stage.struck(), [0, 1]);
    stage.world().lift_all();
    assert_eq!(slow().await, 0);
}
