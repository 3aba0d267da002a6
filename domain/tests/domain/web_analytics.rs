//! Visits of a brand's pages: read from servers to the last visit, sent by people and programs, each once; and nothing that a server does
//! doubles or invents one.

mod read;

use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow};
use chrono::{DateTime, Duration, NaiveDate, TimeZone as _, Utc};
use diwan_domain::approvals::Money;
use diwan_domain::insights::kpi::Kpi;
use diwan_domain::insights::{
    Against, AskedInsights, NewWebConnection, Period, WebGoal, WebVisits, connect_web_analytics,
    disconnect_web_analytics, import_web_analytics, insights, record_web_analytics, sync_web_analytics, web_analytics,
    web_sources,
};
use diwan_domain::{Code, Context, Failure, UserError};
use diwan_entity::insights::web_day::Channel;
use diwan_entity::insights::web_source::WebSourceKind;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::clock::ManualClock;
use diwan_testkit::servers::{
    ANALYTICS_TOKEN, AnalyticsServer, MATOMO_SITE, PLAUSIBLE_SITE, SiteGoal, SiteNumbers, SiteVisits,
};
use diwan_testkit::{Person, Settings, TestServices};
use url::Url;
use uuid::Uuid;

/// All visits that are kept, in words.
const VISITS: &str =
    "select coalesce(string_agg(concat_ws(' ', day, channel, nullif(referrer, ''), sessions, bounces, page_views), '; '
  order by day, channel, referrer), '') from web_day where sessions > 0";

struct Desk {
    test: TestServices,
    clock: Arc<ManualClock>,
    server: AnalyticsServer,
    brand: Uuid,
    /// Leads the brand's team.
    lead: Person,
}

fn day(text: &str) -> Result<NaiveDate> {
    Ok(text.parse()?)
}

/// Visits of a day by Matomo's number of how they came: how many, bounces, pages.
fn visits(on: &str, kind: i64, name: &str, counts: [i64; 3]) -> Result<SiteVisits> {
    Ok(SiteVisits { day: day(on)?, kind, name: name.to_owned(), counts })
}

fn goal(on: &str, reached: i64, revenue: f64) -> Result<SiteGoal> {
    Ok(SiteGoal { day: day(on)?, goal: (1, "Sign-up".to_owned()), reached, revenue })
}

/// What the site knows at first: its first visits are in August.
fn august() -> Result<SiteNumbers> {
    Ok(SiteNumbers {
        visits: vec![
            visits("2026-08-20", 1, "", [10, 6, 20])?,
            visits("2026-08-20", 2, "Google", [8, 4, 10])?,
            visits("2026-08-20", 3, "news.example", [5, 1, 9])?,
            visits("2026-08-20", 7, "Twitter", [4, 2, 6])?,
            visits("2026-10-03", 7, "Facebook", [1, 1, 1])?,
            visits("2026-10-03", 7, "Mastodon", [6, 3, 7])?,
        ],
        goals: vec![goal("2026-10-03", 2, 29.97)?],
    })
}

fn refused<T>(answer: Result<T, Vec<UserError>>) -> Vec<(Code, String)> {
    let errors = answer.err().unwrap_or_default();
    errors.into_iter().map(|error| (error.code, error.field.join("."))).collect()
}

fn done<T>(answer: Result<T, Vec<UserError>>) -> Result<T> {
    answer.map_err(|errors| anyhow!("refused: {errors:?}"))
}

impl Desk {
    /// On a morning of October in Athens, where the day before is the third.
    async fn new() -> Result<Self> {
        Self::beside(None).await
    }

    /// The same, where another server may be called, too.
    async fn beside(other: Option<&Url>) -> Result<Self> {
        let start = Utc.with_ymd_and_hms(2026, 10, 4, 9, 0, 0).single().context("a time")?;
        let clock = Arc::new(ManualClock::new(start));
        let server = AnalyticsServer::start().await?;
        let servers = other.into_iter().chain([&server.url]).cloned().collect();
        let settings = Settings { clock: Some(Arc::clone(&clock)), servers, ..Settings::default() };
        let test = TestServices::with(settings).await?;
        let brand = test.brand("Alpha").await?;
        let lead = test.member(brand, Level::Senior, UserKind::Staff).await?;
        Ok(Self { test, clock, server, brand, lead })
    }

    async fn act<T>(
        &self,
        by: &Person,
        command: impl AsyncFnOnce(&Context) -> Result<T, Failure>,
    ) -> Result<Result<T, Vec<UserError>>> {
        self.test.attempt(by, command).await
    }

