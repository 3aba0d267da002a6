//! How a brand ends, how an invitation is taken, and who is told that a place is about to end.
//!
//! Each looks where whoever asks for it does not see, so each is a definer function that does one thing.

pub(crate) const UP: &str = r"
-- Deletes every row of a brand whose time has come, in every table that has brands, future ones as well; what is referred
-- to goes in a later round than what refers to it. The brand itself and its audit trail stay. `p_job` is the row of the
-- job that does this, which goes last; null: that one, too. Answers how many rows went.
create function app.purge_brand(p_brand uuid, p_job uuid, p_now timestamptz) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
declare
  t regclass;
  waiting regclass[];
  blocked regclass[];
  gone bigint := 0;
  n bigint;
begin
  if not exists (select from brand b where b.id = p_brand and b.deletion_due_at <= p_now) then
    raise exception 'nobody ordered this brand to be deleted by now';
  end if;
  select array_agg(c.oid::regclass order by c.oid desc) into waiting
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'brand_id' and not a.attisdropped
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    and c.relname <> 'audit_event';
  while cardinality(waiting) > 0 loop
    blocked := '{}';
    foreach t in array waiting loop
      begin
        execute format('delete from %s where brand_id = $1 %s', t,
          case when t = 'job'::regclass then 'and id is distinct from $2' else '' end) using p_brand, p_job;
        get diagnostics n = row_count;
        gone := gone + n;
      exception
        when foreign_key_violation then blocked := blocked || t;
      end;
    end loop;
    if cardinality(blocked) = cardinality(waiting) then
      raise exception 'what refers to these is not a brand''s to delete: %', blocked;
    end if;
    waiting := blocked;
  end loop;
  return gone;
end
$$;

-- Spends an invitation. `state` is TAKEN or EXPIRED; no row when there is no open one of this digest.
create function app.take_invitation(p_hash bytea, p_now timestamptz) returns table (user_id uuid, state text)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
declare found_one invitation;
begin
  select i.* into found_one from invitation i
  where i.token_hash = p_hash and i.accepted_at is null and i.revoked_at is null for update;
  if not found or not exists (select from app_user u where u.id = found_one.user_id and u.deactivated_at is null) then
    return;
  end if;
  if found_one.expires_at <= p_now then
    return query select found_one.user_id, 'EXPIRED';
    return;
  end if;
  update invitation i set accepted_at = p_now where i.id = found_one.id;
  return query select found_one.user_id, 'TAKEN';
end
$$;

-- Ends somebody's sessions. For those who hold a level agency-wide: theirs are the people. Answers how many ended.
create function app.end_sessions(p_user uuid, p_now timestamptz) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
declare n bigint;
begin
  if app.agency_level() is null then
    raise exception 'these sessions are not theirs to end' using errcode = 'insufficient_privilege';
  end if;
  update session s set revoked_at = p_now, revoked_because = 'REVOKED' where s.user_id = p_user and s.revoked_at is null;
  get diagnostics n = row_count;
  return n;
end
$$;

-- Places that end before p_before and of whose end nobody has been told; each is answered once for each end.
create function app.take_ending_places(p_now timestamptz, p_before timestamptz, p_limit integer)
returns table (ends_at timestamptz, brand_name text, time_zone text, name text, email text, locale text,
  adder_email text, adder_locale text)
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as
$$
  with ending as (
    update membership m set reminded_for = m.expires_at
    where m.id in (
      select p.id from membership p join brand b on b.id = p.brand_id join app_user u on u.id = p.user_id
      where p.expires_at > p_now and p.expires_at <= p_before and p.ended_at is null and p.suspended_at is null
        and p.reminded_for is distinct from p.expires_at and b.archived_at is null and u.deactivated_at is null
        and u.email is not null
      order by p.expires_at limit p_limit for update of p skip locked)
    returning m.expires_at, m.brand_id, m.user_id, m.added_by)
  select e.expires_at, b.name, b.time_zone, u.name, u.email, u.locale, a.email, a.locale
  from ending e join brand b on b.id = e.brand_id join app_user u on u.id = e.user_id
    left join app_user a on a.id = e.added_by and a.deactivated_at is null
$$;

revoke execute on function app.purge_brand(uuid, uuid, timestamptz), app.take_invitation(bytea, timestamptz),
  app.end_sessions(uuid, timestamptz), app.take_ending_places(timestamptz, timestamptz, integer) from public;
grant execute on function app.purge_brand(uuid, uuid, timestamptz), app.take_invitation(bytea, timestamptz),
  app.end_sessions(uuid, timestamptz), app.take_ending_places(timestamptz, timestamptz, integer) to diwan_app;
";
