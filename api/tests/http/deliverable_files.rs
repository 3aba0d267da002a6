//! Files and letters of deliverables through HTTP: what the other side sends on its page, what the team gets of it, and bad input.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use chrono::Duration;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::clock::{Clock as _, ManualClock, SystemClock};
use diwan_platform::http::{Method, Response};
use diwan_testkit::servers::MailCatcher;
use diwan_testkit::{Person, Settings, Signed, TestApp, pictures};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::kit::{fingerprint, id};

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n";
const BOUNDARY: &str = "a-line-between";

/// A signed contract whose other side reads this language and is reached by mail.
pub struct Asked {
    pub app: TestApp,
    clock: Arc<ManualClock>,
    brand: Uuid,
    mid: Person,
    contract: Uuid,
}

/// A form with a file, as browsers send one.
fn form(fields: &[(&str, &str)], (name, bytes): (&str, &[u8])) -> Vec<u8> {
    let mut body = Vec::new();
    for (key, value) in fields {
        let part = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{key}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    let head = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n");
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(b"Content-Type: application/octet-stream\r\n\r\n");
    body.extend_from_slice(bytes);
    body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    body
}

fn text(answer: &Response) -> String {
    String::from_utf8_lossy(&answer.body).into_owned()
}

impl Asked {
    /// Mail goes to this catcher, if there is one.
    pub async fn new(locale: &str, catcher: Option<&MailCatcher>) -> Result<Self> {
        let clock = Arc::new(ManualClock::new(SystemClock.now()));
        let mail = catcher.map(MailCatcher::settings).transpose()?;
        let settings = Settings { clock: Some(Arc::clone(&clock)), mail, ..Settings::default() };
        let mut app = TestApp::with(settings).await?;
        app.leave_jobs();
        let brand = app.brand("Alpha").await?;
        let (mid, chief) = (app.member(brand, Level::Mid, UserKind::Staff).await?, app.chief().await?);
        let line = app.budget_line(brand, chief.id, 1_000_000).await?;
        let new = Signed { line, fee: 50_000, committed: true, person: None, disclosure: "#ad" };
        let contract = app.signed_contract_with(brand, chief.id, new, (locale, "lina@example.com")).await?;
        Ok(Self { app, clock, brand, mid, contract })
    }

    async fn mutate(&self, name: &str, selection: &str, input: Value) -> Result<Value> {
        let done = self.app.client.mutate(&self.mid.token, name, selection, input).await?;
        Ok(done.get(name).clone())
    }

    /// Something to hand in, and the path of its page.
    pub async fn deliverable(&self, title: &str) -> Result<(String, String)> {
        let said = json!({ "title": title, "brief": "Something true", "kind": "DESIGN", "dueOn": "2027-03-01" });
        let input = json!({ "contractId": id("contract", self.contract), "deliverable": said });
        let made = self.mutate("createDeliverable", "deliverable { id }", input).await?;
        let deliverable = made["deliverable"]["id"].as_str().context("an id")?.to_owned();
        let link = json!({ "deliverableId": deliverable, "version": 1 });
        let link = self.mutate("createDeliverableLink", "url mailed", link).await?;
        assert_eq!(link["mailed"], true);
        let url = url::Url::parse(link["url"].as_str().context("a link")?)?;
        Ok((deliverable, url.path().to_owned()))
    }

    async fn post(&self, path: &str, body: Vec<u8>) -> Result<Response> {
        let mime = format!("multipart/form-data; boundary={BOUNDARY}");
        Ok(self.app.client.request(Method::POST, &format!("{path}/file"))?.bytes(&mime, body.into()).send().await?)
    }

    async fn send(&self, path: &str, version: &str, file: (&str, &[u8])) -> Result<Response> {
        self.post(path, form(&[("version", version), ("note", "<b>Here</b>")], file)).await
    }

    async fn read(&self, who: &Person, deliverable: &str) -> Result<Value> {
        let query = "query($id: ID!) { node(id: $id) { ... on Deliverable { state submittedByLink note
            asset { id fileName kind mimeType width state url uploadedByLink uploadedBy { id } } } } }";
        let answer = self.app.client.gql(&who.token, query, json!({ "id": deliverable })).await?.ok()?;
        Ok(answer.get("node").clone())
    }
}

