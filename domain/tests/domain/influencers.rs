//! Influencers: who sees whom, that nobody is there twice, and that nobody who is blocked comes onto a shortlist, whatever is done at
//! once.

mod four_eyes;

use std::sync::Arc;

use anyhow::{Context as _, Result};
use chrono::{Duration, NaiveDate};
use diwan_domain::approvals::Money;
use diwan_domain::influencers::{
    self, AudienceFact, Contact, FitCheck, InfluencerContent, InfluencerFilter, NewExclusivity, NewOutreach, NewResult,
    OutreachChange, ProfileContent, RateContent, ShortlistContent, StatedNumber,
};
use diwan_domain::paging::Page;
use diwan_domain::{Code, Context, Failure};
use diwan_entity::influencers::influencer_outreach::OutreachChannel;
use diwan_entity::influencers::influencer_rate::RateFormat;
use diwan_entity::influencers::influencer_shortlist_item::ItemState;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::clock::ManualClock;
use diwan_platform::db;
use diwan_testkit::{Person, Settings, TestServices};
use sea_orm::ConnectionTrait as _;
use uuid::Uuid;

const FIRST: Page = Page { size: 50, after: None, before: None, from_end: false };

struct Desk {
    test: TestServices,
    brand: Uuid,
    person: Person,
    chief: Person,
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap_or(NaiveDate::MIN)
}

fn named(name: &str, handle: &str) -> InfluencerContent {
    let profile = ProfileContent {
        network: "mastodon".to_owned(),
        handle: handle.to_owned(),
        followers: Some(12_000),
        followers_on: Some(day("2026-01-01")),
        followers_source: Some("Herself".to_owned()),
        ..ProfileContent::default()
    };
    InfluencerContent { name: name.to_owned(), profiles: vec![profile], ..InfluencerContent::default() }
}

impl Desk {
    async fn new() -> Result<Self> {
        Self::with(Settings::default()).await
    }

    async fn with(settings: Settings) -> Result<Self> {
        let test = TestServices::with(settings).await?;
        let brand = test.brand("Alpha").await?;
        let person = test.member(brand, Level::Senior, UserKind::Staff).await?;
        let chief = test.chief().await?;
        Ok(Self { test, brand, person, chief })
    }

    async fn act<T>(
        &self,
        by: &Person,
        command: impl AsyncFnOnce(&Context) -> Result<T, Failure>,
    ) -> Result<Result<T, (Code, String)>> {
        let done = self.test.attempt(by, command).await?;
        Ok(done.map_err(|errors| (errors[0].code, errors[0].field.join("."))))
    }

    async fn must<T>(&self, by: &Person, command: impl AsyncFnOnce(&Context) -> Result<T, Failure>) -> Result<T> {
        self.act(by, command).await?.map_err(|refusal| anyhow::anyhow!("refused: {refusal:?}"))
    }

    async fn add(&self, name: &str, handle: &str) -> Result<Uuid> {
        let add =
            async |context: &Context| influencers::create_influencer(context, self.brand, &named(name, handle)).await;
        Ok(self.must(&self.person, add).await?.id)
    }

    async fn shortlist(&self, name: &str) -> Result<Uuid> {
        let content = ShortlistContent { name: name.to_owned(), ..ShortlistContent::default() };
        let make = async |context: &Context| influencers::create_shortlist(context, self.brand, &content).await;
        Ok(self.must(&self.person, make).await?.id)
    }

    async fn propose(&self, list: Uuid, who: &[Uuid]) -> Result<Result<(), (Code, String)>> {
        let propose =
            async |context: &Context| influencers::propose_influencers(context, list, who, "").await.map(|_| ());
        self.act(&self.person, propose).await
    }

    /// The names that somebody finds in a brand.
    async fn found(&self, by: &Person, brand: Option<Uuid>, filter: InfluencerFilter) -> Result<Vec<String>> {
        let find = async |context: &Context| influencers::influencers(context, brand, &filter, FIRST).await;
        Ok(self.must(by, find).await?.rows.into_iter().map(|row| row.name).collect())
    }

