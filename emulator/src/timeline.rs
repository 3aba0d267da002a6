//! The timeline: what was published, for people.

use std::collections::BTreeMap;

use actix_web::http::Method;
use actix_web::{HttpResponse, web};
use maud::{Markup, html};
use serde_json::Value;
use url::Url;

use crate::answer::Answer;
use crate::call::Call;
use crate::ledger::{Effect, EffectKind};
use crate::pages::page;
use crate::server::Core;
use crate::world::World;

/// Hosts at which people see what is there, and whose names do not say so.
const PAGES: [&str; 2] = ["x.com", "threads.net"];

/// How deep answers are set in below what they answer.
const DEEPEST: usize = 12;

/// Where the pages are.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/", web::get().to(async || Answer::empty(302).header("location", "/timeline").into_response()))
        .route("/timeline", web::get().to(overview))
        .route("/timeline/{network}/{account}", web::get().to(of_account));
}

/// Where a person goes who follows a link to a post or comment at its network: to the timeline. Networks name it by its id in the path of
/// a page, a comment in the query behind it. A program's requests are the network's own to answer: they come to other hosts, or with a
/// token.
pub(crate) fn of_link(world: &World, network: &str, call: &Call) -> Option<Answer> {
    let is_page = PAGES.contains(&call.host.as_str())
        || call.host.strip_prefix("www.").is_some_and(|host| host != "googleapis.com");
    if call.method != Method::GET || !is_page || call.header("authorization").is_some() {
        return None;
    }
    let values = call.queries().iter().rev().map(|(_, value)| value.as_str());
    let mut ids = values.chain(call.segments().into_iter().rev()).filter(|id| !id.is_empty());
    let found = ids.find_map(|id| world.find(network, id))?;
    Some(Answer::empty(302).header("location", world.permalink(network, &found.account, &found.id)))
}

/// Networks and their accounts, with what was published.
async fn overview(core: web::Data<Core>) -> HttpResponse {
    let mut networks: BTreeMap<&str, BTreeMap<String, usize>> =
        core.services.iter().map(|service| (service.key(), BTreeMap::new())).collect();
    let effects = core.world.effects();
    for effect in &effects {
        let posts = networks.entry(&effect.network).or_default().entry(effect.account.clone()).or_default();
        *posts += usize::from(effect.kind == EffectKind::Post);
    }
    let body = html! {
        p { "What was published on the networks that are emulated here. Nothing of it left this machine." }
        @for (network, accounts) in &networks {
            h2 { (network) }
            @if accounts.is_empty() { p.hint { "Nothing yet." } }
            @else {
                ul {
                    @for (account, posts) in accounts {
                        li { a href=(path_of(network, account)) dir="auto" { (account) } " · " (posts) " posts" }
                    }
                }
            }
        }
    };
    page(200, "Timeline", &body, None).into_response()
}

fn path_of(network: &str, account: &str) -> String {
    let mut path = String::from("/timeline");
    for segment in [network, account] {
        path.push('/');
        path.extend(url::form_urlencoded::byte_serialize(segment.as_bytes()).map(|part| part.replace('+', "%20")));
    }
    path
}

/// What one account published, newest first, with what answers it below.
async fn of_account(core: web::Data<Core>, path: web::Path<(String, String)>) -> HttpResponse {
    let (network, account) = path.into_inner();
    let mut effects = core.world.effects();
    effects.retain(|effect| effect.network == network);
    let wall = Wall::of(&effects);
    let is_own = |id: &str| wall.made.get(id).is_some_and(|parent| parent.account == account);
    // What answers a post of the account stands below that; what answers another's stands by itself.
    let own = effects.iter().filter(|effect| effect.account == account && is_making(effect));
    let first: Vec<_> = own.filter(|effect| !effect.parent.as_deref().is_some_and(is_own)).collect();
    let status = if first.is_empty() { 404 } else { 200 };
    let body = html! {
        p { a href="/timeline" { "All networks" } " · " (network) }
        @if first.is_empty() { p.hint { "Nothing was published here." } }
        @for effect in first.into_iter().rev() { (wall.entry(effect, 0)) }
    };
    page(status, &account, &body, None).into_response()
}

