//! Figures by dimensions, when posts do well and which did best, by hand and against a recomputation.

use std::collections::HashMap;
use std::fmt::Write as _;

use anyhow::{Context as _, Result};
use chrono::{DateTime, Datelike as _, Days, Timelike as _, Utc};
use chrono_tz::Europe::Athens;
use diwan_domain::insights::explore::{
    AskedGroups, AskedHeatMap, AskedRanking, Dimension, Explored, Filter, Key, Order, RankedPost, Trait, explore,
    heat_map, ranked_posts,
};
use diwan_domain::insights::kpi::Kpi;
use diwan_domain::insights::{Against, NoFigure, Period};
use diwan_domain::{Code, Failure};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::recomputed::summer;
use super::{Bench, code, day, told};

pub const ALL: [Kpi; 13] = [
    Kpi::Followers,
    Kpi::FollowerGrowth,
    Kpi::AudienceGrowthRate,
    Kpi::PublishedPosts,
    Kpi::Reach,
    Kpi::Views,
    Kpi::Interactions,
    Kpi::InteractionsPerPost,
    Kpi::EngagementRateByFollowers,
    Kpi::EngagementRateByReach,
    Kpi::NegativeFeedbackRate,
    Kpi::ResponseTime,
    Kpi::ResponseRate,
];

const BY_KEY: Order = Order { by: None, descending: false };

impl Bench {
    pub fn asked(&self, from: &str, to: &str, metrics: &[Kpi], dimensions: &[Dimension]) -> Result<AskedGroups> {
        Ok(AskedGroups {
            brand_ids: vec![self.brand],
            period: Period { from: day(from)?, to: day(to)? },
            metrics: metrics.to_vec(),
            dimensions: dimensions.to_vec(),
            filters: Vec::new(),
            order: BY_KEY,
            most: 500,
        })
    }

    pub async fn explored(&self, asked: AskedGroups) -> Result<Explored> {
        let context = self.test.act(&self.person).await?;
        Ok(explore(&context, asked).await?)
    }

    async fn refused(&self, asked: AskedGroups) -> Result<(Option<Code>, String)> {
        let context = self.test.act(&self.person).await?;
        match explore(&context, asked).await {
            Err(Failure::Refused(errors)) => {
                let first = errors.first().context("a reason")?;
                Ok((Some(first.code), first.field.join(".")))
            }
            other => Ok((code(other)?, String::new())),
        }
    }

    /// Two weeks in Cairo, where weeks begin on Saturday and clocks go forward at the midnight before 24 April: four posts, of which one has
    /// no numbers.
    async fn spring(&self) -> Result<()> {
        let brand = self.brand;
        let move_there =
            format!("update brand set time_zone = 'Africa/Cairo', week_start = 'SATURDAY' where id = '{brand}'");
        self.test.db.run(&move_there).await?;
        let thursday = self.published(self.mastodon, "2026-04-23T21:59:00Z").await?;
        let friday = self.published(self.x, "2026-04-23T22:00:00Z").await?;
        let saturday = self.published(self.mastodon, "2026-04-24T21:30:00Z").await?;
        self.published(self.x, "2026-05-01T12:00:00Z").await?;
        let said = [("LIKES", 10, "2026-04-25T09:00:00Z"), ("REACH", 100, "2026-04-25T09:00:00Z")];
        self.said(self.mastodon, Some(thursday), &said).await?;
        let at = "2026-04-25T09:00:00Z";
        let said =
            [("LIKES", 20, at), ("REPLIES", 5, at), ("REACH", 500, at), ("VIEWS", 900, at), ("DISLIKES", 15, at)];
        self.said(self.x, Some(friday), &said).await?;
        // What comes after seven days does not count.
        let said = [("LIKES", 4, "2026-04-26T09:00:00Z"), ("LIKES", 99, "2026-05-01T21:30:00Z")];
        self.said(self.mastodon, Some(saturday), &said).await?;
        let followers = [
            ("FOLLOWERS", 1000, "2026-04-19T09:00:00Z"),
            ("FOLLOWERS", 1100, "2026-04-24T12:00:00Z"),
            ("FOLLOWERS", 1200, "2026-05-02T09:00:00Z"),
        ];
        self.said(self.mastodon, None, &followers).await?;
        self.said(self.x, None, &[("FOLLOWERS", 500, "2026-04-30T09:00:00Z")]).await?;
        let (campaign, pillar, person) = (Uuid::from_u128(7), Uuid::from_u128(8), self.person.id);
        self.test
            .db
            .run(&format!(
                "insert into campaign (id, brand_id, name, objective, brief, starts_on, ends_on, state, created_by, authors, created_at, updated_at)
                   values ('{campaign}', '{brand}', 'Spring', '', '', '2026-04-01', '2026-05-31', 'PLANNED', '{person}', array['{person}']::uuid[],
                     '2026-04-01', '2026-04-01');
                 insert into content_pillar (id, brand_id, name, description, share_bp, created_at, updated_at)
                   values ('{pillar}', '{brand}', 'Care', '', 0, '2026-04-01', '2026-04-01');
                 update post set campaign_id = '{campaign}' where id in (select post_id from publication where id in ('{thursday}', '{friday}'));
                 update post set pillar_id = '{pillar}' where id in (select post_id from publication where id = '{friday}')"
            ))
            .await
    }
}

