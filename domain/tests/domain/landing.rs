//! Landing pages: who may see and change them, what is counted, and that what is filled in is one lead and one conversion.

mod rights;

use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use chrono::{DateTime, Duration, Utc};
use diwan_domain::approvals::Money;
use diwan_domain::tracking::{
    Asked, AskedField, Attribution, Block, BlockKind, By, CallToAction, CameBy, FormField, Key, LandingCall,
    LandingContent, LandingView, LinkContent, Model, SentForm, SubmittedForm, Utm, Visit, VisitedPage,
    archive_landing_page, attribution, contact_of, create_landing_page, create_tracked_link, follow_link,
    landing_numbers, landing_picture, landing_thanks, leads_by_ids, publish_landing_page, restore_landing_page,
    submit_landing_form, visit_landing_page,
};
use diwan_domain::{Code, Context, Failure};
use diwan_entity::tenancy::agency::Locale;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_entity::tracking::landing_page::{self, LandingState};
use diwan_entity::tracking::tracked_link;
use diwan_platform::clock::ManualClock;
use diwan_platform::ids;
use diwan_testkit::{Person, Settings, TestServices};
use uuid::Uuid;

const DESKTOP: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0";
const BOT: &str = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";

struct Desk {
    test: TestServices,
    brand: Uuid,
    person: Person,
}

fn start() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + Duration::days(19_800)
}

fn form() -> CallToAction {
    let asked = |field, required| AskedField { field, required };
    CallToAction::Form {
        fields: vec![asked(FormField::Name, false), asked(FormField::Email, true), asked(FormField::Message, false)],
        consent: "Nour may write to me about its coffee.".to_owned(),
        thanks: "Thank you.".to_owned(),
    }
}

fn content(slug: &str) -> LandingContent {
    LandingContent {
        slug: slug.to_owned(),
        locale: Locale::Fa,
        title: "قهوهٔ بهاری".to_owned(),
        blocks: vec![Block { kind: BlockKind::Text, text: "A <b>new</b> coffee.".to_owned() }],
        image: None,
        label: "Write to us".to_owned(),
        call: form(),
        campaign_id: None,
    }
}

