//! Payments of contracts: never more than the fee, never before what they wait for, each to the bank once, and charged once.

mod desk;
mod ending;
mod hours;
mod pain;

use std::sync::Arc;

use anyhow::{Context as _, Result};
use diwan_domain::deliverables::{HandedIn, accept_deliverable, submit_deliverable};
use diwan_domain::payments::{
    PayeeContent, PaymentBlock, PaymentFilter, blocks_of_payments, cancel_payment, cancel_payment_file, create_payment,
    open_payment_file, pay_payment, payment_file_link, payments, recall_payment, set_payee, set_payer, submit_payment,
    update_payment, withheld_of,
};
use diwan_domain::{Code, Failure};
use diwan_entity::payments::payee::TaxForm;
use diwan_entity::payments::payment::PaymentState;
use diwan_entity::payments::payment_file::{self, PaymentFormat};
use proptest::prelude::any;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use sea_orm::ConnectionTrait as _;
use uuid::Uuid;

use crate::payments::desk::{Desk, account, page, plan};

#[tokio::test]
async fn a_payment_waits_for_its_deliverable_and_its_money() -> Result<()> {
    let desk = Desk::new().await?;
    let contract = desk.contract(50_000, false).await?;
    desk.payee(contract).await?;
    let film = desk.deliverable(contract).await?;
    let content = plan("The film", 50_000, Some(film.id))?;
    let row = desk.must(&desk.mid, async |context| create_payment(context, contract, content).await).await?;
    assert_eq!((row.state, row.withheld_minor), (PaymentState::Blocked, 10_000));
    let held = async || -> Result<Vec<PaymentBlock>> {
        let held = desk.must(&desk.mid, async |context| blocks_of_payments(context, &[row.id]).await).await?;
        Ok(held.into_iter().map(|held| held.by).collect())
    };
    assert_eq!(held().await?, [PaymentBlock::NotAccepted, PaymentBlock::NotCommitted]);
    let asked = desk.act(&desk.mid, async |context| submit_payment(context, row.id, 1).await).await?;
    assert_eq!(asked.err(), Some(Code::PaymentBlocked));

    // Nobody goes around it, not even as the owner of the database.
    let around = desk.test.db.run(&format!("update payment set state = 'DUE' where id = '{}'", row.id)).await;
    assert!(format!("{:#}", around.err().context("it went on")?).contains("held back"));

    // Who handed it in does not accept it.
    let asset = desk.test.asset(desk.brand, &desk.mid).await?;
    let handed = HandedIn { asset_id: Some(asset), ..HandedIn::default() };
    desk.must(&desk.mid, async |context| submit_deliverable(context, film.id, 1, handed).await).await?;
    let own = desk.act(&desk.mid, async |context| accept_deliverable(context, film.id, 2).await).await?;
    assert_eq!(own.err(), Some(Code::FourEyes));
    desk.must(&desk.senior, async |context| accept_deliverable(context, film.id, 2).await).await?;
    assert_eq!(held().await?, [PaymentBlock::NotCommitted]);

    let sql = format!(
        "insert into budget_entry (id, brand_id, budget_id, line_id, kind, amount_minor, source_kind, source_id, reason, booked_at)
           select gen_random_uuid(), brand_id, budget_id, id, 'COMMIT', 50000, 'CONTRACT', '{contract}', 'Films', now()
           from budget_line where id = '{}'",
        desk.line
    );
    desk.test.db.run(&sql).await?;
    let (row, request) = desk.must(&desk.mid, async |context| submit_payment(context, row.id, 1).await).await?;
    assert_eq!((row.state, request.amount_minor), (PaymentState::InApproval, Some(50_000)));

    // Neither who planned it nor who wrote the account down decides about it.
    for person in [&desk.mid, &desk.senior] {
        assert_eq!(desk.approve(person, &request, 1).await?, Err(Code::FourEyes));
    }
    let change = PayeeContent {
        account: account("NL91 ABNA 0417 1643 00"),
        tax_form: TaxForm::Received,
        tax_form_note: String::new(),
        withholding_bp: 0,
    };
    let moved = desk.act(&desk.senior, async |context| set_payee(context, contract, Some(1), change).await).await?;
    assert_eq!(moved.err(), Some(Code::PaymentsUnderWay));
    for step in [1, 2] {
        assert_eq!(desk.approve(&desk.chief, &request, step).await?, Ok(()));
    }
    assert_eq!(desk.payment(row.id).await?.state, PaymentState::Approved);

    // What was approved is said otherwise only when it is recalled, and then needs another approval.
    let content = plan("The film", 40_000, Some(film.id))?;
    let changed = desk.act(&desk.mid, async |context| update_payment(context, row.id, 1, content).await).await?;
    assert_eq!(changed.err(), Some(Code::WrongState));
    let back = desk.must(&desk.mid, async |context| recall_payment(context, row.id, 1).await).await?;
    assert_eq!(back.state, PaymentState::Due);
    let state: String =
        desk.test.db.value(&format!("select state from approval_request where id = '{}'", request.id)).await?;
    assert_eq!(state, "VOIDED");
    Ok(())
}

