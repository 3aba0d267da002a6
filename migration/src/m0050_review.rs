//! What a review found: a lease is kept without waiting for anybody, relays are woken only by what is due earlier, and a token may name
//! every action.

pub(crate) const UP: &str = r"
-- Keeps a lease while a run may have a transaction open, which holds its row: nobody else can begin the job then, so there is nothing
-- to wait for. The run writes its lease when that transaction begins, and it is kept again soon.
create or replace function app.keep_lease(p_id uuid, p_fence bigint, p_until timestamptz) returns boolean
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as
$$
  with free as (
    select j.id from job j where j.id = p_id and j.fence = p_fence and j.state = 'RUNNING' for update skip locked),
  kept as (update job set lease_expires_at = p_until from free where job.id = free.id)
  select exists (select from job j where j.id = p_id and j.fence = p_fence and j.state = 'RUNNING')
$$;

-- A relay sleeps until what is due next: only what waits from now on, or is due earlier than it was, is news.
drop trigger notify_job_due on job;
create trigger notify_job_due after update on job for each row
  when (new.state = 'PENDING' and (new.due_at < old.due_at or old.state <> 'PENDING')) execute function app.notify_job();

-- A token may name every action there is, and there are more than a hundred by now.
alter table api_token drop constraint api_token_scopes_check,
  add constraint api_token_scopes_check check (cardinality(scopes) between 1 and 1000);
";
