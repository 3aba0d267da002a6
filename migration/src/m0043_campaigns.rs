//! Campaigns: what is wanted, for whom, where, when and for how much; targets and what was reached; their posts and tasks.
//!
//! Freelancers and clients see nothing of them: a plan holds amounts.

pub(crate) const UP: &str = r"
create table campaign (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  name text not null check (length(btrim(name)) between 1 and 200),
  objective text not null check (length(objective) <= 5000),
  brief text not null check (length(brief) <= 20000),
  -- Days in the brand's time zone, both of them part of it.
  starts_on date not null,
  ends_on date not null,
  -- What it may cost, in minor units of its currency; null: nothing was planned.
  planned_minor bigint check (planned_minor between 0 and 1000000000000000),
  currency text check (currency ~ '^[A-Z]{3}$'),
  state text not null check (state in ('PLANNED', 'IN_APPROVAL', 'APPROVED', 'ACTIVE', 'CLOSED', 'CANCELED')),
  created_by uuid not null references app_user (id),
  -- Who made it or planned it anew: none of them approves it.
  authors uuid[] not null check (cardinality(authors) > 0),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  activated_at timestamptz,
  closed_at timestamptz,
  -- What was learned, and the figures as they were when it was closed. Neither changes any more.
  lessons text check (length(btrim(lessons)) between 1 and 20000),
  report jsonb check (jsonb_typeof(report) = 'object'),
  archived_at timestamptz,
  -- Counts the changes of what is planned; what was approved is one of them.
  version integer not null default 1 check (version > 0),
  unique (brand_id, id),
  check (created_by = any (authors)),
  check (ends_on >= starts_on),
  check (ends_on - starts_on <= 1826),
  check ((planned_minor is null) = (currency is null)),
  check ((state = 'CLOSED') = (closed_at is not null)),
  check ((state = 'CLOSED') = (lessons is not null)),
  check ((state = 'CLOSED') = (report is not null)),
  check (state not in ('ACTIVE', 'CLOSED') or activated_at is not null),
  check (archived_at is null or state in ('PLANNED', 'CLOSED', 'CANCELED'))
);
create index campaign_by_brand on campaign (brand_id, id desc);
select app.protect_brand_table('campaign', 'select, insert, update');

-- What is over stays as it was: only putting it away and taking it out again are left. Nobody ceases to be an author.
create function app.guard_campaign() returns trigger language plpgsql as
$$
begin
  if old.state in ('CLOSED', 'CANCELED')
    and (to_jsonb(new) - 'archived_at' - 'updated_at') is distinct from (to_jsonb(old) - 'archived_at' - 'updated_at') then
    raise exception 'a campaign that is over does not change' using errcode = 'check_violation';
  end if;
  if not new.authors @> old.authors then
    raise exception 'an author stays one' using errcode = 'check_violation';
  end if;
  return new;
end
$$;
create trigger guard_campaign before update on campaign for each row execute function app.guard_campaign();

-- For whom it is.
create table campaign_persona (
  brand_id uuid not null references brand (id),
  campaign_id uuid not null,
  persona_id uuid not null,
  primary key (brand_id, campaign_id, persona_id),
  foreign key (brand_id, campaign_id) references campaign (brand_id, id),
  foreign key (brand_id, persona_id) references persona (brand_id, id)
);
select app.protect_brand_table('campaign_persona', 'select, insert, delete');

-- The accounts that carry it.
create table campaign_channel (
  brand_id uuid not null references brand (id),
  campaign_id uuid not null,
  social_account_id uuid not null,
  primary key (brand_id, campaign_id, social_account_id),
  foreign key (brand_id, campaign_id) references campaign (brand_id, id),
  foreign key (brand_id, social_account_id) references social_account (brand_id, id)
);
select app.protect_brand_table('campaign_channel', 'select, insert, delete');

-- What it has to reach.
create table campaign_target (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  campaign_id uuid not null,
  position integer not null check (position between 0 and 49),
  name text not null check (length(btrim(name)) between 1 and 200),
  -- Where what was reached comes from: values of a KPI, a number that the networks give of the campaign's posts, how many of them
  -- are published, how often the campaign's links were followed, conversions in which they have a part, or what somebody states.
  source text not null check (source in ('KPI', 'METRIC', 'PUBLISHED_POSTS', 'LINK_CLICKS', 'CONVERSIONS', 'STATED')),
  kpi_id uuid,
  metric text check (metric ~ '^[A-Z_]+$'),
  -- Whether the target is a floor or a ceiling.
  direction text not null check (direction in ('AT_LEAST', 'AT_MOST')),
  -- In millionths of the unit.
  target_micro bigint not null check (target_micro > 0),
  unit text not null check (length(btrim(unit)) between 1 and 50),
  -- A target that was taken out keeps what was stated of it.
  removed_at timestamptz,
  unique (brand_id, id),
  foreign key (brand_id, campaign_id) references campaign (brand_id, id),
  foreign key (brand_id, kpi_id) references kpi (brand_id, id),
  check ((source = 'KPI') = (kpi_id is not null)),
  check ((source = 'METRIC') = (metric is not null))
);
create index campaign_target_by_campaign on campaign_target (brand_id, campaign_id) where removed_at is null;
select app.protect_brand_table('campaign_target', 'select, insert, update');

-- What somebody says was reached so far. The newest counts; nothing is changed or taken away.
create table campaign_result (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  target_id uuid not null,
  value_micro bigint not null check (value_micro >= 0),
  note text not null check (length(note) <= 1000),
  stated_by uuid not null references app_user (id),
  stated_at timestamptz not null,
  unique (brand_id, id),
  foreign key (brand_id, target_id) references campaign_target (brand_id, id)
);
create index campaign_result_by_target on campaign_result (brand_id, target_id, id desc);
select app.protect_brand_table('campaign_result', 'select, insert');

