//! Threads: posts, chains and answers, counted where they arrive.

use chrono::TimeDelta;
use diwan_emulator::{Effect, EffectKind, Fault, FaultRule};
use diwan_networks::{
    Account, Content, ErrorKind, LookUp, MEDIA_PROCESSING, Media, Metric, Missing, Violation, ViolationCode,
};
use diwan_platform::http::Method;
use serde_json::{Value, json};

use crate::common::{Stage, file, jpeg, kind, mp4, now, redirect, serve, text, with};

const KEY: &str = "threads";
const PUBLISH: &str = "/threads_publish";

async fn connected() -> (Stage, Account) {
    let stage = Stage::start(KEY);
    let account = stage.connect("cedar").await;
    (stage, account)
}

async fn served(mime: &'static str, (width, height): (u16, u16), bytes: Vec<u8>) -> Media {
    let link = serve(mime, bytes.clone()).await;
    file(mime, (width.into(), height.into()), bytes, &link)
}

async fn photo() -> Media {
    served("image/jpeg", (640, 480), jpeg((640, 480), 3_000)).await
}

async fn film() -> Media {
    served("video/mp4", (1080, 1920), mp4(40_000)).await
}

fn post(words: &str, media: Vec<Media>, options: &[(&str, &str)]) -> Content {
    with(Content { media, ..text(words) }, options)
}

/// Three posts and a comment.
fn chain() -> Content {
    let thread = ["two", "three"].map(str::to_owned).to_vec();
    Content { thread, first_comment: Some("a comment".to_owned()), ..text("one") }
}

fn posts(stage: &Stage) -> Vec<Effect> {
    stage.effects().into_iter().filter(|effect| effect.kind == EffectKind::Post).collect()
}

fn texts(stage: &Stage) -> Vec<String> {
    posts(stage).into_iter().map(|post| post.text).collect()
}

fn place(stage: &Stage, fault: Fault, path: &str) {
    stage.emulator.world().place(FaultRule::new(fault).method("POST").path(path).times(1));
}

fn codes(found: &[Violation]) -> Vec<ViolationCode> {
    found.iter().map(|problem| problem.code).collect()
}

/// Calls the interface beside the connector.
async fn make(stage: &Stage, account: &Account, form: &[(&str, &str)]) -> (u16, Value) {
    let url = format!("https://graph.threads.net/v1.0/{}/threads", account.remote_id).parse().expect("an address");
    let request = stage.http.request(Method::POST, url).form(form);
    let request = request.bearer(account.credentials.0["access"].as_str().expect("a token"));
    let answer = request.send().await.expect("an answer");
    (answer.status.as_u16(), answer.json().expect("JSON"))
}

#[tokio::test]
async fn whoever_agrees_brings_their_account() {
    let (mut stage, account) = connected().await;
    assert_eq!((account.handle.as_str(), account.limits.quota), ("cedar", Some(250)));
    assert_eq!(account.remote_id, stage.emulator.world().account(KEY, "cedar").to_string());
    let limits = stage.network.check(stage.out(), &account).await.expect("an answer");
    assert_eq!(limits.as_ref(), Some(&account.limits));
    let due = stage.network.refresh_due(&account).expect("tokens end");
    assert!((29..=30).contains(&(due - now()).num_days()), "{due}");
    let refresh = stage.network.refresh(stage.out(), &account, due + TimeDelta::minutes(1)).await;
    assert!(refresh.expect("an answer").is_none(), "one that is not a day old is not renewed");
    assert_eq!(stage.emulator.world().count("refresh_access_token"), 1);

    let (pending, code) = stage.agree("cedar").await;
    let complete = async |stage: &Stage, code: &str| {
        stage.network.complete_authorization(stage.out(), &pending, code, &redirect()).await
    };
    assert_eq!(kind(&complete(&stage, "no such code").await), Some(ErrorKind::Reconnect));
    complete(&stage, &code).await.expect("connected");
    assert_eq!(kind(&complete(&stage, &code).await), Some(ErrorKind::Reconnect), "a code is used once");
    let (_, code) = stage.agree("cedar").await;
    stage.app.client_secret = "wrong".to_owned();
    assert_eq!(kind(&complete(&stage, &code).await), Some(ErrorKind::Reconnect));
}

