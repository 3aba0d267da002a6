//! A proposal in a real browser: it fits a phone, runs the way its language does, and is accepted without scripts.

use std::path::Path;

use anyhow::Result;
use diwan_testkit::servers::{Browser, PHONE};
use serde_json::json;

use crate::proposals::{Offers, said};

/// Where pictures of the pages go, for people: `DIWAN_TEST_PICTURES`.
#[expect(clippy::disallowed_methods, reason = "a setting of the tests, not of the product")]
async fn picture(browser: &mut Browser, name: &str) -> Result<()> {
    match std::env::var_os("DIWAN_TEST_PICTURES") {
        Some(folder) => browser.picture(&Path::new(&folder).join(format!("proposal-{name}.png"))).await,
        None => Ok(()),
    }
}

#[tokio::test]
async fn a_proposal_is_read_and_accepted_on_a_phone() -> Result<()> {
    let mut browser = Browser::start().await?;
    for (language, locale, direction, currency, title, amount) in [
        ("en", "EN", "ltr", "EUR", "A spring with films", "749.99"),
        ("ar", "AR", "rtl", "KWD", "ربيع من الأفلام", "٧٤٫٩٩٩"),
    ] {
        let offers = Offers::new().await?;
        let mut content = said(currency, locale);
        content["title"] = json!(title);
        content["sections"][0]["body"] =
            json!(format!("A-word-that-is-longer-than-a-phone-is-wide-{}", "x".repeat(120)));
        content["lines"][0]["name"] = json!("أفلام and a name that goes on for longer than one line of a phone");
        let proposal = offers.draft(content).await?;
        let address = offers.desk.app.client.base.join(&offers.send(&proposal).await?)?;
        let page = browser.open(&address, "en", PHONE).await?;
        picture(&mut browser, language).await?;
        assert_eq!((&page["status"], &page["lang"], &page["dir"]), (&json!(200), &json!(language), &json!(direction)));
        assert_eq!(page["overflow"], 0, "{language} is wider than the screen");
        assert_eq!((&page["small"], &page["troubles"]), (&json!([]), &json!([])), "{language}");
        let shown = page["text"].as_str().unwrap_or_default();
        assert!(shown.contains(title) && shown.contains(amount), "{shown}");
        browser.fill("#comment", "؟ How long").await?;
        let page = browser.press("button[value=comment]").await?;
        assert!(page["text"].as_str().is_some_and(|text| text.contains("؟ How long")), "{page}");
        // Without a reason it is not declined.
        let page = browser.press("button[value=decline]").await?;
        assert_eq!((&page["status"], &page["overflow"]), (&json!(422), &json!(0)), "{page}");
        browser.fill("#name", "أمل حداد").await?;
        browser.run("() => document.querySelector('#option-2').click()", &json!(null)).await?;
        let page = browser.press("button[value=accept]").await?;
        assert_eq!((&page["status"], &page["overflow"]), (&json!(200), &json!(0)), "{page}");
        assert!(page["text"].as_str().is_some_and(|text| text.contains("أمل حداد")), "{page}");
        // A moment later its signed file is there.
        offers.desk.app.run_jobs().await?;
        let page = browser.open(&address, "en", PHONE).await?;
        assert_eq!((&page["overflow"], &page["small"]), (&json!(0), &json!([])), "{language}, accepted");
        let links = "() => document.querySelectorAll('a[href$=\"/accepted\"]').length";
        assert_eq!(browser.run(links, &json!(null)).await?, json!(1));
        picture(&mut browser, &format!("{language}-accepted")).await?;
        let opened =
            "select (select count(*) from project) * (select count(*) from budget) * (select count(*) from campaign)";
        assert_eq!(offers.desk.app.db.value::<i64>(opened).await?, 1);
        let taken = "select cardinality(chosen) from proposal_acceptance";
        assert_eq!(offers.desk.app.db.value::<i32>(taken).await?, 1);
    }
    Ok(())
}
