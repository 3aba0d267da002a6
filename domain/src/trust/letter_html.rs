//! How a letter looks: the same words as plain text and as HTML.

use diwan_entity::tenancy::agency::Locale;

use super::letters::Content;
use crate::error::Arg;
use crate::messages;

/// The plain text: words, then the link on a line of its own, then who wrote it.
pub(super) fn text(content: &Content, server: &str) -> String {
    let link =
        content.link.as_ref().map(|link| format!("{}\n{link}\n\n", frame(content.locale, "letter-link", server)));
    format!(
        "{}\n\n{}-- \n{}\n",
        content.text.trim(),
        link.unwrap_or_default(),
        frame(content.locale, "letter-footer", server)
    )
}

/// The HTML: styles at the elements, which is what mail programs keep; nothing is fetched from anywhere.
pub(super) fn html(content: &Content, server: &str) -> String {
    let Content { locale, .. } = *content;
    let (language, direction) = (messages::language_code(locale), messages::direction(locale));
    let mut paragraphs = String::new();
    for paragraph in content.text.split("\n\n").filter(|paragraph| !paragraph.trim().is_empty()) {
        paragraphs.push_str("<p style=\"margin:0 0 16px\">");
        paragraphs.push_str(&escape(paragraph.trim()).replace('\n', "<br>"));
        paragraphs.push_str("</p>");
    }
    let link = content.link.as_ref().map_or_else(String::new, |link| {
        let link = escape(link.as_str());
        let button = content.button.clone().unwrap_or_else(|| frame(locale, "letter-open", server));
        format!(
            "<p style=\"margin:24px 0\"><a href=\"{link}\" style=\"display:inline-block;padding:12px 24px;border-radius:6px;\
             background:#1f4b99;color:#ffffff;text-decoration:none;font-weight:bold\">{}</a></p>\
             <p style=\"margin:0 0 16px;font-size:13px;color:#555555\">{}<br>\
             <a href=\"{link}\" dir=\"ltr\" style=\"color:#1f4b99;word-break:break-all\">{link}</a></p>",
            escape(&button),
            escape(&frame(locale, "letter-in-full", server))
        )
    });
    format!(
        "<!doctype html><html lang=\"{language}\" dir=\"{direction}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{subject}</title></head>\
         <body style=\"margin:0;padding:24px;background:#f4f5f7\">\
         <div lang=\"{language}\" dir=\"{direction}\" style=\"max-width:560px;margin:0 auto;padding:32px;background:#ffffff;\
         border-radius:8px;font:16px/1.6 'Vazirmatn','Segoe UI',Tahoma,Arial,sans-serif;color:#1d1f24;text-align:start\">\
         {paragraphs}{link}\
         <p style=\"margin:32px 0 0;padding-top:16px;border-top:1px solid #dddddd;font-size:13px;color:#555555\">{footer}</p>\
         </div></body></html>\n",
        subject = escape(&content.subject),
        footer = escape(&frame(locale, "letter-footer", server)),
    )
}

fn frame(locale: Locale, key: &str, server: &str) -> String {
    messages::message(locale, key, &[("server", Arg::Text(server.to_owned().into()))])
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use url::Url;

    fn content(locale: Locale) -> Content {
        Content {
            subject: "<b>".to_owned(),
            text: "Dear <script>\n\nsecond & last".to_owned(),
            button: None,
            link: Some(Url::parse("https://diwan.example/join/a?b=c&d=\"e\"").unwrap()),
            locale,
        }
    }

    #[test]
    fn what_others_wrote_is_text() {
        let html = html(&content(Locale::En), "diwan.example");
        assert!(html.contains("Dear &lt;script&gt;") && html.contains("second &amp; last"), "{html}");
        assert!(!html.contains("<script>") && !html.contains("<b>") && !html.contains("d=\"e\""), "{html}");
        assert!(html.contains("<html lang=\"en\" dir=\"ltr\">"), "{html}");
    }

    #[test]
    fn right_to_left_is_said_and_links_keep_their_way() {
        for locale in [Locale::Fa, Locale::Ar, Locale::He] {
            let html = html(&content(locale), "diwan.example");
            let language = messages::language_code(locale);
            assert!(html.contains(&format!("<html lang=\"{language}\" dir=\"rtl\">")), "{html}");
            assert!(html.contains("dir=\"ltr\""), "{html}");
        }
        assert!(text(&content(Locale::Fa), "diwan.example").contains("\nhttps://diwan.example/join/a"));
    }
}
