//! The strategy of a brand.

use diwan_domain::Action;
use diwan_testkit::TestApp;
use serde_json::{Value, json};

use super::{About, At, Operation, list, mutation, query};
use crate::kit::id;

/// What everybody may, and why.
pub(super) const PERSONAL: &[(&str, &str)] = &[];

/// A set of checks that lets everything pass.
pub fn no_checks() -> Value {
    let names = [
        "bannedWords",
        "missingPillar",
        "offMix",
        "language",
        "missingAltText",
        "missingDisclosure",
        "duplicateText",
        "openChecklist",
    ];
    names.into_iter().map(|name| (name.to_owned(), json!("OFF"))).collect::<serde_json::Map<_, _>>().into()
}

/// What a KPI means, in a form that is right.
pub fn definition() -> Value {
    json!({ "definition": "Comments", "unit": "comments", "direction": "AT_LEAST", "target": "12.5", "period": "MONTH" })
}

pub(super) fn operations(app: &TestApp, at: &At) -> Vec<Operation> {
    let own = &at.written.strategy;
    let brand = id("brand", at.written.brand);
    let today = app.services.now().date_naive();
    let write = |name, selection, input| mutation(name, Action::StrategyWrite, selection, input);
    let mut checks = no_checks();
    checks["brandId"] = json!(brand);
    checks["version"] = json!(1);
    let persona = json!({ "name": "Parents" });
    let challenge = json!({ "kind": "HARD_SALES", "title": "Nobody buys" });
    let choice = json!({ "channel": "A newsletter", "chosen": true, "reason": "It is read" });
    let plan = json!({ "title": "Winter" });
    let pillar = json!({ "name": "People", "shareBasisPoints": 0 });
    let objective = json!({ "title": "Loved by all" });
    let goal = json!({ "title": "Loved by some", "parentId": id("objective", own.vision) });
    let mut all = vec![
        list(Action::BrandRead, "profile { id }", at).variant("profile"),
        list(Action::StrategyRead, "strategy { checks { version } }", at).variant("checks"),
        list(Action::StrategyRead, &format!("strategy {{ mix(month: \"{today}\") {{ posts }} }}"), at).variant("mix"),
        query(
            "kpiValues",
            Action::StrategyRead,
            "query($id: ID!) { kpiValues(kpiId: $id, first: 5) { nodes { value } } }",
            json!({ "id": id("kpi", own.kpi) }),
        )
        .hidden(),
        write("setBrandProfile", "profile { id }", json!({ "brandId": brand, "version": 1, "profile": {} })),
        write("setContentChecks", "checks { version }", checks),
        write("createPersona", "persona { id }", json!({ "brandId": brand, "persona": persona })),
        write(
            "updatePersona",
            "persona { id }",
            json!({ "personaId": id("persona", own.persona), "version": 1, "persona": persona }),
        )
        .hidden(),
        write("createChallenge", "challenge { id }", json!({ "brandId": brand, "challenge": challenge })),
        write(
            "updateChallenge",
            "challenge { id }",
            json!({ "challengeId": id("challenge", own.challenge), "version": 1, "challenge": challenge }),
        )
        .hidden(),
        write("createChannelChoice", "channelChoice { id }", json!({ "brandId": brand, "choice": choice })),
        write(
            "updateChannelChoice",
            "channelChoice { id }",
            json!({ "channelChoiceId": id("channel", own.channel), "version": 1, "choice": choice }),
        )
        .hidden(),
        write("createContentPlan", "contentPlan { id }", json!({ "brandId": brand, "plan": plan })),
        write(
            "updateContentPlan",
            "contentPlan { id }",
            json!({ "contentPlanId": id("plan", own.plan), "version": 1, "plan": plan }),
        )
        .hidden(),
        write(
            "createObjective",
            "objective { id }",
            json!({ "brandId": brand, "kind": "VISION", "objective": objective }),
        ),
        write(
            "updateObjective",
            "objective { id }",
            json!({ "objectiveId": id("objective", own.goal), "version": 1, "objective": goal }),
        )
        .hidden(),
        write("createContentPillar", "contentPillar { id }", json!({ "brandId": brand, "pillar": pillar })),
        write(
            "setContentMix",
            "contentPillars { id }",
            json!({ "brandId": brand,
                "shares": [{ "contentPillarId": id("pillar", own.pillar), "version": 1, "shareBasisPoints": 5 }] }),
        ),
    ];
    all.extend(kpis(at, &today.to_string()));
    all.extend(put_away(at));
    for (list_of, selection) in [
        ("personas", "personas(first: 5) { nodes { id } }"),
        ("challenges", "challenges(first: 5) { nodes { id } }"),
        ("objectives", "objectives(first: 5) { nodes { id } }"),
        ("kpis", "kpis(first: 5) { nodes { id } }"),
        ("pillars", "pillars(first: 5) { nodes { id } }"),
        ("channels", "channelChoices(first: 5) { nodes { id } }"),
        ("plans", "contentPlans(first: 5) { nodes { id } }"),
        ("profiles", "profileVersions(first: 5) { nodes { id } }"),
    ] {
        all.push(list(Action::StrategyRead, &format!("strategy {{ {selection} }}"), at).variant(list_of));
    }
    all
}

fn kpis(at: &At, today: &str) -> Vec<Operation> {
    let brand = id("brand", at.written.brand);
    let kpi = id("kpi", at.written.strategy.kpi);
    let write = |name, input| mutation(name, Action::StrategyWrite, "kpi { id }", input);
    vec![
        write("createKpi", json!({ "brandId": brand, "name": "Comments", "definition": definition() })),
        write("updateKpi", json!({ "kpiId": kpi, "version": 1, "name": "Comments" })).hidden(),
        write("measureKpi", json!({ "kpiId": kpi, "version": 1, "figure": "REACH" })).hidden(),
        write("redefineKpi", json!({ "kpiId": kpi, "version": 1, "definition": definition() })).hidden(),
        mutation(
            "recordKpiValue",
            Action::KpiRecord,
            "value { value }",
            json!({ "kpiId": kpi, "on": today, "value": "12.5" }),
        )
        .hidden(),
    ]
}

fn put_away(at: &At) -> Vec<Operation> {
    let own = &at.written.strategy;
    let item = "item { __typename }";
    let pillar = json!({ "name": "Other", "shareBasisPoints": 10000 });
    let persona = json!({ "id": id("persona", own.persona), "version": 1 });
    vec![
        mutation("archiveStrategyItem", Action::StrategyWrite, item, persona.clone()).hidden(),
        mutation("restoreStrategyItem", Action::StrategyWrite, item, persona).hidden().may_say(&["WRONG_STATE"]),
        // The pillar of a scheduled post, which the client sees with it.
        mutation(
            "updateContentPillar",
            Action::StrategyWrite,
            "contentPillar { id }",
            json!({ "contentPillarId": id("pillar", own.pillar), "version": 1, "pillar": pillar }),
        )
        .about(About::Scheduled)
        .wholly(),
    ]
}
