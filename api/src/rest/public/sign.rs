//! Where a contract is read and signed by a link.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use diwan_domain::contracts::{
    self, Clause, DOCUMENT_TYPE, OpenedSigning, SigningAct, SigningAnswered, SigningStanding, SigningView,
};
use diwan_domain::{Failure, UserError};
use diwan_gate::Meter;
use maud::{Markup, html};
use serde::Deserialize;

use super::super::media::{Headers, serve};
use super::super::{language, refuse};
use super::frame::{
    MOST_BYTES, PRICE, PRICE_OF_ANSWER, Words, caller, done, ended, foot, lost, pay, refusals, refused_with, said,
    show, wrong,
};
use crate::state::State;

/// The longest reason, in characters.
const LONGEST: u16 = 2000;

/// What somebody filled in.
#[derive(Deserialize, Default)]
pub struct Form {
    #[serde(default)]
    act: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    document: String,
}

/// What was sent and not done, so that nobody types it again.
#[derive(Default)]
struct Sent {
    form: Form,
    errors: Vec<UserError>,
}

/// Where the page is.
pub fn routes(config: &mut web::ServiceConfig) {
    let page = web::resource("/sign/{secret}")
        .app_data(web::FormConfig::default().limit(MOST_BYTES))
        .route(web::get().to(open))
        .route(web::head().to(open))
        .route(web::post().to(answer));
    config.service(page).route("/sign/{secret}/document", web::get().to(document));
}

fn path(secret: &str) -> String {
    format!("/sign/{secret}")
}

async fn open(http: HttpRequest, state: web::Data<State>, secret: web::Path<String>) -> HttpResponse {
    match pay(&http, &state, PRICE) {
        Ok(meter) => look(&http, &state, &secret, &meter, Sent::default()).await,
        Err(busy) => busy,
    }
}

async fn look(http: &HttpRequest, state: &State, secret: &str, meter: &Meter, sent: Sent) -> HttpResponse {
    let status = if sent.errors.is_empty() { StatusCode::OK } else { refused_with(&sent.errors) };
    match contracts::open_signing(&state.services, secret).await {
        Ok(OpenedSigning::View(view)) => show(status, view.locale, &view.title, &page(&path(secret), &view, &sent)),
        Ok(OpenedSigning::Ended(ending, locale)) => ended(ending, locale),
        Err(failure) => lost(http, meter, &failure),
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
    let form = filled.into_inner();
    let act = match form.act.as_str() {
        "sign" => SigningAct::Sign { name: form.name.clone() },
        "decline" => SigningAct::Decline { reason: form.reason.clone() },
        _ => return said(StatusCode::BAD_REQUEST, language(&http), "link-title", "link-unknown"),
    };
    let act = (act, form.document.clone());
    match contracts::answer_signing(&state.services, &secret, act, caller(&http, &state)).await {
        Ok(SigningAnswered::Done) => done(&path(&secret)),
        Ok(SigningAnswered::Refused(errors)) => look(&http, &state, &secret, &meter, Sent { form, errors }).await,
        Ok(SigningAnswered::Ended(ending, locale)) => ended(ending, locale),
        Err(failure) => lost(&http, &meter, &failure),
    }
}

/// The file that is signed.
async fn document(http: HttpRequest, state: web::Data<State>, secret: web::Path<String>) -> HttpResponse {
    let meter = match pay(&http, &state, PRICE) {
        Ok(meter) => meter,
        Err(busy) => return busy,
    };
    match contracts::signing_document(&state.services, &secret).await {
        Ok(document) => {
            let headers =
                Headers { mime_type: DOCUMENT_TYPE, disposition: &document.disposition, cache: "private, no-store" };
            serve(&http, document.from, headers).await
        }
        Err(failure @ Failure::Refused(_)) => {
            meter.fine(PRICE_OF_ANSWER);
            refuse(&failure, language(&http))
        }
        Err(failure) => refuse(&failure, language(&http)),
    }
}

fn page(path: &str, view: &SigningView, sent: &Sent) -> Markup {
    let words = Words(view.locale);
    html! {
        p.hint { (view.kind) }
        p dir="auto" { (view.between) }
        (outcome(words, view))
        (refusals(words, &sent.errors, &["name", "reason"]))
        (terms(&view.terms))
        @if !view.document.is_empty() {
            p { a href={ (path) "/document" } download { (words.say("sign-document")) } }
        }
        (clauses(&view.clauses))
        @if view.standing == SigningStanding::Asked { (forms(words, view, sent)) }
        (foot(words, &view.reader, &view.expires_at))
    }
}

/// What is agreed on.
pub(super) fn terms(terms: &[(String, String)]) -> Markup {
    html! {
        dl.terms {
            @for (label, value) in terms {
                dt { (label) }
                dd dir="auto" { (value) }
            }
        }
    }
}

/// Clauses, numbered.
pub(super) fn clauses(clauses: &[Clause]) -> Markup {
    html! {
        ol.clauses {
            @for clause in clauses {
                li {
                    @if !clause.heading.is_empty() { h2 dir="auto" { (clause.heading) } }
                    p.text dir="auto" { (clause.text) }
                }
            }
        }
    }
}

/// How it stands, and who has signed.
fn outcome(words: Words, view: &SigningView) -> Markup {
    let key = match view.standing {
        SigningStanding::Asked => None,
        SigningStanding::Waiting => Some("sign-waiting"),
        SigningStanding::Signed => Some("sign-signed"),
        SigningStanding::Declined => Some("sign-declined"),
        SigningStanding::Over => Some("sign-over"),
    };
    html! {
        @if key.is_some() || !view.signatures.is_empty() {
            div.outcome role="status" {
                @if let Some(key) = key { p { strong { (words.say(key)) } } }
                @for one in &view.signatures {
                    p { (words.with("sign-by", &[("name", &one.name), ("side", &one.side), ("when", &one.when)])) }
                }
            }
        }
    }
}

fn forms(words: Words, view: &SigningView, sent: &Sent) -> Markup {
    let (name, reason) = (wrong(words, &sent.errors, "name"), wrong(words, &sent.errors, "reason"));
    html! {
        section.decide {
            h2 { (words.say("sign-heading")) }
            p { (words.say("sign-intro")) }
            form method="post" accept-charset="utf-8" {
                input type="hidden" name="document" value=(view.document);
                label for="name" { (words.say("sign-name")) }
                input #name name="name" type="text" dir="auto" required maxlength="200" autocomplete="name" value=(sent.form.name)
                    aria-invalid=(!name.is_empty()) aria-describedby="name-hint name-wrong";
                p #name-hint .hint { (words.say("sign-name-hint")) }
                div #name-wrong { @for said in &name { p.wrong role="alert" { (said) } } }
                button type="submit" name="act" value="sign" { (words.say("sign-submit")) }
            }
            @if view.may_decline {
                form method="post" accept-charset="utf-8" {
                    input type="hidden" name="document" value=(view.document);
                    label for="reason" { (words.say("sign-reason")) }
                    textarea #reason name="reason" rows="3" dir="auto" maxlength=(LONGEST) aria-invalid=(!reason.is_empty())
                        aria-describedby="reason-wrong" { (sent.form.reason) }
                    div #reason-wrong { @for said in &reason { p.wrong role="alert" { (said) } } }
                    button.other type="submit" name="act" value="decline" { (words.say("sign-decline")) }
                }
            }
        }
    }
}
