//! Configuration: environment variables, read once at start, checked, with defaults that work on a bare machine.
//!
//! This is the one place that reads the environment. `docs/OPERATING.md` lists the variables for operators.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;

use ipnet::IpNet;
use url::Url;

use crate::app_url::AppUrl;
use crate::apps::{APPS, App, Apps};
use crate::crypto::{CryptoError, Keyring};
use crate::kept::KeptFor;
use crate::language_model::LanguageModel;
use crate::mail::{MailSettings, Mailer};
use crate::stills::{PROGRAM, Stills, is_program};
use crate::storage::{S3Settings, Storage, StorageError};
use crate::telemetry::LogFormat;
use crate::traces::Collector;

/// What is wrong with the configuration, in words that name the variable.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A variable holds something else than it should.
    #[error("{name} is {value:?}, which is not {expected}")]
    Invalid {
        /// The variable.
        name: &'static str,
        /// What it holds.
        value: String,
        /// What it should hold.
        expected: &'static str,
    },
    /// A variable is needed and not set.
    #[error("{name} is not set: {why}")]
    Missing {
        /// The variable.
        name: &'static str,
        /// What it is for and how to make one.
        why: &'static str,
    },
    /// The secret key is not one.
    #[error("DIWAN_SECRET_KEY or DIWAN_SECRET_KEYS_OLD: {0}")]
    Key(#[from] CryptoError),
    /// The bucket cannot be used so.
    #[error("DIWAN_S3_...: {0}")]
    Store(#[source] StorageError),
    /// Mail cannot be set up.
    #[error("DIWAN_SMTP_URL: {0}")]
    Mail(#[source] crate::mail::MailError),
}

/// The settings of one process.
#[derive(Debug)]
pub struct Config {
    /// PostgreSQL as the application uses it; none means the embedded default.
    pub database_url: Option<String>,
    /// PostgreSQL as the owner uses it, for migrations; the same as `database_url` unless set.
    pub database_owner_url: Option<String>,
    /// Redis; none means the embedded default.
    pub redis_url: Option<String>,
    /// What every key in Redis begins with, so that several installations can share one.
    pub redis_prefix: String,
    /// Where data lies: stored files, and the embedded servers' data.
    pub data: PathBuf,
    /// Where the API listens.
    pub listen: SocketAddr,
    /// How the outside reaches the API: OAuth redirects and links are made of it.
    pub public_url: Url,
    /// Where the agency's own client application opens things, for the links in letters.
    pub app_url: Option<AppUrl>,
    /// Hosts (`host` or `host:port`) that the outbound client may reach though they are private or not on https.
    pub allowed_hosts: Vec<String>,
    /// Networks of the proxies before the API, whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Whether strangers may use introspection and GraphiQL.
    pub development: bool,
    /// Connections in the pool.
    pub database_connections: u32,
    /// How many jobs a worker does at a time.
    pub worker_concurrency: usize,
    /// How mail is sent; none sends none.
    pub mail: Option<MailSettings>,
    /// The bucket in which files are kept; none keeps them in the data folder.
    pub s3: Option<S3Settings>,
    /// What takes stills from films; none where the machine has no program for it, or the operator wants none.
    pub stills: Option<Stills>,
    /// What writes summaries of reports where people want that; none writes none.
    pub language_model: Option<LanguageModel>,
    /// How long numbers are kept as they were read.
    pub kept: KeptFor,
    /// The applications under which networks know this installation.
    pub apps: Apps,
    /// A server that is called in the place of every network that has servers of its own, to try things.
    pub stand_in: Option<Url>,
    /// Where figures of this process are served; none serves none.
    pub metrics_listen: Option<SocketAddr>,
    /// Where traces go; none sends none.
    pub collector: Option<Collector>,
    /// What log lines look like.
    pub log_format: LogFormat,
    /// What is logged.
    pub log_filter: String,
    secret_key: Option<String>,
    old_keys: Vec<String>,
}

impl Config {
    /// Reads the environment.
    pub fn from_env() -> Result<Self, ConfigError> {
        #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
        Self::from_lookup(|name| std::env::var(name).ok())
    }

    /// Reads variables through a function, for tests.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let get = |name: &str| lookup(name).filter(|value| !value.trim().is_empty());
        let list = |name: &str| -> Vec<String> {
            get(name)
                .iter()
                .flat_map(|value| value.split(','))
                .map(|item| item.trim().to_owned())
                .filter(|item| !item.is_empty())
                .collect()
        };
        let listen =
            parse(&get, "DIWAN_LISTEN", "an address such as 127.0.0.1:8080", SocketAddr::from(([127, 0, 0, 1], 8080)))?;
        let public_url = match get("DIWAN_PUBLIC_URL") {
            None => default_public_url(listen),
            Some(value) => Url::parse(&value).ok().filter(Url::has_host).ok_or(ConfigError::Invalid {
                name: "DIWAN_PUBLIC_URL",
                value,
                expected: "an address such as https://diwan.example.com",
            })?,
        };
        let log_format = match get("DIWAN_LOG_FORMAT").as_deref() {
            None | Some("text") => LogFormat::Text,
            Some("json") => LogFormat::Json,
            Some(other) => {
                return Err(ConfigError::Invalid {
                    name: "DIWAN_LOG_FORMAT",
                    value: other.to_owned(),
                    expected: "text or json",
                });
            }
        };
        let database_url = get("DATABASE_URL");
        let redis_url = get("REDIS_URL");
        if database_url.is_some() != redis_url.is_some() {
            return Err(ConfigError::Missing {
                name: if database_url.is_some() { "REDIS_URL" } else { "DATABASE_URL" },
                why: "set both to use servers of your own, or neither for the embedded ones",
            });
        }
        Ok(Self {
            database_owner_url: get("DATABASE_OWNER_URL").or_else(|| database_url.clone()),
            database_url,
            redis_url,
            redis_prefix: get("DIWAN_REDIS_PREFIX").unwrap_or_else(|| "diwan".to_owned()),
            data: get("DIWAN_DATA").map_or_else(|| PathBuf::from("data"), PathBuf::from),
            listen,
            public_url,
            app_url: app_url(&get)?,
            allowed_hosts: list("DIWAN_ALLOWED_HOSTS"),
            trusted_proxies: list("DIWAN_TRUSTED_PROXIES").into_iter().map(network).collect::<Result<_, _>>()?,
            development: parse(&get, "DIWAN_DEVELOPMENT", "true or false", false)?,
            database_connections: parse(&get, "DIWAN_DATABASE_CONNECTIONS", "a whole number", 16)?,
            worker_concurrency: parse(&get, "DIWAN_WORKER_CONCURRENCY", "a whole number", 32)?,
            mail: mail(&get)?,
            s3: s3(&get)?,
            stills: stills(&get)?,
            language_model: language_model(&get)?,
            kept: kept(&get)?,
            apps: apps(&get)?,
            stand_in: stand_in(&get)?,
            metrics_listen: metrics_listen(&get)?,
            collector: collector(&get)?,
            log_format,
            log_filter: get("DIWAN_LOG").unwrap_or_else(|| {
                "info,sqlx=warn,sea_orm_migration=warn,actix_server=warn,apalis=warn,tracing::span=off".to_owned()
            }),
            secret_key: get("DIWAN_SECRET_KEY"),
            old_keys: list("DIWAN_SECRET_KEYS_OLD"),
        })
    }

    /// The keys for secrets at rest. Installations on servers of their own must set `DIWAN_SECRET_KEY`; the embedded
    /// default makes one at the first start and keeps it in `secret.key` in the data folder.
    pub fn keyring(&self) -> Result<Keyring, ConfigError> {
        let current = match &self.secret_key {
            Some(key) => key.clone(),
            None if self.database_url.is_none() => self.kept_key()?,
            None => {
                return Err(ConfigError::Missing {
                    name: "DIWAN_SECRET_KEY",
                    why: "it seals the networks' tokens; make one with: openssl rand -base64 32, and keep it safe",
                });
            }
        };
        Ok(Keyring::from_base64(&current, self.old_keys.iter().map(String::as_str))?)
    }

    /// Where files are kept.
    pub fn storage(&self) -> Result<Storage, ConfigError> {
        let folder = self.data.join("files");
        match &self.s3 {
            Some(settings) => Storage::in_bucket(folder, settings).map_err(ConfigError::Store),
            None => Ok(Storage::new(folder)),
        }
    }

    /// What sends mail; none when `DIWAN_SMTP_URL` is not set.
    pub fn mailer(&self) -> Result<Option<Mailer>, ConfigError> {
        self.mail.as_ref().map(|settings| Mailer::new(settings).map_err(ConfigError::Mail)).transpose()
    }

    fn kept_key(&self) -> Result<String, ConfigError> {
        use std::io::Write as _;
        use std::os::unix::fs::OpenOptionsExt as _;
        let path = self.data.join("secret.key");
        let unusable = |error: std::io::Error| ConfigError::Invalid {
            name: "DIWAN_DATA",
            value: format!("{} ({error})", path.display()),
            expected: "a folder in which the secret key can be kept",
        };
        match std::fs::read_to_string(&path) {
            Ok(key) => return Ok(key),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(unusable(error)),
        }
        std::fs::create_dir_all(&self.data).map_err(unusable)?;
        let key = Keyring::generate()?;
        let mut file =
            std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).map_err(unusable)?;
        file.write_all(key.as_bytes()).and_then(|()| file.sync_all()).map_err(unusable)?;
        Ok(key)
    }
}

