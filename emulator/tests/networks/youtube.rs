//! Publishing to YouTube, emulated: films in upload sessions, with a first comment.

use diwan_emulator::{Effect, EffectKind, Fault, FaultRule};
use diwan_networks::{Account, Content, ErrorKind, LookUp, Metric, NO_ACCOUNT, ViolationCode};
use serde_json::json;
use url::Url;

use crate::common::{Stage, file, kind, mp4, redirect, text, with};

const NEEDED: [(&str, &str); 2] = [("title", "A film"), ("made_for_kids", "false")];

/// Where pieces of films go.
const UPLOAD: &str = "www.googleapis.com/upload/youtube/v3/videos";

fn nowhere() -> Url {
    "https://media.example/film.mp4".parse().expect("an address")
}

fn film(words: &str, bytes: usize) -> Content {
    let media = vec![file("video/mp4", (1920, 1080), mp4(bytes), &nowhere())];
    with(Content { media, ..text(words) }, &NEEDED)
}

fn more(content: Content, options: &[(&str, &str)]) -> Content {
    let all: Vec<_> = NEEDED.iter().chain(options).copied().collect();
    with(content, &all)
}

fn place(stage: &Stage, fault: Fault, (method, path): (&str, &str)) {
    stage.emulator.world().place(FaultRule::new(fault).network("youtube").method(method).path(path).times(1));
}

/// Strikes the piece after so many requests to sessions.
fn place_after(stage: &Stage, fault: Fault, after: u64) {
    let rule = FaultRule::new(fault).network("youtube").method("PUT").path(UPLOAD).after(after).times(1);
    stage.emulator.world().place(rule);
}

fn of(stage: &Stage, kind: EffectKind) -> Vec<Effect> {
    stage.effects().into_iter().filter(|effect| effect.kind == kind).collect()
}

fn is_there_once(stage: &Stage, words: &str) {
    let posts = of(stage, EffectKind::Post);
    assert_eq!(posts.len(), 1, "{posts:?}");
    assert_eq!(posts[0].text, words);
}

#[tokio::test]
async fn a_channel_comes_with_its_categories() {
    let stage = Stage::start("youtube");
    let all = stage.connect_all("Nour").await;
    assert_eq!(all.len(), 1);
    assert_eq!((all[0].handle.as_str(), all[0].display_name.as_str()), ("nour", "Nour"));
    assert!(all[0].remote_id.starts_with("UC"));
    let categories: Vec<_> = all[0].limits.choices["category"].iter().map(|choice| choice.label.as_str()).collect();
    assert_eq!(categories, ["Music", "People & Blogs", "Education", "Science & Technology"]);
    let account = all[0].clone().into_account();
    assert_eq!(stage.network.check(stage.out(), &account).await.expect("an answer"), Some(account.limits.clone()));
    assert!(stage.network.refresh_due(&account).is_some());
    let unverified = stage.connect("new channel").await;
    assert_eq!(unverified.limits.video.map(|video| video.max_ms), Some(900_000));
}

#[tokio::test]
async fn a_wrong_code_an_account_without_a_channel_and_a_wrong_application_are_told_apart() {
    let mut stage = Stage::start("youtube");
    let (pending, code) = stage.agree("Nour").await;
    let wrong = stage.network.complete_authorization(stage.out(), &pending, "nonsense", &redirect()).await;
    assert_eq!(kind(&wrong), Some(ErrorKind::Reconnect), "{wrong:?}");
    let (nobody, nobodys) = stage.agree("nobody").await;
    let none = stage.network.complete_authorization(stage.out(), &nobody, &nobodys, &redirect()).await;
    assert_eq!(none.expect_err("no channel").code, NO_ACCOUNT);
    stage.app.client_secret = "wrong".to_owned();
    let refused = stage.network.complete_authorization(stage.out(), &pending, &code, &redirect()).await;
    assert_eq!(kind(&refused), Some(ErrorKind::Ask), "{refused:?}");
}

