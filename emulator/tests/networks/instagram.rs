//! Instagram: what arrives in the feed, among the reels and the stories, counted there.

use std::sync::Arc;

use chrono::TimeDelta;
use diwan_emulator::{Effect, EffectKind, Emulator, EmulatorOptions, Fault, FaultRule};
use diwan_networks::{
    Account, Content, ErrorKind, LookUp, MEDIA_PROCESSING, Media, Metric, Missing, NO_ACCOUNT, ViolationCode, hosts,
};
use diwan_platform::clock::ManualClock;
use diwan_platform::http::{HttpClient, HttpPolicy, Method, StandIn};
use serde_json::{Value, json};
use url::Url;

use crate::common::{Recorder, Stage, file, jpeg, kind, mp4, now, redirect, serve, text, with};

const KEY: &str = "instagram";
const PUBLISH: &str = "/media_publish";

async fn connected() -> (Stage, Account) {
    let stage = Stage::start(KEY);
    let account = stage.connect("cedar").await;
    (stage, account)
}

/// A stage whose emulator has a clock that is moved.
fn timed() -> (Stage, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new(now()));
    let options = EmulatorOptions { clock: Arc::<ManualClock>::clone(&clock), ..EmulatorOptions::default() };
    let emulator = Emulator::start(options).expect("an emulator");
    let stand_in = Some(StandIn { at: emulator.url().clone(), hosts: hosts() });
    let http = HttpClient::new(HttpPolicy { stand_in, ..HttpPolicy::default() }).expect("a client");
    (Stage { emulator, http, ..Stage::start(KEY) }, clock)
}

async fn photo() -> Media {
    let bytes = jpeg((1080, 1350), 3_000);
    let link = serve("image/jpeg", bytes.clone()).await;
    file("image/jpeg", (1080, 1350), bytes, &link)
}

async fn film() -> Media {
    let bytes = mp4(40_000);
    let link = serve("video/mp4", bytes.clone()).await;
    file("video/mp4", (1080, 1920), bytes, &link)
}

fn post(words: &str, media: Vec<Media>, options: &[(&str, &str)]) -> Content {
    with(Content { media, ..text(words) }, options)
}

fn posts(stage: &Stage) -> Vec<Effect> {
    stage.effects().into_iter().filter(|effect| effect.kind == EffectKind::Post).collect()
}

fn place(stage: &Stage, fault: Fault, path: &str) {
    stage.emulator.world().place(FaultRule::new(fault).method("POST").path(path).times(1));
}

/// Calls the interface beside the connector.
async fn call(stage: &Stage, account: &Account, method: Method, path: &str, form: &[(&str, &str)]) -> (u16, Value) {
    let url = format!("https://graph.instagram.com/v25.0/{path}").parse().expect("an address");
    let request = stage.http.request(method.clone(), url);
    let request = request.bearer(account.credentials.0["access"].as_str().expect("a token"));
    let request = if method == Method::POST { request.form(form) } else { request.query(form) };
    let answer = request.send().await.expect("an answer");
    (answer.status.as_u16(), answer.json().expect("JSON"))
}

#[tokio::test]
async fn whoever_agrees_brings_their_professional_account() {
    let (mut stage, account) = connected().await;
    assert_eq!(account.handle, "cedar");
    assert_eq!(account.remote_id, stage.emulator.world().account(KEY, "cedar").to_string());
    assert_eq!(account.limits.quota, Some(50), "what the network tells, not what is usual");
    let limits = stage.network.check(stage.out(), &account).await.expect("an answer");
    assert_eq!(limits.as_ref(), Some(&account.limits));

    let (pending, code) = stage.agree("cedar").await;
    let complete = async |stage: &Stage, code: &str| {
        stage.network.complete_authorization(stage.out(), &pending, code, &redirect()).await
    };
    assert_eq!(kind(&complete(&stage, "no such code").await), Some(ErrorKind::Reconnect));
    complete(&stage, &code).await.expect("connected");
    assert_eq!(kind(&complete(&stage, &code).await), Some(ErrorKind::Reconnect), "a code is used once");
    let (_, code) = stage.agree("private cedar").await;
    let personal = complete(&stage, &code).await.expect_err("no professional account");
    assert_eq!((personal.kind, personal.code), (ErrorKind::Ask, NO_ACCOUNT));
    let (_, code) = stage.agree("cedar").await;
    stage.app.client_secret = "wrong".to_owned();
    let refused = complete(&stage, &code).await.expect_err("another application");
    assert_eq!(refused.kind, ErrorKind::Reconnect);
    assert!(!refused.detail.contains(&code) && !refused.detail.contains("wrong"), "{refused}");
}

