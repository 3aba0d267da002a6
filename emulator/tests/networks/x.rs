//! X, against the emulated one.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use diwan_emulator::{Effect, EffectKind, Fault, FaultRule};
use diwan_networks::{
    Account, Content, Credentials, ErrorKind, LookUp, Media, MentionDay, MentionWords, Metric, Missing, Outside,
    ViolationCode,
};
use diwan_platform::apps::App;
use serde_json::json;

use crate::common::{Recorder, Stage, file, jpeg, kind, mp4, now, redirect, text, with};

const POSTS: &str = "api.x.com/2/tweets";

fn image(length: usize) -> Media {
    file("image/jpeg", (64, 48), jpeg((64, 48), length), &redirect())
}

/// Longer than one part.
fn film(parts: usize) -> Media {
    file("video/mp4", (1280, 720), mp4(5_000_000 * (parts - 1) + 1_000), &redirect())
}

fn gif(length: usize) -> Media {
    let mut bytes = b"GIF89a\x10\0\x10\0".to_vec();
    bytes.resize(length, 0);
    file("image/gif", (16, 16), bytes, &redirect())
}

fn attached(words: &str, media: Vec<Media>) -> Content {
    Content { media, ..text(words) }
}

fn thread(name: &str) -> Content {
    Content {
        thread: vec![format!("{name} two"), format!("{name} three https://example.com/a?b=1&c=2")],
        first_comment: Some(format!("{name} comment <3")),
        ..text(&format!("{name} one"))
    }
}

async fn start() -> (Stage, Account) {
    let stage = Stage::start("x");
    let account = stage.connect("amal").await;
    (stage, account)
}

fn texts(stage: &Stage) -> Vec<String> {
    stage.effects().into_iter().map(|effect| effect.text).collect()
}

/// The newest effects are the thread of this name, once and in its place.
fn is_there_once(effects: &[Effect], name: &str) {
    let made: Vec<_> = effects.iter().map(|effect| effect.text.clone()).collect();
    let expected = thread(name);
    let pieces = [vec![expected.text], expected.thread, expected.first_comment.into_iter().collect()].concat();
    assert_eq!(made, pieces);
    let parents: Vec<_> = effects.iter().map(|effect| effect.parent.clone()).collect();
    let id = |index: usize| Some(effects[index].id.clone());
    assert_eq!(parents, [None, id(0), id(1), id(0)], "{name}");
}

#[tokio::test]
async fn a_person_connects_and_is_known() {
    let stage = Stage::start("x");
    let connected = stage.connect_all("amal").await.remove(0);
    assert_eq!((connected.handle.as_str(), connected.display_name.as_str()), ("amal", "amal"));
    assert_eq!(connected.profile_url.as_ref().map(ToString::to_string).as_deref(), Some("https://x.com/amal"));
    assert_eq!(connected.limits.max_text, 280);
    let subscriber = stage.connect("premium_amal").await;
    assert_eq!(subscriber.limits.max_text, 25_000);
    let long = text(&"long ".repeat(100));
    let (published, _) = stage.publish(&subscriber, &long, None).await;
    let id = published.expect("published").remote_id;
    let read = stage.network.read_post(stage.out(), &subscriber, &id).await.expect("an answer").expect("the post");
    assert_eq!(read.text, long.text.trim_end());
}

#[tokio::test]
async fn a_refused_code_or_application_says_who_can_help() {
    let stage = Stage::start("x");
    let (pending, code) = stage.agree("amal").await;
    let complete = async |out: Outside<'_>, pending: &Credentials, code: &str| {
        kind(&stage.network.complete_authorization(out, pending, code, &redirect()).await)
    };
    assert_eq!(complete(stage.out(), &pending, "made up").await, Some(ErrorKind::Reconnect));
    let other = Credentials(json!({ "code_verifier": "a".repeat(43) }));
    assert_eq!(complete(stage.out(), &other, &code).await, Some(ErrorKind::Reconnect));
    let (pending, code) = stage.agree("amal").await;
    let app = App { client_secret: "wrong".to_owned(), ..stage.app.clone() };
    assert_eq!(complete(Outside { http: &stage.http, app: Some(&app) }, &pending, &code).await, Some(ErrorKind::Ask));
    assert_eq!(complete(Outside { http: &stage.http, app: None }, &pending, &code).await, Some(ErrorKind::Ask));
}

