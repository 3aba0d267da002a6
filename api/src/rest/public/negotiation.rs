//! Where the other side of a contract reads what is negotiated, and says something about it.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use diwan_domain::contracts::{self, NegotiationStanding, NegotiationView};
use diwan_domain::public_links::{Answered, Caller, Opened};
use diwan_domain::{Failure, Services};
use maud::{Markup, html};
use serde::Deserialize;
use uuid::Uuid;

use super::frame::{Words, area, foot, refusals, remarks, show};
use super::linked::{self, Page, Sent, Unread, resource};
use super::sign::{clauses, terms};

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

/// Where the page is.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(resource::<NegotiationView>().route(web::head().to(linked::open::<NegotiationView>)));
}

impl Page for NegotiationView {
    const PLACE: &'static str = "/contract";
    type Form = Form;

    async fn open(services: &Arc<Services>, secret: &str) -> Result<Opened<Self>, Failure> {
        contracts::open_negotiation(services, secret).await
    }

    async fn answer(
        services: &Arc<Services>,
        secret: &str,
        form: &Form,
        _caller: Caller,
    ) -> Result<Answered<Self>, Unread> {
        let once = form.once.parse::<Uuid>().map_err(|_| Unread::Foreign)?;
        Ok(contracts::comment_by_link(services, secret, (once, &form.comment)).await?)
    }

    fn shown(&self, status: StatusCode, _path: &str, sent: Sent<Form>) -> HttpResponse {
        show(status, self.locale, &self.title, &page(self, &sent))
    }
}

fn page(view: &NegotiationView, sent: &Sent<Form>) -> Markup {
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

fn form(words: Words, view: &NegotiationView, sent: &Sent<Form>) -> Markup {
    html! {
        form method="post" accept-charset="utf-8" {
            input type="hidden" name="once" value=(view.once);
            label for="comment" { (words.say("offer-comment")) }
            (area(words, &sent.errors, ("comment", &sent.form.comment), LONGEST))
            button type="submit" name="act" value="comment" { (words.say("offer-send")) }
        }
    }
}
