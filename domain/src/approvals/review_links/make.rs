//! Making links and ending them.

use std::collections::HashMap;

use diwan_entity::InBrand as _;
use diwan_entity::approvals::approval_request::{self, ApprovalKind, RequestState};
use diwan_entity::approvals::approval_step::StepState;
use diwan_entity::approvals::review_link;
use diwan_entity::tenancy::app_user::UserKind;
use diwan_platform::crypto::{sha256, token};
use diwan_platform::ids;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveEnum as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};
use serde_json::json;
use url::Url;
use uuid::Uuid;

use super::GOOD_FOR;
use crate::approvals::decide::{not_there, over, steps_of};
use crate::approvals::ground::Ground;
use crate::approvals::letters::asked_people;
use crate::approvals::open::{asked_of, who};
use crate::context::{Context, Services};
use crate::error::{Code, Failure, Fault, UserError};
use crate::permission::Action;
use crate::trust;

/// The most links of a person for a request that work at a time.
const MOST: usize = 20;

/// A link with its secret, which is shown this once.
fn link(
    services: &Services,
    request: &approval_request::Model,
    user_id: Uuid,
    created_by: Option<Uuid>,
) -> Result<(review_link::ActiveModel, Url), Failure> {
    let (secret, now) = (token("dwv")?, services.now());
    let row = review_link::ActiveModel {
        id: Set(ids::new_id(now)),
        brand_id: Set(request.brand_id),
        request_id: Set(request.id),
        user_id: Set(user_id),
        user_kind: Set(UserKind::Client),
        secret_hash: Set(sha256(secret.as_bytes()).to_vec()),
        created_by: Set(created_by),
        created_at: Set(now),
        expires_at: Set(now + GOOD_FOR),
        revoked_at: Set(None),
    };
    Ok((row, services.link(&format!("review/{secret}"))?))
}

/// A link of their own for each client among these people who are asked about a post, for the letters that ask them.
pub(in crate::approvals) async fn links_for(
    tx: &impl ConnectionTrait,
    services: &Services,
    ground: &Ground,
    request: &approval_request::Model,
    people: &[Uuid],
) -> Result<HashMap<Uuid, Url>, Failure> {
    let (mut rows, mut links) = (Vec::new(), HashMap::new());
    // What is no post, and a request whose client is not asked, no client sees.
    if request.kind == ApprovalKind::Post && request.client_step {
        for id in people.iter().filter(|id| ground.seat(**id).is_some_and(|seat| seat.kind == UserKind::Client)) {
            let (row, url) = link(services, request, *id, None)?;
            rows.push(row);
            links.insert(*id, url);
        }
    }
    if !rows.is_empty() {
        review_link::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(links)
}

/// Makes a link for a client whom the open step asks, to be handed over by whoever makes it. Answers it and its address, which is
/// shown this once. Nobody makes one for what they wrote or asked for themselves, as long as four eyes are needed.
pub async fn create_review_link(
    context: &Context,
    request_id: Uuid,
    user_id: Uuid,
) -> Result<(review_link::Model, Url), Failure> {
    let select = approval_request::Entity::visible([request_id]).lock_exclusive();
    let request = context.one(select).await?.ok_or_else(not_there)?;
    let permit = context.permit(Action::ReviewLinkManage, request.brand_id).await?;
    if request.kind != ApprovalKind::Post {
        return Err(UserError::at(Code::Invalid, "requestId").into());
    }
    if request.state != RequestState::Pending {
        return Err(over(&request).into());
    }
    let ground = Ground::of(permit.tx(), &request, context.now).await?;
    let seat = ground.seat(user_id).ok_or_else(|| UserError::at(Code::NotAMember, "userId"))?;
    if seat.kind != UserKind::Client {
        return Err(UserError::at(Code::KindMismatch, "userId").text("kind", seat.kind.to_value()).into());
    }
    if ground.matter_of(&request).is_of(permit.person()?) {
        return Err(UserError::at(Code::FourEyes, "requestId").into());
    }
    let steps = steps_of(context, &request).await?;
    let open = steps.iter().find(|step| step.state == StepState::Open);
    let open = open.ok_or_else(|| Fault::broken("a pending request without an open step"))?;
    let asked = asked_of(open);
    if !request.client_step || !asked_people(&ground, &request, &asked).contains(&user_id) {
        let who = who(context.locale(), &asked, &ground);
        return Err(UserError::at(Code::NotYourTurn, "userId").text("who", who).into());
    }
    let living = review_link::Entity::in_brand(request.brand_id)
        .filter(review_link::Column::RequestId.eq(request.id))
        .filter(review_link::Column::UserId.eq(user_id))
        .filter(review_link::Column::RevokedAt.is_null())
        .filter(review_link::Column::ExpiresAt.gt(context.now));
    let living = context.all(living).await?.len();
    if living >= MOST {
        return Err(UserError::new(Code::TooMany).number("limit", MOST).number("actual", living + 1).into());
    }
    let (row, url) = link(&context.services, &request, user_id, Some(permit.person()?))?;
    let row = review_link::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    let detail = json!({ "request": request.id, "for": user_id });
    trust::record(permit, context.now, "review_link.create", row.id, detail).await?;
    Ok((row, url))
}

/// Ends a link: it opens nothing any more.
pub async fn revoke_review_link(context: &Context, link_id: Uuid) -> Result<review_link::Model, Failure> {
    let not_there = || UserError::at(Code::NotFound, "reviewLinkId");
    let link = context.one(review_link::Entity::visible([link_id]).lock_exclusive()).await?.ok_or_else(not_there)?;
    let permit = context.permit(Action::ReviewLinkManage, link.brand_id).await?;
    if link.revoked_at.is_some() {
        return Err(UserError::at(Code::WrongState, "reviewLinkId").text("state", "REVOKED").into());
    }
    review_link::Entity::update_many()
        .col_expr(review_link::Column::RevokedAt, Expr::value(context.now))
        .filter(review_link::Column::BrandId.eq(link.brand_id))
        .filter(review_link::Column::Id.eq(link.id))
        .exec(permit.tx())
        .await?;
    let detail = json!({ "request": link.request_id, "for": link.user_id });
    trust::record(permit, context.now, "review_link.revoke", link.id, detail).await?;
    Ok(review_link::Model { revoked_at: Some(context.now), ..link })
}

/// The links of these requests that the caller may manage, newest first.
pub async fn review_links_of_requests(context: &Context, ids: &[Uuid]) -> Result<Vec<review_link::Model>, Failure> {
    let select = review_link::Entity::find()
        .filter(review_link::Column::RequestId.is_in(ids.iter().copied()))
        .order_by_desc(review_link::Column::Id);
    let rows = context.all(select).await?;
    Ok(rows.into_iter().filter(|row| context.may(Action::ReviewLinkManage, row.brand_id)).collect())
}
