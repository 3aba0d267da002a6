//! The file of an exported audit trail, and how anyone can check it without Diwan's database.
//!
//! One JSON object a line: a header, the anchors, the events in their order, a footer. An event holds the exact text that
//! is hashed: `hash = SHA-256(prev || text)`, and the first event's `prev` is the SHA-256 of the agency's id. An anchor
//! is a compact JWS by the installation's Ed25519 key over the number and the hash of an event. The footer's `digest` covers
//! every line before it: `digest = SHA-256(digest || line)`, from 32 zeros on.

use std::collections::BTreeMap;
use std::io::{self, BufRead};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use data_encoding::HEXLOWER;
use diwan_platform::crypto::sha256;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The form of the file.
pub(super) const FORMAT: &str = "diwan-audit/1";

/// What the header of an anchor's JWS says it is, so that no access token passes for one.
pub const ANCHOR_TYPE: &str = "diwan-audit-anchor+jwt";

/// What an anchor says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnchorClaims {
    /// The installation's address.
    pub iss: String,
    /// Whose chain.
    pub agency: Uuid,
    /// The number of its last event then.
    pub seq: i64,
    /// That event's hash, in hex.
    pub hash: String,
    /// When it was signed.
    pub at: DateTime<Utc>,
}

/// A public key (RFC 8037).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwk {
    kty: String,
    crv: String,
    kid: String,
    x: String,
}

impl Jwk {
    /// From the bytes of an Ed25519 key.
    pub(super) fn ed25519(kid: String, bytes: &[u8]) -> Self {
        Self { kty: "OKP".to_owned(), crv: "Ed25519".to_owned(), kid, x: URL_SAFE_NO_PAD.encode(bytes) }
    }
}

/// Public keys (RFC 7517).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwks {
    /// The keys.
    pub keys: Vec<Jwk>,
}

/// One line of the file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Line {
    Header {
        format: String,
        agency: Uuid,
        exported_at: DateTime<Utc>,
        from: Option<DateTime<Utc>>,
        until: Option<DateTime<Utc>>,
        keys: Jwks,
    },
    Anchor {
        jws: String,
    },
    Event {
        seq: i64,
        prev: String,
        hash: String,
        text: String,
    },
    Footer {
        agency: Uuid,
        anchors: u64,
        events: u64,
        digest: String,
    },
}

impl Line {
    /// As it stands in the file, and the digest after it.
    pub(super) fn write(&self, digest: &mut [u8; 32]) -> serde_json::Result<Vec<u8>> {
        let mut line = serde_json::to_vec(self)?;
        *digest = next_digest(digest, &line);
        line.push(b'\n');
        Ok(line)
    }
}

fn next_digest(digest: &[u8; 32], line: &[u8]) -> [u8; 32] {
    sha256(&[digest.as_slice(), line].concat())
}

/// What was found in a file that is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Whose trail.
    pub agency: Uuid,
    /// How many events.
    pub events: u64,
    /// The numbers of the first and the last.
    pub range: Option<(i64, i64)>,
    /// The last one's hash, in hex.
    pub hash: String,
    /// How many anchors vouch for events of the file.
    pub anchors: usize,
    /// What whoever checks should know besides.
    pub notes: Vec<String>,
}

/// Why a file is not what was exported.
#[derive(Debug, thiserror::Error)]
pub enum AuditFileError {
    /// It cannot be read.
    #[error("the file cannot be read: {0}")]
    Io(#[from] io::Error),
    /// An event is not as it was, not where it was, or not there.
    #[error("broken at event {seq} (line {line}): {why}")]
    Event {
        /// The first event that is wrong.
        seq: i64,
        /// Its line.
        line: u64,
        /// What is wrong with it.
        why: &'static str,
    },
    /// An anchor is not one.
    #[error("an anchor cannot be believed: {0}")]
    Anchor(String),
    /// An anchor vouches for events after the last one.
    #[error(
        "events are missing at the end: the file ends with event {last}, and an anchor of {at} vouches for event {seq}"
    )]
    Missing {
        /// The last event of the file.
        last: i64,
        /// The event that was there.
        seq: i64,
        /// Since when at the latest.
        at: DateTime<Utc>,
    },
    /// Something around the events.
    #[error("line {line}: {why}")]
    File {
        /// Where.
        line: u64,
        /// What.
        why: &'static str,
    },
}

