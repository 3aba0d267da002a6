//! How often a brand and those it is compared with are spoken of: sent by people and programs, counted on networks, each day once; and what is
//! not known of all is compared with nothing.

mod counted;

use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow};
use chrono::{Duration, NaiveDate, TimeZone as _, Utc};
use diwan_domain::insights::kpi::Kpi;
use diwan_domain::insights::{Against, AskedInsights, Period, insights};
use diwan_domain::listening::{
    Mentions, MonitorChange, NewMonitor, ShareOfVoice, archive_monitor, change_monitor, create_monitor,
    import_mentions, mention_sources, monitors, record_mentions, share_of_voice,
};
use diwan_domain::{Code, Context, Failure, UserError};
use diwan_entity::listening::listening_monitor::MonitorKind;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::clock::ManualClock;
use diwan_testkit::servers::VoiceServer;
use diwan_testkit::{Person, Settings, TestServices};
use uuid::Uuid;

/// All mentions that are kept, in words, but for those of nobody.
const KEPT: &str = "
  select coalesce(string_agg(concat_ws(' ', coalesce(s.network, s.name), m.name, d.day, d.mentions), '; ' order by s.id, m.id, d.day), '')
  from mention_day d join mention_source s on s.id = d.source_id join listening_monitor m on m.id = d.monitor_id where d.mentions > 0";

struct Desk {
    test: TestServices,
    clock: Arc<ManualClock>,
    server: VoiceServer,
    brand: Uuid,
    /// Works for the brand.
    mid: Person,
}

fn day(text: &str) -> Result<NaiveDate> {
    Ok(text.parse()?)
}

fn refused<T>(answer: Result<T, Vec<UserError>>) -> Vec<(Code, String)> {
    let errors = answer.err().unwrap_or_default();
    errors.into_iter().map(|error| (error.code, error.field.join("."))).collect()
}

fn done<T>(answer: Result<T, Vec<UserError>>) -> Result<T> {
    answer.map_err(|errors| anyhow!("refused: {errors:?}"))
}

fn at(code: Code, path: &str) -> (Code, String) {
    (code, path.to_owned())
}

impl Desk {
    /// At noon of 4 October in Athens.
    async fn new() -> Result<Self> {
        let start = Utc.with_ymd_and_hms(2026, 10, 4, 9, 0, 0).single().context("a time")?;
        let clock = Arc::new(ManualClock::new(start));
        let server = VoiceServer::start().await?;
        let settings =
            Settings { clock: Some(Arc::clone(&clock)), servers: vec![server.url.clone()], ..Settings::default() };
        let test = TestServices::with(settings).await?;
        let brand = test.brand("Alpha").await?;
        let mid = test.member(brand, Level::Mid, UserKind::Staff).await?;
        Ok(Self { test, clock, server, brand, mid })
    }

    async fn act<T>(
        &self,
        by: &Person,
        command: impl AsyncFnOnce(&Context) -> Result<T, Failure>,
    ) -> Result<Result<T, Vec<UserError>>> {
        self.test.attempt(by, command).await
    }

    /// A monitor that is compared from 28 September on.
    fn new_monitor(&self, kind: MonitorKind, name: &str, keywords: &[&str], hashtags: &[&str]) -> Result<NewMonitor> {
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Ok(NewMonitor {
            brand_id: self.brand,
            kind,
            name: name.to_owned(),
            keywords: owned(keywords),
            hashtags: owned(hashtags),
            compared_from: Some(day("2026-09-28")?),
        })
    }

    async fn create(&self, new: NewMonitor) -> Result<Result<Uuid, Vec<UserError>>> {
        self.act(&self.mid, async |context| Ok(create_monitor(context, new).await?.id)).await
    }

    /// The brand itself and a competitor, a minute ago.
    async fn two(&self) -> Result<(Uuid, Uuid)> {
        let own = self.new_monitor(MonitorKind::Own, "Nour", &["Nour tea"], &["#NourTea"])?;
        let rival = self.new_monitor(MonitorKind::Competitor, "Sama", &["Sama"], &["samatea"])?;
        let (own, rival) = (done(self.create(own).await?)?, done(self.create(rival).await?)?);
        self.clock.advance(Duration::minutes(1));
        Ok((own, rival))
    }

    async fn import(&self, source: &str, csv: &str) -> Result<Result<[usize; 3], Vec<UserError>>> {
        let command = async |context: &Context| {
            let found = import_mentions(context, self.brand, source, csv).await?;
            Ok([found.recorded, found.restated, found.known])
        };
        self.act(&self.mid, command).await
    }

