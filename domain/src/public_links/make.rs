//! Making links and ending them.

use chrono::{DateTime, Utc};
use diwan_entity::links::public_link::{self, LinkPurpose};
use diwan_entity::tenancy::agency::Locale;
use diwan_platform::crypto::{sha256, token};
use diwan_platform::ids;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::json;
use url::Url;
use uuid::Uuid;

use crate::context::Services;
use crate::error::Failure;
use crate::permission::Permit;
use crate::{insights, trust};

/// Whom a link is for.
#[derive(Debug, Clone)]
pub(crate) struct LinkFor {
    /// Somebody of the agency; none: somebody outside.
    pub user_id: Option<Uuid>,
    /// Their name, 1 to 200 characters.
    pub name: String,
    /// Their address, up to 254 characters; empty: the link is handed over in another way.
    pub email: String,
    /// The language that they read.
    pub locale: Locale,
}

/// A link to make.
#[derive(Debug, Clone)]
pub(crate) struct NewLink {
    /// What it is good for.
    pub purpose: LinkPurpose,
    /// Which contract, proposal or deliverable.
    pub subject_id: Uuid,
    /// Whom it is for.
    pub person: LinkFor,
    /// Until when it is good.
    pub expires_at: DateTime<Utc>,
    /// Whether whoever has it made is shown its address, and so holds it. A link that nobody is shown counts as made by the product.
    pub shown: bool,
}

/// Where the page of a purpose is, below the public address.
fn place(purpose: LinkPurpose) -> &'static str {
    match purpose {
        LinkPurpose::SignContract => "sign",
        LinkPurpose::NegotiateContract => "contract",
        LinkPurpose::Proposal => "proposal",
        LinkPurpose::Deliverable => "deliverable",
        LinkPurpose::Report => "report",
    }
}

/// Makes a link. Answers it and its address, which is shown this once. The caller has asked for the right to, and sends the letter.
pub(crate) async fn make(
    services: &Services,
    permit: Permit<'_>,
    now: DateTime<Utc>,
    new: NewLink,
) -> Result<(public_link::Model, Url), Failure> {
    let secret = token("dwl")?;
    let NewLink { purpose, subject_id, person, expires_at, shown } = new;
    let row = public_link::ActiveModel {
        id: Set(ids::new_id(now)),
        brand_id: Set(permit.brand_id),
        purpose: Set(purpose),
        subject_id: Set(subject_id),
        user_id: Set(person.user_id),
        person_name: Set(person.name),
        person_email: Set(person.email),
        locale: Set(person.locale),
        secret_hash: Set(sha256(secret.as_bytes()).to_vec()),
        created_by: Set(permit.actor_id.filter(|_| shown)),
        created_at: Set(now),
        expires_at: Set(expires_at),
        revoked_at: Set(None),
        used_at: Set(None),
    };
    let row = public_link::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    let detail = json!({ "purpose": purpose.to_value(), "subject": subject_id, "for": row.user_id });
    trust::record(permit, now, "public_link.create", row.id, detail).await?;
    let path = format!("{}/{secret}", place(purpose));
    let url = match purpose {
        LinkPurpose::Report => insights::reports::address(services, permit.tx(), &path).await?,
        _ => services.link(&path)?,
    };
    Ok((row, url))
}

/// Whose links are meant, where not everybody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whose {
    /// Those of whoever is outside.
    Outside,
    /// Those of somebody of the agency.
    Person(Uuid),
}

/// Ends the links of a subject that are good: everybody's where nobody is named. Answers how many. One statement.
pub(crate) async fn revoke_of(
    permit: Permit<'_>,
    now: DateTime<Utc>,
    (purpose, subject_id): (LinkPurpose, Uuid),
    of: Option<Whose>,
) -> Result<u64, Failure> {
    let mut update = public_link::Entity::update_many()
        .col_expr(public_link::Column::RevokedAt, Expr::value(now))
        .filter(public_link::Column::BrandId.eq(permit.brand_id))
        .filter(public_link::Column::Purpose.eq(purpose))
        .filter(public_link::Column::SubjectId.eq(subject_id))
        .filter(public_link::Column::RevokedAt.is_null())
        .filter(public_link::Column::ExpiresAt.gt(now));
    update = match of {
        None => update,
        Some(Whose::Outside) => update.filter(public_link::Column::UserId.is_null()),
        Some(Whose::Person(user_id)) => update.filter(public_link::Column::UserId.eq(user_id)),
    };
    Ok(update.exec(permit.tx()).await?.rows_affected)
}
