//! What a WebSocket may send, measured before anything of it is kept.

use std::time::{Duration, Instant};

use crate::MAX_DOCUMENT_BYTES;

/// Bytes that a connection may send at once.
const BURST: usize = 1024 * 1024;
/// Bytes that it may send per second in the long run.
const BYTES_PER_SECOND: usize = 32 * 1024;

/// How much a connection may still send.
#[derive(Debug)]
pub struct Allowance {
    left: usize,
    since: Instant,
}

impl Allowance {
    /// All of it, from now on.
    pub fn new(now: Instant) -> Self {
        Self { left: BURST, since: now }
    }

    /// Takes so many bytes; whether there were as many.
    pub fn take(&mut self, bytes: usize, now: Instant) -> bool {
        let seconds = usize::try_from((now - self.since).as_secs()).unwrap_or(usize::MAX);
        if seconds > 0 {
            self.left = self.left.saturating_add(seconds.saturating_mul(BYTES_PER_SECOND)).min(BURST);
            self.since += Duration::from_secs(seconds as u64);
        }
        let enough = bytes <= self.left;
        self.left = self.left.saturating_sub(bytes);
        enough
    }
}

/// Follows the frames of RFC 6455, so that a message in many frames is as long as one in a single frame.
#[derive(Debug, Default)]
pub struct Frames {
    /// The bytes of a frame's header that have come so far.
    header: Vec<u8>,
    /// Bytes of the frame that are still to come.
    rest: u64,
    /// The length of the message whose last frame has not begun yet.
    message: u64,
}

impl Frames {
    /// Whether no message is too long.
    pub fn take(&mut self, mut bytes: &[u8]) -> bool {
        while let Some((first, others)) = bytes.split_first() {
            if self.rest > 0 {
                let skipped = bytes.len().min(usize::try_from(self.rest).unwrap_or(usize::MAX));
                self.rest -= skipped as u64;
                bytes = &bytes[skipped..];
                continue;
            }
            self.header.push(*first);
            bytes = others;
            if let Some((kind, length)) = read_header(&self.header) {
                self.header.clear();
                self.rest = length;
                // Control frames may stand between the frames of a message and belong to none.
                if kind & 0b1000 == 0 {
                    self.message = self.message.saturating_add(length);
                    if self.message > MAX_DOCUMENT_BYTES as u64 {
                        return false;
                    }
                    if kind & 0b1000_0000 != 0 {
                        self.message = 0;
                    }
                }
            }
        }
        true
    }
}

/// A frame's first byte and the length of its payload, when its header is complete.
fn read_header(header: &[u8]) -> Option<(u8, u64)> {
    let (kind, second) = (*header.first()?, *header.get(1)?);
    let wide = match second & 0b0111_1111 {
        126 => 2,
        127 => 8,
        _ => 0,
    };
    let mask = if second & 0b1000_0000 == 0 { 0 } else { 4 };
    if header.len() < 2 + wide + mask {
        return None;
    }
    let length = match wide {
        0 => u64::from(second & 0b0111_1111),
        _ => header[2..2 + wide].iter().fold(0, |length, byte| length << 8 | u64::from(*byte)),
    };
    Some((kind, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: u8 = 1;
    const CONTINUED: u8 = 0;
    const PING: u8 = 9;
    const LAST: u8 = 0b1000_0000;
    const MASKED: u8 = 0b1000_0000;
    const TWO_BYTES: u8 = 0b0111_1110;
    const EIGHT_BYTES: u8 = 0b0111_1111;

    fn frame(kind: u8, length: usize) -> Vec<u8> {
        let mut frame = vec![kind];
        match length {
            0..126 => frame.push(MASKED | u8::try_from(length).unwrap()),
            126..65_536 => {
                frame.push(MASKED | TWO_BYTES);
                frame.extend(u16::try_from(length).unwrap().to_be_bytes());
            }
            _ => {
                frame.push(MASKED | EIGHT_BYTES);
                frame.extend((length as u64).to_be_bytes());
            }
        }
        frame.resize(frame.len() + 4 + length, 0xFF);
        frame
    }

    /// Whether the bytes are let through, in pieces of each of these sizes.
    fn passes(bytes: &[u8]) -> bool {
        let all = [1, 2, 3, 1000, usize::MAX].map(|size| {
            let mut frames = Frames::default();
            bytes.chunks(size).all(|piece| frames.take(piece))
        });
        assert!(all.iter().all(|passed| *passed == all[0]));
        all[0]
    }

    #[test]
    fn one_message_has_a_length_in_however_many_frames() {
        let many = |count| [frame(TEXT, 60_000), frame(CONTINUED, 60_000).repeat(count)].concat();
        assert!(passes(&many(3)));
        assert!(!passes(&many(4)));
        assert!(!passes(&[many(3), frame(PING | LAST, 100), frame(CONTINUED | LAST, 60_000)].concat()));
        assert!(passes(&[many(3), frame(CONTINUED | LAST, 20)].concat().repeat(5)));
        assert!(passes(&frame(TEXT | LAST, 200).repeat(5_000)));
        assert!(passes(&frame(PING | LAST, 125).repeat(5_000)));
        assert!(!passes(&frame(TEXT | LAST, MAX_DOCUMENT_BYTES + 1)));
        assert!(passes(&frame(TEXT | LAST, MAX_DOCUMENT_BYTES)));
        assert!(!passes(&[frame(TEXT, 0), frame(CONTINUED, 1).repeat(MAX_DOCUMENT_BYTES + 1)].concat()));
    }

    #[test]
    fn lengths_do_not_overflow() {
        let mut endless = vec![TEXT, MASKED | EIGHT_BYTES];
        endless.extend([0xFF; 12]);
        assert!(!passes(&endless));
    }

    #[test]
    fn what_is_sent_is_limited_over_time() {
        let start = Instant::now();
        let mut allowance = Allowance::new(start);
        assert!(allowance.take(BURST, start));
        assert!(!allowance.take(1, start + Duration::from_millis(900)));
        assert!(allowance.take(BYTES_PER_SECOND, start + Duration::from_secs(1)));
        assert!(!allowance.take(1, start + Duration::from_secs(1)));
        assert!(allowance.take(BURST, start + Duration::from_secs(1000)));
        assert!(!allowance.take(1, start + Duration::from_secs(1000)));
    }
}
