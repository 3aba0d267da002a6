//! Discussing and signing a contract in a real browser, on a phone: it fits, runs the way its language does, and works without scripts.

use std::path::Path;

use anyhow::Result;
use diwan_testkit::servers::{Browser, DESK, PHONE};
use serde_json::json;

use crate::contracts::Contracts;

/// Where pictures of the pages go, for people: `DIWAN_TEST_PICTURES`.
#[expect(clippy::disallowed_methods, reason = "a setting of the tests, not of the product")]
async fn picture(browser: &mut Browser, name: &str) -> Result<()> {
    match std::env::var_os("DIWAN_TEST_PICTURES") {
        Some(folder) => browser.picture(&Path::new(&folder).join(format!("sign-{name}.png"))).await,
        None => Ok(()),
    }
}

#[tokio::test]
async fn a_contract_is_read_and_signed_on_a_phone() -> Result<()> {
    let mut browser = Browser::start().await?;
    let long = format!("A-word-that-is-longer-than-a-phone-is-wide-{}", "x".repeat(120));
    let cases = [
        ("EN", "en", "ltr", "Spring films", format!("Two films.\n\n{long}"), "Both sides have signed"),
        ("FA", "fa", "rtl", "فیلم‌های بهار", "دو فیلم کوتاه.\nو یک عکس.".to_owned(), "هر دو طرف"),
    ];
    for (language, lang, direction, title, words, signed) in cases {
        let desk = Contracts::new().await?;
        let contract = desk.sent(language, title, &words).await?;
        let ours = desk.app.client.base.join(&desk.path(&contract, "OURS").await?)?;
        let theirs = desk.app.client.base.join(&desk.path(&contract, "THEIRS").await?)?;
        for (screen, name) in [(DESK, "desk"), (PHONE, "phone")] {
            let page = browser.open(&theirs, "en", screen).await?;
            picture(&mut browser, &format!("{lang}-{name}")).await?;
            assert_eq!((&page["status"], &page["lang"], &page["dir"]), (&json!(200), &json!(lang), &json!(direction)));
            assert_eq!(page["overflow"], 0, "{lang} on a {name} is wider than the screen");
            assert_eq!(page["small"], json!([]), "{lang} on a {name}");
            assert_eq!(page["troubles"], json!([]), "{lang}");
            let shown = page["text"].as_str().unwrap_or_default();
            let first = words.lines().next().unwrap_or_default();
            assert!(shown.contains(first) && shown.contains("300.00 EUR"), "{shown}");
        }
        // On the phone: without a reason it is not declined; the other side signs, then we do.
        let page = browser.press("button[value=decline]").await?;
        assert_eq!((&page["status"], &page["overflow"]), (&json!(422), &json!(0)), "{page}");
        browser.fill("#name", "سارا Karimi").await?;
        let page = browser.press("button[value=sign]").await?;
        assert_eq!((&page["status"], &page["overflow"]), (&json!(200), &json!(0)), "{page}");
        assert!(page["text"].as_str().is_some_and(|text| text.contains("سارا Karimi")), "{page}");
        picture(&mut browser, &format!("{lang}-waiting")).await?;
        browser.open(&ours, "en", PHONE).await?;
        browser.fill("#name", "Sami").await?;
        browser.press("button[value=sign]").await?;
        desk.app.run_jobs().await?;
        let page = browser.open(&theirs, "en", PHONE).await?;
        assert!(page["text"].as_str().is_some_and(|text| text.contains(signed)), "{page}");
        picture(&mut browser, &format!("{lang}-signed")).await?;
        let state: String = desk.app.db.value("select state from contract").await?;
        assert_eq!(state, "ACTIVE");
    }
    Ok(())
}

#[tokio::test]
async fn what_is_negotiated_is_discussed_on_a_phone() -> Result<()> {
    let mut browser = Browser::start().await?;
    let long = format!("A-word-that-is-longer-than-a-phone-is-wide-{}", "x".repeat(120));
    for (language, lang, direction, title, words, remark) in [
        ("EN", "en", "ltr", "Spring films", format!("Two films.\n\n{long}"), format!("Nearly <b>all</b>. {long}")),
        ("FA", "fa", "rtl", "فیلم‌های بهار", "دو فیلم کوتاه.\nو یک عکس.".to_owned(), "یک فیلم کمتر؟".to_owned()),
    ] {
        let desk = Contracts::new().await?;
        let (contract, path) = desk.negotiated(language, title, &words).await?;
        desk.remark(&contract, "INTERNAL", "Among us alone").await?;
        desk.remark(&contract, "PARTY", "Is that fair?").await?;
        let address = desk.app.client.base.join(&path)?;
        for (screen, name) in [(DESK, "desk"), (PHONE, "phone")] {
            let page = browser.open(&address, "en", screen).await?;
            picture(&mut browser, &format!("discussed-{lang}-{name}")).await?;
            assert_eq!((&page["status"], &page["lang"], &page["dir"]), (&json!(200), &json!(lang), &json!(direction)));
            assert_eq!(page["overflow"], 0, "{lang} on a {name} is wider than the screen");
            assert_eq!((&page["small"], &page["troubles"]), (&json!([]), &json!([])), "{lang} on a {name}");
            let shown = page["text"].as_str().unwrap_or_default();
            let first = words.lines().next().unwrap_or_default();
            assert!(shown.contains(first) && shown.contains("Is that fair?"), "{shown}");
            assert!(!shown.contains("Among us alone"), "{shown}");
        }
        // On the phone: nothing is no answer, and what is typed is shown as it was typed.
        let page = browser.press("button[value=comment]").await?;
        assert_eq!((&page["status"], &page["overflow"]), (&json!(422), &json!(0)), "{page}");
        browser.fill("#comment", &remark).await?;
        let page = browser.press("button[value=comment]").await?;
        assert_eq!((&page["status"], &page["overflow"]), (&json!(200), &json!(0)), "{page}");
        assert!(page["text"].as_str().is_some_and(|text| text.contains(&remark)), "{page}");
        picture(&mut browser, &format!("discussed-{lang}-answered")).await?;
        let said = "select count(*) from contract_comment where author_id is null and visibility = 'PARTY'";
        assert_eq!(desk.app.db.value::<i64>(said).await?, 1);
    }
    Ok(())
}
