//! Inviting people: the account, its places, and the way in. Whoever has an account already just gets the places.

use chrono::{DateTime, Duration, Utc};
use diwan_entity::tenancy::agency::Locale;
use diwan_entity::tenancy::app_user::{self, Level, UserKind};
use diwan_entity::tenancy::membership::{self, Specialty};
use diwan_entity::tenancy::{brand, invitation};
use diwan_platform::crypto::{sha256, token};
use diwan_platform::db;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveEnum as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, FromQueryResult, QueryFilter as _,
};
use url::Url;
use uuid::Uuid;

use super::change_place::wrong_end;
use super::rank::{Held, permit_person};
use super::set_up::looks_like_an_address;
use super::{agency, brands_by_ids, memberships_of};
use crate::context::Context;
use crate::error::{Arg, Code, Complaints, Failure, Fault, UserError};
use crate::permission::{Action, Permit};
use crate::trust::{self, Letter};

/// How long an invitation is good.
const GOOD_FOR: Duration = Duration::days(7);

/// The most places that are given at a time.
const MOST: usize = 100;

/// A place to give.
#[derive(Debug, Clone)]
pub struct NewPlace {
    /// In which brand.
    pub brand_id: Uuid,
    /// The level; freelancers and clients are JUNIOR.
    pub level: Option<Level>,
    /// What they are good at.
    pub specialties: Vec<Specialty>,
    /// From when on; from now on unless given.
    pub starts_at: Option<DateTime<Utc>>,
    /// Until when; a freelancer's needs an end.
    pub expires_at: Option<DateTime<Utc>>,
}

/// Somebody to invite.
#[derive(Debug, Clone)]
pub struct Invitee {
    /// Their address.
    pub email: String,
    /// Their name, until they say otherwise.
    pub name: String,
    /// What kind of account they get.
    pub kind: UserKind,
    /// The language that they read; the agency's unless given.
    pub locale: Option<Locale>,
    /// A level to hold agency-wide.
    pub agency_level: Option<Level>,
    /// Their places.
    pub places: Vec<NewPlace>,
}

/// Somebody who was invited.
#[derive(Debug, Clone)]
pub struct Invited {
    /// Who.
    pub person: app_user::Model,
    /// Where the invitation is accepted, where no letter can be sent; only whoever invites hears of it.
    pub url: Option<Url>,
}

#[derive(FromQueryResult)]
struct Known {
    user_id: Uuid,
    kind: String,
    deactivated: bool,
}

/// Invites somebody, or gives whoever has the address already the places.
pub async fn invite_person(context: &Context, invitee: Invitee) -> Result<Invited, Failure> {
    let actor = context.signed_in()?;
    if invitee.places.len() > MOST {
        let error = UserError::at(Code::TooMany, "places").number("limit", MOST).number("actual", invitee.places.len());
        return Err(error.into());
    }
    let permits = permits(context, &invitee).await?;
    let email = check(context, &invitee)?;
    let known: Option<Known> =
        db::one(context.own_tx(), "select * from app.person_by_email($1)", [email.clone().into()]).await?;
    let permit = *permits.first().ok_or(Code::Invalid)?;
    let user_id = match known {
        Some(known) => {
            if known.deactivated {
                return Err(UserError::at(Code::PersonDeactivated, "email").into());
            }
            if known.kind != invitee.kind.to_value() {
                return Err(UserError::at(Code::KindMismatch, "kind").text("kind", known.kind).into());
            }
            if known.user_id == actor.user_id {
                return Err(UserError::at(Code::NotYourself, "email").into());
            }
            if invitee.agency_level.is_some() {
                return Err(UserError::at(Code::AlreadyExists, "email").into());
            }
            known.user_id
        }
        None => make_person(context, permit, &invitee, email).await?,
    };
    let of_brands: Vec<_> = permits.iter().filter(|permit| !permit.brand_id.is_nil()).copied().collect();
    give_places(context, &of_brands, user_id, &invitee).await?;
    let person = context.one(app_user::Entity::find_by_id(user_id)).await?;
    let person = person.ok_or_else(|| Fault::broken("whoever invited somebody does not see them"))?;
    let brand_ids: Vec<Uuid> = of_brands.iter().map(|permit| permit.brand_id).collect();
    let url = if person.joined_at.is_none() {
        send_invitation(context, permit, &person).await?
    } else {
        let brands = brands_by_ids(context, &brand_ids).await?;
        tell_of_places(context, permit, &person, &brands).await?;
        None
    };
    Ok(Invited { person, url })
}

