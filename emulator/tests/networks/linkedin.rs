//! LinkedIn, against the emulated one.

use std::time::Duration;

use chrono::TimeDelta;
use diwan_emulator::{EffectKind, Fault, FaultRule};
use diwan_networks::{
    Account, Connected, Content, Credentials, ErrorKind, LookUp, Media, Metric, Missing, Outside, ViolationCode,
};
use diwan_platform::apps::App;
use serde_json::{Value, json};

use crate::common::{Recorder, Stage, file, jpeg, kind, mp4, now, redirect, text, with};

const POSTS: &str = "api.linkedin.com/rest/posts";
const MIB: usize = 1024 * 1024;

fn image(length: usize) -> Media {
    file("image/jpeg", (64, 48), jpeg((64, 48), length), &redirect())
}

fn film(length: usize) -> Media {
    file("video/mp4", (1280, 720), mp4(length), &redirect())
}

/// A document that says what it is at its beginning.
fn document(length: usize) -> Media {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    bytes.resize(length, b' ');
    file("application/pdf", (0, 0), bytes, &redirect())
}

fn attached(words: &str, media: Vec<Media>) -> Content {
    Content { media, ..text(words) }
}

fn titled(words: &str, media: Vec<Media>) -> Content {
    with(attached(words, media), &[("document_title", "A guide (2026)")])
}

fn commented(words: &str) -> Content {
    Content { first_comment: Some(format!("{words}: more (here)")), ..text(words) }
}

fn linked(words: &str, options: &[(&str, &str)]) -> Content {
    Content { link: Some("https://example.com/a?b=1".to_owned()), ..with(text(words), options) }
}

/// The member, and the page that they run.
async fn start() -> (Stage, Account, Account) {
    let stage = Stage::start("linkedin");
    let mut accounts = stage.connect_all("Amal").await.into_iter().map(Connected::into_account);
    let (member, page) = (accounts.next().expect("a member"), accounts.next().expect("a page"));
    (stage, member, page)
}

fn texts(stage: &Stage) -> Vec<String> {
    stage.effects().into_iter().map(|effect| effect.text).collect()
}

#[tokio::test]
async fn a_member_connects_with_the_pages_that_they_may_post_as() {
    let stage = Stage::start("linkedin");
    let accounts = stage.connect_all("Amal").await;
    let kinds: Vec<_> = accounts.iter().map(|account| account.remote_id.rsplit_once(':').expect("a URN").0).collect();
    assert_eq!(kinds, ["urn:li:person", "urn:li:organization", "urn:li:organization"]);
    let mut names: Vec<_> = accounts.iter().map(|account| account.display_name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["Amal", "Amal Shop", "Amal Studio"], "an analyst of a page may not post as it");
    let member = accounts.first().map(|account| account.remote_id.as_str());
    assert!(
        accounts.iter().all(|account| account.limits.asks_as.as_deref() == member),
        "all are asked with the member's token"
    );
    let page = accounts.iter().find(|account| account.display_name == "Amal Shop").expect("a page");
    assert_eq!(page.handle, "amal-shop");
    let url = page.profile_url.as_ref().map(ToString::to_string);
    assert_eq!(url.as_deref(), Some("https://www.linkedin.com/company/amal-shop/"));
    assert_eq!(stage.connect_all("alone").await.len(), 1);
    for account in accounts {
        let limits = stage.network.check(stage.out(), &account.clone().into_account()).await.expect("usable");
        assert_eq!(limits, Some(account.limits));
    }
}

#[tokio::test]
async fn a_refused_code_or_application_says_who_can_help() {
    let stage = Stage::start("linkedin");
    let (pending, code) = stage.agree("Amal").await;
    let complete = async |out: Outside<'_>, pending: &Credentials, code: &str| {
        kind(&stage.network.complete_authorization(out, pending, code, &redirect()).await)
    };
    assert_eq!(complete(stage.out(), &pending, "made up").await, Some(ErrorKind::Reconnect));
    let app = App { client_secret: "wrong".to_owned(), ..stage.app.clone() };
    assert_eq!(complete(Outside { http: &stage.http, app: Some(&app) }, &pending, &code).await, Some(ErrorKind::Ask));
    assert_eq!(complete(Outside { http: &stage.http, app: None }, &pending, &code).await, Some(ErrorKind::Ask));
    assert_eq!(complete(stage.out(), &pending, &code).await, None);
    assert_eq!(complete(stage.out(), &pending, &code).await, Some(ErrorKind::Reconnect), "a code is good once");
}

