//! What somebody was named to approve goes to somebody else with their work, as far as that is theirs to take.

use anyhow::Result;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_testkit::client::Answer;
use diwan_testkit::{Person, TestApp};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::kit::{fingerprint, id};

const MOVED: &str = "posts approvalSteps approvalChains places brands approvalStepsLeft approvalChainsLeft";

struct Team {
    app: TestApp,
    brand: Uuid,
    account: Uuid,
    writer: Person,
    leaver: Person,
    heir: Person,
    lead: Person,
}

impl Team {
    async fn new() -> Result<Self> {
        let mut app = TestApp::new().await?;
        app.leave_jobs();
        let brand = app.brand("Alpha").await?;
        let writer = app.member(brand, Level::Junior, UserKind::Staff).await?;
        let leaver = app.member(brand, Level::Mid, UserKind::Staff).await?;
        let heir = app.member(brand, Level::Mid, UserKind::Staff).await?;
        let lead = app.member(brand, Level::Senior, UserKind::Staff).await?;
        let account = app.account(brand, "mastodon", &lead).await?;
        Ok(Self { app, brand, account, writer, leaver, heir, lead })
    }

    async fn chain(&self, kind: &str, steps: Value) -> Result<()> {
        let input = json!({ "brandId": id("brand", self.brand), "kind": kind, "steps": steps });
        self.app.client.mutate(&self.lead.token, "setApprovalChain", "chain { id }", input).await?;
        Ok(())
    }

    async fn submitted(&self, by: &Person) -> Result<String> {
        let (post, _) = self.app.post(self.brand, self.account, "Hello", by).await?;
        let input = json!({ "postId": id("post", post) });
        let answer = self.app.client.mutate(&by.token, "submitPost", "request { id }", input).await?;
        answer.text("submitPost.request.id")
    }

    async fn hand_over(&self, by: &Person, from: &Person, to: &Person) -> Result<Value> {
        let input = json!({ "fromUserId": id("user", from.id), "toUserId": id("user", to.id), "brandIds": [id("brand", self.brand)] });
        let answer = self.app.client.mutate(&by.token, "handOverWork", MOVED, input).await?;
        let mut moved = answer.get("handOverWork").clone();
        if let Some(fields) = moved.as_object_mut() {
            fields.remove("userErrors");
        }
        Ok(moved)
    }

    async fn approve(&self, by: &Person, request: &str, step: i32) -> Result<Answer> {
        let input = json!({ "requestId": request, "step": step });
        let selection = "request { state history { kind } }";
        self.app.client.try_mutate(&by.token, "approveRequest", selection, input).await
    }

    async fn named_in_chain(&self, kind: &str) -> Result<Value> {
        let query = "query($id: ID!) { approvalChains(brandId: $id) { kind steps { people { id } } } }";
        let answer =
            self.app.client.gql(&self.lead.token, query, json!({ "id": id("brand", self.brand) })).await?.ok()?;
        let chains = answer.get("approvalChains").as_array().cloned().unwrap_or_default();
        Ok(chains.into_iter().find(|chain| chain["kind"] == kind).unwrap_or_default()["steps"].clone())
    }
}

fn moved(steps: i32, chains: i32, places: i32, left: [i32; 2]) -> Value {
    json!({ "posts": 0, "approvalSteps": steps, "approvalChains": chains, "places": places, "brands": 1,
        "approvalStepsLeft": left[0], "approvalChainsLeft": left[1] })
}

