//! Calendars, special days, promises, feeds, and moving posts.

use chrono::Duration;
use diwan_domain::Action;
use diwan_testkit::TestApp;
use serde_json::json;

use super::{About, At, Operation, list, mutation, query};
use crate::kit::id;

/// What everybody may, and why.
pub(super) const PERSONAL: &[(&str, &str)] =
    &[("createCalendarFeed", "the caller's own"), ("revokeCalendarFeed", "the caller's own")];

pub(super) fn operations(app: &TestApp, at: &At) -> Vec<Operation> {
    [calendars(app, at), moves(app, at)].into_iter().flatten().collect()
}

fn calendars(app: &TestApp, at: &At) -> Vec<Operation> {
    let (brand, calendar) = (id("brand", at.written.brand), id("calendar", at.written.calendar));
    let (special_day, promise) = (id("specialday", at.written.special_day), id("promise", at.written.promise));
    let day = json!({ "name": "Yalda", "calendarSystem": "JALALI", "monthCode": "M09", "day": 30 });
    let rule = json!({ "postsPerWeek": 5, "startsOn": app.services.now().date_naive() });
    let asked = json!({ "id": brand });
    let view = "query($id: ID!) { calendarView(input: { brandIds: [$id] }) { hasMore days { posts { id } } } }";
    vec![
        query("calendarView", Action::ContentRead, view, asked.clone()),
        query("contentWatch", Action::ContentRead, "query($id: ID!) { contentWatch(brandId: $id) { missing } }", asked)
            .wholly(),
        list(Action::BrandRead, "specialDays { id }", at).variant("special days"),
        list(Action::ContentRead, "contentPromises { id }", at).variant("promises").wholly(),
        mutation(
            "updateCalendar",
            Action::CalendarManage,
            "calendar { id }",
            json!({ "calendarId": calendar, "version": 1, "colour": "#102030" }),
        ),
        mutation("archiveCalendar", Action::CalendarManage, "calendar { id }", json!({ "calendarId": calendar }))
            .may_say(&["CALENDAR_IN_USE"]),
        mutation("restoreCalendar", Action::CalendarManage, "calendar { id }", json!({ "calendarId": calendar }))
            .may_say(&["WRONG_STATE"]),
        mutation(
            "shareCalendar",
            Action::CalendarShare,
            "calendar { id }",
            json!({ "calendarId": calendar, "shared": false }),
        ),
        mutation(
            "createSpecialDay",
            Action::SpecialDayManage,
            "specialDay { id }",
            json!({ "brandId": brand, "specialDay": day }),
        ),
        mutation("createSpecialDay", Action::AgencyDayManage, "specialDay { id }", json!({ "specialDay": day }))
            .variant("of the agency"),
        mutation(
            "updateSpecialDay",
            Action::SpecialDayManage,
            "specialDay { id }",
            json!({ "specialDayId": special_day, "version": 1, "specialDay": day }),
        ),
        mutation("deleteSpecialDay", Action::SpecialDayManage, "deletedId", json!({ "specialDayId": special_day })),
        mutation(
            "createContentPromise",
            Action::PromiseSet,
            "promise { id }",
            json!({ "brandId": brand, "promise": rule }),
        ),
        mutation(
            "updateContentPromise",
            Action::PromiseSet,
            "promise { id }",
            json!({ "promiseId": promise, "version": 1, "promise": rule }),
        )
        .hidden(),
        mutation("deleteContentPromise", Action::PromiseSet, "deletedId", json!({ "promiseId": promise })).hidden(),
    ]
}

fn moves(app: &TestApp, at: &At) -> Vec<Operation> {
    let to = json!({ "at": (app.services.now() + Duration::days(3)).to_rfc3339() });
    let (draft, scheduled) = (id("post", at.draft), id("post", at.written.post));
    let one = |post: &str| json!({ "postId": post, "to": to });
    let many = |post: &str| json!({ "postIds": [post], "to": to });
    vec![
        mutation("reschedulePost", Action::PostWrite, "post { id }", one(&draft)).about(About::Draft),
        mutation("reschedulePost", Action::PostSchedule, "post { id }", one(&scheduled))
            .variant("scheduled")
            .about(About::Scheduled),
        mutation("movePosts", Action::PostWrite, "rows { postId }", many(&draft)).about(About::Draft),
        mutation("movePosts", Action::PostSchedule, "rows { postId }", many(&scheduled))
            .variant("scheduled")
            .about(About::Scheduled),
    ]
}