    fn new_connection(&self, kind: WebSourceKind) -> NewWebConnection {
        let matomo = kind == WebSourceKind::Matomo;
        NewWebConnection {
            brand_id: self.brand,
            name: "Shop".to_owned(),
            kind,
            url: if matomo { self.server.matomo() } else { self.server.url.to_string() },
            site_id: if matomo { MATOMO_SITE } else { PLAUSIBLE_SITE }.to_owned(),
            token: ANALYTICS_TOKEN.to_owned(),
        }
    }

    async fn connect(&self, new: NewWebConnection) -> Result<Result<Uuid, Vec<UserError>>> {
        self.act(&self.lead, async |context| Ok(connect_web_analytics(context, new).await?.id)).await
    }

    /// Connects a server that is all right, and reads it.
    async fn read(&self, kind: WebSourceKind) -> Result<Uuid> {
        let id = done(self.connect(self.new_connection(kind)).await?)?;
        self.test.run_jobs().await?;
        Ok(id)
    }

    async fn of<T: sea_orm::TryGetable>(&self, source: Uuid, column: &str) -> Result<T> {
        self.test.db.value(&format!("select {column} from web_source where id = '{source}'")).await
    }

    async fn kept(&self) -> Result<String> {
        self.test.db.value(VISITS).await
    }

    async fn due(&self, source: Uuid) -> Result<DateTime<Utc>> {
        let sql = format!("select due_at from job where subject_id = '{source}' and state = 'PENDING'");
        self.test.db.value(&sql).await
    }

    async fn later(&self, wait: Duration) -> Result<()> {
        self.clock.advance(wait);
        self.test.run_jobs().await?;
        Ok(())
    }

    /// Everything of the three tables, to see whether anything changed.
    async fn all(&self) -> Result<String> {
        let sql = "select concat((select string_agg(d::text, '|' order by d::text) from web_day d), '#',
            (select string_agg(g::text, '|' order by g::text) from web_goal_day g), '#',
            (select string_agg(concat(s.name, s.state, s.read_until), '|' order by s.id) from web_source s))";
        self.test.db.value_of_many_tables(sql).await
    }

    async fn record(
        &self,
        by: &Person,
        source: &str,
        visits: Vec<WebVisits>,
        goals: Vec<WebGoal>,
    ) -> Result<Result<[usize; 3], Vec<UserError>>> {
        let command = async |context: &Context| {
            let found = record_web_analytics(context, (self.brand, source), (visits, goals)).await?;
            Ok([found.recorded, found.restated, found.known])
        };
        self.act(by, command).await
    }

    async fn import(&self, source: &str, csv: &str) -> Result<Result<[usize; 3], Vec<UserError>>> {
        let command = async |context: &Context| {
            let found = import_web_analytics(context, self.brand, source, csv).await?;
            Ok([found.recorded, found.restated, found.known])
        };
        self.act(&self.lead, command).await
    }
}

