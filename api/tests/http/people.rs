//! People: invited, given places, managed by those above them, deactivated, and their work handed over.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use chrono::{Duration, TimeZone as _, Utc};
use diwan_domain::permission::RULES;
use diwan_domain::tenancy::remind_of_endings;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::clock::ManualClock;
use diwan_testkit::build::PASSWORD;
use diwan_testkit::{Person, Settings, TestApp};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::kit::{fingerprint, id, nobodys};

const INVITED: &str = "user { id name state email invitedUntil memberships { level state } } invitationUrl";
const SESSION: &str = "session { accessToken user { id name state email } }";
const PLACE: &str = "membership { id level specialties state expiresAt version }";

async fn app() -> Result<TestApp> {
    let mut app = TestApp::new().await?;
    app.leave_jobs();
    Ok(app)
}

/// Refused with these codes, and nothing has changed.
async fn refused(app: &TestApp, who: &Person, name: &str, selection: &str, input: Value) -> Result<Vec<String>> {
    let before = fingerprint(app).await?;
    let answer = app.client.try_mutate(&who.token, name, selection, input).await?;
    let codes = answer.user_codes(name);
    assert!(!codes.is_empty(), "{name} was not refused: {}", answer.body);
    assert_eq!(fingerprint(app).await?, before, "{name}: {codes:?}");
    Ok(codes)
}

