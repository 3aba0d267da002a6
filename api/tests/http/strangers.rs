//! Somebody of one brand asks for everything of another: it is not there, exactly as what never was.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use chrono::Duration;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_testkit::{Person, TestApp, Written};
use serde_json::{Value, json};

use crate::kit::{fingerprint, id, nobodys};

/// Every kind of id of a brand, with the type that it names.
fn ids(of: &Written) -> Vec<(&'static str, &'static str, String)> {
    [
        ("brand", "Brand", of.brand),
        ("group", "BrandGroup", of.group),
        ("membership", "Membership", of.membership),
        ("calendar", "Calendar", of.calendar),
        ("account", "SocialAccount", of.account),
        ("connection", "AccountConnection", of.connection),
        ("asset", "Asset", of.asset),
        ("post", "Post", of.post),
        ("variant", "PostVariant", of.variant),
        ("publication", "Publication", of.publication),
        ("report", "ReportRun", of.report),
        ("reporttemplate", "ReportTemplate", of.reports.template),
        ("job", "Job", of.job),
        ("approval", "ApprovalRequest", of.request),
        ("chain", "ApprovalChain", of.chain),
        ("assignment", "PostAssignment", of.assignment),
        ("comment", "PostComment", of.comment),
        ("specialday", "SpecialDay", of.special_day),
        ("promise", "ContentPromise", of.promise),
        ("import", "ContentImport", of.import),
        ("export", "ContentExport", of.export),
        ("folder", "AssetFolder", of.folder),
        ("profile", "BrandProfile", of.strategy.profile),
        ("persona", "Persona", of.strategy.persona),
        ("challenge", "Challenge", of.strategy.challenge),
        ("objective", "Objective", of.strategy.goal),
        ("kpi", "Kpi", of.strategy.kpi),
        ("pillar", "ContentPillar", of.strategy.pillar),
        ("channel", "ChannelChoice", of.strategy.channel),
        ("plan", "ContentPlan", of.strategy.plan),
        ("slot", "Slot", of.planning.slot),
        ("series", "PostSeries", of.planning.series),
        ("queue", "EvergreenQueue", of.planning.queue),
        ("queueitem", "EvergreenItem", of.planning.item),
        ("source", "Source", of.planning.source),
        ("sourceitem", "SourceItem", of.planning.source_item),
        ("template", "ContentTemplate", of.planning.template),
        ("hashtagset", "HashtagSet", of.planning.hashtag_set),
        ("idea", "Idea", of.planning.idea),
        ("influencer", "Influencer", of.influencers.influencer),
        ("shortlist", "InfluencerShortlist", of.influencers.shortlist),
        ("outreach", "InfluencerOutreach", of.influencers.outreach),
        ("influencerresult", "InfluencerResult", of.influencers.result),
        ("ugcgrant", "UgcGrant", of.influencers.granted),
        ("campaign", "Campaign", of.campaigns.active),
        ("campaigntask", "CampaignTask", of.campaigns.task),
        ("experiment", "Experiment", of.campaigns.experiment),
        ("budget", "Budget", of.finance.budget),
        ("budgetline", "BudgetLine", of.finance.line),
        ("budgetentry", "BudgetEntry", of.finance.entry),
        ("financialrequest", "FinancialRequest", of.finance.request),
        ("expense", "Expense", of.finance.expense),
        ("boost", "AdBoost", of.promotion.running),
        ("deliverable", "Deliverable", of.payments.deliverable),
        ("payment", "Payment", of.payments.payment),
        ("paymentfile", "PaymentFile", of.payments.file),
        ("timeentry", "TimeEntry", of.payments.hours),
        ("proposal", "Proposal", of.proposals.accepted),
        ("proposalversion", "ProposalVersion", of.proposals.version),
        ("proposalcomment", "ProposalComment", of.proposals.comment),
        ("proposaltemplate", "ProposalTemplate", of.proposals.template),
        ("project", "Project", of.proposals.project),
        ("workitem", "WorkItem", of.proposals.work_item),
        ("contract", "Contract", of.contracts.sent),
        ("contracttemplate", "ContractTemplate", of.contracts.template),
        ("link", "TrackedLink", of.tracking.link),
        ("landing", "LandingPage", of.tracking.landing),
        ("conversion", "Conversion", of.tracking.conversion),
        ("lead", "Lead", of.tracking.lead),
        ("checklist", "ChecklistTemplate", of.planning.checklist),
        ("checkitem", "ChecklistItem", of.planning.check_item),
    ]
    .map(|(prefix, kind, uuid)| (prefix, kind, id(prefix, uuid)))
    .to_vec()
}

