//! Old numbers are rolled up: of a month's part what counts stays, and the totals are proven equal before it is committed.
//!
//! Rows are deleted, so that who reads meanwhile sees them as they were, and never a part without its numbers. The room that they took is given
//! back by a later step, when nobody can see them any more: it writes the part anew.

pub(crate) const UP: &str = r"
-- What was done to which month, once. Nothing of this schema is granted.
create table parts.rolled_up (
  of_table text not null check (of_table in ('metric_sample', 'metric_reading')),
  month date not null check (extract(day from month) = 1),
  rows_before bigint not null,
  rows_after bigint not null check (rows_after between 0 and rows_before),
  rolled_at timestamptz not null,
  -- When it was written anew.
  packed_at timestamptz check (packed_at >= rolled_at),
  primary key (of_table, month)
);

-- The samples of a part that can count: of each publication and metric the newest of its first seven days (`COUNTED_FOR`, in hours, since a
-- day can be longer) and the newest of all; of each account and metric the newest of each day by the brand's clock.
create function app.metrics_that_count(p_part regclass) returns table (id uuid)
language plpgsql stable set search_path = pg_catalog, public, pg_temp as
$$
begin
  return query execute format($sql$
    (select distinct on (s.brand_id, s.publication_id, s.metric) s.id from %1$s s where s.publication_id is not null
      order by s.brand_id, s.publication_id, s.metric, s.sampled_at desc)
    union
    (select distinct on (s.brand_id, s.publication_id, s.metric) s.id
      from %1$s s join publication p on p.brand_id = s.brand_id and p.id = s.publication_id
      where s.sampled_at < p.published_at + interval '168 hours'
      order by s.brand_id, s.publication_id, s.metric, s.sampled_at desc)
    union
    (select distinct on (s.brand_id, s.social_account_id, s.metric, (s.sampled_at at time zone b.time_zone)::date) s.id
      from %1$s s join brand b on b.id = s.brand_id where s.publication_id is null
      order by s.brand_id, s.social_account_id, s.metric, (s.sampled_at at time zone b.time_zone)::date, s.sampled_at desc)$sql$, p_part);
end
$$;

-- What figures are made of, as they look for it and not as it is chosen above: by brand and metric how many numbers there are, their sum, and
-- the sum of a digest of each with the time at which it was read, so that two faults do not make up for each other.
create function app.metric_totals(p_part regclass) returns jsonb
language plpgsql stable set search_path = pg_catalog, public, pg_temp as
$$
declare totals jsonb;
begin
  execute format($sql$
    with counted as materialized (
      select k.brand_id, k.publication_id, k.metric, p.published_at + interval '168 hours' as until
      from (select distinct s.brand_id, s.publication_id, s.metric from %1$s s where s.publication_id is not null) k
        join publication p on p.brand_id = k.brand_id and p.id = k.publication_id),
    days as materialized (
      select s.brand_id, s.social_account_id, s.metric, max(s.sampled_at) as at
      from %1$s s join brand b on b.id = s.brand_id where s.publication_id is null
      group by s.brand_id, s.social_account_id, s.metric, (s.sampled_at at time zone b.time_zone)::date),
    numbers as (
      select 'WEEK' as what, c.brand_id, c.metric, c.publication_id as of_what, n.value, n.sampled_at
      from counted c cross join lateral (select s.value, s.sampled_at from %1$s s where s.brand_id = c.brand_id
        and s.publication_id = c.publication_id and s.metric = c.metric and s.sampled_at < c.until
        order by s.sampled_at desc limit 1) n
      union all
      select 'EVER', c.brand_id, c.metric, c.publication_id, n.value, n.sampled_at
      from counted c cross join lateral (select s.value, s.sampled_at from %1$s s where s.brand_id = c.brand_id
        and s.publication_id = c.publication_id and s.metric = c.metric order by s.sampled_at desc limit 1) n
      union all
      select 'DAY', d.brand_id, d.metric, d.social_account_id, s.value, s.sampled_at
      from days d join %1$s s on s.brand_id = d.brand_id and s.social_account_id = d.social_account_id and s.publication_id is null
        and s.metric = d.metric and s.sampled_at = d.at)
    select coalesce(jsonb_object_agg(t.name, t.totals), '{}') from (
      select concat_ws(' ', n.brand_id, n.what, n.metric) as name, jsonb_build_array(count(*), sum(n.value),
        sum(hashtextextended(concat_ws(' ', n.of_what, n.value, extract(epoch from n.sampled_at)), 0))) as totals
      from numbers n group by n.brand_id, n.what, n.metric) t$sql$, p_part) into totals;
  return totals;
