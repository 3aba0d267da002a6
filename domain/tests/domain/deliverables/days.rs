//! Letters to whoever hands a deliverable in, and reminders of its day.

use std::sync::Arc;
use std::time::Duration as StdDuration;

use anyhow::{Context as _, Result, ensure};
use chrono::{Duration, NaiveDate};
use diwan_domain::deliverables::{
    DeliverableContent, DeliverableLink, create_deliverable, create_deliverable_link, hand_in_by_link,
    open_deliverable, resend_deliverable_link, revoke_deliverable_links, send_deliverable_back, update_deliverable,
};
use diwan_domain::jobs::{self, Ran};
use diwan_domain::public_links::{Answered, LinkEnding, Opened};
use diwan_domain::{Code, Context};
use diwan_entity::payments::deliverable;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_testkit::Signed;
use sea_orm::{ConnectionTrait as _, TransactionTrait as _};
use tokio::time::sleep;
use uuid::Uuid;

use super::{Desk, link, said};

const LINA: &str = "lina@example.com";

/// A desk whose contract knows where mail reaches the other side, which reads this language.
pub(super) async fn by_mail(locale: &str) -> Result<Desk> {
    let mut desk = Desk::new().await?;
    let line = desk.test.budget_line(desk.brand, desk.chief.id, 100_000).await?;
    let new = Signed { line, fee: 50_000, committed: true, person: None, disclosure: "#ad" };
    desk.contract = desk.test.signed_contract_with(desk.brand, desk.chief.id, new, (locale, LINA)).await?;
    Ok(desk)
}

pub(super) fn secret(link: &DeliverableLink) -> Result<String> {
    Ok(link.url.path_segments().and_then(|mut parts| parts.next_back()).context("a secret")?.to_owned())
}

fn due(on: &str, assignee: Option<Uuid>) -> Result<DeliverableContent> {
    Ok(DeliverableContent { due_on: on.parse::<NaiveDate>()?, ..said(assignee)? })
}

impl Desk {
    async fn due(&self, on: &str, assignee: Option<Uuid>) -> Result<deliverable::Model> {
        let (contract, content) = (self.contract, due(on, assignee)?);
        self.must(&self.mid, async |context| create_deliverable(context, contract, content).await).await
    }

    /// What was written to this address, oldest first.
    async fn written_to(&self, address: &str) -> Result<String> {
        let sql = format!(
            "select coalesce(string_agg(template, ' ' order by created_at, id), '') from letter where recipient = '{address}'"
        );
        self.test.db.value(&sql).await
    }

    /// Who was told how often by a notice.
    async fn told(&self, who: Uuid) -> Result<i64> {
        let sql = format!("select count(*) from notice where kind = 'DELIVERABLE_DUE' and recipient_id = '{who}'");
        self.test.db.value(&sql).await
    }

    /// Lets days pass, and does twice what is due then.
    async fn pass(&self, days: i64) -> Result<()> {
        self.clock.advance(Duration::days(days));
        self.test.run_jobs().await?;
        self.test.run_jobs().await?;
        Ok(())
    }
}

#[tokio::test]
async fn a_day_is_reminded_of_once_before_it_and_once_after_it() -> Result<()> {
    let desk = by_mail("en").await?;
    let row = desk.due("2026-10-14", None).await?;
    desk.test.run_jobs().await?;
    // The sixth day before noon in Athens is the fourth before it is due.
    desk.pass(6).await?;
    assert_eq!((desk.told(desk.mid.id).await?, desk.written_to(LINA).await?.as_str()), (0, ""));
    desk.pass(1).await?;
    assert_eq!((desk.told(desk.mid.id).await?, desk.written_to(LINA).await?.as_str()), (1, "deliverable-soon"));
    // Asked for again for the same day, it is not said again.
    let (id, content) = (row.id, due("2026-10-14", None)?);
    desk.must(&desk.mid, async |context| update_deliverable(context, id, 1, content).await).await?;
    desk.pass(0).await?;
    assert_eq!(desk.told(desk.mid.id).await?, 1);
    desk.pass(4).await?;
    let both = "deliverable-soon deliverable-late";
    assert_eq!((desk.told(desk.mid.id).await?, desk.written_to(LINA).await?.as_str()), (2, both));
    // Another day is reminded of anew.
    let content = due("2026-10-20", None)?;
    desk.must(&desk.mid, async |context| update_deliverable(context, id, 2, content).await).await?;
    desk.pass(2).await?;
    assert_eq!(desk.told(desk.mid.id).await?, 3);
    // What is handed in is not reminded of.
    let row = desk.read(id).await?;
    desk.submit(&desk.mid, &row, link("https://10.0.0.1/x")).await?.map_err(|code| anyhow::anyhow!("{code:?}"))?;
    desk.pass(6).await?;
    assert_eq!(desk.told(desk.mid.id).await?, 3);
    // It comes back after its day: that is told of once.
    let version = desk.read(id).await?.version;
    let back = async |context: &Context| send_deliverable_back(context, id, version, "Not there").await;
    desk.must(&desk.chief, back).await?;
    desk.pass(0).await?;
    desk.pass(1).await?;
    assert_eq!(desk.told(desk.mid.id).await?, 4);
    Ok(())
}

