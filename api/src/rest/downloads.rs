//! Sending reports, by signed links.

use actix_web::{HttpRequest, HttpResponse, web};
use diwan_domain::insights::open_download;
use tokio_util::io::ReaderStream;

use super::{language, refuse};
use crate::state::State;

/// Streams the report that the link was made for.
pub async fn send(http: HttpRequest, state: web::Data<State>, token: web::Path<String>) -> HttpResponse {
    match open_download(&state.services, &token).await {
        Ok((run, file)) => {
            let name = format!("attachment; filename=\"report-{}.pdf\"", run.month.format("%Y-%m"));
            HttpResponse::Ok()
                .content_type("application/pdf")
                .insert_header(("Content-Disposition", name))
                .insert_header(("Cache-Control", "private, no-store"))
                .no_chunking(run.byte_size.and_then(|size| u64::try_from(size).ok()).unwrap_or(0))
                .streaming(ReaderStream::new(file))
        }
        Err(failure) => refuse(&failure, language(&http)),
    }
}
