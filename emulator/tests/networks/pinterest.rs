//! Pinterest: what arrives on the boards, counted there.

use chrono::TimeDelta;
use diwan_emulator::{Effect, EffectKind, Fault, FaultRule};
use diwan_networks::{Account, Content, ErrorKind, LookUp, Media, Metric, Missing, Part, ViolationCode};
use diwan_platform::http::Method;
use serde_json::{Value, json};
use url::Url;

use crate::common::{Recorder, Stage, file, jpeg, kind, mp4, now, redirect, serve, text, with};

async fn connected() -> (Stage, Account) {
    let stage = crate::described::start("pinterest");
    let account = stage.connect("cedar").await;
    (stage, account)
}

async fn photo() -> Media {
    let bytes = jpeg((640, 480), 2_000);
    let link = serve("image/jpeg", bytes.clone()).await;
    file("image/jpeg", (640, 480), bytes, &link)
}

fn film() -> Media {
    file("video/mp4", (640, 480), mp4(3_000_000), &"https://media.example/film".parse::<Url>().expect("an address"))
}

fn board(account: &Account) -> String {
    account.limits.choices["board"][1].value.clone()
}

/// On the second board, with these options besides.
fn pin(account: &Account, words: &str, media: Vec<Media>, options: &[(&str, &str)]) -> Content {
    let board = board(account);
    let mut all = vec![("board", board.as_str())];
    all.extend(options);
    with(Content { media, ..text(words) }, &all)
}

fn posts(stage: &Stage) -> Vec<Effect> {
    stage.effects().into_iter().filter(|effect| effect.kind == EffectKind::Post).collect()
}

fn place(stage: &Stage, fault: Fault, path: &str) {
    stage.emulator.world().place(FaultRule::new(fault).method("POST").path(path).times(1));
}

const PINS: &str = "api.pinterest.com/v5/pins";

/// Calls the interface beside the connector.
async fn call(stage: &Stage, account: &Account, method: Method, path: &str, body: Option<&Value>) -> (u16, String) {
    let url = format!("https://api.pinterest.com/v5/{path}").parse().expect("an address");
    let mut request = stage.http.request(method, url);
    request = request.bearer(account.credentials.0["access"].as_str().expect("a token"));
    if let Some(body) = body {
        request = request.json(body);
    }
    let answer = request.send().await.expect("an answer");
    (answer.status.as_u16(), String::from_utf8_lossy(&answer.body).into_owned())
}

#[tokio::test]
async fn whoever_agrees_brings_their_boards() {
    let stage = crate::described::start("pinterest");
    let mut all = stage.connect_all("cedar").await;
    assert_eq!(all.len(), 1);
    let connected = all.remove(0);
    assert_eq!((connected.handle.as_str(), connected.display_name.as_str()), ("cedar", "cedar"));
    let labels: Vec<_> = connected.limits.choices["board"].iter().map(|board| board.label.as_str()).collect();
    assert_eq!(labels, ["Ideas", "Recipes"]);
    let account = connected.into_account();
    let limits = stage.network.check(stage.out(), &account).await.expect("an answer");
    assert_eq!(limits.as_ref(), Some(&account.limits));

    let (pending, code) = stage.agree("cedar").await;
    let complete = async |stage: &Stage, code: &str| {
        stage.network.complete_authorization(stage.out(), &pending, code, &redirect()).await
    };
    assert_eq!(kind(&complete(&stage, "no such code").await), Some(ErrorKind::Reconnect));
    complete(&stage, &code).await.expect("connected");
    assert_eq!(kind(&complete(&stage, &code).await), Some(ErrorKind::Reconnect), "a code is used once");

    let (_, code) = stage.agree("cedar").await;
    let mut stage = stage;
    stage.app.client_secret = "wrong".to_owned();
    assert_eq!(kind(&complete(&stage, &code).await), Some(ErrorKind::Reconnect));
}

#[tokio::test]
async fn a_token_is_renewed_a_week_before_it_ends() {
    let (stage, mut account) = connected().await;
    let due = stage.network.refresh_due(&account).expect("tokens end");
    let days = (due - now()).num_days();
    assert!((22..=23).contains(&days), "{days}");
    let refresh = async |account: &Account, at| stage.network.refresh(stage.out(), account, at).await;
    assert!(refresh(&account, due - TimeDelta::minutes(1)).await.expect("an answer").is_none());
    let renewed = refresh(&account, due + TimeDelta::minutes(1)).await.expect("an answer").expect("new ones");
    assert_ne!(renewed, account.credentials);
    stage.emulator.world().place(FaultRule::new(Fault::ExpireTokens).account("cedar"));
    account.credentials = renewed;
    let renewed = refresh(&account, due + TimeDelta::days(30)).await.expect("an answer").expect("new ones");
    account.credentials = renewed;
    stage.network.check(stage.out(), &account).await.expect("good again");
    stage.emulator.world().place(FaultRule::new(Fault::RevokeTokens).account("cedar"));
    assert_eq!(kind(&refresh(&account, due + TimeDelta::days(60)).await), Some(ErrorKind::Reconnect));
}

