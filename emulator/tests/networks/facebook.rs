//! Facebook's pages, against the emulated ones.

use std::time::Duration;

use diwan_emulator::{Effect, EffectKind, Fault, FaultRule};
use diwan_networks::{
    Account, Checkpoint, Content, Credentials, ErrorKind, LookUp, Media, Metric, Missing, NO_ACCOUNT, Outside,
    ViolationCode,
};
use diwan_platform::apps::App;
use serde_json::json;

use crate::common::{Stage, file, jpeg, kind, mp4, redirect, text, with};

const KIB: usize = 1024;

/// Upright, as reels and stories are.
fn film(length: usize) -> Media {
    file("video/mp4", (1080, 1920), mp4(length), &redirect())
}

fn photo(length: usize) -> Media {
    file("image/jpeg", (640, 480), jpeg((640, 480), length), &redirect())
}

fn attached(words: &str, media: Vec<Media>) -> Content {
    Content { media, ..text(words) }
}

fn linked(words: &str) -> Content {
    Content { link: Some("https://example.com/a?b=1".to_owned()), ..text(words) }
}

fn commented(content: Content) -> Content {
    Content { first_comment: Some("and more".to_owned()), ..content }
}

/// One of everything that can be published, with the path of the request that makes it visible, and after how many
/// others of that path it comes.
fn everything() -> Vec<(&'static str, Content, u64)> {
    let reel = with(attached("a reel", vec![film(40 * KIB)]), &[("format", "reel"), ("title", "its title")]);
    vec![
        ("/feed", text("سلام, #hello"), 0),
        ("/feed", linked("a card"), 0),
        ("/feed", attached("one photo", vec![photo(3 * KIB)]), 0),
        ("/feed", attached("", vec![photo(2 * KIB), photo(3 * KIB), photo(4 * KIB)]), 0),
        ("/videos", with(attached("a film", vec![film(600 * KIB)]), &[("title", "its title")]), 4),
        ("/video_reels", reel, 1),
        ("/photo_stories", with(attached("", vec![photo(3 * KIB)]), &[("format", "story")]), 0),
        ("/video_stories", with(attached("", vec![film(40 * KIB)]), &[("format", "story")]), 1),
    ]
}

async fn start() -> (Stage, Account) {
    let stage = Stage::start("facebook");
    let account = stage.connect("Amal").await;
    (stage, account)
}

fn posts(stage: &Stage) -> Vec<Effect> {
    stage.effects().into_iter().filter(|effect| effect.kind == EffectKind::Post).collect()
}

fn sizes(effect: &Effect) -> Vec<u64> {
    effect.media.iter().map(|media| media.size).collect()
}

#[tokio::test]
async fn a_person_connects_the_pages_on_which_they_may_post() {
    let stage = Stage::start("facebook");
    let pages = stage.connect_all("Amal").await;
    let names: Vec<_> = pages.iter().map(|page| page.display_name.as_str()).collect();
    assert_eq!(names, ["Amal", "Amal Shop"], "who may only read numbers may not post");
    for page in pages {
        assert!(page.profile_url.is_some() && page.handle == page.display_name);
        let account = page.into_account();
        assert_eq!(stage.network.check(stage.out(), &account).await.expect("usable"), None);
        assert_eq!(stage.network.refresh_due(&account), None);
    }
    assert_eq!(stage.connect_all("many").await.len(), 130, "on more pages of the list than one");
}

