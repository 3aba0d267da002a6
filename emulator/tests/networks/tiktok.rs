//! Publishing to TikTok, emulated: films in chunks, photos by their addresses.

use diwan_emulator::{EffectKind, Fault, FaultRule};
use diwan_networks::{Account, Content, ErrorKind, LookUp, Media, Metric, ViolationCode};
use serde_json::json;
use url::Url;

use crate::common::{Recorder, Stage, file, jpeg, kind, mp4, redirect, serve, text, with};

const PUBLIC: (&str, &str) = ("privacy", "PUBLIC_TO_EVERYONE");
const SELF: (&str, &str) = ("privacy", "SELF_ONLY");

fn nowhere() -> Url {
    "https://media.example/film.mp4".parse().expect("an address")
}

fn film(words: &str, bytes: usize) -> Content {
    let media = file("video/mp4", (1080, 1920), mp4(bytes), &nowhere());
    with(Content { media: vec![media], ..text(words) }, &[PUBLIC])
}

async fn photos(words: &str, count: usize) -> Content {
    let link = serve("image/jpeg", jpeg((1080, 1350), 20_000)).await;
    let photo = || file("image/jpeg", (1080, 1350), jpeg((1080, 1350), 20_000), &link);
    let media = (0..count).map(|_| photo()).collect();
    with(Content { media, ..text(words) }, &[PUBLIC, ("title", "Photos")])
}

fn place(stage: &Stage, fault: Fault, path: &str) {
    stage.emulator.world().place(FaultRule::new(fault).network("tiktok").path(path).times(1));
}

/// The account has exactly this post.
fn is_there_once(stage: &Stage, words: &str) {
    let posts: Vec<_> = stage.effects().into_iter().filter(|effect| effect.kind == EffectKind::Post).collect();
    assert_eq!(posts.len(), 1, "{posts:?}");
    assert_eq!(posts[0].text, words);
}

#[tokio::test]
async fn an_account_comes_with_what_it_may_do() {
    let stage = Stage::start("tiktok");
    let all = stage.connect_all("nour").await;
    assert_eq!(all.len(), 1);
    let account = &all[0];
    assert_eq!((account.handle.as_str(), account.display_name.as_str()), ("nour", "nour"));
    assert_eq!(account.limits.video.map(|video| video.max_ms), Some(300_000));
    let offered: Vec<_> = account.limits.choices["privacy"].iter().map(|choice| choice.value.as_str()).collect();
    assert_eq!(offered, ["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"]);
    let account = account.clone().into_account();
    assert_eq!(stage.network.check(stage.out(), &account).await.expect("an answer"), Some(account.limits.clone()));
    assert!(stage.network.refresh_due(&account).is_some());
}

#[tokio::test]
async fn a_wrong_code_and_a_wrong_application_are_refused() {
    let mut stage = Stage::start("tiktok");
    let (pending, code) = stage.agree("nour").await;
    let wrong = stage.network.complete_authorization(stage.out(), &pending, "nonsense", &redirect()).await;
    assert_eq!(kind(&wrong), Some(ErrorKind::Reconnect), "{wrong:?}");
    stage.app.client_secret = "wrong".to_owned();
    let refused = stage.network.complete_authorization(stage.out(), &pending, &code, &redirect()).await;
    assert_eq!(kind(&refused), Some(ErrorKind::Ask), "{refused:?}");
}

