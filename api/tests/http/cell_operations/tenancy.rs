//! The agency, its brands and groups of them.

use diwan_domain::Action;
use diwan_platform::ids;
use diwan_testkit::TestApp;
use serde_json::json;

use super::{At, Operation, mutation, query};
use crate::kit::id;

/// What everybody may, and why.
pub(super) const PERSONAL: &[(&str, &str)] = &[
    ("agency", "its name is everybody's"),
    ("brandGroups", "a list of what the caller sees"),
    ("brands", "a list of what the caller sees"),
    ("setUpAgency", "whoever holds the one-time token"),
];

pub(super) fn operations(app: &TestApp, at: &At) -> Vec<Operation> {
    [agency(app, at), brands(at)].into_iter().flatten().collect()
}

fn agency(app: &TestApp, at: &At) -> Vec<Operation> {
    let (group, version) = (id("group", at.written.group), at.agency_version);
    let (brand, other) = (id("brand", at.written.brand), id("brand", at.other));
    let name = ids::encode("group", ids::new_id(app.services.now()));
    vec![
        mutation("updateAgency", Action::AgencyUpdate, "agency { id }", json!({ "version": version, "name": "Nour" })),
        mutation(
            "updateSecurity",
            Action::SecurityUpdate,
            "agency { id }",
            json!({ "version": version, "fourEyes": true }),
        ),
        mutation(
            "createBrandGroup",
            Action::BrandGroupManage,
            "brandGroup { id }",
            json!({ "name": name, "brandIds": [brand] }),
        ),
        mutation(
            "updateBrandGroup",
            Action::BrandGroupManage,
            "brandGroup { id }",
            json!({ "brandGroupId": group, "version": 1, "name": name }),
        ),
        mutation(
            "addBrandsToGroup",
            Action::BrandGroupManage,
            "brandGroup { id }",
            json!({ "brandGroupId": group, "brandIds": [other] }),
        ),
        mutation(
            "removeBrandsFromGroup",
            Action::BrandGroupManage,
            "brandGroup { id }",
            json!({ "brandGroupId": group, "brandIds": [brand] }),
        ),
        query(
            "agency",
            Action::BrandDelete,
            "query { agency { jobs(first: 5) { nodes { id canRerun } } } }",
            json!({}),
        )
        .variant("jobs"),
        mutation("deleteBrandGroup", Action::BrandGroupManage, "deletedId", json!({ "brandGroupId": group })),
    ]
}

fn brands(at: &At) -> Vec<Operation> {
    let (brand, archived) = (id("brand", at.written.brand), id("brand", at.archived));
    vec![
        mutation("createBrand", Action::BrandCreate, "brand { id }", json!({ "name": ids::encode("new", at.draft) })),
        mutation(
            "updateBrand",
            Action::BrandUpdate,
            "brand { id }",
            json!({ "brandId": brand, "version": 1, "locale": "EL" }),
        ),
        mutation("archiveBrand", Action::BrandArchive, "brand { id }", json!({ "brandId": brand })),
        mutation("restoreBrand", Action::BrandArchive, "brand { id }", json!({ "brandId": brand }))
            .may_say(&["WRONG_STATE"]),
        mutation("deleteBrand", Action::BrandDelete, "brand { id }", json!({ "brandId": archived })),
        mutation("keepBrand", Action::BrandDelete, "brand { id }", json!({ "brandId": archived }))
            .may_say(&["WRONG_STATE"]),
    ]
}
