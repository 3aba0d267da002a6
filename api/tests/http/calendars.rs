//! Calendars themselves, special days, promises, and feeds for other programs.

use anyhow::{Context as _, Result};
use chrono::Duration;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::http::Method;
use diwan_testkit::client::Answer;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::kit::{Desk, at, fingerprint, id, nobodys};

impl Desk {
    async fn refused(&self, name: &str, input: Value, code: &str) -> Result<Answer> {
        let before = fingerprint(&self.app).await?;
        let refused = self.try_mutate(name, "userErrors { code }", input.clone()).await?;
        let codes = refused.user_codes(name);
        let said = codes.first().map_or(refused.code(), String::as_str);
        assert_eq!(said, code, "{name} {input}: {}", refused.body);
        assert_eq!(fingerprint(&self.app).await?, before, "{name} was refused and left something");
        Ok(refused)
    }

    async fn ask(&self, query: &str, variables: Value) -> Result<Answer> {
        self.app.client.gql(&self.person.token, query, variables).await?.ok()
    }
}

#[tokio::test]
async fn a_calendar_is_changed_shared_archived_and_brought_back() -> Result<()> {
    let mut desk = Desk::new(Level::Senior).await?;
    desk.app.leave_jobs();
    let brand = id("brand", desk.brand);
    let made = desk
        .mutate(
            "createCalendar",
            "calendar { id colour sharedWithClient version }",
            json!({ "brandId": brand, "name": "Spring", "colour": "#AbCdEf" }),
        )
        .await?;
    let calendar = made.text("createCalendar.calendar.id")?;
    assert_eq!(made.get("createCalendar.calendar.colour"), "#abcdef");
    assert_eq!(made.get("createCalendar.calendar.sharedWithClient"), true);
    let change = |version: i32, rest: Value| {
        let mut input = json!({ "calendarId": calendar, "version": version });
        input.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        input
    };
    let changed = desk
        .mutate("updateCalendar", "calendar { name colour version }", change(1, json!({ "name": " Summer " })))
        .await?;
    assert_eq!(changed.get("updateCalendar.calendar"), &json!({ "name": "Summer", "colour": "#abcdef", "version": 2 }));
    desk.refused("updateCalendar", change(1, json!({ "name": "Late" })), "CHANGED_MEANWHILE").await?;
    desk.refused("updateCalendar", change(2, json!({ "name": "CONTENT" })), "ALREADY_EXISTS").await?;
    desk.refused("updateCalendar", change(2, json!({ "name": " " })), "INVALID").await?;
    for colour in ["red", "#12345", "#1234567", "#12345g", "", "#١٢٣٤٥٦"] {
        desk.refused("updateCalendar", change(2, json!({ "colour": colour })), "INVALID").await?;
    }
    desk.refused("updateCalendar", json!({ "calendarId": nobodys("calendar"), "version": 1 }), "NOT_FOUND").await?;
    let shared = json!({ "calendarId": calendar, "shared": false });
    let shared = desk.mutate("shareCalendar", "calendar { sharedWithClient }", shared).await?;
    assert_eq!(shared.get("shareCalendar.calendar.sharedWithClient"), false);

    let one = json!({ "calendarId": calendar });
    desk.mutate("archiveCalendar", "calendar { archivedAt }", one.clone()).await?;
    desk.refused("archiveCalendar", one.clone(), "WRONG_STATE").await?;
    desk.refused("createPost", json!({ "calendarId": calendar, "title": "New" }), "WRONG_STATE").await?;
    let lists = "query($id: ID!) { brand(id: $id) { used: calendars(first: 9) { nodes { name } } away: calendars(first: 9, archived: true) { nodes { name } } } }";
    let seen = desk.ask(lists, json!({ "id": brand })).await?;
    assert_eq!(
        seen.get("brand"),
        &json!({ "used": { "nodes": [{ "name": "Content" }] }, "away": { "nodes": [{ "name": "Summer" }] } })
    );
    desk.mutate("createCalendar", "calendar { id }", json!({ "brandId": brand, "name": "summer" })).await?;
    desk.refused("restoreCalendar", one.clone(), "ALREADY_EXISTS").await?;
    desk.app.db.run("update calendar set name = 'Other' where name = 'summer'").await?;
    desk.mutate("restoreCalendar", "calendar { archivedAt }", one).await?;

    let (post, _) = desk.app.post(desk.brand, desk.mastodon, "Hello", &desk.person).await?;
    desk.app.publication(desk.brand, post, desk.app.services.now() + Duration::days(1)).await?;
    let of_post: Uuid = desk.app.db.value(&format!("select calendar_id from post where id = '{post}'")).await?;
    let refused =
        desk.refused("archiveCalendar", json!({ "calendarId": id("calendar", of_post) }), "CALENDAR_IN_USE").await?;
    assert!(
        refused.text("archiveCalendar.userErrors.0.message").is_ok_and(|message| message.contains('1')),
        "{}",
        refused.body
    );
    Ok(())
}

