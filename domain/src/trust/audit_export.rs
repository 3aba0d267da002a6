//! Exporting the audit trail: a signed link for a quarter of an hour, behind which the trail is streamed in pages, each in a
//! short transaction of its own, so that an export of any length holds neither memory nor a snapshot.

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use diwan_platform::signed::{self, Link, LinkError};
use sea_orm::FromQueryResult;
use serde_json::json;
use url::Url;
use uuid::Uuid;

use super::audit_anchor::anchor_keys;
use super::audit_file::{FORMAT, Line};
use super::record;
use crate::context::{Context, Services};
use crate::error::{Code, Failure, Fault, UserError};
use crate::permission::Action;

const LINK_LIFETIME: Duration = Duration::minutes(15);

/// How many rows are held at a time.
const PAGE: i64 = 500;

/// What part of the trail.
#[derive(Debug, Clone, Copy, Default)]
pub struct Period {
    /// From the first event at or after this time on.
    pub from: Option<DateTime<Utc>>,
    /// To the last event before this time.
    pub until: Option<DateTime<Utc>>,
}

impl Period {
    /// The period is part of what the link is signed for.
    fn purpose(self) -> String {
        let micros = |at: Option<DateTime<Utc>>| at.map_or_else(String::new, |at| at.timestamp_micros().to_string());
        format!("audit export {} {}", micros(self.from), micros(self.until))
    }
}

/// A link by which the caller can fetch the trail for the next quarter of an hour, and its end.
pub async fn export_audit(context: &Context, period: Period) -> Result<(Url, DateTime<Utc>), Failure> {
    let permit = context.permit_agency(Action::AuditExport).await?;
    if period.from.zip(period.until).is_some_and(|(from, until)| from >= until) {
        return Err(UserError::at(Code::Invalid, "until").into());
    }
    let expires_at = context.now + LINK_LIFETIME;
    let link = Link { brand_id: permit.agency_id, id: permit.person()?, expires_at };
    let token = signed::sign(&context.services.keys, &period.purpose(), link);
    let mut url = context.services.link(&format!("audit/{token}"))?;
    for (name, at) in [("from", period.from), ("until", period.until)] {
        if let Some(at) = at {
            url.query_pairs_mut().append_pair(name, &at.timestamp_micros().to_string());
        }
    }
    let detail = json!({ "from": period.from, "until": period.until });
    record(permit, context.now, "audit.export", permit.agency_id, detail).await?;
    Ok((url, expires_at))
}

#[derive(Debug, Clone, Copy)]
enum Stage {
    Header,
    Anchors { after: i64 },
    Events { after: i64 },
    Footer,
    Done,
}

/// An export under way.
#[derive(Debug)]
pub struct Export {
    services: Arc<Services>,
    period: Period,
    agency_id: Uuid,
    user_id: Uuid,
    stage: Stage,
    first: i64,
    last: i64,
    anchors: u64,
    events: u64,
    digest: [u8; 32],
}

#[derive(FromQueryResult)]
struct Bounds {
    first: Option<i64>,
    last: Option<i64>,
}

#[derive(FromQueryResult)]
struct AnchorRow {
    seq: i64,
    signature: String,
}

#[derive(FromQueryResult)]
struct EventRow {
    seq: i64,
    prev: String,
    hash: String,
    text: String,
}

impl Export {
    /// Begins the export that a link was made for, by whoever holds it. The person for whom it was made must still have
    /// the right.
    pub async fn open(services: Arc<Services>, token: &str, period: Period) -> Result<Self, Failure> {
        let link =
            signed::verify(&services.keys, &period.purpose(), token, services.now()).map_err(|error| match error {
                LinkError::Invalid => Code::LinkInvalid,
                LinkError::Expired => Code::LinkExpired,
            })?;
        let mut export = Self {
            services,
            period,
            agency_id: link.brand_id,
            user_id: link.id,
            stage: Stage::Header,
            first: 1,
            last: 0,
            anchors: 0,
            events: 0,
            digest: [0; 32],
        };
        let bounds: Vec<Bounds> = export
            .read(
                "select (select min(seq) from audit_event where agency_id = $1 and ($2::timestamptz is null or at >= $2)) as first,
                   (select max(seq) from audit_event where agency_id = $1 and ($3::timestamptz is null or at < $3)) as last",
                |export| vec![export.agency_id.into(), export.period.from.into(), export.period.until.into()],
            )
            .await?;
        if let Some(Bounds { first: Some(first), last: Some(last) }) = bounds.into_iter().next() {
            (export.first, export.last) = (first, last);
        }
        Ok(export)
    }

