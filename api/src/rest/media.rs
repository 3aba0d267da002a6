//! Sending files of the media library, by signed links, and stored files in general.

use actix_files::NamedFile;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use diwan_domain::media::open_media;
use diwan_domain::{Failure, Fault};
use diwan_platform::storage::{Opened, StorageError};

use super::{language, refuse};
use crate::state::State;

/// Sends the file that the link was made for: whole, or the part that is asked for.
pub async fn send(http: HttpRequest, state: web::Data<State>, token: web::Path<String>) -> HttpResponse {
    match open_media(&state.services, &token).await {
        Ok(media) => {
            let headers = Headers {
                mime_type: &media.mime_type,
                disposition: &media.disposition,
                cache: "private, max-age=3600",
            };
            serve(&http, media.from, headers).await
        }
        Err(failure) => refuse(&failure, language(&http)),
    }
}

/// What a stored file is sent with.
pub struct Headers<'a> {
    pub mime_type: &'a str,
    pub disposition: &'a str,
    pub cache: &'static str,
}

/// Sends a stored file, or sends whoever asks to where it is.
pub async fn serve(http: &HttpRequest, from: Opened, headers: Headers<'_>) -> HttpResponse {
    let path = match from {
        Opened::Link(url) => {
            return HttpResponse::Found()
                .insert_header((header::LOCATION, url.as_str()))
                .insert_header((header::CACHE_CONTROL, "private, no-store"))
                .finish();
        }
        Opened::File(path) => path,
    };
    let broken = |fault: Fault| refuse(&Failure::Fault(fault), language(http));
    let opened = web::block(move || NamedFile::open(path)).await;
    let file = match opened {
        Ok(Ok(file)) => file,
        Ok(Err(error)) => return broken(StorageError::Io(error).into()),
        Err(error) => return broken(Fault::broken(error.to_string())),
    };
    let (Ok(mime), Ok(disposition)) = (headers.mime_type.parse(), HeaderValue::from_str(headers.disposition)) else {
        return broken(Fault::broken("a stored file with an impossible type or name"));
    };
    // What is under a name never changes, so nothing more is said of when it did.
    let file = file.set_content_type(mime).disable_content_disposition().use_last_modified(false);
    let mut answer = file.into_response(http);
    answer.headers_mut().insert(header::CONTENT_DISPOSITION, disposition);
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(headers.cache));
    answer
}
