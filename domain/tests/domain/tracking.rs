//! Conversions and what they are credited to: each once, whoever sends them, and every minor unit in one place.

mod sums;

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Result;
use chrono::{DateTime, Duration, NaiveDate, Utc};
use diwan_domain::approvals::Money;
use diwan_domain::paging::Page;
use diwan_domain::tracking::{
    Asked, Attribution, Batch, By, ConversionFilter, Credited, Key, LinkContent, Model, NewConversion, Outcome,
    Recorded, Touch, Visit, attribution, conversions, create_tracked_link, follow_link, link_clicks,
    record_conversions,
};
use diwan_domain::{Code, Context, Failure};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_entity::tracking::conversion::ConversionKind;
use diwan_entity::tracking::conversion_import::RowPolicy;
use diwan_entity::tracking::tracked_link;
use diwan_platform::clock::ManualClock;
use diwan_testkit::{Person, Settings, TestServices};
use proptest::collection::vec;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use uuid::Uuid;

const DESKTOP: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0";
const CURRENCIES: [&str; 3] = ["EUR", "JPY", "KWD"];

struct Desk {
    test: TestServices,
    brand: Uuid,
    person: Person,
}

impl Desk {
    async fn new() -> Result<Self> {
        Self::with(Settings::default()).await
    }

    async fn with(settings: Settings) -> Result<Self> {
        let test = TestServices::with(settings).await?;
        let brand = test.brand("Alpha").await?;
        let person = test.member(brand, Level::Mid, UserKind::Staff).await?;
        Ok(Self { test, brand, person })
    }

    async fn must<T>(&self, command: impl AsyncFnOnce(&Context) -> Result<T, Failure>) -> Result<T> {
        let context = self.test.act(&self.person).await?;
        let done = command(&context).await?;
        context.commit().await?;
        Ok(done)
    }

    async fn link(&self, name: &str) -> Result<tracked_link::Model> {
        let content = LinkContent {
            name: name.to_owned(),
            target_url: "https://shop.example/".to_owned(),
            ..LinkContent::default()
        };
        self.must(async |context| create_tracked_link(context, self.brand, content).await).await
    }

    async fn send(&self, policy: RowPolicy, conversions: Vec<NewConversion>) -> Result<Recorded> {
        let batch = Batch { source: "Shop".to_owned(), policy, conversions };
        self.must(async |context| record_conversions(context, self.brand, batch).await).await
    }

    async fn attributed(&self, model: Model, by: By) -> Result<Attribution> {
        let day = |day: &str| day.parse::<NaiveDate>();
        let asked = Asked {
            brand_id: self.brand,
            from: day("2024-01-01")?,
            to: day("2024-12-31")?,
            model,
            by,
            kinds: Vec::new(),
        };
        self.must(async |context| attribution(context, asked).await).await
    }

    async fn count(&self) -> Result<i64> {
        self.test.db.count("conversion").await
    }
}

fn at(hours: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + Duration::days(19_800) + Duration::hours(hours)
}

fn sale(id: &str, value: Option<(i64, &str)>, touches: &[(&tracked_link::Model, i64)]) -> NewConversion {
    NewConversion {
        external_id: id.to_owned(),
        kind: ConversionKind::Sale,
        name: None,
        occurred_at: at(1000),
        value: value.map(|(minor, currency)| Money { minor, currency: currency.to_owned() }),
        touches: touches.iter().map(|(link, hours)| Touch { code: link.code.clone(), at: at(*hours) }).collect(),
    }
}

fn shown(recorded: &Recorded) -> Vec<&'static str> {
    let name = |outcome: &Outcome| match outcome {
        Outcome::Recorded(_) => "recorded",
        Outcome::Known(_) => "known",
        Outcome::Refused(errors) if errors[0].code == Code::ConversionDiffers => "differs",
        Outcome::Refused(_) => "refused",
    };
    recorded.outcomes.iter().map(name).collect()
}

/// What each key should have: by hand, conversion by conversion.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Expected {
    credit: i64,
    values: BTreeMap<String, i64>,
}