#[tokio::test]
async fn a_token_is_renewed_when_half_of_its_life_is_over() {
    let (stage, clock) = timed();
    let mut account = stage.connect("cedar").await;
    let due = stage.network.refresh_due(&account).expect("tokens end");
    assert!((29..=30).contains(&(due - now()).num_days()), "{due}");
    let (before, after) = (due - TimeDelta::minutes(1), due + TimeDelta::minutes(1));
    assert!(!stage.network.is_stale(&account, before) && stage.network.is_stale(&account, after));
    let refresh = async |account: &Account, at| stage.network.refresh(stage.out(), account, at).await;
    assert!(refresh(&account, before).await.expect("an answer").is_none());
    // One that is not a day old is not renewed, which is no harm as long as it lives.
    assert!(refresh(&account, after).await.expect("an answer").is_none());
    clock.advance(TimeDelta::days(31));
    let fault = Fault::ServerError { status: 503, processed: false };
    stage.emulator.world().place(FaultRule::new(fault).path("refresh_access_token").times(1));
    assert!(refresh(&account, after).await.expect("an answer").is_none(), "the old one is still good");
    let renewed = refresh(&account, after).await.expect("an answer").expect("a new one");
    assert_ne!(renewed, account.credentials);
    account.credentials = renewed;
    stage.network.check(stage.out(), &account).await.expect("good");
    stage.emulator.world().place(FaultRule::new(Fault::RevokeTokens).account("cedar"));
    assert_eq!(kind(&refresh(&account, after + TimeDelta::days(20)).await), Some(ErrorKind::Reconnect));
    assert_eq!(kind(&refresh(&account, after + TimeDelta::days(90)).await), Some(ErrorKind::Reconnect), "over");
}

#[tokio::test]
async fn every_kind_of_post_arrives_as_it_is() {
    let (stage, account) = connected().await;
    let contents = [
        post("one image #tea", vec![photo().await], &[]),
        post("several", vec![photo().await, film().await, photo().await], &[("format", "feed")]),
        post("a reel", vec![film().await], &[("share_to_feed", "false"), ("cover_seconds", "2")]),
        post("", vec![photo().await], &[("format", "story")]),
        post("", vec![film().await], &[("format", "story")]),
    ];
    for content in &contents {
        assert_eq!(stage.problems(&account, content), []);
        let (attempt, recorder) = stage.publish(&account, content, None).await;
        let published = attempt.expect("published");
        assert_eq!(recorder.commits(), 1);
        let url = stage.emulator.world().permalink(KEY, "cedar", &published.remote_id);
        assert_eq!(published.url.map(String::from), Some(url));
        let read = stage.network.read_post(stage.out(), &account, &published.remote_id).await;
        let read = read.expect("an answer").expect("the post");
        assert_eq!((&read.text, read.media_count), (&content.text, content.media.len()));
        assert!((read.created_at.expect("a time") - now()).num_seconds().abs() < 30);
    }
    let there = posts(&stage);
    let formats: Vec<_> = there.iter().map(|post| post.detail["format"].as_str().expect("a format")).collect();
    assert_eq!(formats, ["FEED", "FEED", "REELS", "STORY", "STORY"]);
    assert_eq!(there[0].text, "one image #tea");
    assert_eq!(there[0].media[0].alt_text.as_deref(), Some("what is to be seen"));
    let types: Vec<_> = there[1].media.iter().map(|media| media.mime.as_str()).collect();
    assert_eq!(types, ["image/jpeg", "video/mp4", "image/jpeg"]);
    assert_eq!((&there[2].detail["share_to_feed"], &there[2].detail["thumb_offset"]), (&json!(false), &json!(2_000)));
    assert_eq!((there[4].text.as_str(), there[4].media[0].size), ("", 40_000));
}

