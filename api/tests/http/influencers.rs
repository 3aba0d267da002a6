//! Influencers through HTTP: the directory, shortlists, what was said and what it brought, and who sees what of it.

use anyhow::{Context as _, Result};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_testkit::client::Answer;
use serde_json::{Value, json};

use crate::kit::{Desk, fingerprint, id, nobodys};
use crate::strategy::refused;

const INFLUENCER: &str = "influencer { id name languages markets tags notes version archivedAt brands { id }
  contact { name email phone } rates { network format note amount { minor currency } }
  profiles { network handle url followers { count on source } audience { name value on source } }
  exclusivities { id competitor category untilOn } blocks { reason brand { id } } }";
const SHORTLIST: &str = "shortlist { id name note campaignId version archivedAt brand { id }
  items { state note influencer { name } proposedBy { id } decidedBy { id } decidedAt } }";
const NAMES: &str = "query($id: ID!, $filter: InfluencerFilterInput) {
  influencers(brandId: $id, filter: $filter, first: 10) { nodes { name } } }";

fn lina() -> Value {
    json!({
        "name": " Lina ", "languages": ["el", "en-GB"], "markets": ["gr"], "tags": ["Coffee", "coffee"], "notes": "Replies fast",
        "contact": { "name": "Her agent", "email": "agent@example.com" },
        "profiles": [{ "network": "mastodon", "handle": "@lina", "url": "https://network.example/@lina", "followers": 12000,
          "followersOn": "2026-01-01", "followersSource": "Herself",
          "audience": [{ "name": "women", "value": "41 %", "on": "2026-01-01", "source": "Her statistics" }] }],
        "rates": [{ "network": "mastodon", "format": "STORY", "amountMinor": 50000, "currency": "EUR", "note": "Two slides" }],
    })
}

impl Desk {
    async fn influencer(&self, says: Value) -> Result<Value> {
        let input = json!({ "brandId": id("brand", self.brand), "influencer": says });
        let made = self.mutate("createInfluencer", INFLUENCER, input).await?;
        Ok(made.get("createInfluencer.influencer").clone())
    }

    async fn list_of_influencers(&self, name: &str) -> Result<String> {
        let input = json!({ "brandId": id("brand", self.brand), "shortlist": { "name": name } });
        self.mutate("createShortlist", SHORTLIST, input).await?.text("createShortlist.shortlist.id")
    }

    async fn fit(&self, who: &Value) -> Result<Answer> {
        let query =
            "query($brand: ID!, $who: ID!) { influencerFit(brandId: $brand, influencerId: $who, markets: [\"DE\"]) {
          unknown warnings { code message } } }";
        let vars = json!({ "brand": id("brand", self.brand), "who": who });
        self.app.client.gql(&self.person.token, query, vars).await?.ok()
    }
}

#[tokio::test]
async fn somebody_is_added_read_by_those_who_may_and_said_anew() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let made = desk.influencer(lina()).await?;
    assert_eq!((&made["name"], &made["markets"], &made["tags"]), (&json!("Lina"), &json!(["GR"]), &json!(["coffee"])));
    assert_eq!(
        made["profiles"],
        json!([{ "network": "mastodon", "handle": "lina", "url": "https://network.example/@lina",
          "followers": { "count": 12000, "on": "2026-01-01", "source": "Herself" },
          "audience": [{ "name": "women", "value": "41 %", "on": "2026-01-01", "source": "Her statistics" }] }])
    );
    assert_eq!(made["rates"][0]["amount"], json!({ "minor": 50000, "currency": "EUR" }));
    assert_eq!(made["contact"]["email"], "agent@example.com");
    assert_eq!(made["brands"], json!([{ "id": id("brand", desk.brand) }]));

    let query = format!(
        "query($id: ID!) {{ node(id: $id) {{ ... on Influencer {{ name {} }} }} }}",
        "rates { note } contact { email }"
    );
    for (level, kind, sees) in [
        (Level::Junior, UserKind::Staff, json!({ "name": "Lina", "rates": null, "contact": null })),
        (Level::Junior, UserKind::Integration, json!({ "name": "Lina", "rates": null, "contact": null })),
        (Level::Junior, UserKind::Freelancer, Value::Null),
        (Level::Junior, UserKind::Client, Value::Null),
    ] {
        let person = desk.app.member(desk.brand, level, kind).await?;
        let token = if kind == UserKind::Integration {
            desk.app.api_token(&person, &desk.person).await?.1
        } else {
            person.token
        };
        let answer = desk.app.client.gql(&token, &query, json!({ "id": made["id"] })).await?.ok()?;
        assert_eq!(answer.get("node"), &sees, "{kind:?}");
    }

    let change = json!({ "influencerId": made["id"], "version": 1, "influencer": { "name": "Lina K." } });
    let changed = desk.mutate("updateInfluencer", INFLUENCER, change.clone()).await?;
    let changed = changed.get("updateInfluencer.influencer");
    assert_eq!((&changed["name"], &changed["version"]), (&json!("Lina K."), &json!(2)));
    assert_eq!((&changed["profiles"], &changed["rates"]), (&json!([]), &json!([])));
    refused(&desk, "updateInfluencer", INFLUENCER, change, "CHANGED_MEANWHILE", "version").await?;
    let unknown = json!({ "influencerId": nobodys("influencer"), "version": 1, "influencer": { "name": "No" } });
    refused(&desk, "updateInfluencer", INFLUENCER, unknown, "NOT_FOUND", "influencerId").await
}

