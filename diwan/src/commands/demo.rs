//! `diwan demo`: what `diwan up` runs, on data of its own that there is something to look at in.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow, ensure};
use diwan_domain::{Services, tenancy};
use diwan_emulator::{CLIENT_ID, CLIENT_SECRET, Emulator, EmulatorOptions};
use diwan_platform::apps::{App, Apps};
use diwan_platform::config::{Config, ConfigError};
use diwan_platform::crypto::token;
use url::Url;

use crate::commands::{api, up};
use crate::demo_data;
use crate::installation;

/// Who signs in.
const EMAIL: &str = "nour@example.com";

/// Why servers of the operator's are refused.
const OWN_SERVERS: &str = "`diwan demo` runs on a PostgreSQL and a Redis of its own, so that it touches no other data: \
                           unset DATABASE_URL and REDIS_URL, or run `diwan up` to use them";

/// Runs until told to stop.
pub(crate) async fn run() -> Result<()> {
    let mut config = set_apart(installation::configure().map_err(in_our_words)?)?;
    api::check_port(config.listen)?;
    let emulator = emulate(&mut config)?;
    let timeline = emulator.url().join("timeline")?;
    up::everything(&config, async |services| prepare(services, &config.data, &timeline).await).await
}

/// One of the two servers named alone is a mistake that elsewhere is mended by naming the other.
fn in_our_words(error: anyhow::Error) -> anyhow::Error {
    match error.downcast_ref() {
        Some(ConfigError::Missing { name: "DATABASE_URL" | "REDIS_URL", .. }) => anyhow!(OWN_SERVERS),
        _ => error,
    }
}

/// The configuration with a data folder and an address that are the demo's alone.
fn set_apart(mut config: Config) -> Result<Config> {
    ensure!(config.database_url.is_none() && config.redis_url.is_none(), OWN_SERVERS);
    let listen = config.listen;
    ensure!(
        listen.ip().is_loopback(),
        "`diwan demo` prints its password, so it listens on this machine only: \
         set DIWAN_LISTEN to a loopback address, such as 127.0.0.1:{}, instead of {listen}",
        listen.port()
    );
    // Its links lead to itself, also beside an installation that the outside reaches.
    config.public_url = Url::parse(&format!("http://localhost:{}/", listen.port()))?;
    config.data = config.data.join("demo");
    config.development = true;
    Ok(config)
}

/// Starts what stands in for the networks that have servers of their own, and makes it the place where they are called.
fn emulate(config: &mut Config) -> Result<Emulator> {
    fs::create_dir_all(&config.data).with_context(|| format!("cannot make the folder {}", config.data.display()))?;
    let start = |port| {
        Emulator::start(EmulatorOptions {
            listen: SocketAddr::new(config.listen.ip(), port),
            keep_in: Some(config.data.join("emulator.jsonl")),
            ..EmulatorOptions::default()
        })
    };
    // The same port at every start, if it is free: what was published links to it.
    let started = match start(config.listen.port().checked_add(1).unwrap_or(0)) {
        Err(error) if error.kind() == ErrorKind::AddrInUse => start(0),
        started => started,
    };
    let emulator = started.context("the emulated networks do not start")?;
    config.stand_in = Some(emulator.url().clone());
    config.apps = Apps::all(&App { client_id: CLIENT_ID.to_owned(), client_secret: CLIENT_SECRET.to_owned() });
    Ok(emulator)
}

/// Makes the data at the first start. Answers what is printed.
async fn prepare(services: &Arc<Services>, folder: &Path, timeline: &Url) -> Result<String> {
    let file = SignInFile(folder.join("sign-in.txt"));
    let sign_in = match tenancy::offer_setup(services).await? {
        Some(setup_token) => {
            // Kept first: without it nobody would get in.
            let sign_in = SignIn { email: EMAIL.to_owned(), password: token("demo")? };
            file.keep(&sign_in)?;
            eprintln!("Making an agency to look at");
            demo_data::make(services, setup_token, &sign_in.email, &sign_in.password).await?;
            sign_in
        }
        None => file.read()?,
    };
    Ok(look_around(&sign_in, &file.0, timeline))
}

/// How to get in.
struct SignIn {
    email: String,
    password: String,
}

/// Where that is kept.
struct SignInFile(PathBuf);

impl SignInFile {
    fn keep(&self, sign_in: &SignIn) -> Result<()> {
        self.write(sign_in).with_context(|| format!("cannot keep the password in {}", self.0.display()))
    }

    /// Written aside, for this account's eyes only, and moved into place.
    fn write(&self, sign_in: &SignIn) -> io::Result<()> {
        let aside = self.0.with_extension("part");
        match fs::remove_file(&aside) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&aside)?;
        file.write_all(format!("{}\n{}\n", sign_in.email, sign_in.password).as_bytes())?;
        file.sync_all()?;
        fs::rename(&aside, &self.0)
    }

    fn read(&self) -> Result<SignIn> {
        let begin_anew = || {
            let folder = self.0.parent().unwrap_or(&self.0);
            format!(
                "the demo's password cannot be read from {}: move {} away, and `diwan demo` begins anew",
                self.0.display(),
                folder.display()
            )
        };
        let text = fs::read_to_string(&self.0).with_context(begin_anew)?;
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned);
        lines.next().zip(lines.next()).map(|(email, password)| SignIn { email, password }).with_context(begin_anew)
    }
}

