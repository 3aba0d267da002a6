//! What a file truly is, by its content. Whatever somebody said of it, its name included, plays no part.

use std::fs::File;
use std::io::{self, Cursor, Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use diwan_platform::storage::StorageError;
use image::codecs::gif::GifDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::{AnimationDecoder as _, ImageFormat, ImageReader, Limits};
use mp4parse::TrackType;
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;

use crate::error::{Code, Failure, Fault, UserError};

/// The largest picture file, in bytes: above what any network takes.
pub const MAX_IMAGE_BYTES: u64 = 20 * 1024 * 1024;

/// The largest video file, in bytes: room for an hour in high definition.
pub const MAX_VIDEO_BYTES: u64 = 4 * 1024 * 1024 * 1024;

/// The largest document, in bytes: a brochure ready to be printed.
pub const MAX_DOCUMENT_BYTES: u64 = 50 * 1024 * 1024;

/// The media type of documents.
pub(super) const DOCUMENT: &str = "application/pdf";

/// The most pixels, width times height: a small file can unfold to a huge picture.
pub const MAX_IMAGE_PIXELS: u64 = 50_000_000;

/// The most memory that decoding a picture may take, in bytes.
pub(super) const MAX_DECODED: u64 = 512 * 1024 * 1024;

/// The longest side of a video, in pixels, and the longest video, in milliseconds.
const MAX_VIDEO_SIDE: u32 = 16_384;
const MAX_VIDEO_LENGTH: u64 = 24 * 60 * 60 * 1000;

/// The most bytes of the boxes that say what a film is, which are read whole: some hours of film need a few million. And the most
/// boxes beside each other: a film in pieces has two for every few seconds.
const MOST_FILM_HEAD: u64 = 32 * 1024 * 1024;
const MOST_BOXES: u32 = 100_000;

/// In how much of its end the mark of a whole document stands, in bytes.
const END_OF_DOCUMENT: u64 = 1024;

/// How much of the beginning tells the sort.
pub(super) const HEAD: usize = 16;

/// A large picture takes some 200 MB while it is decoded: one at a time in a process.
pub(super) static DECODING: Semaphore = Semaphore::const_new(1);

/// The brands of MP4 files that hold a film (ISO/IEC 14496-12, mp4ra.org), beside Apple's `QuickTime`.
const MP4_BRANDS: &[&[u8; 4]] = &[
    b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"iso7", b"iso8", b"iso9", b"mp41", b"mp42", b"avc1",
    b"M4V ", b"M4VH", b"M4VP", b"MSNV", b"dash",
];

/// What sort of file it is, by how it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Picture(ImageFormat),
    Mp4,
    QuickTime,
    Pdf,
}

impl Sort {
    /// The sort of a file that begins so; none of what is not taken.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        if head.get(4..8) == Some(b"ftyp") {
            let brand = head.get(8..12)?;
            if brand == b"qt  " {
                return Some(Self::QuickTime);
            }
            return MP4_BRANDS.iter().any(|known| brand == known.as_slice()).then_some(Self::Mp4);
        }
        if head.starts_with(b"%PDF-") {
            return Some(Self::Pdf);
        }
        match image::guess_format(head).ok()? {
            format @ (ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::Gif | ImageFormat::WebP) => {
                Some(Self::Picture(format))
            }
            _ => None,
        }
    }

    /// The most bytes of a file of this sort.
    pub(super) fn most_bytes(self) -> u64 {
        match self {
            Self::Picture(_) => MAX_IMAGE_BYTES,
            Self::Mp4 | Self::QuickTime => MAX_VIDEO_BYTES,
            Self::Pdf => MAX_DOCUMENT_BYTES,
        }
    }

    fn mime_type(self) -> &'static str {
        match self {
            Self::Picture(format) => format.to_mime_type(),
            Self::Mp4 => "video/mp4",
            Self::QuickTime => "video/quicktime",
            Self::Pdf => DOCUMENT,
        }
    }
}

/// What is known of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) mime_type: &'static str,
    pub(super) byte_size: i64,
    pub(super) sha256: [u8; 32],
    /// Of what can be seen; a document has none.
    pub(super) width: Option<i32>,
    pub(super) height: Option<i32>,
    /// Of a video.
    pub(super) duration_ms: Option<i64>,
    /// Whether a picture moves.
    pub(super) animated: bool,
}

#[derive(Default)]
struct Shape {
    width: Option<u32>,
    height: Option<u32>,
    duration_ms: Option<u64>,
    animated: bool,
}

