//! What people are written about proposals.

use chrono::{DateTime, Utc};
use diwan_entity::proposals::proposal;
use diwan_entity::tenancy::agency::Locale;
use diwan_platform::db;
use sea_orm::{ActiveEnum as _, ConnectionTrait, FromQueryResult};
use url::Url;

use crate::context::Services;
use crate::error::{Arg, Failure};
use crate::trust::{Letter, queue_letter};

/// What the ids of proposals begin with.
const PROPOSAL: &str = "proposal";

/// What whoever sent a proposal is told.
#[derive(Debug, Clone, Copy)]
pub(super) enum News<'a> {
    /// It was accepted, by this person.
    Accepted(&'a str),
    /// The client said no, for this reason.
    Declined(&'a str),
    /// The client said something.
    Commented(&'a str),
    /// Nobody answered in time.
    Expired,
}

#[derive(FromQueryResult)]
struct Person {
    name: String,
    email: Option<String>,
    locale: String,
}

/// Tells whoever sent a proposal, or has taken it over, if they are still of the brand and mail reaches them.
pub(super) async fn tell_sender(
    tx: &impl ConnectionTrait,
    services: &Services,
    now: DateTime<Utc>,
    row: &proposal::Model,
    news: News<'_>,
) -> Result<(), Failure> {
    let Some(owner) = row.owner_id.or(row.sent_by) else { return Ok(()) };
    let sql = "select name, email, locale from app.brand_people($1, $2) where user_id = $3";
    let values: [sea_orm::Value; 3] = [row.brand_id.into(), now.into(), owner.into()];
    let found: Option<Person> = db::one(tx, sql, values).await?;
    let Some((person, to)) = found.and_then(|person| person.email.clone().map(|to| (person, to))) else {
        return Ok(());
    };
    let client = row.client_name.clone().unwrap_or_default();
    let (template, who, words) = match news {
        News::Accepted(signer) => ("proposal-accepted", signer.to_owned(), String::new()),
        News::Declined(reason) => ("proposal-declined", client, reason.to_owned()),
        News::Commented(words) => ("proposal-commented", client, words.to_owned()),
        News::Expired => ("proposal-expired", client, String::new()),
    };
    let letter = Letter {
        to,
        locale: Locale::try_from_value(&person.locale)?,
        template,
        args: vec![
            ("name", Arg::Text(person.name.into())),
            ("who", Arg::Text(who.into())),
            ("title", Arg::Text(row.title.clone().into())),
            ("words", Arg::Text(words.into())),
        ],
        link: services.open_in_app(PROPOSAL, row.id),
    };
    queue_letter(tx, services, letter).await
}

/// Writes to the client: the link by which they read and answer, or, without one, what the team said.
pub(super) async fn write_client(
    tx: &impl ConnectionTrait,
    services: &Services,
    row: &proposal::Model,
    (template, link): (&'static str, Option<Url>),
    more: Vec<(&'static str, Arg)>,
) -> Result<(), Failure> {
    let Some(to) = row.client_email.clone() else { return Ok(()) };
    let mut args = vec![
        ("name", Arg::Text(row.client_name.clone().unwrap_or_default().into())),
        ("title", Arg::Text(row.title.clone().into())),
    ];
    args.extend(more);
    queue_letter(tx, services, Letter { to, locale: row.locale, template, args, link }).await
}
