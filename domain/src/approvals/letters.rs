//! What people are written about approvals.

use std::collections::BTreeSet;

use diwan_entity::approvals::approval_request::{self, RequestState};
use sea_orm::{ActiveEnum as _, ConnectionTrait};
use uuid::Uuid;

use super::ground::Ground;
use super::review_links::{GOOD_FOR, links_for};
use super::seats::{Asked, stand_in};
use crate::context::Services;
use crate::error::{Arg, Failure};
use crate::messages;
use crate::trust::{Letter, queue_letters};

/// What the ids of requests begin with.
pub(super) const APPROVAL: &str = "approval";

/// Whom a step asks for, with those who stand in for them: who is written to.
pub(super) fn asked_people(ground: &Ground, request: &approval_request::Model, asked: &Asked) -> BTreeSet<Uuid> {
    let matter = ground.matter_of(request);
    let mut people = BTreeSet::new();
    for seat in asked.deciders(&ground.seats, &matter) {
        people.insert(seat.user_id);
        people.extend(stand_in(&ground.seats, seat, &matter).map(|delegate| delegate.user_id));
    }
    people
}

/// Why people who can decide are written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Occasion {
    /// It has become their turn.
    Asked,
    /// They have not decided.
    Reminded,
}

/// Writes to people who can decide. Clients get a link of their own by which they do so without signing in.
pub(super) async fn ask(
    tx: &impl ConnectionTrait,
    services: &Services,
    ground: &Ground,
    request: &approval_request::Model,
    occasion: Occasion,
    people: impl IntoIterator<Item = Uuid>,
) -> Result<(), Failure> {
    let requester = ground.name(request.requested_by).unwrap_or_default();
    let people: Vec<Uuid> = people.into_iter().collect();
    let mut links = links_for(tx, services, ground, request, &people).await?;
    let letters = people.into_iter().filter_map(|id| {
        let person = ground.person(id)?;
        let link = links.remove(&id);
        let template = match (occasion, link.is_some()) {
            (Occasion::Asked, false) => "approval-requested",
            (Occasion::Asked, true) => "review-requested",
            (Occasion::Reminded, false) => "approval-reminder",
            (Occasion::Reminded, true) => "review-reminder",
        };
        Some(Letter {
            to: person.email.clone()?,
            locale: person.locale,
            template,
            args: vec![
                ("name", Arg::Text(person.name.clone().into())),
                ("title", Arg::Text(request.title.clone().into())),
                ("requester", Arg::Text(requester.clone().into())),
                ("days", Arg::Number(GOOD_FOR.num_days())),
            ],
            link: link.or_else(|| services.open_in_app(APPROVAL, request.id)),
        })
    });
    queue_letters(tx, services, letters.collect()).await
}

/// Tells whoever asked how it ended, unless they ended it themselves.
pub(super) async fn tell_requester(
    tx: &impl ConnectionTrait,
    services: &Services,
    ground: &Ground,
    request: &approval_request::Model,
    state: RequestState,
    by: Option<Uuid>,
    comment: Option<&str>,
) -> Result<(), Failure> {
    let letter = letter_of_end(services, ground, request, (state, by, comment));
    queue_letters(tx, services, letter.into_iter().collect()).await
}

/// The same of several requests that came to one end, with nothing said of it.
pub(super) async fn tell_requesters(
    tx: &impl ConnectionTrait,
    services: &Services,
    ground: &Ground,
    requests: &[approval_request::Model],
    state: RequestState,
    by: Option<Uuid>,
) -> Result<(), Failure> {
    let letters = requests.iter().filter_map(|request| letter_of_end(services, ground, request, (state, by, None)));
    queue_letters(tx, services, letters.collect()).await
}

/// The letter to whoever asked; none where they ended it themselves, have left, or no mail reaches them.
fn letter_of_end(
    services: &Services,
    ground: &Ground,
    request: &approval_request::Model,
    (state, by, comment): (RequestState, Option<Uuid>, Option<&str>),
) -> Option<Letter> {
    let person = ground.person(request.requested_by).filter(|_| by != Some(request.requested_by))?;
    let to = person.email.clone()?;
    let outcome = format!("approval-outcome-{}", state.to_value().to_ascii_lowercase().replace('_', "-"));
    Some(Letter {
        to,
        locale: person.locale,
        template: "approval-decided",
        args: vec![
            ("name", Arg::Text(person.name.clone().into())),
            ("title", Arg::Text(request.title.clone().into())),
            ("outcome", Arg::Text(messages::message(person.locale, &outcome, &[]).into())),
            ("comment", Arg::Text(comment.unwrap_or_default().to_owned().into())),
        ],
        link: services.open_in_app(APPROVAL, request.id),
    })
}