#[tokio::test]
async fn wherever_the_lease_is_lost_there_is_one_post() {
    let (stage, account) = connected().await;
    let first = Some("the first to say so".to_owned());
    let contents = [
        Content { first_comment: first, ..post("step by step", vec![photo().await], &[]) },
        post("several, step by step", vec![photo().await, photo().await, film().await], &[]),
        post("", vec![film().await], &[("format", "story")]),
    ];
    for (number, content) in contents.iter().enumerate() {
        let (published, runs) = stage.publish_step_by_step(&account, content).await;
        assert!(runs > 1, "{runs}");
        let there = posts(&stage);
        assert_eq!(there.len(), number + 1);
        assert_eq!(there[number].id, published.remote_id);
    }
    let comments: Vec<_> = stage.effects().into_iter().filter(|effect| effect.kind == EffectKind::Comment).collect();
    assert_eq!(comments.len(), 1);
    assert_eq!(comments[0].parent.as_deref(), Some(posts(&stage)[0].id.as_str()));
    assert_eq!(comments[0].text, "the first to say so");
}

#[tokio::test]
async fn a_lost_answer_is_looked_up_and_nothing_is_doubled() {
    let (stage, account) = connected().await;
    // The same words were there before: they are not taken for the new post.
    let content = post("twice  the\nsame", vec![photo().await], &[]);
    let older = stage.publish(&account, &content, None).await.0.expect("published");

    place(&stage, Fault::ResetBefore, PUBLISH);
    let (attempt, recorder) = stage.publish(&account, &content, None).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::Unknown), "{attempt:?}");
    assert_eq!(stage.look_up(&account, &content, &recorder).await, LookUp::NotThere);
    assert_eq!(posts(&stage).len(), 1);

    place(&stage, Fault::LostAnswer, PUBLISH);
    let (attempt, _) = stage.publish(&account, &content, recorder.last()).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::Unknown), "{attempt:?}");
    let LookUp::Found(found) = stage.look_up(&account, &content, &recorder).await else { panic!("not found") };
    assert_ne!(found.remote_id, older.remote_id);
    let again = stage.publish(&account, &content, recorder.last()).await.0.expect("it is there");
    assert_eq!(again, found);
    assert_eq!(posts(&stage).len(), 2);

    // A server's error that may have done it anyway.
    place(&stage, Fault::ServerError { status: 502, processed: true }, PUBLISH);
    let (attempt, recorder) = stage.publish(&account, &content, None).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::Unknown), "{attempt:?}");
    // While the network does not answer, it stays open.
    let fault = Fault::ServerError { status: 503, processed: false };
    stage.emulator.world().place(FaultRule::new(fault).method("GET").times(1));
    let (attempt, _) = stage.publish(&account, &content, recorder.last()).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::Unknown), "{attempt:?}");
    stage.publish(&account, &content, recorder.last()).await.0.expect("it is there");
    assert_eq!(posts(&stage).len(), 3);
}

#[tokio::test]
async fn a_story_in_doubt_is_found_among_the_stories() {
    let (stage, account) = connected().await;
    let story = post("", vec![photo().await], &[("format", "story")]);
    stage.publish(&account, &story, None).await.0.expect("published");
    place(&stage, Fault::LostAnswer, PUBLISH);
    let (attempt, recorder) = stage.publish(&account, &story, None).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::Unknown), "{attempt:?}");
    let LookUp::Found(found) = stage.look_up(&account, &story, &recorder).await else { panic!("not found") };
    assert_eq!(posts(&stage)[1].id, found.remote_id);
    assert_eq!(posts(&stage).len(), 2);
}

