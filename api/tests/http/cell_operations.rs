//! What the cells ask: each operation once or more, with an input that is right but for who sends it.

use anyhow::Result;
use chrono::Duration;
use diwan_domain::Action;
use diwan_domain::permission::Reach;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::ids;
use diwan_testkit::{Person, TestApp, Written};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::kit::id;

/// Operations that are everybody's own or any stranger's, with the reason; each has its own tests.
pub const PERSONAL: &[(&str, &str)] = &[
    ("agency", "its name is everybody's"),
    ("brands", "a list of what the caller sees"),
    ("networks", "what the product can do, the same for everybody"),
    ("node", "each type has its own rule: see `strangers`"),
    ("nodes", "each type has its own rule: see `strangers`"),
    ("rateLimit", "the caller's own"),
    ("acceptInvitation", "whoever holds the invitation"),
    ("beginTotp", "the caller's own"),
    ("brandGroups", "a list of what the caller sees"),
    ("changePassword", "the caller's own"),
    ("completeSignIn", "whoever holds the challenge"),
    ("confirmTotp", "the caller's own"),
    ("deleteComment", "whoever wrote it"),
    ("endDelegation", "the caller's own"),
    ("removeTotp", "the caller's own"),
    ("renewRecoveryCodes", "the caller's own"),
    ("requestPasswordReset", "any stranger"),
    ("resetPassword", "whoever holds the link"),
    ("revokeOtherSessions", "the caller's own"),
    ("revokeSession", "the caller's own"),
    ("setDelegation", "the caller's own"),
    ("updateProfile", "the caller's own"),
    ("refreshSession", "whoever holds the token"),
    ("setUpAgency", "whoever holds the one-time token"),
    ("signIn", "any stranger"),
    ("signOut", "the caller's own"),
    ("viewer", "the caller's own"),
];

/// What an operation is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// A draft, which is somebody's.
    Draft,
    /// A post that is scheduled, or what belongs to it: clients see it.
    Scheduled,
    /// Anything else of a brand, or of the agency.
    Rest,
}

/// How it is asked.
pub enum Call {
    /// What is selected of the payload, and the input.
    Mutation(&'static str, Value),
    /// The whole query, whose one root field is named as the operation, and the variables.
    Query(String, Value),
}

/// One thing that is asked.
pub struct Operation {
    /// The root field.
    pub name: &'static str,
    /// Which way of using it, where there are several.
    pub variant: &'static str,
    /// What the table must allow; none for what is not in it.
    pub action: Option<Action>,
    pub about: About,
    /// Whether the right must go to everything of the brand.
    pub wholly: bool,
    /// Whether freelancers and clients do not even see the thing.
    pub hidden: bool,
    /// Codes that an allowed operation may end with here, since it needs more than the right.
    pub may_say: &'static [&'static str],
    /// Codes that stand for a refusal besides the usual one.
    pub refused_as: &'static [&'static str],
    pub call: Call,
}

impl Operation {
    /// Whether this tests the field.
    pub fn covers(&self, field: &str) -> bool {
        self.name == field
    }

    fn about(mut self, about: About) -> Self {
        self.about = about;
        self
    }

    fn wholly(mut self) -> Self {
        self.wholly = true;
        self
    }

    fn hidden(mut self) -> Self {
        self.hidden = true;
        self
    }

    fn may_say(mut self, codes: &'static [&'static str]) -> Self {
        self.may_say = codes;
        self
    }

    fn variant(mut self, variant: &'static str) -> Self {
        self.variant = variant;
        self
    }
}

/// The things that the operations are about.
pub struct At {
    pub written: Written,
    /// Sees everything; makes what others find.
    pub chief: Person,
    /// A colleague in the brand, at the lowest level.
    pub junior: Person,
    /// A draft, one that is fit to be submitted, and one that waits for approval.
    pub draft: Uuid,
    pub fresh: Uuid,
    /// What the last waits for.
    pub request: Uuid,
    pub junior_place: Uuid,
    /// Somebody who was invited and has not come yet.
    pub invited: Uuid,
    /// Another brand, and one that is archived.
    pub other: Uuid,
    pub archived: Uuid,
    pub agency_version: i32,
}