    async fn record(
        &self,
        by: &Person,
        source: &str,
        days: Vec<Mentions>,
    ) -> Result<Result<[usize; 3], Vec<UserError>>> {
        let command = async |context: &Context| {
            let found = record_mentions(context, (self.brand, source), days).await?;
            Ok([found.recorded, found.restated, found.known])
        };
        self.act(by, command).await
    }

    async fn voice(&self, from: &str, to: &str) -> Result<ShareOfVoice> {
        let context = self.test.act(&self.mid).await?;
        let period = Period { from: day(from)?, to: day(to)? };
        Ok(share_of_voice(&context, self.brand, period).await?)
    }

    async fn kept(&self) -> Result<String> {
        self.test.db.value(KEPT).await
    }

    /// Everything of the three tables, to see whether anything changed.
    async fn all(&self) -> Result<String> {
        let sql = "select concat((select string_agg(d::text, '|' order by d::text) from mention_day d), '#',
            (select string_agg(m::text, '|' order by m.id) from listening_monitor m), '#',
            (select string_agg(concat(s.name, s.network), '|' order by s.id) from mention_source s))";
        self.test.db.value_of_many_tables(sql).await
    }

    /// A figure of the product, the same of the period before, and the networks that lack something.
    async fn figure(&self, kpi: Kpi, from: &str, to: &str) -> Result<(Option<String>, Option<String>, Vec<String>)> {
        let context = self.test.act(&self.mid).await?;
        let period = Period { from: day(from)?, to: day(to)? };
        let asked = AskedInsights { brand_id: self.brand, period, against: Against::PeriodBefore };
        let found = insights(&context, asked).await?;
        let figure = found.figures.into_iter().find(|figure| figure.formula.kpi == kpi).context("a figure")?;
        Ok((figure.value, figure.before, figure.missing_networks))
    }
}

#[tokio::test]
async fn what_is_listened_for_is_said_once_and_stays_when_it_is_archived() -> Result<()> {
    let desk = Desk::new().await?;
    let (own, rival) = desk.two().await?;
    let before = desk.all().await?;
    let other = desk.new_monitor(MonitorKind::Own, "Nour again", &["Nour"], &[])?;
    assert_eq!(refused(desk.create(other).await?), [at(Code::AlreadyExists, "kind")]);
    let same = desk.new_monitor(MonitorKind::Competitor, "SAMA", &["Sama"], &["#two words"])?;
    let expected = [at(Code::Invalid, "hashtags.0"), at(Code::AlreadyExists, "name")];
    assert_eq!(refused(desk.create(same).await?), expected);
    let none = NewMonitor {
        compared_from: Some(day("2026-10-06")?),
        ..desk.new_monitor(MonitorKind::Competitor, " ", &[], &[])?
    };
    let expected = [at(Code::Invalid, "name"), at(Code::Invalid, "keywords"), at(Code::Invalid, "comparedFrom")];
    assert_eq!(refused(desk.create(none).await?), expected);
    assert_eq!(desk.all().await?, before);

    let change = MonitorChange { name: Some("Sama House".to_owned()), ..MonitorChange::default() };
    let changed = done(desk.act(&desk.mid, async |context| change_monitor(context, rival, change).await).await?)?;
    assert_eq!((changed.name.as_str(), changed.keywords.as_slice()), ("Sama House", ["Sama".to_owned()].as_slice()));
    let archived = done(desk.act(&desk.mid, async |context| archive_monitor(context, rival).await).await?)?;
    assert_eq!(archived.compared_until, Some(day("2026-10-03")?), "until yesterday");
    let before = desk.all().await?;
    let change = MonitorChange { hashtags: Some(Vec::new()), ..MonitorChange::default() };
    let again = desk.act(&desk.mid, async |context| change_monitor(context, rival, change).await).await?;
    assert_eq!(refused(again), [at(Code::WrongState, "monitorId")]);
    let again = desk.act(&desk.mid, async |context| archive_monitor(context, rival).await).await?;
    assert_eq!(refused(again), [at(Code::WrongState, "monitorId")]);
    let wordless = MonitorChange { keywords: Some(Vec::new()), hashtags: Some(Vec::new()), ..MonitorChange::default() };
    let again = desk.act(&desk.mid, async |context| change_monitor(context, own, wordless).await).await?;
    assert_eq!(refused(again), [at(Code::Invalid, "keywords")]);
    assert_eq!(desk.all().await?, before);

    // The name is free for another.
    let other = desk.new_monitor(MonitorKind::Competitor, "Sama House", &["Sama"], &[])?;
    done(desk.create(other).await?)?;
    let context = desk.test.act(&desk.mid).await?;
    let list: Vec<(String, bool)> =
        monitors(&context, desk.brand).await?.into_iter().map(|row| (row.name, row.archived_at.is_some())).collect();
    let row = |name: &str, archived| (name.to_owned(), archived);
    assert_eq!(list, [row("Nour", false), row("Sama House", false), row("Sama House", true)]);
    for place in 2..20 {
        let more = desk.new_monitor(MonitorKind::Competitor, &format!("Rival {place}"), &["Rival"], &[])?;
        done(desk.create(more).await?)?;
    }
    let many = desk.new_monitor(MonitorKind::Competitor, "One too many", &["Rival"], &[])?;
    assert_eq!(refused(desk.create(many).await?).first().map(|(code, _)| *code), Some(Code::TooMany));
    Ok(())
}

