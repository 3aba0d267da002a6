//! The engine beyond posts: money, steps for all, reminders, and what the database itself refuses.

use std::sync::Arc;

use anyhow::{Result, ensure};
use chrono::{DateTime, Duration, Utc};
use diwan_domain::approvals::{
    Decision, Money, NewChain, NewRequest, StepRule, approve, open_request, set_approval_chain,
};
use diwan_domain::{Action, Code, Failure};
use diwan_entity::approvals::approval_request::{self, ApprovalKind, RequestState};
use diwan_entity::approvals::approval_step::{StepAudience, StepMode};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::clock::ManualClock;
use diwan_testkit::services::Settings;
use diwan_testkit::{Person, TestServices};
use sea_orm::{ConnectionTrait as _, Iterable as _};
use uuid::Uuid;

struct Desk {
    test: TestServices,
    brand: Uuid,
    writer: Person,
}

impl Desk {
    async fn new(settings: Settings) -> Result<Self> {
        let test = TestServices::with(settings).await?;
        let brand = test.brand("Alpha").await?;
        let writer = test.member(brand, Level::Junior, UserKind::Staff).await?;
        Ok(Self { test, brand, writer })
    }

    async fn staff(&self, level: Level) -> Result<Person> {
        self.test.member(self.brand, level, UserKind::Staff).await
    }

    /// Asks for a contract of so much.
    async fn ask(&self, minor: i64) -> Result<Result<approval_request::Model, Failure>> {
        self.ask_of(minor, Vec::new()).await
    }

    /// The same for one that these have written.
    async fn ask_of(&self, minor: i64, authors: Vec<Uuid>) -> Result<Result<approval_request::Model, Failure>> {
        let context = self.test.act(&self.writer).await?;
        let permit = match context.permit(Action::AssetUpload, self.brand).await {
            Ok(permit) => permit,
            Err(failure) => return Ok(Err(failure)),
        };
        let new = NewRequest {
            kind: ApprovalKind::Contract,
            subject_id: self.contract().await?,
            subject_version: 1,
            authors,
            amount: Some(Money { minor, currency: "EUR".to_owned() }),
            title: "A camera".to_owned(),
        };
        let asked = open_request(&context, permit, new).await;
        if asked.is_ok() {
            context.commit().await?;
        } else {
            context.roll_back().await?;
        }
        Ok(asked)
    }

    /// A contract that waits to be decided. It costs nothing itself, so that nothing is booked for what is asked about it.
    async fn contract(&self) -> Result<Uuid> {
        let id = diwan_platform::ids::new_id(self.test.services.now());
        let (brand, by) = (self.brand, self.writer.id);
        let sql = format!(
            "insert into contract (id, brand_id, kind, title, state, party_name, locale, fee_minor, currency, starts_on, clauses, created_by,
                 created_at, updated_at)
               values ('{id}', '{brand}', 'VENDOR', 'A camera', 'IN_APPROVAL', 'Printer', 'en', 0, 'EUR', '2026-01-01',
                 '[{{\"heading\": \"\", \"text\": \"A camera\"}}]', '{by}', now(), now())"
        );
        self.test.db.run(&sql).await?;
        Ok(id)
    }

    async fn approve(
        &self,
        by: &Person,
        request: &approval_request::Model,
        step: i32,
    ) -> Result<Result<RequestState, Code>> {
        let context = self.test.act(by).await?;
        let decision = Decision { request_id: request.id, step: Some(step), comment: None };
        match approve(&context, decision).await {
            Ok(request) => {
                context.commit().await?;
                Ok(Ok(request.state))
            }
            Err(Failure::Refused(errors)) => {
                context.roll_back().await?;
                Ok(Err(errors[0].code))
            }
            Err(failure) => Err(failure.into()),
        }
    }

    async fn chain(&self, by: &Person, kind: ApprovalKind, step: StepRule) -> Result<()> {
        let context = self.test.act(by).await?;
        let new = NewChain { brand_id: self.brand, kind, steps: vec![step], version: None };
        set_approval_chain(&context, new).await?;
        Ok(context.commit().await?)
    }

    async fn limit(&self, table: &str, level: &str, minor: i64) -> Result<()> {
        let (column, owner) =
            if table == "approval_limit" { ("agency_id", self.test.agency().await?) } else { ("brand_id", self.brand) };
        let sql = format!(
            "insert into {table} (id, {column}, level, kind, currency, amount_minor, updated_at)
             values (gen_random_uuid(), '{owner}', '{level}', 'CONTRACT', 'EUR', {minor}, now())"
        );
        self.test.db.run(&sql).await
    }
}

fn step(mode: StepMode, level: Level, due_hours: Option<i32>) -> StepRule {
    StepRule { mode, audience: StepAudience::Level, level: Some(level), people: Vec::new(), due_hours }
}

