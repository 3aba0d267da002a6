//! What somebody was to do, given to somebody else.

use diwan_platform::db;
use sea_orm::{ConnectionTrait as _, DbErr};
use uuid::Uuid;

use crate::permission::Permit;

/// Gives what is left to do of these brands' checklists to somebody else, as far as the posts are still worked on. `sees_all`: whether
/// the other sees every post; a freelancer gets what is to be done to the posts that are given to them. Answers how much it was.
pub(crate) async fn hand_over_items(
    permit: Permit<'_>,
    (from, to): (Uuid, Uuid),
    sees_all: bool,
    brand_ids: &[Uuid],
) -> Result<u64, DbErr> {
    let sql = "update checklist_item i set assignee_id = $2, version = i.version + 1 from post p
      where i.brand_id = any ($3) and i.assignee_id = $1 and i.ticked_at is null
        and p.brand_id = i.brand_id and p.id = i.post_id and p.state not in ('PUBLISHED', 'CANCELED', 'ARCHIVED')
        and ($4 or exists (select from post_assignment a
          where a.brand_id = p.brand_id and a.post_id = p.id and a.user_id = $2))";
    let values = [from.into(), to.into(), brand_ids.to_vec().into(), sees_all.into()];
    permit.tx().execute_raw(db::statement(sql, values)).await.map(|done| done.rows_affected())
}