#[tokio::test]
async fn special_days_stand_where_their_own_calendar_puts_them() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let brand = id("brand", desk.brand);
    let chief = desk.app.chief().await?;
    let day = |name: &str, system: &str, month: &str, day: i32| json!({ "name": name, "calendarSystem": system, "monthCode": month, "day": day });
    for (name, system, month, number) in [
        ("Nowruz", "JALALI", "M01", 1),
        ("Eid", "HIJRI", "M10", 1),
        ("Purim", "HEBREW", "M06", 14),
        ("Leap", "GREGORIAN", "M02", 29),
    ] {
        let input = json!({ "brandId": brand, "specialDay": day(name, system, month, number) });
        desk.mutate("createSpecialDay", "specialDay { id }", input).await?;
    }
    let mut once = day("Opening", "JALALI", "M01", 5);
    once["year"] = json!(1405);
    let input = json!({ "specialDay": once });
    desk.app.client.mutate(&chief.token, "createSpecialDay", "specialDay { id brand { id } }", input).await?;

    let query = "query($input: CalendarViewInput!) { calendarView(input: $input) { days { date specialDays { name brandId local { year monthCode day } } } } }";
    let month = async |anchor: &str| -> Result<Vec<(String, String)>> {
        let answer = desk.ask(query, json!({ "input": { "brandIds": [brand], "anchor": anchor } })).await?;
        let mut found = Vec::new();
        for shown in answer.get("calendarView.days").as_array().context("days")? {
            for special in shown["specialDays"].as_array().context("special days")? {
                let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                found.push((text(&special["name"]), text(&shown["date"])));
            }
        }
        Ok(found)
    };
    let pairs =
        |list: &[(&str, &str)]| list.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect::<Vec<_>>();
    assert_eq!(
        month("2026-03-01").await?,
        pairs(&[("Purim", "2026-03-03"), ("Eid", "2026-03-20"), ("Nowruz", "2026-03-21"), ("Opening", "2026-03-25")])
    );
    assert_eq!(
        month("2027-03-15").await?,
        pairs(&[("Eid", "2027-03-09"), ("Nowruz", "2027-03-21"), ("Purim", "2027-03-23")])
    );
    assert_eq!(month("2027-02-15").await?, pairs(&[("Leap", "2027-02-28")]), "the last day of a shorter month");
    assert_eq!(month("2028-02-15").await?, pairs(&[("Eid", "2028-02-26"), ("Leap", "2028-02-29")]));

    // What the brand has stands there, and what the agency has with it.
    let lists = "query($id: ID!) { brand(id: $id) { specialDays { id name calendarSystem version } } agency { specialDays { name year } } }";
    let seen = desk.ask(lists, json!({ "id": brand })).await?;
    assert_eq!(seen.get("brand.specialDays").as_array().map(Vec::len), Some(4));
    assert_eq!(seen.get("agency.specialDays"), &json!([{ "name": "Opening", "year": 1405 }]));
    let first = seen.text("brand.specialDays.0.id")?;
    let change = |version: i32| json!({ "specialDayId": first, "version": version, "specialDay": day("Nowruz!", "JALALI", "M01", 2) });
    desk.mutate("updateSpecialDay", "specialDay { version }", change(1)).await?;
    desk.refused("updateSpecialDay", change(1), "CHANGED_MEANWHILE").await?;
    for (system, month, number, code) in [
        ("GREGORIAN", "M02", 30, "INVALID"),
        ("GREGORIAN", "M13", 1, "INVALID"),
        ("JALALI", "M07", 31, "INVALID"),
        ("HIJRI", "M05L", 1, "INVALID"),
        ("HEBREW", "M05L", 31, "INVALID"),
        ("HEBREW", "Adar", 1, "INVALID"),
        ("HEBREW", "", 0, "INVALID"),
        ("MAYAN", "M01", 1, "BAD_REQUEST"),
    ] {
        let input = json!({ "brandId": brand, "specialDay": day("Wrong", system, month, number) });
        desk.refused("createSpecialDay", input, code).await?;
    }
    let mut never = day("Never", "JALALI", "M12", 30);
    never["year"] = json!(1404);
    desk.refused("createSpecialDay", json!({ "brandId": brand, "specialDay": never }), "INVALID").await?;
    desk.refused("createSpecialDay", json!({ "specialDay": day("Mine", "JALALI", "M01", 1) }), "FORBIDDEN").await?;
    desk.mutate("deleteSpecialDay", "deletedId", json!({ "specialDayId": first })).await?;
    desk.refused("deleteSpecialDay", json!({ "specialDayId": first }), "NOT_FOUND").await?;
    Ok(())
}

