//! Making the posts of a plan: a number of statements that does not grow with its rows but by the batch.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::calendar::post::PostState;
use diwan_entity::calendar::{content_import, content_import_row, post, post_assignment, post_contributor};
use diwan_platform::ids;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use uuid::Uuid;

use super::RowOutcome;
use super::plan::{Plan, Planned};
use crate::calendar::checklists::give_default_checklist;
use crate::calendar::composer::save_versions;
use crate::error::{Failure, Fault};
use crate::permission::Permit;
use crate::trust;

/// The most rows of a statement: one has 65,535 values at most, and a post some dozen.
const BATCH: usize = 2000;

/// Takes those rows out that were made of this file before.
pub(super) async fn known_rows(
    permit: Permit<'_>,
    import: &content_import::Model,
    plan: &mut Plan,
) -> Result<(), Failure> {
    let known: HashMap<String, Uuid> = content_import_row::Entity::in_brand(permit.brand_id)
        .filter(content_import_row::Column::FileSha256.eq(digest(import)?))
        .all(permit.tx())
        .await?
        .into_iter()
        .map(|row| (row.row_key, row.post_id))
        .collect();
    let Plan { reports, posts } = plan;
    posts.retain(|planned| {
        let post_id = known.get(&planned.key).copied();
        for report in &mut reports[planned.report..planned.report + planned.rows] {
            if post_id.is_some() {
                report.outcome = RowOutcome::Known;
                report.post_id = post_id;
            }
        }
        post_id.is_none()
    });
    Ok(())
}

fn digest(import: &content_import::Model) -> Result<Vec<u8>, Fault> {
    import.sha256.clone().ok_or_else(|| Fault::broken("an import is run without its file"))
}

/// Makes the posts.
pub(super) async fn make(
    permit: Permit<'_>,
    import: &content_import::Model,
    now: DateTime<Utc>,
    plan: &mut Plan,
) -> Result<(), Failure> {
    let (brand_id, person, sha256) = (permit.brand_id, permit.person()?, digest(import)?);
    // Ids of one instant are in no order by themselves; in order, they keep that of the file.
    let post_ids = ordered_ids(plan.posts.len(), now);
    let variants = plan.posts.iter().map(|planned| planned.content.variants.len()).sum();
    let mut variant_ids = ordered_ids(variants, now).into_iter();
    let (mut posts, mut rows, mut variants) = (Vec::new(), Vec::new(), Vec::new());
    let (mut contributors, mut assignments) = (Vec::new(), Vec::new());
    for (planned, id) in plan.posts.iter().zip(&post_ids) {
        posts.push(a_post(planned, *id, permit, now)?);
        rows.push(content_import_row::ActiveModel {
            id: Set(ids::new_id(now)),
            brand_id: Set(brand_id),
            import_id: Set(import.id),
            file_sha256: Set(sha256.clone()),
            row_key: Set(planned.key.clone()),
            post_id: Set(*id),
        });
        contributors.push(post_contributor::ActiveModel {
            brand_id: Set(brand_id),
            post_id: Set(*id),
            user_id: Set(person),
        });
        for (variant, id_of_variant) in planned.content.variants.iter().zip(variant_ids.by_ref()) {
            let base_text = planned.content.base_text.as_deref();
            variants.push(variant.row(id_of_variant, (brand_id, *id), base_text));
        }
        if let Some(assignee) = planned.assignee {
            assignments.push(post_assignment::ActiveModel {
                id: Set(ids::new_id(now)),
                brand_id: Set(brand_id),
                post_id: Set(*id),
                user_id: Set(assignee),
                brief: Set(String::new()),
                due_at: Set(None),
                assigned_by: Set(Some(person)),
                created_at: Set(now),
            });
        }
    }
    insert(permit, posts).await?;
    insert(permit, rows).await?;
    insert(permit, variants).await?;
    save_versions(permit, &post_ids, (person, now), None).await?;
    give_default_checklist(permit, &post_ids, now).await?;
    insert(permit, contributors).await?;
    insert(permit, assignments).await?;
    // The worker makes them; the trail tells who had it done.
    let permit = Permit { actor_id: None, ..permit };
    for made in post_ids.chunks(BATCH) {
        let detail = serde_json::json!({ "import": import.id, "by": person });
        trust::record_many(permit, now, "post.create", made.iter().map(|id| (permit, *id, detail.clone()))).await?;
    }
    let Plan { reports, posts } = plan;
    for (planned, id) in posts.iter().zip(post_ids) {
        for report in &mut reports[planned.report..planned.report + planned.rows] {
            report.outcome = RowOutcome::Made;
            report.post_id = Some(id);
        }
    }
    Ok(())
}

fn a_post(planned: &Planned, id: Uuid, permit: Permit<'_>, now: DateTime<Utc>) -> Result<post::ActiveModel, Fault> {
    Ok(post::ActiveModel {
        id: Set(id),
        brand_id: Set(permit.brand_id),
        calendar_id: Set(planned.calendar_id),
        title: Set(planned.content.title.clone()),
        state: Set(PostState::Draft),
        due_at: Set(planned.due_at),
        created_by: Set(permit.person()?),
        created_at: Set(now),
        updated_at: Set(now),
        version: Set(1),
        pillar_id: Set(planned.pillar_id),
        base_text: Set(planned.content.base_text.clone()),
        ..Default::default()
    })
}

fn ordered_ids(count: usize, now: DateTime<Utc>) -> Vec<Uuid> {
    let mut made: Vec<Uuid> = (0..count).map(|_| ids::new_id(now)).collect();
    made.sort_unstable();
    made
}

async fn insert<A>(permit: Permit<'_>, mut rows: Vec<A>) -> Result<(), Failure>
where
    A: ActiveModelTrait + Send,
    <A::Entity as EntityTrait>::Model: IntoActiveModel<A>,
{
    while !rows.is_empty() {
        let rest = rows.split_off(rows.len().min(BATCH));
        A::Entity::insert_many(rows).exec_without_returning(permit.tx()).await?;
        rows = rest;
    }
    Ok(())
}