#[tokio::test]
async fn tokens_are_renewed_once_each() {
    let (stage, account) = start().await;
    let refresh = async |account: &Account, at| stage.network.refresh(stage.out(), account, at).await;
    assert!(matches!(refresh(&account, now()).await, Ok(None)));
    let later = now() + TimeDelta::minutes(115);
    let due = stage.network.refresh_due(&account).expect("a moment");
    assert!(due > now() + TimeDelta::days(29) && due < now() + TimeDelta::days(31));
    let renewed = refresh(&account, later).await.expect("renewed").expect("new credentials");
    assert_eq!(kind(&refresh(&account, later).await), Some(ErrorKind::Reconnect), "the old one is spent");
    let renewed = Account { credentials: renewed, ..account };
    assert!(stage.network.check(stage.out(), &renewed).await.expect("usable").is_some());
}

#[tokio::test]
async fn a_text_appears_as_it_was_written() {
    let (stage, account) = start().await;
    let content = with(text("سلام https://example.com/a?b=1&c=2 & <3"), &[("reply_settings", "mentioned_users")]);
    assert_eq!(stage.problems(&account, &content), []);
    let (published, recorder) = stage.publish(&account, &content, None).await;
    let published = published.expect("published");
    assert_eq!(recorder.commits(), 1);
    let effect = &stage.effects()[0];
    assert_eq!((effect.text.as_str(), effect.id.as_str()), (content.text.as_str(), published.remote_id.as_str()));
    assert_eq!(effect.detail, json!({ "reply_settings": "mentionedUsers" }));
    let url = published.url.map(String::from);
    assert_eq!(url, Some(format!("https://x.com/amal/status/{}", published.remote_id)));
    let read = stage.network.read_post(stage.out(), &account, &published.remote_id).await.expect("an answer");
    assert_eq!(read.expect("the post").text, content.text);
}

#[tokio::test]
async fn a_poll_has_its_answers_and_its_time() {
    let (stage, account) = start().await;
    let content = with(text("tea?"), &[("poll", "yes\nno"), ("poll_minutes", "30"), ("made_with_ai", "true")]);
    assert_eq!(stage.problems(&account, &content), []);
    stage.publish(&account, &content, None).await.0.expect("published");
    let expected = json!({ "poll": { "options": ["yes", "no"], "duration_minutes": 30 }, "made_with_ai": true });
    assert_eq!(stage.effects()[0].detail, expected);
}

#[tokio::test]
async fn files_arrive_whole_and_described() {
    let (stage, account) = start().await;
    for (words, media) in
        [("two images", vec![image(3_000), image(4_000)]), ("a film", vec![film(3)]), ("", vec![gif(6 * 1024 * 1024)])]
    {
        let content = attached(words, media);
        assert_eq!(stage.problems(&account, &content), [], "{words}");
        let id = stage.publish(&account, &content, None).await.0.expect("published").remote_id;
        let effect = stage.effects().pop().expect("an effect");
        assert_eq!(effect.text, words);
        let seen: Vec<_> = effect.media.iter().map(|seen| (seen.mime.clone(), seen.size)).collect();
        let sent: Vec<_> = content.media.iter().map(|media| (media.mime.clone(), media.source.size())).collect();
        assert_eq!(seen, sent);
        assert!(effect.media.iter().all(|seen| seen.alt_text.as_deref() == Some("what is to be seen")));
        let read = stage.network.read_post(stage.out(), &account, &id).await.expect("an answer").expect("the post");
        assert_eq!((read.text.as_str(), read.media_count), (words, content.media.len()));
    }
    assert_eq!(stage.effects().len(), 3);
}

