//! What somebody was named to approve goes to somebody else with their work, as far as that is theirs to take.

use anyhow::Result;
use chrono::Duration;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_testkit::client::Answer;
use diwan_testkit::{Person, TestApp};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::kit::{fingerprint, id};

const MOVED: &str = "posts approvalSteps approvalChains places brands approvalStepsLeft approvalChainsLeft";
const ENDED: &str = "brands delegations delegationsLeft apiTokens";

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

/// What a leaver opened: an integration in each of two brands with tokens, and who stands in for whom.
struct Farewell {
    app: TestApp,
    brands: [Uuid; 2],
    leaver: Person,
    heir: Person,
    away: Person,
    peer: Person,
    director: Person,
    /// Two of the leaver's in the first brand, the heir's for the same integration, and the leaver's in the second brand.
    tokens: Vec<String>,
}

impl Farewell {
    async fn new() -> Result<Self> {
        let mut app = TestApp::new().await?;
        app.leave_jobs();
        let brands = [app.brand("Alpha").await?, app.brand("Beta").await?];
        let director = app.person(UserKind::Staff, Some(Level::Director)).await?;
        let leaver = app.member(brands[0], Level::Senior, UserKind::Staff).await?;
        let heir = app.member(brands[0], Level::Senior, UserKind::Staff).await?;
        let peer = app.member(brands[0], Level::Senior, UserKind::Staff).await?;
        app.join(&leaver, brands[1], Level::Senior).await?;
        let away = app.member(brands[0], Level::Mid, UserKind::Staff).await?;
        let mut tokens = Vec::new();
        for (brand, makers) in [(brands[0], vec![&leaver, &leaver, &heir]), (brands[1], vec![&leaver])] {
            let program = app.member(brand, Level::Mid, UserKind::Integration).await?;
            for maker in makers {
                tokens.push(app.api_token(&program, maker).await?.1);
            }
        }
        let team = Self { app, brands, leaver, heir, away, peer, director, tokens };
        team.stand_in(&team.leaver, &team.heir).await?;
        team.stand_in(&team.away, &team.leaver).await?;
        Ok(team)
    }

    async fn stand_in(&self, of: &Person, who: &Person) -> Result<()> {
        let now = self.app.services.now();
        let input = json!({ "to": id("user", who.id), "startsAt": now.to_rfc3339(), "reason": "Holidays",
            "endsAt": (now + Duration::days(9)).to_rfc3339() });
        self.app.client.mutate(&of.token, "setDelegation", "delegation { id }", input).await?;
        Ok(())
    }

    fn input(&self, brands: Option<&[Uuid]>) -> Value {
        let mut input = json!({ "fromUserId": id("user", self.leaver.id), "toUserId": id("user", self.heir.id) });
        if let Some(brands) = brands {
            input["brandIds"] = brands.iter().map(|brand| id("brand", *brand)).collect();
        }
        input
    }

    /// Hands over; answers how many delegations ended and stay, and how many tokens ended.
    async fn hand_over(&self, by: &Person, brands: Option<&[Uuid]>) -> Result<[Value; 3]> {
        let answer = self.app.client.mutate(&by.token, "handOverWork", ENDED, self.input(brands)).await?;
        let said = answer.get("handOverWork");
        Ok(["delegations", "delegationsLeft", "apiTokens"].map(|name| said[name].clone()))
    }

    /// Which of the tokens still open something.
    async fn good(&self) -> Result<Vec<bool>> {
        let mut good = Vec::new();
        for token in &self.tokens {
            let answer = self.app.client.gql(token, "{ viewer { user { kind } } }", json!({})).await?;
            assert!(answer.code().is_empty() || answer.code() == "UNAUTHENTICATED", "{}", answer.body);
            good.push(answer.code().is_empty());
        }
        Ok(good)
    }

    /// In how many delegations somebody takes part now.
    async fn delegations(&self, person: &Person) -> Result<Option<usize>> {
        let query = "{ viewer { delegations { id } } }";
        let seen = self.app.client.gql(&person.token, query, json!({})).await?.ok()?;
        Ok(seen.get("viewer.delegations").as_array().map(Vec::len))
    }
}

fn ended(delegations: i32, left: i32, tokens: i32) -> [Value; 3] {
    [json!(delegations), json!(left), json!(tokens)]
}

