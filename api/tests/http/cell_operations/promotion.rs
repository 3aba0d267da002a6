//! Paid promotion.

use diwan_domain::Action;
use diwan_testkit::TestApp;
use serde_json::{Value, json};

use super::{At, Operation, mutation, query};
use crate::kit::id;

/// What everybody may, and why.
pub(super) const PERSONAL: &[(&str, &str)] = &[];

pub(super) fn operations(_app: &TestApp, at: &At) -> Vec<Operation> {
    let brand = id("brand", at.written.brand);
    let (draft, running) = (id("boost", at.written.promotion.draft), id("boost", at.written.promotion.running));
    let said = json!({ "name": "New", "adSet": "Guests", "network": "google_ads", "objective": "TRAFFIC", "startsOn": "2026-03-01",
        "endsOn": "2026-03-31", "plannedMinor": 100, "currency": "EUR", "lineId": id("budgetline", at.written.finance.line) });
    let list = "query($id: ID!) { adBoosts(brandId: $id, first: 5) { nodes { id planned { minor } } } }";
    let days = "query($id: ID!) { adBoostDays(boostId: $id, first: 5) { nodes { spend { minor } } } }";
    let next = "query($id: ID!) { promotionCandidates(brandId: $id, first: 5) { candidates { forbidden } } }";
    let of = |name, action, boost: &str, more: Value| {
        let mut input = json!({ "boostId": boost });
        if let (Some(input), Some(more)) = (input.as_object_mut(), more.as_object()) {
            input.extend(more.clone());
        }
        mutation(name, action, "boost { id }", input).hidden()
    };
    let version = json!({ "version": 1 });
    let reports = json!({ "reports": [{ "day": "2026-01-02", "sourceId": "all", "spendMinor": 100 }] });
    let csv = json!({ "csv": "day,id,spend\n2026-01-02,all,1.00\n" });
    let (write, run, record) = (Action::PromotionWrite, Action::PromotionRun, Action::PromotionSpendRecord);
    vec![
        query("adBoosts", Action::PromotionRead, list, json!({ "id": brand })),
        query("adBoostDays", Action::PromotionRead, days, json!({ "id": running })).hidden(),
        query("promotionCandidates", Action::PromotionRead, next, json!({ "id": brand })),
        mutation("createAdBoost", write, "boost { id }", json!({ "brandId": brand, "boost": said })),
        of("updateAdBoost", write, &draft, json!({ "version": 1, "boost": said })),
        of("submitAdBoost", write, &draft, version.clone()),
        // What is asked is a draft: it was not approved yet.
        of("startAdBoost", run, &draft, version.clone()).may_say(&["WRONG_STATE"]),
        of("cancelAdBoost", run, &draft, json!({ "version": 1, "reason": "The shop is closed" })),
        of("endAdBoost", run, &running, version),
        of("recordAdSpend", record, &running, reports),
        of("importAdSpend", record, &running, csv),
    ]
}
