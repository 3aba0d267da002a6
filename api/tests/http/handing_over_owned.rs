//! What somebody looks after goes to somebody else with their work: all of it, and nobody is given what they may not have.

use anyhow::Result;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_testkit::build::Written;
use diwan_testkit::{Person, TestApp};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::kit::{fingerprint, id};

const MOVED: &str = "contracts contractSignatures deliverables proposals projects repeatedPosts webhooks financialRequests reportSchedules insightAlerts ownedLeft";

/// What is still worked at and somebody's, each thing by the column that says so.
fn held(of: Uuid) -> String {
    let each = [
        "contract where coalesce(owner_id, created_by) = 'X' and state not in ('COMPLETED', 'DECLINED', 'TERMINATED')",
        "contract where signer_id = 'X' and state in ('APPROVED', 'SENT')",
        "deliverable where assignee_id = 'X' and state not in ('ACCEPTED', 'WITHDRAWN')",
        "proposal where coalesce(owner_id, sent_by, created_by) = 'X' and state in ('DRAFT', 'IN_REVIEW', 'SENT', 'VIEWED')",
        "project where coalesce(owner_id, created_by) = 'X' and state = 'OPEN'",
        "post_series where in_name_of = 'X' and ended_at is null",
        "evergreen_queue where in_name_of = 'X'",
        "webhook_endpoint where coalesce(owner_id, created_by) = 'X' and deleted_at is null",
        "financial_request where coalesce(owner_id, created_by) = 'X' and state in ('DRAFT', 'SENT_BACK')",
        "report_schedule where in_name_of = 'X'",
        "insight_alert where owner_id = 'X' or 'X' = any (recipient_ids)",
        "campaign_task where assignee_id = 'X' and done_at is null
           and campaign_id in (select id from campaign where state not in ('CLOSED', 'CANCELED'))",
        "checklist_item where assignee_id = 'X' and ticked_at is null",
        "idea where assignee_id = 'X' and position is not null",
        "post_assignment where user_id = 'X'
           and post_id in (select id from post where state not in ('PUBLISHED', 'CANCELED', 'ARCHIVED'))",
    ];
    let counts: Vec<String> = each.iter().map(|each| format!("(select count(*) from {each})")).collect();
    format!("select {}", counts.join(" + ")).replace('X', &of.to_string())
}

struct Team {
    app: TestApp,
    written: Written,
    lead: Person,
}

impl Team {
    /// A brand with a row of everything, all of it of one person, who also hands in what contracts promise.
    async fn new(name: &str) -> Result<Self> {
        let mut app = TestApp::new().await?;
        app.leave_jobs();
        let written = app.fill_brand(name).await?;
        let lead = app.member(written.brand, Level::Senior, UserKind::Staff).await?;
        let to = written.author;
        app.db
            .run(&format!(
                "update deliverable set assignee_id = '{to}' where state in ('DUE', 'SUBMITTED');
                 insert into public_link (id, brand_id, purpose, subject_id, user_id, person_name, locale, secret_hash, created_at, expires_at)
                   values (gen_random_uuid(), '{}', 'SIGN_CONTRACT', '{}', '{to}', 'Sami', 'en', sha256('ours'), now(),
                     now() + interval '9 days')",
                written.brand, written.contracts.sent
            ))
            .await?;
        Ok(Self { app, written, lead })
    }

    fn input(&self, to: &Person) -> Value {
        let (from, brand) = (self.written.author, self.written.brand);
        json!({ "fromUserId": id("user", from), "toUserId": id("user", to.id), "brandIds": [id("brand", brand)] })
    }

    async fn hand_over(&self, to: &Person) -> Result<Value> {
        let answer = self.app.client.mutate(&self.lead.token, "handOverWork", MOVED, self.input(to)).await?;
        let said = answer.get("handOverWork");
        Ok(MOVED.split(' ').map(|field| said[field].clone()).collect())
    }

    async fn held(&self) -> Result<i64> {
        self.app.db.value(&held(self.written.author)).await
    }

    /// Who looks after a thing, and who began it.
    async fn owner(&self, kind: &str, prefix: &str, of: Uuid) -> Result<Value> {
        let query = format!("query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ owner {{ id }} }} }} }}");
        let answer = self.app.client.gql(&self.lead.token, &query, json!({ "id": id(prefix, of) })).await?.ok()?;
        Ok(answer.get("node.owner.id").clone())
    }
}