#[tokio::test]
async fn whoever_is_given_it_is_reminded_in_the_way_that_reaches_them() -> Result<()> {
    let desk = by_mail("fa").await?;
    let worker = desk.test.member(desk.brand, Level::Junior, UserKind::Freelancer).await?;
    let junior = desk.test.member(desk.brand, Level::Junior, UserKind::Staff).await?;
    let other = desk.test.member(desk.brand, Level::Junior, UserKind::Staff).await?;
    desk.due("2026-10-14", Some(worker.id)).await?;
    desk.due("2026-10-14", Some(junior.id)).await?;
    desk.pass(7).await?;
    assert_eq!(desk.written_to(&worker.email).await?, "deliverable-soon");
    assert_eq!((desk.told(worker.id).await?, desk.told(other.id).await?), (0, 0));
    assert_eq!((desk.told(junior.id).await?, desk.told(desk.mid.id).await?), (1, 2));
    assert!(!desk.written_to(&junior.email).await?.contains("deliverable-soon"));
    assert_eq!(desk.written_to(LINA).await?, "", "it is not theirs to hand in");
    Ok(())
}

#[tokio::test]
async fn whoever_has_no_link_any_more_is_not_sent_another_by_a_reminder() -> Result<()> {
    let desk = by_mail("en").await?;
    let id = desk.due("2026-10-14", None).await?.id;
    desk.must(&desk.mid, async |context| create_deliverable_link(context, id, 1).await).await?;
    desk.must(&desk.mid, async |context| revoke_deliverable_links(context, id).await).await?;
    let good = "select count(*) from public_link where revoked_at is null";
    desk.pass(7).await?;
    assert_eq!((desk.told(desk.mid.id).await?, desk.written_to(LINA).await?.as_str()), (1, "deliverable-link"));
    assert_eq!(desk.test.db.value::<i64>(good).await?, 0, "the team is told, and the other side is not");
    // The team makes one: that is reminded of again.
    desk.must(&desk.mid, async |context| create_deliverable_link(context, id, 1).await).await?;
    desk.pass(4).await?;
    let all = "deliverable-link deliverable-link deliverable-late";
    assert_eq!((desk.told(desk.mid.id).await?, desk.written_to(LINA).await?.as_str()), (2, all));
    Ok(())
}

#[tokio::test]
async fn what_is_due_at_once_is_not_reminded_of_before_it() -> Result<()> {
    let desk = by_mail("en").await?;
    desk.due("2026-10-05", None).await?;
    desk.pass(0).await?;
    assert_eq!(desk.told(desk.mid.id).await?, 0);
    desk.pass(2).await?;
    assert_eq!((desk.told(desk.mid.id).await?, desk.written_to(LINA).await?.as_str()), (1, "deliverable-late"));
    Ok(())
}

