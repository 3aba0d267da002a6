//! Influencers, and what users made.

use diwan_domain::Action;
use diwan_testkit::TestApp;
use serde_json::{Value, json};

use super::{At, Operation, mutation, query};
use crate::kit::id;

/// What everybody may, and why.
pub(super) const PERSONAL: &[(&str, &str)] = &[];

pub(super) fn operations(_app: &TestApp, at: &At) -> Vec<Operation> {
    [directory(at), shortlists(at), work(at), reading(at), ugc(at)].into_iter().flatten().collect()
}

fn directory(at: &At) -> Vec<Operation> {
    let brand = id("brand", at.written.brand);
    let who = id("influencer", at.written.influencers.influencer);
    let blocked = id("influencer", at.written.influencers.blocked);
    let other = id("brand", at.other);
    let says = json!({ "name": "Nour", "profiles": [{ "network": "mastodon", "handle": "nour" }] });
    let manage = |name, input| mutation(name, Action::InfluencerManage, "influencer { id }", input);
    let lead = |name, input| mutation(name, Action::InfluencerDirectoryManage, "influencer { id }", input);
    let decide = |name, input| mutation(name, Action::InfluencerDecide, "influencer { id }", input);
    let one = json!({ "influencerId": who, "version": 1 });
    vec![
        manage("createInfluencer", json!({ "brandId": brand, "influencer": says })),
        manage("updateInfluencer", json!({ "influencerId": who, "version": 1, "influencer": says })).hidden(),
        lead("archiveInfluencer", one.clone()),
        // They are not away.
        lead("restoreInfluencer", one).may_say(&["WRONG_STATE"]),
        lead("shareInfluencer", json!({ "influencerId": who, "brandIds": [other] })),
        lead("unshareInfluencer", json!({ "influencerId": who, "brandId": brand })),
        decide("blockInfluencer", json!({ "influencerId": who, "brandId": brand, "reason": "Late" })),
        lead("blockInfluencer", json!({ "influencerId": who, "reason": "Late" })).variant("everywhere"),
        decide("unblockInfluencer", json!({ "influencerId": blocked, "brandId": brand })),
        // Nobody of the agency says so.
        lead("unblockInfluencer", json!({ "influencerId": who })).variant("everywhere").may_say(&["WRONG_STATE"]),
        mutation(
            "recordExclusivity",
            Action::InfluencerManage,
            "exclusivity { id }",
            json!({ "influencerId": who, "competitor": "Rival", "category": "tea" }),
        )
        .hidden(),
        manage("endExclusivity", json!({ "exclusivityId": id("exclusivity", at.written.influencers.exclusivity) }))
            .hidden(),
    ]
}

fn shortlists(at: &At) -> Vec<Operation> {
    let brand = id("brand", at.written.brand);
    let list = id("shortlist", at.written.influencers.shortlist);
    let who = id("influencer", at.written.influencers.influencer);
    let another = id("influencer", at.written.influencers.another);
    let says = json!({ "name": "Summer" });
    let manage = |name, input| mutation(name, Action::InfluencerManage, "shortlist { id }", input);
    let one = json!({ "shortlistId": list, "version": 1 });
    vec![
        manage("createShortlist", json!({ "brandId": brand, "shortlist": says })),
        manage("updateShortlist", json!({ "shortlistId": list, "version": 1, "shortlist": says })).hidden(),
        manage("archiveShortlist", one.clone()).hidden(),
        // It is not away.
        manage("restoreShortlist", one).hidden().may_say(&["WRONG_STATE"]),
        manage("proposeInfluencers", json!({ "shortlistId": list, "influencerIds": [another] })).hidden(),
        mutation(
            "decideOnShortlist",
            Action::InfluencerDecide,
            "shortlist { id }",
            json!({ "shortlistId": list, "influencerId": who, "state": "APPROVED" }),
        )
        .hidden(),
        manage("takeOffShortlist", json!({ "shortlistId": list, "influencerId": who })).hidden(),
    ]
}

