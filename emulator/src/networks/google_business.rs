//! Google Business Profile: accounts, locations and their posts.
//! <https://developers.google.com/my-business/reference/rest/v4/accounts.locations.localPosts>
//!
//! Every person has two locations that take posts, `NAME Downtown` and `NAME Harbour`, and a third that takes none;
//! `nobody` has none. A post in which a telephone number stands is rejected.

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

use super::google::{self, may, only, refused};
use crate::answer::Answer;
use crate::call::Call;
use crate::ledger::{Effect, EffectKind, SeenMedia};
use crate::service::Service;
use crate::world::World;

pub(super) const KEY: &str = "google_business";

const POSTS: &str = "mybusiness.googleapis.com";
const ACCOUNTS: &str = "mybusinessaccountmanagement.googleapis.com";
const LOCATIONS: &str = "mybusinessbusinessinformation.googleapis.com";

const SCOPES: &[&str] = &["business.manage"];

/// Who has no locations.
const NOBODY: &str = "nobody";

/// The locations of a person, and whether they take posts.
const PLACES: &[(&str, bool)] = &[("Downtown", true), ("Harbour", true), ("Warehouse", false)];

/// The longest text, in units of UTF-16.
const SUMMARY: usize = 1_500;

/// How large a photo is, in bytes, and at least, in pixels.
const PHOTO_BYTES: std::ops::RangeInclusive<u64> = 10 * 1024..=5 * 1024 * 1024;
const PHOTO_PIXELS: u32 = 250;

/// What can be said of a post, and what of that can be changed.
const FIELDS: &[&str] =
    &["languageCode", "summary", "callToAction", "event", "offer", "media", "topicType", "alertType", "scheduledTime"];
const CHANGEABLE: &[&str] = &["languageCode", "summary", "callToAction", "event", "offer", "media"];
const ACTIONS: &[&str] = &["BOOK", "ORDER", "SHOP", "LEARN_MORE", "SIGN_UP", "GET_OFFER", "CALL"];

/// As many digits as this are a telephone number.
const TELEPHONE: usize = 8;

/// The network.
#[derive(Debug, Default)]
pub struct GoogleBusiness(Mutex<Vec<Post>>);

/// A post.
#[derive(Debug, Clone)]
struct Post {
    /// `accounts/1/locations/2/localPosts/3`.
    name: String,
    /// What its location is called.
    location: String,
    body: Value,
    made_at: DateTime<Utc>,
    changed_at: DateTime<Utc>,
    /// When Google has looked at it.
    ready_at: DateTime<Utc>,
    rejected: bool,
}

impl Post {
    fn id(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or_default()
    }

    fn resource(&self, world: &World) -> Value {
        let mut post = self.body.clone();
        let time = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Millis, true);
        let looked_at = self.ready_at <= world.now();
        post["name"] = self.name.as_str().into();
        post["createTime"] = time(self.made_at).into();
        post["updateTime"] = time(self.changed_at).into();
        post["state"] = match (looked_at, self.rejected) {
            (false, _) => "PROCESSING",
            (true, true) => "REJECTED",
            (true, false) => "LIVE",
        }
        .into();
        if looked_at && !self.rejected {
            post["searchUrl"] = world.permalink(KEY, &self.location, self.id()).into();
        }
        post
    }

    fn effect(&self, kind: EffectKind, media: Vec<SeenMedia>, world: &World) -> Effect {
        let mut detail = self.body.clone();
        if let Some(detail) = detail.as_object_mut() {
            detail.remove("summary");
            detail.remove("media");
        }
        Effect {
            network: KEY.to_owned(),
            account: self.location.clone(),
            kind,
            id: self.id().to_owned(),
            parent: None,
            text: self.body["summary"].as_str().unwrap_or_default().to_owned(),
            media,
            detail,
            at: world.now(),
        }
    }
}

/// The locations of a person: their names for people, and whether they take posts.
fn places(person: &str) -> Vec<(String, bool)> {
    let places = PLACES.iter().filter(|_| person != NOBODY);
    places.map(|(place, posts)| (format!("{person} {place}"), *posts)).collect()
}