/// A line that says exactly what it is: what does not come out as it went in was changed.
fn parse(bytes: &[u8]) -> Option<Line> {
    let line: Line = serde_json::from_slice(bytes).ok()?;
    (serde_json::to_vec(&line).ok()? == bytes).then_some(line)
}

/// What an anchor says, if one of these keys signed it for this agency.
fn check_anchor(jws: &str, keys: &Jwks, agency: Uuid) -> Result<AnchorClaims, AuditFileError> {
    let wrong = |why: &str| AuditFileError::Anchor(why.to_owned());
    let header = jsonwebtoken::decode_header(jws).map_err(|_| wrong("it is no signed statement"))?;
    if header.typ.as_deref() != Some(ANCHOR_TYPE) {
        return Err(wrong("it is a signed statement about something else"));
    }
    let key = header.kid.and_then(|kid| keys.keys.iter().find(|key| key.kid == kid && key.crv == "Ed25519"));
    let key = key.ok_or_else(|| wrong("it is signed with a key that is not among the given ones"))?;
    let key = DecodingKey::from_ed_components(&key.x).map_err(|_| wrong("its key is no Ed25519 key"))?;
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    let claims: AnchorClaims =
        jsonwebtoken::decode(jws, &key, &validation).map_err(|_| wrong("its signature does not fit"))?.claims;
    if claims.agency != agency {
        return Err(wrong("it is about another agency"));
    }
    Ok(claims)
}

/// Checks a file. `keys` are the installation's as fetched from it; without, those in the file are taken, which say
/// nothing about whoever wrote the whole file anew. `anchors` are such as were kept elsewhere.
pub fn verify(file: impl BufRead, keys: Option<&Jwks>, anchors: &[String]) -> Result<Verdict, AuditFileError> {
    let mut lines = Lines { file, number: 0, digest: [0; 32] };
    let wrong = |line, why| Err(AuditFileError::File { line, why });
    let Some((Line::Header { format, agency, until, keys: own, from, .. }, _)) = lines.next()? else {
        return wrong(1, "this is no header of an exported audit trail");
    };
    if format != FORMAT {
        return wrong(1, "this form of export is not known");
    }
    let mut notes = Vec::new();
    if keys.is_none() {
        notes.push(
            "signatures were checked with the keys in the file: give --jwks to check them with the installation's"
                .to_owned(),
        );
    }
    let keys = keys.unwrap_or(&own);
    let mut vouched: BTreeMap<i64, Vec<AnchorClaims>> = BTreeMap::new();
    for jws in anchors {
        let claims = check_anchor(jws, keys, agency)?;
        // Of what came after the end that was asked for, the file says nothing.
        if until.is_some_and(|until| claims.at >= until) {
            notes.push(format!("the anchor of {} is later than what was exported", claims.at));
        }
        vouched.entry(claims.seq).or_default().push(claims);
    }
    let (mut count, mut listed, mut first, mut last) = (0_u64, 0_u64, None, None::<(i64, [u8; 32])>);
    loop {
        let line = lines.number + 1;
        let before = lines.digest;
        match lines.next()? {
            Some((Line::Anchor { jws }, _)) if count == 0 => {
                listed += 1;
                let claims = check_anchor(&jws, keys, agency)?;
                vouched.entry(claims.seq).or_default().push(claims);
            }
            Some((Line::Event { seq, prev, hash, text }, _)) => {
                let hash = check_event(line, agency, (seq, &prev, &hash, &text), last)?;
                if from.is_none() && count == 0 && seq != 1 {
                    return Err(AuditFileError::Event { seq: 1, line, why: "it is missing" });
                }
                if vouched.get(&seq).is_some_and(|all| all.iter().any(|claims| claims.hash != hex(&hash))) {
                    return Err(AuditFileError::Event { seq, line, why: "an anchor vouches for another one" });
                }
                count += 1;
                first = first.or(Some(seq));
                last = Some((seq, hash));
            }
            Some((Line::Footer { agency: of, anchors, events, digest }, _)) => {
                let whole = of == agency && anchors == listed && events == count && digest == hex(&before);
                if !whole {
                    return wrong(
                        line,
                        "the footer does not fit what stands before it: something was changed, added or removed",
                    );
                }
                break;
            }
            Some(_) => return wrong(line, "this line does not belong here"),
            None => return wrong(line, "the file ends early, or this line was changed"),
        }
    }
    let end = lines.number + 1;
    if !lines.is_at_end()? {
        return wrong(end, "there is something after the footer");
    }
    let ends_with = last.map_or(0, |(seq, _)| seq);
    for claims in vouched.range(ends_with + 1..).flat_map(|(_, claims)| claims) {
        if until.is_none_or(|until| claims.at < until) {
            return Err(AuditFileError::Missing { last: ends_with, seq: claims.seq, at: claims.at });
        }
    }
    let held = first.map_or(0, |first| vouched.range(first..=ends_with).map(|(_, claims)| claims.len()).sum());
    if held == 0 {
        notes.push("no anchor vouches for these events: a cut at the end would not show".to_owned());
    }
    Ok(Verdict {
        agency,
        events: count,
        range: first.zip(last.map(|(seq, _)| seq)),
        hash: last.map(|(_, hash)| hex(&hash)).unwrap_or_default(),
        anchors: held,
        notes,
    })
}