fn work(at: &At) -> Vec<Operation> {
    let brand = id("brand", at.written.brand);
    let who = id("influencer", at.written.influencers.influencer);
    vec![
        mutation(
            "recordOutreach",
            Action::InfluencerManage,
            "outreach { id }",
            json!({ "brandId": brand, "influencerId": who, "channel": "EMAIL", "message": "Would you?" }),
        ),
        mutation(
            "updateOutreach",
            Action::InfluencerManage,
            "outreach { id }",
            json!({ "outreachId": id("outreach", at.written.influencers.outreach), "version": 1, "answer": "Yes" }),
        )
        .hidden(),
        mutation(
            "recordInfluencerResult",
            Action::InfluencerManage,
            "result { id }",
            json!({ "brandId": brand, "influencerId": who, "title": "A visit", "happenedOn": "2026-01-02" }),
        ),
        mutation(
            "deleteInfluencerResult",
            Action::InfluencerManage,
            "deletedId",
            json!({ "resultId": id("influencerresult", at.written.influencers.result) }),
        )
        .hidden(),
    ]
}

fn reading(at: &At) -> Vec<Operation> {
    let brand = json!({ "id": id("brand", at.written.brand) });
    let who = id("influencer", at.written.influencers.influencer);
    let read = |name, text: &str| query(name, Action::InfluencerRead, text, brand.clone());
    let all = "query { influencers(first: 5) { nodes { id } } }";
    let fit = "query($id: ID!, $who: ID!) { influencerFit(brandId: $id, influencerId: $who) { unknown } }";
    let costs = "query($id: ID!) { node(id: $id) { ... on Influencer { rates { note } contact { email } } } }";
    vec![
        read("influencers", "query($id: ID!) { influencers(brandId: $id, first: 5) { nodes { id } } }"),
        query("influencers", Action::InfluencerDirectoryManage, all, Value::Null).variant("all"),
        query("influencerFit", Action::InfluencerRead, fit, json!({ "id": brand["id"], "who": who })),
        read(
            "influencerShortlists",
            "query($id: ID!) { influencerShortlists(brandId: $id, first: 5) { nodes { id } } }",
        ),
        read("influencerOutreach", "query($id: ID!) { influencerOutreach(brandId: $id, first: 5) { nodes { id } } }"),
        read("influencerFollowUps", "query($id: ID!) { influencerFollowUps(brandId: $id, by: \"2027-01-01\") { id } }"),
        read("influencerResults", "query($id: ID!) { influencerResults(brandId: $id, first: 5) { nodes { id } } }"),
        // Below the level both are null.
        Operation {
            refused_as: &["NOT_FOUND"],
            ..query("node", Action::InfluencerTermsRead, costs, json!({ "id": who })).hidden()
        },
    ]
}

fn ugc(at: &At) -> Vec<Operation> {
    let (granted, asked) =
        (id("ugcgrant", at.written.influencers.granted), id("ugcgrant", at.written.influencers.asked));
    let list = "query($id: ID!) { ugcGrants(brandId: $id, first: 5) { nodes { id } } }";
    let manage = |name, input| mutation(name, Action::UgcManage, "grant { id }", input).hidden();
    let made = id("asset", at.written.influencers.made);
    vec![
        query("ugcGrants", Action::UgcRead, list, json!({ "id": id("brand", at.written.brand) })),
        manage(
            "askForUgc",
            json!({ "assetId": made, "authorHandle": "@nima", "network": "mastodon", "message": { "text": "May we?" } }),
        ),
        manage(
            "grantUgc",
            json!({ "grantId": asked, "version": 1, "scope": "ORGANIC", "evidenceUrl": "https://network.example/2" }),
        ),
        manage("refuseUgcGrant", json!({ "grantId": asked, "version": 1 })),
        manage("revokeUgcGrant", json!({ "grantId": granted, "version": 1, "reason": "She asked for it" })),
    ]
}
