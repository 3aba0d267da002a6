//! The pages for people without a client application: joining, and a new password.

use anyhow::Result;
use diwan_entity::tenancy::app_user::UserKind;
use diwan_platform::crypto::sha256;
use diwan_platform::http::{Method, Response};
use diwan_testkit::TestApp;

use crate::kit::fingerprint;

const TOKEN: &str = "a-token-that-only-the-letter-holds";
const PASSWORD: &str = "seven unrelated blue herons";

async fn send(app: &TestApp, path: &str, language: &str, form: &[(&str, &str)]) -> Result<Response> {
    let request = app.client.request(Method::POST, path)?.header("Accept-Language", language);
    Ok(request.form(form).send().await?)
}

async fn open(app: &TestApp, path: &str, language: &str) -> Result<Response> {
    Ok(app.client.request(Method::GET, path)?.header("Accept-Language", language).send().await?)
}

fn text(answer: &Response) -> String {
    String::from_utf8_lossy(&answer.body).into_owned()
}

/// Somebody who was invited: without a password, with an open invitation.
async fn invited(app: &TestApp) -> Result<String> {
    let person = app.person(UserKind::Staff, None).await?;
    let chief = app.chief().await?;
    let hash = data_encoding::HEXLOWER.encode(&sha256(TOKEN.as_bytes()));
    app.db
        .run(&format!(
            "update app_user set password_hash = null, joined_at = null where id = '{0}'; delete from session where user_id = '{0}';
             insert into invitation (id, user_id, token_hash, invited_by, created_at, expires_at)
             values (gen_random_uuid(), '{0}', '\\x{hash}', '{1}', now(), now() + interval '1 day')",
            person.id, chief.id
        ))
        .await?;
    Ok(person.email)
}

#[tokio::test]
async fn pages_speak_the_readers_language_and_tell_nobody_their_address() -> Result<()> {
    let app = TestApp::new().await?;
    let before = fingerprint(&app).await?;
    for (language, direction) in [("en", "ltr"), ("fa", "rtl"), ("ar", "rtl"), ("el", "ltr"), ("he", "rtl")] {
        for path in [format!("/join/{TOKEN}"), format!("/reset/{TOKEN}"), "/join".to_owned(), "/reset".to_owned()] {
            let page = open(&app, &path, language).await?;
            assert_eq!((page.status.as_u16(), page.header("cache-control")), (200, Some("no-store")));
            assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
            let policy = page.header("content-security-policy").unwrap_or_default();
            assert!(policy.starts_with("default-src 'none'; style-src 'self'; form-action 'self'"), "{policy}");
            let html = text(&page);
            assert!(html.contains(&format!("<html lang=\"{language}\" dir=\"{direction}\">")), "{html}");
            assert!(!html.contains("<script") && !html.contains(TOKEN) && !html.contains("page-"), "{html}");
        }
    }
    assert_eq!(open(&app, "/pages.css", "en").await?.header("content-type"), Some("text/css; charset=utf-8"));
    assert_eq!(fingerprint(&app).await?, before);
    Ok(())
}

#[tokio::test]
async fn somebody_joins_by_the_page() -> Result<()> {
    let mut app = TestApp::new().await?;
    app.leave_jobs();
    let email = invited(&app).await?;
    let path = format!("/join/{TOKEN}");
    let before = fingerprint(&app).await?;
    let refused = send(&app, &path, "fa", &[("name", "<b>Dina"), ("password", "short")]).await?;
    let html = text(&refused);
    assert_eq!(refused.status, 422);
    assert!(html.contains("aria-invalid=\"true\"") && html.contains("value=\"&lt;b&gt;Dina\""), "{html}");
    assert!(html.contains("گذرواژه باید دست‌کم"), "{html}");
    assert!(!html.contains("short"), "a password is not shown again");
    assert_eq!(fingerprint(&app).await?, before);

    let joined = send(&app, &path, "fa", &[("name", "Dina"), ("password", PASSWORD)]).await?;
    assert_eq!((joined.status.as_u16(), joined.header("location")), (303, Some("/join")), "{}", text(&joined));
    let open_sessions: i64 = app
        .db
        .value("select count(*) from session s join app_user u on u.id = s.user_id where u.name = 'Dina' and s.revoked_at is null")
        .await?;
    assert_eq!(open_sessions, 0, "the page signs nobody in");
    let input = serde_json::json!({ "email": email, "password": PASSWORD });
    app.client.mutate("", "signIn", "session { accessToken }", input).await?;

    let again = send(&app, &path, "el", &[("name", "Eve"), ("password", PASSWORD)]).await?;
    assert_eq!(again.status, 404);
    assert!(text(&again).contains("Αυτός ο σύνδεσμος δεν είναι έγκυρος"), "{}", text(&again));
    Ok(())
}

#[tokio::test]
async fn a_new_password_is_chosen_by_the_page() -> Result<()> {
    let mut app = TestApp::new().await?;
    app.leave_jobs();
    let person = app.person(UserKind::Staff, None).await?;
    let hash = data_encoding::HEXLOWER.encode(&sha256(TOKEN.as_bytes()));
    app.db
        .run(&format!(
            "insert into password_reset (token_hash, user_id, created_at, expires_at)
             values ('\\x{hash}', '{}', now(), now() + interval '1 hour')",
            person.id
        ))
        .await?;
    let path = format!("/reset/{TOKEN}");
    let before = fingerprint(&app).await?;
    let refused = send(&app, &path, "he", &[("password", "short")]).await?;
    assert_eq!(refused.status, 422);
    assert!(text(&refused).contains("הסיסמה צריכה לכלול לפחות"), "{}", text(&refused));
    assert_eq!(fingerprint(&app).await?, before);
    let changed = send(&app, &path, "he", &[("password", PASSWORD)]).await?;
    assert_eq!((changed.status.as_u16(), changed.header("location")), (303, Some("/reset")), "{}", text(&changed));
    let input = serde_json::json!({ "email": person.email, "password": PASSWORD });
    app.client.mutate("", "signIn", "session { accessToken }", input).await?;
    assert_eq!(send(&app, &path, "he", &[("password", PASSWORD)]).await?.status, 404);
    Ok(())
}
