//! Expenses, requests for budget and exchange rates through HTTP: from the receipt to the payment, and who sees which amount.

use anyhow::{Context as _, Result};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_testkit::Person;
use diwan_testkit::client::Answer;
use serde_json::{Value, json};

use crate::kit::{Desk, id};
use crate::strategy::refused;

/// A brand with a budget of 1000.00 EUR on one line, and a SENIOR who sees to it.
async fn desk() -> Result<(Desk, String)> {
    let mut desk = Desk::new(Level::Senior).await?;
    desk.app.leave_jobs();
    let chief = desk.app.chief().await?;
    let input = json!({ "brandId": id("brand", desk.brand), "currency": "EUR",
        "budget": { "name": "Year", "startsOn": "2026-01-01", "endsOn": "2027-12-31" },
        "lines": [{ "name": "Films", "category": "PRODUCTION" }] });
    let made = desk.app.client.mutate(&chief.token, "createBudget", "budget { lines { id } }", input).await?;
    let line = made.text("createBudget.budget.lines.0.id")?;
    let give = json!({ "lineId": line, "amountMinor": 100_000, "reason": "Agreed" });
    desk.app.client.mutate(&chief.token, "allocateBudget", "entry { id }", give).await?;
    Ok((desk, line))
}

fn said(more: &Value) -> Value {
    let mut said = json!({ "spentOn": "2026-03-01", "category": "PRODUCTION", "vendor": "Studio", "amountMinor": 30_000,
        "currency": "EUR", "taxMinor": 5_000 });
    if let (Some(said), Some(more)) = (said.as_object_mut(), more.as_object()) {
        said.extend(more.clone());
    }
    said
}

async fn read(desk: &Desk, who: &Person, expense: &str, fields: &str) -> Result<Value> {
    let query = format!("query($id: ID!) {{ node(id: $id) {{ ... on Expense {{ {fields} }} }} }}");
    let answer: Answer = desk.app.client.gql(&who.token, &query, json!({ "id": expense })).await?.ok()?;
    Ok(answer.get("node").clone())
}

const BALANCE: &str = "line { balance { committed { minor } spent { minor } left { minor } } }";

