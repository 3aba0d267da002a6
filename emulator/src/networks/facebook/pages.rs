//! Tokens of persons and pages, and what pages are.
//! <https://developers.facebook.com/docs/facebook-login/guides/access-tokens>,
//! <https://developers.facebook.com/docs/graph-api/reference/user/accounts/>

use std::time::Duration;

use serde_json::{Value, json};

use super::fields::{chosen, paged};
use super::parameters::Parameters;
use super::{KEY, OAUTH, Page, allowed, invalid};
use crate::answer::Answer;
use crate::networks::{meta, meta_days};
use crate::tokens::{Granted, TokenKind};
use crate::world::World;

/// How long tokens of persons live: those for a code, and those for such a token. Tokens of pages got with the latter
/// never end.
const SHORT: Duration = Duration::from_hours(2);
const LONG: Duration = Duration::from_hours(60 * 24);

/// Fits an application with another name or secret.
fn wrong_client() -> Answer {
    meta::error(400, 1, None, "Error validating client secret.")
}

/// `oauth/access_token`: a token for a code, and a token that lasts for one that does not.
pub(super) fn token(parameters: &Parameters, world: &World) -> Result<Answer, Answer> {
    let form = parameters.texts();
    if parameters.text("grant_type") == Some("fb_exchange_token") {
        OAUTH.client(form).map_err(|_| wrong_client())?;
        let short = parameters.needed("fb_exchange_token")?;
        let granted = world.token(KEY, short, TokenKind::Access).map_err(meta::bad_token)?;
        if granted.detail["kind"] != "person" {
            return Err(invalid("fb_exchange_token must be a token of a person"));
        }
        return Ok(person(&granted, "lasting", LONG, world));
    }
    let granted = OAUTH.code(form, world).map_err(|why| match why.split_once(": ") {
        Some(("invalid_client", _)) => wrong_client(),
        Some((_, why)) if why.contains("used") => {
            meta::error(400, 100, Some(36_009), "This authorization code has been used.")
        }
        Some((_, why)) => meta::error(400, 100, Some(36_008), &format!("Error validating verification code: {why}")),
        None => invalid(&why),
    })?;
    Ok(person(&granted, "short", SHORT, world))
}

fn person(granted: &Granted, lasts: &str, lifetime: Duration, world: &World) -> Answer {
    let detail = json!({ "kind": "person", "lasts": lasts, "scopes": granted.detail["scopes"] });
    let token = world.issue(KEY, &granted.account, TokenKind::Access, Some(lifetime), detail);
    let body = json!({ "access_token": token, "token_type": "bearer", "expires_in": lifetime.as_secs() });
    Answer::json(200, &body)
}

fn of_person(token: &Granted) -> Result<&str, Answer> {
    if token.detail["kind"] == "person" {
        return Ok(&token.account);
    }
    Err(meta::error(400, 100, Some(33), "Object with ID 'me' is a page, and does not support this operation"))
}

/// What the person agreed to.
pub(super) fn permissions(token: &Granted, parameters: &Parameters) -> Result<Answer, Answer> {
    parameters.only(&[])?;
    let declined = |permission: &str| {
        of_person(token).is_ok_and(|name| name.starts_with("shy")) && permission == "pages_manage_posts"
    };
    let scopes = token.detail["scopes"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let all: Vec<_> = scopes
        .map(|scope| {
            let status = if declined(scope) { "declined" } else { "granted" };
            json!({ "permission": scope, "status": status })
        })
        .collect();
    of_person(token)?;
    Ok(Answer::json(200, &json!({ "data": all })))
}

/// The pages of a person, with their tasks there.
fn pages(person: &str) -> Vec<(String, Vec<&'static str>)> {
    const POSTING: [&str; 4] = ["ANALYZE", "ADVERTISE", "MODERATE", "CREATE_CONTENT"];
    if person.starts_with("alone") {
        return Vec::new();
    }
    let more = if person.starts_with("many") { 128 } else { 0 };
    let mut pages = vec![
        (person.to_owned(), [POSTING.as_slice(), &["MANAGE"]].concat()),
        (format!("{person} Shop"), POSTING.to_vec()),
        (format!("{person} Club"), vec!["ANALYZE"]),
    ];
    pages.extend((1..=more).map(|number| (format!("{person} {number}"), POSTING.to_vec())));
    pages
}

/// The pages of a person, each with its token.
pub(super) fn accounts(token: &Granted, parameters: &Parameters, world: &World) -> Result<Answer, Answer> {
    parameters.only(&["fields", "limit", "after"])?;
    allowed(token, "pages_show_list")?;
    let mut all = Vec::new();
    for (name, tasks) in pages(of_person(token)?) {
        // A page's token lives as long as the person's, and without end when that is one that lasts.
        let lifetime = (token.detail["lasts"] != "lasting").then_some(SHORT);
        let detail = json!({ "kind": "page", "tasks": tasks, "scopes": token.detail["scopes"] });
        let node = json!({
            "id": world.account(KEY, &name).to_string(),
            "name": name,
            "username": Value::Null,
            "access_token": world.issue(KEY, &name, TokenKind::Access, lifetime, detail),
            "category": "Media",
            "tasks": tasks,
            "link": profile(&name, world),
        });
        all.push(chosen(&node, parameters, &["access_token", "category", "name", "tasks"])?);
    }
    Ok(Answer::json(200, &paged(&all, parameters)?))
}

fn profile(name: &str, world: &World) -> String {
    let mut url = world.url().clone();
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.clear().extend(["timeline", KEY, name]);
    }
    url.into()
}

/// The page of a token.
pub(super) fn of_token(token: Granted, world: &World) -> Result<Page, Answer> {
    if token.detail["kind"] != "page" {
        return Err(meta::error(
            403,
            200,
            None,
            "A page access token is required for this call for the new Pages experience",
        ));
    }
    Ok(Page { id: world.account(KEY, &token.account).to_string(), name: token.account.clone(), token })
}

/// How many follow a page.
fn followers(page: &Page, world: &World) -> i64 {
    i64::try_from(world.posts_of(KEY, &page.name).len()).unwrap_or_default() + 100
}

/// How many followed it at the end of each day of the last two years: one fewer for each week that it is older.
pub(super) fn followers_by_day(page: &Page, parameters: &Parameters, world: &World) -> Result<Value, Answer> {
    if parameters.needed("metric")? != "page_follows" {
        return Err(invalid("The value must be a valid insights metric"));
    }
    let now = followers(page, world);
    meta_days::days(parameters, ("page_follows", world.now()), (93, 730), |age| (now - 1 - age / 7).max(0))
}

/// A page.
pub(super) fn show(page: &Page, parameters: &Parameters, world: &World) -> Result<Value, Answer> {
    parameters.only(&["fields"])?;
    allowed(&page.token, "pages_read_engagement")?;
    let node = json!({
        "id": page.id,
        "name": page.name,
        "username": Value::Null,
        "followers_count": followers(page, world),
        "fan_count": 100,
        "link": profile(&page.name, world),
    });
    chosen(&node, parameters, &["name"])
}
