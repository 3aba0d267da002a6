//! Films for tests. Most are made without a library: an MP4 file whose boxes say what it is, with a picture that nobody could
//! show. One that can be shown is made by the program that takes stills from it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use tokio::process::Command;

/// The program that makes films, and takes stills from them: `DIWAN_FFMPEG`, or where packages put it.
#[expect(clippy::disallowed_methods, reason = "a setting of the tests, not of the product")]
pub fn program() -> PathBuf {
    let places = ["/usr/bin/ffmpeg", "/usr/local/bin/ffmpeg", "/opt/homebrew/bin/ffmpeg"];
    let found = || places.iter().map(PathBuf::from).find(|path| path.is_file());
    std::env::var_os("DIWAN_FFMPEG").map(PathBuf::from).or_else(found).unwrap_or_else(|| PathBuf::from(places[0]))
}

/// A film that can be shown, of this size (even numbers) and so many seconds. It begins in the dark; then its upper half is red and
/// its lower one blue.
pub async fn real((width, height): (u32, u32), seconds: u32) -> Result<Vec<u8>> {
    made((width, height), seconds, &["-c:v", "libx264", "-pix_fmt", "yuv420p", "film.mp4"]).await
}

/// A film of what nobody films with: a file that can be shown, by a decoder that has no business here.
pub async fn odd((width, height): (u32, u32)) -> Result<Vec<u8>> {
    made((width, height), 1, &["-c:v", "qtrle", "film.mov"]).await
}

async fn made((width, height): (u32, u32), seconds: u32, form: &[&str]) -> Result<Vec<u8>> {
    let folder = tempfile::tempdir()?;
    let source = format!("color=c=red:size={width}x{height}:rate=25:duration={seconds}");
    let halves = "drawbox=y=ih/2:h=ih/2:color=blue:t=fill,fade=t=in:st=0:d=0.1";
    let from = ["-f", "lavfi", "-i", source.as_str(), "-vf", halves];
    run(folder.path(), &[from.as_slice(), form].concat()).await?;
    Ok(std::fs::read(folder.path().join(form.last().context("a name")?))?)
}

/// The same film as a phone makes it that was held upright: to be turned by a quarter, clockwise, by whoever shows it.
pub fn turned(mut film: Vec<u8>) -> Result<Vec<u8>> {
    let name = film.windows(4).position(|name| name == b"tkhd").context("a track")?;
    // Behind the name: the version and what is said of the track, 40 bytes, then the matrix.
    let matrix = [0, 0x0001_0000, 0, -0x0001_0000_i32, 0, 0, 0, 0, 0x4000_0000].map(i32::to_be_bytes).concat();
    film.get_mut(name + 44..name + 80).context("a matrix")?.copy_from_slice(&matrix);
    Ok(film)
}

async fn run(folder: &Path, arguments: &[&str]) -> Result<()> {
    let mut command = Command::new(program());
    command.args(["-nostdin", "-loglevel", "error"]).args(arguments).current_dir(folder).stdin(Stdio::null());
    let answer = command.kill_on_drop(true).output().await?;
    ensure!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
    Ok(())
}

/// A film of this size and length, with so many bytes of content.
pub fn mp4(width: u16, height: u16, duration_ms: u32, content: usize) -> Vec<u8> {
    let mut file = head(*b"isom", (width, height), duration_ms, u32::try_from(content).unwrap_or(u32::MAX));
    let mut state = u32::from(width) ^ duration_ms;
    file.extend(std::iter::repeat_with(|| next(&mut state)).take(content));
    file
}

/// Such a film of so many bytes at this place. Its content is zeros that nobody has written, so that the disk keeps next to nothing of it.
pub fn sparse(path: &Path, (width, height): (u16, u16), duration_ms: u32, bytes: u32) -> Result<()> {
    // The head has the same length whatever it says.
    let length = u32::try_from(head(*b"isom", (width, height), duration_ms, 0).len())?;
    let content = bytes.checked_sub(length).context("no room for a head")?;
    let mut file = std::fs::File::create_new(path)?;
    file.write_all(&head(*b"isom", (width, height), duration_ms, content))?;
    Ok(file.set_len(bytes.into())?)
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