#[tokio::test]
async fn every_kind_of_pin_arrives_as_it_is() {
    let (stage, account) = connected().await;
    let link = Some("https://example.com/pie".to_owned());
    let one = Content { link, ..pin(&account, "one image", vec![photo().await], &[("title", "Pie")]) };
    let several = pin(&account, "", vec![photo().await, photo().await], &[]);
    let moving = pin(&account, "a film", vec![film()], &[("cover_seconds", "3")]);
    let covered = pin(&account, "a film with a cover", vec![film(), photo().await], &[]);
    for content in [&one, &several, &moving, &covered] {
        assert_eq!(stage.problems(&account, content), []);
        let (attempt, recorder) = stage.publish(&account, content, None).await;
        let published = attempt.expect("published");
        assert_eq!(recorder.commits(), 1);
        let url = format!("https://www.pinterest.com/pin/{}/", published.remote_id);
        assert_eq!(published.url.map(String::from), Some(url));
        let read = stage.network.read_post(stage.out(), &account, &published.remote_id).await;
        let read = read.expect("an answer").expect("the pin");
        assert_eq!(read.text, content.text);
        assert!((read.created_at.expect("a time") - now()).num_seconds().abs() < 30);
    }
    let there = posts(&stage);
    assert_eq!(there.len(), 4);
    let detail = |index: usize, name: &str| there[index].detail[name].clone();
    assert_eq!((detail(0, "title"), detail(0, "link")), (json!("Pie"), json!("https://example.com/pie")));
    assert_eq!(detail(0, "board"), json!("Recipes"));
    assert_eq!(there[0].media[0].alt_text.as_deref(), Some("what is to be seen"));
    let media = |index: usize| there[index].media.iter().map(|media| media.mime.as_str()).collect::<Vec<_>>();
    assert_eq!((media(0), media(1)), (vec!["image/jpeg"], vec!["image/jpeg", "image/jpeg"]));
    assert_eq!((media(2), there[2].media[0].size), (vec!["video/mp4"], 3_000_000));
    assert_eq!((detail(2, "cover"), detail(3, "cover")), (json!({ "second": 3 }), json!("an image")));
}

#[tokio::test]
async fn wherever_the_lease_is_lost_there_is_one_pin() {
    let (stage, account) = connected().await;
    let (mut made, mut films) = (0, 0);
    for media in [vec![photo().await], vec![film()], vec![film(), photo().await]] {
        films += usize::from(media[0].is_video());
        // Of a film, there are two more checkpoints: it is registered, and it is uploaded.
        let steps = if media[0].is_video() { 4 } else { 2 };
        for lost_after in 0..steps {
            let content = pin(&account, &format!("{films} films, lost after {lost_after}"), media.clone(), &[]);
            let recorder = Recorder::losing_the_lease_after(lost_after);
            let attempt = stage.network.publish(stage.out(), &account, &content, None, &recorder).await;
            assert_eq!(kind(&attempt), Some(ErrorKind::LeaseLost), "{attempt:?}");
            assert_eq!(posts(&stage).len(), made);
            let published = stage.publish(&account, &content, recorder.last()).await.0.expect("published");
            made += 1;
            let there = posts(&stage);
            assert_eq!((there.len(), there[made - 1].id.as_str()), (made, published.remote_id.as_str()));
        }
    }
    assert_eq!(stage.emulator.world().count("amazonaws.com"), films * 4, "no film is uploaded twice");
}

#[tokio::test]
async fn a_lost_answer_is_looked_up_and_nothing_is_doubled() {
    let (stage, account) = connected().await;
    // The same words were there before: they are not taken for the new pin.
    let content = pin(&account, "twice  the\nsame", vec![photo().await], &[("title", "Pie")]);
    let older = stage.publish(&account, &content, None).await.0.expect("published");

    place(&stage, Fault::ResetBefore, PINS);
    let (attempt, recorder) = stage.publish(&account, &content, None).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::Unknown), "{attempt:?}");
    assert_eq!(stage.look_up(&account, &content, &recorder).await, LookUp::NotThere);
    assert_eq!(posts(&stage).len(), 1);

    // It goes on from the checkpoint that there is: nothing new is known before the answer.
    place(&stage, Fault::LostAnswer, PINS);
    let (attempt, _) = stage.publish(&account, &content, recorder.last()).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::Unknown), "{attempt:?}");
    assert_eq!(posts(&stage).len(), 2);
    let LookUp::Found(found) = stage.look_up(&account, &content, &recorder).await else { panic!("not found") };
    assert_ne!(found.remote_id, older.remote_id);
    let again = stage.publish(&account, &content, recorder.last()).await.0.expect("it is there");
    assert_eq!(again, found);
    assert_eq!(posts(&stage).len(), 2);

    // While the board cannot be read, it stays open.
    place(&stage, Fault::LostAnswer, PINS);
    let (_, recorder) = stage.publish(&account, &content, None).await;
    let fault = Fault::ServerError { status: 503, processed: false };
    stage.emulator.world().place(FaultRule::new(fault).method("GET").path("/pins").times(1));
    let (attempt, _) = stage.publish(&account, &content, recorder.last()).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::Unknown), "{attempt:?}");
    assert_eq!(posts(&stage).len(), 3);
}

