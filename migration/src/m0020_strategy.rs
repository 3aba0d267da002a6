//! The strategy of a brand: profile, personas, challenges, objectives, KPIs, pillars and their mix, channels, plans; and what
//! of it is checked on a post.
//!
//! What is put away keeps its row (`archived_at`). A profile is never changed: each change is a row of its own. So is each
//! definition of a KPI, and its values stay with the definition under which they were measured.

pub(crate) const UP: &str = r"
create table brand_profile (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  -- The greatest is the one that holds; a change names the one from which it started.
  version integer not null check (version >= 1),
  identity text not null check (length(identity) <= 10000),
  value_proposition text not null check (length(value_proposition) <= 10000),
  tone_of_voice text not null check (length(tone_of_voice) <= 10000),
  dos text[] not null,
  donts text[] not null,
  -- [{text, language or null, severity: WARNING or BLOCK}]
  banned_words jsonb not null check (jsonb_typeof(banned_words) = 'array'),
  -- BCP 47.
  languages text[] not null,
  -- Without their sign.
  hashtags text[] not null,
  written_by uuid not null references app_user (id),
  created_at timestamptz not null,
  unique (brand_id, id),
  unique (brand_id, version)
);
-- Whoever works for the brand, and the client whose it is, knows its voice.
select app.protect_brand_table('brand_profile', 'select, insert', 'true');

-- A target audience, or a narrower one within it: two steps, no more, so that there is no circle.
create table persona (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  parent_id uuid,
  is_sub boolean not null generated always as (parent_id is not null) stored,
  parent_is_sub boolean generated always as (case when parent_id is not null then false end) stored,
  name text not null check (length(btrim(name)) between 1 and 200),
  description text not null check (length(description) <= 10000),
  demographics text not null check (length(demographics) <= 5000),
  interests text[] not null,
  objections text[] not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  archived_at timestamptz,
  version integer not null default 1,
  unique (brand_id, id),
  unique (brand_id, id, is_sub),
  foreign key (brand_id, parent_id, parent_is_sub) references persona (brand_id, id, is_sub)
);
create index persona_by_parent on persona (brand_id, parent_id) where parent_id is not null;
select app.protect_brand_table('persona', 'select, insert, update');

-- What holds the brand back.
create table challenge (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  kind text not null check (kind in ('WEAK_TRAFFIC', 'NO_AWARENESS', 'FALLING_LOYALTY', 'POOR_REPUTATION', 'HARD_SALES',
    'MISSING_DIGITAL_INFRASTRUCTURE', 'MISSING_DIGITAL_CULTURE')),
  title text not null check (length(btrim(title)) between 1 and 300),
  description text not null check (length(description) <= 10000),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  archived_at timestamptz,
  version integer not null default 1,
  unique (brand_id, id)
);
select app.protect_brand_table('challenge', 'select, insert, update');

-- Vision, goal, step: a goal stands under a vision, a step under a goal. The key says so, and so there is no circle.
create table objective (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  kind text not null check (kind in ('VISION', 'GOAL', 'STEP')),
  parent_id uuid,
  parent_kind text generated always as (case kind when 'GOAL' then 'VISION' when 'STEP' then 'GOAL' end) stored,
  title text not null check (length(btrim(title)) between 1 and 300),
  description text not null check (length(description) <= 10000),
  due_on date,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  archived_at timestamptz,
  version integer not null default 1,
  unique (brand_id, id),
  unique (brand_id, id, kind),
  foreign key (brand_id, parent_id, parent_kind) references objective (brand_id, id, kind),
  check ((kind = 'VISION') = (parent_id is null))
);
create index objective_by_parent on objective (brand_id, parent_id) where parent_id is not null;
select app.protect_brand_table('objective', 'select, insert, update');

create table kpi (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  objective_id uuid,
  name text not null check (length(btrim(name)) between 1 and 200),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  archived_at timestamptz,
  version integer not null default 1,
  unique (brand_id, id),
  foreign key (brand_id, objective_id) references objective (brand_id, id)
);
create unique index kpi_name on kpi (brand_id, lower(name)) where archived_at is null;
create index kpi_by_objective on kpi (brand_id, objective_id) where objective_id is not null;
select app.protect_brand_table('kpi', 'select, insert, update');

-- What a KPI means, from one day on. Never changed: a new meaning is a new row.
create table kpi_version (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  kpi_id uuid not null,
  number integer not null check (number between 1 and 100),
  definition text not null check (length(btrim(definition)) between 1 and 5000),
  unit text not null check (length(btrim(unit)) between 1 and 50),
  -- Whether the target is a floor or a ceiling.
  direction text not null check (direction in ('AT_LEAST', 'AT_MOST')),
  -- In millionths of the unit.
  target_micro bigint not null,
  period text not null check (period in ('WEEK', 'MONTH', 'QUARTER', 'YEAR')),
  written_by uuid not null references app_user (id),
  created_at timestamptz not null,
  unique (brand_id, id),
  unique (brand_id, kpi_id, number),
  foreign key (brand_id, kpi_id) references kpi (brand_id, id)
);
select app.protect_brand_table('kpi_version', 'select, insert');

create table kpi_value (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  kpi_version_id uuid not null,
  -- The first day of the period that was measured.
  period_start date not null,
  -- In millionths of the unit.
  value_micro bigint not null,
  note text not null check (length(note) <= 2000),
  recorded_by uuid not null references app_user (id),
  recorded_at timestamptz not null,
  -- Counts the corrections.
  version integer not null default 1,
  unique (brand_id, id),
  unique (brand_id, kpi_version_id, period_start),
  foreign key (brand_id, kpi_version_id) references kpi_version (brand_id, id)
);
select app.protect_brand_table('kpi_value', 'select, insert, update');

