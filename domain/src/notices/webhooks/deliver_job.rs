//! Delivering to a webhook: again, ever more seldom, for a day.

use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use data_encoding::HEXLOWER;
use diwan_entity::InBrand as _;
use diwan_entity::trust::webhook_delivery::{self, DeliveryState};
use diwan_entity::trust::webhook_endpoint;
use diwan_platform::crypto::hmac_sha256;
use diwan_platform::http::{HttpClient, HttpError, StatusCode};
use diwan_platform::ids;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, DbErr, IntoActiveModel as _, QuerySelect as _};
use serde_json::json;
use url::Url;
use uuid::Uuid;

use super::{TEST, place};
use crate::context::Services;
use crate::error::Fault;
use crate::jobs::{Job, JobError, Next, Scope, Work};
use crate::notices::tell::webhook_disabled;
use crate::permission::Permit;

/// How long a delivery is tried.
const PATIENCE: Duration = Duration::hours(24);
/// The waits after the first attempts, in seconds; the last is the wait from then on.
const WAITS: [i64; 8] = [10, 30, 120, 600, 1800, 3600, 7200, 14_400];
/// As much of an answer is read, in bytes: only its status counts.
const MOST_ANSWER: usize = 64 * 1024;

/// Delivers one thing to one webhook.
#[derive(Debug)]
pub struct DeliverWebhook;

/// What is sent.
struct Message {
    url: Url,
    body: Vec<u8>,
    signature: String,
    id: String,
}

/// What came of it.
struct Answer {
    status: Option<StatusCode>,
    error: Option<String>,
}

impl Answer {
    fn received(&self) -> bool {
        self.status.is_some_and(|status| status.is_success())
    }
}

#[async_trait]
impl Job for DeliverWebhook {
    fn kind(&self) -> &'static str {
        "deliver_webhook"
    }

    async fn run(&self, work: &Work) -> Result<(), JobError> {
        let scope = work.begin().await?;
        let Some((delivery, endpoint)) = load(&scope).await? else {
            return scope.finish(Next::Done).await;
        };
        if is_off(&delivery, &endpoint) {
            end(&scope, delivery, Some("the webhook was switched off")).await?;
            return scope.finish(Next::Done).await;
        }
        let message = message(&work.services, &delivery, &endpoint, scope.now)?;
        scope.commit().await?;
        let answer = send(&work.services.http, message).await;
        let scope = work.begin().await?;
        let Some((delivery, endpoint)) = load(&scope).await? else {
            return scope.finish(Next::Done).await;
        };
        let next = note(&scope, delivery, endpoint, &answer).await?;
        scope.finish(next).await
    }

    async fn give_up(&self, scope: &Scope, _reason: &str) -> Result<(), JobError> {
        if let Some((delivery, _)) = load(scope).await? {
            end(scope, delivery, Some("a fault of Diwan's own; its operator sees which")).await?;
        }
        Ok(())
    }

    /// What it told is old by then.
    async fn revive(&self, _permit: Permit<'_>, _subject_id: Uuid) -> Result<bool, DbErr> {
        Ok(false)
    }
}

/// The delivery, if it is still to be made, and its webhook; both locked.
async fn load(scope: &Scope) -> Result<Option<(webhook_delivery::Model, webhook_endpoint::Model)>, JobError> {
    let delivery = webhook_delivery::Entity::visible([scope.subject_id()]).lock_exclusive().one(scope.tx()).await?;
    let Some(delivery) = delivery.filter(|delivery| delivery.state == DeliveryState::Pending) else {
        return Ok(None);
    };
    let endpoint = webhook_endpoint::Entity::visible([delivery.endpoint_id]).lock_exclusive().one(scope.tx()).await?;
    Ok(endpoint.map(|endpoint| (delivery, endpoint)))
}

/// Whether it is not to be made any more. A test shows whether what is switched off would work.
fn is_off(delivery: &webhook_delivery::Model, endpoint: &webhook_endpoint::Model) -> bool {
    endpoint.deleted_at.is_some() || (!endpoint.active && delivery.kind != TEST)
}

