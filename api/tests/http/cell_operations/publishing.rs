//! Accounts, publications, their numbers and reports.

use diwan_domain::Action;
use diwan_testkit::TestApp;
use serde_json::{Value, json};

use super::{About, At, Operation, list, mutation};
use crate::kit::id;

/// What everybody may, and why.
pub(super) const PERSONAL: &[(&str, &str)] = &[
    ("networks", "what the product can do, the same for everybody"),
    ("countText", "what somebody is writing, and nothing of any brand"),
];

pub(super) fn operations(_app: &TestApp, at: &At) -> Vec<Operation> {
    let brand = id("brand", at.written.brand);
    let publication = id("publication", at.written.publication);
    let secret = json!({ "service": "https://pds.example", "identifier": "nour.example", "password": "abcd" });
    vec![
        mutation(
            "unschedulePost",
            Action::PostSchedule,
            "post { id }",
            json!({ "postId": id("post", at.written.post) }),
        )
        .about(About::Scheduled),
        mutation(
            "schedulePostsAgain",
            Action::PostSchedule,
            "rows { post { id } }",
            json!({ "postIds": [id("post", at.written.post)], "to": { "move": { "days": 2 } } }),
        )
        .about(About::Scheduled)
        .may_say(&["WRONG_STATE"]),
        pause(Action::PostPause, &json!({ "postId": id("post", at.written.post) }))
            .about(About::Scheduled)
            .variant("a post"),
        pause(Action::PublishingPause, &json!({ "socialAccountId": id("account", at.written.account) }))
            .may_say(&["WRONG_STATE"])
            .variant("an account"),
        pause(Action::PublishingPause, &json!({ "brandId": brand })).variant("a brand"),
        pause(Action::AgencyPublishingPause, &json!({ "agency": true })).variant("the agency"),
        mutation(
            "resumePublishing",
            Action::PublishingPause,
            "pause { id }",
            json!({ "pauseId": id("pause", at.pause) }),
        )
        .hidden(),
        mutation(
            "settlePublication",
            Action::PublicationSettle,
            "publication { id }",
            json!({ "publicationId": publication, "as": { "giveUp": true } }),
        )
        .about(About::Scheduled)
        .may_say(&["WRONG_STATE"]),
        mutation(
            "takeBackPublication",
            Action::PublicationChange,
            "change { reason }",
            json!({ "publicationId": publication, "reason": "Too early" }),
        )
        .about(About::Scheduled)
        .may_say(&["WRONG_STATE"]),
        mutation(
            "correctPublication",
            Action::PublicationChange,
            "change { reason }",
            json!({ "publicationId": publication, "text": "Good evening", "reason": "Too early" }),
        )
        .about(About::Scheduled)
        .may_say(&["WRONG_STATE"]),
        mutation(
            "chooseAccounts",
            Action::AccountConnect,
            "socialAccounts { id }",
            json!({ "connectionId": id("connection", at.written.connection), "remoteIds": ["1"] }),
        )
        .hidden()
        .may_say(&["WRONG_STATE"]),
        mutation(
            "connectAccount",
            Action::AccountConnect,
            "connection { id }",
            json!({ "brandId": brand, "network": "bluesky", "using": { "appPassword": secret } }),
        ),
        mutation(
            "disconnectAccount",
            Action::AccountDisconnect,
            "socialAccount { id }",
            json!({ "socialAccountId": id("account", at.written.account) }),
        ),
        mutation("syncMetrics", Action::MetricsSync, "job { id }", json!({ "publicationId": publication }))
            .about(About::Scheduled)
            .may_say(&["WRONG_STATE"]),
        mutation(
            "requestReport",
            Action::ReportRun,
            "report { id }",
            json!({ "brandId": brand, "month": "2026-07-01" }),
        ),
        list(Action::ReportRun, "reports(first: 5) { nodes { id } }", at).variant("reports"),
        mutation("rerunJob", Action::JobRerun, "job { id }", json!({ "jobId": id("job", at.written.job) }))
            .may_say(&["WRONG_STATE"]),
    ]
}

fn pause(action: Action, target: &Value) -> Operation {
    mutation("pausePublishing", action, "pause { id }", json!({ "target": target, "reason": "A crisis" }))
}
