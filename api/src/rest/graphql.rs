//! The GraphQL endpoint: authenticate, limit, one transaction per operation, commit, answer.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use async_graphql::parser::types::OperationType;
use async_graphql::{Data, ErrorExtensions as _, Response, ServerError};
use async_graphql_actix_web::GraphQLSubscription;
use diwan_domain::trust::{Replay, TokenError, begin_idempotent, remember_answer};
use diwan_domain::{Context, Failure, Fault, Services};
use diwan_platform::ids;
use futures::StreamExt as _;

use super::header_text;
use crate::graphql::{Caller, MAX_DOCUMENT_BYTES, Meter, Op, RequestFacts, check_document, request_error};
use crate::state::State;

/// Why a request ends before or beside its operation.
struct Stop {
    status: StatusCode,
    error: async_graphql::Error,
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

/// Answers one operation.
pub async fn execute(http: HttpRequest, state: web::Data<State>, body: web::Payload) -> HttpResponse {
    let request_id = ids::encode("request", ids::new_id(state.services.now()));
    let result = run(&http, &state, body, &request_id).await;
    let mut answer = match result {
        Ok(answer) => answer,
        Err(stop) => {
            let error = stop.error.extend_with(|_, extensions| extensions.set("requestId", request_id.clone()));
            let mut error = error.into_server_error(async_graphql::Pos::default());
            error.locations.clear();
            let mut answer = Answer::plain(Response::from_errors(vec![error]));
            // GraphQL over HTTP: a request that was not executed answers with a status of its own.
            answer.status = stop.status;
            answer
        }
    };
    name_errors(&mut answer.response.errors, &request_id);
    let mut builder = HttpResponse::build(answer.status);
    builder.insert_header(("X-Request-Id", request_id)).insert_header(("Cache-Control", "no-store"));
    if let Some(meter) = &answer.meter {
        let left = meter.left();
        let seconds = (left.reset_at - state.services.now()).num_seconds().max(0);
        builder
            .insert_header(("RateLimit-Limit", left.limit.to_string()))
            .insert_header(("RateLimit-Remaining", left.remaining.to_string()))
            .insert_header(("RateLimit-Reset", seconds.to_string()));
    }
    if answer.replayed {
        builder.insert_header(("Idempotent-Replayed", "true"));
    }
    builder.json(answer.response)
}

struct Answer {
    status: StatusCode,
    response: Response,
    meter: Option<Arc<Meter>>,
    replayed: bool,
}

impl Answer {
    fn plain(response: Response) -> Self {
        Self { status: StatusCode::OK, response, meter: None, replayed: false }
    }
}

async fn run(http: &HttpRequest, state: &State, body: web::Payload, request_id: &str) -> Result<Answer, Stop> {
    let caller = authenticate(&state.services, header_text(http, "authorization").as_deref())?;
    let bytes = read(body).await?;
    let mut request = parse(&bytes)?;
    let operation = request.operation_name.clone();
    let document = request.parsed_query().map_err(|error| Stop::bad(error.message))?;
    let document = check_document(document, operation.as_deref())
        .map_err(|error| Stop { status: StatusCode::BAD_REQUEST, error })?;
    if document.kind == OperationType::Subscription {
        return Err(Stop::bad("Subscriptions go to /graphql/ws with the protocol graphql-transport-ws."));
    }
    let mutates = document.kind == OperationType::Mutation;
    let services = &state.services;
    let tx = if mutates { services.db.write().await? } else { services.db.read().await? };
    let context = match caller {
        Some(caller) => Context::of_session(Arc::clone(services), tx, caller.session_id, caller.user_id).await?,
        None => Context::stranger(Arc::clone(services), tx),
    };
    if caller.is_some() && context.actor().is_none() {
        return Err(Stop::new(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", "This session has ended. Sign in again."));
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
                return Ok(Answer { replayed: true, ..Answer::plain(Response::new(data)) });
            }
            Replay::OtherRequest => {
                let message = "This Idempotency-Key was used for another request. Use a new key for a new request.";
                return Err(Stop::new(StatusCode::UNPROCESSABLE_ENTITY, "IDEMPOTENCY_KEY_REUSED", message));
            }
        }
    }
    let payer = context.actor().map_or_else(|| peer(http), |actor| actor.user_id.to_string());
    let meter = Arc::new(Meter::new(Arc::clone(&state.limiter), payer, context.now));
    let user_agent = header_text(http, "user-agent").unwrap_or_default();
    let op = Op::new(context, RequestFacts { user_agent, request_id: request_id.to_owned() });
    let response = state.schema.execute(request.data(op.clone()).data(Arc::clone(&meter))).await;
    let context = op.end().await.ok_or_else(|| Fault::broken("an operation is still in use after its answer"))?;
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
    let response =
        if mutates && !response.errors.is_empty() { Response::from_errors(response.errors) } else { response };
    Ok(Answer { meter: Some(meter), ..Answer::plain(response) })
}

/// Who the access token says the caller is; none without a token.
fn authenticate(services: &Services, header: Option<&str>) -> Result<Option<Caller>, Stop> {
    let Some(header) = header else {
        return Ok(None);
    };
    let refused = |message: &str| Stop::new(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", message);
    let token = header
        .split_once(' ')
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .ok_or_else(|| refused("The Authorization header must be: Bearer, a space, and an access token."))?
        .1;
    let claims = services.tokens.check(token.trim(), services.now()).map_err(|error| match error {
        TokenError::Expired => refused("The access token has expired. Refresh the session."),
        TokenError::Invalid => refused("The access token is not valid. Sign in again."),
    })?;
    Ok(Some(Caller { user_id: claims.sub, session_id: claims.sid }))
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

fn peer(http: &HttpRequest) -> String {
    http.peer_addr().map_or_else(|| "unknown".to_owned(), |address| address.ip().to_string())
}

/// Gives the errors of the executor itself a code and every error the request's id.
fn name_errors(errors: &mut [ServerError], request_id: &str) {
    for error in errors {
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
        if extensions.get("requestId").is_none() {
            extensions.set("requestId", request_id);
        }
    }
}

/// Subscriptions, over `graphql-transport-ws`. The token comes with `connection_init`.
pub async fn subscribe(
    http: HttpRequest,
    state: web::Data<State>,
    payload: web::Payload,
) -> actix_web::Result<HttpResponse> {
    let services = Arc::clone(&state.services);
    let mut data = Data::default();
    data.insert(Arc::clone(&state.services));
    data.insert(state.feed.clone());
    GraphQLSubscription::new(state.schema.clone())
        .with_data(data)
        .on_connection_init(async move |init: serde_json::Value| {
            let token =
                init.get("authorization").or_else(|| init.get("Authorization")).and_then(|value| value.as_str());
            let caller = authenticate(&services, token).map_err(|stop| stop.error)?;
            let caller = caller.ok_or_else(|| {
                request_error("UNAUTHENTICATED", "Send { \"authorization\": \"Bearer ...\" } with connection_init.")
            })?;
            let mut data = Data::default();
            data.insert(caller);
            Ok(data)
        })
        .start(&http, payload.into_inner())
}
