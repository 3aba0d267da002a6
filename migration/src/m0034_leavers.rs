//! With somebody's work ends what they opened: who stands in for whom, and the tokens that they made.

pub(crate) const UP: &str = r"
-- A leaver's tokens are looked for by who made them.
create index api_token_by_maker on api_token (created_by) where revoked_at is null;

-- What counts now or will of who stands in for somebody and for whom they do, ended where `p_brands` holds every brand in
-- which they have a place that is not over; null: nothing ends. Which brands are the caller's to say it for, is the domain's
-- to decide; that they see them, and that nobody but agency-wide levels ends those of an agency-wide level besides that
-- person, is asked here. One row for each, with whether it was ended.
create function app.end_delegations(p_person uuid, p_brands uuid[], p_now timestamptz)
returns table (delegation_id uuid, ended boolean)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
declare
  theirs boolean;
begin
  if app.user_id() is null or app.limited() is not null
    or (app.agency_level() is null and not coalesce(p_brands, '{}') <@ app.brands()) then
    raise exception 'these delegations are not theirs to end' using errcode = 'insufficient_privilege';
  end if;
  theirs := p_brands is not null
    and (app.agency_level() is not null or app.user_id() = p_person
      or not exists (select from app_user u where u.id = p_person and u.agency_level is not null))
    and not exists (
      select from membership m join brand b on b.id = m.brand_id and b.archived_at is null
      where m.user_id = p_person and m.ended_at is null and (m.expires_at is null or m.expires_at > p_now)
        and m.brand_id <> all (p_brands));
  return query
    with standing as (
      select d.id from delegation d
      where p_person in (d.from_id, d.to_id) and d.ended_at is null and d.ends_at > p_now
      order by d.id for update),
    closed as (update delegation d set ended_at = p_now from standing s where theirs and d.id = s.id)
    select s.id, theirs from standing s order by s.id;
end
$$;
revoke execute on function app.end_delegations(uuid, uuid[], timestamptz) from public;
grant execute on function app.end_delegations(uuid, uuid[], timestamptz) to diwan_app;
";