/// A network, or one address.
fn network(value: String) -> Result<IpNet, ConfigError> {
    value.parse().or_else(|_| value.parse::<IpAddr>().map(IpNet::from)).map_err(|_| ConfigError::Invalid {
        name: "DIWAN_TRUSTED_PROXIES",
        value,
        expected: "a list of networks such as 10.0.0.0/8, fd00::/8",
    })
}

fn app_url(get: &impl Fn(&str) -> Option<String>) -> Result<Option<AppUrl>, ConfigError> {
    let Some(value) = get("DIWAN_APP_URL") else { return Ok(None) };
    let expected = "an address with {id} behind its host, such as https://app.example.com/open/{id}";
    let wrong = |_| ConfigError::Invalid { name: "DIWAN_APP_URL", value: value.clone(), expected };
    value.parse().map(Some).map_err(wrong)
}

fn default_public_url(listen: SocketAddr) -> Url {
    let host = if listen.ip().is_unspecified() || listen.ip().is_loopback() {
        "localhost".to_owned()
    } else {
        listen.ip().to_string()
    };
    #[expect(clippy::expect_used, reason = "a host and a port always make an address")]
    Url::parse(&format!("http://{host}:{}", listen.port())).expect("an address")
}

fn metrics_listen(get: &impl Fn(&str) -> Option<String>) -> Result<Option<SocketAddr>, ConfigError> {
    let name = "DIWAN_METRICS_LISTEN";
    let wrong = |value| ConfigError::Invalid { name, value, expected: "an address such as 127.0.0.1:9464" };
    get(name).map(|value| value.parse().map_err(|_| wrong(value))).transpose()
}

