//! Integrations: programs with an account of their own, and the tokens with which they ask.
//!
//! A token is bounded three times, and each time anew: by the places of its integration, by what whoever made it holds at
//! that moment (`app.enter_token`), and by its scopes.

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::tenancy::app_user::{self, Level, UserKind};
use diwan_entity::tenancy::{brand, membership};
use diwan_entity::trust::api_token;
use diwan_platform::crypto::{sha256, token};
use diwan_platform::db;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveEnum as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, FromQueryResult, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use super::record_many;
use crate::context::{Context, Services};
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::paging::{Page, Slice, newest_first};
use crate::permission::{Action, Permit};

/// What every API token begins with.
pub const API_TOKEN: &str = "dwt_";

/// The longest that a token may live.
const LONGEST: Duration = Duration::days(366);

/// The most brands of one integration, and the most tokens that are good at one time.
const MOST: usize = 100;

/// A program that will ask.
#[derive(Debug, Clone)]
pub struct NewIntegration {
    /// What it is called.
    pub name: String,
    /// Where, and at which level.
    pub places: Vec<(Uuid, Level)>,
}

/// A token to make.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// Whose.
    pub integration_id: Uuid,
    /// What it is called, to tell it from others.
    pub name: String,
    /// What it is good for.
    pub scopes: Vec<Action>,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

/// Makes an integration, with places in brands that the caller manages.
pub async fn create_integration(context: &Context, new: NewIntegration) -> Result<app_user::Model, Failure> {
    let actor = context.signed_in()?;
    let mut wrong = Complaints::default();
    let name = wrong.text("name", &new.name, 200).to_owned();
    if new.places.is_empty() {
        wrong.add(UserError::at(Code::Invalid, "places"));
    } else if new.places.len() > MOST {
        wrong.add(UserError::at(Code::TooMany, "places").number("limit", MOST).number("actual", new.places.len()));
    }
    for (index, (brand_id, _)) in new.places.iter().enumerate() {
        if new.places[..index].iter().any(|(other, _)| other == brand_id) {
            wrong.add(UserError::at(Code::AlreadyExists, &format!("places.{index}.brandId")));
        }
    }
    wrong.check()?;
    let brands: Vec<Uuid> = new.places.iter().map(|(brand_id, _)| *brand_id).collect();
    let permits = permits(context, &brands).await?;
    for (index, (brand_id, level)) in new.places.iter().enumerate() {
        if actor.level_in(*brand_id).is_none_or(|own| own < *level) {
            let path = format!("places.{index}.level");
            return Err(UserError::at(Code::LevelTooHigh, &path).text("level", level.to_value()).into());
        }
    }
    let permit = permits[0];
    let user_id = context.new_id();
    app_user::Entity::insert(app_user::ActiveModel {
        id: Set(user_id),
        agency_id: Set(actor.agency_id),
        kind: Set(UserKind::Integration),
        email: Set(None),
        name: Set(name),
        locale: Set(actor.locale),
        created_at: Set(context.now),
        created_by: Set(Some(actor.user_id)),
        ..Default::default()
    })
    .exec_without_returning(permit.tx())
    .await?;
    let rows = new.places.iter().map(|(brand_id, level)| membership::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(*brand_id),
        user_id: Set(user_id),
        user_kind: Set(UserKind::Integration),
        level: Set(*level),
        specialties: Set(Vec::new()),
        starts_at: Set(context.now),
        created_at: Set(context.now),
        added_by: Set(Some(actor.user_id)),
        ..Default::default()
    });
    membership::Entity::insert_many(rows).exec_without_returning(permit.tx()).await?;
    let everywhere = permits.iter().map(|permit| (*permit, user_id, json!({})));
    record_many(permit, context.now, "integration.create", everywhere).await?;
    integration(context, user_id, false).await
}

