//! Slots, posts that come again, evergreen queues, feeds.

use diwan_domain::Action;
use diwan_testkit::TestApp;
use serde_json::json;

use super::{About, At, Operation, list, mutation, query};
use crate::kit::id;

/// What everybody may, and why.
pub(super) const PERSONAL: &[(&str, &str)] = &[];

pub(super) fn operations(app: &TestApp, at: &At) -> Vec<Operation> {
    [slots(app, at), series(app, at), queues(at), sources(at)].into_iter().flatten().collect()
}

fn slots(app: &TestApp, at: &At) -> Vec<Operation> {
    let (brand, calendar) = (id("brand", at.written.brand), id("calendar", at.written.calendar));
    let slot = id("slot", at.written.planning.slot);
    let rule = json!({ "weekdays": [2], "time": "09:00", "startsOn": app.services.now().date_naive() });
    let free = "query($id: ID!, $calendar: ID!) { freeSlots(brandId: $id, calendarId: $calendar) { at } }";
    let best = "query($id: ID!) { bestTimes(socialAccountId: $id) { samples } }";
    let draft = id("post", at.draft);
    vec![
        list(Action::ContentRead, "slots { id }", at).variant("slots").wholly(),
        query("freeSlots", Action::ContentRead, free, json!({ "id": brand, "calendar": calendar })).wholly(),
        query("bestTimes", Action::MetricsRead, best, json!({ "id": id("account", at.written.account) })),
        mutation(
            "createSlot",
            Action::SlotManage,
            "slot { id }",
            json!({ "brandId": brand, "calendarId": calendar, "rule": rule }),
        ),
        mutation(
            "updateSlot",
            Action::SlotManage,
            "slot { id }",
            json!({ "slotId": slot, "version": 1, "rule": rule }),
        )
        .hidden(),
        mutation("deleteSlot", Action::SlotManage, "deletedId", json!({ "slotId": slot })).hidden(),
        mutation("placePost", Action::PostSchedule, "post { id }", json!({ "postId": draft, "schedule": true }))
            .about(About::Draft),
    ]
}

fn series(app: &TestApp, at: &At) -> Vec<Operation> {
    let series = id("series", at.written.planning.series);
    let rule =
        json!({ "rule": "FREQ=MONTHLY;BYMONTHDAY=1", "time": "09:00", "startsOn": app.services.now().date_naive() });
    vec![
        list(Action::ContentRead, "postSeries(first: 5) { nodes { id } }", at).variant("series").wholly(),
        mutation(
            "createPostSeries",
            Action::SeriesManage,
            "series { id }",
            json!({ "postId": id("post", at.draft), "rule": rule }),
        )
        .about(About::Draft)
        .wholly(),
        mutation(
            "updatePostSeries",
            Action::SeriesManage,
            "series { id }",
            json!({ "seriesId": series, "version": 1, "mode": "DRAFT", "rule": rule }),
        )
        .hidden(),
        mutation("endPostSeries", Action::SeriesManage, "series { id }", json!({ "seriesId": series })).hidden(),
    ]
}

fn queues(at: &At) -> Vec<Operation> {
    let (brand, queue) = (id("brand", at.written.brand), id("queue", at.written.planning.queue));
    let rule = json!({ "name": "New", "minDays": 5 });
    vec![
        list(Action::ContentRead, "evergreenQueues { id }", at).variant("queues").wholly(),
        mutation(
            "createEvergreenQueue",
            Action::SeriesManage,
            "queue { id }",
            json!({ "brandId": brand, "queue": rule }),
        ),
        mutation(
            "updateEvergreenQueue",
            Action::SeriesManage,
            "queue { id }",
            json!({ "queueId": queue, "version": 1, "queue": rule }),
        )
        .hidden(),
        mutation(
            "addToEvergreenQueue",
            Action::SeriesManage,
            "item { id }",
            json!({ "queueId": queue, "postId": id("post", at.draft) }),
        )
        .hidden(),
        mutation(
            "removeFromEvergreenQueue",
            Action::SeriesManage,
            "deletedId",
            json!({ "itemId": id("queueitem", at.written.planning.item) }),
        )
        .hidden(),
        mutation("deleteEvergreenQueue", Action::SeriesManage, "deletedId", json!({ "queueId": queue })).hidden(),
    ]
}

fn sources(at: &At) -> Vec<Operation> {
    let (brand, source) = (id("brand", at.written.brand), id("source", at.written.planning.source));
    let item = id("sourceitem", at.written.planning.source_item);
    vec![
        list(Action::ContentRead, "sources(first: 5) { nodes { id } }", at).variant("sources").wholly(),
        list(Action::ContentRead, "sourceItems(first: 5) { nodes { id } }", at).variant("source items").wholly(),
        mutation(
            "createSource",
            Action::SourceManage,
            "source { id }",
            json!({ "brandId": brand, "url": "https://news.example/other.xml" }),
        ),
        mutation(
            "updateSource",
            Action::SourceManage,
            "source { id }",
            json!({ "sourceId": source, "version": 1, "title": "Ours" }),
        )
        .hidden(),
        // The feed is paused, so that nobody is called.
        mutation("refreshSource", Action::SourceManage, "source { id }", json!({ "sourceId": source }))
            .hidden()
            .may_say(&["WRONG_STATE"]),
        mutation("dismissSourceItem", Action::SourceItemDismiss, "item { id }", json!({ "itemId": item })).hidden(),
        mutation(
            "draftFromSourceItem",
            Action::PostCreate,
            "post { id }",
            json!({ "itemId": item, "calendarId": id("calendar", at.written.calendar) }),
        )
        .hidden(),
        mutation("deleteSource", Action::SourceManage, "deletedId", json!({ "sourceId": source })).hidden(),
    ]
}
