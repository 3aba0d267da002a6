//! Where a link leads: its target with the parameters that say where somebody came from.

use diwan_entity::tracking::tracked_link;
use url::Url;
use url::form_urlencoded::{Serializer, parse};

use crate::error::{Code, Complaints, UserError};

/// The longest target, in bytes.
const MOST_TARGET: usize = 2000;
/// The longest address that a link leads to, in bytes.
const MOST_DESTINATION: usize = 8000;

/// The parameters of a link, by the names that the makers of web statistics agree on (Google's Urchin Tracking Module).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Utm {
    /// `utm_source`: where it is shown.
    pub source: Option<String>,
    /// `utm_medium`: by which means.
    pub medium: Option<String>,
    /// `utm_campaign`: for what.
    pub campaign: Option<String>,
    /// `utm_content`: which of several.
    pub content: Option<String>,
    /// `utm_term`: for which word.
    pub term: Option<String>,
}

impl Utm {
    /// Each with its name.
    pub(super) fn named(&self) -> [(&'static str, Option<&str>); 5] {
        [
            ("utm_source", self.source.as_deref()),
            ("utm_medium", self.medium.as_deref()),
            ("utm_campaign", self.campaign.as_deref()),
            ("utm_content", self.content.as_deref()),
            ("utm_term", self.term.as_deref()),
        ]
    }

    /// Those of a link.
    pub fn of(row: &tracked_link::Model) -> Self {
        Self {
            source: row.utm_source.clone(),
            medium: row.utm_medium.clone(),
            campaign: row.utm_campaign.clone(),
            content: row.utm_content.clone(),
            term: row.utm_term.clone(),
        }
    }
}

/// A page that a link may lead to: https, with a host, and without a name or a password in it.
pub(super) fn check_target(wrong: &mut Complaints, path: &str, text: &str) -> Option<Url> {
    let text = wrong.text(path, text, MOST_TARGET);
    let url = Url::parse(text).ok().filter(|url| {
        url.scheme() == "https" && url.has_host() && url.username().is_empty() && url.password().is_none()
    });
    let url = url.filter(|url| url.as_str().len() <= MOST_TARGET);
    if url.is_none() && !text.is_empty() {
        wrong.add(UserError::at(Code::PageAddressInvalid, path));
    }
    url
}

/// The target with the parameters. One that the target has already is replaced, so that none is there twice; everything else of it
/// stays as it is written, in its order.
pub(super) fn destination(target: &Url, utm: &Utm) -> Option<Url> {
    let ours = utm.named();
    let replaced = |part: &str| {
        let name = parse(part.as_bytes()).next().map(|(name, _)| name.into_owned()).unwrap_or_default();
        ours.iter().any(|(ours, value)| value.is_some() && *ours == name)
    };
    let mut parts: Vec<String> = target
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|part| !part.is_empty() && !replaced(part))
        .map(str::to_owned)
        .collect();
    for (name, value) in ours {
        if let Some(value) = value {
            parts.push(Serializer::new(String::new()).append_pair(name, value).finish());
        }
    }
    let mut url = target.clone();
    url.set_query((!parts.is_empty()).then(|| parts.join("&")).as_deref());
    (url.as_str().len() <= MOST_DESTINATION).then_some(url)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn led(target: &str, utm: &Utm) -> String {
        destination(&Url::parse(target).unwrap(), utm).unwrap().into()
    }

    fn utm() -> Utm {
        Utm { source: Some("mastodon".to_owned()), campaign: Some("spring sale".to_owned()), ..Utm::default() }
    }

    #[test]
    fn parameters_are_added_once_and_what_is_there_stays() {
        for (target, leads_to) in [
            ("https://shop.example", "https://shop.example/?utm_source=mastodon&utm_campaign=spring+sale"),
            (
                "https://shop.example/a?b=%20c&flag#top",
                "https://shop.example/a?b=%20c&flag&utm_source=mastodon&utm_campaign=spring+sale#top",
            ),
            (
                "https://shop.example/?utm_source=x&a=1&utm%5Fcampaign=y",
                "https://shop.example/?a=1&utm_source=mastodon&utm_campaign=spring+sale",
            ),
            (
                "https://shop.example/?utm_medium=mail",
                "https://shop.example/?utm_medium=mail&utm_source=mastodon&utm_campaign=spring+sale",
            ),
        ] {
            assert_eq!(led(target, &utm()), leads_to);
        }
        assert_eq!(led("https://shop.example/?a", &Utm::default()), "https://shop.example/?a");
    }

    #[test]
    fn only_pages_that_anybody_may_open_are_targets() {
        for bad in [
            "",
            "shop.example",
            "http://shop.example/",
            "javascript:alert(1)",
            "https://me:secret@shop.example/",
            "https://",
        ] {
            let mut wrong = Complaints::default();
            assert_eq!(check_target(&mut wrong, "targetUrl", bad), None, "{bad}");
            assert!(wrong.check().is_err(), "{bad}");
        }
        let long = format!("https://shop.example/{}", "é".repeat(700));
        let mut wrong = Complaints::default();
        assert_eq!(check_target(&mut wrong, "targetUrl", &long), None, "longer once it is written as addresses are");
    }

    proptest! {
        #[test]
        fn each_parameter_is_there_once(query in "[a-z=&%_+]{0,40}", source in "\\PC{1,40}") {
            let utm = Utm { source: Some(source.clone()), ..Utm::default() };
            let url = Url::parse(&led(&format!("https://shop.example/?{query}&utm_source=old"), &utm)).unwrap();
            let sources: Vec<String> =
                url.query_pairs().filter(|(name, _)| name == "utm_source").map(|(_, value)| value.into_owned()).collect();
            prop_assert_eq!(sources, [source]);
        }
    }
}