fn message(
    services: &Services,
    delivery: &webhook_delivery::Model,
    endpoint: &webhook_endpoint::Model,
    now: DateTime<Utc>,
) -> Result<Message, JobError> {
    let url = Url::parse(&endpoint.url).map_err(|_| Fault::broken("a webhook's address cannot be read"))?;
    let secret = services.keys.open(place(endpoint.brand_id, endpoint.id), &endpoint.secret).map_err(Fault::from)?;
    let id = ids::encode("event", delivery.event_id);
    let body = json!({
        "id": id,
        "kind": delivery.kind,
        "createdAt": delivery.created_at.to_rfc3339(),
        "brandId": delivery.event_brand_id.map(|brand_id| ids::encode("brand", brand_id)),
        "data": delivery.data,
    });
    let body = serde_json::to_vec(&body).map_err(|error| Fault::broken(error.to_string()))?;
    let at = now.timestamp();
    let signed = [format!("{at}.").as_bytes(), &body].concat();
    let signature = format!("t={at},v1={}", HEXLOWER.encode(&hmac_sha256(&secret, &signed)));
    Ok(Message { url, body, signature, id })
}

async fn send(http: &HttpClient, message: Message) -> Answer {
    let sent = http
        .post(message.url)
        .header("diwan-signature", &message.signature)
        .header("diwan-event", &message.id)
        .bytes("application/json", message.body.into())
        .max_response_bytes(MOST_ANSWER)
        .send()
        .await;
    match sent {
        Ok(answer) => {
            let error = (!answer.status.is_success()).then(|| format!("the server answered {}", answer.status));
            Answer { status: Some(answer.status), error }
        }
        // It has answered, only at more length than is read.
        Err(HttpError::TooLarge { status, .. }) => {
            let error = (!status.is_success()).then(|| format!("the server answered {status}"));
            Answer { status: Some(status), error }
        }
        Err(error) => Answer { status: None, error: Some(error.to_string()) },
    }
}

/// Writes what came of an attempt. A webhook to which nothing arrived for as long as a delivery was tried is switched off, and so is
/// one whose server says that it is gone (410).
async fn note(
    scope: &Scope,
    delivery: webhook_delivery::Model,
    endpoint: webhook_endpoint::Model,
    answer: &Answer,
) -> Result<Next, JobError> {
    let (attempts, created_at, is_test) = (delivery.attempts + 1, delivery.created_at, delivery.kind == TEST);
    let off = is_off(&delivery, &endpoint);
    let mut row = delivery.into_active_model();
    row.attempts = Set(attempts);
    row.last_attempt_at = Set(Some(scope.now));
    row.last_status = Set(answer.status.map(|status| status.as_u16().into()));
    row.last_error = Set(answer.error.as_deref().map(shortened));
    let received = answer.received();
    let wait = usize::try_from(attempts - 1).ok().and_then(|at| WAITS.get(at)).unwrap_or(&WAITS[WAITS.len() - 1]);
    let at = scope.now + Duration::seconds(*wait);
    let gone = answer.status == Some(StatusCode::GONE);
    let over = received || is_test || gone || off || at > created_at + PATIENCE;
    if over {
        row.state = Set(if received { DeliveryState::Delivered } else { DeliveryState::Failed });
        row.finished_at = Set(Some(scope.now));
    }
    row.update(scope.tx()).await?;
    if !is_test {
        let failures = if received { 0 } else { endpoint.failures.saturating_add(1) };
        // As many failures in a row as this delivery had attempts: nothing has arrived since it began.
        let disable = over && !received && endpoint.active && (gone || failures >= attempts);
        if disable {
            webhook_disabled(scope.tx(), scope.now, &endpoint).await?;
        }
        if disable || failures != endpoint.failures {
            let mut row = endpoint.into_active_model();
            row.failures = Set(failures);
            if disable {
                row.active = Set(false);
                row.disabled_at = Set(Some(scope.now));
            }
            row.update(scope.tx()).await?;
        }
    }
    Ok(if over { Next::Done } else { Next::Again(at) })
}

/// Ends a delivery that did not arrive.
async fn end(scope: &Scope, delivery: webhook_delivery::Model, why: Option<&str>) -> Result<(), DbErr> {
    let mut row = delivery.into_active_model();
    row.state = Set(DeliveryState::Failed);
    row.finished_at = Set(Some(scope.now));
    row.last_error = Set(why.map(shortened));
    row.update(scope.tx()).await.map(|_| ())
}

fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(500).collect()
}
