//! A page that one person opens by a link and answers on: what all of them do. What each is about is its [`Page`].

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, Resource, web};
use diwan_domain::public_links::{Answered, Caller, Opened};
use diwan_domain::{Failure, Services, UserError};
use diwan_gate::Meter;
use serde::de::DeserializeOwned;

use super::super::language;
use super::frame::{MOST_BYTES, PRICE, PRICE_OF_ANSWER, caller, done, ended, lost, pay, refused_with, said};
use crate::state::State;

/// What was sent and not done, so that nobody types it again.
#[derive(Debug, Default)]
pub struct Sent<F> {
    /// What somebody filled in.
    pub form: F,
    /// Why it was not done.
    pub errors: Vec<UserError>,
}

/// Why nothing came of a form.
pub enum Unread {
    /// It is none of ours.
    Foreign,
    /// It failed.
    Failed(Failure),
}

impl From<Failure> for Unread {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// What the holder of a link sees, and how they answer.
pub trait Page: Sized + 'static {
    /// Where such pages are: what stands before the secret.
    const PLACE: &'static str;
    /// What somebody fills in.
    type Form: DeserializeOwned + Default + 'static;

    /// What a link opens now.
    async fn open(services: &Arc<Services>, secret: &str) -> Result<Opened<Self>, Failure>;

    /// Does what a form says.
    async fn answer(
        services: &Arc<Services>,
        secret: &str,
        form: &Self::Form,
        caller: Caller,
    ) -> Result<Answered<Self>, Unread>;

    /// The page at this path.
    fn shown(&self, status: StatusCode, path: &str, sent: Sent<Self::Form>) -> HttpResponse;

    /// How the page answers that shows what was refused.
    fn status_of(errors: &[UserError]) -> StatusCode {
        refused_with(errors)
    }
}

/// Where a page is, which is read and sent back. It takes no `HEAD`: that a proposal was opened is noted.
pub fn resource<P: Page>() -> Resource {
    web::resource(path::<P>("{secret}"))
        .app_data(web::FormConfig::default().limit(MOST_BYTES))
        .route(web::get().to(open::<P>))
        .route(web::post().to(answer::<P>))
}

/// The path of a page.
pub fn path<P: Page>(secret: &str) -> String {
    format!("{}/{secret}", P::PLACE)
}

/// Shows a page.
pub async fn open<P: Page>(http: HttpRequest, state: web::Data<State>, secret: web::Path<String>) -> HttpResponse {
    let meter = match pay(&http, &state, PRICE) {
        Ok(meter) => meter,
        Err(busy) => return busy,
    };
    match P::open(&state.services, &secret).await {
        Ok(Opened::View(page)) => page.shown(StatusCode::OK, &path::<P>(&secret), Sent::default()),
        Ok(Opened::Ended(ending, locale)) => ended(ending, locale),
        Err(failure) => lost(&http, &meter, &failure),
    }
}

async fn answer<P: Page>(
    http: HttpRequest,
    state: web::Data<State>,
    secret: web::Path<String>,
    filled: web::Form<P::Form>,
) -> HttpResponse {
    let meter = match pay(&http, &state, PRICE_OF_ANSWER) {
        Ok(meter) => meter,
        Err(busy) => return busy,
    };
    let form = filled.into_inner();
    let answered = P::answer(&state.services, &secret, &form, caller(&http, &state)).await;
    told(&http, &meter, &secret, form, answered)
}

/// What somebody is told of what they sent.
pub fn told<P: Page>(
    http: &HttpRequest,
    meter: &Meter,
    secret: &str,
    form: P::Form,
    answered: Result<Answered<P>, Unread>,
) -> HttpResponse {
    match answered {
        Ok(Answered::Done) => done(&path::<P>(secret)),
        Ok(Answered::Refused(page, errors)) => {
            page.shown(P::status_of(&errors), &path::<P>(secret), Sent { form, errors })
        }
        Ok(Answered::Ended(ending, locale)) => ended(ending, locale),
        Err(Unread::Foreign) => foreign(http),
        Err(Unread::Failed(failure)) => lost(http, meter, &failure),
    }
}

/// What no page of ours sends.
pub fn foreign(http: &HttpRequest) -> HttpResponse {
    said(StatusCode::BAD_REQUEST, language(http), "link-title", "link-unknown")
}
