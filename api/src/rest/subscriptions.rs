//! Subscriptions over `graphql-transport-ws`. What a connection may send is measured before anything of it is kept.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use actix_web::error::PayloadError;
use actix_web::{HttpRequest, HttpResponse, web};
use async_graphql::Data;
use async_graphql_actix_web::GraphQLSubscription;
use bytes::Bytes;
use diwan_gate::{Allowance, Frames, Meter, request_error};
use futures::Stream;
use serde_json::{Value, json};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Sleep;

use super::graphql::authenticate;
use super::language;
use super::peer::peer;
use crate::graphql::Socket;
use crate::state::State;

/// The most connections of one process.
const MAX_CONNECTIONS: usize = 2000;
/// What opening a connection costs, in the points of the API: 400 a minute from one address.
const PRICE: usize = 500;
/// How long a connection may be open without `connection_init`.
const INIT: Duration = Duration::from_secs(10);

static CONNECTIONS: Semaphore = Semaphore::const_new(MAX_CONNECTIONS);

/// Opens a connection. The token comes with `connection_init`.
pub async fn subscribe(
    http: HttpRequest,
    state: web::Data<State>,
    payload: web::Payload,
) -> actix_web::Result<HttpResponse> {
    // Who it is comes later; until then it is a stranger's, who holds a place and may try tokens.
    let now = state.services.now();
    let meter = Meter::new(Arc::clone(&state.limiter), peer(&http, &state), now);
    if !meter.spend(PRICE) {
        let seconds = (meter.left().reset_at - now).num_seconds().max(1);
        let message = "Too many connections were opened from your address. Try again later.";
        return Ok(HttpResponse::TooManyRequests()
            .insert_header(("Retry-After", seconds.to_string()))
            .json(json!({ "error": { "code": "RATE_LIMITED", "message": message } })));
    }
    let Ok(place) = CONNECTIONS.try_acquire() else {
        let message = "There are too many connections. Try again later.";
        return Ok(HttpResponse::ServiceUnavailable()
            .insert_header(("Retry-After", "10"))
            .json(json!({ "error": { "code": "BUSY", "message": message } })));
    };
    let greeted = Arc::new(AtomicBool::new(false));
    let inbound = Inbound::new(payload.into_inner(), Arc::clone(&greeted), place);
    let services = Arc::clone(&state.services);
    let mut data = Data::default();
    data.insert(Arc::clone(&state.services));
    data.insert(state.feed.clone());
    data.insert(state.grounds.clone());
    data.insert(Arc::new(Socket::new(Arc::clone(&state.services), Arc::clone(&state.limiter), language(&http))));
    GraphQLSubscription::new(state.schema.clone())
        .with_data(data)
        .on_connection_init(async move |init: Value| {
            let token =
                init.get("authorization").or_else(|| init.get("Authorization")).and_then(|value| value.as_str());
            let caller = authenticate(&services, token).await.map_err(|stop| stop.error)?;
            let caller = caller.ok_or_else(|| {
                request_error("UNAUTHENTICATED", "Send { \"authorization\": \"Bearer ...\" } with connection_init.")
            })?;
            greeted.store(true, Ordering::Relaxed);
            let mut data = Data::default();
            data.insert(caller);
            Ok(data)
        })
        .start(&http, inbound)
}

/// What a connection sends. It ends when that is too much, or when nobody says who they are; the connection is closed then.
struct Inbound<S> {
    payload: S,
    greeted: Arc<AtomicBool>,
    init: Pin<Box<Sleep>>,
    frames: Frames,
    allowance: Allowance,
    /// Free again for another connection when this one is over.
    _place: SemaphorePermit<'static>,
}

impl<S> Inbound<S> {
    fn new(payload: S, greeted: Arc<AtomicBool>, place: SemaphorePermit<'static>) -> Self {
        let (frames, allowance) = (Frames::default(), Allowance::new(Instant::now()));
        Self { payload, greeted, init: Box::pin(tokio::time::sleep(INIT)), frames, allowance, _place: place }
    }
}

impl<S: Stream<Item = Result<Bytes, PayloadError>> + Unpin> Stream for Inbound<S> {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        if !this.greeted.load(Ordering::Relaxed) && this.init.as_mut().poll(cx).is_ready() {
            tracing::debug!("a connection was closed: no connection_init came");
            return Poll::Ready(Some(Err(PayloadError::Incomplete(None))));
        }
        let polled = Pin::new(&mut this.payload).poll_next(cx);
        if let Poll::Ready(Some(Ok(chunk))) = &polled {
            let taken = this.allowance.take(chunk.len(), Instant::now());
            if !taken || !this.frames.take(chunk) {
                tracing::debug!("a connection was closed: it sent too much");
                return Poll::Ready(Some(Err(PayloadError::Overflow)));
            }
        }
        polled
    }
}
