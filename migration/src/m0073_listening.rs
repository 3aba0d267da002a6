//! Listening: what a brand listens for, who counts how often it is spoken of, and what each day of that came to.

pub(crate) const UP: &str = r"
-- What is listened for: the brand itself, or somebody whom it is compared with.
create table listening_monitor (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  kind text not null check (kind in ('OWN', 'COMPETITOR')),
  name text not null check (length(btrim(name)) between 1 and 100),
  -- Words and phrases as people write them, and hashtags without their sign, in small letters.
  keywords text[] not null,
  hashtags text[] not null,
  -- Since when these are the words.
  words_since timestamptz not null,
  -- From which day on, by the brand's clock, it is compared with the others, and until which: null while it is.
  compared_from date not null,
  compared_until date,
  created_by uuid not null references app_user (id),
  created_at timestamptz not null,
  archived_at timestamptz,
  unique (brand_id, id),
  check (cardinality(keywords) + cardinality(hashtags) between 1 and 20),
  -- What a network takes in one question.
  check (length(array_to_string(keywords, '')) + length(array_to_string(hashtags, '')) <= 300),
  check (array_position(keywords, null) is null and array_position(hashtags, null) is null),
  check ((archived_at is null) = (compared_until is null))
);
create unique index listening_monitor_own on listening_monitor (brand_id) where kind = 'OWN' and archived_at is null;
create unique index listening_monitor_name on listening_monitor (brand_id, lower(name)) where archived_at is null;
select app.protect_brand_table('listening_monitor', 'select, insert, update');

-- Who counts mentions: a network that is asked, through an account of the brand, or somebody who sends what was counted.
create table mention_source (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  -- CSV, API: somebody sends the numbers; how they came first.
  kind text not null check (kind in ('NETWORK', 'CSV', 'API')),
  network text check (length(network) between 1 and 50),
  name text check (length(btrim(name)) between 1 and 100),
  -- Through which account it was asked last.
  social_account_id uuid,
  -- The last day that was asked for of every monitor.
  read_until date,
  -- When it was last asked, when it last answered all that was asked, and when it is asked next.
  asked_at timestamptz,
  read_at timestamptz,
  next_at timestamptz,
  -- Attempts in a row that failed, and why the last one did.
  failures integer not null default 0 check (failures >= 0),
  trouble text,
  trouble_detail text,
  created_by uuid references app_user (id),
  created_at timestamptz not null,
  unique (brand_id, id),
  foreign key (brand_id, social_account_id) references social_account (brand_id, id),
  check ((kind = 'NETWORK') = (network is not null)),
  check ((network is null) = (name is not null)),
  check ((network is null) = (created_by is not null)),
  check (network is not null or (social_account_id is null and read_until is null and asked_at is null and next_at is null))
);
create unique index mention_source_network on mention_source (brand_id, network) where network is not null;
create unique index mention_source_name on mention_source (brand_id, lower(name)) where name is not null;
select app.protect_brand_table('mention_source', 'select, insert, update');

-- How often something was spoken of on a day, as one source counts it. Said otherwise later, it is replaced. A day without a row is not known,
-- which is another thing than a day on which nobody spoke of it: that one stands with a zero.
create table mention_day (
  brand_id uuid not null references brand (id),
  source_id uuid not null,
  monitor_id uuid not null,
  day date not null,
  mentions bigint not null check (mentions between 0 and 1000000000000),
  recorded_at timestamptz not null,
  revised_at timestamptz,
  primary key (brand_id, source_id, monitor_id, day),
  foreign key (brand_id, source_id) references mention_source (brand_id, id),
  foreign key (brand_id, monitor_id) references listening_monitor (brand_id, id)
);
create index mention_day_by_day on mention_day (brand_id, day);
select app.protect_brand_table('mention_day', 'select, insert, update, delete');

-- How far a network was asked about a monitor, so that a round that was broken off goes on there.
create table mention_reading (
  brand_id uuid not null references brand (id),
  source_id uuid not null,
  monitor_id uuid not null,
  -- Of which words: others are asked for from the oldest day on.
  words_since timestamptz not null,
  -- The last day that was asked for in the round, and the last day of that round.
  read_until date not null,
  round_until date not null,
  primary key (brand_id, source_id, monitor_id),
  foreign key (brand_id, source_id) references mention_source (brand_id, id),
  foreign key (brand_id, monitor_id) references listening_monitor (brand_id, id),
  check (read_until <= round_until)
);
select app.protect_brand_table('mention_reading', 'select, insert, update, delete');
";
