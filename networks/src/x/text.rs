//! The text of a post as it was written, from what X makes of it: every link becomes a short one of `t.co`, files are
//! links behind the text, and `&`, `<` and `>` are written as in HTML.
//! <https://docs.x.com/x-api/fundamentals/data-dictionary>

use icu_normalizer::ComposingNormalizerBorrowed;

use super::wire::Post;

/// The text as it was written, as far as it can be told.
pub fn written(post: &Post) -> String {
    let (text, entities) = match &post.note_tweet {
        Some(note) => (&note.text, &note.entities),
        None => (&post.text, &post.entities),
    };
    // The links to files stand among those of the post, also when its text is longer.
    let links = entities.urls.iter().chain(&post.entities.urls);
    let text = links.fold(text.clone(), |text, link| {
        let is_file = link.media_key.is_some() || link.expanded_url.is_empty();
        text.replace(&link.url, if is_file { "" } else { &link.expanded_url })
    });
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").trim_end().to_owned()
}

/// True when a post of the account is the text that was sent. In front of an answer X may have put whom it answers.
pub fn is_same(sent: &str, post: &Post, handle: &str) -> bool {
    let shown = written(post);
    let answered = format!("@{handle} ");
    let sent = bones(sent);
    sent == bones(&shown)
        || shown
            .get(..answered.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(&answered) && sent == bones(&shown[answered.len()..]))
}

/// What stays when links get their scheme and their host's last slash: letters without case, no white space, no
/// slashes.
fn bones(text: &str) -> String {
    let text = ComposingNormalizerBorrowed::new_nfc().normalize(text).to_lowercase();
    let text = text.replace("https://", "").replace("http://", "");
    text.chars().filter(|c| !c.is_whitespace() && *c != '/').collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn post(text: &str, urls: &Value) -> Post {
        serde_json::from_value(json!({ "id": "1", "text": text, "entities": { "urls": urls } })).unwrap()
    }

    #[test]
    fn what_was_written_is_told_from_what_is_shown() {
        let link = json!([
            { "url": "https://t.co/aaaaaaaaaa", "expanded_url": "http://example.com" },
            { "url": "https://t.co/bbbbbbbbbb", "expanded_url": "https://x.com/a/status/1/photo/1", "media_key": "3_1" },
        ]);
        let shown = post("See https://t.co/aaaaaaaaaa &amp; me &lt;3 https://t.co/bbbbbbbbbb", &link);
        assert_eq!(written(&shown), "See http://example.com & me <3");
        for sent in ["See example.com & me <3", "See https://Example.com/ & me <3", "See http://example.com\n& me  <3"]
        {
            assert!(is_same(sent, &shown, "amal"), "{sent}");
        }
        assert!(!is_same("See example.com/a & me <3", &shown, "amal"));
        let long = json!({ "id": "1", "text": "begin…", "note_tweet": { "text": "beginning and end" } });
        assert_eq!(written(&serde_json::from_value(long).unwrap()), "beginning and end");
    }

    #[test]
    fn an_answer_may_name_whom_it_answers() {
        assert!(is_same("more", &post("@Amal more", &json!([])), "amal"));
        assert!(!is_same("more", &post("@Omar more", &json!([])), "amal"));
        assert!(is_same("", &post("", &json!([])), "amal") && !is_same("", &post("one", &json!([])), "amal"));
    }
}
