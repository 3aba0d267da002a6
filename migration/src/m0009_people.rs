//! Settings of agency and brands, places that end, groups of brands, invitations, assignments, and the narrower scope of
//! freelancers and clients.
//!
//! Two things change in every tenant policy. Whoever holds a level agency-wide sees every brand by one comparison, not by a
//! list of ten thousand, which is why it is asked first; and a second, restrictive policy (`limited`) holds freelancers and
//! clients to what each table says they may see: nothing, unless it says so.

pub(crate) const UP: &str = r"
alter table agency
  add column week_start text not null default 'MONDAY' check (week_start in ('MONDAY', 'SATURDAY', 'SUNDAY')),
  add column calendar_system text not null default 'GREGORIAN'
    check (calendar_system in ('GREGORIAN', 'JALALI', 'HIJRI', 'HEBREW')),
  -- Per weekday, a list of openings in minutes after midnight: [{day: 1..7 (Monday is 1), from, to}].
  add column business_hours jsonb not null default '[]' check (jsonb_typeof(business_hours) = 'array'),
  -- How long an archived brand waits between the order to delete it and its end. Days.
  add column deletion_grace_days integer not null default 30 check (deletion_grace_days between 1 and 365),
  add column require_second_factor boolean not null default false,
  add column four_eyes boolean not null default true,
  add column version integer not null default 1;

alter table brand
  add column base_currency text check (base_currency ~ '^[A-Z]{3}$'),
  -- Null: as the agency's.
  add column week_start text check (week_start in ('MONDAY', 'SATURDAY', 'SUNDAY')),
  add column business_hours jsonb check (jsonb_typeof(business_hours) = 'array'),
  add column deletion_due_at timestamptz,
  add column deleted_at timestamptz,
  add check (deletion_due_at is null or archived_at is not null),
  add check (deleted_at is null or archived_at is not null);

alter table app_user
  alter column email drop not null,
  add column calendar_system text not null default 'GREGORIAN'
    check (calendar_system in ('GREGORIAN', 'JALALI', 'HIJRI', 'HEBREW')),
  -- IANA; null: the agency's.
  add column time_zone text check (length(time_zone) between 1 and 64),
  -- When the person first signed in or accepted the invitation; null: invited and not yet here.
  add column joined_at timestamptz,
  -- Of an integration: whose rights bound its own.
  add column created_by uuid references app_user (id),
  add column version integer not null default 1,
  add check ((kind = 'INTEGRATION') = (email is null)),
  add check ((kind = 'INTEGRATION') = (created_by is not null)),
  -- A reference can so name the kind, and a table ask something of it.
  add unique (id, kind);
update app_user set joined_at = created_at where password_hash is not null;

-- A place says what kind of account holds it, so that the term of a freelancer is the database's to insist on.
alter table membership add column user_kind text;
update membership m set user_kind = u.kind from app_user u where u.id = m.user_id;
alter table membership
  alter column user_kind set not null,
  add column suspended_at timestamptz,
  add column ended_at timestamptz,
  -- Until which end the person and the team have been reminded.
  add column reminded_for timestamptz,
  add column added_by uuid references app_user (id),
  add column version integer not null default 1,
  add foreign key (user_id, user_kind) references app_user (id, kind),
  add check (user_kind <> 'FREELANCER' or expires_at is not null),
  add check (user_kind not in ('FREELANCER', 'CLIENT') or level = 'JUNIOR');
create index membership_ending on membership (expires_at) where ended_at is null and expires_at is not null;
-- Read whenever a scope is opened: from the index alone.
create index membership_held on membership (user_id) include (brand_id, level, starts_at, expires_at)
  where suspended_at is null and ended_at is null;
-- What has been archived is little beside all brands, and the deleted ones are among them.
create index brand_archived on brand (id) include (deleted_at) where archived_at is not null;

-- Every statement of an operation reads the list, which is written by us alone: to split it takes half the time that the
-- parser of arrays takes.
create or replace function app.brands() returns uuid[] language sql stable parallel safe as
$$ select coalesce(string_to_array(nullif(btrim(current_setting('app.brand_ids', true), '{}'), ''), ',')::uuid[], '{}') $$;