impl At {
    /// A brand with a thing of every kind, all of it somebody else's.
    pub async fn new(app: &TestApp) -> Result<Self> {
        let name = ids::encode("name", ids::new_id(app.services.now()));
        let written = app.fill_brand(&name).await?;
        let chief = app.chief().await?;
        let junior = app.member(written.brand, Level::Junior, UserKind::Staff).await?;
        let (draft, _) = app.post(written.brand, written.account, "Hello", &chief).await?;
        let (fresh, _) = app.post(written.brand, written.account, "Hello again", &chief).await?;
        let (reviewed, _) = app.post(written.brand, written.account, "Hello at last", &chief).await?;
        let (brand, by, now) = (written.brand, chief.id, app.services.now().to_rfc3339());
        let other = app.brand(&format!("{name} 2")).await?;
        let archived = app.brand(&format!("{name} 3")).await?;
        // Somebody who could approve what others submit.
        app.member(brand, Level::Senior, UserKind::Staff).await?;
        let [request, invited] = std::array::from_fn(|_| ids::new_id(app.services.now()));
        app.db
            .run(&format!(
                "update brand set archived_at = '{now}' where id = '{archived}';
                 update post set state = 'IN_REVIEW' where id = '{reviewed}';
                 insert into approval_request (id, brand_id, kind, subject_id, subject_version, title, state, requested_by, authors,
                     client_step, created_at)
                   values ('{request}', '{brand}', 'POST', '{reviewed}', 1, 'A post', 'PENDING', '{by}', array['{by}']::uuid[], true, '{now}');
                 insert into approval_step (id, brand_id, request_id, position, state, mode, audience, level, opened_at)
                   values (gen_random_uuid(), '{brand}', '{request}', 1, 'OPEN', 'ANY', 'LEVEL', 'MID', '{now}');
                 insert into app_user (id, agency_id, kind, email, name, locale, created_at)
                   select '{invited}', id, 'STAFF', '{invited}@nour.example', 'Lina', 'en', '{now}' from agency;
                 insert into membership (id, brand_id, user_id, user_kind, level, starts_at, created_at)
                   values (gen_random_uuid(), '{brand}', '{invited}', 'STAFF', 'JUNIOR', '{now}', '{now}');
                 insert into invitation (id, user_id, token_hash, invited_by, created_at, expires_at)
                   values (gen_random_uuid(), '{invited}', sha256('{invited}'), '{by}', '{now}', '{now}'::timestamptz + interval '7 days')"
            ))
            .await?;
        let place = format!("select id from membership where brand_id = '{brand}' and user_id = '{}'", junior.id);
        let junior_place = app.db.value(&place).await?;
        let agency_version = app.db.value("select version from agency").await?;
        Ok(Self {
            written,
            chief,
            junior,
            draft,
            fresh,
            request,
            junior_place,
            invited,
            other,
            archived,
            agency_version,
        })
    }

    /// Makes the posts this person's own.
    pub async fn make_own(&self, app: &TestApp, person: &Person) -> Result<()> {
        let (brand, by) = (self.written.brand, person.id);
        app.db
            .run(&format!(
                "update post set created_by = '{by}' where brand_id = '{brand}';
                 insert into post_contributor select brand_id, id, '{by}' from post where brand_id = '{brand}'"
            ))
            .await
    }

    /// Gives the posts to this person; a client has them sent.
    pub async fn assign(&self, app: &TestApp, person: &Person) -> Result<()> {
        let (brand, to, now) = (self.written.brand, person.id, app.services.now().to_rfc3339());
        app.db
            .run(&format!(
                "insert into post_assignment (id, brand_id, post_id, user_id, created_at)
                   select gen_random_uuid(), brand_id, id, '{to}', '{now}' from post where brand_id = '{brand}';
                 update post set sent_to_client_at = '{now}' where brand_id = '{brand}'
                   and exists (select from app_user where id = '{to}' and kind = 'CLIENT')"
            ))
            .await
    }
}