#[tokio::test]
async fn a_pin_on_a_full_board_is_found() {
    let (stage, account) = connected().await;
    let link = serve("image/jpeg", jpeg((9, 9), 500)).await;
    let fill = json!({
        "board_id": board(&account), "description": "old", "media_source": { "source_type": "image_url", "url": link },
    });
    for _ in 0..120 {
        assert_eq!(call(&stage, &account, Method::POST, "pins", Some(&fill)).await.0, 201);
    }
    let content = pin(&account, "new", vec![photo().await], &[]);
    place(&stage, Fault::LostAnswer, PINS);
    let (_, recorder) = stage.publish(&account, &content, None).await;
    for _ in 0..110 {
        assert_eq!(call(&stage, &account, Method::POST, "pins", Some(&fill)).await.0, 201);
    }
    assert!(matches!(stage.look_up(&account, &content, &recorder).await, LookUp::Found(_)), "on the second page");
}

#[tokio::test]
async fn a_slow_film_is_waited_for() {
    let (stage, account) = connected().await;
    let content = pin(&account, "slowly", vec![film()], &[]);
    let rule = FaultRule::new(Fault::SlowProcessing { milliseconds: 600_000 }).network("pinterest");
    stage.emulator.world().place(rule);
    let (attempt, recorder) = stage.publish(&account, &content, None).await;
    let error = attempt.expect_err("it takes longer");
    assert_eq!(error.kind, ErrorKind::Waiting);
    assert!(error.retry_after.is_some_and(|wait| wait.as_secs() > 0));
    let last = recorder.last().expect("a checkpoint");
    assert!(!last.may_have_been_sent());
    assert_eq!((posts(&stage).len(), stage.emulator.world().count("amazonaws.com")), (0, 1));

    // A film that is no film is refused, and begins anew.
    stage.emulator.world().lift_all();
    let broken = Media { source: vec![0; 500].into(), ..film() };
    let (attempt, recorder) = stage.publish(&account, &pin(&account, "broken", vec![broken], &[]), None).await;
    assert_eq!(attempt.expect_err("refused").code, "film_refused");
    assert_eq!(recorder.last().expect("a checkpoint").0["film"], Value::Null);
}

#[tokio::test]
async fn a_film_goes_on_where_it_was() {
    let (stage, account) = connected().await;
    let content = pin(&account, "slowly", vec![film()], &[]);
    let rule = FaultRule::new(Fault::SlowProcessing { milliseconds: 2_500 }).network("pinterest");
    stage.emulator.world().place(rule);
    // Nobody knows whether the store has the film.
    place(&stage, Fault::LostAnswer, "amazonaws.com");
    let (attempt, recorder) = stage.publish(&account, &content, None).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::Retry), "{attempt:?}");
    stage.publish(&account, &content, recorder.last()).await.0.expect("published");
    assert_eq!((posts(&stage).len(), stage.emulator.world().count("amazonaws.com")), (1, 1));
    // It certainly has not.
    place(&stage, Fault::ResetBefore, "amazonaws.com");
    let (attempt, recorder) = stage.publish(&account, &content, None).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::Retry), "{attempt:?}");
    stage.publish(&account, &content, recorder.last()).await.0.expect("published");
    assert_eq!((posts(&stage).len(), stage.emulator.world().count("amazonaws.com")), (2, 3));
}

