//! How the pages for people look: plain HTML without scripts, under a policy that allows one stylesheet.

use maud::{DOCTYPE, Markup, html};
use url::Url;

use crate::answer::Answer;

/// The stylesheet's address.
pub(crate) const STYLE: &str = "/_emulator/style.css";

/// A page. Its forms lead to the emulator itself, and over it to `onward`.
pub(crate) fn page(status: u16, title: &str, body: &Markup, onward: Option<&Url>) -> Answer {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                link rel="stylesheet" href=(STYLE);
            }
            body { main { h1 dir="auto" { (title) } (body) } }
        }
    };
    let onward = onward.map(|url| format!(" {}", url.origin().ascii_serialization())).unwrap_or_default();
    let policy = format!(
        "default-src 'none'; style-src 'self'; form-action 'self'{onward}; base-uri 'none'; frame-ancestors 'none'"
    );
    Answer::text(status, "text/html; charset=utf-8", page)
        .header("content-security-policy", policy)
        .header("x-content-type-options", "nosniff")
        .header("referrer-policy", "no-referrer")
        .header("cache-control", "no-store")
}

/// The stylesheet.
pub(crate) fn style() -> Answer {
    Answer::text(200, "text/css; charset=utf-8", include_str!("style.css")).header("x-content-type-options", "nosniff")
}
