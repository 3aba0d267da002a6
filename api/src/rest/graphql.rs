//! The GraphQL endpoint: authenticate, limit, one transaction per operation, commit, answer.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use async_graphql::parser::types::OperationType;
use async_graphql::{Response, ServerError};
use diwan_domain::trust::{API_TOKEN, Origin, Replay, TokenError, begin_idempotent, note_token_use, remember_answer};
use diwan_domain::{Context, Credential, Failure, Fault, Services};
use diwan_entity::tenancy::agency::Locale;
use diwan_gate::{MAX_DOCUMENT_BYTES, Meter, read_document, refusal_price, request_error, to_json};
use diwan_platform::crypto::sha256;
use diwan_platform::ids;
use diwan_platform::traces::follow;
use futures::StreamExt as _;
use tracing::Instrument as _;

use super::peer::peer;
use super::{header_text, language};
use crate::graphql::{Caller, Op, RequestFacts, give_code, translate};
use crate::state::State;

/// How long the body of a request may take to arrive.
const READING: Duration = Duration::from_secs(30);

/// Why a request ends before or beside its operation.
pub(super) struct Stop {
    status: StatusCode,
    pub(super) error: async_graphql::Error,
}

impl Stop {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, error: request_error(code, message) }
    }

    fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", message)
    }
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        tracing::error!(error = %fault, "a request failed");
        let message = "Something went wrong on our side. Try again; if it persists, tell the operator the requestId.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", message)
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Fault(fault) => fault.into(),
            Failure::Refused(errors) => Fault::broken(format!("{errors:?}")).into(),
        }
    }
}

impl From<sea_orm::DbErr> for Stop {
    fn from(error: sea_orm::DbErr) -> Self {
        Fault::from(error).into()
    }
}

/// Who pays for a request, how much if it is refused before it runs, and in which language they are told.
struct Bill {
    meter: Arc<Meter>,
    if_refused: usize,
    locale: Locale,
}

/// Answers one operation.
pub async fn execute(http: HttpRequest, state: web::Data<State>, body: web::Payload) -> HttpResponse {
    let request_id = ids::encode("request", ids::new_id(state.services.now()));
    let span = tracing::info_span!(
        "graphql",
        otel.kind = "server",
        graphql.operation.r#type = tracing::field::Empty,
        graphql.operation.name = tracing::field::Empty,
        request_id,
    );
    if let Some(trace) = header_text(&http, "traceparent") {
        follow(&span, &trace);
    }
    answer(http, state, body, request_id).instrument(span).await
}

/// Answers it within its span.
async fn answer(http: HttpRequest, state: web::Data<State>, body: web::Payload, request_id: String) -> HttpResponse {
    let claimed = authenticate(&state.services, header_text(&http, "authorization").as_deref()).await;
    let payer = claimed.as_ref().ok().and_then(Option::as_ref);
    let payer = payer.map_or_else(|| peer(&http, &state), Caller::payer);
    let meter = Arc::new(Meter::new(Arc::clone(&state.limiter), payer, state.services.now()));
    let mut bill = Bill { meter, if_refused: refusal_price(MAX_DOCUMENT_BYTES), locale: language(&http) };
    let mut answer = run(&http, &state, body, claimed, &request_id, &mut bill).await.unwrap_or_else(|stop| {
        if stop.status.is_client_error() {
            bill.meter.fine(bill.if_refused);
        }
        let mut error = stop.error.into_server_error(async_graphql::Pos::default());
        error.locations.clear();
        // GraphQL over HTTP: a request that was not executed answers with a status of its own.
        Answer { status: stop.status, ..Answer::plain(Response::from_errors(vec![error])) }
    });
    name_errors(&mut answer.response.errors, &request_id, bill.locale);
    let left = bill.meter.left();
    let seconds = (left.reset_at - state.services.now()).num_seconds().max(0);
    let mut builder = HttpResponse::build(answer.status);
    builder
        .insert_header(("X-Request-Id", request_id))
        .insert_header(("Cache-Control", "no-store"))
        .insert_header(("RateLimit-Limit", left.limit.to_string()))
        .insert_header(("RateLimit-Remaining", left.remaining.to_string()))
        .insert_header(("RateLimit-Reset", seconds.to_string()));
    if answer.status == StatusCode::TOO_MANY_REQUESTS {
        builder.insert_header(("Retry-After", seconds.max(1).to_string()));
    }
    if answer.replayed {
        builder.insert_header(("Idempotent-Replayed", "true"));
    }
    builder.content_type("application/json").body(to_json(&answer.response))
}

