//! API tokens of integrations.
//!
//! An integration is an account of its own with places of its own; a token opens its scope, and never opens more than
//! whoever made the token sees and may do at that moment.

pub(crate) const UP: &str = r"
create table api_token (
  id uuid primary key,
  user_id uuid not null,
  user_kind text not null default 'INTEGRATION' check (user_kind = 'INTEGRATION'),
  name text not null check (length(btrim(name)) between 1 and 200),
  token_hash bytea not null unique check (octet_length(token_hash) = 32),
  -- How the token begins, so that its holder recognises it.
  prefix text not null check (length(prefix) between 8 and 16),
  -- Actions, as `domain::permission` names them.
  scopes text[] not null check (cardinality(scopes) between 1 and 100),
  created_by uuid not null references app_user (id),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  -- To the minute.
  last_used_at timestamptz,
  revoked_at timestamptz,
  foreign key (user_id, user_kind) references app_user (id, kind),
  check (expires_at > created_at and expires_at <= created_at + interval '366 days')
);
create index api_token_by_user on api_token (user_id, id desc);
select app.force_row_security('api_token');
create policy of_integration on api_token to diwan_app
  using ((select app.limited()) is null and user_id in (select u.id from app_user u))
  with check ((select app.limited()) is null and created_by = (select app.user_id()) or revoked_at is not null);
grant select, insert, update on api_token to diwan_app;

-- Opens the scope of a token: in each brand the lesser of what the integration holds and what the token's maker holds
-- now; no brand in which either holds nothing. No row when the token is unknown, revoked or over, or either is deactivated.
create function app.enter_token(p_hash bytea, p_now timestamptz)
returns table (user_id uuid, agency_id uuid, kind text, name text, locale text, agency_level text, brands uuid[], levels text[], archived uuid[],
  token_id uuid, scopes text[], last_used_at timestamptz)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
declare
  token api_token;
  maker app_user;
  person record;
  ladder constant text[] := array['JUNIOR', 'MID', 'SENIOR', 'DIRECTOR', 'CMO'];
  places uuid[];
  held text[];
begin
  select * into token from api_token t where t.token_hash = p_hash and t.revoked_at is null and t.expires_at > p_now;
  if not found then
    return;
  end if;
  select * into maker from app_user u where u.id = token.created_by and u.kind = 'STAFF' and u.deactivated_at is null;
  if not found then
    return;
  end if;
  select * into person from app.enter_user(token.user_id, p_now);
  if person.user_id is null then
    return;
  end if;
  select coalesce(array_agg(own.brand_id), '{}'),
    coalesce(array_agg(ladder[least(array_position(ladder, own.level), of_maker.rank)]), '{}')
  into places, held
  from unnest(person.brands, person.levels) own (brand_id, level)
  cross join lateral (
    select greatest(array_position(ladder, maker.agency_level), (
      select array_position(ladder, m.level) from membership m
      where m.user_id = maker.id and m.brand_id = own.brand_id and m.starts_at <= p_now
        and (m.expires_at is null or m.expires_at > p_now) and m.suspended_at is null and m.ended_at is null)) as rank
  ) of_maker
  where of_maker.rank is not null;
  perform set_config('app.brand_ids', places::text, true);
  return query select person.user_id, person.agency_id, person.kind, person.name, person.locale, null::text, places, held, person.archived,
    token.id, token.scopes, token.last_used_at;
end
$$;

-- That a token is in use, outside the operation that it came for: a query writes nothing.
create function app.token_used(p_token uuid, p_now timestamptz) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as
$$
  update api_token set last_used_at = p_now
  where id = p_token and (last_used_at is null or last_used_at < p_now - interval '1 minute')
$$;

-- Whether somebody sees a brand at this moment. For the functions here, which run as the owner.
create function app.holds_place(p_user uuid, p_brand uuid, p_now timestamptz) returns boolean language sql stable as
$$
  select exists (
    select from app_user u join brand b on b.id = p_brand and b.deleted_at is null
    where u.id = p_user and u.deactivated_at is null and (u.agency_level is not null or exists (
      select from membership m where m.user_id = u.id and m.brand_id = b.id and m.starts_at <= p_now
        and (m.expires_at is null or m.expires_at > p_now) and m.suspended_at is null and m.ended_at is null)))
$$;

-- Which of these open subscriptions have lost their ground: the session or token has ended, or its holder no longer has a
-- place in the brand. One statement for all the subscriptions of a process: [{session, token, brand}], the token's digest in
-- hexadecimal, one of session and token null. Answers places counted from 1.
create function app.lost_ground(p_watched jsonb, p_now timestamptz) returns setof integer
language sql stable security definer set search_path = pg_catalog, public, pg_temp as
$$
  select watched.place::integer
  from jsonb_array_elements(p_watched) with ordinality watched (item, place)
  left join session s on s.id = (watched.item ->> 'session')::uuid and s.revoked_at is null and s.expires_at > p_now
  left join api_token t on t.token_hash = decode(watched.item ->> 'token', 'hex') and t.revoked_at is null and t.expires_at > p_now
  where coalesce(s.user_id, t.user_id) is null
    or not app.holds_place(coalesce(s.user_id, t.user_id), (watched.item ->> 'brand')::uuid, p_now)
    or (t.id is not null and not app.holds_place(t.created_by, (watched.item ->> 'brand')::uuid, p_now))
$$;

-- Whoever manages integrations ends them.
create policy integration on app_user for update to diwan_app
  using (kind = 'INTEGRATION' and (select app.limited()) is null) with check (kind = 'INTEGRATION');

revoke execute on function app.holds_place(uuid, uuid, timestamptz), app.enter_token(bytea, timestamptz), app.token_used(uuid, timestamptz),
  app.lost_ground(jsonb, timestamptz) from public;
grant execute on function app.enter_token(bytea, timestamptz), app.token_used(uuid, timestamptz),
  app.lost_ground(jsonb, timestamptz) to diwan_app;
";