#[tokio::test]
async fn a_file_goes_from_the_letter_to_the_team() -> Result<()> {
    let catcher = MailCatcher::start().await?;
    let asked = Asked::new("el", Some(&catcher)).await?;
    let (deliverable, path) = asked.deliverable("A poster").await?;
    asked.app.run_jobs().await?;
    let [mail] = &catcher.mail().await?[..] else { anyhow::bail!("not one mail") };
    assert_eq!(mail["to"][0]["address"], "lina@example.com");
    assert_eq!(mail["headers"]["content-language"], "el");
    let words = mail["text"].as_str().context("text")?;
    assert!(words.contains(&path) && words.contains("A poster") && words.contains("Alpha"), "{words}");

    let page = asked.app.client.get(&path).await?;
    assert!(page.status == 200 && text(&page).contains("multipart/form-data"), "{}", text(&page));
    let before = fingerprint(&asked.app).await?;
    let wrong = asked.send(&path, "1", ("poster.png", b"MZ this is no picture")).await?;
    let shown = text(&wrong);
    assert_eq!(wrong.status, 422, "{shown}");
    assert!(shown.contains("JPEG") && shown.contains("&lt;b&gt;Here&lt;/b&gt;") && !shown.contains("<b>"), "{shown}");
    assert_eq!(fingerprint(&asked.app).await?, before);

    assert_eq!(asked.send(&path, "1", ("Αφίσα.pdf", PDF)).await?.status, 303);
    let handed = text(&asked.app.client.get(&path).await?);
    assert!(handed.contains("Αφίσα.pdf") && !handed.contains("/media/"), "{handed}");
    let read = asked.read(&asked.mid, &deliverable).await?;
    assert_eq!((&read["state"], &read["submittedByLink"]), (&json!("SUBMITTED"), &json!(true)));
    let asset = &read["asset"];
    assert_eq!((&asset["kind"], &asset["mimeType"]), (&json!("DOCUMENT"), &json!("application/pdf")));
    assert_eq!(
        (&asset["uploadedByLink"], &asset["uploadedBy"], &asset["width"]),
        (&json!(true), &json!(null), &json!(null))
    );
    let file = asked.app.client.get(asset["url"].as_str().context("an address")?).await?;
    assert_eq!((file.status.as_u16(), file.header("content-type")), (200, Some("application/pdf")));
    assert!(file.header("content-disposition").is_some_and(|value| value.starts_with("attachment")));
    assert_eq!(&file.body[..], PDF);
    // Sent again, it counts once.
    assert_eq!(asked.send(&path, "1", ("Αφίσα.pdf", PDF)).await?.status, 409);
    assert_eq!((asked.app.db.count("asset").await?, asked.app.stored_files()?.len()), (1, 1));

    // Clients see nothing of it, and nobody finds it by another deliverable's page.
    let client = asked.app.member(asked.brand, Level::Junior, UserKind::Client).await?;
    assert_eq!(asked.read(&client, &deliverable).await?, Value::Null);
    let (_, other) = asked.deliverable("Another").await?;
    let shown = text(&asked.app.client.get(&other).await?);
    assert!(!shown.contains("Αφίσα") && !shown.contains("A poster"), "{shown}");
    // No post of a network without documents shows it.
    let account = asked.app.account(asked.brand, "mastodon", &asked.mid).await?;
    let calendar: Uuid =
        asked.app.db.value(&format!("select id from calendar where brand_id = '{}'", asked.brand)).await?;
    let post = json!({ "calendarId": id("calendar", calendar), "title": "A post",
        "variants": [{ "socialAccountId": id("account", account), "text": "Look", "assetIds": [asset["id"]] }] });
    let tried = asked.app.client.try_mutate(&asked.mid.token, "createPost", "post { id }", post).await?;
    assert_eq!(tried.user_codes("createPost"), ["DOCUMENT_NOT_FOR_NETWORK"]);

    // It comes back by letter, with the reason and a link that works.
    let back = json!({ "deliverableId": deliverable, "version": 2, "reason": "Too small" });
    asked.mutate("sendDeliverableBack", "deliverable { state }", back).await?;
    asked.app.run_jobs().await?;
    let mails = catcher.mail().await?;
    let words = mails.iter().filter_map(|mail| mail["text"].as_str()).find(|text| text.contains("Too small"));
    let words = words.context("a letter with the reason")?;
    let link = words.split_whitespace().find(|word| word.contains("/deliverable/dwl_")).context("a link")?;
    assert_ne!(url::Url::parse(link)?.path(), path);
    assert!(text(&asked.app.client.get(link).await?).contains("Too small"));
    Ok(())
}

