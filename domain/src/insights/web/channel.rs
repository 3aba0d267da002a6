//! From where visits came, by the name that a server or a file gives it: rules of the product, for whoever does not say the channel.

use diwan_entity::insights::web_day::Channel;

/// What stands for nobody's link.
const DIRECT: [&str; 6] = ["", "direct", "direct / none", "direct entry", "(direct)", "(none)"];

/// Names of search engines, and the first part of their addresses.
const SEARCH: [&str; 17] = [
    "google",
    "bing",
    "duckduckgo",
    "yahoo",
    "yahoo!",
    "ecosia",
    "brave",
    "yandex",
    "baidu",
    "qwant",
    "startpage",
    "kagi",
    "naver",
    "seznam",
    "sogou",
    "swisscows",
    "mojeek",
];

/// Networks by their keys, with the names and addresses by which they are told. Those that the product knows have its keys.
const SOCIAL: &[(&str, &[&str])] = &[
    ("facebook", &["facebook.com", "fb.com", "fb.me"]),
    ("instagram", &["instagram.com", "ig"]),
    ("threads", &["threads.net", "threads.com"]),
    ("x", &["twitter", "x (twitter)", "twitter / x", "x / twitter", "twitter.com", "x.com", "t.co"]),
    ("linkedin", &["linkedin.com", "lnkd.in"]),
    ("tiktok", &["tiktok.com"]),
    ("youtube", &["youtube.com", "youtu.be"]),
    ("pinterest", &["pinterest.com", "pin.it"]),
    ("telegram", &["telegram.org", "telegram.me", "t.me", "org.telegram.messenger"]),
    ("bluesky", &["bsky.app", "bsky"]),
    ("mastodon", &["mastodon.social", "mastodon.online", "joinmastodon.org"]),
    ("reddit", &["reddit.com", "redd.it"]),
    ("whatsapp", &["whatsapp.com", "wa.me"]),
    ("snapchat", &["snapchat.com"]),
    ("tumblr", &["tumblr.com"]),
    ("vkontakte", &["vk", "vk.com"]),
    ("weibo", &["weibo.com", "sina weibo"]),
    ("xing", &["xing.com"]),
    ("quora", &["quora.com"]),
    ("discord", &["discord.com", "discord.gg"]),
];

/// A name as it is kept: in small letters, without what no name has, at most 200 characters.
pub(super) fn tidy(name: &str) -> String {
    let name: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    name.trim().to_lowercase().chars().take(200).collect()
}

/// The network of a name or an address in small letters.
fn network(name: &str) -> Option<&'static str> {
    let is = |known: &str| {
        name == known || (known.contains('.') && name.strip_suffix(known).is_some_and(|rest| rest.ends_with('.')))
    };
    let of = SOCIAL.iter().find(|(key, names)| is(key) || names.iter().any(|known| is(known)));
    of.map(|(key, _)| *key)
}

fn searches(name: &str) -> bool {
    let host = name.strip_prefix("www.").or_else(|| name.strip_prefix("search.")).unwrap_or(name);
    SEARCH.contains(&host) || host.split_once('.').is_some_and(|(first, _)| SEARCH.contains(&first))
}

/// The channel of what a name says, and the name as it is kept. `said` counts more than the name.
pub(super) fn place(said: Option<Channel>, name: &str) -> (Channel, String) {
    let name = tidy(name);
    let social = network(&name);
    let channel = said.unwrap_or_else(|| match name.as_str() {
        direct if DIRECT.contains(&direct) => Channel::Direct,
        _ if social.is_some() => Channel::Social,
        search if searches(search) => Channel::Search,
        "email" | "e-mail" | "newsletter" => Channel::Email,
        _ => Channel::Referral,
    });
    match (channel, social) {
        (Channel::Direct, _) => (channel, String::new()),
        (Channel::Social, Some(key)) => (channel, key.to_owned()),
        _ => (channel, name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses_say_from_where_somebody_came() {
        for (name, channel, kept) in [
            ("Direct / None", Channel::Direct, ""),
            ("", Channel::Direct, ""),
            ("Facebook", Channel::Social, "facebook"),
            ("l.facebook.com", Channel::Social, "facebook"),
            ("Twitter", Channel::Social, "x"),
            ("t.co", Channel::Social, "x"),
            ("Google", Channel::Search, "google"),
            ("www.google.gr", Channel::Search, "www.google.gr"),
            ("search.brave.com", Channel::Search, "search.brave.com"),
            ("Newsletter", Channel::Email, "newsletter"),
            ("News.Example", Channel::Referral, "news.example"),
            // Neither of these is what its end looks like.
            ("notfacebook.com", Channel::Referral, "notfacebook.com"),
            ("xt.co", Channel::Referral, "xt.co"),
        ] {
            assert_eq!(place(None, name), (channel, kept.to_owned()), "{name}");
        }
        assert_eq!(place(Some(Channel::Campaign), "Facebook"), (Channel::Campaign, "facebook".to_owned()));
        assert_eq!(place(Some(Channel::Social), "Friendica"), (Channel::Social, "friendica".to_owned()));
        assert_eq!(place(Some(Channel::Direct), "x.com"), (Channel::Direct, String::new()));
        assert_eq!(tidy(&format!(" a\0b{}", "ü".repeat(300))).chars().count(), 200);
    }
}