    async fn fit(&self, who: Uuid, markets: &[&str]) -> Result<(Vec<Code>, Vec<FitCheck>)> {
        let markets: Vec<String> = markets.iter().map(|market| (*market).to_owned()).collect();
        let look = async |context: &Context| influencers::influencer_fit(context, (self.brand, who), &markets).await;
        let fit = self.must(&self.person, look).await?;
        Ok((fit.warnings.into_iter().map(|warning| warning.code).collect(), fit.unknown))
    }
}

#[tokio::test]
async fn a_brand_sees_whom_it_was_given_and_nobody_else() -> Result<()> {
    let desk = Desk::new().await?;
    let other = desk.test.brand("Beta").await?;
    let there = desk.test.member(other, Level::Cmo, UserKind::Staff).await?;
    let lina = desk.add("Lina", "lina").await?;
    let everybody = InfluencerFilter::default();
    assert_eq!(desk.found(&desk.person, Some(desk.brand), everybody.clone()).await?, ["Lina"]);
    assert_eq!(desk.found(&there, Some(other), everybody.clone()).await?, Vec::<String>::new());
    assert_eq!(desk.found(&desk.chief, None, everybody.clone()).await?, ["Lina"]);
    let update = async |context: &Context| influencers::update_influencer(context, lina, 1, &named("No", "no")).await;
    assert_eq!(desk.act(&there, update).await?.unwrap_err().0, Code::NotFound);
    let all = async |context: &Context| influencers::influencers(context, None, &everybody, FIRST).await;
    assert_eq!(desk.act(&desk.person, all).await?.unwrap_err().0, Code::Forbidden);
    let share = async |context: &Context| influencers::share_influencer(context, lina, &[other]).await;
    assert_eq!(desk.act(&desk.person, share).await?.unwrap_err().0, Code::Forbidden, "held agency-wide alone");
    let share = async |context: &Context| influencers::share_influencer(context, lina, &[other]).await;
    desk.must(&desk.chief, share).await?;
    assert_eq!(desk.found(&there, Some(other), InfluencerFilter::default()).await?, ["Lina"]);
    // It ends for one of them, with what the brand has of her kept, and begins again.
    let list = desk.shortlist("Spring").await?;
    desk.propose(list, &[lina]).await?.unwrap();
    let end = async |context: &Context| influencers::unshare_influencer(context, lina, desk.brand).await;
    desk.must(&desk.chief, end).await?;
    assert_eq!(desk.found(&desk.person, Some(desk.brand), InfluencerFilter::default()).await?, Vec::<String>::new());
    let items: i64 = desk.test.db.count("influencer_shortlist_item").await?;
    assert_eq!(items, 1);
    let approve = async |context: &Context| {
        influencers::decide_on_shortlist(context, (list, lina), ItemState::Approved, None).await
    };
    assert_eq!(desk.act(&desk.person, approve).await?.unwrap_err().0, Code::NotFound);
    let again = async |context: &Context| influencers::share_influencer(context, lina, &[desk.brand, other]).await;
    desk.must(&desk.chief, again).await?;
    assert_eq!(desk.found(&desk.person, Some(desk.brand), InfluencerFilter::default()).await?, ["Lina"]);
    Ok(())
}

#[tokio::test]
async fn a_brand_takes_nobody_whom_it_was_not_given_whatever_is_written() -> Result<()> {
    let desk = Desk::new().await?;
    let (alpha, beta) = (desk.brand, desk.test.brand("Beta").await?);
    let lina = desk.add("Lina", "lina").await?;
    let end = async |context: &Context| influencers::unshare_influencer(context, lina, alpha).await;
    desk.must(&desk.chief, end).await?;
    let by = desk.person.id;
    let insert = format!(
        "insert into influencer_share (brand_id, influencer_id, shared_by, shared_at) values ('{beta}', '{lina}', '{by}', now())"
    );
    for (brand, sql) in [(beta, insert.as_str()), (alpha, "update influencer_share set ended_at = null")] {
        let tx = desk.test.services.db.write().await?;
        db::scalar::<bool>(&tx, "select app.enter_brand($1)", [brand.into()]).await?;
        // Refused, or nothing is found to be written.
        match tx.execute_unprepared(sql).await {
            Ok(done) => assert_eq!(done.rows_affected(), 0, "{sql}"),
            Err(error) => assert!(error.to_string().contains("row-level security"), "{error}"),
        }
        tx.rollback().await?;
    }
    // Nor is anybody given to a brand that is archived.
    desk.test.db.run(&format!("update brand set archived_at = now() where id = '{beta}'")).await?;
    let share = async |context: &Context| influencers::share_influencer(context, lina, &[alpha, beta]).await;
    let refused = desk.act(&desk.chief, share).await?.unwrap_err();
    assert_eq!(refused, (Code::BrandArchived, "brandIds.1".to_owned()));
    let shared: i64 = desk.test.db.value("select count(*) from influencer_share where ended_at is null").await?;
    assert_eq!(shared, 0);
    Ok(())
}

