//! Telegram: what arrives in the chat, counted there.

use diwan_emulator::{Effect, EffectKind, Fault, FaultRule};
use diwan_networks::{
    Account, Content, ErrorKind, LookUp, Media, Metric, Missing, NO_ACCOUNT, NetworkError, ViolationCode,
};
use serde_json::{Value, json};
use url::Url;

use crate::common::{Stage, file, jpeg, kind, mp4, text, with};

/// A bot of this name, and the chat in which it may post.
async fn bot(stage: &Stage, name: &str) -> (String, String) {
    let mut url = stage.emulator.url().join("t.me/BotFather").expect("an address");
    url.query_pairs_mut().append_pair("emulator_account", name);
    let made: Value = stage.http.get(url).send().await.expect("an answer").json().expect("JSON");
    let of = |name: &str| made[name].as_str().expect("a text").to_owned();
    (of("chat"), of("token"))
}

async fn connect_to(stage: &Stage, chat: &str, token: &str) -> Result<Account, NetworkError> {
    let home: Url = "https://api.telegram.org/".parse().expect("an address");
    let connected = stage.network.connect_with_app_password(stage.out(), &home, chat, token).await;
    connected.map(diwan_networks::Connected::into_account)
}

async fn connected(key: &str) -> (Stage, Account) {
    let stage = crate::described::start("telegram");
    let (chat, token) = bot(&stage, key).await;
    let account = connect_to(&stage, &chat, &token).await.expect("connected");
    (stage, account)
}

fn nowhere() -> Url {
    "https://media.example/file".parse().expect("an address")
}

fn photo() -> Media {
    file("image/jpeg", (640, 480), jpeg((640, 480), 2_000), &nowhere())
}

fn film() -> Media {
    file("video/mp4", (640, 480), mp4(3_000_000), &nowhere())
}

fn posts(stage: &Stage) -> Vec<Effect> {
    stage.effects().into_iter().filter(|effect| effect.kind == EffectKind::Post).collect()
}

/// Calls a method as the bot, beside the connector.
async fn call(stage: &Stage, account: &Account, method: &str, body: &Value) -> (u16, String) {
    let token = account.credentials.0["token"].as_str().expect("a token");
    let url = format!("https://api.telegram.org/bot{token}/{method}").parse().expect("an address");
    let answer = stage.http.post(url).json(body).send().await.expect("an answer");
    (answer.status.as_u16(), String::from_utf8_lossy(&answer.body).into_owned())
}

fn codes(stage: &Stage, account: &Account, content: &Content) -> Vec<ViolationCode> {
    stage.problems(account, content).into_iter().map(|problem| problem.code).collect()
}

#[tokio::test]
async fn a_bot_is_connected_to_the_chat_in_which_it_may_post() {
    let stage = crate::described::start("telegram");
    let (_, token) = bot(&stage, "cedar_news").await;
    for chat in ["@cedar_news", "cedar_news", "https://t.me/cedar_news"] {
        let account = connect_to(&stage, chat, &token).await.expect("connected");
        assert_eq!((account.handle.as_str(), account.base_url.as_str()), ("cedar_news", "https://api.telegram.org/"));
        assert!(account.remote_id.starts_with("-100"), "{}", account.remote_id);
        let by_id = connect_to(&stage, &account.remote_id, &token).await.expect("connected");
        assert_eq!(by_id.remote_id, account.remote_id);
        assert_eq!(stage.network.check(stage.out(), &account).await, Ok(None));
        assert_eq!(stage.network.refresh_due(&account), None);
    }
    let (_, of_group) = bot(&stage, "cedar_group").await;
    connect_to(&stage, "@cedar_group", &of_group).await.expect("a member of a group may post there");

    for chat in ["@somebody_else", "@a", "-1009999999999"] {
        let error = connect_to(&stage, chat, &token).await.expect_err("not its chat");
        assert_eq!((error.kind, error.code), (ErrorKind::Ask, NO_ACCOUNT), "{chat}: {error}");
    }
    let wrong = format!("{}x", &token[..token.len() - 1]);
    for token in [wrong.as_str(), "", "1:2", "1234:../../../../../etc/passwd/and/so/on"] {
        let error = connect_to(&stage, "@cedar_news", token).await.expect_err("no bot");
        assert_eq!(error.kind, ErrorKind::Reconnect, "{error}");
        assert!(token.is_empty() || !error.detail.contains(token), "{error}");
    }
}

