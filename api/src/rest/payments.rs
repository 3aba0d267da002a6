//! Sending payment files, by signed links.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use diwan_domain::payments::open_payment_file;

use super::{language, refuse};
use crate::state::State;

/// Sends the file that the link was made for. Nothing on the way keeps it: it names accounts.
pub async fn send(http: HttpRequest, state: web::Data<State>, token: web::Path<String>) -> HttpResponse {
    match open_payment_file(&state.services, &token).await {
        Ok(file) => HttpResponse::Ok()
            .content_type(file.mime_type)
            .insert_header((header::CONTENT_DISPOSITION, file.disposition))
            .insert_header((header::CACHE_CONTROL, "private, no-store"))
            .body(file.bytes),
        Err(failure) => refuse(&failure, language(&http)),
    }
}