struct Answer {
    status: StatusCode,
    response: Response,
    replayed: bool,
}

impl Answer {
    fn plain(response: Response) -> Self {
        Self { status: StatusCode::OK, response, replayed: false }
    }
}

async fn run(
    http: &HttpRequest,
    state: &State,
    body: web::Payload,
    claimed: Result<Option<Caller>, Stop>,
    request_id: &str,
    bill: &mut Bill,
) -> Result<Answer, Stop> {
    let bytes = tokio::time::timeout(READING, read(body)).await.map_err(|_| {
        Stop::new(StatusCode::REQUEST_TIMEOUT, "BAD_REQUEST", "The request did not arrive in time. Send it again.")
    })??;
    bill.if_refused = refusal_price(bytes.len());
    let spent = |error| Stop { status: StatusCode::TOO_MANY_REQUESTS, error };
    bill.meter.check().map_err(spent)?;
    let mut request = parse(&bytes)?;
    let document = read_document(&mut request).map_err(|error| Stop { status: StatusCode::BAD_REQUEST, error })?;
    if document.kind == OperationType::Subscription {
        return Err(Stop::bad("Subscriptions go to /graphql/ws with the protocol graphql-transport-ws."));
    }
    let mutates = document.kind == OperationType::Mutation;
    let span = tracing::Span::current();
    span.record("graphql.operation.type", tracing::field::display(document.kind));
    span.record("graphql.operation.name", request.operation_name.as_deref());
    // Whoever signs in is a stranger until then, whatever else they hold; and pays as one.
    let caller = if document.signs_in {
        bill.meter = Arc::new(Meter::new(Arc::clone(&state.limiter), peer(http, state), state.services.now()));
        bill.meter.check().map_err(spent)?;
        None
    } else {
        claimed?
    };
    let services = &state.services;
    let tx = if mutates { services.db.write().await? } else { services.db.read().await? };
    let context = match caller {
        Some(caller) => Context::of(Arc::clone(services), tx, caller.0).await?,
        None => Context::stranger(Arc::clone(services), tx),
    }
    .speaking(language(http));
    bill.locale = context.locale();
    if caller.is_some() && context.actor().is_none() {
        return Err(Stop::new(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", ended(caller.map(|caller| caller.0))));
    }
    if document.introspects && context.actor().is_none() && !state.development {
        return Err(Stop::new(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", "Sign in to read the schema."));
    }
    let key = idempotency_key(http, &context, mutates)?;
    if let Some(key) = &key {
        match begin_idempotent(&context, key, &bytes).await? {
            Replay::New => {}
            Replay::Answered(stored) => {
                let data = async_graphql::Value::from_json(stored)
                    .map_err(|_| Fault::broken("a stored answer cannot be read"))?;
                bill.meter.fine(bill.if_refused);
                return Ok(Answer { replayed: true, ..Answer::plain(Response::new(data)) });
            }
            Replay::OtherRequest => {
                let message = "This Idempotency-Key was used for another request. Use a new key for a new request.";
                return Err(Stop::new(StatusCode::UNPROCESSABLE_ENTITY, "IDEMPOTENCY_KEY_REUSED", message));
            }
        }
    }
    let user_agent = header_text(http, "user-agent").unwrap_or_default();
    let origin = Origin { user_agent, peer: peer(http, state) };
    let op = Op::new(context, RequestFacts { origin, request_id: request_id.to_owned() });
    let response = state.schema.execute(request.data(op.clone()).data(Arc::clone(&bill.meter))).await;
    let context = op.end().await.ok_or_else(|| Fault::broken("an operation is still in use after its answer"))?;
    let used = context.token_in_use();
    if mutates && response.errors.is_empty() {
        if let Some(key) = &key {
            let data = response.data.clone().into_json().map_err(|_| Fault::broken("an answer cannot be kept"))?;
            remember_answer(&context, key, data).await?;
        }
        context.commit().await?;
    } else {
        // A mutation with an error does nothing at all, not half of it.
        context.roll_back().await?;
    }
    if let Some(token_id) = used {
        note_token_use(services, token_id).await?;
    }
    let response =
        if mutates && !response.errors.is_empty() { Response::from_errors(response.errors) } else { response };
    let unpaid = response.errors.iter().any(|error| has_code(error, "RATE_LIMITED"));
    let status = if unpaid { StatusCode::TOO_MANY_REQUESTS } else { StatusCode::OK };
    Ok(Answer { status, ..Answer::plain(response) })
}

/// What is said to a caller who was let in once and is not any more.
fn ended(shown: Option<Credential>) -> &'static str {
    match shown {
        Some(Credential::Token(_)) => "This API token is not valid: unknown, expired or revoked. Ask for a new one.",
        _ => "This session has ended. Sign in again.",
    }
}

fn has_code(error: &ServerError, code: &str) -> bool {
    let found = error.extensions.as_ref().and_then(|extensions| extensions.get("code"));
    matches!(found, Some(async_graphql::Value::String(found)) if found == code)
}

/// Who the access token says the caller is; none without a token.
pub(super) async fn authenticate(services: &Services, header: Option<&str>) -> Result<Option<Caller>, Stop> {
    let Some(header) = header else {
        // Whoever signs in gets a token under the newest key.
        services.tokens.keep_fresh(services).await;
        return Ok(None);
    };
    let refused = |message: &str| Stop::new(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", message);
    let token = header
        .split_once(' ')
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .ok_or_else(|| refused("The Authorization header must be: Bearer, a space, and an access token."))?
        .1;
    if token.trim().starts_with(API_TOKEN) {
        return Ok(Some(Caller(Credential::Token(sha256(token.trim().as_bytes())))));
    }
    let claims = services.tokens.check_or_reload(services, token.trim()).await;
    let claims = claims.map_err(|error| match error {
        TokenError::Expired => refused("The access token has expired. Refresh the session."),
        TokenError::Invalid | TokenError::UnknownKey => refused("The access token is not valid. Sign in again."),
    })?;
    Ok(Some(Caller(Credential::Session { user_id: claims.sub, session_id: claims.sid })))
}

async fn read(mut body: web::Payload) -> Result<Vec<u8>, Stop> {
    let mut bytes = Vec::new();
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|_| Stop::bad("The request did not arrive whole."))?;
        if bytes.len() + chunk.len() > MAX_DOCUMENT_BYTES {
            let message = format!("A request has at most {MAX_DOCUMENT_BYTES} bytes.");
            return Err(Stop::new(StatusCode::PAYLOAD_TOO_LARGE, "TOO_COMPLEX", message));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn parse(bytes: &[u8]) -> Result<async_graphql::Request, Stop> {
    match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{') => {}
        Some(b'[') => return Err(Stop::bad("Send one operation at a time, not a batch.")),
        _ => return Err(Stop::bad("Send a JSON object with `query`, and `variables` and `operationName` as needed.")),
    }
    serde_json::from_slice(bytes)
        .map_err(|error| Stop::bad(format!("The request is not a GraphQL request in JSON: {error}.")))
}

/// The key of a mutation. Strangers have none: signing in gives secrets, which are not kept.
fn idempotency_key(http: &HttpRequest, context: &Context, mutates: bool) -> Result<Option<String>, Stop> {
    if !mutates || context.actor().is_none() {
        return Ok(None);
    }
    let key = header_text(http, "idempotency-key").filter(|key| !key.is_empty() && key.len() <= 255);
    let message = "A mutation needs the header Idempotency-Key: 1 to 255 characters, new for each new request.";
    key.map(Some).ok_or_else(|| Stop::new(StatusCode::BAD_REQUEST, "IDEMPOTENCY_KEY_REQUIRED", message))
}

/// The longest message of an error, in characters.
const MAX_ERROR_CHARACTERS: usize = 500;

/// Gives every error a code and the request's id, and says it in the caller's language.
fn name_errors(errors: &mut [ServerError], request_id: &str, locale: Locale) {
    for error in errors {
        // The parser quotes the document, which may be long.
        if let Some((end, _)) = error.message.char_indices().nth(MAX_ERROR_CHARACTERS) {
            error.message.truncate(end);
        }
        give_code(error);
        translate(error, locale);
        let extensions = error.extensions.get_or_insert_default();
        if extensions.get("requestId").is_none() {
            extensions.set("requestId", request_id);
        }
    }
}