#[tokio::test]
async fn what_is_sent_is_recorded_once_or_not_at_all() -> Result<()> {
    let desk = Desk::new().await?;
    let mid = desk.test.member(desk.brand, Level::Mid, UserKind::Staff).await?;
    let on = day("2026-10-01")?;
    let said = |referrer: &str, sessions, bounces| WebVisits {
        day: on,
        channel: None,
        referrer: referrer.to_owned(),
        sessions,
        bounces,
        page_views: None,
    };
    let value = |currency: &str| Some(Money { minor: 500, currency: currency.to_owned() });
    let reached = |completions, value| WebGoal { day: on, goal: "Order".to_owned(), completions, value };
    let first = || (vec![said("Facebook", 10, Some(4)), said("", 5, None)], vec![reached(2, value("EUR"))]);
    let (visits, goals) = first();
    assert_eq!(done(desk.record(&mid, "Till", visits, goals).await?)?, [3, 0, 0]);
    let (visits, goals) = first();
    assert_eq!(done(desk.record(&mid, "TILL", visits, goals).await?)?, [0, 0, 3], "the same again");
    assert_eq!(done(desk.record(&mid, "Till", vec![said("facebook.com", 12, Some(4))], Vec::new()).await?)?, [0, 1, 0]);
    let file = "day,referrer,sessions,bounces,goal,completions\n2026-10-01,Facebook,12,4,,\n2026-10-02,Google,3,,,\n2026-10-02,,,,Order,1\n";
    assert_eq!(done(desk.import("Till", file).await?)?, [2, 0, 1]);
    let expected = "2026-10-01 DIRECT 5; 2026-10-01 SOCIAL facebook 12 4; 2026-10-02 SEARCH google 3";
    assert_eq!(desk.kept().await?, expected);

    let before = desk.all().await?;
    let wrong = vec![
        said("a", -1, None),
        said("b", 5, Some(6)),
        WebVisits { day: day("2026-10-06")?, ..said("c", 1, None) },
        said("Twitter", 1, None),
        said("x.com", 1, None),
        said("d", 1, None),
    ];
    let answer = desk.record(&mid, "Till", wrong, vec![reached(1, value("XYZ1"))]).await?;
    let at = |code, field: &str| (code, field.to_owned());
    let expected = [
        at(Code::Invalid, "visits.0.sessions"),
        at(Code::Invalid, "visits.1.bounces"),
        at(Code::Invalid, "visits.2.day"),
        at(Code::AlreadyExists, "visits.4.referrer"),
        at(Code::UnknownCurrency, "goals.0.currency"),
    ];
    assert_eq!(refused(answer), expected);
    let answer = desk.import("Till", "day,sessions\n2026-10-01,3\n1 October,3\n2026-10-02,many\n").await?;
    assert_eq!(refused(answer), [at(Code::DateNotUnderstood, "csv.3.day"), at(Code::Invalid, "csv.4.sessions")]);
    for (file, code) in
        [("sessions\n3\n", Code::ColumnMissing), ("day,sessions\n", Code::Invalid), ("", Code::ColumnMissing)]
    {
        assert_eq!(refused(desk.import("Till", file).await?).first().map(|(code, _)| *code), Some(code), "{file}");
    }
    let many = vec![said("a", 1, None); 1001];
    assert_eq!(refused(desk.record(&mid, "Till", many, Vec::new()).await?), [at(Code::TooMany, "visits")]);
    assert_eq!(refused(desk.import("Till", &"x".repeat(500_001)).await?), [at(Code::FileTooLarge, "csv")]);
    assert_eq!(desk.all().await?, before);

    // What a server is asked for nobody sends.
    done(desk.connect(desk.new_connection(WebSourceKind::Matomo)).await?)?;
    let before = desk.all().await?;
    let answer = desk.record(&mid, "shop", vec![said("a", 1, None)], Vec::new()).await?;
    assert_eq!(refused(answer), [at(Code::AlreadyExists, "source")]);
    assert_eq!(desk.all().await?, before);
    Ok(())
}

#[tokio::test]
async fn figures_of_visits_are_those_by_hand() -> Result<()> {
    let desk = Desk::new().await?;
    let file = "day,channel,referrer,sessions,bounces,pageviews,goal,completions,value,currency\n\
      2026-09-01,,Mastodon,30,12,90,,,,\n2026-09-01,,,50,20,100,,,,\n2026-09-03,,Bluesky,20,,40,,,,\n\
      2026-09-03,,,,,,Order,3,30.50,EUR\n2026-09-04,,,,,,Order,1,2,USD\n2026-08-31,,Mastodon,10,1,10,,,,\n2026-10-01,,Mastodon,99,9,99,,,,\n";
    done(desk.import("Till", file).await?)?;
    done(desk.import("Kiosk", "day,referrer,sessions\n2026-09-01,Mastodon,5\n").await?)?;
    let context = desk.test.act(&desk.lead).await?;
    let period = Period { from: day("2026-09-01")?, to: day("2026-09-05")? };
    let asked = AskedInsights { brand_id: desk.brand, period, against: Against::PeriodBefore };
    let found = insights(&context, asked).await?;
    let figure = |kpi| {
        let figure = found.figures.iter().find(|figure| figure.formula.kpi == kpi);
        figure.map(|figure| (figure.value.clone().unwrap_or_default(), figure.before.clone().unwrap_or_default()))
    };
    let of = |value: &str, before: &str| Some((value.to_owned(), before.to_owned()));
    assert_eq!(figure(Kpi::Sessions), of("105", "10"));
    assert_eq!(figure(Kpi::SocialSessions), of("55", "10"));
    // 32 of the 80 of which it is known.
    assert_eq!(figure(Kpi::BounceRate), of("40", "10"));

    let before = desk.test.db.statements();
    let told = web_analytics(&context, desk.brand, period).await?;
    let first = desk.test.db.statements() - before;
    let total = told.total.context("visits")?;
    assert_eq!((total.sessions, total.social_sessions, total.page_views), (105, 55, Some(230)));
    assert_eq!((total.bounces, total.bounces_of, total.bounce_rate().as_deref()), (Some(32), Some(80), Some("40")));
    let days: Vec<(String, i64)> = told.days.iter().map(|day| (day.day.to_string(), day.sums.sessions)).collect();
    assert_eq!(days, [("2026-09-01".to_owned(), 85), ("2026-09-03".to_owned(), 20)]);
    assert_eq!(told.missing_days, [day("2026-09-02")?, day("2026-09-04")?, day("2026-09-05")?]);
    let ways: Vec<(Channel, &str, i64)> =
        told.referrers.iter().map(|way| (way.channel, way.referrer.as_str(), way.sums.sessions)).collect();
    assert_eq!(ways, [(Channel::Direct, "", 50), (Channel::Social, "mastodon", 35), (Channel::Social, "bluesky", 20)]);
    let worth = |minor, currency: &str| Money { minor, currency: currency.to_owned() };
    assert_eq!((told.goals.len(), told.goals[0].completions), (1, 4));
    assert_eq!(told.goals[0].values, [worth(3050, "EUR"), worth(200, "USD")]);
    // Of more days it takes as many statements.
    let before = desk.test.db.statements();
    let year = Period { from: day("2025-10-05")?, to: day("2026-10-04")? };
    let told = web_analytics(&context, desk.brand, year).await?;
    assert_eq!(desk.test.db.statements() - before, first);
    assert_eq!((told.days.len(), told.missing_days.len()), (4, 364 - 4), "today is not over");
    Ok(())
}

