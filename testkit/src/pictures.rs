//! Pictures for tests, made without a library: PNG with stored (uncompressed) data.

/// A PNG of this size, in one colour.
pub fn png(width: u32, height: u32) -> Vec<u8> {
    // Each row begins with its filter: none.
    let row: Vec<u8> = [0].into_iter().chain((0..width).flat_map(|_| [0x2a, 0x6f, 0x97])).collect();
    let rows: Vec<u8> = (0..height).flat_map(|_| row.iter().copied()).collect();
    png_of(width, height, &zlib(&rows))
}

/// A PNG of a few dozen bytes that claims to be this large: what unfolds to gigabytes where nobody looks first.
pub fn png_that_claims(width: u32, height: u32) -> Vec<u8> {
    png_of(width, height, &zlib(&[0; 16]))
}

fn png_of(width: u32, height: u32, data: &[u8]) -> Vec<u8> {
    let mut head = Vec::new();
    head.extend(width.to_be_bytes());
    head.extend(height.to_be_bytes());
    // Eight bits per channel, red, green and blue; the only compression and filter methods there are; not interlaced.
    head.extend([8, 2, 0, 0, 0]);
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, body) in [(b"IHDR", head.as_slice()), (b"IDAT", data), (b"IEND", &[])] {
        chunk(&mut file, *kind, body);
    }
    file
}

fn chunk(file: &mut Vec<u8>, kind: [u8; 4], body: &[u8]) {
    file.extend(u32::try_from(body.len()).unwrap_or(u32::MAX).to_be_bytes());
    let named = [kind.as_slice(), body].concat();
    file.extend(&named);
    file.extend(crc32(&named).to_be_bytes());
}

/// RFC 1950 with stored blocks (RFC 1951 §3.2.4).
fn zlib(data: &[u8]) -> Vec<u8> {
    let mut out = vec![0x78, 0x01];
    let mut blocks = data.chunks(0xffff).peekable();
    while let Some(block) = blocks.next() {
        let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
        out.push(u8::from(blocks.peek().is_none()));
        out.extend(length.to_le_bytes());
        out.extend((!length).to_le_bytes());
        out.extend(block);
    }
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in data {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    out.extend((b << 16 | a).to_be_bytes());
    out
}

fn crc32(data: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in data {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    !crc
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksums_are_those_of_the_standards() {
        // The check value of CRC-32 (ISO-HDLC), and the Adler-32 of a text from its description.
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(zlib(b"Wikipedia")[16..], 0x11e6_0398_u32.to_be_bytes());
    }
}
