//! The outbox: work that happens later, written by the transaction that wants it done.
//!
//! One row is both the promise (outbox) and the record of how it went. Redis only ever carries the id of a row that is
//! due; who works on it is decided here, by a lease with a fencing token.

pub(crate) const UP: &str = r"
create table job (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  kind text not null check (kind ~ '^[a-z_]+$'),
  subject_id uuid not null,
  requested_by uuid references app_user (id),
  state text not null default 'PENDING' check (state in ('PENDING', 'HANDED', 'RUNNING', 'DONE', 'CANCELED', 'SET_ASIDE')),
  due_at timestamptz not null,
  handed_at timestamptz,
  -- Counts the leases ever given: a write under an older number is refused.
  fence bigint not null default 0,
  lease_owner text,
  lease_expires_at timestamptz,
  -- Runs that failed since the last success or the last rerun by a person.
  failures integer not null default 0,
  last_error text,
  created_at timestamptz not null,
  finished_at timestamptz,
  unique (brand_id, id),
  check ((state = 'RUNNING') = (lease_expires_at is not null)),
  check ((state in ('DONE', 'CANCELED', 'SET_ASIDE')) = (finished_at is not null))
);
-- The same work is not asked for twice while it waits.
create unique index job_waiting on job (brand_id, kind, subject_id) where state in ('PENDING', 'HANDED', 'RUNNING');
create index job_by_brand on job (brand_id, id desc);
create index job_due on job (due_at) where state = 'PENDING';
create index job_handed on job (handed_at) where state = 'HANDED';
create index job_running on job (lease_expires_at) where state = 'RUNNING';
create index job_finished on job (finished_at) where state in ('DONE', 'CANCELED');
select app.protect_brand_table('job', 'select, insert, update');

-- Wakes the relays, which otherwise sleep until the next row is due. Sent by PostgreSQL when the writer commits.
create function app.notify_job() returns trigger language plpgsql as
$$
begin
  perform pg_notify('diwan_job', '');
  return null;
end
$$;
create trigger notify_job after insert on job for each statement execute function app.notify_job();
create trigger notify_job_due after update of due_at on job for each statement execute function app.notify_job();

-- Across tenants, and only these five: take what is due to hand it over; find what was handed over or left running and
-- has gone quiet; when the next one is due; start; keep the lease.

create function app.take_due_jobs(p_limit integer, p_now timestamptz) returns table (id uuid, kind text)
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as
$$
  update job set state = 'HANDED', handed_at = p_now
  where job.id in (
    select j.id from job j where j.state = 'PENDING' and j.due_at <= p_now
    order by j.due_at limit p_limit for update skip locked)
  returning job.id, job.kind
$$;

create function app.quiet_jobs(p_limit integer, p_handed_before timestamptz, p_now timestamptz) returns table (id uuid, kind text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as
$$
  (select j.id, j.kind from job j where j.state = 'HANDED' and j.handed_at < p_handed_before order by j.handed_at limit p_limit)
  union all
  (select j.id, j.kind from job j where j.state = 'RUNNING' and j.lease_expires_at < p_now order by j.lease_expires_at limit p_limit)
$$;

create function app.next_job_due() returns timestamptz
language sql stable security definer set search_path = pg_catalog, public, pg_temp as
$$ select min(due_at) from job where state = 'PENDING' $$;

create function app.start_job(p_id uuid, p_owner text, p_now timestamptz, p_lease interval)
returns table (brand_id uuid, kind text, subject_id uuid, fence bigint, failures integer, due_at timestamptz, resumed boolean)
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
  returning job.brand_id, job.kind, job.subject_id, job.fence, job.failures, job.due_at, free.resumed
$$;

create function app.keep_lease(p_id uuid, p_fence bigint, p_until timestamptz) returns boolean
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as
$$
  with kept as (update job set lease_expires_at = p_until where id = p_id and fence = p_fence and state = 'RUNNING' returning 1)
  select exists (select from kept)
$$;

-- Housekeeping: finished work is kept for a while, then forgotten. What was set aside waits for a person.
create function app.forget_jobs(p_before timestamptz) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
declare gone bigint;
begin
  delete from job where state in ('DONE', 'CANCELED') and finished_at < p_before;
  get diagnostics gone = row_count;
  return gone;
end
$$;

revoke execute on function app.take_due_jobs(integer, timestamptz), app.quiet_jobs(integer, timestamptz, timestamptz),
  app.next_job_due(), app.start_job(uuid, text, timestamptz, interval), app.keep_lease(uuid, bigint, timestamptz),
  app.forget_jobs(timestamptz) from public;
grant execute on function app.take_due_jobs(integer, timestamptz), app.quiet_jobs(integer, timestamptz, timestamptz),
  app.next_job_due(), app.start_job(uuid, text, timestamptz, interval), app.keep_lease(uuid, bigint, timestamptz),
  app.forget_jobs(timestamptz) to diwan_app;
";