fn check_event(
    line: u64,
    agency: Uuid,
    (seq, prev, hash, text): (i64, &str, &str, &str),
    last: Option<(i64, [u8; 32])>,
) -> Result<[u8; 32], AuditFileError> {
    let expected = last.map_or(seq, |(last, _)| last + 1);
    let wrong = |why| Err(AuditFileError::Event { seq: expected, line, why });
    if seq != expected {
        return wrong("another event stands in its place: it was removed, or the order was changed");
    }
    let before = match last {
        Some((_, hash)) => Some(hash),
        None if seq == 1 => Some(sha256(agency.to_string().as_bytes())),
        None => None,
    };
    if before.is_some_and(|before| hex(&before) != prev) {
        return wrong("it does not follow the event before it");
    }
    let Ok(before) = HEXLOWER.decode(prev.as_bytes()) else {
        return wrong("its chain cannot be read");
    };
    let computed = sha256(&[before.as_slice(), text.as_bytes()].concat());
    if hex(&computed) != hash {
        return wrong("it is not what was hashed");
    }
    let said: Option<(i64, Uuid)> = serde_json::from_str::<Vec<serde_json::Value>>(text)
        .ok()
        .and_then(|said| Some((said.first()?.as_i64()?, said.get(2)?.as_str()?.parse().ok()?)));
    if said != Some((seq, agency)) {
        return wrong("it says that it is another event");
    }
    Ok(computed)
}

fn hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(bytes)
}

/// The lines of a file, counted and digested.
struct Lines<R> {
    file: R,
    number: u64,
    digest: [u8; 32],
}

impl<R: BufRead> Lines<R> {
    /// The next line; none when there is none, or none that says exactly what it is.
    fn next(&mut self) -> io::Result<Option<(Line, u64)>> {
        let mut bytes = Vec::new();
        self.file.read_until(b'\n', &mut bytes)?;
        self.number += 1;
        if bytes.pop() != Some(b'\n') {
            return Ok(None);
        }
        self.digest = next_digest(&self.digest, &bytes);
        Ok(parse(&bytes).map(|line| (line, self.number)))
    }

    fn is_at_end(&mut self) -> io::Result<bool> {
        Ok(self.file.fill_buf()?.is_empty())
    }
}

#[cfg(test)]
#[path = "audit_file_tests.rs"]
mod tests;
