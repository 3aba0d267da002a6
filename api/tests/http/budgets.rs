//! Budgets through HTTP: made, booked on, forecast and closed; who sees and does which of it; what is refused.

use anyhow::{Context as _, Result};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_testkit::Person;
use diwan_testkit::client::Answer;
use serde_json::{Value, json};

use crate::kit::{Desk, fingerprint, id, nobodys};
use crate::strategy::refused;

const BUDGET: &str = "budget { id version state currency lines { id name category } }";
const BALANCE: &str =
    "allocated { minor currency } overdraft { minor } committed { minor } spent { minor } left { minor }";

/// A desk of a CMO, whose limit covers everything.
async fn desk() -> Result<Desk> {
    let mut desk = Desk::new(Level::Cmo).await?;
    desk.app.leave_jobs();
    Ok(desk)
}

/// A budget of this currency with two lines: its id and theirs.
async fn budget(desk: &Desk, currency: &str) -> Result<(String, String, String)> {
    let said = json!({ "name": "Year", "startsOn": "2026-01-01", "endsOn": "2027-12-31" });
    let lines = json!([{ "name": "Boosts", "category": "ADS" }, { "name": "Films", "category": "PRODUCTION" }]);
    let input = json!({ "brandId": id("brand", desk.brand), "currency": currency, "budget": said, "lines": lines });
    let made = desk.mutate("createBudget", BUDGET, input).await?;
    let text = |path: &str| made.text(&format!("createBudget.budget.{path}"));
    Ok((text("id")?, text("lines.0.id")?, text("lines.1.id")?))
}

async fn book(desk: &Desk, name: &str, line: &str, minor: i64) -> Result<Answer> {
    let input = json!({ "lineId": line, "amountMinor": minor, "reason": "Agreed" });
    desk.mutate(name, "entry { id kind amount { minor currency } source reason line { name } }", input).await
}

async fn read(desk: &Desk, who: &Person, budget: &str, fields: &str) -> Result<Value> {
    let query = format!("query($id: ID!) {{ node(id: $id) {{ ... on Budget {{ {fields} }} }} }}");
    let answer = desk.app.client.gql(&who.token, &query, json!({ "id": budget })).await?.ok()?;
    Ok(answer.get("node").clone())
}

#[tokio::test]
async fn a_budget_is_made_booked_on_forecast_and_closed() -> Result<()> {
    let desk = desk().await?;
    let (budget, boosts, films) = budget(&desk, "JPY").await?;
    let given = book(&desk, "allocateBudget", &boosts, 100_000).await?;
    let expected = json!({ "kind": "ALLOCATE", "amount": { "minor": 100_000, "currency": "JPY" }, "source": "MANUAL",
        "reason": "Agreed", "line": { "name": "Boosts" } });
    let mut entry = given.get("allocateBudget.entry").clone();
    entry.as_object_mut().context("an entry")?.remove("id");
    assert_eq!(entry, expected);
    book(&desk, "commitBudget", &boosts, 30_000).await?;
    let spend = json!({ "lineId": boosts, "amountMinor": 25_000, "drawnMinor": 20_000, "reason": "Paid" });
    desk.mutate("spendBudget", "entry { drawn { minor } }", spend).await?;
    book(&desk, "releaseBudget", &boosts, 4_000).await?;
    book(&desk, "refundBudget", &boosts, 1_000).await?;
    let moved = json!({ "fromLineId": boosts, "toLineId": films, "amountMinor": 10_000, "reason": "Moved" });
    let moved = desk.mutate("transferBudget", "entries { kind amount { minor } source }", moved).await?;
    let of = |minor| json!({ "kind": "ADJUST", "amount": { "minor": minor }, "source": "TRANSFER" });
    assert_eq!(moved.get("transferBudget.entries"), &json!([of(-10_000), of(10_000)]));
    book(&desk, "overdrawBudget", &films, 500).await?;
    book(&desk, "adjustBudget", &films, -1_000).await?;

    let fields = format!(
        "balance {{ {BALANCE} }} lines {{ balance {{ {BALANCE} }} }}
         forecast {{ days elapsedDays balance {{ left {{ minor }} }} outlook {{ projectedSpend {{ minor }} burnPerDay {{ currency }} }}
           lines {{ line {{ name }} outlook {{ projectedSpend {{ minor }} }} }} }}"
    );
    let seen = read(&desk, &desk.person, &budget, &fields).await?;
    let balance = |allocated: i64, overdraft: i64, committed: i64, spent: i64| {
        json!({ "allocated": { "minor": allocated, "currency": "JPY" }, "overdraft": { "minor": overdraft },
            "committed": { "minor": committed }, "spent": { "minor": spent }, "left": { "minor": allocated - committed - spent } })
    };
    assert_eq!(seen["lines"][0]["balance"], balance(90_000, 0, 6_000, 24_000));
    assert_eq!(seen["lines"][1]["balance"], balance(9_000, 500, 0, 0));
    assert_eq!(seen["balance"], balance(99_000, 500, 6_000, 24_000));
    let forecast = &seen["forecast"];
    assert_eq!((&forecast["days"], &forecast["balance"]["left"]["minor"]), (&json!(730), &json!(69_000)));
    let elapsed = forecast["elapsedDays"].as_i64().context("days")?;
    assert!((1..=730).contains(&elapsed), "{forecast}");
    let projected = forecast["outlook"]["projectedSpend"]["minor"].as_i64().context("an amount")?;
    assert!((projected * elapsed - 24_000 * 730).abs() * 2 <= elapsed, "{forecast}");
    assert_eq!(forecast["lines"][1]["outlook"]["projectedSpend"]["minor"], json!(0));

    let query = "query($id: ID!, $line: ID) { budgetEntries(budgetId: $id, lineId: $line, first: 3) { nodes { kind } pageInfo { hasNextPage } } }";
    let all = desk.app.client.gql(&desk.person.token, query, json!({ "id": budget })).await?.ok()?;
    let kinds = json!([{ "kind": "ADJUST" }, { "kind": "OVERDRAW" }, { "kind": "ADJUST" }]);
    assert_eq!((all.get("budgetEntries.nodes"), all.get("budgetEntries.pageInfo.hasNextPage")), (&kinds, &json!(true)));
    let line = desk.app.client.gql(&desk.person.token, query, json!({ "id": budget, "line": films })).await?.ok()?;
    assert_eq!(line.get("budgetEntries.pageInfo.hasNextPage"), &json!(false));

    let closing = json!({ "budgetId": budget, "version": 1 });
    refused(&desk, "closeBudget", "budget { id }", closing, "BUDGET_COMMITTED", "commitments").await?;
    let closing = json!({ "budgetId": budget, "version": 1, "commitments": "RELEASE" });
    let closed = desk.mutate("closeBudget", "budget { state balance { committed { minor } } }", closing).await?;
    let expected = json!({ "state": "CLOSED", "balance": { "committed": { "minor": 0 } } });
    assert_eq!(closed.get("closeBudget.budget"), &expected);
    let more = json!({ "lineId": boosts, "amountMinor": 1, "reason": "Late" });
    refused(&desk, "commitBudget", "entry { id }", more, "BUDGET_CLOSED", "lineId").await
}

