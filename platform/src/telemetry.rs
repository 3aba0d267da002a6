//! Log lines: a readable message and fields, units in the fields' names, no personal data, no secrets. And, where the operator names a
//! collector, traces.

use std::io::{IsTerminal as _, Write};

use opentelemetry_sdk::trace::SdkTracer;
use tracing::Subscriber;
use tracing_subscriber::filter::{EnvFilter, LevelFilter, Targets};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for collectors.
    Json,
}

/// Starts logging to standard error. `filter` is in the form of `tracing_subscriber::EnvFilter`, as `info,diwan=debug`. Spans go to
/// `tracer`, if there is one. A second call changes nothing.
pub fn init(format: LogFormat, filter: &str, tracer: Option<SdkTracer>) {
    let _started = start((format, filter), tracer, std::io::stderr().is_terminal(), std::io::stderr);
}

/// Starts logging to another place, for those who read it themselves. False when this process logs already.
pub fn init_to<W: Write + 'static>(
    format: LogFormat,
    filter: &str,
    writer: impl Fn() -> W + Send + Sync + 'static,
) -> bool {
    start((format, filter), None, false, writer)
}

fn start<W: Write + 'static>(
    (format, filter): (LogFormat, &str),
    tracer: Option<SdkTracer>,
    colours: bool,
    writer: impl Fn() -> W + Send + Sync + 'static,
) -> bool {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt::layer().with_ansi(colours).with_writer(writer);
    let lines = match format {
        LogFormat::Text => lines.compact().with_filter(filter).boxed(),
        LogFormat::Json => lines.json().with_filter(filter).boxed(),
    };
    tracing_subscriber::registry().with(lines).with(tracer.map(spans)).try_init().is_ok()
}

/// Sends our own spans: what libraries do beneath them is told by ours.
fn spans<S: Subscriber + for<'a> LookupSpan<'a>>(tracer: SdkTracer) -> impl tracing_subscriber::Layer<S> {
    let ours = ["diwan", "diwan_api", "diwan_domain", "diwan_platform", "diwan_worker"];
    let ours = Targets::new().with_targets(ours.map(|target| (target, LevelFilter::INFO)));
    tracing_opentelemetry::layer().with_tracer(tracer).with_filter(ours)
}