#[tokio::test]
async fn an_exclusivity_ends_with_its_day_by_the_brands_clock_and_there_are_so_many() -> Result<()> {
    // In Athens the fourth has begun.
    let clock = Some(Arc::new(ManualClock::new("2026-08-03T22:30:00Z".parse()?)));
    let desk = Desk::with(Settings { clock, ..Settings::default() }).await?;
    let lina = desk.add("Lina", "lina").await?;
    let exclusive = |until_on: &str| NewExclusivity {
        competitor: "Rival".to_owned(),
        category: "coffee".to_owned(),
        starts_on: None,
        until_on: Some(day(until_on)),
        source: String::new(),
    };
    for (until_on, warns) in [("2026-08-03", false), ("2026-08-04", true)] {
        let new = exclusive(until_on);
        desk.must(&desk.person, async |context| influencers::record_exclusivity(context, lina, &new).await).await?;
        assert_eq!(desk.fit(lina, &[]).await?.0.contains(&Code::InfluencerExclusive), warns, "{until_on}");
    }
    let many = "insert into influencer_exclusivity (id, agency_id, influencer_id, competitor, category, recorded_by, recorded_at)
      select gen_random_uuid(), e.agency_id, e.influencer_id, 'Rival', 'tea', e.recorded_by, e.recorded_at
      from (select * from influencer_exclusivity limit 1) e, generate_series(1, 98)";
    desk.test.db.run(many).await?;
    let new = exclusive("2026-09-01");
    let record = async |context: &Context| influencers::record_exclusivity(context, lina, &new).await;
    assert_eq!(desk.act(&desk.person, record).await?.unwrap_err(), (Code::TooMany, "influencerId".to_owned()));
    let ended = "update influencer_exclusivity set ended_at = now() where until_on = '2026-08-03'";
    desk.test.db.run(ended).await?;
    let record = async |context: &Context| influencers::record_exclusivity(context, lina, &new).await;
    desk.must(&desk.person, record).await?;
    Ok(())
}

#[tokio::test]
async fn nobody_is_in_the_directory_twice_whoever_adds_them() -> Result<()> {
    let desk = Desk::new().await?;
    let other = desk.test.brand("Beta").await?;
    let there = desk.test.member(other, Level::Mid, UserKind::Staff).await?;
    let add = async |by: &Person, brand: Uuid, handle: &str| {
        let content = named("Lina", handle);
        desk.act(by, async |context| influencers::create_influencer(context, brand, &content).await.map(|_| ())).await
    };
    let (one, other_one) = tokio::join!(add(&desk.person, desk.brand, "@Lina"), add(&there, other, "lina"));
    let outcomes = [one?, other_one?];
    let refused: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).collect();
    assert_eq!(refused, [&(Code::AlreadyExists, "influencer.profiles".to_owned())]);
    assert_eq!((desk.test.db.count("influencer").await?, desk.test.db.count("influencer_profile").await?), (1, 1));
    let same =
        InfluencerContent { profiles: [named("", "a").profiles, named("", "A").profiles].concat(), ..named("B", "") };
    let twice = async |context: &Context| influencers::create_influencer(context, desk.brand, &same).await;
    let refused = desk.act(&desk.person, twice).await?.unwrap_err();
    assert_eq!(refused, (Code::AlreadyExists, "influencer.profiles.1.handle".to_owned()));
    Ok(())
}