/// The collector, by the names that OpenTelemetry gives these variables.
fn collector(get: &impl Fn(&str) -> Option<String>) -> Result<Option<Collector>, ConfigError> {
    let name = "OTEL_EXPORTER_OTLP_ENDPOINT";
    let Some(value) = get(name) else { return Ok(None) };
    let endpoint = Url::parse(&value).ok().filter(crate::http::is_web);
    let expected = "an address such as http://127.0.0.1:4318";
    let endpoint = endpoint.ok_or(ConfigError::Invalid { name, value, expected })?;
    let service_name = get("OTEL_SERVICE_NAME").unwrap_or_else(|| "diwan".to_owned());
    Ok(Some(Collector { endpoint, service_name }))
}

/// The applications of which both halves are set.
fn apps(get: &impl Fn(&str) -> Option<String>) -> Result<Apps, ConfigError> {
    const WHY: &str = "an application has an id and a secret: set both, or neither";
    let mut apps = Apps::default();
    for known in APPS {
        match (get(known.client_id), get(known.client_secret)) {
            (Some(client_id), Some(client_secret)) => apps.set(known.key, App { client_id, client_secret }),
            (None, None) => {}
            (None, Some(_)) => return Err(ConfigError::Missing { name: known.client_id, why: WHY }),
            (Some(_), None) => return Err(ConfigError::Missing { name: known.client_secret, why: WHY }),
        }
    }
    Ok(apps)
}