    /// Reads in a transaction of its own, as the person for whom the link was made.
    async fn read<T: FromQueryResult>(
        &self,
        sql: &str,
        values: impl FnOnce(&Self) -> Vec<sea_orm::Value>,
    ) -> Result<Vec<T>, Failure> {
        let tx = self.services.db.read().await?;
        let context = Context::stranger(Arc::clone(&self.services), tx);
        let entered = context.enter_user(self.user_id, None).await;
        entered.map_err(|failure| match failure {
            Failure::Refused(_) => Code::LinkInvalid.into(),
            fault @ Failure::Fault(_) => fault,
        })?;
        context.permit_agency(Action::AuditExport).await?;
        let rows = context.rows(sql, values(self)).await?;
        context.roll_back().await?;
        Ok(rows)
    }

    /// The next lines; none at the end.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        loop {
            let lines = match self.stage {
                Stage::Header => self.header().await?,
                Stage::Anchors { after } => self.anchors(after).await?,
                Stage::Events { after } => self.events(after).await?,
                Stage::Footer => {
                    self.stage = Stage::Done;
                    let digest = data_encoding::HEXLOWER.encode(&self.digest);
                    let (agency, anchors, events) = (self.agency_id, self.anchors, self.events);
                    vec![Line::Footer { agency, anchors, events, digest }]
                }
                Stage::Done => return Ok(None),
            };
            if lines.is_empty() {
                continue;
            }
            let mut bytes = Vec::new();
            for line in lines {
                let line = line.write(&mut self.digest).map_err(|error| Fault::broken(error.to_string()))?;
                bytes.extend(line);
            }
            return Ok(Some(bytes));
        }
    }

    async fn header(&mut self) -> Result<Vec<Line>, Failure> {
        self.stage = Stage::Anchors { after: self.first - 1 };
        Ok(vec![Line::Header {
            format: FORMAT.to_owned(),
            agency: self.agency_id,
            exported_at: self.services.now(),
            from: self.period.from,
            until: self.period.until,
            keys: anchor_keys(&self.services).await?,
        }])
    }

    async fn anchors(&mut self, after: i64) -> Result<Vec<Line>, Failure> {
        let sql = "select seq, signature from audit_anchor where agency_id = $1 and seq > $2 and seq <= $3 order by seq limit $4";
        let rows: Vec<AnchorRow> =
            self.read(sql, |it| vec![it.agency_id.into(), after.into(), it.last.into(), PAGE.into()]).await?;
        self.stage =
            rows.last().map_or(Stage::Events { after: self.first - 1 }, |row| Stage::Anchors { after: row.seq });
        self.anchors += rows.len() as u64;
        Ok(rows.into_iter().map(|row| Line::Anchor { jws: row.signature }).collect())
    }

    async fn events(&mut self, after: i64) -> Result<Vec<Line>, Failure> {
        let sql =
            "select seq, encode(prev_hash, 'hex') as prev, encode(hash, 'hex') as hash, app.audit_text(e, seq) as text
          from audit_event e where agency_id = $1 and seq > $2 and seq <= $3 order by seq limit $4";
        let rows: Vec<EventRow> =
            self.read(sql, |it| vec![it.agency_id.into(), after.into(), it.last.into(), PAGE.into()]).await?;
        self.stage = rows.last().map_or(Stage::Footer, |row| Stage::Events { after: row.seq });
        self.events += rows.len() as u64;
        let line = |EventRow { seq, prev, hash, text }| Line::Event { seq, prev, hash, text };
        Ok(rows.into_iter().map(line).collect())
    }
}
