//! Tracked links and how often they were followed, conversions and what led to them, leads.

pub(crate) const UP: &str = r"
-- How a brand's links say where somebody came from. Templates; null: the parameter is not set.
create table utm_convention (
  brand_id uuid primary key references brand (id),
  source text check (length(source) between 1 and 200),
  medium text check (length(medium) between 1 and 200),
  campaign text check (length(campaign) between 1 and 200),
  content text check (length(content) between 1 and 200),
  term text check (length(term) between 1 and 200),
  set_by uuid not null references app_user (id),
  updated_at timestamptz not null,
  version integer not null default 1
);
select app.protect_brand_table('utm_convention', 'select, insert, update');

-- A short link of our own that leads to a page of somebody's.
create table tracked_link (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  name text not null check (length(btrim(name)) between 1 and 200),
  -- What its address ends with: ten random characters of an alphabet without look-alikes.
  code text not null unique check (code ~ '^[1-9A-HJ-NP-Za-km-z]{10}$'),
  target_url text not null check (target_url ~ '^https://' and length(target_url) <= 2000),
  -- Where it leads: the target with the parameters below.
  destination text not null check (destination ~ '^https://' and length(destination) <= 8000),
  campaign_id uuid,
  post_id uuid,
  -- Where it is shown, for the convention.
  network text check (length(network) between 1 and 50),
  utm_source text check (length(utm_source) between 1 and 200),
  utm_medium text check (length(utm_medium) between 1 and 200),
  utm_campaign text check (length(utm_campaign) between 1 and 200),
  utm_content text check (length(utm_content) between 1 and 200),
  utm_term text check (length(utm_term) between 1 and 200),
  created_by uuid not null references app_user (id),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  archived_at timestamptz,
  version integer not null default 1,
  unique (brand_id, id),
  foreign key (brand_id, campaign_id) references campaign (brand_id, id),
  foreign key (brand_id, post_id) references post (brand_id, id)
);
create index tracked_link_by_brand on tracked_link (brand_id, id desc);
create index tracked_link_by_campaign on tracked_link (brand_id, campaign_id) where campaign_id is not null;
create index tracked_link_by_post on tracked_link (brand_id, post_id) where post_id is not null;
select app.protect_brand_table('tracked_link', 'select, insert, update');

-- How often a link was followed within a quarter of an hour, by what led there: midnight of every zone lies between two of them.
-- Nothing of who followed it. Written by app.follow_link alone.
create table link_click (
  brand_id uuid not null references brand (id),
  link_id uuid not null,
  -- When it begins.
  quarter timestamptz not null check (extract(epoch from quarter) % 900 = 0),
  -- The host of the page that led there; empty: none was named; *: any beyond the first hundred of the quarter.
  referrer_host text not null check (referrer_host ~ '^([a-z0-9._-]{0,253}|[*])$'),
  device text not null check (device in ('DESKTOP', 'MOBILE', 'TABLET', 'OTHER')),
  clicks bigint not null check (clicks > 0),
  primary key (brand_id, link_id, quarter, referrer_host, device),
  foreign key (brand_id, link_id) references tracked_link (brand_id, id)
);
select app.protect_brand_table('link_click', 'select');

-- Where a code leads, and one more click if it is to be counted: strangers follow links, and no scope is theirs. Null where nothing
-- of that code is in use.
create function app.follow_link(p_code text, p_quarter timestamptz, p_host text, p_device text, p_counts boolean) returns text
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
declare
  link tracked_link;
  host text := p_host;
