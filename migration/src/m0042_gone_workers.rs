//! What a worker was doing that has died goes on within seconds, not when its lease runs out.
//!
//! A worker holds an advisory lock under its name (`platform/src/presence.rs`). One whose name says that it does and whose lock is not
//! there is gone. What it has begun or kept within the last seconds waits all the same: a worker that has only lost its connection takes
//! its lock again by then.

pub(crate) const UP: &str = r"
create function app.worker_is_gone(p_owner text) returns boolean
language sql stable parallel safe set search_path = pg_catalog, public, pg_temp as
$$
  select p_owner like 'present-%' and not exists (
    select from pg_locks l where l.locktype = 'advisory' and l.granted and l.objsubid = 2
      and l.database = (select oid from pg_database where datname = current_database())
      and l.classid::bigint = hashtext('diwan.worker')::bigint & 4294967295
      and l.objid::bigint = hashtext(p_owner)::bigint & 4294967295)
$$;

drop function app.quiet_jobs(integer, timestamptz, timestamptz);
create function app.quiet_jobs(p_limit integer, p_handed_before timestamptz, p_now timestamptz, p_lease interval)
returns table (id uuid, kind text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as
$$
  (select j.id, j.kind from job j where j.state = 'HANDED' and j.handed_at < p_handed_before order by j.handed_at limit p_limit)
  union all
  (select j.id, j.kind from job j where j.state = 'RUNNING' and j.lease_expires_at < p_now order by j.lease_expires_at limit p_limit)
  union all
  (select j.id, j.kind from job j
    join (select distinct r.lease_owner from job r where r.state = 'RUNNING' and r.lease_owner like 'present-%') o
      on o.lease_owner = j.lease_owner and app.worker_is_gone(o.lease_owner)
    where j.state = 'RUNNING' and j.lease_expires_at >= p_now and j.lease_expires_at < p_now + p_lease - interval '8 seconds'
    order by j.lease_expires_at limit p_limit)
$$;

create or replace function app.start_job(p_id uuid, p_owner text, p_now timestamptz, p_lease interval)
returns table (brand_id uuid, kind text, subject_id uuid, fence bigint, failures integer, due_at timestamptz, resumed boolean, trace text)
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as
$$
  with free as (
    select j.id, j.state = 'RUNNING' as resumed from job j
    where j.id = p_id and ((j.state in ('PENDING', 'HANDED') and j.due_at <= p_now)
      or (j.state = 'RUNNING' and (j.lease_expires_at < p_now
        or (j.lease_expires_at < p_now + p_lease - interval '8 seconds' and app.worker_is_gone(j.lease_owner)))))
    for update skip locked)
  update job set state = 'RUNNING', fence = job.fence + 1, lease_owner = p_owner, lease_expires_at = p_now + p_lease,
    -- A worker that fell silent counts as a failure: what kills its worker must not be tried for ever.
    failures = job.failures + free.resumed::int
  from free where job.id = free.id
  returning job.brand_id, job.kind, job.subject_id, job.fence, job.failures, job.due_at, free.resumed, job.trace
$$;
revoke execute on function app.worker_is_gone(text), app.quiet_jobs(integer, timestamptz, timestamptz, interval) from public;
grant execute on function app.worker_is_gone(text), app.quiet_jobs(integer, timestamptz, timestamptz, interval) to diwan_app;
";