fn stand_in(get: &impl Fn(&str) -> Option<String>) -> Result<Option<Url>, ConfigError> {
    let Some(value) = get("DIWAN_STAND_IN") else { return Ok(None) };
    let url = Url::parse(&value).ok().filter(crate::http::is_web);
    let expected = "an address such as http://127.0.0.1:9090";
    url.map(Some).ok_or(ConfigError::Invalid { name: "DIWAN_STAND_IN", value, expected })
}

/// The bucket, when `DIWAN_S3_ENDPOINT` names its server.
fn s3(get: &impl Fn(&str) -> Option<String>) -> Result<Option<S3Settings>, ConfigError> {
    let expected = "an address such as https://s3.eu-central-1.amazonaws.com";
    let address = |name: &'static str| {
        let parse = |value: String| {
            let url = Url::parse(&value).ok().filter(crate::http::is_web);
            url.ok_or(ConfigError::Invalid { name, value, expected })
        };
        get(name).map(parse).transpose()
    };
    let Some(endpoint) = address("DIWAN_S3_ENDPOINT")? else { return Ok(None) };
    let needed = |name: &'static str, why: &'static str| get(name).ok_or(ConfigError::Missing { name, why });
    Ok(Some(S3Settings {
        endpoint,
        public_endpoint: address("DIWAN_S3_PUBLIC_ENDPOINT")?,
        bucket: needed("DIWAN_S3_BUCKET", "the bucket in which files are kept; it must exist")?,
        region: get("DIWAN_S3_REGION").unwrap_or_else(|| "us-east-1".to_owned()),
        access_key: needed(
            "DIWAN_S3_ACCESS_KEY",
            "the id of a key that may read, write, list and delete in the bucket",
        )?,
        secret_key: needed("DIWAN_S3_SECRET_KEY", "the key that belongs to DIWAN_S3_ACCESS_KEY")?,
        virtual_host: parse(get, "DIWAN_S3_VIRTUAL_HOST", "true or false", false)?,
    }))
}

/// The program that takes stills from films: the one that is named, or else the first on the search path. A relative path counts
/// from where the process was started.
fn stills(get: &impl Fn(&str) -> Option<String>) -> Result<Option<Stills>, ConfigError> {
    let expected = "the path of a program such as /usr/bin/ffmpeg, or none";
    match get("DIWAN_FFMPEG") {
        Some(value) if value == "none" => Ok(None),
        Some(value) => {
            let program = std::path::absolute(&value).ok().filter(|path| is_program(path));
            program.map(|path| Some(Stills::new(path))).ok_or(ConfigError::Invalid {
                name: "DIWAN_FFMPEG",
                value,
                expected,
            })
        }
        None => {
            let path = get("PATH").unwrap_or_default();
            let folders = std::env::split_paths(&path).filter(|folder| folder.is_absolute());
            let mut programs = folders.map(|folder| folder.join(PROGRAM));
            Ok(programs.find(|path| is_program(path)).map(Stills::new))
        }
    }
}

