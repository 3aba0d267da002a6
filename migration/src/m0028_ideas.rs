//! The ideas board: what might become a post, in columns and in order.

pub(crate) const UP: &str = r"
create table idea (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  title text not null check (length(title) between 1 and 200),
  -- Plain text.
  note text not null default '' check (length(note) <= 5000),
  -- The column of the board. TAKEN: it became a post.
  state text not null check (state in ('NEW', 'EXPLORING', 'READY', 'TAKEN')),
  -- The place in the column, from 1 on without gaps; null: it has none, because it was taken or put away.
  position integer check (position >= 1),
  pillar_id uuid,
  -- The day for which somebody would like it.
  wished_for date,
  -- In lower case, none twice.
  tags text[] not null default '{}' check (cardinality(tags) <= 10 and length(array_to_string(tags, '')) <= 1000
    and array_position(tags, null) is null),
  assignee_id uuid references app_user (id),
  -- Where it was found, what that is called, and whose it is; each null where it is not known.
  source_title text check (length(source_title) between 1 and 2000),
  source_url text check (source_url ~ '^https?://' and length(source_url) <= 2000),
  credit text check (length(credit) between 1 and 300),
  -- What a feed brought, if it was made of that; null again once the item is no longer kept.
  item_id uuid,
  -- What became of it.
  post_id uuid,
  created_by uuid not null references app_user (id),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  archived_at timestamptz,
  -- Counts what is said of it, put away and brought back; its place and its assignee are not part of that.
  version integer not null default 1,
  unique (brand_id, id),
  -- Each item is an idea once, each post that of one idea.
  unique (brand_id, item_id),
  unique (brand_id, post_id),
  -- No place twice. Looked at when a statement ends, so that one statement gives a column new places.
  constraint idea_place unique (brand_id, state, position) deferrable initially immediate,
  foreign key (brand_id, pillar_id) references content_pillar (brand_id, id),
  foreign key (brand_id, item_id) references source_item (brand_id, id) on delete set null (item_id),
  foreign key (brand_id, post_id) references post (brand_id, id),
  check ((state = 'TAKEN') = (post_id is not null)),
  check ((position is null) = (state = 'TAKEN' or archived_at is not null))
);
create index idea_by_brand on idea (brand_id, id desc);
-- A column of the board in its order: by place, what was taken by what became of it, the newest first.
create index idea_board on idea (brand_id, state, position, post_id desc) where archived_at is null;
create index idea_by_pillar on idea (brand_id, pillar_id) where pillar_id is not null;
create index idea_by_assignee on idea (assignee_id, brand_id) where assignee_id is not null;
select app.protect_brand_table('idea', 'select, insert, update');

-- The ideas of one brand get their places one at a time, so that each keeps exactly one.
create function app.lock_ideas(p_brand uuid) returns void language sql as
$$ select pg_advisory_xact_lock(28, hashtext(p_brand::text)) $$;
";
