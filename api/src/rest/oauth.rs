//! Where networks send people back after they agreed, or did not.

use actix_web::{HttpResponse, web};
use diwan_domain::publishing::accept_authorization;
use diwan_domain::{Failure, messages};
use diwan_entity::tenancy::agency::Locale;
use serde::Deserialize;

use crate::state::State;

/// What a network answers (RFC 6749 §4.1.2).
#[derive(Deserialize)]
pub struct Answer {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
}

/// Takes the answer and shows a page that can be closed.
pub async fn callback(state: web::Data<State>, answer: web::Query<Answer>) -> HttpResponse {
    let Answer { state: parameter, code, error } = answer.into_inner();
    let code = code.filter(|code| error.is_none() && !code.is_empty() && code.len() <= 4096);
    let parameter = parameter.unwrap_or_default();
    match accept_authorization(&state.services, &parameter, code.as_deref()).await {
        Ok(()) if code.is_some() => {
            page(HttpResponse::Ok(), "The account is being connected. You can close this page.")
        }
        Ok(()) => page(
            HttpResponse::Ok(),
            "The account was not connected, because the network did not agree. You can close this page.",
        ),
        Err(Failure::Refused(errors)) => {
            let words = errors.first().map(|error| messages::user_error(Locale::En, error)).unwrap_or_default();
            page(HttpResponse::NotFound(), &words)
        }
        Err(Failure::Fault(fault)) => {
            tracing::error!(error = %fault, "an OAuth answer could not be taken");
            page(HttpResponse::InternalServerError(), "Something went wrong on our side. Connect the account again.")
        }
    }
}

/// A page of our own words; nothing from the request stands in it.
fn page(mut response: actix_web::HttpResponseBuilder, words: &str) -> HttpResponse {
    response.content_type("text/html; charset=utf-8").body(format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Diwan</title><p>{words}</p></html>"
    ))
}
