//! What users made goes out where and when they allowed it, and nowhere else: checked, scheduled, moved, sent, and taken off the schedule
//! when they take it back.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use chrono::{DateTime, Duration, TimeZone as _, Utc};
use diwan_domain::calendar::{ProblemSeverity, validate_post};
use diwan_domain::media::{self, AssetChange, Rights};
use diwan_domain::publishing::{ErrorPolicy, Shift, move_posts, schedule_post};
use diwan_domain::templates::{TemplateContent, Variable, create_content_template};
use diwan_domain::ugc::{self, Allowed, AskMessage, NewAsk};
use diwan_domain::{Code, Context, Failure};
use diwan_entity::calendar::asset::Licence;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_entity::ugc::ugc_grant::{self, GrantScope, GrantState};
use diwan_platform::clock::ManualClock;
use diwan_platform::db;
use diwan_testkit::{Person, Settings, TestServices};
use sea_orm::ConnectionTrait as _;
use uuid::Uuid;

struct Desk {
    test: TestServices,
    clock: Arc<ManualClock>,
    brand: Uuid,
    person: Person,
    asset: Uuid,
    account: Uuid,
}

fn day(day: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 8, day, 12, 0, 0).unwrap()
}

fn allowed(scope: GrantScope) -> Allowed {
    Allowed {
        scope,
        networks: Vec::new(),
        territory: "Worldwide".to_owned(),
        starts_at: None,
        ends_at: None,
        evidence_asset_id: None,
        evidence_url: Some("https://network.example/1".to_owned()),
        evidence_note: String::new(),
    }
}

impl Desk {
    async fn new() -> Result<Self> {
        let clock = Arc::new(ManualClock::new(Utc.with_ymd_and_hms(2026, 8, 3, 9, 30, 0).single().context("a time")?));
        let test = TestServices::with(Settings { clock: Some(Arc::clone(&clock)), ..Settings::default() }).await?;
        let brand = test.brand("Alpha").await?;
        let person = test.member(brand, Level::Director, UserKind::Staff).await?;
        let asset = test.asset(brand, &person).await?;
        let account = test.account(brand, "mastodon", &person).await?;
        Ok(Self { test, clock, brand, person, asset, account })
    }

    async fn act<T>(
        &self,
        command: impl AsyncFnOnce(&Context) -> Result<T, Failure>,
    ) -> Result<Result<T, (Code, String)>> {
        let done = self.test.attempt(&self.person, command).await?;
        Ok(done.map_err(|errors| (errors[0].code, errors[0].field.join("."))))
    }

    async fn must<T>(&self, command: impl AsyncFnOnce(&Context) -> Result<T, Failure>) -> Result<T> {
        self.act(command).await?.map_err(|refusal| anyhow::anyhow!("refused: {refusal:?}"))
    }

    fn question(&self) -> NewAsk {
        NewAsk {
            asset_id: self.asset,
            author_name: "Nima".to_owned(),
            author_handle: "@nima".to_owned(),
            network: "mastodon".to_owned(),
            message: AskMessage::Text("May we show your picture?".to_owned()),
        }
    }

    async fn ask(&self) -> Result<(ugc_grant::Model, usize)> {
        self.must(async |context| ugc::ask_for_ugc(context, &self.question()).await).await
    }

    async fn grant(&self, what: Allowed) -> Result<ugc_grant::Model> {
        let (asked, _) = self.ask().await?;
        self.must(async |context| ugc::grant_ugc(context, asked.id, 1, &what).await).await
    }

    /// A post that shows the file.
    async fn post(&self) -> Result<Uuid> {
        let (post, variant) = self.test.post(self.brand, self.account, "Hello", &self.person).await?;
        let shows = format!("insert into variant_asset values ('{}', '{variant}', 0, '{}')", self.brand, self.asset);
        self.test.db.run(&shows).await?;
        Ok(post)
    }