/// Makes a token. The secret is answered this once; only its digest is kept.
pub async fn create_api_token(context: &Context, new: NewToken) -> Result<(api_token::Model, String), Failure> {
    let integration = integration(context, new.integration_id, true).await?;
    let places = places(context, integration.id).await?;
    let permits = permits(context, &places.iter().map(|place| place.brand_id).collect::<Vec<_>>()).await?;
    let mut wrong = Complaints::default();
    let name = wrong.text("name", &new.name, 200).to_owned();
    if new.scopes.is_empty() || new.scopes.len() > Action::ALL.len() {
        wrong.add(UserError::at(Code::Invalid, "scopes"));
    }
    for (index, scope) in new.scopes.iter().enumerate() {
        // What no program may, and what the maker may not in any of the brands, would be an empty promise.
        let may = scope.rule().grants.iter().any(|grant| grant.kind == UserKind::Integration)
            && places.iter().any(|place| context.may(*scope, place.brand_id));
        if !may {
            wrong.add(UserError::at(Code::ScopeTooWide, &format!("scopes.{index}")).text("action", scope.name()));
        }
    }
    if new.expires_at <= context.now {
        wrong.add(UserError::at(Code::TimeInPast, "expiresAt"));
    } else if new.expires_at > context.now + LONGEST {
        let limit = (context.now + LONGEST).format("%F").to_string();
        wrong.add(UserError::at(Code::TimeTooFar, "expiresAt").text("limit", limit));
    }
    wrong.check()?;
    let good = tokens_of(context, &[integration.id]).await?.into_iter().filter(|row| is_good(row, context.now)).count();
    if good >= MOST {
        return Err(UserError::at(Code::TooMany, "integrationId").number("limit", MOST).number("actual", good).into());
    }
    let first = permits.first().copied().ok_or(Code::NotFound)?;
    let secret = token(API_TOKEN.trim_end_matches('_'))?;
    let row = api_token::Entity::insert(api_token::ActiveModel {
        id: Set(context.new_id()),
        user_id: Set(integration.id),
        name: Set(name),
        token_hash: Set(sha256(secret.as_bytes()).to_vec()),
        prefix: Set(secret.chars().take(12).collect()),
        scopes: Set(new.scopes.iter().map(|scope| scope.name()).collect()),
        created_by: Set(first.person()?),
        created_at: Set(context.now),
        expires_at: Set(new.expires_at),
        last_used_at: Set(None),
        revoked_at: Set(None),
    })
    .exec_with_returning(first.tx())
    .await?;
    let detail = json!({ "integration": integration.id, "scopes": row.scopes });
    let everywhere = permits.iter().map(|permit| (*permit, row.id, detail.clone()));
    record_many(first, context.now, "api_token.create", everywhere).await?;
    Ok((row, secret))
}

/// Ends a token at once.
pub async fn revoke_api_token(context: &Context, token_id: Uuid) -> Result<api_token::Model, Failure> {
    let not_there = || UserError::at(Code::NotFound, "tokenId");
    let found = api_token::Entity::find_by_id(token_id).lock_exclusive();
    let row = context.one(found).await?.ok_or_else(not_there)?;
    let brands: Vec<Uuid> = places(context, row.user_id).await?.iter().map(|place| place.brand_id).collect();
    let permits = some_permits(context, &brands).await?;
    let permit = *permits.first().ok_or_else(not_there)?;
    if row.revoked_at.is_some() {
        return Ok(row);
    }
    revoke(context, permit, api_token::Column::Id.eq(row.id)).await?;
    let everywhere = permits.iter().map(|permit| (*permit, row.id, json!({ "integration": row.user_id })));
    record_many(permit, context.now, "api_token.revoke", everywhere).await?;
    Ok(api_token::Model { revoked_at: Some(context.now), ..row })
}

/// Ends an integration: its tokens and its places.
pub async fn end_integration(context: &Context, integration_id: Uuid) -> Result<app_user::Model, Failure> {
    let row = integration(context, integration_id, true).await?;
    let brands: Vec<Uuid> = places(context, row.id).await?.iter().map(|place| place.brand_id).collect();
    let permits = some_permits(context, &brands).await?;
    let permit = *permits.first().ok_or_else(|| UserError::at(Code::NotFound, "integrationId"))?;
    revoke(context, permit, api_token::Column::UserId.eq(row.id)).await?;
    app_user::Entity::update_many()
        .col_expr(app_user::Column::DeactivatedAt, Expr::value(context.now))
        .filter(app_user::Column::Id.eq(row.id))
        .exec(permit.tx())
        .await?;
    let everywhere = permits.iter().map(|permit| (*permit, row.id, json!({})));
    record_many(permit, context.now, "integration.end", everywhere).await?;
    Ok(app_user::Model { deactivated_at: Some(context.now), ..row })
}