-- Where the brand is, where it is not, and why.
create table channel_choice (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  channel text not null check (length(btrim(channel)) between 1 and 100),
  chosen boolean not null,
  reason text not null check (length(btrim(reason)) between 1 and 5000),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  archived_at timestamptz,
  version integer not null default 1,
  unique (brand_id, id)
);
create unique index channel_choice_channel on channel_choice (brand_id, lower(channel)) where archived_at is null;
select app.protect_brand_table('channel_choice', 'select, insert, update');

-- How content is made, brought out and made known.
create table content_plan (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  title text not null check (length(btrim(title)) between 1 and 300),
  production text not null check (length(production) <= 20000),
  distribution text not null check (length(distribution) <= 20000),
  promotion text not null check (length(promotion) <= 20000),
  starts_on date,
  ends_on date,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  archived_at timestamptz,
  version integer not null default 1,
  unique (brand_id, id),
  check (ends_on >= starts_on)
);
select app.protect_brand_table('content_plan', 'select, insert, update');

create table content_pillar (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  name text not null check (length(btrim(name)) between 1 and 200),
  description text not null check (length(description) <= 10000),
  -- Its planned part of the posts, in ten-thousandths.
  share_bp integer not null check (share_bp between 0 and 10000),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  archived_at timestamptz,
  version integer not null default 1,
  unique (brand_id, id)
);
create unique index content_pillar_name on content_pillar (brand_id, lower(name)) where archived_at is null;

-- The things of one brand's strategy are added, moved and put away by one at a time, so that their number, their tree and their
-- mix stay what was checked.
create function app.lock_strategy(p_brand uuid) returns void language sql as
$$ select pg_advisory_xact_lock(20, hashtext(p_brand::text)) $$;

-- The parts are no more than the whole.
create function app.check_content_mix() returns trigger language plpgsql as
$$
begin
  perform app.lock_strategy(new.brand_id);
  if (select sum(p.share_bp) from content_pillar p where p.brand_id = new.brand_id and p.archived_at is null) > 10000 then
    raise exception 'the shares of a brand''s pillars are more than the whole' using errcode = 'check_violation';
  end if;
  return null;
end
$$;
create trigger content_mix after insert or update of share_bp, archived_at on content_pillar
  for each row execute function app.check_content_mix();

-- What a post is for, and what stands behind it; null: nothing.
alter table post
  add column pillar_id uuid,
  add column partnership text check (partnership in ('PAID_PARTNERSHIP', 'GIFT', 'AFFILIATE')),
  add foreign key (brand_id, pillar_id) references content_pillar (brand_id, id);
create index post_by_pillar on post (brand_id, pillar_id) where pillar_id is not null;
-- Freelancers and clients see what the posts that they see are for.
select app.protect_brand_table('content_pillar', 'select, insert, update', 'id in (select p.pillar_id from post p)');

-- What is checked on a brand's posts. A brand without a row has the defaults.
create table content_checks (
  brand_id uuid primary key references brand (id),
  banned_words text not null check (banned_words in ('OFF', 'WARN', 'BLOCK')),
  missing_pillar text not null check (missing_pillar in ('OFF', 'WARN', 'BLOCK')),
  off_mix text not null check (off_mix in ('OFF', 'WARN', 'BLOCK')),
  language text not null check (language in ('OFF', 'WARN', 'BLOCK')),
  missing_alt_text text not null check (missing_alt_text in ('OFF', 'WARN', 'BLOCK')),
  missing_disclosure text not null check (missing_disclosure in ('OFF', 'WARN', 'BLOCK')),
  -- By how much a pillar may go over its share, in ten-thousandths of the month's posts.
  mix_tolerance_bp integer not null check (mix_tolerance_bp between 0 and 10000),
  disclosure_words text[] not null,
  updated_by uuid not null references app_user (id),
  updated_at timestamptz not null,
  version integer not null
);
select app.protect_brand_table('content_checks', 'select, insert, update');

-- What a post of a brand of the scope is checked against, in one row, also for those who see less themselves: the checks, the
-- profile's words and languages, and the pillars with how many other posts of the month of p_due (in the brand's time zone)
-- each has.
create function app.content_ground(p_brand uuid, p_post uuid, p_due timestamptz)
returns table (checks jsonb, profile jsonb, pillars jsonb)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as
$$
  select (select to_jsonb(c) from content_checks c where c.brand_id = p_brand),
    (select jsonb_build_object('banned_words', f.banned_words, 'languages', f.languages)
      from brand_profile f where f.brand_id = p_brand order by f.version desc limit 1),
    (select coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'name', r.name, 'share_bp', r.share_bp,
        'posts', coalesce(m.posts, 0)) order by r.id), '[]')
      from content_pillar r left join (
        select p.pillar_id, count(*) as posts
        from brand b join post p on p.brand_id = b.id
        where b.id = p_brand and p.id <> p_post and p.pillar_id is not null and p.state not in ('CANCELED', 'ARCHIVED')
          and p.due_at >= date_trunc('month', p_due at time zone b.time_zone) at time zone b.time_zone
          and p.due_at < (date_trunc('month', p_due at time zone b.time_zone) + interval '1 month') at time zone b.time_zone
        group by p.pillar_id) m on m.pillar_id = r.id
      where r.brand_id = p_brand and r.archived_at is null)
  where p_brand = any (app.brands()) or app.agency_level() is not null
$$;
revoke execute on function app.content_ground(uuid, uuid, timestamptz) from public;
grant execute on function app.content_ground(uuid, uuid, timestamptz) to diwan_app;
";
