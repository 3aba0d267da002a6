//! Connecting accounts: what is refused at once, and the way back from a network.

use anyhow::Result;
use diwan_entity::tenancy::app_user::Level;
use diwan_platform::crypto::sha256;
use serde_json::{Value, json};

use crate::kit::{Desk, fingerprint, id};

const CONNECTION: &str = "connection { id state }";

fn app_password(service: &str) -> Value {
    json!({ "appPassword": { "service": service, "identifier": "nour.example", "password": "abcd-efgh" } })
}

#[tokio::test]
async fn an_address_that_must_not_be_called_is_refused() -> Result<()> {
    let mut desk = Desk::new(Level::Senior).await?;
    desk.app.leave_jobs();
    let before = fingerprint(&desk.app).await?;
    let connect = async |network: &str, using: Value| {
        let input = json!({ "brandId": id("brand", desk.brand), "network": network, "using": using });
        desk.try_mutate("connectAccount", CONNECTION, input).await
    };
    for service in [
        "http://bsky.example",
        "https://127.0.0.1",
        "https://127.0.0.1:5432",
        "https://[::1]/",
        "https://10.0.0.5",
        "https://169.254.169.254/latest/meta-data/",
        "https://0x7f.1",
        "ftp://bsky.example",
        "file:///etc/passwd",
        "bsky.example",
        "",
    ] {
        let refused = connect("bluesky", app_password(service)).await?;
        let codes = refused.user_codes("connectAccount");
        assert!(codes == ["ADDRESS_NOT_ALLOWED"] || codes == ["INVALID"], "{service}: {}", refused.body);
        assert_eq!(refused.get("connectAccount.userErrors.0.field.2"), "service", "{}", refused.body);
    }
    let refused = connect("friendster", app_password("https://bsky.example")).await?;
    assert_eq!(refused.user_codes("connectAccount"), ["UNKNOWN_NETWORK"]);
    let refused = connect("mastodon", app_password("https://social.example")).await?;
    assert_eq!(refused.user_codes("connectAccount"), ["WRONG_CONNECT_METHOD"]);
    let both = json!({ "appPassword": app_password("https://a.example")["appPassword"], "oauth": { "instance": "https://b.example" } });
    for wrong in [json!({}), both] {
        let refused = connect("bluesky", wrong).await?;
        assert_eq!(refused.code(), "BAD_REQUEST", "{}", refused.body);
    }
    assert_eq!(fingerprint(&desk.app).await?, before);

    let asked = connect("bluesky", app_password("https://pds.example/")).await?.ok()?;
    assert_eq!(asked.get("connectAccount.connection.state"), "REQUESTED");
    let readable: bool = desk
        .app
        .db
        .value("select bool_or(secret::text like '%' || encode('abcd-efgh', 'hex') || '%') from account_connection")
        .await?;
    assert!(!readable, "the password stands in the database");
    Ok(())
}

#[tokio::test]
async fn an_answer_of_a_network_is_taken_once_and_only_for_what_was_asked() -> Result<()> {
    let mut desk = Desk::new(Level::Senior).await?;
    desk.app.leave_jobs();
    let input = json!({ "brandId": id("brand", desk.brand), "network": "mastodon", "using": { "oauth": { "instance": "https://social.example" } } });
    let connection = desk.mutate("connectAccount", CONNECTION, input).await?.text("connectAccount.connection.id")?;
    let uuid = diwan_platform::ids::decode("connection", &connection).unwrap_or_default();
    // As the worker leaves it when it has asked the network where to send the person.
    let place =
        diwan_platform::crypto::Place { brand_id: desk.brand, row_id: uuid, column: "account_connection.secret" };
    let secret = data_encoding::HEXLOWER.encode(&desk.app.services.keys.seal(place, b"{}")?);
    let hash = data_encoding::HEXLOWER.encode(&sha256(b"state_right"));
    desk.app
        .db
        .run(&format!(
            "update account_connection set state = 'AWAITING_AUTHORIZATION', authorization_url = 'https://social.example/oauth',
             secret = '\\x{secret}', state_hash = '\\x{hash}' where id = '{uuid}'"
        ))
        .await?;
    let state = "select state from account_connection";
    for wrong in ["", "?code=abc", "?state=state_wrong&code=abc", "?state=%27%20or%201%3D1&code=x"] {
        let answer = desk.app.client.get(&format!("/oauth/callback{wrong}")).await?;
        assert!(answer.status.is_client_error(), "{wrong}: {}", answer.status);
        assert!(!String::from_utf8_lossy(&answer.body).contains("or 1=1"));
        assert_eq!(desk.app.db.value::<String>(state).await?, "AWAITING_AUTHORIZATION");
    }
    let right = "/oauth/callback?state=state_right&code=abc";
    assert_eq!(desk.app.client.get(right).await?.status, 200);
    assert_eq!(desk.app.db.value::<String>(state).await?, "AUTHORIZED");
    assert_eq!(desk.app.client.get(right).await?.status, 404, "once");
    assert_eq!(desk.app.client.get("/oauth/callback?state=state_right&error=access_denied").await?.status, 404);
    assert_eq!(desk.app.db.value::<String>(state).await?, "AUTHORIZED");
    Ok(())
}

#[tokio::test]
async fn disconnecting_forgets_the_secrets() -> Result<()> {
    let desk = Desk::new(Level::Senior).await?;
    let input = json!({ "socialAccountId": id("account", desk.bluesky) });
    let answer = desk.mutate("disconnectAccount", "socialAccount { state }", input.clone()).await?;
    assert_eq!(answer.get("disconnectAccount.socialAccount.state"), "DISCONNECTED");
    let sql = format!("select credentials is null from social_account where id = '{}'", desk.bluesky);
    assert!(desk.app.db.value::<bool>(&sql).await?);
    let again = desk.try_mutate("disconnectAccount", "socialAccount { state }", input).await?;
    assert_eq!(again.user_codes("disconnectAccount"), ["WRONG_STATE"]);
    Ok(())
}
