//! Where the other side of a contract reads what is negotiated, and says something about it.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use diwan_domain::UserError;
use diwan_domain::contracts::{self, NegotiationAnswered, NegotiationStanding, NegotiationView, OpenedNegotiation};
use diwan_gate::Meter;
use maud::{Markup, html};
use serde::Deserialize;
use uuid::Uuid;

use super::super::language;
use super::frame::{
    MOST_BYTES, PRICE, PRICE_OF_ANSWER, Words, area, done, ended, foot, lost, pay, refusals, refused_with, remarks,
    said, show,
};
use super::sign::{clauses, terms};
use crate::state::State;

/// The longest that somebody writes, in characters.
const LONGEST: u16 = 5000;

/// What somebody filled in.
#[derive(Debug, Default, Deserialize)]
pub struct Form {
    #[serde(default)]
    comment: String,
    #[serde(default)]
    once: String,
}

/// What was sent and not done, so that nobody types it again.
#[derive(Debug, Default)]
struct Sent {
    comment: String,
    errors: Vec<UserError>,
}

/// Where the page is.
pub fn routes(config: &mut web::ServiceConfig) {
    let page = web::resource("/contract/{secret}")
        .app_data(web::FormConfig::default().limit(MOST_BYTES))
        .route(web::get().to(open))
        .route(web::head().to(open))
        .route(web::post().to(answer));
    config.service(page);
}

async fn open(http: HttpRequest, state: web::Data<State>, secret: web::Path<String>) -> HttpResponse {
    match pay(&http, &state, PRICE) {
        Ok(meter) => look(&http, &state, &secret, &meter, Sent::default()).await,
        Err(busy) => busy,
    }
}

async fn look(http: &HttpRequest, state: &State, secret: &str, meter: &Meter, sent: Sent) -> HttpResponse {
    let status = if sent.errors.is_empty() { StatusCode::OK } else { refused_with(&sent.errors) };
    match contracts::open_negotiation(&state.services, secret).await {
        Ok(OpenedNegotiation::View(view)) => show(status, view.locale, &view.title, &page(&view, &sent)),
        Ok(OpenedNegotiation::Ended(ending, locale)) => ended(ending, locale),
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
    let Form { comment, once } = filled.into_inner();
    // What no form of ours sends.
    let Ok(once) = once.parse::<Uuid>() else {
        return said(StatusCode::BAD_REQUEST, language(&http), "link-title", "link-unknown");
    };
    match contracts::comment_by_link(&state.services, &secret, (once, &comment)).await {
        Ok(NegotiationAnswered::Done) => done(&format!("/contract/{secret}")),
        Ok(NegotiationAnswered::Refused(errors)) => {
            look(&http, &state, &secret, &meter, Sent { comment, errors }).await
        }
        Ok(NegotiationAnswered::Ended(ending, locale)) => ended(ending, locale),
        Err(failure) => lost(&http, &meter, &failure),
    }
}

fn page(view: &NegotiationView, sent: &Sent) -> Markup {
    let words = Words(view.locale);
    html! {
        p.hint { (view.kind) " · " (view.version) }
        p dir="auto" { (view.between) }
        (standing(words, view))
        (refusals(words, &sent.errors, &["comment"]))
        (terms(&view.terms))
        (clauses(&view.clauses))
        section {
            (remarks(words, &view.said))
            @if view.standing == NegotiationStanding::Open { (form(words, view, sent)) }
        }
        (foot(words, &view.reader, &view.expires_at))
    }
}

/// How far it is.
fn standing(words: Words, view: &NegotiationView) -> Markup {
    let key = match view.standing {
        NegotiationStanding::Open => {
            return html! { p { (words.with("negotiation-intro", &[("agency", &view.agency)])) } };
        }
        NegotiationStanding::Deciding => "negotiation-deciding",
        NegotiationStanding::Sent => "negotiation-sent",
        NegotiationStanding::Signed => "sign-signed",
        NegotiationStanding::Declined => "sign-declined",
        NegotiationStanding::Over => "sign-over",
    };
    let said = words.with(key, &[("agency", &view.agency)]);
    html! { div.outcome role="status" { p { strong { (said) } } } }
}

fn form(words: Words, view: &NegotiationView, sent: &Sent) -> Markup {
    html! {
        form method="post" accept-charset="utf-8" {
            input type="hidden" name="once" value=(view.once);
            label for="comment" { (words.say("offer-comment")) }
            (area(words, &sent.errors, ("comment", &sent.comment), LONGEST))
            button type="submit" name="act" value="comment" { (words.say("offer-send")) }
        }
    }
}