#[tokio::test]
async fn what_is_sent_is_recorded_once_or_not_at_all() -> Result<()> {
    let desk = Desk::new().await?;
    let (own, rival) = desk.two().await?;
    let on = day("2026-10-01")?;
    let said = |monitor_id, mentions| Mentions { monitor_id, day: on, mentions };
    assert_eq!(done(desk.record(&desk.mid, "Press", vec![said(own, 5), said(rival, 9)]).await?)?, [2, 0, 0]);
    assert_eq!(done(desk.record(&desk.mid, "PRESS", vec![said(own, 5)]).await?)?, [0, 0, 1], "the same again");
    assert_eq!(done(desk.record(&desk.mid, "Press", vec![said(own, 6)]).await?)?, [0, 1, 0]);
    let file = "Day;Monitor;Mentions\n2026-10-01;nour;6\n2026-10-02;SAMA;4\n";
    assert_eq!(done(desk.import("Press", file).await?)?, [1, 0, 1]);
    let kept = "Press Nour 2026-10-01 6; Press Sama 2026-10-01 9; Press Sama 2026-10-02 4";
    assert_eq!(desk.kept().await?, kept);

    let before = desk.all().await?;
    let later = Mentions { day: day("2026-10-06")?, ..said(own, 1) };
    let wrong = vec![said(own, -1), later, said(Uuid::nil(), 1), said(rival, 1), said(rival, 2)];
    let expected = [
        at(Code::Invalid, "mentions.0.mentions"),
        at(Code::Invalid, "mentions.1.day"),
        at(Code::NotFound, "mentions.2.monitorId"),
        at(Code::AlreadyExists, "mentions.4.day"),
    ];
    assert_eq!(refused(desk.record(&desk.mid, "Press", wrong).await?), expected);
    let file = "day,monitor,mentions\n2026-10-01,Nour,3\n1 October,Nour,3\n2026-10-02,Nobody,1\n2026-10-02,Sama,-2\n2026-10-01,Nour,4\n";
    let expected = [
        at(Code::DateNotUnderstood, "csv.3.day"),
        at(Code::NoSuchName, "csv.4.monitor"),
        at(Code::Invalid, "csv.5.mentions"),
        at(Code::AlreadyExists, "csv.6.day"),
    ];
    assert_eq!(refused(desk.import("Press", file).await?), expected);
    for (file, code) in
        [("day,mentions\n2026-10-01,3\n", Code::ColumnMissing), ("day,monitor,mentions\n", Code::Invalid)]
    {
        assert_eq!(refused(desk.import("Press", file).await?).first().map(|(code, _)| *code), Some(code), "{file}");
    }
    assert_eq!(refused(desk.record(&desk.mid, "Press", Vec::new()).await?), [at(Code::Invalid, "mentions")]);
    let many = vec![said(own, 1); 1001];
    assert_eq!(refused(desk.record(&desk.mid, "Press", many).await?), [at(Code::TooMany, "mentions")]);
    assert_eq!(refused(desk.import("Press", &"x".repeat(500_001)).await?), [at(Code::FileTooLarge, "csv")]);
    assert_eq!(
        refused(desk.import(" ", "day,monitor,mentions\n2026-10-01,Nour,3\n").await?),
        [at(Code::Invalid, "source")]
    );
    assert_eq!(desk.all().await?, before);
    Ok(())
}

