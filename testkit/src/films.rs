//! Films for tests, made without a library: an MP4 file whose boxes say what it is, with a picture that nobody could show.

/// A film of this size and length, with so many bytes of content.
pub fn mp4(width: u16, height: u16, duration_ms: u32, content: usize) -> Vec<u8> {
    let mut file = head(*b"isom", (width, height), duration_ms, u32::try_from(content).unwrap_or(u32::MAX));
    let mut state = u32::from(width) ^ duration_ms;
    file.extend(std::iter::repeat_with(|| next(&mut state)).take(content));
    file
}

/// How such a film begins: everything up to its content, of which so many bytes follow.
pub fn head(brand: [u8; 4], (width, height): (u16, u16), duration_ms: u32, content: u32) -> Vec<u8> {
    let matrix: Vec<u8> =
        [0x0001_0000_u32, 0, 0, 0, 0x0001_0000, 0, 0, 0, 0x4000_0000].iter().flat_map(|n| n.to_be_bytes()).collect();
    let times = |scale: u32| [words(&[0, 0, 0]), words(&[scale, duration_ms])].concat();
    let movie = [
        times(1000),
        words(&[0x0001_0000]),
        vec![1, 0, 0, 0],
        words(&[0, 0]),
        matrix.clone(),
        words(&[0; 6]),
        words(&[2]),
    ];
    let track = [
        words(&[7, 0, 0, 1, 0, duration_ms, 0, 0, 0, 0]),
        matrix,
        words(&[u32::from(width) << 16, u32::from(height) << 16]),
    ];
    let handler = [words(&[0, 0]), b"vide".to_vec(), words(&[0, 0, 0]), vec![0]];
    let samples = ["stsd", "stts", "stsc", "stco"].map(|name| part(name, &words(&[0, 0])));
    let samples = [samples.concat(), part("stsz", &words(&[0, 0, 0]))].concat();
    let media = [
        part("mdhd", &[times(1000), words(&[0])].concat()),
        part("hdlr", &handler.concat()),
        part("minf", &part("stbl", &samples)),
    ];
    let film = [part("tkhd", &track.concat()), part("mdia", &media.concat())].concat();
    let mut file = part("ftyp", &[brand.to_vec(), words(&[0]), brand.to_vec()].concat());
    file.extend(part("moov", &[part("mvhd", &movie.concat()), part("trak", &film)].concat()));
    file.extend((content.saturating_add(8)).to_be_bytes());
    file.extend(b"mdat");
    file
}

/// Numbers that look like chance.
pub fn next(state: &mut u32) -> u8 {
    *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
    state.to_be_bytes()[0]
}

fn part(name: &str, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 8).unwrap_or(u32::MAX);
    [length.to_be_bytes().as_slice(), name.as_bytes(), body].concat()
}

fn words(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}