#[tokio::test]
async fn every_kind_of_post_arrives_as_it_is() {
    let (stage, account) = connected("cedar_news").await;
    let link = Content { link: Some("https://example.com/a".to_owned()), ..text("words https://example.com/b") };
    let link = with(link, &[("link_preview", "large"), ("link_preview_above", "true"), ("silent", "true")]);
    let one =
        with(Content { media: vec![photo()], ..text("a photo") }, &[("sensitive", "true"), ("caption_above", "true")]);
    let moving = Content { media: vec![film()], ..text("") };
    let album = Content { media: vec![photo(), film(), photo()], ..text("an album") };
    let poll = [("poll", "yes\nno\nboth"), ("poll_minutes", "60"), ("poll_multiple", "true"), ("protected", "true")];
    let poll = with(text("well?"), &poll);
    for content in [&link, &one, &moving, &album, &poll] {
        assert_eq!(stage.problems(&account, content), []);
        let (attempt, recorder) = stage.publish(&account, content, None).await;
        let published = attempt.expect("published");
        assert_eq!(recorder.commits(), 1);
        let first = published.remote_id.split(',').next().expect("an id").to_owned();
        assert_eq!(published.url.map(String::from), Some(format!("https://t.me/cedar_news/{first}")));
    }
    let there = posts(&stage);
    let texts: Vec<_> = there.iter().map(|post| post.text.as_str()).collect();
    assert_eq!(texts, ["words https://example.com/b", "a photo", "", "an album", "well?"]);
    let preview = json!({ "url": "https://example.com/a", "prefer_large_media": true, "show_above_text": true });
    assert_eq!((&there[0].detail["link_preview"], &there[0].detail["silent"]), (&preview, &json!(true)));
    assert_eq!((&there[1].detail["spoiler"], &there[1].detail["shown"]["caption_above"]), (&json!(true), &json!(true)));
    let media = |index: usize| there[index].media.iter().map(|media| media.mime.as_str()).collect::<Vec<_>>();
    assert_eq!((media(1), media(2)), (vec!["image/jpeg"], vec!["video/mp4"]));
    assert_eq!(media(3), ["image/jpeg", "video/mp4", "image/jpeg"]);
    assert_eq!(there[2].media[0].size, 3_000_000);
    assert_eq!(
        (&there[4].detail["poll"], &there[4].detail["open_period"]),
        (&json!(["yes", "no", "both"]), &json!(3600))
    );
    assert_eq!((&there[4].detail["multiple"], &there[4].detail["protected"]), (&json!(true), &json!(true)));
}

#[tokio::test]
async fn a_lost_lease_never_doubles_and_never_guesses() {
    let (stage, account) = connected("cedar_news").await;
    // The lease is lost before the request leaves: nothing is there, and nobody else can know.
    let content = Content { media: vec![photo()], ..text("once") };
    let recorder = crate::common::Recorder::losing_the_lease_after(1);
    let attempt = stage.network.publish(stage.out(), &account, &content, None, &recorder).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::LeaseLost));
    assert_eq!(posts(&stage).len(), 0);
    assert_eq!(stage.look_up(&account, &content, &recorder).await, LookUp::CannotTell);
    let (again, _) = stage.publish(&account, &content, recorder.last()).await;
    assert_eq!(kind(&again), Some(ErrorKind::Unknown));
    assert_eq!(posts(&stage).len(), 0, "nothing is sent on a guess");
    // A person says that it is not there: it begins anew.
    let anew = recorder.last().and_then(|last| last.to_go_on_from(1));
    stage.publish(&account, &content, anew).await.0.expect("published");
    assert_eq!(posts(&stage).len(), 1);
}

