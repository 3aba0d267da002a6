//! The pages for people.

use serde_json::json;

use crate::mini::{Stage, text_of};

async fn page(stage: &Stage, path: &str) -> (u16, String) {
    let answer = stage.http.get(stage.own(path)).send().await.expect("an answer");
    let policy = answer.header("content-security-policy").unwrap_or_default();
    assert!(policy.starts_with("default-src 'none'; style-src 'self'; form-action 'self'; "), "{policy}");
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    (answer.status.as_u16(), text_of(&answer))
}

#[tokio::test]
async fn it_shows_what_was_published_newest_first_and_escapes_everything() {
    let stage = Stage::start();
    let first =
        stage.published(&json!({ "text": "<script>alert(1)</script> https://a.example/?x=1&y=\"2\" الآن" })).await;
    stage.published(&json!({ "text": "an answer", "parent": first })).await;
    let second = json!({
        "text": "second javascript:alert(1)",
        "mime": "image/png\"><i>",
        "alt": "<img src=x>",
        "link": "https://b.example/<u>",
    });
    let second = stage.published(&second).await;
    let (status, shown) = page(&stage, "timeline/mini/nour").await;
    assert_eq!(status, 200);
    for tag in ["<script", "<img", "<i>", "<u>", "href=\"javascript"] {
        assert!(!shown.contains(tag), "{tag} in {shown}");
    }
    assert!(
        shown.contains("&lt;script&gt;alert(1)&lt;/script&gt; <a href=\"https://a.example/?x=1&amp;y=&quot;2&quot;\"")
    );
    assert!(shown.contains("· 2 KiB") && shown.contains("“&lt;img src=x&gt;”") && shown.contains("dir=\"auto\""));
    let at = |text: &str| shown.find(text).unwrap_or_else(|| panic!("{text} in {shown}"));
    let entry = |id: &str| at(&format!("<article id=\"{id}\""));
    assert!(entry(&second) < entry(&first) && entry(&first) < at("an answer"), "{shown}");
    assert_eq!(shown.matches("an answer").count(), 1);
}

#[tokio::test]
async fn edits_and_deletions_are_shown() {
    let stage = Stage::start();
    let id = stage.published(&json!({ "text": "as it was" })).await;
    let (token, post) = (stage.access("nour"), stage.api(&format!("/posts/{id}")));
    let edit = stage.http.request("PUT".parse().expect("a method"), post.clone()).bearer(&token);
    edit.json(&json!({ "text": "as it is" })).send().await.expect("an answer");
    let (_, shown) = page(&stage, "timeline/mini/nour").await;
    assert!(shown.contains("as it is") && shown.contains("Before: as it was") && shown.contains("Edited ·"), "{shown}");
    assert!(!shown.contains("Deleted"), "{shown}");
    let delete = stage.http.request("DELETE".parse().expect("a method"), post).bearer(&token);
    delete.send().await.expect("an answer");
    let (_, shown) = page(&stage, "timeline/mini/nour").await;
    assert!(shown.contains(&format!("<article class=\"gone\" id=\"{id}\">")) && shown.contains("Deleted ·"), "{shown}");
}

#[tokio::test]
async fn it_lists_networks_and_accounts() {
    let stage = Stage::start();
    assert!(page(&stage, "timeline").await.1.contains("Nothing yet."));
    assert_eq!(page(&stage, "timeline/mini/nour").await.0, 404);
    let token = stage.access("نور & <co>");
    for text in ["one", "two"] {
        stage.posting(&token, &json!({ "text": text })).send().await.expect("an answer");
    }
    let (status, shown) = page(&stage, "timeline").await;
    assert_eq!(status, 200);
    let path = "/timeline/mini/%D9%86%D9%88%D8%B1%20%26%20%3Cco%3E";
    assert!(shown.contains(&format!("<a href=\"{path}\" dir=\"auto\">نور &amp; &lt;co&gt;</a> · 2 posts")), "{shown}");
    assert_eq!(page(&stage, path).await.0, 200);
    let root = stage.http.get(stage.own("")).send().await.expect("an answer");
    assert_eq!((root.status.as_u16(), root.header("location")), (302, Some("/timeline")));
    let style = stage.http.get(stage.own("_emulator/style.css")).send().await.expect("an answer");
    assert_eq!((style.status.as_u16(), style.header("content-type")), (200, Some("text/css; charset=utf-8")));
}

#[tokio::test]
async fn a_link_to_a_post_at_its_network_leads_to_the_timeline() {
    let stage = Stage::start();
    let post = stage.published(&json!({ "text": "a post" })).await;
    let comment = stage.published(&json!({ "text": "a comment", "parent": post })).await;
    let on_timeline = |id: &str| stage.world().permalink("mini", "nour", id);
    for (link, expected) in [
        (format!("/nour/status/{post}"), Some(on_timeline(&post))),
        (format!("/watch/?v={post}&lc={comment}"), Some(on_timeline(&comment))),
        ("/nour/status/1".to_owned(), None),
    ] {
        let answer = stage.http.get(format!("https://www.mini.test{link}").parse().expect("an address")).send().await;
        let answer = answer.expect("an answer");
        assert_eq!(answer.header("location").map(str::to_owned), expected, "{link}");
        assert_eq!(answer.status.as_u16(), if expected.is_some() { 302 } else { 404 }, "{link}");
    }
    // What a program asks is answered by the network.
    let answer = stage.http.get(stage.api(&format!("/posts/{post}"))).send().await.expect("an answer");
    assert_eq!(answer.header("location"), None);
}