/// The right to give each of the places, and the level agency-wide: one permit for each.
async fn permits<'a>(context: &'a Context, invitee: &Invitee) -> Result<Vec<Permit<'a>>, Failure> {
    let actor = context.signed_in()?;
    let brand_ids: Vec<Uuid> = invitee.places.iter().map(|place| place.brand_id).collect();
    context.look_at_brands(&brand_ids).await?;
    let mut permits = Vec::new();
    for (at, place) in invitee.places.iter().enumerate() {
        let permit = context.permit(Action::MemberManage, place.brand_id).await;
        permits.push(permit.map_err(|failure| at_path(failure, &format!("places.{at}.brandId")))?);
        let theirs = Held { brand: place.level.or(Some(Level::Junior)), agency: None };
        Held::own(&actor, place.brand_id).must_manage(theirs, &format!("places.{at}.level"))?;
    }
    if invitee.agency_level.is_some() {
        permits.push(context.permit_agency(Action::PeopleManage).await?);
        let theirs = Held { brand: None, agency: invitee.agency_level };
        Held { brand: None, agency: actor.agency_level }.must_manage(theirs, "agencyLevel")?;
    }
    if permits.is_empty() {
        // Somebody without a place: for those who manage people agency-wide to say what is missing.
        context.permit_agency(Action::PeopleManage).await?;
        return Err(UserError::at(Code::Invalid, "places").into());
    }
    Ok(permits)
}

/// A refusal as a whole, said of a field.
fn at_path(failure: Failure, path: &str) -> Failure {
    match failure {
        Failure::Refused(errors) => Failure::Refused(
            errors
                .into_iter()
                .map(|error| UserError { field: path.split('.').map(str::to_owned).collect(), ..error })
                .collect(),
        ),
        fault @ Failure::Fault(_) => fault,
    }
}

/// Checks what was said of somebody. Answers their address as it is kept.
fn check(context: &Context, invitee: &Invitee) -> Result<String, Failure> {
    let mut wrong = Complaints::default();
    let email = wrong.text("email", &invitee.email, 254).to_lowercase();
    if !looks_like_an_address(&email) {
        wrong.add(UserError::at(Code::Invalid, "email"));
    }
    wrong.text("name", &invitee.name, 200);
    if invitee.kind == UserKind::Integration {
        wrong.add(UserError::at(Code::Invalid, "kind"));
    }
    let staff = invitee.kind == UserKind::Staff;
    if invitee.agency_level.is_some_and(|level| !staff || level < Level::Director) {
        wrong.add(UserError::at(Code::Invalid, "agencyLevel"));
    }
    for (at, place) in invitee.places.iter().enumerate() {
        if invitee.places[..at].iter().any(|before| before.brand_id == place.brand_id) {
            wrong.add(UserError::at(Code::AlreadyExists, &format!("places.{at}.brandId")));
        }
        let right = if staff { place.level.is_some() } else { place.level.is_none_or(|level| level == Level::Junior) };
        if !right {
            wrong.add(UserError::at(Code::Invalid, &format!("places.{at}.level")));
        }
        let begins = place.starts_at.unwrap_or(context.now).max(context.now);
        let path = format!("places.{at}.expiresAt");
        if let Some(error) = wrong_end(invitee.kind, begins, place.expires_at, context.now, &path) {
            wrong.add(error);
        }
    }
    wrong.check()?;
    Ok(email)
}

