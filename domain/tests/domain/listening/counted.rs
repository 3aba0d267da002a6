//! What networks are asked: each day in the morning, of the days that are over, with their patience.

use chrono::{DateTime, Duration};
use diwan_testkit::servers::VOICES_TOKEN;
use serde_json::json;

use super::*;

impl Desk {
    /// Accounts of both kinds on the server, which has a history of hashtags from 20 September to 10 October.
    async fn accounts(&self) -> Result<()> {
        let session = json!({ "did": "did:plc:voices", "access_jwt": VOICES_TOKEN, "refresh_jwt": "none" });
        let grant = json!({ "client_id": "c", "client_secret": "s", "access_token": VOICES_TOKEN });
        for (network, secrets) in [("bluesky", session), ("mastodon", grant)] {
            let account = self.test.account(self.brand, network, &self.mid).await?;
            self.test.keep_account_at((self.brand, account), &self.server.url, &secrets).await?;
        }
        self.server.tell_of(day("2026-09-20")?.iter_days().take(21));
        Ok(())
    }

    /// Both are spoken of on 2 and 3 October, by Athens.
    fn speak(&self) -> Result<()> {
        let at = |text: &str| text.parse::<DateTime<Utc>>();
        self.server.post(at("2026-10-02T20:30:00Z")?, "I like Nour tea #nourtea", 2);
        self.server.post(at("2026-10-02T21:30:00Z")?, "Nour Tea is fine", 3);
        self.server.post(at("2026-10-03T10:00:00Z")?, "Sama!", 5);
        self.server.post(at("2026-10-04T08:00:00Z")?, "Sama today", 7);
        self.server.used("nourtea", day("2026-10-03")?, 4);
        self.server.used("samatea", day("2026-10-03")?, 6);
        Ok(())
    }

    async fn of<T: sea_orm::TryGetable>(&self, network: &str, column: &str) -> Result<T> {
        self.test.db.value(&format!("select {column} from mention_source where network = '{network}'")).await
    }

    async fn due(&self) -> Result<DateTime<Utc>> {
        self.test.db.value("select due_at from job where kind = 'count_mentions' and state = 'PENDING'").await
    }

    async fn later(&self, wait: Duration) -> Result<usize> {
        let before = self.server.requests().len();
        self.clock.advance(wait);
        self.test.run_jobs().await?;
        Ok(self.server.requests().len() - before)
    }
}

const FIRST: &str = "bluesky Nour 2026-10-02 2; bluesky Nour 2026-10-03 3; bluesky Sama 2026-10-03 5; \
    mastodon Nour 2026-10-03 4; mastodon Sama 2026-10-03 6";

#[tokio::test]
async fn networks_are_asked_each_day_of_the_days_that_are_over() -> Result<()> {
    let desk = Desk::new().await?;
    desk.accounts().await?;
    desk.speak()?;
    desk.two().await?;
    // Two words of two monitors on six days, and two hashtags.
    assert_eq!(desk.later(Duration::zero()).await?, 2 * 2 * 6 + 2);
    assert_eq!(desk.kept().await?, FIRST);
    assert_eq!(desk.test.db.count("mention_day").await?, 2 * 2 * 6, "a day without a mention is a zero");
    let told = desk.voice("2026-09-28", "2026-10-04").await?;
    let total = told.total.context("a day")?;
    assert_eq!((total.own, total.all, total.share().as_deref()), (9, 20, Some("45")));
    assert!(told.missing_days.is_empty() && told.sources.iter().all(|voice| voice.compared_days == 6));
    let of = |value: &str| Some(value.to_owned());
    assert_eq!(desk.figure(Kpi::ShareOfVoice, "2026-09-28", "2026-10-03").await?, (of("45"), None, Vec::new()));
    assert_eq!(desk.figure(Kpi::Mentions, "2026-09-28", "2026-10-03").await?, (of("9"), None, Vec::new()));

    // In the morning of the next day, with the two days before again: what the network says otherwise replaces what it said.
    let (due, morning) = (desk.due().await?, "2026-10-05T00:00:00Z".parse::<DateTime<Utc>>()?);
    assert!((morning..morning + Duration::hours(1)).contains(&due), "{due}");
    assert_eq!(desk.later(Duration::hours(10)).await?, 0);
    desk.server.post("2026-10-03T11:00:00Z".parse()?, "Nour tea, once more", 1);
    assert_eq!(desk.later(Duration::hours(6)).await?, 2 * 2 * 4 + 2);
    let kept = FIRST.replace("bluesky Nour 2026-10-03 3", "bluesky Nour 2026-10-03 4");
    let kept = kept.replace("Sama 2026-10-03 5", "Sama 2026-10-03 5; bluesky Sama 2026-10-04 7");
    assert_eq!(desk.kept().await?, kept);
    assert_eq!(desk.test.db.count("mention_day where revised_at is not null").await?, 1);
    Ok(())
}