#[tokio::test]
async fn wherever_the_lease_is_lost_everything_is_there_once() {
    let (stage, account) = start().await;
    let content = Content { media: vec![film(2)], ..thread("leased") };
    let (_, runs) = stage.publish_step_by_step(&account, &content).await;
    assert!(runs > 2, "{runs}");
    is_there_once(&stage.effects(), "leased");
    assert_eq!(stage.emulator.world().count("/2/media/upload/initialize"), 1);
    // What was sent and not noted is sent once more, and nothing else.
    assert!((2..=2 + runs).contains(&stage.emulator.world().count("/append")));
}

#[tokio::test]
async fn wherever_an_answer_is_lost_the_thread_goes_on_behind_it() {
    for lost in 0..4 {
        let (stage, account) = start().await;
        let (name, world) = (format!("lost {lost}"), stage.emulator.world());
        let content = thread(&name);
        world.place(FaultRule::new(Fault::LostAnswer).method("POST").path(POSTS).after(lost).times(1));
        let (attempt, recorder) = stage.publish(&account, &content, None).await;
        assert_eq!(kind(&attempt), Some(ErrorKind::Unknown), "{attempt:?}");
        let last = recorder.last().expect("a checkpoint");
        match stage.look_up(&account, &content, &recorder).await {
            LookUp::Found(_) if lost == 3 => {}
            LookUp::Partly(checkpoint) if lost < 3 => assert_eq!(checkpoint.parts_there() as u64, lost + 1),
            other => panic!("{other:?}"),
        }
        stage.publish(&account, &content, Some(last)).await.0.expect("published");
        is_there_once(&stage.effects(), &name);
    }
}

#[tokio::test]
async fn what_never_arrived_is_made_once() {
    for (name, fault) in [("cut", Fault::ResetBefore), ("down", Fault::ServerError { status: 503, processed: false })] {
        let (stage, account) = start().await;
        let content = attached(name, vec![image(2_000)]);
        stage.emulator.world().place(FaultRule::new(fault).method("POST").path(POSTS).times(1));
        let (attempt, recorder) = stage.publish(&account, &content, None).await;
        assert_eq!(kind(&attempt), Some(ErrorKind::Unknown), "{attempt:?}");
        assert_eq!(stage.look_up(&account, &content, &recorder).await, LookUp::NotThere);
        stage.publish(&account, &content, recorder.last()).await.0.expect("published");
        assert_eq!(texts(&stage), [name]);
        assert_eq!(stage.emulator.world().count("/2/media/upload"), 1);
    }
}

#[tokio::test]
async fn the_same_words_are_refused_and_looked_for() {
    let (stage, account) = start().await;
    stage.publish(&account, &text("once"), None).await.0.expect("published");
    let again = text("once");
    let (attempt, recorder) = stage.publish(&account, &again, None).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::Unknown), "it may be there: {attempt:?}");
    assert_eq!(stage.look_up(&account, &again, &recorder).await, LookUp::NotThere, "what is there is older");
    let (attempt, _) = stage.publish(&account, &again, recorder.last()).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::Content), "it is another post that says the same");
    assert_eq!(stage.effects().len(), 1);
}

#[tokio::test]
async fn patience_is_asked_for_and_given() {
    let (stage, account) = start().await;
    let world = stage.emulator.world();
    world.place(FaultRule::new(Fault::TooMany { retry_after: Some(40) }).method("POST").path(POSTS).times(1));
    let (attempt, recorder) = stage.publish(&account, &text("slow"), None).await;
    let error = attempt.expect_err("too many");
    assert_eq!((error.kind, error.retry_after), (ErrorKind::RateLimited, Some(Duration::from_secs(40))));
    stage.publish(&account, &text("slow"), recorder.last()).await.0.expect("published");

    // X's own limit names the moment at which it ends.
    for number in 1..100 {
        stage.publish(&account, &text(&format!("number {number}")), None).await.0.expect("published");
    }
    let error = stage.publish(&account, &text("one too many"), None).await.0.expect_err("too many");
    let wait = error.retry_after.expect("a wait");
    assert_eq!(error.kind, ErrorKind::RateLimited);
    assert!(wait > Duration::from_mins(10) && wait <= Duration::from_mins(16), "{wait:?}");
}