#[tokio::test]
async fn a_refused_code_application_or_permission_says_who_can_help() {
    let stage = Stage::start("facebook");
    let (pending, code) = stage.agree("Amal").await;
    let complete = async |out: Outside<'_>, pending: &Credentials, code: &str| {
        stage.network.complete_authorization(out, pending, code, &redirect()).await.map(|pages| Vec::len(&pages))
    };
    let app = App { client_secret: "wrong".to_owned(), ..stage.app.clone() };
    let refused = complete(Outside { http: &stage.http, app: Some(&app) }, &pending, &code).await.expect_err("refused");
    assert_eq!((refused.kind, refused.code), (ErrorKind::Ask, "app_rejected"));
    assert_eq!(kind(&complete(Outside { http: &stage.http, app: None }, &pending, &code).await), Some(ErrorKind::Ask));
    assert_eq!(kind(&complete(stage.out(), &pending, "made up").await), Some(ErrorKind::Reconnect));
    assert_eq!(complete(stage.out(), &pending, &code).await, Ok(2));
    assert_eq!(kind(&complete(stage.out(), &pending, &code).await), Some(ErrorKind::Reconnect), "a code is good once");
    for (person, kind, code) in
        [("alone", ErrorKind::Ask, NO_ACCOUNT), ("shy", ErrorKind::Reconnect, "permission_missing")]
    {
        let (pending, agreed) = stage.agree(person).await;
        let refused = complete(stage.out(), &pending, &agreed).await.expect_err("refused");
        assert_eq!((refused.kind, refused.code), (kind, code));
    }
}

#[tokio::test]
async fn everything_appears_as_it_was_made() {
    let (stage, account) = start().await;
    for (path, content, _) in everything() {
        assert_eq!(stage.problems(&account, &content), [], "{path}");
        let published = stage.publish(&account, &content, None).await.0.expect("published");
        let effect = stage.effects().pop().expect("an effect");
        assert_eq!((effect.kind, effect.account.as_str()), (EffectKind::Post, "Amal"));
        assert_eq!((effect.text.as_str(), &effect.id), (content.text.as_str(), &published.remote_id), "{path}");
        assert_eq!(sizes(&effect), content.media.iter().map(|media| media.source.size()).collect::<Vec<_>>());
        assert_eq!(effect.detail["link"].as_str(), content.link.as_deref());
        assert_eq!(effect.detail["title"].as_str(), content.options.get("title").map(String::as_str));
        let format = content.options.get("format").map_or("feed", String::as_str);
        assert_eq!(effect.detail["format"], format);
        let url = published.url.expect("an address");
        assert!(url.as_str().starts_with(stage.emulator.url().as_str()), "{url}");
        if effect.detail["photos"].is_array() {
            assert!(effect.media.iter().all(|seen| seen.alt_text.as_deref() == Some("what is to be seen")));
        }
    }
    assert_eq!(posts(&stage).len(), everything().len());
}

#[tokio::test]
async fn a_page_answers_its_own_post_first() {
    let (stage, account) = start().await;
    for (index, (path, content, _)) in
        everything().into_iter().enumerate().filter(|(_, (path, ..))| !path.contains("stories"))
    {
        let content = commented(content);
        assert_eq!(stage.problems(&account, &content), [], "{path}");
        let published = stage.publish(&account, &content, None).await.0.expect("published");
        let comment = stage.effects().pop().expect("an effect");
        assert_eq!(comment.kind, EffectKind::Comment, "{index} {path}");
        assert_eq!((comment.text.as_str(), comment.parent), ("and more", Some(published.remote_id)));
    }
}

