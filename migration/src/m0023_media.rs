//! The media library: bytes that are kept once per brand, renditions, folders, tags, rights with a term, and quotas.
//!
//! An asset is what people see: a name, a description, rights. Its bytes are a `media_file`, which several assets of a brand
//! share when they are the same. Bytes lie in the store under the id of the file.

pub(crate) const UP: &str = r"
-- Bytes of a brand, once for each content.
create table media_file (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  sha256 bytea not null check (octet_length(sha256) = 32),
  byte_size bigint not null check (byte_size > 0),
  -- STORING: here, and on its way to a store elsewhere. READY: in the store.
  state text not null check (state in ('STORING', 'READY')),
  -- When its renditions were made; null: not yet.
  renditions_at timestamptz,
  -- Which work at it was given up; null: none.
  trouble text check (trouble in ('NOT_STORED', 'NOT_RENDERED')),
  created_at timestamptz not null,
  unique (brand_id, id),
  unique (brand_id, sha256),
  unique (brand_id, id, sha256, byte_size)
);

-- Folders of a brand's library.
create table asset_folder (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  parent_id uuid,
  name text not null check (length(btrim(name)) between 1 and 100),
  created_at timestamptz not null,
  version integer not null default 1,
  unique (brand_id, id),
  foreign key (brand_id, parent_id) references asset_folder (brand_id, id)
);
create unique index asset_folder_name
  on asset_folder (brand_id, coalesce(parent_id, '00000000-0000-0000-0000-000000000000'), lower(name));
select app.protect_brand_table('asset_folder');

-- What counts against a brand's quota, and the tree of its folders, change one at a time.
create function app.lock_media(p_brand uuid) returns void language sql as
$$ select pg_advisory_xact_lock(23, hashtext(p_brand::text)) $$;

-- No folder stands in itself, and none deeper than ten.
create function app.check_asset_folder() returns trigger language plpgsql as
$$
declare
  above uuid := new.parent_id;
  depth integer := 1;
begin
  perform app.lock_media(new.brand_id);
  while above is not null loop
    depth := depth + 1;
    if above = new.id or depth > 10 then
      raise exception 'folders stand in a circle, or too deep' using errcode = 'check_violation';
    end if;
    select f.parent_id into above from asset_folder f where f.brand_id = new.brand_id and f.id = above;
  end loop;
  if tg_op = 'UPDATE' then
    with recursive below as (
      select new.id as id, 0 as step
      union all select f.id, b.step + 1 from asset_folder f join below b on f.parent_id = b.id
        where f.brand_id = new.brand_id and b.step < 10)
    select depth + max(b.step) into depth from below b;
    if depth > 10 then
      raise exception 'folders stand too deep' using errcode = 'check_violation';
    end if;
  end if;
  return new;
end
$$;
create trigger asset_folder_tree before insert or update of parent_id on asset_folder
  for each row execute function app.check_asset_folder();

alter table asset
  drop constraint asset_state_check,
  drop constraint asset_mime_type_check,
  drop constraint asset_check,
  add column file_id uuid,
  -- How many bytes will come, and until when: they count against the quota meanwhile.
  add column declared_size bigint check (declared_size > 0),
  add column upload_expires_at timestamptz,
  -- Why the last file was refused, where whoever sent it was not there to hear: the name of the reason, and its limit.
  add column problem text check (problem ~ '^error-[a-z-]+$'),
  add column problem_limit bigint,
  add column duration_ms bigint check (duration_ms > 0),
  add column animated boolean not null default false,
  -- What a person says that a picture is.
  add column infographic boolean not null default false,
  add column folder_id uuid,
  add column tags text[] not null default '{}' check (cardinality(tags) <= 50),
  -- Whose it is, by which right it is used, and from when until when.
  add column rights_owner text not null default '' check (length(rights_owner) <= 200),
  add column licence text check (licence in ('OWNED', 'LICENSED', 'STOCK', 'CREATIVE_COMMONS', 'PUBLIC_DOMAIN', 'USER_GENERATED')),
  add column licence_terms text not null default '' check (length(licence_terms) <= 2000),
  add column usable_from timestamptz,
  add column usable_until timestamptz,
  add column archived_at timestamptz,
  add column updated_at timestamptz,
  add column version integer not null default 1;

-- The owner sees rows as the definer functions do.
set local search_path = pg_catalog, public, pg_temp;
insert into media_file (id, brand_id, sha256, byte_size, state, created_at)
  select distinct on (brand_id, sha256) id, brand_id, sha256, byte_size, 'READY', created_at
  from asset where state = 'READY' order by brand_id, sha256, created_at;
update asset set file_id = f.id from media_file f where f.brand_id = asset.brand_id and f.sha256 = asset.sha256;
update asset set updated_at = created_at;
set local search_path to default;

