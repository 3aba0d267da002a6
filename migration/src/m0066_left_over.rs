//! Who looks after webhooks and requests for money since the work of whoever made them was handed over; and what was there before
//! reminders of deliverables (m0057) and signed files of proposals (m0058) were, gets them now.

pub(crate) const UP: &str = r"
-- Empty until then: whoever made it looks after it.
alter table webhook_endpoint add column owner_id uuid references app_user (id);
alter table financial_request add column owner_id uuid references app_user (id);
create index financial_request_by_owner on financial_request (brand_id, (coalesce(owner_id, created_by)))
  where state in ('DRAFT', 'SENT_BACK');

-- Deliverables that are to be handed in, whose day has not passed, and of which nothing reminds: each is planned as one that is written
-- down today. Where its day is near, nobody is told before it.
create function app.plan_reminders() returns void
language sql set search_path = pg_catalog, public, pg_temp as
$$
  with planned as materialized (
    select d.brand_id, d.id, (d.due_on - 3)::timestamp at time zone b.time_zone as soon,
      (d.due_on + 1)::timestamp at time zone b.time_zone as late
    from deliverable d join brand b on b.id = d.brand_id join contract c on c.brand_id = d.brand_id and c.id = d.contract_id
    where d.state in ('DUE', 'SENT_BACK') and b.deleted_at is null and c.state not in ('COMPLETED', 'DECLINED', 'TERMINATED', 'BREACHED')
      and (d.due_on + 1)::timestamp at time zone b.time_zone > now()
      and not exists (select from job j where j.brand_id = d.brand_id and j.kind = 'remind_deliverable' and j.subject_id = d.id
        and j.state not in ('DONE', 'CANCELED'))
  ), marked as (
    update deliverable d set reminded_for = d.due_on from planned p where d.brand_id = p.brand_id and d.id = p.id and p.soon <= now())
  insert into job (id, brand_id, kind, subject_id, due_at, created_at)
  select gen_random_uuid(), p.brand_id, 'remind_deliverable', p.id, case when p.soon > now() then p.soon else p.late end, now()
  from planned p
$$;
select app.plan_reminders();
drop function app.plan_reminders();

-- What was accepted before there was a file of it.
create function app.plan_signed_files() returns void
language sql set search_path = pg_catalog, public, pg_temp as
$$
  insert into job (id, brand_id, kind, subject_id, due_at, created_at)
  select gen_random_uuid(), a.brand_id, 'render_acceptance', a.id, now(), now()
  from proposal_acceptance a join brand b on b.id = a.brand_id
  where a.file_at is null and b.deleted_at is null and not exists (select from job j
    where j.brand_id = a.brand_id and j.kind = 'render_acceptance' and j.subject_id = a.id and j.state not in ('DONE', 'CANCELED'))
$$;
select app.plan_signed_files();
drop function app.plan_signed_files();
";