-- Freelancers and clients see less than their brand; null for everybody else.
create function app.limited() returns text language sql stable parallel safe as
$$ select nullif(current_setting('app.limited', true), '') $$;

-- Both policies of a brand's table. `p_limited` is what freelancers and clients may see and write of it.
drop function app.protect_brand_table(regclass, text);
create function app.protect_brand_table(t regclass, granted text default 'select, insert, update, delete', p_limited text default 'false')
returns void language plpgsql as
$$
begin
  perform app.force_row_security(t);
  execute format(
    'create policy tenant on %s to diwan_app using ((select app.agency_level()) is not null or brand_id = any ((select app.brands())::uuid[])) '
    'with check ((select app.agency_level()) is not null or brand_id = any ((select app.brands())::uuid[]))', t);
  execute format('create policy limited on %s as restrictive to diwan_app using ((select app.limited()) is null or (%s))', t, p_limited);
  execute format('grant %s on %s to diwan_app', granted, t);
end
$$;
revoke execute on function app.protect_brand_table(regclass, text, text) from public;

do $$
declare t text;
begin
  foreach t in array array['membership', 'job', 'calendar', 'social_account', 'account_connection', 'asset', 'post',
    'post_variant', 'variant_asset', 'publication', 'publication_attempt', 'metric_sample', 'metric_reading', 'report_run'] loop
    execute format(
      'alter policy tenant on %I using ((select app.agency_level()) is not null or brand_id = any ((select app.brands())::uuid[])) '
      'with check ((select app.agency_level()) is not null or brand_id = any ((select app.brands())::uuid[]))', t);
  end loop;
end
$$;
alter policy tenant on brand
  using ((select app.agency_level()) is not null or id = any ((select app.brands())::uuid[]))
  with check ((select app.agency_level()) is not null or id = any ((select app.brands())::uuid[]));
alter policy tenant on audit_event
  using ((select app.agency_level()) is not null or brand_id = any ((select app.brands())::uuid[]));
create index brand_deletion_due on brand (deletion_due_at) where deletion_due_at is not null and deleted_at is null;

-- Whose work a post is: everybody who wrote at it, and everybody to whom it is given.
create table post_contributor (
  brand_id uuid not null references brand (id),
  post_id uuid not null,
  user_id uuid not null references app_user (id),
  primary key (brand_id, post_id, user_id),
  foreign key (brand_id, post_id) references post (brand_id, id) on delete cascade
);
insert into post_contributor select brand_id, id, created_by from post;
create index post_contributor_by_user on post_contributor (user_id);

create table post_assignment (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  post_id uuid not null,
  user_id uuid not null references app_user (id),
  -- What is wanted, for whoever does it.
  brief text not null default '' check (length(brief) <= 5000),
  due_at timestamptz,
  assigned_by uuid references app_user (id),
  created_at timestamptz not null,
  unique (brand_id, id),
  unique (brand_id, post_id, user_id),
  foreign key (brand_id, post_id) references post (brand_id, id) on delete cascade
);
create index post_assignment_by_user on post_assignment (user_id, brand_id);

-- Set when a post is first sent to the client, who sees it from then on.
alter table post add column sent_to_client_at timestamptz;

-- What freelancers and clients see. A post of theirs is one that is assigned to the freelancer; for the client, one that
-- was sent to them or that is approved or further on. What belongs to a post is seen with it.
select app.protect_brand_table('post_contributor', 'select, insert, delete', 'user_id = (select app.user_id())');
select app.protect_brand_table('post_assignment', 'select, insert, update, delete', 'user_id = (select app.user_id())');
create policy limited on membership as restrictive to diwan_app
  using ((select app.limited()) is null or user_id = (select app.user_id()));