fn person() -> Visit {
    Visit { user_agent: DESKTOP.to_owned(), ..Visit::default() }
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

    /// The codes of a refusal, with the fields; nothing where it was not refused.
    async fn refused<T>(
        &self,
        person: &Person,
        command: impl AsyncFnOnce(&Context) -> Result<T, Failure>,
    ) -> Result<Vec<(Code, String)>> {
        let context = self.test.act(person).await?;
        let done = command(&context).await;
        context.roll_back().await?;
        match done {
            Err(Failure::Refused(errors)) => {
                Ok(errors.into_iter().map(|error| (error.code, error.field.join("."))).collect())
            }
            Err(Failure::Fault(fault)) => bail!("a fault: {fault}"),
            Ok(_) => Ok(Vec::new()),
        }
    }

    async fn draft(&self, content: LandingContent) -> Result<landing_page::Model> {
        self.must(async |context| create_landing_page(context, self.brand, content).await).await
    }

    async fn publish(&self, page: &landing_page::Model, worth: Option<Money>) -> Result<landing_page::Model> {
        self.must(async |context| publish_landing_page(context, page.id, page.version, worth).await).await
    }

    async fn published(&self, content: LandingContent) -> Result<landing_page::Model> {
        let page = self.draft(content).await?;
        self.publish(&page, Some(Money { minor: 2500, currency: "EUR".to_owned() })).await
    }

    async fn campaign(&self) -> Result<Uuid> {
        let now = self.test.services.now();
        let (id, brand, by, now) = (ids::new_id(now), self.brand, self.person.id, now.to_rfc3339());
        self.test
            .db
            .run(&format!(
                "insert into campaign (id, brand_id, name, objective, brief, starts_on, ends_on, planned_minor, currency, state,
                   created_by, authors, created_at, updated_at, activated_at)
                 values ('{id}', '{brand}', 'Spring', '', '', '2024-01-01', '2027-12-31', 100000, 'EUR', 'ACTIVE', '{by}', '{{{by}}}',
                   '{now}', '{now}', '{now}')"
            ))
            .await?;
        Ok(id)
    }

    async fn link(&self, campaign_id: Option<Uuid>) -> Result<tracked_link::Model> {
        let utm = Utm { source: Some("poster".to_owned()), ..Utm::default() };
        let content = LinkContent {
            name: "Poster".to_owned(),
            target_url: "https://shop.example/".to_owned(),
            campaign_id,
            utm,
            ..LinkContent::default()
        };
        self.must(async |context| create_tracked_link(context, self.brand, content).await).await
    }

    async fn visit(&self, page: &landing_page::Model, came_by: CameBy, visit: &Visit) -> Result<Option<VisitedPage>> {
        Ok(visit_landing_page(&self.test.services, (&page.code, &page.slug), came_by, visit).await?)
    }

    async fn view(&self, page: &landing_page::Model, came_by: CameBy) -> Result<LandingView> {
        match self.visit(page, came_by, &person()).await? {
            Some(VisitedPage::Page(view)) => Ok(*view),
            other => bail!("no page: {other:?}"),
        }
    }

    /// Opens the page and fills its form in.
    async fn filled(&self, page: &landing_page::Model, came_by: CameBy) -> Result<SentForm> {
        let view = self.view(page, came_by).await?;
        let LandingCall::Form(form) = view.call else { bail!("no form") };
        Ok(SentForm {
            ticket: form.ticket,
            name: "Lina".to_owned(),
            email: "lina@home.example".to_owned(),
            message: "Beans,\r\nplease".to_owned(),
            consent: true,
            came_by: form.came_by,
            ..SentForm::default()
        })
    }

    /// Sends a form; answers what is wrong with it.
    async fn send(&self, page: &landing_page::Model, sent: SentForm) -> Result<Vec<(Code, String)>> {
        match submit_landing_form(&self.test.services, &page.code, sent).await? {
            Some(SubmittedForm::Done(slug)) => {
                assert_eq!(slug, page.slug);
                Ok(Vec::new())
            }
            Some(SubmittedForm::Refused(view, errors)) => {
                assert_eq!(view.slug, page.slug);
                Ok(errors.into_iter().map(|error| (error.code, error.field.join("."))).collect())
            }
            None => bail!("no such page"),
        }
    }

    /// How many submissions, conversions and leads there are.
    async fn kept(&self) -> Result<(i64, i64, i64)> {
        let db = &self.test.db;
        Ok((db.count("landing_submission").await?, db.count("conversion").await?, db.count("lead").await?))
    }

    /// That nothing is at the address of a page.
    async fn shows_nothing(&self, page: &landing_page::Model, why: &str) -> Result<()> {
        let services = &self.test.services;
        assert!(self.visit(page, CameBy::default(), &person()).await?.is_none(), "{why}");
        assert!(landing_thanks(services, &page.code).await?.is_none(), "{why}");
        assert!(submit_landing_form(services, &page.code, SentForm::default()).await?.is_none(), "{why}");
        assert!(landing_picture(services, &page.code).await.is_err(), "{why}");
        Ok(())
    }

    async fn attributed(&self, model: Model, by: By) -> Result<Attribution> {
        let asked = Asked {
            brand_id: self.brand,
            from: (start() - Duration::days(1)).date_naive(),
            to: (start() + Duration::days(2)).date_naive(),
            model,
            by,
            kinds: Vec::new(),
        };
        self.must(async |context| attribution(context, asked).await).await
    }
}

fn held() -> Settings {
    Settings { clock: Some(Arc::new(ManualClock::new(start()))), ..Settings::default() }
}