#[tokio::test]
async fn what_is_wrong_is_told_with_its_place_and_changes_nothing() -> Result<()> {
    let desk = desk().await?;
    let (budget, boosts, films) = budget(&desk, "EUR").await?;
    book(&desk, "allocateBudget", &boosts, 10_000).await?;
    let said = |line: &str, minor: i64| json!({ "lineId": line, "amountMinor": minor, "reason": "Agreed" });
    let brand = id("brand", desk.brand);
    let named = json!({ "name": "Year", "startsOn": "2026-01-01", "endsOn": "2026-12-31" });
    let new = |more: Value| {
        let mut input = json!({ "brandId": brand, "currency": "EUR", "budget": named });
        if let (Some(input), Some(more)) = (input.as_object_mut(), more.as_object()) {
            input.extend(more.clone());
        }
        input
    };
    let one = |name: &str| json!([{ "name": name, "category": "ADS" }]);
    let cases = [
        ("commitBudget", "entry { id }", said(&boosts, 10_001), "BUDGET_EXCEEDED", "amountMinor"),
        ("commitBudget", "entry { id }", said(&boosts, 0), "INVALID", "amountMinor"),
        ("commitBudget", "entry { id }", said(&nobodys("budgetline"), 1), "NOT_FOUND", "lineId"),
        ("commitBudget", "entry { id }", said(&budget, 1), "NOT_FOUND", "lineId"),
        ("releaseBudget", "entry { id }", said(&boosts, 1), "MORE_THAN_BOOKED", "amountMinor"),
        ("refundBudget", "entry { id }", said(&boosts, 1), "MORE_THAN_BOOKED", "amountMinor"),
        ("adjustBudget", "entry { id }", said(&boosts, -10_001), "BUDGET_EXCEEDED", "amountMinor"),
        (
            "spendBudget",
            "entry { id }",
            json!({ "lineId": boosts, "amountMinor": 5, "drawnMinor": 6, "reason": "Paid" }),
            "INVALID",
            "drawnMinor",
        ),
        (
            "commitBudget",
            "entry { id }",
            json!({ "lineId": boosts, "amountMinor": 5, "reason": " " }),
            "REASON_REQUIRED",
            "reason",
        ),
        (
            "transferBudget",
            "entries { id }",
            json!({ "fromLineId": films, "toLineId": boosts, "amountMinor": 1, "reason": "Moved" }),
            "BUDGET_EXCEEDED",
            "amountMinor",
        ),
        ("createBudget", "budget { id }", new(json!({ "currency": "EURO" })), "UNKNOWN_CURRENCY", "currency"),
        ("createBudget", "budget { id }", new(json!({ "budget": { "name": "X" } })), "INVALID", "budget.startsOn"),
        (
            "createBudget",
            "budget { id }",
            new(json!({ "budget": { "name": "X", "campaignId": nobodys("campaign") } })),
            "NOT_FOUND",
            "budget.campaignId",
        ),
        (
            "updateBudget",
            "budget { id }",
            json!({ "budgetId": budget, "version": 9, "budget": named }),
            "CHANGED_MEANWHILE",
            "version",
        ),
        (
            "addBudgetLines",
            "lines { id }",
            json!({ "budgetId": budget, "lines": one("boosts") }),
            "ALREADY_EXISTS",
            "lines.0.name",
        ),
        (
            "updateBudgetLine",
            "line { id }",
            json!({ "lineId": films, "name": "BOOSTS", "category": "ADS" }),
            "ALREADY_EXISTS",
            "name",
        ),
        (
            "closeBudget",
            "budget { id }",
            json!({ "budgetId": budget, "version": 1, "commitments": "CARRY_OVER", "followingBudgetId": budget }),
            "INVALID",
            "followingBudgetId",
        ),
    ];
    for (name, selection, input, code, field) in cases {
        refused(&desk, name, selection, input, code, field).await?;
    }
    let lines = json!({ "budgetId": budget, "lines": one("Print") });
    let added = desk.mutate("addBudgetLines", "lines { id position }", lines).await?;
    assert_eq!(added.get("addBudgetLines.lines.0.position"), &json!(3));
    let renamed = json!({ "lineId": films, "name": "Clips", "category": "OTHER" });
    let renamed = desk.mutate("updateBudgetLine", "line { name category }", renamed).await?;
    assert_eq!(renamed.get("updateBudgetLine.line"), &json!({ "name": "Clips", "category": "OTHER" }));
    Ok(())
}

