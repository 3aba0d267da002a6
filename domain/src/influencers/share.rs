//! With which brands somebody is shared: on purpose, and by those who have the directory.

use std::collections::HashMap;

use diwan_entity::influencers::{influencer, influencer_share};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::json;
use uuid::Uuid;

use super::content::at_most;
use super::rights::{seen, shares, take_turns};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::Action;
use crate::tenancy;
use crate::trust;

/// The most brands at a time.
const MOST_BRANDS: usize = 100;

/// Gives somebody to these brands, 1 to 100; who has them already, has them still.
pub async fn share_influencer(
    context: &Context,
    influencer_id: Uuid,
    brand_ids: &[Uuid],
) -> Result<influencer::Model, Failure> {
    let row = seen(context, influencer_id).await?;
    let permit = context.permit_agency(Action::InfluencerDirectoryManage).await?;
    let mut wrong = Complaints::default();
    if row.archived_at.is_some() {
        wrong.add(UserError::at(Code::WrongState, "influencerId").text("state", "ARCHIVED"));
    }
    if brand_ids.is_empty() {
        wrong.add(UserError::at(Code::Invalid, "brandIds"));
    }
    if at_most(&mut wrong, "brandIds", brand_ids.len(), MOST_BRANDS) {
        let brands = tenancy::brands_by_ids(context, brand_ids).await?;
        let known: HashMap<Uuid, bool> = brands.iter().map(|brand| (brand.id, brand.archived_at.is_some())).collect();
        for (index, id) in brand_ids.iter().enumerate() {
            let path = format!("brandIds.{index}");
            match known.get(id) {
                None => wrong.add(UserError::at(Code::NotFound, &path)),
                Some(true) => wrong.add(UserError::at(Code::BrandArchived, &path)),
                Some(false) if brand_ids[..index].contains(id) => {
                    wrong.add(UserError::at(Code::AlreadyExists, &path));
                }
                Some(false) => {}
            }
        }
    }
    wrong.check()?;
    take_turns(permit, &[influencer_id]).await?;
    let by = permit.person()?;
    let rows = brand_ids.iter().map(|brand_id| influencer_share::ActiveModel {
        brand_id: Set(*brand_id),
        influencer_id: Set(influencer_id),
        shared_by: Set(by),
        shared_at: Set(context.now),
        ended_at: Set(None),
    });
    let again = OnConflict::columns([influencer_share::Column::BrandId, influencer_share::Column::InfluencerId])
        .update_columns([
            influencer_share::Column::SharedBy,
            influencer_share::Column::SharedAt,
            influencer_share::Column::EndedAt,
        ])
        .action_and_where(influencer_share::Column::EndedAt.is_not_null())
        .to_owned();
    influencer_share::Entity::insert_many(rows).on_conflict(again).exec_without_returning(permit.tx()).await?;
    trust::record(permit, context.now, "influencer.share", influencer_id, json!({ "brands": brand_ids })).await?;
    Ok(row)
}

/// Takes somebody from a brand. What the brand has of them stays, and names nobody from then on.
pub async fn unshare_influencer(
    context: &Context,
    influencer_id: Uuid,
    brand_id: Uuid,
) -> Result<influencer::Model, Failure> {
    let row = seen(context, influencer_id).await?;
    let permit = context.permit_agency(Action::InfluencerDirectoryManage).await?;
    take_turns(permit, &[influencer_id]).await?;
    if !shares(context, influencer_id).await?.iter().any(|share| share.brand_id == brand_id) {
        return Err(UserError::at(Code::NotFound, "brandId").into());
    }
    influencer_share::Entity::update_many()
        .col_expr(influencer_share::Column::EndedAt, Expr::value(context.now))
        .filter(influencer_share::Column::BrandId.eq(brand_id))
        .filter(influencer_share::Column::InfluencerId.eq(influencer_id))
        .exec(permit.tx())
        .await?;
    trust::record(permit, context.now, "influencer.unshare", influencer_id, json!({ "brand": brand_id })).await?;
    Ok(row)
}
