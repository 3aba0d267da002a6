//! Deliverables: handed in by those whose they are, looked at truly, and accepted by somebody else.

mod days;
mod files;

use std::sync::Arc;

use anyhow::{Context as _, Result};
use chrono::{Duration, TimeZone as _, Utc};
use diwan_domain::deliverables::{
    DeliverableContent, DeliverableFilter, HandedIn, accept_deliverable, check_deliverable_again,
    checks_of_deliverables, create_deliverable, create_deliverable_link, deliverables, deliverables_by_ids,
    hand_in_by_link, open_deliverable, record_deliverable_check, revoke_deliverable_links, send_deliverable_back,
    submit_deliverable, update_deliverable, withdraw_deliverable,
};
use diwan_domain::paging::Page;
use diwan_domain::public_links::{Answered, LinkEnding, Opened};
use diwan_domain::{Code, Context, Failure};
use diwan_entity::payments::deliverable::{self, DeliverableKind, DeliverableState};
use diwan_entity::payments::deliverable_check::{CheckKind, CheckOutcome};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::clock::ManualClock;
use diwan_testkit::servers::{FeedAnswer, FeedServer};
use diwan_testkit::{Person, Settings, Signed, TestServices};
use uuid::Uuid;

struct Desk {
    test: TestServices,
    clock: Arc<ManualClock>,
    server: FeedServer,
    brand: Uuid,
    mid: Person,
    chief: Person,
    contract: Uuid,
}

fn said(assignee_id: Option<Uuid>) -> Result<DeliverableContent> {
    Ok(DeliverableContent {
        title: "A post".to_owned(),
        brief: "Something true".to_owned(),
        kind: DeliverableKind::Post,
        due_on: "2026-12-01".parse()?,
        network: Some("mastodon".to_owned()),
        social_account_id: None,
        assignee_id,
        alive_days: Some(7),
    })
}

fn link(address: &str) -> HandedIn {
    HandedIn { link: Some(address.to_owned()), ..HandedIn::default() }
}

type Found = (CheckKind, CheckOutcome, String);

impl Desk {
    /// A contract whose posts must say `#ad`.
    async fn new() -> Result<Self> {
        let start = Utc.with_ymd_and_hms(2026, 10, 4, 9, 0, 0).single().context("a time")?;
        let clock = Arc::new(ManualClock::new(start));
        let server = FeedServer::start().await?;
        let settings =
            Settings { clock: Some(Arc::clone(&clock)), servers: vec![server.url.clone()], ..Settings::default() };
        let test = TestServices::with(settings).await?;
        let brand = test.brand("Alpha").await?;
        let mid = test.member(brand, Level::Mid, UserKind::Staff).await?;
        let chief = test.chief().await?;
        let line = test.budget_line(brand, chief.id, 100_000).await?;
        let new = Signed { line, fee: 50_000, committed: true, person: None, disclosure: "#ad" };
        let contract = test.signed_contract(brand, chief.id, new).await?;
        Ok(Self { test, clock, server, brand, mid, chief, contract })
    }

    async fn act<T>(
        &self,
        by: &Person,
        command: impl AsyncFnOnce(&Context) -> Result<T, Failure>,
    ) -> Result<Result<T, Code>> {
        self.test.attempt_code(by, command).await
    }

    async fn must<T>(&self, by: &Person, command: impl AsyncFnOnce(&Context) -> Result<T, Failure>) -> Result<T> {
        self.act(by, command).await?.map_err(|code| anyhow::anyhow!("refused: {code:?}"))
    }

    async fn create(&self, assignee: Option<Uuid>) -> Result<deliverable::Model> {
        let (contract, content) = (self.contract, said(assignee)?);
        self.must(&self.mid, async |context| create_deliverable(context, contract, content).await).await
    }