#[tokio::test]
async fn a_lost_answer_is_left_to_a_person() {
    let (stage, account) = connected("cedar_news").await;
    for (fault, made) in [(Fault::LostAnswer, 1), (Fault::ResetBefore, 0)] {
        let before = posts(&stage).len();
        stage.emulator.world().place(FaultRule::new(fault).path("/sendMessage").times(1));
        let content = text("maybe");
        let (attempt, recorder) = stage.publish(&account, &content, None).await;
        assert_eq!(kind(&attempt), Some(ErrorKind::Unknown), "{attempt:?}");
        assert_eq!(posts(&stage).len(), before + made);
        assert_eq!(stage.look_up(&account, &content, &recorder).await, LookUp::CannotTell);
        let (again, _) = stage.publish(&account, &content, recorder.last()).await;
        assert_eq!(kind(&again), Some(ErrorKind::Unknown));
        assert_eq!(posts(&stage).len(), before + made);
    }
}

#[tokio::test]
async fn faults_say_what_to_do() {
    let (stage, account) = connected("cedar_news").await;
    let world = stage.emulator.world();
    world.place(FaultRule::new(Fault::TooMany { retry_after: Some(7) }).account("cedar_news").path("/send").times(1));
    let (attempt, recorder) = stage.publish(&account, &text("slowly"), None).await;
    let error = attempt.expect_err("too many");
    assert_eq!((error.kind, error.retry_after.map(|wait| wait.as_secs())), (ErrorKind::RateLimited, Some(7)));
    let last = recorder.last().expect("a checkpoint");
    assert!(!last.may_have_been_sent());
    stage.publish(&account, &text("slowly"), Some(last)).await.0.expect("published");

    world.place(FaultRule::new(Fault::ServerError { status: 502, processed: false }).path("/send").times(1));
    assert_eq!(kind(&stage.publish(&account, &text("who knows"), None).await.0), Some(ErrorKind::Unknown));

    world.place(FaultRule::new(Fault::RevokeTokens).account("cedar_news"));
    let (attempt, recorder) = stage.publish(&account, &text("never"), None).await;
    let error = attempt.expect_err("no bot");
    assert_eq!((error.kind, error.code), (ErrorKind::Reconnect, "unauthorized"));
    assert!(!error.detail.contains(account.credentials.0["token"].as_str().expect("a token")), "{error}");
    assert!(!recorder.last().expect("a checkpoint").may_have_been_sent());
    let checked = stage.network.check(stage.out(), &account).await;
    assert_eq!(kind(&checked), Some(ErrorKind::Reconnect));
    assert_eq!(posts(&stage).len(), 1);
}

#[tokio::test]
async fn what_the_network_refuses_is_refused_before() {
    let (stage, account) = connected("cedar_news").await;
    let too_wide = file("image/jpeg", (2_100, 100), jpeg((2_100, 100), 500), &nowhere());
    let large = file("image/jpeg", (9, 9), jpeg((9, 9), 10 * 1024 * 1024 + 1), &nowhere());
    let huge = file("video/mp4", (9, 9), mp4(51 * 1024 * 1024), &nowhere());
    let of = |media: Vec<Media>, words: &str| Content { media, ..text(words) };
    let cases = [
        (text(&"x".repeat(4_097)), ViolationCode::TextTooLong),
        (text(" \n"), ViolationCode::TextEmpty),
        (of(vec![photo()], &"x".repeat(1_025)), ViolationCode::TextTooLong),
        (of(vec![too_wide], ""), ViolationCode::MediaShape),
        (of(vec![large], ""), ViolationCode::ImageTooLarge),
        (of(vec![huge], ""), ViolationCode::VideoTooLarge),
        (of((0..11).map(|_| photo()).collect(), ""), ViolationCode::TooManyImages),
        (with(text(&"x".repeat(301)), &[("poll", "a\nb")]), ViolationCode::TextTooLong),
        (with(text("?"), &[("poll", &format!("a\n{}", "b".repeat(101)))]), ViolationCode::OptionInvalid),
        (with(text("?"), &[("poll", &"a\n".repeat(13))]), ViolationCode::OptionInvalid),
        (with(text("?"), &[("poll", "a\nb"), ("poll_minutes", "43801")]), ViolationCode::OptionInvalid),
    ];
    for (content, code) in cases {
        let found = codes(&stage, &account, &content);
        assert!(found.contains(&code), "{code:?} is not among {found:?}");
        let (attempt, recorder) = stage.publish(&account, &content, None).await;
        assert_eq!(kind(&attempt), Some(ErrorKind::Content), "{code:?}: {attempt:?}");
        assert!(!recorder.last().expect("a checkpoint").may_have_been_sent(), "{code:?}");
    }
    assert_eq!(posts(&stage), []);
    // What Telegram has no place for.
    let thread = Content { thread: vec!["two".to_owned()], first_comment: Some("more".to_owned()), ..text("one") };
    let refused = [ViolationCode::ThreadNotOffered, ViolationCode::FirstCommentNotOffered];
    assert_eq!(codes(&stage, &account, &thread), refused);
    let gif = file("image/gif", (9, 9), b"GIF89a".to_vec(), &nowhere());
    assert_eq!(codes(&stage, &account, &of(vec![gif], "")), [ViolationCode::ImageTypeUnsupported]);
}

