//! The audit trail as a file, by signed links, and the keys that its anchors are checked with.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use diwan_domain::trust::{Export, Period, anchor_keys};
use diwan_domain::{Code, Failure};
use futures::stream;
use serde::Deserialize;

use super::{language, refuse};
use crate::state::State;

/// The period that a link names; it is part of what the link is signed for.
#[derive(Deserialize)]
pub struct Asked {
    from: Option<i64>,
    until: Option<i64>,
}

/// Streams the trail that the link was made for.
pub async fn send(
    http: HttpRequest,
    state: web::Data<State>,
    token: web::Path<String>,
    asked: web::Query<Asked>,
) -> HttpResponse {
    let locale = language(&http);
    let time = |micros: Option<i64>| match micros.map(DateTime::<Utc>::from_timestamp_micros) {
        Some(None) => Err(Failure::from(Code::LinkInvalid)),
        Some(at) => Ok(at),
        None => Ok(None),
    };
    let opened = async {
        let period = Period { from: time(asked.from)?, until: time(asked.until)? };
        Export::open(Arc::clone(&state.services), &token, period).await
    };
    match opened.await {
        Ok(export) => HttpResponse::Ok()
            .content_type("application/x-ndjson")
            .insert_header(("Content-Disposition", "attachment; filename=\"audit-trail.ndjson\""))
            .insert_header(("Cache-Control", "private, no-store"))
            .streaming(stream::try_unfold(export, async |mut export| match export.next().await {
                Ok(Some(lines)) => Ok(Some((Bytes::from(lines), export))),
                Ok(None) => Ok(None),
                // What was sent so far has no footer, so nobody takes it for the whole.
                Err(failure) => {
                    tracing::error!(error = %failure, "an export of the audit trail broke off");
                    Err(failure)
                }
            })),
        Err(failure) => refuse(&failure, locale),
    }
}

/// The public keys of anchors (RFC 7517), those of the past too.
pub async fn keys(http: HttpRequest, state: web::Data<State>) -> HttpResponse {
    match anchor_keys(&state.services).await {
        Ok(keys) => HttpResponse::Ok().insert_header(("Cache-Control", "public, max-age=300")).json(keys),
        Err(fault) => refuse(&fault.into(), language(&http)),
    }
}