#[tokio::test]
async fn tokens_are_renewed_a_week_ahead() {
    let (stage, member, _) = start().await;
    let refresh = async |at| stage.network.refresh(stage.out(), &member, at).await.expect("an answer");
    assert!(refresh(now() + TimeDelta::days(52)).await.is_none());
    let due = stage.network.refresh_due(&member).expect("a moment");
    assert!((due - now() - TimeDelta::days(53)).abs() < TimeDelta::hours(1));
    for _ in 0..2 {
        let credentials = refresh(now() + TimeDelta::days(54)).await.expect("renewed");
        assert_ne!(credentials.0["access"], member.credentials.0["access"]);
        assert_eq!(credentials.0["refresh"], member.credentials.0["refresh"], "it stays");
        let renewed = Account { credentials, ..member.clone() };
        assert!(stage.network.check(stage.out(), &renewed).await.is_ok());
    }
    // Without a refresh token the account is good until its token ends.
    let mut kept = member.credentials.0.clone();
    kept["refresh"] = Value::Null;
    let bare = Account { credentials: Credentials(kept), ..member.clone() };
    assert_eq!(stage.network.refresh_due(&bare), None);
    assert!(matches!(stage.network.refresh(stage.out(), &bare, now() + TimeDelta::days(54)).await, Ok(None)));
    let ended = stage.network.refresh(stage.out(), &bare, now() + TimeDelta::days(61)).await;
    assert_eq!(kind(&ended), Some(ErrorKind::Reconnect));
}

#[tokio::test]
async fn a_text_appears_as_it_was_written() {
    let (stage, member, page) = start().await;
    let words = "50% (today) سلام @amal [x] #my_tag #وسم\nhttps://example.com/a_b#c *_~<>|{}\\";
    for (author, audience) in [(&member, "connections"), (&page, "public")] {
        let content = with(text(words), &[("visibility", audience)]);
        assert_eq!(stage.problems(author, &content), []);
        let published = stage.publish(author, &content, None).await.0.expect("published");
        let effect = stage.effects().pop().expect("an effect");
        assert_eq!((effect.text.as_str(), &effect.id), (words, &published.remote_id));
        assert_eq!(effect.detail["visibility"], audience.to_uppercase());
        assert!(effect.detail["commentary"].as_str().is_some_and(|little| little.contains("{hashtag|\\#|my\\_tag}")));
        let url = published.url.map(String::from);
        assert_eq!(url, Some(format!("https://www.linkedin.com/feed/update/{}/", published.remote_id)));
        let read = stage.network.read_post(stage.out(), author, &published.remote_id).await;
        if author.remote_id == page.remote_id {
            assert_eq!(read.expect("an answer").expect("the post").text, words);
        } else {
            assert_eq!(read.expect_err("closed").code, "not_served");
        }
    }
}

#[tokio::test]
async fn what_stands_below_the_text_is_there() {
    let (stage, member, page) = start().await;
    let poll = [("poll", "yes\nno"), ("poll_question", "well?"), ("poll_duration", "one_day")];
    let card = json!({ "source": "https://example.com/a?b=1", "title": "example.com" });
    let told = json!({ "source": "https://example.com/a?b=1", "title": "a title", "description": "more" });
    let asked = json!({
        "question": "well?",
        "options": [{ "text": "yes" }, { "text": "no" }],
        "settings": { "duration": "ONE_DAY", "voteSelectionType": "SINGLE_VOTE", "isVoterVisibleToAuthor": true },
    });
    for author in [&member, &page] {
        for (content, field, expected) in [
            (linked("a card", &[]), "article", &card),
            (linked("a told card", &[("link_title", "a title"), ("link_description", "more")]), "article", &told),
            (with(text("a poll"), &poll), "poll", &asked),
        ] {
            assert_eq!(stage.problems(author, &content), []);
            stage.publish(author, &content, None).await.0.expect("published");
            let effect = stage.effects().pop().expect("an effect");
            assert_eq!((&effect.detail[field], effect.text), (expected, content.text));
        }
    }
}

