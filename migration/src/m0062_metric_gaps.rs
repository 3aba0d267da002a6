//! What is missing of the numbers: since when those of an account or a publication could not be read, and why.

pub(crate) const UP: &str = r"
create table metric_gap (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  social_account_id uuid not null,
  -- Null: the account's own numbers.
  publication_id uuid,
  -- Why, by the newest attempt. NEEDS_RECONNECT: the account must be connected again. NETWORK: the network failed or refused.
  -- NOT_SERVED: its server does not give these numbers. GONE: the post is not there any more. GAVE_UP: the work itself failed.
  reason text not null check (reason in ('NEEDS_RECONNECT', 'NETWORK', 'NOT_SERVED', 'GONE', 'GAVE_UP')),
  -- When the first attempt failed, and how many have since.
  began_at timestamptz not null,
  tries integer not null default 1 check (tries > 0),
  -- When numbers were read again; null: none yet.
  ended_at timestamptz,
  unique (brand_id, id),
  foreign key (brand_id, social_account_id) references social_account (brand_id, id),
  foreign key (brand_id, publication_id) references publication (brand_id, id),
  check (ended_at >= began_at)
);
-- One at a time.
create unique index metric_gap_open on metric_gap (brand_id, social_account_id, publication_id) nulls not distinct where ended_at is null;
create index metric_gap_by_time on metric_gap (brand_id, began_at);
select app.protect_brand_table('metric_gap', 'select, insert, update');

-- What went out in a period.
create index publication_by_published on publication (brand_id, published_at) where state = 'PUBLISHED';

-- Accounts that were connected before their own numbers were read each day: from now on they are, spread over a day.
create function app.begin_account_numbers() returns void
language sql set search_path = pg_catalog, public, pg_temp as
$$
  insert into job (id, brand_id, kind, subject_id, due_at, created_at)
  select gen_random_uuid(), a.brand_id, 'sync_metrics', a.id, now() + random() * interval '1 day', now()
  from social_account a where a.state = 'CONNECTED'
$$;
select app.begin_account_numbers();
drop function app.begin_account_numbers();
";