#[tokio::test]
async fn visits_are_for_those_of_the_brand_whom_the_table_names() -> Result<()> {
    let desk = Desk::new().await?;
    let source = desk.read(WebSourceKind::Matomo).await?;
    let before = desk.all().await?;
    let other = desk.test.brand("Beta").await?;
    let stranger = desk.test.member(other, Level::Senior, UserKind::Staff).await?;
    let mid = desk.test.member(desk.brand, Level::Mid, UserKind::Staff).await?;
    let junior = desk.test.member(desk.brand, Level::Junior, UserKind::Staff).await?;
    let client = desk.test.member(desk.brand, Level::Junior, UserKind::Client).await?;
    let period = Period { from: day("2026-09-01")?, to: day("2026-09-05")? };
    let visits = |referrer: &str| WebVisits {
        day: period.from,
        channel: None,
        referrer: referrer.to_owned(),
        sessions: 1,
        bounces: None,
        page_views: None,
    };
    let first = |errors: Vec<(Code, String)>| errors.first().map(|(code, _)| *code);
    for (who, of_row, of_brand) in [
        (&stranger, Code::NotFound, Code::NotFound),
        (&junior, Code::Forbidden, Code::Forbidden),
        (&client, Code::NotFound, Code::Forbidden),
    ] {
        let sync = desk.act(who, async |context| sync_web_analytics(context, source).await).await?;
        assert_eq!(first(refused(sync)), Some(of_row));
        let end = desk.act(who, async |context| disconnect_web_analytics(context, source).await).await?;
        assert_eq!(first(refused(end)), Some(of_row));
        let list = desk.act(who, async |context| web_sources(context, desk.brand).await).await?;
        assert_eq!(first(refused(list)), Some(of_brand));
        let read = desk.act(who, async |context| web_analytics(context, desk.brand, period).await).await?;
        assert_eq!(first(refused(read)), Some(of_brand));
        assert_eq!(first(refused(desk.record(who, "Till", vec![visits("a")], Vec::new()).await?)), Some(of_brand));
    }
    // A MID reads and has it asked, but hands over no key.
    let new = NewWebConnection { name: "Other".to_owned(), ..desk.new_connection(WebSourceKind::Plausible) };
    let connect = desk.act(&mid, async |context| connect_web_analytics(context, new).await).await?;
    assert_eq!(first(refused(connect)), Some(Code::Forbidden));
    let end = desk.act(&mid, async |context| disconnect_web_analytics(context, source).await).await?;
    assert_eq!(first(refused(end)), Some(Code::Forbidden));
    for (url, site_id, code) in [
        ("http://192.168.0.1/", "1", (Code::AddressNotAllowed, "url")),
        ("stats", "1", (Code::Invalid, "url")),
        ("https://stats.example/", "shop", (Code::Invalid, "siteId")),
    ] {
        let new = desk.new_connection(WebSourceKind::Matomo);
        let new = NewWebConnection { url: url.to_owned(), site_id: site_id.to_owned(), name: "New".to_owned(), ..new };
        assert_eq!(refused(desk.connect(new).await?), [(code.0, code.1.to_owned())]);
    }
    assert_eq!(desk.all().await?, before);
    let told = done(desk.act(&mid, async |context| web_sources(context, desk.brand).await).await?)?;
    assert_eq!(told.len(), 1);
    // Not twice in five minutes.
    let asked = desk.server.requests().len();
    done(desk.act(&mid, async |context| sync_web_analytics(context, source).await).await?)?;
    desk.test.run_jobs().await?;
    assert_eq!(desk.server.requests().len(), asked);
    desk.later(Duration::minutes(5)).await?;
    assert!(desk.server.requests().len() > asked);
    let sealed: Vec<u8> = desk.of(source, "token").await?;
    assert!(!String::from_utf8_lossy(&sealed).contains(ANALYTICS_TOKEN));
    Ok(())
}
