//! Approvals: chains, limits, delegations, requests with their steps and history; comments on posts.
//!
//! Whoever asks for an approval or decides may see less than the engine must know: a freelancer sees no chain, a client no
//! colleague. What the engine asks of them is answered by definer functions, each for a brand that the scope holds.

pub(crate) const UP: &str = r"
-- Who approves what: the active chain of a brand and kind. A request copies its steps.
create table approval_chain (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  kind text not null check (kind in ('POST', 'BUDGET', 'CONTRACT', 'EXPENSE', 'BOOST', 'PROPOSAL')),
  -- In order: [{mode, audience, level, people, due_hours}].
  steps jsonb not null
    check (case when jsonb_typeof(steps) = 'array' then jsonb_array_length(steps) between 1 and 10 else false end),
  set_by uuid not null references app_user (id),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  archived_at timestamptz,
  version integer not null default 1,
  unique (brand_id, id)
);
create unique index approval_chain_active on approval_chain (brand_id, kind) where archived_at is null;
select app.protect_brand_table('approval_chain', 'select, insert, update');

-- Up to which amount a level may commit the agency. No row: nothing. A CMO needs none.
create table approval_limit (
  id uuid primary key,
  agency_id uuid not null references agency (id),
  level text not null check (level in ('MID', 'SENIOR', 'DIRECTOR')),
  kind text not null check (kind in ('BUDGET', 'CONTRACT', 'EXPENSE', 'BOOST', 'PROPOSAL')),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  amount_minor bigint not null check (amount_minor >= 0),
  set_by uuid references app_user (id),
  updated_at timestamptz not null,
  unique (agency_id, level, kind, currency)
);
select app.force_row_security('approval_limit');
create policy staff on approval_limit for select to diwan_app
  using ((select app.limited()) is null
    and ((select app.agency_level()) is not null or cardinality((select app.brands())) > 0));
create policy head on approval_limit to diwan_app
  using ((select app.agency_level()) = 'CMO') with check ((select app.agency_level()) = 'CMO');
grant select, insert, update, delete on approval_limit to diwan_app;

-- The same for one brand; it counts instead of the agency's.
create table brand_approval_limit (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  level text not null check (level in ('MID', 'SENIOR', 'DIRECTOR')),
  kind text not null check (kind in ('BUDGET', 'CONTRACT', 'EXPENSE', 'BOOST', 'PROPOSAL')),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  amount_minor bigint not null check (amount_minor >= 0),
  set_by uuid references app_user (id),
  updated_at timestamptz not null,
  unique (brand_id, id),
  unique (brand_id, level, kind, currency)
);
select app.protect_brand_table('brand_approval_limit');

-- Who decides in somebody's place while they are away: one of the same kind, and no more than one at a time.
create table delegation (
  id uuid primary key,
  agency_id uuid not null references agency (id),
  kind text not null,
  from_id uuid not null,
  to_id uuid not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  reason text not null default '' check (length(reason) <= 1000),
  created_at timestamptz not null,
  ended_at timestamptz,
  foreign key (from_id, kind) references app_user (id, kind),
  foreign key (to_id, kind) references app_user (id, kind),
  check (from_id <> to_id),
  check (ends_at > starts_at)
);
create unique index delegation_open on delegation (from_id) where ended_at is null;
create index delegation_to on delegation (to_id) where ended_at is null;
select app.force_row_security('delegation');
create policy own on delegation to diwan_app
  using (from_id = (select app.user_id()) or to_id = (select app.user_id()))
  with check (from_id = (select app.user_id()));
grant select, insert, update on delegation to diwan_app;

create table approval_request (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  kind text not null check (kind in ('POST', 'BUDGET', 'CONTRACT', 'EXPENSE', 'BOOST', 'PROPOSAL')),
  subject_id uuid not null,
  -- What was asked for: another version needs another approval.
  subject_version integer not null check (subject_version > 0),
  title text not null check (length(btrim(title)) between 1 and 300),
  amount_minor bigint check (amount_minor >= 0),
  currency text check (currency ~ '^[A-Z]{3}$'),
  state text not null check (state in ('PENDING', 'APPROVED', 'CHANGES_REQUESTED', 'WITHDRAWN', 'VOIDED')),
  requested_by uuid not null references app_user (id),
  -- Who asked for it or wrote it: nobody of them decides.
  authors uuid[] not null check (cardinality(authors) > 0),
  -- Whether the client is asked, and so sees the request.
  client_step boolean not null,
  created_at timestamptz not null,
  decided_at timestamptz,
  -- Counts what happened to it.
  version integer not null default 1,
  unique (brand_id, id),
  check ((amount_minor is null) = (currency is null)),
  check ((state = 'PENDING') = (decided_at is null)),
  check (requested_by = any (authors))
);
-- What is being decided is not asked for a second time.
create unique index approval_request_pending on approval_request (brand_id, kind, subject_id) where state = 'PENDING';
create index approval_request_by_brand on approval_request (brand_id, id desc);
create index approval_request_by_subject on approval_request (brand_id, subject_id);
create index approval_request_open on approval_request (brand_id) where state = 'PENDING';
select app.protect_brand_table('approval_request', 'select, insert, update',
  'kind = ''POST'' and subject_id in (select p.id from post p) and ((select app.limited()) = ''FREELANCER'' or client_step)');

