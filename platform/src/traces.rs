//! Traces: spans of what the process does, sent to a collector by OTLP where the operator names one, and the thread from a request
//! through the outbox to the worker.

use std::collections::HashMap;

use bytes::Bytes;
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry::trace::{TraceContextExt as _, TracerProvider as _};
use opentelemetry_http::{HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
pub use opentelemetry_sdk::trace::SdkTracer;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tokio::runtime::Handle;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use url::Url;

use crate::http::{HttpClient, HttpPolicy, Method};

/// Where traces go.
#[derive(Debug, Clone)]
pub struct Collector {
    /// The collector's address for OTLP over HTTP; spans go to `v1/traces` below it.
    pub endpoint: Url,
    /// What this installation is called there.
    pub service_name: String,
}

/// Why traces cannot be sent.
#[derive(Debug, thiserror::Error)]
pub enum TracesError {
    /// The address, or what would send to it.
    #[error("OTEL_EXPORTER_OTLP_ENDPOINT: {0}")]
    Exporter(String),
}

/// What sends the spans; dropped or shut down, it sends what it still has.
#[derive(Debug)]
pub struct Traces(SdkTracerProvider);

impl Traces {
    /// Gets ready to send. Called within the runtime on which the requests are made.
    pub fn start(collector: &Collector) -> Result<(Self, SdkTracer), TracesError> {
        let failed = |error: &dyn std::fmt::Display| TracesError::Exporter(error.to_string());
        let mut endpoint = collector.endpoint.clone();
        endpoint.set_path(&format!("{}/v1/traces", endpoint.path().trim_end_matches('/')));
        let policy = HttpPolicy { allowed_hosts: vec![endpoint.authority().to_owned()], ..HttpPolicy::default() };
        let client = HttpClient::new(policy).map_err(|error| failed(&error))?;
        let exporter = opentelemetry_otlp::SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(endpoint.as_str())
            .with_http_client(Sender { client, runtime: Handle::current() })
            .build()
            .map_err(|error| failed(&error))?;
        let resource = Resource::builder().with_service_name(collector.service_name.clone()).build();
        let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build();
        let tracer = provider.tracer("diwan");
        Ok((Self(provider), tracer))
    }

    /// Sends what is left. Blocks for some seconds at most.
    pub fn stop(&self) {
        if let Err(error) = self.0.shutdown() {
            tracing::warn!(%error, "the last spans were not sent");
        }
    }
}

/// Sends by the one outbound client, on the runtime's threads: the exporter's own thread has none.
#[derive(Debug)]
struct Sender {
    client: HttpClient,
    runtime: Handle,
}

#[async_trait::async_trait]
impl opentelemetry_http::HttpClient for Sender {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (head, body) = request.into_parts();
        let url: Url = head.uri.to_string().parse()?;
        let mut sending = self.client.request(Method::POST, url).untraced().bytes("application/x-protobuf", body);
        for (name, value) in &head.headers {
            sending = sending.header(name.as_str(), value.to_str()?);
        }
        let answer = self.runtime.spawn(sending.send()).await??;
        Ok(Response::builder().status(answer.status).body(answer.body)?)
    }
}

/// What is done now, as W3C Trace Context writes it (`traceparent`); none where nothing is traced.
pub fn traceparent() -> Option<String> {
    let context = Span::current().context();
    if !context.span().span_context().is_valid() {
        return None;
    }
    let mut carrier = HashMap::new();
    TraceContextPropagator::new().inject_context(&context, &mut carrier);
    carrier.remove("traceparent")
}

/// Makes a span the child of what somebody else did, by its [`traceparent`]. What cannot be read leaves it alone.
pub fn follow(span: &Span, traceparent: &str) {
    let carrier = HashMap::from([("traceparent".to_owned(), traceparent.to_owned())]);
    let context = TraceContextPropagator::new().extract(&carrier);
    if context.span().span_context().is_valid() {
        // A span that is switched off has no parent.
        let _set = span.set_parent(context);
    }
}
