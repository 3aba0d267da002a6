//! Numbers read from the networks, and reports.

pub(crate) const UP: &str = r"
create table metric_sample (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  social_account_id uuid not null,
  -- Null for a number of the account itself.
  publication_id uuid,
  metric text not null check (metric ~ '^[A-Z_]+$'),
  value bigint not null,
  sampled_at timestamptz not null,
  unique (brand_id, id),
  foreign key (brand_id, social_account_id) references social_account (brand_id, id),
  foreign key (brand_id, publication_id) references publication (brand_id, id),
  unique nulls not distinct (brand_id, social_account_id, publication_id, metric, sampled_at)
);
create index metric_sample_by_publication on metric_sample (brand_id, publication_id, metric, sampled_at desc);
select app.protect_brand_table('metric_sample', 'select, insert');

-- What the network answered, word for word, beside what we made of it.
create table metric_reading (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  social_account_id uuid not null,
  publication_id uuid,
  raw jsonb not null,
  read_at timestamptz not null,
  unique (brand_id, id),
  foreign key (brand_id, social_account_id) references social_account (brand_id, id),
  foreign key (brand_id, publication_id) references publication (brand_id, id)
);
create index metric_reading_by_publication on metric_reading (brand_id, publication_id, read_at desc);
select app.protect_brand_table('metric_reading', 'select, insert');

create table report_run (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  kind text not null check (kind in ('MONTH')),
  month date not null check (extract(day from month) = 1),
  locale text not null check (locale in ('en', 'fa', 'ar', 'el', 'he')),
  state text not null check (state in ('REQUESTED', 'READY', 'FAILED')),
  requested_by uuid not null references app_user (id),
  created_at timestamptz not null,
  finished_at timestamptz,
  -- The stored result never changes afterwards.
  byte_size bigint check (byte_size > 0),
  sha256 bytea check (octet_length(sha256) = 32),
  error text,
  unique (brand_id, id),
  check ((state = 'READY') = (sha256 is not null and byte_size is not null)),
  check ((state = 'FAILED') = (error is not null)),
  check ((state = 'REQUESTED') = (finished_at is null))
);
create index report_run_by_brand on report_run (brand_id, id desc);
select app.protect_brand_table('report_run', 'select, insert, update');
";