#[tokio::test]
async fn an_expense_goes_from_the_receipt_to_the_payment() -> Result<()> {
    let (desk, line) = desk().await?;
    let brand = id("brand", desk.brand);
    let chief = desk.app.chief().await?;
    let receipt = id("asset", desk.app.asset(desk.brand, &desk.person).await?);
    let wrong = json!({ "brandId": brand, "expense": said(&json!({ "taxMinor": 30_001 })) });
    refused(&desk, "createExpense", "expense { id }", wrong, "INVALID", "expense.taxMinor").await?;
    let ahead = json!({ "brandId": brand, "expense": said(&json!({ "spentOn": "2999-01-01" })) });
    refused(&desk, "createExpense", "expense { id }", ahead, "INVALID", "expense.spentOn").await?;

    let input = json!({ "brandId": brand, "expense": said(&json!({ "lineId": line })) });
    let made = desk.mutate("createExpense", "expense { id version state receipt { id } }", input).await?;
    let expense = made.text("createExpense.expense.id")?;
    let this = |version: i32| json!({ "expenseId": expense, "version": version });
    refused(&desk, "submitExpense", "expense { id }", this(1), "RECEIPT_REQUIRED", "expenseId").await?;
    let change =
        said(&json!({ "lineId": line, "receiptAssetId": receipt, "reimburseToId": id("user", desk.person.id) }));
    let change = json!({ "expenseId": expense, "version": 1, "expense": change });
    let changed = desk.mutate("updateExpense", "expense { version receipt { id } reimburseTo { id } }", change).await?;
    assert_eq!(changed.get("updateExpense.expense.receipt.id"), &json!(receipt));

    let asked = format!(
        "expense {{ state version booked {{ minor currency }} rate {{ rate }} {BALANCE} }}
         approvalRequest {{ id kind amount {{ minor }} subject {{ ... on Expense {{ id vendor }} }} }}"
    );
    let asked = desk.mutate("submitExpense", &asked, this(2)).await?;
    let asked = asked.get("submitExpense").clone();
    assert_eq!((&asked["expense"]["state"], &asked["expense"]["version"]), (&json!("IN_APPROVAL"), &json!(3)));
    assert_eq!(asked["expense"]["booked"], json!({ "minor": 30_000, "currency": "EUR" }));
    assert_eq!(asked["expense"]["rate"], Value::Null);
    assert_eq!(asked["expense"]["line"]["balance"]["committed"]["minor"], json!(30_000));
    assert_eq!(asked["approvalRequest"]["kind"], json!("EXPENSE"));
    assert_eq!(asked["approvalRequest"]["subject"], json!({ "id": expense, "vendor": "Studio" }));
    let request = asked["approvalRequest"]["id"].as_str().context("an id")?.to_owned();
    let pay = json!({ "expenseId": expense, "version": 3, "reference": "SEPA 7" });
    let tried = desk.app.client.try_mutate(&chief.token, "payExpense", "expense { id }", pay.clone()).await?;
    assert_eq!(tried.user_codes("payExpense"), ["WRONG_STATE"]);

    let tried = desk.try_mutate("approveRequest", "request { id }", json!({ "requestId": request })).await?;
    assert_eq!(tried.user_codes("approveRequest"), ["FOUR_EYES"]);
    for step in [1, 2] {
        let approve = json!({ "requestId": request, "step": step });
        desk.app.client.mutate(&chief.token, "approveRequest", "request { state }", approve).await?;
    }
    let fields = format!("state {BALANCE} createdBy {{ id }} tax {{ minor }}");
    let read = read(&desk, &desk.person, &expense, &fields).await?;
    assert_eq!(read["state"], json!("APPROVED"));
    let balance = json!({ "committed": { "minor": 0 }, "spent": { "minor": 30_000 }, "left": { "minor": 70_000 } });
    assert_eq!(read["line"]["balance"], balance);
    // The SENIOR gets it back, so that somebody else notes the payment.
    let tried = desk.try_mutate("payExpense", "expense { id }", pay.clone()).await?;
    assert_eq!(tried.user_codes("payExpense"), ["FOUR_EYES"]);
    let paid = "expense { state paymentReference paidBy { id } }";
    let paid = desk.app.client.mutate(&chief.token, "payExpense", paid, pay).await?;
    assert_eq!(paid.get("payExpense.expense.state"), &json!("PAID"));
    assert_eq!(paid.get("payExpense.expense.paidBy.id"), &json!(id("user", chief.id)));
    Ok(())
}

#[tokio::test]
async fn nobody_below_mid_sees_an_amount_that_is_not_theirs() -> Result<()> {
    let (desk, line) = desk().await?;
    let brand = id("brand", desk.brand);
    let input = json!({ "brandId": brand, "expense": said(&json!({ "lineId": line })) });
    let made = desk.mutate("createExpense", "expense { id }", input).await?;
    let others = made.text("createExpense.expense.id")?;
    let asked =
        json!({ "lineId": line, "title": "A film", "amountMinor": 5, "why": "Old", "expectedResult": "Viewers" });
    let made =
        desk.mutate("createFinancialRequest", "request { id }", json!({ "brandId": brand, "request": asked })).await?;
    let request = made.text("createFinancialRequest.request.id")?;
    for (kind, works) in [(UserKind::Staff, true), (UserKind::Freelancer, true), (UserKind::Client, false)] {
        let who = desk.app.member(desk.brand, Level::Junior, kind).await?;
        assert_eq!(read(&desk, &who, &others, "amount { minor }").await?, Value::Null, "{kind:?}");
        let query = "query($id: ID!) { node(id: $id) { id } }";
        let found = desk.app.client.gql(&who.token, query, json!({ "id": request })).await?.ok()?;
        assert_eq!(found.get("node"), &Value::Null, "{kind:?}");
        for list in
            ["financialRequests(brandId: $id, first: 5) { nodes { id } }", "financeSummary(brandId: $id) { on }"]
        {
            let query = format!("query($id: ID!) {{ {list} }}");
            let answer = desk.app.client.gql(&who.token, &query, json!({ "id": brand })).await?;
            assert_eq!(answer.code(), "FORBIDDEN", "{kind:?} {list}");
        }
        let change = json!({ "expenseId": others, "version": 1, "expense": said(&Value::Null) });
        let tried = desk.app.client.try_mutate(&who.token, "updateExpense", "expense { id }", change).await?;
        assert_eq!(tried.user_codes("updateExpense"), ["NOT_FOUND"], "{kind:?}");

        let own = json!({ "brandId": brand, "expense": said(&Value::Null) });
        let made = desk.app.client.try_mutate(&who.token, "createExpense", "expense { id }", own).await?;
        if !works {
            assert_eq!(made.user_codes("createExpense"), ["FORBIDDEN"]);
            continue;
        }
        let own = made.text("createExpense.expense.id")?;
        let query =
            "query($id: ID!) { expenses(brandId: $id, first: 5) { nodes { id amount { minor } line { id } } } }";
        let list = desk.app.client.gql(&who.token, query, json!({ "id": brand })).await?.ok()?;
        let theirs = json!([{ "id": own, "amount": { "minor": 30_000 }, "line": null }]);
        assert_eq!(list.get("expenses.nodes"), &theirs, "{kind:?}");
    }
    Ok(())
}

