//! Reports that are made of blocks: templates, how reports look, and the files of each run.

pub(crate) const UP: &str = r"
create table report_template (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  name text not null check (length(btrim(name)) between 1 and 200),
  audience text not null check (audience in ('TEAM', 'MANAGEMENT', 'CLIENT')),
  -- [{kind, ...}] in reading order.
  blocks jsonb not null check (jsonb_typeof(blocks) = 'array' and jsonb_array_length(blocks) between 1 and 40),
  created_by uuid not null references app_user (id),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  archived_at timestamptz,
  version integer not null default 1 check (version > 0),
  unique (brand_id, id)
);
create unique index report_template_name on report_template (brand_id, lower(name)) where archived_at is null;
create index report_template_by_brand on report_template (brand_id, id desc);
select app.protect_brand_table('report_template', 'select, insert, update');

-- How a brand's reports look. Without a row they look like the agency's own.
create table report_look (
  brand_id uuid primary key references brand (id),
  logo_id uuid,
  accent text not null check (accent ~ '^#[0-9a-f]{6}$'),
  typeface text not null check (typeface in ('SANS', 'SERIF')),
  footer text check (length(btrim(footer)) between 1 and 200),
  names_agency boolean not null,
  set_by uuid not null references app_user (id),
  updated_at timestamptz not null,
  -- A logo that is taken out of the library is missing at the head of the next report, and holds nothing back.
  foreign key (brand_id, logo_id) references asset (brand_id, id) on delete set null (logo_id)
);
create index report_look_by_logo on report_look (brand_id, logo_id) where logo_id is not null;
select app.protect_brand_table('report_look', 'select, insert, update');

alter table report_run
  drop constraint report_run_kind_check,
  drop constraint report_run_state_check,
  drop constraint report_run_check,
  add column from_day date,
  add column to_day date,
  add column title text check (length(btrim(title)) between 1 and 200),
  add column audience text check (audience in ('TEAM', 'MANAGEMENT', 'CLIENT')),
  add column template_id uuid,
  -- The run's own copy of what it holds: templates change.
  add column blocks jsonb check (jsonb_typeof(blocks) = 'array' and jsonb_array_length(blocks) between 1 and 40),
  add column against text check (against in ('PERIOD_BEFORE', 'YEAR_BEFORE')),
  add column texts jsonb check (jsonb_typeof(texts) = 'object'),
  add column formats text[] check (cardinality(formats) between 1 and 4 and formats <@ array['PDF', 'XLSX', 'CSV', 'HTML']),
  add column digits text check (digits in ('LATIN', 'LOCAL')),
  add column beside text check (beside in ('JALALI', 'HIJRI', 'HEBREW')),
  -- What the API token could do with which it was asked for: it reads no more than that. Null: a person asked.
  add column scopes text[],
  -- How far it has come, in hundredths.
  add column progress smallint not null default 0 check (progress between 0 and 100),
  -- What was left out, and why.
  add column note text check (note ~ '^[A-Z_]{1,60}$');
-- Row security binds the owner, too; a function with a path of its own is let through.
create function app.months_have_days() returns void
language sql set search_path = pg_catalog, public, pg_temp as
$$
  update report_run set from_day = month, to_day = (month + interval '1 month' - interval '1 day')::date,
    progress = case state when 'READY' then 100 else 0 end
$$;
select app.months_have_days();
drop function app.months_have_days();
alter table report_run
  alter column from_day set not null,
  alter column to_day set not null,
  add check (kind in ('MONTH', 'COMPOSED')),
  add constraint report_run_state_check check (state in ('REQUESTED', 'READY', 'FAILED', 'CANCELED')),
  add check (to_day >= from_day and to_day - from_day < 1100),
  add foreign key (brand_id, template_id) references report_template (brand_id, id),
  -- Of a month there is one file, and its size and digest stand here, too.
  add check ((state = 'READY' and kind = 'MONTH') = (sha256 is not null and byte_size is not null)),
  add check (num_nonnulls(title, audience, blocks, against, texts, formats, digits) = case kind when 'COMPOSED' then 7 else 0 end),
  add check (kind = 'COMPOSED' or num_nonnulls(template_id, beside, scopes, note) = 0),
  add check ((state = 'READY') = (progress = 100));