/// A line for each group: its keys, by name where they have one, and its figures.
pub fn lines(explored: &Explored) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    for group in &explored.groups {
        let mut line = String::new();
        for key in &group.keys {
            let text = match (&key.label, &key.key) {
                (Some(label), _) => label.clone(),
                (None, Some(Key::Id(id))) => id.to_string(),
                (None, Some(Key::Word(word))) => word.clone(),
                (None, Some(Key::Number(number))) => number.to_string(),
                (None, Some(Key::Day(day))) => day.to_string(),
                (None, None) => "none".to_owned(),
            };
            write!(line, "{text} ")?;
        }
        let figures: Vec<&str> = group.figures.iter().map(|figure| figure.value.as_deref().unwrap_or("-")).collect();
        write!(line, "| {}", figures.join(" "))?;
        lines.push(line);
    }
    Ok(lines)
}

#[tokio::test]
async fn groups_are_those_of_the_brands_clock_and_calendar() -> Result<()> {
    let bench = Bench::new().await?;
    bench.spring().await?;
    let asked =
        |metrics: &[Kpi], dimensions: &[Dimension]| bench.asked("2026-04-20", "2026-05-03", metrics, dimensions);

    let weeks = bench.explored(asked(&ALL, &[Dimension::Week])?).await?;
    // Followers, growth, growth rate, posts, reach, views, interactions, per post, by followers, by reach, dislikes, response time and rate.
    let expected = [
        "2026-04-18 | 1100 100 10 2 600 900 35 17.5 0.9091 5.8333 37.5 - -",
        "2026-04-25 | 500 - - 2 - - 4 4 - - - - -",
        "2026-05-02 | 1700 0 0 0 0 0 0 - - - - - -",
    ];
    assert_eq!(lines(&weeks)?, expected);
    let missing = |week: usize, kpi: Kpi| -> Result<&[String]> {
        let group = weeks.groups.get(week).context("a week")?;
        let figure = group.figures.iter().find(|figure| figure.formula.kpi == kpi).context("a figure")?;
        Ok(&figure.missing_networks)
    };
    assert_eq!(missing(0, Kpi::Followers)?, ["x"]);
    assert_eq!(missing(1, Kpi::Followers)?, ["mastodon"]);
    assert_eq!(missing(0, Kpi::Views)?, ["mastodon"]);
    assert_eq!(missing(0, Kpi::NegativeFeedbackRate)?, ["mastodon"]);
    assert_eq!(missing(1, Kpi::Interactions)?, ["x"]);
    assert_eq!(missing(2, Kpi::FollowerGrowth)?, ["mastodon"]);
    assert_eq!(
        missing(2, Kpi::ResponseRate)?,
        ["mastodon", "x"],
        "of posts that went out before, comments were not read"
    );
    let last = weeks.groups.last().and_then(|group| group.figures.get(7)).context("a figure")?;
    assert_eq!(last.no_figure, Some(NoFigure::NothingToDivideBy));

    let brought = [Kpi::PublishedPosts, Kpi::Interactions];
    for (dimension, expected) in [
        (Dimension::Weekday, vec!["6 | 1 4", "4 | 1 10", "5 | 2 25"]),
        (Dimension::Hour, vec!["0 | 1 4", "1 | 1 25", "15 | 1 -", "23 | 1 10"]),
        (Dimension::Campaign, vec!["Spring | 2 35", "none | 2 4"]),
        (Dimension::Pillar, vec!["Care | 1 25", "none | 3 14"]),
        (Dimension::Author, vec!["Sami | 4 39"]),
        (Dimension::ContentType, vec!["TEXT | 4 39"]),
        (Dimension::Network, vec!["mastodon | 2 14", "x | 2 25"]),
        (Dimension::Month, vec!["2026-04-01 | 3 39", "2026-05-01 | 1 -"]),
        (Dimension::Quarter, vec!["2026-04-01 | 4 39"]),
        (Dimension::Year, vec!["2026-01-01 | 4 39"]),
    ] {
        assert_eq!(lines(&bench.explored(asked(&brought, &[dimension])?).await?)?, expected, "{dimension:?}");
    }
    let days = bench.explored(asked(&brought, &[Dimension::Day])?).await?;
    assert_eq!(days.groups.len(), 14, "days on which nothing went out are told, too");
    let days = lines(&days)?;
    assert_eq!(days.get(3..6).context("days")?, ["2026-04-23 | 1 10", "2026-04-24 | 1 25", "2026-04-25 | 1 4"]);

    // Of two kinds at once, and the first of them by a figure.
    let mut both = asked(&brought, &[Dimension::Network, Dimension::Campaign])?;
    both.order = Order { by: Some(Kpi::Interactions), descending: true };
    both.most = 3;
    let both = bench.explored(both).await?;
    assert_eq!(lines(&both)?, ["x Spring | 1 25", "mastodon Spring | 1 10", "mastodon none | 1 4"]);
    assert_eq!(both.in_all, 4);
    // Of some posts alone, with a key that is none.
    let mut some = asked(&brought, &[])?;
    some.filters = vec![
        Filter { dimension: Dimension::Campaign, keys: vec![None] },
        Filter { dimension: Dimension::Weekday, keys: vec![Some(Key::Number(5)), Some(Key::Number(6))] },
    ];
    assert_eq!(lines(&bench.explored(some.clone()).await?)?, ["| 2 4"]);
    some.filters.push(Filter { dimension: Dimension::Network, keys: vec![Some(Key::Word("bluesky".to_owned()))] });
    assert_eq!(lines(&bench.explored(some).await?)?, ["| 0 0"]);
    Ok(())
}

