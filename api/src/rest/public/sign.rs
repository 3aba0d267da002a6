//! Where a contract is read and signed by a link.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use diwan_domain::contracts::{self, Clause, DOCUMENT_TYPE, SigningAct, SigningStanding, SigningView};
use diwan_domain::public_links::{Answered, Caller, Opened};
use diwan_domain::{Failure, Services};
use maud::{Markup, html};
use serde::Deserialize;

use super::super::media::{Headers, serve};
use super::super::{language, refuse};
use super::frame::{PRICE, PRICE_OF_ANSWER, Words, foot, pay, refusals, show, wrong};
use super::linked::{self, Page, Sent, Unread, resource};
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

/// Where the page is.
pub fn routes(config: &mut web::ServiceConfig) {
    let page = resource::<SigningView>().route(web::head().to(linked::open::<SigningView>));
    config.service(page).route("/sign/{secret}/document", web::get().to(document));
}

impl Page for SigningView {
    const PLACE: &'static str = "/sign";
    type Form = Form;

    async fn open(services: &Arc<Services>, secret: &str) -> Result<Opened<Self>, Failure> {
        contracts::open_signing(services, secret).await
    }

    async fn answer(
        services: &Arc<Services>,
        secret: &str,
        form: &Form,
        caller: Caller,
    ) -> Result<Answered<Self>, Unread> {
        let act = match form.act.as_str() {
            "sign" => SigningAct::Sign { name: form.name.clone() },
            "decline" => SigningAct::Decline { reason: form.reason.clone() },
            _ => return Err(Unread::Foreign),
        };
        Ok(contracts::answer_signing(services, secret, (act, form.document.clone()), caller).await?)
    }

    fn shown(&self, status: StatusCode, path: &str, sent: Sent<Form>) -> HttpResponse {
        show(status, self.locale, &self.title, &page(path, self, &sent))
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

fn page(path: &str, view: &SigningView, sent: &Sent<Form>) -> Markup {
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

fn forms(words: Words, view: &SigningView, sent: &Sent<Form>) -> Markup {
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
