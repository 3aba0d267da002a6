//! Opening a link, and doing what it is good for.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use diwan_entity::links::public_link::{self, LinkPurpose};
use diwan_entity::tenancy::agency::Locale;
use diwan_platform::crypto::sha256;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum as _, ColumnTrait as _, DbErr, EntityTrait as _, FromQueryResult, QueryFilter as _};
use uuid::Uuid;

use crate::context::{Context, Services};
use crate::error::{Code, Failure, Fault, UserError};
use crate::permission::Permit;

/// How a link ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkEnding {
    /// Its time is over.
    Expired,
    /// Somebody ended it, or what it was for is over.
    Revoked,
}

impl LinkEnding {
    fn of(name: &str) -> Result<Self, Fault> {
        match name {
            "EXPIRED" => Ok(Self::Expired),
            "REVOKED" => Ok(Self::Revoked),
            other => Err(Fault::broken(format!("a public link that ended as {other}"))),
        }
    }

    /// Its name in the catalogue: `link-ended-<name>`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}

#[derive(FromQueryResult)]
struct Entered {
    link_id: Uuid,
    brand_id: Uuid,
    agency_id: Uuid,
    subject_id: Uuid,
    user_id: Option<Uuid>,
    person_name: String,
    locale: String,
    expires_at: DateTime<Utc>,
    ending: Option<String>,
}

/// A link that is good, within an operation in which its brand's scope is open.
#[derive(Debug, Clone)]
pub(crate) struct PublicLink {
    /// The link.
    pub id: Uuid,
    /// Whose.
    pub brand_id: Uuid,
    agency_id: Uuid,
    /// What it is about.
    pub subject_id: Uuid,
    /// Somebody of the agency; none: somebody outside.
    pub user_id: Option<Uuid>,
    /// The name of whoever it is for.
    pub person_name: String,
    /// The language that they read.
    pub locale: Locale,
    /// Until when it works.
    pub expires_at: DateTime<Utc>,
}

impl PublicLink {
    /// The right to write what the link is about, and nothing else. The secret is the proof of it. Nobody of the product acts, also where
    /// the link is for somebody of the agency: the audit trail is told of the link.
    pub fn permit<'a>(&self, context: &'a Context) -> Permit<'a> {
        Permit { tx: context.own_tx(), brand_id: self.brand_id, actor_id: None, agency_id: self.agency_id }
    }
}

/// What a secret opens.
#[derive(Debug)]
pub(crate) enum Found {
    /// A link that is good. The scope of its brand is open.
    Open(PublicLink),
    /// Nothing any more, said in the language of whoever it was for.
    Ended(LinkEnding, Locale),
}

/// What came of doing something by a link.
#[derive(Debug)]
pub(crate) enum Outcome<T> {
    /// It was done, and counts.
    Done(T),
    /// Nothing was written, for these reasons.
    Refused(Vec<UserError>),
    /// The link has ended.
    Ended(LinkEnding, Locale),
}

/// What a link shows to its holder.
#[derive(Debug)]
pub enum Opened<V> {
    /// What it is for.
    View(Box<V>),
    /// Nothing any more, said in the language of whoever it was for.
    Ended(LinkEnding, Locale),
}

/// What the holder of a link is told of what they did.
#[derive(Debug)]
pub enum Answered<V> {
    /// It counts, or counted before.
    Done,
    /// Nothing was written, for these reasons. With what they see now.
    Refused(Box<V>, Vec<UserError>),
    /// The link has ended.
    Ended(LinkEnding, Locale),
}

impl<V> Opened<V> {
    /// What its holder is told where this was refused.
    pub(crate) fn refused(self, errors: Vec<UserError>) -> Answered<V> {
        match self {
            Self::View(view) => Answered::Refused(view, errors),
            Self::Ended(ending, locale) => Answered::Ended(ending, locale),
        }
    }
}

impl Outcome<()> {
    /// What the holder of the link is told of it. What they see `now` is read only where it was refused.
    pub async fn answered<V>(
        self,
        now: impl Future<Output = Result<Opened<V>, Failure>>,
    ) -> Result<Answered<V>, Failure> {
        Ok(match self {
            Self::Done(()) => Answered::Done,
            Self::Refused(errors) => now.await?.refused(errors),
            Self::Ended(ending, locale) => Answered::Ended(ending, locale),
        })
    }
}

/// Opens the scope of a link's brand in an operation of a stranger. Refused with [`Code::LinkInvalid`] where there is none of this
/// secret for this purpose.
pub(crate) async fn find(context: &Context, secret: &str, purpose: LinkPurpose) -> Result<Found, Failure> {
    let sql = "select * from app.enter_public_link($1, $2, $3)";
    let values = [sha256(secret.as_bytes()).to_vec().into(), purpose.to_value().into(), context.now.into()];
    let row = context.rows::<Entered>(sql, values).await?.pop().ok_or(Code::LinkInvalid)?;
    let locale = Locale::try_from_value(&row.locale)?;
    if let Some(ending) = &row.ending {
        return Ok(Found::Ended(LinkEnding::of(ending)?, locale));
    }
    Ok(Found::Open(PublicLink {
        id: row.link_id,
        brand_id: row.brand_id,
        agency_id: row.agency_id,
        subject_id: row.subject_id,
        user_id: row.user_id,
        person_name: row.person_name,
        locale,
        expires_at: row.expires_at,
    }))
}

/// Shows what a link is for, as it is now. Nothing is written.
pub(crate) async fn open<V>(
    services: &Arc<Services>,
    secret: &str,
    purpose: LinkPurpose,
    view: impl AsyncFnOnce(&Context, &PublicLink) -> Result<V, Failure>,
) -> Result<Opened<V>, Failure> {
    let context = Context::stranger(Arc::clone(services), services.db.read().await?);
    let opened = match find(&context, secret, purpose).await? {
        Found::Open(link) => Opened::View(Box::new(view(&context, &link).await?)),
        Found::Ended(ending, locale) => Opened::Ended(ending, locale),
    };
    context.roll_back().await?;
    Ok(opened)
}

/// Does what the holder of a link wants, in a transaction of its own: all of it or nothing.
pub(crate) async fn act<T>(
    services: &Arc<Services>,
    secret: &str,
    purpose: LinkPurpose,
    what: impl AsyncFnOnce(&Context, &PublicLink) -> Result<T, Failure>,
) -> Result<Outcome<T>, Failure> {
    let context = Context::stranger(Arc::clone(services), services.db.write().await?);
    let link = match find(&context, secret, purpose).await? {
        Found::Open(link) => link,
        Found::Ended(ending, locale) => return Ok(Outcome::Ended(ending, locale)),
    };
    match what(&context, &link).await {
        Ok(done) => {
            context.commit().await?;
            Ok(Outcome::Done(done))
        }
        Err(Failure::Refused(errors)) => {
            context.roll_back().await?;
            Ok(Outcome::Refused(errors))
        }
        Err(fault) => {
            context.roll_back().await?;
            Err(fault)
        }
    }
}

/// Notes that a link was used, the first time that it is.
pub(crate) async fn used(permit: Permit<'_>, now: DateTime<Utc>, link: &PublicLink) -> Result<(), DbErr> {
    public_link::Entity::update_many()
        .col_expr(public_link::Column::UsedAt, Expr::value(now))
        .filter(public_link::Column::BrandId.eq(link.brand_id))
        .filter(public_link::Column::Id.eq(link.id))
        .filter(public_link::Column::UsedAt.is_null())
        .exec(permit.tx())
        .await
        .map(|_| ())
}
