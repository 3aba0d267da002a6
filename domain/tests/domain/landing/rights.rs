//! Who may change a landing page, and what one may show and lead to.

use anyhow::Result;
use diwan_domain::approvals::Money;
use diwan_domain::tracking::{
    AskedField, CallToAction, CameBy, FormField, LandingCall, LandingContent, LandingImage, SentForm,
    archive_landing_page, create_landing_page, landing_picture, publish_landing_page, submit_landing_form,
    update_landing_page,
};
use diwan_domain::{Code, Context, Failure};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_entity::tracking::landing_page;
use diwan_platform::ids;

use super::{Desk, content};

/// Says a page anew.
async fn change(context: &Context, page: &landing_page::Model) -> Result<(), Failure> {
    let said = LandingContent { slug: page.slug.clone(), ..content("x") };
    update_landing_page(context, page.id, page.version, said).await.map(drop)
}

#[tokio::test]
async fn juniors_write_drafts_and_others_answer_for_what_is_published() -> Result<()> {
    let desk = Desk::new().await?;
    let page = desk.published(content("spring")).await?;
    let draft = desk.draft(content("autumn")).await?;
    let junior = desk.test.member(desk.brand, Level::Junior, UserKind::Staff).await?;
    let forbidden = vec![(Code::Forbidden, String::new())];
    assert_eq!(desk.refused(&junior, async |context: &Context| change(context, &page).await).await?, forbidden);
    let publish = async |context: &Context| publish_landing_page(context, draft.id, 1, None).await;
    assert_eq!(desk.refused(&junior, publish).await?, forbidden);
    let archive = async |context: &Context| archive_landing_page(context, page.id, page.version).await;
    assert_eq!(desk.refused(&junior, archive).await?, forbidden);
    let of_draft = async |context: &Context| change(context, &draft).await;
    assert_eq!(desk.refused(&junior, of_draft).await?, Vec::new());
    let of_page = async |context: &Context| change(context, &page).await;
    assert_eq!(desk.refused(&desk.person, of_page).await?, Vec::new(), "and it stays published");
    for kind in [UserKind::Client, UserKind::Freelancer] {
        let outsider = desk.test.member(desk.brand, Level::Junior, kind).await?;
        let seen = desk.refused(&outsider, async |context: &Context| change(context, &draft).await).await?;
        assert_eq!(seen, vec![(Code::NotFound, "pageId".to_owned())], "{kind:?}");
    }
    let states: String =
        desk.test.db.value("select string_agg(state || version, ' ' order by slug) from landing_page").await?;
    assert_eq!(states, "DRAFT1 PUBLISHED2", "nothing changed");
    let late = async |context: &Context| publish_landing_page(context, page.id, 1, None).await;
    let refused = desk.refused(&desk.person, late).await?;
    assert_eq!(refused, vec![(Code::ChangedMeanwhile, "version".to_owned()), (Code::WrongState, "pageId".to_owned())]);
    Ok(())
}

