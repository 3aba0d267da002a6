//! The review in a real browser: it fits a phone, runs the way its language does, and works without scripts.

use std::path::Path;

use anyhow::Result;
use diwan_testkit::films;
use diwan_testkit::servers::{Browser, DESK, PHONE};
use serde_json::json;

use crate::review_links::Review;

/// Where pictures of the pages go, for people: `DIWAN_TEST_PICTURES`.
#[expect(clippy::disallowed_methods, reason = "a setting of the tests, not of the product")]
async fn picture(browser: &mut Browser, name: &str) -> Result<()> {
    match std::env::var_os("DIWAN_TEST_PICTURES") {
        Some(folder) => browser.picture(&Path::new(&folder).join(format!("review-{name}.png"))).await,
        None => Ok(()),
    }
}

#[tokio::test]
async fn a_review_is_read_and_answered_in_a_browser() -> Result<()> {
    let mut browser = Browser::start().await?;
    let long = format!("A-word-that-is-longer-than-a-phone-is-wide-{}", "x".repeat(120));
    let link = "https://www.example.com/a/very/long/path/that/goes/on/and/on?and=on";
    let cases = [
        (
            "en",
            "ltr",
            "GREGORIAN",
            format!("Good morning!\n{long}\n\n@amal@social.example #Nowruz {link}"),
            "Planned for",
        ),
        ("fa", "rtl", "JALALI", format!("صبح به‌خیر!\n\n#نوروز_مبارک با @amal@social.example {link}"), "زمان انتشار"),
        ("ar", "rtl", "HIJRI", "صباح الخير! #نوروز".to_owned(), "موعد النشر"),
        ("he", "rtl", "HEBREW", "בוקר טוב! #נורוז".to_owned(), "מתוכנן"),
        ("el", "ltr", "GREGORIAN", "Καλημέρα! #Άνοιξη".to_owned(), "Προγραμματισμένο"),
    ];
    for (language, direction, system, text, due) in cases {
        let desk = Review::new(&text).await?;
        desk.app
            .db
            .run(&format!(
                "update app_user set locale = '{language}', calendar_system = '{system}' where id = '{}';
                 update post set due_at = '2026-03-21T08:30:00Z'",
                desk.client.id
            ))
            .await?;
        let address = desk.app.client.base.join(&desk.path().await?)?;
        for (screen, name) in [(DESK, "desk"), (PHONE, "phone")] {
            let page = browser.open(&address, "en", screen).await?;
            picture(&mut browser, &format!("{language}-{name}")).await?;
            assert_eq!(
                (&page["status"], &page["lang"], &page["dir"]),
                (&json!(200), &json!(language), &json!(direction))
            );
            assert_eq!(page["overflow"], 0, "{language} on a {name} is wider than the screen");
            assert_eq!(page["small"], json!([]), "{language} on a {name}");
            assert_eq!(page["pictures"], json!([true]), "{language}");
            assert_eq!(page["troubles"], json!([]), "{language}");
            let shown = page["text"].as_str().unwrap_or_default();
            let first = text.lines().next().unwrap_or_default().split(" #").next().unwrap_or_default();
            assert!(shown.contains(first) && shown.contains(due), "{shown}");
        }
        // On the phone: something is said, changes are asked for without saying which, and then it is approved.
        browser.fill("#comment", "؟ Which logo").await?;
        let page = browser.press("button[value=comment]").await?;
        assert!(page["text"].as_str().is_some_and(|text| text.contains("؟ Which logo")), "{page}");
        let page = browser.press("button[value=change]").await?;
        assert_eq!((&page["status"], &page["overflow"]), (&json!(422), &json!(0)), "{page}");
        picture(&mut browser, &format!("{language}-refused")).await?;
        assert_eq!(state(&desk).await?, "IN_REVIEW");
        let page = browser.press("button[value=approve]").await?;
        assert_eq!((&page["status"], &page["overflow"]), (&json!(200), &json!(0)), "{page}");
        assert_eq!(state(&desk).await?, "APPROVED");
        picture(&mut browser, &format!("{language}-approved")).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_film_fits_a_phone_shows_its_poster_and_plays() -> Result<()> {
    let mut browser = Browser::start().await?;
    let desk = Review::new("Good morning").await?;
    desk.show_film(films::real((1280, 720), 2).await?).await?;
    desk.app.run_jobs().await?;
    let address = desk.app.client.base.join(&desk.path().await?)?;
    let page = browser.open(&address, "en", PHONE).await?;
    assert_eq!((&page["overflow"], &page["troubles"]), (&json!(0), &json!([])), "{page}");
    picture(&mut browser, "film-phone").await?;
    let look = "async () => {
      const film = document.querySelector('video');
      const poster = new Image();
      poster.src = film.poster;
      await poster.decode();
      const box = film.getBoundingClientRect();
      const fits = box.left >= 0 && box.right <= document.documentElement.clientWidth;
      film.muted = true;
      await film.play();
      await new Promise((done) => film.addEventListener('timeupdate', done));
      return { fits, poster: [poster.naturalWidth, poster.naturalHeight], film: [film.videoWidth, film.videoHeight] };
    }";
    let seen = browser.run(look, &json!(null)).await?;
    assert_eq!(seen, json!({ "fits": true, "poster": [1280, 720], "film": [1280, 720] }));
    Ok(())
}

async fn state(desk: &Review) -> Result<String> {
    desk.app.db.value(&format!("select state from post where id = '{}'", desk.post)).await
}