/// What is the agency's is refused as forbidden, or as not there where it is not even seen.
const UNSEEN: &[&str] = &["NOT_FOUND"];

fn mutation(name: &'static str, action: Action, selection: &'static str, input: Value) -> Operation {
    Operation {
        name,
        variant: "",
        action: Some(action),
        about: About::Rest,
        wholly: false,
        hidden: false,
        may_say: &[],
        refused_as: &[],
        call: Call::Mutation(selection, input),
    }
}

fn query(name: &'static str, action: Action, text: &str, variables: Value) -> Operation {
    Operation { call: Call::Query(text.to_owned(), variables), ..mutation(name, action, "", Value::Null) }
}

/// A list below `brand`.
fn list(action: Action, field: &str, at: &At) -> Operation {
    let text = format!("query($id: ID!) {{ brand(id: $id) {{ {field} }} }}");
    query("brand", action, &text, json!({ "id": id("brand", at.written.brand) }))
}

/// All of them, on the things of `at`, as `person` would send them.
pub fn operations(app: &TestApp, at: &At, _person: &Person) -> Vec<Operation> {
    let all = [
        content(app, at),
        teamwork(at),
        approvals(at),
        publishing(app, at),
        integrations(app, at),
        agency(app, at),
        brands(at),
        people(app, at),
        trail(at),
    ];
    let mut all: Vec<Operation> = all.into_iter().flatten().collect();
    for each in &mut all {
        if each.action.is_some_and(|action| action.rule().reach == Reach::Agency) {
            each.refused_as = UNSEEN;
        }
    }
    all
}

fn content(app: &TestApp, at: &At) -> Vec<Operation> {
    let due = (app.services.now() + Duration::days(1)).to_rfc3339();
    let (brand, draft) = (id("brand", at.written.brand), id("post", at.draft));
    vec![
        mutation("createBrand", Action::BrandCreate, "brand { id }", json!({ "name": ids::encode("new", at.draft) })),
        list(Action::BrandRead, "name", at),
        list(Action::BrandRead, "calendars(first: 5) { nodes { id } }", at).variant("calendars"),
        list(Action::BrandRead, "socialAccounts(first: 5) { nodes { id } }", at).variant("accounts"),
        list(Action::ContentRead, "posts(first: 5) { nodes { id } }", at).variant("posts"),
        list(Action::ContentRead, "assets(first: 5) { nodes { id } }", at).variant("assets"),
        list(Action::ContentRead, "publications(first: 5) { nodes { id } }", at).variant("publications"),
        query(
            "validatePost",
            Action::ContentRead,
            "query($id: ID!) { validatePost(postId: $id) { valid } }",
            json!({ "id": draft }),
        )
        .about(About::Draft),
        mutation(
            "createCalendar",
            Action::CalendarCreate,
            "calendar { id }",
            json!({ "brandId": brand, "name": "New" }),
        ),
        mutation("requestUpload", Action::AssetUpload, "uploadUrl", json!({ "brandId": brand, "fileName": "a.png" })),
        mutation(
            "createPost",
            Action::PostCreate,
            "post { id }",
            json!({ "calendarId": id("calendar", at.written.calendar), "title": "New" }),
        ),
        mutation(
            "updatePost",
            Action::PostWrite,
            "post { id }",
            json!({ "postId": draft, "version": 1, "title": "Other" }),
        )
        .about(About::Draft),
        mutation("schedulePost", Action::PostSchedule, "post { id }", json!({ "postId": draft, "dueAt": due }))
            .about(About::Draft),
    ]
}

