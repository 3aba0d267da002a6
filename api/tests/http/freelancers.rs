//! A freelancer's place from its beginning to its end, and that nothing leaves as a file through it.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use chrono::{Duration, TimeZone as _, Utc};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::clock::ManualClock;
use diwan_testkit::{Person, Settings, TestApp};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::kit::{fingerprint, id, nobodys};

const PLACE: &str = "membership { state expiresAt }";

/// A freelancer with a post of two that are planned, a lead, and a clock that the test holds.
struct Gig {
    app: TestApp,
    clock: Arc<ManualClock>,
    brand: Uuid,
    lead: Person,
    freelancer: Person,
    /// The freelancer's place.
    place: String,
    post: String,
    other: String,
}

impl Gig {
    async fn new() -> Result<Self> {
        let clock = Arc::new(ManualClock::new(Utc.with_ymd_and_hms(2026, 8, 3, 9, 0, 0).single().context("a time")?));
        let mut app = TestApp::with(Settings { clock: Some(Arc::clone(&clock)), ..Settings::default() }).await?;
        app.leave_jobs();
        let brand = app.brand("Alpha").await?;
        let lead = app.member(brand, Level::Senior, UserKind::Staff).await?;
        let freelancer = app.person(UserKind::Freelancer, None).await?;
        let place = id("membership", app.join(&freelancer, brand, Level::Junior).await?);
        let account = app.account(brand, "mastodon", &lead).await?;
        let mut posts = Vec::new();
        for title in ["Theirs", "Another"] {
            let (post, _) = app.post(brand, account, "Hello", &lead).await?;
            app.publication(brand, post, app.services.now() + Duration::days(20)).await?;
            app.db.run(&format!("update post set title = '{title}' where id = '{post}'")).await?;
            posts.push(id("post", post));
        }
        let [post, other] = <[String; 2]>::try_from(posts).ok().context("two posts")?;
        let give = json!({ "postId": post, "userId": id("user", freelancer.id) });
        app.client.mutate(&lead.token, "assignPost", "assignment { id }", give).await?;
        Ok(Self { app, clock, brand, lead, freelancer, place, post, other })
    }

    /// An access token of somebody's session that is good now.
    fn token(&self, person: &Person) -> Result<String> {
        Ok(self.app.services.tokens.issue(person.id, person.session_id, self.app.services.now())?)
    }

    /// Changes the place as the lead.
    async fn change(&self, name: &str, more: Value) -> Result<Value> {
        let answer = self.app.client.mutate(&self.token(&self.lead)?, name, PLACE, self.input(&more)).await?;
        Ok(answer.get(name)["membership"].clone())
    }

    fn input(&self, more: &Value) -> Value {
        let mut input = json!({ "membershipId": self.place });
        for (name, value) in more.as_object().into_iter().flatten() {
            input[name] = value.clone();
        }
        input
    }

    /// That a change is refused to somebody and leaves everything as it was.
    async fn refuses(&self, who: &Person, name: &str, selection: &str, input: Value, code: &str) -> Result<()> {
        let before = fingerprint(&self.app).await?;
        let answer = self.app.client.try_mutate(&self.token(who)?, name, selection, input.clone()).await?;
        let said = if answer.code().is_empty() { answer.user_codes(name).join(" ") } else { answer.code().to_owned() };
        assert_eq!(said, code, "{name} {input}: {}", answer.body);
        assert_eq!(fingerprint(&self.app).await?, before, "{name} {input}");
        Ok(())
    }

    /// Whether the freelancer sees the brand, their post and their assignment: all of it or nothing.
    async fn sees(&self) -> Result<bool> {
        let query = "query($brand: ID!, $post: ID!) { brand(id: $brand) { posts(first: 5) { nodes { id } } }
          node(id: $post) { id } viewer { assignments(first: 5) { nodes { post { id } } } } }";
        let variables = json!({ "brand": id("brand", self.brand), "post": self.post });
        let seen = self.app.client.gql(&self.token(&self.freelancer)?, query, variables).await?.ok()?;
        let all = seen.get("brand").is_object();
        let one = json!([{ "id": self.post }]);
        assert_eq!(seen.get("brand.posts.nodes") == &one, all, "{}", seen.body);
        assert_eq!(seen.get("node").is_object(), all, "{}", seen.body);
        let given = if all { json!([{ "post": { "id": self.post } }]) } else { json!([]) };
        assert_eq!(seen.get("viewer.assignments.nodes"), &given, "{}", seen.body);
        Ok(all)
    }

    /// A time from now, as the API takes it.
    fn time_in(&self, wait: Duration) -> String {
        (self.app.services.now() + wait).to_rfc3339()
    }
}

