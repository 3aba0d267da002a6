//! What the other side reads and says while a contract is negotiated, and links that were lost.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use diwan_domain::contracts::{
    Clause, ContractBody, NegotiationStanding, NegotiationView, NewContract, Signing, comment_by_link,
    comment_on_contract, create_contract, negotiate_contract, open_negotiation, open_signing, resend_contract_link,
    sign_contract, update_contract,
};
use diwan_domain::public_links::{Answered, Caller, LinkEnding, Opened};
use diwan_domain::{Code, Context, Failure};
use diwan_entity::contracts::contract::{self, ContractKind};
use diwan_entity::contracts::contract_comment::ContractVisibility::{Internal, Party};
use diwan_entity::contracts::contract_signature::ContractSide;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::ids;
use url::Url;
use uuid::Uuid;

use crate::contracts::desk::Desk;

/// The secret of a link.
fn secret_of(url: &Url) -> Result<String> {
    Ok(url.path_segments().and_then(|mut all| all.next_back()).context("a link with a secret")?.to_owned())
}

/// Shares a contract, and answers the secret of the other side's link.
async fn negotiate(desk: &Desk, row: &contract::Model) -> Result<String> {
    let (id, version) = (row.id, row.version);
    let share = async |context: &Context| negotiate_contract(context, id, version).await;
    let (_, url) = desk.must(&desk.mid, share).await?;
    let url = url.context("a link")?;
    assert!(url.path().starts_with("/contract/"), "{url}");
    secret_of(&url)
}

async fn view(desk: &Desk, secret: &str) -> Result<Box<NegotiationView>> {
    match open_negotiation(&desk.test.services, secret).await? {
        Opened::View(view) => Ok(view),
        Opened::Ended(ending, _) => anyhow::bail!("the link ended as {ending:?}"),
    }
}

/// Says something by a link; a code where it was refused.
async fn say(desk: &Desk, secret: &str, once: Uuid, body: &str) -> Result<Result<(), Code>> {
    match comment_by_link(&Arc::clone(&desk.test.services), secret, (once, body)).await? {
        Answered::Done => Ok(Ok(())),
        Answered::Refused(_, errors) => Ok(Err(errors.first().context("a reason")?.code)),
        Answered::Ended(ending, _) => anyhow::bail!("the link ended as {ending:?}"),
    }
}

async fn letters(desk: &Desk, template: &str) -> Result<i64> {
    desk.test.db.value(&format!("select count(*) from letter where template = '{template}'")).await
}

#[tokio::test]
async fn the_other_side_reads_and_answers_and_the_team_is_told() -> Result<()> {
    let desk = Desk::new().await?;
    let row = desk.begin(30_000).await?;
    let id = row.id;
    let secret = negotiate(&desk, &row).await?;
    assert_eq!(letters(&desk, "contract-to-read").await?, 1);
    for (visibility, body) in [(Internal, "She will take less"), (Party, "Is that fair?")] {
        let say = async |context: &Context| comment_on_contract(context, id, visibility, body).await;
        desk.must(&desk.mid, say).await?;
    }
    assert_eq!(letters(&desk, "contract-reply").await?, 1, "of what is said among the team, nobody outside is told");
    let page = view(&desk, &secret).await?;
    assert_eq!((page.standing, page.reader.as_str()), (NegotiationStanding::Open, "Sara Karimi"));
    let said: Vec<_> = page.said.iter().map(|remark| remark.text.as_str()).collect();
    assert_eq!(said, ["Is that fair?"]);
    assert!(page.terms.iter().any(|(_, value)| value == "300.00 EUR"), "{:?}", page.terms);

    let once = ids::new_id(desk.test.services.now());
    for (body, code) in [(" \n", Code::Invalid), ("\0", Code::Invalid), ("x".repeat(5001).as_str(), Code::TooLong)] {
        assert_eq!(say(&desk, &secret, once, body).await?, Err(code));
    }
    assert_eq!((desk.test.db.count("contract_comment").await?, desk.test.db.count("notice").await?), (2, 0));
    for _ in 0..2 {
        assert_eq!(say(&desk, &secret, once, "Nearly.\r\nOne film less?").await?, Ok(()), "sent again, it counts once");
    }
    let kept = "select author_name || ' ' || visibility || ' ' || number || ' ' || body from contract_comment where author_id is null";
    assert_eq!(desk.test.db.value::<String>(kept).await?, "Sara Karimi PARTY 1 Nearly.\nOne film less?");
    let told = format!(
        "select count(distinct recipient_id) from notice where kind = 'CONTRACT_COMMENTED' and subject_id = '{id}' and mail"
    );
    assert_eq!(desk.test.db.value::<i64>(&told).await?, 2, "the MID, who began it, and the SENIOR of the brand");
    assert_eq!(desk.test.db.count("notice").await?, 2);
    let recorded = "select count(*) from audit_event where action = 'contract.comment' and actor_id is null";
    assert_eq!(desk.test.db.value::<i64>(recorded).await?, 1);
    let said: Vec<_> = view(&desk, &secret).await?.said.iter().map(|remark| remark.by.clone()).collect();
    assert_eq!(said.last().map(String::as_str), Some("Sara Karimi"));
    desk.test.run_jobs().await?;
    Ok(())
}

