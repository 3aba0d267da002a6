//! Whoever agrees at a network may publish to several pages or channels there: they choose which are connected.

pub(crate) const UP: &str = r"
alter table account_connection
  -- What there is to choose from, as people see it; the tokens are in the secret.
  add column candidates jsonb,
  drop constraint account_connection_state_check,
  add constraint account_connection_state_check
    check (state in ('REQUESTED', 'AWAITING_AUTHORIZATION', 'AUTHORIZED', 'CHOOSING', 'CONNECTED', 'FAILED')),
  add constraint account_connection_choosing_check check ((state = 'CHOOSING') = (candidates is not null));

drop index account_connection_waiting;
create index account_connection_waiting on account_connection (expires_at) where state in ('AWAITING_AUTHORIZATION', 'CHOOSING');

create or replace function app.expire_connections(p_now timestamptz) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
declare gone bigint;
begin
  update account_connection set state = 'FAILED', error = 'EXPIRED', secret = null, state_hash = null, candidates = null
  where state in ('AWAITING_AUTHORIZATION', 'CHOOSING') and expires_at <= p_now;
  get diagnostics gone = row_count;
  return gone;
end
$$;
";