#[tokio::test]
async fn a_freelancers_place_is_extended_suspended_and_ended_and_each_counts_at_once() -> Result<()> {
    let gig = Gig::new().await?;
    let made = json!({ "name": "Mine" });
    let feed = gig.app.client.mutate(&gig.freelancer.token, "createCalendarFeed", "url", made).await?;
    let feed = feed.text("createCalendarFeed.url")?;
    let fed = async || -> Result<bool> {
        let answer = gig.app.client.get(&feed).await?;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(!text.contains("Another"), "{text}");
        Ok(answer.status.as_u16() == 200 && text.contains("Theirs"))
    };
    assert!(gig.sees().await? && fed().await?);

    // What is no end.
    for (end, code) in [
        (json!(gig.time_in(Duration::zero())), "TIME_IN_PAST"),
        (json!("2020-01-01T00:00:00Z"), "TIME_IN_PAST"),
        (json!(gig.time_in(Duration::days(3654))), "TIME_TOO_FAR"),
        (json!("9999-12-31T23:59:59Z"), "TIME_TOO_FAR"),
        (Value::Null, "EXPIRY_REQUIRED"),
        (json!("soon"), "BAD_REQUEST"),
        (json!("2027-02-30T00:00:00Z"), "BAD_REQUEST"),
        (json!(1), "BAD_REQUEST"),
    ] {
        gig.refuses(&gig.lead, "extendMembership", PLACE, gig.input(&json!({ "expiresAt": end })), code).await?;
    }
    let later = json!({ "expiresAt": gig.time_in(Duration::days(9)) });
    for unknown in [nobodys("membership"), id("brand", gig.brand), "nonsense".to_owned(), String::new()] {
        let input = json!({ "membershipId": unknown, "expiresAt": gig.time_in(Duration::days(9)) });
        gig.refuses(&gig.lead, "extendMembership", PLACE, input, "NOT_FOUND").await?;
    }
    // Nobody lengthens their own term.
    for name in ["extendMembership", "resumeMembership", "suspendMembership", "endMembership"] {
        let more = if name == "extendMembership" { later.clone() } else { json!({}) };
        gig.refuses(&gig.freelancer, name, PLACE, gig.input(&more), "FORBIDDEN").await?;
    }

    // Suspended: nothing is theirs, from the next request on; more time does not let them back.
    assert_eq!(gig.change("suspendMembership", json!({})).await?["state"], "SUSPENDED");
    assert!(!gig.sees().await? && !fed().await?);
    let write = json!({ "postId": gig.post, "version": 1, "title": "Mine" });
    gig.refuses(&gig.freelancer, "updatePost", "post { id }", write.clone(), "NOT_FOUND").await?;
    gig.refuses(&gig.lead, "suspendMembership", PLACE, gig.input(&json!({})), "WRONG_STATE").await?;
    let longer = gig.change("extendMembership", json!({ "expiresAt": gig.time_in(Duration::days(2)) })).await?;
    assert_eq!(longer, json!({ "state": "SUSPENDED", "expiresAt": "2026-08-05T09:00:00+00:00" }));
    assert!(!gig.sees().await?);
    assert_eq!(gig.change("resumeMembership", json!({})).await?["state"], "ACTIVE");
    assert!(gig.sees().await? && fed().await?);
    gig.refuses(&gig.lead, "resumeMembership", PLACE, gig.input(&json!({})), "WRONG_STATE").await?;

    // The term ends by itself, to the second, and holds again when it is lengthened.
    gig.clock.advance(Duration::days(2) - Duration::seconds(1));
    assert!(gig.sees().await?);
    gig.clock.advance(Duration::seconds(1));
    assert!(!gig.sees().await? && !fed().await?);
    gig.refuses(&gig.freelancer, "updatePost", "post { id }", write.clone(), "NOT_FOUND").await?;
    let again = gig.change("extendMembership", json!({ "expiresAt": gig.time_in(Duration::days(9)) })).await?;
    assert_eq!(again["state"], "ACTIVE");
    assert!(gig.sees().await? && fed().await?);

    // Ended for good.
    assert_eq!(gig.change("endMembership", json!({})).await?["state"], "ENDED");
    assert!(!gig.sees().await? && !fed().await?);
    for name in ["extendMembership", "suspendMembership", "resumeMembership", "endMembership"] {
        let more =
            if name == "extendMembership" { json!({ "expiresAt": gig.time_in(Duration::days(9)) }) } else { json!({}) };
        gig.refuses(&gig.lead, name, PLACE, gig.input(&more), "WRONG_STATE").await?;
    }
    gig.refuses(&gig.freelancer, "updatePost", "post { id }", write, "NOT_FOUND").await?;
    Ok(())
}