#[tokio::test]
async fn who_is_blocked_comes_onto_no_shortlist_whatever_is_done_at_once() -> Result<()> {
    let desk = Desk::new().await?;
    let lina = desk.add("Lina", "lina").await?;
    let list = desk.shortlist("Spring").await?;
    for turn in 0..10 {
        let block = desk.act(&desk.person, async |context| {
            influencers::block_influencer(context, lina, Some(desk.brand), "Bought followers").await.map(|_| ())
        });
        let whom = [lina];
        let (blocked, proposed) = tokio::join!(block, desk.propose(list, &whom));
        blocked?.unwrap();
        // Either came first; what was proposed before the block stays, and is not approved.
        if let Err(refusal) = proposed? {
            assert_eq!(refusal, (Code::InfluencerBlocked, "influencerIds.0".to_owned()), "turn {turn}");
        }
        let approve = async |context: &Context| {
            influencers::decide_on_shortlist(context, (list, lina), ItemState::Approved, None).await
        };
        let refusal = desk.act(&desk.person, approve).await?.unwrap_err().0;
        assert!([Code::InfluencerBlocked, Code::NotFound].contains(&refusal), "{refusal:?}");
        desk.test.db.run("delete from influencer_shortlist_item; delete from influencer_block").await?;
    }
    // The database refuses it, too, whoever writes.
    desk.must(&desk.chief, async |context| influencers::block_influencer(context, lina, None, "A fraud").await).await?;
    let (brand, by) = (desk.brand, desk.person.id);
    let tx = desk.test.services.db.write().await?;
    db::scalar::<bool>(&tx, "select app.enter_brand($1)", [brand.into()]).await?;
    let insert = format!(
        "insert into influencer_shortlist_item (brand_id, shortlist_id, influencer_id, state, proposed_by, proposed_at)
           values ('{brand}', '{list}', '{lina}', 'PROPOSED', '{by}', now())"
    );
    let refused = tx.execute_unprepared(&insert).await.err().map(|error| error.to_string()).unwrap_or_default();
    assert!(refused.contains("blocked"), "{refused}");
    tx.rollback().await?;
    assert_eq!(desk.propose(list, &[lina]).await?.unwrap_err().0, Code::InfluencerBlocked);
    desk.must(&desk.chief, async |context| influencers::unblock_influencer(context, lina, None).await).await?;
    desk.propose(list, &[lina]).await?.unwrap();
    Ok(())
}

#[tokio::test]
async fn the_directory_is_searched_by_network_tag_numbers_and_name() -> Result<()> {
    let desk = Desk::new().await?;
    desk.add("Lina", "lina").await?;
    let mut sara = named("Sara", "sara.tea");
    sara.tags = vec!["Tea".to_owned()];
    sara.profiles[0].network = "bluesky".to_owned();
    sara.profiles[0].followers = Some(900);
    desk.must(&desk.person, async |context| influencers::create_influencer(context, desk.brand, &sara).await).await?;
    let mut omid = named("Omid", "omid");
    (omid.profiles[0].followers, omid.profiles[0].followers_on, omid.profiles[0].followers_source) = (None, None, None);
    desk.must(&desk.person, async |context| influencers::create_influencer(context, desk.brand, &omid).await).await?;
    let all = InfluencerFilter::default;
    for (filter, expected) in [
        (all(), vec!["Omid", "Sara", "Lina"]),
        (InfluencerFilter { search: Some("TEA".to_owned()), ..all() }, vec!["Sara"]),
        (InfluencerFilter { search: Some("lin".to_owned()), ..all() }, vec!["Lina"]),
        (InfluencerFilter { network: Some("mastodon".to_owned()), ..all() }, vec!["Omid", "Lina"]),
        (InfluencerFilter { tag: Some("tea".to_owned()), ..all() }, vec!["Sara"]),
        (InfluencerFilter { followers_from: Some(900), followers_to: Some(11_999), ..all() }, vec!["Sara"]),
        (InfluencerFilter { followers_from: Some(0), ..all() }, vec!["Sara", "Lina"]),
        (InfluencerFilter { network: Some("bluesky".to_owned()), followers_from: Some(901), ..all() }, vec![]),
        (InfluencerFilter { archived: true, ..all() }, vec![]),
    ] {
        assert_eq!(desk.found(&desk.person, Some(desk.brand), filter.clone()).await?, expected, "{filter:?}");
    }
    Ok(())
}

