//! Where a report is read by its link, without signing in: the report itself as a page, and its files.
//!
//! The page was written when the report was made and stands as it was stored; only the list of files is put into it. It brings its own style,
//! so its policy allows that one style by its digest, and pictures that are part of the page.

use actix_web::body::SizedStream;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use bytes::Bytes;
use data_encoding::BASE64;
use diwan_domain::insights::{self as domain, SharedPage, SharedReport};
use diwan_domain::{Code, Failure};
use diwan_entity::insights::report_file::ReportFormat;
use diwan_platform::crypto::sha256;
use futures::{StreamExt as _, stream};
use maud::{Markup, html};

use super::super::media::{Headers, serve};
use super::super::{language, refuse};
use super::frame::{PRICE, Words, lost, pay, show};
use crate::state::State;

/// Where the page and the files are.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/report/{secret}", web::get().to(open))
        .route("/report/{secret}/{format:pdf|xlsx|csv|html}", web::get().to(file));
}

/// The links to the files.
fn files(words: Words, secret: &str, formats: &[ReportFormat]) -> Markup {
    html! {
        nav.files {
            (words.say("report-files")) " "
            @for format in formats {
                @let ending = domain::ending(*format);
                a href={ "/report/" (secret) "/" (ending) } download { (ending.to_uppercase()) } " "
            }
        }
    }
}

/// The policy of a page with this style in it.
fn policy(page: &SharedPage) -> String {
    let style = page.before.split_once("<style>").and_then(|(_, rest)| rest.split_once("</style>"));
    let style = style.map_or_else(String::new, |(style, _)| {
        format!("; style-src 'sha256-{}'", BASE64.encode(&sha256(style.as_bytes())))
    });
    format!("default-src 'none'; img-src data:{style}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
}

fn shown(secret: &str, report: SharedReport) -> HttpResponse {
    let words = Words(report.locale);
    let files = files(words, secret, &report.formats);
    let Some(page) = report.page else {
        let inner = html! { p { (words.say("report-no-page")) } (files) };
        return show(StatusCode::OK, report.locale, &report.title, &inner);
    };
    let policy = policy(&page);
    let SharedPage { before, after, rest } = page;
    let head = [before.into_bytes(), files.into_string().into_bytes(), after].map(Bytes::from);
    let size = head.iter().fold(rest.size(), |size, part| size + u64::try_from(part.len()).unwrap_or_default());
    let stream = stream::iter(head.map(Ok)).chain(rest.stream(0..u64::MAX));
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .body(SizedStream::new(size, stream))
}

async fn open(http: HttpRequest, state: web::Data<State>, secret: web::Path<String>) -> HttpResponse {
    let meter = match pay(&http, &state, PRICE) {
        Ok(meter) => meter,
        Err(busy) => return busy,
    };
    match domain::open_shared_report(&state.services, &secret).await {
        Ok(report) => shown(&secret, report),
        Err(failure) => lost(&http, &meter, &failure),
    }
}

async fn file(http: HttpRequest, state: web::Data<State>, place: web::Path<(String, String)>) -> HttpResponse {
    let meter = match pay(&http, &state, PRICE) {
        Ok(meter) => meter,
        Err(busy) => return busy,
    };
    let (secret, ending) = place.into_inner();
    let Some(format) = domain::format_of(&ending) else {
        return lost(&http, &meter, &Code::LinkInvalid.into());
    };
    match domain::open_shared_file(&state.services, &secret, format).await {
        Ok(opened) => {
            let headers =
                Headers { mime_type: opened.mime_type, disposition: &opened.disposition, cache: "private, no-store" };
            serve(&http, opened.from, headers).await
        }
        Err(failure @ Failure::Refused(_)) => lost(&http, &meter, &failure),
        Err(failure) => refuse(&failure, language(&http)),
    }
}
