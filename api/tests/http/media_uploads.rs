//! Files that come in parts (tus 1.0), and looking at files by their links.

use anyhow::{Context as _, Result};
use bytes::Bytes;
use diwan_entity::tenancy::app_user::Level;
use diwan_platform::http::{Method, Response};
use diwan_testkit::{films, pictures};
use serde_json::{Value, json};

use crate::kit::{Desk, id};

const PART: &str = "application/offset+octet-stream";

impl Desk {
    /// Asks for a place for so many bytes. Answers the address and the asset.
    async fn place(&self, size: Option<usize>) -> Result<(String, String)> {
        let input = json!({ "brandId": id("brand", self.brand), "fileName": "a film (1).mp4", "byteSize": size });
        let answer = self.mutate("requestUpload", "asset { id } uploadUrl direct { url }", input).await?;
        assert!(answer.get("requestUpload.direct").is_null());
        Ok((answer.text("requestUpload.uploadUrl")?, answer.text("requestUpload.asset.id")?))
    }

    async fn tus(&self, method: Method, url: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Result<Response> {
        let mut request = self.app.client.request(method, url)?.header("tus-resumable", "1.0.0");
        if !body.is_empty() || headers.iter().any(|(name, _)| *name == "upload-offset") {
            request = request.bytes(PART, Bytes::from(body));
        }
        for (name, value) in headers {
            request = request.header(name, value);
        }
        Ok(request.send().await?)
    }

    async fn append(&self, url: &str, offset: usize, body: &[u8]) -> Result<Response> {
        self.tus(Method::PATCH, url, &[("upload-offset", &offset.to_string())], body.to_vec()).await
    }

    async fn read_asset(&self, asset: &str, selection: &str) -> Result<Value> {
        let query = format!("query($id: ID!) {{ node(id: $id) {{ ... on Asset {{ {selection} }} }} }}");
        Ok(self.app.client.gql(&self.person.token, &query, json!({ "id": asset })).await?.ok()?.get("node").clone())
    }
}

fn code(answer: &Response) -> Result<(u16, String)> {
    let body: Value = answer.json().with_context(|| format!("{} with no JSON", answer.status))?;
    Ok((answer.status.as_u16(), body["error"]["code"].as_str().context("a code")?.to_owned()))
}

#[tokio::test]
async fn a_film_comes_in_parts() -> Result<()> {
    let desk = Desk::new(Level::Junior).await?;
    let film = films::mp4(320, 240, 2500, 30_000);
    let (url, asset) = desk.place(None).await?;
    let abilities = desk.tus(Method::OPTIONS, &url, &[], Vec::new()).await?;
    assert_eq!(abilities.status, 204);
    assert_eq!(abilities.header("tus-version"), Some("1.0.0"));
    assert!(
        abilities.header("tus-extension").is_some_and(|all| all.contains("creation") && all.contains("expiration"))
    );
    assert_eq!(abilities.header("tus-max-size"), Some("4294967296"));
    let first = desk.tus(Method::HEAD, &url, &[], Vec::new()).await?;
    assert_eq!(
        (first.status.as_u16(), first.header("upload-offset"), first.header("upload-defer-length")),
        (200, Some("0"), Some("1"))
    );
    let size = film.len().to_string();
    let created = desk.tus(Method::POST, &url, &[("upload-length", &size)], Vec::new()).await?;
    assert_eq!((created.status.as_u16(), created.header("location")), (201, Some(url.as_str())));
    assert!(created.header("upload-expires").is_some_and(|time| time.ends_with("GMT")));

    assert_eq!(desk.append(&url, 0, &film[..10_000]).await?.header("upload-offset"), Some("10000"));
    let status = desk.tus(Method::HEAD, &url, &[], Vec::new()).await?;
    assert_eq!((status.header("upload-offset"), status.header("upload-length")), (Some("10000"), Some(size.as_str())));
    assert_eq!(status.header("cache-control"), Some("no-store"));
    assert_eq!(code(&desk.append(&url, 5000, &film[5000..9000]).await?)?, (409, "WRONG_OFFSET".to_owned()));
    assert_eq!(desk.append(&url, 10_000, &film[10_000..]).await?.status, 204);
    let seen = desk
        .read_asset(&asset, "state kind mimeType width height durationMs byteSize thumbnailUrl renditions { purpose }")
        .await?;
    let right = json!({ "state": "READY", "kind": "VIDEO", "mimeType": "video/mp4", "width": 320, "height": 240,
        "durationMs": 2500, "byteSize": film.len(), "thumbnailUrl": null, "renditions": [] });
    assert_eq!(seen, right);
    assert_eq!(code(&desk.append(&url, film.len(), b"x").await?)?, (404, "LINK_INVALID".to_owned()));

    // It is looked at by a link, whole or in part.
    let link = desk.read_asset(&asset, "url").await?["url"].as_str().context("a link")?.to_owned();
    let whole = desk.app.client.get(&link).await?;
    assert_eq!((whole.status.as_u16(), whole.body.as_ref()), (200, film.as_slice()));
    assert_eq!(whole.header("content-type"), Some("video/mp4"));
    assert_eq!(whole.header("content-disposition"), Some("inline; filename*=UTF-8''a%20film%20%281%29.mp4"));
    assert_eq!(whole.header("x-content-type-options"), Some("nosniff"));
    let part = desk.app.client.request(Method::GET, &link)?.header("range", "bytes=100-199").send().await?;
    assert_eq!((part.status.as_u16(), part.body.as_ref()), (206, &film[100..200]));
    let head = desk.app.client.request(Method::HEAD, &link)?.send().await?;
    assert_eq!((head.status.as_u16(), head.body.len()), (200, 0));
    let (start, token) = link.rsplit_once('/').context("a token")?;
    for wrong in ["x".to_owned(), token[1..].to_owned(), url.rsplit_once('/').context("a token")?.1.to_owned()] {
        assert_eq!(code(&desk.app.client.get(&format!("{start}/{wrong}")).await?)?, (404, "LINK_INVALID".to_owned()));
    }
    // Nobody could show a frame of it: it has no poster, and is as good as before.
    desk.app.run_jobs().await?;
    let seen = desk.read_asset(&asset, "state problem { code } thumbnailUrl renditions { purpose }").await?;
    assert_eq!(seen, json!({ "state": "READY", "problem": null, "thumbnailUrl": null, "renditions": [] }));
    Ok(())
}

#[tokio::test]
async fn what_is_not_tus_or_no_film_is_refused() -> Result<()> {
    let desk = Desk::new(Level::Junior).await?;
    let film = films::mp4(320, 240, 2500, 1000);
    let (url, asset) = desk.place(Some(film.len())).await?;
    let send = |method: Method| desk.app.client.request(method, &url);
    let without = send(Method::HEAD)?.send().await?;
    assert_eq!((without.status.as_u16(), without.header("tus-version")), (412, Some("1.0.0")));
    let old = send(Method::PATCH)?.header("tus-resumable", "0.2.2").header("upload-offset", "0");
    assert_eq!(old.bytes(PART, Bytes::from_static(b"x")).send().await?.status, 412);
    let other = send(Method::PATCH)?.header("tus-resumable", "1.0.0").header("upload-offset", "0");
    assert_eq!(other.bytes("video/mp4", Bytes::from_static(b"x")).send().await?.status, 415);
    for offset in ["", "-1", "x", "99999999999999999999999"] {
        let answer = desk.tus(Method::PATCH, &url, &[("upload-offset", offset)], b"x".to_vec()).await?;
        assert_eq!(code(&answer)?, (422, "INVALID".to_owned()), "{offset}");
    }
    let longer = (film.len() + 1).to_string();
    assert_eq!(
        code(&desk.tus(Method::POST, &url, &[("upload-length", &longer)], Vec::new()).await?)?,
        (422, "INVALID".to_owned())
    );
    assert_eq!(code(&desk.tus(Method::POST, &url, &[], Vec::new()).await?)?, (422, "INVALID".to_owned()));
    let huge = desk.place(None).await?.0;
    let answer = desk.tus(Method::POST, &huge, &[("upload-length", "4294967297")], Vec::new()).await?;
    assert_eq!(code(&answer)?, (413, "FILE_TOO_LARGE".to_owned()));
    // More than was announced.
    let more = [film.clone(), vec![0; 10]].concat();
    assert_eq!(code(&desk.append(&url, 0, &more).await?)?, (413, "FILE_TOO_LARGE".to_owned()));
    // No film at all: refused with the first part, and nothing is left of it.
    assert_eq!(
        code(&desk.append(&url, 0, b"<html><script>alert(1)</script>").await?)?,
        (415, "FILE_TYPE_UNSUPPORTED".to_owned())
    );
    assert_eq!(desk.app.stored_files()?, Vec::<String>::new());
    // Taken back in the middle.
    assert_eq!(desk.append(&url, 0, &film[..100]).await?.status, 204);
    assert_eq!(desk.tus(Method::DELETE, &url, &[], Vec::new()).await?.status, 204);
    assert_eq!(desk.app.stored_files()?, Vec::<String>::new());
    assert_eq!(desk.read_asset(&asset, "state").await?["state"], "AWAITING_UPLOAD");
    assert_eq!(desk.append(&url, 0, &film).await?.status, 204);
    assert_eq!(desk.read_asset(&asset, "state").await?["state"], "READY");
    desk.app.run_jobs().await?;
    Ok(())
}

#[tokio::test]
async fn a_picture_is_shown_small() -> Result<()> {
    let desk = Desk::new(Level::Junior).await?;
    let (url, asset) = desk.place(None).await?;
    assert_eq!(desk.app.client.put(&url, pictures::png(640, 320)).await?.status, 200);
    assert!(desk.read_asset(&asset, "thumbnailUrl").await?["thumbnailUrl"].is_null());
    desk.app.run_jobs().await?;
    let seen = desk.read_asset(&asset, "thumbnailUrl renditions { purpose mimeType width height }").await?;
    // Networks that take no PNG have forms of their own.
    let forms = seen["renditions"].as_array().context("forms")?;
    let for_people = |form: &&Value| form["purpose"] == "SCREEN" || form["purpose"] == "THUMBNAIL";
    assert_eq!(
        json!(forms.iter().filter(for_people).collect::<Vec<_>>()),
        json!([{ "purpose": "SCREEN", "mimeType": "image/jpeg", "width": 640, "height": 320 },
            { "purpose": "THUMBNAIL", "mimeType": "image/jpeg", "width": 320, "height": 160 }])
    );
    let small = desk.app.client.get(seen["thumbnailUrl"].as_str().context("a link")?).await?;
    assert_eq!((small.status.as_u16(), small.header("content-type")), (200, Some("image/jpeg")));
    assert!(small.body.starts_with(b"\xff\xd8\xff"));
    Ok(())
}

#[tokio::test]
async fn a_film_is_shown_by_its_poster() -> Result<()> {
    let desk = Desk::new(Level::Junior).await?;
    let film = films::real((640, 360), 1).await?;
    let (url, asset) = desk.place(Some(film.len())).await?;
    assert_eq!(desk.app.client.put(&url, film).await?.status, 200);
    desk.app.run_jobs().await?;
    let seen =
        desk.read_asset(&asset, "kind problem { code } thumbnailUrl renditions { purpose width height url }").await?;
    assert_eq!((&seen["kind"], &seen["problem"]), (&json!("VIDEO"), &Value::Null));
    let forms = seen["renditions"].as_array().context("forms")?;
    let sizes: Vec<_> = forms.iter().map(|form| [&form["purpose"], &form["width"], &form["height"]]).collect();
    assert_eq!(json!(sizes), json!([["SCREEN", 640, 360], ["THUMBNAIL", 320, 180]]));
    for link in [&seen["thumbnailUrl"], &forms[0]["url"]] {
        let poster = desk.app.client.get(link.as_str().context("a link")?).await?;
        assert_eq!((poster.status.as_u16(), poster.header("content-type")), (200, Some("image/jpeg")));
        assert!(poster.body.starts_with(b"\xff\xd8\xff"));
    }
    Ok(())
}