#[tokio::test]
async fn how_somebody_fits_is_told_with_its_reasons_and_what_is_not_known() -> Result<()> {
    let desk = Desk::new().await?;
    let lina = desk.add("Lina", "lina").await?;
    assert_eq!(
        desk.fit(lina, &["GR"]).await?,
        (vec![], vec![FitCheck::Disclosure, FitCheck::Language, FitCheck::Market])
    );
    let content = InfluencerContent {
        languages: vec!["de-AT".to_owned()],
        markets: vec!["at".to_owned()],
        ..named("Lina", "lina")
    };
    desk.must(&desk.person, async |context| influencers::update_influencer(context, lina, 1, &content).await).await?;
    let (brand, by, now) = (desk.brand, desk.person.id, desk.test.services.now().to_rfc3339());
    desk.test
        .db
        .run(&format!(
            "insert into brand_profile (id, brand_id, version, identity, value_proposition, tone_of_voice, dos, donts, banned_words,
                 languages, hashtags, written_by, created_at)
               values (gen_random_uuid(), '{brand}', 1, '', '', '', '{{}}', '{{}}', '[]', array['el', 'en'], '{{}}', '{by}', '{now}')"
        ))
        .await?;
    let exclusive = |competitor: &str, until_on: Option<NaiveDate>| NewExclusivity {
        competitor: competitor.to_owned(),
        category: "coffee".to_owned(),
        starts_on: None,
        until_on,
        source: "Her agent".to_owned(),
    };
    let today = desk.test.services.now().date_naive();
    for new in [
        exclusive("Rival", None),
        // These are over, or the brand's own.
        exclusive("Past", Some(today - Duration::days(1))),
        exclusive("ALPHA", None),
    ] {
        desk.must(&desk.person, async |context| influencers::record_exclusivity(context, lina, &new).await).await?;
    }
    let result = |disclosed, happened_on| NewResult {
        brand_id: desk.brand,
        influencer_id: lina,
        title: "A visit".to_owned(),
        publication_id: None,
        url: None,
        happened_on,
        numbers: vec![StatedNumber { name: "reach".to_owned(), value: 1200 }],
        source: "Her statistics".to_owned(),
        disclosed,
        note: String::new(),
    };
    for new in [result(Some(true), today), result(Some(false), today - Duration::days(9)), result(None, today)] {
        desk.must(&desk.person, async |context| influencers::record_result(context, &new).await).await?;
    }
    let block = async |context: &Context| influencers::block_influencer(context, lina, None, "A fraud").await;
    desk.must(&desk.chief, block).await?;
    let warnings = vec![
        Code::InfluencerBlocked,
        Code::InfluencerExclusive,
        Code::InfluencerUndisclosed,
        Code::InfluencerLanguage,
        Code::InfluencerMarket,
    ];
    assert_eq!(desk.fit(lina, &["GR", "cy"]).await?, (warnings, vec![]));
    assert_eq!(desk.fit(lina, &["AT"]).await?.0.len(), 4);
    Ok(())
}

