//! Receiving and sending content plans, by signed links.

use actix_web::{HttpRequest, HttpResponse, web};
use diwan_domain::calendar::{open_export, receive_content_import};
use diwan_domain::{Code, UserError};
use futures::StreamExt as _;
use serde_json::json;

use super::media::{Headers, serve};
use super::uploads::refused;
use super::{language, refuse};
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
            receiver.write(&chunk)?;
        }
        receiver.finish().await
    };
    match received.await {
        Ok(()) => HttpResponse::Ok().json(json!({ "ok": true })),
        Err(failure) => refused(&http, &mut body, &failure).await,
    }
}

/// Streams the plan that the link was made for.
pub async fn send(http: HttpRequest, state: web::Data<State>, token: web::Path<String>) -> HttpResponse {
    match open_export(&state.services, &token).await {
        Ok(plan) => {
            let headers =
                Headers { mime_type: plan.mime_type, disposition: &plan.disposition, cache: "private, no-store" };
            serve(&http, plan.from, headers).await
        }
        Err(failure) => refuse(&failure, language(&http)),
    }
}
