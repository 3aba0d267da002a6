//! What a page of a calendar shows: to whom, by whose clock, and in how many statements.

use anyhow::{Context as _, Result};
use chrono::{DateTime, Duration, Utc};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_testkit::{Person, TestApp};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::kit::{Desk, at, id, nobodys};

const VIEW: &str = "query($input: CalendarViewInput!) { calendarView(input: $input) {
  startsAt endsAt timeZone weekStart calendarSystem hasMore
  days { date startsAt endsAt local { year monthCode day } jalali { year month day } hebrew { monthCode }
    specialDays { name date local { day } }
    posts { id title state dueAt localTime brand { id name } calendar { name colour } createdBy { id name }
      authors { id } assignees { id name } variants { id text publicationState account { network handle state } } } } } }";

async fn view(app: &TestApp, person: &Person, input: Value) -> Result<Value> {
    Ok(app.client.gql(&person.token, VIEW, json!({ "input": input })).await?.ok()?.get("calendarView").clone())
}

/// The posts of a view, in its order.
fn posts(view: &Value) -> Vec<String> {
    let days = view["days"].as_array().into_iter().flatten();
    let posts = days.flat_map(|day| day["posts"].as_array().into_iter().flatten());
    posts.filter_map(|post| post["id"].as_str().map(str::to_owned)).collect()
}

/// A scheduled post at a time.
async fn post_at(app: &TestApp, brand: Uuid, account: Uuid, by: &Person, at: DateTime<Utc>) -> Result<Uuid> {
    let (post, _) = app.post(brand, account, "Hello", by).await?;
    app.publication(brand, post, at).await?;
    Ok(post)
}

#[tokio::test]
async fn a_month_shows_each_post_on_its_own_day_by_the_brands_clock() -> Result<()> {
    let mut desk = Desk::new(Level::Mid).await?;
    desk.app.leave_jobs();
    desk.app
        .db
        .run(&format!(
            "update brand set time_zone = 'Europe/Athens', week_start = 'SATURDAY' where id = '{}'",
            desk.brand
        ))
        .await?;
    // Around both midnights of a day with 23 hours, and a month's ends.
    let mut made = Vec::new();
    for time in ["2027-03-27T21:59:00Z", "2027-03-27T22:00:00Z", "2027-03-28T20:59:00Z", "2027-03-28T21:00:00Z"] {
        made.push(id("post", post_at(&desk.app, desk.brand, desk.mastodon, &desk.person, at(time)).await?));
    }
    for time in ["2027-02-28T21:59:00Z", "2027-03-31T21:00:00Z"] {
        post_at(&desk.app, desk.brand, desk.mastodon, &desk.person, at(time)).await?;
    }
    let input = json!({ "brandIds": [id("brand", desk.brand)], "unit": "MONTH", "anchor": "2027-03-10" });
    let month = view(&desk.app, &desk.person, input).await?;
    assert_eq!(posts(&month), made);
    assert_eq!((&month["timeZone"], &month["weekStart"]), (&json!("Europe/Athens"), &json!("SATURDAY")));
    let days = month["days"].as_array().context("days")?;
    assert_eq!(days.len(), 31);
    let day = &days[27];
    assert_eq!((&day["date"], day["posts"].as_array().map(Vec::len)), (&json!("2027-03-28"), Some(2)));
    let length = at(day["endsAt"].as_str().context("an end")?) - at(day["startsAt"].as_str().context("a start")?);
    assert_eq!(length, Duration::hours(23));
    assert_eq!(day["posts"][0]["localTime"], "00:00");
    assert_eq!(day["posts"][1]["localTime"], "23:59");
    assert_eq!(day["posts"][0]["variants"][0]["publicationState"], "SCHEDULED");
    assert_eq!(day["posts"][0]["createdBy"]["name"], "Sami");
    assert_eq!(day["jalali"], json!({ "year": 1406, "month": 1, "day": 8 }));
    for pair in days.windows(2) {
        assert_eq!(pair[0]["endsAt"], pair[1]["startsAt"], "no gap");
    }

    let brand = json!([id("brand", desk.brand)]);
    let week =
        view(&desk.app, &desk.person, json!({ "brandIds": brand, "unit": "WEEK", "anchor": "2027-03-28" })).await?;
    assert_eq!(week["days"][0]["date"], "2027-03-27", "the week begins on Saturday");
    assert_eq!(week["days"].as_array().map(Vec::len), Some(7));
    let jalali = json!({ "brandIds": brand, "unit": "MONTH", "anchor": "2027-03-28", "calendarSystem": "JALALI" });
    let jalali = view(&desk.app, &desk.person, jalali).await?;
    assert_eq!(jalali["days"][0]["date"], "2027-03-21");
    assert_eq!(jalali["days"][0]["local"], json!({ "year": 1406, "monthCode": "M01", "day": 1 }));
    assert_eq!(jalali["days"].as_array().map(Vec::len), Some(31));
    let agenda = json!({ "brandIds": brand, "unit": "AGENDA", "anchor": "2027-03-28", "days": 2, "timeZone": "UTC", "first": 1 });
    let agenda = view(&desk.app, &desk.person, agenda).await?;
    assert_eq!((posts(&agenda), &agenda["hasMore"]), (vec![made[2].clone()], &json!(true)));
    Ok(())
}

