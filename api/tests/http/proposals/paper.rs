//! The signed file of an accepted proposal, and links that were lost, through HTTP; and what is refused.

use anyhow::{Context as _, Result};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::crypto::sha256;
use serde_json::{Value, json};
use url::Url;

use super::{Offers, hidden, said, text};
use crate::kit::{fingerprint, nobodys};

#[tokio::test]
async fn the_signed_file_is_fetched_by_the_client_and_by_the_team() -> Result<()> {
    let offers = Offers::new().await?;
    let proposal = offers.draft(said("EUR", "EN")).await?;
    let path = offers.send(&proposal).await?;
    let page = text(&offers.desk.app.client.get(&path).await?);
    let signed = format!("{path}/accepted");
    assert!(!page.contains(&signed), "{page}");
    assert_eq!(offers.desk.app.client.get(&signed).await?.status, 404, "nobody has accepted it");
    let (once, digest) = (hidden(&page, "once")?, hidden(&page, "digest")?);
    let yes = [("act", "accept"), ("name", "Amal Haddad"), ("once", once.as_str()), ("digest", digest.as_str())];
    assert_eq!(offers.post(&path, &yes).await?.status, 303);
    assert_eq!(offers.desk.app.client.get(&signed).await?.status, 404, "it is being made");
    offers.desk.app.run_jobs().await?;

    let page = text(&offers.desk.app.client.get(&path).await?);
    assert!(page.contains(&format!("href=\"{signed}\"")), "{page}");
    let file = offers.desk.app.client.get(&signed).await?;
    assert_eq!((file.status.as_u16(), file.header("content-type")), (200, Some("application/pdf")));
    let disposition = file.header("content-disposition").unwrap_or_default();
    assert!(disposition.contains("proposal-accepted.pdf"), "{disposition}");
    let fields = "acceptance { file { url expiresAt } fileSha256 }";
    let seen = offers.read(&offers.desk.person, &proposal, fields).await?;
    assert_eq!(seen["acceptance"]["fileSha256"], data_encoding::HEXLOWER.encode(&sha256(&file.body)));
    let url = seen["acceptance"]["file"]["url"].as_str().context("an address")?;
    assert_eq!(offers.desk.app.client.get(url).await?.body, file.body);
    // Of clients the address on the network of whoever signed is kept, and so is the file that shows it.
    let client = offers.desk.app.member(offers.desk.brand, Level::Junior, UserKind::Client).await?;
    let theirs = offers.read(&client, &proposal, "acceptance { signerName file { url } fileSha256 }").await?;
    assert_eq!(theirs["acceptance"]["file"], Value::Null);
    assert_eq!(theirs["acceptance"]["signerName"], "Amal Haddad");
    for unknown in ["/proposals/accepted/x", "/proposal/dwl_x/accepted"] {
        assert_eq!(offers.desk.app.client.get(unknown).await?.status, 404, "{unknown}");
    }
    // A link for one file is none for another.
    let crossed = url.replace("/proposals/accepted/", "/proposals/");
    assert_eq!(offers.desk.app.client.get(&crossed).await?.status, 404);
    Ok(())
}

#[tokio::test]
async fn a_lost_link_is_sent_anew_by_those_who_may_send() -> Result<()> {
    let offers = Offers::new().await?;
    let desk = &offers.desk;
    let draft = offers.draft(said("EUR", "EN")).await?;
    let proposal = offers.draft(said("EUR", "EN")).await?;
    let first = offers.send(&proposal).await?;
    let mid = desk.app.member(desk.brand, Level::Mid, UserKind::Staff).await?;
    let client = desk.app.member(desk.brand, Level::Junior, UserKind::Client).await?;
    let freelancer = desk.app.member(desk.brand, Level::Junior, UserKind::Freelancer).await?;
    let which = |id: &str| json!({ "proposalId": id });
    let before = fingerprint(&desk.app).await?;
    for (person, id, code) in [
        (&mid, proposal.as_str(), "FORBIDDEN"),
        (&client, proposal.as_str(), "FORBIDDEN"),
        (&freelancer, proposal.as_str(), "NOT_FOUND"),
        (&desk.person, draft.as_str(), "WRONG_STATE"),
        (&desk.person, nobodys("proposal").as_str(), "NOT_FOUND"),
    ] {
        let answer = desk.app.client.try_mutate(&person.token, "resendProposalLink", "url", which(id)).await?;
        assert_eq!(answer.user_codes("resendProposalLink"), [code], "{id}: {}", answer.body);
    }
    assert_eq!(fingerprint(&desk.app).await?, before, "a refusal left something");
    assert_eq!(desk.app.client.get(&first).await?.status, 200);
    let sent = desk.mutate("resendProposalLink", "proposal { id } url", which(&proposal)).await?;
    let second = Url::parse(&sent.text("resendProposalLink.url")?)?.path().to_owned();
    assert_ne!(first, second);
    assert_eq!(desk.app.client.get(&first).await?.status, 410, "the link before is dead");
    assert_eq!(desk.app.client.get(&format!("{first}/file")).await?.status, 410);
    assert!(text(&desk.app.client.get(&second).await?).contains("A spring with films"));
    let letters = "select count(*) from letter where template = 'proposal-link' and recipient = 'amal@nour.example'";
    assert_eq!(desk.app.db.value::<i64>(letters).await?, 1);
    Ok(())
}