#[tokio::test]
async fn several_brands_are_told_together_by_their_own_clocks() -> Result<()> {
    let bench = Bench::new().await?;
    bench.spring().await?;
    let beta = bench.test.brand("Beta").await?;
    bench.test.join(&bench.person, beta, Level::Mid).await?;
    let account = bench.test.account(beta, "mastodon", &bench.person).await?;
    let (post, _) = bench.test.post(beta, account, "Hello", &bench.person).await?;
    // Still 23 April in Cairo at that time, and past midnight in Athens.
    let at: DateTime<Utc> = "2026-04-23T21:30:00Z".parse()?;
    let (publication, _) = bench.test.publication(beta, post, at).await?;
    bench
        .test
        .db
        .run(&format!(
            "update publication set state = 'PUBLISHED', remote_id = id::text, published_at = '{at}' where id = '{publication}'"
        ))
        .await?;
    let mut asked =
        bench.asked("2026-04-23", "2026-04-24", &[Kpi::PublishedPosts], &[Dimension::Brand, Dimension::Day])?;
    asked.brand_ids.push(beta);
    let expected = ["Alpha 2026-04-23 | 1", "Alpha 2026-04-24 | 1", "Beta 2026-04-23 | 0", "Beta 2026-04-24 | 1"];
    assert_eq!(lines(&bench.explored(asked.clone()).await?)?, expected);
    asked.dimensions = vec![Dimension::Day];
    assert_eq!(lines(&bench.explored(asked.clone()).await?)?, ["2026-04-23 | 1", "2026-04-24 | 2"]);
    asked.dimensions = vec![Dimension::Network];
    assert_eq!(lines(&bench.explored(asked).await?)?, ["mastodon | 2", "x | 1"]);
    Ok(())
}

