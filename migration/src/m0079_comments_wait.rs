//! Whatever is read of networks goes behind what people and publications wait for, as reading numbers does; and more networks tell comments.

pub(crate) const UP: &str = r"
-- Up to PostgreSQL 16 what a generated column holds is said when it is made: it is made anew, with its index and with all that is read of networks in it.
drop index job_due_of_brand;
alter table job drop column priority;
alter table job add column priority smallint not null generated always as (case
  when kind = 'publish' then 0
  when kind in ('sync_metrics', 'read_comments', 'read_account_history', 'read_audience', 'render_report', 'export_content_plan', 'fetch_source',
    'extend_series', 'fill_queue', 'remove_file', 'delete_brand') then 2
  else 1 end) stored;
create index job_due_of_brand on job (priority, (coalesce(brand_id, '00000000-0000-0000-0000-000000000000'::uuid)), due_at, id)
  where state = 'PENDING';

-- What went out lately there is read from now on, spread over a day: numbers wait for it as little as they can, and what is read already has its job.
create function app.begin_comments() returns void
language sql set search_path = pg_catalog, public, pg_temp as
$$
  insert into job (id, brand_id, kind, subject_id, due_at, created_at)
  select gen_random_uuid(), p.brand_id, 'read_comments', p.id, now() + random() * interval '1 day', now()
  from publication p join social_account a on a.brand_id = p.brand_id and a.id = p.social_account_id
  where p.state = 'PUBLISHED' and p.remote_id is not null and p.published_at > now() - interval '30 days'
    and a.state <> 'DISCONNECTED' and a.network in ('instagram', 'linkedin', 'threads', 'x', 'youtube')
  on conflict do nothing
$$;
select app.begin_comments();
drop function app.begin_comments();
";
