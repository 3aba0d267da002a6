//! What servers send: conversions, signed as Standard Webhooks has it (<https://www.standardwebhooks.com/>, version 1).
//!
//! The signature is the HMAC-SHA-256 of `<webhook-id>.<webhook-timestamp>.<body>` under the endpoint's secret. It is looked at before
//! anything of the body is read. A body that is sent again brings nothing new, since each conversion is recorded once.

use chrono::{DateTime, Utc};
use data_encoding::BASE64;
use diwan_entity::tracking::conversion::ConversionKind;
use diwan_entity::tracking::conversion_endpoint;
use diwan_entity::tracking::conversion_import::RowPolicy;
use diwan_platform::crypto::hmac_sha256_fits;
use diwan_platform::db;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, EntityTrait as _, FromQueryResult, QueryFilter as _};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::conversion::{MOST_CONVERSIONS, NewConversion, Touch};
use super::endpoints::place;
use super::record::{Batch, Recorded, Way, record};
use crate::approvals::Money;
use crate::context::Services;
use crate::error::{Code, Failure, UserError};
use crate::permission::Permit;
use crate::trust;

/// The longest body, in bytes: 500 conversions with some touches each.
pub const MOST_HOOK_BYTES: usize = 1024 * 1024;

/// How far the sender's clock may be from ours, in minutes: what the specification's own libraries allow.
const TOLERANCE_MINUTES: i64 = 5;

/// What was sent, with what proves who sent it.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'a> {
    /// The header `webhook-id`.
    pub id: &'a str,
    /// The header `webhook-timestamp`: seconds since 1970.
    pub timestamp: &'a str,
    /// The header `webhook-signature`: one or several of `v1,<base64>`, with spaces between them.
    pub signature: &'a str,
    /// The body.
    pub body: &'a [u8],
}