    async fn submit(&self, by: &Person, row: &deliverable::Model, handed: HandedIn) -> Result<Result<i32, Code>> {
        let (id, version) = (row.id, row.version);
        let done = self.act(by, async |context| submit_deliverable(context, id, version, handed).await).await?;
        Ok(done.map(|row| row.version))
    }

    async fn accept(&self, by: &Person, row: &deliverable::Model, version: i32) -> Result<Result<(), Code>> {
        let id = row.id;
        self.act(by, async |context| accept_deliverable(context, id, version).await.map(drop)).await
    }

    async fn read(&self, id: Uuid) -> Result<deliverable::Model> {
        let mut rows = self.must(&self.chief, async |context| deliverables_by_ids(context, &[id]).await).await?;
        rows.pop().context("no deliverable")
    }

    async fn found(&self, id: Uuid) -> Result<Vec<Found>> {
        let rows = self.must(&self.chief, async |context| checks_of_deliverables(context, &[id]).await).await?;
        Ok(rows.into_iter().map(|row| (row.kind, row.outcome, row.detail)).collect())
    }

    fn page(&self, path: &str, body: &str) -> String {
        self.server.answer(path, FeedAnswer { body: body.to_owned(), ..FeedAnswer::default() });
        self.server.address(path)
    }
}

fn found(kind: CheckKind, outcome: CheckOutcome, why: &str) -> Found {
    (kind, outcome, why.to_owned())
}