/// Ends the tokens that somebody made, with the hand-over of their work: in these brands, in all that the caller sees unless
/// given. As with one token, whoever manages integrations in one of its brands can close the door. Answers how many ended.
pub(crate) async fn revoke_tokens_made_by(
    context: &Context,
    maker_id: Uuid,
    brand_ids: Option<&[Uuid]>,
) -> Result<usize, Failure> {
    #[derive(FromQueryResult)]
    struct Found {
        id: Uuid,
        user_id: Uuid,
        brand_id: Uuid,
    }
    let sql = "select t.id, t.user_id, m.brand_id from api_token t
      join membership m on m.user_id = t.user_id and m.ended_at is null
      join brand b on b.id = m.brand_id and b.deleted_at is null
      where t.created_by = $1 and t.revoked_at is null and t.expires_at > $2 and ($3::uuid[] is null or m.brand_id = any ($3))
      order by t.id, m.brand_id for update of t";
    let named = brand_ids.map(<[Uuid]>::to_vec);
    let found: Vec<Found> = context.rows(sql, [maker_id.into(), context.now.into(), named.into()]).await?;
    let brands: BTreeSet<Uuid> = found.iter().map(|row| row.brand_id).collect();
    let (permits, _) = given_permits(context, &brands.into_iter().collect::<Vec<_>>()).await?;
    let Some(permit) = permits.first().copied() else { return Ok(0) };
    let of = |row: &Found| permits.iter().find(|permit| permit.brand_id == row.brand_id).copied();
    let tokens: BTreeSet<Uuid> = found.iter().filter(|row| of(row).is_some()).map(|row| row.id).collect();
    revoke(context, permit, api_token::Column::Id.is_in(tokens.iter().copied())).await?;
    let events = found.iter().filter_map(|row| {
        let detail = json!({ "integration": row.user_id, "handed_over": maker_id });
        Some((of(row)?, row.id, detail))
    });
    record_many(permit, context.now, "api_token.revoke", events).await?;
    Ok(tokens.len())
}

async fn revoke(context: &Context, permit: Permit<'_>, which: sea_orm::sea_query::SimpleExpr) -> Result<(), Failure> {
    api_token::Entity::update_many()
        .col_expr(api_token::Column::RevokedAt, Expr::value(context.now))
        .filter(which)
        .filter(api_token::Column::RevokedAt.is_null())
        .exec(permit.tx())
        .await?;
    Ok(())
}

/// The right to manage integrations in all of these brands: to give something there.
async fn permits<'a>(context: &'a Context, brands: &[Uuid]) -> Result<Vec<Permit<'a>>, Failure> {
    context.look_at_brands(brands).await?;
    let mut permits = Vec::with_capacity(brands.len());
    for brand_id in brands {
        permits.push(context.permit(Action::IntegrationManage, *brand_id).await?);
    }
    if permits.is_empty() { Err(UserError::at(Code::NotFound, "integrationId").into()) } else { Ok(permits) }
}

/// The right to manage integrations in one of these brands at least: to take something away. Whoever answers for one of the
/// brands can close the door.
async fn some_permits<'a>(context: &'a Context, brands: &[Uuid]) -> Result<Vec<Permit<'a>>, Failure> {
    let (permits, refused) = given_permits(context, brands).await?;
    if permits.is_empty() { Err(refused) } else { Ok(permits) }
}

/// Those that are given, and why another is not.
async fn given_permits<'a>(context: &'a Context, brands: &[Uuid]) -> Result<(Vec<Permit<'a>>, Failure), Failure> {
    context.look_at_brands(brands).await?;
    let mut permits = Vec::new();
    let mut refused = Failure::from(Code::NotFound);
    for brand_id in brands {
        match context.permit(Action::IntegrationManage, *brand_id).await {
            Ok(permit) => permits.push(permit),
            Err(fault @ Failure::Fault(_)) => return Err(fault),
            Err(reason) => refused = reason,
        }
    }
    Ok((permits, refused))
}

