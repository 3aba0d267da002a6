//! Receiving and sending content plans, by signed links.

use actix_web::{HttpRequest, HttpResponse, web};
use diwan_domain::calendar::{MAX_PLAN_BYTES, export_name, open_export, receive_content_import};
use diwan_domain::{Code, Failure, UserError};
use futures::StreamExt as _;
use serde_json::json;
use tokio_util::io::ReaderStream;

use super::{drain, language, refuse};
use crate::state::State;

/// Takes the bytes of the plan that the address was made for.
pub async fn receive(
    http: HttpRequest,
    state: web::Data<State>,
    token: web::Path<String>,
    mut body: web::Payload,
) -> HttpResponse {
    let received = async {
        let mut receiver = receive_content_import(state.services.clone(), &token).await?;
        while let Some(chunk) = body.next().await {
            // The sender went away or sent nonsense: what has come is dropped.
            let chunk = chunk.map_err(|_| UserError::new(Code::FileDamaged))?;
            receiver.write(&chunk).await?;
        }
        receiver.finish().await
    };
    match received.await {
        Ok(()) => HttpResponse::Ok().json(json!({ "ok": true })),
        Err(failure) => {
            if matches!(&failure, Failure::Refused(_)) {
                drain(&mut body, MAX_PLAN_BYTES).await;
            }
            refuse(&failure, language(&http))
        }
    }
}

/// Streams the plan that the link was made for.
pub async fn send(http: HttpRequest, state: web::Data<State>, token: web::Path<String>) -> HttpResponse {
    match open_export(&state.services, &token).await {
        Ok((export, file)) => {
            let (name, media_type) = export_name(&export);
            HttpResponse::Ok()
                .content_type(media_type)
                .insert_header(("Content-Disposition", format!("attachment; filename=\"{name}\"")))
                .insert_header(("Cache-Control", "private, no-store"))
                .no_chunking(export.byte_size.and_then(|size| u64::try_from(size).ok()).unwrap_or(0))
                .streaming(ReaderStream::new(file))
        }
        Err(failure) => refuse(&failure, language(&http)),
    }
}
