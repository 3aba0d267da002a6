//! Templates and hashtag sets.

use diwan_domain::Action;
use diwan_testkit::TestApp;
use serde_json::json;

use super::{At, Operation, mutation, query};
use crate::kit::id;

/// What everybody may, and why.
pub(super) const PERSONAL: &[(&str, &str)] = &[];

pub(super) fn operations(_app: &TestApp, at: &At) -> Vec<Operation> {
    [templates(at), sets(at)].into_iter().flatten().collect()
}

fn templates(at: &At) -> Vec<Operation> {
    let (brand, template) = (id("brand", at.written.brand), id("template", at.written.planning.template));
    let list = "query($id: ID!) { contentTemplates(brandId: $id, first: 5) { nodes { id } } }";
    let fill = "query($id: ID!, $accounts: [ID!]!) { filledTemplate(templateId: $id, accountIds: $accounts) { text } }";
    let account = id("account", at.written.account);
    let says = json!({ "name": "Another", "text": "Good morning" });
    vec![
        query("contentTemplates", Action::ContentRead, list, json!({ "id": brand })).wholly(),
        query("filledTemplate", Action::ContentRead, fill, json!({ "id": template, "accounts": [account] }))
            .wholly()
            .hidden(),
        mutation(
            "createContentTemplate",
            Action::TemplateManage,
            "template { id }",
            json!({ "brandId": brand, "template": says }),
        ),
        mutation(
            "updateContentTemplate",
            Action::TemplateManage,
            "template { id }",
            json!({ "contentTemplateId": template, "version": 1, "template": says }),
        )
        .hidden(),
        mutation(
            "archiveContentTemplate",
            Action::TemplateManage,
            "template { id }",
            json!({ "contentTemplateId": template, "version": 1 }),
        )
        .hidden(),
        // It is not away.
        mutation(
            "restoreContentTemplate",
            Action::TemplateManage,
            "template { id }",
            json!({ "contentTemplateId": template, "version": 1 }),
        )
        .hidden()
        .may_say(&["WRONG_STATE"]),
    ]
}

fn sets(at: &At) -> Vec<Operation> {
    let (brand, set) = (id("brand", at.written.brand), id("hashtagset", at.written.planning.hashtag_set));
    let list = "query($id: ID!) { hashtagSets(brandId: $id, first: 5) { nodes { id } } }";
    let tag = "query($id: ID!, $account: ID!) {
      textWithHashtags(text: \"Hello\", hashtagSetId: $id, accountId: $account) { text } }";
    let is = json!({ "name": "Another", "hashtags": ["tea"] });
    vec![
        query("hashtagSets", Action::ContentRead, list, json!({ "id": brand })).wholly(),
        query(
            "textWithHashtags",
            Action::ContentRead,
            tag,
            json!({ "id": set, "account": id("account", at.written.account) }),
        )
        .wholly()
        .hidden(),
        mutation("createHashtagSet", Action::TemplateManage, "set { id }", json!({ "brandId": brand, "set": is })),
        mutation(
            "updateHashtagSet",
            Action::TemplateManage,
            "set { id }",
            json!({ "hashtagSetId": set, "version": 1, "set": is }),
        )
        .hidden(),
        mutation(
            "archiveHashtagSet",
            Action::TemplateManage,
            "set { id }",
            json!({ "hashtagSetId": set, "version": 1 }),
        )
        .hidden(),
        // It is not away.
        mutation(
            "restoreHashtagSet",
            Action::TemplateManage,
            "set { id }",
            json!({ "hashtagSetId": set, "version": 1 }),
        )
        .hidden()
        .may_say(&["WRONG_STATE"]),
    ]
}
