//! A proposal whose sender's work was handed over.

use anyhow::Result;
use diwan_domain::tenancy::{HandOver, hand_over_work};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use uuid::Uuid;

use crate::proposals::desk::{Desk, accept};

#[tokio::test]
async fn what_the_client_says_goes_to_whoever_took_it_over() -> Result<()> {
    let desk = Desk::new().await?;
    let heir = desk.test.member(desk.brand, Level::Mid, UserKind::Staff).await?;
    let (row, secret) = desk.sent().await?;
    let order = HandOver { from: desk.chief.id, to: heir.id, brand_ids: Some(vec![desk.brand]) };
    let moved = desk.must(&desk.chief, async |context| hand_over_work(context, order).await).await?;
    assert_eq!((moved.proposals, moved.owned_left), (1, 0));
    let kept = desk.row(row.id).await?;
    assert_eq!((kept.sent_by, kept.owner_id, kept.version), (Some(desk.chief.id), Some(heir.id), row.version));

    let page = desk.page(&secret).await?;
    assert_eq!(desk.answer(&secret, &page.digest, accept(Vec::new())).await?, Ok(()));
    let told: String = desk
        .test
        .db
        .value("select string_agg(recipient, ' ') from letter where template = 'proposal-accepted'")
        .await?;
    assert_eq!(told, heir.email);
    let opened: Uuid = desk.test.db.value("select created_by from project").await?;
    assert_eq!(opened, heir.id, "the project begins with whoever sees to it");
    Ok(())
}
