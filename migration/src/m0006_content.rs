//! Calendars, connected accounts, the media library, posts and their variants.

pub(crate) const UP: &str = r"
create table calendar (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  name text not null check (length(btrim(name)) between 1 and 200),
  created_at timestamptz not null,
  archived_at timestamptz,
  unique (brand_id, id)
);
create unique index calendar_name on calendar (brand_id, lower(name)) where archived_at is null;
select app.protect_brand_table('calendar');

create table social_account (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  network text not null check (network ~ '^[a-z_]+$'),
  base_url text not null,
  remote_id text not null,
  handle text not null,
  display_name text not null,
  profile_url text,
  state text not null check (state in ('CONNECTED', 'NEEDS_RECONNECT', 'DISCONNECTED')),
  -- What the network allows this account, as the network itself publishes it.
  limits jsonb not null,
  -- Sealed; empty once disconnected.
  credentials bytea,
  connected_by uuid not null references app_user (id),
  connected_at timestamptz not null,
  trouble text,
  unique (brand_id, id),
  unique (brand_id, network, base_url, remote_id),
  check (state = 'DISCONNECTED' or credentials is not null)
);
select app.protect_brand_table('social_account');

-- The way to a connected account: every step that talks to the network is the worker's.
create table account_connection (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  network text not null check (network ~ '^[a-z_]+$'),
  base_url text not null,
  state text not null check (state in ('REQUESTED', 'AWAITING_AUTHORIZATION', 'AUTHORIZED', 'CONNECTED', 'FAILED')),
  -- Sealed: an app password, or what the OAuth flow must remember; gone when the connection ends either way.
  secret bytea,
  -- SHA-256 of the OAuth `state` parameter, by which the answer finds its request; spent once.
  state_hash bytea unique check (octet_length(state_hash) = 32),
  authorization_url text,
  social_account_id uuid,
  error text,
  requested_by uuid not null references app_user (id),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  unique (brand_id, id),
  foreign key (brand_id, social_account_id) references social_account (brand_id, id),
  check ((state = 'CONNECTED') = (social_account_id is not null)),
  check ((state = 'FAILED') = (error is not null)),
  check (state not in ('CONNECTED', 'FAILED') or secret is null)
);
select app.protect_brand_table('account_connection');

-- The OAuth answer comes without a signed-in caller: its state parameter finds the brand, once, while it is fresh.
create function app.brand_of_authorization(p_state_hash bytea, p_now timestamptz) returns table (brand_id uuid, connection_id uuid)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as
$$
  select c.brand_id, c.id from account_connection c
  where c.state_hash = p_state_hash and c.state = 'AWAITING_AUTHORIZATION' and c.expires_at > p_now
$$;
-- Housekeeping: nobody agreed in time, so what was kept for it is forgotten. Answers how many.
create function app.expire_connections(p_now timestamptz) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
declare gone bigint;
begin
  update account_connection set state = 'FAILED', error = 'EXPIRED', secret = null, state_hash = null
  where state = 'AWAITING_AUTHORIZATION' and expires_at <= p_now;
  get diagnostics gone = row_count;
  return gone;
end
$$;
revoke execute on function app.brand_of_authorization(bytea, timestamptz), app.expire_connections(timestamptz) from public;
grant execute on function app.brand_of_authorization(bytea, timestamptz), app.expire_connections(timestamptz) to diwan_app;

create index account_connection_waiting on account_connection (expires_at) where state = 'AWAITING_AUTHORIZATION';

create table asset (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  file_name text not null check (length(file_name) between 1 and 255),
  alt_text text not null default '' check (length(alt_text) <= 5000),
  state text not null check (state in ('AWAITING_UPLOAD', 'READY')),
  -- Known once the bytes are here: what they truly are, not what was claimed.
  mime_type text check (mime_type in ('image/jpeg', 'image/png', 'image/gif', 'image/webp')),
  byte_size bigint check (byte_size > 0),
  width integer check (width > 0),
  height integer check (height > 0),
  sha256 bytea check (octet_length(sha256) = 32),
  uploaded_by uuid not null references app_user (id),
  created_at timestamptz not null,
  unique (brand_id, id),
  check ((state = 'READY') = (mime_type is not null and byte_size is not null and width is not null
    and height is not null and sha256 is not null))
);
create index asset_by_brand on asset (brand_id, id desc);
select app.protect_brand_table('asset');

create table post (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  calendar_id uuid not null,
  title text not null check (length(btrim(title)) between 1 and 300),
  state text not null check (state in ('DRAFT', 'IN_REVIEW', 'CHANGES_REQUESTED', 'APPROVED', 'SCHEDULED', 'PUBLISHING',
    'PUBLISHED', 'PARTIALLY_PUBLISHED', 'FAILED', 'PAUSED', 'CANCELED', 'ARCHIVED')),
  due_at timestamptz,
  created_by uuid not null references app_user (id),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  -- Counts the edits: an edit names the version that it started from.
  version integer not null default 1,
  unique (brand_id, id),
  foreign key (brand_id, calendar_id) references calendar (brand_id, id),
  check (state not in ('SCHEDULED', 'PUBLISHING', 'PUBLISHED', 'PARTIALLY_PUBLISHED') or due_at is not null)
);
create index post_by_brand on post (brand_id, id desc);
create index post_by_due on post (brand_id, due_at) where due_at is not null;
select app.protect_brand_table('post');

create table post_variant (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  post_id uuid not null,
  social_account_id uuid not null,
  text text not null check (length(text) <= 100000),
  language text check (language ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$'),
  unique (brand_id, id),
  unique (brand_id, post_id, social_account_id),
  foreign key (brand_id, post_id) references post (brand_id, id) on delete cascade,
  foreign key (brand_id, social_account_id) references social_account (brand_id, id)
);
select app.protect_brand_table('post_variant');

create table variant_asset (
  brand_id uuid not null references brand (id),
  variant_id uuid not null,
  position smallint not null check (position between 0 and 49),
  asset_id uuid not null,
  primary key (brand_id, variant_id, position),
  unique (brand_id, variant_id, asset_id),
  foreign key (brand_id, variant_id) references post_variant (brand_id, id) on delete cascade,
  foreign key (brand_id, asset_id) references asset (brand_id, id)
);
create index variant_asset_by_asset on variant_asset (brand_id, asset_id);
select app.protect_brand_table('variant_asset');
";
