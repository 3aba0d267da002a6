//! A person's calendar as other programs read it, by a secret link.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, EntityTag, Header as _, IfNoneMatch};
use actix_web::{HttpRequest, HttpResponse, web};
use diwan_domain::Failure;
use diwan_domain::calendar::read_calendar_feed;
use diwan_gate::Meter;

use super::peer::peer;
use super::{language, refuse};
use crate::state::State;

/// What a reading costs, in the points of the API: 200 readings a minute.
const PRICE: usize = 1000;
/// What asking for a feed that is not there costs besides.
const GUESS: usize = 4000;

/// Sends a feed, or says that it is as it was.
pub async fn send(http: HttpRequest, state: web::Data<State>, secret: web::Path<String>) -> HttpResponse {
    let now = state.services.now();
    let meter = Meter::new(Arc::clone(&state.limiter), peer(&http, &state), now);
    if meter.check().is_err() {
        let seconds = (meter.left().reset_at - now).num_seconds().max(1);
        return HttpResponse::build(StatusCode::TOO_MANY_REQUESTS)
            .insert_header((header::RETRY_AFTER, seconds.to_string()))
            .finish();
    }
    meter.fine(PRICE);
    let file = match read_calendar_feed(&state.services, &secret).await {
        Ok(file) => file,
        Err(failure) => {
            if matches!(failure, Failure::Refused(_)) {
                meter.fine(GUESS);
            }
            return refuse(&failure, language(&http));
        }
    };
    let tag = EntityTag::new_strong(file.digest);
    let same = match IfNoneMatch::parse(&http) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(items)) => items.iter().any(|item| item.weak_eq(&tag)),
        Err(_) => false,
    };
    let mut answer = HttpResponse::build(if same { StatusCode::NOT_MODIFIED } else { StatusCode::OK });
    // Nobody but the reader keeps it, and the reader asks each time whether it is still so.
    answer.insert_header(header::ETag(tag)).insert_header((header::CACHE_CONTROL, "private, no-cache"));
    if same {
        return answer.finish();
    }
    answer
        .content_type("text/calendar; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, "inline; filename=\"calendar.ics\""))
        .body(file.body)
}