#[tokio::test]
async fn amounts_are_for_mid_and_above_and_giving_is_within_a_limit() -> Result<()> {
    let desk = desk().await?;
    let (budget, boosts, _) = budget(&desk, "EUR").await?;
    let mid = desk.app.member(desk.brand, Level::Mid, UserKind::Staff).await?;
    let limit = json!({ "brandId": id("brand", desk.brand), "level": "MID", "kind": "BUDGET", "currency": "EUR", "amountMinor": 5_000 });
    desk.mutate("setBrandApprovalLimit", "limits { level }", limit).await?;
    let give = |minor: i64| json!({ "lineId": boosts, "amountMinor": minor, "reason": "Agreed" });
    let answer = desk.app.client.try_mutate(&mid.token, "allocateBudget", "entry { id }", give(5_001)).await?;
    assert_eq!(answer.user_codes("allocateBudget"), ["LIMIT_EXCEEDED"]);
    let told = answer.text("allocateBudget.userErrors.0.message")?;
    assert!(told.contains("50.00") && told.contains("EUR"), "{told}");
    desk.app.client.mutate(&mid.token, "allocateBudget", "entry { id }", give(5_000)).await?;
    assert_eq!(
        read(&desk, &mid, &budget, "balance { allocated { minor } }").await?["balance"]["allocated"]["minor"],
        5_000
    );

    let before = fingerprint(&desk.app).await?;
    for (level, kind, code) in [
        (Level::Junior, UserKind::Staff, "FORBIDDEN"),
        (Level::Junior, UserKind::Freelancer, "NOT_FOUND"),
        (Level::Junior, UserKind::Client, "NOT_FOUND"),
    ] {
        let who = desk.app.member(desk.brand, level, kind).await?;
        let joined = fingerprint(&desk.app).await?;
        assert_eq!(read(&desk, &who, &budget, "name").await?, Value::Null, "{kind:?}");
        let lists = "query($id: ID!) { budgets(brandId: $id, first: 5) { nodes { id } } }";
        let list = desk.app.client.gql(&who.token, lists, json!({ "id": id("brand", desk.brand) })).await?;
        assert_eq!(list.code(), "FORBIDDEN", "{kind:?}: {}", list.body);
        for name in ["commitBudget", "allocateBudget", "spendBudget"] {
            let answer = desk.app.client.try_mutate(&who.token, name, "entry { id }", give(1)).await?;
            assert_eq!(answer.user_codes(name), [code], "{kind:?} {name}");
        }
        assert_eq!(fingerprint(&desk.app).await?, joined, "{kind:?}");
    }
    assert_ne!(fingerprint(&desk.app).await?, before, "people came, nothing else");
    let closing = json!({ "budgetId": budget, "version": 1 });
    let answer = desk.app.client.try_mutate(&mid.token, "closeBudget", "budget { id }", closing).await?;
    assert_eq!(answer.user_codes("closeBudget"), ["FORBIDDEN"]);
    Ok(())
}
