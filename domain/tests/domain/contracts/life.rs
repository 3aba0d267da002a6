//! From a draft to its end, and what of the money goes along.

use anyhow::{Context as _, Result};
use chrono::Days;
use diwan_domain::contracts::{
    Clause, ContractBody, NewContract, SigningAct, SigningStanding, TemplateContent, complete_contract,
    contract_changes, create_contract, create_contract_template, decline_contract, may_become, open_signing,
    report_contract_breach, send_contract, submit_contract, terminate_contract, update_contract,
};
use diwan_domain::public_links::{Answered, Opened};
use diwan_domain::{Code, Context, Failure};
use diwan_entity::contracts::contract::{ContractKind, ContractState};
use diwan_entity::contracts::contract_signature::ContractSide;
use diwan_entity::tenancy::agency::Locale;
use sea_orm::{ActiveEnum as _, Iterable as _};

use crate::contracts::desk::Desk;

fn clause(heading: &str, text: &str) -> Clause {
    Clause { heading: heading.to_owned(), text: text.to_owned() }
}

#[tokio::test]
async fn a_template_is_filled_in_and_what_has_no_value_is_named() -> Result<()> {
    let desk = Desk::new().await?;
    let content = TemplateContent {
        name: "Films".to_owned(),
        locale: Locale::En,
        clauses: vec![clause(
            "{{title}}",
            "{{ party_name }} makes {{films}} for {{fee}}, from {{starts_on}}, in {{city}}.",
        )],
    };
    let brand = desk.brand;
    let template =
        async |context: &Context| create_contract_template(context, brand, ContractKind::Influencer, &content).await;
    assert_eq!(desk.act(&desk.mid, template).await?.err(), Some(Code::Forbidden));
    let template =
        async |context: &Context| create_contract_template(context, brand, ContractKind::Influencer, &content).await;
    let template = desk.must(&desk.senior, template).await?;
    let new = |values: &[(&str, &str)]| NewContract {
        brand_id: brand,
        kind: ContractKind::Influencer,
        amends_id: None,
        terms: desk.terms(40_000),
        body: ContractBody::Template {
            template_id: template.id,
            values: values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        },
    };
    let context = desk.test.act(&desk.mid).await?;
    let Err(Failure::Refused(errors)) = create_contract(&context, new(&[("films", "two films")])).await else {
        anyhow::bail!("a template with a hole was taken");
    };
    context.roll_back().await?;
    let missing: Vec<_> = errors.iter().map(|error| (error.code, error.field.join("."))).collect();
    assert_eq!(missing, [(Code::VariableMissing, "values.city".to_owned())]);
    let row = desk
        .must(&desk.mid, async |context| {
            create_contract(context, new(&[("films", "two films {{fee}}"), ("city", "Piraeus")])).await
        })
        .await?;
    let said = row.clauses[0]["text"].as_str().context("a clause")?;
    assert!(said.starts_with("Sara Karimi makes two films {{fee}} for 400.00 EUR, from "), "{said}");
    assert!(said.ends_with(", in Piraeus."), "{said}");
    assert_eq!(row.clauses[0]["heading"], "Spring films");
    Ok(())
}

#[tokio::test]
async fn a_contract_is_approved_by_its_amount_and_its_fee_is_committed() -> Result<()> {
    let desk = Desk::new().await?;
    let row = desk.begin(60_000).await?;
    let request = desk.submit(&row).await?;
    assert_eq!(desk.state(row.id).await?, ContractState::InApproval);
    assert_eq!(desk.decide(&desk.mid, &request, 1).await?.err(), Some(Code::FourEyes), "the author");
    desk.decide(&desk.senior, &request, 1).await?.ok().context("step 1")?;
    let refused = desk.decide(&desk.senior, &request, 2).await?.err();
    assert!(matches!(refused, Some(Code::LimitExceeded | Code::NotYourTurn)), "above the SENIOR's limit: {refused:?}");
    assert_eq!(desk.committed().await?, 0);
    desk.decide(&desk.chief, &request, 2).await?.ok().context("step 2")?;
    assert_eq!((desk.state(row.id).await?, desk.committed().await?), (ContractState::Approved, 60_000));
    // The next does not fit any more: it is not approved, and nothing is committed for it.
    let other = desk.begin(50_000).await?;
    let request = desk.submit(&other).await?;
    desk.decide(&desk.senior, &request, 1).await?.ok().context("step 1")?;
    assert_eq!(desk.decide(&desk.senior, &request, 2).await?.err(), Some(Code::BudgetExceeded));
    assert_eq!((desk.state(other.id).await?, desk.committed().await?), (ContractState::InApproval, 60_000));
    Ok(())
}

