//! What the first bytes of a medium tell.

use sha2::{Digest as _, Sha256};

/// How much of the start of a body services are shown.
const HEAD: usize = 64;

/// How much of the start is looked at for an image's size: a JPEG tells it behind its profiles and previews.
const LOOKED_AT: usize = 256 * 1024;

/// Measures a body as it streams past, keeping its start alone.
pub(crate) struct Meter {
    start: Vec<u8>,
    size: u64,
    digest: Sha256,
}

/// What was measured.
pub(crate) struct Total {
    pub(crate) size: u64,
    pub(crate) sha256: String,
    pub(crate) head: Vec<u8>,
    pub(crate) image: Option<(u32, u32)>,
}

impl Meter {
    pub(crate) fn new() -> Self {
        Self { start: Vec::new(), size: 0, digest: Sha256::new() }
    }

    pub(crate) fn add(&mut self, chunk: &[u8]) {
        self.size += chunk.len() as u64;
        self.digest.update(chunk);
        let room = LOOKED_AT - self.start.len();
        self.start.extend_from_slice(&chunk[..chunk.len().min(room)]);
    }

    /// The body, when all of it was kept and it is UTF-8.
    pub(crate) fn text(&self, at_most: u64) -> Option<String> {
        let whole = self.size <= at_most && self.size == self.start.len() as u64;
        whole.then(|| String::from_utf8(self.start.clone()).ok()).flatten()
    }

    pub(crate) fn finish(self) -> Total {
        let image = image_size(&self.start);
        let mut head = self.start;
        head.truncate(HEAD);
        Total { size: self.size, sha256: data_encoding::HEXLOWER.encode(&self.digest.finalize()), head, image }
    }
}

/// Width and height in pixels of a PNG, JPEG, GIF or WebP, told by its first bytes; none for what is no such image or
/// tells it later.
pub fn image_size(start: &[u8]) -> Option<(u32, u32)> {
    if start.starts_with(b"\x89PNG\r\n\x1a\n") && start.get(12..16)? == b"IHDR" {
        return Some((u32::from_be_bytes(at(start, 16)?), u32::from_be_bytes(at(start, 20)?)));
    }
    if start.starts_with(b"GIF87a") || start.starts_with(b"GIF89a") {
        return Some((u16::from_le_bytes(at(start, 6)?).into(), u16::from_le_bytes(at(start, 8)?).into()));
    }
    if start.starts_with(b"\xff\xd8\xff") {
        return jpeg(start);
    }
    if start.starts_with(b"RIFF") && start.get(8..12)? == b"WEBP" {
        return webp(start);
    }
    None
}

fn at<const N: usize>(bytes: &[u8], offset: usize) -> Option<[u8; N]> {
    bytes.get(offset..offset + N)?.try_into().ok()
}

/// Goes from segment to segment until one begins a frame. ITU-T T.81, annex B.
fn jpeg(start: &[u8]) -> Option<(u32, u32)> {
    let mut offset = 2;
    loop {
        let [before, marker] = at(start, offset)?;
        if before != 0xff {
            return None;
        }
        match marker {
            // Filling.
            0xff => offset += 1,
            // Stands alone, without a length.
            0x01 | 0xd0..=0xd7 => offset += 2,
            // Begins a frame: length, precision, height, width.
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                let height = u16::from_be_bytes(at(start, offset + 5)?);
                let width = u16::from_be_bytes(at(start, offset + 7)?);
                return Some((width.into(), height.into()));
            }
            _ => offset += 2 + usize::from(u16::from_be_bytes(at(start, offset + 2)?)),
        }
    }
}

/// RFC 9649, section 2.
fn webp(start: &[u8]) -> Option<(u32, u32)> {
    match start.get(12..16)? {
        b"VP8X" => {
            let three = |offset| at(start, offset).map(|[a, b, c]| u32::from_le_bytes([a, b, c, 0]) + 1);
            Some((three(24)?, three(27)?))
        }
        b"VP8L" => {
            let bits = u32::from_le_bytes(at(start, 21)?);
            Some(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
        }
        b"VP8 " => {
            let side = |offset| at(start, offset).map(|bytes| u32::from(u16::from_le_bytes(bytes) & 0x3fff));
            Some((side(26)?, side(28)?))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_tells_its_size() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x04\x38\0\0\x05\x46\x08\x06\0\0\0";
        assert_eq!(image_size(png), Some((1080, 1350)));
        assert_eq!(image_size(b"GIF89a\x02\x01\x03\0"), Some((258, 3)));
        let jpeg = b"\xff\xd8\xff\xe0\0\x04ab\xff\xff\xc2\0\x11\x08\x02\0\x03\0\x03";
        assert_eq!(image_size(jpeg), Some((768, 512)));
        assert_eq!(image_size(&jpeg[..14]), None);
        let webp = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\x03\0\xff\x01\0";
        assert_eq!(image_size(webp), Some((1024, 512)));
        assert_eq!(image_size(b"not an image at all"), None);
    }

    #[test]
    fn a_body_is_measured_without_being_kept() {
        let mut meter = Meter::new();
        for _ in 0..100 {
            meter.add(&[7; 10_000]);
        }
        assert_eq!(meter.text(u64::MAX), None);
        assert_eq!(meter.start.len(), LOOKED_AT);
        let total = meter.finish();
        assert_eq!((total.size, total.head.len()), (1_000_000, HEAD));
        let mut meter = Meter::new();
        meter.add("سلام".as_bytes());
        assert_eq!(meter.text(64).as_deref(), Some("سلام"));
        assert_eq!(meter.text(4), None);
        assert_eq!(meter.finish().sha256, data_encoding::HEXLOWER.encode(&Sha256::digest("سلام".as_bytes())));
    }
}
