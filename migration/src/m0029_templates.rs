//! Texts with variables that a team writes once and fills in again and again, and hashtags that go together.

pub(crate) const UP: &str = r"
create table content_template (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  name text not null check (length(btrim(name)) between 1 and 200),
  description text not null default '' check (length(description) <= 10000),
  -- With `{{ name }}` where something is filled in.
  text text not null check (length(text) between 1 and 100000),
  language text check (language ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$'),
  pillar_id uuid,
  -- [{name, label, default or null, required}]: what the text may be filled in with besides what is built in.
  variables jsonb not null default '[]' check (jsonb_typeof(variables) = 'array' and jsonb_array_length(variables) <= 50
    and length(variables::text) <= 2000000),
  created_by uuid not null references app_user (id),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  archived_at timestamptz,
  version integer not null default 1,
  unique (brand_id, id),
  foreign key (brand_id, pillar_id) references content_pillar (brand_id, id)
);
create index content_template_by_brand on content_template (brand_id, id desc);
create index content_template_by_pillar on content_template (brand_id, pillar_id) where pillar_id is not null;
create unique index content_template_name on content_template (brand_id, lower(name)) where archived_at is null;
select app.protect_brand_table('content_template', 'select, insert, update');

create table hashtag_set (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  name text not null check (length(btrim(name)) between 1 and 200),
  -- Without their sign, in their order, none twice.
  hashtags text[] not null check (cardinality(hashtags) between 1 and 100 and array_ndims(hashtags) = 1
    and array_position(hashtags, null) is null and array_position(hashtags, '') is null
    and length(array_to_string(hashtags, '')) <= 10000 and array_to_string(hashtags, '') !~ '[#[:space:]]'),
  language text check (language ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$'),
  -- Keys of the networks that it is for; empty: for any.
  networks text[] not null default '{}' check (cardinality(networks) <= 50 and array_position(networks, null) is null
    and length(array_to_string(networks, '')) <= 2000),
  created_by uuid not null references app_user (id),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  archived_at timestamptz,
  version integer not null default 1,
  unique (brand_id, id)
);
create index hashtag_set_by_brand on hashtag_set (brand_id, id desc);
create unique index hashtag_set_name on hashtag_set (brand_id, lower(name)) where archived_at is null;
select app.protect_brand_table('hashtag_set', 'select, insert, update');

-- The templates and sets of one brand are added and brought back by one at a time, so that their number and their names stay
-- what was checked.
create function app.lock_templates(p_brand uuid) returns void language sql as
$$ select pg_advisory_xact_lock(29, hashtext(p_brand::text)) $$;
";
