//! What the public pages have in common: words, prices, refusals, and where a form leads.

use std::sync::Arc;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse};
use diwan_domain::error::Arg;
use diwan_domain::public_links::{Caller, LinkEnding, Remark};
use diwan_domain::{Code, Failure, UserError, messages};
use diwan_entity::tenancy::agency::Locale;
use diwan_gate::Meter;
use maud::{Markup, html};

use super::super::pages::shell;
use super::super::peer::peer;
use super::super::{header_text, language};
use crate::state::State;

/// What things cost, in the points of the API: 200 pages a minute, 40 answers.
pub const PRICE: usize = 1000;
/// See [`PRICE`].
pub const PRICE_OF_ANSWER: usize = 5000;
/// What asking for what is not there costs besides.
const GUESS: usize = 4000;

/// The longest form: 5000 characters of four bytes, each written as three, and what goes with them.
pub const MOST_BYTES: usize = 64 * 1024;

/// Words of the catalogue in the reader's language.
#[derive(Debug, Clone, Copy)]
pub struct Words(pub Locale);

impl Words {
    /// The message of a key.
    pub fn say(self, key: &str) -> String {
        messages::message(self.0, key, &[])
    }

    /// The message of a key with values.
    pub fn with(self, key: &str, args: &[(&'static str, &str)]) -> String {
        let args: Vec<_> = args.iter().map(|(name, value)| (*name, Arg::Text((*value).to_owned().into()))).collect();
        messages::message(self.0, key, &args)
    }
}

/// Takes the price from whoever asks, or says that they have none left.
#[expect(clippy::result_large_err, reason = "the answer goes out as it is")]
pub fn pay(http: &HttpRequest, state: &State, price: usize) -> Result<Meter, HttpResponse> {
    let meter = Meter::new(Arc::clone(&state.limiter), peer(http, state), state.services.now());
    if meter.check().is_err() {
        return Err(said(StatusCode::TOO_MANY_REQUESTS, language(http), "link-title", "page-busy"));
    }
    meter.fine(price);
    Ok(meter)
}

/// Who is at the other end, for what is written down with a signature.
pub fn caller(http: &HttpRequest, state: &State) -> Caller {
    let user_agent: String = header_text(http, "user-agent").unwrap_or_default().chars().take(500).collect();
    Caller { address: peer(http, state), user_agent }
}

/// A page. It is as wide as what is read, and fits a phone.
pub fn show(status: StatusCode, locale: Locale, title: &str, inner: &Markup) -> HttpResponse {
    shell(status, locale, title, &html! { div.review { (inner) } })
}

/// What was sent is done: reloading the page that follows sends nothing again.
pub fn done(path: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, path.to_owned()))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

/// What a link says that has ended.
pub fn ended(ending: LinkEnding, locale: Locale) -> HttpResponse {
    let words = Words(locale);
    let inner = html! { p role="status" { (words.say(&format!("link-ended-{}", ending.name()))) } };
    shell(StatusCode::GONE, locale, &words.say("link-ended"), &inner)
}

/// A link that opens nothing, or a fault of ours.
pub fn lost(http: &HttpRequest, meter: &Meter, failure: &Failure) -> HttpResponse {
    let locale = language(http);
    match failure {
        Failure::Refused(_) => {
            meter.fine(GUESS);
            said(StatusCode::NOT_FOUND, locale, "link-title", "link-unknown")
        }
        Failure::Fault(fault) => {
            tracing::error!(error = %fault, "a public page failed");
            said(StatusCode::INTERNAL_SERVER_ERROR, locale, "link-title", "page-fault")
        }
    }
}

/// A page that says one thing.
pub fn said(status: StatusCode, locale: Locale, title: &str, key: &str) -> HttpResponse {
    let words = Words(locale);
    shell(status, locale, &words.say(title), &html! { p.wrong role="alert" { (words.say(key)) } })
}

/// How a page answers that shows what was refused: mended by whoever filled it in, or by nobody any more.
pub fn refused_with(errors: &[UserError]) -> StatusCode {
    let mend = [Code::ReasonRequired, Code::Invalid, Code::TooLong, Code::TooMany];
    let theirs = errors.iter().all(|error| mend.contains(&error.code));
    if theirs { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::CONFLICT }
}

/// What is wrong that no field of these says itself.
pub fn refusals(words: Words, errors: &[UserError], fields: &[&str]) -> Markup {
    html! {
        @for error in errors.iter().filter(|error| !is_of(error, fields)) {
            p.wrong.aloud role="alert" { (messages::user_error(words.0, error)) }
        }
    }
}

/// What is wrong with one field, in words: shown below it, in an element whose id is `<field>-wrong`.
pub fn wrong(words: Words, errors: &[UserError], field: &str) -> Vec<String> {
    errors.iter().filter(|error| is_of(error, &[field])).map(|error| messages::user_error(words.0, error)).collect()
}

fn is_of(error: &UserError, fields: &[&str]) -> bool {
    error.field.last().is_some_and(|last| fields.contains(&last.as_str()))
}

/// What was said, oldest first.
pub fn remarks(words: Words, said: &[Remark]) -> Markup {
    html! {
        @if !said.is_empty() {
            h2 { (words.say("offer-said")) }
            ol.said {
                @for remark in said {
                    li {
                        p.hint { bdi { (remark.by) } " · " (remark.at) }
                        p.text dir="auto" { (remark.text) }
                    }
                }
            }
        }
    }
}

/// A field for a longer text of at most so many characters, with what is wrong with it below.
pub fn area(words: Words, errors: &[UserError], (field, text): (&str, &str), most: u16) -> Markup {
    let said = wrong(words, errors, field);
    html! {
        textarea id=(field) name=(field) rows="3" dir="auto" maxlength=(most) aria-invalid=(!said.is_empty())
            aria-describedby={ (field) "-wrong" } { (text) }
        div id={ (field) "-wrong" } { @for said in &said { p.wrong role="alert" { (said) } } }
    }
}

/// Who may use the link, and until when; at the end of every page.
pub fn foot(words: Words, name: &str, until: &str) -> Markup {
    html! { p.hint.end { (words.with("link-expires", &[("name", name), ("when", until)])) } }
}
