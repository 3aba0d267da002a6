//! What of a draft an account's network would refuse, found before anything is sent.

use url::Url;

use crate::capabilities::{Capabilities, Limits, OptionKind, OptionSpec};
use crate::content::{Draft, DraftMedia, Part, Violation, ViolationCode, graphemes};
use crate::counting::{TextLimit, TextUnit};

/// The longest link, in bytes.
const MAX_LINK: usize = 2_000;

/// Checks a draft against an account's limits, its texts counted in the network's own unit.
pub fn violations(capabilities: &Capabilities, limits: &Limits, draft: &Draft) -> Vec<Violation> {
    let mut found = Check { capabilities, limits, found: Vec::new() };
    found.first_post(draft);
    found.thread(&draft.thread);
    found.first_comment(draft.first_comment.as_deref());
    found.link(draft);
    found.options(draft);
    found.found
}

/// The page that a link leads to; none when it is none.
pub fn web_page(link: &str) -> Option<Url> {
    let url = Url::parse(link).ok()?;
    let is_page = matches!(url.scheme(), "http" | "https") && url.host_str().is_some_and(|host| !host.is_empty());
    (is_page && link.len() <= MAX_LINK && !link.contains(char::is_whitespace)).then_some(url)
}

struct Check<'a> {
    capabilities: &'a Capabilities,
    limits: &'a Limits,
    found: Vec<Violation>,
}