#[tokio::test]
async fn whoever_goes_on_from_any_step_makes_nothing_twice() {
    let (stage, account) = start().await;
    for (index, (path, content, _)) in everything().into_iter().enumerate() {
        let is_story = path.contains("stories");
        let content = if is_story { content } else { commented(content) };
        let before = stage.effects().len();
        let (published, runs) = stage.publish_step_by_step(&account, &content).await;
        assert!(runs > 1, "{path}");
        let made: Vec<_> = stage.effects().split_off(before);
        assert_eq!(made.len(), if is_story { 1 } else { 2 }, "{index} {path}");
        assert_eq!(made[0].id, published.remote_id);
        assert_eq!(sizes(&made[0]), content.media.iter().map(|media| media.source.size()).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn a_lost_answer_is_found_again() {
    let (stage, account) = start().await;
    for (path, content, after) in everything() {
        let before = stage.effects().len();
        let lost = FaultRule::new(Fault::LostAnswer).method("POST").path(path).after(after).times(1);
        let fault = stage.emulator.world().place(lost);
        let (attempt, recorder) = stage.publish(&account, &content, None).await;
        assert_eq!(kind(&attempt), Some(ErrorKind::Unknown), "{path}");
        stage.emulator.world().lift(fault);
        let LookUp::Found(found) = stage.look_up(&account, &content, &recorder).await else {
            panic!("{path}: not found")
        };
        let resumed = stage.publish(&account, &content, recorder.last()).await.0.expect("published");
        assert_eq!(found, resumed, "{path}");
        let made = stage.effects().split_off(before);
        assert_eq!(made.iter().map(|effect| &effect.id).collect::<Vec<_>>(), [&found.remote_id], "{path}");
        assert!(found.url.is_some());
    }
}

#[tokio::test]
async fn a_lost_comment_is_found_again() {
    let (stage, account) = start().await;
    let content = commented(text("a post"));
    stage.emulator.world().place(FaultRule::new(Fault::LostAnswer).method("POST").path("/comments").times(1));
    let (attempt, recorder) = stage.publish(&account, &content, None).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::Unknown));
    assert_eq!(recorder.last().expect("a checkpoint").parts_there(), 1);
    let found = stage.look_up(&account, &content, &recorder).await;
    assert!(matches!(found, LookUp::Found(post) if post.remote_id == stage.effects()[0].id));
    stage.publish(&account, &content, recorder.last()).await.0.expect("published");
    assert_eq!(stage.effects().len(), 2);
}

#[tokio::test]
async fn comments_of_all_depths_are_read_with_what_they_answer() {
    let (stage, account) = start().await;
    let post = stage.publish(&account, &text("a post"), None).await.0.expect("published").remote_id;
    let world = stage.emulator.world();
    let asked = world.comment("facebook", &post, ("Sara", "How much?")).expect("a post");
    let more = world.comment("facebook", &asked, ("Omid", "Yes, how much?")).expect("a comment");
    for place in 0..100 {
        world.comment("facebook", &post, ("Omid", &format!("tea {place}"))).expect("a post");
    }
    assert_eq!(world.comment("facebook", "17953", ("Sara", "Here?")), None);
    let facebook = diwan_networks::network("facebook").expect("a network");
    let first = facebook.read_comments(stage.out(), &account, &post, None).await.expect("comments");
    assert_eq!((first.comments.len(), first.is_whole), (100, true));
    let told: Vec<_> =
        first.comments.iter().take(2).map(|one| (&one.remote_id, &one.in_reply_to, one.text.as_str())).collect();
    assert_eq!(told, [(&asked, &post, "How much?"), (&more, &asked, "Yes, how much?")]);
    assert!(first.comments.iter().all(|one| !one.is_own && one.author_name.is_some()));
    let rest = facebook.read_comments(stage.out(), &account, &post, first.next.as_deref()).await.expect("comments");
    assert_eq!((rest.comments.len(), rest.next), (2, None));
}

#[tokio::test]
async fn what_never_arrived_is_sent_again() {
    let (stage, account) = start().await;
    for (path, content, after) in everything() {
        let before = stage.effects().len();
        let cut = FaultRule::new(Fault::ResetBefore).method("POST").path(path).after(after).times(1);
        let fault = stage.emulator.world().place(cut);
        let (attempt, recorder) = stage.publish(&account, &content, None).await;
        assert_eq!(kind(&attempt), Some(ErrorKind::Unknown), "{path}");
        stage.emulator.world().lift(fault);
        assert_eq!(stage.look_up(&account, &content, &recorder).await, LookUp::NotThere, "{path}");
        stage.publish(&account, &content, recorder.last()).await.0.expect("published");
        assert_eq!(stage.effects().len(), before + 1, "{path}");
    }
}

#[tokio::test]
async fn an_upload_goes_on_where_it_was_interrupted() {
    let (stage, account) = start().await;
    // A part whose answer was lost is not wanted again.
    let content = attached("a film", vec![film(600 * KIB)]);
    stage.emulator.world().place(FaultRule::new(Fault::LostAnswer).path("/videos").after(2).times(1));
    let (attempt, recorder) = stage.publish(&account, &content, None).await;
    assert_eq!((kind(&attempt), posts(&stage).len()), (Some(ErrorKind::Retry), 0));
    stage.publish(&account, &content, recorder.last()).await.0.expect("published");
    assert_eq!(sizes(&posts(&stage)[0]), [600 * KIB as u64]);
    assert_eq!(
        stage.emulator.world().count("/videos"),
        1 + 3 + 1 + 1,
        "begun, three parts, one of them twice, and published"
    );
    // Half of a reel is there already.
    let content = with(attached("a reel", vec![film(64 * KIB)]), &[("format", "reel")]);
    stage.emulator.world().place(FaultRule::new(Fault::ResetBefore).path("/video-upload").times(1));
    let (attempt, recorder) = stage.publish(&account, &content, None).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::Retry));
    let checkpoint = recorder.last().expect("a checkpoint");
    let id = checkpoint.0["film"]["id"].as_str().expect("a film");
    let url = format!("https://rupload.facebook.com/video-upload/v25.0/{id}").parse().expect("an address");
    let token = account.credentials.0["access"].as_str().expect("a token");
    let half = stage.http.post(url).header("authorization", &format!("OAuth {token}"));
    let half = half.header("offset", "0").header("file_size", &(64 * KIB).to_string());
    let half = half.bytes("application/octet-stream", mp4(40 * KIB).into()).send().await.expect("an answer");
    assert_eq!(half.status.as_u16(), 200);
    stage.publish(&account, &content, Some(checkpoint)).await.0.expect("published");
    assert_eq!(sizes(&posts(&stage)[1]), [64 * KIB as u64]);
}

