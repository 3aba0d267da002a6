//! One's own passkeys: what adding and removing one needs, and that nobody touches another's.

use anyhow::{Context as _, Result};
use chrono::Duration;
use diwan_domain::trust::MAX_PASSKEYS;
use diwan_entity::tenancy::app_user::UserKind;
use diwan_testkit::build::PASSWORD;
use diwan_testkit::services::PUBLIC_URL;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::kit::{fingerprint, nobodys};
use crate::passkeys::Desk;

#[tokio::test]
async fn a_passkey_goes_only_with_a_proof_of_its_owner() -> Result<()> {
    let desk = Desk::new().await?;
    let client = &desk.app.client;
    let (mut phone, added) = desk.enrol(&desk.token, "My phone").await?;
    let passkey = added.text("addPasskey.passkey.id")?;
    let codes: Vec<String> = serde_json::from_value(added.get("addPasskey.recoveryCodes").clone())?;
    let (mut key, added) = desk.enrol(&desk.token, "My key").await?;
    let second = added.text("addPasskey.passkey.id")?;
    let remove = async |token: &str, passkey: &str, proof: Value| {
        let input = json!({ "passkeyId": passkey, "proof": proof });
        client.try_mutate(token, "removePasskey", "removed", input).await
    };

    // Somebody else's is not there, exactly as what never was.
    let sami = desk.app.person(UserKind::Staff, None).await?;
    for foreign in [&passkey, &nobodys("passkey"), &"passkey_x".to_owned(), &nobodys("session")] {
        let before = fingerprint(&desk.app).await?;
        let removed = remove(&sami.token, foreign, json!({ "password": PASSWORD })).await?;
        let input = json!({ "passkeyId": foreign, "name": "Mine" });
        let renamed = client.try_mutate(&sami.token, "renamePasskey", "passkey { id }", input).await?;
        for (name, answer) in [("removePasskey", removed), ("renamePasskey", renamed)] {
            assert_eq!(answer.user_codes(name), ["NOT_FOUND"], "{}", answer.body);
            assert_eq!(answer.get(&format!("{name}.userErrors.0.field")), &json!(["passkeyId"]));
        }
        assert_eq!(fingerprint(&desk.app).await?, before);
    }
    let seen = client.gql(&sami.token, "{ viewer { secondFactors { passkeys { id } } } }", json!({})).await?.ok()?;
    assert_eq!(seen.get("viewer.secondFactors.passkeys"), &json!([]));

    // A wrong proof of each kind leaves it; one of a passkey that was begun for a sign-in is wrong.
    let alone = desk.begin("", "beginPasskeySignIn", json!({})).await?;
    let for_sign_in = alone.end(&phone.get(&alone.options).await?);
    for (proof, code) in [
        (json!({ "password": "not the password" }), "WRONG_CREDENTIALS"),
        (json!({ "code": "000000" }), "SECOND_FACTOR_WRONG"),
        (json!({ "recoveryCode": "aaaa-bbbb-cccc-dddd" }), "SECOND_FACTOR_WRONG"),
        (json!({ "passkey": for_sign_in }), "PASSKEY_REFUSED"),
    ] {
        let refused = remove(&desk.token, &passkey, proof).await?;
        assert_eq!(refused.user_codes("removePasskey"), [code], "{}", refused.body);
        assert_eq!(desk.app.db.count("passkey").await?, 2);
    }
    // One passkey can prove that another may go, and goes itself.
    let proof = desk.begin_proof(&desk.token).await?;
    let shown = proof.end(&key.get(&proof.options).await?);
    let removed = remove(&desk.token, &passkey, json!({ "passkey": shown })).await?.ok()?;
    assert_eq!(removed.get("removePasskey.removed"), true);
    let replayed = remove(&desk.token, &second, json!({ "passkey": shown })).await?;
    assert_eq!(replayed.user_codes("removePasskey"), ["PASSKEY_REFUSED"]);
    let gone = desk.sign_in(&mut phone).await?;
    assert_eq!(gone.user_codes("signInWithPasskey"), ["PASSKEY_REFUSED"]);
    assert_eq!(desk.app.db.count("recovery_code").await?, 10, "there is a factor left");
    remove(&desk.token, &second, json!({ "recoveryCode": codes[0] })).await?.ok()?;
    assert_eq!((desk.app.db.count("passkey").await?, desk.app.db.count("recovery_code").await?), (0, 0));
    let stands: bool =
        desk.app.db.value("select bool_or(second_factor) from session where method = 'PASSWORD'").await?;
    assert!(!stands, "sessions that a password began stand on it alone again");
    desk.app.sign_in("dina@nour.example").await?;
    let nothing = "mutation { beginPasskeyProof { ceremonyToken userErrors { code } } }";
    let nothing = client.gql(&desk.token, nothing, json!({})).await?;
    assert_eq!(nothing.user_codes("beginPasskeyProof"), ["NOT_FOUND"]);
    let sql = "select count(*) from audit_event where action = 'second_factor.remove'";
    assert_eq!(desk.app.db.value::<i64>(sql).await?, 2);
    Ok(())
}