create table approval_step (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  request_id uuid not null,
  position integer not null check (position > 0),
  state text not null check (state in ('WAITING', 'OPEN', 'APPROVED', 'CHANGES_REQUESTED', 'CLOSED')),
  mode text not null check (mode in ('ANY', 'ALL')),
  audience text not null check (audience in ('LEVEL', 'PEOPLE', 'CLIENT', 'LIMIT')),
  level text check (level in ('MID', 'SENIOR', 'DIRECTOR', 'CMO')),
  -- Those who were named; of a step for all, those who were there when it opened.
  people uuid[] not null default '{}',
  due_hours integer check (due_hours between 1 and 2160),
  opened_at timestamptz,
  due_at timestamptz,
  reminders integer not null default 0 check (reminders between 0 and 4),
  closed_at timestamptz,
  unique (brand_id, id),
  unique (brand_id, request_id, position),
  foreign key (brand_id, request_id) references approval_request (brand_id, id),
  check ((audience in ('LEVEL', 'LIMIT')) = (level is not null)),
  check (state <> 'OPEN' or opened_at is not null),
  check ((state in ('APPROVED', 'CHANGES_REQUESTED', 'CLOSED')) = (closed_at is not null))
);
create unique index approval_step_open on approval_step (brand_id, request_id) where state = 'OPEN';
select app.protect_brand_table('approval_step', 'select, insert, update',
  'request_id in (select r.id from approval_request r)');

-- Everything that happened to a request, decisions among it. Nothing is changed or taken away.
create table approval_entry (
  id uuid primary key,
  seq bigint generated by default as identity,
  brand_id uuid not null references brand (id),
  request_id uuid not null,
  step_id uuid,
  kind text not null check (kind in ('OPENED', 'STEP_OPENED', 'DELEGATED', 'ESCALATED', 'REMINDED', 'APPROVED',
    'CHANGES_REQUESTED', 'WITHDRAWN', 'VOIDED')),
  at timestamptz not null,
  actor_id uuid references app_user (id),
  -- As it was then.
  actor_name text,
  on_behalf_of uuid references app_user (id),
  on_behalf_of_name text,
  -- Whose decision it is: theirs, or that of whom they stand in for.
  principal_id uuid generated always as (coalesce(on_behalf_of, actor_id)) stored,
  comment text check (length(comment) between 1 and 5000),
  -- Whether clients see it: what was said at the team's own steps is the team's.
  for_client boolean not null,
  level text,
  unique (brand_id, id),
  foreign key (brand_id, request_id) references approval_request (brand_id, id),
  foreign key (brand_id, step_id) references approval_step (brand_id, id),
  check (kind not in ('APPROVED', 'CHANGES_REQUESTED') or (step_id is not null and actor_id is not null)),
  check (kind <> 'CHANGES_REQUESTED' or comment is not null)
);
-- Somebody decides once on a step, for themselves or for somebody else, and nobody is decided for twice.
create unique index approval_entry_decider on approval_entry (brand_id, step_id, actor_id)
  where kind in ('APPROVED', 'CHANGES_REQUESTED');
create unique index approval_entry_principal on approval_entry (brand_id, step_id, principal_id)
  where kind in ('APPROVED', 'CHANGES_REQUESTED');
create index approval_entry_by_request on approval_entry (brand_id, request_id, seq);
select app.protect_brand_table('approval_entry', 'select, insert',
  'request_id in (select r.id from approval_request r) and ((select app.limited()) = ''FREELANCER'' or for_client)');
-- What a client decides may open a step of the team, which they do not see.
alter policy limited on approval_entry
  with check ((select app.limited()) is null or request_id in (select r.id from approval_request r));

-- Subscribers are told that a request changed, and which; what it says they read under their own scope.
create function app.notify_approval() returns trigger language plpgsql as
$$
begin
  perform pg_notify('diwan_approval', new.brand_id::text || ' ' || new.id::text);
  return null;