/// The schema's types, by introspection.
struct Schema(Vec<Value>);

impl Schema {
    async fn read(app: &TestApp, token: &str) -> Result<Self> {
        let query =
            "{ __schema { types { kind name interfaces { name } fields { name args { name type { kind } defaultValue }
          type { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } }";
        let answer = app.client.gql(token, query, json!({})).await?.ok()?;
        Ok(Self(answer.get("__schema.types").as_array().context("types")?.clone()))
    }

    fn kind(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|kind| kind["name"] == name)
    }

    /// Every type that has an id of its own.
    fn nodes(&self) -> BTreeSet<String> {
        let is_node = |kind: &&Value| {
            kind["interfaces"].as_array().is_some_and(|all| all.iter().any(|one| one["name"] == "Node"))
        };
        self.0.iter().filter(is_node).filter_map(|kind| kind["name"].as_str().map(str::to_owned)).collect()
    }

    /// Every field of a type and of what it holds, `depth` steps down; lists by their first two.
    fn everything(&self, name: &str, depth: usize) -> String {
        let fields = self.kind(name).and_then(|kind| kind["fields"].as_array()).into_iter().flatten();
        let selected = fields.filter_map(|field| self.selection(field, depth));
        ["__typename".to_owned()].into_iter().chain(selected).collect::<Vec<_>>().join(" ")
    }

    fn selection(&self, field: &Value, depth: usize) -> Option<String> {
        let name = field["name"].as_str()?;
        let arguments = field["args"].as_array().cloned().unwrap_or_default();
        if needs_argument(field) {
            return None;
        }
        let paged = arguments.iter().any(|argument| argument["name"] == "first");
        let window = if paged { "(first: 2)" } else { "" };
        let mut inner = &field["type"];
        while !inner["ofType"].is_null() {
            inner = &inner["ofType"];
        }
        match inner["kind"].as_str()? {
            "OBJECT" if depth > 0 => {
                Some(format!("{name}{window} {{ {} }}", self.everything(inner["name"].as_str()?, depth - 1)))
            }
            "OBJECT" | "INTERFACE" | "UNION" => None,
            _ => Some(format!("{name}{window}")),
        }
    }

    /// Every list of a type that is read page by page, with the type of its rows.
    fn lists_of(&self, name: &str) -> Vec<(String, String)> {
        let fields = self.kind(name).and_then(|kind| kind["fields"].as_array()).into_iter().flatten();
        let list = |field: &Value| {
            let rows = field["type"]["ofType"]["name"].as_str()?.strip_suffix("Connection")?.to_owned();
            (!needs_argument(field)).then_some((field["name"].as_str()?.to_owned(), rows))
        };
        fields.filter_map(list).collect()
    }
}

/// Whether a field cannot be asked for without saying something.
fn needs_argument(field: &Value) -> bool {
    let needed = |argument: &Value| argument["type"]["kind"] == "NON_NULL" && argument["defaultValue"].is_null();
    field["args"].as_array().into_iter().flatten().any(needed)
}

struct Bench {
    app: TestApp,
    alpha: Written,
    beta: Written,
    /// Of the highest level, in alpha alone.
    insider: Person,
}

async fn bench() -> Result<Bench> {
    let mut app = TestApp::new().await?;
    app.leave_jobs();
    let (alpha, beta) = (app.fill_brand("Alpha").await?, app.fill_brand("Beta").await?);
    let insider = app.member(alpha.brand, Level::Cmo, UserKind::Staff).await?;
    Ok(Bench { app, alpha, beta, insider })
}