fn publishing(_app: &TestApp, at: &At) -> Vec<Operation> {
    let brand = id("brand", at.written.brand);
    let publication = id("publication", at.written.publication);
    let secret = json!({ "service": "https://pds.example", "identifier": "nour.example", "password": "abcd" });
    vec![
        mutation(
            "unschedulePost",
            Action::PostSchedule,
            "post { id }",
            json!({ "postId": id("post", at.written.post) }),
        )
        .about(About::Scheduled),
        mutation(
            "settlePublication",
            Action::PublicationSettle,
            "publication { id }",
            json!({ "publicationId": publication, "as": { "giveUp": true } }),
        )
        .about(About::Scheduled)
        .may_say(&["WRONG_STATE"]),
        mutation(
            "connectAccount",
            Action::AccountConnect,
            "connection { id }",
            json!({ "brandId": brand, "network": "bluesky", "using": { "appPassword": secret } }),
        ),
        mutation(
            "disconnectAccount",
            Action::AccountDisconnect,
            "socialAccount { id }",
            json!({ "socialAccountId": id("account", at.written.account) }),
        ),
        mutation("syncMetrics", Action::MetricsSync, "job { id }", json!({ "publicationId": publication }))
            .about(About::Scheduled)
            .may_say(&["WRONG_STATE"]),
        mutation(
            "requestReport",
            Action::ReportRun,
            "report { id }",
            json!({ "brandId": brand, "month": "2026-07-01" }),
        ),
        list(Action::ReportRun, "reports(first: 5) { nodes { id } }", at).variant("reports"),
        mutation("rerunJob", Action::JobRerun, "job { id }", json!({ "jobId": id("job", at.written.job) }))
            .may_say(&["WRONG_STATE"]),
    ]
}

fn integrations(app: &TestApp, at: &At) -> Vec<Operation> {
    let (brand, expires) = (id("brand", at.written.brand), (app.services.now() + Duration::days(1)).to_rfc3339());
    let program = id("user", at.written.integration);
    vec![
        mutation(
            "createIntegration",
            Action::IntegrationManage,
            "integration { id }",
            json!({ "name": "Shop", "places": [{ "brandId": brand, "level": "JUNIOR" }] }),
        ),
        mutation(
            "createApiToken",
            Action::IntegrationManage,
            "secret",
            json!({ "integrationId": program, "name": "Key", "scopes": ["BRAND_READ"], "expiresAt": expires }),
        )
        .hidden(),
        mutation(
            "revokeApiToken",
            Action::IntegrationManage,
            "token { id }",
            json!({ "tokenId": id("apitoken", at.written.api_token) }),
        )
        .hidden(),
        mutation(
            "endIntegration",
            Action::IntegrationManage,
            "integration { id }",
            json!({ "integrationId": program }),
        )
        .hidden(),
        list(Action::IntegrationManage, "integrations(first: 5) { nodes { id } }", at).variant("integrations"),
    ]
}

fn teamwork(at: &At) -> Vec<Operation> {
    let (draft, junior) = (id("post", at.draft), id("user", at.junior.id));
    vec![
        mutation("submitPost", Action::PostSubmit, "post { id }", json!({ "postId": id("post", at.fresh) }))
            .about(About::Draft),
        mutation("assignPost", Action::PostAssign, "assignment { id }", json!({ "postId": draft, "userId": junior }))
            .about(About::Draft),
        mutation(
            "unassignPost",
            Action::PostAssign,
            "post { id }",
            json!({ "postId": id("post", at.written.post), "userId": id("user", at.written.author) }),
        )
        .about(About::Scheduled),
        mutation(
            "commentOnPost",
            Action::CommentWrite,
            "comment { id }",
            json!({ "postId": draft, "body": "Nice", "visibility": "CLIENT" }),
        )
        .about(About::Draft),
        mutation(
            "commentOnPost",
            Action::CommentInternally,
            "comment { id }",
            json!({ "postId": draft, "body": "Between us", "visibility": "INTERNAL" }),
        )
        .variant("internally")
        .about(About::Draft),
    ]
}