#[tokio::test]
async fn words_are_changed_and_posts_taken_back() {
    let (stage, account) = connected("cedar_news").await;
    let world = stage.emulator.world();
    let plain = stage.publish(&account, &text("before"), None).await.0.expect("published");
    let album = Content { media: vec![photo(), photo()], ..text("album before") };
    let album_there = stage.publish(&account, &album, None).await.0.expect("published");
    for _ in 0..2 {
        let edit = stage.network.edit_post(stage.out(), &account, &plain.remote_id, &text("after")).await;
        edit.expect("changed, and the same when it is done again");
        let words = Content { text: "album after".to_owned(), ..album.clone() };
        let edit = stage.network.edit_post(stage.out(), &account, &album_there.remote_id, &words).await;
        edit.expect("changed");
    }
    let now: Vec<_> = world.posts_of("telegram", "cedar_news").into_iter().map(|post| post.text).collect();
    assert_eq!(now, ["after", "album after"]);
    let edits = stage.effects().iter().filter(|effect| effect.kind == EffectKind::Edit).count();
    assert_eq!(edits, 2);
    let poll = with(text("?"), &[("poll", "a\nb")]);
    let there = stage.publish(&account, &poll, None).await.0.expect("published");
    let edit = stage.network.edit_post(stage.out(), &account, &there.remote_id, &poll).await;
    assert_eq!(kind(&edit), Some(ErrorKind::Ask));

    for _ in 0..2 {
        for post in [&plain, &album_there, &there] {
            stage.network.delete_post(stage.out(), &account, &post.remote_id).await.expect("gone");
        }
    }
    assert_eq!(world.posts_of("telegram", "cedar_news"), []);
    let edit = stage.network.edit_post(stage.out(), &account, &plain.remote_id, &text("later")).await;
    assert_eq!(kind(&edit), Some(ErrorKind::Content), "{edit:?}");
}

#[tokio::test]
async fn the_chat_has_one_number_and_its_posts_have_none() {
    let (stage, account) = connected("cedar_news").await;
    let numbers = stage.network.account_metrics(stage.out(), &account).await.expect("an answer");
    assert_eq!(numbers.values, [(Metric::Followers, 2)]);
    let of_posts = stage.network.post_metrics(stage.out(), &account, &["1".to_owned()]).await.expect("an answer");
    assert_eq!(of_posts[0].missing, Some(Missing::NotServed));
    let read = stage.network.read_post(stage.out(), &account, "1").await;
    assert_eq!(read.err().map(|error| error.code), Some("not_offered"));
}

#[tokio::test]
async fn what_is_not_in_the_official_description_is_refused() {
    if crate::described::described().is_none() {
        return;
    }
    let (stage, account) = connected("cedar_news").await;
    let chat = account.remote_id.parse::<i64>().expect("a number");
    for body in [
        json!({ "chat_id": chat, "text": "words", "disable_web_page_preview": true }),
        json!({ "chat_id": chat, "text": "words", "link_preview_options": { "address": "https://example.com" } }),
        json!({ "chat_id": chat, "text": 7 }),
        json!({ "chat_id": chat }),
    ] {
        let (status, said) = call(&stage, &account, "sendMessage", &body).await;
        assert_eq!(status, 400, "{body}");
        assert!(said.contains("official description"), "{said}");
    }
    assert_eq!(posts(&stage), []);
    let (status, said) = call(&stage, &account, "sendMessage", &json!({ "chat_id": chat, "text": "words" })).await;
    assert_eq!(status, 200, "{said}");
}