#[tokio::test]
async fn what_is_no_form_of_ours_or_comes_too_late_leaves_nothing() -> Result<()> {
    let asked = Asked::new("en", None).await?;
    let (deliverable, path) = asked.deliverable("A poster").await?;
    let (_, late) = asked.deliverable("Late").await?;
    let picture = pictures::png(30, 20);
    let large = [&picture[..], &vec![0; 20 * 1024 * 1024]].concat();
    let file = ("a.png", &picture[..]);
    let before = fingerprint(&asked.app).await?;
    let whole = form(&[("version", "1"), ("note", "")], file);
    let cut = whole[..whole.len() - 20].to_vec();
    let (long, longest) = ("x".repeat(2001), "x".repeat(20_000));
    // A whole form of ours that would be taken, with too much that is read over before its file.
    let much = "x".repeat(2 * 1024 * 1024);
    for (name, status, body) in [
        ("nothing", 400, Vec::new()),
        ("no form", 400, b"link=https://example.com".to_vec()),
        ("no file", 400, format!("--{BOUNDARY}--\r\n").into_bytes()),
        ("no beginning", 400, vec![b'x'; 2 * 1024 * 1024]),
        ("too much before the file", 400, form(&[("other", much.as_str()), ("version", "1"), ("note", "")], file)),
        ("a note of any length", 400, form(&[("version", "1"), ("note", longest.as_str())], file)),
        ("a note that is too long", 422, form(&[("version", "1"), ("note", long.as_str())], file)),
        ("no version", 409, form(&[], file)),
        ("no number", 409, form(&[("version", "one")], file)),
        ("another version", 409, form(&[("version", "3")], file)),
        ("cut short", 422, cut),
        ("no file chosen", 422, form(&[("version", "1")], ("", b""))),
        ("too large", 422, form(&[("version", "1")], ("large.png", &large))),
        ("a page", 422, form(&[("version", "1")], ("a.html", b"<html><script>alert(1)</script></html>"))),
    ] {
        let answer = asked.post(&path, body).await?;
        assert_eq!(answer.status, status, "{name}: {}", text(&answer));
        assert!(!text(&answer).contains("<script"), "{name}");
        assert_eq!(fingerprint(&asked.app).await?, before, "{name} left something");
        assert!(asked.app.stored_files()?.is_empty(), "{name} left a file");
    }
    let plain =
        asked.app.client.request(Method::POST, &format!("{path}/file"))?.form(&[("version", "1")]).send().await?;
    assert_eq!(plain.status, 400);
    // Reloading after a refusal leads back to the page.
    let again = asked.app.client.get(&format!("{path}/file")).await?;
    assert_eq!((again.status.as_u16(), again.header("location")), (303, Some(path.as_str())));
    assert_eq!(asked.send("/deliverable/dwl_nobodys", "1", file).await?.status, 404);
    assert_eq!(fingerprint(&asked.app).await?, before);

    // A lost link: the new one works, the old one has ended. Then the time of the other is over.
    let lost = json!({ "deliverableId": deliverable, "version": 1 });
    let anew = asked.mutate("resendDeliverableLink", "url mailed deliverable { id }", lost).await?;
    let new = url::Url::parse(anew["url"].as_str().context("a link")?)?.path().to_owned();
    assert_eq!((asked.send(&path, "1", file).await?.status.as_u16(), anew["mailed"].as_bool()), (410, Some(true)));
    assert_eq!(asked.send(&new, "1", file).await?.status, 303);
    asked.clock.advance(Duration::days(31));
    assert_eq!(asked.send(&late, "1", file).await?.status, 410);
    assert_eq!(asked.app.client.get(&late).await?.status, 410);
    assert_eq!(asked.app.db.count("asset").await?, 1);
    Ok(())
}