alter table asset
  alter column updated_at set not null,
  add column kind text generated always as (case
    when mime_type like 'video/%' then 'VIDEO'
    when mime_type = 'image/gif' or animated then 'GIF'
    when mime_type is not null and infographic then 'INFOGRAPHIC'
    when mime_type is not null then 'IMAGE' end) stored,
  add check (mime_type in ('image/jpeg', 'image/png', 'image/gif', 'image/webp', 'video/mp4', 'video/quicktime')),
  add check (state in ('AWAITING_UPLOAD', 'PROCESSING', 'READY')),
  add check ((file_id is not null) = (mime_type is not null and byte_size is not null and width is not null
    and height is not null and sha256 is not null)),
  add check ((file_id is null) = (mime_type is null and byte_size is null and width is null and height is null and sha256 is null)),
  add check (state <> 'AWAITING_UPLOAD' or file_id is null),
  add check (state <> 'READY' or file_id is not null),
  add check (file_id is null or (mime_type like 'video/%') = (duration_ms is not null)),
  add check (usable_until > usable_from),
  add foreign key (brand_id, file_id, sha256, byte_size) references media_file (brand_id, id, sha256, byte_size),
  add foreign key (brand_id, folder_id) references asset_folder (brand_id, id);
create index asset_by_file on asset (brand_id, file_id) where file_id is not null;
create index asset_by_folder on asset (brand_id, folder_id) where folder_id is not null;
create index asset_by_tag on asset using gin (tags);
create index asset_awaited on asset (upload_expires_at) where state = 'AWAITING_UPLOAD';

-- Bytes are seen with what shows them.
select app.protect_brand_table('media_file', 'select, insert, update, delete',
  'exists (select from asset a where a.brand_id = media_file.brand_id and a.file_id = media_file.id)');

-- Another form of a picture: a thumbnail, or what a network takes.
create table media_rendition (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  file_id uuid not null,
  -- THUMBNAIL, or the key of a network.
  purpose text not null check (purpose ~ '^[A-Za-z_]+$'),
  mime_type text not null check (mime_type in ('image/jpeg', 'image/png')),
  byte_size bigint not null check (byte_size > 0),
  width integer not null check (width > 0),
  height integer not null check (height > 0),
  created_at timestamptz not null,
  unique (brand_id, id),
  unique (brand_id, file_id, purpose),
  foreign key (brand_id, file_id) references media_file (brand_id, id) on delete cascade
);
select app.protect_brand_table('media_rendition', 'select, insert, delete',
  'exists (select from asset a where a.brand_id = media_rendition.brand_id and a.file_id = media_rendition.file_id)');

-- How many bytes a brand may keep. A brand without a row has no limit.
create table media_quota (
  brand_id uuid primary key references brand (id),
  quota_bytes bigint not null check (quota_bytes > 0),
  set_by uuid not null references app_user (id),
  updated_at timestamptz not null,
  version integer not null default 1
);
select app.protect_brand_table('media_quota');

-- What a brand of the scope keeps and awaits, and how much it may, also for those who see less themselves.
create function app.media_use(p_brand uuid, p_now timestamptz) returns table (used_bytes bigint, awaited_bytes bigint, quota_bytes bigint)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as
$$
  select (select coalesce(sum(f.byte_size), 0)::bigint from media_file f where f.brand_id = p_brand),
    (select coalesce(sum(a.declared_size), 0)::bigint from asset a
      where a.brand_id = p_brand and a.file_id is null and a.upload_expires_at > p_now),
    (select q.quota_bytes from media_quota q where q.brand_id = p_brand)
  where p_brand = any (app.brands()) or app.agency_level() is not null
$$;

-- How many posts in these states show an asset of the scope, whoever's they are; in any state when there are none.
create function app.posts_showing(p_asset uuid, p_states text[]) returns bigint
language sql stable security definer set search_path = pg_catalog, public, pg_temp as
$$
  select count(distinct p.id) from variant_asset s
    join post_variant v on v.brand_id = s.brand_id and v.id = s.variant_id
    join post p on p.brand_id = v.brand_id and p.id = v.post_id
  where s.asset_id = p_asset and (cardinality(p_states) = 0 or p.state = any (p_states))
    and (s.brand_id = any (app.brands()) or app.agency_level() is not null)
$$;

-- Housekeeping: uploads that nobody finished, but for those that a post waits for.
create function app.forget_uploads(p_before timestamptz) returns table (brand_id uuid, asset_id uuid)
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as
$$
  delete from asset a where a.state = 'AWAITING_UPLOAD' and a.upload_expires_at < p_before
    and not exists (select from variant_asset v where v.brand_id = a.brand_id and v.asset_id = a.id)
  returning a.brand_id, a.id
$$;
revoke execute on function app.media_use(uuid, timestamptz), app.forget_uploads(timestamptz), app.posts_showing(uuid, text[]) from public;
grant execute on function app.media_use(uuid, timestamptz), app.forget_uploads(timestamptz), app.posts_showing(uuid, text[]) to diwan_app;
";