#[tokio::test]
async fn every_kind_of_post_arrives_as_it_is() {
    let (stage, account) = connected().await;
    let link = Some("https://example.com/tea".to_owned());
    let contents = [
        post("words", vec![], &[("topic", "Hot drinks"), ("reply_control", "mentioned_only")]),
        Content { link, ..post("a link", vec![], &[]) },
        post("Tea?", vec![], &[("poll", "yes\nno\nlater")]),
        post("one image", vec![photo().await], &[("topic", "Tea")]),
        post("", vec![film().await], &[]),
        post("several", vec![photo().await, film().await, photo().await], &[]),
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
    assert_eq!(there.len(), 6);
    let detail = |index: usize, name: &str| there[index].detail[name].clone();
    assert_eq!((detail(0, "topic_tag"), detail(0, "reply_control")), (json!("Hot drinks"), json!("mentioned_only")));
    assert_eq!((detail(1, "link"), detail(1, "poll")), (json!("https://example.com/tea"), Value::Null));
    assert_eq!(detail(2, "poll"), json!({ "option_a": "yes", "option_b": "no", "option_c": "later" }));
    assert_eq!((detail(3, "media_type"), detail(3, "topic_tag")), (json!("IMAGE"), json!("Tea")));
    assert_eq!(there[3].media[0].alt_text.as_deref(), Some("what is to be seen"));
    assert_eq!((detail(4, "media_type"), there[4].media[0].size), (json!("VIDEO"), 40_000));
    let types: Vec<_> = there[5].media.iter().map(|media| media.mime.as_str()).collect();
    assert_eq!(types, ["image/jpeg", "video/mp4", "image/jpeg"]);
}

#[tokio::test]
async fn a_chain_answers_itself_and_the_comment_its_beginning() {
    let (stage, account) = connected().await;
    let content = Content { media: vec![photo().await, photo().await], ..chain() };
    let (published, runs) = stage.publish_step_by_step(&account, &content).await;
    assert!(runs > 4, "{runs}");
    let there = posts(&stage);
    assert_eq!(texts(&stage), ["one", "two", "three", "a comment"]);
    assert_eq!(there[0].id, published.remote_id);
    let parents: Vec<_> = there.iter().map(|post| post.parent.as_deref()).collect();
    let ids: Vec<_> = there.iter().map(|post| post.id.as_str()).collect();
    assert_eq!(parents, [None, Some(ids[0]), Some(ids[1]), Some(ids[0])]);
    let media: Vec<_> = there.iter().map(|post| post.media.len()).collect();
    assert_eq!(media, [2, 0, 0, 0]);
}

#[tokio::test]
async fn a_lost_answer_is_looked_up_and_nothing_is_doubled() {
    let (stage, account) = connected().await;
    // The same words were there before: they are not taken for the new posts.
    stage.publish(&account, &chain(), None).await.0.expect("published");
    let content = chain();
    let before = posts(&stage).len();
    let mut resume = None;
    for number in 0..4 {
        // It certainly did not arrive, and then nobody knows whether it did.
        place(&stage, Fault::ResetBefore, PUBLISH);
        let (attempt, recorder) = stage.publish(&account, &content, resume).await;
        assert_eq!(kind(&attempt), Some(ErrorKind::Unknown), "{attempt:?}");
        assert_eq!(stage.look_up(&account, &content, &recorder).await, LookUp::NotThere);
        assert_eq!(posts(&stage).len(), before + number);

        place(&stage, Fault::LostAnswer, PUBLISH);
        let (attempt, _) = stage.publish(&account, &content, recorder.last()).await;
        assert_eq!(kind(&attempt), Some(ErrorKind::Unknown), "{attempt:?}");
        assert_eq!(posts(&stage).len(), before + number + 1);
        match stage.look_up(&account, &content, &recorder).await {
            LookUp::Partly(checkpoint) => assert_eq!(checkpoint.parts_there(), number + 1),
            LookUp::Found(first) => assert_eq!((number, &first.remote_id), (3, &posts(&stage)[before].id)),
            other => panic!("{other:?}"),
        }
        resume = recorder.last();
    }
    let published = stage.publish(&account, &content, resume).await.0.expect("all is there");
    assert_eq!(published.remote_id, posts(&stage)[before].id);
    assert_eq!(texts(&stage)[before..], ["one", "two", "three", "a comment"]);
}

#[tokio::test]
async fn what_is_slow_is_waited_for() {
    let (stage, account) = connected().await;
    let content = post("slowly", vec![film().await], &[]);
    let slow = FaultRule::new(Fault::SlowProcessing { milliseconds: 12_000 }).network(KEY);
    let number = stage.emulator.world().place(slow);
    let (attempt, recorder) = stage.publish(&account, &content, None).await;
    let error = attempt.expect_err("it takes longer");
    assert_eq!((error.kind, error.code), (ErrorKind::Waiting, MEDIA_PROCESSING));
    assert!(!recorder.last().expect("a checkpoint").may_have_been_sent());
    stage.emulator.world().lift(number);
    stage.publish(&account, &content, recorder.last()).await.0.expect("published");
    assert_eq!(texts(&stage), ["slowly"]);

    let nowhere = "http://127.0.0.1:9/film".parse().expect("an address");
    let away = Media { link: nowhere, ..film().await };
    let (attempt, recorder) = stage.publish(&account, &post("", vec![away], &[]), None).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::Retry), "{attempt:?}");
    assert_eq!(recorder.last().expect("a checkpoint").0["post"], Value::Null, "begun anew");
    let broken = served("video/mp4", (1080, 1920), vec![0; 500]).await;
    let (attempt, _) = stage.publish(&account, &post("", vec![broken], &[]), None).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::Content), "{attempt:?}");
    assert_eq!(posts(&stage).len(), 1);
}

