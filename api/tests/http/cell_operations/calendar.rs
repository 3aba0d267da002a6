//! Posts, calendars, assets and the talk about them.

use chrono::Duration;
use diwan_domain::Action;
use diwan_testkit::TestApp;
use serde_json::json;

use super::{About, At, Operation, list, mutation, query};
use crate::kit::id;

/// What everybody may, and why.
pub(super) const PERSONAL: &[(&str, &str)] = &[("deleteComment", "whoever wrote it")];

pub(super) fn operations(app: &TestApp, at: &At) -> Vec<Operation> {
    [content(app, at), teamwork(at)].into_iter().flatten().collect()
}

fn content(app: &TestApp, at: &At) -> Vec<Operation> {
    let due = (app.services.now() + Duration::days(1)).to_rfc3339();
    let (brand, draft) = (id("brand", at.written.brand), id("post", at.draft));
    vec![
        list(Action::BrandRead, "name", at),
        list(Action::BrandRead, "calendars(first: 5) { nodes { id } }", at).variant("calendars"),
        list(Action::BrandRead, "socialAccounts(first: 5) { nodes { id } }", at).variant("accounts"),
        list(Action::ContentRead, "posts(first: 5) { nodes { id } }", at).variant("posts"),
        list(Action::ContentRead, "assets(first: 5) { nodes { id } }", at).variant("assets"),
        list(Action::ContentRead, "publications(first: 5) { nodes { id } }", at).variant("publications"),
        query(
            "validatePost",
            Action::ContentRead,
            "query($id: ID!) { validatePost(postId: $id) { valid } }",
            json!({ "id": draft }),
        )
        .about(About::Draft),
        mutation(
            "createCalendar",
            Action::CalendarCreate,
            "calendar { id }",
            json!({ "brandId": brand, "name": "New" }),
        ),
        mutation(
            "requestContentImport",
            Action::ContentImport,
            "uploadUrl",
            json!({ "brandId": brand, "fileName": "plan.csv" }),
        ),
        mutation(
            "importContentPlan",
            Action::ContentImport,
            "contentImport { id }",
            json!({ "importId": id("import", at.written.import), "dryRun": true }),
        )
        .hidden()
        .may_say(&["WRONG_STATE"]),
        query(
            "contentImport",
            Action::ContentImport,
            "query($id: ID!) { contentImport(id: $id) { id } }",
            json!({ "id": id("import", at.written.import) }),
        )
        .hidden(),
        mutation(
            "requestContentExport",
            Action::ContentExport,
            "contentExport { id }",
            json!({ "brandId": brand, "format": "CSV" }),
        ),
        query(
            "contentExport",
            Action::ContentExport,
            "query($id: ID!) { contentExport(id: $id) { id } }",
            json!({ "id": id("export", at.written.export) }),
        )
        .hidden(),
        mutation("requestUpload", Action::AssetUpload, "uploadUrl", json!({ "brandId": brand, "fileName": "a.png" })),
        mutation(
            "createPost",
            Action::PostCreate,
            "post { id }",
            json!({ "calendarId": id("calendar", at.written.calendar), "title": "New" }),
        ),
        mutation(
            "updatePost",
            Action::PostWrite,
            "post { id }",
            json!({ "postId": draft, "version": 1, "title": "Other" }),
        )
        .about(About::Draft),
        query(
            "node",
            Action::PostHistoryRead,
            "query($id: ID!) { node(id: $id) { ... on Post { versions(first: 5) { nodes { version } } similarPosts { likeness } } } }",
            json!({ "id": draft }),
        )
        .variant("versions")
        .about(About::Draft),
        mutation(
            "restorePost",
            Action::PostWrite,
            "post { id }",
            json!({ "postId": id("post", at.written.post), "version": 1, "from": 1 }),
        )
        .about(About::Scheduled)
        .may_say(&["WRONG_STATE"]),
        mutation("schedulePost", Action::PostSchedule, "post { id }", json!({ "postId": draft, "dueAt": due }))
            .about(About::Draft),
    ]
}

fn teamwork(at: &At) -> Vec<Operation> {
    let (draft, junior) = (id("post", at.draft), id("user", at.junior.id));
    vec![
        mutation("submitPost", Action::PostSubmit, "post { id }", json!({ "postId": id("post", at.fresh) }))
            .about(About::Draft),
        mutation("assignPost", Action::PostAssign, "assignment { id }", json!({ "postId": draft, "userId": junior }))
            .about(About::Draft),
        mutation(
            "unassignPost",
            Action::PostAssign,
            "post { id }",
            json!({ "postId": id("post", at.written.post), "userId": id("user", at.written.author) }),
        )
        .about(About::Scheduled),
        mutation(
            "commentOnPost",
            Action::CommentWrite,
            "comment { id }",
            json!({ "postId": draft, "body": "Nice", "visibility": "CLIENT" }),
        )
        .about(About::Draft),
        mutation(
            "commentOnPost",
            Action::CommentInternally,
            "comment { id }",
            json!({ "postId": draft, "body": "Between us", "visibility": "INTERNAL" }),
        )
        .variant("internally")
        .about(About::Draft),
    ]
}