#[tokio::test]
async fn the_first_comment_comes_once() {
    let (stage, account) = connected().await;
    let content = Content { first_comment: Some("first".to_owned()), ..post("words", vec![photo().await], &[]) };
    let comments = || stage.effects().into_iter().filter(|effect| effect.kind == EffectKind::Comment).count();
    // The post arrives, the comment is still to come.
    place(&stage, Fault::LostAnswer, PUBLISH);
    let (_, recorder) = stage.publish(&account, &content, None).await;
    let LookUp::Partly(checkpoint) = stage.look_up(&account, &content, &recorder).await else { panic!("not found") };
    assert_eq!((checkpoint.parts_there(), comments()), (1, 0));
    place(&stage, Fault::ResetBefore, "/comments");
    let (attempt, recorder) = stage.publish(&account, &content, Some(checkpoint)).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::Unknown), "{attempt:?}");
    assert_eq!(stage.look_up(&account, &content, &recorder).await, LookUp::NotThere);
    place(&stage, Fault::LostAnswer, "/comments");
    let (attempt, _) = stage.publish(&account, &content, recorder.last()).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::Unknown), "{attempt:?}");
    assert!(matches!(stage.look_up(&account, &content, &recorder).await, LookUp::Found(_)));
    let published = stage.publish(&account, &content, recorder.last()).await.0.expect("all is there");
    assert_eq!((posts(&stage).len(), comments()), (1, 1));
    assert_eq!(posts(&stage)[0].id, published.remote_id);
}

#[tokio::test]
async fn a_container_that_somebody_published_is_not_published_again() {
    let (stage, account) = connected().await;
    let content = post("words", vec![photo().await], &[]);
    let recorder = Recorder::losing_the_lease_after(2);
    let attempt = stage.network.publish(stage.out(), &account, &content, None, &recorder).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::LeaseLost), "{attempt:?}");
    let last = recorder.last().expect("a checkpoint");
    assert!(last.may_have_been_sent());
    let path = format!("{}/media_publish", account.remote_id);
    let form = [("creation_id", last.0["post"].as_str().expect("a container"))];
    let (status, said) = call(&stage, &account, Method::POST, &path, &form).await;
    assert_eq!(status, 200, "{said}");
    let (status, _) = call(&stage, &account, Method::POST, &path, &form).await;
    assert_eq!(status, 400, "once");
    let published = stage.publish(&account, &content, Some(last)).await.0.expect("it is there");
    assert_eq!(said["id"], json!(published.remote_id));
    assert_eq!(posts(&stage).len(), 1);
}

#[tokio::test]
async fn what_is_slow_is_waited_for_and_what_has_ended_is_made_anew() {
    let (stage, clock) = timed();
    let account = stage.connect("cedar").await;
    let content = post("slowly", vec![film().await], &[]);
    stage.emulator.world().place(FaultRule::new(Fault::SlowProcessing { milliseconds: 60_000 }).network(KEY));
    let (attempt, recorder) = stage.publish(&account, &content, None).await;
    let error = attempt.expect_err("it takes longer");
    assert_eq!((error.kind, error.code), (ErrorKind::Waiting, MEDIA_PROCESSING));
    assert!(error.retry_after.is_some_and(|wait| wait.as_secs() > 0));
    let waiting = recorder.last().expect("a checkpoint");
    assert!(!waiting.may_have_been_sent());
    // A day later there is no container any more.
    clock.advance(TimeDelta::hours(25));
    let (attempt, recorder) = stage.publish(&account, &content, Some(waiting)).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::Retry), "{attempt:?}");
    assert_eq!(recorder.last().expect("a checkpoint").0["post"], Value::Null);
    let (attempt, recorder) = stage.publish(&account, &content, recorder.last()).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::Waiting), "{attempt:?}");
    assert_eq!(posts(&stage), []);
    clock.advance(TimeDelta::minutes(2));
    stage.publish(&account, &content, recorder.last()).await.0.expect("published");
    assert_eq!(posts(&stage).len(), 1);

    // One that ends between the checkpoint and the sending.
    stage.emulator.world().lift_all();
    let recorder = Recorder::losing_the_lease_after(2);
    let attempt = stage.network.publish(stage.out(), &account, &content, None, &recorder).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::LeaseLost), "{attempt:?}");
    clock.advance(TimeDelta::hours(25));
    let (attempt, recorder) = stage.publish(&account, &content, recorder.last()).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::Retry), "{attempt:?}");
    assert!(!recorder.last().expect("a checkpoint").may_have_been_sent());
    stage.publish(&account, &content, recorder.last()).await.0.expect("published");
    assert_eq!(posts(&stage).len(), 2);
}