#[tokio::test]
async fn a_film_is_uploaded_with_what_is_said_of_it() {
    let stage = Stage::start("youtube");
    let account = stage.connect("Nour").await;
    let options = [("privacy", "unlisted"), ("tags", "one\ntwo words"), ("category", "27"), ("made_with_ai", "true")];
    let content = Content { first_comment: Some("first".to_owned()), ..more(film("مرحبا", 600_000), &options) };
    assert_eq!(stage.problems(&account, &content), []);
    let (attempt, recorder) = stage.publish(&account, &content, None).await;
    let published = attempt.expect("published");
    assert_eq!(recorder.commits(), 2);
    is_there_once(&stage, "مرحبا");
    let post = &stage.effects()[0];
    assert_eq!(published.remote_id, post.id);
    assert_eq!(published.url.expect("an address").query(), Some(format!("v={}", post.id).as_str()));
    assert_eq!((post.media[0].mime.as_str(), post.media[0].size), ("video/mp4", 600_000));
    let expected = json!({
        "title": "A film",
        "tags": ["one", "two words"],
        "category": "27",
        "privacy": "unlisted",
        "made_for_kids": false,
        "made_with_ai": true,
    });
    assert_eq!(post.detail, expected);
    let comments = of(&stage, EffectKind::Comment);
    assert_eq!(comments.len(), 1);
    assert_eq!((comments[0].text.as_str(), comments[0].parent.as_deref()), ("first", Some(post.id.as_str())));
}

#[tokio::test]
async fn a_video_is_read_counted_changed_and_deleted() {
    let stage = Stage::start("youtube");
    let account = stage.connect("Nour").await;
    let content = more(film("before", 1000), &[("tags", "old"), ("category", "10")]);
    let id = stage.publish(&account, &content, None).await.0.expect("published").remote_id;
    let read = stage.network.read_post(stage.out(), &account, &id).await.expect("an answer").expect("the video");
    assert_eq!((read.text.as_str(), read.media_count), ("before", 1));
    let ids = [id.clone(), "absent".to_owned()];
    let metrics = stage.network.post_metrics(stage.out(), &account, &ids).await.expect("numbers");
    let seen_by_all = [(Metric::Views, 7), (Metric::Likes, 3), (Metric::Replies, 1)];
    assert_eq!(metrics[0].values, [seen_by_all.as_slice(), &[(Metric::Dislikes, 1)]].concat());
    assert!(metrics[1].missing.is_some() && metrics[1].values.is_empty());
    let stranger = stage.connect("Sami").await;
    let metrics = stage.network.post_metrics(stage.out(), &stranger, &ids).await.expect("numbers");
    assert_eq!(metrics[0].values, seen_by_all, "dislikes are told to the owner of a video alone");
    let numbers = stage.network.account_metrics(stage.out(), &account).await.expect("numbers");
    assert_eq!(numbers.values, [(Metric::Followers, 12), (Metric::Views, 40), (Metric::Posts, 1)]);
    assert_eq!(numbers.handle.as_deref(), Some(account.handle.as_str()));

    let changed = with(text("after"), &[("title", "Another"), ("made_for_kids", "false"), ("privacy", "private")]);
    for _ in 0..2 {
        stage.network.edit_post(stage.out(), &account, &id, &changed).await.expect("changed");
    }
    let edit = of(&stage, EffectKind::Edit).pop().expect("an edit");
    assert_eq!(
        (edit.text.as_str(), &edit.detail["title"], &edit.detail["privacy"]),
        ("after", &json!("Another"), &json!("private"))
    );
    assert_eq!((&edit.detail["category"], &edit.detail["tags"]), (&json!("10"), &json!([])), "the category stays");

    for _ in 0..2 {
        stage.network.delete_post(stage.out(), &account, &id).await.expect("deleted");
    }
    assert_eq!(of(&stage, EffectKind::Delete).len(), 1);
    assert_eq!(
        stage.network.read_post(stage.out(), &account, &id).await.expect("an answer").map(|post| post.text),
        None
    );
    let gone = stage.network.edit_post(stage.out(), &account, &id, &changed).await;
    assert_eq!(kind(&gone), Some(ErrorKind::Content));
}

#[tokio::test]
async fn a_large_film_goes_in_pieces_and_on_from_where_it_was() {
    let stage = Stage::start("youtube");
    let account = stage.connect("Nour").await;
    let content = film("large", 20 * 1024 * 1024);
    for fault in [Fault::ResetBefore, Fault::LostAnswer] {
        let before = of(&stage, EffectKind::Post).len();
        // The second of three pieces.
        place_after(&stage, fault, 1);
        let (attempt, recorder) = stage.publish(&account, &content, None).await;
        assert_eq!(kind(&attempt), Some(ErrorKind::Retry), "{attempt:?}");
        assert!(!recorder.last().expect("a checkpoint").may_have_been_sent());
        assert_eq!(of(&stage, EffectKind::Post).len(), before);
        stage.publish(&account, &content, recorder.last()).await.0.expect("published");
        let posts = of(&stage, EffectKind::Post);
        assert_eq!((posts.len(), posts[before].media[0].size), (before + 1, 20 * 1024 * 1024));
    }
}

