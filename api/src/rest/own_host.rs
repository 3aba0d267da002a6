//! The agency's own host: shared reports are there, and nothing else of the product.

use std::net::IpAddr;

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::http::uri::Authority;
use actix_web::middleware::Next;
use actix_web::{Error, HttpRequest, HttpResponse, web};
use diwan_domain::insights::{CHALLENGE_PATH, OwnHost, own_host};
use diwan_domain::{Failure, Fault, Services};
use serde::Deserialize;

use super::{language, nowhere, refuse};
use crate::state::State;

/// Where a proxy asks whether it may get a certificate for a name.
const ASK_PATH: &str = "/tls/ask";

/// What the host says of itself, and what a proxy asks.
pub fn routes(config: &mut web::ServiceConfig) {
    config.route(CHALLENGE_PATH, web::get().to(challenge)).route(ASK_PATH, web::get().to(ask));
}

/// The name by which a request came, in lower case; none where it is an address, or a name of one part as machines have it among themselves.
fn named(request: &HttpRequest) -> Option<String> {
    let said = match request.uri().authority() {
        Some(authority) => authority.clone(),
        None => request.headers().get(header::HOST)?.to_str().ok()?.parse::<Authority>().ok()?,
    };
    let host = said.host().trim_end_matches('.').to_ascii_lowercase();
    let is_name = host.contains('.') && !host.starts_with('[') && host.parse::<IpAddr>().is_err();
    is_name.then_some(host)
}

/// The agency's own host, where a request came by its name. Asks the database for names that are not the installation's, and for no other.
async fn own(request: &HttpRequest, services: &Services) -> Result<Option<OwnHost>, Fault> {
    match named(request) {
        Some(host) if services.public_url.host_str() != Some(host.as_str()) => own_host(services, &host).await,
        _ => Ok(None),
    }
}

/// What is there of the product at the agency's own host: shared reports with the style of their refusals, and the proof.
fn is_shared(path: &str) -> bool {
    path.starts_with("/report/") || path == "/pages.css" || path == CHALLENGE_PATH
}

/// Lets through what is at the host that a request names. Health is told at every name, also while the database is away.
pub async fn keep<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let state = request.app_data::<web::Data<State>>().cloned();
    if let Some(state) = state
        && !is_shared(request.path())
        && !request.path().starts_with("/health/")
    {
        let closed = match own(request.request(), &state.services).await {
            Ok(Some(own)) if own.is_closed() => Some(nowhere(request.request().clone()).await),
            Ok(_) => None,
            Err(fault) => Some(refuse(&Failure::Fault(fault), language(request.request()))),
        };
        if let Some(answer) = closed {
            return Ok(request.into_response(answer).map_into_right_body());
        }
    }
    Ok(next.call(request).await?.map_into_left_body())
}

/// Says, at the host alone, what proves that it leads here.
async fn challenge(request: HttpRequest, state: web::Data<State>) -> HttpResponse {
    match own(&request, &state.services).await {
        Ok(Some(own)) => HttpResponse::Ok()
            .content_type("text/plain; charset=utf-8")
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .body(own.challenge),
        Ok(None) => nowhere(request).await,
        Err(fault) => refuse(&Failure::Fault(fault), language(&request)),
    }
}

/// What a proxy asks.
#[derive(Deserialize)]
struct Asked {
    domain: String,
}

/// Whether a certificate may be got for a name: 200, or 404. It is one name at most, so that nobody can have certificates got without end.
async fn ask(request: HttpRequest, state: web::Data<State>, asked: web::Query<Asked>) -> HttpResponse {
    match own_host(&state.services, &asked.domain.to_ascii_lowercase()).await {
        Ok(Some(own)) if own.may_have_certificate() => HttpResponse::Ok().finish(),
        Ok(_) => nowhere(request).await,
        Err(fault) => refuse(&Failure::Fault(fault), language(&request)),
    }
}
