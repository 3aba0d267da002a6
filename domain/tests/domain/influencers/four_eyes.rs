//! Nobody approves whom they proposed, unless the agency has switched four eyes off.

use anyhow::Result;
use diwan_domain::influencers;
use diwan_domain::{Code, Context};
use diwan_entity::influencers::influencer_shortlist_item::ItemState;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_testkit::Person;

use super::Desk;

#[tokio::test]
async fn whoever_proposed_somebody_does_not_approve_them() -> Result<()> {
    let desk = Desk::new().await?;
    let lina = desk.add("Lina", "lina").await?;
    let list = desk.shortlist("Spring").await?;
    desk.propose(list, &[lina]).await?.map_err(|refusal| anyhow::anyhow!("{refusal:?}"))?;
    let decide = async |by: &Person, state: ItemState| {
        let decided = async |context: &Context| {
            influencers::decide_on_shortlist(context, (list, lina), state, None).await.map(drop)
        };
        desk.act(by, decided).await
    };
    let stands = async || {
        let sql =
            "select state || ' ' || coalesce(decided_by::text, 'nobody') || ' ' || (select count(*) from audit_event
          where action = 'influencer_shortlist.decide') from influencer_shortlist_item";
        desk.test.db.value::<String>(sql).await
    };
    let before = stands().await?;
    let refused: Result<(), (Code, String)> = Err((Code::FourEyes, "influencerId".to_owned()));
    assert_eq!(decide(&desk.person, ItemState::Approved).await?, refused);
    assert_eq!(stands().await?, before);
    // A colleague does. To think better of somebody whom one proposed oneself takes no second pair of eyes; to approve them again does.
    let colleague = desk.test.member(desk.brand, Level::Senior, UserKind::Staff).await?;
    assert_eq!(decide(&colleague, ItemState::Approved).await?, Ok(()));
    assert_eq!(decide(&desk.person, ItemState::Rejected).await?, Ok(()));
    assert_eq!(decide(&desk.person, ItemState::Approved).await?, refused);
    desk.test.db.run("update agency set four_eyes = false").await?;
    assert_eq!(decide(&desk.person, ItemState::Approved).await?, Ok(()));
    Ok(())
}

/// Behind a program stands whoever made it.
#[tokio::test]
async fn a_program_is_no_second_pair_of_eyes() -> Result<()> {
    let desk = Desk::new().await?;
    let lina = desk.add("Lina", "lina").await?;
    let list = desk.shortlist("Spring").await?;
    desk.propose(list, &[lina]).await?.map_err(|refusal| anyhow::anyhow!("{refusal:?}"))?;
    let program = desk.test.member(desk.brand, Level::Mid, UserKind::Integration).await?;
    let (by, made) = (desk.person.id, program.id);
    desk.test.db.run(&format!("update app_user set created_by = '{by}' where id = '{made}'")).await?;
    desk.test.db.run(&format!("update influencer_shortlist_item set proposed_by = '{made}'")).await?;
    let approve = async |context: &Context| {
        influencers::decide_on_shortlist(context, (list, lina), ItemState::Approved, None).await.map(drop)
    };
    assert_eq!(desk.act(&desk.person, approve).await?, Err((Code::FourEyes, "influencerId".to_owned())));
    Ok(())
}
