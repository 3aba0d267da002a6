//! What these tests share.

use anyhow::{Context as _, Result};
use chrono::NaiveDate;
use diwan_domain::approvals::{Decision, approve};
use diwan_domain::projects::{ProjectPlan, WorkContent};
use diwan_domain::proposals::{
    CampaignPlan, ClientAct, ClientAnswer, Discount, LineContent, Offer, ProposalContent, ProposalPage, Section,
    Sending, answer_proposal, create_proposal, open_proposal, proposals_by_ids, send_proposal, submit_proposal,
};
use diwan_domain::public_links::{Answered, Caller, Opened};
use diwan_domain::{Code, Context, Failure};
use diwan_entity::approvals::approval_request;
use diwan_entity::finance::budget_line::LineCategory;
use diwan_entity::proposals::proposal;
use diwan_entity::tenancy::agency::Locale;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::ids;
use diwan_testkit::services::Settings;
use diwan_testkit::{Person, TestServices};
use uuid::Uuid;

/// A brand with somebody who writes and somebody who decides.
pub struct Desk {
    pub test: TestServices,
    pub brand: Uuid,
    pub mid: Person,
    pub chief: Person,
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

pub fn line(name: &str, category: LineCategory, price: i64, discount: Discount, optional: bool) -> LineContent {
    LineContent {
        name: name.to_owned(),
        detail: String::new(),
        category,
        quantity_milli: 2500,
        unit: "day".to_owned(),
        unit_price_minor: price,
        discount,
        tax_bp: 1900,
        optional,
    }
}

/// Films at 2.5 times 333.33 with a tenth off, ads, and a print that the client may leave.
pub fn content() -> ProposalContent {
    let work = |level, title: &str| WorkContent { level, title: title.to_owned(), detail: String::new() };
    ProposalContent {
        offer: Offer {
            title: "A spring with films".to_owned(),
            locale: Locale::En,
            currency: "EUR".to_owned(),
            valid_until: day("2037-03-31"),
            sections: vec![Section { heading: "Why".to_owned(), body: "Films are liked more.".to_owned() }],
            scope: vec![work(1, "Films"), work(2, "Scripts"), work(2, "Shooting"), work(1, "Ads")],
            terms: "Thirty days.".to_owned(),
            project: ProjectPlan {
                name: "Films internal".to_owned(),
                title: "Films".to_owned(),
                starts_on: day("2037-04-01"),
                ends_on: day("2037-06-30"),
            },
            campaigns: vec![CampaignPlan {
                name: "Nowruz".to_owned(),
                objective: "More guests".to_owned(),
                starts_on: day("2037-04-01"),
                ends_on: day("2037-04-30"),
                planned_minor: Some(50_000),
            }],
        },
        lines: vec![
            line("Films", LineCategory::Production, 33_333, Discount::Part(1000), false),
            line("Ads", LineCategory::Ads, 10_000, Discount::None, false),
            line("Print", LineCategory::Production, 4_000, Discount::Fixed(1_000), true),
        ],
    }
}

/// Off the films 8333 of 83,332, and off the print 1000.
pub const DISCOUNT: i64 = 9_333;
/// Films 74,999, and the ads 25,000.
pub const NET: i64 = 99_999;
/// What the print comes to.
pub const PRINT: i64 = 9_000;

impl Desk {
    pub async fn new() -> Result<Self> {
        Self::with(Settings::default()).await
    }

    pub async fn with(settings: Settings) -> Result<Self> {
        let test = TestServices::with(settings).await?;
        let brand = test.brand("Alpha").await?;
        let mid = test.member(brand, Level::Mid, UserKind::Staff).await?;
        let chief = test.chief().await?;
        Ok(Self { test, brand, mid, chief })
    }

    pub async fn act<T>(
        &self,
        by: &Person,
        command: impl AsyncFnOnce(&Context) -> Result<T, Failure>,
    ) -> Result<Result<T, Code>> {
        self.test.attempt_code(by, command).await
    }

