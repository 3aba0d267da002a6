//! What these tests share.

use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow};
use chrono::{DateTime, Duration, NaiveDate, Utc};
use diwan_domain::approvals::{Decision, Money, approve};
use diwan_domain::campaigns::{
    CampaignChange, CampaignContent, TargetContent, TargetMeasure, TargetProgress, campaigns_by_ids, create_campaign,
    progress_of_campaigns, submit_campaign, update_campaign,
};
use diwan_domain::{Code, Context, Failure};
use diwan_entity::approvals::approval_request;
use diwan_entity::campaigns::campaign::{self, CampaignState};
use diwan_entity::strategy::kpi_version::KpiDirection;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::clock::ManualClock;
use diwan_platform::ids;
use diwan_testkit::services::Settings;
use diwan_testkit::{Person, TestServices};
use uuid::Uuid;

/// A brand with somebody who plans and the agency's head, at nine on 1 June.
pub struct Desk {
    pub test: TestServices,
    pub clock: Arc<ManualClock>,
    pub brand: Uuid,
    pub account: Uuid,
    pub planner: Person,
    pub chief: Person,
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap_or_default()
}

/// Ten days of June, in Athens.
pub fn plan() -> CampaignContent {
    CampaignContent {
        name: "Summer".to_owned(),
        objective: "More guests".to_owned(),
        brief: String::new(),
        starts_on: day("2026-06-11"),
        ends_on: day("2026-06-20"),
        planned: Some(Money { minor: 100_000, currency: "EUR".to_owned() }),
        persona_ids: Vec::new(),
        account_ids: Vec::new(),
        targets: vec![stated("Guests", "100")],
    }
}

pub fn target(name: &str, measure: TargetMeasure, target: &str) -> TargetContent {
    let unit = Some("pieces".to_owned());
    let direction = KpiDirection::AtLeast;
    TargetContent { id: None, name: name.to_owned(), measure, direction, target: target.to_owned(), unit }
}

pub fn stated(name: &str, much: &str) -> TargetContent {
    target(name, TargetMeasure::Stated, much)
}

impl Desk {
    pub async fn new() -> Result<Self> {
        let now: DateTime<Utc> = "2026-06-01T09:00:00Z".parse()?;
        let clock = Arc::new(ManualClock::new(now));
        let test = TestServices::with(Settings { clock: Some(Arc::clone(&clock)), ..Settings::default() }).await?;
        let brand = test.brand("Alpha").await?;
        let planner = test.member(brand, Level::Mid, UserKind::Staff).await?;
        let account = test.account(brand, "mastodon", &planner).await?;
        let chief = test.chief().await?;
        Ok(Self { test, clock, brand, account, planner, chief })
    }

    pub fn id(&self) -> Uuid {
        ids::new_id(self.test.services.now())
    }

    /// Runs a command as somebody: what it answers, or the code of the refusal, which leaves nothing.
    pub async fn act<T>(
        &self,
        by: &Person,
        command: impl AsyncFnOnce(&Context) -> Result<T, Failure>,
    ) -> Result<Result<T, Code>> {
        self.test.attempt_code(by, command).await
    }

    pub async fn must<T>(&self, by: &Person, command: impl AsyncFnOnce(&Context) -> Result<T, Failure>) -> Result<T> {
        self.act(by, command).await?.map_err(|code| anyhow!("refused: {code:?}"))
    }

    pub async fn create(&self, content: CampaignContent) -> Result<campaign::Model> {
        self.must(&self.planner, async |context| create_campaign(context, self.brand, content).await).await
    }

    pub async fn update(&self, row: &campaign::Model, content: CampaignContent) -> Result<campaign::Model> {
        let change = CampaignChange { campaign_id: row.id, version: row.version, content };
        self.must(&self.planner, async |context| update_campaign(context, change).await).await
    }

    pub async fn submit(&self, id: Uuid) -> Result<approval_request::Model> {
        Ok(self.must(&self.planner, async |context| submit_campaign(context, id).await).await?.1)
    }

    /// The CMO approves both the step of everybody and that of the limit.
    pub async fn approve(&self, request: &approval_request::Model) -> Result<()> {
        for step in [1, 2] {
            let decision = Decision { request_id: request.id, step: Some(step), comment: None };
            self.must(&self.chief, async |context| approve(context, decision).await).await?;
        }
        Ok(())
    }

    pub async fn state(&self, id: Uuid) -> Result<String> {
        self.test.db.value(&format!("select state from campaign where id = '{id}'")).await
    }

    /// A campaign that runs since its first day, which is today.
    pub async fn running(&self, content: CampaignContent) -> Result<campaign::Model> {
        let row = self.create(content).await?;
        let request = self.submit(row.id).await?;
        self.approve(&request).await?;
        self.clock.advance(Duration::days(10));
        self.test.run_jobs().await?;
        let context = self.test.act(&self.planner).await?;
        let row = campaigns_by_ids(&context, &[row.id]).await?.pop().context("a campaign")?;
        assert_eq!(row.state, CampaignState::Active);
        Ok(row)
    }

    pub async fn progress(&self, id: Uuid) -> Result<Vec<TargetProgress>> {
        let context = self.test.act(&self.planner).await?;
        Ok(progress_of_campaigns(&context, &[id]).await?)
    }

    /// A post of the campaign, published some hours ago, with its newest number if there is one.
    pub async fn published(&self, campaign: Option<Uuid>, hours: i64, number: Option<(&str, i64)>) -> Result<Uuid> {
        let (post, _) = self.test.post(self.brand, self.account, "Hello", &self.planner).await?;
        let now = self.test.services.now();
        let (publication, _) = self.test.publication(self.brand, post, now + Duration::days(900)).await?;
        let (at, read) = (now - Duration::hours(hours), now - Duration::hours(1));
        let campaign = campaign.map_or("null".to_owned(), |id| format!("'{id}'"));
        self.test
            .db
            .run(&format!(
                "update post set state = 'PUBLISHED', campaign_id = {campaign} where id = '{post}';
                 update publication set state = 'PUBLISHED', remote_id = id::text, published_at = '{at}' where id = '{publication}'"
            ))
            .await?;
        if let Some((metric, value)) = number {
            let account = self.account;
            self.test
                .db
                .run(&format!(
                    "insert into metric_sample values
                       (gen_random_uuid(), '{0}', '{account}', '{publication}', '{metric}', {value} + 7, '{read}'::timestamptz - interval '9 hours'),
                       (gen_random_uuid(), '{0}', '{account}', '{publication}', '{metric}', {value}, '{read}')",
                    self.brand
                ))
                .await?;
        }
        Ok(post)
    }
}
