use std::io::ErrorKind;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;

/// Answers every connection with `answer` after reading something, then closes.
async fn server(answer: &'static [u8]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut buffer = [0; 4096];
            match stream.read(&mut buffer).await {
                Err(error) if error.kind() != ErrorKind::ConnectionReset => panic!("{error}"),
                _ => {}
            }
            // The client may be gone already: that is what some of these tests are about.
            let _gone = stream.write_all(answer).await;
        }
    });
    address
}

fn client(address: SocketAddr) -> HttpClient {
    HttpClient::new(HttpPolicy {
        allowed_hosts: vec![address.to_string()],
        total_timeout: Duration::from_secs(2),
        max_response_bytes: 64,
        ..HttpPolicy::default()
    })
    .expect("a client")
}

fn url(text: &str) -> Url {
    text.parse().expect("a url")
}

#[tokio::test]
async fn takes_an_answer_with_its_headers() {
    let address = server(b"HTTP/1.1 201 Created\r\nx-one: two\r\ncontent-length: 9\r\n\r\n{\"a\": 17}").await;
    let answer = client(address).post(url(&format!("http://{address}/"))).json(&1).send().await.expect("an answer");
    assert_eq!(answer.status, StatusCode::CREATED);
    assert_eq!(answer.header("X-One"), Some("two"));
    assert_eq!(answer.json::<serde_json::Value>().expect("json")["a"], 17);
}

#[tokio::test]
async fn does_not_follow_redirects() {
    let address = server(b"HTTP/1.1 302 Found\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n").await;
    let answer = client(address).get(url(&format!("http://{address}/"))).send().await.expect("an answer");
    assert_eq!(answer.status, StatusCode::FOUND);
}

#[tokio::test]
async fn refuses_what_the_policy_forbids_without_calling() {
    let client = client(SocketAddr::from(([127, 0, 0, 1], 9)));
    for target in [
        "http://example.com/",
        "https://127.0.0.1/",
        "https://0x7f.1/",
        "https://2130706433/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://169.254.169.254/latest/meta-data",
        "https://localhost/",
        "http://127.0.0.1:10/",
        "ftp://127.0.0.1:9/",
        "https://me:secret@example.com/",
    ] {
        let error = client.get(url(target)).send().await.expect_err(target);
        assert!(matches!(error, HttpError::Refused { .. }), "{target}: {error:?}");
        assert!(!error.was_sent());
    }
}

#[tokio::test]
async fn a_connection_refused_was_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let error = client(address).get(url(&format!("http://{address}/"))).send().await.expect_err("nobody listens");
    assert!(matches!(error, HttpError::NotSent { .. }), "{error:?}");
}

#[tokio::test]
async fn an_impossible_header_was_not_sent() {
    let client = client(SocketAddr::from(([127, 0, 0, 1], 9)));
    let error = client.get(url("http://127.0.0.1:9/")).header("x", "a\nb").send().await.expect_err("a line break");
    assert!(matches!(error, HttpError::NotSent { .. }), "{error:?}");
}

#[tokio::test]
async fn a_closed_connection_a_short_body_and_silence_are_unknown() {
    for answer in [&b""[..], b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nshort", b"HTTP/1.1 200"] {
        let address = server(answer).await;
        let error = client(address).get(url(&format!("http://{address}/"))).send().await.expect_err("no answer");
        assert!(matches!(error, HttpError::Unknown { .. }), "{error:?}");
        assert!(error.was_sent());
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let error = client(address).get(url(&format!("http://{address}/"))).send().await.expect_err("silence");
    assert!(matches!(error, HttpError::Unknown { .. }), "{error:?}");
}

#[tokio::test]
async fn an_answer_above_the_limit_is_cut_off_with_and_without_a_length() {
    const LONG: &[u8] = b"HTTP/1.1 200 OK\r\n\r\n\
        0123456789012345678901234567890123456789012345678901234567890123456789";
    for answer in [&b"HTTP/1.1 200 OK\r\ncontent-length: 65\r\n\r\n"[..], LONG] {
        let address = server(answer).await;
        let error = client(address).get(url(&format!("http://{address}/"))).send().await.expect_err("too large");
        assert!(matches!(error, HttpError::TooLarge { limit: 64, .. }), "{error:?}");
    }
}

#[tokio::test]
async fn errors_and_debug_tell_no_secrets() {
    let address = server(b"").await;
    let target = url(&format!("http://{address}/bot-s3cret/x?token=s3cret"));
    let request = client(address).get(target).bearer("s3cret");
    assert!(!format!("{request:?}").contains("s3cret"));
    let error = request.send().await.expect_err("no answer");
    assert!(!format!("{error} {error:?}").contains("s3cret"));
}

#[tokio::test]
async fn sends_multipart_with_a_length() {
    let address = server(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    let parts =
        vec![Part::text("description", "ذ"), Part::file("file", "a.png", "image/png", Bytes::from_static(b"x"))];
    let answer =
        client(address).post(url(&format!("http://{address}/"))).multipart(parts).send().await.expect("an answer");
    assert_eq!(answer.status, StatusCode::OK);
}

/// Reads what is sent a little at a time and answers when it has all of it.
async fn slow_reader(length: usize, pause: Duration) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (mut piece, mut read) = (vec![0; length / 8], 0);
            while read < length {
                match stream.read(&mut piece).await {
                    Ok(0) | Err(_) => break,
                    Ok(more) => read += more,
                }
                tokio::time::sleep(pause).await;
            }
            let _gone = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
        }
    });
    address
}

#[tokio::test]
async fn a_large_body_may_be_on_its_way_for_longer_than_the_longest_silence() {
    const LENGTH: usize = 16 * 1024 * 1024;
    let address = slow_reader(LENGTH, Duration::from_millis(100)).await;
    let policy = HttpPolicy {
        allowed_hosts: vec![address.to_string()],
        read_timeout: Duration::from_millis(300),
        total_timeout: Duration::from_secs(1),
        ..HttpPolicy::default()
    };
    let client = HttpClient::new(policy).expect("a client");
    let target = url(&format!("http://{address}/"));
    let sent = client.post(target.clone()).bytes("video/mp4", Bytes::from(vec![0; LENGTH]));
    let answer = sent.patience(Duration::from_mins(1)).send().await.expect("an answer");
    assert_eq!(answer.status, StatusCode::OK);
    let error = client.post(target).bytes("video/mp4", Bytes::from(vec![0; LENGTH])).send().await;
    assert!(matches!(error, Err(HttpError::Unknown { .. })), "without patience: {error:?}");
}

#[tokio::test]
async fn silence_in_the_middle_of_an_answer_ends_it_also_with_patience() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf").await.expect("half an answer");
        tokio::time::sleep(Duration::from_mins(1)).await;
    });
    let policy = HttpPolicy {
        allowed_hosts: vec![address.to_string()],
        read_timeout: Duration::from_millis(200),
        ..HttpPolicy::default()
    };
    let client = HttpClient::new(policy).expect("a client");
    let began = tokio::time::Instant::now();
    let asked = client.get(url(&format!("http://{address}/"))).patience(Duration::from_mins(1));
    let error = asked.send().await.expect_err("half an answer");
    assert!(matches!(error, HttpError::Unknown { .. }), "{error:?}");
    assert!(began.elapsed() < Duration::from_secs(5));
}
