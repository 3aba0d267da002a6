//! Reading the library. Row-level security decides what is seen: freelancers and clients see what they uploaded, and what the
//! posts show that they see.

use chrono::{DateTime, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::calendar::asset::{self, AssetKind, AssetState};
use diwan_entity::media::{media_file, media_rendition};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, FromQueryResult, QueryFilter as _, QueryOrder as _};
use uuid::Uuid;

use crate::context::Context;
use crate::error::{Code, Failure, UserError};
use crate::paging::{Page, Slice, newest_first};
use crate::permission::Action;

/// Which assets are wanted.
#[derive(Debug, Clone, Default)]
pub struct AssetFilter {
    /// Whose name, description or tag holds this.
    pub text: Option<String>,
    /// Of one of these sorts; any when empty.
    pub kinds: Vec<AssetKind>,
    /// In one of these states; any when empty.
    pub states: Vec<AssetState>,
    /// With all of these tags.
    pub tags: Vec<String>,
    /// In this folder itself; in none.
    pub folder_id: Option<Option<Uuid>>,
    /// Those that were put away, instead of those that were not.
    pub archived: bool,
    /// That may be used no longer from this time on.
    pub expires_before: Option<DateTime<Utc>>,
    /// Of which nobody has said by which right they are used.
    pub without_rights: bool,
}

/// The brand's media library, newest first.
pub async fn assets(
    context: &Context,
    brand_id: Uuid,
    filter: AssetFilter,
    page: Page,
) -> Result<Slice<asset::Model>, Failure> {
    context.permit_some(Action::ContentRead, brand_id).await?;
    let mut all = Condition::all();
    if let Some(text) = filter.text.map(|text| text.trim().to_lowercase()).filter(|text| !text.is_empty()) {
        if text.contains('\0') || text.chars().count() > 200 {
            return Err(UserError::at(Code::Invalid, "filter.text").into());
        }
        let pattern = format!("%{}%", text.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_"));
        let holds = "file_name || ' ' || alt_text || ' ' || array_to_string(tags, ' ') ilike $1";
        all = all.add(Expr::cust_with_values(holds, [pattern]));
    }
    if !filter.kinds.is_empty() {
        all = all.add(asset::Column::Kind.is_in(filter.kinds));
    }
    if !filter.states.is_empty() {
        all = all.add(asset::Column::State.is_in(filter.states));
    }
    if !filter.tags.is_empty() {
        let tags: Vec<String> = filter.tags.iter().map(|tag| tag.trim().to_lowercase()).collect();
        all = all.add(Expr::cust_with_values("tags @> $1", [tags]));
    }
    match filter.folder_id {
        Some(Some(id)) => all = all.add(asset::Column::FolderId.eq(id)),
        Some(None) => all = all.add(asset::Column::FolderId.is_null()),
        None => {}
    }
    let away = asset::Column::ArchivedAt;
    all = all.add(if filter.archived { away.is_not_null() } else { away.is_null() });
    if let Some(time) = filter.expires_before {
        all = all.add(asset::Column::UsableUntil.lte(time));
    }
    if filter.without_rights {
        all = all.add(asset::Column::Licence.is_null());
    }
    newest_first(context, asset::Entity::in_brand(brand_id).filter(all), asset::Column::Id, page).await
}

/// Why the last file of an asset was refused, or what became of the work at it.
pub fn problem_of(asset: &asset::Model, file: Option<&media_file::Model>) -> Option<UserError> {
    if let Some(problem) = &asset.problem {
        let code = Code::ALL.iter().copied().find(|code| code.message_key() == *problem)?;
        let error = UserError::new(code);
        return Some(match asset.problem_limit {
            Some(limit) => error.number("limit", limit),
            None => error,
        });
    }
    file?.trouble.map(|_| UserError::new(Code::StoreUnavailable))
}

/// A tag, and how many assets have it.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct TagCount {
    /// The tag.
    pub tag: String,
    /// How many assets that are not put away.
    pub assets: i64,
}

/// The tags of a brand that are used most, at most 500.
pub async fn tags(context: &Context, brand_id: Uuid) -> Result<Vec<TagCount>, Failure> {
    context.permit_some(Action::ContentRead, brand_id).await?;
    let sql = "select t.tag, count(*) as assets from asset a cross join unnest(a.tags) t (tag)
      where a.brand_id = $1 and a.archived_at is null group by t.tag order by assets desc, t.tag limit 500";
    Ok(context.rows(sql, [brand_id.into()]).await?)
}

/// The other forms of these files, by purpose.
pub async fn renditions_of_files(context: &Context, file_ids: &[Uuid]) -> Result<Vec<media_rendition::Model>, Failure> {
    let select = media_rendition::Entity::find()
        .filter(media_rendition::Column::FileId.is_in(file_ids.iter().copied()))
        .order_by_asc(media_rendition::Column::Purpose);
    Ok(context.all(select).await?)
}

/// Other forms by id.
pub async fn renditions_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<media_rendition::Model>, Failure> {
    Ok(context.all(media_rendition::Entity::visible(ids.iter().copied())).await?)
}

/// Files by id.
pub async fn files_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<media_file::Model>, Failure> {
    Ok(context.all(media_file::Entity::visible(ids.iter().copied())).await?)
}

#[derive(FromQueryResult)]
struct Count {
    posts: i64,
}

/// How many posts in these states show an asset that the caller sees, whoever's they are; in any state when empty.
pub async fn posts_showing(context: &Context, asset_id: Uuid, states: &[&str]) -> Result<i64, Failure> {
    let states: Vec<String> = states.iter().map(|state| (*state).to_owned()).collect();
    let sql = "select app.posts_showing($1, $2) as posts";
    let rows: Vec<Count> = context.rows(sql, [asset_id.into(), states.into()]).await?;
    Ok(rows.into_iter().next().map_or(0, |row| row.posts))
}
