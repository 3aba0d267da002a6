//! Influencers: a directory of the agency, shared with brands on purpose; shortlists, what was said, and what came of it.
//!
//! Who somebody is, where they are and what they cost is the agency's. What a brand thinks of them, has said to them and got from them
//! is the brand's, and other brands see nothing of it.

pub(crate) const UP: &str = r"
create table influencer (
  id uuid primary key,
  agency_id uuid not null references agency (id),
  name text not null check (length(btrim(name)) between 1 and 200),
  -- BCP 47: what they speak to their public.
  languages text[] not null default '{}' check (cardinality(languages) <= 20 and array_position(languages, null) is null),
  -- ISO 3166-1 alpha-2: where their public is.
  markets text[] not null default '{}' check (cardinality(markets) <= 50 and array_position(markets, null) is null),
  tags text[] not null default '{}' check (cardinality(tags) <= 20),
  notes text not null default '' check (length(notes) <= 5000),
  -- How to reach them: personal data, told from MID on.
  contact_name text not null default '' check (length(contact_name) <= 200),
  contact_email text not null default '' check (length(contact_email) <= 254),
  contact_phone text not null default '' check (length(contact_phone) <= 50),
  created_by uuid not null references app_user (id),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  archived_at timestamptz,
  version integer not null default 1 check (version >= 1)
);
create index influencer_by_tag on influencer using gin (tags);

-- With which brands somebody is shared, on purpose. What ended stays, because what the brand has of them refers to it.
create table influencer_share (
  brand_id uuid not null references brand (id),
  influencer_id uuid not null references influencer (id),
  shared_by uuid not null references app_user (id),
  shared_at timestamptz not null,
  ended_at timestamptz,
  primary key (brand_id, influencer_id)
);
create index influencer_share_by_influencer on influencer_share (influencer_id) where ended_at is null;
select app.protect_brand_table('influencer_share', 'select, insert, update');