#[tokio::test]
async fn steps_and_chains_that_name_somebody_name_their_heir_and_nobody_is_handed_their_own() -> Result<()> {
    let team = Team::new().await?;
    let [leaver, heir, lead] = [&team.leaver, &team.heir, &team.lead].map(|person| id("user", person.id));
    team.chain(
        "POST",
        json!([{ "mode": "ANY", "people": [leaver, lead] }, { "mode": "ALL", "people": [leaver, heir] }, { "mode": "ANY", "level": "MID" }]),
    )
    .await?;
    let (of_writer, of_heir) = (team.submitted(&team.writer).await?, team.submitted(&team.heir).await?);
    let temporary = team.app.member(team.brand, Level::Junior, UserKind::Staff).await?;
    team.app
        .db
        .run(&format!(
            "update membership set added_by = '{}', expires_at = now() + interval '9 days' where user_id = '{}'",
            team.leaver.id, temporary.id
        ))
        .await?;
    let done = team.hand_over(&team.lead, &team.leaver, &team.heir).await?;
    assert_eq!(done, moved(2, 1, 1, [2, 0]), "what the heir wrote themselves stays where it was");
    let told = format!("select added_by from membership where user_id = '{}'", temporary.id);
    assert_eq!(team.app.db.value::<Uuid>(&told).await?, team.heir.id);
    assert_eq!(
        team.named_in_chain("POST").await?,
        json!([{ "people": [{ "id": heir }, { "id": lead }] }, { "people": [{ "id": heir }] }, { "people": [] }])
    );
    let letters = format!(
        "select count(*) from letter where template = 'approval-requested' and recipient = '{}'",
        team.heir.email
    );
    assert_eq!(team.app.db.value::<i64>(&letters).await?, 1, "of the step whose turn it is");

    let before = fingerprint(&team.app).await?;
    for (by, request, code) in [(&team.leaver, &of_writer, "NOT_YOUR_TURN"), (&team.heir, &of_heir, "FOUR_EYES")] {
        let answer = team.approve(by, request, 1).await?;
        assert_eq!(answer.user_codes("approveRequest"), [code], "{}", answer.body);
    }
    assert_eq!(fingerprint(&team.app).await?, before);
    team.approve(&team.heir, &of_writer, 1).await?.ok()?;
    let second = team.approve(&team.heir, &of_writer, 2).await?.ok()?;
    let history = second.get("approveRequest.request.history").as_array().cloned().unwrap_or_default();
    let handed = history.iter().filter(|entry| entry["kind"] == "HANDED_OVER").count();
    assert_eq!(handed, 2, "{history:?}");
    let names = "select distinct actor_id || ' ' || on_behalf_of from approval_entry where kind = 'HANDED_OVER'";
    assert_eq!(team.app.db.value::<String>(names).await?, format!("{} {}", team.heir.id, team.leaver.id));
    assert_eq!(team.approve(&team.lead, &of_writer, 3).await?.ok()?.get("approveRequest.request.state"), "APPROVED");
    team.approve(&team.leaver, &of_heir, 1).await?.ok()?;
    Ok(())
}

#[tokio::test]
async fn what_somebody_else_may_not_take_stays_and_is_counted() -> Result<()> {
    let team = Team::new().await?;
    let director = team.app.member(team.brand, Level::Director, UserKind::Staff).await?;
    let [leaver, above] = [&team.leaver, &director].map(|person| id("user", person.id));
    team.chain("POST", json!([{ "mode": "ANY", "people": [leaver] }])).await?;
    team.chain("BUDGET", json!([{ "mode": "ANY", "people": [above] }])).await?;
    let request = team.submitted(&team.writer).await?;
    let junior = team.app.member(team.brand, Level::Junior, UserKind::Staff).await?;
    assert_eq!(
        team.hand_over(&team.lead, &team.leaver, &junior).await?,
        moved(0, 0, 0, [1, 1]),
        "juniors decide nothing"
    );
    let taken = team.hand_over(&team.lead, &director, &team.lead).await?;
    assert_eq!(taken, moved(0, 0, 0, [0, 1]), "nobody takes the place of whoever is above them");
    assert_eq!(team.hand_over(&director, &director, &team.lead).await?, moved(0, 1, 0, [0, 0]), "but is given it");
    assert_eq!(team.named_in_chain("BUDGET").await?, json!([{ "people": [{ "id": id("user", team.lead.id) }] }]));
    // Decided already: that stands, and nothing is left to hand over but the chain.
    team.approve(&team.leaver, &request, 1).await?.ok()?;
    assert_eq!(team.hand_over(&team.lead, &team.leaver, &team.heir).await?, moved(0, 1, 0, [0, 0]));
    Ok(())
}