#[tokio::test]
async fn somebody_is_there_once_and_found_by_what_is_known() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    desk.influencer(lina()).await?;
    let again = json!({ "brandId": id("brand", desk.brand), "influencer": lina() });
    refused(&desk, "createInfluencer", INFLUENCER, again, "ALREADY_EXISTS", "influencer.profiles").await?;
    for (filter, expected) in [
        (json!({}), json!([{ "name": "Lina" }])),
        (json!({ "search": "LIN" }), json!([{ "name": "Lina" }])),
        (json!({ "network": "mastodon", "followersFrom": 12000, "followersTo": 12000 }), json!([{ "name": "Lina" }])),
        (json!({ "tag": "COFFEE" }), json!([{ "name": "Lina" }])),
        (json!({ "network": "bluesky" }), json!([])),
        (json!({ "followersTo": 11999 }), json!([])),
        (json!({ "archived": true }), json!([])),
    ] {
        let vars = json!({ "id": id("brand", desk.brand), "filter": filter });
        let answer = desk.app.client.gql(&desk.person.token, NAMES, vars).await?.ok()?;
        assert_eq!(answer.get("influencers.nodes"), &expected, "{filter}");
    }
    let vars = json!({ "id": id("brand", desk.brand), "filter": { "followersFrom": -1 } });
    let answer = desk.app.client.gql(&desk.person.token, NAMES, vars).await?;
    assert_eq!(answer.code(), "INVALID", "{}", answer.body);
    Ok(())
}

#[tokio::test]
async fn the_statements_do_not_grow_with_the_influencers() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let list =
        "query($id: ID!) { influencers(brandId: $id, first: 50) { nodes { contact { email } rates { amount { minor } }
      profiles { handle } exclusivities { competitor } blocks { reason } brands { name } } } }";
    let (mut made, mut costs) = (0, Vec::new());
    for size in [2, 12] {
        while made < size {
            let mut says = lina();
            says["profiles"][0]["handle"] = json!(format!("lina{made}"));
            desk.influencer(says).await?;
            made += 1;
        }
        let before = desk.app.db.statements();
        let vars = json!({ "id": id("brand", desk.brand) });
        let listed = desk.app.client.gql(&desk.person.token, list, vars).await?.ok()?;
        costs.push(desk.app.db.statements() - before);
        let nodes = listed.get("influencers.nodes").as_array().context("nodes")?;
        let told = |node: &&Value| {
            node["contact"]["email"] == "agent@example.com" && node["rates"][0]["amount"]["minor"] == 50000
        };
        assert_eq!(nodes.iter().filter(told).count(), size);
    }
    assert_eq!(costs[0], costs[1], "statements for 2 and for 12");
    Ok(())
}

