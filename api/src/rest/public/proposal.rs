//! Where a client reads, comments, accepts and declines a proposal without signing in.

mod page;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use diwan_domain::Failure;
use diwan_domain::proposals::{
    self as domain, AnsweredPage, ClientAct, ClientAnswer, OpenedPage, OpenedProposal, ProposalPage,
};
use diwan_gate::Meter;
use uuid::Uuid;

use self::page::Sent;
use super::super::media::{Headers, serve};
use super::super::{language, refuse};
use super::frame::{MOST_BYTES, PRICE, PRICE_OF_ANSWER, caller, done, ended, lost, pay, refused_with, said, show};
use crate::state::State;

/// What asking for a file that is not there costs besides.
const GUESS: usize = 4000;

/// What somebody filled in, as it was sent: a box that is ticked comes once for each.
type Form = Vec<(String, String)>;

/// Where the page is, and where files are by signed links.
pub fn routes(config: &mut web::ServiceConfig) {
    let page = web::resource("/proposal/{secret}")
        .app_data(web::FormConfig::default().limit(MOST_BYTES))
        .route(web::get().to(open))
        .route(web::post().to(answer));
    config
        .service(page)
        .route("/proposal/{secret}/file", web::get().to(file))
        .route("/proposal/{secret}/accepted", web::get().to(accepted))
        .route("/proposals/{token}", web::get().to(download))
        .route("/proposals/accepted/{token}", web::get().to(download_accepted));
}

fn path(secret: &str) -> String {
    format!("/proposal/{secret}")
}

fn shown(status: StatusCode, secret: &str, page: &ProposalPage, sent: &Sent) -> HttpResponse {
    show(status, page.locale, &page.offer.title, &page::proposal(&path(secret), page, sent))
}

async fn open(http: HttpRequest, state: web::Data<State>, secret: web::Path<String>) -> HttpResponse {
    let meter = match pay(&http, &state, PRICE) {
        Ok(meter) => meter,
        Err(busy) => return busy,
    };
    match domain::open_proposal(&state.services, &secret).await {
        Ok(OpenedPage::Proposal(page)) => shown(StatusCode::OK, &secret, &page, &Sent::default()),
        Ok(OpenedPage::Ended(ending, locale)) => ended(ending, locale),
        Err(failure) => lost(&http, &meter, &failure),
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
    let Some(answer) = answer_of(&filled) else {
        return said(StatusCode::BAD_REQUEST, language(&http), "link-title", "link-unknown");
    };
    let act = answer.act.clone();
    match domain::answer_proposal(&state.services, &secret, answer, &caller(&http, &state)).await {
        Ok(AnsweredPage::Done) => done(&path(&secret)),
        Ok(AnsweredPage::Refused(page, errors)) => {
            let status = refused_with(&errors);
            shown(status, &secret, &page, &Sent { act: Some(act), errors })
        }
        Ok(AnsweredPage::Ended(ending, locale)) => ended(ending, locale),
        Err(failure) => lost(&http, &meter, &failure),
    }
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
