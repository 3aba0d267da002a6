//! The signed file of an accepted proposal, and links that were lost.

use anyhow::{Context as _, Result};
use diwan_domain::proposals::{
    PDF_KIND, brand_of_proposal, open_proposal, open_proposal_page_accepted, resend_proposal_link, verify_proposal,
    withdraw_proposal,
};
use diwan_domain::public_links::{LinkEnding, Opened};
use diwan_domain::{Code, Context, Failure};
use diwan_platform::crypto::sha256;
use diwan_platform::storage::Key;
use sea_orm::ConnectionTrait as _;
use uuid::Uuid;

use crate::proposals::desk::{Desk, accept};

/// What does not hold of a proposal.
async fn broken(desk: &Desk, id: Uuid) -> Result<Vec<String>> {
    let proofs = verify_proposal(&desk.test.services, (desk.brand, id)).await?;
    Ok(proofs.into_iter().filter(|proof| !proof.holds).map(|proof| proof.what).collect())
}

#[tokio::test]
async fn what_was_accepted_is_a_signed_file_that_stays() -> Result<()> {
    let desk = Desk::new().await?;
    let (row, secret) = desk.sent().await?;
    let page = desk.page(&secret).await?;
    assert!(page.signed.is_none());
    let early = open_proposal_page_accepted(&desk.test.services, &secret).await;
    assert!(matches!(early, Err(Failure::Refused(errors)) if errors[0].code == Code::NotFound));
    let print = page.lines.iter().find(|line| line.optional).context("an option")?.id;
    let accepted = desk.answer(&secret, &page.digest, accept(vec![print])).await?;
    assert_eq!(accepted, Ok(()));
    let none: i64 = desk.test.db.value("select count(*) from proposal_acceptance where file_at is not null").await?;
    assert_eq!(none, 0, "nothing is laid out while the client waits");

    // The second run finds it done.
    desk.test.run_jobs().await?;
    desk.test.run_jobs().await?;
    let acceptance: Uuid = desk.test.db.value("select id from proposal_acceptance").await?;
    let kept: String = desk.test.db.value("select encode(file_sha256, 'hex') from proposal_acceptance").await?;
    let key = Key::new(PDF_KIND, desk.brand, acceptance);
    let file = desk.test.services.storage.get(key).await?;
    assert!(file.starts_with(b"%PDF-"));
    assert_eq!(data_encoding::HEXLOWER.encode(&sha256(&file)), kept);
    let recorded: String = desk
        .test
        .db
        .value("select string_agg(detail ->> 'sha256', ' ') from audit_event where action = 'proposal.signed_document'")
        .await?;
    assert_eq!(recorded, kept, "once, with its digest");
    assert!(desk.page(&secret).await?.signed.as_ref().is_some_and(|signed| signed.file));
    assert!(open_proposal_page_accepted(&desk.test.services, &secret).await.is_ok());
    // The client is written to once, with a link that nobody of the team has seen.
    let written = "select string_agg(recipient, ' ') from letter where template = 'proposal-signed'";
    assert_eq!(desk.test.db.value::<String>(written).await?, "amal@nour.example");
    let links = "select count(*) || ' ' || count(created_by) from public_link where revoked_at is null";
    assert_eq!(desk.test.db.value::<String>(links).await?, "2 1");

    assert_eq!(brand_of_proposal(&desk.test.db.owner, row.id).await?, Some(desk.brand));
    assert_eq!(brand_of_proposal(&desk.test.db.owner, Uuid::nil()).await?, None);
    assert_eq!(broken(&desk, row.id).await?, Vec::<String>::new());
    desk.test.services.storage.put(key, b"%PDF-1.7 another").await?;
    let found = broken(&desk, row.id).await?;
    assert!(found.len() == 1 && found[0].starts_with("the file of the signed document"), "{found:?}");
    desk.test.services.storage.put(key, &file).await?;
    let proofs = verify_proposal(&desk.test.services, (desk.brand, row.id)).await?;
    assert_eq!(proofs.len(), 6, "{proofs:?}");

    // Neither the application's role nor the superuser writes another over it.
    for sql in [
        "update proposal_acceptance set file_sha256 = sha256('x')",
        "update proposal_acceptance set file_at = null, file_bytes = null, file_sha256 = null",
        "update proposal_acceptance set signer_name = 'Somebody'",
    ] {
        let tx = desk.test.services.db.write().await?;
        tx.execute_unprepared(&format!("select app.enter_brand('{}')", desk.brand)).await?;
        assert!(tx.execute_unprepared(sql).await.is_err(), "{sql}");
        tx.rollback().await?;
        assert!(desk.test.db.run(sql).await.is_err(), "also for the owner: {sql}");
    }
    assert_eq!(broken(&desk, row.id).await?, Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn a_lost_link_is_sent_anew_and_the_old_one_is_dead() -> Result<()> {
    let desk = Desk::new().await?;
    let draft = desk.draft(crate::proposals::desk::content()).await?;
    let resend = |id| async move |context: &Context| resend_proposal_link(context, id).await;
    assert_eq!(desk.act(&desk.chief, resend(draft.id)).await?.err(), Some(Code::WrongState));
    let (row, first) = desk.sent().await?;
    assert_eq!(desk.act(&desk.mid, resend(row.id)).await?.err(), Some(Code::Forbidden));
    assert_eq!(desk.count("public_link").await?, 1);
    desk.page(&first).await?;

    let letters = "select count(*) from letter where template = 'proposal-link'";
    let mut secret = first;
    for sent in 1..=2 {
        let (_, url) = desk.must(&desk.chief, resend(row.id)).await?;
        let ended = open_proposal(&desk.test.services, &secret).await?;
        assert!(matches!(ended, Opened::Ended(LinkEnding::Revoked, _)), "{ended:?}");
        secret = url.path_segments().and_then(|mut all| all.next_back()).context("a secret")?.to_owned();
        let page = desk.page(&secret).await?;
        assert_eq!((desk.test.db.value::<i64>(letters).await?, page.reader.as_str()), (sent, "Amal"));
        if sent == 1 {
            // What was accepted by the link before is read by the next.
            assert_eq!(desk.answer(&secret, &page.digest, accept(vec![])).await?, Ok(()));
        } else {
            assert!(page.signed.is_some());
        }
    }
    let (other, _) = desk.sent().await?;
    desk.must(&desk.chief, async |context| withdraw_proposal(context, other.id, 1).await).await?;
    assert_eq!(desk.act(&desk.chief, resend(other.id)).await?.err(), Some(Code::WrongState));
    Ok(())
}

#[tokio::test]
async fn what_was_accepted_before_there_were_signed_files_gets_one() -> Result<()> {
    let desk = Desk::new().await?;
    let (_, secret) = desk.sent().await?;
    let page = desk.page(&secret).await?;
    assert_eq!(desk.answer(&secret, &page.digest, accept(vec![])).await?, Ok(()));
    let before = "delete from job where kind = 'render_acceptance';
      alter table proposal_acceptance disable trigger guard_acceptance_file;
      update proposal_acceptance set signed_at = signed_at - interval '1 year';
      alter table proposal_acceptance enable trigger guard_acceptance_file";
    desk.test.db.run(before).await?;
    let undo = "alter table webhook_endpoint drop column owner_id; alter table financial_request drop column owner_id";
    desk.test.db.migrate_again("m0066_left_over", undo).await?;
    desk.test.run_jobs().await?;
    let found = "select (select count(*) from proposal_acceptance where file_at is not null) || ' '
      || (select count(*) from letter where template = 'proposal-signed')";
    assert_eq!(desk.test.db.value::<String>(found).await?, "1 0", "it is no news to the client");
    Ok(())
}
