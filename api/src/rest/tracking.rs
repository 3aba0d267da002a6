//! Short links as readers follow them, and conversions as servers and files bring them.

use std::sync::Arc;

use actix_web::http::{Method, StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use diwan_domain::tracking::{self, MOST_HOOK_BYTES, Signed, Visit};
use diwan_domain::{Code, Failure, UserError, messages};
use diwan_entity::tracking::conversion_import::ConversionImportState;
use diwan_gate::Meter;
use diwan_platform::ids;
use futures::StreamExt as _;
use maud::html;
use serde_json::json;

use super::pages::shell;
use super::peer::peer;
use super::uploads::refused;
use super::{code_name, header_text, language, refuse, status};
use crate::graphql::Refused;
use crate::state::State;

/// What following a link and sending conversions cost, in the points of the API: 2000 a minute of each.
const PRICE: usize = 100;
/// What sending something that is not signed right costs besides.
const FORGED: usize = 4000;

/// Where these are.
pub fn routes(config: &mut web::ServiceConfig) {
    let link = web::resource("/l/{code}").route(web::get().to(follow)).route(web::head().to(follow));
    config
        .service(link)
        .route("/hooks/conversions/{endpoint}", web::post().to(receive))
        .route("/conversions/{token}", web::put().to(take_in));
}

fn text(http: &HttpRequest, name: &str) -> String {
    header_text(http, name).unwrap_or_default()
}

/// What a request says of whoever sends it, as far as it is counted.
pub(super) fn visit(http: &HttpRequest) -> Visit {
    let purpose = ["sec-purpose", "purpose", "x-moz"].into_iter().find_map(|name| header_text(http, name));
    Visit {
        user_agent: text(http, "user-agent"),
        referrer: text(http, "referer"),
        purpose: purpose.unwrap_or_default(),
        mobile_hint: text(http, "sec-ch-ua-mobile"),
        uncounted: false,
    }
}

/// Sends a reader on. Whoever asks more often than anybody clicks is sent on as well, and not counted.
async fn follow(http: HttpRequest, state: web::Data<State>, code: web::Path<String>) -> HttpResponse {
    let meter = Meter::new(Arc::clone(&state.limiter), peer(&http, &state), state.services.now());
    let too_often = meter.check().is_err();
    meter.fine(PRICE);
    let visit = Visit { uncounted: too_often || http.method() == Method::HEAD, ..visit(&http) };
    match tracking::follow_link(&state.services, &code, &visit).await {
        Ok(Some(destination)) => HttpResponse::Found()
            .insert_header((header::LOCATION, destination))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            // As without a link between: the page learns which site led there.
            .insert_header((header::REFERRER_POLICY, "strict-origin-when-cross-origin"))
            .insert_header(("x-robots-tag", "noindex"))
            .finish(),
        Ok(None) => {
            let locale = language(&http);
            let words = |key: &str| messages::message(locale, key, &[]);
            let inner = html! { p { (words("page-link-gone")) } };
            shell(StatusCode::NOT_FOUND, locale, &words("page-link-gone-title"), &inner)
        }
        Err(failure) => refuse(&failure, language(&http)),
    }
}

/// Reads a body of at most so many bytes.
async fn whole(body: &mut web::Payload, most: usize) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|_| UserError::new(Code::FileDamaged))?;
        if bytes.len() + chunk.len() > most {
            return Err(UserError::new(Code::FileTooLarge).number("limit", most).into());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Takes what a server sends.
async fn receive(
    http: HttpRequest,
    state: web::Data<State>,
    endpoint: web::Path<String>,
    mut body: web::Payload,
) -> HttpResponse {
    let now = state.services.now();
    let meter = Meter::new(Arc::clone(&state.limiter), peer(&http, &state), now);
    if meter.check().is_err() {
        let seconds = (meter.left().reset_at - now).num_seconds().max(1);
        return HttpResponse::TooManyRequests().insert_header((header::RETRY_AFTER, seconds.to_string())).finish();
    }
    meter.fine(PRICE);
    let Some(endpoint_id) = ids::decode("endpoint", &endpoint) else {
        return refused(&http, &mut body, &Code::NotFound.into()).await;
    };
    let bytes = match whole(&mut body, MOST_HOOK_BYTES).await {
        Ok(bytes) => bytes,
        Err(failure) => return refused(&http, &mut body, &failure).await,
    };
    let [id, timestamp, signature] =
        ["webhook-id", "webhook-timestamp", "webhook-signature"].map(|name| text(&http, name));
    let signed = Signed { id: &id, timestamp: &timestamp, signature: &signature, body: &bytes };
    match tracking::receive_conversions(&state.services, endpoint_id, signed).await {
        Ok(recorded) => {
            let (recorded, known, _) = recorded.counts();
            HttpResponse::Ok().json(json!({ "recorded": recorded, "known": known }))
        }
        Err(Failure::Refused(errors)) => {
            let unproved = [Code::NotFound, Code::SignatureWrong, Code::SignatureTooOld];
            if errors.iter().any(|error| error.field.is_empty() && unproved.contains(&error.code)) {
                meter.fine(FORGED);
            }
            told(&http, &errors)
        }
        Err(failure) => refuse(&failure, language(&http)),
    }
}

/// Everything that must be mended; the first tells the status.
fn told(http: &HttpRequest, errors: &[UserError]) -> HttpResponse {
    let locale = language(http);
    let code = errors.first().map_or(StatusCode::UNPROCESSABLE_ENTITY, |error| status(error.code));
    // Of many things that must be mended none is not there.
    let named = errors.iter().any(|error| !error.field.is_empty());
    let code = if named && code == StatusCode::NOT_FOUND { StatusCode::UNPROCESSABLE_ENTITY } else { code };
    let errors: Vec<_> = errors
        .iter()
        .map(|error| {
            let refused = Refused::new(locale, error);
            json!({ "code": code_name(&refused), "message": refused.message, "field": refused.field })
        })
        .collect();
    // As everywhere: the first as `error`; and all of them, by their places.
    HttpResponse::build(code).json(json!({ "error": errors.first(), "errors": errors }))
}

/// Takes the file of an import.
async fn take_in(
    http: HttpRequest,
    state: web::Data<State>,
    token: web::Path<String>,
    mut body: web::Payload,
) -> HttpResponse {
    let received = async {
        let mut receiver = tracking::receive_conversion_import(state.services.clone(), &token).await?;
        while let Some(chunk) = body.next().await {
            // The sender went away or sent nonsense: what has come is dropped.
            let chunk = chunk.map_err(|_| UserError::new(Code::FileDamaged))?;
            receiver.write(&chunk)?;
        }
        receiver.finish().await
    };
    match received.await {
        Ok(import) => HttpResponse::Ok().json(json!({
            "ok": import.state == ConversionImportState::Recorded,
            "recorded": import.recorded,
            "known": import.known,
            "refused": import.refused,
        })),
        Err(failure) => refused(&http, &mut body, &failure).await,
    }
}
