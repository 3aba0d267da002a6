//! The host at which an agency's shared reports are read, instead of the installation's own; and what a report's summary cost is paid once.

pub(crate) const UP: &str = r"
create table report_host (
  -- Another one with each host that is set: what was asked about the one before finds nothing.
  id uuid primary key,
  agency_id uuid not null unique references agency (id),
  -- In lower case and ASCII (Punycode), without a dot at the end.
  host text not null unique check (length(host) between 4 and 253
    and host ~ '^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]*[a-z][a-z0-9-]*$'),
  -- What must be read at the host. It is shown to whoever asks there, so it is no secret.
  challenge text not null unique check (length(challenge) between 20 and 100),
  -- FAILED: nobody asks any more, until it is set anew.
  state text not null check (state in ('PENDING', 'PROVEN', 'FAILED')),
  -- What the last look found; null: nothing wrong, or it was not looked at yet.
  trouble text check (trouble in ('UNREACHABLE', 'OTHER_ANSWER')),
  set_by uuid not null references app_user (id),
  set_at timestamptz not null,
  -- When it was last proven.
  proven_at timestamptz,
  checked_at timestamptz,
  check (state <> 'PROVEN' or proven_at is not null),
  check (state <> 'FAILED' or trouble is not null),
  check (checked_at is not null or (trouble is null and proven_at is null))
);
select app.force_row_security('report_host');
create policy cmo on report_host to diwan_app
  using ((select app.agency_level()) = 'CMO') with check ((select app.agency_level()) = 'CMO');
create policy agency_work on report_host to diwan_app
  using ((select app.in_agency_work())) with check ((select app.in_agency_work()));
grant select, insert, update, delete on report_host to diwan_app;

-- What strangers learn by asking at the host, and what every link to a report needs to know.
create function app.report_host() returns table (host text, challenge text, state text, was_proven boolean)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as
$$ select h.host, h.challenge, h.state, h.proven_at is not null from report_host h $$;
revoke execute on function app.report_host() from public;
grant execute on function app.report_host() to diwan_app;

-- The API token by which a report was asked for: it is made and sent as long as that is good.
alter table report_run
  add column token_id uuid references api_token (id),
  -- Pictures that do not stand in it, because nobody may show them any more, or not there.
  add column pictures_left_out integer not null default 0 check (pictures_left_out >= 0);

-- Opens the scope of a token for what was asked for by it before, as if it had come again.
create function app.enter_token_again(p_token uuid, p_now timestamptz)
returns table (user_id uuid, agency_id uuid, kind text, name text, locale text, agency_level text, brands uuid[], levels text[], archived uuid[],
  token_id uuid, scopes text[], last_used_at timestamptz)
language sql security definer set search_path = pg_catalog, public, pg_temp as
$$ select e.* from api_token t cross join lateral app.enter_token(t.token_hash, p_now) e where t.id = p_token $$;
revoke execute on function app.enter_token_again(uuid, timestamptz) from public;
grant execute on function app.enter_token_again(uuid, timestamptz) to diwan_app;

-- What a program was asked for a report's summary, and what came of it: a run that is tried again does not pay for it again.
create table report_summary (
  report_id uuid primary key,
  brand_id uuid not null references brand (id),
  asked_at timestamptz not null,
  -- Whether it came to an end. One that was asked and whose worker died is not asked again.
  ended_at timestamptz,
  -- What stands in the report; null: nothing, and `note` says why.
  text text check (length(text) between 1 and 2000),
  note text check (note ~ '^[A-Z_]{1,60}$'),
  unique (brand_id, report_id),
  foreign key (brand_id, report_id) references report_run (brand_id, id) on delete cascade,
  check (num_nonnulls(text, note) = case when ended_at is null then 0 else 1 end)
);
select app.protect_brand_table('report_summary', 'select, insert, update (ended_at, text, note)');
";
