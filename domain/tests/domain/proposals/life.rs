//! How a proposal goes on until then, and how it ends otherwise.

use std::sync::Arc;

use anyhow::Result;
use chrono::{DateTime, Duration, Utc};
use diwan_domain::approvals::{Decision, request_changes};
use diwan_domain::proposals::{
    ClientAct, Discount, Part, ProposalContent, STEPS, compare_versions, create_proposal,
    create_proposal_from_template, may_step, open_proposal, proposals_by_ids, revise_proposal, save_proposal_template,
    submit_proposal, update_proposal, versions_of_proposals, withdraw_proposal,
};
use diwan_domain::public_links::{LinkEnding, Opened};
use diwan_domain::{Code, Context, Failure};
use diwan_entity::proposals::proposal::ProposalState;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::clock::ManualClock;
use diwan_testkit::TestServices;
use diwan_testkit::services::Settings;
use sea_orm::{ActiveEnum as _, Iterable as _};

use crate::proposals::desk::{DISCOUNT, Desk, accept, content, day};

#[tokio::test]
async fn the_steps_in_the_database_are_those_of_the_domain() -> Result<()> {
    let test = TestServices::new().await?;
    for from in ProposalState::iter() {
        for to in ProposalState::iter() {
            let sql = format!("select app.proposal_step('{}', '{}')", from.to_value(), to.to_value());
            assert_eq!(test.db.value::<bool>(&sql).await?, may_step(from, to), "{from:?} to {to:?}");
        }
    }
    assert_eq!(STEPS.len(), 15);
    Ok(())
}

#[tokio::test]
async fn the_review_climbs_by_the_discount_and_a_change_takes_it_away() -> Result<()> {
    let desk = Desk::new().await?;
    let senior = desk.test.member(desk.brand, Level::Senior, UserKind::Staff).await?;
    let other = desk.test.member(desk.brand, Level::Mid, UserKind::Staff).await?;
    let limit = format!(
        "insert into brand_approval_limit (id, brand_id, level, kind, currency, amount_minor, updated_at)
           values (gen_random_uuid(), '{}', 'SENIOR', 'PROPOSAL', 'EUR', {}, now())",
        desk.brand,
        DISCOUNT - 1
    );
    desk.test.db.run(&limit).await?;
    let row = desk.draft(content()).await?;
    assert_eq!(desk.send(&row).await?, Err(Code::WrongState), "nothing unreviewed is sent");
    let request = desk.submit(&row).await?;
    assert_eq!((request.amount_minor, request.currency.as_deref()), (Some(DISCOUNT), Some("EUR")));
    assert_eq!(desk.send(&row).await?, Err(Code::ProposalNotReviewed));
    assert!(desk.decide(&other, &request, 1).await?.is_ok());
    assert_eq!(desk.decide(&senior, &request, 2).await?.err(), Some(Code::LimitExceeded));

    // Another person changes it: the review is void, and they are an author of the next.
    let mut cheaper = content();
    cheaper.lines[0].discount = Discount::Part(900);
    let change = cheaper.clone();
    let changed = desk.must(&other, async |context| update_proposal(context, row.id, 1, change).await).await?;
    assert_eq!((changed.state, changed.version), (ProposalState::Draft, 2));
    let void = format!("select state from approval_request where id = '{}'", request.id);
    assert_eq!(desk.test.db.value::<String>(&void).await?, "VOIDED");
    let stale = async |context: &Context| update_proposal(context, row.id, 1, cheaper).await;
    assert_eq!(desk.act(&desk.mid, stale).await?.err(), Some(Code::ChangedMeanwhile));
    let request = desk.submit(&changed).await?;
    assert_eq!(request.amount_minor, Some(8_500));
    assert_eq!(desk.decide(&other, &request, 1).await?.err(), Some(Code::FourEyes));
    let back = Decision { request_id: request.id, step: Some(1), comment: Some("Which films?".to_owned()) };
    desk.must(&senior, async |context| request_changes(context, back).await).await?;
    assert_eq!(desk.row(row.id).await?.state, ProposalState::Draft);

    // Both versions are there, whole, and what is different is told.
    let versions = desk.must(&desk.mid, async |context| versions_of_proposals(context, &[row.id]).await).await?;
    assert_eq!(versions.iter().map(|version| version.number).collect::<Vec<_>>(), [2, 1]);
    let compared = desk.must(&desk.mid, async |context| compare_versions(context, row.id, 1, 2).await).await?;
    let parts: Vec<_> = compared.changes.iter().map(|change| (change.part, change.place)).collect();
    assert_eq!(parts, [(Part::Line, Some(1))]);
    assert_eq!(compared.totals.0.discount - compared.totals.1.discount, 833);
    let missing = async |context: &Context| compare_versions(context, row.id, 1, 3).await;
    assert_eq!(desk.act(&desk.mid, missing).await?.err(), Some(Code::NotFound));

    // A MID gives up what was not sent.
    let given_up = desk.must(&desk.mid, async |context| withdraw_proposal(context, row.id, 2).await).await?;
    assert_eq!((given_up.state, given_up.sent_at), (ProposalState::Withdrawn, None));

    // Nothing on offer is nothing to review.
    let empty = desk.draft(ProposalContent { lines: vec![], ..content() }).await?;
    let submitted = async |context: &Context| submit_proposal(context, empty.id, 1).await;
    assert_eq!(desk.act(&desk.mid, submitted).await?.err(), Some(Code::ProposalWithoutLines));
    Ok(())
}

