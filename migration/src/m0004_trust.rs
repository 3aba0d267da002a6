//! The audit trail and the idempotency records.

pub(crate) const UP: &str = r"
create table audit_event (
  id uuid primary key,
  agency_id uuid not null references agency (id),
  brand_id uuid references brand (id),
  at timestamptz not null,
  actor_id uuid references app_user (id),
  action text not null check (action ~ '^[a-z_]+\.[a-z_]+$'),
  subject_id uuid not null,
  detail jsonb not null default '{}',
  -- The chain: set when the transaction commits, by the trigger below and by nobody else.
  seq bigint,
  prev_hash bytea,
  hash bytea,
  unique (agency_id, seq)
);
create index audit_event_by_brand on audit_event (brand_id, id);

create table audit_head (
  agency_id uuid primary key references agency (id),
  seq bigint not null,
  hash bytea not null
);

select app.force_row_security('audit_event');
select app.force_row_security('audit_head');
create policy tenant on audit_event for select to diwan_app
  using (brand_id = any ((select app.brands())::uuid[]) or (brand_id is null and (select app.agency_level()) is not null));
create policy append on audit_event for insert to diwan_app
  with check (actor_id is not distinct from (select app.user_id())
    and (brand_id is null or brand_id = any ((select app.brands())::uuid[]) or (select app.agency_level()) is not null));
grant select, insert on audit_event to diwan_app;

-- What is hashed: every column of the event in a fixed text form, after the hash before it.
create function app.audit_hash(e audit_event, p_seq bigint, p_prev bytea) returns bytea
language sql immutable parallel safe as
$$
  select sha256(p_prev || convert_to(jsonb_build_array(p_seq, e.id, e.agency_id, e.brand_id,
    extract(epoch from e.at)::text, e.actor_id, e.action, e.subject_id, e.detail)::text, 'UTF8'))
$$;

-- Runs at commit, so that the head of the chain is locked for the commit alone and not for the whole transaction.
create function app.chain_audit_event() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
declare
  head audit_head;
  link bytea;
begin
  insert into audit_head (agency_id, seq, hash) values (new.agency_id, 0, sha256(convert_to(new.agency_id::text, 'UTF8')))
  on conflict do nothing;
  select * into head from audit_head h where h.agency_id = new.agency_id for update;
  link := app.audit_hash(new, head.seq + 1, head.hash);
  update audit_event set seq = head.seq + 1, prev_hash = head.hash, hash = link where id = new.id;
  update audit_head set seq = head.seq + 1, hash = link where agency_id = new.agency_id;
  return null;
end
$$;
create constraint trigger chain_audit_event after insert on audit_event
  deferrable initially deferred for each row execute function app.chain_audit_event();

create table idempotency_record (
  user_id uuid not null references app_user (id),
  key text not null check (length(key) between 1 and 255),
  request_hash bytea not null check (octet_length(request_hash) = 32),
  response jsonb,
  created_at timestamptz not null,
  primary key (user_id, key)
);
create index idempotency_record_by_age on idempotency_record (created_at);
select app.force_row_security('idempotency_record');
create policy own on idempotency_record to diwan_app
  using (user_id = (select app.user_id())) with check (user_id = (select app.user_id()));
grant select, insert, update on idempotency_record to diwan_app;

-- Housekeeping: keys are kept for p_keep, then forgotten. Answers how many went.
create function app.forget_idempotency(p_before timestamptz) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
declare gone bigint;
begin
  delete from idempotency_record where created_at < p_before;
  get diagnostics gone = row_count;
  return gone;
end
$$;
revoke execute on function app.forget_idempotency(timestamptz), app.chain_audit_event() from public;
grant execute on function app.forget_idempotency(timestamptz) to diwan_app;
";