#[tokio::test]
async fn what_is_filled_in_is_one_lead_and_one_conversion_however_often_it_is_sent() -> Result<()> {
    let desk = Desk::new().await?;
    let page = desk.published(content("spring")).await?;
    let utm = Utm { source: Some("mail".to_owned()), campaign: Some(" spring\u{0} ".to_owned()), ..Utm::default() };
    let sent = desk.filled(&page, CameBy { utm, link: String::new() }).await?;
    let at_once = (0..8).map(|_| desk.send(&page, sent.clone()));
    for refused in futures::future::try_join_all(at_once).await? {
        assert_eq!(refused, Vec::new());
    }
    // Something else in the same form is the same form.
    desk.send(&page, SentForm { name: "Somebody else".to_owned(), ..sent.clone() }).await?;
    assert_eq!(desk.kept().await?, (1, 1, 1));
    let said: String = desk
        .test
        .db
        .value(
            "select concat_ws('|', s.consent, s.utm_source, s.utm_campaign, s.utm_term, s.page_version, c.kind, c.source, c.value_minor,
               c.currency, c.recorded_by, l.source, l.note, l.state, l.value_minor, l.created_by)
             from landing_submission s join conversion c on c.submission_id = s.id join lead l on l.conversion_id = c.id",
        )
        .await?;
    assert_eq!(
        said,
        "Nour may write to me about its coffee.|mail|spring|2|LEAD|landing:spring|2500|EUR|landing:spring|Beans,\nplease|NEW|2500"
    );
    let lead: Uuid = desk.test.db.value("select id from lead").await?;
    let contact = async |context: &Context| {
        let row = leads_by_ids(context, &[lead]).await?.pop();
        row.map(|row| contact_of(context, &row)).transpose()
    };
    let contact = desk.must(contact).await?.flatten().context("a contact")?;
    assert_eq!(
        (contact.name.as_str(), contact.email.as_str(), contact.phone.as_str()),
        ("Lina", "lina@home.example", "")
    );
    let told: String = desk.test.db.value("select string_agg(detail::text, ' ') from audit_event").await?;
    assert!(!told.contains("Lina") && !told.contains("lina@") && !told.contains("Beans"), "{told}");
    let sealed: Vec<u8> = desk.test.db.value("select contact from lead").await?;
    assert!(!String::from_utf8_lossy(&sealed).contains("lina"));
    // Another form of the same page is another.
    let other = desk.filled(&page, CameBy::default()).await?;
    desk.send(&page, other).await?;
    assert_eq!(desk.kept().await?, (2, 2, 2));
    Ok(())
}

#[tokio::test]
async fn a_campaign_has_what_its_page_brought_unless_a_link_did() -> Result<()> {
    let desk = Desk::with(held()).await?;
    let (campaign, other) = (desk.campaign().await?, desk.campaign().await?);
    let link = desk.link(Some(other)).await?;
    let page = desk.published(LandingContent { campaign_id: Some(campaign), ..content("spring") }).await?;
    let mail = || Utm { source: Some("mail".to_owned()), ..Utm::default() };
    for came_by in [
        CameBy { utm: mail(), link: String::new() },
        CameBy { utm: mail(), link: link.code.clone() },
        // A link that nobody has made is no touch.
        CameBy { utm: Utm::default(), link: "1111111111".to_owned() },
    ] {
        let sent = desk.filled(&page, came_by).await?;
        assert_eq!(desk.send(&page, sent).await?, Vec::new());
    }
    let source = |text: &str| Key::Source(text.to_owned());
    for model in [Model::FirstTouch, Model::LastTouch, Model::Linear] {
        for (by, expected, without) in [
            (By::Campaign, vec![(Key::Id(campaign), 2), (Key::Id(other), 1)], 0),
            (By::Link, vec![(Key::Id(link.id), 1)], 2),
            (By::Source, vec![(source("mail"), 1), (source("poster"), 1)], 1),
            (By::Post, vec![(Key::None, 1)], 2),
        ] {
            let Attribution { credited, unattributed, total } = desk.attributed(model, by).await?;
            let found: Vec<(Key, i64)> = credited.iter().map(|one| (one.key.clone(), one.conversions)).collect();
            assert_eq!((found, unattributed.conversions), (expected, without), "{model:?} {by:?}");
            assert_eq!((total.conversions, total.credit_millionths), (3, 3_000_000), "{model:?} {by:?}");
            let parts = credited.iter().chain([&unattributed]);
            let sum: i64 = parts.flat_map(|one| &one.values).map(|money| money.minor).sum();
            assert_eq!((sum, total.values[0].minor), (7500, 7500), "{model:?} {by:?}");
        }
    }
    let of_campaign: Option<Uuid> = desk.test.db.value("select min(campaign_id::text)::uuid from lead").await?;
    assert_eq!(of_campaign, Some(campaign));
    Ok(())
}

