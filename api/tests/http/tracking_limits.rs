//! Short links: who may change where they lead, and when following them is not counted.

use anyhow::{Context as _, Result};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::http::Method;
use serde_json::json;

use crate::kit::{Desk, fingerprint};
use crate::tracking::DESKTOP;

#[tokio::test]
async fn a_junior_makes_links_and_changes_none_that_is_there() -> Result<()> {
    let desk = Desk::new(Level::Junior).await?;
    let link = desk.tracked(json!({ "name": "Spring", "targetUrl": "https://shop.example/" })).await?;
    let other = json!({ "name": "Spring", "targetUrl": "https://elsewhere.example/" });
    let changes = [
        ("updateTrackedLink", json!({ "linkId": link["id"], "version": 1, "link": other })),
        ("archiveTrackedLink", json!({ "linkId": link["id"], "version": 1 })),
        ("restoreTrackedLink", json!({ "linkId": link["id"], "version": 1 })),
    ];
    let before = fingerprint(&desk.app).await?;
    for (name, input) in &changes {
        // What they made themselves as well: it may stand in what others have approved since.
        let refused = desk.try_mutate(name, "trackedLink { id }", input.clone()).await?;
        assert_eq!(refused.user_codes(name), ["FORBIDDEN"]);
    }
    assert_eq!(fingerprint(&desk.app).await?, before);
    let mid = desk.app.member(desk.brand, Level::Mid, UserKind::Staff).await?;
    let (name, input) = changes[0].clone();
    let changed = desk.app.client.mutate(&mid.token, name, "trackedLink { destination }", input).await?;
    assert_eq!(changed.get("updateTrackedLink.trackedLink.destination"), "https://elsewhere.example/");
    Ok(())
}

#[tokio::test]
async fn who_has_asked_too_often_is_led_on_and_not_counted() -> Result<()> {
    let desk = Desk::new(Level::Junior).await?;
    let link = desk.tracked(json!({ "name": "Spring", "targetUrl": "https://shop.example/" })).await?;
    let short = link["shortUrl"].as_str().context("an address")?;
    let follow = async || desk.follow(Method::GET, short, &[("user-agent", DESKTOP)]).await;
    follow().await?;
    assert_eq!(desk.clicks().await?, 1);
    // Guessing spends what the address has for this minute.
    let guess = "mutation { refreshSession(input: { refreshToken: \"guessed\" }) { userErrors { code } } }";
    let mut status = 200;
    for _ in 0..60 {
        status = desk.app.client.gql("", guess, json!({})).await?.status;
        if status == 429 {
            break;
        }
    }
    assert_eq!(status, 429);
    // A guess costs more than a visit: the last points of the minute still count.
    let mut counted = 1;
    for _ in 0..100 {
        let answer = follow().await?;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (302, Some("https://shop.example/")));
        let clicks = desk.clicks().await?;
        if clicks == counted {
            return Ok(());
        }
        counted = clicks;
    }
    anyhow::bail!("{counted} visits were counted of somebody who has no points left")
}

#[tokio::test]
async fn what_a_reader_is_sent_from_is_kept_only_if_it_is_a_host() -> Result<()> {
    let desk = Desk::new(Level::Junior).await?;
    let link = desk.tracked(json!({ "name": "Spring", "targetUrl": "https://shop.example/" })).await?;
    let short = link["shortUrl"].as_str().context("an address")?;
    for referrer in ["http://192.168.7.9/", "x://lina%40home.example/", "https://NEWS.example/lina?mail=lina"] {
        let headers = [("user-agent", DESKTOP), ("referer", referrer)];
        assert_eq!(desk.follow(Method::GET, short, &headers).await?.status.as_u16(), 302, "{referrer}");
    }
    let hosts = "select string_agg(c.host || ' ' || c.clicks, ', ' order by c.host)
      from (select referrer_host as host, sum(clicks) as clicks from link_click group by 1) c";
    assert_eq!(desk.app.db.value::<String>(hosts).await?, " 2, news.example 1");
    Ok(())
}
