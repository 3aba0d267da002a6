//! First-run set-up, sessions, refresh tokens and the keys that sign access tokens.
//!
//! Whoever signs in has no scope yet, so the three look-ups by a secret are definer functions that take the secret's
//! digest or the address and answer one row.

pub(crate) const UP: &str = r"
create table setup_token (
  token_hash bytea primary key check (octet_length(token_hash) = 32),
  created_at timestamptz not null,
  used_at timestamptz
);
-- At most one token is open.
create unique index setup_token_open on setup_token ((true)) where used_at is null;

create table signing_key (
  kid text primary key,
  -- Raw Ed25519 public key, and the seed sealed under the installation's secret key.
  public_key bytea not null check (octet_length(public_key) = 32),
  sealed_seed bytea not null,
  created_at timestamptz not null,
  retired_at timestamptz
);
grant select, insert, update on signing_key to diwan_app;

create table session (
  id uuid primary key,
  user_id uuid not null references app_user (id),
  user_agent text not null default '' check (length(user_agent) <= 300),
  created_at timestamptz not null,
  last_used_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  revoked_because text check (revoked_because in ('SIGNED_OUT', 'REUSED', 'REVOKED')),
  check ((revoked_at is null) = (revoked_because is null))
);
create index session_by_user on session (user_id);

create table refresh_token (
  token_hash bytea primary key check (octet_length(token_hash) = 32),
  session_id uuid not null references session (id) on delete cascade,
  user_id uuid not null references app_user (id),
  issued_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index refresh_token_by_session on refresh_token (session_id);

select app.force_row_security('session');
create policy own on session to diwan_app using (user_id = (select app.user_id())) with check (user_id = (select app.user_id()));
grant select, insert, update on session to diwan_app;

select app.force_row_security('refresh_token');
create policy own on refresh_token to diwan_app using (user_id = (select app.user_id())) with check (user_id = (select app.user_id()));
grant select, insert, update on refresh_token to diwan_app;

select app.force_row_security('setup_token');

-- Opens the scope of the session's owner, if the session is alive.
create function app.enter_session(p_session uuid, p_user uuid, p_now timestamptz)
returns table (user_id uuid, agency_id uuid, kind text, name text, locale text, agency_level text, levels jsonb)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
begin
  if exists (select from session s where s.id = p_session and s.user_id = p_user and s.revoked_at is null and s.expires_at > p_now) then
    return query select * from app.enter_user(p_user, p_now);
  end if;
end
$$;

-- Who has this address, and the hash that their password must match.
create function app.sign_in_by_email(p_email text) returns table (user_id uuid, password_hash text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as
$$ select u.id, u.password_hash from app_user u where u.email = p_email and u.deactivated_at is null $$;

-- Takes a refresh token out of circulation. `state` is FRESH (the caller may have the next one), GRACE (used within the
-- last p_grace, as when two tabs refresh at once), REUSED (somebody replays it: the whole session is revoked here), or
-- no row when the token is unknown, expired or its session has ended.
create function app.take_refresh_token(p_hash bytea, p_now timestamptz, p_grace interval)
returns table (session_id uuid, user_id uuid, state text)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
declare
  token refresh_token;
  -- The session's newest token came from this one: only then is a repeat innocent.
  parent_of_newest boolean;
begin
  select * into token from refresh_token t where t.token_hash = p_hash for update;
  if not found or token.expires_at <= p_now
    or not exists (select from session s where s.id = token.session_id and s.revoked_at is null and s.expires_at > p_now) then
    return;
  end if;
  if token.used_at is null then
    update refresh_token t set used_at = p_now where t.token_hash = p_hash;
    return query select token.session_id, token.user_id, 'FRESH';
    return;
  end if;
  parent_of_newest := not exists (select from refresh_token t where t.session_id = token.session_id and t.used_at > token.used_at);
  if parent_of_newest and token.used_at > p_now - p_grace then
    return query select token.session_id, token.user_id, 'GRACE';
    return;
  end if;
  update session s set revoked_at = p_now, revoked_because = 'REUSED' where s.id = token.session_id;
  return query select token.session_id, token.user_id, 'REUSED';
end
$$;

-- Replaces the open set-up token. False when the agency exists already.
create function app.offer_setup(p_hash bytea, p_now timestamptz) returns boolean
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
begin
  if exists (select from agency) then
    return false;
  end if;
  delete from setup_token where used_at is null;
  insert into setup_token (token_hash, created_at) values (p_hash, p_now);
  return true;
end
$$;

-- Spends the set-up token and opens the scope in which the first agency and its CMO may be written.
create function app.enter_setup(p_hash bytea, p_user uuid, p_now timestamptz) returns boolean
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
begin
  update setup_token set used_at = p_now where token_hash = p_hash and used_at is null;
  if not found or exists (select from agency) then
    return false;
  end if;
  perform set_config('app.user_id', p_user::text, true), set_config('app.agency_level', 'CMO', true),
    set_config('app.brand_ids', '{}', true);
  return true;
end
$$;

-- Whether the first-run set-up has been done: the one thing that a stranger may ask.
create function app.is_set_up() returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as
$$ select exists (select from agency) $$;

revoke execute on function app.enter_session(uuid, uuid, timestamptz), app.sign_in_by_email(text),
  app.take_refresh_token(bytea, timestamptz, interval), app.offer_setup(bytea, timestamptz),
  app.enter_setup(bytea, uuid, timestamptz), app.is_set_up() from public;
grant execute on function app.enter_session(uuid, uuid, timestamptz), app.sign_in_by_email(text),
  app.take_refresh_token(bytea, timestamptz, interval), app.offer_setup(bytea, timestamptz),
  app.enter_setup(bytea, uuid, timestamptz), app.is_set_up() to diwan_app;
";
