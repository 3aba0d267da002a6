//! Work that is the agency's and no single brand's, and the first of it: mail.
//!
//! Letters are queued by commands of whoever acts, strangers included (a forgotten password), so queueing is a definer
//! function; reading and sending them is the worker's alone, in a scope that shows nothing else.

pub(crate) const UP: &str = r"
-- Null: the agency's own work. Agency-wide levels see it; the worker sees it in the scope below.
alter table job alter column brand_id drop not null;
drop index job_waiting;
create unique index job_waiting on job (brand_id, kind, subject_id) nulls not distinct
  where state in ('PENDING', 'HANDED', 'RUNNING');

-- True in the worker, while it does the agency's own work.
create function app.in_agency_work() returns boolean language sql stable parallel safe as
$$ select coalesce(current_setting('app.agency_work', true), '') = 'on' $$;

create policy agency_work on job to diwan_app
  using (brand_id is null and (select app.in_agency_work())) with check (brand_id is null and (select app.in_agency_work()));

-- Opens the scope of the agency's own work: its jobs and its letters, no brand and no person.
create function app.enter_agency_work() returns uuid
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
begin
  perform set_config('app.user_id', '', true), set_config('app.agency_level', '', true), set_config('app.limited', '', true),
    set_config('app.brand_ids', '{}', true), set_config('app.agency_work', 'on', true);
  return (select id from agency);
end
$$;

create table letter (
  id uuid primary key,
  agency_id uuid not null references agency (id),
  recipient text not null check (length(recipient) between 3 and 254),
  -- The key of the message catalogue that it was made from.
  template text not null check (template ~ '^[a-z-]+$'),
  -- Sealed: subject, text and HTML, with links that open doors. Gone when it was sent or given up.
  content bytea,
  created_at timestamptz not null,
  sent_at timestamptz,
  -- Why it was given up.
  error text,
  check (content is null or (sent_at is null and error is null))
);
select app.force_row_security('letter');
create policy agency_work on letter to diwan_app
  using ((select app.in_agency_work())) with check ((select app.in_agency_work()));
grant select, update on letter to diwan_app;

-- A letter and the job that sends it.
create function app.queue_letter(p_id uuid, p_job uuid, p_recipient text, p_template text, p_content bytea, p_now timestamptz) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
begin
  insert into letter (id, agency_id, recipient, template, content, created_at)
  values (p_id, (select id from agency), p_recipient, p_template, p_content, p_now);
  insert into job (id, brand_id, kind, subject_id, state, due_at, created_at)
  values (p_job, null, 'send_letter', p_id, 'PENDING', p_now, p_now);
end
$$;

-- Housekeeping: that letters were sent is kept for a while. Answers how many went.
create function app.forget_letters(p_before timestamptz) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
declare gone bigint;
begin
  delete from letter where coalesce(sent_at, created_at) < p_before and content is null;
  get diagnostics gone = row_count;
  return gone;
end
$$;

revoke execute on function app.enter_agency_work(), app.queue_letter(uuid, uuid, text, text, bytea, timestamptz),
  app.forget_letters(timestamptz) from public;
grant execute on function app.enter_agency_work(), app.queue_letter(uuid, uuid, text, text, bytea, timestamptz),
  app.forget_letters(timestamptz) to diwan_app;
";
