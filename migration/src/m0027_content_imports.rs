//! Content plans that come in as files, and go out as files.

pub(crate) const UP: &str = r"
create table content_import (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  file_name text not null check (length(file_name) between 1 and 255),
  -- CHECKED: it was looked at and nothing was written. IMPORTED: it was written, once and for all.
  state text not null check (state in ('AWAITING_FILE', 'RECEIVED', 'QUEUED', 'CHECKED', 'IMPORTED', 'FAILED')),
  -- Known once the file is here.
  format text check (format in ('CSV', 'XLSX')),
  byte_size bigint check (byte_size between 1 and 10485760),
  sha256 bytea check (octet_length(sha256) = 32),
  row_count integer check (row_count between 0 and 5000),
  dry_run boolean not null default true,
  skip_invalid boolean not null default false,
  -- How whoever had it run counts days.
  calendar_system text not null default 'GREGORIAN' check (calendar_system in ('GREGORIAN', 'JALALI', 'HIJRI', 'HEBREW')),
  requested_by uuid not null references app_user (id),
  run_by uuid references app_user (id),
  created_at timestamptz not null,
  finished_at timestamptz,
  -- How many posts were made, or would be; how many rows are refused, and how many had been imported before.
  posts integer not null default 0 check (posts >= 0),
  refused integer not null default 0 check (refused >= 0),
  known integer not null default 0 check (known >= 0),
  -- What came of each row.
  report jsonb not null default '[]' check (jsonb_typeof(report) = 'array'),
  error text,
  unique (brand_id, id),
  check ((state = 'AWAITING_FILE') = (sha256 is null)),
  check ((sha256 is null) = (format is null) and (sha256 is null) = (byte_size is null) and (sha256 is null) = (row_count is null)),
  check (state in ('AWAITING_FILE', 'RECEIVED') or run_by is not null),
  check ((state in ('CHECKED', 'IMPORTED', 'FAILED')) = (finished_at is not null)),
  check ((state = 'FAILED') = (error is not null)),
  check (state <> 'IMPORTED' or not dry_run)
);
create index content_import_by_brand on content_import (brand_id, id desc);
select app.protect_brand_table('content_import', 'select, insert, update');

-- Which rows of which file became posts: the same file makes them once.
create table content_import_row (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  import_id uuid not null,
  file_sha256 bytea not null check (octet_length(file_sha256) = 32),
  row_key text not null check (length(row_key) between 1 and 200),
  post_id uuid not null,
  unique (brand_id, id),
  unique (brand_id, file_sha256, row_key),
  foreign key (brand_id, import_id) references content_import (brand_id, id),
  foreign key (brand_id, post_id) references post (brand_id, id) on delete cascade
);
create index content_import_row_by_import on content_import_row (brand_id, import_id);
create index content_import_row_by_post on content_import_row (brand_id, post_id);
select app.protect_brand_table('content_import_row', 'select, insert');

create table content_export (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  format text not null check (format in ('CSV', 'XLSX')),
  -- Null: of every calendar that is not archived.
  calendar_id uuid,
  -- By the brand's clocks, both included; null: from the first, to the last, and what has no time.
  starts_on date,
  ends_on date check (ends_on >= starts_on),
  -- The language of the headers.
  locale text not null check (locale in ('en', 'fa', 'ar', 'el', 'he')),
  state text not null check (state in ('REQUESTED', 'READY', 'FAILED')),
  requested_by uuid not null references app_user (id),
  created_at timestamptz not null,
  finished_at timestamptz,
  byte_size bigint check (byte_size > 0),
  sha256 bytea check (octet_length(sha256) = 32),
  error text,
  unique (brand_id, id),
  foreign key (brand_id, calendar_id) references calendar (brand_id, id),
  check ((state = 'READY') = (sha256 is not null and byte_size is not null)),
  check ((state = 'FAILED') = (error is not null)),
  check ((state = 'REQUESTED') = (finished_at is null))
);
create index content_export_by_brand on content_export (brand_id, id desc);
select app.protect_brand_table('content_export', 'select, insert, update');
";
