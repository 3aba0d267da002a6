//! Where identity providers send people back. The browser is sent on to the application that began, or, where it named no
//! address, a page shows the code to give it.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use diwan_domain::trust::{Returned, SignOnAnswer, accept_sign_on_answer};
use diwan_domain::{Failure, messages};
use maud::{Markup, html};
use serde::Deserialize;

use super::language;
use super::pages::shell;
use crate::state::State;

/// The longest code of a provider that is taken, in bytes.
const MOST_BYTES: usize = 4096;

/// What a provider answers (RFC 6749, §4.1.2; RFC 9207).
#[derive(Deserialize)]
pub struct Answer {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

/// Takes the answer.
pub async fn callback(http: HttpRequest, state: web::Data<State>, answer: web::Query<Answer>) -> HttpResponse {
    let Answer { state: given, code, error, iss } = answer.into_inner();
    let code = code.filter(|code| error.is_none() && !code.is_empty() && code.len() <= MOST_BYTES);
    let given = given.unwrap_or_default();
    let answer = SignOnAnswer { state: &given, code: code.as_deref(), issuer: iss.as_deref() };
    let locale = language(&http);
    let words = |key: &str| messages::message(locale, key, &[]);
    let page = |status, inner: Markup| shell(status, locale, &words("page-sso-title"), &inner);
    match accept_sign_on_answer(&state.services, answer).await {
        Ok(Returned { code, return_address: Some(mut address), .. }) => {
            address.query_pairs_mut().append_pair("code", &code);
            HttpResponse::SeeOther()
                .insert_header((header::LOCATION, address.to_string()))
                .insert_header((header::CACHE_CONTROL, "no-store"))
                .finish()
        }
        Ok(Returned { code, agreed: true, .. }) => {
            let inner = html! {
                p role="status" { (words("page-sso-arrived")) }
                p { strong dir="ltr" { (code) } }
                p.hint { (words("page-sso-warning")) }
            };
            page(StatusCode::OK, inner)
        }
        Ok(Returned { .. }) => page(StatusCode::OK, html! { p role="status" { (words("page-sso-declined")) } }),
        Err(Failure::Refused(_)) => {
            page(StatusCode::NOT_FOUND, html! { p.wrong role="alert" { (words("page-sso-over")) } })
        }
        Err(Failure::Fault(fault)) => {
            tracing::error!(error = %fault, "an answer of an identity provider could not be taken");
            page(StatusCode::INTERNAL_SERVER_ERROR, html! { p.wrong role="alert" { (words("page-fault")) } })
        }
    }
}
