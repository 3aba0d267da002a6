//! What every transaction of a job, and every step of a publication, asked in several statements, in one.

pub(crate) const UP: &str = r"
-- Begins a job under a lease, unless somebody holds it, it is not due, or it is finished. In PL/pgSQL, as what follows, which plans a
-- statement once for each connection; in SQL it was planned for each job.
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
      failures = job.failures + (was = 'RUNNING')::int
    where job.id = p_id
    returning job.brand_id, job.kind, job.subject_id, job.fence, job.failures, job.due_at, was = 'RUNNING', job.trace;
end
$$;

-- The same as before, with a second more: a lease is as good as kept where it was kept within the last second.
create or replace function app.quiet_jobs(p_limit integer, p_handed_before timestamptz, p_now timestamptz, p_lease interval)
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
    where j.state = 'RUNNING' and j.lease_expires_at >= p_now and j.lease_expires_at < p_now + p_lease - interval '9 seconds'
    order by j.lease_expires_at limit p_limit)
$$;

create or replace function app.next_job_due() returns timestamptz
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as
$$
begin
  return (select min(due_at) from job where state = 'PENDING');
end
$$;

-- A pause in force that holds a publication back; null where none does. Whoever is told of one keeps it from ending until what was
-- decided by it is written, so that whatever a pause held back is found when it has ended.
create or replace function app.holding_pause(p_brand uuid, p_post uuid, p_account uuid) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as
$$
begin
  return (select (array_agg(held.id))[1] from (
    select z.id from publishing_pause z
    where z.ended_at is null and (p_brand = any (app.brands()) or app.agency_level() is not null)
      and (z.brand_id is null or (z.brand_id = p_brand and (z.post_id is null or z.post_id = p_post)
        and (z.social_account_id is null or z.social_account_id = p_account)))
    for share of z) held);
end
$$;

-- Of the functions below, and of nobody else: keeps the lease of a job that runs under this fence, and its row until the transaction ends; no row where the lease is lost. Kept within the
-- last second, it is as good as kept: each change of a lease is written into all indexes of the job.
create function app.hold_lease(p_job uuid, p_fence bigint, p_until timestamptz) returns table (kind text, brand_id uuid, subject_id uuid)
language plpgsql volatile as
$$
#variable_conflict use_column
declare
  held job%rowtype;
begin
  select * into held from job j where j.id = p_job and j.fence = p_fence and j.state = 'RUNNING' for update;
  if not found then
    return;
  end if;
  if held.lease_expires_at < p_until - interval '1 second' then
    update job set lease_expires_at = p_until where id = p_job;
  end if;
  return query select held.kind, held.brand_id, held.subject_id;
end
$$;
revoke execute on function app.hold_lease(uuid, bigint, timestamptz) from public;

-- Begins a transaction of a job: keeps its lease, and opens the scope of its brand, or that of the agency's own work. False when the lease
-- is somebody else's by now.
create function app.enter_job(p_job uuid, p_fence bigint, p_until timestamptz) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as
$$
declare
  held record;
begin
  select h.brand_id into held from app.hold_lease(p_job, p_fence, p_until) h;
  if not found then
    return false;
  end if;
  if held.brand_id is null then
    perform app.enter_agency_work();
    return true;
  end if;
  return app.enter_brand(held.brand_id);
end
$$;

-- The same of a job of kind `publish`, with its publication locked, and the post before it, as everybody does who changes both. Answers the
-- states of the post's other publications, which nobody changes before this transaction ends; null when the lease is lost.
create function app.enter_publication(p_job uuid, p_fence bigint, p_until timestamptz) returns text[]
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as
$$
declare
  held record;
  its_post uuid;
begin
  select h.brand_id, h.subject_id into held from app.hold_lease(p_job, p_fence, p_until) h where h.kind = 'publish';
  if not found or not app.enter_brand(held.brand_id) then
    return null;
  end if;
  select p.post_id into its_post from publication p where p.brand_id = held.brand_id and p.id = held.subject_id;
  perform 1 from post where brand_id = held.brand_id and id = its_post for update;
  perform 1 from publication where brand_id = held.brand_id and id = held.subject_id for update;
  return array(select p.state from publication p where p.brand_id = held.brand_id and p.post_id = its_post and p.id <> held.subject_id);
end
$$;

-- Writes how far the publication of a running job has come, and that the request which makes it visible leaves now, and keeps the lease:
-- all of it, or nothing where the lease is lost, which is answered with false. What is null is left as it is.
create function app.note_progress(p_job uuid, p_fence bigint, p_until timestamptz, p_checkpoint jsonb, p_leaves timestamptz) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as
$$
declare
  held record;
begin
  select h.brand_id, h.subject_id into held from app.hold_lease(p_job, p_fence, p_until) h where h.kind = 'publish';
  if not found then
    return false;
  end if;
  if p_checkpoint is not null then
    update publication set checkpoint = p_checkpoint where brand_id = held.brand_id and id = held.subject_id;
  end if;
  if p_leaves is not null then
    update publication_attempt set sending_at = p_leaves
    where brand_id = held.brand_id and publication_id = held.subject_id and outcome is null;
  end if;
  return true;
end
$$;

revoke execute on function app.enter_job(uuid, bigint, timestamptz), app.enter_publication(uuid, bigint, timestamptz),
  app.note_progress(uuid, bigint, timestamptz, jsonb, timestamptz) from public;
grant execute on function app.enter_job(uuid, bigint, timestamptz), app.enter_publication(uuid, bigint, timestamptz),
  app.note_progress(uuid, bigint, timestamptz, jsonb, timestamptz) to diwan_app;
";
