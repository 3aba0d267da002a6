//! Handing over what somebody was named to approve: the open steps, and the chains for what is to come. In all brands at
//! once, in a constant number of statements.
//!
//! What a level or the client is asked for belongs to nobody in person and is not handed over: whoever leaves is not waited
//! for. Nor are delegations: who stands in for somebody is their own to say, so those of a leaver end (`delegation.rs`).

use std::collections::{BTreeMap, HashMap};

use diwan_entity::approvals::approval_entry::{self, EntryKind};
use diwan_entity::tenancy::app_user;
use diwan_platform::db;
use sea_orm::{ActiveValue::Set, ConnectionTrait as _, EntityTrait as _, FromQueryResult};
use serde_json::json;
use uuid::Uuid;

use super::letters::APPROVAL;
use crate::context::Context;
use crate::error::{Arg, Failure};
use crate::permission::Permit;
use crate::trust::{Letter, queue_letters};

/// Who takes over from whom, and where.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Takeover<'a> {
    /// Who was named.
    pub from: &'a app_user::Model,
    /// Who is named from now on.
    pub to: &'a app_user::Model,
    /// Where they may decide.
    pub brand_ids: &'a [Uuid],
}

/// What was handed over, by brand.
#[derive(Debug, Clone, Default)]
pub(crate) struct TakenOver {
    /// Steps of requests that wait.
    pub steps: HashMap<Uuid, usize>,
    /// Chains that named the one and name the other now.
    pub chains: HashMap<Uuid, usize>,
}

/// What still names somebody.
#[derive(Debug, Clone, Copy, Default, FromQueryResult)]
pub(crate) struct StillNamed {
    /// Steps of requests that wait.
    pub steps: i64,
    /// Active chains.
    pub chains: i64,
}

/// A step that waits, names somebody (`$2`) and has not been decided by them; `s` and its request `r`.
const NAMED_STEPS: &str = "approval_step s join approval_request r on r.brand_id = s.brand_id and r.id = s.request_id
  where s.brand_id = any ($1) and r.state = 'PENDING' and s.audience = 'PEOPLE' and s.state in ('WAITING', 'OPEN')
    and s.people @> array[$2::uuid]
    and not exists (select from approval_entry e where e.brand_id = s.brand_id and e.step_id = s.id and e.kind = 'APPROVED'
      and $2 in (e.actor_id, e.principal_id))";

/// Steps that the other may take: not of what they wrote, nor where they have decided already and all are asked, since
/// nobody would be left to bring the step to its end.
const FREE: &str = "not ((select a.four_eyes from agency a) and r.authors @> array[$3::uuid])
  and not (s.mode = 'ALL' and s.people @> array[$3::uuid] and exists (select from approval_entry e
    where e.brand_id = s.brand_id and e.step_id = s.id and e.kind = 'APPROVED' and $3 in (e.actor_id, e.principal_id)))";

#[derive(FromQueryResult)]
struct Moved {
    id: Uuid,
    brand_id: Uuid,
    request_id: Uuid,
    open: bool,
    title: String,
    requester: String,
}

#[derive(FromQueryResult)]
struct InBrand {
    brand_id: Uuid,
}

/// In which brands somebody is named.
pub(crate) async fn brands_that_name(context: &Context, user_id: Uuid) -> Result<Vec<Uuid>, Failure> {
    let sql = "select s.brand_id from approval_step s
        join approval_request r on r.brand_id = s.brand_id and r.id = s.request_id and r.state = 'PENDING'
        where s.audience = 'PEOPLE' and s.state in ('WAITING', 'OPEN') and s.people @> array[$1::uuid]
      union select c.brand_id from approval_chain c where c.archived_at is null and c.steps @> $2";
    let rows: Vec<InBrand> = context.rows(sql, [user_id.into(), naming(user_id).into()]).await?;
    Ok(rows.into_iter().map(|row| row.brand_id).collect())
}

/// A chain's steps that name somebody contain this.
fn naming(user_id: Uuid) -> serde_json::Value {
    json!([{ "people": [user_id] }])
}

