//! Reading servers: to the last visit, from where it was left, and whatever they answer.

use anyhow::{Context as _, Result};
use chrono::{Duration, NaiveDate, TimeZone as _, Utc};
use diwan_domain::insights::{NewWebConnection, disconnect_web_analytics, sync_web_analytics};
use diwan_domain::notices::{NewWebhook, create_webhook};
use diwan_domain::{Code, messages};
use diwan_entity::insights::web_source::WebSourceKind;
use diwan_entity::tenancy::agency::Locale;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_entity::trust::notice::NoticeKind;
use diwan_platform::ids;
use diwan_testkit::servers::{HookServer, SiteFault};
use sea_orm::{ConnectionTrait as _, TransactionTrait as _};
use serde_json::json;
use uuid::Uuid;

use super::{Desk, august, day, done, refused, visits};

#[tokio::test]
async fn a_matomo_server_is_read_and_what_it_restates_replaces_what_it_said() -> Result<()> {
    let desk = Desk::new().await?;
    desk.server.know(august()?);
    let source = desk.read(WebSourceKind::Matomo).await?;
    let expected = "2026-08-20 DIRECT 10 6; 2026-08-20 REFERRAL news.example 5 1; 2026-08-20 SEARCH 8 4; 2026-08-20 SOCIAL x 4 2; \
      2026-10-03 SOCIAL facebook 1 1; 2026-10-03 SOCIAL mastodon 6 3";
    assert_eq!(desk.kept().await?, expected);
    // From its first visit on, a day without one is a day without one; before it, nobody knows.
    assert_eq!(desk.test.db.count("web_day where sessions = 0 and bounces = 0 and channel = 'DIRECT'").await?, 43);
    assert_eq!(desk.test.db.value::<NaiveDate>("select min(day) from web_day").await?, day("2026-08-20")?);
    let goals = "select concat_ws(' ', day, goal, completions, value_minor, currency) from web_goal_day";
    assert_eq!(desk.test.db.value::<String>(goals).await?, "2026-10-03 Sign-up 2 2997 EUR");
    let said = "concat_ws(' ', state, site_name, time_zone, read_until, failures)";
    assert_eq!(desk.of::<String>(source, said).await?, "CONNECTED Shop Asia/Tehran 2026-10-03 0");
    // The brand's next midnight is at nine in the evening; some hours later it is read again.
    let due = desk.due(source).await?;
    let midnight = Utc.with_ymd_and_hms(2026, 10, 4, 21, 0, 0).single().context("a time")?;
    assert!(due >= midnight + Duration::hours(3) && due < midnight + Duration::hours(4), "{due}");
    let asked = desk.server.requests();
    let summaries: Vec<&String> = asked.iter().filter(|asked| asked.starts_with("VisitsSummary.get")).collect();
    let parts = ["2026-07-06,2026-08-04", "2026-08-05,2026-09-03", "2026-09-04,2026-10-03"];
    assert_eq!(summaries, parts.map(|part| format!("VisitsSummary.get {part}")).iter().collect::<Vec<_>>());

    let mut numbers = august()?;
    numbers.visits.retain(|visits| visits.name != "Facebook" && visits.name != "Mastodon");
    numbers.visits.push(visits("2026-10-03", 7, "Mastodon", [7, 3, 9])?);
    numbers.visits.push(visits("2026-10-04", 1, "", [2, 1, 2])?);
    numbers.goals.clear();
    desk.server.know(numbers);
    desk.later(Duration::days(1)).await?;
    let expected = "2026-08-20 DIRECT 10 6; 2026-08-20 REFERRAL news.example 5 1; 2026-08-20 SEARCH 8 4; 2026-08-20 SOCIAL x 4 2; \
      2026-10-03 SOCIAL mastodon 7 3; 2026-10-04 DIRECT 2 1";
    assert_eq!(desk.kept().await?, expected);
    assert_eq!(desk.test.db.count("web_day where revised_at is not null").await?, 1);
    assert_eq!(desk.test.db.count("web_goal_day").await?, 0, "it is said no more that the goal was reached");
    let last = desk.server.requests();
    let last: Vec<&String> = last.iter().filter(|asked| asked.starts_with("VisitsSummary.get")).collect();
    assert_eq!(last.last().context("a request")?.as_str(), "VisitsSummary.get 2026-10-01,2026-10-04");
    Ok(())
}

