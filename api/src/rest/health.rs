//! Whether the API lives and can serve, and the keys that check its tokens.

use actix_web::{HttpResponse, web};
use diwan_domain::tenancy;
use serde_json::json;

use crate::state::State;

/// The process answers.
pub async fn live() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "live": true }))
}

/// The process can serve: PostgreSQL answers. Redis is the worker's alone.
pub async fn ready(state: web::Data<State>) -> HttpResponse {
    let asked = tokio::time::timeout(std::time::Duration::from_secs(2), tenancy::is_set_up(&state.services));
    match asked.await {
        Ok(Ok(set_up)) => HttpResponse::Ok().json(json!({ "ready": true, "setUp": set_up })),
        _ => HttpResponse::ServiceUnavailable().json(json!({ "ready": false })),
    }
}

/// The public keys of access tokens (RFC 7517).
pub async fn jwks(state: web::Data<State>) -> HttpResponse {
    state.services.tokens.keep_fresh(&state.services).await;
    HttpResponse::Ok().insert_header(("Cache-Control", "public, max-age=300")).json(state.services.tokens.jwks())
}