#[tokio::test]
async fn a_payment_goes_to_the_bank_once_and_is_charged_once() -> Result<()> {
    let desk = Arc::new(Desk::new().await?);
    let contract = desk.contract(50_000, true).await?;
    desk.payee(contract).await?;
    assert_eq!(desk.kept().await?, (50_000, 0));
    let row = desk.approved(contract, 30_001).await?;
    assert_eq!((row.state, row.withheld_minor), (PaymentState::Approved, 6_000));
    assert_eq!(desk.export(PaymentFormat::Sepa, &[row.id]).await?.err(), Some(Code::PayerMissing));
    let brand = desk.brand;
    desk.must(&desk.senior, async |context| set_payer(context, brand, None, account("NL91 ABNA 0417 1643 00")).await)
        .await?;

    // Ten at a time: one file has it.
    let mut racing = tokio::task::JoinSet::new();
    for _ in 0..10 {
        let (desk, id) = (Arc::clone(&desk), row.id);
        racing.spawn(async move { desk.export(PaymentFormat::Sepa, &[id]).await });
    }
    let mut files = Vec::new();
    while let Some(done) = racing.join_next().await {
        match done?? {
            Ok(file) => files.push(file),
            Err(code) => assert_eq!(code, Code::WrongState),
        }
    }
    assert_eq!(files.len(), 1);
    let file = &files[0];
    assert_eq!((file.payment_count, file.total_minor), (1, 24_001));

    let link = async |file: &payment_file::Model| -> Result<Option<String>> {
        let found = desk.must(&desk.senior, async |context| payment_file_link(context, file)).await?;
        Ok(found.map(|(url, _)| url.path().trim_start_matches("/payment-files/").to_owned()))
    };
    let token = link(file).await?.context("no link")?;
    let opened = open_payment_file(&desk.test.services, &token).await?;
    let text = String::from_utf8(opened.bytes.clone())?;
    for part in [
        "<NbOfTxs>1</NbOfTxs><CtrlSum>240.01</CtrlSum>",
        r#"<InstdAmt Ccy="EUR">240.01</InstdAmt>"#,
        "<IBAN>DE89370400440532013000</IBAN>",
        "<IBAN>NL91ABNA0417164300</IBAN>",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    assert_eq!(open_payment_file(&desk.test.services, &token).await?.bytes, opened.bytes);
    // No account lies about readable.
    let sealed: bool = desk
        .test
        .db
        .value("select bool_and(position(convert_to('DE8937', 'UTF8') in account) = 0) from payment_file_item")
        .await?;
    assert!(sealed);

    // The bank refused it: the payment comes back, and goes into another file.
    let id = file.id;
    desk.must(&desk.senior, async |context| cancel_payment_file(context, id, "A wrong day").await).await?;
    assert_eq!(desk.payment(row.id).await?.state, PaymentState::Approved);
    assert!(matches!(
        open_payment_file(&desk.test.services, &token).await,
        Err(Failure::Refused(errors)) if errors[0].code == Code::LinkInvalid
    ));
    let again = desk.export(PaymentFormat::Csv, &[row.id]).await?.map_err(|code| anyhow::anyhow!("{code:?}"))?;

    // Paid by two at once: charged once, with the whole.
    let (first, second) = tokio::join!(pay(&desk, row.id), pay(&desk, row.id));
    let outcomes = [first?, second?];
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
    assert_eq!(desk.payment(row.id).await?.state, PaymentState::Paid);
    assert_eq!(desk.kept().await?, (50_000 - 30_001, 30_001));
    desk.verified().await?;
    // What was paid stays so: for the file, for the API, and for the application's own role.
    let late = desk.act(&desk.senior, async |context| cancel_payment_file(context, again.id, "Late").await).await?;
    assert_eq!(late.err(), Some(Code::WrongState));
    let tx = desk.test.services.db.write().await?;
    tx.execute_unprepared(&format!("select app.enter_brand('{brand}')")).await?;
    let changed = tx
        .execute_unprepared(&format!("update payment set amount_minor = 1, withheld_minor = 0 where id = '{}'", row.id))
        .await;
    assert!(changed.is_err_and(|error| error.to_string().contains("not changed once")));
    Ok(())
}

async fn pay(desk: &Desk, id: Uuid) -> Result<Result<(), Code>> {
    let version = desk.payment(id).await?.version;
    desk.act(&desk.senior, async |context| pay_payment(context, id, version, "SEPA 7").await.map(drop)).await
}

#[tokio::test]
async fn two_payments_that_race_for_the_last_of_a_fee_do_not_both_get_it() -> Result<()> {
    let desk = Arc::new(Desk::new().await?);
    let contract = desk.contract(1_000, true).await?;
    let mut racing = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let desk = Arc::clone(&desk);
        racing.spawn(async move {
            let content = plan("A part", 100, None)?;
            desk.act(&desk.mid, async |context| create_payment(context, contract, content).await).await
        });
    }
    let (mut planned, mut refused) = (0, 0);
    while let Some(done) = racing.join_next().await {
        match done?? {
            Ok(_) => planned += 1,
            Err(code) => {
                assert_eq!(code, Code::FeeExceeded);
                refused += 1;
            }
        }
    }
    assert_eq!((planned, refused), (10, 10));
    let sum: i64 = desk.test.db.value("select sum(amount_minor)::bigint from payment").await?;
    assert_eq!(sum, 1_000);
    // The database says the same to whoever writes.
    let more = format!(
        "insert into payment (id, brand_id, contract_id, title, milestone, due_on, amount_minor, withholding_bp, withheld_minor, state, authors,
           created_by, created_at, updated_at)
         select gen_random_uuid(), brand_id, contract_id, 'More', 'DATE', due_on, 1, 0, 0, 'BLOCKED', authors, created_by, now(), now()
         from payment where contract_id = '{contract}' limit 1"
    );
    let around = desk.test.db.run(&more).await;
    assert!(format!("{:#}", around.err().context("it fits")?).contains("no more than its fee"));
    Ok(())
}

