//! Receiving files, streamed: whole in one `PUT`, or in as many requests as it takes by the protocol tus 1.0
//! (<https://tus.io/protocols/resumable-upload>), with its extensions creation, creation-defer-length, expiration and termination.
//! The address is the upload: it was made by `requestUpload` and is good for one file.

use actix_web::http::{Method, StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};
use diwan_domain::media::{
    MAX_IMAGE_BYTES, MAX_VIDEO_BYTES, Receiver, UploadStatus, declare_upload, drop_upload, receive_upload,
    resume_upload, upload_status,
};
use diwan_domain::{Code, Failure, UserError};
use futures::StreamExt as _;
use serde_json::json;

use super::{header_text, language, refuse};
use crate::state::State;

/// The version of tus that is spoken, and its extensions.
const TUS: &str = "1.0.0";
const EXTENSIONS: &str = "creation,creation-defer-length,expiration,termination";
const PART: &str = "application/offset+octet-stream";

/// Where files arrive.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/uploads/{token}")
            .route(web::put().to(receive))
            .route(web::method(Method::OPTIONS).to(abilities))
            .route(web::post().to(create))
            .route(web::head().to(status))
            .route(web::patch().to(append))
            .route(web::delete().to(forget)),
    );
}

/// Takes the whole file that the address was made for.
async fn receive(
    http: HttpRequest,
    state: web::Data<State>,
    token: web::Path<String>,
    mut body: web::Payload,
) -> HttpResponse {
    let received = async {
        let mut receiver = receive_upload(state.services.clone(), &token).await?;
        if !pour(&mut receiver, &mut body).await? {
            // The sender went away or sent nonsense: what has come is dropped.
            return Err(Code::FileDamaged.into());
        }
        receiver.finish().await
    };
    match received.await {
        Ok(()) => HttpResponse::Ok().json(json!({ "ok": true })),
        Err(failure) => refused(&http, &mut body, &failure).await,
    }
}

/// What can be done here.
async fn abilities() -> HttpResponse {
    tus(StatusCode::NO_CONTENT)
        .insert_header(("Tus-Version", TUS))
        .insert_header(("Tus-Extension", EXTENSIONS))
        .insert_header(("Tus-Max-Size", MAX_VIDEO_BYTES.to_string()))
        .finish()
}

/// Says how long the file will be. The upload is this address itself.
async fn create(http: HttpRequest, state: web::Data<State>, token: web::Path<String>) -> HttpResponse {
    if let Some(answer) = other_version(&http) {
        return answer;
    }
    let declared = async {
        match number(&http, "upload-length") {
            Some(length) => declare_upload(&state.services, &token, length).await,
            None if header_text(&http, "upload-defer-length").as_deref() == Some("1") => {
                upload_status(state.services.clone(), &token).await
            }
            None => Err(UserError::at(Code::Invalid, "Upload-Length").into()),
        }
    };
    match declared.await {
        Ok(status) => {
            let here = state.services.link(&format!("uploads/{token}"));
            let here = here.map_or_else(|_| http.uri().to_string(), String::from);
            progress(StatusCode::CREATED, &status).insert_header((header::LOCATION, here)).finish()
        }
        Err(failure) => with_version(refuse(&failure, language(&http))),
    }
}

/// How far it has come.
async fn status(http: HttpRequest, state: web::Data<State>, token: web::Path<String>) -> HttpResponse {
    if let Some(answer) = other_version(&http) {
        return answer;
    }
    match upload_status(state.services.clone(), &token).await {
        Ok(status) => progress(StatusCode::OK, &status).insert_header((header::CACHE_CONTROL, "no-store")).finish(),
        Err(failure) => with_version(refuse(&failure, language(&http))),
    }
}

