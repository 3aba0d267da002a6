//! Contracts.

use data_encoding::HEXLOWER;
use diwan_domain::Action;
use diwan_platform::crypto::sha256;
use diwan_testkit::TestApp;
use serde_json::{Value, json};

use super::{At, Operation, mutation, query};
use crate::kit::id;

/// What everybody may, and why.
pub(super) const PERSONAL: &[(&str, &str)] = &[];

fn terms(at: &At) -> Value {
    json!({ "title": "Films", "partyName": "Printer", "language": "EN", "feeMinor": 100, "currency": "EUR",
      "lineId": id("budgetline", at.written.finance.empty_line), "startsOn": "2026-01-01" })
}

pub(super) fn operations(_app: &TestApp, at: &At) -> Vec<Operation> {
    let (written, brand) = (at.written.contracts, id("brand", at.written.brand));
    let [negotiated, approved, sent, active] =
        [written.negotiated, written.approved, written.sent, written.active].map(|one| id("contract", one));
    let clauses = json!([{ "heading": "Work", "text": "Two films" }]);
    let list = "query($id: ID!) { contracts(brandId: $id, first: 5) { nodes { id } } }";
    let templates = "query($id: ID!) { contractTemplates(brandId: $id, first: 5) { nodes { id } } }";
    let write = |name, contract: &str| {
        mutation(name, Action::ContractWrite, "contract { id }", json!({ "contractId": contract, "version": 1 }))
            .hidden()
    };
    let end = |name, action| {
        mutation(name, action, "contract { id }", json!({ "contractId": active, "reason": "They want it" })).hidden()
    };
    let document = HEXLOWER.encode(&sha256(written.document.to_string().as_bytes()));
    let mut all = vec![
        query("contracts", Action::ContractRead, list, json!({ "id": brand })),
        query("contractTemplates", Action::ContractRead, templates, json!({ "id": brand })).wholly(),
        mutation(
            "createContract",
            Action::ContractWrite,
            "contract { id }",
            json!({ "brandId": brand, "kind": "VENDOR", "terms": terms(at), "clauses": clauses }),
        ),
        mutation(
            "updateContract",
            Action::ContractWrite,
            "contract { id }",
            json!({ "contractId": negotiated, "version": 1, "terms": terms(at), "clauses": clauses }),
        )
        .hidden(),
        // It is with the other side already.
        write("negotiateContract", &negotiated).may_say(&["WRONG_STATE"]),
        write("submitContract", &negotiated),
        mutation(
            "commentOnContract",
            Action::ContractComment,
            "comment { body }",
            json!({ "contractId": negotiated, "visibility": "PARTY", "body": "Why so dear?" }),
        )
        .hidden(),
        mutation(
            "sendContract",
            Action::ContractSend,
            "contract { id }",
            json!({ "contractId": approved, "version": 1, "signerId": id("user", at.chief.id) }),
        )
        .hidden(),
        mutation("createSigningLink", Action::ContractSend, "url", json!({ "contractId": sent, "side": "THEIRS" }))
            .hidden()
            .may_say(&["ALREADY_EXISTS"]),
        mutation("resendContractLink", Action::ContractSend, "url", json!({ "contractId": active, "side": "THEIRS" }))
            .hidden(),
        mutation(
            "signContract",
            Action::ContractSign,
            "contract { id }",
            json!({ "contractId": sent, "name": "Sami", "documentSha256": document }),
        )
        .hidden(),
        mutation(
            "declineContract",
            Action::ContractWrite,
            "contract { id }",
            json!({ "contractId": negotiated, "reason": "Too dear" }),
        )
        .hidden(),
        mutation("completeContract", Action::ContractEnd, "contract { id }", json!({ "contractId": active })).hidden(),
        end("terminateContract", Action::ContractEnd),
        end("reportContractBreach", Action::ContractEnd),
    ];
    all.extend(of_templates(at));
    all
}

fn of_templates(at: &At) -> Vec<Operation> {
    let (template, brand) = (id("contracttemplate", at.written.contracts.template), id("brand", at.written.brand));
    let said =
        json!({ "name": "Other films", "language": "EN", "clauses": [{ "text": "{{party_name}} makes a film" }] });
    let manage = |name, input| mutation(name, Action::ContractTemplateManage, "template { id }", input);
    vec![
        manage("createContractTemplate", json!({ "brandId": brand, "kind": "VENDOR", "template": said })),
        manage("updateContractTemplate", json!({ "templateId": template, "version": 1, "template": said })).hidden(),
        manage("archiveContractTemplate", json!({ "templateId": template })).hidden(),
    ]
}
