//! Those who lead the agency are told that its own host for reports was given up.

pub(crate) const UP: &str = r"
-- Whatever else people are told of stays.
do $$
declare
  kept record;
begin
  for kept in select c.conrelid::regclass as place, c.conname as called, pg_get_constraintdef(c.oid) as said
    from pg_constraint c where c.conname in ('notice_kind_check', 'notice_setting_kind_check', 'webhook_endpoint_kinds_check',
      'webhook_delivery_kind_check')
  loop
    execute format('alter table %s drop constraint %I, add constraint %I %s', kept.place, kept.called, kept.called,
      replace(replace(kept.said, 'ARRAY[', 'ARRAY[''REPORT_HOST_LOST''::text, '), 'cardinality(kinds) <= 6', 'cardinality(kinds) <= 7'));
  end loop;
end
$$;
-- No brand has that host.
alter table webhook_endpoint add constraint webhook_endpoint_of_agency check (brand_id is null or not kinds @> array['REPORT_HOST_LOST']);

-- Who leads the agency: for the worker, who tells them what is the agency's own.
create function app.agency_chiefs() returns table (user_id uuid, name text, email text, locale text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as
$$
  select u.id, u.name, u.email, u.locale from app_user u
  where u.deactivated_at is null and u.kind = 'STAFF' and u.agency_level = 'CMO' and app.in_agency_work()
$$;
revoke execute on function app.agency_chiefs() from public;
grant execute on function app.agency_chiefs() to diwan_app;

-- As before, and from within the agency's own work, whose webhooks are the agency's.
create or replace function app.queue_deliveries(p_ids uuid[], p_jobs uuid[], p_endpoints uuid[], p_event uuid, p_kind text, p_brand uuid,
  p_data jsonb, p_now timestamptz) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as
$$
  with made as (
    insert into webhook_delivery (id, brand_id, endpoint_id, event_id, kind, event_brand_id, data, created_at)
    select i.id, e.brand_id, e.id, p_event, p_kind, p_brand, p_data, p_now
    from unnest(p_ids, p_endpoints) i (id, endpoint) join webhook_endpoint e on e.id = i.endpoint
    where (e.brand_id is null or e.brand_id = p_brand)
      and (p_brand = any (app.brands()) or app.agency_level() is not null or (p_brand is null and app.in_agency_work()))
    returning id, brand_id)
  insert into job (id, brand_id, kind, subject_id, state, due_at, created_at)
  select i.job, m.brand_id, 'deliver_webhook', m.id, 'PENDING', p_now, p_now
  from made m join unnest(p_ids, p_jobs) i (id, job) on i.id = m.id
$$;
";