#[tokio::test]
async fn files_arrive_whole_and_described() {
    let (stage, member, page) = start().await;
    for author in [&member, &page] {
        for (words, media) in [
            ("an image", vec![image(3_000)]),
            ("three images", vec![image(3_000), image(4_000), image(5_000)]),
            ("", vec![film(9 * MIB)]),
        ] {
            let content = attached(words, media);
            assert_eq!(stage.problems(author, &content), [], "{words}");
            let (published, recorder) = stage.publish(author, &content, None).await;
            published.expect("published");
            assert_eq!(recorder.commits(), 1);
            let effect = stage.effects().pop().expect("an effect");
            let seen: Vec<_> = effect.media.iter().map(|seen| (seen.mime.clone(), seen.size)).collect();
            let sent: Vec<_> = content.media.iter().map(|media| (media.mime.clone(), media.source.size())).collect();
            assert_eq!((effect.text.as_str(), seen), (words, sent));
            assert!(effect.media.iter().all(|seen| seen.alt_text.as_deref() == Some("what is to be seen")));
            // Nobody can upload with what is kept.
            let last = recorder.last().expect("a checkpoint").0.to_string();
            assert!(!last.contains("dms-uploads"), "{last}");
        }
    }
    assert_eq!(stage.effects().len(), 6);
}

#[tokio::test]
async fn a_document_is_shown_with_its_title_wherever_the_lease_is_lost() {
    let (stage, member, page) = start().await;
    for author in [&member, &page] {
        let content = titled(&author.remote_id, vec![document(3 * MIB)]);
        let content = Content { first_comment: Some("more".to_owned()), ..content };
        assert_eq!(stage.problems(author, &content), []);
        assert_eq!(stage.network.undescribed(&(&content).into()), [0], "nobody is told what it looks like");
        let before = stage.emulator.world().count("/dms-uploads/");
        // A member's post cannot be looked for: nothing may be lost there.
        let (published, runs) = if author.remote_id == page.remote_id {
            stage.publish_step_by_step(author, &content).await
        } else {
            (stage.publish(author, &content, None).await.0.expect("published"), 1)
        };
        let effects = stage.effects();
        let [.., post, comment] = &effects[..] else { panic!("{effects:?}") };
        assert_eq!((&post.id, comment.parent.as_ref()), (&published.remote_id, Some(&post.id)));
        let shown = &post.detail["content"]["media"];
        assert_eq!((&shown["title"], &shown["altText"]), (&json!("A guide (2026)"), &Value::Null));
        assert!(shown["id"].as_str().is_some_and(|urn| urn.starts_with("urn:li:document:")), "{shown}");
        let seen: Vec<_> = post.media.iter().map(|seen| (seen.mime.as_str(), seen.size)).collect();
        assert_eq!(seen, [("application/pdf", content.media[0].source.size())]);
        // What was sent and not noted is sent once more.
        let sent = stage.emulator.world().count("/dms-uploads/") - before;
        assert!((1..=runs).contains(&sent), "{sent} in {runs} runs");
        if author.remote_id == page.remote_id {
            assert!(runs > 2, "{runs}");
            let read = stage.network.read_post(stage.out(), author, &published.remote_id).await;
            assert_eq!(read.expect("an answer").expect("the post").media_count, 1);
        }
    }
    assert_eq!(stage.effects().len(), 4);
}

#[tokio::test]
async fn wherever_the_lease_is_lost_everything_is_there_once() {
    let (stage, _, page) = start().await;
    let content = Content { media: vec![film(9 * MIB)], ..commented("leased") };
    let (_, runs) = stage.publish_step_by_step(&page, &content).await;
    assert!(runs > 2, "{runs}");
    let effects = stage.effects();
    assert_eq!(texts(&stage), ["leased", "leased: more (here)"]);
    assert_eq!((effects[1].kind, effects[1].parent.as_ref()), (EffectKind::Comment, Some(&effects[0].id)));
    // What was sent and not noted is sent once more, and nothing else.
    assert!((3..=3 + runs).contains(&stage.emulator.world().count("/dms-uploads/")));
}

