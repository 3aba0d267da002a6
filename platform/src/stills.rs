//! Stills of films, taken by the program `ffmpeg` where the machine has it: no library of ours decodes what films are made of.
//!
//! Whoever sent a film may mean harm to whoever decodes it. So the program runs without a shell and without our environment, in
//! a folder of its own where the film has a name that says nothing. It reads one container and few codecs, no file but the film,
//! and nothing of the net. Its time, its memory and its answer have limits, and it ends with whoever waits for it.

use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// The name of the program on the search path.
pub const PROGRAM: &str = "ffmpeg";

/// How long the program may take for one still. A still of a film in 4K takes seconds.
const PATIENCE: Duration = Duration::from_secs(30);

/// The most bytes of a still: several times what a PNG of some million pixels has.
const MOST_ANSWER: usize = 32 * 1024 * 1024;

/// How much is kept of what the program says of a film, in bytes.
const MOST_SAID: usize = 2000;

/// The most pixels of a frame: 8K.
const MOST_PIXELS: &str = "35651584";

/// The most bytes of a single piece of memory.
const LARGEST_PIECE: &str = "536870912";

/// The codecs that cameras and editors put into MP4 and MOV.
const CODECS: &str = "h264,hevc,av1,libdav1d,vp9,mpeg4,h263,prores,dnxhd,mjpeg";

/// Signals by which a program ends that a film was too much for: a fault of its own (ILL, ABRT, BUS, FPE, SEGV), or a limit of ours
/// (XCPU, XFSZ), as Linux counts them.
const OWN_ENDS: [i32; 7] = [4, 6, 7, 8, 11, 24, 25];

/// What the program ends with when it was asked to end from outside.
const ASKED_TO_END: i32 = 255;

