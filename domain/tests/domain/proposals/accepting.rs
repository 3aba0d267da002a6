//! The client says yes.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use diwan_domain::campaigns::campaigns_by_ids;
use diwan_domain::finance::{lines_of_budgets, verify_budgets};
use diwan_domain::projects::{campaigns_of_projects, close_project, projects_by_ids, work_items_of_projects};
use diwan_domain::proposals::{
    ClientAct, acceptances_of_proposals, open_proposal_page_file, update_proposal, withdraw_proposal,
};
use diwan_domain::{Code, Context};
use diwan_entity::finance::budget_line::LineCategory;
use diwan_entity::proposals::proposal::ProposalState;
use sea_orm::{ActiveEnum as _, ConnectionTrait as _};
use uuid::Uuid;

use crate::proposals::desk::{Desk, NET, PRINT, accept, answer, content};

#[tokio::test]
async fn what_is_accepted_opens_project_budget_and_campaigns() -> Result<()> {
    let desk = Desk::new().await?;
    let (row, secret) = desk.sent().await?;
    assert_eq!(desk.row(row.id).await?.state, ProposalState::Sent);
    let page = desk.page(&secret).await?;
    let seen = desk.row(row.id).await?;
    assert_eq!((seen.state, seen.viewed_at.is_some()), (ProposalState::Viewed, true));
    assert_eq!((page.totals.net, page.totals.tax, page.totals.gross), (NET, 19_000, NET + 19_000));
    let numbers: Vec<_> = page.numbers.iter().map(|place| place.number.as_str()).collect();
    assert_eq!(numbers, ["1", "1.1", "1.2", "2"]);
    let print = page.lines.iter().find(|line| line.optional).context("an option")?.id;

    // What was not shown, what is no option, and what has no name is refused, and nothing is written.
    for (digest, act, code) in [
        ("another", accept(vec![print]), Code::ChangedMeanwhile),
        (page.digest.as_str(), accept(vec![row.id]), Code::Invalid),
        (page.digest.as_str(), ClientAct::Accept { name: " ".to_owned(), chosen: vec![] }, Code::Invalid),
    ] {
        assert_eq!(desk.answer(&secret, digest, act).await?, Err(code));
    }
    assert_eq!((desk.count("project").await?, desk.count("budget").await?, desk.count("campaign").await?), (0, 0, 0));

    assert_eq!(desk.answer(&secret, &page.digest, accept(vec![print])).await?, Ok(()));
    assert_eq!(desk.answer(&secret, &page.digest, accept(vec![print])).await?, Ok(()), "the same counts once");
    assert_eq!(desk.answer(&secret, &page.digest, accept(vec![])).await?, Err(Code::WrongState));
    assert_eq!(desk.row(row.id).await?.state, ProposalState::Accepted);

    let accepted = desk.must(&desk.chief, async |context| acceptances_of_proposals(context, &[row.id]).await).await?;
    let accepted = accepted.first().context("an acceptance")?;
    assert_eq!((accepted.net_minor, accepted.tax_minor), (NET + PRINT, 20_710));
    assert_eq!((accepted.signer_name.as_str(), accepted.address.as_str()), ("Amal Haddad", "192.0.2.7"));
    let document: serde_json::Value = serde_json::from_str(&accepted.document)?;
    assert_eq!(document["totals"]["gross"], NET + PRINT + 20_710);
    assert_eq!(document["lines"][2]["taken"], true);
    assert!(!accepted.document.contains("Films internal") && !accepted.document.contains("50000"), "{document}");

    let (project, items, campaigns, lines) = desk
        .must(&desk.chief, async |context| {
            let project = projects_by_ids(context, &[accepted.project_id]).await?.pop().ok_or(Code::NotFound)?;
            let items = work_items_of_projects(context, &[project.id]).await?;
            let held = campaigns_of_projects(context, &[project.id]).await?;
            let held: Vec<Uuid> = held.iter().map(|one| one.campaign_id).collect();
            let campaigns = campaigns_by_ids(context, &held).await?;
            let lines = lines_of_budgets(context, &[project.budget_id.ok_or(Code::NotFound)?]).await?;
            Ok((project, items, campaigns, lines))
        })
        .await?;
    assert_eq!((project.title.as_str(), project.created_by), ("Films", desk.chief.id));
    let numbered: Vec<_> = items.iter().map(|item| (item.number.as_str(), item.title.as_str())).collect();
    assert_eq!(numbered, [("1", "Films"), ("1.1", "Scripts"), ("1.2", "Shooting"), ("2", "Ads")]);
    assert_eq!(items[2].parent_id, Some(items[0].id));
    assert_eq!(campaigns.len(), 1);
    assert_eq!((campaigns[0].planned_minor, campaigns[0].state.to_value().as_str()), (Some(50_000), "PLANNED"));
    let mut given: Vec<_> = lines.iter().map(|line| (line.category, line.allocated)).collect();
    given.sort_unstable();
    assert_eq!(given, [(LineCategory::Ads, 25_000), (LineCategory::Production, 83_999)]);
    let (_, astray) = verify_budgets(&desk.test.db.owner).await?;
    assert!(astray.is_empty(), "{astray:?}");

    // The page tells it, and the file comes with the job, once.
    desk.test.run_jobs().await?;
    let page = desk.page(&secret).await?;
    assert!(!page.open && page.file && page.signed.is_some());
    assert!(open_proposal_page_file(&desk.test.services, &secret).await.is_ok());
    let kept = "select encode(pdf_sha256, 'hex') from proposal_version where pdf_at is not null";
    let kept: String = desk.test.db.value(kept).await?;
    assert_eq!(kept.len(), 64);
    let letters = "select string_agg(template, ' ' order by template) from letter";
    let letters: String = desk.test.db.value(letters).await?;
    assert!(letters.contains("proposal-accepted") && letters.contains("proposal-sent"), "{letters}");
    let lessons = async |context: &Context| close_project(context, project.id, 1, "Begin earlier").await;
    assert!(desk.must(&desk.mid, lessons).await?.closed_at.is_some());
    Ok(())
}