#[tokio::test]
async fn what_does_not_go_together_is_refused() -> Result<()> {
    let bench = Bench::new().await?;
    let good = bench.asked("2026-07-01", "2026-07-31", &[Kpi::Followers], &[Dimension::Account, Dimension::Week])?;
    assert_eq!(bench.refused(good.clone()).await?.0, None);
    let stranger = bench.test.brand("Beta").await?;
    let nobodys = Uuid::from_u128(1);
    let with = |change: &dyn Fn(&mut AskedGroups)| {
        let mut asked = good.clone();
        change(&mut asked);
        asked
    };
    let of = |dimension, keys| vec![Filter { dimension, keys }];
    let cases: Vec<(AskedGroups, Code, &str)> = vec![
        (with(&|asked| asked.brand_ids = vec![stranger]), Code::NotFound, "brandIds.0"),
        (with(&|asked| asked.brand_ids.push(nobodys)), Code::NotFound, "brandIds.1"),
        (with(&|asked| asked.brand_ids.push(bench.brand)), Code::Invalid, "brandIds.1"),
        (with(&|asked| asked.brand_ids.clear()), Code::Invalid, "brandIds"),
        (with(&|asked| asked.brand_ids = vec![nobodys; 21]), Code::TooMany, "brandIds"),
        (with(&|asked| asked.metrics.clear()), Code::Invalid, "metrics"),
        (with(&|asked| asked.metrics.push(Kpi::Followers)), Code::Invalid, "metrics.1"),
        (with(&|asked| asked.metrics.push(Kpi::Conversions)), Code::Invalid, "metrics.1"),
        (with(&|asked| asked.dimensions.push(Dimension::Month)), Code::Invalid, "dimensions.1"),
        (with(&|asked| asked.dimensions.push(Dimension::Account)), Code::Invalid, "dimensions.2"),
        (with(&|asked| asked.dimensions.extend([Dimension::Brand, Dimension::Network])), Code::TooMany, "dimensions"),
        (with(&|asked| asked.dimensions.push(Dimension::Pillar)), Code::NotByDimension, "metrics.0"),
        (with(&|asked| asked.filters = of(Dimension::Author, vec![None])), Code::NotByDimension, "metrics.0"),
        (with(&|asked| asked.filters = of(Dimension::Day, vec![None])), Code::Invalid, "filters.0.dimension"),
        (with(&|asked| asked.filters = of(Dimension::Account, Vec::new())), Code::Invalid, "filters.0.keys"),
        (
            with(&|asked| asked.filters = of(Dimension::Hour, vec![Some(Key::Number(24))])),
            Code::Invalid,
            "filters.0.keys.0",
        ),
        (with(&|asked| asked.filters = of(Dimension::Account, vec![None; 101])), Code::TooMany, "filters.0.keys"),
        (with(&|asked| asked.order.by = Some(Kpi::Reach)), Code::Invalid, "orderBy.metric"),
        (with(&|asked| asked.most = 501), Code::Invalid, "first"),
        (with(&|asked| asked.period.from = asked.period.to + Days::new(1)), Code::Invalid, "to"),
        (with(&|asked| asked.period.to = asked.period.from + Days::new(1100)), Code::TooMany, "to"),
    ];
    for (asked, expected, field) in cases {
        let told = bench.refused(asked).await?;
        assert_eq!(told, (Some(expected), field.to_owned()), "{field}");
    }
    for (level, kind) in [(Level::Junior, UserKind::Staff), (Level::Junior, UserKind::Client)] {
        let who = bench.test.member(bench.brand, level, kind).await?;
        let context = bench.test.act(&who).await?;
        assert_eq!(code(explore(&context, good.clone()).await)?, Some(Code::Forbidden), "{kind:?}");
    }
    // A program that may read numbers has no directory of people.
    let program = bench.test.member(bench.brand, Level::Mid, UserKind::Integration).await?;
    let context = bench.test.act(&program).await?;
    let by = |dimension| bench.asked("2026-07-01", "2026-07-31", &[Kpi::Reach], &[dimension]);
    assert_eq!(code(explore(&context, by(Dimension::Author)?).await)?, Some(Code::Forbidden));
    assert_eq!(code(explore(&context, by(Dimension::Campaign)?).await)?, None);
    Ok(())
}

