//! The posts of a view: one statement, whatever is asked of them, and one more for the people beside them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diwan_entity::tenancy::app_user::UserKind;
use sea_orm::{ActiveEnum, DbErr, FromQueryResult, QueryResult, Value};
use uuid::Uuid;

use super::{BrandRow, ViewFilter, ViewPerson, ViewPost, ViewVariant, limit};
use crate::context::Context;
use crate::error::Failure;

/// One statement: a row for each variant, and one for each post without any. Conditions are written only where they are asked
/// for, so that the database plans each form once and keeps it.
pub(in crate::calendar) async fn posts(
    context: &Context,
    filter: &ViewFilter,
    brands: &[BrandRow],
    (from, until): (DateTime<Utc>, DateTime<Utc>),
    most: usize,
) -> Result<Vec<ViewPost>, Failure> {
    let (brand_is, of): (&str, Value) = match brands {
        [one] => (ONE_BRAND, one.id.into()),
        _ => ("= any ($1)", brands.iter().map(|brand| brand.id).collect::<Vec<Uuid>>().into()),
    };
    let mut values: Vec<Value> = vec![of, from.into(), until.into(), limit(most)];
    let mut conditions = String::new();
    if filter.states.is_empty() {
        conditions.push_str(" and p.state <> 'ARCHIVED'");
    } else {
        let states: Vec<String> = filter.states.iter().map(ActiveEnum::to_value).collect();
        values.push(states.into());
        conditions.push_str(" and p.state = any ($5)");
    }
    let mut only = |condition: &str, value: Value| {
        values.push(value);
        conditions.push_str(" and ");
        conditions.push_str(&condition.replace('?', &format!("${}", values.len())));
    };
    if !filter.calendar_ids.is_empty() {
        only("p.calendar_id = any (?)", filter.calendar_ids.clone().into());
    }
    if !filter.account_ids.is_empty() {
        only(
            "exists (select from post_variant f where f.brand_id = p.brand_id and f.post_id = p.id and f.social_account_id = any (?))",
            filter.account_ids.clone().into(),
        );
    }
    if !filter.networks.is_empty() {
        only(
            "exists (select from post_variant f join social_account g on g.brand_id = f.brand_id and g.id = f.social_account_id
               where f.brand_id = p.brand_id and f.post_id = p.id and g.network = any (?))",
            filter.networks.clone().into(),
        );
    }
    if !filter.assignee_ids.is_empty() {
        only(
            "exists (select from post_assignment f where f.brand_id = p.brand_id and f.post_id = p.id and f.user_id = any (?))",
            filter.assignee_ids.clone().into(),
        );
    }
    if !filter.author_ids.is_empty() {
        only(
            "(p.created_by = any (?) or exists (select from post_contributor f
               where f.brand_id = p.brand_id and f.post_id = p.id and f.user_id = any (?)))",
            filter.author_ids.clone().into(),
        );
    }
    if !filter.campaign_ids.is_empty() {
        only("p.campaign_id = any (?)", filter.campaign_ids.clone().into());
    }
    let sql = month_sql(brand_is, &conditions);
    let names: HashMap<Uuid, &str> = brands.iter().map(|brand| (brand.id, brand.name.as_str())).collect();
    let actor = context.signed_in()?;
    // Only staff have a directory; everybody knows themselves.
    let named = |id: Uuid| actor.kind == UserKind::Staff || actor.user_id == id;
    let mut found: Vec<ViewPost> = Vec::new();
    for row in context.results(&sql, values).await? {
        let id: Uuid = row.try_get_by_index(0)?;
        if found.last().is_none_or(|last| last.id != id) {
            found.push(read_post(&row, id, &names, named)?);
        }
        if let (Some(post), Some(variant)) = (found.last_mut(), read_variant(&row)?) {
            post.variants.push(variant);
        }
    }
    Ok(found)
}

/// What `month_sql` asks of the brand where there is one. PostgreSQL takes a list that it does not know for ten brands, finds that too much
/// to plan for once and for all, and plans anew for each request, which takes as long as what is planned.
pub const ONE_BRAND: &str = "= $1";