#[tokio::test]
async fn what_is_not_whole_is_not_submitted() -> Result<()> {
    let desk = Desk::new().await?;
    let mut terms = desk.terms(100);
    (terms.line_id, terms.starts_on) = (None, None);
    let new = NewContract {
        brand_id: desk.brand,
        kind: ContractKind::Vendor,
        amends_id: None,
        terms,
        body: ContractBody::Clauses(Vec::new()),
    };
    let row = desk.must(&desk.mid, async |context| create_contract(context, new).await).await?;
    let context = desk.test.act(&desk.mid).await?;
    let Err(Failure::Refused(errors)) = submit_contract(&context, row.id, 1).await else {
        anyhow::bail!("half a contract was submitted");
    };
    context.roll_back().await?;
    let fields: Vec<_> = errors.iter().map(|error| error.field.join(".")).collect();
    assert_eq!(fields, ["startsOn", "clauses", "lineId"]);
    assert_eq!(desk.state(row.id).await?, ContractState::Draft);
    Ok(())
}

#[tokio::test]
async fn a_change_takes_back_approval_money_and_links() -> Result<()> {
    let desk = Desk::new().await?;
    let row = desk.begin(30_000).await?;
    let row = desk.approved(&row).await?;
    let row = desk.sent(&row).await?;
    assert_eq!((row.state, desk.committed().await?), (ContractState::Sent, 30_000));
    let theirs = desk.secret(row.id, ContractSide::Theirs).await?;
    let digest = desk.digest(row.id).await?;
    let sign = || SigningAct::Sign { name: "Sara Karimi".to_owned() };
    assert!(matches!(desk.answer(&theirs, sign(), &digest).await?, Answered::Done));

    let clauses = [clause("Work", "Three films.")];
    let changed = desk
        .must(&desk.mid, async |context| {
            update_contract(context, (row.id, row.version), desk.terms(45_000), &clauses).await
        })
        .await?;
    assert_eq!((changed.state, changed.version, desk.committed().await?), (ContractState::Negotiating, 2, 0));
    let approvals: String = desk.test.db.value("select string_agg(state, ' ') from approval_request").await?;
    assert_eq!(approvals, "VOIDED");
    let opened = open_signing(&desk.test.services, &theirs).await?;
    assert!(matches!(opened, Opened::Ended(..)), "{opened:?}");
    let changes = desk.must(&desk.mid, async |context| contract_changes(context, &changed, (1, 2)).await).await?;
    assert_eq!((changes.terms.len(), changes.clauses.len()), (1, 1));

    // What was signed before counts for nothing in what is signed now.
    let row = desk.bring_to_signature(&changed).await?;
    assert_eq!((row.state, desk.committed().await?), (ContractState::Active, 45_000));
    assert_eq!(desk.test.db.count("contract_signature").await?, 3);
    assert_eq!(desk.broken(row.id).await?, Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn a_change_while_the_document_is_made_sends_nothing() -> Result<()> {
    let desk = Desk::new().await?;
    let row = desk.begin(0).await?;
    let row = desk.approved(&row).await?;
    let (id, version, signer) = (row.id, row.version, desk.senior.id);
    let junior = desk.mid.id;
    let refused = desk.act(&desk.mid, async |context| send_contract(context, (id, version), junior).await).await?;
    assert_eq!(refused.err(), Some(Code::Forbidden), "a MID does not sign");
    desk.must(&desk.mid, async |context| send_contract(context, (id, version), signer).await).await?;
    let twice = desk.act(&desk.mid, async |context| send_contract(context, (id, version), signer).await).await?;
    assert_eq!(twice.err(), Some(Code::AlreadyExists));
    let clauses = [clause("Work", "None.")];
    desk.must(&desk.mid, async |context| update_contract(context, (id, version), desk.terms(0), &clauses).await)
        .await?;
    desk.test.run_jobs().await?;
    assert_eq!(desk.state(id).await?, ContractState::Negotiating);
    let states: String = desk.test.db.value("select string_agg(state, ' ') from contract_document").await?;
    assert_eq!((states.as_str(), desk.test.db.count("public_link").await?), ("VOID", 0));
    Ok(())
}

#[tokio::test]
async fn the_other_side_declines_with_a_reason_and_the_money_is_free() -> Result<()> {
    let desk = Desk::new().await?;
    let row = desk.begin(20_000).await?;
    let row = desk.approved(&row).await?;
    let row = desk.sent(&row).await?;
    let (theirs, ours) =
        (desk.secret(row.id, ContractSide::Theirs).await?, desk.secret(row.id, ContractSide::Ours).await?);
    let digest = desk.digest(row.id).await?;
    let decline = |reason: &str| SigningAct::Decline { reason: reason.to_owned() };
    let refused = desk.answer(&theirs, decline(" "), &digest).await?;
    assert!(matches!(&refused, Answered::Refused(_, errors) if errors[0].code == Code::ReasonRequired), "{refused:?}");
    let refused = desk.answer(&ours, decline("No"), &digest).await?;
    assert!(matches!(refused, Answered::Refused(..)), "we take back, and do not decline");
    assert_eq!((desk.state(row.id).await?, desk.committed().await?), (ContractState::Sent, 20_000));
    assert!(matches!(desk.answer(&theirs, decline("Too little"), &digest).await?, Answered::Done));
    let row = desk.read(row.id).await?;
    assert_eq!((row.state, row.end_reason.as_str()), (ContractState::Declined, "Too little"));
    assert_eq!(desk.committed().await?, 0);
    let Opened::View(view) = open_signing(&desk.test.services, &theirs).await? else {
        anyhow::bail!("whoever declined sees that they did");
    };
    assert_eq!(view.standing, SigningStanding::Declined);
    let late = desk.answer(&ours, SigningAct::Sign { name: "Sami".to_owned() }, &digest).await?;
    assert!(matches!(late, Answered::Refused(..)), "{late:?}");
    Ok(())
}

#[tokio::test]
async fn amendments_cost_besides_and_end_with_what_they_amend() -> Result<()> {
    let desk = Desk::new().await?;
    let row = desk.signed(30_000).await?;
    assert_eq!(row.state, ContractState::Active);
    let amendment = desk.begin_amending(5_000, Some(row.id)).await?;
    let amendment = desk.bring_to_signature(&amendment).await?;
    assert_eq!((amendment.state, desk.committed().await?), (ContractState::Active, 35_000));
    let again = NewContract {
        brand_id: desk.brand,
        kind: ContractKind::Influencer,
        amends_id: Some(amendment.id),
        terms: desk.terms(1),
        body: ContractBody::Clauses(Vec::new()),
    };
    let refused = desk.act(&desk.mid, async |context| create_contract(context, again).await).await?;
    assert_eq!(refused.err(), Some(Code::Invalid), "an amendment is not amended");

    let open = desk.begin_amending(0, Some(row.id)).await?;
    let open = desk.approved(&open).await?;
    let open = desk.sent(&open).await?;
    let id = row.id;
    let end = async |context: &Context| terminate_contract(context, id, " ").await;
    assert_eq!(desk.act(&desk.senior, end).await?.err(), Some(Code::ReasonRequired));
    let end = async |context: &Context| terminate_contract(context, id, "She has moved").await;
    assert_eq!(desk.act(&desk.mid, end).await?.err(), Some(Code::Forbidden));
    let end = async |context: &Context| terminate_contract(context, id, "She has moved").await;
    desk.must(&desk.senior, end).await?;
    for id in [row.id, amendment.id] {
        assert_eq!(desk.state(id).await?, ContractState::Terminated);
    }
    assert_eq!(desk.committed().await?, 0);
    // What amends a contract that is over is not signed any more.
    let (secret, digest) = (desk.secret(open.id, ContractSide::Theirs).await?, desk.digest(open.id).await?);
    let late = desk.answer(&secret, SigningAct::Sign { name: "Sara".to_owned() }, &digest).await?;
    assert!(matches!(&late, Answered::Refused(_, errors) if errors[0].code == Code::WrongState), "{late:?}");
    assert_eq!(desk.broken(row.id).await?, Vec::<String>::new(), "what was signed stays as it was");
    Ok(())
}

#[tokio::test]
async fn what_was_carried_out_lets_go_of_what_is_left() -> Result<()> {
    let desk = Desk::new().await?;
    let row = desk.signed(30_000).await?;
    let id = row.id;
    let declined = desk.act(&desk.mid, async |context| decline_contract(context, id, "No").await).await?;
    assert_eq!(declined.err(), Some(Code::WrongState), "it is signed");
    desk.must(&desk.senior, async |context| complete_contract(context, id).await).await?;
    assert_eq!((desk.state(id).await?, desk.committed().await?), (ContractState::Completed, 0));
    let other = desk.signed(10_000).await?.id;
    desk.must(&desk.senior, async |context| report_contract_breach(context, other, "Nothing came").await).await?;
    assert_eq!((desk.state(other).await?, desk.committed().await?), (ContractState::Breached, 10_000));
    desk.must(&desk.senior, async |context| terminate_contract(context, other, "Nothing came").await).await?;
    assert_eq!((desk.state(other).await?, desk.committed().await?), (ContractState::Terminated, 0));
    Ok(())
}

#[tokio::test]
async fn the_team_is_told_before_the_end_once() -> Result<()> {
    let desk = Desk::new().await?;
    let mut terms = desk.terms(0);
    terms.ends_on = desk.today().checked_add_days(Days::new(20));
    let row = desk.begin(0).await?;
    let clauses = [clause("Work", "Two films.")];
    let row =
        desk.must(&desk.mid, async |context| update_contract(context, (row.id, 1), terms, &clauses).await).await?;
    let row = desk.bring_to_signature(&row).await?;
    desk.test.run_jobs().await?;
    let told: i64 = desk
        .test
        .db
        .value(&format!("select count(distinct recipient_id) from notice where subject_id = '{}'", row.id))
        .await?;
    assert_eq!(told, 2, "the MID and the SENIOR of the brand");
    let notices: i64 = desk.test.db.value("select count(*) from notice where kind = 'CONTRACT_ENDING'").await?;
    assert_eq!(notices, told);
    Ok(())
}

#[tokio::test]
async fn the_database_holds_to_the_same_steps() -> Result<()> {
    let desk = Desk::new().await?;
    for from in ContractState::iter() {
        for to in ContractState::iter() {
            let sql = format!("select app.contract_step('{}', '{}')", from.to_value(), to.to_value());
            let may: bool = desk.test.db.value(&sql).await?;
            assert_eq!(may, may_become(from, to), "{from:?} to {to:?}");
        }
    }
    let row = desk.begin(0).await?;
    let jump = format!("update contract set state = 'COMPLETED', ended_at = now() where id = '{}'", row.id);
    assert!(desk.test.db.run(&jump).await.is_err(), "also for the owner");
    assert_eq!(desk.state(row.id).await?, ContractState::Draft);
    Ok(())
}
