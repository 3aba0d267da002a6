//! Handing in on a phone, in a real browser: it fits, runs the way its language does, and takes a file and an address without scripts.

use std::path::Path;

use anyhow::Result;
use diwan_testkit::pictures;
use diwan_testkit::servers::{Browser, DESK, PHONE};
use serde_json::json;

use crate::deliverable_files::Asked;

/// Where pictures of the pages go, for people: `DIWAN_TEST_PICTURES`.
#[expect(clippy::disallowed_methods, reason = "a setting of the tests, not of the product")]
async fn picture(browser: &mut Browser, name: &str) -> Result<()> {
    match std::env::var_os("DIWAN_TEST_PICTURES") {
        Some(folder) => browser.picture(&Path::new(&folder).join(format!("deliverable-{name}.png"))).await,
        None => Ok(()),
    }
}

/// Chooses a file, as somebody does who presses the field.
async fn choose(browser: &mut Browser, name: &str, bytes: &[u8]) -> Result<()> {
    let function = "({ name, bytes }) => {
        const given = new DataTransfer();
        given.items.add(new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], name));
        const field = document.querySelector('#file');
        field.files = given.files;
        return field.files.length;
    }";
    let given = json!({ "name": name, "bytes": data_encoding::BASE64.encode(bytes) });
    assert_eq!(browser.run(function, &given).await?, json!(1));
    Ok(())
}

#[tokio::test]
async fn a_file_and_an_address_are_handed_in_on_a_phone() -> Result<()> {
    let mut browser = Browser::start().await?;
    for (lang, direction, title, types, done) in [
        ("fa", "rtl", "پوستر بهار", "JPEG", "تحویل داده‌اید"),
        (
            "en",
            "ltr",
            "A poster-that-is-named-at-such-length-that-no-phone-holds-it-in-one-line-of-it",
            "JPEG",
            "handed this in",
        ),
    ] {
        let asked = Asked::new(lang, None).await?;
        let (_, path) = asked.deliverable(title).await?;
        let (_, second) = asked.deliverable(title).await?;
        let base = asked.app.client.base.clone();
        for (screen, name) in [(DESK, "desk"), (PHONE, "phone")] {
            let page = browser.open(&base.join(&path)?, "en", screen).await?;
            picture(&mut browser, &format!("{lang}-{name}")).await?;
            assert_eq!((&page["status"], &page["lang"], &page["dir"]), (&json!(200), &json!(lang), &json!(direction)));
            assert_eq!(page["overflow"], 0, "{lang} on a {name} is wider than the screen");
            assert_eq!((&page["small"], &page["troubles"]), (&json!([]), &json!([])), "{lang} on a {name}");
            assert!(page["text"].as_str().is_some_and(|text| text.contains(title)), "{page}");
        }
        // On the phone: what is no picture is refused below the field, and the next one is taken.
        choose(&mut browser, "پوستر.png", b"MZ this is no picture").await?;
        let page = browser.press("#send-file").await?;
        assert_eq!((&page["status"], &page["overflow"]), (&json!(422), &json!(0)), "{page}");
        picture(&mut browser, &format!("{lang}-refused")).await?;
        let said = browser.run("() => document.querySelector('#file-wrong').innerText", &json!(null)).await?;
        assert!(said.as_str().is_some_and(|said| said.contains(types)), "{said}");
        choose(&mut browser, "پوستر.png", &pictures::png(30, 20)).await?;
        let page = browser.press("#send-file").await?;
        assert_eq!((&page["status"], &page["overflow"]), (&json!(200), &json!(0)), "{page}");
        let shown = page["text"].as_str().unwrap_or_default();
        assert!(shown.contains(done) && shown.contains("پوستر.png"), "{shown}");
        picture(&mut browser, &format!("{lang}-handed-in")).await?;

        browser.open(&base.join(&second)?, "en", PHONE).await?;
        browser.fill("#link", "https://10.0.0.1/a-poster").await?;
        browser.fill("#note", "ببینید").await?;
        let page = browser.press("#send-link").await?;
        assert_eq!((&page["status"], &page["overflow"]), (&json!(200), &json!(0)), "{page}");
        assert!(page["text"].as_str().is_some_and(|text| text.contains("https://10.0.0.1/a-poster")), "{page}");
        let kept = "select count(*) from deliverable where state = 'SUBMITTED' and num_nonnulls(asset_id, link) = 1";
        assert_eq!(asked.app.db.value::<i64>(kept).await?, 2);
    }
    Ok(())
}
