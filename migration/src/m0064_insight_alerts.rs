//! Which figure measures a KPI of the strategy, and alerts: what people want to be told of a brand's figures, and what they were told.

pub(crate) const UP: &str = r"
-- The figure of the product that measures a KPI: a name of its catalogue. Null: somebody records what it came to.
alter table kpi add column insight text check (insight ~ '^[A-Z_]{1,60}$');
create index kpi_by_insight on kpi (brand_id, insight) where insight is not null;

-- Whatever else people and servers are told of stays.
do $$
declare
  kept record;
begin
  for kept in select c.conrelid::regclass as place, c.conname as called, pg_get_constraintdef(c.oid) as said
    from pg_constraint c where c.conname in ('notice_kind_check', 'notice_setting_kind_check', 'webhook_delivery_kind_check')
  loop
    execute format('alter table %s drop constraint %I, add constraint %I %s', kept.place, kept.called, kept.called,
      replace(kept.said, 'ARRAY[', 'ARRAY[''INSIGHT_ALERT''::text, '));
  end loop;
end
$$;
alter table webhook_endpoint drop constraint webhook_endpoint_kinds_check, add constraint webhook_endpoint_kinds_check
  check (cardinality(kinds) between 1 and 5 and kinds <@ array['PUBLICATION_FAILED', 'PUBLICATION_UNCONFIRMED', 'PUBLICATION_MISSED',
    'ACCOUNT_DISCONNECTED', 'INSIGHT_ALERT']);

create table insight_alert (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  name text not null check (length(btrim(name)) between 1 and 200),
  -- A name of the product's catalogue.
  kpi text not null check (kpi ~ '^[A-Z_]{1,60}$'),
  -- Null: of the whole brand.
  social_account_id uuid,
  kind text not null check (kind in ('THRESHOLD', 'TARGET_MISSED', 'UNUSUAL')),
  -- On which side of the threshold the figure is told of.
  bound text check (bound in ('ABOVE', 'BELOW')),
  -- In millionths of the KPI's unit; of an amount, of this currency's own unit.
  threshold_micro bigint,
  currency text check (currency ~ '^[A-Z]{3}$'),
  -- How many days, up to the last that is over, the figure is of. A target has a period of its own.
  window_days smallint check (window_days between 1 and 31),
  enabled boolean not null,
  recipient_ids uuid[] not null check (cardinality(recipient_ids) between 1 and 20),
  -- Who looks after it, and is told where nobody else can be.
  owner_id uuid not null references app_user (id),
  created_by uuid not null references app_user (id),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version integer not null default 1 check (version > 0),
  unique (brand_id, id),
  foreign key (brand_id, social_account_id) references social_account (brand_id, id),
  check ((kind = 'THRESHOLD') = (bound is not null) and (bound is null) = (threshold_micro is null)),
  check (currency is null or kind = 'THRESHOLD'),
  check ((kind = 'TARGET_MISSED') = (window_days is null)),
  check (kind <> 'TARGET_MISSED' or social_account_id is null)
);
create index insight_alert_by_account on insight_alert (brand_id, social_account_id) where social_account_id is not null;
select app.protect_brand_table('insight_alert', 'select, insert, update, delete');

create table insight_alert_event (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  alert_id uuid not null,
  -- The last day that the figure is of, and when it was looked at.
  day date not null,
  raised_at timestamptz not null,
  figure_micro bigint not null,
  -- The threshold, what was due of the target, or the middle of the weeks before.
  expected_micro bigint not null,
  -- Between which the figure is as it should be; null: no limit on that side.
  low_micro bigint,
  high_micro bigint,
  currency text check (currency ~ '^[A-Z]{3}$'),
  state text not null check (state in ('OPEN', 'SEEN', 'CLEARED')),
  seen_by uuid references app_user (id),
  seen_at timestamptz,
  -- When the figure was back, or the alert said anew.
  cleared_at timestamptz,
  unique (brand_id, id),
  foreign key (brand_id, alert_id) references insight_alert (brand_id, id) on delete cascade,
  check ((seen_by is null) = (seen_at is null)),
  check (state <> 'OPEN' or seen_at is null),
  check (state <> 'SEEN' or seen_at is not null),
  check ((state = 'CLEARED') = (cleared_at is not null)),
  check (low_micro is null or high_micro is null or low_micro <= high_micro)
);
-- What people were told of once is not told again before it is back.
create unique index insight_alert_event_open on insight_alert_event (brand_id, alert_id) where state in ('OPEN', 'SEEN');
create index insight_alert_event_by_alert on insight_alert_event (brand_id, alert_id, id desc);
select app.protect_brand_table('insight_alert_event', 'select, insert, update (state, seen_by, seen_at, cleared_at)');
";