#[tokio::test]
async fn an_amount_climbs_to_the_first_level_whose_limit_covers_it() -> Result<()> {
    let desk = Desk::new(Settings::default()).await?;
    let (mid, senior, director) =
        (desk.staff(Level::Mid).await?, desk.staff(Level::Senior).await?, desk.staff(Level::Director).await?);
    desk.limit("approval_limit", "MID", 100).await?;
    desk.limit("approval_limit", "SENIOR", 5000).await?;
    desk.limit("brand_approval_limit", "SENIOR", 1000).await?;
    desk.limit("approval_limit", "DIRECTOR", 9000).await?;
    let small = desk.ask(100).await??;
    assert_eq!(desk.approve(&mid, &small, 1).await?, Ok(RequestState::Pending));
    assert_eq!(desk.approve(&mid, &small, 2).await?, Ok(RequestState::Approved));
    // The brand's own limit of the SENIOR is lower than the agency's, and counts.
    let large = desk.ask(1001).await??;
    assert_eq!(desk.approve(&mid, &large, 1).await?, Ok(RequestState::Pending));
    assert_eq!(desk.approve(&mid, &large, 2).await?, Err(Code::LimitExceeded));
    assert_eq!(desk.approve(&senior, &large, 2).await?, Err(Code::LimitExceeded));
    assert_eq!(desk.approve(&director, &large, 2).await?, Ok(RequestState::Approved));
    // Above every limit it needs the CMO, and there is none yet.
    let refused = desk.ask(9001).await?;
    assert!(
        matches!(&refused, Err(Failure::Refused(errors)) if errors[0].code == Code::NobodyCanApprove),
        "{refused:?}"
    );
    let chief = desk.test.chief().await?;
    let huge = desk.ask(i64::MAX).await??;
    assert_eq!(desk.approve(&mid, &huge, 1).await?, Ok(RequestState::Pending));
    assert_eq!(desk.approve(&director, &huge, 2).await?, Err(Code::LimitExceeded));
    assert_eq!(desk.approve(&chief, &huge, 2).await?, Ok(RequestState::Approved));
    let climbed: i64 = desk
        .test
        .db
        .value("select count(*) from approval_entry where kind = 'ESCALATED' and level in ('DIRECTOR', 'CMO')")
        .await?;
    assert_eq!(climbed, 2);
    let negative = desk.ask(-1).await?;
    assert!(matches!(&negative, Err(Failure::Refused(errors)) if errors[0].code == Code::Invalid), "{negative:?}");
    Ok(())
}

#[tokio::test]
async fn behind_a_program_stands_whoever_made_it_whatever_it_wrote() -> Result<()> {
    let desk = Desk::new(Settings::default()).await?;
    let (maker, other) = (desk.staff(Level::Mid).await?, desk.staff(Level::Mid).await?);
    desk.test.chief().await?;
    let program = desk.test.member(desk.brand, Level::Mid, UserKind::Integration).await?;
    let sql = format!("update app_user set created_by = '{}' where id = '{}'", maker.id, program.id);
    desk.test.db.run(&sql).await?;
    let request = desk.ask_of(1, vec![program.id]).await??;
    assert_eq!(desk.approve(&maker, &request, 1).await?, Err(Code::FourEyes));
    let decided = "select count(*) from approval_entry where kind = 'APPROVED'";
    assert_eq!(desk.test.db.value::<i64>(decided).await?, 0);
    assert_eq!(desk.approve(&other, &request, 1).await?, Ok(RequestState::Pending));
    Ok(())
}

#[tokio::test]
async fn clients_are_asked_about_posts_alone() -> Result<()> {
    let desk = Desk::new(Settings::default()).await?;
    let senior = desk.staff(Level::Senior).await?;
    let client = desk.test.member(desk.brand, Level::Junior, UserKind::Client).await?;
    let steps = [(StepAudience::Client, Vec::new()), (StepAudience::People, vec![client.id])];
    for kind in ApprovalKind::iter().filter(|kind| *kind != ApprovalKind::Post) {
        for (audience, people) in steps.clone() {
            let context = desk.test.act(&senior).await?;
            let step = StepRule { mode: StepMode::Any, audience, level: None, people, due_hours: None };
            let new = NewChain { brand_id: desk.brand, kind, steps: vec![step], version: None };
            let set = set_approval_chain(&context, new).await;
            let refused = matches!(&set, Err(Failure::Refused(errors)) if errors[0].code == Code::Invalid);
            assert!(refused, "{kind:?} {audience:?}: {set:?}");
            context.roll_back().await?;
        }
    }
    assert_eq!(desk.test.db.count("approval_chain").await?, 0);
    let step = StepRule { audience: StepAudience::Client, level: None, ..step(StepMode::Any, Level::Mid, None) };
    desk.chain(&senior, ApprovalKind::Post, step).await
}

