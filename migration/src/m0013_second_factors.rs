//! Signing in, hardened: second factors, known devices, throttling, password resets, and sessions that see nothing of
//! the agency until a second factor was shown.

pub(crate) const UP: &str = r"
alter table session
  add column method text not null default 'PASSWORD' check (method in ('PASSWORD', 'PASSKEY', 'SINGLE_SIGN_ON')),
  -- Whether more than a password was shown when it began, or since.
  add column second_factor boolean not null default false;

-- When a key begins to sign: a while after it was published, so that everybody knows it by then.
alter table signing_key add column activates_at timestamptz not null default now();
update signing_key set activates_at = created_at;

create table totp (
  user_id uuid primary key references app_user (id),
  sealed_secret bytea not null,
  created_at timestamptz not null,
  -- When a first code was shown; it counts as a factor from then on.
  confirmed_at timestamptz,
  -- The time step of the newest code that was taken: none is taken twice.
  last_step bigint not null default 0
);
create table recovery_code (
  user_id uuid not null references app_user (id),
  code_hash bytea not null check (octet_length(code_hash) = 32),
  used_at timestamptz,
  primary key (user_id, code_hash)
);
-- Somebody whose password was right and who owes a second factor.
create table sign_in_challenge (
  token_hash bytea primary key check (octet_length(token_hash) = 32),
  user_id uuid not null references app_user (id),
  -- The known device that it was begun on.
  device_hash bytea check (octet_length(device_hash) = 32),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  failures integer not null default 0,
  ended_at timestamptz
);
-- A device on which somebody has signed in before: its failures count for it alone, and nobody else's for it.
create table known_device (
  token_hash bytea primary key check (octet_length(token_hash) = 32),
  user_id uuid not null references app_user (id),
  created_at timestamptz not null,
  last_used_at timestamptz not null
);
create index known_device_by_user on known_device (user_id);
create table password_reset (
  token_hash bytea primary key check (octet_length(token_hash) = 32),
  user_id uuid not null references app_user (id),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index password_reset_by_user on password_reset (user_id);
-- Failures by what they are counted for: the digest of an account, a device or an address of the net.
create table failed_attempt (
  key bytea primary key check (octet_length(key) = 32),
  failures integer not null default 0,
  last_at timestamptz not null,
  blocked_until timestamptz
);

do $$
declare t text;
begin
  foreach t in array array['totp', 'recovery_code', 'sign_in_challenge', 'known_device', 'password_reset'] loop
    perform app.force_row_security(t::regclass);
    execute format('create policy own on %I to diwan_app using (user_id = (select app.user_id())) with check (user_id = (select app.user_id()))', t);
  end loop;
end
$$;
grant select, insert, update, delete on totp, recovery_code, known_device to diwan_app;
grant select, insert, update on sign_in_challenge to diwan_app;
select app.force_row_security('failed_attempt');

-- Opens the scope of somebody who has not proved enough: what is their own, and nothing of any brand or of others.
create function app.enter_unproved(p_user uuid, p_now timestamptz)
returns table (user_id uuid, agency_id uuid, kind text, name text, locale text, agency_level text, brands uuid[], levels text[], archived uuid[])
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
begin
  return query select u.user_id, u.agency_id, u.kind, u.name, u.locale, null::text, '{}'::uuid[], '{}'::text[], '{}'::uuid[]
    from app.enter_user(p_user, p_now) u;
  if found then
    perform set_config('app.agency_level', '', true), set_config('app.limited', 'UNPROVED', true),
      set_config('app.brand_ids', '{}', true);
  end if;
end
$$;

-- Opens the scope of the session's owner, if the session is alive. Where the agency asks for a second factor and none was
-- shown, it is the scope above.
drop function app.enter_session(uuid, uuid, timestamptz);
create function app.enter_session(p_session uuid, p_user uuid, p_now timestamptz)
returns table (user_id uuid, agency_id uuid, kind text, name text, locale text, agency_level text, brands uuid[], levels text[], archived uuid[],
  restricted boolean)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
declare proved boolean;
begin
  select s.second_factor or not coalesce((select a.require_second_factor from agency a), false) into proved
  from session s where s.id = p_session and s.user_id = p_user and s.revoked_at is null and s.expires_at > p_now;
  if proved then
    return query select u.*, false from app.enter_user(p_user, p_now) u;
  elsif not proved then
    return query select u.*, true from app.enter_unproved(p_user, p_now) u;
  end if;
end
$$;

-- Whether somebody has signed in on this device before.
create function app.is_known_device(p_hash bytea, p_user uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as
$$ select exists (select from known_device d where d.token_hash = p_hash and d.user_id = p_user) $$;

-- Locks the counts of these keys until the transaction ends, so that attempts at once count as one after the other, and
-- answers for how many seconds the most patient of them asks. Always in one order, so that none waits for another.
create function app.hold_attempts(p_keys bytea[], p_now timestamptz) returns integer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
declare
  k bytea;
  blocked timestamptz;
  latest timestamptz;
begin
  for k in select distinct u from unnest(p_keys) u order by u loop
    insert into failed_attempt as f (key, last_at) values (k, p_now)
    on conflict (key) do update set failures = f.failures
    returning f.blocked_until into blocked;
    latest := greatest(latest, blocked);
  end loop;
  return greatest(0, ceil(coalesce(extract(epoch from latest - p_now), 0)))::integer;
end
$$;

-- Counts a failure. From the p_free-th on each asks for twice the patience of the one before, from a second up to 15 minutes.
-- Those older than p_window are forgotten. Answers how many count.
create function app.count_failure(p_key bytea, p_free integer, p_window interval, p_now timestamptz) returns integer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
declare n integer;
begin
  insert into failed_attempt as f (key, failures, last_at) values (p_key, 1, p_now)
  on conflict (key) do update set failures = case when f.last_at < p_now - p_window then 1 else f.failures + 1 end, last_at = p_now
  returning f.failures into n;
  update failed_attempt f set blocked_until =
    case when n >= p_free then p_now + make_interval(secs => least(900, 2 ^ least(n - p_free, 10))) end
  where f.key = p_key;
  return n;
end
$$;

-- Forgets the failures of one key: whoever it was has proved who they are.
create function app.forget_failures(p_key bytea) returns void
language sql security definer set search_path = pg_catalog, public, pg_temp as
$$ delete from failed_attempt where key = p_key $$;

-- Whose challenge it is, locked; no row when it is unknown, over or was failed too often.
create function app.open_challenge(p_hash bytea, p_now timestamptz) returns table (user_id uuid, device_hash bytea)
language sql security definer set search_path = pg_catalog, public, pg_temp as
$$
  select c.user_id, c.device_hash from sign_in_challenge c
  where c.token_hash = p_hash and c.ended_at is null and c.expires_at > p_now and c.failures < 5 for update
$$;

-- Keeps the digest of a token with which whoever has this address may choose a new password. No row for nobody.
create function app.begin_reset(p_email text, p_hash bytea, p_now timestamptz, p_expires timestamptz)
returns table (name text, locale text)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
begin
  insert into password_reset (token_hash, user_id, created_at, expires_at)
  select p_hash, u.id, p_now, p_expires from app_user u
  where u.email = p_email and u.deactivated_at is null and u.joined_at is not null;
  return query select u.name, u.locale from app_user u join password_reset r on r.user_id = u.id where r.token_hash = p_hash;
end
$$;

-- Spends such a token, and every other of the same person. Null when it is unknown, used or too old.
create function app.take_reset(p_hash bytea, p_now timestamptz) returns uuid
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
declare person uuid;
begin
  update password_reset set used_at = p_now
  where token_hash = p_hash and used_at is null and expires_at > p_now returning user_id into person;
  update password_reset set used_at = p_now where user_id = person and used_at is null;
  return person;
end
$$;

-- Puts onto the audit trail what a stranger was refused.
create function app.record_refusal(p_id uuid, p_at timestamptz, p_action text, p_subject uuid, p_detail jsonb) returns void
language sql security definer set search_path = pg_catalog, public, pg_temp as
$$
  insert into audit_event (id, agency_id, at, action, subject_id, detail)
  select p_id, a.id, p_at, p_action, p_subject, p_detail from agency a
$$;

-- Housekeeping: what is over. Answers how much went.
create function app.forget_sign_ins(p_now timestamptz) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
declare
  gone bigint;
  whole bigint := 0;
begin
  delete from failed_attempt where last_at < p_now - interval '2 days';
  get diagnostics gone = row_count;
  whole := whole + gone;
  delete from sign_in_challenge where expires_at < p_now - interval '1 day';
  get diagnostics gone = row_count;
  whole := whole + gone;
  delete from password_reset where expires_at < p_now - interval '1 day';
  get diagnostics gone = row_count;
  whole := whole + gone;
  delete from known_device where last_used_at < p_now - interval '1 year';
  get diagnostics gone = row_count;
  return whole + gone;
end
$$;

do $$
declare f text;
begin
  foreach f in array array['enter_unproved(uuid, timestamptz)', 'enter_session(uuid, uuid, timestamptz)', 'is_known_device(bytea, uuid)',
    'hold_attempts(bytea[], timestamptz)', 'count_failure(bytea, integer, interval, timestamptz)', 'forget_failures(bytea)',
    'open_challenge(bytea, timestamptz)', 'begin_reset(text, bytea, timestamptz, timestamptz)', 'take_reset(bytea, timestamptz)',
    'record_refusal(uuid, timestamptz, text, uuid, jsonb)', 'forget_sign_ins(timestamptz)'] loop
    execute format('revoke execute on function app.%s from public', f);
    execute format('grant execute on function app.%s to diwan_app', f);
  end loop;
end
$$;
";
