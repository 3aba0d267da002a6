//! A film of 2 GiB through the API, to disk and to a bucket, with an eye on the memory of the process.
//!
//! The film is sent in three parts by tus to the API in this process, looked at and taken in; for the bucket, the worker's jobs in
//! this process send it on to a real S3 server. What counts is by how much the largest resident set of the process, which holds
//! API, worker and sender, exceeds what it was before.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_testkit::servers::S3Server;
use diwan_testkit::{Settings, TestApp, films};
use serde_json::json;

use crate::memory::memory;

/// What the film holds beside its boxes, in bytes.
const CONTENT: u32 = 2 * 1024 * 1024 * 1024 - 4096;
/// By how much the process may grow meanwhile, in MiB.
const MOST: u64 = 96;
/// What is written at a time.
const PIECE: usize = 1024 * 1024;

/// Measures, and holds the figures against what was promised.
pub(crate) async fn run() -> Result<()> {
    let on_disk = one("on disk", Settings::default()).await?;
    let server = S3Server::start().await?;
    let in_bucket =
        one("in a bucket", Settings { s3: Some(server.settings(&server.url)), ..Settings::default() }).await?;
    for (where_to, grown) in [("on disk", on_disk), ("in a bucket", in_bucket)] {
        ensure!(grown <= MOST, "{where_to}: the process grew by {grown} MiB, more than {MOST}");
    }
    println!("kept: at most {MOST} MiB more, whatever the size of the file");
    Ok(())
}

async fn one(where_to: &str, settings: Settings) -> Result<u64> {
    let mut app = TestApp::with(settings).await?;
    app.leave_jobs();
    let brand = app.brand("Alpha").await?;
    let person = app.member(brand, Level::Junior, UserKind::Staff).await?;
    let head = films::head(*b"isom", (3840, 2160), 600_000, CONTENT);
    let size = head.len() as u64 + u64::from(CONTENT);
    let input =
        json!({ "brandId": diwan_platform::ids::encode("brand", brand), "fileName": "film.mp4", "byteSize": size });
    let answer = app.client.mutate(&person.token, "requestUpload", "asset { id } uploadUrl", input).await?;
    let (url, asset) = (answer.text("requestUpload.uploadUrl")?, answer.text("requestUpload.asset.id")?);
    let path = format!("/uploads/{}", url.rsplit_once('/').context("a token")?.1);

    std::fs::write("/proc/self/clear_refs", "5").context("the largest resident set cannot be set back")?;
    let before = memory("VmHWM")?;
    let started = Instant::now();
    let address = crate::calendar::address(&app)?;
    tokio::task::spawn_blocking(move || send(address, &path, &head, size)).await??;
    let received = started.elapsed();
    app.run_jobs().await?;
    let stored = started.elapsed();
    let grown = memory("VmHWM")?.saturating_sub(before);

    let query = "query($id: ID!) { node(id: $id) { ... on Asset { state byteSize width durationMs } } }";
    let seen = app.client.gql(&person.token, query, json!({ "id": asset })).await?.ok()?;
    let right = json!({ "state": "READY", "byteSize": size, "width": 3840, "durationMs": 600_000 });
    ensure!(seen.get("node") == &right, "it is not here: {}", seen.body);
    let gib = size >> 20;
    println!(
        "{where_to}: {gib} MiB received in {:.1} s, stored after {:.1} s; the process had {before} MiB and grew by {grown} MiB",
        received.as_secs_f64(),
        stored.as_secs_f64()
    );
    Ok(grown)
}

/// Sends the film in three parts.
fn send(address: SocketAddr, path: &str, head: &[u8], size: u64) -> Result<()> {
    let piece: Vec<u8> = (0..PIECE).map(|at| u8::try_from(at % 251).unwrap_or_default()).collect();
    let mut offset = 0;
    for end in [size / 3, size / 3 * 2, size] {
        let mut connection = TcpStream::connect(address)?;
        let length = end - offset;
        write!(
            connection,
            "PATCH {path} HTTP/1.1\r\nhost: {address}\r\ntus-resumable: 1.0.0\r\nupload-offset: {offset}\r\n\
             content-type: application/offset+octet-stream\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
        )?;
        if offset == 0 {
            connection.write_all(head)?;
            offset = head.len() as u64;
        }
        while offset < end {
            let next = usize::try_from((end - offset).min(PIECE as u64))?;
            connection.write_all(&piece[..next])?;
            offset += next as u64;
        }
        let mut answer = String::new();
        connection.read_to_string(&mut answer)?;
        ensure!(answer.starts_with("HTTP/1.1 204"), "refused: {answer}");
    }
    Ok(())
}