#[tokio::test]
async fn a_token_that_ended_is_no_reason_to_lose_a_post() {
    for fault in [Fault::ExpireTokens, Fault::RevokeTokens] {
        let (stage, account) = start().await;
        stage.emulator.world().place(FaultRule::new(fault).network("x"));
        let (attempt, _) = stage.publish(&account, &text("ended"), None).await;
        assert_eq!(kind(&attempt), Some(ErrorKind::Reconnect));
        assert_eq!(kind(&stage.network.check(stage.out(), &account).await), Some(ErrorKind::Reconnect));
        let renewed = stage.network.refresh(stage.out(), &account, now() + TimeDelta::hours(2)).await;
        if fault == Fault::ExpireTokens {
            let account = Account { credentials: renewed.expect("renewed").expect("new credentials"), ..account };
            stage.publish(&account, &text("ended"), None).await.0.expect("published");
        } else {
            assert_eq!(kind(&renewed), Some(ErrorKind::Reconnect));
        }
    }
}

#[tokio::test]
async fn a_film_is_waited_for_and_not_sent_twice() {
    let (stage, account) = start().await;
    let slow = FaultRule::new(Fault::SlowProcessing { milliseconds: 14_000 }).network("x");
    stage.emulator.world().place(slow);
    let content = attached("slow film", vec![film(1)]);
    let (attempt, recorder) = stage.publish(&account, &content, None).await;
    let error = attempt.expect_err("not ready");
    assert_eq!(error.kind, ErrorKind::Waiting, "{error:?}");
    assert!(error.retry_after.is_some());
    assert!(!recorder.last().expect("a checkpoint").may_have_been_sent());
    let mut resume = recorder.last();
    for _ in 0..3 {
        let (attempt, recorder) = stage.publish(&account, &content, resume.clone()).await;
        resume = recorder.last().or(resume);
        if attempt.is_ok() {
            break;
        }
        assert_eq!(kind(&attempt), Some(ErrorKind::Waiting));
    }
    assert_eq!(texts(&stage), ["slow film"]);
    assert_eq!(stage.emulator.world().count("/finalize"), 1);
}

#[tokio::test]
async fn a_broken_film_and_a_forgotten_upload_are_told_apart() {
    let (stage, account) = start().await;
    let broken = file("video/mp4", (64, 64), vec![1; 2_000], &redirect());
    let (attempt, _) = stage.publish(&account, &attached("broken", vec![broken]), None).await;
    let error = attempt.expect_err("refused");
    assert_eq!((error.kind, error.code), (ErrorKind::Content, "media_rejected"));
    // From a checkpoint of long ago, whose file X does not know any more.
    let upload = json!({ "id": "1", "sent": 9_000, "complete": true, "ready": true });
    let forgotten = json!({ "stage": "preparing", "media": [upload] });
    let content = attached("forgotten", vec![image(9_000)]);
    let recorder = Recorder::default();
    let resume = Some(diwan_networks::Checkpoint(forgotten));
    let attempt = stage.network.publish(stage.out(), &account, &content, resume, &recorder).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::Retry), "{attempt:?}");
    stage.publish(&account, &content, recorder.last()).await.0.expect("published");
    assert_eq!(texts(&stage), ["forgotten"]);
}