#[tokio::test]
async fn it_is_over_by_the_clock_and_then_by_the_job() -> Result<()> {
    let start: DateTime<Utc> = "2037-03-30T12:00:00Z".parse()?;
    let clock = Arc::new(ManualClock::new(start));
    let desk = Desk::with(Settings { clock: Some(Arc::clone(&clock)), ..Settings::default() }).await?;
    let (row, secret) = desk.sent().await?;
    let page = desk.page(&secret).await?;
    assert!(page.open && !page.too_late);
    clock.advance(Duration::hours(60));
    let late = desk.page(&secret).await?;
    assert!(!late.open && late.too_late);
    assert_eq!(desk.answer(&secret, &page.digest, accept(vec![])).await?, Err(Code::WrongState));
    assert_eq!(desk.row(row.id).await?.state, ProposalState::Viewed);
    desk.test.run_jobs().await?;
    desk.test.run_jobs().await?;
    assert_eq!(desk.row(row.id).await?.state, ProposalState::Expired);
    assert_eq!(desk.count("project").await?, 0);
    // Said anew, with another last day; the old link shows nothing of it.
    let draft = desk.must(&desk.mid, async |context| revise_proposal(context, row.id, 1).await).await?;
    assert_eq!((draft.state, draft.sent_at, draft.version), (ProposalState::Draft, None, 2));
    assert!(matches!(open_proposal(&desk.test.services, &secret).await?, Opened::Ended(LinkEnding::Revoked, _)));
    desk.review(&draft).await?;
    assert_eq!(desk.send(&draft).await?, Err(Code::TimeInPast));
    let mut later = content();
    later.offer.valid_until = day("2037-04-30");
    let draft = desk.must(&desk.mid, async |context| update_proposal(context, row.id, 2, later).await).await?;
    desk.review(&draft).await?;
    assert!(desk.send(&draft).await?.is_ok());
    Ok(())
}