begin
  select l.* into link from tracked_link l join brand b on b.id = l.brand_id
  where l.code = p_code and l.archived_at is null and b.deleted_at is null;
  if not found then
    return null;
  end if;
  if p_counts then
    -- A machine that fails may lose the clicks of its last moments. That is less than everybody waiting for its disk in turn.
    perform set_config('synchronous_commit', 'off', true);
    update link_click c set clicks = c.clicks + 1
    where c.brand_id = link.brand_id and c.link_id = link.id and c.quarter = p_quarter and c.referrer_host = host and c.device = p_device;
    if not found then
      -- Whoever makes up names of hosts fills no table with them.
      if host <> '' and (select count(distinct c.referrer_host) from link_click c
          where c.brand_id = link.brand_id and c.link_id = link.id and c.quarter = p_quarter) >= 100 then
        host := '*';
      end if;
      insert into link_click as c (brand_id, link_id, quarter, referrer_host, device, clicks)
      values (link.brand_id, link.id, p_quarter, host, p_device, 1)
      on conflict (brand_id, link_id, quarter, referrer_host, device) do update set clicks = c.clicks + 1;
    end if;
  end if;
  return link.destination;
end
$$;

-- A server that sends conversions, signed.
create table conversion_endpoint (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  -- What the source of its conversions is called.
  source text not null check (length(btrim(source)) between 1 and 100),
  -- Sealed: what is sent is signed with it.
  secret bytea not null,
  last_received_at timestamptz,
  created_by uuid not null references app_user (id),
  created_at timestamptz not null,
  deleted_at timestamptz,
  unique (brand_id, id)
);
create unique index conversion_endpoint_source on conversion_endpoint (brand_id, source) where deleted_at is null;
select app.protect_brand_table('conversion_endpoint', 'select, insert, update');

-- Opens the scope of the brand for which an endpoint receives. No row where none of this id is in use, or its brand is archived.
create function app.enter_conversion_endpoint(p_endpoint uuid) returns table (brand_id uuid, agency_id uuid, source text, secret bytea)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
declare e conversion_endpoint;
begin
  select c.* into e from conversion_endpoint c join brand b on b.id = c.brand_id
  where c.id = p_endpoint and c.deleted_at is null and b.archived_at is null and b.deleted_at is null;
  if found and app.enter_brand(e.brand_id) then
    return query select e.brand_id, b.agency_id, e.source, e.secret from brand b where b.id = e.brand_id;
  end if;
end
$$;

-- Conversions that come in as a file.
create table conversion_import (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  source text not null check (length(btrim(source)) between 1 and 100),
  state text not null check (state in ('AWAITING_FILE', 'RECORDED', 'REFUSED')),
  error_policy text not null check (error_policy in ('REJECT_EVERYTHING', 'REJECT_FAILED_ROWS')),
  recorded integer not null default 0 check (recorded >= 0),
  -- How many were recorded before.
  known integer not null default 0 check (known >= 0),
  refused integer not null default 0 check (refused >= 0),
  -- The rows that were refused, and why.
  report jsonb not null default '[]' check (jsonb_typeof(report) = 'array'),
  requested_by uuid not null references app_user (id),
  created_at timestamptz not null,
  finished_at timestamptz,
  unique (brand_id, id),
  check ((state = 'AWAITING_FILE') = (finished_at is null)),
  check (state <> 'REFUSED' or recorded = 0)
);
create index conversion_import_by_brand on conversion_import (brand_id, id desc);
select app.protect_brand_table('conversion_import', 'select, insert, update');

-- Something that somebody did and the brand wanted. What was recorded stays as it is.
create table conversion (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  kind text not null check (kind in ('LEAD', 'SIGN_UP', 'SALE', 'CUSTOM')),
  -- What a CUSTOM one is called.
  name text check (length(btrim(name)) between 1 and 100),
  -- Who says so, and by which id: each is recorded once.
  source text not null check (length(btrim(source)) between 1 and 100),
  external_id text not null check (length(external_id) between 1 and 200),
  -- The SHA-256 of what was sent: the same again is no second one, something else under its id is refused.
  digest bytea not null check (octet_length(digest) = 32),
  occurred_at timestamptz not null,
  value_minor bigint check (value_minor between 0 and 1000000000000000),
  currency text check (currency ~ '^[A-Z]{3}$'),
  endpoint_id uuid,
  import_id uuid,
  -- Null: an endpoint's.
  recorded_by uuid references app_user (id),
  recorded_at timestamptz not null,
  unique (brand_id, id),
  unique (brand_id, source, external_id),
  foreign key (brand_id, endpoint_id) references conversion_endpoint (brand_id, id),
  foreign key (brand_id, import_id) references conversion_import (brand_id, id),
  check ((kind = 'CUSTOM') = (name is not null)),
  check ((value_minor is null) = (currency is null)),
  check ((recorded_by is null) = (endpoint_id is not null))
);
create index conversion_by_time on conversion (brand_id, occurred_at);
create index conversion_by_brand on conversion (brand_id, id desc);
select app.protect_brand_table('conversion', 'select, insert');

