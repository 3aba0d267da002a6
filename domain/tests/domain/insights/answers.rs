//! Response time and rate by dimensions, by hand and beside those of periods.

use anyhow::{Context as _, Result};
use chrono::{Days, Months};
use diwan_domain::insights::explore::{Dimension, Filter, Key, Order};
use diwan_domain::insights::kpi::Kpi;
use diwan_domain::insights::{Against, NoFigure};
use uuid::Uuid;

use super::explore::lines;
use super::{Bench, told};

const ANSWERS: [Kpi; 2] = [Kpi::ResponseTime, Kpi::ResponseRate];

impl Bench {
    /// Somebody asked under a publication, and wrote one more line an hour later, which asks nothing of its own. Where it was answered, so many
    /// seconds after the question.
    async fn asked_under(&self, publication: Uuid, at: &str, answered: Option<&str>) -> Result<()> {
        let answer = answered.map_or("null::timestamptz".to_owned(), |seconds| {
            format!("timestamptz '{at}' + interval '{seconds} seconds'")
        });
        let sql = format!(
            "with talk as (
               insert into conversation (id, brand_id, social_account_id, publication_id, kind, remote_id, began_at, last_message_at, asked_at,
                   created_at)
                 select gen_random_uuid(), brand_id, social_account_id, id, 'COMMENT', gen_random_uuid()::text, '{at}', '{at}', '{at}', '{at}'
                 from publication where id = '{publication}' returning id, brand_id, social_account_id, remote_id)
             insert into conversation_message (id, brand_id, conversation_id, social_account_id, remote_id, in_reply_to, is_own, text, sent_at,
                 read_at, seen_at, asks, answered_at)
               select gen_random_uuid(), t.brand_id, t.id, t.social_account_id, t.remote_id || m.place, 'post', false, 'How much?',
                 timestamptz '{at}' + m.place * interval '1 hour', '{at}', '{at}', m.place = 0, case when m.place = 0 then {answer} end
               from talk t cross join (values (0), (1)) m (place)"
        );
        self.test.db.run(&sql).await
    }

    /// A post of June and two of July: what is said under the one on X was never read. Four people asked in July, one at the end of June.
    async fn talks(&self) -> Result<()> {
        let june = self.published(self.mastodon, "2026-06-20T09:00:00Z").await?;
        let friday = self.published(self.mastodon, "2026-07-10T09:00:00Z").await?;
        self.published(self.x, "2026-07-12T09:00:00Z").await?;
        // Half an hour before July in Athens, and after it has begun.
        self.asked_under(june, "2026-06-30T20:30:00Z", Some("600")).await?;
        self.asked_under(june, "2026-07-01T09:00:00Z", Some("100.9")).await?;
        self.asked_under(friday, "2026-07-10T10:00:00Z", Some("200")).await?;
        self.asked_under(friday, "2026-07-11T10:00:00Z", None).await?;
        let (brand, person) = (self.brand, self.person.id);
        let (campaign, pillar) = (Uuid::from_u128(7), Uuid::from_u128(8));
        self.test
            .db
            .run(&format!(
                "insert into comment_reading (brand_id, publication_id, social_account_id, read_at)
                   select brand_id, id, social_account_id, '2026-07-12T09:00:00Z' from publication where id in ('{june}', '{friday}');
                 insert into campaign (id, brand_id, name, objective, brief, starts_on, ends_on, state, created_by, authors, created_at, updated_at)
                   values ('{campaign}', '{brand}', 'Spring', '', '', '2026-04-01', '2026-05-31', 'PLANNED', '{person}', array['{person}']::uuid[],
                     '2026-04-01', '2026-04-01');
                 insert into content_pillar (id, brand_id, name, description, share_bp, created_at, updated_at)
                   values ('{pillar}', '{brand}', 'Care', '', 0, '2026-04-01', '2026-04-01');
                 update post set campaign_id = '{campaign}' where id = (select post_id from publication where id = '{june}');
                 update post set pillar_id = '{pillar}' where id = (select post_id from publication where id = '{friday}')"
            ))
            .await
    }
}