#[tokio::test]
async fn a_plausible_server_is_read_with_bounces_from_its_rate() -> Result<()> {
    let desk = Desk::new().await?;
    desk.server.know(august()?);
    let source = desk.read(WebSourceKind::Plausible).await?;
    // 6 of 10 is 60 %, 4 of 8 is 50 %, 1 of 5 is 20 %, 3 of 6 is 50 %.
    let expected = "2026-08-20 DIRECT 10 6 20; 2026-08-20 REFERRAL news.example 5 1 9; 2026-08-20 SEARCH google 8 4 10; \
      2026-08-20 SOCIAL x 4 2 6; 2026-10-03 SOCIAL facebook 1 1 1; 2026-10-03 SOCIAL mastodon 6 3 7";
    assert_eq!(desk.kept().await?, expected);
    assert_eq!(desk.test.db.count("web_day where sessions = 0").await?, 43);
    let goals = "select concat_ws(' ', day, goal, completions, value_minor) from web_goal_day";
    assert_eq!(desk.test.db.value::<String>(goals).await?, "2026-10-03 Sign-up 2");
    assert_eq!(desk.of::<String>(source, "state").await?, "CONNECTED");
    assert_eq!(desk.server.requests().len(), 1 + 3 * 2, "its key, and two questions for each month");
    Ok(())
}

#[tokio::test]
async fn whoever_goes_on_repeats_nothing() -> Result<()> {
    let desk = Desk::new().await?;
    desk.server.know(august()?);
    // Matomo is asked for the site, and then five things and one goal for each month: the second month breaks off in its middle.
    desk.server.fail_after(9, SiteFault::Status(503, None));
    let source = desk.read(WebSourceKind::Matomo).await?;
    let told = "concat_ws(' ', state, trouble, failures, read_until)";
    assert_eq!(desk.of::<String>(source, told).await?, "CONNECTED AWAY 1 2026-08-04");
    assert_eq!(desk.kept().await?, "");
    assert_eq!(desk.due(source).await?, desk.test.services.now() + Duration::minutes(30));
    desk.server.fail_after(3, SiteFault::Silent);
    desk.later(Duration::minutes(30)).await?;
    assert_eq!(desk.of::<String>(source, told).await?, "CONNECTED AWAY 2 2026-08-04");
    desk.later(Duration::hours(1)).await?;
    assert_eq!(desk.of::<String>(source, told).await?, "CONNECTED 0 2026-10-03");
    let first = desk.all().await?;
    let again = desk.server.requests();
    assert!(again.contains(&"VisitsSummary.get 2026-08-02,2026-08-31".to_owned()), "two days again: {again:?}");

    // A worker died after it had written all, before it could say so: another does everything once more.
    let forget = format!(
        "update web_source set read_until = null, read_at = null where id = '{source}';
         update job set state = 'RUNNING', fence = fence + 1, lease_owner = 'gone', due_at = '{now}',
           lease_expires_at = '{now}'::timestamptz - interval '1 minute' where subject_id = '{source}'",
        now = desk.test.services.now()
    );
    desk.test.db.run(&forget).await?;
    let job: Uuid = desk.test.db.value(&format!("select id from job where subject_id = '{source}'")).await?;
    diwan_domain::jobs::run(&desk.test.services, job, "another").await?;
    assert_eq!(desk.all().await?, first);
    assert_eq!(desk.test.db.count("web_day where revised_at is not null").await?, 0);
    Ok(())
}

#[tokio::test]
async fn a_key_that_is_refused_wants_a_person_and_goes_on_where_it_was() -> Result<()> {
    let desk = Desk::new().await?;
    desk.server.know(august()?);
    for kind in [WebSourceKind::Matomo, WebSourceKind::Plausible] {
        let wrong = NewWebConnection { token: "wrong".to_owned(), ..desk.new_connection(kind) };
        let source = done(desk.connect(wrong).await?)?;
        desk.test.run_jobs().await?;
        let told = "concat_ws(' ', state, trouble, failures, token is not null)";
        assert_eq!(desk.of::<String>(source, told).await?, "FAILED REFUSED 1 t", "{kind:?}");
        assert!(messages::web_trouble(Locale::En, "REFUSED").contains("Connect again"));
        assert!(!desk.of::<String>(source, "trouble_detail").await?.contains("wrong"));
        assert_eq!(desk.test.db.count(&format!("job where subject_id = '{source}' and state = 'PENDING'")).await?, 0);
        let sync = desk.act(&desk.lead, async |context| sync_web_analytics(context, source).await).await?;
        assert_eq!(refused(sync), [(Code::WrongState, "sourceId".to_owned())]);
        assert_eq!(desk.test.db.count("web_day").await?, 0);

        let again = NewWebConnection { name: "Our shop".to_owned(), ..desk.new_connection(kind) };
        assert_eq!(done(desk.connect(again).await?)?, source);
        desk.test.run_jobs().await?;
        assert_eq!(
            desk.of::<String>(source, "concat_ws(' ', state, name, trouble, failures)").await?,
            "CONNECTED Our shop 0"
        );
        let twice = NewWebConnection { name: "Twice".to_owned(), ..desk.new_connection(kind) };
        assert_eq!(refused(desk.connect(twice).await?), [(Code::AlreadyExists, "siteId".to_owned())]);

        // Whoever takes the key away keeps the numbers; with another they go on, none twice.
        let before = desk.kept().await?;
        done(desk.act(&desk.lead, async |context| disconnect_web_analytics(context, source).await).await?)?;
        assert_eq!(desk.of::<String>(source, "concat_ws(' ', state, token is null)").await?, "DISCONNECTED t");
        desk.later(Duration::hours(1)).await?;
        assert_eq!(
            done(desk.connect(NewWebConnection { name: "Our shop".to_owned(), ..desk.new_connection(kind) }).await?)?,
            source
        );
        desk.test.run_jobs().await?;
        assert_eq!(desk.kept().await?, before);
        desk.test
            .db
            .run("delete from web_goal_day; delete from web_day; delete from job; delete from web_source")
            .await?;
    }
    Ok(())
}

