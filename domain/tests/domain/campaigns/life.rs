//! On the way from a plan to its end, and what takes an approval away.

use anyhow::{Result, anyhow};
use chrono::{DateTime, Duration, Utc};
use diwan_domain::Code;
use diwan_domain::approvals::{Decision, Money, approve, request_changes, withdraw};
use diwan_domain::campaigns::{
    CampaignChange, CampaignContent, TargetContent, TaskContent, activate_campaign, add_campaign_task, cancel_campaign,
    create_campaign, set_campaign_of_posts, set_campaign_task_done, submit_campaign, update_campaign,
};
use diwan_domain::finance::MOST_MINOR;
use diwan_domain::tenancy::{HandOver, hand_over_work};
use diwan_entity::approvals::approval_request::RequestState;
use diwan_entity::campaigns::campaign::CampaignState;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_testkit::Person;
use uuid::Uuid;

use crate::campaigns::desk::{Desk, day, plan, stated};

#[tokio::test]
async fn a_campaign_is_approved_up_the_ladder_and_begins_by_itself_once() -> Result<()> {
    let desk = Desk::new().await?;
    let senior = desk.test.member(desk.brand, Level::Senior, UserKind::Staff).await?;
    let row = desk.create(plan()).await?;
    assert_eq!(row.state, CampaignState::Planned);
    let begin = async |by: &Person| desk.act(by, async |context| activate_campaign(context, row.id).await).await;
    assert_eq!(begin(&senior).await?.err(), Some(Code::WrongState), "nothing begins that nobody approved");

    let request = desk.submit(row.id).await?;
    assert_eq!((request.amount_minor, request.currency.as_deref()), (Some(100_000), Some("EUR")));
    let decide = async |by: &Person, step: i32| {
        let decision = Decision { request_id: request.id, step: Some(step), comment: None };
        Ok::<_, anyhow::Error>(desk.act(by, async |context| approve(context, decision).await).await?.err())
    };
    assert_eq!(decide(&desk.planner, 1).await?, Some(Code::FourEyes));
    assert_eq!(decide(&senior, 1).await?, None);
    assert_eq!(decide(&senior, 2).await?, Some(Code::LimitExceeded), "the SENIOR has no limit for campaigns");
    assert_eq!(decide(&desk.chief, 2).await?, None);
    assert_eq!(desk.state(row.id).await?, "APPROVED");

    // Its first day begins at 00:00 in Athens, three hours ahead.
    let before: DateTime<Utc> = "2026-06-10T20:59:59Z".parse()?;
    desk.clock.advance(before - desk.test.services.now());
    desk.test.run_jobs().await?;
    assert_eq!(desk.state(row.id).await?, "APPROVED");
    desk.clock.advance(Duration::seconds(1));
    desk.test.run_jobs().await?;
    assert_eq!(desk.state(row.id).await?, "ACTIVE");
    // A repeat of the job changes nothing.
    let now = desk.test.services.now().to_rfc3339();
    desk.test
        .db
        .run(&format!(
            "update job set state = 'PENDING', due_at = '{now}', finished_at = null where kind = 'activate_campaign'"
        ))
        .await?;
    desk.clock.advance(Duration::minutes(5));
    desk.test.run_jobs().await?;
    let events = "select count(*) from audit_event where action = 'campaign.activate'";
    assert_eq!(desk.test.db.value::<i64>(events).await?, 1);
    Ok(())
}

#[tokio::test]
async fn whoever_planned_it_anew_does_not_approve_it() -> Result<()> {
    let desk = Desk::new().await?;
    let editor = desk.test.member(desk.brand, Level::Mid, UserKind::Staff).await?;
    let row = desk.create(plan()).await?;
    let change = CampaignChange { campaign_id: row.id, version: row.version, content: plan() };
    desk.must(&editor, async |context| update_campaign(context, change).await).await?;
    let request = desk.submit(row.id).await?;
    let decision = Decision { request_id: request.id, step: Some(1), comment: None };
    let tried = desk.act(&editor, async |context| approve(context, decision).await).await?;
    assert_eq!(tried.err(), Some(Code::FourEyes));
    assert_eq!(desk.state(row.id).await?, "IN_APPROVAL");
    // The database lets nobody cease to be an author.
    let sql = format!("update campaign set authors = array[created_by] where id = '{}'", row.id);
    assert!(desk.test.db.run(&sql).await.is_err());
    Ok(())
}