#[tokio::test]
async fn nothing_at_all_is_not_accepted() -> Result<()> {
    let desk = Desk::new().await?;
    let mut only_options = content();
    for line in &mut only_options.lines {
        line.optional = true;
    }
    let (_, secret) = desk.sent_of(only_options).await?;
    let page = desk.page(&secret).await?;
    assert_eq!(desk.answer(&secret, &page.digest, accept(vec![])).await?, Err(Code::Invalid));
    assert_eq!(desk.count("project").await?, 0);
    let first = page.lines.first().context("a line")?.id;
    assert_eq!(desk.answer(&secret, &page.digest, accept(vec![first])).await?, Ok(()));
    assert_eq!(desk.count("budget_line").await?, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_acceptances_at_once_open_one_of_each() -> Result<()> {
    let desk = Desk::new().await?;
    let (_, secret) = desk.sent().await?;
    let page = desk.page(&secret).await?;
    let print = page.lines.iter().find(|line| line.optional).context("an option")?.id;
    let (before, digest) = (desk.count("budget").await?, page.digest.clone());
    let desk = Arc::new(desk);
    let tasks: Vec<_> = (0..100)
        .map(|number| {
            let (desk, secret, digest) = (Arc::clone(&desk), secret.clone(), digest.clone());
            let chosen = if number % 2 == 0 { vec![print] } else { vec![] };
            tokio::spawn(async move { answer(&desk.test, &secret, &digest, accept(chosen)).await })
        })
        .collect();
    let (mut done, mut refused) = (0, 0);
    for task in tasks {
        match task.await?? {
            Ok(()) => done += 1,
            Err(Code::WrongState) => refused += 1,
            Err(code) => anyhow::bail!("{code:?}"),
        }
    }
    // Those who answer as the first did are told that it counts.
    assert_eq!((done, refused), (50, 50));
    assert_eq!(desk.count("project").await?, 1);
    assert_eq!(desk.count("budget").await?, before + 1);
    assert_eq!(desk.count("campaign").await?, 1);
    assert_eq!(desk.count("proposal_acceptance").await?, 1);
    assert_eq!(desk.count("work_item").await?, 4);
    assert_eq!(desk.count("budget_entry").await?, 2);
    let (_, astray) = verify_budgets(&desk.test.db.owner).await?;
    assert!(astray.is_empty(), "{astray:?}");
    Ok(())
}

#[tokio::test]
async fn what_was_accepted_cannot_be_changed_by_the_applications_own_role() -> Result<()> {
    let desk = Desk::new().await?;
    let (row, secret) = desk.sent().await?;
    let page = desk.page(&secret).await?;
    desk.answer(&secret, &page.digest, accept(vec![])).await?.map_err(|code| anyhow::anyhow!("{code:?}"))?;
    let print = page.lines.iter().find(|line| line.optional).context("an option")?.id;
    let (brand, id) = (desk.brand, row.id);
    for sql in [
        format!("update proposal_acceptance set signer_name = 'Somebody' where proposal_id = '{id}'"),
        format!("delete from proposal_acceptance where proposal_id = '{id}'"),
        format!("update proposal_line set net_minor = 1 where brand_id = '{brand}'"),
        format!("delete from proposal_line where brand_id = '{brand}'"),
        format!("update proposal_version set content = '{{}}' where proposal_id = '{id}'"),
        format!("delete from proposal_version where proposal_id = '{id}'"),
        format!("update proposal set title = 'Another' where id = '{id}'"),
        format!("update proposal set state = 'DRAFT' where id = '{id}'"),
        format!("delete from proposal where id = '{id}'"),
        // A second acceptance, and one that is not what the lines come to.
        format!(
            "insert into proposal_acceptance select gen_random_uuid(), brand_id, proposal_id, version_id, link_id, signer_name, signed_at,
               address, chosen, net_minor, tax_minor, document, document_sha256, project_id from proposal_acceptance where proposal_id = '{id}'"
        ),
        format!(
            "insert into proposal_acceptance select gen_random_uuid(), brand_id, proposal_id, version_id, link_id, signer_name, signed_at,
               address, array['{print}']::uuid[], net_minor, tax_minor, document, document_sha256, project_id from proposal_acceptance
             where proposal_id = '{id}'"
        ),
    ] {
        let tx = desk.test.services.db.write().await?;
        tx.execute_unprepared(&format!("select app.enter_brand('{brand}')")).await?;
        assert!(tx.execute_unprepared(&sql).await.is_err(), "{sql}");
        tx.rollback().await?;
    }
    let change = async |context: &Context| update_proposal(context, id, 1, content()).await;
    assert_eq!(desk.act(&desk.mid, change).await?.err(), Some(Code::WrongState));
    let back = async |context: &Context| withdraw_proposal(context, id, 1).await;
    assert_eq!(desk.act(&desk.chief, back).await?.err(), Some(Code::WrongState));
    let holds = "select bool_and(document_sha256 = sha256(convert_to(document, 'UTF8'))) from proposal_acceptance";
    assert!(desk.test.db.value::<bool>(holds).await?);
    Ok(())
}