#[tokio::test]
async fn a_film_that_is_processed_for_long_is_waited_for() {
    let (stage, account) = start().await;
    let slow = stage.emulator.world().place(FaultRule::new(Fault::SlowProcessing { milliseconds: 13_000 }));
    let content = commented(with(attached("a reel", vec![film(40 * KIB)]), &[("format", "reel")]));
    let (attempt, recorder) = stage.publish(&account, &content, None).await;
    let waiting = attempt.expect_err("not yet");
    assert_eq!(waiting.kind, ErrorKind::Waiting);
    assert!(waiting.retry_after.is_some_and(|wait| wait > Duration::ZERO));
    assert!(recorder.last().expect("a checkpoint").may_have_been_sent());
    let early = stage.network.look_up(stage.out(), &account, &content, recorder.last().as_ref()).await;
    assert_eq!(early.expect_err("not yet").kind, ErrorKind::Waiting);
    stage.emulator.world().lift(slow);
    tokio::time::sleep(Duration::from_secs(5)).await;
    let published = stage.publish(&account, &content, recorder.last()).await.0.expect("published");
    let made = stage.effects();
    assert_eq!(made.len(), 2);
    assert_eq!((&made[0].id, made[1].parent.as_ref()), (&published.remote_id, Some(&published.remote_id)));
}

#[tokio::test]
async fn the_same_words_again_are_never_taken_for_a_lost_answer() {
    let (stage, account) = start().await;
    stage.publish(&account, &text("the same"), None).await.0.expect("published");
    let (attempt, recorder) = stage.publish(&account, &text("the same"), None).await;
    let refused = attempt.expect_err("a double");
    assert_eq!((refused.kind, refused.code), (ErrorKind::Unknown, "duplicate"));
    let again = text("the same");
    assert_eq!(stage.look_up(&account, &again, &recorder).await, LookUp::NotThere);
    let refused = stage.publish(&account, &again, recorder.last()).await.0.expect_err("a double");
    assert_eq!((refused.kind, refused.code), (ErrorKind::Content, "duplicate"));
    assert_eq!(posts(&stage).len(), 1);
}