    async fn problems(&self, post: Uuid, due: DateTime<Utc>) -> Result<Vec<(Code, ProblemSeverity)>> {
        let problems = self.must(async |context| validate_post(context, post, Some(due)).await).await?;
        Ok(problems.into_iter().map(|problem| (problem.error.code, problem.severity)).collect())
    }

    async fn schedule(&self, post: Uuid, due: DateTime<Utc>) -> Result<Result<(), Code>> {
        let outcome = self.act(async |context| schedule_post(context, post, due).await.map(|_| ())).await?;
        Ok(outcome.map_err(|(code, _)| code))
    }

    async fn standing(&self, post: Uuid) -> Result<(String, String, Option<String>)> {
        let ask = |what: &str, from: &str| format!("select {what} from {from}");
        let of_post = format!("post where id = '{post}'");
        let of_publication = format!("publication where post_id = '{post}'");
        Ok((
            self.test.db.value(&ask("state", &of_post)).await?,
            self.test.db.value(&ask("state", &of_publication)).await?,
            self.test.db.value(&ask("trouble", &of_publication)).await?,
        ))
    }
}

const MISSING: (Code, ProblemSeverity) = (Code::GrantMissing, ProblemSeverity::Block);

#[tokio::test]
async fn a_post_goes_where_and_when_it_was_allowed() -> Result<()> {
    let desk = Desk::new().await?;
    let post = desk.post().await?;
    assert_eq!(desk.problems(post, day(5)).await?, []);
    let (asked, stopped) = desk.ask().await?;
    assert_eq!((asked.state, asked.author_handle.as_str(), stopped), (GrantState::Asked, "nima", 0));
    assert_eq!(desk.problems(post, day(5)).await?, [MISSING], "it is a user's now");
    assert_eq!(desk.schedule(post, day(5)).await?, Err(Code::GrantMissing));
    let term = Allowed { starts_at: Some(day(10)), ends_at: Some(day(20)), ..allowed(GrantScope::Organic) };
    desk.must(async |context| ugc::grant_ugc(context, asked.id, 1, &term).await).await?;
    for (due, expected) in
        [(day(9), vec![MISSING]), (day(10), vec![]), (day(20) - Duration::seconds(1), vec![]), (day(20), vec![MISSING])]
    {
        assert_eq!(desk.problems(post, due).await?, expected, "{due}");
    }
    desk.schedule(post, day(15)).await?.unwrap();
    for (to, expected) in [(day(21), Some(Code::GrantMissing)), (day(16), None)] {
        let shift = Shift { at: Some(to), ..Shift::default() };
        let moved = async |context: &Context| move_posts(context, &[post], shift, ErrorPolicy::RejectFailedRows).await;
        let moved = desk.must(moved).await?;
        assert_eq!(moved[0].errors.first().map(|error| error.code), expected);
    }
    Ok(())
}

#[tokio::test]
async fn what_was_not_allowed_for_posts_or_not_there_is_no_grant() -> Result<()> {
    for what in
        [allowed(GrantScope::Paid), Allowed { networks: vec!["bluesky".to_owned()], ..allowed(GrantScope::Both) }]
    {
        let desk = Desk::new().await?;
        let post = desk.post().await?;
        desk.grant(what).await?;
        assert_eq!(desk.problems(post, day(5)).await?, [MISSING]);
        // Another is asked for, and they add up.
        let more = Allowed { networks: vec!["mastodon".to_owned()], ..allowed(GrantScope::Organic) };
        desk.grant(more).await?;
        assert_eq!(desk.problems(post, day(5)).await?, []);
    }
    Ok(())
}

