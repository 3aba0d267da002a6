//! Figures beside the targets of the strategy, and brands beside each other.

use anyhow::{Context as _, Result};
use diwan_domain::Code;
use diwan_domain::insights::kpi::Kpi;
use diwan_domain::insights::{
    Against, AskedBrands, ComparedBrands, KpiTarget, Period, Standing, TargetBasis, compare_brands, reason_of_target,
};
use diwan_domain::strategy::{Definition, create_kpi, measure_kpi, redefine_kpi};
use diwan_entity::strategy::kpi_version::{KpiDirection, KpiPeriod};
use diwan_entity::tenancy::agency::Locale;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use uuid::Uuid;

use super::{Bench, code, day, told};

fn of_posts(target: &str) -> Definition {
    Definition {
        definition: "What goes out".to_owned(),
        unit: "posts".to_owned(),
        direction: KpiDirection::AtLeast,
        target: target.to_owned(),
        period: KpiPeriod::Month,
    }
}

#[tokio::test]
async fn a_figure_stands_beside_the_target_that_was_in_force() -> Result<()> {
    let bench = Bench::new().await?;
    bench.numbers().await?;
    let lead = bench.test.member(bench.brand, Level::Senior, UserKind::Staff).await?;
    let context = bench.test.act(&lead).await?;
    let kpi = create_kpi(&context, bench.brand, "Posts", None, of_posts("3")).await?;
    let kpi = measure_kpi(&context, kpi.id, 1, Some(Kpi::PublishedPosts)).await?;
    redefine_kpi(&context, kpi.id, kpi.version, of_posts("31")).await?;
    context.commit().await?;
    let written = async |first: &str, second: &str| {
        let sql = format!(
            "update kpi_version set created_at = case number when 1 then '{first}' else '{second}' end::timestamptz"
        );
        bench.test.db.run(&sql).await
    };
    let target =
        async || -> Result<Option<KpiTarget>> { Ok(told(&bench.july().await?, Kpi::PublishedPosts)?.target.clone()) };
    // The second meaning came after July; three posts went out.
    written("2026-06-01", "2026-08-10").await?;
    let first = target().await?.context("a target")?;
    assert_eq!((first.kpi_id, first.target.as_str(), first.expected.as_str()), (kpi.id, "3", "3"));
    assert_eq!((first.standing, first.basis), (Some(Standing::OnTrack), TargetBasis::ShareOfTime));
    // From the eleventh of July on, one a day: ten days of three by thirty-one, and twenty-one.
    written("2026-06-01", "2026-07-10T21:30:00Z").await?;
    let second = target().await?.context("a target")?;
    assert_eq!((second.target.as_str(), second.standing), ("21.9677", Some(Standing::Behind)));
    let july = bench.july().await?;
    for locale in [Locale::En, Locale::Fa, Locale::Ar, Locale::El, Locale::He] {
        let reason = reason_of_target(locale, told(&july, Kpi::PublishedPosts)?).context("a reason")?;
        assert!(reason.contains("21.9677") && !reason.contains("AT_LEAST"), "{locale:?}: {reason}");
    }
    // Both were written later, or nothing measures it any more.
    written("2026-08-01", "2026-08-02").await?;
    assert_eq!(target().await?, None);
    written("2026-06-01", "2026-06-02").await?;
    let context = bench.test.act(&bench.person).await?;
    assert_eq!(code(measure_kpi(&context, kpi.id, 3, None).await)?, Some(Code::Forbidden));
    let context = bench.test.act(&lead).await?;
    measure_kpi(&context, kpi.id, 3, None).await?;
    context.commit().await?;
    assert_eq!(target().await?, None);
    Ok(())
}

#[tokio::test]
async fn brands_stand_beside_each_other_and_their_middle() -> Result<()> {
    let mut bench = Bench::new().await?;
    let alpha = bench.brand;
    let mut brands = vec![alpha];
    for (name, posts) in [("Beta", 3), ("Gamma", 5), ("Hidden", 9)] {
        let brand = bench.test.brand(name).await?;
        if name != "Hidden" {
            bench.test.join(&bench.person, brand, Level::Mid).await?;
        }
        let account = bench.test.account(brand, "bluesky", &bench.person).await?;
        bench.brand = brand;
        for place in 1..=posts {
            bench.published(account, &format!("2026-07-{:02}T09:00:00Z", place + 1)).await?;
        }
        brands.push(brand);
    }
    bench.brand = alpha;
    bench.published(bench.x, "2026-07-10T09:00:00Z").await?;

    let period = Period { from: day("2026-07-01")?, to: day("2026-07-31")? };
    let ask = async |brand_ids: &[Uuid]| -> Result<(usize, Option<ComparedBrands>, Option<Code>)> {
        let context = bench.test.act(&bench.person).await?;
        let before = bench.test.db.statements();
        let asked = AskedBrands { brand_ids: brand_ids.to_vec(), period, against: Against::PeriodBefore };
        let answer = compare_brands(&context, asked).await;
        let took = bench.test.db.statements() - before;
        Ok(match answer {
            Ok(compared) => (took, Some(compared), None),
            refused => (took, None, code(refused)?),
        })
    };
    let (of_two, compared, _) = ask(&[brands[2], alpha]).await?;
    let compared = compared.context("an answer")?;
    let posts: Vec<_> = compared
        .brands
        .iter()
        .map(|one| {
            let figure = one.figures.iter().find(|figure| figure.formula.kpi == Kpi::PublishedPosts);
            (one.brand.name.as_str(), figure.and_then(|figure| figure.value.clone()).unwrap_or_default())
        })
        .collect();
    assert_eq!(posts, [("Gamma", "5".to_owned()), ("Alpha", "1".to_owned())]);
    let median =
        compared.medians.iter().find(|median| median.formula.kpi == Kpi::PublishedPosts).context("a median")?;
    assert_eq!((median.value.as_str(), median.brands), ("3", 3), "of those that are seen: 1, 3 and 5");
    assert!(compared.medians.iter().all(|median| median.formula.kpi != Kpi::Sessions), "nobody counts visits");
    let (of_three, ..) = ask(&brands[..3]).await?;
    assert_eq!(of_three, of_two, "not a statement for each");

    assert_eq!(ask(&brands).await?.2, Some(Code::NotFound));
    assert_eq!(ask(&[]).await?.2, Some(Code::Invalid));
    assert_eq!(ask(&[alpha, alpha]).await?.2, Some(Code::AlreadyExists));
    let many: Vec<Uuid> = (0..21).map(Uuid::from_u128).collect();
    assert_eq!(ask(&many).await?.2, Some(Code::TooMany));
    Ok(())
}