#[tokio::test]
async fn late_days_of_what_is_archived_are_taken_where_it_is_compared() -> Result<()> {
    let desk = Desk::new().await?;
    let (own, rival) = desk.two().await?;
    done(desk.act(&desk.mid, async |context| archive_monitor(context, rival).await).await?)?;
    let late = "day,monitor,mentions\n2026-10-03,Nour,6\n2026-10-03,Sama,4\n";
    assert_eq!(done(desk.import("Press", late).await?)?, [2, 0, 0]);
    let said = |on: &str| Ok::<_, anyhow::Error>(Mentions { monitor_id: rival, day: day(on)?, mentions: 9 });
    assert_eq!(done(desk.record(&desk.mid, "Press", vec![said("2026-10-02")?]).await?)?, [1, 0, 0]);
    let total = desk.voice("2026-10-03", "2026-10-03").await?.total.context("a day on which both are known")?;
    assert_eq!((total.own, total.all), (6, 10));

    // Of the days after and before nobody would ever see anything.
    let before = desk.all().await?;
    for on in ["2026-10-04", "2026-09-27"] {
        let row = format!("day,monitor,mentions\n2026-10-02,Nour,1\n{on},Sama,4\n");
        assert_eq!(refused(desk.import("Press", &row).await?), [at(Code::NoSuchName, "csv.3.monitor")], "{on}");
        let days = vec![Mentions { monitor_id: own, ..said("2026-10-02")? }, said(on)?];
        let answer = desk.record(&desk.mid, "Press", days).await?;
        assert_eq!(refused(answer), [at(Code::NotFound, "mentions.1.monitorId")], "{on}");
    }
    assert_eq!(desk.all().await?, before);

    // Another of the same name has the days on which it is compared, and those that are nobody else's.
    let mut new = desk.new_monitor(MonitorKind::Competitor, "Sama", &["Sama"], &[])?;
    new.compared_from = Some(day("2026-10-04")?);
    let new = done(desk.create(new).await?)?;
    let late = "day,monitor,mentions\n2026-09-27,Sama,1\n2026-10-03,Sama,5\n2026-10-04,Sama,2\n";
    assert_eq!(done(desk.import("Press", late).await?)?, [2, 1, 0]);
    let of_new = format!("mention_day where monitor_id = '{new}' and day in ('2026-09-27', '2026-10-04')");
    assert_eq!(desk.test.db.count(&of_new).await?, 2);
    Ok(())
}

#[tokio::test]
async fn a_share_is_made_of_the_days_on_which_all_are_known() -> Result<()> {
    let desk = Desk::new().await?;
    desk.two().await?;
    // The second source knows the competitor on one of its days alone. A third counts the brand and nobody else.
    let press = "day,monitor,mentions\n2026-09-28,Nour,10\n2026-09-28,Sama,30\n2026-09-29,Nour,20\n2026-09-30,Nour,0\n2026-09-30,Sama,0\n\
        2026-10-02,Sama,7\n2026-09-27,Nour,50\n2026-09-27,Sama,50\n";
    done(desk.import("Press", press).await?)?;
    done(
        desk.import("Radio", "day,monitor,mentions\n2026-09-28,Nour,5\n2026-09-29,Nour,1\n2026-09-29,Sama,3\n").await?,
    )?;
    done(desk.import("Letters", "day,monitor,mentions\n2026-10-01,Nour,4\n").await?)?;

    let before = desk.test.db.statements();
    let told = desk.voice("2026-09-27", "2026-10-04").await?;
    let first = desk.test.db.statements() - before;
    let total = told.total.context("a day")?;
    // 28 September of the press, 29 of the radio, and a day on which nobody was spoken of: 11 of 44.
    assert_eq!((total.own, total.all, total.share().as_deref()), (11, 44, Some("25")));
    let days: Vec<(String, i64, i64, Option<String>)> = told
        .days
        .iter()
        .map(|day| (day.day.to_string(), day.compared.own, day.compared.all, day.compared.share()))
        .collect();
    let row = |day: &str, own, all, share: Option<&str>| (day.to_owned(), own, all, share.map(str::to_owned));
    let expected =
        [row("2026-09-28", 10, 40, Some("25")), row("2026-09-29", 1, 4, Some("25")), row("2026-09-30", 0, 0, None)];
    assert_eq!(days, expected);
    assert_eq!(told.missing_days, [day("2026-10-01")?, day("2026-10-02")?, day("2026-10-03")?], "today is not over");
    let monitors: Vec<_> = told
        .monitors
        .iter()
        .map(|voice| (voice.monitor.name.as_str(), voice.mentions, voice.compared, voice.share.as_deref()))
        .collect();
    assert_eq!(monitors, [("Nour", Some(90), Some(11), Some("25")), ("Sama", Some(90), Some(33), Some("75"))]);
    let sources: Vec<(Option<&str>, i64, usize)> = told
        .sources
        .iter()
        .map(|voice| (voice.source.name.as_deref(), voice.compared_days, voice.missing_days.len()))
        .collect();
    assert_eq!(sources, [(Some("Press"), 2, 3), (Some("Radio"), 1, 1), (Some("Letters"), 0, 1)]);

    let of = |value: &str| Some(value.to_owned());
    let figure = desk.figure(Kpi::ShareOfVoice, "2026-09-28", "2026-10-03").await?;
    assert_eq!(figure, (of("25"), None, Vec::new()), "the day before is compared with nothing");
    assert_eq!(desk.figure(Kpi::Mentions, "2026-09-28", "2026-10-03").await?, (of("40"), of("50"), Vec::new()));
    assert_eq!(desk.figure(Kpi::ShareOfVoice, "2026-10-01", "2026-10-03").await?.0, None, "missing is no zero");

    // Of more days it takes as many statements.
    let before = desk.test.db.statements();
    desk.voice("2024-01-01", "2026-10-04").await?;
    assert_eq!(desk.test.db.statements() - before, first);

    // Who joins later changes nothing of the days before; who is archived was compared until yesterday.
    let mut new = desk.new_monitor(MonitorKind::Competitor, "Late", &["Late"], &[])?;
    new.compared_from = Some(day("2026-10-02")?);
    done(desk.create(new).await?)?;
    assert_eq!(desk.voice("2026-09-28", "2026-10-04").await?.total, Some(total));
    Ok(())
}

