//! What a post is made of, and what Google would refuse of it.

use chrono::{Datelike as _, NaiveDate, NaiveDateTime, NaiveTime, Timelike as _};
use serde_json::{Map, Value, json};

use super::{
    BUTTON, BUTTON_LINK, CAPABILITIES, COUPON, ENDS, EVENT_TITLE, LEAST_PHOTO_BYTES, LEAST_PHOTO_PIXELS, POST_TYPE,
    REDEEM_LINK, STARTS, TERMS,
};
use crate::capabilities::Limits;
use crate::content::{Content, Draft, Options, Part, Violation, ViolationCode};
use crate::error::{ErrorKind, NetworkError};
use crate::validate::{self, web_page};

/// The topic of a post that is neither an event nor an offer.
pub const STANDARD: &str = "STANDARD";
const EVENT: &str = "EVENT";
const OFFER: &str = "OFFER";

/// What only an event or an offer has, and what only an offer has.
const OF_EVENTS: &[&str] = &[EVENT_TITLE, STARTS, ENDS];
const OF_OFFERS: &[&str] = &[COUPON, REDEEM_LINK, TERMS];

/// The topic that the options name.
pub fn topic(options: &Options) -> &'static str {
    match options.get(POST_TYPE).map(String::as_str) {
        Some("event") => EVENT,
        Some("offer") => OFFER,
        _ => STANDARD,
    }
}

/// A moment in the location's own time, with or without its time of day.
struct Moment(NaiveDate, Option<NaiveTime>);

impl Moment {
    fn parse(text: &str) -> Option<Self> {
        if let Ok(date) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
            return Some(Self(date, None));
        }
        let moment = NaiveDateTime::parse_from_str(&text.replace('T', " "), "%Y-%m-%d %H:%M").ok()?;
        Some(Self(moment.date(), Some(moment.time())))
    }

    fn date(&self) -> Value {
        json!({ "year": self.0.year(), "month": self.0.month(), "day": self.0.day() })
    }

    fn time(&self) -> Option<Value> {
        self.1.map(|time| json!({ "hours": time.hour(), "minutes": time.minute() }))
    }

    /// The order of a beginning and an end.
    fn comes_after(&self, other: &Self) -> bool {
        (self.0, self.1) > (other.0, other.1)
    }
}

/// Everything that Google would refuse.
pub fn violations(limits: &Limits, draft: &Draft) -> Vec<Violation> {
    let mut found = validate::violations(&CAPABILITIES, limits, draft);
    found.extend(photo(draft));
    let options = &draft.options;
    let topic = topic(options);
    let mut add = |code, name: &str| found.push(Violation::of(code, Part::Option(name.to_owned())));
    for name in OF_EVENTS {
        match (topic, options.contains_key(*name)) {
            (STANDARD, true) => add(ViolationCode::NotTogether, name),
            (EVENT | OFFER, false) => add(ViolationCode::OptionMissing, name),
            _ => {}
        }
    }
    for name in OF_OFFERS.iter().filter(|name| topic != OFFER && options.contains_key(**name)) {
        add(ViolationCode::NotTogether, name);
    }
    let moments = [STARTS, ENDS].map(|name| (name, options.get(name).map(|text| Moment::parse(text.trim()))));
    for (name, moment) in &moments {
        if matches!(moment, Some(None)) {
            add(ViolationCode::OptionInvalid, name);
        }
    }
    if let [(_, Some(Some(start))), (_, Some(Some(end)))] = &moments
        && start.comes_after(end)
    {
        add(ViolationCode::OptionInvalid, ENDS);
    }
    for name in [BUTTON_LINK, REDEEM_LINK] {
        if options.get(name).is_some_and(|link| web_page(link).is_none()) {
            add(ViolationCode::OptionInvalid, name);
        }
    }
    match options.get(BUTTON).map(String::as_str) {
        // The button of an offer leads to where it is redeemed.
        Some(_) if topic == OFFER => add(ViolationCode::NotTogether, BUTTON),
        // It calls the number of the location.
        Some("call") if options.contains_key(BUTTON_LINK) => add(ViolationCode::NotTogether, BUTTON_LINK),
        Some("call") => {}
        Some(_) if !options.contains_key(BUTTON_LINK) => add(ViolationCode::OptionMissing, BUTTON_LINK),
        None if options.contains_key(BUTTON_LINK) => add(ViolationCode::OptionMissing, BUTTON),
        _ => {}
    }
    found
}

/// What is wrong with the photo's size.
fn photo(draft: &Draft) -> Vec<Violation> {
    let mut found = Vec::new();
    for (index, media) in draft.media.iter().enumerate().filter(|(_, media)| !media.is_video()) {
        let mut add = |limit, actual| {
            let (code, media_index) = (ViolationCode::MediaShape, Some(index));
            found.push(Violation { code, part: Part::Text, limit, actual, unit: None, media_index });
        };
        let shorter = media.width.min(media.height);
        if shorter < LEAST_PHOTO_PIXELS {
            add(Some(u64::from(LEAST_PHOTO_PIXELS)), Some(u64::from(shorter)));
        }
        if media.size < LEAST_PHOTO_BYTES {
            add(None, None);
        }
    }
    found
}

