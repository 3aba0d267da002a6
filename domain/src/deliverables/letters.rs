//! What whoever hands a deliverable in is written: the other side of the contract with a link of their own, people of the agency with one
//! into the client application.

use chrono::{DateTime, Utc};
use diwan_entity::contracts::contract;
use diwan_entity::links::public_link::LinkPurpose;
use diwan_entity::payments::deliverable;
use diwan_entity::tenancy::agency::Locale;
use diwan_platform::db;
use sea_orm::{ActiveEnum as _, FromQueryResult};
use url::Url;
use uuid::Uuid;

use super::place::Place;
use crate::calendar::day_start;
use crate::context::Services;
use crate::error::{Arg, Failure};
use crate::messages::{date_in_words, time_in_words};
use crate::permission::Permit;
use crate::public_links::{self, GOOD_FOR, LinkFor, NewLink};
use crate::trust::{Letter, queue_letter};

/// What the ids of deliverables begin with.
const DELIVERABLE: &str = "deliverable";

/// What a letter is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Occasion {
    /// It is to be handed in.
    Asked,
    /// It came back.
    SentBack,
    /// Its day comes soon.
    Soon,
    /// Its day has passed.
    Late,
}

impl Occasion {
    fn template(self) -> &'static str {
        match self {
            Self::Asked => "deliverable-link",
            Self::SentBack => "deliverable-sent-back",
            Self::Soon => "deliverable-soon",
            Self::Late => "deliverable-late",
        }
    }
}

/// Somebody who is written to.
struct Reader {
    name: String,
    email: String,
    locale: Locale,
}

#[derive(FromQueryResult)]
struct Person {
    name: String,
    email: Option<String>,
    locale: String,
    kind: String,
}

/// Makes a link by which the other side hands it in, and writes it to them where it is known where to. Answers its address, its end, and
/// whether it was written.
pub(super) async fn make_link(
    services: &Services,
    permit: Permit<'_>,
    now: DateTime<Utc>,
    (contract, row): (&contract::Model, &deliverable::Model),
    occasion: Occasion,
) -> Result<(Url, DateTime<Utc>, bool), Failure> {
    let (name, email) = (contract.party_name.clone(), contract.party_email.clone());
    let person = LinkFor { user_id: None, name: name.clone(), email: email.clone(), locale: contract.locale };
    let expires_at = now + GOOD_FOR;
    // In a letter alone it is nobody's of the team: whoever has it sent may accept what comes by it.
    let shown = occasion == Occasion::Asked;
    let new = NewLink { purpose: LinkPurpose::Deliverable, subject_id: row.id, person, expires_at, shown };
    let (_, url) = public_links::make(services, permit, now, new).await?;
    let written = !email.is_empty();
    if written {
        let reader = Reader { name, email, locale: contract.locale };
        write(services, permit, row, (reader, occasion), (Some(url.clone()), expires_at)).await?;
    }
    Ok((url, expires_at, written))
}

/// Writes to whoever hands a deliverable in, if mail reaches them. The other side gets a new link: of those that they have the digest
/// alone is kept. Of reminders, people of the staff are told by a notice.
pub(super) async fn write_to_whose_it_is(
    services: &Services,
    permit: Permit<'_>,
    now: DateTime<Utc>,
    (contract, row): (&contract::Model, &deliverable::Model),
    occasion: Occasion,
) -> Result<(), Failure> {
    let reminder = matches!(occasion, Occasion::Soon | Occasion::Late);
    let Some(assignee) = row.assignee_id else {
        // Where the team has ended all that there were, nobody but the team makes another.
        let ended = reminder && all_ended(permit, row).await?;
        if !contract.party_email.is_empty() && !ended {
            make_link(services, permit, now, (contract, row), occasion).await?;
        }
        return Ok(());
    };
    let Some(reader) = assigned(permit, now, assignee, !reminder).await? else { return Ok(()) };
    let link = services.open_in_app(DELIVERABLE, row.id);
    write(services, permit, row, (reader, occasion), (link, now + GOOD_FOR)).await
}

/// Whether there were links to hand a deliverable in, and the team has ended them all.
async fn all_ended(permit: Permit<'_>, row: &deliverable::Model) -> Result<bool, Failure> {
    let sql = "select coalesce(bool_and(revoked_at is not null), false) from public_link
      where brand_id = $1 and purpose = 'DELIVERABLE' and subject_id = $2";
    Ok(db::scalar(permit.tx(), sql, [row.brand_id.into(), row.id.into()]).await?)
}

/// Somebody of the brand who can be written to; staff where they are meant, too.
async fn assigned(
    permit: Permit<'_>,
    now: DateTime<Utc>,
    user_id: Uuid,
    also_staff: bool,
) -> Result<Option<Reader>, Failure> {
    let sql = "select name, email, locale, kind from app.brand_people($1, $2) where user_id = $3";
    let values: [sea_orm::Value; 3] = [permit.brand_id.into(), now.into(), user_id.into()];
    let found: Option<Person> = db::one(permit.tx(), sql, values).await?;
    let Some(Person { name, email: Some(email), locale, kind }) = found else { return Ok(None) };
    if kind == "STAFF" && !also_staff {
        return Ok(None);
    }
    Ok(Some(Reader { name, email, locale: Locale::try_from_value(&locale)? }))
}

async fn write(
    services: &Services,
    permit: Permit<'_>,
    row: &deliverable::Model,
    (reader, occasion): (Reader, Occasion),
    (link, until): (Option<Url>, DateTime<Utc>),
) -> Result<(), Failure> {
    let Reader { name, email, locale } = reader;
    let place = Place::read(permit.tx(), row.brand_id).await?;
    let due = date_in_words(locale, place.system, place.zone, day_start(place.zone, row.due_on));
    let until = time_in_words(locale, place.system, place.zone, until);
    let text = |text: String| Arg::Text(text.into());
    let letter = Letter {
        to: email,
        locale,
        template: occasion.template(),
        args: vec![
            ("name", text(name)),
            ("agency", text(place.agency)),
            ("brand", text(place.brand)),
            ("title", text(row.title.clone())),
            ("due", text(due)),
            ("reason", text(row.reason.clone())),
            ("when", text(until)),
        ],
        link,
    };
    queue_letter(permit.tx(), services, letter).await
}
