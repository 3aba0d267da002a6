//! `diwan health`: whether the API at `DIWAN_LISTEN` can serve, as an exit code.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result};
use diwan_platform::config::Config;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long the answer may take.
const PATIENCE: Duration = Duration::from_secs(4);

/// Asks once. Says nothing when all is well.
pub(crate) async fn run() -> Result<ExitCode> {
    let config = Config::from_env()?;
    let answer = ask(config.listen).await?;
    if answer.starts_with("200 ") {
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!("not ready: {answer}");
    Ok(ExitCode::FAILURE)
}

/// The status line's end of `/health/ready`, such as `200 OK`.
pub(crate) async fn ask(listen: SocketAddr) -> Result<String> {
    let address = local(listen);
    let talk = async {
        let mut stream = TcpStream::connect(address).await?;
        let request = format!("GET /health/ready HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.take(64 * 1024).read_to_end(&mut answer).await?;
        Ok::<_, std::io::Error>(answer)
    };
    let answer = timeout(PATIENCE, talk)
        .await
        .with_context(|| format!("no answer from {address} within {} s", PATIENCE.as_secs()))?
        .with_context(|| format!("nothing answers at {address}"))?;
    let answer = String::from_utf8_lossy(&answer);
    let status =
        answer.lines().next().and_then(|line| line.split_once(' ')).map(|(_version, status)| status.to_owned());
    status.with_context(|| format!("what answers at {address} is no web server"))
}

/// Where an address that stands for all of them is reached from this machine.
fn local(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}