end
$$;

-- The oldest month of a table that was over by then and is not rolled up, but for the parts that are left out.
create function app.month_to_roll_up(p_table text, p_before timestamptz, p_left text[]) returns table (month date, part regclass)
language sql stable set search_path = pg_catalog, public, pg_temp as
$$
  select to_date(right(c.relname, 7), 'YYYY_MM'), c.oid::regclass
  from pg_inherits i join pg_class c on c.oid = i.inhrelid
  where i.inhparent = p_table::regclass and c.relname ~ '_[0-9]{4}_[0-9]{2}$'
    and (to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month') at time zone 'UTC' <= p_before
    and c.relname::text <> all (p_left)
    and not exists (select from parts.rolled_up r where r.of_table = p_table and r.month = to_date(right(c.relname, 7), 'YYYY_MM'))
  order by c.relname limit 1
$$;

-- Whether a part could be held before long. Who waits keeps others waiting, so nobody waits long.
create function app.hold_part(p_part regclass, p_mode text) returns boolean
language plpgsql set search_path = pg_catalog, public, pg_temp set lock_timeout = '2s' as
$$
begin
  execute format('lock table %s in %s mode', p_part, p_mode);
  return true;
exception
  when lock_not_available then return false;
end
$$;

-- Housekeeping: one step for one month, the oldest that wants it. Answers nothing when there is nothing to do, or when somebody is at it. Of answers
-- that are too old what is left is when each publication and account was last asked about. A part that is in use (BUSY), would keep readers
-- waiting for long (TOO_LARGE) or failed is as it was; named in `p_left`, it does not keep the others waiting behind it.
create function app.roll_up_metrics(p_samples_before timestamptz, p_answers_before timestamptz, p_now timestamptz, p_most_bytes bigint, p_left text[])
returns table (part text, of_table text, month date, outcome text, rows_before bigint, rows_after bigint, trouble text)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
#variable_conflict use_column
declare
  due record;
  done parts.rolled_up;
  at_part text;
  at_table text;
  at_month date;
  ordered text;
  count_before bigint;
  gone bigint;
  totals_before jsonb;
  totals_after jsonb;
begin
  -- One at a time.
  if not pg_try_advisory_xact_lock(hashtext('app.roll_up_metrics')) then
    return;
  end if;

  begin
    select * into due from app.month_to_roll_up('metric_reading', p_answers_before, p_left);
    if found then
      at_table := 'metric_reading';
      at_month := due.month;
      at_part := at_table || to_char(at_month, '_YYYY_MM');
      if not app.hold_part(due.part, 'share row exclusive') then
        return query select at_part, at_table, at_month, 'BUSY', 0::bigint, 0::bigint, null::text;
        return;
      end if;
      execute format('select count(*) from %s', due.part) into count_before;
      execute format('delete from %1$s r using (select n.brand_id, n.id, n.read_at, row_number() over (partition by n.brand_id, n.social_account_id,
          n.publication_id order by n.read_at desc, n.id desc) as place from %1$s n) n
        where n.brand_id = r.brand_id and n.id = r.id and n.read_at = r.read_at and n.place > 1', due.part);
      get diagnostics gone = row_count;
      execute format('update %s r set raw = ''null''', due.part);
      insert into parts.rolled_up values (at_table, at_month, count_before, count_before - gone, p_now);
      return query select at_part, at_table, at_month, 'ROLLED_UP', count_before, count_before - gone, null::text;
      return;
    end if;

    -- What was deleted a while ago nobody sees any more. This keeps all who read numbers waiting, for a second or so.
    select r.* into done from parts.rolled_up r where r.packed_at is null and r.rolled_at <= p_now - interval '1 hour'
      and r.of_table || to_char(r.month, '_YYYY_MM') <> all (p_left)
      order by r.of_table, r.month limit 1;
    if found then
      at_table := done.of_table;
      at_month := done.month;
      at_part := at_table || to_char(at_month, '_YYYY_MM');
      select x.indrelid::regclass as part, x.indexrelid::regclass as by_publication, pg_relation_size(x.indrelid) as bytes into due
        from pg_inherits i join pg_index x on x.indexrelid = i.inhrelid join pg_class c on c.oid = x.indrelid
        where i.inhparent = (at_table || '_by_publication')::regclass and c.relname = at_part;
      if found then
        if due.bytes > p_most_bytes then
          return query select at_part, at_table, at_month, 'TOO_LARGE', done.rows_before, done.rows_after, null::text;
          return;
        end if;
        if not app.hold_part(due.part, 'access exclusive') then
          return query select at_part, at_table, at_month, 'BUSY', done.rows_before, done.rows_after, null::text;
          return;
        end if;
        select c.relname into ordered from pg_class c where c.oid = due.by_publication;
        execute format('cluster %s using %I', due.part, ordered);
        execute format('analyze %s', due.part);
      end if;
      update parts.rolled_up r set packed_at = p_now where r.of_table = at_table and r.month = at_month;
      return query select at_part, at_table, at_month, 'PACKED', done.rows_before, done.rows_after, null::text;
      return;
    end if;

    select * into due from app.month_to_roll_up('metric_sample', p_samples_before, p_left);
    if not found then
      return;
    end if;
    at_table := 'metric_sample';
    at_month := due.month;
    at_part := at_table || to_char(at_month, '_YYYY_MM');
    -- Numbers of this month that come late wait; who reads, and numbers of other months, do not.
    if not app.hold_part(due.part, 'share row exclusive') then
      return query select at_part, at_table, at_month, 'BUSY', 0::bigint, 0::bigint, null::text;
      return;
    end if;
    execute format('select count(*) from %s', due.part) into count_before;
    totals_before := app.metric_totals(due.part);
    execute format('delete from %s s where not exists (select from app.metrics_that_count(%L) k where k.id = s.id)', due.part, due.part);
    get diagnostics gone = row_count;
    totals_after := app.metric_totals(due.part);
    if totals_after is distinct from totals_before then
      raise exception 'the totals of % would not be what they were, so nothing is rolled up: %', due.part,
        (select left(string_agg(coalesce(b.key, a.key), ', '), 500) from jsonb_each(totals_before) b
          full join jsonb_each(totals_after) a on a.key = b.key where a.value is distinct from b.value);
    end if;
    insert into parts.rolled_up values (at_table, at_month, count_before, count_before - gone, p_now);
    return query select at_part, at_table, at_month, 'ROLLED_UP', count_before, count_before - gone, null::text;
  exception when others then
    -- Nothing of this step has been done.
    if at_part is null then
      raise;
    end if;
    return query select at_part, at_table, at_month, 'FAILED', 0::bigint, 0::bigint, sqlerrm;
  end;
end
$$;

revoke execute on function app.metrics_that_count(regclass), app.metric_totals(regclass), app.month_to_roll_up(text, timestamptz, text[]),
  app.hold_part(regclass, text), app.roll_up_metrics(timestamptz, timestamptz, timestamptz, bigint, text[]) from public;
grant execute on function app.roll_up_metrics(timestamptz, timestamptz, timestamptz, bigint, text[]) to diwan_app;
";