#[tokio::test]
async fn nothing_is_planned_that_no_budget_could_hold() -> Result<()> {
    let desk = Desk::new().await?;
    for minor in [-1, MOST_MINOR + 1] {
        let planned = Some(Money { minor, currency: "EUR".to_owned() });
        let content = CampaignContent { planned, ..plan() };
        let tried = desk.act(&desk.planner, async |context| create_campaign(context, desk.brand, content).await);
        assert_eq!(tried.await?.err(), Some(Code::Invalid), "{minor}");
    }
    assert_eq!(desk.test.db.count("campaign").await?, 0);
    Ok(())
}

#[tokio::test]
async fn a_change_of_budget_days_or_targets_takes_the_approval_away_and_nothing_else_does() -> Result<()> {
    let desk = Desk::new().await?;
    let mut row = desk.create(plan()).await?;
    let kept: Uuid =
        desk.test.db.value(&format!("select id from campaign_target where campaign_id = '{}'", row.id)).await?;
    let mut same = plan();
    same.targets = vec![TargetContent { id: Some(kept), ..stated("Guests", "100") }];
    let changes: [(&str, CampaignContent); 4] = [
        ("budget", CampaignContent { planned: None, ..same.clone() }),
        ("days", CampaignContent { ends_on: day("2026-06-21"), ..same.clone() }),
        (
            "more of the target",
            CampaignContent {
                targets: vec![TargetContent { target: "101".to_owned(), ..same.targets[0].clone() }],
                ..same.clone()
            },
        ),
        (
            "another target",
            CampaignContent { targets: vec![same.targets[0].clone(), stated("Orders", "5")], ..same.clone() },
        ),
    ];
    for (what, change) in changes {
        row = desk.update(&row, same.clone()).await?;
        let request = desk.submit(row.id).await?;
        desk.approve(&request).await?;
        // What it is called and said of it may change.
        row = desk
            .update(
                &row,
                CampaignContent { name: "Nowruz".to_owned(), brief: "Bring friends".to_owned(), ..same.clone() },
            )
            .await?;
        assert_eq!(row.state, CampaignState::Approved, "{what}");
        row = desk.update(&row, change).await?;
        assert_eq!(row.state, CampaignState::Planned, "{what}");
        let state: String =
            desk.test.db.value(&format!("select state from approval_request where id = '{}'", request.id)).await?;
        assert_eq!(state, "VOIDED", "{what}");
    }
    // The job of what was approved is gone with the approval.
    desk.clock.advance(Duration::days(12));
    desk.test.run_jobs().await?;
    assert_eq!(desk.state(row.id).await?, "PLANNED");
    // One that runs is planned again as well, and goes on once it is approved: its first day has passed.
    row = desk.update(&row, same.clone()).await?;
    let request = desk.submit(row.id).await?;
    desk.approve(&request).await?;
    desk.test.run_jobs().await?;
    assert_eq!(desk.state(row.id).await?, "ACTIVE");
    row = desk.update(&row, CampaignContent { ends_on: day("2026-06-30"), ..same }).await?;
    assert_eq!(row.state, CampaignState::Planned);
    assert!(row.activated_at.is_some());
    Ok(())
}

#[tokio::test]
async fn what_is_sent_back_or_withdrawn_is_planned_again() -> Result<()> {
    let desk = Desk::new().await?;
    let row = desk.create(plan()).await?;
    let request = desk.submit(row.id).await?;
    let again = desk.act(&desk.planner, async |context| submit_campaign(context, row.id).await).await?;
    assert_eq!(again.err(), Some(Code::WrongState), "it waits already");
    let back = Decision { request_id: request.id, step: None, comment: Some("Too dear".to_owned()) };
    desk.must(&desk.chief, async |context| request_changes(context, back).await).await?;
    assert_eq!(desk.state(row.id).await?, "PLANNED");
    let request = desk.submit(row.id).await?;
    let ended = desk.must(&desk.planner, async |context| withdraw(context, request.id).await).await?;
    assert_eq!(ended.state, RequestState::Withdrawn);
    assert_eq!(desk.state(row.id).await?, "PLANNED");
    assert_eq!(desk.test.db.value::<i64>("select count(*) from job where kind = 'activate_campaign'").await?, 0);
    Ok(())
}