#[tokio::test]
async fn what_is_refused_beforehand_is_refused_by_the_network() {
    let (stage, account) = start().await;
    let alt = |media: Media| Media { alt_text: "a".repeat(1_001), ..media };
    let poll = |answers: &str, minutes: &str| with(text("poll"), &[("poll", answers), ("poll_minutes", minutes)]);
    let long = format!("{}\nno", "y".repeat(26));
    let cases = [
        (text(&"a".repeat(281)), ViolationCode::TextTooLong),
        (text(&"漢".repeat(141)), ViolationCode::TextTooLong),
        (text(""), ViolationCode::TextEmpty),
        (attached("five", (0..5).map(|_| image(500)).collect()), ViolationCode::TooManyImages),
        (attached("large", vec![image(5 * 1024 * 1024 + 1)]), ViolationCode::ImageTooLarge),
        (attached("large", vec![gif(15 * 1024 * 1024 + 1)]), ViolationCode::ImageTooLarge),
        (attached("mixed", vec![gif(500), image(500)]), ViolationCode::MediaMixed),
        (attached("mixed", vec![film(1), image(500)]), ViolationCode::MediaMixed),
        (attached("films", vec![film(1), film(1)]), ViolationCode::TooManyVideos),
        (attached("told", vec![alt(image(500))]), ViolationCode::AltTextTooLong),
        (poll("yes", "30"), ViolationCode::OptionInvalid),
        (poll("a\nb\nc\nd\ne", "30"), ViolationCode::OptionInvalid),
        (poll(&long, "30"), ViolationCode::OptionInvalid),
        (poll("yes\nno", "4"), ViolationCode::OptionInvalid),
        (poll("yes\nno", "10081"), ViolationCode::OptionInvalid),
        (Content { media: vec![image(500)], ..poll("yes\nno", "30") }, ViolationCode::NotTogether),
        (with(text("who"), &[("reply_settings", "nobody")]), ViolationCode::OptionInvalid),
    ];
    for (content, code) in cases {
        let codes: Vec<_> = stage.problems(&account, &content).into_iter().map(|violation| violation.code).collect();
        assert!(codes.contains(&code), "{codes:?} without {code:?}");
        let (attempt, _) = stage.publish(&account, &content, None).await;
        assert_eq!(kind(&attempt), Some(ErrorKind::Content), "{code:?}: {attempt:?}");
    }
    assert_eq!(stage.effects(), []);
}

#[tokio::test]
async fn numbers_come_with_what_is_gone_and_a_post_is_taken_back() {
    let (stage, account) = start().await;
    let content = Content { thread: vec!["two".to_owned()], ..text("one") };
    let id = stage.publish(&account, &content, None).await.0.expect("published").remote_id;
    let ids = [id.clone(), "1".to_owned()];
    let metrics = stage.network.post_metrics(stage.out(), &account, &ids).await.expect("numbers");
    assert!(metrics[0].values.contains(&(Metric::Replies, 1)) && metrics[0].values.contains(&(Metric::Reposts, 1)));
    assert_eq!((metrics[1].missing, metrics[1].values.len()), (Some(Missing::Gone), 0));
    let numbers = stage.network.account_metrics(stage.out(), &account).await.expect("numbers");
    assert!(numbers.values.contains(&(Metric::Posts, 2)) && numbers.values.contains(&(Metric::Followers, 120)));
    assert_eq!(numbers.handle.as_deref(), Some(account.handle.as_str()));

    for _ in 0..2 {
        stage.network.delete_post(stage.out(), &account, &id).await.expect("deleted");
    }
    let kinds: Vec<_> = stage.effects().into_iter().map(|effect| effect.kind).collect();
    assert_eq!(kinds, [EffectKind::Post, EffectKind::Post, EffectKind::Delete], "what answers it stays");
    let read = stage.network.read_post(stage.out(), &account, &id).await.expect("an answer");
    assert!(read.is_none());
    let edited = stage.network.edit_post(stage.out(), &account, &id, &content).await;
    assert_eq!(edited.expect_err("not offered").code, "not_offered");
}

/// The last six days that are over, by a clock that is so many minutes off.
fn days(off: i64) -> Vec<MentionDay> {
    let midnight = now().date_naive().and_time(chrono::NaiveTime::MIN).and_utc() + TimeDelta::minutes(off);
    let today = if midnight > now() { midnight - TimeDelta::days(1) } else { midnight };
    let day = |back: i64| {
        let start = today - TimeDelta::days(back);
        MentionDay { date: start.date_naive(), start, end: start + TimeDelta::days(1) }
    };
    (1..=6).rev().map(day).collect()
}