create policy limited on brand as restrictive to diwan_app using (true);
create policy limited on calendar as restrictive to diwan_app using (true);
create policy limited on social_account as restrictive to diwan_app using (true);
-- What they do may have consequences that happen later.
create policy limited on job as restrictive to diwan_app using (true);
create policy limited on post as restrictive to diwan_app using ((select app.limited()) is null
  or ((select app.limited()) = 'FREELANCER' and id in (select a.post_id from post_assignment a where a.user_id = (select app.user_id())))
  or ((select app.limited()) = 'CLIENT' and (sent_to_client_at is not null
    or state in ('APPROVED', 'SCHEDULED', 'PUBLISHING', 'PUBLISHED', 'PARTIALLY_PUBLISHED'))));
create policy limited on post_variant as restrictive to diwan_app
  using ((select app.limited()) is null or post_id in (select p.id from post p));
create policy limited on variant_asset as restrictive to diwan_app
  using ((select app.limited()) is null or variant_id in (select v.id from post_variant v));
create policy limited on asset as restrictive to diwan_app
  using ((select app.limited()) is null or uploaded_by = (select app.user_id()) or id in (select s.asset_id from variant_asset s));
create policy limited on publication as restrictive to diwan_app
  using ((select app.limited()) is null or post_id in (select p.id from post p));
create policy limited on account_connection as restrictive to diwan_app using ((select app.limited()) is null);
create policy limited on publication_attempt as restrictive to diwan_app using ((select app.limited()) is null);
create policy limited on metric_sample as restrictive to diwan_app using ((select app.limited()) is null);
create policy limited on metric_reading as restrictive to diwan_app using ((select app.limited()) is null);
create policy limited on report_run as restrictive to diwan_app using ((select app.limited()) is null);
create policy limited on audit_event as restrictive for select to diwan_app using ((select app.limited()) is null);
create policy limited on app_user as restrictive to diwan_app
  using ((select app.limited()) is null or id = (select app.user_id()));
-- Who may add people makes those whom they add; which, is the domain's to decide.
create policy newcomer on app_user for insert to diwan_app
  with check ((select app.user_id()) is not null and agency_level is null and (select app.limited()) is null);

-- Nobody raises themselves: what somebody is, is written by those who hold a level agency-wide. An integration is ended by
-- whoever sees it.
create function app.guard_app_user() returns trigger language plpgsql as
$$
begin
  if current_user = 'diwan_app' and app.agency_level() is null and (
    (tg_op = 'INSERT' and new.agency_level is not null)
    or (tg_op = 'UPDATE' and (new.agency_level is distinct from old.agency_level or new.kind <> old.kind
      or new.created_by is distinct from old.created_by
      or (new.deactivated_at is distinct from old.deactivated_at and new.kind <> 'INTEGRATION')))) then
    raise exception 'what somebody is, is not theirs to write' using errcode = 'insufficient_privilege';
  end if;
  return new;
end
$$;
create trigger guard_app_user before insert or update on app_user for each row execute function app.guard_app_user();

-- Whether somebody has this address, for adding them to a brand: people of other brands are not seen otherwise.
create function app.person_by_email(p_email text) returns table (user_id uuid, kind text, deactivated boolean)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as
$$
  select u.id, u.kind, u.deactivated_at is not null from app_user u
  where u.email = p_email and app.user_id() is not null and app.limited() is null
$$;
revoke execute on function app.person_by_email(text) from public;
grant execute on function app.person_by_email(text) to diwan_app;

-- Brands under one name, for views across them.
create table brand_group (
  id uuid primary key,
  agency_id uuid not null references agency (id),
  name text not null check (length(btrim(name)) between 1 and 200),
  created_at timestamptz not null,
  version integer not null default 1
);
create unique index brand_group_name on brand_group (agency_id, lower(name));
create table brand_group_brand (
  group_id uuid not null references brand_group (id) on delete cascade,
  brand_id uuid not null references brand (id),
  primary key (brand_id, group_id)
);
create index brand_group_brand_by_group on brand_group_brand (group_id);
select app.protect_brand_table('brand_group_brand', 'select, insert, delete');
select app.force_row_security('brand_group');
-- A group is seen by agency-wide levels, and by staff who see one of its brands.
create policy of_brands on brand_group to diwan_app
  using ((select app.agency_level()) is not null
    or ((select app.limited()) is null and id in (select b.group_id from brand_group_brand b)))
  with check ((select app.agency_level()) is not null);