#[tokio::test]
async fn patience_and_tokens_are_told_apart() {
    let (stage, account) = start().await;
    let world = stage.emulator.world();
    let limit = world.place(FaultRule::new(Fault::TooMany { retry_after: Some(30) }).path("/feed"));
    let limited = stage.publish(&account, &text("too soon"), None).await.0.expect_err("refused");
    assert_eq!((limited.kind, limited.retry_after), (ErrorKind::RateLimited, Some(Duration::from_secs(30))));
    world.lift(limit);
    let broken = world.place(FaultRule::new(Fault::ServerError { status: 500, processed: false }).path("/feed"));
    assert_eq!(kind(&stage.publish(&account, &text("broken"), None).await.0), Some(ErrorKind::Unknown));
    world.lift(broken);
    world.place(FaultRule::new(Fault::ExpireTokens).account("Amal"));
    let ended = stage.publish(&account, &text("too late"), None).await.0.expect_err("refused");
    assert_eq!((ended.kind, ended.code), (ErrorKind::Reconnect, "token_refused"));
    let again = stage.connect("Amal").await;
    stage.publish(&again, &text("again"), None).await.0.expect("published");
    world.place(FaultRule::new(Fault::RevokeTokens).account("Amal"));
    let ended = stage.network.check(stage.out(), &again).await.expect_err("refused");
    assert_eq!(ended.kind, ErrorKind::Reconnect);
    assert!(!ended.detail.contains(again.credentials.0["access"].as_str().expect("a token")));
    assert_eq!(posts(&stage).len(), 1);
}

#[tokio::test]
async fn what_is_refused_here_is_refused_there() {
    let (stage, account) = start().await;
    let long_comment = Content { first_comment: Some("ب".repeat(8_001)), ..text("a post") };
    let webp = file("image/webp", (64, 64), b"RIFF\0\0\0\0WEBPVP8 ".to_vec(), &redirect());
    let eleven = (0..11).map(|_| photo(KIB)).collect();
    let titled = |title: &str| with(attached("a film", vec![film(KIB)]), &[("title", title)]);
    let cases = [
        (text(&"ب".repeat(63_207)), ViolationCode::TextTooLong),
        (text(" "), ViolationCode::TextEmpty),
        (long_comment, ViolationCode::TextTooLong),
        (Content { link: Some("ftp://example.com/".to_owned()), ..text("a card") }, ViolationCode::LinkInvalid),
        (attached("webp", vec![webp]), ViolationCode::ImageTypeUnsupported),
        (attached("large", vec![photo(10_000_001)]), ViolationCode::ImageTooLarge),
        (attached("many", eleven), ViolationCode::TooManyImages),
        (Content { media: vec![photo(KIB)], ..linked("both") }, ViolationCode::LinkWithImages),
        (titled(&"t".repeat(255)), ViolationCode::OptionInvalid),
        (with(attached("", vec![photo(KIB), photo(KIB)]), &[("format", "reel")]), ViolationCode::NotTogether),
    ];
    for (content, code) in cases {
        let found: Vec<_> = stage.problems(&account, &content).into_iter().map(|violation| violation.code).collect();
        assert_eq!(found, [code], "{}", &content.text.chars().take(20).collect::<String>());
        let attempt = stage.publish(&account, &content, None).await.0;
        assert_eq!(kind(&attempt), Some(ErrorKind::Content), "{code:?}");
    }
    let made = stage.effects();
    assert_eq!(
        made.iter().map(|effect| effect.text.as_str()).collect::<Vec<_>>(),
        ["a post"],
        "its comment was too long"
    );
}

#[tokio::test]
async fn thirty_reels_a_day_are_the_most() {
    let (stage, account) = start().await;
    let reel = || with(attached("a reel", vec![film(KIB)]), &[("format", "reel")]);
    for _ in 0..30 {
        stage.publish(&account, &reel(), None).await.0.expect("published");
    }
    let (attempt, recorder) = stage.publish(&account, &reel(), None).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::RateLimited));
    let settled: Checkpoint = recorder.last().expect("a checkpoint");
    assert!(!settled.may_have_been_sent() && settled.0["film"]["id"].is_string(), "what was sent is kept for later");
    assert_eq!(posts(&stage).len(), 30);
}