#[tokio::test]
async fn visits_are_counted_as_clicks_are_and_keep_nothing_of_anybody() -> Result<()> {
    let desk = Desk::with(held()).await?;
    let page = desk.published(content("spring")).await?;
    let from = |referrer: String| Visit { referrer, ..person() };
    let same = from("https://www.News.example/lina?mail=lina".to_owned());
    let visits = (0..20).map(|_| desk.visit(&page, CameBy::default(), &same));
    futures::future::try_join_all(visits).await?;
    for uncounted in [
        Visit { user_agent: BOT.to_owned(), ..Visit::default() },
        Visit::default(),
        Visit { purpose: "prefetch".to_owned(), ..person() },
        Visit { uncounted: true, ..person() },
    ] {
        assert!(matches!(desk.visit(&page, CameBy::default(), &uncounted).await?, Some(VisitedPage::Page(_))));
    }
    // An old end of the address leads on, and is not counted.
    let moved = visit_landing_page(&desk.test.services, (&page.code, "autumn"), CameBy::default(), &person()).await?;
    assert!(matches!(moved, Some(VisitedPage::Moved(slug)) if slug == "spring"));
    let rows = "select string_agg(referrer_host || ' ' || device || ' ' || visits, ', ') from landing_visit";
    assert_eq!(desk.test.db.value::<String>(rows).await?, "news.example DESKTOP 20");
    for number in 0..120 {
        desk.visit(&page, CameBy::default(), &from(format!("https://site{number}.example/"))).await?;
    }
    assert_eq!(desk.test.db.value::<i64>("select sum(visits)::bigint from landing_visit").await?, 140);
    assert_eq!(desk.test.db.count("landing_visit").await?, 101);
    let sent = desk.filled(&page, CameBy::default()).await?;
    desk.send(&page, sent).await?;
    let numbers = async |context: &Context| landing_numbers(context, &[page.id]).await;
    let numbers = desk.must(numbers).await?;
    assert_eq!((numbers[0].visits, numbers[0].submissions), (141, 1));
    assert!(numbers[0].conversion_rate().is_some_and(|rate| rate > 0.007 && rate < 0.008));
    let junior = desk.test.member(desk.brand, Level::Junior, UserKind::Staff).await?;
    let context = desk.test.act(&junior).await?;
    assert!(landing_numbers(&context, &[page.id]).await?.is_empty(), "a junior reads no numbers");
    context.roll_back().await?;
    Ok(())
}

#[tokio::test]
async fn what_is_not_right_in_a_form_is_told_and_nothing_is_kept() -> Result<()> {
    let clock = Arc::new(ManualClock::new(start()));
    let desk = Desk::with(Settings { clock: Some(Arc::clone(&clock)), ..Settings::default() }).await?;
    let page = desk.published(content("spring")).await?;
    let other = desk.published(content("autumn")).await?;
    let good = desk.filled(&page, CameBy::default()).await?;
    let elsewhere = desk.filled(&other, CameBy::default()).await?.ticket;
    for (sent, expected) in [
        (SentForm { consent: false, ..good.clone() }, vec![(Code::Invalid, "consent")]),
        (SentForm { email: " ".to_owned(), ..good.clone() }, vec![(Code::Invalid, "email")]),
        (SentForm { email: "lina".to_owned(), ..good.clone() }, vec![(Code::Invalid, "lead.contact.email")]),
        (SentForm { name: "x".repeat(201), ..good.clone() }, vec![(Code::TooLong, "lead.contact.name")]),
        (
            SentForm { name: "a\0b".to_owned(), ..good.clone() },
            vec![(Code::Invalid, "lead.contact.name"), (Code::Invalid, "lead.contact.name")],
        ),
        (SentForm { message: "x".repeat(5001), ..good.clone() }, vec![(Code::TooLong, "message")]),
        (SentForm { ticket: String::new(), ..good.clone() }, vec![(Code::LinkExpired, "ticket")]),
        (SentForm { ticket: elsewhere, ..good.clone() }, vec![(Code::LinkExpired, "ticket")]),
    ] {
        let expected: Vec<_> = expected.into_iter().map(|(code, field)| (code, field.to_owned())).collect();
        assert_eq!(desk.send(&page, sent).await?, expected);
    }
    // Whoever fills in what nobody sees is told what everybody is told.
    assert_eq!(
        desk.send(&page, SentForm { trap: "http://spam.example".to_owned(), ..good.clone() }).await?,
        Vec::new()
    );
    assert_eq!(desk.kept().await?, (0, 0, 0));
    // A telephone that the page does not ask for is not kept.
    clock.advance(Duration::hours(23));
    assert_eq!(desk.send(&page, SentForm { phone: "+30 210".to_owned(), ..good.clone() }).await?, Vec::new());
    assert_eq!(desk.kept().await?, (1, 1, 1));
    let late = desk.filled(&page, CameBy::default()).await?;
    clock.advance(Duration::hours(25));
    assert_eq!(desk.send(&page, late).await?, vec![(Code::LinkExpired, "ticket".to_owned())]);
    assert_eq!(desk.kept().await?, (1, 1, 1));
    Ok(())
}

