//! Which worker has a job in the line that it works off, and since when. What workers that died had begun is found before what was not begun.

pub(crate) const UP: &str = r"
alter table job
  -- The worker that has taken the account's line in which this stands, and when it did. Both or none.
  add column line_owner text,
  add column lined_at timestamptz,
  add check ((line_owner is null) = (lined_at is null));

-- The same as before. A job that another worker begins than the one that has it in its line was not in its hands after all.
create or replace function app.start_job(p_id uuid, p_owner text, p_now timestamptz, p_lease interval)
returns table (brand_id uuid, kind text, subject_id uuid, fence bigint, failures integer, due_at timestamptz, resumed boolean, trace text)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as
$$
#variable_conflict use_column
declare
  was text;
begin
  select j.state into was from job j
  where j.id = p_id and ((j.state in ('PENDING', 'HANDED') and j.due_at <= p_now)
    or (j.state = 'RUNNING' and (j.lease_expires_at < p_now
      or (j.lease_expires_at < p_now + p_lease - interval '9 seconds' and app.worker_is_gone(j.lease_owner)))))
  for update skip locked;
  if not found then
    return;
  end if;
  return query
    update job set state = 'RUNNING', fence = job.fence + 1, lease_owner = p_owner, lease_expires_at = p_now + p_lease,
      -- A worker that fell silent counts as a failure: what kills its worker must not be tried for ever.
      failures = job.failures + (was = 'RUNNING')::int,
      line_owner = case when job.line_owner = p_owner then job.line_owner end,
      lined_at = case when job.line_owner = p_owner then job.lined_at end
    where job.id = p_id
    returning job.brand_id, job.kind, job.subject_id, job.fence, job.failures, job.due_at, was = 'RUNNING', job.trace;
end
$$;

-- The same as before, what had begun first: what was handed over may only wait for a hand of a worker that lives.
create or replace function app.quiet_jobs(p_limit integer, p_handed_before timestamptz, p_now timestamptz, p_lease interval)
returns table (id uuid, kind text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as
$$
  (select j.id, j.kind from job j where j.state = 'RUNNING' and j.lease_expires_at < p_now order by j.lease_expires_at limit p_limit)
  union all
  (select j.id, j.kind from job j
    join (select distinct r.lease_owner from job r where r.state = 'RUNNING' and r.lease_owner like 'present-%') o
      on o.lease_owner = j.lease_owner and app.worker_is_gone(o.lease_owner)
    where j.state = 'RUNNING' and j.lease_expires_at >= p_now and j.lease_expires_at < p_now + p_lease - interval '9 seconds'
    order by j.lease_expires_at limit p_limit)
  union all
  (select j.id, j.kind from job j where j.state = 'HANDED' and j.handed_at < p_handed_before order by j.handed_at limit p_limit)
$$;
";
