//! People and their places.

use chrono::Duration;
use diwan_domain::Action;
use diwan_platform::ids;
use diwan_testkit::TestApp;
use serde_json::json;
use uuid::Uuid;

use super::{At, Operation, list, mutation, query};
use crate::kit::id;

/// What everybody may, and why.
pub(super) const PERSONAL: &[(&str, &str)] = &[
    ("acceptInvitation", "whoever holds the invitation"),
    ("updateProfile", "the caller's own"),
    ("viewer", "the caller's own"),
];

pub(super) fn operations(app: &TestApp, at: &At) -> Vec<Operation> {
    let (brand, place, version) = (id("brand", at.written.brand), id("membership", at.junior_place), 1);
    let until = (app.services.now() + Duration::days(40)).to_rfc3339();
    let email = format!("{}@nour.example", ids::encode("new", ids::new_id(app.services.now())));
    let invite =
        json!({ "email": email, "name": "Lina", "kind": "STAFF", "places": [{ "brandId": brand, "level": "JUNIOR" }] });
    let invite_head = json!({ "email": email, "name": "Lina", "kind": "STAFF", "agencyLevel": "DIRECTOR" });
    let to = |user: Uuid| json!({ "userId": id("user", user) });
    let invited = id("user", at.invited);
    vec![
        mutation("invitePerson", Action::MemberManage, "user { id }", invite)
            .variant("to a brand")
            .may_say(&["LEVEL_TOO_HIGH"]),
        mutation("invitePerson", Action::PeopleManage, "user { id }", invite_head)
            .variant("agency-wide")
            .may_say(&["LEVEL_TOO_HIGH"]),
        mutation("resendInvitation", Action::MemberManage, "user { id }", json!({ "userId": invited })).hidden(),
        mutation("revokeInvitation", Action::MemberManage, "user { id }", json!({ "userId": invited })).hidden(),
        mutation(
            "updateMembership",
            Action::MemberManage,
            "membership { id }",
            json!({ "membershipId": place, "version": version, "specialties": ["DESIGNER"] }),
        )
        .hidden(),
        mutation(
            "extendMembership",
            Action::MemberManage,
            "membership { id }",
            json!({ "membershipId": place, "expiresAt": until }),
        )
        .hidden(),
        mutation("suspendMembership", Action::MemberManage, "membership { id }", json!({ "membershipId": place }))
            .hidden(),
        mutation("resumeMembership", Action::MemberManage, "membership { id }", json!({ "membershipId": place }))
            .hidden()
            .may_say(&["WRONG_STATE"]),
        mutation("endMembership", Action::MemberManage, "membership { id }", json!({ "membershipId": place })).hidden(),
        list(Action::MemberRead, "members(first: 5) { nodes { id } }", at).variant("members"),
        query("people", Action::PeopleManage, "query { people(first: 5) { nodes { id } } }", json!({})),
        mutation(
            "setAgencyLevel",
            Action::PeopleManage,
            "user { id }",
            json!({ "userId": id("user", at.junior.id), "level": null }),
        ),
        mutation("deactivatePerson", Action::PeopleManage, "user { id }", to(at.junior.id)),
        mutation("reactivatePerson", Action::PeopleManage, "user { id }", to(at.junior.id)).may_say(&["WRONG_STATE"]),
        mutation(
            "handOverWork",
            Action::WorkHandOver,
            "posts",
            json!({ "fromUserId": id("user", at.written.author), "toUserId": id("user", at.junior.id), "brandIds": [brand] }),
        )
        .hidden(),
    ]
}