#[tokio::test]
async fn a_client_asks_declines_and_the_team_withdraws() -> Result<()> {
    let desk = Desk::new().await?;
    let (row, secret) = desk.sent().await?;
    let page = desk.page(&secret).await?;
    assert_eq!(desk.answer(&secret, &page.digest, ClientAct::Comment(String::new())).await?, Err(Code::Invalid));
    let asked = ClientAct::Comment("How long?".to_owned());
    assert_eq!(desk.answer(&secret, &page.digest, asked).await?, Ok(()));
    assert_eq!(desk.page(&secret).await?.said[0].text, "How long?");
    let no = ClientAct::Decline("Too dear".to_owned());
    assert_eq!(desk.answer(&secret, &page.digest, no.clone()).await?, Ok(()));
    assert_eq!(desk.answer(&secret, &page.digest, no).await?, Ok(()), "the same counts once");
    assert_eq!(desk.answer(&secret, &page.digest, accept(vec![])).await?, Err(Code::WrongState));
    let declined = desk.row(row.id).await?;
    assert_eq!((declined.state, declined.decline_reason.as_deref()), (ProposalState::Declined, Some("Too dear")));
    assert_eq!(desk.count("project").await?, 0);

    let (row, secret) = desk.sent().await?;
    let refused = desk.act(&desk.mid, async |context| withdraw_proposal(context, row.id, 1).await).await?;
    assert_eq!(refused.err(), Some(Code::Forbidden));
    desk.must(&desk.chief, async |context| withdraw_proposal(context, row.id, 1).await).await?;
    assert!(matches!(open_proposal(&desk.test.services, &secret).await?, Opened::Ended(LinkEnding::Revoked, _)));
    let unknown = open_proposal(&desk.test.services, "dwl_unknown").await;
    assert!(matches!(unknown, Err(Failure::Refused(errors)) if errors[0].code == Code::LinkInvalid));
    Ok(())
}

#[tokio::test]
async fn a_template_keeps_all_of_it_and_moves_its_days() -> Result<()> {
    let desk = Desk::new().await?;
    let row = desk.draft(content()).await?;
    let save = async |context: &Context| save_proposal_template(context, row.id, "Films").await;
    let template = desk.must(&desk.mid, save).await?;
    let again = async |context: &Context| save_proposal_template(context, row.id, " films ").await;
    assert_eq!(desk.act(&desk.mid, again).await?.err(), Some(Code::AlreadyExists));
    let (from, until) = (day("2038-04-01"), day("2038-03-01"));
    let make = async |context: &Context| {
        create_proposal_from_template(context, template.id, "Another spring", from, until).await
    };
    let made = desk.must(&desk.mid, make).await?;
    assert_eq!((made.title.as_str(), made.template_id), ("Another spring", Some(template.id)));
    let kept = format!(
        "select content #>> '{{campaigns,0,ends_on}}' || ' ' || (content #>> '{{project,ends_on}}') from proposal_version where proposal_id = '{}'",
        made.id
    );
    assert_eq!(desk.test.db.value::<String>(&kept).await?, "2038-04-30 2038-06-30");
    let lines = format!(
        "select count(*) from proposal_line l join proposal_version v on v.id = l.version_id where v.proposal_id = '{}'",
        made.id
    );
    assert_eq!(desk.test.db.value::<i64>(&lines).await?, 3);
    Ok(())
}

#[tokio::test]
async fn clients_see_what_was_sent_and_others_see_nothing() -> Result<()> {
    let desk = Desk::new().await?;
    let client = desk.test.member(desk.brand, Level::Junior, UserKind::Client).await?;
    let freelancer = desk.test.member(desk.brand, Level::Junior, UserKind::Freelancer).await?;
    let draft = desk.draft(content()).await?;
    let (sent, _) = desk.sent().await?;
    let ids = [draft.id, sent.id];
    let seen = desk.must(&client, async |context| proposals_by_ids(context, &ids).await).await?;
    assert_eq!(seen.iter().map(|row| row.id).collect::<Vec<_>>(), [sent.id]);
    let versions = desk.must(&client, async |context| versions_of_proposals(context, &ids).await).await?;
    assert_eq!(versions.len(), 1);
    assert!(desk.must(&freelancer, async |context| proposals_by_ids(context, &ids).await).await?.is_empty());
    let own = async |context: &Context| create_proposal(context, desk.brand, content()).await;
    assert_eq!(desk.act(&client, own).await?.err(), Some(Code::Forbidden));
    assert_eq!(desk.count("proposal").await?, 2);
    Ok(())
}