fn approvals(at: &At) -> Vec<Operation> {
    let (brand, request) = (id("brand", at.written.brand), id("approval", at.request));
    let limit = json!({ "level": "MID", "kind": "EXPENSE", "currency": "EUR", "amountMinor": 500 });
    let mut brand_limit = limit.clone();
    brand_limit["brandId"] = json!(brand);
    let steps = json!([{ "mode": "ANY", "level": "MID" }]);
    let decide = json!({ "requestId": request, "comment": "Shorter, please" });
    let asked = json!({ "id": brand });
    vec![
        mutation("approveRequest", Action::ApprovalDecide, "request { id }", decide.clone())
            .about(About::Draft)
            .may_say(&["NOT_YOUR_TURN"]),
        mutation("requestChanges", Action::ApprovalDecide, "request { id }", decide)
            .about(About::Draft)
            .may_say(&["NOT_YOUR_TURN"]),
        mutation("withdrawRequest", Action::PostSubmit, "request { id }", json!({ "requestId": request }))
            .wholly()
            .hidden(),
        mutation(
            "setApprovalChain",
            Action::ApprovalChainSet,
            "chain { id }",
            json!({ "brandId": brand, "kind": "POST", "steps": steps }),
        ),
        mutation(
            "archiveApprovalChain",
            Action::ApprovalChainSet,
            "chain { id }",
            json!({ "chainId": id("chain", at.written.chain), "version": 1 }),
        )
        .hidden(),
        mutation("setApprovalLimit", Action::ApprovalLimitSet, "limits { level }", limit),
        mutation("setBrandApprovalLimit", Action::BrandLimitSet, "limits { level }", brand_limit),
        query(
            "approvalRequests",
            Action::ApprovalRead,
            "query($id: ID!) { approvalRequests(brandId: $id, first: 5) { nodes { id } } }",
            asked.clone(),
        ),
        query(
            "approvalChains",
            Action::ApprovalRead,
            "query($id: ID!) { approvalChains(brandId: $id) { id } }",
            asked.clone(),
        )
        .wholly(),
        query(
            "approvalLimits",
            Action::ApprovalDecide,
            "query($id: ID!) { approvalLimits(brandId: $id) { level } }",
            asked,
        )
        .wholly(),
    ]
}

fn agency(app: &TestApp, at: &At) -> Vec<Operation> {
    let (group, version) = (id("group", at.written.group), at.agency_version);
    let (brand, other) = (id("brand", at.written.brand), id("brand", at.other));
    let name = ids::encode("group", ids::new_id(app.services.now()));
    vec![
        mutation("updateAgency", Action::AgencyUpdate, "agency { id }", json!({ "version": version, "name": "Nour" })),
        mutation(
            "updateSecurity",
            Action::SecurityUpdate,
            "agency { id }",
            json!({ "version": version, "fourEyes": true }),
        ),
        mutation(
            "createBrandGroup",
            Action::BrandGroupManage,
            "brandGroup { id }",
            json!({ "name": name, "brandIds": [brand] }),
        ),
        mutation(
            "updateBrandGroup",
            Action::BrandGroupManage,
            "brandGroup { id }",
            json!({ "brandGroupId": group, "version": 1, "name": name }),
        ),
        mutation(
            "addBrandsToGroup",
            Action::BrandGroupManage,
            "brandGroup { id }",
            json!({ "brandGroupId": group, "brandIds": [other] }),
        ),
        mutation(
            "removeBrandsFromGroup",
            Action::BrandGroupManage,
            "brandGroup { id }",
            json!({ "brandGroupId": group, "brandIds": [brand] }),
        ),
        mutation("deleteBrandGroup", Action::BrandGroupManage, "deletedId", json!({ "brandGroupId": group })),
    ]
}

fn brands(at: &At) -> Vec<Operation> {
    let (brand, archived) = (id("brand", at.written.brand), id("brand", at.archived));
    vec![
        mutation(
            "updateBrand",
            Action::BrandUpdate,
            "brand { id }",
            json!({ "brandId": brand, "version": 1, "locale": "EL" }),
        ),
        mutation("archiveBrand", Action::BrandArchive, "brand { id }", json!({ "brandId": brand })),
        mutation("restoreBrand", Action::BrandArchive, "brand { id }", json!({ "brandId": brand }))
            .may_say(&["WRONG_STATE"]),
        mutation("deleteBrand", Action::BrandDelete, "brand { id }", json!({ "brandId": archived })),
        mutation("keepBrand", Action::BrandDelete, "brand { id }", json!({ "brandId": archived }))
            .may_say(&["WRONG_STATE"]),
    ]
}