/// Takes the next part. With the last one the file is looked at and counts.
async fn append(
    http: HttpRequest,
    state: web::Data<State>,
    token: web::Path<String>,
    mut body: web::Payload,
) -> HttpResponse {
    if let Some(answer) = other_version(&http) {
        return answer;
    }
    if header_text(&http, "content-type").as_deref() != Some(PART) {
        return tus(StatusCode::UNSUPPORTED_MEDIA_TYPE).finish();
    }
    let appended = async {
        let offset = number(&http, "upload-offset").ok_or_else(|| UserError::at(Code::Invalid, "Upload-Offset"))?;
        if let Some(length) = number(&http, "upload-length") {
            declare_upload(&state.services, &token, length).await?;
        }
        let mut receiver = resume_upload(state.services.clone(), &token, offset).await?;
        let poured = pour(&mut receiver, &mut body).await;
        let offset = receiver.offset();
        match poured {
            Err(failure @ Failure::Refused(_)) => {
                receiver.discard().await?;
                return Err(failure);
            }
            // Where the line broke, what has come stays.
            Ok(_) if receiver.is_whole() => receiver.finish().await?,
            _ => receiver.pause().await?,
        }
        poured.map(|_| offset)
    };
    match appended.await {
        Ok(offset) => tus(StatusCode::NO_CONTENT).insert_header(("Upload-Offset", offset.to_string())).finish(),
        Err(failure) => with_version(refused(&http, &mut body, &failure).await),
    }
}

/// Forgets what has come.
async fn forget(http: HttpRequest, state: web::Data<State>, token: web::Path<String>) -> HttpResponse {
    if let Some(answer) = other_version(&http) {
        return answer;
    }
    match drop_upload(&state.services, &token).await {
        Ok(()) => tus(StatusCode::NO_CONTENT).finish(),
        Err(failure) => with_version(refuse(&failure, language(&http))),
    }
}

/// Hands on what comes; whether it came to its end.
async fn pour(receiver: &mut Receiver, body: &mut web::Payload) -> Result<bool, Failure> {
    while let Some(chunk) = body.next().await {
        let Ok(chunk) = chunk else { return Ok(false) };
        receiver.write(&chunk).await?;
    }
    Ok(true)
}

/// Says why not. Reads on for a little first, so that the sender gets to see it instead of a reset connection.
pub(super) async fn refused(http: &HttpRequest, body: &mut web::Payload, failure: &Failure) -> HttpResponse {
    if matches!(failure, Failure::Refused(_)) {
        let mut left = MAX_IMAGE_BYTES;
        while let Some(Ok(chunk)) = body.next().await {
            left = left.saturating_sub(chunk.len() as u64);
            if left == 0 {
                break;
            }
        }
    }
    refuse(failure, language(http))
}

/// The answer to somebody who speaks another version, or none.
fn other_version(http: &HttpRequest) -> Option<HttpResponse> {
    let same = header_text(http, "tus-resumable").as_deref() == Some(TUS);
    (!same).then(|| tus(StatusCode::PRECONDITION_FAILED).insert_header(("Tus-Version", TUS)).finish())
}

fn tus(status: StatusCode) -> HttpResponseBuilder {
    let mut answer = HttpResponse::build(status);
    answer.insert_header(("Tus-Resumable", TUS));
    answer
}

fn with_version(mut answer: HttpResponse) -> HttpResponse {
    let name = header::HeaderName::from_static("tus-resumable");
    answer.headers_mut().insert(name, header::HeaderValue::from_static(TUS));
    answer
}

fn progress(code: StatusCode, status: &UploadStatus) -> HttpResponseBuilder {
    let mut answer = tus(code);
    answer.insert_header(("Upload-Offset", status.offset.to_string()));
    answer.insert_header(("Upload-Expires", status.expires_at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()));
    match status.length {
        Some(length) => answer.insert_header(("Upload-Length", length.to_string())),
        None => answer.insert_header(("Upload-Defer-Length", "1")),
    };
    answer
}

fn number(http: &HttpRequest, name: &str) -> Option<u64> {
    header_text(http, name)?.parse().ok()
}
