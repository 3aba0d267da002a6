//! Public links: one person outside, or one who need not sign in, does one thing by a link that is its own credential.

pub(crate) const UP: &str = r"
create table public_link (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  -- What it is good for, and nothing else.
  purpose text not null check (purpose in ('SIGN_CONTRACT', 'PROPOSAL', 'DELIVERABLE')),
  -- The contract, proposal or deliverable.
  subject_id uuid not null,
  -- Whom it is for: somebody of the agency, or, null, somebody outside.
  user_id uuid references app_user (id),
  person_name text not null check (length(btrim(person_name)) between 1 and 200),
  -- Empty: it is handed over in another way.
  person_email text not null default '' check (length(person_email) <= 254),
  locale text not null check (locale in ('en', 'fa', 'ar', 'el', 'he')),
  secret_hash bytea not null unique check (octet_length(secret_hash) = 32),
  -- Null: the product itself made it, for what somebody asked for before.
  created_by uuid references app_user (id),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  -- When it was first used for what it is good for; looking is no use.
  used_at timestamptz,
  unique (brand_id, id),
  check (expires_at > created_at)
);
create index public_link_by_subject on public_link (brand_id, subject_id, id desc);
select app.protect_brand_table('public_link', 'select, insert, update (revoked_at, used_at)');

-- What was used or ended stays so.
create function app.guard_public_link() returns trigger language plpgsql as
$$
begin
  if (old.revoked_at is not null and old.revoked_at is distinct from new.revoked_at)
      or (old.used_at is not null and old.used_at is distinct from new.used_at) then
    raise exception 'what a link was used for, or its end, is not taken back' using errcode = 'check_violation';
  end if;
  return new;
end
$$;
create trigger guard_public_link before update on public_link for each row execute function app.guard_public_link();

-- Opens the scope of the brand of a link, as a job has it. Where the link has ended, `ending` says how, and no scope is opened. No row
-- when there is none of this digest for this purpose, or its brand is gone.
create function app.enter_public_link(p_hash bytea, p_purpose text, p_now timestamptz)
returns table (link_id uuid, brand_id uuid, agency_id uuid, subject_id uuid, user_id uuid, person_name text, locale text,
  expires_at timestamptz, ending text)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
declare
  link public_link;
  owner_id uuid;
  closed boolean;
  ended text;
begin
  select * into link from public_link l where l.secret_hash = p_hash and l.purpose = p_purpose;
  if not found then
    return;
  end if;
  select b.agency_id, b.archived_at is not null into owner_id, closed from brand b where b.id = link.brand_id and b.deleted_at is null;
  if not found then
    return;
  end if;
  ended := case when link.revoked_at is not null or closed then 'REVOKED'
    when exists (select from app_user u where u.id = link.user_id and u.deactivated_at is not null) then 'REVOKED'
    when link.expires_at <= p_now then 'EXPIRED' end;
  if ended is null then
    perform app.enter_brand(link.brand_id);
  end if;
  return query select link.id, link.brand_id, owner_id, link.subject_id, link.user_id, link.person_name, link.locale,
    link.expires_at, ended;
end
$$;
revoke execute on function app.enter_public_link(bytea, text, timestamptz) from public;
grant execute on function app.enter_public_link(bytea, text, timestamptz) to diwan_app;
";