#[tokio::test]
async fn who_is_given_to_another_brand_is_given_by_the_agency() -> Result<()> {
    let desk = Desk::new(Level::Cmo).await?;
    let made = desk.influencer(lina()).await?;
    let other = desk.app.brand("Beta").await?;
    let there = desk.app.member(other, Level::Junior, UserKind::Staff).await?;
    let share = json!({ "influencerId": made["id"], "brandIds": [id("brand", other)] });
    let refusal = desk.try_mutate("shareInfluencer", INFLUENCER, share.clone()).await?;
    assert_eq!(refusal.user_codes("shareInfluencer"), ["FORBIDDEN"], "a CMO of one brand");
    let names = async || {
        let vars = json!({ "id": id("brand", other) });
        let answer = desk.app.client.gql(&there.token, NAMES, vars).await?.ok()?;
        anyhow::Ok(answer.get("influencers.nodes").clone())
    };
    assert_eq!(names().await?, json!([]));
    let director = desk.app.person(UserKind::Staff, Some(Level::Director)).await?;
    desk.app.client.mutate(&director.token, "shareInfluencer", INFLUENCER, share).await?;
    assert_eq!(names().await?, json!([{ "name": "Lina" }]));
    let end = json!({ "influencerId": made["id"], "brandId": id("brand", other) });
    desk.app.client.mutate(&director.token, "unshareInfluencer", INFLUENCER, end).await?;
    assert_eq!(names().await?, json!([]));
    let everywhere = "{ influencers(first: 5) { nodes { name } } }";
    let all = desk.app.client.gql(&director.token, everywhere, Value::Null).await?.ok()?;
    assert_eq!(all.get("influencers.nodes"), &json!([{ "name": "Lina" }]));
    let away = json!({ "influencerId": made["id"], "version": 1 });
    desk.app.client.mutate(&director.token, "archiveInfluencer", INFLUENCER, away).await?;
    let said = json!({ "brandId": id("brand", desk.brand), "influencerId": made["id"], "channel": "PHONE", "message": "Hello" });
    refused(&desk, "recordOutreach", "outreach { id }", said, "WRONG_STATE", "influencerId").await
}

#[tokio::test]
async fn a_shortlist_is_proposed_decided_and_keeps_who_is_blocked_off() -> Result<()> {
    let desk = Desk::new(Level::Senior).await?;
    let made = desk.influencer(lina()).await?;
    let list = desk.list_of_influencers("Spring").await?;
    let twice = json!({ "brandId": id("brand", desk.brand), "shortlist": { "name": "SPRING" } });
    refused(&desk, "createShortlist", SHORTLIST, twice, "ALREADY_EXISTS", "shortlist.name").await?;
    let propose = json!({ "shortlistId": list, "influencerIds": [made["id"]], "note": "Warm" });
    let proposer = desk.app.member(desk.brand, Level::Senior, UserKind::Staff).await?;
    let proposed = desk.app.client.mutate(&proposer.token, "proposeInfluencers", SHORTLIST, propose.clone()).await?;
    let items = proposed.get("proposeInfluencers.shortlist.items");
    assert_eq!((&items[0]["state"], &items[0]["influencer"]["name"]), (&json!("PROPOSED"), &json!("Lina")));
    refused(&desk, "proposeInfluencers", SHORTLIST, propose, "ALREADY_EXISTS", "influencerIds.0").await?;
    let decide = |state: &str| json!({ "shortlistId": list, "influencerId": made["id"], "state": state });
    let before = fingerprint(&desk.app).await?;
    let own = desk.app.client.try_mutate(&proposer.token, "decideOnShortlist", SHORTLIST, decide("APPROVED")).await?;
    assert_eq!(own.user_codes("decideOnShortlist"), ["FOUR_EYES"], "{}", own.body);
    assert_eq!(fingerprint(&desk.app).await?, before);
    let decided = desk.mutate("decideOnShortlist", SHORTLIST, decide("APPROVED")).await?;
    let items = decided.get("decideOnShortlist.shortlist.items");
    assert_eq!((&items[0]["state"], &items[0]["note"]), (&json!("APPROVED"), &json!("Warm")));
    refused(&desk, "decideOnShortlist", SHORTLIST, decide("PROPOSED"), "INVALID", "state").await?;
    let off = json!({ "shortlistId": list, "influencerId": made["id"] });
    refused(&desk, "takeOffShortlist", SHORTLIST, off, "WRONG_STATE", "influencerId").await?;
    desk.mutate("decideOnShortlist", SHORTLIST, decide("REJECTED")).await?;

    let block = json!({ "influencerId": made["id"], "brandId": id("brand", desk.brand), "reason": "Bought followers" });
    let blocked = desk.mutate("blockInfluencer", INFLUENCER, block.clone()).await?;
    assert_eq!(blocked.get("blockInfluencer.influencer.blocks.0.reason"), "Bought followers");
    refused(&desk, "blockInfluencer", INFLUENCER, block, "ALREADY_EXISTS", "influencerId").await?;
    refused(&desk, "decideOnShortlist", SHORTLIST, decide("APPROVED"), "INFLUENCER_BLOCKED", "influencerId").await?;
    let second = desk.list_of_influencers("Summer").await?;
    let propose = json!({ "shortlistId": second, "influencerIds": [made["id"]] });
    refused(&desk, "proposeInfluencers", SHORTLIST, propose.clone(), "INFLUENCER_BLOCKED", "influencerIds.0").await?;
    let free = json!({ "influencerId": made["id"], "brandId": id("brand", desk.brand) });
    desk.mutate("unblockInfluencer", INFLUENCER, free.clone()).await?;
    refused(&desk, "unblockInfluencer", INFLUENCER, free, "WRONG_STATE", "influencerId").await?;
    desk.mutate("proposeInfluencers", SHORTLIST, propose).await?;

    let one = json!({ "shortlistId": second, "version": 1 });
    desk.mutate("archiveShortlist", SHORTLIST, one).await?;
    let away = json!({ "shortlistId": second, "influencerId": made["id"] });
    refused(&desk, "takeOffShortlist", SHORTLIST, away, "WRONG_STATE", "shortlistId").await?;
    let lists = "query($id: ID!) { influencerShortlists(brandId: $id, first: 5) { nodes { name } } }";
    let vars = json!({ "id": id("brand", desk.brand) });
    let lists = desk.app.client.gql(&desk.person.token, lists, vars).await?.ok()?;
    assert_eq!(lists.get("influencerShortlists.nodes"), &json!([{ "name": "Spring" }]));
    Ok(())
}