create index report_run_by_template on report_run (brand_id, template_id) where template_id is not null;

-- What was made is never changed or taken away: nothing but reading and adding is granted. Rows go with their brand alone.
create table report_file (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  report_id uuid not null,
  format text not null check (format in ('PDF', 'XLSX', 'CSV', 'HTML')),
  byte_size bigint not null check (byte_size > 0),
  sha256 bytea not null check (octet_length(sha256) = 32),
  created_at timestamptz not null,
  unique (brand_id, id),
  unique (brand_id, report_id, format),
  foreign key (brand_id, report_id) references report_run (brand_id, id)
);
select app.protect_brand_table('report_file', 'select, insert');
create function app.months_have_files() returns void
language sql set search_path = pg_catalog, public, pg_temp as
$$
  insert into report_file (id, brand_id, report_id, format, byte_size, sha256, created_at)
  select r.id, r.brand_id, r.id, 'PDF', r.byte_size, r.sha256, r.finished_at from report_run r where r.state = 'READY'
$$;
select app.months_have_files();
drop function app.months_have_files();

-- A run that is over stays as it is; one that failed may be tried again.
create function app.guard_report_run() returns trigger language plpgsql as
$$
begin
  if old.state in ('READY', 'CANCELED') and (old.state, old.sha256, old.byte_size, old.finished_at, old.title, old.blocks, old.texts,
      old.from_day, old.to_day) is distinct from (new.state, new.sha256, new.byte_size, new.finished_at, new.title, new.blocks, new.texts,
      new.from_day, new.to_day) then
    raise exception 'a report that is over stays as it is';
  end if;
  return new;
end
$$;
create trigger guard_report_run before update on report_run for each row execute function app.guard_report_run();

-- What a language model has taken of each month's tokens, for all brands of an agency together.
create table ai_usage (
  agency_id uuid not null references agency (id),
  -- Its first day, by UTC.
  month date not null check (extract(day from month) = 1),
  tokens bigint not null check (tokens >= 0),
  primary key (agency_id, month)
);
select app.force_row_security('ai_usage');

-- Sets so many tokens of a month aside, if there are as many left of what the operator allows. Whoever asks two at once gets no more than
-- there are.
create function app.take_ai_tokens(p_brand uuid, p_month date, p_tokens bigint, p_most bigint) returns boolean
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
begin
  if p_tokens < 0 or p_tokens > p_most then
    return false;
  end if;
  insert into ai_usage as u (agency_id, month, tokens) select b.agency_id, p_month, p_tokens from brand b where b.id = p_brand
    on conflict (agency_id, month) do update set tokens = u.tokens + excluded.tokens where u.tokens <= p_most - excluded.tokens;
  return found;
end
$$;

-- Books what was taken in the place of what was set aside. Whatever is said to have been taken, it can be booked.
create function app.settle_ai_tokens(p_brand uuid, p_month date, p_aside bigint, p_taken bigint) returns void
language sql security definer set search_path = pg_catalog, public, pg_temp as
$$
  update ai_usage u set tokens = least(greatest(u.tokens - p_aside, 0)::numeric + greatest(p_taken, 0), 1000000000000000)::bigint
  from brand b where b.id = p_brand and u.agency_id = b.agency_id and u.month = p_month
$$;
revoke execute on function app.take_ai_tokens(uuid, date, bigint, bigint), app.settle_ai_tokens(uuid, date, bigint, bigint) from public;
grant execute on function app.take_ai_tokens(uuid, date, bigint, bigint), app.settle_ai_tokens(uuid, date, bigint, bigint) to diwan_app;
";
