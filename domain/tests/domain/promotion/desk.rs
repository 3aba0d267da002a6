//! What these tests share.

use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow};
use chrono::{DateTime, NaiveDate, Utc};
use diwan_domain::approvals::{Decision, Money, approve};
use diwan_domain::error::Arg;
use diwan_domain::finance::{
    Booking, BudgetContent, LineContent, NewBudget, allocate, create_budget, lines_by_ids, verify_budgets,
};
use diwan_domain::promotion::{
    BoostContent, DayOutcome, DayReport, Promoted, RecordedDays, Recording, boosts_by_ids, create_boost, record_spend,
    start_boost, submit_boost,
};
use diwan_domain::{Code, Context, Failure};
use diwan_entity::approvals::approval_request;
use diwan_entity::finance::budget;
use diwan_entity::finance::budget_line::LineCategory;
use diwan_entity::promotion::ad_boost::{self, BoostObjective};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_entity::tracking::conversion_import::RowPolicy;
use diwan_platform::clock::ManualClock;
use diwan_testkit::services::Settings;
use diwan_testkit::{Person, TestServices};
use uuid::Uuid;

/// A brand with a budget of 1000.00 EUR on one line, on 1 June.
pub struct Desk {
    pub test: TestServices,
    pub clock: Arc<ManualClock>,
    pub brand: Uuid,
    pub account: Uuid,
    pub mid: Person,
    pub chief: Person,
    pub budget: budget::Model,
    pub line: Uuid,
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap_or_default()
}

pub fn report(on: &str, source: &str, spend_minor: i64) -> DayReport {
    DayReport {
        day: day(on),
        source_id: source.to_owned(),
        spend_minor,
        impressions: None,
        clicks: None,
        conversions: None,
        reach: None,
    }
}

impl Desk {
    pub async fn new() -> Result<Self> {
        let now: DateTime<Utc> = "2026-06-01T09:00:00Z".parse()?;
        let clock = Arc::new(ManualClock::new(now));
        let test = TestServices::with(Settings { clock: Some(Arc::clone(&clock)), ..Settings::default() }).await?;
        let brand = test.brand("Alpha").await?;
        let mid = test.member(brand, Level::Mid, UserKind::Staff).await?;
        let account = test.account(brand, "mastodon", &mid).await?;
        let chief = test.chief().await?;
        let context = test.act(&chief).await?;
        let new = NewBudget {
            brand_id: brand,
            currency: "EUR".to_owned(),
            content: BudgetContent {
                name: "Year".to_owned(),
                period: Some((day("2026-01-01"), day("2026-12-31"))),
                campaign_id: None,
            },
            lines: vec![LineContent { name: "Boosts".to_owned(), category: LineCategory::Ads }],
        };
        let budget = create_budget(&context, new).await?;
        context.commit().await?;
        let line = test.db.value(&format!("select id from budget_line where budget_id = '{}'", budget.id)).await?;
        let desk = Self { test, clock, brand, account, mid, chief, budget, line };
        let given = Booking { line_id: line, minor: 100_000, reason: "Agreed".to_owned() };
        desk.must(&desk.chief, async |context| allocate(context, given).await).await?;
        Ok(desk)
    }

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