#[tokio::test]
async fn comments_are_taken_while_it_is_negotiated_and_no_more_than_are_read() -> Result<()> {
    let desk = Desk::new().await?;
    let row = desk.begin(30_000).await?;
    let secret = negotiate(&desk, &row).await?;
    let many = format!(
        "insert into contract_comment (id, brand_id, contract_id, number, visibility, author_name, body, created_at)
         select gen_random_uuid(), '{}', '{}', 1, 'PARTY', 'Sara Karimi', 'And?', now() from generate_series(1, 500)",
        desk.brand, row.id
    );
    desk.test.db.run(&many).await?;
    let once = || ids::new_id(desk.test.services.now());
    assert_eq!(say(&desk, &secret, once(), "And?").await?, Err(Code::TooMany));
    assert_eq!(view(&desk, &secret).await?.said.len(), 500);
    desk.submit(&row).await?;
    assert_eq!(view(&desk, &secret).await?.standing, NegotiationStanding::Deciding);
    assert_eq!(say(&desk, &secret, once(), "Wait").await?, Err(Code::WrongState));
    assert_eq!(desk.test.db.count("contract_comment").await?, 500);
    assert_eq!(desk.test.db.count("notice").await?, 0);
    Ok(())
}

#[tokio::test]
async fn what_is_refused_comes_with_what_is_seen_now() -> Result<()> {
    let desk = Desk::new().await?;
    let row = desk.begin(30_000).await?;
    let secret = negotiate(&desk, &row).await?;
    desk.submit(&row).await?;
    let once = ids::new_id(desk.test.services.now());
    let late = comment_by_link(&desk.test.services, &secret, (once, "Wait")).await?;
    let Answered::Refused(page, errors) = late else { anyhow::bail!("nothing is said any more") };
    assert_eq!((page.standing, errors[0].code), (NegotiationStanding::Deciding, Code::WrongState));
    assert_eq!(desk.test.db.count("contract_comment").await?, 0);
    Ok(())
}

#[tokio::test]
async fn a_link_to_discuss_signs_nothing_and_ends_with_whom_it_is_for() -> Result<()> {
    let desk = Desk::new().await?;
    let row = desk.begin(30_000).await?;
    let id = row.id;
    let secret = negotiate(&desk, &row).await?;
    let other = open_signing(&desk.test.services, &secret).await;
    assert!(matches!(other, Err(Failure::Refused(errors)) if errors[0].code == Code::LinkInvalid));
    // Said anew to the same person: their link shows it.
    let clauses: Vec<_> = diwan_domain::contracts::clauses_of(&row.clauses)?;
    let same = async |context: &Context| update_contract(context, (id, 1), desk.terms(25_000), &clauses).await;
    desk.must(&desk.mid, same).await?;
    let page = view(&desk, &secret).await?;
    assert!(page.terms.iter().any(|(_, value)| value == "250.00 EUR"), "{:?}", page.terms);
    let mut terms = desk.terms(25_000);
    terms.party_email = "another@example.com".to_owned();
    let another = async |context: &Context| update_contract(context, (id, 2), terms, &clauses).await;
    desk.must(&desk.mid, another).await?;
    let ended = open_negotiation(&desk.test.services, &secret).await?;
    assert!(matches!(ended, Opened::Ended(LinkEnding::Revoked, _)), "{ended:?}");
    Ok(())
}