#[tokio::test]
async fn nothing_leaves_as_a_file_through_a_freelancer() -> Result<()> {
    let gig = Gig::new().await?;
    let (client, brand) = (&gig.app.client, id("brand", gig.brand));
    let (lead, theirs) = (gig.token(&gig.lead)?, gig.token(&gig.freelancer)?);
    let month = json!({ "brandId": brand, "month": "2026-07-01" });
    let report = client.mutate(&lead, "requestReport", "report { id }", month.clone()).await?;
    let report = report.text("requestReport.report.id")?;
    let plan = json!({ "brandId": brand, "format": "CSV" });
    let export = client.mutate(&lead, "requestContentExport", "contentExport { id }", plan.clone()).await?;
    let export = export.text("requestContentExport.contentExport.id")?;
    gig.app.run_jobs().await?;
    let read = "query($report: ID!, $export: ID!) { node(id: $report) { ... on ReportRun { state download { url } } }
      contentExport(id: $export) { state download { url } } }";
    let files = json!({ "report": report, "export": export });
    let ready = client.gql(&lead, read, files.clone()).await?.ok()?;
    for path in ["node", "contentExport"] {
        assert_eq!(ready.get(&format!("{path}.state")), "READY", "{}", ready.body);
        assert!(ready.get(&format!("{path}.download.url")).is_string());
    }

    // What others had made is not there; nor are the lists, the numbers and the trail.
    let seen =
        client.gql(&theirs, "query($report: ID!) { node(id: $report) { id } }", json!({ "report": report })).await?;
    assert!(seen.ok()?.get("node").is_null());
    let export_alone = "query($export: ID!) { contentExport(id: $export) { download { url } } }";
    let seen = client.gql(&theirs, export_alone, json!({ "export": export })).await?;
    assert!(seen.get("contentExport").is_null() && !seen.body.to_string().contains("/exports/"), "{}", seen.body);
    for list in ["reports", "members", "integrations", "jobs"] {
        let query = format!("query($id: ID!) {{ brand(id: $id) {{ {list}(first: 5) {{ nodes {{ id }} }} }} }}");
        let answer = client.gql(&theirs, &query, json!({ "id": brand })).await?;
        assert_eq!(answer.code(), "FORBIDDEN", "{list}: {}", answer.body);
    }
    let trail = "query($id: ID!) { auditEvents(brandId: $id, first: 5) { nodes { seq } } }";
    assert_eq!(client.gql(&theirs, trail, json!({ "id": brand })).await?.code(), "FORBIDDEN");

    // And they have none made: neither of the brand, nor of what is theirs.
    for (name, selection, input) in [
        ("requestReport", "report { id }", month),
        ("requestContentExport", "contentExport { id }", plan),
        ("requestContentImport", "uploadUrl", json!({ "brandId": brand, "fileName": "plan.csv" })),
        ("exportAudit", "export { url }", json!({})),
    ] {
        gig.refuses(&gig.freelancer, name, selection, input, "FORBIDDEN").await?;
    }
    let of_other = json!({ "brandId": nobodys("brand"), "format": "CSV" });
    gig.refuses(&gig.freelancer, "requestContentExport", "contentExport { id }", of_other, "NOT_FOUND").await?;
    // What they are given is on the page, and another's is not, wherever they look.
    let query = "query($brand: ID!, $other: ID!) { brand(id: $brand) { posts(first: 5) { nodes { id } }
      publications(first: 5) { nodes { post { id } } } } node(id: $other) { id } }";
    let seen = client.gql(&theirs, query, json!({ "brand": brand, "other": gig.other })).await?.ok()?;
    assert!(seen.body.to_string().contains(&gig.post) && !seen.body.to_string().contains(&gig.other), "{}", seen.body);
    Ok(())
}