/// Why there is no still.
#[derive(Debug, thiserror::Error)]
pub enum StillError {
    /// The program could not be run.
    #[error("the program that takes stills from films did not run: {0}")]
    Program(#[from] std::io::Error),
    /// It was ended from outside, which says nothing of the film.
    #[error("the program that takes stills from films was ended from outside: {0}")]
    Interrupted(String),
    /// The film has none: it is damaged, or takes too much.
    #[error("no still could be taken: {0}")]
    Film(String),
}

/// Whether there is a program at this path that can be run.
pub fn is_program(path: &Path) -> bool {
    path.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

/// What takes stills.
#[derive(Debug, Clone)]
pub struct Stills {
    program: PathBuf,
    patience: Duration,
}

/// What the program answered.
struct Answer {
    status: ExitStatus,
    bytes: Vec<u8>,
    said: String,
}

impl Stills {
    /// By the program at this path.
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self { program: program.into(), patience: PATIENCE }
    }

    /// Where the program is.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// What the program says that it is.
    pub async fn version(&self) -> Result<String, StillError> {
        let folder = tempfile::tempdir()?;
        let answer = self.run(folder.path(), &["-version"]).await?;
        let first = String::from_utf8_lossy(&answer.bytes).lines().next().unwrap_or_default().to_owned();
        match first.strip_prefix("ffmpeg version ").and_then(|rest| rest.split(' ').next()) {
            Some(version) if answer.status.success() => Ok(version.to_owned()),
            _ => Err(StillError::Film(format!("it does not say what it is: {first}"))),
        }
    }

    /// A still of an MP4 or MOV film at this time, of exactly this size, as PNG.
    pub async fn take(&self, film: &Path, at: Duration, (width, height): (u32, u32)) -> Result<Vec<u8>, StillError> {
        let folder = tempfile::Builder::new().prefix("diwan-still-").tempdir()?;
        tokio::fs::symlink(std::path::absolute(film)?, folder.path().join("film")).await?;
        let (at, size) = (format!("{:.3}", at.as_secs_f64()), format!("scale={width}:{height},setsar=1"));
        let read = ["-nostdin", "-hide_banner", "-loglevel", "error", "-max_alloc", LARGEST_PIECE];
        // No reference of the film to another file is followed, whatever the defaults are.
        let container = ["-f", "mov", "-enable_drefs", "0", "-use_absolute_path", "0", "-protocol_whitelist", "file"];
        let codec = ["-codec_whitelist", CODECS, "-max_pixels", MOST_PIXELS, "-threads", "1"];
        // Pictures that are no film, such as covers, do not count.
        let frame = ["-ss", at.as_str(), "-i", "file:film", "-map", "0:V:0", "-frames:v", "1", "-vf", size.as_str()];
        let write = ["-filter_threads", "1", "-pix_fmt", "rgb24", "-c:v", "png", "-f", "image2pipe", "pipe:1"];
        let arguments = [read.as_slice(), &container, &codec, &frame, &write].concat();
        let Answer { status, bytes, said } = self.run(folder.path(), &arguments).await?;
        if status.success() && !bytes.is_empty() {
            return Ok(bytes);
        }
        let outside = status.signal().map_or(status.code() == Some(ASKED_TO_END), |signal| !OWN_ENDS.contains(&signal));
        if outside {
            return Err(StillError::Interrupted(format!("{status} {said}")));
        }
        Err(StillError::Film(format!("{status} {said}")))
    }

    /// Runs the program in a folder to its end.
    async fn run(&self, folder: &Path, arguments: &[&str]) -> Result<Answer, StillError> {
        let mut command = Command::new(&self.program);
        command.args(arguments).env_clear().env("LC_ALL", "C").current_dir(folder);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // In a group of its own a signal from the terminal ends us and not, before us, the program.
        command.kill_on_drop(true).process_group(0);
        let mut child = command.spawn()?;
        hold(&child);
        let late = || Err(StillError::Film(format!("it takes longer than {} s", self.patience.as_secs_f32())));
        let answered = timeout(self.patience, answer(&mut child)).await.unwrap_or_else(|_| late());
        if answered.is_err()
            && let Err(error) = child.kill().await
        {
            tracing::debug!(%error, "a program that takes stills had ended by itself");
        }
        answered
    }
}

/// Waits for what a program answers, as far as there is room for it.
async fn answer(child: &mut Child) -> Result<Answer, StillError> {
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let (bytes, said) = tokio::try_join!(whole(stdout), beginning(stderr))?;
    let status = child.wait().await?;
    Ok(Answer { status, bytes, said: String::from_utf8_lossy(&said).trim().to_owned() })
}

/// Everything, if it is not too much.
async fn whole(from: Option<impl AsyncRead + Unpin>) -> Result<Vec<u8>, StillError> {
    let mut bytes = Vec::new();
    if let Some(from) = from {
        from.take(MOST_ANSWER as u64 + 1).read_to_end(&mut bytes).await?;
    }
    if bytes.len() > MOST_ANSWER {
        return Err(StillError::Film(format!("it is larger than {MOST_ANSWER} bytes")));
    }
    Ok(bytes)
}

/// How it begins; the rest is taken and forgotten, so that nobody waits to be rid of it.
async fn beginning(from: Option<impl AsyncRead + Unpin>) -> Result<Vec<u8>, StillError> {
    let mut bytes = Vec::new();
    if let Some(mut from) = from {
        (&mut from).take(MOST_SAID as u64).read_to_end(&mut bytes).await?;
        tokio::io::copy(&mut from, &mut tokio::io::sink()).await?;
    }
    Ok(bytes)
}

/// Limits what the program takes: 2 GiB of addresses, a minute of computing, no file and no core. One that has ended already
/// needs no limits.
#[cfg(target_os = "linux")]
fn hold(child: &Child) {
    use rustix::process::{Pid, Resource, Rlimit, prlimit};
    let Some(pid) = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw) else { return };
    for (resource, most) in [(Resource::As, 2 << 30), (Resource::Cpu, 60), (Resource::Fsize, 0), (Resource::Core, 0)] {
        if let Err(error) = prlimit(Some(pid), resource, Rlimit { current: Some(most), maximum: Some(most) }) {
            tracing::debug!(%error, ?resource, "a program was not limited");
        }
    }
}

