//! How fast and how much an account publishes: its pace as the moments themselves, and what all accounts of an application share.

pub(crate) const UP: &str = r"
-- When the last of the account's publications were begun, as many as its network takes in the time that it counts.
alter table social_account
  drop column paced_until,
  add column paced_at timestamptz[] not null default '{}';

-- What is planned and published on all accounts of a network, whosever they are: some networks count what a whole application sends.
-- What it is, only of the brands of the scope.
create function app.planned_on_network(p_network text, p_from timestamptz, p_to timestamptz) returns table (id uuid, at timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as
$$
  select case when p.brand_id = any (app.brands()) then p.id end, coalesce(p.published_at, p.due_at)
  from social_account a join publication p on p.brand_id = a.brand_id and p.social_account_id = a.id
  where a.network = p_network and p.state not in ('CANCELED', 'FAILED', 'MISSED')
    and coalesce(p.published_at, p.due_at) between p_from and p_to
$$;
revoke execute on function app.planned_on_network(text, timestamptz, timestamptz) from public;
grant execute on function app.planned_on_network(text, timestamptz, timestamptz) to diwan_app;
";
