//! Numbers by months: samples and readings are kept in one part for each month of the time at which they were read.
//!
//! A month's numbers are read from that month's part, however many years there are, and a month can be taken away as a whole. The parts
//! are in a schema of their own, of which nothing is granted: whoever reads or writes goes by the tables in `public`, whose policies hold.
//! What was read in no month that has a part, because a clock was wrong, is kept beside them.

pub(crate) const UP: &str = r"
create schema parts;
alter table metric_sample set schema parts;
alter table metric_reading set schema parts;

create table metric_sample (
  id uuid not null,
  brand_id uuid not null references brand (id),
  social_account_id uuid not null,
  -- Null for a number of the account itself.
  publication_id uuid,
  metric text not null check (metric ~ '^[A-Z_]+$'),
  value bigint not null,
  -- A network that restates a number says the new one at a later time: the one from before stays beside it.
  sampled_at timestamptz not null,
  primary key (brand_id, id, sampled_at),
  foreign key (brand_id, social_account_id) references social_account (brand_id, id),
  foreign key (brand_id, publication_id) references publication (brand_id, id),
  -- A reading that is written again adds nothing.
  unique nulls not distinct (brand_id, social_account_id, publication_id, metric, sampled_at)
) partition by range (sampled_at);
create index metric_sample_by_publication on metric_sample (brand_id, publication_id, metric, sampled_at desc);
create index metric_sample_of_account on metric_sample (brand_id, social_account_id, metric, sampled_at desc)
  where publication_id is null;
create table parts.metric_sample_rest partition of metric_sample default;
select app.protect_brand_table('metric_sample', 'select, insert');

create table metric_reading (
  id uuid not null,
  brand_id uuid not null references brand (id),
  social_account_id uuid not null,
  publication_id uuid,
  raw jsonb not null,
  read_at timestamptz not null,
  primary key (brand_id, id, read_at),
  foreign key (brand_id, social_account_id) references social_account (brand_id, id),
  foreign key (brand_id, publication_id) references publication (brand_id, id)
) partition by range (read_at);
create index metric_reading_by_publication on metric_reading (brand_id, publication_id, read_at desc);
create index metric_reading_of_account on metric_reading (brand_id, social_account_id, read_at desc) where publication_id is null;
create table parts.metric_reading_rest partition of metric_reading default;
select app.protect_brand_table('metric_reading', 'select, insert');

-- Makes the parts of a month unless they are there: months are those of UTC. Where numbers of the month are kept beside the parts
-- already, they stay there, and so does the rest of that month. Answers how many parts were made.
create function app.make_metric_part(p_month timestamptz) returns integer
language plpgsql set search_path = pg_catalog, public, pg_temp as
$$
declare
  t text;
  part text;
  first_day timestamp := date_trunc('month', p_month at time zone 'UTC');
  made integer := 0;
begin
  foreach t in array array['metric_sample', 'metric_reading'] loop
    part := format('parts.%s_%s', t, to_char(first_day, 'YYYY_MM'));
    continue when to_regclass(part) is not null;
    begin
      execute format('create table %s partition of %I for values from (%L) to (%L)', part, t,
        first_day at time zone 'UTC', (first_day + interval '1 month') at time zone 'UTC');
      perform app.force_row_security(part::regclass);
      made := made + 1;
    exception
      when check_violation then null;
    end;
  end loop;
  return made;
end
$$;

-- Housekeeping: the parts of this month and of the next three. Answers how many were made.
create function app.make_metric_parts(p_now timestamptz) returns integer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
declare made integer := 0;
begin
  -- One at a time.
  perform pg_advisory_xact_lock(hashtext('app.make_metric_parts'));
  for ahead in 0..3 loop
    made := made + app.make_metric_part(p_now + make_interval(months => ahead));
  end loop;
  return made;
end
$$;

-- What was read before: as the owner sees it within this path alone.
create function app.move_metrics() returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as
$$
begin
  perform app.force_row_security('parts.metric_sample_rest'), app.force_row_security('parts.metric_reading_rest');
  perform app.make_metric_part(m.month at time zone 'UTC') from (
    select date_trunc('month', s.sampled_at at time zone 'UTC') as month from parts.metric_sample s
    union select date_trunc('month', r.read_at at time zone 'UTC') from parts.metric_reading r) m;
  perform app.make_metric_parts(now());
  insert into metric_sample select s.id, s.brand_id, s.social_account_id, s.publication_id, s.metric, s.value, s.sampled_at
  from parts.metric_sample s;
  insert into metric_reading select r.id, r.brand_id, r.social_account_id, r.publication_id, r.raw, r.read_at
  from parts.metric_reading r;
end
$$;
select app.move_metrics();
drop function app.move_metrics();
drop table parts.metric_sample;
drop table parts.metric_reading;

revoke execute on function app.make_metric_part(timestamptz), app.make_metric_parts(timestamptz) from public;
grant execute on function app.make_metric_parts(timestamptz) to diwan_app;
";
