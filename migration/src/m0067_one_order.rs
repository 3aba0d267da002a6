//! Whoever has a publication takes its locks in one order: post, publication, job; whoever has a deliverable: deliverable, job.
//! And a relay is not woken by what is due much later.

pub(crate) const UP: &str = r"
-- Begins a transaction of a job: keeps its lease, and opens the scope of its brand, or that of the agency's own work. False when the lease
-- is somebody else's by now. A brand that is not there is no lost lease: whoever has the job keeps it, and says so.
create or replace function app.enter_job(p_job uuid, p_fence bigint, p_until timestamptz) returns boolean
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
  elsif not app.enter_brand(held.brand_id) then
    raise exception 'the brand of job % is gone', p_job;
  end if;
  return true;
end
$$;

-- The same of a job of kind `publish`, with its publication locked, and the post before it. The job comes last, as it does for people, who
-- ask for its work and take it back while they hold the post: held while it waits for the post, it would wait in a circle with them. What it
-- is about never changes, so that it can be read before; whether the lease still holds is seen when nothing is waited for any more. Answers the
-- states of the post's other publications, which nobody changes before this transaction ends; null when the lease is lost.
create or replace function app.enter_publication(p_job uuid, p_fence bigint, p_until timestamptz) returns text[]
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as
$$
declare
  its record;
  its_post uuid;
begin
  select j.brand_id, j.subject_id into its from job j
  where j.id = p_job and j.kind = 'publish' and j.fence = p_fence and j.state = 'RUNNING';
  if not found then
    return null;
  end if;
  if not app.enter_brand(its.brand_id) then
    raise exception 'the brand of job % is gone', p_job;
  end if;
  -- What a publication's transactions ask is the same each time, by keys: nothing is planned anew for the first uses of each connection.
  perform set_config('plan_cache_mode', 'force_generic_plan', true);
  select p.post_id into its_post from publication p where p.brand_id = its.brand_id and p.id = its.subject_id;
  perform 1 from post where brand_id = its.brand_id and id = its_post for update;
  perform 1 from publication where brand_id = its.brand_id and id = its.subject_id for update;
  perform 1 from app.hold_lease(p_job, p_fence, p_until);
  if not found then
    return null;
  end if;
  return array(select p.state from publication p where p.brand_id = its.brand_id and p.post_id = its_post and p.id <> its.subject_id);
end
$$;

-- The same of a job about a deliverable, which is locked before the job: people ask for its work while they hold it.
create function app.enter_deliverable(p_job uuid, p_fence bigint, p_until timestamptz) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as
$$
declare
  its record;
begin
  select j.brand_id, j.subject_id into its from job j
  where j.id = p_job and j.kind in ('check_deliverable', 'remind_deliverable') and j.fence = p_fence and j.state = 'RUNNING';
  if not found then
    return false;
  end if;
  if not app.enter_brand(its.brand_id) then
    raise exception 'the brand of job % is gone', p_job;
  end if;
  perform 1 from deliverable where brand_id = its.brand_id and id = its.subject_id for update;
  perform 1 from app.hold_lease(p_job, p_fence, p_until);
  return found;
end
$$;
revoke execute on function app.enter_deliverable(uuid, bigint, timestamptz) from public;
grant execute on function app.enter_deliverable(uuid, bigint, timestamptz) to diwan_app;

-- Writes how far the publication of a running job has come, and that the request which makes it visible leaves now, and keeps the lease:
-- all of it, or nothing where the lease is lost, which is answered with false. What is null is left as it is. The publication is locked before
-- the job, as everywhere; the request leaves as much later as that was waited for.
create or replace function app.note_progress(p_job uuid, p_fence bigint, p_until timestamptz, p_checkpoint jsonb, p_leaves timestamptz)
returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as
$$
declare
  its record;
begin
  select j.brand_id, j.subject_id into its from job j
  where j.id = p_job and j.kind = 'publish' and j.fence = p_fence and j.state = 'RUNNING';
  if not found then
    return false;
  end if;
  perform 1 from publication where brand_id = its.brand_id and id = its.subject_id for no key update;
  perform 1 from app.hold_lease(p_job, p_fence, p_until);
  if not found then
    return false;
  end if;
  if p_checkpoint is not null then
    update publication set checkpoint = p_checkpoint where brand_id = its.brand_id and id = its.subject_id;
  end if;
  if p_leaves is not null then
    update publication_attempt set sending_at = p_leaves + date_trunc('second', clock_timestamp() - statement_timestamp())
    where brand_id = its.brand_id and publication_id = its.subject_id and outcome is null;
  end if;
  return true;
end
$$;

-- A relay looks at least once a second. What is due later than it looks next is no news, and most work that is asked for is: the numbers of
-- what has just been published, what is scheduled. Whoever tells others holds a lock over its commit that all who tell share.
drop trigger notify_job on job;
create trigger notify_job after insert on job for each row
  when (new.due_at < new.created_at + interval '1 minute') execute function app.notify_job();
";