#[tokio::test]
async fn what_they_cost_and_how_they_are_reached_is_for_mid_and_above() -> Result<()> {
    let desk = Desk::new().await?;
    let content = InfluencerContent {
        contact: Contact { email: "lina@example.com".to_owned(), ..Contact::default() },
        rates: vec![RateContent {
            network: None,
            format: RateFormat::Story,
            amount: Money { minor: 50_000, currency: "JPY".to_owned() },
            note: "Two slides".to_owned(),
        }],
        ..named("Lina", "lina")
    };
    let add = async |context: &Context| influencers::create_influencer(context, desk.brand, &content).await;
    let lina = desk.must(&desk.person, add).await?.id;
    for (level, kind, sees) in [
        (Level::Junior, UserKind::Staff, false),
        (Level::Mid, UserKind::Staff, true),
        (Level::Junior, UserKind::Freelancer, false),
        (Level::Junior, UserKind::Client, false),
    ] {
        let person = desk.test.member(desk.brand, level, kind).await?;
        let rates = async |context: &Context| influencers::rates_of_influencers(context, &[lina]).await;
        let rates = desk.must(&person, rates).await?;
        assert_eq!(rates.first().map(|rate| rate.amount_minor), sees.then_some(50_000), "{level:?} {kind:?}");
    }
    let rates = async |context: &Context| influencers::rates_of_influencers(context, &[lina]).await;
    assert_eq!(desk.must(&desk.chief, rates).await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn what_was_said_is_followed_up_until_somebody_has() -> Result<()> {
    let desk = Desk::new().await?;
    let lina = desk.add("Lina", "lina").await?;
    let today = desk.test.services.now().date_naive();
    let said = NewOutreach {
        brand_id: desk.brand,
        influencer_id: lina,
        channel: OutreachChannel::DirectMessage,
        said_at: None,
        message: "Would you like to?".to_owned(),
        follow_up_on: Some(today),
    };
    let record = async |context: &Context| influencers::record_outreach(context, &said).await;
    let row = desk.must(&desk.person, record).await?;
    let due = async |by: NaiveDate| {
        let look = async |context: &Context| influencers::follow_ups(context, desk.brand, by).await;
        anyhow::Ok(desk.must(&desk.person, look).await?.len())
    };
    assert_eq!((due(today - Duration::days(1)).await?, due(today).await?), (0, 1));
    let change = OutreachChange { version: 1, answer: "Gladly".to_owned(), answered_at: None, follow_up_on: None };
    let update = async |context: &Context| influencers::update_outreach(context, row.id, &change).await;
    let answered = desk.must(&desk.person, update).await?;
    assert!(answered.answered_at.is_some());
    assert_eq!(due(today).await?, 0);
    let update = async |context: &Context| influencers::update_outreach(context, row.id, &change).await;
    assert_eq!(desk.act(&desk.person, update).await?.unwrap_err(), (Code::ChangedMeanwhile, "version".to_owned()));
    let ahead = NewOutreach { said_at: Some(desk.test.services.now() + Duration::hours(1)), ..said };
    let record = async |context: &Context| influencers::record_outreach(context, &ahead).await;
    assert_eq!(desk.act(&desk.person, record).await?.unwrap_err(), (Code::Invalid, "saidAt".to_owned()));
    Ok(())
}

#[tokio::test]
async fn a_figure_stands_with_its_day_and_its_source_or_not_at_all() -> Result<()> {
    let desk = Desk::new().await?;
    let mut half = named("Lina", "lina");
    half.profiles[0].followers_source = None;
    let mut fact = named("Lina", "lina");
    fact.profiles[0].audience = vec![AudienceFact {
        name: "women".to_owned(),
        value: "41 %".to_owned(),
        on: day("2026-01-01"),
        source: " ".to_owned(),
    }];
    let mut unknown = named("Lina", "lina");
    unknown.profiles[0].network = "no such network".to_owned();
    let mut worthless = named("Lina", "lina");
    worthless.rates = vec![RateContent {
        network: None,
        format: RateFormat::Post,
        amount: Money { minor: -1, currency: "EUR".to_owned() },
        note: String::new(),
    }];
    for (content, code, field) in [
        (half, Code::Invalid, "influencer.profiles.0.followers"),
        (fact, Code::Invalid, "influencer.profiles.0.audience.0.source"),
        (unknown, Code::UnknownNetwork, "influencer.profiles.0.network"),
        (worthless, Code::Invalid, "influencer.rates.0.amountMinor"),
        (named(" ", "lina"), Code::Invalid, "influencer.name"),
        (named("Lina", "li na"), Code::Invalid, "influencer.profiles.0.handle"),
    ] {
        let add = async |context: &Context| influencers::create_influencer(context, desk.brand, &content).await;
        let refused = desk.act(&desk.person, add).await?.err().context(field)?;
        assert_eq!(refused, (code, field.to_owned()));
    }
    assert_eq!(desk.test.db.count("influencer").await?, 0);
    Ok(())
}