/// Elsewhere nobody can limit another process; the program's own limits hold.
#[cfg(not(target_os = "linux"))]
fn hold(_child: &Child) {}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    const SIZE: (u32, u32) = (32, 18);

    /// A program that does this, a film that it is given, and the folder of both.
    fn fake(body: &str) -> (Stills, PathBuf, TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let (program, film) = (folder.path().join("program"), folder.path().join("a film, so to speak"));
        std::fs::write(&program, format!("#!/bin/sh\n{body}\n")).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        std::fs::write(&film, "moving").unwrap();
        (Stills { program, patience: Duration::from_millis(500) }, film, folder)
    }

    async fn take(stills: &Stills, film: &Path) -> Result<Vec<u8>, StillError> {
        stills.take(film, Duration::ZERO, SIZE).await
    }

    fn seconds(stills: &mut Stills, seconds: u64) {
        stills.patience = Duration::from_secs(seconds);
    }

    /// Whether somebody sleeps for so long.
    fn sleeps(seconds: u32) -> bool {
        let line = format!("sleep\0{seconds}\0");
        let runs = |process: std::fs::DirEntry| std::fs::read(process.path().join("cmdline")).unwrap_or_default();
        std::fs::read_dir("/proc").into_iter().flatten().flatten().any(|process| runs(process) == line.as_bytes())
    }

    #[tokio::test]
    async fn the_program_knows_nothing_of_us() {
        let (mut stills, film, _folder) = fake("cat film; echo; env; ls -A; echo \"$@\"; cat");
        seconds(&mut stills, 10);
        let said = String::from_utf8(take(&stills, &film).await.unwrap()).unwrap();
        assert!(said.starts_with("moving\n"), "{said}");
        let known = ["LC_ALL=C", "PWD=", "_=", "SHLVL=", "OLDPWD="];
        for line in said.lines().skip(1).filter(|line| line.contains('=') && !line.starts_with('-')) {
            assert!(known.iter().any(|name| line.starts_with(name)), "{line}");
        }
        assert_eq!(said.lines().filter(|line| !line.contains('=')).collect::<Vec<_>>(), ["moving", "film"], "{said}");
        assert!(!said.contains("so to speak"), "the film's name is nobody's to know: {said}");
        assert!(said.contains("-protocol_whitelist file ") && said.contains("-frames:v 1 "), "{said}");
    }

    #[tokio::test]
    async fn a_film_that_takes_too_much_has_no_still_and_its_program_ends() {
        let (stills, film, _folder) = fake("exec sleep 86461");
        let error = take(&stills, &film).await.unwrap_err();
        assert!(matches!(&error, StillError::Film(why) if why.contains("longer")), "{error}");
        until(|| !sleeps(86461)).await;
        for (body, why) in [
            ("exec yes", "larger"),
            ("exit 1", "exit status: 1"),
            ("echo 'moov atom not found' >&2; exit 1", "moov atom not found"),
            ("exit 0", "exit status: 0"),
            ("kill -SEGV $$", "signal: 11"),
        ] {
            let (mut stills, film, _folder) = fake(body);
            seconds(&mut stills, 20);
            let error = take(&stills, &film).await.unwrap_err();
            assert!(matches!(&error, StillError::Film(said) if said.contains(why)), "{body}: {error}");
        }
    }

    #[tokio::test]
    async fn what_says_nothing_of_the_film_is_another_error() {
        for body in ["kill -KILL $$", "kill -TERM $$", "exit 255"] {
            let (mut stills, film, _folder) = fake(body);
            seconds(&mut stills, 20);
            let error = take(&stills, &film).await.unwrap_err();
            assert!(matches!(error, StillError::Interrupted(_)), "{body}: {error}");
        }
        let (stills, film, folder) = fake("");
        std::fs::remove_file(folder.path().join("program")).unwrap();
        assert!(!is_program(stills.program()) && !is_program(folder.path()) && !is_program(&film));
        assert!(matches!(take(&stills, &film).await, Err(StillError::Program(_))));
    }

    /// Waits for something that comes soon.
    async fn until(is_so: impl Fn() -> bool) {
        for _ in 0..1000 {
            if is_so() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("it is not so after 20 s");
    }

    #[tokio::test]
    async fn a_program_that_nobody_waits_for_ends() {
        let (mut stills, film, _folder) = fake("exec sleep 86462");
        seconds(&mut stills, 600);
        let taking = tokio::spawn(async move { take(&stills, &film).await });
        until(|| sleeps(86462)).await;
        taking.abort();
        assert!(taking.await.is_err());
        until(|| !sleeps(86462)).await;
    }

    #[tokio::test]
    async fn much_talk_does_not_hold_the_program_up() {
        let (mut stills, film, _folder) = fake("head -c 3000000 /dev/zero >&2; printf still");
        seconds(&mut stills, 20);
        assert_eq!(take(&stills, &film).await.unwrap(), b"still");
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn the_program_has_limits() {
        // Limits are set while the program begins: it is given a moment.
        let (mut stills, film, _folder) = fake("sleep 0.3; cat /proc/$$/limits");
        seconds(&mut stills, 20);
        let said = String::from_utf8(take(&stills, &film).await.unwrap()).unwrap();
        for (name, most) in [
            ("Max address space", "2147483648"),
            ("Max cpu time", "60"),
            ("Max file size", "0"),
            ("Max core file size", "0"),
        ] {
            let line = said.lines().find(|line| line.starts_with(name)).unwrap();
            assert!(line.split_whitespace().any(|word| word == most), "{line}");
        }
    }
}
