//! What the publishing engine shares between workers: who renews an account's secrets, until when an account is left in peace, what is
//! handed over first.

pub(crate) const UP: &str = r"
-- Up to PostgreSQL 15, an owner that inherits nothing (m0036) does not inherit from pg_database_owner either, to which the schema belongs:
-- what comes from here on is made with a right of its own.
do $$
declare
  owner constant name := current_user;
begin
  if not has_schema_privilege('public', 'create') and pg_has_role('pg_database_owner', 'member') then
    set local role pg_database_owner;
    execute format('grant create on schema public to %I', owner);
    execute format('set local role %I', owner);
  end if;
end
$$;

alter table social_account
  -- Which job renews the secrets now, and until when others wait for it. Without a job: a renewal failed, and none is tried before then.
  add column refreshing_by uuid,
  add column refreshing_until timestamptz,
  -- When the secrets are renewed though nobody uses the account; null where they last.
  add column refresh_due_at timestamptz,
  -- The network asked for patience: nothing of this account is sent before.
  add column closed_until timestamptz,
  -- The account's pace, as one moment: until when what was sent has used it up, if it were sent evenly.
  add column paced_until timestamptz,
  -- When the connection was last found good without publishing.
  add column checked_at timestamptz,
  add check (refreshing_by is null or refreshing_until is not null);

-- What of an account is to be sent, in its order; and what counts towards an account's quota.
create index publication_line on publication (brand_id, social_account_id, due_at, id)
  where state in ('SCHEDULED', 'QUEUED', 'SENDING');
create index publication_of_account on publication (brand_id, social_account_id, coalesce(published_at, due_at))
  where state not in ('CANCELED', 'FAILED', 'MISSED');

-- What goes first when more is due than can be begun: publications, then what people and publications wait for, then the rest.
alter table job add column priority smallint not null generated always as (case
  when kind = 'publish' then 0
  when kind in ('sync_metrics', 'render_report', 'export_content_plan', 'fetch_source', 'extend_series', 'fill_queue', 'remove_file',
    'delete_brand') then 2
  else 1 end) stored;
-- What waits, by whose it is: the nil id stands for the agency's own work.
create index job_due_of_brand on job (priority, (coalesce(brand_id, '00000000-0000-0000-0000-000000000000'::uuid)), due_at, id)
  where state = 'PENDING';

-- Hands over what is due. If there is more than asked for: by priority, and within it the brands of whose work the least is in hand
-- come first, so that nobody's thousand publications keep another's one waiting. Where they are equal chance decides, or whoever is
-- first in the alphabet would be so for ever.
create or replace function app.take_due_jobs(p_limit integer, p_now timestamptz) returns table (id uuid, kind text)
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
  from (select j.id, j.priority, j.due_at from job j where j.state = 'PENDING' and j.due_at <= p_now order by j.due_at limit p_limit + 1) d;
  if chosen is null then
    return;
  end if;
  if cardinality(chosen) > p_limit then
    -- One relay at a time, or they would all choose the same.
    perform pg_advisory_xact_lock(hashtextextended('diwan.take_due_jobs', 0));
    chosen := '{}';
    for level in 0..2 loop
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
      update job set state = 'HANDED', handed_at = p_now from free where job.id = free.id returning job.id, job.kind)
    select t.id, t.kind from taken t order by array_position(chosen, t.id);
end
$$;
";