#[tokio::test]
async fn what_was_said_and_brought_is_kept_and_warns() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let made = desk.influencer(lina()).await?;
    let before = desk.fit(&made["id"]).await?;
    assert_eq!(before.get("influencerFit.unknown"), &json!(["DISCLOSURE", "LANGUAGE"]));
    let brand = id("brand", desk.brand);
    let said = json!({ "brandId": brand, "influencerId": made["id"], "channel": "EMAIL", "message": "Would you like to?",
      "followUpOn": "2026-01-09" });
    let said = desk.mutate("recordOutreach", "outreach { id channel answer influencer { name } }", said).await?;
    let said = said.get("recordOutreach.outreach").clone();
    assert_eq!((&said["channel"], &said["answer"]), (&json!("EMAIL"), &Value::Null));
    let due = "query($id: ID!) { influencerFollowUps(brandId: $id, by: \"2026-01-09\") { id followUpOn } }";
    let due = desk.app.client.gql(&desk.person.token, due, json!({ "id": brand })).await?.ok()?;
    assert_eq!(due.get("influencerFollowUps.0.id"), &said["id"]);
    let change = json!({ "outreachId": said["id"], "version": 1, "answer": "Gladly" });
    let answered = desk.mutate("updateOutreach", "outreach { answer answeredAt followUpOn }", change).await?;
    assert_eq!(answered.get("updateOutreach.outreach.answer"), "Gladly");

    let result = |numbers: Value| {
        json!({ "brandId": brand, "influencerId": made["id"], "title": "A visit", "happenedOn": "2026-01-02", "disclosed": false,
          "numbers": numbers })
    };
    let stated = result(json!([{ "name": "reach", "value": 1200 }]));
    refused(&desk, "recordInfluencerResult", "result { id }", stated, "INVALID", "source").await?;
    let recorded = desk.mutate("recordInfluencerResult", "result { id numbers { name } }", result(json!([]))).await?;
    let exclusive = json!({ "influencerId": made["id"], "competitor": "Rival", "category": "coffee" });
    let exclusive = desk.mutate("recordExclusivity", "exclusivity { id }", exclusive).await?;
    let after = desk.fit(&made["id"]).await?;
    let codes: Vec<&str> = after
        .get("influencerFit.warnings")
        .as_array()
        .context("warnings")?
        .iter()
        .filter_map(|warning| warning["code"].as_str())
        .collect();
    assert_eq!(codes, ["INFLUENCER_EXCLUSIVE", "INFLUENCER_UNDISCLOSED", "INFLUENCER_MARKET"]);
    let message = after.get("influencerFit.warnings.0.message").as_str().context("words")?.to_owned();
    assert!(message.contains("Rival") && message.contains("coffee"), "{message}");

    let over = json!({ "exclusivityId": exclusive.get("recordExclusivity.exclusivity.id") });
    let ended = desk.mutate("endExclusivity", INFLUENCER, over.clone()).await?;
    assert_eq!(ended.get("endExclusivity.influencer.exclusivities"), &json!([]));
    refused(&desk, "endExclusivity", INFLUENCER, over, "WRONG_STATE", "exclusivityId").await?;
    let gone = json!({ "resultId": recorded.get("recordInfluencerResult.result.id") });
    desk.mutate("deleteInfluencerResult", "deletedId", gone).await?;
    let after = desk.fit(&made["id"]).await?;
    assert_eq!(after.get("influencerFit.warnings.0.code"), "INFLUENCER_MARKET");
    Ok(())
}
