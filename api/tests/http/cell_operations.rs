//! What the cells ask: each operation once or more, with an input that is right but for who sends it.

use anyhow::Result;
use chrono::Duration;
use diwan_domain::Action;
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
    ("node", "each type has its own rule: see `strangers`"),
    ("nodes", "each type has its own rule: see `strangers`"),
    ("rateLimit", "the caller's own"),
    ("refreshSession", "whoever holds the token"),
    ("setUpAgency", "whoever holds the one-time token"),
    ("signIn", "any stranger"),
    ("signOut", "the caller's own"),
    ("viewer", "the caller's own"),
];

/// What an operation is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// A post, which is somebody's.
    Post,
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

    fn about_post(mut self) -> Self {
        self.about = About::Post;
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

    fn refused_as(mut self, codes: &'static [&'static str]) -> Self {
        self.refused_as = codes;
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
    /// A draft.
    pub draft: Uuid,
}

impl At {
    /// A brand with a thing of every kind, all of it somebody else's.
    pub async fn new(app: &TestApp) -> Result<Self> {
        let name = ids::encode("name", ids::new_id(app.services.now()));
        let written = app.fill_brand(&name).await?;
        let chief = app.chief().await?;
        let junior = app.member(written.brand, Level::Junior, UserKind::Staff).await?;
        let (draft, _) = app.post(written.brand, written.account, "Hello", &chief).await?;
        Ok(Self { written, chief, junior, draft })
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

fn mutation(name: &'static str, action: Action, selection: &'static str, input: Value) -> Operation {
    Operation {
        name,
        variant: "",
        action: Some(action),
        about: About::Rest,
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
    [content(app, at), publishing(app, at), integrations(app, at)].into_iter().flatten().collect()
}

fn content(app: &TestApp, at: &At) -> Vec<Operation> {
    let due = (app.services.now() + Duration::days(1)).to_rfc3339();
    let (brand, draft) = (id("brand", at.written.brand), id("post", at.draft));
    vec![
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
        .about_post(),
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
        .about_post(),
        mutation("schedulePost", Action::PostSchedule, "post { id }", json!({ "postId": draft, "dueAt": due }))
            .about_post(),
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
        ),
        mutation(
            "settlePublication",
            Action::PublicationSettle,
            "publication { id }",
            json!({ "publicationId": publication, "as": { "giveUp": true } }),
        )
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
