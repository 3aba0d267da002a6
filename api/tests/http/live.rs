//! Subscriptions.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_testkit::client::{Event, Subscription};
use serde_json::{Value, json};

use crate::kit::{Desk, id, nobodys};

const WATCH: &str = "subscription($brand: ID!, $publication: ID) {
  publicationChanged(brandId: $brand, publicationId: $publication) { id state post { title } socialAccount { handle } } }";

const SOON: Duration = Duration::from_secs(10);

async fn next(subscription: &mut Subscription) -> Result<Value> {
    match subscription.next(SOON).await? {
        Event::Next(payload) if payload["errors"].is_null() => Ok(payload["data"]["publicationChanged"].clone()),
        other => bail!("instead of a change: {other:?}"),
    }
}

/// Whether the subscription brings nothing but a refusal.
async fn refused(mut subscription: Subscription) -> Result<bool> {
    Ok(match subscription.next(SOON).await? {
        Event::Closed(_) | Event::Error(_) => true,
        Event::Next(payload) => payload["data"].is_null() && !payload["errors"].is_null(),
        Event::Complete => false,
    })
}

#[tokio::test]
async fn a_publication_is_seen_on_its_way() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let other = desk.app.fill_brand("Beta").await?;
    let mut watching =
        desk.app.subscribe(&desk.person.token, WATCH, json!({ "brand": id("brand", desk.brand) })).await?;
    let mut one = None;
    let mut wanted = Vec::new();
    for _ in 0..2 {
        let (post, _) = desk.app.post(desk.brand, desk.bluesky, "Hello", &desk.person).await?;
        let due = desk.app.services.now() + chrono::Duration::days(1);
        let (publication, _) = desk.app.publication(desk.brand, post, due).await?;
        assert_eq!(next(&mut watching).await?["state"], "SCHEDULED");
        let variables = json!({ "brand": id("brand", desk.brand), "publication": id("publication", publication) });
        if one.is_none() {
            one = Some(desk.app.subscribe(&desk.person.token, WATCH, variables).await?);
        }
        wanted.push(publication);
    }
    // Another brand's change comes to nobody here.
    desk.app.db.run(&format!("update publication set state = 'SENDING' where id = '{}'", other.publication)).await?;
    for state in ["SENDING", "PUBLISHED"] {
        let rest = if state == "PUBLISHED" { ", remote_id = id::text, published_at = now()" } else { "" };
        desk.app.db.run(&format!("update publication set state = '{state}'{rest} where id = '{}'", wanted[1])).await?;
        let seen = next(&mut watching).await?;
        assert_eq!((&seen["id"], &seen["state"]), (&json!(id("publication", wanted[1])), &json!(state)));
        assert_eq!(seen["post"]["title"], "A post");
    }
    desk.app.db.run(&format!("update publication set state = 'CANCELED' where id = '{}'", wanted[0])).await?;
    let Some(mut one) = one else { bail!("no subscription to one publication") };
    let seen = next(&mut one).await?;
    assert_eq!(
        (&seen["id"], &seen["state"]),
        (&json!(id("publication", wanted[0])), &json!("CANCELED")),
        "only the one that it watches"
    );
    Ok(())
}

#[tokio::test]
async fn nobody_watches_what_is_not_theirs() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let other = desk.app.fill_brand("Beta").await?;
    let client = &desk.app.client;
    let (own, foreign) = (json!({ "brand": id("brand", desk.brand) }), json!({ "brand": id("brand", other.brand) }));
    assert!(refused(client.subscribe(&desk.person.token, WATCH, foreign.clone()).await?).await?, "another brand");
    assert!(
        refused(client.subscribe(&desk.person.token, WATCH, json!({ "brand": nobodys("brand") })).await?).await?,
        "no brand"
    );
    assert!(refused(client.subscribe(&desk.person.token, WATCH, json!({ "brand": "x" })).await?).await?, "no id");
    assert!(refused(client.subscribe("", WATCH, own.clone()).await?).await?, "nobody");
    assert!(refused(client.subscribe("forged.token.here", WATCH, own.clone()).await?).await?, "a forged token");
    let read = "query { viewer { user { id } } }";
    assert!(refused(client.subscribe(&desk.person.token, read, json!({})).await?).await?, "queries go elsewhere");
    let write = "mutation { createBrand(input: { name: \"X\" }) { brand { id } } }";
    assert!(refused(client.subscribe(&desk.person.token, write, json!({})).await?).await?, "mutations go elsewhere");
    assert_eq!(desk.app.db.count("brand").await?, 2);
    Ok(())
}

