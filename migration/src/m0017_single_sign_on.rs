//! Single sign-on: identity providers of the agency, whom they know people as, and sign-ins that are under way.

pub(crate) const UP: &str = r"
create table identity_provider (
  id uuid primary key,
  agency_id uuid not null references agency (id),
  name text not null check (length(btrim(name)) between 1 and 100),
  issuer text not null check (length(issuer) between 8 and 500),
  client_id text not null check (length(client_id) between 1 and 500),
  -- Sealed.
  client_secret bytea not null,
  scopes text[] not null,
  -- Domains of addresses by which somebody is recognised the first time; empty: any.
  allowed_domains text[] not null default '{}',
  -- Addresses of applications to which a browser is sent when the provider has answered.
  return_addresses text[] not null default '{}',
  enabled boolean not null default true,
  -- Whether its sign-in counts as two factors: never, when it says so (`amr` has `mfa`, RFC 8176), or always.
  second_factor text not null default 'NEVER' check (second_factor in ('NEVER', 'CLAIMED', 'ALWAYS')),
  creates_people boolean not null default false,
  -- How the last look at its metadata ended. What was read before is used until it has been read anew.
  state text not null default 'PENDING' check (state in ('PENDING', 'READY', 'FAILED')),
  trouble text,
  metadata jsonb,
  keys jsonb,
  checked_at timestamptz,
  created_by uuid not null references app_user (id),
  created_at timestamptz not null,
  version integer not null default 1,
  unique (agency_id, issuer, client_id),
  check ((state = 'FAILED') = (trouble is not null)),
  check ((metadata is null) = (keys is null)),
  check (state <> 'READY' or metadata is not null),
  -- Whoever the provider knows would be let in.
  check (not creates_people or cardinality(allowed_domains) > 0)
);
select app.force_row_security('identity_provider');
create policy cmo on identity_provider to diwan_app
  using ((select app.agency_level()) = 'CMO') with check ((select app.agency_level()) = 'CMO');
create policy agency_work on identity_provider to diwan_app
  using ((select app.in_agency_work())) with check ((select app.in_agency_work()));
grant select, insert, update, delete on identity_provider to diwan_app;

-- As whom a provider knows somebody, by its own name for them (`sub`), which outlives any address.
create table identity_link (
  provider_id uuid not null references identity_provider (id) on delete cascade,
  subject text not null check (length(subject) between 1 and 255),
  user_id uuid not null references app_user (id),
  created_at timestamptz not null,
  last_used_at timestamptz not null,
  primary key (provider_id, subject),
  -- One identity each: an address that the provider gives to somebody else does not open what was another's.
  unique (provider_id, user_id)
);
create index identity_link_by_user on identity_link (user_id);
select app.force_row_security('identity_link');

create table single_sign_on (
  id uuid primary key,
  provider_id uuid not null references identity_provider (id) on delete cascade,
  -- Held by the client that began it.
  ticket_hash bytea not null unique check (octet_length(ticket_hash) = 32),
  -- Goes to the provider and back, once; null afterwards.
  state_hash bytea unique check (octet_length(state_hash) = 32),
  -- Given to the browser that came back from the provider.
  code_hash bytea check (octet_length(code_hash) = 32),
  failures integer not null default 0,
  -- Sealed: nonce, PKCE verifier, and the provider's code once it is there. Gone when they have been used.
  secret bytea,
  return_address text,
  state text not null default 'AWAITING' check (state in ('AWAITING', 'ARRIVED', 'PROVED', 'REFUSED', 'ENDED')),
  user_id uuid references app_user (id),
  second_factor boolean not null default false,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  check ((state in ('AWAITING', 'ARRIVED')) = (secret is not null)),
  check (state <> 'PROVED' or user_id is not null),
  check ((state_hash is null) or state = 'AWAITING')
);
create index single_sign_on_by_provider on single_sign_on (provider_id);
select app.force_row_security('single_sign_on');
create policy agency_work on single_sign_on to diwan_app
  using ((select app.in_agency_work())) with check ((select app.in_agency_work()));
grant select, update on single_sign_on to diwan_app;

-- By what a challenge's first factor was shown.
alter table sign_in_challenge
  add column method text not null default 'PASSWORD' check (method in ('PASSWORD', 'PASSKEY', 'SINGLE_SIGN_ON'));