#[tokio::test]
async fn a_film_is_posted_with_what_is_said_of_it() {
    let stage = Stage::start("tiktok");
    let account = stage.connect("nour").await;
    let options = [PUBLIC, ("disable_duet", "true"), ("brand_content", "true"), ("made_with_ai", "true")];
    let content = with(film("مرحبا #launch", 600_000), &options);
    assert_eq!(stage.problems(&account, &content), []);
    let (attempt, recorder) = stage.publish(&account, &content, None).await;
    let published = attempt.expect("published");
    assert_eq!(recorder.commits(), 1);
    is_there_once(&stage, "مرحبا #launch");
    let post = &stage.effects()[0];
    assert_eq!((post.account.as_str(), post.media[0].size), ("nour", 600_000));
    for (name, value) in [
        ("privacy_level", json!("PUBLIC_TO_EVERYONE")),
        ("disable_duet", json!(true)),
        ("disable_stitch", json!(false)),
        ("disable_comment", json!(false)),
        ("brand_content_toggle", json!(true)),
        ("is_aigc", json!(true)),
    ] {
        assert_eq!(post.detail[name], value, "{name}");
    }
    assert_eq!(published.remote_id, post.id);
    assert_eq!(published.url.expect("an address").fragment(), Some(post.id.as_str()));

    let read = stage.network.read_post(stage.out(), &account, &post.id).await.expect("an answer").expect("the post");
    assert_eq!(read.text, "مرحبا #launch");
    let metrics =
        stage.network.post_metrics(stage.out(), &account, std::slice::from_ref(&post.id)).await.expect("numbers");
    assert!(metrics[0].values.contains(&(Metric::Views, 70)), "{metrics:?}");
    let numbers = stage.network.account_metrics(stage.out(), &account).await.expect("numbers");
    assert!(numbers.values.contains(&(Metric::Followers, 12)), "{numbers:?}");
    assert_eq!(numbers.handle.as_deref(), Some(account.handle.as_str()));
    let deleted = stage.network.delete_post(stage.out(), &account, &post.id).await.expect_err("not offered");
    assert_eq!(deleted.code, "not_offered");
}

#[tokio::test]
async fn what_the_account_switched_off_stays_off() {
    let stage = Stage::start("tiktok");
    let account = stage.connect("quiet one").await;
    stage.publish(&account, &film("hush", 1000), None).await.0.expect("published");
    assert_eq!(stage.effects()[0].detail["disable_comment"], true);
}

#[tokio::test]
async fn a_large_film_goes_in_chunks_and_on_from_where_it_was() {
    let stage = Stage::start("tiktok");
    let account = stage.connect("nour").await;
    let content = film("large", 20_500_000);
    // The second chunk is the last one.
    place(&stage, Fault::ResetBefore, "open-upload.tiktokapis.com/video/");
    let (attempt, recorder) = stage.publish(&account, &content, None).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::Retry), "{attempt:?}");
    assert!(!recorder.last().expect("a checkpoint").may_have_been_sent());
    assert_eq!(stage.effects(), []);
    let (attempt, _) = stage.publish(&account, &content, recorder.last()).await;
    attempt.expect("published");
    is_there_once(&stage, "large");
    assert_eq!(stage.effects()[0].media[0].size, 20_500_000);
    assert_eq!(stage.emulator.world().count("/post/publish/video/init/"), 1, "it is one publication");
}

#[tokio::test]
async fn wherever_the_lease_is_lost_the_next_worker_goes_on() {
    let stage = Stage::start("tiktok");
    let account = stage.connect("nour").await;
    let (_, runs) = stage.publish_step_by_step(&account, &film("step", 20_000_000)).await;
    assert!(runs > 1);
    is_there_once(&stage, "step");
    assert_eq!(stage.emulator.world().count("/post/publish/video/init/"), 1);
}

#[tokio::test]
async fn a_film_whose_last_answer_is_lost_is_found() {
    let stage = Stage::start("tiktok");
    let account = stage.connect("nour").await;
    let content = film("lost", 5000);
    place(&stage, Fault::LostAnswer, "open-upload.tiktokapis.com/video/");
    let (attempt, recorder) = stage.publish(&account, &content, None).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::Unknown), "{attempt:?}");
    let LookUp::Found(found) = stage.look_up(&account, &content, &recorder).await else { panic!("not found") };
    let (attempt, _) = stage.publish(&account, &content, recorder.last()).await;
    assert_eq!(attempt.expect("published"), found);
    is_there_once(&stage, "lost");
}