/// An integration that the caller sees.
async fn integration(context: &Context, id: Uuid, alive: bool) -> Result<app_user::Model, Failure> {
    let select = app_user::Entity::find_by_id(id).filter(app_user::Column::Kind.eq(UserKind::Integration));
    let row = context.one(select).await?.ok_or_else(|| UserError::at(Code::NotFound, "integrationId"))?;
    if alive && row.deactivated_at.is_some() {
        return Err(UserError::at(Code::WrongState, "integrationId").text("state", "ENDED").into());
    }
    Ok(row)
}

/// The places of an integration in brands that still are.
async fn places(context: &Context, user_id: Uuid) -> Result<Vec<membership::Model>, Failure> {
    let living =
        brand::Entity::find().select_only().column(brand::Column::Id).filter(brand::Column::DeletedAt.is_null());
    let select = membership::Entity::find()
        .filter(membership::Column::UserId.eq(user_id))
        .filter(membership::Column::EndedAt.is_null())
        .filter(membership::Column::BrandId.in_subquery(sea_orm::QueryTrait::into_query(living)))
        .order_by_asc(membership::Column::Id);
    Ok(context.all(select).await?)
}

/// The brand's integrations, newest first.
pub async fn integrations(context: &Context, brand_id: Uuid, page: Page) -> Result<Slice<app_user::Model>, Failure> {
    context.permit(Action::IntegrationManage, brand_id).await?;
    let here = membership::Entity::in_brand(brand_id)
        .select_only()
        .column(membership::Column::UserId)
        .filter(membership::Column::UserKind.eq(UserKind::Integration));
    let select =
        app_user::Entity::find().filter(app_user::Column::Id.in_subquery(sea_orm::QueryTrait::into_query(here)));
    newest_first(context, select, app_user::Column::Id, page).await
}

/// The tokens of these integrations, newest first. For whoever may manage them; nothing for anybody else.
pub async fn tokens_of(context: &Context, user_ids: &[Uuid]) -> Result<Vec<api_token::Model>, Failure> {
    let select = api_token::Entity::find()
        .filter(api_token::Column::UserId.is_in(user_ids.iter().copied()))
        .order_by_desc(api_token::Column::Id);
    Ok(context.all(select).await?)
}

/// Whether a token opens anything at this moment, as far as it alone can tell.
pub fn is_good(token: &api_token::Model, now: DateTime<Utc>) -> bool {
    token.revoked_at.is_none() && token.expires_at > now
}

/// Notes that a token is in use, to the minute.
pub async fn note_token_use(services: &Services, token_id: Uuid) -> Result<(), Fault> {
    use sea_orm::ConnectionTrait as _;
    let used = db::statement("select app.token_used($1, $2)", [token_id.into(), services.now().into()]);
    services.db.unscoped().execute_raw(used).await?;
    Ok(())
}

/// What an open subscription stands on.
#[derive(Debug, Clone, Copy)]
pub struct Watched {
    /// The session that it came with.
    pub session_id: Option<Uuid>,
    /// Or the digest of the API token.
    pub token: Option<[u8; 32]>,
    /// In which brand.
    pub brand_id: Uuid,
}

/// Which of these no longer have what they stand on, by their position. One statement.
pub async fn lost_ground(services: &Services, watched: &[Watched]) -> Result<Vec<usize>, Fault> {
    #[derive(FromQueryResult)]
    struct Lost {
        place: i32,
    }
    let items: Vec<_> = watched
        .iter()
        .map(|each| {
            let token = each.token.map(|hash| data_encoding::HEXLOWER.encode(&hash));
            json!({ "session": each.session_id, "token": token, "brand": each.brand_id })
        })
        .collect();
    let values = [serde_json::Value::Array(items).into(), services.now().into()];
    let sql = "select lost as place from app.lost_ground($1, $2) lost";
    let lost: Vec<Lost> = db::all(services.db.unscoped(), sql, values).await?;
    Ok(lost.into_iter().filter_map(|lost| usize::try_from(lost.place - 1).ok()).collect())
}
