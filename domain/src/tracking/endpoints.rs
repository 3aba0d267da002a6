//! Endpoints to which servers send conversions.

use data_encoding::BASE64;
use diwan_entity::InBrand as _;
use diwan_entity::tracking::conversion_endpoint;
use diwan_platform::crypto::{Place, random};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, Select,
};
use serde_json::json;
use uuid::Uuid;

use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::Action;
use crate::trust;

/// The most endpoints of a brand.
pub const MOST_ENDPOINTS: usize = 20;

/// What a secret begins with, as Standard Webhooks writes it.
pub(super) const SECRET_PREFIX: &str = "whsec_";

/// Where an endpoint's secret is sealed to.
pub(super) fn place(brand_id: Uuid, id: Uuid) -> Place {
    Place { brand_id, row_id: id, column: "conversion_endpoint.secret" }
}

fn of(brand_id: Uuid) -> Select<conversion_endpoint::Entity> {
    conversion_endpoint::Entity::in_brand(brand_id)
        .filter(conversion_endpoint::Column::DeletedAt.is_null())
        .order_by_asc(conversion_endpoint::Column::Id)
}

/// The endpoints of a brand, in the order in which they were made.
pub async fn conversion_endpoints(
    context: &Context,
    brand_id: Uuid,
) -> Result<Vec<conversion_endpoint::Model>, Failure> {
    context.permit(Action::ConversionEndpointManage, brand_id).await?;
    Ok(context.all(of(brand_id)).await?)
}

/// Makes an endpoint. Answers it and its secret, which is shown this once: 256 random bits in base64 behind `whsec_`.
pub async fn create_conversion_endpoint(
    context: &Context,
    brand_id: Uuid,
    source: &str,
) -> Result<(conversion_endpoint::Model, String), Failure> {
    let permit = context.permit(Action::ConversionEndpointManage, brand_id).await?;
    let mut wrong = Complaints::default();
    let source = wrong.text("source", source, 100);
    let known = context.all(of(brand_id)).await?;
    if known.iter().any(|row| row.source == source) {
        wrong.add(UserError::at(Code::AlreadyExists, "source"));
    }
    if known.len() >= MOST_ENDPOINTS {
        let error = UserError::at(Code::TooMany, "brandId").number("limit", MOST_ENDPOINTS);
        wrong.add(error.number("actual", known.len() + 1));
    }
    wrong.check()?;
    let (id, secret) = (context.new_id(), random::<32>()?);
    let row = conversion_endpoint::ActiveModel {
        id: Set(id),
        brand_id: Set(brand_id),
        source: Set(source.to_owned()),
        secret: Set(context.services.keys.seal(place(brand_id, id), &secret)?),
        last_received_at: Set(None),
        created_by: Set(permit.person()?),
        created_at: Set(context.now),
        deleted_at: Set(None),
    };
    let row = conversion_endpoint::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    trust::record(permit, context.now, "conversion_endpoint.create", id, json!({ "source": row.source })).await?;
    Ok((row, format!("{SECRET_PREFIX}{}", BASE64.encode(&secret))))
}

/// Ends an endpoint: nothing is received there any more. What was recorded stays.
pub async fn delete_conversion_endpoint(
    context: &Context,
    endpoint_id: Uuid,
) -> Result<conversion_endpoint::Model, Failure> {
    let not_there = || UserError::at(Code::NotFound, "endpointId");
    let seen = context.one(conversion_endpoint::Entity::visible([endpoint_id])).await?.ok_or_else(not_there)?;
    let permit = context.permit(Action::ConversionEndpointManage, seen.brand_id).await?;
    let locked = conversion_endpoint::Entity::one_in_brand(seen.brand_id, endpoint_id).lock_exclusive();
    let row = context.one(locked).await?.filter(|row| row.deleted_at.is_none()).ok_or_else(not_there)?;
    let mut row = row.into_active_model();
    row.deleted_at = Set(Some(context.now));
    let row = row.update(permit.tx()).await?;
    trust::record(permit, context.now, "conversion_endpoint.delete", row.id, json!({ "source": row.source })).await?;
    Ok(row)
}