    /// Everything of promotions and budgets, and what was written of it on the audit trail.
    pub async fn all(&self) -> Result<String> {
        let sql = "select concat((select string_agg(b::text, '|' order by id) from ad_boost b),
          (select string_agg(d::text, '|' order by id) from ad_boost_day d),
          (select string_agg(e::text, '|' order by id) from budget_entry e),
          (select string_agg(a::text, '|' order by id) from approval_request a), (select count(*) from audit_event))";
        self.test.db.value(sql).await
    }

    /// A command that must be refused and leave nothing.
    pub async fn refused<T>(
        &self,
        by: &Person,
        code: Code,
        command: impl AsyncFnOnce(&Context) -> Result<T, Failure>,
    ) -> Result<()> {
        let before = self.all().await?;
        assert_eq!(self.act(by, command).await?.err(), Some(code));
        assert_eq!(self.all().await?, before, "{code:?} left something");
        Ok(())
    }

    /// Ten days of June, of an ad set.
    pub fn plan(&self, planned_minor: i64) -> BoostContent {
        BoostContent {
            name: "Summer".to_owned(),
            what: Promoted::AdSet {
                name: "Guests in Athens".to_owned(),
                network: Some("google_ads".to_owned()),
                account_id: None,
            },
            campaign_id: None,
            objective: BoostObjective::Traffic,
            starts_on: day("2026-06-11"),
            ends_on: day("2026-06-20"),
            planned: Money { minor: planned_minor, currency: "EUR".to_owned() },
            line_id: Some(self.line),
        }
    }

    pub async fn create(&self, content: BoostContent) -> Result<ad_boost::Model> {
        self.must(&self.mid, async |context| create_boost(context, self.brand, content).await).await
    }

    pub async fn submit(&self, row: &ad_boost::Model) -> Result<approval_request::Model> {
        let (id, version) = (row.id, row.version);
        Ok(self.must(&self.mid, async |context| submit_boost(context, id, version).await).await?.1)
    }

    pub async fn decide(&self, by: &Person, request: &approval_request::Model, step: i32) -> Result<Result<(), Code>> {
        let decision = Decision { request_id: request.id, step: Some(step), comment: None };
        Ok(self.act(by, async |context| approve(context, decision).await).await?.map(drop))
    }

    /// A promotion that was approved by the CMO, at both steps.
    pub async fn approved(&self, content: BoostContent) -> Result<ad_boost::Model> {
        let row = self.create(content).await?;
        let request = self.submit(&row).await?;
        for step in [1, 2] {
            self.decide(&self.chief, &request, step).await?.map_err(|code| anyhow!("refused: {code:?}"))?;
        }
        self.boost(row.id).await
    }

    /// A promotion that runs, begun by hand.
    pub async fn running(&self, planned_minor: i64) -> Result<ad_boost::Model> {
        let row = self.approved(self.plan(planned_minor)).await?;
        self.must(&self.mid, async |context| start_boost(context, row.id, row.version).await).await
    }

    pub async fn boost(&self, id: Uuid) -> Result<ad_boost::Model> {
        let context = self.test.act(&self.chief).await?;
        boosts_by_ids(&context, &[id]).await?.pop().context("a promotion")
    }

    /// What is allocated, committed and spent on the line.
    pub async fn kept(&self) -> Result<[i64; 3]> {
        let id = self.line;
        let lines = self.must(&self.chief, async |context| lines_by_ids(context, &[id]).await).await?;
        Ok([lines[0].allocated, lines[0].committed, lines[0].spent])
    }

    pub async fn record(
        &self,
        boost_id: Uuid,
        policy: RowPolicy,
        reports: Vec<DayReport>,
    ) -> Result<Result<RecordedDays, Code>> {
        let recording = Recording { boost_id, policy, dry_run: false };
        self.act(&self.mid, async |context| record_spend(context, recording, reports).await).await
    }

    /// Records what fits.
    pub async fn recorded(&self, boost_id: Uuid, reports: Vec<DayReport>) -> Result<Vec<DayOutcome>> {
        let done = self.record(boost_id, RowPolicy::RejectFailedRows, reports).await?;
        let done = done.map_err(|code| anyhow!("refused: {code:?}"))?;
        Ok(done.outcomes.into_iter().map(|(_, outcome)| outcome).collect())
    }

    pub async fn verified(&self) -> Result<()> {
        let (_, astray) = verify_budgets(&self.test.db.owner).await?;
        assert!(astray.is_empty(), "{astray:?}");
        Ok(())
    }
}

/// The code of a refusal, and the amount that it names.
pub fn refusal(outcome: &DayOutcome) -> Option<(Code, String)> {
    let DayOutcome::Refused(errors) = outcome else { return None };
    let error = errors.first()?;
    let amount = error.args.iter().find_map(|(name, value)| match value {
        Arg::Text(text) if *name == "amount" => Some(text.to_string()),
        _ => None,
    });
    Some((error.code, amount.unwrap_or_default()))
}