#[tokio::test]
async fn groups_agree_with_periods_and_with_a_recomputation() -> Result<()> {
    let bench = Bench::new().await?;
    let series = bench.asked("2026-06-01", "2026-08-31", &ALL, &[Dimension::Month])?;
    let by_hour = bench.asked(
        "2026-06-01",
        "2026-08-31",
        &[Kpi::PublishedPosts, Kpi::Interactions, Kpi::Reach, Kpi::EngagementRateByReach],
        &[Dimension::Account, Dimension::Weekday, Dimension::Hour],
    )?;
    let taken = async |asked: AskedGroups| -> Result<usize> {
        let context = bench.test.act(&bench.person).await?;
        let before = bench.test.db.statements();
        explore(&context, asked).await?;
        Ok(bench.test.db.statements() - before)
    };
    let of_nothing = [taken(series.clone()).await?, taken(by_hour.clone()).await?];
    let world = summer(&bench).await?;
    assert_eq!([taken(series.clone()).await?, taken(by_hour.clone()).await?], of_nothing, "statements");

    let months = bench.explored(series).await?;
    for (group, (from, to)) in months.groups.iter().zip([
        ("2026-06-01", "2026-06-30"),
        ("2026-07-01", "2026-07-31"),
        ("2026-08-01", "2026-08-31"),
    ]) {
        let period = bench.ask(from, to, Against::PeriodBefore).await?;
        for figure in &group.figures {
            let same = told(&period, figure.formula.kpi)?;
            assert_eq!(
                (&figure.value, figure.no_figure),
                (&same.value, same.no_figure),
                "{} from {from}",
                figure.formula.name
            );
            assert_eq!(figure.missing_networks, same.missing_networks, "{} from {from}", figure.formula.name);
        }
        assert_eq!(group.young, period.young);
    }
    assert_eq!(months.groups.len(), 3);

    let mut expected: HashMap<(Uuid, i32, i32), Vec<&super::recomputed::Posted>> = HashMap::new();
    for post in &world.posts {
        let local = post.at.with_timezone(&Athens);
        if (6..=8).contains(&local.month()) {
            let key =
                (post.account, i32::try_from(local.weekday().number_from_monday())?, i32::try_from(local.hour())?);
            expected.entry(key).or_default().push(post);
        }
    }
    let found = bench.explored(by_hour).await?;
    assert_eq!(found.groups.len(), expected.len());
    for group in &found.groups {
        let [account, weekday, hour] = group.keys.as_slice() else { anyhow::bail!("three keys") };
        let (Some(Key::Id(account)), Some(Key::Number(weekday)), Some(Key::Number(hour))) =
            (&account.key, &weekday.key, &hour.key)
        else {
            anyhow::bail!("keys of other kinds")
        };
        let posts = expected.get(&(*account, *weekday, *hour)).context("a group of the recomputation")?;
        let sum = |numbers: Vec<i64>| (!numbers.is_empty()).then(|| numbers.iter().sum::<i64>().to_string());
        let both: Vec<(i64, i64)> =
            posts.iter().filter_map(|post| Some((post.interactions()?, post.number("REACH")?))).collect();
        let (part, whole) = both.iter().fold((0, 0), |sum, pair| (sum.0 + pair.0, sum.1 + pair.1));
        let rate = (Decimal::from(part * 100)).checked_div(Decimal::from(whole));
        let rate = rate.filter(|_| !both.is_empty()).map(|rate| rate.round_dp(4).normalize().to_string());
        let expected = [
            Some(posts.len().to_string()),
            sum(posts.iter().filter_map(|post| post.interactions()).collect()),
            sum(posts.iter().filter_map(|post| post.number("REACH")).collect()),
            rate,
        ];
        let values: Vec<Option<String>> = group.figures.iter().map(|figure| figure.value.clone()).collect();
        assert_eq!(values, expected, "{account} {weekday} {hour}");
    }
    Ok(())
}