/// The statement, which the benchmark also runs for itself. `conditions` begin with `and` and speak of `p`.
pub fn month_sql(brand_is: &str, conditions: &str) -> String {
    format!(
        "with m as materialized (
           select p.id, p.brand_id, p.calendar_id, p.title, p.state, p.due_at, p.version, p.created_by, p.updated_at from post p
           where p.brand_id {brand_is} and p.due_at >= $2 and p.due_at < $3{conditions}
           order by p.due_at, p.id limit $4),
         writer as materialized (select u.id, u.name from app_user u where u.id in (select m.created_by from m))
         select m.id, m.brand_id, m.calendar_id, m.title, m.state, m.due_at, m.version, m.created_by, c.name, c.colour, writer.name,
           v.id, v.text, v.language, a.id, a.network, a.handle, a.display_name, a.state, b.state, m.updated_at
         from m
         left join calendar c on c.brand_id = m.brand_id and c.id = m.calendar_id
         left join writer on writer.id = m.created_by
         left join post_variant v on v.brand_id = m.brand_id and v.post_id = m.id
         left join social_account a on a.brand_id = v.brand_id and a.id = v.social_account_id
         left join publication b on b.brand_id = v.brand_id and b.variant_id = v.id and b.state <> 'CANCELED'
         order by m.due_at, m.id, v.id"
    )
}

fn read_post(
    row: &QueryResult,
    id: Uuid,
    brands: &HashMap<Uuid, &str>,
    named: impl Fn(Uuid) -> bool,
) -> Result<ViewPost, DbErr> {
    let brand_id: Uuid = row.try_get_by_index(1)?;
    let by: Uuid = row.try_get_by_index(7)?;
    let name: Option<String> = row.try_get_by_index(10)?;
    Ok(ViewPost {
        id,
        brand_id,
        brand_name: brands.get(&brand_id).map(|name| (*name).to_owned()).unwrap_or_default(),
        calendar_id: row.try_get_by_index(2)?,
        calendar_name: row.try_get_by_index(8)?,
        calendar_colour: row.try_get_by_index(9)?,
        title: row.try_get_by_index(3)?,
        state: row.try_get_by_index(4)?,
        due_at: row.try_get_by_index(5)?,
        updated_at: row.try_get_by_index(20)?,
        version: row.try_get_by_index(6)?,
        created_by: ViewPerson { id: by, name: name.filter(|_| named(by)) },
        authors: Vec::new(),
        assignees: Vec::new(),
        variants: Vec::new(),
    })
}

fn read_variant(row: &QueryResult) -> Result<Option<ViewVariant>, DbErr> {
    let Some(id) = row.try_get_by_index::<Option<Uuid>>(11)? else { return Ok(None) };
    // An account that is not seen takes its variant with it.
    let Some(account_id) = row.try_get_by_index::<Option<Uuid>>(14)? else { return Ok(None) };
    Ok(Some(ViewVariant {
        id,
        text: row.try_get_by_index(12)?,
        language: row.try_get_by_index(13)?,
        account_id,
        network: row.try_get_by_index(15)?,
        handle: row.try_get_by_index(16)?,
        display_name: row.try_get_by_index(17)?,
        account_state: row.try_get_by_index(18)?,
        publication_state: row.try_get_by_index(19)?,
    }))
}

#[derive(FromQueryResult)]
struct PersonRow {
    post_id: Uuid,
    user_id: Uuid,
    name: Option<String>,
    assigned: bool,
}

/// Who wrote at these posts, and to whom they are given: one statement.
pub(super) async fn add_people(context: &Context, posts: &mut [ViewPost]) -> Result<(), Failure> {
    let sql = "select x.post_id, x.user_id, u.name, x.assigned
      from (select a.post_id, a.user_id, true as assigned from post_assignment a where a.brand_id = any ($1) and a.post_id = any ($2)
        union all
        select c.post_id, c.user_id, false from post_contributor c where c.brand_id = any ($1) and c.post_id = any ($2)) x
      left join app_user u on u.id = x.user_id
      order by x.post_id, x.user_id";
    let mut brand_ids: Vec<Uuid> = posts.iter().map(|post| post.brand_id).collect();
    brand_ids.sort_unstable();
    brand_ids.dedup();
    let post_ids: Vec<Uuid> = posts.iter().map(|post| post.id).collect();
    let rows: Vec<PersonRow> = context.rows(sql, [brand_ids.into(), post_ids.into()]).await?;
    let actor = context.signed_in()?;
    let places: HashMap<Uuid, usize> = posts.iter().enumerate().map(|(at, post)| (post.id, at)).collect();
    for row in rows {
        let Some(post) = places.get(&row.post_id).and_then(|at| posts.get_mut(*at)) else { continue };
        let named = actor.kind == UserKind::Staff || actor.user_id == row.user_id;
        let person = ViewPerson { id: row.user_id, name: row.name.filter(|_| named) };
        if row.assigned { post.assignees.push(person) } else { post.authors.push(person) }
    }
    Ok(())
}
