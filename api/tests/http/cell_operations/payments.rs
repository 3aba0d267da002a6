//! Deliverables, payments and hours.

use diwan_domain::Action;
use diwan_testkit::TestApp;
use serde_json::{Value, json};

use super::{At, Operation, mutation, query};
use crate::kit::id;

/// What everybody may, and why.
pub(super) const PERSONAL: &[(&str, &str)] = &[];

pub(super) fn operations(_app: &TestApp, at: &At) -> Vec<Operation> {
    let mut all = deliverables(at);
    all.extend(payments(at));
    all.extend(files(at));
    all.extend(hours(at));
    all
}

fn deliverables(at: &At) -> Vec<Operation> {
    let (written, brand) = (at.written.payments, id("brand", at.written.brand));
    let (due, submitted) = (id("deliverable", written.deliverable), id("deliverable", written.submitted));
    let contract = id("contract", at.written.payments.contract);
    let said = json!({ "title": "A film", "kind": "VIDEO", "dueOn": "2027-05-01" });
    let list = "query($id: ID!) { deliverables(brandId: $id, first: 5) { nodes { id } } }";
    let on = |name, action, input| mutation(name, action, "deliverable { id }", input).hidden();
    let (write, decide) = (Action::DeliverableWrite, Action::DeliverableDecide);
    let this = json!({ "deliverableId": due, "version": 1 });
    let handed = json!({ "deliverableId": submitted, "version": 1 });
    let with = |from: &Value, more: Value| {
        let mut input = from.clone();
        if let (Some(input), Some(more)) = (input.as_object_mut(), more.as_object()) {
            input.extend(more.clone());
        }
        input
    };
    let found = json!({ "deliverableId": submitted, "kind": "DISCLOSED", "outcome": "PASSED" });
    vec![
        query("deliverables", Action::DeliverableRead, list, json!({ "id": brand })),
        on("createDeliverable", write, json!({ "contractId": contract, "deliverable": said })),
        on("updateDeliverable", write, with(&this, json!({ "deliverable": said }))),
        on("submitDeliverable", Action::DeliverableSubmit, with(&this, json!({ "link": "https://example.com/2" })))
            .wholly(),
        on("acceptDeliverable", decide, handed.clone()),
        on("sendDeliverableBack", decide, with(&handed, json!({ "reason": "Too loud" }))),
        on("withdrawDeliverable", write, with(&this, json!({ "reason": "Not needed" }))),
        on("checkDeliverable", decide, json!({ "deliverableId": submitted })),
        mutation("recordDeliverableCheck", decide, "check { kind }", found).hidden(),
        on("createDeliverableLink", write, this.clone()),
        on("resendDeliverableLink", write, this),
        on("revokeDeliverableLinks", write, json!({ "deliverableId": submitted })),
    ]
}

/// What those below MID do not see.
fn unseen(operation: Operation) -> Operation {
    Operation { refused_as: super::UNSEEN, ..operation.hidden() }
}

fn payments(at: &At) -> Vec<Operation> {
    let (written, brand) = (at.written.payments, id("brand", at.written.brand));
    let (payment, exported) = (id("payment", written.payment), id("payment", written.exported));
    let contract = id("contract", at.written.payments.contract);
    let said = json!({ "title": "More", "dueOn": "2027-01-01", "amountMinor": 50 });
    let for_film =
        json!({ "title": "The film", "deliverableId": id("deliverable", written.deliverable), "amountMinor": 120 });
    let account = json!({ "name": "Lina", "iban": "DE89370400440532013000" });
    let payee = json!({ "account": account, "taxForm": "RECEIVED" });
    let list = "query($id: ID!) { payments(brandId: $id, first: 5) { nodes { id } } }";
    let of_contract = "query($id: ID!) { contractPayee(contractId: $id) { account } }";
    let of_brand = "query($id: ID!) { brandPayer(brandId: $id) { account } }";
    let write =
        |name, input, codes| unseen(mutation(name, Action::PaymentWrite, "payment { id }", input)).may_say(codes);
    let this = json!({ "paymentId": payment, "version": 1 });
    vec![
        query("payments", Action::PaymentRead, list, json!({ "id": brand })),
        unseen(query("contractPayee", Action::BudgetRead, of_contract, json!({ "id": contract }))),
        query("brandPayer", Action::BudgetRead, of_brand, json!({ "id": brand })),
        mutation(
            "createPayment",
            Action::PaymentWrite,
            "payment { id }",
            json!({ "contractId": contract, "payment": said }),
        )
        .hidden(),
        write("updatePayment", json!({ "paymentId": payment, "version": 1, "payment": for_film }), &[]),
        // Nobody has accepted the film yet.
        write("submitPayment", this.clone(), &["PAYMENT_BLOCKED"]),
        write("recallPayment", this, &["WRONG_STATE"]),
        write("cancelPayment", json!({ "paymentId": payment, "version": 1, "reason": "Too dear" }), &[]),
        // The contract's money is not committed here.
        unseen(mutation(
            "payPayment",
            Action::PaymentPay,
            "payment { id }",
            json!({ "paymentId": exported, "version": 1 }),
        ))
        .may_say(&["MORE_THAN_BOOKED", "BUDGET_EXCEEDED"]),
        // A payment to the account is on its way.
        mutation(
            "setContractPayee",
            Action::PayeeManage,
            "payee { account }",
            json!({ "contractId": contract, "version": 1, "payee": payee }),
        )
        .hidden()
        .may_say(&["PAYMENTS_UNDER_WAY"]),
        mutation(
            "setBrandPayer",
            Action::PayeeManage,
            "payer { account }",
            json!({ "brandId": brand, "version": 1, "account": account }),
        ),
    ]
}