fn expected(conversions: &[NewConversion], model: Model) -> BTreeMap<Option<String>, Expected> {
    let mut all: BTreeMap<Option<String>, Expected> = BTreeMap::new();
    for conversion in conversions {
        let mut touches = conversion.touches.clone();
        touches.sort_by_key(|touch| touch.at);
        let picked: Vec<Option<String>> = match model {
            _ if touches.is_empty() => vec![None],
            Model::FirstTouch => touches.first().map(|touch| Some(touch.code.clone())).into_iter().collect(),
            Model::LastTouch => touches.last().map(|touch| Some(touch.code.clone())).into_iter().collect(),
            Model::Linear => touches.iter().map(|touch| Some(touch.code.clone())).collect(),
        };
        let parts = i64::try_from(picked.len()).unwrap_or(i64::MAX);
        let share = |whole: i64, place: i64| whole / parts + i64::from(place < whole % parts);
        for (key, place) in picked.into_iter().zip(0..) {
            let entry = all.entry(key).or_default();
            entry.credit += share(1_000_000, place);
            if let Some(value) = &conversion.value {
                *entry.values.entry(value.currency.clone()).or_default() += share(value.minor, place);
            }
        }
    }
    all
}

fn as_expected(credited: &Credited) -> Expected {
    let values = credited.values.iter().map(|money| (money.currency.clone(), money.minor)).collect();
    Expected { credit: credited.credit_millionths, values }
}