-- The links that somebody followed before a conversion, as its sender names them.
create table conversion_touch (
  brand_id uuid not null references brand (id),
  conversion_id uuid not null,
  position smallint not null check (position between 1 and 50),
  link_id uuid not null,
  touched_at timestamptz not null,
  primary key (brand_id, conversion_id, position),
  foreign key (brand_id, conversion_id) references conversion (brand_id, id),
  foreign key (brand_id, link_id) references tracked_link (brand_id, id)
);
create index conversion_touch_by_link on conversion_touch (brand_id, link_id, conversion_id);
create index conversion_touch_by_conversion on conversion_touch (conversion_id, position);
select app.protect_brand_table('conversion_touch', 'select, insert');

-- What one of so many equal parts of a whole gets, in whole units. What is left over goes to the first parts, one unit each, so that
-- the parts are the whole again.
create function app.share_of(p_whole bigint, p_parts bigint, p_place bigint) returns bigint language sql immutable parallel safe as
$$ select p_whole / p_parts + case when p_place <= p_whole % p_parts then 1 else 0 end $$;

-- Somebody who might buy, until sales has won or lost them.
create table lead (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  conversion_id uuid,
  campaign_id uuid,
  source text not null check (length(btrim(source)) between 1 and 100),
  -- Sealed: a name, an address of mail, a telephone. Null: none is known, or it was erased.
  contact bytea,
  note text not null default '' check (length(note) <= 5000),
  value_minor bigint check (value_minor between 0 and 1000000000000000),
  currency text check (currency ~ '^[A-Z]{3}$'),
  state text not null check (state in ('NEW', 'QUALIFIED', 'HANDED_OVER', 'WON', 'LOST')),
  -- To whom in sales, with which words, and when.
  handed_to text check (length(btrim(handed_to)) between 1 and 200),
  handed_note text check (length(handed_note) <= 2000),
  handed_over_at timestamptz,
  closed_note text check (length(closed_note) <= 2000),
  closed_at timestamptz,
  created_by uuid not null references app_user (id),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version integer not null default 1,
  unique (brand_id, id),
  -- A conversion is a lead once.
  unique (brand_id, conversion_id),
  foreign key (brand_id, conversion_id) references conversion (brand_id, id),
  foreign key (brand_id, campaign_id) references campaign (brand_id, id),
  check ((value_minor is null) = (currency is null)),
  check (state not in ('HANDED_OVER', 'WON') or handed_over_at is not null),
  check ((handed_over_at is null) = (handed_to is null) and (handed_over_at is null) = (handed_note is null)),
  check ((state in ('WON', 'LOST')) = (closed_at is not null)),
  check ((closed_at is null) = (closed_note is null))
);
create index lead_by_brand on lead (brand_id, id desc);
create index lead_by_state on lead (brand_id, state, id desc);
create index lead_by_campaign on lead (brand_id, campaign_id) where campaign_id is not null;
select app.protect_brand_table('lead', 'select, insert, update');

do $$
declare f text;
begin
  foreach f in array array['follow_link(text, timestamptz, text, text, boolean)', 'enter_conversion_endpoint(uuid)'] loop
    execute format('revoke execute on function app.%s from public', f);
    execute format('grant execute on function app.%s to diwan_app', f);
  end loop;
end
$$;
";
