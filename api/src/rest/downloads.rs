//! Sending reports and documents of contracts, by signed links.

use actix_web::{HttpRequest, HttpResponse, web};
use diwan_domain::contracts::{DOCUMENT_TYPE, open_contract_download};
use diwan_domain::insights::open_download;

use super::media::{Headers, serve};
use super::{language, refuse};
use crate::state::State;

/// Sends the report that the link was made for.
pub async fn send(http: HttpRequest, state: web::Data<State>, token: web::Path<String>) -> HttpResponse {
    match open_download(&state.services, &token).await {
        Ok(report) => {
            let headers =
                Headers { mime_type: report.mime_type, disposition: &report.disposition, cache: "private, no-store" };
            serve(&http, report.from, headers).await
        }
        Err(failure) => refuse(&failure, language(&http)),
    }
}

/// Sends the document of a contract that the link was made for.
pub async fn send_contract(http: HttpRequest, state: web::Data<State>, token: web::Path<String>) -> HttpResponse {
    match open_contract_download(&state.services, &token).await {
        Ok(document) => {
            let headers =
                Headers { mime_type: DOCUMENT_TYPE, disposition: &document.disposition, cache: "private, no-store" };
            serve(&http, document.from, headers).await
        }
        Err(failure) => refuse(&failure, language(&http)),
    }
}
