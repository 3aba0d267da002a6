//! Everything over HTTP: the GraphQL endpoint, uploads and downloads, OAuth answers, health, keys, GraphiQL.

mod audit;
mod downloads;
mod feeds;
mod graphiql;
mod graphql;
mod health;
mod media;
mod oauth;
mod own_host;
mod pages;
mod payments;
mod peer;
mod plans;
mod public;
mod review;
mod single_sign_on;
mod subscriptions;
mod tracking;
mod uploads;

use actix_web::http::header;
use actix_web::middleware::DefaultHeaders;
use actix_web::{HttpRequest, HttpResponse, web};
use diwan_domain::{Failure, messages};
use diwan_entity::tenancy::agency::Locale;
use serde_json::json;

pub use self::own_host::keep as keep_own_host;
use crate::graphql::Refused;
use crate::state::State;

/// Headers of every answer.
pub fn security_headers() -> DefaultHeaders {
    DefaultHeaders::new()
        .add((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .add((header::REFERRER_POLICY, "no-referrer"))
        .add((header::X_FRAME_OPTIONS, "DENY"))
        .add((header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"))
}

/// Where everything is.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/", web::get().to(welcome))
        .route("/graphql", web::post().to(graphql::execute))
        .route("/graphql/ws", web::get().to(subscriptions::subscribe))
        .route("/graphiql", web::get().to(graphiql::redirect))
        .route("/graphiql/{file:.*}", web::get().to(graphiql::file))
        .route("/health/live", web::get().to(health::live))
        .route("/health/ready", web::get().to(health::ready))
        .route("/.well-known/jwks.json", web::get().to(health::jwks))
        .configure(pages::routes)
        .configure(review::routes)
        .configure(public::routes)
        .configure(own_host::routes)
        .route("/.well-known/audit-jwks.json", web::get().to(audit::keys))
        .route("/audit/{token}", web::get().to(audit::send))
        .route("/sso/callback", web::get().to(single_sign_on::callback))
        .route("/oauth/callback", web::get().to(oauth::callback))
        .route("/imports/{token}", web::put().to(plans::receive))
        .route("/exports/{token}", web::get().to(plans::send))
        .configure(uploads::routes)
        .configure(tracking::routes)
        .service(web::resource("/media/{token}").route(web::get().to(media::send)).route(web::head().to(media::send)))
        .route("/payment-files/{token}", web::get().to(payments::send))
        .route("/downloads/{token}", web::get().to(downloads::send))
        .route("/contracts/{token}", web::get().to(downloads::send_contract))
        .service(
            web::resource("/feeds/{secret}.ics").route(web::get().to(feeds::send)).route(web::head().to(feeds::send)),
        )
        .default_service(web::to(nowhere));
}

async fn welcome(state: web::Data<State>) -> HttpResponse {
    let mut places =
        json!({ "name": "Diwan", "graphql": "/graphql", "subscriptions": "/graphql/ws", "health": "/health/ready" });
    if state.development {
        places["graphiql"] = "/graphiql/".into();
    }
    HttpResponse::Ok().json(places)
}

async fn nowhere(request: HttpRequest) -> HttpResponse {
    let message = messages::message(language(&request), "page-nowhere", &[]);
    HttpResponse::NotFound().json(json!({ "error": { "code": "NOT_FOUND", "message": message } }))
}

/// The language that whoever asks would like to be answered in.
fn language(request: &HttpRequest) -> Locale {
    header_text(request, "accept-language").map_or(Locale::En, |accepted| messages::preferred(&accepted))
}

/// A failure of a plain HTTP request. Who asks is not known there, only what they like to read.
fn refuse(failure: &Failure, locale: Locale) -> HttpResponse {
    match failure {
        Failure::Refused(errors) => {
            let Some(first) = errors.first() else {
                return HttpResponse::BadRequest().finish();
            };
            let refused = Refused::new(locale, first);
            let body = json!({ "error": { "code": code_name(&refused), "message": refused.message } });
            HttpResponse::build(status(first.code)).json(body)
        }
        Failure::Fault(fault) => {
            tracing::error!(error = %fault, "a request failed");
            let message = messages::message(locale, "page-fault", &[]);
            HttpResponse::InternalServerError().json(json!({ "error": { "code": "INTERNAL", "message": message } }))
        }
    }
}

fn code_name(refused: &Refused) -> String {
    match async_graphql::resolver_utils::enum_value(refused.code) {
        async_graphql::Value::Enum(name) => name.to_string(),
        _ => "INVALID".to_owned(),
    }
}

fn status(code: diwan_domain::Code) -> actix_web::http::StatusCode {
    use actix_web::http::StatusCode;
    use diwan_domain::Code;
    match code {
        Code::LinkInvalid | Code::NotFound => StatusCode::NOT_FOUND,
        Code::LinkExpired => StatusCode::GONE,
        Code::FileTooLarge | Code::QuotaExceeded => StatusCode::PAYLOAD_TOO_LARGE,
        Code::FileTypeUnsupported | Code::FileNotPlan => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Code::WrongOffset | Code::ConversionDiffers => StatusCode::CONFLICT,
        Code::UploadBusy => StatusCode::LOCKED,
        Code::Forbidden => StatusCode::FORBIDDEN,
        Code::SignInRequired | Code::SignatureWrong | Code::SignatureTooOld => StatusCode::UNAUTHORIZED,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// A header as text.
fn header_text(request: &HttpRequest, name: &str) -> Option<String> {
    request.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}