#[tokio::test]
async fn faults_say_what_to_do() {
    let (stage, account) = connected().await;
    let content = text("words");
    place(&stage, Fault::TooMany { retry_after: Some(41) }, PUBLISH);
    let (attempt, recorder) = stage.publish(&account, &content, None).await;
    let error = attempt.expect_err("too many");
    assert_eq!((error.kind, error.retry_after.map(|wait| wait.as_secs())), (ErrorKind::RateLimited, Some(41)));
    assert!(!recorder.last().expect("a checkpoint").may_have_been_sent());
    // What is to be answered is gone.
    let thread = vec!["two".to_owned()];
    let content = Content { thread, ..content };
    let (_, recorder) = {
        place(&stage, Fault::LostAnswer, PUBLISH);
        stage.publish(&account, &content, recorder.last()).await
    };
    let LookUp::Partly(checkpoint) = stage.look_up(&account, &content, &recorder).await else { panic!("not found") };
    stage.network.delete_post(stage.out(), &account, &posts(&stage)[0].id).await.expect("gone");
    let (attempt, recorder) = stage.publish(&account, &content, Some(checkpoint)).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::Retry), "{attempt:?}");
    for fault in [Fault::ExpireTokens, Fault::RevokeTokens] {
        stage.emulator.world().place(FaultRule::new(fault).account("cedar"));
        let (attempt, _) = stage.publish(&account, &content, recorder.last()).await;
        assert_eq!(kind(&attempt), Some(ErrorKind::Reconnect), "{attempt:?}");
    }
    assert_eq!(texts(&stage), ["words"]);
}

