//! Where networks send people back after they agreed, or did not.

use actix_web::{HttpRequest, HttpResponse, web};
use diwan_domain::publishing::accept_authorization;
use diwan_domain::{Failure, messages};
use diwan_entity::tenancy::agency::Locale;
use serde::Deserialize;

use super::language;
use crate::state::State;

/// What a network answers (RFC 6749 §4.1.2).
#[derive(Deserialize)]
pub struct Answer {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
}

/// Takes the answer and shows a page that can be closed.
pub async fn callback(http: HttpRequest, state: web::Data<State>, answer: web::Query<Answer>) -> HttpResponse {
    let Answer { state: parameter, code, error } = answer.into_inner();
    let code = code.filter(|code| error.is_none() && !code.is_empty() && code.len() <= 4096);
    let parameter = parameter.unwrap_or_default();
    let locale = language(&http);
    let words = |key| messages::message(locale, key, &[]);
    match accept_authorization(&state.services, &parameter, code.as_deref()).await {
        Ok(()) if code.is_some() => page(HttpResponse::Ok(), locale, &words("page-oauth-connected")),
        Ok(()) => page(HttpResponse::Ok(), locale, &words("page-oauth-declined")),
        Err(Failure::Refused(errors)) => {
            let words = errors.first().map(|error| messages::user_error(locale, error)).unwrap_or_default();
            page(HttpResponse::NotFound(), locale, &words)
        }
        Err(Failure::Fault(fault)) => {
            tracing::error!(error = %fault, "an OAuth answer could not be taken");
            page(HttpResponse::InternalServerError(), locale, &words("page-oauth-fault"))
        }
    }
}

/// A page of our own words; nothing from the request stands in it.
fn page(mut response: actix_web::HttpResponseBuilder, locale: Locale, words: &str) -> HttpResponse {
    let (language, direction) = (messages::language_code(locale), messages::direction(locale));
    response.content_type("text/html; charset=utf-8").body(format!(
        "<!doctype html><html lang=\"{language}\" dir=\"{direction}\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>Diwan</title><p>{words}</p></html>"
    ))
}