#[tokio::test]
async fn the_parts_of_every_model_are_the_whole() -> Result<()> {
    let mut runner = TestRunner::deterministic();
    for _ in 0..6 {
        let desk = Desk::new().await?;
        let mut links = Vec::new();
        for name in ["One", "Two", "Three", "Four"] {
            links.push(desk.link(name).await?);
        }
        let one =
            (proptest::option::of((0..=100_000_i64, 0..CURRENCIES.len())), vec((0..links.len(), 0..900_i64), 0..12));
        let drawn = vec(one, 1..60).new_tree(&mut runner).map_err(|reason| anyhow::anyhow!("{reason}"))?.current();
        let conversions: Vec<NewConversion> = drawn
            .iter()
            .enumerate()
            .map(|(number, (value, touches))| {
                let touches: Vec<_> = touches.iter().map(|(link, hours)| (&links[*link], *hours)).collect();
                sale(&number.to_string(), value.map(|(minor, currency)| (minor, CURRENCIES[currency])), &touches)
            })
            .collect();
        desk.send(RowPolicy::RejectEverything, conversions.clone()).await?;
        let code = |id: Uuid| links.iter().find(|link| link.id == id).map(|link| link.code.clone());
        for model in [Model::FirstTouch, Model::LastTouch, Model::Linear] {
            let expected = expected(&conversions, model);
            let Attribution { credited, unattributed, total } = desk.attributed(model, By::Link).await?;
            let mut found: BTreeMap<Option<String>, Expected> = BTreeMap::new();
            for share in &credited {
                let Key::Id(id) = share.key else { anyhow::bail!("{share:?} is no link") };
                found.insert(code(id), as_expected(share));
            }
            if unattributed.conversions > 0 {
                found.insert(None, as_expected(&unattributed));
            }
            assert_eq!(found, expected, "{model:?}");
            let mut sum = Expected::default();
            for part in found.values() {
                sum.credit += part.credit;
                for (currency, minor) in &part.values {
                    *sum.values.entry(currency.clone()).or_default() += minor;
                }
            }
            assert_eq!(sum, as_expected(&total), "{model:?}");
            assert_eq!(total.conversions, i64::try_from(conversions.len())?);
            // Links of no campaign are credited, and as such.
            let by_campaign = desk.attributed(model, By::Campaign).await?;
            assert!(by_campaign.credited.iter().all(|share| share.key == Key::None));
            assert_eq!(as_expected(&by_campaign.total), as_expected(&total));
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_share_is_whole_and_the_earliest_have_what_is_left_over() -> Result<()> {
    let desk = Desk::new().await?;
    let wrong: i64 = desk
        .test
        .db
        .value(
            "select count(*) from generate_series(0, 400) w, generate_series(1, 50) n
             where (select sum(app.share_of(w, n, p)) from generate_series(1, n) p) <> w
               or exists (select from generate_series(2, n) p where app.share_of(w, n, p) > app.share_of(w, n, p - 1))
               or app.share_of(w, n, 1) - app.share_of(w, n, n) > 1",
        )
        .await?;
    assert_eq!(wrong, 0);
    Ok(())
}

#[tokio::test]
async fn a_conversion_is_recorded_once_and_stays() -> Result<()> {
    let desk = Desk::new().await?;
    let (spring, autumn) = (desk.link("Spring").await?, desk.link("Autumn").await?);
    let first = sale("1", Some((1000, "EUR")), &[(&autumn, 7), (&spring, 5)]);
    let again = NewConversion { touches: first.touches.iter().rev().cloned().collect(), ..first.clone() };
    let other = NewConversion { value: Some(Money { minor: 1001, currency: "EUR".to_owned() }), ..first.clone() };
    let unknown =
        NewConversion { touches: vec![Touch { code: "1111111111".to_owned(), at: at(1) }], ..sale("4", None, &[]) };
    let late = sale("5", None, &[(&spring, 1001)]);
    let batch = vec![first.clone(), again.clone(), other.clone(), sale("3", None, &[]), unknown.clone(), late];
    let recorded = desk.send(RowPolicy::RejectFailedRows, batch).await?;
    assert_eq!(shown(&recorded), ["recorded", "known", "differs", "recorded", "refused", "refused"]);
    assert_eq!(desk.count().await?, 2);

    // The same later, by whichever way the touches are ordered; and by another source it is another.
    let recorded = desk.send(RowPolicy::RejectFailedRows, vec![again, other.clone()]).await?;
    assert_eq!(shown(&recorded), ["known", "differs"]);
    let elsewhere =
        Batch { source: "Till".to_owned(), policy: RowPolicy::RejectEverything, conversions: vec![other.clone()] };
    desk.must(async |context| record_conversions(context, desk.brand, elsewhere).await).await?;
    assert_eq!(desk.count().await?, 3);

    // One that is refused refuses all, and says which.
    for (bad, code) in [(other, Code::ConversionDiffers), (unknown, Code::NotFound)] {
        let batch = Batch {
            source: "Shop".to_owned(),
            policy: RowPolicy::RejectEverything,
            conversions: vec![sale("9", None, &[]), bad],
        };
        let context = desk.test.act(&desk.person).await?;
        let refused = record_conversions(&context, desk.brand, batch).await;
        context.roll_back().await?;
        let Err(Failure::Refused(errors)) = refused else { anyhow::bail!("not refused: {refused:?}") };
        assert_eq!((errors.len(), errors[0].code), (1, code));
        assert_eq!(errors[0].field[..2], ["conversions", "1"]);
    }
    assert_eq!(desk.count().await?, 3);
    Ok(())
}

#[tokio::test]
async fn of_those_who_send_the_same_at_once_one_records_it() -> Result<()> {
    let desk = Desk::new().await?;
    let batch = |reverse: bool| {
        let mut all: Vec<_> = (0..40).map(|number| sale(&number.to_string(), Some((number, "EUR")), &[])).collect();
        if reverse {
            all.reverse();
        }
        all
    };
    let sent = (0..8).map(|number| desk.send(RowPolicy::RejectEverything, batch(number % 2 == 1)));
    let recorded = futures::future::try_join_all(sent).await?;
    assert_eq!(desk.count().await?, 40);
    let new: usize = recorded.iter().map(|recorded| recorded.counts().0).sum();
    let known: usize = recorded.iter().map(|recorded| recorded.counts().1).sum();
    assert_eq!((new, known), (40, 280));
    Ok(())
}

#[tokio::test]
async fn every_click_counts_once_and_made_up_hosts_fill_no_table() -> Result<()> {
    // All within a quarter of an hour.
    let clock = Some(Arc::new(ManualClock::new(at(0))));
    let desk = Desk::with(Settings { clock, ..Settings::default() }).await?;
    let link = desk.link("Spring").await?;
    let visit = |referrer: String| Visit { user_agent: DESKTOP.to_owned(), referrer, ..Visit::default() };
    let services = &desk.test.services;
    let same = visit("https://news.example/".to_owned());
    let clicks = (0..100).map(|_| follow_link(services, &link.code, &same));
    let led = futures::future::try_join_all(clicks).await?;
    assert!(led.iter().all(|led| led.as_deref() == Some("https://shop.example/")));
    assert_eq!(desk.test.db.value::<i64>("select sum(clicks)::bigint from link_click").await?, 100);
    assert_eq!(desk.test.db.count("link_click").await?, 1);
    for number in 0..150 {
        follow_link(services, &link.code, &visit(format!("https://site{number}.example/"))).await?;
    }
    assert_eq!(desk.test.db.value::<i64>("select sum(clicks)::bigint from link_click").await?, 250);
    assert_eq!(desk.test.db.count("link_click").await?, 101);
    let others: i64 =
        desk.test.db.value("select sum(clicks)::bigint from link_click where referrer_host = '*'").await?;
    assert_eq!(others, 51);
    follow_link(services, "1111111111", &same).await?.map_or(Ok(()), |led| Err(anyhow::anyhow!("led to {led}")))?;
    Ok(())
}

#[tokio::test]
async fn a_day_ends_at_the_brands_midnight_wherever_within_an_hour_that_is() -> Result<()> {
    // In Tehran midnight is at half past eight in the evening, as the world counts.
    let clock = Arc::new(ManualClock::new(at(20) + Duration::minutes(29)));
    let desk = Desk::with(Settings { clock: Some(Arc::clone(&clock)), ..Settings::default() }).await?;
    desk.test.db.run("update brand set time_zone = 'Asia/Tehran'").await?;
    let link = desk.link("Spring").await?;
    let visit = Visit { user_agent: DESKTOP.to_owned(), ..Visit::default() };
    for clicks in [2, 3] {
        for _ in 0..clicks {
            follow_link(&desk.test.services, &link.code, &visit).await?;
        }
        clock.advance(Duration::minutes(2));
    }
    let (first, second) = (at(0).date_naive(), at(24).date_naive());
    for (from, to, days) in [
        (first, second, vec![(first, 2), (second, 3)]),
        (first, first, vec![(first, 2)]),
        (second, second, vec![(second, 3)]),
    ] {
        let read = async |context: &Context| link_clicks(context, link.id, (from, to)).await;
        assert_eq!(desk.must(read).await?.days, days);
    }
    Ok(())
}

#[tokio::test]
async fn what_the_database_cannot_hold_is_refused_and_no_fault() -> Result<()> {
    let desk = Desk::new().await?;
    let link = desk.link("Spring").await?;
    let ancient = DateTime::<Utc>::MIN_UTC;
    let touch = |code: String, at| vec![Touch { code, at }];
    let sent = vec![
        NewConversion { touches: touch("\0".repeat(10), at(1)), ..sale("1", None, &[]) },
        NewConversion { occurred_at: ancient, ..sale("2", None, &[]) },
        NewConversion { touches: touch(link.code.clone(), ancient), ..sale("3", None, &[]) },
    ];
    let recorded = desk.send(RowPolicy::RejectFailedRows, sent).await?;
    assert_eq!(shown(&recorded), ["refused"; 3]);
    let all = ConversionFilter::default;
    for filter in [
        ConversionFilter { source: Some("\0".to_owned()), ..all() },
        ConversionFilter { from: Some(ancient), ..all() },
        ConversionFilter { to: Some(DateTime::<Utc>::MAX_UTC), ..all() },
    ] {
        let page = Page { size: 5, after: None, before: None, from_end: false };
        let context = desk.test.act(&desk.person).await?;
        let Err(Failure::Refused(errors)) = conversions(&context, desk.brand, filter.clone(), page).await else {
            anyhow::bail!("not refused: {filter:?}");
        };
        assert_eq!(errors[0].code, Code::Invalid);
        context.roll_back().await?;
    }
    let context = desk.test.act(&desk.person).await?;
    let Err(Failure::Refused(errors)) = link_clicks(&context, link.id, (NaiveDate::MIN, NaiveDate::MIN)).await else {
        anyhow::bail!("not refused");
    };
    assert_eq!((errors[0].code, errors[0].field.join(".").as_str()), (Code::Invalid, "from"));
    context.roll_back().await?;
    Ok(())
}

#[tokio::test]
async fn the_application_changes_neither_clicks_nor_what_was_recorded() -> Result<()> {
    let desk = Desk::new().await?;
    for (table, privilege) in [
        ("link_click", "insert"),
        ("link_click", "update"),
        ("link_click", "delete"),
        ("conversion", "update"),
        ("conversion", "delete"),
        ("conversion_touch", "update"),
        ("conversion_touch", "delete"),
    ] {
        let sql = format!("select has_any_column_privilege('diwan_app', '{table}', '{privilege}')");
        let sql = if privilege == "delete" { sql.replace("has_any_column", "has_table") } else { sql };
        assert!(!desk.test.db.value::<bool>(&sql).await?, "{privilege} on {table}");
    }
    Ok(())
}