#[derive(FromQueryResult)]
struct Entered {
    brand_id: Uuid,
    agency_id: Uuid,
    source: String,
    secret: Vec<u8>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Body {
    conversions: Vec<Sent>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Sent {
    id: String,
    kind: ConversionKind,
    name: Option<String>,
    occurred_at: DateTime<Utc>,
    value: Option<Value>,
    #[serde(default)]
    touches: Vec<SentTouch>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Value {
    minor: i64,
    currency: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SentTouch {
    code: String,
    at: DateTime<Utc>,
}

impl From<Sent> for NewConversion {
    fn from(sent: Sent) -> Self {
        Self {
            external_id: sent.id,
            kind: sent.kind,
            name: sent.name,
            occurred_at: sent.occurred_at,
            value: sent.value.map(|Value { minor, currency }| Money { minor, currency }),
            touches: sent.touches.into_iter().map(|SentTouch { code, at }| Touch { code, at }).collect(),
        }
    }
}

/// Whether it was signed with this secret, not long ago.
fn check(signed: Signed<'_>, secret: &[u8], now: DateTime<Utc>) -> Result<(), UserError> {
    let wrong = || UserError::new(Code::SignatureWrong);
    let at: i64 = signed.timestamp.parse().map_err(|_| wrong())?;
    let message = [format!("{}.{}.", signed.id, signed.timestamp).as_bytes(), signed.body].concat();
    let codes = signed.signature.split(' ').filter_map(|part| part.strip_prefix("v1,"));
    let codes = codes.filter_map(|code| BASE64.decode(code.as_bytes()).ok());
    let mut fits = false;
    // All of them, so that how long it takes tells nothing.
    for code in codes.take(10) {
        fits |= hmac_sha256_fits(secret, &message, &code);
    }
    if signed.id.is_empty() || !fits {
        return Err(wrong());
    }
    if (now.timestamp() - at).abs() > TOLERANCE_MINUTES * 60 {
        return Err(UserError::new(Code::SignatureTooOld).number("minutes", TOLERANCE_MINUTES));
    }
    Ok(())
}

fn read(body: &[u8]) -> Result<Vec<NewConversion>, UserError> {
    let Body { conversions } = serde_json::from_slice(body).map_err(|_| UserError::at(Code::Invalid, "conversions"))?;
    let (most, actual) = (MOST_CONVERSIONS, conversions.len());
    if actual > most {
        return Err(UserError::at(Code::TooMany, "conversions").number("limit", most).number("actual", actual));
    }
    if actual == 0 {
        return Err(UserError::at(Code::Invalid, "conversions"));
    }
    Ok(conversions.into_iter().map(NewConversion::from).collect())
}

/// Records what a server sends to an endpoint: all of it or nothing.
pub async fn receive_conversions(
    services: &Services,
    endpoint_id: Uuid,
    signed: Signed<'_>,
) -> Result<Recorded, Failure> {
    let (now, tx) = (services.now(), services.db.write().await?);
    let sql = "select * from app.enter_conversion_endpoint($1)";
    let entered: Option<Entered> = db::one(&tx, sql, [endpoint_id.into()]).await?;
    let entered = entered.ok_or(Code::NotFound)?;
    let secret = services.keys.open(place(entered.brand_id, endpoint_id), &entered.secret)?;
    check(signed, &secret, now)?;
    let conversions = read(signed.body)?;
    // The signature is the proof of the right.
    let permit = Permit { tx: &tx, brand_id: entered.brand_id, actor_id: None, agency_id: entered.agency_id };
    let batch = Batch { source: entered.source, policy: RowPolicy::RejectEverything, conversions };
    let way = Way { endpoint_id: Some(endpoint_id), ..Way::default() };
    let recorded = record(permit, now, batch, way).await?;
    conversion_endpoint::Entity::update_many()
        .col_expr(conversion_endpoint::Column::LastReceivedAt, Expr::value(now))
        .filter(conversion_endpoint::Column::BrandId.eq(permit.brand_id))
        .filter(conversion_endpoint::Column::Id.eq(endpoint_id))
        .exec(&tx)
        .await?;
    let (new, known, _) = recorded.counts();
    if new > 0 {
        let detail = json!({ "recorded": new, "known": known });
        trust::record(permit, now, "conversion.receive", endpoint_id, detail).await?;
    }
    tx.commit().await?;
    Ok(recorded)
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;

    use super::*;

    /// The example of the specification's own libraries.
    const SECRET: &str = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const SIGNED: Signed<'static> = Signed {
        id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp: "1614265330",
        signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        body: br#"{"test": 2432232314}"#,
    };

    fn said(signed: Signed<'_>, seconds: i64) -> Result<(), Code> {
        let secret = BASE64.decode(SECRET.as_bytes()).unwrap();
        let now = Utc.timestamp_opt(1_614_265_330 + seconds, 0).unwrap();
        check(signed, &secret, now).map_err(|error| error.code)
    }

    #[test]
    fn a_signature_fits_what_was_signed_and_for_five_minutes() {
        for seconds in [-300, 0, 300] {
            assert_eq!(said(SIGNED, seconds), Ok(()));
        }
        for seconds in [-301, 301] {
            assert_eq!(said(SIGNED, seconds), Err(Code::SignatureTooOld));
        }
        let several = format!("v1,AAAA v2,x {}", SIGNED.signature);
        assert_eq!(said(Signed { signature: &several, ..SIGNED }, 0), Ok(()));
        for forged in [
            Signed { id: "msg_other", ..SIGNED },
            Signed { id: "", ..SIGNED },
            Signed { timestamp: "1614265331", ..SIGNED },
            Signed { timestamp: "soon", ..SIGNED },
            Signed { body: br#"{"test": 2432232315}"#, ..SIGNED },
            Signed { signature: "", ..SIGNED },
            Signed { signature: "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", ..SIGNED },
            Signed { signature: "v1,g0hM9SsE", ..SIGNED },
        ] {
            assert_eq!(said(forged, 0), Err(Code::SignatureWrong), "{forged:?}");
        }
    }
}
