//! Settings of agency and brands: what a brand does not say is as the agency has it.

use anyhow::Result;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_testkit::TestApp;
use serde_json::{Value, json};

use crate::kit::{fingerprint, id};

const AGENCY: &str =
    "agency { name locale timeZone baseCurrency weekStart calendarSystem deletionGraceDays requireSecondFactor
  fourEyes version businessHours { day from to } }";
const BRAND: &str =
    "brand { name locale timeZone baseCurrency weekStart publishGraceSeconds version businessHours { day from to }
  overrides { baseCurrency weekStart businessHours { day } } }";

#[tokio::test]
async fn a_brand_has_the_agencys_settings_until_it_has_its_own() -> Result<()> {
    let app = TestApp::new().await?;
    let chief = app.chief().await?;
    let brand = app.brand("Alpha").await?;
    let hours = json!([{ "day": 2, "from": 540, "to": 1020 }, { "day": 1, "from": 840, "to": 1440 }, { "day": 1, "from": 0, "to": 840 }]);
    let sorted = json!([{ "day": 1, "from": 0, "to": 840 }, { "day": 1, "from": 840, "to": 1440 }, { "day": 2, "from": 540, "to": 1020 }]);
    let input = json!({ "version": 1, "name": " Nour ", "locale": "FA", "timeZone": "Asia/Tehran", "baseCurrency": "IRR",
        "weekStart": "SATURDAY", "calendarSystem": "JALALI", "businessHours": hours, "deletionGraceDays": 7 });
    let answer = app.client.mutate(&chief.token, "updateAgency", AGENCY, input).await?;
    let expected = json!({ "name": "Nour", "locale": "FA", "timeZone": "Asia/Tehran", "baseCurrency": "IRR", "weekStart": "SATURDAY",
        "calendarSystem": "JALALI", "deletionGraceDays": 7, "requireSecondFactor": false, "fourEyes": true, "version": 2,
        "businessHours": sorted });
    assert_eq!(answer.get("updateAgency.agency"), &expected);

    let read = format!("query($id: ID!) {{ agency {{ id }} {} }}", BRAND.replace("brand", "brand(id: $id)"));
    let id = json!({ "id": id("brand", brand) });
    let seen = app.client.gql(&chief.token, &read, id.clone()).await?.ok()?;
    assert_eq!(
        seen.get("brand"),
        &json!({ "name": "Alpha", "locale": "EN", "timeZone": "Europe/Athens", "baseCurrency": "IRR", "weekStart": "SATURDAY",
            "publishGraceSeconds": 3600, "version": 1, "businessHours": sorted,
            "overrides": { "baseCurrency": null, "weekStart": null, "businessHours": null } })
    );
    let input = json!({ "brandId": id["id"], "version": 1, "name": "Alpha 2", "locale": "EL", "timeZone": "Europe/Berlin",
        "baseCurrency": "EUR", "weekStart": "MONDAY", "businessHours": [], "publishGraceSeconds": 60 });
    let changed = app.client.mutate(&chief.token, "updateBrand", BRAND, input).await?;
    let own = json!({ "name": "Alpha 2", "locale": "EL", "timeZone": "Europe/Berlin", "baseCurrency": "EUR", "weekStart": "MONDAY",
        "publishGraceSeconds": 60, "version": 2, "businessHours": [],
        "overrides": { "baseCurrency": "EUR", "weekStart": "MONDAY", "businessHours": [] } });
    assert_eq!(changed.get("updateBrand.brand"), &own);
    // Left out stays, null goes back.
    let input = json!({ "brandId": id["id"], "version": 2, "weekStart": null });
    let changed = app.client.mutate(&chief.token, "updateBrand", BRAND, input).await?;
    assert_eq!(changed.get("updateBrand.brand.weekStart"), "SATURDAY");
    assert_eq!(
        changed.get("updateBrand.brand.overrides"),
        &json!({ "baseCurrency": "EUR", "weekStart": null, "businessHours": [] })
    );
    assert_eq!(changed.get("updateBrand.brand.name"), "Alpha 2");
    assert_eq!(app.db.count("audit_event").await?, 3);
    Ok(())
}

