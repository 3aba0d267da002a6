//! Who sees what of contracts.

use anyhow::Result;
use diwan_domain::contracts::{
    ContractBody, ContractFilter, NewContract, comment_on_contract, comments_of_contracts, contracts, create_contract,
    negotiate_contract, update_contract, versions_of_contracts,
};
use diwan_domain::paging::Page;
use diwan_domain::{Code, Context};
use diwan_entity::contracts::contract::ContractKind;
use diwan_entity::contracts::contract_comment::ContractVisibility::{Internal, Party};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_testkit::Person;

use crate::contracts::desk::Desk;

const PAGE: Page = Page { size: 10, after: None, before: None, from_end: false };

async fn seen(desk: &Desk, by: &Person) -> Result<Result<usize, Code>> {
    let brand = desk.brand;
    let list = desk.act(by, async |context| contracts(context, brand, &ContractFilter::default(), PAGE).await).await?;
    Ok(list.map(|slice| slice.rows.len()))
}

#[tokio::test]
async fn a_freelancer_sees_the_contract_with_themselves_from_when_it_is_shared() -> Result<()> {
    let desk = Desk::new().await?;
    let lina = desk.test.member(desk.brand, Level::Junior, UserKind::Freelancer).await?;
    let other = desk.test.member(desk.brand, Level::Junior, UserKind::Freelancer).await?;
    let junior = desk.test.member(desk.brand, Level::Junior, UserKind::Staff).await?;
    let client = desk.test.member(desk.brand, Level::Junior, UserKind::Client).await?;
    let mut terms = desk.terms(90_000);
    terms.person_id = Some(lina.id);
    let new = NewContract {
        brand_id: desk.brand,
        kind: ContractKind::Freelancer,
        amends_id: None,
        terms: terms.clone(),
        body: ContractBody::Clauses(Vec::new()),
    };
    let row = desk.must(&desk.mid, async |context| create_contract(context, new).await).await?;
    let id = row.id;
    assert_eq!(seen(&desk, &lina).await?, Ok(0), "a draft is ours alone");
    // The first draft was dearer: that is not theirs to know.
    terms.fee_minor = 40_000;
    let row = desk.must(&desk.mid, async |context| update_contract(context, (id, 1), terms, &[]).await).await?;
    desk.must(&desk.mid, async |context| negotiate_contract(context, id, row.version).await).await?;
    for (by, expected) in [
        (&lina, Ok(1)),
        (&other, Ok(0)),
        (&junior, Err(Code::Forbidden)),
        (&client, Err(Code::Forbidden)),
        (&desk.mid, Ok(1)),
    ] {
        assert_eq!(seen(&desk, by).await?, expected);
    }
    let versions = async |by: &Person| -> Result<Vec<i32>> {
        let rows = desk.must(by, async |context| versions_of_contracts(context, &[id]).await).await?;
        Ok(rows.into_iter().map(|row| row.number).collect())
    };
    assert_eq!((versions(&lina).await?, versions(&desk.mid).await?), (vec![2], vec![2, 1]));

    let say = async |by: &Person, visibility, body: &str| {
        desk.act(by, async |context: &Context| comment_on_contract(context, id, visibility, body).await).await
    };
    assert!(say(&desk.mid, Internal, "She will take less").await?.is_ok());
    assert!(say(&desk.mid, Party, "Is that fair?").await?.is_ok());
    assert!(say(&lina, Party, "Nearly").await?.is_ok());
    assert_eq!(say(&lina, Internal, "Between us").await?.err(), Some(Code::Forbidden));
    assert_eq!(say(&other, Party, "Me?").await?.err(), Some(Code::NotFound));
    assert_eq!(say(&junior, Party, "Hm").await?.err(), Some(Code::Forbidden));
    let heard = async |by: &Person| -> Result<Vec<String>> {
        let rows = desk.must(by, async |context| comments_of_contracts(context, &[id]).await).await?;
        Ok(rows.into_iter().map(|row| row.body).collect())
    };
    assert_eq!(heard(&lina).await?, ["Is that fair?", "Nearly"]);
    assert_eq!(heard(&desk.mid).await?, ["She will take less", "Is that fair?", "Nearly"]);
    assert!(heard(&other).await?.is_empty() && heard(&client).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn who_is_of_another_kind_is_no_party() -> Result<()> {
    let desk = Desk::new().await?;
    let elsewhere = desk.test.person(UserKind::Freelancer, None).await?;
    for (person, kind, code) in [
        (desk.mid.id, ContractKind::Freelancer, Code::KindMismatch),
        (elsewhere.id, ContractKind::Freelancer, Code::NotAMember),
    ] {
        let mut terms = desk.terms(0);
        terms.person_id = Some(person);
        let body = ContractBody::Clauses(Vec::new());
        let new = NewContract { brand_id: desk.brand, kind, amends_id: None, terms, body };
        let refused = desk.act(&desk.mid, async |context| create_contract(context, new).await).await?;
        assert_eq!(refused.err(), Some(code));
    }
    assert_eq!(desk.test.db.count("contract").await?, 0);
    Ok(())
}