fn location(title: &str, posts: bool, world: &World) -> Value {
    json!({
        "name": format!("locations/{}", world.account(KEY, title)),
        "title": title,
        "storefrontAddress": { "addressLines": ["Main Street 1"], "locality": title.rsplit(' ').next() },
        "metadata": { "canOperateLocalPost": posts, "mapsUri": format!("https://maps.google.com/?q={}", title.len()) },
    })
}

fn bad(message: &str) -> Answer {
    refused(400, "badRequest", message)
}

fn not_found() -> Answer {
    refused(404, "notFound", "Requested entity was not found.")
}

/// The part of a list that is asked for, and the token of the next one.
fn page(call: &Call, all: &[Value], most: usize, name: &str) -> Result<Answer, Answer> {
    let size = call.query("pageSize").map_or(Some(most), |size| size.parse().ok());
    let size = size.filter(|size| (1..=most).contains(size));
    let size: usize = size.ok_or_else(|| bad(&format!("pageSize must be 1 to {most}")))?;
    let from: usize = call.query("pageToken").map_or(Ok(0), str::parse).map_err(|_| bad("pageToken is invalid"))?;
    let items: Vec<&Value> = all.iter().skip(from).take(size).collect();
    let mut answer = json!({ name: items });
    if from + size < all.len() {
        answer["nextPageToken"] = (from + size).to_string().into();
    }
    Ok(Answer::json(200, &answer))
}

fn accounts(call: &Call, world: &World) -> Result<Answer, Answer> {
    let person = may(KEY, call, world, SCOPES)?.account;
    let name = format!("accounts/{}", world.account(KEY, &person));
    page(call, &[json!({ "name": name, "accountName": person, "type": "PERSONAL" })], 20, "accounts")
}

fn locations(call: &Call, world: &World) -> Result<Answer, Answer> {
    let person = may(KEY, call, world, SCOPES)?.account;
    if call.query("readMask").is_none_or(str::is_empty) {
        return Err(bad("Request contains an invalid argument: read_mask is required"));
    }
    let all: Vec<Value> = places(&person).iter().map(|(title, posts)| location(title, *posts, world)).collect();
    match call.segments().as_slice() {
        ["v1", "accounts", account, "locations"] if *account == world.account(KEY, &person).to_string() => {
            page(call, &all, 100, "locations")
        }
        ["v1", "locations", id] => {
            let found = all.iter().find(|location| location["name"] == format!("locations/{id}"));
            found.map(|location| Answer::json(200, location)).ok_or_else(not_found)
        }
        _ => Err(not_found()),
    }
}

/// What is wrong with a post, of this topic.
fn check(body: &Value) -> Result<(), Answer> {
    only(body, FIELDS)?;
    let topic = body["topicType"].as_str().unwrap_or_default();
    if !["STANDARD", "EVENT", "OFFER"].contains(&topic) {
        return Err(bad("topicType is missing or invalid"));
    }
    let summary = body["summary"].as_str().unwrap_or_default();
    if summary.encode_utf16().count() > SUMMARY {
        return Err(bad("summary is too long"));
    }
    if summary.trim().is_empty() && body.get("media").is_none() {
        return Err(bad("the post says nothing"));
    }
    if let Some(action) = body.get("callToAction") {
        only(action, &["actionType", "url"])?;
        let kind = action["actionType"].as_str().unwrap_or_default();
        let link = action["url"].as_str();
        if !ACTIONS.contains(&kind) || (kind == "CALL") == link.is_some() {
            return Err(bad("callToAction: the action is unknown, or its url is missing, or it must have none"));
        }
        if link.is_some_and(|link| !is_web(link)) {
            return Err(bad("callToAction.url is invalid"));
        }
    }
    match (topic, body.get("event")) {
        ("STANDARD", Some(_)) => return Err(bad("event is only of events and offers")),
        ("STANDARD", None) => {}
        (_, None) => return Err(bad("event is required for events and offers")),
        (_, Some(event)) => check_event(event)?,
    }
    match body.get("offer") {
        Some(_) if topic != "OFFER" => Err(bad("offer is only of offers")),
        Some(offer) => {
            only(offer, &["couponCode", "redeemOnlineUrl", "termsConditions"])?;
            match offer["redeemOnlineUrl"].as_str() {
                Some(link) if !is_web(link) => Err(bad("offer.redeemOnlineUrl is invalid")),
                _ => Ok(()),
            }
        }
        None => Ok(()),
    }
}

