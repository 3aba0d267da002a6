//! The control API, for scripts: faults, the ledger, the requests. All JSON, but for the stylesheet of the pages.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use crate::faults::FaultRule;
use crate::pages;
use crate::requests::{Outcome, Recorded};
use crate::server::Core;

/// The largest fault.
const MOST_BYTES: usize = 16 * 1024;

/// Which requests or changes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Which {
    network: Option<String>,
    account: Option<String>,
    /// A part of host and path.
    path: Option<String>,
}

impl Which {
    fn fits(&self, network: &str, account: Option<&str>) -> bool {
        self.network.as_deref().is_none_or(|wanted| wanted == network)
            && self.account.as_deref().is_none_or(|wanted| Some(wanted) == account)
    }
}

/// What is behind `/_emulator`.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    let bad = |error: String| HttpResponse::BadRequest().json(json!({ "error": error }));
    let wrong_json = move |error: actix_web::error::JsonPayloadError, _: &_| {
        let answer = bad(error.to_string());
        actix_web::error::InternalError::from_response(error, answer).into()
    };
    let wrong_query = move |error: actix_web::error::QueryPayloadError, _: &_| {
        let answer = bad(error.to_string());
        actix_web::error::InternalError::from_response(error, answer).into()
    };
    config
        .app_data(web::JsonConfig::default().limit(MOST_BYTES).error_handler(wrong_json))
        .app_data(web::QueryConfig::default().error_handler(wrong_query))
        .route("/faults", web::post().to(place))
        .route("/faults", web::get().to(placed))
        .route("/faults", web::delete().to(lift_all))
        .route("/faults/{id}", web::delete().to(lift))
        .route("/ledger", web::get().to(ledger))
        .route("/comments", web::post().to(comment))
        .route("/requests", web::get().to(requests))
        .route("/style.css", web::get().to(async || pages::style().into_response()));
}

async fn place(core: web::Data<Core>, rule: web::Json<FaultRule>) -> HttpResponse {
    if let Some(flaw) = rule.flaw() {
        return HttpResponse::BadRequest().json(json!({ "error": flaw }));
    }
    HttpResponse::Created().json(json!({ "id": core.world.place(rule.into_inner()) }))
}

async fn placed(core: web::Data<Core>) -> HttpResponse {
    HttpResponse::Ok().json(json!({ "faults": core.world.faults() }))
}

async fn lift_all(core: web::Data<Core>) -> HttpResponse {
    core.world.lift_all();
    HttpResponse::NoContent().finish()
}

async fn lift(core: web::Data<Core>, id: web::Path<u64>) -> HttpResponse {
    if core.world.lift(*id) {
        HttpResponse::NoContent().finish()
    } else {
        HttpResponse::NotFound().json(json!({ "error": format!("there is no fault {id}") }))
    }
}

async fn ledger(core: web::Data<Core>, which: web::Query<Which>) -> HttpResponse {
    if which.path.is_some() {
        return HttpResponse::BadRequest().json(json!({ "error": "the ledger knows no paths" }));
    }
    let mut effects = core.world.effects();
    effects.retain(|effect| which.fits(&effect.network, Some(&effect.account)));
    HttpResponse::Ok().json(json!({ "effects": effects }))
}

/// What somebody says under a post, or to a comment there.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    network: String,
    /// The post or the comment.
    on: String,
    author: String,
    text: String,
}

/// Comments as somebody who is no account of anybody's.
async fn comment(core: web::Data<Core>, said: web::Json<Said>) -> HttpResponse {
    let Said { network, on, author, text } = said.into_inner();
    if author.trim().is_empty() || text.trim().is_empty() {
        return HttpResponse::BadRequest().json(json!({ "error": "a comment has an author and a text" }));
    }
    match core.world.comment(&network, &on, (&author, &text)) {
        Some(id) => HttpResponse::Created().json(json!({ "id": id })),
        None => HttpResponse::NotFound()
            .json(json!({ "error": "no post or comment of a network with comments has this id" })),
    }
}

async fn requests(core: web::Data<Core>, which: web::Query<Which>) -> HttpResponse {
    let mut requests = core.world.requests();
    requests.retain(|request: &Recorded| {
        which.fits(&request.network, request.account.as_deref())
            && which.path.as_deref().is_none_or(|path| request.target().contains(path))
    });
    let count = |outcome| requests.iter().filter(|request| request.outcome == outcome).count();
    HttpResponse::Ok().json(json!({
        "count": requests.len(),
        "open": count(Outcome::Open),
        "answered": count(Outcome::Answered),
        "lost": count(Outcome::Lost),
        "refused": count(Outcome::Refused),
        "unknown": count(Outcome::Unknown),
        "requests": requests,
    }))
}
