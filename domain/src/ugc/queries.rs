//! Reading grants.

use diwan_entity::InBrand as _;
use diwan_entity::calendar::asset;
use diwan_entity::ugc::ugc_grant::{self, GrantState};
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, FromQueryResult, QueryFilter as _, QueryOrder as _};
use uuid::Uuid;

use crate::context::Context;
use crate::error::Failure;
use crate::paging::{Page, Slice, newest_first};
use crate::permission::Action;

/// Which grants are wanted.
#[derive(Debug, Clone, Default)]
pub struct UgcFilter {
    /// In one of these states; in any when empty.
    pub states: Vec<GrantState>,
    /// Of this file.
    pub asset_id: Option<Uuid>,
}

/// The grants of a brand, those that were asked for last first.
pub async fn ugc_grants(
    context: &Context,
    brand_id: Uuid,
    filter: &UgcFilter,
    page: Page,
) -> Result<Slice<ugc_grant::Model>, Failure> {
    context.permit(Action::UgcRead, brand_id).await?;
    let mut all = Condition::all();
    if !filter.states.is_empty() {
        all = all.add(ugc_grant::Column::State.is_in(filter.states.iter().copied()));
    }
    if let Some(id) = filter.asset_id {
        all = all.add(ugc_grant::Column::AssetId.eq(id));
    }
    newest_first(context, ugc_grant::Entity::in_brand(brand_id).filter(all), ugc_grant::Column::Id, page).await
}

/// Grants by id.
pub async fn ugc_grants_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<ugc_grant::Model>, Failure> {
    Ok(context.all(ugc_grant::Entity::visible(ids.iter().copied())).await?)
}

/// Whether whoever made a file was ever asked for it, whatever they said. Also for those who see no grants.
pub(crate) async fn was_asked_for(context: &Context, asset: &asset::Model) -> Result<bool, Failure> {
    #[derive(FromQueryResult)]
    struct Row {
        asked: bool,
    }
    let sql = "select app.asked_for_asset($1, $2) as asked";
    let rows: Vec<Row> = context.rows(sql, [asset.brand_id.into(), asset.id.into()]).await?;
    Ok(rows.iter().any(|row| row.asked))
}

/// The grants of these files, oldest first.
pub async fn ugc_grants_of_assets(context: &Context, ids: &[Uuid]) -> Result<Vec<ugc_grant::Model>, Failure> {
    let select = ugc_grant::Entity::find()
        .filter(ugc_grant::Column::AssetId.is_in(ids.iter().copied()))
        .order_by_asc(ugc_grant::Column::Id);
    Ok(context.all(select).await?)
}