-- What has to be done for it.
create table campaign_task (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  campaign_id uuid not null,
  title text not null check (length(btrim(title)) between 1 and 300),
  assignee_id uuid references app_user (id),
  due_on date,
  done_at timestamptz,
  done_by uuid references app_user (id),
  created_at timestamptz not null,
  unique (brand_id, id),
  foreign key (brand_id, campaign_id) references campaign (brand_id, id),
  check ((done_at is null) = (done_by is null))
);
create index campaign_task_by_campaign on campaign_task (brand_id, campaign_id, id);
create index campaign_task_by_assignee on campaign_task (brand_id, assignee_id) where done_at is null;
select app.protect_brand_table('campaign_task');

-- What a post belongs to; null: nothing.
alter table post
  add column campaign_id uuid,
  add foreign key (brand_id, campaign_id) references campaign (brand_id, id);
create index post_by_campaign on post (brand_id, campaign_id) where campaign_id is not null;

-- Formats compared: posts in two or more arms, by one number of their publications.
create table experiment (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  campaign_id uuid,
  name text not null check (length(btrim(name)) between 1 and 200),
  hypothesis text not null check (length(btrim(hypothesis)) between 1 and 5000),
  -- The number of each publication; with a second one, the part of the first in the second.
  metric text not null check (metric ~ '^[A-Z_]+$'),
  per_metric text check (per_metric ~ '^[A-Z_]+$' and per_metric <> metric),
  created_by uuid not null references app_user (id),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  -- What was concluded, and the figures on which it rests. Neither changes any more.
  concluded_at timestamptz,
  conclusion text check (length(btrim(conclusion)) between 1 and 5000),
  verdict jsonb check (jsonb_typeof(verdict) = 'object'),
  version integer not null default 1 check (version > 0),
  unique (brand_id, id),
  foreign key (brand_id, campaign_id) references campaign (brand_id, id),
  check ((concluded_at is null) = (conclusion is null)),
  check ((concluded_at is null) = (verdict is null))
);
create index experiment_by_brand on experiment (brand_id, id desc);
select app.protect_brand_table('experiment', 'select, insert, update');

create function app.guard_experiment() returns trigger language plpgsql as
$$
begin
  if old.concluded_at is not null then
    raise exception 'an experiment that is concluded does not change' using errcode = 'check_violation';
  end if;
  return new;
end
$$;
create trigger guard_experiment before update on experiment for each row execute function app.guard_experiment();

-- The first arm is what the others are compared with.
create table experiment_arm (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  experiment_id uuid not null,
  position integer not null check (position between 0 and 9),
  name text not null check (length(btrim(name)) between 1 and 200),
  unique (brand_id, id),
  unique (brand_id, experiment_id, id),
  unique (brand_id, experiment_id, position),
  foreign key (brand_id, experiment_id) references experiment (brand_id, id)
);
select app.protect_brand_table('experiment_arm', 'select, insert, delete');

-- A post is in one arm of an experiment.
create table experiment_post (
  brand_id uuid not null references brand (id),
  experiment_id uuid not null,
  arm_id uuid not null,
  post_id uuid not null,
  primary key (brand_id, experiment_id, post_id),
  foreign key (brand_id, experiment_id, arm_id) references experiment_arm (brand_id, experiment_id, id) on delete cascade,
  foreign key (brand_id, post_id) references post (brand_id, id)
);
create index experiment_post_by_arm on experiment_post (brand_id, arm_id);
create index experiment_post_by_post on experiment_post (brand_id, post_id);
select app.protect_brand_table('experiment_post', 'select, insert, delete');

-- Campaigns are approved like everything else.
alter table approval_chain drop constraint approval_chain_kind_check, add constraint approval_chain_kind_check
  check (kind in ('POST', 'BUDGET', 'CONTRACT', 'EXPENSE', 'BOOST', 'PROPOSAL', 'CAMPAIGN'));
alter table approval_limit drop constraint approval_limit_kind_check, add constraint approval_limit_kind_check
  check (kind in ('BUDGET', 'CONTRACT', 'EXPENSE', 'BOOST', 'PROPOSAL', 'CAMPAIGN'));
alter table brand_approval_limit drop constraint brand_approval_limit_kind_check, add constraint brand_approval_limit_kind_check
  check (kind in ('BUDGET', 'CONTRACT', 'EXPENSE', 'BOOST', 'PROPOSAL', 'CAMPAIGN'));
alter table approval_request drop constraint approval_request_kind_check, add constraint approval_request_kind_check
  check (kind in ('POST', 'BUDGET', 'CONTRACT', 'EXPENSE', 'BOOST', 'PROPOSAL', 'CAMPAIGN'));

-- These people, and whoever made the programs among them: behind a program stands its maker. For the approval engine, also where the
-- caller does not see the program.
create function app.with_makers(p_brand uuid, p_people uuid[]) returns uuid[]
language sql stable security definer set search_path = pg_catalog, public, pg_temp as
$$
  select array_agg(a.id) from (
    select n.id from unnest(p_people) n (id)
    union select u.created_by from app_user u where u.id = any (p_people) and u.created_by is not null) a
  where p_brand = any (app.brands()) or app.agency_level() is not null
$$;
revoke execute on function app.with_makers(uuid, uuid[]) from public;
grant execute on function app.with_makers(uuid, uuid[]) to diwan_app;
";