impl Check<'_> {
    fn add(&mut self, code: ViolationCode, part: Part, limit: Option<u64>, actual: Option<u64>) {
        let unit = match code {
            ViolationCode::TextTooLong => Some(self.capabilities.text.unit),
            ViolationCode::TextTooManyBytes => Some(TextUnit::Bytes),
            ViolationCode::AltTextTooLong => Some(TextUnit::Graphemes),
            ViolationCode::OptionInvalid if limit.is_some() => Some(TextUnit::Graphemes),
            _ => None,
        };
        self.found.push(Violation { code, part, limit, actual, unit, media_index: None });
    }

    /// Adds the violation if there is more than the limit.
    fn most(&mut self, code: ViolationCode, part: Part, actual: u64, limit: Option<u64>) {
        if let Some(limit) = limit.filter(|limit| actual > *limit) {
            self.add(code, part, Some(limit), Some(actual));
        }
    }

    fn first_post(&mut self, draft: &Draft) {
        let alone = !draft.media.is_empty() && self.capabilities.allows_empty_text_with_media;
        if is_blank(&draft.text) && !alone {
            self.add(ViolationCode::TextEmpty, Part::Text, None, None);
        }
        self.text(&draft.text, &Part::Text);
        if let Some(caption) = self.capabilities.caption.filter(|_| !draft.media.is_empty()) {
            self.counted(&draft.text, &Part::Text, caption);
        }
        self.media(&draft.media);
    }

    fn media(&mut self, media: &[DraftMedia]) {
        let rules = &self.capabilities.media;
        if media.is_empty() && rules.required {
            self.add(ViolationCode::MediaMissing, Part::Text, None, None);
        }
        let films = media.iter().filter(|media| media.is_video()).count() as u64;
        let documents = media.iter().filter(|media| media.is_document()).count() as u64;
        let images = media.len() as u64 - films - documents;
        let most_films = self.limits.video.map_or(0, |video| video.max_videos);
        if rules.mixed {
            self.most(ViolationCode::TooManyImages, Part::Text, images + films, Some(self.limits.max_images));
        } else {
            self.most(ViolationCode::TooManyImages, Part::Text, images, Some(self.limits.max_images));
            if films > 0 && images > 0 && most_films > 0 {
                self.add(ViolationCode::MediaMixed, Part::Text, None, None);
            }
        }
        // Where a network takes no films at all, their type says so; of documents each is refused then.
        if most_films > 0 {
            self.most(ViolationCode::TooManyVideos, Part::Text, films, Some(most_films));
        }
        if let Some(document) = rules.document {
            self.most(ViolationCode::TooManyDocuments, Part::Text, documents, Some(document.max_documents));
            if documents > 0 && images + films > 0 {
                self.add(ViolationCode::DocumentNotAlone, Part::Text, None, None);
            }
        }
        for (index, media) in media.iter().enumerate() {
            let before = self.found.len();
            if media.is_video() {
                self.film(media);
            } else if media.is_document() {
                self.document(media);
            } else {
                self.image(media);
            }
            self.found[before..].iter_mut().for_each(|violation| violation.media_index = Some(index));
        }
    }

    fn film(&mut self, media: &DraftMedia) {
        let taken = self.limits.mime_types.contains(&media.mime);
        let Some(video) = self.limits.video.filter(|_| taken) else {
            return self.add(ViolationCode::ImageTypeUnsupported, Part::Text, None, None);
        };
        self.most(ViolationCode::VideoTooLarge, Part::Text, media.size, Some(video.max_bytes));
        if let Some(length) = media.duration_ms {
            if length > video.max_ms {
                let (limit, actual) = (video.max_ms / 1000, length.div_ceil(1000));
                self.add(ViolationCode::VideoTooLong, Part::Text, Some(limit), Some(actual));
            }
            if length < video.min_ms {
                let (limit, actual) = (video.min_ms.div_ceil(1000), length / 1000);
                self.add(ViolationCode::VideoTooShort, Part::Text, Some(limit), Some(actual));
            }
        }
        self.most(
            ViolationCode::AltTextTooLong,
            Part::Text,
            graphemes(&media.alt_text),
            Some(self.limits.max_alt_text),
        );
    }

    fn document(&mut self, media: &DraftMedia) {
        let rules = &self.capabilities.media;
        let taken = rules.mime_types.contains(&media.mime.as_str());
        let Some(document) = rules.document.filter(|_| taken) else {
            return self.add(ViolationCode::DocumentNotOffered, Part::Text, None, None);
        };
        self.most(ViolationCode::DocumentTooLarge, Part::Text, media.size, Some(document.max_bytes));
    }

    fn text(&mut self, text: &str, part: &Part) {
        let length = self.capabilities.text.unit.count(text, self.limits.url_length);
        self.most(ViolationCode::TextTooLong, part.clone(), length, Some(self.limits.max_text));
        self.most(ViolationCode::TextTooManyBytes, part.clone(), text.len() as u64, self.limits.max_text_bytes);
        for also in self.capabilities.text_also {
            self.counted(text, part, *also);
        }
    }

    /// Adds the violation if the text has more of the limit's unit.
    fn counted(&mut self, text: &str, part: &Part, limit: TextLimit) {
        let before = self.found.len();
        let count = limit.unit.count(text, self.limits.url_length);
        self.most(ViolationCode::TextTooLong, part.clone(), count, Some(limit.max));
        self.found[before..].iter_mut().for_each(|violation| violation.unit = Some(limit.unit));
    }

    fn image(&mut self, media: &DraftMedia) {
        if !self.limits.mime_types.contains(&media.mime) {
            self.add(ViolationCode::ImageTypeUnsupported, Part::Text, None, None);
        }
        self.most(ViolationCode::ImageTooLarge, Part::Text, media.size, Some(self.limits.max_image_bytes));
        let pixels = u64::from(media.width) * u64::from(media.height);
        self.most(ViolationCode::ImageTooManyPixels, Part::Text, pixels, self.limits.max_image_pixels);
        let alt = graphemes(&media.alt_text);
        self.most(ViolationCode::AltTextTooLong, Part::Text, alt, Some(self.limits.max_alt_text));
    }

    fn thread(&mut self, parts: &[String]) {
        if parts.is_empty() {
            return;
        }
        let Some(most) = self.capabilities.thread else {
            return self.add(ViolationCode::ThreadNotOffered, Part::Thread(0), None, None);
        };
        let first_over = usize::try_from(most.saturating_sub(1)).unwrap_or(usize::MAX);
        let all = parts.len() as u64 + 1;
        self.most(ViolationCode::ThreadTooLong, Part::Thread(first_over), all, Some(most));
        for (index, text) in parts.iter().enumerate() {
            if is_blank(text) {
                self.add(ViolationCode::ThreadPartEmpty, Part::Thread(index), None, None);
            }
            self.text(text, &Part::Thread(index));
        }
    }

    fn first_comment(&mut self, comment: Option<&str>) {
        let Some(comment) = comment else { return };
        if !self.capabilities.first_comment {
            return self.add(ViolationCode::FirstCommentNotOffered, Part::FirstComment, None, None);
        }
        if is_blank(comment) {
            self.add(ViolationCode::TextEmpty, Part::FirstComment, None, None);
        }
        self.text(comment, &Part::FirstComment);
    }

    fn link(&mut self, draft: &Draft) {
        let Some(link) = &draft.link else { return };
        if !self.capabilities.link {
            return self.add(ViolationCode::LinkNotOffered, Part::Link, None, None);
        }
        if web_page(link).is_none() {
            self.add(ViolationCode::LinkInvalid, Part::Link, None, None);
        }
        if !draft.media.is_empty() {
            self.add(ViolationCode::LinkWithImages, Part::Link, None, None);
        }
    }

    fn options(&mut self, draft: &Draft) {
        for spec in self.capabilities.options.iter().filter(|spec| spec.required) {
            if !draft.options.contains_key(spec.name) {
                self.add(ViolationCode::OptionMissing, Part::Option(spec.name.to_owned()), None, None);
            }
        }
        for (name, value) in &draft.options {
            match self.capabilities.options.iter().find(|spec| spec.name == name) {
                Some(spec) => self.option(spec, value),
                None => self.add(ViolationCode::OptionUnknown, Part::Option(name.clone()), None, None),
            }
        }
    }

    fn option(&mut self, spec: &OptionSpec, value: &str) {
        let part = || Part::Option(spec.name.to_owned());
        let is_one = match spec.kind {
            OptionKind::Choice(values) => values.contains(&value),
            OptionKind::Flag => matches!(value, "true" | "false"),
            OptionKind::Text { max } => {
                self.most(ViolationCode::OptionInvalid, part(), graphemes(value), Some(max));
                !is_blank(value)
            }
            OptionKind::OfAccount => {
                let values = self.limits.choices.get(spec.name);
                values.is_some_and(|values| values.iter().any(|known| known.value == value))
            }
            OptionKind::Lines { least, most, max } => {
                let lines: Vec<_> = value.lines().collect();
                let longest = lines.iter().map(|line| graphemes(line)).max().unwrap_or(0);
                self.most(ViolationCode::OptionInvalid, part(), longest, Some(max));
                (least..=most).contains(&(lines.len() as u64)) && !lines.iter().any(|line| is_blank(line))
            }
            OptionKind::Number { least, most } => {
                value.parse::<u64>().is_ok_and(|number| (least..=most).contains(&number))
            }
        };
        if !is_one {
            self.add(ViolationCode::OptionInvalid, part(), None, None);
        }
    }
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capabilities::{ConnectMethod, MediaLimits, NetworkKey};
    use crate::network::Network;
    use crate::registry::network;

    /// A network that takes texts of ten bytes and nothing more.
    static PLAIN: Capabilities = Capabilities {
        key: NetworkKey("plain"),
        name: "Plain",
        connect: ConnectMethod::AppPassword,
        home: None,
        hosts: &[],
        app: None,
        caption: None,
        text_also: &[],
        text: TextLimit { max: 10, unit: TextUnit::Bytes, max_bytes: None },
        media: MediaLimits::NONE,
        allows_empty_text_with_media: false,
        thread: None,
        first_comment: false,
        link: false,
        options: &[],
        metrics: &[],
        mentions: None,
        comments: false,
        audience: None,
        idempotency: "",
        look_up: false,
        delete: false,
        edit: false,
        quota: None,
        pace: None,
        history: None,
        reads: &[],
    };

    fn draft() -> Draft {
        Draft { text: "one".to_owned(), ..Draft::default() }
    }

    fn option(name: &str, value: &str) -> Draft {
        Draft { options: [(name.to_owned(), value.to_owned())].into(), ..draft() }
    }

    fn the(key: &str) -> &'static dyn Network {
        network(key).expect("a registered network")
    }

    fn found(network: &dyn Network, draft: &Draft) -> Vec<(ViolationCode, Part, Option<u64>, Option<u64>)> {
        let limits = Limits::defaults(network.capabilities());
        let found = network.validate(&limits, draft).into_iter();
        found.map(|violation| (violation.code, violation.part, violation.limit, violation.actual)).collect()
    }

    #[test]
    fn what_a_network_cannot_do_is_refused() {
        let draft = Draft {
            thread: vec!["two".to_owned()],
            first_comment: Some("a comment".to_owned()),
            link: Some("https://example.com/".to_owned()),
            ..option("visibility", "public")
        };
        let found = violations(&PLAIN, &Limits::defaults(&PLAIN), &draft);
        assert_eq!(
            found.into_iter().map(|violation| (violation.code, violation.part)).collect::<Vec<_>>(),
            [
                (ViolationCode::ThreadNotOffered, Part::Thread(0)),
                (ViolationCode::FirstCommentNotOffered, Part::FirstComment),
                (ViolationCode::LinkNotOffered, Part::Link),
                (ViolationCode::OptionUnknown, Part::Option("visibility".to_owned())),
            ]
        );
    }

    #[test]
    fn each_text_is_measured_as_the_network_measures() {
        let heavy = "👩‍👧".repeat(280);
        let thread = vec!["ب".repeat(300), "ب".repeat(301), " \n".to_owned(), heavy.clone()];
        let draft = Draft { thread, first_comment: Some("ب".repeat(302)), ..draft() };
        assert_eq!(
            found(the("bluesky"), &draft),
            [
                (ViolationCode::TextTooLong, Part::Thread(1), Some(300), Some(301)),
                (ViolationCode::ThreadPartEmpty, Part::Thread(2), None, None),
                (ViolationCode::TextTooManyBytes, Part::Thread(3), Some(3000), Some(heavy.len() as u64)),
                (ViolationCode::TextTooLong, Part::FirstComment, Some(300), Some(302)),
            ]
        );
        let blank = Draft { first_comment: Some(String::new()), ..self::draft() };
        assert_eq!(found(the("bluesky"), &blank), [(ViolationCode::TextEmpty, Part::FirstComment, None, None)]);
    }

    #[test]
    fn a_thread_has_so_many_posts_and_no_more() {
        let thread = |parts| Draft { thread: vec!["more".to_owned(); parts], ..draft() };
        for key in ["bluesky", "mastodon"] {
            assert_eq!(found(the(key), &thread(49)), []);
            let too_long = (ViolationCode::ThreadTooLong, Part::Thread(49), Some(50), Some(52));
            assert_eq!(found(the(key), &thread(51)), [too_long]);
        }
    }

    #[test]
    fn a_link_is_a_page_on_the_web_and_stands_alone() {
        let link = |link: &str| Draft { link: Some(link.to_owned()), ..draft() };
        assert_eq!(found(the("bluesky"), &link("https://example.com/a?b=1#c")), []);
        let long = format!("https://example.com/{}", "a".repeat(MAX_LINK));
        for address in ["example.com", "javascript:alert(1)", "ftp://e.io/", "https://", "https://e.io/a b", &long] {
            let invalid = (ViolationCode::LinkInvalid, Part::Link, None, None);
            assert_eq!(found(the("bluesky"), &link(address)), [invalid], "{address}");
        }
        let (mime, alt_text) = ("image/png".to_owned(), String::new());
        let image = DraftMedia { mime, size: 1, width: 1, height: 1, alt_text, duration_ms: None };
        let both = Draft { media: vec![image], ..link("https://example.com/") };
        assert_eq!(found(the("bluesky"), &both), [(ViolationCode::LinkWithImages, Part::Link, None, None)]);
        let refused = found(the("mastodon"), &link("https://example.com/"));
        assert_eq!(refused, [(ViolationCode::LinkNotOffered, Part::Link, None, None)]);
    }

    #[test]
    fn an_option_takes_the_values_that_it_names() {
        let mastodon = the("mastodon");
        for (name, value) in [("visibility", "unlisted"), ("sensitive", "false"), ("spoiler_text", "the end")] {
            assert_eq!(found(mastodon, &option(name, value)), [], "{name}");
        }
        for (name, value) in [("visibility", "Public"), ("sensitive", "yes"), ("spoiler_text", " ")] {
            let invalid = (ViolationCode::OptionInvalid, Part::Option(name.to_owned()), None, None);
            assert_eq!(found(mastodon, &option(name, value)), [invalid], "{name}");
        }
        let unknown = (ViolationCode::OptionUnknown, Part::Option("visibility".to_owned()), None, None);
        assert_eq!(found(the("bluesky"), &option("visibility", "public")), [unknown]);
    }

    #[test]
    fn a_description_that_is_lost_is_named() {
        let media = |mime: &str, alt_text: &str| {
            let (mime, alt_text) = (mime.to_owned(), alt_text.to_owned());
            DraftMedia { mime, size: 1, width: 1, height: 1, alt_text, duration_ms: None }
        };
        let media = vec![media("image/png", "one"), media("video/mp4", "two"), media("image/png", "")];
        let feed = Draft { media, ..draft() };
        let story = Draft { options: option("format", "story").options, ..feed.clone() };
        for (key, draft, lost) in [
            ("mastodon", &feed, vec![]),
            ("facebook", &feed, vec![1]),
            ("instagram", &feed, vec![1]),
            ("instagram", &story, vec![0, 1]),
            ("telegram", &feed, vec![0, 1]),
        ] {
            assert_eq!(the(key).undescribed(draft), lost, "{key}");
        }
    }

    #[test]
    fn a_document_is_refused_wherever_none_is_shown() {
        let mut refused = 0;
        for network in crate::registry::registry() {
            let (mime, alt_text) = ("application/pdf".to_owned(), String::new());
            let pdf = DraftMedia { mime, size: 1, width: 0, height: 0, alt_text, duration_ms: None };
            let found = found(*network, &Draft { media: vec![pdf], ..draft() });
            let is_refused = found.iter().any(|(code, ..)| *code == ViolationCode::DocumentNotOffered);
            let capabilities = network.capabilities();
            assert_eq!(is_refused, capabilities.media.document.is_none(), "{}: {found:?}", capabilities.name);
            refused += u32::from(is_refused);
        }
        assert!(refused > 0);
    }

    #[test]
    fn mastodon_counts_a_content_warning_with_each_text() {
        let draft = Draft { text: "a".repeat(498), thread: vec!["b".repeat(497)], ..option("spoiler_text", "end") };
        let too_long = (ViolationCode::TextTooLong, Part::Text, Some(497), Some(498));
        assert_eq!(found(the("mastodon"), &draft), [too_long]);
        let far_too_long = option("spoiler_text", &"w".repeat(501));
        let codes: Vec<_> = found(the("mastodon"), &far_too_long).into_iter().map(|(code, ..)| code).collect();
        assert_eq!(codes, [ViolationCode::TextTooLong, ViolationCode::OptionInvalid]);
    }
}