#[tokio::test]
async fn everything_that_is_wrong_with_settings_is_said_at_once_and_changes_nothing() -> Result<()> {
    let app = TestApp::new().await?;
    let chief = app.chief().await?;
    let (brand, _other) = (app.brand("Alpha").await?, app.brand("Beta").await?);
    let before = fingerprint(&app).await?;
    let refused = async |name: &str, selection: &str, input: Value| -> Result<Vec<String>> {
        let answer = app.client.try_mutate(&chief.token, name, selection, input).await?;
        assert_eq!(fingerprint(&app).await?, before, "{}", answer.body);
        let errors = answer.get(name)["userErrors"].as_array().cloned().unwrap_or_default();
        let one = |error: &Value| {
            let path: Vec<_> = error["field"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            format!("{} {}", error["code"].as_str().unwrap_or_default(), path.join("."))
        };
        Ok(errors.iter().map(one).collect())
    };
    let hours = json!([{ "day": 0, "from": 1, "to": 2 }, { "day": 3, "from": -1, "to": 60 }, { "day": 4, "from": 60, "to": 60 },
        { "day": 5, "from": 0, "to": 1441 }, { "day": 6, "from": 100, "to": 200 }, { "day": 6, "from": 199, "to": 300 }]);
    let input = json!({ "version": 2, "name": " ", "timeZone": "Mars/Olympus", "baseCurrency": "eur", "businessHours": hours,
        "deletionGraceDays": 0 });
    let all = [
        "CHANGED_MEANWHILE version",
        "INVALID name",
        "UNKNOWN_TIME_ZONE timeZone",
        "UNKNOWN_CURRENCY baseCurrency",
        "INVALID businessHours.0.day",
        "INVALID businessHours.1.from",
        "INVALID businessHours.2.to",
        "INVALID businessHours.3.to",
        "INVALID businessHours.5.from",
        "INVALID deletionGraceDays",
    ];
    assert_eq!(refused("updateAgency", AGENCY, input).await?, all);
    for currency in ["", "EU", "EURO", "ABC", "1", "€"] {
        let input = json!({ "version": 1, "baseCurrency": currency });
        assert_eq!(refused("updateAgency", AGENCY, input).await?, ["UNKNOWN_CURRENCY baseCurrency"], "{currency}");
    }
    let input = json!({ "version": 1, "deletionGraceDays": 366 });
    assert_eq!(refused("updateAgency", AGENCY, input).await?, ["INVALID deletionGraceDays"]);
    let many = vec![json!({ "day": 1, "from": 1, "to": 2 }); 71];
    let input = json!({ "version": 1, "businessHours": many });
    assert_eq!(refused("updateAgency", AGENCY, input).await?, ["TOO_MANY businessHours"]);
    assert_eq!(
        refused("updateSecurity", AGENCY, json!({ "version": 9, "fourEyes": false })).await?,
        ["CHANGED_MEANWHILE version"]
    );
    let brand = id("brand", brand);
    let input = json!({ "brandId": brand, "version": 3, "name": "x".repeat(201), "timeZone": "", "baseCurrency": "XYZ",
        "publishGraceSeconds": 59, "businessHours": [{ "day": 8, "from": 0, "to": 1 }] });
    let all = [
        "CHANGED_MEANWHILE version",
        "TOO_LONG name",
        "UNKNOWN_TIME_ZONE timeZone",
        "INVALID publishGraceSeconds",
        "UNKNOWN_CURRENCY baseCurrency",
        "INVALID businessHours.0.day",
    ];
    assert_eq!(refused("updateBrand", BRAND, input).await?, all);
    let input = json!({ "brandId": brand, "version": 1, "name": "BETA" });
    assert_eq!(refused("updateBrand", BRAND, input).await?, ["ALREADY_EXISTS name"]);
    Ok(())
}

#[tokio::test]
async fn who_relaxes_security_stands_on_the_audit_trail_with_what_it_was() -> Result<()> {
    let app = TestApp::new().await?;
    let (chief, director) = (app.chief().await?, app.person(UserKind::Staff, Some(Level::Director)).await?);
    let input = json!({ "version": 1, "fourEyes": false, "requireSecondFactor": true });
    let before = fingerprint(&app).await?;
    let refused = app.client.try_mutate(&director.token, "updateSecurity", AGENCY, input.clone()).await?;
    assert_eq!(refused.user_codes("updateSecurity"), ["FORBIDDEN"]);
    assert_eq!(fingerprint(&app).await?, before);
    let done = app.client.mutate(&chief.token, "updateSecurity", AGENCY, input).await?;
    assert_eq!(done.get("updateSecurity.agency.fourEyes"), false);
    assert_eq!(done.get("updateSecurity.agency.requireSecondFactor"), true);
    let detail: Value = app.db.value("select detail from audit_event where action = 'agency.update_security'").await?;
    assert_eq!(detail["four_eyes"], json!({ "from": true, "to": false }));
    assert_eq!(detail["require_second_factor"], json!({ "from": false, "to": true }));
    Ok(())
}