#[tokio::test]
async fn mentions_are_for_those_of_the_brand_whom_the_table_names() -> Result<()> {
    let desk = Desk::new().await?;
    let (own, _) = desk.two().await?;
    done(desk.import("Press", "day,monitor,mentions\n2026-10-01,Nour,3\n2026-10-01,Sama,1\n").await?)?;
    let before = desk.all().await?;
    let other = desk.test.brand("Beta").await?;
    let stranger = desk.test.member(other, Level::Senior, UserKind::Staff).await?;
    let junior = desk.test.member(desk.brand, Level::Junior, UserKind::Staff).await?;
    let client = desk.test.member(desk.brand, Level::Junior, UserKind::Client).await?;
    let period = Period { from: day("2026-10-01")?, to: day("2026-10-02")? };
    let first = |errors: Vec<(Code, String)>| errors.first().map(|(code, _)| *code);
    for (who, of_row, of_brand) in [
        (&stranger, Code::NotFound, Code::NotFound),
        (&junior, Code::Forbidden, Code::Forbidden),
        (&client, Code::NotFound, Code::Forbidden),
    ] {
        let change = MonitorChange { name: Some("Ours".to_owned()), ..MonitorChange::default() };
        let changed = desk.act(who, async |context| change_monitor(context, own, change).await).await?;
        assert_eq!(first(refused(changed)), Some(of_row));
        let archived = desk.act(who, async |context| archive_monitor(context, own).await).await?;
        assert_eq!(first(refused(archived)), Some(of_row));
        let new = desk.new_monitor(MonitorKind::Competitor, "Theirs", &["Theirs"], &[])?;
        let made = desk.act(who, async |context| create_monitor(context, new).await).await?;
        assert_eq!(first(refused(made)), Some(of_brand));
        let said = Mentions { monitor_id: own, day: period.from, mentions: 1 };
        assert_eq!(first(refused(desk.record(who, "Press", vec![said]).await?)), Some(of_brand));
        let list = desk.act(who, async |context| monitors(context, desk.brand).await).await?;
        assert_eq!(first(refused(list)), Some(of_brand));
        let list = desk.act(who, async |context| mention_sources(context, desk.brand).await).await?;
        assert_eq!(first(refused(list)), Some(of_brand));
        let read = desk.act(who, async |context| share_of_voice(context, desk.brand, period).await).await?;
        assert_eq!(first(refused(read)), Some(of_brand));
    }
    // A monitor of one brand is none of another, also for those who work for both.
    desk.test.join(&desk.mid, other, Level::Mid).await?;
    let said = Mentions { monitor_id: own, day: period.from, mentions: 1 };
    let foreign =
        desk.act(&desk.mid, async |context| record_mentions(context, (other, "Press"), vec![said]).await).await?;
    assert_eq!(refused(foreign), [at(Code::NotFound, "mentions.0.monitorId")]);
    assert_eq!(desk.all().await?, before);
    Ok(())
}