#[tokio::test]
async fn the_other_side_is_written_to_when_a_link_is_made_and_when_it_comes_back() -> Result<()> {
    let desk = by_mail("ar").await?;
    let id = desk.create(None).await?.id;
    let made = desk.must(&desk.mid, async |context| create_deliverable_link(context, id, 1).await).await?;
    assert!(made.mailed);
    assert_eq!(desk.written_to(LINA).await?, "deliverable-link");
    let first = secret(&made)?;
    desk.clock.advance(Duration::minutes(1));
    let services = &desk.test.services;
    let done = hand_in_by_link(services, &first, 1, ("https://10.0.0.1/x", "")).await?;
    assert!(matches!(done, Answered::Done), "{done:?}");
    desk.must(&desk.mid, async |context| send_deliverable_back(context, id, 2, "Too loud").await).await?;
    assert_eq!(desk.written_to(LINA).await?, "deliverable-link deliverable-sent-back");
    // The link that they know works, too.
    let page = open_deliverable(services, &first).await?;
    assert!(matches!(page, Opened::View(page) if page.reason == "Too loud"));

    // A link is lost: whoever may not make one makes none, and whoever may ends the others.
    let links = "select count(*) from public_link where revoked_at is null";
    let before: i64 = desk.test.db.value(links).await?;
    let junior = desk.test.member(desk.brand, Level::Junior, UserKind::Staff).await?;
    let denied = desk.act(&junior, async |context| resend_deliverable_link(context, id, 3).await.map(drop)).await?;
    assert_eq!(denied, Err(Code::Forbidden));
    let stale = desk.act(&desk.mid, async |context| resend_deliverable_link(context, id, 1).await.map(drop)).await?;
    assert_eq!(stale, Err(Code::ChangedMeanwhile));
    assert_eq!(desk.test.db.value::<i64>(links).await?, before);
    desk.clock.advance(Duration::minutes(1));
    let again = desk.must(&desk.mid, async |context| resend_deliverable_link(context, id, 3).await).await?;
    assert!(again.mailed);
    assert_eq!(desk.test.db.value::<i64>(links).await?, 1);
    let page = open_deliverable(services, &first).await?;
    assert!(matches!(page, Opened::Ended(LinkEnding::Revoked, _)));
    assert!(matches!(open_deliverable(services, &secret(&again)?).await?, Opened::View(_)));
    assert!(desk.written_to(LINA).await?.ends_with("deliverable-sent-back deliverable-link"));
    Ok(())
}

#[tokio::test]
async fn without_an_address_a_link_is_handed_over() -> Result<()> {
    let desk = Desk::new().await?;
    let id = desk.create(None).await?.id;
    let made = desk.must(&desk.mid, async |context| resend_deliverable_link(context, id, 1).await).await?;
    assert!(!made.mailed);
    assert!(matches!(open_deliverable(&desk.test.services, &secret(&made)?).await?, Opened::View(_)));
    assert_eq!(desk.test.db.count("letter").await?, 0);
    Ok(())
}

#[tokio::test]
async fn what_is_older_than_reminders_is_reminded_of_as_well() -> Result<()> {
    let desk = by_mail("en").await?;
    let mut ids = [Uuid::nil(); 4];
    for id in &mut ids {
        *id = desk.due("2026-10-14", None).await?.id;
    }
    let [far, near, past, planned] = ids;
    // As they were before there were reminders, but for the last.
    let before = format!(
        "delete from job where kind = 'remind_deliverable' and subject_id <> '{planned}';
         update deliverable set due_on = '2099-01-10' where id in ('{far}', '{planned}');
         update deliverable set due_on = current_date + 1 where id = '{near}';
         update deliverable set due_on = '2020-01-01' where id = '{past}'"
    );
    desk.test.db.run(&before).await?;
    let undo = "alter table webhook_endpoint drop column owner_id; alter table financial_request drop column owner_id";
    desk.test.db.migrate_again("m0066_left_over", undo).await?;
    let found = format!(
        "select concat_ws(' ',
           (select j.due_at = '2099-01-07 00:00+02' and d.reminded_for is null from job j join deliverable d on d.id = j.subject_id
              where d.id = '{far}'),
           (select j.due_at = (d.due_on + 1)::timestamp at time zone 'Europe/Athens' and d.reminded_for = d.due_on
              from job j join deliverable d on d.id = j.subject_id where d.id = '{near}'),
           (select count(*) from job where subject_id = '{past}'),
           (select count(*) from job where subject_id = '{planned}'))"
    );
    assert_eq!(desk.test.db.value::<String>(&found).await?, "t t 0 1");
    Ok(())
}

#[tokio::test]
async fn whoever_waits_for_a_deliverable_does_not_hold_its_job_meanwhile() -> Result<()> {
    let desk = Desk::new().await?;
    let id = desk.create(None).await?.id;
    let job: Uuid = desk.test.db.value("select id from job where kind = 'remind_deliverable'").await?;
    desk.test.db.run(&format!("update job set due_at = created_at where id = '{job}'")).await?;
    let person = desk.test.db.owner.begin().await?;
    person.execute_unprepared(&format!("select 1 from deliverable where id = '{id}' for update")).await?;
    let services = Arc::clone(&desk.test.services);
    let worker = tokio::spawn(async move { jobs::run(&services, job, "worker").await });
    let waits = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    while desk.test.db.value::<i64>(waits).await? == 0 {
        ensure!(!worker.is_finished(), "nobody waits");
        sleep(StdDuration::from_millis(5)).await;
    }
    // People ask for the job while they hold the deliverable.
    person.execute_unprepared(&format!("select 1 from job where id = '{job}' for update nowait")).await?;
    person.commit().await?;
    assert_eq!(worker.await??, Ran::Finished);
    Ok(())
}
