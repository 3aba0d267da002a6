//! Workers that are busy with lines take no work that nobody waits for, and what waits in a worker that lives is not taken for forgotten.

pub(crate) const UP: &str = r"
-- Falls with the column: whoever makes job.priority anew makes both of its indexes.
drop index job_due;
create index job_due on job (priority, due_at) where state = 'PENDING';

create or replace function app.next_job_due() returns timestamptz
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as
$$
begin
  return least(
    (select min(due_at) from job where state = 'PENDING' and priority = 0),
    (select min(due_at) from job where state = 'PENDING' and priority = 1),
    (select min(due_at) from job where state = 'PENDING' and priority = 2));
end
$$;

-- The same as before, down to a priority (job.priority). All of them unless given: processes of before go on. What goes through the queue is in no worker's hands.
drop function app.take_due_jobs(integer, timestamptz);
create function app.take_due_jobs(p_limit integer, p_now timestamptz, p_lowest smallint default 2) returns table (id uuid, kind text)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as
$$
#variable_conflict use_column
declare
  nobody constant uuid := '00000000-0000-0000-0000-000000000000';
  chosen uuid[];
  more uuid[];
  brands uuid[];
  busy integer[];
  room integer;
  share integer;
begin
  select array_agg(d.id order by d.priority, d.due_at, d.id) into chosen
  from generate_series(0, p_lowest) level
  cross join lateral (select j.id, j.priority, j.due_at from job j
    where j.state = 'PENDING' and j.priority = level and j.due_at <= p_now order by j.due_at limit p_limit + 1) d;
  if chosen is null then
    return;
  end if;
  if cardinality(chosen) > p_limit then
    -- One relay at a time, or they would all choose the same.
    perform pg_advisory_xact_lock(hashtextextended('diwan.take_due_jobs', 0));
    chosen := '{}';
    for level in 0..p_lowest loop
      room := p_limit - cardinality(chosen);
      exit when room <= 0;
      -- From one brand to the next in the index, however much each of them has.
      with recursive waiting (brand) as (
        (select coalesce(j.brand_id, '00000000-0000-0000-0000-000000000000'::uuid) from job j
          where j.state = 'PENDING' and j.priority = level
          order by coalesce(j.brand_id, '00000000-0000-0000-0000-000000000000'::uuid) limit 1)
        union all
        select (select coalesce(j.brand_id, '00000000-0000-0000-0000-000000000000'::uuid) from job j
          where j.state = 'PENDING' and j.priority = level
            and coalesce(j.brand_id, '00000000-0000-0000-0000-000000000000'::uuid) > w.brand
          order by coalesce(j.brand_id, '00000000-0000-0000-0000-000000000000'::uuid) limit 1)
        from waiting w where w.brand is not null),
      in_hand as (
        select coalesce(h.brand_id, nobody) as brand, count(*) as jobs from (
          select j.brand_id from job j where j.state = 'HANDED'
          union all select j.brand_id from job j where j.state = 'RUNNING') h group by 1)
      select array_agg(w.brand), array_agg(coalesce(h.jobs, 0)::integer) into brands, busy
      from waiting w left join in_hand h on h.brand = w.brand
      where w.brand is not null and exists (
        select from job j where j.state = 'PENDING' and j.priority = level
          and coalesce(j.brand_id, '00000000-0000-0000-0000-000000000000'::uuid) = w.brand and j.due_at <= p_now);
      continue when brands is null;
      -- An equal share of each at first; if that does not fill the room, some have little and others get more.
      foreach share in array array[room / cardinality(brands) + 1, room] loop
        select array_agg(f.id order by f.turn, f.chance) into more from (
          select d.id, b.busy + row_number() over (partition by b.brand order by d.due_at, d.id) as turn, b.chance
          from (select u.brand, u.busy, random() as chance from unnest(brands, busy) u (brand, busy)) b
          cross join lateral (
            select j.id, j.due_at from job j where j.state = 'PENDING' and j.priority = level
              and coalesce(j.brand_id, '00000000-0000-0000-0000-000000000000'::uuid) = b.brand and j.due_at <= p_now
            order by j.due_at, j.id limit share) d
          order by turn, chance limit room) f;
        exit when cardinality(more) >= room;
      end loop;
      chosen := chosen || more;
    end loop;
  end if;
  return query
    with free as (
      select j.id from job j where j.id = any (chosen) and j.state = 'PENDING' and j.due_at <= p_now for update skip locked),
    taken as (
      update job set state = 'HANDED', handed_at = p_now, line_owner = null, lined_at = null
      from free where job.id = free.id returning job.id, job.kind)
    select t.id, t.kind from taken t order by array_position(chosen, t.id);