/// What is printed: how to get in, and what to try.
fn look_around(sign_in: &SignIn, kept: &Path, timeline: &Url) -> String {
    let SignIn { email, password } = sign_in;
    format!(
        r#"This is the demo: an agency with two brands, on data of its own.

  Email     {email}
  Password  {password}
  (kept in {kept})

To try, in GraphiQL:

1. Sign in. The access token lives ten minutes; then sign in again.

mutation SignIn {{
  signIn(input: {{ email: "{email}", password: "{password}" }}) {{
    session {{ accessToken }}
    userErrors {{ message }}
  }}
}}

   Put the token into the tab Headers: {{ "Authorization": "Bearer ..." }}

2. See the brands, their calendars, drafts and images.

query Brands {{
  brands(first: 10) {{
    nodes {{
      id name locale timeZone
      calendars(first: 10) {{ nodes {{ name }} }}
      posts(first: 20) {{ nodes {{ title state calendar {{ name }} }} }}
      assets(first: 10) {{ nodes {{ fileName altText width height state }} }}
    }}
  }}
}}

3. See the month's reports. Open a link in the browser: it fetches a PDF, for a quarter of an hour.

query Reports {{
  brands(first: 10) {{
    nodes {{
      name
      reports(first: 5) {{ nodes {{ month locale state download {{ url expiresAt }} }} }}
    }}
  }}
}}

Nothing is published yet: no account is connected, so the reports count nothing. To connect one, with a brand's id from 2.
Networks such as X are emulated on this machine: any name is an account there, and nothing of it reaches the real network.

mutation Connect {{
  connectAccount(input: {{ brandId: "brand_...", network: "x", using: {{ oauth: {{}} }} }}) {{
    connection {{ id state }}
    userErrors {{ code message field }}
  }}
}}

   Read the connection with its id, and open its address in the browser; read it again until it is CONNECTED.

query Connection {{
  node(id: "...") {{ ... on AccountConnection {{ state authorizationUrl error {{ message }} }} }}
}}

What is scheduled for the account then appears on the emulated network:

  Timeline  {timeline}

Mastodon and Bluesky are not emulated: what is scheduled for an account of theirs is truly published.
"#,
        kept = kept.display()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(pairs: &[(&str, &str)]) -> Result<Config> {
        let find = |name: &str| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        Config::from_lookup(find).map_err(|error| in_our_words(error.into())).and_then(set_apart)
    }

    #[test]
    fn it_is_set_apart_from_the_installation() -> Result<()> {
        let config = config(&[
            ("DIWAN_DATA", "/srv/diwan"),
            ("DIWAN_PUBLIC_URL", "https://diwan.example.com"),
            ("DIWAN_LISTEN", "[::1]:8099"),
        ])?;
        assert_eq!(config.data, Path::new("/srv/diwan/demo"));
        assert_eq!(config.public_url.as_str(), "http://localhost:8099/");
        assert!(config.development);
        Ok(())
    }

    #[test]
    fn its_networks_are_emulated() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let data = folder.path().to_string_lossy().into_owned();
        let mut config = config(&[("DIWAN_DATA", &data), ("DIWAN_LISTEN", "127.0.0.1:65535")])?;
        let emulator = emulate(&mut config)?;
        assert_eq!(config.stand_in.as_ref(), Some(emulator.url()));
        assert_eq!(config.apps.get("x").map(|app| app.client_id.as_str()), Some(CLIENT_ID));
        assert!(config.data.join("emulator.jsonl").is_file());
        let sign_in = SignIn { email: EMAIL.to_owned(), password: "demo_1".to_owned() };
        let said = look_around(&sign_in, &config.data, &emulator.url().join("timeline")?);
        assert!(said.contains(&format!("{}timeline\n", emulator.url())) && said.contains("oauth: {}"), "{said}");
        Ok(())
    }

    #[test]
    fn what_it_must_not_use_is_refused_in_words() {
        let said = |pairs: &[(&str, &str)]| config(pairs).err().map(|error| error.to_string()).unwrap_or_default();
        let (database, redis) = (("DATABASE_URL", "postgres://x"), ("REDIS_URL", "redis://x"));
        for servers in [&[database, redis][..], &[database], &[redis]] {
            assert_eq!(said(servers), OWN_SERVERS);
        }
        assert!(said(&[("DIWAN_LISTEN", "0.0.0.0:8080")]).contains("such as 127.0.0.1:8080, instead of 0.0.0.0:8080"));
        assert!(said(&[("DIWAN_LISTEN", "everywhere")]).contains("DIWAN_LISTEN"));
    }

    #[test]
    fn the_password_is_kept() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let file = SignInFile(folder.path().join("sign-in.txt"));
        let said = file.read().err().map(|error| error.to_string()).unwrap_or_default();
        assert!(said.contains("begins anew"));
        fs::write(folder.path().join("sign-in.part"), "left by a start that was killed")?;
        for password in ["demo_1", "demo_2"] {
            file.keep(&SignIn { email: EMAIL.to_owned(), password: password.to_owned() })?;
            let kept = file.read()?;
            assert_eq!((kept.email.as_str(), kept.password.as_str()), (EMAIL, password));
        }
        Ok(())
    }
}
