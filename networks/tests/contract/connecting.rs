//! Connecting, and what happens when the authorization ends.

use chrono::TimeDelta;
use diwan_networks::{ConnectMethod, Credentials, ErrorKind};
use serde_json::Value;

use crate::rig::{kind, now, text, with_every_network};

#[tokio::test]
async fn a_right_secret_connects() {
    with_every_network(async |bench| {
        // The rig has connected and checked who it is; the account's limits are usable.
        assert!(!bench.account.handle.is_empty());
        assert!(bench.account.limits.max_text > 0);
        let stored = serde_json::to_value(&bench.account.limits).expect("JSON");
        let read: diwan_networks::Limits = serde_json::from_value(stored).expect("limits");
        assert_eq!(read, bench.account.limits);
        assert_eq!(format!("{:?}", bench.account.credentials), "Credentials(…)");
    })
    .await;
}

#[tokio::test]
async fn a_wrong_secret_asks_to_connect_again_and_tells_no_secret() {
    with_every_network(async |bench| {
        let refused = bench.rig.connect_wrongly(&bench.http).await;
        assert_eq!(kind(&refused), Some(ErrorKind::Reconnect), "{refused:?}");
        let told = format!("{:?}", refused.err());
        assert!(!told.contains("aaaa-bbbb") && !told.contains("a code nobody gave"), "{told}");
    })
    .await;
}

#[tokio::test]
async fn what_is_not_offered_says_so() {
    with_every_network(async |bench| {
        let (out, url) = (bench.out(), &bench.rig.proxy().url);
        let nothing = Credentials(Value::Null);
        let code = match bench.network.capabilities().connect {
            ConnectMethod::AppPassword | ConnectMethod::BotToken => {
                let begun = bench.network.begin_authorization(out, url, url, "state").await;
                let completed = bench.network.complete_authorization(out, &nothing, "code", url).await;
                assert_eq!(completed.expect_err("not offered").code, "not_offered");
                begun.expect_err("not offered").code
            }
            ConnectMethod::OAuthCode { .. } => {
                let connected = bench.network.connect_with_app_password(out, url, "amal", "password").await;
                connected.expect_err("not offered").code
            }
        };
        assert_eq!(code, "not_offered");
    })
    .await;
}

#[tokio::test]
async fn a_revoked_authorization_asks_to_connect_again() {
    with_every_network(async |bench| {
        bench.rig.revoke().await;
        // A token of its own lifetime works until it has to be renewed.
        let later = now() + TimeDelta::hours(3);
        let refused = match bench.network.refresh(bench.out(), &bench.account, later).await {
            Ok(_) => bench.publish(&text("after the end"), None).await.0.expect_err("refused"),
            Err(error) => error,
        };
        assert_eq!(refused.kind, ErrorKind::Reconnect, "{refused}");
        assert_eq!(bench.rig.posts().await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_server_that_is_away_is_no_reason_to_connect_again() {
    with_every_network(async |bench| {
        bench.rig.proxy().set("/", diwan_testkit::servers::Fault::Status(502));
        let refused = bench.rig.connect_wrongly(&bench.http).await;
        assert_eq!(kind(&refused), Some(ErrorKind::Retry), "{refused:?}");
        let (attempt, recorder) = bench.publish(&text("later"), None).await;
        let expected = if recorder.commits() == 0 { ErrorKind::Retry } else { ErrorKind::Unknown };
        assert_eq!(kind(&attempt), Some(expected), "{attempt:?}");
    })
    .await;
}