#[tokio::test]
async fn filters_leave_what_was_asked_for() -> Result<()> {
    let mut desk = Desk::new(Level::Mid).await?;
    desk.app.leave_jobs();
    let due = at("2027-03-10T10:00:00Z");
    let first = post_at(&desk.app, desk.brand, desk.mastodon, &desk.person, due).await?;
    let other = desk.app.member(desk.brand, Level::Mid, UserKind::Staff).await?;
    let second = post_at(&desk.app, desk.brand, desk.bluesky, &other, due + Duration::hours(1)).await?;
    let now = desk.app.services.now().to_rfc3339();
    desk.app
        .db
        .run(&format!(
            "insert into post_assignment (id, brand_id, post_id, user_id, created_at)
               values (gen_random_uuid(), '{0}', '{first}', '{1}', '{now}');
             insert into post_contributor values ('{0}', '{second}', '{1}');
             update post set state = 'DRAFT' where id = '{second}'",
            desk.brand, other.id
        ))
        .await?;
    for (filter, expected) in [
        (json!({}), vec![first, second]),
        (json!({ "states": ["SCHEDULED"] }), vec![first]),
        (json!({ "states": ["SCHEDULED", "DRAFT"], "networks": ["bluesky"] }), vec![second]),
        (json!({ "socialAccountIds": [id("account", desk.mastodon)] }), vec![first]),
        (json!({ "assigneeIds": [id("user", other.id)] }), vec![first]),
        (json!({ "authorIds": [id("user", other.id)] }), vec![second]),
        (
            json!({ "calendarIds": [id("calendar", desk.calendar)], "networks": ["mastodon", "bluesky"] }),
            vec![first, second],
        ),
        (json!({ "calendarIds": [nobodys("calendar")] }), vec![]),
        (json!({ "networks": ["nowhere"], "states": ["DRAFT"], "authorIds": [id("user", other.id)] }), vec![]),
    ] {
        let input = json!({ "brandIds": [id("brand", desk.brand)], "anchor": "2027-03-10", "filter": filter });
        let found = posts(&view(&desk.app, &desk.person, input).await?);
        assert_eq!(found, expected.iter().map(|post| id("post", *post)).collect::<Vec<_>>(), "{filter}");
    }
    let input = json!({ "brandIds": [id("brand", desk.brand)], "anchor": "2027-03-10" });
    let whole = view(&desk.app, &desk.person, input).await?;
    let shown = &whole["days"][9]["posts"];
    assert_eq!(shown[0]["assignees"], json!([{ "id": id("user", other.id), "name": "Sami" }]));
    assert_eq!(shown[1]["authors"], json!([{ "id": id("user", other.id) }]));
    Ok(())
}