#[tokio::test]
async fn every_field_of_every_type_is_read_by_insiders_and_by_nobody_else() -> Result<()> {
    let Bench { app, alpha, beta, insider } = bench().await?;
    let schema = Schema::read(&app, &insider.token).await?;
    let tested: BTreeSet<String> = ids(&alpha).into_iter().map(|(_, kind, _)| kind.to_owned()).collect();
    let of_agency = BTreeSet::from(["Agency".to_owned(), "User".to_owned(), "Delegation".to_owned()]);
    assert_eq!(
        schema.nodes(),
        tested.union(&of_agency).cloned().collect(),
        "a new type of node belongs into this test"
    );
    let stranger = app.person(UserKind::Staff, None).await?;
    for ((prefix, kind, own), (_, _, others)) in ids(&alpha).into_iter().zip(ids(&beta)) {
        let query =
            format!("query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ {} }} }} }}", schema.everything(kind, 1));
        let seen = app.client.gql(&insider.token, &query, json!({ "id": own })).await?.ok().context(kind)?;
        assert_eq!(seen.get("node.id"), &json!(own), "{kind}");
        assert!(!seen.body.to_string().contains(&others), "{kind}");
        for (who, of) in [(&insider.token, &others), (&stranger.token, &own), (&String::new(), &own)] {
            let hidden = app.client.gql(who, &query, json!({ "id": of })).await?;
            let never = app.client.gql(who, &query, json!({ "id": nobodys(prefix) })).await?;
            assert_eq!(
                (&hidden.body["data"], hidden.code()),
                (&json!({ "node": null }), ""),
                "{kind}: {}",
                hidden.body
            );
            assert_eq!(hidden.body["data"], never.body["data"], "{kind}");
        }
    }
    let all: Vec<String> = ids(&beta).into_iter().map(|(_, _, id)| id).collect();
    let nodes = app
        .client
        .gql(&insider.token, "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", json!({ "ids": all }))
        .await?
        .ok()?;
    assert!(nodes.get("nodes").as_array().context("a list")?.iter().all(Value::is_null));
    let colleague = format!("select user_id from membership where brand_id = '{}' limit 1", beta.brand);
    let colleague = id("user", app.db.value(&colleague).await?);
    let user = app
        .client
        .gql(&insider.token, "query($id: ID!) { node(id: $id) { id } }", json!({ "id": colleague }))
        .await?
        .ok()?;
    assert!(user.get("node").is_null(), "a person of another brand");
    Ok(())
}

#[tokio::test]
async fn nothing_that_can_be_reached_leads_into_another_brand() -> Result<()> {
    let Bench { app, alpha, beta, insider } = bench().await?;
    let schema = Schema::read(&app, &insider.token).await?;
    let lists = schema.lists_of("Brand");
    assert!(lists.len() >= 9, "{lists:?}");
    // So that there is something in each list.
    let sql = "update publication set state = 'MISSED'; update publishing_pause set ended_at = null, ended_by = null";
    app.db.run(sql).await?;
    for (list, node) in &lists {
        let query = format!(
            "{{ viewer {{ user {{ id }} memberships {{ level brand {{ id name }} }} }} agency {{ id name }}
               brands(first: 5) {{ nodes {{ id name {list}(first: 3) {{ nodes {{ {} }} }} }} }} }}",
            schema.everything(node, 1)
        );
        let answer = app.client.gql(&insider.token, &query, json!({})).await?.ok().with_context(|| list.clone())?;
        let text = answer.body.to_string();
        assert_eq!(answer.get("brands.nodes").as_array().map(Vec::len), Some(1), "one brand is seen");
        assert!(text.contains(&id("brand", alpha.brand)), "{list}");
        assert!(!answer.get(&format!("brands.nodes.0.{list}.nodes.0")).is_null(), "{list}: nothing that could leak");
        for (_, _, of_beta) in ids(&beta) {
            assert!(!text.contains(&of_beta), "{list} leads to {of_beta}");
        }
        assert!(!text.contains("Beta"), "{list}");
    }
    // What is nobody's brand: oneself and the agency, with all that is below; a list that is refused is null.
    let mut own = Vec::new();
    for (root, kind) in [("viewer", "Viewer"), ("agency", "Agency")] {
        own.push(format!("{{ {root} {{ {} }} }}", schema.everything(kind, 2)));
        for (list, node) in schema.lists_of(kind) {
            own.push(format!("{{ {root} {{ {list}(first: 9) {{ nodes {{ {} }} }} }} }}", schema.everything(&node, 2)));
        }
    }
    for (list, node) in schema.lists_of("Query") {
        own.push(format!("{{ {list}(first: 9) {{ nodes {{ {} }} }} }}", schema.everything(&node, 1)));
    }
    for query in own {
        let answer = app.client.gql(&insider.token, &query, json!({})).await?;
        let text = answer.body.to_string();
        let codes = answer.body["errors"].as_array().into_iter().flatten().map(|error| &error["extensions"]["code"]);
        assert!(codes.into_iter().all(|code| code == "FORBIDDEN"), "{query}: {text}");
        for (_, _, of_beta) in ids(&beta) {
            assert!(!text.contains(&of_beta), "{query} leads to {of_beta}");
        }
        assert!(!text.contains("Beta"), "{query}");
    }
    let posts = "query($brand: ID!, $calendar: ID!) { brand(id: $brand) { posts(first: 5, filter: { calendarId: $calendar }) { nodes { id } } } }";
    let variables = json!({ "brand": id("brand", alpha.brand), "calendar": id("calendar", beta.calendar) });
    let answer = app.client.gql(&insider.token, posts, variables).await?;
    assert!(!answer.body.to_string().contains("post_"), "{}", answer.body);
    Ok(())
}

