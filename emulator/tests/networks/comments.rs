//! Comments under posts, with what they answer: all of them, page by page.

use chrono::TimeDelta;
use diwan_networks::{Account, Comment, Connected, Content, ErrorKind};

use crate::common::{Stage, file, jpeg, kind, mp4, redirect, serve, text, with};

/// So many answers the first comment has, and so many others there are beside it.
const ANSWERS: usize = 60;
const OTHERS: usize = 110;

/// Everything that is told under a post, and of how many pages.
async fn everything(stage: &Stage, account: &Account, post: &str) -> (Vec<Comment>, usize) {
    let (mut told, mut pages, mut from) = (Vec::new(), 0, None);
    loop {
        let asked = stage.network.read_comments(stage.out(), account, post, from.as_deref()).await;
        let page = asked.expect("comments");
        told.extend(page.comments);
        pages += 1;
        from = page.next;
        if from.is_none() {
            return (told, pages);
        }
    }
}

async fn published(stage: &Stage, account: &Account, content: &Content) -> String {
    stage.publish(account, content, None).await.0.expect("published").remote_id
}

/// Sara asks, Omid joins in, the account answers, and Omid says much more: all is told in so many pages.
async fn is_told(stage: &Stage, (account, own): (&Account, &str), post: &str, expected_pages: usize) {
    let key = stage.network.capabilities().key;
    let world = stage.emulator.world();
    let say = |on: &str, who: &str, words: &str| world.comment(key.as_str(), on, (who, words)).expect("a comment");
    let asked = say(post, "Sara", "How much?");
    let joined = say(&asked, "Omid", "Yes, how much?");
    let answered = say(&asked, own, "Three");
    for place in 2..ANSWERS {
        say(&asked, "Omid", &format!("good {place}"));
    }
    for place in 0..OTHERS {
        say(post, "Omid", &format!("tea {place}"));
    }
    let (told, pages) = everything(stage, account, post).await;
    assert_eq!(pages, expected_pages, "{key}");
    let mut ids: Vec<&str> = told.iter().map(|one| one.remote_id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 1 + ANSWERS + OTHERS, "{key}");
    let found = |id: &str| told.iter().find(|one| one.remote_id == id).expect("it is told");
    let of = |id: &str| (found(id).in_reply_to.as_str(), found(id).text.as_str(), found(id).is_own);
    assert_eq!(of(&asked), (post, "How much?", false), "{key}");
    assert_eq!(of(&joined), (asked.as_str(), "Yes, how much?", false), "{key}");
    assert_eq!(of(&answered), (asked.as_str(), "Three", true), "{key}");
    assert_ne!(found(&asked).author_id.is_some(), key.as_str() == "threads", "{key}");
    let own: Vec<&Comment> = told.iter().filter(|one| one.is_own && one.remote_id != answered).collect();
    assert!(own.is_empty(), "{key}: {own:?}");
    let now = world.now();
    assert!(told.iter().all(|one| (now - one.at).abs() < TimeDelta::hours(1)), "{key}");
}

/// What is read under a post that is not there.
async fn of_nothing(stage: &Stage, account: &Account, post: &str) -> Option<ErrorKind> {
    kind(&stage.network.read_comments(stage.out(), account, post, None).await)
}

#[tokio::test]
async fn instagram_tells_comments_with_their_first_answers_and_then_the_rest() {
    let stage = Stage::start("instagram");
    let account = stage.connect("cedar").await;
    let bytes = jpeg((1080, 1350), 3_000);
    let link = serve("image/jpeg", bytes.clone()).await;
    let content = Content { media: vec![file("image/jpeg", (1080, 1350), bytes, &link)], ..text("tea") };
    let post = published(&stage, &account, &content).await;
    is_told(&stage, (&account, "cedar"), &post, 3 + 1).await;
    assert_eq!(of_nothing(&stage, &account, "17953").await, Some(ErrorKind::Content));
    let nowhere = stage.network.read_comments(stage.out(), &account, &post, Some("17")).await;
    assert_eq!(kind(&nowhere), Some(ErrorKind::Ask), "a place that is none");
}

#[tokio::test]
async fn threads_tells_a_conversation_of_all_depths() {
    let stage = Stage::start("threads");
    let account = stage.connect("cedar").await;
    let post = published(&stage, &account, &text("tea")).await;
    is_told(&stage, (&account, "cedar"), &post, 4).await;
    assert_eq!(of_nothing(&stage, &account, "17953").await, Some(ErrorKind::Content));
}

#[tokio::test]
async fn youtube_tells_comments_and_is_asked_for_the_answers_that_are_missing() {
    let stage = Stage::start("youtube");
    let account = stage.connect("Nour").await;
    let media = vec![file("video/mp4", (1920, 1080), mp4(64 * 1024), &redirect())];
    let content = Content { media, ..text("tea") };
    let content = with(content, &[("title", "A film"), ("made_for_kids", "false")]);
    let video = published(&stage, &account, &content).await;
    is_told(&stage, (&account, "Nour"), &video, 2 + 1).await;
    assert_eq!(of_nothing(&stage, &account, "17953").await, Some(ErrorKind::Content));
}

#[tokio::test]
async fn linkedin_tells_comments_on_a_page_and_none_on_a_member() {
    let stage = Stage::start("linkedin");
    let mut all = stage.connect_all("Amal").await.into_iter();
    let (member, page) = (all.next().expect("a member").into_account(), all.next().expect("a page"));
    let name = page.display_name.clone();
    let page = Connected::into_account(page);
    let post = published(&stage, &page, &text("tea")).await;
    is_told(&stage, (&page, &name), &post, 2 + 1).await;
    assert_eq!(of_nothing(&stage, &page, "urn:li:share:17953").await, Some(ErrorKind::Content));
    let post = published(&stage, &member, &text("tea at home")).await;
    assert_eq!(of_nothing(&stage, &member, &post).await, Some(ErrorKind::Ask), "nobody may read that");
}

#[tokio::test]
async fn x_tells_a_conversation_of_all_depths_without_the_post_itself() {
    let stage = Stage::start("x");
    let account = stage.connect("amal").await;
    let post = published(&stage, &account, &text("tea")).await;
    is_told(&stage, (&account, "amal"), &post, 2).await;
    let (told, _) = everything(&stage, &account, "17953").await;
    assert_eq!(told, []);
}
