//! Recurring slots and who takes which, recurring posts, evergreen queues.

pub(crate) const UP: &str = r"
-- Posts that are published again and again, into slots of their own.
create table evergreen_queue (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  name text not null check (length(btrim(name)) between 1 and 200),
  -- What becomes of a copy: it stays a draft, is submitted for approval, or is scheduled (submitted where approval is needed).
  mode text not null check (mode in ('DRAFT', 'SUBMIT', 'SCHEDULE')),
  -- The least number of days from one copy of an item to its next.
  min_days smallint not null check (min_days between 1 and 366),
  -- The most copies of an item; null: as many as come.
  max_copies smallint check (max_copies between 1 and 1000),
  -- How many days ahead the slots are filled.
  lead_days smallint not null check (lead_days between 1 and 60),
  paused_at timestamptz,
  -- Whose right decides what becomes of the copies: whoever wrote it last.
  in_name_of uuid not null references app_user (id),
  created_at timestamptz not null,
  version integer not null default 1,
  unique (brand_id, id)
);
create unique index evergreen_queue_name on evergreen_queue (brand_id, lower(name));
select app.protect_brand_table('evergreen_queue');

create table evergreen_item (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  queue_id uuid not null,
  -- The post that is copied; its copies are posts of their own.
  post_id uuid not null,
  added_by uuid not null references app_user (id),
  added_at timestamptz not null,
  -- The last day on which a copy goes out; null: no end.
  expires_on date,
  unique (brand_id, id),
  unique (brand_id, queue_id, post_id),
  foreign key (brand_id, queue_id) references evergreen_queue (brand_id, id) on delete cascade,
  foreign key (brand_id, post_id) references post (brand_id, id) on delete cascade
);
select app.protect_brand_table('evergreen_item');

-- A recurring time for posts of a calendar or of an account, by the clock on the wall of the brand.
create table slot (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  calendar_id uuid,
  social_account_id uuid,
  -- Only this queue fills it; null: it is for posts.
  queue_id uuid,
  -- On which days: a rule of RFC 5545 without a time.
  rule text not null check (length(rule) between 1 and 300),
  at_time time not null check (extract(second from at_time) = 0),
  starts_on date not null,
  ends_on date check (ends_on >= starts_on),
  created_by uuid not null references app_user (id),
  created_at timestamptz not null,
  version integer not null default 1,
  unique (brand_id, id),
  foreign key (brand_id, calendar_id) references calendar (brand_id, id),
  foreign key (brand_id, social_account_id) references social_account (brand_id, id),
  foreign key (brand_id, queue_id) references evergreen_queue (brand_id, id) on delete set null (queue_id),
  check (calendar_id is not null or social_account_id is not null)
);
create index slot_by_queue on slot (brand_id, queue_id) where queue_id is not null;
select app.protect_brand_table('slot');

-- Which post has a slot's day: never two.
create table slot_use (
  brand_id uuid not null references brand (id),
  slot_id uuid not null,
  -- The day by the rule, in the brand's time zone.
  on_date date not null,
  post_id uuid not null,
  due_at timestamptz not null,
  taken_at timestamptz not null,
  primary key (brand_id, slot_id, on_date),
  unique (brand_id, post_id),
  foreign key (brand_id, slot_id) references slot (brand_id, id) on delete cascade,
  foreign key (brand_id, post_id) references post (brand_id, id) on delete cascade
);
select app.protect_brand_table('slot_use', 'select, insert, delete',
  'exists (select from post p where p.brand_id = slot_use.brand_id and p.id = slot_use.post_id)');

-- A post that is moved, taken off its time, canceled or put away leaves its slot to others.
create function app.leave_slot() returns trigger language plpgsql as
$$
begin
  delete from slot_use u where u.brand_id = new.brand_id and u.post_id = new.id
    and (new.due_at is distinct from u.due_at or new.state in ('CANCELED', 'ARCHIVED'));
  return null;
end
$$;
create trigger leave_slot after update of due_at, state on post for each row
  when (new.due_at is distinct from old.due_at or (new.state <> old.state and new.state in ('CANCELED', 'ARCHIVED')))
  execute function app.leave_slot();

-- A post that comes again by a rule of RFC 5545, each time as a post of its own.
create table post_series (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  -- The post that is copied.
  post_id uuid not null,
  rule text not null check (length(rule) between 1 and 300),
  at_time time not null check (extract(second from at_time) = 0),
  starts_on date not null,
  ends_on date check (ends_on >= starts_on),
  mode text not null check (mode in ('DRAFT', 'SUBMIT', 'SCHEDULE')),
  ended_at timestamptz,
  -- Whose right decides what becomes of the copies: whoever wrote it last.
  in_name_of uuid not null references app_user (id),
  created_at timestamptz not null,
  version integer not null default 1,
  unique (brand_id, id),
  foreign key (brand_id, post_id) references post (brand_id, id) on delete cascade
);
create index post_series_by_brand on post_series (brand_id, id desc);
select app.protect_brand_table('post_series');

-- A post that was made from another, by a series or a queue: once for each day of the series.
create table repeated_post (
  brand_id uuid not null references brand (id),
  post_id uuid not null,
  series_id uuid,
  item_id uuid,
  on_date date not null,
  due_at timestamptz not null,
  -- Null until it was submitted or scheduled, or could not be.
  handed_on_at timestamptz,
  -- Why it could not be: a code of the product's refusals.
  trouble text check (trouble ~ '^[A-Z_]+$'),
  primary key (brand_id, post_id),
  unique (brand_id, series_id, on_date),
  unique (brand_id, item_id, on_date),
  foreign key (brand_id, post_id) references post (brand_id, id) on delete cascade,
  foreign key (brand_id, series_id) references post_series (brand_id, id) on delete cascade,
  foreign key (brand_id, item_id) references evergreen_item (brand_id, id) on delete cascade,
  check (num_nonnulls(series_id, item_id) = 1),
  check (trouble is null or handed_on_at is not null)
);
select app.protect_brand_table('repeated_post');
";