#[tokio::test]
async fn mastodon_is_asked_of_a_day_once_it_is_over_by_utc() -> Result<()> {
    let desk = Desk::new().await?;
    desk.accounts().await?;
    desk.speak()?;
    desk.server.used("nourtea", day("2026-10-04")?, 8);
    // Half an hour after midnight in Athens.
    desk.clock.advance(Duration::minutes(12 * 60 + 30));
    desk.two().await?;
    desk.later(Duration::zero()).await?;
    let kept = desk.kept().await?;
    assert!(kept.contains("bluesky Sama 2026-10-04 7; mastodon Nour 2026-10-03 4; mastodon Sama"), "{kept}");
    desk.later(Duration::hours(4)).await?;
    let kept = desk.kept().await?;
    assert!(kept.contains("mastodon Nour 2026-10-03 4; mastodon Nour 2026-10-04 8"), "{kept}");
    Ok(())
}

#[tokio::test]
async fn a_network_that_wants_patience_has_it_and_the_others_are_asked() -> Result<()> {
    let desk = Desk::new().await?;
    desk.accounts().await?;
    desk.speak()?;
    let (own, _) = desk.two().await?;
    desk.server.fail(429, Some(2 * 60 * 60));
    assert_eq!(desk.later(Duration::zero()).await?, 1 + 2, "one question to the first, all to the second");
    assert_eq!(desk.kept().await?, "mastodon Nour 2026-10-03 4; mastodon Sama 2026-10-03 6");
    assert_eq!(desk.of::<String>("bluesky", "trouble").await?, "PATIENCE");
    let missing = desk.figure(Kpi::ShareOfVoice, "2026-09-28", "2026-10-03").await?;
    assert_eq!(missing.0.as_deref(), Some("40"), "of what is known");
    // Other words are no reason to be impatient.
    let change = MonitorChange { hashtags: Some(vec!["nour".to_owned()]), ..MonitorChange::default() };
    done(desk.act(&desk.mid, async |context| change_monitor(context, own, change).await).await?)?;
    assert_eq!(desk.later(Duration::minutes(90)).await?, 1, "only what has other words");
    assert_eq!(desk.later(Duration::minutes(31)).await?, 2 * 2 * 6);
    assert_eq!(
        (desk.of::<i32>("bluesky", "failures").await?, desk.of::<Option<String>>("bluesky", "trouble").await?),
        (0, None)
    );

    // A server that is away is asked ever more seldom.
    desk.server.fail(503, None);
    assert_eq!(desk.later(Duration::hours(15)).await?, 1 + 2);
    assert_eq!(desk.of::<String>("bluesky", "trouble").await?, "AWAY");
    let lacking = desk.figure(Kpi::Mentions, "2026-09-28", "2026-10-04").await?;
    assert_eq!(lacking.2, ["bluesky"], "yesterday is not known of it");
    let told = desk.voice("2026-09-28", "2026-10-04").await?;
    let days: Vec<(Option<&str>, usize)> =
        told.sources.iter().map(|voice| (voice.source.network.as_deref(), voice.missing_days.len())).collect();
    assert_eq!(days, [(Some("bluesky"), 1), (Some("mastodon"), 0)]);
    assert_eq!(desk.later(Duration::minutes(29)).await?, 0);
    assert!(desk.later(Duration::minutes(2)).await? > 0);
    assert_eq!(desk.figure(Kpi::Mentions, "2026-09-28", "2026-10-04").await?.2, Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn a_day_with_too_many_posts_is_missing_and_not_wrong() -> Result<()> {
    let desk = Desk::new().await?;
    desk.accounts().await?;
    desk.speak()?;
    desk.two().await?;
    desk.later(Duration::zero()).await?;
    desk.server.post("2026-10-03T12:00:00Z".parse()?, "Sama, Sama", 2000);
    desk.later(Duration::hours(16)).await?;
    assert!(!desk.kept().await?.contains("bluesky Sama 2026-10-03"), "what was said before is not right any more");
    let told = desk.voice("2026-10-03", "2026-10-03").await?;
    let total = told.total.context("the other network")?;
    assert_eq!((total.own, total.all), (4, 10));
    Ok(())
}

#[tokio::test]
async fn a_monitor_without_hashtags_is_not_compared_where_only_they_are_counted() -> Result<()> {
    let desk = Desk::new().await?;
    desk.accounts().await?;
    desk.speak()?;
    let own = desk.new_monitor(MonitorKind::Own, "Nour", &["Nour tea"], &["nourtea"])?;
    let rival = desk.new_monitor(MonitorKind::Competitor, "Sama", &["Sama"], &[])?;
    let (_, rival) = (done(desk.create(own).await?)?, done(desk.create(rival).await?)?);
    desk.later(Duration::minutes(1)).await?;
    let told = desk.voice("2026-09-28", "2026-10-03").await?;
    let compared: Vec<(Option<&str>, i64)> =
        told.sources.iter().map(|voice| (voice.source.network.as_deref(), voice.compared_days)).collect();
    assert_eq!(compared, [(Some("bluesky"), 6), (Some("mastodon"), 0)]);
    assert_eq!(told.total.map(|total| (total.own, total.all)), Some((5, 10)));
    let share = desk.figure(Kpi::ShareOfVoice, "2026-09-28", "2026-10-03").await?;
    assert_eq!((share.0.as_deref(), share.2), (Some("50"), vec!["mastodon".to_owned()]));

    // Nobody is asked about what is archived, and of nothing the job ends.
    done(desk.act(&desk.mid, async |context| archive_monitor(context, rival).await).await?)?;
    assert_eq!(desk.later(Duration::hours(16)).await?, 2 * 4 + 1);
    let context = desk.test.act(&desk.mid).await?;
    let own = monitors(&context, desk.brand).await?.first().context("the brand's own")?.id;
    context.roll_back().await?;
    done(desk.act(&desk.mid, async |context| archive_monitor(context, own).await).await?)?;
    assert_eq!(desk.later(Duration::days(1)).await?, 0);
    assert_eq!(desk.test.db.count("job where kind = 'count_mentions' and state = 'DONE'").await?, 1);
    Ok(())
}

#[tokio::test]
async fn a_worker_that_dies_repeats_questions_and_no_number() -> Result<()> {
    let desk = Desk::new().await?;
    desk.accounts().await?;
    desk.speak()?;
    desk.two().await?;
    desk.later(Duration::zero()).await?;
    // As if the first run had written one monitor of one network and died before it said so.
    let sql = "delete from mention_day d using mention_source s where s.id = d.source_id and s.network = 'mastodon';
      delete from mention_reading;
      update mention_source set read_at = null, read_until = null, asked_at = null, next_at = null;
      update job set due_at = '2026-10-04' where kind = 'count_mentions'";
    desk.test.db.run(sql).await?;
    desk.later(Duration::minutes(1)).await?;
    assert_eq!(desk.kept().await?, FIRST);
    assert_eq!(desk.test.db.count("mention_day").await?, 2 * 2 * 6);
    assert_eq!(desk.test.db.count("mention_day where revised_at is not null").await?, 0);
    Ok(())
}

#[tokio::test]
async fn words_that_are_refused_keep_no_other_monitor_from_being_counted() -> Result<()> {
    let desk = Desk::new().await?;
    desk.accounts().await?;
    desk.speak()?;
    desk.two().await?;
    desk.server.fail(400, None);
    assert_eq!(desk.later(Duration::zero()).await?, 1 + 2 * 6 + 2);
    assert!(desk.kept().await?.contains("bluesky Sama 2026-10-03 5"));
    assert_eq!(desk.of::<String>("bluesky", "trouble").await?, "REFUSED");
    assert!(desk.of::<String>("bluesky", "trouble_detail").await?.starts_with("Nour: "));
    Ok(())
}

#[tokio::test]
async fn a_long_round_is_made_in_parts_and_goes_on_where_it_was() -> Result<()> {
    let desk = Desk::new().await?;
    desk.accounts().await?;
    let words: Vec<String> = (0..20).map(|place| format!("word{place}")).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    done(desk.create(desk.new_monitor(MonitorKind::Own, "Nour", &words, &[])?).await?)?;
    assert_eq!(desk.later(Duration::minutes(1)).await?, 3 * 20);
    assert_eq!(desk.later(Duration::minutes(4)).await?, 0);
    // What was asked is not asked again after a network wanted patience.
    desk.server.fail(429, Some(60));
    assert_eq!(desk.later(Duration::minutes(2)).await?, 1);
    assert_eq!(desk.later(Duration::minutes(31)).await?, 3 * 20);
    assert_eq!(desk.test.db.count("mention_day").await?, 6);
    Ok(())
}

#[tokio::test]
async fn a_network_that_cannot_count_the_brand_lacks_none_of_its_mentions() -> Result<()> {
    let desk = Desk::new().await?;
    desk.accounts().await?;
    desk.speak()?;
    done(desk.create(desk.new_monitor(MonitorKind::Own, "Nour", &["Nour tea"], &[])?).await?)?;
    done(desk.create(desk.new_monitor(MonitorKind::Competitor, "Sama", &[], &["samatea"])?).await?)?;
    desk.later(Duration::minutes(1)).await?;
    let figure = desk.figure(Kpi::Mentions, "2026-09-28", "2026-10-03").await?;
    assert_eq!((figure.0.as_deref(), figure.2), (Some("5"), Vec::new()));
    Ok(())
}

#[tokio::test]
async fn a_network_that_cannot_count_the_brand_any_more_is_due_no_longer() -> Result<()> {
    let desk = Desk::new().await?;
    desk.accounts().await?;
    desk.speak()?;
    let (own, _) = desk.two().await?;
    desk.later(Duration::zero()).await?;
    let of_mastodon = "mention_reading r join mention_source s on s.id = r.source_id where s.network = 'mastodon'";
    assert_eq!(desk.test.db.count(of_mastodon).await?, 2);
    let change = MonitorChange { hashtags: Some(Vec::new()), ..MonitorChange::default() };
    done(desk.act(&desk.mid, async |context| change_monitor(context, own, change).await).await?)?;
    desk.later(Duration::minutes(1)).await?;
    assert_eq!(desk.test.db.count(of_mastodon).await?, 1, "the competitor's alone");
    desk.later(Duration::hours(16)).await?;
    let figure = desk.figure(Kpi::Mentions, "2026-09-28", "2026-10-04").await?;
    assert_eq!((figure.0.as_deref(), figure.2), (Some("9"), Vec::new()));
    Ok(())
}
