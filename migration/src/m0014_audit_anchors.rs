//! Anchors of the audit trail: how far its chain was at a time, signed, so that cutting it short shows.

pub(crate) const UP: &str = r"
-- What is hashed of an event, after the hash before it: every column in a fixed text form. Exports show it as it is.
create function app.audit_text(e audit_event, p_seq bigint) returns text
language sql immutable parallel safe as
$$
  select jsonb_build_array(p_seq, e.id, e.agency_id, e.brand_id,
    extract(epoch from e.at)::text, e.actor_id, e.action, e.subject_id, e.detail)::text
$$;
create or replace function app.audit_hash(e audit_event, p_seq bigint, p_prev bytea) returns bytea
language sql immutable parallel safe as
$$ select sha256(p_prev || convert_to(app.audit_text(e, p_seq), 'UTF8')) $$;

create index audit_event_by_actor on audit_event (actor_id, id);
create index audit_event_by_subject on audit_event (subject_id, id);

create table audit_anchor (
  id uuid primary key,
  agency_id uuid not null references agency (id),
  seq bigint not null check (seq > 0),
  hash bytea not null check (octet_length(hash) = 32),
  at timestamptz not null,
  -- A key that signed an anchor stays, so that the anchor can be checked for ever.
  kid text not null references signing_key (kid),
  -- A compact JWS over the columns above.
  signature text not null,
  unique (agency_id, seq)
);
select app.force_row_security('audit_anchor');
create policy readers on audit_anchor for select to diwan_app
  using ((select app.agency_level()) is not null or (select app.in_agency_work()));
create policy limited on audit_anchor as restrictive for select to diwan_app using ((select app.limited()) is null);
create policy append on audit_anchor for insert to diwan_app with check ((select app.in_agency_work()));
grant select, insert on audit_anchor to diwan_app;

-- How far the chain is, for the worker that signs it.
create function app.audit_head() returns table (agency_id uuid, seq bigint, hash bytea)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as
$$ select h.agency_id, h.seq, h.hash from audit_head h where app.in_agency_work() $$;
revoke execute on function app.audit_head() from public;
grant execute on function app.audit_head() to diwan_app;
";
