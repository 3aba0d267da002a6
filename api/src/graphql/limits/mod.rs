//! Limits, checked before anything runs and announced with every answer.

mod document;
mod rate;
mod socket;
mod text;

use std::sync::Arc;

use async_graphql::extensions::{
    Extension, ExtensionContext, ExtensionFactory, NextExecute, NextPrepareRequest, NextSubscribe, NextValidation,
};
use async_graphql::parser::types::OperationType;
use async_graphql::{Object, Pos, Request, Response, ServerError, ServerResult, ValidationResult, Value, value};
use futures::StreamExt as _;
use futures::stream::BoxStream;

use super::context::Caller;
use super::error::{request_error, translate};
pub use document::{Document, read_document};
pub use rate::{Meter, RateLimit, RateLimiter, refusal_price};
pub use socket::{MAX_SUBSCRIPTIONS, Socket};

/// The longest request body, in bytes.
pub const MAX_DOCUMENT_BYTES: usize = 256 * 1024;
/// The deepest nesting of fields. The introspection query of common clients nests 13 deep.
pub const MAX_DEPTH: usize = 16;
/// The most points that one operation may cost: one per field, rows of lists multiplied; at least what its document weighs.
pub const MAX_COMPLEXITY: usize = 20_000;
/// How deep selections nest, fragments among them.
pub const MAX_RECURSION: usize = 32;
/// The most directives in one place.
pub const MAX_DIRECTIVES: usize = 8;
/// The most arguments of one field.
const MAX_ARGUMENTS: usize = 32;
/// The most variables of one operation.
const MAX_VARIABLES: usize = 100;
/// The most aliases in one document, those in fragments as often as they are spread.
const MAX_ALIASES: usize = 40;
/// The most mutations in one operation.
const MAX_MUTATIONS: usize = 20;
/// The most selections and values in one document, those in fragments as often as they are spread.
const MAX_WEIGHT: usize = 20_000;
/// The most times that one selection asks for `__typename`: once is enough, and fragments have their own.
const MAX_TYPENAMES: usize = 40;
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

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use serde_json::Value;

    use super::*;

    fn at_noon() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    async fn ask(limiter: &Arc<RateLimiter>, query: &str) -> (Value, usize) {
        let meter = Arc::new(Meter::new(Arc::clone(limiter), "somebody".to_owned(), at_noon()));
        let answer = crate::graphql::build_schema().execute(Request::new(query).data(Arc::clone(&meter))).await;
        (serde_json::to_value(answer).unwrap(), meter.left().remaining)
    }

    #[tokio::test]
    async fn the_price_is_told_and_paid() {
        let limiter = Arc::default();
        let (answer, left) = ask(&limiter, "{ rateLimit { limit remaining } }").await;
        assert_eq!(answer["extensions"]["cost"]["requested"], 3);
        assert_eq!(answer["data"]["rateLimit"]["remaining"], 199_997);
        assert_eq!((answer["extensions"]["cost"]["remaining"].as_u64(), left), (Some(199_997), 199_997));
    }

    #[tokio::test]
    async fn signing_in_has_a_price_that_slows_guessing_down() {
        let limiter = Arc::default();
        let guess =
            "mutation { signIn(input: { email: \"a@b.example\", password: \"guess\" }) { session { accessToken } } }";
        let (mut tries, mut last) = (0, Value::Null);
        while last["errors"][0]["extensions"]["code"] != "RATE_LIMITED" {
            assert!(tries < 50, "{last}");
            // There is no operation here, so that it fails when it has been paid.
            (last, _) = ask(&limiter, guess).await;
            tries += 1;
        }
        assert_eq!(tries, 40);
        // Whoever goes on asking has nothing left at all.
        for _ in 0..5_000 {
            let (answer, left) = ask(&limiter, guess).await;
            assert_eq!(answer["errors"][0]["extensions"]["code"], "RATE_LIMITED");
            if left == 0 {
                return;
            }
        }
        panic!("asking in vain is free");
    }

    #[tokio::test]
    async fn a_document_that_is_not_valid_is_paid_too_and_answered_in_short() {
        let limiter = Arc::default();
        let unknown = (0..1_000).map(|n| format!("unknown{n} ")).collect::<Vec<_>>().concat();
        let (answer, left) = ask(&limiter, &format!("{{ {unknown} }}")).await;
        assert_eq!(answer["errors"].as_array().unwrap().len(), MAX_ERRORS);
        assert_eq!(left, 200_000 - 1_000 - unknown.len() / 256);
    }

    #[tokio::test]
    async fn what_the_library_counts_as_nothing_has_its_price() {
        let limiter = Arc::default();
        let (answer, left) = ask(&limiter, "{ __typename }").await;
        assert_eq!((answer["extensions"]["cost"]["requested"].as_u64(), left), (Some(1), 199_999));
        let (_, left) = ask(&limiter, &format!("{{ __typename #{} }}\n}}", " ".repeat(25_600))).await;
        assert_eq!(left, 199_999 - 101);
    }

    #[tokio::test]
    async fn bombs_are_refused_before_the_library_sees_them() {
        let link = |n| format!("fragment F{n} on Query {{ ...F{0} ...F{0} }} ", n + 1);
        let chain = (0..30).map(link).collect::<Vec<_>>().concat();
        let bomb = format!("{{ ...F0 }} {chain} fragment F30 on Query {{ rateLimit {{ limit }} }}");
        let (answer, _) = ask(&Arc::default(), &bomb).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "TOO_COMPLEX");
        let (answer, _) = ask(&Arc::default(), &"{a".repeat(80_000)).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "TOO_DEEP");
    }
}