#[tokio::test]
async fn faults_say_what_to_do() {
    let (stage, account) = connected().await;
    let content = pin(&account, "words", vec![photo().await], &[]);
    place(&stage, Fault::TooMany { retry_after: Some(41) }, PINS);
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
async fn what_the_network_refuses_is_refused_before() {
    let (stage, account) = connected().await;
    let media = vec![photo().await];
    let plain = pin(&account, "", media.clone(), &[]);
    let nobody = ("board".to_owned(), "17".to_owned());
    let bytes = b"GIF89a\x02\x01\x03\0".to_vec();
    let gif = file("image/gif", (9, 9), bytes.clone(), &serve("image/gif", bytes).await);
    let alt = |length: usize| Media { alt_text: "x".repeat(length), ..media[0].clone() };
    let six = || (0..6).map(|_| media[0].clone()).collect::<Vec<_>>();
    let cases = [
        (pin(&account, &"x".repeat(801), media.clone(), &[]), ViolationCode::TextTooLong),
        (pin(&account, "", media.clone(), &[("title", &"x".repeat(101))]), ViolationCode::OptionInvalid),
        (pin(&account, "", vec![alt(501)], &[]), ViolationCode::AltTextTooLong),
        (pin(&account, "", vec![alt(251), alt(252)], &[]), ViolationCode::AltTextTooLong),
        (pin(&account, "", six(), &[]), ViolationCode::TooManyImages),
        (pin(&account, "", vec![gif], &[]), ViolationCode::ImageTypeUnsupported),
        (Content { link: Some("javascript:alert(1)".to_owned()), ..plain.clone() }, ViolationCode::LinkInvalid),
        (Content { options: [nobody].into(), ..plain.clone() }, ViolationCode::OptionInvalid),
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
    let without = Content { options: diwan_networks::Options::new(), media: Vec::new(), ..text("words") };
    let found = stage.problems(&account, &without);
    let found: Vec<_> = found.into_iter().map(|problem| (problem.code, problem.part)).collect();
    let missing = (ViolationCode::OptionMissing, Part::Option("board".to_owned()));
    assert_eq!(found, [(ViolationCode::MediaMissing, Part::Text), missing]);
}

#[tokio::test]
async fn pins_are_changed_counted_and_taken_back() {
    let (stage, account) = connected().await;
    let content = pin(&account, "before", vec![photo().await], &[("title", "Before")]);
    let there = stage.publish(&account, &content, None).await.0.expect("published");
    let changed = pin(&account, "after", content.media.clone(), &[("title", "After")]);
    for _ in 0..2 {
        stage.network.edit_post(stage.out(), &account, &there.remote_id, &changed).await.expect("changed");
    }
    let (_, pin) = call(&stage, &account, Method::GET, &format!("pins/{}", there.remote_id), None).await;
    let pin: Value = serde_json::from_str(&pin).expect("JSON");
    assert_eq!((&pin["description"], &pin["title"]), (&json!("after"), &json!("After")));
    assert_eq!(pin["alt_text"], "what is to be seen");

    let ids = [there.remote_id.clone(), "17".to_owned()];
    let numbers = stage.network.post_metrics(stage.out(), &account, &ids).await.expect("an answer");
    assert_eq!(numbers[0].missing, None);
    let known: Vec<_> = numbers[0].values.iter().map(|(metric, _)| *metric).collect();
    assert_eq!(known, [Metric::Likes, Metric::Replies, Metric::Bookmarks, Metric::Views, Metric::Clicks]);
    assert_eq!(numbers[1].missing, Some(Missing::Gone));
    let numbers = stage.network.account_metrics(stage.out(), &account).await.expect("an answer");
    assert_eq!(numbers.handle.as_deref(), Some(account.handle.as_str()));
    assert_eq!(numbers.values, [(Metric::Followers, 0), (Metric::Following, 0), (Metric::Posts, 1)]);

    for _ in 0..2 {
        stage.network.delete_post(stage.out(), &account, &there.remote_id).await.expect("gone");
    }
    assert_eq!(stage.emulator.world().posts_of("pinterest", "cedar"), []);
    let read = stage.network.read_post(stage.out(), &account, &there.remote_id).await.expect("an answer");
    assert!(read.is_none());
}

#[tokio::test]
async fn what_is_not_in_the_official_description_is_refused() {
    if crate::described::described().is_none() {
        return;
    }
    let (stage, account) = connected().await;
    let source = json!({ "source_type": "image_url", "url": "https://media.example/a.jpg" });
    let cases = [
        (Method::POST, "pins", Some(json!({ "board_id": "a board", "media_source": source }))),
        (Method::POST, "pins", Some(json!({ "board_id": "1", "note": "x", "media_source": source }))),
        (Method::POST, "pins", Some(json!({ "board_id": "1", "media_source": { "source_type": "image_url" } }))),
        (Method::POST, "media", Some(json!({ "media_type": "image" }))),
        (Method::GET, "boards?page_size=500", None),
        (Method::GET, "boards?cursor=1", None),
        (Method::GET, "pins/abc", None),
    ];
    for (method, path, body) in cases {
        let (status, said) = call(&stage, &account, method, path, body.as_ref()).await;
        assert_eq!(status, 400, "{path} {said}");
        assert!(said.contains("descri"), "{said}");
    }
}
