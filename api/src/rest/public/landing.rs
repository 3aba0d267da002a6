//! Landing pages as visitors see them: `/p/{code}/{slug}`. No cookie, no script, nothing kept of who looks.

mod page;

use actix_web::http::{Method, StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use diwan_domain::tracking::{self as domain, CameBy, LandingView, SentForm, SubmittedForm, Utm, Visit, VisitedPage};
use diwan_domain::{Failure, UserError};
use diwan_gate::Meter;
use maud::html;
use url::form_urlencoded;

use self::page::Sent;
use super::super::media::{Headers, serve};
use super::super::review::with_policy;
use super::super::tracking::visit;
use super::super::{language, refuse};
use super::frame::{MOST_BYTES, PRICE, PRICE_OF_ANSWER, Words, done, pay, said, show};
use crate::state::State;

/// What things cost, in the points of the API: a thousand pictures a minute.
const PRICE_OF_PICTURE: usize = 200;
/// What asking for what is not there costs besides.
const GUESS: usize = 4000;

/// What somebody filled in, as it was sent.
type Form = Vec<(String, String)>;

/// Where the pages are.
pub fn routes(config: &mut web::ServiceConfig) {
    let page = web::resource("/p/{code}/{slug}")
        .app_data(web::FormConfig::default().limit(MOST_BYTES))
        .route(web::get().to(open))
        .route(web::head().to(open))
        .route(web::post().to(submit));
    config
        .service(page)
        .route("/p/{code}", web::get().to(short))
        .route("/p/{code}/{slug}/thanks", web::get().to(thanks))
        .route("/p/{code}/{slug}/picture", web::get().to(picture));
}

fn path(code: &str, slug: &str) -> String {
    format!("/p/{code}/{slug}")
}

/// A field of a form or of an address.
fn field(form: &Form, name: &str) -> String {
    form.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()).unwrap_or_default()
}

/// By what a visitor came. The form takes it along under the same names.
fn came_by(form: &Form) -> CameBy {
    let value = |name: &str| Some(field(form, name)).filter(|value| !value.is_empty());
    CameBy {
        utm: Utm {
            source: value("utm_source"),
            medium: value("utm_medium"),
            campaign: value("utm_campaign"),
            content: value("utm_content"),
            term: value("utm_term"),
        },
        link: field(form, "via"),
    }
}

async fn open(http: HttpRequest, state: web::Data<State>, place: web::Path<(String, String)>) -> HttpResponse {
    let (code, slug) = place.into_inner();
    look(&http, &state, (&code, &slug)).await
}

/// The address without its end leads to the whole one.
async fn short(http: HttpRequest, state: web::Data<State>, code: web::Path<String>) -> HttpResponse {
    look(&http, &state, (&code, "")).await
}

async fn look(http: &HttpRequest, state: &State, (code, slug): (&str, &str)) -> HttpResponse {
    let meter = match pay(http, state, PRICE) {
        Ok(meter) => meter,
        Err(busy) => return busy,
    };
    let query: Form = form_urlencoded::parse(http.query_string().as_bytes()).into_owned().collect();
    let seen = Visit { uncounted: http.method() == Method::HEAD, ..visit(http) };
    match domain::visit_landing_page(&state.services, (code, slug), came_by(&query), &seen).await {
        Ok(Some(VisitedPage::Page(view))) => shown(state, StatusCode::OK, code, &view, &Sent::default()),
        Ok(Some(VisitedPage::Moved(slug))) => moved(http, code, &slug),
        Ok(None) => gone(http, &meter),
        Err(failure) => broken(http, &failure),
    }
}

/// Where the page is now, with what the address said.
fn moved(http: &HttpRequest, code: &str, slug: &str) -> HttpResponse {
    let query = http.query_string();
    let mark = if query.is_empty() { "" } else { "?" };
    HttpResponse::Found()
        .insert_header((header::LOCATION, format!("{}{mark}{query}", path(code, slug))))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

async fn submit(
    http: HttpRequest,
    state: web::Data<State>,
    place: web::Path<(String, String)>,
    filled: web::Form<Form>,
) -> HttpResponse {
    let meter = match pay(&http, &state, PRICE_OF_ANSWER) {
        Ok(meter) => meter,
        Err(busy) => return busy,
    };
    let ((code, _), form) = (place.into_inner(), filled.into_inner());
    let sent = SentForm {
        ticket: field(&form, "ticket"),
        name: field(&form, "name"),
        email: field(&form, "email"),
        phone: field(&form, "phone"),
        message: field(&form, "message"),
        consent: field(&form, "consent") == "yes",
        trap: field(&form, "website"),
        came_by: came_by(&form),
    };
    match domain::submit_landing_form(&state.services, &code, sent.clone()).await {
        Ok(Some(SubmittedForm::Done(slug))) => done(&format!("{}/thanks", path(&code, &slug))),
        Ok(Some(SubmittedForm::Refused(view, errors))) => {
            let again = Sent { form: sent, errors };
            shown(&state, StatusCode::UNPROCESSABLE_ENTITY, &code, &view, &again)
        }
        Ok(None) => gone(&http, &meter),
        Err(failure) => broken(&http, &failure),
    }
}

async fn thanks(http: HttpRequest, state: web::Data<State>, place: web::Path<(String, String)>) -> HttpResponse {
    let meter = match pay(&http, &state, PRICE) {
        Ok(meter) => meter,
        Err(busy) => return busy,
    };
    let (code, _) = place.into_inner();
    match domain::landing_thanks(&state.services, &code).await {
        Ok(Some(found)) => {
            let inner = html! {
                div.outcome role="status" { div.text dir="auto" { (found.thanks) } }
                (page::whose(Words(found.locale), &found.brand))
            };
            show(StatusCode::OK, found.locale, &found.title, &inner)
        }
        Ok(None) => gone(&http, &meter),
        Err(failure) => broken(&http, &failure),
    }
}

async fn picture(http: HttpRequest, state: web::Data<State>, place: web::Path<(String, String)>) -> HttpResponse {
    let meter = match pay(&http, &state, PRICE_OF_PICTURE) {
        Ok(meter) => meter,
        Err(busy) => return busy,
    };
    let (code, _) = place.into_inner();
    match domain::landing_picture(&state.services, &code).await {
        Ok(media) => {
            let headers =
                Headers { mime_type: &media.mime_type, disposition: &media.disposition, cache: "public, max-age=300" };
            serve(&http, media.from, headers).await
        }
        Err(failure) => {
            if matches!(failure, Failure::Refused(_)) {
                meter.fine(GUESS);
            }
            refuse(&failure, language(&http))
        }
    }
}

fn shown(state: &State, status: StatusCode, code: &str, view: &LandingView, sent: &Sent) -> HttpResponse {
    let inner = page::landing(&path(code, &view.slug), view, sent);
    with_policy(state, show(status, view.locale, &view.title, &inner))
}

/// Nothing is at this address, or not any more.
fn gone(http: &HttpRequest, meter: &Meter) -> HttpResponse {
    meter.fine(GUESS);
    said(StatusCode::NOT_FOUND, language(http), "landing-gone-title", "landing-gone")
}

fn broken(http: &HttpRequest, failure: &Failure) -> HttpResponse {
    tracing::error!(error = %failure, "a landing page failed");
    said(StatusCode::INTERNAL_SERVER_ERROR, language(http), "link-title", "page-fault")
}

/// What is wrong with this field.
fn of_field<'a>(errors: &'a [UserError], name: &str) -> Option<&'a UserError> {
    errors.iter().find(|error| error.field.last().is_some_and(|last| last == name))
}