#[tokio::test]
async fn wherever_a_pages_answer_is_lost_it_goes_on_behind_it() {
    for (lost, path) in [(0, POSTS), (1, "/comments")] {
        let (stage, _, page) = start().await;
        // An older post with the same words, of which nobody must take this one for.
        stage.publish(&page, &attached("lost", vec![image(900)]), None).await.0.expect("published");
        let content = commented("lost");
        stage.emulator.world().place(FaultRule::new(Fault::LostAnswer).method("POST").path(path).times(1));
        let (attempt, recorder) = stage.publish(&page, &content, None).await;
        assert_eq!(kind(&attempt), Some(ErrorKind::Unknown), "{attempt:?}");
        match stage.look_up(&page, &content, &recorder).await {
            LookUp::Partly(checkpoint) if lost == 0 => assert_eq!(checkpoint.parts_there(), 1),
            LookUp::Found(published) if lost == 1 => assert_eq!(published.remote_id, stage.effects()[1].id),
            other => panic!("{other:?}"),
        }
        stage.publish(&page, &content, recorder.last()).await.0.expect("published");
        assert_eq!(texts(&stage)[1..], ["lost", "lost: more (here)"]);
    }
}

#[tokio::test]
async fn of_a_members_post_a_person_must_look() {
    let (stage, member, _) = start().await;
    let content = text("lost");
    stage.emulator.world().place(FaultRule::new(Fault::LostAnswer).method("POST").path(POSTS).times(1));
    let (attempt, recorder) = stage.publish(&member, &content, None).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::Unknown));
    assert_eq!(stage.look_up(&member, &content, &recorder).await, LookUp::CannotTell);
    let (attempt, _) = stage.publish(&member, &content, recorder.last()).await;
    assert_eq!(attempt.expect_err("undecided").code, "look_up_undecided");
    assert_eq!(texts(&stage), ["lost"], "it is not sent blindly");
    // The person wants it anew: LinkedIn says that it is there.
    let (attempt, recorder) = stage.publish(&member, &content, None).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::Unknown));
    assert!(recorder.last().is_some_and(|last| last.may_have_been_sent()));
    assert_eq!(stage.effects().len(), 1);
}

#[tokio::test]
async fn what_never_arrived_is_made_once() {
    for (name, fault) in [("cut", Fault::ResetBefore), ("down", Fault::ServerError { status: 504, processed: false })] {
        let (stage, _, page) = start().await;
        let content = attached(name, vec![image(2_000)]);
        stage.emulator.world().place(FaultRule::new(fault).method("POST").path(POSTS).times(1));
        let (attempt, recorder) = stage.publish(&page, &content, None).await;
        assert_eq!(kind(&attempt), Some(ErrorKind::Unknown), "{attempt:?}");
        assert_eq!(stage.look_up(&page, &content, &recorder).await, LookUp::NotThere);
        stage.publish(&page, &content, recorder.last()).await.0.expect("published");
        assert_eq!(texts(&stage), [name]);
        assert_eq!(stage.emulator.world().count("/dms-uploads/"), 1);
    }
}

#[tokio::test]
async fn the_same_content_is_refused_and_looked_for() {
    let (stage, _, page) = start().await;
    stage.publish(&page, &text("once"), None).await.0.expect("published");
    let again = text("once");
    let (attempt, recorder) = stage.publish(&page, &again, None).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::Unknown), "it may be there: {attempt:?}");
    assert_eq!(stage.look_up(&page, &again, &recorder).await, LookUp::NotThere, "what is there is older");
    let (attempt, _) = stage.publish(&page, &again, recorder.last()).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::Content), "it is another post that says the same");
    assert_eq!(stage.effects().len(), 1);
}

#[tokio::test]
async fn patience_is_asked_for_and_given() {
    let (stage, _, page) = start().await;
    let world = stage.emulator.world();
    world.place(FaultRule::new(Fault::TooMany { retry_after: Some(40) }).method("POST").path(POSTS).times(1));
    let (attempt, recorder) = stage.publish(&page, &text("slow"), None).await;
    let error = attempt.expect_err("too many");
    assert_eq!((error.kind, error.retry_after), (ErrorKind::RateLimited, Some(Duration::from_secs(40))));
    stage.publish(&page, &text("slow"), recorder.last()).await.0.expect("published");
    assert_eq!(texts(&stage), ["slow"]);
}