end
$$;
revoke execute on function app.take_due_jobs(integer, timestamptz, smallint) from public;
grant execute on function app.take_due_jobs(integer, timestamptz, smallint) to diwan_app;

-- The same as before, but what a worker that lives was handed with a line waits there for a hand: it has six seconds more.
create or replace function app.quiet_jobs(p_limit integer, p_handed_before timestamptz, p_now timestamptz, p_lease interval)
returns table (id uuid, kind text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as
$$
  (select j.id, j.kind from job j where j.state = 'RUNNING' and j.lease_expires_at < p_now order by j.lease_expires_at limit p_limit)
  union all
  (select j.id, j.kind from job j
    join (select distinct r.lease_owner from job r where r.state = 'RUNNING' and r.lease_owner like 'present-%') o
      on o.lease_owner = j.lease_owner and app.worker_is_gone(o.lease_owner)
    where j.state = 'RUNNING' and j.lease_expires_at >= p_now and j.lease_expires_at < p_now + p_lease - interval '9 seconds'
    order by j.lease_expires_at limit p_limit)
  union all
  (select j.id, j.kind from job j
    left join (
      select o.line_owner, app.worker_is_gone(o.line_owner) as gone
      from (select distinct h.line_owner from job h where h.state = 'HANDED' and h.line_owner is not null) o offset 0) o
      on o.line_owner = j.line_owner
    where j.state = 'HANDED' and j.handed_at < p_handed_before
      and (j.line_owner is null or o.gone or j.handed_at < p_handed_before - interval '6 seconds')
    order by j.handed_at limit p_limit)
$$;

-- The same as before, but what a worker that lives was handed with a line is left to it for ten seconds (the four of the reconciler, and the six above): Redis may still hold it from before the line was taken,
-- and whoever it is delivered to would have the rest of the line pass from one worker to the other.
create or replace function app.start_job(p_id uuid, p_owner text, p_now timestamptz, p_lease interval)
returns table (brand_id uuid, kind text, subject_id uuid, fence bigint, failures integer, due_at timestamptz, resumed boolean, trace text)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as
$$
#variable_conflict use_column
declare
  was text;
begin
  select j.state into was from job j
  where j.id = p_id and ((j.state = 'PENDING' and j.due_at <= p_now)
    or (j.state = 'HANDED' and j.due_at <= p_now and (j.line_owner is null or j.line_owner = p_owner
      or j.handed_at < p_now - interval '10 seconds' or app.worker_is_gone(j.line_owner)))
    or (j.state = 'RUNNING' and (j.lease_expires_at < p_now
      or (j.lease_expires_at < p_now + p_lease - interval '9 seconds' and app.worker_is_gone(j.lease_owner)))))
  for update skip locked;
  if not found then
    return;
  end if;
  return query
    update job set state = 'RUNNING', fence = job.fence + 1, lease_owner = p_owner, lease_expires_at = p_now + p_lease,
      -- A worker that fell silent counts as a failure: what kills its worker must not be tried for ever.
      failures = job.failures + (was = 'RUNNING')::int,
      line_owner = case when job.line_owner = p_owner then job.line_owner end,
      lined_at = case when job.line_owner = p_owner then job.lined_at end
    where job.id = p_id
    returning job.brand_id, job.kind, job.subject_id, job.fence, job.failures, job.due_at, was = 'RUNNING', job.trace;
end
$$;
";
