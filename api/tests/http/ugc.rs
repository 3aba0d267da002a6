//! Grants of what users made, through HTTP: asking, recording the answer, taking it back, and what posts may do with it.

use anyhow::Result;
use chrono::Duration;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::kit::{Desk, fingerprint, id, nobodys};
use crate::strategy::refused;

const GRANT: &str = "grant { id state scope networks territory startsAt endsAt authorName authorHandle network message evidenceUrl
  evidenceNote endReason version asset { id rights { licence } ugcGrants { state } } template { id } askedBy { id } answeredBy { id } brand { id } }";

impl Desk {
    async fn picture_in_post(&self) -> Result<(String, Uuid)> {
        let asset = self.app.asset(self.brand, &self.person).await?;
        let (post, variant) = self.app.post(self.brand, self.mastodon, "Hello", &self.person).await?;
        let shows = format!("insert into variant_asset values ('{}', '{variant}', 0, '{asset}')", self.brand);
        self.app.db.run(&shows).await?;
        Ok((id("asset", asset), post))
    }

    async fn problems_of(&self, post: Uuid) -> Result<Vec<String>> {
        let query = "query($id: ID!) { validatePost(postId: $id) { problems { severity error { code field } } } }";
        let answer = self.app.client.gql(&self.person.token, query, json!({ "id": id("post", post) })).await?.ok()?;
        let problems = answer.get("validatePost.problems").as_array().cloned().unwrap_or_default();
        Ok(problems.iter().filter_map(|problem| problem["error"]["code"].as_str().map(str::to_owned)).collect())
    }
}

fn question(asset: &str) -> Value {
    json!({ "assetId": asset, "authorName": "Nima", "authorHandle": "@nima", "network": "instagram",
      "message": { "text": "May we show your picture?" } })
}

fn answer(grant: &Value, version: i32) -> Value {
    json!({ "grantId": grant, "version": version, "scope": "ORGANIC", "networks": ["mastodon"], "territory": "Greece",
      "evidenceUrl": "https://network.example/1", "evidenceNote": "He wrote yes" })
}