fn mail(get: &impl Fn(&str) -> Option<String>) -> Result<Option<MailSettings>, ConfigError> {
    let Some(url) = get("DIWAN_SMTP_URL") else {
        return Ok(None);
    };
    // The address may hold a password, so it is not repeated.
    let url = Url::parse(&url).ok().filter(MailSettings::can_be).ok_or_else(|| ConfigError::Invalid {
        name: "DIWAN_SMTP_URL",
        value: "(not shown)".to_owned(),
        expected: "an address such as smtps://user:password@mail.example.com or smtp://user:password@mail.example.com:587; \
                   only without user and password, and with ?tls=none, it goes in the clear",
    })?;
    let from = get("DIWAN_MAIL_FROM").ok_or(ConfigError::Missing {
        name: "DIWAN_MAIL_FROM",
        why: "mail needs a sender, such as: Diwan <diwan@example.com>",
    })?;
    match from.parse() {
        Ok(from) => Ok(Some(MailSettings { url, from })),
        Err(_) => Err(ConfigError::Invalid {
            name: "DIWAN_MAIL_FROM",
            value: from,
            expected: "a sender such as: Diwan <diwan@example.com>",
        }),
    }
}

fn language_model(get: &impl Fn(&str) -> Option<String>) -> Result<Option<LanguageModel>, ConfigError> {
    let Some(value) = get("DIWAN_AI_URL") else { return Ok(None) };
    let url = Url::parse(&value).ok().filter(crate::http::is_web).ok_or(ConfigError::Invalid {
        name: "DIWAN_AI_URL",
        value,
        expected: "an address such as https://api.example.com/, below which v1/chat/completions is",
    })?;
    let model = get("DIWAN_AI_MODEL").ok_or(ConfigError::Missing {
        name: "DIWAN_AI_MODEL",
        why: "the server at DIWAN_AI_URL has models; name the one that is to write",
    })?;
    let most: u32 = parse(get, "DIWAN_AI_MONTHLY_TOKENS", "a whole number", 200_000)?;
    Ok(Some(LanguageModel::new(url, get("DIWAN_AI_KEY"), model, most.into())))
}

fn kept(get: &impl Fn(&str) -> Option<String>) -> Result<KeptFor, ConfigError> {
    let months = |name, expected, default, least: u32| -> Result<u32, ConfigError> {
        let found: u32 = parse(get, name, expected, default)?;
        if found < least {
            return Err(ConfigError::Invalid { name, value: found.to_string(), expected });
        }
        Ok(found)
    };
    let KeptFor { samples_months, answers_months } = KeptFor::default();
    let (samples, answers) = ("a whole number of months, at least 13", "a whole number of months, at least 1");
    Ok(KeptFor {
        samples_months: months("DIWAN_SAMPLES_MONTHS", samples, samples_months, KeptFor::LEAST_SAMPLES_MONTHS)?,
        answers_months: months("DIWAN_ANSWERS_MONTHS", answers, answers_months, KeptFor::LEAST_ANSWERS_MONTHS)?,
    })
}

