//! Hours, and what becomes of everything when a contract ends.

use anyhow::Result;
use diwan_domain::deliverables::deliverables_by_ids;
use diwan_domain::payments::{
    HoursContent, HoursFilter, NewWorkRate, PaymentFilter, accept_hours, cancel_payment, cancel_payment_file,
    create_payment, log_hours, pay_hours, payments, set_work_rate, time_entries, update_payment,
};
use diwan_domain::{Code, Context};
use diwan_entity::payments::deliverable::DeliverableState;
use diwan_entity::payments::payment::PaymentState;
use diwan_entity::payments::payment_file::PaymentFormat;
use diwan_entity::payments::time_entry::TimeEntryState;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_testkit::{Person, Signed};
use uuid::Uuid;

use crate::payments::desk::{Desk, page, plan};

#[tokio::test]
async fn hours_become_a_payment_once_and_everybody_sees_their_own() -> Result<()> {
    let desk = Desk::new().await?;
    let (brand, today) = (desk.brand, desk.test.services.now().date_naive());
    let worker = desk.test.member(brand, Level::Junior, UserKind::Freelancer).await?;
    let other = desk.test.member(brand, Level::Junior, UserKind::Freelancer).await?;
    let new = Signed { line: desk.line, fee: 20_000, committed: true, person: Some(worker.id), disclosure: "" };
    let contract = desk.test.signed_contract(brand, desk.chief.id, new).await?;
    let hours = |minutes| HoursContent {
        worked_on: today,
        minutes,
        note: "Cutting".to_owned(),
        contract_id: Some(contract),
        campaign_id: None,
    };
    let log = async |by: &Person, whose: Uuid, minutes| {
        desk.act(by, async |context| log_hours(context, brand, whose, hours(minutes)).await).await
    };
    let entry = log(&worker, worker.id, 90).await?.map_err(|code| anyhow::anyhow!("{code:?}"))?;
    // Neither for somebody else, nor by the contract of somebody else.
    assert_eq!(log(&worker, other.id, 60).await?.err(), Some(Code::Forbidden));
    assert_eq!(log(&other, other.id, 60).await?.err(), Some(Code::NotFound));
    let accept =
        async |by: &Person| desk.act(by, async |context| accept_hours(context, brand, &[entry.id]).await).await;
    assert_eq!(accept(&worker).await?.err(), Some(Code::Forbidden));
    assert_eq!(accept(&desk.mid).await?.err(), Some(Code::WorkRateMissing));
    for (starts_on, minor_per_hour) in [(today - chrono::Days::new(30), 5_001), (today + chrono::Days::new(1), 9_000)] {
        let rate = NewWorkRate {
            person_id: worker.id,
            contract_id: Some(contract),
            minor_per_hour,
            currency: "EUR".to_owned(),
            starts_on,
        };
        desk.must(&desk.senior, async |context| set_work_rate(context, brand, rate).await).await?;
    }
    let accepted = accept(&desk.mid).await?.map_err(|code| anyhow::anyhow!("{code:?}"))?;
    // 90 minutes at 50.01: 75.015, half to even.
    assert_eq!((accepted[0].state, accepted[0].fee_minor), (TimeEntryState::Accepted, Some(7_502)));

    // Who wrote them for somebody else does not accept them either.
    let written = log(&desk.mid, worker.id, 30).await?.map_err(|code| anyhow::anyhow!("{code:?}"))?;
    let own = desk.act(&desk.mid, async |context| accept_hours(context, brand, &[written.id]).await.map(drop)).await?;
    assert_eq!(own, Err(Code::FourEyes));

    let pay =
        async || desk.act(&desk.mid, async |context| pay_hours(context, contract, "March", &[entry.id]).await).await;
    let payment = pay().await?.map_err(|code| anyhow::anyhow!("{code:?}"))?;
    assert_eq!((payment.state, payment.amount_minor), (PaymentState::Due, 7_502));
    assert_eq!(pay().await?.err(), Some(Code::AlreadyExists));
    // Its amount is what the hours came to.
    let mut content = plan("March", 7_503, None)?;
    content.due_on = None;
    let changed = desk.act(&desk.mid, async |context| update_payment(context, payment.id, 1, content).await).await?;
    assert_eq!(changed.err(), Some(Code::Invalid));

    for (person, sees) in [(&worker, true), (&other, false)] {
        let found = desk.must(person, async |context| {
            let hours = time_entries(context, brand, &HoursFilter::default(), page()).await?;
            let paid = payments(context, brand, &PaymentFilter::default(), page()).await?;
            Ok((hours.rows.len(), paid.rows.len()))
        });
        assert_eq!(found.await?, if sees { (2, 1) } else { (0, 0) });
    }
    // What is canceled can be paid by another.
    desk.must(&desk.mid, async |context| cancel_payment(context, payment.id, 1, "Twice").await).await?;
    assert!(pay().await?.is_ok());
    Ok(())
}

#[tokio::test]
async fn a_contract_that_ends_takes_what_is_open_along() -> Result<()> {
    let desk = Desk::new().await?;
    let contract = desk.contract(50_000, true).await?;
    desk.payee(contract).await?;
    let film = desk.deliverable(contract).await?;
    let waiting = plan("The film", 10_000, Some(film.id))?;
    let waiting = desk.must(&desk.mid, async |context| create_payment(context, contract, waiting).await).await?;
    let approved = desk.approved(contract, 20_000).await?;
    let bank = desk.approved(contract, 5_000).await?;
    let file = desk.export(PaymentFormat::Csv, &[bank.id]).await?.map_err(|code| anyhow::anyhow!("{code:?}"))?;
    let terminate = async || {
        let ended = async |context: &Context| {
            diwan_domain::contracts::terminate_contract(context, contract, "They want it").await.map(drop)
        };
        desk.act(&desk.chief, ended).await
    };
    // What the bank will do must be known first.
    assert_eq!(terminate().await?.err(), Some(Code::PaymentsUnderWay));
    desk.must(&desk.senior, async |context| cancel_payment_file(context, file.id, "Stopped").await).await?;
    assert_eq!(terminate().await?, Ok(()));
    for id in [waiting.id, approved.id, bank.id] {
        assert_eq!(desk.payment(id).await?.state, PaymentState::Canceled);
    }
    let films = desk.must(&desk.chief, async |context| deliverables_by_ids(context, &[film.id]).await).await?;
    assert_eq!(films[0].state, DeliverableState::Withdrawn);
    let pending: i64 = desk
        .test
        .db
        .value("select count(*) from approval_request where kind = 'PAYMENT' and state in ('PENDING', 'APPROVED')")
        .await?;
    assert_eq!(pending, 0);
    assert_eq!(desk.kept().await?, (0, 0));
    desk.verified().await?;
    // Nothing new is planned under it.
    let content = plan("More", 1, None)?;
    let more = desk.act(&desk.mid, async |context| create_payment(context, contract, content).await).await?;
    assert_eq!(more.err(), Some(Code::WrongState));
    Ok(())
}