#[tokio::test]
async fn each_sees_what_they_may_and_nothing_of_other_brands() -> Result<()> {
    let mut desk = Desk::new(Level::Mid).await?;
    desk.app.leave_jobs();
    let app = &desk.app;
    let foreign = app.brand("Beta").await?;
    let stranger = app.member(foreign, Level::Mid, UserKind::Staff).await?;
    let foreign_account = app.account(foreign, "mastodon", &stranger).await?;
    let due = at("2027-03-10T10:00:00Z");
    let theirs = id("post", post_at(app, foreign, foreign_account, &stranger, due).await?);
    let scheduled = post_at(app, desk.brand, desk.mastodon, &desk.person, due).await?;
    let draft = post_at(app, desk.brand, desk.mastodon, &desk.person, due + Duration::hours(1)).await?;
    app.db.run(&format!("update post set state = 'DRAFT' where id = '{draft}'")).await?;
    let (scheduled, draft) = (id("post", scheduled), id("post", draft));
    let client = app.member(desk.brand, Level::Junior, UserKind::Client).await?;
    let freelancer = app.member(desk.brand, Level::Junior, UserKind::Freelancer).await?;
    let chief = app.chief().await?;
    let all = json!({ "anchor": "2027-03-10" });
    assert_eq!(posts(&view(app, &desk.person, all.clone()).await?), [scheduled.clone(), draft.clone()]);
    assert_eq!(posts(&view(app, &stranger, all.clone()).await?), std::slice::from_ref(&theirs));
    assert_eq!(posts(&view(app, &freelancer, all.clone()).await?), Vec::<String>::new());
    let seen = view(app, &client, all.clone()).await?;
    assert_eq!(posts(&seen), std::slice::from_ref(&scheduled));
    assert_eq!(seen["days"][9]["posts"][0]["createdBy"]["name"], Value::Null, "clients have no directory");
    assert_eq!(seen["days"][9]["posts"][0]["variants"][0]["account"]["network"], "mastodon");
    let mut everything = posts(&view(app, &chief, all.clone()).await?);
    everything.sort();
    let mut expected = vec![scheduled.clone(), draft.clone(), theirs];
    expected.sort();
    assert_eq!(everything, expected);

    let now = app.services.now().to_rfc3339();
    let (post, who) = (scheduled.clone(), freelancer.id);
    app.db
        .run(&format!(
            "insert into post_assignment (id, brand_id, post_id, user_id, created_at)
             select gen_random_uuid(), brand_id, id, '{who}', '{now}' from post where state = 'SCHEDULED' and brand_id = '{}'",
            desk.brand
        ))
        .await?;
    assert_eq!(posts(&view(app, &freelancer, all.clone()).await?), [post]);

    // A calendar that is not shared shows a client only what was sent to them.
    app.db.run("update calendar set shared_with_client = false").await?;
    assert_eq!(posts(&view(app, &client, all.clone()).await?), Vec::<String>::new());
    let list =
        "query($id: ID!) { brand(id: $id) { posts(first: 5) { nodes { id } } calendars(first: 5) { nodes { id } } } }";
    let answer = app.client.gql(&client.token, list, json!({ "id": id("brand", desk.brand) })).await?.ok()?;
    assert_eq!(answer.get("brand"), &json!({ "posts": { "nodes": [] }, "calendars": { "nodes": [] } }));
    app.db.run(&format!("update post set sent_to_client_at = '{now}' where state = 'DRAFT'")).await?;
    let sent = view(app, &client, all).await?;
    assert_eq!(posts(&sent), [draft]);
    assert_eq!(sent["days"][9]["posts"][0]["calendar"]["name"], "Content");
    assert_eq!(sent["days"][9]["posts"][0]["variants"].as_array().map(Vec::len), Some(1));

    for (input, code) in [
        (json!({ "brandIds": [id("brand", foreign)] }), "NOT_FOUND"),
        (json!({ "brandIds": [id("brand", desk.brand), nobodys("brand")] }), "NOT_FOUND"),
        (json!({ "brandGroupId": nobodys("group") }), "NOT_FOUND"),
    ] {
        let answer = app.client.gql(&desk.person.token, VIEW, json!({ "input": input })).await?;
        assert_eq!(answer.code(), code, "{input}: {}", answer.body);
    }
    let nobody = app.client.gql("", VIEW, json!({ "input": {} })).await?;
    assert_eq!(nobody.code(), "SIGN_IN_REQUIRED");
    Ok(())
}