#[tokio::test]
async fn answers_are_divided_by_when_was_asked_and_by_the_post() -> Result<()> {
    let bench = Bench::new().await?;
    bench.talks().await?;
    let metrics = [Kpi::ResponseTime, Kpi::ResponseRate, Kpi::PublishedPosts];
    let july = |dimensions: &[Dimension]| bench.asked("2026-07-01", "2026-07-31", &metrics, dimensions);
    for (dimension, expected) in [
        (Dimension::Brand, vec!["Alpha | 150 66.6667 2"]),
        (Dimension::Network, vec!["mastodon | 150 66.6667 1", "x | - - 1"]),
        // Of a campaign of which nothing went out, too.
        (Dimension::Campaign, vec!["Spring | 100 100 0", "none | 200 50 2"]),
        (Dimension::Pillar, vec!["Care | 200 50 1", "none | 100 100 1"]),
        (Dimension::Author, vec!["Sami | 150 66.6667 2"]),
        (Dimension::ContentType, vec!["TEXT | 150 66.6667 2"]),
        (Dimension::Weekday, vec!["3 | 100 100 0", "5 | 200 100 1", "6 | - 0 0", "7 | - - 1"]),
        (Dimension::Hour, vec!["12 | 100 100 2", "13 | 200 50 0"]),
        (Dimension::Month, vec!["2026-07-01 | 150 66.6667 2"]),
    ] {
        assert_eq!(lines(&bench.explored(july(&[dimension])?).await?)?, expected, "{dimension:?}");
    }
    let both = bench.explored(july(&[Dimension::Network, Dimension::Weekday])?).await?;
    let expected = ["mastodon 3 | 100 100 0", "mastodon 5 | 200 100 1", "mastodon 6 | - 0 0", "x 7 | - - 1"];
    assert_eq!(lines(&both)?, expected);

    // What was not read is missing, and named with what is known; where it was read and nobody asked, there is nothing to divide by.
    let networks = bench.explored(july(&[Dimension::Network])?).await?;
    let rate = |place: usize| networks.groups.get(place).and_then(|group| group.figures.get(1)).context("a rate");
    assert_eq!((rate(0)?.no_figure, rate(0)?.missing_networks.len()), (None, 0));
    assert_eq!(
        (rate(1)?.no_figure, rate(1)?.missing_networks.as_slice()),
        (Some(NoFigure::Missing), &["x".to_owned()][..])
    );
    let days = bench.explored(july(&[Dimension::Weekday])?).await?;
    let sunday = days.groups.last().and_then(|group| group.figures.first()).context("a time")?;
    assert_eq!(sunday.no_figure, Some(NoFigure::NothingToDivideBy));
    assert!(days.groups.iter().flat_map(|group| &group.figures).take(2).all(|figure| figure.missing_networks == ["x"]));

    let mut slowest = july(&[Dimension::Campaign])?;
    slowest.order = Order { by: Some(Kpi::ResponseTime), descending: true };
    slowest.most = 1;
    let slowest = bench.explored(slowest).await?;
    assert_eq!((lines(&slowest)?, slowest.in_all), (vec!["none | 200 50 2".to_owned()], 2));
    let only = async |dimension: Dimension, keys: Vec<Option<Key>>| -> Result<Vec<String>> {
        let mut asked = july(&[])?;
        asked.filters = vec![Filter { dimension, keys }];
        lines(&bench.explored(asked).await?)
    };
    assert_eq!(only(Dimension::Campaign, vec![None]).await?, ["| 200 50 2"]);
    assert_eq!(only(Dimension::Network, vec![Some(Key::Word("x".to_owned()))]).await?, ["| - - 1"]);
    // A weekday is that of the message, and of the post where posts are counted.
    let weekend = vec![Some(Key::Number(6)), Some(Key::Number(7))];
    assert_eq!(only(Dimension::Weekday, weekend).await?, ["| - 0 1"]);
    assert_eq!(only(Dimension::Hour, vec![Some(Key::Number(12))]).await?, ["| 100 100 2"]);
    Ok(())
}

#[tokio::test]
async fn answers_of_each_time_are_those_of_the_period() -> Result<()> {
    let bench = Bench::new().await?;
    bench.talks().await?;
    // Asked an hour ago: neither answered nor unanswered.
    let young = bench.published(bench.mastodon, "2026-09-19T09:00:00Z").await?;
    bench.asked_under(young, "2026-09-20T08:00:00Z", None).await?;
    bench
        .test
        .db
        .run(&format!(
            "insert into comment_reading (brand_id, publication_id, social_account_id, read_at)
               select brand_id, id, social_account_id, '2026-09-20T08:30:00Z' from publication where id = '{young}'"
        ))
        .await?;
    let mut known = 0;
    for (dimension, from, to) in [
        (Dimension::Month, "2026-06-01", "2026-07-31"),
        (Dimension::Day, "2026-06-29", "2026-07-13"),
        // Of thirty days after a post went out it is known whether what is said was read.
        (Dimension::Day, "2026-08-07", "2026-08-13"),
        (Dimension::Day, "2026-09-18", "2026-09-20"),
    ] {
        let series = bench.explored(bench.asked(from, to, &ANSWERS, &[dimension])?).await?;
        for group in &series.groups {
            let Some(Key::Day(first)) = group.keys.first().and_then(|key| key.key.clone()) else {
                anyhow::bail!("a key of another kind")
            };
            let month = dimension == Dimension::Month;
            let last = if month { first + Months::new(1) - Days::new(1) } else { first };
            let period = bench.ask(&first.to_string(), &last.to_string(), Against::PeriodBefore).await?;
            for figure in &group.figures {
                let same = told(&period, figure.formula.kpi)?;
                let name = figure.formula.name;
                assert_eq!((&figure.value, figure.no_figure), (&same.value, same.no_figure), "{name} of {first}");
                assert_eq!(figure.missing_networks, same.missing_networks, "{name} of {first}");
                known += usize::from(figure.value.is_some());
            }
        }
    }
    // Of two months, and of 30 June, 1, 10 and 11 July; nobody was answered on the last.
    assert_eq!(known, 11);
    Ok(())
}