#[tokio::test]
async fn a_picture_is_asked_for_granted_shown_and_taken_back() -> Result<()> {
    let mut desk = Desk::new(Level::Mid).await?;
    desk.app.leave_jobs();
    let (asset, post) = desk.picture_in_post().await?;
    let asked = desk.mutate("askForUgc", &format!("{GRANT} publicationsStopped"), question(&asset)).await?;
    let asked = asked.get("askForUgc").clone();
    let grant = &asked["grant"];
    assert_eq!(
        (&grant["state"], &grant["authorHandle"], &asked["publicationsStopped"]),
        (&json!("ASKED"), &json!("nima"), &json!(0))
    );
    assert_eq!(grant["asset"]["rights"]["licence"], "USER_GENERATED");
    assert_eq!(desk.problems_of(post).await?, ["GRANT_MISSING"]);
    let due = desk.time_in(Duration::days(2));
    let schedule = json!({ "postId": id("post", post), "dueAt": due });
    let refusal = desk.try_mutate("schedulePost", "post { id }", schedule.clone()).await?;
    assert_eq!(refusal.user_codes("schedulePost"), ["GRANT_MISSING"]);

    refused(&desk, "grantUgc", GRANT, answer(&grant["id"], 2), "CHANGED_MEANWHILE", "version").await?;
    let granted = desk.mutate("grantUgc", GRANT, answer(&grant["id"], 1)).await?;
    let granted = granted.get("grantUgc.grant");
    assert_eq!(
        (&granted["state"], &granted["scope"], &granted["networks"]),
        (&json!("GRANTED"), &json!("ORGANIC"), &json!(["mastodon"]))
    );
    assert_eq!(desk.problems_of(post).await?, Vec::<String>::new());
    desk.mutate("schedulePost", "post { state }", schedule).await?;

    let revoke = json!({ "grantId": grant["id"], "version": 2, "reason": "He asked for it" });
    let revoked = desk.mutate("revokeUgcGrant", &format!("{GRANT} publicationsStopped"), revoke).await?;
    assert_eq!(revoked.get("revokeUgcGrant.publicationsStopped"), 1);
    assert_eq!(revoked.get("revokeUgcGrant.grant.endReason"), "He asked for it");
    let query =
        "query($id: ID!) { brand(id: $id) { needsAttention(first: 5) { nodes { state trouble { kind nextStep } } } } }";
    let vars = json!({ "id": id("brand", desk.brand) });
    let waits = desk.app.client.gql(&desk.person.token, query, vars).await?.ok()?;
    let trouble = waits.get("brand.needsAttention.nodes.0.trouble");
    assert_eq!((&trouble["kind"], &trouble["nextStep"]), (&json!("GRANT_MISSING"), &json!("CHANGE_POST")));
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_asked_or_answered_is_refused_at_its_place_and_leaves_nothing() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let (asset, _) = desk.picture_in_post().await?;
    for (change, code, field) in [
        (json!({ "assetId": nobodys("asset") }), "NOT_FOUND", "assetId"),
        (json!({ "authorHandle": " @ " }), "INVALID", "authorHandle"),
        (json!({ "network": "nowhere" }), "UNKNOWN_NETWORK", "network"),
        (json!({ "message": { "text": " " } }), "INVALID", "message.text"),
        (json!({ "message": {} }), "INVALID", "message"),
        (json!({ "message": { "text": "Hello", "accountId": nobodys("account") } }), "INVALID", "message"),
        (
            json!({ "message": { "templateId": nobodys("template"), "accountId": id("account", desk.mastodon) } }),
            "NOT_FOUND",
            "message.templateId",
        ),
    ] {
        let mut input = question(&asset);
        for (name, value) in change.as_object().into_iter().flatten() {
            input[name] = value.clone();
        }
        refused(&desk, "askForUgc", GRANT, input, code, field).await?;
    }
    let asked = desk.mutate("askForUgc", GRANT, question(&asset)).await?;
    let grant = asked.get("askForUgc.grant.id").clone();
    refused(&desk, "askForUgc", GRANT, question(&asset), "ALREADY_EXISTS", "assetId").await?;
    let early = json!({ "grantId": grant, "version": 1, "reason": "Not granted yet" });
    refused(&desk, "revokeUgcGrant", GRANT, early, "WRONG_STATE", "grantId").await?;
    let mut unproved = answer(&grant, 1);
    unproved["evidenceUrl"] = Value::Null;
    refused(&desk, "grantUgc", GRANT, unproved, "INVALID", "evidenceAssetId").await?;
    let no = json!({ "grantId": grant, "version": 1, "note": "He would rather not" });
    let said = desk.mutate("refuseUgcGrant", GRANT, no).await?;
    assert_eq!(said.get("refuseUgcGrant.grant.state"), "REFUSED");
    refused(&desk, "grantUgc", GRANT, answer(&grant, 2), "WRONG_STATE", "grantId").await?;
    // Who said no may be asked again, another time.
    desk.mutate("askForUgc", GRANT, question(&asset)).await?;
    let list = "query($id: ID!, $states: [UgcGrantState!]!) { ugcGrants(brandId: $id, states: $states, first: 5) { nodes { state } } }";
    for (states, expected) in [
        (json!([]), json!([{ "state": "ASKED" }, { "state": "REFUSED" }])),
        (json!(["REFUSED"]), json!([{ "state": "REFUSED" }])),
        (json!(["GRANTED"]), json!([])),
    ] {
        let vars = json!({ "id": id("brand", desk.brand), "states": states });
        let found = desk.app.client.gql(&desk.person.token, list, vars).await?.ok()?;
        assert_eq!(found.get("ugcGrants.nodes"), &expected, "{states}");
    }
    Ok(())
}

#[tokio::test]
async fn who_is_below_mid_reads_grants_and_changes_none() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let (asset, _) = desk.picture_in_post().await?;
    let asked = desk.mutate("askForUgc", GRANT, question(&asset)).await?;
    let grant = asked.get("askForUgc.grant.id").clone();
    for (kind, sees, code) in [
        (UserKind::Staff, true, "FORBIDDEN"),
        (UserKind::Freelancer, false, "NOT_FOUND"),
        (UserKind::Client, false, "NOT_FOUND"),
    ] {
        let person = desk.app.member(desk.brand, Level::Junior, kind).await?;
        let here = fingerprint(&desk.app).await?;
        let query = "query($id: ID!) { node(id: $id) { ... on UgcGrant { state } } }";
        let found = desk.app.client.gql(&person.token, query, json!({ "id": grant })).await?.ok()?;
        assert_eq!(!found.get("node").is_null(), sees, "{kind:?}");
        let refusal = desk.app.client.try_mutate(&person.token, "grantUgc", GRANT, answer(&grant, 1)).await?;
        assert_eq!(refusal.user_codes("grantUgc"), [code], "{kind:?}");
        assert_eq!(fingerprint(&desk.app).await?, here, "{kind:?}");
    }
    Ok(())
}