fn people(app: &TestApp, at: &At) -> Vec<Operation> {
    let (brand, place, version) = (id("brand", at.written.brand), id("membership", at.junior_place), 1);
    let until = (app.services.now() + Duration::days(40)).to_rfc3339();
    let email = format!("{}@nour.example", ids::encode("new", ids::new_id(app.services.now())));
    let invite =
        json!({ "email": email, "name": "Lina", "kind": "STAFF", "places": [{ "brandId": brand, "level": "JUNIOR" }] });
    let invite_head = json!({ "email": email, "name": "Lina", "kind": "STAFF", "agencyLevel": "DIRECTOR" });
    let to = |user: Uuid| json!({ "userId": id("user", user) });
    let invited = id("user", at.invited);
    vec![
        mutation("invitePerson", Action::MemberManage, "user { id }", invite)
            .variant("to a brand")
            .may_say(&["LEVEL_TOO_HIGH"]),
        mutation("invitePerson", Action::PeopleManage, "user { id }", invite_head)
            .variant("agency-wide")
            .may_say(&["LEVEL_TOO_HIGH"]),
        mutation("resendInvitation", Action::MemberManage, "user { id }", json!({ "userId": invited })).hidden(),
        mutation("revokeInvitation", Action::MemberManage, "user { id }", json!({ "userId": invited })).hidden(),
        mutation(
            "updateMembership",
            Action::MemberManage,
            "membership { id }",
            json!({ "membershipId": place, "version": version, "specialties": ["DESIGNER"] }),
        )
        .hidden(),
        mutation(
            "extendMembership",
            Action::MemberManage,
            "membership { id }",
            json!({ "membershipId": place, "expiresAt": until }),
        )
        .hidden(),
        mutation("suspendMembership", Action::MemberManage, "membership { id }", json!({ "membershipId": place }))
            .hidden(),
        mutation("resumeMembership", Action::MemberManage, "membership { id }", json!({ "membershipId": place }))
            .hidden()
            .may_say(&["WRONG_STATE"]),
        mutation("endMembership", Action::MemberManage, "membership { id }", json!({ "membershipId": place })).hidden(),
        list(Action::MemberRead, "members(first: 5) { nodes { id } }", at).variant("members"),
        query("people", Action::PeopleManage, "query { people(first: 5) { nodes { id } } }", json!({})),
        mutation(
            "setAgencyLevel",
            Action::PeopleManage,
            "user { id }",
            json!({ "userId": id("user", at.junior.id), "level": null }),
        ),
        mutation("deactivatePerson", Action::PeopleManage, "user { id }", to(at.junior.id)),
        mutation("reactivatePerson", Action::PeopleManage, "user { id }", to(at.junior.id)).may_say(&["WRONG_STATE"]),
        mutation(
            "handOverWork",
            Action::WorkHandOver,
            "posts",
            json!({ "fromUserId": id("user", at.written.author), "toUserId": id("user", at.junior.id), "brandIds": [brand] }),
        )
        .hidden(),
    ]
}

fn trail(at: &At) -> Vec<Operation> {
    let brand = json!({ "id": id("brand", at.written.brand) });
    vec![
        query(
            "auditEvents",
            Action::AuditRead,
            "query($id: ID!) { auditEvents(brandId: $id, first: 5) { nodes { seq } } }",
            brand,
        )
        .variant("of a brand"),
        query("auditEvents", Action::AgencyAuditRead, "query { auditEvents(first: 5) { nodes { seq } } }", json!({})),
        query("auditAnchors", Action::AgencyAuditRead, "query { auditAnchors(first: 5) { nodes { seq } } }", json!({})),
        mutation("exportAudit", Action::AuditExport, "export { url }", json!({})),
    ]
}