#[tokio::test]
async fn a_canceled_campaign_ends_its_request_and_never_begins() -> Result<()> {
    let desk = Desk::new().await?;
    let senior = desk.test.member(desk.brand, Level::Senior, UserKind::Staff).await?;
    let row = desk.create(plan()).await?;
    let request = desk.submit(row.id).await?;
    desk.approve(&request).await?;
    let give_up = async |by: &Person| {
        desk.act(by, async |context| cancel_campaign(context, row.id, row.version, "The client left").await).await
    };
    assert_eq!(give_up(&desk.planner).await?.err(), Some(Code::Forbidden));
    assert_eq!(give_up(&senior).await?.map(|row| row.state), Ok(CampaignState::Canceled));
    desk.clock.advance(Duration::days(15));
    desk.test.run_jobs().await?;
    assert_eq!(desk.state(row.id).await?, "CANCELED");
    let state: String =
        desk.test.db.value(&format!("select state from approval_request where id = '{}'", request.id)).await?;
    assert_eq!(state, "VOIDED");
    Ok(())
}

#[tokio::test]
async fn posts_belong_to_a_campaign_all_of_them_or_none() -> Result<()> {
    let desk = Desk::new().await?;
    let row = desk.create(plan()).await?;
    let (one, _) = desk.test.post(desk.brand, desk.account, "One", &desk.planner).await?;
    let (two, _) = desk.test.post(desk.brand, desk.account, "Two", &desk.planner).await?;
    let other = desk.test.brand("Beta").await?;
    let account = desk.test.account(other, "mastodon", &desk.planner).await?;
    let (foreign, _) = desk.test.post(other, account, "Three", &desk.planner).await?;
    let put = async |campaign: Option<Uuid>, posts: &[Uuid]| {
        desk.act(&desk.planner, async |context| set_campaign_of_posts(context, desk.brand, campaign, posts).await).await
    };
    let count = format!("select count(*) from post where campaign_id = '{}'", row.id);
    assert_eq!(put(Some(row.id), &[one, foreign, two]).await?.err(), Some(Code::NotFound));
    assert_eq!(desk.test.db.value::<i64>(&count).await?, 0);
    let done = put(Some(row.id), &[two, one, two]).await?.map_err(|code| anyhow!("{code:?}"))?;
    assert_eq!(done.iter().map(|post| post.id).collect::<Vec<_>>(), [two, one]);
    assert!(done.iter().all(|post| post.campaign_id == Some(row.id)));
    assert_eq!(desk.test.db.value::<i64>(&count).await?, 2);
    assert!(put(None, &[one]).await?.is_ok());
    assert_eq!(desk.test.db.value::<i64>(&count).await?, 1);
    assert_eq!(put(Some(desk.id()), &[one]).await?.err(), Some(Code::NotFound));
    assert_eq!(put(Some(row.id), &[]).await?.err(), Some(Code::Invalid));
    // The database, too, knows no campaign of another brand.
    let sql = format!("update post set campaign_id = '{}' where id = '{foreign}'", row.id);
    assert!(desk.test.db.run(&sql).await.is_err());
    Ok(())
}

#[tokio::test]
async fn tasks_are_the_staffs_and_go_to_whoever_takes_over() -> Result<()> {
    let desk = Desk::new().await?;
    let row = desk.create(plan()).await?;
    let junior = desk.test.member(desk.brand, Level::Junior, UserKind::Staff).await?;
    let client = desk.test.member(desk.brand, Level::Junior, UserKind::Client).await?;
    let to_do = |assignee_id: Option<Uuid>| TaskContent {
        title: "Book the hall".to_owned(),
        assignee_id,
        due_on: Some(day("2026-06-09")),
    };
    let add = async |by: &Person, assignee: Option<Uuid>| {
        desk.act(by, async |context| add_campaign_task(context, row.id, to_do(assignee)).await).await
    };
    assert_eq!(add(&client, None).await?.err(), Some(Code::NotFound), "clients see no campaign");
    assert_eq!(add(&junior, Some(client.id)).await?.err(), Some(Code::KindMismatch));
    assert_eq!(add(&junior, Some(desk.id())).await?.err(), Some(Code::NotFound));
    let done = add(&junior, Some(junior.id)).await?.map_err(|code| anyhow!("{code:?}"))?;
    let open = add(&junior, Some(junior.id)).await?.map_err(|code| anyhow!("{code:?}"))?;
    let done = desk.must(&junior, async |context| set_campaign_task_done(context, done.id, true).await).await?;
    assert_eq!(done.done_by, Some(junior.id));
    let order = HandOver { from: junior.id, to: desk.planner.id, brand_ids: None };
    let moved = desk.must(&desk.chief, async |context| hand_over_work(context, order).await).await?;
    assert_eq!((moved.campaign_tasks, moved.brands), (1, 1));
    let whose = format!("select assignee_id from campaign_task where id = '{}'", open.id);
    assert_eq!(desk.test.db.value::<Uuid>(&whose).await?, desk.planner.id);
    Ok(())
}