fn parse<T: FromStr>(
    get: &impl Fn(&str) -> Option<String>,
    name: &'static str,
    expected: &'static str,
    default: T,
) -> Result<T, ConfigError> {
    match get(name) {
        None => Ok(default),
        Some(value) => value.parse().map_err(|_| ConfigError::Invalid { name, value, expected }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::from_lookup(|name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn nothing_set_is_the_embedded_default() -> Result<(), ConfigError> {
        let config = from(&[])?;
        assert!(config.database_url.is_none() && config.redis_url.is_none());
        assert_eq!(config.public_url.as_str(), "http://localhost:8080/");
        Ok(())
    }

    #[test]
    fn proxies_are_networks_or_addresses() -> Result<(), ConfigError> {
        let config = from(&[("DIWAN_TRUSTED_PROXIES", "10.0.0.0/8, ::1")])?;
        let named: Vec<_> = config.trusted_proxies.iter().map(ToString::to_string).collect();
        assert_eq!(named, ["10.0.0.0/8", "::1/128"]);
        Ok(())
    }

    #[test]
    fn the_program_for_stills_is_named_or_found() {
        let program = |pairs: &[(&str, &str)]| from(pairs).unwrap().stills.map(|stills| stills.program().to_owned());
        let folder = tempfile::tempdir().unwrap();
        let path = format!("relative:/nonexistent:{}", folder.path().display());
        assert_eq!(program(&[("PATH", &path)]), None);
        let there = folder.path().join(PROGRAM);
        std::fs::copy("/bin/sh", &there).unwrap();
        assert_eq!(program(&[("PATH", &path)]), Some(there));
        assert_eq!(program(&[("PATH", &path), ("DIWAN_FFMPEG", "none")]), None);
        assert_eq!(program(&[("PATH", &path), ("DIWAN_FFMPEG", "/bin/sh")]), Some("/bin/sh".into()));
        let error = from(&[("DIWAN_FFMPEG", "/nonexistent/ffmpeg")]).err().map(|error| error.to_string());
        assert!(error.unwrap_or_default().contains("DIWAN_FFMPEG is \"/nonexistent/ffmpeg\""));
    }

    #[test]
    fn mistakes_are_named() {
        let said = |pairs: &[(&str, &str)]| from(pairs).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(said(&[("DIWAN_LISTEN", "everywhere")]).contains("DIWAN_LISTEN"));
        assert!(said(&[("DIWAN_APP_URL", "https://app.example.com/")]).contains("DIWAN_APP_URL"));
        assert!(said(&[("DATABASE_URL", "postgres://x")]).contains("REDIS_URL is not set"));
        assert!(said(&[("DIWAN_LOG_FORMAT", "xml")]).contains("text or json"));
        assert!(said(&[("DIWAN_SMTP_URL", "smtps://mail.example")]).contains("DIWAN_MAIL_FROM is not set"));
        let in_the_clear = said(&[("DIWAN_SMTP_URL", "smtp://me:secret@mail.example?tls=none")]);
        assert!(in_the_clear.contains("DIWAN_SMTP_URL") && !in_the_clear.contains("secret"), "{in_the_clear}");
        assert!(said(&[("DIWAN_TRUSTED_PROXIES", "10.0.0.0/8, proxy")]).contains("\"proxy\""));
        assert!(said(&[("DIWAN_S3_ENDPOINT", "s3.example")]).contains("DIWAN_S3_ENDPOINT"));
        assert!(said(&[("DIWAN_S3_ENDPOINT", "https://s3.example")]).contains("DIWAN_S3_BUCKET is not set"));
        assert!(said(&[("DIWAN_X_CLIENT_ID", "id")]).contains("DIWAN_X_CLIENT_SECRET is not set"));
        assert!(said(&[("DIWAN_METRICS_LISTEN", "here")]).contains("DIWAN_METRICS_LISTEN"));
        assert!(said(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "here")]).contains("OTEL_EXPORTER_OTLP_ENDPOINT"));
        assert!(said(&[("DIWAN_STAND_IN", "nowhere")]).contains("DIWAN_STAND_IN"));
        assert!(said(&[("DIWAN_AI_URL", "here")]).contains("DIWAN_AI_URL"));
        assert!(said(&[("DIWAN_AI_URL", "https://ai.example/")]).contains("DIWAN_AI_MODEL is not set"));
        assert!(said(&[("DIWAN_SAMPLES_MONTHS", "12")]).contains("at least 13"));
        let servers = [("DATABASE_URL", "postgres://x"), ("REDIS_URL", "redis://x")];
        let error = from(&servers).and_then(|config| config.keyring().map(|_| ())).err().map(|error| error.to_string());
        assert!(error.unwrap_or_default().contains("DIWAN_SECRET_KEY"));
    }
}
