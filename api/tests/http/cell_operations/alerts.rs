//! Targets of figures, brands side by side, and alerts.

use diwan_domain::Action;
use diwan_testkit::TestApp;
use serde_json::json;

use super::{At, Operation, mutation, query};
use crate::kit::id;

/// What everybody may, and why.
pub(super) const PERSONAL: &[(&str, &str)] = &[];

pub(super) fn operations(_app: &TestApp, at: &At) -> Vec<Operation> {
    let (brand, author) = (id("brand", at.written.brand), id("user", at.written.author));
    let (alert, event) =
        (id("insightalert", at.written.alerts.alert), id("insightalertevent", at.written.alerts.event));
    let compared =
        "query($id: ID!) { compareBrands(input: { brandIds: [$id], from: \"2026-07-01\", to: \"2026-07-31\" }) {
      brands { figures { value target { status } } } medians { value } } }";
    let alerts = "query($id: ID!) { insightAlerts(brandId: $id) { id current { id } } }";
    let events = "query($id: ID!) { insightAlertEvents(brandId: $id, first: 5) { nodes { id alert { id } } } }";
    let said = json!({ "name": "Few came", "kpi": "REFERRAL_TRAFFIC", "kind": "UNUSUAL", "windowDays": 7, "recipientIds": [author] });
    let manage = Action::InsightAlertManage;
    vec![
        query("compareBrands", Action::MetricsRead, compared, json!({ "id": brand })),
        query("insightAlerts", Action::MetricsRead, alerts, json!({ "id": brand })),
        query("insightAlertEvents", Action::MetricsRead, events, json!({ "id": brand })),
        mutation("createInsightAlert", manage, "alert { id }", json!({ "brandId": brand, "alert": said })),
        mutation(
            "updateInsightAlert",
            manage,
            "alert { id }",
            json!({ "alertId": alert, "version": 1, "alert": said }),
        )
        .hidden(),
        mutation("deleteInsightAlert", manage, "deletedId", json!({ "alertId": alert })).hidden(),
        mutation("acknowledgeInsightAlertEvent", manage, "event { id }", json!({ "eventId": event })).hidden(),
    ]
}