#[tokio::test]
async fn what_is_no_such_server_is_said_and_a_busy_one_gets_its_patience() -> Result<()> {
    let desk = Desk::new().await?;
    let told = "concat_ws(' ', state, trouble)";
    // Of this site the key says nothing.
    let other = NewWebConnection { site_id: "8".to_owned(), ..desk.new_connection(WebSourceKind::Matomo) };
    let source = done(desk.connect(other).await?)?;
    desk.test.run_jobs().await?;
    assert_eq!(desk.of::<String>(source, told).await?, "FAILED REFUSED");
    // The other kind of server answers at this address.
    let new = desk.new_connection(WebSourceKind::Plausible);
    let wrong = NewWebConnection { url: desk.server.matomo(), name: "Wrong".to_owned(), ..new.clone() };
    let source = done(desk.connect(wrong).await?)?;
    desk.test.run_jobs().await?;
    assert_eq!(desk.of::<String>(source, told).await?, "FAILED NOT_ANALYTICS");
    // Busy at first, then right, then behind a page for a while: it is not given up, and what it said stays.
    desk.server.know(august()?);
    desk.server.fail_after(0, SiteFault::Status(429, Some(7200)));
    let source = done(desk.connect(NewWebConnection { name: "Right".to_owned(), ..new }).await?)?;
    desk.test.run_jobs().await?;
    assert_eq!(desk.of::<String>(source, told).await?, "CHECKING AWAY");
    assert_eq!(desk.due(source).await?, desk.test.services.now() + Duration::hours(2));
    desk.later(Duration::hours(2)).await?;
    assert_eq!(desk.of::<String>(source, told).await?, "CONNECTED");
    let before = desk.kept().await?;
    desk.server.fail_after(0, SiteFault::Page);
    desk.later(Duration::days(1)).await?;
    assert_eq!(desk.of::<String>(source, told).await?, "CONNECTED NOT_ANALYTICS");
    // What stands in front of the server says nothing about the key.
    desk.server.fail_after(0, SiteFault::Status(403, None));
    desk.later(Duration::hours(1)).await?;
    assert_eq!(desk.of::<String>(source, told).await?, "CONNECTED NOT_ANALYTICS");
    assert_eq!(desk.kept().await?, before);
    assert_eq!(desk.test.db.count("job where failures > 0 or state = 'SET_ASIDE'").await?, 0, "no fault of ours");
    Ok(())
}

#[tokio::test]
async fn a_fault_of_the_server_is_no_refusal_and_another_key_is_tried_at_once() -> Result<()> {
    let desk = Desk::new().await?;
    desk.server.know(august()?);
    let fault = SiteFault::Says("SQLSTATE[HY000] [1045] Access denied for user 'matomo'@'localhost'");
    desk.server.fail_after(0, fault);
    let source = desk.read(WebSourceKind::Matomo).await?;
    let told = "concat_ws(' ', state, trouble, failures)";
    assert_eq!(desk.of::<String>(source, told).await?, "CHECKING AWAY 1");
    // While a worker waits for an answer, somebody takes the key away and gives another: what comes of the first says nothing about that.
    desk.server.fail_after(0, SiteFault::Silent);
    desk.clock.advance(Duration::minutes(30));
    let meanwhile = async {
        while desk.server.requests().len() < 2 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        done(desk.act(&desk.lead, async |context| disconnect_web_analytics(context, source).await).await?)?;
        done(desk.connect(desk.new_connection(WebSourceKind::Matomo)).await?)
    };
    let (ran, connected) = tokio::join!(desk.test.run_jobs(), meanwhile);
    assert_eq!((ran?, connected?), (2, source));
    assert_eq!(desk.of::<String>(source, told).await?, "CONNECTED 0");
    // It was right once: that it refuses the key is believed after a day.
    for expected in ["CONNECTED REFUSED 1", "FAILED REFUSED 2"] {
        desk.server.fail_after(0, SiteFault::Says("Unable to authenticate with the provided token. It is expired."));
        desk.later(Duration::days(1)).await?;
        assert_eq!(desk.of::<String>(source, told).await?, expected);
    }
    Ok(())
}