#[tokio::test]
async fn what_a_page_shows_and_leads_to_is_the_brands_and_may_be_used() -> Result<()> {
    let desk = Desk::new().await?;
    let elsewhere = desk.test.brand("Beta").await?;
    let foreign = desk.test.asset(elsewhere, &desk.person).await?;
    let own = desk.test.asset(desk.brand, &desk.person).await?;
    let image = |asset_id, alt: &str| Some(LandingImage { asset_id, alt: alt.to_owned() });
    let nobodys = ids::new_id(desk.test.services.now());
    let phone = AskedField { field: FormField::Phone, required: true };
    let asks = |fields| CallToAction::Form { fields, consent: "Yes".to_owned(), thanks: "Thanks".to_owned() };
    for (said, code, field) in [
        (LandingContent { image: image(foreign, "A square"), ..content("a") }, Code::NotFound, "page.image.assetId"),
        (LandingContent { image: image(own, " "), ..content("a") }, Code::Invalid, "page.image.alt"),
        (LandingContent { call: CallToAction::Link(nobodys), ..content("a") }, Code::NotFound, "page.call.linkId"),
        (LandingContent { campaign_id: Some(nobodys), ..content("a") }, Code::NotFound, "page.campaignId"),
        (LandingContent { blocks: Vec::new(), ..content("a") }, Code::Invalid, "page.blocks"),
        (LandingContent { title: String::new(), ..content("a") }, Code::Invalid, "page.title"),
        (LandingContent { call: asks(Vec::new()), ..content("a") }, Code::Invalid, "page.call.form.fields"),
        (LandingContent { call: asks(vec![phone, phone]), ..content("a") }, Code::Invalid, "page.call.form.fields"),
        (content("A b"), Code::Invalid, "page.slug"),
    ] {
        let create = async |context: &Context| create_landing_page(context, desk.brand, said.clone()).await;
        assert_eq!(desk.refused(&desk.person, create).await?, vec![(code, field.to_owned())]);
    }
    assert_eq!(desk.test.db.count("landing_page").await?, 0);
    // What a user made is allowed for networks.
    desk.test.db.run(&format!("update asset set licence = 'USER_GENERATED' where id = '{own}'")).await?;
    let shows = || LandingContent { image: image(own, "A square"), ..content("a") };
    let create = async |context: &Context| create_landing_page(context, desk.brand, shows()).await;
    assert_eq!(desk.refused(&desk.person, create).await?, vec![(Code::GrantMissing, "page.image.assetId".to_owned())]);
    desk.test.db.run(&format!("update asset set licence = 'OWNED' where id = '{own}'")).await?;
    let page = desk.published(shows()).await?;
    // What came from a camera is not shown as it came.
    assert_eq!(desk.view(&page, CameBy::default()).await?.picture, None);
    let early = landing_picture(&desk.test.services, &page.code).await;
    assert!(matches!(early, Err(Failure::Refused(errors)) if errors[0].code == Code::NotFound));
    desk.test.make_forms(own).await?;
    assert_eq!(
        desk.view(&page, CameBy::default()).await?.picture.map(|picture| picture.alt),
        Some("A square".to_owned())
    );
    assert_eq!(landing_picture(&desk.test.services, &page.code).await?.mime_type, "image/jpeg");
    // Its rights end: the page stays, without it.
    desk.test.db.run(&format!("update asset set usable_until = now() - interval '1 day' where id = '{own}'")).await?;
    assert_eq!(desk.view(&page, CameBy::default()).await?.picture, None);
    assert!(landing_picture(&desk.test.services, &page.code).await.is_err());
    // A link that was put away is no way on, and nothing to publish with.
    let link = desk.link(None).await?;
    let led = desk.draft(LandingContent { call: CallToAction::Link(link.id), ..content("b") }).await?;
    let worth = Some(Money { minor: 1, currency: "EUR".to_owned() });
    let dear = async |context: &Context| publish_landing_page(context, led.id, 1, worth.clone()).await;
    assert_eq!(desk.refused(&desk.person, dear).await?, vec![(Code::Invalid, "leadValue".to_owned())]);
    let led = desk.publish(&led, None).await?;
    assert_eq!(desk.view(&led, CameBy::default()).await?.call, LandingCall::Link(Some(link.code)));
    desk.test.db.run("update tracked_link set archived_at = now()").await?;
    assert_eq!(desk.view(&led, CameBy::default()).await?.call, LandingCall::Link(None));
    assert!(submit_landing_form(&desk.test.services, &led.code, SentForm::default()).await?.is_none());
    Ok(())
}

#[tokio::test]
async fn nobody_agrees_to_what_they_did_not_read() -> Result<()> {
    let desk = Desk::new().await?;
    let page = desk.published(content("spring")).await?;
    let before = desk.filled(&page, CameBy::default()).await?;
    let call = CallToAction::Form {
        fields: vec![AskedField { field: FormField::Email, required: true }],
        consent: "Nour and its friends may write to me.".to_owned(),
        thanks: "Thank you.".to_owned(),
    };
    let said = LandingContent { call, ..content("spring") };
    let update = async |context: &Context| update_landing_page(context, page.id, page.version, said).await;
    let page = desk.must(update).await?;
    assert_eq!(desk.send(&page, before).await?, vec![(Code::LinkExpired, "ticket".to_owned())]);
    assert_eq!(desk.kept().await?, (0, 0, 0));
    let after = desk.filled(&page, CameBy::default()).await?;
    assert_eq!(desk.send(&page, after).await?, Vec::new());
    assert_eq!(desk.kept().await?, (1, 1, 1));
    Ok(())
}
