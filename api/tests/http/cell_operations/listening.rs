//! How often brands are spoken of.

use diwan_domain::Action;
use diwan_testkit::TestApp;
use serde_json::json;

use super::{At, Operation, mutation, query};
use crate::kit::id;

/// What everybody may, and why.
pub(super) const PERSONAL: &[(&str, &str)] = &[];

pub(super) fn operations(_app: &TestApp, at: &At) -> Vec<Operation> {
    let brand = id("brand", at.written.brand);
    let [monitor, rival] = [at.written.listening.monitor, at.written.listening.rival].map(|of| id("monitor", of));
    let monitors =
        "query($id: ID!) { listeningMonitors(brandId: $id) { id name keywords hashtags comparedFrom archivedAt } }";
    let sources = "query($id: ID!) { mentionSources(brandId: $id) { id kind network name trouble { kind } } }";
    let voice = "query($id: ID!) { shareOfVoice(brandId: $id, from: \"2026-07-01\", to: \"2026-07-31\") { total { share } missingDays } }";
    let new = json!({ "brandId": brand, "kind": "COMPETITOR", "name": "Sama", "keywords": ["Sama tea"], "hashtags": ["#sama"] });
    let change = json!({ "monitorId": rival, "keywords": ["Rival tea house"] });
    let said = json!({ "brandId": brand, "source": "Clippings",
        "mentions": [{ "monitorId": monitor, "day": "2024-01-01", "mentions": 3 }] });
    let file = json!({ "brandId": brand, "source": "Clippings", "csv": "day,monitor,mentions\n2024-01-01,Nour,3\n" });
    let gone = &["WRONG_STATE"];
    vec![
        query("listeningMonitors", Action::MetricsRead, monitors, json!({ "id": brand })),
        query("mentionSources", Action::MetricsRead, sources, json!({ "id": brand })),
        query("shareOfVoice", Action::MetricsRead, voice, json!({ "id": brand })),
        mutation("recordMentions", Action::MentionRecord, "source { id }", said),
        mutation("importMentions", Action::MentionRecord, "source { id }", file),
        mutation("createListeningMonitor", Action::ListeningManage, "monitor { id }", new).may_say(&["ALREADY_EXISTS"]),
        mutation("changeListeningMonitor", Action::ListeningManage, "monitor { id }", change).hidden().may_say(gone),
        mutation("archiveListeningMonitor", Action::ListeningManage, "monitor { id }", json!({ "monitorId": rival }))
            .hidden()
            .may_say(gone),
    ]
}