/// A new post.
pub fn post(content: &Content) -> Result<Value, NetworkError> {
    let mut body = words(content)?;
    if let Value::Object(body) = &mut body {
        body.insert("topicType".to_owned(), topic(&content.options).into());
        if let Some(language) = &content.language {
            body.insert("languageCode".to_owned(), language.as_str().into());
        }
        if let Some(photo) = content.media.first() {
            let media = json!([{ "mediaFormat": "PHOTO", "sourceUrl": photo.link.as_str() }]);
            body.insert("media".to_owned(), media);
        }
    }
    Ok(body)
}

/// What can be changed of a post.
pub fn words(content: &Content) -> Result<Value, NetworkError> {
    let options = &content.options;
    let option = |name| options.get(name).map(String::as_str);
    let mut body = Map::from_iter([("summary".to_owned(), json!(content.text))]);
    if let Some(button) = option(BUTTON) {
        let mut action = json!({ "actionType": button.to_uppercase() });
        if let Some(link) = option(BUTTON_LINK) {
            action["url"] = link.into();
        }
        body.insert("callToAction".to_owned(), action);
    }
    let topic = topic(options);
    if topic != STANDARD {
        body.insert("event".to_owned(), event(options)?);
    }
    if topic == OFFER {
        let offer = [("couponCode", COUPON), ("redeemOnlineUrl", REDEEM_LINK), ("termsConditions", TERMS)];
        let offer = offer.into_iter().filter_map(|(name, from)| Some((name.to_owned(), option(from)?.into())));
        body.insert("offer".to_owned(), Value::Object(offer.collect()));
    }
    Ok(body.into())
}

fn event(options: &Options) -> Result<Value, NetworkError> {
    let missing = |name: &str| NetworkError::new(ErrorKind::Content, "option_missing", format!("{name} says nothing"));
    let moment =
        |name: &str| options.get(name).and_then(|text| Moment::parse(text.trim())).ok_or_else(|| missing(name));
    let (start, end) = (moment(STARTS)?, moment(ENDS)?);
    let mut schedule = json!({ "startDate": start.date(), "endDate": end.date() });
    for (name, time) in [("startTime", start.time()), ("endTime", end.time())] {
        if let Some(time) = time {
            schedule[name] = time;
        }
    }
    let title = options.get(EVENT_TITLE).ok_or_else(|| missing(EVENT_TITLE))?;
    Ok(json!({ "title": title, "schedule": schedule }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::DraftMedia;

    fn found(options: &[(&str, &str)]) -> Vec<(ViolationCode, String)> {
        let options = options.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let draft = Draft { text: "words".to_owned(), options, ..Draft::default() };
        let found = violations(&Limits::defaults(&CAPABILITIES), &draft).into_iter();
        let name = |part| match part {
            Part::Option(name) => name,
            other => format!("{other:?}"),
        };
        found.map(|violation| (violation.code, name(violation.part))).collect()
    }

    #[test]
    fn what_belongs_together_stands_together() {
        use ViolationCode as V;
        let event = [(POST_TYPE, "event"), (EVENT_TITLE, "Fair"), (STARTS, "2027-01-31"), (ENDS, "2027-02-01 18:30")];
        assert_eq!(found(&event), []);
        let is = |code, name: &str| vec![(code, name.to_owned())];
        assert_eq!(found(&event[..3]), is(V::OptionMissing, ENDS));
        assert_eq!(found(&event[1..2]), is(V::NotTogether, EVENT_TITLE));
        assert_eq!(found(&[event[0], event[1], (STARTS, "2027-03-01"), event[3]]), is(V::OptionInvalid, ENDS));
        assert_eq!(found(&[event[0], event[1], (STARTS, "31.1.2027"), event[3]]), is(V::OptionInvalid, STARTS));
        assert_eq!(found(&[(COUPON, "A1")]), is(V::NotTogether, COUPON));
        assert_eq!(found(&[(BUTTON, "shop")]), is(V::OptionMissing, BUTTON_LINK));
        assert_eq!(found(&[(BUTTON_LINK, "https://shop.example/")]), is(V::OptionMissing, BUTTON));
        assert_eq!(found(&[(BUTTON, "shop"), (BUTTON_LINK, "shop.example")]), is(V::OptionInvalid, BUTTON_LINK));
        assert_eq!(found(&[(BUTTON, "call")]), []);
        let offer = [(POST_TYPE, "offer"), (COUPON, "A1"), (BUTTON, "shop"), event[1], event[2], event[3]];
        assert_eq!(found(&offer), is(V::NotTogether, BUTTON));
    }

    #[test]
    fn a_photo_is_large_enough() {
        let photo = |width, size| DraftMedia {
            mime: "image/jpeg".to_owned(),
            size,
            width,
            height: 900,
            alt_text: String::new(),
            duration_ms: None,
        };
        let codes = |photo| {
            let draft = Draft { text: "words".to_owned(), media: vec![photo], ..Draft::default() };
            violations(&Limits::defaults(&CAPABILITIES), &draft).iter().map(|found| found.code).collect::<Vec<_>>()
        };
        assert_eq!(codes(photo(250, LEAST_PHOTO_BYTES)), []);
        assert_eq!(codes(photo(249, LEAST_PHOTO_BYTES)), [ViolationCode::MediaShape]);
        assert_eq!(codes(photo(250, LEAST_PHOTO_BYTES - 1)), [ViolationCode::MediaShape]);
    }
}