fn is_web(link: &str) -> bool {
    url::Url::parse(link).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

fn check_event(event: &Value) -> Result<(), Answer> {
    only(event, &["title", "schedule"])?;
    let schedule = &event["schedule"];
    only(schedule, &["startDate", "startTime", "endDate", "endTime"])?;
    if event["title"].as_str().is_none_or(|title| title.trim().is_empty()) {
        return Err(bad("event.title is required"));
    }
    let moment = |date: &str, time: &str| {
        let number = |value: &Value| value.as_u64().and_then(|number| u32::try_from(number).ok());
        let date = &schedule[date];
        let year = date["year"].as_i64().and_then(|year| i32::try_from(year).ok())?;
        let date = NaiveDate::from_ymd_opt(year, number(&date["month"])?, number(&date["day"])?)?;
        let time = &schedule[time];
        date.and_hms_opt(number(&time["hours"]).unwrap_or(0), number(&time["minutes"]).unwrap_or(0), 0)
    };
    match (moment("startDate", "startTime"), moment("endDate", "endTime")) {
        (Some(start), Some(end))
            if start.date() <= end.date() && (schedule.get("endTime").is_none() || start <= end) =>
        {
            Ok(())
        }
        _ => Err(bad("event.schedule is missing or invalid")),
    }
}

/// Fetches a post's photo.
async fn photo(body: &Value, world: &World) -> Result<Vec<SeenMedia>, Answer> {
    let Some(media) = body.get("media") else { return Ok(Vec::new()) };
    let [item] = media.as_array().map(Vec::as_slice).unwrap_or_default() else {
        return Err(bad("media: one photo is expected"));
    };
    only(item, &["mediaFormat", "sourceUrl"])?;
    if item["mediaFormat"] != "PHOTO" {
        return Err(bad("media.mediaFormat must be PHOTO"));
    }
    let fetched = world.fetch(item["sourceUrl"].as_str().unwrap_or_default()).await;
    let fetched = fetched.map_err(|why| bad(&format!("media.sourceUrl could not be fetched: {why}")))?;
    let is_photo = fetched.head.starts_with(b"\xff\xd8\xff") || fetched.head.starts_with(b"\x89PNG");
    let large = fetched.image.is_some_and(|(width, height)| width.min(height) >= PHOTO_PIXELS);
    if !is_photo || !large || !PHOTO_BYTES.contains(&fetched.size) {
        return Err(bad("media: a photo is JPEG or PNG, of 10 KB to 5 MB, and at least 250 by 250 pixels"));
    }
    Ok(vec![SeenMedia { mime: fetched.mime, size: fetched.size, alt_text: None }])
}

/// Whether a telephone number stands in the text.
fn has_telephone(text: &str) -> bool {
    let mut digits = 0;
    text.chars().any(|c| {
        digits = match c {
            '0'..='9' => digits + 1,
            '+' | '-' | ' ' | '(' | ')' | '.' | '/' => digits,
            _ => 0,
        };
        digits >= TELEPHONE
    })
}

impl GoogleBusiness {
    fn posts(&self) -> MutexGuard<'_, Vec<Post>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn api(&self, mut call: Call, world: &World) -> Result<Answer, Answer> {
        let person = may(KEY, &call, world, SCOPES)?.account;
        let segments: Vec<String> = call.segments().into_iter().map(str::to_owned).collect();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        let ["v4", "accounts", account, "locations", id, "localPosts", rest @ ..] = segments.as_slice() else {
            return Err(not_found());
        };
        let places = places(&person);
        let place = places.iter().find(|(title, _)| world.account(KEY, title).to_string() == *id);
        let place = place.filter(|_| world.account(KEY, &person).to_string() == *account);
        let (title, takes_posts) = place.ok_or_else(not_found)?;
        let parent = format!("accounts/{account}/locations/{id}/localPosts");
        let method = call.method.as_str().to_owned();
        match (method.as_str(), rest) {
            ("GET", []) => {
                let posts = self.posts();
                let own = posts.iter().rev().filter(|post| post.location == *title);
                page(&call, &own.map(|post| post.resource(world)).collect::<Vec<_>>(), 100, "localPosts")
            }
            ("POST", []) if !takes_posts => Err(refused(403, "forbidden", "The location takes no posts.")),
            ("POST", []) => {
                let body = call.json().await?;
                self.create(&body, (title, &parent), world).await
            }
            ("GET", [post]) => {
                let name = format!("{parent}/{post}");
                let posts = self.posts();
                let post = posts.iter().find(|post| post.name == name).ok_or_else(not_found)?;
                Ok(Answer::json(200, &post.resource(world)))
            }
            ("PATCH", [post]) => {
                let body = call.json().await?;
                self.change(&call, &format!("{parent}/{post}"), &body, world).await
            }
            ("DELETE", [post]) => {
                let name = format!("{parent}/{post}");
                let mut posts = self.posts();
                let index = posts.iter().position(|post| post.name == name).ok_or_else(not_found)?;
                let post = posts.remove(index);
                world.record(Effect { text: String::new(), ..post.effect(EffectKind::Delete, Vec::new(), world) });
                Ok(Answer::json(200, &json!({})))
            }
            _ => Err(not_found()),
        }
    }

    async fn create(&self, body: &Value, (title, parent): (&str, &str), world: &World) -> Result<Answer, Answer> {
        check(body)?;
        let media = photo(body, world).await?;
        let now = world.now();
        let delay = TimeDelta::from_std(world.processing(KEY)).unwrap_or_default();
        let post = Post {
            name: format!("{parent}/{}", world.new_id()),
            location: title.to_owned(),
            body: body.clone(),
            made_at: now,
            changed_at: now,
            ready_at: now + delay,
            rejected: has_telephone(body["summary"].as_str().unwrap_or_default()),
        };
        if !post.rejected {
            world.record(post.effect(EffectKind::Post, media, world));
        }
        let answer = Answer::json(200, &post.resource(world));
        self.posts().push(post);
        Ok(answer)
    }

    async fn change(&self, call: &Call, name: &str, body: &Value, world: &World) -> Result<Answer, Answer> {
        let mask: Vec<&str> = call.query("updateMask").unwrap_or_default().split(',').collect();
        if let Some(field) = mask.iter().find(|field| !CHANGEABLE.contains(field)) {
            return Err(bad(&format!("updateMask: {field:?} cannot be changed")));
        }
        only(body, CHANGEABLE)?;
        let old = self.posts().iter().find(|post| post.name == name).cloned().ok_or_else(not_found)?;
        let mut new = old.clone();
        if let Some(fields) = new.body.as_object_mut() {
            for field in &mask {
                match body.get(*field) {
                    Some(value) => fields.insert((*field).to_owned(), value.clone()),
                    None => fields.remove(*field),
                };
            }
        }
        check(&new.body)?;
        let media = if mask.contains(&"media") { photo(&new.body, world).await? } else { Vec::new() };
        new.changed_at = world.now();
        world.record(new.effect(EffectKind::Edit, media, world));
        let answer = Answer::json(200, &new.resource(world));
        if let Some(post) = self.posts().iter_mut().find(|post| post.name == name) {
            *post = new;
        }
        Ok(answer)
    }
}

#[async_trait]
impl Service for GoogleBusiness {
    fn key(&self) -> &'static str {
        KEY
    }

    fn hosts(&self) -> &'static [&'static str] {
        &[google::PEOPLE, POSTS, ACCOUNTS, LOCATIONS]
    }

    async fn answer(&self, call: Call, world: &World) -> Answer {
        let answer = match call.host.as_str() {
            google::PEOPLE => Ok(google::authorize(KEY, &call, world)),
            ACCOUNTS if call.path == "/v1/accounts" => accounts(&call, world),
            LOCATIONS => locations(&call, world),
            POSTS => self.api(call, world).await,
            _ => Err(not_found()),
        };
        answer.unwrap_or_else(|refused| refused)
    }

    fn trouble(&self, status: u16) -> Value {
        google::trouble(status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telephone_numbers_are_found() {
        assert!(has_telephone("call +49 (30) 123-456"));
        assert!(!has_telephone("from 2027-01-3 on, 20 of them"));
    }
}