#[tokio::test]
async fn a_post_is_read_changed_measured_and_taken_back() {
    let (stage, account) = start().await;
    let contents = everything().into_iter().filter(|(path, ..)| matches!(*path, "/feed" | "/videos" | "/video_reels"));
    for (path, content, _) in contents {
        let id = stage.publish(&account, &content, None).await.0.expect("published").remote_id;
        let read = async || stage.network.read_post(stage.out(), &account, &id).await.expect("an answer");
        let post = read().await.expect("the post");
        assert_eq!((post.text.as_str(), post.media_count), (content.text.as_str(), content.media.len()), "{path}");
        assert!(post.created_at.is_some() && post.url.is_some());
        let changed = Content { text: "other words".to_owned(), ..content };
        for _ in 0..2 {
            stage.network.edit_post(stage.out(), &account, &id, &changed).await.expect("changed");
        }
        assert_eq!(read().await.expect("the post").text, "other words", "{path}");
        let ids = [id.clone(), "1_2".to_owned()];
        let metrics = stage.network.post_metrics(stage.out(), &account, &ids).await.expect("numbers");
        let has = |metric| metrics[0].values.iter().any(|(known, _)| *known == metric);
        assert!(has(Metric::Likes) && has(Metric::Replies) && has(Metric::Views), "{:?}", metrics[0].values);
        assert_eq!(has(Metric::Reach), path == "/feed");
        assert_eq!((metrics[0].missing, metrics[1].missing), (None, Some(Missing::Gone)));
        for _ in 0..2 {
            stage.network.delete_post(stage.out(), &account, &id).await.expect("taken back");
        }
        assert!(read().await.is_none(), "{path}");
    }
    let numbers = stage.network.account_metrics(stage.out(), &account).await.expect("numbers");
    assert!(matches!(numbers.values[..], [(Metric::Followers, 100..)]), "{:?}", numbers.values);
    assert_eq!(numbers.handle.as_deref(), Some(account.handle.as_str()));
}

#[tokio::test]
async fn a_story_is_taken_back_and_not_changed() {
    let (stage, account) = start().await;
    for (_, content, _) in everything().into_iter().filter(|(path, ..)| path.contains("stories")) {
        let id = stage.publish(&account, &content, None).await.0.expect("published").remote_id;
        let changed = stage.network.edit_post(stage.out(), &account, &id, &content).await.expect_err("no words");
        assert_eq!((changed.kind, changed.code), (ErrorKind::Ask, "not_offered"));
        stage.network.delete_post(stage.out(), &account, &id).await.expect("taken back");
        let last = stage.effects().pop().expect("an effect");
        assert_eq!((last.kind, last.id), (EffectKind::Delete, id));
    }
}

#[tokio::test]
async fn numbers_come_without_those_that_the_person_did_not_allow() {
    let (stage, account) = start().await;
    let id = stage.publish(&account, &text("a post"), None).await.0.expect("published").remote_id;
    let token = stage.emulator.world().issue(
        "facebook",
        "Amal",
        diwan_emulator::TokenKind::Access,
        None,
        json!({ "kind": "page", "scopes": ["pages_read_engagement"] }),
    );
    let shy = Account { credentials: Credentials(json!({ "access": token })), ..account };
    let metrics = stage.network.post_metrics(stage.out(), &shy, &[id]).await.expect("numbers");
    let names: Vec<_> = metrics[0].values.iter().map(|(metric, _)| *metric).collect();
    assert_eq!(names, [Metric::Likes, Metric::Replies]);
    let refused = stage.publish(&shy, &text("another"), None).await.0.expect_err("refused");
    assert_eq!((refused.kind, refused.code), (ErrorKind::Reconnect, "permission_missing"));
}