#[tokio::test]
async fn who_stands_in_and_the_tokens_of_a_leaver_end_with_the_hand_over_and_no_others() -> Result<()> {
    let team = Farewell::new().await?;
    let [alpha, beta] = team.brands;
    let stranger = team.app.person(UserKind::Staff, None).await?;
    for (who, brands, code) in [
        (&team.away, Some(&[alpha][..]), Some("FORBIDDEN")),
        (&team.peer, Some(&[beta][..]), Some("NOT_FOUND")),
        (&team.peer, Some(&[alpha, beta][..]), Some("NOT_FOUND")),
        (&stranger, None, Some("NOT_FOUND")),
        // Nothing is theirs to end, and nothing is told of it.
        (&team.away, None, None),
    ] {
        let before = fingerprint(&team.app).await?;
        let answer = team.app.client.try_mutate(&who.token, "handOverWork", ENDED, team.input(brands)).await?;
        match code {
            Some(code) => assert_eq!(answer.user_codes("handOverWork"), [code], "{}", answer.body),
            None => assert_eq!(answer.get("handOverWork.delegationsLeft"), 0, "{}", answer.body),
        }
        assert_eq!(fingerprint(&team.app).await?, before, "{code:?}");
    }
    assert_eq!(team.good().await?, [true; 4]);

    // Somebody of the same level closes the doors of their brand, and says nothing about the person.
    assert_eq!(team.hand_over(&team.peer, Some(&[alpha])).await?, ended(0, 2, 2));
    assert_eq!(team.good().await?, [false, false, true, true], "the heir's own, and another brand's");
    assert_eq!(team.hand_over(&team.peer, None).await?, ended(0, 0, 0), "nothing is left to them");
    // Whoever is above them: all of it, when no place of theirs is left out.
    assert_eq!(team.hand_over(&team.director, Some(&[])).await?, ended(0, 0, 0));
    assert_eq!(team.delegations(&team.leaver).await?, Some(2));
    assert_eq!(team.hand_over(&team.director, None).await?, ended(2, 0, 1));
    assert_eq!(team.good().await?, [false, false, true, false]);
    for person in [&team.leaver, &team.heir, &team.away] {
        assert_eq!(team.delegations(person).await?, Some(0));
    }
    assert_eq!(team.hand_over(&team.director, None).await?, ended(0, 0, 0), "again");
    let trail = format!(
        "select string_agg(n, ' ' order by n) from (select action || ':' || count(*) as n from audit_event
         where action in ('delegation.end', 'api_token.revoke') and detail->>'handed_over' = '{}' group by action) t",
        team.leaver.id
    );
    let trail: String = team.app.db.value(&trail).await?;
    assert_eq!(trail, "api_token.revoke:3 delegation.end:2");
    // An integration stays, and takes a new token of whoever goes on.
    let programs = "select count(*) from app_user where kind = 'INTEGRATION' and deactivated_at is null";
    assert_eq!(team.app.db.value::<i64>(programs).await?, 2);
    Ok(())
}

#[tokio::test]
async fn a_leaver_hands_over_for_themselves_and_in_as_many_statements_for_much_as_for_little() -> Result<()> {
    let mut costs = Vec::new();
    for more in [0, 12] {
        let team = Farewell::new().await?;
        let program = team.app.member(team.brands[0], Level::Mid, UserKind::Integration).await?;
        for _ in 0..more {
            team.app.api_token(&program, &team.leaver).await?;
            let other = team.app.member(team.brands[0], Level::Junior, UserKind::Staff).await?;
            team.stand_in(&other, &team.leaver).await?;
        }
        let [alpha, beta] = team.brands;
        team.app.join(&team.heir, beta, Level::Mid).await?;
        let before = team.app.db.statements();
        let first = team.hand_over(&team.leaver, Some(&[alpha])).await?;
        costs.push(team.app.db.statements() - before);
        assert_eq!(first, ended(0, 2 + more, 2 + more), "they have a place in another");
        assert_eq!(team.hand_over(&team.leaver, Some(&team.brands)).await?, ended(2 + more, 0, 1));
        assert_eq!(team.delegations(&team.leaver).await?, Some(0));
    }
    assert_eq!(costs[0], costs[1], "statements");
    Ok(())
}
