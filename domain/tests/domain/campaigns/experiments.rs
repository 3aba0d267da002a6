//! Experiments: told only where it can be told.

use anyhow::{Context as _, Result, anyhow};
use diwan_domain::campaigns::{
    ArmContent, ExperimentContent, Method, Outcome, Verdict, conclude_experiment, create_experiment, update_experiment,
    verdicts_of_experiments,
};
use diwan_domain::{Code, Context};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use uuid::Uuid;

use crate::campaigns::desk::Desk;

fn experiment(per_metric: Option<&str>, arms: [&[Uuid]; 2]) -> ExperimentContent {
    let [pictures, films] = arms;
    let arm = |name: &str, posts: &[Uuid]| ArmContent { name: name.to_owned(), post_ids: posts.to_vec() };
    ExperimentContent {
        campaign_id: None,
        name: "Films".to_owned(),
        hypothesis: "Films are clicked more".to_owned(),
        metric: "CLICKS".to_owned(),
        per_metric: per_metric.map(str::to_owned),
        arms: vec![arm("Pictures", pictures), arm("Films", films)],
    }
}

async fn shown(desk: &Desk, id: Uuid) -> Result<Verdict> {
    let context = desk.test.act(&desk.planner).await?;
    verdicts_of_experiments(&context, &[id]).await?.pop().context("a verdict")
}

/// Posts that were published, each with so many clicks.
async fn posts(desk: &Desk, clicks: &[i64]) -> Result<Vec<Uuid>> {
    let mut posts = Vec::new();
    for clicks in clicks {
        posts.push(desk.published(None, 72, Some(("CLICKS", *clicks))).await?);
    }
    Ok(posts)
}

#[tokio::test]
async fn a_difference_is_told_where_its_interval_leaves_zero_out() -> Result<()> {
    let desk = Desk::new().await?;
    let pictures = posts(&desk, &[10, 12, 11, 9, 13]).await?;
    let mut films = posts(&desk, &[11, 13, 9]).await?;
    let silent = desk.published(None, 72, None).await?;
    films.push(silent);
    let content = experiment(None, [&pictures, &films]);
    let row =
        desk.must(&desk.planner, async |context| create_experiment(context, desk.brand, content.clone()).await).await?;
    let found = shown(&desk, row.id).await?;
    assert_eq!(found.method, Method::MeansWelch);
    let arms: Vec<_> = found.arms.iter().map(|arm| (arm.publications, arm.missing, arm.value)).collect();
    assert_eq!(arms, [(5, 0, Some(11.0)), (3, 1, Some(11.0))], "what has no number is no zero");
    assert_eq!(found.comparisons[0].outcome, Outcome::NotEnough);

    let better = posts(&desk, &[30, 34, 31, 28]).await?;
    let content = experiment(None, [&pictures, &better]);
    let change = async |version: i32| {
        desk.act(&desk.planner, async |context| update_experiment(context, row.id, version, content.clone()).await)
            .await
    };
    assert_eq!(change(7).await?.err(), Some(Code::ChangedMeanwhile));
    let row = change(1).await?.map_err(|code| anyhow!("{code:?}"))?;
    let found = shown(&desk, row.id).await?;
    let told = &found.comparisons[0];
    assert_eq!((told.outcome, told.difference), (Outcome::Better, Some(19.75)));
    assert!(told.low.is_some_and(|low| low > 0.0) && told.high.is_some_and(|high| high < 40.0), "{told:?}");

    // Concluded, it stays as it was, whatever the numbers become.
    let conclude = async |version: i32| {
        desk.act(&desk.planner, async |context| conclude_experiment(context, row.id, version, "Make films").await).await
    };
    let row = conclude(2).await?.map_err(|code| anyhow!("{code:?}"))?;
    desk.test.db.run("update metric_sample set value = 1").await?;
    let later = shown(&desk, row.id).await?;
    assert_eq!((&later.arms, later.comparisons[0].outcome), (&found.arms, Outcome::Better));
    assert_eq!(conclude(3).await?.err(), Some(Code::WrongState));
    let sql = format!("update experiment set conclusion = 'Make none' where id = '{}'", row.id);
    assert!(desk.test.db.run(&sql).await.is_err());
    let junior = desk.test.member(desk.brand, Level::Junior, UserKind::Staff).await?;
    let context = desk.test.act(&junior).await?;
    assert!(verdicts_of_experiments(&context, &[row.id]).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn of_dislikes_less_is_better() -> Result<()> {
    let desk = Desk::new().await?;
    let mut arms = Vec::new();
    for disliked in [[10, 12, 11, 9], [30, 34, 31, 28]] {
        let mut posts = Vec::new();
        for dislikes in disliked {
            posts.push(desk.published(None, 72, Some(("DISLIKES", dislikes))).await?);
        }
        arms.push(posts);
    }
    for (place, difference, outcome) in [([0, 1], 20.25, Outcome::Worse), ([1, 0], -20.25, Outcome::Better)] {
        let content = ExperimentContent {
            metric: "DISLIKES".to_owned(),
            ..experiment(None, place.map(|place: usize| arms[place].as_slice()))
        };
        let create = async |context: &Context| create_experiment(context, desk.brand, content.clone()).await;
        let row = desk.must(&desk.planner, create).await?;
        let found = shown(&desk, row.id).await?;
        let told = &found.comparisons[0];
        assert_eq!((told.outcome, told.difference), (outcome, Some(difference)));
    }
    Ok(())
}

#[tokio::test]
async fn rates_are_of_what_was_seen_and_posts_are_in_one_arm() -> Result<()> {
    let desk = Desk::new().await?;
    let (pictures, films) = (posts(&desk, &[48]).await?, posts(&desk, &[56]).await?);
    for (post, views) in [(pictures[0], 80), (films[0], 70)] {
        desk.test
            .db
            .run(&format!(
                "insert into metric_sample select gen_random_uuid(), brand_id, social_account_id, id, 'VIEWS', {views}, published_at
                   from publication where post_id = '{post}'"
            ))
            .await?;
    }
    let create = async |content: ExperimentContent| {
        desk.act(&desk.planner, async |context| create_experiment(context, desk.brand, content).await).await
    };
    let row = create(experiment(Some("VIEWS"), [&pictures, &films])).await?.map_err(|code| anyhow!("{code:?}"))?;
    let found = shown(&desk, row.id).await?;
    let told = &found.comparisons[0];
    // As Newcombe printed it: 56 of 70 less 48 of 80.
    assert_eq!((found.method, told.outcome), (Method::RatesNewcombe, Outcome::Better));
    assert!(told.low.is_some_and(|low| (low - 0.0524).abs() < 1e-3), "{told:?}");

    assert_eq!(create(experiment(None, [&pictures, &pictures])).await?.err(), Some(Code::AlreadyExists));
    assert_eq!(create(experiment(None, [&pictures, &[desk.id()]])).await?.err(), Some(Code::NotFound));
    assert_eq!(create(experiment(Some("CLICKS"), [&pictures, &films])).await?.err(), Some(Code::Invalid));
    let mut one = experiment(None, [&pictures, &films]);
    one.arms.truncate(1);
    assert_eq!(create(one).await?.err(), Some(Code::Invalid));
    Ok(())
}