/// Hands over, and writes to whoever takes over what waits for them now.
pub(crate) async fn hand_over(
    context: &Context,
    permit: Permit<'_>,
    takeover: Takeover<'_>,
) -> Result<TakenOver, Failure> {
    let Takeover { from, to, brand_ids } = takeover;
    if brand_ids.is_empty() {
        return Ok(TakenOver::default());
    }
    let mut done = TakenOver::default();
    for brand_id in move_chains(context, permit, takeover).await? {
        *done.chains.entry(brand_id).or_default() += 1;
    }
    let values = || [brand_ids.to_vec().into(), from.id.into(), to.id.into()];
    // Locked as whoever decides locks them, so that nobody decides and hands over at once.
    let lock = format!(
        "select id from approval_request where brand_id = any ($1) and id in (select r.id from {NAMED_STEPS} and {FREE})
         order by id for update"
    );
    permit.tx().execute_raw(db::statement(&lock, values())).await?;
    let sql = format!(
        "with free as (select s.id, s.brand_id, r.title, r.requested_by from {NAMED_STEPS} and {FREE}),
         moved as (
           update approval_step s set people =
             case when s.people @> array[$3] then array_remove(s.people, $2) else array_replace(s.people, $2, $3) end
           from free f where s.brand_id = f.brand_id and s.id = f.id
           returning s.id, s.brand_id, s.request_id, s.state = 'OPEN' as open, f.title, f.requested_by),
         told as (
           update approval_request r set version = r.version + 1 from moved m
           where r.brand_id = m.brand_id and r.id = m.request_id)
         select m.id, m.brand_id, m.request_id, m.open, m.title, coalesce(u.name, '') as requester
         from moved m left join app_user u on u.id = m.requested_by"
    );
    let moved: Vec<Moved> = db::all(permit.tx(), &sql, values()).await?;
    for step in &moved {
        *done.steps.entry(step.brand_id).or_default() += 1;
    }
    write_history(context, permit, takeover, &moved).await?;
    let mut waiting: BTreeMap<Uuid, &Moved> = BTreeMap::new();
    for step in moved.iter().filter(|step| step.open) {
        waiting.insert(step.request_id, step);
    }
    let letters = waiting.into_values().filter_map(|step| {
        Some(Letter {
            to: to.email.clone()?,
            locale: to.locale,
            template: "approval-requested",
            args: vec![
                ("name", Arg::Text(to.name.clone().into())),
                ("title", Arg::Text(step.title.clone().into())),
                ("requester", Arg::Text(step.requester.clone().into())),
            ],
            link: context.services.open_in_app(APPROVAL, step.request_id),
        })
    });
    queue_letters(permit.tx(), &context.services, letters.collect()).await?;
    Ok(done)
}

async fn move_chains(context: &Context, permit: Permit<'_>, takeover: Takeover<'_>) -> Result<Vec<Uuid>, Failure> {
    let Takeover { from, to, brand_ids } = takeover;
    // Whoever is named twice by it is named once, where they stood first.
    let sql = "update approval_chain c set steps = n.steps, set_by = $5, updated_at = $6, version = c.version + 1
      from (
        select o.id, jsonb_agg(
          case when e.step -> 'people' @> to_jsonb($2::text) then jsonb_set(e.step, '{people}', (
            select jsonb_agg(p.id order by p.at) from (
              select case when x.id = $2 then $3 else x.id end as id, min(x.at) as at
              from jsonb_array_elements_text(e.step -> 'people') with ordinality x (id, at) group by 1) p))
          else e.step end order by e.at) as steps
        from approval_chain o cross join lateral jsonb_array_elements(o.steps) with ordinality e (step, at)
        where o.brand_id = any ($1) and o.archived_at is null and o.steps @> $4
        group by o.id) n
      where c.id = n.id returning c.brand_id";
    let values = [
        brand_ids.to_vec().into(),
        from.id.to_string().into(),
        to.id.to_string().into(),
        naming(from.id).into(),
        permit.person()?.into(),
        context.now.into(),
    ];
    let rows: Vec<InBrand> = db::all(permit.tx(), sql, values).await?;
    Ok(rows.into_iter().map(|row| row.brand_id).collect())
}

async fn write_history(
    context: &Context,
    permit: Permit<'_>,
    takeover: Takeover<'_>,
    moved: &[Moved],
) -> Result<(), Failure> {
    if moved.is_empty() {
        return Ok(());
    }
    let entries = moved.iter().map(|step| approval_entry::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(step.brand_id),
        request_id: Set(step.request_id),
        step_id: Set(Some(step.id)),
        kind: Set(EntryKind::HandedOver),
        at: Set(context.now),
        actor_id: Set(Some(takeover.to.id)),
        actor_name: Set(Some(takeover.to.name.clone())),
        on_behalf_of: Set(Some(takeover.from.id)),
        on_behalf_of_name: Set(Some(takeover.from.name.clone())),
        for_client: Set(false),
        ..Default::default()
    });
    approval_entry::Entity::insert_many(entries).exec_without_returning(permit.tx()).await?;
    Ok(())
}

/// What names somebody in these brands, and waits for them.
pub(crate) async fn still_named(context: &Context, user_id: Uuid, brand_ids: &[Uuid]) -> Result<StillNamed, Failure> {
    let sql = format!(
        "select (select count(*) from {NAMED_STEPS}) as steps,
           (select count(*) from approval_chain c where c.brand_id = any ($1) and c.archived_at is null and c.steps @> $3) as chains"
    );
    let values = [brand_ids.to_vec().into(), user_id.into(), naming(user_id).into()];
    Ok(context.rows::<StillNamed>(&sql, values).await?.pop().unwrap_or_default())
}