#[tokio::test]
async fn wherever_the_lease_is_lost_the_next_worker_goes_on() {
    let stage = Stage::start("youtube");
    let account = stage.connect("Nour").await;
    let content = Content { first_comment: Some("first".to_owned()), ..film("step", 9 * 1024 * 1024) };
    let (_, runs) = stage.publish_step_by_step(&account, &content).await;
    assert!(runs > 2);
    is_there_once(&stage, "step");
    assert_eq!(of(&stage, EffectKind::Comment).len(), 1);
}

#[tokio::test]
async fn a_film_whose_last_answer_is_lost_is_found() {
    let stage = Stage::start("youtube");
    let account = stage.connect("Nour").await;
    let content = film("lost", 5000);
    // Before the last piece the session is asked how far it is.
    place_after(&stage, Fault::LostAnswer, 1);
    let (attempt, recorder) = stage.publish(&account, &content, None).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::Unknown), "{attempt:?}");
    is_there_once(&stage, "lost");
    let LookUp::Found(found) = stage.look_up(&account, &content, &recorder).await else { panic!("not found") };
    let (attempt, _) = stage.publish(&account, &content, recorder.last()).await;
    assert_eq!(attempt.expect("published"), found);
    is_there_once(&stage, "lost");
    // Nor is it doubled by whoever knows nothing of the session.
    let none = stage.network.look_up(stage.out(), &account, &content, None).await;
    assert_eq!(none.expect("an answer"), LookUp::Found(found));
}

#[tokio::test]
async fn a_film_whose_last_piece_never_arrived_is_not_there_and_made_once() {
    let stage = Stage::start("youtube");
    let account = stage.connect("Nour").await;
    let content = film("away", 5000);
    let mut last = None;
    for fault in [Fault::ResetBefore, Fault::ServerError { status: 503, processed: false }] {
        place_after(&stage, fault, 1);
        let (attempt, recorder) = stage.publish(&account, &content, None).await;
        assert_eq!(kind(&attempt), Some(ErrorKind::Unknown), "{attempt:?}");
        assert_eq!(stage.look_up(&account, &content, &recorder).await, LookUp::NotThere);
        last = recorder.last();
    }
    assert_eq!(stage.effects(), []);
    stage.publish(&account, &content, last).await.0.expect("published");
    is_there_once(&stage, "away");
}

#[tokio::test]
async fn a_comment_in_doubt_is_looked_for() {
    let stage = Stage::start("youtube");
    let account = stage.connect("Nour").await;
    let content = Content { first_comment: Some("first".to_owned()), ..film("post", 5000) };
    for (fault, found) in [(Fault::LostAnswer, true), (Fault::ResetBefore, false)] {
        let before = of(&stage, EffectKind::Comment).len();
        place(&stage, fault, ("POST", "/youtube/v3/commentThreads"));
        let (attempt, recorder) = stage.publish(&account, &content, None).await;
        assert_eq!(kind(&attempt), Some(ErrorKind::Unknown), "{attempt:?}");
        assert_eq!(recorder.last().expect("a checkpoint").parts_there(), 1);
        let looked_up = stage.look_up(&account, &content, &recorder).await;
        assert_eq!(matches!(looked_up, LookUp::Found(_)), found, "{looked_up:?}");
        stage.publish(&account, &content, recorder.last()).await.0.expect("published");
        assert_eq!(of(&stage, EffectKind::Comment).len(), before + 1);
    }
    assert_eq!(of(&stage, EffectKind::Post).len(), 2);
}

#[tokio::test]
async fn a_comment_in_doubt_behind_a_hundred_others_is_for_a_person_to_find() {
    let stage = Stage::start("youtube");
    let account = stage.connect("Nour").await;
    let content = Content { first_comment: Some("first".to_owned()), ..film("post", 5000) };
    place(&stage, Fault::LostAnswer, ("POST", "/youtube/v3/commentThreads"));
    let (attempt, recorder) = stage.publish(&account, &content, None).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::Unknown), "{attempt:?}");
    let first = of(&stage, EffectKind::Comment).pop().expect("the comment");
    for number in 0..100 {
        let (account, text) = ("others".to_owned(), format!("well done {number}"));
        stage.emulator.world().record(Effect { id: format!("Ug{number}"), account, text, ..first.clone() });
    }
    assert_eq!(stage.look_up(&account, &content, &recorder).await, LookUp::CannotTell);
    let (again, _) = stage.publish(&account, &content, recorder.last()).await;
    assert_eq!(kind(&again), Some(ErrorKind::Unknown), "{again:?}");
    assert_eq!(of(&stage, EffectKind::Comment).len(), 101);
}

