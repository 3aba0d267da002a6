//! Copies of posts: drafts that say the same, at a time of their own.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::calendar::post::{self, PostState};
use diwan_entity::calendar::{post_variant, variant_asset};
use diwan_platform::{db, ids};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _,
};
use uuid::Uuid;

use crate::calendar::checklists::give_default_checklist;
use crate::calendar::composer::save_versions;
use crate::permission::Permit;

/// One copy.
pub(super) struct Copy<'a> {
    /// Of which post.
    pub of: &'a post::Model,
    /// Its own id.
    pub id: Uuid,
    /// When it is planned.
    pub due_at: DateTime<Utc>,
}

/// Writes the copies, as drafts of `by`. Whoever wrote at a post wrote at its copies as well, and does not approve them. As many
/// statements for a hundred as for one.
pub(super) async fn write_copies(
    permit: Permit<'_>,
    copies: &[Copy<'_>],
    by: Uuid,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    if copies.is_empty() {
        return Ok(());
    }
    let (tx, brand_id) = (permit.tx(), permit.brand_id);
    let sources: Vec<Uuid> = copies.iter().map(|copy| copy.of.id).collect();
    let variants = post_variant::Entity::in_brand(brand_id)
        .filter(post_variant::Column::PostId.is_in(sources.iter().copied()))
        .order_by_asc(post_variant::Column::Id)
        .all(tx)
        .await?;
    let media = variant_asset::Entity::find()
        .filter(variant_asset::Column::BrandId.eq(brand_id))
        .filter(variant_asset::Column::VariantId.is_in(variants.iter().map(|variant| variant.id)))
        .all(tx)
        .await?;
    let mut media_of: HashMap<Uuid, Vec<&variant_asset::Model>> = HashMap::new();
    for one in &media {
        media_of.entry(one.variant_id).or_default().push(one);
    }
    let (mut posts, mut new_variants, mut new_media) = (Vec::new(), Vec::new(), Vec::new());
    for copy in copies {
        let mut row = copy.of.clone().into_active_model();
        row.id = Set(copy.id);
        row.state = Set(PostState::Draft);
        row.due_at = Set(Some(copy.due_at));
        row.created_by = Set(by);
        row.created_at = Set(now);
        row.updated_at = Set(now);
        row.version = Set(1);
        row.sent_to_client_at = Set(None);
        posts.push(row);
        let of_post: Vec<&post_variant::Model> = variants.iter().filter(|one| one.post_id == copy.of.id).collect();
        // Ids of one instant are in no order by themselves; in order, they keep that of the variants.
        let mut new_ids: Vec<Uuid> = of_post.iter().map(|_| ids::new_id(now)).collect();
        new_ids.sort_unstable();
        for (variant, id) in of_post.into_iter().zip(new_ids) {
            let mut row = variant.clone().into_active_model();
            row.id = Set(id);
            row.post_id = Set(copy.id);
            new_variants.push(row);
            for place in media_of.get(&variant.id).into_iter().flatten() {
                let mut row = (*place).clone().into_active_model();
                row.variant_id = Set(id);
                new_media.push(row);
            }
        }
    }
    post::Entity::insert_many(posts).exec_without_returning(tx).await?;
    if !new_variants.is_empty() {
        post_variant::Entity::insert_many(new_variants).exec_without_returning(tx).await?;
    }
    if !new_media.is_empty() {
        variant_asset::Entity::insert_many(new_media).exec_without_returning(tx).await?;
    }
    let ids: Vec<Uuid> = copies.iter().map(|copy| copy.id).collect();
    save_versions(permit, &ids, (by, now), None).await?;
    give_default_checklist(permit, &ids, now).await?;
    write_contributors(tx, brand_id, copies, by).await
}

async fn write_contributors(
    tx: &impl ConnectionTrait,
    brand_id: Uuid,
    copies: &[Copy<'_>],
    by: Uuid,
) -> Result<(), DbErr> {
    let (of, new): (Vec<Uuid>, Vec<Uuid>) = copies.iter().map(|copy| (copy.of.id, copy.id)).unzip();
    let sql = "insert into post_contributor (brand_id, post_id, user_id)
      select $1, c.new, w.user_id from unnest($2::uuid[], $3::uuid[]) c (of, new)
        join post_contributor w on w.brand_id = $1 and w.post_id = c.of
      union select $1, c.new, p.created_by from unnest($2::uuid[], $3::uuid[]) c (of, new)
        join post p on p.brand_id = $1 and p.id = c.of
      union select $1, c.new, $4 from unnest($3::uuid[]) c (new)";
    let values = [brand_id.into(), of.into(), new.into(), by.into()];
    tx.execute_raw(db::statement(sql, values)).await.map(|_| ())
}

/// Takes back the copies of these series or items that are still to come and that nobody has touched: they are put away, and their
/// days are free to be made anew. What was changed, submitted or scheduled stays.
pub(super) async fn retract(permit: Permit<'_>, of: &[Uuid], now: DateTime<Utc>) -> Result<u64, DbErr> {
    let sql = "with gone as (
        delete from repeated_post r using post p
        where r.brand_id = $1 and (r.series_id = any ($2) or r.item_id = any ($2)) and p.brand_id = $1 and p.id = r.post_id
          and p.state = 'DRAFT' and p.version = 1 and p.due_at > $3
          and not exists (select from checklist_item c where c.brand_id = $1 and c.post_id = p.id and c.ticked_at is not null)
        returning r.post_id)
      update post set state = 'ARCHIVED', due_at = null, updated_at = $3
      where brand_id = $1 and id in (select post_id from gone)";
    let values = [permit.brand_id.into(), of.to_vec().into(), now.into()];
    permit.tx().execute_raw(db::statement(sql, values)).await.map(|done| done.rows_affected())
}
