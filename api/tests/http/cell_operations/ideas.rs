//! The ideas board.

use diwan_domain::Action;
use diwan_testkit::TestApp;
use serde_json::json;

use super::{At, Operation, mutation, query};
use crate::kit::id;

/// What everybody may, and why.
pub(super) const PERSONAL: &[(&str, &str)] = &[];

pub(super) fn operations(_app: &TestApp, at: &At) -> Vec<Operation> {
    let (brand, idea) = (id("brand", at.written.brand), id("idea", at.written.planning.idea));
    let asked = json!({ "id": brand });
    let list = "query($id: ID!) { ideas(brandId: $id, first: 5) { nodes { id } } }";
    let board = "query($id: ID!) { ideaBoard(brandId: $id) { columns { ideas { id } } } }";
    let draft = json!({ "calendarId": id("calendar", at.written.calendar), "title": "New" });
    let said = json!({ "title": "New" });
    vec![
        query("ideas", Action::IdeaRead, list, asked.clone()),
        query("ideaBoard", Action::IdeaRead, board, asked),
        mutation("createIdea", Action::IdeaWrite, "idea { id }", json!({ "brandId": brand, "idea": said })),
        mutation("updateIdea", Action::IdeaWrite, "idea { id }", json!({ "ideaId": idea, "version": 1, "idea": said }))
            .hidden(),
        mutation("moveIdea", Action::IdeaWrite, "idea { id }", json!({ "ideaId": idea, "state": "READY" })).hidden(),
        mutation("archiveIdea", Action::IdeaWrite, "idea { id }", json!({ "ideaId": idea, "version": 1 })).hidden(),
        mutation("restoreIdea", Action::IdeaWrite, "idea { id }", json!({ "ideaId": idea, "version": 1 }))
            .hidden()
            .may_say(&["WRONG_STATE"]),
        mutation(
            "assignIdea",
            Action::IdeaAssign,
            "idea { id }",
            json!({ "ideaId": idea, "assigneeId": id("user", at.junior.id) }),
        )
        .hidden(),
        mutation("turnIdeaIntoPost", Action::IdeaWrite, "post { id }", json!({ "ideaId": idea, "post": draft }))
            .hidden(),
        mutation(
            "saveItemAsIdea",
            Action::IdeaWrite,
            "idea { id }",
            json!({ "itemId": id("sourceitem", at.written.planning.source_item) }),
        )
        .hidden(),
    ]
}
