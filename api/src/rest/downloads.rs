//! Sending reports, by signed links.

use actix_web::{HttpRequest, HttpResponse, web};
use diwan_domain::insights::{REPORT_TYPE, open_download};

use super::media::{Headers, serve};
use super::{language, refuse};
use crate::state::State;

/// Sends the report that the link was made for.
pub async fn send(http: HttpRequest, state: web::Data<State>, token: web::Path<String>) -> HttpResponse {
    match open_download(&state.services, &token).await {
        Ok(report) => {
            let headers =
                Headers { mime_type: REPORT_TYPE, disposition: &report.disposition, cache: "private, no-store" };
            serve(&http, report.from, headers).await
        }
        Err(failure) => refuse(&failure, language(&http)),
    }
}
