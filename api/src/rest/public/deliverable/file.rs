//! A file that is handed in on the page of a deliverable: streamed to the folder as it comes, and never in memory as a whole.

use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, rt, web};
use bytes::Bytes;
use diwan_domain::deliverables::{DeliverablePage, FileAwaited, FileSaid, await_file_by_link};
use diwan_domain::media::{MAX_IMAGE_BYTES, PATIENCE};
use diwan_domain::public_links::Answered;
use diwan_domain::{Code, Failure, UserError};
use futures::{Stream, StreamExt as _, stream};
use multer::{Field, Multipart};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::super::super::{header_text, language};
use super::super::frame::{PRICE_OF_ANSWER, done, pay, said};
use super::super::linked::{Unread, foreign, path, told};
use super::Form;
use crate::state::State;

/// How many pieces of the body wait for whoever writes them down; each is some ten thousand bytes.
const WAITING: usize = 4;

/// The longest field beside the file, in bytes: 2000 characters of four bytes, and what is too long is told.
const MOST_TEXT: usize = 16 * 1024;

/// The most that may come before the file, with what is read ahead, in bytes: until then the parser keeps everything.
const MOST_BEFORE: usize = 1024 * 1024;

/// What is read ahead.
type Taken = mpsc::Receiver<Result<Bytes, io::Error>>;

impl From<multer::Error> for Unread {
    fn from(_: multer::Error) -> Self {
        Self::Foreign
    }
}

/// The page, where somebody reloads it after a file was refused.
pub async fn back(http: HttpRequest, secret: web::Path<String>) -> HttpResponse {
    // What is no secret of ours does not get into a header.
    if secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte)) {
        return done(&path::<DeliverablePage>(&secret));
    }
    said(StatusCode::NOT_FOUND, language(&http), "link-title", "link-unknown")
}

/// Takes the form with the file. What is said of the file comes before it, as the page has it.
pub async fn hand_in(
    http: HttpRequest,
    state: web::Data<State>,
    secret: web::Path<String>,
    body: web::Payload,
) -> HttpResponse {
    let meter = match pay(&http, &state, PRICE_OF_ANSWER) {
        Ok(meter) => meter,
        Err(busy) => return busy,
    };
    let Some(boundary) = header_text(&http, "content-type").and_then(|value| multer::parse_boundary(value).ok()) else {
        return foreign(&http);
    };
    let bytes = header_text(&http, "content-length").and_then(|value| value.parse().ok()).unwrap_or(0);
    let mut form = Form::default();
    let begun = Arc::new(AtomicBool::new(false));
    let (pieces, reading) = pieces(body, Arc::clone(&begun));
    let handed = receive(&state, &secret, Multipart::new(pieces, boundary), (&mut form, bytes, &begun)).await;
    // Reads on for a little where the file was refused, so that its sender gets to see why instead of a reset connection.
    let _read = reading.await;
    told(&http, &meter, &secret, form, handed)
}

/// How long the next bytes are waited for.
fn patience() -> Duration {
    PATIENCE.to_std().unwrap_or(Duration::from_mins(10))
}

/// The body as it comes, a few pieces ahead of whoever takes them. When nobody does any more, up to [`MAX_IMAGE_BYTES`] of what is left
/// are read. Until the file has `begun`, more than [`MOST_BEFORE`] is a fault.
fn pieces(
    mut body: web::Payload,
    begun: Arc<AtomicBool>,
) -> (impl Stream<Item = Result<Bytes, io::Error>> + Send, rt::task::JoinHandle<()>) {
    let (give, take) = mpsc::channel(WAITING);
    let reading = rt::spawn(async move {
        let mut left = MAX_IMAGE_BYTES;
        // Whoever sends nothing for so long has gone: neither their bytes nor their connection are kept.
        while let Ok(Some(piece)) = timeout(patience(), body.next()).await {
            let piece = piece.map_err(|error| io::Error::new(ErrorKind::UnexpectedEof, error.to_string()));
            let (broken, length) = piece.as_ref().map_or((true, 0), |bytes| (false, bytes.len() as u64));
            if give.send(piece).await.is_err() {
                left = left.saturating_sub(length);
            }
            if broken || left == 0 {
                break;
            }
        }
    });
    let pieces = stream::unfold((take, 0_usize), move |(mut take, before): (Taken, usize)| {
        let begun = Arc::clone(&begun);
        async move {
            let piece = take.recv().await?;
            if begun.load(Ordering::Relaxed) {
                return Some((piece, (take, before)));
            }
            let before = before.saturating_add(piece.as_ref().map_or(0, Bytes::len));
            let piece = if before > MOST_BEFORE { Err(ErrorKind::InvalidData.into()) } else { piece };
            Some((piece, (take, before)))
        }
    });
    (pieces, reading)
}

async fn receive(
    state: &State,
    secret: &str,
    mut parts: Multipart<'_>,
    (form, bytes, begun): (&mut Form, u64, &AtomicBool),
) -> Result<Answered<DeliverablePage>, Unread> {
    while let Some(mut field) = parts.next_field().await? {
        let name = field.name().unwrap_or_default().to_owned();
        match name.as_str() {
            "version" => form.version = text(&mut field).await?.parse().unwrap_or_default(),
            "note" => form.note = text(&mut field).await?,
            "file" => {
                begun.store(true, Ordering::Relaxed);
                let name = field.file_name().unwrap_or_default().to_owned();
                let said = FileSaid { version: form.version, name, note: form.note.clone(), bytes };
                return pour(state, secret, &mut field, said).await;
            }
            _ => {}
        }
    }
    Err(Unread::Foreign)
}

async fn text(field: &mut Field<'_>) -> Result<String, Unread> {
    let mut bytes = Vec::new();
    while let Some(piece) = field.chunk().await? {
        bytes.extend_from_slice(&piece);
        if bytes.len() > MOST_TEXT {
            return Err(Unread::Foreign);
        }
    }
    String::from_utf8(bytes).map_err(|_| Unread::Foreign)
}

/// Hands the file on as it comes.
async fn pour(
    state: &State,
    secret: &str,
    field: &mut Field<'_>,
    said: FileSaid,
) -> Result<Answered<DeliverablePage>, Unread> {
    let mut file = match await_file_by_link(&state.services, secret, said).await? {
        FileAwaited::Receiving(file) => file,
        FileAwaited::Not(why) => return Ok(why),
    };
    loop {
        let written = match field.chunk().await {
            Ok(Some(piece)) => file.write(&piece).await,
            Ok(None) => return Ok(file.finish().await?),
            // The line broke, or the form is cut short: what has come is dropped.
            Err(_) => Err(UserError::at(Code::FileDamaged, "file").into()),
        };
        match written {
            Ok(()) => {}
            Err(Failure::Refused(errors)) => return Ok(file.give_up(errors).await?),
            Err(fault) => return Err(fault.into()),
        }
    }
}
