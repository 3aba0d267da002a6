//! Web analytics: where visits of a brand's pages are counted, and what each day of them came to.

pub(crate) const UP: &str = r"
-- What counts visits of one site: a server that is asked, or somebody who sends what was counted.
create table web_source (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  name text not null check (length(btrim(name)) between 1 and 100),
  -- CSV, API: somebody sends the numbers; how they came first. The others are asked.
  kind text not null check (kind in ('CSV', 'API', 'MATOMO', 'PLAUSIBLE')),
  base_url text check (length(base_url) between 1 and 2000),
  site_id text check (length(site_id) between 1 and 200),
  -- Sealed; gone once it is disconnected.
  token bytea,
  -- What the server says of the site.
  site_name text,
  time_zone text,
  currency text check (currency ~ '^[A-Z]{3}$'),
  -- CHECKING: nobody knows yet whether the key is right. FAILED: the server refuses it, or is none of this kind.
  state text not null check (state in ('CHECKING', 'CONNECTED', 'FAILED', 'DISCONNECTED')),
  -- The last day that was read.
  read_until date,
  -- When the server was last asked, and when it last answered all that was asked.
  asked_at timestamptz,
  read_at timestamptz,
  -- Attempts in a row that failed, and why the last one did.
  failures integer not null default 0 check (failures >= 0),
  -- Since when it has said nothing but that it refuses the key.
  refused_since timestamptz,
  trouble text,
  trouble_detail text,
  created_by uuid not null references app_user (id),
  created_at timestamptz not null,
  unique (brand_id, id),
  check ((kind in ('MATOMO', 'PLAUSIBLE')) = (base_url is not null)),
  check ((base_url is null) = (site_id is null)),
  check ((token is not null) = (base_url is not null and state <> 'DISCONNECTED')),
  check (base_url is not null or state = 'CONNECTED')
);
create unique index web_source_name on web_source (brand_id, lower(name));
-- A site is counted once: whoever connects it again goes on with what is there.
create unique index web_source_site on web_source (brand_id, kind, base_url, site_id) where base_url is not null;
select app.protect_brand_table('web_source', 'select, insert, update');

-- Visits of a day by where they came from. Said otherwise later, it is replaced. A day without a row was not read, which is another
-- thing than a day without visits: that one stands with a zero.
create table web_day (
  brand_id uuid not null references brand (id),
  source_id uuid not null,
  day date not null,
  channel text not null check (channel in ('DIRECT', 'SEARCH', 'SOCIAL', 'REFERRAL', 'CAMPAIGN', 'EMAIL', 'OTHER')),
  -- The network, site or search engine, in small letters; empty where nobody says.
  referrer text not null check (length(referrer) <= 200),
  sessions bigint not null check (sessions between 0 and 1000000000000),
  -- Null: nobody said. That is another thing than none.
  bounces bigint check (bounces >= 0 and bounces <= sessions),
  page_views bigint check (page_views between 0 and 1000000000000),
  recorded_at timestamptz not null,
  revised_at timestamptz,
  primary key (brand_id, source_id, day, channel, referrer),
  foreign key (brand_id, source_id) references web_source (brand_id, id)
);
create index web_day_by_day on web_day (brand_id, day);
select app.protect_brand_table('web_day', 'select, insert, update, delete');

-- How often a goal was reached on a day.
create table web_goal_day (
  brand_id uuid not null references brand (id),
  source_id uuid not null,
  day date not null,
  goal text not null check (length(btrim(goal)) between 1 and 200),
  completions bigint not null check (completions between 0 and 1000000000000),
  -- What they were worth, in minor units; null: nobody said.
  value_minor bigint check (value_minor between 0 and 1000000000000000),
  currency text check (currency ~ '^[A-Z]{3}$'),
  recorded_at timestamptz not null,
  revised_at timestamptz,
  primary key (brand_id, source_id, day, goal),
  foreign key (brand_id, source_id) references web_source (brand_id, id),
  check ((value_minor is null) = (currency is null))
);
create index web_goal_day_by_day on web_goal_day (brand_id, day);
select app.protect_brand_table('web_goal_day', 'select, insert, update, delete');
";
