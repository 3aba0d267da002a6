//! Reports made of blocks: templates, how they look, and runs.

use diwan_domain::Action;
use diwan_testkit::TestApp;
use serde_json::{Value, json};

use super::{At, Operation, mutation, query};
use crate::kit::id;

/// What everybody may, and why.
pub(super) const PERSONAL: &[(&str, &str)] = &[];

pub(super) fn operations(_app: &TestApp, at: &At) -> Vec<Operation> {
    let brand = id("brand", at.written.brand);
    let template = id("reporttemplate", at.written.reports.template);
    let said = |name: &str, amounts: bool| json!({ "name": name, "audience": "CLIENT", "blocks": [{ "kind": "SUMMARY" }, { "kind": "FIGURES", "amounts": amounts }] });
    let templates = "query($id: ID!) { reportTemplates(brandId: $id) { own { id } builtIn { audience } } }";
    let look = "query($id: ID!) { reportLook(brandId: $id) { accent footer } }";
    let (manage, set, run) = (Action::ReportTemplateManage, Action::ReportLookSet, Action::ReportRun);
    let of = |name, action, more: Value| {
        let mut input = json!({ "templateId": template });
        if let (Some(input), Some(more)) = (input.as_object_mut(), more.as_object()) {
            input.extend(more.clone());
        }
        mutation(name, action, "template { id }", input).hidden()
    };
    let new = |amounts: bool| json!({ "brandId": brand, "template": said("Each month", amounts) });
    let new_look = json!({ "accent": "#AA3311", "typeface": "SERIF", "namesAgency": false });
    let wanted =
        json!({ "brandId": brand, "builtIn": "TEAM", "from": "2026-07-01", "to": "2026-07-31", "formats": ["CSV"] });
    let report = json!({ "reportId": id("report", at.written.report) });
    vec![
        query("reportTemplates", run, templates, json!({ "id": brand })),
        query("reportLook", run, look, json!({ "id": brand })),
        mutation("createReportTemplate", manage, "template { id }", new(false)),
        mutation("createReportTemplate", set, "template { id }", new(true)).variant("with costs for clients"),
        of("updateReportTemplate", manage, json!({ "version": 1, "template": said("Each month", false) })),
        of("archiveReportTemplate", manage, json!({})),
        mutation("setReportLook", set, "look { accent }", json!({ "brandId": brand, "look": new_look })),
        mutation("composeReport", run, "report { id }", wanted),
        // What is asked of has failed already.
        mutation("cancelReport", run, "report { id }", report).hidden().may_say(&["WRONG_STATE"]),
    ]
}
