//! Notices and webhooks.

use diwan_domain::Action;
use diwan_testkit::TestApp;
use serde_json::json;

use super::{At, Operation, mutation, query};
use crate::kit::id;

/// What everybody may, and why.
pub(super) const PERSONAL: &[(&str, &str)] = &[
    ("notices", "the caller's own: see `notices`"),
    ("unreadNotices", "the caller's own: see `notices`"),
    ("notificationSettings", "the caller's own: see `notices`"),
    ("markNoticesRead", "the caller's own: see `notices`"),
    ("updateNotificationSettings", "the caller's own: see `notices`"),
];

pub(super) fn operations(_app: &TestApp, at: &At) -> Vec<Operation> {
    let brand = id("brand", at.written.brand);
    let webhook = id("webhook", at.webhook);
    let new = json!({ "url": "https://hooks.example/in", "kinds": ["PUBLICATION_FAILED"] });
    let mut of_brand = new.clone();
    of_brand["brandId"] = json!(brand);
    vec![
        query(
            "webhooks",
            Action::WebhookManage,
            "query($id: ID) { webhooks(brandId: $id) { id deliveries(first: 5) { nodes { state } } } }",
            json!({ "id": brand }),
        ),
        query("webhooks", Action::AgencyWebhookManage, "{ webhooks { id } }", json!({})).variant("of the agency"),
        mutation("createWebhook", Action::WebhookManage, "webhook { id }", of_brand),
        mutation("createWebhook", Action::AgencyWebhookManage, "webhook { id }", new).variant("of the agency"),
        mutation(
            "updateWebhook",
            Action::WebhookManage,
            "webhook { id }",
            json!({ "webhookId": webhook, "version": 1, "active": false }),
        )
        .hidden(),
        mutation("testWebhook", Action::WebhookManage, "webhook { id }", json!({ "webhookId": webhook })).hidden(),
        mutation("deleteWebhook", Action::WebhookManage, "webhook { id }", json!({ "webhookId": webhook })).hidden(),
    ]
}