-- What a sign-in page shows to strangers.
create function app.sign_in_providers() returns table (id uuid, name text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as
$$ select p.id, p.name from identity_provider p where p.enabled and p.metadata is not null order by p.name, p.id $$;

-- What a stranger's sign-in must know of a provider; nothing of it is secret.
create function app.provider_to_ask(p_provider uuid)
returns table (client_id text, scopes text[], metadata jsonb, return_addresses text[])
language sql stable security definer set search_path = pg_catalog, public, pg_temp as
$$
  select p.client_id, p.scopes, p.metadata, p.return_addresses from identity_provider p
  where p.id = p_provider and p.enabled and p.metadata is not null
$$;

create function app.begin_single_sign_on(p_id uuid, p_provider uuid, p_ticket bytea, p_state bytea, p_secret bytea,
  p_return text, p_now timestamptz, p_expires timestamptz) returns void
language sql security definer set search_path = pg_catalog, public, pg_temp as
$$
  insert into single_sign_on (id, provider_id, ticket_hash, state_hash, secret, return_address, created_at, expires_at)
  values (p_id, p_provider, p_ticket, p_state, p_secret, p_return, p_now, p_expires)
$$;

-- How a sign-in stands, for who holds its ticket, locked. `state` is AWAITING or ARRIVED while it goes on, WRONG where the
-- code is not that of the browser that came back (five times, and it is over), PROVED or REFUSED once.
create function app.take_single_sign_on(p_ticket bytea, p_code bytea, p_now timestamptz)
returns table (provider_id uuid, state text, user_id uuid, second_factor boolean)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
declare
  flow single_sign_on;
  told text;
begin
  select * into flow from single_sign_on s
  where s.ticket_hash = p_ticket and s.expires_at > p_now and s.state <> 'ENDED'
    and exists (select from identity_provider p where p.id = s.provider_id and p.enabled) for update;
  if not found then
    return;
  end if;
  told := flow.state;
  if flow.code_hash is not null and flow.code_hash <> p_code then
    told := 'WRONG';
    update single_sign_on s set failures = s.failures + 1 where s.id = flow.id;
  end if;
  if told in ('PROVED', 'REFUSED') or (told = 'WRONG' and flow.failures >= 4) then
    update single_sign_on s set state = 'ENDED', secret = null where s.id = flow.id;
  end if;
  return query select flow.provider_id, told, flow.user_id, flow.second_factor;
end
$$;

-- Whom a provider means, for the worker alone. The first time by an address that the provider has verified (null where there
-- is none that counts), from then on by the provider's own name for them. `outcome` is KNOWN, LINKED, JOINED (linked, and
-- with it an invitation accepted), CREATED, or why not.
create function app.recognize_person(p_provider uuid, p_subject text, p_email text, p_name text, p_new uuid, p_now timestamptz)
returns table (user_id uuid, outcome text)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
declare
  provider identity_provider;
  person app_user;
  told text := 'LINKED';
begin
  if not app.in_agency_work() then
    raise exception 'only the worker asks this' using errcode = 'insufficient_privilege';
  end if;
  -- One at a time, so that nobody is linked or made twice.
  select * into provider from identity_provider p where p.id = p_provider for update;
  select u.* into person from identity_link l join app_user u on u.id = l.user_id
  where l.provider_id = p_provider and l.subject = p_subject;
  if found then
    if person.deactivated_at is not null then
      return query select person.id, 'DEACTIVATED';
      return;
    end if;
    update identity_link l set last_used_at = p_now where l.provider_id = p_provider and l.subject = p_subject;
    return query select person.id, 'KNOWN';
    return;
  end if;
  if p_email is null then
    return query select null::uuid, 'NO_ADDRESS';
    return;
  end if;
  select * into person from app_user u where u.email = p_email and u.kind <> 'INTEGRATION' for update;
  if not found then
    if not provider.creates_people then
      return query select null::uuid, 'UNKNOWN_PERSON';
      return;
    end if;
    insert into app_user (id, agency_id, kind, email, name, locale, created_at, joined_at)
    select p_new, a.id, 'STAFF', p_email, p_name, a.locale, p_now, p_now from agency a returning * into person;
    told := 'CREATED';
  elsif person.deactivated_at is not null then
    return query select person.id, 'DEACTIVATED';
    return;
  elsif exists (select from identity_link l where l.provider_id = p_provider and l.user_id = person.id) then
    return query select person.id, 'OTHER_IDENTITY';
    return;
  elsif person.joined_at is null then
    update invitation i set accepted_at = p_now
    where i.user_id = person.id and i.accepted_at is null and i.revoked_at is null and i.expires_at > p_now;
    if not found then
      return query select person.id, 'NOT_INVITED';
      return;
    end if;
    update app_user u set joined_at = p_now where u.id = person.id;
    told := 'JOINED';
  end if;
  insert into identity_link (provider_id, subject, user_id, created_at, last_used_at)
  values (p_provider, p_subject, person.id, p_now, p_now);
  return query select person.id, told;
end
$$;

-- Housekeeping: sign-ins that are over. Answers how many went.
create function app.forget_single_sign_ons(p_now timestamptz) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
declare gone bigint;
begin
  delete from single_sign_on where expires_at < p_now;
  get diagnostics gone = row_count;
  return gone;
end
$$;

do $$
declare f text;
begin
  foreach f in array array['sign_in_providers()', 'provider_to_ask(uuid)',
    'begin_single_sign_on(uuid, uuid, bytea, bytea, bytea, text, timestamptz, timestamptz)',
    'take_single_sign_on(bytea, bytea, timestamptz)', 'recognize_person(uuid, text, text, text, uuid, timestamptz)',
    'forget_single_sign_ons(timestamptz)'] loop
    execute format('revoke execute on function app.%s from public', f);
    execute format('grant execute on function app.%s to diwan_app', f);
  end loop;
end
$$;
";
