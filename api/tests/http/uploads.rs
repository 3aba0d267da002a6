//! Files on their way in: what is not a whole, reasonable image leaves nothing behind.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use chrono::Duration;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::clock::{Clock as _, ManualClock, SystemClock};
use diwan_platform::http::Response;
use diwan_testkit::{Person, Settings, TestApp, pictures};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::kit::{fingerprint, id};

struct Bench {
    app: TestApp,
    clock: Arc<ManualClock>,
    brand: Uuid,
    person: Person,
}

impl Bench {
    async fn new() -> Result<Self> {
        let clock = Arc::new(ManualClock::new(SystemClock.now()));
        let mut app = TestApp::with(Settings { clock: Some(Arc::clone(&clock)), ..Settings::default() }).await?;
        // Renditions follow, and have tests of their own.
        app.leave_jobs();
        let brand = app.brand("Alpha").await?;
        let person = app.member(brand, Level::Junior, UserKind::Staff).await?;
        Ok(Self { app, clock, brand, person })
    }

    async fn ask(&self) -> Result<(String, String)> {
        let input = json!({ "brandId": id("brand", self.brand), "fileName": "logo.png", "altText": "A logo" });
        let answer =
            self.app.client.mutate(&self.person.token, "requestUpload", "asset { id state } uploadUrl", input).await?;
        assert_eq!(answer.get("requestUpload.asset.state"), "AWAITING_UPLOAD");
        Ok((answer.text("requestUpload.uploadUrl")?, answer.text("requestUpload.asset.id")?))
    }

    async fn read(&self, asset: &str) -> Result<Value> {
        let query = "query($id: ID!) { node(id: $id) { ... on Asset { state mimeType byteSize width height } } }";
        Ok(self.app.client.gql(&self.person.token, query, json!({ "id": asset })).await?.ok()?.get("node").clone())
    }
}

/// The code of a refusal.
fn code(answer: &Response) -> Result<String> {
    let body: Value = answer.json().with_context(|| format!("{} with no JSON", answer.status))?;
    Ok(body["error"]["code"].as_str().context("a code")?.to_owned())
}