/// Each mutation with ids of a brand in every place where an id stands.
#[expect(clippy::too_many_lines, reason = "a table with a line for each mutation")]
fn mutations(app: &TestApp, id_of: impl Fn(&str) -> String, own: &Written) -> Vec<(&'static str, &'static str, Value)> {
    let due = (app.services.now() + Duration::days(1)).to_rfc3339();
    let variant =
        |account: String, asset: String| json!([{ "socialAccountId": account, "text": "x", "assetIds": [asset] }]);
    let secret = json!({ "service": "https://pds.example", "identifier": "nour.example", "password": "abcd" });
    vec![
        ("updateBrand", "brand { id }", json!({ "brandId": id_of("brand"), "version": 1, "name": "Other" })),
        ("archiveBrand", "brand { id }", json!({ "brandId": id_of("brand") })),
        ("restoreBrand", "brand { id }", json!({ "brandId": id_of("brand") })),
        ("deleteBrand", "brand { id }", json!({ "brandId": id_of("brand") })),
        ("keepBrand", "brand { id }", json!({ "brandId": id_of("brand") })),
        ("suspendMembership", "membership { id }", json!({ "membershipId": id_of("membership") })),
        ("resumeMembership", "membership { id }", json!({ "membershipId": id_of("membership") })),
        ("endMembership", "membership { id }", json!({ "membershipId": id_of("membership") })),
        ("extendMembership", "membership { id }", json!({ "membershipId": id_of("membership") })),
        ("updateMembership", "membership { id }", json!({ "membershipId": id_of("membership"), "version": 1 })),
        ("updateBrandGroup", "brandGroup { id }", json!({ "brandGroupId": id_of("group"), "version": 1, "name": "O" })),
        ("deleteBrandGroup", "deletedId", json!({ "brandGroupId": id_of("group") })),
        ("addBrandsToGroup", "brandGroup { id }", json!({ "brandGroupId": id_of("group"), "brandIds": [] })),
        ("removeBrandsFromGroup", "brandGroup { id }", json!({ "brandGroupId": id_of("group"), "brandIds": [] })),
        ("createCalendar", "calendar { id }", json!({ "brandId": id_of("brand"), "name": "New" })),
        ("requestUpload", "uploadUrl", json!({ "brandId": id_of("brand"), "fileName": "a.png" })),
        ("createPost", "post { id }", json!({ "calendarId": id_of("calendar"), "title": "New" })),
        (
            "createPost",
            "post { id }",
            json!({ "calendarId": id("calendar", own.calendar), "title": "New", "variants": variant(id_of("account"), id("asset", own.asset)) }),
        ),
        (
            "createPost",
            "post { id }",
            json!({ "calendarId": id("calendar", own.calendar), "title": "New", "variants": variant(id("account", own.account), id_of("asset")) }),
        ),
        ("updatePost", "post { id }", json!({ "postId": id_of("post"), "version": 1, "title": "Other" })),
        ("schedulePost", "post { id }", json!({ "postId": id_of("post"), "dueAt": due })),
        ("unschedulePost", "post { id }", json!({ "postId": id_of("post") })),
        (
            "settlePublication",
            "publication { id }",
            json!({ "publicationId": id_of("publication"), "as": { "giveUp": true } }),
        ),
        (
            "connectAccount",
            "connection { id }",
            json!({ "brandId": id_of("brand"), "network": "bluesky", "using": { "appPassword": secret } }),
        ),
        ("disconnectAccount", "socialAccount { id }", json!({ "socialAccountId": id_of("account") })),
        ("syncMetrics", "job { id }", json!({ "publicationId": id_of("publication") })),
        ("requestReport", "report { id }", json!({ "brandId": id_of("brand"), "month": "2026-07-01" })),
        ("requestContentImport", "uploadUrl", json!({ "brandId": id_of("brand"), "fileName": "plan.csv" })),
        ("importContentPlan", "contentImport { id }", json!({ "importId": id_of("import"), "dryRun": true })),
        ("requestContentExport", "contentExport { id }", json!({ "brandId": id_of("brand"), "format": "CSV" })),
        ("submitPost", "post { id }", json!({ "postId": id_of("post") })),
        ("assignPost", "assignment { id }", json!({ "postId": id_of("post"), "userId": id("user", own.author) })),
        ("unassignPost", "post { id }", json!({ "postId": id_of("post"), "userId": id("user", own.author) })),
        (
            "commentOnPost",
            "comment { id }",
            json!({ "postId": id_of("post"), "visibility": "CLIENT", "body": "Hello" }),
        ),
        ("deleteComment", "comment { id }", json!({ "commentId": id_of("comment") })),
        ("approveRequest", "request { id }", json!({ "requestId": id_of("approval") })),
        ("requestChanges", "request { id }", json!({ "requestId": id_of("approval"), "comment": "Shorter" })),
        ("withdrawRequest", "request { id }", json!({ "requestId": id_of("approval") })),
        (
            "setApprovalChain",
            "chain { id }",
            json!({ "brandId": id_of("brand"), "kind": "BUDGET", "steps": [{ "mode": "ANY", "level": "MID" }] }),
        ),
        ("archiveApprovalChain", "chain { id }", json!({ "chainId": id_of("chain"), "version": 1 })),
        (
            "setBrandApprovalLimit",
            "limits { level }",
            json!({ "brandId": id_of("brand"), "level": "MID", "kind": "BUDGET", "currency": "EUR", "amountMinor": 1 }),
        ),
        ("endDelegation", "delegation { id }", json!({ "delegationId": id_of("delegation") })),
        ("rerunJob", "job { id }", json!({ "jobId": id_of("job") })),
        ("deleteSlot", "deletedId", json!({ "slotId": id_of("slot") })),
        ("placePost", "post { id }", json!({ "postId": id_of("post"), "schedule": true })),
        ("endPostSeries", "series { id }", json!({ "seriesId": id_of("series") })),
        (
            "addToEvergreenQueue",
            "item { id }",
            json!({ "queueId": id("queue", own.planning.queue), "postId": id_of("post") }),
        ),
        ("deleteEvergreenQueue", "deletedId", json!({ "queueId": id_of("queue") })),
        ("removeFromEvergreenQueue", "deletedId", json!({ "itemId": id_of("queueitem") })),
        ("deleteSource", "deletedId", json!({ "sourceId": id_of("source") })),
        ("dismissSourceItem", "item { id }", json!({ "itemId": id_of("sourceitem") })),
        ("archiveChecklistTemplate", "template { id }", json!({ "templateId": id_of("checklist") })),
        (
            "addChecklist",
            "post { id }",
            json!({ "postId": id_of("post"), "templateId": id("checklist", own.planning.checklist) }),
        ),
        ("addChecklist", "post { id }", json!({ "postId": id("post", own.post), "templateId": id_of("checklist") })),
        ("addChecklistItem", "item { id }", json!({ "postId": id_of("post"), "text": "Read it aloud" })),
        ("tickChecklistItem", "item { id }", json!({ "itemId": id_of("checkitem"), "version": 1 })),
        ("untickChecklistItem", "item { id }", json!({ "itemId": id_of("checkitem") })),
        ("removeChecklistItem", "deletedId", json!({ "itemId": id_of("checkitem") })),
        ("moveChecklistItem", "item { id }", json!({ "itemId": id_of("checkitem") })),
        (
            "createContentPromise",
            "promise { id }",
            json!({ "brandId": id("brand", own.brand), "pillarId": id_of("pillar"),
                "promise": { "postsPerWeek": 1, "startsOn": "2027-01-01" } }),
        ),
        ("saveItemAsIdea", "idea { id }", json!({ "itemId": id_of("sourceitem") })),
        ("createIdea", "idea { id }", json!({ "brandId": id_of("brand"), "idea": { "title": "New" } })),
        (
            "createIdea",
            "idea { id }",
            json!({ "brandId": id("brand", own.brand), "idea": { "title": "New", "pillarId": id_of("pillar") } }),
        ),
        ("updateIdea", "idea { id }", json!({ "ideaId": id_of("idea"), "version": 1, "idea": { "title": "New" } })),
        ("moveIdea", "idea { id }", json!({ "ideaId": id_of("idea"), "state": "READY" })),
        (
            "moveIdea",
            "idea { id }",
            json!({ "ideaId": id("idea", own.planning.idea), "state": "NEW", "afterIdeaId": id_of("idea") }),
        ),
        ("assignIdea", "idea { id }", json!({ "ideaId": id_of("idea"), "assigneeId": id("user", own.author) })),
        ("archiveIdea", "idea { id }", json!({ "ideaId": id_of("idea"), "version": 1 })),
        ("restoreIdea", "idea { id }", json!({ "ideaId": id_of("idea"), "version": 1 })),
        (
            "turnIdeaIntoPost",
            "post { id }",
            json!({ "ideaId": id_of("idea"), "post": { "calendarId": id("calendar", own.calendar), "title": "New" } }),
        ),
        (
            "turnIdeaIntoPost",
            "post { id }",
            json!({ "ideaId": id("idea", own.planning.idea), "post": { "calendarId": id_of("calendar"), "title": "New" } }),
        ),
    ]
}