#[tokio::test]
async fn what_is_taken_back_takes_what_it_covered_off_the_schedule_and_the_team_is_told() -> Result<()> {
    let desk = Desk::new().await?;
    let grant = desk.grant(allowed(GrantScope::Both)).await?;
    let (first, second) = (desk.post().await?, desk.post().await?);
    desk.schedule(first, day(5)).await?.unwrap();
    desk.schedule(second, day(6)).await?.unwrap();
    let (other, _) = desk.test.post(desk.brand, desk.account, "Without it", &desk.person).await?;
    desk.schedule(other, day(6)).await?.unwrap();
    let revoke = async |context: &Context| ugc::revoke_ugc_grant(context, grant.id, 2, "He asked for it").await;
    let (revoked, stopped) = desk.must(revoke).await?;
    assert_eq!((revoked.state, stopped), (GrantState::Revoked, 2));
    let failed = ("FAILED".to_owned(), "FAILED".to_owned(), Some("GRANT_MISSING".to_owned()));
    assert_eq!((desk.standing(first).await?, desk.standing(second).await?), (failed.clone(), failed));
    assert_eq!(desk.standing(other).await?.0, "SCHEDULED", "it shows nothing of his");
    let told: i64 = desk.test.db.value("select count(*) from notice where kind = 'PUBLICATION_FAILED'").await?;
    assert_eq!(told, 2);
    let jobs: i64 = desk
        .test
        .db
        .value("select count(*) from job where kind = 'publish' and state in ('PENDING', 'HANDED')")
        .await?;
    assert_eq!(jobs, 1);
    let revoke = async |context: &Context| ugc::revoke_ugc_grant(context, grant.id, 3, "Again").await;
    assert_eq!(desk.act(revoke).await?.unwrap_err(), (Code::WrongState, "grantId".to_owned()));
    // Another grant, and it goes on.
    desk.grant(allowed(GrantScope::Organic)).await?;
    desk.schedule(first, day(7)).await?.unwrap();
    assert_eq!(desk.standing(first).await?.1, "SCHEDULED");
    Ok(())
}

#[tokio::test]
async fn a_term_that_is_over_ends_the_grant_by_itself_once() -> Result<()> {
    let desk = Desk::new().await?;
    let term = Allowed { ends_at: Some(day(10)), ..allowed(GrantScope::Organic) };
    let grant = desk.grant(term).await?;
    let post = desk.post().await?;
    // A post that was planned beyond it in another way than by the product.
    desk.test.publication(desk.brand, post, day(12)).await?;
    desk.clock.advance(day(10) - desk.test.services.now());
    desk.test.run_jobs().await?;
    desk.test.run_jobs().await?;
    let state: String = desk.test.db.value(&format!("select state from ugc_grant where id = '{}'", grant.id)).await?;
    assert_eq!(state, "EXPIRED");
    assert_eq!(desk.standing(post).await?.2.as_deref(), Some("GRANT_MISSING"));
    let told: i64 = desk.test.db.value("select count(*) from notice where kind = 'PUBLICATION_FAILED'").await?;
    let ended: i64 = desk.test.db.value("select count(*) from audit_event where action = 'ugc_grant.expire'").await?;
    assert_eq!((told, ended), (1, 1));
    Ok(())
}

#[tokio::test]
async fn nothing_is_sent_that_nobody_allows_whatever_was_scheduled() -> Result<()> {
    let desk = Desk::new().await?;
    let post = desk.post().await?;
    desk.schedule(post, day(5)).await?.unwrap();
    // It is found to be a user's after it was scheduled.
    desk.test.db.run("update asset set licence = 'USER_GENERATED'").await?;
    desk.clock.advance(day(5) - desk.test.services.now());
    desk.test.run_jobs().await?;
    let failed = ("FAILED".to_owned(), "FAILED".to_owned(), Some("GRANT_MISSING".to_owned()));
    assert_eq!(desk.standing(post).await?, failed);
    let attempts = desk.test.db.count("publication_attempt").await?;
    assert_eq!(attempts, 0, "nothing was begun");
    Ok(())
}

#[tokio::test]
async fn asking_for_what_is_scheduled_already_stops_it() -> Result<()> {
    let desk = Desk::new().await?;
    let post = desk.post().await?;
    desk.schedule(post, day(5)).await?.unwrap();
    let (_, stopped) = desk.ask().await?;
    assert_eq!(stopped, 1);
    assert_eq!(desk.standing(post).await?.2.as_deref(), Some("GRANT_MISSING"));
    let again = async |context: &Context| ugc::ask_for_ugc(context, &desk.question()).await;
    assert_eq!(desk.act(again).await?.unwrap_err(), (Code::AlreadyExists, "assetId".to_owned()));
    Ok(())
}