/// Looks at a whole file: pictures are decoded within limits, so that what a network would choke on is refused here; of a video
/// the boxes are read that say what it is, of a document how it begins and ends.
pub(super) async fn look_at(path: &Path) -> Result<Facts, Failure> {
    let path: Arc<Path> = path.into();
    let seen = Arc::clone(&path);
    let sort = off_thread(move || sort_of_file(&seen)).await?;
    // Held while a picture is decoded.
    let _turn = match sort {
        Sort::Picture(_) => {
            Some(DECODING.acquire().await.map_err(|_| Fault::broken("no more pictures are looked at"))?)
        }
        Sort::Mp4 | Sort::QuickTime | Sort::Pdf => None,
    };
    off_thread(move || facts(&path, sort)).await
}

/// Runs what blocks on a thread of its own.
pub(super) async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    match tokio::task::spawn_blocking(work).await {
        Ok(ended) => ended,
        // A decoder that panics at a file has met a damaged one, as far as its sender is concerned.
        Err(error) if error.is_panic() => {
            tracing::error!(%error, "a file was too much for its decoder");
            Err(Code::FileDamaged.into())
        }
        Err(error) => Err(Fault::broken(format!("looking at a file ended badly: {error}")).into()),
    }
}

fn sort_of_file(path: &Path) -> Result<Sort, Failure> {
    let mut file = File::open(path).map_err(io_fault)?;
    let size = file.metadata().map_err(io_fault)?.len();
    let mut head = Vec::with_capacity(HEAD);
    file.by_ref().take(HEAD as u64).read_to_end(&mut head).map_err(io_fault)?;
    let sort = Sort::of(&head).ok_or(Code::FileTypeUnsupported)?;
    if size > sort.most_bytes() {
        return Err(UserError::new(Code::FileTooLarge).number("limit", sort.most_bytes()).into());
    }
    Ok(sort)
}

fn facts(path: &Path, sort: Sort) -> Result<Facts, Failure> {
    let shape = match sort {
        Sort::Picture(format) => picture(&std::fs::read(path).map_err(io_fault)?, format)?,
        Sort::Mp4 | Sort::QuickTime => video(path)?,
        Sort::Pdf => document(path)?,
    };
    let mut digest = Sha256::new();
    let mut file = File::open(path).map_err(io_fault)?;
    let mut piece = vec![0; 256 * 1024];
    let mut size = 0_i64;
    loop {
        let read = file.read(&mut piece).map_err(io_fault)?;
        if read == 0 {
            break;
        }
        digest.update(&piece[..read]);
        size += i64::try_from(read).map_err(|_| Code::FileDamaged)?;
    }
    let side =
        |pixels: Option<u32>| pixels.map(i32::try_from).transpose().map_err(|_| UserError::new(Code::FileDamaged));
    Ok(Facts {
        mime_type: sort.mime_type(),
        byte_size: size,
        sha256: digest.finalize().into(),
        width: side(shape.width)?,
        height: side(shape.height)?,
        duration_ms: shape.duration_ms.map(i64::try_from).transpose().map_err(|_| UserError::new(Code::FileDamaged))?,
        animated: shape.animated,
    })
}

fn picture(bytes: &[u8], format: ImageFormat) -> Result<Shape, Failure> {
    let damaged = |_| UserError::new(Code::FileDamaged);
    let (width, height) = ImageReader::with_format(Cursor::new(bytes), format).into_dimensions().map_err(damaged)?;
    if u64::from(width) * u64::from(height) > MAX_IMAGE_PIXELS {
        return Err(UserError::new(Code::ImageTooManyPixels).number("limit", MAX_IMAGE_PIXELS).into());
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_DECODED);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    reader.decode().map_err(damaged)?;
    let animated = match format {
        ImageFormat::Gif => {
            let frames = GifDecoder::new(Cursor::new(bytes)).map_err(damaged)?.into_frames();
            frames.take(2).flatten().count() == 2
        }
        ImageFormat::Png => PngDecoder::new(Cursor::new(bytes)).and_then(|png| png.is_apng()).map_err(damaged)?,
        ImageFormat::WebP => WebPDecoder::new(Cursor::new(bytes)).map_err(damaged)?.has_animation(),
        _ => false,
    };
    Ok(Shape { width: Some(width), height: Some(height), duration_ms: None, animated })
}