fn token_of(url: &str) -> String {
    url.rsplit('/').next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn an_invitation_is_accepted_once_and_gives_exactly_its_places() -> Result<()> {
    let clock = Arc::new(ManualClock::new(Utc.with_ymd_and_hms(2026, 8, 3, 9, 0, 0).single().context("a time")?));
    let mut app = TestApp::with(Settings { clock: Some(Arc::clone(&clock)), ..Settings::default() }).await?;
    app.leave_jobs();
    let (alpha, beta) = (app.brand("Alpha").await?, app.brand("Beta").await?);
    let lead = app.member(alpha, Level::Senior, UserKind::Staff).await?;
    let input = json!({ "email": " Maya@Nour.example", "name": "Maya", "kind": "STAFF",
        "places": [{ "brandId": id("brand", alpha), "level": "MID", "specialties": ["DESIGNER"] }] });
    let made = app.client.mutate(&lead.token, "invitePerson", INVITED, input).await?;
    assert_eq!(
        made.get("invitePerson.user.memberships"),
        &json!([{ "level": "MID", "state": "INVITED" }]),
        "{}",
        made.body
    );
    assert_eq!(made.get("invitePerson.user.email"), "maya@nour.example");
    let user = json!({ "userId": made.get("invitePerson.user.id") });
    let first = token_of(&made.text("invitePerson.invitationUrl")?);
    let kept = format!("select count(*) from invitation i where i::text like '%{first}%'");
    assert_eq!(app.db.value::<i64>(&kept).await?, 0, "only its digest is kept");
    assert_eq!(app.db.value::<i64>("select count(*) from letter where template = 'invitation'").await?, 1);

    let accept = async |token: &str, password: &str| {
        let input = json!({ "token": token, "name": "Maya N.", "password": password });
        app.client.try_mutate("", "acceptInvitation", SESSION, input).await
    };
    // A new one replaces the one before; one that was taken back, or is a week old, opens nothing.
    let again = app.client.mutate(&lead.token, "resendInvitation", INVITED, user.clone()).await?;
    let second = token_of(&again.text("resendInvitation.invitationUrl")?);
    let before = fingerprint(&app).await?;
    for token in ["", "join_guess", &first] {
        assert_eq!(accept(token, PASSWORD).await?.user_codes("acceptInvitation"), ["LINK_INVALID"], "{token}");
    }
    assert_eq!(accept(&second, "short").await?.user_codes("acceptInvitation"), ["PASSWORD_TOO_SHORT"]);
    assert_eq!(fingerprint(&app).await?, before);
    app.client.mutate(&lead.token, "revokeInvitation", "user { id }", user.clone()).await?;
    assert_eq!(accept(&second, PASSWORD).await?.user_codes("acceptInvitation"), ["LINK_INVALID"]);
    assert_eq!(refused(&app, &lead, "revokeInvitation", "user { id }", user.clone()).await?, ["WRONG_STATE"]);
    let third = app.client.mutate(&lead.token, "resendInvitation", INVITED, user.clone()).await?;
    let third = token_of(&third.text("resendInvitation.invitationUrl")?);
    clock.advance(Duration::days(7));
    assert_eq!(accept(&third, PASSWORD).await?.user_codes("acceptInvitation"), ["LINK_EXPIRED"]);
    let lead = Person { token: app.services.tokens.issue(lead.id, lead.session_id, app.services.now())?, ..lead };
    let fourth = app.client.mutate(&lead.token, "resendInvitation", INVITED, user.clone()).await?;
    let fourth = token_of(&fourth.text("resendInvitation.invitationUrl")?);
    let joined = accept(&fourth, PASSWORD).await?.ok()?;
    assert_eq!(joined.get("acceptInvitation.session.user.name"), "Maya N.");
    assert_eq!(joined.get("acceptInvitation.session.user.state"), "ACTIVE");
    assert_eq!(accept(&fourth, PASSWORD).await?.user_codes("acceptInvitation"), ["LINK_INVALID"], "twice");
    assert_eq!(refused(&app, &lead, "resendInvitation", INVITED, user).await?, ["WRONG_STATE"], "who has joined");
    let maya = joined.text("acceptInvitation.session.accessToken")?;
    let query = "query($beta: ID!) { viewer { memberships { level brand { name } } } brand(id: $beta) { id } }";
    let seen = app.client.gql(&maya, query, json!({ "beta": id("brand", beta) })).await?.ok()?;
    assert_eq!(
        seen.body["data"],
        json!({ "viewer": { "memberships": [{ "level": "MID", "brand": { "name": "Alpha" } }] }, "brand": null })
    );
    app.sign_in("maya@nour.example").await?;
    Ok(())
}

#[tokio::test]
async fn nobody_gives_what_is_at_or_above_their_own_level() -> Result<()> {
    let app = app().await?;
    let (alpha, beta) = (app.brand("Alpha").await?, app.brand("Beta").await?);
    let lead = app.member(alpha, Level::Senior, UserKind::Staff).await?;
    let director = app.person(UserKind::Staff, Some(Level::Director)).await?;
    let mid = app.member(alpha, Level::Mid, UserKind::Staff).await?;
    let invitee =
        |kind: &str, place: Value| json!({ "email": "new@x.example", "name": "N", "kind": kind, "places": [place] });
    let at = |level: &str| json!({ "brandId": id("brand", alpha), "level": level });
    let bare = json!({ "brandId": id("brand", alpha) });
    let past = json!({ "brandId": id("brand", alpha), "expiresAt": "2020-01-01T00:00:00Z" });
    for (who, input, code) in [
        (&lead, invitee("STAFF", at("SENIOR")), "LEVEL_TOO_HIGH"),
        (&lead, invitee("STAFF", at("CMO")), "LEVEL_TOO_HIGH"),
        (&director, invitee("STAFF", at("DIRECTOR")), "LEVEL_TOO_HIGH"),
        (&mid, invitee("STAFF", at("JUNIOR")), "FORBIDDEN"),
        (&lead, invitee("STAFF", json!({ "brandId": id("brand", beta), "level": "JUNIOR" })), "NOT_FOUND"),
        (&lead, invitee("STAFF", bare.clone()), "INVALID"),
        (&lead, invitee("INTEGRATION", at("JUNIOR")), "INVALID"),
        (&lead, invitee("CLIENT", at("MID")), "INVALID"),
        (&lead, invitee("FREELANCER", bare.clone()), "EXPIRY_REQUIRED"),
        (&lead, invitee("FREELANCER", past), "TIME_IN_PAST"),
        (&lead, json!({ "email": "x", "name": "N", "kind": "STAFF", "places": [at("MID")] }), "INVALID"),
        (&lead, json!({ "email": "n@x.example", "name": "", "kind": "STAFF", "places": [at("MID")] }), "INVALID"),
        (&lead, json!({ "email": "n@x.example", "name": "N", "kind": "STAFF" }), "FORBIDDEN"),
        (&director, json!({ "email": "n@x.example", "name": "N", "kind": "STAFF" }), "INVALID"),
        (
            &director,
            json!({ "email": "n@x.example", "name": "N", "kind": "STAFF", "agencyLevel": "DIRECTOR" }),
            "LEVEL_TOO_HIGH",
        ),
        (
            &lead,
            json!({ "email": "n@x.example", "name": "N", "kind": "STAFF", "agencyLevel": "CMO", "places": [at("MID")] }),
            "FORBIDDEN",
        ),
        (&lead, json!({ "email": mid.email, "name": "N", "kind": "CLIENT", "places": [bare] }), "KIND_MISMATCH"),
        (
            &lead,
            json!({ "email": mid.email, "name": "N", "kind": "STAFF", "places": [at("JUNIOR")] }),
            "ALREADY_EXISTS",
        ),
        (&lead, json!({ "email": lead.email, "name": "N", "kind": "STAFF", "places": [at("JUNIOR")] }), "NOT_YOURSELF"),
    ] {
        assert_eq!(refused(&app, &who.clone(), "invitePerson", INVITED, input.clone()).await?, [code], "{input}");
    }
    for kind in [UserKind::Freelancer, UserKind::Client, UserKind::Integration] {
        let other = app.member(alpha, Level::Cmo, kind).await?;
        assert_eq!(
            refused(&app, &other, "invitePerson", INVITED, invitee("STAFF", at("JUNIOR"))).await?,
            ["FORBIDDEN"]
        );
    }
    // Whoever is there already just gets the place, and hears of it.
    let there = app.member(beta, Level::Mid, UserKind::Staff).await?;
    let input = json!({ "email": there.email, "name": "Ignored", "kind": "STAFF", "places": [at("JUNIOR")] });
    let given = app.client.mutate(&lead.token, "invitePerson", INVITED, input).await?;
    assert_eq!(given.get("invitePerson.user.memberships"), &json!([{ "level": "JUNIOR", "state": "ACTIVE" }]));
    assert!(given.get("invitePerson.invitationUrl").is_null());
    assert_eq!(app.db.value::<i64>("select count(*) from letter where template = 'place-added'").await?, 1);
    app.db.run(&format!("update app_user set deactivated_at = now() where id = '{}'", there.id)).await?;
    let input = json!({ "email": there.email, "name": "N", "kind": "STAFF", "places": [at("JUNIOR")] });
    assert_eq!(refused(&app, &lead, "invitePerson", INVITED, input).await?, ["PERSON_DEACTIVATED"]);
    Ok(())
}

#[tokio::test]
async fn a_place_is_changed_by_those_above_it_and_at_once() -> Result<()> {
    let app = app().await?;
    let brand = app.brand("Alpha").await?;
    let lead = app.member(brand, Level::Senior, UserKind::Staff).await?;
    let (peer, mid) = (app.person(UserKind::Staff, None).await?, app.person(UserKind::Staff, None).await?);
    let freelancer = app.person(UserKind::Freelancer, None).await?;
    let [peer_place, mid_place, free_place] = [
        app.join(&peer, brand, Level::Senior).await?,
        app.join(&mid, brand, Level::Mid).await?,
        app.join(&freelancer, brand, Level::Junior).await?,
    ]
    .map(|place| id("membership", place));
    let own: Uuid = app.db.value(&format!("select id from membership where user_id = '{}'", lead.id)).await?;
    let of = |place: &str| json!({ "membershipId": place });
    for name in ["suspendMembership", "resumeMembership", "endMembership", "extendMembership"] {
        assert_eq!(refused(&app, &lead, name, PLACE, of(&peer_place)).await?, ["LEVEL_TOO_HIGH"], "{name}");
        assert_eq!(refused(&app, &lead, name, PLACE, of(&id("membership", own))).await?, ["NOT_YOURSELF"], "{name}");
        assert_eq!(refused(&app, &mid, name, PLACE, of(&free_place)).await?, ["FORBIDDEN"], "{name}");
        assert_eq!(refused(&app, &lead, name, PLACE, of(&nobodys("membership"))).await?, ["NOT_FOUND"], "{name}");
        assert_eq!(refused(&app, &freelancer, name, PLACE, of(&mid_place)).await?, ["NOT_FOUND"], "{name}");
    }
    let change =
        |place: &str, version: i32, level: &str| json!({ "membershipId": place, "version": version, "level": level });
    for (input, code) in [
        (change(&mid_place, 1, "SENIOR"), "LEVEL_TOO_HIGH"),
        (change(&mid_place, 2, "JUNIOR"), "CHANGED_MEANWHILE"),
        (change(&free_place, 1, "MID"), "INVALID"),
        (change(&peer_place, 1, "JUNIOR"), "LEVEL_TOO_HIGH"),
    ] {
        assert_eq!(refused(&app, &lead, "updateMembership", PLACE, input.clone()).await?, [code], "{input}");
    }
    let mut input = change(&mid_place, 1, "JUNIOR");
    input["specialties"] = json!(["COPYWRITER", "DESIGNER", "COPYWRITER"]);
    let changed = app.client.mutate(&lead.token, "updateMembership", PLACE, input).await?;
    assert_eq!(changed.get("updateMembership.membership.specialties"), &json!(["COPYWRITER", "DESIGNER"]));
    assert_eq!(changed.get("updateMembership.membership.level"), "JUNIOR");

    assert_eq!(refused(&app, &lead, "extendMembership", PLACE, of(&free_place)).await?, ["EXPIRY_REQUIRED"]);
    let past = json!({ "membershipId": free_place, "expiresAt": "2020-01-01T00:00:00Z" });
    assert_eq!(refused(&app, &lead, "extendMembership", PLACE, past).await?, ["TIME_IN_PAST"]);
    let later = json!({ "membershipId": free_place, "expiresAt": "2035-01-01T00:00:00Z" });
    let extended = app.client.mutate(&lead.token, "extendMembership", PLACE, later).await?;
    assert_eq!(extended.get("extendMembership.membership.expiresAt"), "2035-01-01T00:00:00+00:00");

    let sees = async || -> Result<bool> {
        let query = "query($id: ID!) { brand(id: $id) { id } }";
        let answer = app.client.gql(&mid.token, query, json!({ "id": id("brand", brand) })).await?.ok()?;
        Ok(answer.get("brand").is_object())
    };
    assert!(sees().await?);
    for (name, state, seen) in [
        ("suspendMembership", "SUSPENDED", false),
        ("resumeMembership", "ACTIVE", true),
        ("endMembership", "ENDED", false),
    ] {
        let done = app.client.mutate(&lead.token, name, PLACE, of(&mid_place)).await?;
        assert_eq!(done.get(name)["membership"]["state"], state);
        assert_eq!(sees().await?, seen, "{name}");
        let codes = refused(&app, &lead, name, PLACE, of(&mid_place)).await?;
        assert_eq!(codes, ["WRONG_STATE"], "{name} twice");
    }
    // Who comes back is invited anew; a CMO of the brand manages those at every level.
    let input = json!({ "email": mid.email, "name": "N", "kind": "STAFF", "places": [{ "brandId": id("brand", brand), "level": "MID" }] });
    app.client.mutate(&lead.token, "invitePerson", INVITED, input).await?;
    assert!(sees().await?);
    let chief = app.member(brand, Level::Cmo, UserKind::Staff).await?;
    app.client.mutate(&chief.token, "updateMembership", PLACE, change(&peer_place, 1, "CMO")).await?;
    app.client.mutate(&chief.token, "endMembership", PLACE, of(&peer_place)).await?;
    Ok(())
}

#[tokio::test]
async fn there_is_always_a_cmo_however_many_leave_at_once() -> Result<()> {
    let app = app().await?;
    let alone = app.chief().await?;
    let selection = "user { id }";
    let of = |person: &Person| json!({ "userId": id("user", person.id) });
    assert_eq!(refused(&app, &alone, "deactivatePerson", selection, of(&alone)).await?, ["NOT_YOURSELF"]);
    for round in 0..5 {
        let other = app.chief().await?;
        let name = if round % 2 == 0 { "deactivatePerson" } else { "setAgencyLevel" };
        let all = app.db.run("update app_user set deactivated_at = null, agency_level = null").await;
        all?;
        app.db
            .run(&format!("update app_user set agency_level = 'CMO' where id in ('{}', '{}')", alone.id, other.id))
            .await?;
        app.db.run("update session set revoked_at = null, revoked_because = null").await?;
        let (one, two) = tokio::join!(
            app.client.try_mutate(&alone.token, name, selection, of(&other)),
            app.client.try_mutate(&other.token, name, selection, of(&alone)),
        );
        let left: i64 =
            app.db.value("select count(*) from app_user where agency_level = 'CMO' and deactivated_at is null").await?;
        assert_eq!(left, 1, "{name}: {} {}", one?.body, two?.body);
    }
    app.db
        .run(&format!("update app_user set deactivated_at = null, agency_level = 'CMO' where id = '{}'", alone.id))
        .await?;
    app.db.run(&format!("update app_user set agency_level = null where id <> '{}'", alone.id)).await?;
    app.db.run("update session set revoked_at = null, revoked_because = null").await?;
    // An invited CMO cannot sign in yet, and a director is none.
    let director = app.person(UserKind::Staff, Some(Level::Director)).await?;
    let junior = app.person(UserKind::Staff, None).await?;
    assert_eq!(refused(&app, &director, "deactivatePerson", selection, of(&alone)).await?, ["LEVEL_TOO_HIGH"]);
    let up = json!({ "userId": id("user", junior.id), "level": "DIRECTOR" });
    assert_eq!(refused(&app, &director, "setAgencyLevel", selection, up.clone()).await?, ["LEVEL_TOO_HIGH"]);
    assert_eq!(refused(&app, &junior, "setAgencyLevel", selection, up.clone()).await?, ["FORBIDDEN"]);
    assert_eq!(refused(&app, &junior, "deactivatePerson", selection, of(&alone)).await?, ["NOT_FOUND"]);
    let low = json!({ "userId": id("user", junior.id), "level": "MID" });
    assert_eq!(refused(&app, &alone, "setAgencyLevel", selection, low).await?, ["INVALID"]);
    app.client.mutate(&alone.token, "setAgencyLevel", selection, up).await?;
    assert_eq!(refused(&app, &director, "deactivatePerson", selection, of(&junior)).await?, ["LEVEL_TOO_HIGH"]);
    Ok(())
}

#[tokio::test]
async fn who_is_deactivated_is_out_with_the_next_request_until_let_back() -> Result<()> {
    let app = app().await?;
    let (director, brand) = (app.person(UserKind::Staff, Some(Level::Director)).await?, app.brand("Alpha").await?);
    let sami = app.member(brand, Level::Mid, UserKind::Staff).await?;
    let of = json!({ "userId": id("user", sami.id) });
    let works = async || -> Result<bool> {
        Ok(app.client.gql(&sami.token, "{ viewer { user { id } } }", json!({})).await?.status == 200)
    };
    assert!(works().await?);
    let done = app.client.mutate(&director.token, "deactivatePerson", "user { state }", of.clone()).await?;
    assert_eq!(done.get("deactivatePerson.user.state"), "DEACTIVATED");
    assert!(!works().await?);
    let open = format!("select count(*) from session where user_id = '{}' and revoked_at is null", sami.id);
    assert_eq!(app.db.value::<i64>(&open).await?, 0);
    assert_eq!(refused(&app, &director, "deactivatePerson", "user { id }", of.clone()).await?, ["WRONG_STATE"]);
    app.client.mutate(&director.token, "reactivatePerson", "user { state }", of.clone()).await?;
    assert_eq!(refused(&app, &director, "reactivatePerson", "user { id }", of).await?, ["WRONG_STATE"]);
    assert!(!works().await?, "the old session stays ended");
    app.sign_in(&sami.email).await?;
    Ok(())
}

#[tokio::test]
async fn work_is_handed_over_whole_and_at_the_same_cost_for_much_as_for_little() -> Result<()> {
    let app = app().await?;
    let mut costs = Vec::new();
    for (round, count) in [(0, 2_i32), (1, 20)] {
        let (one, two) = (app.brand(&format!("One {round}")).await?, app.brand(&format!("Two {round}")).await?);
        let (leaver, heir) = (app.person(UserKind::Staff, None).await?, app.person(UserKind::Staff, None).await?);
        let lead = app.person(UserKind::Staff, None).await?;
        for brand in [one, two] {
            app.join(&leaver, brand, Level::Mid).await?;
            app.join(&lead, brand, Level::Senior).await?;
        }
        app.join(&heir, one, Level::Junior).await?;
        for brand in [one, two] {
            let account = app.account(brand, "mastodon", &lead).await?;
            for at in 0..=count {
                let (post, _) = app.post(brand, account, "x", &lead).await?;
                app.db
                    .run(&format!(
                        "insert into post_assignment (id, brand_id, post_id, user_id, created_at)
                    values (gen_random_uuid(), '{brand}', '{post}', '{}', now())",
                        leaver.id
                    ))
                    .await?;
                if at == 0 {
                    app.db
                        .run(&format!("update post set state = 'PUBLISHED', due_at = now() where id = '{post}'"))
                        .await?;
                } else if at == 1 && brand == one {
                    app.db
                        .run(&format!(
                            "insert into post_assignment (id, brand_id, post_id, user_id, created_at)
                        values (gen_random_uuid(), '{brand}', '{post}', '{}', now())",
                            heir.id
                        ))
                        .await?;
                }
            }
        }
        let input = json!({ "fromUserId": id("user", leaver.id), "toUserId": id("user", heir.id) });
        assert_eq!(refused(&app, &lead, "handOverWork", "posts", input.clone()).await?, ["NOT_A_MEMBER"]);
        app.join(&heir, two, Level::Junior).await?;
        assert_eq!(refused(&app, &leaver, "handOverWork", "posts", input.clone()).await?, ["FORBIDDEN", "FORBIDDEN"]);
        let itself = json!({ "fromUserId": id("user", leaver.id), "toUserId": id("user", leaver.id) });
        assert_eq!(refused(&app, &lead, "handOverWork", "posts", itself).await?, ["INVALID"]);
        let before = app.db.statements();
        let done = app.client.mutate(&lead.token, "handOverWork", "posts brands", input).await?;
        costs.push(app.db.statements() - before);
        assert_eq!(done.get("handOverWork.posts"), 2 * count - 1);
        assert_eq!(done.get("handOverWork.brands"), 2);
        let of = |person: &Person| format!("select count(*) from post_assignment where user_id = '{}'", person.id);
        assert_eq!(app.db.value::<i64>(&of(&leaver)).await?, 2, "what was published stays theirs");
        assert_eq!(app.db.value::<i64>(&of(&heir)).await?, i64::from(2 * count));
        let events = "select count(*) from audit_event where action = 'work.hand_over'";
        assert_eq!(app.db.value::<i64>(events).await?, 2 * (round + 1));
    }
    assert_eq!(costs[0], costs[1], "statements for little and for much work");
    Ok(())
}

#[tokio::test]
async fn members_and_people_are_found_by_what_they_are() -> Result<()> {
    let app = app().await?;
    let brand = app.brand("Alpha").await?;
    let lead = app.member(brand, Level::Senior, UserKind::Staff).await?;
    let junior = app.member(brand, Level::Junior, UserKind::Staff).await?;
    let client = app.member(brand, Level::Junior, UserKind::Client).await?;
    let states = [
        ("SUSPENDED", "suspended_at = now()"),
        ("ENDED", "ended_at = now()"),
        ("EXPIRED", "starts_at = now() - interval '2 h', expires_at = now() - interval '1 h'"),
        ("UPCOMING", "starts_at = now() + interval '1 h'"),
    ];
    for (_, change) in states {
        let person = app.member(brand, Level::Mid, UserKind::Staff).await?;
        app.db.run(&format!("update membership set {change} where user_id = '{}'", person.id)).await?;
    }
    let invited = app.member(brand, Level::Mid, UserKind::Staff).await?;
    app.db.run(&format!("update app_user set joined_at = null where id = '{}'", invited.id)).await?;
    let query = "query($id: ID!, $filter: MemberFilterInput) { brand(id: $id) { members(first: 50, filter: $filter) {
      nodes { state level user { id email } } } } }";
    let members = async |who: &Person, filter: Value| -> Result<Vec<Value>> {
        let variables = json!({ "id": id("brand", brand), "filter": filter });
        let answer = app.client.gql(&who.token, query, variables).await?.ok()?;
        Ok(answer.get("brand.members.nodes").as_array().cloned().unwrap_or_default())
    };
    for state in ["SUSPENDED", "ENDED", "EXPIRED", "UPCOMING", "INVITED"] {
        let found = members(&lead, json!({ "states": [state] })).await?;
        assert_eq!((found.len(), &found[0]["state"]), (1, &json!(state)), "{state}");
    }
    assert_eq!(members(&lead, json!({ "states": ["ACTIVE"] })).await?.len(), 3);
    assert_eq!(members(&lead, json!({ "kinds": ["CLIENT"] })).await?.len(), 1);
    assert_eq!(members(&lead, json!({ "levels": ["MID"], "states": ["ENDED", "EXPIRED"] })).await?.len(), 2);
    assert_eq!(members(&lead, json!({ "specialties": ["DESIGNER"] })).await?.len(), 0);
    assert_eq!(members(&lead, Value::Null).await?.len(), 8);
    // Addresses are for oneself and for those who manage somebody.
    let shown = |all: &[Value], person: &Person| {
        all.iter().any(|one| one["user"]["id"] == id("user", person.id) && one["user"]["email"] == json!(person.email))
    };
    let (by_lead, by_junior) = (members(&lead, Value::Null).await?, members(&junior, Value::Null).await?);
    assert!(shown(&by_lead, &junior) && shown(&by_lead, &lead) && shown(&by_lead, &client));
    assert!(shown(&by_junior, &junior) && !shown(&by_junior, &lead) && !shown(&by_junior, &client));
    let answer = app.client.gql(&client.token, query, json!({ "id": id("brand", brand) })).await?;
    assert_eq!(answer.code(), "FORBIDDEN", "clients have no directory");

    let chief = app.chief().await?;
    let query = "query($filter: PeopleFilterInput) { people(first: 50, filter: $filter) { nodes { id } } }";
    for (filter, count) in [
        (json!({}), 9),
        (json!({ "agencyWide": true }), 1),
        (json!({ "kinds": ["CLIENT"] }), 1),
        (json!({ "states": ["INVITED"] }), 1),
        (json!({ "states": ["DEACTIVATED"] }), 0),
        (json!({ "search": lead.email.to_uppercase() }), 1),
        (json!({ "search": "%" }), 0),
    ] {
        let answer = app.client.gql(&chief.token, query, json!({ "filter": filter })).await?.ok()?;
        assert_eq!(answer.get("people.nodes").as_array().map(Vec::len), Some(count), "{filter}");
    }
    assert_eq!(app.client.gql(&lead.token, query, json!({})).await?.code(), "FORBIDDEN");

    let query = "query($on: ID) { viewer { permissions(on: $on) { action extent } } }";
    for (who, kind, level) in [(&junior, UserKind::Staff, Level::Junior), (&client, UserKind::Client, Level::Junior)] {
        let answer = app.client.gql(&who.token, query, json!({ "on": id("brand", brand) })).await?.ok()?;
        let told = answer.get("viewer.permissions").as_array().context("a list")?.len();
        assert_eq!(told, RULES.iter().filter(|rule| rule.allows(kind, Some(level), None)).count());
        let answer = app.client.gql(&who.token, query, json!({ "on": nobodys("brand") })).await?.ok()?;
        assert_eq!(answer.get("viewer.permissions"), &json!([]));
    }
    Ok(())
}