#[tokio::test]
async fn the_best_posts_and_the_best_hours_are_told_of_enough_alone() -> Result<()> {
    let bench = Bench::new().await?;
    let period = Period { from: day("2026-07-01")?, to: day("2026-07-30")? };
    // At noon in Athens each day of July, with as many likes as the day has; the last six have a link and a hashtag.
    for date in 1..=30_i64 {
        let published = bench.published(bench.mastodon, &format!("2026-07-{date:02}T09:00:00Z")).await?;
        let read = format!("2026-07-{date:02}T12:00:00Z");
        bench.said(bench.mastodon, Some(published), &[("LIKES", date, read.as_str())]).await?;
        if date > 24 {
            let sql = format!(
                "update post_variant set text = 'See https://nour.example #nour' where id = (select variant_id from publication where id = '{published}')"
            );
            bench.test.db.run(&sql).await?;
        }
    }
    bench.published(bench.x, "2026-07-15T09:00:00Z").await?;
    let asked = |best: bool, most: usize| AskedRanking {
        brand_ids: vec![bench.brand],
        period,
        metric: Kpi::Interactions,
        filters: Vec::new(),
        most,
        best,
    };
    let context = bench.test.act(&bench.person).await?;
    let top = ranked_posts(&context, asked(true, 6)).await?;
    assert_eq!((top.in_all, top.counted, top.compared), (31, 30, true));
    assert_eq!(top.missing_networks, ["x"]);
    let likes = |posts: &[RankedPost]| -> Vec<String> {
        let figures = posts.iter().flat_map(|post| post.figures.clone());
        figures.filter(|figure| figure.formula.kpi == Kpi::Interactions).filter_map(|figure| figure.value).collect()
    };
    assert_eq!(likes(&top.posts), ["30", "29", "28", "27", "26", "25"]);
    assert_eq!(top.posts.iter().map(|post| post.place).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
    let mut shared: Vec<(Trait, &Key)> = top.shared.iter().map(|shared| (shared.of, &shared.key)).collect();
    shared.sort_by_key(|(_, key)| format!("{key:?}"));
    let word = |text: &str| Key::Word(text.to_owned());
    let (few, none, yes) = (word("FEW"), word("NONE"), word("YES"));
    assert_eq!(shared, [(Trait::Hashtags, &few), (Trait::Hashtags, &none), (Trait::Link, &yes)]);
    let link = top.shared.iter().find(|shared| shared.of == Trait::Link).context("the link")?;
    assert_eq!((link.among, link.share.as_str(), link.among_all, link.share_of_all.as_str()), (6, "100", 6, "20"));
    assert!(link.probability < 1e-4, "{}", link.probability);
    let bottom = ranked_posts(&context, asked(false, 2)).await?;
    assert_eq!(likes(&bottom.posts), ["1", "2"]);
    assert!(!bottom.compared && bottom.shared.is_empty(), "two are too few");
    assert_eq!(code(ranked_posts(&context, asked(true, 51)).await)?, Some(Code::Invalid));
    let by = AskedRanking { metric: Kpi::PublishedPosts, ..asked(true, 5) };
    assert_eq!(code(ranked_posts(&context, by).await)?, Some(Code::Invalid));

    let hours = |filters: Vec<Filter>| AskedHeatMap { brand_id: bench.brand, period, filters };
    let map = heat_map(&context, hours(Vec::new())).await?;
    assert!(map.enough && map.posts == 31 && map.counted == 30);
    assert_eq!(map.missing_networks, ["x"]);
    let cells: Vec<_> = map
        .cells
        .iter()
        .map(|cell| (cell.weekday, cell.hour, cell.posts, cell.mean.as_deref(), cell.median.as_deref()))
        .collect();
    let cell = |weekday, posts, mean, median| (weekday, 12, posts, Some(mean), Some(median));
    let expected = [
        cell(1, 4, "16.5", "16.5"),
        cell(2, 4, "17.5", "17.5"),
        cell(3, 6, "15", "15"),
        cell(4, 5, "16", "16"),
        cell(5, 4, "13.5", "13.5"),
        cell(6, 4, "14.5", "14.5"),
        cell(7, 4, "15.5", "15.5"),
    ];
    assert_eq!(cells, expected);
    let fridays = Filter { dimension: Dimension::Weekday, keys: vec![Some(Key::Number(5))] };
    let few = heat_map(&context, hours(vec![fridays])).await?;
    assert!(!few.enough && few.cells.iter().all(|cell| !cell.enough && cell.mean.is_none() && cell.median.is_none()));
    assert_eq!(few.cells.len(), 1);
    let other = AskedHeatMap { brand_id: bench.test.brand("Beta").await?, ..hours(Vec::new()) };
    assert_eq!(code(heat_map(&context, other).await)?, Some(Code::NotFound));
    Ok(())
}