#[tokio::test]
async fn a_lost_link_is_sent_anew_and_the_old_one_is_dead() -> Result<()> {
    let desk = Desk::new().await?;
    let junior = desk.test.member(desk.brand, Level::Junior, UserKind::Staff).await?;
    let row = desk.begin(0).await?;
    let id = row.id;
    let resend = |side| async move |context: &Context| resend_contract_link(context, id, side).await;
    let refused = desk.act(&desk.mid, resend(ContractSide::Theirs)).await?;
    assert_eq!(refused.err(), Some(Code::WrongState), "nobody has a link to a draft");
    let first = negotiate(&desk, &row).await?;
    for (by, side, code) in
        [(&junior, ContractSide::Theirs, Code::Forbidden), (&desk.mid, ContractSide::Ours, Code::Invalid)]
    {
        assert_eq!(desk.act(by, resend(side)).await?.err(), Some(code));
    }
    assert_eq!((desk.test.db.count("public_link").await?, letters(&desk, "contract-to-read").await?), (1, 1));
    let sent = desk.must(&desk.mid, resend(ContractSide::Theirs)).await?;
    let second = secret_of(&sent.url.context("a link to discuss is shown once")?)?;
    assert_eq!(letters(&desk, "contract-to-read").await?, 2);
    assert!(matches!(open_negotiation(&desk.test.services, &first).await?, Opened::Ended(..)));
    view(&desk, &second).await?;

    // One that signs goes by mail alone, so that whoever is to sign for us may ask for it.
    let row = desk.read(id).await?;
    let row = desk.approved(&row).await?;
    let row = desk.sent(&row).await?;
    let theirs = desk.secret(id, ContractSide::Theirs).await?;
    let before = letters(&desk, "contract-to-sign").await?;
    let sent = desk.must(&desk.senior, resend(ContractSide::Theirs)).await?;
    assert_eq!((sent.url, letters(&desk, "contract-to-sign").await?), (None, before + 1));
    assert!(matches!(open_signing(&desk.test.services, &theirs).await?, Opened::Ended(..)));
    let good =
        "select count(*) from public_link where purpose = 'SIGN_CONTRACT' and user_id is null and revoked_at is null";
    assert_eq!(desk.test.db.value::<i64>(good).await?, 1);
    let caller = Caller { address: "192.0.2.9".to_owned(), user_agent: String::new() };
    let signing = Signing { name: "Sami".to_owned(), document: desk.digest(id).await?, caller };
    desk.must(&desk.senior, async |context| sign_contract(context, id, signing).await).await?;
    let again = desk.act(&desk.mid, resend(ContractSide::Ours)).await?;
    assert_eq!(again.err(), Some(Code::AlreadyExists), "they have signed");
    desk.sign(id, ContractSide::Theirs, "Sara Karimi").await?;
    desk.test.run_jobs().await?;
    let sent = desk.must(&desk.mid, resend(ContractSide::Theirs)).await?;
    let last = secret_of(&sent.url.context("a link to look at it is shown once")?)?;
    assert!(matches!(open_signing(&desk.test.services, &last).await?, Opened::View(_)));
    let recorded: i64 =
        desk.test.db.value("select count(*) from audit_event where action = 'contract.resend_link'").await?;
    assert_eq!((recorded, row.version), (3, 1));
    Ok(())
}

#[tokio::test]
async fn a_freelancer_reads_a_contract_in_the_product_and_signs_it_by_a_link_that_is_sent_anew() -> Result<()> {
    let desk = Desk::new().await?;
    let lina = desk.test.member(desk.brand, Level::Junior, UserKind::Freelancer).await?;
    let mut terms = desk.terms(0);
    terms.person_id = Some(lina.id);
    let body = ContractBody::Clauses(vec![Clause { heading: "Work".to_owned(), text: "Two films.".to_owned() }]);
    let new = NewContract { brand_id: desk.brand, kind: ContractKind::Freelancer, amends_id: None, terms, body };
    let id = desk.must(&desk.mid, async |context| create_contract(context, new).await).await?.id;
    let (_, url) = desk.must(&desk.mid, async |context| negotiate_contract(context, id, 1).await).await?;
    assert!(url.is_none());
    let resend = |side| async move |context: &Context| resend_contract_link(context, id, side).await;
    for side in [ContractSide::Theirs, ContractSide::Ours] {
        assert_eq!(desk.act(&desk.mid, resend(side)).await?.err(), Some(Code::Invalid), "{side:?}");
    }
    assert_eq!((desk.test.db.count("public_link").await?, desk.test.db.count("letter").await?), (0, 0));

    let row = desk.approved(&desk.read(id).await?).await?;
    desk.sent(&row).await?;
    let first = desk.secret(id, ContractSide::Theirs).await?;
    let before = letters(&desk, "contract-to-sign").await?;
    assert_eq!(desk.act(&lina, resend(ContractSide::Theirs)).await?.err(), Some(Code::Forbidden));
    assert_eq!(letters(&desk, "contract-to-sign").await?, before);
    let anew = desk.must(&desk.mid, resend(ContractSide::Theirs)).await?;
    assert!(anew.url.is_none(), "the letter alone has it");
    let written = "select count(*) from letter where template = 'contract-to-sign' and recipient = 'sara@example.com'";
    assert_eq!((letters(&desk, "contract-to-sign").await?, desk.test.db.value::<i64>(written).await?), (before + 1, 2));
    assert!(matches!(open_signing(&desk.test.services, &first).await?, Opened::Ended(..)));
    Ok(())
}