#[tokio::test]
async fn a_profile_is_its_owners() -> Result<()> {
    let app = app().await?;
    let brand = app.brand("Alpha").await?;
    let client = app.member(brand, Level::Junior, UserKind::Client).await?;
    let selection = "user { name locale calendarSystem timeZone }";
    let input = json!({ "name": "Noor", "locale": "FA", "calendarSystem": "JALALI", "timeZone": "Asia/Tehran" });
    let done = app.client.mutate(&client.token, "updateProfile", selection, input.clone()).await?;
    assert_eq!(done.get("updateProfile.user"), &input);
    let back = app.client.mutate(&client.token, "updateProfile", selection, json!({ "timeZone": null })).await?;
    assert_eq!(back.get("updateProfile.user.timeZone"), &Value::Null);
    assert_eq!(back.get("updateProfile.user.name"), "Noor");
    let wrong = json!({ "name": " ", "timeZone": "Mars/Olympus" });
    assert_eq!(refused(&app, &client, "updateProfile", selection, wrong).await?, ["INVALID", "UNKNOWN_TIME_ZONE"]);
    let program = app.member(brand, Level::Junior, UserKind::Integration).await?;
    assert_eq!(refused(&app, &program, "updateProfile", selection, json!({ "name": "X" })).await?, ["KIND_MISMATCH"]);
    Ok(())
}