    pub async fn must<T>(&self, by: &Person, command: impl AsyncFnOnce(&Context) -> Result<T, Failure>) -> Result<T> {
        self.act(by, command).await?.map_err(|code| anyhow::anyhow!("refused: {code:?}"))
    }

    pub async fn draft(&self, content: ProposalContent) -> Result<proposal::Model> {
        self.must(&self.mid, async |context| create_proposal(context, self.brand, content).await).await
    }

    pub async fn submit(&self, row: &proposal::Model) -> Result<approval_request::Model> {
        let (id, version) = (row.id, row.version);
        Ok(self.must(&self.mid, async |context| submit_proposal(context, id, version).await).await?.1)
    }

    pub async fn decide(
        &self,
        by: &Person,
        request: &approval_request::Model,
        step: i32,
    ) -> Result<Result<approval_request::Model, Code>> {
        let decision = Decision { request_id: request.id, step: Some(step), comment: None };
        self.act(by, async |context| approve(context, decision).await).await
    }

    /// Has the newest version reviewed by the chief.
    pub async fn review(&self, row: &proposal::Model) -> Result<()> {
        let request = self.submit(row).await?;
        for step in 1..=2 {
            let decided = self.decide(&self.chief, &request, step).await?;
            anyhow::ensure!(decided.is_ok(), "step {step}: {decided:?}");
        }
        Ok(())
    }

    pub async fn send(&self, row: &proposal::Model) -> Result<Result<String, Code>> {
        let sending = Sending {
            proposal_id: row.id,
            version: row.version,
            client_name: "Amal".to_owned(),
            client_email: "amal@nour.example".to_owned(),
        };
        let sent = self.act(&self.chief, async |context| send_proposal(context, sending).await).await?;
        Ok(sent.map(|(_, url)| url.path_segments().and_then(|mut all| all.next_back()).unwrap_or_default().to_owned()))
    }

    /// A proposal that the client has: it and the secret of its link.
    pub async fn sent(&self) -> Result<(proposal::Model, String)> {
        self.sent_of(content()).await
    }

    /// The same, which says this.
    pub async fn sent_of(&self, content: ProposalContent) -> Result<(proposal::Model, String)> {
        let row = self.draft(content).await?;
        self.review(&row).await?;
        let secret = self.send(&row).await?.map_err(|code| anyhow::anyhow!("refused: {code:?}"))?;
        Ok((row, secret))
    }

    pub async fn page(&self, secret: &str) -> Result<Box<ProposalPage>> {
        match open_proposal(&self.test.services, secret).await? {
            Opened::View(page) => Ok(page),
            Opened::Ended(ending, _) => anyhow::bail!("the link ended as {ending:?}"),
        }
    }

    pub async fn answer(&self, secret: &str, digest: &str, act: ClientAct) -> Result<Result<(), Code>> {
        answer(&self.test, secret, digest, act).await
    }

    pub async fn row(&self, id: Uuid) -> Result<proposal::Model> {
        let mut rows = self.must(&self.chief, async |context| proposals_by_ids(context, &[id]).await).await?;
        rows.pop().context("a proposal")
    }

    pub async fn count(&self, table: &str) -> Result<i64> {
        self.test.db.value(&format!("select count(*) from {table} where brand_id = '{}'", self.brand)).await
    }
}

pub async fn answer(test: &TestServices, secret: &str, digest: &str, act: ClientAct) -> Result<Result<(), Code>> {
    let answer = ClientAnswer { act, digest: digest.to_owned(), once: ids::new_id(test.services.now()) };
    let caller = Caller { address: "192.0.2.7".to_owned(), user_agent: "Browser".to_owned() };
    match answer_proposal(&test.services, secret, answer, &caller).await? {
        Answered::Done => Ok(Ok(())),
        Answered::Refused(_, errors) => Ok(Err(errors[0].code)),
        Answered::Ended(..) => anyhow::bail!("the link has ended"),
    }
}

pub fn accept(chosen: Vec<Uuid>) -> ClientAct {
    ClientAct::Accept { name: "Amal Haddad".to_owned(), chosen }
}