#[tokio::test]
async fn a_film_whose_last_chunk_never_arrived_is_not_there_and_posted_once() {
    let stage = Stage::start("tiktok");
    let account = stage.connect("nour").await;
    let content = film("away", 5000);
    for fault in [Fault::ResetBefore, Fault::ServerError { status: 503, processed: false }] {
        place(&stage, fault, "open-upload.tiktokapis.com/video/");
        let (attempt, recorder) = stage.publish(&account, &content, None).await;
        assert_eq!(kind(&attempt), Some(ErrorKind::Unknown), "{attempt:?}");
        assert_eq!(stage.look_up(&account, &content, &recorder).await, LookUp::NotThere);
        assert_eq!(stage.effects(), []);
        if fault != Fault::ResetBefore {
            stage.publish(&account, &content, recorder.last()).await.0.expect("published");
        }
    }
    is_there_once(&stage, "away");
}

#[tokio::test]
async fn photos_are_fetched_and_posted() {
    let stage = Stage::start("tiktok");
    let account = stage.connect("nour").await;
    let content = photos("look", 2).await;
    assert_eq!(stage.problems(&account, &content), []);
    stage.publish(&account, &content, None).await.0.expect("published");
    is_there_once(&stage, "look");
    let post = &stage.effects()[0];
    assert_eq!((post.media.len(), &post.detail["title"]), (2, &json!("Photos")));
}

#[tokio::test]
async fn photos_whose_answer_is_lost_are_found_where_everybody_sees_them() {
    let stage = Stage::start("tiktok");
    let account = stage.connect("nour").await;
    let content = photos("lost", 1).await;
    place(&stage, Fault::LostAnswer, "/post/publish/content/init/");
    let (attempt, recorder) = stage.publish(&account, &content, None).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::Unknown), "{attempt:?}");
    let LookUp::Found(found) = stage.look_up(&account, &content, &recorder).await else { panic!("not found") };
    let (attempt, _) = stage.publish(&account, &content, recorder.last()).await;
    assert_eq!(attempt.expect("published"), found);
    is_there_once(&stage, "lost");

    let secret = with(photos("secret", 1).await, &[SELF]);
    place(&stage, Fault::LostAnswer, "/post/publish/content/init/");
    let (_, recorder) = stage.publish(&account, &secret, None).await;
    assert_eq!(stage.look_up(&account, &secret, &recorder).await, LookUp::CannotTell);
    let (attempt, _) = stage.publish(&account, &secret, recorder.last()).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::Unknown), "nothing is sent blindly");
    assert_eq!(stage.effects().len(), 2);
}

#[tokio::test]
async fn photos_that_cannot_be_fetched_are_begun_anew() {
    let stage = Stage::start("tiktok");
    let account = stage.connect("nour").await;
    let good = photos("fetch", 1).await;
    let gone = "http://127.0.0.1:1/photo.jpg".parse().expect("an address");
    let media = vec![Media { link: gone, ..good.media[0].clone() }];
    let (attempt, recorder) = stage.publish(&account, &Content { media, ..good.clone() }, None).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::Retry), "{attempt:?}");
    assert!(!recorder.last().expect("a checkpoint").may_have_been_sent());
    stage.publish(&account, &good, recorder.last()).await.0.expect("published");
    is_there_once(&stage, "fetch");
}

#[tokio::test]
async fn a_film_that_is_none_is_refused() {
    let stage = Stage::start("tiktok");
    let account = stage.connect("nour").await;
    let media = vec![file("video/mp4", (1080, 1920), vec![1; 5000], &nowhere())];
    let (attempt, recorder) = stage.publish(&account, &Content { media, ..film("no film", 10) }, None).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::Content), "{attempt:?}");
    assert!(!recorder.last().expect("a checkpoint").may_have_been_sent());
    assert_eq!(stage.effects(), []);
}

