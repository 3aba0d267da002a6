//! Where a client reads, comments, accepts and declines a proposal without signing in.

mod page;

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use diwan_domain::proposals::{self as domain, ClientAct, ClientAnswer, OpenedProposal, ProposalPage};
use diwan_domain::public_links::{Answered, Caller, Opened};
use diwan_domain::{Failure, Services};
use diwan_gate::Meter;
use uuid::Uuid;

use super::super::media::{Headers, serve};
use super::super::{language, refuse};
use super::frame::{PRICE, pay, show};
use super::linked::{Page, Sent, Unread, resource};
use crate::state::State;

/// What asking for a file that is not there costs besides.
const GUESS: usize = 4000;

/// What somebody filled in, as it was sent: a box that is ticked comes once for each.
type Form = Vec<(String, String)>;

/// Where the page is, and where files are by signed links.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(resource::<ProposalPage>())
        .route("/proposal/{secret}/file", web::get().to(file))
        .route("/proposal/{secret}/accepted", web::get().to(accepted))
        .route("/proposals/{token}", web::get().to(download))
        .route("/proposals/accepted/{token}", web::get().to(download_accepted));
}

impl Page for ProposalPage {
    const PLACE: &'static str = "/proposal";
    type Form = Form;

    async fn open(services: &Arc<Services>, secret: &str) -> Result<Opened<Self>, Failure> {
        domain::open_proposal(services, secret).await
    }

    async fn answer(
        services: &Arc<Services>,
        secret: &str,
        form: &Form,
        caller: Caller,
    ) -> Result<Answered<Self>, Unread> {
        let answer = answer_of(form).ok_or(Unread::Foreign)?;
        Ok(domain::answer_proposal(services, secret, answer, &caller).await?)
    }

    fn shown(&self, status: StatusCode, path: &str, Sent { form, errors }: Sent<Form>) -> HttpResponse {
        let sent = page::Sent { act: answer_of(&form).map(|answer| answer.act), errors };
        show(status, self.locale, &self.offer.title, &page::proposal(path, self, &sent))
    }
}

/// What a form says, if it is one of ours.
fn answer_of(form: &Form) -> Option<ClientAnswer> {
    let field = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    let text = |name: &str| field(name).unwrap_or_default();
    let act = match text("act").as_str() {
        "comment" => ClientAct::Comment(text("comment")),
        "decline" => ClientAct::Decline(text("reason")),
        "accept" => {
            let chosen = form.iter().filter(|(key, _)| key == "option").map(|(_, value)| value.parse());
            ClientAct::Accept { name: text("name"), chosen: chosen.collect::<Result<Vec<Uuid>, _>>().ok()? }
        }
        _ => return None,
    };
    Some(ClientAnswer { act, digest: text("digest"), once: text("once").parse().ok()? })
}

async fn send(http: &HttpRequest, opened: OpenedProposal) -> HttpResponse {
    let disposition = opened.disposition;
    let headers = Headers { mime_type: "application/pdf", disposition: &disposition, cache: "private, no-store" };
    serve(http, opened.from, headers).await
}

async fn file(http: HttpRequest, state: web::Data<State>, secret: web::Path<String>) -> HttpResponse {
    let meter = match pay(&http, &state, PRICE) {
        Ok(meter) => meter,
        Err(busy) => return busy,
    };
    let opened = domain::open_proposal_page_file(&state.services, &secret).await;
    by_link(&http, &meter, opened).await
}

/// The file of what was accepted.
async fn accepted(http: HttpRequest, state: web::Data<State>, secret: web::Path<String>) -> HttpResponse {
    let meter = match pay(&http, &state, PRICE) {
        Ok(meter) => meter,
        Err(busy) => return busy,
    };
    let opened = domain::open_proposal_page_accepted(&state.services, &secret).await;
    by_link(&http, &meter, opened).await
}

/// A file by the link of a page. Asking for what is not there costs more.
async fn by_link(http: &HttpRequest, meter: &Meter, opened: Result<OpenedProposal, Failure>) -> HttpResponse {
    match opened {
        Ok(opened) => send(http, opened).await,
        Err(failure) => {
            if matches!(failure, Failure::Refused(_)) {
                meter.fine(GUESS);
            }
            refuse(&failure, language(http))
        }
    }
}

async fn download(http: HttpRequest, state: web::Data<State>, token: web::Path<String>) -> HttpResponse {
    match domain::open_proposal_file(&state.services, &token).await {
        Ok(opened) => send(&http, opened).await,
        Err(failure) => refuse(&failure, language(&http)),
    }
}

async fn download_accepted(http: HttpRequest, state: web::Data<State>, token: web::Path<String>) -> HttpResponse {
    match domain::open_acceptance_file(&state.services, &token).await {
        Ok(opened) => send(&http, opened).await,
        Err(failure) => refuse(&failure, language(&http)),
    }
}
