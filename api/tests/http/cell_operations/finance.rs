//! Budgets and the ledger.

use diwan_domain::Action;
use diwan_testkit::TestApp;
use serde_json::{Value, json};

use super::{At, Operation, mutation, query};
use crate::kit::id;

/// What everybody may, and why.
pub(super) const PERSONAL: &[(&str, &str)] = &[];

pub(super) fn operations(_app: &TestApp, at: &At) -> Vec<Operation> {
    let written = at.written.finance;
    let brand = id("brand", at.written.brand);
    let (budget, line, empty) =
        (id("budget", written.budget), id("budgetline", written.line), id("budgetline", written.empty_line));
    let said = json!({ "name": "New", "startsOn": "2027-03-01", "endsOn": "2027-03-31" });
    let list = "query($id: ID!) { budgets(brandId: $id, first: 5) { nodes { id } } }";
    let entries = "query($id: ID!) { budgetEntries(budgetId: $id, first: 5) { nodes { id } } }";
    let write = |name, selection, input| mutation(name, Action::BudgetWrite, selection, input).hidden();
    let book = |name, more: Value| {
        let mut input = json!({ "lineId": line, "amountMinor": 100, "reason": "Agreed" });
        if let (Some(input), Some(more)) = (input.as_object_mut(), more.as_object()) {
            input.extend(more.clone());
        }
        mutation(name, Action::BudgetBook, "entry { id }", input).hidden()
    };
    // What somebody gives is within their limit, and here nobody but the CMO has one.
    let give = |name| book(name, Value::Null).may_say(&["LIMIT_EXCEEDED"]);
    let mut all = vec![
        query("budgets", Action::BudgetRead, list, json!({ "id": brand })),
        query("budgetEntries", Action::BudgetRead, entries, json!({ "id": budget })).hidden(),
        mutation(
            "createBudget",
            Action::BudgetWrite,
            "budget { id }",
            json!({ "brandId": brand, "currency": "EUR", "budget": said }),
        ),
        write("updateBudget", "budget { id }", json!({ "budgetId": budget, "version": 1, "budget": said })),
        write(
            "addBudgetLines",
            "lines { id }",
            json!({ "budgetId": budget, "lines": [{ "name": "Print", "category": "PRODUCTION" }] }),
        ),
        write("updateBudgetLine", "line { id }", json!({ "lineId": line, "name": "Adverts", "category": "ADS" })),
        give("allocateBudget"),
        give("overdrawBudget"),
        give("adjustBudget"),
        book("commitBudget", Value::Null),
        book("releaseBudget", Value::Null),
        book("spendBudget", json!({ "drawnMinor": 50 })),
        book("refundBudget", Value::Null),
        mutation(
            "transferBudget",
            Action::BudgetBook,
            "entries { id }",
            json!({ "fromLineId": line, "toLineId": empty, "amountMinor": 100, "reason": "Moved" }),
        )
        .hidden(),
        mutation(
            "closeBudget",
            Action::BudgetClose,
            "budget { id }",
            json!({ "budgetId": budget, "version": 1, "commitments": "RELEASE" }),
        )
        .hidden(),
    ];
    all.extend(requests(at));
    all.extend(expenses(at));
    all
}

/// What asks for more money, and exchange rates.
fn requests(at: &At) -> Vec<Operation> {
    let brand = id("brand", at.written.brand);
    let (request, line) =
        (id("financialrequest", at.written.finance.request), id("budgetline", at.written.finance.empty_line));
    let said = json!({ "lineId": line, "title": "A film", "amountMinor": 100, "why": "It is old", "expectedResult": "Viewers" });
    let write = |name, input| mutation(name, Action::FinancialRequestWrite, "request { id }", input);
    let requests = "query($id: ID!) { financialRequests(brandId: $id, first: 5) { nodes { id } } }";
    let rates = "query($id: ID!) { exchangeRates(brandId: $id, first: 5) { nodes { rate } } }";
    let summary = "query($id: ID!) { financeSummary(brandId: $id) { baseCurrency } }";
    let rate = json!({ "brandId": brand, "base": "USD", "quote": "EUR", "rate": "0.92", "source": "ECB", "day": "2026-03-01" });
    vec![
        query("financialRequests", Action::BudgetRead, requests, json!({ "id": brand })),
        query("exchangeRates", Action::BudgetRead, rates, json!({ "id": brand })),
        query("financeSummary", Action::BudgetRead, summary, json!({ "id": brand })),
        write("createFinancialRequest", json!({ "brandId": brand, "request": said })),
        write("updateFinancialRequest", json!({ "requestId": request, "version": 1, "request": said })).hidden(),
        write("submitFinancialRequest", json!({ "requestId": request, "version": 1 })).hidden(),
        write("discardFinancialRequest", json!({ "requestId": request, "version": 1 })).hidden(),
        mutation("recordExchangeRate", Action::ExchangeRateRecord, "exchangeRate { rate }", rate),
    ]
}

fn expenses(at: &At) -> Vec<Operation> {
    let brand = id("brand", at.written.brand);
    let (expense, line) = (id("expense", at.written.finance.expense), id("budgetline", at.written.finance.empty_line));
    let said = json!({
        "spentOn": "2026-03-01", "category": "ADS", "vendor": "Printer", "amountMinor": 100, "currency": "EUR" });
    // An expense of somebody else: those below MID do not see it.
    let others = |name, action, input| Operation {
        refused_as: super::UNSEEN,
        ..mutation(name, action, "expense { id }", input).wholly().hidden()
    };
    let write = |name, input| others(name, Action::ExpenseWrite, input);
    let list = "query($id: ID!) { expenses(brandId: $id, first: 5) { nodes { id } } }";
    let named = json!({ "expenseId": expense, "version": 1 });
    vec![
        query("expenses", Action::ExpenseRead, list, json!({ "id": brand })),
        mutation("createExpense", Action::ExpenseWrite, "expense { id }", json!({ "brandId": brand, "expense": said })),
        write("updateExpense", json!({ "expenseId": expense, "version": 1, "expense": said })),
        write("submitExpense", named.clone()),
        write("discardExpense", named.clone()),
        // What is asked is a draft: nobody decides about it, and it is not paid.
        others("setExpenseLine", Action::BudgetBook, json!({ "expenseId": expense, "version": 1, "lineId": line }))
            .may_say(&["WRONG_STATE"]),
        others("payExpense", Action::ExpensePay, named).may_say(&["WRONG_STATE"]),
    ]
}
