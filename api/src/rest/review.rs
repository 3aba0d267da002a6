//! Where a client approves a post without signing in. The secret in the address is the credential, as on the other pages
//! (`pages.rs`); it is for one client and one request. Nothing here runs scripts, and pictures come from below the same address.

mod page;

use std::sync::Arc;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use diwan_domain::approvals::{self, Act, Answer, Answered, Ending, Look, Opened, Review};
use diwan_domain::media::OpenedMedia;
use diwan_domain::{Code, Failure, messages};
use diwan_entity::tenancy::agency::Locale;
use diwan_gate::Meter;
use maud::html;
use serde::Deserialize;
use uuid::Uuid;

use self::page::Sent;
use super::media::{Headers, serve};
use super::pages::shell;
use super::peer::peer;
use super::{language, refuse};
use crate::state::State;

/// As on the other pages, and pictures and films: our own, or where the store sends readers.
fn policy(state: &State) -> String {
    let store = state.services.storage.readers_origin().unwrap_or_default();
    format!(
        "default-src 'none'; style-src 'self'; img-src 'self' {store}; media-src 'self' {store}; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'none'"
    )
}

/// What things cost, in the points of the API: 200 pages a minute, a thousand pictures, 40 answers.
const PRICE: usize = 1000;
const PRICE_OF_PICTURE: usize = 200;
const PRICE_OF_ANSWER: usize = 5000;
/// What asking for what is not there costs besides.
const GUESS: usize = 4000;

/// The longest form: 5000 characters of four bytes, each written as three, and what goes with them.
const MOST_BYTES: usize = 64 * 1024;

/// What somebody filled in.
#[derive(Deserialize)]
pub struct Form {
    #[serde(default)]
    act: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    step: i32,
    #[serde(default)]
    digest: String,
    #[serde(default)]
    once: Uuid,
}

/// Where the pages are.
pub fn routes(config: &mut web::ServiceConfig) {
    let page = web::resource("/review/{secret}")
        .app_data(web::FormConfig::default().limit(MOST_BYTES))
        .route(web::get().to(open))
        .route(web::head().to(open))
        .route(web::post().to(answer));
    config
        .service(page)
        .route("/review/{secret}/pictures/{id}", web::get().to(picture))
        .route("/review/{secret}/posters/{id}", web::get().to(poster));
}

/// Takes the price from whoever asks, or says that they have none left.
#[expect(clippy::result_large_err, reason = "the answer goes out as it is")]
fn pay(http: &HttpRequest, state: &State, price: usize) -> Result<Meter, HttpResponse> {
    let meter = Meter::new(Arc::clone(&state.limiter), peer(http, state), state.services.now());
    if meter.check().is_err() {
        let locale = language(http);
        return Err(said(StatusCode::TOO_MANY_REQUESTS, locale, "review-title", "page-busy"));
    }
    meter.fine(price);
    Ok(meter)
}

async fn open(http: HttpRequest, state: web::Data<State>, secret: web::Path<String>) -> HttpResponse {
    let meter = match pay(&http, &state, PRICE) {
        Ok(meter) => meter,
        Err(busy) => return busy,
    };
    match approvals::open_review(&state.services, &secret).await {
        Ok(Opened::Review(review)) => show(&state, StatusCode::OK, &secret, &review, &Sent::default()),
        Ok(Opened::Ended(ending, locale)) => over(ending, locale),
        Err(failure) => lost(&http, &meter, &failure),
    }
}

async fn answer(
    http: HttpRequest,
    state: web::Data<State>,
    secret: web::Path<String>,
    filled: web::Form<Form>,
) -> HttpResponse {
    let meter = match pay(&http, &state, PRICE_OF_ANSWER) {
        Ok(meter) => meter,
        Err(busy) => return busy,
    };
    let Form { act, text, step, digest, once } = filled.into_inner();
    let act = match act.as_str() {
        "approve" => Act::Approve,
        "change" => Act::RequestChanges,
        "comment" => Act::Comment,
        _ => return said(StatusCode::BAD_REQUEST, language(&http), "review-title", "review-unknown"),
    };
    let answer = Answer { act, text: text.clone(), step, digest, once };
    match approvals::answer_review(&state.services, &secret, answer).await {
        // Reloading the page that follows sends nothing again.
        Ok(Answered::Done) => HttpResponse::SeeOther()
            .insert_header((header::LOCATION, path(&secret)))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .finish(),
        Ok(Answered::Refused(review, errors)) => {
            let mend = [Code::ReasonRequired, Code::Invalid, Code::TooLong];
            let theirs = errors.iter().all(|error| mend.contains(&error.code));
            let status = if theirs { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::CONFLICT };
            show(&state, status, &secret, &review, &Sent { act: Some(act), text, errors })
        }
        Ok(Answered::Ended(ending, locale)) => over(ending, locale),
        Err(failure) => lost(&http, &meter, &failure),
    }
}

async fn picture(http: HttpRequest, state: web::Data<State>, path: web::Path<(String, Uuid)>) -> HttpResponse {
    send(&http, &state, path.into_inner(), Look::Itself).await
}

async fn poster(http: HttpRequest, state: web::Data<State>, path: web::Path<(String, Uuid)>) -> HttpResponse {
    send(&http, &state, path.into_inner(), Look::Poster).await
}

async fn send(http: &HttpRequest, state: &State, (secret, id): (String, Uuid), look: Look) -> HttpResponse {
    let meter = match pay(http, state, PRICE_OF_PICTURE) {
        Ok(meter) => meter,
        Err(busy) => return busy,
    };
    match approvals::review_picture(&state.services, &secret, id, look).await {
        Ok(media) => {
            let OpenedMedia { from, mime_type, disposition } = media;
            let headers = Headers { mime_type: &mime_type, disposition: &disposition, cache: "private, max-age=300" };
            serve(http, from, headers).await
        }
        Err(failure) => {
            if matches!(failure, Failure::Refused(_)) {
                meter.fine(GUESS);
            }
            refuse(&failure, language(http))
        }
    }
}

fn path(secret: &str) -> String {
    format!("/review/{secret}")
}

/// The same answer under the policy of pages that show pictures.
pub(super) fn with_policy(state: &State, mut answer: HttpResponse) -> HttpResponse {
    if let Ok(policy) = header::HeaderValue::try_from(policy(state)) {
        answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    answer
}

fn show(state: &State, status: StatusCode, secret: &str, review: &Review, sent: &Sent) -> HttpResponse {
    let inner = page::review(&path(secret), review, sent);
    with_policy(state, shell(status, review.locale, &review.title, &inner))
}

fn over(ending: Ending, locale: Locale) -> HttpResponse {
    let title = messages::message(locale, "review-ended", &[]);
    shell(StatusCode::GONE, locale, &title, &page::ended(locale, ending))
}

/// A link that opens nothing, or a fault of ours.
fn lost(http: &HttpRequest, meter: &Meter, failure: &Failure) -> HttpResponse {
    let locale = language(http);
    match failure {
        Failure::Refused(_) => {
            meter.fine(GUESS);
            said(StatusCode::NOT_FOUND, locale, "review-title", "review-unknown")
        }
        Failure::Fault(fault) => {
            tracing::error!(error = %fault, "a review failed");
            said(StatusCode::INTERNAL_SERVER_ERROR, locale, "review-title", "page-fault")
        }
    }
}

fn said(status: StatusCode, locale: Locale, title: &str, key: &str) -> HttpResponse {
    let words = |key: &str| messages::message(locale, key, &[]);
    shell(status, locale, &words(title), &html! { p.wrong role="alert" { (words(key)) } })
}