#[tokio::test]
async fn people_are_told_once_that_a_server_is_not_asked_any_more() -> Result<()> {
    let hooks = HookServer::start().await?;
    let desk = Desk::beside(Some(&hooks.url)).await?;
    desk.server.know(august()?);
    let mid = desk.test.member(desk.brand, Level::Mid, UserKind::Staff).await?;
    desk.test.member(desk.brand, Level::Junior, UserKind::Staff).await?;
    desk.test.member(desk.brand, Level::Cmo, UserKind::Client).await?;
    let kinds = vec![NoticeKind::WebSourceFailed];
    let webhook = NewWebhook { brand_id: Some(desk.brand), url: hooks.url.to_string(), kinds };
    done(desk.act(&desk.lead, async |context| create_webhook(context, webhook).await).await?)?;
    let told = async || -> Result<i64> { desk.test.db.count("notice where kind = 'WEB_SOURCE_FAILED'").await };
    let wrong = || NewWebConnection { token: "wrong".to_owned(), ..desk.new_connection(WebSourceKind::Matomo) };
    let source = done(desk.connect(wrong()).await?)?;
    desk.test.run_jobs().await?;
    assert_eq!(desk.of::<String>(source, "concat_ws(' ', state, told_at is not null)").await?, "FAILED t");
    let whom =
        "select string_agg(recipient_id::text, ' ' order by recipient_id) from notice where kind = 'WEB_SOURCE_FAILED'";
    let mut expected = [desk.lead.id.to_string(), mid.id.to_string()];
    expected.sort_unstable();
    assert_eq!(desk.test.db.value::<String>(whom).await?, expected.join(" "), "neither juniors nor clients");
    let about = "select string_agg(distinct concat_ws(' ', subject_id, params ->> 'title', params ->> 'trouble'), ', ') from notice";
    assert_eq!(desk.test.db.value::<String>(about).await?, format!("{source} Shop REFUSED"));
    let heard = hooks.hooks();
    let heard: serde_json::Value = serde_json::from_str(&heard.first().context("a webhook")?.body)?;
    let data = json!({ "webSourceId": ids::encode("websource", source), "kind": "MATOMO", "trouble": "REFUSED" });
    assert_eq!((&heard["kind"], &heard["data"]), (&json!("WEB_SOURCE_FAILED"), &data));
    let mailed = "select string_agg(distinct template, ', ') from letter where template = 'web-source-notices'";
    assert_eq!(desk.test.db.value::<String>(mailed).await?, "web-source-notices");
    // Another wrong key is no news.
    done(desk.connect(wrong()).await?)?;
    desk.test.run_jobs().await?;
    assert_eq!(desk.of::<String>(source, "state").await?, "FAILED");
    assert_eq!(told().await?, 2);
    // It answers; then, after a day of refusals, it is believed, and told.
    done(desk.connect(desk.new_connection(WebSourceKind::Matomo)).await?)?;
    desk.test.run_jobs().await?;
    assert_eq!(desk.of::<String>(source, "concat_ws(' ', state, told_at)").await?, "CONNECTED");
    for expected in [2, 4] {
        desk.server.fail_after(0, SiteFault::Says("Unable to authenticate with the provided token. It is expired."));
        desk.later(Duration::days(1)).await?;
        assert_eq!(told().await?, expected);
    }
    assert_eq!(hooks.hooks().len(), 2);
    Ok(())
}

#[tokio::test]
async fn whoever_asks_for_a_reading_waits_for_a_run_with_nothing_in_its_way() -> Result<()> {
    let desk = Desk::new().await?;
    let source = desk.read(WebSourceKind::Matomo).await?;
    // A run has its job and is about to take the source.
    let run = desk.test.db.owner.begin().await?;
    run.execute_unprepared(&format!("select 1 from job where subject_id = '{source}' for update")).await?;
    let asks = desk.act(&desk.lead, async |context| sync_web_analytics(context, source).await);
    let goes_on = async {
        let waits =
            "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
        while desk.test.db.value::<i64>(waits).await? == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        run.execute_unprepared(&format!("select 1 from web_source where id = '{source}' for update nowait")).await?;
        anyhow::Ok(run.commit().await?)
    };
    let (asked, went_on) = tokio::join!(asks, goes_on);
    went_on?;
    done(asked?)?;
    Ok(())
}
