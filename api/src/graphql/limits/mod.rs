//! Limits, checked before anything runs and announced with every answer.

mod socket;

use std::sync::Arc;

use async_graphql::extensions::{
    Extension, ExtensionContext, ExtensionFactory, NextExecute, NextPrepareRequest, NextSubscribe, NextValidation,
};
use async_graphql::parser::types::OperationType;
use async_graphql::{Object, Pos, Request, Response, ServerError, ServerResult, ValidationResult, Value, value};
use diwan_gate::{Document, MAX_COMPLEXITY, Meter, RateLimit, read_document, refusal_price};
use futures::StreamExt as _;
use futures::stream::BoxStream;

use super::context::Caller;
use super::error::{request_error, translate};
pub use socket::{MAX_SUBSCRIPTIONS, Socket};

/// The most errors that are told of one document.
const MAX_ERRORS: usize = 20;

/// Gives an error of the library itself a code.
pub fn give_code(error: &mut ServerError) {
    let extensions = error.extensions.get_or_insert_default();
    if extensions.get("code").is_none() {
        let code = match error.message.as_str() {
            "Query is too complex." => "TOO_COMPLEX",
            "Query is nested too deep." => "TOO_DEEP",
            message if message.starts_with("The recursion depth") => "TOO_DEEP",
            _ => "BAD_REQUEST",
        };
        extensions.set("code", code);
    }
}

/// Measures each operation before it runs, refuses what is too much or what the caller cannot pay, and tells the price.
pub struct Limits;

impl ExtensionFactory for Limits {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

fn located_nowhere(error: async_graphql::Error) -> ServerError {
    let mut error = error.into_server_error(Pos::default());
    error.locations.clear();
    error
}

/// Reads the document of an operation that came over a WebSocket, at its caller's expense.
fn read_from_socket(request: &mut Request, meter: &Meter) -> async_graphql::Result<Document> {
    meter.check()?;
    let document = read_document(request).and_then(|document| {
        if document.kind == OperationType::Subscription {
            Ok(document)
        } else {
            let message = "Queries and mutations go to POST /graphql; this connection is for subscriptions.";
            Err(request_error("BAD_REQUEST", message))
        }
    });
    document.inspect_err(|_| meter.fine(refusal_price(request.query.len())))
}

#[async_trait::async_trait]
impl Extension for Limits {
    fn subscribe<'s>(
        &self,
        ctx: &ExtensionContext<'_>,
        stream: BoxStream<'s, Response>,
        next: NextSubscribe<'_>,
    ) -> BoxStream<'s, Response> {
        let stream = next.run(ctx, stream);
        let Some(socket) = ctx.data_opt::<Arc<Socket>>() else {
            return stream;
        };
        let locale = socket.locale;
        let Some(place) = socket.place() else {
            let message = format!("One connection has at most {MAX_SUBSCRIPTIONS} subscriptions at the same time.");
            let mut refused = located_nowhere(request_error("TOO_COMPLEX", message));
            translate(&mut refused, locale);
            return futures::stream::iter([Response::from_errors(vec![refused])]).boxed();
        };
        let coded = stream.map(move |mut response| {
            // Taken until the stream is dropped.
            let _taken = &place;
            for error in &mut response.errors {
                give_code(error);
                translate(error, locale);
            }
            response
        });
        coded.boxed()
    }

    // This comes before the library parses the document and follows its fragments.
    async fn prepare_request(
        &self,
        ctx: &ExtensionContext<'_>,
        mut request: Request,
        next: NextPrepareRequest<'_>,
    ) -> ServerResult<Request> {
        let document = if let Some(socket) = ctx.data_opt::<Arc<Socket>>() {
            let caller = ctx.data_opt::<Caller>();
            let caller = caller.ok_or_else(|| request_error("UNAUTHENTICATED", "Sign in to subscribe."));
            let meter = Arc::new(socket.meter(caller.map_err(located_nowhere)?));
            let document = read_from_socket(&mut request, &meter);
            request = request.data(meter);
            document
        } else {
            read_document(&mut request)
        };
        let document = document.map_err(located_nowhere)?;
        next.run(ctx, request.data(document)).await
    }

    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        let result = next.run(ctx).await;
        let Some(meter) = ctx.data_opt::<Arc<Meter>>() else {
            return result;
        };
        let read = ctx.data_opt::<Document>().map_or(1, |document| document.weight);
        match result {
            Ok(result) if meter.spend(result.complexity.max(read)) => Ok(result),
            Ok(_) => {
                meter.fine(read);
                Err(vec![located_nowhere(meter.too_few())])
            }
            Err(mut errors) => {
                meter.fine(read);
                errors.truncate(MAX_ERRORS);
                Err(errors)
            }
        }
    }

    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        let response = next.run(ctx, operation_name).await;
        let over_http = ctx.data_opt::<Arc<Socket>>().is_none();
        let Some(meter) = ctx.data_opt::<Arc<Meter>>().filter(|_| over_http) else {
            return response;
        };
        let left = meter.left();
        let told: Value = value!({
            "requested": (meter.cost().unwrap_or_default()),
            "maximum": MAX_COMPLEXITY,
            "limit": left.limit,
            "remaining": left.remaining,
            "resetAt": (left.reset_at.to_rfc3339()),
        });
        response.extension("cost", told)
    }
}

/// Queries about the limits themselves.
#[derive(Default)]
pub struct LimitsQuery;

#[Object]
impl LimitsQuery {
    /// What the caller may still spend; the same as the `RateLimit` headers of every answer.
    async fn rate_limit(&self, ctx: &async_graphql::Context<'_>) -> async_graphql::Result<RateLimit> {
        Ok(ctx.data::<Arc<Meter>>()?.left())
    }
}
