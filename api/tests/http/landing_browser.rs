//! A landing page in a real browser: it fits a phone, runs the way its language does, and is filled in without scripts.

use std::path::Path;

use anyhow::{Context as _, Result};
use diwan_entity::tenancy::app_user::Level;
use diwan_testkit::servers::{Browser, PHONE};
use serde_json::json;

use crate::kit::{Desk, id};
use crate::landing::said;

/// Where pictures of the pages go, for people: `DIWAN_TEST_PICTURES`.
#[expect(clippy::disallowed_methods, reason = "a setting of the tests, not of the product")]
async fn picture(browser: &mut Browser, name: &str) -> Result<()> {
    match std::env::var_os("DIWAN_TEST_PICTURES") {
        Some(folder) => browser.picture(&Path::new(&folder).join(format!("landing-{name}.png"))).await,
        None => Ok(()),
    }
}

#[tokio::test]
async fn a_page_is_read_and_filled_in_on_a_phone() -> Result<()> {
    let mut browser = Browser::start().await?;
    let desk = Desk::new(Level::Mid).await?;
    let asset = desk.app.asset(desk.brand, &desk.person).await?;
    desk.app.make_forms(asset).await?;
    for (language, locale, direction, title, missing) in [
        ("fa", "FA", "rtl", "قهوهٔ تازهٔ بهاری", "لطفاً این خانه را علامت بزنید"),
        ("el", "EL", "ltr", "Ανοιξιάτικος καφές", "Σημειώστε αυτό το πλαίσιο"),
    ] {
        let mut content = said(&format!("spring-{language}"), locale);
        content["title"] = json!(title);
        content["image"] = json!({ "assetId": id("asset", asset), "alt": "A square" });
        content["blocks"][1]["text"] = json!(format!("A-word-that-is-longer-than-a-phone-is-wide-{}", "x".repeat(120)));
        let page = desk.landing(content).await?;
        let url = url::Url::parse(page["url"].as_str().context("an address")?)?;
        let address = desk.app.client.base.join(&format!("{}?utm_source=poster", url.path()))?;
        let seen = browser.open(&address, "en", PHONE).await?;
        picture(&mut browser, language).await?;
        assert_eq!((&seen["status"], &seen["lang"], &seen["dir"]), (&json!(200), &json!(language), &json!(direction)));
        assert_eq!(seen["overflow"], 0, "{language} is wider than the screen");
        assert_eq!((&seen["small"], &seen["troubles"]), (&json!([]), &json!([])), "{language}");
        assert_eq!(seen["pictures"], json!([true]), "{language}");
        assert!(seen["text"].as_str().is_some_and(|text| text.contains(title)), "{seen}");
        assert_eq!(browser.run("() => document.cookie", &json!(null)).await?, json!(""));
        // The browser asks for the same before it sends; whoever has another hears it from the page.
        browser.run("() => { document.querySelector('form').noValidate = true; }", &json!(null)).await?;
        browser.fill("#name", "لینا").await?;
        browser.fill("#email", "lina@home.example").await?;
        let seen = browser.press("button[type=submit]").await?;
        assert_eq!((&seen["status"], &seen["overflow"]), (&json!(422), &json!(0)), "{seen}");
        assert!(seen["text"].as_str().is_some_and(|text| text.contains(missing)), "{seen}");
        picture(&mut browser, &format!("{language}-refused")).await?;
        browser.run("() => document.querySelector('#consent').click()", &json!(null)).await?;
        let seen = browser.press("button[type=submit]").await?;
        assert_eq!((&seen["status"], &seen["overflow"]), (&json!(200), &json!(0)), "{seen}");
        assert!(seen["text"].as_str().is_some_and(|text| text.contains("Thank you")), "{seen}");
        picture(&mut browser, &format!("{language}-sent")).await?;
    }
    let kept = "select string_agg(utm_source, ' ') from landing_submission";
    assert_eq!(desk.app.db.value::<String>(kept).await?, "poster poster");
    assert_eq!(desk.app.db.value::<i64>("select count(*) from lead where created_by is null").await?, 2);
    Ok(())
}