-- Whoever adds somebody gives them to one brand; all else is given and taken by those who have the directory.
create function app.is_unshared(p_influencer uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as
$$
  select exists (select from influencer i where i.id = p_influencer and i.created_by = app.user_id())
    and not exists (select from influencer_share s where s.influencer_id = p_influencer)
$$;
revoke execute on function app.is_unshared(uuid) from public;
grant execute on function app.is_unshared(uuid) to diwan_app;
create policy given on influencer_share as restrictive for insert to diwan_app
  with check ((select app.agency_level()) is not null or app.is_unshared(influencer_id));
create policy taken on influencer_share as restrictive for update to diwan_app using (true)
  with check ((select app.agency_level()) is not null);

-- Agency-wide levels see the directory; whoever works in a brand sees who is shared with it.
select app.force_row_security('influencer');
create policy shared on influencer to diwan_app
  using ((select app.agency_level()) is not null
    or ((select app.limited()) is null and id in (select s.influencer_id from influencer_share s where s.ended_at is null)))
  with check ((select app.agency_level()) is not null
    or ((select app.limited()) is null and (select app.user_id()) is not null and cardinality((select app.brands())) > 0));
grant select, insert, update on influencer to diwan_app;

-- Where they are.
create table influencer_profile (
  id uuid primary key,
  agency_id uuid not null references agency (id),
  influencer_id uuid not null references influencer (id),
  position smallint not null check (position between 1 and 20),
  -- A network's key; also of networks that are not connected here.
  network text not null check (network ~ '^[a-z0-9_]{1,40}$'),
  -- Without a leading @.
  handle text not null check (length(btrim(handle)) between 1 and 200),
  url text check (length(url) <= 2000),
  -- How many follow, on which day, and who says so.
  followers bigint check (followers >= 0),
  followers_on date,
  followers_source text check (length(btrim(followers_source)) between 1 and 300),
  -- [{name, value, on, source}]: what is known of those who follow.
  audience jsonb not null default '[]' check (jsonb_typeof(audience) = 'array' and jsonb_array_length(audience) <= 30),
  check ((followers is null) = (followers_on is null) and (followers is null) = (followers_source is null))
);
-- Somebody is in the directory once.
create unique index influencer_profile_once on influencer_profile (agency_id, network, lower(handle));
create index influencer_profile_by_influencer on influencer_profile (influencer_id, position);
create index influencer_profile_by_followers on influencer_profile (network, followers);
select app.force_row_security('influencer_profile');
create policy shared on influencer_profile to diwan_app
  using (influencer_id in (select i.id from influencer i)) with check (influencer_id in (select i.id from influencer i));
grant select, insert, delete on influencer_profile to diwan_app;

-- What they ask for, by format.
create table influencer_rate (
  id uuid primary key,
  agency_id uuid not null references agency (id),
  influencer_id uuid not null references influencer (id),
  position smallint not null check (position between 1 and 50),
  network text check (network ~ '^[a-z0-9_]{1,40}$'),
  format text not null check (format in ('POST', 'STORY', 'VIDEO', 'LIVE', 'ARTICLE', 'APPEARANCE', 'BUNDLE', 'OTHER')),
  amount_minor bigint not null check (amount_minor >= 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  note text not null default '' check (length(note) <= 500)
);
create index influencer_rate_by_influencer on influencer_rate (influencer_id, position);
select app.force_row_security('influencer_rate');
create policy shared on influencer_rate to diwan_app
  using (influencer_id in (select i.id from influencer i)) with check (influencer_id in (select i.id from influencer i));
grant select, insert, delete on influencer_rate to diwan_app;

-- For whom else they work, and for nobody beside.
create table influencer_exclusivity (
  id uuid primary key,
  agency_id uuid not null references agency (id),
  influencer_id uuid not null references influencer (id),
  competitor text not null check (length(btrim(competitor)) between 1 and 200),
  category text not null check (length(btrim(category)) between 1 and 200),
  starts_on date,
  -- The last day of it; null: not known.
  until_on date,
  source text not null default '' check (length(source) <= 1000),
  recorded_by uuid not null references app_user (id),
  recorded_at timestamptz not null,
  -- When it was found to be over, or never to have been.
  ended_at timestamptz,
  check (until_on >= starts_on)
);
create index influencer_exclusivity_by_influencer on influencer_exclusivity (influencer_id) where ended_at is null;
select app.force_row_security('influencer_exclusivity');
create policy shared on influencer_exclusivity to diwan_app
  using (influencer_id in (select i.id from influencer i)) with check (influencer_id in (select i.id from influencer i));
grant select, insert, update (ended_at) on influencer_exclusivity to diwan_app;

-- With whom nobody of a brand works, or, without a brand, nobody of the agency.
create table influencer_block (
  id uuid primary key,
  agency_id uuid not null references agency (id),
  brand_id uuid references brand (id),
  influencer_id uuid not null references influencer (id),
  reason text not null check (length(btrim(reason)) between 1 and 1000),
  blocked_by uuid not null references app_user (id),
  blocked_at timestamptz not null,
  ended_by uuid references app_user (id),
  ended_at timestamptz,
  unique (brand_id, id),
  check ((ended_at is null) = (ended_by is null))
);
create unique index influencer_block_in_force on influencer_block (brand_id, influencer_id) nulls not distinct where ended_at is null;
create index influencer_block_by_influencer on influencer_block (influencer_id) where ended_at is null;
select app.protect_brand_table('influencer_block', 'select, insert, update (ended_at, ended_by)');
-- Whoever works in a brand sees whom the whole agency avoids. Clients and freelancers do not.
create policy of_agency on influencer_block for select to diwan_app
  using (brand_id is null and cardinality((select app.brands())) > 0);

create table influencer_shortlist (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  campaign_id uuid,
  name text not null check (length(btrim(name)) between 1 and 200),
  note text not null default '' check (length(note) <= 5000),
  created_by uuid not null references app_user (id),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  archived_at timestamptz,
  version integer not null default 1 check (version >= 1),
  unique (brand_id, id),
  foreign key (brand_id, campaign_id) references campaign (brand_id, id)
);
create unique index influencer_shortlist_name on influencer_shortlist (brand_id, lower(name)) where archived_at is null;
create index influencer_shortlist_by_brand on influencer_shortlist (brand_id, id desc);
create index influencer_shortlist_by_campaign on influencer_shortlist (brand_id, campaign_id) where campaign_id is not null;
select app.protect_brand_table('influencer_shortlist', 'select, insert, update');

create table influencer_shortlist_item (
  brand_id uuid not null references brand (id),
  shortlist_id uuid not null,
  influencer_id uuid not null,
  state text not null check (state in ('PROPOSED', 'APPROVED', 'REJECTED')),
  note text not null default '' check (length(note) <= 1000),
  proposed_by uuid not null references app_user (id),
  proposed_at timestamptz not null,
  decided_by uuid references app_user (id),
  decided_at timestamptz,
  primary key (brand_id, shortlist_id, influencer_id),
  foreign key (brand_id, shortlist_id) references influencer_shortlist (brand_id, id) on delete cascade,
  foreign key (brand_id, influencer_id) references influencer_share (brand_id, influencer_id),
  check ((state = 'PROPOSED') = (decided_at is null) and (decided_at is null) = (decided_by is null))
);
create index influencer_shortlist_item_by_influencer on influencer_shortlist_item (brand_id, influencer_id);
select app.protect_brand_table('influencer_shortlist_item', 'select, insert, update, delete');

-- Whether somebody is blocked, shared and shortlisted changes one at a time.
create function app.lock_influencer(p_influencer uuid) returns void language sql as
$$ select pg_advisory_xact_lock(47, hashtext(p_influencer::text)) $$;

create function app.guard_influencer_block() returns trigger language plpgsql as
$$
begin
  perform app.lock_influencer(new.influencer_id);
  return new;
end
$$;
create trigger guard_influencer_block before insert on influencer_block for each row execute function app.guard_influencer_block();

-- Nobody who is blocked, or not shared with the brand any more, is proposed or approved. Asked after the row is written, so that
-- policies speak first; whoever blocks meanwhile waits, or is seen.
create function app.guard_shortlist_item() returns trigger language plpgsql as
$$
begin
  perform app.lock_influencer(new.influencer_id);
  if new.state <> 'REJECTED' and exists (select from influencer_block b
      where b.influencer_id = new.influencer_id and b.ended_at is null and (b.brand_id is null or b.brand_id = new.brand_id)) then
    raise exception 'who is blocked is not on a shortlist' using errcode = 'check_violation';
  end if;
  if new.state <> 'REJECTED' and not exists (select from influencer_share s
      where s.brand_id = new.brand_id and s.influencer_id = new.influencer_id and s.ended_at is null) then
    raise exception 'who is not shared with the brand is not on its shortlists' using errcode = 'check_violation';
  end if;
  return null;
end
$$;
create trigger guard_shortlist_item after insert or update on influencer_shortlist_item
  for each row execute function app.guard_shortlist_item();

-- What was said to somebody for a brand, and what they answered.
create table influencer_outreach (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  influencer_id uuid not null,
  channel text not null check (channel in ('EMAIL', 'DIRECT_MESSAGE', 'PHONE', 'MEETING', 'AGENT', 'OTHER')),
  said_at timestamptz not null,
  said_by uuid not null references app_user (id),
  message text not null check (length(btrim(message)) between 1 and 5000),
  answer text not null default '' check (length(answer) <= 5000),
  answered_at timestamptz,
  -- When somebody asks again; null: nobody does.
  follow_up_on date,
  created_at timestamptz not null,
  version integer not null default 1 check (version >= 1),
  unique (brand_id, id),
  foreign key (brand_id, influencer_id) references influencer_share (brand_id, influencer_id),
  check ((answer <> '') = (answered_at is not null)),
  check (answered_at >= said_at)
);
create index influencer_outreach_by_influencer on influencer_outreach (brand_id, influencer_id, id desc);
create index influencer_outreach_to_follow on influencer_outreach (brand_id, follow_up_on) where follow_up_on is not null;
select app.protect_brand_table('influencer_outreach', 'select, insert, update');

-- What somebody brought a brand: a publication of it, or what was found elsewhere.
create table influencer_result (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  influencer_id uuid not null,
  publication_id uuid,
  title text not null check (length(btrim(title)) between 1 and 300),
  url text check (length(url) <= 2000),
  happened_on date not null,
  -- [{name, value}]: whole numbers as somebody states them.
  numbers jsonb not null default '[]' check (jsonb_typeof(numbers) = 'array' and jsonb_array_length(numbers) <= 30),
  -- Who states them.
  source text not null default '' check (length(source) <= 300),
  -- Whether the advertising was named as such; null: not known.
  disclosed boolean,
  note text not null default '' check (length(note) <= 5000),
  recorded_by uuid not null references app_user (id),
  recorded_at timestamptz not null,
  unique (brand_id, id),
  foreign key (brand_id, influencer_id) references influencer_share (brand_id, influencer_id),
  foreign key (brand_id, publication_id) references publication (brand_id, id),
  check (jsonb_array_length(numbers) = 0 or source <> '')
);
create index influencer_result_by_influencer on influencer_result (brand_id, influencer_id, happened_on desc);
create index influencer_result_by_publication on influencer_result (brand_id, publication_id) where publication_id is not null;
select app.protect_brand_table('influencer_result', 'select, insert, delete');
";