#[tokio::test]
async fn promises_are_watched_week_by_week() -> Result<()> {
    let mut desk = Desk::new(Level::Senior).await?;
    desk.app.leave_jobs();
    let now = desk.app.services.now();
    let brand = id("brand", desk.brand);
    let this_week: String =
        desk.app.db.value("select to_char(date_trunc('week', now() at time zone 'UTC'), 'YYYY-MM-DD')").await?;
    desk.app.db.run("update brand set time_zone = 'UTC', week_start = 'MONDAY'").await?;
    let monday = at(&format!("{this_week}T00:00:00Z"));
    for (days, state) in
        [(-5, "PUBLISHED"), (9, "SCHEDULED"), (10, "DRAFT"), (16, "SCHEDULED"), (17, "SCHEDULED"), (23, "FAILED")]
    {
        let (post, _) = desk.app.post(desk.brand, desk.mastodon, "Hello", &desk.person).await?;
        let due = (monday + Duration::days(days) + Duration::hours(9)).to_rfc3339();
        desk.app.db.run(&format!("update post set due_at = '{due}', state = '{state}' where id = '{post}'")).await?;
    }
    let rule = |number: i32, from: &str| json!({ "postsPerWeek": number, "startsOn": from });
    let long_ago = (now - Duration::days(60)).format("%F").to_string();
    let input = json!({ "brandId": brand, "promise": rule(2, &long_ago) });
    let made = desk.mutate("createContentPromise", "promise { id }", input).await?;
    let promise = made.text("createContentPromise.promise.id")?;
    let input =
        json!({ "brandId": brand, "socialAccountId": id("account", desk.bluesky), "promise": rule(1, &long_ago) });
    desk.mutate("createContentPromise", "promise { id }", input).await?;
    let last_week = (monday - Duration::days(7)).format("%F").to_string();
    let query = "query($id: ID!, $anchor: NaiveDate) { contentWatch(brandId: $id, anchor: $anchor, weeks: 5) {
      startsOn published scheduled drafted failed missing severity promise { postsPerWeek socialAccount { network } } } }";
    let answer = desk.ask(query, json!({ "id": brand, "anchor": last_week })).await?;
    let weeks = answer.get("contentWatch").as_array().context("weeks")?;
    let of_brand: Vec<Value> = weeks
        .iter()
        .filter(|week| week["promise"]["socialAccount"].is_null())
        .map(|week| {
            json!([
                week["published"],
                week["scheduled"],
                week["drafted"],
                week["failed"],
                week["missing"],
                week["severity"]
            ])
        })
        .collect();
    assert_eq!(
        of_brand,
        [
            json!([1, 0, 0, 0, 1, "BROKEN"]),
            json!([0, 0, 0, 0, 2, "GAP"]),
            json!([0, 1, 1, 0, 1, "AT_RISK"]),
            json!([0, 2, 0, 0, 0, "KEPT"]),
            json!([0, 0, 0, 1, 2, "GAP"]),
        ]
    );
    assert!(weeks.iter().filter(|week| !week["promise"]["socialAccount"].is_null()).all(|week| week["missing"] == 1));
    assert_eq!(weeks[6]["severity"], "GAP", "the worst of a week first");

    for (number, from, to) in [
        (0, "2027-01-01", None),
        (201, "2027-01-01", None),
        (1, "1800-01-01", None),
        (1, "2027-01-02", Some("2027-01-01")),
    ] {
        let mut wrong = rule(number, from);
        wrong["endsOn"] = json!(to);
        desk.refused("createContentPromise", json!({ "brandId": brand, "promise": wrong }), "INVALID").await?;
    }
    let input = json!({ "brandId": brand, "socialAccountId": nobodys("account"), "promise": rule(1, "2027-01-01") });
    desk.refused("createContentPromise", input, "NOT_FOUND").await?;
    let change = |version: i32| json!({ "promiseId": promise, "version": version, "promise": rule(3, "2027-01-01") });
    desk.mutate("updateContentPromise", "promise { version }", change(1)).await?;
    desk.refused("updateContentPromise", change(1), "CHANGED_MEANWHILE").await?;
    desk.mutate("deleteContentPromise", "deletedId", json!({ "promiseId": promise })).await?;
    desk.refused("deleteContentPromise", json!({ "promiseId": promise }), "NOT_FOUND").await?;
    for weeks in [0, 27, -1] {
        let query = format!("query($id: ID!) {{ contentWatch(brandId: $id, weeks: {weeks}) {{ missing }} }}");
        let answer = desk.app.client.gql(&desk.person.token, &query, json!({ "id": brand })).await?;
        assert_eq!(answer.code(), "INVALID");
    }
    Ok(())
}