end
$$;
create trigger notify_approval after insert or update on approval_request
  for each row execute function app.notify_approval();

-- What is said about a post. The author alone may take theirs back.
create table post_comment (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  post_id uuid not null,
  author_id uuid not null references app_user (id),
  -- As it was then: clients have no directory.
  author_name text not null,
  visibility text not null check (visibility in ('INTERNAL', 'CLIENT')),
  body text not null check (length(body) between 1 and 5000),
  created_at timestamptz not null,
  deleted_at timestamptz,
  unique (brand_id, id),
  foreign key (brand_id, post_id) references post (brand_id, id)
);
create index post_comment_by_post on post_comment (brand_id, post_id, id desc);
select app.protect_brand_table('post_comment', 'select, insert, update (deleted_at)',
  'post_id in (select p.id from post p) and (visibility = ''CLIENT'' or (select app.limited()) = ''FREELANCER'')');

-- Everybody who has a place in a brand now, or a level agency-wide, with who stands in for them.
create function app.brand_people(p_brand uuid, p_now timestamptz)
returns table (user_id uuid, kind text, brand_level text, agency_level text, name text, email text, locale text, delegate_id uuid)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as
$$
  select u.id, u.kind, m.level, u.agency_level, u.name, u.email, u.locale, d.to_id
  from app_user u
  left join membership m on m.brand_id = p_brand and m.user_id = u.id and m.starts_at <= p_now
    and (m.expires_at is null or m.expires_at > p_now) and m.suspended_at is null and m.ended_at is null
  left join delegation d on d.from_id = u.id and d.ended_at is null and d.starts_at <= p_now and d.ends_at > p_now
  where u.deactivated_at is null and u.kind <> 'INTEGRATION' and (m.id is not null or u.agency_level is not null)
    and (p_brand = any (app.brands()) or app.agency_level() is not null)
$$;

-- The active chain of a brand and kind, and the limits in one currency: the agency's and the brand's own.
create function app.approval_rules(p_brand uuid, p_kind text, p_currency text)
returns table (steps jsonb, agency_limits jsonb, brand_limits jsonb)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as
$$
  select (select c.steps from approval_chain c where c.brand_id = p_brand and c.kind = p_kind and c.archived_at is null),
    (select coalesce(jsonb_object_agg(l.level, l.amount_minor), '{}') from approval_limit l
      where l.kind = p_kind and l.currency = p_currency),
    (select coalesce(jsonb_object_agg(l.level, l.amount_minor), '{}') from brand_approval_limit l
      where l.brand_id = p_brand and l.kind = p_kind and l.currency = p_currency)
  where p_brand = any (app.brands()) or app.agency_level() is not null
$$;

-- Who wrote a post or asks for its approval. Behind a program stands whoever made it.
create function app.authors_of_post(p_brand uuid, p_post uuid, p_requester uuid) returns uuid[]
language sql stable security definer set search_path = pg_catalog, public, pg_temp as
$$
  with named (id) as (
    select p_requester union select p.created_by from post p where p.brand_id = p_brand and p.id = p_post
    union select c.user_id from post_contributor c where c.brand_id = p_brand and c.post_id = p_post)
  select array_agg(a.id) from (
    select n.id from named n
    union select u.created_by from app_user u join named n on n.id = u.id where u.created_by is not null) a
  where p_brand = any (app.brands()) or app.agency_level() is not null
$$;

-- The places of those for whom the caller stands in now; a level held agency-wide without a brand.
create function app.places_of_absentees(p_now timestamptz)
returns table (user_id uuid, kind text, brand_id uuid, level text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as
$$
  with away as (
    select u.id, u.kind, u.agency_level from delegation d join app_user u on u.id = d.from_id
    where d.to_id = app.user_id() and d.ended_at is null and d.starts_at <= p_now and d.ends_at > p_now
      and u.deactivated_at is null)
  select a.id, a.kind, m.brand_id, m.level from away a join membership m on m.user_id = a.id and m.starts_at <= p_now
    and (m.expires_at is null or m.expires_at > p_now) and m.suspended_at is null and m.ended_at is null
  union all
  select a.id, a.kind, null, a.agency_level from away a where a.agency_level is not null
$$;

revoke execute on function app.brand_people(uuid, timestamptz), app.approval_rules(uuid, text, text),
  app.authors_of_post(uuid, uuid, uuid), app.places_of_absentees(timestamptz) from public;
grant execute on function app.brand_people(uuid, timestamptz), app.approval_rules(uuid, text, text),
  app.authors_of_post(uuid, uuid, uuid), app.places_of_absentees(timestamptz) to diwan_app;
";
