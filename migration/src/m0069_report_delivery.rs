//! Reports that leave the house: links by which they are read, and schedules by which they are made and sent.

pub(crate) const UP: &str = r"
alter table public_link drop constraint public_link_purpose_check, add constraint public_link_purpose_check
  check (purpose in ('SIGN_CONTRACT', 'NEGOTIATE_CONTRACT', 'PROPOSAL', 'DELIVERABLE', 'REPORT'));

-- Whoever answers for a schedule is told when it stops, or when its report was not made. Whatever else people are told of stays.
do $$
declare
  kept record;
begin
  for kept in select c.conrelid::regclass as place, c.conname as called, pg_get_constraintdef(c.oid) as said
    from pg_constraint c where c.conname in ('notice_kind_check', 'notice_setting_kind_check')
  loop
    execute format('alter table %s drop constraint %I, add constraint %I %s', kept.place, kept.called, kept.called,
      replace(kept.said, 'ARRAY[', 'ARRAY[''REPORT_NOT_SENT''::text, '));
  end loop;
end
$$;

create table report_share (
  -- That of its link, which has the end, the language and the digest of the secret.
  id uuid primary key,
  brand_id uuid not null references brand (id),
  report_id uuid not null,
  -- How often the page was opened: a number, and nothing of who did.
  views bigint not null default 0 check (views >= 0),
  last_viewed_at timestamptz,
  unique (brand_id, id),
  foreign key (brand_id, id) references public_link (brand_id, id),
  foreign key (brand_id, report_id) references report_run (brand_id, id),
  check ((views = 0) = (last_viewed_at is null))
);
create index report_share_by_report on report_share (brand_id, report_id, id desc);
select app.protect_brand_table('report_share', 'select, insert, update (views, last_viewed_at)');

create table report_schedule (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  name text not null check (length(btrim(name)) between 1 and 200),
  -- One of the brand's templates, or the one that is built in for an audience.
  template_id uuid,
  built_in text check (built_in in ('TEAM', 'MANAGEMENT', 'CLIENT')),
  cadence text not null check (cadence in ('WEEKLY', 'MONTHLY', 'QUARTERLY')),
  -- From Monday, 1, to Sunday, 7.
  weekday smallint check (weekday between 1 and 7),
  -- Of the month, or of the first month of the quarter; its last day where it is shorter.
  month_day smallint check (month_day between 1 and 31),
  at_time time not null check (extract(second from at_time) = 0),
  formats text[] not null check (cardinality(formats) between 1 and 4 and formats <@ array['PDF', 'XLSX', 'CSV', 'HTML']),
  emails text[] not null,
  member_ids uuid[] not null,
  locale text not null check (locale in ('en', 'fa', 'ar', 'el', 'he')),
  -- Nothing is made while it is paused; the trouble says why, where the product paused it.
  paused_at timestamptz,
  trouble text check (trouble ~ '^[A-Z_]{1,60}$'),
  -- With whose rights it makes reports: whoever wrote it last.
  in_name_of uuid not null references app_user (id),
  next_at timestamptz not null,
  created_at timestamptz not null,
  version integer not null default 1 check (version > 0),
  unique (brand_id, id),
  foreign key (brand_id, template_id) references report_template (brand_id, id),
  check (num_nonnulls(template_id, built_in) = 1),
  check (num_nonnulls(weekday, month_day) = 1 and (weekday is not null) = (cadence = 'WEEKLY')),
  check (cardinality(emails) + cardinality(member_ids) between 1 and 20),
  check (trouble is null or paused_at is not null)
);
create index report_schedule_by_template on report_schedule (brand_id, template_id);
select app.protect_brand_table('report_schedule', 'select, insert, update, delete');

-- One report of a schedule, from when it is asked for until it is sent. Of each period there is one.
create table report_delivery (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  schedule_id uuid not null,
  report_id uuid not null,
  -- The period: both its ends, since a month and its quarter end on one day.
  from_day date not null,
  to_day date not null,
  -- NOBODY: it was made, and there was nobody any more to send it to.
  state text not null check (state in ('WAITING', 'SENT', 'NOBODY', 'FAILED')),
  asked_at timestamptz not null,
  ended_at timestamptz,
  unique (brand_id, id),
  unique (brand_id, schedule_id, from_day, to_day),
  unique (brand_id, report_id),
  foreign key (brand_id, schedule_id) references report_schedule (brand_id, id) on delete cascade,
  foreign key (brand_id, report_id) references report_run (brand_id, id),
  check (to_day >= from_day),
  check ((state = 'WAITING') = (ended_at is null))
);
select app.protect_brand_table('report_delivery', 'select, insert, update (state, ended_at)');

-- Whom a delivery was written to: written with the letter, so that nobody gets it twice.
create table report_letter (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  delivery_id uuid not null,
  recipient text not null check (length(recipient) between 3 and 254),
  queued_at timestamptz not null,
  unique (brand_id, id),
  unique (brand_id, delivery_id, recipient),
  foreign key (brand_id, delivery_id) references report_delivery (brand_id, id) on delete cascade
);
select app.protect_brand_table('report_letter', 'select, insert');
";