#[tokio::test]
async fn only_what_is_published_is_there() -> Result<()> {
    let desk = Desk::new().await?;
    let page = desk.draft(content("spring")).await?;
    desk.shows_nothing(&page, "a draft").await?;
    let page = desk.publish(&page, None).await?;
    assert_eq!(desk.view(&page, CameBy::default()).await?.locale, Locale::Fa);
    let sent = desk.filled(&page, CameBy::default()).await?;
    let page = desk.must(async |context| archive_landing_page(context, page.id, page.version).await).await?;
    desk.shows_nothing(&page, "archived").await?;
    assert!(submit_landing_form(&desk.test.services, &page.code, sent).await?.is_none());
    // Meanwhile another page takes the end of the address.
    let other = desk.draft(content("spring")).await?;
    let again = async |context: &Context| restore_landing_page(context, page.id, page.version).await;
    assert_eq!(desk.refused(&desk.person, again).await?, vec![(Code::AlreadyExists, "pageId".to_owned())]);
    desk.must(async |context| archive_landing_page(context, other.id, other.version).await).await?;
    let page = desk.must(async |context| restore_landing_page(context, page.id, page.version).await).await?;
    assert_eq!(page.state, LandingState::Draft);
    desk.shows_nothing(&page, "brought back").await?;
    let page = desk.publish(&page, None).await?;
    desk.view(&page, CameBy::default()).await?;
    desk.test.db.run("update brand set archived_at = now()").await?;
    desk.shows_nothing(&page, "its brand is archived").await?;
    assert_eq!(desk.test.db.value::<i64>("select sum(visits)::bigint from landing_visit").await?, 3);
    assert_eq!(desk.kept().await?, (0, 0, 0));
    Ok(())
}

#[tokio::test]
async fn a_short_link_to_a_page_says_by_which_link_somebody_came() -> Result<()> {
    let desk = Desk::new().await?;
    let page = desk.published(content("spring")).await?;
    let link = desk.link(None).await?;
    let address = desk.test.services.link(&format!("p/{}/spring", page.code))?;
    let led = |to: &str| format!("update tracked_link set destination = '{to}'");
    // The tests speak plain HTTP, and links lead to https alone.
    desk.test.db.run("alter table tracked_link drop constraint tracked_link_destination_check").await?;
    desk.test.db.run(&led(&format!("{address}?utm_source=poster"))).await?;
    let followed = follow_link(&desk.test.services, &link.code, &person()).await?;
    assert_eq!(followed, Some(format!("{address}?utm_source=poster&via={}", link.code)));
    desk.test.db.run(&led("https://shop.example/?a=1")).await?;
    let followed = follow_link(&desk.test.services, &link.code, &person()).await?;
    assert_eq!(followed.as_deref(), Some("https://shop.example/?a=1"));
    Ok(())
}

#[tokio::test]
async fn the_application_changes_nothing_of_what_was_submitted() -> Result<()> {
    let desk = Desk::new().await?;
    for (table, privilege) in [
        ("landing_submission", "update"),
        ("landing_submission", "delete"),
        ("landing_visit", "delete"),
        ("landing_page", "delete"),
    ] {
        let sql = format!("select has_any_column_privilege('diwan_app', '{table}', '{privilege}')");
        let sql = if privilege == "delete" { sql.replace("has_any_column", "has_table") } else { sql };
        assert!(!desk.test.db.value::<bool>(&sql).await?, "{privilege} on {table}");
    }
    Ok(())
}
