//! Visits of a brand's pages.

use diwan_domain::Action;
use diwan_testkit::TestApp;
use serde_json::json;

use super::{At, Operation, mutation, query};
use crate::kit::id;

/// What everybody may, and why.
pub(super) const PERSONAL: &[(&str, &str)] = &[];

pub(super) fn operations(_app: &TestApp, at: &At) -> Vec<Operation> {
    let (brand, source) = (id("brand", at.written.brand), id("websource", at.written.tracking.web_source));
    let sources = "query($id: ID!) { webSources(brandId: $id) { id state trouble { kind } } }";
    let visits = "query($id: ID!) { webAnalytics(brandId: $id, from: \"2026-07-01\", to: \"2026-07-31\") { total { sessions } } }";
    let server = json!({ "brandId": brand, "name": "Shop", "server": "PLAUSIBLE", "url": "https://visits.example",
        "siteId": "shop.example", "token": "known to the site" });
    let said = json!({ "brandId": brand, "source": "Till",
        "visits": [{ "day": "2024-01-01", "referrer": "Mastodon", "sessions": 3 }] });
    let file = json!({ "brandId": brand, "source": "Till", "csv": "day,referrer,sessions\n2024-01-01,Mastodon,3\n" });
    vec![
        query("webSources", Action::MetricsRead, sources, json!({ "id": brand })),
        query("webAnalytics", Action::MetricsRead, visits, json!({ "id": brand })),
        mutation("connectWebAnalytics", Action::WebAnalyticsConnect, "source { id }", server),
        mutation("recordWebAnalytics", Action::WebAnalyticsRecord, "source { id }", said),
        mutation("importWebAnalytics", Action::WebAnalyticsRecord, "source { id }", file),
        mutation("syncWebAnalytics", Action::MetricsSync, "job { id }", json!({ "sourceId": source }))
            .hidden()
            .may_say(&["WRONG_STATE"]),
        mutation("disconnectWebAnalytics", Action::WebAnalyticsConnect, "source { id }", json!({ "sourceId": source }))
            .hidden()
            .may_say(&["WRONG_STATE"]),
    ]
}