/// The changes of one network, by what they concern.
struct Wall<'a> {
    /// Posts and comments by id.
    made: BTreeMap<&'a str, &'a Effect>,
    /// Edits and deletions by the id of what they change, oldest first.
    changes: BTreeMap<&'a str, Vec<&'a Effect>>,
    /// Posts and comments by the id of what they answer, oldest first.
    answers: BTreeMap<&'a str, Vec<&'a Effect>>,
}

impl<'a> Wall<'a> {
    fn of(effects: &'a [Effect]) -> Self {
        let mut wall = Self { made: BTreeMap::new(), changes: BTreeMap::new(), answers: BTreeMap::new() };
        for effect in effects {
            match effect.kind {
                EffectKind::Post | EffectKind::Comment => {
                    wall.made.insert(&effect.id, effect);
                    if let Some(parent) = &effect.parent {
                        wall.answers.entry(parent).or_default().push(effect);
                    }
                }
                EffectKind::Edit | EffectKind::Delete => wall.changes.entry(&effect.id).or_default().push(effect),
            }
        }
        wall
    }

    fn entry(&self, effect: &Effect, depth: usize) -> Markup {
        let changes = self.changes.get(effect.id.as_str()).map_or(&[][..], Vec::as_slice);
        let edits: Vec<_> = changes.iter().filter(|change| change.kind == EffectKind::Edit).collect();
        let deleted = changes.iter().find(|change| change.kind == EffectKind::Delete);
        let text = edits.last().map_or(&effect.text, |edit| &edit.text);
        let answers = self.answers.get(effect.id.as_str()).map_or(&[][..], Vec::as_slice);
        let kind = if effect.kind == EffectKind::Comment { "Comment" } else { "Post" };
        html! {
            article class=[deleted.map(|_| "gone")] id=(effect.id) {
                header {
                    strong dir="auto" { (effect.account) }
                    span { (kind) " " a href=(format!("#{}", effect.id)) { (effect.id) } " · " (when(effect)) }
                }
                @if let Some(parent) = &effect.parent { p.hint { "Answers " (parent) } }
                @if !text.is_empty() { div.text dir="auto" { (with_links(text)) } }
                @if !effect.media.is_empty() {
                    ul {
                        @for media in &effect.media {
                            li {
                                (media.mime) " · " (size(media.size))
                                @if let Some(alt) = &media.alt_text { " · " span dir="auto" { "“" (alt) "”" } }
                            }
                        }
                    }
                }
                (detail(&effect.detail))
                @for edit in &edits { p.hint { "Edited · " (when(edit)) } }
                @if !edits.is_empty() { div.was dir="auto" { "Before: " (effect.text) } }
                @if let Some(deleted) = deleted { p.hint { "Deleted · " (when(deleted)) } }
                @if depth < DEEPEST { @for answer in answers { (self.entry(answer, depth + 1)) } }
                @else if !answers.is_empty() { p.hint { "And " (answers.len()) " answers." } }
            }
        }
    }
}

fn is_making(effect: &Effect) -> bool {
    matches!(effect.kind, EffectKind::Post | EffectKind::Comment)
}

fn when(effect: &Effect) -> String {
    effect.at.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// In whole units of 1024, as file managers show it.
fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{} KiB", bytes / 1024),
        _ => format!("{} MiB", bytes / 1_048_576),
    }
}

/// Whatever else was said, as it was said.
fn detail(detail: &Value) -> Markup {
    let said: Vec<_> = detail.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null()).collect();
    if said.is_empty() {
        return html! {};
    }
    html! {
        dl {
            @for (name, value) in said {
                dt { (name) }
                dd dir="auto" {
                    @match value {
                        Value::String(text) => (with_links(text)),
                        other => code { (other) },
                    }
                }
            }
        }
    }
}

/// The text with its web addresses as links. Only such: nothing else in it can be followed.
fn with_links(text: &str) -> Markup {
    html! {
        @for word in text.split_inclusive(char::is_whitespace) {
            @let address = word.trim_end();
            @if Url::parse(address).is_ok_and(|url| matches!(url.scheme(), "http" | "https")) {
                a href=(address) rel="nofollow noopener noreferrer" { (address) }
                (word.trim_start_matches(address))
            } @else { (word) }
        }
    }
}