#[tokio::test]
async fn what_was_asked_for_stays_a_users_whoever_says_otherwise() -> Result<()> {
    let desk = Desk::new().await?;
    let says = async |person: &Person, licence: Option<Licence>| -> Result<Result<(), (Code, String)>> {
        let of_asset = format!("select version from asset where id = '{}'", desk.asset);
        let version: i32 = desk.test.db.value(&of_asset).await?;
        let change = AssetChange { rights: Some(Rights { licence, ..Rights::default() }), ..AssetChange::default() };
        let context = desk.test.act(person).await?;
        match media::update_asset(&context, desk.asset, version, change).await {
            Ok(_) => context.commit().await.map(|()| Ok(())).map_err(Into::into),
            Err(Failure::Refused(errors)) => Ok(Err((errors[0].code, errors[0].field.join(".")))),
            Err(failure) => Err(failure.into()),
        }
    };
    let licences = [None, Some(Licence::Owned)];
    // Said by mistake, it is taken back.
    for licence in [Some(Licence::UserGenerated), Some(Licence::Owned)] {
        says(&desk.person, licence).await?.unwrap();
    }
    let (asked, _) = desk.ask().await?;
    let post = desk.post().await?;
    // Those who see no grants are held to them, too.
    let freelancer = desk.test.member(desk.brand, Level::Junior, UserKind::Freelancer).await?;
    desk.test.db.run(&format!("update asset set uploaded_by = '{}'", freelancer.id)).await?;
    let stays = || (Code::LicenceStays, "rights.licence".to_owned());
    for state in ["asked", "refused"] {
        for person in [&desk.person, &freelancer] {
            for licence in licences {
                assert_eq!(says(person, licence).await?, Err(stays()), "{state} {licence:?}");
            }
        }
        says(&desk.person, Some(Licence::UserGenerated)).await?.unwrap();
        if state == "asked" {
            desk.must(async |context| ugc::refuse_ugc_grant(context, asked.id, 1, "No").await).await?;
        }
    }
    assert_eq!(desk.problems(post, day(5)).await?, [MISSING]);
    // The database insists, whoever writes.
    let tx = desk.test.services.db.write().await?;
    db::scalar::<bool>(&tx, "select app.enter_brand($1)", [desk.brand.into()]).await?;
    let refused = tx.execute_unprepared("update asset set licence = null").await.err();
    let refused = refused.map(|error| error.to_string()).unwrap_or_default();
    assert!(refused.contains("stays a user's"), "{refused}");
    tx.rollback().await?;
    Ok(())
}

#[tokio::test]
async fn asking_for_a_file_and_saving_a_post_that_shows_it_wait_for_each_other_in_no_circle() -> Result<()> {
    let desk = Desk::new().await?;
    let post = desk.post().await?;
    desk.schedule(post, day(5)).await?.unwrap();
    let (_, other) = desk.test.post(desk.brand, desk.account, "Another", &desk.person).await?;
    let tx = desk.test.services.db.write().await?;
    db::scalar::<bool>(&tx, "select app.enter_brand($1)", [desk.brand.into()]).await?;
    tx.execute_unprepared(&format!("select id from post where id = '{post}' for update")).await?;
    let saving = async {
        // Whoever asks has the file now, and waits for the post.
        let waits = "select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')";
        let mut turns = 0;
        while !desk.test.db.value::<bool>(waits).await? {
            turns += 1;
            anyhow::ensure!(turns < 400, "nobody waits for the post");
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        }
        let shows = format!("insert into variant_asset values ('{}', '{other}', 0, '{}')", desk.brand, desk.asset);
        tx.execute_unprepared(&shows).await?;
        tx.commit().await?;
        anyhow::Ok(())
    };
    let ((_, stopped), ()) = futures::future::try_join(desk.ask(), saving).await?;
    assert_eq!(stopped, 1);
    Ok(())
}