#[tokio::test]
async fn media_that_do_not_come_are_asked_for_again() {
    let (stage, account) = connected().await;
    let nowhere: Url = "http://127.0.0.1:9/film".parse().expect("an address");
    let away = |media: Media| Media { link: nowhere.clone(), ..media };
    for media in [away(photo().await), away(film().await)] {
        let (attempt, recorder) = stage.publish(&account, &post("", vec![media], &[]), None).await;
        assert_eq!(kind(&attempt), Some(ErrorKind::Retry), "{attempt:?}");
        assert!(recorder.last().is_none_or(|last| last.0["post"] == Value::Null), "begun anew");
    }
    let broken = Media { link: serve("video/mp4", vec![0; 500]).await, ..film().await };
    let (attempt, _) = stage.publish(&account, &post("", vec![broken], &[]), None).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::Content), "{attempt:?}");
    assert_eq!(posts(&stage), []);
}

#[tokio::test]
async fn faults_say_what_to_do() {
    let (stage, account) = connected().await;
    let content = post("words", vec![photo().await], &[]);
    place(&stage, Fault::TooMany { retry_after: Some(41) }, PUBLISH);
    let (attempt, recorder) = stage.publish(&account, &content, None).await;
    let error = attempt.expect_err("too many");
    assert_eq!((error.kind, error.retry_after.map(|wait| wait.as_secs())), (ErrorKind::RateLimited, Some(41)));
    assert!(!recorder.last().expect("a checkpoint").may_have_been_sent());
    for fault in [Fault::ExpireTokens, Fault::RevokeTokens] {
        stage.emulator.world().place(FaultRule::new(fault).account("cedar"));
        let (attempt, _) = stage.publish(&account, &content, recorder.last()).await;
        assert_eq!(kind(&attempt), Some(ErrorKind::Reconnect), "{attempt:?}");
    }
    assert_eq!(posts(&stage), []);
}

#[tokio::test]
async fn the_days_posts_are_counted_by_the_network() {
    let (stage, account) = connected().await;
    let image = photo().await;
    let path = |edge: &str| format!("{}/{edge}", account.remote_id);
    for _ in 0..50 {
        let form = [("image_url", image.link.as_str())];
        let (_, made) = call(&stage, &account, Method::POST, &path("media"), &form).await;
        let form = [("creation_id", made["id"].as_str().expect("a container"))];
        assert_eq!(call(&stage, &account, Method::POST, &path("media_publish"), &form).await.0, 200);
    }
    let (attempt, recorder) = stage.publish(&account, &post("one more", vec![image], &[]), None).await;
    let error = attempt.expect_err("used up");
    assert_eq!((error.kind, error.code), (ErrorKind::RateLimited, "quota_used_up"));
    assert!(!recorder.last().expect("a checkpoint").may_have_been_sent());
    assert_eq!(posts(&stage).len(), 50);
}

