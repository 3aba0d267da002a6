//! Writing at a campaign that is decided about.

use anyhow::{Result, anyhow};
use diwan_domain::Code;
use diwan_domain::approvals::{Decision, approve};
use diwan_domain::campaigns::{CampaignChange, CampaignContent, update_campaign};
use diwan_entity::approvals::approval_request;
use diwan_entity::campaigns::campaign;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_testkit::Person;

use crate::campaigns::desk::{Desk, plan};

impl Desk {
    async fn rename(&self, by: &Person, row: &campaign::Model, name: &str) -> Result<campaign::Model> {
        let mut content = CampaignContent { name: name.to_owned(), ..plan() };
        // What is measured stays as it is: only the name differs.
        let target = format!("select id from campaign_target where campaign_id = '{}'", row.id);
        content.targets[0].id = Some(self.test.db.value(&target).await?);
        let change = CampaignChange { campaign_id: row.id, version: row.version, content };
        self.must(by, async |context| update_campaign(context, change).await).await
    }

    async fn decides(&self, by: &Person, request: &approval_request::Model, step: i32) -> Result<Result<(), Code>> {
        let decision = Decision { request_id: request.id, step: Some(step), comment: None };
        self.act(by, async |context| approve(context, decision).await.map(drop)).await
    }

    async fn request(&self, request: &approval_request::Model) -> Result<String> {
        let sql = format!("select state || ' ' || title from approval_request where id = '{}'", request.id);
        self.test.db.value(&sql).await
    }
}

#[tokio::test]
async fn whoever_renames_a_campaign_in_approval_is_an_author_of_the_request() -> Result<()> {
    let desk = Desk::new().await?;
    let editor = desk.test.member(desk.brand, Level::Mid, UserKind::Staff).await?;
    let other = desk.test.member(desk.brand, Level::Mid, UserKind::Staff).await?;
    let row = desk.create(plan()).await?;
    let request = desk.submit(row.id).await?;
    let renamed = desk.rename(&editor, &row, "Summer in the city").await?;
    assert_eq!((desk.state(row.id).await?.as_str(), renamed.version), ("IN_APPROVAL", row.version + 1));
    assert_eq!(desk.request(&request).await?, "PENDING Summer in the city");
    assert_eq!(desk.decides(&editor, &request, 1).await?, Err(Code::FourEyes));
    assert_eq!(desk.request(&request).await?, "PENDING Summer in the city");
    for (by, step) in [(&other, 1), (&desk.chief, 2)] {
        desk.decides(by, &request, step).await?.map_err(|code| anyhow!("{code:?}"))?;
    }
    assert_eq!(desk.state(row.id).await?, "APPROVED");
    Ok(())
}

#[tokio::test]
async fn a_voice_that_counted_does_not_become_an_authors() -> Result<()> {
    let desk = Desk::new().await?;
    let editor = desk.test.member(desk.brand, Level::Mid, UserKind::Staff).await?;
    let row = desk.create(plan()).await?;
    let request = desk.submit(row.id).await?;
    desk.decides(&editor, &request, 1).await?.map_err(|code| anyhow!("{code:?}"))?;
    desk.rename(&editor, &row, "Summer in the city").await?;
    assert_eq!(desk.state(row.id).await?, "PLANNED", "it is asked for anew");
    assert_eq!(desk.request(&request).await?, "VOIDED Summer");
    Ok(())
}

#[tokio::test]
async fn a_request_that_nobody_could_answer_any_more_is_void() -> Result<()> {
    let desk = Desk::new().await?;
    let row = desk.create(plan()).await?;
    let request = desk.submit(row.id).await?;
    // Nobody but the CMO has a limit for campaigns, and now wrote at it.
    desk.rename(&desk.chief, &row, "Summer in the city").await?;
    assert_eq!(desk.state(row.id).await?, "PLANNED");
    assert_eq!(desk.request(&request).await?, "VOIDED Summer");
    Ok(())
}