fn files(at: &At) -> Vec<Operation> {
    let (written, brand) = (at.written.payments, id("brand", at.written.brand));
    let list = "query($id: ID!) { paymentFiles(brandId: $id, first: 5) { nodes { id } } }";
    let new = json!({ "brandId": brand, "format": "CSV", "executeOn": "2027-03-01",
      "paymentIds": [id("payment", written.payment)] });
    let back = json!({ "paymentFileId": id("paymentfile", written.file), "reason": "The bank refused it" });
    vec![
        query("paymentFiles", Action::PaymentExport, list, json!({ "id": brand })),
        // It is not approved.
        mutation("exportPayments", Action::PaymentExport, "paymentFile { id }", new).may_say(&["WRONG_STATE"]),
        mutation("cancelPaymentFile", Action::PaymentExport, "paymentFile { id }", back).hidden(),
    ]
}

fn hours(at: &At) -> Vec<Operation> {
    let (written, brand) = (at.written.payments, id("brand", at.written.brand));
    let (entry, author) = (id("timeentry", written.hours), id("user", at.written.author));
    let contract = id("contract", at.written.payments.contract);
    let said = json!({ "workedOn": "2026-03-02", "minutes": 30, "note": "Sound" });
    let list = "query($id: ID!) { timeEntries(brandId: $id, first: 5) { nodes { id } } }";
    let rates = "query($id: ID!) { workRates(brandId: $id, first: 5) { nodes { startsOn } } }";
    let others = |name, action, input| unseen(mutation(name, action, "timeEntry { id }", input)).wholly();
    let this = json!({ "timeEntryId": entry, "version": 1 });
    vec![
        query("timeEntries", Action::HoursRead, list, json!({ "id": brand })),
        query("workRates", Action::HoursRead, rates, json!({ "id": brand })),
        // A freelancer names the contract.
        mutation("logHours", Action::HoursWrite, "timeEntry { id }", json!({ "brandId": brand, "hours": said }))
            .may_say(&["INVALID"]),
        mutation(
            "logHours",
            Action::HoursWrite,
            "timeEntry { id }",
            json!({ "brandId": brand, "personId": author, "hours": said }),
        )
        .variant("of somebody else")
        .wholly(),
        others("updateHours", Action::HoursWrite, json!({ "timeEntryId": entry, "version": 1, "hours": said })),
        others("withdrawHours", Action::HoursWrite, this),
        others(
            "sendHoursBack",
            Action::HoursDecide,
            json!({ "timeEntryId": entry, "version": 1, "reason": "Too long" }),
        ),
        mutation(
            "acceptHours",
            Action::HoursDecide,
            "timeEntries { id }",
            json!({ "brandId": brand, "timeEntryIds": [entry] }),
        ),
        // These are the team's.
        mutation(
            "payHours",
            Action::PaymentWrite,
            "payment { id }",
            json!({ "contractId": contract, "title": "March", "timeEntryIds": [entry] }),
        )
        .hidden()
        .may_say(&["NOT_FOUND"]),
        mutation(
            "setWorkRate",
            Action::WorkRateSet,
            "workRate { startsOn }",
            json!({ "brandId": brand, "personId": author, "minorPerHour": 6000, "currency": "EUR",
              "startsOn": "2026-06-01" }),
        ),
    ]
}