#[tokio::test]
async fn a_token_that_ended_is_no_reason_to_lose_a_post() {
    for fault in [Fault::ExpireTokens, Fault::RevokeTokens] {
        let (stage, member, page) = start().await;
        stage.emulator.world().place(FaultRule::new(fault).network("linkedin"));
        for author in [&member, &page] {
            let (attempt, _) = stage.publish(author, &text("ended"), None).await;
            assert_eq!(kind(&attempt), Some(ErrorKind::Reconnect));
            assert_eq!(kind(&stage.network.check(stage.out(), author).await), Some(ErrorKind::Reconnect));
        }
        let renewed = stage.network.refresh(stage.out(), &page, now() + TimeDelta::days(59)).await;
        if fault == Fault::ExpireTokens {
            let page = Account { credentials: renewed.expect("renewed").expect("new credentials"), ..page };
            stage.publish(&page, &text("ended"), None).await.0.expect("published");
        } else {
            assert_eq!(kind(&renewed), Some(ErrorKind::Reconnect));
        }
    }
}

#[tokio::test]
async fn a_film_is_waited_for_and_not_sent_twice() {
    let (stage, member, page) = start().await;
    let slow = FaultRule::new(Fault::SlowProcessing { milliseconds: 12_000 }).network("linkedin");
    stage.emulator.world().place(slow);
    let content = attached("slow film", vec![film(MIB)]);
    // A member's token may not ask how far it is: the post is refused until it is ready.
    let (attempt, recorder) = stage.publish(&member, &content, None).await;
    let error = attempt.expect_err("not ready");
    assert_eq!((error.kind, error.code), (ErrorKind::Retry, "media_processing"));
    let of_member = recorder.last();
    assert!(!of_member.as_ref().expect("a checkpoint").may_have_been_sent());
    // A page's may: it waits by itself, also for a document.
    let pages = titled("slow pages", vec![document(MIB)]);
    let ((of_film, film_kept), (of_pages, pages_kept)) =
        tokio::join!(stage.publish(&page, &content, None), stage.publish(&page, &pages, None));
    for attempt in [of_film, of_pages] {
        assert_eq!(kind(&attempt), Some(ErrorKind::Waiting), "{attempt:?}");
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
    stage.publish(&page, &content, film_kept.last()).await.0.expect("published");
    stage.publish(&page, &pages, pages_kept.last()).await.0.expect("published");
    stage.publish(&member, &content, of_member).await.0.expect("published");
    assert_eq!(texts(&stage), ["slow film", "slow pages", "slow film"]);
    assert_eq!(stage.emulator.world().count("/dms-uploads/"), 3);
}

#[tokio::test]
async fn a_broken_file_and_a_forgotten_upload_are_told_apart() {
    let (stage, member, page) = start().await;
    let broken = || file("image/png", (9, 9), vec![1; 2_000], &redirect());
    for author in [&member, &page] {
        let (attempt, _) = stage.publish(author, &attached("broken", vec![broken()]), None).await;
        let error = attempt.expect_err("refused");
        assert_eq!((error.kind, error.code), (ErrorKind::Content, "media_rejected"));
    }
    // From a checkpoint whose place to upload to is one no more.
    let place = json!({ "url": "https://www.linkedin.com/dms-uploads/1/0?ut=old", "first": 0, "last": 8_999 });
    let forgotten = json!({ "stage": "preparing", "media": [{ "urn": "urn:li:image:1", "parts": [place] }] });
    let content = attached("forgotten", vec![image(9_000)]);
    let recorder = Recorder::default();
    let resume = Some(diwan_networks::Checkpoint(forgotten));
    let attempt = stage.network.publish(stage.out(), &page, &content, resume, &recorder).await;
    assert_eq!(attempt.expect_err("forgotten").code, "upload_expired");
    stage.publish(&page, &content, recorder.last()).await.0.expect("published");
    assert_eq!(texts(&stage), ["forgotten"]);
}

#[tokio::test]
async fn what_is_refused_beforehand_is_refused_by_the_network() {
    let (stage, _, page) = start().await;
    let long = |length: usize| "a".repeat(length);
    let poll = |answers: &str, question: &str| with(text("poll"), &[("poll", answers), ("poll_question", question)]);
    let alt = |length: usize| Media { alt_text: long(length), ..image(500) };
    let flat = file("image/jpeg", (36_153, 1_000), jpeg((36_153, 1_000), 500), &redirect());
    let webp = file("image/webp", (9, 9), vec![1; 500], &redirect());
    let office = file("application/msword", (0, 0), vec![1; 500], &redirect());
    let cases = [
        (text(&long(3_001)), ViolationCode::TextTooLong),
        (text(""), ViolationCode::TextEmpty),
        (attached("many", (0..21).map(|_| image(500)).collect()), ViolationCode::TooManyImages),
        (attached("mixed", vec![film(MIB), image(500)]), ViolationCode::MediaMixed),
        (attached("films", vec![film(MIB), film(MIB)]), ViolationCode::TooManyVideos),
        (attached("small", vec![film(75 * 1024 - 1)]), ViolationCode::MediaShape),
        (attached("flat", vec![flat]), ViolationCode::ImageTooManyPixels),
        (attached("told", vec![alt(4_087)]), ViolationCode::AltTextTooLong),
        (attached("kind", vec![webp]), ViolationCode::ImageTypeUnsupported),
        (titled("kind", vec![office]), ViolationCode::DocumentNotOffered),
        (titled("two", vec![document(500), document(500)]), ViolationCode::TooManyDocuments),
        (titled("mixed", vec![document(500), image(500)]), ViolationCode::DocumentNotAlone),
        (attached("untitled", vec![document(500)]), ViolationCode::OptionMissing),
        (linked("card", &[("link_title", &long(400))]), ViolationCode::OptionInvalid),
        (linked("card", &[("link_description", &long(4_086))]), ViolationCode::OptionInvalid),
        (poll("yes", "well?"), ViolationCode::OptionInvalid),
        (poll(&format!("{}\nno", long(31)), "well?"), ViolationCode::OptionInvalid),
        (poll("yes\nno", &long(141)), ViolationCode::OptionInvalid),
        (with(text("poll"), &[("poll", "yes\nno")]), ViolationCode::OptionMissing),
        (with(text("who"), &[("visibility", "connections")]), ViolationCode::OptionInvalid),
    ];
    for (content, code) in cases {
        let codes: Vec<_> = stage.problems(&page, &content).into_iter().map(|violation| violation.code).collect();
        assert!(codes.contains(&code), "{codes:?} without {code:?}");
        let (attempt, _) = stage.publish(&page, &content, None).await;
        assert_eq!(kind(&attempt), Some(ErrorKind::Content), "{code:?}: {attempt:?}");
    }
    assert_eq!(stage.effects(), []);
    let chatty = Content { first_comment: Some(long(1_251)), ..text("one") };
    let codes: Vec<_> = stage.problems(&page, &chatty).into_iter().map(|violation| violation.code).collect();
    assert_eq!(codes, [ViolationCode::TextTooLong]);
    assert_eq!(kind(&stage.publish(&page, &chatty, None).await.0), Some(ErrorKind::Content));
    assert_eq!(texts(&stage), ["one"]);
}

#[tokio::test]
async fn numbers_are_a_pages_and_a_post_is_changed_and_taken_back() {
    let (stage, member, page) = start().await;
    for author in [&member, &page] {
        let content = commented("first words");
        let id = stage.publish(author, &content, None).await.0.expect("published").remote_id;
        let metrics = stage.network.post_metrics(stage.out(), author, std::slice::from_ref(&id)).await;
        let metrics = metrics.expect("an answer").remove(0);
        let numbers = stage.network.account_metrics(stage.out(), author).await.expect("an answer");
        if author.remote_id == page.remote_id {
            assert!(metrics.values.contains(&(Metric::Views, 50)) && metrics.values.contains(&(Metric::Clicks, 5)));
            assert_eq!(numbers.values, [(Metric::Followers, 321)]);
        } else {
            assert_eq!((metrics.missing, numbers.missing), (Some(Missing::NotServed), Some(Missing::NotServed)));
        }
        let other = text("other words (new)");
        for _ in 0..2 {
            stage.network.edit_post(stage.out(), author, &id, &other).await.expect("changed");
        }
        let world = stage.emulator.world();
        assert_eq!(world.find("linkedin", &id).expect("the post").text, other.text);
        if author.remote_id == page.remote_id {
            let read = stage.network.read_post(stage.out(), author, &id).await.expect("an answer").expect("the post");
            assert_eq!(read.text, other.text);
        }
        for _ in 0..2 {
            stage.network.delete_post(stage.out(), author, &id).await.expect("deleted");
        }
        assert!(world.find("linkedin", &id).is_none());
        assert!(matches!(stage.network.read_post(stage.out(), author, &id).await, Ok(None)));
    }
    assert_eq!(stage.effects().iter().filter(|effect| effect.kind == EffectKind::Delete).count(), 2);
}