grant select, insert, update, delete on brand_group to diwan_app;

-- The way in for somebody who was invited: one open at a time.
create table invitation (
  id uuid primary key,
  user_id uuid not null references app_user (id),
  token_hash bytea not null unique check (octet_length(token_hash) = 32),
  invited_by uuid not null references app_user (id),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  accepted_at timestamptz,
  revoked_at timestamptz
);
create unique index invitation_open on invitation (user_id) where accepted_at is null and revoked_at is null;
select app.force_row_security('invitation');
create policy colleagues on invitation to diwan_app
  using ((select app.limited()) is null and user_id in (select u.id from app_user u))
  with check ((select app.user_id()) is not null);
grant select, insert, update on invitation to diwan_app;

-- Opens a person's scope for the rest of the transaction and says who they are. No row when the person is unknown
-- or deactivated: then no scope is set either. `brands` are the brands of the places held now, with the level in each beside
-- them (arrays: an object of JSON takes three times as long to make); `archived` are those that are archived. Whoever
-- holds a level agency-wide holds it in every brand besides.
drop function app.enter_session(uuid, uuid, timestamptz);
drop function app.enter_user(uuid, timestamptz);
create function app.enter_user(p_user uuid, p_now timestamptz)
returns table (user_id uuid, agency_id uuid, kind text, name text, locale text, agency_level text, brands uuid[], levels text[], archived uuid[])
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
declare
  person app_user;
  places uuid[];
  held text[];
  closed uuid[];
begin
  select * into person from app_user u where u.id = p_user and u.deactivated_at is null;
  if not found then
    return;
  end if;
  select coalesce(array_agg(m.brand_id), '{}'), coalesce(array_agg(m.level), '{}'),
    coalesce(array_agg(m.brand_id) filter (where b.id is not null), '{}')
  into places, held, closed
  from membership m left join (select a.id, a.deleted_at from brand a where a.archived_at is not null) b on b.id = m.brand_id
  where m.user_id = p_user and m.starts_at <= p_now and (m.expires_at is null or m.expires_at > p_now)
    and m.suspended_at is null and m.ended_at is null and b.deleted_at is null;
  perform set_config('app.user_id', person.id::text, true),
    set_config('app.agency_level', coalesce(person.agency_level, ''), true),
    set_config('app.limited', case when person.kind in ('FREELANCER', 'CLIENT') then person.kind else '' end, true),
    set_config('app.brand_ids', places::text, true);
  return query select person.id, person.agency_id, person.kind, person.name, person.locale, person.agency_level, places, held, closed;
end
$$;

-- Opens the scope of the session's owner, if the session is alive.
create function app.enter_session(p_session uuid, p_user uuid, p_now timestamptz)
returns table (user_id uuid, agency_id uuid, kind text, name text, locale text, agency_level text, brands uuid[], levels text[], archived uuid[])
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
begin
  if exists (select from session s where s.id = p_session and s.user_id = p_user and s.revoked_at is null and s.expires_at > p_now) then
    return query select * from app.enter_user(p_user, p_now);
  end if;
end
$$;

-- Opens the scope of one brand for the worker. False when there is no such brand.
create or replace function app.enter_brand(p_brand uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
begin
  if not exists (select from brand where id = p_brand) then
    return false;
  end if;
  perform set_config('app.user_id', '', true), set_config('app.agency_level', '', true), set_config('app.limited', '', true),
    set_config('app.brand_ids', array[p_brand]::text, true);
  return true;
end
$$;
revoke execute on function app.enter_user(uuid, timestamptz), app.enter_session(uuid, uuid, timestamptz) from public;
grant execute on function app.enter_user(uuid, timestamptz), app.enter_session(uuid, uuid, timestamptz) to diwan_app;
";
