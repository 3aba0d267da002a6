//! Agency, people, brands and memberships, and the functions that open a scope.

pub(crate) const UP: &str = r"
create table agency (
  id uuid primary key,
  name text not null check (length(btrim(name)) between 1 and 200),
  locale text not null check (locale in ('en', 'fa', 'ar', 'el', 'he')),
  time_zone text not null check (length(time_zone) between 1 and 64),
  base_currency text not null check (base_currency ~ '^[A-Z]{3}$'),
  created_at timestamptz not null,
  -- One installation is one agency: the second row is refused.
  only_one boolean not null default true unique check (only_one)
);

create table app_user (
  id uuid primary key,
  agency_id uuid not null references agency (id),
  kind text not null check (kind in ('STAFF', 'FREELANCER', 'CLIENT', 'INTEGRATION')),
  email text not null check (email = lower(email) and length(email) between 3 and 254 and position('@' in email) > 1),
  name text not null check (length(btrim(name)) between 1 and 200),
  password_hash text,
  locale text not null check (locale in ('en', 'fa', 'ar', 'el', 'he')),
  agency_level text check (agency_level in ('DIRECTOR', 'CMO')),
  created_at timestamptz not null,
  deactivated_at timestamptz,
  unique (agency_id, email),
  check (agency_level is null or kind = 'STAFF')
);

create table brand (
  id uuid primary key,
  agency_id uuid not null references agency (id),
  name text not null check (length(btrim(name)) between 1 and 200),
  time_zone text not null check (length(time_zone) between 1 and 64),
  locale text not null check (locale in ('en', 'fa', 'ar', 'el', 'he')),
  -- How long after its time a post may still go out; later it becomes MISSED. Seconds, 1 minute to 1 day.
  publish_grace_seconds integer not null default 3600 check (publish_grace_seconds between 60 and 86400),
  created_at timestamptz not null,
  archived_at timestamptz,
  version integer not null default 1
);
create unique index brand_name on brand (agency_id, lower(name)) where archived_at is null;

create table membership (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  user_id uuid not null references app_user (id),
  level text not null check (level in ('JUNIOR', 'MID', 'SENIOR', 'DIRECTOR', 'CMO')),
  specialties text[] not null default '{}' check (specialties <@ array['STRATEGIST', 'CONTENT_MANAGER',
    'COMMUNITY_MANAGER', 'REPORT_ANALYST', 'ADS_MANAGER', 'DESIGNER', 'VIDEO_MAKER', 'COPYWRITER']),
  starts_at timestamptz not null,
  expires_at timestamptz,
  created_at timestamptz not null,
  unique (brand_id, id),
  unique (brand_id, user_id),
  check (expires_at > starts_at)
);
create index membership_by_user on membership (user_id);

select app.force_row_security('agency');
create policy signed_in on agency to diwan_app
  using ((select app.user_id()) is not null or cardinality((select app.brands())) > 0)
  with check ((select app.agency_level()) = 'CMO');
grant select, insert, update on agency to diwan_app;

select app.force_row_security('brand');
create policy tenant on brand to diwan_app
  using (id = any ((select app.brands())::uuid[]))
  with check (id = any ((select app.brands())::uuid[]) or (select app.agency_level()) is not null);
grant select, insert, update on brand to diwan_app;

select app.protect_brand_table('membership');

-- A person is seen by themselves, by agency-wide levels, and by those who share a brand with them.
select app.force_row_security('app_user');
create policy colleagues on app_user to diwan_app
  using (id = (select app.user_id())
    or (select app.agency_level()) is not null
    or exists (select from membership m where m.user_id = app_user.id and m.brand_id = any ((select app.brands())::uuid[])))
  with check (id = (select app.user_id()) or (select app.agency_level()) is not null);
grant select, insert, update on app_user to diwan_app;

-- Opens a person's scope for the rest of the transaction and says who they are. No row when the person is unknown
-- or deactivated: then no scope is set either.
create function app.enter_user(p_user uuid, p_now timestamptz)
returns table (user_id uuid, agency_id uuid, kind text, name text, locale text, agency_level text, levels jsonb)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
declare
  person app_user;
  seen jsonb;
begin
  select * into person from app_user u where u.id = p_user and u.deactivated_at is null;
  if not found then
    return;
  end if;
  -- The greater of what is held in the brand and agency-wide counts.
  select coalesce(jsonb_object_agg(place.brand_id, place.level), '{}') into seen
  from (
    select distinct on (held.brand_id) held.brand_id, held.level
    from (
      select m.brand_id, m.level from membership m
      where m.user_id = p_user and m.starts_at <= p_now and (m.expires_at is null or m.expires_at > p_now)
      union all
      select b.id, person.agency_level from brand b
      where person.agency_level is not null and b.agency_id = person.agency_id
    ) held
    order by held.brand_id, array_position(array['JUNIOR', 'MID', 'SENIOR', 'DIRECTOR', 'CMO'], held.level) desc
  ) place;
  perform set_config('app.user_id', person.id::text, true),
    set_config('app.agency_level', coalesce(person.agency_level, ''), true),
    set_config('app.brand_ids', (select coalesce(array_agg(k::uuid), '{}')::text from jsonb_object_keys(seen) k), true);
  return query select person.id, person.agency_id, person.kind, person.name, person.locale, person.agency_level, seen;
end
$$;

-- Opens the scope of one brand for the worker. False when there is no such brand.
create function app.enter_brand(p_brand uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
begin
  if not exists (select from brand where id = p_brand) then
    return false;
  end if;
  perform set_config('app.user_id', '', true), set_config('app.agency_level', '', true),
    set_config('app.brand_ids', array[p_brand]::text, true);
  return true;
end
$$;

revoke execute on function app.enter_user(uuid, timestamptz), app.enter_brand(uuid) from public;
grant execute on function app.enter_user(uuid, timestamptz), app.enter_brand(uuid) to diwan_app;
";