async fn make_person(context: &Context, permit: Permit<'_>, invitee: &Invitee, email: String) -> Result<Uuid, Failure> {
    let id = context.new_id();
    let locale = match invitee.locale {
        Some(locale) => locale,
        None => agency(context).await?.locale,
    };
    app_user::Entity::insert(app_user::ActiveModel {
        id: Set(id),
        agency_id: Set(permit.agency_id),
        kind: Set(invitee.kind),
        email: Set(Some(email)),
        name: Set(invitee.name.trim().to_owned()),
        locale: Set(locale),
        agency_level: Set(invitee.agency_level),
        created_at: Set(context.now),
        ..Default::default()
    })
    .exec_without_returning(permit.tx())
    .await?;
    let detail = serde_json::json!({ "kind": invitee.kind.to_value(), "agency_level": invitee.agency_level });
    trust::record(permit, context.now, "user.invite", id, detail).await?;
    Ok(id)
}

/// Writes the places. One that has ended or expired begins anew; one that holds is not given twice.
async fn give_places(
    context: &Context,
    permits: &[Permit<'_>],
    user_id: Uuid,
    invitee: &Invitee,
) -> Result<(), Failure> {
    let Some(permit) = permits.first() else { return Ok(()) };
    let rows: Vec<_> = invitee
        .places
        .iter()
        .map(|place| membership::ActiveModel {
            id: Set(context.new_id()),
            brand_id: Set(place.brand_id),
            user_id: Set(user_id),
            user_kind: Set(invitee.kind),
            level: Set(place.level.unwrap_or(Level::Junior)),
            specialties: Set(specialties(&place.specialties)),
            starts_at: Set(place.starts_at.unwrap_or(context.now)),
            expires_at: Set(place.expires_at),
            created_at: Set(context.now),
            added_by: Set(permit.actor_id),
            ..Default::default()
        })
        .collect();
    let anew = OnConflict::columns([membership::Column::BrandId, membership::Column::UserId])
        .update_columns([
            membership::Column::Level,
            membership::Column::Specialties,
            membership::Column::StartsAt,
            membership::Column::ExpiresAt,
            membership::Column::AddedBy,
        ])
        .values([
            (membership::Column::EndedAt, Expr::cust("null")),
            (membership::Column::SuspendedAt, Expr::cust("null")),
            (membership::Column::RemindedFor, Expr::cust("null")),
            (membership::Column::Version, Expr::cust("membership.version + 1")),
        ])
        .action_and_where(Expr::cust_with_values(
            "membership.ended_at is not null or membership.expires_at <= $1",
            [context.now],
        ))
        .to_owned();
    let expected = rows.len();
    let written = membership::Entity::insert_many(rows).on_conflict(anew).exec_with_returning(permit.tx()).await?;
    if written.len() < expected {
        let missing = invitee.places.iter().position(|place| written.iter().all(|row| row.brand_id != place.brand_id));
        let path = format!("places.{}.brandId", missing.unwrap_or_default());
        return Err(UserError::at(Code::AlreadyExists, &path).into());
    }
    let events = permits.iter().filter_map(|permit| {
        let row = written.iter().find(|row| row.brand_id == permit.brand_id)?;
        let detail = serde_json::json!({ "user": user_id, "level": row.level, "expires_at": row.expires_at });
        Some((*permit, row.id, detail))
    });
    trust::record_many(permits[0], context.now, "membership.create", events).await?;
    Ok(())
}

/// Specialties as they are kept: each once, in one order.
pub(super) fn specialties(named: &[Specialty]) -> Vec<String> {
    let mut names: Vec<String> = named.iter().map(sea_orm::ActiveEnum::to_value).collect();
    names.sort();
    names.dedup();
    names
}

/// Gives somebody a new way in, which replaces the one before, and queues the letter with it. Answers the way where no
/// letter can be sent.
async fn send_invitation(
    context: &Context,
    permit: Permit<'_>,
    person: &app_user::Model,
) -> Result<Option<Url>, Failure> {
    revoke_open(context, permit, person.id).await?;
    let token = token("join")?;
    invitation::Entity::insert(invitation::ActiveModel {
        id: Set(context.new_id()),
        user_id: Set(person.id),
        token_hash: Set(sha256(token.as_bytes()).to_vec()),
        invited_by: Set(permit.person()?),
        created_at: Set(context.now),
        expires_at: Set(context.now + GOOD_FOR),
        ..Default::default()
    })
    .exec_without_returning(permit.tx())
    .await?;
    let link = context.services.link(&format!("join/{token}"))?;
    let mut letter = letter(context, person, "invitation").await?;
    letter.args.push(("days", Arg::Number(GOOD_FOR.num_days())));
    letter.link = Some(link.clone());
    trust::queue_letter(permit.tx(), &context.services, letter).await?;
    Ok(context.services.mailer.is_none().then_some(link))
}

async fn tell_of_places(
    context: &Context,
    permit: Permit<'_>,
    person: &app_user::Model,
    brands: &[brand::Model],
) -> Result<(), Failure> {
    let mut letter = letter(context, person, "place-added").await?;
    let names: Vec<&str> = brands.iter().map(|brand| brand.name.as_str()).collect();
    letter.args.push(("brands", Arg::Text(names.join(", ").into())));
    trust::queue_letter(permit.tx(), &context.services, letter).await
}

async fn letter(context: &Context, person: &app_user::Model, template: &'static str) -> Result<Letter, Failure> {
    let to = person.email.clone().ok_or_else(|| Fault::broken("a letter to somebody without an address"))?;
    let args = vec![
        ("name", Arg::Text(person.name.clone().into())),
        ("inviter", Arg::Text(context.signed_in()?.name.clone().into())),
        ("agency", Arg::Text(agency(context).await?.name.into())),
    ];
    Ok(Letter { to, locale: person.locale, template, args, link: None })
}

async fn revoke_open(context: &Context, permit: Permit<'_>, user_id: Uuid) -> Result<u64, Failure> {
    let done = invitation::Entity::update_many()
        .col_expr(invitation::Column::RevokedAt, Expr::value(context.now))
        .filter(invitation::Column::UserId.eq(user_id))
        .filter(invitation::Column::AcceptedAt.is_null())
        .filter(invitation::Column::RevokedAt.is_null())
        .exec(permit.tx())
        .await?;
    Ok(done.rows_affected)
}

/// Ends every open way in of somebody who is being deactivated.
pub(super) async fn revoke_invitations(context: &Context, permit: Permit<'_>, user_id: Uuid) -> Result<(), Failure> {
    revoke_open(context, permit, user_id).await.map(drop)
}

/// Somebody whom the caller manages, and who has not joined yet.
async fn not_joined(context: &Context, user_id: Uuid) -> Result<(Permit<'_>, app_user::Model), Failure> {
    context.signed_in()?;
    let person = context.one(app_user::Entity::find_by_id(user_id)).await?;
    let person = person.ok_or_else(|| UserError::at(Code::NotFound, "userId"))?;
    let places = memberships_of(context, &[user_id]).await?;
    let permit = permit_person(context, &person, &places).await?;
    if person.deactivated_at.is_some() {
        return Err(UserError::at(Code::PersonDeactivated, "userId").into());
    }
    if person.joined_at.is_some() || person.email.is_none() {
        return Err(UserError::at(Code::WrongState, "userId").text("state", "JOINED").into());
    }
    Ok((permit, person))
}

/// Sends somebody a new invitation; the one before is good no more.
pub async fn resend_invitation(context: &Context, user_id: Uuid) -> Result<Invited, Failure> {
    let (permit, person) = not_joined(context, user_id).await?;
    let url = send_invitation(context, permit, &person).await?;
    trust::record(permit, context.now, "user.invite_again", user_id, serde_json::json!({})).await?;
    Ok(Invited { person, url })
}

/// Takes an invitation back: its link is good no more. The places stay, until they are ended.
pub async fn revoke_invitation(context: &Context, user_id: Uuid) -> Result<app_user::Model, Failure> {
    let (permit, person) = not_joined(context, user_id).await?;
    if revoke_open(context, permit, user_id).await? == 0 {
        return Err(UserError::at(Code::WrongState, "userId").text("state", "NOT_INVITED").into());
    }
    trust::record(permit, context.now, "user.revoke_invitation", user_id, serde_json::json!({})).await?;
    Ok(person)
}
