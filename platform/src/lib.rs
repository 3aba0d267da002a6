//! What Diwan stands on, with no business words in it: configuration, clock, ids, crypto, telemetry, the database and
//! its transactions, the outbox, the one outbound HTTP client, mail, object storage, stills of films, and the embedded servers.

pub mod app_url;
pub mod apps;
pub mod clock;
pub mod config;
pub mod crypto;
pub mod db;
pub mod embedded;
pub mod http;
pub mod ids;
pub mod jobs;
pub mod kept;
pub mod language_model;
pub mod mail;
pub mod metrics;
pub mod password;
pub mod presence;
pub mod signed;
pub mod source;
pub mod stills;
pub mod storage;
pub mod telemetry;
pub mod totp;
pub mod traces;
