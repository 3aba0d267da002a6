//! A brand from the archive to its end, and groups of brands.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use chrono::{Duration, TimeZone as _, Utc};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::clock::ManualClock;
use diwan_testkit::{Person, Settings, TestApp};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::kit::{fingerprint, id, nobodys};

struct Held {
    app: TestApp,
    clock: Arc<ManualClock>,
    chief: Person,
}

impl Held {
    async fn new() -> Result<Self> {
        let clock = Arc::new(ManualClock::new(Utc.with_ymd_and_hms(2026, 8, 3, 9, 0, 0).single().context("a time")?));
        let app = TestApp::with(Settings { clock: Some(Arc::clone(&clock)), ..Settings::default() }).await?;
        let chief = app.chief().await?;
        app.db.run("update agency set deletion_grace_days = 3").await?;
        Ok(Self { app, clock, chief })
    }

    /// Does something to a brand as the CMO: what it says, or the codes of the refusal, which changed nothing.
    async fn change(&self, name: &str, brand: Uuid) -> Result<Result<Value, Vec<String>>> {
        let token = self.app.services.tokens.issue(self.chief.id, self.chief.session_id, self.app.services.now())?;
        let before = fingerprint(&self.app).await?;
        let selection = "brand { archivedAt deletionDueAt }";
        let input = json!({ "brandId": id("brand", brand) });
        let answer = self.app.client.try_mutate(&token, name, selection, input).await?;
        let codes = answer.user_codes(name);
        if codes.is_empty() {
            return Ok(Ok(answer.ok()?.get(name)["brand"].clone()));
        }
        assert_eq!(fingerprint(&self.app).await?, before, "{name}: {codes:?}");
        Ok(Err(codes))
    }

    async fn rows_of(&self, brand: Uuid) -> Result<Vec<(String, String)>> {
        let tables: String = self
            .app
            .db
            .value(
                "select string_agg(c.relname, ' ' order by 1) from pg_class c join pg_attribute a on a.attrelid = c.oid
                 where a.attname = 'brand_id' and not a.attisdropped and c.relkind in ('r', 'p') and c.relname <> 'audit_event'
                   and c.relnamespace = 'public'::regnamespace",
            )
            .await?;
        let mut found = Vec::new();
        for table in tables.split(' ') {
            let sql = format!(
                "select count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '')
                 from {table} t where brand_id = '{brand}'"
            );
            found.push((table.to_owned(), self.app.db.value::<String>(&sql).await?));
        }
        Ok(found)
    }
}

fn refused(code: &str) -> Result<Value, Vec<String>> {
    Err(vec![code.to_owned()])
}