#[tokio::test]
async fn whatever_is_planned_and_changed_the_parts_are_no_more_than_the_fee() -> Result<()> {
    let desk = Desk::new().await?;
    let fee = 10_000;
    let contract = desk.contract(fee, true).await?;
    let mut runner = TestRunner::deterministic();
    let steps = proptest::collection::vec((0..3_u8, 1..4_000_i64, 0..=10_000_i32, any::<u8>()), 60);
    let steps = steps.new_tree(&mut runner).map_err(|why| anyhow::anyhow!("{why}"))?.current();
    for (what, amount, share, which) in steps {
        let filter = PaymentFilter { contract_id: Some(contract), states: vec![PaymentState::Due] };
        let brand = desk.brand;
        let open = desk.must(&desk.mid, async |context| payments(context, brand, &filter, page()).await).await?.rows;
        let mut content = plan("A part", amount, None)?;
        content.withholding_bp = Some(share);
        let before: i64 = open.iter().map(|row| row.amount_minor).sum();
        let chosen = open.get(usize::from(which) % open.len().max(1)).cloned();
        let (outcome, after) = match (what, chosen) {
            (1, Some(row)) => {
                let after = before - row.amount_minor + amount;
                let done =
                    desk.act(&desk.mid, async |context| update_payment(context, row.id, row.version, content).await);
                (done.await?, after)
            }
            (2, Some(row)) => {
                let done =
                    desk.act(&desk.mid, async |context| cancel_payment(context, row.id, row.version, "Not so").await);
                (done.await?, before - row.amount_minor)
            }
            _ => {
                let done = desk.act(&desk.mid, async |context| create_payment(context, contract, content).await);
                (done.await?, before + amount)
            }
        };
        // Allowed exactly where it fits.
        assert_eq!(outcome.is_ok(), after <= fee, "{before} to {after}: {outcome:?}");
        let sums = "select coalesce(sum(amount_minor), 0)::bigint from payment where state <> 'CANCELED'";
        let kept: i64 = desk.test.db.value(sums).await?;
        assert_eq!(kept, if outcome.is_ok() { after } else { before });
        if let Ok(row) = outcome {
            assert_eq!(Some(row.withheld_minor), withheld_of(row.amount_minor, row.withholding_bp));
        }
    }
    Ok(())
}

#[tokio::test]
async fn what_is_accepted_first_frees_its_payment_alone() -> Result<()> {
    let desk = Desk::new().await?;
    let contract = desk.contract(50_000, true).await?;
    let (first, second) = (desk.deliverable(contract).await?, desk.deliverable(contract).await?);
    let mut rows = Vec::new();
    for film in [&first, &second] {
        let content = plan("A film", 10_000, Some(film.id))?;
        rows.push(desk.must(&desk.mid, async |context| create_payment(context, contract, content).await).await?);
    }
    desk.deliver(&first).await?;
    assert_eq!(desk.payment(rows[0].id).await?.state, PaymentState::Due);
    assert_eq!(desk.payment(rows[1].id).await?.state, PaymentState::Blocked);
    // The number of statements does not grow with the payments that wait.
    for _ in 0..20 {
        let content = plan("More", 1_000, Some(second.id))?;
        desk.must(&desk.mid, async |context| create_payment(context, contract, content).await).await?;
    }
    let before = desk.test.db.statements();
    desk.deliver(&second).await?;
    let taken = desk.test.db.statements() - before;
    let due: i64 = desk.test.db.value("select count(*) from payment where state = 'DUE'").await?;
    assert_eq!(due, 22);
    assert!(taken < 60, "{taken} statements");
    Ok(())
}
