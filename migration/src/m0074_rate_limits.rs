//! Numbers are read within what each network allows: what was booked of its limits, and for when a job has booked.

pub(crate) const UP: &str = r"
-- Of a limit, so much was booked in a slot: the time since 1970 in slots of the length that the limit's name ends with. Whoever books
-- says how much there is.
create table rate_booking (
  name text not null check (length(name) between 1 and 500),
  slot bigint not null,
  booked integer not null check (booked > 0),
  primary key (name, slot)
);
select app.force_row_security('rate_booking');

alter table job
  -- Its requests are booked for this time: they are sent in it, or booked anew.
  add column booked_from timestamptz,
  add column booked_until timestamptz,
  add check ((booked_from is null) = (booked_until is null)),
  add check (booked_from < booked_until);

alter table metric_gap drop constraint metric_gap_reason_check,
  -- RATE_LIMIT: the network does not allow as many requests as there is to be read.
  add constraint metric_gap_reason_check
    check (reason in ('NEEDS_RECONNECT', 'NETWORK', 'NOT_SERVED', 'GONE', 'GAVE_UP', 'RATE_LIMIT'));

-- Books what a running job of the scope is about to ask, of all its limits or of none, in the first slots that have room, and says when
-- that is: now, or later, at the share `p_part` of the first half of its slot. Null: there is no room for very long. A job that has booked for now
-- is told so, and has spent it.
create function app.book_requests(p_job uuid, p_now timestamptz, p_part double precision, p_names text[], p_seconds integer[],
  p_most integer[], p_takes integer[]) returns timestamptz
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as
$$
declare
  farthest constant integer := 2000;
  held record;
  moment timestamptz := p_now;
  earlier timestamptz;
  ends timestamptz := 'infinity';
  this bigint;
  free bigint;
begin
  select j.booked_from, j.booked_until into held from job j
    where j.id = p_job and j.state = 'RUNNING' and j.brand_id = any ((select app.brands())::uuid[]) for no key update;
  if not found then
    raise exception 'not a running job of the scope' using errcode = 'insufficient_privilege';
  end if;
  if held.booked_until > p_now then
    if held.booked_from > p_now then
      return held.booked_from;
    end if;
    update job set booked_from = null, booked_until = null where id = p_job;
    return p_now;
  end if;
  -- One at a time for each limit, in one order.
  perform pg_advisory_xact_lock(hashtextextended('diwan.book_requests ' || n.name, 0)) from
    (select unnest(p_names) as name order by 1) n;
  loop
    earlier := moment;
    for i in 1 .. cardinality(p_names) loop
      this := floor(extract(epoch from moment) / p_seconds[i]);
      select s into free from generate_series(this, this + farthest) s
        where not exists (select from rate_booking b where b.name = p_names[i] and b.slot = s and b.booked + p_takes[i] > p_most[i])
        order by s limit 1;
      if free is null then
        return null;
      end if;
      if free > this then
        moment := to_timestamp(free * p_seconds[i]);
      end if;
    end loop;
    exit when moment = earlier;
  end loop;
  for i in 1 .. cardinality(p_names) loop
    this := floor(extract(epoch from moment) / p_seconds[i]);
    insert into rate_booking as b (name, slot, booked) values (p_names[i], this, p_takes[i])
      on conflict (name, slot) do update set booked = b.booked + excluded.booked;
    delete from rate_booking b where b.name = p_names[i] and b.slot < floor(extract(epoch from p_now) / p_seconds[i]) - 20;
    ends := least(ends, to_timestamp((this + 1) * p_seconds[i]));
  end loop;
  if moment > p_now then
    moment := moment + (ends - moment) * (p_part / 2);
    update job set booked_from = moment, booked_until = ends where id = p_job;
  elsif held.booked_until is not null then
    update job set booked_from = null, booked_until = null where id = p_job;
  end if;
  return moment;
end
$$;
revoke execute on function app.book_requests(uuid, timestamptz, double precision, text[], integer[], integer[], integer[]) from public;
grant execute on function app.book_requests(uuid, timestamptz, double precision, text[], integer[], integer[], integer[]) to diwan_app;
";
