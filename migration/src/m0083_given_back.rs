//! A worker that stops gives back what was handed over to it and has not begun.

pub(crate) const UP: &str = r"
-- Makes these jobs wait again, for the next relay that looks, as often as they had failed before. What has begun, what nobody was handed, and
-- what another worker goes on with in a line is left as it is, and so is what somebody holds: nobody is waited for.
create function app.give_back_jobs(p_ids uuid[], p_owner text) returns bigint
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as
$$
  with free as (
    select j.id from job j
    where j.id = any (p_ids) and j.state = 'HANDED' and (j.line_owner is null or j.line_owner = p_owner)
    for update skip locked),
  given as (
    update job set state = 'PENDING', handed_at = null, line_owner = null, lined_at = null
    from free where job.id = free.id returning 1)
  select count(*) from given
$$;
revoke execute on function app.give_back_jobs(uuid[], text) from public;
grant execute on function app.give_back_jobs(uuid[], text) to diwan_app;
";
