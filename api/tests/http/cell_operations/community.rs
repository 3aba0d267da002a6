//! What people say under posts.

use diwan_domain::Action;
use diwan_testkit::TestApp;
use serde_json::json;

use super::{At, Operation, query};
use crate::kit::id;

/// What everybody may, and why.
pub(super) const PERSONAL: &[(&str, &str)] = &[];

pub(super) fn operations(_app: &TestApp, at: &At) -> Vec<Operation> {
    let brand = id("brand", at.written.brand);
    let all = "query($id: ID!) { conversations(brandId: $id, first: 5) { nodes { id messageCount messages { text authorName } } } }";
    vec![query("conversations", Action::CommunityRead, all, json!({ "id": brand }))]
}