#[tokio::test]
async fn a_page_is_looked_at_now_and_days_later() -> Result<()> {
    use CheckKind::{Alive, Disclosed, Published};
    use CheckOutcome::{Failed, Passed};
    let desk = Desk::new().await?;
    let row = desk.create(None).await?;
    let address = desk.page("/post", "<html><body><p>Lovely cups! #AD</p></body></html>");
    let version = desk.submit(&desk.mid, &row, link(&address)).await?.map_err(|code| anyhow::anyhow!("{code:?}"))?;
    // Nobody has looked yet.
    assert_eq!(desk.accept(&desk.chief, &row, version).await?, Err(Code::NotFoundPublished));
    desk.test.run_jobs().await?;
    let seen = [found(Published, Passed, "ANSWERS"), found(Disclosed, Passed, "IN_TEXT")];
    assert_eq!(desk.found(row.id).await?, seen);
    // Run again, nothing is found twice.
    let again = desk.must(&desk.mid, async |context| check_deliverable_again(context, row.id).await);
    assert_eq!(again.await.err().map(|error| error.to_string()), None);
    desk.test.run_jobs().await?;
    assert_eq!(desk.found(row.id).await?, seen);
    assert_eq!(desk.accept(&desk.mid, &row, version).await?, Err(Code::FourEyes));
    assert_eq!(desk.accept(&desk.chief, &row, version).await?, Ok(()));
    assert_eq!(desk.read(row.id).await?.state, DeliverableState::Accepted);

    // A week later it is gone.
    desk.server.answer("/post", FeedAnswer { status: 404, ..FeedAnswer::default() });
    desk.clock.advance(Duration::days(7));
    desk.test.run_jobs().await?;
    assert_eq!(desk.found(row.id).await?.last(), Some(&found(Alive, Failed, "GONE")));
    assert_eq!(desk.test.due_jobs().await?, 0);
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_found_out_is_a_persons_to_say() -> Result<()> {
    use CheckKind::{Disclosed, Published};
    use CheckOutcome::{Failed, Passed, Unknown};
    let desk = Desk::new().await?;
    let mut row = desk.create(None).await?;
    desk.server.answer("/away", FeedAnswer { status: 503, ..FeedAnswer::default() });
    desk.server.answer("/gone", FeedAnswer { status: 410, ..FeedAnswer::default() });
    desk.page("/silent", "<p>Lovely cups! No ad at all.</p>");
    for (path, expected) in [
        ("away", [found(Published, Unknown, "AWAY"), found(Disclosed, Unknown, "AWAY")]),
        ("gone", [found(Published, Failed, "GONE"), found(Disclosed, Failed, "GONE")]),
        ("silent", [found(Published, Passed, "ANSWERS"), found(Disclosed, Unknown, "NO_WORD")]),
    ] {
        let before = desk.found(row.id).await?.len();
        let version = desk.submit(&desk.mid, &row, link(&desk.server.address(path))).await?;
        let version = version.map_err(|code| anyhow::anyhow!("{code:?}"))?;
        desk.test.run_jobs().await?;
        assert_eq!(desk.found(row.id).await?[before..], expected, "{path}");
        let refused = if path == "silent" { Code::NotFoundDisclosed } else { Code::NotFoundPublished };
        assert_eq!(desk.accept(&desk.chief, &row, version).await?, Err(refused), "{path}");
        if path != "silent" {
            let id = row.id;
            row = desk
                .must(&desk.chief, async |context| send_deliverable_back(context, id, version, "Not there").await)
                .await?;
        }
    }
    // A private address is called by nobody.
    let private = desk.create(None).await?;
    desk.submit(&desk.mid, &private, link("http://10.0.0.1/x")).await?.map_err(|code| anyhow::anyhow!("{code:?}"))?;
    desk.test.run_jobs().await?;
    assert_eq!(desk.found(private.id).await?[0], found(Published, Unknown, "ADDRESS"));

    let (id, pass) = (row.id, (Disclosed, Passed));
    let own = desk.act(&desk.mid, async |context| record_deliverable_check(context, id, pass, "").await.map(drop));
    assert_eq!(own.await?, Err(Code::FourEyes));
    desk.must(&desk.chief, async |context| record_deliverable_check(context, id, pass, "Seen in the app").await)
        .await?;
    let version = desk.read(id).await?.version;
    assert_eq!(desk.accept(&desk.chief, &row, version).await?, Ok(()));
    Ok(())
}

#[tokio::test]
async fn a_freelancer_hands_in_what_is_given_to_them_and_sees_nothing_else() -> Result<()> {
    let desk = Desk::new().await?;
    let worker = desk.test.member(desk.brand, Level::Junior, UserKind::Freelancer).await?;
    let (theirs, others) = (desk.create(Some(worker.id)).await?, desk.create(None).await?);
    let (brand, all) = (desk.brand, Page { size: 10, after: None, before: None, from_end: false });
    let filter = DeliverableFilter::default();
    let seen = desk.must(&worker, async |context| deliverables(context, brand, &filter, all).await).await?;
    assert_eq!(seen.rows.iter().map(|row| row.id).collect::<Vec<_>>(), [theirs.id]);
    let address = desk.page("/post", "<p>#ad</p>");
    assert_eq!(desk.submit(&worker, &others, link(&address)).await?, Err(Code::NotFound));
    assert_eq!(desk.submit(&worker, &theirs, HandedIn::default()).await?, Err(Code::Invalid));
    assert_eq!(desk.submit(&worker, &theirs, link("javascript:alert(1)")).await?, Err(Code::PageAddressInvalid));
    let asset = Some(desk.test.asset(desk.brand, &desk.mid).await?);
    let not_theirs = HandedIn { asset_id: asset, ..HandedIn::default() };
    assert_eq!(desk.submit(&worker, &theirs, not_theirs).await?, Err(Code::NotFound));
    let own = Some(desk.test.asset(desk.brand, &worker).await?);
    let file = HandedIn { asset_id: own, ..HandedIn::default() };
    assert_eq!(desk.submit(&worker, &theirs, file).await?, Ok(2));
    // It is theirs to hand in, not to accept, to change or to do without.
    assert_eq!(desk.accept(&worker, &theirs, 2).await?, Err(Code::Forbidden));
    let (id, content) = (theirs.id, said(None)?);
    let changed = desk.act(&worker, async |context| update_deliverable(context, id, 2, content).await.map(drop));
    assert_eq!(changed.await?, Err(Code::Forbidden));
    let gone = desk.act(&worker, async |context| withdraw_deliverable(context, id, 2, "No").await.map(drop));
    assert_eq!(gone.await?, Err(Code::Forbidden));
    assert_eq!(desk.read(id).await?.state, DeliverableState::Submitted);
    // A file is for people to look at.
    assert_eq!(desk.accept(&desk.mid, &theirs, 2).await?, Ok(()));
    Ok(())
}

#[tokio::test]
async fn the_other_side_hands_in_by_a_link_once() -> Result<()> {
    let desk = Desk::new().await?;
    let row = desk.create(None).await?;
    let id = row.id;
    let made = desk.must(&desk.mid, async |context| create_deliverable_link(context, id, 1).await).await?;
    let secret = made.url.path_segments().and_then(|mut parts| parts.next_back()).context("a secret")?.to_owned();
    let services = &desk.test.services;
    let page = match open_deliverable(services, &secret).await? {
        Opened::View(page) => page,
        Opened::Ended(..) => anyhow::bail!("it has ended"),
    };
    assert_eq!((page.reader.as_str(), page.disclosure.as_str(), page.version), ("Studio", "#ad", 1));
    assert!(page.due_on.contains("December"), "{}", page.due_on);
    let unknown = open_deliverable(services, "dwl_unknown").await;
    assert!(matches!(unknown, Err(Failure::Refused(errors)) if errors[0].code == Code::LinkInvalid));

    let wrong = hand_in_by_link(services, &secret, 1, ("not an address", "")).await?;
    assert!(matches!(wrong, Answered::Refused(_, errors) if errors[0].code == Code::PageAddressInvalid));
    let address = desk.page("/post", "<p>#ad</p>");
    let (first, second) = tokio::join!(
        hand_in_by_link(services, &secret, 1, (&address, "Here")),
        hand_in_by_link(services, &secret, 1, (&address, "Here"))
    );
    let done = [first?, second?].iter().filter(|done| matches!(done, Answered::Done)).count();
    assert_eq!(done, 1);
    let handed = desk.read(id).await?;
    assert_eq!((handed.state, handed.submission, handed.submitted_by), (DeliverableState::Submitted, 1, None));
    desk.test.run_jobs().await?;
    // Nobody of us has handed it in, so any of us may accept it.
    assert_eq!(desk.accept(&desk.mid, &row, handed.version).await?, Ok(()));
    let page = open_deliverable(services, &secret).await?;
    assert!(matches!(page, Opened::View(page) if page.state == DeliverableState::Accepted));

    desk.must(&desk.mid, async |context| revoke_deliverable_links(context, id).await).await?;
    let page = open_deliverable(services, &secret).await?;
    assert!(matches!(page, Opened::Ended(LinkEnding::Revoked, _)));
    let over = desk.act(&desk.mid, async |context| create_deliverable_link(context, id, 3).await.map(drop)).await?;
    assert_eq!(over, Err(Code::WrongState));
    Ok(())
}

#[tokio::test]
async fn what_is_over_does_not_change() -> Result<()> {
    let desk = Desk::new().await?;
    let row = desk.create(None).await?;
    let id = row.id;
    let unsaid = desk.act(&desk.mid, async |context| withdraw_deliverable(context, id, 1, " ").await.map(drop)).await?;
    assert_eq!(unsaid, Err(Code::ReasonRequired));
    desk.must(&desk.mid, async |context| withdraw_deliverable(context, id, 1, "Not needed").await).await?;
    assert_eq!(
        desk.submit(&desk.mid, &desk.read(id).await?, link("https://example.com/1")).await?,
        Err(Code::WrongState)
    );
    for sql in ["state = 'DUE'", "title = 'Another'", "state = 'SUBMITTED', submission = 1"] {
        let changed = desk.test.db.run(&format!("update deliverable set {sql} where id = '{id}'")).await;
        assert!(changed.is_err(), "{sql}");
    }
    Ok(())
}
