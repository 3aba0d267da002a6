//! What new posts begin with.

use chrono::{DateTime, Utc};
use diwan_platform::{db, ids};
use sea_orm::{ConnectionTrait as _, DbErr, FromQueryResult};
use uuid::Uuid;

use crate::permission::Permit;

#[derive(FromQueryResult)]
struct Item {
    template_id: Uuid,
    position: i16,
}

/// Gives these posts, which are new, what the brand's default template holds; nothing where it has none. Three statements at most,
/// however many posts there are.
pub(in crate::calendar) async fn give_default_checklist(
    permit: Permit<'_>,
    post_ids: &[Uuid],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    // Whoever changes templates waits until the posts are there: none gets half of one and half of another.
    permit.tx().execute_raw(db::statement("select app.hold_checklists($1)", [permit.brand_id.into()])).await?;
    let sql = "select i.template_id, i.position from checklist_template t
        join checklist_template_item i on i.brand_id = t.brand_id and i.template_id = t.id
      where t.brand_id = $1 and t.is_default order by i.position";
    let items: Vec<Item> = db::all(permit.tx(), sql, [permit.brand_id.into()]).await?;
    let Some(template_id) = items.first().map(|item| item.template_id) else { return Ok(()) };
    let each = post_ids.iter().flat_map(|post_id| items.iter().map(move |item| (*post_id, i32::from(item.position))));
    let (posts, positions): (Vec<Uuid>, Vec<i32>) = each.unzip();
    let new: Vec<Uuid> = posts.iter().map(|_| ids::new_id(now)).collect();
    let sql = "insert into checklist_item (id, brand_id, post_id, position, text, required, template_id, created_at)
      select n.id, i.brand_id, n.post_id, i.position, i.text, i.required, i.template_id, $6
      from unnest($3::uuid[], $4::uuid[], $5::int[]) n (id, post_id, position)
        join checklist_template_item i on i.brand_id = $1 and i.template_id = $2 and i.position = n.position";
    let values = [permit.brand_id.into(), template_id.into(), new.into(), posts.into(), positions.into(), now.into()];
    permit.tx().execute_raw(db::statement(sql, values)).await.map(|_| ())
}
