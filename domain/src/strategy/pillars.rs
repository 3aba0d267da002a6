//! What a brand talks about, and how much of it.

use diwan_entity::InBrand as _;
use diwan_entity::strategy::content_pillar;
use diwan_platform::db;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait as _, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use super::fields::{begin, live, maybe_text};
use super::items::{Thing, has_room, name_is_free, take_turns};
use super::mix::{WHOLE, check_whole};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::{Action, Permit};
use crate::trust;

/// What is said of a pillar.
#[derive(Debug, Clone, Default)]
pub struct PillarContent {
    /// 1 to 200 characters, unlike that of any other pillar of the brand.
    pub name: String,
    /// Up to 10 000 characters.
    pub description: String,
    /// Its planned part of the posts, in basis points: 0 to 10 000. All of a brand's are at most 10 000 together.
    pub share_bp: i32,
}

impl PillarContent {
    fn check(&self, wrong: &mut Complaints) -> Self {
        check_share(wrong, "pillar.shareBasisPoints", self.share_bp);
        Self {
            name: wrong.text("pillar.name", &self.name, 200).to_owned(),
            description: maybe_text(wrong, "pillar.description", &self.description, 10_000),
            share_bp: self.share_bp,
        }
    }
}

fn check_share(wrong: &mut Complaints, field: &str, share_bp: i32) {
    if !(0..=WHOLE).contains(&i64::from(share_bp)) {
        wrong.add(UserError::at(Code::Invalid, field));
    }
}

/// The live pillars of the brand. It is the caller's turn.
async fn pillars(context: &Context, permit: Permit<'_>) -> Result<Vec<content_pillar::Model>, Failure> {
    let select = content_pillar::Entity::in_brand(permit.brand_id)
        .filter(content_pillar::Column::ArchivedAt.is_null())
        .order_by_asc(content_pillar::Column::Id)
        .lock_exclusive();
    Ok(context.all(select).await?)
}

/// Writes a pillar down.
pub async fn create_content_pillar(
    context: &Context,
    brand_id: Uuid,
    content: PillarContent,
) -> Result<content_pillar::Model, Failure> {
    let permit = context.permit(Action::StrategyWrite, brand_id).await?;
    let mut wrong = Complaints::default();
    let content = content.check(&mut wrong);
    has_room(permit, &mut wrong, Thing::ContentPillar).await?;
    name_is_free(permit, &mut wrong, (Thing::ContentPillar, &content.name), None, "pillar.name").await?;
    wrong.check()?;
    let others = pillars(context, permit).await?.into_iter().map(|other| other.share_bp);
    check_whole(others.chain([content.share_bp]), "pillar.shareBasisPoints")?;
    let row = content_pillar::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(brand_id),
        name: Set(content.name),
        description: Set(content.description),
        share_bp: Set(content.share_bp),
        created_at: Set(context.now),
        updated_at: Set(context.now),
        archived_at: Set(None),
        version: Set(1),
    };
    let row = content_pillar::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    let detail = serde_json::json!({ "share_bp": row.share_bp });
    trust::record(permit, context.now, "content_pillar.create", row.id, detail).await?;
    Ok(row)
}

/// Says it anew: the whole of it.
pub async fn update_content_pillar(
    context: &Context,
    pillar_id: Uuid,
    version: i32,
    content: PillarContent,
) -> Result<content_pillar::Model, Failure> {
    const FIELD: &str = "contentPillarId";
    let (permit, row) = begin::<content_pillar::Entity>(context, Action::StrategyWrite, pillar_id, FIELD).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    live(&mut wrong, row.archived_at, FIELD);
    let content = content.check(&mut wrong);
    name_is_free(permit, &mut wrong, (Thing::ContentPillar, &content.name), Some(row.id), "pillar.name").await?;
    wrong.check()?;
    let others = pillars(context, permit).await?.into_iter().filter(|other| other.id != row.id);
    check_whole(others.map(|other| other.share_bp).chain([content.share_bp]), "pillar.shareBasisPoints")?;
    let changed = content_pillar::ActiveModel {
        name: Set(content.name),
        description: Set(content.description),
        share_bp: Set(content.share_bp),
        updated_at: Set(context.now),
        version: Set(row.version + 1),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    let detail = serde_json::json!({ "version": row.version, "share_bp": row.share_bp });
    trust::record(permit, context.now, "content_pillar.update", row.id, detail).await?;
    Ok(row)
}

/// One pillar's part of the mix.
#[derive(Debug, Clone, Copy)]
pub struct MixShare {
    /// Which pillar.
    pub pillar_id: Uuid,
    /// The version of it from which the change started.
    pub version: i32,
    /// Its part from now on, in basis points.
    pub share_bp: i32,
}

/// Changes the parts of several pillars at once, which one by one might be more than the whole in between. The parts of those
/// that are left out stay.
pub async fn set_content_mix(
    context: &Context,
    brand_id: Uuid,
    shares: &[MixShare],
) -> Result<Vec<content_pillar::Model>, Failure> {
    let permit = context.permit(Action::StrategyWrite, brand_id).await?;
    let mut wrong = Complaints::default();
    let most = super::fields::MOST_ITEMS;
    if shares.is_empty() {
        wrong.add(UserError::at(Code::Invalid, "shares"));
    }
    if shares.len() > most {
        wrong.add(UserError::at(Code::TooMany, "shares").number("limit", most).number("actual", shares.len()));
    }
    wrong.check()?;
    take_turns(permit).await?;
    let mut all = pillars(context, permit).await?;
    let mut wrong = Complaints::default();
    for (place, share) in shares.iter().enumerate() {
        let at = |field: &str| format!("shares.{place}.{field}");
        check_share(&mut wrong, &at("shareBasisPoints"), share.share_bp);
        if shares[..place].iter().any(|other| other.pillar_id == share.pillar_id) {
            wrong.add(UserError::at(Code::AlreadyExists, &at("contentPillarId")));
        }
        match all.iter_mut().find(|pillar| pillar.id == share.pillar_id) {
            None => wrong.add(UserError::at(Code::NotFound, &at("contentPillarId"))),
            Some(pillar) if pillar.version != share.version => {
                let changed = UserError::at(Code::ChangedMeanwhile, &at("version"));
                wrong.add(changed.number("current", pillar.version));
            }
            Some(pillar) => pillar.share_bp = share.share_bp,
        }
    }
    wrong.check()?;
    check_whole(all.iter().map(|pillar| pillar.share_bp), "shares")?;
    let (ids, parts): (Vec<Uuid>, Vec<i32>) = shares.iter().map(|share| (share.pillar_id, share.share_bp)).unzip();
    let sql = "update content_pillar p set share_bp = n.share_bp, updated_at = $4, version = p.version + 1
      from unnest($2::uuid[], $3::int[]) n (id, share_bp) where p.brand_id = $1 and p.id = n.id";
    let values = [brand_id.into(), ids.into(), parts.into(), context.now.into()];
    permit.tx().execute_raw(db::statement(sql, values)).await?;
    let detail: Vec<_> = all.iter().map(|pillar| serde_json::json!([pillar.id, pillar.share_bp])).collect();
    trust::record(permit, context.now, "content_mix.set", brand_id, serde_json::json!({ "shares": detail })).await?;
    pillars(context, permit).await
}
