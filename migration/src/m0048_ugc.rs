//! Grants of user-generated content: who was asked for what of theirs, and what they allowed.

pub(crate) const UP: &str = r"
create table ugc_grant (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  asset_id uuid not null,
  author_name text not null default '' check (length(author_name) <= 200),
  -- Without a leading @.
  author_handle text not null check (length(btrim(author_handle)) between 1 and 200),
  network text not null check (network ~ '^[a-z0-9_]{1,40}$'),
  -- What they were asked, word for word, and from which template it came.
  template_id uuid,
  message text not null check (length(btrim(message)) between 1 and 100000),
  state text not null check (state in ('ASKED', 'GRANTED', 'REFUSED', 'EXPIRED', 'REVOKED')),
  -- What they allowed. No network: any. No end: for ever.
  scope text check (scope in ('ORGANIC', 'PAID', 'BOTH')),
  networks text[] not null default '{}' check (cardinality(networks) <= 50 and array_position(networks, null) is null),
  -- As they said it, such as: worldwide. It is for people to keep.
  territory text not null default '' check (length(territory) <= 500),
  starts_at timestamptz,
  ends_at timestamptz,
  -- What proves it: a file of the library, or an address; and words about it.
  evidence_asset_id uuid,
  evidence_url text check (length(evidence_url) <= 2000),
  evidence_note text not null default '' check (length(evidence_note) <= 2000),
  asked_by uuid not null references app_user (id),
  asked_at timestamptz not null,
  answered_by uuid references app_user (id),
  answered_at timestamptz,
  -- Who took it back, and why; nobody where its term ended.
  ended_by uuid references app_user (id),
  ended_at timestamptz,
  end_reason text not null default '' check (length(end_reason) <= 1000),
  version integer not null default 1 check (version >= 1),
  unique (brand_id, id),
  foreign key (brand_id, asset_id) references asset (brand_id, id),
  foreign key (brand_id, evidence_asset_id) references asset (brand_id, id),
  foreign key (brand_id, template_id) references content_template (brand_id, id),
  check (ends_at > starts_at),
  check ((state = 'ASKED') = (answered_at is null) and (answered_at is null) = (answered_by is null)),
  check ((state in ('GRANTED', 'EXPIRED', 'REVOKED')) = (scope is not null) and (scope is null) = (starts_at is null)),
  check (scope is null or evidence_asset_id is not null or evidence_url is not null),
  check ((state in ('EXPIRED', 'REVOKED')) = (ended_at is not null)),
  check ((state = 'REVOKED') = (ended_by is not null)),
  check (state <> 'EXPIRED' or ends_at is not null)
);
create unique index ugc_grant_asked on ugc_grant (brand_id, asset_id) where state = 'ASKED';
create index ugc_grant_by_asset on ugc_grant (brand_id, asset_id);
create index ugc_grant_by_evidence on ugc_grant (brand_id, evidence_asset_id) where evidence_asset_id is not null;
create index ugc_grant_by_template on ugc_grant (brand_id, template_id) where template_id is not null;
create index ugc_grant_by_brand on ugc_grant (brand_id, id desc);
select app.protect_brand_table('ugc_grant', 'select, insert, update');

-- What was allowed and what ended is not said otherwise afterwards.
create function app.guard_ugc_grant() returns trigger language plpgsql as
$$
begin
  if not (old.state = new.state or (old.state = 'ASKED' and new.state in ('GRANTED', 'REFUSED'))
      or (old.state = 'GRANTED' and new.state in ('EXPIRED', 'REVOKED'))) then
    raise exception 'a grant that is % does not become %', old.state, new.state using errcode = 'check_violation';
  end if;
  if (old.asset_id, old.author_handle, old.network, old.message) is distinct from (new.asset_id, new.author_handle, new.network, new.message)
    or (old.scope is not null and (old.scope, old.networks, old.territory, old.starts_at, old.ends_at, old.evidence_asset_id, old.evidence_url)
      is distinct from (new.scope, new.networks, new.territory, new.starts_at, new.ends_at, new.evidence_asset_id, new.evidence_url)) then
    raise exception 'what was asked and allowed stays as it is' using errcode = 'check_violation';
  end if;
  return new;
end
$$;
create trigger guard_ugc_grant before update on ugc_grant for each row execute function app.guard_ugc_grant();

-- Whether whoever made a file was ever asked for it. Also for those who see no grants.
create function app.asked_for_asset(p_brand uuid, p_asset uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as
$$
  select (p_brand = any (app.brands()) or app.agency_level() is not null)
    and exists (select from ugc_grant g where g.brand_id = p_brand and g.asset_id = p_asset)
$$;
revoke execute on function app.asked_for_asset(uuid, uuid) from public;
grant execute on function app.asked_for_asset(uuid, uuid) to diwan_app;

-- What somebody was asked for stays theirs, whatever they said: grants are looked at by the licence.
create function app.guard_ugc_licence() returns trigger language plpgsql as
$$
begin
  if app.asked_for_asset(old.brand_id, old.id) then
    raise exception 'what a user was asked for stays a user''s' using errcode = 'check_violation';
  end if;
  return new;
end
$$;
create trigger guard_ugc_licence before update of licence on asset for each row
  when (old.licence = 'USER_GENERATED' and new.licence is distinct from old.licence) execute function app.guard_ugc_licence();

-- Where these posts show what users made, each with the network that it goes to, and the grants of it that are in force; one row
-- without a grant where there is none. Also for those who see no grants: what it means for a post concerns whoever writes it.
create function app.ugc_in_posts(p_posts uuid[])
returns table (post_id uuid, variant_id uuid, asset_id uuid, network text, grant_id uuid, scope text, networks text[],
  starts_at timestamptz, ends_at timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as
$$
  select v.post_id, v.id, s.asset_id, c.network, g.id, g.scope, g.networks, g.starts_at, g.ends_at
  from post_variant v
    join variant_asset s on s.brand_id = v.brand_id and s.variant_id = v.id
    join asset a on a.brand_id = s.brand_id and a.id = s.asset_id and a.licence = 'USER_GENERATED'
    join social_account c on c.brand_id = v.brand_id and c.id = v.social_account_id
    left join ugc_grant g on g.brand_id = a.brand_id and g.asset_id = a.id and g.state = 'GRANTED'
  where v.post_id = any (p_posts) and (v.brand_id = any (app.brands()) or app.agency_level() is not null)
$$;
revoke execute on function app.ugc_in_posts(uuid[]) from public;
grant execute on function app.ugc_in_posts(uuid[]) to diwan_app;
";
