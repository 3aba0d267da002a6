//! Templates of checklists, and what is to be done to a post.

use diwan_domain::Action;
use diwan_testkit::TestApp;
use serde_json::{Value, json};

use super::{About, At, Operation, UNSEEN, list, mutation, query};
use crate::kit::id;

/// What everybody may, and why.
pub(super) const PERSONAL: &[(&str, &str)] = &[];

pub(super) fn operations(_app: &TestApp, at: &At) -> Vec<Operation> {
    [templates(at), items(at)].into_iter().flatten().collect()
}

fn templates(at: &At) -> Vec<Operation> {
    let template = id("checklist", at.written.planning.checklist);
    let content = json!({ "name": "Another", "items": [{ "text": "Look at it on a phone" }] });
    let manage = |name, input| mutation(name, Action::ChecklistTemplateManage, "template { id }", input);
    vec![
        list(Action::ChecklistRead, "checklistTemplates(first: 5) { nodes { id } }", at)
            .variant("templates of checklists")
            .wholly(),
        manage("createChecklistTemplate", json!({ "brandId": id("brand", at.written.brand), "template": content })),
        manage("updateChecklistTemplate", json!({ "templateId": template, "version": 1, "template": content }))
            .hidden(),
        manage("archiveChecklistTemplate", json!({ "templateId": template })).hidden(),
        manage("restoreChecklistTemplate", json!({ "templateId": template })).hidden().may_say(&["WRONG_STATE"]),
    ]
}

fn items(at: &At) -> Vec<Operation> {
    let (draft, item) = (id("post", at.draft), id("checkitem", at.check_item));
    let shown = "query($id: ID!) { node(id: $id) { ... on Post { checklist { text } } } }";
    let write =
        |name, selection, input: Value| mutation(name, Action::ChecklistWrite, selection, input).about(About::Draft);
    let tick = |name, input: Value| mutation(name, Action::ChecklistTick, "item { id }", input).about(About::Draft);
    // Clients who see the post do not see what is to be done to it.
    let unseen = |operation| Operation { refused_as: UNSEEN, ..operation };
    vec![
        query("node", Action::ChecklistRead, shown, json!({ "id": draft })).variant("checklist").about(About::Draft),
        write(
            "addChecklist",
            "post { id }",
            json!({ "postId": draft, "templateId": id("checklist", at.written.planning.checklist) }),
        ),
        write("addChecklistItem", "item { id }", json!({ "postId": draft, "text": "Read it aloud" })),
        unseen(write(
            "updateChecklistItem",
            "item { id }",
            json!({ "itemId": item, "version": 1, "text": "Read it twice", "required": true }),
        )),
        unseen(write("moveChecklistItem", "item { id }", json!({ "itemId": item }))),
        unseen(write("removeChecklistItem", "deletedId", json!({ "itemId": item }))),
        unseen(tick("tickChecklistItem", json!({ "itemId": item, "version": 1 }))),
        unseen(tick("untickChecklistItem", json!({ "itemId": item }))),
    ]
}