#[tokio::test]
async fn whoever_loses_the_right_sees_no_more() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let (post, _) = desk.app.post(desk.brand, desk.bluesky, "Hello", &desk.person).await?;
    let due = desk.app.services.now() + chrono::Duration::days(1);
    let (publication, _) = desk.app.publication(desk.brand, post, due).await?;
    let change = async |state: &str| {
        desk.app
            .db
            .run(&format!("update publication set state = '{state}', trouble = 'RETRY' where id = '{publication}'"))
            .await
    };
    let leaving = desk.app.member(desk.brand, Level::Mid, UserKind::Staff).await?;
    let brand = json!({ "brand": id("brand", desk.brand) });
    let mut signed_out = desk.app.subscribe(&desk.person.token, WATCH, brand.clone()).await?;
    let mut left = desk.app.subscribe(&leaving.token, WATCH, brand).await?;
    change("SENDING").await?;
    assert_eq!(
        (next(&mut signed_out).await?["state"].as_str(), next(&mut left).await?["state"].as_str()),
        (Some("SENDING"), Some("SENDING"))
    );
    desk.app.client.gql(&desk.person.token, "mutation { signOut { signedOut } }", json!({})).await?.ok()?;
    desk.app
        .db
        .run(&format!(
            "update membership set expires_at = starts_at + interval '1 microsecond' where user_id = '{}'",
            leaving.id
        ))
        .await?;
    change("RETRYING").await?;
    for mut watching in [signed_out, left] {
        let last = watching.next(SOON).await?;
        let without_data =
            matches!(&last, Event::Next(payload) if payload["data"].is_null() && !payload["errors"].is_null());
        assert!(
            without_data || matches!(last, Event::Error(_) | Event::Closed(_) | Event::Complete),
            "still told: {last:?}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn a_subscription_ends_soon_after_its_ground_is_lost() -> Result<()> {
    const WITHIN: Duration = Duration::from_secs(5);
    let desk = Desk::new(Level::Senior).await?;
    let brand = json!({ "brand": id("brand", desk.brand) });
    let mut watching = Vec::new();
    // Nothing is published meanwhile: no event tells them.
    for how in [
        "update membership set ended_at = now() where user_id = '{}'",
        "update membership set suspended_at = now() where user_id = '{}'",
        "update membership set starts_at = now() - interval '2 h', expires_at = now() + interval '1 s' where user_id = '{}'",
        "update app_user set deactivated_at = now() where id = '{}'",
        "update session set revoked_at = now(), revoked_because = 'REVOKED' where user_id = '{}'",
    ] {
        let person = desk.app.member(desk.brand, Level::Mid, UserKind::Staff).await?;
        let subscription = desk.app.subscribe(&person.token, WATCH, brand.clone()).await?;
        watching.push((how, person, subscription));
    }
    let mut stays = desk.app.subscribe(&desk.person.token, WATCH, brand).await?;
    tokio::time::sleep(Duration::from_millis(2500)).await;
    let lost = Instant::now();
    for (how, person, _) in &watching {
        desk.app.db.run(&how.replace("{}", &person.id.to_string())).await?;
    }
    for (how, _, subscription) in &mut watching {
        let at_most = if how.contains("interval '1 s'") { WITHIN + Duration::from_secs(1) } else { WITHIN };
        let last = subscription.next(at_most.saturating_sub(lost.elapsed())).await.context(*how)?;
        let refused =
            matches!(&last, Event::Next(payload) if payload["data"].is_null() && !payload["errors"].is_null());
        assert!(refused || matches!(last, Event::Error(_)), "{how}: {last:?}");
        let end = subscription.next(WITHIN).await?;
        assert!(matches!(end, Event::Complete | Event::Closed(_)), "{how}: {end:?}");
    }
    assert!(stays.next(Duration::from_secs(3)).await.is_err(), "whoever still has it hears nothing");
    Ok(())
}