#[tokio::test]
async fn a_promise_of_a_pillar_counts_its_posts_alone() -> Result<()> {
    let desk = Desk::new(Level::Senior).await?;
    let brand = id("brand", desk.brand);
    let mut pillars = Vec::new();
    for name in ["Craft", "People"] {
        let input = json!({ "brandId": brand, "pillar": { "name": name, "shareBasisPoints": 0 } });
        let made = desk.mutate("createContentPillar", "contentPillar { id }", input).await?;
        pillars.push(made.text("createContentPillar.contentPillar.id")?);
    }
    desk.app.db.run("update brand set time_zone = 'UTC', week_start = 'MONDAY'").await?;
    for (account, pillar, state) in [
        (desk.mastodon, Some("Craft"), "SCHEDULED"),
        (desk.bluesky, Some("Craft"), "SCHEDULED"),
        (desk.bluesky, Some("Craft"), "DRAFT"),
        (desk.mastodon, Some("People"), "PUBLISHED"),
        (desk.mastodon, None, "SCHEDULED"),
    ] {
        let (post, _) = desk.app.post(desk.brand, account, "Hello", &desk.person).await?;
        let pillar =
            pillar.map_or("null".to_owned(), |name| format!("(select id from content_pillar where name = '{name}')"));
        let set = format!("state = '{state}', due_at = '2027-03-03T09:00:00Z', pillar_id = {pillar}");
        desk.app.db.run(&format!("update post set {set} where id = '{post}'")).await?;
    }
    let promise = |pillar: Option<&str>, account: Option<Uuid>, number: i32| {
        json!({ "brandId": brand, "pillarId": pillar, "socialAccountId": account.map(|account| id("account", account)),
          "promise": { "postsPerWeek": number, "startsOn": "2027-03-01", "endsOn": "2027-03-07" } })
    };
    let [craft, people] = [&*pillars[0], &*pillars[1]].map(Some);
    for input in [
        promise(craft, None, 3),
        promise(craft, Some(desk.bluesky), 1),
        promise(people, None, 2),
        promise(people, Some(desk.bluesky), 1),
        promise(None, None, 4),
    ] {
        desk.mutate("createContentPromise", "promise { id }", input).await?;
    }
    let query = "query($id: ID!) { contentWatch(brandId: $id, anchor: \"2027-03-03\", weeks: 1) {
      published scheduled drafted missing severity promise { pillar { name } socialAccount { network } } } }";
    let before = desk.app.db.statements();
    let answer = desk.ask(query, json!({ "id": brand })).await?;
    let statements = desk.app.db.statements() - before;
    let mut weeks: Vec<String> = answer
        .get("contentWatch")
        .as_array()
        .context("weeks")?
        .iter()
        .map(|week| {
            let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
            let numbers = ["published", "scheduled", "drafted", "missing"].map(|name| week[name].to_string());
            let (pillar, network) = (&week["promise"]["pillar"]["name"], &week["promise"]["socialAccount"]["network"]);
            format!("{} {} {} {}", text(pillar), text(network), numbers.join(" "), text(&week["severity"]))
        })
        .collect();
    weeks.sort();
    assert_eq!(
        weeks,
        [
            "- - 1 3 1 0 KEPT",
            "Craft - 0 2 1 1 AT_RISK",
            "Craft bluesky 0 1 1 0 KEPT",
            "People - 1 0 0 1 GAP",
            "People bluesky 0 0 0 1 GAP",
        ]
    );
    desk.app.db.run("delete from content_promise where social_account_id is null").await?;
    let before = desk.app.db.statements();
    desk.ask(query, json!({ "id": brand })).await?;
    assert_eq!(desk.app.db.statements() - before, statements, "statements for two promises and for five");

    desk.refused("createContentPromise", promise(Some(&nobodys("pillar")), None, 1), "NOT_FOUND").await?;
    desk.refused("createContentPromise", promise(Some(&brand), None, 1), "NOT_FOUND").await?;
    let away = json!({ "id": craft, "version": 1 });
    desk.mutate("archiveStrategyItem", "item { __typename }", away).await?;
    desk.refused("createContentPromise", promise(craft, None, 1), "WRONG_STATE").await?;
    let still = desk.ask(query, json!({ "id": brand })).await?;
    assert_eq!(still.get("contentWatch").as_array().map(Vec::len), Some(2), "what was promised of it is watched still");
    Ok(())
}