#[tokio::test]
async fn people_are_reminded_once_of_each_end() -> Result<()> {
    let clock = Arc::new(ManualClock::new(Utc.with_ymd_and_hms(2026, 8, 3, 9, 0, 0).single().context("a time")?));
    let mut app = TestApp::with(Settings { clock: Some(Arc::clone(&clock)), ..Settings::default() }).await?;
    app.leave_jobs();
    let brand = app.brand("Alpha").await?;
    let (lead, person) = (app.chief().await?, app.member(brand, Level::Junior, UserKind::Freelancer).await?);
    app.db.run(&format!("update membership set added_by = '{}' where user_id = '{}'", lead.id, person.id)).await?;
    let letters = async || -> Result<String> {
        let sql = "select coalesce(string_agg(template, ' ' order by template), '') from letter";
        app.db.value(sql).await
    };
    // The place lasts 90 days.
    assert_eq!(remind_of_endings(&app.services).await?, 0);
    clock.advance(Duration::days(83) - Duration::seconds(1));
    assert_eq!(remind_of_endings(&app.services).await?, 0);
    clock.advance(Duration::seconds(1));
    assert_eq!(remind_of_endings(&app.services).await?, 1);
    assert_eq!(letters().await?, "place-ending place-ending-team");
    assert_eq!(remind_of_endings(&app.services).await?, 0, "once");
    app.db.run("update membership set expires_at = expires_at + interval '1 day'").await?;
    assert_eq!(remind_of_endings(&app.services).await?, 0);
    clock.advance(Duration::days(1));
    assert_eq!(remind_of_endings(&app.services).await?, 1, "another end");
    app.db.run("update membership set reminded_for = null, suspended_at = now()").await?;
    assert_eq!(remind_of_endings(&app.services).await?, 0, "a suspended place");
    Ok(())
}