#[tokio::test]
async fn amounts_in_another_currency_name_their_rate() -> Result<()> {
    let (desk, line) = desk().await?;
    let brand = id("brand", desk.brand);
    let receipt = id("asset", desk.app.asset(desk.brand, &desk.person).await?);
    let yen = said(
        &json!({ "currency": "JPY", "amountMinor": 10_000, "taxMinor": null, "lineId": line, "receiptAssetId": receipt }),
    );
    let made = desk.mutate("createExpense", "expense { id }", json!({ "brandId": brand, "expense": yen })).await?;
    let this = json!({ "expenseId": made.text("createExpense.expense.id")?, "version": 1 });
    refused(&desk, "submitExpense", "expense { id }", this.clone(), "EXCHANGE_RATE_MISSING", "lineId").await?;
    let rate = |rate: &str| json!({ "brandId": brand, "base": "JPY", "quote": "EUR", "rate": rate, "source": "ECB", "day": "2026-02-27" });
    for text in ["0", "-1", "1,5", "0.00000000001"] {
        refused(&desk, "recordExchangeRate", "exchangeRate { rate }", rate(text), "INVALID", "rate").await?;
    }
    let made = desk.mutate("recordExchangeRate", "exchangeRate { rate source day }", rate("0.00610")).await?;
    let named = json!({ "rate": "0.0061", "source": "ECB", "day": "2026-02-27" });
    assert_eq!(made.get("recordExchangeRate.exchangeRate"), &named);
    let asked = "expense { amount { minor currency } booked { minor currency } rate { rate source day } }";
    let asked = desk.mutate("submitExpense", asked, this).await?;
    assert_eq!(asked.get("submitExpense.expense.booked"), &json!({ "minor": 6_100, "currency": "EUR" }));
    assert_eq!(asked.get("submitExpense.expense.rate"), &named);

    desk.app.db.run(&format!("update brand set base_currency = 'USD' where id = '{}'", desk.brand)).await?;
    let query = "query($id: ID!) { financeSummary(brandId: $id) { baseCurrency missingRates total { left { minor } }
        totals { currency balance { left { minor } } inBaseCurrency { left { minor } } rate { rate } } } }";
    let summary = async || -> Result<Value> {
        let answer = desk.app.client.gql(&desk.person.token, query, json!({ "id": brand })).await?.ok()?;
        Ok(answer.get("financeSummary").clone())
    };
    let before = summary().await?;
    assert_eq!((&before["missingRates"], &before["total"]), (&json!(["EUR"]), &Value::Null));
    assert_eq!(before["totals"][0]["balance"]["left"]["minor"], json!(93_900));
    let today = desk.app.services.now().date_naive().to_string();
    let dollars =
        json!({ "brandId": brand, "base": "EUR", "quote": "USD", "rate": "1.1", "source": "ECB", "day": today });
    desk.mutate("recordExchangeRate", "exchangeRate { rate }", dollars).await?;
    let after = summary().await?;
    assert_eq!((&after["missingRates"], &after["baseCurrency"]), (&json!([]), &json!("USD")));
    assert_eq!(after["total"]["left"]["minor"], json!(103_290));
    assert_eq!(after["totals"][0]["rate"]["rate"], json!("1.1"));
    Ok(())
}