#[tokio::test]
async fn what_the_network_refuses_is_refused_before() {
    let (stage, account) = connected().await;
    let image = photo().await;
    let served = async |mime: &'static str, size: (u16, u16), bytes: Vec<u8>| {
        let link = serve(mime, bytes.clone()).await;
        file(mime, (size.0.into(), size.1.into()), bytes, &link)
    };
    let heavy = served("image/jpeg", (500, 500), jpeg((500, 500), 8 * 1024 * 1024 + 1)).await;
    let tall = served("image/jpeg", (500, 900), jpeg((500, 900), 900)).await;
    let png = served("image/png", (500, 500), b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\xf4\0\0\x01\xf4".to_vec()).await;
    let eleven = || (0..11).map(|_| image.clone()).collect::<Vec<_>>();
    let described = Media { alt_text: "x".repeat(1_001), ..image.clone() };
    let one = || vec![image.clone()];
    let cases = [
        (post(&"x".repeat(2_201), one(), &[]), ViolationCode::TextTooLong),
        (post(&"#tea ".repeat(31), one(), &[]), ViolationCode::TextTooLong),
        (post(&"@amal ".repeat(21), one(), &[]), ViolationCode::TextTooLong),
        (post("", vec![described], &[]), ViolationCode::AltTextTooLong),
        (post("", eleven(), &[]), ViolationCode::TooManyImages),
        (post("", vec![heavy], &[]), ViolationCode::ImageTooLarge),
        (post("", vec![tall], &[]), ViolationCode::MediaShape),
        (post("", vec![png], &[]), ViolationCode::ImageTypeUnsupported),
    ];
    for (content, code) in cases {
        let found = stage.problems(&account, &content);
        assert_eq!(found.iter().map(|problem| problem.code).collect::<Vec<_>>(), [code]);
        let (attempt, recorder) = stage.publish(&account, &content, None).await;
        let error = attempt.expect_err("refused");
        assert_eq!(error.kind, ErrorKind::Content, "{code:?}: {error}");
        assert!(!recorder.last().is_some_and(|last| last.may_have_been_sent()), "{code:?}");
    }
    assert_eq!(posts(&stage), []);
    let path = format!("{}/media", account.remote_id);
    let link = image.link.as_str();
    let refused = [
        vec![("media_type", "STORIES"), ("image_url", link), ("caption", "words")],
        vec![("media_type", "VIDEO"), ("video_url", link)],
        vec![("media_type", "CAROUSEL"), ("children", "17")],
        vec![("image_url", link), ("captoin", "words")],
    ];
    for form in refused {
        let (status, said) = call(&stage, &account, Method::POST, &path, &form).await;
        assert_eq!(status, 400, "{form:?} {said}");
    }
}

#[tokio::test]
async fn posts_are_counted_and_stay() {
    let (stage, account) = connected().await;
    let content = Content { first_comment: Some("first".to_owned()), ..post("words", vec![photo().await], &[]) };
    let there = stage.publish(&account, &content, None).await.0.expect("published");
    let story = post("", vec![photo().await], &[("format", "story")]);
    let story = stage.publish(&account, &story, None).await.0.expect("published");
    let ids = [there.remote_id.clone(), story.remote_id, "17".to_owned()];
    let numbers = stage.network.post_metrics(stage.out(), &account, &ids).await.expect("an answer");
    assert_eq!(numbers[0].missing, None);
    assert!(numbers[0].values.contains(&(Metric::Replies, 1)) && numbers[0].values.contains(&(Metric::Bookmarks, 0)));
    assert!(numbers[1].values.iter().all(|(metric, _)| *metric != Metric::Bookmarks), "stories are not saved");
    assert!(numbers[1].values.contains(&(Metric::Views, 0)));
    assert_eq!(numbers[2].missing, Some(Missing::Gone));
    let numbers = stage.network.account_metrics(stage.out(), &account).await.expect("an answer");
    assert_eq!(numbers.handle.as_deref(), Some(account.handle.as_str()));
    assert_eq!(numbers.values, [(Metric::Followers, 150), (Metric::Following, 0), (Metric::Posts, 2)]);

    assert!(!stage.network.capabilities().delete);
    let refused = stage.network.delete_post(stage.out(), &account, &there.remote_id).await;
    assert_eq!(refused.expect_err("not offered").code, "not_offered");
    assert_eq!(posts(&stage).len(), 2);
    let read = stage.network.read_post(stage.out(), &account, "17").await.expect("an answer");
    assert!(read.is_none());
}
