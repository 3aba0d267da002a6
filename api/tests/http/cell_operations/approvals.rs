//! Approvals, their chains and limits.

use diwan_domain::Action;
use diwan_testkit::TestApp;
use serde_json::json;

use super::{About, At, Operation, mutation, query};
use crate::kit::id;

/// What everybody may, and why.
pub(super) const PERSONAL: &[(&str, &str)] =
    &[("endDelegation", "the caller's own"), ("setDelegation", "the caller's own")];

pub(super) fn operations(_app: &TestApp, at: &At) -> Vec<Operation> {
    let (brand, request) = (id("brand", at.written.brand), id("approval", at.request));
    let limit = json!({ "level": "MID", "kind": "EXPENSE", "currency": "EUR", "amountMinor": 500 });
    let mut brand_limit = limit.clone();
    brand_limit["brandId"] = json!(brand);
    let steps = json!([{ "mode": "ANY", "level": "MID" }]);
    let decide = json!({ "requestId": request, "comment": "Shorter, please" });
    let asked = json!({ "id": brand });
    vec![
        mutation("approveRequest", Action::ApprovalDecide, "request { id }", decide.clone())
            .about(About::Draft)
            .may_say(&["NOT_YOUR_TURN"]),
        mutation("requestChanges", Action::ApprovalDecide, "request { id }", decide)
            .about(About::Draft)
            .may_say(&["NOT_YOUR_TURN"]),
        mutation("withdrawRequest", Action::PostSubmit, "request { id }", json!({ "requestId": request }))
            .wholly()
            .hidden(),
        mutation(
            "createReviewLink",
            Action::ReviewLinkManage,
            "reviewLink { id }",
            json!({ "requestId": request, "userId": id("user", at.junior.id) }),
        )
        .hidden()
        .may_say(&["KIND_MISMATCH"]),
        mutation(
            "revokeReviewLink",
            Action::ReviewLinkManage,
            "reviewLink { id }",
            json!({ "reviewLinkId": id("reviewlink", at.written.review_link) }),
        )
        .hidden(),
        mutation(
            "setApprovalChain",
            Action::ApprovalChainSet,
            "chain { id }",
            json!({ "brandId": brand, "kind": "POST", "steps": steps }),
        ),
        mutation(
            "archiveApprovalChain",
            Action::ApprovalChainSet,
            "chain { id }",
            json!({ "chainId": id("chain", at.written.chain), "version": 1 }),
        )
        .hidden(),
        mutation("setApprovalLimit", Action::ApprovalLimitSet, "limits { level }", limit),
        mutation("setBrandApprovalLimit", Action::BrandLimitSet, "limits { level }", brand_limit),
        query(
            "approvalRequests",
            Action::ApprovalRead,
            "query($id: ID!) { approvalRequests(brandId: $id, first: 5) { nodes { id } } }",
            asked.clone(),
        ),
        query(
            "approvalChains",
            Action::ApprovalRead,
            "query($id: ID!) { approvalChains(brandId: $id) { id } }",
            asked.clone(),
        )
        .wholly(),
        query(
            "approvalLimits",
            Action::ApprovalDecide,
            "query($id: ID!) { approvalLimits(brandId: $id) { level } }",
            asked,
        )
        .wholly(),
    ]
}