#[tokio::test]
async fn a_group_shows_its_brands_to_those_who_see_them() -> Result<()> {
    let mut desk = Desk::new(Level::Mid).await?;
    desk.app.leave_jobs();
    let app = &desk.app;
    let second = app.brand("Beta").await?;
    let chief = app.chief().await?;
    let account = app.account(second, "mastodon", &chief).await?;
    let due = at("2027-03-10T10:00:00Z");
    let mine = id("post", post_at(app, desk.brand, desk.mastodon, &desk.person, due).await?);
    let theirs = id("post", post_at(app, second, account, &chief, due + Duration::hours(1)).await?);
    let group = json!({ "name": "Both", "brandIds": [id("brand", desk.brand), id("brand", second)] });
    let group = app.client.mutate(&chief.token, "createBrandGroup", "brandGroup { id }", group).await?;
    let input = json!({ "brandGroupId": group.text("createBrandGroup.brandGroup.id")?, "anchor": "2027-03-10" });
    assert_eq!(posts(&view(app, &chief, input.clone()).await?), [mine.clone(), theirs]);
    assert_eq!(posts(&view(app, &desk.person, input.clone()).await?), [mine]);
    let client = app.member(desk.brand, Level::Junior, UserKind::Client).await?;
    let answer = app.client.gql(&client.token, VIEW, json!({ "input": input })).await?;
    assert_eq!(answer.code(), "NOT_FOUND", "groups are for staff");
    Ok(())
}

#[tokio::test]
async fn a_group_is_looked_at_as_it_is_now_and_by_who_still_sees_it() -> Result<()> {
    let mut desk = Desk::new(Level::Mid).await?;
    desk.app.leave_jobs();
    let app = &desk.app;
    let second = app.brand("Beta").await?;
    let chief = app.chief().await?;
    let (other, mid) = (app.account(second, "mastodon", &chief).await?, app.person(UserKind::Staff, None).await?);
    app.join(&mid, desk.brand, Level::Mid).await?;
    app.join(&mid, second, Level::Junior).await?;
    let due = at("2027-03-10T10:00:00Z");
    let one = id("post", post_at(app, desk.brand, desk.mastodon, &desk.person, due).await?);
    let two = id("post", post_at(app, second, other, &chief, due + Duration::hours(1)).await?);
    let make = json!({ "name": "Both", "brandIds": [id("brand", desk.brand)] });
    let group = app.client.mutate(&chief.token, "createBrandGroup", "brandGroup { id }", make).await?;
    let group = group.text("createBrandGroup.brandGroup.id")?;
    let input = json!({ "brandGroupId": group, "anchor": "2027-03-10" });
    let listed = async |who: &Person| -> Result<Value> {
        let query = "query($id: ID!) { brands(first: 5, filter: { groupId: $id }) { nodes { name } } }";
        let answer = app.client.gql(&who.token, query, json!({ "id": group })).await?.ok()?;
        Ok(answer.get("brands.nodes").clone())
    };
    let change = async |name: &str| -> Result<()> {
        let input = json!({ "brandGroupId": group, "brandIds": [id("brand", second)] });
        app.client.mutate(&chief.token, name, "brandGroup { id }", input).await.map(drop)
    };
    let gone = async |who: &Person| -> Result<()> {
        let answer = app.client.gql(&who.token, VIEW, json!({ "input": input })).await?;
        assert_eq!(answer.code(), "NOT_FOUND", "{}", answer.body);
        assert_eq!(listed(who).await?, json!([]));
        Ok(())
    };
    assert_eq!(posts(&view(app, &mid, input.clone()).await?), std::slice::from_ref(&one));
    change("addBrandsToGroup").await?;
    assert_eq!(posts(&view(app, &mid, input.clone()).await?), [one.clone(), two.clone()]);
    assert_eq!(posts(&view(app, &desk.person, input.clone()).await?), std::slice::from_ref(&one));
    assert_eq!(listed(&mid).await?, json!([{ "name": "Beta" }, { "name": "Alpha" }]));
    // A brand that is archived is not worked on.
    app.db.run(&format!("update brand set archived_at = now() where id = '{second}'")).await?;
    for who in [&mid, &chief] {
        assert_eq!(posts(&view(app, who, input.clone()).await?), std::slice::from_ref(&one));
        assert_eq!(listed(who).await?, json!([{ "name": "Alpha" }]));
    }
    app.db.run(&format!("update brand set archived_at = null where id = '{second}'")).await?;
    change("removeBrandsFromGroup").await?;
    assert_eq!(posts(&view(app, &chief, input.clone()).await?), [one]);

    // Whoever sees none of its brands any more does not see the group; nor does anybody once it is gone.
    app.db
        .run(&format!(
            "update membership set suspended_at = now() where brand_id = '{}' and user_id = '{}'",
            desk.brand, mid.id
        ))
        .await?;
    gone(&mid).await?;
    let input = json!({ "brandGroupId": group });
    app.client.mutate(&chief.token, "deleteBrandGroup", "deletedId", input).await?;
    gone(&desk.person).await?;
    gone(&chief).await?;
    Ok(())
}