#[tokio::test]
async fn what_the_network_refuses_is_refused_before() {
    let (stage, account) = connected().await;
    let image = photo().await;
    let one = || vec![image.clone()];
    let gif = served("image/gif", (9, 9), b"GIF89a\x09\0\x09\0".to_vec()).await;
    let heavy = served("image/jpeg", (500, 500), jpeg((500, 500), 8 * 1024 * 1024 + 1)).await;
    let flat = served("image/jpeg", (1100, 100), jpeg((1100, 100), 900)).await;
    let described = Media { alt_text: "x".repeat(1_001), ..image.clone() };
    let many = || (0..21).map(|_| image.clone()).collect::<Vec<_>>();
    let links: String = (1..=6).map(|n| format!("https://e{n}.com ")).collect::<Vec<_>>().concat();
    let sixth = Content { link: Some("https://e6.com/".to_owned()), ..text(&links[..links.len() - 16]) };
    let long_comment = "x".repeat(501);
    let cases = [
        (text(&"x".repeat(501)), ViolationCode::TextTooLong),
        // An emoji counts as many as it has bytes.
        (text(&"🎬".repeat(126)), ViolationCode::TextTooLong),
        (text(&links), ViolationCode::TextTooLong),
        (sixth, ViolationCode::TextTooLong),
        (post("", vec![described], &[]), ViolationCode::AltTextTooLong),
        (post("", many(), &[]), ViolationCode::TooManyImages),
        (post("", vec![gif], &[]), ViolationCode::ImageTypeUnsupported),
        (post("", vec![heavy], &[]), ViolationCode::ImageTooLarge),
        (post("", vec![flat], &[]), ViolationCode::MediaShape),
        (post("words", vec![], &[("topic", "tea & coffee")]), ViolationCode::OptionInvalid),
        (post("words", vec![], &[("topic", &"x".repeat(51))]), ViolationCode::OptionInvalid),
        (post("words", vec![], &[("reply_control", "nobody")]), ViolationCode::OptionInvalid),
        (post("words", vec![], &[("poll", &format!("yes\n{}", "n".repeat(26)))]), ViolationCode::OptionInvalid),
    ];
    for (content, code) in cases {
        let found: Vec<_> = codes(&stage.problems(&account, &content));
        assert!(!found.is_empty() && found.iter().all(|found| *found == code), "{found:?} {code:?}");
        let (attempt, recorder) = stage.publish(&account, &content, None).await;
        let error = attempt.expect_err("refused");
        assert_eq!(error.kind, ErrorKind::Content, "{code:?}: {error}");
        assert!(!recorder.last().is_some_and(|last| last.may_have_been_sent()), "{code:?}");
    }
    assert_eq!(posts(&stage), []);
    let comment = Content { first_comment: Some(long_comment), ..text("words") };
    assert_eq!(codes(&stage.problems(&account, &comment)), [ViolationCode::TextTooLong]);
    let link = Content { link: Some("https://example.com/".to_owned()), ..post("", one(), &[]) };
    assert_eq!(codes(&stage.problems(&account, &link)), [ViolationCode::LinkWithImages]);
    let poll = post("Tea?", one(), &[("poll", "yes\nno")]);
    assert_eq!(codes(&stage.problems(&account, &poll)), [ViolationCode::NotTogether]);
    let address = image.link.as_str();
    let refused: [&[(&str, &str)]; 4] = [
        &[("media_type", "IMAGE"), ("image_url", address), ("link_attachment", "https://example.com/")],
        &[("media_type", "IMAGE"), ("image_url", address), ("poll_attachment", "{}")],
        &[("media_type", "TEXT")],
        &[("media_type", "TEXT"), ("text", "words"), ("auto_publish_text", "true")],
    ];
    for form in refused {
        let (status, said) = make(&stage, &account, form).await;
        assert_eq!(status, 400, "{form:?} {said}");
    }
}

#[tokio::test]
async fn posts_are_counted_and_taken_back() {
    let (stage, account) = connected().await;
    let content = Content { first_comment: Some("first".to_owned()), ..text("words") };
    let there = stage.publish(&account, &content, None).await.0.expect("published");
    let ids = [there.remote_id.clone(), "17".to_owned()];
    let numbers = stage.network.post_metrics(stage.out(), &account, &ids).await.expect("an answer");
    let expected =
        [(Metric::Likes, 0), (Metric::Reposts, 0), (Metric::Replies, 1), (Metric::Quotes, 0), (Metric::Views, 0)];
    assert_eq!((&numbers[0].values[..], numbers[0].missing), (&expected[..], None));
    assert_eq!(numbers[1].missing, Some(Missing::Gone));
    let numbers = stage.network.account_metrics(stage.out(), &account).await.expect("an answer");
    assert_eq!((numbers.values, numbers.missing), (vec![(Metric::Followers, 200)], None));
    assert_eq!(numbers.handle, None, "that is another request");
    for _ in 0..2 {
        stage.network.delete_post(stage.out(), &account, &there.remote_id).await.expect("gone");
    }
    let left: Vec<_> = stage.emulator.world().posts_of(KEY, "cedar").into_iter().map(|post| post.text).collect();
    assert_eq!(left, ["first"], "what answers it stays");
    let read = stage.network.read_post(stage.out(), &account, &there.remote_id).await.expect("an answer");
    assert!(read.is_none());
}