#[tokio::test]
async fn a_brand_ends_after_its_grace_and_leaves_nothing_but_its_audit_trail() -> Result<()> {
    let held = Held::new().await?;
    let (alpha, beta) = (held.app.fill_brand("Alpha").await?, held.app.fill_brand("Beta").await?);
    assert_eq!(held.change("deleteBrand", alpha.brand).await?, refused("WRONG_STATE"), "it is not archived");
    assert_eq!(held.change("keepBrand", alpha.brand).await?, refused("WRONG_STATE"));
    assert_eq!(held.change("restoreBrand", alpha.brand).await?, refused("WRONG_STATE"));
    assert!(held.change("archiveBrand", alpha.brand).await?.is_ok());
    assert_eq!(held.change("archiveBrand", alpha.brand).await?, refused("WRONG_STATE"));
    let ordered = held.change("deleteBrand", alpha.brand).await?.expect("ordered");
    assert_eq!(ordered["deletionDueAt"], "2026-08-06T09:00:00+00:00");
    assert_eq!(held.change("deleteBrand", alpha.brand).await?, refused("WRONG_STATE"), "twice");
    assert_eq!(held.change("restoreBrand", alpha.brand).await?, refused("WRONG_STATE"), "the order stands");
    // Taken back and given anew: the time of grace begins anew.
    held.clock.advance(Duration::days(2));
    assert!(held.change("keepBrand", alpha.brand).await?.expect("kept")["deletionDueAt"].is_null());
    held.clock.advance(Duration::days(2));
    held.app.run_jobs().await?;
    assert_eq!(held.app.db.value::<i64>("select count(*) from brand where deleted_at is not null").await?, 0);
    assert!(held.change("deleteBrand", alpha.brand).await?.is_ok());
    held.clock.advance(Duration::days(3) - Duration::seconds(1));
    let before = held.rows_of(beta.brand).await?;
    held.app.run_jobs().await?;
    assert_eq!(held.app.db.value::<i64>("select count(*) from brand where deleted_at is not null").await?, 0);
    held.clock.advance(Duration::seconds(1));
    held.app.run_jobs().await?;

    for (table, rows) in held.rows_of(alpha.brand).await? {
        assert_eq!(rows, "0 ", "{table} still holds rows of the brand");
    }
    assert_eq!(held.rows_of(beta.brand).await?, before, "another brand was touched");
    let files = held.app.stored_files()?;
    assert!(!files.iter().any(|file| file.contains(&alpha.brand.simple().to_string())), "{files:?}");
    assert!(files.iter().any(|file| file.contains(&beta.brand.simple().to_string())), "{files:?}");
    let left = format!("select name || ' ' || (deleted_at is not null) from brand where id = '{}'", alpha.brand);
    assert_eq!(held.app.db.value::<String>(&left).await?, "(deleted) true");
    let events =
        format!("select string_agg(action, ' ' order by seq) from audit_event where brand_id = '{}'", alpha.brand);
    assert_eq!(
        held.app.db.value::<String>(&events).await?,
        "post.create brand.archive brand.delete brand.keep brand.delete brand.purge"
    );

    // Nowhere is it seen any more, not by the CMO either.
    let token = held.app.services.tokens.issue(held.chief.id, held.chief.session_id, held.app.services.now())?;
    let query =
        "query($id: ID!) { node(id: $id) { id } brand(id: $id) { id } viewer { can(action: BRAND_READ, on: $id) }
      gone: brands(first: 9, filter: { archived: true }) { nodes { id } } brands(first: 9) { nodes { id } } }";
    let seen = held.app.client.gql(&token, query, json!({ "id": id("brand", alpha.brand) })).await?.ok()?;
    assert_eq!(
        seen.body["data"],
        json!({ "node": null, "brand": null, "viewer": { "can": false }, "gone": { "nodes": [] },
            "brands": { "nodes": [{ "id": id("brand", beta.brand) }] } })
    );
    for name in ["archiveBrand", "restoreBrand", "deleteBrand", "keepBrand"] {
        assert_eq!(held.change(name, alpha.brand).await?, refused("NOT_FOUND"), "{name}");
    }
    let input = json!({ "brandId": id("brand", alpha.brand), "name": "New" });
    let answer = held.app.client.try_mutate(&token, "createCalendar", "calendar { id }", input).await?;
    assert_eq!(answer.user_codes("createCalendar"), ["NOT_FOUND"]);
    Ok(())
}

