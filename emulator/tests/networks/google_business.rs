//! Publishing to Google Business Profile, emulated: posts of locations.

use diwan_emulator::{Effect, EffectKind, Fault, FaultRule};
use diwan_networks::{Account, Content, ErrorKind, LookUp, NO_ACCOUNT, ViolationCode};
use serde_json::json;

use crate::common::{Stage, file, jpeg, kind, redirect, serve, text, with};

/// Where posts are made.
const POSTS: &str = "/localPosts";

const EVENT: [(&str, &str); 4] =
    [("post_type", "event"), ("event_title", "Fair"), ("starts_at", "2027-01-31 18:30"), ("ends_at", "2027-02-01")];

fn place(stage: &Stage, fault: Fault) {
    stage.emulator.world().place(FaultRule::new(fault).network("google_business").method("POST").path(POSTS).times(1));
}

fn of(stage: &Stage, kind: EffectKind) -> Vec<Effect> {
    stage.effects().into_iter().filter(|effect| effect.kind == kind).collect()
}

fn is_there_once(stage: &Stage, words: &str) {
    let posts = of(stage, EffectKind::Post);
    assert_eq!(posts.len(), 1, "{posts:?}");
    assert_eq!(posts[0].text, words);
}

async fn photo(words: &str, (width, height): (u16, u16), length: usize) -> Content {
    let link = serve("image/jpeg", jpeg((width, height), length)).await;
    let media = vec![file("image/jpeg", (width.into(), height.into()), jpeg((width, height), length), &link)];
    Content { media, ..text(words) }
}

#[tokio::test]
async fn every_location_that_takes_posts_is_an_account() {
    let stage = Stage::start("google_business");
    let all = stage.connect_all("Nour").await;
    let names: Vec<_> = all.iter().map(|account| account.display_name.as_str()).collect();
    assert_eq!(names, ["Nour Downtown", "Nour Harbour"]);
    assert_eq!(all[0].handle, "Nour Downtown (Main Street 1, Downtown)");
    let account = all[1].clone().into_account();
    assert_eq!(stage.network.check(stage.out(), &account).await.expect("an answer"), None);
    assert!(stage.network.refresh_due(&account).is_some());
    let gone = Account { remote_id: "1".to_owned(), ..account };
    assert_eq!(kind(&stage.network.check(stage.out(), &gone).await), Some(ErrorKind::Reconnect));
}

#[tokio::test]
async fn a_wrong_code_a_person_without_locations_and_a_wrong_application_are_told_apart() {
    let mut stage = Stage::start("google_business");
    let (pending, code) = stage.agree("Nour").await;
    let wrong = stage.network.complete_authorization(stage.out(), &pending, "nonsense", &redirect()).await;
    assert_eq!(kind(&wrong), Some(ErrorKind::Reconnect), "{wrong:?}");
    let (nobody, nobodys) = stage.agree("nobody").await;
    let none = stage.network.complete_authorization(stage.out(), &nobody, &nobodys, &redirect()).await;
    assert_eq!(none.expect_err("no location").code, NO_ACCOUNT);
    stage.app.client_secret = "wrong".to_owned();
    let refused = stage.network.complete_authorization(stage.out(), &pending, &code, &redirect()).await;
    assert_eq!(kind(&refused), Some(ErrorKind::Ask), "{refused:?}");
}

#[tokio::test]
async fn news_has_a_photo_and_a_button() {
    let stage = Stage::start("google_business");
    let account = stage.connect("Nour").await;
    let options = [("button", "learn_more"), ("button_link", "https://example.com/a?b=1")];
    let content = with(photo("أهلا", (800, 600), 30_000).await, &options);
    assert_eq!(stage.problems(&account, &content), []);
    let (attempt, recorder) = stage.publish(&account, &content, None).await;
    let published = attempt.expect("published");
    assert_eq!(recorder.commits(), 1);
    is_there_once(&stage, "أهلا");
    let post = &stage.effects()[0];
    assert_eq!((post.account.as_str(), post.media[0].size), ("Nour Downtown", 30_000));
    let action = json!({ "actionType": "LEARN_MORE", "url": "https://example.com/a?b=1" });
    assert_eq!((&post.detail["callToAction"], &post.detail["topicType"]), (&action, &json!("STANDARD")));
    assert_eq!(published.remote_id, post.id);
    assert_eq!(published.url.expect("an address").fragment(), Some(post.id.as_str()));
    let read = stage.network.read_post(stage.out(), &account, &post.id).await.expect("an answer").expect("the post");
    assert_eq!((read.text.as_str(), read.media_count), ("أهلا", 1));
}