#[tokio::test]
async fn an_older_session_adds_a_passkey_only_with_a_proof() -> Result<()> {
    let desk = Desk::new().await?;
    let client = &desk.app.client;
    desk.clock.advance(Duration::minutes(9));
    let (mut phone, _) = desk.enrol(&desk.token, "My phone").await?;
    desk.clock.advance(Duration::seconds(59));
    let session = desk.sign_in(&mut phone).await?.ok()?.text("signInWithPasskey.session.accessToken")?;
    desk.app.db.run("update session set created_at = created_at - interval '10 minutes'").await?;
    let ceremonies = desk.app.db.count("passkey_ceremony").await?;
    for (input, code, field) in [
        (json!({}), "INVALID", "proof"),
        (json!({ "proof": { "password": "not the password" } }), "WRONG_CREDENTIALS", "password"),
    ] {
        let refused = client.try_mutate(&session, "beginPasskeyRegistration", "ceremonyToken", input).await?;
        assert_eq!(refused.user_codes("beginPasskeyRegistration"), [code]);
        assert_eq!(refused.get("beginPasskeyRegistration.userErrors.0.field"), &json!([field]));
        assert_eq!(desk.app.db.count("passkey_ceremony").await?, ceremonies);
    }
    let proof = desk.begin_proof(&session).await?;
    let proof = json!({ "proof": { "passkey": proof.end(&phone.get(&proof.options).await?) } });
    desk.begin(&session, "beginPasskeyRegistration", proof).await?;
    let begun = desk.begin(&session, "beginPasskeyRegistration", json!({ "proof": { "password": PASSWORD } })).await?;
    let mut input = begun.end(&Browser::new(PUBLIC_URL)?.create(&begun.options).await?);
    input["name"] = "My key".into();
    client.mutate(&session, "addPasskey", "passkey { id }", input).await?;
    Ok(())
}

#[tokio::test]
async fn a_new_passkey_is_taken_once_in_time_and_from_whom_it_was_made_for() -> Result<()> {
    let desk = Desk::new().await?;
    let client = &desk.app.client;
    let sami = desk.app.person(UserKind::Staff, None).await?;
    let (mut phone, _) = desk.enrol(&desk.token, "My phone").await?;
    let try_add = async |token: &str, mut input: Value, name: &str| {
        input["name"] = name.into();
        client.try_mutate(token, "addPasskey", "passkey { id } recoveryCodes", input).await
    };
    let begin = async |token: &str| desk.begin(token, "beginPasskeyRegistration", json!({})).await;
    let kept = desk.passkeys().await?;

    // With an unusable name the ceremony goes on; another person cannot end it; with a right one it ends.
    let ceremony = begin(&desk.token).await?;
    let input = ceremony.end(&phone.empty().create(&ceremony.options).await?);
    for (name, code) in [("", "INVALID"), ("a\0b", "INVALID"), (&"x".repeat(101)[..], "TOO_LONG")] {
        assert_eq!(try_add(&desk.token, input.clone(), name).await?.user_codes("addPasskey"), [code]);
    }
    let foreign = try_add(&sami.token, input.clone(), "Sami's").await?;
    assert_eq!(foreign.user_codes("addPasskey"), ["CHALLENGE_EXPIRED"]);
    assert_eq!(desk.passkeys().await?, kept);
    try_add(&desk.token, input.clone(), "My key").await?.ok()?;
    let kept = desk.passkeys().await?;
    assert_eq!(try_add(&desk.token, input, "Again").await?.user_codes("addPasskey"), ["CHALLENGE_EXPIRED"]);

    // What was made elsewhere, for another challenge, without its user, or is no passkey at all.
    let mut elsewhere = Browser::new("https://evil.diwan.example")?;
    let mut unverified = phone.empty();
    unverified.verifies = false;
    for (what, browser) in [("another origin", &mut elsewhere), ("an unverified user", &mut unverified)] {
        let ceremony = begin(&desk.token).await?;
        let mut options = ceremony.options.clone();
        options["authenticatorSelection"]["userVerification"] = "discouraged".into();
        let input = ceremony.end(&browser.create(&options).await?);
        let refused = try_add(&desk.token, input, "Bad").await?;
        assert_eq!(refused.user_codes("addPasskey"), ["PASSKEY_REFUSED"], "{what}");
        assert_eq!(refused.get("addPasskey.userErrors.0.field"), &json!(["credential"]));
    }
    let (one, two) = (begin(&desk.token).await?, begin(&desk.token).await?);
    let made = phone.empty().create(&one.options).await?;
    for (what, input) in [("another challenge", two.end(&made)), ("nothing", begin(&desk.token).await?.end(&json!([])))]
    {
        assert_eq!(try_add(&desk.token, input, "Bad").await?.user_codes("addPasskey"), ["PASSKEY_REFUSED"], "{what}");
    }
    let alone = desk.begin("", "beginPasskeySignIn", json!({})).await?;
    let mismatched = alone.end(&phone.get(&alone.options).await?);
    assert_eq!(try_add(&desk.token, mismatched, "Bad").await?.user_codes("addPasskey"), ["CHALLENGE_EXPIRED"]);
    let late = begin(&desk.token).await?;
    let made = late.end(&phone.empty().create(&late.options).await?);
    desk.clock.advance(Duration::minutes(5));
    assert_eq!(try_add(&desk.token, made, "Late").await?.user_codes("addPasskey"), ["CHALLENGE_EXPIRED"]);
    assert_eq!(desk.passkeys().await?, kept);
    Ok(())
}

