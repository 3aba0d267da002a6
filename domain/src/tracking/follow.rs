//! Following a short link.

use std::net::IpAddr;
use std::sync::LazyLock;

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use diwan_entity::tracking::link_click::Device;
use diwan_platform::db;
use isbot::Bots;
use sea_orm::ActiveEnum as _;
use url::Url;

use super::code::is_code;
use crate::context::Services;
use crate::error::Failure;

/// The patterns of programs, kept current by others.
static PROGRAMS: LazyLock<Bots> = LazyLock::new(Bots::default);

/// Headers with which browsers and what stands before them say that they only look ahead.
const AHEAD: [&str; 3] = ["prefetch", "prerender", "preview"];

/// What a request says of whoever follows a link. Nothing of it is kept but the kind of device and the host.
#[derive(Debug, Clone, Default)]
pub struct Visit {
    /// `User-Agent`.
    pub user_agent: String,
    /// `Referer`.
    pub referrer: String,
    /// `Sec-Purpose`, or else `Purpose` or `X-Moz`.
    pub purpose: String,
    /// `Sec-CH-UA-Mobile`.
    pub mobile_hint: String,
    /// Whether the caller asks for the headers alone, or has asked too often to be counted.
    pub uncounted: bool,
}

impl Visit {
    /// Whether a person follows the link, as far as can be told: neither a program, nor a browser that fetches ahead.
    pub(super) fn counts(&self) -> bool {
        let purpose = self.purpose.to_ascii_lowercase();
        !self.uncounted
            && !self.user_agent.trim().is_empty()
            && !AHEAD.iter().any(|word| purpose.contains(word))
            && !PROGRAMS.is_bot(&self.user_agent)
    }

    /// What it is followed with. Phones say `Mobi` and nothing else does (see MDN, "Browser detection using the user agent").
    pub(super) fn device(&self) -> Device {
        let agent = &self.user_agent;
        let says = |words: &[&str]| words.iter().any(|word| agent.contains(word));
        if says(&["iPad", "Tablet"]) || (says(&["Android"]) && !says(&["Mobi"])) {
            Device::Tablet
        } else if self.mobile_hint == "?1" || says(&["Mobi"]) {
            Device::Mobile
        } else if says(&["Windows", "Macintosh", "X11", "CrOS"]) {
            Device::Desktop
        } else {
            Device::Other
        }
    }

    /// The host of the page before, where it has a name; empty where none was named. An address may be a person's, and what is written
    /// otherwise than hosts are may be anything.
    pub(super) fn referrer_host(&self) -> String {
        let url = Url::parse(&self.referrer).ok();
        let host = url.as_ref().and_then(Url::domain).unwrap_or_default().to_ascii_lowercase();
        let of_a_host = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
        let is_name = host.len() <= 253 && host.bytes().all(of_a_host) && host.parse::<IpAddr>().is_err();
        if is_name { host.trim_start_matches("www.").to_owned() } else { String::new() }
    }
}

/// The quarter of an hour: midnight of every zone lies between two of them.
pub(super) fn quarter(at: DateTime<Utc>) -> DateTime<Utc> {
    at.duration_trunc(TimeDelta::minutes(15)).unwrap_or(at)
}

/// A landing page of ours is told by which link a visitor comes: it keeps no cookie that could tell it.
fn told(services: &Services, destination: String, code: &str) -> String {
    let is_ours = services.link("p/").is_ok_and(|pages| destination.starts_with(pages.as_str()));
    match Url::parse(&destination) {
        Ok(mut url) if is_ours => {
            url.query_pairs_mut().append_pair("via", code);
            url.into()
        }
        _ => destination,
    }
}

/// Where a code leads, counting the visit if it is one of a person. None where nothing of that code is in use. One statement.
pub async fn follow_link(services: &Services, code: &str, visit: &Visit) -> Result<Option<String>, Failure> {
    if !is_code(code) {
        return Ok(None);
    }
    let tx = services.db.write().await?;
    let values = [
        code.into(),
        quarter(services.now()).into(),
        visit.referrer_host().into(),
        visit.device().to_value().into(),
        visit.counts().into(),
    ];
    let led: Option<String> = db::scalar(&tx, "select app.follow_link($1, $2, $3, $4, $5)", values).await?;
    tx.commit().await?;
    Ok(led.map(|led| told(services, led, code)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PHONE: &str = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36";
    const DESK: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0";
    const PAD: &str = "Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1";

    fn visit(user_agent: &str) -> Visit {
        Visit { user_agent: user_agent.to_owned(), ..Visit::default() }
    }

    #[test]
    fn people_count_and_programs_do_not() {
        for agent in [PHONE, DESK, PAD] {
            assert!(visit(agent).counts(), "{agent}");
        }
        for agent in [
            "",
            "curl/8.5.0",
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
            "Twitterbot/1.0",
            "Mastodon/4.3.0 (http.rb/5.2.0; +https://mastodon.example/) Bot",
            "python-requests/2.32.3",
        ] {
            assert!(!visit(agent).counts(), "{agent}");
        }
        for purpose in ["prefetch", "prefetch;prerender", "preview", "Prefetch"] {
            assert!(!Visit { purpose: purpose.to_owned(), ..visit(DESK) }.counts(), "{purpose}");
        }
        assert!(!Visit { uncounted: true, ..visit(DESK) }.counts());
    }

    #[test]
    fn devices_are_told_apart() {
        assert_eq!(visit(PHONE).device(), Device::Mobile);
        assert_eq!(visit(DESK).device(), Device::Desktop);
        assert_eq!(visit(PAD).device(), Device::Tablet);
        assert_eq!(visit("Something else").device(), Device::Other);
        assert_eq!(Visit { mobile_hint: "?1".to_owned(), ..visit("Something else") }.device(), Device::Mobile);
    }

    #[test]
    fn of_a_referrer_the_host_alone_is_kept() {
        let from = |referrer: &str| Visit { referrer: referrer.to_owned(), ..Visit::default() }.referrer_host();
        assert_eq!(from("https://www.News.example/a?q=secret"), "news.example");
        assert_eq!(from("android-app://com.example.app/"), "com.example.app");
        for nothing in [
            "",
            "about:blank",
            "not an address",
            "http://192.168.7.9/",
            "https://[2001:db8::7]/",
            "x://192.168.7.9/",
            "x://lina%40home.example/",
        ] {
            assert_eq!(from(nothing), "");
        }
    }
}