#[tokio::test]
async fn nothing_of_another_brand_can_be_changed_and_the_refusal_tells_nothing() -> Result<()> {
    let Bench { app, alpha, beta, insider } = bench().await?;
    let of_beta = |prefix: &str| {
        ids(&beta).into_iter().find(|(known, _, _)| *known == prefix).map(|(_, _, id)| id).unwrap_or_default()
    };
    let foreign = mutations(&app, of_beta, &alpha);
    let unknown = mutations(&app, nobodys, &alpha);
    let wrong_kind = mutations(&app, |prefix| nobodys(if prefix == "user" { "post" } else { "user" }), &alpha);
    let before = fingerprint(&app).await?;
    for (((name, selection, foreign), (_, _, unknown)), (_, _, wrong_kind)) in
        foreign.into_iter().zip(unknown).zip(wrong_kind)
    {
        let refused = app.client.try_mutate(&insider.token, name, selection, foreign).await?;
        assert_eq!(refused.user_codes(name), ["NOT_FOUND"], "{name}: {}", refused.body);
        let never = app.client.try_mutate(&insider.token, name, selection, unknown).await?;
        assert_eq!(refused.body["data"], never.body["data"], "{name} tells what exists elsewhere");
        let wrong = app.client.try_mutate(&insider.token, name, selection, wrong_kind).await?;
        assert!(
            !wrong.user_codes(name).is_empty() || !wrong.code().is_empty(),
            "{name} took an id of another kind: {}",
            wrong.body
        );
    }
    let dry = "query($id: ID!) { validatePost(postId: $id) { valid } }";
    for post in [id("post", beta.post), nobodys("post"), "post_".to_owned(), "x".to_owned()] {
        let answer = app.client.gql(&insider.token, dry, json!({ "id": post })).await?;
        assert_eq!(answer.code(), "NOT_FOUND", "{post}: {}", answer.body);
    }
    assert_eq!(fingerprint(&app).await?, before);
    Ok(())
}