#[tokio::test]
async fn the_words_are_a_templates_filled_in_or_what_is_missing_is_told() -> Result<()> {
    let desk = Desk::new().await?;
    let who = Variable { name: "who".to_owned(), label: "Whom".to_owned(), default: None, required: true };
    let content = TemplateContent {
        name: "Asking".to_owned(),
        text: "Dear {{ who }}, may {{ brand.name }} show it?".to_owned(),
        variables: vec![who],
        ..TemplateContent::default()
    };
    let make = async |context: &Context| create_content_template(context, desk.brand, content).await;
    let template_id = desk.must(make).await?.id;
    let asking = |values: Vec<(String, String)>| NewAsk {
        message: AskMessage::Template { template_id, values, account_id: desk.account },
        ..desk.question()
    };
    let missing = asking(Vec::new());
    let refused = desk.act(async |context| ugc::ask_for_ugc(context, &missing).await).await?.unwrap_err();
    assert_eq!(refused, (Code::VariableMissing, "message.variables.who".to_owned()));
    assert_eq!(desk.test.db.count("ugc_grant").await?, 0);
    let filled = asking(vec![("who".to_owned(), "Nima".to_owned())]);
    let (asked, _) = desk.must(async |context| ugc::ask_for_ugc(context, &filled).await).await?;
    assert_eq!(asked.message, "Dear Nima, may Alpha show it?");
    assert_eq!(asked.template_id, Some(template_id));
    Ok(())
}

#[tokio::test]
async fn what_was_allowed_stays_as_it_is_and_what_proves_it_is_kept() -> Result<()> {
    let desk = Desk::new().await?;
    let (asked, _) = desk.ask().await?;
    let now = desk.test.services.now();
    for (what, code, field) in [
        (Allowed { evidence_url: None, ..allowed(GrantScope::Both) }, Code::Invalid, "evidenceAssetId"),
        (
            Allowed { evidence_url: Some("no address".to_owned()), ..allowed(GrantScope::Both) },
            Code::Invalid,
            "evidenceUrl",
        ),
        (
            Allowed { networks: vec!["nowhere".to_owned()], ..allowed(GrantScope::Both) },
            Code::UnknownNetwork,
            "networks.0",
        ),
        (
            Allowed { starts_at: Some(now - Duration::days(2)), ends_at: Some(now), ..allowed(GrantScope::Both) },
            Code::TimeInPast,
            "endsAt",
        ),
        (Allowed { ends_at: Some(now - Duration::days(2)), ..allowed(GrantScope::Both) }, Code::Invalid, "endsAt"),
        (
            Allowed { evidence_asset_id: Some(Uuid::nil()), ..allowed(GrantScope::Both) },
            Code::NotFound,
            "evidenceAssetId",
        ),
        (
            Allowed { evidence_asset_id: Some(desk.asset), ..allowed(GrantScope::Both) },
            Code::Invalid,
            "evidenceAssetId",
        ),
    ] {
        let grant = async |context: &Context| ugc::grant_ugc(context, asked.id, 1, &what).await;
        assert_eq!(desk.act(grant).await?.unwrap_err(), (code, field.to_owned()));
    }
    let proof = desk.test.asset(desk.brand, &desk.person).await?;
    let what = Allowed { evidence_asset_id: Some(proof), ..allowed(GrantScope::Both) };
    desk.must(async |context| ugc::grant_ugc(context, asked.id, 1, &what).await).await?;
    for asset in [proof, desk.asset] {
        let delete = async |context: &Context| media::delete_asset(context, asset).await;
        assert_eq!(desk.act(delete).await?.unwrap_err(), (Code::AssetReferredTo, "assetId".to_owned()));
    }
    for change in ["scope = 'PAID'", "ends_at = now() + interval '9 years'", "state = 'REFUSED'", "message = 'Other'"] {
        let refused = desk.test.db.run(&format!("update ugc_grant set {change}")).await;
        assert!(refused.is_err(), "{change}");
    }
    Ok(())
}