/// A deletion that fails because a file is in the way: first before the rows are gone, then between rows and files.
#[tokio::test]
async fn an_end_that_was_set_aside_is_ordered_again_by_whoever_may_end_brands() -> Result<()> {
    let held = Held::new().await?;
    let director = held.app.person(UserKind::Staff, Some(Level::Director)).await?;
    let token = |person: &Person| held.app.services.tokens.issue(person.id, person.session_id, held.app.services.now());
    let alpha = held.app.fill_brand("Alpha").await?;
    assert!(held.change("archiveBrand", alpha.brand).await?.is_ok());
    assert!(held.change("deleteBrand", alpha.brand).await?.is_ok());
    held.clock.advance(Duration::days(4));
    let gone = format!("select count(*) from brand where id = '{}' and deleted_at is not null", alpha.brand);
    for (already_nameless, obstacle) in [
        (
            false,
            "create function stop() returns trigger language plpgsql as $$ begin raise 'in the way'; end $$;
                 create trigger stop before delete on post for each row execute function stop()",
        ),
        (
            true,
            "drop trigger stop on post; create trigger stop before delete on job
                  for each row when (old.kind = 'delete_brand') execute function stop()",
        ),
    ] {
        held.app.db.run(obstacle).await?;
        for _ in 0..6 {
            held.app.run_jobs().await?;
            held.clock.advance(Duration::minutes(5));
        }
        assert_eq!(held.app.db.value::<i64>(&gone).await?, i64::from(already_nameless));
        let listed = "{ agency { jobs(first: 5, states: [SET_ASIDE]) { nodes { id kind canRerun } } } }";
        let seen = held.app.client.gql(&token(&held.chief)?, listed, json!({})).await?.ok()?;
        let job = seen.text("agency.jobs.nodes.0.id")?;
        assert_eq!(seen.get("agency.jobs.nodes"), &json!([{ "id": job, "kind": "delete_brand", "canRerun": true }]));
        let before = fingerprint(&held.app).await?;
        let input = json!({ "jobId": job });
        let answer = held.app.client.try_mutate(&token(&director)?, "rerunJob", "job { id }", input.clone()).await?;
        assert_eq!(answer.user_codes("rerunJob"), ["FORBIDDEN"]);
        let refused = held.app.client.gql(&token(&director)?, listed, json!({})).await?;
        assert_eq!(refused.code(), "FORBIDDEN", "{}", refused.body);
        assert_eq!(fingerprint(&held.app).await?, before);
        held.app.client.mutate(&token(&held.chief)?, "rerunJob", "job { state }", input).await?;
    }
    held.app.db.run("drop trigger stop on job").await?;
    held.app.run_jobs().await?;
    for (table, rows) in held.rows_of(alpha.brand).await? {
        assert_eq!(rows, "0 ", "{table} still holds rows of the brand");
    }
    Ok(())
}

#[tokio::test]
async fn an_archived_brand_is_read_and_nothing_in_it_changes_until_it_is_back() -> Result<()> {
    let mut app = TestApp::new().await?;
    app.leave_jobs();
    let at = app.fill_brand("Alpha").await?;
    let lead = app.member(at.brand, Level::Director, UserKind::Staff).await?;
    let brand = json!({ "brandId": id("brand", at.brand) });
    app.client.mutate(&lead.token, "archiveBrand", "brand { archivedAt }", brand.clone()).await?;
    let state =
        "select (select state from publication) || ' ' || (select state from post) || ' ' || (select state from job)";
    assert_eq!(app.db.value::<String>(state).await?, "CANCELED APPROVED CANCELED");
    let before = fingerprint(&app).await?;
    for (name, selection, input) in [
        ("updateBrand", "brand { id }", json!({ "brandId": brand["brandId"], "version": 1, "name": "B" })),
        ("createCalendar", "calendar { id }", json!({ "brandId": brand["brandId"], "name": "B" })),
        ("updatePost", "post { id }", json!({ "postId": id("post", at.post), "version": 1, "title": "B" })),
    ] {
        let answer = app.client.try_mutate(&lead.token, name, selection, input).await?;
        assert_eq!(answer.user_codes(name), ["BRAND_ARCHIVED"], "{name}: {}", answer.body);
    }
    assert_eq!(fingerprint(&app).await?, before);
    let query = "query($id: ID!) { brand(id: $id) { archivedAt posts(first: 5) { nodes { title } } }
      brands(first: 5) { nodes { id } } archived: brands(first: 5, filter: { archived: true }) { nodes { name } } }";
    let seen = app.client.gql(&lead.token, query, json!({ "id": brand["brandId"] })).await?.ok()?;
    assert_eq!(seen.get("brand.posts.nodes").as_array().map(Vec::len), Some(1));
    assert_eq!((seen.get("brands.nodes"), seen.get("archived.nodes.0.name")), (&json!([]), &json!("Alpha")));

    // Its name is free meanwhile; then it does not come back under it.
    let chief = app.chief().await?;
    app.client.mutate(&chief.token, "createBrand", "brand { id }", json!({ "name": "alpha" })).await?;
    let taken = app.client.try_mutate(&chief.token, "restoreBrand", "brand { id }", brand.clone()).await?;
    assert_eq!(taken.user_codes("restoreBrand"), ["ALREADY_EXISTS"]);
    // Whoever does not see the other brand hears the same.
    let taken = app.client.try_mutate(&lead.token, "restoreBrand", "brand { id }", brand.clone()).await?;
    assert_eq!(taken.user_codes("restoreBrand"), ["ALREADY_EXISTS"]);
    app.db.run("update brand set name = 'Gamma' where name = 'alpha'").await?;
    app.client.mutate(&lead.token, "restoreBrand", "brand { archivedAt }", brand).await?;
    let input = json!({ "postId": id("post", at.post), "version": 1, "title": "B" });
    app.client.mutate(&lead.token, "updatePost", "post { id }", input).await?;
    Ok(())
}

