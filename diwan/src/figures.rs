//! Serves the figures of this process, for whoever watches over it: on an address of its own, because they are nobody else's.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use diwan_domain::Services;
use diwan_platform::config::Config;
use diwan_platform::{jobs, metrics};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// How long a question and its answer may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// The longest question, in bytes.
const LONGEST: usize = 8 * 1024;

/// Begins to serve, if the operator wants it, until `stop`.
pub(crate) async fn serve(config: &Config, services: &Arc<Services>, stop: CancellationToken) -> Result<()> {
    let Some(address) = config.metrics_listen else { return Ok(()) };
    let listener = TcpListener::bind(address).await.with_context(|| format!("DIWAN_METRICS_LISTEN: {address}"))?;
    tracing::info!(address = %listener.local_addr()?, "figures are served at /metrics");
    tokio::spawn(answer_all(listener, Arc::clone(services), stop));
    Ok(())
}

async fn answer_all(listener: TcpListener, services: Arc<Services>, stop: CancellationToken) {
    loop {
        let accepted: std::io::Result<(TcpStream, SocketAddr)> = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                let services = Arc::clone(&services);
                // Whoever asked may go away at any time.
                tokio::spawn(async move { timeout(PATIENCE, answer(stream, &services)).await });
            }
            Err(error) => {
                tracing::debug!(%error, "a question for figures was not heard");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

/// Answers one question and closes: HTTP/1.1 as far as a scraper speaks it.
async fn answer(mut stream: TcpStream, services: &Services) -> std::io::Result<()> {
    let mut question = Vec::new();
    while !question.windows(4).any(|end| end == b"\r\n\r\n") && question.len() < LONGEST {
        if stream.read_buf(&mut question).await? == 0 {
            return Ok(());
        }
    }
    let line = question.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let (status, mime, body) = match line {
        b"GET /metrics HTTP/1.1" | b"GET /metrics HTTP/1.0" => match text(services).await {
            Ok(text) => ("200 OK", metrics::MIME, text),
            Err(error) => {
                tracing::warn!(%error, "figures could not be read");
                ("503 Service Unavailable", "text/plain", "the database does not answer\n".to_owned())
            }
        },
        _ => ("404 Not Found", "text/plain", "ask for GET /metrics\n".to_owned()),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {mime}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    stream.shutdown().await
}

async fn text(services: &Services) -> Result<String> {
    let depths = jobs::figures(services.db.unscoped(), services.now()).await?;
    Ok(services.metrics.text(&depths)?)
}