#[tokio::test]
async fn the_number_of_statements_is_the_same_however_much_there_is() -> Result<()> {
    let mut desk = Desk::new(Level::Mid).await?;
    desk.app.leave_jobs();
    let mut counts = Vec::new();
    let mut made = 0;
    for size in [3, 60] {
        while made < size {
            let due = at("2027-03-02T10:00:00Z") + Duration::hours(10 * made);
            post_at(&desk.app, desk.brand, desk.mastodon, &desk.person, due).await?;
            made += 1;
        }
        let input = json!({ "brandIds": [id("brand", desk.brand)], "anchor": "2027-03-10" });
        let before = desk.app.db.statements();
        let month = view(&desk.app, &desk.person, input).await?;
        counts.push(desk.app.db.statements() - before);
        assert_eq!(posts(&month).len(), usize::try_from(size)?);
    }
    assert_eq!(counts, [5, 5], "session, brands, special days, posts, people");
    Ok(())
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let brand = id("brand", desk.brand);
    let many: Vec<String> = (0..101).map(|_| "mastodon".to_owned()).collect();
    for (input, code) in [
        (json!({ "anchor": "1899-12-31" }), "INVALID"),
        (json!({ "anchor": "2171-01-01" }), "INVALID"),
        (json!({ "anchor": "9999-12-31", "unit": "AGENDA" }), "INVALID"),
        (json!({ "anchor": "-9999-01-01" }), "INVALID"),
        (json!({ "anchor": "yesterday" }), "BAD_REQUEST"),
        (json!({ "unit": "AGENDA", "days": 0 }), "INVALID"),
        (json!({ "unit": "AGENDA", "days": 93 }), "INVALID"),
        (json!({ "first": 0 }), "INVALID"),
        (json!({ "first": -1 }), "INVALID"),
        (json!({ "first": 1001 }), "TOO_COMPLEX"),
        (json!({ "timeZone": "Mars/Olympus" }), "UNKNOWN_TIME_ZONE"),
        (json!({ "timeZone": "" }), "UNKNOWN_TIME_ZONE"),
        (json!({ "brandIds": [] }), "INVALID"),
        (json!({ "brandIds": [id("post", desk.brand)] }), "NOT_FOUND"),
        (json!({ "brandIds": [brand], "brandGroupId": nobodys("group") }), "INVALID"),
        (json!({ "filter": { "networks": many } }), "TOO_MANY"),
        (json!({ "filter": { "networks": ["a\u{0}b"] } }), "INVALID"),
        (json!({ "filter": { "assigneeIds": ["nobody"] } }), "NOT_FOUND"),
    ] {
        let answer = desk.app.client.gql(&desk.person.token, VIEW, json!({ "input": input })).await?;
        assert!(
            answer.code() == code || (code == "TOO_COMPLEX" && answer.code() == "INVALID"),
            "{input}: {}",
            answer.body
        );
    }
    // The ends of what can be asked for.
    for anchor in ["1900-01-01", "2170-12-31"] {
        for system in ["GREGORIAN", "JALALI", "HIJRI", "HEBREW"] {
            let input = json!({ "anchor": anchor, "calendarSystem": system, "unit": "MONTH_IN_WEEKS" });
            let month = view(&desk.app, &desk.person, input).await?;
            assert!(month["days"].as_array().is_some_and(|days| days.len() % 7 == 0 && days.len() >= 28));
        }
    }
    Ok(())
}
