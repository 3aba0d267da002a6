//! What campaigns reached, and what is missing; what they may bring.

use anyhow::{Context as _, Result, anyhow};
use chrono::{DateTime, Duration, Utc};
use diwan_domain::Code;
use diwan_domain::campaigns::{
    Assumptions, Calculation, CampaignChange, Closing, ClosingReport, Figure, Lack, MissingFigure, Pace, PaceReason,
    PartName, PlannedChannel, StatedResult, TargetContent, TargetMeasure, WantedCalculation, archive_campaign,
    calculate_campaign, close_campaign, progress_of_campaigns, report_of, restore_campaign, set_campaign_of_posts,
    state_campaign_result, update_campaign,
};
use diwan_domain::tracking::Model;
use diwan_entity::campaigns::campaign::CampaignState;
use diwan_entity::strategy::kpi_version::KpiDirection;
use diwan_entity::tenancy::app_user::{Level, UserKind};

use crate::campaigns::desk::{Desk, plan, stated, target};

#[tokio::test]
async fn what_was_reached_is_measured_and_what_is_missing_is_not_zero() -> Result<()> {
    let desk = Desk::new().await?;
    let mut content = plan();
    content.targets = vec![
        target("Likes", TargetMeasure::Metric("LIKES".to_owned()), "100"),
        target("Views", TargetMeasure::Metric("VIEWS".to_owned()), "1000"),
        target("Posts", TargetMeasure::PublishedPosts, "4"),
        stated("Guests", "10"),
        target("Clicks", TargetMeasure::LinkClicks, "10"),
        TargetContent { direction: KpiDirection::AtMost, ..stated("Complaints", "10") },
    ];
    let row = desk.running(content).await?;
    let early = desk.progress(row.id).await?;
    assert_eq!(early.iter().map(|one| one.achieved_micro).collect::<Vec<_>>(), [None, None, Some(0), None, None, None]);
    // Half of the ten days.
    let middle: DateTime<Utc> = "2026-06-15T21:00:00Z".parse()?;
    desk.clock.advance(middle - desk.test.services.now());
    desk.published(Some(row.id), 60, Some(("LIKES", 40))).await?;
    desk.published(Some(row.id), 50, Some(("LIKES", 25))).await?;
    desk.published(Some(row.id), 5, None).await?;
    desk.published(None, 5, Some(("LIKES", 999))).await?;
    let id = |place: usize| early.get(place).map(|one| one.target.id).context("a target");
    for (place, value) in [(3, "2"), (3, "4"), (5, "2.5")] {
        let said = StatedResult { target_id: id(place)?, value: value.to_owned(), note: String::new() };
        desk.must(&desk.planner, async |context| state_campaign_result(context, said).await).await?;
        desk.clock.advance(Duration::milliseconds(1));
    }
    let found = desk.progress(row.id).await?;
    let told: Vec<_> = found.iter().map(|one| (one.achieved_micro, one.missing, one.pace)).collect();
    assert_eq!(
        told,
        [
            (Some(65_000_000), 1, Pace::Ahead),
            (None, 3, Pace::Unknown),
            (Some(3_000_000), 0, Pace::Ahead),
            (Some(4_000_000), 0, Pace::OnTrack),
            (None, 0, Pace::Unknown),
            (Some(2_500_000), 0, Pace::Ahead),
        ]
    );
    assert_eq!(found[1].reason, PaceReason::NoFigure);
    assert_eq!(found[3].elapsed_bp, Some(5000));
    // What no number needs may not be stated, and a junior hears no numbers.
    let said = StatedResult { target_id: id(0)?, value: "1".to_owned(), note: String::new() };
    let refused = desk.act(&desk.planner, async |context| state_campaign_result(context, said).await).await?;
    assert_eq!(refused.err(), Some(Code::WrongState));
    let junior = desk.test.member(desk.brand, Level::Junior, UserKind::Staff).await?;
    let context = desk.test.act(&junior).await?;
    assert!(progress_of_campaigns(&context, &[row.id]).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn dislikes_are_held_below_a_ceiling() -> Result<()> {
    let desk = Desk::new().await?;
    let mut content = plan();
    let dislikes = target("Dislikes", TargetMeasure::Metric("DISLIKES".to_owned()), "10");
    content.targets = vec![TargetContent { direction: KpiDirection::AtMost, ..dislikes }];
    let row = desk.running(content).await?;
    // Half of the ten days.
    let middle: DateTime<Utc> = "2026-06-15T21:00:00Z".parse()?;
    desk.clock.advance(middle - desk.test.services.now());
    desk.published(Some(row.id), 60, Some(("DISLIKES", 4))).await?;
    desk.published(Some(row.id), 50, Some(("DISLIKES", 3))).await?;
    // Most networks tell of none.
    desk.published(Some(row.id), 5, Some(("LIKES", 40))).await?;
    let found = desk.progress(row.id).await?;
    let told: Vec<_> = found.iter().map(|one| (one.achieved_micro, one.missing, one.pace)).collect();
    assert_eq!(told, [(Some(7_000_000), 1, Pace::Behind)]);
    Ok(())
}

#[tokio::test]
async fn a_closed_campaign_keeps_its_figures_whatever_comes() -> Result<()> {
    let desk = Desk::new().await?;
    let mut content = plan();
    content.targets.push(target("Orders", TargetMeasure::Conversions, "2"));
    content.targets.push(target("Likes", TargetMeasure::Metric("LIKES".to_owned()), "10"));
    let row = desk.running(content).await?;
    desk.published(Some(row.id), 50, Some(("LIKES", 25))).await?;
    let (waiting, _) = desk.test.post(desk.brand, desk.account, "Later", &desk.planner).await?;
    let (brand, planner, now) = (desk.brand, desk.planner.id, desk.test.services.now().to_rfc3339());
    let (link, sale) = (desk.id(), desk.id());
    let (budget, line, allocated, spent) = (desk.id(), desk.id(), desk.id(), desk.id());
    desk.test
        .db
        .run(&format!(
            "insert into budget (id, brand_id, name, campaign_id, currency, state, created_by, created_at, updated_at)
               values ('{budget}', '{brand}', 'Summer', '{0}', 'EUR', 'OPEN', '{planner}', '{now}', '{now}');
             insert into budget_line (id, brand_id, budget_id, position, name, category, created_at)
               values ('{line}', '{brand}', '{budget}', 1, 'Boosts', 'ADS', '{now}');
             insert into budget_entry (id, brand_id, budget_id, line_id, kind, amount_minor, source_kind, source_id, actor_id, reason,
                 booked_at)
               values ('{allocated}', '{brand}', '{budget}', '{line}', 'ALLOCATE', 4000, 'MANUAL', '{allocated}', '{planner}', 'Agreed', '{now}'),
                 ('{spent}', '{brand}', '{budget}', '{line}', 'SPEND', 2000, 'MANUAL', '{spent}', '{planner}', 'Paid', '{now}')",
            row.id
        ))
        .await?;
    desk.test
        .db
        .run(&format!(
            "update post set campaign_id = '{0}' where id = '{waiting}';
             insert into tracked_link (id, brand_id, name, code, target_url, destination, campaign_id, created_by, created_at, updated_at)
               values ('{link}', '{brand}', 'Offer', 'abcdefghjk', 'https://shop.example/', 'https://shop.example/', '{0}', '{planner}', '{now}', '{now}');
             insert into conversion (id, brand_id, kind, source, external_id, digest, occurred_at, value_minor, currency, recorded_by, recorded_at)
               values ('{sale}', '{brand}', 'SALE', 'Shop', '1', sha256('1'), '{now}', 5000, 'EUR', '{planner}', '{now}');
             insert into conversion_touch values ('{brand}', '{sale}', 1, '{link}', '{now}')",
            row.id
        ))
        .await?;
    let closing = Closing {
        campaign_id: row.id,
        version: row.version,
        lessons: "Begin earlier".to_owned(),
        model: Model::LastTouch,
    };
    let junior = desk.test.member(desk.brand, Level::Junior, UserKind::Staff).await?;
    let refused = desk.act(&junior, async |context| close_campaign(context, closing.clone()).await).await?;
    assert_eq!(refused.err(), Some(Code::Forbidden));
    let closed = desk.must(&desk.planner, async |context| close_campaign(context, closing.clone()).await).await?;
    assert_eq!((closed.state, closed.lessons.as_deref()), (CampaignState::Closed, Some("Begin earlier")));
    let report: ClosingReport = report_of(&closed)?.context("a report")?;
    assert_eq!((report.posts, report.published_posts, report.conversions), (2, 1, 1));
    assert_eq!(report.model, "LAST_TOUCH");
    let met: Vec<_> = report.targets.iter().map(|one| (one.achieved_micro, one.met)).collect();
    assert_eq!(met, [(None, None), (Some(1_000_000), Some(false)), (Some(25_000_000), Some(true))]);
    let values: Vec<_> = report.returned.values.iter().map(|one| (one.minor, one.currency.as_str())).collect();
    assert_eq!(values, [(5000, "EUR")]);
    let costs: Vec<_> = report.returned.costs.iter().map(|one| (one.category.as_str(), one.amount.minor)).collect();
    assert_eq!((costs, report.returned.roi.as_deref()), (vec![("ADS", 2000)], Some("1.5")));
    assert_eq!(report.missing, [MissingFigure::Target, MissingFigure::KindsOfCost]);

    // Nothing of it changes any more, not even by the application's own role.
    desk.published(None, 50, Some(("LIKES", 99))).await?;
    let again = desk.act(&desk.planner, async |context| close_campaign(context, closing).await).await?;
    assert_eq!(again.err(), Some(Code::ChangedMeanwhile));
    let change = CampaignChange { campaign_id: row.id, version: closed.version, content: plan() };
    let refused = desk.act(&desk.planner, async |context| update_campaign(context, change).await).await?;
    assert_eq!(refused.err(), Some(Code::WrongState));
    let moved = desk
        .act(&desk.planner, async |context| set_campaign_of_posts(context, desk.brand, None, &[waiting]).await)
        .await?;
    assert_eq!(moved.err(), Some(Code::WrongState), "its posts are counted in its report");
    for change in
        ["report = '{}'", "lessons = 'None'", "state = 'ACTIVE', closed_at = null, lessons = null, report = null"]
    {
        let sql = format!("update campaign set {change} where id = '{}'", row.id);
        assert!(desk.test.db.run(&sql).await.is_err(), "{change}");
    }
    desk.must(&desk.planner, async |context| archive_campaign(context, row.id).await).await?;
    desk.must(&desk.planner, async |context| restore_campaign(context, row.id).await).await?;
    Ok(())
}

#[tokio::test]
async fn a_reckoning_is_made_of_the_brands_own_results_and_says_where_they_are_too_few() -> Result<()> {
    let desk = Desk::new().await?;
    let wanted = |posts: i32| WantedCalculation {
        brand_id: desk.brand,
        channels: vec![PlannedChannel { account_id: desk.account, posts }],
        currency: None,
        budget_minor: None,
        wanted_results: None,
        assumptions: Assumptions::default(),
    };
    // Nine that count; one too young, one too old, one without the number.
    for views in 1..=9 {
        desk.published(None, 24 * 3 + views, Some(("VIEWS", views * 10))).await?;
    }
    desk.published(None, 24, Some(("VIEWS", 9999))).await?;
    desk.published(None, 24 * 91, Some(("VIEWS", 9999))).await?;
    desk.published(None, 24 * 5, Some(("LIKES", 3))).await?;
    let ask =
        async |posts| desk.act(&desk.planner, async |context| calculate_campaign(context, wanted(posts)).await).await;
    let few = ask(4).await?.map_err(|code| anyhow!("{code:?}"))?;
    let views = |found: &Calculation| {
        let spread = found.channels[0].spreads.iter().find(|(figure, _)| *figure == Figure::Views);
        spread.and_then(|(_, spread)| *spread)
    };
    assert_eq!(views(&few).map(|spread| spread.samples), Some(9));
    assert_eq!(few.part(PartName::Views), None);
    assert!(few.lacking.iter().any(|one| one.name == PartName::Views && one.why == Lack::TooFewSamples));
    desk.published(None, 24 * 4, Some(("VIEWS", 100))).await?;
    let found = ask(4).await?.map_err(|code| anyhow!("{code:?}"))?;
    // Of 10, 20, ... 100: the quartiles lie at 32.5, 55 and 77.5.
    let spread = views(&found).context("views")?;
    assert_eq!((spread.lower, spread.median, spread.upper), (32.5, 55.0, 77.5));
    let span = found.part(PartName::Views).context("a range")?;
    assert_eq!([span.low, span.likely, span.high].map(|value| value.to_string()), ["130", "220", "310"]);
    assert_eq!(ask(0).await?.err(), Some(Code::Invalid));
    let junior = desk.test.member(desk.brand, Level::Junior, UserKind::Staff).await?;
    let refused = desk.act(&junior, async |context| calculate_campaign(context, wanted(1)).await).await?;
    assert_eq!(refused.err(), Some(Code::Forbidden));
    Ok(())
}
