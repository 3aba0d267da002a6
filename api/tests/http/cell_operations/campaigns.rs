//! Campaigns.

use diwan_domain::Action;
use diwan_testkit::TestApp;
use serde_json::json;

use super::{At, Operation, mutation, query};
use crate::kit::id;

/// What everybody may, and why.
pub(super) const PERSONAL: &[(&str, &str)] = &[];

fn experiments(at: &At) -> Vec<Operation> {
    let brand = id("brand", at.written.brand);
    let experiment = id("experiment", at.written.campaigns.experiment);
    let arms = json!([{ "name": "Pictures" }, { "name": "Films" }]);
    let tried = json!({ "name": "Films", "hypothesis": "They are liked more", "metric": "LIKES", "arms": arms });
    let tests = "query($id: ID!) { experiments(brandId: $id, first: 5) { nodes { id } } }";
    vec![
        query("experiments", Action::CampaignRead, tests, json!({ "id": brand })),
        mutation(
            "createExperiment",
            Action::CampaignWrite,
            "experiment { id }",
            json!({ "brandId": brand, "experiment": tried }),
        ),
        mutation(
            "updateExperiment",
            Action::CampaignWrite,
            "experiment { id }",
            json!({ "experimentId": experiment, "version": 1, "experiment": tried }),
        )
        .hidden(),
        mutation(
            "concludeExperiment",
            Action::CampaignWrite,
            "experiment { id }",
            json!({ "experimentId": experiment, "version": 1, "conclusion": "Make films" }),
        )
        .hidden(),
    ]
}

pub(super) fn operations(_app: &TestApp, at: &At) -> Vec<Operation> {
    let brand = id("brand", at.written.brand);
    let (planned, active) = (id("campaign", at.written.campaigns.planned), id("campaign", at.written.campaigns.active));
    let (target, task) =
        (id("campaigntarget", at.written.campaigns.target), id("campaigntask", at.written.campaigns.task));
    let said = json!({ "name": "New", "startsOn": "2027-03-01", "endsOn": "2027-03-31" });
    let to_do = json!({ "title": "Call the printer" });
    let list = "query($id: ID!) { campaigns(brandId: $id, first: 5) { nodes { id } } }";
    let dry = "query($id: ID!) { calculateCampaign(input: { brandId: $id, currency: \"EUR\", budgetMinor: 1000 }) { leastSamples } }";
    let write = |name, input| mutation(name, Action::CampaignWrite, "campaign { id }", input).hidden();
    let mut all = vec![
        query("campaigns", Action::CampaignRead, list, json!({ "id": brand })),
        query("calculateCampaign", Action::CampaignAmountRead, dry, json!({ "id": brand })),
        mutation(
            "createCampaign",
            Action::CampaignWrite,
            "campaign { id }",
            json!({ "brandId": brand, "campaign": said }),
        ),
        write("updateCampaign", json!({ "campaignId": planned, "version": 1, "campaign": said })),
        write("submitCampaign", json!({ "campaignId": planned })),
        write("archiveCampaign", json!({ "campaignId": planned })),
        write("restoreCampaign", json!({ "campaignId": planned })).may_say(&["WRONG_STATE"]),
        mutation(
            "stateCampaignResult",
            Action::CampaignWrite,
            "target { id }",
            json!({ "targetId": target, "value": "12" }),
        )
        .hidden(),
        mutation(
            "setCampaignOfPosts",
            Action::CampaignWrite,
            "posts { id }",
            json!({ "brandId": brand, "campaignId": active, "postIds": [id("post", at.draft)] }),
        ),
        mutation("activateCampaign", Action::CampaignRun, "campaign { id }", json!({ "campaignId": planned }))
            .hidden()
            .may_say(&["WRONG_STATE"]),
        mutation(
            "closeCampaign",
            Action::CampaignRun,
            "campaign { id }",
            json!({ "campaignId": active, "version": 1, "lessons": "Begin earlier", "model": "LINEAR" }),
        )
        .hidden(),
        mutation(
            "cancelCampaign",
            Action::CampaignCancel,
            "campaign { id }",
            json!({ "campaignId": active, "version": 1, "reason": "The client left" }),
        )
        .hidden(),
        mutation(
            "addCampaignTask",
            Action::CampaignTaskWrite,
            "task { id }",
            json!({ "campaignId": planned, "task": to_do }),
        )
        .hidden(),
        mutation(
            "updateCampaignTask",
            Action::CampaignTaskWrite,
            "task { id }",
            json!({ "taskId": task, "task": to_do }),
        )
        .hidden(),
        mutation(
            "setCampaignTaskDone",
            Action::CampaignTaskWrite,
            "task { id }",
            json!({ "taskId": task, "done": true }),
        )
        .hidden(),
        mutation("removeCampaignTask", Action::CampaignTaskWrite, "campaign { id }", json!({ "taskId": task }))
            .hidden(),
    ];
    all.extend(experiments(at));
    all
}