#[tokio::test]
async fn events_and_offers_say_when_they_are() {
    let stage = Stage::start("google_business");
    let account = stage.connect("Nour").await;
    let content = with(text("come"), &EVENT);
    assert_eq!(stage.problems(&account, &content), []);
    stage.publish(&account, &content, None).await.0.expect("published");
    let schedule = json!({
        "startDate": { "year": 2027, "month": 1, "day": 31 },
        "startTime": { "hours": 18, "minutes": 30 },
        "endDate": { "year": 2027, "month": 2, "day": 1 },
    });
    assert_eq!(stage.effects()[0].detail["event"], json!({ "title": "Fair", "schedule": schedule }));

    let mut options = EVENT.to_vec();
    options[0] = ("post_type", "offer");
    options.extend([("coupon_code", "A1"), ("redeem_link", "https://example.com/"), ("terms", "One each.")]);
    let content = with(text("cheap"), &options);
    assert_eq!(stage.problems(&account, &content), []);
    stage.publish(&account, &content, None).await.0.expect("published");
    let offer =
        json!({ "couponCode": "A1", "redeemOnlineUrl": "https://example.com/", "termsConditions": "One each." });
    assert_eq!(
        (&stage.effects()[1].detail["offer"], &stage.effects()[1].detail["topicType"]),
        (&offer, &json!("OFFER"))
    );
}

#[tokio::test]
async fn a_post_is_changed_and_deleted() {
    let stage = Stage::start("google_business");
    let account = stage.connect("Nour").await;
    let content = with(text("before"), &[("button", "call")]);
    let id = stage.publish(&account, &content, None).await.0.expect("published").remote_id;
    let changed = text("after");
    for _ in 0..2 {
        stage.network.edit_post(stage.out(), &account, &id, &changed).await.expect("changed");
    }
    let edit = of(&stage, EffectKind::Edit).pop().expect("an edit");
    assert_eq!((edit.text.as_str(), edit.detail.get("callToAction")), ("after", None), "the button is gone");
    let event = stage.network.edit_post(stage.out(), &account, &id, &with(text("no"), &EVENT)).await;
    assert_eq!(kind(&event), Some(ErrorKind::Content), "a post stays of its kind");
    for _ in 0..2 {
        stage.network.delete_post(stage.out(), &account, &id).await.expect("deleted");
    }
    assert_eq!(of(&stage, EffectKind::Delete).len(), 1);
    assert!(stage.network.read_post(stage.out(), &account, &id).await.expect("an answer").is_none());
    let metrics =
        stage.network.post_metrics(stage.out(), &account, std::slice::from_ref(&id)).await.expect("an answer");
    assert!(metrics[0].missing.is_some(), "there are no numbers of posts");
}

#[tokio::test]
async fn a_post_whose_answer_is_lost_is_found() {
    let stage = Stage::start("google_business");
    let account = stage.connect("Nour").await;
    let content = text("same words");
    for before in 0..2 {
        place(&stage, Fault::LostAnswer);
        let (attempt, recorder) = stage.publish(&account, &content, None).await;
        assert_eq!(kind(&attempt), Some(ErrorKind::Unknown), "{attempt:?}");
        let LookUp::Found(found) = stage.look_up(&account, &content, &recorder).await else { panic!("not found") };
        let (attempt, _) = stage.publish(&account, &content, recorder.last()).await;
        assert_eq!(attempt.expect("published"), found);
        let posts = of(&stage, EffectKind::Post);
        assert_eq!((posts.len(), &posts[before].id), (before + 1, &found.remote_id), "the older one is another");
    }
}

#[tokio::test]
async fn a_post_that_never_arrived_is_not_there_and_made_once() {
    let stage = Stage::start("google_business");
    let account = stage.connect("Nour").await;
    let content = text("away");
    let mut last = None;
    for fault in [Fault::ResetBefore, Fault::ServerError { status: 503, processed: false }] {
        place(&stage, fault);
        let (attempt, recorder) = stage.publish(&account, &content, None).await;
        assert_eq!(kind(&attempt), Some(ErrorKind::Unknown), "{attempt:?}");
        assert_eq!(stage.look_up(&account, &content, &recorder).await, LookUp::NotThere);
        last = recorder.last();
    }
    stage.publish(&account, &content, last).await.0.expect("published");
    is_there_once(&stage, "away");
}

