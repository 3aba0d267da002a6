//! Feeds that a brand follows, and what they brought.

pub(crate) const UP: &str = r"
create table source (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  url text not null check (url ~ '^https?://' and length(url) <= 2000),
  -- What the team calls it; otherwise what the feed calls itself, once it was read.
  title text not null default '' check (length(title) <= 300),
  state text not null check (state in ('ACTIVE', 'PAUSED', 'GONE')),
  -- The least time between two readings, in minutes.
  every_minutes integer not null check (every_minutes between 15 and 10080),
  -- What the server wants to be asked with the next time.
  etag text check (length(etag) <= 500),
  last_modified text check (length(last_modified) <= 100),
  fetched_at timestamptz,
  succeeded_at timestamptz,
  -- Readings in a row that failed.
  failures integer not null default 0 check (failures >= 0),
  -- Why the last reading failed: a key of the message catalogue, and a detail for operators.
  trouble text check (trouble ~ '^[A-Z_]+$'),
  trouble_detail text check (length(trouble_detail) <= 500),
  created_by uuid not null references app_user (id),
  created_at timestamptz not null,
  version integer not null default 1,
  unique (brand_id, id),
  unique (brand_id, url),
  check ((trouble is null) = (failures = 0))
);
create index source_by_brand on source (brand_id, id desc);
select app.protect_brand_table('source');

create table source_item (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  source_id uuid not null,
  -- SHA-256 of what the feed calls it.
  guid_hash bytea not null check (octet_length(guid_hash) = 32),
  url text check (url ~ '^https?://' and length(url) <= 2000),
  title text not null check (length(title) between 1 and 300),
  -- Plain text.
  summary text not null check (length(summary) <= 5000),
  author text not null check (length(author) <= 300),
  published_at timestamptz,
  found_at timestamptz not null,
  dismissed_at timestamptz,
  unique (brand_id, id),
  unique (brand_id, source_id, guid_hash),
  foreign key (brand_id, source_id) references source (brand_id, id) on delete cascade
);
create unique index source_item_url on source_item (brand_id, source_id, url) where url is not null;
create index source_item_by_brand on source_item (brand_id, id desc);
select app.protect_brand_table('source_item');

-- What a post was made of. Its source is named for good, whatever becomes of the feed.
create table curated_post (
  brand_id uuid not null references brand (id),
  post_id uuid not null,
  -- Null once the feed, or the item, is no longer kept.
  item_id uuid,
  source_title text not null check (length(source_title) between 1 and 2000),
  source_url text check (source_url ~ '^https?://' and length(source_url) <= 2000),
  credit text not null check (length(credit) <= 300),
  primary key (brand_id, post_id),
  foreign key (brand_id, post_id) references post (brand_id, id) on delete cascade,
  foreign key (brand_id, item_id) references source_item (brand_id, id) on delete set null (item_id)
);
create index curated_post_by_item on curated_post (brand_id, item_id) where item_id is not null;
select app.protect_brand_table('curated_post', 'select, insert, update (item_id), delete',
  'exists (select from post p where p.brand_id = curated_post.brand_id and p.id = curated_post.post_id)');
";
