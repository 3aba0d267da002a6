//! Where the other side of a contract hands in what it promised, without signing in: an address or a file.

mod file;

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use diwan_domain::deliverables::{DeliverablePage, hand_in_by_link, open_deliverable};
use diwan_domain::media::{MAX_DOCUMENT_BYTES, MAX_IMAGE_BYTES, MAX_VIDEO_BYTES};
use diwan_domain::public_links::{Answered, Caller, Opened};
use diwan_domain::{Failure, Services, UserError};
use diwan_entity::payments::deliverable::DeliverableState;
use maud::{Markup, html};
use serde::Deserialize;

use super::frame::{Words, foot, refusals, show, wrong};
use super::linked::{self, Page, Sent, Unread, resource};

/// What sorts of files are taken, as browsers name them.
const TAKEN: &str = "image/jpeg,image/png,image/gif,image/webp,video/mp4,video/quicktime,application/pdf,.mov,.pdf";

/// What somebody filled in.
#[derive(Debug, Default, Deserialize)]
pub struct Form {
    #[serde(default)]
    link: String,
    #[serde(default)]
    note: String,
    #[serde(default)]
    version: i32,
}

/// Where the page is.
pub fn routes(config: &mut web::ServiceConfig) {
    let page = resource::<DeliverablePage>().route(web::head().to(linked::open::<DeliverablePage>));
    let with_file = web::resource("/deliverable/{secret}/file")
        .route(web::get().to(file::back))
        .route(web::post().to(file::hand_in));
    config.service(page).service(with_file);
}

impl Page for DeliverablePage {
    const PLACE: &'static str = "/deliverable";
    type Form = Form;

    async fn open(services: &Arc<Services>, secret: &str) -> Result<Opened<Self>, Failure> {
        open_deliverable(services, secret).await
    }

    async fn answer(
        services: &Arc<Services>,
        secret: &str,
        form: &Form,
        _caller: Caller,
    ) -> Result<Answered<Self>, Unread> {
        Ok(hand_in_by_link(services, secret, form.version, (&form.link, &form.note)).await?)
    }

    fn shown(&self, status: StatusCode, path: &str, sent: Sent<Form>) -> HttpResponse {
        show(status, self.locale, &self.title, &inner(path, self, &sent.form, &sent.errors))
    }

    /// Something that was filled in must be mended, or it is not so any more.
    fn status_of(errors: &[UserError]) -> StatusCode {
        let filled_in =
            |error: &UserError| matches!(error.field.last().map(String::as_str), Some("link" | "note" | "file"));
        if errors.iter().all(filled_in) { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::CONFLICT }
    }
}

/// What stands on the page: what is promised, how far it is, and the form while it can be handed in.
fn inner(path: &str, page: &DeliverablePage, sent: &Form, errors: &[UserError]) -> Markup {
    let words = Words(page.locale);
    let asks = [("agency", page.agency.as_str()), ("name", page.reader.as_str()), ("brand", page.brand.as_str())];
    html! {
        p.hint { (words.with("deliverable-asks", &asks)) }
        p.due { (words.with("deliverable-due", &[("when", &page.due_on)])) }
        @if !page.brief.is_empty() {
            section {
                h2 { (words.say("deliverable-brief")) }
                @for line in page.brief.lines() { p dir="auto" { (line) } }
            }
        }
        @if !page.disclosure.is_empty() {
            p { (words.say("deliverable-disclosure")) " " strong { bdi { (page.disclosure) } } }
        }
        (standing(words, page))
        (refusals(words, errors, &["link", "note", "file"]))
        @if matches!(page.state, DeliverableState::Due | DeliverableState::SentBack) {
            section.decide {
                h2 { (words.say("deliverable-hand-in")) }
                p { (words.say("deliverable-either")) }
                (by_link(words, path, page, (sent, errors)))
                (by_file(words, path, page, (sent, errors)))
            }
        }
        (foot(words, &page.reader, &page.expires_at))
    }
}

/// How far it is.
fn standing(words: Words, page: &DeliverablePage) -> Markup {
    let key = match page.state {
        DeliverableState::Due => return html! {},
        DeliverableState::Submitted => "deliverable-submitted",
        DeliverableState::Accepted => "deliverable-accepted",
        DeliverableState::SentBack => "deliverable-sent-back",
        DeliverableState::Withdrawn => "deliverable-withdrawn",
    };
    html! {
        div.outcome role="status" {
            p { strong { (words.say(key)) } }
            @if page.state == DeliverableState::SentBack { p dir="auto" { (page.reason) } }
            @if let Some(link) = &page.link { p { bdi dir="ltr" { (link) } } }
            @if let Some(file) = &page.file { p { bdi { (file) } } }
        }
    }
}

fn by_link(words: Words, path: &str, page: &DeliverablePage, (sent, errors): (&Form, &[UserError])) -> Markup {
    let of_link = wrong(words, errors, "link");
    html! {
        form method="post" action=(path) accept-charset="utf-8" {
            input type="hidden" name="version" value=(page.version);
            label for="link" { (words.say("deliverable-link")) }
            p #link-hint .hint { (words.say("deliverable-link-hint")) }
            input #link type="url" name="link" dir="ltr" required maxlength="2000" value=(sent.link) inputmode="url"
                aria-invalid=(!of_link.is_empty()) aria-describedby="link-hint link-wrong";
            div #link-wrong { @for said in &of_link { p.wrong role="alert" { (said) } } }
            (note(words, "note", (sent, errors)))
            button #send-link type="submit" { (words.say("deliverable-send")) }
        }
    }
}

/// The form for a file. What is said of it stands before it, since it is sent in that order.
fn by_file(words: Words, path: &str, page: &DeliverablePage, (sent, errors): (&Form, &[UserError])) -> Markup {
    let of_file = wrong(words, errors, "file");
    let million = |bytes: u64| (bytes / 1024 / 1024).to_string();
    let (picture, document) = (million(MAX_IMAGE_BYTES), million(MAX_DOCUMENT_BYTES));
    let film = (MAX_VIDEO_BYTES / 1024 / 1024 / 1024).to_string();
    let most = [("picture", picture.as_str()), ("film", film.as_str()), ("document", document.as_str())];
    html! {
        form method="post" action={ (path) "/file" } enctype="multipart/form-data" accept-charset="utf-8" {
            input type="hidden" name="version" value=(page.version);
            (note(words, "file-note", (sent, errors)))
            label for="file" { (words.say("deliverable-file")) }
            p #file-hint .hint { (words.with("deliverable-file-hint", &most)) }
            input #file type="file" name="file" required accept=(TAKEN) aria-invalid=(!of_file.is_empty())
                aria-describedby="file-hint file-wrong";
            div #file-wrong { @for said in &of_file { p.wrong role="alert" { (said) } } }
            button #send-file type="submit" { (words.say("deliverable-send-file")) }
        }
    }
}

/// The field for what there is to say, of either form.
fn note(words: Words, id: &str, (sent, errors): (&Form, &[UserError])) -> Markup {
    let of_note = wrong(words, errors, "note");
    html! {
        label for=(id) { (words.say("deliverable-note")) }
        textarea id=(id) name="note" rows="3" dir="auto" maxlength="2000" aria-invalid=(!of_note.is_empty())
            aria-describedby={ (id) "-wrong" } { (sent.note) }
        div id={ (id) "-wrong" } { @for said in &of_note { p.wrong role="alert" { (said) } } }
    }
}
