//! Bodies that stream in, and media that are pulled.

use std::ops::Range;

use diwan_platform::http::Part;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::mini::{Stage, json_of, text_of};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x04\x38\0\0\x05\x46\x08\x06\0\0\0 and so on";

fn sha256(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(bytes))
}

#[tokio::test]
async fn a_body_is_measured() {
    let stage = Stage::patient();
    let body: Vec<u8> = (0..3_000_000_u32).map(|number| number.to_le_bytes()[0]).collect();
    let digest = sha256(&body);
    let answer = stage.http.post(stage.api("/upload")).bytes("video/mp4", body.into()).send().await;
    assert_eq!(json_of(&answer.expect("an answer")), json!({ "size": 3_000_000, "sha256": digest }));
    let nothing = stage.http.post(stage.api("/upload")).send().await.expect("an answer");
    assert_eq!(json_of(&nothing)["size"], 0);
}

#[tokio::test]
async fn parts_are_told_apart() {
    let stage = Stage::start();
    let long = "ط".repeat(40_000);
    let parts = vec![
        Part::text("caption", "سلام"),
        Part::text("long", long.clone()),
        Part::file("source", "a b.png", "image/png", PNG.to_vec()),
    ];
    let answer = stage.http.post(stage.api("/parts")).multipart(parts).send().await.expect("an answer");
    let told = json_of(&answer);
    assert_eq!(told[0], json!(["caption", null, null, 8, "سلام", null]));
    assert_eq!(told[1], json!(["long", null, null, 80_000, null, null]));
    assert_eq!(told[2], json!(["source", "a b.png", "image/png", PNG.len(), null, [1080, 1350]]));
    let other = stage.http.post(stage.api("/parts")).json(&json!({})).send().await.expect("an answer");
    assert_eq!(other.status.as_u16(), 415);
}

#[tokio::test]
async fn a_form_is_a_form() {
    let stage = Stage::start();
    let form = stage.http.post(stage.api("/form")).form(&[("a b", "ü&"), ("a b", "")]).send().await;
    assert_eq!(json_of(&form.expect("an answer")), json!([["a b", "ü&"], ["a b", ""]]));
    let empty = stage.http.post(stage.api("/form")).send().await.expect("an answer");
    assert_eq!(json_of(&empty), json!([]));
    let other = stage.http.post(stage.api("/form")).json(&json!({})).send().await.expect("an answer");
    assert_eq!(other.status.as_u16(), 415);
    let long = stage.http.post(stage.api("/form")).form(&[("a", "x".repeat(1_100_000))]).send().await;
    assert_eq!(long.expect("an answer").status.as_u16(), 413);
    let no_json = stage.http.post(stage.api("/pull")).bytes("application/json", "{".into()).send().await;
    assert_eq!(no_json.expect("an answer").status.as_u16(), 400);
}

/// A server of one file, which may know how to send pieces. `/moved` and `/page` are something else.
async fn files(file: Vec<u8>, in_pieces: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut buffer = vec![0; 8192];
            let read = stream.read(&mut buffer).await.expect("a request");
            let request = String::from_utf8_lossy(&buffer[..read]).to_ascii_lowercase();
            let (head, body) = answer(&request, &file, in_pieces);
            let head = format!("{head}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
            // Who asked may have heard enough.
            let _gone = stream.write_all(head.as_bytes()).await;
            let _gone = stream.write_all(body).await;
        }
    });
    format!("http://{address}")
}

fn answer<'a>(request: &str, file: &'a [u8], in_pieces: bool) -> (String, &'a [u8]) {
    let path = request.split(' ').nth(1).unwrap_or_default();
    match path {
        "/moved" => return ("HTTP/1.1 302 Found\r\nlocation: /film".to_owned(), b""),
        "/page" => return ("HTTP/1.1 200 OK\r\ncontent-type: text/html".to_owned(), b"<p>"),
        "/gone" => return ("HTTP/1.1 404 Not Found\r\ncontent-type: image/png".to_owned(), b"gone"),
        "/empty" => return ("HTTP/1.1 200 OK\r\ncontent-type: image/png".to_owned(), b""),
        _ => {}
    }
    let kind = "content-type: Video/MP4; codecs=x";
    let range = request.lines().find_map(|line| line.strip_prefix("range: bytes=")).and_then(|range| {
        let (from, to) = range.trim().split_once('-')?;
        let (from, to): (usize, usize) = (from.parse().ok()?, to.parse().ok()?);
        Some(Range { start: from, end: (to + 1).min(file.len()) })
    });
    match range.filter(|_| in_pieces) {
        Some(range) => {
            let says = format!("content-range: bytes {}-{}/{}", range.start, range.end - 1, file.len());
            (format!("HTTP/1.1 206 Partial Content\r\n{kind}\r\n{says}"), &file[range])
        }
        None => (format!("HTTP/1.1 200 OK\r\n{kind}"), file),
    }
}

#[tokio::test]
async fn a_medium_is_pulled_whole_or_in_pieces() {
    let stage = Stage::patient();
    let pull = async |url: &str| {
        let request = stage.http.post(stage.api("/pull")).json(&json!({ "url": url }));
        request.send().await.expect("an answer")
    };
    let film: Vec<u8> = (0..5_000_000_u32).map(|number| number.to_le_bytes()[1]).collect();
    for in_pieces in [true, false] {
        let at = files(film.clone(), in_pieces).await;
        let answer = pull(&format!("{at}/film")).await;
        let expected = json!(["video/mp4", film.len(), sha256(&film), null]);
        assert_eq!(json_of(&answer), expected, "in pieces: {in_pieces}");
    }
    let at = files(PNG.to_vec(), true).await;
    assert_eq!(json_of(&pull(&format!("{at}/picture")).await)[3], json!([1080, 1350]));
    let refused = [
        (format!("{at}/moved"), "status 302: a redirect, which is not followed"),
        (format!("{at}/page"), "neither an image nor a video"),
        (format!("{at}/gone"), "status 404"),
        (format!("{at}/empty"), "the medium is empty"),
        ("http://127.0.0.1:1/x".to_owned(), "could not reach"),
        ("http://diwan.example/x".to_owned(), "only https is spoken"),
        ("no address".to_owned(), "is no address"),
    ];
    for (url, why) in refused {
        let answer = pull(&url).await;
        assert_eq!(answer.status.as_u16(), 400, "{url}");
        assert!(text_of(&answer).contains(why), "{url}: {}", text_of(&answer));
    }
}