#[tokio::test]
async fn slow_work_is_waited_for() {
    let stage = Stage::start("tiktok");
    let account = stage.connect("nour").await;
    let content = film("slow", 5000);
    let slow = FaultRule::new(Fault::SlowProcessing { milliseconds: 11_000 }).network("tiktok");
    stage.emulator.world().place(slow);
    let (attempt, recorder) = stage.publish(&account, &content, None).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::Waiting), "{attempt:?}");
    assert!(attempt.expect_err("waiting").retry_after.is_some());
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    stage.publish(&account, &content, recorder.last()).await.0.expect("published");
    is_there_once(&stage, "slow");
}

#[tokio::test]
async fn patience_and_the_end_of_an_agreement_are_told_apart() {
    let stage = Stage::start("tiktok");
    let account = stage.connect("nour").await;
    let content = film("later", 5000);
    place(&stage, Fault::TooMany { retry_after: Some(7) }, "/post/publish/video/init/");
    let (attempt, recorder) = stage.publish(&account, &content, None).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::RateLimited), "{attempt:?}");
    assert_eq!(attempt.expect_err("later").retry_after.map(|wait| wait.as_secs()), Some(7));

    stage.emulator.world().place(FaultRule::new(Fault::ExpireTokens).network("tiktok"));
    let (attempt, _) = stage.publish(&account, &content, recorder.last()).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::Reconnect), "{attempt:?}");
    let renewed =
        stage.network.refresh(stage.out(), &account, crate::common::now() + chrono::TimeDelta::hours(24)).await;
    let account = Account { credentials: renewed.expect("renewed").expect("new ones"), ..account };
    stage.publish(&account, &content, recorder.last()).await.0.expect("published");
    is_there_once(&stage, "later");

    stage.emulator.world().place(FaultRule::new(Fault::RevokeTokens).network("tiktok"));
    let refused =
        stage.network.refresh(stage.out(), &account, crate::common::now() + chrono::TimeDelta::hours(24)).await;
    assert_eq!(kind(&refused), Some(ErrorKind::Reconnect), "{refused:?}");
}

#[tokio::test]
async fn what_is_refused_here_is_refused_there() {
    use ViolationCode as V;
    let stage = Stage::start("tiktok");
    let photo = photos("", 1).await;
    let many = photos("", 36).await;
    let large = serve("image/jpeg", jpeg((1200, 1200), 20_000)).await;
    let large = file("image/jpeg", (1200, 1200), jpeg((1200, 1200), 20_000), &large);
    for (number, (content, code)) in [
        (film(&"a".repeat(2201), 1000), V::TextTooLong),
        (Content { text: "a".repeat(4001), ..photo.clone() }, V::TextTooLong),
        (with(photo.clone(), &[PUBLIC, ("title", &"🎬".repeat(46))]), V::OptionInvalid),
        (many, V::TooManyImages),
        (Content { media: vec![large], ..photo.clone() }, V::MediaShape),
        (with(film("", 1000), &[("privacy", "FOLLOWER_OF_CREATOR")]), V::OptionInvalid),
        (with(film("", 1000), &[SELF, ("brand_content", "true")]), V::NotTogether),
    ]
    .into_iter()
    .enumerate()
    {
        let account = stage.connect(&format!("person {number}")).await;
        let codes: Vec<_> = stage.problems(&account, &content).into_iter().map(|problem| problem.code).collect();
        assert_eq!(codes, [code], "{number}");
        let (attempt, _) = stage.publish(&account, &content, None).await;
        assert_eq!(kind(&attempt), Some(ErrorKind::Content), "{number}: {attempt:?}");
    }
    assert_eq!(stage.effects(), []);
}

#[tokio::test]
async fn an_account_posts_so_often_in_a_minute() {
    let stage = Stage::start("tiktok");
    let account = stage.connect("nour").await;
    for number in 0..6 {
        let recorder = Recorder::default();
        let content = film(&format!("post {number}"), 1000);
        stage.network.publish(stage.out(), &account, &content, None, &recorder).await.expect("published");
    }
    let (attempt, _) = stage.publish(&account, &film("one more", 1000), None).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::RateLimited), "{attempt:?}");
}