#[tokio::test]
async fn slow_work_is_waited_for() {
    let stage = Stage::start("youtube");
    let account = stage.connect("Nour").await;
    let content = film("slow", 5000);
    let slow = FaultRule::new(Fault::SlowProcessing { milliseconds: 11_000 }).network("youtube");
    stage.emulator.world().place(slow);
    let (attempt, recorder) = stage.publish(&account, &content, None).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::Waiting), "{attempt:?}");
    assert!(attempt.expect_err("waiting").retry_after.is_some());
    let early = stage.network.look_up(stage.out(), &account, &content, recorder.last().as_ref()).await;
    assert_eq!(kind(&early), Some(ErrorKind::Waiting), "{early:?}");
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    stage.publish(&account, &content, recorder.last()).await.0.expect("published");
    is_there_once(&stage, "slow");
}

#[tokio::test]
async fn a_film_that_is_none_is_refused_and_can_be_replaced() {
    let stage = Stage::start("youtube");
    let account = stage.connect("Nour").await;
    let media = vec![file("video/mp4", (1920, 1080), vec![1; 5000], &nowhere())];
    let (attempt, recorder) = stage.publish(&account, &Content { media, ..film("no film", 10) }, None).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::Content), "{attempt:?}");
    let last = recorder.last().expect("a checkpoint");
    assert!(!last.may_have_been_sent());
    assert_eq!(stage.effects(), []);
    stage.publish(&account, &film("a film", 5000), Some(last)).await.0.expect("published");
    is_there_once(&stage, "a film");
}

#[tokio::test]
async fn patience_and_the_end_of_an_agreement_are_told_apart() {
    let stage = Stage::start("youtube");
    let account = stage.connect("Nour").await;
    let content = film("later", 5000);
    place(&stage, Fault::TooMany { retry_after: Some(7) }, ("POST", UPLOAD));
    let (attempt, recorder) = stage.publish(&account, &content, None).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::RateLimited), "{attempt:?}");
    assert_eq!(attempt.expect_err("later").retry_after.map(|wait| wait.as_secs()), Some(7));

    stage.emulator.world().place(FaultRule::new(Fault::ExpireTokens).network("youtube"));
    let (attempt, _) = stage.publish(&account, &content, recorder.last()).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::Reconnect), "{attempt:?}");
    let then = crate::common::now() + chrono::TimeDelta::hours(1);
    let renewed = stage.network.refresh(stage.out(), &account, then).await;
    let account = Account { credentials: renewed.expect("renewed").expect("new ones"), ..account };
    assert_eq!(stage.network.refresh(stage.out(), &account, crate::common::now()).await.expect("still good"), None);
    stage.publish(&account, &content, recorder.last()).await.0.expect("published");
    is_there_once(&stage, "later");

    stage.emulator.world().place(FaultRule::new(Fault::RevokeTokens).network("youtube"));
    let refused = stage.network.refresh(stage.out(), &account, then).await;
    assert_eq!(kind(&refused), Some(ErrorKind::Reconnect), "{refused:?}");
}

#[tokio::test]
async fn what_is_refused_here_is_refused_there() {
    use ViolationCode as V;
    let stage = Stage::start("youtube");
    let account = stage.connect("Nour").await;
    let tags = vec!["a".repeat(50); 10].join("\n");
    for (content, code) in [
        (film(&"ب".repeat(2501), 1000), V::TextTooLong),
        (with(film("", 1000), &[("title", &"🎬".repeat(51)), NEEDED[1]]), V::OptionInvalid),
        (with(film("", 1000), &[("title", "1 < 2"), NEEDED[1]]), V::OptionInvalid),
        (more(film("", 1000), &[("tags", &tags)]), V::OptionInvalid),
        (more(film("", 1000), &[("category", "18")]), V::OptionInvalid),
        (with(film("", 1000), &[NEEDED[1]]), V::OptionMissing),
    ] {
        let codes: Vec<_> = stage.problems(&account, &content).into_iter().map(|problem| problem.code).collect();
        assert_eq!(codes, [code], "{:?}", content.options);
        let (attempt, _) = stage.publish(&account, &content, None).await;
        assert_eq!(kind(&attempt), Some(ErrorKind::Content), "{attempt:?}");
        assert_eq!(stage.effects(), []);
    }
    let comment =
        Content { first_comment: Some("first".to_owned()), ..more(film("", 1000), &[("privacy", "private")]) };
    let codes: Vec<_> = stage.problems(&account, &comment).into_iter().map(|problem| problem.code).collect();
    assert_eq!(codes, [V::NotTogether]);
    let (attempt, _) = stage.publish(&account, &comment, None).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::Content), "{attempt:?}");
    assert_eq!(of(&stage, EffectKind::Comment), []);
}