#[tokio::test]
async fn archiving_leaves_what_is_being_sent_and_costs_the_same_for_many_posts() -> Result<()> {
    let app = TestApp::new().await?;
    let chief = app.chief().await?;
    let mut costs = Vec::new();
    for count in [4, 30] {
        let brand = app.brand(&format!("Brand {count}")).await?;
        let account = app.account(brand, "mastodon", &chief).await?;
        let mut posts = Vec::new();
        for _ in 0..count {
            let (post, _) = app.post(brand, account, "Good morning", &chief).await?;
            posts.push((post, app.publication(brand, post, app.services.now() + Duration::days(1)).await?.0));
        }
        // The first is on its way, the second failed, of the third a part is on its network, the others wait.
        app.db
            .run(&format!(
                "update publication set state = 'SENDING' where id = '{}';
                 update post set state = 'PUBLISHING' where id = '{}';
                 update publication set state = 'FAILED', trouble = 'CONTENT' where id = '{}';
                 update post set state = 'FAILED' where id = '{}';
                 update publication set frozen_at = now(), checkpoint = '{{\"stage\": \"preparing\", \"sent\": [{{}}]}}' where id = '{}'",
                posts[0].1, posts[0].0, posts[1].1, posts[1].0, posts[2].1
            ))
            .await?;
        let before = app.db.statements();
        app.client
            .mutate(&chief.token, "archiveBrand", "brand { id }", json!({ "brandId": id("brand", brand) }))
            .await?;
        costs.push(app.db.statements() - before);
        let states = format!(
            "select string_agg(state || ':' || n, ' ' order by state) from (select state, count(*) n from publication
             where brand_id = '{brand}' group by state) s"
        );
        let left = count - 3;
        let expected = format!("CANCELED:{left} FAILED:1 NEEDS_ATTENTION:1 SENDING:1");
        assert_eq!(app.db.value::<String>(&states).await?, expected);
        let why = format!("select trouble from publication where id = '{}'", posts[2].1);
        assert_eq!(app.db.value::<String>(&why).await?, "PARTLY_PUBLISHED");
        let states = states.replace("from publication", "from post");
        assert_eq!(app.db.value::<String>(&states).await?, format!("DRAFT:{left} FAILED:2 PUBLISHING:1"));
        let waiting = format!("select count(*) from job where brand_id = '{brand}' and state = 'CANCELED'");
        assert_eq!(app.db.value::<i64>(&waiting).await?, left + 1, "what waits for a person is not sent either");
    }
    assert_eq!(costs[0], costs[1], "statements for 4 and for 30 posts");
    Ok(())
}