#[tokio::test]
async fn a_feed_shows_what_its_owner_sees_until_it_is_revoked() -> Result<()> {
    let mut desk = Desk::new(Level::Mid).await?;
    desk.app.leave_jobs();
    let now = desk.app.services.now();
    let (post, _) = desk.app.post(desk.brand, desk.mastodon, "سلام, world; \\ and more", &desk.person).await?;
    desk.app.publication(desk.brand, post, now + Duration::days(2)).await?;
    desk.app.db.run("update post set title = 'نوروز, again'").await?;
    let made = desk.mutate("createCalendarFeed", "feed { id name brandIds } url", json!({ "name": "Mine" })).await?;
    let (feed, url) = (made.text("createCalendarFeed.feed.id")?, made.text("createCalendarFeed.url")?);
    let kept: bool = desk
        .app
        .db
        .value("select not exists (select from calendar_feed f where position('dwf_'::bytea in f.secret_hash) > 0)")
        .await?;
    assert!(kept && url.contains("/feeds/dwf_") && url.rsplit('.').next() == Some("ics"));
    let answer = desk.app.client.get(&url).await?;
    let text = String::from_utf8(answer.body.to_vec())?;
    assert_eq!(answer.status, 200, "{text}");
    assert_eq!(answer.header("content-type"), Some("text/calendar; charset=utf-8"));
    assert!(text.contains("SUMMARY:نوروز\\, again\r\n") && text.contains("BEGIN:VEVENT"), "{text}");
    let tag = answer.header("etag").context("a tag")?.to_owned();
    let again = desk.app.client.request(Method::GET, &url)?.header("if-none-match", &tag);
    let again = again.send().await?;
    assert_eq!((again.status.as_u16(), again.body.len()), (304, 0));
    desk.app.db.run("update post set title = 'Changed', updated_at = updated_at + interval '1 second'").await?;
    let changed = desk.app.client.request(Method::GET, &url)?.header("if-none-match", &tag);
    assert_eq!(changed.send().await?.status.as_u16(), 200);
    let listed = desk.ask("query { viewer { calendarFeeds { id name lastReadAt } } }", json!({})).await?;
    assert_eq!(listed.get("viewer.calendarFeeds.0.id"), &json!(feed));
    assert!(listed.get("viewer.calendarFeeds.0.lastReadAt").is_string());

    // A client's feed holds what the client sees, and never what is between colleagues.
    let client = desk.app.member(desk.brand, Level::Junior, UserKind::Client).await?;
    let (draft, _) = desk.app.post(desk.brand, desk.mastodon, "A draft for the team", &desk.person).await?;
    desk.app
        .db
        .run(&format!(
            "update post set due_at = '{}', title = 'Secret' where id = '{draft}'",
            (now + Duration::days(1)).to_rfc3339()
        ))
        .await?;
    let theirs =
        desk.app.client.mutate(&client.token, "createCalendarFeed", "url", json!({ "name": "Client" })).await?;
    let theirs = desk.app.client.get(&theirs.text("createCalendarFeed.url")?).await?;
    let text = String::from_utf8(theirs.body.to_vec())?;
    assert!(text.contains("Changed") && !text.contains("Secret") && !text.contains("draft for the team"), "{text}");

    // Somebody else can neither list nor end it; it ends with the place, with the account, and with the revocation.
    let other = desk.app.member(desk.brand, Level::Mid, UserKind::Staff).await?;
    let refused = desk
        .app
        .client
        .try_mutate(&other.token, "revokeCalendarFeed", "feed { id }", json!({ "feedId": feed }))
        .await?;
    assert_eq!(refused.user_codes("revokeCalendarFeed"), ["NOT_FOUND"]);
    desk.app
        .db
        .run(&format!("update membership set suspended_at = now() where user_id = '{}'", desk.person.id))
        .await?;
    let empty = desk.app.client.get(&url).await?;
    assert!(empty.status == 200 && !String::from_utf8(empty.body.to_vec())?.contains("VEVENT"));
    desk.app
        .db
        .run(&format!(
            "update membership set suspended_at = null; update app_user set deactivated_at = now() where id = '{}'",
            desk.person.id
        ))
        .await?;
    assert_eq!(desk.app.client.get(&url).await?.status, 404);
    desk.app.db.run("update app_user set deactivated_at = null").await?;
    assert_eq!(desk.app.client.get(&url).await?.status, 200);
    desk.mutate("revokeCalendarFeed", "feed { id }", json!({ "feedId": feed })).await?;
    let gone = desk.app.client.get(&url).await?;
    assert_eq!(gone.status, 404);
    assert!(String::from_utf8(gone.body.to_vec())?.contains("LINK_INVALID"));
    desk.refused("revokeCalendarFeed", json!({ "feedId": feed }), "NOT_FOUND").await?;
    for path in ["feeds/nonsense.ics", "feeds/.ics", "feeds/dwf_%00.ics", "feeds/dwf_x"] {
        assert_eq!(desk.app.client.get(path).await?.status, 404, "{path}");
    }
    for (input, code) in [
        (json!({ "name": " " }), "INVALID"),
        (json!({ "name": "Mine", "brandIds": [nobodys("brand")] }), "NOT_FOUND"),
        (json!({ "name": "Mine", "brandIds": vec![id("brand", desk.brand); 51] }), "TOO_MANY"),
    ] {
        desk.refused("createCalendarFeed", input, code).await?;
    }
    Ok(())
}
