//! Reading a feed, again and again.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::curation::source::{self, SourceState};
use diwan_entity::curation::source_item;
use diwan_entity::tenancy::brand;
use diwan_platform::{db, ids};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ConnectionTrait as _, DbErr, EntityTrait as _, IntoActiveModel as _,
    QuerySelect as _,
};
use uuid::Uuid;

use super::fetch::{Fetched, Item, fetch};
use super::politeness::{Wishes, next_reading};
use crate::jobs::{Job, JobError, Next, Scope, Work};
use crate::permission::Permit;

/// The most items that are kept of a feed, the newest. Far more than are looked at in one reading, so that none comes back.
const KEPT: i64 = 1000;

/// Reads one feed.
#[derive(Debug)]
pub struct FetchSource;

#[async_trait]
impl Job for FetchSource {
    fn kind(&self) -> &'static str {
        "fetch_source"
    }

    async fn run(&self, work: &Work) -> Result<(), JobError> {
        let scope = work.begin().await?;
        let found = source::Entity::one_in_brand(scope.brand_id, scope.subject_id()).one(scope.tx()).await?;
        let Some(source) = found.filter(|source| source.state == SourceState::Active) else {
            return scope.finish(Next::Done).await;
        };
        let brand = brand::Entity::find_by_id(scope.brand_id).one(scope.tx()).await?;
        if brand.is_none_or(|brand| brand.archived_at.is_some()) {
            let later = next_reading(scope.now, Wishes { every_minutes: 24 * 60, ..Wishes::default() });
            return scope.finish(Next::Again(later)).await;
        }
        let now = scope.now;
        scope.commit().await?;
        let fetched = fetch(&work.services.http, &source, now).await;
        let scope = work.begin().await?;
        // Somebody may have paused or struck it out meanwhile.
        let found = source::Entity::one_in_brand(scope.brand_id, source.id).lock_exclusive().one(scope.tx()).await?;
        let Some(source) = found.filter(|source| source.state == SourceState::Active) else {
            return scope.finish(Next::Done).await;
        };
        match note(&scope, source, fetched).await? {
            Some(at) => scope.finish(Next::Again(at)).await,
            None => scope.finish(Next::Done).await,
        }
    }

    async fn give_up(&self, _scope: &Scope, _reason: &str) -> Result<(), JobError> {
        // A feed that cannot be read is no fault and never comes here; the job itself shows ours.
        Ok(())
    }

    async fn revive(&self, _permit: Permit<'_>, _subject_id: Uuid) -> Result<bool, DbErr> {
        Ok(true)
    }
}

/// Writes what came of it. Answers when it is read again.
async fn note(scope: &Scope, source: source::Model, fetched: Fetched) -> Result<Option<DateTime<Utc>>, JobError> {
    let mut wishes = Wishes { every_minutes: source.every_minutes, ..Wishes::default() };
    let (failures, unnamed) = (source.failures, source.title.is_empty());
    let (brand_id, source_id) = (source.brand_id, source.id);
    let mut row = source.into_active_model();
    row.fetched_at = Set(Some(scope.now));
    let succeeded = |row: &mut source::ActiveModel| {
        row.succeeded_at = Set(Some(scope.now));
        row.failures = Set(0);
        row.trouble = Set(None);
        row.trouble_detail = Set(None);
    };
    let mut gone = false;
    match fetched {
        Fetched::Unchanged => succeeded(&mut row),
        Fetched::Feed(read) => {
            succeeded(&mut row);
            row.etag = Set(read.etag);
            row.last_modified = Set(read.last_modified);
            if unnamed {
                row.title = Set(read.title);
            }
            wishes.ttl_minutes = read.ttl_minutes;
            keep(scope, brand_id, source_id, read.items).await?;
        }
        Fetched::Gone => {
            gone = true;
            row.state = Set(SourceState::Gone);
            row.failures = Set(failures.saturating_add(1));
            row.trouble = Set(Some("GONE".to_owned()));
            row.trouble_detail = Set(Some("status 410".to_owned()));
        }
        Fetched::Failed { trouble, detail, retry_after } => {
            wishes.failures = failures.saturating_add(1);
            wishes.retry_after = retry_after;
            row.failures = Set(wishes.failures);
            row.trouble = Set(Some(trouble.to_owned()));
            row.trouble_detail = Set(Some(detail.chars().filter(|c| !c.is_control()).take(500).collect()));
        }
    }
    row.update(scope.tx()).await?;
    Ok((!gone).then(|| next_reading(scope.now, wishes)))
}

/// Keeps what is new, and not for ever. Two statements.
async fn keep(scope: &Scope, brand_id: Uuid, source_id: Uuid, items: Vec<Item>) -> Result<(), JobError> {
    if items.is_empty() {
        return Ok(());
    }
    // Ids of one instant are in no order by themselves; in order, they keep that of the feed.
    let mut new_ids: Vec<Uuid> = items.iter().map(|_| ids::new_id(scope.now)).collect();
    new_ids.sort_unstable();
    let rows = items.into_iter().zip(new_ids).map(|(item, id)| source_item::ActiveModel {
        id: Set(id),
        brand_id: Set(brand_id),
        source_id: Set(source_id),
        guid_hash: Set(item.guid_hash.to_vec()),
        url: Set(item.url),
        title: Set(item.title),
        summary: Set(item.summary),
        author: Set(item.author),
        published_at: Set(item.published_at),
        found_at: Set(scope.now),
        dismissed_at: Set(None),
    });
    let known = OnConflict::new().do_nothing().to_owned();
    source_item::Entity::insert_many(rows).on_conflict(known).exec_without_returning(scope.tx()).await?;
    let old = "delete from source_item where brand_id = $1 and source_id = $2 and id < (
      select id from source_item where brand_id = $1 and source_id = $2 order by id desc offset $3 limit 1)";
    let values = [brand_id.into(), source_id.into(), (KEPT - 1).into()];
    scope.tx().execute_raw(db::statement(old, values)).await?;
    Ok(())
}