#[tokio::test]
async fn a_passkey_has_one_owner_and_an_owner_twenty() -> Result<()> {
    let desk = Desk::new().await?;
    let client = &desk.app.client;
    let sami = desk.app.person(UserKind::Staff, None).await?;
    desk.enrol(&desk.token, "My phone").await?;
    // The same credential for somebody else: the row of the first owner is given the id that the second will bring.
    let ceremony = desk.begin(&sami.token, "beginPasskeyRegistration", json!({})).await?;
    let made = Browser::new(PUBLIC_URL)?.create(&ceremony.options).await?;
    let raw = data_encoding::BASE64URL_NOPAD.decode(made["rawId"].as_str().context("an id")?.as_bytes())?;
    let raw = data_encoding::HEXLOWER.encode(&raw);
    desk.app.db.run(&format!("update passkey set credential_id = '\\x{raw}'")).await?;
    let kept = desk.passkeys().await?;
    let mut input = ceremony.end(&made);
    input["name"] = "Sami's".into();
    let refused = client.try_mutate(&sami.token, "addPasskey", "passkey { id } recoveryCodes", input).await?;
    assert_eq!(refused.user_codes("addPasskey"), ["PASSKEY_REFUSED"]);
    assert_eq!(desk.passkeys().await?, kept);
    let codes = format!("select count(*) from recovery_code where user_id = '{}'", sami.id);
    assert_eq!(desk.app.db.value::<i64>(&codes).await?, 0);

    let more = format!(
        "insert into passkey select gen_random_uuid(), user_id, sha256(n::text::bytea), 'Key ' || n, credential, created_at, null
         from passkey, generate_series(2, {MAX_PASSKEYS}) n"
    );
    desk.app.db.run(&more).await?;
    let (kept, ceremonies) = (desk.passkeys().await?, desk.app.db.count("passkey_ceremony").await?);
    let full = client.try_mutate(&desk.token, "beginPasskeyRegistration", "ceremonyToken", json!({})).await?;
    assert_eq!(full.user_codes("beginPasskeyRegistration"), ["TOO_MANY"]);
    assert_eq!((desk.passkeys().await?, desk.app.db.count("passkey_ceremony").await?), (kept, ceremonies));
    let seen = client.gql(&desk.token, "{ viewer { secondFactors { passkeys { name } } } }", json!({})).await?.ok()?;
    assert_eq!(seen.get("viewer.secondFactors.passkeys").as_array().map(Vec::len), Some(MAX_PASSKEYS));
    Ok(())
}

#[tokio::test]
async fn strangers_and_programs_have_no_passkeys() -> Result<()> {
    let desk = Desk::new().await?;
    let client = &desk.app.client;
    let brand = client.mutate(&desk.token, "createBrand", "brand { id }", json!({ "name": "Alpha" })).await?;
    let places = json!([{ "brandId": brand.text("createBrand.brand.id")?, "level": "MID" }]);
    let input = json!({ "name": "Shop", "places": places });
    let shop = client.mutate(&desk.token, "createIntegration", "integration { id }", input).await?;
    let input = json!({ "integrationId": shop.text("createIntegration.integration.id")?, "name": "Key",
        "scopes": ["BRAND_READ"], "expiresAt": (desk.app.services.now() + Duration::days(30)).to_rfc3339() });
    let program = client.mutate(&desk.token, "createApiToken", "secret", input).await?.text("createApiToken.secret")?;
    // Its first use is noted.
    client.gql(&program, "{ viewer { user { name } } }", json!({})).await?.ok()?;
    let before = fingerprint(&desk.app).await?;
    for (name, selection, input) in [
        ("beginPasskeyRegistration", "ceremonyToken", json!({})),
        ("addPasskey", "passkey { id }", json!({ "ceremonyToken": "", "credential": {}, "name": "Mine" })),
        ("renamePasskey", "passkey { id }", json!({ "passkeyId": nobodys("passkey"), "name": "Mine" })),
        ("removePasskey", "removed", json!({ "passkeyId": nobodys("passkey"), "proof": { "password": PASSWORD } })),
    ] {
        for token in ["", &program] {
            let refused = client.try_mutate(token, name, selection, input.clone()).await?;
            assert_eq!(refused.user_codes(name), ["SIGN_IN_REQUIRED"], "{}", refused.body);
        }
    }
    assert_eq!(fingerprint(&desk.app).await?, before);
    Ok(())
}
