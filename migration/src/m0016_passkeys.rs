//! Passkeys (WebAuthn), and the ceremonies in which they are made and shown.

pub(crate) const UP: &str = r"
create table passkey (
  id uuid primary key,
  user_id uuid not null references app_user (id),
  -- As the authenticator named it; at most 1023 bytes (WebAuthn Level 3 section 4).
  credential_id bytea not null unique check (octet_length(credential_id) between 1 and 1023),
  name text not null check (length(name) between 1 and 100),
  -- The public key, the counter of signatures and what else is public of it.
  credential jsonb not null check (jsonb_typeof(credential) = 'object'),
  created_at timestamptz not null,
  last_used_at timestamptz
);
create index passkey_by_user on passkey (user_id, id);

-- A challenge that an authenticator was given to sign.
create table passkey_ceremony (
  token_hash bytea primary key check (octet_length(token_hash) = 32),
  purpose text not null check (purpose in ('REGISTER', 'SIGN_IN', 'SECOND_FACTOR', 'PROOF')),
  -- Nobody is known yet where somebody signs in with the passkey alone.
  user_id uuid references app_user (id),
  state jsonb not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  check ((purpose = 'SIGN_IN') = (user_id is null))
);
create index passkey_ceremony_by_end on passkey_ceremony (expires_at);

select app.force_row_security('passkey');
create policy own on passkey to diwan_app using (user_id = (select app.user_id())) with check (user_id = (select app.user_id()));
grant select, insert, update, delete on passkey to diwan_app;
select app.force_row_security('passkey_ceremony');

-- Keeps a challenge: for whoever's scope it is, or for a stranger who signs in.
create function app.begin_passkey_ceremony(p_hash bytea, p_purpose text, p_state jsonb, p_now timestamptz, p_expires timestamptz) returns void
language sql security definer set search_path = pg_catalog, public, pg_temp as
$$
  insert into passkey_ceremony (token_hash, purpose, user_id, state, created_at, expires_at)
  values (p_hash, p_purpose, case when p_purpose <> 'SIGN_IN' then app.user_id() end, p_state, p_now, p_expires)
$$;

-- Spends a challenge, once. Null when it is unknown, over, spent, for something else, or another person's.
create function app.take_passkey_ceremony(p_hash bytea, p_purpose text, p_now timestamptz) returns jsonb
language sql security definer set search_path = pg_catalog, public, pg_temp as
$$
  update passkey_ceremony c set ended_at = p_now
  where c.token_hash = p_hash and c.purpose = p_purpose and c.ended_at is null and c.expires_at > p_now
    and c.user_id is not distinct from case when p_purpose <> 'SIGN_IN' then app.user_id() end
  returning c.state
$$;

-- Housekeeping: what is over. Answers how much went.
create function app.forget_passkey_ceremonies(p_now timestamptz) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
declare gone bigint;
begin
  delete from passkey_ceremony where expires_at < p_now - interval '1 hour';
  get diagnostics gone = row_count;
  return gone;
end
$$;

do $$
declare f text;
begin
  foreach f in array array['begin_passkey_ceremony(bytea, text, jsonb, timestamptz, timestamptz)',
    'take_passkey_ceremony(bytea, text, timestamptz)', 'forget_passkey_ceremonies(timestamptz)'] loop
    execute format('revoke execute on function app.%s from public', f);
    execute format('grant execute on function app.%s to diwan_app', f);
  end loop;
end
$$;
";
