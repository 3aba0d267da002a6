//! How a review looks: from what the domain says to HTML, and nothing else.

use diwan_domain::approvals::{Act, Ending, Picture, Review, Said, ShownVariant, Standing, Verdict};
use diwan_domain::error::Arg;
use diwan_domain::{Code, UserError, messages};
use diwan_entity::approvals::approval_request::RequestState;
use diwan_entity::tenancy::agency::Locale;
use diwan_networks::{Piece, Preview};
use maud::{Markup, html};

/// The longest that somebody writes, in characters.
const LONGEST: u16 = 5000;

/// What was sent and not done, so that nobody types it again.
#[derive(Debug, Clone, Default)]
pub struct Sent {
    /// What was to be done.
    pub act: Option<Act>,
    /// What was said.
    pub text: String,
    /// Why it was not done.
    pub errors: Vec<UserError>,
}

/// Words of the catalogue in the reader's language.
struct Words(Locale);

impl Words {
    fn say(&self, key: &str) -> String {
        messages::message(self.0, key, &[])
    }

    fn with(&self, key: &str, args: &[(&'static str, &str)]) -> String {
        let args: Vec<_> = args.iter().map(|(name, value)| (*name, Arg::Text((*value).to_owned().into()))).collect();
        messages::message(self.0, key, &args)
    }
}

/// A review. `path` is where the page is.
pub fn review(path: &str, review: &Review, sent: &Sent) -> Markup {
    let words = Words(review.locale);
    let asks = [("agency", review.agency.as_str()), ("name", review.reader.as_str()), ("brand", review.brand.as_str())];
    let due = review.due_at.as_ref().map_or_else(
        || words.say("review-not-planned"),
        |when| words.with("review-due", &[("when", when), ("zone", &review.zone)]),
    );
    html! {
        div.review {
            p.hint { (words.with("review-asks", &asks)) }
            p.due { (due) }
            (outcome(&words, review))
            (refusal(&words, sent))
            @if let Some(variants) = &review.variants {
                @for variant in variants { (shown(&words, path, variant)) }
            }
            section {
                @if !review.said.is_empty() {
                    h2 { (words.say("review-said")) }
                    ol.said { @for said in &review.said { (remark(&words, said)) } }
                }
                @if review.state == RequestState::Pending { (comment(&words, review, sent)) }
            }
            @if let (Standing::Asked { step, until }, true) = (&review.standing, review.variants.is_some()) {
                (decision(&words, review, *step, until.as_deref(), sent))
            }
            p.hint.end { (words.with("review-expires", &[("name", &review.reader), ("when", &review.expires_at)])) }
        }
    }
}

/// What a link says that has ended.
pub fn ended(locale: Locale, ending: Ending) -> Markup {
    html! { p role="status" { (messages::message(locale, &format!("review-ended-{}", ending.name()), &[])) } }
}

/// How it stands, for whoever has nothing to decide now.
fn outcome(words: &Words, review: &Review) -> Markup {
    let name = |verdict: &Verdict| match verdict {
        Verdict::Approved => "approved",
        Verdict::ChangesRequested => "changes-requested",
    };
    let decided = match &review.standing {
        Standing::Asked { .. } => None,
        Standing::Decided(verdict, when) => {
            Some(words.with(&format!("review-decided-{}", name(verdict)), &[("when", when)]))
        }
        Standing::DecidedBy(verdict, who, when) => {
            Some(words.with(&format!("review-decided-by-{}", name(verdict)), &[("who", who), ("when", when)]))
        }
        Standing::NotAsked => Some(words.say("review-not-asked")),
    };
    let then = match (&review.standing, review.state) {
        (Standing::Asked { .. } | Standing::NotAsked, RequestState::Pending) => None,
        (_, RequestState::Approved) => Some("review-over-approved"),
        (_, RequestState::ChangesRequested) => Some("review-over-changes-requested"),
        _ => Some("review-goes-on"),
    };
    let newer = review.variants.is_none().then_some("review-is-newer");
    html! {
        @if decided.is_some() || newer.is_some() {
            div.outcome role="status" {
                @if let Some(said) = decided { p { strong { (said) } } }
                @for key in then.into_iter().chain(newer) { p { (words.say(key)) } }
            }
        }
    }
}

/// Why what was sent does not count, unless a field says so itself.
fn refusal(words: &Words, sent: &Sent) -> Markup {
    html! {
        @for error in &sent.errors {
            @if error.code == Code::ChangedMeanwhile {
                p.wrong.aloud role="alert" { (words.say("review-changed")) }
            } @else if !of_text(error) {
                @let why = messages::user_error(words.0, error);
                p.wrong.aloud role="alert" { (words.with("review-not-counted", &[("why", &why)])) }
            }
        }
    }
}

fn of_text(error: &UserError) -> bool {
    matches!(error.field.last().map(String::as_str), Some("comment" | "body"))
}

/// A variant as its network will show it.
fn shown(words: &Words, path: &str, variant: &ShownVariant) -> Markup {
    let initial = variant.name.chars().find(|c| c.is_alphanumeric()).map(|c| c.to_uppercase().to_string());
    html! {
        article.post aria-label=(words.with("review-on", &[("network", &variant.network)])) {
            header {
                span.avatar aria-hidden="true" { (initial.unwrap_or_default()) }
                div.who {
                    strong dir="auto" { (variant.name) }
                    span.hint { bdi dir="ltr" { "@" (variant.handle) } }
                }
                span.network { (variant.network) }
            }
            (words_shown(variant, &variant.preview))
            @if !variant.pictures.is_empty() {
                div.pictures.several[variant.pictures.len() > 1] {
                    @for picture in &variant.pictures { (image(words, path, picture)) }
                }
            }
            (card(words, variant))
            @if !variant.thread.is_empty() {
                p.hint { (words.say("review-thread")) }
                ol.thread { @for part in &variant.thread { li { (words_shown(variant, part)) } } }
            }
            @if let Some(comment) = &variant.first_comment {
                div.first-comment {
                    p.hint { (words.say("review-first-comment")) }
                    (words_shown(variant, comment))
                }
            }
            @if !variant.options.is_empty() {
                p.hint { (words.say("review-options")) }
                dl.options { @for (name, value) in &variant.options { dt { (name) } dd dir="auto" { (value) } } }
            }
        }
    }
}

/// A text of a variant as its network shows it.
fn words_shown(variant: &ShownVariant, preview: &Preview) -> Markup {
    html! {
        @if !preview.pieces.is_empty() {
            div.text dir="auto" lang=[variant.language.as_deref()] {
                @for piece in &preview.pieces { (part(piece)) }
            }
        }
    }
}

/// The page that is shown below the text: the one that was chosen, otherwise the one that the network finds in the text.
fn card(words: &Words, variant: &ShownVariant) -> Markup {
    html! {
        @if let Some(address) = &variant.link {
            div.card {
                a href=(address) target="_blank" rel="noopener noreferrer nofollow" { bdi dir="ltr" { (host(address)) } }
                span.hint { bdi dir="ltr" { (address) } }
                span.hint { (words.say("review-link")) }
            }
        } @else if let Some(address) = &variant.preview.card {
            div.card {
                strong { bdi dir="ltr" { (host(address)) } }
                span.hint { (words.with("review-card", &[("network", &variant.network)])) }
            }
        }
    }
}

/// The host of an address, without what everybody leaves out.
fn host(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    host.rsplit('@').next().unwrap_or(host).trim_start_matches("www.")
}

/// A part of a text. A link leads out of the page, and tells nobody where from.
fn part(piece: &Piece) -> Markup {
    html! {
        @match piece {
            Piece::Text(text) => (text),
            Piece::Link { shown, address } => {
                a href=(address) target="_blank" rel="noopener noreferrer nofollow" { bdi dir="ltr" { (shown) } }
            }
            Piece::Mention(name) => span.mark { bdi dir="ltr" { (name) } },
            Piece::Tag(tag) => span.mark { bdi { (tag) } },
        }
    }
}

fn image(words: &Words, path: &str, picture: &Picture) -> Markup {
    let source = format!("{path}/pictures/{}", picture.id);
    let poster = picture.poster.then(|| format!("{path}/posters/{}", picture.id));
    html! {
        figure {
            @if picture.film {
                // What shows a poster loads nothing of the film before it is played.
                video src=(source) poster=[poster] aria-label=(picture.alt_text) width=(picture.width)
                    height=(picture.height) controls preload=(if picture.poster { "none" } else { "metadata" })
                    playsinline {}
            } @else if let Some(name) = &picture.document {
                // It is sent to be saved: nothing shows its pages here.
                a href=(source) download { (words.with("review-document", &[("name", name)])) }
            } @else {
                img src=(source) alt=(picture.alt_text) width=(picture.width) height=(picture.height) loading="lazy";
            }
            @if !picture.alt_text.is_empty() {
                figcaption dir="auto" { (words.with("review-alt", &[("alt", &picture.alt_text)])) }
            }
        }
    }
}

fn remark(words: &Words, said: &Said) -> Markup {
    html! {
        li {
            p.hint { bdi { (said.by.clone().unwrap_or_else(|| words.say("review-you"))) } " · " (said.at) }
            p.text dir="auto" { (said.text) }
        }
    }
}

/// What a form sends besides what is typed.
fn about(review: &Review, step: i32) -> Markup {
    html! {
        input type="hidden" name="once" value=(review.once);
        input type="hidden" name="step" value=(step);
        input type="hidden" name="digest" value=(review.digest);
    }
}

/// What was typed into one of the forms, and what is wrong with it.
fn kept<'a>(sent: &'a Sent, acts: &[Act]) -> (&'a str, Vec<&'a UserError>) {
    if sent.act.is_some_and(|act| acts.contains(&act)) {
        (&sent.text, sent.errors.iter().filter(|error| of_text(error)).collect())
    } else {
        ("", Vec::new())
    }
}

fn decision(words: &Words, review: &Review, step: i32, until: Option<&str>, sent: &Sent) -> Markup {
    let (text, wrong) = kept(sent, &[Act::Approve, Act::RequestChanges]);
    html! {
        section.decide {
            h2 { (words.say("review-decide")) }
            @if let Some(until) = until { p { (words.with("review-until", &[("when", until)])) } }
            form method="post" accept-charset="utf-8" {
                (about(review, step))
                label for="words" { (words.say("review-words")) }
                p #words-hint .hint { (words.say("review-words-hint")) }
                (area(words, "words", "words-hint words-wrong", text, &wrong, "review-words-missing"))
                div.choices {
                    button type="submit" name="act" value="approve" { (words.say("review-approve")) }
                    button.other type="submit" name="act" value="change" { (words.say("review-change")) }
                }
            }
        }
    }
}

fn comment(words: &Words, review: &Review, sent: &Sent) -> Markup {
    let (text, wrong) = kept(sent, &[Act::Comment]);
    html! {
        form method="post" accept-charset="utf-8" {
            (about(review, 0))
            label for="comment" { (words.say("review-comment")) }
            (area(words, "comment", "comment-wrong", text, &wrong, "review-comment-missing"))
            button.other type="submit" name="act" value="comment" { (words.say("review-send")) }
        }
    }
}

/// Where something is typed, with what is wrong with it; `missing` is said where it must not be empty.
fn area(words: &Words, id: &str, described: &str, text: &str, wrong: &[&UserError], missing: &str) -> Markup {
    let said = |error: &UserError| match error.code {
        Code::TooLong => messages::user_error(words.0, error),
        _ => words.say(missing),
    };
    html! {
        textarea id=(id) name="text" rows="3" dir="auto" maxlength=(LONGEST) aria-invalid=(!wrong.is_empty())
            aria-describedby=(described) { (text) }
        div id={ (id) "-wrong" } { @for error in wrong { p.wrong role="alert" { (said(error)) } } }
    }
}
