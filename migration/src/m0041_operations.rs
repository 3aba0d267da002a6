//! What whoever runs the installation sees of the work: how much waits, how late it is; and the thread of a trace through the outbox.

pub(crate) const UP: &str = r"
-- Under which span the job was asked for, as W3C Trace Context writes it.
alter table job add column trace text check (length(trace) <= 100);

drop function app.start_job(uuid, text, timestamptz, interval);
create function app.start_job(p_id uuid, p_owner text, p_now timestamptz, p_lease interval)
returns table (brand_id uuid, kind text, subject_id uuid, fence bigint, failures integer, due_at timestamptz, resumed boolean, trace text)
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as
$$
  with free as (
    select j.id, j.state = 'RUNNING' as resumed from job j
    where j.id = p_id and ((j.state in ('PENDING', 'HANDED') and j.due_at <= p_now)
      or (j.state = 'RUNNING' and j.lease_expires_at < p_now))
    for update skip locked)
  update job set state = 'RUNNING', fence = job.fence + 1, lease_owner = p_owner, lease_expires_at = p_now + p_lease,
    -- A worker that fell silent counts as a failure: what kills its worker must not be tried for ever.
    failures = job.failures + free.resumed::int
  from free where job.id = free.id
  returning job.brand_id, job.kind, job.subject_id, job.fence, job.failures, job.due_at, free.resumed, job.trace
$$;

-- Across tenants, and numbers only: the jobs that are not over by kind and state, and the publications that are not over (no kind).
-- `oldest`: since when the one is due that has waited longest.
create index job_set_aside on job (kind) where state = 'SET_ASIDE';
create index publication_open on publication (state, due_at)
  where state in ('SCHEDULED', 'QUEUED', 'SENDING', 'RETRYING', 'UNCONFIRMED', 'NEEDS_ATTENTION', 'PAUSED');
create function app.work_figures(p_now timestamptz) returns table (kind text, state text, count bigint, oldest timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as
$$
  select j.kind, case when j.state = 'PENDING' and j.due_at > p_now then 'PLANNED' else j.state end, count(*),
    min(j.due_at) filter (where j.due_at <= p_now and j.state <> 'SET_ASIDE')
  from job j where j.state = 'PENDING' group by 1, 2
  union all select j.kind, j.state, count(*), min(j.due_at) from job j where j.state = 'HANDED' group by 1, 2
  union all select j.kind, j.state, count(*), min(j.due_at) from job j where j.state = 'RUNNING' group by 1, 2
  union all select j.kind, j.state, count(*), null from job j where j.state = 'SET_ASIDE' group by 1, 2
  union all select null, p.state, count(*), min(p.due_at) filter (where p.due_at <= p_now) from publication p
    where p.state in ('SCHEDULED', 'QUEUED', 'SENDING', 'RETRYING', 'UNCONFIRMED', 'NEEDS_ATTENTION', 'PAUSED') group by 2
$$;
revoke execute on function app.work_figures(timestamptz), app.start_job(uuid, text, timestamptz, interval) from public;
grant execute on function app.work_figures(timestamptz), app.start_job(uuid, text, timestamptz, interval) to diwan_app;
";
