//! Receiving files, streamed.

use actix_web::{HttpRequest, HttpResponse, web};
use diwan_domain::calendar::{MAX_IMAGE_BYTES, receive_upload};
use diwan_domain::{Code, Failure, UserError};
use futures::StreamExt as _;
use serde_json::json;

use super::{drain, language, refuse};
use crate::state::State;

/// Takes the bytes of the file that the address was made for.
pub async fn receive(
    http: HttpRequest,
    state: web::Data<State>,
    token: web::Path<String>,
    mut body: web::Payload,
) -> HttpResponse {
    let received = async {
        let mut receiver = receive_upload(state.services.clone(), &token).await?;
        while let Some(chunk) = body.next().await {
            // The sender went away or sent nonsense: what has come is dropped.
            let chunk = chunk.map_err(|_| UserError::new(Code::DamagedImage))?;
            receiver.write(&chunk).await?;
        }
        receiver.finish().await
    };
    match received.await {
        Ok(()) => HttpResponse::Ok().json(json!({ "ok": true })),
        Err(failure) => {
            if matches!(&failure, Failure::Refused(_)) {
                drain(&mut body, MAX_IMAGE_BYTES).await;
            }
            refuse(&failure, language(&http))
        }
    }
}
