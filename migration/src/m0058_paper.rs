//! Talking to the other side of a contract by a link that signs nothing, and the signed file of an accepted proposal.
//!
//! The file of an acceptance is written once, beside what was accepted; nothing else of an acceptance is changed, whoever tries.

pub(crate) const UP: &str = r"
alter table public_link drop constraint public_link_purpose_check, add constraint public_link_purpose_check
  check (purpose in ('SIGN_CONTRACT', 'NEGOTIATE_CONTRACT', 'PROPOSAL', 'DELIVERABLE'));

-- The team is told of what the other side says about a contract. Whatever else people are told of stays.
do $$
declare
  kept record;
begin
  for kept in select c.conrelid::regclass as place, c.conname as called, pg_get_constraintdef(c.oid) as said
    from pg_constraint c where c.conname in ('notice_kind_check', 'notice_setting_kind_check')
  loop
    execute format('alter table %s drop constraint %I, add constraint %I %s', kept.place, kept.called, kept.called,
      replace(kept.said, 'ARRAY[', 'ARRAY[''CONTRACT_COMMENTED''::text, '));
  end loop;
end
$$;

-- The file with the page of the acceptance, once it was made: how long it is, and its SHA-256.
alter table proposal_acceptance
  add column file_at timestamptz,
  add column file_bytes bigint check (file_bytes > 0),
  add column file_sha256 bytea check (octet_length(file_sha256) = 32),
  add constraint proposal_acceptance_file check ((file_at is null) = (file_bytes is null) and (file_at is null) = (file_sha256 is null));
grant update (file_at, file_bytes, file_sha256) on proposal_acceptance to diwan_app;

create function app.guard_acceptance_file() returns trigger language plpgsql as
$$
declare
  the_file constant text[] := array['file_at', 'file_bytes', 'file_sha256'];
begin
  if old.file_at is not null then
    raise exception 'the file of an acceptance does not change' using errcode = 'check_violation';
  end if;
  if (to_jsonb(old) - the_file) is distinct from (to_jsonb(new) - the_file) then
    raise exception 'what was accepted stays as it was' using errcode = 'check_violation';
  end if;
  return null;
end
$$;
create trigger guard_acceptance_file after update on proposal_acceptance
  for each row execute function app.guard_acceptance_file();

-- Whose a proposal is: for the operator, who proves it (`diwan verify proposal`).
create function app.brand_of_proposal(p_proposal uuid) returns uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as
$$ select p.brand_id from proposal p where p.id = p_proposal $$;
revoke execute on function app.brand_of_proposal(uuid) from public;
";