#[tokio::test]
async fn nothing_that_somebody_looked_after_stays_behind() -> Result<()> {
    let team = Team::new("Alpha").await?;
    let heir = team.app.member(team.written.brand, Level::Senior, UserKind::Staff).await?;
    let mid = team.app.member(team.written.brand, Level::Mid, UserKind::Staff).await?;
    let before = fingerprint(&team.app).await?;
    let refused = team.app.client.try_mutate(&mid.token, "handOverWork", MOVED, team.input(&heir)).await?;
    assert_eq!(refused.user_codes("handOverWork"), ["FORBIDDEN"], "{}", refused.body);
    assert_eq!(fingerprint(&team.app).await?, before);
    let of = &team.written;
    let things = [
        ("Contract", "contract", of.contracts.active),
        ("Proposal", "proposal", of.proposals.sent),
        ("Project", "project", of.proposals.project),
        ("FinancialRequest", "financialrequest", of.finance.request),
    ];
    for (kind, prefix, thing) in things {
        assert_eq!(team.owner(kind, prefix, thing).await?, id("user", of.author), "{kind}");
    }

    // Five contracts that are not over, of which two wait for our signature; what was declined and accepted is history.
    assert_eq!(team.hand_over(&heir).await?, json!([5, 2, 2, 3, 1, 2, 1, 1, 1, 1, 0]));
    assert_eq!(team.held().await?, 0);
    for (kind, prefix, thing) in things {
        assert_eq!(team.owner(kind, prefix, thing).await?, id("user", heir.id), "{kind}");
    }
    let began = format!("select count(*) from contract where created_by = '{}'", of.author);
    assert_eq!(team.app.db.value::<i64>(&began).await?, 5, "who began them is history");
    let told = format!(
        "select detail -> 'owned' ->> 'contracts' from audit_event where action = 'work.hand_over' and subject_id = '{}'",
        of.author
    );
    assert_eq!(team.app.db.value::<String>(&told).await?, "5");
    let links = "select count(*) from public_link where user_id is not null and revoked_at is null and purpose = 'SIGN_CONTRACT'";
    assert_eq!(team.app.db.value::<i64>(links).await?, 0, "whoever signs now makes a link of their own");
    assert_eq!(team.hand_over(&heir).await?, json!([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), "again");

    // The next one takes it from whoever took it over.
    let back = json!({ "fromUserId": id("user", heir.id), "toUserId": id("user", team.lead.id) });
    let answer = team.app.client.mutate(&team.lead.token, "handOverWork", MOVED, back).await?;
    assert_eq!(answer.get("handOverWork.contracts"), 5, "in every brand in which there is such work");
    assert_eq!(team.owner("Contract", "contract", of.contracts.active).await?, id("user", team.lead.id));
    Ok(())
}

#[tokio::test]
async fn what_the_other_may_not_have_stays_and_is_counted() -> Result<()> {
    let team = Team::new("Alpha").await?;
    let freelancer = team.app.member(team.written.brand, Level::Junior, UserKind::Freelancer).await?;
    assert_eq!(
        team.hand_over(&freelancer).await?,
        json!([0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 17]),
        "freelancers deliver, and look after nothing"
    );
    let junior = team.app.member(team.written.brand, Level::Junior, UserKind::Staff).await?;
    assert_eq!(
        team.hand_over(&junior).await?,
        json!([0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 16]),
        "a JUNIOR works at projects, and could do nothing with the rest"
    );
    let mid = team.app.member(team.written.brand, Level::Mid, UserKind::Staff).await?;
    assert_eq!(
        team.hand_over(&mid).await?,
        json!([5, 0, 0, 3, 0, 2, 0, 1, 1, 1, 3]),
        "a MID neither signs for the brand nor sends its affairs outside"
    );
    let signers = format!("select count(*) from contract where signer_id = '{}'", team.written.author);
    assert!(team.app.db.value::<i64>(&signers).await? > 2, "what was signed stays signed by whom it was");
    assert_eq!(team.hand_over(&team.lead).await?, json!([0, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0]));
    assert_eq!(team.held().await?, 0);
    Ok(())
}

/// A new column that says whose something is has to be one that handing over knows.
#[tokio::test]
async fn every_column_of_whose_something_is_is_known() -> Result<()> {
    let team = Team::new("Alpha").await?;
    let sql = "select string_agg(c.conrelid::regclass::text || '.' || a.attname, ' ' order by c.conrelid::regclass::text, a.attname)
      from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
      where c.contype = 'f' and c.confrelid = 'app_user'::regclass and a.attname in ('owner_id', 'assignee_id', 'signer_id', 'in_name_of')";
    let known = "campaign_task.assignee_id checklist_item.assignee_id contract.owner_id contract.signer_id deliverable.assignee_id \
      evergreen_queue.in_name_of financial_request.owner_id idea.assignee_id insight_alert.owner_id post_series.in_name_of project.owner_id proposal.owner_id \
      report_schedule.in_name_of webhook_endpoint.owner_id";
    assert_eq!(team.app.db.value::<String>(sql).await?, known);
    Ok(())
}
