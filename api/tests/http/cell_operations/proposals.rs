//! Proposals and projects.

use diwan_domain::Action;
use diwan_testkit::TestApp;
use serde_json::{Value, json};

use super::{At, Operation, mutation, query};
use crate::kit::id;

/// What everybody may, and why.
pub(super) const PERSONAL: &[(&str, &str)] = &[];

pub(super) fn operations(_app: &TestApp, at: &At) -> Vec<Operation> {
    let of = at.written.proposals;
    let brand = id("brand", at.written.brand);
    let proposal = |uuid| id("proposal", uuid);
    let said = json!({
        "title": "A summer", "locale": "EN", "currency": "EUR", "validUntil": "2030-12-31",
        "lines": [{ "name": "Films", "category": "PRODUCTION", "quantity": "1", "unitPriceMinor": 100, "taxBp": 0 }],
        "project": { "name": "Summer", "title": "Summer", "startsOn": "2030-06-01", "endsOn": "2030-08-31" },
    });
    let list = "query($id: ID!) { proposals(brandId: $id, first: 5) { nodes { id } } }";
    let templates = "query($id: ID!) { proposalTemplates(brandId: $id, first: 5) { nodes { id } } }";
    let compare =
        "query($id: ID!) { compareProposalVersions(proposalId: $id, before: 1, now: 1) { changes { part } } }";
    let projects = "query($id: ID!) { projects(brandId: $id, first: 5) { nodes { id } } }";
    // Of what is not with the client they and freelancers see nothing.
    let write = |name, selection, input: Value| mutation(name, Action::ProposalWrite, selection, input).hidden();
    let step = |uuid| json!({ "proposalId": proposal(uuid), "version": 1 });
    // What is with the client, clients see and freelancers do not.
    let with_client = |operation: Operation| Operation { refused_as: super::UNSEEN, ..operation };
    vec![
        query("proposals", Action::ProposalRead, list, json!({ "id": brand })),
        query("proposalTemplates", Action::ProposalRead, templates, json!({ "id": brand })).wholly(),
        query("compareProposalVersions", Action::ProposalRead, compare, json!({ "id": proposal(of.draft) }))
            .wholly()
            .hidden(),
        query("projects", Action::ProjectRead, projects, json!({ "id": brand })),
        mutation(
            "createProposal",
            Action::ProposalWrite,
            "proposal { id }",
            json!({ "brandId": brand, "proposal": said }),
        ),
        write(
            "updateProposal",
            "proposal { id }",
            json!({ "proposalId": proposal(of.draft), "version": 1, "proposal": said }),
        ),
        write("submitProposal", "request { id }", step(of.draft)),
        mutation(
            "sendProposal",
            Action::ProposalSend,
            "proposal { id }",
            json!({ "proposalId": proposal(of.reviewed), "version": 1, "clientName": "Amal" }),
        )
        .hidden(),
        with_client(mutation(
            "resendProposalLink",
            Action::ProposalSend,
            "url",
            json!({ "proposalId": proposal(of.accepted) }),
        )),
        with_client(mutation("withdrawProposal", Action::ProposalSend, "proposal { id }", step(of.sent))),
        with_client(mutation("reviseProposal", Action::ProposalWrite, "proposal { id }", step(of.declined))),
        with_client(mutation(
            "commentOnProposal",
            Action::ProposalWrite,
            "comment { id }",
            json!({ "proposalId": proposal(of.sent), "comment": "A week" }),
        )),
        write(
            "saveProposalTemplate",
            "template { id }",
            json!({ "proposalId": proposal(of.draft), "name": "Another" }),
        ),
        write(
            "createProposalFromTemplate",
            "proposal { id }",
            json!({ "templateId": id("proposaltemplate", of.template), "title": "Again", "startsOn": "2030-02-01",
                "validUntil": "2030-01-31" }),
        ),
        write(
            "archiveProposalTemplate",
            "template { id }",
            json!({ "templateId": id("proposaltemplate", of.template) }),
        ),
        mutation(
            "closeProject",
            Action::ProjectWrite,
            "project { id }",
            json!({ "projectId": id("project", of.project), "version": 1, "lessons": "Begin earlier" }),
        )
        .hidden(),
    ]
}