/// The posts of others, as they were made then.
fn said(stage: &Stage, text: &str, at: DateTime<Utc>) {
    stage.emulator.world().record(Effect {
        network: "x".to_owned(),
        account: "somebody".to_owned(),
        kind: EffectKind::Post,
        id: stage.emulator.world().new_id().to_string(),
        parent: None,
        text: text.to_owned(),
        media: Vec::new(),
        detail: json!({}),
        at,
    });
}

#[tokio::test]
async fn mentions_are_counted_by_days_in_the_name_of_the_application() {
    // By a clock that differs from that of UTC by whole hours, and by one that does not.
    for off in [60, 30] {
        counts_of(&days(off)).await;
    }
}

async fn counts_of(days: &[MentionDay]) {
    let (stage, account) = start().await;
    let (last, before) = (days[5], days[4]);
    said(&stage, "We drink Nour tea, always", last.start);
    said(&stage, "#NOUR and nour tea", last.end - TimeDelta::seconds(1));
    said(&stage, "Nour tea", before.end - TimeDelta::seconds(1));
    said(&stage, "Tea of Nour", last.start);
    said(&stage, "Nour tea today", last.end);
    let (keywords, hashtags) = (["Nour tea".to_owned()], ["nour".to_owned()]);
    let words = MentionWords { keywords: &keywords, hashtags: &hashtags };
    let counted = stage.network.count_mentions(stage.out(), &account, words, days).await.expect("counts");
    let counts: Vec<_> = counted.iter().map(|count| (count.date, count.mentions)).collect();
    let expected: Vec<_> = days.iter().map(|day| day.date).zip([0, 0, 0, 0, 1, 2]).collect();
    assert_eq!(counts, expected);
    assert_eq!(stage.emulator.world().count("api.x.com/2/tweets/counts/recent"), 1, "all days in one request");
}

#[tokio::test]
async fn mentions_are_told_to_no_application_that_is_unknown_and_with_patience() {
    let (stage, account) = start().await;
    let hashtags = ["nour".to_owned()];
    let words = MentionWords { keywords: &[], hashtags: &hashtags };
    let days = days(30);
    let wrong = App { client_secret: "wrong".to_owned(), ..stage.app.clone() };
    for app in [None, Some(&wrong)] {
        let out = Outside { http: &stage.http, app };
        assert_eq!(kind(&stage.network.count_mentions(out, &account, words, &days).await), Some(ErrorKind::Ask));
    }
    assert_eq!(stage.emulator.world().count("counts/recent"), 0);
    let fault = Fault::TooMany { retry_after: Some(60) };
    stage.emulator.world().place(FaultRule::new(fault).path("counts/recent"));
    let limited = stage.network.count_mentions(stage.out(), &account, words, &days).await;
    assert_eq!(kind(&limited), Some(ErrorKind::RateLimited));
    // Eight days ago it does not know any more, and of tomorrow not yet.
    stage.emulator.world().lift_all();
    let first = days[0];
    for days in [-3, 9] {
        let by = TimeDelta::days(days);
        let day = MentionDay { date: first.date, start: first.start + by, end: first.end + by };
        assert_eq!(
            kind(&stage.network.count_mentions(stage.out(), &account, words, &[day]).await),
            Some(ErrorKind::Content)
        );
    }
    // Whoever agreed is asked nothing with this: the token of a person is refused.
    let token = account.credentials.0["access"].as_str().expect("a token").to_owned();
    let url = "https://api.x.com/2/tweets/counts/recent?query=(%23nour)".parse().expect("an address");
    let answer = stage.http.get(url).bearer(&token).send().await.expect("an answer");
    assert_eq!(answer.status.as_u16(), 403, "{}", String::from_utf8_lossy(&answer.body));
}
