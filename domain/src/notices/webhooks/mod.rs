//! Webhooks: servers that are told of what people are told of, by `POST` of a signed JSON document that holds ids and codes, no content.
//!
//! What is sent is `{"id", "kind", "createdAt", "brandId", "data"}` under the header
//! `Diwan-Signature: t=<seconds since 1970>,v1=<hexadecimal HMAC-SHA-256 of "<t>.<body>" under the webhook's secret>`. Whoever
//! receives it compares the code and looks whether `t` is recent. It may arrive twice, under the same `id`. An answer of 2xx has
//! received it; everything else is tried again, ever more seldom, for a day. Redirects are not followed.

mod deliver_job;
mod manage;
mod tell;

pub use deliver_job::DeliverWebhook;
pub use manage::{
    MOST_WEBHOOKS, NewWebhook, WebhookChange, create_webhook, delete_webhook, deliveries_of, test_webhook,
    update_webhook, webhooks,
};
pub(super) use tell::tell;

use diwan_entity::trust::notice::NoticeKind;
use diwan_entity::trust::webhook_endpoint;
use diwan_platform::crypto::Place;
use sea_orm::ActiveEnum as _;
use uuid::Uuid;

/// What a webhook can be told of; what is the agency's own, only one of the agency.
pub const WEBHOOK_KINDS: [NoticeKind; 7] = [
    NoticeKind::PublicationFailed,
    NoticeKind::PublicationUnconfirmed,
    NoticeKind::PublicationMissed,
    NoticeKind::AccountDisconnected,
    NoticeKind::InsightAlert,
    NoticeKind::WebSourceFailed,
    NoticeKind::ReportHostLost,
];

/// What a webhook is told of.
pub fn kinds_of(endpoint: &webhook_endpoint::Model) -> Vec<NoticeKind> {
    WEBHOOK_KINDS.into_iter().filter(|kind| endpoint.kinds.contains(&kind.to_value())).collect()
}

/// The kind of a delivery that only tries whether it arrives.
const TEST: &str = "TEST";

/// Where a webhook's secret is sealed to.
fn place(brand_id: Option<Uuid>, id: Uuid) -> Place {
    Place { brand_id: brand_id.unwrap_or_default(), row_id: id, column: "webhook_endpoint.secret" }
}