fn video(path: &Path) -> Result<Shape, Failure> {
    let damaged = || Failure::from(Code::FileDamaged);
    let head = head_of_film(&mut File::open(path).map_err(io_fault)?)?;
    let context = mp4parse::read_mp4(&mut Cursor::new(head)).map_err(|_| damaged())?;
    let film = context.tracks.iter().find(|track| matches!(track.track_type, TrackType::Video)).ok_or_else(damaged)?;
    let head = film.tkhd.as_ref().ok_or_else(damaged)?;
    // Sides are in 16.16 fixed point; a film that stands on its side says so in its matrix.
    let (mut width, mut height) = (head.width >> 16, head.height >> 16);
    if head.matrix.a == 0 && head.matrix.d == 0 {
        (width, height) = (height, width);
    }
    let in_pieces = context.mvex.as_ref().and_then(|extends| extends.fragment_duration.as_ref());
    let scaled = match (&film.duration, &film.timescale, in_pieces, &context.timescale) {
        (Some(duration), Some(scale), ..) if duration.0 > 0 => Some((duration.0, scale.0)),
        (.., Some(duration), Some(scale)) => Some((duration.0, scale.0)),
        _ => None,
    };
    let length = scaled.and_then(|(time, scale)| time.checked_mul(1000)?.checked_div(scale)).ok_or_else(damaged)?;
    let sane = |side: u32| (1..=MAX_VIDEO_SIDE).contains(&side);
    if !sane(width) || !sane(height) || !(1..=MAX_VIDEO_LENGTH).contains(&length) {
        return Err(damaged());
    }
    Ok(Shape { width: Some(width), height: Some(height), duration_ms: Some(length), animated: false })
}

/// A document that is whole ends with its mark (ISO 32000-2, 7.5.5); some programs leave a few bytes behind it. What stands in it is for
/// whoever opens it: nothing here reads it, and it is sent to be saved.
fn document(path: &Path) -> Result<Shape, Failure> {
    let mut file = File::open(path).map_err(io_fault)?;
    let size = file.metadata().map_err(io_fault)?.len();
    file.seek(SeekFrom::Start(size.saturating_sub(END_OF_DOCUMENT))).map_err(io_fault)?;
    let mut end = Vec::new();
    file.take(END_OF_DOCUMENT).read_to_end(&mut end).map_err(io_fault)?;
    if !end.windows(5).any(|mark| mark == b"%%EOF") {
        return Err(Code::FileDamaged.into());
    }
    Ok(Shape::default())
}

/// The boxes at the top of a film that say what it is. The others are passed over; that they end where the file ends tells that it
/// is whole.
fn head_of_film(file: &mut File) -> Result<Vec<u8>, Failure> {
    let damaged = || Failure::from(Code::FileDamaged);
    let size = file.metadata().map_err(io_fault)?.len();
    let (mut head, mut at) = (Vec::new(), 0_u64);
    for _ in 0..MOST_BOXES {
        // A few bytes behind the last box are no box; some programs leave them.
        if size - at < 8 {
            return Ok(head);
        }
        file.seek(SeekFrom::Start(at)).map_err(io_fault)?;
        let mut start = Vec::with_capacity(16);
        file.by_ref().take(16).read_to_end(&mut start).map_err(io_fault)?;
        let (short, name) = (start.first_chunk().ok_or_else(damaged)?, start.get(4..8).ok_or_else(damaged)?);
        let length = match u32::from_be_bytes(*short) {
            0 => size - at,
            1 => u64::from_be_bytes(*start.last_chunk().filter(|_| start.len() == 16).ok_or_else(damaged)?),
            length => length.into(),
        };
        let end = at.checked_add(length).filter(|end| length >= 8 && *end <= size).ok_or_else(damaged)?;
        if matches!(name, b"ftyp" | b"moov") {
            if head.len() as u64 + length > MOST_FILM_HEAD {
                return Err(damaged());
            }
            file.seek(SeekFrom::Start(at)).map_err(io_fault)?;
            file.by_ref().take(length).read_to_end(&mut head).map_err(io_fault)?;
        }
        at = end;
    }
    Err(damaged())
}

fn io_fault(error: io::Error) -> Failure {
    Failure::Fault(StorageError::Io(error).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_tells_the_sort() {
        for (head, sort) in [
            (&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], Some(Sort::Picture(ImageFormat::Png))),
            (b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0", Some(Sort::Picture(ImageFormat::Jpeg))),
            (b"GIF89a\x01\0\x01\0\0\0\0\0\0\0", Some(Sort::Picture(ImageFormat::Gif))),
            (b"RIFF\x10\0\0\0WEBPVP8 ", Some(Sort::Picture(ImageFormat::WebP))),
            (b"\0\0\0\x18ftypmp42\0\0\0\0", Some(Sort::Mp4)),
            (b"\0\0\0\x18ftypqt  \0\0\0\0", Some(Sort::QuickTime)),
            (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1", Some(Sort::Pdf)),
            (b"\0\0\0\x18ftypheic\0\0\0\0", None),
            (b"\0\0\0\x18ftypavif\0\0\0\0", None),
            (b"<svg xmlns='http", None),
            (b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0", None),
            (b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0", None),
            (b"PK\x03\x04\0\0\0\0\0\0\0\0\0\0\0\0", None),
            (b"", None),
            (b"\0\0\0\x18ftyp", None),
        ] {
            assert_eq!(Sort::of(head), sort, "{head:?}");
        }
    }
}
