//! Reports that leave the house: links and schedules.

use chrono::Duration;
use diwan_domain::Action;
use diwan_testkit::TestApp;
use serde_json::{Value, json};

use super::{At, Operation, mutation, query};
use crate::kit::id;

/// What everybody may, and why.
pub(super) const PERSONAL: &[(&str, &str)] = &[];

pub(super) fn operations(app: &TestApp, at: &At) -> Vec<Operation> {
    let brand = id("brand", at.written.brand);
    let (report, internal) = (id("report", at.written.report), id("report", at.written.deliveries.internal));
    let (share, schedule) =
        (id("reportshare", at.written.deliveries.share), id("reportschedule", at.written.deliveries.schedule));
    let until = (app.services.now() + Duration::days(30)).to_rfc3339();
    let shares = "query($id: ID!) { reportShares(reportId: $id) { id views } }";
    let schedules = "query($id: ID!) { reportSchedules(brandId: $id) { id deliveries { state } } }";
    let said = json!({ "name": "Each week", "builtIn": "CLIENT", "cadence": "WEEKLY", "weekday": 1, "time": "09:00",
        "formats": ["PDF", "HTML"], "emails": ["client@alpha.example"] });
    let (public, internally) = (Action::ReportShare, Action::ReportShareInternally);
    let share_of = |action, report: &str| {
        let input = json!({ "reportId": report, "expiresAt": until });
        // Both failed when they were made: the right was asked first.
        mutation("shareReport", action, "share { id }", input).hidden().may_say(&["WRONG_STATE"])
    };
    let change = |name, more: Value| {
        let mut input = json!({ "scheduleId": schedule });
        if let (Some(input), Some(more)) = (input.as_object_mut(), more.as_object()) {
            input.extend(more.clone());
        }
        let selection = if name == "deleteReportSchedule" { "deletedId" } else { "schedule { id }" };
        mutation(name, Action::ReportScheduleManage, selection, input).hidden()
    };
    let new = json!({ "brandId": brand, "schedule": said });
    vec![
        query("reportShares", public, shares, json!({ "id": report })).hidden(),
        query("reportShares", internally, shares, json!({ "id": internal })).hidden().variant("for the team"),
        query("reportSchedules", Action::ReportRun, schedules, json!({ "id": brand })),
        share_of(public, &report),
        share_of(internally, &internal).variant("for the team"),
        mutation("revokeReportShare", public, "share { id }", json!({ "shareId": share })).hidden(),
        mutation("createReportSchedule", Action::ReportScheduleManage, "schedule { id }", new),
        change("updateReportSchedule", json!({ "version": 1, "schedule": said })),
        change("pauseReportSchedule", json!({ "version": 1, "paused": true })),
        change("deleteReportSchedule", json!({})),
        query("reportHost", Action::ReportHostSet, "{ reportHost { host state } }", json!({})),
        mutation("setReportHost", Action::ReportHostSet, "host { host }", json!({ "host": "reports.agency.example" })),
    ]
}