#[tokio::test]
async fn an_image_is_what_its_bytes_say() -> Result<()> {
    let bench = Bench::new().await?;
    let (url, asset) = bench.ask().await?;
    let picture = pictures::png(30, 20);
    let size = picture.len();
    assert_eq!(bench.app.client.put(&url, picture).await?.status, 200);
    let right = json!({ "state": "READY", "mimeType": "image/png", "byteSize": size, "width": 30, "height": 20 });
    assert_eq!(bench.read(&asset).await?, right);
    assert_eq!(bench.app.stored_files()?.len(), 1);

    let again = bench.app.client.put(&url, pictures::png(5, 5)).await?;
    assert_eq!((again.status.as_u16(), code(&again)?.as_str()), (404, "LINK_INVALID"));
    assert_eq!(bench.read(&asset).await?, right, "what is stored stays");
    assert_eq!(bench.app.stored_files()?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn what_is_no_reasonable_image_leaves_nothing_and_can_be_sent_again() -> Result<()> {
    let bench = Bench::new().await?;
    let (url, asset) = bench.ask().await?;
    let good = pictures::png(30, 20);
    let huge_file = [&good[..], &vec![0; 20 * 1024 * 1024]].concat();
    let mut wrong_sum = good.clone();
    let middle = wrong_sum.len() / 2;
    wrong_sum[middle] ^= 0xff;
    for (what, bytes, status, expected) in [
        ("nothing", Vec::new(), 415, "FILE_TYPE_UNSUPPORTED"),
        (
            "a text",
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec(),
            415,
            "FILE_TYPE_UNSUPPORTED",
        ),
        ("a program", b"\x7fELF\x02\x01\x01 and so on".to_vec(), 415, "FILE_TYPE_UNSUPPORTED"),
        (
            "an image of a kind that no network takes",
            b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0".to_vec(),
            415,
            "FILE_TYPE_UNSUPPORTED",
        ),
        ("half an image", good[..good.len() / 2].to_vec(), 422, "FILE_DAMAGED"),
        ("the head of an image", good[..20].to_vec(), 422, "FILE_DAMAGED"),
        ("an image with a wrong checksum", wrong_sum, 422, "FILE_DAMAGED"),
        (
            "a small file that unfolds to gigabytes",
            pictures::png_that_claims(60_000, 60_000),
            422,
            "IMAGE_TOO_MANY_PIXELS",
        ),
        ("a side beyond all numbers", pictures::png_that_claims(u32::MAX, 1), 422, "IMAGE_TOO_MANY_PIXELS"),
        ("too many bytes", huge_file, 413, "FILE_TOO_LARGE"),
    ] {
        let refused = bench.app.client.put(&url, bytes).await.context(what)?;
        let found = code(&refused).context(what)?;
        let damaged = what.starts_with("a side") && found == "FILE_DAMAGED";
        assert!(
            damaged || (refused.status.as_u16(), found.as_str()) == (status, expected),
            "{what}: {} {found}",
            refused.status
        );
        assert_eq!(bench.app.stored_files()?, Vec::<String>::new(), "{what} was kept");
        assert_eq!(bench.read(&asset).await?["state"], "AWAITING_UPLOAD", "{what}");
    }
    assert_eq!(bench.app.client.put(&url, good).await?.status, 200);
    Ok(())
}

#[tokio::test]
async fn an_address_works_for_its_file_and_for_its_time() -> Result<()> {
    let bench = Bench::new().await?;
    let (url, asset) = bench.ask().await?;
    let picture = pictures::png(4, 4);
    let (start, token) = url.rsplit_once('/').context("a token")?;
    let mut changed: Vec<char> = token.chars().collect();
    changed[5] = if changed[5] == 'A' { 'B' } else { 'A' };
    let changed: String = changed.into_iter().collect();
    for wrong in [changed.as_str(), "x", &token[1..], &token.replace(|_: char| true, "A"), "..%2f..%2fetc%2fpasswd"] {
        let refused = bench.app.client.put(&format!("{start}/{wrong}"), picture.clone()).await?;
        assert_eq!((refused.status.as_u16(), code(&refused)?.as_str()), (404, "LINK_INVALID"), "{wrong}");
    }
    // A link of this installation for another purpose.
    let report = bench.app.client.get(&format!("/downloads/{token}")).await?;
    assert_eq!((report.status.as_u16(), code(&report)?.as_str()), (404, "LINK_INVALID"));
    bench.clock.advance(Duration::hours(24));
    let late = bench.app.client.put(&url, picture).await?;
    assert_eq!((late.status.as_u16(), code(&late)?.as_str()), (410, "LINK_EXPIRED"));
    assert_eq!(bench.app.stored_files()?, Vec::<String>::new());
    bench.clock.advance(Duration::hours(-24));
    assert_eq!(bench.read(&asset).await?["state"], "AWAITING_UPLOAD");
    Ok(())
}

#[tokio::test]
async fn a_file_name_is_a_label_and_no_path() -> Result<()> {
    let bench = Bench::new().await?;
    let before = fingerprint(&bench.app).await?;
    let long = "x".repeat(256);
    for (name, expected) in [
        ("../../etc/passwd", "INVALID"),
        ("..\\windows", "INVALID"),
        ("a\nb.png", "INVALID"),
        ("", "INVALID"),
        ("   ", "INVALID"),
        ("a\u{0}b", "INVALID"),
        (&long, "TOO_LONG"),
    ] {
        let input = json!({ "brandId": id("brand", bench.brand), "fileName": name });
        let refused = bench.app.client.try_mutate(&bench.person.token, "requestUpload", "uploadUrl", input).await?;
        let codes = refused.user_codes("requestUpload");
        assert!(!codes.is_empty() && codes.iter().all(|code| code == expected), "{name:?}: {}", refused.body);
        assert_eq!(refused.get("requestUpload.userErrors.0.field"), &json!(["fileName"]));
    }
    assert_eq!(fingerprint(&bench.app).await?, before);
    let input = json!({ "brandId": id("brand", bench.brand), "fileName": "نوروز ۱۴۰۵ — final (2).png" });
    let answer = bench.app.client.mutate(&bench.person.token, "requestUpload", "asset { fileName }", input).await?;
    assert_eq!(answer.get("requestUpload.asset.fileName"), "نوروز ۱۴۰۵ — final (2).png");
    Ok(())
}

#[tokio::test]
async fn of_two_senders_at_once_one_wins_and_the_file_is_whole() -> Result<()> {
    let bench = Bench::new().await?;
    let (url, asset) = bench.ask().await?;
    let (one, two) = (pictures::png(40, 40), pictures::png(50, 50));
    let (first, second) = tokio::join!(bench.app.client.put(&url, one), bench.app.client.put(&url, two));
    let statuses = [first?.status.as_u16(), second?.status.as_u16()];
    assert!(statuses == [200, 404] || statuses == [404, 200], "{statuses:?}");
    let side = if statuses[0] == 200 { 40 } else { 50 };
    let read = bench.read(&asset).await?;
    assert_eq!((read["width"].as_i64(), read["height"].as_i64()), (Some(side), Some(side)));
    // The stored bytes are those of the winner.
    let stored: String = bench.app.db.value("select encode(sha256, 'hex') from asset").await?;
    let uuid = diwan_platform::ids::decode("asset", &asset).context("an id")?;
    let bytes = bench.app.services.storage.get(diwan_domain::media::file_key(bench.brand, uuid)).await?;
    let hash = data_encoding::HEXLOWER.encode(&diwan_platform::crypto::sha256(&bytes));
    assert_eq!(stored, hash, "the row and the file do not belong together");
    Ok(())
}