#[tokio::test]
async fn a_step_for_all_waits_for_everybody_of_the_level_who_is_still_there() -> Result<()> {
    let desk = Desk::new(Settings::default()).await?;
    let senior = desk.staff(Level::Senior).await?;
    desk.chain(&senior, ApprovalKind::Contract, step(StepMode::All, Level::Mid, None)).await?;
    let chief = desk.test.chief().await?;
    // There is no MID, so the SENIOR is asked.
    let first = desk.ask(1).await??;
    assert_eq!(desk.approve(&senior, &first, 1).await?, Ok(RequestState::Pending));
    assert_eq!(desk.approve(&chief, &first, 2).await?, Ok(RequestState::Approved));
    let mut mids = Vec::new();
    for _ in 0..3 {
        mids.push(desk.staff(Level::Mid).await?);
    }
    let second = desk.ask(1).await??;
    let late = desk.staff(Level::Mid).await?;
    assert_eq!(desk.approve(&late, &second, 1).await?, Err(Code::NotYourTurn), "came after the step had opened");
    assert_eq!(desk.approve(&senior, &second, 1).await?, Err(Code::NotYourTurn));
    assert_eq!(desk.approve(&mids[0], &second, 1).await?, Ok(RequestState::Pending));
    assert_eq!(desk.approve(&mids[0], &second, 1).await?, Err(Code::AlreadyDecided));
    desk.test.db.run(&format!("update app_user set deactivated_at = now() where id = '{}'", mids[2].id)).await?;
    let open = format!("select position from approval_step where request_id = '{}' and state = 'OPEN'", second.id);
    assert_eq!(desk.test.db.value::<i32>(&open).await?, 1);
    assert_eq!(desk.approve(&mids[1], &second, 1).await?, Ok(RequestState::Pending));
    assert_eq!(desk.test.db.value::<i32>(&open).await?, 2, "nobody is waited for who has left");
    Ok(())
}

#[tokio::test]
async fn those_who_have_not_decided_are_reminded_and_not_for_ever() -> Result<()> {
    let start: DateTime<Utc> = "2026-03-01T09:00:00Z".parse()?;
    let clock = Arc::new(ManualClock::new(start));
    let desk = Desk::new(Settings { clock: Some(Arc::clone(&clock)), ..Settings::default() }).await?;
    let senior = desk.staff(Level::Senior).await?;
    let (eager, slow) = (desk.staff(Level::Mid).await?, desk.staff(Level::Mid).await?);
    desk.chain(&senior, ApprovalKind::Contract, step(StepMode::All, Level::Mid, Some(8))).await?;
    desk.test.chief().await?;
    let request = desk.ask(1).await??;
    assert_eq!(desk.approve(&eager, &request, 1).await?, Ok(RequestState::Pending));
    let reminders = |who: &Person| {
        format!("select count(*) from letter where template = 'approval-reminder' and recipient = '{}'", who.email)
    };
    desk.test.run_jobs().await?;
    assert_eq!(desk.test.db.value::<i64>(&reminders(&slow)).await?, 0, "not due yet");
    clock.advance(Duration::hours(8));
    for round in 1..=6_i64 {
        desk.test.run_jobs().await?;
        assert_eq!(desk.test.db.value::<i64>(&reminders(&slow)).await?, round.min(4));
        clock.advance(Duration::hours(24));
    }
    assert_eq!(desk.test.db.value::<i64>(&reminders(&eager)).await?, 0, "has decided");
    let told: i64 = desk.test.db.value("select count(*) from approval_entry where kind = 'REMINDED'").await?;
    assert_eq!(told, 4);
    Ok(())
}

#[tokio::test]
async fn the_database_keeps_the_rules_of_history() -> Result<()> {
    let test = TestServices::new().await?;
    let at = test.fill_brand("Alpha").await?;
    let chief = test.chief().await?;
    let owner = &test.db.owner;
    for (sql, why) in [
        (
            format!(
                "insert into approval_entry (id, brand_id, request_id, step_id, kind, at, actor_id, for_client)
                 select gen_random_uuid(), brand_id, request_id, step_id, kind, at, actor_id, false from approval_entry where request_id = '{}'",
                at.request
            ),
            "approval_entry_decider",
        ),
        (
            format!(
                "insert into approval_entry (id, brand_id, request_id, step_id, kind, at, actor_id, on_behalf_of, for_client)
                 select gen_random_uuid(), brand_id, request_id, step_id, kind, at, '{}', actor_id, false from approval_entry where request_id = '{}'",
                chief.id, at.request
            ),
            "approval_entry_principal",
        ),
        (
            format!(
                "insert into approval_request (id, brand_id, kind, subject_id, subject_version, title, state, requested_by, authors, client_step, created_at)
                 select gen_random_uuid(), brand_id, kind, subject_id, 1, title, 'PENDING', requested_by, authors, false, created_at
                 from approval_request, generate_series(1, 2) where id = '{}'",
                at.request
            ),
            "approval_request_pending",
        ),
    ] {
        let error = owner.execute_unprepared(&sql).await.err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains(why), "{sql}: {error}");
    }
    let context = test.act(&chief).await?;
    let tx = test.services.db.write().await?;
    context.roll_back().await?;
    for sql in
        ["update approval_entry set comment = 'x'", "delete from approval_entry", "update post_comment set body = 'x'"]
    {
        tx.execute_unprepared("savepoint step").await?;
        let error = tx.execute_unprepared(sql).await.err().map(|error| error.to_string()).unwrap_or_default();
        ensure!(error.contains("permission denied"), "{sql}: {error}");
        tx.execute_unprepared("rollback to savepoint step").await?;
    }
    Ok(())
}