#[tokio::test]
async fn wherever_the_lease_is_lost_the_next_worker_goes_on() {
    let stage = Stage::start("google_business");
    let account = stage.connect("Nour").await;
    stage.publish_step_by_step(&account, &text("step")).await;
    is_there_once(&stage, "step");
}

#[tokio::test]
async fn google_looks_at_a_post_and_may_reject_it() {
    let stage = Stage::start("google_business");
    let account = stage.connect("Nour").await;
    let (attempt, recorder) = stage.publish(&account, &text("call 030 1234567"), None).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::Content), "{attempt:?}");
    assert!(!recorder.last().expect("a checkpoint").may_have_been_sent());

    let slow = FaultRule::new(Fault::SlowProcessing { milliseconds: 11_000 }).network("google_business");
    stage.emulator.world().place(slow);
    let content = text("slow");
    let (attempt, recorder) = stage.publish(&account, &content, None).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::Waiting), "{attempt:?}");
    let early = stage.network.look_up(stage.out(), &account, &content, recorder.last().as_ref()).await;
    assert_eq!(kind(&early), Some(ErrorKind::Waiting), "{early:?}");
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    stage.publish(&account, &content, recorder.last()).await.0.expect("published");
    is_there_once(&stage, "slow");
}

#[tokio::test]
async fn patience_and_the_end_of_an_agreement_are_told_apart() {
    let stage = Stage::start("google_business");
    let account = stage.connect("Nour").await;
    let content = text("later");
    place(&stage, Fault::TooMany { retry_after: Some(7) });
    let (attempt, recorder) = stage.publish(&account, &content, None).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::RateLimited), "{attempt:?}");
    assert_eq!(attempt.expect_err("later").retry_after.map(|wait| wait.as_secs()), Some(7));

    stage.emulator.world().place(FaultRule::new(Fault::ExpireTokens).network("google_business"));
    let (attempt, _) = stage.publish(&account, &content, recorder.last()).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::Reconnect), "{attempt:?}");
    let then = crate::common::now() + chrono::TimeDelta::hours(1);
    let renewed = stage.network.refresh(stage.out(), &account, then).await;
    let account = Account { credentials: renewed.expect("renewed").expect("new ones"), ..account };
    stage.publish(&account, &content, recorder.last()).await.0.expect("published");
    is_there_once(&stage, "later");

    stage.emulator.world().place(FaultRule::new(Fault::RevokeTokens).network("google_business"));
    let refused = stage.network.refresh(stage.out(), &account, then).await;
    assert_eq!(kind(&refused), Some(ErrorKind::Reconnect), "{refused:?}");
}

#[tokio::test]
async fn what_is_refused_here_is_refused_there() {
    use ViolationCode as V;
    let stage = Stage::start("google_business");
    let account = stage.connect("Nour").await;
    let mut backwards = EVENT.to_vec();
    backwards[3] = ("ends_at", "2027-01-30");
    for (content, code) in [
        (text(&"a".repeat(1501)), V::TextTooLong),
        (photo("small", (249, 600), 30_000).await, V::MediaShape),
        (photo("light", (800, 600), 9_000).await, V::MediaShape),
        (with(text("no end"), &EVENT[..3]), V::OptionMissing),
        (with(text("backwards"), &backwards), V::OptionInvalid),
        (with(text("no link"), &[("button", "shop")]), V::OptionMissing),
        (with(text("a link"), &[("button", "call"), ("button_link", "https://example.com/")]), V::NotTogether),
        (with(text("bad link"), &[("button", "shop"), ("button_link", "mailto:a@example.com")]), V::OptionInvalid),
    ] {
        let codes: Vec<_> = stage.problems(&account, &content).into_iter().map(|problem| problem.code).collect();
        assert_eq!(codes, [code], "{}", content.text);
        let (attempt, _) = stage.publish(&account, &content, None).await;
        assert_eq!(kind(&attempt), Some(ErrorKind::Content), "{attempt:?}");
    }
    assert_eq!(stage.effects(), []);
}
