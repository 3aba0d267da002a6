//! Figures of a brand, by dimensions, and its posts by rank.

use diwan_domain::Action;
use diwan_testkit::TestApp;
use serde_json::json;

use super::{At, Operation, query};
use crate::kit::id;

/// What everybody may, and why.
pub(super) const PERSONAL: &[(&str, &str)] = &[];

pub(super) fn operations(_app: &TestApp, at: &At) -> Vec<Operation> {
    let brand = id("brand", at.written.brand);
    vec![
        query(
            "insights",
            Action::MetricsRead,
            "query($input: InsightsInput!) { insights(input: $input) { from } }",
            json!({ "input": { "brandId": brand, "from": "2026-07-01", "to": "2026-07-31" } }),
        )
        .wholly(),
        query(
            "exploreInsights",
            Action::MetricsRead,
            "query($input: ExploreInsightsInput!) { exploreInsights(input: $input) { totalCount } }",
            json!({ "input": { "brandIds": [brand], "from": "2026-07-01", "to": "2026-07-31", "metrics": ["REACH"] } }),
        )
        .wholly(),
        query(
            "insightsHeatMap",
            Action::MetricsRead,
            "query($input: InsightsHeatMapInput!) { insightsHeatMap(input: $input) { posts } }",
            json!({ "input": { "brandId": brand, "from": "2026-07-01", "to": "2026-07-31" } }),
        )
        .wholly(),
        query(
            "audienceProfile",
            Action::MetricsRead,
            "query($id: ID!) { audienceProfile(brandId: $id) { by { dimension parts { key share } } } }",
            json!({ "id": brand }),
        ),
        ranked("topPosts", brand.as_str()),
        ranked("bottomPosts", brand.as_str()),
    ]
}

fn ranked(name: &'static str, brand: &str) -> Operation {
    let text = format!("query($input: RankedPostsInput!) {{ {name}(input: $input) {{ postsInAll }} }}");
    let input = json!({ "brandIds": [brand], "from": "2026-07-01", "to": "2026-07-31", "metric": "REACH" });
    query(name, Action::MetricsRead, &text, json!({ "input": input })).wholly()
}