#[tokio::test]
async fn groups_hold_brands_and_show_each_caller_their_own() -> Result<()> {
    let app = TestApp::new().await?;
    let director = app.person(UserKind::Staff, Some(Level::Director)).await?;
    let (alpha, beta) = (app.brand("Alpha").await?, app.brand("Beta").await?);
    let member = app.member(alpha, Level::Senior, UserKind::Staff).await?;
    let client = app.member(alpha, Level::Junior, UserKind::Client).await?;
    let (alpha, beta) = (id("brand", alpha), id("brand", beta));
    let selection = "brandGroup { id name version brands(first: 5) { nodes { name } } }";
    let input = json!({ "name": " Food ", "brandIds": [alpha, beta] });
    let made = app.client.mutate(&director.token, "createBrandGroup", selection, input).await?;
    let group = made.text("createBrandGroup.brandGroup.id")?;
    let all = json!([{ "name": "Beta" }, { "name": "Alpha" }]);
    assert_eq!(made.get("createBrandGroup.brandGroup.brands.nodes"), &all);
    let query = "query($id: ID!) { brandGroups(first: 5) { nodes { name brands(first: 5) { nodes { name } } } }
      brands(first: 5, filter: { groupId: $id }) { nodes { name } } }";
    for (who, groups, brands) in [
        (&director, json!([{ "name": "Food", "brands": { "nodes": all } }]), all.clone()),
        (
            &member,
            json!([{ "name": "Food", "brands": { "nodes": [{ "name": "Alpha" }] } }]),
            json!([{ "name": "Alpha" }]),
        ),
        (&client, json!([]), json!([])),
    ] {
        let seen = app.client.gql(&who.token, query, json!({ "id": group })).await?.ok()?;
        assert_eq!((seen.get("brandGroups.nodes"), seen.get("brands.nodes")), (&groups, &brands));
    }

    let before = fingerprint(&app).await?;
    for (name, input, code) in [
        ("createBrandGroup", json!({ "name": "FOOD" }), "ALREADY_EXISTS"),
        ("createBrandGroup", json!({ "name": "" }), "INVALID"),
        ("createBrandGroup", json!({ "name": "New", "brandIds": [alpha, nobodys("brand")] }), "NOT_FOUND"),
        ("updateBrandGroup", json!({ "brandGroupId": group, "version": 2, "name": "X" }), "CHANGED_MEANWHILE"),
        ("addBrandsToGroup", json!({ "brandGroupId": group, "brandIds": [group] }), "NOT_FOUND"),
        ("addBrandsToGroup", json!({ "brandGroupId": nobodys("group"), "brandIds": [alpha] }), "NOT_FOUND"),
        ("removeBrandsFromGroup", json!({ "brandGroupId": group, "brandIds": [nobodys("brand")] }), "NOT_FOUND"),
    ] {
        let answer = app.client.try_mutate(&director.token, name, selection, input).await?;
        assert_eq!(answer.user_codes(name), [code], "{name}: {}", answer.body);
        assert_eq!(fingerprint(&app).await?, before, "{name}");
    }
    let input = json!({ "brandGroupId": group, "version": 1, "name": "Drinks" });
    let named = app.client.mutate(&director.token, "updateBrandGroup", selection, input).await?;
    assert_eq!(named.get("updateBrandGroup.brandGroup.version"), 2);
    let input = json!({ "brandGroupId": group, "brandIds": [alpha] });
    let fewer = app.client.mutate(&director.token, "removeBrandsFromGroup", selection, input.clone()).await?;
    assert_eq!(fewer.get("removeBrandsFromGroup.brandGroup.brands.nodes"), &json!([{ "name": "Beta" }]));
    for _ in 0..2 {
        let more = app.client.mutate(&director.token, "addBrandsToGroup", selection, input.clone()).await?;
        assert_eq!(more.get("addBrandsToGroup.brandGroup.brands.nodes"), &all);
    }
    let gone = json!({ "brandGroupId": group });
    let deleted = app.client.mutate(&director.token, "deleteBrandGroup", "deletedId", gone).await?;
    assert_eq!(deleted.get("deleteBrandGroup.deletedId"), &json!(group));
    assert_eq!((app.db.count("brand_group_brand").await?, app.db.count("brand").await?), (0, 2));
    Ok(())
}
